//! Membership, ranges and replacement. The operators `==`, `<` and their kin are in [`crate::binary`].

mod is_between;
mod is_in;
mod replace;

use super::Function;

pub(super) use is_in::IS_IN;

pub(super) static FUNCTIONS: &[Function] =
    &[IS_IN, is_between::IS_BETWEEN, replace::REPLACE, replace::REPLACE_STRICT];
