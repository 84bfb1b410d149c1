//! Windows of time: rows that agree in keys lie side by side, each of their windows is a range of them, and
//! expressions are evaluated for all ranges at once.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_expr::{BoundExpr, evaluate_ranges};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::gather::{gather, gather_batch};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::time_windows::{TimeScale, TimeWindows, at_distances, rolling};
use hypostyle_plan::{TimeGroupOptions, TimeGroupRule};

use crate::context::Context;

/// What is computed for windows.
#[derive(Debug)]
pub(crate) struct TimeGroups {
    pub(crate) keys: Vec<BoundExpr>,
    pub(crate) aggs: Vec<BoundExpr>,
    /// The position of the column that windows are over.
    pub(crate) index: usize,
    pub(crate) options: TimeGroupOptions,
}

/// Rows in the order of their groups, and where each group starts, and the end.
struct Groups {
    batch: Batch,
    starts: Vec<u32>,
}

impl Groups {
    fn of(batch: Batch, keys: &[Column]) -> Result<Self> {
        let len = batch.len();
        if u32::try_from(len).is_err() {
            return Err(Error::unsupported("windows over more than 4 billion rows"));
        }
        if keys.is_empty() {
            return Ok(Self { batch, starts: vec![0, len as u32] });
        }
        let groups = group_rows(keys, len)?;
        let mut starts = vec![0u32; groups.first.len() + 1];
        groups.ids.iter().for_each(|id| starts[*id as usize + 1] += 1);
        for group in 1..starts.len() {
            starts[group] += starts[group - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; len];
        for (row, id) in groups.ids.iter().enumerate() {
            rows[next[*id as usize] as usize] = row as u32;
            next[*id as usize] += 1;
        }
        Ok(Self { batch: gather_batch(&batch, &rows)?, starts })
    }
}

impl TimeGroups {
    /// The rows of the result.
    pub(crate) fn finish(&self, batch: Batch, context: &Context) -> Result<Vec<Batch>> {
        let len = batch.len();
        let keys = self.keys.iter().map(|key| key.evaluate(&batch)?.into_rows(len));
        let keys = keys.collect::<Result<Vec<Column>>>()?;
        let groups = Groups::of(batch, &keys)?;
        let batch = &groups.batch;
        let index = batch.column(self.index);
        if index.null_count() > 0 {
            return Err(Error::compute(format!(
                "{:?}, which windows are over, has nulls; fill or drop them first",
                self.options.index
            )));
        }
        let places = TimeScale::places(index)?;
        let places = places.expect_primitive::<i64>()?.values();
        let rule = self.options.rule(index.dtype())?;
        let mut all = TimeWindows::default();
        // The first row of each window's group has its keys.
        let mut firsts = Vec::new();
        for bounds in groups.starts.windows(2) {
            let own = &places[bounds[0] as usize..bounds[1] as usize];
            if !own.is_sorted() {
                return Err(Error::invalid_operation(format!(
                    "{:?}, which windows are over, is not in ascending order; sort by it first",
                    self.options.index
                )));
            }
            let windows = windows_of(own, &rule)?;
            firsts.extend(windows.starts.iter().map(|_| bounds[0]));
            all.starts.extend(windows.starts.iter().map(|start| start + bounds[0]));
            all.lengths.extend(windows.lengths);
            all.lower.extend(windows.lower);
            all.upper.extend(windows.upper);
        }
        let mut columns = Vec::new();
        for key in &self.keys {
            columns.push(gather(&key.evaluate(batch)?.into_rows(batch.len())?, &firsts)?);
        }
        columns.extend(self.labels(index, &all)?);
        columns.extend(evaluate_ranges(&self.aggs, batch, &all.starts, &all.lengths, context)?);
        Ok(vec![Batch::try_new(columns, all.starts.len())?])
    }

    /// The columns that say which window a row is of.
    fn labels(&self, index: &Column, windows: &TimeWindows) -> Result<Vec<Column>> {
        let Some(distances) = &self.options.distances else { return Ok(vec![index.clone()]) };
        let ends = |places: &[i64]| {
            let places = Column::from_vec(places.to_vec());
            match index.dtype() {
                DataType::Date => cast(
                    &places,
                    &DataType::Datetime(hypostyle_core::TimeUnit::Microseconds, None),
                    CastMode::Strict,
                ),
                other => cast(&places, other, CastMode::Strict),
            }
        };
        let (lower, upper) = (ends(&windows.lower)?, ends(&windows.upper)?);
        let label = match &*distances.label {
            "datapoint" => gather(index, &windows.starts)?,
            "right" => cast(&upper, index.dtype(), CastMode::Strict)?,
            _ => cast(&lower, index.dtype(), CastMode::Strict)?,
        };
        Ok(match distances.include_boundaries {
            true => vec![lower, upper, label],
            false => vec![label],
        })
    }
}

/// The windows of a group; without distances one for each row, whose ends nobody asks for.
fn windows_of(places: &[i64], rule: &TimeGroupRule) -> Result<TimeWindows> {
    let TimeGroupRule { scale, period, offset, closed, distances } = rule;
    if let Some((every, start_by)) = distances {
        return at_distances(places, scale, every, period, offset.as_ref(), *closed, *start_by);
    }
    let rows = rolling(places, scale, period, offset.as_ref(), *closed)?;
    let (starts, lengths) = rows.into_iter().map(|(start, end)| (start, end - start)).unzip();
    Ok(TimeWindows { starts, lengths, ..TimeWindows::default() })
}
