//! `struct.with_fields(x, a, "a", b, "b", …)`: the struct with further fields, or others in place of those of the same
//! name; `struct.eval` the same without its own fields; `struct.with_fields([{x: 1}], 2, "y") = [{x: 1, y: 2}]`.

use hypostyle_core::{Array, Column, DataType, Error, Field, Result, Schema, StructArray};
use hypostyle_kernels::select::broadcast;

use super::super::{Arg, Function, Inputs, Signature, literal_text, not_defined, params};

/// `struct.with_fields(x, a, "a", b, "b", …)`
pub(super) const WITH_FIELDS: Function = Function::new(
    "struct.with_fields",
    &[params::column("x"), params::columns("fields")],
    |name, args| types(name, args, true),
    run,
)
.doc("The struct with further fields, each followed by its name, or others in place of those of the same name.")
.example(
    &[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, "i64 [5, 6]", r#""x""#],
    r#"struct[2] [{5, "a"}, {6, "b"}]"#,
);
/// `struct.eval(x, a, "a", b, "b", …)`
pub(super) const EVAL: Function = Function::new(
    "struct.eval",
    &[params::column("x"), params::columns("fields")],
    |name, args| types(name, args, false),
    run,
)
.doc("A struct of these fields, each followed by its name, null where another is.")
.example(&[r#"struct[x: i64, y: str] [{1, "a"}, null]"#, "i64 [5, 6]", r#""x""#], "struct[1] [{5}, null]");

fn types(name: &str, args: &[Arg<'_>], keep: bool) -> Result<Signature> {
    let DataType::Struct(own) = args[0].dtype else {
        return Err(not_defined(name, "a struct", args[0].dtype));
    };
    let given = (1..args.len()).step_by(2).map(|i| {
        let field = literal_text(args, i + 1);
        field
            .map(|field| Field::new(field, args[i].dtype.clone()))
            .ok_or_else(|| Error::internal(format!("`{name}` needs a name for each field")))
    });
    let given = given.collect::<Result<Vec<_>>>()?;
    Schema::try_new(given.clone())?;
    let mut fields = if keep { own.clone() } else { Vec::new() };
    for field in given {
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    Ok(Signature::keep(args, DataType::Struct(fields)))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let own = broadcast(inputs.column(0), inputs.len)?;
    let (DataType::Struct(names), DataType::Struct(own_names)) = (inputs.output, own.dtype()) else {
        return Err(inputs.unplanned());
    };
    let array = own.as_struct().ok_or_else(|| inputs.unplanned())?;
    let columns = names.iter().map(|field| {
        let given = (1..inputs.args.len()).step_by(2).find(|i| inputs.text(i + 1) == Some(&*field.name));
        match (given, own_names.iter().position(|own| own.name == field.name)) {
            (Some(i), _) => broadcast(inputs.column(i), inputs.len),
            (None, Some(position)) => Ok(array.fields()[position].clone()),
            (None, None) => Err(inputs.unplanned()),
        }
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let array = StructArray::try_new(columns, inputs.len, array.validity().cloned())?;
    Column::try_new(inputs.output.clone(), Array::Struct(array))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Field, Value};

    use crate::dsl::{call, col, field, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn further_and_other_fields() {
        let fields = vec![Field::new("x", DataType::Int64), Field::new("y", DataType::String)];
        let rows = [Value::List([Value::Int(1), Value::String("q".into())].into()), Value::Null];
        let a =
            [Column::from_scalars(DataType::Struct(fields), rows).unwrap(), Column::from_vec(vec![7i64, 8])];
        let with = |name: &str| call("struct.with_fields", [col("a"), col("b"), lit(name)]);
        check(with("x"), &a, r#"struct[2] [{7, "q"}, null]"#);
        check(with("z"), &a, r#"struct[3] [{1, "q", 7}, null]"#);
        let of_fields = col("a").with_fields([(field("x") + 1).alias("x"), lit(true).alias("t")]).unwrap();
        check(of_fields, &a, r#"struct[3] [{2, "q", true}, null]"#);
        check(col("a").eval_fields([field("x").max()]).unwrap(), &a, "struct[1] [{1}, null]");
        check_error(col("b").with_fields([lit(1)]).unwrap(), &a, "InvalidOperation");
        check_error(col("a").with_fields([lit(1), lit(2)]).unwrap(), &a, "Duplicate");
    }
}
