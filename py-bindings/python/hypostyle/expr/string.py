"""`Expr.str`: functions on text."""

from __future__ import annotations

from hypostyle.datatypes import Date, Datetime, Int64, Time
from hypostyle.datatypes import parse as parse_dtype
from hypostyle.expr.expr import Expr
from hypostyle.expr.namespace import Namespace, column_or_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class StringNamespace(Namespace):
    """Functions on text. Lengths and positions are in characters, unless a name says bytes."""

    _prefix = "str."

    def contains(self, pattern: Any, *, literal: bool = False, strict: bool = True) -> Expr:
        """Whether the pattern is in the text: a regular expression unless `literal`.

        >>> import hypostyle as hs
        >>> hs.Series(["apple", "pear"]).str.contains("^a.*e$").to_list()
        [True, False]
        """
        return self._call("contains", pattern, literal, strict)

    def starts_with(self, prefix: Any) -> Expr:
        """Whether the text starts so."""
        return self._call("starts_with", prefix)

    def ends_with(self, suffix: Any) -> Expr:
        """Whether the text ends so."""
        return self._call("ends_with", suffix)

    def len_bytes(self) -> Expr:
        """The number of bytes."""
        return self._call("len_bytes")

    def len_chars(self) -> Expr:
        """The number of characters."""
        return self._call("len_chars")

    def to_lowercase(self) -> Expr:
        """In lower case."""
        return self._call("to_lowercase")

    def to_uppercase(self) -> Expr:
        """In upper case."""
        return self._call("to_uppercase")

    def to_titlecase(self) -> Expr:
        """With words in upper case at the front."""
        return self._call("to_titlecase")

    def normalize(self, form: str = "NFC") -> Expr:
        """In a normalization form of Unicode: NFC, NFKC, NFD or NFKD."""
        return self._call("normalize", form)

    def reverse(self) -> Expr:
        """The characters from last to first."""
        return self._call("reverse")

    def slice(self, offset: Any, length: Any = None) -> Expr:
        """`length` characters from `offset` on; a negative offset counts from the end.

        >>> import hypostyle as hs
        >>> hs.Series(["straße"]).str.slice(-2).to_list()
        ['ße']
        """
        return self._call("slice", offset, length)

    def head(self, n: Any) -> Expr:
        """The first `n` characters; all but the last ones if `n` is negative."""
        return self._call("head", column_or_value(n))

    def tail(self, n: Any) -> Expr:
        """The last `n` characters; all but the first ones if `n` is negative."""
        return self._call("tail", column_or_value(n))

    def strip_chars(self, characters: Any = None) -> Expr:
        """Without these characters, or white space, at both ends."""
        return self._call("strip_chars", characters)

    def strip_chars_start(self, characters: Any = None) -> Expr:
        """Without these characters, or white space, at the start."""
        return self._call("strip_chars_start", characters)

    def strip_chars_end(self, characters: Any = None) -> Expr:
        """Without these characters, or white space, at the end."""
        return self._call("strip_chars_end", characters)

    def strip_prefix(self, prefix: Any) -> Expr:
        """Without this start."""
        return self._call("strip_prefix", prefix)

    def strip_suffix(self, suffix: Any) -> Expr:
        """Without this end."""
        return self._call("strip_suffix", suffix)

    def replace(self, pattern: Any, value: Any, *, literal: bool = False, n: int = 1) -> Expr:
        """The first match, or the first `n`, replaced."""
        return self._call("replace", pattern, value, literal, n)

    def replace_all(self, pattern: Any, value: Any, *, literal: bool = False) -> Expr:
        """All matches replaced.

        >>> import hypostyle as hs
        >>> hs.Series(["a-b-c"]).str.replace_all("-", "+", literal=True).to_list()
        ['a+b+c']
        """
        return self._call("replace_all", pattern, value, literal)

    def pad_start(self, length: Any, fill_char: str = " ") -> Expr:
        """Filled up at the start.

        >>> import hypostyle as hs
        >>> hs.Series(["7"]).str.pad_start(3, "0").to_list()
        ['007']
        """
        return self._call("pad_start", length, fill_char)

    def pad_end(self, length: Any, fill_char: str = " ") -> Expr:
        """Filled up at the end."""
        return self._call("pad_end", length, fill_char)

    def zfill(self, length: Any) -> Expr:
        """Filled up with zeros after the sign."""
        return self._call("zfill", length)

    def split(self, by: Any, *, inclusive: bool = False) -> Expr:
        """The parts between separators, as a list.

        >>> import hypostyle as hs
        >>> hs.Series(["a,b"]).str.split(",").to_list()
        [['a', 'b']]
        """
        return self._call("split", by, inclusive)

    def extract(self, pattern: Any, group_index: int = 1) -> Expr:
        """A group of the first match; null where there is none.

        >>> import hypostyle as hs
        >>> hs.Series(["id 42", "none"]).str.extract(r"(\\d+)").to_list()
        ['42', None]
        """
        return self._call("extract", pattern, group_index)

    def extract_all(self, pattern: Any) -> Expr:
        """All matches, as a list."""
        return self._call("extract_all", pattern)

    def extract_groups(self, pattern: str) -> Expr:
        """The groups of the first match, as a struct."""
        return self._call("extract_groups", pattern)

    def contains_any(self, patterns: Any, *, ascii_case_insensitive: bool = False) -> Expr:
        """Whether any of some strings is part of the text.

        >>> import hypostyle as hs
        >>> hs.Series(["apple", "pear"]).str.contains_any(["pp", "x"]).to_list()
        [True, False]
        """
        return self._call("contains_any", _strings(patterns), ascii_case_insensitive)

    def extract_many(
        self, patterns: Any, *, ascii_case_insensitive: bool = False, overlapping: bool = False, leftmost: bool = False
    ) -> Expr:
        """The parts that are one of some strings, as a list."""
        return self._call("extract_many", _strings(patterns), ascii_case_insensitive, overlapping, leftmost)

    def find_many(
        self, patterns: Any, *, ascii_case_insensitive: bool = False, overlapping: bool = False, leftmost: bool = False
    ) -> Expr:
        """The bytes where one of some strings starts, as a list."""
        return self._call("find_many", _strings(patterns), ascii_case_insensitive, overlapping, leftmost)

    def replace_many(
        self,
        patterns: Any,
        replace_with: Any = None,
        *,
        ascii_case_insensitive: bool = False,
        leftmost: bool = False,
    ) -> Expr:
        """Some strings replaced by others.

        >>> import hypostyle as hs
        >>> hs.Series(["a-b"]).str.replace_many({"a": "x", "b": "y"}).to_list()
        ['x-y']
        """
        if isinstance(patterns, dict):
            patterns, replace_with = list(patterns), list(patterns.values())
        wanted, values = _strings(patterns), _strings(replace_with)
        return self._call("replace_many", wanted, values, ascii_case_insensitive, leftmost)

    def split_exact(self, by: Any, n: int, *, inclusive: bool = False) -> Expr:
        """The parts between the first `n` separators, as a struct.

        >>> import hypostyle as hs
        >>> hs.Series(["a-b-c"]).str.split_exact("-", 1).to_list()
        [{'field_0': 'a', 'field_1': 'b'}]
        """
        return self._call("split_exact", by, n, inclusive)

    def splitn(self, by: Any, n: int) -> Expr:
        """At most `n` parts between separators, as a struct."""
        return self._call("splitn", by, n)

    def join(self, delimiter: str = "", *, ignore_nulls: bool = True) -> Expr:
        """The strings of all rows as one.

        >>> import hypostyle as hs
        >>> hs.DataFrame({"a": ["x", "y"]}).select(hs.col("a").str.join("-")).item()
        'x-y'
        """
        return self._aggregate("join", delimiter, ignore_nulls)

    def encode(self, encoding: str) -> Expr:
        """The bytes of the text in `hex` or `base64`."""
        return self._call("encode", encoding)

    def decode(self, encoding: str, *, strict: bool = True) -> Expr:
        """The bytes that the text is in `hex` or `base64`."""
        return self._call("decode", encoding, strict)

    def escape_regex(self) -> Expr:
        """The regular expression that matches the text itself."""
        return self._call("escape_regex")

    def count_matches(self, pattern: Any, *, literal: bool = False) -> Expr:
        """The number of matches."""
        return self._call("count_matches", pattern, literal)

    def find(self, pattern: Any, *, literal: bool = False, strict: bool = True) -> Expr:
        """The byte where the first match starts; null where there is none."""
        del strict
        return self._call("find", pattern, literal)

    def to_integer(self, *, base: int = 10, dtype: Any = Int64, strict: bool = True) -> Expr:
        """The number that the text says."""
        number = self._call("to_integer", base, strict)
        return number if parse_dtype(dtype) == Int64 else number.cast(dtype, strict=strict)

    def to_decimal(self, *, scale: int) -> Expr:
        """The decimal that the text says."""
        return self._call("to_decimal", scale)

    def to_date(
        self, format: str | None = None, *, strict: bool = True, exact: bool = True, cache: bool = True
    ) -> Expr:
        """The date that the text says.

        >>> import hypostyle as hs
        >>> hs.Series(["24.12.2020"]).str.to_date("%d.%m.%Y").to_list()
        [datetime.date(2020, 12, 24)]
        """
        del cache
        _whole(exact)
        return self._call("to_date", format, strict)

    def to_time(self, format: str | None = None, *, strict: bool = True, cache: bool = True) -> Expr:
        """The time of day that the text says."""
        del cache
        return self._call("to_time", format, strict)

    def to_datetime(
        self,
        format: str | None = None,
        *,
        time_unit: str | None = None,
        time_zone: str | None = None,
        strict: bool = True,
        exact: bool = True,
        cache: bool = True,
        ambiguous: str = "raise",
    ) -> Expr:
        """The point in time that the text says; a text without an offset is a local time of the zone.

        >>> import hypostyle as hs
        >>> str(hs.Series(["2024-05-05 12:30"]).str.to_datetime(time_zone="Europe/Paris").item())
        '2024-05-05 12:30:00+02:00'
        """
        del cache
        _whole(exact)
        return self._call("to_datetime", format, strict, time_unit, time_zone, ambiguous)

    def strptime(
        self,
        dtype: Any,
        format: str | None = None,
        *,
        strict: bool = True,
        exact: bool = True,
        cache: bool = True,
        ambiguous: str = "raise",
    ) -> Expr:
        """The Date, Datetime or Time that the text says."""
        dtype = parse_dtype(dtype)
        if dtype == Date:
            return self.to_date(format, strict=strict, exact=exact, cache=cache)
        if dtype == Time:
            return self.to_time(format, strict=strict, cache=cache)
        if dtype == Datetime:
            return self.to_datetime(
                format,
                time_unit=dtype.time_unit,
                time_zone=dtype.time_zone,
                strict=strict,
                exact=exact,
                ambiguous=ambiguous,
            )
        msg = f"`strptime` gives Date, Datetime or Time, not {dtype!r}"
        raise ValueError(msg)


def _strings(values: Any) -> Any:
    """A list of strings, or a Series with one list, is the same for all rows; text is a column's name."""
    if not isinstance(values, (str, Expr)) and hasattr(values, "to_list"):
        lists = values.to_list()
        values = lists[0] if len(lists) == 1 and lists[0].__class__ is not str else lists
    return column_or_value(values)


def _whole(exact: bool) -> None:
    if not exact:
        from hypostyle.exceptions import InvalidOperationError

        msg = "a format describes the whole text: `exact=False` is not supported"
        raise InvalidOperationError(msg)
