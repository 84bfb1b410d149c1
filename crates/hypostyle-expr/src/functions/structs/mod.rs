//! The `struct` namespace.

mod field;
mod rename_fields;

use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[field::FIELD, rename_fields::RENAME_FIELDS];
