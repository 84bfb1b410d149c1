//! Groups of morsels that hardly share any: where a key grows from morsel to morsel, as in a table sorted by it, only
//! the groups at the borders meet. They are merged pairwise, and nothing else is hashed again.

use std::cmp::Ordering;

use hypostyle_core::{Column, Native, Result, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::keys::integer_range;

use super::aggregate::{Partial, Rows};

/// Groups that two morsels may share; with more of them, borders are no exception.
const MOST_AT_A_BORDER: usize = 64;

/// Merges the groups at the borders of morsels into the earlier one, and gives for each morsel the groups that are
/// left in it; `None`, and nothing done, if the morsels overlap.
pub(super) fn merge_borders(partials: &mut [Partial]) -> Result<Option<Vec<Vec<u32>>>> {
    let Some(borders) = borders(partials) else { return Ok(None) };
    let mut gone: Vec<Vec<bool>> = partials.iter().map(|partial| vec![false; partial.len]).collect();
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
        from.iter().for_each(|group| gone[i + 1][*group as usize] = true);
    }
    let left =
        gone.iter().map(|gone| (0..gone.len() as u32).filter(|group| !gone[*group as usize]).collect());
    Ok(Some(left.collect()))
}

/// For each pair of neighbours the groups (of the earlier, of the later) that are the same; `None` if others than
/// neighbours may share groups.
fn borders(partials: &[Partial]) -> Option<Vec<Vec<(u32, u32)>>> {
    if partials.iter().any(|partial| !matches!(partial.rows, Rows::Aggregated(_))) {
        return None;
    }
    let growing = (0..partials.first()?.keys.len()).find_map(|key| {
        let mut ranges: Vec<(i128, i128)> = Vec::with_capacity(partials.len());
        for partial in partials {
            let column = &partial.keys[key];
            let range = integer_range(column).filter(|_| column.null_count() == 0)?;
            if ranges.last().is_some_and(|last| last.1 > range.0) {
                return None;
            }
            ranges.push(range);
        }
        Some((key, ranges))
    });
    let (key, ranges) = growing?;
    let mut borders = Vec::with_capacity(partials.len());
    for (pair, range) in partials.windows(2).zip(ranges.windows(2)) {
        let mut shared = Vec::new();
        if range[0].1 == range[1].0 {
            let earlier = groups_of(&pair[0].keys[key], range[0].1)?;
            let later = groups_of(&pair[1].keys[key], range[0].1)?;
            for a in &earlier {
                shared.extend(later.iter().filter(|b| same_key(pair, *a, **b)).map(|b| (*a, *b)));
            }
        }
        borders.push(shared);
    }
    Some(borders)
}

/// The groups with this value, if they are few. The column has integers and no nulls.
fn groups_of(column: &Column, value: i128) -> Option<Vec<u32>> {
    let groups: Vec<u32> = with_primitive!(column.array(), |a: T| {
        let value = T::from_i128(value);
        let equal = a.values.iter().enumerate().filter(|(_, v)| **v == value);
        equal.map(|(group, _)| group as u32).take(MOST_AT_A_BORDER + 1).collect()
    }, else |_other| Vec::new());
    (groups.len() <= MOST_AT_A_BORDER).then_some(groups)
}

fn same_key(pair: &[Partial], a: u32, b: u32) -> bool {
    let mut columns = pair[0].keys.iter().zip(&pair[1].keys);
    columns.all(|(left, right)| compare_rows(left, a as usize, right, b as usize) == Ordering::Equal)
}
