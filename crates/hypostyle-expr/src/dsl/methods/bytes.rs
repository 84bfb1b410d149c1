//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{BinaryNameSpace, call, lit, null};
use crate::expr::Expr;

impl BinaryNameSpace {
    /// Whether other bytes occur in it.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().contains(col("b")), &[r#"binary [b"abc", null]"#, r#"binary [b"bc", b"a"]"#])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn contains(self, literal: impl Into<Expr>) -> Expr {
        call("bin.contains", [self.0, literal.into()])
    }

    /// The bytes that were written in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().decode("base64", true), &[r#"binary [b"YWI=", null]"#])?;
    /// assert_eq!(x, r#"binary [b"ab", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn decode(self, encoding: &str, strict: bool) -> Expr {
        call("bin.decode", [self.0, lit(encoding), lit(strict)])
    }

    /// The bytes as text in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().encode("base64"), &[r#"binary [b"ab", null]"#])?;
    /// assert_eq!(x, r#"str ["YWI=", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn encode(self, encoding: &str) -> Expr {
        call("bin.encode", [self.0, lit(encoding)])
    }

    /// Whether it ends with other bytes.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().ends_with(col("b")), &[r#"binary [b"abc", null]"#, r#"binary [b"bc", b"a"]"#])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ends_with(self, suffix: impl Into<Expr>) -> Expr {
        call("bin.ends_with", [self.0, suffix.into()])
    }

    /// The byte at a position.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().get(-1, false), &[r#"binary [b"ab", null]"#])?;
    /// assert_eq!(x, "u8 [98, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn get(self, index: impl Into<Expr>, null_on_oob: bool) -> Expr {
        call("bin.get", [self.0, index.into(), lit(null_on_oob)])
    }

    /// The first bytes; of a negative number all but so many at the end.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().head(2), &[r#"binary [b"abcd", null]"#])?;
    /// assert_eq!(x, r#"binary [b"ab", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn head(self, n: impl Into<Expr>) -> Expr {
        call("bin.head", [self.0, n.into()])
    }

    /// The number of bytes.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().size(), &[r#"binary [b"abc", null]"#])?;
    /// assert_eq!(x, "u32 [3, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn size(self) -> Expr {
        call("bin.size", [self.0])
    }

    /// Bytes from an offset on.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, lit}};
    ///
    /// let x = show(col("a").bin().slice(1, Some(lit(2))), &[r#"binary [b"abcd", null]"#])?;
    /// assert_eq!(x, r#"binary [b"bc", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn slice(self, offset: impl Into<Expr>, length: Option<Expr>) -> Expr {
        call("bin.slice", [self.0, offset.into(), length.unwrap_or_else(null)])
    }

    /// Whether it starts with other bytes.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().starts_with(col("b")), &[r#"binary [b"abc", null]"#, r#"binary [b"ab", b"a"]"#])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn starts_with(self, prefix: impl Into<Expr>) -> Expr {
        call("bin.starts_with", [self.0, prefix.into()])
    }

    /// The last bytes; of a negative number all but so many at the start.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").bin().tail(2), &[r#"binary [b"abcd", null]"#])?;
    /// assert_eq!(x, r#"binary [b"cd", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tail(self, n: impl Into<Expr>) -> Expr {
        call("bin.tail", [self.0, n.into()])
    }
}
