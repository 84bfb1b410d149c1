//! `not(x)`: the other truth value, null for null; of integers every bit; `not([true, null]) = [false,
//! null]`.

use hypostyle_core::{Array, Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::tiles::Operation;
use hypostyle_kernels::{boolean, zip};

use super::super::{Arg, Function, Inputs, OfNull, Selectivity, Signature, not_defined, params, same_type};

/// `not(x)`, written `~x` and `!x`
pub(super) const NOT: Function = Function::new("not", params::UNARY, types, run)
    .infallible()
    .of_null(OfNull::Null)
    .selects(Selectivity::Complement)
    .tiled(Operation::Not)
    .doc("The other truth value; of integers every bit.")
    .example(&["bool [true, false, null]"], "bool [false, true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        // A null predicate is a boolean that nobody typed.
        DataType::Boolean | DataType::Null => Ok(Signature::all(args, DataType::Boolean)),
        dtype if dtype.is_integer() => same_type(name, args),
        dtype => Err(not_defined(name, "a boolean or an integer", dtype)),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    match inputs.column(0).array() {
        Array::Boolean(a) => Ok(Column::from_boolean(boolean::not(a))),
        array => with_primitive!(array, |a: T| {
            let flipped = zip::unary(a, |v| T::from_i128(!v.to_i128()));
            Ok(Column::from_primitive(inputs.output.clone(), flipped))
        }, else |_other| Err(inputs.unplanned())),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error};

    #[test]
    fn booleans_and_bits() {
        check(!col("a"), &[booleans([Some(true), Some(false), None])], "bool [false, true, null]");
        check(!col("a"), &[Column::from_options([Some(-3i32), Some(0), None])], "i32 [2, -1, null]");
        check(!col("a"), &[Column::from_vec(vec![1u8, 250])], "u8 [254, 5]");
        check_error(!col("a"), &[Column::from_vec(vec![1.0])], "InvalidOperation");
    }
}
