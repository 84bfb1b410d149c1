//! Sort, and the first rows of a sort.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::gather::gather_batch;
use hypostyle_kernels::sort::{SortKeys, SortOrder, first_indices, settle, sort_indices, sort_keys};
use hypostyle_plan::MORSEL_ROWS;
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSliceMut;

use super::collect::{KeepBatches, Keeping};
use super::one_batch::one_batch;
use super::row_keys::RowKeys;
use crate::context::Context;
use crate::pipeline::parallel;
use crate::store::BatchStore;

/// Fewer rows are sorted by one thread.
const PARALLEL_ROWS: usize = 1 << 16;

/// Rows in order; those of equal keys keep theirs. Keys are computed morsel by morsel, packed into integers and sorted
/// when all are there, and rows are gathered once.
pub(crate) struct Sort {
    keys: RowKeys,
    orders: Vec<SortOrder>,
    /// No more rows than this.
    limit: usize,
    /// The types of the rows and of what is behind them.
    types: Vec<DataType>,
}

impl Sort {
    /// The first `limit` rows (all if `None`), of columns of these types, by these keys.
    pub(crate) fn new(
        keys: RowKeys,
        orders: Vec<SortOrder>,
        mut types: Vec<DataType>,
        limit: Option<usize>,
    ) -> Keeping<Self> {
        types.extend(keys.types());
        Keeping::of(Self { keys, orders, limit: limit.unwrap_or(usize::MAX), types })
    }
}

impl KeepBatches for Sort {
    type Output = BatchStore;

    fn keep(&self, batch: Batch) -> Result<Batch> {
        self.keys.put_behind(batch)
    }

    fn finish(self, batches: Vec<Batch>, context: &Context) -> Result<BatchStore> {
        let batch = one_batch(&self.types, batches, context)?;
        if u32::try_from(batch.len()).is_err() {
            return Err(Error::unsupported("sorting more than 4 billion rows"));
        }
        if batch.is_empty() {
            return Ok(BatchStore::default());
        }
        let (batch, keys) = self.keys.split(batch)?;
        let columns: Vec<(Column, SortOrder)> = keys.into_iter().zip(self.orders).collect();
        let mut order = if batch.len() < PARALLEL_ROWS || context.threads() == 1 {
            sort_indices(&columns, batch.len())
        } else {
            context.install(|| sort_parallel(&columns, batch.len()))?
        };
        drop(columns);
        order.truncate(self.limit);
        let pieces: Vec<&[u32]> = order.chunks(MORSEL_ROWS).collect();
        Ok(BatchStore::new(parallel(context, pieces, |rows| gather_batch(&batch, rows))?))
    }
}

fn sort_parallel(columns: &[(Column, SortOrder)], len: usize) -> Vec<u32> {
    match sort_keys(columns, len) {
        SortKeys::Packed64(mut rows) => {
            rows.par_sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Packed128(mut rows) => {
            rows.par_sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Prefixed(mut rows, comparator) => {
            rows.par_sort_unstable();
            rows.par_chunk_by_mut(|a, b| a.0 == b.0).for_each(|run| match run.len() {
                ..PARALLEL_ROWS => settle(run, &comparator),
                _ => run.par_sort_unstable_by(|a, b| comparator.compare_stably(a.1, b.1)),
            });
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Compared(comparator) => {
            let mut rows: Vec<u32> = (0..len as u32).collect();
            rows.par_sort_unstable_by(|a, b| comparator.compare_stably(*a, *b));
            rows
        }
    }
}

/// The first `limit` rows of a sort by keys of single rows: each morsel gives up all but its own first rows.
pub(crate) struct TopK {
    keys: Vec<(BoundExpr, SortOrder)>,
    limit: usize,
}

impl TopK {
    pub(crate) fn new(keys: Vec<(BoundExpr, SortOrder)>, limit: usize) -> Keeping<Self> {
        Keeping::of(Self { keys, limit })
    }

    fn first(&self, batch: &Batch) -> Result<Batch> {
        let keys = self.keys.iter();
        let keys = keys.map(|(key, order)| Ok((key.evaluate(batch)?.into_rows(batch.len())?, *order)));
        let order = first_indices(&keys.collect::<Result<Vec<_>>>()?, batch.len(), self.limit);
        gather_batch(batch, &order)
    }
}

impl KeepBatches for TopK {
    type Output = BatchStore;

    fn keep(&self, batch: Batch) -> Result<Batch> {
        // Rows that tie are kept in order within the morsel; morsels are put in order at the end.
        self.first(&batch)
    }

    fn finish(self, batches: Vec<Batch>, _context: &Context) -> Result<BatchStore> {
        if batches.is_empty() {
            return Ok(BatchStore::default());
        }
        Ok(BatchStore::new(vec![self.first(&concat_batches(&batches)?)?]))
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Field, Schema};
    use hypostyle_expr::dsl::col;
    use hypostyle_expr::{Expr, bind};

    use super::*;
    use crate::operators::testing::{batch, check_sink};

    fn inputs() -> [Batch; 2] {
        let column = |values: &[Option<i64>]| Column::from_options(values.to_vec());
        [
            batch(vec![column(&[Some(3), None, Some(1)]), column(&[Some(1), Some(2), Some(3)])]),
            batch(vec![column(&[Some(1), Some(2)]), column(&[Some(4), Some(5)])]),
        ]
    }

    fn schema() -> Schema {
        Schema::try_new(["a", "b"].map(|name| Field::new(name, DataType::Int64)).to_vec()).unwrap()
    }

    fn sort(key: Expr, order: SortOrder, limit: Option<usize>) -> impl Fn() -> Keeping<Sort> {
        move || {
            let keys = RowKeys::new([&key], &schema()).unwrap();
            Sort::new(keys, vec![order], vec![DataType::Int64; 2], limit)
        }
    }

    #[test]
    fn rows_of_equal_keys_keep_their_order() {
        let sorted: [&[&str]; 5] = [&["null", "2"], &["1", "3"], &["1", "4"], &["2", "5"], &["3", "1"]];
        check_sink(sort(col("a"), SortOrder::default(), None), &inputs(), &sorted);
        check_sink(sort(col("a"), SortOrder::default(), Some(3)), &inputs(), &sorted[..3]);
        let keys = || vec![(bind(&col("a"), &schema()).unwrap(), SortOrder::default())];
        check_sink(|| TopK::new(keys(), 3), &inputs(), &sorted[..3]);
        check_sink(|| TopK::new(keys(), 0), &inputs(), &[]);
    }

    #[test]
    fn keys_may_be_computed() {
        let descending = SortOrder { descending: true, nulls_last: true };
        let expected: [&[&str]; 5] = [&["3", "1"], &["2", "5"], &["1", "3"], &["1", "4"], &["null", "2"]];
        check_sink(sort(col("a") * 2, descending, None), &inputs(), &expected);
        // The distance from the mean of all rows.
        let key = (col("a") - col("a").mean()) * -1;
        check_sink(
            sort(key, SortOrder { nulls_last: true, ..SortOrder::default() }, None),
            &inputs(),
            &expected,
        );
    }
}
