//! The state of sums of decimals: exact, and an error where one has more than 38 digits.
//!
//! Numbers that 64 bits hold cannot overflow a sum of 128 bits, however many they are. Of the others the two halves
//! are added apart, which cannot overflow either, and put together in the end.

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, numbers, read_numbers};
use super::mean::Summing;
use super::totals::{Adding, fold_all, fold_groups};
use super::{Ids, State, same};

/// The most digits of a decimal.
const DIGITS: u8 = 38;

/// Sums of every group.
#[derive(Debug)]
pub(super) struct DecimalSums {
    /// Of numbers that 64 bits hold, and of the lower halves of the others.
    lower: Vec<i128>,
    /// Of upper halves; empty until there is one.
    upper: Vec<i128>,
    scale: u8,
}

impl DecimalSums {
    pub(super) fn new(scale: u8) -> Self {
        Self { lower: Vec::new(), upper: Vec::new(), scale }
    }

    fn add_one(&mut self, value: i128, id: usize) {
        if i64::try_from(value).is_ok() {
            self.lower[id] += value;
        } else {
            self.upper.resize(self.lower.len(), 0);
            self.upper[id] += value >> 64;
            self.lower[id] += i128::from(value as u64);
        }
    }

    /// The sum of a group, if 128 bits hold it, and if not, its upper half.
    fn exact(&self, group: usize) -> std::result::Result<i128, i128> {
        let lower = self.lower[group];
        let Some(upper) = self.upper.get(group) else { return Ok(lower) };
        let upper = upper + (lower >> 64);
        let upper = i64::try_from(upper).map_err(|_| upper)?;
        Ok(i128::from(upper) << 64 | i128::from(lower as u64))
    }

    /// The sum of a group, if it has no more than 38 digits.
    fn sum(&self, group: usize) -> Option<i128> {
        let sum = self.exact(group).ok()?;
        let short = self.upper.is_empty() || sum.unsigned_abs() < power_of_ten(DIGITS).unsigned_abs();
        short.then_some(sum)
    }
}

impl Summing for DecimalSums {
    fn add_each(&mut self, column: &Column, ids: Ids<'_>, mut each: impl FnMut(usize)) -> Result<()> {
        let array: &PrimitiveArray<i128> = column.expect_primitive()?;
        let values = &array.values()[..];
        match (array.validity(), ids) {
            (Some(validity), _) => validity.for_each_set(|row| {
                each(ids.get(row));
                self.add_one(values[row], ids.get(row));
            }),
            (None, _) if !are_narrow(values) => {
                values.iter().enumerate().for_each(|(row, value)| self.add_one(*value, ids.get(row)));
            }
            (None, Ids::Single) => self.lower[0] += fold_all::<i128, Adding, i128>(values, |v| v),
            (None, Ids::Each(ids)) => fold_groups::<i128, Adding, i128>(&mut self.lower, values, ids, |v| v),
        }
        Ok(())
    }

    fn mean(&self, group: usize, count: u64) -> f64 {
        // Beside more than 127 bits the lower half is nothing.
        let sum = self.exact(group).map_or_else(|upper| upper as f64 * 2f64.powi(64), |sum| sum as f64);
        sum / power_of_ten(self.scale) as f64 / count as f64
    }
}

/// Whether 64 bits hold all values.
fn are_narrow(values: &[i128]) -> bool {
    values.iter().fold(0, |wide, v| wide | ((*v as i64 >> 63) as u64 ^ (*v >> 64) as u64)) == 0
}

impl State for DecimalSums {
    fn resize(&mut self, groups: usize) {
        self.lower.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        self.add_each(&broadcast(&args[0], len)?, ids, |_| ())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            let (from, to) = (*from as usize, *to as usize);
            self.lower[to] += other.lower[from];
            if let Some(upper) = other.upper.get(from) {
                self.upper.resize(self.lower.len(), 0);
                self.upper[to] += upper;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let sums: Option<Vec<i128>> = (0..self.lower.len()).map(|group| self.sum(group)).collect();
        let sums = sums.ok_or_else(|| Error::overflow("a sum does not fit 38 digits"))?;
        Ok(Column::from_primitive(DataType::Decimal(DIGITS, self.scale), PrimitiveArray::from_vec(sums)))
    }

    fn size(&self) -> usize {
        bytes_of(&self.lower) + bytes_of(&self.upper)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let mut upper = self.upper.clone();
        upper.resize(self.lower.len(), 0);
        Ok(vec![numbers(&self.lower), numbers(&upper)])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.lower = read_numbers(columns, 0)?;
        self.upper = read_numbers(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsl::col;
    use crate::testing::{check, check_error, check_groups, decimals};

    #[test]
    fn sums_of_many_digits() {
        let nines = "9".repeat(38);
        let (most, least) = (Some(nines.as_str()), format!("-{nines}"));
        let a = |values| [decimals(38, 0, values)];
        // What is lost on the way comes back: only the sum has to fit.
        let there_and_back = a([most, most, most, Some(least.as_str()), Some(least.as_str())]);
        check(col("a").sum(), &there_and_back, &format!("decimal[38,0] [{nines}]"));
        check_error(col("a").sum(), &a([most, most, most, None, None]), "Overflow");
        // A digit more than 38, which 128 bits hold.
        check_error(col("a").sum(), &a([most, Some("1"), None, None, None]), "Overflow");
        let a = a([most, Some("-1"), most, Some(least.as_str()), Some("1")]);
        check_groups(col("a").sum(), &a, &[0, 0, 1, 1, 1], &format!("decimal[38,0] [{}8, 1]", &nines[1..]));
    }

    proptest! {
        /// Against sums in 256 bits, by hand in two halves.
        #[test]
        fn sums_are_exact_or_none(
            values in prop::collection::vec(
                prop_oneof![any::<i64>().prop_map(i128::from), -10i128.pow(38) + 1..10i128.pow(38)], 0..9,
            ),
            cut in any::<prop::sample::Index>(),
        ) {
            let cut = cut.index(values.len() + 1);
            let of = |values: &[i128]| {
                let mut state = DecimalSums::new(0);
                state.resize(1);
                let array = PrimitiveArray::from_vec(values.to_vec());
                let column = Column::from_primitive(DataType::Decimal(38, 0), array);
                state.update(&[column], Ids::Single, values.len()).unwrap();
                state
            };
            let mut sums = of(&values[..cut]);
            sums.merge(&of(&values[cut..]), &[0], &[0]).unwrap();
            // Ends of nineteen digits each cannot overflow.
            let half = 10i128.pow(19);
            let (high, low) = values.iter().fold((0, 0), |(h, l), v| (h + v.div_euclid(half), l + v.rem_euclid(half)));
            let (high, low) = (high + low.div_euclid(half), low.rem_euclid(half));
            let exact = high.checked_mul(half).and_then(|h| h.checked_add(low));
            let expected = exact.filter(|sum| sum.unsigned_abs() < 10u128.pow(38));
            prop_assert_eq!(sums.sum(0), expected);
            let mean = sums.mean(0, 3);
            match exact {
                Some(sum) => prop_assert_eq!(mean, sum as f64 / 3.0),
                None => {
                    let near = (high as f64 * 1e19 + low as f64) / 3.0;
                    prop_assert!((mean - near).abs() <= near.abs() * 1e-12, "{mean}, about {near}");
                }
            }
        }
    }
}
