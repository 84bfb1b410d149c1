"""Frames as tables of Excel workbooks, written by XlsxWriter."""

from __future__ import annotations

import os
import re

from hypostyle.exceptions import ColumnNotFoundError, DuplicateError, InvalidOperationError
from hypostyle.optional import required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from hypostyle.dataframe import DataFrame

#: What stands in cells of these types, if nobody says otherwise.
_FORMATS = {"Date": "yyyy-mm-dd;@", "Time": "hh:mm:ss;@", "Datetime": "yyyy-mm-dd hh:mm:ss"}

_TOTALS = ("average", "count_nums", "count", "max", "min", "std_dev", "sum", "var")

_STYLE_KEYS = ("style", "first_column", "last_column", "banded_rows", "banded_columns")


def write_excel(frame: DataFrame, options: dict[str, Any]) -> Any:
    """Writes a frame with the arguments of `DataFrame.write_excel`; gives the workbook."""
    xlsxwriter = required("xlsxwriter", "`write_excel`")
    table = _Table(frame, xlsxwriter, options)
    workbook, opened = _workbook(xlsxwriter, options["workbook"])
    try:
        table.write(workbook, _worksheet(workbook, options["worksheet"]))
    except BaseException:
        if opened:
            # The file is written when the workbook is closed, and what has failed is not.
            workbook.fileclosed = True
        raise
    if opened:
        workbook.close()
    return workbook


def _workbook(xlsxwriter: Any, target: Any) -> tuple[Any, bool]:
    """A workbook, and whether it was opened here."""
    if isinstance(target, xlsxwriter.Workbook):
        return target, False
    if target is None:
        target = "dataframe.xlsx"
    if isinstance(target, (str, os.PathLike)):
        target = os.path.expanduser(os.fspath(target))
        if not os.path.splitext(target)[1]:
            target += ".xlsx"
        folder = os.path.dirname(target) or "."
        if not os.path.isdir(folder):
            msg = f"{target}: there is no folder {folder!r}"
            raise FileNotFoundError(msg)
    elif not hasattr(target, "write"):
        msg = f"`workbook` is a path, an open file or a Workbook of XlsxWriter, not {type(target).__name__!r}"
        raise TypeError(msg)
    return xlsxwriter.Workbook(target, {"nan_inf_to_errors": True, "strings_to_formulas": False}), True


def _worksheet(workbook: Any, worksheet: Any) -> Any:
    if worksheet is None or isinstance(worksheet, str):
        found = workbook.get_worksheet_by_name(worksheet) if worksheet else None
        return workbook.add_worksheet(worksheet) if found is None else found
    if not hasattr(worksheet, "add_table"):
        msg = f"`worksheet` is a name or a Worksheet of XlsxWriter, not {type(worksheet).__name__!r}"
        raise TypeError(msg)
    return worksheet


class _Table:
    """A frame on its way into a worksheet. What is wrong with the arguments is found before anything is written."""

    def __init__(self, frame: DataFrame, xlsxwriter: Any, options: dict[str, Any]) -> None:
        self.frame = frame
        self.options = options
        self.format_class = xlsxwriter.format.Format
        self.utility = xlsxwriter.utility
        self.formats: dict[str, Any] = {}
        self.names = frame.columns
        self.formulas: dict[str, str] = {}
        self.sparklines: dict[str, dict[str, Any]] = {}
        self.return_dtypes: dict[str, Any] = {}
        self.numeric = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
        self.style = self._style()
        self.top, self.left = self._position(options["position"], "position")
        if options["float_precision"] < 0:
            msg = f"`float_precision` is not negative, not {options['float_precision']}"
            raise ValueError(msg)
        zoom = options["sheet_zoom"]
        if zoom is not None and not 10 <= zoom <= 400:
            msg = f"`sheet_zoom` is between 10 and 400, not {zoom}"
            raise ValueError(msg)
        name = options["table_name"]
        if name is not None and not re.fullmatch(r"[^\W\d][\w.]*|\\", name):
            msg = f"`table_name` is letters, digits, `_` and `.`, and begins with a letter or `_`; it is not {name!r}"
            raise ValueError(msg)
        self._insert_sparklines()
        self._insert_formulas()
        self._insert_row_totals()
        self.totals = self._column_totals()
        self.values = {column.name: _cells(column) for column in frame}

    # The arguments.

    def _style(self) -> dict[str, Any]:
        style = self.options["table_style"]
        if style is None or isinstance(style, str):
            return {"style": style} if style else {}
        if not isinstance(style, dict):
            msg = f"`table_style` is a name or a dict, not {type(style).__name__!r}"
            raise TypeError(msg)
        unknown = [key for key in style if key not in _STYLE_KEYS]
        if unknown:
            msg = f"`table_style` has no key {unknown[0]!r}: it has {', '.join(_STYLE_KEYS)}"
            raise ValueError(msg)
        return dict(style)

    def _position(self, position: Any, argument: str) -> tuple[int, int]:
        if isinstance(position, str):
            if not re.fullmatch(r"\$?[A-Za-z]{1,3}\$?[1-9]\d*", position):
                msg = f"`{argument}` is a cell as 'B3', or row and column counted from 0, not {position!r}"
                raise ValueError(msg)
            row, column = self.utility.xl_cell_to_rowcol(position.upper())
            return row, column
        if not isinstance(position, tuple) or len(position) != 2:
            msg = f"`{argument}` is a cell as 'B3', or row and column counted from 0, not {position!r}"
            raise ValueError(msg)
        return position

    def _selected(self, key: Any) -> list[str]:
        """The columns that a key of an argument stands for: names, types, selectors, or several of them."""
        from hypostyle.datatypes import is_dtype
        from hypostyle.selectors import expand_selector, is_selector

        if isinstance(key, str):
            return [key]
        if is_selector(key):
            return list(expand_selector(self.frame, key))
        if is_dtype(key):
            return [name for name, dtype in self.frame.schema.items() if dtype == key]
        if isinstance(key, (tuple, list, set, frozenset)):
            return [name for part in key for name in self._selected(part)]
        msg = f"a column is chosen by its name, its type or a selector, not by {key!r}"
        raise TypeError(msg)

    def _by_name(self, chosen: dict[Any, Any]) -> dict[str, Any]:
        """What is said of columns by their names; a name of its own goes before groups."""
        found: dict[str, Any] = {}
        for key, value in sorted(chosen.items(), key=lambda item: isinstance(item[0], str)):
            found |= dict.fromkeys(self._selected(key), value)
        return found

    def _insert(self, name: str, spec: dict[str, Any], argument: str) -> None:
        """Puts a name where the options for it say."""
        if name in self.names:
            msg = f"`{argument}` cannot make a second column {name!r}"
            raise DuplicateError(msg)
        before, after = spec.pop("insert_before", None), spec.pop("insert_after", None)
        beside = before if before is not None else after
        if beside is None:
            self.names.append(name)
            return
        if beside not in self.names:
            msg = f"`{argument}` puts {name!r} beside column {beside!r}, which is not found"
            raise ColumnNotFoundError(msg)
        self.names.insert(self.names.index(beside) + (before is None), name)

    def _insert_sparklines(self) -> None:
        for name, given in (self.options["sparklines"] or {}).items():
            spec = dict(given) if isinstance(given, dict) else {"columns": given}
            columns = self._selected(spec.pop("columns", []))
            self._known(columns, "sparklines")
            self._insert(name, spec, "sparklines")
            if spec.get("type") in ("column", "win_loss"):
                spec.setdefault("negative_points", True)
            self.sparklines[name] = {"columns": columns, "options": spec}

    def _insert_formulas(self) -> None:
        formulas = self.options["formulas"] or {}
        if not isinstance(formulas, dict):
            msg = f"`formulas` is a dict of formulas by name, not {type(formulas).__name__!r}"
            raise TypeError(msg)
        for name, given in formulas.items():
            spec = dict(given) if isinstance(given, dict) else {"formula": given}
            unknown = spec.keys() - {"formula", "insert_before", "insert_after", "return_dtype"}
            if "formula" not in spec or unknown:
                msg = (
                    f"a formula is a text, or a dict with 'formula' and perhaps 'insert_before', 'insert_after' and "
                    f"'return_dtype'; that of {name!r} is {given!r}"
                )
                raise ValueError(msg)
            self._insert(name, spec, "formulas")
            self.formulas[name] = spec["formula"]
            if spec.get("return_dtype") is not None:
                self.return_dtypes[name] = spec["return_dtype"]

    def _insert_row_totals(self) -> None:
        from hypostyle.datatypes import Float64

        given = self.options["row_totals"]
        if not given:
            return
        for name, columns in (given if isinstance(given, dict) else {"total": given}).items():
            chosen = self.numeric if columns is True else self._selected(columns)
            self._known(chosen, "row_totals")
            self._insert(name, {}, "row_totals")
            at = [self.names.index(column) for column in chosen]
            if at and at == list(range(at[0], at[0] + len(at))):
                terms = f"[@[{_escaped(chosen[0])}]:[{_escaped(chosen[-1])}]]"
            else:
                terms = ",".join(f"[@[{_escaped(column)}]]" for column in chosen)
            self.formulas[name] = f"=SUM({terms})"
            self.return_dtypes[name] = Float64

    def _column_totals(self) -> dict[str, str]:
        given = self.options["column_totals"]
        if isinstance(given, dict):
            totals = self._by_name(given)
        elif given is True or isinstance(given, str):
            numeric = [*self.numeric, *(name for name, dtype in self.return_dtypes.items() if dtype.is_numeric())]
            totals = dict.fromkeys(numeric, "sum" if given is True else given)
        else:
            totals = dict.fromkeys(self._selected(list(given or [])), "sum")
        for name, function in totals.items():
            if function not in _TOTALS and not (isinstance(function, str) and function.startswith("=")):
                msg = f"`column_totals` of {name!r} is one of {', '.join(_TOTALS)} or a formula, not {function!r}"
                raise ValueError(msg)
        return {name: function for name, function in totals.items() if name in self.names}

    def _known(self, names: Iterable[str], argument: str) -> None:
        for name in names:
            if name not in self.names:
                msg = f"column {name!r} of `{argument}` not found; the frame has {self.names}"
                raise ColumnNotFoundError(msg)

    # The sheet.

    def write(self, workbook: Any, sheet: Any) -> None:
        options = self.options
        if options["use_zip64"]:
            workbook.use_zip64()
        if options["hide_gridlines"]:
            sheet.hide_gridlines(2)
        if options["sheet_zoom"] is not None:
            sheet.set_zoom(options["sheet_zoom"])
        self._freeze(sheet)
        if self.names:
            self._add_table(workbook, sheet)
            self._add_sparklines(sheet)
            self._add_conditional_formats(workbook, sheet)
            self._set_sizes(sheet)

    @property
    def first_row(self) -> int:
        """The row of the first values."""
        return self.top + bool(self.options["include_header"])

    @property
    def last_row(self) -> int:
        """The row of the last values; a table has one row at least."""
        return self.first_row + max(self.frame.height, 1) - 1

    def column_at(self, name: str) -> int:
        return self.left + self.names.index(name)

    def _freeze(self, sheet: Any) -> None:
        panes = self.options["freeze_panes"]
        if panes is None:
            return
        if isinstance(panes, str):
            sheet.freeze_panes(*self._position(panes, "freeze_panes"))
        elif isinstance(panes, tuple) and len(panes) == 3 and isinstance(panes[0], str):
            sheet.freeze_panes(*self._position(panes[0], "freeze_panes"), *panes[1:])
        elif isinstance(panes, tuple) and len(panes) in (2, 4):
            sheet.freeze_panes(*panes)
        else:
            msg = f"`freeze_panes` is a cell as 'B3', or two or four numbers, not {panes!r}"
            raise ValueError(msg)

    def _add_table(self, workbook: Any, sheet: Any) -> None:
        options = self.options
        header = bool(options["include_header"])
        formats = self._column_formats()
        columns: list[dict[str, Any]] = []
        for name in self.names:
            column: dict[str, Any] = {"header": name, "format": self._format(workbook, formats[name])}
            if options["header_format"]:
                column["header_format"] = self._format(workbook, options["header_format"])
            if name in self.formulas:
                column["formula"] = self.formulas[name]
            function = self.totals.get(name)
            if function is not None:
                column["total_function"] = function
            columns.append(column)
        total_row = bool(options["column_totals"])
        rows = [list(row) for row in zip(*(self.values.get(n) or [None] * self.frame.height for n in self.names))]
        spec = {
            "data": rows,
            "columns": columns,
            "header_row": header,
            "total_row": total_row,
            "autofilter": header and bool(options["autofilter"]),
            "name": options["table_name"] or _unused_name(workbook),
            "style": None,
            **self.style,
        }
        last = self.last_row + total_row
        added = sheet.add_table(self.top, self.left, last, self.left + len(self.names) - 1, spec)
        if added not in (0, None):
            msg = (
                f"XlsxWriter refuses the table {spec['name']!r} at row {self.top}, column {self.left} of {sheet.name!r}"
            )
            raise InvalidOperationError(msg)
        if options["autofit"]:
            sheet.autofit()

    def _column_formats(self) -> dict[str, Any]:
        """The format of each column: that of its name, of its type, or the default of its type."""
        # With a style of its own, the colour of a number is the style's.
        red = "" if self.style.get("style") else ";[Red]-"
        whole = "#,##0"
        digits = self.options["float_precision"]
        real = f"{whole}.{'0' * digits}" if digits else whole
        by_dtype: dict[Any, Any] = {}
        for key, value in (self.options["dtype_formats"] or {}).items():
            by_dtype |= dict.fromkeys(key if isinstance(key, (tuple, list, set, frozenset)) else [key], value)
        by_name = self._by_name(self.options["column_formats"] or {})
        found: dict[str, Any] = {}
        for name in self.names:
            dtype = self.return_dtypes.get(name, self.frame.schema.get(name))
            number: Any = None
            if dtype is not None:
                number = next((value for key, value in by_dtype.items() if dtype == key), None)
                if number is None and dtype.is_integer():
                    number = f"{whole}{red}{whole}" if red else whole
                elif number is None and dtype.is_float():
                    number = f"{real}{red}{real}" if red else real
                elif number is None:
                    number = _FORMATS.get(dtype.base_type().__name__)
            base = {"valign": "vcenter"} | ({"num_format": number} if isinstance(number, str) else number or {})
            own = by_name.get(name)
            if isinstance(own, str):
                own = {"num_format": own}
            found[name] = own if isinstance(own, self.format_class) else base | (own or {})
        return found

    def _format(self, workbook: Any, spec: Any) -> Any:
        """A format of the workbook; equal ones are one."""
        if not isinstance(spec, dict):
            return spec
        unknown = [key for key in spec if not hasattr(self.format_class, f"set_{key}")]
        if unknown:
            msg = f"a format of XlsxWriter has no property {unknown[0]!r}"
            raise ValueError(msg)
        key = repr(sorted(spec.items()))
        if key not in self.formats:
            self.formats[key] = workbook.add_format(spec)
        return self.formats[key]

    def _add_sparklines(self, sheet: Any) -> None:
        for name, spec in self.sparklines.items():
            at = sorted(self.column_at(column) for column in spec["columns"])
            if not at or at != list(range(at[0], at[-1] + 1)):
                msg = f"the columns of the sparkline {name!r} must stand side by side"
                raise RuntimeError(msg)
            for row in range(self.first_row, self.first_row + self.frame.height):
                cells = ":".join(self.utility.xl_rowcol_to_cell(row, column) for column in (at[0], at[-1]))
                sheet_name = self.utility.quote_sheetname(sheet.name)
                options = {**spec["options"], "range": f"{sheet_name}!{cells}"}
                sheet.add_sparkline(row, self.column_at(name), options)

    def _add_conditional_formats(self, workbook: Any, sheet: Any) -> None:
        for key, given in (self.options["conditional_formats"] or {}).items():
            names = self._selected(key)
            self._known(names, "conditional_formats")
            areas = [
                self.utility.xl_range(self.first_row, self.column_at(n), self.last_row, self.column_at(n))
                for n in names
            ]
            for one in given if isinstance(given, (list, tuple)) else [given]:
                spec = {"type": one} if isinstance(one, str) else dict(one)
                if isinstance(spec.get("format"), str):
                    spec["format"] = {"num_format": spec["format"]}
                if "format" in spec:
                    spec["format"] = self._format(workbook, spec["format"])
                if len(areas) > 1:
                    spec["multi_range"] = " ".join(areas)
                if areas and sheet.conditional_format(areas[0], spec) not in (0, None):
                    msg = f"XlsxWriter refuses the conditional format {one!r} of {key!r}"
                    raise ValueError(msg)

    def _set_sizes(self, sheet: Any) -> None:
        options = self.options
        widths = options["column_widths"]
        widths = self._by_name(widths) if isinstance(widths, dict) else dict.fromkeys(self.names, widths)
        hidden = set() if options["hidden_columns"] is None else set(self._selected(options["hidden_columns"]))
        for name in self.names:
            at, width = self.column_at(name), widths.get(name)
            if width is not None:
                sheet.set_column_pixels(at, at, width, None, {"hidden": name in hidden})
            elif name in hidden:
                sheet.set_column(at, at, None, None, {"hidden": True})
        heights = options["row_heights"]
        if isinstance(heights, int):
            for row in range(self.top, self.last_row + bool(options["column_totals"]) + 1):
                sheet.set_row_pixels(row, heights)
        for rows, height in heights.items() if isinstance(heights, dict) else ():
            for row in rows if isinstance(rows, tuple) else (rows,):
                sheet.set_row_pixels(row, height)


def _escaped(name: str) -> str:
    """A name within a formula."""
    return re.sub(r"(['#\[\]])", r"'\1", name)


def _unused_name(workbook: Any) -> str:
    """`Frame0`, or the next that the workbook does not have."""
    names = {table["name"] for sheet in workbook.worksheets() for table in sheet.tables}
    number = sum(name.startswith("Frame") for name in names)
    while f"Frame{number}" in names:
        number += 1
    return f"Frame{number}"


def _cells(column: Any) -> list[Any]:
    """The values of a column as cells hold them."""
    from hypostyle.datatypes import Binary, Datetime, Decimal

    dtype = column.dtype
    if dtype == Binary or dtype == Datetime and dtype.time_zone is not None:
        what = "bytes" if dtype == Binary else "time zones"
        msg = f"cells of Excel have no {what}: convert the column {column.name!r} before it is written"
        raise TypeError(msg)
    values = column.to_list()
    convert: Callable[[Any], Any] | None = str if dtype.is_nested() else float if dtype == Decimal else None
    return values if convert is None else [None if value is None else convert(value) for value in values]
