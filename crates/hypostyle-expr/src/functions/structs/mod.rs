//! The `struct` namespace.

mod drop;
mod field;
mod rename_fields;
mod with_fields;

use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[
    field::FIELD,
    rename_fields::RENAME_FIELDS,
    rename_fields::PREFIX_FIELDS,
    rename_fields::SUFFIX_FIELDS,
    with_fields::WITH_FIELDS,
    with_fields::EVAL,
    drop::DROP,
];
