//! `str.normalize(x, form)`: one spelling of characters that Unicode can spell in several ways ([UAX
//! #15](https://unicode.org/reports/tr15/)); `str.normalize(["e\u{301}"], "NFC") = ["é"]`.

use std::borrow::Cow;

use hypostyle_core::{Array, Column, Result};
use hypostyle_kernels::text::map_text;
use unicode_normalization::{
    IsNormalized, UnicodeNormalization as _, is_nfc_quick, is_nfd_quick, is_nfkc_quick, is_nfkd_quick,
};

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.normalize(x, form)`
pub(super) const NORMALIZE: Function = string_function(
    "str.normalize",
    &[params::column("x"), params::choice("form", &["NFC", "NFKC", "NFD", "NFKD"])],
    to_text,
    run,
)
.doc("In a normalization form of Unicode.")
.example(&[r#"str ["ﬁ", null]"#, r#""NFKC""#], r#"str ["fi", null]"#);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    // ASCII is normal in every form.
    if let Array::Utf8(array) = column.array() {
        let (offsets, bytes) = (array.offsets(), array.values());
        if bytes[offsets[0] as usize..offsets[array.len()] as usize].is_ascii() {
            return Ok(column.clone());
        }
    }
    match inputs.text(1) {
        Some("NFKC") => normalize(column, |t| is_nfkc_quick(t.chars()), |t| t.nfkc().collect()),
        Some("NFD") => normalize(column, |t| is_nfd_quick(t.chars()), |t| t.nfd().collect()),
        Some("NFKD") => normalize(column, |t| is_nfkd_quick(t.chars()), |t| t.nfkd().collect()),
        _ => normalize(column, |t| is_nfc_quick(t.chars()), |t| t.nfc().collect()),
    }
}

/// Makes only what a quick check does not know to be normal already.
fn normalize(
    column: &Column,
    check: fn(&str) -> IsNormalized,
    normalized: fn(&str) -> String,
) -> Result<Column> {
    map_text(column, |text| {
        let normal = text.is_ascii() || check(text) == IsNormalized::Yes;
        Some(if normal { Cow::Borrowed(text) } else { Cow::Owned(normalized(text)) })
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, evaluate, texts};

    #[test]
    fn forms() {
        let a = [texts([Some("e\u{301}é"), Some("ﬁＡ"), Some("ab"), Some(""), None])];
        let form = |form: &str| call("str.normalize", [col("a"), lit(form)]);
        check(form("NFC"), &a, "str [\"éé\", \"ﬁＡ\", \"ab\", \"\", null]");
        check(form("NFKC"), &a, "str [\"éé\", \"fiA\", \"ab\", \"\", null]");
        check(form("NFD"), &a, "str [\"e\\u{301}e\\u{301}\", \"ﬁＡ\", \"ab\", \"\", null]");
        check(form("NFKD"), &a, "str [\"e\\u{301}e\\u{301}\", \"fiA\", \"ab\", \"\", null]");
        check(form("NFC"), &[a[0].slice(2, 3)], "str [\"ab\", \"\", null]");
        check_error(form("nfc"), &a, "InvalidOperation");
    }

    /// What the quick checks leave as it is, is what the form makes of it: all of the first plane, alone and after a letter
    /// that takes accents.
    #[test]
    fn quick_checks_agree_with_the_forms() {
        use unicode_normalization::UnicodeNormalization as _;
        type Form = fn(&str) -> String;

        let chars = (0..0x1_0000).filter_map(char::from_u32);
        let rows: Vec<String> = chars.flat_map(|c| [c.to_string(), format!("e{c}\u{316}")]).collect();
        let column = texts(rows.iter().map(|row| Some(row.as_str())));
        let forms: [(&str, Form); 4] = [
            ("NFC", |t| t.nfc().collect()),
            ("NFKC", |t| t.nfkc().collect()),
            ("NFD", |t| t.nfd().collect()),
            ("NFKD", |t| t.nfkd().collect()),
        ];
        for (form, normalized) in forms {
            let found =
                evaluate(&call("str.normalize", [col("a"), lit(form)]), std::slice::from_ref(&column))
                    .unwrap();
            for (i, row) in rows.iter().enumerate() {
                assert_eq!(found.str_at(i), Some(normalized(row).as_str()), "{form} of {row:?}");
            }
        }
        check(call("str.normalize", [lit("é"), lit("NFD")]), &[], "str [\"e\\u{301}\"]");
    }
}
