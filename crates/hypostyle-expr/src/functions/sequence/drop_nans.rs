//! `drop_nans(x)`: the values that are not NaN; null stays; `drop_nans([1.0, NaN, null]) = [1.0, null]`.

use hypostyle_core::{Bitmap, DataType, Native, Result, with_primitive};

use super::super::{Arg, Function, Inputs, Ragged, Signature, not_defined, params, same_type};
use super::keep;

/// `drop_nans(x)`
pub(super) const DROP_NANS: Function = Function::ragged("drop_nans", params::UNARY, types, run)
    .doc("The values that are not NaN.")
    .example(&["f64 [1.5, NaN, null]"], "f64 [1.5, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        dtype if dtype.is_numeric() || *dtype == DataType::Null => same_type(name, args),
        other => Err(not_defined(name, "numbers", other)),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let column = inputs.column(0);
    let number: Bitmap = with_primitive!(column.array(), |a: T| {
        a.iter().map(|value| !value.is_some_and(Native::is_nan)).collect()
    }, else |_other| Bitmap::constant(true, column.len()));
    keep(inputs, &number)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn numbers_and_nulls_stay() {
        let a = [Column::from_options([Some(1.0), Some(f64::NAN), None])];
        check(call("drop_nans", [col("a")]), &a, "f64 [1.0, null]");
        check(call("drop_nans", [col("a")]), &[Column::from_vec(vec![1i64])], "i64 [1]");
        check_error(call("drop_nans", [col("a")]), &[texts([None])], "InvalidOperation");
    }
}
