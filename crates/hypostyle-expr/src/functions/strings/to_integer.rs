//! `str.to_integer(x, base, strict)`: a number to a base from 2 to 36; `str.to_integer(["ff"], 16) = [255]`.
//! What is no number, or too large, is an error, or null where not `strict`.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::text::map_text_to;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{check_parsed, from_text, string_function};

/// `str.to_integer(x, base, strict)`
pub(super) const TO_INTEGER: Function = string_function(
    "str.to_integer",
    &[params::column("x"), params::optional("base"), params::flag("strict", true)],
    types,
    run,
)
.doc("The integer that a string spells in a base.")
.example(&[r#"str ["ff", "10", null]"#, "16"], "i64 [255, 16, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::Int64)
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let base = inputs.integer(1).unwrap_or(10);
    if !(2..=36).contains(&base) {
        return Err(Error::compute(format!("the base of `str.to_integer` is 2 to 36, not {base}")));
    }
    let parse = |text: &str| i64::from_str_radix(text, base as u32).ok();
    let parsed = map_text_to(inputs.column(0), DataType::Int64, parse)?;
    check_parsed(inputs, parsed, inputs.flag(2))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn numbers_to_a_base() {
        let a = [texts([Some("ff"), Some("-7"), None])];
        check(call("str.to_integer", [col("a"), lit(16)]), &a, "i64 [255, -7, null]");
        check(call("str.to_integer", [col("a"), lit(10), lit(false)]), &a, "i64 [null, -7, null]");
        check_error(call("str.to_integer", [col("a")]), &a, "InvalidOperation");
        check_error(call("str.to_integer", [col("a"), lit(1)]), &a, "Compute");
    }
}
