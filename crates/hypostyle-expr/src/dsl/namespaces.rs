//! Functions by the type that they are of: `str()`, `dt()`, `list()`, `field()`.

use hypostyle_core::{DataType, Result, Scalar};

use super::{call, list, lit, null};
use crate::expansion::Expansion;
use crate::expr::{Expr, Literal};
use crate::names::output_name;

impl Expr {
    /// Functions of text.
    pub fn str(self) -> StringNameSpace {
        StringNameSpace(self)
    }

    /// Functions of lists.
    pub fn list(self) -> ListNameSpace {
        ListNameSpace(self)
    }

    /// Functions of arrays.
    pub fn arr(self) -> ArrayNameSpace {
        ArrayNameSpace(self)
    }

    /// Functions of bytes.
    pub fn bin(self) -> BinaryNameSpace {
        BinaryNameSpace(self)
    }

    /// The values of one field of a struct.
    pub fn field(self, name: &str) -> Expr {
        call("struct.field", [self, lit(name)]).alias(name)
    }

    /// The struct with further fields under the names of the expressions, or others in place of those of the same name;
    /// [`super::field`] stands for its own.
    ///
    /// # Errors
    /// If an expression has no single name.
    pub fn with_fields(self, exprs: impl IntoIterator<Item = Expr>) -> Result<Expr> {
        self.of_fields("struct.with_fields", exprs)
    }

    /// A struct of these fields, null where this is; [`super::field`] stands for its own.
    ///
    /// # Errors
    /// If an expression has no single name.
    pub fn eval_fields(self, exprs: impl IntoIterator<Item = Expr>) -> Result<Expr> {
        self.of_fields("struct.eval", exprs)
    }

    fn of_fields(self, function: &str, exprs: impl IntoIterator<Item = Expr>) -> Result<Expr> {
        let mut args = vec![self.clone()];
        for expr in exprs {
            let name = output_name(&expr)?;
            args.push(expr.transform_up(&mut |e| if e == super::element() { self.clone() } else { e }));
            args.push(lit(&*name));
        }
        Ok(call(function, args))
    }

    /// Several fields of the struct, each under its name.
    pub fn fields(self, fields: Expansion) -> Expr {
        Expr::Expand { args: vec![self], expansion: fields }
    }

    /// Functions of dates and times.
    pub fn dt(self) -> DateNameSpace {
        DateNameSpace(self)
    }
}

/// Functions of arrays.
#[derive(Clone, Debug)]
pub struct ArrayNameSpace(pub(super) Expr);

impl ArrayNameSpace {
    /// A function of the catalog's `list` family, of the arrays as lists: `sum`, `get`, `sort`, …
    pub fn call(self, name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        self.0.composed(&format!("arr.{name}"), args)
    }
}

/// Functions of bytes.
#[derive(Clone, Debug)]
pub struct BinaryNameSpace(pub(super) Expr);

impl BinaryNameSpace {
    /// The bytes as numbers, times or arrays of them, null where there are more or fewer. `endianness` is `little` or `big`.
    pub fn reinterpret(self, dtype: DataType, endianness: &str) -> Expr {
        let dtype = Expr::Literal(Literal::Scalar(Scalar::null(dtype)));
        call("bin.reinterpret", [self.0, dtype, lit(endianness)])
    }
}

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

    /// Characters from an offset on.
    pub fn slice(self, offset: i64, length: Option<u64>) -> Expr {
        let length = length.map_or_else(null, lit);
        self.call("slice", [lit(offset), length])
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
    /// The day so many business days later: days that `week_mask` (from Monday on) has and that are not in the lists of
    /// `holidays`, which may be null. `roll` is `raise`, `forward` or `backward`, of a day that is not a business day.
    pub fn add_business_days(
        self,
        n: impl Into<Expr>,
        week_mask: [bool; 7],
        holidays: Expr,
        roll: &str,
    ) -> Expr {
        call("dt.add_business_days", [self.0, n.into(), list(week_mask), holidays, lit(roll)])
    }

    /// The time with other parts: year, month, day, hour, minute, second and microsecond, those that are not given as they
    /// are. `ambiguous` says which of two times is meant that a clock shows twice: `raise`, `earliest`, `latest` or `null`.
    pub fn replace(self, parts: [Option<Expr>; 7], ambiguous: impl Into<Expr>) -> Expr {
        let parts = parts.into_iter().map(|part| part.unwrap_or_else(null));
        call("dt.replace", std::iter::once(self.0).chain(parts).chain([ambiguous.into()]))
    }

    /// Whether it is a business day: one that `week_mask` (from Monday on) has and that is not in the lists of `holidays`,
    /// which may be null.
    pub fn is_business_day(self, week_mask: [bool; 7], holidays: Expr) -> Expr {
        call("dt.is_business_day", [self.0, list(week_mask), holidays])
    }

    /// A function of the catalog's `dt` family.
    pub fn call(self, name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
        call(&format!("dt.{name}"), std::iter::once(self.0).chain(args))
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

    /// The value at a position, from the end where it is negative; past the end is an error.
    pub fn get(self, index: impl Into<Expr>) -> Expr {
        self.call("get", [index.into()])
    }

    /// Whether a value is in the list.
    pub fn contains(self, item: impl Into<Expr>) -> Expr {
        self.call("contains", [item.into()])
    }

    /// The texts of the list as one.
    pub fn join(self, separator: impl Into<Expr>) -> Expr {
        self.call("join", [separator.into()])
    }

    /// Values from an offset on.
    pub fn slice(self, offset: i64, length: Option<u64>) -> Expr {
        self.call("slice", [lit(offset), length.map_or_else(null, lit)])
    }

    /// The values some places further down.
    pub fn shift(self, n: i64) -> Expr {
        self.0.composed("list.shift", [lit(n)])
    }

    /// The differences to the values some places before.
    pub fn diff(self, n: i64) -> Expr {
        self.0.composed("list.diff", [lit(n)])
    }

    /// Every `n`-th value from an offset on.
    pub fn gather_every(self, n: i64, offset: i64) -> Expr {
        self.0.composed("list.gather_every", [lit(n), lit(offset)])
    }

    /// The values for which a predicate of [`super::element`] holds.
    pub fn filter(self, predicate: Expr) -> Expr {
        self.0.composed("list.filter", [predicate])
    }

    /// How often a value is in the list.
    pub fn count_matches(self, element: impl Into<Expr>) -> Expr {
        self.0.composed("list.count_matches", [element.into()])
    }

    /// The first values as the fields of a struct.
    pub fn to_struct<'a>(self, fields: impl IntoIterator<Item = &'a str>) -> Expr {
        self.0.composed("list.to_struct", fields.into_iter().map(lit))
    }
}
