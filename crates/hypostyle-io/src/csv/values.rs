//! Numbers, dates and times from text as CSV reads them, for other formats of text. Values are parts of a longer text,
//! which fast loops may look at beyond them.

use hypostyle_core::f16;

use super::parse::Parse;
use super::parse::decimal::Decimal;
use super::parse::float::Float;
use super::parse::integer::Integer;
use super::parse::temporal;

/// A number without a point.
#[inline]
pub(crate) fn integer<T: Default + TryFrom<i64> + TryFrom<i128> + TryFrom<u128>>(
    text: &[u8],
    start: usize,
    end: usize,
) -> Option<T> {
    let parser = Integer::<T, true>::default();
    parser.fast(text, start, end).or_else(|| parser.full(text.get(start..end)?))
}

/// A float whose text is a part of a longer one.
pub(crate) trait FloatText: Sized {
    /// The number that `text[start..end]` says.
    fn parse(text: &[u8], start: usize, end: usize) -> Option<Self>;
}

macro_rules! implement_float_text {
    ($($t:ty),+) => {$(
        impl FloatText for $t {
            #[inline]
            fn parse(text: &[u8], start: usize, end: usize) -> Option<Self> {
                let parser = Float::<$t>::with_point(b'.');
                parser.fast(text, start, end).or_else(|| parser.full(text.get(start..end)?))
            }
        }
    )+};
}

implement_float_text!(f16, f32, f64);

/// A number of so many digits, so many of them after the point.
pub(crate) fn decimal(text: &[u8], precision: u8, scale: u8) -> Option<i128> {
    Decimal { precision, scale, point: b'.' }.full(text)
}

/// Days since 1970.
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    temporal::date(text)
}

/// Nanoseconds since midnight.
pub(crate) fn time(text: &[u8]) -> Option<i64> {
    temporal::time(text)
}

/// Units since 1970.
pub(crate) fn datetime(text: &[u8], per_second: i64) -> Option<i64> {
    temporal::datetime(text, per_second)
}
