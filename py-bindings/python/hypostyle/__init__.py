"""Hypostyle: a columnar DataFrame engine with the names and meanings of Polars.

>>> import hypostyle as hs
>>> df = hs.DataFrame({"shop": ["a", "b", "a"], "sold": [3, 4, 5]})
>>> df.group_by("shop", maintain_order=True).agg(hs.col("sold").sum()).rows()
[('a', 8), ('b', 4)]
"""

from builtins import list as _List

from hypostyle import api, datatypes, exceptions, selectors
from hypostyle._hypostyle import __version__, set_pool_limit, thread_pool_size, trim_memory
from hypostyle.asynchronous import collect_all_async
from hypostyle.config import Config
from hypostyle.dataframe import DataFrame
from hypostyle.datatypes import (
    Array,
    Binary,
    Boolean,
    Categorical,
    DataType,
    Date,
    Datetime,
    Decimal,
    Duration,
    Enum,
    Field,
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    Int128,
    List,
    Null,
    Schema,
    String,
    Struct,
    Time,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    UInt128,
    Utf8,
)
from hypostyle.engine import Engine, InMemoryEngine, QueryOptFlags, StreamingEngine
from hypostyle.expr import Expr
from hypostyle.expr.sequences import set_random_seed
from hypostyle.expr.when import when
from hypostyle.functions.aggregates import (
    any,
    approx_n_unique,
    corr,
    count,
    cov,
    cum_count,
    cum_sum,
    first,
    head,
    implode,
    last,
    len,
    max,
    mean,
    median,
    min,
    n_unique,
    quantile,
    std,
    sum,
    tail,
    var,
)
from hypostyle.functions.columns import (
    all,
    arctan2,
    arg_sort_by,
    arg_where,
    col,
    element,
    escape_regex,
    exclude,
    field,
    lit,
    nth,
    pipe_with_dtype,
)
from hypostyle.functions.frames import (
    align_frames,
    collect_all,
    concat,
    explain_all,
    from_arrow,
    from_dict,
    from_dicts,
    from_epoch,
    from_numpy,
    from_pandas,
    from_records,
    merge_sorted,
    select,
    union,
)
from hypostyle.functions.horizontal import (
    all_horizontal,
    any_horizontal,
    coalesce,
    concat_arr,
    concat_list,
    concat_str,
    fold,
    format,
    list,
    max_horizontal,
    mean_horizontal,
    min_horizontal,
    reduce,
    struct,
    sum_horizontal,
)
from hypostyle.functions.ranges import (
    arange,
    date_range,
    date_ranges,
    datetime_range,
    datetime_ranges,
    int_range,
    int_ranges,
    ones,
    repeat,
    row_index,
    time_range,
    time_ranges,
    zeros,
)
from hypostyle.functions.times import business_day_count, date, datetime, duration, time
from hypostyle.functions.user import cum_fold, cum_reduce, cum_sum_horizontal, map_batches, map_groups
from hypostyle.io.csv import read_csv, scan_csv
from hypostyle.io.ipc import read_ipc, read_ipc_schema, read_ipc_stream, scan_ipc
from hypostyle.io.ndjson import read_json, read_ndjson, scan_ndjson
from hypostyle.io.parquet import (
    ScanCastOptions,
    read_parquet,
    read_parquet_metadata,
    read_parquet_schema,
    scan_parquet,
)
from hypostyle.io.partition import FileProviderArgs, PartitionBy
from hypostyle.lazyframe import LazyFrame
from hypostyle.series import Series

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hypostyle.interchange import CompatLevel
    from hypostyle.io.avro import read_avro
    from hypostyle.io.clipboard import read_clipboard
    from hypostyle.io.database import read_database, read_database_uri
    from hypostyle.io.dataset import from_dataframe, scan_arrow_c_stream, scan_pyarrow_dataset
    from hypostyle.io.delta import read_delta, scan_delta
    from hypostyle.io.excel import read_excel, read_ods
    from hypostyle.io.lines import read_lines, scan_lines
    from hypostyle.io.plugins import defer
    from hypostyle.normalize import json_normalize
    from hypostyle.printed import from_repr
    from hypostyle.string_cache import StringCache, disable_string_cache, enable_string_cache, using_string_cache
    from hypostyle.tensors import from_torch
    from hypostyle.versions import build_info, show_versions

__all__ = [
    "Array",
    "Binary",
    "Boolean",
    "Categorical",
    "CompatLevel",
    "Config",
    "DataFrame",
    "DataType",
    "Date",
    "Datetime",
    "Decimal",
    "Duration",
    "Engine",
    "Enum",
    "Expr",
    "Field",
    "FileProviderArgs",
    "Float16",
    "Float32",
    "Float64",
    "InMemoryEngine",
    "Int128",
    "Int16",
    "Int32",
    "Int64",
    "Int8",
    "LazyFrame",
    "List",
    "Null",
    "PartitionBy",
    "ScanCastOptions",
    "QueryOptFlags",
    "Schema",
    "Series",
    "StreamingEngine",
    "String",
    "StringCache",
    "Struct",
    "Time",
    "UInt16",
    "UInt32",
    "UInt64",
    "UInt128",
    "UInt8",
    "Utf8",
    "__version__",
    "align_frames",
    "all",
    "all_horizontal",
    "any",
    "any_horizontal",
    "api",
    "approx_n_unique",
    "arange",
    "arctan2",
    "arg_sort_by",
    "arg_where",
    "business_day_count",
    "build_info",
    "coalesce",
    "col",
    "collect_all",
    "collect_all_async",
    "concat",
    "concat_arr",
    "concat_list",
    "concat_str",
    "corr",
    "count",
    "cov",
    "cum_count",
    "cum_fold",
    "cum_reduce",
    "cum_sum",
    "cum_sum_horizontal",
    "datatypes",
    "date",
    "date_range",
    "date_ranges",
    "datetime",
    "datetime_range",
    "datetime_ranges",
    "defer",
    "disable_string_cache",
    "duration",
    "element",
    "enable_string_cache",
    "escape_regex",
    "exceptions",
    "exclude",
    "explain_all",
    "field",
    "first",
    "fold",
    "format",
    "from_arrow",
    "from_dataframe",
    "from_dict",
    "from_dicts",
    "from_epoch",
    "from_numpy",
    "from_pandas",
    "from_records",
    "from_repr",
    "from_torch",
    "get_index_type",
    "head",
    "implode",
    "int_range",
    "int_ranges",
    "json_normalize",
    "last",
    "len",
    "list",
    "lit",
    "map_batches",
    "map_groups",
    "max",
    "max_horizontal",
    "mean",
    "mean_horizontal",
    "median",
    "merge_sorted",
    "min",
    "min_horizontal",
    "n_unique",
    "nth",
    "ones",
    "pipe_with_dtype",
    "quantile",
    "read_avro",
    "read_clipboard",
    "read_csv",
    "read_database",
    "read_database_uri",
    "read_delta",
    "read_excel",
    "read_ipc",
    "read_ipc_schema",
    "read_ipc_stream",
    "read_json",
    "read_lines",
    "read_ndjson",
    "read_ods",
    "read_parquet",
    "read_parquet_metadata",
    "read_parquet_schema",
    "reduce",
    "repeat",
    "row_index",
    "scan_arrow_c_stream",
    "scan_csv",
    "scan_delta",
    "scan_ipc",
    "scan_lines",
    "scan_ndjson",
    "scan_parquet",
    "scan_pyarrow_dataset",
    "select",
    "selectors",
    "set_pool_limit",
    "set_random_seed",
    "show_versions",
    "std",
    "struct",
    "sum",
    "sum_horizontal",
    "tail",
    "testing",
    "thread_pool_size",
    "time",
    "time_range",
    "time_ranges",
    "trim_memory",
    "union",
    "using_string_cache",
    "var",
    "when",
    "zeros",
]


#: Names that few programs need, and the modules that have them, imported when somebody asks for a name.
_LATE = {
    "build_info": "hypostyle.versions",
    "CompatLevel": "hypostyle.interchange",
    "defer": "hypostyle.io.plugins",
    "disable_string_cache": "hypostyle.string_cache",
    "enable_string_cache": "hypostyle.string_cache",
    "from_dataframe": "hypostyle.io.dataset",
    "from_repr": "hypostyle.printed",
    "from_torch": "hypostyle.tensors",
    "json_normalize": "hypostyle.normalize",
    "read_avro": "hypostyle.io.avro",
    "read_clipboard": "hypostyle.io.clipboard",
    "read_database": "hypostyle.io.database",
    "read_database_uri": "hypostyle.io.database",
    "read_delta": "hypostyle.io.delta",
    "read_excel": "hypostyle.io.excel",
    "read_lines": "hypostyle.io.lines",
    "read_ods": "hypostyle.io.excel",
    "scan_arrow_c_stream": "hypostyle.io.dataset",
    "scan_delta": "hypostyle.io.delta",
    "scan_lines": "hypostyle.io.lines",
    "scan_pyarrow_dataset": "hypostyle.io.dataset",
    "show_versions": "hypostyle.versions",
    "StringCache": "hypostyle.string_cache",
    "using_string_cache": "hypostyle.string_cache",
}
_LATE_MODULES = ("convert", "interchange", "plugins", "testing")


def __getattr__(name: str) -> object:
    """Names and modules that few programs need are imported when they are asked for."""
    import importlib

    if name == "__narwhals_namespace__":
        return importlib.import_module("hypostyle.narwhals").__narwhals_namespace__
    if name in _LATE_MODULES:
        return importlib.import_module(f"hypostyle.{name}")
    if name in _LATE:
        value = globals()[name] = getattr(importlib.import_module(_LATE[name]), name)
        return value
    msg = f"module 'hypostyle' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> _List[str]:
    return sorted({*globals(), *__all__})


def get_index_type() -> object:
    """The type of row numbers and counts."""
    return UInt32
