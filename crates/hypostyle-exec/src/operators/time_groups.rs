//! Windows of time: rows that agree in keys lie side by side, each of their windows is a range of them, and
//! expressions are evaluated for all ranges at once.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_expr::grouped::group_order;
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

impl TimeGroups {
    /// The rows of the result.
    pub(crate) fn finish(&self, batch: Batch, context: &Context) -> Result<Vec<Batch>> {
        let len = batch.len();
        if u32::try_from(len).is_err() {
            return Err(Error::unsupported("windows over more than 4 billion rows"));
        }
        let keys = self.keys.iter().map(|key| key.evaluate(&batch)?.into_rows(len));
        let keys = keys.collect::<Result<Vec<Column>>>()?;
        // Rows that agree in the keys lie side by side; without keys all of them do.
        let order = match keys.is_empty() {
            true => None,
            false => {
                let groups = group_rows(&keys, len)?;
                Some(group_order(&groups.ids, groups.first.len()))
            }
        };
        let (batch, starts) = match &order {
            Some(order) => (gather_batch(&batch, &order.rows)?, order.offsets.clone()),
            None => (batch, vec![0, len as u32]),
        };
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
        // A row of each window's group, as the keys have them.
        let mut firsts = Vec::new();
        for bounds in starts.windows(2) {
            let own = &places[bounds[0] as usize..bounds[1] as usize];
            if !own.is_sorted() {
                return Err(Error::invalid_operation(format!(
                    "{:?}, which windows are over, is not in ascending order; sort by it first",
                    self.options.index
                )));
            }
            let windows = windows_of(own, &rule)?;
            if let Some(first) = order.as_ref().and_then(|order| order.rows.get(bounds[0] as usize)) {
                firsts.resize(firsts.len() + windows.starts.len(), *first);
            }
            all.starts.extend(windows.starts.iter().map(|start| start + bounds[0]));
            all.lengths.extend(windows.lengths);
            all.lower.extend(windows.lower);
            all.upper.extend(windows.upper);
        }
        let mut columns = keys.iter().map(|key| gather(key, &firsts)).collect::<Result<Vec<_>>>()?;
        columns.extend(self.labels(index, &all)?);
        columns.extend(evaluate_ranges(&self.aggs, &batch, &all.starts, &all.lengths, context)?);
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
