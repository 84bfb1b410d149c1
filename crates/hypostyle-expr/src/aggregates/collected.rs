//! The state of aggregates that need all values of a group at once: lists, quantiles, the largest values.
//!
//! Values stay in the pieces they came in until the end. Where groups are few and large, each piece is put in order of
//! its groups by itself, on what threads there are; else all pieces are put together first.

use std::any::Any;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::{group_rows, hardly_repeats};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, read_lists};
use super::{FEW_ROWS, Ids, MANY_ROWS, State, same};
use crate::grouped::{GroupOrder, group_order, segments_to_lists};
use crate::tasks::{Inline, Tasks, map};

/// What becomes of the collected values of all groups.
pub trait Finish: Debug + Send + Sync + 'static {
    /// `columns` hold the values, group by group; `offsets` says where each group begins, and the end.
    fn finish(&self, columns: &[Column], offsets: &[u32], tasks: &dyn Tasks) -> Result<Column>;

    /// The same of values in pieces, each group with pieces of its own in order of the rows, for those that read one
    /// argument. `None` if pieces have to be put together.
    fn finish_pieces(&self, groups: &[Vec<Column>], tasks: &dyn Tasks) -> Option<Result<Column>> {
        let _ = (groups, tasks);
        None
    }

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
struct Values {
    columns: Vec<Column>,
    /// The group of each; `None` if all are of group 0.
    groups: Option<Vec<u32>>,
    /// Rows by group, once somebody asked for some of the groups.
    order: OnceLock<GroupOrder>,
}

impl Values {
    /// Whoever collects has an argument.
    fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Rows by group, of so many groups.
    fn order(&self, groups: usize) -> &GroupOrder {
        self.order.get_or_init(|| match &self.groups {
            Some(ids) => group_order(ids, groups),
            None => {
                let offsets =
                    std::iter::once(0).chain(std::iter::repeat_n(self.len() as u32, groups)).collect();
                GroupOrder { rows: (0..self.len() as u32).collect(), offsets }
            }
        })
    }
}

/// Values, or those of some of their groups.
#[derive(Clone, Debug)]
struct Part {
    values: Arc<Values>,
    taken: Option<Taken>,
}

/// Groups of a state that was merged: which of them, what they are here, and how many that state had.
#[derive(Clone, Debug)]
struct Taken {
    from: Vec<u32>,
    to: Vec<u32>,
    groups: usize,
}

/// Values in order of their groups.
struct Sorted {
    columns: Vec<Column>,
    offsets: Vec<u32>,
}

impl Part {
    fn len(&self) -> usize {
        let Some(taken) = &self.taken else { return self.values.len() };
        if self.values.groups.is_none() {
            return if taken.from.contains(&0) { self.values.len() } else { 0 };
        }
        let offsets = &self.values.order(taken.groups).offsets;
        taken
            .from
            .iter()
            .map(|group| (offsets[*group as usize + 1] - offsets[*group as usize]) as usize)
            .sum()
    }

    /// The rows with their groups here, as they come by group.
    fn rows(&self, taken: &Taken) -> (Vec<u32>, Vec<u32>) {
        let order = self.values.order(taken.groups);
        let (mut rows, mut ids) = (Vec::new(), Vec::new());
        for (from, to) in taken.from.iter().zip(&taken.to) {
            let from = *from as usize;
            let of_group = &order.rows[order.offsets[from] as usize..order.offsets[from + 1] as usize];
            rows.extend_from_slice(of_group);
            ids.resize(rows.len(), *to);
        }
        (rows, ids)
    }

    /// Columns and groups of the values.
    fn unsorted(&self) -> Result<(Vec<Column>, Vec<u32>)> {
        match &self.taken {
            None => {
                let ids = self.values.groups.clone().unwrap_or_else(|| vec![0; self.values.len()]);
                Ok((self.values.columns.clone(), ids))
            }
            Some(taken) => {
                let (rows, ids) = self.rows(taken);
                Ok((self.values.columns.iter().map(|c| gather(c, &rows)).collect::<Result<_>>()?, ids))
            }
        }
    }

    fn sorted(&self, groups: usize) -> Result<Sorted> {
        let (rows, offsets) = match (&self.values.groups, &self.taken) {
            (None, taken) => {
                // One group has all of them as they are.
                let group = match taken {
                    None => Some(0),
                    Some(taken) => {
                        taken.from.iter().zip(&taken.to).find(|(from, _)| **from == 0).map(|(_, to)| *to)
                    }
                };
                let end = |past: u32| {
                    if group.is_some_and(|group| group < past) { self.values.len() as u32 } else { 0 }
                };
                let offsets = (0..=groups as u32).map(end).collect();
                return Ok(Sorted { columns: self.values.columns.clone(), offsets });
            }
            (Some(ids), None) => {
                let GroupOrder { rows, offsets } = group_order(ids, groups);
                (rows, offsets)
            }
            (Some(_), Some(taken)) => {
                let (rows, ids) = self.rows(taken);
                let GroupOrder { rows: places, offsets } = group_order(&ids, groups);
                (places.iter().map(|place| rows[*place as usize]).collect(), offsets)
            }
        };
        let columns = self.values.columns.iter().map(|c| gather(c, &rows)).collect::<Result<_>>()?;
        Ok(Sorted { columns, offsets })
    }
}

/// Rows of a group in a piece, on average, from which on pieces are worth being cut by group.
const ROWS_A_CUT: usize = 64;

impl<F: Finish> Collected<F> {
    /// Nothing yet, of arguments of these types.
    pub fn new(types: Vec<DataType>, finish: F) -> Self {
        Self { types, parts: Vec::new(), groups: 0, finish }
    }

    /// All pieces put together, then in order of the groups, with where each of these begins.
    fn in_order_of_groups(&self, parts: &[Part], tasks: &dyn Tasks) -> Result<(Vec<Column>, Vec<u32>)> {
        let mut ids = Vec::new();
        let mut columns: Vec<Vec<Column>> = vec![Vec::with_capacity(parts.len()); self.types.len()];
        for (values, groups) in map(tasks, parts.len(), |i| parts[i].unsorted())? {
            ids.extend_from_slice(&groups);
            columns.iter_mut().zip(values).for_each(|(columns, column)| columns.push(column));
        }
        let GroupOrder { rows, offsets } = group_order(&ids, self.groups);
        let columns: Vec<Column> =
            self.together(&columns)?.iter().map(|column| gather(column, &rows)).collect::<Result<_>>()?;
        Ok((columns, offsets))
    }

    fn finish_together(&self, parts: &[Part], tasks: &dyn Tasks) -> Result<Column> {
        let (columns, offsets) = self.in_order_of_groups(parts, tasks)?;
        self.finish.finish(&columns, &offsets, tasks)
    }

    /// Pieces in order of their groups, each by itself.
    fn finish_in_pieces(&self, parts: &[Part], tasks: &dyn Tasks) -> Result<Column> {
        let sorted = map(tasks, parts.len(), |i| parts[i].sorted(self.groups))?;
        let of_group = |argument: usize, group: usize| {
            let pieces = sorted.iter().map(move |piece| {
                let (start, end) = (piece.offsets[group] as usize, piece.offsets[group + 1] as usize);
                (&piece.columns[argument], start, end - start)
            });
            pieces.filter(|(_, _, len)| *len > 0).map(|(column, start, len)| column.slice(start, len))
        };
        if self.types.len() == 1 {
            let groups: Vec<Vec<Column>> =
                (0..self.groups).map(|group| of_group(0, group).collect()).collect();
            if let Some(result) = self.finish.finish_pieces(&groups, tasks) {
                return result;
            }
        }
        let columns: Vec<Vec<Column>> = (0..self.types.len())
            .map(|argument| (0..self.groups).flat_map(|group| of_group(argument, group)).collect())
            .collect();
        let columns = self.together(&columns)?;
        let mut offsets = vec![0u32; self.groups + 1];
        for group in 0..self.groups {
            let len: u32 = sorted.iter().map(|piece| piece.offsets[group + 1] - piece.offsets[group]).sum();
            offsets[group + 1] = offsets[group] + len;
        }
        self.finish.finish(&columns, &offsets, tasks)
    }

    fn together(&self, columns: &[Vec<Column>]) -> Result<Vec<Column>> {
        let each = columns.iter().zip(&self.types);
        each.map(|(pieces, dtype)| match pieces.is_empty() {
            true => Ok(Column::empty(dtype.clone())),
            false => concat(pieces),
        })
        .collect()
    }
}

impl<F: Finish> State for Collected<F> {
    fn resize(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let mut columns =
            args.iter().take(self.types.len()).map(|a| broadcast(a, len)).collect::<Result<Vec<_>>>()?;
        let mut groups = match ids {
            Ids::Single => None,
            Ids::Each(ids) => Some(ids.to_vec()),
        };
        // Where groups have few rows, looking for equal ones costs more than keeping them.
        if self.finish.distinct() && len > FEW_ROWS * self.groups {
            let ids = groups.iter().map(|ids| Column::from_vec(ids.clone()));
            let keys: Vec<Column> = ids.chain(columns.iter().cloned()).collect();
            if !hardly_repeats(&keys, len)? {
                let first = group_rows(&keys, len)?.first;
                columns = columns.iter().map(|c| gather(c, &first)).collect::<Result<_>>()?;
                groups = groups.map(|ids| first.iter().map(|row| ids[*row as usize]).collect());
            }
        }
        let values = Values { columns, groups, order: OnceLock::new() };
        self.parts.push(Part { values: Arc::new(values), taken: None });
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        self.parts.extend(other.parts.iter().map(|part| {
            let taken = match &part.taken {
                None => Taken { from: from.to_vec(), to: to.to_vec(), groups: other.groups },
                Some(first) => {
                    // Merged before: groups of the first that became those that are taken now.
                    let mut now = vec![None; other.groups];
                    from.iter().zip(to).for_each(|(from, to)| now[*from as usize] = Some(*to));
                    let both = first.from.iter().zip(&first.to);
                    let both = both.filter_map(|(from, to)| Some((*from, now[*to as usize]?)));
                    let (from, to) = both.unzip();
                    Taken { from, to, groups: first.groups }
                }
            };
            Part { values: Arc::clone(&part.values), taken: Some(taken) }
        }));
        Ok(())
    }

    fn keeps_rows(&self) -> bool {
        !self.finish.distinct()
    }

    fn finish(&mut self) -> Result<Column> {
        self.finish_with(&Inline)
    }

    fn finish_with(&mut self, tasks: &dyn Tasks) -> Result<Column> {
        let parts = std::mem::take(&mut self.parts);
        let most: usize = parts.iter().map(|part| part.values.len()).sum();
        let tasks = if most < MANY_ROWS { &Inline } else { tasks };
        let rows: usize = map(tasks, parts.len(), |i| Ok(parts[i].len()))?.into_iter().sum();
        if rows >= ROWS_A_CUT * self.groups * parts.len() {
            self.finish_in_pieces(&parts, tasks)
        } else {
            self.finish_together(&parts, tasks)
        }
    }

    fn size(&self) -> usize {
        let of_values = |values: &Values| {
            let columns = values.columns.iter().map(Column::estimated_size).sum::<usize>();
            columns + values.groups.as_ref().map_or(0, |groups| bytes_of(groups))
        };
        self.parts.iter().map(|part| of_values(&part.values)).sum()
    }

    /// A list of each argument's values.
    fn export(&self) -> Result<Vec<Column>> {
        let (columns, offsets) = self.in_order_of_groups(&self.parts, &Inline)?;
        columns.into_iter().map(|column| segments_to_lists(column, &offsets)).collect()
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        self.groups = groups;
        let (mut values, mut ids) = (Vec::with_capacity(self.types.len()), Vec::new());
        for place in 0..self.types.len() {
            let (column, groups) = read_lists(columns, place)?;
            values.push(column);
            ids = groups;
        }
        let values = Values { columns: values, groups: Some(ids), order: OnceLock::new() };
        self.parts = vec![Part { values: Arc::new(values), taken: None }];
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
