"""Methods of frames that write formats of other programs, or hand values to other libraries."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame


class ForeignWriters:
    """What `DataFrame` has of such methods. The libraries are imported when a method is called."""

    def write_excel(
        self: DataFrame,  # type: ignore[misc]
        workbook: Any = None,
        worksheet: Any = None,
        *,
        position: tuple[int, int] | str = "A1",
        table_style: str | dict[str, Any] | None = None,
        table_name: str | None = None,
        column_formats: dict[Any, Any] | None = None,
        dtype_formats: dict[Any, Any] | None = None,
        conditional_formats: dict[Any, Any] | None = None,
        header_format: dict[str, Any] | None = None,
        column_totals: Any = None,
        column_widths: dict[Any, int] | int | None = None,
        row_totals: Any = None,
        row_heights: dict[int | tuple[int, ...], int] | int | None = None,
        sparklines: dict[str, Any] | None = None,
        formulas: dict[str, Any] | None = None,
        float_precision: int = 3,
        include_header: bool = True,
        autofilter: bool = True,
        autofit: bool = False,
        hidden_columns: Any = None,
        hide_gridlines: bool = False,
        sheet_zoom: int | None = None,
        freeze_panes: Any = None,
        use_zip64: bool = False,
    ) -> Any:
        """Writes a table of an Excel workbook by XlsxWriter, and gives the workbook.

        `workbook` is a path (`dataframe.xlsx` if none is given), an open file, or a Workbook, to which the table is added; `worksheet`
        is a name or a Worksheet; `position` is where the upper left cell is. Arguments that speak of columns are dicts by names,
        types, selectors, or tuples of them:

        * `column_formats`, `dtype_formats`, `header_format`: formats of numbers such as `'0.00'`, or dicts of properties of formats
        * `conditional_formats`: a kind such as `'data_bar'`, or options of XlsxWriter's `conditional_format`
        * `column_totals`: `True`, the name of a function, columns to sum, or a function for each; `row_totals`: `True`, columns, or a
          dict of columns by the name of the total
        * `formulas`: further columns, by name: a formula, or a dict with `formula`, `insert_before`, `insert_after`, `return_dtype`
        * `sparklines`: further columns with small charts: the columns that they show, or a dict with `columns`, `insert_before`,
          `insert_after` and options of XlsxWriter's `add_sparkline`
        * `column_widths`, `row_heights`: in pixels; `hidden_columns`: names or a selector

        >>> import io
        >>> import hypostyle as hs
        >>> file = io.BytesIO()
        >>> df = hs.DataFrame({"city": ["Kyoto", "Oslo"], "sold": [3, 5]})
        >>> _ = df.write_excel(file, "Sales", column_totals=True, formulas={"twice": "=[@sold]*2"})
        >>> hs.read_excel(file, sheet_name="Sales", columns=["city", "sold"])["sold"].to_list()[:2]
        [3, 5]
        """
        options = dict(locals())
        del options["self"]
        from hypostyle.io.excel_writer import write_excel

        return write_excel(self, options)

    def write_avro(self: DataFrame, file: Any, compression: str = "uncompressed", name: str = "") -> None:  # type: ignore[misc]
        """Writes Avro to a path or an open file: all of it, or nothing.

        `compression` is 'uncompressed', 'snappy' or 'deflate', `name` the name of the records. Categories become strings, and times
        with a zone instants.

        >>> import io
        >>> import hypostyle as hs
        >>> file = io.BytesIO()
        >>> hs.DataFrame({"a": [1, None]}).write_avro(file, compression="deflate")
        >>> hs.read_avro(file.getvalue())["a"].to_list()
        [1, None]
        """
        from hypostyle.io.avro import write_avro

        write_avro(self, file, compression, name)

    def write_clipboard(self: DataFrame, *, separator: str = "\t", **kwargs: Any) -> None:  # type: ignore[misc]
        """Puts the table on the clipboard as text that spreadsheets take; other arguments are those of `write_csv`.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": [1]}).write_clipboard()  # doctest: +SKIP
        """
        from hypostyle.io.clipboard import write_clipboard

        write_clipboard(self, separator, kwargs)
