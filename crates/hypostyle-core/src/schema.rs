//! Names and types of columns, in order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dtype::DataType;
use crate::error::{Error, Result};

/// A shared schema.
pub type SchemaRef = Arc<Schema>;

/// A name and a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// The column's name.
    pub name: Arc<str>,
    /// The column's type.
    pub dtype: DataType,
}

impl Field {
    /// A field.
    pub fn new(name: impl Into<Arc<str>>, dtype: DataType) -> Self {
        Self { name: name.into(), dtype }
    }
}

/// Fields in order, with unique names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Schema {
    fields: Vec<Field>,
}

impl Schema {
    /// Fails with `Duplicate` if a name is there twice.
    pub fn try_new(fields: Vec<Field>) -> Result<Self> {
        let mut names: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::duplicate(pair[0]));
        }
        Ok(Self { fields })
    }

    /// The fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().map(|f| &*f.name)
    }

    /// The position of a name, if there is one.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| &*f.name == name)
    }

    /// The position of a name, or `ColumnNotFound`.
    pub fn index_of(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| Error::column_not_found(name, self.names()))
    }

    /// The field of a name, or `ColumnNotFound`.
    pub fn field(&self, name: &str) -> Result<&Field> {
        self.index_of(name).map(|i| &self.fields[i])
    }

    /// The type of a name, or `ColumnNotFound`.
    pub fn dtype(&self, name: &str) -> Result<&DataType> {
        self.field(name).map(|f| &f.dtype)
    }

    /// Whether a name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The fields at these positions. Positions must be valid.
    pub fn project(&self, indices: &[usize]) -> Schema {
        Schema { fields: indices.iter().map(|&i| self.fields[i].clone()).collect() }
    }
}

impl<'a> IntoIterator for &'a Schema {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter()
    }
}
