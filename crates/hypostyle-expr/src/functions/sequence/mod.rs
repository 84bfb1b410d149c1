//! Functions of whole columns: order, shifts, running values. Those that give a value for each row keep to
//! the segments of their inputs, so that a window runs them once for all of its groups.

mod arg_sort;
mod cum_count;
mod cumulative;
mod diff;
mod drop_nulls;
mod duplicates;
mod fill;
mod gather;
mod rank;
mod reverse;
mod shift;
mod slice;
mod sort;
mod sort_by;
mod unique;

use hypostyle_core::{Column, Error, Result};
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::{Function, Inputs};

pub(crate) use slice::{slice_bounds, tail_bounds};

pub(super) static FUNCTIONS: &[Function] = &[
    shift::SHIFT,
    reverse::REVERSE,
    slice::SLICE,
    sort::SORT,
    sort_by::SORT_BY,
    arg_sort::ARG_SORT,
    unique::UNIQUE,
    drop_nulls::DROP_NULLS,
    gather::GATHER,
    cumulative::CUM_SUM,
    cumulative::CUM_PROD,
    cumulative::CUM_MIN,
    cumulative::CUM_MAX,
    cum_count::CUM_COUNT,
    diff::DIFF,
    fill::FORWARD_FILL,
    fill::BACKWARD_FILL,
    duplicates::IS_UNIQUE,
    duplicates::IS_DUPLICATED,
    duplicates::IS_FIRST_DISTINCT,
    duplicates::IS_LAST_DISTINCT,
    rank::RANK,
];

/// Rows are numbered by `u32`.
pub(super) fn check_rows(len: usize) -> Result<()> {
    if u32::try_from(len).is_ok() {
        return Ok(());
    }
    Err(Error::out_of_bounds("a column of more than 4 billion rows cannot be reordered"))
}

/// The rows in sorted order, segment by segment.
fn sorted_rows(inputs: &Inputs<'_>, keys: Vec<(Column, SortOrder)>) -> Result<Vec<u32>> {
    check_rows(inputs.len)?;
    // Segments lie side by side, so sorting by their number first leaves each where it is.
    let segment = inputs.segment_ids().map(|ids| (ids, SortOrder { descending: false, nulls_last: false }));
    let keys: Vec<_> = segment.into_iter().chain(keys).collect();
    Ok(sort_indices(&keys, inputs.len))
}

/// The order that the options at `i` (descending) and `i + 1` (nulls last) ask for.
fn order(inputs: &Inputs<'_>, i: usize) -> SortOrder {
    SortOrder { descending: inputs.flag(i, false), nulls_last: inputs.flag(i + 1, false) }
}
