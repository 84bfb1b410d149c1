//! Where the messages of a file or a stream are, and whether what they claim can be true.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer as ForeignBuffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{CompressionType, Endianness, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType as ForeignType, Schema as ForeignSchema};
use hypostyle_core::{Error, Result};

use crate::foreign::unless_it_panics;
use crate::input::{Bytes, Location};

const MAGIC: &[u8; 6] = b"ARROW1";
/// The end of a file: the length of the footer and the magic bytes.
const TRAILER: u64 = 10;
/// What stands before the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// Rows of a batch of which no byte says that they are there: a table of nulls.
const MOST_EMPTY_ROWS: u64 = u32::MAX as u64;

type Dictionaries = Arc<HashMap<i64, ArrayRef>>;

/// An open file or stream.
#[derive(Debug)]
pub(super) struct Messages {
    bytes: Bytes,
    name: String,
    pub(super) schema: Arc<ForeignSchema>,
    pub(super) batches: Vec<BatchMessage>,
}

/// A record batch that was not read yet.
#[derive(Clone, Debug)]
pub(super) struct BatchMessage {
    place: Place,
    pub(super) rows: usize,
    dictionaries: Dictionaries,
}

/// Where a message is.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    /// Bytes before the body.
    metadata: u64,
    body: u64,
}

impl Messages {
    /// Opens a file or a stream, whichever it is.
    pub(super) fn open(location: &Location) -> Result<Self> {
        let bytes = location.open_bytes()?;
        let name = location.name();
        let mut head = [0; 6];
        let count = read(&bytes, &mut head, 0, location.path())?;
        if count == 0 {
            return Err(Error::compute(format!("{name} is empty, and no Arrow IPC")));
        }
        let messages = Self { bytes, name, schema: Arc::new(ForeignSchema::empty()), batches: Vec::new() };
        if &head == MAGIC { messages.of_file() } else { messages.of_stream() }
    }

    fn invalid(&self, what: impl std::fmt::Display) -> Error {
        Error::compute(format!("{} is no valid Arrow IPC: {what}", self.name))
    }

    /// Bytes that must be there.
    fn exactly(&self, offset: u64, len: u64) -> Result<Vec<u8>> {
        let within = offset.checked_add(len).is_some_and(|end| end <= self.bytes.len());
        let len = usize::try_from(len).ok().filter(|_| within);
        let len =
            len.ok_or_else(|| self.invalid("it ends in the middle of a message, or claims a longer one"))?;
        let mut buffer = vec![0; len];
        let count = read(&self.bytes, &mut buffer, offset, None)?;
        if count < len {
            return Err(self.invalid("it became shorter while it was read"));
        }
        Ok(buffer)
    }

    fn set_schema(&mut self, schema: arrow_ipc::Schema<'_>) -> Result<()> {
        if schema.endianness() != Endianness::Little {
            return Err(Error::unsupported(format!("{} holds big-endian Arrow data", self.name)));
        }
        let schema = try_fb_to_schema(schema).map_err(|e| self.invalid(e))?;
        self.schema = Arc::new(schema);
        Ok(())
    }

    fn of_file(mut self) -> Result<Self> {
        let len = self.bytes.len();
        let Some(end) = len.checked_sub(TRAILER).filter(|end| *end >= 8) else {
            return Err(self.invalid("it is too short to have a footer"));
        };
        let trailer = self.exactly(end, TRAILER)?;
        let (size, magic) = trailer.split_at(4);
        if magic != MAGIC {
            return Err(self.invalid("it does not end as a file does; was it cut off?"));
        }
        let size = size.first_chunk().map_or(0, |size| i32::from_le_bytes(*size));
        let start =
            u64::try_from(size).ok().and_then(|size| end.checked_sub(size)).filter(|start| *start >= 8);
        let Some(start) = start else {
            return Err(self.invalid("its footer claims to be longer than the file"));
        };
        let footer = self.exactly(start, end - start)?;
        let footer =
            root_as_footer(&footer).map_err(|e| self.invalid(format!("its footer is broken: {e}")))?;
        self.set_schema(footer.schema().ok_or_else(|| self.invalid("its footer has no schema"))?)?;
        let place = |block: &arrow_ipc::Block| {
            let metadata = u64::try_from(block.metaDataLength()).ok()?;
            Some(Place {
                offset: u64::try_from(block.offset()).ok()?,
                metadata,
                body: u64::try_from(block.bodyLength()).ok()?,
            })
        };
        let places = |blocks: Option<_>| -> Option<Vec<Place>> {
            let blocks: flatbuffers::Vector<'_, arrow_ipc::Block> = blocks?;
            blocks.iter().map(place).collect()
        };
        let negative = || self.invalid("its footer has a negative length");
        let dictionaries = match footer.dictionaries() {
            None => Vec::new(),
            blocks => places(blocks).ok_or_else(negative)?,
        };
        let batches = match footer.recordBatches() {
            None => Vec::new(),
            blocks => places(blocks).ok_or_else(negative)?,
        };
        let mut known = HashMap::new();
        for place in dictionaries {
            let head = self.exactly(place.offset, place.metadata)?;
            self.add_dictionary(place, &head, &mut known)?;
        }
        let known = Arc::new(known);
        for place in batches {
            let head = self.exactly(place.offset, place.metadata)?;
            self.add_batch(place, &head, Arc::clone(&known))?;
        }
        Ok(self)
    }

    fn of_stream(mut self) -> Result<Self> {
        let mut offset = 0;
        let mut known = Dictionaries::default();
        let mut has_schema = false;
        while offset < self.bytes.len() {
            let prefix = self.exactly(offset, 4)?;
            let (skipped, size) =
                if prefix == CONTINUATION { (8, self.exactly(offset + 4, 4)?) } else { (4, prefix) };
            let size = size.first_chunk().map_or(-1, |size| i32::from_le_bytes(*size));
            let neither = || self.invalid("it neither begins as a file nor as a stream");
            let size = u64::try_from(size).map_err(|_| neither())?;
            if !has_schema && size > self.bytes.len() - offset {
                return Err(neither());
            }
            if size == 0 {
                break;
            }
            let metadata = skipped + size;
            let head = self.exactly(offset, metadata)?;
            let message = self.message(&head)?;
            let body = u64::try_from(message.bodyLength()).map_err(|_| self.invalid("a negative length"))?;
            let place = Place { offset, metadata, body };
            match message.header_type() {
                MessageHeader::Schema if !has_schema => {
                    let schema = message.header_as_schema();
                    self.set_schema(schema.ok_or_else(|| self.invalid("a schema is missing"))?)?;
                    has_schema = true;
                }
                _ if !has_schema => return Err(neither()),
                MessageHeader::DictionaryBatch => {
                    let mut changed = HashMap::clone(&known);
                    self.add_dictionary(place, &head, &mut changed)?;
                    known = Arc::new(changed);
                }
                MessageHeader::RecordBatch => self.add_batch(place, &head, Arc::clone(&known))?,
                other => return Err(self.invalid(format!("a message of type {other:?} between others"))),
            }
            offset = offset
                .checked_add(metadata)
                .and_then(|end| end.checked_add(body))
                .filter(|end| *end <= self.bytes.len())
                .ok_or_else(|| self.invalid("it ends in the middle of a message, or claims a longer one"))?;
        }
        if !has_schema {
            return Err(self.invalid("it has no schema"));
        }
        Ok(self)
    }

    /// The message after the length that stands before it.
    fn message<'a>(&self, head: &'a [u8]) -> Result<arrow_ipc::Message<'a>> {
        let start = if head.starts_with(&CONTINUATION) { 8 } else { 4 };
        let message = head.get(start..).unwrap_or(&[]);
        root_as_message(message).map_err(|e| self.invalid(format!("a message is broken: {e}")))
    }

    fn add_dictionary(&self, place: Place, head: &[u8], known: &mut HashMap<i64, ArrayRef>) -> Result<()> {
        let message = self.message(head)?;
        let dictionary = message.header_as_dictionary_batch();
        let dictionary = dictionary.ok_or_else(|| self.invalid("a dictionary is missing"))?;
        let data = dictionary.data().ok_or_else(|| self.invalid("a dictionary has no values"))?;
        let mut units = Vec::new();
        self.schema.fields().iter().for_each(|field| units_of_dictionaries(field.data_type(), &mut units));
        // Which of them it is the decoder finds out; a unit that all have is one that it has.
        let unit = units.into_iter().min().unwrap_or(1);
        let body = self.body(place, &data, &[1, unit])?;
        let version = message.version();
        self.decoded(|| read_dictionary(&body, dictionary, &self.schema, known, &version))
    }

    fn add_batch(&mut self, place: Place, head: &[u8], dictionaries: Dictionaries) -> Result<()> {
        let message = self.message(head)?;
        let batch = message.header_as_record_batch();
        let batch = batch.ok_or_else(|| self.invalid("a record batch is missing"))?;
        let within = place.offset.checked_add(place.metadata).and_then(|at| at.checked_add(place.body));
        if within.is_none_or(|end| end > self.bytes.len()) {
            return Err(self.invalid("it ends in the middle of a message, or claims a longer one"));
        }
        let rows = u64::try_from(batch.length()).ok();
        // A row without a column of values takes no byte, any other at least a bit, compressed or not.
        let most = place.body.saturating_mul(1 << 20).max(MOST_EMPTY_ROWS);
        let rows = rows.filter(|rows| *rows <= most).and_then(|rows| usize::try_from(rows).ok());
        let rows =
            rows.ok_or_else(|| self.invalid("a record batch claims more rows than it has bytes for"))?;
        self.batches.push(BatchMessage { place, rows, dictionaries });
        Ok(())
    }

    /// The body of a message, whose buffers lie within it and claim no more than they can unpack to. `units` are bytes
    /// that the lengths of the first buffers must be multiples of.
    fn body(&self, place: Place, batch: &arrow_ipc::RecordBatch<'_>, units: &[u64]) -> Result<ForeignBuffer> {
        let body = self.exactly(place.offset.saturating_add(place.metadata), place.body)?;
        let codec = batch.compression().map(|compression| compression.codec());
        let mut bytes = 0u64;
        let mut units = units.iter();
        for buffer in batch.buffers().iter().flatten() {
            let start = usize::try_from(buffer.offset()).ok();
            let len = usize::try_from(buffer.length()).ok();
            let end = start.zip(len).and_then(|(start, len)| start.checked_add(len));
            let part = start.zip(end).and_then(|(start, end)| body.get(start..end));
            let part = part.filter(|_| start.is_some_and(|start| start % 8 == 0));
            let part =
                part.ok_or_else(|| self.invalid("a buffer lies outside of its message, or astride"))?;
            let unpacked = match (codec, part.first_chunk::<8>()) {
                (None, _) => part.len() as u64,
                (Some(_), None) if part.is_empty() => 0,
                (Some(_), None) => return Err(self.invalid("a compressed buffer has no length")),
                (Some(codec), Some(claimed)) => {
                    let packed = part.len() as u64 - 8;
                    let most = match codec {
                        // At best a byte says that 255 more follow.
                        CompressionType::LZ4_FRAME => packed.saturating_mul(256),
                        // At best a block of four bytes stands for 128 KiB.
                        _ => packed.saturating_mul(1 << 15).saturating_add(1 << 17),
                    };
                    match i64::from_le_bytes(*claimed) {
                        -1 => packed,
                        claimed => {
                            u64::try_from(claimed).ok().filter(|claimed| *claimed <= most).ok_or_else(
                                || self.invalid("a compressed buffer claims more than it can unpack to"),
                            )?
                        }
                    }
                }
            };
            if unpacked % units.next().unwrap_or(&1) != 0 {
                return Err(self.invalid("a buffer ends within a value"));
            }
            bytes = bytes.saturating_add(unpacked);
        }
        let most = if bytes == 0 { MOST_EMPTY_ROWS } else { bytes.saturating_mul(8).max(MOST_EMPTY_ROWS) };
        for node in batch.nodes().iter().flatten() {
            let fits = u64::try_from(node.length()).is_ok_and(|len| len <= most);
            if !fits || node.null_count() < 0 || node.null_count() > node.length() {
                return Err(self.invalid("a column claims more rows than it has bytes for"));
            }
        }
        Ok(ForeignBuffer::from_vec(body))
    }

    /// Columns of a record batch.
    pub(super) fn read(&self, batch: &BatchMessage, projection: Option<&[usize]>) -> Result<RecordBatch> {
        let head = self.exactly(batch.place.offset, batch.place.metadata)?;
        let message = self.message(&head)?;
        let header = message.header_as_record_batch();
        let header = header.ok_or_else(|| self.invalid("a record batch is missing"))?;
        let mut units = Vec::new();
        let mut known = true;
        for field in self.schema.fields() {
            known = known && units_of(field.data_type(), &mut units);
        }
        let body = self.body(batch.place, &header, &units)?;
        let (schema, dictionaries) = (Arc::clone(&self.schema), &batch.dictionaries);
        let version = message.version();
        self.decoded(|| read_record_batch(&body, header, schema, dictionaries, projection, &version))
    }

    /// What the decoder makes of it. It checks its input, but not for everything that makes it panic.
    fn decoded<T>(&self, decode: impl FnOnce() -> Result<T, ArrowError>) -> Result<T> {
        match unless_it_panics(decode) {
            Some(result) => result.map_err(|e| self.invalid(e)),
            None => Err(self.invalid("it cannot be decoded")),
        }
    }
}

fn read(bytes: &Bytes, buffer: &mut [u8], offset: u64, path: Option<&Path>) -> Result<usize> {
    bytes.read_at(buffer, offset).map_err(|e| match path {
        Some(path) => Error::io(path, e),
        None => Error::from(e),
    })
}

/// Appends the bytes of a value in each buffer of a type, 1 where any length will do; `false` where the number of
/// buffers is not the type's to say.
fn units_of(dtype: &ForeignType, units: &mut Vec<u64>) -> bool {
    let own: &[u64] = match dtype {
        ForeignType::Null => &[],
        ForeignType::Utf8 | ForeignType::Binary => &[1, 4, 1],
        ForeignType::LargeUtf8 | ForeignType::LargeBinary => &[1, 8, 1],
        ForeignType::List(_) | ForeignType::Map(..) => &[1, 4],
        ForeignType::LargeList(_) => &[1, 8],
        ForeignType::FixedSizeList(..) | ForeignType::Struct(_) => &[1],
        ForeignType::Boolean | ForeignType::FixedSizeBinary(_) | ForeignType::Dictionary(..) => &[1, 1],
        dtype if dtype.primitive_width().is_some() => &[1, 1],
        _ => return false,
    };
    units.extend(own);
    match dtype {
        ForeignType::List(field)
        | ForeignType::Map(field, _)
        | ForeignType::LargeList(field)
        | ForeignType::FixedSizeList(field, _) => units_of(field.data_type(), units),
        ForeignType::Struct(fields) => fields.iter().all(|field| units_of(field.data_type(), units)),
        _ => true,
    }
}

/// The bytes of an offset of each dictionary within a type.
fn units_of_dictionaries(dtype: &ForeignType, units: &mut Vec<u64>) {
    match dtype {
        ForeignType::Dictionary(_, values) => units.push(match &**values {
            ForeignType::Utf8 | ForeignType::Binary => 4,
            ForeignType::LargeUtf8 | ForeignType::LargeBinary => 8,
            _ => 1,
        }),
        ForeignType::List(field)
        | ForeignType::Map(field, _)
        | ForeignType::LargeList(field)
        | ForeignType::FixedSizeList(field, _) => units_of_dictionaries(field.data_type(), units),
        ForeignType::Struct(fields) => {
            fields.iter().for_each(|field| units_of_dictionaries(field.data_type(), units));
        }
        _ => {}
    }
}
