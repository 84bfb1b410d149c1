//! Options of CSV from Python's keyword arguments.

use hypostyle_core::Schema;
use hypostyle_io::StorageOptions;
use hypostyle_io::csv::{
    CsvEncoding, CsvReadOptions, CsvSource, CsvWriteOptions, NullValues, QuoteStyle, SchemaOverrides,
};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyDict, PyDictMethods};
use pyo3::{Bound, PyAny, PyResult};

use crate::dtype;
use crate::errors::OrRaise;
use crate::sinks::text_compression;
use crate::sources::Sources;

/// A source over paths (a list) or bytes.
pub(crate) fn source(source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<CsvSource> {
    let options = read_options(options)?;
    Ok(match Sources::from_py(source)? {
        Sources::Paths(paths) => CsvSource::from_paths(paths, options),
        Sources::Bytes(buffers) => CsvSource::from_buffers(buffers, options),
    })
}

/// The one byte of a text.
fn byte(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u8> {
    let text: String = value.extract()?;
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(PyValueError::new_err(format!("`{name}` is one byte, not {text:?}"))),
    }
}

fn read_options(dict: &Bound<'_, PyDict>) -> PyResult<CsvReadOptions> {
    let mut options = CsvReadOptions::default();
    for (key, value) in dict.iter() {
        let key: String = key.extract()?;
        match key.as_str() {
            "has_header" => options.has_header = value.extract()?,
            "separator" => options.separator = byte("separator", &value)?,
            "comment_prefix" => options.comment_prefix = value.extract()?,
            "quote_char" => {
                options.quote_char = if value.is_none() || value.len()? == 0 {
                    None
                } else {
                    Some(byte("quote_char", &value)?)
                };
            }
            "eol_char" => options.eol_char = byte("eol_char", &value)?,
            "skip_rows" => options.skip_rows = value.extract()?,
            "skip_lines" => options.skip_lines = value.extract()?,
            "skip_rows_after_header" => options.skip_rows_after_header = value.extract()?,
            "n_rows" => options.n_rows = value.extract()?,
            "schema" => options.schema = Some(Schema::try_new(fields(&value)?).or_raise()?),
            "schema_overrides" => {
                let fields = fields(&value)?.into_iter().map(|f| (f.name.to_string(), f.dtype));
                options.schema_overrides = Some(SchemaOverrides::ByName(fields.collect()));
            }
            "dtypes" => {
                let dtypes = value.try_iter()?.map(|d| dtype::from_py(&d?));
                options.schema_overrides =
                    Some(SchemaOverrides::ByPosition(dtypes.collect::<PyResult<_>>()?));
            }
            "new_columns" => options.new_columns = value.extract()?,
            "null_values" => options.null_values = Some(null_values(&value)?),
            "empty_string_is_null" => options.empty_string_is_null = value.extract()?,
            "ignore_errors" => options.ignore_errors = value.extract()?,
            "try_parse_dates" => options.try_parse_dates = value.extract()?,
            "infer_schema" => options.infer_schema = value.extract()?,
            "infer_schema_files" => options.infer_schema_files = value.extract()?,
            "ignore_extra_columns" => options.ignore_extra_columns = value.extract()?,
            "insert_missing_columns" => options.insert_missing_columns = value.extract()?,
            "infer_schema_length" => options.infer_schema_length = value.extract()?,
            "encoding" => {
                options.encoding = match value.extract::<String>()?.as_str() {
                    "utf8" => CsvEncoding::Utf8,
                    "utf8-lossy" => CsvEncoding::Utf8Lossy,
                    other => return Err(PyValueError::new_err(format!("no encoding {other:?}"))),
                };
            }
            "decimal_comma" => options.decimal_comma = value.extract()?,
            "row_index_name" => options.row_index_name = value.extract()?,
            "row_index_offset" => options.row_index_offset = value.extract()?,
            "truncate_ragged_lines" => options.truncate_ragged_lines = value.extract()?,
            "glob" => options.glob = value.extract()?,
            "storage" => options.storage = StorageOptions(value.extract()?),
            "include_file_paths" => options.include_file_paths = value.extract()?,
            "n_threads" => options.n_threads = value.extract()?,
            "raise_if_empty" => options.raise_if_empty = value.extract()?,
            _ => return Err(PyValueError::new_err(format!("CSV has no option {key:?}"))),
        }
    }
    Ok(options)
}

/// Fields from pairs of name and type.
pub(crate) fn fields(value: &Bound<'_, PyAny>) -> PyResult<Vec<hypostyle_core::Field>> {
    value
        .try_iter()?
        .map(|field| {
            let (name, dtype): (String, Bound<'_, PyAny>) = field?.extract()?;
            Ok(hypostyle_core::Field::new(name, dtype::from_py(&dtype)?))
        })
        .collect()
}

/// One text, several, or one a column.
fn null_values(value: &Bound<'_, PyAny>) -> PyResult<NullValues> {
    if let Ok(text) = value.extract::<String>() {
        return Ok(NullValues::AllColumns(vec![text]));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        let pairs = dict.iter().map(|(k, v)| Ok((k.extract()?, v.extract()?)));
        return Ok(NullValues::ByName(pairs.collect::<PyResult<_>>()?));
    }
    Ok(NullValues::AllColumns(value.extract()?))
}

pub(crate) fn write_options(dict: &Bound<'_, PyDict>) -> PyResult<CsvWriteOptions> {
    let (compression, _) = text_compression(dict)?;
    let mut options = CsvWriteOptions { compression, ..CsvWriteOptions::default() };
    for (key, value) in dict.iter() {
        let key: String = key.extract()?;
        match key.as_str() {
            "include_header" => options.include_header = value.extract()?,
            "include_bom" => options.include_bom = value.extract()?,
            "separator" => options.separator = byte("separator", &value)?,
            "line_terminator" => options.line_terminator = value.extract()?,
            "quote_char" => options.quote_char = byte("quote_char", &value)?,
            "quote_style" => {
                options.quote_style = match value.extract::<String>()?.as_str() {
                    "necessary" => QuoteStyle::Necessary,
                    "always" => QuoteStyle::Always,
                    "never" => QuoteStyle::Never,
                    "non_numeric" => QuoteStyle::NonNumeric,
                    other => return Err(PyValueError::new_err(format!("no quote style {other:?}"))),
                };
            }
            // One option of two.
            "compression" | "compression_level" => {}
            "null_value" => options.null_value = value.extract()?,
            "date_format" => options.date_format = value.extract()?,
            "time_format" => options.time_format = value.extract()?,
            "datetime_format" => options.datetime_format = value.extract()?,
            "float_precision" => options.float_precision = value.extract()?,
            "float_scientific" => options.float_scientific = value.extract()?,
            "decimal_comma" => options.decimal_comma = value.extract()?,
            _ => return Err(PyValueError::new_err(format!("CSV has no option {key:?}"))),
        }
    }
    Ok(options)
}
