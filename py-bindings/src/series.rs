//! The Rust half of `Series`: values in memory and their conversions. What computes goes through expressions.

use hypostyle_core::ffi::{StringForm, export_column, export_field, export_series};
use hypostyle_core::{Array, Column, DataType, FixedListArray, Series};
use hypostyle_expr::functions::times_have_offset;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::concat::concat;
use pyo3::exceptions::PyIndexError;
use pyo3::types::{PyAnyMethods, PyCapsule, PyList, PyTuple};
use pyo3::{Bound, Py, PyAny, PyResult, Python, pyclass, pymethods};

use crate::errors::OrRaise;
use crate::expr::cast_mode;
use crate::options::options_from_py;
use crate::{arrow, buffer, dtype, values};

/// A column with a name.
#[pyclass(module = "hypostyle._hypostyle", name = "PySeries", frozen)]
#[derive(Debug)]
pub(crate) struct PySeries {
    pub(crate) series: Series,
}

impl From<Series> for PySeries {
    fn from(series: Series) -> Self {
        Self { series }
    }
}

impl PySeries {
    /// All rows in one chunk.
    pub(crate) fn column(&self) -> PyResult<Column> {
        match self.series.chunks() {
            [one] => Ok(one.clone()),
            [] => Ok(Column::empty(self.series.dtype().clone())),
            chunks => concat(chunks).or_raise(),
        }
    }
}

#[pymethods]
impl PySeries {
    /// From Python values; without a data type it is inferred.
    #[staticmethod]
    #[pyo3(signature = (name, values, description, strict))]
    fn from_values(
        name: &str,
        values: &Bound<'_, PyAny>,
        description: Option<&Bound<'_, PyAny>>,
        strict: bool,
    ) -> PyResult<Self> {
        let items: Vec<Bound<'_, PyAny>> = values.try_iter()?.collect::<PyResult<_>>()?;
        let dtype = match description {
            Some(description) => dtype::from_py(description)?,
            None => values::infer(&items, strict)?,
        };
        let column = values::build(&items, &dtype, strict)?;
        Ok(Series::new(name, column).into())
    }

    /// A copy of a contiguous array of fixed-width numbers that lies at an address.
    #[staticmethod]
    fn from_address(
        name: &str,
        description: &Bound<'_, PyAny>,
        address: usize,
        len: usize,
    ) -> PyResult<Self> {
        let column = buffer::copy_from_address(&dtype::from_py(description)?, address, len)?;
        Ok(Series::new(name, column).into())
    }

    /// From any object with an Arrow interface.
    #[staticmethod]
    fn from_arrow(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(arrow::import_series(object, name)?.into())
    }

    fn name(&self) -> &str {
        self.series.name()
    }

    fn rename(&self, name: &str) -> Self {
        self.series.clone().with_name(name).into()
    }

    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        dtype::to_py(py, self.series.dtype())
    }

    /// The type as tables show it.
    fn dtype_name(&self) -> String {
        self.series.dtype().to_string()
    }

    fn __len__(&self) -> usize {
        self.series.len()
    }

    fn null_count(&self) -> usize {
        self.series.null_count()
    }

    fn n_chunks(&self) -> usize {
        self.series.chunks().len().max(1)
    }

    fn chunk_lengths(&self) -> Vec<usize> {
        self.series.chunks().iter().map(Column::len).collect()
    }

    fn estimated_size(&self) -> usize {
        self.series.chunks().iter().map(Column::estimated_size).sum()
    }

    fn slice(&self, offset: usize, len: usize) -> Self {
        self.series.slice(offset, len).into()
    }

    fn rechunk(&self) -> PyResult<Self> {
        Ok(Series::try_new(self.series.field().clone(), vec![self.column()?]).or_raise()?.into())
    }

    fn cast(&self, description: &Bound<'_, PyAny>, mode: &str) -> PyResult<Self> {
        let (dtype, mode) = (dtype::from_py(description)?, cast_mode(mode)?);
        let chunks = self.series.chunks().iter().map(|c| cast(c, &dtype, mode));
        let chunks = chunks.collect::<hypostyle_core::Result<Vec<_>>>().or_raise()?;
        let field = hypostyle_core::Field::new(self.series.name(), dtype);
        Ok(Series::try_new(field, chunks).or_raise()?.into())
    }

    /// One below the other; types must agree.
    fn append(&self, other: &Self) -> PyResult<Self> {
        let chunks = self.series.chunks().iter().chain(other.series.chunks()).cloned().collect();
        Ok(Series::try_new(self.series.field().clone(), chunks).or_raise()?.into())
    }

    fn get(&self, py: Python<'_>, i: usize) -> PyResult<Py<PyAny>> {
        let mut left = i;
        for chunk in self.series.chunks() {
            if left < chunk.len() {
                return values::Reader::new(py, chunk.dtype())?.get(chunk, left);
            }
            left -= chunk.len();
        }
        Err(PyIndexError::new_err(format!("index {i} of a series of {} rows", self.series.len())))
    }

    /// Row `i` of a list or struct column as a series of its own; `None` if it is null.
    fn get_list(&self, i: usize) -> PyResult<Option<Self>> {
        let column = self.column()?;
        let items = match (column.as_list(), column.as_fixed_list()) {
            (Some(lists), _) if i < lists.len() => lists.get(i),
            (_, Some(lists)) if i < lists.len() => lists.get(i),
            _ => None,
        };
        Ok(items.map(|items| Series::new("", items).into()))
    }

    /// The values as rows of an array column, `width` in each.
    fn to_arrays(&self, width: usize, rows: usize) -> PyResult<Self> {
        let array = FixedListArray::try_new(self.column()?, width, rows, None).or_raise()?;
        let dtype = DataType::array(self.series.dtype().clone(), width);
        let column = Column::try_new(dtype, Array::FixedList(array)).or_raise()?;
        Ok(Series::new(self.series.name(), column).into())
    }

    /// The values of an array column, one row after the other, null where the row is; `None` of any other type.
    fn array_values(&self) -> PyResult<Option<Self>> {
        let column = self.column()?;
        let Some(array) = column.as_fixed_list() else { return Ok(None) };
        let items = DataType::list(array.values().dtype().clone());
        let lists = cast(&column, &items, CastMode::Strict).or_raise()?;
        Ok(lists.as_list().map(|lists| Series::new("", lists.values().clone()).into()))
    }

    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        values::list(py, self.series.chunks())
    }

    /// Whether times written as text have an offset from UTC, as the first of them says.
    fn times_have_offset(&self) -> PyResult<bool> {
        let known = self.series.chunks().iter().find(|chunk| chunk.null_count() < chunk.len());
        known.map_or(Ok(false), |chunk| times_have_offset(chunk).or_raise())
    }

    /// The fields of a struct, as series.
    fn fields(&self) -> PyResult<Vec<Self>> {
        let column = self.column()?;
        match (column.as_struct(), column.dtype()) {
            (Some(array), hypostyle_core::DataType::Struct(fields)) => {
                let validity = array.validity();
                Ok(fields
                    .iter()
                    .zip(array.fields())
                    .map(|(field, values)| {
                        let both = hypostyle_core::Bitmap::and_validity(values.validity(), validity);
                        Series::new(field.name.clone(), values.clone().with_validity(both)).into()
                    })
                    .collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Whether both have the same type, length and values; NaN equals NaN, and null null.
    fn equals(&self, other: &Self) -> PyResult<bool> {
        if self.series.dtype() != other.series.dtype() || self.series.len() != other.series.len() {
            return Ok(false);
        }
        let (a, b) = (self.column()?, other.column()?);
        Ok((0..a.len()).all(|i| match (a.value(i), b.value(i)) {
            (hypostyle_core::Value::Float(a), hypostyle_core::Value::Float(b)) => {
                a == b || a.is_nan() && b.is_nan()
            }
            (a, b) => a == b,
        }))
    }

    fn render(&self, options: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.series.render(&options_from_py(options)?))
    }

    /// Address, number of values and byte width, of numbers in one chunk without nulls.
    fn address(&self) -> Option<(usize, usize)> {
        match self.series.chunks() {
            [one] if one.null_count() == 0 => buffer::address(one),
            _ => None,
        }
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        arrow::stream_capsule(py, export_series(&self.series, StringForm::Offsets))
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        let schema = export_field(self.series.field(), StringForm::Offsets).or_raise()?;
        let array = export_column(&self.column()?, StringForm::Offsets);
        PyTuple::new(py, [arrow::schema_capsule(py, schema)?, arrow::array_capsule(py, array)?])
    }
}
