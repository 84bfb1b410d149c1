"""Excel and OpenDocument workbooks: what is read is what Polars reads, what is written is cell by cell what Polars writes."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypostyle as hs
import hypostyle.selectors as hcs
import openpyxl
import polars as pl
import polars.selectors as pcs
import pytest
import xlsxwriter
from oracle import check

logging.getLogger("fastexcel").setLevel(logging.ERROR)

ROWS = [
    ["i", "f", "s", "b", "d", "t", "mix", "e", "i"],
    [1, 1.5, "x", True, dt.date(2020, 1, 1), dt.datetime(2020, 1, 2, 3, 4, 5), 1, None, 7],
    [2, None, None, None, None, None, "a", None, None],
    [],
    [3, -2.5, " ", False, dt.date(2021, 1, 1), dt.datetime(2021, 1, 1), 2.5, None, 8],
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("excel") / "book.xlsx")
    with xlsxwriter.Workbook(path) as book:
        day, moment, time = (
            book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss")
        )
        first = book.add_worksheet("One")
        for r, row in enumerate(ROWS):
            for c, value in enumerate(row):
                if isinstance(value, dt.date):
                    first.write_datetime(r, c, value, moment if isinstance(value, dt.datetime) else day)
                elif value is not None:
                    first.write(r, c, value)
        second = book.add_worksheet("Two")
        second.write_row(0, 0, ["a", "b"])
        second.write_row(1, 0, [1, "q"])
        book.add_worksheet("Empty")
        book.add_worksheet("Table").add_table(
            2, 1, 4, 2, {"name": "Tab", "columns": [{"header": "x"}, {"header": "y"}], "data": [[1, 2], [3, 4]]}
        )
        times = book.add_worksheet("Times")
        times.write(0, 0, "t")
        times.write_datetime(1, 0, dt.time(1, 2, 3), time)
        book.add_worksheet("Header").write_row(0, 0, ["a", "b"])
        errors = book.add_worksheet("Errors")
        errors.write_column(0, 0, ["e"])
        errors.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        errors.write_column(2, 0, [3, " x "])
    return path


OPTIONS: list[dict[str, Any]] = [
    {},
    {"sheet_id": 2},
    {"sheet_id": [1, 2]},
    {"sheet_id": 0, "raise_if_empty": False},
    {"sheet_id": 0},
    {"sheet_id": 9},
    {"sheet_id": -1},
    {"sheet_id": []},
    {"sheet_name": "Two"},
    {"sheet_name": ["Two", "One"]},
    {"sheet_name": "Nope"},
    {"sheet_name": "Empty"},
    {"sheet_name": "Empty", "raise_if_empty": False},
    {"sheet_name": "Header"},
    {"sheet_name": "Header", "raise_if_empty": False},
    {"sheet_name": "Errors"},
    {"sheet_name": "Times"},
    {"sheet_name": "Table"},
    {"sheet_name": "Table", "has_header": False},
    {"sheet_id": 1, "sheet_name": "One"},
    {"table_name": "Tab"},
    {"table_name": "Tab", "sheet_name": "Table"},
    {"table_name": "Tab", "sheet_name": "One"},
    {"has_header": False},
    {"columns": ["f", "i"]},
    {"columns": [1, 0]},
    {"columns": ["zz"]},
    {"columns": [77]},
    {"infer_schema_length": 1},
    {"infer_schema_length": None},
    {"infer_schema_length": 0},
    {"include_file_paths": "p"},
    {"drop_empty_rows": False},
    {"drop_empty_cols": False},
    {"engine_options": {"zz": 1}},
]


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_sheets_are_read_as_by_polars(path: str, engine: str, options: dict[str, Any]) -> None:
    check(lambda m: m.read_excel(path, engine=engine, **options))


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_types_that_are_asked_for(path: str, engine: str) -> None:
    check(lambda m: m.read_excel(path, engine=engine, schema_overrides={"b": m.String, "f": m.Float32}))
    check(lambda m: m.read_excel(path, engine=engine, schema_overrides={"s": m.Int8}))
    check(lambda m: m.read_excel(path, engine=engine, sheet_id=2, schema_overrides={"a": m.Date}))
    with pytest.raises(hs.exceptions.ColumnNotFoundError, match="'zz' of `schema_overrides`"):
        hs.read_excel(path, engine=engine, schema_overrides={"zz": hs.Int8})


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_empty_rows_are_those_of_the_sheet(path: str, engine: str) -> None:
    assert hs.read_excel(path, columns="f", engine=engine)["f"].to_list() == [1.5, None, -2.5]


@pytest.mark.parametrize("options", [{"skip_rows": 1}, {"header_row": 1}, {"n_rows": 1}, {"zz": 1}], ids=str)
def test_options_of_fastexcel(path: str, options: dict[str, Any]) -> None:
    check(lambda m: m.read_excel(path, read_options=options))
    check(lambda m: m.read_excel(path, read_options=options, drop_empty_cols=False))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="read_options"):
        hs.read_excel(path, engine="openpyxl", read_options=options)


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_sources(path: str, engine: str, tmp_path: Path) -> None:
    data = Path(path).read_bytes()
    for source in (lambda: data, lambda: io.BytesIO(data), lambda: Path(path), lambda: open(path, "rb")):
        check(lambda m: m.read_excel(source(), sheet_id=2, engine=engine))
    for options in ({}, {"include_file_paths": "p"}, {"sheet_name": ["One", "Two"]}):
        check(lambda m: m.read_excel([path, path], engine=engine, **options))
    for name in ("a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(data)
    check(lambda m: m.read_excel(tmp_path / "*.xlsx", sheet_id=2, include_file_paths="p", engine=engine), sort=True)
    check(lambda m: m.read_excel("/nowhere.xlsx", engine=engine))
    check(lambda m: m.read_excel(b"no workbook", engine=engine))
    check(lambda m: m.read_excel(path, engine="zz"))
    check(lambda m: m.read_excel(path, sheet_id="a", engine=engine))
    with pytest.raises(hs.exceptions.InvalidOperationError, match="xlsx2csv"):
        hs.read_excel(path, engine="xlsx2csv")


def test_columns_without_a_name_that_hold_values_are_kept(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", None, None, "b"])
        sheet.write_row(1, 0, [1, None, 5, 2])
    assert hs.read_excel(tmp_path / "book.xlsx", engine="openpyxl").rows() == [(1, 5, 2)]
    assert hs.read_excel(tmp_path / "book.xlsx").rows() == [(1, 5, 2)]
    assert hs.read_excel(tmp_path / "book.xlsx", drop_empty_cols=False).rows() == [(1, None, 5, 2)]


def open_document(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook as LibreOffice writes it, with no more than the format asks for."""

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, bool):
            kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        elif isinstance(value, dt.date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, str):
            kind = 'office:value-type="string"'
        else:
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{tables}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return file.getvalue()


ODS = open_document(
    {
        "One": [["i", "f", "s", "b", "d"], [1, 1.5, "x", True, dt.date(2020, 1, 1)], [2, None, None, None, None]],
        "Two": [["a"], [1]],
        "Empty": [],
    }
)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sheet_id": 2},
        {"sheet_id": [1, 2]},
        {"sheet_name": "Two"},
        {"sheet_name": "Nope"},
        {"sheet_name": "Empty"},
        {"sheet_name": "Empty", "raise_if_empty": False},
        {"has_header": False},
        {"columns": ["s", "i"]},
        {"columns": [2, 0]},
        {"infer_schema_length": 0},
        {"drop_empty_rows": False, "drop_empty_cols": False},
    ],
    ids=str,
)
def test_open_document(options: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    path.write_bytes(ODS)
    check(lambda m: m.read_ods(path, **options))
    check(lambda m: m.read_ods(path, include_file_paths="p", **options))
    check(lambda m: m.read_ods(io.BytesIO(ODS), schema_overrides={} if options else {"i": m.Int8}, **options))


# Writing.


def written(data: bytes) -> list[Any]:
    """All that a workbook says: cells with values, formats and fonts, tables, formats by condition, sizes, sparklines."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found: list[Any] = []
    for sheet in book.worksheets:
        view = sheet.sheet_view
        found.append((sheet.title, sheet.dimensions, sheet.freeze_panes, view.showGridLines, view.zoomScale))
        for row in sheet.iter_rows():
            for c in row:
                link = c.hyperlink and c.hyperlink.target
                fill = c.fill.fill_type and c.fill.fgColor.rgb
                found.append((c.coordinate, repr(c.value), c.data_type, c.number_format, c.alignment.vertical, link))
                found.append((c.font.b, c.font.i, fill))
        for table in sheet.tables.values():
            style = table.tableStyleInfo
            columns = [
                (c.name, c.totalsRowFunction, c.calculatedColumnFormula and c.calculatedColumnFormula.attr_text)
                for c in table.tableColumns
            ]
            found.append((table.name, table.ref, table.headerRowCount, table.totalsRowCount, columns))
            found.append((style.name, style.showFirstColumn, style.showRowStripes, table.autoFilter is not None))
        for area, rules in sheet.conditional_formatting._cf_rules.items():
            found.append((str(area.sqref), [(rule.type, rule.operator, rule.formula) for rule in rules]))
        found.append({k: (round(d.width, 2), d.hidden, d.min, d.max) for k, d in sheet.column_dimensions.items()})
        found.append({k: d.height for k, d in sheet.row_dimensions.items() if d.height})
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    found.append([re.findall(r"<x14:sparklineGroup .*?</x14:sparklineGroups>", text) for text in sheets])
    return found


def frame(m: Any) -> Any:
    return m.DataFrame({"i": [1, -2, None], "s": ["x", None, "=1+1"], "f": [1.5, float("nan"), float("inf")]})


def same(program: Any) -> None:
    def run(m: Any) -> Any:
        file = io.BytesIO()
        program(m, frame(m), file)
        return written(file.getvalue())

    check(run)


WRITING: list[Any] = [
    lambda m, cs: {},
    lambda m, cs: {"include_header": False},
    lambda m, cs: {"worksheet": "Q", "position": "C3", "table_name": "Tt", "autofilter": False},
    lambda m, cs: {"position": (2, 2), "hide_gridlines": True, "sheet_zoom": 150, "freeze_panes": (1, 0)},
    lambda m, cs: {"table_style": "Table Style Light 2", "float_precision": 1},
    lambda m, cs: {"table_style": {"style": "Table Style Medium 3", "first_column": True, "banded_rows": False}},
    lambda m, cs: {"table_style": {"first_column": True}},
    lambda m, cs: {"table_style": {"zz": True}},
    lambda m, cs: {"float_precision": 0},
    lambda m, cs: {"column_formats": {"i": "0.0", "zz": "0"}, "dtype_formats": {m.Float64: "0.00"}},
    lambda m, cs: {"column_formats": {cs.float(): "0.0", ("i", "s"): {"num_format": "00", "bold": True}}},
    lambda m, cs: {"dtype_formats": {(m.Int64, m.String): "@"}},
    lambda m, cs: {"dtype_formats": {frozenset([m.Int64]): "0"}},
    lambda m, cs: {"header_format": {"bold": True, "bg_color": "#ff0000"}},
    lambda m, cs: {"column_totals": True},
    lambda m, cs: {"column_totals": "average", "include_header": False},
    lambda m, cs: {"column_totals": ["f"]},
    lambda m, cs: {"column_totals": {"i": "count", ("s", "f"): "max"}},
    lambda m, cs: {"column_totals": {"i": "=SUM(1,2)"}},
    lambda m, cs: {"column_totals": {"zz": "sum"}},
    lambda m, cs: {"column_totals": False},
    lambda m, cs: {"row_totals": ["i"]},
    lambda m, cs: {"row_totals": "i", "column_totals": True},
    lambda m, cs: {"row_totals": {"tot": ["i", "f"], "one": ["f"]}},
    lambda m, cs: {"row_totals": ["zz"]},
    lambda m, cs: {"column_widths": 100},
    lambda m, cs: {"column_widths": {("i", "s"): 50, "f": 70}},
    lambda m, cs: {"column_widths": {cs.numeric(): 50}, "autofit": True},
    lambda m, cs: {"row_heights": 30, "position": "C3"},
    lambda m, cs: {"row_heights": 30, "column_totals": True},
    lambda m, cs: {"row_heights": {0: 40, (1, 3): 50}},
    lambda m, cs: {"hidden_columns": ["s", "zz"], "column_widths": {"s": 100}},
    lambda m, cs: {"hidden_columns": cs.numeric()},
    lambda m, cs: {"hidden_columns": "i"},
    lambda m, cs: {"autofit": True},
    lambda m, cs: {"autofit": True, "autofilter": False},
    lambda m, cs: {"autofit": True, "header_format": {"bold": True}},
    lambda m, cs: {"formulas": {"g": "=[@i]*2", "h": "=[@g]"}, "column_formats": {"g": "0.0"}, "position": "B2"},
    lambda m, cs: {"formulas": {"g": {"formula": "=[@i]*2", "insert_before": "s", "return_dtype": m.Float64}}},
    lambda m, cs: {"formulas": {"g": {"formula": "=[@i]*2", "insert_after": "i"}}, "include_header": False},
    lambda m, cs: {"formulas": {"i": "=1"}},
    lambda m, cs: {"sparklines": {"sp": ["i"]}},
    lambda m, cs: {"sparklines": {"sp": ["i", "f"]}},
    lambda m, cs: {"sparklines": {"sp": {"columns": ["s", "f"], "type": "column", "insert_before": "i"}}},
    lambda m, cs: {"sparklines": {"sp": ["i"]}, "formulas": {"g": "=1"}, "row_totals": ["i"], "column_totals": True},
    lambda m, cs: {"conditional_formats": {"i": "data_bar"}},
    lambda m, cs: {"conditional_formats": {("i", "f"): "3_color_scale"}, "include_header": False},
    lambda m, cs: {"conditional_formats": {cs.numeric(): [{"type": "2_color_scale"}, "data_bar"]}},
    lambda m, cs: {
        "conditional_formats": {"i": {"type": "cell", "criteria": ">", "value": 1, "format": {"bold": True}}}
    },
    lambda m, cs: {"conditional_formats": {"zz": "data_bar"}},
    lambda m, cs: {"freeze_panes": "B2"},
    lambda m, cs: {"freeze_panes": ("C2", 3, 4)},
    lambda m, cs: {"freeze_panes": (1, 0, 5, 2)},
    lambda m, cs: {"use_zip64": True},
    lambda m, cs: {"worksheet": "a" * 40},
]


@pytest.mark.parametrize("number", range(len(WRITING)))
def test_workbooks_are_written_as_by_polars(number: int) -> None:
    def program(m: Any, df: Any, file: Any) -> Any:
        return df.write_excel(file, **WRITING[number](m, pcs if m is pl else hcs))

    same(program)
    same(lambda m, df, file: program(m, df.head(1), file))
    # Without rows, Polars leaves out totals, widths and tables without a header.
    if not WRITING[number](hs, hcs).keys() & {"include_header", "column_totals", "autofit", "conditional_formats"}:
        same(lambda m, df, file: program(m, df.clear(), file))


def test_totals_of_no_rows() -> None:
    file = io.BytesIO()
    frame(hs).clear().write_excel(file, column_totals=True, include_header=False)
    table = openpyxl.load_workbook(file).worksheets[0].tables["Frame0"]
    assert (table.ref, table.totalsRowCount) == ("A1:C2", 1)


def test_all_numbers_in_a_row() -> None:
    same(lambda m, df, file: df.select("i", "f").write_excel(file, row_totals=True, column_totals=True))
    same(lambda m, df, file: df.select([]).write_excel(file))
    ours = io.BytesIO()
    hs.DataFrame({"a[1]": [1], "b": [2]}).write_excel(ours, row_totals={"x": True, "y": True})
    table = openpyxl.load_workbook(ours).worksheets[0].tables["Frame0"]
    formulas = [c.calculatedColumnFormula.attr_text for c in table.tableColumns[2:]]
    assert formulas == ["SUM([[#This Row],[a'[1']]:[b]])"] * 2


def test_values_of_all_types() -> None:
    def program(m: Any, df: Any, file: Any) -> Any:
        del df
        columns = {
            "b": m.Series([True, None, False]),
            "d": m.Series([dt.date(2020, 1, 1), None, dt.date(1999, 12, 31)]),
            "t": m.Series([dt.datetime(2020, 1, 1, 2, 3, 4, 567000), None, None]),
            "ti": m.Series([dt.time(1, 2, 3), None, None]),
            "du": m.Series([dt.timedelta(hours=30), None, None]),
            "l": m.Series([[1, 2], None, []]),
            "a": m.Series([[1, 2], None, [3, 4]], dtype=m.Array(m.Int8, 2)),
            "st": m.Series([{"a": 1}, None, {"a": None}]),
            "dec": m.Series([Decimal("1.25"), None, None]),
            "c": m.Series(["q", None, ""], dtype=m.Categorical),
            "e": m.Series(["q", None, "q"], dtype=m.Enum(["q"])),
            "n": m.Series([None] * 3),
            "u": m.Series([1, 2, None], dtype=m.UInt8),
            "big": m.Series([2**60, None, 1]),
            "x": m.Series([float("-inf"), -0.0, 0.5], dtype=m.Float32),
            "url": m.Series(["http://a.b", "a\nb", "mailto:a@b.c"]),
        }
        return m.DataFrame(columns).write_excel(file)

    same(program)


@pytest.mark.parametrize(
    ("values", "what"), [([b"a"], "bytes"), ([dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)], "time zones")]
)
def test_values_that_cells_cannot_hold(values: list[Any], what: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=f"no {what}: convert the column 'x'"):
        hs.DataFrame({"x": values}).write_excel(tmp_path / "book.xlsx")
    assert not list(tmp_path.iterdir())


def test_several_frames_in_a_workbook() -> None:
    def program(m: Any, df: Any, file: Any) -> None:
        df = df.select("i", "s")
        with xlsxwriter.Workbook(file) as book:
            df.write_excel(book, "one")
            df.write_excel(book, "one", position="F2")
            df.write_excel(book, book.add_worksheet("w"), table_name="X")
            assert df.write_excel(book, worksheet="one", position=(20, 0), include_header=False) is book
            df.write_excel(book)

    same(program)


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    df = hs.DataFrame({"a": [1]})
    df.write_excel()
    df.write_excel("abc")
    df.write_excel(tmp_path / "x.xlsm")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["abc.xlsx", "dataframe.xlsx", "x.xlsm"]
    assert hs.read_excel("abc.xlsx").rows() == [(1,)]


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"workbook": 5}, TypeError, "`workbook` is a path"),
    ({"workbook": "/nowhere/x.xlsx"}, FileNotFoundError, "no folder"),
    ({"worksheet": 5}, TypeError, "`worksheet` is a name"),
    ({"position": "zz"}, ValueError, "`position`"),
    ({"position": (1,)}, ValueError, "`position`"),
    ({"table_style": 5}, TypeError, "`table_style`"),
    ({"table_name": "a b"}, ValueError, "`table_name`"),
    ({"sheet_zoom": 1}, ValueError, "`sheet_zoom`"),
    ({"float_precision": -1}, ValueError, "`float_precision`"),
    ({"freeze_panes": 3}, ValueError, "`freeze_panes`"),
    ({"formulas": ["a"]}, TypeError, "`formulas`"),
    ({"formulas": {"g": {"f": "=1"}}}, ValueError, "a formula is a text"),
    ({"formulas": {"g": {"formula": "=1", "insert_before": "zz"}}}, hs.exceptions.ColumnNotFoundError, "'zz'"),
    ({"header_format": {"zz": 1}}, ValueError, "property 'zz'"),
    ({"column_formats": {5: "0"}}, TypeError, "chosen by its name"),
    ({"column_totals": "zz"}, ValueError, "average"),
    ({"sparklines": {"sp": {"columns": ["zz"]}}}, hs.exceptions.ColumnNotFoundError, "`sparklines`"),
    ({"conditional_formats": {"i": "zz"}}, ValueError, "conditional format 'zz'"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("options", "error", "text"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_arguments_are_named(options: dict[str, Any], error: type[Exception], text: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=text):
        frame(hs).write_excel(**{"workbook": tmp_path / "book.xlsx", **options})
    assert not list(tmp_path.iterdir())


def test_packages_that_are_not_there(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for name in ("fastexcel", "openpyxl", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, name, None)
    for engine, package in (("calamine", "fastexcel"), ("openpyxl", "openpyxl")):
        with pytest.raises(ModuleNotFoundError, match=f"pip install {package}"):
            hs.read_excel(path, engine=engine)
    with pytest.raises(ModuleNotFoundError, match="pip install xlsxwriter"):
        hs.DataFrame({"a": [1]}).write_excel(io.BytesIO())
