//! `reinterpret(x, dtype)`: the same bits as a number of another type of the same width, by its name;
//! `reinterpret([-1], "u64") = [18446744073709551615]`.

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::zip::unary;

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, literal_text, params};

/// `reinterpret(x, dtype)`
pub(super) const REINTERPRET: Function = Function::new(
    "reinterpret",
    &[params::column("x"), params::option("dtype", OptionType::String, Default::Required)],
    types,
    run,
)
.doc("The same bits as a number of another type.")
.example(&["i64 [-1, null]", "\"u64\""], "u64 [18446744073709551615, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let (own, text) = (args[0].dtype, literal_text(args, 1).unwrap_or_default());
    let wanted = DataType::number_from_name(text).ok_or_else(|| {
        Error::invalid_operation(format!("`dtype` of `{name}` is a number type, not {text:?}"))
    })?;
    let number = |dtype: &DataType| dtype.is_integer() || dtype.is_float();
    if !number(own) || !number(&wanted) || own.byte_width() != wanted.byte_width() {
        return Err(Error::invalid_operation(format!(
            "`{name}` does not make {wanted} of the bits of {own}"
        )));
    }
    Ok(Signature::keep(args, wanted))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    // Integers of the width of a float.
    let bits = match (column.as_primitive::<f64>(), column.as_primitive::<f32>()) {
        (Some(a), _) => Column::from_primitive(DataType::UInt64, unary(a, f64::to_bits)),
        (_, Some(a)) => Column::from_primitive(DataType::UInt32, unary(a, f32::to_bits)),
        (None, None) => match column.as_primitive::<hypostyle_core::f16>() {
            Some(a) => Column::from_primitive(DataType::UInt16, unary(a, hypostyle_core::f16::to_bits)),
            None => column.clone(),
        },
    };
    from_bits(&bits, inputs.output)
}

/// Numbers of a type whose bits are those of integers as wide or wider.
pub(in crate::functions) fn from_bits(bits: &Column, output: &DataType) -> Result<Column> {
    let whole = |dtype: &DataType| cast(bits, dtype, CastMode::Wrap);
    match output {
        DataType::Float64 => {
            let bits = whole(&DataType::UInt64)?;
            let floats: PrimitiveArray<f64> = unary(bits.expect_primitive::<u64>()?, f64::from_bits);
            Ok(Column::from_primitive(DataType::Float64, floats))
        }
        DataType::Float32 => {
            let bits = whole(&DataType::UInt32)?;
            let floats: PrimitiveArray<f32> = unary(bits.expect_primitive::<u32>()?, f32::from_bits);
            Ok(Column::from_primitive(DataType::Float32, floats))
        }
        DataType::Float16 => {
            let bits = whole(&DataType::UInt16)?;
            let floats = unary(bits.expect_primitive::<u16>()?, hypostyle_core::f16::from_bits);
            Ok(Column::from_primitive(DataType::Float16, floats))
        }
        integer => whole(integer),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error};

    #[test]
    fn the_same_bits() {
        let to = |dtype: &str| call("reinterpret", [col("a"), lit(dtype)]);
        check(to("UInt8"), &[Column::from_options([Some(-1i8), Some(1), None])], "u8 [255, 1, null]");
        check(to("UInt64"), &[Column::from_vec(vec![1.0])], "u64 [4607182418800017408]");
        check(to("Float64"), &[Column::from_vec(vec![4_607_182_418_800_017_408i64])], "f64 [1.0]");
        check(to("Float32"), &[Column::from_vec(vec![1.5f32])], "f32 [1.5]");
        check(to("Int32"), &[Column::from_vec(vec![-0.0f32])], "i32 [-2147483648]");
        check_error(to("UInt8"), &[Column::from_vec(vec![1.0])], "InvalidOperation");
        check_error(to("String"), &[Column::from_vec(vec![1.0])], "InvalidOperation");
    }
}
