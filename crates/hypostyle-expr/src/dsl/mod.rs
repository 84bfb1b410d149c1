//! Building expressions: `col`, `lit`, `when`, operators and methods, named as in Polars.

mod composed;
mod intervals;
mod methods;
#[cfg(test)]
mod methods_source;
mod namespaces;
mod ranges;

use std::ops;
use std::sync::Arc;

use hypostyle_core::{Column, DataType, Scalar, TimeUnit, Value};
use hypostyle_kernels::cast::CastMode;

use crate::expr::{BinaryOp, ColumnLiteral, Expr, Literal, WindowMapping};
use crate::names::Rename;
use crate::rolling::RollingWindow;
use crate::selector::Selector;

pub use namespaces::{ArrayNameSpace, BinaryNameSpace, DateNameSpace, ListNameSpace, StringNameSpace};
pub use ranges::{
    date_range, date_ranges, datetime_range, datetime_ranges, int_ranges, repeat, time_range, time_ranges,
};

/// The column of a name; `*` is every column, `^…$` every column whose name matches.
///
/// ```
/// use hypostyle_expr::dsl::col;
/// assert_eq!(col("price").to_string(), "col(\"price\")");
/// ```
pub fn col(name: &str) -> Expr {
    if name == "*" {
        return all();
    }
    if name.starts_with('^') && name.ends_with('$') {
        return Expr::Selector(Selector::Matches(name.into()));
    }
    Expr::Column(name.into())
}

/// Several columns, one after the other.
pub fn cols<N: Into<Arc<str>>>(names: impl IntoIterator<Item = N>) -> Expr {
    let names = names.into_iter().map(Into::into).collect();
    Expr::Selector(Selector::ByName { names, strict: true })
}

/// Every column.
pub fn all() -> Expr {
    Expr::Selector(Selector::All)
}

/// Number of rows.
pub fn len() -> Expr {
    Expr::Len
}

/// A constant. Integers and floats take the type of their surroundings.
pub fn lit(value: impl IntoLiteral) -> Expr {
    Expr::Literal(value.into_literal())
}

/// What [`lit`] takes.
pub trait IntoLiteral {
    /// The constant.
    fn into_literal(self) -> Literal;
}

macro_rules! dynamic_integers {
    ($($t:ty),+) => {$(
        impl IntoLiteral for $t {
            fn into_literal(self) -> Literal {
                Literal::DynInt(self as i128)
            }
        }
    )+};
}

dynamic_integers!(i32, i64, u32, u64, usize);

macro_rules! typed_literals {
    ($($t:ty),+) => {$(
        impl IntoLiteral for $t {
            fn into_literal(self) -> Literal {
                Literal::Scalar(self.into())
            }
        }
    )+};
}

typed_literals!(i8, i16, u8, u16, i128, bool, f32, &str, String);

impl IntoLiteral for f64 {
    fn into_literal(self) -> Literal {
        Literal::DynFloat(self.to_bits())
    }
}

impl IntoLiteral for Scalar {
    fn into_literal(self) -> Literal {
        Literal::Scalar(self)
    }
}

/// A date constant. What is no date is an error when the plan is made.
///
/// ```
/// use hypostyle_expr::dsl::date;
/// assert_eq!(date(1995, 3, 15).to_string(), "1995-03-15");
/// ```
pub fn date(year: i32, month: u32, day: u32) -> Expr {
    if !is_date(year, month, day) {
        return call("date", [lit(year), lit(month), lit(day)]);
    }
    let days = hypostyle_kernels::temporal::days_from_civil(year.into(), month, day);
    lit(Scalar::new(DataType::Date, Value::Int(days.into())))
}

/// Whether the calendar has the date, and columns of microseconds, too.
fn is_date(year: i32, month: u32, day: u32) -> bool {
    let days = hypostyle_kernels::temporal::days_in_month;
    (-262_143..=262_142).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days(year.into(), month)).contains(&day)
}

/// A naive datetime constant in microseconds. What is no date and time is an error when the plan is made.
pub fn datetime(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Expr {
    if !is_date(year, month, day) || hour >= 24 || minute >= 60 || second >= 60 {
        return call("datetime", [lit(year), lit(month), lit(day), lit(hour), lit(minute), lit(second)]);
    }
    let days = hypostyle_kernels::temporal::days_from_civil(year.into(), month, day);
    let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    let dtype = DataType::Datetime(TimeUnit::Microseconds, None);
    lit(Scalar::new(dtype, Value::Int(i128::from(seconds) * 1_000_000)))
}

/// A null constant.
pub fn null() -> Expr {
    lit(Scalar::null(DataType::Null))
}

/// A list constant, as `is_in` takes.
pub fn list(values: impl IntoIterator<Item = impl Into<Scalar>>) -> Expr {
    let scalars: Vec<Scalar> = values.into_iter().map(Into::into).collect();
    let dtype = scalars.first().map_or(DataType::Null, |s| s.dtype.clone());
    let values: Arc<[Value]> = scalars.into_iter().map(|s| s.value).collect();
    lit(Scalar::new(DataType::list(dtype), Value::List(values)))
}

/// A whole column as an expression.
pub fn column(name: &str, column: Column) -> Expr {
    Expr::Literal(Literal::Column(ColumnLiteral { name: name.into(), column: Arc::new(column) }))
}

/// A call of a function of the catalog.
pub fn call(name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Function { name: name.into(), args: args.into_iter().collect() }
}

/// A call of an aggregate of the catalog.
pub fn aggregate(name: &str, args: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Aggregate { name: name.into(), args: args.into_iter().collect() }
}

/// The first value that is not null.
pub fn coalesce(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("coalesce", exprs)
}

/// The smallest value of the row.
pub fn min_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("min_horizontal", exprs)
}

/// The largest value of the row.
pub fn max_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("max_horizontal", exprs)
}

/// The sum of the row.
pub fn sum_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("sum_horizontal", exprs)
}

/// The mean of the row.
pub fn mean_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("mean_horizontal", exprs)
}

/// Whether all values of the row are true.
pub fn all_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("all_horizontal", exprs)
}

/// Whether any value of the row is true.
pub fn any_horizontal(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("any_horizontal", exprs)
}

/// Columns side by side as the fields of a struct, each with its name.
pub fn as_struct<'a>(fields: impl IntoIterator<Item = (&'a str, Expr)>) -> Expr {
    call("as_struct", fields.into_iter().flat_map(|(name, value)| [value, lit(name)]))
}

/// Whole numbers from `start` up to `end`, which does not belong to them, in steps.
pub fn int_range(start: impl Into<Expr>, end: impl Into<Expr>, step: i64) -> Expr {
    call("int_range", [start.into(), end.into(), lit(step)])
}

/// The values of a list, in [`Expr::eval_lists`] and [`Expr::aggregate_lists`].
pub fn element() -> Expr {
    Expr::Column("".into())
}

/// A field of the struct, in [`Expr::with_fields`] and [`Expr::eval_fields`].
pub fn field(name: &str) -> Expr {
    element().field(name)
}

/// The text of the row, joined.
pub fn concat_str(exprs: impl IntoIterator<Item = Expr>, separator: &str, ignore_nulls: bool) -> Expr {
    call("concat_str", exprs.into_iter().chain([lit(separator), lit(ignore_nulls)]))
}

/// Arrays and values of the row, all of one type, as one array.
pub fn concat_arr(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("concat_arr", exprs)
}

/// The number of business days from `start` on until before `end`, negative where `end` is earlier: days that `week_mask`
/// (from Monday on) has and that are not in the lists of `holidays`, which may be null.
pub fn business_day_count(start: Expr, end: Expr, week_mask: [bool; 7], holidays: Expr) -> Expr {
    call("business_day_count", [start, end, list(week_mask), holidays])
}

/// Lists and values of the row as one list.
pub fn concat_list(exprs: impl IntoIterator<Item = Expr>) -> Expr {
    call("concat_list", exprs)
}

/// The covariance of two columns.
pub fn cov(a: Expr, b: Expr, ddof: u8) -> Expr {
    aggregate("cov", [a, b, lit(i64::from(ddof))])
}

/// The Pearson correlation of two columns.
pub fn corr(a: Expr, b: Expr) -> Expr {
    aggregate("corr", [a, b])
}

/// Starts `when(p).then(a).otherwise(b)`.
///
/// ```
/// use hypostyle_expr::dsl::{col, lit, when};
/// let sign = when(col("x").lt(lit(0))).then(lit(-1)).when(col("x").gt(lit(0))).then(lit(1)).otherwise(lit(0));
/// assert!(sign.to_string().starts_with("when("));
/// ```
pub fn when(predicate: Expr) -> When {
    When { branches: Vec::new(), predicate }
}

/// A `when` without its `then`.
#[derive(Clone, Debug)]
pub struct When {
    branches: Vec<(Expr, Expr)>,
    predicate: Expr,
}

impl When {
    /// The value where the predicate holds.
    pub fn then(mut self, value: Expr) -> Then {
        self.branches.push((self.predicate, value));
        Then { branches: self.branches }
    }
}

/// A `when` that can end or go on.
#[derive(Clone, Debug)]
pub struct Then {
    branches: Vec<(Expr, Expr)>,
}

impl Then {
    /// Another case, for the rows that no case took.
    pub fn when(self, predicate: Expr) -> When {
        When { branches: self.branches, predicate }
    }

    /// The value of the rows that no case took.
    pub fn otherwise(self, value: Expr) -> Expr {
        self.branches.into_iter().rev().fold(value, |otherwise, (predicate, then)| Expr::When {
            predicate: Arc::new(predicate),
            then: Arc::new(then),
            otherwise: Arc::new(otherwise),
        })
    }

    /// Null for the rows that no case took.
    pub fn end(self) -> Expr {
        self.otherwise(null())
    }
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])* $name:ident => $op:ident),+ $(,)?) => {
        impl Expr {
            $($(#[$doc])*
            pub fn $name(self, other: impl Into<Expr>) -> Expr {
                self.binary(BinaryOp::$op, other.into())
            })+
        }
    };
}

binary_methods! {
    /// `==`
    eq => Eq,
    /// `!=`
    neq => NotEq,
    /// `<`
    lt => Lt,
    /// `<=`
    lt_eq => LtEq,
    /// `>`
    gt => Gt,
    /// `>=`
    gt_eq => GtEq,
    /// `==` where null equals null.
    eq_missing => EqMissing,
    /// `!=` where null does not differ from null.
    neq_missing => NotEqMissing,
    /// Kleene and.
    and => And,
    /// Kleene or.
    or => Or,
    /// Exclusive or.
    xor => Xor,
    /// `//`
    floor_div => FloorDivide,
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:ident),+) => {$(
        impl<T: Into<Expr>> ops::$trait<T> for Expr {
            type Output = Expr;

            fn $method(self, other: T) -> Expr {
                self.binary(BinaryOp::$op, other.into())
            }
        }
    )+};
}

operators!(Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide, Rem rem Modulo);

impl ops::Neg for Expr {
    type Output = Expr;

    fn neg(self) -> Expr {
        call("neg", [self])
    }
}

impl ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        call("not", [self])
    }
}

macro_rules! literal_conversions {
    ($($t:ty),+) => {$(
        impl From<$t> for Expr {
            fn from(value: $t) -> Self {
                lit(value)
            }
        }
    )+};
}

literal_conversions!(i32, i64, u32, u64, usize, f32, f64, bool, &str, String, Scalar);

impl Expr {
    /// The values in the order of others, stably. The flags say of each key whether its largest values come first, and
    /// whether nulls come last.
    pub fn sort_by(self, keys: impl IntoIterator<Item = (Expr, bool, bool)>) -> Expr {
        let (mut by, mut descending, mut nulls_last) = (Vec::new(), Vec::new(), Vec::new());
        for (key, largest_first, last) in keys {
            by.push(key);
            descending.push(largest_first);
            nulls_last.push(last);
        }
        call("sort_by", [self, list(descending), list(nulls_last)].into_iter().chain(by))
    }

    /// The same struct with other names of its fields.
    pub fn rename_fields<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Expr {
        call("struct.rename_fields", std::iter::once(self).chain(names.into_iter().map(lit)))
    }

    /// The same struct with a text before the names of its fields.
    pub fn prefix_fields(self, prefix: &str) -> Expr {
        call("struct.prefix_fields", [self, lit(prefix)])
    }

    /// The same struct with a text behind the names of its fields.
    pub fn suffix_fields(self, suffix: &str) -> Expr {
        call("struct.suffix_fields", [self, lit(suffix)])
    }

    /// The struct without some of its fields. With `strict`, a name that it does not have is an error.
    pub fn drop_fields<'a>(self, names: impl IntoIterator<Item = &'a str>, strict: bool) -> Expr {
        let names = names.into_iter().map(lit).chain([lit(strict)]);
        call("struct.drop", std::iter::once(self).chain(names))
    }

    /// An expression over the values of each list, which [`element`] stands for; the result is a list.
    pub fn eval_lists(self, body: Expr) -> Expr {
        Expr::Lists { input: Arc::new(self), body: Arc::new(body), as_lists: true }
    }

    /// As [`Self::eval_lists`], but one value for each list where the expression gives one.
    pub fn aggregate_lists(self, body: Expr) -> Expr {
        Expr::Lists { input: Arc::new(self), body: Arc::new(body), as_lists: false }
    }

    /// The expression for the rows in the window of each row, by a column in ascending order: one value, or a list.
    pub fn rolling(self, index: impl Into<Expr>, window: RollingWindow) -> Expr {
        Expr::Rolling { input: Arc::new(self), index: Arc::new(index.into()), window }
    }

    /// A user's function of this and other columns.
    pub fn map(self, function: crate::map::UserFunction, others: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::Map { function, args: std::iter::once(self).chain(others).collect() }
    }

    /// An operator with two sides.
    pub fn binary(self, op: BinaryOp, other: Expr) -> Expr {
        Expr::Binary { left: Arc::new(self), op, right: Arc::new(other) }
    }

    /// The same under another name.
    pub fn alias(self, name: &str) -> Expr {
        Expr::Alias { input: Arc::new(self), name: name.into() }
    }

    /// As another type; values that do not fit are an error.
    pub fn cast(self, dtype: DataType) -> Expr {
        Expr::Cast { input: Arc::new(self), dtype, mode: CastMode::Strict }
    }

    /// As another type; values that do not fit are null.
    pub fn cast_nonstrict(self, dtype: DataType) -> Expr {
        Expr::Cast { input: Arc::new(self), dtype, mode: CastMode::NonStrict }
    }

    /// Not, of booleans.
    #[expect(
        clippy::should_implement_trait,
        reason = "also an operator; this is the name that Polars users know"
    )]
    pub fn not(self) -> Expr {
        call("not", [self])
    }

    /// Whether the value is one of a list's ([`list`]).
    pub fn is_in(self, values: Expr) -> Expr {
        call("is_in", [self, values])
    }

    /// Whether the value lies between bounds, both included.
    pub fn is_between(self, low: impl Into<Expr>, high: impl Into<Expr>) -> Expr {
        call("is_between", [self, low.into(), high.into()])
    }

    /// Rounded half to even to a number of decimals.
    pub fn round(self, decimals: u32) -> Expr {
        call("round", [self, lit(decimals)])
    }

    /// The logarithm to a base.
    pub fn log(self, base: impl Into<Expr>) -> Expr {
        call("log", [self, base.into()])
    }

    /// Whether any value is true; nulls are passed over.
    pub fn any(self) -> Expr {
        aggregate("any", [self])
    }

    /// Whether all values are true; nulls are passed over.
    pub fn all(self) -> Expr {
        aggregate("all", [self])
    }

    /// The sample standard deviation with `n − ddof` in the denominator.
    pub fn std(self, ddof: u8) -> Expr {
        aggregate("std", [self, lit(i64::from(ddof))])
    }

    /// The sample variance.
    pub fn var(self, ddof: u8) -> Expr {
        aggregate("var", [self, lit(i64::from(ddof))])
    }

    /// The k largest values, as a list in a group-by.
    pub fn top_k(self, k: usize) -> Expr {
        aggregate("top_k", [self, lit(k)])
    }

    /// The k smallest values, as a list in a group-by.
    pub fn bottom_k(self, k: usize) -> Expr {
        aggregate("bottom_k", [self, lit(k)])
    }

    /// Computed for each group of rows that agree in these.
    pub fn over(self, partition_by: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::Over {
            input: Arc::new(self),
            partition_by: partition_by.into_iter().collect(),
            order_by: Vec::new(),
            mapping: WindowMapping::GroupToRows,
        }
    }

    /// The rows where a predicate holds.
    pub fn filter(self, predicate: Expr) -> Expr {
        Expr::Filter { input: Arc::new(self), predicate: Arc::new(predicate) }
    }

    /// Moved down by `n` rows; nulls come in.
    pub fn shift(self, n: i64) -> Expr {
        call("shift", [self, lit(n)])
    }

    /// The first `n` values.
    pub fn head(self, n: usize) -> Expr {
        call("slice", [self, lit(0), lit(n)])
    }

    /// The last `n` values.
    pub fn tail(self, n: usize) -> Expr {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        call("slice", [self, lit(-n), lit(n)])
    }

    /// Under a name made from the root column's.
    pub fn rename(self, rename: Rename) -> Expr {
        Expr::Rename { input: Arc::new(self), rename }
    }

    /// The root column's name with something before it.
    pub fn prefix(self, prefix: &str) -> Expr {
        self.rename(Rename::Prefix(prefix.into()))
    }

    /// The root column's name with something after it.
    pub fn suffix(self, suffix: &str) -> Expr {
        self.rename(Rename::Suffix(suffix.into()))
    }
}
