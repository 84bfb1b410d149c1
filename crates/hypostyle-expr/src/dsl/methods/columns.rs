//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{aggregate, call, lit, null};
use crate::expr::Expr;

impl Expr {
    /// The absolute value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").abs(), &["i64 [-3, null, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn abs(self) -> Expr {
        call("abs", [self])
    }

    /// The angle in radians whose cosine is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arccos(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arccos(self) -> Expr {
        call("arccos", [self])
    }

    /// The angle in radians whose sine is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arcsin(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [1.5707963267948966, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arcsin(self) -> Expr {
        call("arcsin", [self])
    }

    /// The angle in radians whose tangent is the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arctan(), &["f64 [1.0, null]"])?;
    /// assert_eq!(x, "f64 [0.7853981633974483, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arctan(self) -> Expr {
        call("arctan", [self])
    }

    /// The row numbers that would sort the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arg_sort(false, false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "u32 [1, 2, 3, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_sort(self, descending: bool, nulls_last: bool) -> Expr {
        call("arg_sort", [self, lit(descending), lit(nulls_last)])
    }

    /// The row numbers of what is true.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arg_true(), &["bool [true, false, null, true]"])?;
    /// assert_eq!(x, "u32 [0, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_true(self) -> Expr {
        call("arg_true", [self])
    }

    /// The row numbers of the first row of each value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arg_unique(), &["i64 [1, 1, null, 2]"])?;
    /// assert_eq!(x, "u32 [0, 2, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_unique(self) -> Expr {
        call("arg_unique", [self])
    }

    /// The next value that is not null, in place of null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").backward_fill(Some(1)), &["i64 [null, null, 1, null]"])?;
    /// assert_eq!(x, "i64 [null, 1, 1, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn backward_fill(self, limit: Option<i64>) -> Expr {
        call("backward_fill", [self, limit.map_or_else(null, lit)])
    }

    /// The cube root.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cbrt(), &["f64 [8.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cbrt(self) -> Expr {
        call("cbrt", [self])
    }

    /// The smallest whole number that is not smaller.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ceil(), &["f64 [1.5, -1.5, null]"])?;
    /// assert_eq!(x, "f64 [2.0, -1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ceil(self) -> Expr {
        call("ceil", [self])
    }

    /// The value, or the bound that it lies beyond.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").clip(1, 3), &["i64 [0, 5, null]"])?;
    /// assert_eq!(x, "i64 [1, 3, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn clip(self, lower_bound: impl Into<Expr>, upper_bound: impl Into<Expr>) -> Expr {
        call("clip", [self, lower_bound.into(), upper_bound.into()])
    }

    /// The cosine of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cos(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cos(self) -> Expr {
        call("cos", [self])
    }

    /// The hyperbolic cosine.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cosh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cosh(self) -> Expr {
        call("cosh", [self])
    }

    /// The cotangent of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cot(), &["f64 [0.5, null]"])?;
    /// assert_eq!(x, "f64 [1.830487721712452, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cot(self) -> Expr {
        call("cot", [self])
    }

    /// The number of values so far that are not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cum_count(false), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "u32 [1, 1, 2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cum_count(self, reverse: bool) -> Expr {
        call("cum_count", [self, lit(reverse)])
    }

    /// The largest value so far.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cum_max(false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 3, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cum_max(self, reverse: bool) -> Expr {
        call("cum_max", [self, lit(reverse)])
    }

    /// The smallest value so far.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cum_min(false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 1, 1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cum_min(self, reverse: bool) -> Expr {
        call("cum_min", [self, lit(reverse)])
    }

    /// The running product.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cum_prod(false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 3, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cum_prod(self, reverse: bool) -> Expr {
        call("cum_prod", [self, lit(reverse)])
    }

    /// The running sum.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").cum_sum(false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "i64 [3, null, 4, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cum_sum(self, reverse: bool) -> Expr {
        call("cum_sum", [self, lit(reverse)])
    }

    /// Radians as degrees.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").degrees(), &["f64 [3.141592653589793, null]"])?;
    /// assert_eq!(x, "f64 [180.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn degrees(self) -> Expr {
        call("degrees", [self])
    }

    /// The difference to the value a number of rows before.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").diff(1), &["i64 [1, 3, null, 6]"])?;
    /// assert_eq!(x, "i64 [null, 2, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn diff(self, n: impl Into<Expr>) -> Expr {
        call("diff", [self, n.into()])
    }

    /// The values that are not NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").drop_nans(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "f64 [1.5, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn drop_nans(self) -> Expr {
        call("drop_nans", [self])
    }

    /// The values that are not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").drop_nulls(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "i64 [1, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn drop_nulls(self) -> Expr {
        call("drop_nulls", [self])
    }

    /// e to the power of the value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").exp(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn exp(self) -> Expr {
        call("exp", [self])
    }

    /// The value, or another in place of NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").fill_nan(0.0), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "f64 [1.5, 0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn fill_nan(self, value: impl Into<Expr>) -> Expr {
        call("fill_nan", [self, value.into()])
    }

    /// The value, or another in place of null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").fill_null(0), &["i64 [1, null]"])?;
    /// assert_eq!(x, "i64 [1, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn fill_null(self, value: impl Into<Expr>) -> Expr {
        call("fill_null", [self, value.into()])
    }

    /// The largest whole number that is not larger.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").floor(), &["f64 [1.5, -1.5, null]"])?;
    /// assert_eq!(x, "f64 [1.0, -2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn floor(self) -> Expr {
        call("floor", [self])
    }

    /// The last value before that is not null, in place of null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").forward_fill(Some(1)), &["i64 [null, 1, null, null]"])?;
    /// assert_eq!(x, "i64 [null, 1, 1, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn forward_fill(self, limit: Option<i64>) -> Expr {
        call("forward_fill", [self, limit.map_or_else(null, lit)])
    }

    /// The values at row numbers; negative ones count from the end.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").gather(col("b")), &["i64 [5, 6, null]", "i64 [2, 0, -2]"])?;
    /// assert_eq!(x, "i64 [null, 5, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn gather(self, indices: impl Into<Expr>) -> Expr {
        call("gather", [self, indices.into()])
    }

    /// Every n-th value from an offset on.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").gather_every(2, 0), &["i64 [1, 2, 3, null]"])?;
    /// assert_eq!(x, "i64 [1, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn gather_every(self, n: i64, offset: i64) -> Expr {
        call("gather_every", [self, lit(n), lit(offset)])
    }

    /// Values between their neighbours in place of null.
    ///
    /// `method` is one of `linear`, `nearest`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").interpolate("linear"), &["f64 [1.0, null, 3.0, null]"])?;
    /// assert_eq!(x, "f64 [1.0, 2.0, 3.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn interpolate(self, method: &str) -> Expr {
        call("interpolate", [self, lit(method)])
    }

    /// Whether the value is there more than once.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_duplicated(), &["i64 [1, 2, 1, null]"])?;
    /// assert_eq!(x, "bool [true, false, true, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_duplicated(self) -> Expr {
        call("is_duplicated", [self])
    }

    /// Whether the value is neither infinite nor NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_finite(), &["f64 [1.5, NaN, inf, null]"])?;
    /// assert_eq!(x, "bool [true, false, false, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_finite(self) -> Expr {
        call("is_finite", [self])
    }

    /// Whether the row is the first with its value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_first_distinct(), &["i64 [1, 2, 1, null]"])?;
    /// assert_eq!(x, "bool [true, true, false, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_first_distinct(self) -> Expr {
        call("is_first_distinct", [self])
    }

    /// Whether the value is infinite.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_infinite(), &["f64 [1.5, NaN, inf, null]"])?;
    /// assert_eq!(x, "bool [false, false, true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_infinite(self) -> Expr {
        call("is_infinite", [self])
    }

    /// Whether the row is the last with its value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_last_distinct(), &["i64 [1, 2, 1, null]"])?;
    /// assert_eq!(x, "bool [false, true, true, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_last_distinct(self) -> Expr {
        call("is_last_distinct", [self])
    }

    /// Whether the value is NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_nan(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "bool [false, true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_nan(self) -> Expr {
        call("is_nan", [self])
    }

    /// Whether the value is not NaN.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_not_nan(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "bool [true, false, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_not_nan(self) -> Expr {
        call("is_not_nan", [self])
    }

    /// Whether the value is not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_not_null(), &["i64 [1, null]"])?;
    /// assert_eq!(x, "bool [true, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_not_null(self) -> Expr {
        call("is_not_null", [self])
    }

    /// Whether the value is null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_null(), &["i64 [1, null]"])?;
    /// assert_eq!(x, "bool [false, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_null(self) -> Expr {
        call("is_null", [self])
    }

    /// Whether the value is there once.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_unique(), &["i64 [1, 2, 1, null]"])?;
    /// assert_eq!(x, "bool [false, true, false, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_unique(self) -> Expr {
        call("is_unique", [self])
    }

    /// The logarithm to base 10.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").log10(), &["f64 [100.0, 0.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, -inf, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn log10(self) -> Expr {
        call("log10", [self])
    }

    /// The natural logarithm of the value plus one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").log1p(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn log1p(self) -> Expr {
        call("log1p", [self])
    }

    /// The values that are there most often.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").mode(), &["i64 [1, 2, 2, null]"])?;
    /// assert_eq!(x, "i64 [2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn mode(self) -> Expr {
        call("mode", [self])
    }

    /// The relative difference to the value a number of rows before.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").pct_change(1), &["f64 [2.0, 3.0, null, 6.0]"])?;
    /// assert_eq!(x, "f64 [null, 0.5, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn pct_change(self, n: impl Into<Expr>) -> Expr {
        call("pct_change", [self, n.into()])
    }

    /// The base to the power of the exponent.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").pow(3), &["i64 [2, null, 3]"])?;
    /// assert_eq!(x, "i64 [8, null, 27]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn pow(self, exponent: impl Into<Expr>) -> Expr {
        call("pow", [self, exponent.into()])
    }

    /// Degrees as radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").radians(), &["f64 [180.0, null]"])?;
    /// assert_eq!(x, "f64 [3.141592653589793, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn radians(self) -> Expr {
        call("radians", [self])
    }

    /// The rank of the value among all.
    ///
    /// `method` is one of `average`, `min`, `max`, `dense`, `ordinal`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rank("average", false), &["i64 [3, null, 1, 3]"])?;
    /// assert_eq!(x, "f64 [2.5, null, 1.0, 2.5]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rank(self, method: &str, descending: bool) -> Expr {
        call("rank", [self, lit(method), lit(descending)])
    }

    /// Some values for others, the rest as it is.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").replace(list([1i64]), list([10i64])), &["i64 [1, 2, null]"])?;
    /// assert_eq!(x, "i64 [10, 2, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn replace(self, old: impl Into<Expr>, new: impl Into<Expr>) -> Expr {
        call("replace", [self, old.into(), new.into()])
    }

    /// The values from last to first.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").reverse(), &["i64 [1, 2, null]"])?;
    /// assert_eq!(x, "i64 [null, 2, 1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn reverse(self) -> Expr {
        call("reverse", [self])
    }

    /// -1, 0 or 1.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sign(), &["f64 [-1.5, 0.0, null]"])?;
    /// assert_eq!(x, "f64 [-1.0, 0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sign(self) -> Expr {
        call("sign", [self])
    }

    /// The sine of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sin(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sin(self) -> Expr {
        call("sin", [self])
    }

    /// The hyperbolic sine.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sinh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sinh(self) -> Expr {
        call("sinh", [self])
    }

    /// The values from an offset on, as many as a length says.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").slice(1, 2), &["i64 [1, 2, null]"])?;
    /// assert_eq!(x, "i64 [2, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn slice(self, offset: impl Into<Expr>, length: impl Into<Expr>) -> Expr {
        call("slice", [self, offset.into(), length.into()])
    }

    /// The values in order.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sort(false, false), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "i64 [null, 1, 2, 3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sort(self, descending: bool, nulls_last: bool) -> Expr {
        call("sort", [self, lit(descending), lit(nulls_last)])
    }

    /// The square root.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sqrt(), &["f64 [4.0, -1.0, null]"])?;
    /// assert_eq!(x, "f64 [2.0, NaN, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sqrt(self) -> Expr {
        call("sqrt", [self])
    }

    /// The tangent of an angle in radians.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").tan(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tan(self) -> Expr {
        call("tan", [self])
    }

    /// The hyperbolic tangent.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").tanh(), &["f64 [0.0, null]"])?;
    /// assert_eq!(x, "f64 [0.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tanh(self) -> Expr {
        call("tanh", [self])
    }

    /// The numbers that values are stored as.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").to_physical(), &["date [2024-02-29, null]"])?;
    /// assert_eq!(x, "i32 [19782, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_physical(self) -> Expr {
        call("to_physical", [self])
    }

    /// Each value once, in order of the first rows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").unique(), &["i64 [7, 7, 7]"])?;
    /// assert_eq!(x, "i64 [7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn unique(self) -> Expr {
        call("unique", [self])
    }

    /// How often each value is there, in order of the first rows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").unique_counts(), &[r#"str ["a", "b", "a", null]"#])?;
    /// assert_eq!(x, "u32 [2, 1, 1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn unique_counts(self) -> Expr {
        call("unique_counts", [self])
    }

    /// The position of the largest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arg_max(), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "u32 [0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_max(self) -> Expr {
        aggregate("arg_max", [self])
    }

    /// The position of the smallest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arg_min(), &["i64 [3, null, 1, 2]"])?;
    /// assert_eq!(x, "u32 [2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_min(self) -> Expr {
        aggregate("arg_min", [self])
    }

    /// The bits that all values have.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_and(), &["i64 [6, null, 3]"])?;
    /// assert_eq!(x, "i64 [2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_and(self) -> Expr {
        aggregate("bitwise_and", [self])
    }

    /// The bits that any value has.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_or(), &["i64 [6, null, 3]"])?;
    /// assert_eq!(x, "i64 [7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_or(self) -> Expr {
        aggregate("bitwise_or", [self])
    }

    /// The bits that an odd number of values has.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bitwise_xor(), &["i64 [6, null, 3]"])?;
    /// assert_eq!(x, "i64 [5]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn bitwise_xor(self) -> Expr {
        aggregate("bitwise_xor", [self])
    }

    /// The number of values that are not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").count(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "u32 [2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn count(self) -> Expr {
        aggregate("count", [self])
    }

    /// The value of the first row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").first(), &["i64 [null, 2, 3]"])?;
    /// assert_eq!(x, "i64 [null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn first(self) -> Expr {
        aggregate("first", [self])
    }

    /// The first value that is not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").first_non_null(), &["i64 [null, 2, 3]"])?;
    /// assert_eq!(x, "i64 [2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn first_non_null(self) -> Expr {
        aggregate("first_non_null", [self])
    }

    /// All values as one list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").implode(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "list[i64] [[1, null, 3]]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn implode(self) -> Expr {
        aggregate("implode", [self])
    }

    /// Whether the values are in order, equal ones beside each other.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").is_sorted(false, false), &["i64 [1, 2, 2]"])?;
    /// assert_eq!(x, "bool [true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn is_sorted(self, descending: bool, nulls_last: bool) -> Expr {
        aggregate("is_sorted", [self, lit(descending), lit(nulls_last)])
    }

    /// The kurtosis, with `fisher` less the 3 that a normal distribution has; with `bias` false corrected for the size of the sample.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").kurtosis(true, true), &["f64 [1.0, 2.0, null, 6.0]"])?;
    /// assert_eq!(x, "f64 [-1.5000000000000004]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn kurtosis(self, fisher: bool, bias: bool) -> Expr {
        aggregate("kurtosis", [self, lit(fisher), lit(bias)])
    }

    /// The value of the last row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").last(), &["i64 [1, 2, null]"])?;
    /// assert_eq!(x, "i64 [null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn last(self) -> Expr {
        aggregate("last", [self])
    }

    /// The number of rows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").len(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "u32 [3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn len(self) -> Expr {
        aggregate("len", [self])
    }

    /// The largest value; NaN is passed over where there is a number.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").max(), &["i64 [3, null, 1]"])?;
    /// assert_eq!(x, "i64 [3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn max(self) -> Expr {
        aggregate("max", [self])
    }

    /// The value in the row where `by` is largest.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").max_by(col("b")), &[r#"str ["a", "b", "c"]"#, "i64 [2, 1, null]"])?;
    /// assert_eq!(x, r#"str ["a"]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn max_by(self, by: impl Into<Expr>) -> Expr {
        aggregate("max_by", [self, by.into()])
    }

    /// The arithmetic mean; null of nothing.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").mean(), &["i64 [1, null, 4]"])?;
    /// assert_eq!(x, "f64 [2.5]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn mean(self) -> Expr {
        aggregate("mean", [self])
    }

    /// The median.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").median(), &["i64 [1, 2, null, 5, 9]"])?;
    /// assert_eq!(x, "f64 [3.5]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn median(self) -> Expr {
        aggregate("median", [self])
    }

    /// The smallest value; NaN is passed over where there is a number.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").min(), &["i64 [3, null, 1]"])?;
    /// assert_eq!(x, "i64 [1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn min(self) -> Expr {
        aggregate("min", [self])
    }

    /// The value in the row where `by` is smallest.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").min_by(col("b")), &[r#"str ["a", "b", "c"]"#, "i64 [2, 1, null]"])?;
    /// assert_eq!(x, r#"str ["b"]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn min_by(self, by: impl Into<Expr>) -> Expr {
        aggregate("min_by", [self, by.into()])
    }

    /// The number of distinct values, null among them.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").n_unique(), &["i64 [1, 1, null, 3]"])?;
    /// assert_eq!(x, "u32 [3]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn n_unique(self) -> Expr {
        aggregate("n_unique", [self])
    }

    /// The largest value, NaN if there is one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").nan_max(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "f64 [NaN]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn nan_max(self) -> Expr {
        aggregate("nan_max", [self])
    }

    /// The smallest value, NaN if there is one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").nan_min(), &["f64 [1.5, NaN, null]"])?;
    /// assert_eq!(x, "f64 [NaN]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn nan_min(self) -> Expr {
        aggregate("nan_min", [self])
    }

    /// The number of nulls.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").null_count(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "u32 [1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn null_count(self) -> Expr {
        aggregate("null_count", [self])
    }

    /// The product; 1 of nothing.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").product(), &["i64 [2, null, 3]"])?;
    /// assert_eq!(x, "i64 [6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn product(self) -> Expr {
        aggregate("product", [self])
    }

    /// The quantile, nearest by rank unless another interpolation is named.
    ///
    /// `interpolation` is one of `nearest`, `higher`, `lower`, `midpoint`, `linear`, `equiprobable`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").quantile(0.25, "linear"), &["i64 [1, 2, null, 5, 9]"])?;
    /// assert_eq!(x, "f64 [1.75]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn quantile(self, quantile: f64, interpolation: &str) -> Expr {
        aggregate("quantile", [self, lit(quantile), lit(interpolation)])
    }

    /// The skewness of the sample, or with `bias` false corrected for its size.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").skew(true), &["f64 [1.0, 2.0, null, 6.0]"])?;
    /// assert_eq!(x, "f64 [0.5951700641394972]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn skew(self, bias: bool) -> Expr {
        aggregate("skew", [self, lit(bias)])
    }

    /// The sum; 0 of nothing.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").sum(), &["i64 [1, null, 3]"])?;
    /// assert_eq!(x, "i64 [4]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sum(self) -> Expr {
        aggregate("sum", [self])
    }
}
