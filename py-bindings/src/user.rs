//! Python functions in expressions. The interpreter is held while one is called, and by no other work of a query.

use std::sync::{Arc, Mutex};

use hypostyle_core::lock::lock;
use hypostyle_core::{Column, DataType, Error, ErrorKind, Result, Series};
use hypostyle_expr::{UserExpansion, UserFunction, UserRename, UserType};
use pyo3::types::PyAnyMethods;
use pyo3::{Bound, Py, PyAny, PyErr, PyRef, PyResult, Python};

use crate::dtype;
use crate::expr::PyExpr;
use crate::series::PySeries;

/// What a Python function gives.
pub(crate) enum Output {
    /// Values of a type.
    Known(DataType),
    /// Values of the type that another Python function finds for descriptions of the inputs' types.
    Asked(Py<PyAny>),
}

/// A Python function of a list of series and the description of a type, which gives a series of this type.
pub(crate) fn function(
    call: Py<PyAny>,
    output: Output,
    elementwise: bool,
    returns_scalar: bool,
) -> UserFunction {
    let call = move |inputs: &[Series], output: &DataType| {
        raised(|py| {
            let inputs: Vec<PySeries> = inputs.iter().cloned().map(PySeries::from).collect();
            let result = call.bind(py).call1((inputs, dtype::describe(py, output)?))?;
            column(&result)
        })
    };
    let output: Arc<UserType> = match output {
        Output::Known(dtype) => Arc::new(move |_: &[DataType]| Ok(dtype.clone())),
        Output::Asked(ask) => asked_once(ask),
    };
    UserFunction { name: "python_udf".into(), call: Arc::new(call), output, elementwise, returns_scalar }
}

/// A Python function of a name.
pub(crate) fn renaming(function: Py<PyAny>) -> UserRename {
    UserRename(Arc::new(move |name| {
        raised(|py| Ok(Arc::from(function.bind(py).call1((name,))?.extract::<String>()?)))
    }))
}

/// A Python function of expressions and their types.
pub(crate) fn by_types(function: Py<PyAny>) -> UserExpansion {
    UserExpansion(Arc::new(move |args, dtypes| {
        raised(|py| {
            let args: Vec<PyExpr> = args.iter().map(|arg| arg.clone().into()).collect();
            let dtypes =
                dtypes.iter().map(|dtype| dtype::describe(py, dtype)).collect::<PyResult<Vec<_>>>()?;
            let made = function.bind(py).call1((args, dtypes))?;
            Ok(made.extract::<PyRef<'_, PyExpr>>()?.expr.clone())
        })
    }))
}

fn column(result: &Bound<'_, PyAny>) -> PyResult<Column> {
    result.extract::<PyRef<'_, PySeries>>()?.column()
}

/// Asks for the output of the same inputs once: a plan is bound many times.
fn asked_once(ask: Py<PyAny>) -> Arc<UserType> {
    let known: Mutex<Vec<(Vec<DataType>, DataType)>> = Mutex::default();
    Arc::new(move |types: &[DataType]| {
        // Not held while the function is asked: it waits for the interpreter.
        let found = |(inputs, _): &&(Vec<DataType>, DataType)| inputs == types;
        if let Some((_, output)) = lock(&known).iter().find(found) {
            return Ok(output.clone());
        }
        let output = raised(|py| {
            let inputs =
                types.iter().map(|dtype| dtype::describe(py, dtype)).collect::<PyResult<Vec<_>>>()?;
            dtype::from_py(&ask.bind(py).call1((inputs,))?)
        })?;
        lock(&known).push((types.to_vec(), output.clone()));
        Ok(output)
    })
}

/// Runs Python; an exception becomes an error that carries it.
pub(crate) fn raised<T>(work: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T> {
    Python::attach(work).map_err(|error: PyErr| Error::new(ErrorKind::External(Box::new(error))))
}
