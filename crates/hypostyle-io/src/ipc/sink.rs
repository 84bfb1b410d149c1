//! An Arrow IPC file, or stream, in the making.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use arrow_ipc::convert::IpcSchemaEncoder;
use arrow_ipc::writer::{
    DictionaryTracker, EncodedData, IpcDataGenerator, IpcWriteOptions as ForeignOptions, write_message,
};
use arrow_ipc::{Block, CompressionType, FooterBuilder, MetadataVersion};
use arrow_schema::{ArrowError, Schema as ForeignSchema};
use flatbuffers::FlatBufferBuilder;
use hypostyle_arrow::{from_batch, from_schema};
use hypostyle_core::ffi::StringForm;
use hypostyle_core::{
    Array, Batch, Column, DataType, DictArray, Dictionary, Error, FixedListArray, ListArray, PrimitiveArray,
    Result, Schema, StructArray, with_number_type, with_primitive,
};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use super::options::{IpcCompression, IpcWriteOptions};
use crate::output::{Output, Target};

/// Rows of a record batch, if nobody says how many.
const BATCH_ROWS: usize = 1 << 17;

/// Writes one file. It appears under its name when it is complete, or not at all.
///
/// Record batches are encoded by any thread, except where there are categories: a file has one dictionary a column,
/// which grows in the order of the rows.
#[derive(Debug)]
pub struct IpcSink {
    encoder: Arc<Encoder>,
    output: Output,
    stream: bool,
    piece_rows: usize,
    /// Bytes written.
    position: i64,
    batches: Vec<Block>,
    dictionaries: Vec<Block>,
    /// One for each column of categories, and each within lists and structs.
    categories: Vec<Categories>,
    schema: Schema,
}

/// What turns rows into record batches.
#[derive(Debug)]
struct Encoder {
    schema: ForeignSchema,
    options: ForeignOptions,
    has_categories: bool,
}

/// A piece of a file.
enum Part {
    Encoded(EncodedData),
    Rows(Batch),
}

fn refused(error: &ArrowError) -> Error {
    Error::compute(format!("the data cannot be written as Arrow IPC: {error}"))
}

impl IpcSink {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// `Io` with the path if it cannot be written.
    pub fn create(target: impl Into<Target>, schema: &Schema, options: &IpcWriteOptions) -> Result<Self> {
        let compression = match options.compression {
            IpcCompression::None => None,
            IpcCompression::Lz4 => Some(CompressionType::LZ4_FRAME),
            IpcCompression::Zstd => Some(CompressionType::ZSTD),
        };
        let foreign = ForeignOptions::try_new(64, false, MetadataVersion::V5)
            .and_then(|options| options.try_with_compression(compression))
            .map_err(|e| refused(&e))?;
        let mut categories = Vec::new();
        schema.fields().iter().for_each(|field| Categories::of(&field.dtype, &mut categories));
        let encoder = Encoder {
            schema: from_schema(schema, StringForm::Offsets)?,
            options: foreign,
            has_categories: !categories.is_empty(),
        };
        let mut sink = Self {
            encoder: Arc::new(encoder),
            output: Output::create(target.into())?,
            stream: options.stream,
            piece_rows: options.record_batch_rows.unwrap_or(BATCH_ROWS).max(1),
            position: 0,
            batches: Vec::new(),
            dictionaries: Vec::new(),
            categories,
            schema: schema.clone(),
        };
        if !sink.stream {
            sink.write(b"ARROW1\0\0")?;
        }
        let mut tracker = DictionaryTracker::new(false);
        let generator = IpcDataGenerator::default();
        let Encoder { schema, options, .. } = &*sink.encoder;
        let message = generator.schema_to_bytes_with_dictionary_tracker(schema, &mut tracker, options);
        sink.message(message)?;
        Ok(sink)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.output.write_all(bytes).map_err(|e| self.output.failed(e))?;
        self.position += bytes.len() as i64;
        Ok(())
    }

    /// Writes a message; gives its place.
    fn message(&mut self, message: EncodedData) -> Result<Block> {
        let written = write_message(&mut self.output, message, &self.encoder.options);
        let (metadata, body) = written.map_err(|error| match error {
            ArrowError::IoError(_, error) => self.output.failed(error),
            error => refused(&error),
        })?;
        let too_large = |_| Error::overflow("a record batch is too large for an Arrow IPC file");
        let block = Block::new(self.position, i32::try_from(metadata).map_err(too_large)?, body as i64);
        self.position += (metadata + body) as i64;
        Ok(block)
    }

    /// Rows with the categories of the whole file, and whether there are new ones.
    fn unified(&mut self, batch: &Batch) -> Result<(Batch, bool)> {
        let before: Vec<usize> = self.categories.iter().map(|c| c.entries.len()).collect();
        let mut categories = self.categories.iter_mut();
        let columns = batch.columns().iter().map(|column| unify(column, &mut categories));
        let batch = Batch::try_new(columns.collect::<Result<_>>()?, batch.len())?;
        let grown = self.categories.iter().zip(before).any(|(c, before)| c.entries.len() > before);
        Ok((batch, grown))
    }

    fn append_part(&mut self, part: Part) -> Result<()> {
        let message = match part {
            Part::Encoded(message) => message,
            Part::Rows(batch) => {
                let (batch, grown) = self.unified(&batch)?;
                let (dictionaries, message) = self.encoder.encode(&batch)?;
                if self.stream && (grown || self.batches.is_empty()) {
                    dictionaries.into_iter().try_for_each(|dictionary| self.message(dictionary).map(drop))?;
                }
                message
            }
        };
        let block = self.message(message)?;
        self.batches.push(block);
        Ok(())
    }

    fn complete(mut self) -> Result<()> {
        if !self.stream && !self.categories.is_empty() {
            // Readers of a file begin with its footer, so the dictionaries can stand at the end, complete.
            let empty = self.schema.fields().iter().map(|field| Column::empty(field.dtype.clone()));
            let (batch, _) = self.unified(&Batch::try_new(empty.collect(), 0)?)?;
            for dictionary in self.encoder.encode(&batch)?.0 {
                let block = self.message(dictionary)?;
                self.dictionaries.push(block);
            }
        }
        // The end of a stream of messages.
        self.write(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])?;
        if !self.stream {
            let mut builder = FlatBufferBuilder::new();
            let dictionaries = builder.create_vector(&self.dictionaries);
            let batches = builder.create_vector(&self.batches);
            let mut tracker = DictionaryTracker::new(false);
            let schema = IpcSchemaEncoder::new()
                .with_dictionary_tracker(&mut tracker)
                .schema_to_fb_offset(&mut builder, &self.encoder.schema);
            let mut footer = FooterBuilder::new(&mut builder);
            footer.add_version(MetadataVersion::V5);
            footer.add_schema(schema);
            footer.add_dictionaries(dictionaries);
            footer.add_recordBatches(batches);
            let footer = footer.finish();
            builder.finish(footer, None);
            let footer = builder.finished_data();
            self.write(footer)?;
            let len = i32::try_from(footer.len())
                .map_err(|_| Error::overflow("the footer of an Arrow IPC file is too large"))?;
            self.write(&len.to_le_bytes())?;
            self.write(b"ARROW1")?;
        }
        self.output.finish()
    }
}

impl DataSink for IpcSink {
    fn piece_rows(&self) -> usize {
        self.piece_rows
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::clone(&self.encoder) as Arc<dyn PieceEncoder>
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let part =
            piece.downcast::<Part>().map_err(|_| Error::internal("a piece of IPC is a record batch"))?;
        self.append_part(*part)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.complete()
    }
}

impl Encoder {
    /// The messages of a batch: its dictionaries, and itself.
    fn encode(&self, batch: &Batch) -> Result<(Vec<EncodedData>, EncodedData)> {
        let batch = from_batch(batch, &self.schema, StringForm::Offsets)?;
        let mut tracker = DictionaryTracker::new(false);
        let generator = IpcDataGenerator::default();
        // Numbers the dictionaries as the schema does.
        generator.schema_to_bytes_with_dictionary_tracker(&self.schema, &mut tracker, &self.options);
        generator
            .encode(&batch, &mut tracker, &self.options, &mut Default::default())
            .map_err(|e| refused(&e))
    }
}

impl PieceEncoder for Encoder {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let batch = match rows {
            [one] => one.clone(),
            many => concat_batches(many)?,
        };
        Ok(Box::new(if self.has_categories {
            Part::Rows(batch)
        } else {
            Part::Encoded(Self::encode(self, &batch)?.1)
        }))
    }
}

/// The categories of a column, as far as they were seen.
#[derive(Debug, Default)]
struct Categories {
    entries: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
    dictionary: Option<Arc<Dictionary>>,
}

impl Categories {
    /// Those of all columns within a type.
    fn of(dtype: &DataType, found: &mut Vec<Self>) {
        with_number_type!(dtype, |T| (), match {
            DataType::Categorical => found.push(Self::default()),
            DataType::Enum(names) => {
                let codes = names.iter().zip(0..).map(|(name, code)| (Arc::clone(name), code)).collect();
                found.push(Self { entries: names.to_vec(), codes, dictionary: None });
            }
            DataType::List(inner) | DataType::Array(inner, _) => Self::of(inner, found),
            DataType::Struct(fields) => fields.iter().for_each(|field| Self::of(&field.dtype, found)),
            DataType::Null
            | DataType::Boolean
            | DataType::Decimal(..)
            | DataType::String
            | DataType::Binary
            | DataType::Date
            | DataType::Time
            | DataType::Datetime(..)
            | DataType::Duration(_) => {}
        })
    }

    /// The same values in codes of these categories.
    fn encode(&mut self, array: &DictArray) -> Result<DictArray> {
        let values = array.dictionary().values();
        let mut known: Vec<Option<u32>> = vec![None; values.len()];
        let mut codes = Vec::with_capacity(array.len());
        for code in array.codes().iter() {
            let Some(code) = code else {
                codes.push(0);
                continue;
            };
            let place = &mut known[code as usize];
            codes.push(match *place {
                Some(code) => code,
                None => *place.insert(self.code(values.value(code as usize))?),
            });
        }
        let dictionary = match &self.dictionary {
            Some(dictionary) if dictionary.len() == self.entries.len() => Arc::clone(dictionary),
            _ => {
                let entries = self.entries.iter().map(|entry| Some(&**entry)).collect();
                Arc::clone(self.dictionary.insert(Arc::new(Dictionary::try_new(entries)?)))
            }
        };
        DictArray::try_new(
            PrimitiveArray::try_new(codes.into(), array.codes().validity().cloned())?,
            dictionary,
        )
    }

    fn code(&mut self, name: &str) -> Result<u32> {
        if let Some(code) = self.codes.get(name) {
            return Ok(*code);
        }
        let code = u32::try_from(self.entries.len());
        let code =
            code.map_err(|_| Error::overflow("a column has more categories than 32 bits can number"))?;
        let name: Arc<str> = name.into();
        self.entries.push(Arc::clone(&name));
        self.codes.insert(name, code);
        Ok(code)
    }
}

/// A column with the categories of the whole file.
fn unify<'a>(column: &Column, categories: &mut impl Iterator<Item = &'a mut Categories>) -> Result<Column> {
    let dtype = column.dtype().clone();
    let array = with_primitive!(column.array(), |_a: T| return Ok(column.clone()), match {
        Array::Dict(array) if dtype.is_categorical() => {
            let known = categories.next().ok_or_else(|| Error::internal("a column has no categories"))?;
            Array::Dict(known.encode(array)?)
        }
        Array::List(array) => {
            let values = unify(array.values(), categories)?;
            Array::List(ListArray::try_new(array.offsets().clone(), values, array.validity().cloned())?)
        }
        Array::FixedList(array) => {
            let values = unify(array.values(), categories)?;
            let validity = array.validity().cloned();
            Array::FixedList(FixedListArray::try_new(values, array.width(), array.len(), validity)?)
        }
        Array::Struct(array) => {
            let fields =
                array.fields().iter().map(|field| unify(field, categories)).collect::<Result<_>>()?;
            Array::Struct(StructArray::try_new(fields, array.len(), array.validity().cloned())?)
        }
        Array::Null(_) | Array::Boolean(_) | Array::Utf8(_) | Array::Dict(_) | Array::Binary(_) => {
            return Ok(column.clone());
        }
    });
    Column::try_new(dtype, array)
}
