//! `str.to_lowercase(x)`, `str.to_uppercase(x)`, `str.to_titlecase(x)`, by Unicode; `str.to_titlecase(["a
//! bC"]) = ["A Bc"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs};
use super::to_text;

/// `str.to_lowercase(x)`
pub(super) const TO_LOWERCASE: Function =
    Function::new("str.to_lowercase", 1..=1, to_text, |i| run(i, |text| text.to_lowercase()));
/// `str.to_uppercase(x)`
pub(super) const TO_UPPERCASE: Function =
    Function::new("str.to_uppercase", 1..=1, to_text, |i| run(i, |text| text.to_uppercase()));
/// `str.to_titlecase(x)`: capitals after everything that is no letter.
pub(super) const TO_TITLECASE: Function =
    Function::new("str.to_titlecase", 1..=1, to_text, |i| run(i, titlecase));

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
