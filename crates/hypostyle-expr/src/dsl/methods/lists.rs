//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{ListNameSpace, call, lit};
use crate::expr::Expr;

impl ListNameSpace {
    /// Whether all values are true.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().all(true), &["list[bool] [[true, null], [null], [false]]"])?;
    /// assert_eq!(x, "bool [true, true, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn all(self, ignore_nulls: bool) -> Expr {
        call("list.all", [self.0, lit(ignore_nulls)])
    }

    /// Whether any value is true.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().any(true), &["list[bool] [[true, null], [null], []]"])?;
    /// assert_eq!(x, "bool [true, false, false]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn any(self, ignore_nulls: bool) -> Expr {
        call("list.any", [self.0, lit(ignore_nulls)])
    }

    /// The position of the largest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().arg_max(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "u32 [0, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_max(self) -> Expr {
        call("list.arg_max", [self.0])
    }

    /// The position of the smallest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().arg_min(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "u32 [1, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn arg_min(self) -> Expr {
        call("list.arg_min", [self.0])
    }

    /// The values that are not null.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().drop_nulls(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[3, 1], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn drop_nulls(self) -> Expr {
        call("list.drop_nulls", [self.0])
    }

    /// The first value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().first(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [3, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn first(self) -> Expr {
        call("list.first", [self.0])
    }

    /// The values at positions.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").list().gather(list([0i64, -1i64]), true), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[3, null], null, [null, null]]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn gather(self, indices: impl Into<Expr>, null_on_oob: bool) -> Expr {
        call("list.gather", [self.0, indices.into(), lit(null_on_oob)])
    }

    /// The first values; of a negative number all but so many at the end.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().head(2), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[3, 1], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn head(self, n: impl Into<Expr>) -> Expr {
        call("list.head", [self.0, n.into()])
    }

    /// The last value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().last(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [null, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn last(self) -> Expr {
        call("list.last", [self.0])
    }

    /// The number of values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().len(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "u32 [3, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn len(self) -> Expr {
        call("list.len", [self.0])
    }

    /// The largest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().max(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [3, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn max(self) -> Expr {
        call("list.max", [self.0])
    }

    /// The mean of the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().mean(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "f64 [2.0, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn mean(self) -> Expr {
        call("list.mean", [self.0])
    }

    /// The median of the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().median(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "f64 [2.0, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn median(self) -> Expr {
        call("list.median", [self.0])
    }

    /// The smallest value.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().min(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [1, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn min(self) -> Expr {
        call("list.min", [self.0])
    }

    /// The number of different values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().n_unique(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "u32 [3, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn n_unique(self) -> Expr {
        call("list.n_unique", [self.0])
    }

    /// The values from last to first.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().reverse(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[null, 1, 3], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn reverse(self) -> Expr {
        call("list.reverse", [self.0])
    }

    /// The values that the other list does not have.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().set_difference(col("b")), &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"])?;
    /// assert_eq!(x, "list[i64] [[3, null], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn set_difference(self, other: impl Into<Expr>) -> Expr {
        call("list.set_difference", [self.0, other.into()])
    }

    /// The values that both lists have.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().set_intersection(col("b")), &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"])?;
    /// assert_eq!(x, "list[i64] [[1], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn set_intersection(self, other: impl Into<Expr>) -> Expr {
        call("list.set_intersection", [self.0, other.into()])
    }

    /// The values that one of the lists has.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().set_symmetric_difference(col("b")), &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"])?;
    /// assert_eq!(x, "list[i64] [[3, null, 5], null, [2]]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn set_symmetric_difference(self, other: impl Into<Expr>) -> Expr {
        call("list.set_symmetric_difference", [self.0, other.into()])
    }

    /// The values of either list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().set_union(col("b")), &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"])?;
    /// assert_eq!(x, "list[i64] [[3, 1, null, 5], null, [2]]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn set_union(self, other: impl Into<Expr>) -> Expr {
        call("list.set_union", [self.0, other.into()])
    }

    /// The values in order.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().sort(false, false), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[null, 1, 3], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sort(self, descending: bool, nulls_last: bool) -> Expr {
        call("list.sort", [self.0, lit(descending), lit(nulls_last)])
    }

    /// The standard deviation of the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().std(1), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "f64 [1.4142135623730951, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn std(self, ddof: i64) -> Expr {
        call("list.std", [self.0, lit(ddof)])
    }

    /// The sum of the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().sum(), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "i64 [4, null, 0]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn sum(self) -> Expr {
        call("list.sum", [self.0])
    }

    /// The last values; of a negative number all but so many at the start.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().tail(2), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[1, null], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tail(self, n: impl Into<Expr>) -> Expr {
        call("list.tail", [self.0, n.into()])
    }

    /// Lists of one length as arrays.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().to_array(2), &["list[i64] [[3, 1], [null, 2], null]"])?;
    /// assert_eq!(x, "array[i64, 2] [[3, 1], [null, 2], null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_array(self, width: i64) -> Expr {
        call("list.to_array", [self.0, lit(width)])
    }

    /// Each value once.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().unique(), &["list[i64] [[3], null, []]"])?;
    /// assert_eq!(x, "list[i64] [[3], null, []]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn unique(self) -> Expr {
        call("list.unique", [self.0])
    }

    /// The variance of the values.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").list().var(1), &["list[i64] [[3, 1, null], null, []]"])?;
    /// assert_eq!(x, "f64 [2.0, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn var(self, ddof: i64) -> Expr {
        call("list.var", [self.0, lit(ddof)])
    }
}
