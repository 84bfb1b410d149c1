//! Data types between Rust and Python, as plain descriptions: a name, or a tuple of a name and parameters.
//!
//! The classes themselves are written in Python (`hypostyle.datatypes`), which turns descriptions into them.

use std::sync::Arc;

use hypostyle_core::{DataType, Field, TimeUnit, with_number_type};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::types::{PyAnyMethods, PyDict, PyDictMethods, PyList, PyString, PyTuple, PyTupleMethods};
use pyo3::{Bound, IntoPyObjectExt, Py, PyAny, PyResult, Python, intern};

/// The data type of a description.
pub(crate) fn from_py(description: &Bound<'_, PyAny>) -> PyResult<DataType> {
    if let Ok(name) = description.extract::<String>() {
        return simple(&name).ok_or_else(|| PyValueError::new_err(format!("no data type {name:?}")));
    }
    let parts = description.cast::<PyTuple>()?;
    let name: String = parts.get_item(0)?.extract()?;
    Ok(match name.as_str() {
        "Datetime" => {
            let zone: Option<String> = parts.get_item(2)?.extract()?;
            DataType::Datetime(unit(&parts.get_item(1)?)?, zone.map(Into::into))
        }
        "Duration" => DataType::Duration(unit(&parts.get_item(1)?)?),
        "Decimal" => DataType::Decimal(parts.get_item(1)?.extract()?, parts.get_item(2)?.extract()?),
        "List" => DataType::list(from_py(&parts.get_item(1)?)?),
        "Array" => DataType::array(from_py(&parts.get_item(1)?)?, parts.get_item(2)?.extract()?),
        "Enum" => {
            let categories: Vec<String> = parts.get_item(1)?.extract()?;
            DataType::Enum(categories.into_iter().map(Arc::from).collect())
        }
        "Struct" => {
            let mut fields = Vec::new();
            for field in parts.get_item(1)?.try_iter()? {
                let (name, dtype): (String, Bound<'_, PyAny>) = field?.extract()?;
                fields.push(Field::new(name, from_py(&dtype)?));
            }
            DataType::Struct(fields)
        }
        _ => return Err(PyTypeError::new_err(format!("no data type {name:?}"))),
    })
}

fn simple(name: &str) -> Option<DataType> {
    Some(match name {
        "Null" => DataType::Null,
        "Boolean" => DataType::Boolean,
        "String" => DataType::String,
        "Binary" => DataType::Binary,
        "Date" => DataType::Date,
        "Time" => DataType::Time,
        "Categorical" => DataType::Categorical,
        number => return DataType::number_from_name(number),
    })
}

/// A unit by its abbreviation.
pub(crate) fn unit(value: &Bound<'_, PyAny>) -> PyResult<TimeUnit> {
    match value.cast::<PyString>()?.to_string().as_str() {
        "ms" => Ok(TimeUnit::Milliseconds),
        "us" | "μs" => Ok(TimeUnit::Microseconds),
        "ns" => Ok(TimeUnit::Nanoseconds),
        other => Err(PyValueError::new_err(format!("a time unit is 'ms', 'us' or 'ns', not {other:?}"))),
    }
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Milliseconds => "ms",
        TimeUnit::Microseconds => "us",
        TimeUnit::Nanoseconds => "ns",
    }
}

/// The description of a data type.
pub(crate) fn describe(py: Python<'_>, dtype: &DataType) -> PyResult<Py<PyAny>> {
    with_number_type!(dtype, |T| format!("{dtype:?}").into_py_any(py), match {
        DataType::Datetime(unit, zone) => ("Datetime", unit_name(*unit), zone.as_deref()).into_py_any(py),
        DataType::Duration(unit) => ("Duration", unit_name(*unit)).into_py_any(py),
        DataType::Decimal(precision, scale) => ("Decimal", *precision, *scale).into_py_any(py),
        DataType::List(inner) => ("List", describe(py, inner)?).into_py_any(py),
        DataType::Array(inner, width) => ("Array", describe(py, inner)?, *width).into_py_any(py),
        DataType::Enum(categories) => {
            ("Enum", categories.iter().map(|c| &**c).collect::<Vec<_>>()).into_py_any(py)
        }
        DataType::Struct(fields) => {
            let fields = fields
                .iter()
                .map(|f| Ok((&*f.name, describe(py, &f.dtype)?)))
                .collect::<PyResult<Vec<_>>>()?;
            ("Struct", PyList::new(py, fields)?).into_py_any(py)
        }
        DataType::Null
        | DataType::Boolean
        | DataType::String
        | DataType::Binary
        | DataType::Date
        | DataType::Time
        | DataType::Categorical => format!("{dtype:?}").into_py_any(py),
    })
}

/// The Python class or instance of a data type.
pub(crate) fn to_py(py: Python<'_>, dtype: &DataType) -> PyResult<Py<PyAny>> {
    let module = py.import(intern!(py, "hypostyle.datatypes"))?;
    Ok(module.getattr(intern!(py, "from_description"))?.call1((describe(py, dtype)?,))?.unbind())
}

/// Names and Python types in order.
pub(crate) fn schema_to_py(py: Python<'_>, schema: &hypostyle_core::Schema) -> PyResult<Py<PyAny>> {
    let dict = PyDict::new(py);
    for field in schema.fields() {
        dict.set_item(&*field.name, to_py(py, &field.dtype)?)?;
    }
    Ok(dict.into_any().unbind())
}
