//! What is measured of joins: whole questions of the H2O benchmark, and the structures that find partners. The
//! programs differ in their allocator.

#![forbid(unsafe_code)]

pub mod h2o;
pub mod indexes;
