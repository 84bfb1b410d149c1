//! Membership, ranges and replacement. The operators `==`, `<` and their kin are in [`crate::binary`].

mod cut;
mod is_between;
mod is_in;
mod replace;

use super::Function;

pub(super) use cut::{interval, interval_type, intervals, labels, numbers, strings};
pub(super) use is_in::IS_IN;

pub(super) static FUNCTIONS: &[Function] =
    &[IS_IN, is_between::IS_BETWEEN, replace::REPLACE, replace::REPLACE_STRICT, cut::CUT];
