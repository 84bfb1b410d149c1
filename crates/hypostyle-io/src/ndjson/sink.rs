//! A file of lines of JSON in the making.

use std::sync::Arc;

use hypostyle_core::{Error, Result, Schema};
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use super::options::NdjsonWriteOptions;
use crate::json::format::JsonFormat;
use crate::json::sink::{Encoder, PIECE_ROWS};
use crate::output::{Target, TextOutput};

/// Writes one file. It appears under its name when it is complete, or not at all.
#[derive(Debug)]
pub struct NdjsonSink {
    format: Arc<JsonFormat>,
    output: TextOutput,
}

impl NdjsonSink {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// `Io` with the path if the file cannot be written, `Compute` if JSON has no text for a type.
    pub fn create(target: impl Into<Target>, schema: &Schema, options: &NdjsonWriteOptions) -> Result<Self> {
        let format = Arc::new(JsonFormat::try_new(schema)?);
        Ok(Self { format, output: TextOutput::create(target.into(), options.compression)? })
    }
}

impl DataSink for NdjsonSink {
    fn piece_rows(&self) -> usize {
        PIECE_ROWS
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::new(Encoder { format: Arc::clone(&self.format), end: b'\n' })
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let text = piece.downcast::<Vec<u8>>().map_err(|_| Error::internal("a piece of JSON is text"))?;
        self.output.write(&text)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.output.finish()
    }
}
