//! The Python package of Hypostyle: thin bindings over the `hypostyle` crate.
//!
//! What users see is written in Python (`python/hypostyle/`); the classes here hold the Rust values.

mod arrow;
mod buffer;
mod dtype;
mod errors;
mod frame;
mod options;
mod series;
mod values;

use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, PyResult, pymodule};

/// The extension module behind `import hypostyle`.
#[pymodule]
fn _hypostyle(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<series::PySeries>()?;
    module.add_class::<frame::PyDataFrame>()?;
    errors::register(module)
}
