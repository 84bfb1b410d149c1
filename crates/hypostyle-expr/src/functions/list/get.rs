//! `list.get(x, index, null_on_oob)`: the value at a position, from the end where it is negative; past the
//! end it is an error, or null where `null_on_oob`; `list.get([[1, 2], null], -1) = [2, null]`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Signature, at, params};
use super::{Lists, inner_type};

/// `list.get(x, index, null_on_oob)`
pub(super) const GET: Function = Function::new(
    "list.get",
    &[params::column("x"), params::column("index"), params::flag("null_on_oob", false)],
    types,
    run,
)
.doc("The value at a position.")
.example(&["list[i64] [[3, 1, null], null]", "0"], "i64 [3, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let inner = inner_type(name, args)?.clone();
    Ok(Signature::keep(args, inner).with(1, DataType::Int64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let indices = inputs.column(1).expect_primitive::<i64>()?;
    let null_on_oob = inputs.flag(2);
    let mut rows = Vec::with_capacity(inputs.len);
    for i in 0..inputs.len {
        let list = at(inputs.column(0), i);
        let (start, end) = lists.bounds(list);
        let len = (end - start) as i64;
        let position = match indices.get(at(inputs.column(1), i)) {
            Some(index) if !lists.is_null(list) => {
                if index < 0 {
                    index + len
                } else {
                    index
                }
            }
            _ => {
                rows.push(NO_ROW);
                continue;
            }
        };
        if (0..len).contains(&position) {
            rows.push((start as i64 + position) as u32);
        } else if null_on_oob {
            rows.push(NO_ROW);
        } else {
            return Err(Error::compute(format!(
                "`list.get` past the end of a list of {len} values (row {i})"
            )));
        }
    }
    gather_optional(&lists.values, &rows)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists};

    #[test]
    fn positions() {
        let a = [
            lists([Some(&[Some(3), None, Some(1)]), None, Some(&[Some(2)])]),
            Column::from_vec(vec![2i64, 9, -1]),
        ];
        check(col("a").list().get(lit(0)), &a, "i64 [3, null, 2]");
        check(col("a").list().get(lit(-1)), &a, "i64 [1, null, 2]");
        check(col("a").list().get(col("b")), &a, "i64 [1, null, 2]");
        check_error(col("a").list().get(lit(1)), &a, "Compute");
        check(call("list.get", [col("a"), lit(2), lit(true)]), &a, "i64 [1, null, null]");
    }
}
