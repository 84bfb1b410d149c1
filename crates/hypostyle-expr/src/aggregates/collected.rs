//! The state of aggregates that need all values of a group at once: lists, quantiles, the largest values.

use std::any::Any;
use std::fmt::Debug;
use std::sync::OnceLock;

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::select::broadcast;

use super::{FEW_ROWS, Ids, State, same};
use crate::grouped::{GroupOrder, group_order};

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
    /// Rows by group, from the first merge on: merges take the groups of one partition at a time, and must
    /// not look at all rows for each.
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
        let mut columns =
            args.iter().take(self.types.len()).map(|a| broadcast(a, len)).collect::<Result<Vec<_>>>()?;
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

    fn keeps_rows(&self) -> bool {
        !self.finish.distinct()
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
