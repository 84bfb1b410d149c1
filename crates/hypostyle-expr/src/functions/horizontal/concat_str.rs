//! `concat_str(a, b, …, separator, ignore_nulls)`: the text of the row, joined; null where one is null,
//! unless these are left out; `concat_str(["a", null], [1, 2], "-", false) = ["a-1", null]`.

use hypostyle_core::{Column, DataType, Result, StringBuilder};

use super::super::{Arg, Function, Inputs, Signature, params};

/// `concat_str(a, b, …, separator, ignore_nulls)`: the options stand last, so that the name is that of `a`.
pub(super) const CONCAT_STR: Function = Function::new(
    "concat_str",
    &[params::columns("exprs"), params::text("separator"), params::flag("ignore_nulls", false)],
    types,
    run,
)
.doc("The strings of each row, joined.")
.example(&[r#"str ["a", null]"#, r#"str ["b", "c"]"#, r#""-""#, "true"], r#"str ["a-b", "c"]"#);

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let signature = Signature::all(args, DataType::String);
    Ok(signature.with(args.len().saturating_sub(1), DataType::Boolean))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(count) = inputs.args.len().checked_sub(2) else { return Err(inputs.unplanned()) };
    let separator = inputs.text(count).unwrap_or_default();
    let ignore_nulls = inputs.flag(count + 1);
    let mut builder = StringBuilder::with_capacity(inputs.len, inputs.len * 8);
    let mut joined = String::new();
    for row in 0..inputs.len {
        joined.clear();
        let (mut first, mut null) = (true, false);
        for i in 0..count {
            match inputs.text_at(i, row) {
                Some(part) => {
                    if !first {
                        joined.push_str(separator);
                    }
                    joined.push_str(part);
                    first = false;
                }
                None => null = true,
            }
        }
        if null && !ignore_nulls {
            builder.push_null();
        } else {
            builder.push(&joined);
        }
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, concat_str, lit};
    use crate::testing::{check, dates, texts};

    #[test]
    fn rows_of_text() {
        let columns =
            [texts([Some("a"), None, Some("")]), Column::from_options([Some(1.5), Some(2.0), None])];
        let joined = |ignore| concat_str([col("a"), col("b")], "-", ignore);
        check(joined(false), &columns, "str [\"a-1.5\", null, null]");
        check(joined(true), &columns, "str [\"a-1.5\", \"2.0\", \"\"]");
        let columns = [dates([Some("2020-01-01"), None])];
        check(concat_str([col("a"), lit("x")], "", false), &columns, "str [\"2020-01-01x\", null]");
    }
}
