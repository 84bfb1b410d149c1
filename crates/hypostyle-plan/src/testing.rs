//! How unit tests build plans, and say what one rule makes of them.
#![allow(clippy::unwrap_used, reason = "for tests alone")]

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Field, Result, Schema, SchemaRef};
use hypostyle_expr::Expr;
use hypostyle_expr::dsl::col;

use crate::optimizer::Rule;
use crate::plan::{JoinKind, JoinOptions, Plan, SortKey};
use crate::source::{DataSource, Scan, ScanRequest};

/// A table of integers that nobody reads: what rules ask of a source, as constants.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: usize,
    in_memory: bool,
}

impl DataSource for Table {
    fn schema(&self) -> Result<SchemaRef> {
        let fields = self.columns.iter().map(|name| Field::new(&**name, DataType::Int64));
        Schema::try_new(fields.collect()).map(Arc::new)
    }

    fn row_estimate(&self) -> Option<usize> {
        Some(self.rows)
    }

    fn in_memory(&self) -> bool {
        self.in_memory
    }

    fn distinct_estimate(&self, column: usize) -> Option<f64> {
        let distinct = if self.is_unique(column) { self.rows } else { self.rows / 10 };
        Some(distinct as f64)
    }

    fn is_unique(&self, column: usize) -> bool {
        self.columns[column] == "id"
    }

    fn with_row_ids(&self, name: &str) -> Option<Arc<dyn DataSource>> {
        let columns = self.columns.iter().cloned().chain([name.to_owned()]).collect();
        Some(Arc::new(Self { columns, ..self.clone() }))
    }

    fn scan(&self, _: &ScanRequest) -> Result<Box<dyn Scan>> {
        Err(Error::unsupported("nobody reads this table"))
    }

    fn describe(&self) -> String {
        self.name.to_owned()
    }

    fn identity(&self) -> String {
        self.name.to_owned()
    }
}

/// A plan that grows by methods.
#[derive(Clone, Debug)]
pub(crate) struct Query(pub(crate) Arc<Plan>);

/// A scan of a table in memory. The column `id` is unique; each value of another is there ten times.
pub(crate) fn table<const N: usize>(name: &'static str, columns: [&str; N], rows: usize) -> Query {
    scan(Table { name, columns: columns.map(str::to_owned).to_vec(), rows, in_memory: true })
}

/// A scan of a file.
pub(crate) fn file<const N: usize>(name: &'static str, columns: [&str; N], rows: usize) -> Query {
    scan(Table { name, columns: columns.map(str::to_owned).to_vec(), rows, in_memory: false })
}

fn scan(source: Table) -> Query {
    Plan::scan(Arc::new(source)).into()
}

impl From<Result<Plan>> for Query {
    fn from(plan: Result<Plan>) -> Self {
        Self(Arc::new(plan.unwrap()))
    }
}

impl Query {
    pub(crate) fn filter(self, predicate: Expr) -> Self {
        Plan::filter(self.0, predicate).into()
    }

    pub(crate) fn select<const N: usize>(self, exprs: [Expr; N]) -> Self {
        Plan::select(self.0, exprs.to_vec()).into()
    }

    pub(crate) fn aggregate<const K: usize, const N: usize>(self, keys: [&str; K], aggs: [Expr; N]) -> Self {
        Plan::aggregate(self.0, keys.map(col).to_vec(), aggs.to_vec(), false).into()
    }

    pub(crate) fn join(self, right: Self, left_on: &str, right_on: &str, kind: JoinKind) -> Self {
        Plan::join(self.0, right.0, vec![col(left_on)], vec![col(right_on)], JoinOptions::new(kind)).into()
    }

    pub(crate) fn sort(self, by: &str) -> Self {
        let key = SortKey { expr: col(by), descending: false, nulls_last: false };
        Plan::sort(self.0, vec![key], false).into()
    }

    pub(crate) fn slice(self, offset: i64, length: usize) -> Self {
        Self(Arc::new(Plan::slice(self.0, offset, Some(length))))
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Plan::union(vec![self.0, other.0], false).into()
    }
}

/// A rule makes this of a plan: the plan as text, `=>`, and the plan that comes of it (`the same` if none does).
#[track_caller]
pub(crate) fn check_rule(rule: &dyn Rule, query: Query, expected: &str) {
    let before = crate::explain(&query.0);
    let changed = rule.apply(Arc::clone(&query.0)).unwrap();
    assert_eq!(changed.schema(), query.0.schema(), "{} changed the schema", rule.name());
    let after = if *changed == *query.0 { "the same\n".to_owned() } else { crate::explain(&changed) };
    let found = format!("{before}=>\n{after}");
    let indent = expected.lines().nth(1).map_or(0, |line| line.len() - line.trim_start().len());
    let expected: Vec<&str> = expected.lines().skip(1).map(|line| line.get(indent..).unwrap_or("")).collect();
    assert_eq!(found.trim_end(), expected.join("\n").trim_end(), "{}:\n{found}", rule.name());
}
