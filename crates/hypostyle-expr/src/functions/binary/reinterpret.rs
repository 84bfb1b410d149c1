//! `bin.reinterpret(x, dtype, endianness)`: the bytes as a number, a time or an array of them, of the type of the
//! constant `dtype`; null where there are more or fewer bytes; `bin.reinterpret([b"\x01\x00"], u16) = [1]`.

use hypostyle_core::{
    Array, Column, DataType, Error, FixedListArray, MutableBitmap, PrimitiveBuilder, Result,
};

use super::super::convert::from_bits;
use super::super::params::{Default, OptionType};
use super::super::strings::encode::of_bytes;
use super::super::{Arg, Function, Inputs, Signature, at, params};
use super::bytes;

/// `bin.reinterpret(x, dtype, endianness)`
pub(super) const REINTERPRET: Function = Function::new(
    "bin.reinterpret",
    &[
        params::column("x"),
        params::option("dtype", OptionType::Any, Default::Required),
        params::choice("endianness", &["little", "big"]),
    ],
    types,
    run,
)
.doc("The bytes as numbers, times, or arrays of them.")
.example(&[r#"binary [b"aaaaaaaa", null]"#, "0.5"], "f64 [1.2217638442043777e161, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let wanted = args[1].dtype;
    let inner = match wanted {
        DataType::Array(inner, _) => inner,
        other => other,
    };
    if inner.is_decimal() || !(inner.is_numeric() || inner.is_temporal()) {
        return Err(Error::invalid_operation(format!(
            "`{name}` gives numbers, times or arrays of them, not {wanted}"
        )));
    }
    of_bytes(name, args, wanted.clone())
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let (array, big) = (bytes(inputs, 0)?, inputs.text(2) == Some("big"));
    let (inner, width) = match inputs.output {
        DataType::Array(inner, width) => (&**inner, *width),
        other => (other, 1),
    };
    let size = inner.byte_width().ok_or_else(|| inputs.unplanned())?;
    let mut values = PrimitiveBuilder::<u128>::with_capacity(inputs.len * width);
    let mut known = MutableBitmap::with_capacity(inputs.len);
    for row in 0..inputs.len {
        let value = array.get(at(inputs.column(0), row)).filter(|bytes| bytes.len() == size * width);
        known.push(value.is_some());
        let Some(value) = value else {
            (0..width).for_each(|_| values.push_null());
            continue;
        };
        for number in value.chunks_exact(size.max(1)) {
            let mut wide = [0; 16];
            wide[..size].copy_from_slice(number);
            if big {
                wide[..size].reverse();
            }
            values.push(u128::from_le_bytes(wide));
        }
    }
    let values =
        from_bits(&values.finish(DataType::UInt128), &inner.to_physical())?.with_dtype(inner.clone())?;
    if !matches!(inputs.output, DataType::Array(..)) {
        return Ok(values);
    }
    let lists = FixedListArray::try_new(values, width, inputs.len, known.into_validity())?;
    Column::try_new(inputs.output.clone(), Array::FixedList(lists))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Scalar, TimeUnit, Value};

    use crate::dsl::{call, col, lit};
    use crate::expr::{Expr, Literal};
    use crate::testing::{check, check_error};

    fn to(dtype: DataType, endianness: &str) -> Expr {
        let dtype = Expr::Literal(Literal::Scalar(Scalar::null(dtype)));
        call("bin.reinterpret", [col("a"), dtype, lit(endianness)])
    }

    #[test]
    fn numbers_and_times() {
        let binary = |bytes: &[u8]| Value::Binary(bytes.into());
        let rows = [binary(&[1, 2, 3, 255]), binary(&[1]), Value::Null];
        let a = [Column::from_scalars(DataType::Binary, rows).unwrap()];
        check(to(DataType::Int32, "little"), &a, "i32 [-16580095, null, null]");
        check(to(DataType::Int32, "big"), &a, "i32 [16909311, null, null]");
        check(to(DataType::UInt8, "big"), &a, "u8 [null, 1, null]");
        check(to(DataType::Float32, "little"), &a, "f32 [-1.7413927232395065e38, null, null]");
        let pairs = DataType::array(DataType::UInt16, 2);
        check(to(pairs, "little"), &a, "array[u16, 2] [[513, 65283], null, null]");
        let eight = [Column::from_scalars(DataType::Binary, [binary(&[1, 0, 0, 0, 0, 0, 0, 0])]).unwrap()];
        let micros = DataType::Datetime(TimeUnit::Microseconds, None);
        check(to(micros, "little"), &eight, "datetime[μs] [1970-01-01 00:00:00.000001]");
        check_error(to(DataType::String, "little"), &a, "InvalidOperation");
        check_error(to(DataType::Int32, "middle"), &a, "InvalidOperation");
    }
}
