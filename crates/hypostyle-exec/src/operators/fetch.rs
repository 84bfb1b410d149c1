//! Columns of a source put beside rows that it gave, found by their ids.

use hypostyle_core::{Batch, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};
use hypostyle_plan::FetchNode;

use crate::context::Context;
use crate::pipeline::parallel;

/// Pieces of work for each worker: columns do not take the same time.
const PIECES: usize = 16;

/// The batch with columns of a source instead of the row ids at a position.
pub(crate) fn fetch(context: &Context, batch: Batch, ids: usize, rows: &FetchNode) -> Result<Batch> {
    let len = batch.len();
    let mut columns = batch.into_columns();
    let ids = columns.remove(ids);
    let ids = ids.expect_primitive::<u64>()?;
    let mut wanted: Vec<u64> = (0..len).filter_map(|row| ids.get(row)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let place = |id| wanted.binary_search(&id).map_or(NO_ROW, |place| place as u32);
    let places: Vec<u32> = (0..len).map(|row| ids.get(row).map_or(NO_ROW, place)).collect();
    let positions: Vec<usize> = rows.columns.iter().map(|(position, _)| *position).collect();
    let piece = positions.len().div_ceil(PIECES * context.threads()).max(1);
    let pieces = positions.chunks(piece).collect();
    let found = parallel(context, pieces, |positions| {
        let found = rows.source.rows_by_id(&wanted, positions, &|| context.check())?;
        found.columns().iter().map(|column| gather_optional(column, &places)).collect::<Result<Vec<_>>>()
    })?;
    columns.extend(found.into_iter().flatten());
    Batch::try_new(columns, len)
}
