//! `str.split(x, by, inclusive)`: the parts between separators as a list, the separators with them where
//! `inclusive`; an empty separator splits into characters; `str.split(["a,b", null], ",") = [["a", "b"],
//! null]`.

use hypostyle_core::{Array, Column, DataType, ListArray, MutableBitmap, Result, StringBuilder};

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{from_text, string_function};

/// `str.split(x, by, inclusive)`
pub(super) const SPLIT: Function = string_function(
    "str.split",
    &[params::column("x"), params::column("by"), params::flag("inclusive", false)],
    types,
    run,
)
.doc("The parts between separators, as a list.")
.sql(&["string_split", "str_split", "string_to_array"])
.example(&[r#"str ["a,b", "", null]"#, r#"",""#], r#"list[str] [["a", "b"], [""], null]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::list(DataType::String))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let inclusive = inputs.flag(2);
    let mut parts = StringBuilder::new();
    let (mut offsets, mut valid) = (vec![0i64], MutableBitmap::new());
    for row in 0..inputs.len {
        let pair = inputs.text_at(0, row).zip(inputs.text_at(1, row));
        match pair {
            Some((text, "")) => text.chars().for_each(|c| parts.push(c.encode_utf8(&mut [0; 4]))),
            Some((text, by)) if inclusive => text.split_inclusive(by).for_each(|p| parts.push(p)),
            Some((text, by)) => text.split(by).for_each(|p| parts.push(p)),
            None => {}
        }
        valid.push(pair.is_some());
        offsets.push(parts.len() as i64);
    }
    let array = ListArray::try_new(offsets.into(), parts.finish(), valid.into_validity())?;
    Column::try_new(inputs.output.clone(), Array::List(array))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, texts};

    #[test]
    fn parts() {
        let a = [texts([Some("a,b,"), Some(""), None]), texts([Some("b"), Some(","), Some(",")])];
        check(col("a").str().split(","), &a, "list[str] [[\"a\", \"b\", \"\"], [\"\"], null]");
        let inclusive = call("str.split", [col("a"), lit(","), lit(true)]);
        check(inclusive, &a, "list[str] [[\"a,\", \"b,\"], [], null]");
        check(col("a").str().split(""), &a, "list[str] [[\"a\", \",\", \"b\", \",\"], [], null]");
        check(col("a").str().split(col("b")), &a, "list[str] [[\"a,\", \",\"], [\"\"], null]");
    }
}
