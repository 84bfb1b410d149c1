//! Tables in memory whose key ascends: a row's place among the keys is its number, so that they are indexed by writing
//! a bit for each row, without being copied first.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, Result, Schema};
use hypostyle_expr::Expr;
use hypostyle_kernels::keys::integer_range;
use hypostyle_plan::Plan;

use super::{glue, run};
use crate::context::Context;
use crate::join_index::{JoinIndex, NO_ROW};
use crate::operators::join::BuildSide;
use crate::runtime_filters::RuntimeFilter;

/// Such a table is indexed instead of a smaller side that has a row at least for so many of its own. Looking up the
/// table's rows in an index of the other side costs about as much for each of them as writing its bit, and indexing the
/// other side several times as much for each of its rows.
const ROWS_PER_ROW: usize = 8;
/// So many values of the keys' range for each row, at most: each takes two bits.
const VALUES_PER_ROW: usize = 32;

/// All rows of such a table.
pub(super) struct OrderedTable {
    schema: Schema,
    batches: Vec<Batch>,
    rows: usize,
    /// The position of the key.
    key: usize,
    low: i128,
    span: usize,
}

impl OrderedTable {
    /// A side of a join, if it is such a table, and is sooner indexed than another side of so many rows.
    pub(super) fn of(
        plan: &Arc<Plan>,
        on: &[Expr],
        filters: &[RuntimeFilter],
        other_rows: usize,
        context: &Context,
    ) -> Result<Option<Self>> {
        let (Plan::Scan(scan), [Expr::Column(key)]) = (&**plan, on) else { return Ok(None) };
        let Some(key) = scan.schema.position(key) else { return Ok(None) };
        let dtype = &scan.schema.fields()[key].dtype;
        if !scan.source.in_memory()
            || context.estimator.rows(plan) > (other_rows * ROWS_PER_ROW) as f64
            || dtype.is_float()
            || dtype.byte_width().is_none_or(|width| width > 8)
            || !scan.source.ascends(scan.source_position(key))
        {
            return Ok(None);
        }
        let mut batches = run(plan, filters, context)?;
        batches.retain(|batch| !batch.is_empty());
        let rows: usize = batches.iter().map(Batch::len).sum();
        let (Some(first), Some(last)) = (batches.first(), batches.last()) else { return Ok(None) };
        let first = integer_range(&first.column(key).slice(0, 1));
        let last = integer_range(&last.column(key).slice(last.len() - 1, 1));
        let (Some((low, _)), Some((_, high))) = (first, last) else { return Ok(None) };
        let is_dense = |span: &usize| *span <= rows.saturating_mul(VALUES_PER_ROW) && rows < NO_ROW as usize;
        let Some(span) = usize::try_from(high - low + 1).ok().filter(is_dense) else { return Ok(None) };
        Ok(Some(Self { schema: Schema::clone(plan.schema()), batches, rows, key, low, span }))
    }

    /// It as the side that is looked up in, with the columns at some positions.
    pub(super) fn into_build_side(self, columns: &[usize], context: &Context) -> Result<BuildSide> {
        let keys: Vec<Column> = self.batches.iter().map(|batch| batch.column(self.key).clone()).collect();
        let index = JoinIndex::of_ascending(&keys, self.low, self.span, context)?;
        let fields = columns.iter().map(|position| self.schema.fields()[*position].clone()).collect();
        let batches: Vec<Batch> = self.batches.iter().map(|batch| batch.project(columns)).collect();
        let batch = if columns.is_empty() {
            Batch::try_new(Vec::new(), self.rows)?
        } else {
            glue(&Schema::try_new(fields)?, &batches, context)?
        };
        Ok(BuildSide::new(batch, Some(index), None, false))
    }
}
