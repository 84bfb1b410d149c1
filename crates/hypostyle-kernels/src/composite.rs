//! Several integer keys as one integer: the distances from the low ends of their ranges are the digits of a number
//! whose bases are the sizes of the ranges. What one side of a join has spans the ranges; a value of the other side
//! that lies outside has no partner, and gets a number that no row of the first side has.

use hypostyle_core::{Array, Bitmap, Column, DataType, Native, PrimitiveArray, with_primitive};

use crate::keys::{integer_range, low_bits};

/// Stands for "outside" among 64-bit numbers; among wide ones it is -1.
pub const OUTSIDE: u64 = u64::MAX;

/// The numbers of the rows of some columns.
#[derive(Clone, Debug)]
pub struct Composite {
    digits: Vec<Digit>,
    /// Whether the numbers need more than 64 bits.
    wide: bool,
}

#[derive(Clone, Debug)]
struct Digit {
    low: i128,
    /// How many values there are between the ends.
    values: u128,
    /// Whether null is one more value, the last.
    nullable: bool,
}

impl Digit {
    fn base(&self) -> u128 {
        self.values + u128::from(self.nullable)
    }
}

impl Composite {
    /// For keys with the ranges of these columns; with `nulls_equal` null is a value where they have it. `None` if one
    /// is neither integer nor boolean, or has nothing but nulls, or if the numbers take too many bits.
    pub fn of(keys: &[Column], nulls_equal: bool) -> Option<Self> {
        let mut span = 1u128;
        let digits = keys
            .iter()
            .map(|key| {
                let (low, high) = match key.array() {
                    Array::Boolean(_) => (0, 1),
                    _ => integer_range(key)?,
                };
                let values = high.checked_sub(low)? as u128 + 1;
                let digit = Digit { low, values, nullable: nulls_equal && key.null_count() > 0 };
                span = span.checked_mul(digit.base())?;
                Some(digit)
            })
            .collect::<Option<Vec<_>>>()?;
        (span <= 1 << 126).then_some(Self { digits, wide: span > 1 << 63 })
    }

    /// The numbers as one column without nulls: `UInt64` or, where that is too narrow, `Int128`. Rows outside the
    /// ranges have [`OUTSIDE`] or -1, as do rows with a null that is no value. `None` if the columns are not of the
    /// types that this was made for.
    pub fn encode(&self, keys: &[Column], len: usize) -> Option<Column> {
        Some(if self.wide {
            let numbers: Vec<u128> = self.numbers(keys, len)?;
            let numbers: Vec<i128> = numbers.into_iter().map(|number| number as i128).collect();
            Column::from_primitive(DataType::Int128, PrimitiveArray::from_vec(numbers))
        } else {
            Column::from_primitive(
                DataType::UInt64,
                PrimitiveArray::from_vec(self.numbers::<u64>(keys, len)?),
            )
        })
    }

    fn numbers<K: Number>(&self, keys: &[Column], len: usize) -> Option<Vec<K>> {
        let mut numbers = vec![K::default(); len];
        for (key, digit) in keys.iter().zip(&self.digits) {
            let validity = key.validity().filter(|validity| validity.count_unset() > 0);
            match key.array() {
                Array::Boolean(a) => {
                    let values: Vec<u8> = a.values().iter().map(u8::from).collect();
                    append(&mut numbers, &values, validity, digit);
                }
                Array::Null(len) => {
                    append(&mut numbers, &vec![0u8; *len], Some(&Bitmap::constant(false, *len)), digit);
                }
                array => {
                    with_primitive!(array, |a: T| append(&mut numbers, a.values(), validity, digit), else |_other| {
                        return None;
                    })
                }
            }
        }
        Some(numbers)
    }
}

/// What numbers are made in.
trait Number: Copy + Default + PartialEq {
    const OUTSIDE: Self;
    fn cut(value: u128) -> Self;
    /// The number with one more digit.
    fn with_digit(self, base: Self, digit: Self) -> Self;
}

impl Number for u64 {
    const OUTSIDE: Self = OUTSIDE;
    #[inline(always)]
    fn cut(value: u128) -> Self {
        value as Self
    }
    #[inline(always)]
    fn with_digit(self, base: Self, digit: Self) -> Self {
        self.wrapping_mul(base).wrapping_add(digit)
    }
}

impl Number for u128 {
    const OUTSIDE: Self = Self::MAX;
    #[inline(always)]
    fn cut(value: u128) -> Self {
        value
    }
    #[inline(always)]
    fn with_digit(self, base: Self, digit: Self) -> Self {
        self.wrapping_mul(base).wrapping_add(digit)
    }
}

fn append<K: Number, T: Native>(numbers: &mut [K], values: &[T], validity: Option<&Bitmap>, digit: &Digit) {
    let base = K::cut(digit.base());
    let add = |number: &mut K, inside: bool, distance: K| {
        let appended = number.with_digit(base, distance);
        *number = if inside && *number != K::OUTSIDE { appended } else { K::OUTSIDE };
    };
    match (validity, u64::try_from(digit.values)) {
        (None, Ok(span)) if size_of::<T>() <= 8 => {
            // Differences of numbers of one type of 64 bits are right in 64 bits, and large where they are negative.
            let low = digit.low as u64;
            for (number, value) in numbers.iter_mut().zip(values) {
                let distance = low_bits(*value).wrapping_sub(low);
                add(number, distance < span, K::cut(u128::from(distance)));
            }
        }
        (validity, _) => {
            let null = (digit.nullable, K::cut(digit.values));
            for (i, (number, value)) in numbers.iter_mut().zip(values).enumerate() {
                if validity.is_some_and(|validity| !validity.get(i)) {
                    add(number, null.0, null.1);
                    continue;
                }
                let distance = value.to_i128().wrapping_sub(digit.low) as u128;
                add(number, distance < digit.values, K::cut(distance));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Equal rows, by the numbers and by the values.
    fn check(build: [&Column; 2], probe: [&Column; 2], nulls_equal: bool) {
        let build = build.map(Clone::clone);
        let probe = probe.map(Clone::clone);
        let Some(composite) = Composite::of(&build, nulls_equal) else { return };
        let numbers = composite.encode(&build, build[0].len()).unwrap();
        let wanted = composite.encode(&probe, probe[0].len()).unwrap();
        let outside = if composite.wide { -1 } else { i128::from(OUTSIDE) };
        for i in 0..build[0].len() {
            let null = build.iter().any(|key| key.is_null(i));
            let number = numbers.get(i).as_i128().unwrap();
            assert_eq!(number == outside, null && !nulls_equal);
            for j in 0..probe[0].len() {
                let equal = (0..2).all(|k| build[k].value(i) == probe[k].value(j)) && (nulls_equal || !null);
                assert_eq!(number != outside && wanted.get(j).as_i128() == Some(number), equal, "{i} {j}");
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_are_equal_where_rows_are(
            rows in prop::collection::vec((prop::option::weighted(0.9, any::<i64>()), prop::option::weighted(0.9, any::<i32>())), 1..40),
            others in prop::collection::vec((prop::option::weighted(0.9, any::<i64>()), prop::option::weighted(0.9, any::<i32>())), 0..40),
            narrow in prop::sample::select(vec![3i64, 1_000, 1 << 40, i64::MAX]),
            nulls_equal in any::<bool>(),
        ) {
            let columns = |rows: &[(Option<i64>, Option<i32>)]| {
                let a = Column::from_options(rows.iter().map(|(a, _)| a.map(|a| a % narrow)));
                let b = Column::from_options(rows.iter().map(|(_, b)| b.map(|b| b % 5)));
                (a, b)
            };
            let mut shared = others.clone();
            shared.extend(rows.iter().take(7).copied());
            let ((a, b), (c, d)) = (columns(&rows), columns(&shared));
            check([&a, &b], [&c, &d], nulls_equal);
            check([&b, &b], [&d, &d], nulls_equal);
            // The extremes of the type on either side.
            let ends = Column::from_options([Some(i64::MIN), Some(i64::MAX), None, Some(0)]);
            let flags = Column::from_bitmap([true, false, true, true].into_iter().collect());
            check([&ends, &flags], [&ends, &flags], nulls_equal);
        }
    }

    #[test]
    fn what_has_no_numbers() {
        let wide = Column::from_vec(vec![i128::MIN, i128::MAX]);
        assert!(Composite::of(&[wide], false).is_none());
        assert!(Composite::of(&[Column::from_vec(vec![0.5f64])], false).is_none());
        assert!(Composite::of(&[Column::from_options([None::<i64>])], true).is_none());
        let ends = Column::from_vec(vec![i64::MIN, i64::MAX]);
        assert!(Composite::of(&[ends.clone(), ends], false).is_none());
    }
}
