//! What the functions of whole columns do, done with each list: `list.sort`, `list.reverse`, `list.unique`,
//! `list.drop_nulls`, `list.slice`, `list.head`, `list.tail`; `list.sort([[2, null, 1]]) = [[null, 1, 2]]`.
//!
//! A negative offset counts from the end; a null length goes to the end. `head` and `tail` of a negative number take all
//! values but so many.

use hypostyle_core::{Bitmap, Column, DataType, Result};
use hypostyle_kernels::select::broadcast;

use super::super::{Arg, Function, Inputs, Ragged, Signature, params, sequence};
use super::{Lists, list_column, to_list};
use crate::bound::Evaluated;

/// `list.sort(x, descending, nulls_last)`
pub(super) const SORT: Function = Function::new(
    "list.sort",
    &[params::column("x"), params::flag("descending", false), params::flag("nulls_last", false)],
    to_list,
    |i| each(i, &sequence::SORT, &i.args[1..], None),
)
.doc("The values in order.")
.example(&["list[i64] [[3, 1, null], null, []]"], "list[i64] [[null, 1, 3], null, []]");
/// `list.reverse(x)`
pub(super) const REVERSE: Function =
    Function::new("list.reverse", params::UNARY, to_list, |i| each(i, &sequence::REVERSE, &[], None))
        .doc("The values from last to first.")
        .sql(&["list_reverse", "array_reverse"])
        .example(&["list[i64] [[3, 1, null], null, []]"], "list[i64] [[null, 1, 3], null, []]");
/// `list.unique(x)`: in order of first appearance, null and NaN once each.
pub(super) const UNIQUE: Function =
    Function::new("list.unique", params::UNARY, to_list, |i| each(i, &sequence::UNIQUE, &[], None))
        .doc("Each value once.")
        .sql(&["list_distinct", "array_unique"])
        .example(&["list[i64] [[3], null, []]"], "list[i64] [[3], null, []]");
/// `list.drop_nulls(x)`
pub(super) const DROP_NULLS: Function =
    Function::new("list.drop_nulls", params::UNARY, to_list, |i| each(i, &sequence::DROP_NULLS, &[], None))
        .doc("The values that are not null.")
        .example(&["list[i64] [[3, 1, null], null, []]"], "list[i64] [[3, 1], null, []]");
/// `list.slice(x, offset, length)`
pub(super) const SLICE: Function = Function::new(
    "list.slice",
    &[params::column("x"), params::column("offset"), params::optional("length")],
    slice_types,
    |i| slice(i, |offset, length| (offset, length)),
)
.doc("Values from an offset on.")
.example(&["list[i64] [[3, 1, null], null, []]", "1", "1"], "list[i64] [[1], null, []]");
/// `list.head(x, n)`
pub(super) const HEAD: Function =
    Function::new("list.head", &[params::column("x"), params::column("n")], slice_types, |i| {
        slice(i, |n, _| (0, Some(n)))
    })
    .doc("The first values; of a negative number all but so many at the end.")
    .example(&["list[i64] [[3, 1, null], null, []]", "2"], "list[i64] [[3, 1], null, []]");
/// `list.tail(x, n)`
pub(super) const TAIL: Function =
    Function::new("list.tail", &[params::column("x"), params::column("n")], slice_types, |i| {
        slice(i, |n, _| sequence::tail_bounds(n))
    })
    .doc("The last values; of a negative number all but so many at the start.")
    .example(&["list[i64] [[3, 1, null], null, []]", "2"], "list[i64] [[1, null], null, []]");

/// A function of columns, of the values of each list. `valid` says which rows have a list beside null lists.
fn each(
    inputs: &Inputs<'_>,
    function: &Function,
    options: &[Evaluated],
    valid: Option<&Bitmap>,
) -> Result<Column> {
    let Lists { values, starts, validity } = Lists::of(inputs)?;
    let (len, dtype) = (values.len(), values.dtype().clone());
    let args: Vec<Evaluated> =
        [Evaluated { column: values, scalar: false }].into_iter().chain(options.iter().cloned()).collect();
    let Ragged { values, starts } = function.evaluate_segments(&args, &dtype, len, &starts)?;
    let validity = Bitmap::and_validity(validity.as_ref(), valid);
    list_column(inputs.output, starts.iter().map(|s| i64::from(*s)).collect(), values, validity)
}

fn slice_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(to_list(name, args)?.with(1, DataType::Int64).with(2, DataType::Int64))
}

/// A slice of each list. `bounds` makes offset and length of the arguments.
fn slice(inputs: &Inputs<'_>, bounds: fn(i64, Option<i64>) -> (i64, Option<i64>)) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let first = broadcast(inputs.column(1), lists.len())?;
    let second = inputs.args.get(2).map(|a| broadcast(&a.column, lists.len())).transpose()?;
    let first_values = first.expect_primitive::<i64>()?;
    let second_values = second.as_ref().map(Column::expect_primitive::<i64>).transpose()?;
    let (mut offsets, mut lengths) = (Vec::with_capacity(lists.len()), Vec::with_capacity(lists.len()));
    for row in 0..lists.len() {
        let length = second_values.and_then(|values| values.get(row));
        let (offset, length) = bounds(first_values.get(row).unwrap_or(0), length);
        offsets.push(offset);
        lengths.push(length);
    }
    let options = [Column::from_vec(offsets), Column::from_options(lengths)]
        .map(|column| Evaluated { column, scalar: false });
    each(inputs, &sequence::SLICE, &options, first.validity())
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

    #[test]
    fn some_values() {
        let a = [lists([Some(&[Some(3), Some(1), None]), Some(&[]), None, Some(&[Some(2)])])];
        let slice = |offset: i64, length: i64| call("list.slice", [col("a"), lit(offset), lit(length)]);
        check(slice(-2, 1), &a, "list[i64] [[1], [], null, []]");
        check(slice(1, 9), &a, "list[i64] [[1, null], [], null, []]");
        check(call("list.slice", [col("a"), lit(1)]), &a, "list[i64] [[1, null], [], null, []]");
        check(col("a").list().head(2), &a, "list[i64] [[3, 1], [], null, [2]]");
        check(call("list.head", [col("a"), lit(-1)]), &a, "list[i64] [[3, 1], [], null, []]");
        check(col("a").list().tail(2), &a, "list[i64] [[1, null], [], null, [2]]");
        check(call("list.tail", [col("a"), lit(-1)]), &a, "list[i64] [[1, null], [], null, []]");
        check(col("a").list().tail(0), &a, "list[i64] [[], [], null, []]");
    }

    #[test]
    fn each_list_by_its_own_numbers() {
        let items: &[Option<i64>] = &[Some(3), Some(1), None];
        let a = [
            lists([Some(items), Some(items), Some(items)]),
            hypostyle_core::Column::from_options([Some(1i64), None, Some(-1)]),
        ];
        check(call("list.head", [col("a"), col("b")]), &a, "list[i64] [[3], null, [3, 1]]");
        check(call("list.slice", [col("a"), col("b"), lit(1)]), &a, "list[i64] [[1], null, [null]]");
    }

    #[test]
    fn distinct_values() {
        let a = lists([Some(&[Some(3), Some(1), None, Some(1), None]), Some(&[]), None, Some(&[Some(3)])]);
        let expected = "list[i64] [[3, 1, null], [], null, [3]]";
        check(col("a").list().unique(), &[a], expected);
    }

    #[test]
    fn values_that_are_there() {
        let a = lists([Some(&[Some(3), None, Some(1)]), Some(&[None]), None]);
        check(call("list.drop_nulls", [col("a")]), &[a], "list[i64] [[3, 1], [], null]");
    }
}
