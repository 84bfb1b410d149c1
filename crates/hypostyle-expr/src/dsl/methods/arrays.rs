//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{ArrayNameSpace, call};
use crate::expr::Expr;

impl ArrayNameSpace {
    /// The lists as arrays of the width of others.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arr().of_width(col("b")), &["list[i64] [[3, 1], [null, 2], null]", "array[i64, 2] [[1, 1], [1, 1], null]"])?;
    /// assert_eq!(x, "array[i64, 2] [[3, 1], [null, 2], null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn of_width(self, like: impl Into<Expr>) -> Expr {
        call("arr.of_width", [self.0, like.into()])
    }

    /// The arrays as lists.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").arr().to_list(), &["array[i64, 2] [[3, 1], [null, 2], null]"])?;
    /// assert_eq!(x, "list[i64] [[3, 1], [null, 2], null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_list(self) -> Expr {
        call("arr.to_list", [self.0])
    }
}
