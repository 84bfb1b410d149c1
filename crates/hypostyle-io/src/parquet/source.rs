//! Parquet files as a source of query plans.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Buffer, DataType, Error, Field, Result, Scalar, Schema, SchemaRef};
use hypostyle_plan::{DataSource, SAMPLE, Scan, ScanRequest, estimate_distinct};

use super::file::ParquetFile;
use super::learned::Learned;
use super::mapping::{Mapping, Origin};
use super::options::ParquetReadOptions;
use super::scan::ParquetScan;
use crate::hive::HiveColumns;
use crate::input::Location;
use crate::paths::find;

/// Parquet files, or bytes like theirs, and how to read them.
///
/// Nothing is opened before the schema or a scan is asked for. The footers are kept as long as the files stay the same.
#[derive(Debug)]
pub struct ParquetSource {
    from: From,
    options: ParquetReadOptions,
    resolved: Mutex<Option<Arc<Resolved>>>,
    /// The name of the column of row ids, which is the last one.
    row_ids: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
enum From {
    Paths(Vec<PathBuf>),
    Bytes(Vec<Buffer<u8>>),
}

/// Which files there are, and the columns.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) locations: Vec<Location>,
    pub(super) schema: SchemaRef,
    pub(super) origins: Vec<Origin>,
    pub(super) options: ParquetReadOptions,
    /// For each file the values of the columns that directories name.
    hive: Vec<Vec<Scalar>>,
    /// Files that were opened, with where their columns are.
    files: Mutex<Vec<Option<Arc<OpenFile>>>>,
    pub(super) learned: Arc<Learned>,
    /// The same without row ids, if this is with them: it opens the files, and goes on to know them.
    plain: Option<Arc<Resolved>>,
}

/// A file with the columns of the schema found in it.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) file: Arc<ParquetFile>,
    pub(super) mapping: Mapping,
}

/// Footers of no more files than this are kept.
const KEPT_FILES: usize = 256;

impl ParquetSource {
    /// Files, by path or pattern.
    pub fn from_paths<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
        options: ParquetReadOptions,
    ) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        Self { from: From::Paths(paths), options, resolved: Mutex::new(None), row_ids: None }
    }

    /// Bytes of one file. They are shared, not copied.
    pub fn from_bytes(bytes: impl Into<Buffer<u8>>, options: ParquetReadOptions) -> Self {
        Self::from_buffers(vec![bytes.into()], options)
    }

    /// Bytes of several files.
    pub fn from_buffers(buffers: Vec<Buffer<u8>>, options: ParquetReadOptions) -> Self {
        Self { from: From::Bytes(buffers), options, resolved: Mutex::new(None), row_ids: None }
    }

    /// Keys and values that the footer of the first file holds beside the columns.
    ///
    /// # Errors
    /// As reading the schema.
    pub fn key_values(&self) -> Result<Vec<(String, String)>> {
        let Some(first) = self.resolve()?.open(0)? else { return Ok(Vec::new()) };
        let pairs = first.file.metadata.file_metadata().key_value_metadata();
        let pair = |pair: &parquet::file::metadata::KeyValue| {
            (pair.key.clone(), pair.value.clone().unwrap_or_default())
        };
        Ok(pairs.into_iter().flatten().map(pair).collect())
    }

    pub(super) fn resolve(&self) -> Result<Arc<Resolved>> {
        let mut resolved = lock(&self.resolved);
        if let Some(known) = &*resolved {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.look()?);
        *resolved = Some(Arc::clone(&made));
        Ok(made)
    }

    fn look(&self) -> Result<Resolved> {
        let mut hive = HiveColumns::default();
        let locations: Vec<Location> = match &self.from {
            From::Paths(paths) => {
                let found = find(paths, self.options.glob, &self.options.storage)?;
                let directory = found.iter().any(|found| found.in_directory);
                let is_wanted = directory || self.options.hive_schema.is_some();
                if self.options.hive_partitioning.unwrap_or(is_wanted) {
                    let files: Vec<_> = found.iter().map(|f| (f.path.as_path(), f.named)).collect();
                    let schema = self.options.hive_schema.as_ref();
                    hive = HiveColumns::read(&files, schema, self.options.try_parse_hive_dates)?;
                }
                found.into_iter().map(|found| Location::of_path(found.path, &self.options.storage)).collect()
            }
            From::Bytes(buffers) => buffers.iter().cloned().map(Location::Bytes).collect(),
        };
        let Some(first) = locations.first() else {
            return Err(Error::no_data("there is no Parquet file to read"));
        };
        let first = Arc::new(ParquetFile::open(first)?);
        let options = &self.options;
        let stored = options.schema.as_ref().unwrap_or(&first.schema);
        let mut fields = Vec::with_capacity(stored.len() + 2);
        let mut origins = Vec::with_capacity(stored.len() + 2);
        if let Some(name) = &options.row_index_name {
            fields.push(Field::new(name.as_str(), DataType::UInt32));
            origins.push(Origin::RowIndex);
        }
        for field in stored {
            // What directories say holds, whatever is in the file.
            match hive.fields.iter().position(|known| known.name == field.name) {
                Some(place) => {
                    fields.push(hive.fields[place].clone());
                    origins.push(Origin::Hive(place));
                }
                None => {
                    fields.push(field.clone());
                    origins.push(Origin::Stored);
                }
            }
        }
        for (place, field) in hive.fields.iter().enumerate() {
            if !stored.contains(&field.name) {
                fields.push(field.clone());
                origins.push(Origin::Hive(place));
            }
        }
        if let Some(name) = &options.include_file_paths {
            fields.push(Field::new(name.as_str(), DataType::String));
            origins.push(Origin::FilePath);
        }
        let schema = Arc::new(Schema::try_new(fields)?);
        let values = hive.values.first().map_or(&[][..], Vec::as_slice);
        let mapping = Mapping::of(&first, &schema, &origins, values, options)?;
        let mut files = vec![None; locations.len()];
        files[0] = Some(Arc::new(OpenFile { file: first, mapping }));
        let options = options.clone();
        Ok(Resolved {
            locations,
            schema,
            origins,
            options,
            hive: hive.values,
            files: Mutex::new(files),
            learned: Arc::default(),
            plain: None,
        })
    }

    /// About how many rows there are, judged by the first file.
    fn rows(&self) -> Option<usize> {
        let resolved = self.resolve().ok()?;
        let first = resolved.open(0).ok()??;
        let rows = first.file.rows().saturating_mul(resolved.locations.len() as u64);
        let limit = self.options.n_rows.unwrap_or(usize::MAX);
        Some(usize::try_from(rows).unwrap_or(usize::MAX).min(limit))
    }
}

impl Resolved {
    /// What the directories of a file say.
    pub(super) fn hive_values(&self, file: usize) -> &[Scalar] {
        self.hive.get(file).map_or(&[], Vec::as_slice)
    }

    /// The file with this number; `None` behind the last one.
    pub(super) fn open(&self, number: usize) -> Result<Option<Arc<OpenFile>>> {
        let Some(location) = self.locations.get(number) else { return Ok(None) };
        let known = lock(&self.files)[number].clone();
        if let Some(known) = known {
            return Ok(Some(known));
        }
        let open = match &self.plain {
            Some(plain) => {
                let Some(open) = plain.open(number)? else { return Ok(None) };
                OpenFile { file: Arc::clone(&open.file), mapping: open.mapping.with_row_ids() }
            }
            None => {
                let file = Arc::new(ParquetFile::open(location)?);
                let hive = self.hive_values(number);
                let mapping = Mapping::of(&file, &self.schema, &self.origins, hive, &self.options)?;
                OpenFile { file, mapping }
            }
        };
        let open = Arc::new(open);
        if number < KEPT_FILES {
            lock(&self.files)[number] = Some(Arc::clone(&open));
        }
        Ok(Some(open))
    }

    /// The same with row ids behind the other columns. `None` if there is a column of that name, or if there are more
    /// files than are kept: an id is of one version of its file, which has to stay open.
    fn with_row_ids(self: &Arc<Self>, name: &str) -> Option<Self> {
        if self.locations.len() > KEPT_FILES {
            return None;
        }
        let (mut schema, mut origins) = (self.schema.fields().to_vec(), self.origins.clone());
        schema.push(Field::new(name, DataType::UInt64));
        origins.push(Origin::RowId);
        Some(Self {
            locations: self.locations.clone(),
            schema: Arc::new(Schema::try_new(schema).ok()?),
            origins,
            options: self.options.clone(),
            hive: self.hive.clone(),
            files: Mutex::new(vec![None; self.locations.len()]),
            learned: Arc::clone(&self.learned),
            plain: Some(Arc::clone(self)),
        })
    }

    /// Forgets files that have changed since they were opened, and what was learned of them.
    pub(super) fn refresh(&self) {
        let mut files = lock(&self.files);
        if let Some(plain) = &self.plain {
            plain.refresh();
            // What it opens anew is opened anew.
            files.fill(None);
            return;
        }
        for (open, location) in files.iter_mut().zip(&self.locations) {
            if let Some(known) = &open
                && !known.file.is_current(location)
            {
                *open = None;
                self.learned.forget();
            }
        }
    }
}

impl DataSource for ParquetSource {
    fn schema(&self) -> Result<SchemaRef> {
        Ok(self.resolve()?.schema.clone())
    }

    fn row_estimate(&self) -> Option<usize> {
        self.rows()
    }

    fn sample(&self, projection: Option<&[usize]>, rows: usize) -> Option<Batch> {
        let resolved = self.resolve().ok()?;
        let all: Vec<usize> = (0..resolved.schema.len()).collect();
        resolved.sample(projection.unwrap_or(&all), rows)
    }

    fn distinct_estimate(&self, column: usize) -> Option<f64> {
        let resolved = self.resolve().ok()?;
        let rows = self.rows()?;
        let sample = resolved.sample(&[column], SAMPLE)?;
        estimate_distinct(sample.columns().first()?, rows)
    }

    fn is_unique(&self, column: usize) -> bool {
        self.resolve().is_ok_and(|resolved| resolved.is_unique(column))
    }

    fn with_row_ids(&self, name: &str) -> Option<Arc<dyn DataSource>> {
        let resolved = Arc::new(self.resolve().ok()?.with_row_ids(name)?);
        Some(Arc::new(Self {
            from: self.from.clone(),
            options: self.options.clone(),
            resolved: Mutex::new(Some(resolved)),
            row_ids: Some(name.into()),
        }))
    }

    fn rows_by_id(&self, ids: &[u64], columns: &[usize], check: &dyn Fn() -> Result<()>) -> Result<Batch> {
        ParquetScan::rows_by_id(self.resolve()?, ids, columns, check)
    }

    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>> {
        let resolved = self.resolve()?;
        resolved.refresh();
        Ok(Box::new(ParquetScan::new(resolved, request)?))
    }

    fn describe(&self) -> String {
        let paths = match &self.from {
            From::Bytes(_) => return "Parquet SCAN [bytes]".to_owned(),
            From::Paths(paths) => paths,
        };
        let first = paths.first().map_or(Path::new(""), PathBuf::as_path).display();
        match paths.len() {
            0 | 1 => format!("Parquet SCAN [{first}]"),
            count => format!("Parquet SCAN [{first}, … {} others]", count - 1),
        }
    }

    fn identity(&self) -> String {
        let mut identity = format!("parquet {:?} {:?}", self.options, self.row_ids);
        // Writing to a string does not fail.
        match &self.from {
            From::Paths(paths) => paths.iter().for_each(|path| {
                let _ = write!(identity, " {}", path.display());
            }),
            // Bytes at the same place are the same bytes.
            From::Bytes(buffers) => buffers.iter().for_each(|bytes| {
                let _ = write!(identity, " {:p}+{}", bytes.as_ptr(), bytes.len());
            }),
        }
        identity
    }
}
