//! `min` and `max` of numbers. Text and other layouts pick a row instead ([`super::pick`]).

use std::any::Any;

use hypostyle_core::{
    Column, DataType, Error, MutableBitmap, Native, PrimitiveArray, Result, Scalar, with_native_type,
};

use super::pick::{Choice, Picks};
use super::{Aggregate, Arg, Ids, Signature, State, need, same};

pub(super) static AGGREGATES: &[&dyn Aggregate] = &[
    &Extreme { name: "min", largest: false, nan_wins: false },
    &Extreme { name: "max", largest: true, nan_wins: false },
    &Extreme { name: "nan_min", largest: false, nan_wins: true },
    &Extreme { name: "nan_max", largest: true, nan_wins: true },
];

/// NaN is passed over unless all values are, or unless it wins.
#[derive(Debug)]
struct Extreme {
    name: &'static str,
    largest: bool,
    nan_wins: bool,
}

impl Aggregate for Extreme {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need(self.name, args, 1)?;
        if args[0].dtype.is_nested() {
            return Err(Error::invalid_operation(format!(
                "`{}` is not defined for {}",
                self.name, args[0].dtype
            )));
        }
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn state(&self, args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let choice = if self.largest { Choice::Largest } else { Choice::Smallest };
        if output.is_categorical() {
            return Ok(Box::new(Picks::new(choice, args.to_vec())));
        }
        Ok(with_native_type!(
            output,
            |T| if self.largest {
                Box::new(Extremes::<T, true> { values: Vec::new(), seen: Vec::new(), nan_wins: self.nan_wins, output: output.clone() })
            } else {
                Box::new(Extremes::<T, false> { values: Vec::new(), seen: Vec::new(), nan_wins: self.nan_wins, output: output.clone() })
            },
            else Box::new(Picks::new(choice, args.to_vec()))
        ))
    }
}

#[derive(Debug)]
struct Extremes<T, const LARGEST: bool> {
    values: Vec<T>,
    seen: Vec<bool>,
    nan_wins: bool,
    output: DataType,
}

impl<T: Native, const LARGEST: bool> Extremes<T, LARGEST> {
    /// Whether `new` takes the place of `old`.
    #[inline(always)]
    fn wins(&self, new: T, old: T) -> bool {
        if T::IS_FLOAT && (new.is_nan() || old.is_nan()) {
            return if self.nan_wins { new.is_nan() } else { old.is_nan() };
        }
        if LARGEST { new > old } else { new < old }
    }

    #[inline(always)]
    fn offer(&mut self, id: usize, value: T) {
        if !self.seen[id] || self.wins(value, self.values[id]) {
            self.values[id] = value;
            self.seen[id] = true;
        }
    }
}

impl<T: Native, const LARGEST: bool> State for Extremes<T, LARGEST> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, T::default());
        self.seen.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = hypostyle_kernels::select::broadcast(&args[0], len)?;
        let array = column.expect_primitive::<T>()?;
        match &array.validity {
            None => array.values.iter().enumerate().for_each(|(i, v)| self.offer(ids.get(i), *v)),
            Some(validity) => validity.for_each_set(|i| self.offer(ids.get(i), array.values[i])),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            if other.seen[*from as usize] {
                self.offer(*to as usize, other.values[*from as usize]);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let mut valid = MutableBitmap::with_capacity(self.seen.len());
        self.seen.iter().for_each(|seen| valid.push(*seen));
        let values = std::mem::take(&mut self.values);
        let array = PrimitiveArray::try_new(values.into(), valid.into_validity())?;
        Ok(Column::from_primitive(self.output.clone(), array))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
