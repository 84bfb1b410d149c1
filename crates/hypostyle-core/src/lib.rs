//! The vocabulary of Hypostyle: errors, data types, columns and frames.
//!
//! Everything else in the workspace is written in these words, so this crate stays small: a change here
//! recompiles the house. It is also the only crate that names `arrow2`, whose buffers carry the memory.
//!
//! Deliberately absent: computation on columns (`hypostyle-kernels`), threads, files, plans.

// First, for the macros of the other modules.
pub mod dispatch;

pub mod array;
pub mod batch;
pub mod bitmap;
pub mod buffer;
pub mod builder;
pub mod column;
pub mod display;
pub mod dtype;
pub mod error;
pub mod ffi;
pub mod frame;
pub mod lock;
pub mod scalar;
pub mod schema;
pub mod series;
mod statistics;
pub mod zones;

pub use array::{
    Array, BinaryArray, BooleanArray, DictArray, Dictionary, FixedListArray, ListArray, PrimitiveArray,
    StructArray, Utf8Array,
};
pub use batch::Batch;
pub use bitmap::{Bitmap, MutableBitmap};
pub use buffer::Buffer;
pub use builder::{BinaryBuilder, BooleanBuilder, PrimitiveBuilder, StringBuilder};
pub use column::Column;
pub use dispatch::{Native, NumberClass};
pub use dtype::{DataType, TimeUnit};
pub use error::{Error, ErrorKind, Result};
pub use frame::DataFrame;
pub use half::f16;
pub use scalar::{Scalar, Value};
pub use schema::{Field, Schema, SchemaRef};
pub use series::Series;
pub use statistics::Statistics;
pub use zones::{ZONE_ROWS, ZonePlace, ZoneRange, Zones, zone_places};
