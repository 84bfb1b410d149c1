//! The text of a batch: fields, quotes, separators.

use hypostyle_core::{Batch, Column, Result, Schema};

use super::cell::Cells;
use super::options::{CsvWriteOptions, QuoteStyle};

/// Turns headers and batches into text. It holds no state, so any number of threads may share it.
///
/// ```
/// use hypostyle_core::{Batch, Column};
/// use hypostyle_io::csv::{CsvFormat, CsvWriteOptions};
///
/// let format = CsvFormat::try_new(CsvWriteOptions::default())?;
/// let batch = Batch::try_new(vec![Column::from_vec(vec![1.5, 1e20]), Column::from_strs(["a,b", ""])], 2)?;
/// let mut text = Vec::new();
/// format.batch(&batch, &mut text)?;
/// assert_eq!(text, b"1.5,\"a,b\"\n1e+20,\"\"\n");
/// # Ok::<_, hypostyle_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvFormat {
    options: CsvWriteOptions,
    /// Bytes that make quotes necessary.
    special: [bool; 256],
    /// Whether the text of a number, a date or a truth value may hold one.
    clashes: bool,
}

impl CsvFormat {
    /// Checks the options.
    pub fn try_new(options: CsvWriteOptions) -> Result<Self> {
        options.validate()?;
        let mut special = [false; 256];
        for byte in [options.separator, options.quote_char, b'\n', b'\r'] {
            special[usize::from(byte)] = true;
        }
        for byte in options.line_terminator.bytes() {
            special[usize::from(byte)] = true;
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-.:".contains(&b);
        let clashes = (0..=u8::MAX).any(|b| special[usize::from(b)] && plain(b));
        Ok(Self { options, special, clashes })
    }

    /// How the text looks.
    pub fn options(&self) -> &CsvWriteOptions {
        &self.options
    }

    /// Appends what comes before the rows: the byte order mark and the names, as far as they are wanted.
    pub fn header(&self, schema: &Schema, out: &mut Vec<u8>) {
        if self.options.include_bom {
            out.extend_from_slice(b"\xef\xbb\xbf");
        }
        if !self.options.include_header {
            return;
        }
        for (i, name) in schema.names().enumerate() {
            if i > 0 {
                out.push(self.options.separator);
            }
            let start = out.len();
            out.extend_from_slice(name.as_bytes());
            match self.options.quote_style {
                QuoteStyle::Never => {}
                QuoteStyle::Necessary if !self.needs_quotes(name.as_bytes()) => {}
                _ => self.quote(start, out),
            }
        }
        out.extend_from_slice(self.options.line_terminator.as_bytes());
    }

    /// Appends the rows of a batch.
    ///
    /// # Errors
    ///
    /// `Compute` if a column has a type that CSV has no text for, or a format does not suit its type.
    pub fn batch(&self, batch: &Batch, out: &mut Vec<u8>) -> Result<()> {
        let fields = batch.columns().iter().map(|column| self.field(column)).collect::<Result<Vec<_>>>()?;
        out.reserve(batch.len() * fields.len() * 8);
        let null = self.options.null_value.as_bytes();
        for row in 0..batch.len() {
            for (i, field) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(self.options.separator);
                }
                let start = out.len();
                if field.column.is_null(row) {
                    out.extend_from_slice(null);
                    if field.quote_null {
                        self.quote(start, out);
                    }
                    continue;
                }
                field.cells.write(row, out)?;
                match field.quotes {
                    Quotes::Never => {}
                    Quotes::Always => self.quote(start, out),
                    Quotes::WhereNeeded => {
                        if self.needs_quotes(&out[start..]) {
                            self.quote(start, out);
                        }
                    }
                }
            }
            out.extend_from_slice(self.options.line_terminator.as_bytes());
        }
        Ok(())
    }

    fn field<'a>(&'a self, column: &'a Column) -> Result<Field<'a>> {
        let cells = Cells::new(column, &self.options)?;
        let comma_clashes =
            self.options.decimal_comma && self.options.separator == b',' && cells.has_decimals();
        let (quotes, quote_null) = match self.options.quote_style {
            QuoteStyle::Never => (Quotes::Never, false),
            QuoteStyle::Always => (Quotes::Always, true),
            _ if comma_clashes => (Quotes::Always, true),
            QuoteStyle::NonNumeric if !cells.is_numeric() => (Quotes::Always, false),
            _ if cells.is_text() || cells.is_custom() || self.clashes => (Quotes::WhereNeeded, false),
            _ => (Quotes::Never, false),
        };
        Ok(Field { column, cells, quotes, quote_null })
    }

    fn needs_quotes(&self, field: &[u8]) -> bool {
        field.is_empty() || field.iter().any(|b| self.special[usize::from(*b)])
    }

    /// Puts quotes around what was written from `start` on, and doubles those within.
    fn quote(&self, start: usize, out: &mut Vec<u8>) {
        let quote = self.options.quote_char;
        out.insert(start, quote);
        let mut at = start + 1;
        while let Some(found) = memchr::memchr(quote, &out[at..]) {
            out.insert(at + found, quote);
            at += found + 2;
        }
        out.push(quote);
    }
}

/// One column of a batch.
struct Field<'a> {
    column: &'a Column,
    cells: Cells<'a>,
    quotes: Quotes,
    quote_null: bool,
}

enum Quotes {
    Never,
    Always,
    WhereNeeded,
}
