//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{call, lit, null};
use crate::expr::Expr;

impl Expr {
    /// The values, then those of another column.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").append(col("b"), true), &["i64 [1, null]", "i64 [3, 4]"])?;
    /// assert_eq!(x, "i64 [1, null, 3, 4]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn append(self, other: impl Into<Expr>, upcast: bool) -> Expr {
        call("append", [self, other.into(), lit(upcast)])
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

    /// The values of lists one after the other.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").explode(false, true), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [3, 1, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn explode(self, empty_as_null: bool, keep_nulls: bool) -> Expr {
        call("explode", [self, lit(empty_as_null), lit(keep_nulls)])
    }

    /// The values, then one value a number of times.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").extend_constant(7, 2), &["i64 [1, null]"])?;
    /// assert_eq!(x, "i64 [1, null, 7, 7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn extend_constant(self, value: impl Into<Expr>, n: impl Into<Expr>) -> Expr {
        call("extend_constant", [self, value.into(), n.into()])
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

    /// The largest value that the type has.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").highest(), &["i8 [7, null]"])?;
    /// assert_eq!(x, "i8 [127]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn highest(self) -> Expr {
        call("highest", [self])
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

    /// Values between their neighbours in the order of another expression, in place of null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").interpolate_by(col("b")), &["f64 [1.0, null, 5.0]", "i64 [0, 1, 4]"])?;
    /// assert_eq!(x, "f64 [1.0, 2.0, 5.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn interpolate_by(self, by: impl Into<Expr>) -> Expr {
        call("interpolate_by", [self, by.into()])
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

    /// The least value that the type has.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").lowest(), &["i8 [7, null]"])?;
    /// assert_eq!(x, "i8 [-128]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn lowest(self) -> Expr {
        call("lowest", [self])
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

    /// The one value that there is.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").only(false), &["i64 [7]"])?;
    /// assert_eq!(x, "i64 [7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn only(self, allow_empty: bool) -> Expr {
        call("only", [self, lit(allow_empty)])
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

    /// Whether the value is larger than both of its neighbours.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").peak_max(), &["i64 [1, 3, 2, 4]"])?;
    /// assert_eq!(x, "bool [false, true, false, true]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn peak_max(self) -> Expr {
        call("peak_max", [self])
    }

    /// Whether the value is smaller than both of its neighbours.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").peak_min(), &["i64 [1, -3, 2, 4]"])?;
    /// assert_eq!(x, "bool [false, true, false, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn peak_min(self) -> Expr {
        call("peak_min", [self])
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

    /// Length and value of each run of equal values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rle(), &["i64 [1, 1, null, 1]"])?;
    /// assert_eq!(x, "struct[2] [{2, 1}, {1, null}, {1, 1}]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rle(self) -> Expr {
        call("rle", [self])
    }

    /// The number of the run of equal values, from 0 on.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rle_id(), &["i64 [1, 1, null, 1]"])?;
    /// assert_eq!(x, "u32 [0, 0, 1, 2]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rle_id(self) -> Expr {
        call("rle_id", [self])
    }

    /// Some of the values by chance, a number of them or a part of all.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, null}};
    ///
    /// let x = show(col("a").sample(2, null(), false, false, 1), &["i64 [7, 7, 7]"])?;
    /// assert_eq!(x, "i64 [7, 7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sample(
        self,
        n: impl Into<Expr>,
        fraction: impl Into<Expr>,
        with_replacement: bool,
        shuffle: bool,
        seed: i64,
    ) -> Expr {
        call("sample", [self, n.into(), fraction.into(), lit(with_replacement), lit(shuffle), lit(seed)])
    }

    /// The row number at which an element would stand among sorted values.
    ///
    /// `side` is one of `any`, `left`, `right`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").search_sorted(col("b"), "right", false), &["i64 [null, 1, 2, 2]", "i64 [2, null, 9, 0]"])?;
    /// assert_eq!(x, "u32 [4, 1, 4, 1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn search_sorted(self, element: impl Into<Expr>, side: &str, descending: bool) -> Expr {
        call("search_sorted", [self, element.into(), lit(side), lit(descending)])
    }

    /// The values in an order by chance.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").shuffle(1), &["i64 [7, 7]"])?;
    /// assert_eq!(x, "i64 [7, 7]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn shuffle(self, seed: i64) -> Expr {
        call("shuffle", [self, lit(seed)])
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

    /// Each value and how often it is there.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").value_counts("value", "count", false, false), &["i64 [1, null, 1]"])?;
    /// assert_eq!(x, "struct[2] [{1, 2}, {null, 1}]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn value_counts(self, values: &str, counts: &str, sort: bool, normalize: bool) -> Expr {
        call("value_counts", [self, lit(values), lit(counts), lit(sort), lit(normalize)])
    }
}
