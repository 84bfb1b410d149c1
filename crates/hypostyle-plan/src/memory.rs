//! A table in memory as a source of morsels: slices, not copies. Zones without wanted rows are left out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use hypostyle_core::{
    Batch, Column, DataFrame, Native, Result, SchemaRef, ZonePlace, with_primitive, zone_places,
};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_kernels::keys::integer_range;

use crate::distinct;
use crate::estimate::SAMPLE;
use crate::pruning::Pruning;
use crate::source::{DataSource, Scan, ScanRequest};

/// Places of the table that a sample is taken from.
const SAMPLE_RUNS: usize = 32;

/// A data frame to read from.
#[derive(Clone, Debug)]
pub struct FrameSource {
    frame: DataFrame,
    identity: OnceLock<String>,
}

impl FrameSource {
    /// Reads from a frame.
    pub fn new(frame: DataFrame) -> Self {
        Self { frame, identity: OnceLock::new() }
    }

    /// The frame.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// Rows from all over the frame, copied.
    fn take_sample(&self, projection: Option<&[usize]>, rows: usize) -> Option<Batch> {
        // Runs of neighbours: a slice costs nothing, and a run is as good as its first row if rows are sorted.
        let height = self.frame.height();
        if height == 0 {
            return None;
        }
        let runs = if height <= rows { 1 } else { SAMPLE_RUNS };
        let length = (rows / runs).min(height);
        let mut pieces = Vec::with_capacity(runs);
        for run in 0..runs {
            let slice = self.frame.slice(height * run / runs, length);
            pieces.extend(slice.batches().iter().map(|batch| match projection {
                Some(columns) => batch.project(columns),
                None => batch.clone(),
            }));
        }
        concat_batches(&pieces).ok()
    }
}

impl DataSource for FrameSource {
    fn schema(&self) -> Result<SchemaRef> {
        Ok(self.frame.schema().clone())
    }

    fn row_estimate(&self) -> Option<usize> {
        Some(self.frame.height())
    }

    fn in_memory(&self) -> bool {
        true
    }

    fn sample(&self, projection: Option<&[usize]>, rows: usize) -> Option<Batch> {
        let kept = projection.filter(|columns| rows == SAMPLE && !columns.is_empty());
        let Some(projection) = kept else { return self.take_sample(projection, rows) };
        let sample = |column: &usize| {
            let take = || self.take_sample(Some(&[*column]), rows)?.into_columns().pop();
            self.frame.statistics().sample(*column, take)
        };
        let columns = projection.iter().map(sample).collect::<Option<Vec<_>>>()?;
        let len = columns.first()?.len();
        Batch::try_new(columns, len).ok()
    }

    fn distinct_estimate(&self, column: usize) -> Option<f64> {
        self.frame.statistics().distinct(column, || {
            let sample = self.sample(Some(&[column]), SAMPLE)?;
            distinct::estimate(sample.columns().first()?, self.frame.height())
        })
    }

    fn is_unique(&self, column: usize) -> bool {
        self.frame.statistics().ascends(column, || ascends(&self.frame, column))
    }

    fn ascending_range(&self, column: usize) -> Option<(i128, i128)> {
        let end = |batch: &Batch, row: usize| integer_range(&batch.columns().get(column)?.slice(row, 1));
        let mut batches = self.frame.batches().iter().filter(|batch| !batch.is_empty());
        let first = batches.next()?;
        let last = batches.next_back().unwrap_or(first);
        let ((low, _), (_, high)) = (end(first, 0)?, end(last, last.len() - 1)?);
        self.is_unique(column).then_some((low, high))
    }

    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>> {
        let frame = match request.limit {
            Some(limit) => self.frame.slice(0, limit),
            None => self.frame.clone(),
        };
        let pruning = match frame.zones() {
            Some(_) if request.limit.is_none() => Pruning::of_request(request, frame.schema())?,
            _ => None,
        };
        let mut zones: Vec<_> = zone_places(frame.batches()).into_iter().enumerate().collect();
        if let (Some(pruning), Some(known)) = (&pruning, frame.zones()) {
            zones.retain(|(zone, _)| pruning.may_hold_by_known(known, *zone));
        }
        let projection = request.projection.clone();
        Ok(Box::new(FrameScan { frame, zones, pruning, projection, next: AtomicUsize::new(0) }))
    }

    fn describe(&self) -> String {
        format!("DataFrame [{} rows, {} columns]", self.frame.height(), self.frame.width())
    }

    fn identity(&self) -> String {
        // Frames over the same memory are the same frame. There may be thousands of chunks, and plans are compared
        // often: the addresses are hashed, to 128 bits, once.
        let hash = |seed: u64| {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            self.frame.schema().hash(&mut hasher);
            for batch in self.frame.batches() {
                batch.len().hash(&mut hasher);
                batch.columns().iter().for_each(|c| hash_address(c, &mut hasher));
            }
            hasher.finish()
        };
        self.identity
            .get_or_init(|| format!("frame {} {:016x}{:016x}", self.frame.height(), hash(1), hash(2)))
            .clone()
    }
}

/// Whether each value of a column is greater than the one before it. That proves that there is none twice; columns in
/// no order show soon that they prove nothing.
fn ascends(frame: &DataFrame, column: usize) -> bool {
    let mut ascending = Ascending::default();
    frame.batches().iter().all(|batch| ascending.goes_on(batch.column(column)))
}

/// Pieces of a column that is asked whether each of its values is greater than the one before it.
#[derive(Debug, Default)]
pub struct Ascending {
    last: Option<f64>,
}

impl Ascending {
    /// Whether the values ascend, without nulls, from the last one of the piece before.
    pub fn goes_on(&mut self, column: &Column) -> bool {
        if column.is_empty() {
            return true;
        }
        if column.null_count() > 0 {
            return false;
        }
        with_primitive!(column.array(), |a: T| {
            let values: &[T] = a.values();
            let (first, end) = (values[0].to_f64(), values[values.len() - 1].to_f64());
            // Ends that a float cannot tell apart are not told to ascend.
            let after = self.last.replace(end).is_none_or(|last| last < first);
            after && values.windows(2).all(|pair| pair[0] < pair[1])
        }, else |_other| false)
    }
}

/// Where a column lies. Columns may share a part of their memory: codes of different dictionaries, values of which not
/// the same are null.
fn hash_address(column: &hypostyle_core::Column, hasher: &mut impl Hasher) {
    use hypostyle_core::Array;
    if let Some(validity) = column.validity() {
        (validity.raw_words().as_ptr() as usize, validity.offset()).hash(hasher);
    }
    with_primitive!(column.array(), |a: T| (a.values().as_ptr() as usize).hash(hasher), match {
        Array::Null(_) => {}
        Array::Boolean(a) => (a.values().raw_words().as_ptr() as usize, a.values().offset()).hash(hasher),
        Array::Utf8(a) => (a.offsets().as_ptr() as usize, a.values().as_ptr() as usize).hash(hasher),
        Array::Dict(a) => {
            (a.codes().values().as_ptr() as usize, Arc::as_ptr(a.dictionary()) as usize).hash(hasher);
        }
        Array::Binary(a) => (a.offsets().as_ptr() as usize, a.values().as_ptr() as usize).hash(hasher),
        Array::List(a) => {
            (a.offsets().as_ptr() as usize).hash(hasher);
            hash_address(a.values(), hasher);
        }
        Array::FixedList(a) => hash_address(a.values(), hasher),
        Array::Struct(a) => a.fields().iter().for_each(|field| hash_address(field, hasher)),
    })
}

struct FrameScan {
    frame: DataFrame,
    /// The zones that may have wanted rows, with their numbers; each is a morsel.
    zones: Vec<(usize, ZonePlace)>,
    pruning: Option<Pruning>,
    projection: Option<Vec<usize>>,
    next: AtomicUsize,
}

impl Scan for FrameScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let Some((zone, place)) = self.zones.get(index).copied() else { return Ok(None) };
        let len = match (&self.pruning, self.frame.zones()) {
            // The number is taken already, and those of other workers follow: the morsel becomes an empty one.
            (Some(pruning), Some(known)) if !pruning.may_hold(&self.frame, known, zone, place) => 0,
            _ => place.len,
        };
        let batch = &self.frame.batches()[place.batch];
        let batch = match &self.projection {
            Some(projection) => batch.project(projection).slice(place.offset, len),
            None => batch.slice(place.offset, len),
        };
        Ok(Some((index, batch)))
    }

    fn rows(&self) -> Option<usize> {
        Some(self.zones.iter().map(|(_, place)| place.len).sum())
    }
}
