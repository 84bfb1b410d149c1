//! Other forms of the same values.

mod to_physical;

use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[to_physical::TO_PHYSICAL];
