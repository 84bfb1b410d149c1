//! `struct.drop(x, names…, strict)`: the struct without some of its fields; `struct.drop([{x: 1, y: 2}], "x") =
//! [{y: 2}]`.

use hypostyle_core::{Array, Column, DataType, Error, ErrorKind, Result, StructArray};

use super::super::{Arg, Function, Inputs, Signature, literal_text, not_defined, params};

/// `struct.drop(x, names…, strict)`
pub(super) const DROP: Function = Function::new(
    "struct.drop",
    &[params::column("x"), params::columns("names"), params::flag("strict", true)],
    types,
    run,
)
.doc("The struct without some of its fields. With `strict`, a name that it has not is an error.")
.example(
    &[r#"struct[x: i64, y: str] [{1, "a"}, {null, "b"}]"#, r#""x""#, "true"],
    r#"struct[1] [{"a"}, {"b"}]"#,
);

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let DataType::Struct(fields) = args[0].dtype else {
        return Err(not_defined(name, "a struct", args[0].dtype));
    };
    let strict = args.last().and_then(|arg| arg.literal).and_then(|l| l.as_bool()).unwrap_or(true);
    let names = (1..args.len() - 1).map(|i| {
        literal_text(args, i).ok_or_else(|| Error::invalid_operation("the names of fields are literals"))
    });
    let names = names.collect::<Result<Vec<_>>>()?;
    if let Some(missing) = names.iter().find(|name| strict && fields.iter().all(|f| &*f.name != **name)) {
        return Err(Error::new(ErrorKind::StructFieldNotFound {
            name: (*missing).to_owned(),
            available: fields.iter().map(|f| f.name.to_string()).collect(),
        }));
    }
    let left = fields.iter().filter(|field| !names.contains(&&*field.name)).cloned().collect();
    Ok(Signature::keep(args, DataType::Struct(left)))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let own = inputs.column(0);
    let (DataType::Struct(left), DataType::Struct(fields)) = (inputs.output, own.dtype()) else {
        return Err(inputs.unplanned());
    };
    let array = own.as_struct().ok_or_else(|| inputs.unplanned())?;
    let kept =
        fields.iter().zip(array.fields()).filter(|(field, _)| left.iter().any(|l| l.name == field.name));
    let kept = kept.map(|(_, column)| column.clone()).collect();
    let array = StructArray::try_new(kept, own.len(), array.validity().cloned())?;
    Column::try_new(inputs.output.clone(), Array::Struct(array))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn fewer_fields() {
        let a = [Column::from_vec(vec![1i64, 2])];
        let made = || call("as_struct", [col("a"), lit("x"), col("a") + 1, lit("y")]);
        let drop = |name: &str, strict: bool| call("struct.drop", [made(), lit(name), lit(strict)]);
        check(drop("x", true), &a, "struct[1] [{2}, {3}]");
        check(drop("z", false), &a, "struct[2] [{1, 2}, {2, 3}]");
        check_error(drop("z", true), &a, "StructFieldNotFound");
    }
}
