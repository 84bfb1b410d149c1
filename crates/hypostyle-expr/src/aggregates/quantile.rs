//! `median(x)`, `quantile(x, q, interpolation)`: of the values that are not null, NaN being the largest; null
//! of nothing. Times give times; `quantile([1, 2, 9], 0.5) = [2.0]`.

use std::ops::Range;

use hypostyle_core::{Bitmap, Column, DataType, Error, PrimitiveArray, Result, Scalar, TimeUnit};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::order_statistics::{Band, number, ordered};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, MANY_ROWS, OfNulls, Param, Signature, State, Traits, not_defined};
use crate::docs::Docs;
use crate::functions::{OptionType, params};
use crate::tasks::{Inline, Tasks, map};

/// `median(x)`: interpolated linearly.
pub(crate) const MEDIAN: Quantile = Quantile {
    name: "median",
    docs: Docs::new("The median.").sql(&["median"]).example(&["i64 [1, 2, null, 5, 9]"], "f64 [3.5]"),
};
/// `quantile(x, q, interpolation)`: nearest by rank, unless another interpolation is named.
pub(super) const QUANTILE: Quantile = Quantile {
    name: "quantile",
    docs: Docs::new("The quantile, nearest by rank unless another interpolation is named.")
        .example(&["i64 [1, 2, null, 5, 9]", "0.25", r#""linear""#], "f64 [1.75]"),
};

#[derive(Debug)]
pub(crate) struct Quantile {
    name: &'static str,
    docs: Docs,
}

impl Quantile {
    fn is_median(&self) -> bool {
        self.name == MEDIAN.name
    }
}

impl Aggregate for Quantile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        const QUANTILE: &[Param] = &[
            params::column("x"),
            params::option("quantile", OptionType::Float, params::Default::Required),
            params::choice(
                "interpolation",
                &["nearest", "higher", "lower", "midpoint", "linear", "equiprobable"],
            ),
        ];
        if self.is_median() { params::UNARY } else { QUANTILE }
    }

    fn traits(&self) -> Traits {
        let median = self.is_median();
        Traits {
            ignores_nulls: true,
            ignores_order: true,
            of_nulls: if median { OfNulls::Null } else { OfNulls::Unknown },
            ..Traits::default()
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = args[0].dtype;
        let output = match dtype {
            DataType::Float16 | DataType::Float32 => dtype.clone(),
            DataType::Duration(_) | DataType::Datetime(..) | DataType::Time => dtype.clone(),
            DataType::Date => DataType::Datetime(TimeUnit::Microseconds, None),
            // Polars takes these for a median alone.
            DataType::Null if self.is_median() => DataType::Null,
            DataType::Boolean if self.is_median() => DataType::Float64,
            d if d.is_numeric() => DataType::Float64,
            other => {
                return Err(not_defined(self.name, other));
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
        let (q, interpolation) = if self.is_median() {
            (0.5, "linear")
        } else {
            (
                constant(1).and_then(Scalar::as_f64).unwrap_or(f64::NAN),
                constant(2).and_then(Scalar::as_str).unwrap_or("nearest"),
            )
        };
        let quantiles = Quantiles { output: output.clone(), ..Quantiles::new(q, interpolation)? };
        Ok(Box::new(Collected::new(vec![args[0].clone()], quantiles)))
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

impl Interpolation {
    fn of(name: &str) -> Result<Self> {
        Ok(match name {
            "nearest" => Self::Nearest,
            "lower" => Self::Lower,
            "higher" => Self::Higher,
            "midpoint" => Self::Midpoint,
            "linear" => Self::Linear,
            "equiprobable" => Self::Equiprobable,
            other => return Err(Error::invalid_operation(format!("unknown interpolation {other:?}"))),
        })
    }
}

#[derive(Debug)]
pub(crate) struct Quantiles {
    q: f64,
    interpolation: Interpolation,
    output: DataType,
}

impl Finish for Quantiles {
    fn finish(&self, columns: &[Column], offsets: &[u32], tasks: &dyn Tasks) -> Result<Column> {
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, offsets.len().saturating_sub(1)));
        }
        let bounds = || offsets.windows(2).map(|bounds| (bounds[0] as usize, bounds[1] as usize));
        if bounds().any(|(start, end)| end - start >= MANY_ROWS) {
            let pieces = |(start, end): (usize, usize)| {
                let starts = (start..end).step_by(MANY_ROWS);
                starts.map(|start| columns[0].slice(start, MANY_ROWS.min(end - start))).collect()
            };
            return self.of_pieces(&bounds().map(pieces).collect::<Vec<Vec<Column>>>(), tasks);
        }
        let column = cast(&columns[0], &DataType::Float64, CastMode::NonStrict)?;
        let array = column.expect_primitive::<f64>()?;
        let mut values: Vec<i64> = Vec::new();
        let results = bounds().map(|(start, end)| {
            values.clear();
            append(array, start..end, &mut values);
            self.of_few(&mut values)
        });
        cast(&Column::from_options(results), &self.output, CastMode::NonStrict)
    }

    fn finish_pieces(&self, groups: &[Vec<Column>], tasks: &dyn Tasks) -> Option<Result<Column>> {
        (self.output != DataType::Null).then(|| self.of_pieces(groups, tasks))
    }
}

/// The values of some rows that are not null, as integers that compare as they do.
fn append(array: &PrimitiveArray<f64>, rows: Range<usize>, values: &mut Vec<i64>) {
    match array.validity() {
        None => values.extend(array.values()[rows].iter().map(|v| ordered(*v))),
        Some(_) => values.extend(rows.filter_map(|i| array.get(i).map(ordered))),
    }
}

impl Quantiles {
    /// The quantile at a probability from 0 to 1, by the name of an interpolation.
    pub(crate) fn new(q: f64, interpolation: &str) -> Result<Self> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::compute(format!("a quantile is between 0 and 1, not {q}")));
        }
        Ok(Self { q, interpolation: Interpolation::of(interpolation)?, output: DataType::Float64 })
    }

    /// The quantile of [`ordered`] values in ascending order.
    pub(crate) fn of_sorted(&self, sorted: &[i64]) -> Option<f64> {
        let last = sorted.len().checked_sub(1)?;
        let (place, with_next) = self.place(last);
        let value = number(sorted[place]);
        Some(if with_next { self.between(last, value, number(sorted[place + 1])) } else { value })
    }

    fn of_pieces(&self, groups: &[Vec<Column>], tasks: &dyn Tasks) -> Result<Column> {
        let results = map(tasks, groups.len(), |group| {
            let pieces = &groups[group];
            let rows: usize = pieces.iter().map(Column::len).sum();
            let tasks = if rows < MANY_ROWS { &Inline } else { tasks };
            let pieces =
                map(tasks, pieces.len(), |i| cast(&pieces[i], &DataType::Float64, CastMode::NonStrict))?;
            let pieces = pieces.iter().map(|column| column.expect_primitive()).collect::<Result<Vec<_>>>()?;
            if rows >= MANY_ROWS {
                return self.of_many(&pieces, tasks);
            }
            let mut values = Vec::with_capacity(rows);
            pieces.iter().for_each(|piece| append(piece, 0..piece.len(), &mut values));
            Ok(self.of_few(&mut values))
        })?;
        cast(&Column::from_options(results), &self.output, CastMode::NonStrict)
    }

    /// The place of the quantile in the ascending order of values of which the last has place `last`, and whether the
    /// value after it counts as well.
    fn place(&self, last: usize) -> (usize, bool) {
        let position = self.q * last as f64;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        let (place, with_next) = match self.interpolation {
            Interpolation::Nearest => (position.round() as usize, false),
            Interpolation::Lower => (low, false),
            Interpolation::Higher => (high, false),
            Interpolation::Equiprobable => {
                (((self.q * (last + 1) as f64).ceil() as usize).saturating_sub(1), false)
            }
            Interpolation::Midpoint | Interpolation::Linear => (low, low != high),
        };
        (place.min(last), with_next)
    }

    /// The quantile between a value and the next.
    fn between(&self, last: usize, a: f64, b: f64) -> f64 {
        let position = self.q * last as f64;
        match self.interpolation {
            Interpolation::Midpoint => (a + b) / 2.0,
            // Infinities of one sign have no difference.
            _ if a == b => a,
            _ => a + (b - a) * (position - position.floor()),
        }
    }

    fn of_few(&self, values: &mut [i64]) -> Option<f64> {
        let last = values.len().checked_sub(1)?;
        let (place, with_next) = self.place(last);
        let (_, value, above) = values.select_nth_unstable(place);
        let value = *value;
        if !with_next {
            return Some(number(value));
        }
        // The next one is the smallest of those that selection left above.
        let next = above.iter().copied().min().unwrap_or(value);
        Some(self.between(last, number(value), number(next)))
    }

    /// As [`Self::of_few`]: a sample says between which values the place lies, and one pass finds those.
    fn of_many(&self, pieces: &[&PrimitiveArray<f64>], tasks: &dyn Tasks) -> Result<Option<f64>> {
        let counts = pieces.iter().map(|piece| piece.len() - piece.validity().map_or(0, Bitmap::count_unset));
        let Some(last) = counts.sum::<usize>().checked_sub(1) else { return Ok(None) };
        let (place, with_next) = self.place(last);
        let (low, high) = ends(&sample(pieces), place as f64 / (last + 1) as f64);
        let mut band = Band::default();
        for found in map(tasks, pieces.len(), |i| Ok(Band::of(pieces[i], low, high)))? {
            band.merge(found);
        }
        let next = if with_next { place + 1 } else { place };
        if let (Some(value), Some(next)) = (band.nth(place, low, high), band.nth(next, low, high)) {
            let value = number(value);
            return Ok(Some(if with_next { self.between(last, value, number(next)) } else { value }));
        }
        // The sample was of another mind.
        let mut values = Vec::with_capacity(last + 1);
        pieces.iter().for_each(|piece| append(piece, 0..piece.len(), &mut values));
        Ok(self.of_few(&mut values))
    }
}

/// Values of a sample.
const SAMPLE: usize = 4_096;
/// So far from the place in the sample the ends of the band are: four standard deviations of a share of one half.
const MARGIN: usize = 128;

/// Some of the values, sorted. Rows are taken at uneven distances, lest they fall in step with the data.
fn sample(pieces: &[&PrimitiveArray<f64>]) -> Vec<i64> {
    let rows: usize = pieces.iter().map(|piece| piece.len()).sum();
    let stride = (rows / SAMPLE).max(1);
    let mut values = Vec::with_capacity(SAMPLE);
    let (mut piece, mut first) = (0, 0);
    for i in 0..(rows / stride) as u64 {
        let offset = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let row = i as usize * stride + ((offset * stride as u64) >> 32) as usize;
        while row >= first + pieces[piece].len() {
            first += pieces[piece].len();
            piece += 1;
        }
        values.extend(pieces[piece].get(row - first).map(ordered));
    }
    values.sort_unstable();
    values
}

/// Two values that the one at a share of the way probably lies between.
fn ends(sample: &[i64], share: f64) -> (i64, i64) {
    let place = (share * sample.len() as f64) as usize;
    let low = place.checked_sub(MARGIN).and_then(|place| sample.get(place));
    (low.copied().unwrap_or(i64::MIN), sample.get(place + MARGIN).copied().unwrap_or(i64::MAX))
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
