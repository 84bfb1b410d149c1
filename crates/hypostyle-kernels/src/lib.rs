//! Pure functions on columns: the home of SIMD and of unsafe code

pub mod bytes;
