//! Filters that learn while they run: in which order to ask their tests, and which of them not to ask at all.
//!
//! What drops many rows for little time comes first, by the times and pass rates measured so far (the rank of predicates
//! of Hellerstein and Stonebraker, "Predicate migration", SIGMOD 1993). Which rows are left does not depend on the order;
//! that errors do not either is the business of who asks, and says which tests may move.

use std::sync::atomic::{AtomicU64, Ordering};

/// Rows of a batch from which on tests are measured: smaller ones tell more of the clock.
const MEASURED_ROWS: usize = 256;
/// A test overtakes another if it costs less than this part for each row that it drops.
const CHEAPER: f64 = 0.7;

/// What a test took and dropped so far.
#[derive(Debug, Default)]
pub struct Measured {
    asked: AtomicU64,
    passed: AtomicU64,
    /// Nanoseconds of asking and decoding, without what is counted next.
    nanos: AtomicU64,
    /// Nanoseconds of decoding columns that are decoded sooner than what overtakes the test is asked, and their rows.
    sunk_nanos: AtomicU64,
    sunk_rows: AtomicU64,
}

/// What one question took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Asking, and decoding what may be left out for the rows that others drop.
    pub nanos: u64,
    /// Decoding what may not.
    pub sunk: u64,
}

/// Time a row over the part of the rows that are dropped: the lower, the sooner a test should be asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// Without what is decoded in any case.
    avoidable: f64,
    all: f64,
}

impl Rank {
    /// For a test that was not asked yet and costs no more than to be asked: it comes first once, to be known.
    pub const UNKNOWN: Self = Self { avoidable: 0.0, all: 0.0 };
}

impl Measured {
    /// Takes note of what the test took for so many rows, and left of them.
    pub fn add(&self, asked: usize, passed: usize, spent: Spent) {
        if asked >= MEASURED_ROWS {
            self.asked.fetch_add(asked as u64, Ordering::Relaxed);
            self.passed.fetch_add(passed as u64, Ordering::Relaxed);
            self.nanos.fetch_add(spent.nanos, Ordering::Relaxed);
            self.add_sunk(asked, spent);
        }
    }

    /// Takes note of what was decoded for the test before it is asked.
    pub fn add_sunk(&self, rows: usize, spent: Spent) {
        if spent.sunk > 0 && rows >= MEASURED_ROWS {
            self.sunk_nanos.fetch_add(spent.sunk, Ordering::Relaxed);
            self.sunk_rows.fetch_add(rows as u64, Ordering::Relaxed);
        }
    }

    /// `None` if it was not asked yet.
    pub fn rank(&self) -> Option<Rank> {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        let asked = get(&self.asked);
        if asked == 0.0 {
            return None;
        }
        let dropped = (1.0 - get(&self.passed) / asked).max(1e-3);
        let nanos = get(&self.nanos) / asked;
        let sunk = get(&self.sunk_nanos) / get(&self.sunk_rows).max(1.0);
        Some(Rank { avoidable: nanos / dropped, all: (nanos + sunk) / dropped })
    }
}

/// The numbers of tests in the order in which to ask them, for which `written` is the one to begin with. None moves, or is
/// passed by another, that has no rank: it can fail, is to stay, or is not known.
pub fn ordered(written: &[usize], rank: impl Fn(usize) -> Option<Rank>) -> Vec<usize> {
    // Asked once: others measure while this sorts.
    let mut order: Vec<(usize, Option<Rank>)> = Vec::with_capacity(written.len());
    for number in written {
        let own = rank(*number);
        let mut at = order.len();
        if let Some(own) = own {
            let overtakes =
                |(_, before): &(usize, Option<Rank>)| before.is_some_and(|b| own.all < CHEAPER * b.avoidable);
            while at > 0 && overtakes(&order[at - 1]) {
                at -= 1;
            }
        }
        order.insert(at, (*number, own));
    }
    order.into_iter().map(|(number, _)| number).collect()
}

/// Rows on which a join's test is tried.
const SAMPLE: usize = 512;
/// A join's test that more than this part of the rows passes is not asked.
const PASSES: f64 = 0.85;
/// One that fewer pass is asked before the predicates.
const FEW_PASS: f64 = 0.2;

/// Places of a sample among so many rows. It depends on the rows alone, as everything does that a morsel decides.
pub fn sample_places(rows: usize) -> Vec<u32> {
    (0..rows as u32).step_by(rows.div_ceil(SAMPLE).max(1)).collect()
}

/// Whether so many rows are more than a sample of them.
pub fn exceeds_sample(rows: usize) -> bool {
    rows >= 2 * SAMPLE
}

/// Whether a join's test is worth asking that this part of a sample passes.
pub fn pays(rate: f64) -> bool {
    rate <= PASSES
}

/// Whether so few rows of a sample pass that the test is asked before any predicate.
pub fn comes_first(rate: f64) -> bool {
    rate <= FEW_PASS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(passed: usize, nanos: u64, sunk: u64) -> Measured {
        let measured = Measured::default();
        measured.add(1_000, passed, Spent { nanos, sunk });
        measured
    }

    #[test]
    fn cheap_tests_that_drop_much_come_first() {
        let tests = [measured(1_000, 500, 0), measured(10, 500, 0), measured(1, 500, 0)];
        // The second and the third are too near to each other to change places.
        assert_eq!(ordered(&[0, 1, 2], |i| tests[i].rank()), [1, 2, 0]);
        assert_eq!(ordered(&[2, 0, 1], |i| tests[i].rank()), [2, 1, 0]);
        // What stays is a wall.
        assert_eq!(ordered(&[0, 1, 2], |i| tests[i].rank().filter(|_| i != 1)), [0, 1, 2]);
        // What is decoded in any case is no reason to let another pass, but one not to.
        let sunk = [measured(500, 100, 900), measured(500, 80, 0), measured(500, 10, 900)];
        assert_eq!(ordered(&[0, 1, 2], |i| sunk[i].rank()), [0, 1, 2]);
        assert_eq!(ordered(&[1, 2, 0], |i| sunk[i].rank()), [1, 2, 0]);
    }

    #[test]
    fn what_is_not_known_comes_first_where_it_is_said_so() {
        let tests = [measured(900, 500, 0), Measured::default(), Measured::default()];
        assert_eq!(tests[1].rank(), None);
        assert_eq!(ordered(&[0, 1, 2], |i| tests[i].rank()), [0, 1, 2]);
        let explored = |i: usize| Some(tests[i].rank().unwrap_or(Rank::UNKNOWN));
        assert_eq!(ordered(&[0, 1, 2], explored), [1, 2, 0]);
        assert_eq!(ordered(&[1, 2], explored), [1, 2]);
    }

    #[test]
    fn few_rows_are_not_measured() {
        let few = Measured::default();
        few.add(MEASURED_ROWS - 1, 3, Spent { nanos: 9, sunk: 9 });
        assert_eq!(few.rank(), None);
    }

    #[test]
    fn samples_are_spread_over_all_rows() {
        for rows in [0, 1, 511, 512, 513, 1_024, 70_000] {
            let places = sample_places(rows);
            assert!(places.len() <= SAMPLE && places.len() >= rows.min(SAMPLE / 2), "{rows}");
            assert!(places.iter().all(|place| (*place as usize) < rows), "{rows}");
        }
        assert!(exceeds_sample(1_024) && !exceeds_sample(1_023));
    }
}
