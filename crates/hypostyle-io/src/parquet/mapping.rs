//! Where each column of a scan comes from in one of its files.

use hypostyle_core::{Column, DataType, Error, Result, Scalar, Schema};
use hypostyle_expr::types::supertype;
use hypostyle_kernels::cast::{CastMode, cast};

use super::file::{ParquetFile, within};
use super::options::ParquetReadOptions;

/// What a column of the scan's schema is.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// In the files, by its name.
    Stored,
    /// In the names of directories: one of the columns that they name.
    Hive(usize),
    RowIndex,
    /// See `row_ids`.
    RowId,
    FilePath,
}

/// The columns of the scan's schema in one file.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    places: Vec<Place>,
}

#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A column of the file, perhaps of another type than the scan's.
    Column {
        column: usize,
        cast: Option<DataType>,
    },
    /// The file does not have it.
    Missing(DataType),
    /// The same for all rows.
    Constant(Scalar),
    RowIndex,
    RowId,
    FilePath,
}

impl Mapping {
    /// Finds the columns.
    ///
    /// # Errors
    /// `SchemaMismatch` if the file does not have them, or has others, and the options do not allow it.
    pub(super) fn of(
        file: &ParquetFile,
        schema: &Schema,
        origins: &[Origin],
        hive: &[Scalar],
        options: &ParquetReadOptions,
    ) -> Result<Self> {
        let refused = |what: String| Err(within(Error::schema(what), &file.name));
        let mut places = Vec::with_capacity(schema.len());
        for (field, origin) in schema.into_iter().zip(origins) {
            places.push(match origin {
                Origin::RowIndex => Place::RowIndex,
                Origin::RowId => Place::RowId,
                Origin::FilePath => Place::FilePath,
                Origin::Hive(place) => Place::Constant(hive[*place].clone()),
                Origin::Stored => match file.schema.position(&field.name) {
                    Some(column) => {
                        let stored = &file.schema.fields()[column].dtype;
                        let cast = (*stored != field.dtype).then(|| field.dtype.clone());
                        if cast.is_some() && !widens(stored, &field.dtype, options) {
                            return refused(format!(
                                "column {:?} is {stored}, but {} was expected",
                                field.name, field.dtype
                            ));
                        }
                        Place::Column { column, cast }
                    }
                    None if options.insert_missing_columns => Place::Missing(field.dtype.clone()),
                    None => return refused(format!("there is no column {:?}", field.name)),
                },
            });
        }
        if !options.ignore_extra_columns {
            let extra = file.schema.names().find(|name| !schema.contains(name));
            if let Some(extra) = extra {
                return refused(format!("there is a column {extra:?} that the schema does not have"));
            }
        }
        Ok(Self { places })
    }

    /// The column of the file that a column of the scan is, if it is as it is stored and not nested.
    pub(super) fn flat_column(&self, place: usize, file: &ParquetFile) -> Option<usize> {
        match self.place(place)? {
            Place::Column { column, cast: None } if file.columns[*column].flat.is_some() => Some(*column),
            _ => None,
        }
    }

    /// The same with row ids behind the other columns.
    pub(super) fn with_row_ids(&self) -> Self {
        Self { places: self.places.iter().cloned().chain([Place::RowId]).collect() }
    }

    pub(super) fn place(&self, column: usize) -> Option<&Place> {
        self.places.get(column)
    }
}

/// Whether every value of a type is one of the other, and the options allow to make it one.
fn widens(from: &DataType, to: &DataType, options: &ParquetReadOptions) -> bool {
    let integers = match (from, to) {
        (DataType::Decimal(narrow, a), DataType::Decimal(wide, b)) => a == b && narrow <= wide,
        _ => from.is_integer() && to.is_integer() && supertype(from, to).as_ref() == Some(to),
    };
    let floats = from.is_float() && *to == DataType::Float64;
    options.widen_integers && integers || options.widen_floats && floats
}

/// A column in the type of the scan.
pub(super) fn converted(column: Column, to: Option<&DataType>) -> Result<Column> {
    match to {
        Some(dtype) => cast(&column, dtype, CastMode::Strict),
        None => Ok(column),
    }
}
