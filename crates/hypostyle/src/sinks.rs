//! Results that are taken while they are computed, and queries that run together.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use hypostyle_core::{Batch, DataFrame, Error, ErrorKind, Result, Schema, SchemaRef};
use hypostyle_exec::{CancelToken, Context};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_plan::{DataSink, MORSEL_ROWS, Piece, PieceEncoder, Plan, optimizer};

use crate::lazy::LazyFrame;

/// What makes the sink for a result of a schema.
pub type CreateSink = Box<dyn FnOnce(&Schema) -> Result<Box<dyn DataSink>> + Send>;

/// Runs queries together: what they share is computed once. The results come in their order.
///
/// ```
/// use hypostyle::prelude::*;
///
/// let sales = DataFrame::new([("city", Column::from_strs(["Kyoto", "Oslo"])), ("sold", Column::from_vec(vec![3i64, 5]))])?;
/// let large = sales.lazy().filter(col("sold").gt(lit(3)));
/// let results = collect_all([large.clone().select([col("city")]), large.select([len()])], &Context::default())?;
/// assert_eq!(results[1].column("len")?.get(0)?, Scalar::from(1u32));
/// # Ok::<(), Error>(())
/// ```
pub fn collect_all(
    queries: impl IntoIterator<Item = LazyFrame>,
    context: &Context,
) -> Result<Vec<DataFrame>> {
    run_all(queries.into_iter().map(|query| (query, None)), context)
}

/// Runs queries together, as [`collect_all`]; those with a sink go there, and the results of the others come in their
/// order.
pub fn run_all(
    queries: impl IntoIterator<Item = (LazyFrame, Option<CreateSink>)>,
    context: &Context,
) -> Result<Vec<DataFrame>> {
    let (mut plans, mut sinks) = (Vec::new(), Vec::new());
    for (query, create) in queries {
        let plan = query.plan()?;
        sinks.push(create.map(|create| create(plan.schema())).transpose()?);
        plans.push(plan);
    }
    let plan = optimizer::optimize(Arc::new(Plan::several(plans)), &[])?;
    hypostyle_exec::run_all(&plan, sinks, context)
}

impl LazyFrame {
    /// Runs the query and hands its rows, while they are made, to a sink for their schema.
    pub fn sink(
        &self,
        context: &Context,
        create: impl FnOnce(&Schema) -> Result<Box<dyn DataSink>>,
    ) -> Result<()> {
        let plan = self.optimized(&[])?;
        let sink = create(plan.schema())?;
        hypostyle_exec::sink(&plan, sink, context).map(drop)
    }

    /// Starts the query on threads of its own and gives its rows while they are made, `rows` at a time, the last fewer:
    /// as many as suit the engine if `None`. It runs ahead by a few batches, and stops when what this gives is dropped,
    /// or by the context's [`CancelToken`].
    ///
    /// ```
    /// use hypostyle::prelude::*;
    ///
    /// let query = DataFrame::new([("n", Column::from_vec((0..10i64).collect()))])?.lazy();
    /// let heights: Result<Vec<usize>> =
    ///     query.collect_batches(Some(4), &Context::default())?.map(|batch| Ok(batch?.height())).collect();
    /// assert_eq!(heights?, [4, 4, 2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn collect_batches(&self, rows: Option<usize>, context: &Context) -> Result<Batches> {
        let plan = self.optimized(&[])?;
        let schema = plan.schema().clone();
        let cancel = context.cancel_token().child();
        let context = context.clone().with_own_threads()?.with_cancel(cancel.clone());
        let (sender, receiver) = sync_channel(context.threads());
        let sink = BatchSink { rows: rows.unwrap_or(MORSEL_ROWS), sender: sender.clone() };
        let worker = std::thread::Builder::new().name("hypostyle-batches".to_owned()).spawn(move || {
            if let Err(error) = hypostyle_exec::sink(&plan, Box::new(sink), &context) {
                // Nobody listens if the rest is not wanted.
                let _ = sender.send(Err(error));
            }
        })?;
        Ok(Batches { schema, receiver: Some(receiver), cancel, worker: Some(worker) })
    }
}

/// The rows of a query, some at a time. Dropping it stops the query.
#[derive(Debug)]
pub struct Batches {
    schema: SchemaRef,
    receiver: Option<Receiver<Result<Batch>>>,
    cancel: CancelToken,
    worker: Option<JoinHandle<()>>,
}

impl Batches {
    /// Names and types of the rows.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Stops the query: nothing comes any more.
    pub fn stop(&mut self) {
        self.cancel.cancel();
        self.receiver = None;
    }
}

impl Batches {
    /// As [`next`](Self::next), but waits no longer than `patience`: `Pending` if nothing is there by then.
    pub fn poll_next(&mut self, patience: Duration) -> Poll<Option<Result<DataFrame>>> {
        let Some(receiver) = &self.receiver else { return Poll::Ready(None) };
        let frame = match receiver.recv_timeout(patience) {
            Ok(batch) => batch.and_then(|batch| DataFrame::from_batches(self.schema.clone(), vec![batch])),
            Err(RecvTimeoutError::Timeout) => return Poll::Pending,
            Err(RecvTimeoutError::Disconnected) => {
                self.receiver = None;
                let panicked = self.worker.take().is_some_and(|worker| worker.join().is_err());
                let error = || Err(Error::internal("a query ended by a panic"));
                return Poll::Ready(panicked.then(error));
            }
        };
        if frame.is_err() {
            self.stop();
        }
        Poll::Ready(Some(frame))
    }
}

impl Iterator for Batches {
    type Item = Result<DataFrame>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Poll::Ready(next) = self.poll_next(Duration::from_secs(1)) {
                return next;
            }
        }
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Hands batches of so many rows to another thread.
struct BatchSink {
    rows: usize,
    sender: SyncSender<Result<Batch>>,
}

impl DataSink for BatchSink {
    fn piece_rows(&self) -> usize {
        self.rows
    }

    fn encoder(&self) -> Arc<dyn PieceEncoder> {
        Arc::new(InOneBatch)
    }

    fn append(&mut self, piece: Piece) -> Result<()> {
        let batch =
            piece.downcast::<Batch>().map_err(|_| Error::internal("a piece of a query is a batch"))?;
        // Who took the batches wants no more.
        self.sender.send(Ok(*batch)).map_err(|_| Error::new(ErrorKind::Cancelled))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Puts the rows of a piece into one batch.
struct InOneBatch;

impl PieceEncoder for InOneBatch {
    fn encode(&self, rows: &[Batch]) -> Result<Piece> {
        Ok(Box::new(match rows {
            [one] => one.clone(),
            many => concat_batches(many)?,
        }))
    }
}
