//! `median(x)`, `quantile(x, q, interpolation)`: of the values that are not null, NaN being the largest; null
//! of nothing. Times give times; `quantile([1, 2, 9], 0.5) = [2.0]`.

use hypostyle_core::{Column, DataType, Error, Result, Scalar, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, Signature, State, need};

/// `median(x)`: interpolated linearly.
pub(super) const MEDIAN: Quantile = Quantile { name: "median" };
/// `quantile(x, q, interpolation)`: nearest by rank, unless another interpolation is named.
pub(super) const QUANTILE: Quantile = Quantile { name: "quantile" };

#[derive(Debug)]
pub(super) struct Quantile {
    name: &'static str,
}

impl Aggregate for Quantile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if self.name == "median" {
            need("median", args, 1)?;
        }
        let dtype = args[0].dtype;
        let output = match dtype {
            DataType::Float32 => DataType::Float32,
            DataType::Duration(_) | DataType::Datetime(..) | DataType::Time => dtype.clone(),
            DataType::Date => DataType::Datetime(TimeUnit::Microseconds, None),
            // Polars takes these for a median alone.
            DataType::Null if self.name == "median" => DataType::Null,
            DataType::Boolean if self.name == "median" => DataType::Float64,
            d if d.is_numeric() => DataType::Float64,
            other => {
                return Err(Error::invalid_operation(format!("`{}` is not defined for {other}", self.name)));
            }
        };
        let mut types = vec![match dtype {
            d if d.is_temporal() => output.clone(),
            _ => DataType::Float64,
        }];
        types.extend(args.get(1).map(|_| DataType::Float64));
        types.extend(args.get(2).map(|_| DataType::String));
        Ok(Signature { args: types, output })
    }

    fn state(
        &self,
        args: &[DataType],
        output: &DataType,
        constants: &[Option<Scalar>],
    ) -> Result<Box<dyn State>> {
        let constant = |i: usize| constants.get(i).and_then(Option::as_ref);
        let (q, interpolation) = if self.name == "median" {
            (0.5, "linear")
        } else {
            (
                constant(1).and_then(Scalar::as_f64).unwrap_or(f64::NAN),
                constant(2).and_then(Scalar::as_str).unwrap_or("nearest"),
            )
        };
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::compute(format!("a quantile is between 0 and 1, not {q}")));
        }
        let interpolation = match interpolation {
            "nearest" => Interpolation::Nearest,
            "lower" => Interpolation::Lower,
            "higher" => Interpolation::Higher,
            "midpoint" => Interpolation::Midpoint,
            "linear" => Interpolation::Linear,
            "equiprobable" => Interpolation::Equiprobable,
            other => return Err(Error::invalid_operation(format!("unknown interpolation {other:?}"))),
        };
        Ok(Box::new(Collected::new(
            vec![args[0].clone()],
            Quantiles { q, interpolation, output: output.clone() },
        )))
    }
}

#[derive(Clone, Copy, Debug)]
enum Interpolation {
    Nearest,
    Lower,
    Higher,
    Midpoint,
    Linear,
    Equiprobable,
}

#[derive(Debug)]
struct Quantiles {
    q: f64,
    interpolation: Interpolation,
    output: DataType,
}

impl Finish for Quantiles {
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column> {
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, offsets.len().saturating_sub(1)));
        }
        let column = cast(&columns[0], &DataType::Float64, CastMode::NonStrict)?;
        let array = column.expect_primitive::<f64>()?;
        let mut values: Vec<i64> = Vec::new();
        let results = offsets.windows(2).map(|bounds| {
            values.clear();
            let (start, end) = (bounds[0] as usize, bounds[1] as usize);
            match &array.validity {
                None => values.extend(array.values[start..end].iter().map(|v| ordered(*v))),
                Some(_) => values.extend((start..end).filter_map(|i| array.get(i).map(ordered))),
            }
            self.of(&mut values)
        });
        cast(&Column::from_options(results), &self.output, CastMode::NonStrict)
    }
}

/// An integer that compares as the number does, NaN being the largest; selection among integers has no branches.
#[inline(always)]
fn ordered(value: f64) -> i64 {
    let value = if value.is_nan() { f64::NAN } else { value };
    let bits = value.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

fn number(ordered: i64) -> f64 {
    f64::from_bits((ordered ^ ((ordered >> 63) as u64 >> 1) as i64) as u64)
}

impl Quantiles {
    fn of(&self, values: &mut [i64]) -> Option<f64> {
        let last = values.len().checked_sub(1)?;
        let position = self.q * last as f64;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        let mut at = |i: usize| number(*values.select_nth_unstable(i.min(last)).1);
        Some(match self.interpolation {
            Interpolation::Nearest => at(position.round() as usize),
            Interpolation::Lower => at(low),
            Interpolation::Higher => at(high),
            Interpolation::Equiprobable => {
                at(((self.q * (last + 1) as f64).ceil() as usize).saturating_sub(1))
            }
            Interpolation::Midpoint | Interpolation::Linear if low == high => at(low),
            Interpolation::Midpoint | Interpolation::Linear => {
                let (_, low_value, above) = values.select_nth_unstable(low.min(last));
                let low_value = *low_value;
                // The next one is the smallest of those that selection left above.
                let next = above.iter().copied().min().unwrap_or(low_value);
                let (a, b) = (number(low_value), number(next));
                match self.interpolation {
                    Interpolation::Midpoint => (a + b) / 2.0,
                    // Infinities of one sign have no difference.
                    _ if a == b => a,
                    _ => a + (b - a) * (position - low as f64),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, dates, decimals, texts, typed};

    #[test]
    fn medians() {
        let a = [Column::from_options([Some(4i64), None, Some(1), Some(2), Some(9)])];
        check(col("a").median(), &a, "f64 [3.0]");
        check_groups(col("a").median(), &a, &[0, 1, 0, 0, 2], "f64 [2.0, null, 9.0]");
        check(col("a").median(), &[Column::from_vec(vec![1.5f32, f32::NAN, 1.0])], "f32 [1.5]");
        check(col("a").median(), &[booleans([Some(true), Some(false)])], "f64 [0.5]");
        check(col("a").median(), &[decimals(10, 2, [Some("1.5"), Some("2.25")])], "f64 [1.875]");
        let a = [dates([Some("2020-01-01"), Some("2020-01-04")])];
        check(col("a").median(), &a, "datetime[μs] [2020-01-02 12:00:00.000000]");
        let span = typed(DataType::Duration(TimeUnit::Milliseconds), [Some(1i64), Some(5), None]);
        check(col("a").median(), &[span], "duration[ms] [3]");
        check_error(col("a").median(), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn interpolations() {
        let a = [Column::from_vec(vec![1i64, 2, 3, 4])];
        for (name, expected) in [
            ("nearest", "2.0"),
            ("lower", "1.0"),
            ("higher", "2.0"),
            ("midpoint", "1.5"),
            ("linear", "1.75"),
            ("equiprobable", "1.0"),
        ] {
            check(col("a").quantile(0.25, name), &a, &format!("f64 [{expected}]"));
        }
        check(col("a").quantile(1.0, "linear"), &a, "f64 [4.0]");
        check_error(col("a").quantile(0.5, "best"), &a, "InvalidOperation");
        check_error(col("a").quantile(1.5, "nearest"), &a, "Compute");
    }
}
