//! `str.split_exact(x, by, n, inclusive)`, `str.splitn(x, by, n)`: the first parts between separators as the fields of a
//! struct, which are null where there are fewer. `split_exact` splits `n` times and drops the rest; the last of the `n` parts
//! of `splitn` is the rest; `str.splitn(["a-b-c"], "-", 2) = [{"a", "b-c"}]`.

use hypostyle_core::{Array, Column, DataType, Error, Field, Result, StringBuilder, StructArray};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, params};
use super::{from_text, string_function};

/// `str.split_exact(x, by, n, inclusive)`
pub(super) const SPLIT_EXACT: Function = string_function(
    "str.split_exact",
    &[
        params::column("x"),
        params::column("by"),
        params::option("n", OptionType::Integer, Default::Required),
        params::flag("inclusive", false),
    ],
    |name, args| types(name, args, 1),
    split_exact,
)
.doc("The parts between the first separators, as a struct.")
.example(
    &[r#"str ["a-b", "c", null]"#, r#""-""#, "1"],
    r#"struct[2] [{"a", "b"}, {"c", null}, {null, null}]"#,
);
/// `str.splitn(x, by, n)`
pub(super) const SPLITN: Function = string_function(
    "str.splitn",
    &[params::column("x"), params::column("by"), params::option("n", OptionType::Integer, Default::Required)],
    |name, args| types(name, args, 0),
    splitn,
)
.doc("At most so many parts between separators, as a struct.")
.example(&[r#"str ["a-b-c", null]"#, r#""-""#, "2"], r#"struct[2] [{"a", "b-c"}, {null, null}]"#);

fn types(name: &str, args: &[Arg<'_>], more: i128) -> Result<Signature> {
    let parts = args[2].literal.and_then(|n| n.as_i128()).unwrap_or(0) + more;
    if !(more..=10_000).contains(&parts) {
        return Err(Error::invalid_operation(format!("`{name}` cannot split into {parts} parts")));
    }
    let fields = (0..parts).map(|i| Field::new(format!("field_{i}"), DataType::String));
    Ok(from_text(name, args, DataType::Struct(fields.collect()))?.with(1, DataType::String))
}

fn split_exact(inputs: &Inputs<'_>) -> Result<Column> {
    if inputs.flag(3) {
        return fields(inputs, |text, by, push| match by {
            "" => characters(text, usize::MAX).for_each(push),
            by => text.split_inclusive(by).for_each(push),
        });
    }
    fields(inputs, |text, by, push| match by {
        "" => characters(text, usize::MAX).for_each(push),
        by => text.split(by).for_each(push),
    })
}

fn splitn(inputs: &Inputs<'_>) -> Result<Column> {
    let parts = inputs.integer(2).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    fields(inputs, |text, by, push| match by {
        "" => characters(text, parts).for_each(push),
        by => text.splitn(parts, by).for_each(push),
    })
}

/// The characters of a text; the last of so many parts is the rest.
fn characters(text: &str, parts: usize) -> impl Iterator<Item = &str> {
    text.char_indices().take(parts).enumerate().map(move |(i, (start, c))| match i + 1 == parts {
        true => &text[start..],
        false => &text[start..start + c.len_utf8()],
    })
}

/// The struct of the parts of each row, of which there may be more than it has fields.
fn fields(inputs: &Inputs<'_>, split: impl Fn(&str, &str, &mut dyn FnMut(&str))) -> Result<Column> {
    let DataType::Struct(names) = inputs.output else { return Err(inputs.unplanned()) };
    let mut columns: Vec<StringBuilder> =
        names.iter().map(|_| StringBuilder::with_capacity(inputs.len, 0)).collect();
    for row in 0..inputs.len {
        let mut next = 0;
        if let Some((text, by)) = inputs.text_at(0, row).zip(inputs.text_at(1, row)) {
            split(text, by, &mut |part| {
                if let Some(column) = columns.get_mut(next) {
                    column.push(part);
                }
                next += 1;
            });
        }
        columns.iter_mut().skip(next).for_each(StringBuilder::push_null);
    }
    let columns = columns.into_iter().map(StringBuilder::finish).collect();
    Column::try_new(inputs.output.clone(), Array::Struct(StructArray::try_new(columns, inputs.len, None)?))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn parts_as_fields() {
        let a = [texts([Some("a-b-c"), Some("x"), Some(""), None])];
        let exact = |by: &str, n: i64, inclusive: bool| {
            call("str.split_exact", [col("a"), lit(by), lit(n), lit(inclusive)])
        };
        let fields = |name: &str, expr: crate::expr::Expr| call("struct.field", [expr, lit(name)]);
        check(fields("field_0", exact("-", 1, false)), &a, "str [\"a\", \"x\", \"\", null]");
        check(fields("field_1", exact("-", 1, false)), &a, "str [\"b\", null, null, null]");
        check(fields("field_0", exact("-", 1, true)), &a, "str [\"a-\", \"x\", null, null]");
        check(fields("field_1", exact("", 1, false)), &a, "str [\"-\", null, null, null]");
        let n = |by: &str, n: i64| call("str.splitn", [col("a"), lit(by), lit(n)]);
        check(fields("field_1", n("-", 2)), &a, "str [\"b-c\", null, null, null]");
        check(fields("field_1", n("", 2)), &a, "str [\"-b-c\", null, null, null]");
        check_error(n("-", -1), &a, "InvalidOperation");
    }
}
