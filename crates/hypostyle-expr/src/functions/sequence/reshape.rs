//! `reshape(x, dimensions)`: the values row by row as arrays of these widths; of the first dimension -1 says as many as
//! there are. One dimension takes lists and arrays apart; `reshape([1, 2, 3, 4], [-1, 2]) = [[1, 2], [3, 4]]`.

use hypostyle_core::{Array, Column, DataType, Error, FixedListArray, Result, Scalar, Value};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Ragged, Signature, params};

/// `reshape(x, dimensions)`
pub(super) const RESHAPE: Function = Function::ragged(
    "reshape",
    &[params::column("x"), params::option("dimensions", OptionType::Any, Default::Required)],
    types,
    run,
)
.doc("The values as arrays of these widths.")
.example(&["i64 [1, 2, null, 4]", "[-1, 2]"], "array[i64, 2] [[1, 2], [null, 4]]");

/// The number of rows, where it is told, and the widths of the arrays.
fn dimensions(name: &str, given: Option<&Scalar>) -> Result<(Option<usize>, Vec<usize>)> {
    let error = |text: &str| Err(Error::invalid_operation(format!("`{name}` {text}")));
    let Some(Value::List(items)) = given.map(|given| &given.value) else {
        return error("takes its dimensions as a list of integers");
    };
    let mut sizes = Vec::with_capacity(items.len());
    for item in items.iter() {
        match item {
            Value::Int(-1) => sizes.push(None),
            Value::Int(size) if usize::try_from(*size).is_ok() => sizes.push(Some(*size as usize)),
            _ => return error("takes -1 or the size of each dimension"),
        }
    }
    let Some((first, widths)) = sizes.split_first() else { return error("takes one dimension at least") };
    match widths.iter().copied().collect::<Option<Vec<usize>>>() {
        Some(widths) => Ok((*first, widths)),
        None => error("can find out the size of the first dimension alone; give the others"),
    }
}

/// The type of values that are in no list.
fn leaf(dtype: &DataType) -> &DataType {
    match dtype {
        DataType::List(inner) | DataType::Array(inner, _) => leaf(inner),
        other => other,
    }
}

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (_, widths) = dimensions(name, args[1].literal)?;
    let output =
        widths.iter().rev().fold(leaf(args[0].dtype).clone(), |inner, width| DataType::array(inner, *width));
    Ok(Signature::keep(args, output))
}

/// The values of lists and arrays in a range of rows.
fn flatten(column: Column) -> Result<Column> {
    let whole = match column.array() {
        Array::List(lists) => {
            let offsets = lists.offsets();
            let (start, end) = (offsets[0] as usize, offsets[lists.len()] as usize);
            lists.values().slice(start, end - start)
        }
        Array::FixedList(arrays) => arrays.values().slice(0, arrays.len() * arrays.width()),
        _ => return Ok(column),
    };
    if column.null_count() > 0 {
        return Err(Error::invalid_operation("`reshape` takes no null list; drop or fill it first"));
    }
    flatten(whole)
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let given = inputs.args.get(1).map(|arg| arg.column.get(0));
    let (rows, widths) = dimensions(inputs.name, given.as_ref())?;
    let width: usize = widths.iter().product();
    let (mut pieces, mut starts) = (Vec::new(), vec![0u32]);
    for range in inputs.segments() {
        let values = flatten(inputs.column(0).slice(range.start, range.len()))?;
        let len = if widths.is_empty() { values.len() } else { values.len().checked_div(width).unwrap_or(0) };
        if len * width != values.len() || rows.is_some_and(|rows| rows != len) {
            let shape = rows.into_iter().chain(widths.iter().copied()).map(|size| size.to_string());
            let shape = shape.collect::<Vec<String>>().join(", ");
            let shape = if rows.is_none() { format!("-1, {shape}") } else { shape };
            return Err(Error::invalid_operation(format!(
                "cannot reshape {} values into ({shape})",
                values.len()
            )));
        }
        starts.push(starts.last().unwrap_or(&0) + len as u32);
        pieces.push(values);
    }
    let mut values = match pieces.is_empty() {
        true => Column::empty(leaf(inputs.column(0).dtype()).clone()),
        false => hypostyle_kernels::concat::concat(&pieces)?,
    };
    for width in widths.iter().rev() {
        let len = values.len().checked_div(*width).unwrap_or(0);
        let dtype = DataType::array(values.dtype().clone(), *width);
        values =
            Column::try_new(dtype, Array::FixedList(FixedListArray::try_new(values, *width, len, None)?))?;
    }
    Ok(Ragged { values, starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list};
    use crate::testing::{check, check_error, lists};

    #[test]
    fn widths() {
        let a = [Column::from_vec((1..=6i64).collect::<Vec<_>>())];
        let reshape = |sizes: &[i64]| call("reshape", [col("a"), list(sizes.iter().copied())]);
        check(reshape(&[-1, 2]), &a, "array[i64, 2] [[1, 2], [3, 4], [5, 6]]");
        check(reshape(&[1, 3, 2]), &a, "array[i64, (3, 2)] [[[1, 2], [3, 4], [5, 6]]]");
        check(reshape(&[6]), &a, "i64 [1, 2, 3, 4, 5, 6]");
        check(reshape(&[-1, 2]), &[a[0].slice(0, 0)], "array[i64, 2] []");
        check(
            reshape(&[-1]),
            &[lists([Some(&[Some(1), None]), Some(&[Some(3)])]).slice(0, 2)],
            "i64 [1, null, 3]",
        );
        for wrong in [&[4, 2][..], &[-1, 4], &[2, -1], &[], &[-1, 0]] {
            check_error(reshape(wrong), &a, "InvalidOperation");
        }
    }
}
