//! `arg_min(x)`, `arg_max(x)`: the position within the group of the first smallest or largest value; null and
//! NaN are passed over as by `min` and `max`; `arg_max([1, 3, null]) = [1]`.

use std::any::Any;

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::gather::gather;

use super::exported::{bytes_of, numbers, read_numbers};
use super::picks::{Choice, Picks};
use super::{Aggregate, Arg, Ids, Param, Signature, State, same};
use crate::docs::Docs;
use crate::functions::params;

/// `arg_min(x)`
pub(crate) const ARG_MIN: Position = Position {
    name: "arg_min",
    docs: Docs::new("The position of the smallest value.").example(&["i64 [3, null, 1, 2]"], "u32 [2]"),
    choice: Choice::Smallest,
};
/// `arg_max(x)`
pub(crate) const ARG_MAX: Position = Position {
    name: "arg_max",
    docs: Docs::new("The position of the largest value.").example(&["i64 [3, null, 1, 2]"], "u32 [0]"),
    choice: Choice::Largest,
};

/// The position of the extreme within its group.
#[derive(Debug)]
pub(crate) struct Position {
    name: &'static str,
    docs: Docs,
    choice: Choice,
}

impl Aggregate for Position {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        Ok(Signature::keep(args, DataType::UInt32))
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let picks = Picks::new(self.choice, vec![DataType::UInt32, args[0].clone()]);
        Ok(Box::new(Positions { picks, counts: Vec::new() }))
    }
}

/// Picks of a position, and the number of rows of every group so far.
#[derive(Debug)]
struct Positions {
    picks: Picks,
    counts: Vec<u32>,
}

impl State for Positions {
    fn resize(&mut self, groups: usize) {
        self.picks.resize(groups);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let positions: Vec<u32> = (0..len)
            .map(|i| {
                let count = &mut self.counts[ids.get(i)];
                *count += 1;
                *count - 1
            })
            .collect();
        self.picks.update(&[Column::from_vec(positions), args[0].clone()], ids, len)
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        let mut flat = other.picks.flatten()?;
        // Positions of the other state count on from the rows seen here.
        let mut starts = vec![0u32; other.counts.len()];
        for (from, to) in from.iter().zip(to) {
            starts[*from as usize] = self.counts[*to as usize];
            self.counts[*to as usize] += other.counts[*from as usize];
        }
        let shifted = Column::from_options(
            flat[0].expect_primitive::<u32>()?.iter().zip(&starts).map(|(p, start)| p.map(|p| p + start)),
        );
        flat[0] = shifted;
        let kept: Vec<(u32, u32)> = from
            .iter()
            .zip(to)
            .filter(|(from, _)| other.picks.keeps(**from))
            .map(|(from, to)| (*from, *to))
            .collect();
        let rows: Vec<u32> = kept.iter().map(|(from, _)| *from).collect();
        let groups: Vec<u32> = kept.iter().map(|(_, to)| *to).collect();
        let columns = flat.iter().map(|c| gather(c, &rows)).collect::<Result<Vec<_>>>()?;
        self.picks.update(&columns, Ids::Each(&groups), rows.len())
    }

    fn finish(&mut self) -> Result<Column> {
        self.picks.finish()
    }

    fn size(&self) -> usize {
        self.picks.size() + bytes_of(&self.counts)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let mut columns = self.picks.export()?;
        columns.push(numbers(&self.counts));
        Ok(columns)
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        self.picks.import(columns, groups)?;
        self.counts = read_numbers(columns, columns.len().saturating_sub(1))?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_groups, texts};

    #[test]
    fn positions() {
        let a = [Column::from_options([None, Some(2.0), Some(f64::NAN), Some(1.0), Some(2.0)])];
        check(col("a").arg_max(), &a, "u32 [1]");
        check(col("a").arg_min(), &a, "u32 [3]");
        check(col("a").arg_min(), &[texts([None])], "u32 [null]");
        check_groups(col("a").arg_max(), &a, &[0, 1, 1, 0, 0], "u32 [2, 0]");
        check_groups(col("a").arg_min(), &a, &[0, 0, 2, 0, 1], "u32 [2, 0, 0]");
    }
}
