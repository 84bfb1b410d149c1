//! What a user can say about Arrow IPC.

use hypostyle_core::Schema;
use serde::{Deserialize, Serialize};

use crate::input::StorageOptions;

/// How to read Arrow IPC.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IpcReadOptions {
    /// No more rows than this.
    pub n_rows: Option<usize>,
    /// Whether paths are patterns.
    pub glob: bool,
    /// How stores of files that are not local are reached.
    pub storage: StorageOptions,
    /// The name of a column for the path of the file that a row is from.
    pub include_file_paths: Option<String>,
    /// Whether `name=value` directories are columns; `None` if only when a directory is read or their types
    /// are given.
    pub hive_partitioning: Option<bool>,
    /// Types of such columns, instead of inferred ones.
    pub hive_schema: Option<Schema>,
    /// Whether values of such columns that look like dates are taken for such.
    pub try_parse_hive_dates: bool,
}

impl Default for IpcReadOptions {
    fn default() -> Self {
        Self {
            n_rows: None,
            glob: true,
            storage: StorageOptions::default(),
            include_file_paths: None,
            hive_partitioning: None,
            hive_schema: None,
            try_parse_hive_dates: true,
        }
    }
}

/// How to write Arrow IPC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IpcWriteOptions {
    /// How buffers are compressed.
    pub compression: IpcCompression,
    /// Rows of a record batch; as many as suit if `None`.
    pub record_batch_rows: Option<usize>,
    /// Whether it is a stream, which has no footer.
    pub stream: bool,
}

/// How buffers are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IpcCompression {
    /// They are not.
    #[default]
    None,
    /// By LZ4, in frames.
    Lz4,
    /// By zstd.
    Zstd,
}
