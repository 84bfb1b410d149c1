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
mod user;
mod values;

use hypostyle_core::{Column, Result, Series};
use hypostyle_expr::column_text::{evaluate, parse};
use hypostyle_expr::docs::{Entry, entries};
use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, Py, PyAny, PyResult, pyfunction, pymodule, wrap_pyfunction};

use errors::OrRaise;
use series::PySeries;

#[global_allocator]
static ALLOCATOR: hypostyle_alloc::Pooled = hypostyle_alloc::Pooled;

/// The names of all functions and aggregates that expressions can call.
#[pyfunction]
fn catalog() -> (Vec<&'static str>, Vec<&'static str>) {
    let mut functions = hypostyle_expr::functions::names();
    functions.extend(hypostyle_expr::compositions::names());
    (functions, hypostyle_expr::aggregates::names())
}

/// An entry of the catalog with its example: the name, what kind of entry it is, the names of its parameters, its names
/// in SQL, the arguments of its example as text and as columns, and what the example gives.
type CatalogExample = (
    &'static str,
    &'static str,
    Vec<&'static str>,
    Vec<&'static str>,
    Vec<&'static str>,
    Vec<PySeries>,
    PySeries,
);

/// The examples of all entries, for tests that hold them against other engines.
#[pyfunction]
fn catalog_examples() -> PyResult<Vec<CatalogExample>> {
    let example = |entry: Entry| {
        let docs = entry.docs;
        let columns = docs.example.columns().map(parse).collect::<Result<Vec<Column>>>()?;
        let result = evaluate(&entry.example_call()?, &columns)?;
        let params = entry.params.iter().map(|param| param.name).collect();
        let columns = columns.into_iter().map(|column| Series::new("", column).into()).collect();
        let result = Series::new("", result).into();
        let kind = entry.kind.name();
        Ok((entry.name, kind, params, docs.sql.to_vec(), docs.example.args.to_vec(), columns, result))
    };
    entries().into_iter().map(example).collect::<Result<Vec<_>>>().or_raise()
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
    module.add_function(wrap_pyfunction!(catalog_examples, module)?)?;
    module.add_function(wrap_pyfunction!(supertype, module)?)?;
    module.add_function(wrap_pyfunction!(thread_pool_size, module)?)?;
    module.add_function(wrap_pyfunction!(trim_memory, module)?)?;
    module.add_function(wrap_pyfunction!(set_pool_limit, module)?)?;
    module.add_function(wrap_pyfunction!(parquet::read_parquet_metadata, module)?)?;
    module.add_function(wrap_pyfunction!(ndjson::read_json, module)?)?;
    errors::register(module)
}
