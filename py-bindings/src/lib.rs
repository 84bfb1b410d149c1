//! The Python package of Hypostyle: thin bindings over the `hypostyle` crate.
//!
//! What users see is written in Python (`python/hypostyle/`); the classes here hold the Rust values.

mod arrow;
mod buffer;
mod csv;
mod door;
mod dtype;
mod errors;
mod expr;
mod frame;
mod ipc;
mod lazy;
mod ndjson;
mod options;
mod parquet;
mod series;
mod sinks;
mod sources;
mod values;

use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, Py, PyAny, PyResult, pyfunction, pymodule, wrap_pyfunction};

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

/// The names of all functions and aggregates that expressions can call.
#[pyfunction]
fn catalog() -> (Vec<&'static str>, Vec<&'static str>) {
    let mut functions = hypostyle_expr::functions::names();
    functions.extend(hypostyle_expr::compositions::names());
    (functions, hypostyle_expr::aggregates::names())
}

/// The description of the type that can hold the values of two, if there is one.
#[pyfunction]
fn supertype(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyAny>>> {
    let common = hypostyle_expr::types::relaxed_supertype(&dtype::from_py(a)?, &dtype::from_py(b)?);
    common.map(|dtype| dtype::describe(a.py(), &dtype)).transpose()
}

/// The number of threads that queries run on.
#[pyfunction]
fn thread_pool_size() -> usize {
    hypostyle::Context::default().threads()
}

/// Gives the memory that is kept for the next query back to the system.
#[pyfunction]
fn trim_memory() {
    hypostyle_alloc::trim();
}

/// Changes how many bytes are kept for the next query at most.
#[pyfunction]
fn set_pool_limit(bytes: usize) {
    hypostyle_alloc::set_limit(bytes);
}

/// The extension module behind `import hypostyle`.
#[pymodule]
fn _hypostyle(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<expr::PyExpr>()?;
    module.add_class::<series::PySeries>()?;
    module.add_class::<frame::PyDataFrame>()?;
    module.add_class::<lazy::PyLazyFrame>()?;
    module.add_class::<sinks::PyBatches>()?;
    module.add_function(wrap_pyfunction!(catalog, module)?)?;
    module.add_function(wrap_pyfunction!(supertype, module)?)?;
    module.add_function(wrap_pyfunction!(thread_pool_size, module)?)?;
    module.add_function(wrap_pyfunction!(trim_memory, module)?)?;
    module.add_function(wrap_pyfunction!(set_pool_limit, module)?)?;
    module.add_function(wrap_pyfunction!(parquet::read_parquet_metadata, module)?)?;
    module.add_function(wrap_pyfunction!(ndjson::read_json, module)?)?;
    errors::register(module)
}
