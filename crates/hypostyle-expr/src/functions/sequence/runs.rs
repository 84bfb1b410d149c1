//! Runs of equal values one after the other: `rle(x)` gives length and value of each, `rle_id(x)` the number of the
//! run of every row, from 0 on; `rle_id([1, 1, null, 1]) = [0, 0, 1, 2]`. Null is a value, and so is NaN.

use hypostyle_core::{Array, Bitmap, Column, DataType, Field, Native, Result, StructArray, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::gather::gather;

use super::super::{Arg, Function, Inputs, Ragged, Signature, params, to_index};
use super::check_rows;

/// `rle(x)`
pub(super) const RLE: Function = Function::ragged("rle", params::UNARY, types, rle)
    .doc("Length and value of each run of equal values.")
    .example(&["i64 [1, 1, null, 1]"], "struct[2] [{2, 1}, {1, null}, {1, 1}]");
/// `rle_id(x)`
pub(super) const RLE_ID: Function = Function::by_segment("rle_id", params::UNARY, to_index, rle_id)
    .doc("The number of the run of equal values, from 0 on.")
    .example(&["i64 [1, 1, null, 1]"], "u32 [0, 0, 1, 2]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let value = args[0].dtype.clone();
    let fields = vec![Field::new("len", DataType::UInt32), Field::new("value", value)];
    Ok(Signature::keep(args, DataType::Struct(fields)))
}

/// Whether each row has another value than the row before.
fn changes(column: &Column) -> Bitmap {
    let before = |row: usize| row.checked_sub(1);
    with_primitive!(column.array(), |a: T| {
        if a.validity().is_none() {
            let pairs = a.values().windows(2).map(|pair| !pair[0].total_eq(&pair[1]));
            return std::iter::once(true).chain(pairs).take(a.len()).collect();
        }
        let same = |i: usize, j: usize| match (a.get(i), a.get(j)) {
            (Some(one), Some(other)) => one.total_eq(&other),
            (one, other) => one.is_none() && other.is_none(),
        };
        (0..a.len()).map(|row| before(row).is_none_or(|last| !same(last, row))).collect()
    }, else |other| {
        let same = |i: usize, j: usize| compare_rows(column, i, column, j).is_eq();
        (0..other.len()).map(|row| before(row).is_none_or(|last| !same(last, row))).collect()
    })
}

fn rle(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    check_rows(column.len())?;
    let changes = changes(column);
    let (mut first, mut lengths, mut starts) = (Vec::new(), Vec::new(), vec![0u32]);
    for range in inputs.segments() {
        for row in range.clone() {
            match lengths.last_mut() {
                Some(length) if row > range.start && !changes.get(row) => *length += 1,
                _ => {
                    first.push(row as u32);
                    lengths.push(1u32);
                }
            }
        }
        starts.push(first.len() as u32);
    }
    let fields = vec![Column::from_vec(lengths), gather(column, &first)?];
    let runs = StructArray::try_new(fields, first.len(), None)?;
    Ok(Ragged { values: Column::try_new(inputs.output.clone(), Array::Struct(runs))?, starts })
}

fn rle_id(inputs: &Inputs<'_>) -> Result<Column> {
    let changes = changes(inputs.column(0));
    let mut ids = Vec::with_capacity(inputs.len);
    for range in inputs.segments() {
        let mut id = 0u32;
        for row in range.clone() {
            id += u32::from(row > range.start && changes.get(row));
            ids.push(id);
        }
    }
    Ok(Column::from_vec(ids))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_groups, lists, texts};

    #[test]
    fn runs() {
        let a = [Column::from_options([
            Some(1.0),
            Some(1.0),
            None,
            None,
            Some(f64::NAN),
            Some(f64::NAN),
            Some(1.0),
        ])];
        check(call("rle_id", [col("a")]), &a, "u32 [0, 0, 1, 1, 2, 2, 3]");
        check(call("rle", [col("a")]), &a, "struct[2] [{2, 1.0}, {2, null}, {2, NaN}, {1, 1.0}]");
        check(call("rle", [col("a")]), &[a[0].slice(1, 2)], "struct[2] [{1, 1.0}, {1, null}]");
        check(call("rle", [col("a")]), &[a[0].slice(0, 0)], "struct[2] []");
        let a = [texts([Some("x"), Some("x"), None, Some("y")])];
        check(call("rle", [col("a")]), &a, "struct[2] [{2, \"x\"}, {1, null}, {1, \"y\"}]");
        let a = [lists([Some(&[Some(1)]), Some(&[Some(1)]), None])];
        check(call("rle_id", [col("a")]), &a, "u32 [0, 0, 1]");
    }

    #[test]
    fn of_groups() {
        let a = [Column::from_vec(vec![1i8, 1, 1, 2, 1, 2])];
        let ids = [0, 1, 0, 1, 0, 1];
        check_groups(call("rle", [col("a")]), &a, &ids, "list[struct[2]] [[{3, 1}], [{1, 1}, {2, 2}]]");
        check_groups(call("rle_id", [col("a")]), &a, &ids, "list[u32] [[0, 0, 0], [0, 1, 1]]");
    }
}
