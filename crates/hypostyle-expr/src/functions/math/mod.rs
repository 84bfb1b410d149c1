//! Functions of numbers. Null gives null, NaN gives NaN.

mod abs;
mod bits;
mod clip;
mod digits;
mod erf;
mod exponential;
mod log;
mod negate;
mod pow;
mod roots;
mod round;
mod rounding;
mod sign;
mod trigonometry;

use hypostyle_core::{Column, DataType, Native, Result, f16};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::zip::unary;

use super::{Arg, Function, Inputs, Signature, at, not_defined};

pub(super) static FUNCTIONS: &[Function] = &[
    roots::SQRT,
    roots::CBRT,
    erf::ERF,
    erf::ERFC,
    exponential::EXP,
    exponential::LOG1P,
    exponential::LOG10,
    log::LOG,
    trigonometry::SIN,
    trigonometry::COS,
    trigonometry::TAN,
    trigonometry::COT,
    trigonometry::ARCSIN,
    trigonometry::ARCCOS,
    trigonometry::ARCTAN,
    trigonometry::SINH,
    trigonometry::COSH,
    trigonometry::TANH,
    trigonometry::ARCSINH,
    trigonometry::ARCCOSH,
    trigonometry::ARCTANH,
    trigonometry::ARCTAN2,
    trigonometry::DEGREES,
    trigonometry::RADIANS,
    abs::ABS,
    negate::NEG,
    sign::SIGN,
    rounding::FLOOR,
    rounding::CEIL,
    round::ROUND,
    pow::POW,
    clip::CLIP,
    digits::ROUND_SIG_FIGS,
    digits::TRUNCATE,
    bits::COUNT_ONES,
    bits::COUNT_ZEROS,
    bits::LEADING_ONES,
    bits::LEADING_ZEROS,
    bits::TRAILING_ONES,
    bits::TRAILING_ZEROS,
];

/// The first argument is a number; the result has its type.
fn number_to_same(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    if !args[0].dtype.is_numeric() {
        return Err(not_defined(name, "a number", args[0].dtype));
    }
    super::same_type(name, args)
}

/// A float for itself, `Float64` for everything else.
fn float_of(dtype: &DataType) -> DataType {
    if dtype.is_float() { dtype.clone() } else { DataType::Float64 }
}

/// A number or boolean becomes a float, which is also the result's type.
fn to_float(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    if !dtype.is_numeric() && *dtype != DataType::Boolean {
        return Err(not_defined(name, "a number", dtype));
    }
    let float = float_of(dtype);
    Ok(Signature::keep(args, float.clone()).with(0, float))
}

/// A function from float to float of the first argument. Half and single precision are computed in double.
fn map_floats(inputs: &Inputs<'_>, f: impl Fn(f64) -> f64) -> Result<Column> {
    let (column, output) = (inputs.column(0), inputs.output.clone());
    if let Some(a) = column.as_primitive::<f16>() {
        return Ok(Column::from_primitive(output, unary(a, |v| <f16 as Native>::from_f64(f(v.into())))));
    }
    match column.as_primitive::<f32>() {
        Some(a) => Ok(Column::from_primitive(output, unary(a, |v| f(f64::from(v)) as f32))),
        None => Ok(Column::from_primitive(output, unary(column.expect_primitive::<f64>()?, f))),
    }
}

/// A function of two floats of one type, row by row. Half and single precision are computed in double.
fn map_float_pairs(inputs: &Inputs<'_>, f: impl Fn(f64, f64) -> f64) -> Result<Column> {
    let as_double = |i: usize| cast(inputs.column(i), &DataType::Float64, CastMode::Strict);
    let (left, right) = (as_double(0)?, as_double(1)?);
    let (a, b) = (left.expect_primitive::<f64>()?, right.expect_primitive::<f64>()?);
    let pairs = (0..inputs.len).map(|row| {
        let (a, b) = (a.get(at(&left, row)), b.get(at(&right, row)));
        a.zip(b).map(|(a, b)| f(a, b))
    });
    cast(&Column::from_options(pairs), inputs.output, CastMode::Strict)
}
