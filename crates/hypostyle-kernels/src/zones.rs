//! The ends between which the values of a zone lie.

use hypostyle_core::{Bitmap, Column, Native, ZoneRange, with_primitive};

use crate::gather::gather;

/// Values that are compared side by side, as many as a word of a bitmap has bits. The compiler does not reorder
/// reductions of floats; lanes need not be reordered, and are too many for it to unroll.
const LANES: usize = u64::BITS as usize;

/// Rows of a sample.
const SAMPLE: usize = 16;

/// The range of a column's values.
pub fn zone_range(column: &Column) -> ZoneRange {
    if column.null_count() == column.len() {
        return ZoneRange::Nothing;
    }
    with_primitive!(column.array(), |a: T| match extremes(a.values(), a.validity()) {
        None => ZoneRange::Nothing,
        Some(ends) if ends.nan => ZoneRange::Unknown,
        Some(Extremes { low, high, .. }) if T::IS_FLOAT => {
            ZoneRange::Floats { low: Native::to_f64(low), high: Native::to_f64(high) }
        }
        Some(Extremes { high, .. }) if !high.fits_i128() => ZoneRange::Unknown,
        Some(Extremes { low, high, .. }) => {
            ZoneRange::Integers { low: Native::to_i128(low), high: Native::to_i128(high) }
        }
    }, else |_other| ZoneRange::Unknown)
}

/// The range of a few values from all over a column, its ends among them: the range of all is no smaller.
pub fn sampled_range(column: &Column) -> ZoneRange {
    let last = column.len().saturating_sub(1);
    let taken = SAMPLE.min(column.len());
    let rows: Vec<u32> = (0..taken).map(|k| (last * k / (taken - 1).max(1)) as u32).collect();
    // Rows below the length can be gathered; if not, nothing is known.
    gather(column, &rows).map_or(ZoneRange::Unknown, |sample| zone_range(&sample))
}

/// The smallest and largest of some numbers. With a NaN among them the ends mean nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extremes<T> {
    pub(crate) low: T,
    pub(crate) high: T,
    pub(crate) nan: bool,
}

/// The extremes of the values that are not null; `None` if there are none.
pub(crate) fn extremes<T: Native>(values: &[T], validity: Option<&Bitmap>) -> Option<Extremes<T>> {
    let first = match validity {
        None => *values.first()?,
        Some(validity) => {
            let (i, word) = validity.words().enumerate().find(|(_, word)| *word != 0)?;
            values[i * LANES + word.trailing_zeros() as usize]
        }
    };
    Some(crate::simd::dispatch(
        #[inline(always)]
        || {
            let mut lanes = Lanes { low: [first; LANES], high: [first; LANES], nan: [false; LANES] };
            match validity {
                None => {
                    let whole = values.chunks_exact(LANES);
                    lanes.see(whole.remainder());
                    whole.for_each(|chunk| lanes.see(chunk));
                }
                Some(validity) => {
                    let mut masked = [first; LANES];
                    for (chunk, word) in values.chunks(LANES).zip(validity.words()) {
                        // What null rows hold counts as the first value.
                        for (i, (to, value)) in masked.iter_mut().zip(chunk).enumerate() {
                            *to = if word >> i & 1 == 1 { *value } else { first };
                        }
                        lanes.see(&masked[..chunk.len()]);
                    }
                }
            }
            lanes.extremes()
        },
    ))
}

struct Lanes<T> {
    low: [T; LANES],
    high: [T; LANES],
    nan: [bool; LANES],
}

impl<T: Native> Lanes<T> {
    /// A value for each lane, or for the first few.
    #[inline(always)]
    fn see(&mut self, values: &[T]) {
        for (low, value) in self.low.iter_mut().zip(values) {
            *low = if *value < *low { *value } else { *low };
        }
        for (high, value) in self.high.iter_mut().zip(values) {
            *high = if *value > *high { *value } else { *high };
        }
        if T::IS_FLOAT {
            for (nan, value) in self.nan.iter_mut().zip(values) {
                *nan |= Native::is_nan(*value);
            }
        }
    }

    fn extremes(&self) -> Extremes<T> {
        let least = |a: T, b: &T| if *b < a { *b } else { a };
        let most = |a: T, b: &T| if *b > a { *b } else { a };
        Extremes {
            low: self.low.iter().fold(self.low[0], least),
            high: self.high.iter().fold(self.high[0], most),
            nan: self.nan.contains(&true),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::each_isa;

    fn naive_integers<T: Native>(values: &[Option<T>]) -> ZoneRange {
        let all: Vec<i128> = values.iter().flatten().map(|v| Native::to_i128(*v)).collect();
        match (all.iter().min(), all.iter().max()) {
            (Some(low), Some(high)) => ZoneRange::Integers { low: *low, high: *high },
            _ => ZoneRange::Nothing,
        }
    }

    fn naive_floats<T: Native>(values: &[Option<T>]) -> ZoneRange {
        let all: Vec<f64> = values.iter().flatten().map(|v| Native::to_f64(*v)).collect();
        if all.is_empty() {
            return ZoneRange::Nothing;
        }
        if all.iter().any(|v| v.is_nan()) {
            return ZoneRange::Unknown;
        }
        let (low, high) = (all.iter().copied().reduce(f64::min), all.iter().copied().reduce(f64::max));
        ZoneRange::Floats { low: low.unwrap(), high: high.unwrap() }
    }

    /// Whether all of one range lies in another.
    fn within(inner: ZoneRange, outer: ZoneRange) -> bool {
        match (inner, outer) {
            (ZoneRange::Nothing, _) | (_, ZoneRange::Unknown) => true,
            (ZoneRange::Integers { low: a, high: b }, ZoneRange::Integers { low, high }) => {
                low <= a && b <= high
            }
            (ZoneRange::Floats { low: a, high: b }, ZoneRange::Floats { low, high }) => low <= a && b <= high,
            _ => false,
        }
    }

    /// Columns that begin in the middle of a bitmap's word, too.
    fn check<T: Native>(values: &[Option<T>], skip: usize, naive: fn(&[Option<T>]) -> ZoneRange) {
        let skip = skip.min(values.len());
        let column = Column::from_options(values.to_vec()).slice(skip, values.len() - skip);
        let expected = naive(&values[skip..]);
        for _ in each_isa() {
            assert_eq!(zone_range(&column), expected);
            assert!(within(sampled_range(&column), expected));
        }
    }

    proptest! {
        #[test]
        fn ranges_agree_with_the_naive_loop(
            rows in prop::collection::vec((any::<u64>(), 0u32..10), 0..300),
            nulls in 0u32..11, nan in 0u32..11, narrow in prop::sample::select(vec![u64::MAX, 100, 1]),
            skip in 0usize..70,
        ) {
            let of = |f: &dyn Fn(u64) -> i128| -> Vec<Option<i128>> {
                rows.iter().map(|(v, dice)| (*dice >= nulls).then(|| f(*v % narrow))).collect()
            };
            let signed = of(&|v| i128::from(v as i64));
            check(&signed.iter().map(|v| v.map(|v| v as i64)).collect::<Vec<_>>(), skip, naive_integers);
            check(&signed.iter().map(|v| v.map(|v| v as i8)).collect::<Vec<_>>(), skip, naive_integers);
            check(&signed.iter().map(|v| v.map(|v| v as u64)).collect::<Vec<_>>(), skip, naive_integers);
            check(&of(&|v| i128::from(v) << 63), skip, naive_integers);
            let float = |v: &Option<i128>, i: usize| {
                v.map(|v| if rows[i].1 == nan { f64::NAN } else { v as f64 / 4.0 })
            };
            let floats: Vec<_> = signed.iter().enumerate().map(|(i, v)| float(v, i)).collect();
            check(&floats, skip, naive_floats);
            check(&floats.iter().map(|v| v.map(|v| v as f32)).collect::<Vec<_>>(), skip, naive_floats);
        }
    }

    #[test]
    fn extremes_of_types() {
        let range = |low, high| ZoneRange::Integers { low, high };
        let ends = Column::from_vec(vec![i64::MAX, i64::MIN]);
        assert_eq!(zone_range(&ends), range(i128::from(i64::MIN), i128::from(i64::MAX)));
        let top = Column::from_vec(vec![u64::MAX; 40]);
        assert_eq!(zone_range(&top), range(i128::from(u64::MAX), i128::from(u64::MAX)));
        let wide = Column::from_vec(vec![i128::MAX, i128::MIN]);
        assert_eq!(zone_range(&wide), range(i128::MIN, i128::MAX));
        let infinite = Column::from_vec(vec![f64::INFINITY, f64::NEG_INFINITY]);
        assert_eq!(zone_range(&infinite), ZoneRange::Floats { low: f64::NEG_INFINITY, high: f64::INFINITY });
        assert_eq!(zone_range(&Column::from_strs(["a"])), ZoneRange::Unknown);
        assert_eq!(zone_range(&Column::from_vec(Vec::<i32>::new())), ZoneRange::Nothing);
        assert_eq!(sampled_range(&Column::from_vec(Vec::<i32>::new())), ZoneRange::Nothing);
        assert_eq!(zone_range(&Column::from_options([None::<f32>, None])), ZoneRange::Nothing);
        // NaN where a row is null is no NaN.
        let hidden = Column::from_vec(vec![f64::NAN, 1.0]);
        let hidden = hidden.with_validity(Some([false, true].into_iter().collect()));
        assert_eq!(zone_range(&hidden), ZoneRange::Floats { low: 1.0, high: 1.0 });
    }
}
