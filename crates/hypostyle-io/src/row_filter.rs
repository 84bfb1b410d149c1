//! Filters that run within a scan: the columns that they read are decoded first, all others for the rows that are left.
//!
//! Stages that cannot fail change places while a scan runs, by the time they take, decoding included, and the rows that
//! they drop, as conjuncts over tables in memory do. Which rows are left does not depend on the order; that errors do
//! not either is the business of the format (docs/decisions/0003-predicates-in-scans.md).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hypostyle_core::{Batch, Bitmap, Column, DataType, Error, Result, Schema};
use hypostyle_expr::{BoundExpr, Expr, bind};
use hypostyle_kernels::gather::gather;
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

/// What a stage took and dropped so far.
#[derive(Debug, Default)]
struct Measured {
    asked: AtomicU64,
    passed: AtomicU64,
    /// Nanoseconds of asking and decoding, without what is counted next.
    nanos: AtomicU64,
    /// Nanoseconds of decoding columns that are decoded sooner than what overtakes the stage is asked, and their rows.
    sunk_nanos: AtomicU64,
    sunk_rows: AtomicU64,
}

/// What one question took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    /// Asking, and decoding what may be left out for the rows that others drop.
    pub(crate) nanos: u64,
    /// Decoding what may not.
    pub(crate) sunk: u64,
}

impl Measured {
    fn add(counter: &AtomicU64, more: u64) {
        counter.fetch_add(more, Ordering::Relaxed);
    }

    fn get(counter: &AtomicU64) -> f64 {
        counter.load(Ordering::Relaxed) as f64
    }

    /// Time a row over the part of the rows that are dropped, without and with what is decoded in any case: the lower,
    /// the sooner it should be asked. `None` if it was not asked yet.
    fn ranks(&self) -> Option<(f64, f64)> {
        let asked = Self::get(&self.asked);
        if asked == 0.0 {
            return None;
        }
        let dropped = (1.0 - Self::get(&self.passed) / asked).max(1e-3);
        let nanos = Self::get(&self.nanos) / asked;
        let sunk = Self::get(&self.sunk_nanos) / Self::get(&self.sunk_rows).max(1.0);
        Some((nanos / dropped, (nanos + sunk) / dropped))
    }
}

/// Rows of a batch from which on stages are measured: smaller ones tell more of the clock.
const MEASURED_ROWS: usize = 256;
/// A stage overtakes another if it costs less than this part for each row that it drops.
const CHEAPER: f64 = 0.7;

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
        let mut order: Vec<usize> = Vec::with_capacity(written.len());
        for number in written {
            let mut at = order.len();
            let ranks = |number: usize| {
                let stage = &self.stages[number];
                if stage.movable && may_move(number) { stage.measured.ranks() } else { None }
            };
            if let Some((_, whole)) = ranks(*number) {
                let overtakes =
                    |before: usize| ranks(before).is_some_and(|(avoided, _)| whole < CHEAPER * avoided);
                while at > 0 && overtakes(order[at - 1]) {
                    at -= 1;
                }
            }
            order.insert(at, *number);
        }
        order
    }

    /// Stays with the written order: the other one asked what the written one does not.
    pub(crate) fn settle(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    /// Takes note of what a stage took for so many rows, and left of them.
    pub(crate) fn measure(&self, number: usize, asked: usize, passed: usize, spent: Spent) {
        if asked < MEASURED_ROWS || self.is_told() {
            return;
        }
        let measured = &self.stages[number].measured;
        Measured::add(&measured.asked, asked as u64);
        Measured::add(&measured.passed, passed as u64);
        Measured::add(&measured.nanos, spent.nanos);
        self.measure_sunk(number, asked, spent);
    }

    /// Takes note of what was decoded for a stage that is not asked yet.
    pub(crate) fn measure_sunk(&self, number: usize, rows: usize, spent: Spent) {
        if spent.sunk > 0 && rows >= MEASURED_ROWS && !self.is_told() {
            let measured = &self.stages[number].measured;
            Measured::add(&measured.sunk_nanos, spent.sunk);
            Measured::add(&measured.sunk_rows, rows as u64);
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
            stage.measured.asked.store(1, Ordering::Relaxed);
            stage.measured.nanos.store(*nanos, Ordering::Relaxed);
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

/// Rows on which a join's test is tried.
const SAMPLE: usize = 512;
/// A test that more of them pass is not asked of the others.
const PASSES: f64 = 0.85;
/// One that fewer pass may be asked before predicates.
const FEW_PASS: f64 = 0.2;

/// Places of a sample among so many rows; `None` where all are looked at sooner.
pub(crate) fn sampled(len: usize) -> Option<Vec<u32>> {
    (len >= 2 * SAMPLE).then(|| (0..len as u32).step_by(len.div_ceil(SAMPLE)).collect())
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
        rate.is_none_or(|rate| rate <= PASSES)
    }

    /// Whether so few rows of a sample pass that it is asked in any case.
    pub(crate) fn is_due(&self, sample: Column) -> Result<bool> {
        let len = sample.len();
        Ok(self.keeps(vec![sample], len)?.count_set() as f64 <= FEW_PASS * len as f64)
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
