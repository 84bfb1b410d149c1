//! `struct.rename_fields(x, names…)`: the same fields under other names; `struct.rename_fields([{a: 1}], "b")
//! = [{b: 1}]`. `struct.prefix_fields(x, prefix)`, `struct.suffix_fields(x, suffix)`: under names with a text before or
//! behind them.

use hypostyle_core::{DataType, Error, Field, Result, Schema};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Signature, literal_text, not_defined, params};

/// `struct.rename_fields(x, names…)`
pub(super) const RENAME_FIELDS: Function =
    Function::new("struct.rename_fields", &[params::column("x"), params::columns("names")], types, |i| {
        i.column(0).clone().with_dtype(i.output.clone())
    })
    .doc("The same struct with other names of its fields.")
    .example(
        &[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, r#""p""#, r#""q""#],
        r#"struct[2] [{1, "a"}, {null, "b"}]"#,
    );

/// `struct.prefix_fields(x, prefix)`
pub(super) const PREFIX_FIELDS: Function = Function::new(
    "struct.prefix_fields",
    &[params::column("x"), params::option("prefix", OptionType::String, Default::Required)],
    |name, args| affixed(name, args, |field, prefix| format!("{prefix}{field}")),
    |i| i.column(0).clone().with_dtype(i.output.clone()),
)
.doc("The same struct with a text before the names of its fields.")
.example(
    &[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, r#""p_""#],
    r#"struct[2] [{1, "a"}, {null, "b"}]"#,
);
/// `struct.suffix_fields(x, suffix)`
pub(super) const SUFFIX_FIELDS: Function = Function::new(
    "struct.suffix_fields",
    &[params::column("x"), params::option("suffix", OptionType::String, Default::Required)],
    |name, args| affixed(name, args, |field, suffix| format!("{field}{suffix}")),
    |i| i.column(0).clone().with_dtype(i.output.clone()),
)
.doc("The same struct with a text behind the names of its fields.")
.example(
    &[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, r#""_s""#],
    r#"struct[2] [{1, "a"}, {null, "b"}]"#,
);

fn affixed(name: &str, args: &[Arg<'_>], rename: fn(&str, &str) -> String) -> Result<Signature> {
    let DataType::Struct(fields) = args[0].dtype else {
        return Err(not_defined(name, "a struct", args[0].dtype));
    };
    let text = literal_text(args, 1).unwrap_or_default();
    let renamed = fields.iter().map(|field| Field::new(rename(&field.name, text), field.dtype.clone()));
    Ok(Signature::keep(args, DataType::Struct(renamed.collect())))
}

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let DataType::Struct(fields) = args[0].dtype else {
        return Err(not_defined(name, "a struct", args[0].dtype));
    };
    if fields.len() != args.len() - 1 {
        return Err(Error::schema(format!(
            "`{name}` takes a name for each field: {} names for {} fields",
            args.len() - 1,
            fields.len()
        )));
    }
    let renamed = fields.iter().enumerate().map(|(i, field)| {
        let name = literal_text(args, i + 1);
        name.map(|name| Field::new(name, field.dtype.clone()))
            .ok_or_else(|| Error::invalid_operation("the names of fields are literals"))
    });
    let renamed = renamed.collect::<Result<Vec<_>>>()?;
    Schema::try_new(renamed.clone())?;
    Ok(Signature::keep(args, DataType::Struct(renamed)))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn other_names() {
        let a = [Column::from_vec(vec![1i64])];
        let made = || call("as_struct", [col("a"), lit("x"), col("a") + 1, lit("y")]);
        let renamed = call("struct.rename_fields", [made(), lit("p"), lit("q")]);
        check(renamed.field("q"), &a, "i64 [2]");
        check(call("struct.prefix_fields", [made(), lit("p_")]).field("p_y"), &a, "i64 [2]");
        check(call("struct.suffix_fields", [made(), lit("_s")]).field("x_s"), &a, "i64 [1]");
        check_error(call("struct.prefix_fields", [col("a"), lit("p_")]), &a, "InvalidOperation");
        check_error(call("struct.rename_fields", [made(), lit("p")]), &a, "SchemaMismatch");
        check_error(call("struct.rename_fields", [made(), lit("p"), lit("p")]), &a, "Duplicate");
    }
}
