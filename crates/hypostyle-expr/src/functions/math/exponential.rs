//! `exp`, `log1p`, `log10`: as floats; `log10([100, 0, -1]) = [2.0, -inf, NaN]`.

use super::super::{Function, params};
use super::{map_floats, to_float};

/// `exp(x)`: e to the power of x.
pub(super) const EXP: Function = Function::new("exp", params::UNARY, to_float, |i| map_floats(i, f64::exp))
    .doc("e to the power of the value.")
    .sql(&["exp"])
    .example(&["f64 [0.0, null]"], "f64 [1.0, null]");
/// `log1p(x)`: the natural logarithm of 1 + x, exact near 0.
pub(super) const LOG1P: Function =
    Function::new("log1p", params::UNARY, to_float, |i| map_floats(i, f64::ln_1p))
        .doc("The natural logarithm of the value plus one.")
        .sql(&["log1p"])
        .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `log10(x)`: the logarithm to base 10.
pub(super) const LOG10: Function =
    Function::new("log10", params::UNARY, to_float, |i| map_floats(i, f64::log10))
        .doc("The logarithm to base 10.")
        .sql(&["log10"])
        .example(&["f64 [100.0, 0.0, null]"], "f64 [2.0, -inf, null]");

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, dates};

    #[test]
    fn exponentials() {
        let a = [Column::from_options([Some(100i64), Some(0), Some(-1), None])];
        check(call("log10", [col("a")]), &a, "f64 [2.0, -inf, NaN, null]");
        check(call("log1p", [col("a")]), &a, "f64 [4.61512051684126, 0.0, -inf, null]");
        let a = [Column::from_vec(vec![0.0, 1.0, f64::NAN, f64::NEG_INFINITY])];
        check(col("a").exp(), &a, "f64 [1.0, 2.718281828459045, NaN, 0.0]");
        check_error(col("a").exp(), &[dates([Some("2020-01-01")])], "InvalidOperation");
    }
}
