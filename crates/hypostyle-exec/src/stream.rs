//! Where the rows of a pipeline come from: a scan, or other pipelines in an order that is kept.
//!
//! What depends on how many rows came before, as a row's number does, learns it without a pass of its own: a worker
//! says how many rows its morsel has, and waits for those of the morsels before. These are in the hands of workers that
//! wait for earlier ones alone, so the first of them never waits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use hypostyle_core::lock::{lock, wait_at_most};
use hypostyle_core::{Batch, Error, Result};
use hypostyle_plan::Scan;

use crate::context::Context;
use crate::operators::reshape::with_row_index;
use crate::pipeline::Pipeline;
use crate::pipeline_plan::PipelinePlan;

/// How often a worker that waits looks whether the query was stopped.
const PATIENCE: Duration = Duration::from_millis(20);

/// Takes a piece of a morsel with the morsel's number; says whether more are wanted.
pub(crate) type Next<'a> = &'a mut dyn FnMut(usize, Batch) -> Result<bool>;

/// A source of morsels, driven by all workers at once.
pub(crate) trait Stream: Send + Sync {
    /// Claims the next morsel and gives it in one or more pieces, in order. `false` if there is none left. Numbers of
    /// morsels count from 0 without gaps in the order of the rows.
    ///
    /// Morsels are claimed in the order of the rows, unless [`any_order`](Self::any_order) was called.
    fn drive(&self, context: &Context, next: Next<'_>) -> Result<bool>;

    /// As [`Scan::any_order`]. What counts rows, or puts inputs one after the other, needs them in order itself.
    fn any_order(&self) {}

    /// Whether the rows all satisfy the predicate that was asked for.
    fn is_filtered(&self) -> bool {
        false
    }

    /// The number of rows, if it is known, or how many there are at most.
    fn rows(&self) -> Option<usize>;
}

impl Stream for Box<dyn Scan> {
    fn drive(&self, _context: &Context, next: Next<'_>) -> Result<bool> {
        let Some((index, batch)) = Scan::next(&**self)? else { return Ok(false) };
        next(index, batch)?;
        Ok(true)
    }

    fn any_order(&self) {
        Scan::any_order(&**self);
    }

    fn is_filtered(&self) -> bool {
        Scan::is_filtered(&**self)
    }

    fn rows(&self) -> Option<usize> {
        Scan::rows(&**self)
    }
}

/// Waits a moment for a change; fails if the query was stopped.
fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>, context: &Context) -> Result<MutexGuard<'a, T>> {
    context.check()?;
    Ok(wait_at_most(changed, guard, PATIENCE))
}

/// An input of a [`Union`]. Some are opened when their turn comes: a hundred files need not be open at once.
pub(crate) enum Input {
    Open(Pipeline),
    Later(PipelinePlan),
}

/// The rows of several pipelines, one pipeline after the other.
///
/// How many morsels a pipeline gives is known when it is dry and those who claimed one have said its number; until then
/// those that found it dry wait.
pub(crate) struct Union {
    inputs: Vec<Mutex<Slot>>,
    rows: Option<usize>,
    state: Mutex<Turn>,
    changed: Condvar,
}

/// An input's pipeline, once it is there and as long as it is needed.
struct Slot {
    input: Option<Input>,
    pipeline: Option<Arc<Pipeline>>,
}

/// Whose turn it is.
#[derive(Default)]
struct Turn {
    input: usize,
    /// Morsels of the inputs before.
    before: usize,
    /// Morsels of this input, as far as they are known.
    morsels: usize,
    /// Workers that are claiming a morsel of this input.
    claiming: usize,
    /// Whether a worker found it dry.
    dry: bool,
    /// Whether a worker failed while it claimed one: nothing can be counted any more.
    failed: bool,
}

impl Union {
    /// The rows of these inputs.
    pub(crate) fn new(inputs: Vec<Input>) -> Self {
        let rows = inputs
            .iter()
            .map(|input| match input {
                Input::Open(pipeline) => pipeline.rows(),
                Input::Later(_) => None,
            })
            .sum();
        let slot = |input| Mutex::new(Slot { input: Some(input), pipeline: None });
        Self {
            inputs: inputs.into_iter().map(slot).collect(),
            rows,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The pipeline of an input, opened by who comes first.
    fn pipeline(&self, input: usize, context: &Context) -> Result<Arc<Pipeline>> {
        let mut slot = lock(&self.inputs[input]);
        if let Some(input) = slot.input.take() {
            let pipeline = match input {
                Input::Open(pipeline) => pipeline,
                Input::Later(plan) => plan.open(context)?,
            };
            slot.pipeline = Some(pipeline.into());
        }
        slot.pipeline.clone().ok_or_else(|| Error::internal("an input of a union is gone"))
    }
}

/// A worker that claims a morsel of an input of a union.
struct Claim<'a> {
    union: &'a Union,
    /// Whether it has not said yet which.
    open: bool,
    failed: bool,
}

impl Claim<'_> {
    /// The first piece of a morsel is there, or there is no morsel: gives the number of morsels before this input's.
    fn close(&mut self, morsel: Option<usize>) -> usize {
        let mut turn = lock(&self.union.state);
        if std::mem::take(&mut self.open) {
            turn.claiming -= 1;
            match morsel {
                Some(index) => turn.morsels = turn.morsels.max(index + 1),
                None => turn.dry = true,
            }
            self.union.changed.notify_all();
        }
        turn.before
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.failed {
            let mut turn = lock(&self.union.state);
            turn.failed = true;
            self.union.changed.notify_all();
        }
    }
}

impl Stream for Union {
    fn drive(&self, context: &Context, next: Next<'_>) -> Result<bool> {
        loop {
            let mut turn = lock(&self.state);
            while turn.dry && turn.claiming > 0 && !turn.failed {
                turn = wait(&self.changed, turn, context)?;
            }
            if turn.failed {
                // Who failed says why.
                return Ok(false);
            }
            if turn.dry {
                // The rows and files of an input that is through are needed no longer.
                lock(&self.inputs[turn.input]).pipeline = None;
                *turn = Turn { input: turn.input + 1, before: turn.before + turn.morsels, ..Turn::default() };
            }
            let input = turn.input;
            if input == self.inputs.len() {
                return Ok(false);
            }
            turn.claiming += 1;
            drop(turn);
            let mut claim = Claim { union: self, open: true, failed: true };
            let pipeline = self.pipeline(input, context)?;
            let mut before = None;
            let found = pipeline.drive(context, &mut |index, piece| {
                let before = *before.get_or_insert_with(|| claim.close(Some(index)));
                next(before + index, piece)
            })?;
            claim.failed = false;
            if found {
                return Ok(true);
            }
            claim.close(None);
        }
    }

    fn rows(&self) -> Option<usize> {
        self.rows
    }
}

/// The rows of a pipeline, each piece with how many came before. Workers say one after the other how many rows their
/// morsels have.
struct Counted {
    input: Pipeline,
    state: Mutex<Counts>,
    changed: Condvar,
}

/// The morsels that are counted, and their rows.
#[derive(Default)]
struct Counts {
    morsels: usize,
    rows: usize,
    /// Whether a morsel will never be counted, because its worker failed or nobody wants its rows.
    over: bool,
}

/// A worker that has not counted its morsel yet.
struct Counting<'a> {
    counted: &'a Counted,
    open: bool,
}

impl Counting<'_> {
    /// Says how many rows came up to the end of this morsel.
    fn close(&mut self, rows: usize) {
        let mut counts = lock(&self.counted.state);
        counts.morsels += 1;
        counts.rows = rows;
        self.open = false;
        drop(counts);
        self.counted.changed.notify_all();
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        if self.open {
            lock(&self.counted.state).over = true;
            self.counted.changed.notify_all();
        }
    }
}

impl Counted {
    fn new(input: Pipeline) -> Self {
        Self { input, state: Mutex::default(), changed: Condvar::new() }
    }

    /// The rows before a morsel, once all before it are counted. `None` if one of them never will be.
    fn before(&self, morsel: usize, context: &Context) -> Result<Option<usize>> {
        let mut counts = lock(&self.state);
        while counts.morsels < morsel && !counts.over {
            counts = wait(&self.changed, counts, context)?;
        }
        Ok((counts.morsels == morsel).then_some(counts.rows))
    }

    /// As [`Stream::drive`]; `next` also gets the number of rows before a piece.
    fn drive(
        &self,
        context: &Context,
        next: &mut dyn FnMut(usize, usize, Batch) -> Result<bool>,
    ) -> Result<bool> {
        let mut counting = Counting { counted: self, open: true };
        let mut place = None;
        // The last piece is held back until it is known to be the last: then the morsel is counted before its rows go
        // on, so that other workers wait for the counting alone.
        let mut held = None;
        let found = self.input.drive(context, &mut |index, piece| {
            if place.is_none() {
                place = self.before(index, context)?.map(|rows| (index, rows));
            }
            let Some((_, rows)) = &mut place else { return Ok(false) };
            let Some(earlier) = held.replace(piece) else { return Ok(true) };
            let before = std::mem::replace(rows, *rows + Batch::len(&earlier));
            let wanted = next(before, index, earlier)?;
            if !wanted {
                held = None;
            }
            Ok(wanted)
        })?;
        let (Some((index, rows)), Some(last)) = (place, held) else {
            // There was none, or its rows are not wanted.
            counting.open = found;
            return Ok(false);
        };
        counting.close(rows + last.len());
        next(rows, index, last)?;
        Ok(true)
    }
}

/// A column before the others that counts the rows.
pub(crate) struct RowIndex {
    input: Counted,
    offset: u32,
}

impl RowIndex {
    /// Counts from `offset`.
    pub(crate) fn new(input: Pipeline, offset: u32) -> Self {
        Self { input: Counted::new(input), offset }
    }
}

impl Stream for RowIndex {
    fn drive(&self, context: &Context, next: Next<'_>) -> Result<bool> {
        self.input.drive(context, &mut |before, index, piece| {
            let start = before as u64 + u64::from(self.offset);
            next(index, with_row_index(piece, start)?)
        })
    }

    fn rows(&self) -> Option<usize> {
        self.input.input.rows()
    }
}

/// The rows from one number to another.
pub(crate) struct Slice {
    input: Counted,
    start: usize,
    end: usize,
}

impl Slice {
    /// Rows from `start` on and before `end`.
    pub(crate) fn new(input: Pipeline, start: usize, end: usize) -> Self {
        Self { input: Counted::new(input), start, end }
    }
}

impl Stream for Slice {
    fn drive(&self, context: &Context, next: Next<'_>) -> Result<bool> {
        if lock(&self.input.state).rows >= self.end {
            return Ok(false);
        }
        self.input.drive(context, &mut |before, index, piece| {
            let within = |row: usize| row.saturating_sub(before).min(piece.len());
            let (start, end) = (within(self.start), within(self.end));
            let wanted = next(index, piece.slice(start, end.max(start) - start))?;
            Ok(wanted && before + piece.len() < self.end)
        })
    }

    /// Of the input: how many have to be looked at.
    fn rows(&self) -> Option<usize> {
        self.input.input.rows()
    }
}
