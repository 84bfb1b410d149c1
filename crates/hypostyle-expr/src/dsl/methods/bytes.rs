//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{BinaryNameSpace, call, lit};
use crate::expr::Expr;

impl BinaryNameSpace {
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
}
