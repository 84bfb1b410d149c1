//! Errors as exceptions: the one `match` from kinds to classes.

use hypostyle_core::{Error, ErrorKind};
use pyo3::exceptions::{
    PyException, PyFileNotFoundError, PyIsADirectoryError, PyKeyboardInterrupt, PyMemoryError, PyOSError,
    PyOverflowError, PyPermissionError, PyRuntimeError,
};
use pyo3::types::{PyModule, PyModuleMethods};
use pyo3::{Bound, PyErr, PyResult, create_exception};

create_exception!(
    hypostyle.exceptions,
    HypostyleError,
    PyException,
    "The base of all exceptions of Hypostyle."
);

macro_rules! exceptions {
    ($($name:ident($base:ident): $doc:literal),+ $(,)?) => {
        $(create_exception!(hypostyle.exceptions, $name, $base, $doc);)+

        /// Adds every class to the extension module.
        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            let py = module.py();
            module.add("HypostyleError", py.get_type::<HypostyleError>())?;
            $(module.add(stringify!($name), py.get_type::<$name>())?;)+
            Ok(())
        }
    };
}

exceptions!(
    ColumnNotFoundError(HypostyleError): "A column that is not there.",
    ComputeError(HypostyleError): "A value that makes a computation impossible.",
    DuplicateError(HypostyleError): "Two columns of one name.",
    InvalidOperationError(HypostyleError): "An operation that makes no sense on its input.",
    NoDataError(HypostyleError): "Nothing to read.",
    OutOfBoundsError(HypostyleError): "An index past the end.",
    ParameterCollisionError(HypostyleError): "Arguments that exclude each other.",
    RowsError(HypostyleError): "A number of rows that was not expected.",
    NoRowsReturnedError(RowsError): "A row was expected.",
    TooManyRowsReturnedError(RowsError): "One row was expected.",
    SQLInterfaceError(HypostyleError): "SQL that names what is not there.",
    SQLSyntaxError(HypostyleError): "SQL that is none.",
    SchemaError(HypostyleError): "Types that do not fit.",
    SchemaFieldNotFoundError(HypostyleError): "A field that a schema does not have.",
    ShapeError(HypostyleError): "Lengths or widths that differ.",
    StringCacheMismatchError(HypostyleError): "Categories of different sources.",
    StructFieldNotFoundError(HypostyleError): "A field that a struct does not have.",
    UnsuitableSQLError(HypostyleError): "SQL that cannot be used here.",
);

/// What the engine's messages say of its operations, by the arguments that Python has for them.
const ARGUMENTS: [(&str, &str); 3] = [
    ("a cast that is not strict gives null", "cast with strict=False to get null"),
    ("parsing that is not strict gives null", "use strict=False to get null"),
    ("a relaxed concatenation finds a common type", "use how=\"vertical_relaxed\""),
];

fn in_python(text: String) -> String {
    match ARGUMENTS.iter().find(|(words, _)| text.contains(words)) {
        Some((words, argument)) => text.replace(words, argument),
        None => text,
    }
}

/// The exception of an error. An exception that a user's own function raised keeps its class.
pub(crate) fn to_py(error: Error) -> PyErr {
    let text = in_python(error.to_string());
    match error.into_kind() {
        ErrorKind::ColumnNotFound { .. } => ColumnNotFoundError::new_err(text),
        ErrorKind::StructFieldNotFound { .. } => StructFieldNotFoundError::new_err(text),
        ErrorKind::Duplicate { .. } | ErrorKind::DuplicateValue { .. } => DuplicateError::new_err(text),
        ErrorKind::SchemaMismatch { .. } => SchemaError::new_err(text),
        ErrorKind::TypeMismatch { op, .. } if is_comparison(&op) => ComputeError::new_err(text),
        ErrorKind::TypeMismatch { .. } => InvalidOperationError::new_err(text),
        ErrorKind::ShapeMismatch { .. } => ShapeError::new_err(text),
        ErrorKind::OutOfBounds { .. } => OutOfBoundsError::new_err(text),
        ErrorKind::Parse { .. } | ErrorKind::Compute { .. } => ComputeError::new_err(text),
        // What a Python file raised while it was read or written.
        ErrorKind::Io { source, .. } if source.get_ref().is_some_and(|inner| inner.is::<PyErr>()) => {
            match source.into_inner().map(|inner| inner.downcast::<PyErr>()) {
                Some(Ok(error)) => *error,
                _ => PyOSError::new_err(text),
            }
        }
        ErrorKind::Io { source, .. } => match (source.kind(), source.raw_os_error()) {
            (std::io::ErrorKind::NotFound, _) => PyFileNotFoundError::new_err(text),
            (std::io::ErrorKind::IsADirectory, _) => PyIsADirectoryError::new_err(text),
            // With a code the class is found by it.
            (std::io::ErrorKind::PermissionDenied, None) => PyPermissionError::new_err(text),
            (_, Some(code)) => PyOSError::new_err((code, text)),
            (_, None) => PyOSError::new_err(text),
        },
        ErrorKind::Overflow { .. } => PyOverflowError::new_err(text),
        ErrorKind::MemoryLimit { .. } => PyMemoryError::new_err(text),
        ErrorKind::Cancelled => PyKeyboardInterrupt::new_err(()),
        ErrorKind::NoData { .. } => NoDataError::new_err(text),
        ErrorKind::InvalidOperation { .. } | ErrorKind::Unsupported { .. } => {
            InvalidOperationError::new_err(text)
        }
        ErrorKind::External(source) => match source.downcast::<PyErr>() {
            Ok(error) => *error,
            Err(_) => ComputeError::new_err(text),
        },
        ErrorKind::Internal { .. } => PyRuntimeError::new_err(text),
        // The kinds are not closed to other crates.
        _ => HypostyleError::new_err(text),
    }
}

fn is_comparison(op: &str) -> bool {
    matches!(op, "==" | "!=" | "<" | "<=" | ">" | ">=" | "==v" | "!=v" | "&" | "|" | "^")
}

/// `?` from the engine's errors to Python's.
pub(crate) trait OrRaise<T> {
    /// The value, or the exception of the error.
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for hypostyle_core::Result<T> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(to_py)
    }
}
