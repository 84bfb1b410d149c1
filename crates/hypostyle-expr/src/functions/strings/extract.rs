//! `str.extract(x, pattern, group)`: what a group of a regular expression captures in its first match, null
//! where there is none; `str.extract(["a1", "b"], "(\d)", 1) = ["1", null]`. `str.extract_groups(x, pattern)`: what all groups
//! capture, as a struct. `str.extract_all(x, pattern)`: all matches, as a list.

use std::borrow::Cow;

use hypostyle_core::{Array, Column, DataType, Field, Result, StringBuilder, StructArray};
use hypostyle_kernels::text::{map_text, regex};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, literal_text, params};
use super::{from_text, list_of_each, string_function, to_text};

/// `str.extract(x, pattern, group)`
pub(super) const EXTRACT: Function = string_function(
    "str.extract",
    &[params::column("x"), params::column("pattern"), params::integer("group_index", 1)],
    to_text,
    run,
)
.doc("What a group of a regular expression captures in its first match.")
.example(&[r#"str ["ab12", "ab", null]"#, r#""b([0-9]+)""#], r#"str ["12", null, null]"#);

/// `str.extract_groups(x, pattern)`
pub(super) const EXTRACT_GROUPS: Function = string_function(
    "str.extract_groups",
    &[params::column("x"), params::option("pattern", OptionType::String, Default::Required)],
    groups_types,
    extract_groups,
)
.doc("What the groups of a regular expression capture in its first match, as a struct.")
.example(&[r#"str ["ab12", null]"#, r#""([a-z]+)([0-9]+)""#], r#"struct[2] [{"ab", "12"}, null]"#);
/// `str.extract_all(x, pattern)`
pub(super) const EXTRACT_ALL: Function = string_function(
    "str.extract_all",
    &[params::column("x"), params::column("pattern")],
    |name, args| from_text(name, args, DataType::list(DataType::String)),
    extract_all,
)
.doc("All matches of a regular expression, as a list.")
.example(&[r#"str ["a1b22", "", null]"#, r#""[0-9]+""#], r#"list[str] [["1", "22"], [], null]"#);

/// A field for each group, named as it is or by its number.
fn groups_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let compiled = regex(literal_text(args, 1).unwrap_or_default())?;
    let names = compiled.capture_names().enumerate().skip(1);
    let field = |(i, name): (usize, Option<&str>)| {
        Field::new(name.map_or_else(|| i.to_string(), str::to_owned), DataType::String)
    };
    from_text(name, args, DataType::Struct(names.map(field).collect()))
}

fn extract_groups(inputs: &Inputs<'_>) -> Result<Column> {
    let compiled = regex(inputs.text(1).unwrap_or_default())?;
    let column = inputs.column(0);
    let mut places = compiled.capture_locations();
    let mut fields: Vec<StringBuilder> =
        (1..places.len()).map(|_| StringBuilder::with_capacity(column.len(), 0)).collect();
    for row in 0..column.len() {
        let text = column.str_at(row);
        let found = text.is_some_and(|text| compiled.captures_read(&mut places, text).is_some());
        for (group, field) in fields.iter_mut().enumerate() {
            let part = places.get(group + 1).filter(|_| found);
            field.push_option(text.zip(part).map(|(text, (start, end))| &text[start..end]));
        }
    }
    let fields = fields.into_iter().map(StringBuilder::finish).collect();
    let array = StructArray::try_new(fields, column.len(), column.validity().cloned())?;
    Column::try_new(inputs.output.clone(), Array::Struct(array))
}

fn extract_all(inputs: &Inputs<'_>) -> Result<Column> {
    let constant = match inputs.is_constant(1) {
        true => inputs.text(1).map(regex).transpose()?,
        false => None,
    };
    let mut parts = StringBuilder::new();
    let mut ends = Vec::with_capacity(inputs.len);
    for row in 0..inputs.len {
        let own = match (inputs.is_constant(1), inputs.text_at(1, row)) {
            (false, Some(pattern)) => Some(regex(pattern)?),
            _ => None,
        };
        let found = inputs.text_at(0, row).zip(constant.as_ref().or(own.as_ref()));
        if let Some((text, compiled)) = found {
            compiled.find_iter(text).for_each(|found| parts.push(found.as_str()));
        }
        ends.push(found.map(|_| parts.len()));
    }
    list_of_each(inputs, parts.finish(), &ends)
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(pattern) = inputs.text(1) else { return inputs.nulls() };
    let compiled = regex(pattern)?;
    let group = inputs.integer(2).unwrap_or(1).max(0) as usize;
    map_text(inputs.column(0), |text| {
        compiled.captures(text).and_then(|c| c.get(group)).map(|m| Cow::Borrowed(m.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn captures() {
        let a = [texts([Some("x12y3"), Some("b"), None])];
        let extract = |group: i64| call("str.extract", [col("a"), lit(r"([a-z])(\d+)"), lit(group)]);
        check(extract(0), &a, "str [\"x12\", null, null]");
        check(extract(2), &a, "str [\"12\", null, null]");
        check(extract(3), &a, "str [null, null, null]");
        check_error(call("str.extract", [col("a"), lit("(")]), &a, "Compute");
    }

    #[test]
    fn groups_and_all_matches() {
        let a = [texts([Some("x12y3"), Some("b"), None]), texts([Some("[a-z]"), Some("."), Some(".")])];
        let groups = call("str.extract_groups", [col("a"), lit(r"([a-z])(?<number>\d+)?")]);
        let field = |name: &str| call("struct.field", [groups.clone(), lit(name)]);
        check(field("1"), &a, "str [\"x\", \"b\", null]");
        check(field("number"), &a, "str [\"12\", null, null]");
        check_error(call("str.extract_groups", [col("a"), lit("(")]), &a, "Compute");
        let all = |pattern| call("str.extract_all", [col("a"), pattern]);
        check(all(lit(r"\d+")), &a, "list[str] [[\"12\", \"3\"], [], null]");
        check(all(col("b")), &a, "list[str] [[\"x\", \"y\"], [\"b\"], null]");
        check_error(all(lit("(")), &a, "Compute");
    }
}
