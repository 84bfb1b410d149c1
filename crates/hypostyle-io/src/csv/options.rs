//! What a user can say about a CSV file before it is read.

use hypostyle_core::{DataType, Error, Result, Schema};
use serde::{Deserialize, Serialize};

use crate::input::StorageOptions;

/// How to read CSV. The defaults are Polars'.
///
/// Plain data: it can be compared, written out and read back, so that a plan can hold it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CsvReadOptions {
    /// Whether the first row holds the names of the columns.
    pub has_header: bool,
    /// The byte between fields.
    pub separator: u8,
    /// The byte around fields that hold separators, newlines or itself (doubled); `None` if there is none.
    pub quote_char: Option<u8>,
    /// The byte at the end of a row. A carriage return before it belongs to it.
    pub eol_char: u8,
    /// Lines that start with this are skipped.
    pub comment_prefix: Option<String>,
    /// Rows to skip before the header; quoted newlines and comments do not count.
    pub skip_rows: usize,
    /// Lines to skip before anything else, whatever they hold.
    pub skip_lines: usize,
    /// Rows to skip after the header.
    pub skip_rows_after_header: usize,
    /// How many rows to read at most.
    pub n_rows: Option<usize>,
    /// The columns with their types, by name where there is a header, by position where there is none.
    pub schema: Option<Schema>,
    /// Types for some columns, instead of inferred ones; not used where there is a `schema`.
    pub schema_overrides: Option<SchemaOverrides>,
    /// Names instead of those of the file, for all columns.
    pub new_columns: Option<Vec<String>>,
    /// Texts that mean null.
    pub null_values: Option<NullValues>,
    /// Whether an empty text without quotes is null in a `String` column; if not it is the empty string.
    pub empty_string_is_null: bool,
    /// Whether a field that does not parse becomes null instead of an error.
    pub ignore_errors: bool,
    /// Whether texts that look like dates, times and datetimes are taken for such.
    pub try_parse_dates: bool,
    /// Whether to infer types at all; if not, every column is `String`.
    pub infer_schema: bool,
    /// How many rows to infer types from; `None` is all.
    pub infer_schema_length: Option<usize>,
    /// How many files to infer types from.
    pub infer_schema_files: usize,
    /// What to do about bytes that are not UTF-8.
    pub encoding: CsvEncoding,
    /// Whether the decimal mark is a comma.
    pub decimal_comma: bool,
    /// Name of a column of row numbers to put first.
    pub row_index_name: Option<String>,
    /// The first row number.
    pub row_index_offset: u32,
    /// Whether fields beyond the columns are dropped instead of an error.
    pub truncate_ragged_lines: bool,
    /// Whether file columns that `schema` does not name are dropped instead of an error, and with them fields beyond
    /// the columns.
    pub ignore_extra_columns: bool,
    /// Whether columns of `schema` that the file does not have are null instead of an error.
    pub insert_missing_columns: bool,
    /// Whether `*`, `?`, `[..]` and `**` in paths stand for names.
    pub glob: bool,
    /// How stores of files that are not local are reached.
    pub storage: StorageOptions,
    /// Name of a column of file paths to put last.
    pub include_file_paths: Option<String>,
    /// How many threads may read and parse at once; `None` is as many as there are. Rows do not depend on it.
    pub n_threads: Option<usize>,
    /// Whether a file without any row, not even a header, is an error.
    pub raise_if_empty: bool,
    /// Bytes of text that one morsel is read from, up to 1 GiB. Rows do not depend on it, batch boundaries do.
    pub block_size: usize,
}

impl Default for CsvReadOptions {
    fn default() -> Self {
        Self {
            has_header: true,
            separator: b',',
            quote_char: Some(b'"'),
            eol_char: b'\n',
            comment_prefix: None,
            skip_rows: 0,
            skip_lines: 0,
            skip_rows_after_header: 0,
            n_rows: None,
            schema: None,
            schema_overrides: None,
            new_columns: None,
            null_values: None,
            empty_string_is_null: true,
            ignore_errors: false,
            try_parse_dates: false,
            infer_schema: true,
            infer_schema_length: Some(100),
            infer_schema_files: 10,
            encoding: CsvEncoding::Utf8,
            decimal_comma: false,
            row_index_name: None,
            row_index_offset: 0,
            truncate_ragged_lines: false,
            ignore_extra_columns: false,
            insert_missing_columns: false,
            glob: true,
            storage: StorageOptions::default(),
            include_file_paths: None,
            n_threads: None,
            raise_if_empty: true,
            block_size: 1 << 20,
        }
    }
}

impl CsvReadOptions {
    /// Checks what the types cannot: that the structural bytes differ.
    pub(super) fn validate(&self) -> Result<()> {
        let clash = |what: &str| {
            Err(Error::invalid_operation(format!("the CSV {what} are the same byte; they must differ")))
        };
        if self.skip_rows > 0 && self.skip_lines > 0 {
            return Err(Error::invalid_operation(
                "`skip_rows` and `skip_lines` are two ways to say it; set one only",
            ));
        }
        if self.separator == self.eol_char {
            return clash("separator and end-of-line character");
        }
        if self.quote_char == Some(self.separator) {
            return clash("quote and separator");
        }
        if self.quote_char == Some(self.eol_char) {
            return clash("quote and end-of-line character");
        }
        Ok(())
    }

    pub(super) fn decimal_mark(&self) -> u8 {
        if self.decimal_comma { b',' } else { b'.' }
    }
}

/// Types for some columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SchemaOverrides {
    /// For the columns of these names; other names are ignored.
    ByName(Vec<(String, DataType)>),
    /// For the columns in order; there must be as many as columns.
    ByPosition(Vec<DataType>),
}

/// Texts that mean null.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NullValues {
    /// In every column.
    AllColumns(Vec<String>),
    /// In the columns of these names.
    ByName(Vec<(String, String)>),
}

/// What to do about bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CsvEncoding {
    /// They are an error.
    #[default]
    Utf8,
    /// They become U+FFFD.
    Utf8Lossy,
}
