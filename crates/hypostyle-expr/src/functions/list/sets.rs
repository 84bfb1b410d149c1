//! Lists as sets: `list.set_union(x, other)`, `list.set_intersection`, `list.set_difference`,
//! `list.set_symmetric_difference`. Each value is there once, null and NaN among them, in the order of its first place
//! in the two lists; `list.set_union([[2, 1]], [[1, 3]]) = [[2, 1, 3]]`.

use hypostyle_core::{Bitmap, Column, DataType, Error, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::group_rows;

use super::super::{Arg, Function, Inputs, Param, Signature, params};
use super::{Lists, inner_type, list_column};
use crate::types::supertype;

const PARAMS: &[Param] = &[params::column("x"), params::column("other")];

/// `list.set_union(x, other)`
pub(super) const UNION: Function = Function::new("list.set_union", PARAMS, types, |i| run(i, |_, _| true))
    .doc("The values of either list.")
    .example(
        &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
        "list[i64] [[3, 1, null, 5], null, [2]]",
    );
/// `list.set_intersection(x, other)`
pub(super) const INTERSECTION: Function =
    Function::new("list.set_intersection", PARAMS, types, |i| run(i, |mine, theirs| mine && theirs))
        .doc("The values that both lists have.")
        .example(
            &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
            "list[i64] [[1], null, []]",
        );
/// `list.set_difference(x, other)`
pub(super) const DIFFERENCE: Function =
    Function::new("list.set_difference", PARAMS, types, |i| run(i, |mine, theirs| mine && !theirs))
        .doc("The values that the other list does not have.")
        .example(
            &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
            "list[i64] [[3, null], null, []]",
        );
/// `list.set_symmetric_difference(x, other)`
pub(super) const SYMMETRIC_DIFFERENCE: Function =
    Function::new("list.set_symmetric_difference", PARAMS, types, |i| run(i, |mine, theirs| mine != theirs))
        .doc("The values that one of the lists has.")
        .example(
            &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
            "list[i64] [[3, null, 5], null, [2]]",
        );

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (mine, theirs) = (inner_type(name, args)?, inner_type(name, &args[1..])?);
    let common = supertype(mine, theirs)
        .ok_or_else(|| Error::schema(format!("`{name}` cannot compare values of {mine} and {theirs}")))?;
    Ok(Signature::all(args, DataType::list(common)))
}

fn run(inputs: &Inputs<'_>, keep: fn(bool, bool) -> bool) -> Result<Column> {
    let (mine, theirs) = (Lists::of(inputs)?, Lists::of_argument(inputs, 1)?);
    let own = mine.values.len();
    let rows: Vec<u32> = [mine.ids(), theirs.ids()].concat();
    let values = concat(&[mine.values, theirs.values])?;
    // A group is a value of a row; groups are numbered by their first place, in all of the first lists and then in all of
    // the second.
    let groups = group_rows(&[Column::from_vec(rows.clone()), values.clone()], rows.len())?;
    let (mut in_mine, mut in_theirs) = (vec![false; groups.first.len()], vec![false; groups.first.len()]);
    for (place, group) in groups.ids.iter().enumerate() {
        let side = if place < own { &mut in_mine } else { &mut in_theirs };
        side[*group as usize] = true;
    }
    let kept = |group: usize| keep(in_mine[group], in_theirs[group]);
    // Where the values of each row go: a counting sort, which leaves those of a row in order.
    let mut ends = vec![0i64; mine.starts.len()];
    for (group, first) in groups.first.iter().enumerate() {
        ends[rows[*first as usize] as usize + 1] += i64::from(kept(group));
    }
    for row in 1..ends.len() {
        ends[row] += ends[row - 1];
    }
    let mut next = ends.clone();
    let mut chosen = vec![0u32; ends[ends.len() - 1] as usize];
    for (group, first) in groups.first.iter().enumerate() {
        if kept(group) {
            let place = &mut next[rows[*first as usize] as usize];
            chosen[*place as usize] = *first;
            *place += 1;
        }
    }
    let validity = Bitmap::and_validity(mine.validity.as_ref(), theirs.validity.as_ref());
    list_column(inputs.output, ends, gather(&values, &chosen)?, validity)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, list};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn sets_of_each_row() {
        let a = [
            lists([Some(&[Some(3), Some(1), None, Some(1)]), Some(&[]), None, Some(&[Some(2)])]),
            lists([Some(&[Some(1), Some(5), Some(5)]), Some(&[Some(1)]), Some(&[Some(1)]), None]),
        ];
        let set = |name: &str| call(&format!("list.set_{name}"), [col("a"), col("b")]);
        check(set("union"), &a, "list[i64] [[3, 1, null, 5], [1], null, null]");
        check(set("intersection"), &a, "list[i64] [[1], [], null, null]");
        check(set("difference"), &a, "list[i64] [[3, null], [], null, null]");
        check(set("symmetric_difference"), &a, "list[i64] [[3, null, 5], [1], null, null]");
        let one = call("list.set_union", [col("a"), list([7i64, 3])]);
        check(one, &a, "list[i64] [[3, 1, null, 7], [7, 3], null, [2, 7, 3]]");
        check(set("intersection"), &[a[0].slice(3, 1), a[1].slice(0, 1)], "list[i64] [[]]");
        let parts = |name: &str| col(name).str().split(",");
        let words = [texts([Some("a,b")]), texts([Some("b,c")])];
        let both = call("list.set_union", [parts("a"), parts("b")]);
        check(both, &words, "list[str] [[\"a\", \"b\", \"c\"]]");
        check_error(call("list.set_union", [parts("a"), list([1i64])]), &words, "SchemaMismatch");
    }
}
