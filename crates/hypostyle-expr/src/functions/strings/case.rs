//! `str.to_lowercase(x)`, `str.to_uppercase(x)`, `str.to_titlecase(x)`, by Unicode; `str.to_titlecase(["a
//! bC"]) = ["A Bc"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.to_lowercase(x)`
pub(super) const TO_LOWERCASE: Function =
    string_function("str.to_lowercase", params::UNARY, to_text, |i| run(i, |text| text.to_lowercase()))
        .doc("In lower case.")
        .sql(&["lower", "lcase"])
        .example(&[r#"str ["ÄB", null]"#], r#"str ["äb", null]"#);
/// `str.to_uppercase(x)`
pub(super) const TO_UPPERCASE: Function =
    string_function("str.to_uppercase", params::UNARY, to_text, |i| run(i, |text| text.to_uppercase()))
        .doc("In upper case.")
        .sql(&["upper", "ucase"])
        .example(&[r#"str ["äb", null]"#], r#"str ["ÄB", null]"#);
/// `str.to_titlecase(x)`: capitals after everything that is no letter.
pub(super) const TO_TITLECASE: Function =
    string_function("str.to_titlecase", params::UNARY, to_text, |i| run(i, titlecase))
        .doc("With a capital at the start of each word.")
        .sql(&["initcap"])
        .example(&[r#"str ["the hall", null]"#], r#"str ["The Hall", null]"#);

fn run(inputs: &Inputs<'_>, map: fn(&str) -> String) -> Result<Column> {
    map_text(inputs.column(0), |text| Some(Cow::Owned(map(text))))
}

fn titlecase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphabetic();
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, texts};

    #[test]
    fn cases() {
        let a = [texts([Some("über stRaße"), Some("o'neil-x 2nd"), None])];
        check(col("a").str().to_lowercase(), &a, "str [\"über straße\", \"o'neil-x 2nd\", null]");
        check(col("a").str().to_uppercase(), &a, "str [\"ÜBER STRASSE\", \"O'NEIL-X 2ND\", null]");
        let title = call("str.to_titlecase", [col("a")]);
        check(title, &a, "str [\"Über Straße\", \"O'Neil-X 2Nd\", null]");
    }
}
