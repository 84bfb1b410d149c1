//! The `bin` namespace.

mod size;

use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[size::SIZE];
