//! `list.gather(x, indices, null_on_oob)`: the values at positions, which are a list for each row or the same for all;
//! negative ones count from the end. Past the end it is an error, or null where `null_on_oob`; `list.gather([[5, 6]],
//! [-1, 0]) = [[6, 5]]`.

use hypostyle_core::{Bitmap, Column, DataType, Error, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{Lists, inner_type, list_column};

/// `list.gather(x, indices, null_on_oob)`
pub(super) const GATHER: Function = Function::new(
    "list.gather",
    &[params::column("x"), params::column("indices"), params::flag("null_on_oob", false)],
    types,
    run,
)
.doc("The values at positions.")
.example(
    &["list[i64] [[3, 1, null], null, []]", "[0, -1]", "true"],
    "list[i64] [[3, null], null, [null, null]]",
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    inner_type(name, args)?;
    let indices = inner_type(name, &args[1..])?;
    if !indices.is_integer() && *indices != DataType::Null {
        return Err(super::super::not_defined(name, "lists of positions", indices));
    }
    Ok(Signature::keep(args, args[0].dtype.clone()).with(1, DataType::list(DataType::Int64)))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (lists, places) = (Lists::of(inputs)?, Lists::of_argument(inputs, 1)?);
    let null_on_oob = inputs.flag(2);
    let indices = places.values.expect_primitive::<i64>()?;
    let (mut rows, mut ends) = (Vec::with_capacity(indices.len()), vec![0i64]);
    for row in 0..lists.len() {
        let ((start, end), (first, last)) = (lists.bounds(row), places.bounds(row));
        let len = (end - start) as i64;
        if !lists.is_null(row) && !places.is_null(row) {
            for place in first..last {
                let position = indices.get(place).map(|index| if index < 0 { index + len } else { index });
                match position {
                    None => rows.push(NO_ROW),
                    Some(position) if (0..len).contains(&position) => {
                        rows.push((start as i64 + position) as u32);
                    }
                    Some(_) if null_on_oob => rows.push(NO_ROW),
                    Some(_) => {
                        return Err(Error::out_of_bounds(format!(
                            "`list.gather` past the end of a list of {len} values (row {row})"
                        )));
                    }
                }
            }
        }
        ends.push(rows.len() as i64);
    }
    let validity = Bitmap::and_validity(lists.validity.as_ref(), places.validity.as_ref());
    list_column(inputs.output, ends, gather_optional(&lists.values, &rows)?, validity)
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, list, lit};
    use crate::testing::{check, check_error, lists};

    #[test]
    fn positions_of_each_row() {
        let a = [
            lists([Some(&[Some(3), Some(1), None]), Some(&[]), None, Some(&[Some(2)])]),
            lists([Some(&[Some(1), None, Some(-1)]), Some(&[]), Some(&[Some(9)]), None]),
        ];
        check(call("list.gather", [col("a"), col("b")]), &a, "list[i64] [[1, null, null], [], null, null]");
        let both_ends = call("list.gather", [col("a"), list([0i64, -1]), lit(true)]);
        check(both_ends, &a, "list[i64] [[3, null], [null, null], null, [2, 2]]");
        check_error(call("list.gather", [col("a"), list([0i64])]), &a, "OutOfBounds");
        check_error(call("list.gather", [col("a"), list([0.5])]), &a, "InvalidOperation");
    }
}
