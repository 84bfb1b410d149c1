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

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::{col, lit};

    use super::*;
    use crate::operators::testing::{batch, batch_of, check_transform, schema_of};

    #[test]
    fn columns_are_computed_and_picked() {
        let input = batch_of(&[1, 2]);
        let exprs = [col("a") + 1, lit("x")].map(|expr| bind(&expr, &schema_of(&input)).unwrap());
        check_transform(&Project::new(exprs.into()), &input, &[&["2", "x"], &["3", "x"]]);
        let two = batch(vec![Column::from_vec(vec![1i64]), Column::from_vec(vec![2i64])]);
        check_transform(&Pick::new(vec![1, 0]), &two, &[&["2", "1"]]);
    }
}
