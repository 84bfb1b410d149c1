//! The one error type of the workspace, by kinds that Python maps to exceptions one to one.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error: one pointer wide, so that `Result` stays cheap to return.
pub struct Error(Box<ErrorKind>);

/// What went wrong. Each kind is one exception class in Python.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A name that no column has; `available` are the names there are.
    ColumnNotFound { name: String, available: Vec<String> },
    /// A struct has no field of this name.
    StructFieldNotFound { name: String, available: Vec<String> },
    /// Two outputs would have the same name.
    Duplicate { name: String },
    /// Types that do not fit the operation or each other (join keys, concat, string methods).
    SchemaMismatch { message: String },
    /// An operator that is not defined for these two types.
    TypeMismatch { op: String, left: String, right: String },
    /// Lengths or widths that differ.
    ShapeMismatch { message: String },
    /// The same value twice where each may be there once.
    DuplicateValue { message: String },
    /// An index past the end.
    OutOfBounds { message: String },
    /// Text that is not a value of the type asked for.
    Parse { path: Option<PathBuf>, line: u64, column: String, dtype: String, field: String, hint: String },
    /// The operating system said no.
    Io { path: Option<PathBuf>, source: std::io::Error },
    /// A result does not fit its type.
    Overflow { message: String },
    /// More memory than the limit allows.
    MemoryLimit { requested: usize, limit: usize },
    /// The query was stopped from outside.
    Cancelled,
    /// Nothing to read.
    NoData { message: String },
    /// The operation makes no sense on this input.
    InvalidOperation { message: String },
    /// A value that makes a computation impossible.
    Compute { message: String },
    /// Not built (yet); the message says what is.
    Unsupported { message: String },
    /// An error that a user's own function returned.
    External(Box<dyn std::error::Error + Send + Sync>),
    /// A broken invariant of ours.
    Internal { message: String },
}

macro_rules! message_constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),+ $(,)?) => {
        impl Error {
            $($(#[$doc])*
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(ErrorKind::$kind { message: message.into() })
            })+
        }
    };
}

message_constructors! {
    /// Types that do not fit.
    schema => SchemaMismatch,
    /// Lengths that differ.
    shape => ShapeMismatch,
    /// A value that is there twice.
    duplicate_value => DuplicateValue,
    /// An index past the end.
    out_of_bounds => OutOfBounds,
    /// A result that does not fit.
    overflow => Overflow,
    /// Nothing to read.
    no_data => NoData,
    /// An operation that makes no sense here.
    invalid_operation => InvalidOperation,
    /// A computation that a value makes impossible.
    compute => Compute,
    /// Something that is not built.
    unsupported => Unsupported,
    /// A broken invariant.
    internal => Internal,
}

impl Error {
    /// Wraps a kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Takes the kind out.
    pub fn into_kind(self) -> ErrorKind {
        *self.0
    }

    /// An unknown column.
    pub fn column_not_found<'a>(name: &str, available: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(ErrorKind::ColumnNotFound {
            name: name.to_owned(),
            available: available.into_iter().map(str::to_owned).collect(),
        })
    }

    /// A name that is there twice.
    pub fn duplicate(name: impl Into<String>) -> Self {
        Self::new(ErrorKind::Duplicate { name: name.into() })
    }

    /// An operator without a meaning for these types.
    pub fn type_mismatch(op: impl Into<String>, left: impl fmt::Display, right: impl fmt::Display) -> Self {
        Self::new(ErrorKind::TypeMismatch { op: op.into(), left: left.to_string(), right: right.to_string() })
    }

    /// An operating-system error about a path.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io { path: Some(path.as_ref().to_path_buf()), source })
    }
}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io { path: None, source })
    }
}

/// An error that went into a lazy plan can come out of it more than once. A cloned operating-system error keeps kind
/// and text, a cloned external error its text.
impl Clone for Error {
    fn clone(&self) -> Self {
        use ErrorKind as K;
        let text = |s: &String| s.clone();
        Self::new(match self.kind() {
            K::ColumnNotFound { name, available } => {
                K::ColumnNotFound { name: text(name), available: available.clone() }
            }
            K::StructFieldNotFound { name, available } => {
                K::StructFieldNotFound { name: text(name), available: available.clone() }
            }
            K::Duplicate { name } => K::Duplicate { name: text(name) },
            K::SchemaMismatch { message } => K::SchemaMismatch { message: text(message) },
            K::TypeMismatch { op, left, right } => {
                K::TypeMismatch { op: text(op), left: text(left), right: text(right) }
            }
            K::DuplicateValue { message } => K::DuplicateValue { message: text(message) },
            K::ShapeMismatch { message } => K::ShapeMismatch { message: text(message) },
            K::OutOfBounds { message } => K::OutOfBounds { message: text(message) },
            K::Parse { path, line, column, dtype, field, hint } => K::Parse {
                path: path.clone(),
                line: *line,
                column: text(column),
                dtype: text(dtype),
                field: text(field),
                hint: text(hint),
            },
            K::Io { path, source } => {
                K::Io { path: path.clone(), source: std::io::Error::new(source.kind(), source.to_string()) }
            }
            K::Overflow { message } => K::Overflow { message: text(message) },
            K::MemoryLimit { requested, limit } => K::MemoryLimit { requested: *requested, limit: *limit },
            K::Cancelled => K::Cancelled,
            K::NoData { message } => K::NoData { message: text(message) },
            K::InvalidOperation { message } => K::InvalidOperation { message: text(message) },
            K::Compute { message } => K::Compute { message: text(message) },
            K::Unsupported { message } => K::Unsupported { message: text(message) },
            K::External(source) => K::Compute { message: source.to_string() },
            K::Internal { message } => K::Internal { message: text(message) },
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::ColumnNotFound { name, available } => unknown_name(f, "column", name, available),
            ErrorKind::StructFieldNotFound { name, available } => {
                unknown_name(f, "struct field", name, available)
            }
            ErrorKind::Duplicate { name } => {
                write!(
                    f,
                    "the name {name:?} is duplicate; rename one of the outputs with `.alias(..)` or a suffix"
                )
            }
            ErrorKind::TypeMismatch { op, left, right } => {
                write!(f, "`{op}` is not defined for {left} and {right}; cast one of them first")
            }
            ErrorKind::Parse { path, line, column, dtype, field, hint } => {
                write!(f, "could not parse {field:?} as {dtype} in column {column:?}, line {line}")?;
                if let Some(path) = path {
                    write!(f, " of {}", path.display())?;
                }
                if !hint.is_empty() {
                    write!(f, "; {hint}")?;
                }
                Ok(())
            }
            ErrorKind::Io { path: Some(path), source } => write!(f, "{}: {source}", path.display()),
            ErrorKind::Io { path: None, source } => write!(f, "{source}"),
            ErrorKind::MemoryLimit { requested, limit } => {
                write!(
                    f,
                    "the query needs {requested} bytes more than its memory limit of {limit} bytes allows"
                )
            }
            ErrorKind::Cancelled => f.write_str("the query was cancelled"),
            ErrorKind::External(source) => write!(f, "{source}"),
            ErrorKind::Internal { message } => write!(f, "internal error (please report it): {message}"),
            ErrorKind::SchemaMismatch { message }
            | ErrorKind::ShapeMismatch { message }
            | ErrorKind::DuplicateValue { message }
            | ErrorKind::OutOfBounds { message }
            | ErrorKind::Overflow { message }
            | ErrorKind::NoData { message }
            | ErrorKind::InvalidOperation { message }
            | ErrorKind::Compute { message }
            | ErrorKind::Unsupported { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            // Their text says what their source says: the source of theirs is the next cause.
            ErrorKind::Io { source, .. } => source.source(),
            ErrorKind::External(source) => source.source(),
            _ => None,
        }
    }
}

fn unknown_name(f: &mut fmt::Formatter<'_>, what: &str, name: &str, available: &[String]) -> fmt::Result {
    write!(f, "there is no {what} {name:?}")?;
    let nearest = nearest_names(name, available);
    if let Some((last, rest)) = nearest.split_last() {
        let rest: String = rest.iter().map(|n| format!("{n:?}, ")).collect();
        let or = if rest.is_empty() { "" } else { "or " };
        write!(f, "; did you mean {rest}{or}{last:?}?")?;
    }
    let shown: Vec<_> = available.iter().take(20).map(|n| format!("{n:?}")).collect();
    let more = if available.len() > 20 { ", …" } else { "" };
    write!(f, " Available: [{}{more}]", shown.join(", "))
}

/// Up to three names within an edit distance of a third of the name's length, nearest first.
fn nearest_names<'a>(name: &str, available: &'a [String]) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let limit = name.chars().count().div_ceil(3);
    let mut found: Vec<(usize, &str)> = available
        .iter()
        .map(|a| (edit_distance(&wanted, &a.to_lowercase()), a.as_str()))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    found.sort();
    found.into_iter().take(3).map(|(_, n)| n).collect()
}

/// Levenshtein distance by the two-row dynamic program (Wagner and Fischer 1974).
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_column_names_the_nearest() {
        let error = Error::column_not_found("pirce", ["price", "quantity", "prices"]);
        let text = error.to_string();
        assert!(text.contains("did you mean"), "{text}");
        assert!(text.contains("\"price\""), "{text}");
    }

    #[test]
    fn a_chain_of_causes_says_each_once() {
        let error = Error::io("x.csv", std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"));
        assert_eq!(error.to_string(), "x.csv: no such file");
        assert!(std::error::Error::source(&error).is_none());
    }

    #[test]
    fn edit_distance_by_hand() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("abc", "abc"), 0);
    }
}
