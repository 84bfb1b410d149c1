//! One open file: its footer, and its columns in our types.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use arrow_schema::{DataType as Foreign, Field as ForeignField, TimeUnit as ForeignUnit};
use bytes::Bytes as SharedBytes;
use hypostyle_core::{Buffer, DataType, Error, ErrorKind, Field, Result, Schema, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{LogicalType, Repetition, TimeUnit as ParquetUnit, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::schema::types::ColumnDescriptor;

use super::decode::{Leaf, Physical};
use crate::foreign::unless_it_panics;
use crate::input::{Bytes, Location};

/// A file, or bytes like those of one, with what its footer says.
#[derive(Debug)]
pub(super) struct ParquetFile {
    /// What errors call it.
    pub(super) name: Arc<str>,
    pub(super) bytes: Bytes,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) arrow: ArrowReaderMetadata,
    pub(super) schema: Schema,
    /// One for each field of the schema.
    pub(super) columns: Vec<FileColumn>,
    stamp: Option<Stamp>,
}

/// Files of the same stamp are taken for unchanged.
type Stamp = (u64, SystemTime);

/// Where a column's values are.
#[derive(Clone, Debug)]
pub(super) struct FileColumn {
    /// The first of its leaves, among those of the file.
    pub(super) leaf: usize,
    /// How it is decoded if it is its only leaf; `None` if it is nested or of a rare type, for which arrow-rs decodes.
    pub(super) flat: Option<Leaf>,
}

const MAGIC: &[u8; 4] = b"PAR1";

impl ParquetFile {
    /// Opens a file, or bytes like those of one.
    pub(super) fn open(location: &Location) -> Result<Self> {
        match location {
            Location::Path(path) => Self::open_path(path),
            Location::Url(remote) => {
                Self::read(remote.url.to_string_lossy().into(), location.open_bytes()?, None)
            }
            Location::Bytes(bytes) => Self::of_bytes(bytes.clone()),
        }
    }

    fn open_path(path: &Path) -> Result<Self> {
        let name: Arc<str> = path.to_string_lossy().into();
        let failed = |e: io::Error| Error::io(path, e);
        let mut file = std::fs::File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            let hint = "is a directory where a file was expected";
            return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, hint)));
        }
        if metadata.is_file() {
            let stamp = metadata.modified().ok().map(|modified| (metadata.len(), modified));
            return Self::read(name, Bytes::File(Arc::new(file), metadata.len()), stamp);
        }
        // A pipe or a device has no length and no offsets.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        Self::read(name, Bytes::Memory(bytes.into()), None)
    }

    /// Reads bytes like those of a file.
    pub(super) fn of_bytes(bytes: Buffer<u8>) -> Result<Self> {
        Self::read("in-mem".into(), Bytes::Memory(bytes), None)
    }

    /// Whether the file is still the one that was opened.
    pub(super) fn is_current(&self, location: &Location) -> bool {
        let Location::Path(path) = location else {
            // Bytes in memory stay what they are.
            return self.bytes.remote_is_current().unwrap_or(true);
        };
        let now = std::fs::metadata(path).ok().and_then(|m| Some((m.len(), m.modified().ok()?)));
        self.stamp.is_some() && now == self.stamp
    }

    fn read(name: Arc<str>, bytes: Bytes, stamp: Option<Stamp>) -> Result<Self> {
        check_magic(&bytes).map_err(|e| within(e, &name))?;
        let arrow = guarded(|| {
            let reader = Reader(bytes.clone());
            let metadata = ParquetMetaDataReader::new()
                .with_page_index_policy(PageIndexPolicy::Optional)
                .parse_and_finish(&reader)
                // A page index that cannot be read is no reason not to read the file.
                .or_else(|_| ParquetMetaDataReader::new().parse_and_finish(&reader))?;
            ArrowReaderMetadata::try_new(Arc::new(metadata), ArrowReaderOptions::new())
        });
        let arrow = arrow.map_err(|e| within(e, &name))?;
        let metadata = Arc::clone(arrow.metadata());
        let (fields, columns) = columns(&arrow).map_err(|e| within(e, &name))?;
        let schema = Schema::try_new(fields).map_err(|e| within(e, &name))?;
        check_counts(&metadata, &columns, bytes.len()).map_err(|e| within(e, &name))?;
        Ok(Self { name, bytes, metadata, arrow, schema, columns, stamp })
    }

    /// Rows of all row groups.
    pub(super) fn rows(&self) -> u64 {
        self.metadata.row_groups().iter().fold(0, |sum: u64, g| sum.saturating_add(g.num_rows() as u64))
    }
}

/// Looks at both ends of the file before anything else does, so that its error says what it is not.
fn check_magic(bytes: &Bytes) -> Result<()> {
    let len = bytes.len();
    let (mut head, mut foot) = ([0; 4], [0; 4]);
    let read = bytes.read_at(&mut head, 0)?;
    if len == 0 {
        return Err(Error::no_data("is empty, and no Parquet file"));
    }
    if read < 4 || &head != MAGIC {
        let hint = if &head == b"PARE" { ", but an encrypted one, which cannot be read" } else { "" };
        return Err(Error::compute(format!("is no Parquet file{hint}: it does not begin with PAR1")));
    }
    if len < 12 || bytes.read_at(&mut foot, len - 4)? < 4 || &foot != MAGIC {
        return Err(Error::compute("is no complete Parquet file: it does not end with PAR1"));
    }
    Ok(())
}

/// Numbers of rows and values that contradict each other are seen before anybody counts on them.
fn check_counts(metadata: &ParquetMetaData, columns: &[FileColumn], size: u64) -> Result<()> {
    let leaves = metadata.file_metadata().schema_descr().num_columns();
    let mut rows = 0i64;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let wrong = |what: &str| Err(Error::compute(format!("row group {number} {what}")));
        if group.num_rows() < 0 || group.num_columns() != leaves {
            return wrong("does not fit the schema");
        }
        let short = |column: &&FileColumn| group.column(column.leaf).num_values() != group.num_rows();
        if columns.iter().filter(|column| column.flat.is_some()).any(|column| short(&column)) {
            return wrong("has columns of different lengths");
        }
        let outside = |chunk: &ColumnChunkMetaData| {
            let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
            let (start, len) = (u64::try_from(start), u64::try_from(chunk.compressed_size()));
            let end = start.ok().and_then(|start| start.checked_add(len.ok()?));
            end.is_none_or(|end| end > size) || chunk.data_page_offset() < 0
        };
        if group.columns().iter().any(outside) {
            return wrong("has columns that lie outside of the file");
        }
        rows = rows.saturating_add(group.num_rows());
    }
    if rows != metadata.file_metadata().num_rows() {
        let all = metadata.file_metadata().num_rows();
        return Err(Error::compute(format!("its row groups have {rows} rows, but the file {all}")));
    }
    Ok(())
}

/// The same error, saying where.
pub(super) fn within(error: Error, place: &str) -> Error {
    match error.into_kind() {
        ErrorKind::Compute { message } | ErrorKind::OutOfBounds { message } => {
            Error::compute(format!("{place}: {message}"))
        }
        ErrorKind::Unsupported { message } => Error::unsupported(format!("{place}: {message}")),
        ErrorKind::SchemaMismatch { message } => Error::schema(format!("{place}: {message}")),
        ErrorKind::Overflow { message } => Error::overflow(format!("{place}: {message}")),
        ErrorKind::NoData { message } => Error::no_data(format!("{place}: {message}")),
        ErrorKind::Io { path: None, source } => Error::io(place, source),
        other => Error::new(other),
    }
}

/// Calls the crate that reads footers and nested columns. It panics on some broken files; that ends here.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
    match unless_it_panics(read) {
        Some(Ok(value)) => Ok(value),
        Some(Err(ParquetError::NYI(what))) => Err(Error::unsupported(what)),
        Some(Err(error)) => Err(Error::compute(error.to_string())),
        None => Err(Error::compute("the file is broken")),
    }
}

/// The columns of a file in our types.
fn columns(arrow: &ArrowReaderMetadata) -> Result<(Vec<Field>, Vec<FileColumn>)> {
    let descriptor = arrow.parquet_schema();
    let mut first_leaves = vec![(0, 0); arrow.schema().fields().len()];
    for leaf in 0..descriptor.num_columns() {
        if let Some((first, count)) = first_leaves.get_mut(descriptor.get_column_root_idx(leaf)) {
            if *count == 0 {
                *first = leaf;
            }
            *count += 1;
        }
    }
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (foreign, (leaf, count)) in arrow.schema().fields().iter().zip(first_leaves) {
        let field = hypostyle_arrow::to_field(foreign)
            .map_err(|e| within(e, &format!("column {:?}", foreign.name())))?;
        let flat = if count == 1 { flat(&descriptor.column(leaf), foreign, &field.dtype) } else { None };
        columns.push(FileColumn { leaf, flat });
        fields.push(field);
    }
    Ok((fields, columns))
}

/// How a column is decoded that is a single leaf without repetition; `None` if that is not for us.
fn flat(column: &ColumnDescriptor, foreign: &ForeignField, dtype: &DataType) -> Option<Leaf> {
    let basic = column.self_type().get_basic_info();
    let optional = column.max_def_level() == 1;
    let plain = column.max_rep_level() == 0
        && column.max_def_level() <= 1
        && basic.has_repetition()
        && optional == (basic.repetition() == Repetition::OPTIONAL)
        && column.path().parts().len() == 1;
    if !plain {
        return None;
    }
    let logical = column.logical_type_ref();
    let (physical, factor) = match (column.physical_type(), foreign.data_type()) {
        (Type::BOOLEAN, Foreign::Boolean) => (Physical::Boolean, 1),
        (
            Type::INT32,
            Foreign::Int8
            | Foreign::Int16
            | Foreign::Int32
            | Foreign::UInt8
            | Foreign::UInt16
            | Foreign::UInt32,
        )
        | (Type::INT32, Foreign::Date32 | Foreign::Decimal128(..)) => (Physical::Int32, 1),
        (Type::INT32, Foreign::Time32(ForeignUnit::Millisecond)) => (Physical::Int32, 1_000_000),
        (Type::INT64, Foreign::Int64 | Foreign::UInt64 | Foreign::Decimal128(..)) => (Physical::Int64, 1),
        (Type::INT64, Foreign::Time64(ForeignUnit::Microsecond)) => (Physical::Int64, 1_000),
        (Type::INT64, Foreign::Time64(ForeignUnit::Nanosecond)) => (Physical::Int64, 1),
        (Type::INT64, Foreign::Duration(unit)) if *unit != ForeignUnit::Second => (Physical::Int64, 1),
        (Type::INT64, Foreign::Timestamp(unit, _)) => {
            let stored = match logical {
                Some(LogicalType::Timestamp(timestamp)) => match timestamp.unit {
                    ParquetUnit::MILLIS => ForeignUnit::Millisecond,
                    ParquetUnit::MICROS => ForeignUnit::Microsecond,
                    ParquetUnit::NANOS => ForeignUnit::Nanosecond,
                },
                _ => return None,
            };
            if stored != *unit {
                return None;
            }
            (Physical::Int64, 1)
        }
        (Type::INT96, Foreign::Timestamp(ForeignUnit::Nanosecond, _)) => (Physical::Int96, 1),
        (Type::FLOAT, Foreign::Float32) => (Physical::Float, 1),
        (Type::DOUBLE, Foreign::Float64) => (Physical::Double, 1),
        (
            Type::BYTE_ARRAY,
            Foreign::Utf8
            | Foreign::LargeUtf8
            | Foreign::Utf8View
            | Foreign::Binary
            | Foreign::LargeBinary
            | Foreign::BinaryView,
        ) => (Physical::Bytes, 1),
        (Type::FIXED_LEN_BYTE_ARRAY, Foreign::FixedSizeBinary(_) | Foreign::Decimal128(..)) => {
            let width = usize::try_from(column.type_length()).ok().filter(|width| *width > 0)?;
            if width > 16 && matches!(foreign.data_type(), Foreign::Decimal128(..)) {
                return None;
            }
            (Physical::Fixed(width), 1)
        }
        (Type::FIXED_LEN_BYTE_ARRAY, Foreign::Float16) => (Physical::Fixed(2), 1),
        _ => return None,
    };
    // What the two conversions of types must agree on.
    let expected = match physical {
        Physical::Boolean => *dtype == DataType::Boolean,
        Physical::Bytes => matches!(dtype, DataType::String | DataType::Binary),
        Physical::Int96 => matches!(dtype, DataType::Datetime(TimeUnit::Nanoseconds, _)),
        _ => true,
    };
    expected.then(|| Leaf { physical, dtype: dtype.clone(), factor, optional })
}

/// A file as the crate reads it.
#[derive(Clone, Debug)]
pub(super) struct Reader(pub(super) Bytes);

impl Length for Reader {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Reader {
    type T = io::BufReader<Cursor>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(io::BufReader::new(Cursor { bytes: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<SharedBytes, ParquetError> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.len()) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are past the end of the file")));
        }
        let mut buffer = vec![0; length];
        let read = self.0.read_at(&mut buffer, start)?;
        if read < length {
            return Err(ParquetError::EOF("the file has become shorter".to_owned()));
        }
        Ok(buffer.into())
    }
}

/// A place in a file that moves forward.
#[derive(Debug)]
pub(super) struct Cursor {
    bytes: Bytes,
    at: u64,
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
