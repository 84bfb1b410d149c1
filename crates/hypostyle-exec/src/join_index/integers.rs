//! What is known of integer keys before they are indexed: their range, their order, which of them are there. All
//! threads look at a part of the rows each.

use std::sync::Arc;

use hypostyle_core::{Bitmap, Column, Native, Result, with_primitive};
use hypostyle_kernels::join_table::Lists;
use hypostyle_kernels::key_bits::KeyBits;
use hypostyle_kernels::key_set::{KeySet, fits_bits};
use hypostyle_kernels::keys::integer_range;
use hypostyle_kernels::rank::{RankIndex, RankPart};

use crate::context::Context;
use crate::pipeline::parallel;

/// Rows from which on all threads look at them: less is done with each than where rows are written down.
const SHARED_ROWS: usize = 1 << 16;
/// Rows of one piece of work.
const PIECE_ROWS: usize = 1 << 15;
/// Blocks of an index, of 16 bytes each, from which on all threads fill them.
const SHARED_BLOCKS: usize = 1 << 15;

/// The range of a column of integers, and whether they ascend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Survey {
    pub(super) low: i128,
    pub(super) high: i128,
    pub(super) ascending: bool,
}

impl Survey {
    /// Looks at all rows; `None` if they are no integers or all null.
    pub(super) fn of(key: &Column, context: &Context) -> Result<Option<Self>> {
        let len = key.len();
        // Where a piece ascends, it must also go on from the one before.
        let found = parallel(context, pieces(len), |(start, rows)| {
            let first = start.saturating_sub(1);
            let ascending = is_ascending(&key.slice(first, start + rows - first));
            let piece = key.slice(start, rows);
            let ends = match ascending && piece.null_count() == 0 {
                true => ends(&piece),
                false => integer_range(&piece),
            };
            Ok((ends, ascending, piece.null_count() == rows))
        })?;
        let mut range: Option<(i128, i128)> = None;
        for (ends, _, all_null) in &found {
            match (ends, range) {
                (None, _) if *all_null => {}
                (None, _) => return Ok(None),
                (Some(ends), None) => range = Some(*ends),
                (Some((low, high)), Some((a, b))) => range = Some((a.min(*low), b.max(*high))),
            }
        }
        let ascending = found.iter().all(|(_, ascending, _)| *ascending);
        Ok(range.map(|(low, high)| Self { low, high, ascending }))
    }
}

/// The rows in pieces, if there are enough for several threads.
fn pieces(len: usize) -> Vec<(usize, usize)> {
    let size = if len < SHARED_ROWS { len.max(1) } else { PIECE_ROWS };
    (0..len).step_by(size).map(|start| (start, size.min(len - start))).collect()
}

fn is_ascending(key: &Column) -> bool {
    with_primitive!(key.array(), |a: T| a.values().is_sorted(), else |_other| false)
}

/// The first and the last of some integers that ascend, unless they are too large.
fn ends(key: &Column) -> Option<(i128, i128)> {
    if key.dtype().is_float() {
        return None;
    }
    with_primitive!(key.array(), |a: T| {
        let (first, last) = (*a.values().first()?, *a.values().last()?);
        last.fits_i128().then(|| (Native::to_i128(first), Native::to_i128(last)))
    }, else |_other| None)
}

/// Which integers are there, of rows that are `valid`.
pub(super) fn key_bits(
    key: &Column,
    valid: Option<&Bitmap>,
    survey: Survey,
    context: &Context,
) -> Result<KeyBits> {
    let Survey { low, high, ascending } = survey;
    // The caller has seen that there is room for a bit for each.
    let (len, span) = (key.len(), (high - low + 1) as usize);
    // Each thread has bits of its own: of its part of the range where keys ascend, of all of it elsewhere, of which
    // there are no more than rows pay for.
    let apart = ascending && valid.is_none();
    let paid = if apart { usize::MAX } else { len / span.div_ceil(64).max(1) };
    let threads = context.threads_for(len, SHARED_ROWS);
    let share = len.div_ceil(paid.clamp(1, threads)).max(1);
    let parts: Vec<_> = (0..len).step_by(share).map(|start| (start, share.min(len - start))).collect();
    let fill = |bits: &mut KeyBits, key: &Column, valid: Option<&Bitmap>| match apart {
        true => bits.add_ascending(key),
        false => bits.add(key, valid),
    };
    if parts.len() == 1 {
        let mut bits = KeyBits::new(low, span);
        fill(&mut bits, key, valid);
        return Ok(bits);
    }
    let parts = parallel(context, parts, |(start, rows)| {
        let part = key.slice(start, rows);
        let mut bits = match ends(&part).filter(|_| apart) {
            Some((first, last)) => {
                let first = first - (first - low) % 64;
                KeyBits::new(first, (last - first + 1) as usize)
            }
            None => KeyBits::new(low, span),
        };
        fill(&mut bits, &part, valid.map(|valid| valid.slice(start, rows)).as_ref());
        Ok(bits)
    })?;
    let mut all = KeyBits::new(low, span);
    parts.iter().for_each(|part| all.merge(part));
    Ok(all)
}

/// The integers that are there, numbered.
pub(super) fn ranks(bits: &KeyBits, context: &Context) -> Result<RankIndex> {
    let parts = context.threads_for(bits.words().len(), SHARED_BLOCKS);
    let fill = |part: RankPart<'_>| {
        part.fill();
        Ok(())
    };
    RankIndex::in_parts(bits, parts, |parts| parallel(context, parts, fill).map(drop))
}

/// The same of ascending keys in chunks, each with its row for its number ([`RankIndex::of_ascending`]).
pub(super) fn ascending_ranks(
    keys: &[Column],
    low: i128,
    span: usize,
    context: &Context,
) -> Result<RankIndex> {
    let rows: usize = keys.iter().map(Column::len).sum();
    let parts = context.threads_for(rows, SHARED_ROWS);
    RankIndex::of_ascending(keys, low, span, parts, |parts| parallel(context, parts, |part| Ok(part.fill())))
}

/// The set of keys if they are integers that it tells exactly.
pub(crate) fn exact_set(key: &Column, context: &Context) -> Result<Option<KeySet>> {
    if key.dtype().byte_width().is_none_or(|width| width > 8) {
        return Ok(None);
    }
    let fits = |survey: &Survey| fits_bits(Some((survey.low, survey.high)), key.len());
    let Some(survey) = Survey::of(key, context)?.filter(fits) else { return Ok(None) };
    let valid = key.validity().filter(|_| key.null_count() > 0);
    let bits = key_bits(key, valid, survey, context)?;
    Ok(Some(KeySet::of_bits(key.dtype().clone(), Arc::new(bits))))
}

/// The rows of each key by its rank, where keys ascend and none is null. There are fewer rows than 32 bits count.
pub(super) fn runs(key: &Column, context: &Context) -> Result<Lists> {
    let len = key.len();
    let firsts = parallel(context, pieces(len), |(start, rows)| {
        Ok(with_primitive!(key.array(), |a: T| {
            let mut firsts = vec![0; rows];
            let mut count = 0;
            for row in start..start + rows {
                // Written whether it is the first or not: which it is cannot be foreseen.
                firsts[count] = row as u32;
                count += usize::from(row == 0 || a.values()[row] != a.values()[row - 1]);
            }
            firsts.truncate(count);
            firsts
        }, else |_other| Vec::new()))
    })?;
    let mut starts = firsts.concat();
    starts.push(len as u32);
    Ok(Lists { starts, rows: (0..len as u32).collect() })
}
