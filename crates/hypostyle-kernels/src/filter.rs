//! Rows that a mask keeps.

use hypostyle_core::{Batch, Bitmap, Column, Error, Result};

use crate::gather::{gather, gather_batch};

/// Positions of the ones.
pub fn mask_to_indices(mask: &Bitmap) -> Vec<u32> {
    let mut indices = Vec::with_capacity(mask.count_set());
    for (i, mut word) in mask.words().enumerate() {
        let base = (i * 64) as u32;
        if word == u64::MAX {
            indices.extend(base..base + 64);
            continue;
        }
        while word != 0 {
            indices.push(base + word.trailing_zeros());
            word &= word - 1;
        }
    }
    indices
}

/// The rows where the mask is one.
pub fn filter(column: &Column, mask: &Bitmap) -> Result<Column> {
    check(column.len(), mask)?;
    if mask.count_unset() == 0 {
        return Ok(column.clone());
    }
    gather(column, &mask_to_indices(mask))
}

/// The rows of every column where the mask is one.
pub fn filter_batch(batch: &Batch, mask: &Bitmap) -> Result<Batch> {
    check(batch.len(), mask)?;
    if mask.count_unset() == 0 {
        return Ok(batch.clone());
    }
    gather_batch(batch, &mask_to_indices(mask))
}

fn check(len: usize, mask: &Bitmap) -> Result<()> {
    if mask.len() == len {
        Ok(())
    } else {
        Err(Error::shape(format!("a filter of {} rows for {len} rows", mask.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_a_loop() {
        let plain: Vec<bool> = (0..400).map(|i| i < 130 || i % 7 == 0).collect();
        let mask: Bitmap = plain.iter().copied().collect();
        let expected: Vec<u32> = (0..400).filter(|i| plain[*i as usize]).collect();
        assert_eq!(mask_to_indices(&mask), expected);
        let tail: Vec<u32> = expected.iter().filter(|i| **i >= 65).map(|i| i - 65).collect();
        assert_eq!(mask_to_indices(&mask.slice(65, 335)), tail);
    }
}
