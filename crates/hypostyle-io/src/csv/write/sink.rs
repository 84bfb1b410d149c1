//! A CSV file in the making.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, Error, Result, Schema};
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use super::format::CsvFormat;
use super::options::CsvWriteOptions;
use crate::output::{Target, TextOutput};

/// Rows that one thread formats at a time.
const PIECE_ROWS: usize = 1 << 14;

/// Writes one file: formatted text in the order of the calls. It appears under its name when it is complete, or not at
/// all.
#[derive(Debug)]
pub struct CsvSink {
    format: Arc<CsvFormat>,
    output: TextOutput,
}

impl CsvSink {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    ///
    /// `Io` with the path if the file cannot be written, `InvalidOperation` if the options contradict one another,
    /// `Compute` if a column has a type that CSV has no text for.
    pub fn create(target: impl Into<Target>, schema: &Schema, options: CsvWriteOptions) -> Result<Self> {
        let compression = options.compression;
        let format = CsvFormat::try_new(options)?;
        let mut header = Vec::new();
        format.header(schema, &mut header);
        let columns = schema.fields().iter().map(|field| Column::empty(field.dtype.clone())).collect();
        format.batch(&Batch::try_new(columns, 0)?, &mut Vec::new())?;
        let mut output = TextOutput::create(target.into(), compression)?;
        output.write(&header)?;
        Ok(Self { format: Arc::new(format), output })
    }

    /// Formats and appends a batch.
    pub fn write_batch(&mut self, batch: &Batch) -> Result<()> {
        let mut text = Vec::new();
        self.format.batch(batch, &mut text)?;
        self.output.write(&text)
    }

    /// Completes the file: all of it is on disk and under its name when this returns.
    pub fn finish(self) -> Result<()> {
        self.output.finish()
    }
}

impl DataSink for CsvSink {
    fn piece_rows(&self) -> usize {
        PIECE_ROWS
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::clone(&self.format) as Arc<dyn PieceEncoder>
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let text = piece.downcast::<Vec<u8>>().map_err(|_| Error::internal("a piece of CSV is text"))?;
        self.output.write(&text)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Self::finish(*self)
    }
}

impl PieceEncoder for CsvFormat {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let mut text = Vec::new();
        rows.iter().try_for_each(|batch| self.batch(batch, &mut text))?;
        Ok(Box::new(text))
    }
}
