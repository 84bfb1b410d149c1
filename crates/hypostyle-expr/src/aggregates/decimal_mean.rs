//! The state of means of decimals: exact sums in 128 bits, divided once.
//!
//! Numbers that 64 bits hold cannot overflow such a sum, however many they are. The others are added as floats, and
//! keep the mean of numbers near 38 digits as near as floats are.

use std::any::Any;

use hypostyle_core::{Column, PrimitiveArray, Result};
use hypostyle_kernels::arithmetic::power_of_ten;
use hypostyle_kernels::select::broadcast;

use super::decimal_sum::are_narrow;
use super::exported::{bytes_of, numbers, read_numbers};
use super::totals::{Adding, count_groups, fold_all, fold_groups};
use super::{Ids, State, same};

/// Sums and counts.
#[derive(Debug)]
pub(super) struct DecimalMeans {
    sums: Vec<i128>,
    /// Sums of what 64 bits do not hold; empty until there is something.
    wide: Vec<f64>,
    counts: Vec<u64>,
    scale: u8,
}

impl DecimalMeans {
    pub(super) fn new(scale: u8) -> Self {
        Self { sums: Vec::new(), wide: Vec::new(), counts: Vec::new(), scale }
    }

    /// Adds the values of all rows; the caller counts them.
    fn add(&mut self, values: &[i128], ids: Ids<'_>) {
        if !are_narrow(values) {
            values.iter().enumerate().for_each(|(row, value)| self.add_one(*value, ids.get(row)));
            return;
        }
        match ids {
            Ids::Single => self.sums[0] += fold_all::<i128, Adding, i128>(values, |v| v),
            Ids::Each(ids) => fold_groups::<i128, Adding, i128>(&mut self.sums, values, ids, |v| v),
        }
    }

    fn add_one(&mut self, value: i128, id: usize) {
        if i64::try_from(value).is_ok() {
            self.sums[id] += value;
        } else {
            self.wide.resize(self.sums.len(), 0.0);
            self.wide[id] += value as f64;
        }
    }
}

impl State for DecimalMeans {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let array: &PrimitiveArray<i128> = column.expect_primitive()?;
        match (array.validity(), ids) {
            (None, Ids::Single) => self.counts[0] += array.len() as u64,
            (None, Ids::Each(ids)) => count_groups(&mut self.counts, ids),
            (Some(validity), _) => {
                validity.for_each_set(|row| {
                    self.counts[ids.get(row)] += 1;
                    self.add_one(array.values()[row], ids.get(row));
                });
                return Ok(());
            }
        }
        self.add(array.values(), ids);
        Ok(())
    }

    fn update_counted(&mut self, args: &[Column], ids: &[u32], counts: &[u32]) -> Result<()> {
        if args[0].len() != ids.len() || args[0].null_count() > 0 {
            return self.update(args, Ids::Each(ids), ids.len());
        }
        let array: &PrimitiveArray<i128> = args[0].expect_primitive()?;
        self.add(array.values(), Ids::Each(ids));
        self.counts.iter_mut().zip(counts).for_each(|(count, new)| *count += u64::from(*new));
        Ok(())
    }

    fn counts_rows(&self) -> bool {
        true
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            let (from, to) = (*from as usize, *to as usize);
            self.sums[to] += other.sums[from];
            self.counts[to] += other.counts[from];
            if let Some(wide) = other.wide.get(from) {
                self.wide.resize(self.sums.len(), 0.0);
                self.wide[to] += wide;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let factor = power_of_ten(self.scale) as f64;
        let means = self.sums.iter().zip(&self.counts).enumerate().map(|(group, (sum, count))| {
            let wide = self.wide.get(group).copied().unwrap_or_default();
            (*count > 0).then(|| (*sum as f64 + wide) / factor / *count as f64)
        });
        Ok(Column::from_options(means))
    }

    fn size(&self) -> usize {
        bytes_of(&self.sums) + bytes_of(&self.wide) + bytes_of(&self.counts)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let mut wide = self.wide.clone();
        wide.resize(self.sums.len(), 0.0);
        Ok(vec![numbers(&self.sums), numbers(&wide), numbers(&self.counts)])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.sums = read_numbers(columns, 0)?;
        self.wide = read_numbers(columns, 1)?;
        self.counts = read_numbers(columns, 2)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::col;
    use crate::testing::{check, check_groups, decimals};

    #[test]
    fn means_of_decimals() {
        check(col("a").mean(), &[decimals(10, 2, [Some("1.5"), Some("2.25")])], "f64 [1.875]");
        let a = [decimals(38, 0, [Some("1"), None, Some("2"), None])];
        check(col("a").mean(), &a, "f64 [1.5]");
        check_groups(col("a").mean(), &a, &[0, 1, 0, 0], "f64 [1.5, null]");
        // Their sum has 39 digits, more than 128 bits hold.
        let nines = "9".repeat(38);
        let nines = Some(nines.as_str());
        let wide = [decimals(38, 0, [nines, nines, Some("-1"), nines])];
        check(col("a").mean(), &wide, "f64 [7.5e37]");
        check_groups(col("a").mean(), &wide, &[0, 1, 1, 0], "f64 [1e38, 5e37]");
        // Exact where floats would lose the cents.
        let cents = decimals(20, 2, [Some("90071992547409.93"), Some("-90071992547409.91")]);
        check(col("a").mean(), &[cents], "f64 [0.01]");
    }
}
