//! The Python package of Hypostyle: thin bindings over the `hypostyle` crate.
//!
//! What users see is written in Python (`python/hypostyle/`); the classes here hold the Rust values.

mod arrow;
mod buffer;
mod dtype;
mod errors;
mod expr;
mod frame;
mod options;
mod series;
mod values;

use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, PyResult, pyfunction, pymodule, wrap_pyfunction};

/// The names of all functions and aggregates that expressions can call.
#[pyfunction]
fn catalog() -> (Vec<&'static str>, Vec<&'static str>) {
    (hypostyle_expr::functions::names(), hypostyle_expr::aggregates::names())
}

/// The extension module behind `import hypostyle`.
#[pymodule]
fn _hypostyle(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<expr::PyExpr>()?;
    module.add_class::<series::PySeries>()?;
    module.add_class::<frame::PyDataFrame>()?;
    module.add_function(wrap_pyfunction!(catalog, module)?)?;
    errors::register(module)
}
