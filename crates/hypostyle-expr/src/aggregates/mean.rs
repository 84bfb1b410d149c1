//! `mean(x)`: of the values that are not null, null of nothing; NaN spreads; `mean([1, null, 2]) = [1.5]`.
//! Times give times.

use std::any::Any;

use hypostyle_core::{Column, DataType, Result, Scalar, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::select::broadcast;

use super::decimal_sum::DecimalSums;
use super::exported::{bytes_of, numbers, read_numbers};
use super::totals::{Adding, Totals, count_groups};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;
use crate::functions::params;

/// `mean(x)`
#[derive(Debug)]
pub(crate) struct Mean;

impl Aggregate for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("The arithmetic mean; null of nothing.")
            .sql(&["avg", "mean"])
            .example(&["i64 [1, null, 4]"], "f64 [2.5]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        Traits {
            ignores_nulls: true,
            ignores_order: true,
            of_nulls: OfNulls::Null,
            infallible: true,
            ..Traits::default()
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = args[0].dtype;
        let output = match dtype {
            DataType::Float16 | DataType::Float32 => dtype.clone(),
            DataType::Date => DataType::Datetime(TimeUnit::Microseconds, None),
            DataType::Datetime(..) | DataType::Duration(_) | DataType::Time => dtype.clone(),
            DataType::Null => DataType::Null,
            DataType::Boolean => DataType::Float64,
            d if d.is_numeric() => DataType::Float64,
            other => return Err(not_defined("mean", other)),
        };
        let input = match dtype {
            DataType::Null | DataType::Boolean => DataType::Float64,
            DataType::Date => output.clone(),
            other => other.clone(),
        };
        Ok(Signature { args: vec![input], output })
    }

    fn state(&self, args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        fn means(sums: impl Summing, output: &DataType) -> Box<dyn State> {
            Box::new(Means { sums, counts: Vec::new(), output: output.clone() })
        }
        Ok(match args.first() {
            Some(DataType::Decimal(_, scale)) => means(DecimalSums::new(*scale), output),
            _ => means(Totals::<f64, Adding>::new(&DataType::Float64), output),
        })
    }
}

/// Sums that means are made of.
pub(super) trait Summing: State + 'static {
    /// As [`State::update`], of a column of as many rows. Where some are null, `each` is told the group of every other one.
    fn add_each(&mut self, column: &Column, ids: Ids<'_>, each: impl FnMut(usize)) -> Result<()>;

    /// The sum of a group over a number, in the unit of the column.
    fn mean(&self, group: usize, count: u64) -> f64;
}

/// Sums, and counts.
#[derive(Debug)]
struct Means<S> {
    sums: S,
    counts: Vec<u64>,
    output: DataType,
}

impl<S: Summing> State for Means<S> {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let Self { sums, counts, .. } = self;
        if column.validity().is_some() {
            return sums.add_each(&column, ids, |group| counts[group] += 1);
        }
        match ids {
            Ids::Single => counts[0] += len as u64,
            Ids::Each(ids) => count_groups(counts, ids),
        }
        sums.add_each(&column, ids, |_| ())
    }

    fn update_counted(&mut self, args: &[Column], ids: &[u32], counts: &[u32]) -> Result<()> {
        if args[0].len() != ids.len() || args[0].null_count() > 0 {
            return self.update(args, Ids::Each(ids), ids.len());
        }
        self.sums.add_each(&args[0], Ids::Each(ids), |_| ())?;
        self.counts.iter_mut().zip(counts).for_each(|(count, new)| *count += u64::from(*new));
        Ok(())
    }

    fn counts_rows(&self) -> bool {
        true
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        self.sums.merge(&other.sums, from, to)?;
        for (from, to) in from.iter().zip(to) {
            self.counts[*to as usize] += other.counts[*from as usize];
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, self.counts.len()));
        }
        let counts = self.counts.iter().enumerate();
        let means = counts.map(|(group, count)| (*count > 0).then(|| self.sums.mean(group, *count)));
        cast(&Column::from_options(means), &self.output, CastMode::NonStrict)
    }

    fn size(&self) -> usize {
        self.sums.size() + bytes_of(&self.counts)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let mut columns = vec![numbers(&self.counts)];
        columns.extend(self.sums.export()?);
        Ok(columns)
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        self.counts = read_numbers(columns, 0)?;
        self.sums.import(columns.get(1..).unwrap_or_default(), groups)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, dates, decimals, texts, typed};

    #[test]
    fn means() {
        let a = [Column::from_options([Some(1i64), None, Some(2), None])];
        check(col("a").mean(), &a, "f64 [1.5]");
        check_groups(col("a").mean(), &a, &[0, 1, 0, 0], "f64 [1.5, null]");
        check(col("a").mean(), &[Column::from_vec(vec![1.5f32, 2.0])], "f32 [1.75]");
        check(col("a").mean(), &[Column::from_vec(vec![1.0, f64::NAN])], "f64 [NaN]");
        check(col("a").mean(), &[booleans([Some(true), Some(false)])], "f64 [0.5]");
        let a = [dates([Some("2020-01-01"), Some("2020-01-04")])];
        check(col("a").mean(), &a, "datetime[μs] [2020-01-02 12:00:00.000000]");
        let span = typed(DataType::Duration(TimeUnit::Milliseconds), [Some(1i64), Some(5), None]);
        check(col("a").mean(), &[span], "duration[ms] [3]");
        check(col("a").mean(), &[Column::full_null(DataType::Null, 2)], "null [null]");
        check_error(col("a").mean(), &[texts([None])], "InvalidOperation");
    }

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
