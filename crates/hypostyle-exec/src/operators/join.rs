//! Joins: the build side is collected and indexed, the probe side streams past it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hypostyle_core::{Batch, Bitmap, Column, DataType, Dictionary, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::key_set::KeySet;
use hypostyle_kernels::late_text::{RowNumbers, entries};
use hypostyle_kernels::select::coalesce;
use hypostyle_plan::MORSEL_ROWS;

use crate::context::Context;
use crate::join_index::{JoinIndex, NO_ROW};
use crate::pipeline::{Transform, all_pieces, parallel};

/// What a probe row gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProbeKind {
    /// A row for each partner.
    Inner,
    /// A row for each partner, or one of nulls.
    Outer,
    /// Itself, if it has a partner.
    Semi,
    /// Itself, if it has none.
    Anti,
    /// Nothing: its partners are marked.
    Mark,
}

/// The collected side of a join.
#[derive(Debug)]
pub(crate) struct BuildSide {
    pub(crate) batch: Batch,
    pub(crate) index: Option<JoinIndex>,
    /// The keys alone, where nobody asks for the rows: semi and anti joins.
    pub(crate) set: Option<KeySet>,
    /// Bits of build rows that found a partner, where somebody asks for those that did not.
    pub(crate) matched: Option<Vec<AtomicU64>>,
    /// The entries of columns of text, which are gathered late.
    pub(crate) entries: Vec<Option<Arc<Dictionary>>>,
}

impl BuildSide {
    /// A side whose rows nobody has found yet; with `marks` it remembers which were.
    pub(crate) fn new(batch: Batch, index: Option<JoinIndex>, set: Option<KeySet>, marks: bool) -> Self {
        let matched = marks.then(|| (0..batch.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect());
        let entries = batch.columns().iter().map(entries).collect();
        Self { batch, index, set, matched, entries }
    }

    /// Marks rows; says whether one of them was not marked yet.
    fn mark(&self, rows: &[u32]) -> bool {
        let Some(matched) = &self.matched else { return false };
        let mut new = false;
        for row in rows.iter().filter(|row| **row != NO_ROW) {
            let (word, bit) = (&matched[*row as usize / 64], 1 << (row % 64));
            // Most bits are set already, and reading is cheaper than writing.
            if word.load(Ordering::Relaxed) & bit == 0 {
                new |= word.fetch_or(bit, Ordering::Relaxed) & bit == 0;
            }
        }
        new
    }

    /// The rows with a partner, or those without one, once the probe side is through; in pieces, some of which may
    /// be empty.
    fn rows(&self, partnered: bool) -> Vec<(usize, Bitmap)> {
        let Some(matched) = &self.matched else { return Vec::new() };
        let flip = if partnered { 0 } else { u64::MAX };
        let pieces = matched.chunks(MORSEL_ROWS / 64).zip((0..).step_by(MORSEL_ROWS));
        let bits = |(words, start): (&[AtomicU64], usize)| {
            let words: Vec<u64> = words.iter().map(|w| w.load(Ordering::Relaxed) ^ flip).collect();
            (start, Bitmap::new(words.into(), 0, MORSEL_ROWS.min(self.batch.len() - start)))
        };
        pieces.map(bits).collect()
    }
}

/// A column of the join's output.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    Probe(usize),
    Build(usize),
    /// The probe side's value, or the build side's where that is null: keys of a full join.
    Either {
        probe: usize,
        build: usize,
    },
}

/// So many rows of a join's output, of what gives the columns of each side.
pub(crate) fn assemble(
    output: &[Output],
    len: usize,
    probe: impl Fn(usize) -> Result<Column>,
    build: impl Fn(usize) -> Result<Column>,
) -> Result<Batch> {
    let columns = output.iter().map(|output| match output {
        Output::Probe(i) => probe(*i),
        Output::Build(i) => build(*i),
        Output::Either { probe: own, build: other } => {
            let own = probe(*own)?;
            let other = cast(&build(*other)?, own.dtype(), CastMode::NonStrict)?;
            if own.null_count() == len { Ok(other) } else { coalesce(&[own, other]) }
        }
    });
    Batch::try_new(columns.collect::<Result<_>>()?, len)
}

/// Output rows after which a join hands on what it has: keys that repeat may give a probe row any number of partners.
const PIECE_ROWS: usize = 1 << 17;

/// Streams probe rows past the build side.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) build: Arc<BuildSide>,
    pub(crate) keys: Vec<BoundExpr>,
    pub(crate) kind: ProbeKind,
    pub(crate) output: Vec<Output>,
}

impl Transform for Probe {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        all_pieces(self, index, batch)
    }

    fn apply_in_pieces(
        &self,
        _index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        let len = batch.len();
        let keys =
            self.keys.iter().map(|key| key.evaluate(&batch)?.into_rows(len)).collect::<Result<Vec<_>>>()?;
        if let (Some(set), [key]) = (&self.build.set, &keys[..]) {
            let mask = set.mask(key);
            let mask = if self.kind == ProbeKind::Anti { mask.map(|word| !word) } else { mask };
            return next(self.emit(&batch, Some(mask_to_indices(&mask)), Vec::new())?).map(drop);
        }
        let found = match &self.build.index {
            Some(index) => index.find(&keys, len)?,
            None => vec![NO_ROW; len],
        };
        let outer = match self.kind {
            ProbeKind::Mark => {
                self.mark_partners(&found);
                return next(self.emit(&batch, Some(Vec::new()), Vec::new())?).map(drop);
            }
            ProbeKind::Semi | ProbeKind::Anti => {
                let wanted = self.kind == ProbeKind::Semi;
                let (probe, _) = rows_where(&found, |number| (number != NO_ROW) == wanted);
                return next(self.emit(&batch, Some(probe), Vec::new())?).map(drop);
            }
            ProbeKind::Inner => false,
            ProbeKind::Outer => true,
        };
        match self.build.index.as_ref().filter(|index| !index.is_unique()) {
            Some(index) => self.expand(&batch, index, &found, outer, next),
            None if outer => next(self.emit(&batch, None, found)?).map(drop),
            None => {
                let (probe, build) = rows_where(&found, |number| number != NO_ROW);
                // Every probe row exactly once: no need to gather them.
                let probe = (probe.len() < len).then_some(probe);
                next(self.emit(&batch, probe, build)?).map(drop)
            }
        }
    }
}

/// The rows whose number is wanted, and the numbers.
fn rows_where(numbers: &[u32], wanted: impl Fn(u32) -> bool) -> (Vec<u32>, Vec<u32>) {
    let (mut rows, mut kept) = (vec![0; numbers.len()], vec![0; numbers.len()]);
    let mut count = 0;
    for (row, number) in numbers.iter().enumerate() {
        // Written whether wanted or not: which it is cannot be foreseen.
        rows[count] = row as u32;
        kept[count] = *number;
        count += usize::from(wanted(*number));
    }
    rows.truncate(count);
    kept.truncate(count);
    (rows, kept)
}

impl Probe {
    /// Every probe row beside each of its partners, in pieces.
    fn expand(
        &self,
        batch: &Batch,
        index: &JoinIndex,
        found: &[u32],
        outer: bool,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        let capacity = found.len().min(PIECE_ROWS);
        let (mut probe, mut build) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        for (row, number) in found.iter().enumerate() {
            let mut partners = match (*number, outer) {
                (NO_ROW, false) => continue,
                (NO_ROW, true) => &[NO_ROW][..],
                (number, _) => index.partners(number).unwrap_or_default(),
            };
            while !partners.is_empty() {
                let (now, later) = partners.split_at(partners.len().min(PIECE_ROWS - build.len()));
                probe.resize(probe.len() + now.len(), row as u32);
                build.extend_from_slice(now);
                partners = later;
                if build.len() == PIECE_ROWS {
                    let piece = (std::mem::take(&mut probe), std::mem::take(&mut build));
                    if !next(self.emit(batch, Some(piece.0), piece.1)?)? {
                        return Ok(());
                    }
                }
            }
        }
        next(self.emit(batch, Some(probe), build)?).map(drop)
    }

    /// Marks every build row that has one of these keys.
    fn mark_partners(&self, found: &[u32]) {
        match self.build.index.as_ref().filter(|index| !index.is_unique()) {
            None => {
                self.build.mark(found);
            }
            Some(index) => {
                for rows in found.iter().filter(|number| **number != NO_ROW) {
                    let rows = index.partners(*rows).unwrap_or_default();
                    // Who marked the first has marked the others, or is about to.
                    if rows.first().is_some_and(|first| self.build.mark(&[*first])) {
                        self.build.mark(rows);
                    }
                }
            }
        }
    }

    /// The output rows: probe rows (all, once each, if `None`) beside build rows.
    fn emit(&self, batch: &Batch, probe: Option<Vec<u32>>, build: Vec<u32>) -> Result<Batch> {
        self.build.mark(&build);
        let len = probe.as_ref().map_or(build.len(), Vec::len);
        let probe = probe.map(|rows| RowNumbers::try_new(rows, batch.len())).transpose()?;
        let build = RowNumbers::try_new(build, self.build.batch.len())?;
        let from_probe = |i: usize| {
            let column = batch.column(i);
            let Some(rows) = &probe else { return Ok(column.clone()) };
            // A few rows would hold on to the texts of all.
            match entries(column).filter(|_| rows.len() * 2 >= batch.len()) {
                Some(entries) => rows.gather_late(column, &entries),
                None => rows.gather(column),
            }
        };
        let from_build = |i: usize| -> Result<Column> {
            let column = self.build.batch.column(i);
            match &self.build.entries[i] {
                Some(entries) => build.gather_late(column, entries),
                None => build.gather(column),
            }
        };
        assemble(&self.output, len, from_probe, from_build)
    }

    /// The rows of the build side that found a partner, or none, beside nulls.
    pub(crate) fn build_rows(
        &self,
        partnered: bool,
        probe_types: &[DataType],
        context: &Context,
    ) -> Result<Vec<Batch>> {
        parallel(context, self.build.rows(partnered), |(start, bits)| {
            let rows = mask_to_indices(&bits);
            let build = |i: usize| gather(&self.build.batch.column(i).slice(start, bits.len()), &rows);
            let probe = |i: usize| Ok(Column::full_null(probe_types[i].clone(), rows.len()));
            assemble(&self.output, rows.len(), probe, build)
        })
    }
}
