//! `str.to_decimal(x, scale)`: a decimal of 38 digits, rounded to the scale; what is no number gives null;
//! `str.to_decimal(["1.5", "x"], 2) = [1.50, null]`.

use hypostyle_core::{DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Signature, params};
use super::{from_text, string_function};

/// `str.to_decimal(x, scale)`
pub(super) const TO_DECIMAL: Function =
    string_function("str.to_decimal", &[params::column("x"), params::integer("scale", 0)], types, |i| {
        cast(i.column(0), i.output, CastMode::NonStrict)
    })
    .doc("The decimal that a string spells.")
    .example(&[r#"str ["1.5", "2", null]"#, "2"], "decimal[38,2] [1.50, 2.00, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let scale = args.get(1).and_then(|a| a.literal).and_then(|l| l.as_i128()).unwrap_or(0);
    let scale = u8::try_from(scale)
        .ok()
        .filter(|s| *s <= 38)
        .ok_or_else(|| Error::invalid_operation(format!("the scale of a decimal is 0 to 38, not {scale}")))?;
    from_text(name, args, DataType::Decimal(38, scale))
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn rounded_to_the_scale() {
        let a = [texts([Some("1.5"), Some("-0.126"), Some("x"), None])];
        let expected = "decimal[38,2] [1.50, -0.13, null, null]";
        check(call("str.to_decimal", [col("a"), lit(2)]), &a, expected);
        check_error(call("str.to_decimal", [col("a"), lit(39)]), &a, "InvalidOperation");
    }
}
