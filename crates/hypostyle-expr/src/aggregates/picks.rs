//! The state of aggregates whose result is a value of one row: a kept row for every group.

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, Native, Result, Scalar, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::{NO_ROW, gather, gather_optional};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, read_truths, truths};
use super::{Aggregate, Arg, Ids, Param, Signature, State, same};
use crate::docs::Docs;
use crate::functions::params;

/// Which row of a group is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    First,
    FirstValid,
    Last,
    Smallest,
    Largest,
}

/// The value of the first argument in the chosen row; argument `by` decides.
#[derive(Debug)]
pub(crate) struct Pick {
    pub(super) name: &'static str,
    pub(super) docs: Docs,
    pub(super) choice: Choice,
    pub(super) by: usize,
}

impl Aggregate for Pick {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        const BY: &[Param] = &[params::column("x"), params::column("by")];
        if self.by == 0 { params::UNARY } else { BY }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Picks::new(self.choice, args.to_vec())))
    }
}

/// One kept row a group: a chunk and a row in it. Chunks without a kept row are dropped when a state is
/// merged.
#[derive(Debug)]
pub(crate) struct Picks {
    choice: Choice,
    types: Vec<DataType>,
    chunks: Vec<Vec<Column>>,
    kept: Vec<(u32, u32)>,
}

const NONE: (u32, u32) = (NO_ROW, NO_ROW);

impl Picks {
    pub(super) fn new(choice: Choice, types: Vec<DataType>) -> Self {
        Self { choice, types, chunks: Vec::new(), kept: Vec::new() }
    }

    /// Whether the row `new` of the last chunk takes the place of the kept row.
    fn wins(&self, new: usize, kept: (u32, u32)) -> bool {
        let Some(chunk) = self.chunks.last() else { return false };
        let by = &chunk[chunk.len() - 1];
        match self.choice {
            Choice::First => kept == NONE,
            Choice::FirstValid => kept == NONE && !by.is_null(new),
            Choice::Last => true,
            Choice::Smallest | Choice::Largest => {
                if by.is_null(new) {
                    return false;
                }
                if kept == NONE {
                    return true;
                }
                let other = &self.chunks[kept.0 as usize];
                let other_by = &other[other.len() - 1];
                match (is_nan(by, new), is_nan(other_by, kept.1 as usize)) {
                    (true, _) => return false,
                    (false, true) => return true,
                    _ => {}
                }
                let order = compare_rows(by, new, other_by, kept.1 as usize);
                if self.choice == Choice::Smallest { order.is_lt() } else { order.is_gt() }
            }
        }
    }
}

fn is_nan(column: &Column, i: usize) -> bool {
    column.dtype().is_float()
        && with_primitive!(column.array(), |a: T| a.values()[i].is_nan(), else |_other| false)
}

impl State for Picks {
    fn resize(&mut self, groups: usize) {
        self.kept.resize(groups, NONE);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let columns = args.iter().map(|a| broadcast(a, len)).collect::<Result<Vec<_>>>()?;
        let chunk = self.chunks.len() as u32;
        self.chunks.push(columns);
        for i in 0..len {
            let id = ids.get(i);
            if self.wins(i, self.kept[id]) {
                self.kept[id] = (chunk, i as u32);
            }
        }
        // Keep the kept rows alone: a morsel's columns must not live as long as the query.
        let (mut rows, mut owners) = (Vec::new(), Vec::new());
        for (id, kept) in self.kept.iter().enumerate().filter(|(_, kept)| kept.0 == chunk) {
            rows.push(kept.1);
            owners.push(id);
        }
        if let Some(columns) = self.chunks.pop() {
            let columns = columns.iter().map(|c| gather(c, &rows)).collect::<Result<Vec<_>>>()?;
            self.chunks.push(columns);
        }
        for (row, id) in owners.into_iter().enumerate() {
            self.kept[id] = (chunk, row as u32);
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        let flat = other.flatten()?;
        let (mut rows, mut groups) = (Vec::new(), Vec::new());
        for (from, to) in from.iter().zip(to) {
            if other.kept[*from as usize] != NONE {
                rows.push(*from);
                groups.push(*to);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let columns = flat.iter().map(|c| gather(c, &rows)).collect::<Result<Vec<_>>>()?;
        self.update(&columns, Ids::Each(&groups), rows.len())
    }

    fn finish(&mut self) -> Result<Column> {
        let mut columns = self.flatten()?.into_iter();
        columns.next().ok_or_else(|| Error::internal("a pick has an argument"))
    }

    fn size(&self) -> usize {
        let chunks = self.chunks.iter().flatten().map(Column::estimated_size).sum::<usize>();
        chunks + bytes_of(&self.kept)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let kept: Vec<bool> = self.kept.iter().map(|kept| *kept != NONE).collect();
        let mut columns = self.flatten()?;
        columns.push(truths(&kept)?);
        Ok(columns)
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        let kept = read_truths(columns, self.types.len())?;
        let place = |(row, kept): (usize, bool)| if kept { (0, row as u32) } else { NONE };
        self.kept = kept.into_iter().enumerate().map(place).collect();
        self.chunks = vec![columns[..self.types.len()].to_vec()];
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Picks {
    /// Whether there is a kept row for a group.
    pub(super) fn keeps(&self, group: u32) -> bool {
        self.kept[group as usize] != NONE
    }

    /// The kept row of every group, null where there is none.
    pub(super) fn flatten(&self) -> Result<Vec<Column>> {
        let mut starts = Vec::with_capacity(self.chunks.len());
        let mut total = 0u32;
        for chunk in &self.chunks {
            starts.push(total);
            total += chunk.first().map_or(0, Column::len) as u32;
        }
        let rows: Vec<u32> =
            self.kept.iter().map(|k| if *k == NONE { NO_ROW } else { starts[k.0 as usize] + k.1 }).collect();
        self.types
            .iter()
            .enumerate()
            .map(|(i, dtype)| {
                let parts: Vec<Column> = self.chunks.iter().map(|c| c[i].clone()).collect();
                if parts.is_empty() {
                    return Ok(Column::full_null(dtype.clone(), rows.len()));
                }
                gather_optional(&concat(&parts)?, &rows)
            })
            .collect()
    }
}
