//! `str.zfill(x, length)`: zeros after the sign, up to a number of characters; `str.zfill(["-1"], 4) =
//! ["-001"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.zfill(x, length)`
pub(super) const ZFILL: Function =
    string_function("str.zfill", &[params::column("x"), params::column("length")], to_text, run)
        .doc("Filled up with zeros after the sign to a number of characters.")
        .example(&[r#"str ["-1", "12", null]"#, "4"], r#"str ["-001", "0012", null]"#);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(width) = inputs.integer(1) else { return inputs.nulls() };
    map_text(inputs.column(0), |text| {
        let zeros = "0".repeat((width.max(0) as usize).saturating_sub(text.chars().count()));
        let (sign, digits) = match text.as_bytes().first() {
            Some(b'+' | b'-') => text.split_at(1),
            _ => ("", text),
        };
        Some(Cow::Owned(format!("{sign}{zeros}{digits}")))
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn zeros_after_the_sign() {
        let a = [texts([Some("-1"), Some("+12"), Some("12345"), Some(""), Some("ä"), None])];
        let expected = "str [\"-001\", \"+012\", \"12345\", \"0000\", \"000ä\", null]";
        check(call("str.zfill", [col("a"), lit(4)]), &a, expected);
    }
}
