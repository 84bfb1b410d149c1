//! Arrays as lists and back: `arr.to_list(x)`, and `arr.of_width(x, like)`, which makes lists of the length of the
//! arrays in `like` arrays again. What else the `arr` namespace has are functions of lists ([`crate::compositions`]).

use hypostyle_core::{DataType, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::inner_type;

/// `arr.to_list(x)`
pub(super) const TO_LIST: Function = Function::new("arr.to_list", params::UNARY, to_list_types, |inputs| {
    cast(inputs.column(0), inputs.output, CastMode::Strict)
})
.doc("The arrays as lists.")
.example(&["array[i64, 2] [[3, 1], [null, 2], null]"], "list[i64] [[3, 1], [null, 2], null]");
/// `arr.of_width(x, like)`
pub(super) const OF_WIDTH: Function = Function::new(
    "arr.of_width",
    &[params::column("x"), params::column("like")],
    of_width_types,
    |inputs: &Inputs<'_>| cast(inputs.column(0), inputs.output, CastMode::Strict),
)
.doc("The lists as arrays of the width of others.")
.example(
    &["list[i64] [[3, 1], [null, 2], null]", "array[i64, 2] [[1, 1], [1, 1], null]"],
    "array[i64, 2] [[3, 1], [null, 2], null]",
);

fn to_list_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Array(inner, _) => Ok(Signature::keep(args, DataType::list((**inner).clone()))),
        other => Err(not_defined(name, "an array", other)),
    }
}

fn of_width_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[1].dtype {
        DataType::Array(_, width) => {
            Ok(Signature::keep(args, DataType::array(inner_type(name, args)?.clone(), *width)))
        }
        other => Err(not_defined(name, "the width of an array", other)),
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists};

    #[test]
    fn there_and_back() {
        let a = [lists([Some(&[Some(3), None]), None])];
        let array = call("list.to_array", [col("a"), lit(2)]);
        let list = call("arr.to_list", [array.clone()]);
        check(list.clone(), &a, "list[i64] [[3, null], null]");
        check(call("arr.of_width", [list, array]), &a, "array[i64, 2] [[3, null], null]");
        check_error(call("arr.to_list", [col("a")]), &a, "InvalidOperation");
    }
}
