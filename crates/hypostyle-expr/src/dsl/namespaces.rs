//! Functions by the type that they are of: `str()`, `dt()`, `list()`, `field()`.

use super::{call, lit, null};
use crate::expr::Expr;

impl Expr {
    /// Functions of text.
    pub fn str(self) -> StringNameSpace {
        StringNameSpace(self)
    }

    /// Functions of lists.
    pub fn list(self) -> ListNameSpace {
        ListNameSpace(self)
    }

    /// Functions of bytes.
    pub fn bin(self) -> BinaryNameSpace {
        BinaryNameSpace(self)
    }

    /// The values of one field of a struct.
    pub fn field(self, name: &str) -> Expr {
        call("struct.field", [self, lit(name)]).alias(name)
    }

    /// Functions of dates and times.
    pub fn dt(self) -> DateNameSpace {
        DateNameSpace(self)
    }
}

/// Functions of bytes.
#[derive(Clone, Debug)]
pub struct BinaryNameSpace(pub(super) Expr);

/// Functions of text.
#[derive(Clone, Debug)]
pub struct StringNameSpace(pub(super) Expr);

impl StringNameSpace {
    /// A function of the catalog's `str` family.
    fn call(self, name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        call(&format!("str.{name}"), std::iter::once(self.0).chain(args))
    }

    /// Whether a regular expression matches somewhere.
    pub fn contains(self, pattern: impl Into<Expr>) -> Expr {
        self.call("contains", [pattern.into(), lit(false), lit(true)])
    }

    /// Whether a text is part of it.
    pub fn contains_literal(self, text: impl Into<Expr>) -> Expr {
        self.call("contains", [text.into(), lit(true), lit(true)])
    }

    /// Whether it starts with a text.
    pub fn starts_with(self, text: impl Into<Expr>) -> Expr {
        self.call("starts_with", [text.into()])
    }

    /// Whether it ends with a text.
    pub fn ends_with(self, text: impl Into<Expr>) -> Expr {
        self.call("ends_with", [text.into()])
    }

    /// Number of bytes.
    pub fn len_bytes(self) -> Expr {
        self.call("len_bytes", [])
    }

    /// Number of characters.
    pub fn len_chars(self) -> Expr {
        self.call("len_chars", [])
    }

    /// Characters from an offset on.
    pub fn slice(self, offset: i64, length: Option<u64>) -> Expr {
        let length = length.map_or_else(null, lit);
        self.call("slice", [lit(offset), length])
    }

    /// In lower case.
    pub fn to_lowercase(self) -> Expr {
        self.call("to_lowercase", [])
    }

    /// In upper case.
    pub fn to_uppercase(self) -> Expr {
        self.call("to_uppercase", [])
    }

    /// Every match of a regular expression replaced.
    pub fn replace_all(self, pattern: impl Into<Expr>, value: impl Into<Expr>) -> Expr {
        self.call("replace_all", [pattern.into(), value.into()])
    }

    /// The parts between separators.
    pub fn split(self, by: impl Into<Expr>) -> Expr {
        self.call("split", [by.into()])
    }

    /// As a date; the format is found in the first value if none is given.
    pub fn to_date(self, format: Option<&str>) -> Expr {
        self.call("to_date", [format.map_or_else(null, lit)])
    }
}

/// Functions of dates and times.
#[derive(Clone, Debug)]
pub struct DateNameSpace(pub(super) Expr);

impl DateNameSpace {
    /// A function of the catalog's `dt` family.
    pub fn call(self, name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        call(&format!("dt.{name}"), std::iter::once(self.0).chain(args))
    }

    /// The calendar year.
    pub fn year(self) -> Expr {
        self.call("year", [])
    }

    /// The month, 1 to 12.
    pub fn month(self) -> Expr {
        self.call("month", [])
    }

    /// The day of the month.
    pub fn day(self) -> Expr {
        self.call("day", [])
    }

    /// The start of the window (`1mo`, `1w`, `15m`) that the time lies in.
    pub fn truncate(self, every: &str) -> Expr {
        self.call("truncate", [lit(every)])
    }

    /// Moved by a duration (`1mo`, `-3d`).
    pub fn offset_by(self, by: &str) -> Expr {
        self.call("offset_by", [lit(by)])
    }

    /// As text by a strftime format.
    pub fn strftime(self, format: &str) -> Expr {
        self.call("strftime", [lit(format)])
    }
}

/// Functions of lists.
#[derive(Clone, Debug)]
pub struct ListNameSpace(pub(super) Expr);

impl ListNameSpace {
    /// A function of the catalog's `list` family.
    pub fn call(self, name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        call(&format!("list.{name}"), std::iter::once(self.0).chain(args))
    }

    /// Number of values.
    pub fn len(self) -> Expr {
        self.call("len", [])
    }

    /// The value at a position, from the end where it is negative; past the end is an error.
    pub fn get(self, index: impl Into<Expr>) -> Expr {
        self.call("get", [index.into()])
    }

    /// The first value.
    pub fn first(self) -> Expr {
        self.call("first", [])
    }

    /// The last value.
    pub fn last(self) -> Expr {
        self.call("last", [])
    }

    /// The sum; 0 of nothing.
    pub fn sum(self) -> Expr {
        self.call("sum", [])
    }

    /// The smallest value.
    pub fn min(self) -> Expr {
        self.call("min", [])
    }

    /// The largest value.
    pub fn max(self) -> Expr {
        self.call("max", [])
    }

    /// The arithmetic mean.
    pub fn mean(self) -> Expr {
        self.call("mean", [])
    }

    /// Whether a value is in the list.
    pub fn contains(self, item: impl Into<Expr>) -> Expr {
        self.call("contains", [item.into()])
    }

    /// The texts of the list as one.
    pub fn join(self, separator: impl Into<Expr>) -> Expr {
        self.call("join", [separator.into()])
    }

    /// Distinct values.
    pub fn unique(self) -> Expr {
        self.call("unique", [])
    }

    /// Sorted values.
    pub fn sort(self, descending: bool, nulls_last: bool) -> Expr {
        self.call("sort", [lit(descending), lit(nulls_last)])
    }

    /// The values from last to first.
    pub fn reverse(self) -> Expr {
        self.call("reverse", [])
    }

    /// Values from an offset on.
    pub fn slice(self, offset: i64, length: Option<u64>) -> Expr {
        self.call("slice", [lit(offset), length.map_or_else(null, lit)])
    }

    /// The first `n` values.
    pub fn head(self, n: u64) -> Expr {
        self.call("head", [lit(n)])
    }

    /// The last `n` values.
    pub fn tail(self, n: u64) -> Expr {
        self.call("tail", [lit(n)])
    }
}
