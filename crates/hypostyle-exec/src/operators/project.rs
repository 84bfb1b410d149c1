//! Row-wise projection.

use hypostyle_core::{Batch, Result};
use hypostyle_expr::BoundExpr;

use crate::pipeline::Transform;

/// Computes columns from each row.
pub(crate) struct Project {
    exprs: Vec<BoundExpr>,
}

impl Project {
    pub(crate) fn new(exprs: Vec<BoundExpr>) -> Self {
        Self { exprs }
    }
}

impl Transform for Project {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        let len = batch.len();
        let columns = self.exprs.iter().map(|e| e.evaluate(&batch)?.into_rows(len)).collect::<Result<_>>()?;
        Batch::try_new(columns, len)
    }
}

/// The columns at some positions.
pub(crate) struct Pick {
    positions: Vec<usize>,
}

impl Pick {
    pub(crate) fn new(positions: Vec<usize>) -> Self {
        Self { positions }
    }
}

impl Transform for Pick {
    fn apply(&self, _index: usize, batch: Batch) -> Result<Batch> {
        Ok(batch.project(&self.positions))
    }
}
