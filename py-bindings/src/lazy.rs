//! The Rust half of `LazyFrame`: a logical plan. Names and types are checked as nodes are made.

use std::sync::Arc;

use hypostyle_core::{DataFrame, Result, Scalar, Schema};
use hypostyle_expr::Expr;
use hypostyle_plan::{
    AsOfOptions, AsOfStrategy, Distances, FrameFunction, FrameSource, JoinKind, JoinOptions, JoinOrder,
    JoinValidation, Keep, Plan, SortKey, TimeGroupOptions, UnpivotOptions,
};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyBytes, PyDict};
use pyo3::{Bound, Py, PyAny, PyRef, PyResult, Python, pyclass, pymethods};

use crate::errors::OrRaise;
use crate::expr::{PyExpr, exprs};
use crate::frame::PyDataFrame;
use crate::user::raised;
use crate::{csv, door, dtype, ipc, ndjson, parquet, sinks};

/// A query.
#[pyclass(module = "hypostyle._hypostyle", name = "PyLazyFrame", frozen)]
#[derive(Debug)]
pub(crate) struct PyLazyFrame {
    plan: Arc<Plan>,
}

/// How far keys may be apart, as Python has it.
fn tolerance_of(value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    if let Ok(text) = value.extract::<String>() {
        return Ok(Scalar::from(&*text));
    }
    match value.extract::<i64>() {
        Ok(whole) => Ok(whole.into()),
        Err(_) => value.extract::<f64>().map(Into::into),
    }
}

impl PyLazyFrame {
    fn then(plan: Result<Plan>) -> PyResult<Self> {
        Ok(Self { plan: Arc::new(plan.or_raise()?) })
    }

    /// The plan.
    pub(crate) fn input(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }
}

fn names(list: Vec<String>) -> Vec<Arc<str>> {
    list.into_iter().map(Arc::from).collect()
}

#[pymethods]
impl PyLazyFrame {
    #[staticmethod]
    fn from_frame(frame: PyRef<'_, PyDataFrame>) -> PyResult<Self> {
        Self::then(Plan::scan(Arc::new(FrameSource::new(frame.frame.clone()))))
    }

    /// CSV at paths, or in bytes.
    #[staticmethod]
    fn scan_csv(py: Python<'_>, source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let source = csv::source(source, options)?;
        Self::then(py.detach(|| Plan::scan(Arc::new(source))))
    }

    /// Parquet at paths, or in bytes.
    #[staticmethod]
    fn scan_parquet(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let source = parquet::source(source, options)?;
        Self::then(py.detach(|| Plan::scan(Arc::new(source))))
    }

    /// Lines of JSON at paths, or in bytes.
    #[staticmethod]
    fn scan_ndjson(py: Python<'_>, source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let source = ndjson::source(source, options)?;
        Self::then(py.detach(|| Plan::scan(Arc::new(source))))
    }

    /// Arrow IPC at paths, or in bytes.
    #[staticmethod]
    fn scan_ipc(py: Python<'_>, source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let source = ipc::source(source, options)?;
        Self::then(py.detach(|| Plan::scan(Arc::new(source))))
    }

    /// The rows of several queries, one after the other.
    #[staticmethod]
    fn concat(inputs: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        Self::then(Plan::union(inputs.iter().map(|q| q.input()).collect(), false))
    }

    fn schema(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        dtype::schema_to_py(py, self.plan.schema())
    }

    #[pyo3(signature = (optimized, off=Vec::new()))]
    fn explain(&self, py: Python<'_>, optimized: bool, off: Vec<String>) -> PyResult<String> {
        let query = hypostyle::LazyFrame::from_plan(self.input());
        py.detach(|| {
            if !optimized {
                return query.explain(false);
            }
            let off: Vec<&str> = off.iter().map(String::as_str).collect();
            hypostyle::LazyFrame::from_plan(query.optimized(&off)?).explain(false)
        })
        .or_raise()
    }

    fn explain_steps(&self, py: Python<'_>) -> PyResult<String> {
        let plan = self.input();
        py.detach(|| hypostyle::LazyFrame::from_plan(plan).explain_all()).or_raise()
    }

    fn explain_physical(&self, py: Python<'_>) -> PyResult<String> {
        let plan = self.input();
        let context = hypostyle::Context::default();
        py.detach(|| hypostyle::LazyFrame::from_plan(plan).explain_physical(&context)).or_raise()
    }

    fn explain_analyze(&self, py: Python<'_>) -> PyResult<String> {
        door::explain_analyze(py, self.input())
    }

    #[pyo3(signature = (off=Vec::new()))]
    fn collect(&self, py: Python<'_>, off: Vec<String>) -> PyResult<PyDataFrame> {
        Ok(door::collect(py, self.input(), off)?.into())
    }

    /// Writes the result in a format: to a path, to an open file, or to bytes if the target is `None`.
    fn sink<'py>(
        &self,
        py: Python<'py>,
        format: &str,
        target: &Bound<'py, PyAny>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        sinks::sink(py, self.input(), format, target, options)
    }

    /// Runs queries together; those with a format, a target and options are written, of the others it gives the
    /// results.
    #[staticmethod]
    fn run_all(py: Python<'_>, jobs: Vec<sinks::Job<'_>>) -> PyResult<Vec<PyDataFrame>> {
        sinks::run_all(py, jobs)
    }

    /// Starts the query; its rows come some at a time.
    #[pyo3(signature = (rows))]
    fn batches(&self, py: Python<'_>, rows: Option<usize>) -> PyResult<sinks::PyBatches> {
        sinks::PyBatches::start(py, self.input(), rows)
    }

    /// The plan of queries that run together.
    #[staticmethod]
    fn explain_all(py: Python<'_>, queries: Vec<PyRef<'_, Self>>) -> PyResult<String> {
        let plan = Arc::new(Plan::several(queries.iter().map(|query| query.input()).collect()));
        py.detach(|| hypostyle::LazyFrame::from_plan(plan).explain(true)).or_raise()
    }

    fn select(&self, list: Vec<PyRef<'_, PyExpr>>) -> PyResult<Self> {
        Self::then(Plan::select(self.input(), exprs(&list)))
    }

    fn with_columns(&self, list: Vec<PyRef<'_, PyExpr>>) -> PyResult<Self> {
        Self::then(Plan::with_columns(self.input(), exprs(&list)))
    }

    fn filter(&self, predicate: PyRef<'_, PyExpr>) -> PyResult<Self> {
        Self::then(Plan::filter(self.input(), predicate.expr.clone()))
    }

    fn group_by(
        &self,
        keys: Vec<PyRef<'_, PyExpr>>,
        aggs: Vec<PyRef<'_, PyExpr>>,
        maintain_order: bool,
    ) -> PyResult<Self> {
        let aggs = exprs(&aggs);
        Self::then(Plan::aggregate(self.input(), exprs(&keys), aggs, maintain_order))
    }

    #[expect(clippy::too_many_arguments, reason = "the options of windows, as Python passes them")]
    #[pyo3(signature = (keys, aggs, index, period, offset, closed, distances))]
    fn time_groups(
        &self,
        keys: Vec<PyRef<'_, PyExpr>>,
        aggs: Vec<PyRef<'_, PyExpr>>,
        index: &str,
        period: &str,
        offset: Option<&str>,
        closed: &str,
        distances: Option<(String, String, String, bool)>,
    ) -> PyResult<Self> {
        let options = TimeGroupOptions {
            index: index.into(),
            period: period.into(),
            offset: offset.map(Into::into),
            closed: closed.into(),
            distances: distances.map(|(every, start_by, label, include_boundaries)| Distances {
                every: every.into(),
                start_by: start_by.into(),
                label: label.into(),
                include_boundaries,
            }),
        };
        Self::then(Plan::time_groups(self.input(), exprs(&keys), exprs(&aggs), options))
    }

    /// The pairs of rows for which predicates hold.
    fn join_where(
        &self,
        other: PyRef<'_, Self>,
        predicates: Vec<PyRef<'_, PyExpr>>,
        how: &str,
        suffix: &str,
    ) -> PyResult<Self> {
        let [own, other] = [self.input(), other.input()].map(hypostyle::LazyFrame::from_plan);
        let joined = own.join_where(other, exprs(&predicates), join_kind(how)?, suffix);
        Ok(Self { plan: joined.plan().or_raise()? })
    }

    #[expect(clippy::too_many_arguments, reason = "the options of a join, as Python passes them")]
    #[pyo3(signature = (other, left_on, right_on, how, suffix, validate, nulls_equal, coalesce, maintain_order))]
    fn join(
        &self,
        other: PyRef<'_, Self>,
        left_on: Vec<PyRef<'_, PyExpr>>,
        right_on: Vec<PyRef<'_, PyExpr>>,
        how: &str,
        suffix: &str,
        validate: &str,
        nulls_equal: bool,
        coalesce: Option<bool>,
        maintain_order: &str,
    ) -> PyResult<Self> {
        let unknown = |what: &str, name: &str| PyValueError::new_err(format!("`{what}` has no {name:?}"));
        let kind = join_kind(how)?;
        let options = JoinOptions {
            suffix: suffix.into(),
            coalesce,
            nulls_equal,
            validate: match validate {
                "m:m" => JoinValidation::ManyToMany,
                "m:1" => JoinValidation::ManyToOne,
                "1:m" => JoinValidation::OneToMany,
                "1:1" => JoinValidation::OneToOne,
                other => return Err(unknown("validate", other)),
            },
            maintain_order: match maintain_order {
                "none" => JoinOrder::None,
                "left" => JoinOrder::Left,
                "right" => JoinOrder::Right,
                "left_right" => JoinOrder::LeftRight,
                "right_left" => JoinOrder::RightLeft,
                other => return Err(unknown("maintain_order", other)),
            },
            ..JoinOptions::new(kind)
        };
        Self::then(Plan::join(self.input(), other.input(), exprs(&left_on), exprs(&right_on), options))
    }

    #[expect(clippy::too_many_arguments, reason = "the options of a join, as Python passes them")]
    #[pyo3(signature = (other, left_on, right_on, strategy, tolerance, allow_exact_matches, suffix, coalesce, check_sortedness))]
    fn join_asof(
        &self,
        other: PyRef<'_, Self>,
        left_on: Vec<PyRef<'_, PyExpr>>,
        right_on: Vec<PyRef<'_, PyExpr>>,
        strategy: &str,
        tolerance: Option<&Bound<'_, PyAny>>,
        allow_exact_matches: bool,
        suffix: &str,
        coalesce: bool,
        check_sortedness: bool,
    ) -> PyResult<Self> {
        let strategy = match strategy {
            "backward" => AsOfStrategy::Backward,
            "forward" => AsOfStrategy::Forward,
            "nearest" => AsOfStrategy::Nearest,
            other => {
                let choices = "`strategy` is 'backward', 'forward' or 'nearest'";
                return Err(PyValueError::new_err(format!("{choices}, not {other:?}")));
            }
        };
        let options = AsOfOptions {
            strategy,
            tolerance: tolerance.map(tolerance_of).transpose()?,
            allow_exact_matches,
            suffix: suffix.into(),
            coalesce,
            check_sortedness,
        };
        Self::then(Plan::as_of_join(self.input(), other.input(), exprs(&left_on), exprs(&right_on), options))
    }

    fn sort(
        &self,
        keys: Vec<PyRef<'_, PyExpr>>,
        descending: Vec<bool>,
        nulls_last: Vec<bool>,
        maintain_order: bool,
    ) -> PyResult<Self> {
        let flags = descending.into_iter().zip(nulls_last);
        let by = keys.iter().zip(flags).map(|(key, (descending, nulls_last))| SortKey {
            expr: key.expr.clone(),
            descending,
            nulls_last,
        });
        Self::then(Plan::sort(self.input(), by.collect(), maintain_order))
    }

    #[pyo3(signature = (subset, keep, maintain_order))]
    fn unique(&self, subset: Option<Vec<String>>, keep: &str, maintain_order: bool) -> PyResult<Self> {
        let keep = match keep {
            "any" => Keep::Any,
            "first" => Keep::First,
            "last" => Keep::Last,
            "none" => Keep::None,
            other => return Err(PyValueError::new_err(format!("`keep` has no {other:?}"))),
        };
        let subset = subset.map(|s| names(s).into_iter().map(Expr::Column).collect());
        Self::then(Plan::distinct(self.input(), subset, keep, maintain_order))
    }

    #[pyo3(signature = (offset, length))]
    fn slice(&self, offset: i64, length: Option<usize>) -> Self {
        Self { plan: Arc::new(Plan::slice(self.input(), offset, length)) }
    }

    fn explode(&self, columns: Vec<String>) -> PyResult<Self> {
        let columns = names(columns).into_iter().map(Expr::Column).collect();
        Self::then(Plan::explode(self.input(), columns))
    }

    fn unpivot(
        &self,
        on: Vec<String>,
        index: Vec<String>,
        variable_name: &str,
        value_name: &str,
    ) -> PyResult<Self> {
        let options = UnpivotOptions {
            on: names(on),
            index: names(index),
            variable_name: variable_name.into(),
            value_name: value_name.into(),
        };
        Self::then(Plan::unpivot(self.input(), options))
    }

    /// A user's function from frame to frame; `schema` holds names and types of what it gives, if they change.
    #[pyo3(signature = (function, schema))]
    fn map_frame(&self, function: Py<PyAny>, schema: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let schema = match schema {
            Some(fields) => Arc::new(Schema::try_new(csv::fields(fields)?).or_raise()?),
            None => self.plan.schema().clone(),
        };
        let call = move |frame: DataFrame| {
            raised(|py| {
                let result = function.call1(py, (PyDataFrame::from(frame),))?;
                Ok(result.extract::<PyRef<'_, PyDataFrame>>(py)?.frame.clone())
            })
        };
        let function = FrameFunction { name: "python".into(), call: Arc::new(call) };
        Ok(Self { plan: Arc::new(Plan::map_frame(self.input(), function, schema)) })
    }

    fn merge_sorted(&self, other: PyRef<'_, Self>, keys: Vec<String>) -> PyResult<Self> {
        Self::then(Plan::merge_sorted(self.input(), other.input(), names(keys)))
    }

    fn with_row_index(&self, name: &str, offset: u32) -> PyResult<Self> {
        Self::then(Plan::row_index(self.input(), name.into(), offset))
    }
}

/// A kind of join by its name.
fn join_kind(how: &str) -> PyResult<JoinKind> {
    Ok(match how {
        "inner" => JoinKind::Inner,
        "left" => JoinKind::Left,
        "right" => JoinKind::Right,
        "full" => JoinKind::Full,
        "semi" => JoinKind::Semi,
        "anti" => JoinKind::Anti,
        "cross" => JoinKind::Cross,
        other => return Err(PyValueError::new_err(format!("`how` has no {other:?}"))),
    })
}
