//! What most programs use.

pub use hypostyle_expr::dsl::{
    aggregate, all, all_horizontal, any_horizontal, as_struct, call, coalesce, col, cols, column,
    concat_list, concat_str, corr, cov, date, date_range, datetime, datetime_range, element, int_range, len,
    list, lit, max_horizontal, mean_horizontal, min_horizontal, null, repeat, sum_horizontal, time_range,
    when,
};

pub use crate::{
    AsOfOptions, AsOfStrategy, CancelToken, Column, Context, CsvReadOptions, CsvWrite, CsvWriteOptions,
    DataFrame, DataFrameOps, DataType, Distances, Error, ErrorKind, Expr, Field, IpcCompression,
    IpcReadOptions, IpcWrite, IpcWriteOptions, JoinArgs, JoinType, JsonReadOptions, JsonWrite, LazyFrame,
    LazyGroupBy, NdjsonReadOptions, NdjsonWriteOptions, ParquetReadOptions, ParquetWrite,
    ParquetWriteOptions, Result, Scalar, Schema, Series, SortOptions, StorageOptions, Target,
    TextCompression, TimeGroupOptions, TimeUnit, UniqueKeep, Value, collect_all, concat, concat_horizontal,
    read_csv, read_ipc, read_json, read_ndjson, read_parquet, scan_csv, scan_csv_bytes, scan_csv_paths,
    scan_ipc, scan_ipc_bytes, scan_ndjson, scan_ndjson_bytes, scan_parquet, scan_parquet_bytes,
    scan_parquet_paths,
};
