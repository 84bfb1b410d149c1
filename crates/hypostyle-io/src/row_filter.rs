//! Filters that run within a scan: the columns that they read are decoded first, all others for the rows that are left.

use std::sync::Arc;

use hypostyle_core::{Batch, Bitmap, Column, DataType, Error, Result, Schema};
use hypostyle_expr::{BoundExpr, Expr, bind};
use hypostyle_kernels::gather::gather;
use hypostyle_plan::{ColumnTest, RowTest, ValueTest, ValuesTest};

/// Decides which rows are decoded: stages, each of which looks only at the rows that those before it kept.
#[derive(Debug, Default)]
pub(crate) struct RowFilter {
    stages: Vec<Stage>,
}

/// A test of some columns.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The columns that the test reads, as places in the schema of the scan.
    pub(crate) columns: Vec<usize>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    /// Bound to a schema of the stage's columns alone.
    Predicate(BoundExpr),
    /// Of one column.
    Values(Arc<dyn ValueTest>),
    /// Of several.
    Rows(Arc<dyn ValuesTest>),
}

impl RowFilter {
    /// Adds the conjuncts of a predicate, those that read the same columns as one stage.
    pub(crate) fn add_predicate(&mut self, predicate: &Expr, schema: &Schema) -> Result<()> {
        let bound = bind(predicate, schema)?;
        if *bound.dtype() != DataType::Boolean {
            let dtype = bound.dtype();
            return Err(Error::invalid_operation(format!("a predicate must be of type bool, not {dtype}")));
        }
        let mut groups: Vec<(Vec<usize>, Expr)> = Vec::new();
        for conjunct in predicate.conjuncts() {
            let mut columns = Vec::new();
            bind(conjunct, schema)?.input_columns(&mut columns);
            columns.sort_unstable();
            columns.dedup();
            match groups.iter_mut().find(|(known, _)| *known == columns) {
                Some((_, both)) => *both = both.clone().and(conjunct.clone()),
                None => groups.push((columns, conjunct.clone())),
            }
        }
        for (columns, conjunct) in groups {
            let predicate = bind(&conjunct, &schema.project(&columns))?;
            self.stages.push(Stage { columns, test: Test::Predicate(predicate) });
        }
        Ok(())
    }

    /// Adds a test of one column.
    pub(crate) fn add_test(&mut self, test: ColumnTest) {
        self.stages.push(Stage { columns: vec![test.column], test: Test::Values(test.test) });
    }

    /// Adds a test of several columns.
    pub(crate) fn add_row_test(&mut self, test: RowTest) {
        self.stages.push(Stage { columns: test.columns, test: Test::Rows(test.test) });
    }

    /// The stages, in order.
    pub(crate) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Whether a column is read behind a stage: by a later one, or since it is given.
    pub(crate) fn is_read_after(&self, stage: usize, column: usize, given: &[usize]) -> bool {
        given.contains(&column)
            || self.stages[stage + 1..].iter().any(|stage| stage.columns.contains(&column))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// The columns that it reads, as places in the schema of the scan.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.stages.iter().flat_map(|stage| stage.columns.iter().copied())
    }
}

/// Rows on which a join's test is tried.
const SAMPLE: usize = 512;
/// A test that more of them pass is not asked of the others.
const PASSES: f64 = 0.85;

impl Stage {
    /// Whether it is worth asking of these columns: predicates are always, what joins ask for only if it drops rows.
    pub(crate) fn pays(&self, columns: &[Column]) -> Result<bool> {
        let len = columns.first().map_or(0, Column::len);
        if matches!(self.test, Test::Predicate(_)) || len < 2 * SAMPLE {
            return Ok(true);
        }
        let rows: Vec<u32> = (0..len as u32).step_by(len.div_ceil(SAMPLE)).collect();
        let some = columns.iter().map(|column| gather(column, &rows)).collect::<Result<_>>()?;
        let passed = self.keeps(some, rows.len())?.count_set();
        Ok(passed as f64 <= PASSES * rows.len() as f64)
    }

    /// Whether it is a predicate over one column.
    pub(crate) fn is_simple(&self) -> bool {
        self.columns.len() == 1 && matches!(self.test, Test::Predicate(_))
    }

    /// One bit for each row, of the stage's columns.
    pub(crate) fn keeps(&self, columns: Vec<Column>, len: usize) -> Result<Bitmap> {
        match (&self.test, &columns[..]) {
            (Test::Values(test), [column]) => Ok(test.mask(column)),
            (Test::Values(_), _) => Err(Error::internal("a test of values reads one column")),
            (Test::Rows(test), columns) => Ok(test.mask(columns)),
            (Test::Predicate(predicate), _) => {
                let kept = predicate.evaluate(&Batch::try_new(columns, len)?)?.into_rows(len)?;
                Ok(kept.expect_boolean()?.truthy())
            }
        }
    }
}
