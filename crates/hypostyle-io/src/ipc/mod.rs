//! Arrow IPC: files, which have a footer, and streams, which have none.
//!
//! `messages` finds the messages of either and checks what they claim before anything is allocated; record batches are
//! then decoded by crate `arrow-ipc`, by as many threads as care to call (`source`), and come over the bridge of
//! `hypostyle-arrow`. Writing is `sink`.
//!
//! Deliberately absent: mapping files into memory. A file that shrinks while it is mapped kills the process.

mod messages;
mod options;
mod sink;
mod source;

pub use options::{IpcCompression, IpcReadOptions, IpcWriteOptions};
pub use sink::IpcSink;
pub use source::IpcSource;
