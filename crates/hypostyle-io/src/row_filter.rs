//! Filters that run within a scan: the columns that they read are decoded first, all others for the rows that are left.
//!
//! Stages that cannot fail change places while a scan runs, by the time they take, decoding included, and the rows that
//! they drop, as conjuncts over tables in memory do (`hypostyle_plan::adaptive`). One that was not asked yet stays: to try
//! it, columns would be decoded for rows that others drop. That errors do not depend on the order is the business of the
//! format (docs/decisions/0003-predicates-in-scans.md).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hypostyle_core::{Batch, Bitmap, Column, DataType, Error, Result, Schema};
use hypostyle_expr::{BoundExpr, Expr, bind};
use hypostyle_kernels::gather::gather;
use hypostyle_plan::adaptive::{Measured, Spent, comes_first, exceeds_sample, ordered, pays, sample_places};
use hypostyle_plan::{ColumnTest, RowTest, ValueTest, ValuesTest};

/// Decides which rows are decoded: stages, each of which looks only at the rows that those before it kept.
#[derive(Debug, Default)]
pub(crate) struct RowFilter {
    stages: Vec<Stage>,
    /// Whether stages stay as they were written from now on.
    settled: AtomicBool,
    /// Whether nothing is measured, but what a test says holds.
    #[cfg(test)]
    told: bool,
}

/// A test of some columns.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The columns that the test reads, as places in the schema of the scan.
    pub(crate) columns: Vec<usize>,
    test: Test,
    /// Whether it may change places with its neighbours.
    movable: bool,
    measured: Measured,
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
            let movable = predicate.is_infallible();
            self.add(columns, Test::Predicate(predicate), movable);
        }
        Ok(())
    }

    /// Adds a test of one column.
    pub(crate) fn add_test(&mut self, test: ColumnTest) {
        self.add(vec![test.column], Test::Values(test.test), true);
    }

    /// Adds a test of several columns.
    pub(crate) fn add_row_test(&mut self, test: RowTest) {
        self.add(test.columns, Test::Rows(test.test), true);
    }

    fn add(&mut self, columns: Vec<usize>, test: Test, movable: bool) {
        self.stages.push(Stage { columns, test, movable, measured: Measured::default() });
    }

    pub(crate) fn stage(&self, number: usize) -> &Stage {
        &self.stages[number]
    }

    /// The numbers of all stages, as they were written.
    pub(crate) fn written(&self) -> Vec<usize> {
        (0..self.stages.len()).collect()
    }

    /// Whether the order of stages may change.
    pub(crate) fn is_adaptive(&self) -> bool {
        self.stages.windows(2).any(|pair| pair[0].movable && pair[1].movable)
    }

    /// The numbers of stages in the order in which to ask them, for which `written` is the one to begin with. None
    /// moves past one that can fail, or that is to stay.
    pub(crate) fn ordered(&self, written: &[usize], may_move: impl Fn(usize) -> bool) -> Vec<usize> {
        if self.settled.load(Ordering::Relaxed) {
            return written.to_vec();
        }
        ordered(written, |number| {
            let stage = &self.stages[number];
            if stage.movable && may_move(number) { stage.measured.rank() } else { None }
        })
    }

    /// Stays with the written order: the other one asked what the written one does not.
    pub(crate) fn settle(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    /// Takes note of what a stage took for so many rows, and left of them.
    pub(crate) fn measure(&self, number: usize, asked: usize, passed: usize, spent: Spent) {
        if !self.is_told() {
            self.stages[number].measured.add(asked, passed, spent);
        }
    }

    /// Takes note of what was decoded for a stage that is not asked yet.
    pub(crate) fn measure_sunk(&self, number: usize, rows: usize, spent: Spent) {
        if !self.is_told() {
            self.stages[number].measured.add_sunk(rows, spent);
        }
    }

    #[cfg(not(test))]
    fn is_told(&self) -> bool {
        false
    }

    #[cfg(test)]
    fn is_told(&self) -> bool {
        self.told
    }

    /// Pretends to have measured these times, so that stages are asked in the order of them. For tests.
    #[cfg(test)]
    pub(crate) fn tell(&mut self, nanos: &[u64]) {
        self.told = true;
        for (stage, nanos) in self.stages.iter().zip(nanos) {
            stage.measured.add(1_000, 0, Spent { nanos: *nanos * 1_000, sunk: 0 });
        }
    }

    /// Whether a column is read by one of these stages, or since it is given.
    pub(crate) fn is_read_by(&self, stages: &[usize], column: usize, given: &[usize]) -> bool {
        given.contains(&column) || stages.iter().any(|number| self.stages[*number].columns.contains(&column))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// The columns that it reads, as places in the schema of the scan.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.stages.iter().flat_map(|stage| stage.columns.iter().copied())
    }
}

/// The stages still to be asked that stood before the first of these in an order, and now stand behind it.
pub(crate) fn overtaken<'a>(rest: &'a [usize], written: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    let place = |number: &usize| written.iter().position(|other| other == number);
    let first = rest.first().and_then(place);
    rest.iter().copied().filter(move |number| place(number) < first)
}

/// Places of a sample among so many rows; `None` where all are looked at sooner.
pub(crate) fn sampled(len: usize) -> Option<Vec<u32>> {
    exceeds_sample(len).then(|| sample_places(len))
}

impl Stage {
    /// What part of a sample of these columns passes what a join asks for; `None` of predicates and of few rows, which
    /// are asked in any case.
    pub(crate) fn pass_rate(&self, columns: &[Column]) -> Result<Option<f64>> {
        let len = columns.first().map_or(0, Column::len);
        if matches!(self.test, Test::Predicate(_)) {
            return Ok(None);
        }
        let Some(rows) = sampled(len) else { return Ok(None) };
        let some = columns.iter().map(|column| gather(column, &rows)).collect::<Result<_>>()?;
        let passed = self.keeps(some, rows.len())?.count_set();
        Ok(Some(passed as f64 / rows.len() as f64))
    }

    /// Whether it is worth asking where this part of the rows passes.
    pub(crate) fn pays(rate: Option<f64>) -> bool {
        rate.is_none_or(pays)
    }

    /// Whether so few rows of a sample pass that it is asked in any case.
    pub(crate) fn is_due(&self, sample: Column) -> Result<bool> {
        let len = sample.len();
        Ok(comes_first(self.keeps(vec![sample], len)?.count_set() as f64 / len as f64))
    }

    /// The column of which a join asks for some values.
    pub(crate) fn key(&self) -> Option<usize> {
        match (&self.test, &self.columns[..]) {
            (Test::Values(_), [column]) => Some(*column),
            _ => None,
        }
    }

    /// Whether it is a predicate, and no test of a join.
    pub(crate) fn is_predicate(&self) -> bool {
        matches!(self.test, Test::Predicate(_))
    }

    /// Whether it is a predicate over one column.
    pub(crate) fn is_simple(&self) -> bool {
        self.columns.len() == 1 && self.is_predicate()
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
