//! `list.slice(x, offset, length)`, `list.head(x, n)`, `list.tail(x, n)`: some values; a negative offset
//! counts from the end, a null length goes to the end, a negative length or `n` leaves out so many; `list.slice([[1, 2, 3]], -2, 1) = [[2]]`.

use hypostyle_core::{Column, DataType, Result};

use super::super::sequence::{slice_bounds, tail_bounds};
use super::super::{Arg, Function, Inputs, Signature, at};
use super::{Lists, to_list};

/// `list.slice(x, offset, length)`
pub(super) const SLICE: Function =
    Function::new("list.slice", 2..=3, types, |i| run(i, |offset, length| (offset, length)));
/// `list.head(x, n)`
pub(super) const HEAD: Function = Function::new("list.head", 2..=2, types, |i| run(i, |n, _| (0, Some(n))));
/// `list.tail(x, n)`
pub(super) const TAIL: Function = Function::new("list.tail", 2..=2, types, |i| run(i, |n, _| tail_bounds(n)));

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(to_list(name, args)?.with(1, DataType::Int64).with(2, DataType::Int64))
}

/// Offset and length out of the options.
fn run(inputs: &Inputs<'_>, bounds: fn(i64, Option<i64>) -> (i64, Option<i64>)) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let option = |i: usize, row: usize| {
        let column = inputs.args.get(i).map(|a| &a.column);
        column.and_then(|c| c.get(at(c, row)).as_i128()).map(|v| v as i64)
    };
    lists.pick(inputs.output, |row, rows| {
        let Some(offset) = option(1, row) else { return };
        let (offset, length) = bounds(offset, option(2, row));
        let (start, end) = lists.bounds(row);
        let (skip, take) = slice_bounds(end - start, offset, length);
        rows.extend((start + skip..start + skip + take).map(|i| i as u32));
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, lists};

    #[test]
    fn some_values() {
        let a = [lists([Some(&[Some(3), Some(1), None]), Some(&[]), None, Some(&[Some(2)])])];
        let slice = |offset: i64, length: i64| call("list.slice", [col("a"), lit(offset), lit(length)]);
        check(slice(-2, 1), &a, "list[i64] [[1], [], null, []]");
        check(slice(1, 9), &a, "list[i64] [[1, null], [], null, []]");
        check(call("list.slice", [col("a"), lit(1)]), &a, "list[i64] [[1, null], [], null, []]");
        check(col("a").list().head(2), &a, "list[i64] [[3, 1], [], null, [2]]");
        check(col("a").list().tail(2), &a, "list[i64] [[1, null], [], null, [2]]");
        check(col("a").list().tail(0), &a, "list[i64] [[], [], null, []]");
        check(call("list.head", [col("a"), lit(-1)]), &a, "list[i64] [[3, 1], [], null, []]");
        check(call("list.tail", [col("a"), lit(-1)]), &a, "list[i64] [[1, null], [], null, []]");
    }
}
