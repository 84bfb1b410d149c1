//! Joins: the build side is collected and indexed, the probe side streams past it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hypostyle_core::{Batch, Bitmap, Column, Result};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::filter::mask_to_indices;
use hypostyle_kernels::gather::{gather, gather_optional};
use hypostyle_kernels::key_set::KeySet;
use hypostyle_kernels::select::coalesce;

use crate::join_index::{JoinIndex, NO_ROW};
use crate::pipeline::Transform;

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
}

impl BuildSide {
    fn mark(&self, rows: &[u32]) {
        if let Some(matched) = &self.matched {
            for row in rows.iter().filter(|row| **row != NO_ROW) {
                let (word, bit) = (&matched[*row as usize / 64], 1 << (row % 64));
                // Most bits are set already, and reading is cheaper than writing.
                if word.load(Ordering::Relaxed) & bit == 0 {
                    word.fetch_or(bit, Ordering::Relaxed);
                }
            }
        }
    }

    /// The rows with a partner, or those without one, once the probe side is through.
    pub(crate) fn rows(&self, partnered: bool) -> Vec<u32> {
        let Some(matched) = &self.matched else { return Vec::new() };
        let flip = if partnered { 0 } else { u64::MAX };
        let words: Vec<u64> = matched.iter().map(|w| w.load(Ordering::Relaxed) ^ flip).collect();
        let bits = Bitmap::new(words.into(), 0, self.batch.len());
        hypostyle_kernels::filter::mask_to_indices(&bits)
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

/// Streams probe rows past the build side.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) build: Arc<BuildSide>,
    pub(crate) keys: Vec<BoundExpr>,
    pub(crate) kind: ProbeKind,
    pub(crate) nulls_equal: bool,
    pub(crate) output: Vec<Output>,
}

impl Transform for Probe {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        let len = batch.len();
        let keys =
            self.keys.iter().map(|key| key.evaluate(&batch)?.into_rows(len)).collect::<Result<Vec<_>>>()?;
        if let (Some(set), [key]) = (&self.build.set, &keys[..]) {
            let mask = set.mask(key);
            let mask = if self.kind == ProbeKind::Anti { mask.map(|word| !word) } else { mask };
            return self.emit(&batch, Some(&mask_to_indices(&mask)), &[]);
        }
        let heads = match &self.build.index {
            Some(index) => index.heads(&keys, len, self.nulls_equal)?,
            None => vec![NO_ROW; len],
        };
        let keep = |wanted: bool| -> Vec<u32> {
            let rows = heads.iter().enumerate().filter(|(_, head)| (**head != NO_ROW) == wanted);
            rows.map(|(row, _)| row as u32).collect()
        };
        match self.kind {
            ProbeKind::Mark => {
                self.mark_partners(&heads);
                self.emit(&batch, Some(&[]), &[])
            }
            ProbeKind::Semi => self.emit(&batch, Some(&keep(true)), &[]),
            ProbeKind::Anti => self.emit(&batch, Some(&keep(false)), &[]),
            _ => {
                let outer = self.kind == ProbeKind::Outer;
                let unique = self.build.index.as_ref().is_none_or(JoinIndex::is_unique);
                if unique && outer {
                    return self.emit(&batch, None, &heads);
                }
                let (mut probe, mut build) = (Vec::with_capacity(len), Vec::with_capacity(len));
                for (row, &head) in heads.iter().enumerate() {
                    if head == NO_ROW {
                        if outer {
                            probe.push(row as u32);
                            build.push(NO_ROW);
                        }
                        continue;
                    }
                    probe.push(row as u32);
                    build.push(head);
                    if unique {
                        continue;
                    }
                    let Some(index) = &self.build.index else { continue };
                    let mut next = index.next(head);
                    while next != NO_ROW {
                        probe.push(row as u32);
                        build.push(next);
                        next = index.next(next);
                    }
                }
                // Every probe row exactly once: no need to gather them.
                if unique && probe.len() == len {
                    return self.emit(&batch, None, &build);
                }
                self.emit(&batch, Some(&probe), &build)
            }
        }
    }
}

impl Probe {
    /// Marks every build row that has one of these keys.
    fn mark_partners(&self, heads: &[u32]) {
        self.build.mark(heads);
        let Some(index) = self.build.index.as_ref().filter(|index| !index.is_unique()) else { return };
        for &head in heads.iter().filter(|head| **head != NO_ROW) {
            let mut next = index.next(head);
            while next != NO_ROW {
                self.build.mark(&[next]);
                next = index.next(next);
            }
        }
    }

    /// The output rows: probe rows (all, once each, if `None`) beside build rows.
    fn emit(&self, batch: &Batch, probe: Option<&[u32]>, build: &[u32]) -> Result<Batch> {
        self.build.mark(build);
        let len = probe.map_or(build.len(), <[u32]>::len);
        let from_probe = |i: usize| match probe {
            Some(rows) => gather(batch.column(i), rows),
            None => Ok(batch.column(i).clone()),
        };
        let from_build = |i: usize| -> Result<Column> {
            let column = self.build.batch.column(i);
            if self.kind == ProbeKind::Outer { gather_optional(column, build) } else { gather(column, build) }
        };
        let columns = self
            .output
            .iter()
            .map(|output| match output {
                Output::Probe(i) => from_probe(*i),
                Output::Build(i) => from_build(*i),
                Output::Either { probe, build } => {
                    let own = from_probe(*probe)?;
                    let other = cast(&from_build(*build)?, own.dtype(), CastMode::NonStrict)?;
                    coalesce(&[own, other])
                }
            })
            .collect::<Result<_>>()?;
        Batch::try_new(columns, len)
    }

    /// The rows of the build side that found a partner, or none, beside nulls.
    pub(crate) fn build_rows(
        &self,
        partnered: bool,
        probe_types: &[hypostyle_core::DataType],
    ) -> Result<Batch> {
        let rows = self.build.rows(partnered);
        let columns = self
            .output
            .iter()
            .map(|output| match output {
                Output::Probe(i) => Ok(Column::full_null(probe_types[*i].clone(), rows.len())),
                Output::Build(i) => gather(self.build.batch.column(*i), &rows),
                Output::Either { probe, build } => {
                    let column = gather(self.build.batch.column(*build), &rows)?;
                    cast(&column, &probe_types[*probe], CastMode::NonStrict)
                }
            })
            .collect::<Result<_>>()?;
        Batch::try_new(columns, rows.len())
    }
}
