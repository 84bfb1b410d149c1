//! `sqrt`, `cbrt`: roots as floats; `sqrt([4, -1, null]) = [2.0, NaN, null]`. Whatever has a number as its
//! storage is taken, dates and durations too; text is not.

use hypostyle_core::{DataType, Result};

use super::super::{Arg, Function, Signature, not_defined, params};
use super::{float_of, map_floats};

/// `sqrt(x)`
pub(super) const SQRT: Function = Function::new("sqrt", params::UNARY, types, |i| map_floats(i, f64::sqrt))
    .doc("The square root.")
    .sql(&["sqrt"])
    .example(&["f64 [4.0, -1.0, null]"], "f64 [2.0, NaN, null]");
/// `cbrt(x)`
pub(super) const CBRT: Function = Function::new("cbrt", params::UNARY, types, |i| map_floats(i, f64::cbrt))
    .doc("The cube root.")
    .sql(&["cbrt"])
    .example(&["f64 [8.0, null]"], "f64 [2.0, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    let stored = dtype.is_numeric() || dtype.is_temporal();
    if !stored && !matches!(dtype, DataType::Boolean | DataType::Null) {
        return Err(not_defined(name, "a number", dtype));
    }
    Ok(Signature::all(args, float_of(dtype)))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, decimals, texts};

    #[test]
    fn roots() {
        let a = [Column::from_options([Some(4i32), Some(-1), None])];
        check(col("a").sqrt(), &a, "f64 [2.0, NaN, null]");
        check(
            call("cbrt", [col("a")]),
            &[Column::from_vec(vec![-8.0, 27.0, f64::NAN])],
            "f64 [-2.0, 3.0, NaN]",
        );
        check(col("a").sqrt(), &[Column::from_vec(vec![2.25f32])], "f32 [1.5]");
        check(col("a").sqrt(), &[decimals(10, 2, [Some("2.25")])], "f64 [1.5]");
        check(col("a").sqrt(), &[booleans([Some(true), None])], "f64 [1.0, null]");
        check_error(col("a").sqrt(), &[texts([Some("4")])], "InvalidOperation");
    }
}
