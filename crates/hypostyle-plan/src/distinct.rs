//! About how many different values a column has, judged by a sample of its rows.

use hypostyle_core::{Column, ZoneRange};
use hypostyle_kernels::group::group_rows;
use hypostyle_kernels::zones::zone_range;

/// The estimated number of different values of a column of `rows` rows. The sample is made of runs of neighbours from
/// all over the column.
///
/// Equal neighbours count once, so that a key that comes in runs is told from one of few values. What the sample has
/// not seen is estimated from the values seen once and twice (Chao, Scandinavian Journal of Statistics 11, 1984), and
/// is never more than the range of integers allows.
pub fn estimate(sample: &Column, rows: usize) -> Option<f64> {
    let groups = group_rows(std::slice::from_ref(sample), sample.len()).ok()?;
    let mut runs_of = vec![0_u32; groups.first.len()];
    let mut runs = 0_usize;
    let mut last = None;
    for id in groups.ids {
        if last.replace(id) != Some(id) {
            runs_of[id as usize] += 1;
            runs += 1;
        }
    }
    let seen = runs_of.len() as f64;
    if sample.len() >= rows {
        return Some(seen);
    }
    let all_runs = rows as f64 * (runs as f64 / sample.len() as f64);
    let times = |n: u32| runs_of.iter().filter(|count| **count == n).count() as f64;
    let (once, twice) = (times(1), times(2));
    let guess = if once == seen {
        // No value came back: nothing speaks against all runs being different.
        all_runs
    } else {
        seen + once * (once - 1.0) / (2.0 * (twice + 1.0))
    };
    Some(guess.min(all_runs).min(span(sample)).max(seen))
}

/// How many integers there are between the ends of a column, judged by those of a sample.
fn span(sample: &Column) -> f64 {
    match zone_range(sample) {
        ZoneRange::Integers { low, high } => {
            let between = high.abs_diff(low) as f64 + 1.0;
            // The ends themselves are rarely in the sample. Sorted columns lose most: all after the last run.
            between * 1.04
        }
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::DataSource;
    use hypostyle_core::DataFrame;

    use super::*;

    /// The estimate for a frame's column `a`.
    fn distinct(values: impl Iterator<Item = i64>) -> f64 {
        let frame = DataFrame::new([("a", Column::from_vec(values.collect::<Vec<_>>()))]).unwrap();
        crate::FrameSource::new(frame).distinct_estimate(0).unwrap()
    }

    /// Numbers below `bound` in no order.
    fn mixed(rows: u64, bound: u64) -> impl Iterator<Item = i64> {
        (0..rows).map(move |i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as i64 % bound as i64)
    }

    #[track_caller]
    fn about(found: f64, expected: f64) {
        assert!(found / expected > 0.5 && found / expected < 2.0, "{found} for {expected}");
    }

    #[test]
    fn keys_are_as_many_as_rows() {
        about(distinct(0..100_000), 1e5);
        about(distinct((0..100_000).map(|i| i * 4)), 1e5);
    }

    #[test]
    fn few_values_are_seen() {
        about(distinct(mixed(100_000, 7)), 7.0);
        about(distinct(mixed(100_000, 500)), 500.0);
    }

    #[test]
    fn references_are_as_many_as_their_range() {
        about(distinct(mixed(200_000, 20_000)), 2e4);
    }

    #[test]
    fn runs_count_once() {
        about(distinct((0..100_000).map(|i| i / 4)), 25_000.0);
    }

    #[test]
    fn small_columns_are_counted() {
        assert_eq!(distinct([5, 5, 6].into_iter()), 2.0);
        assert_eq!(distinct(mixed(1_000, 10)), 10.0);
    }
}
