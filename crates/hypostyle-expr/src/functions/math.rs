//! Functions of numbers.

use hypostyle_core::{Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::arithmetic::{divide_half_even, negate, power_of_ten};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::zip::{binary, binary_checked, unary};

use super::{Arg, Function, Signature, common_type, expect_args, integer};
use crate::bound::Evaluated;
use crate::types::supertype;

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &FloatFunction("sqrt", f64::sqrt),
    &FloatFunction("cbrt", f64::cbrt),
    &FloatFunction("exp", f64::exp),
    &FloatFunction("log1p", f64::ln_1p),
    &FloatFunction("log10", f64::log10),
    &FloatFunction("sin", f64::sin),
    &FloatFunction("cos", f64::cos),
    &FloatFunction("tan", f64::tan),
    &FloatFunction("cot", |v| 1.0 / v.tan()),
    &FloatFunction("arcsin", f64::asin),
    &FloatFunction("arccos", f64::acos),
    &FloatFunction("arctan", f64::atan),
    &FloatFunction("sinh", f64::sinh),
    &FloatFunction("cosh", f64::cosh),
    &FloatFunction("tanh", f64::tanh),
    &FloatFunction("degrees", f64::to_degrees),
    &FloatFunction("radians", f64::to_radians),
    &Log,
    &Abs,
    &Negate,
    &Sign,
    &Rounding("floor", f64::floor),
    &Rounding("ceil", f64::ceil),
    &Round,
    &Pow,
    &Clip,
];

fn need_number(name: &str, dtype: &DataType) -> Result<()> {
    if dtype.is_numeric() || matches!(dtype, DataType::Null | DataType::Boolean) {
        Ok(())
    } else {
        Err(Error::invalid_operation(format!("`{name}` takes a number, not {dtype}")))
    }
}

fn float_of(dtype: &DataType) -> DataType {
    if *dtype == DataType::Float32 { DataType::Float32 } else { DataType::Float64 }
}

/// A function from float to float; integers are cast to `Float64`.
#[derive(Debug)]
struct FloatFunction(&'static str, fn(f64) -> f64);

impl Function for FloatFunction {
    fn name(&self) -> &'static str {
        self.0
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.0, args, 1..=1)?;
        need_number(self.0, args[0].dtype)?;
        let float = float_of(args[0].dtype);
        Ok(Signature { args: vec![float.clone()], output: float })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        map_floats(&args[0].column, output, self.1)
    }
}

fn map_floats(column: &Column, output: &DataType, f: impl Fn(f64) -> f64) -> Result<Column> {
    match column.as_primitive::<f32>() {
        Some(a) => Ok(Column::from_primitive(output.clone(), unary(a, |v| f(f64::from(v)) as f32))),
        None => Ok(Column::from_primitive(output.clone(), unary(column.expect_primitive::<f64>()?, f))),
    }
}

/// `log(x, base)`; the natural logarithm without a base.
#[derive(Debug)]
struct Log;

impl Function for Log {
    fn name(&self) -> &'static str {
        "log"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("log", args, 1..=2)?;
        need_number("log", args[0].dtype)?;
        let float = float_of(args[0].dtype);
        let mut types = vec![float.clone()];
        types.extend(args.get(1).map(|_| DataType::Float64));
        Ok(Signature { args: types, output: float })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let Some(base) = args.get(1) else { return map_floats(&args[0].column, output, f64::ln) };
        if base.scalar {
            let base = base.column.get(0).as_f64().unwrap_or(f64::NAN);
            return map_floats(&args[0].column, output, |v| v.ln() / base.ln());
        }
        let value = cast(&args[0].column, &DataType::Float64, CastMode::NonStrict)?;
        let result = binary(
            value.expect_primitive::<f64>()?,
            base.column.expect_primitive::<f64>()?,
            |v: f64, b: f64| v.ln() / b.ln(),
        )?;
        cast(&Column::from_primitive(DataType::Float64, result), output, CastMode::NonStrict)
    }
}

/// The absolute value; wraps for the smallest integer.
#[derive(Debug)]
struct Abs;

impl Function for Abs {
    fn name(&self) -> &'static str {
        "abs"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("abs", args, 1..=1)?;
        match args[0].dtype {
            DataType::Duration(_) => {}
            dtype => need_number("abs", dtype)?,
        }
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        if matches!(output, DataType::Null | DataType::Boolean) || output.is_unsigned_integer() {
            return Ok(column.clone());
        }
        let negative = negate(column)?;
        with_primitive!(column.array(), |a: T| {
            let b = negative.expect_primitive::<T>()?;
            let result = binary(a, b, |x, y| if x < T::default() || x.to_f64().is_sign_negative() { y } else { x })?;
            Ok(Column::from_primitive(output.clone(), result))
        }, else |_other| Err(Error::internal("abs of no number")))
    }
}

/// `-x`
#[derive(Debug)]
struct Negate;

impl Function for Negate {
    fn name(&self) -> &'static str {
        "neg"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("neg", args, 1..=1)?;
        let dtype = args[0].dtype;
        let fits = dtype.is_signed_integer()
            || dtype.is_float()
            || dtype.is_decimal()
            || matches!(dtype, DataType::Null | DataType::Duration(_));
        if !fits {
            return Err(Error::invalid_operation(format!("negation is not defined for {dtype}")));
        }
        Ok(Signature::keep(args, dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        negate(&args[0].column)
    }
}

/// −1, 0 or 1 in the type of the input; NaN stays.
#[derive(Debug)]
struct Sign;

impl Function for Sign {
    fn name(&self) -> &'static str {
        "sign"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("sign", args, 1..=1)?;
        need_number("sign", args[0].dtype)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let unit = match output {
            DataType::Decimal(_, scale) => power_of_ten(*scale),
            _ => 1,
        };
        with_primitive!(args[0].column.array(), |a: T| {
            let result = unary(a, |v| {
                if v > T::default() { T::from_i128(unit) }
                else if v < T::default() { T::from_i128(-unit) }
                else { v }
            });
            Ok(Column::from_primitive(output.clone(), result))
        }, else |_other| Ok(args[0].column.clone()))
    }
}

/// `floor` and `ceil`; integers stay as they are.
#[derive(Debug)]
struct Rounding(&'static str, fn(f64) -> f64);

impl Function for Rounding {
    fn name(&self) -> &'static str {
        self.0
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.0, args, 1..=1)?;
        need_number(self.0, args[0].dtype)?;
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        match output {
            DataType::Float32 | DataType::Float64 => map_floats(column, output, self.1),
            DataType::Decimal(_, scale) => {
                let factor = power_of_ten(*scale);
                let up = self.0 == "ceil";
                let result = unary(column.expect_primitive::<i128>()?, |v: i128| {
                    let down = v.div_euclid(factor);
                    (down + i128::from(up && v.rem_euclid(factor) != 0)) * factor
                });
                Ok(Column::from_primitive(output.clone(), result))
            }
            _ => Ok(column.clone()),
        }
    }
}

/// `round(x, decimals, mode)`: half to even, or half away from zero; integers stay as they are.
#[derive(Debug)]
struct Round;

impl Function for Round {
    fn name(&self) -> &'static str {
        "round"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("round", args, 1..=3)?;
        need_number("round", args[0].dtype)?;
        let mut signature = Signature::keep(args, args[0].dtype.clone());
        if let Some(dtype) = signature.args.get_mut(1) {
            *dtype = DataType::Int32;
        }
        Ok(signature)
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let decimals = integer(args, 1).unwrap_or(0).clamp(-400, 400) as i32;
        let away = super::text(args, 2).is_some_and(|mode| mode == "half_away_from_zero");
        let column = &args[0].column;
        match output {
            DataType::Float32 | DataType::Float64 => {
                let factor = 10f64.powi(decimals);
                map_floats(column, output, |v| {
                    let scaled = v * factor;
                    if !scaled.is_finite() || factor == 0.0 {
                        return v;
                    }
                    (if away { scaled.round() } else { scaled.round_ties_even() }) / factor
                })
            }
            DataType::Decimal(_, scale) if decimals < i32::from(*scale) => {
                let factor = power_of_ten((i32::from(*scale) - decimals).clamp(0, 38) as u8);
                let result = unary(column.expect_primitive::<i128>()?, |v: i128| {
                    if away {
                        (v + v.signum() * (factor / 2)) / factor * factor
                    } else {
                        divide_half_even(v, factor) * factor
                    }
                });
                Ok(Column::from_primitive(output.clone(), result))
            }
            _ => Ok(column.clone()),
        }
    }
}

/// `base ** exponent`: keeps the base's type unless an integer meets a float exponent.
#[derive(Debug)]
struct Pow;

impl Function for Pow {
    fn name(&self) -> &'static str {
        "pow"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("pow", args, 2..=2)?;
        need_number("pow", args[0].dtype)?;
        need_number("pow", args[1].dtype)?;
        let (base, exponent) = (args[0].dtype, args[1].dtype);
        Ok(if base.is_integer() && exponent.is_integer() && !args[0].dynamic {
            Signature { args: vec![base.clone(), DataType::Int64], output: base.clone() }
        } else if base.is_integer() && exponent.is_integer() {
            let wide = supertype(base, exponent).unwrap_or(DataType::Int64);
            Signature { args: vec![wide.clone(), DataType::Int64], output: wide }
        } else {
            let float = if base.is_float() { float_of(base) } else { DataType::Float64 };
            Signature { args: vec![float.clone(), float.clone()], output: float }
        })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let (base, exponent) = (&args[0].column, &args[1].column);
        if output.is_float() {
            return with_primitive!(base.array(), |a: T| {
                let b = exponent.expect_primitive::<T>()?;
                let result = binary(a, b, |x, y| T::from_f64(x.to_f64().powf(y.to_f64())))?;
                Ok(Column::from_primitive(output.clone(), result))
            }, else |_other| Err(Error::internal("pow of no number")));
        }
        let exponents = exponent.expect_primitive::<i64>()?;
        if exponents.iter().flatten().any(|e| e < 0) {
            return Err(Error::invalid_operation(
                "an integer cannot be raised to a negative power; cast the base to Float64",
            ));
        }
        with_primitive!(base.array(), |a: T| {
            let result = binary_checked(a, exponents, |x, e: i64| {
                let power = wrapping_power(Native::to_i128(x), e.unsigned_abs());
                Some(T::from_i128(power))
            })?;
            Ok(Column::from_primitive(output.clone(), result))
        }, else |_other| Err(Error::internal("pow of no number")))
    }
}

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

/// `clip(x, low, high)`; a null bound does not bind.
#[derive(Debug)]
struct Clip;

impl Function for Clip {
    fn name(&self) -> &'static str {
        "clip"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("clip", args, 3..=3)?;
        let dtype = if args[0].dynamic {
            common_type(args, supertype).unwrap_or_else(|| args[0].dtype.clone())
        } else {
            args[0].dtype.clone()
        };
        Ok(Signature { args: vec![dtype.clone(); 3], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let (value, low, high) = (&args[0].column, &args[1].column, &args[2].column);
        with_primitive!(value.array(), |a: T| {
            let (low, high) = (low.expect_primitive::<T>()?, high.expect_primitive::<T>()?);
            let rows = len.max(value.len());
            let mut builder = hypostyle_core::PrimitiveBuilder::<T>::with_capacity(rows);
            let at = |n: usize, i: usize| if n == 1 { 0 } else { i };
            for i in 0..rows {
                builder.push_option(a.get(at(a.len(), i)).map(|v| {
                    let v = match low.get(at(low.len(), i)) {
                        Some(low) if v < low => low,
                        _ => v,
                    };
                    match high.get(at(high.len(), i)) {
                        Some(high) if v > high => high,
                        _ => v,
                    }
                }));
            }
            Ok(builder.finish(output.clone()))
        }, else |_other| Err(Error::invalid_operation(format!("`clip` is not defined for {output}"))))
    }
}
