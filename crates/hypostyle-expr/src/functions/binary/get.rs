//! `bin.get(x, index, null_on_oob)`: the byte at a position, from the end where it is negative; past the end it is an
//! error, or null where `null_on_oob`; `bin.get([b"ab", null], -1) = [98, null]`.

use hypostyle_core::{Column, DataType, Error, PrimitiveBuilder, Result};

use super::super::{Function, Inputs, at, params};
use super::{bytes, bytes_and_numbers, number};

/// `bin.get(x, index, null_on_oob)`
pub(super) const GET: Function = Function::new(
    "bin.get",
    &[params::column("x"), params::column("index"), params::flag("null_on_oob", false)],
    |name, args| {
        let signature = bytes_and_numbers(name, args, DataType::UInt8)?;
        Ok(signature.with(2, args[2].dtype.clone()))
    },
    run,
)
.doc("The byte at a position.")
.example(&[r#"binary [b"ab", null]"#, "-1"], "u8 [98, null]");

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (array, null_on_oob) = (bytes(inputs, 0)?, inputs.flag(2));
    let mut out = PrimitiveBuilder::<u8>::with_capacity(inputs.len);
    for row in 0..inputs.len {
        let Some((bytes, index)) = array.get(at(inputs.column(0), row)).zip(number(inputs, 1, row)) else {
            out.push_null();
            continue;
        };
        let position = if index < 0 { index.checked_add(bytes.len() as i64) } else { Some(index) };
        let byte = position.and_then(|p| usize::try_from(p).ok()).and_then(|p| bytes.get(p));
        if byte.is_none() && !null_on_oob {
            return Err(Error::compute(format!(
                "byte {index} is out of bounds of {} bytes (row {row}); use `null_on_oob=True` to get null",
                bytes.len()
            )));
        }
        out.push_option(byte.copied());
    }
    Ok(out.finish(DataType::UInt8))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::functions::binary::tests::bytes;
    use crate::testing::{check, check_error};

    #[test]
    fn positions() {
        let a = [bytes([Some("abc"), Some(""), None]), Column::from_options([Some(-1i64), Some(0), Some(0)])];
        let get = |null_on_oob: bool| call("bin.get", [col("a"), col("b"), lit(null_on_oob)]);
        check(get(true), &a, "u8 [99, null, null]");
        check_error(get(false), &a, "Compute");
        check(call("bin.get", [col("a"), lit(i64::MIN), lit(true)]), &a, "u8 [null, null, null]");
    }
}
