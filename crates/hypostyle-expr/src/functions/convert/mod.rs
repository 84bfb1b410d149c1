//! Other forms of the same values.

mod hash;
mod reinterpret;
mod to_physical;

use super::Function;

pub(super) use reinterpret::from_bits;

pub(super) static FUNCTIONS: &[Function] = &[to_physical::TO_PHYSICAL, reinterpret::REINTERPRET, hash::HASH];
