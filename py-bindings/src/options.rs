//! Table options from Python's `Config`.

use hypostyle_core::display::{Align, TableFrame, TableOptions};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyDict, PyDictMethods};
use pyo3::{Bound, PyAny, PyResult};

/// Options out of a dict; what is missing stays at its default.
pub(crate) fn options_from_py(dict: &Bound<'_, PyAny>) -> PyResult<TableOptions> {
    let mut options = TableOptions::default();
    for (key, value) in dict.cast::<PyDict>()?.iter() {
        let key: String = key.extract()?;
        // A negative number means no limit.
        let limit = || -> PyResult<Option<usize>> { Ok(usize::try_from(value.extract::<i64>()?).ok()) };
        let flag = || value.extract::<bool>();
        match key.as_str() {
            "rows" => options.rows = limit()?,
            "cols" => options.cols = limit()?,
            "width" => options.width = limit()?,
            "str_len" => options.str_len = limit()?,
            "list_len" => options.list_len = limit()?,
            "float_precision" => options.float_precision = limit()?,
            "float_full" => options.float_full = flag()?,
            "hide_dtypes" => options.hide_dtypes = flag()?,
            "hide_names" => options.hide_names = flag()?,
            "hide_separator" => options.hide_separator = flag()?,
            "inline_dtypes" => options.inline_dtypes = flag()?,
            "hide_shape" => options.hide_shape = flag()?,
            "shape_below" => options.shape_below = flag()?,
            "align" => options.align = align(&value)?,
            "align_numbers" => options.align_numbers = Some(align(&value)?),
            "frame" => {
                let name: String = value.extract()?;
                options.frame = TableFrame::named(&name)
                    .ok_or_else(|| PyValueError::new_err(format!("no table format {name:?}")))?;
            }
            _ => return Err(PyValueError::new_err(format!("no table option {key:?}"))),
        }
    }
    Ok(options)
}

fn align(value: &Bound<'_, PyAny>) -> PyResult<Align> {
    match value.extract::<String>()?.as_str() {
        "LEFT" => Ok(Align::Left),
        "CENTER" => Ok(Align::Center),
        "RIGHT" => Ok(Align::Right),
        other => Err(PyValueError::new_err(format!("no alignment {other:?}"))),
    }
}
