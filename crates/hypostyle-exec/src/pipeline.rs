//! A source, transforms, and the workers that drive them into a sink.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use hypostyle_core::lock::{into_unlocked, lock};
use hypostyle_core::{Batch, Result};
use hypostyle_expr::tasks::Tasks;
use hypostyle_kernels::concat::concat_batches;
use hypostyle_plan::Scan;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::context::Context;
use crate::inline::are_few;
use crate::profile::Counter;
use crate::stream::{Next, Stream};

/// Batch in, batch out, without state. Called by all workers at once.
pub(crate) trait Transform: Send + Sync {
    /// The changed batch. `index` is the morsel's place in the order of the rows.
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch>;

    /// The same in one or more pieces, in order, for transforms whose output may be much larger than their input. How
    /// it is cut depends on the batch alone. `next` takes a piece and says whether more are wanted.
    fn apply_in_pieces(
        &self,
        index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        next(self.apply(index, batch)?).map(drop)
    }
}

/// What a transform gives in pieces, as one batch.
pub(crate) fn all_pieces(transform: &impl Transform, index: usize, batch: Batch) -> Result<Batch> {
    let mut pieces = Vec::new();
    transform.apply_in_pieces(index, batch, &mut |piece| {
        pieces.push(piece);
        Ok(true)
    })?;
    concat_batches(&pieces)
}

/// The place of a piece in the order of the rows: its morsel, its number there, whether it is the morsel's last. Places
/// are compared as numbers; who looks for gaps asks [`place::follows`].
pub(crate) mod place {
    /// Bits below a morsel's number.
    const BITS: u32 = 24;

    /// The place of a piece.
    pub(crate) fn of(morsel: usize, piece: usize, last: bool) -> usize {
        morsel << BITS | (piece << 1).min((1 << BITS) - 2) | usize::from(last)
    }

    /// Whether nothing lies between the piece before and the one at `place`; `None` is before all.
    pub(crate) fn follows(place: usize, before: Option<usize>) -> bool {
        let first = place & ((1 << BITS) - 2) == 0;
        match before {
            None => place >> BITS == 0 && first,
            Some(before) if before & 1 == 1 => place >> BITS == (before >> BITS) + 1 && first,
            Some(before) => place >> 1 == (before >> 1) + 1,
        }
    }
}

/// What a sink gives: the source of a later pipeline, or what one looks up in.
pub(crate) trait Finished: Send {
    /// Its rows.
    fn rows(&self) -> usize;
}

impl Finished for () {
    fn rows(&self) -> usize {
        0
    }
}

impl Finished for Batch {
    fn rows(&self) -> usize {
        self.len()
    }
}

/// Where a pipeline ends. Each worker has a state of its own, which it alone changes: `consume` sees every piece of every
/// morsel once, those of a morsel in order, with its [`place`]. A worker without more morsels hands its state over with
/// `combine`, beside others that do; when all have, one thread calls `finish`.
///
/// Which worker gets which morsels is a matter of chance: what `finish` gives may depend on places alone.
pub(crate) trait Sink: Send + Sync {
    /// The state of one worker.
    type Local: Send;
    /// What it comes to.
    type Output: Finished;

    /// A new worker's state.
    fn local(&self) -> Result<Self::Local>;

    /// Takes a piece of a morsel in.
    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()>;

    /// Takes the state of a worker that is through.
    fn combine(&self, local: Self::Local) -> Result<()>;

    /// The result, once all workers are through; on all threads where that pays.
    fn finish(self, context: &Context) -> Result<Self::Output>;

    /// Bytes that a worker's state holds.
    fn size(&self, local: &Self::Local) -> usize;

    /// Whether workers wait for the morsels before theirs, which must not be left to somebody who waits as well.
    fn in_order(&self) -> bool {
        false
    }

    /// Whether no more morsels are needed.
    fn is_full(&self) -> bool {
        false
    }

    /// A worker failed: what it had in hand will not come. Sinks in which workers wait for one another let them go.
    fn abandon(&self) {}
}

/// What workers kept of pieces, with their places.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<Vec<(usize, T)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// Takes what one worker kept.
    pub(crate) fn add(&self, local: impl IntoIterator<Item = (usize, T)>) {
        lock(&self.0).extend(local);
    }

    /// All of it, in the order of the rows.
    pub(crate) fn in_order(self) -> Vec<T> {
        let mut kept = into_unlocked(self.0);
        kept.sort_unstable_by_key(|(place, _)| *place);
        kept.into_iter().map(|(_, kept)| kept).collect()
    }
}

/// Bytes of batches.
pub(crate) fn bytes<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> usize {
    batches.into_iter().map(Batch::estimated_size).sum()
}

/// Tells the others when a worker fails, by an error or by a panic.
struct Failing<'a, S: Sink> {
    sink: &'a S,
    stop: &'a AtomicBool,
    failed: bool,
}

impl<S: Sink> Drop for Failing<'_, S> {
    fn drop(&mut self) {
        if self.failed {
            self.stop.store(true, Ordering::Relaxed);
            self.sink.abandon();
        }
    }
}

/// A transform with the counter that measures it.
pub(crate) struct Step {
    pub(crate) transform: Box<dyn Transform>,
    pub(crate) counter: Option<Arc<Counter>>,
}

impl Step {
    /// As [`Transform::apply_in_pieces`]. What is done with a piece is no time of this step.
    fn apply_in_pieces(
        &self,
        index: usize,
        batch: Batch,
        next: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<()> {
        let Some(counter) = &self.counter else { return self.transform.apply_in_pieces(index, batch, next) };
        let mut start = Instant::now();
        let result = self.transform.apply_in_pieces(index, batch, &mut |piece| {
            counter.add(start.elapsed(), piece.len());
            let wanted = next(piece);
            start = Instant::now();
            wanted
        });
        counter.add(start.elapsed(), 0);
        result
    }

    /// The changed batch.
    pub(crate) fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        match &self.counter {
            None => self.transform.apply(index, batch),
            Some(counter) => {
                counter.measure(|| self.transform.apply(index, batch), |r| r.as_ref().map_or(0, Batch::len))
            }
        }
    }
}

/// A source of morsels and what happens to each.
pub(crate) struct Pipeline {
    pub(crate) source: Box<dyn Stream>,
    pub(crate) source_counter: Option<Arc<Counter>>,
    pub(crate) steps: Vec<Step>,
}

impl Pipeline {
    /// A pipeline without transforms.
    pub(crate) fn new(scan: Box<dyn Scan>) -> Self {
        Self::of(Box::new(scan))
    }

    /// The same of what is no scan.
    pub(crate) fn of(source: Box<dyn Stream>) -> Self {
        Self { source, source_counter: None, steps: Vec::new() }
    }

    /// Adds a transform.
    pub(crate) fn push(&mut self, transform: Box<dyn Transform>, counter: Option<Arc<Counter>>) {
        self.steps.push(Step { transform, counter });
    }

    /// As [`Stream::rows`], before the transforms.
    pub(crate) fn rows(&self) -> Option<usize> {
        self.source.rows()
    }

    /// As [`Stream::drive`], after the transforms.
    pub(crate) fn drive(&self, context: &Context, next: Next<'_>) -> Result<bool> {
        let mut each = |index: usize, batch: Batch| {
            Self::transform(&self.steps, index, batch, &mut |piece| next(index, piece))
        };
        let Some(counter) = &self.source_counter else { return self.source.drive(context, &mut each) };
        // What is done with a morsel is no time of the source.
        let mut start = Instant::now();
        let found = self.source.drive(context, &mut |index, batch| {
            counter.add(start.elapsed(), batch.len());
            let wanted = each(index, batch);
            start = Instant::now();
            wanted
        });
        counter.add(start.elapsed(), 0);
        found
    }

    /// Drives a morsel, or a piece of one, through steps. `sink` says whether more are wanted.
    #[recursive::recursive]
    fn transform(
        steps: &[Step],
        index: usize,
        batch: Batch,
        sink: &mut dyn FnMut(Batch) -> Result<bool>,
    ) -> Result<bool> {
        let Some((step, rest)) = steps.split_first() else { return sink(batch) };
        let mut wanted = true;
        step.apply_in_pieces(index, batch, &mut |piece| {
            wanted = Self::transform(rest, index, piece, sink)?;
            Ok(wanted)
        })?;
        Ok(wanted)
    }

    /// Drives all morsels into the sink, up to its `combine`.
    pub(crate) fn run<S: Sink>(&self, context: &Context, sink: &S, counter: Option<&Counter>) -> Result<()> {
        let workers = if self.rows().is_some_and(are_few) { 1 } else { context.threads() };
        let stop = AtomicBool::new(false);
        if !sink.in_order() {
            self.source.any_order();
        }
        if workers == 1 {
            return self.work(context, sink, counter, &stop);
        }
        let failed = Mutex::new(None);
        context.install(|| {
            rayon::scope(|scope| {
                for _ in 0..workers {
                    scope.spawn(|_| {
                        if let Err(error) = self.work(context, sink, counter, &stop) {
                            lock(&failed).get_or_insert(error);
                        }
                    });
                }
            });
        })?;
        into_unlocked(failed).map_or(Ok(()), Err)
    }

    /// One worker: morsels until there are none, or one fails.
    fn work<S: Sink>(
        &self,
        context: &Context,
        sink: &S,
        counter: Option<&Counter>,
        stop: &AtomicBool,
    ) -> Result<()> {
        let mut failing = Failing { sink, stop, failed: true };
        let mut local = sink.local()?;
        let consume = |local: &mut S::Local, place: usize, batch: Batch| {
            if let Some(progress) = context.progress() {
                progress.add(batch.len());
            }
            match counter {
                Some(counter) => counter.measure(|| sink.consume(local, place, batch), |_| 0),
                None => sink.consume(local, place, batch),
            }
        };
        let result = loop {
            if stop.load(Ordering::Relaxed) || sink.is_full() {
                break Ok(());
            }
            let step = context.check().and_then(|()| {
                // A piece waits for the next one, which shows that it is not the last.
                let (mut piece, mut waiting) = (0, None);
                let found = self.drive(context, &mut |index, batch| {
                    if let Some((index, batch)) = waiting.replace((index, batch)) {
                        context.check()?;
                        consume(&mut local, place::of(index, piece, false), batch)?;
                        piece += 1;
                    }
                    Ok(!sink.is_full())
                })?;
                if let Some((index, batch)) = waiting {
                    consume(&mut local, place::of(index, piece, true), batch)?;
                }
                Ok(found)
            });
            match step {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        failing.failed = result.is_err();
        drop(failing);
        result?;
        if let Some(counter) = counter {
            counter.hold(sink.size(&local));
        }
        sink.combine(local)
    }
}

/// Runs independent pieces of work on the workers; results in order of the pieces.
pub(crate) fn parallel<T: Send, R: Send>(
    context: &Context,
    pieces: Vec<T>,
    f: impl Fn(T) -> Result<R> + Sync + Send,
) -> Result<Vec<R>> {
    if context.threads() == 1 || pieces.len() <= 1 {
        return pieces
            .into_iter()
            .map(|piece| {
                context.check()?;
                f(piece)
            })
            .collect();
    }
    context.install(|| {
        pieces
            .into_par_iter()
            .map(|piece| {
                context.check()?;
                f(piece)
            })
            .collect()
    })?
}

impl Tasks for Context {
    fn each(&self, count: usize, task: &(dyn Fn(usize) -> Result<()> + Sync)) -> Result<()> {
        parallel(self, (0..count).collect(), task).map(drop)
    }

    fn threads(&self) -> usize {
        Self::threads(self)
    }
}
