//! `fill_nan(x, value)`: a value for NaN; null stays null, integers stay as they are;
//! `fill_nan([NaN, null], 0) = [0.0, null]`.

use hypostyle_core::{Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::select::select;
use hypostyle_kernels::zip::test;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};

/// `fill_nan(x, value)`
pub(super) const FILL_NAN: Function =
    Function::new("fill_nan", &[params::column("x"), params::column("value")], types, run)
        .doc("The value, or another in place of NaN.")
        .example(&["f64 [1.5, NaN, null]", "0.0"], "f64 [1.5, 0.0, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if dtype.is_float() {
        return Ok(Signature::all(args, dtype.clone()));
    }
    if !dtype.is_integer() && *dtype != DataType::Null {
        return Err(not_defined(name, "an integer or a float", dtype));
    }
    Ok(Signature::keep(args, dtype.clone()))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    if !inputs.output.is_float() {
        return Ok(column.clone());
    }
    // Null is no NaN: the mask of a null row is its value's, which counts as kept.
    let mask = with_primitive!(column.array(), |a: T| test(a, |v| !Native::is_nan(v)).into_parts().0,
        else |_other| return Err(inputs.unplanned()));
    let valid = column.validity_or_full();
    let keep = mask.zip(&valid, |not_nan, valid| not_nan | !valid);
    select(&keep, column, inputs.column(1))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn values_for_nan() {
        let a = [Column::from_options([Some(f64::NAN), Some(1.5), None])];
        check(call("fill_nan", [col("a"), lit(0)]), &a, "f64 [0.0, 1.5, null]");
        check(call("fill_nan", [col("a"), null()]), &a, "f64 [null, 1.5, null]");
        check(call("fill_nan", [col("a"), lit(0)]), &[Column::from_vec(vec![f32::NAN])], "f32 [0.0]");
        check(
            call("fill_nan", [col("a"), lit(0)]),
            &[Column::from_options([Some(2u8), None])],
            "u8 [2, null]",
        );
        check_error(call("fill_nan", [col("a"), lit(0)]), &[texts([Some("x")])], "InvalidOperation");
    }
}
