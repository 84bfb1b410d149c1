//! `list.unique(x)`: distinct values in order of first appearance, null and NaN once each; `list.unique([[1,
//! 2, 1]]) = [[1, 2]]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::group::group_rows;

use super::super::{Function, Inputs};
use super::{Lists, to_list};

/// `list.unique(x)`
pub(super) const UNIQUE: Function = Function::new("list.unique", 1..=1, to_list, run);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let keys = [Column::from_vec(lists.ids()), lists.values.clone()];
    // First rows come in ascending order, so those of a list lie side by side.
    let first = group_rows(&keys, lists.values.len())?.first;
    let mut next = 0;
    lists.pick(inputs.output, |row, rows| {
        let (start, end) = lists.bounds(row);
        while next < first.len() && (first[next] as usize) < start {
            next += 1;
        }
        while next < first.len() && (first[next] as usize) < end {
            rows.push(first[next]);
            next += 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::col;
    use crate::testing::{check, lists};

    #[test]
    fn distinct_values() {
        let a = lists([Some(&[Some(3), Some(1), None, Some(1), None]), Some(&[]), None, Some(&[Some(3)])]);
        let expected = "list[i64] [[3, 1, null], [], null, [3]]";
        check(col("a").list().unique(), &[a], expected);
    }
}
