//! `as_struct(a, "a", b, "b", …)`: columns and their names by turns, as the fields of a struct. No row of it
//! is null; `as_struct([1], "x") = [{x: 1}]`.

use hypostyle_core::{Array, Column, DataType, Error, Field, Result, Schema, StructArray};
use hypostyle_kernels::select::broadcast;

use super::super::{Arg, Function, Inputs, Signature, literal_text, params};

/// `as_struct(a, "a", b, "b", …)`
pub(super) const AS_STRUCT: Function = Function::new("as_struct", &[params::columns("fields")], types, run)
    .doc("Columns side by side as a struct, each followed by its name.")
    .example(
        &["i64 [1, null]", r#""x""#, r#"str ["a", "b"]"#, r#""y""#],
        r#"struct[2] [{1, "a"}, {null, "b"}]"#,
    );

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let fields = (0..args.len())
        .step_by(2)
        .map(|i| {
            let name = literal_text(args, i + 1);
            name.map(|n| Field::new(n, args[i].dtype.clone()))
                .ok_or_else(|| Error::internal("as_struct needs a name for each column"))
        })
        .collect::<Result<Vec<_>>>()?;
    Schema::try_new(fields.clone())?;
    Ok(Signature::keep(args, DataType::Struct(fields)))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let columns =
        inputs.args.chunks(2).map(|pair| broadcast(&pair[0].column, inputs.len)).collect::<Result<_>>()?;
    let array = StructArray::try_new(columns, inputs.len, None)?;
    Column::try_new(inputs.output.clone(), Array::Struct(array))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn fields_of_rows() {
        let a = [Column::from_options([Some(1i64), None])];
        let two = |second: &str| call("as_struct", [col("a"), lit("x"), lit("k"), lit(second)]);
        check(two("y"), &a, "struct[2] [{1, \"k\"}, {null, \"k\"}]");
        check_error(two("x"), &a, "Duplicate");
    }
}
