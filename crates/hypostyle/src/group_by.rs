//! `group_by`: keys, waiting for aggregates.

use hypostyle_expr::{Expr, dsl};
use hypostyle_plan::Plan;

use crate::lazy::LazyFrame;

/// Groups of rows. Made by [`LazyFrame::group_by`].
#[derive(Clone, Debug)]
#[must_use]
pub struct LazyGroupBy {
    pub(crate) input: LazyFrame,
    pub(crate) keys: Vec<Expr>,
    pub(crate) maintain_order: bool,
}

impl LazyGroupBy {
    /// One row for each group: its keys, then these. An expression that is no aggregate gives a list.
    pub fn agg(self, aggs: impl IntoIterator<Item = Expr>) -> LazyFrame {
        let aggs = aggs.into_iter().collect();
        self.input.and_then(|input| Plan::aggregate(input, self.keys, aggs, self.maintain_order))
    }

    /// The number of rows of each group, in a column of this name.
    pub fn len(self, name: &str) -> LazyFrame {
        self.agg([dsl::len().alias(name)])
    }

    /// The first `n` rows of each group, as rows again.
    pub fn head(self, n: usize) -> LazyFrame {
        self.rows(dsl::all().head(n))
    }

    /// The last `n` rows of each group, as rows again.
    pub fn tail(self, n: usize) -> LazyFrame {
        self.rows(dsl::all().tail(n))
    }

    /// Lists of rows, exploded.
    fn rows(self, lists: Expr) -> LazyFrame {
        let keys = self.keys.clone();
        let grouped = self.agg([lists]);
        grouped.and_then(|plan| {
            let mut names = Vec::with_capacity(keys.len());
            for key in &keys {
                for key in hypostyle_expr::expand(key, plan.schema())? {
                    names.push(hypostyle_expr::output_name(&key)?);
                }
            }
            let lists: Vec<Expr> = plan
                .schema()
                .fields()
                .iter()
                .filter(|f| !names.contains(&f.name))
                .map(|f| Expr::Column(f.name.clone()))
                .collect();
            Plan::explode(plan, lists)
        })
    }
}
