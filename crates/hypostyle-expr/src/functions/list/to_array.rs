//! `list.to_array(x, width)`: lists of one length as arrays of a fixed width; another length is an error;
//! `list.to_array([[1, 2], null], 2) = [[1, 2], null]`.

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Signature, params};
use super::inner_type;

/// `list.to_array(x, width)`
pub(super) const TO_ARRAY: Function = Function::new(
    "list.to_array",
    &[params::column("x"), params::option("width", OptionType::Integer, Default::Required)],
    types,
    |inputs| cast(inputs.column(0), inputs.output, CastMode::Strict),
)
.doc("Lists of one length as arrays.")
.example(&["list[i64] [[3, 1], [null, 2], null]", "2"], "array[i64, 2] [[3, 1], [null, 2], null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let width = args[1].literal.and_then(|width| width.as_i128()).unwrap_or(0);
    let width = usize::try_from(width)
        .map_err(|_| Error::invalid_operation(format!("`{name}` makes no array of the width {width}")))?;
    Ok(Signature::keep(args, DataType::array(inner_type(name, args)?.clone(), width)))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists};

    #[test]
    fn of_one_length() {
        let a = [lists([Some(&[Some(3), None]), None])];
        let array = |width: i64| call("list.to_array", [col("a"), lit(width)]);
        check(array(2), &a, "array[i64, 2] [[3, null], null]");
        check_error(array(3), &a, "Compute");
        check_error(array(-1), &a, "InvalidOperation");
    }
}
