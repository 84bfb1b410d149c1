//! Reading a JSON document: an array of objects, or one object, which is one row.

use std::sync::Arc;

use hypostyle_core::{Batch, DataFrame, Error, Field, Result, Schema};
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::shape::{Misshapen, Shape};
use crate::input::{Location, text_of};

/// How to read a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JsonReadOptions {
    /// Names and types of all columns, which are then not inferred.
    pub schema: Option<Schema>,
    /// Types of some of the columns.
    pub schema_overrides: Option<Schema>,
    /// How many rows types are inferred from; all if `None`.
    pub infer_schema_length: Option<usize>,
}

impl Default for JsonReadOptions {
    fn default() -> Self {
        Self { schema: None, schema_overrides: None, infer_schema_length: Some(100) }
    }
}

/// The columns that objects of a shape make, with types that somebody chose for some of them.
pub(crate) fn columns_of(shape: &Shape, overrides: Option<&Schema>) -> Result<Vec<Field>> {
    let mut fields = shape.columns()?;
    for chosen in overrides.map_or(&[][..], Schema::fields) {
        match fields.iter_mut().find(|field| field.name == chosen.name) {
            Some(field) => field.dtype = chosen.dtype.clone(),
            None => {
                return Err(Error::column_not_found(&chosen.name, fields.iter().map(|field| &*field.name)));
            }
        }
    }
    Ok(fields)
}

/// Reads a JSON document of a file or in bytes, compressed or not.
///
/// # Errors
///
/// `Io` if it cannot be read, `Compute` with line and place if it is no JSON, or no array of objects, `Parse` if a
/// value does not fit its column.
pub fn read_json(from: &Location, options: &JsonReadOptions) -> Result<DataFrame> {
    let bytes = from.read_all()?;
    let text = text_of(&bytes, from.path(), 1)?;
    let fields = match &options.schema {
        Some(schema) => schema.fields().to_vec(),
        None => {
            let shape = shape_of(text, options.infer_schema_length)
                .map_err(|e| e.into_error(&format!("{} is no JSON that can be read", from.name())))?;
            match shape {
                // An array without objects has no columns.
                Shape::Null => Vec::new(),
                shape => columns_of(&shape, options.schema_overrides.as_ref())?,
            }
        }
    };
    let mut rows = Rows::new(&fields, text, false)?;
    rows.push_document(text).map_err(|fault| fault.into_error(from.path(), 1))?;
    let len = if fields.is_empty() { 0 } else { rows.len() };
    let batch = Batch::try_new(rows.finish()?, len)?;
    DataFrame::from_batches(Arc::new(Schema::try_new(fields)?), vec![batch])
}

/// The shape of the first objects of a document.
fn shape_of(text: &str, length: Option<usize>) -> Result<Shape, Misshapen> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let mut shape = Shape::default();
    if !text.starts_with('[') {
        shape.add(text)?;
        return Ok(shape);
    }
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(text)?;
    for item in items.into_iter().take(length.unwrap_or(usize::MAX).max(1)) {
        shape.add(item.get())?;
    }
    Ok(shape)
}
