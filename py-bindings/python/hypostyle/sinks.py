"""Methods that write: of queries, whose rows go to a file while they are computed, and of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypostyle.exceptions import InvalidOperationError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from hypostyle.dataframe import DataFrame
    from hypostyle.io.options import CsvWriteOptions
    from hypostyle.lazyframe import LazyFrame


class LazySinks:
    """What `LazyFrame` has of methods that write."""

    def sink_csv(
        self: LazyFrame,  # type: ignore[misc]
        path: Any,
        *,
        maintain_order: bool = True,
        sync_on_close: str | None = None,
        mkdir: bool = False,
        lazy: bool = False,
        engine: str = "auto",
        optimizations: Any = None,
        **options: Unpack[CsvWriteOptions],
    ) -> None:
        """Writes the result as CSV while it is computed; the options are those of `DataFrame.write_csv`."""
        from hypostyle.io.csv import csv_options
        from hypostyle.io.output import sink_text

        del maintain_order, sync_on_close, engine, optimizations
        if lazy:
            msg = "a sink that is collected later is not supported: `lazy=True`"
            raise InvalidOperationError(msg)
        sink_text(self, "csv", path, csv_options(**options), mkdir=mkdir)


class Writers:
    """What `DataFrame` has of methods that write."""

    def write_csv(self: DataFrame, file: Any = None, **options: Unpack[CsvWriteOptions]) -> str | None:  # type: ignore[misc]
        """Writes CSV to a path or file, or gives it as text."""
        from hypostyle.io.csv import csv_options
        from hypostyle.io.output import sink_text

        return sink_text(self.lazy(), "csv", file, csv_options(**options))
