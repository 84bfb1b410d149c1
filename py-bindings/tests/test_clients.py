"""Other libraries that take frames: each is used for real, and does with ours what it does with those of Polars."""

from __future__ import annotations

import asyncio
import importlib
import json
import pickle
import subprocess
import sys
from pathlib import Path

import hypostyle as hs
import hypostyle.sklearn
import narwhals as nw
import numpy as np
import polars as pl
import pytest
import tomllib
from oracle import check

DATA = {"a": [1, 2, 3, None], "b": ["x", "y", "x", None], "c": [1.5, 2.5, None, float("inf")]}
PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory):
    """The entry points of pyproject.toml as an installed package has them, since tests may run without one."""
    groups = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]
    folder = tmp_path_factory.mktemp("site")
    info = folder / "hypostyle_entry_points-0.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hypostyle-entry-points\nVersion: 0.0.0\n")
    lines = [f"[{group}]\n" + "\n".join(f"{k} = {v}" for k, v in entries.items()) for group, entries in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    nw.plugins._discover_entrypoints.cache_clear()
    yield
    sys.path.remove(str(folder))


NARWHALS = {
    "schema": lambda d: [(name, str(dtype)) for name, dtype in d.collect_schema().items()],
    "group": lambda d: d.group_by("b").agg(nw.col("a").sum(), n=nw.len()).sort("b"),
    "filter": lambda d: d.filter(nw.col("a") > 1, ~nw.col("c").is_null()),
    "window": lambda d: d.with_columns(z=nw.col("c").max().over("b"), y=nw.col("a").cum_sum().over(order_by="c")),
    "when": lambda d: d.select(nw.when(nw.col("a") > 1).then(nw.lit("p")).otherwise(nw.lit("q")).alias("w")),
    "selectors": lambda d: d.select(nw.selectors.numeric() * 2, nw.selectors.string()),
    "cast": lambda d: d.select(nw.col("a").cast(nw.Float32), nw.col("b").cast(nw.Categorical)),
    "str": lambda d: d.select(nw.col("b").str.to_uppercase(), n=nw.col("b").str.len_chars()),
    "horizontal": lambda d: d.select(
        nw.max_horizontal("a", "c"), s=nw.sum_horizontal("a", "c"), t=nw.concat_str("b", "b", separator="-")
    ),
    "join": lambda d: d.join(d, on="b", how="left").sort("a", "a_right"),
    "anti": lambda d: d.join(d.filter(nw.col("a") > 1), on="a", how="anti"),
    "sort": lambda d: d.sort("c", descending=True, nulls_last=True),
    "unique": lambda d: d.unique("b").select("b").sort("b"),
    "drop_nulls": lambda d: d.drop_nulls(),
    "fill_null": lambda d: d.with_columns(nw.col("a").fill_null(0), nw.col("c").fill_null(strategy="forward")),
    "rolling": lambda d: d.select(nw.col("a").fill_null(0).rolling_mean(2, min_samples=1)),
    "is_in": lambda d: d.select(nw.col("b").is_in(["x"]), z=nw.col("a").is_between(1, 2)),
    "replace": lambda d: d.select(nw.col("b").replace_strict(["x", "y"], [1, 2], default=0, return_dtype=nw.Int64)),
    "head": lambda d: d.head(2).rename({"a": "q"}),
    "row_index": lambda d: d.with_row_index("i", order_by="a"),
    "unpivot": lambda d: d.unpivot(["a", "c"], index="b").sort("b", "variable", "value"),
    "dates": lambda d: d.select(t=nw.lit("2024-02-29").str.to_datetime("%Y-%m-%d").dt.year()),
    "unknown": lambda d: d.select("nope"),
    "lists": lambda d: d.select(nw.col("b").fill_null("").str.split("x").list.len()),
    "quantile": lambda d: d.select(nw.col("a").quantile(0.5, "linear"), z=nw.col("a").std(ddof=1)),
}


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("name", NARWHALS)
def test_narwhals(name, eager):
    def program(m):
        frame = m.DataFrame(DATA)
        result = NARWHALS[name](nw.from_native(frame if eager else frame.lazy()))
        if not hasattr(result, "to_native"):
            return result
        native = result.to_native()
        assert type(native).__module__.split(".")[0] == m.__name__
        return native

    check(program)


def test_narwhals_has_all_ways_in_and_out(tmp_path):
    frame = hs.DataFrame(DATA)
    eager = nw.from_native(frame, eager_only=True)
    assert eager.to_native() is frame and eager.shape == (4, 3)
    assert eager.lazy().collect().to_native().equals(frame)
    assert eager["a"].to_list() == DATA["a"] and eager[1:3].rows() == frame[1:3].rows()
    assert nw.from_native(frame["a"], series_only=True).mean() == 2.0
    assert nw.from_native(frame["a"], allow_series=True).is_null().to_native().to_list() == [False, False, False, True]
    assert list(eager.to_pandas().columns) == ["a", "b", "c"] and eager.to_arrow().num_rows == 4
    assert eager.to_polars().equals(pl.DataFrame(DATA))
    assert nw.get_native_namespace(eager) is hs
    for backend in (nw.plugins.PluginName("hypostyle"), hs):
        assert isinstance(nw.from_dict({"a": [1]}, backend=backend).to_native(), hs.DataFrame)
        assert isinstance(nw.new_series("a", [1], nw.Int8, backend=backend).to_native(), hs.Series)
        assert nw.new_series("a", [1], nw.Int8, backend=backend).to_native().dtype == hs.Int8
    frame.write_parquet(tmp_path / "t.parquet")
    scanned = nw.scan_parquet(str(tmp_path / "t.parquet"), backend=hs)
    assert isinstance(scanned.to_native(), hs.LazyFrame) and scanned.collect().shape == (4, 3)
    assert nw.concat([eager, eager]).shape == (8, 3)
    with pytest.raises(nw.exceptions.ColumnNotFoundError):
        eager.select("nope")

    @nw.narwhalify
    def doubled(df):
        return df.with_columns(nw.col("a") * 2)

    assert doubled(frame)["a"].to_list() == [2, 4, 6, None] and doubled(frame.lazy()).collect().height == 4


def test_narwhals_needs_no_polars():
    entry = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]["narwhals.plugins"]["hypostyle"]
    code = f"""
import sys
sys.modules["polars"] = None
import hypostyle as hs, importlib, narwhals as nw
plugin = importlib.import_module({entry!r})
frame = plugin.__narwhals_namespace__(nw._utils.Version.MAIN).from_native(hs.DataFrame({{"a": [1]}}))
print(frame.columns, plugin.is_native(frame.native))
"""
    path = str(Path(hs.__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True)
    assert done.stdout.strip() == "['a'] True", done.stderr


# Charts and tables.


def chart(made):
    """A chart without names that are made up."""
    described = made.to_dict()
    assert list(described.pop("datasets").values()) and described.pop("data")
    for parameter in described.get("params", []):
        parameter.pop("name")
    return described


def rows(made):
    return next(iter(made.to_dict()["datasets"].values()))


CHARTS = {
    "bar": lambda d: d.plot.bar("a", "c", "b"),
    "bar_by_name": lambda d: d.plot.bar(x="a", y="c", tooltip=["b"]),
    "line": lambda d: d.plot.line("a", "c", None, "b", strokeDash="b"),
    "point": lambda d: d.plot.point("a", "c", "b", "a"),
    "scatter": lambda d: d.plot.scatter(x="a", y="c"),
    "area": lambda d: d.plot.area(x="a", y="c"),
    "hist": lambda d: d["a"].plot.hist(),
    "unnamed": lambda d: d["a"].alias("").plot.hist(),
    "kde": lambda d: d["a"].plot.kde(),
    "series_line": lambda d: d["a"].plot.line(),
    "series_tick": lambda d: d["a"].plot.tick(),
    "empty": lambda d: d.clear().plot.point("a", "c"),
    "no_mark": lambda d: d.plot.nothing(),
    "index": lambda d: d["a"].alias("index").plot.line(),
    "density": lambda d: d["a"].alias("density").plot.kde(),
}


@pytest.mark.parametrize("name", CHARTS)
def test_plots_by_altair(name):
    def program(m):
        made = CHARTS[name](m.DataFrame({**DATA, "c": [1.5, 2.5, None, 3.5]}))
        return [json.dumps(chart(made), sort_keys=True), json.dumps(rows(made))]

    check(program)


def test_altair_takes_frames():
    import altair

    frames = [m.DataFrame({"d": [1, 2], "t": ["p", "q"]}) for m in (pl, hs)]
    theirs, ours = (altair.Chart(frame).mark_bar().encode(x="t", y="sum(d)") for frame in frames)
    assert chart(ours) == chart(theirs) and rows(ours) == rows(theirs)


def test_plotly_takes_frames():
    import plotly.express as px

    def figure(m):
        frame = m.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
        return [
            json.loads(plot.to_json())
            for plot in (px.bar(frame, x="b", y="a"), px.line(frame, x="a", y="a", color="b"))
        ]

    assert figure(hs) == figure(pl)


TABLES = {
    "plain": lambda m, s, t: t,
    "groups": lambda m, s, t: t.tab_stub(rowname_col="a", groupname_col="b"),
    "numbers": lambda m, s, t: t.fmt_number(s.numeric(), decimals=1).sub_missing(missing_text="-"),
    "name": lambda m, s, t: t.fmt_currency("c").tab_header("Title", "Below"),
    "rows": lambda m, s, t: t.fmt_integer("a", rows=m.col("a") > 1).cols_hide(["b"]),
    "move": lambda m, s, t: t.cols_move_to_start(s.by_name("c")).cols_align("right"),
    "color": lambda m, s, t: t.data_color("a", palette=["red", "blue"]),
}


@pytest.mark.parametrize("name", TABLES)
def test_styles_by_great_tables(name):

    def html(m):
        table = TABLES[name](m, m.selectors, m.DataFrame({**DATA, "c": [1.5, 2.5, None, 3.5]}).style)
        return table.with_id("t").as_raw_html()

    assert html(hs) == html(pl)


def test_packages_that_are_missing_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.setitem(sys.modules, "great_tables", None)
    frame = hs.DataFrame(DATA)
    for program, words in [
        (lambda: frame.plot, "altair.*pip install"),
        (lambda: frame["a"].plot, "altair.*pip install"),
        (lambda: frame.style, "great_tables.*pip install"),
    ]:
        with pytest.raises(ModuleNotFoundError, match=words):
            program()


def test_seaborn_and_matplotlib_through_pandas():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import seaborn

    frame = hs.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"], "c": [1.5, 2.5, 4.0]})
    axes = seaborn.scatterplot(frame.to_pandas(), x="a", y="c", hue="b")
    assert axes.collections[0].get_offsets().tolist() == [[1.0, 1.5], [2.0, 2.5], [3.0, 4.0]]
    (line,) = plt.plot(frame["a"], frame["c"])
    assert line.get_xydata().tolist() == [[1.0, 1.5], [2.0, 2.5], [3.0, 4.0]]
    plt.close("all")


# Numbers and models.


def test_scikit_learn_takes_and_gives_frames():
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LinearRegression
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    def outputs(m):
        frame = m.DataFrame({"a": [1.0, 2.0, 3.0, 5.0], "b": [2.0, 4.0, 6.0, 11.0]})
        kind = m.__name__
        scaler = StandardScaler().set_output(transform=kind)
        pair = ColumnTransformer([("p", MinMaxScaler(), ["a"]), ("q", StandardScaler(), ["b"])]).set_output(
            transform=kind
        )
        scaled, both = scaler.fit_transform(frame), pair.fit_transform(frame)
        assert isinstance(scaled, m.DataFrame) and isinstance(both, m.DataFrame)
        model = LinearRegression().fit(frame.select("a"), frame["b"])
        return [
            list(scaler.feature_names_in_),
            scaled.to_dict(as_series=False),
            both.to_dict(as_series=False),
        ], model.coef_

    ours, theirs = outputs(hs), outputs(pl)
    assert ours[0] == theirs[0] and ours[1] == pytest.approx(theirs[1])


@pytest.mark.parametrize(
    "program",
    [
        lambda m, d: np.sqrt(d["a"]),
        lambda m, d: np.add(d["a"], 1),
        lambda m, d: np.multiply(2.0, d["c"]),
        lambda m, d: np.add(d["a"], m.Series("z", [None, 1, 2, 3])),
        lambda m, d: np.abs(d["a"]).to_frame(),
        lambda m, d: d.select(np.sqrt(m.col("a")), z=np.exp(m.col("c"))),
        lambda m, d: np.asarray(d.drop_nulls()["a"]).tolist(),
        lambda m, d: np.asarray(d.select("a", "c")).shape,
    ],
)
def test_numpy_calls(program):
    check(lambda m: program(m, m.DataFrame({**DATA, "c": [1.5, 2.5, None, 3.5]})), tol=1e-9)


def test_models_of_pydantic_are_rows():
    import pydantic

    class Row(pydantic.BaseModel):
        a: int
        b: str | None = None
        c: list[float] = []

    models = [Row(a=1, b="x", c=[1.5]), Row(a=2), Row(a=3, b="z", c=[])]
    for data in (models, models[:1]):
        check(lambda m: m.DataFrame(data))
    check(lambda m: m.DataFrame(models, schema_overrides={"a": m.Int8}))
    assert [Row(**row) for row in hs.DataFrame(models).to_dicts()] == models


# Other processes and threads.


def kept():
    frame = hs.DataFrame({**DATA, "d": [[1], [], None, [2, None]], "e": [{"x": 1}, None, {"x": None}, {"x": 4}]})
    return [frame, frame.clear(), frame["d"], frame[1:3], hs.concat([frame, frame], rechunk=False)]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    for thing in kept():
        copy = pickle.loads(pickle.dumps(thing, protocol))
        assert type(copy) is type(thing) and copy.equals(thing)
        dtype = "dtype" if isinstance(thing, hs.Series) else "schema"
        assert getattr(copy, dtype) == getattr(thing, dtype)
    for expr in [
        hs.col("a") + 1,
        hs.col("^a.*$").sum().over("b"),
        hs.when(hs.col("a") > 1).then(hs.lit("x")).otherwise(None),
    ]:
        assert pickle.loads(pickle.dumps(expr, protocol)).meta.eq(expr)
    for dtype in [hs.Int8, hs.List(hs.Datetime("ms", "UTC")), hs.Schema({"a": hs.Enum(["x"])})]:
        assert pickle.loads(pickle.dumps(dtype, protocol)) == dtype


def test_joblib():
    import joblib

    frame = hs.DataFrame(DATA)
    assert joblib.hash(frame) == joblib.hash(pickle.loads(pickle.dumps(frame)))
    jobs = (joblib.delayed(lambda part: part["a"].sum())(part) for part in (frame, frame[:2]))
    assert joblib.Parallel(2, backend="threading")(jobs) == [6, 3]


WORKER = """
import multiprocessing, sys
import hypostyle as hs

def work(frame):
    return frame.lazy().group_by("k").agg(hs.col("v").sum()).sort("k").collect()

if __name__ == "__main__":
    frame = hs.DataFrame({"k": [i % 3 for i in range(200_000)], "v": range(200_000)})
    # Processes that are forked have no threads: the engine must not have started its own before.
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        results = pool.map(work, [frame, frame])
    print([result.equals(work(frame)) for result in results])
"""


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing(method, tmp_path):
    (tmp_path / "worker.py").write_text(WORKER)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "worker.py"), method],
        env={"PYTHONPATH": str(Path(hs.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[True, True]", done.stderr


def test_asyncio():
    async def main():
        query = hs.LazyFrame(DATA).select(hs.col("a").sum())
        one, (two, three), four = await asyncio.gather(
            query.collect_async(), hs.collect_all_async([query, query]), query.collect_async(engine="streaming")
        )
        with pytest.raises(ZeroDivisionError):
            await query.map_batches(lambda _: 1 / 0).collect_async()
        return [frame.item() for frame in (one, two, three, four)]

    assert asyncio.run(main()) == [6, 6, 6, 6]
