//! What trees of any depth need where the compiler walks them: drop glue, and reading and writing (docs/decisions/0020).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Drops a value on a stack that grows.
#[recursive::recursive]
pub fn drop_deep<T>(value: T) {
    drop(value);
}

/// Writes inputs on a stack that grows with the depth of the tree.
#[recursive::recursive]
pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.serialize(to)
}

/// Reads inputs on a stack that grows with the depth of the tree.
#[recursive::recursive]
pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(from)
}
