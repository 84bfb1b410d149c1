//! Tables in memory whose key ascends: a row's place among the keys is its number, so that they are indexed by writing
//! a bit for each row, without copying the keys.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Result};
use hypostyle_expr::Expr;
use hypostyle_plan::{DataSource, Estimator, Plan};

use crate::context::Context;
use crate::join_index::{JoinIndex, NO_ROW};
use crate::operators::join::BuildSide;
use crate::operators::one_batch::one_batch;

/// Such a table is indexed instead of the other side if that has at least a row for so many of the table's words, keys
/// and wanted columns together. A word that is copied, or whose bit is written, is read once, in order; what is spared
/// for a row of the other side are an entry of an index and a gather of all its columns. A guess: q09 of TPC-H, which
/// gains, has nine words for each such row.
const WORDS_PER_ROW: usize = 16;
/// So many integers from the lowest to the highest key for each row of the table, at most: each takes two bits.
const SPAN_PER_ROW: usize = 32;

/// A table that may be one.
#[derive(Clone, Debug)]
pub(crate) struct OrderedTable {
    source: Arc<dyn DataSource>,
    /// The position of the key among the columns of the source.
    source_key: usize,
    /// And of the scan.
    key: usize,
    /// The positions of the columns that are wanted, and their types.
    columns: Vec<usize>,
    types: Vec<DataType>,
    rows: f64,
    words: usize,
}

/// The keys of a table that is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderedKeys {
    low: i128,
    span: usize,
}

impl OrderedTable {
    /// A side of a join of which the columns at some positions are wanted, if nothing but its keys and the other side's
    /// rows stand against it.
    pub(crate) fn candidate(
        plan: &Plan,
        on: &[Expr],
        columns: &[usize],
        estimator: &Estimator,
    ) -> Option<Self> {
        let (Plan::Scan(scan), [Expr::Column(key)]) = (plan, on) else { return None };
        let key = scan.schema.position(key)?;
        let dtype = |at: &usize| scan.schema.fields()[*at].dtype.clone();
        // Texts are not gathered late any more once they are copied: tables with texts stay as they are.
        let words = |at: &usize| Some(dtype(at).byte_width()?.div_ceil(8));
        let words =
            columns.iter().map(words).sum::<Option<usize>>()? + words(&key).filter(|words| *words == 1)?;
        let rows = estimator.rows(plan);
        (scan.source.in_memory() && rows < f64::from(NO_ROW)).then(|| Self {
            source: Arc::clone(&scan.source),
            source_key: scan.source_position(key),
            key,
            columns: columns.to_vec(),
            types: columns.iter().map(dtype).collect(),
            rows,
            words,
        })
    }

    /// Its keys, if it is sooner indexed than another side of so many rows.
    pub(crate) fn sooner_indexed(&self, other_rows: usize) -> Option<OrderedKeys> {
        if self.rows * self.words as f64 > (other_rows * WORDS_PER_ROW) as f64 {
            return None;
        }
        let (low, high) = self.source.ascending_range(self.source_key)?;
        let span = usize::try_from(high - low + 1).ok();
        let span = span.filter(|span| *span as f64 <= self.rows * SPAN_PER_ROW as f64)?;
        Some(OrderedKeys { low, span })
    }

    /// Its rows, perhaps without some, as the side that is looked up in, with the columns that are wanted alone.
    pub(crate) fn build_side(
        &self,
        batches: Vec<Batch>,
        keys: OrderedKeys,
        context: &Context,
    ) -> Result<BuildSide> {
        let OrderedKeys { low, span } = keys;
        let keys: Vec<Column> = batches.iter().map(|batch| batch.column(self.key).clone()).collect();
        let index = JoinIndex::of_ascending(&keys, low, span, context)?;
        let wanted: Vec<Batch> = batches.iter().map(|batch| batch.project(&self.columns)).collect();
        drop(batches);
        Ok(BuildSide::new(one_batch(&self.types, wanted, context)?, Some(index), None, false))
    }
}
