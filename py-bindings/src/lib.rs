//! The Python package of Hypostyle: thin bindings over the `hypostyle` crate.

use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, PyResult, pymodule};

/// The extension module behind `import hypostyle`.
#[pymodule]
fn _hypostyle(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
