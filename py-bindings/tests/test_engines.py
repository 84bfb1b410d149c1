"""Engines as objects, optimizations, the string cache, and queries over what Python functions give."""

from __future__ import annotations

import asyncio
import importlib
import inspect

import hypostyle as hs
import polars as pl
import pytest
from hypostyle.io.plugins import register_io_source
from oracle import check
from polars.io.plugins import register_io_source as polars_register_io_source


@pytest.mark.parametrize("name", ["InMemoryEngine", "StreamingEngine"])
def test_engines_run_queries(name):
    ours, theirs = getattr(hs, name)(), getattr(pl, name)()
    assert (repr(ours), ours.name, ours.plan_engine, ours.monitoring) == (
        repr(theirs),
        theirs.name,
        theirs.plan_engine,
        theirs.monitoring,
    )
    query = hs.LazyFrame({"a": [1, 2, None]}).filter(hs.col("a") > 1)
    flags = hs.QueryOptFlags.none()
    for rows in (
        ours.collect(query).rows(),
        query.collect(engine=ours, optimizations=flags).rows(),
        ours.collect_all([query])[0].rows(),
        next(ours.collect_batches(query)).rows(),
    ):
        assert rows == [(2,)]

    async def waited():
        return await ours.collect_async(query), await ours.collect_all_async([query])

    one, several = asyncio.run(waited())
    assert one.rows() == several[0].rows() == [(2,)]
    hs.Config.set_engine_affinity(ours)
    assert hs.Config.state()["POLARS_ENGINE_AFFINITY"] == ours.name
    hs.Config.restore_defaults()


def test_engines_that_are_not_there_are_named():
    with pytest.raises(TypeError, match="InMemoryEngine"):
        hs.Engine()
    with pytest.raises(hs.exceptions.InvalidOperationError, match="monitoring"):
        hs.StreamingEngine(monitoring=True)
    with pytest.raises(hs.exceptions.InvalidOperationError, match="post_opt_callback"):
        hs.StreamingEngine().collect(hs.LazyFrame(), post_opt_callback=print)
    for engine in ("gpu", pl.GPUEngine()):
        with pytest.raises(hs.exceptions.InvalidOperationError, match="not supported"):
            hs.LazyFrame().collect(engine=engine)
    with pytest.raises(ValueError, match="'warp'"):
        hs.LazyFrame().collect(engine="warp")


def test_flags_are_set_and_unset_as_in_polars():
    names = list(inspect.signature(pl.QueryOptFlags).parameters)
    for name in names:
        for value in (True, False, None):
            for make in (
                lambda m: m.QueryOptFlags(**{name: value}),
                lambda m: m.QueryOptFlags.none(**{name: value}),
                lambda m: m.QueryOptFlags().update(**{name: value}),
            ):
                assert [getattr(make(hs), n) for n in names] == [getattr(make(pl), n) for n in names], (name, value)
    flags = hs.QueryOptFlags()
    flags.no_optimizations()
    assert not any(getattr(flags, name) for name in names)
    with pytest.raises(TypeError, match="warp"):
        hs.QueryOptFlags(warp=True)


def test_the_string_cache_warns_as_in_polars():
    for module in (pl, hs):
        with pytest.warns(DeprecationWarning, match="Categories"), module.StringCache():
            assert module.Series(["a"], dtype=module.Categorical).to_list() == ["a"]
        for name, wanted in [
            ("enable_string_cache", None),
            ("disable_string_cache", None),
            ("using_string_cache", True),
        ]:
            with pytest.warns(DeprecationWarning, match="Categories"):
                assert getattr(module, name)() is wanted


def test_levels_of_compatibility():
    for module in (pl, hs):
        newest, oldest = module.CompatLevel.newest(), module.CompatLevel.oldest()
        assert newest == module.CompatLevel.newest() and newest != oldest
        with pytest.raises(TypeError):
            module.CompatLevel()
    frame = hs.DataFrame({"a": ["x"]})
    assert frame.to_arrow(compat_level=hs.CompatLevel.oldest()).to_pydict() == {"a": ["x"]}


@pytest.mark.parametrize("module", ["convert", "plugins", "interchange", "io.plugins", "api"])
def test_modules_have_the_functions_of_polars(module):
    ours, theirs = (importlib.import_module(f"{m.__name__}.{module}") for m in (hs, pl))
    assert ours.__all__
    for name in ours.__all__:
        other = theirs._defer if name == "defer" else getattr(theirs, name)
        assert list(inspect.signature(getattr(ours, name)).parameters) == list(inspect.signature(other).parameters)


def test_compiled_plugins_are_refused_by_name():
    with pytest.raises(hs.exceptions.InvalidOperationError, match="'f'.*'/p.so'"):
        hs.plugins.register_plugin_function(plugin_path="/p.so", function_name="f", args=hs.col("a"))


def source(module, frames):
    def give(with_columns, predicate, n_rows, batch_size):
        for data in frames:
            frame = module.DataFrame(data, schema={"a": module.Int64, "b": module.String})
            if predicate is not None:
                frame = frame.filter(predicate)
            if n_rows is not None:
                frame = frame.head(n_rows)
                n_rows -= frame.height
            yield frame if with_columns is None else frame.select(with_columns)

    register = polars_register_io_source if module is pl else register_io_source
    return register(give, schema={"a": module.Int64, "b": module.String})


FRAMES = {
    "none": [],
    "empty": [{"a": [], "b": []}],
    "one": [{"a": [1], "b": ["x"]}],
    "many": [
        {"a": [1, None], "b": ["x", None]},
        {"a": [], "b": []},
        {"a": [3], "b": ["z"]},
        {"a": [4, 5], "b": ["u", "v"]},
    ],
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize(
    "program",
    [
        lambda m, q: q,
        lambda m, q: q.filter(m.col("a") > 2).select("b"),
        lambda m, q: q.select(m.col("a").sum(), n=m.len()),
        lambda m, q: q.head(2),
        lambda m, q: q.join(q, on="a").sort("a"),
        lambda m, q: q.select(m.col("a").sum()).collect_schema().names(),
    ],
)
def test_sources_of_ones_own(name, program):
    check(lambda m: program(m, source(m, FRAMES[name])))


def test_sources_are_called_when_the_query_runs_and_held_against_their_schema():
    called = []

    def give():
        called.append(1)
        return hs.DataFrame({"a": [1, 2]})

    query = hs.defer(give, schema={"a": hs.Int64})
    assert query.collect_schema() == {"a": hs.Int64} and not called
    assert query.filter(hs.col("a") > 1).collect().rows() == [(2,)] and called == [1]
    assert hs.defer(lambda: hs.LazyFrame({"a": [1]}), schema=lambda: {"a": hs.Int64}).collect().rows() == [(1,)]
    for schema in ({"b": "Int64"}, {"a": "Int32"}):
        check(
            lambda m: m.defer(
                lambda: m.DataFrame({"a": [1]}), schema={name: getattr(m, dtype) for name, dtype in schema.items()}
            )
        )
    with pytest.raises(TypeError, match="'int'"):
        hs.defer(lambda: 5, schema={"a": hs.Int64}).collect()
    with pytest.raises(ZeroDivisionError):
        hs.defer(lambda: 1 / 0, schema={"a": hs.Int64}).collect()


def test_namespaces_of_every_class():
    for kind, make in [
        ("expr", lambda: hs.col("a")),
        ("series", lambda: hs.Series("a", [1])),
        ("dataframe", lambda: hs.DataFrame({"a": [1]})),
        ("lazyframe", lambda: hs.LazyFrame({"a": [1]})),
    ]:
        register = getattr(hs.api, f"register_{kind}_namespace")

        class Own:
            def __init__(self, inner):
                self.inner = inner

        register("own_names")(Own)
        obj = make()
        assert obj.own_names.inner is obj and type(obj).own_names is Own
        with pytest.warns(UserWarning, match="own_names"):
            register("own_names")(Own)
        with pytest.raises(AttributeError):
            register("filter")(Own)
        del type(obj).own_names
        type(obj)._accessors = frozenset()
