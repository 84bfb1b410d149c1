//! Columns of a source put beside rows that it gave, found by their ids.

use hypostyle_core::{Batch, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};
use hypostyle_plan::FetchNode;

use crate::context::Context;
use crate::pipeline::parallel;

/// The batch with columns of a source instead of the row ids at a position. Each column is a piece of work.
pub(crate) fn fetch(context: &Context, batch: Batch, ids: usize, rows: &FetchNode) -> Result<Vec<Batch>> {
    let len = batch.len();
    let mut columns = batch.into_columns();
    let ids = columns.remove(ids);
    let ids = ids.expect_primitive::<u64>()?;
    let mut wanted: Vec<u64> = (0..len).filter_map(|row| ids.get(row)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let place = |id| wanted.binary_search(&id).map_or(NO_ROW, |place| place as u32);
    let places: Vec<u32> = (0..len).map(|row| ids.get(row).map_or(NO_ROW, place)).collect();
    columns.extend(parallel(context, rows.columns.clone(), |(position, _)| {
        let found = rows.source.rows_by_id(&wanted, &[position])?;
        gather_optional(found.column(0), &places)
    })?);
    Ok(vec![Batch::try_new(columns, len)?])
}
