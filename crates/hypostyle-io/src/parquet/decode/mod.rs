//! Decoding of columns that are not nested: a page's bytes to values.
//!
//! A page is made ready once (`page`): decompressed (`decompress`), its levels turned into bits, and rare encodings
//! turned into the plain one (`delta`). Then the rows of a morsel, or those of them that are wanted, are taken out of
//! it (`values`).

mod decompress;
pub(super) mod delta;
mod hybrid;
mod page;
mod values;

pub(super) use decompress::{Body, Decompressor};
#[cfg(test)]
pub(super) use hybrid::Hybrid;
pub(super) use page::{Ascending, Page, Part, Wanted};
pub(super) use values::{
    Entries, Leaf, Physical, big_endian, look_up_column, read_all_codes, read_column, read_entries,
};

/// A number by which Parquet names an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoding(pub(super) i32);

impl Encoding {
    pub(super) const PLAIN: Self = Self(0);
    /// The older name of dictionary codes; for the entries, of the plain encoding.
    pub(super) const PLAIN_DICTIONARY: Self = Self(2);
    pub(super) const RLE: Self = Self(3);
    pub(super) const DELTA_BINARY_PACKED: Self = Self(5);
    pub(super) const DELTA_LENGTH_BYTE_ARRAY: Self = Self(6);
    pub(super) const DELTA_BYTE_ARRAY: Self = Self(7);
    pub(super) const RLE_DICTIONARY: Self = Self(8);
    pub(super) const BYTE_STREAM_SPLIT: Self = Self(9);

    pub(super) fn is_dictionary(self) -> bool {
        self == Self::PLAIN_DICTIONARY || self == Self::RLE_DICTIONARY
    }
}
