//! `str.len_bytes(x)`, `str.len_chars(x)`: bytes of UTF-8, and Unicode scalar values; `str.len_chars(["äb"])
//! = [2]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::text::map_text_to;

use super::super::{Function, Inputs, params};
use super::{string_function, to_count};

/// `str.len_bytes(x)`
pub(super) const LEN_BYTES: Function =
    string_function("str.len_bytes", params::UNARY, to_count, |i| run(i, str::len))
        .doc("The number of bytes.")
        .sql(&["strlen", "octet_length"])
        .example(&[r#"str ["äb", "", null]"#], "u32 [3, 0, null]");
/// `str.len_chars(x)`
pub(super) const LEN_CHARS: Function =
    string_function("str.len_chars", params::UNARY, to_count, |i| run(i, |text| text.chars().count()))
        .doc("The number of characters.")
        .sql(&["length", "char_length", "character_length"])
        .example(&[r#"str ["äb", "", null]"#], "u32 [2, 0, null]");

fn run(inputs: &Inputs<'_>, length: fn(&str) -> usize) -> Result<Column> {
    map_text_to(inputs.column(0), DataType::UInt32, |text| Some(length(text) as u32))
}

#[cfg(test)]
mod tests {
    use crate::dsl::col;
    use crate::testing::{check, texts};

    #[test]
    fn bytes_and_characters() {
        let a = [texts([Some("äb"), Some(""), None])];
        check(col("a").str().len_bytes(), &a, "u32 [3, 0, null]");
        check(col("a").str().len_chars(), &a, "u32 [2, 0, null]");
    }
}
