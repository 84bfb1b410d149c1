//! `list.sort(x, descending, nulls_last)`, `list.reverse(x)`: as the functions of the same names do with a
//! column; `list.sort([[2, null, 1]]) = [[null, 1, 2]]`.

use hypostyle_core::{Column, Result};

use super::super::{Function, Inputs, find};
use super::{Lists, list_column, to_list};
use crate::bound::Evaluated;

/// `list.sort(x, descending, nulls_last)`
pub(super) const SORT: Function = Function::new("list.sort", 1..=3, to_list, |i| run(i, "sort"));
/// `list.reverse(x)`
pub(super) const REVERSE: Function = Function::new("list.reverse", 1..=1, to_list, |i| run(i, "reverse"));

/// A function that keeps to segments, of the values of all lists.
fn run(inputs: &Inputs<'_>, function: &str) -> Result<Column> {
    let Lists { values, starts, validity } = Lists::of(inputs)?;
    let (len, dtype) = (values.len(), values.dtype().clone());
    let args: Vec<Evaluated> = std::iter::once(Evaluated { column: values, scalar: false })
        .chain(inputs.args[1..].iter().cloned())
        .collect();
    let values = find(function)?.evaluate_segments(&args, &dtype, len, &starts)?;
    list_column(inputs.output, starts.iter().map(|s| i64::from(*s)).collect(), values, validity)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, lists, texts};

    #[test]
    fn sorted_and_turned() {
        let a = [lists([Some(&[Some(3), Some(1), None]), Some(&[]), None, Some(&[Some(2), Some(4)])])];
        let sort = |descending: bool, nulls_last: bool| {
            call("list.sort", [col("a"), lit(descending), lit(nulls_last)])
        };
        check(sort(false, false), &a, "list[i64] [[null, 1, 3], [], null, [2, 4]]");
        check(sort(true, true), &a, "list[i64] [[3, 1, null], [], null, [4, 2]]");
        check(col("a").list().reverse(), &a, "list[i64] [[null, 1, 3], [], null, [4, 2]]");
        check(col("a").list().reverse(), &[a[0].slice(3, 1)], "list[i64] [[4, 2]]");
        let parts = col("a").str().split(",").list().sort(false, false);
        check(parts, &[texts([Some("c,a,b")])], "list[str] [[\"a\", \"b\", \"c\"]]");
    }
}
