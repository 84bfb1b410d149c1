//! What runs on the thread that asks for it: work that ends sooner than another thread would wake, or a signal be
//! noticed. The only place that decides it.

use hypostyle_plan::{Estimator, Plan};

/// Rows that are worth a second thread.
const ROWS: usize = 50_000;

/// Whether so many rows are too few for several threads.
pub fn are_few(rows: usize) -> bool {
    rows < ROWS
}

/// Whether a query reads few rows, as far as that is known without reading any. Files may be opened to know.
#[recursive::recursive]
pub fn reads_few(plan: &Plan) -> bool {
    match plan {
        Plan::Scan(scan) => {
            scan.limit.is_some_and(are_few) || scan.source.row_estimate().is_some_and(are_few)
        }
        _ => plan.children().into_iter().all(|child| reads_few(child)),
    }
}

/// Whether a query reads few rows and makes no more of them: joins can make many rows of few.
pub fn stays_small(plan: &Plan) -> bool {
    #[recursive::recursive]
    fn joins_few(plan: &Plan, estimator: &Estimator) -> bool {
        let few = !matches!(plan, Plan::Join { .. }) || estimator.rows(plan) < ROWS as f64;
        few && plan.children().into_iter().all(|child| joins_few(child, estimator))
    }
    reads_few(plan) && joins_few(plan, &Estimator::default())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hypostyle_core::{Column, DataFrame};
    use hypostyle_plan::{FrameSource, JoinKind, JoinOptions};

    use super::*;

    fn table(rows: usize) -> Arc<Plan> {
        let column = Column::from_vec((0..rows as i64).collect::<Vec<_>>());
        let frame = DataFrame::new([("a", column)]).unwrap();
        Arc::new(Plan::scan(Arc::new(FrameSource::new(frame))).unwrap())
    }

    #[test]
    fn few_rows_stay_where_they_are() {
        assert!(reads_few(&table(ROWS - 1)) && stays_small(&table(ROWS - 1)));
        assert!(!reads_few(&table(ROWS)) && !stays_small(&table(ROWS)));
        let both = |a, b| Plan::union(vec![table(a), table(b)], false).unwrap();
        assert!(reads_few(&both(3, ROWS - 1)) && !reads_few(&both(ROWS, 3)));
    }

    #[test]
    fn joins_make_many_rows_of_few() {
        let cross = |rows: usize| {
            let options = JoinOptions::new(JoinKind::Cross);
            Plan::join(table(rows), table(rows), Vec::new(), Vec::new(), options).unwrap()
        };
        assert!(stays_small(&cross(10)));
        assert!(reads_few(&cross(1_000)) && !stays_small(&cross(1_000)));
    }
}
