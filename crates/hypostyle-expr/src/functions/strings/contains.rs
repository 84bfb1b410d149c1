//! `str.contains(x, pattern, literal, strict)`: whether a regular expression matches somewhere, or a literal
//! text is part of it; `str.contains(["abc", null], "b.") = [true, null]`. An invalid expression is an error,
//! or null where not `strict`.

use hypostyle_core::{BooleanBuilder, Column, DataType, Error, Result};
use hypostyle_kernels::text::{contains_literal, contains_sequence, regex, test_text};

use super::super::{Arg, Function, Inputs, Selectivity, Signature, literal_text, params};
use super::{from_text, string_function};

/// `str.contains(x, pattern, literal, strict)`
pub(super) const CONTAINS: Function = string_function(
    "str.contains",
    &[
        params::column("x"),
        params::column("pattern"),
        params::flag("literal", false),
        params::flag("strict", true),
    ],
    types,
    run,
)
.infallible()
.selects(Selectivity::Part(0.1))
.doc("Whether a regular expression matches somewhere, or a string is part of it.")
.sql(&["regexp_matches", "regexp_like"])
.example(&[r#"str ["ab1", "ab", null]"#, r#""[0-9]""#], "bool [true, false, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let flag = |i: usize| args.get(i).and_then(|a| a.literal).and_then(|l| l.as_bool());
    if let (false, true, Some(pattern)) =
        (flag(2).unwrap_or(false), flag(3).unwrap_or(true), literal_text(args, 1))
    {
        regex(pattern)?;
    }
    // Polars reports this one type mismatch of the family as an invalid operation.
    from_text(name, args, DataType::Boolean).map_err(|error| Error::invalid_operation(error.to_string()))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let (literal, strict) = (inputs.flag(2), inputs.flag(3));
    if inputs.is_constant(1) {
        let Some(pattern) = inputs.text(1) else { return inputs.nulls() };
        if literal || regex_syntax_free(pattern) {
            return contains_literal(column, pattern).map(Column::from_boolean);
        }
        // `a.*b`, which is what most patterns come to: literals that follow each other.
        let literals: Vec<&str> = pattern.split(".*").filter(|part| !part.is_empty()).collect();
        if !literals.is_empty() && literals.iter().all(|part| regex_syntax_free(part)) {
            return contains_sequence(column, &literals).map(Column::from_boolean);
        }
        return match regex(pattern) {
            Ok(regex) => test_text(column, |text| regex.is_match(text)).map(Column::from_boolean),
            Err(_) if !strict => inputs.nulls(),
            Err(error) => Err(error),
        };
    }
    let mut builder = BooleanBuilder::new();
    for row in 0..inputs.len {
        let found = match (inputs.text_at(0, row), inputs.text_at(1, row)) {
            (Some(text), Some(pattern)) if literal || regex_syntax_free(pattern) => {
                Some(text.contains(pattern))
            }
            (Some(text), Some(pattern)) => match regex(pattern) {
                Ok(regex) => Some(regex.is_match(text)),
                Err(_) if !strict => None,
                Err(error) => return Err(error),
            },
            _ => None,
        };
        builder.push_option(found);
    }
    Ok(builder.finish())
}

/// Whether an expression matches itself and nothing else.
fn regex_syntax_free(pattern: &str) -> bool {
    !pattern.chars().any(|c| r"\.+*?()|[]{}^$#&-~".contains(c))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn expressions_and_literals() {
        let a = [texts([Some("a.c"), Some("abc"), None]), texts([Some("."), Some("c$"), Some("a")])];
        check(col("a").str().contains("a.c"), &a, "bool [true, true, null]");
        check(col("a").str().contains_literal("a.c"), &a, "bool [true, false, null]");
        check(col("a").str().contains("^b|c$"), &a, "bool [true, true, null]");
        check(col("a").str().contains("(?i)B"), &a, "bool [false, true, null]");
        check(col("a").str().contains(""), &a, "bool [true, true, null]");
        check(col("a").str().contains(col("b")), &a, "bool [true, true, null]");
        check(col("a").str().contains(null()), &a, "bool [null, null, null]");
        check_error(col("a").str().contains("("), &a, "Compute");
        check(
            call("str.contains", [col("a"), lit("("), lit(false), lit(false)]),
            &a,
            "bool [null, null, null]",
        );
    }

    #[test]
    fn numbers_have_no_text() {
        let numbers = [hypostyle_core::Column::from_vec(vec![1i64])];
        check_error(col("a").str().contains("1"), &numbers, "InvalidOperation");
    }
}
