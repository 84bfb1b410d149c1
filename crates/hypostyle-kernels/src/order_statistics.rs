//! The n-th smallest of many numbers: which of them lie in a narrow band around it, found in one pass. The band comes
//! from a sample (Floyd and Rivest, "Expected time bounds for selection", Communications of the ACM 18, 1975).

use hypostyle_core::PrimitiveArray;

use crate::simd;

/// An integer that compares as the number does, NaN being the largest; comparing integers takes no branches.
#[inline(always)]
pub fn ordered(value: f64) -> i64 {
    let value = if value.is_nan() { f64::NAN } else { value };
    let bits = value.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// The number that [`ordered`] made an integer of.
#[inline(always)]
pub fn number(ordered: i64) -> f64 {
    f64::from_bits((ordered ^ ((ordered >> 63) as u64 >> 1) as i64) as u64)
}

/// Numbers in a band between two, and how many lie below it; null counts as nothing.
#[derive(Clone, Debug, Default)]
pub struct Band {
    /// How many are smaller than the lower end.
    below: usize,
    /// How many are the lower end.
    at_low: usize,
    /// Those between the ends, as [`ordered`] gives them, in no order.
    between: Vec<i64>,
    /// How many are the upper end, if that is another than the lower.
    at_high: usize,
}

impl Band {
    /// The numbers of an array in the band from `low` to `high`, which [`ordered`] gave.
    pub fn of(array: &PrimitiveArray<f64>, low: i64, high: i64) -> Self {
        let mut band = Self::default();
        match array.validity() {
            None => simd::dispatch(
                #[inline(always)]
                || {
                    for block in array.values().chunks(BLOCK) {
                        band.add(block, u64::MAX, low, high);
                    }
                },
            ),
            Some(validity) => {
                for (block, valid) in array.values().chunks(BLOCK).zip(validity.words()) {
                    band.add(block, valid, low, high);
                }
            }
        }
        band
    }

    #[inline(always)]
    fn add(&mut self, block: &[f64], valid: u64, low: i64, high: i64) {
        let (mut below, mut at_low, mut at_high, mut between) = (0u64, 0u64, 0u64, 0u64);
        for (i, value) in block.iter().enumerate() {
            let value = ordered(*value);
            let valid = valid >> i & 1;
            below += u64::from(value < low) & valid;
            at_low += u64::from(value == low) & valid;
            at_high += u64::from(value == high && high != low) & valid;
            between |= (u64::from(value > low && value < high) & valid) << i;
        }
        self.below += below as usize;
        self.at_low += at_low as usize;
        self.at_high += at_high as usize;
        while between != 0 {
            self.between.push(ordered(block[between.trailing_zeros() as usize]));
            between &= between - 1;
        }
    }

    /// Takes in what was found elsewhere for the same ends.
    pub fn merge(&mut self, other: Self) {
        self.below += other.below;
        self.at_low += other.at_low;
        self.at_high += other.at_high;
        self.between.extend_from_slice(&other.between);
    }

    /// The number at this place of the ascending order of all, if it is in the band from `low` to `high`.
    pub fn nth(&mut self, place: usize, low: i64, high: i64) -> Option<i64> {
        let place = place.checked_sub(self.below)?;
        if place < self.at_low {
            return Some(low);
        }
        let place = place - self.at_low;
        if place < self.between.len() {
            return Some(*self.between.select_nth_unstable(place).1);
        }
        (place - self.between.len() < self.at_high).then_some(high)
    }
}

/// Numbers that are looked at together: as many as a word of validity has bits.
const BLOCK: usize = 64;

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, PrimitiveArray};
    use proptest::prelude::*;

    use super::{Band, number, ordered};
    use crate::simd::each_isa;

    fn values() -> impl Strategy<Value = Vec<Option<f64>>> {
        let value = prop_oneof![
            4 => (-4i32..5).prop_map(f64::from),
            1 => Just(-0.0),
            1 => Just(f64::NAN),
            1 => Just(-f64::NAN),
            1 => Just(f64::INFINITY),
            1 => Just(f64::NEG_INFINITY),
            2 => any::<f64>(),
        ];
        prop::collection::vec(prop::option::weighted(0.8, value), 0..300)
    }

    proptest! {
        /// Every place of the order is found, or is outside of the band.
        #[test]
        fn bands_are_parts_of_the_order(
            values in values(),
            dense in any::<bool>(),
            a in 0usize..300,
            b in 0usize..300,
        ) {
            let values: Vec<Option<f64>> = match dense {
                true => values.into_iter().flatten().map(Some).collect(),
                false => values,
            };
            let mut sorted: Vec<i64> = values.iter().flatten().map(|v| ordered(*v)).collect();
            sorted.sort_unstable();
            prop_assume!(!sorted.is_empty());
            let (a, b) = (a % sorted.len(), b % sorted.len());
            let (low, high) = (sorted[a.min(b)], sorted[a.max(b)]);
            let column = Column::from_options(values.iter().copied());
            let array: &PrimitiveArray<f64> = column.expect_primitive().unwrap();
            for _ in each_isa() {
                let mut band = Band::of(array, low, high);
                for (place, value) in sorted.iter().enumerate() {
                    let expected = (*value >= low && *value <= high).then_some(*value);
                    prop_assert_eq!(band.nth(place, low, high), expected);
                }
                prop_assert_eq!(band.nth(sorted.len(), low, high), None);
            }
        }

        #[test]
        fn integers_compare_as_numbers_do(a in any::<f64>(), b in any::<f64>()) {
            prop_assert_eq!(ordered(a).cmp(&ordered(b)), a.total_cmp(&b));
            prop_assert_eq!(number(ordered(a)).to_bits(), a.to_bits());
        }
    }

    #[test]
    fn one_nan_above_all() {
        assert_eq!(ordered(-f64::NAN), ordered(f64::NAN));
        assert!(ordered(f64::INFINITY) < ordered(-f64::NAN));
        assert!(ordered(-0.0) < ordered(0.0));
    }
}
