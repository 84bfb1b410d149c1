//! Files and streams of Arrow IPC, and how their record batches become morsels.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use hypostyle_arrow::{to_batch, to_schema};
use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Buffer, Column, DataType, Error, Field, Result, Scalar, Schema, SchemaRef};
use hypostyle_plan::{DataSource, MORSEL_ROWS, Scan, ScanRequest};

use super::messages::Messages;
use super::options::IpcReadOptions;
use crate::hive::{DirectoryTests, HiveColumns, constant};
use crate::input::{Location, Locations};
use crate::paths::find;

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
    /// Where each column of the schema is from.
    origins: Vec<Origin>,
    /// Columns of the files.
    n_columns: usize,
    /// For each file the values of the columns that directories name.
    hive: Vec<Vec<Scalar>>,
}

/// Where a column is from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// The files, at this place.
    Stored(usize),
    /// Directories, at this place of what they name.
    Hive(usize),
    /// The file's path.
    FilePath,
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
        let (locations, hive) = self.locations()?;
        for location in locations {
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
        let stored = fields.ok_or_else(|| Error::compute("there is no file to read"))?;
        let n_columns = stored.len();
        let (mut fields, mut origins) = (Vec::new(), Vec::new());
        for (place, field) in stored.into_iter().enumerate() {
            // What directories say holds, whatever is in the file.
            let named = hive.fields.iter().position(|known| known.name == field.name);
            origins.push(named.map_or(Origin::Stored(place), Origin::Hive));
            fields.push(named.map_or(field, |named| hive.fields[named].clone()));
        }
        for (place, field) in hive.fields.iter().enumerate() {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field.clone());
                origins.push(Origin::Hive(place));
            }
        }
        if let Some(name) = &self.options.include_file_paths {
            fields.push(Field::new(name.as_str(), DataType::String));
            origins.push(Origin::FilePath);
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        let resolved = Resolved { files, schema, origins, n_columns, hive: hive.values };
        Ok(self.resolved.get_or_init(|| Arc::new(resolved)))
    }
}

impl IpcSource {
    /// Every file, and what directories say of it.
    fn locations(&self) -> Result<(Vec<Location>, HiveColumns)> {
        let Locations::Paths(paths) = &self.from else {
            return Ok((
                self.from.resolve(self.options.glob, &self.options.storage)?,
                HiveColumns::default(),
            ));
        };
        let found = find(paths, self.options.glob, &self.options.storage)?;
        let directory = found.iter().any(|found| found.in_directory);
        let mut hive = HiveColumns::default();
        let is_wanted = directory || self.options.hive_schema.is_some();
        if self.options.hive_partitioning.unwrap_or(is_wanted) {
            let files: Vec<_> = found.iter().map(|f| (f.path.as_path(), f.named)).collect();
            let schema = self.options.hive_schema.as_ref();
            hive = HiveColumns::read(&files, schema, self.options.try_parse_hive_dates)?;
        }
        let locations = found.into_iter().map(|found| Location::of_path(found.path, &self.options.storage));
        Ok((locations.collect(), hive))
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
        let place = |column: usize| match resolved.origins[column] {
            Origin::Hive(place) => Some(place),
            _ => None,
        };
        // Rows of a number are counted through all files.
        let directories = match self.options.n_rows {
            None => DirectoryTests::of_request(request, &resolved.schema, place)?,
            Some(_) => DirectoryTests::default(),
        };
        Ok(Box::new(IpcScan::new(Arc::clone(resolved), projection, limit, &directories)))
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
    /// Reads the files that may have rows that are wanted.
    fn new(
        resolved: Arc<Resolved>,
        projection: Vec<usize>,
        limit: usize,
        directories: &DirectoryTests,
    ) -> Self {
        let (mut batches, mut morsels, mut left) = (Vec::new(), Vec::new(), limit);
        for (file, (_, messages)) in resolved.files.iter().enumerate() {
            if resolved.hive.get(file).is_some_and(|values| !directories.may_hold(values)) {
                continue;
            }
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
        let stored = |column: &usize| match resolved.origins[*column] {
            Origin::Stored(place) => Some(place),
            Origin::Hive(_) | Origin::FilePath => None,
        };
        let mut decoded: Vec<usize> = projection.iter().filter_map(stored).collect();
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
            return self.project(decoding.file, &Batch::try_new(Vec::new(), message.rows)?);
        }
        let all = self.decoded.len() == self.resolved.n_columns;
        let projection = Some(self.decoded.as_slice()).filter(|_| !all);
        let batch = to_batch(&messages.read(message, projection)?)?;
        if batch.len() != message.rows {
            return Err(location.invalid("holds a record batch of another length than it says"));
        }
        self.project(decoding.file, &batch)
    }

    fn project(&self, file: usize, batch: &Batch) -> Result<Batch> {
        let columns = self.projection.iter().map(|column| match self.resolved.origins[*column] {
            Origin::FilePath => {
                let path = self.resolved.files[file].0.path();
                let path = path.map_or_else(|| "in-memory".to_owned(), |p| p.display().to_string());
                Ok(Column::from_scalar(&Scalar::from(path.as_str()), batch.len()))
            }
            Origin::Hive(place) => {
                let value = self.resolved.hive.get(file).and_then(|values| values.get(place));
                value
                    .map(|value| constant(value, batch.len()))
                    .ok_or_else(|| Error::internal("directories gave no value"))
            }
            Origin::Stored(place) => {
                let at = self.decoded.binary_search(&place).ok().and_then(|at| batch.columns().get(at));
                at.cloned().ok_or_else(|| Error::internal("a column was not decoded"))
            }
        });
        Batch::try_new(columns.collect::<Result<_>>()?, batch.len())
    }
}

impl Scan for IpcScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(morsel) = self.morsels.get(place).copied() else { return Ok(None) };
        let decoding = &self.batches[morsel.batch];
        let mut rows = lock(&decoding.rows);
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
