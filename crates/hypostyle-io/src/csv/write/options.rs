//! What a user can say about a CSV file before it is written.

use hypostyle_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::output::TextCompression;

/// How to write CSV. The defaults are Polars'.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CsvWriteOptions {
    /// Whether the first row holds the names of the columns.
    pub include_header: bool,
    /// Whether the file starts with a byte order mark.
    pub include_bom: bool,
    /// The byte between fields.
    pub separator: u8,
    /// What ends a row.
    pub line_terminator: String,
    /// The byte around fields that need it.
    pub quote_char: u8,
    /// Which fields are quoted.
    pub quote_style: QuoteStyle,
    /// What stands for null; the quote style does not apply to it, except `Always`.
    pub null_value: String,
    /// Floats always (`1e0`) or never with an exponent; `None` chooses by size.
    pub float_scientific: Option<bool>,
    /// Digits after the point of floats; `None` is as many as it takes to read the same number back.
    pub float_precision: Option<usize>,
    /// Whether the decimal mark of floats and decimals is a comma.
    pub decimal_comma: bool,
    /// A `strftime` format for dates instead of `%Y-%m-%d`.
    pub date_format: Option<String>,
    /// A `strftime` format for times instead of `%H:%M:%S%.9f`.
    pub time_format: Option<String>,
    /// A `strftime` format for datetimes instead of `%Y-%m-%dT%H:%M:%S` with a fraction as the unit has it, and `%z`
    /// where there is a zone.
    pub datetime_format: Option<String>,
    /// Whether and how the file is compressed.
    pub compression: TextCompression,
}

impl Default for CsvWriteOptions {
    fn default() -> Self {
        Self {
            include_header: true,
            include_bom: false,
            separator: b',',
            line_terminator: "\n".into(),
            quote_char: b'"',
            quote_style: QuoteStyle::Necessary,
            null_value: String::new(),
            float_scientific: None,
            float_precision: None,
            decimal_comma: false,
            date_format: None,
            time_format: None,
            datetime_format: None,
            compression: TextCompression::None,
        }
    }
}

impl CsvWriteOptions {
    pub(super) fn validate(&self) -> Result<()> {
        if self.separator == self.quote_char {
            return Err(Error::invalid_operation(
                "the CSV separator and quote are the same byte; they must differ",
            ));
        }
        if self.line_terminator.is_empty() {
            return Err(Error::invalid_operation(
                "the CSV line terminator is empty; rows would run together",
            ));
        }
        Ok(())
    }
}

/// Which fields are quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum QuoteStyle {
    /// Those that would not be read back the same: with separators, quotes or newlines in them, and empty strings.
    #[default]
    Necessary,
    /// All.
    Always,
    /// All but numbers and nulls.
    NonNumeric,
    /// None, whatever comes of it.
    Never,
}
