//! Pure functions on columns: the home of SIMD and of `unsafe` code.
//!
//! A kernel knows no plan, no thread and no file. Public kernels check lengths and types, then call one generic
//! function. A column of one row broadcasts against any length; whether that is allowed is decided by the caller,
//! who knows which columns are scalars.

pub mod arithmetic;
pub mod bitwise;
pub mod boolean;
pub mod bytes;
pub mod cast;
pub mod compare;
pub mod composite;
pub mod composite_set;
pub mod concat;
pub mod decimal_tiles;
pub mod distinct;
#[cfg(test)]
mod every_type;
pub mod filter;
pub mod gather;
pub mod group;
pub mod hash;
pub mod interval;
pub mod join_table;
pub mod key_bits;
pub mod key_set;
pub mod keys;
pub mod late_text;
pub mod order_statistics;
pub mod pack;
pub mod packed;
pub mod rank;
mod runs;
pub mod search;
pub mod select;
pub mod short_texts;
pub mod simd;
pub mod snappy;
pub mod sort;
pub mod temporal;
pub mod text;
mod text_digits;
pub mod tiles;
pub mod time_formats;
pub mod time_windows;
pub mod time_zone;
pub mod zip;
pub mod zones;
