//! `explode(x, empty_as_null, keep_nulls)`: the values of lists and arrays one after the other. A null list is a null unless
//! not `keep_nulls`, an empty one nothing unless `empty_as_null`; `explode([[1, 2], [], null]) = [1, 2, null]`.

use hypostyle_core::{DataType, Result};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::{Arg, Function, Inputs, Ragged, Signature, not_defined, params};
use super::check_rows;

/// `explode(x, empty_as_null, keep_nulls)`
pub(super) const EXPLODE: Function = Function::ragged(
    "explode",
    &[params::column("x"), params::flag("empty_as_null", false), params::flag("keep_nulls", true)],
    types,
    run,
)
.doc("The values of lists one after the other.")
.example(&["list[i64] [[3, 1, null], null, []]"], "i64 [3, 1, null, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::List(inner) => Ok(Signature::keep(args, (**inner).clone())),
        DataType::Array(inner, _) => {
            Ok(Signature::keep(args, (**inner).clone()).with(0, DataType::list((**inner).clone())))
        }
        other => Err(not_defined(name, "a list", other)),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let Some(lists) = inputs.column(0).as_list() else { return Err(inputs.unplanned()) };
    let (empty_as_null, keep_nulls) = (inputs.flag(1), inputs.flag(2));
    check_rows(lists.values().len())?;
    let offsets = lists.offsets();
    let (mut rows, mut starts) = (Vec::with_capacity(lists.values().len()), vec![0u32]);
    for range in inputs.segments() {
        for row in range {
            let (start, end) = (offsets[row] as u32, offsets[row + 1] as u32);
            let missing = match lists.validity().is_some_and(|valid| !valid.get(row)) {
                true => keep_nulls,
                false => start == end && empty_as_null,
            };
            match missing {
                true => rows.push(NO_ROW),
                false if lists.validity().is_none_or(|valid| valid.get(row)) => rows.extend(start..end),
                false => {}
            }
        }
        starts.push(rows.len() as u32);
    }
    Ok(Ragged { values: gather_optional(lists.values(), &rows)?, starts })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn values_of_all_lists() {
        let a = [lists([Some(&[Some(1), None]), Some(&[]), None, Some(&[Some(3)])])];
        let explode = |empty: bool, nulls: bool| call("explode", [col("a"), lit(empty), lit(nulls)]);
        check(explode(false, true), &a, "i64 [1, null, null, 3]");
        check(explode(true, false), &a, "i64 [1, null, null, 3]");
        check(explode(false, false), &a, "i64 [1, null, 3]");
        check(explode(false, true), &[a[0].slice(1, 3)], "i64 [null, 3]");
        check(call("explode", [col("a").str().split(",")]), &[texts([Some("x,y")])], "str [\"x\", \"y\"]");
        check_error(call("explode", [col("a")]), &[texts([None])], "InvalidOperation");
    }
}
