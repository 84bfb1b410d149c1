//! What a user can say about Parquet files before they are read.

use hypostyle_core::Schema;
use serde::{Deserialize, Serialize};

use crate::input::StorageOptions;

/// How to read Parquet. The defaults are Polars'.
///
/// Plain data: it can be compared, written out and read back, so that a plan can hold it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParquetReadOptions {
    /// How many rows to read at most.
    pub n_rows: Option<usize>,
    /// Name of a column of row numbers to put first.
    pub row_index_name: Option<String>,
    /// The first row number.
    pub row_index_offset: u32,
    /// Whether `*`, `?`, `[..]` and `**` in paths stand for names.
    pub glob: bool,
    /// How stores of files that are not local are reached.
    pub storage: StorageOptions,
    /// Name of a column of file paths to put last.
    pub include_file_paths: Option<String>,
    /// The columns with their types, instead of those of the first file.
    pub schema: Option<Schema>,
    /// Whether statistics leave out row groups and pages without wanted rows.
    pub use_statistics: bool,
    /// Whether `name=value` directories are columns; `None` if only when a directory is read or their types
    /// are given.
    pub hive_partitioning: Option<bool>,
    /// Types of such columns, instead of inferred ones.
    pub hive_schema: Option<Schema>,
    /// Whether values of such columns that look like dates and datetimes are taken for such.
    pub try_parse_hive_dates: bool,
    /// Whether columns that a file does not have are null instead of an error.
    pub insert_missing_columns: bool,
    /// Whether columns of a file that the schema does not name are left out instead of an error.
    pub ignore_extra_columns: bool,
    /// Whether integers, and decimals of the same scale, of a narrower type than the schema's are widened instead of an
    /// error.
    pub widen_integers: bool,
    /// Whether floats of a narrower type than the schema's are widened instead of an error.
    pub widen_floats: bool,
}

impl Default for ParquetReadOptions {
    fn default() -> Self {
        Self {
            n_rows: None,
            row_index_name: None,
            row_index_offset: 0,
            glob: true,
            storage: StorageOptions::default(),
            include_file_paths: None,
            schema: None,
            use_statistics: true,
            hive_partitioning: None,
            hive_schema: None,
            try_parse_hive_dates: true,
            insert_missing_columns: false,
            ignore_extra_columns: false,
            widen_integers: false,
            widen_floats: false,
        }
    }
}
