//! `struct.field(x, name)`: the values of one field, null where the struct is; `struct.field([{a: 1}], "a") =
//! [1]`.

use hypostyle_core::{Column, DataType, Error, ErrorKind, Result};

use super::super::{Arg, Function, Inputs, OptionType, Signature, literal_text, params};

/// `struct.field(x, name)`
pub(super) const FIELD: Function = Function::new(
    "struct.field",
    &[params::column("x"), params::option("name", OptionType::String, params::Default::Required)],
    types,
    run,
)
.doc("The values of one field.")
.sql(&["struct_extract"])
.example(&[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, r#""x""#], "i64 [1, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let name = literal_text(args, 1).unwrap_or_default();
    let fields = match args[0].dtype {
        DataType::Struct(fields) => fields.as_slice(),
        _ => &[],
    };
    match fields.iter().find(|f| &*f.name == name) {
        Some(field) => Ok(Signature::keep(args, field.dtype.clone())),
        None => Err(Error::new(ErrorKind::StructFieldNotFound {
            name: name.to_owned(),
            available: fields.iter().map(|f| f.name.to_string()).collect(),
        })),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    let (DataType::Struct(fields), Some(array)) = (column.dtype(), column.as_struct()) else {
        return Err(inputs.unplanned());
    };
    let name = inputs.text(1).unwrap_or_default();
    let position = fields.iter().position(|f| &*f.name == name).ok_or_else(|| inputs.unplanned())?;
    let field = array.fields()[position].clone();
    let Some(validity) = array.validity() else { return Ok(field) };
    let valid = field.validity_or_full().zip(validity, |value, row| value & row);
    Ok(field.with_validity(Some(valid)))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Field, Value};

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn values_of_a_field() {
        let fields = vec![Field::new("x", DataType::Int64), Field::new("y", DataType::String)];
        let rows = [Value::List([Value::Int(1), Value::String("q".into())].into()), Value::Null];
        let a = [Column::from_scalars(DataType::Struct(fields), rows).unwrap()];
        check(col("a").field("x"), &a, "i64 [1, null]");
        check(col("a").field("y"), &a, "str [\"q\", null]");
        check_error(col("a").field("z"), &a, "StructFieldNotFound");
        check_error(
            call("struct.field", [col("a"), lit("x")]),
            &[Column::from_vec(vec![1i64])],
            "StructFieldNotFound",
        );
    }
}
