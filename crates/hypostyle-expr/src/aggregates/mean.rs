//! `mean(x)`: of the values that are not null, null of nothing; NaN spreads; `mean([1, null, 2]) = [1.5]`.
//! Times give times.

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, Native, Result, Scalar, TimeUnit, with_primitive};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::select::broadcast;

use super::decimal_mean::DecimalMeans;
use super::exported::{bytes_of, numbers, read_numbers};
use super::totals::{Adding, count_groups, fold_all, fold_groups};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::functions::params;

/// `mean(x)`
#[derive(Debug)]
pub(crate) struct Mean;

impl Aggregate for Mean {
    fn name(&self) -> &'static str {
        "mean"
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
        if let Some(DataType::Decimal(_, scale)) = args.first() {
            return Ok(Box::new(DecimalMeans::new(*scale)));
        }
        Ok(Box::new(Means { sums: Vec::new(), counts: Vec::new(), output: output.clone() }))
    }
}

/// Sums as `f64`, and counts.
#[derive(Debug)]
struct Means {
    sums: Vec<f64>,
    counts: Vec<u64>,
    output: DataType,
}

impl State for Means {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0.0);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        with_primitive!(column.array(), |a: A| match (a.validity(), ids) {
            (None, Ids::Single) => {
                self.sums[0] += fold_all::<f64, Adding, A>(a.values(), Native::to_f64);
                self.counts[0] += a.len() as u64;
            }
            (None, Ids::Each(ids)) => {
                fold_groups::<f64, Adding, A>(&mut self.sums, a.values(), ids, Native::to_f64);
                count_groups(&mut self.counts, ids);
            }
            (Some(validity), _) => validity.for_each_set(|i| {
                let id = ids.get(i);
                self.sums[id] += a.values()[i].to_f64();
                self.counts[id] += 1;
            }),
        }, else |_array| return Err(Error::internal("a mean of no number")));
        Ok(())
    }

    fn update_counted(&mut self, args: &[Column], ids: &[u32], counts: &[u32]) -> Result<()> {
        if args[0].len() != ids.len() || args[0].null_count() > 0 {
            return self.update(args, Ids::Each(ids), ids.len());
        }
        with_primitive!(args[0].array(), |a: A| {
            fold_groups::<f64, Adding, A>(&mut self.sums, a.values(), ids, Native::to_f64);
        }, else |_array| return Err(Error::internal("a mean of no number")));
        self.counts.iter_mut().zip(counts).for_each(|(count, new)| *count += u64::from(*new));
        Ok(())
    }

    fn counts_rows(&self) -> bool {
        true
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.sums[*to as usize] += other.sums[*from as usize];
            self.counts[*to as usize] += other.counts[*from as usize];
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, self.sums.len()));
        }
        let means = self.sums.iter().zip(&self.counts).map(|(s, c)| (*c > 0).then(|| s / *c as f64));
        let column = Column::from_options(means);
        cast(&column, &self.output, CastMode::NonStrict)
    }

    fn size(&self) -> usize {
        bytes_of(&self.sums) + bytes_of(&self.counts)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(vec![numbers(&self.sums), numbers(&self.counts)])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.sums = read_numbers(columns, 0)?;
        self.counts = read_numbers(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, dates, texts, typed};

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
}
