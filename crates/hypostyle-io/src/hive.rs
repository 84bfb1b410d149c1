//! Directories named `name=value`: columns that are written into paths, as Hive does.
//!
//! Values are text with `%XX` for bytes that paths do not allow; they name no file, so that whatever they say, nothing
//! else is read.

use std::path::{Component, Path};

use chrono::NaiveDate;
use hypostyle_core::{Batch, Column, DataType, Error, Field, Result, Scalar, Schema, Value};
use hypostyle_expr::{BoundExpr, bind};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_plan::ScanRequest;

/// What stands for null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The columns that the paths of files name, and their values.
#[derive(Debug, Default)]
pub(crate) struct HiveColumns {
    pub(crate) fields: Vec<Field>,
    /// For each file one value for each field.
    pub(crate) values: Vec<Vec<Scalar>>,
}

impl HiveColumns {
    /// Reads the directories of paths, each from its `start` on, a number of components.
    ///
    /// # Errors
    /// `SchemaMismatch` if files do not have the same columns, or if a value is none of the type asked for.
    pub(crate) fn read(files: &[(&Path, usize)], schema: Option<&Schema>, dates: bool) -> Result<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut texts: Vec<Vec<Option<String>>> = Vec::with_capacity(files.len());
        for (number, (path, start)) in files.iter().enumerate() {
            let pairs = pairs(path, *start);
            if number == 0 {
                names = pairs.iter().map(|(name, _)| name.clone()).collect();
            }
            if !pairs.iter().map(|(name, _)| name).eq(&names) {
                return Err(Error::schema(format!(
                    "{}: its directories name other columns than those of {}",
                    path.display(),
                    files[0].0.display()
                )));
            }
            texts.push(pairs.into_iter().map(|(_, value)| value).collect());
        }
        let mut columns = Self { fields: Vec::new(), values: vec![Vec::new(); files.len()] };
        for (place, name) in names.iter().enumerate() {
            let column: Vec<Option<&str>> = texts.iter().map(|row| row[place].as_deref()).collect();
            let wanted = schema.and_then(|schema| schema.dtype(name).ok());
            let dtype = wanted.cloned().unwrap_or_else(|| inferred(&column, dates));
            let column = Column::from_utf8(column.into_iter().collect());
            let values = typed(&column, &dtype, CastMode::Strict)
                .map_err(|e| Error::schema(format!("the column {name:?} of the directories: {e}")))?;
            for (row, values_of_file) in columns.values.iter_mut().enumerate() {
                values_of_file.push(values.get(row));
            }
            columns.fields.push(Field::new(name.as_str(), dtype));
        }
        Ok(columns)
    }
}

/// Names and values of the directories of a path, from a component on. The file's own name is none.
fn pairs(path: &Path, start: usize) -> Vec<(String, Option<String>)> {
    let mut components: Vec<Component<'_>> = path.components().skip(start).collect();
    components.pop();
    let mut pairs = Vec::new();
    for component in components {
        let Component::Normal(part) = component else { continue };
        let part = part.to_string_lossy();
        if let Some((name, value)) = part.split_once('=')
            && !name.is_empty()
        {
            pairs.push((decoded(name), (value != NULL).then(|| decoded(value))));
        }
    }
    pairs
}

/// Text whose `%XX` are bytes; what is no UTF-8 then stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let hex = |b: u8| char::from(b).to_digit(16);
        match (byte, behind) {
            (b'%', [high, low, behind @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push((hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0)) as u8);
                rest = behind;
            }
            _ => {
                bytes.push(*byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Texts as values of a type.
fn typed(texts: &Column, dtype: &DataType, mode: CastMode) -> Result<Column> {
    if *dtype != DataType::Date {
        return cast(texts, dtype, mode);
    }
    let days = (0..texts.len()).map(|row| {
        let date = NaiveDate::parse_from_str(texts.str_at(row)?, "%Y-%m-%d").ok()?;
        i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
    });
    let days = Column::from_options(days);
    if mode == CastMode::Strict && days.null_count() > texts.null_count() {
        return Err(Error::schema("a value is no date"));
    }
    days.with_dtype(DataType::Date)
}

/// The type of some texts.
fn inferred(texts: &[Option<&str>], dates: bool) -> DataType {
    let column = Column::from_utf8(texts.iter().copied().collect());
    let nulls = column.null_count();
    let fits =
        |dtype: &DataType| typed(&column, dtype, CastMode::NonStrict).is_ok_and(|c| c.null_count() == nulls);
    if nulls == texts.len() {
        return DataType::String;
    }
    let mut candidates = vec![DataType::Int64, DataType::Float64];
    if dates {
        candidates.push(DataType::Date);
    }
    candidates.into_iter().find(fits).unwrap_or(DataType::String)
}

/// What is asked of columns that directories name alone: places among those, and a predicate over them.
#[derive(Debug, Default)]
pub(crate) struct DirectoryTests(Vec<(Vec<usize>, BoundExpr)>);

impl DirectoryTests {
    /// The conjuncts of a request that name no other columns; `place` gives that of a column among those of
    /// directories.
    pub(crate) fn of_request(
        request: &ScanRequest,
        schema: &Schema,
        place: impl Fn(usize) -> Option<usize>,
    ) -> Result<Self> {
        let mut tests = Vec::new();
        for conjunct in request.predicate.iter().flat_map(|predicate| predicate.conjuncts()) {
            let mut columns = Vec::new();
            bind(conjunct, schema)?.input_columns(&mut columns);
            columns.sort_unstable();
            columns.dedup();
            if let Some(places) = columns.iter().map(|column| place(*column)).collect::<Option<Vec<_>>>()
                && !places.is_empty()
            {
                tests.push((places, bind(conjunct, &schema.project(&columns))?));
            }
        }
        Ok(Self(tests))
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file with these values may have rows that are wanted.
    pub(crate) fn may_hold(&self, values: &[Scalar]) -> bool {
        self.0.iter().all(|(places, predicate)| {
            let columns =
                places.iter().filter_map(|place| values.get(*place)).map(|value| constant(value, 1));
            let columns: Vec<_> = columns.collect();
            if columns.len() != places.len() {
                return true;
            }
            let holds = Batch::try_new(columns, 1).and_then(|row| predicate.evaluate(&row)?.into_rows(1));
            // What cannot be computed is left to the rows.
            holds.map_or(true, |holds| holds.as_boolean().is_none_or(|b| b.truthy().count_set() > 0))
        })
    }
}

/// One value for some rows.
pub(crate) fn constant(value: &Scalar, rows: usize) -> Column {
    match value.value {
        Value::Null => Column::full_null(value.dtype.clone(), rows),
        _ => Column::from_scalar(value, rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(paths: &[&str], start: usize) -> Result<HiveColumns> {
        let files: Vec<(&Path, usize)> = paths.iter().map(|p| (Path::new(*p), start)).collect();
        HiveColumns::read(&files, None, true)
    }

    #[test]
    fn values_have_types() {
        let columns =
            read(&["d/y=2024/c=a%2Fb/f", "d/y=7/c=../f", "d/y=__HIVE_DEFAULT_PARTITION__/c=/f"], 1).unwrap();
        let names: Vec<(&str, &DataType)> = columns.fields.iter().map(|f| (&*f.name, &f.dtype)).collect();
        assert_eq!(names, [("y", &DataType::Int64), ("c", &DataType::String)]);
        assert_eq!(columns.values[0][0].as_i128(), Some(2024));
        assert_eq!(columns.values[0][1].as_str(), Some("a/b"));
        assert_eq!(columns.values[1][1].as_str(), Some(".."));
        assert!(columns.values[2][0].is_null());
        assert_eq!(columns.values[2][1].as_str(), Some(""));
        let dates = read(&["d/t=2024-02-29/f", "d/t=2024-03-01/f"], 0).unwrap();
        assert_eq!(dates.fields[0].dtype, DataType::Date);
    }

    #[test]
    fn files_agree_on_their_columns() {
        assert!(read(&["a=1/f", "b=1/f"], 0).unwrap_err().to_string().contains("b=1"));
        assert!(read(&["a=1/f", "f"], 0).is_err());
        assert!(read(&["f", "g"], 0).unwrap().fields.is_empty());
        let schema = Schema::try_new(vec![Field::new("a", DataType::Int8)]).unwrap();
        let error = HiveColumns::read(&[(Path::new("a=x/f"), 0)], Some(&schema), true).unwrap_err();
        assert!(error.to_string().contains("\"a\""), "{error}");
    }
}
