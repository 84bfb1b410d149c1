//! Merge: the rows of two inputs that are each in the order of the same keys, in that order. Of rows with equal keys those
//! of the left input come first.

use hypostyle_core::{Batch, Column, DataType, Error, Result};
use hypostyle_kernels::gather::gather_batch;
use hypostyle_kernels::sort::{SortKeys, SortOrder, sort_keys};
use hypostyle_plan::MORSEL_ROWS;

use super::collect::{KeepBatches, Keeping};
use super::one_batch::one_batch;
use crate::context::Context;
use crate::pipeline::{Finished as _, parallel};
use crate::store::BatchStore;

/// Keeps the rows of the right input, and merges them with those of the left. Keys are packed into integers, which are
/// compared from both beginnings on, and rows are gathered once.
pub(crate) struct MergeSorted {
    left: BatchStore,
    /// Positions of the keys.
    keys: Vec<usize>,
    types: Vec<DataType>,
}

impl MergeSorted {
    /// Merges with these rows. Columns of both are of these types.
    pub(crate) fn with(left: BatchStore, keys: Vec<usize>, types: Vec<DataType>) -> Keeping<Self> {
        Keeping::of(Self { left, keys, types })
    }
}

impl KeepBatches for MergeSorted {
    type Output = BatchStore;

    fn finish(self, right: Vec<Batch>, context: &Context) -> Result<BatchStore> {
        let left = self.left.rows();
        let mut batches = self.left.into_batches();
        if left == 0 || right.is_empty() {
            batches.extend(right);
            return Ok(BatchStore::new(batches));
        }
        batches.extend(right);
        let batch = one_batch(&self.types, batches, context)?;
        if u32::try_from(batch.len()).is_err() {
            return Err(Error::unsupported("merging more than 4 billion rows"));
        }
        let keys = self.keys.iter().map(|key| (batch.column(*key).clone(), SortOrder::default()));
        let order = merged(&keys.collect::<Vec<_>>(), left, batch.len());
        let pieces: Vec<&[u32]> = order.chunks(MORSEL_ROWS).collect();
        Ok(BatchStore::new(parallel(context, pieces, |rows| gather_batch(&batch, rows))?))
    }
}

/// The order of `len` rows, of which the first `left` are in order, and the others.
fn merged(keys: &[(Column, SortOrder)], left: usize, len: usize) -> Vec<u32> {
    match sort_keys(keys, len) {
        SortKeys::Packed64(rows) => in_turn(left, len, |l, r| rows[r].0 < rows[l].0),
        SortKeys::Packed128(rows) => in_turn(left, len, |l, r| rows[r].0 < rows[l].0),
        SortKeys::Prefixed(rows, comparator) => in_turn(left, len, |l, r| {
            let first = rows[r].0.cmp(&rows[l].0);
            first.then_with(|| comparator.compare(r as u32, l as u32)).is_lt()
        }),
        SortKeys::Compared(comparator) => {
            in_turn(left, len, |l, r| comparator.compare(r as u32, l as u32).is_lt())
        }
    }
}

/// Takes rows from both sides; `right_first` compares the next of each.
fn in_turn(left: usize, len: usize, right_first: impl Fn(usize, usize) -> bool) -> Vec<u32> {
    let mut order = Vec::with_capacity(len);
    let (mut l, mut r) = (0, left);
    while l < left && r < len {
        let right = right_first(l, r);
        order.push(if right { r } else { l } as u32);
        r += usize::from(right);
        l += usize::from(!right);
    }
    order.extend(l as u32..left as u32);
    order.extend(r as u32..len as u32);
    order
}

#[cfg(test)]
mod tests {
    use hypostyle_kernels::sort::sort_indices;

    use super::*;
    use crate::operators::testing::{batch, check_sink};

    fn rows(keys: &[Option<i64>], tags: &[&str]) -> Batch {
        batch(vec![Column::from_options(keys.to_vec()), Column::from_strs(tags.iter().copied())])
    }

    #[test]
    fn rows_of_both_in_order() {
        let types = || vec![DataType::Int64, DataType::String];
        let left = || BatchStore::new(vec![rows(&[None, Some(1)], &["a", "b"]), rows(&[Some(5)], &["c"])]);
        let right = [rows(&[None, Some(1)], &["x", "y"]), rows(&[Some(1), Some(7)], &["z", "w"])];
        let expected: [&[&str]; 7] =
            [&["null", "a"], &["null", "x"], &["1", "b"], &["1", "y"], &["1", "z"], &["5", "c"], &["7", "w"]];
        check_sink(|| MergeSorted::with(left(), vec![0], types()), &right, &expected);
        let nothing = [right[0].slice(0, 0)];
        check_sink(
            || MergeSorted::with(left(), vec![0], types()),
            &nothing,
            &[&["null", "a"], &["1", "b"], &["5", "c"]],
        );
        let of_right = [&["null", "x"][..], &["1", "y"]];
        check_sink(|| MergeSorted::with(BatchStore::default(), vec![0], types()), &right[..1], &of_right);
    }

    /// All forms of packed keys merge as a stable sort of all rows orders them.
    #[test]
    fn a_merge_is_a_stable_sort() {
        let texts = |long: &str| -> Column {
            Column::from_utf8(
                (0..300usize)
                    .map(|i| (i % 7 != 3).then(|| format!("{long}{}", i * 31 % 50)))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(|t| t.as_deref())
                    .collect(),
            )
        };
        let numbers = Column::from_options((0..300i64).map(|i| (i % 5 != 2).then_some(i * 17 % 40)));
        let floats = Column::from_vec(
            (0..300)
                .map(|i| if i % 11 == 4 { f64::NAN } else { f64::from(i * 13 % 9) - 4.0 })
                .collect::<Vec<_>>(),
        );
        let wide = Column::from_vec((0..300i128).map(|i| (i * 29 % 60) << 90).collect::<Vec<_>>());
        let long = texts("a text that is longer than any prefix of it ");
        for keys in [
            vec![numbers.clone()],
            vec![floats.clone(), numbers.clone()],
            vec![wide.clone()],
            vec![texts("")],
            vec![long.clone(), numbers.clone()],
            vec![wide, floats, long],
        ] {
            for left in [0, 1, 120, 299, 300] {
                // Each side is put in order by itself.
                let sorted = |start: usize, end: usize| {
                    let part: Vec<_> = keys
                        .iter()
                        .map(|key| (key.slice(start, end - start), SortOrder::default()))
                        .collect();
                    let order = sort_indices(&part, end - start);
                    order.into_iter().map(move |row| row + start as u32)
                };
                let order: Vec<u32> = sorted(0, left).chain(sorted(left, 300)).collect();
                let keys: Vec<_> = keys
                    .iter()
                    .map(|key| {
                        (hypostyle_kernels::gather::gather(key, &order).unwrap(), SortOrder::default())
                    })
                    .collect();
                assert_eq!(merged(&keys, left, 300), sort_indices(&keys, 300), "{left} rows and the others");
            }
        }
    }
}
