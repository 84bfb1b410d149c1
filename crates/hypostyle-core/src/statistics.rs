//! What was found out about the columns of a frame. Nothing is computed here and nothing in advance: whoever asks first
//! leaves what it found, for all copies of the frame; buffers are immutable, so it stays true.

use std::sync::OnceLock;

use crate::batch::Batch;
use crate::column::Column;
use crate::zones::Zones;

/// The statistics of a frame, shared by its copies. Other rows or columns of it are another frame.
#[derive(Debug, Default)]
pub struct Statistics {
    zones: Option<Zones>,
    width: usize,
    columns: OnceLock<Box<[ColumnStatistics]>>,
}

/// What is known of one column.
#[derive(Debug, Default)]
struct ColumnStatistics {
    sample: OnceLock<Option<Column>>,
    distinct: OnceLock<Option<f64>>,
    ascends: OnceLock<bool>,
}

impl Statistics {
    pub(crate) fn for_batches(batches: &[Batch], width: usize) -> Self {
        Self { zones: Zones::for_batches(batches, width), width, columns: OnceLock::new() }
    }

    /// Ranges of the columns' zones; `None` if the frame has too few rows for them to pay.
    pub fn zones(&self) -> Option<&Zones> {
        self.zones.as_ref()
    }

    fn column(&self, column: usize) -> Option<&ColumnStatistics> {
        self.columns
            .get_or_init(|| (0..self.width).map(|_| ColumnStatistics::default()).collect())
            .get(column)
    }

    /// Some values of a column from all over the frame, taken now if nobody has; `None` if there is no such column, or
    /// there are none. Who takes them decides how many: all must take as many.
    pub fn sample(&self, column: usize, take: impl FnOnce() -> Option<Column>) -> Option<Column> {
        self.column(column)?.sample.get_or_init(take).clone()
    }

    /// About how many different values a column has, estimated now if nobody has; `None` if there is no such column, or
    /// nobody can say.
    pub fn distinct(&self, column: usize, estimate: impl FnOnce() -> Option<f64>) -> Option<f64> {
        *self.column(column)?.distinct.get_or_init(estimate)
    }

    /// Whether each value of a column is greater than the one before it and none null, looked up now if nobody has;
    /// `false` if there is no such column.
    pub fn ascends(&self, column: usize, look: impl FnOnce() -> bool) -> bool {
        self.column(column).is_some_and(|column| *column.ascends.get_or_init(look))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Column, DataFrame};

    #[test]
    fn copies_share_what_one_of_them_learns() {
        let frame = DataFrame::new([("a", Column::from_vec(vec![1i64, 2, 3]))]).unwrap();
        let copy = frame.clone();
        let sample = Column::from_vec(vec![2i64]);
        assert_eq!(frame.statistics().sample(0, || Some(sample.clone())).unwrap().len(), 1);
        assert_eq!(copy.statistics().sample(0, || unreachable!()).unwrap().get(0), sample.get(0));
        assert_eq!(copy.statistics().distinct(0, || Some(3.0)), Some(3.0));
        assert_eq!(frame.statistics().distinct(0, || unreachable!()), Some(3.0));
        assert!(frame.statistics().ascends(0, || true));
        assert!(copy.statistics().ascends(0, || unreachable!()));
        // What could not be said is not asked again either.
        let other = frame.slice(1, 2);
        assert_eq!(other.statistics().distinct(0, || None), None);
        assert_eq!(other.statistics().distinct(0, || unreachable!()), None);
        // There is no second column.
        assert!(!copy.statistics().ascends(1, || true));
        assert_eq!(copy.statistics().distinct(1, || Some(1.0)), None);
    }
}
