//! Cross join: all pairs of rows, a morsel of pairs at a time, so that it can be filtered and stopped as it goes.

use std::sync::atomic::{AtomicUsize, Ordering};

use hypostyle_core::{Batch, Error, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_plan::{MORSEL_ROWS, Scan};

use super::join::Output;

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
        let pairs = left.len().checked_mul(right.len()).ok_or_else(|| {
            Error::overflow(format!("a cross join of {} and {} rows", left.len(), right.len()))
        })?;
        Ok(Self { left, right, pairs, output, next: AtomicUsize::new(0) })
    }
}

impl Scan for CrossScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        let morsel = self.next.fetch_add(1, Ordering::Relaxed);
        let start = morsel.saturating_mul(MORSEL_ROWS);
        if start >= self.pairs {
            return Ok(None);
        }
        let end = (start + MORSEL_ROWS).min(self.pairs);
        // Rows are below 2³²: a batch of more cannot be gathered from.
        let width = self.right.len();
        let left: Vec<u32> = (start..end).map(|pair| (pair / width) as u32).collect();
        let right: Vec<u32> = (start..end).map(|pair| (pair % width) as u32).collect();
        let columns = self
            .output
            .iter()
            .map(|output| match output {
                Output::Probe(i) | Output::Either { probe: i, .. } => gather(self.left.column(*i), &left),
                Output::Build(i) => gather(self.right.column(*i), &right),
            })
            .collect::<Result<_>>()?;
        Ok(Some((morsel, Batch::try_new(columns, end - start)?)))
    }

    fn rows(&self) -> Option<usize> {
        Some(self.pairs)
    }
}
