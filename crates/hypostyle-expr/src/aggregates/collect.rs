//! Aggregates that need all values of a group at once: lists, medians, quantiles, distinct counts, largest values.

use std::any::Any;
use std::fmt::Debug;
use std::sync::OnceLock;

use hypostyle_core::{Array, Column, DataType, Error, ListArray, Native, Result, Scalar, with_primitive};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::{Aggregate, Arg, Ids, Signature, State, need, same};
use crate::grouped::{GroupOrder, group_order};

pub(super) static AGGREGATES: &[&dyn Aggregate] = &[
    &Implode,
    &Quantile { name: "median" },
    &Quantile { name: "quantile" },
    &NUnique,
    &TopK { name: "top_k", largest: true },
    &TopK { name: "bottom_k", largest: false },
];

/// What becomes of the collected values of all groups.
pub trait Finish: Debug + Send + Sync + 'static {
    /// `columns` hold the values, group by group as `order` says (rows are in place already).
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column>;

    /// Whether equal values of a group can be dropped on the way.
    fn distinct(&self) -> bool {
        false
    }
}

/// All values of every group, in order of the rows.
#[derive(Debug)]
pub struct Collected<F> {
    types: Vec<DataType>,
    parts: Vec<Part>,
    groups: usize,
    finish: F,
}

/// Values that came in together, each with its group.
#[derive(Debug)]
struct Part {
    columns: Vec<Column>,
    groups: Vec<u32>,
    /// Rows by group, from the first merge on: merges take the groups of one partition at a time, and must not look
    /// at all rows for each.
    order: OnceLock<GroupOrder>,
}

impl Part {
    fn new(columns: Vec<Column>, groups: Vec<u32>) -> Self {
        Self { columns, groups, order: OnceLock::new() }
    }
}

impl<F: Finish> Collected<F> {
    /// Nothing yet, of arguments of these types.
    pub fn new(types: Vec<DataType>, finish: F) -> Self {
        Self { types, parts: Vec::new(), groups: 0, finish }
    }
}

impl<F: Finish> State for Collected<F> {
    fn resize(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let mut columns = args
            .iter()
            .take(self.types.len())
            .map(|a| hypostyle_kernels::select::broadcast(a, len))
            .collect::<Result<Vec<_>>>()?;
        let mut groups = match ids {
            Ids::Single => vec![0; len],
            Ids::Each(ids) => ids.to_vec(),
        };
        // Where groups have few rows, looking for equal ones costs more than keeping them.
        if self.finish.distinct() && len > FEW_ROWS * self.groups {
            let mut keys = vec![Column::from_vec(groups.clone())];
            keys.extend(columns.iter().cloned());
            let first = group_rows(&keys, len)?.first;
            columns = columns.iter().map(|c| gather(c, &first)).collect::<Result<_>>()?;
            groups = first.iter().map(|row| groups[*row as usize]).collect();
        }
        self.parts.push(Part::new(columns, groups));
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for part in &other.parts {
            let order = part.order.get_or_init(|| group_order(&part.groups, other.groups));
            let (mut rows, mut ids) = (Vec::new(), Vec::new());
            for (from, to) in from.iter().zip(to) {
                let from = *from as usize;
                let of_group = &order.rows[order.offsets[from] as usize..order.offsets[from + 1] as usize];
                rows.extend_from_slice(of_group);
                ids.resize(rows.len(), *to);
            }
            let columns = part.columns.iter().map(|c| gather(c, &rows)).collect::<Result<_>>()?;
            self.parts.push(Part::new(columns, ids));
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let parts = std::mem::take(&mut self.parts);
        let ids: Vec<u32> = parts.iter().flat_map(|part| part.groups.iter().copied()).collect();
        let GroupOrder { rows, offsets } = group_order(&ids, self.groups);
        let columns = self
            .types
            .iter()
            .enumerate()
            .map(|(i, dtype)| {
                let chunks: Vec<Column> = parts.iter().map(|part| part.columns[i].clone()).collect();
                if chunks.is_empty() {
                    return Ok(Column::empty(dtype.clone()));
                }
                gather(&concat(&chunks)?, &rows)
            })
            .collect::<Result<Vec<_>>>()?;
        self.finish.finish(&columns, &offsets)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The values of the group as a list.
#[derive(Debug)]
struct Implode;

impl Aggregate for Implode {
    fn name(&self) -> &'static str {
        "implode"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("implode", args, 1)?;
        Ok(Signature::keep(args, DataType::list(args[0].dtype.clone())))
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Collected::new(args.to_vec(), AsLists)))
    }
}

#[derive(Debug)]
struct AsLists;

impl Finish for AsLists {
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column> {
        let dtype = DataType::list(columns[0].dtype().clone());
        let offsets: Vec<i64> = offsets.iter().map(|o| i64::from(*o)).collect();
        let array = ListArray::try_new(offsets.into(), columns[0].clone(), None)?;
        Column::try_new(dtype, Array::List(array))
    }
}

/// `median(x)`, `quantile(x, q, interpolation)`
#[derive(Debug)]
struct Quantile {
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
            DataType::Date => DataType::Datetime(hypostyle_core::TimeUnit::Microseconds, None),
            DataType::Boolean | DataType::Null => DataType::Float64,
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
        let column = cast(&columns[0], &DataType::Float64, CastMode::NonStrict)?;
        let array = column.expect_primitive::<f64>()?;
        let mut values: Vec<f64> = Vec::new();
        let results = offsets.windows(2).map(|bounds| {
            values.clear();
            let (start, end) = (bounds[0] as usize, bounds[1] as usize);
            match &array.validity {
                None => values.extend_from_slice(&array.values[start..end]),
                Some(_) => values.extend((start..end).filter_map(|i| array.get(i))),
            }
            self.of(&mut values)
        });
        cast(&Column::from_options(results), &self.output, CastMode::NonStrict)
    }
}

impl Quantiles {
    fn of(&self, values: &mut [f64]) -> Option<f64> {
        let last = values.len().checked_sub(1)?;
        let position = self.q * last as f64;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        let mut at = |i: usize| *values.select_nth_unstable_by(i.min(last), Native::total_cmp).1;
        Some(match self.interpolation {
            Interpolation::Nearest => at(position.round() as usize),
            Interpolation::Lower => at(low),
            Interpolation::Higher => at(high),
            Interpolation::Equiprobable => {
                at(((self.q * (last + 1) as f64).ceil() as usize).saturating_sub(1))
            }
            Interpolation::Midpoint => (at(low) + at(high)) / 2.0,
            Interpolation::Linear if low == high => at(low),
            Interpolation::Linear => {
                let (a, b) = (at(low), at(high));
                a + (b - a) * (position - low as f64)
            }
        })
    }
}

/// Number of distinct values; null is one.
#[derive(Debug)]
struct NUnique;

impl Aggregate for NUnique {
    fn name(&self) -> &'static str {
        "n_unique"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("n_unique", args, 1)?;
        Ok(Signature::keep(args, DataType::UInt32))
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Collected::new(args.to_vec(), CountDistinct)))
    }
}

#[derive(Debug)]
struct CountDistinct;

/// Rows of a group that are compared each with each.
const FEW_ROWS: usize = 16;

/// Distinct values of every group by comparing each with each: for numbers without nulls in small groups.
fn count_in_small_groups(column: &Column, offsets: &[u32]) -> Option<Vec<u32>> {
    let small = offsets.windows(2).all(|bounds| (bounds[1] - bounds[0]) as usize <= FEW_ROWS);
    if !small || column.null_count() > 0 {
        return None;
    }
    with_primitive!(column.array(), |a: T| {
        let distinct = |bounds: &[u32]| {
            let values = &a.values[bounds[0] as usize..bounds[1] as usize];
            let first = |i: &usize| values[..*i].iter().all(|v| !v.total_eq(&values[*i]));
            (0..values.len()).filter(first).count() as u32
        };
        Some(offsets.windows(2).map(distinct).collect())
    }, else |_other| None)
}

impl Finish for CountDistinct {
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column> {
        if let Some(counts) = count_in_small_groups(&columns[0], offsets) {
            return Ok(Column::from_vec(counts));
        }
        let groups = offsets.len().saturating_sub(1);
        let mut ids = Vec::with_capacity(columns[0].len());
        for (group, bounds) in offsets.windows(2).enumerate() {
            ids.extend(std::iter::repeat_n(group as u32, (bounds[1] - bounds[0]) as usize));
        }
        let mut counts = vec![0u32; groups];
        let len = ids.len();
        let distinct = group_rows(&[Column::from_vec(ids.clone()), columns[0].clone()], len)?;
        distinct.first.iter().for_each(|row| counts[ids[*row as usize] as usize] += 1);
        Ok(Column::from_vec(counts))
    }

    fn distinct(&self) -> bool {
        true
    }
}

/// `top_k(x, k)`: the k largest values as a list, largest first.
#[derive(Debug)]
struct TopK {
    name: &'static str,
    largest: bool,
}

impl Aggregate for TopK {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need(self.name, args, 2)?;
        let dtype = args[0].dtype.clone();
        Ok(Signature { args: vec![dtype.clone(), DataType::Int64], output: DataType::list(dtype) })
    }

    fn state(&self, args: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let k =
            constants.get(1).and_then(|c| c.as_ref()?.as_i128()).filter(|k| *k >= 0).ok_or_else(|| {
                Error::invalid_operation(format!(
                    "the k of `{}` is a literal that is not negative",
                    self.name
                ))
            })?;
        let finish = Largest { k: k as usize, largest: self.largest };
        Ok(Box::new(Collected::new(vec![args[0].clone()], finish)))
    }
}

#[derive(Debug)]
struct Largest {
    k: usize,
    largest: bool,
}

impl Finish for Largest {
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column> {
        let column = &columns[0];
        let mut rows: Vec<u32> = Vec::new();
        let mut ends = vec![0i64];
        let order = SortOrder { descending: self.largest, nulls_last: true };
        for bounds in offsets.windows(2) {
            let (start, end) = (bounds[0] as usize, bounds[1] as usize);
            let slice = column.slice(start, end - start);
            let sorted = sort_indices(&[(slice, order)], end - start);
            rows.extend(sorted.iter().take(self.k).map(|row| row + bounds[0]));
            ends.push(rows.len() as i64);
        }
        let values = gather(column, &rows)?;
        let dtype = DataType::list(values.dtype().clone());
        Column::try_new(dtype, Array::List(ListArray::try_new(ends.into(), values, None)?))
    }
}
