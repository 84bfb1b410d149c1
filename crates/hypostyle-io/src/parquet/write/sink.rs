//! A Parquet file in the making.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow_schema::SchemaRef as ForeignSchemaRef;
use hypostyle_arrow::{from_column, from_schema};
use hypostyle_core::ffi::StringForm;
use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column, DataType, Error, ErrorKind, Result, Schema, with_number_type};
use hypostyle_plan::{DataSink, Piece, PieceEncoder};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};

use super::chunk::EncodedChunk;
use super::encode::{Limits, Scratch, encode};
use super::options::ParquetWriteOptions;
use crate::output::{Output, Target};

/// Writes one file: row groups in the order of the calls. It appears under its name when it is complete, or not at all.
pub struct ParquetSink {
    writer: SerializedFileWriter<Output>,
    encoder: Arc<Encoder>,
    rows: usize,
    /// What errors name.
    path: Option<PathBuf>,
}

impl fmt::Debug for ParquetSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetSink").field("rows", &self.rows).finish_non_exhaustive()
    }
}

struct Encoder {
    schema: ForeignSchemaRef,
    /// For each column, that of its only leaf, unless it is nested.
    flat: Vec<Option<ColumnDescPtr>>,
    factory: ArrowRowGroupWriterFactory,
    statistics: bool,
    limits: Limits,
    codec: Compression,
    scratch: Mutex<Vec<Scratch>>,
}

/// A column of a row group, encoded.
enum Chunk {
    Own(EncodedChunk),
    Foreign(ArrowColumnChunk),
}

/// A row group, encoded.
type RowGroup = Vec<Chunk>;

fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => Error::from(*source),
            Err(source) => Error::compute(source.to_string()),
        },
        ParquetError::NYI(what) => Error::unsupported(format!("Parquet cannot be written: {what}")),
        error => Error::compute(format!("Parquet cannot be written: {error}")),
    }
}

impl ParquetSink {
    /// Begins the file.
    ///
    /// # Errors
    /// `Io` with the path if the file cannot be written, `InvalidOperation` if an option has no such value,
    /// `Unsupported` if Parquet cannot hold a column.
    pub fn create(target: impl Into<Target>, schema: &Schema, options: &ParquetWriteOptions) -> Result<Self> {
        let properties = options.properties()?;
        let rows = options.row_group_rows();
        for field in schema {
            check(&field.dtype).map_err(|e| Error::unsupported(format!("column {:?}: {e}", field.name)))?;
        }
        let schema: ForeignSchemaRef = Arc::new(from_schema(schema, StringForm::Offsets)?);
        let target = target.into();
        let path = match &target {
            Target::Path(path) => Some(path.clone()),
            Target::Writer(_) => None,
        };
        let output = Output::create(target)?;
        let writer = ArrowWriter::try_new(output, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        let (writer, factory) = writer.into_serialized_writer().map_err(failed)?;
        let encoder = Encoder {
            flat: flat_columns(writer.schema_descr(), schema.fields().len()),
            schema,
            factory,
            statistics: options.statistics,
            limits: options.limits(),
            codec: options.codec()?,
            scratch: Mutex::default(),
        };
        Ok(Self { writer, encoder: Arc::new(encoder), rows, path })
    }
}

/// An error with the path.
fn located(path: Option<&Path>, error: ParquetError) -> Error {
    match (failed(error).into_kind(), path) {
        (ErrorKind::Io { path: None, source }, Some(path)) => Error::io(path, source),
        (other, _) => Error::new(other),
    }
}

/// Parquet has no groups without columns.
fn check(dtype: &DataType) -> Result<()> {
    with_number_type!(dtype, |T| Ok(()), match {
        DataType::Struct(fields) if fields.is_empty() => {
            Err(Error::unsupported("Parquet has no structs without fields"))
        }
        DataType::Struct(fields) => fields.iter().try_for_each(|field| check(&field.dtype)),
        // Readers lose rows without levels.
        DataType::Array(_, 0) => Err(Error::unsupported("Parquet has no lists of the fixed length 0")),
        DataType::List(inner) | DataType::Array(inner, _) => check(inner),
        DataType::Null
        | DataType::Boolean
        | DataType::Decimal(..)
        | DataType::String
        | DataType::Binary
        | DataType::Date
        | DataType::Time
        | DataType::Datetime(..)
        | DataType::Duration(_)
        | DataType::Categorical
        | DataType::Enum(_) => Ok(()),
    })
}

/// The leaves of the columns that have but one, which is themselves.
fn flat_columns(schema: &SchemaDescriptor, columns: usize) -> Vec<Option<ColumnDescPtr>> {
    let mut flat = vec![None; columns];
    for leaf in 0..schema.num_columns() {
        let descr = schema.column(leaf);
        let place = flat.get_mut(schema.get_column_root_idx(leaf));
        if let Some(place) = place.filter(|_| descr.path().parts().len() == 1) {
            *place = Some(descr);
        }
    }
    flat
}

impl PieceEncoder for Encoder {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let pool = || lock(&self.scratch);
        let kept = pool().pop();
        let mut scratch = match kept {
            Some(scratch) => scratch,
            None => Scratch::new(self.codec)?,
        };
        let group = self.encode_group(rows, &mut scratch)?;
        pool().push(scratch);
        Ok(Box::new(group))
    }
}

impl Encoder {
    fn encode_group(&self, rows: &[Batch], scratch: &mut Scratch) -> Result<RowGroup> {
        // Made when a column needs them: one for each leaf, the first of them for those before.
        let mut writers = None;
        let mut group: RowGroup = Vec::new();
        for (place, field) in self.schema.fields().iter().enumerate() {
            if let Some(descr) = &self.flat[place] {
                let columns: Vec<&Column> = rows.iter().map(|batch| batch.column(place)).collect();
                if let Some(chunk) = encode(&columns, descr, self.statistics, &self.limits, scratch)? {
                    group.push(Chunk::Own(chunk));
                    continue;
                }
            }
            let writers = match &mut writers {
                Some(writers) => writers,
                None => writers
                    .insert(self.factory.create_column_writers(0).map_err(failed)?.into_iter().enumerate()),
            };
            let before = group.len();
            let mut writers =
                writers.by_ref().skip_while(|(leaf, _)| *leaf < before).map(|(_, writer)| writer);
            let mut leaves: Vec<_> = Vec::new();
            for batch in rows {
                let column = batch.column(place);
                let array = from_column(column, form(column))?;
                for (number, leaf) in compute_leaves(field, &array).map_err(failed)?.iter().enumerate() {
                    if number == leaves.len() {
                        leaves.extend(writers.next());
                    }
                    let writer = leaves.get_mut(number);
                    let writer = writer.ok_or_else(|| Error::internal("more leaves than the schema has"))?;
                    writer.write(leaf).map_err(failed)?;
                }
            }
            // A column's memory is given back before the next one is encoded.
            for leaf in leaves {
                group.push(Chunk::Foreign(leaf.close().map_err(failed)?));
            }
        }
        Ok(group)
    }
}

/// Codes stay codes on their way, so that their texts are not copied.
fn form(column: &Column) -> StringForm {
    match column.as_dict() {
        Some(_) if *column.dtype() == DataType::String => StringForm::Dictionary,
        _ => StringForm::Offsets,
    }
}

impl DataSink for ParquetSink {
    fn piece_rows(&self) -> usize {
        self.rows
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::clone(&self.encoder) as Arc<dyn PieceEncoder>
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let group = piece.downcast::<RowGroup>();
        let group = group.map_err(|_| Error::internal("a piece of Parquet is a row group"))?;
        let path = self.path.as_deref();
        let append = || {
            let mut writer = self.writer.next_row_group()?;
            for chunk in *group {
                match chunk {
                    Chunk::Own(chunk) => writer.append_column(&chunk.bytes, chunk.close)?,
                    Chunk::Foreign(chunk) => chunk.append_to_row_group(&mut writer)?,
                }
            }
            writer.close().map(drop)
        };
        append().map_err(|error| located(path, error))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        // This writes the footer.
        let output = self.writer.into_inner().map_err(|error| located(self.path.as_deref(), error))?;
        output.finish()
    }
}
