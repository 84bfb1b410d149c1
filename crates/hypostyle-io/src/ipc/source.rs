//! Files and streams of Arrow IPC, and how their record batches become morsels.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hypostyle_arrow::{to_batch, to_schema};
use hypostyle_core::{Batch, Buffer, Column, DataType, Error, Field, Result, Scalar, Schema, SchemaRef};
use hypostyle_plan::{DataSource, MORSEL_ROWS, Scan, ScanRequest};

use super::messages::Messages;
use super::options::IpcReadOptions;
use crate::input::{Location, Locations};

/// Files or streams of Arrow IPC. Nothing is opened before the schema or a scan is asked for.
#[derive(Debug)]
pub struct IpcSource {
    from: Locations,
    options: IpcReadOptions,
    resolved: OnceLock<Arc<Resolved>>,
}

#[derive(Debug)]
struct Resolved {
    files: Vec<(Location, Messages)>,
    schema: SchemaRef,
    /// Columns of the files; a column of paths may follow.
    n_columns: usize,
}

impl IpcSource {
    /// Files, by path or pattern.
    pub fn from_paths<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>, options: IpcReadOptions) -> Self {
        let from = Locations::Paths(paths.into_iter().map(Into::into).collect());
        Self { from, options, resolved: OnceLock::new() }
    }

    /// Bytes of several files. They are shared, not copied.
    pub fn from_buffers(buffers: Vec<Buffer<u8>>, options: IpcReadOptions) -> Self {
        Self { from: Locations::Bytes(buffers), options, resolved: OnceLock::new() }
    }

    fn resolve(&self) -> Result<&Arc<Resolved>> {
        if let Some(resolved) = self.resolved.get() {
            return Ok(resolved);
        }
        let mut files = Vec::new();
        let mut fields: Option<Vec<Field>> = None;
        for location in self.from.resolve(self.options.glob)? {
            let messages = Messages::open(&location)?;
            let found = to_schema(&messages.schema)?.fields().to_vec();
            match &fields {
                Some(fields) if *fields != found => {
                    return Err(Error::schema(match location.path() {
                        Some(path) => {
                            format!("{} has other columns than the files before it", path.display())
                        }
                        None => "inputs have different columns".to_owned(),
                    }));
                }
                Some(_) => {}
                None => fields = Some(found),
            }
            files.push((location, messages));
        }
        let mut fields = fields.ok_or_else(|| Error::compute("there is no file to read"))?;
        let n_columns = fields.len();
        if let Some(name) = &self.options.include_file_paths {
            fields.push(Field::new(name.as_str(), DataType::String));
        }
        let resolved = Resolved { files, schema: Arc::new(Schema::try_new(fields)?), n_columns };
        Ok(self.resolved.get_or_init(|| Arc::new(resolved)))
    }
}

impl DataSource for IpcSource {
    fn schema(&self) -> Result<SchemaRef> {
        Ok(self.resolve()?.schema.clone())
    }

    fn row_estimate(&self) -> Option<usize> {
        let resolved = self.resolve().ok()?;
        let batches = resolved.files.iter().flat_map(|(_, messages)| &messages.batches);
        let rows: usize = batches.map(|batch| batch.rows).sum();
        Some(rows.min(self.options.n_rows.unwrap_or(usize::MAX)))
    }

    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>> {
        let resolved = self.resolve()?;
        let all = resolved.schema.len();
        let projection = request.projection.clone().unwrap_or_else(|| (0..all).collect());
        if let Some(place) = projection.iter().find(|place| **place >= all) {
            return Err(Error::out_of_bounds(format!("column {place} of {all}")));
        }
        let limit = request.limit.unwrap_or(usize::MAX).min(self.options.n_rows.unwrap_or(usize::MAX));
        Ok(Box::new(IpcScan::new(Arc::clone(resolved), projection, limit)))
    }

    fn describe(&self) -> String {
        format!("Ipc SCAN [{}]", self.from.describe())
    }

    fn identity(&self) -> String {
        format!("ipc {:?} {}", self.options, self.from.identity())
    }
}

/// One pass over the files. A record batch is decoded by the first worker that takes a morsel of it.
#[derive(Debug)]
struct IpcScan {
    resolved: Arc<Resolved>,
    projection: Vec<usize>,
    /// Columns to decode.
    decoded: Vec<usize>,
    batches: Vec<Decoding>,
    morsels: Vec<Morsel>,
    next: AtomicUsize,
    rows: usize,
}

/// A record batch, decoded while morsels of it are left.
#[derive(Debug)]
struct Decoding {
    file: usize,
    batch: usize,
    rows: Mutex<Option<Batch>>,
    left: AtomicUsize,
}

#[derive(Clone, Copy, Debug)]
struct Morsel {
    batch: usize,
    offset: usize,
    len: usize,
}

impl IpcScan {
    fn new(resolved: Arc<Resolved>, projection: Vec<usize>, limit: usize) -> Self {
        let (mut batches, mut morsels, mut left) = (Vec::new(), Vec::new(), limit);
        for (file, (_, messages)) in resolved.files.iter().enumerate() {
            for (batch, message) in messages.batches.iter().enumerate() {
                let wanted = message.rows.min(left);
                left -= wanted;
                if wanted == 0 {
                    continue;
                }
                let before = morsels.len();
                morsels.extend((0..wanted).step_by(MORSEL_ROWS).map(|offset| Morsel {
                    batch: batches.len(),
                    offset,
                    len: MORSEL_ROWS.min(wanted - offset),
                }));
                let parts = AtomicUsize::new(morsels.len() - before);
                batches.push(Decoding { file, batch, rows: Mutex::new(None), left: parts });
            }
        }
        let mut decoded: Vec<usize> =
            projection.iter().copied().filter(|place| *place < resolved.n_columns).collect();
        decoded.sort_unstable();
        decoded.dedup();
        Self {
            projection,
            decoded,
            batches,
            morsels,
            next: AtomicUsize::new(0),
            rows: limit - left,
            resolved,
        }
    }

    /// The columns asked for of a record batch.
    fn decode(&self, decoding: &Decoding) -> Result<Batch> {
        let (location, messages) = &self.resolved.files[decoding.file];
        let message = &messages.batches[decoding.batch];
        if self.decoded.is_empty() {
            return self.project(location, &Batch::try_new(Vec::new(), message.rows)?);
        }
        let all = self.decoded.len() == self.resolved.n_columns;
        let projection = Some(self.decoded.as_slice()).filter(|_| !all);
        let batch = to_batch(&messages.read(message, projection)?)?;
        if batch.len() != message.rows {
            return Err(location.invalid("holds a record batch of another length than it says"));
        }
        self.project(location, &batch)
    }

    fn project(&self, location: &Location, batch: &Batch) -> Result<Batch> {
        let columns = self.projection.iter().map(|place| {
            if *place >= self.resolved.n_columns {
                let path =
                    location.path().map_or_else(|| "in-memory".to_owned(), |p| p.display().to_string());
                return Ok(Column::from_scalar(&Scalar::from(path.as_str()), batch.len()));
            }
            let at = self.decoded.binary_search(place).ok().and_then(|at| batch.columns().get(at));
            at.cloned().ok_or_else(|| Error::internal("a column was not decoded"))
        });
        Batch::try_new(columns.collect::<Result<_>>()?, batch.len())
    }
}

impl Scan for IpcScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(morsel) = self.morsels.get(place).copied() else { return Ok(None) };
        let decoding = &self.batches[morsel.batch];
        let mut rows = decoding.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = match &*rows {
            Some(batch) => batch.clone(),
            None => rows.insert(self.decode(decoding)?).clone(),
        };
        if decoding.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            *rows = None;
        }
        Ok(Some((place, batch.slice(morsel.offset, morsel.len))))
    }

    fn rows(&self) -> Option<usize> {
        Some(self.rows)
    }
}
