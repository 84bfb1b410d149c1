//! Tests of single operators: batches in, rows out, on one thread and several.

use hypostyle_core::{Batch, Column, DataFrame, Field, Result, Schema};
use hypostyle_plan::{DataSource, FrameSource, ScanRequest};

use crate::context::Context;
use crate::pipeline::{Pipeline, Sink, Transform, all_pieces};
use crate::store::BatchStore;

/// A batch of one column of integers.
pub(crate) fn batch_of(values: &[i64]) -> Batch {
    batch(vec![Column::from_vec(values.to_vec())])
}

/// A schema of columns `a`, `b`, … as a batch has them.
pub(crate) fn schema_of(batch: &Batch) -> Schema {
    let named = batch.columns().iter().zip('a'..='z');
    let fields = named.map(|(column, name)| Field::new(name.to_string(), column.dtype().clone()));
    Schema::try_new(fields.collect()).unwrap()
}

/// A batch of these columns.
pub(crate) fn batch(columns: Vec<Column>) -> Batch {
    let len = columns.first().map_or(0, Column::len);
    Batch::try_new(columns, len).unwrap()
}

/// Every value of every row as text, without quotes.
pub(crate) fn rows(batches: &[Batch]) -> Vec<Vec<String>> {
    let row = |batch: &Batch, row: usize| {
        let value = |column: &Column| column.get(row).to_string().trim_matches('"').to_owned();
        batch.columns().iter().map(value).collect::<Vec<_>>()
    };
    batches.iter().flat_map(|batch| (0..batch.len()).map(move |i| row(batch, i))).collect()
}

/// What a sink makes of batches, each of which is a morsel.
pub(crate) fn run_sink<S: Sink<Output = BatchStore>>(
    sink: S,
    batches: &[Batch],
    context: &Context,
) -> Result<Vec<Batch>> {
    Ok(finished(sink, batches, context)?.into_batches())
}

/// The same of any sink.
pub(crate) fn finished<S: Sink>(sink: S, batches: &[Batch], context: &Context) -> Result<S::Output> {
    let frame = DataFrame::from_batches(schema_of(&batches[0]).into(), batches.to_vec())?;
    let pipeline = Pipeline::new(FrameSource::new(frame).scan(&ScanRequest::default())?);
    pipeline.run(context, &sink, None)?;
    sink.finish(context)
}

/// Checks the rows that a sink makes of batches.
#[track_caller]
pub(crate) fn check_sink<S: Sink<Output = BatchStore>>(
    sink: impl Fn() -> S,
    batches: &[Batch],
    expected: &[&[&str]],
) {
    for threads in [1, 2, 3] {
        let found = run_sink(sink(), batches, &Context::new(threads)).unwrap();
        assert_eq!(rows(&found), expected, "{threads} threads");
    }
}

/// Checks the rows that a transform makes of a batch, at once and in pieces.
#[track_caller]
pub(crate) fn check_transform(transform: &impl Transform, batch: &Batch, expected: &[&[&str]]) {
    assert_eq!(rows(&[transform.apply(0, batch.clone()).unwrap()]), expected);
    assert_eq!(rows(&[all_pieces(transform, 0, batch.clone()).unwrap()]), expected, "in pieces");
}
