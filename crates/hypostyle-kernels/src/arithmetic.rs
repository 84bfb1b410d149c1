//! `+ - * / // %` on numbers of one physical type, and negation.
//!
//! Integers wrap; `//` and `%` by zero give null, floor and take the divisor's sign. Decimals round half to even
//! to their scale, and fail on overflow.

use hypostyle_core::{Array, Column, DataType, Error, Native, PrimitiveArray, Result, f16, with_primitive};

use crate::zip::{binary, binary_checked, unary};

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/` on floats and decimals.
    Divide,
    /// `//`: rounds towards minus infinity.
    FloorDivide,
    /// Quotient rounded towards zero.
    TruncDivide,
    /// `%`: has the sign of the divisor.
    Modulo,
}

/// `a op b`, row by row, as a column of `dtype`. Both sides must be stored alike; `/` on integers is not defined.
pub fn arithmetic(op: Arithmetic, a: &Column, b: &Column, dtype: &DataType) -> Result<Column> {
    if let (DataType::Decimal(..), DataType::Decimal(_, scale)) = (a.dtype(), dtype) {
        let (x, y) = (a.expect_primitive::<i128>()?, b.expect_primitive::<i128>()?);
        return Ok(Column::from_primitive(dtype.clone(), decimal::arithmetic(op, x, y, *scale)?));
    }
    with_primitive!(a.array(), |x: T| {
        let y = b.expect_primitive::<T>()?;
        Ok(Column::from_primitive(dtype.clone(), <T as Number>::arithmetic(op, x, y)?))
    }, match {
        Array::Null(n) => Ok(Column::full_null(dtype.clone(), crate::zip::broadcast_len(*n, b.len())?)),
        Array::Boolean(_) | Array::Utf8(_) | Array::Dict(_) | Array::Binary(_) | Array::List(_) | Array::FixedList(_) | Array::Struct(_) => {
            Err(Error::type_mismatch("arithmetic", a.dtype(), b.dtype()))
        }
    })
}

/// `-a`; wraps.
pub fn negate(a: &Column) -> Result<Column> {
    let dtype = a.dtype().clone();
    let refused = || Error::invalid_operation(format!("negation is not defined for {}", a.dtype()));
    with_primitive!(a.array(), |x: T| {
        Ok(Column::from_primitive(dtype, <T as Number>::negate(x).ok_or_else(refused)?))
    }, match {
        Array::Null(_) => Ok(a.clone()),
        Array::Boolean(_) | Array::Utf8(_) | Array::Dict(_) | Array::Binary(_) | Array::List(_) | Array::FixedList(_) | Array::Struct(_) => {
            Err(refused())
        }
    })
}

/// What a number can do: by its class, so that a row in the table of types is enough.
trait Number: Native {
    fn arithmetic(
        op: Arithmetic,
        a: &PrimitiveArray<Self>,
        b: &PrimitiveArray<Self>,
    ) -> Result<PrimitiveArray<Self>>;
    /// `None` for numbers without a sign.
    fn negate(a: &PrimitiveArray<Self>) -> Option<PrimitiveArray<Self>>;
}

macro_rules! implement_numbers {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {$(
        implement_numbers!($class $t);
    )+};
    (Signed $t:ty) => {
        implement_numbers!($t, integer, |a| Some(unary(a, <$t>::wrapping_neg)));
        integer!($t);
    };
    (Unsigned $t:ty) => {
        implement_numbers!($t, integer, |_a| None);
        integer!($t);
    };
    (Float $t:ty) => {
        implement_numbers!($t, float, |a| Some(unary(a, |v: $t| -v)));
    };
    ($t:ty, $arithmetic:ident, |$a:ident| $negate:expr) => {
        impl Number for $t {
            fn arithmetic(
                op: Arithmetic,
                a: &PrimitiveArray<Self>,
                b: &PrimitiveArray<Self>,
            ) -> Result<PrimitiveArray<Self>> {
                $arithmetic::<$t>(op, a, b)
            }
            fn negate($a: &PrimitiveArray<Self>) -> Option<PrimitiveArray<Self>> {
                $negate
            }
        }
    };
}

/// What integers need beyond [`Native`]; a private trait, implemented for all of them by one macro.
trait Integer: Native + Eq {
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    fn floor_divide(self, other: Self) -> Option<Self>;
    fn trunc_divide(self, other: Self) -> Option<Self>;
    fn modulo(self, other: Self) -> Option<Self>;
}

macro_rules! integer {
    ($t:ty) => {
        impl Integer for $t {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floor_divide(self, other: Self) -> Option<Self> {
                if other == 0 {
                    return None;
                }
                let (quotient, rest) = (self.wrapping_div(other), self.wrapping_rem(other));
                let down = rest != 0 && (rest < 0) != (other < 0);
                Some(if down { quotient.wrapping_sub(1) } else { quotient })
            }
            #[inline(always)]
            fn trunc_divide(self, other: Self) -> Option<Self> {
                (other != 0).then(|| self.wrapping_div(other))
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn modulo(self, other: Self) -> Option<Self> {
                if other == 0 {
                    return None;
                }
                let rest = self.wrapping_rem(other);
                let other_sign = rest != 0 && (rest < 0) != (other < 0);
                Some(if other_sign { rest.wrapping_add(other) } else { rest })
            }
        }
    };
}

hypostyle_core::primitive_types!(@implement_numbers);

fn integer<T: Integer>(
    op: Arithmetic,
    a: &PrimitiveArray<T>,
    b: &PrimitiveArray<T>,
) -> Result<PrimitiveArray<T>> {
    match op {
        Arithmetic::Add => binary(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.add(y),
        ),
        Arithmetic::Subtract => binary(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.subtract(y),
        ),
        Arithmetic::Multiply => binary(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.multiply(y),
        ),
        Arithmetic::FloorDivide => binary_checked(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.floor_divide(y),
        ),
        Arithmetic::TruncDivide => binary_checked(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.trunc_divide(y),
        ),
        Arithmetic::Modulo => binary_checked(
            a,
            b,
            #[inline(always)]
            |x: T, y| x.modulo(y),
        ),
        Arithmetic::Divide => Err(Error::internal("`/` on integers must be planned on floats")),
    }
}

/// What floats need beyond [`Native`].
trait Float: Native {
    fn apply(op: Arithmetic, x: Self, y: Self) -> Self;
}

macro_rules! float {
    ($($t:ty),+) => {$(
        impl Float for $t {
            #[inline(always)]
            fn apply(op: Arithmetic, x: Self, y: Self) -> Self {
                match op {
                    Arithmetic::Add => x + y,
                    Arithmetic::Subtract => x - y,
                    Arithmetic::Multiply => x * y,
                    Arithmetic::Divide => x / y,
                    Arithmetic::FloorDivide => (x / y).floor(),
                    Arithmetic::TruncDivide => (x / y).trunc(),
                    Arithmetic::Modulo => x - y * (x / y).floor(),
                }
            }
        }
    )+};
}

float!(f32, f64);

/// In single precision, which is wide enough that rounding twice is rounding once.
impl Float for f16 {
    #[inline(always)]
    fn apply(op: Arithmetic, x: Self, y: Self) -> Self {
        Self::from_f32(<f32 as Float>::apply(op, x.to_f32(), y.to_f32()))
    }
}

fn float<T: Float>(
    op: Arithmetic,
    a: &PrimitiveArray<T>,
    b: &PrimitiveArray<T>,
) -> Result<PrimitiveArray<T>> {
    macro_rules! arm {
        ($op:expr) => {
            binary(
                a,
                b,
                #[inline(always)]
                |x, y| T::apply($op, x, y),
            )
        };
    }
    // One loop per operator: the match is outside.
    match op {
        Arithmetic::Add => arm!(Arithmetic::Add),
        Arithmetic::Subtract => arm!(Arithmetic::Subtract),
        Arithmetic::Multiply => arm!(Arithmetic::Multiply),
        Arithmetic::Divide => arm!(Arithmetic::Divide),
        Arithmetic::FloorDivide => arm!(Arithmetic::FloorDivide),
        Arithmetic::TruncDivide => arm!(Arithmetic::TruncDivide),
        Arithmetic::Modulo => arm!(Arithmetic::Modulo),
    }
}

/// 10 to the power of a scale of at most 38.
pub fn power_of_ten(scale: u8) -> i128 {
    10i128.pow(u32::from(scale.min(38)))
}

/// `a / b` rounded half to even.
pub fn divide_half_even(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a / b, a % b);
    let twice = rest.unsigned_abs().saturating_mul(2);
    let up = match twice.cmp(&b.unsigned_abs()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
    };
    if !up {
        quotient
    } else if (a < 0) == (b < 0) {
        quotient + 1
    } else {
        quotient - 1
    }
}

mod decimal;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::each_isa;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_side_agrees_with_a_plain_loop(
            pairs in prop::collection::vec((any::<f64>(), any::<f64>(), -9i64..9, any::<i64>()), 0..200),
        ) {
            let floats: [fn(f64, f64) -> f64; 7] = [
                |x, y| x + y, |x, y| x - y, |x, y| x * y, |x, y| x / y, |x, y| (x / y).floor(), |x, y| (x / y).trunc(),
                |x, y| x - y * (x / y).floor(),
            ];
            let integers: [fn(i64, i64) -> i64; 3] =
                [i64::wrapping_add, i64::wrapping_sub, i64::wrapping_mul];
            const OPS: [Arithmetic; 7] = [
                Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide,
                Arithmetic::FloorDivide, Arithmetic::TruncDivide, Arithmetic::Modulo,
            ];
            // Small whole numbers among them, so that quotients are whole and zero.
            let pairs: Vec<(f64, f64, i64, i64)> = pairs
                .into_iter()
                .map(|(x, y, small, large)| {
                    if small % 2 == 0 { (small as f64, (large % 4) as f64, small, large) } else { (x, y, small, large) }
                })
                .collect();
            let a = Column::from_vec(pairs.iter().map(|p| p.0).collect::<Vec<_>>());
            let b = Column::from_vec(pairs.iter().map(|p| p.1).collect::<Vec<_>>());
            let (c, d) = (
                Column::from_vec(pairs.iter().map(|p| p.2).collect::<Vec<_>>()),
                Column::from_vec(pairs.iter().map(|p| p.3).collect::<Vec<_>>()),
            );
            for side in each_isa() {
                for (op, f) in OPS.into_iter().zip(floats) {
                    let found = arithmetic(op, &a, &b, &DataType::Float64).unwrap();
                    let found = found.as_primitive::<f64>().unwrap().values();
                    for ((x, y, ..), found) in pairs.iter().zip(found.iter()) {
                        let expected = f(*x, *y);
                        prop_assert!(
                            found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                            "{:?} {:?} {} {}: {} {}", side, op, x, y, found, expected
                        );
                    }
                }
                for (op, f) in OPS.into_iter().zip(integers) {
                    let found = arithmetic(op, &c, &d, &DataType::Int64).unwrap();
                    let expected: Vec<i64> = pairs.iter().map(|(_, _, x, y)| f(*x, *y)).collect();
                    prop_assert_eq!(&found.as_primitive::<i64>().unwrap().values()[..], expected, "{:?} {:?}", side, op);
                }
            }
        }
    }

    fn ints(values: &[i64]) -> Column {
        Column::from_vec(values.to_vec())
    }

    /// Python's `//` and `%`, by hand.
    #[test]
    fn floor_and_modulo() {
        let (a, b) = (ints(&[7, -7, 7, -7, 5, i64::MIN]), ints(&[2, 2, -2, -2, 0, -1]));
        let run = |op| {
            let c = arithmetic(op, &a, &b, &DataType::Int64).unwrap();
            c.as_primitive::<i64>().unwrap().iter().collect::<Vec<_>>()
        };
        assert_eq!(
            run(Arithmetic::FloorDivide),
            [Some(3), Some(-4), Some(-4), Some(3), None, Some(i64::MIN)]
        );
        assert_eq!(run(Arithmetic::Modulo), [Some(1), Some(1), Some(-1), Some(-1), None, Some(0)]);
        assert_eq!(
            run(Arithmetic::TruncDivide),
            [Some(3), Some(-3), Some(-3), Some(3), None, Some(i64::MIN)]
        );
    }
}
