//! Distinct: one row of those that agree.

use hypostyle_core::{Batch, Column, Result};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::gather::gather_batch;
use hypostyle_kernels::group::group_rows;
use hypostyle_plan::Keep;

use crate::pipeline::Transform;

/// Drops rows of a batch that agree with another in the columns at `subset`.
#[derive(Debug)]
pub(crate) struct Distinct {
    pub(crate) subset: Vec<usize>,
    pub(crate) keep: Keep,
}

impl Distinct {
    fn rows(&self, batch: &Batch) -> Result<Vec<u32>> {
        let keys: Vec<Column> = self.subset.iter().map(|i| batch.column(*i).clone()).collect();
        let groups = group_rows(&keys, batch.len())?;
        Ok(match self.keep {
            Keep::Any | Keep::First => groups.first,
            Keep::Last => {
                let mut last = groups.first;
                groups.ids.iter().enumerate().for_each(|(row, id)| last[*id as usize] = row as u32);
                last.sort_unstable();
                last
            }
            Keep::None => {
                let mut counts = vec![0u32; groups.first.len()];
                groups.ids.iter().for_each(|id| counts[*id as usize] += 1);
                groups
                    .first
                    .into_iter()
                    .filter(|row| counts[groups.ids[*row as usize] as usize] == 1)
                    .collect()
            }
        })
    }

    /// The distinct rows of all batches, each of which was reduced by itself before.
    pub(crate) fn merge(&self, batches: &[Batch]) -> Result<Vec<Batch>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let all = concat_batches(batches)?;
        Ok(vec![gather_batch(&all, &self.rows(&all)?)?])
    }
}

impl Transform for Distinct {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        // A row that is there twice must not look as if it were there once.
        if self.keep == Keep::None || batch.is_empty() {
            return Ok(batch);
        }
        gather_batch(&batch, &self.rows(&batch)?)
    }
}
