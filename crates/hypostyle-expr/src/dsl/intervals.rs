//! Methods for entries that place values among numbers, or in arrays: their options are lists.

use super::{call, list, lit, null};
use crate::expr::Expr;

fn labels_or_null(labels: Option<&[&str]>) -> Expr {
    labels.map_or_else(null, |labels| list(labels.iter().copied()))
}

impl Expr {
    /// The interval between breaks in which the number lies, by a label, or by a text made of the breaks.
    ///
    /// ```
    /// use hypostyle_expr::column_text::show;
    /// use hypostyle_expr::dsl::col;
    ///
    /// let cut = col("a").cut(&[2.0], Some(&["low", "high"]), false, false);
    /// assert_eq!(show(cut, &["i64 [1, 5]"])?, r#"enum ["low", "high"]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn cut(
        self,
        breaks: &[f64],
        labels: Option<&[&str]>,
        left_closed: bool,
        include_breaks: bool,
    ) -> Expr {
        let breaks = list(breaks.iter().copied());
        call("cut", [self, breaks, labels_or_null(labels), lit(left_closed), lit(include_breaks)])
    }

    /// The interval between quantiles in which the number lies; where several are the same number it is taken once.
    ///
    /// ```
    /// use hypostyle_expr::column_text::show;
    /// use hypostyle_expr::dsl::col;
    ///
    /// let cut = col("a").qcut(&[0.5], Some(&["low", "high"]), false, false);
    /// assert_eq!(show(cut, &["i64 [1, 5, 9]"])?, r#"cat ["low", "low", "high"]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn qcut(
        self,
        quantiles: &[f64],
        labels: Option<&[&str]>,
        left_closed: bool,
        include_breaks: bool,
    ) -> Expr {
        let quantiles = list(quantiles.iter().copied());
        let labels = labels_or_null(labels);
        call("qcut", [self, quantiles, labels, lit(left_closed), lit(true), lit(include_breaks)])
    }

    /// How many values lie between each two of ascending numbers.
    ///
    /// ```
    /// use hypostyle_expr::column_text::show;
    /// use hypostyle_expr::dsl::col;
    ///
    /// assert_eq!(show(col("a").hist(&[1.0, 2.0, 4.0]), &["i64 [1, 2, null, 3]"])?, "u32 [2, 1]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn hist(self, bins: &[f64]) -> Expr {
        call("hist", [self, list(bins.iter().copied())])
    }

    /// The values as arrays of these widths; of the first dimension -1 says as many as there are.
    ///
    /// ```
    /// use hypostyle_expr::column_text::show;
    /// use hypostyle_expr::dsl::col;
    ///
    /// let arrays = col("a").reshape(&[-1, 2]);
    /// assert_eq!(show(arrays, &["i64 [1, 2, null, 4]"])?, "array[i64, 2] [[1, 2], [null, 4]]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn reshape(self, dimensions: &[i64]) -> Expr {
        call("reshape", [self, list(dimensions.iter().copied())])
    }
}
