//! Groups of morsels that hardly share any: where a key grows from morsel to morsel, as in a table sorted by it, only
//! the groups at the borders meet. They are merged pairwise, and nothing else is hashed again.

use std::cmp::Ordering;

use hypostyle_core::{Column, Native, Result, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::keys::integer_range;

use super::aggregate::{Partial, Rows};
use crate::context::Context;
use crate::pipeline::parallel;

/// Groups that two morsels may share; with more of them, borders are no exception.
const MOST_AT_A_BORDER: usize = 64;

/// Groups of two neighbours that are the same: of the earlier, of the later.
type Border = Vec<(u32, u32)>;

/// Merges the groups at the borders of morsels into the earlier one, and gives for each morsel the groups that are gone
/// from it, in order; `None`, and nothing done, if the morsels overlap.
pub(super) fn merge_borders(context: &Context, partials: &mut [Partial]) -> Result<Option<Vec<Vec<u32>>>> {
    let Some(borders) = borders(context, partials)? else { return Ok(None) };
    let mut gone: Vec<Vec<u32>> = vec![Vec::new(); partials.len()];
    // From the last to the first: a group that spans several morsels is handed on until it arrives.
    for (i, border) in borders.iter().enumerate().rev() {
        if border.is_empty() {
            continue;
        }
        let (from, to): (Vec<u32>, Vec<u32>) =
            border.iter().map(|(earlier, later)| (*later, *earlier)).unzip();
        let (before, after) = partials.split_at_mut(i + 1);
        if let (Rows::Aggregated(states), Rows::Aggregated(others)) = (&mut before[i].rows, &after[0].rows) {
            for (state, other) in states.iter_mut().zip(others) {
                state.merge(other.as_ref(), &from, &to)?;
            }
        }
        gone[i + 1] = from;
        gone[i + 1].sort_unstable();
    }
    Ok(Some(gone))
}

/// The borders of all neighbours; `None` if others than neighbours may share groups.
fn borders(context: &Context, partials: &[Partial]) -> Result<Option<Vec<Border>>> {
    let Some(first) = partials.first() else { return Ok(None) };
    if partials.iter().any(|partial| !matches!(partial.rows, Rows::Aggregated(_))) {
        return Ok(None);
    }
    for key in 0..first.keys.len() {
        let range = |partial: &Partial| {
            integer_range(&partial.keys[key]).filter(|_| partial.keys[key].null_count() == 0)
        };
        // Where a value goes on through a whole morsel, the ones before and after it may share a group of several keys
        // that it lacks. A group of that key alone it has.
        let alone = first.keys.len() == 1;
        let grow = |ranges: &[Option<(i128, i128)>]| {
            ranges.iter().all(Option::is_some)
                && ranges.windows(2).all(|pair| matches!(pair, [Some(one), Some(other)] if one.1 <= other.0))
                && (alone
                    || ranges
                        .windows(3)
                        .all(|three| matches!(three, [Some(one), _, Some(other)] if one.1 < other.0)))
        };
        // Keys in no order show it soon.
        if !grow(&partials.iter().take(2).map(range).collect::<Vec<_>>()) {
            continue;
        }
        let ranges = parallel(context, partials.iter().collect(), |partial| Ok(range(partial)))?;
        if !grow(&ranges) {
            continue;
        }
        let ranges: Vec<(i128, i128)> = ranges.into_iter().flatten().collect();
        let pairs = partials.windows(2).zip(ranges.windows(2)).collect();
        let borders = parallel(context, pairs, |(pair, ranges)| Ok(border(pair, key, ranges)))?;
        return Ok(borders.into_iter().collect());
    }
    Ok(None)
}

/// The groups that two neighbours share, with these ranges of a key that grows; `None` if they are not few.
fn border(pair: &[Partial], key: usize, ranges: &[(i128, i128)]) -> Option<Border> {
    let mut shared = Vec::new();
    if ranges[0].1 == ranges[1].0 {
        let earlier = groups_of(&pair[0].keys[key], ranges[0].1)?;
        let later = groups_of(&pair[1].keys[key], ranges[0].1)?;
        for a in &earlier {
            shared.extend(later.iter().filter(|b| same_key(pair, *a, **b)).map(|b| (*a, *b)));
        }
    }
    Some(shared)
}

/// The groups with this value, if they are few. The column has integers and no nulls.
fn groups_of(column: &Column, value: i128) -> Option<Vec<u32>> {
    let groups: Vec<u32> = with_primitive!(column.array(), |a: T| {
        let value = T::from_i128(value);
        let equal = a.values().iter().enumerate().filter(|(_, v)| **v == value);
        equal.map(|(group, _)| group as u32).take(MOST_AT_A_BORDER + 1).collect()
    }, else |_other| Vec::new());
    (groups.len() <= MOST_AT_A_BORDER).then_some(groups)
}

fn same_key(pair: &[Partial], a: u32, b: u32) -> bool {
    let mut columns = pair[0].keys.iter().zip(&pair[1].keys);
    columns.all(|(left, right)| compare_rows(left, a as usize, right, b as usize) == Ordering::Equal)
}
