//! The Rust half of `DataFrame`: columns in memory and their conversions. What computes goes through lazy frames.

use hypostyle_core::ffi::{StringForm, export_frame, export_schema};
use hypostyle_core::{Batch, Column, DataFrame, Field, Schema, Series};
use hypostyle_expr::{Expr, bind, expand, output_name};
use hypostyle_kernels::concat::concat_batches;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3::{Bound, Py, PyAny, PyRef, PyResult, Python, pyclass, pymethods};

use crate::errors::OrRaise;
use crate::expr::PyExpr;
use crate::options::options_from_py;
use crate::series::PySeries;
use crate::{arrow, dtype, values};

/// A table in memory.
#[pyclass(module = "hypostyle._hypostyle", name = "PyDataFrame", frozen)]
#[derive(Debug)]
pub(crate) struct PyDataFrame {
    pub(crate) frame: DataFrame,
}

impl From<DataFrame> for PyDataFrame {
    fn from(frame: DataFrame) -> Self {
        Self { frame }
    }
}

fn evaluate(frame: &DataFrame, exprs: &[Expr]) -> hypostyle_core::Result<Vec<Series>> {
    let schema = frame.schema();
    let batch = match frame.batches() {
        [one] => one.clone(),
        [] => Batch::try_new(schema.fields().iter().map(|f| Column::empty(f.dtype.clone())).collect(), 0)?,
        many => concat_batches(many)?,
    };
    let mut columns = Vec::with_capacity(exprs.len());
    for expr in exprs {
        for expr in expand(expr, schema)? {
            let evaluated = bind(&expr, schema)?.evaluate(&batch)?;
            columns.push(Series::new(output_name(&expr)?, evaluated.column));
        }
    }
    Ok(columns)
}

#[pymethods]
impl PyDataFrame {
    /// Series of equal length and different names side by side.
    #[new]
    fn new(columns: Vec<PyRef<'_, PySeries>>) -> PyResult<Self> {
        let fields: Vec<Field> = columns.iter().map(|s| s.series.field().clone()).collect();
        let schema = std::sync::Arc::new(Schema::try_new(fields).or_raise()?);
        let Some(first) = columns.first() else { return Ok(DataFrame::default().into()) };
        let height = first.series.len();
        if let Some(other) = columns.iter().find(|c| c.series.len() != height) {
            return Err(crate::errors::ShapeError::new_err(format!(
                "column {:?} has {} rows, but {:?} has {height}",
                other.series.name(),
                other.series.len(),
                first.series.name()
            )));
        }
        let lengths: Vec<usize> = first.series.chunks().iter().map(|c| c.len()).collect();
        let aligned =
            columns.iter().all(|c| c.series.chunks().iter().map(|c| c.len()).eq(lengths.iter().copied()));
        let batches = if aligned {
            (0..lengths.len())
                .map(|i| {
                    let chunks = columns.iter().map(|c| c.series.chunks()[i].clone()).collect();
                    Batch::try_new(chunks, lengths[i])
                })
                .collect::<hypostyle_core::Result<Vec<_>>>()
                .or_raise()?
        } else {
            let whole = columns.iter().map(|c| c.column()).collect::<PyResult<Vec<_>>>()?;
            vec![Batch::try_new(whole, height).or_raise()?]
        };
        Ok(DataFrame::from_batches(schema, batches).or_raise()?.into())
    }

    /// From any object with an Arrow interface.
    #[staticmethod]
    fn from_arrow(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(arrow::import_frame(object)?.into())
    }

    fn height(&self) -> usize {
        self.frame.height()
    }

    fn width(&self) -> usize {
        self.frame.schema().len()
    }

    fn columns(&self) -> Vec<String> {
        self.frame.schema().names().map(str::to_owned).collect()
    }

    fn schema(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        dtype::schema_to_py(py, self.frame.schema())
    }

    fn column(&self, name: &str) -> PyResult<PySeries> {
        Ok(self.frame.column(name).or_raise()?.into())
    }

    fn column_at(&self, i: usize) -> PyResult<PySeries> {
        if i >= self.frame.schema().len() {
            return Err(pyo3::exceptions::PyIndexError::new_err(format!(
                "column {i} of a frame of {} columns",
                self.frame.schema().len()
            )));
        }
        Ok(self.frame.column_at(i).into())
    }

    fn n_chunks(&self) -> usize {
        self.frame.batches().len().max(1)
    }

    fn estimated_size(&self) -> usize {
        self.frame.estimated_size()
    }

    fn slice(&self, offset: usize, len: usize) -> Self {
        self.frame.slice(offset, len).into()
    }

    fn rechunk(&self) -> PyResult<Self> {
        if self.frame.batches().len() <= 1 {
            return Ok(self.frame.clone().into());
        }
        let batch = concat_batches(self.frame.batches()).or_raise()?;
        Ok(DataFrame::from_batches(self.frame.schema().clone(), vec![batch]).or_raise()?.into())
    }

    /// Whether there are so few rows that expressions are evaluated where they stand.
    fn is_small(&self) -> bool {
        hypostyle::inline::are_few(self.frame.height())
    }

    /// Expressions evaluated on all rows at once, on the calling thread: what small frames do instead of a query.
    fn evaluate(&self, py: Python<'_>, exprs: Vec<PyRef<'_, PyExpr>>) -> PyResult<Vec<PySeries>> {
        let exprs: Vec<_> = exprs.iter().map(|e| e.expr.clone()).collect();
        let frame = &self.frame;
        let columns = py.detach(|| evaluate(frame, &exprs)).or_raise()?;
        Ok(columns.into_iter().map(Into::into).collect())
    }

    /// One below the other; schemas must be equal.
    fn vstack(&self, other: &Self) -> PyResult<Self> {
        let batches = self.frame.batches().iter().chain(other.frame.batches()).cloned().collect();
        Ok(DataFrame::from_batches(self.frame.schema().clone(), batches).or_raise()?.into())
    }

    /// Rows `offset .. offset + len` as tuples.
    fn rows<'py>(&self, py: Python<'py>, offset: usize, len: usize) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let frame = self.frame.slice(offset, len);
        let readers = frame
            .schema()
            .fields()
            .iter()
            .map(|f| values::Reader::new(py, &f.dtype))
            .collect::<PyResult<Vec<_>>>()?;
        let mut rows = Vec::with_capacity(frame.height());
        for batch in frame.batches() {
            for i in 0..batch.len() {
                let row = readers.iter().zip(batch.columns()).map(|(r, c)| r.get(c, i));
                rows.push(PyTuple::new(py, row.collect::<PyResult<Vec<_>>>()?)?);
            }
        }
        Ok(rows)
    }

    fn render(&self, options: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.frame.render(&options_from_py(options)?))
    }

    /// Row `i` as the texts that a table shows.
    fn cells(&self, i: usize, options: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        Ok(self.frame.cells(i, &options_from_py(options)?))
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        arrow::stream_capsule(py, export_frame(&self.frame, StringForm::Offsets))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema_capsule(py, export_schema(self.frame.schema(), StringForm::Offsets).or_raise()?)
    }
}
