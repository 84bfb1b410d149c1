//! `bin.contains(x, literal)`, `bin.starts_with(x, prefix)`, `bin.ends_with(x, suffix)`: null where either is;
//! `bin.contains([b"abc", null], b"b") = [true, null]`.

use hypostyle_core::{BooleanBuilder, Column, DataType, Result};

use super::super::strings::encode::of_bytes;
use super::super::{Arg, Function, Inputs, Selectivity, Signature, at, params};
use super::bytes;

/// `bin.contains(x, literal)`
pub(super) const CONTAINS: Function =
    Function::new("bin.contains", &[params::column("x"), params::column("literal")], types, |inputs| {
        let Some(sought) = inputs.is_constant(1).then(|| bytes(inputs, 1)).transpose()? else {
            return test(inputs, |bytes, sought| memchr::memmem::find(bytes, sought).is_some());
        };
        // Prepared once for all rows.
        let Some(sought) = sought.get(0) else { return inputs.nulls() };
        let finder = memchr::memmem::Finder::new(sought);
        test(inputs, |bytes, _| finder.find(bytes).is_some())
    })
    .costly()
    .infallible()
    .selects(Selectivity::Part(0.1))
    .doc("Whether other bytes occur in it.")
    .example(&[r#"binary [b"abc", null]"#, r#"binary [b"bc", b"a"]"#], "bool [true, null]");
/// `bin.starts_with(x, prefix)`
pub(super) const STARTS_WITH: Function =
    Function::new("bin.starts_with", &[params::column("x"), params::column("prefix")], types, |i| {
        test(i, |bytes, prefix| bytes.starts_with(prefix))
    })
    .infallible()
    .selects(Selectivity::Part(0.1))
    .doc("Whether it starts with other bytes.")
    .example(&[r#"binary [b"abc", null]"#, r#"binary [b"ab", b"a"]"#], "bool [true, null]");
/// `bin.ends_with(x, suffix)`
pub(super) const ENDS_WITH: Function =
    Function::new("bin.ends_with", &[params::column("x"), params::column("suffix")], types, |i| {
        test(i, |bytes, suffix| bytes.ends_with(suffix))
    })
    .infallible()
    .selects(Selectivity::Part(0.1))
    .doc("Whether it ends with other bytes.")
    .example(&[r#"binary [b"abc", null]"#, r#"binary [b"bc", b"a"]"#], "bool [true, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(of_bytes(name, args, DataType::Boolean)?.with(1, DataType::Binary))
}

fn test(inputs: &Inputs<'_>, test: impl Fn(&[u8], &[u8]) -> bool) -> Result<Column> {
    let (own, other) = (bytes(inputs, 0)?, bytes(inputs, 1)?);
    let mut builder = BooleanBuilder::new();
    for row in 0..inputs.len {
        let pair = own.get(at(inputs.column(0), row)).zip(other.get(at(inputs.column(1), row)));
        builder.push_option(pair.map(|(own, other)| test(own, other)));
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col, lit, null};
    use crate::functions::binary::tests::bytes;
    use crate::testing::{check, check_error, texts};

    #[test]
    fn parts() {
        let a =
            [bytes([Some("abc"), Some(""), None, Some("b")]), bytes([Some("bc"), Some(""), Some("a"), None])];
        let named = |name: &str| call(name, [col("a"), col("b")]);
        check(named("bin.contains"), &a, "bool [true, true, null, null]");
        check(named("bin.starts_with"), &a, "bool [false, true, null, null]");
        check(named("bin.ends_with"), &a, "bool [true, true, null, null]");
        check(call("bin.contains", [col("a"), lit("b")]), &a, "bool [true, false, null, true]");
        check(call("bin.contains", [col("a"), null()]), &a, "bool [null, null, null, null]");
        check_error(named("bin.contains"), &[texts([None]), texts([None])], "InvalidOperation");
    }
}
