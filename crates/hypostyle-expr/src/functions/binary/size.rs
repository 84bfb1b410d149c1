//! `bin.size(x)`: the number of bytes; `bin.size([b"abc", null]) = [3, null]`.

use hypostyle_core::{Column, DataType, Error, Result};

use super::super::{Arg, Function, Inputs, Signature, params, to_index};

/// `bin.size(x)`
pub(super) const SIZE: Function = Function::new("bin.size", params::UNARY, types, run)
    .doc("The number of bytes.")
    .example(&[r#"binary [b"abc", null]"#], "u32 [3, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    match args[0].dtype {
        DataType::Binary | DataType::Null => Ok(to_index(name, args)?.with(0, DataType::Binary)),
        other => Err(Error::schema(format!("`{name}` takes bytes, not {other}"))),
    }
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(array) = inputs.column(0).as_binary() else { return Err(inputs.unplanned()) };
    Ok(Column::from_options(array.iter().map(|bytes| bytes.map(|b| b.len() as u32))))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Value};

    use crate::dsl::{call, col};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn bytes() {
        let rows =
            [Value::Binary(b"abc".as_slice().into()), Value::Null, Value::Binary(b"".as_slice().into())];
        let a = [Column::from_scalars(DataType::Binary, rows).unwrap()];
        check(call("bin.size", [col("a")]), &a, "u32 [3, null, 0]");
        check_error(call("bin.size", [col("a")]), &[texts([None])], "SchemaMismatch");
    }
}
