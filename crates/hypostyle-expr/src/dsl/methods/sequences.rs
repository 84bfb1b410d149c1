//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{call, lit, null};
use crate::expr::Expr;

impl Expr {
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
}
