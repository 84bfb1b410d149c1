//! The bridge to the arrow-rs crates, which read and write some file formats for us: their arrays as columns and back.
//!
//! Both sides speak the Arrow C Data Interface, so nothing is copied that both lay out alike, and what comes in is
//! checked by [`hypostyle_core::ffi`] as anything foreign is. This is the only crate that names arrow-rs' half of the
//! interface; the structs of both halves are the same C structs, and moving one into the other is all the `unsafe` code
//! here.
//!
//! Deliberately absent: any computation on arrow-rs' arrays.

use arrow_array::ffi::{FFI_ArrowArray, from_ffi, to_ffi};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StructArray, make_array};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, Field as ForeignField, FieldRef, Schema as ForeignSchema};
use hypostyle_core::ffi::{
    ArrowArray, ArrowSchema, StringForm, export_column, export_field, import_column, import_field,
};
use hypostyle_core::{Batch, Column, Error, Field, Result, Schema};

fn refused(error: &ArrowError) -> Error {
    Error::compute(format!("Arrow data that cannot be exchanged: {error}"))
}

/// A foreign field as ours.
///
/// # Errors
/// `Unsupported` if no data type of ours can hold its values.
pub fn to_field(field: &ForeignField) -> Result<Field> {
    let schema = schema_of(field)?;
    // SAFETY: arrow-rs made the schema by the specification.
    unsafe { import_field(&schema) }
}

/// A foreign schema as ours.
///
/// # Errors
/// `Unsupported` if no data type of ours can hold the values of one of its fields, `Duplicate` if a name is there
/// twice.
pub fn to_schema(schema: &ForeignSchema) -> Result<Schema> {
    Schema::try_new(schema.fields().iter().map(|f| to_field(f)).collect::<Result<_>>()?)
}

/// A foreign array as a column, with what its field's metadata says of its type.
///
/// # Errors
/// `Unsupported` if no data type of ours can hold its values; `Overflow`, `Compute` if the values break the rules.
pub fn to_column(array: &dyn Array, field: &ForeignField) -> Result<Column> {
    let schema = schema_of(field)?;
    let (mut array, _) = to_ffi(&array.to_data()).map_err(|e| refused(&e))?;
    // SAFETY: both structs are `repr(C)` after the same specification, and the content is moved out before the drop.
    let array = unsafe { ArrowArray::take((&raw mut array).cast()) };
    // SAFETY: arrow-rs made array and schema by the specification.
    unsafe { import_column(array, &schema) }.map(|(_, column)| column)
}

/// A foreign batch as ours.
///
/// # Errors
/// As [`to_column`].
pub fn to_batch(batch: &RecordBatch) -> Result<Batch> {
    let schema = batch.schema();
    let columns = batch.columns().iter().zip(schema.fields()).map(|(array, field)| to_column(array, field));
    Batch::try_new(columns.collect::<Result<_>>()?, batch.num_rows())
}

fn schema_of(field: &ForeignField) -> Result<ArrowSchema> {
    let mut schema = FFI_ArrowSchema::try_from(field).map_err(|e| refused(&e))?;
    // SAFETY: as for arrays in `to_column`.
    Ok(unsafe { ArrowSchema::take((&raw mut schema).cast()) })
}

/// A field of ours as a foreign one: text in the form asked for.
///
/// # Errors
/// `SchemaMismatch` if a name holds a zero byte.
pub fn from_field(field: &Field, strings: StringForm) -> Result<ForeignField> {
    let schema = foreign_schema(field, strings)?;
    ForeignField::try_from(&schema).map_err(|e| refused(&e))
}

/// A schema of ours as a foreign one.
///
/// # Errors
/// As [`from_field`].
pub fn from_schema(schema: &Schema, strings: StringForm) -> Result<ForeignSchema> {
    let fields = schema.fields().iter().map(|f| from_field(f, strings).map(FieldRef::new));
    Ok(ForeignSchema::new(fields.collect::<Result<Vec<_>>>()?))
}

fn foreign_schema(field: &Field, strings: StringForm) -> Result<FFI_ArrowSchema> {
    let mut schema = export_field(field, strings)?;
    // SAFETY: the same C struct; `from_raw` moves the content out and leaves an empty one.
    Ok(unsafe { FFI_ArrowSchema::from_raw((&raw mut schema).cast()) })
}

/// A column as a foreign array: text in the form asked for.
///
/// # Errors
/// `Compute` if arrow-rs does not accept it.
pub fn from_column(column: &Column, strings: StringForm) -> Result<ArrayRef> {
    let schema = foreign_schema(&Field::new("", column.dtype().clone()), strings)?;
    let mut array = export_column(column, strings);
    // SAFETY: the same C struct; `from_raw` moves the content out and leaves an empty one.
    let array = unsafe { FFI_ArrowArray::from_raw((&raw mut array).cast()) };
    // SAFETY: core exports by the specification.
    let data = unsafe { from_ffi(array, &schema) }.map_err(|e| refused(&e))?;
    Ok(make_array(data))
}

/// A batch as a foreign one of a schema that [`from_schema`] made under the same form of text.
///
/// # Errors
/// `Compute` if arrow-rs does not accept it, or if the schema is not that of the batch.
pub fn from_batch(batch: &Batch, schema: &ForeignSchema, strings: StringForm) -> Result<RecordBatch> {
    let arrays = batch.columns().iter().map(|c| from_column(c, strings)).collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.len()));
    RecordBatch::try_new_with_options(schema.clone().into(), arrays, &options).map_err(|e| refused(&e))
}

/// Rows of a foreign struct as a batch: its fields are the columns, and rows where it is null are null in each.
///
/// # Errors
/// As [`to_column`].
pub fn struct_to_batch(array: &StructArray) -> Result<Batch> {
    to_batch(&RecordBatch::from(array.clone()))
}

#[cfg(test)]
mod tests;
