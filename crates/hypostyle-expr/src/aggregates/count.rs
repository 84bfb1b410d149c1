//! `count`, `null_count`, `any`, `all`, and the number of rows.

use std::any::Any;

use hypostyle_core::{BooleanArray, Column, DataType, Error, MutableBitmap, Result, Scalar};

use super::{Aggregate, Arg, Ids, Signature, State, need, same};

pub(super) static AGGREGATES: &[&dyn Aggregate] = &[
    &Count { name: "count", what: What::Valid },
    &Count { name: "null_count", what: What::Null },
    &Count { name: "len", what: What::All },
    &Quantifier { name: "any", all: false },
    &Quantifier { name: "all", all: true },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Valid,
    Null,
    All,
}

#[derive(Debug)]
struct Count {
    name: &'static str,
    what: What,
}

impl Aggregate for Count {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need(self.name, args, 1)?;
        Ok(Signature::keep(args, DataType::UInt32))
    }

    fn state(&self, _: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Counts { counts: Vec::new(), what: self.what }))
    }
}

/// The number of rows of every group: `len()`.
#[derive(Debug)]
pub struct RowCount;

impl Aggregate for RowCount {
    fn name(&self) -> &'static str {
        "len"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("len", args, 0)?;
        Ok(Signature { args: Vec::new(), output: DataType::UInt32 })
    }

    fn state(&self, _: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Counts { counts: Vec::new(), what: What::All }))
    }
}

#[derive(Debug)]
struct Counts {
    counts: Vec<u32>,
    what: What,
}

impl State for Counts {
    fn resize(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = match args.first() {
            Some(column) if self.what != What::All => {
                Some(hypostyle_kernels::select::broadcast(column, len)?)
            }
            _ => None,
        };
        let nulls = column.as_ref().map_or(0, Column::null_count);
        match (&column, self.what, ids) {
            (None, _, Ids::Single) => self.counts[0] += len as u32,
            (Some(_), What::Null, Ids::Single) => self.counts[0] += nulls as u32,
            (Some(_), _, Ids::Single) => self.counts[0] += (len - nulls) as u32,
            (Some(_), What::Null, Ids::Each(_)) if nulls == 0 => {}
            (Some(column), what, Ids::Each(ids)) if nulls > 0 || what == What::Null => {
                let valid = column.validity_or_full();
                for (id, valid) in ids.iter().zip(valid.iter()) {
                    self.counts[*id as usize] += u32::from(valid == (what == What::Valid));
                }
            }
            (_, _, Ids::Each(ids)) => ids.iter().for_each(|id| self.counts[*id as usize] += 1),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        from.iter().zip(to).for_each(|(from, to)| self.counts[*to as usize] += other.counts[*from as usize]);
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        Ok(Column::from_vec(std::mem::take(&mut self.counts)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `any(x, ignore_nulls)`, `all(x, ignore_nulls)`
#[derive(Debug)]
struct Quantifier {
    name: &'static str,
    all: bool,
}

impl Aggregate for Quantifier {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if !(1..=2).contains(&args.len()) {
            need(self.name, args, 1)?;
        }
        if !matches!(args[0].dtype, DataType::Boolean | DataType::Null) {
            return Err(Error::invalid_operation(format!(
                "`{}` takes booleans, not {}",
                self.name, args[0].dtype
            )));
        }
        Ok(Signature { args: vec![DataType::Boolean; args.len()], output: DataType::Boolean })
    }

    fn state(&self, _: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let ignore_nulls = constants.get(1).and_then(|c| c.as_ref()?.as_bool()).unwrap_or(true);
        Ok(Box::new(Quantified { decided: Vec::new(), unknown: Vec::new(), all: self.all, ignore_nulls }))
    }
}

/// Whether a value was seen that decides the answer, and whether a null was.
#[derive(Debug)]
struct Quantified {
    decided: Vec<bool>,
    unknown: Vec<bool>,
    all: bool,
    ignore_nulls: bool,
}

impl State for Quantified {
    fn resize(&mut self, groups: usize) {
        self.decided.resize(groups, false);
        self.unknown.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = hypostyle_kernels::select::broadcast(&args[0], len)?;
        for (i, value) in column.expect_boolean()?.iter().enumerate() {
            let id = ids.get(i);
            match value {
                Some(value) => self.decided[id] |= value != self.all,
                None => self.unknown[id] = true,
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.decided[*to as usize] |= other.decided[*from as usize];
            self.unknown[*to as usize] |= other.unknown[*from as usize];
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let mut valid = MutableBitmap::with_capacity(self.decided.len());
        for (decided, unknown) in self.decided.iter().zip(&self.unknown) {
            valid.push(*decided || self.ignore_nulls || !unknown);
        }
        let values = self.decided.iter().map(|decided| *decided != self.all).collect();
        Ok(Column::from_boolean(BooleanArray::try_new(values, valid.into_validity())?))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
