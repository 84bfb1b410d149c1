//! A JSON document in the making: an array of objects.

use std::sync::Arc;

use hypostyle_core::{Batch, Error, Result, Schema};
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use super::format::JsonFormat;
use crate::output::{Target, TextCompression, TextOutput};

/// Rows that one thread formats at a time.
pub(crate) const PIECE_ROWS: usize = 1 << 13;

/// Writes one document. It appears under its name when it is complete, or not at all.
#[derive(Debug)]
pub struct JsonSink {
    format: Arc<JsonFormat>,
    output: TextOutput,
    empty: bool,
}

impl JsonSink {
    /// Begins a document.
    ///
    /// # Errors
    ///
    /// `Io` with the path if the file cannot be written, `Compute` if JSON has no text for a type.
    pub fn create(target: impl Into<Target>, schema: &Schema) -> Result<Self> {
        let format = Arc::new(JsonFormat::try_new(schema)?);
        let output = TextOutput::create(target.into(), TextCompression::None)?;
        Ok(Self { format, output, empty: true })
    }
}

impl DataSink for JsonSink {
    fn piece_rows(&self) -> usize {
        PIECE_ROWS
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::new(Encoder { format: Arc::clone(&self.format), end: b',' })
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let text = piece.downcast::<Vec<u8>>().map_err(|_| Error::internal("a piece of JSON is text"))?;
        // The comma that follows every row belongs between it and the next one.
        self.output.write(if std::mem::take(&mut self.empty) { b"[" } else { b"," })?;
        self.output.write(&text[..text.len().saturating_sub(1)])
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.output.write(if self.empty { b"[]" } else { b"]" })?;
        self.output.finish()
    }
}

/// Formats rows, each with a byte after it.
pub(crate) struct Encoder {
    pub(crate) format: Arc<JsonFormat>,
    pub(crate) end: u8,
}

impl PieceEncoder for Encoder {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        let mut text = Vec::new();
        rows.iter().try_for_each(|batch| self.format.rows(batch, self.end, &mut text))?;
        Ok(Box::new(text))
    }
}
