//! Methods for entries of the catalog that need nothing arranged, made from them by the test in
//! `methods_source.rs`: change the entry, then run `HYPOSTYLE_UPDATE=1 cargo test -p hypostyle-expr methods_source`.

use super::super::{StringNameSpace, aggregate, call, lit, null};
use crate::expr::Expr;

impl StringNameSpace {
    /// Whether any of some strings is part of it.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").str().contains_any(list(["b", "x"]), false), &[r#"str ["ab", "cd", null]"#])?;
    /// assert_eq!(x, "bool [true, false, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn contains_any(self, patterns: impl Into<Expr>, ascii_case_insensitive: bool) -> Expr {
        call("str.contains_any", [self.0, patterns.into(), lit(ascii_case_insensitive)])
    }

    /// How often a pattern matches.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().count_matches("ab", false), &[r#"str ["abab", "", null]"#])?;
    /// assert_eq!(x, "u32 [2, 0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn count_matches(self, pattern: impl Into<Expr>, literal: bool) -> Expr {
        call("str.count_matches", [self.0, pattern.into(), lit(literal)])
    }

    /// The bytes that were written in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().decode("hex", true), &[r#"str ["6162", null]"#])?;
    /// assert_eq!(x, r#"binary [b"ab", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn decode(self, encoding: &str, strict: bool) -> Expr {
        call("str.decode", [self.0, lit(encoding), lit(strict)])
    }

    /// The bytes as text in an encoding.
    ///
    /// `encoding` is one of `hex`, `base64`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().encode("hex"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["6162", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn encode(self, encoding: &str) -> Expr {
        call("str.encode", [self.0, lit(encoding)])
    }

    /// Whether it ends with a string.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().ends_with("b"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn ends_with(self, suffix: impl Into<Expr>) -> Expr {
        call("str.ends_with", [self.0, suffix.into()])
    }

    /// The regular expression that matches the string itself.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().escape_regex(), &[r#"str ["a.b", null]"#])?;
    /// assert_eq!(x, r#"str ["a\\.b", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn escape_regex(self) -> Expr {
        call("str.escape_regex", [self.0])
    }

    /// What a group of a regular expression captures in its first match.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().extract("b([0-9]+)", 1), &[r#"str ["ab12", "ab", null]"#])?;
    /// assert_eq!(x, r#"str ["12", null, null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn extract(self, pattern: impl Into<Expr>, group_index: i64) -> Expr {
        call("str.extract", [self.0, pattern.into(), lit(group_index)])
    }

    /// All matches of a regular expression, as a list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().extract_all("[0-9]+"), &[r#"str ["a1b22", "", null]"#])?;
    /// assert_eq!(x, r#"list[str] [["1", "22"], [], null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn extract_all(self, pattern: impl Into<Expr>) -> Expr {
        call("str.extract_all", [self.0, pattern.into()])
    }

    /// What the groups of a regular expression capture in its first match, as a struct.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().extract_groups("([a-z]+)([0-9]+)"), &[r#"str ["ab12", null]"#])?;
    /// assert_eq!(x, r#"struct[2] [{"ab", "12"}, null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn extract_groups(self, pattern: &str) -> Expr {
        call("str.extract_groups", [self.0, lit(pattern)])
    }

    /// The parts that are one of some strings, as a list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").str().extract_many(list(["b", "x"]), false, false, false), &[r#"str ["abxb", null]"#])?;
    /// assert_eq!(x, r#"list[str] [["b", "x", "b"], null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn extract_many(
        self,
        patterns: impl Into<Expr>,
        ascii_case_insensitive: bool,
        overlapping: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.extract_many",
            [self.0, patterns.into(), lit(ascii_case_insensitive), lit(overlapping), lit(leftmost)],
        )
    }

    /// The byte where a pattern matches first.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().find("ab", false, true), &[r#"str ["aab", "b", null]"#])?;
    /// assert_eq!(x, "u32 [1, null, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn find(self, pattern: impl Into<Expr>, literal: bool, strict: bool) -> Expr {
        call("str.find", [self.0, pattern.into(), lit(literal), lit(strict)])
    }

    /// The bytes where one of some strings starts, as a list.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").str().find_many(list(["b", "x"]), false, false, false), &[r#"str ["abxb", null]"#])?;
    /// assert_eq!(x, "list[u32] [[1, 2, 3], null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn find_many(
        self,
        patterns: impl Into<Expr>,
        ascii_case_insensitive: bool,
        overlapping: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.find_many",
            [self.0, patterns.into(), lit(ascii_case_insensitive), lit(overlapping), lit(leftmost)],
        )
    }

    /// The first characters; of a negative number all but so many at the end.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().head(2), &[r#"str ["hällo", null]"#])?;
    /// assert_eq!(x, r#"str ["hä", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn head(self, n: impl Into<Expr>) -> Expr {
        call("str.head", [self.0, n.into()])
    }

    /// The number of bytes.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().len_bytes(), &[r#"str ["äb", "", null]"#])?;
    /// assert_eq!(x, "u32 [3, 0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn len_bytes(self) -> Expr {
        call("str.len_bytes", [self.0])
    }

    /// The number of characters.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().len_chars(), &[r#"str ["äb", "", null]"#])?;
    /// assert_eq!(x, "u32 [2, 0, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn len_chars(self) -> Expr {
        call("str.len_chars", [self.0])
    }

    /// In a normalization form of Unicode.
    ///
    /// `form` is one of `NFC`, `NFKC`, `NFD`, `NFKD`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().normalize("NFKC"), &[r#"str ["ﬁ", null]"#])?;
    /// assert_eq!(x, r#"str ["fi", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn normalize(self, form: &str) -> Expr {
        call("str.normalize", [self.0, lit(form)])
    }

    /// Filled up at the end to a number of characters.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().pad_end(4, "*"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["ab**", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn pad_end(self, length: impl Into<Expr>, fill_char: &str) -> Expr {
        call("str.pad_end", [self.0, length.into(), lit(fill_char)])
    }

    /// Filled up at the start to a number of characters.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().pad_start(4, "*"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["**ab", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn pad_start(self, length: impl Into<Expr>, fill_char: &str) -> Expr {
        call("str.pad_start", [self.0, length.into(), lit(fill_char)])
    }

    /// With the first matches of a pattern replaced.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().replace("b", "-", false, 1), &[r#"str ["abab", null]"#])?;
    /// assert_eq!(x, r#"str ["a-ab", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn replace(self, pattern: impl Into<Expr>, value: impl Into<Expr>, literal: bool, n: i64) -> Expr {
        call("str.replace", [self.0, pattern.into(), value.into(), lit(literal), lit(n)])
    }

    /// With some strings replaced by others.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, list}};
    ///
    /// let x = show(col("a").str().replace_many(list(["b", "x"]), list(["1", "2"]), false, false), &[r#"str ["abx", null]"#])?;
    /// assert_eq!(x, r#"str ["a12", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn replace_many(
        self,
        patterns: impl Into<Expr>,
        replace_with: impl Into<Expr>,
        ascii_case_insensitive: bool,
        leftmost: bool,
    ) -> Expr {
        call(
            "str.replace_many",
            [self.0, patterns.into(), replace_with.into(), lit(ascii_case_insensitive), lit(leftmost)],
        )
    }

    /// The characters from last to first.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().reverse(), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["ba", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn reverse(self) -> Expr {
        call("str.reverse", [self.0])
    }

    /// The parts between the first separators, as a struct.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().split_exact("-", 1, false), &[r#"str ["a-b", "c", null]"#])?;
    /// assert_eq!(x, r#"struct[2] [{"a", "b"}, {"c", null}, {null, null}]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn split_exact(self, by: impl Into<Expr>, n: i64, inclusive: bool) -> Expr {
        call("str.split_exact", [self.0, by.into(), lit(n), lit(inclusive)])
    }

    /// At most so many parts between separators, as a struct.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().splitn("-", 2), &[r#"str ["a-b-c", null]"#])?;
    /// assert_eq!(x, r#"struct[2] [{"a", "b-c"}, {null, null}]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn splitn(self, by: impl Into<Expr>, n: i64) -> Expr {
        call("str.splitn", [self.0, by.into(), lit(n)])
    }

    /// Whether it starts with a string.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().starts_with("a"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, "bool [true, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn starts_with(self, prefix: impl Into<Expr>) -> Expr {
        call("str.starts_with", [self.0, prefix.into()])
    }

    /// Without the given characters at both ends, or white space.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().strip_chars(None), &[r#"str [" a ", null]"#])?;
    /// assert_eq!(x, r#"str ["a", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn strip_chars(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without the given characters at the end, or white space.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().strip_chars_end(None), &[r#"str [" a ", null]"#])?;
    /// assert_eq!(x, r#"str [" a", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn strip_chars_end(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars_end", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without the given characters at the start, or white space.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().strip_chars_start(None), &[r#"str [" a ", null]"#])?;
    /// assert_eq!(x, r#"str ["a ", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn strip_chars_start(self, characters: Option<Expr>) -> Expr {
        call("str.strip_chars_start", [self.0, characters.unwrap_or_else(null)])
    }

    /// Without a string at the start.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().strip_prefix("a"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["b", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn strip_prefix(self, prefix: impl Into<Expr>) -> Expr {
        call("str.strip_prefix", [self.0, prefix.into()])
    }

    /// Without a string at the end.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().strip_suffix("b"), &[r#"str ["ab", null]"#])?;
    /// assert_eq!(x, r#"str ["a", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn strip_suffix(self, suffix: impl Into<Expr>) -> Expr {
        call("str.strip_suffix", [self.0, suffix.into()])
    }

    /// The last characters; of a negative number all but so many at the start.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().tail(2), &[r#"str ["hällo", null]"#])?;
    /// assert_eq!(x, r#"str ["lo", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn tail(self, n: impl Into<Expr>) -> Expr {
        call("str.tail", [self.0, n.into()])
    }

    /// The date and time that a string spells.
    ///
    /// `time_unit` is one of `ms`, `us`, `ns`.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_datetime(Some("%Y-%m-%d %H:%M"), true, None, None, None), &[r#"str ["2024-02-29 12:30", null]"#])?;
    /// assert_eq!(x, "datetime[μs] [2024-02-29 12:30:00.000000, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_datetime(
        self,
        format: Option<&str>,
        strict: bool,
        time_unit: Option<&str>,
        time_zone: Option<&str>,
        ambiguous: Option<Expr>,
    ) -> Expr {
        call(
            "str.to_datetime",
            [
                self.0,
                format.map_or_else(null, lit),
                lit(strict),
                time_unit.map_or_else(null, lit),
                time_zone.map_or_else(null, lit),
                ambiguous.unwrap_or_else(null),
            ],
        )
    }

    /// The decimal that a string spells.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_decimal(2), &[r#"str ["1.5", "2", null]"#])?;
    /// assert_eq!(x, "decimal[38,2] [1.50, 2.00, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_decimal(self, scale: i64) -> Expr {
        call("str.to_decimal", [self.0, lit(scale)])
    }

    /// The integer that a string spells in a base.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::{col, lit}};
    ///
    /// let x = show(col("a").str().to_integer(Some(lit(16)), true), &[r#"str ["ff", "10", null]"#])?;
    /// assert_eq!(x, "i64 [255, 16, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_integer(self, base: Option<Expr>, strict: bool) -> Expr {
        call("str.to_integer", [self.0, base.unwrap_or_else(null), lit(strict)])
    }

    /// In lower case.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_lowercase(), &[r#"str ["ÄB", null]"#])?;
    /// assert_eq!(x, r#"str ["äb", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_lowercase(self) -> Expr {
        call("str.to_lowercase", [self.0])
    }

    /// The time of day that a string spells.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_time(Some("%H:%M"), true), &[r#"str ["12:30", null]"#])?;
    /// assert_eq!(x, "time [12:30:00, null]");
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_time(self, format: Option<&str>, strict: bool) -> Expr {
        call("str.to_time", [self.0, format.map_or_else(null, lit), lit(strict)])
    }

    /// With a capital at the start of each word.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_titlecase(), &[r#"str ["the hall", null]"#])?;
    /// assert_eq!(x, r#"str ["The Hall", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_titlecase(self) -> Expr {
        call("str.to_titlecase", [self.0])
    }

    /// In upper case.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().to_uppercase(), &[r#"str ["äb", null]"#])?;
    /// assert_eq!(x, r#"str ["ÄB", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn to_uppercase(self) -> Expr {
        call("str.to_uppercase", [self.0])
    }

    /// Filled up with zeros after the sign to a number of characters.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().zfill(4), &[r#"str ["-1", "12", null]"#])?;
    /// assert_eq!(x, r#"str ["-001", "0012", null]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn zfill(self, length: impl Into<Expr>) -> Expr {
        call("str.zfill", [self.0, length.into()])
    }

    /// The strings of all rows as one.
    ///
    /// ```
    /// use hypostyle_expr::{column_text::show, dsl::col};
    ///
    /// let x = show(col("a").str().join("-", true), &[r#"str ["a", null, "b"]"#])?;
    /// assert_eq!(x, r#"str ["a-b"]"#);
    /// # Ok::<(), hypostyle_core::Error>(())
    /// ```
    pub fn join(self, delimiter: &str, ignore_nulls: bool) -> Expr {
        aggregate("str.join", [self.0, lit(delimiter), lit(ignore_nulls)])
    }
}
