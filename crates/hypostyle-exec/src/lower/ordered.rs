//! Tables in memory whose key ascends: a row's place among the keys is its number, so that they are indexed by writing
//! a bit for each row, without copying the keys.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, Result};
use hypostyle_expr::Expr;
use hypostyle_plan::Plan;

use super::{glue, run};
use crate::context::Context;
use crate::join_index::{JoinIndex, NO_ROW};
use crate::operators::join::BuildSide;
use crate::runtime_filters::RuntimeFilter;

/// Such a table is indexed instead of the other side if that has at least a row for so many of the table's words, keys
/// and wanted columns together. A word that is copied, or whose bit is written, is read once, in order; what is spared
/// for a row of the other side are an entry of an index and a gather of all its columns. A guess: q09 of TPC-H, which
/// gains, has nine words for each such row.
const WORDS_PER_ROW: usize = 16;
/// So many integers from the lowest to the highest key for each row of the table, at most: each takes two bits.
const SPAN_PER_ROW: usize = 32;

/// Such a table.
pub(super) struct OrderedTable<'a> {
    plan: &'a Arc<Plan>,
    key: usize,
    /// The positions of the columns that are wanted.
    columns: &'a [usize],
    low: i128,
    span: usize,
}

impl<'a> OrderedTable<'a> {
    /// A side of a join of which the columns at some positions are wanted, if it is such a table, and is sooner indexed
    /// than another side of so many rows.
    pub(super) fn of(
        plan: &'a Arc<Plan>,
        on: &[Expr],
        columns: &'a [usize],
        other_rows: usize,
        context: &Context,
    ) -> Option<Self> {
        let (Plan::Scan(scan), [Expr::Column(key)]) = (&**plan, on) else { return None };
        let key = scan.schema.position(key)?;
        // Texts are not gathered late any more once they are copied: tables with texts stay as they are.
        let words = |at: &usize| Some(scan.schema.fields()[*at].dtype.byte_width()?.div_ceil(8));
        let words =
            columns.iter().map(words).sum::<Option<usize>>()? + words(&key).filter(|words| *words == 1)?;
        let rows = context.estimator.rows(plan);
        if !scan.source.in_memory()
            || rows * words as f64 > (other_rows * WORDS_PER_ROW) as f64
            || rows >= f64::from(NO_ROW)
        {
            return None;
        }
        let (low, high) = scan.source.ascending_range(scan.source_position(key))?;
        let span =
            usize::try_from(high - low + 1).ok().filter(|span| *span as f64 <= rows * SPAN_PER_ROW as f64)?;
        Some(Self { plan, key, columns, low, span })
    }

    /// It as the side that is looked up in, with the columns that are wanted alone, and perhaps without rows that do
    /// not pass the filters.
    pub(super) fn build_side(&self, filters: &[RuntimeFilter], context: &Context) -> Result<BuildSide> {
        let mut batches = run(self.plan, filters, context)?;
        batches.retain(|batch| !batch.is_empty());
        let keys: Vec<Column> = batches.iter().map(|batch| batch.column(self.key).clone()).collect();
        let index = JoinIndex::of_ascending(&keys, self.low, self.span, context)?;
        let wanted: Vec<Batch> = batches.iter().map(|batch| batch.project(self.columns)).collect();
        drop(batches);
        let types = self.columns.iter().map(|at| self.plan.schema().fields()[*at].dtype.clone());
        Ok(BuildSide::new(glue(types, wanted, context)?, Some(index), None, false))
    }
}
