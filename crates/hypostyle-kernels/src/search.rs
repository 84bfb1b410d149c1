//! Search among places in order.

use std::ops::Range;

/// The first of some places for which a test fails, which holds for all before it. It is looked for from a place on, in steps
/// that double: near that place it is found in few (Bentley and Yao, "An almost optimal algorithm for unbounded
/// searching", 1976).
///
/// ```
/// use hypostyle_kernels::search::first_not;
///
/// let values = [1, 3, 3, 8];
/// assert_eq!(first_not(0..4, 0, |place| values[place] < 3), 1);
/// assert_eq!(first_not(0..4, 2, |place| values[place] <= 3), 3);
/// ```
pub fn first_not(places: Range<usize>, from: usize, test: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (places.start, places.end);
    if from > low && from <= high {
        if test(from - 1) {
            low = from;
            let mut step = 1;
            while low < high && test((low + step - 1).min(high - 1)) {
                low = (low + step).min(high);
                step *= 2;
            }
            high = high.min(low + step);
        } else {
            high = from - 1;
        }
    }
    while low < high {
        let middle = low.midpoint(high);
        if test(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_any_place() {
        for len in 0..20 {
            for expected in 0..=len {
                for from in 0..=len + 2 {
                    let found = first_not(5..5 + len, 5 + from, |place| {
                        assert!((5..5 + len).contains(&place), "{place} of {len}");
                        place < 5 + expected
                    });
                    assert_eq!(found, 5 + expected, "{len} places, from {from}");
                }
            }
        }
    }
}
