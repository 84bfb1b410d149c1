//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{aggregate, lit};
use crate::expr::Expr;

impl Expr {
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
