//! Write: rows go to a file while they are made. Workers bring morsels in any order; their rows are cut, in order, into
//! pieces of a number of rows that the file chooses, encoded by whichever worker is free, and appended one by one.
//!
//! Memory is bounded because a worker that is ahead takes over work of the others, or waits, before it asks for another
//! morsel. Nobody waits for a worker that waits: the one whose morsel comes next is never ahead, and the piece that
//! comes next is never left lying, since pieces are taken to be encoded in order. So all go on as long as one does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use hypostyle_core::lock::{lock, wait_at_most};
use hypostyle_core::{Batch, Error, Result};
use hypostyle_kernels::late_text::settle;
use hypostyle_plan::{DataSink, Piece, PieceEncoder};

use crate::context::Context;
use crate::pipeline::{Sink, Step, place};
use crate::profile::Counter;

/// Morsels out of order, and encoded pieces out of order, for each thread.
const WINDOW: usize = 4;

/// How often a worker that waits looks whether the query was stopped.
const PATIENCE: Duration = Duration::from_millis(20);

/// Writes rows to a file.
pub(crate) struct Write {
    context: Context,
    encoder: Arc<dyn PieceEncoder>,
    piece_rows: usize,
    window: usize,
    counter: Option<Arc<Counter>>,
    state: Mutex<State>,
    changed: Condvar,
}

/// How far the file is.
struct State {
    /// The last morsel, or piece of one, without a gap before it.
    last: Option<usize>,
    /// Morsels after a gap.
    ahead: BTreeMap<usize, Batch>,
    /// Rows that do not make a piece yet.
    rest: VecDeque<Batch>,
    rest_rows: usize,
    /// Pieces to be encoded, in order.
    cut: VecDeque<Vec<Batch>>,
    /// The number of the first of them.
    first_cut: usize,
    /// Encoded pieces by number.
    encoded: BTreeMap<usize, Piece>,
    /// The number of the piece to append next.
    next: usize,
    /// The file, unless somebody is appending to it.
    sink: Option<Box<dyn DataSink>>,
    /// Whether something failed: nothing more is to be done.
    over: bool,
}

impl State {
    /// Takes a morsel in and cuts the pieces that are complete.
    fn take(&mut self, place: usize, batch: Batch, piece_rows: usize) {
        self.ahead.insert(place, batch);
        while let Some(first) = self.ahead.first_entry() {
            if !place::follows(*first.key(), self.last) {
                break;
            }
            let (place, batch) = first.remove_entry();
            self.last = Some(place);
            self.rest_rows += batch.len();
            if !batch.is_empty() {
                self.rest.push_back(batch);
            }
            while self.rest_rows >= piece_rows {
                self.cut(piece_rows);
            }
        }
    }

    /// Makes a piece of the next `rows` rows.
    fn cut(&mut self, rows: usize) {
        let mut piece = Vec::new();
        let mut missing = rows;
        while missing > 0
            && let Some(batch) = self.rest.pop_front()
        {
            let taken = missing.min(batch.len());
            if taken < batch.len() {
                self.rest.push_front(batch.slice(taken, batch.len() - taken));
            }
            piece.push(batch.slice(0, taken));
            missing -= taken;
        }
        self.rest_rows -= rows - missing;
        self.cut.push_back(piece);
    }

    /// The next piece and the file, if nobody has the file.
    fn next_piece(&mut self) -> Option<(Box<dyn DataSink>, Piece)> {
        let sink = self.sink.take()?;
        match self.encoded.remove(&self.next) {
            Some(piece) => Some((sink, piece)),
            None => {
                self.sink = Some(sink);
                None
            }
        }
    }

    /// The next piece to encode and its number. Those after it wait while too many are encoded out of order; the next
    /// one to be appended never does, for then none is.
    fn next_rows(&mut self, window: usize) -> Option<(usize, Vec<Batch>)> {
        if self.encoded.len() >= window {
            return None;
        }
        let piece = self.cut.pop_front()?;
        self.first_cut += 1;
        Some((self.first_cut - 1, piece))
    }

    /// Whether the worker that brought the morsel at `place` should not bring another one yet.
    fn is_crowded(&self, place: usize, window: usize) -> bool {
        let is_ahead = Some(place) > self.last;
        (is_ahead && self.ahead.len() >= window) || self.encoded.len() >= window || !self.cut.is_empty()
    }
}

impl Write {
    /// Writes to a sink. If anything fails the file is dropped, incomplete as it is.
    pub(crate) fn new(context: &Context, sink: Box<dyn DataSink>, counter: Option<Arc<Counter>>) -> Self {
        Self {
            context: context.clone(),
            encoder: sink.encoder(),
            piece_rows: sink.piece_rows().max(1),
            window: WINDOW * context.threads(),
            counter,
            state: Mutex::new(State {
                last: None,
                ahead: BTreeMap::new(),
                rest: VecDeque::new(),
                rest_rows: 0,
                cut: VecDeque::new(),
                first_cut: 0,
                encoded: BTreeMap::new(),
                next: 0,
                sink: Some(sink),
                over: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn encode(&self, rows: Vec<Batch>) -> Result<Piece> {
        let count = rows.iter().map(Batch::len).sum();
        let encode = || self.encoder.encode(&settle(rows)?);
        match &self.counter {
            Some(counter) => counter.measure(encode, |_| count),
            None => encode(),
        }
    }

    /// Does what there is to do, and waits while too much is in memory; `place` is that of the morsel last brought.
    fn work_off(&self, place: Option<usize>) -> Result<()> {
        let mut state = self.lock();
        loop {
            if state.over {
                // Who failed says why.
                return Ok(());
            }
            if let Some((mut sink, piece)) = state.next_piece() {
                drop(state);
                let result = sink.append(piece);
                state = self.lock();
                state.next += 1;
                // Dropped if it failed, so that no other worker goes on with it.
                result?;
                state.sink = Some(sink);
                self.changed.notify_all();
            } else if let Some((number, rows)) = state.next_rows(self.window) {
                drop(state);
                self.context.check()?;
                let piece = self.encode(rows)?;
                state = self.lock();
                state.encoded.insert(number, piece);
                self.changed.notify_all();
            } else if place.is_some_and(|place| state.is_crowded(place, self.window)) {
                state = wait_at_most(&self.changed, state, PATIENCE);
                self.context.check()?;
            } else {
                return Ok(());
            }
        }
    }
}

impl Sink for Write {
    type Local = ();
    type Output = ();

    fn local(&self) -> Result<()> {
        Ok(())
    }

    fn in_order(&self) -> bool {
        true
    }

    fn consume(&self, _local: &mut (), place: usize, batch: Batch) -> Result<()> {
        let mut state = self.lock();
        state.take(place, batch, self.piece_rows);
        drop(state);
        self.changed.notify_all();
        self.work_off(Some(place))
    }

    fn combine(&self, _local: ()) -> Result<()> {
        Ok(())
    }

    /// Encodes and appends the rows that are left, and completes the file.
    fn finish(self, _context: &Context) -> Result<()> {
        {
            let mut state = self.lock();
            if !state.ahead.is_empty() {
                return Err(Error::internal("morsels are missing between those that were written"));
            }
            if state.rest_rows > 0 {
                let rows = state.rest_rows;
                state.cut(rows);
            }
        }
        self.work_off(None)?;
        self.context.check()?;
        let sink = self.lock().sink.take().ok_or_else(|| Error::internal("the file is lost"))?;
        sink.finish()
    }

    /// All workers share what is not written yet.
    fn size(&self, _local: &()) -> usize {
        0
    }

    fn abandon(&self) {
        let mut state = self.lock();
        state.over = true;
        // Rows that nobody wants any more need not wait for the last worker.
        (state.ahead, state.rest, state.cut, state.encoded) = Default::default();
        drop(state);
        self.changed.notify_all();
    }
}

/// Several files of what comes out of one pipeline, each after steps of its own, which give one batch for each.
///
/// A worker takes a morsel to all files, one after the other, before it takes another one. So the worker whose morsel
/// is the first that is not in all of them is ahead in none, and does not wait, as with one file.
pub(crate) struct WriteSeveral(Vec<(Vec<Step>, Write)>);

impl WriteSeveral {
    /// Writes to these files, each after its steps.
    pub(crate) fn new(context: &Context, files: Vec<(Vec<Step>, Box<dyn DataSink>)>) -> Self {
        let file = |(steps, sink)| (steps, Write::new(context, sink, None));
        Self(files.into_iter().map(file).collect())
    }
}

impl Sink for WriteSeveral {
    type Local = ();
    type Output = ();

    fn local(&self) -> Result<()> {
        Ok(())
    }

    fn combine(&self, _local: ()) -> Result<()> {
        Ok(())
    }

    /// Completes the files, one after the other.
    fn finish(self, context: &Context) -> Result<()> {
        self.0.into_iter().try_for_each(|(_, write)| write.finish(context))
    }

    fn size(&self, _local: &()) -> usize {
        0
    }

    fn in_order(&self) -> bool {
        true
    }

    fn consume(&self, local: &mut (), place: usize, batch: Batch) -> Result<()> {
        for (steps, write) in &self.0 {
            let batch = steps.iter().try_fold(batch.clone(), |batch, step| step.apply(place, batch))?;
            write.consume(local, place, batch)?;
        }
        Ok(())
    }

    fn abandon(&self) {
        self.0.iter().for_each(|(_, write)| write.abandon());
    }
}
