//! The state of skewness and kurtosis: count, mean and centred sums up to the fourth power of every group, updated
//! value by value and merged pairwise: Pébay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and
//! Arbitrary-Order Statistical Moments" (Sandia report SAND2008-6212, 2008).

use std::any::Any;

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, parts, read_parts};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;

/// An aggregate of one column that is read off [`Powers`].
#[derive(Debug)]
pub(crate) struct HigherMoment {
    pub(super) name: &'static str,
    pub(super) docs: Docs,
    /// Its parameters: a column and flags.
    pub(super) params: &'static [Param],
    /// The value of a group that has values, from the flags in order of the parameters.
    pub(crate) value: fn(&Powers, &[bool]) -> Option<f64>,
}

impl Aggregate for HigherMoment {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        self.params
    }

    fn traits(&self) -> Traits {
        Traits { ignores_nulls: true, ignores_order: true, of_nulls: OfNulls::Null, ..Traits::default() }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = args[0].dtype;
        if !dtype.is_numeric() && !matches!(dtype, DataType::Boolean | DataType::Null | DataType::Duration(_))
        {
            return Err(not_defined(self.name, dtype));
        }
        Ok(Signature::keep(args, DataType::Float64).with(0, DataType::Float64))
    }

    fn state(&self, _: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let flags = constants.iter().skip(1).map(|c| c.as_ref().and_then(Scalar::as_bool).unwrap_or(true));
        Ok(Box::new(HigherMoments { groups: Vec::new(), value: self.value, flags: flags.collect() }))
    }
}

/// Count, mean and centred sums of one group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Powers {
    pub(super) count: f64,
    mean: f64,
    pub(super) second: f64,
    pub(super) third: f64,
    pub(super) fourth: f64,
}

impl Powers {
    #[inline]
    pub(crate) fn add(&mut self, value: f64) {
        let before = self.count;
        self.count += 1.0;
        let count = self.count;
        let delta = value - self.mean;
        let step = delta / count;
        let square = step * step;
        let term = delta * step * before;
        self.mean += step;
        self.fourth += term * square * (count * count - 3.0 * count + 3.0) + 6.0 * square * self.second
            - 4.0 * step * self.third;
        self.third += term * step * (count - 2.0) - 3.0 * step * self.second;
        self.second += term;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let (a, b) = (self.count, other.count);
        let count = a + b;
        let delta = other.mean - self.mean;
        let (delta2, delta3, delta4) = (delta * delta, delta * delta * delta, delta * delta * delta * delta);
        let second = self.second + other.second + delta2 * a * b / count;
        let third = self.third
            + other.third
            + delta3 * a * b * (a - b) / (count * count)
            + 3.0 * delta * (a * other.second - b * self.second) / count;
        let fourth = self.fourth
            + other.fourth
            + delta4 * a * b * (a * a - a * b + b * b) / (count * count * count)
            + 6.0 * delta2 * (a * a * other.second + b * b * self.second) / (count * count)
            + 4.0 * delta * (a * other.third - b * self.third) / count;
        *self = Self { count, mean: self.mean + delta * b / count, second, third, fourth };
    }
}

#[derive(Debug)]
struct HigherMoments {
    groups: Vec<Powers>,
    value: fn(&Powers, &[bool]) -> Option<f64>,
    flags: Vec<bool>,
}

impl State for HigherMoments {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Powers::default());
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let values = column.expect_primitive::<f64>()?;
        match values.validity() {
            None => values.values().iter().enumerate().for_each(|(i, v)| self.groups[ids.get(i)].add(*v)),
            Some(valid) => valid.for_each_set(|i| self.groups[ids.get(i)].add(values.values()[i])),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.groups[*to as usize].merge(&other.groups[*from as usize]);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let values = self.groups.iter().map(|group| match group.count {
            0.0 => None,
            _ => (self.value)(group, &self.flags),
        });
        Ok(Column::from_options(values))
    }

    fn size(&self) -> usize {
        bytes_of(&self.groups)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(parts(self.groups.iter().map(|g| [g.count, g.mean, g.second, g.third, g.fourth])))
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        let group =
            |[count, mean, second, third, fourth]: [f64; 5]| Powers { count, mean, second, third, fourth };
        self.groups = read_parts(columns, groups)?.into_iter().map(group).collect();
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
