//! Results in many files: one a key, or a number of rows or bytes in each.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use hypostyle_core::{Batch, Column, Error, Field, Result, Schema};
use hypostyle_kernels::gather::gather;
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use crate::csv::CsvWriteOptions;
use crate::csv::write::cell::Cells;
use crate::output::{Target, refuse_url};

/// Rows that one thread divides at a time.
const PIECE_ROWS: usize = 1 << 16;

/// Files that are written at once. Where there are more keys, the file that got no rows for longest is completed, and
/// its key goes on in another one.
const OPEN_FILES: usize = 512;

/// What null is called in paths.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Begins a file of rows of a schema.
pub type CreateFile = Box<dyn Fn(Target, &Schema) -> Result<Box<dyn DataSink>> + Send>;

/// Says where a file goes: its number among those of its key, and the key, one row.
pub type PlaceFile = Box<dyn Fn(usize, &Schema, &Batch) -> Result<Target> + Send>;

/// How a result is divided.
#[derive(Clone, Debug, Default)]
pub struct PartitionOptions {
    /// Names of the columns that are the key.
    pub keys: Vec<String>,
    /// Whether the files hold the key.
    pub include_key: bool,
    /// No more rows than this in a file.
    pub max_rows: Option<usize>,
    /// About so many bytes of memory in a file.
    pub bytes: Option<usize>,
}

/// Files below a folder: `name=value` folders for the key, and numbers.
pub fn hive_paths(base: PathBuf, extension: &'static str) -> PlaceFile {
    Box::new(move |number, schema, key| {
        let mut path = base.clone();
        for (field, column) in schema.fields().iter().zip(key.columns()) {
            path.push(format!("{}={}", encoded(&field.name), value_in_path(column)?));
        }
        refuse_url(&path)?;
        std::fs::create_dir_all(&path).map_err(|e| Error::io(&path, e))?;
        Ok(Target::from(path.join(format!("{number:08x}.{extension}"))))
    })
}

/// How values look in paths.
fn text_options() -> CsvWriteOptions {
    CsvWriteOptions {
        datetime_format: Some("%Y-%m-%d %H:%M:%S%.6f".to_owned()),
        ..CsvWriteOptions::default()
    }
}

/// The first value of a column as a part of a path.
fn value_in_path(column: &Column) -> Result<String> {
    if column.is_null(0) {
        return Ok(NULL.to_owned());
    }
    let options = text_options();
    let mut text = Vec::new();
    Cells::new(column, &options)?.write(0, &mut text)?;
    Ok(encoded(&String::from_utf8_lossy(&text)))
}

/// Text without characters that mean something in a path.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A folder of this name would be another one.
    if out.bytes().all(|byte| byte == b'.') { out.replace('.', "%2E") } else { out }
}

/// Writes many files, each of which appears when it is complete.
pub struct PartitionedSink {
    divider: Arc<Divider>,
    options: PartitionOptions,
    keys: Schema,
    rows: Schema,
    create: CreateFile,
    place: PlaceFile,
    open: HashMap<Vec<u8>, File>,
    /// How many files a key has had.
    numbers: HashMap<Vec<u8>, usize>,
    clock: usize,
}

impl std::fmt::Debug for PartitionedSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartitionedSink").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A file that is being written.
struct File {
    sink: Box<dyn DataSink>,
    encoder: Arc<dyn PieceEncoder>,
    /// Rows that do not make a piece yet.
    rest: Vec<Batch>,
    rest_rows: usize,
    rows: usize,
    bytes: usize,
    used: usize,
}

impl File {
    fn push(&mut self, batch: Batch) -> Result<()> {
        self.rows += batch.len();
        self.bytes += batch.estimated_size();
        self.rest_rows += batch.len();
        self.rest.push(batch);
        let piece_rows = self.sink.piece_rows().max(1);
        while self.rest_rows >= piece_rows {
            let mut piece = Vec::new();
            let mut missing = piece_rows;
            let mut later = Vec::new();
            for batch in self.rest.drain(..) {
                let taken = missing.min(batch.len());
                if taken > 0 {
                    piece.push(batch.slice(0, taken));
                }
                if taken < batch.len() {
                    later.push(batch.slice(taken, batch.len() - taken));
                }
                missing -= taken;
            }
            self.rest = later;
            self.rest_rows -= piece_rows;
            self.sink.append(self.encoder.encode(&piece)?)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        if self.rest_rows > 0 {
            let piece = self.encoder.encode(&self.rest)?;
            self.sink.append(piece)?;
        }
        self.sink.finish()
    }
}

impl PartitionedSink {
    /// Divides rows of a schema.
    ///
    /// # Errors
    ///
    /// `ColumnNotFound` if there is no column of a key's name, `Compute` if it has a type that has no text.
    pub fn try_new(
        schema: &Schema,
        options: PartitionOptions,
        create: CreateFile,
        place: PlaceFile,
    ) -> Result<Self> {
        let keys = options.keys.iter().map(|name| schema.index_of(name)).collect::<Result<Vec<_>>>()?;
        let written: Vec<usize> =
            (0..schema.len()).filter(|i| options.include_key || !keys.contains(i)).collect();
        let some = |places: &[usize]| -> Result<Schema> {
            Schema::try_new(places.iter().map(|i| schema.fields()[*i].clone()).collect::<Vec<Field>>())
        };
        let (key_schema, rows) = (some(&keys)?, some(&written)?);
        let text = text_options();
        for field in key_schema.fields() {
            Cells::new(&Column::empty(field.dtype.clone()), &text)?;
        }
        Ok(Self {
            divider: Arc::new(Divider { keys, written, text }),
            options,
            keys: key_schema,
            rows,
            create,
            place,
            open: HashMap::new(),
            numbers: HashMap::new(),
            clock: 0,
        })
    }

    /// The file for a key, which may have to be begun.
    fn file(&mut self, name: &[u8], key: &Batch) -> Result<&mut File> {
        self.clock += 1;
        if !self.open.contains_key(name) {
            if self.open.len() >= OPEN_FILES {
                let oldest = self.open.iter().min_by_key(|(_, file)| file.used).map(|(name, _)| name.clone());
                if let Some(file) = oldest.and_then(|oldest| self.open.remove(&oldest)) {
                    file.finish()?;
                }
            }
            let number = self.numbers.entry(name.to_vec()).or_default();
            let target = (self.place)(*number, &self.keys, key)?;
            *number += 1;
            let sink = (self.create)(target, &self.rows)?;
            let encoder = sink.encoder();
            let file =
                File { sink, encoder, rest: Vec::new(), rest_rows: 0, rows: 0, bytes: 0, used: self.clock };
            self.open.insert(name.to_vec(), file);
        }
        let file = self.open.get_mut(name).ok_or_else(|| Error::internal("a file was begun"))?;
        file.used = self.clock;
        Ok(file)
    }

    fn push(&mut self, part: Part) -> Result<()> {
        let Part { name, key, mut rows } = part;
        let (max_rows, max_bytes) =
            (self.options.max_rows.unwrap_or(usize::MAX).max(1), self.options.bytes.unwrap_or(usize::MAX));
        while !rows.is_empty() {
            let per_row = (rows.estimated_size() / rows.len()).max(1);
            let file = self.file(&name, &key)?;
            let by_bytes = max_bytes.saturating_sub(file.bytes).div_ceil(per_row).max(1);
            let taken = rows.len().min(max_rows - file.rows).min(by_bytes);
            file.push(rows.slice(0, taken))?;
            let is_full = file.rows >= max_rows || file.bytes >= max_bytes;
            rows = rows.slice(taken, rows.len() - taken);
            if is_full && let Some(file) = self.open.remove(&name) {
                file.finish()?;
            }
        }
        Ok(())
    }
}

impl DataSink for PartitionedSink {
    fn piece_rows(&self) -> usize {
        PIECE_ROWS
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::clone(&self.divider) as Arc<dyn PieceEncoder>
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let parts = piece.downcast::<Vec<Part>>().map_err(|_| Error::internal("a piece is rows by key"))?;
        parts.into_iter().try_for_each(|part| self.push(part))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let mut open: Vec<(Vec<u8>, File)> = self.open.drain().collect();
        open.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        open.into_iter().try_for_each(|(_, file)| file.finish())
    }
}

/// Divides rows by their key.
struct Divider {
    keys: Vec<usize>,
    written: Vec<usize>,
    text: CsvWriteOptions,
}

/// Rows of one key.
struct Part {
    name: Vec<u8>,
    key: Batch,
    rows: Batch,
}

impl Divider {
    fn divide(&self, batch: &Batch, parts: &mut Vec<Part>) -> Result<()> {
        let rows = batch.project(&self.written);
        if self.keys.is_empty() {
            parts.push(Part { name: Vec::new(), key: Batch::try_new(Vec::new(), 1)?, rows });
            return Ok(());
        }
        let keys = batch.project(&self.keys);
        let cells = keys.columns().iter().map(|c| Cells::new(c, &self.text)).collect::<Result<Vec<_>>>()?;
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut groups: Vec<(Vec<u8>, Vec<u32>)> = Vec::new();
        let mut name = Vec::new();
        for row in 0..batch.len() {
            name.clear();
            for (column, cells) in keys.columns().iter().zip(&cells) {
                let start = name.len();
                name.extend_from_slice(&[0; 5]);
                if !column.is_null(row) {
                    cells.write(row, &mut name)?;
                    // Lengths tell where one key ends and the next begins.
                    let len = (name.len() - start - 5) as u32;
                    name[start] = 1;
                    name[start + 1..start + 5].copy_from_slice(&len.to_be_bytes());
                }
            }
            match places.get(&name) {
                Some(place) => groups[*place].1.push(row as u32),
                None => {
                    places.insert(name.clone(), groups.len());
                    groups.push((name.clone(), vec![row as u32]));
                }
            }
        }
        for (name, numbers) in groups {
            let first = numbers.first().map_or(0, |row| *row as usize);
            let gathered = rows.columns().iter().map(|column| gather(column, &numbers));
            let rows = Batch::try_new(gathered.collect::<Result<_>>()?, numbers.len())?;
            parts.push(Part { name, key: keys.slice(first, 1), rows });
        }
        Ok(())
    }
}

impl PieceEncoder for Divider {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let mut parts = Vec::new();
        rows.iter().try_for_each(|batch| self.divide(batch, &mut parts))?;
        Ok(Box::new(parts))
    }
}
