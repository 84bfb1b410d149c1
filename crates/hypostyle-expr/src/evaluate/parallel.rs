//! Work of an evaluation on all threads. How it is cut depends on the rows alone.

use std::ops::Range;
use std::sync::Mutex;

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column, Result};
use hypostyle_kernels::concat::{concat, concat_in_parts};
use hypostyle_kernels::gather::gather;

use super::{Cardinality, Frame, Segments, Value};
use crate::bound::BoundExpr;
use crate::tasks::{Inline, Tasks, map};

/// Rows of a piece of work.
pub(super) const PIECE_ROWS: usize = 1 << 16;

/// The pieces of so many rows.
pub(super) fn pieces(rows: usize) -> Vec<Range<usize>> {
    (0..rows).step_by(PIECE_ROWS).map(|start| start..rows.min(start + PIECE_ROWS)).collect()
}

/// Columns as one, copied by all threads.
pub(super) fn concat_with(tasks: &dyn Tasks, columns: &[Column]) -> Result<Column> {
    if columns.len() <= 1 || tasks.threads() == 1 {
        return concat(columns);
    }
    concat_in_parts(columns, tasks.threads(), |parts| {
        let parts: Vec<_> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        tasks.each(parts.len(), &|i| {
            if let Some(part) = lock(&parts[i]).take() {
                part();
            }
            Ok(())
        })
    })
}

/// The rows of a column at `indices`, gathered by all threads.
pub(super) fn gather_with(tasks: &dyn Tasks, column: &Column, indices: &[u32]) -> Result<Column> {
    let pieces = pieces(indices.len());
    if pieces.len() <= 1 || tasks.threads() == 1 {
        return gather(column, indices);
    }
    let gathered = map(tasks, pieces.len(), |i| gather(column, &indices[pieces[i].clone()]))?;
    concat_with(tasks, &gathered)
}

/// The values of an expression in segments side by side, which all threads share.
pub(crate) fn in_cuts(expr: &BoundExpr, batch: &Batch, starts: &[u32], tasks: &dyn Tasks) -> Result<Value> {
    let cuts = cut_by_rows(starts);
    if cuts.len() <= 1 || tasks.threads() == 1 {
        return Frame { batch, segments: Segments::Adjacent(starts), tasks }.evaluate(expr);
    }
    let values = map(tasks, cuts.len(), |i| {
        let starts = &starts[cuts[i].start..=cuts[i].end];
        let (first, last) = (starts[0], starts[starts.len() - 1]);
        let batch = batch.slice(first as usize, (last - first) as usize);
        let starts: Vec<u32> = starts.iter().map(|start| start - first).collect();
        Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: &Inline }.evaluate(expr)
    })?;
    let Some(Value { cardinality, .. }) = values.first() else {
        return Frame { batch, segments: Segments::Adjacent(starts), tasks }.evaluate(expr);
    };
    let cardinality = match cardinality {
        // The same in all cuts.
        Cardinality::Scalar => return Ok(values[0].clone()),
        Cardinality::Ragged(_) => {
            let mut all = vec![0u32];
            for value in &values {
                let before = all[all.len() - 1];
                if let Cardinality::Ragged(starts) = &value.cardinality {
                    all.extend(starts[1..].iter().map(|start| before + start));
                }
            }
            Cardinality::Ragged(all.into())
        }
        other => other.clone(),
    };
    let columns: Vec<Column> = values.into_iter().map(|value| value.column).collect();
    Ok(Value { column: concat_with(tasks, &columns)?, cardinality })
}

/// Segments cut into pieces of neighbours, each of [`PIECE_ROWS`] or more, but perhaps the last.
fn cut_by_rows(starts: &[u32]) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut first = 0;
    for segment in 0..starts.len().saturating_sub(1) {
        if (starts[segment + 1] - starts[first]) as usize >= PIECE_ROWS {
            cuts.push(first..segment + 1);
            first = segment + 1;
        }
    }
    if first + 1 < starts.len() {
        cuts.push(first..starts.len() - 1);
    }
    cuts
}
