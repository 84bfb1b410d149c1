//! `mode(x)`: the values that are there most often, all of them where several are; `unique_counts(x)`: how often each
//! value is there. Both in order of the values' first rows; null and NaN are values; `mode([1, 2, 2]) = [2]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::Groups;

use super::super::{Function, Inputs, Ragged, params, same_type, to_index};
use super::{group_starts, groups};

/// `mode(x)`
pub(super) const MODE: Function = Function::ragged("mode", params::UNARY, same_type, |i| {
    let Counted { first, counts, starts } = Counted::of(i)?;
    let (mut rows, mut ends) = (Vec::new(), vec![0u32]);
    for bounds in starts.windows(2) {
        let own = bounds[0] as usize..bounds[1] as usize;
        let most = counts[own.clone()].iter().max().copied();
        rows.extend(own.filter(|value| Some(counts[*value]) == most).map(|value| first[value]));
        ends.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather(i.column(0), &rows)?, starts: ends })
})
.doc("The values that are there most often.")
.example(&["i64 [1, 2, 2, null]"], "i64 [2]");
/// `unique_counts(x)`
pub(super) const UNIQUE_COUNTS: Function = Function::ragged("unique_counts", params::UNARY, to_index, |i| {
    let Counted { counts, starts, .. } = Counted::of(i)?;
    Ok(Ragged { values: Column::from_vec(counts), starts })
})
.doc("How often each value is there, in order of the first rows.")
.example(&[r#"str ["a", "b", "a", null]"#], "u32 [2, 1, 1]");

/// The different values of every segment.
struct Counted {
    /// The first row of each.
    first: Vec<u32>,
    /// How often each is there.
    counts: Vec<u32>,
    /// Where the values of each segment start, and the end.
    starts: Vec<u32>,
}

impl Counted {
    fn of(inputs: &Inputs<'_>) -> Result<Self> {
        let Groups { ids, first } = groups(inputs)?;
        let mut counts = vec![0u32; first.len()];
        ids.iter().for_each(|id| counts[*id as usize] += 1);
        let starts = group_starts(inputs, &first);
        Ok(Self { first, counts, starts })
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_groups};

    #[test]
    fn how_often() {
        let a = [Column::from_options([Some(1i64), None, Some(2), None, Some(2), Some(3)])];
        check(call("mode", [col("a")]), &a, "i64 [null, 2]");
        check(call("unique_counts", [col("a")]), &a, "u32 [1, 2, 2, 1]");
        let ids = [0, 1, 0, 1, 0, 1];
        check_groups(call("mode", [col("a")]), &a, &ids, "list[i64] [[2], [null]]");
        check_groups(call("unique_counts", [col("a")]), &a, &ids, "list[u32] [[1, 2], [2, 1]]");
        check(call("mode", [col("a")]), &[a[0].slice(0, 0)], "i64 []");
    }
}
