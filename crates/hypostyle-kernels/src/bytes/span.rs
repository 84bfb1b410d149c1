//! Where a field lies in its text.

/// The bytes of one field within a text, quotes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Stands for a field that a short row does not have.
    pub const MISSING: Self = Self { start: u32::MAX, end: u32::MAX };

    /// Whether there is no such field.
    pub fn is_missing(self) -> bool {
        self.start == u32::MAX
    }

    /// The bytes of the field; none if it is missing.
    #[inline(always)]
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..self.end as usize).unwrap_or(&[])
    }
}
