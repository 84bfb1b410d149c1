//! The `bin` namespace.

mod size;

use super::Function;
use super::strings::encode::{DECODE_BYTES, ENCODE_BYTES};

pub(super) static FUNCTIONS: &[Function] = &[size::SIZE, ENCODE_BYTES, DECODE_BYTES];
