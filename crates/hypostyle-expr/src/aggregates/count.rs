//! `count(x)`, `null_count(x)`, `len(x)`, and `len()`: values that are not null, nulls, rows; NaN counts;
//! `count([1, null]) = [1]`.

use std::any::Any;

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, numbers, read_numbers};
use super::totals::count_groups;
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, same};
use crate::docs::Docs;
use crate::functions::params;

/// `count(x)`
pub(crate) const COUNT: Count = Count {
    name: "count",
    docs: Docs::new("The number of values that are not null.")
        .sql(&["count"])
        .example(&["i64 [1, null, 3]"], "u32 [2]"),
    what: What::Valid,
};
/// `null_count(x)`
pub(super) const NULL_COUNT: Count = Count {
    name: "null_count",
    docs: Docs::new("The number of nulls.").example(&["i64 [1, null, 3]"], "u32 [1]"),
    what: What::Null,
};
/// `len(x)`
pub(crate) const LEN: Count = Count {
    name: "len",
    docs: Docs::new("The number of rows.").example(&["i64 [1, null, 3]"], "u32 [3]"),
    what: What::All,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Valid,
    Null,
    All,
}

#[derive(Debug)]
pub(crate) struct Count {
    name: &'static str,
    docs: Docs,
    what: What,
}

impl Aggregate for Count {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        let counts = Traits { ignores_order: true, infallible: true, ..Traits::default() };
        match self.what {
            What::Valid => Traits { ignores_nulls: true, of_nulls: OfNulls::Zero, ..counts },
            What::Null | What::All => counts,
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
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

    fn docs(&self) -> &Docs {
        LEN.docs()
    }

    fn params(&self) -> &'static [Param] {
        &[]
    }

    fn traits(&self) -> Traits {
        Traits { infallible: true, ignores_order: true, ..Traits::default() }
    }

    fn signature(&self, _: &[Arg<'_>]) -> Result<Signature> {
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
            Some(column) if self.what != What::All => Some(broadcast(column, len)?),
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
            (_, _, Ids::Each(ids)) => count_groups(&mut self.counts, ids),
        }
        Ok(())
    }

    fn update_counted(&mut self, args: &[Column], ids: &[u32], counts: &[u32]) -> Result<()> {
        let all = match (self.what, args.first()) {
            (What::All, _) => true,
            (What::Valid, Some(column)) => column.len() == ids.len() && column.null_count() == 0,
            _ => false,
        };
        if !all {
            return self.update(args, Ids::Each(ids), ids.len());
        }
        self.counts.iter_mut().zip(counts).for_each(|(count, new)| *count += new);
        Ok(())
    }

    fn counts_rows(&self) -> bool {
        self.what != What::Null
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        from.iter().zip(to).for_each(|(from, to)| self.counts[*to as usize] += other.counts[*from as usize]);
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        Ok(Column::from_vec(std::mem::take(&mut self.counts)))
    }

    fn size(&self) -> usize {
        bytes_of(&self.counts)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(vec![numbers(&self.counts)])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.counts = read_numbers(columns, 0)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, len};
    use crate::testing::{check, check_groups};

    #[test]
    fn rows_and_values() {
        let a = [Column::from_options([Some(1.0), None, Some(f64::NAN), None])];
        check(col("a").count(), &a, "u32 [2]");
        check(col("a").null_count(), &a, "u32 [2]");
        check(col("a").len(), &a, "u32 [4]");
        check(len(), &a, "u32 [4]");
        check_groups(col("a").count(), &a, &[0, 1, 0, 0], "u32 [2, 0]");
        check_groups(col("a").null_count(), &a, &[0, 1, 0, 0], "u32 [1, 1]");
        check_groups(col("a").len(), &a, &[0, 1, 0, 0], "u32 [3, 1]");
    }
}
