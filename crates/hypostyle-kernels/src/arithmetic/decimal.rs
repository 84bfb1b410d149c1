//! Arithmetic on decimals of one scale: 128-bit integers, held to 38 digits.
//!
//! Prices fit into 64 bits, and so do most of their products: those are multiplied and divided as such, which costs a
//! tenth of what division of 128 bits does. What does not fit, or may be null, takes the plain way.

use std::cell::Cell;

use hypostyle_core::{Error, PrimitiveArray, Result};

use super::{Arithmetic, Integer, divide_half_even, power_of_ten};
use crate::zip::{binary, binary_checked};

/// The first number of 39 digits.
const LIMIT: i128 = 10i128.pow(38);

/// `a op b` of decimals of this scale, at this scale.
pub(super) fn arithmetic(
    op: Arithmetic,
    a: &PrimitiveArray<i128>,
    b: &PrimitiveArray<i128>,
    scale: u8,
) -> Result<PrimitiveArray<i128>> {
    match without_checks(op, a, b, scale)? {
        Some(result) => Ok(result),
        None => with_checks(op, a, b, scale),
    }
}

/// The result if no row overflows, not even a null one, whose value is of no meaning.
fn without_checks(
    op: Arithmetic,
    a: &PrimitiveArray<i128>,
    b: &PrimitiveArray<i128>,
    scale: u8,
) -> Result<Option<PrimitiveArray<i128>>> {
    let too_large = Cell::new(false);
    let keep = |(value, overflows): (i128, bool)| {
        too_large.set(too_large.get() | overflows | (value.unsigned_abs() >= LIMIT as u128));
        value
    };
    let result = match op {
        Arithmetic::Add => binary(a, b, |x, y| keep(x.overflowing_add(y)))?,
        Arithmetic::Subtract => binary(a, b, |x, y| keep(x.overflowing_sub(y)))?,
        Arithmetic::Multiply => match i64::try_from(power_of_ten(scale)) {
            Ok(factor) => binary(a, b, |x, y| keep(multiply(x, y, factor)))?,
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok((!too_large.get()).then_some(result))
}

/// `x * y / factor` rounded half to even, and whether it overflows.
#[inline(always)]
fn multiply(x: i128, y: i128, factor: i64) -> (i128, bool) {
    let (short_x, short_y) = (x as i64, y as i64);
    if i128::from(short_x) != x || i128::from(short_y) != y {
        return match x.checked_mul(y) {
            Some(product) => (divide_half_even(product, i128::from(factor)), false),
            None => (0, true),
        };
    }
    let product = i128::from(short_x) * i128::from(short_y);
    match i64::try_from(product) {
        Ok(product) => (i128::from(divide_short(product, factor)), false),
        Err(_) => (divide_half_even(product, i128::from(factor)), false),
    }
}

/// `a / b` rounded half to even; `b` is a power of ten.
#[inline(always)]
fn divide_short(a: i64, b: i64) -> i64 {
    let (quotient, rest) = (a / b, a % b);
    let twice = rest.unsigned_abs() * 2;
    let up = twice > b as u64 || twice == b as u64 && quotient & 1 == 1;
    quotient + i64::from(up) * (a.signum())
}

fn with_checks(
    op: Arithmetic,
    a: &PrimitiveArray<i128>,
    b: &PrimitiveArray<i128>,
    scale: u8,
) -> Result<PrimitiveArray<i128>> {
    let factor = power_of_ten(scale);
    let overflow = Cell::new(false);
    let fit = |value: Option<i128>| {
        let value = value.filter(|v| v.abs() < LIMIT);
        overflow.set(overflow.get() | value.is_none());
        value
    };
    let result = binary_checked(a, b, |x: i128, y: i128| match op {
        Arithmetic::Add => fit(x.checked_add(y)),
        Arithmetic::Subtract => fit(x.checked_sub(y)),
        Arithmetic::Multiply => fit(x.checked_mul(y).map(|v| divide_half_even(v, factor))),
        _ if y == 0 => None,
        Arithmetic::Divide => fit(x.checked_mul(factor).map(|v| divide_half_even(v, y))),
        Arithmetic::FloorDivide => fit(x.floor_divide(y).and_then(|v| v.checked_mul(factor))),
        Arithmetic::TruncDivide => fit((x / y).checked_mul(factor)),
        Arithmetic::Modulo => x.modulo(y),
    })?;
    if overflow.get() {
        return Err(Error::overflow(format!(
            "a decimal result does not fit into 38 digits with scale {scale}; cast to Float64 or a smaller scale"
        )));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Value};
    use proptest::prelude::{Strategy, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    #[test]
    fn decimals_round_half_to_even_and_report_overflow() {
        for (a, b, quotient) in
            [(25, 10, 2), (35, 10, 4), (-35, 10, -4), (-26, 10, -3), (-25, 10, -2), (7, 1, 7)]
        {
            assert_eq!(divide_half_even(a, b), quotient);
            assert_eq!(i128::from(divide_short(a as i64, b as i64)), quotient);
        }
        let dtype = DataType::Decimal(38, 2);
        let make = |v: i128| Column::from_primitive(dtype.clone(), PrimitiveArray::from_vec(vec![v]));
        let run = |op, a: i128, b: i128| crate::arithmetic::arithmetic(op, &make(a), &make(b), &dtype);
        assert_eq!(run(Arithmetic::Multiply, 150, 250).unwrap().value(0), Value::Int(375));
        let huge = 10i128.pow(37) * 9;
        assert!(run(Arithmetic::Add, huge, huge).is_err());
        assert!(run(Arithmetic::Multiply, huge, 1000).is_err());
    }

    fn values() -> impl Strategy<Value = Option<i128>> {
        prop_oneof![
            proptest::option::of(-1_000_000i128..1_000_000),
            proptest::option::of(proptest::num::i64::ANY.prop_map(i128::from)),
            proptest::option::of(-LIMIT + 1..LIMIT),
            proptest::sample::select(vec![
                Some(i64::MAX.into()),
                Some(i64::MIN.into()),
                Some(0),
                Some(5),
                Some(-15)
            ]),
        ]
    }

    proptest! {
        #[test]
        fn both_ways_agree(
            rows in proptest::collection::vec((values(), values()), 1..20),
            small in proptest::bool::ANY,
            scale in 0u8..22,
        ) {
            let bound = |v: Option<i128>| v.map(|v| if small { v % 1_000_000_000 } else { v });
            let array = |values: Vec<Option<i128>>| {
                Column::from_options(values.into_iter()).as_primitive::<i128>().unwrap().clone()
            };
            let a = array(rows.iter().map(|(a, _)| bound(*a)).collect());
            let b = array(rows.iter().map(|(_, b)| bound(*b)).collect());
            for op in [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply] {
                let (found, expected) = (arithmetic(op, &a, &b, scale), with_checks(op, &a, &b, scale));
                match (found, expected) {
                    (Ok(found), Ok(expected)) => {
                        let rows = |array: &PrimitiveArray<i128>| (0..array.len()).map(|i| array.get(i)).collect::<Vec<_>>();
                        prop_assert_eq!(rows(&found), rows(&expected));
                    }
                    (found, expected) => prop_assert_eq!(found.is_err(), expected.is_err()),
                }
            }
        }
    }
}
