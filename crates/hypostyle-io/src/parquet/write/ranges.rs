//! The least and the greatest value of a page and of a chunk, as Parquet orders them and writes them down.

use hypostyle_kernels::simd;

/// How numbers, held as 64 bits, are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As signed integers; narrower ones extended.
    Signed,
    Unsigned,
    /// As the bits of an `f32`, in its total order, NaN left out.
    Float,
    /// As the bits of an `f64`, likewise.
    Double,
}

impl Order {
    /// An integer in the order of these values.
    #[inline(always)]
    pub(super) fn key(self, bits: u64) -> i64 {
        // In the total order of floats, all bits but the sign turn around below zero.
        match self {
            Self::Signed => bits as i64,
            Self::Unsigned => (bits ^ 1 << 63) as i64,
            Self::Float => {
                let bits = bits as i32;
                i64::from(bits ^ (bits >> 31) & i32::MAX)
            }
            Self::Double => {
                let bits = bits as i64;
                bits ^ (bits >> 63) & i64::MAX
            }
        }
    }

    /// The value with this key.
    pub(super) fn bits(self, key: i64) -> u64 {
        match self {
            Self::Signed => key as u64,
            Self::Unsigned => key as u64 ^ 1 << 63,
            Self::Float => {
                let key = key as i32;
                u64::from((key ^ (key >> 31) & i32::MAX) as u32)
            }
            Self::Double => (key ^ (key >> 63) & i64::MAX) as u64,
        }
    }

    #[inline(always)]
    fn is_nan(self, bits: u64) -> bool {
        match self {
            Self::Signed | Self::Unsigned => false,
            Self::Float => f32::from_bits(bits as u32).is_nan(),
            Self::Double => f64::from_bits(bits).is_nan(),
        }
    }
}

/// Between which values those of a page or chunk lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Range {
    /// There are none.
    #[default]
    Nothing,
    /// By their keys. If all are NaN, so are the ends, else none of them.
    Numbers { low: i64, high: i64, nans: u64, all_nan: bool },
    /// Texts and other bytes.
    Bytes { low: Vec<u8>, high: Vec<u8> },
}

/// Values that are compared side by side.
const LANES: usize = 16;

/// The range of some numbers.
pub(super) fn numbers(values: &[u64], order: Order) -> Range {
    if values.is_empty() {
        return Range::Nothing;
    }
    // Each order has a loop of its own.
    let (low, high, nans) = match order {
        Order::Signed => extremes(values, |v| Order::Signed.key(v), |_| false),
        Order::Unsigned => extremes(values, |v| Order::Unsigned.key(v), |_| false),
        Order::Float => extremes(values, |v| Order::Float.key(v), |v| Order::Float.is_nan(v)),
        Order::Double => extremes(values, |v| Order::Double.key(v), |v| Order::Double.is_nan(v)),
    };
    if nans < values.len() as u64 {
        return Range::Numbers { low, high, nans, all_nan: false };
    }
    let (low, high, _) = extremes(values, |v| order.key(v), |_| false);
    Range::Numbers { low, high, nans, all_nan: true }
}

#[inline(always)]
fn extremes(values: &[u64], key: impl Fn(u64) -> i64, is_nan: impl Fn(u64) -> bool) -> (i64, i64, u64) {
    simd::dispatch(
        #[inline(always)]
        || {
            let mut low = [i64::MAX; LANES];
            let mut high = [i64::MIN; LANES];
            let mut nans = [0u64; LANES];
            let mut see = |part: &[u64]| {
                for (i, value) in part.iter().enumerate() {
                    let (key, nan) = (key(*value), is_nan(*value));
                    let (least, greatest) = if nan { (i64::MAX, i64::MIN) } else { (key, key) };
                    low[i] = if least < low[i] { least } else { low[i] };
                    high[i] = if greatest > high[i] { greatest } else { high[i] };
                    nans[i] += u64::from(nan);
                }
            };
            let (whole, rest) = values.as_chunks::<LANES>();
            whole.iter().for_each(|part| see(part));
            see(rest);
            let least = low.iter().fold(i64::MAX, |a, b| a.min(*b));
            let greatest = high.iter().fold(i64::MIN, |a, b| a.max(*b));
            (least, greatest, nans.iter().sum())
        },
    )
}

/// The range of texts, compared byte by byte.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Range {
    /// The first bytes as a number: they decide most comparisons.
    fn begin(text: &[u8]) -> u64 {
        match text.first_chunk() {
            Some(first) => u64::from_be_bytes(*first),
            None => text.iter().rev().fold(0, |begin, byte| begin >> 8 | u64::from(*byte) << 56),
        }
    }
    let mut texts = texts.into_iter();
    let Some(first) = texts.next() else { return Range::Nothing };
    let (mut low, mut high) = (first, first);
    let (mut low_begin, mut high_begin) = (begin(first), begin(first));
    for text in texts {
        let begin = begin(text);
        if begin <= low_begin && text < low {
            (low, low_begin) = (text, begin);
        }
        if begin >= high_begin && text > high {
            (high, high_begin) = (text, begin);
        }
    }
    Range::Bytes { low: low.to_vec(), high: high.to_vec() }
}

impl Range {
    /// Takes in the range of more values.
    pub(super) fn extend(&mut self, more: &Range) {
        match (&mut *self, more) {
            (_, Range::Nothing) => {}
            (
                Range::Numbers { low, high, nans, all_nan },
                Range::Numbers { low: other_low, high: other_high, nans: more, all_nan: other_nan },
            ) => {
                *nans += more;
                if *all_nan == *other_nan {
                    *low = (*low).min(*other_low);
                    *high = (*high).max(*other_high);
                } else if *all_nan {
                    (*low, *high, *all_nan) = (*other_low, *other_high, false);
                }
            }
            (Range::Bytes { low, high }, Range::Bytes { low: other_low, high: other_high }) => {
                if other_low < low {
                    low.clone_from(other_low);
                }
                if other_high > high {
                    high.clone_from(other_high);
                }
            }
            (this, more) => *this = more.clone(),
        }
    }

    /// Whether neither end of this range lies before that of `before`; and whether neither lies behind it.
    pub(super) fn order_after(&self, before: &Range) -> (bool, bool) {
        match (before, self) {
            (Range::Numbers { low: a, high: b, .. }, Range::Numbers { low, high, .. }) => {
                (a <= low && b <= high, a >= low && b >= high)
            }
            (Range::Bytes { low: a, high: b }, Range::Bytes { low, high }) => {
                (a <= low && b <= high, a >= low && b >= high)
            }
            _ => (true, true),
        }
    }
}

/// A text that is no greater, of at most `most` bytes; and whether it is shorter.
pub(super) fn cut_low(text: &[u8], most: usize, is_utf8: bool) -> (Vec<u8>, bool) {
    if text.len() <= most {
        return (text.to_vec(), false);
    }
    match std::str::from_utf8(text).ok().filter(|_| is_utf8) {
        None => (text[..most].to_vec(), true),
        Some(text) => match boundary(text, most) {
            0 => (text.as_bytes().to_vec(), false),
            end => (text.as_bytes()[..end].to_vec(), true),
        },
    }
}

/// A text that is no less, of at most `most` bytes unless there is none such; and whether it is another one.
pub(super) fn cut_high(text: &[u8], most: usize, is_utf8: bool) -> (Vec<u8>, bool) {
    if text.len() <= most {
        return (text.to_vec(), false);
    }
    let raised = match std::str::from_utf8(text).ok().filter(|_| is_utf8) {
        None => raised_bytes(&text[..most]),
        Some(text) => raised_text(&text[..boundary(text, most)]),
    };
    match raised {
        Some(raised) => (raised, true),
        None => (text.to_vec(), false),
    }
}

/// The last place up to `most` where a character begins.
fn boundary(text: &str, most: usize) -> usize {
    (0..=most).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default()
}

/// The least bytes of this length that are greater than all that begin with these.
fn raised_bytes(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut raised = bytes.to_vec();
    for byte in raised.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return Some(raised);
        }
    }
    None
}

/// A text that is greater than all that begin with this one, no character longer than it was.
fn raised_text(text: &str) -> Option<Vec<u8>> {
    text.char_indices().rev().find_map(|(at, last)| {
        let next = char::from_u32(last as u32 + 1).filter(|next| next.len_utf8() == last.len_utf8())?;
        let mut raised = text[..at].to_owned();
        raised.push(next);
        Some(raised.into_bytes())
    })
}
