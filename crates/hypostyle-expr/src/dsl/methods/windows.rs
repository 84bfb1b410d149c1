//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{call, lit, null};
use crate::expr::Expr;

impl Expr {
    /// The mean of the values so far, each weighing less with every row that follows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ewm_mean(0.5, true, 1, false), &["f64 [1.0, null, 3.0]"])?;
    /// assert_eq!(x, "f64 [1.0, null, 2.6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ewm_mean(self, alpha: f64, adjust: bool, min_samples: i64, ignore_nulls: bool) -> Expr {
        call("ewm_mean", [self, lit(alpha), lit(adjust), lit(min_samples), lit(ignore_nulls)])
    }

    /// The standard deviation of the values so far, each weighing less with every row that follows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ewm_std(0.5, true, false, 1, false), &["f64 [1.0, 3.0, null]"])?;
    /// assert_eq!(x, "f64 [null, 1.4142135623730951, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ewm_std(self, alpha: f64, adjust: bool, bias: bool, min_samples: i64, ignore_nulls: bool) -> Expr {
        call("ewm_std", [self, lit(alpha), lit(adjust), lit(bias), lit(min_samples), lit(ignore_nulls)])
    }

    /// The sum of the values so far, each weighing less with every row that follows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ewm_sum(0.5, 1, false), &["f64 [1.0, null, 3.0]"])?;
    /// assert_eq!(x, "f64 [1.0, null, 3.25]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ewm_sum(self, alpha: f64, min_samples: i64, ignore_nulls: bool) -> Expr {
        call("ewm_sum", [self, lit(alpha), lit(min_samples), lit(ignore_nulls)])
    }

    /// The variance of the values so far, each weighing less with every row that follows.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").ewm_var(0.5, true, false, 1, false), &["f64 [1.0, 3.0, null]"])?;
    /// assert_eq!(x, "f64 [null, 2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ewm_var(self, alpha: f64, adjust: bool, bias: bool, min_samples: i64, ignore_nulls: bool) -> Expr {
        call("ewm_var", [self, lit(alpha), lit(adjust), lit(bias), lit(min_samples), lit(ignore_nulls)])
    }

    /// The kurtosis of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_kurtosis(2, Some(2), false, true, true), &["i64 [1, 3, 1, null]"])?;
    /// assert_eq!(x, "f64 [null, -2.0, -2.0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_kurtosis(
        self,
        window_size: i64,
        min_samples: Option<i64>,
        center: bool,
        fisher: bool,
        bias: bool,
    ) -> Expr {
        call(
            "rolling_kurtosis",
            [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center), lit(fisher), lit(bias)],
        )
    }

    /// The largest value of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_max(2, None, false), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "i64 [null, 2, null, null, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_max(self, window_size: i64, min_samples: Option<i64>, center: bool) -> Expr {
        call("rolling_max", [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center)])
    }

    /// The largest value of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_max_by("2i", 1, "right", col("b")), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "i64 [1, 3, null, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_max_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
    ) -> Expr {
        call("rolling_max_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into()])
    }

    /// The mean of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_mean(2, None, false), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "f64 [null, 1.5, null, null, 5.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_mean(self, window_size: i64, min_samples: Option<i64>, center: bool) -> Expr {
        call("rolling_mean", [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center)])
    }

    /// The mean of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_mean_by("2i", 1, "right", col("b")), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [1.0, 2.0, null, 6.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_mean_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
    ) -> Expr {
        call("rolling_mean_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into()])
    }

    /// The median of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_median(2, None, false), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "f64 [null, 1.5, null, null, 5.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_median(self, window_size: i64, min_samples: Option<i64>, center: bool) -> Expr {
        call("rolling_median", [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center)])
    }

    /// The median of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_median_by("2i", 1, "right", col("b")), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [1.0, 2.0, null, 6.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_median_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
    ) -> Expr {
        call("rolling_median_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into()])
    }

    /// The smallest value of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_min(2, None, false), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "i64 [null, 1, null, null, 4]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_min(self, window_size: i64, min_samples: Option<i64>, center: bool) -> Expr {
        call("rolling_min", [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center)])
    }

    /// The smallest value of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_min_by("2i", 1, "right", col("b")), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "i64 [1, 1, null, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_min_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
    ) -> Expr {
        call("rolling_min_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into()])
    }

    /// The quantile of the rows of a window that ends with the row.
    ///
    /// `interpolation` is one of `nearest`, `higher`, `lower`, `midpoint`, `linear`, `equiprobable`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_quantile(2, Some(1), false, 0.5, "linear"), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "f64 [1.0, 1.5, 2.0, 4.0, 5.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_quantile(
        self,
        window_size: i64,
        min_samples: Option<i64>,
        center: bool,
        quantile: f64,
        interpolation: &str,
    ) -> Expr {
        call(
            "rolling_quantile",
            [
                self,
                lit(window_size),
                min_samples.map_or_else(null, lit),
                lit(center),
                lit(quantile),
                lit(interpolation),
            ],
        )
    }

    /// The quantile of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// `interpolation` is one of `nearest`, `higher`, `lower`, `midpoint`, `linear`, `equiprobable`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_quantile_by("2i", 1, "right", col("b"), 0.5, "linear"), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [1.0, 2.0, null, 6.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_quantile_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
        quantile: f64,
        interpolation: &str,
    ) -> Expr {
        call(
            "rolling_quantile_by",
            [
                self,
                lit(window_size),
                lit(min_samples),
                lit(closed),
                by.into(),
                lit(quantile),
                lit(interpolation),
            ],
        )
    }

    /// The rank of the row among the rows of a window that ends with it.
    ///
    /// `method` is one of `average`, `min`, `max`, `dense`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_rank(2, Some(1), false, "average"), &["i64 [3, 1, null, 2, 2]"])?;
    /// assert_eq!(x, "f64 [1.0, 1.0, null, 1.0, 1.5]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_rank(
        self,
        window_size: i64,
        min_samples: Option<i64>,
        center: bool,
        method: &str,
    ) -> Expr {
        call(
            "rolling_rank",
            [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center), lit(method)],
        )
    }

    /// The rank of the row among the rows within a time before it.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// `method` is one of `average`, `min`, `max`, `dense`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_rank_by("2i", 1, "right", col("b"), "average"), &["i64 [3, 1, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [1.0, 1.0, null, 1.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_rank_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
        method: &str,
    ) -> Expr {
        call(
            "rolling_rank_by",
            [self, lit(window_size), lit(min_samples), lit(closed), by.into(), lit(method)],
        )
    }

    /// The skewness of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_skew(3, None, false, true), &["i64 [1, 2, 2, null]"])?;
    /// assert_eq!(x, "f64 [null, null, -0.7071067811865475, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_skew(self, window_size: i64, min_samples: Option<i64>, center: bool, bias: bool) -> Expr {
        call(
            "rolling_skew",
            [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center), lit(bias)],
        )
    }

    /// The standard deviation of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_std(2, None, false, 1), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "f64 [null, 0.7071067811865476, null, null, 1.4142135623730951]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_std(self, window_size: i64, min_samples: Option<i64>, center: bool, ddof: i64) -> Expr {
        call(
            "rolling_std",
            [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center), lit(ddof)],
        )
    }

    /// The standard deviation of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_std_by("2i", 1, "right", col("b"), 1), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [null, 1.4142135623730951, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_std_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
        ddof: i64,
    ) -> Expr {
        call("rolling_std_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into(), lit(ddof)])
    }

    /// The sum of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_sum(2, None, false), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "i64 [null, 3, null, null, 10]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_sum(self, window_size: i64, min_samples: Option<i64>, center: bool) -> Expr {
        call("rolling_sum", [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center)])
    }

    /// The sum of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_sum_by("2i", 1, "right", col("b")), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "i64 [1, 4, null, 6]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_sum_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
    ) -> Expr {
        call("rolling_sum_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into()])
    }

    /// The variance of the rows of a window that ends with the row.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_var(2, None, false, 1), &["i64 [1, 2, null, 4, 6]"])?;
    /// assert_eq!(x, "f64 [null, 0.5, null, null, 2.0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_var(self, window_size: i64, min_samples: Option<i64>, center: bool, ddof: i64) -> Expr {
        call(
            "rolling_var",
            [self, lit(window_size), min_samples.map_or_else(null, lit), lit(center), lit(ddof)],
        )
    }

    /// The variance of the rows within a time before the row.
    ///
    /// `closed` is one of `right`, `left`, `both`, `none`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").rolling_var_by("2i", 1, "right", col("b"), 1), &["i64 [1, 3, null, 6]", "i64 [1, 2, 9, 10]"])?;
    /// assert_eq!(x, "f64 [null, 2.0, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn rolling_var_by(
        self,
        window_size: &str,
        min_samples: i64,
        closed: &str,
        by: impl Into<Expr>,
        ddof: i64,
    ) -> Expr {
        call("rolling_var_by", [self, lit(window_size), lit(min_samples), lit(closed), by.into(), lit(ddof)])
    }
}
