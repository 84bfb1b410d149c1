//! The vocabulary of Hypostyle: errors, data types, columns, frames; the only crate that names arrow2
