//! Cross join: all pairs of rows, a morsel of pairs at a time, so that it can be filtered and stopped as it goes. A
//! left side that may be large streams past the right one; of one that is small all workers take pairs.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use hypostyle_core::{Batch, Error, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_plan::{MORSEL_ROWS, Scan};

use super::join::{Output, assemble};
use crate::pipeline::{Transform, all_pieces};

/// Hands out pairs; the left row changes slowest.
pub(crate) struct CrossScan {
    left: Batch,
    right: Batch,
    pairs: usize,
    output: Vec<Output>,
    next: AtomicUsize,
}

impl CrossScan {
    /// All pairs of two sides. `Output::Probe` is the left side.
    pub(crate) fn try_new(left: Batch, right: Batch, output: Vec<Output>) -> Result<Self> {
        let pairs = left.len().checked_mul(right.len()).ok_or_else(|| too_many(left.len(), right.len()))?;
        Ok(Self { left, right, pairs, output, next: AtomicUsize::new(0) })
    }
}

/// Some of the pairs of two sides, by their numbers.
fn pairs(left: &Batch, right: &Batch, output: &[Output], range: Range<usize>) -> Result<Batch> {
    // Rows are below 2³²: a batch of more cannot be gathered from.
    let width = right.len();
    // Beside a single row every left row stays where it is.
    let of_left = (width > 1).then(|| range.clone().map(|pair| (pair / width) as u32).collect::<Vec<u32>>());
    let of_right: Vec<u32> = range.clone().map(|pair| (pair % width) as u32).collect();
    let from_left = |i: usize| match &of_left {
        Some(rows) => gather(left.column(i), rows),
        None => Ok(left.column(i).slice(range.start, range.len())),
    };
    assemble(output, range.len(), from_left, |i| gather(right.column(i), &of_right))
}

/// Puts every row of the right side beside each row of the left one, which streams.
#[derive(Debug)]
pub(crate) struct Cross {
    pub(crate) right: Batch,
    /// `Output::Probe` is the left side.
    pub(crate) output: Vec<Output>,
}

impl Transform for Cross {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        all_pieces(self, index, batch)
    }

    fn apply_in_pieces(
        &self,
        _index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        let count = batch.len().checked_mul(self.right.len());
        let count = count.ok_or_else(|| too_many(batch.len(), self.right.len()))?;
        let mut start = 0;
        loop {
            let end = (start + MORSEL_ROWS).min(count);
            let wanted = next(pairs(&batch, &self.right, &self.output, start..end)?)?;
            if !wanted || end == count {
                return Ok(());
            }
            start = end;
        }
    }
}

fn too_many(left: usize, right: usize) -> Error {
    Error::overflow(format!("a cross join of {left} and {right} rows"))
}

impl Scan for CrossScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let morsel = self.next.fetch_add(1, Ordering::Relaxed);
        let start = morsel.saturating_mul(MORSEL_ROWS);
        if start >= self.pairs {
            return Ok(None);
        }
        let end = (start + MORSEL_ROWS).min(self.pairs);
        Ok(Some((morsel, pairs(&self.left, &self.right, &self.output, start..end)?)))
    }

    fn rows(&self) -> Option<usize> {
        Some(self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::testing::{batch_of, check_transform, rows};

    #[test]
    fn the_left_row_changes_slowest() {
        let output = vec![Output::Probe(0), Output::Build(0)];
        let cross = Cross { right: batch_of(&[8, 9]), output: output.clone() };
        let expected: [&[&str]; 4] = [&["1", "8"], &["1", "9"], &["2", "8"], &["2", "9"]];
        check_transform(&cross, &batch_of(&[1, 2]), &expected);
        check_transform(&cross, &batch_of(&[]), &[]);
        let scan = CrossScan::try_new(batch_of(&[1, 2]), batch_of(&[8, 9]), output).unwrap();
        let (morsel, pairs) = scan.next().unwrap().unwrap();
        assert_eq!((morsel, rows(&[pairs])), (0, rows(&[cross.apply(0, batch_of(&[1, 2])).unwrap()])));
        assert!(scan.next().unwrap().is_none());
    }
}
