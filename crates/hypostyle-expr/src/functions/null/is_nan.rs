//! `is_nan`, `is_not_nan`, `is_finite`, `is_infinite`: tests of floats, null for null; integers are finite
//! numbers; `is_nan([NaN, 1.0, null]) = [true, false, null]`.

use hypostyle_core::{Column, DataType, Native, Result, with_primitive};
use hypostyle_kernels::zip::test;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params, to_boolean};

/// `is_nan(x)`
pub(super) const IS_NAN: Function = Function::new("is_nan", params::UNARY, types, |i| run(i, f64::is_nan))
    .infallible()
    .doc("Whether the value is NaN.")
    .sql(&["isnan"])
    .example(&["f64 [1.5, NaN, null]"], "bool [false, true, null]");
/// `is_not_nan(x)`
pub(super) const IS_NOT_NAN: Function =
    Function::new("is_not_nan", params::UNARY, types, |i| run(i, |v| !v.is_nan()))
        .infallible()
        .doc("Whether the value is not NaN.")
        .example(&["f64 [1.5, NaN, null]"], "bool [true, false, null]");
/// `is_finite(x)`
pub(super) const IS_FINITE: Function =
    Function::new("is_finite", params::UNARY, types, |i| run(i, f64::is_finite))
        .infallible()
        .doc("Whether the value is neither infinite nor NaN.")
        .sql(&["isfinite"])
        .example(&["f64 [1.5, NaN, inf, null]"], "bool [true, false, false, null]");
/// `is_infinite(x)`
pub(super) const IS_INFINITE: Function =
    Function::new("is_infinite", params::UNARY, types, |i| run(i, f64::is_infinite))
        .infallible()
        .doc("Whether the value is infinite.")
        .sql(&["isinf"])
        .example(&["f64 [1.5, NaN, inf, null]"], "bool [false, false, true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if !dtype.is_integer() && !dtype.is_float() && *dtype != DataType::Null {
        return Err(not_defined(name, "an integer or a float", dtype));
    }
    to_boolean(name, args)
}

fn run(inputs: &Inputs<'_>, f: fn(f64) -> bool) -> Result<Column> {
    with_primitive!(inputs.column(0).array(), |a: T| {
        // All integers are alike here.
        let whole = f(0.0);
        let result = if T::IS_FLOAT { test(a, |v| f(v.to_f64())) } else { test(a, |_| whole) };
        Ok(Column::from_boolean(result))
    }, else |_null| inputs.nulls())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, decimals};

    #[test]
    fn kinds_of_floats() {
        let a = [Column::from_options([Some(f64::NAN), Some(f64::NEG_INFINITY), Some(1.0), None])];
        check(col("a").is_nan(), &a, "bool [true, false, false, null]");
        check(col("a").is_not_nan(), &a, "bool [false, true, true, null]");
        check(col("a").is_finite(), &a, "bool [false, false, true, null]");
        check(col("a").is_infinite(), &a, "bool [false, true, false, null]");
        check(col("a").is_nan(), &[Column::from_options([Some(1i8), None])], "bool [false, null]");
        check(col("a").is_finite(), &[Column::from_vec(vec![f32::INFINITY, 1.0])], "bool [false, true]");
        check_error(col("a").is_nan(), &[booleans([Some(true)])], "InvalidOperation");
        check_error(col("a").is_nan(), &[decimals(5, 1, [None])], "InvalidOperation");
    }
}
