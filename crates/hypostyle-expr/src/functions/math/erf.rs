//! The error function and its complement, `2/√π ∫₀ˣ e^(−t²) dt` and one less that (NIST DLMF 7.2); `erf([0, null]) = [0.0, null]`.

use super::super::{Function, params};
use super::{map_floats, to_float};

/// `erf(x)`
pub(super) const ERF: Function = Function::new("erf", params::UNARY, to_float, |i| map_floats(i, libm::erf))
    .doc("The error function.")
    .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `erfc(x)`
pub(super) const ERFC: Function =
    Function::new("erfc", params::UNARY, to_float, |i| map_floats(i, libm::erfc))
        .doc("One less the error function, exact for large values too.")
        .example(&["f64 [0.0, null]"], "f64 [1.0, null]");

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, texts};

    /// Expected values from tables of the error function (NIST DLMF 7.23) and Polars 2.1.0.
    #[test]
    fn errors_of_measurement() {
        let a = [Column::from_options([Some(0.5), Some(-2.0), Some(f64::INFINITY), Some(f64::NAN), None])];
        check(call("erf", [col("a")]), &a, "f64 [0.5204998778130465, -0.9953222650189527, 1.0, NaN, null]");
        check(call("erfc", [col("a")]), &a, "f64 [0.4795001221869535, 1.9953222650189528, 0.0, NaN, null]");
        check(call("erfc", [col("a")]), &[Column::from_vec(vec![3i8])], "f64 [2.2090496998585438e-5]");
        check(call("erf", [col("a")]), &[Column::from_vec(vec![0.5f32])], "f32 [0.5204998850822449]");
        check(call("erf", [col("a")]), &[Column::from_vec(vec![0u8]).slice(0, 0)], "f64 []");
        check_error(call("erf", [col("a")]), &[texts([Some("1")])], "InvalidOperation");
    }
}
