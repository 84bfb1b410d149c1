//! The state of variances and covariances: counts, means and centred sums of every group, updated value by
//! value and merged pairwise: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
//! Computing Sample Variances" (1979).

use std::any::Any;

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, parts, read_parts};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;
use crate::functions::params;

/// The parameters of an aggregate of one column, with the degrees of freedom to subtract from the count.
pub(super) const WITH_DDOF: &[Param] = &[params::column("x"), params::integer("ddof", 1)];
/// The same of two columns.
pub(super) const PAIR_WITH_DDOF: &[Param] =
    &[params::column("x"), params::column("y"), params::integer("ddof", 1)];
/// The parameters of an aggregate of two columns.
pub(super) const PAIR: &[Param] = &[params::column("x"), params::column("y")];

/// An aggregate of one or two columns that is read off [`Centred`].
#[derive(Debug)]
pub(crate) struct Moment {
    pub(super) name: &'static str,
    pub(super) docs: Docs,
    /// Its parameters: columns, perhaps `ddof`.
    pub(super) params: &'static [Param],
    /// How many columns it reads.
    pub(super) inputs: usize,
    /// The value of a group, with `ddof`.
    pub(super) value: fn(&Centred, f64) -> Option<f64>,
}

impl Aggregate for Moment {
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
        match self.inputs {
            1 => Traits {
                ignores_nulls: true,
                ignores_order: true,
                of_nulls: OfNulls::Null,
                ..Traits::default()
            },
            _ => Traits { ignores_order: true, ..Traits::default() },
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let columns = &args[..self.inputs];
        let no_number =
            |a: &&Arg<'_>| !a.dtype.is_numeric() && !matches!(a.dtype, DataType::Boolean | DataType::Null);
        if let Some(other) = columns.iter().find(no_number) {
            return Err(not_defined(self.name, other.dtype));
        }
        // One column in half or single precision is enough, unless another is in double.
        let has = |dtype: DataType| columns.iter().any(|a| *a.dtype == dtype);
        let output = match self.inputs {
            1 if has(DataType::Null) => DataType::Null,
            _ if has(DataType::Float32) && !has(DataType::Float64) => DataType::Float32,
            _ if has(DataType::Float16) && !has(DataType::Float64) => DataType::Float16,
            _ => DataType::Float64,
        };
        let mut types = vec![DataType::Float64; self.inputs];
        types.extend(args.get(self.inputs).map(|_| DataType::Int64));
        Ok(Signature { args: types, output })
    }

    fn state(
        &self,
        _: &[DataType],
        output: &DataType,
        constants: &[Option<Scalar>],
    ) -> Result<Box<dyn State>> {
        let ddof = constants.get(self.inputs).and_then(|c| c.as_ref()?.as_i128()).unwrap_or(1);
        Ok(Box::new(Moments {
            groups: Vec::new(),
            inputs: self.inputs,
            value: self.value,
            ddof: ddof as f64,
            output: output.clone(),
        }))
    }
}

/// Count, means and centred sums of one group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Centred {
    pub(super) count: f64,
    mean_x: f64,
    mean_y: f64,
    pub(super) xx: f64,
    pub(super) yy: f64,
    pub(super) xy: f64,
}

impl Centred {
    /// A centred sum over the degrees of freedom that are left, if there are any.
    pub(super) fn divided(&self, sum: f64, ddof: f64) -> Option<f64> {
        (self.count > ddof).then(|| sum / (self.count - ddof))
    }

    #[inline]
    fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let (dx, dy) = (x - self.mean_x, y - self.mean_y);
        self.mean_x += dx / self.count;
        self.mean_y += dy / self.count;
        self.xx += dx * (x - self.mean_x);
        self.yy += dy * (y - self.mean_y);
        self.xy += dx * (y - self.mean_y);
    }

    /// As [`Self::add`] of a value beside itself, in half the work.
    #[inline]
    fn add_one(&mut self, x: f64) {
        self.count += 1.0;
        let dx = x - self.mean_x;
        self.mean_x += dx / self.count;
        self.xx += dx * (x - self.mean_x);
    }

    fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            // Far from 0, the square of the distance from a mean of nothing would be infinite.
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let (dx, dy) = (other.mean_x - self.mean_x, other.mean_y - self.mean_y);
        let weight = self.count * other.count / count;
        self.xx += other.xx + dx * dx * weight;
        self.yy += other.yy + dy * dy * weight;
        self.xy += other.xy + dx * dy * weight;
        self.mean_x += dx * other.count / count;
        self.mean_y += dy * other.count / count;
        self.count = count;
    }
}

#[derive(Debug)]
struct Moments {
    groups: Vec<Centred>,
    inputs: usize,
    value: fn(&Centred, f64) -> Option<f64>,
    ddof: f64,
    output: DataType,
}

impl State for Moments {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Centred::default());
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let x = broadcast(&args[0], len)?;
        if self.inputs == 1 {
            let xs = x.expect_primitive::<f64>()?;
            match xs.validity() {
                None => {
                    xs.values().iter().enumerate().for_each(|(i, x)| self.groups[ids.get(i)].add_one(*x));
                }
                Some(valid) => valid.for_each_set(|i| self.groups[ids.get(i)].add_one(xs.values()[i])),
            }
            return Ok(());
        }
        let y = broadcast(&args[1], len)?;
        let (xs, ys) = (x.expect_primitive::<f64>()?, y.expect_primitive::<f64>()?);
        for i in 0..len {
            if let (Some(x), Some(y)) = (xs.get(i), ys.get(i)) {
                self.groups[ids.get(i)].add(x, y);
            }
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
        let values = self.groups.iter().map(|group| (self.value)(group, self.ddof));
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, self.groups.len()));
        }
        cast(&Column::from_options(values), &self.output, CastMode::NonStrict)
    }

    fn size(&self) -> usize {
        bytes_of(&self.groups)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let groups = self.groups.iter();
        Ok(parts(groups.map(|g| [g.count, g.mean_x, g.mean_y, g.xx, g.yy, g.xy])))
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        let group =
            |[count, mean_x, mean_y, xx, yy, xy]: [f64; 6]| Centred { count, mean_x, mean_y, xx, yy, xy };
        self.groups = read_parts(columns, groups)?.into_iter().map(group).collect();
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
