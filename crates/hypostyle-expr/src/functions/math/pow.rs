//! `pow(base, exponent)`: keeps the base's type, unless an integer meets a float exponent; `pow([3, null], 2)
//! = [9, null]`. Integers wrap; an integer with a negative exponent is an error.

use hypostyle_core::{Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::zip::binary;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::float_of;

/// `pow(base, exponent)`
pub(super) const POW: Function =
    Function::new("pow", &[params::column("base"), params::column("exponent")], types, run)
        .doc("The base to the power of the exponent.")
        .sql(&["pow", "power"])
        .example(&["i64 [2, null, 3]", "3"], "i64 [8, null, 27]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if let Some(other) = args.iter().find(|a| !a.dtype.is_integer() && !a.dtype.is_float()) {
        return Err(not_defined(name, "integers and floats", other.dtype));
    }
    let (base, exponent) = (args[0].dtype, args[1].dtype);
    if base.is_integer() && exponent.is_integer() {
        return Ok(Signature::keep(args, base.clone()).with(1, DataType::Int64));
    }
    let float = match (base, exponent) {
        (base, _) if base.is_float() && !args[0].dynamic => float_of(base),
        (_, exponent) if args[0].dynamic => float_of(exponent),
        _ => DataType::Float64,
    };
    Ok(Signature::all(args, float))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (base, exponent) = (inputs.column(0), inputs.column(1));
    if inputs.output.is_float() {
        return with_primitive!(base.array(), |a: T| {
            let b = exponent.expect_primitive::<T>()?;
            let result = binary(a, b, |x, y| T::from_f64(x.to_f64().powf(y.to_f64())))?;
            Ok(Column::from_primitive(inputs.output.clone(), result))
        }, else |_other| Err(inputs.unplanned()));
    }
    let exponents = exponent.expect_primitive::<i64>()?;
    if exponents.iter().flatten().any(|e| e < 0) {
        return Err(Error::invalid_operation(
            "an integer cannot be raised to a negative power; cast the base to Float64",
        ));
    }
    with_primitive!(base.array(), |a: T| {
        let power = |x, e: i64| T::from_i128(wrapping_power(Native::to_i128(x), e.unsigned_abs()));
        Ok(Column::from_primitive(inputs.output.clone(), binary(a, exponents, power)?))
    }, else |_other| Err(inputs.unplanned()))
}

/// By squaring. The low bits of a power depend on the low bits of its base alone, so narrower types wrap
/// rightly.
fn wrapping_power(mut base: i128, mut exponent: u64) -> i128 {
    let mut result = 1i128;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, decimals};

    #[test]
    fn powers() {
        let a = [Column::from_options([Some(-3i32), Some(5), None])];
        check(col("a").pow(2), &a, "i32 [9, 25, null]");
        check(col("a").pow(0.5), &a, "f64 [NaN, 2.23606797749979, null]");
        check_error(col("a").pow(-1), &a, "InvalidOperation");
        check_error(call("pow", [lit(2), col("a")]), &a, "InvalidOperation");
        check(col("a").pow(2), &[Column::from_vec(vec![250u8, 3])], "u8 [36, 9]");
        check(call("pow", [lit(2), col("a")]), &[Column::from_vec(vec![3u8])], "i32 [8]");
        check(col("a").pow(2), &[Column::from_vec(vec![1.5f32])], "f32 [2.25]");
        check(call("pow", [lit(2), col("a")]), &[Column::from_vec(vec![2.0f32])], "f32 [4.0]");
        check_error(col("a").pow(2), &[decimals(10, 2, [Some("1")])], "InvalidOperation");
    }
}
