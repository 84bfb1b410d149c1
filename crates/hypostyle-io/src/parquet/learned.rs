//! What the planner asks of files, learned from their values once and kept as long as they stay the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_plan::{Ascending, SAMPLE, Scan, ScanRequest};

use super::chunk::Scratch;
use super::scan::{Group, ParquetScan};
use super::source::Resolved;

/// What is known of columns, by their places.
#[derive(Debug, Default)]
pub(super) struct Learned {
    samples: Mutex<HashMap<usize, Option<Column>>>,
    unique: Mutex<HashMap<usize, bool>>,
}

/// Places of a file that a sample is taken from.
const SAMPLE_RUNS: u64 = 8;

/// Columns of more rows are not read to learn whether their values ascend.
const MOST_ROWS_TO_PROVE: u64 = 1 << 25;

impl Learned {
    /// Forgets everything.
    pub(super) fn forget(&self) {
        lock(&self.samples).clear();
        lock(&self.unique).clear();
    }
}

impl Resolved {
    /// Rows from all over the first file.
    pub(super) fn sample(&self, columns: &[usize], rows: usize) -> Option<Batch> {
        let mut sample = Vec::with_capacity(columns.len());
        for place in columns {
            let known = lock(&self.learned.samples).get(place).filter(|_| rows == SAMPLE).cloned();
            let column = match known {
                Some(known) => known,
                None => {
                    let taken = self.take_sample(*place, rows);
                    if rows == SAMPLE {
                        lock(&self.learned.samples).insert(*place, taken.clone());
                    }
                    taken
                }
            };
            sample.push(column?);
        }
        let len = sample.first()?.len();
        Batch::try_new(sample, len).ok()
    }

    fn take_sample(&self, place: usize, rows: usize) -> Option<Column> {
        let open = self.open(0).ok()??;
        let column = open.mapping.flat_column(place, &open.file)?;
        let all = open.file.rows();
        let runs = if all <= rows as u64 { 1 } else { SAMPLE_RUNS };
        let wanted = (rows as u64 / runs).min(all);
        let mut scratch = Scratch::default();
        let mut pieces = Vec::new();
        for run in 0..runs {
            let mut start = (u128::from(all) * u128::from(run) / u128::from(runs)) as u64;
            let (number, group) = open.file.metadata.row_groups().iter().enumerate().find(|(_, group)| {
                let rows = group.num_rows() as u64;
                let here = start < rows;
                start -= if here { 0 } else { rows };
                here
            })?;
            let rows = group.num_rows() as u64;
            let len = wanted.min(rows - start) as usize;
            let group = Group::new(open.clone(), number, 0, (0, 0), rows as usize);
            let piece = group.read(column, start as usize, len, None, &mut scratch).ok()?;
            pieces.push(Batch::try_new(vec![piece], len).ok()?);
        }
        concat_batches(&pieces).ok()?.into_columns().pop()
    }

    /// Whether it is certain that no value of a column is there twice, and none is null: whether they ascend.
    pub(super) fn is_unique(self: &Arc<Self>, place: usize) -> bool {
        self.refresh();
        if let Some(known) = lock(&self.learned.unique).get(&place) {
            return *known;
        }
        let unique = self.ascends(place).unwrap_or(false);
        lock(&self.learned.unique).insert(place, unique);
        unique
    }

    fn ascends(self: &Arc<Self>, place: usize) -> Option<bool> {
        let ([_], None) = (&self.locations[..], self.options.n_rows) else { return None };
        let open = self.open(0).ok()??;
        open.mapping.flat_column(place, &open.file)?;
        if open.file.rows() > MOST_ROWS_TO_PROVE {
            return None;
        }
        let request = ScanRequest { projection: Some(vec![place]), ..ScanRequest::default() };
        let scan = ParquetScan::new(Arc::clone(self), &request).ok()?;
        let mut ascending = Ascending::default();
        while let Some((_, batch)) = scan.next().ok()? {
            if !ascending.goes_on(batch.columns().first()?) {
                return Some(false);
            }
        }
        Some(true)
    }
}
