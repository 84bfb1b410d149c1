//! Methods for entries of the catalog that need nothing arranged, a file for each family. `methods_source.rs` makes them.

mod aggregates;
mod arrays;
mod bytes;
mod columns;
mod dates;
mod lists;
mod sequences;
mod strings;
mod windows;
