//! A source, transforms, and the workers that drive them into a sink.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hypostyle_core::{Batch, Result};
use hypostyle_plan::Scan;

use crate::context::Context;
use crate::profile::Counter;

/// Inputs of fewer rows run on the calling thread: starting workers would cost more than it saves.
const INLINE_ROWS: usize = 50_000;

/// Batch in, batch out, without state. Called by all workers at once.
pub(crate) trait Transform: Send + Sync {
    /// The changed batch. `index` is the morsel's place in the order of the rows.
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch>;
}

/// Where a pipeline ends. Each worker has a local state; `consume` sees every morsel once, in any order.
pub(crate) trait Sink: Sync {
    /// The state of one worker.
    type Local: Send;

    /// A new worker's state.
    fn local(&self) -> Result<Self::Local>;

    /// Takes a morsel in.
    fn consume(&self, local: &mut Self::Local, index: usize, batch: Batch) -> Result<()>;

    /// Whether no more morsels are needed.
    fn is_full(&self) -> bool {
        false
    }
}

/// A transform with the counter that measures it.
pub(crate) struct Step {
    pub(crate) transform: Box<dyn Transform>,
    pub(crate) counter: Option<Arc<Counter>>,
}

impl Step {
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
    pub(crate) source: Box<dyn Scan>,
    pub(crate) source_counter: Option<Arc<Counter>>,
    pub(crate) steps: Vec<Step>,
}

impl Pipeline {
    /// A pipeline without transforms.
    pub(crate) fn new(source: Box<dyn Scan>) -> Self {
        Self { source, source_counter: None, steps: Vec::new() }
    }

    /// Adds a transform.
    pub(crate) fn push(&mut self, transform: Box<dyn Transform>, counter: Option<Arc<Counter>>) {
        self.steps.push(Step { transform, counter });
    }

    fn next(&self) -> Result<Option<(usize, Batch)>> {
        match &self.source_counter {
            None => self.source.next(),
            Some(counter) => counter.measure(
                || self.source.next(),
                |r| r.as_ref().ok().and_then(|n| n.as_ref()).map_or(0, |(_, b)| b.len()),
            ),
        }
    }

    fn transform(&self, index: usize, mut batch: Batch) -> Result<Batch> {
        for step in &self.steps {
            batch = step.apply(index, batch)?;
        }
        Ok(batch)
    }

    /// Drives all morsels into the sink; gives the workers' states.
    pub(crate) fn run<S: Sink>(&self, context: &Context, sink: &S) -> Result<Vec<S::Local>> {
        let small = self.source.rows().is_some_and(|rows| rows < INLINE_ROWS);
        let workers = if small { 1 } else { context.threads() };
        let stop = AtomicBool::new(false);
        if workers == 1 {
            return Ok(vec![self.work(context, sink, &stop)?]);
        }
        let results = Mutex::new(Vec::with_capacity(workers));
        context.install(|| {
            rayon::scope(|scope| {
                for _ in 0..workers {
                    scope.spawn(|_| {
                        let result = self.work(context, sink, &stop);
                        results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                    });
                }
            });
        })?;
        results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }

    /// One worker: morsels until there are none, or one fails.
    fn work<S: Sink>(&self, context: &Context, sink: &S, stop: &AtomicBool) -> Result<S::Local> {
        let mut local = sink.local()?;
        let result = loop {
            if stop.load(Ordering::Relaxed) || sink.is_full() {
                break Ok(());
            }
            let step = context.check().and_then(|()| {
                let Some((index, batch)) = self.next()? else { return Ok(false) };
                let batch = self.transform(index, batch)?;
                sink.consume(&mut local, index, batch)?;
                Ok(true)
            });
            match step {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if result.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        result.map(|()| local)
    }
}

/// Runs independent pieces of work on the workers; results in order of the pieces.
pub(crate) fn parallel<T: Send, R: Send>(
    context: &Context,
    pieces: Vec<T>,
    f: impl Fn(T) -> Result<R> + Sync + Send,
) -> Result<Vec<R>> {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};
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
