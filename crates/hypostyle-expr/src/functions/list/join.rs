//! `list.join(x, separator, ignore_nulls)`: the texts of a list as one; nulls are left out, or make it null
//! where not `ignore_nulls`; `list.join([["a", "b"]], "-") = ["a-b"]`.

use hypostyle_core::{Column, DataType, Result, StringBuilder};

use super::super::{Arg, Function, Inputs, Signature, at, not_defined, params};
use super::{Lists, inner_type};

/// `list.join(x, separator, ignore_nulls)`
pub(super) const JOIN: Function = Function::new(
    "list.join",
    &[params::column("x"), params::column("separator"), params::flag("ignore_nulls", true)],
    types,
    run,
)
.doc("The strings of the list, joined.")
.sql(&["array_to_string"])
.example(&[r#"list[str] [["a", null, "b"], null, []]"#, r#"",""#], r#"str ["a,b", null, ""]"#);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match inner_type(name, args)? {
        inner if inner.is_textual() => Ok(Signature::keep(args, DataType::String)
            .with(0, DataType::list(DataType::String))
            .with(1, DataType::String)),
        inner => Err(not_defined(name, "lists of text", inner)),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let ignore_nulls = inputs.flag(2);
    let mut builder = StringBuilder::with_capacity(inputs.len, 0);
    let mut joined = String::new();
    for row in 0..inputs.len {
        let list = at(inputs.column(0), row);
        let (start, end) = lists.bounds(list);
        let has_null = !ignore_nulls && (start..end).any(|i| lists.values.is_null(i));
        let separator = inputs.text_at(1, row).filter(|_| !lists.is_null(list) && !has_null);
        let Some(separator) = separator else {
            builder.push_null();
            continue;
        };
        joined.clear();
        for (i, part) in (start..end).filter_map(|i| lists.values.str_at(i)).enumerate() {
            if i > 0 {
                joined.push_str(separator);
            }
            joined.push_str(part);
        }
        builder.push(&joined);
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn joined() {
        let parts = || col("a").str().split(",");
        let a = [texts([Some("b,a"), Some("x"), None]), texts([Some("-"), Some("+"), Some("*")])];
        check(parts().list().join(lit("-")), &a, "str [\"b-a\", \"x\", null]");
        check(parts().list().join(col("b")), &a, "str [\"b-a\", \"x\", null]");
        check_error(col("a").list().join(lit("-")), &[lists([None])], "InvalidOperation");
        // A list of texts with nulls: what a group has.
        let with_null = call("list.join", [col("a").implode(), lit("-")]);
        check(with_null, &a, "str [\"b,a-x\"]");
        let strict = call("list.join", [col("a").implode(), lit("-"), lit(false)]);
        check(strict, &a, "str [null]");
    }
}
