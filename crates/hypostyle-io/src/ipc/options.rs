//! What a user can say about Arrow IPC.

use serde::{Deserialize, Serialize};

/// How to read Arrow IPC.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IpcReadOptions {
    /// No more rows than this.
    pub n_rows: Option<usize>,
    /// Whether paths are patterns.
    pub glob: bool,
    /// The name of a column for the path of the file that a row is from.
    pub include_file_paths: Option<String>,
}

impl Default for IpcReadOptions {
    fn default() -> Self {
        Self { n_rows: None, glob: true, include_file_paths: None }
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
