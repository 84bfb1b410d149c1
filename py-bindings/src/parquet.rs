//! Options of Parquet from Python's keyword arguments.

use hypostyle_core::{Buffer, Schema};
use hypostyle_io::StorageOptions;
use hypostyle_io::parquet::{ParquetCompression, ParquetReadOptions, ParquetSource, ParquetWriteOptions};
use pyo3::exceptions::PyValueError;
use pyo3::types::{PyAnyMethods, PyBytes, PyDict, PyDictMethods};
use pyo3::{Bound, PyAny, PyResult, Python, pyfunction};

use crate::csv::fields;
use crate::errors::OrRaise;

/// A source over paths (a list) or bytes.
pub(crate) fn source(source: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<ParquetSource> {
    let options = read_options(options)?;
    if let Ok(bytes) = source.cast::<PyBytes>() {
        let bytes: Vec<u8> = bytes.extract()?;
        return Ok(ParquetSource::from_bytes(Buffer::from(bytes), options));
    }
    Ok(ParquetSource::from_paths(source.extract::<Vec<String>>()?, options))
}

fn read_options(dict: &Bound<'_, PyDict>) -> PyResult<ParquetReadOptions> {
    let mut options = ParquetReadOptions::default();
    for (key, value) in dict.iter() {
        let key: String = key.extract()?;
        match key.as_str() {
            "n_rows" => options.n_rows = value.extract()?,
            "row_index_name" => options.row_index_name = value.extract()?,
            "row_index_offset" => options.row_index_offset = value.extract()?,
            "glob" => options.glob = value.extract()?,
            "storage" => options.storage = StorageOptions(value.extract()?),
            "include_file_paths" => options.include_file_paths = value.extract()?,
            "schema" => options.schema = Some(Schema::try_new(fields(&value)?).or_raise()?),
            "use_statistics" => options.use_statistics = value.extract()?,
            "hive_partitioning" => options.hive_partitioning = value.extract()?,
            "hive_schema" => options.hive_schema = Some(Schema::try_new(fields(&value)?).or_raise()?),
            "try_parse_hive_dates" => options.try_parse_hive_dates = value.extract()?,
            "insert_missing_columns" => options.insert_missing_columns = value.extract()?,
            "ignore_extra_columns" => options.ignore_extra_columns = value.extract()?,
            "widen_integers" => options.widen_integers = value.extract()?,
            "widen_floats" => options.widen_floats = value.extract()?,
            _ => return Err(PyValueError::new_err(format!("Parquet has no option {key:?}"))),
        }
    }
    Ok(options)
}

/// How to write.
pub(crate) fn write_options(dict: &Bound<'_, PyDict>) -> PyResult<ParquetWriteOptions> {
    let mut options = ParquetWriteOptions::default();
    let level: Option<i32> = dict.get_item("compression_level")?.map(|l| l.extract()).transpose()?;
    for (key, value) in dict.iter() {
        let key: String = key.extract()?;
        match key.as_str() {
            "compression" => {
                options.compression = match value.extract::<String>()?.as_str() {
                    "uncompressed" => ParquetCompression::None,
                    "snappy" => ParquetCompression::Snappy,
                    "lz4" => ParquetCompression::Lz4,
                    "gzip" => ParquetCompression::Gzip(level.map(|l| l.max(0).unsigned_abs())),
                    "zstd" => ParquetCompression::Zstd(level),
                    other => return Err(PyValueError::new_err(format!("no compression {other:?}"))),
                };
            }
            // One option of two.
            "compression_level" => {}
            "statistics" => options.statistics = value.extract()?,
            "row_group_size" => options.row_group_size = value.extract()?,
            "data_page_size" => options.data_page_size = value.extract()?,
            "metadata" => options.metadata = value.extract()?,
            _ => return Err(PyValueError::new_err(format!("Parquet has no option {key:?}"))),
        }
    }
    Ok(options)
}

/// Keys and values of a file's footer.
#[pyfunction]
pub(crate) fn read_parquet_metadata(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
) -> PyResult<Vec<(String, String)>> {
    let source = self::source(source, &PyDict::new(py))?;
    py.detach(|| source.key_values()).or_raise()
}
