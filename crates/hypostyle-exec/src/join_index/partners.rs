//! The build rows of a key's number: the number itself, a row for each number, or lists of rows laid one after the
//! other.

use hypostyle_core::Result;
use hypostyle_kernels::join_table::Lists;

use super::NO_ROW;
use crate::context::Context;
use crate::pipeline::parallel;

/// What numbers stand for.
#[derive(Debug)]
pub(super) enum Partners {
    /// The row itself.
    Same,
    /// `rows[number]`, perhaps none.
    One(Vec<u32>),
    /// The rows from `starts[number]` to `starts[number + 1]`, perhaps none.
    Many(Lists),
}

impl Partners {
    /// Whether no number has two rows.
    pub(super) fn is_unique(&self) -> bool {
        !matches!(self, Self::Many(_))
    }

    /// Rows where no number has two; elsewhere numbers, or [`NO_ROW`] for those without a row.
    pub(super) fn resolve(&self, numbers: &mut [u32]) {
        match self {
            Self::Same => {}
            // "Absent" and "no row" are the same, and no number.
            Self::One(rows) => {
                for number in numbers {
                    *number = rows.get(*number as usize).copied().unwrap_or(NO_ROW);
                }
            }
            Self::Many(lists) => {
                for number in numbers {
                    let at = *number as usize;
                    let is_empty = match (lists.starts.get(at), lists.starts.get(at.wrapping_add(1))) {
                        (Some(start), Some(end)) => start == end,
                        _ => true,
                    };
                    if is_empty {
                        *number = NO_ROW;
                    }
                }
            }
        }
    }

    /// The rows of what [`Self::resolve`] gave, ascending; `None` if that is the row.
    #[inline]
    pub(super) fn rows(&self, number: u32) -> Option<&[u32]> {
        match self {
            Self::Same | Self::One(_) => None,
            Self::Many(lists) => {
                let at = number as usize;
                Some(&lists.rows[lists.starts[at] as usize..lists.starts[at + 1] as usize])
            }
        }
    }

    /// From the number of each row, below `count`, in pieces of rows; [`NO_ROW`] leaves a row out.
    pub(super) fn of_numbers(numbers: &[Vec<u32>], count: usize, context: &Context) -> Result<Self> {
        let rows: usize = numbers.iter().map(Vec::len).sum();
        let threads = context.threads_for(rows, super::PARALLEL_ROWS);
        let share = count.div_ceil(threads).max(1);
        // Each worker looks at all rows and takes those of its share of the numbers.
        let mut heads = vec![NO_ROW; count];
        let parts: Vec<(usize, &mut [u32])> = heads.chunks_mut(share).enumerate().collect();
        let unique = parallel(context, parts, |(part, heads)| {
            let mut unique = true;
            for_rows(numbers, part * share, |row, number| {
                if let Some(head) = heads.get_mut(number) {
                    unique &= *head == NO_ROW;
                    *head = row;
                }
            });
            Ok(unique)
        })?;
        if unique.into_iter().all(|unique| unique) {
            return Ok(Self::One(heads));
        }
        // Counting sort.
        let mut starts = heads;
        let parts: Vec<(usize, &mut [u32])> = starts.chunks_mut(share).enumerate().collect();
        let sizes = parallel(context, parts, |(part, counts)| {
            counts.fill(0);
            let mut size = 0;
            for_rows(numbers, part * share, |_, number| {
                if let Some(count) = counts.get_mut(number) {
                    *count += 1;
                    size += 1;
                }
            });
            Ok(size)
        })?;
        let mut sorted = vec![0; sizes.iter().sum()];
        let (mut parts, mut rest, mut base) = (Vec::with_capacity(sizes.len()), &mut sorted[..], 0);
        for ((part, counts), size) in starts.chunks_mut(share).enumerate().zip(sizes) {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(size);
            parts.push((part, counts, own, base));
            rest = others;
            base += size as u32;
        }
        parallel(context, parts, |(part, counts, own, base)| {
            let mut start = 0;
            for count in counts.iter_mut() {
                start += std::mem::replace(count, start);
            }
            for_rows(numbers, part * share, |row, number| {
                if let Some(place) = counts.get_mut(number) {
                    own[*place as usize] = row;
                    *place += 1;
                }
            });
            // Each place is where its list ends, and the next one begins: they move on by one.
            let mut previous = 0;
            for place in counts.iter_mut() {
                previous = std::mem::replace(place, previous + base);
            }
            Ok(())
        })?;
        starts.push(base);
        Ok(Self::Many(Lists { starts, rows: sorted }))
    }
}

/// Every row with the distance of its number from `first`; those below are far above.
#[inline(always)]
fn for_rows(numbers: &[Vec<u32>], first: usize, mut f: impl FnMut(u32, usize)) {
    for (row, number) in (0u32..).zip(numbers.iter().flatten()) {
        if *number != NO_ROW {
            f(row, (*number as usize).wrapping_sub(first));
        }
    }
}
