//! Angles: sine and its kin as floats, by radians; `sin([0, null]) = [0.0, null]`. Outside their domain, as
//! `arcsin(2)`, they are NaN.

use hypostyle_core::{DataType, Result};

use super::super::{Arg, Function, Signature, not_defined, params};
use super::{float_of, map_float_pairs, map_floats};

/// Integers and floats become floats; decimals and booleans are no angles.
fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if !dtype.is_integer() && !dtype.is_float() {
        return Err(not_defined(name, "an integer or a float", dtype));
    }
    Ok(Signature::all(args, float_of(dtype)))
}

/// Both arguments as the same float, which is also the result's type: the narrower only where both have it.
fn pair_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let floats = args.iter().map(|arg| types(name, std::slice::from_ref(arg)).map(|s| s.output));
    let floats = floats.collect::<Result<Vec<_>>>()?;
    let same = floats.windows(2).all(|pair| pair[0] == pair[1]);
    Ok(Signature::all(args, if same { floats[0].clone() } else { DataType::Float64 }))
}

/// `sin(x)`
pub(super) const SIN: Function = Function::new("sin", params::UNARY, types, |i| map_floats(i, f64::sin))
    .doc("The sine of an angle in radians.")
    .sql(&["sin"])
    .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `cos(x)`
pub(super) const COS: Function = Function::new("cos", params::UNARY, types, |i| map_floats(i, f64::cos))
    .doc("The cosine of an angle in radians.")
    .sql(&["cos"])
    .example(&["f64 [0.0, null]"], "f64 [1.0, null]");
/// `tan(x)`
pub(super) const TAN: Function = Function::new("tan", params::UNARY, types, |i| map_floats(i, f64::tan))
    .doc("The tangent of an angle in radians.")
    .sql(&["tan"])
    .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `arcsin(x)`
pub(super) const ARCSIN: Function =
    Function::new("arcsin", params::UNARY, types, |i| map_floats(i, f64::asin))
        .doc("The angle in radians whose sine is the value.")
        .sql(&["asin"])
        .example(&["f64 [1.0, null]"], "f64 [1.5707963267948966, null]");
/// `arccos(x)`
pub(super) const ARCCOS: Function =
    Function::new("arccos", params::UNARY, types, |i| map_floats(i, f64::acos))
        .doc("The angle in radians whose cosine is the value.")
        .sql(&["acos"])
        .example(&["f64 [1.0, null]"], "f64 [0.0, null]");
/// `arctan(x)`
pub(super) const ARCTAN: Function =
    Function::new("arctan", params::UNARY, types, |i| map_floats(i, f64::atan))
        .doc("The angle in radians whose tangent is the value.")
        .sql(&["atan"])
        .example(&["f64 [1.0, null]"], "f64 [0.7853981633974483, null]");
/// `sinh(x)`
pub(super) const SINH: Function = Function::new("sinh", params::UNARY, types, |i| map_floats(i, f64::sinh))
    .doc("The hyperbolic sine.")
    .sql(&["sinh"])
    .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `cosh(x)`
pub(super) const COSH: Function = Function::new("cosh", params::UNARY, types, |i| map_floats(i, f64::cosh))
    .doc("The hyperbolic cosine.")
    .sql(&["cosh"])
    .example(&["f64 [0.0, null]"], "f64 [1.0, null]");
/// `tanh(x)`
pub(super) const TANH: Function = Function::new("tanh", params::UNARY, types, |i| map_floats(i, f64::tanh))
    .doc("The hyperbolic tangent.")
    .sql(&["tanh"])
    .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `arcsinh(x)`
pub(super) const ARCSINH: Function =
    Function::new("arcsinh", params::UNARY, types, |i| map_floats(i, f64::asinh))
        .doc("The value whose hyperbolic sine is this.")
        .sql(&["asinh"])
        .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `arccosh(x)`
pub(super) const ARCCOSH: Function =
    Function::new("arccosh", params::UNARY, types, |i| map_floats(i, f64::acosh))
        .doc("The value whose hyperbolic cosine is this; NaN below 1.")
        .sql(&["acosh"])
        .example(&["f64 [1.0, null]"], "f64 [0.0, null]");
/// `arctanh(x)`
pub(super) const ARCTANH: Function =
    Function::new("arctanh", params::UNARY, types, |i| map_floats(i, f64::atanh))
        .doc("The value whose hyperbolic tangent is this; NaN outside of -1 and 1.")
        .sql(&["atanh"])
        .example(&["f64 [0.0, null]"], "f64 [0.0, null]");
/// `arctan2(y, x)`
pub(super) const ARCTAN2: Function =
    Function::new("arctan2", &[params::column("y"), params::column("x")], pair_types, |i| {
        map_float_pairs(i, f64::atan2)
    })
    .doc("The angle in radians of the point (x, y) as seen from the origin.")
    .sql(&["atan2"])
    .example(&["f64 [1.0, null]", "f64 [1.0, 1.0]"], "f64 [0.7853981633974483, null]");
/// `degrees(x)`
pub(super) const DEGREES: Function =
    Function::new("degrees", params::UNARY, types, |i| map_floats(i, f64::to_degrees))
        .doc("Radians as degrees.")
        .sql(&["degrees"])
        .example(&["f64 [3.141592653589793, null]"], "f64 [180.0, null]");
/// `radians(x)`
pub(super) const RADIANS: Function =
    Function::new("radians", params::UNARY, types, |i| map_floats(i, f64::to_radians))
        .doc("Degrees as radians.")
        .sql(&["radians"])
        .example(&["f64 [180.0, null]"], "f64 [3.141592653589793, null]");
/// `cot(x)`
pub(super) const COT: Function =
    Function::new("cot", params::UNARY, types, |i| map_floats(i, |v| 1.0 / v.tan()))
        .doc("The cotangent of an angle in radians.")
        .sql(&["cot"])
        .example(&["f64 [0.5, null]"], "f64 [1.830487721712452, null]");

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, decimals};

    #[test]
    fn angles() {
        let a = [Column::from_options([Some(0.0), Some(1.0), Some(f64::NAN), None])];
        for (name, expected) in [
            ("sin", "f64 [0.0, 0.8414709848078965, NaN, null]"),
            ("cos", "f64 [1.0, 0.5403023058681398, NaN, null]"),
            ("tan", "f64 [0.0, 1.5574077246549023, NaN, null]"),
            ("cot", "f64 [inf, 0.6420926159343306, NaN, null]"),
            ("arcsin", "f64 [0.0, 1.5707963267948966, NaN, null]"),
            ("arccos", "f64 [1.5707963267948966, 0.0, NaN, null]"),
            ("arctan", "f64 [0.0, 0.7853981633974483, NaN, null]"),
            ("sinh", "f64 [0.0, 1.1752011936438014, NaN, null]"),
            ("cosh", "f64 [1.0, 1.5430806348152437, NaN, null]"),
            ("tanh", "f64 [0.0, 0.7615941559557649, NaN, null]"),
            ("arcsinh", "f64 [0.0, 0.881373587019543, NaN, null]"),
            ("arccosh", "f64 [NaN, 0.0, NaN, null]"),
            ("arctanh", "f64 [0.0, inf, NaN, null]"),
            ("degrees", "f64 [0.0, 57.29577951308232, NaN, null]"),
            ("radians", "f64 [0.0, 0.017453292519943295, NaN, null]"),
        ] {
            check(call(name, [col("a")]), &a, expected);
        }
        check(call("arcsin", [col("a")]), &[Column::from_vec(vec![2i8])], "f64 [NaN]");
        let b = [a[0].clone(), Column::from_vec(vec![-1i8, 1, 1, 1])];
        check(
            call("arctan2", [col("a"), col("b")]),
            &b,
            "f64 [3.141592653589793, 0.7853981633974483, NaN, null]",
        );
        let b = [Column::from_vec(vec![1f32]), Column::from_vec(vec![1f32])];
        check(call("arctan2", [col("a"), col("b")]), &b, "f32 [0.7853981852531433]");
        check_error(call("sin", [col("a")]), &[decimals(10, 2, [Some("1")])], "InvalidOperation");
    }
}
