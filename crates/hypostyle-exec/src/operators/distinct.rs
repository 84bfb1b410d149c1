//! Distinct: one row of those that agree.
//!
//! A morsel gives up its own duplicates first, where keys repeat. Then the rows of all morsels are scattered into
//! partitions by key, as groups are ([`super::partition`]), each of which one worker reads in the order of the morsels.
//! What is left comes in the order of the rows.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, Result};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::gather::gather_batch;
use hypostyle_kernels::group::{group_rows, hardly_repeats};
use hypostyle_plan::Keep;

use super::aggregate::{Partial, Rows};
use super::collect::{KeepBatches, Keeping};
use super::partition::{Scattered, Scheme, encode_keys};
use crate::context::Context;
use crate::pipeline::parallel;
use crate::store::BatchStore;

/// Drops rows that agree with another in the columns at `subset`.
#[derive(Debug)]
pub(crate) struct Distinct {
    subset: Vec<usize>,
    keep: Keep,
}

impl Distinct {
    pub(crate) fn new(subset: Vec<usize>, keep: Keep) -> Keeping<Self> {
        Keeping::of(Self { subset, keep })
    }

    fn keys(&self, batch: &Batch) -> Vec<Column> {
        self.subset.iter().map(|i| batch.column(*i).clone()).collect()
    }

    /// The rows of a batch that are left, in order.
    fn rows(&self, batch: &Batch) -> Result<Vec<u32>> {
        let groups = group_rows(&self.keys(batch), batch.len())?;
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

    /// The rows of each morsel that are left in a partition.
    fn rows_of_partition(&self, parts: &[Arc<Scattered>], partition: usize, scheme: Scheme) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); parts.len()];
        let (mut table, mut ids) = (scheme.table(), Vec::new());
        // For `Last` and `None`, where each group was seen last, and whether it was seen twice.
        let mut seen: Vec<(u32, u32, bool)> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let places = part.places(partition);
            if matches!(self.keep, Keep::Any | Keep::First) {
                ids.clear();
                part.number(places, &mut table, &mut ids, |row| rows[number].push(row));
                continue;
            }
            ids.clear();
            part.number(places.clone(), &mut table, &mut ids, |_| {});
            for (id, row) in ids.iter().zip(&part.order[places]) {
                let place = (number as u32, *row);
                match seen.get_mut(*id as usize) {
                    Some(group) => *group = (place.0, place.1, true),
                    None => seen.push((place.0, place.1, false)),
                }
            }
        }
        let wanted = |twice: bool| self.keep == Keep::Last || !twice;
        for (number, row, _) in seen.into_iter().filter(|(_, _, twice)| wanted(*twice)) {
            rows[number as usize].push(row);
        }
        rows
    }
}

impl KeepBatches for Distinct {
    type Output = BatchStore;

    fn keep(&self, batch: Batch) -> Result<Batch> {
        // A row that is there twice must not look as if it were there once. What hardly repeats is looked at once.
        match self.keep == Keep::None || hardly_repeats(&self.keys(&batch), batch.len())? {
            true => Ok(batch),
            false => gather_batch(&batch, &self.rows(&batch)?),
        }
    }

    fn finish(self, batches: Vec<Batch>, context: &Context) -> Result<BatchStore> {
        if batches.is_empty() {
            return Ok(BatchStore::default());
        }
        if batches.len() == 1 || self.subset.is_empty() {
            let all = concat_batches(&batches)?;
            return Ok(BatchStore::new(vec![gather_batch(&all, &self.rows(&all)?)?]));
        }
        let partial = |(index, batch): (usize, &Batch)| {
            let (keys, rows) = (self.keys(batch), Rows::Raw(Vec::new()));
            Partial { index, keys, len: batch.len(), rows }
        };
        let partials = batches.iter().enumerate().map(partial).collect();
        let (codec, partials) = encode_keys(context, partials, self.subset.len())?;
        let scheme = Scheme::new(&codec, batches.iter().map(Batch::len).sum());
        let parts =
            parallel(context, partials, |partial| Scattered::new(partial, &codec, scheme).map(Arc::new))?;
        let partitions = (0..scheme.partitions()).collect();
        let left = parallel(context, partitions, |p| Ok(self.rows_of_partition(&parts, p, scheme)))?;
        drop(parts);
        let batches = batches.into_iter().enumerate().collect();
        let batches = parallel(context, batches, |(number, batch): (usize, Batch)| {
            let mut rows: Vec<u32> = left.iter().flat_map(|partition| &partition[number]).copied().collect();
            if rows.len() == batch.len() {
                return Ok(batch);
            }
            rows.sort_unstable();
            gather_batch(&batch, &rows)
        })?;
        Ok(BatchStore::new(batches.into_iter().filter(|batch| !batch.is_empty()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::operators::testing::{batch, check_sink, rows, run_sink};

    const KEEPS: [Keep; 4] = [Keep::Any, Keep::First, Keep::Last, Keep::None];

    fn inputs() -> [Batch; 2] {
        let texts = |values: &[&str]| Column::from_strs(values.iter().copied());
        let numbers = |values: &[i64]| Column::from_vec(values.to_vec());
        [
            batch(vec![texts(&["x", "y", "x"]), numbers(&[1, 2, 3])]),
            batch(vec![texts(&["y", "z"]), numbers(&[4, 5])]),
        ]
    }

    #[test]
    fn one_row_of_each_key() {
        let distinct = |keep| move || Distinct::new(vec![0], keep);
        check_sink(distinct(Keep::First), &inputs(), &[&["x", "1"], &["y", "2"], &["z", "5"]]);
        check_sink(distinct(Keep::Last), &inputs(), &[&["x", "3"], &["y", "4"], &["z", "5"]]);
        check_sink(distinct(Keep::None), &inputs(), &[&["z", "5"]]);
        let all = || Distinct::new(vec![0, 1], Keep::Any);
        check_sink(all, &inputs(), &[&["x", "1"], &["y", "2"], &["x", "3"], &["y", "4"], &["z", "5"]]);
    }

    /// Many rows take the ways by address and by hash.
    #[test]
    fn partitions_agree_with_one_table() {
        let make = |key: &dyn Fn(i64) -> Column| -> Vec<Batch> {
            (0..6).map(|morsel| batch(vec![key(morsel), Column::from_vec((0..9_000i64).collect())])).collect()
        };
        let hash = |i: i64, morsel: i64| (i * 7_919 + morsel * 104_729) % 45_007;
        let dense = |morsel| Column::from_vec((0..9_000).map(|i| hash(i, morsel)).collect::<Vec<i64>>());
        let sparse =
            |morsel| Column::from_vec((0..9_000).map(|i| hash(i, morsel) << 40).collect::<Vec<i64>>());
        let texts = |morsel| {
            let texts: Vec<String> = (0..9_000)
                .map(|i| format!("a text that is longer than a key: {}", hash(i, morsel)))
                .collect();
            Column::from_strs(texts.iter().map(String::as_str))
        };
        for batches in [make(&dense), make(&sparse), make(&texts)] {
            let input = rows(&batches);
            for keep in KEEPS {
                let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
                input.iter().enumerate().for_each(|(i, row)| groups.entry(&row[0]).or_default().push(i));
                let kept = groups.values().filter_map(|rows| match keep {
                    Keep::Any | Keep::First => rows.first(),
                    Keep::Last => rows.last(),
                    Keep::None => rows.first().filter(|_| rows.len() == 1),
                });
                let mut kept: Vec<usize> = kept.copied().collect();
                kept.sort_unstable();
                let expected: Vec<Vec<String>> = kept.into_iter().map(|i| input[i].clone()).collect();
                assert!(!expected.is_empty() && expected.len() < input.len(), "{keep:?}");
                for threads in [1, 2] {
                    let found = run_sink(Distinct::new(vec![0], keep), &batches, &Context::new(threads));
                    assert!(rows(&found.unwrap()) == expected, "{keep:?}, {threads} threads");
                }
            }
        }
    }
}
