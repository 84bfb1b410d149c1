"""Methods of frames that write formats of other programs, or hand values to other libraries."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hypostyle.dataframe import DataFrame
    from hypostyle.lazyframe import LazyFrame
    from hypostyle.series import Series


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
        """Puts the table on the clipboard as text that spreadsheets take; other arguments are those of `write_csv`."""
        from hypostyle.io.clipboard import write_clipboard

        write_clipboard(self, separator, kwargs)

    def write_delta(
        self: DataFrame,  # type: ignore[misc]
        target: Any,
        *,
        mode: str = "error",
        storage_options: Any = None,
        credential_provider: Any = "auto",
        delta_write_options: dict[str, Any] | None = None,
        delta_merge_options: dict[str, Any] | None = None,
    ) -> Any:
        """Writes a Delta table by the package deltalake; with `mode="merge"` it gives what merges, and writes nothing.

        `mode` is 'error', 'append', 'overwrite', 'ignore' or 'merge'. `delta_write_options` go to `write_deltalake`,
        `delta_merge_options` to `DeltaTable.merge`, and have a 'predicate'. Categories become strings, arrays lists, and unsigned
        integers signed ones.

        >>> import tempfile
        >>> import hypostyle as hs
        >>> path = tempfile.mkdtemp()
        >>> df = hs.DataFrame({"a": [1, 2]})
        >>> df.write_delta(path)
        >>> df.write_delta(path, mode="append")
        >>> hs.read_delta(path).height
        4
        """
        from hypostyle.io.delta import write_delta

        return write_delta(
            self,
            target,
            mode=mode,
            storage_options=storage_options,
            credential_provider=credential_provider,
            write_options=dict(delta_write_options or {}),
            merge_options=delta_merge_options,
        )

    def serialize(self: DataFrame, file: Any = None, *, format: str = "binary") -> bytes | str | None:  # type: ignore[misc]
        """The frame as bytes, or as a text with `format="json"`; or it is written to a path or an open file.

        `deserialize` reads them; so may later versions of this package, but no other program.

        >>> import hypostyle as hs
        >>> df = hs.DataFrame({"a": [1, None]})
        >>> hs.DataFrame.deserialize(df.serialize()).equals(df)
        True
        """
        from hypostyle.serialized import serialize

        return serialize(self, file, format)

    @staticmethod
    def deserialize(source: Any, *, format: str = "binary") -> DataFrame:
        """The frame that `serialize` wrote, out of bytes, a path or an open file.

        >>> import io
        >>> import hypostyle as hs
        >>> text = hs.DataFrame({"a": [1, 2]}).serialize(format="json")
        >>> hs.DataFrame.deserialize(io.StringIO(text), format="json")["a"].to_list()
        [1, 2]
        """
        from hypostyle.serialized import deserialize

        return deserialize(source, format)

    def to_torch(
        self: DataFrame,  # type: ignore[misc]
        return_type: str = "tensor",
        *,
        label: Any = None,
        features: Any = None,
        dtype: Any = None,
    ) -> Any:
        """The values as a tensor of PyTorch, of two dimensions; as a dict of tensors by column; or as a dataset.

        With `label` (columns or expressions) the dict has the tensors `label` and `features`, the latter of all other columns if
        `features` does not name some. `dtype` is a type that all columns get first.
        """
        from hypostyle.tensors import frame_to_torch

        return frame_to_torch(self, return_type, label, features, dtype)

    def to_jax(
        self: DataFrame,  # type: ignore[misc]
        return_type: str = "array",
        *,
        device: Any = None,
        label: Any = None,
        features: Any = None,
        dtype: Any = None,
        order: str = "fortran",
    ) -> Any:
        """The values as an array of JAX, of two dimensions, or as a dict of arrays by column; see `to_torch`.

        `device` is a device of JAX or the name of a platform, whose first one is taken.
        """
        from hypostyle.tensors import frame_to_jax

        return frame_to_jax(self, return_type, device, label, features, dtype, order)


class ForeignSinks:
    """What `LazyFrame` has of such methods."""

    def sink_delta(
        self: LazyFrame,  # type: ignore[misc]
        target: Any,
        *,
        mode: str = "error",
        storage_options: Any = None,
        credential_provider: Any = "auto",
        delta_write_options: dict[str, Any] | None = None,
        delta_merge_options: dict[str, Any] | None = None,
        engine: str = "auto",
        optimizations: Any = None,
    ) -> Any:
        """Writes the result as a Delta table while it is computed; the arguments are those of `DataFrame.write_delta`.

        What is merged (`mode="merge"`) is computed first.

        >>> import tempfile
        >>> import hypostyle as hs
        >>> path = tempfile.mkdtemp()
        >>> hs.LazyFrame({"a": [1, 2, 3]}).filter(hs.col("a") > 1).sink_delta(path)
        >>> hs.read_delta(path)["a"].to_list()
        [2, 3]
        """
        from hypostyle.engine import check_engine
        from hypostyle.io.delta import write_delta

        check_engine(engine, optimizations)
        return write_delta(
            self,
            target,
            mode=mode,
            storage_options=storage_options,
            credential_provider=credential_provider,
            write_options=dict(delta_write_options or {}),
            merge_options=delta_merge_options,
        )


class ForeignSeries:
    """What `Series` has of such methods."""

    def to_torch(self: Series) -> Any:  # type: ignore[misc]
        """The values as a tensor of PyTorch."""
        from hypostyle.tensors import series_to_torch

        return series_to_torch(self)

    def to_jax(self: Series, device: Any = None) -> Any:  # type: ignore[misc]
        """The values as an array of JAX, on a device or on the first one of a platform."""
        from hypostyle.tensors import series_to_jax

        return series_to_jax(self, device)
