//! `str.strip_prefix(x, prefix)`, `str.strip_suffix(x, suffix)`: without a literal text at one end, once;
//! `str.strip_prefix(["aab"], "a") = ["ab"]`.

use std::borrow::Cow;

use hypostyle_core::{Column, Result, StringBuilder};
use hypostyle_kernels::text::map_text;

use super::super::{Function, Inputs, params};
use super::{string_function, to_text};

/// `str.strip_prefix(x, prefix)`
pub(super) const STRIP_PREFIX: Function =
    string_function("str.strip_prefix", &[params::column("x"), params::column("prefix")], to_text, |i| {
        run(i, |text, prefix| text.strip_prefix(prefix))
    })
    .doc("Without a string at the start.")
    .example(&[r#"str ["ab", null]"#, r#""a""#], r#"str ["b", null]"#);
/// `str.strip_suffix(x, suffix)`
pub(super) const STRIP_SUFFIX: Function =
    string_function("str.strip_suffix", &[params::column("x"), params::column("suffix")], to_text, |i| {
        run(i, |text, suffix| text.strip_suffix(suffix))
    })
    .doc("Without a string at the end.")
    .example(&[r#"str ["ab", null]"#, r#""b""#], r#"str ["a", null]"#);

fn run(inputs: &Inputs<'_>, strip: for<'a> fn(&'a str, &str) -> Option<&'a str>) -> Result<Column> {
    if inputs.is_constant(1) {
        let Some(affix) = inputs.text(1) else { return inputs.nulls() };
        return map_text(inputs.column(0), |text| Some(Cow::Borrowed(strip(text, affix).unwrap_or(text))));
    }
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    for row in 0..inputs.len {
        let pair = inputs.text_at(0, row).zip(inputs.text_at(1, row));
        builder.push_option(pair.map(|(text, affix)| strip(text, affix).unwrap_or(text)));
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn once_at_one_end() {
        let a = [texts([Some("aab"), Some("b"), None]), texts([Some("b"), None, Some("a")])];
        check(call("str.strip_prefix", [col("a"), lit("a")]), &a, "str [\"ab\", \"b\", null]");
        check(call("str.strip_suffix", [col("a"), lit("b")]), &a, "str [\"aa\", \"\", null]");
        check(call("str.strip_suffix", [col("a"), col("b")]), &a, "str [\"aa\", null, null]");
    }
}
