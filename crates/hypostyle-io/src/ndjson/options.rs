//! What a user can say about lines of JSON.

use hypostyle_core::Schema;
use serde::{Deserialize, Serialize};

use crate::input::StorageOptions;
use crate::output::TextCompression;

/// How to read lines of JSON. The defaults are Polars'.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NdjsonReadOptions {
    /// Names and types of all columns, which are then not inferred.
    pub schema: Option<Schema>,
    /// Types of some of the columns.
    pub schema_overrides: Option<Schema>,
    /// How many rows types are inferred from; all if `None`.
    pub infer_schema_length: Option<usize>,
    /// No more rows than this.
    pub n_rows: Option<usize>,
    /// Whether values that do not fit their column become null.
    pub ignore_errors: bool,
    /// Whether paths are patterns.
    pub glob: bool,
    /// How stores of files that are not local are reached.
    pub storage: StorageOptions,
    /// The name of a column for the path of the file that a row is from.
    pub include_file_paths: Option<String>,
    /// About how many bytes one thread reads at a time.
    pub block_size: usize,
}

impl Default for NdjsonReadOptions {
    fn default() -> Self {
        Self {
            schema: None,
            schema_overrides: None,
            infer_schema_length: Some(100),
            n_rows: None,
            ignore_errors: false,
            glob: true,
            storage: StorageOptions::default(),
            include_file_paths: None,
            block_size: 1 << 20,
        }
    }
}

/// How to write lines of JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NdjsonWriteOptions {
    /// Whether and how the file is compressed.
    pub compression: TextCompression,
}
