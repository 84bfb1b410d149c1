//! Rows that are needed in one piece: batches one after the other in one batch, and expressions over it.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::concat::{CopyPart, concat_in_parts};
use hypostyle_kernels::filter::filter_batch;

use super::collect::Collect;
use crate::context::Context;
use crate::pipeline::{Sink, parallel};
use crate::store::BatchStore;

/// Rows from which on all threads copy a column.
const COPIED_TOGETHER: usize = 1 << 17;

/// Batches of columns of these types as one.
pub(crate) fn one_batch(types: &[DataType], mut batches: Vec<Batch>, context: &Context) -> Result<Batch> {
    if batches.len() <= 1 {
        let empty = || Batch::try_new(types.iter().cloned().map(Column::empty).collect(), 0);
        return batches.pop().map_or_else(empty, Ok);
    }
    let rows = batches.iter().map(Batch::len).sum();
    let parts = context.threads_for(rows, COPIED_TOGETHER);
    let columns = parallel(context, (0..types.len()).collect(), |i: usize| {
        let pieces = batches.iter().map(|batch| batch.column(i).clone()).collect::<Vec<_>>();
        let run = |copy: CopyPart<'_>| {
            copy();
            Ok(())
        };
        concat_in_parts(&pieces, parts, |parts| parallel(context, parts, run).map(drop))
    })?;
    Batch::try_new(columns, rows)
}

/// Collects rows of columns of these types, and gives a function all of them in one batch.
pub(crate) fn collect_one(
    types: Vec<DataType>,
    then: impl FnOnce(Batch, &Context) -> Result<Vec<Batch>> + Send + Sync,
) -> impl Sink<Output = BatchStore> {
    Collect::then(move |batches, context: &Context| {
        Ok(BatchStore::new(then(one_batch(&types, batches, context)?, context)?))
    })
}

/// What is computed from all rows.
pub(crate) enum Evaluation {
    /// Columns of the rows' number.
    WithColumns(Vec<BoundExpr>),
    /// Columns of any one number of rows; scalars are repeated.
    Select(Vec<BoundExpr>),
    /// Which rows are kept.
    Filter(BoundExpr),
}

impl Evaluation {
    /// The sink that collects all rows, of these types, and evaluates it.
    pub(crate) fn sink(self, types: Vec<DataType>) -> impl Sink<Output = BatchStore> {
        collect_one(types, move |batch, context| Ok(vec![self.evaluate(batch, context)?]))
    }

    fn evaluate(self, batch: Batch, context: &Context) -> Result<Batch> {
        let len = batch.len();
        match self {
            Self::WithColumns(outputs) => {
                let columns = outputs.iter().map(|e| {
                    e.evaluate_with(&batch, context)?.into_rows(len).map_err(|error| {
                        Error::shape(format!("{error} (`with_columns` keeps the number of rows)"))
                    })
                });
                Batch::try_new(columns.collect::<Result<_>>()?, len)
            }
            Self::Select(outputs) => {
                let values = outputs.iter().map(|e| e.evaluate_with(&batch, context));
                let values = values.collect::<Result<Vec<_>>>()?;
                let len = values.iter().find(|v| !v.scalar).map_or(1, |v| v.column.len());
                let columns = values.into_iter().map(|v| v.into_rows(len)).collect::<Result<_>>()?;
                Batch::try_new(columns, len)
            }
            Self::Filter(predicate) => {
                let mask = predicate.evaluate_with(&batch, context)?.into_rows(len)?;
                match mask.as_boolean() {
                    Some(mask) => filter_batch(&batch, &mask.truthy()),
                    None => Ok(batch.slice(0, 0)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Field, Schema};
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::operators::testing::{batch_of, check_sink};

    #[test]
    fn expressions_see_all_rows() {
        let schema = Schema::try_new(vec![Field::new("a", DataType::Int64)]).unwrap();
        let bound = |expr| bind(&expr, &schema).unwrap();
        let batches = [batch_of(&[1, 2]), batch_of(&[6])];
        let types = || vec![DataType::Int64];
        let added = || Evaluation::WithColumns(vec![bound(col("a")), bound(col("a").sum())]).sink(types());
        check_sink(added, &batches, &[&["1", "9"], &["2", "9"], &["6", "9"]]);
        let selected =
            || Evaluation::Select(vec![bound(col("a").max()), bound(col("a").min())]).sink(types());
        check_sink(selected, &batches, &[&["6", "1"]]);
        let filtered = || Evaluation::Filter(bound(col("a").lt(col("a").mean()))).sink(types());
        check_sink(filtered, &batches, &[&["1"], &["2"]]);
        check_sink(filtered, &[batch_of(&[])], &[]);
    }
}
