"""Writes polars.tsv: what Polars 2.1.0 gives for functions, aggregates and operators of columns of all types.

Run with a Python that has polars==2.1.0: `python make.py > polars.tsv`. The columns are those of `oracle.rs`.
A line is: kind, name, options, type of `a`, type of `b`, result. A result is a type and values, or the kind of an error.
"""

import datetime as dt
import json

import polars as pl
from polars import col

ERRORS = {
    "ComputeError": "Compute",
    "InvalidOperationError": "InvalidOperation",
    "SchemaError": "SchemaMismatch",
    "ShapeError": "ShapeMismatch",
    "OutOfBoundsError": "OutOfBounds",
}
INTEGERS = {"i8": pl.Int8, "i16": pl.Int16, "i32": pl.Int32, "i64": pl.Int64, "i128": pl.Int128,
            "u8": pl.UInt8, "u16": pl.UInt16, "u32": pl.UInt32, "u64": pl.UInt64}
NAMES = {dtype: name for name, dtype in INTEGERS.items()} | {
    pl.Float32: "f32", pl.Float64: "f64", pl.Boolean: "bool", pl.String: "str", pl.Date: "date", pl.Time: "time",
    pl.Null: "null", pl.Categorical: "cat", pl.Binary: "binary",
}


def columns():
    """The inputs by type; every one has four rows."""
    made = {}
    for name, dtype in INTEGERS.items():
        low = 0 if name.startswith("u") else -7
        made[name] = pl.Series([3, low, None, 100], dtype=dtype)
    floats = [2.5, -0.5, None, float("nan")]
    made["f32"] = pl.Series(floats, dtype=pl.Float32)
    made["f64"] = pl.Series(floats, dtype=pl.Float64)
    made["bool"] = pl.Series([True, False, None, True])
    made["str"] = pl.Series(["b", "", None, "äb"])
    made["date"] = pl.Series([dt.date(2020, 2, 29), dt.date(1969, 12, 31), None, dt.date(2021, 1, 1)])
    made["datetime"] = pl.Series(
        [dt.datetime(2020, 2, 29, 12, 30, 1), dt.datetime(1969, 12, 31, 23, 59, 59), None, dt.datetime(2021, 1, 1)],
        dtype=pl.Datetime("us"))
    made["time"] = pl.Series([dt.time(12, 30, 1), dt.time(0), None, dt.time(23, 59, 59)])
    made["duration"] = pl.Series([90_061_000, -1, None, 5], dtype=pl.Duration("ms"))
    made["decimal"] = pl.Series(["2.55", "-0.25", None, "10"]).cast(pl.Decimal(10, 2))
    made["null"] = pl.Series([None] * 4)
    return made


def dtype_text(dtype):
    if isinstance(dtype, pl.Decimal):
        return f"decimal[{dtype.precision},{dtype.scale}]"
    if isinstance(dtype, pl.Datetime):
        return f"datetime[{dtype.time_unit.replace('us', 'μs')}]"
    if isinstance(dtype, pl.Duration):
        return f"duration[{dtype.time_unit.replace('us', 'μs')}]"
    if isinstance(dtype, pl.List):
        return f"list[{dtype_text(dtype.inner)}]"
    return NAMES[type(dtype)]


def value_text(value, dtype):
    if value is None:
        return "null"
    if isinstance(dtype, pl.List):
        return "[" + ", ".join(value_text(v, dtype.inner) for v in value) + "]"
    if isinstance(dtype, pl.Boolean):
        return str(value).lower()
    if isinstance(dtype, (pl.Float32, pl.Float64)):
        return repr(value).replace("nan", "NaN")
    if isinstance(dtype, pl.String):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(dtype, pl.Datetime):
        digits = {"ms": 3, "us": 6, "ns": 9}[dtype.time_unit]
        return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond:06}000"[:digits]
    if isinstance(dtype, pl.Duration):
        unit = {"ms": 1000, "us": 1, "ns": 1}[dtype.time_unit]
        return str((value // dt.timedelta(microseconds=1)) // unit * (1000 if dtype.time_unit == "ns" else 1))
    return str(value)


def result(expr, **inputs):
    try:
        got = pl.DataFrame(inputs).select(expr).to_series()
        if isinstance(got.dtype, pl.Time):
            return f"time [{', '.join('null' if v is None else v for v in got.cast(pl.String))}]"
        return f"{dtype_text(got.dtype)} [{', '.join(value_text(v, got.dtype) for v in got.to_list())}]"
    except Exception as error:  # noqa: BLE001
        return ERRORS.get(type(error).__name__, type(error).__name__)


a, b = col("a"), col("b")
FUNCTIONS = [
    ("abs", [], a.abs()), ("neg", [], -a), ("sign", [], a.sign()), ("floor", [], a.floor()), ("ceil", [], a.ceil()),
    ("round", [0], a.round(0)), ("round", [1], a.round(1)), ("exp", [], a.exp()), ("log", [2], a.log(2)),
    ("log10", [], a.log10()), ("sin", [], a.sin()), ("pow", [2], a**2), ("pow", [0.5], a**0.5),
    ("clip", [0, 3], a.clip(0, 3)), ("is_null", [], a.is_null()), ("is_nan", [], a.is_nan()),
    ("is_not_nan", [], a.is_not_nan()), ("is_finite", [], a.is_finite()), ("is_infinite", [], a.is_infinite()),
    ("not", [], a.not_()), ("fill_null", [1], a.fill_null(1)), ("fill_null", ["x"], a.fill_null(pl.lit("x"))),
    ("fill_nan", [0], a.fill_nan(0)), ("is_between", [0, 50], a.is_between(0, 50)),
    ("shift", [1], a.shift(1)), ("reverse", [], a.reverse()), ("sort", [], a.sort()),
    ("sort", [True, True], a.sort(descending=True, nulls_last=True)), ("arg_sort", [], a.arg_sort()),
    ("drop_nulls", [], a.drop_nulls()), ("cum_sum", [], a.cum_sum()), ("cum_prod", [], a.cum_prod()),
    ("cum_min", [], a.cum_min()), ("cum_max", [True], a.cum_max(reverse=True)), ("cum_count", [], a.cum_count()),
    ("diff", [], a.diff()), ("forward_fill", [], a.forward_fill()), ("backward_fill", [], a.backward_fill()),
    ("is_unique", [], a.is_unique()), ("is_first_distinct", [], a.is_first_distinct()), ("rank", [], a.rank()),
    ("rank", ["dense"], a.rank("dense")), ("str.len_chars", [], a.str.len_chars()),
    ("str.len_bytes", [], a.str.len_bytes()), ("str.to_uppercase", [], a.str.to_uppercase()),
    ("str.contains", ["b"], a.str.contains("b")), ("dt.year", [], a.dt.year()), ("dt.month", [], a.dt.month()),
    ("dt.week", [], a.dt.week()), ("dt.hour", [], a.dt.hour()), ("dt.second", [], a.dt.second()),
    ("dt.date", [], a.dt.date()), ("dt.time", [], a.dt.time()), ("dt.timestamp", ["ms"], a.dt.timestamp("ms")),
    ("dt.truncate", ["1mo"], a.dt.truncate("1mo")), ("dt.offset_by", ["1mo"], a.dt.offset_by("1mo")),
    ("dt.month_end", [], a.dt.month_end()), ("dt.total_hours", [], a.dt.total_hours()),
    ("dt.strftime", ["%m"], a.dt.strftime("%m")),
]
AGGREGATES = [
    (name, [], getattr(a, name)())
    for name in ("sum", "mean", "min", "max", "count", "len", "n_unique", "null_count", "first", "last", "median",
                 "std", "var", "any", "all", "implode", "product", "arg_min", "arg_max")
] + [("quantile", [0.3], a.quantile(0.3)), ("quantile", [0.3, "linear"], a.quantile(0.3, "linear"))]
OPERATORS = {
    "+": a + b, "-": a - b, "*": a * b, "/": a / b, "//": a // b, "%": a % b, "==": a == b, "<": a < b,
    "==v": a.eq_missing(b), "&": a & b,
}

for name, options, expr in FUNCTIONS:
    for dtype, column in columns().items():
        print("function", name, json.dumps(options), dtype, "", result(expr, a=column), sep="\t")
for name, options, expr in AGGREGATES:
    for dtype, column in columns().items():
        print("aggregate", name, json.dumps(options), dtype, "", result(expr, a=column), sep="\t")
for name, expr in OPERATORS.items():
    for left, x in columns().items():
        for right, y in columns().items():
            print("operator", name, "[]", left, right, result(expr, a=x, b=y.reverse()), sep="\t")
