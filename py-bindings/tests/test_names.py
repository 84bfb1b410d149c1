"""Names: exceptions, data types, selectors, and what the package exports."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import hypostyle as hs
import hypostyle.selectors as hcs
import polars as pl
import polars.selectors as pcs
import pytest
from oracle import check, types


def test_exceptions_have_the_hierarchy():
    for name in hs.exceptions.__all__:
        if name in ("HypostyleError", "PolarsError"):
            continue
        ours, theirs = getattr(hs.exceptions, name), getattr(pl.exceptions, name)
        assert [c.__name__ for c in ours.__mro__[1:-3]] == [
            c.__name__.replace("PolarsError", "HypostyleError") for c in theirs.__mro__[1:-3]
        ], name
    assert hs.exceptions.PolarsError is hs.exceptions.HypostyleError


ERRORS = {
    "column": lambda m, d: d.select("nope"),
    "hint": lambda m, d: d.select(m.col("aa")),
    "duplicate": lambda m, d: d.select("a", m.col("b").alias("a")),
    "strict_cast": lambda m, d: d.select(m.col("t").cast(m.Int8)),
    "filter": lambda m, d: d.filter(m.col("a") + 1),
    "heights": lambda m, d: m.DataFrame({"a": [1], "b": [1, 2]}),
    "vstack": lambda m, d: d.vstack(d.select("a")),
    "join_types": lambda m, d: d.join(d, left_on="a", right_on="t"),
    "concat_types": lambda m, d: m.concat([d.select("a"), d.select(a="t")]),
    "string_on_int": lambda m, d: d.select(m.col("a").str.len_chars()),
    "compare": lambda m, d: d.select(m.col("t") > 5),
    "validate": lambda m, d: m.concat([d, d]).join(d, on="a", validate="1:1"),
    "regex": lambda m, d: d.select(m.col("t").str.contains("(")),
    "gather": lambda m, d: d.select(m.col("a").gather([99])),
    "row": lambda m, d: d.row(99),
    "series_index": lambda m, d: d["a"][99],
    "no_rows": lambda m, d: d.row(by_predicate=m.col("a") == 99),
    "truth": lambda m, d: bool(m.col("a")),
    "mixed": lambda m, d: m.Series([1, "x"]),
    "both_on": lambda m, d: d.join(d, on="a", left_on="a"),
    "empty_csv": lambda m, d: m.read_csv(b""),
    "missing_file": lambda m, d: m.read_csv("/nowhere.csv"),
    "neg_unsigned": lambda m, d: d.select(-m.col("a").cast(m.UInt8)),
    "text_plus_number": lambda m, d: d.select(m.col("t") + 1),
    "struct_field": lambda m, d: m.DataFrame({"s": [{"x": 1}]})["s"].struct["nope"],
    "fill_both": lambda m, d: d.select(m.col("a").fill_null(1, strategy="max")),
    "replace_lengths": lambda m, d: d.select(m.col("a").replace([1, 2, 3], [4, 5])),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_same_exceptions(name):
    def program(m):
        return ERRORS[name](m, m.DataFrame({"a": [1, 2], "b": [1.5, None], "t": ["x", "y"]}))

    with pytest.raises(Exception) as caught:  # noqa: PT011
        program(hs)
    check(program)
    assert str(caught.value)


def test_messages_name_the_nearest_column():
    with pytest.raises(hs.exceptions.ColumnNotFoundError, match="did you mean.*price"):
        hs.DataFrame({"price": [1]}).select("pirce")


SELECTORS = [
    lambda m, cs: cs.all(),
    lambda m, cs: cs.numeric(),
    lambda m, cs: cs.integer(),
    lambda m, cs: cs.signed_integer(),
    lambda m, cs: cs.unsigned_integer(),
    lambda m, cs: cs.float(),
    lambda m, cs: cs.decimal(),
    lambda m, cs: cs.temporal(),
    lambda m, cs: cs.date(),
    lambda m, cs: cs.time(),
    lambda m, cs: cs.datetime(),
    lambda m, cs: cs.datetime("ms", None),
    lambda m, cs: cs.datetime("us", "UTC"),
    lambda m, cs: cs.duration(),
    lambda m, cs: cs.string(),
    lambda m, cs: cs.string(include_categorical=True),
    lambda m, cs: cs.categorical(),
    lambda m, cs: cs.enum(),
    lambda m, cs: cs.boolean(),
    lambda m, cs: cs.binary(),
    lambda m, cs: cs.nested(),
    lambda m, cs: cs.list(),
    lambda m, cs: cs.struct(),
    lambda m, cs: cs.first(),
    lambda m, cs: cs.last(),
    lambda m, cs: cs.by_name("Date", "Int8"),
    lambda m, cs: cs.by_name("Date", "nope"),
    lambda m, cs: cs.by_name("Date", "nope", require_all=False),
    lambda m, cs: cs.by_index(0, -1),
    lambda m, cs: cs.by_index(range(2, 4)),
    lambda m, cs: cs.by_dtype(m.Int8, m.String),
    lambda m, cs: cs.by_dtype(m.Datetime),
    lambda m, cs: cs.contains("Int"),
    lambda m, cs: cs.starts_with("U", "D"),
    lambda m, cs: cs.ends_with("8", "e"),
    lambda m, cs: cs.matches(r"\d+$"),
    lambda m, cs: cs.alpha(),
    lambda m, cs: cs.exclude("Int8", "^U.*$"),
    lambda m, cs: ~cs.numeric(),
    lambda m, cs: cs.numeric() - cs.integer(),
    lambda m, cs: cs.numeric() & cs.starts_with("I"),
    lambda m, cs: cs.date() | cs.time(),
    lambda m, cs: cs.numeric() ^ cs.integer(),
    lambda m, cs: cs.numeric().exclude("Int8"),
    lambda m, cs: cs.integer().as_expr() + 1,
    lambda m, cs: cs.float() * 2,
    lambda m, cs: m.col(m.Int8, m.Date),
    lambda m, cs: m.all().exclude(m.Int8, m.Date),
]


@pytest.mark.parametrize("number", range(len(SELECTORS)))
def test_selectors(number):
    def program(m):
        return m.DataFrame(list(types(m).values())).select(SELECTORS[number](m, pcs if m is pl else hcs))

    check(program)


def test_expand_selector():
    frame = hs.DataFrame({"a": [1], "b": ["x"]})
    assert hcs.expand_selector(frame, hcs.numeric()) == ("a",)
    assert hcs.is_selector(hcs.all()) and not hcs.is_selector(hs.col("a"))


def test_data_types():
    assert hs.Int64 == hs.Int64() and hs.Datetime("us") == hs.Datetime and hs.Datetime("us") != hs.Datetime("ms")
    assert hs.List(hs.Int8) == hs.List and hs.List(hs.Int8) != hs.List(hs.Int16)
    assert hs.Int8.is_integer() and hs.Decimal(10, 2).is_numeric() and not hs.String.is_numeric()
    assert {hs.Int64: 1}[hs.Int64()] == 1 and isinstance(hs.Datetime("us"), hs.DataType)
    assert hs.Int64 != hs.Int32 and hs.Int64 != 5
    for name in ("Int64", "String", "Date", "Boolean", "Binary", "Time", "Float64", "Null"):
        assert repr(getattr(hs, name)) == repr(getattr(pl, name))
        assert getattr(hs, name).to_python() is getattr(pl, name).to_python()
    for make in (
        lambda m: m.Datetime("ms", "UTC"),
        lambda m: m.Duration("ns"),
        lambda m: m.Decimal(10, 2),
        lambda m: m.List(m.Struct({"a": m.Int8, "b": m.List(m.String)})),
        lambda m: m.Enum(["a", "b"]),
        lambda m: m.Field("a", m.Int8),
        lambda m: m.Schema({"a": m.Int8, "b": int}),
    ):
        assert repr(make(hs)).replace("\n", "") == repr(make(pl)).replace("\n", "") or "Schema" in repr(make(hs))


@pytest.mark.parametrize("cls", ["Expr", "Series", "DataFrame", "LazyFrame"])
def test_every_public_method_is_one_of_polars(cls):
    ours = {name for name in dir(getattr(hs, cls)) if not name.startswith("_")}
    theirs = set(dir(getattr(pl, cls)))
    assert not ours - theirs


@pytest.mark.parametrize("cls", ["Expr", "Series", "DataFrame", "LazyFrame"])
def test_every_public_method_has_a_docstring(cls):
    for name, member in inspect.getmembers(getattr(hs, cls)):
        if not name.startswith("_"):
            assert getattr(member, "__doc__", None), f"{cls}.{name}"


def test_every_function_that_is_called_is_in_the_catalog():
    import re
    from pathlib import Path

    from hypostyle._hypostyle import catalog

    functions, aggregates = map(set, catalog())
    root = Path(hs.__file__).parent
    prefixes = {
        "string.py": "str.",
        "temporal.py": "dt.",
        "categorical.py": "str.",
        "list.py": "list.",
        "array.py": "arr.",
        "struct.py": "struct.",
        "binary.py": "bin.",
    }
    for path in root.rglob("*.py"):
        source = path.read_text()
        for name in re.findall(r'(?:_call|PyExpr\.call|_variadic)\("([a-z_0-9.]+)"', source):
            assert name in functions or prefixes.get(path.name, "") + name in functions, (path.name, name)
        for name in re.findall(r'_aggregate\("([a-z_0-9.]+)"', source):
            assert name in aggregates or prefixes.get(path.name, "") + name in aggregates, (path.name, name)


def test_import_brings_in_no_other_library():
    code = "import sys, hypostyle; print([m for m in ('numpy', 'pandas', 'pyarrow', 'polars') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_import_leaves_slow_modules_of_python_for_later():
    waiting = "typing dataclasses inspect re enum contextlib datetime decimal json warnings importlib.metadata".split()
    code = f"""
import sys
sys.path.insert(0, {str(Path(hs.__file__).parents[1])!r})
import hypostyle
print([module for module in {waiting} if module in sys.modules])
"""
    # Without `site`, whose files of other packages import what they like.
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_meta():
    expr = (hs.col("a") + hs.col("b")).alias("c")
    assert expr.meta.output_name() == "c" and expr.meta.root_names() == ["a", "b"]
    assert expr.meta.undo_aliases().meta.output_name() == "a"
    assert hs.col("a").meta.is_column() and hs.lit(1).meta.is_literal() and hs.all().meta.has_multiple_outputs()
    assert expr.meta.eq((hs.col("a") + hs.col("b")).alias("c")) and expr.meta.ne(hs.col("a"))
    assert hs.Expr.deserialize(expr.meta.serialize()).meta == expr.meta


def test_namespaces_of_ones_own():
    @hs.api.register_expr_namespace("greek")
    class Greek:
        def __init__(self, expr):
            self._expr = expr

        def doubled(self):
            return self._expr * 2

    assert hs.DataFrame({"a": [1]}).select(hs.col("a").greek.doubled()).item() == 2
    with pytest.raises(AttributeError):
        hs.api.register_expr_namespace("str")(Greek)
    del hs.Expr.greek
    hs.Expr._accessors = frozenset()


def test_assertions():
    a = hs.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
    hs.testing.assert_frame_equal(a, a)
    hs.testing.assert_frame_equal(a, a[::-1], check_row_order=False)
    hs.testing.assert_frame_equal(a, a.select("b", "a"), check_column_order=False)
    hs.testing.assert_frame_not_equal(a, a.head(1))
    hs.testing.assert_series_equal(hs.Series([1.0]), hs.Series([1.0 + 1e-9]))
    hs.testing.assert_series_not_equal(hs.Series([1]), hs.Series([1.0]))
    with pytest.raises(AssertionError, match="value mismatch"):
        hs.testing.assert_frame_equal(a, a.with_columns(b=hs.lit("z")))


@pytest.mark.parametrize(
    "program",
    [
        lambda m: m.all().name.map(lambda name: name.upper() + "!"),
        lambda m: m.all().name.strip_prefix("a"),
        lambda m: m.all().name.strip_suffix("1"),
        lambda m: m.all().name.replace("^(.)(.)", "${2}_$1"),
        lambda m: m.all().name.replace(".", "-", literal=True),
        lambda m: (m.col("^a.*$") * 2).name.map(str.title),
        lambda m: m.col("ab1").alias("z").name.map(str.upper),
        lambda m: m.col("ab1").alias("z").name.prefix("p_").name.suffix("_s"),
        lambda m: (m.col("ab1").alias("q") + m.col("b1")).name.to_uppercase(),
        lambda m: (m.col("ab1").alias("q") + m.col("b1")).alias("z").name.keep(),
        lambda m: m.lit(1).alias("zz").name.replace("z", "y"),
    ],
)
def test_names_made_of_the_roots(program):
    check(lambda m: m.DataFrame({"ab1": [1], "a.b": [2], "b1": [3]}).select(program(m)))


def test_functions_of_names_may_fail():
    with pytest.raises(ZeroDivisionError):
        hs.DataFrame({"a": [1]}).select(hs.all().name.map(lambda name: 1 / 0))
    with pytest.raises(TypeError):
        hs.DataFrame({"a": [1]}).select(hs.all().name.map(lambda name: 1))
