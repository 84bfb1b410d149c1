//! Many literal strings at once, by one automaton (Aho and Corasick, "Efficient string matching: an aid to bibliographic
//! search", 1975): `str.contains_any`, `str.extract_many`, `str.find_many`, `str.replace_many`. Patterns are a list, the same
//! for all rows or one in each; `str.find_many(["cab"], ["a", "b"]) = [[1, 2]]`.

use aho_corasick::{AhoCorasick, Match, MatchKind};
use hypostyle_core::{BooleanBuilder, Column, DataType, Error, PrimitiveBuilder, Result, StringBuilder};
use hypostyle_kernels::text::test_text;

use super::super::{Arg, Function, Inputs, Param, Signature, not_defined, params};
use super::{from_text, list_of_each, string_function};

/// `str.contains_any(x, patterns, ascii_case_insensitive)`
pub(super) const CONTAINS_ANY: Function = string_function(
    "str.contains_any",
    &[params::column("x"), params::column("patterns"), params::flag("ascii_case_insensitive", false)],
    |name, args| types(name, args, DataType::Boolean),
    contains_any,
)
.doc("Whether any of some strings is part of it.")
.example(&[r#"str ["ab", "cd", null]"#, r#"["b", "x"]"#], "bool [true, false, null]");
const WITH_OVERLAPS: &[Param] = &[
    params::column("x"),
    params::column("patterns"),
    params::flag("ascii_case_insensitive", false),
    params::flag("overlapping", false),
    params::flag("leftmost", false),
];
/// `str.extract_many(x, patterns, ascii_case_insensitive, overlapping, leftmost)`
pub(super) const EXTRACT_MANY: Function = string_function(
    "str.extract_many",
    WITH_OVERLAPS,
    |name, args| types(name, args, DataType::list(DataType::String)),
    extract_many,
)
.doc("The parts that are one of some strings, as a list.")
.example(&[r#"str ["abxb", null]"#, r#"["b", "x"]"#], r#"list[str] [["b", "x", "b"], null]"#);
/// `str.find_many(x, patterns, ascii_case_insensitive, overlapping, leftmost)`
pub(super) const FIND_MANY: Function = string_function(
    "str.find_many",
    WITH_OVERLAPS,
    |name, args| types(name, args, DataType::list(DataType::UInt32)),
    find_many,
)
.doc("The bytes where one of some strings starts, as a list.")
.example(&[r#"str ["abxb", null]"#, r#"["b", "x"]"#], "list[u32] [[1, 2, 3], null]");
/// `str.replace_many(x, patterns, replace_with, ascii_case_insensitive, leftmost)`
pub(super) const REPLACE_MANY: Function = string_function(
    "str.replace_many",
    &[
        params::column("x"),
        params::column("patterns"),
        params::column("replace_with"),
        params::flag("ascii_case_insensitive", false),
        params::flag("leftmost", false),
    ],
    |name, args| {
        check_list(name, &args[2])?;
        Ok(types(name, args, DataType::String)?.with(2, DataType::list(DataType::String)))
    },
    replace_many,
)
.doc("With some strings replaced by others.")
.example(&[r#"str ["abx", null]"#, r#"["b", "x"]"#, r#"["1", "2"]"#], r#"str ["a12", null]"#);

fn check_list(name: &str, arg: &Arg<'_>) -> Result<()> {
    match arg.dtype {
        DataType::List(inner) if inner.is_textual() || **inner == DataType::Null => Ok(()),
        other => Err(not_defined(name, "lists of strings", other)),
    }
}

fn types(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    check_list(name, &args[1])?;
    Ok(from_text(name, args, output)?.with(1, DataType::list(DataType::String)))
}

/// The automaton of a list of patterns; nulls among them are passed over.
fn automaton(patterns: &Column, case_insensitive: bool, leftmost: bool) -> Result<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(case_insensitive)
        .match_kind(if leftmost { MatchKind::LeftmostFirst } else { MatchKind::Standard })
        .build((0..patterns.len()).filter_map(|i| patterns.str_at(i)))
        .map_err(|error| Error::compute(format!("too many patterns: {error}")))
}

/// Calls `each` with the text and the automaton of every row, and the row; none where one is null.
fn for_each_row<'a>(
    inputs: &Inputs<'a>,
    make: impl Fn(&Column) -> Result<AhoCorasick>,
    mut each: impl FnMut(Option<(&'a str, &AhoCorasick)>, usize) -> Result<()>,
) -> Result<()> {
    let Some(lists) = inputs.column(1).as_list() else { return Err(inputs.unplanned()) };
    let of_row = |row: usize| lists.get(row).map(|patterns| make(&patterns)).transpose();
    let constant = inputs.is_constant(1);
    let mut made = if constant { of_row(0)? } else { None };
    for row in 0..inputs.len {
        if !constant {
            made = of_row(row)?;
        }
        each(inputs.text_at(0, row).zip(made.as_ref()), row)?;
    }
    Ok(())
}

fn contains_any(inputs: &Inputs<'_>) -> Result<Column> {
    let make = |patterns: &Column| automaton(patterns, inputs.flag(2), false);
    if inputs.is_constant(1) {
        let Some(lists) = inputs.column(1).as_list() else { return Err(inputs.unplanned()) };
        let Some(patterns) = lists.get(0) else { return inputs.nulls() };
        let made = make(&patterns)?;
        return test_text(inputs.column(0), |text| made.is_match(text)).map(Column::from_boolean);
    }
    let mut found = BooleanBuilder::new();
    for_each_row(inputs, make, |row, _| {
        found.push_option(row.map(|(text, made)| made.is_match(text)));
        Ok(())
    })?;
    Ok(found.finish())
}

/// Calls `each` with every match in a text. An empty pattern is found between characters alone.
fn matches(made: &AhoCorasick, text: &str, overlapping: bool, mut each: impl FnMut(Match)) {
    let whole = |found: &Match| text.is_char_boundary(found.start());
    match overlapping {
        true => made.find_overlapping_iter(text).filter(whole).for_each(&mut each),
        false => made.find_iter(text).filter(whole).for_each(&mut each),
    }
}

fn options(inputs: &Inputs<'_>) -> Result<(bool, bool)> {
    let (overlapping, leftmost) = (inputs.flag(3), inputs.flag(4));
    if overlapping && leftmost {
        return Err(Error::invalid_operation(format!(
            "`{}` cannot find matches that overlap and only the leftmost ones",
            inputs.name
        )));
    }
    Ok((overlapping, leftmost))
}

fn extract_many(inputs: &Inputs<'_>) -> Result<Column> {
    let (overlapping, leftmost) = options(inputs)?;
    let mut parts = StringBuilder::new();
    let mut ends = Vec::with_capacity(inputs.len);
    for_each_row(
        inputs,
        |patterns| automaton(patterns, inputs.flag(2), leftmost),
        |row, _| {
            if let Some((text, made)) = row {
                matches(made, text, overlapping, |found| parts.push(&text[found.range()]));
            }
            ends.push(row.map(|_| parts.len()));
            Ok(())
        },
    )?;
    list_of_each(inputs, parts.finish(), &ends)
}

fn find_many(inputs: &Inputs<'_>) -> Result<Column> {
    let (overlapping, leftmost) = options(inputs)?;
    let mut places = PrimitiveBuilder::<u32>::new();
    let mut ends = Vec::with_capacity(inputs.len);
    for_each_row(
        inputs,
        |patterns| automaton(patterns, inputs.flag(2), leftmost),
        |row, _| {
            if let Some((text, made)) = row {
                matches(made, text, overlapping, |found| places.push_option(Some(found.start() as u32)));
            }
            ends.push(row.map(|_| places.len()));
            Ok(())
        },
    )?;
    list_of_each(inputs, places.finish(DataType::UInt32), &ends)
}

fn replace_many(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(values) = inputs.column(2).as_list() else { return Err(inputs.unplanned()) };
    let Some(patterns) = inputs.column(1).as_list() else { return Err(inputs.unplanned()) };
    let at = |i: usize, row: usize| if inputs.is_constant(i) { 0 } else { row };
    let same_values = inputs.is_constant(1) && inputs.is_constant(2);
    let make = |patterns: &Column| automaton(patterns, inputs.flag(3), inputs.flag(4));
    let mut out = StringBuilder::with_capacity(inputs.len, 0);
    let (mut made_of, mut replaced) = (None, String::new());
    for_each_row(inputs, make, |row, number| {
        if made_of.is_none() || !same_values {
            let (wanted, with) = (patterns.get(at(1, number)), values.get(at(2, number)));
            check_replacements(inputs.name, wanted.as_ref(), with.as_ref())?;
            made_of = Some(with);
        }
        let (Some((text, made)), Some(Some(with))) = (row, &made_of) else {
            out.push_null();
            return Ok(());
        };
        replaced.clear();
        let mut last = 0;
        matches(made, text, false, |found| {
            let place = if with.len() == 1 { 0 } else { found.pattern().as_usize() };
            replaced.push_str(&text[last..found.start()]);
            replaced.push_str(with.str_at(place).unwrap_or_default());
            last = found.end();
        });
        replaced.push_str(&text[last..]);
        out.push(&replaced);
        Ok(())
    })?;
    Ok(out.finish())
}

fn check_replacements(name: &str, patterns: Option<&Column>, values: Option<&Column>) -> Result<()> {
    let (Some(patterns), Some(values)) = (patterns, values) else { return Ok(()) };
    if patterns.null_count() + values.null_count() > 0 {
        return Err(Error::invalid_operation(format!("`{name}` takes no null among patterns and values")));
    }
    if values.len() != 1 && values.len() != patterns.len() {
        return Err(Error::shape(format!(
            "`{name}` takes a value for each of {} patterns, or one for all, not {}",
            patterns.len(),
            values.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list, lit};
    use crate::expr::Expr;
    use crate::testing::{check, check_error, texts};

    fn words() -> [Column; 1] {
        [texts([Some("ab12"), None, Some(""), Some("xÄÖ"), Some("aab")])]
    }

    #[test]
    fn any_of_them() {
        let any = |patterns: Expr, ignore_case: bool| {
            call("str.contains_any", [col("a"), patterns, lit(ignore_case)])
        };
        check(any(list(["b", "Ä"]), false), &words(), "bool [true, null, false, true, true]");
        check(any(list(["B", "ä"]), true), &words(), "bool [true, null, false, false, true]");
        let own = [words()[0].slice(0, 3), texts([Some("b,c"), Some("x"), Some("x")])];
        check(any(col("b").str().split(","), false), &own, "bool [true, null, false]");
        check_error(any(lit("a"), false), &words(), "InvalidOperation");
    }

    #[test]
    fn each_of_them() {
        let of = |name: &str, patterns: Expr, overlapping: bool, leftmost: bool| {
            call(name, [col("a"), patterns, lit(false), lit(overlapping), lit(leftmost)])
        };
        let patterns = || list(["ab", "b", "a"]);
        let found = |overlapping, leftmost| of("str.extract_many", patterns(), overlapping, leftmost);
        check(found(false, false), &words(), r#"list[str] [["a", "b"], null, [], [], ["a", "a", "b"]]"#);
        check(found(false, true), &words(), r#"list[str] [["ab"], null, [], [], ["a", "ab"]]"#);
        check(
            found(true, false),
            &words(),
            r#"list[str] [["a", "ab", "b"], null, [], [], ["a", "a", "ab", "b"]]"#,
        );
        check_error(found(true, true), &words(), "InvalidOperation");
        let places = |patterns| of("str.find_many", patterns, false, true);
        check(places(list(["b", "Ö"])), &words(), "list[u32] [[1], null, [], [3], [2]]");
        check(
            places(list([""])),
            &words(),
            "list[u32] [[0, 1, 2, 3, 4], null, [0], [0, 1, 3, 5], [0, 1, 2, 3]]",
        );
    }

    #[test]
    fn others_in_their_place() {
        let replace = |patterns: Expr, values: Expr, leftmost: bool| {
            call("str.replace_many", [col("a"), patterns, values, lit(false), lit(leftmost)])
        };
        let two = || list(["ab", "a"]);
        let expected = "str [\"Yb12\", null, \"\", \"xÄÖ\", \"YYb\"]";
        check(replace(two(), list(["X", "Y"]), false), &words(), expected);
        let expected = "str [\"X12\", null, \"\", \"xÄÖ\", \"YX\"]";
        check(replace(two(), list(["X", "Y"]), true), &words(), expected);
        check(replace(two(), list(["_"]), true), &words(), "str [\"_12\", null, \"\", \"xÄÖ\", \"__\"]");
        check_error(replace(two(), list(["1", "2", "3"]), false), &words(), "ShapeMismatch");
        let own = [texts([Some("ab"), Some("ab")]), texts([Some("a"), Some("b")])];
        let each = replace(col("b").str().split(","), list(["-"]), false);
        check(each, &own, "str [\"-b\", \"a-\"]");
    }
}
