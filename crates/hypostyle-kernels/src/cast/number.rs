//! Casts among integers, floats and decimals, and numbers as text.

use std::fmt::Write;

use hypostyle_core::{
    Array, BooleanArray, Column, DataType, Native, NumberClass, PrimitiveArray, Result, with_native_type,
    with_primitive,
};

use super::{CastMode, unsupported};
use crate::arithmetic::{divide_half_even, power_of_ten};
use crate::zip::{test, unary, unary_checked};

pub(super) fn to_boolean(column: &Column) -> Result<Column> {
    with_primitive!(column.array(), |a: T| {
        let result: BooleanArray = test(a, |v| v != T::default());
        Ok(Column::from_boolean(result))
    }, else |_other| Err(unsupported(column.dtype(), &DataType::Boolean)))
}

pub(super) fn convert(column: &Column, to: &DataType, mode: CastMode) -> Result<Column> {
    if let Some(middle) = between(column.dtype(), to) {
        return convert(&convert(column, &middle, mode)?, to, mode);
    }
    match (column.dtype(), to) {
        (DataType::Decimal(_, from), DataType::Decimal(precision, scale)) => {
            let a = column.expect_primitive::<i128>()?;
            let limit = power_of_ten(*precision);
            let (from, scale) = (*from, *scale);
            if let Some(result) = widened(a, from, scale, limit) {
                return Ok(Column::from_primitive(to.clone(), result));
            }
            let result = unary_checked(a, |v| {
                let scaled = if scale >= from {
                    v.checked_mul(power_of_ten(scale - from))?
                } else {
                    divide_half_even(v, power_of_ten(from - scale))
                };
                (scaled.abs() < limit).then_some(scaled)
            });
            Ok(Column::from_primitive(to.clone(), result))
        }
        (DataType::Decimal(_, scale), _) if to.is_float() => {
            let factor = power_of_ten(*scale) as f64;
            let floats = unary(column.expect_primitive::<i128>()?, |v| v as f64 / factor);
            convert(&Column::from_primitive(DataType::Float64, floats), to, mode)
        }
        (DataType::Decimal(_, scale), _) => {
            let factor = power_of_ten(*scale);
            let whole = unary(column.expect_primitive::<i128>()?, |v| v / factor);
            convert(&Column::from_primitive(DataType::Int128, whole), to, mode)
        }
        (from, DataType::Decimal(precision, scale)) if from.is_float() => {
            let limit = power_of_ten(*precision);
            let factor = power_of_ten(*scale) as f64;
            let Column64(a) = as_f64(column)?;
            let result = unary_checked(&a, |v| {
                let scaled = (v * factor).round_ties_even();
                (scaled.is_finite() && scaled.abs() < limit as f64).then_some(scaled as i128)
            });
            Ok(Column::from_primitive(to.clone(), result))
        }
        (_, DataType::Decimal(precision, scale)) => {
            let (limit, factor) = (power_of_ten(*precision), power_of_ten(*scale));
            with_primitive!(column.array(), |a: T| {
                let result = unary_checked(a, |v| {
                    let whole = v.fits_i128().then(|| Native::to_i128(v))?;
                    whole.checked_mul(factor).filter(|v| v.unsigned_abs() < limit.unsigned_abs())
                });
                Ok(Column::from_primitive(to.clone(), result))
            }, else |_other| Err(unsupported(column.dtype(), to)))
        }
        _ => with_native_type!(
            to,
            |R| with_primitive!(column.array(), |a: T| {
                // What the condition leaves out is not compiled.
                if const { is_direct::<T, R>() } {
                    Ok(Column::from_primitive(to.clone(), native::<T, R>(a, mode)))
                } else {
                    Err(unsupported(column.dtype(), to))
                }
            }, else |_other| Err(unsupported(column.dtype(), to))),
            else Err(unsupported(column.dtype(), to))
        ),
    }
}

/// The type that a cast from or to a rare type goes through, so that not every pair has a loop of its own. It holds all
/// that both hold, and halves of what is no float are the same whether that was a `Float64` before or not.
fn between(from: &DataType, to: &DataType) -> Option<DataType> {
    use DataType as T;
    match (from, to) {
        (from, to) if from == to => None,
        (T::Float16, T::Float32) | (T::Float32 | T::Float64, T::Float16) => None,
        (T::Float16, _) => Some(T::Float32),
        (_, T::Float16) => Some(T::Float64),
        (T::UInt128, T::Int128 | T::Float64) | (T::Int128 | T::Float64, T::UInt128) => None,
        (T::UInt128, T::Float32) | (T::Float32, T::UInt128) => Some(T::Float64),
        (T::UInt128, _) | (_, T::UInt128) => Some(T::Int128),
        _ => None,
    }
}

/// Whether [`between`] has nothing to say of these types.
const fn is_direct<A: Native, R: Native>() -> bool {
    const fn is<T: Native>(float: bool, signed: bool, bytes: usize) -> bool {
        let is_signed = matches!(T::CLASS, NumberClass::Signed);
        T::IS_FLOAT == float && is_signed == signed && size_of::<T>() == bytes
    }
    let half = is::<A>(true, false, 2) || is::<R>(true, false, 2);
    let from_widest = is::<A>(false, false, 16);
    let to_widest = is::<R>(false, false, 16);
    if half {
        A::IS_FLOAT && R::IS_FLOAT
    } else if from_widest {
        is::<R>(false, true, 16) || is::<R>(true, false, 8)
    } else if to_widest {
        is::<A>(false, true, 16) || is::<A>(true, false, 8)
    } else {
        true
    }
}

/// Decimals with more digits after the point, if all fit well; most do.
fn widened(a: &PrimitiveArray<i128>, from: u8, scale: u8, limit: i128) -> Option<PrimitiveArray<i128>> {
    let factor = i64::try_from(power_of_ten(scale.checked_sub(from)?)).ok()?;
    let fits = std::cell::Cell::new(true);
    let result = unary(a, |v| {
        let short = v as i64;
        let scaled = i128::from(short) * i128::from(factor);
        fits.set(fits.get() & (i128::from(short) == v) & (scaled.unsigned_abs() < limit.unsigned_abs()));
        scaled
    });
    fits.get().then_some(result)
}

struct Column64(PrimitiveArray<f64>);

fn as_f64(column: &Column) -> Result<Column64> {
    with_primitive!(column.array(), |a: T| Ok(Column64(unary(a, Native::to_f64))),
        else |_other| Err(unsupported(column.dtype(), &DataType::Float64)))
}

fn native<A: Native, R: Native>(a: &PrimitiveArray<A>, mode: CastMode) -> PrimitiveArray<R> {
    match (A::IS_FLOAT, R::IS_FLOAT) {
        (_, true) => unary(
            a,
            #[inline(always)]
            |v: A| R::from_f64(Native::to_f64(v)),
        ),
        (true, false) => {
            // Truncation towards zero; values out of range and NaN have no integer.
            unary_checked(a, |v| R::checked_from_f64(Native::to_f64(v)))
        }
        (false, false) if mode == CastMode::Wrap => unary(a, |v| R::from_i128(Native::to_i128(v))),
        (false, false) if widens::<A, R>() => unary(
            a,
            #[inline(always)]
            |v| R::from_i128(Native::to_i128(v)),
        ),
        (false, false) => {
            unary_checked(a, |v| if v.fits_i128() { R::checked_from_i128(Native::to_i128(v)) } else { None })
        }
    }
}

/// Whether every value of `A` is one of `R`.
fn widens<A: Native, R: Native>() -> bool {
    let signed = |class: NumberClass| class == NumberClass::Signed;
    match (signed(A::CLASS), signed(R::CLASS)) {
        (true, true) | (false, false) => size_of::<R>() >= size_of::<A>(),
        (false, true) => size_of::<R>() > size_of::<A>(),
        (true, false) => false,
    }
}

/// The shortest text that reads back as the same float: `1.0`, `0.00001`, `1e-6`, `1e+16`, `NaN`, `inf`.
pub fn float_text(out: &mut String, value: f64, single: bool) {
    if value.is_nan() {
        out.push_str("NaN");
        return;
    }
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "inf" } else { "-inf" });
        return;
    }
    let magnitude = value.abs();
    let start = out.len();
    // Writing to a String cannot fail.
    let plain = magnitude == 0.0 || (1e-5..1e16).contains(&magnitude);
    let _ = match (plain, single) {
        (true, false) => write!(out, "{value}"),
        (true, true) => write!(out, "{}", value as f32),
        (false, false) => write!(out, "{value:e}"),
        (false, true) => write!(out, "{:e}", value as f32),
    };
    if plain {
        if !out[start..].contains('.') {
            out.push_str(".0");
        }
    } else if let Some(e) = out[start..].find('e')
        && magnitude >= 1.0
    {
        out.insert(start + e + 1, '+');
    }
}

pub(super) fn decimal_text(out: &mut String, value: i128, scale: u8) {
    let factor = power_of_ten(scale);
    if value < 0 {
        out.push('-');
    }
    let magnitude = value.unsigned_abs();
    let factor = factor.unsigned_abs();
    let _ = write!(out, "{}", magnitude / factor);
    if scale > 0 {
        let _ = write!(out, ".{:0width$}", magnitude % factor, width = usize::from(scale));
    }
}

/// Text to a number; `None` if it is none. No surrounding space, no underscores.
pub(super) fn parse<T: Native>(text: &str) -> Option<T> {
    if T::IS_FLOAT {
        let value: f64 = match text {
            "NaN" | "nan" => f64::NAN,
            _ if text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => text.parse().ok()?,
            _ if ["inf", "+inf", "-inf", "Infinity", "-Infinity"].contains(&text) => text.parse().ok()?,
            _ => return None,
        };
        // Parsing at the target's own width avoids rounding twice.
        return Some(if size_of::<T>() == 4 {
            T::from_f64(f64::from(text.parse::<f32>().unwrap_or(value as f32)))
        } else {
            T::from_f64(value)
        });
    }
    match text.parse::<i128>() {
        Ok(value) => T::checked_from_i128(value),
        Err(_) if T::DTYPE == DataType::UInt128 => Some(T::from_i128(text.parse::<u128>().ok()? as i128)),
        Err(_) => None,
    }
}

/// Text to a scaled integer, rounded half to even; exponents are allowed.
pub(super) fn parse_decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(e) => (&text[..e], text[e + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes().first()? {
        b'-' => (true, &mantissa[1..]),
        b'+' => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let shift = i32::from(scale) + exponent - i32::try_from(fraction.len()).ok()?;
    let value = if shift >= 0 {
        value.checked_mul(10i128.checked_pow(shift as u32)?)?
    } else {
        match 10i128.checked_pow(shift.unsigned_abs()) {
            Some(factor) => divide_half_even(value, factor),
            None => 0,
        }
    };
    (value < power_of_ten(precision)).then_some(if negative { -value } else { value })
}

/// Text of row `i` of a numeric column, which is not null.
pub(super) fn number_text(out: &mut String, column: &Column, i: usize) {
    match (column.dtype(), column.array()) {
        (DataType::Decimal(_, scale), Array::Int128(a)) => decimal_text(out, a.values()[i], *scale),
        (_, array) => with_primitive!(array, |a: T| {
            if <T as Native>::IS_FLOAT {
                float_text(out, Native::to_f64(a.values()[i]), size_of::<T>() <= 4);
            } else {
                let _ = write!(out, "{}", a.values()[i]);
            }
        }, else |_other| debug_assert!(false, "a column of numbers")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cast;
    use super::*;

    /// Expected values from Polars 2.1.0.
    #[test]
    fn floats_as_text() {
        let text = |v| {
            let mut out = String::new();
            float_text(&mut out, v, false);
            out
        };
        let found: Vec<String> =
            [1.0, 1e16, 1e15, 123456789.5, 1e-5, 1e-6, f64::NAN, f64::INFINITY, -0.0, 1e20, 1.5e300]
                .into_iter()
                .map(text)
                .collect();
        assert_eq!(
            found,
            [
                "1.0",
                "1e+16",
                "1000000000000000.0",
                "123456789.5",
                "0.00001",
                "1e-6",
                "NaN",
                "inf",
                "-0.0",
                "1e+20",
                "1.5e+300"
            ]
        );
    }

    #[test]
    fn numbers_that_do_not_fit() {
        let a = Column::from_vec(vec![300i64, 1, -1]);
        assert!(cast(&a, &DataType::Int8, CastMode::Strict).is_err());
        let b = cast(&a, &DataType::UInt8, CastMode::NonStrict).unwrap();
        assert_eq!(b.as_primitive::<u8>().unwrap().iter().collect::<Vec<_>>(), [None, Some(1), None]);
        let c = cast(&a, &DataType::UInt8, CastMode::Wrap).unwrap();
        assert_eq!(c.as_primitive::<u8>().unwrap().values().to_vec(), [44, 1, 255]);
        let floats = Column::from_vec(vec![1.9, -1.9, f64::NAN, 1e300, 255.9]);
        let d = cast(&floats, &DataType::UInt8, CastMode::NonStrict).unwrap();
        assert_eq!(
            d.as_primitive::<u8>().unwrap().iter().collect::<Vec<_>>(),
            [Some(1), None, None, None, Some(255)]
        );
    }

    #[test]
    fn decimals() {
        assert_eq!(parse_decimal("1.5", 10, 2), Some(150));
        assert_eq!(parse_decimal("1e3", 10, 2), Some(100_000));
        assert_eq!(parse_decimal("+1", 10, 2), Some(100));
        assert_eq!(parse_decimal("-0.005", 10, 2), Some(0));
        assert_eq!(parse_decimal("", 10, 2), None);
        assert_eq!(parse_decimal("1_0", 10, 2), None);
        assert_eq!(parse_decimal("99999999999", 10, 2), None);
    }
}
