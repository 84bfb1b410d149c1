//! Functions of whole columns: order, shifts, running values. Those that give a value for each row keep to
//! the segments of their inputs, so that a window runs them once for all of its groups.

mod append;
mod arg_sort;
mod counted;
mod cum_count;
mod cumulative;
mod diff;
mod drop_nans;
mod drop_nulls;
mod duplicates;
mod ewm;
mod explode;
mod fill;
mod gather;
mod gather_every;
mod hist;
mod interpolate;
mod interpolate_by;
mod only;
mod pct_change;
mod peaks;
mod positions;
mod qcut;
mod rank;
mod reshape;
mod reverse;
mod rolling;
mod rolling_by;
mod rolling_order;
mod rolling_window;
mod runs;
mod sample;
mod search_sorted;
mod shift;
mod slice;
mod sort;
mod sort_by;
mod unique;

use hypostyle_core::{Bitmap, Column, Error, Result};
use hypostyle_kernels::filter::filter;
use hypostyle_kernels::group::{Groups, group_rows};
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::{Function, Inputs, Ragged};

pub(super) use drop_nulls::DROP_NULLS;
pub(super) use reverse::REVERSE;
pub(crate) use slice::SLICE;
pub(super) use slice::{slice_bounds, tail_bounds};
pub(crate) use sort::SORT;
pub(super) use unique::UNIQUE;

pub(super) static FUNCTIONS: &[Function] = &[
    shift::SHIFT,
    REVERSE,
    SLICE,
    SORT,
    sort_by::SORT_BY,
    arg_sort::ARG_SORT,
    UNIQUE,
    DROP_NULLS,
    gather::GATHER,
    explode::EXPLODE,
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
    drop_nans::DROP_NANS,
    positions::ARG_TRUE,
    positions::ARG_UNIQUE,
    gather_every::GATHER_EVERY,
    counted::MODE,
    counted::UNIQUE_COUNTS,
    pct_change::PCT_CHANGE,
    interpolate::INTERPOLATE,
    rolling::ROLLING_SUM,
    rolling::ROLLING_MEAN,
    rolling::ROLLING_MIN,
    rolling::ROLLING_MAX,
    rolling::ROLLING_VAR,
    rolling::ROLLING_STD,
    rolling::ROLLING_MEDIAN,
    rolling_order::ROLLING_QUANTILE,
    rolling_order::ROLLING_RANK,
    rolling_order::ROLLING_SKEW,
    rolling_order::ROLLING_KURTOSIS,
    rolling_by::ROLLING_SUM_BY,
    rolling_by::ROLLING_MEAN_BY,
    rolling_by::ROLLING_MIN_BY,
    rolling_by::ROLLING_MAX_BY,
    rolling_by::ROLLING_VAR_BY,
    rolling_by::ROLLING_STD_BY,
    rolling_by::ROLLING_MEDIAN_BY,
    rolling_by::ROLLING_QUANTILE_BY,
    rolling_by::ROLLING_RANK_BY,
    peaks::PEAK_MAX,
    peaks::PEAK_MIN,
    runs::RLE,
    runs::RLE_ID,
    ewm::EWM_MEAN,
    ewm::EWM_VAR,
    ewm::EWM_STD,
    ewm::EWM_SUM,
    counted::VALUE_COUNTS,
    search_sorted::SEARCH_SORTED,
    append::APPEND,
    append::EXTEND_CONSTANT,
    interpolate_by::INTERPOLATE_BY,
    reshape::RESHAPE,
    sample::SHUFFLE,
    sample::SAMPLE,
    qcut::QCUT,
    hist::HIST,
    only::ONLY,
    only::LOWEST,
    only::HIGHEST,
];

/// Rows are numbered by `u32`.
pub(in crate::functions) fn check_rows(len: usize) -> Result<()> {
    if u32::try_from(len).is_ok() {
        return Ok(());
    }
    Err(Error::out_of_bounds("a column of more than 4 billion rows cannot be reordered"))
}

/// Rows with the same value in the same segment as groups.
fn groups(inputs: &Inputs<'_>) -> Result<Groups> {
    let keys: Vec<Column> = inputs.segment_ids().into_iter().chain([inputs.column(0).clone()]).collect();
    group_rows(&keys, inputs.len)
}

/// Where the groups of each segment start, and the end. `first` has the first row of each: these ascend, so that
/// groups of a segment lie side by side.
fn group_starts(inputs: &Inputs<'_>, first: &[u32]) -> Vec<u32> {
    let mut taken = 0;
    let ends = inputs.segments().map(|range| {
        taken += first[taken..].partition_point(|row| (*row as usize) < range.end);
        taken as u32
    });
    std::iter::once(0).chain(ends).collect()
}

/// The values of each segment whose bit is set.
fn keep(inputs: &Inputs<'_>, mask: &Bitmap) -> Result<Ragged> {
    let values = filter(inputs.column(0), mask)?;
    let mut starts = vec![0u32];
    let mut kept = 0;
    for range in inputs.segments() {
        kept += mask.slice(range.start, range.len()).count_set() as u32;
        starts.push(kept);
    }
    Ok(Ragged { values, starts })
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
    SortOrder { descending: inputs.flag(i), nulls_last: inputs.flag(i + 1) }
}
