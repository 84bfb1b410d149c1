//! A user's function in an expression: opaque, but for its inputs, its output and which rows it reads.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hypostyle_core::{Column, DataType, Error, Result, Series};

/// What a user's function computes, from columns of equal length under the names of their expressions. It is told the
/// type that the result must have.
pub type UserCall = dyn Fn(&[Series], &DataType) -> Result<Column> + Send + Sync;

/// The type of what it computes, from the types of the columns.
pub type UserType = dyn Fn(&[DataType]) -> Result<DataType> + Send + Sync;

/// A user's function. Two are equal if they are the same object.
#[derive(Clone)]
pub struct UserFunction {
    /// What plans show.
    pub name: Arc<str>,
    /// What it computes.
    pub call: Arc<UserCall>,
    /// The type of its result.
    pub output: Arc<UserType>,
    /// Whether each row of the result depends on the same row of the inputs alone: it may then be called for any part
    /// of the rows. If not, it is called once for all rows, or once for each group.
    pub elementwise: bool,
    /// Whether it gives one value for all rows that it is called with.
    pub returns_scalar: bool,
}

impl UserFunction {
    /// The result for columns; an error if it is not of the planned type or length.
    pub(crate) fn apply(
        &self,
        names: &[Arc<str>],
        columns: Vec<Column>,
        output: &DataType,
    ) -> Result<Column> {
        let rows = columns.first().map_or(0, Column::len);
        let named = names.iter().zip(columns).map(|(name, column)| Series::new(Arc::clone(name), column));
        let result = (self.call)(&named.collect::<Vec<_>>(), output)?;
        if result.dtype() != output {
            return Err(Error::schema(format!(
                "the function {} was to give {output} and gave {}",
                self.name,
                result.dtype()
            )));
        }
        let expected = match (self.returns_scalar, self.elementwise) {
            (true, _) => 1,
            (false, true) => rows,
            (false, false) => return Ok(result),
        };
        if result.len() != expected {
            return Err(Error::shape(format!(
                "the function {} gave {} values for {rows} rows, {expected} expected",
                self.name,
                result.len()
            )));
        }
        Ok(result)
    }
}

impl fmt::Debug for UserFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for UserFunction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.call, &other.call)
    }
}

impl Eq for UserFunction {}

impl Hash for UserFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.call).cast::<()>().hash(state);
    }
}
