//! `to_physical(x)`: the numbers that values are stored as: codes of categories, days, units of time, decimals without
//! their point, also in lists, arrays and structs; `to_physical([1970-01-02]) = [1]`. Other values are as they are.

use hypostyle_core::{Array, Column, DataType, Field, FixedListArray, ListArray, Result, StructArray};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Signature, params};

/// `to_physical(x)`. Codes depend on all rows: each piece of a column may number its categories by itself.
pub(super) const TO_PHYSICAL: Function =
    Function::by_segment("to_physical", params::UNARY, types, |i| stored(i.column(0)))
        .doc("The numbers that values are stored as.")
        .example(&["date [2024-02-29, null]"], "i32 [19782, null]");

fn types(_: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(Signature::keep(args, physical(args[0].dtype)))
}

/// The type of the stored numbers; of an enum the smallest that has room for its codes and one more.
fn physical(dtype: &DataType) -> DataType {
    match dtype {
        DataType::Enum(categories) => match categories.len() {
            0..=0xff => DataType::UInt8,
            0x100..=0xffff => DataType::UInt16,
            _ => DataType::UInt32,
        },
        DataType::List(inner) => DataType::list(physical(inner)),
        DataType::Array(inner, width) => DataType::array(physical(inner), *width),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|f| Field::new(f.name.clone(), physical(&f.dtype))).collect())
        }
        other => other.to_physical(),
    }
}

fn stored(column: &Column) -> Result<Column> {
    let output = physical(column.dtype());
    match column.array() {
        Array::List(array) => {
            let values = stored(array.values())?;
            let array = ListArray::try_new(array.offsets().clone(), values, array.validity().cloned())?;
            Column::try_new(output, Array::List(array))
        }
        Array::FixedList(array) => {
            let (values, validity) = (stored(array.values())?, array.validity().cloned());
            let array = FixedListArray::try_new(values, array.width(), array.len(), validity)?;
            Column::try_new(output, Array::FixedList(array))
        }
        Array::Struct(array) => {
            let fields = array.fields().iter().map(stored).collect::<Result<_>>()?;
            let array = StructArray::try_new(fields, array.len(), array.validity().cloned())?;
            Column::try_new(output, Array::Struct(array))
        }
        Array::Dict(array) if column.dtype().is_categorical() => {
            cast(&Column::from_primitive(DataType::UInt32, array.codes().clone()), &output, CastMode::Strict)
        }
        _ => column.clone().with_dtype(output),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hypostyle_core::{Column, DataType, Value};

    use crate::dsl::{call, col};
    use crate::testing::{check, dates, decimals, texts};

    #[test]
    fn what_is_stored() {
        let stored = || call("to_physical", [col("a")]);
        check(stored(), &[dates([Some("1970-01-02"), None])], "i32 [1, null]");
        check(stored(), &[decimals(5, 2, [Some("1.5")])], "i128 [150]");
        check(stored(), &[texts([Some("x")])], "str [\"x\"]");
        let letters = |dtype: DataType| {
            let text = |s: &str| Value::String(s.into());
            Column::from_scalars(dtype, [text("b"), Value::Null, text("a"), text("b")]).unwrap()
        };
        check(stored(), &[letters(DataType::Categorical)], "u32 [0, null, 1, 0]");
        let few: Arc<[Arc<str>]> = ["a", "b"].map(Arc::from).into();
        check(stored(), &[letters(DataType::Enum(few.clone()))], "u8 [1, null, 0, 1]");
        let many: Vec<Arc<str>> =
            ["a", "b"].map(Arc::from).into_iter().chain((0..254).map(|i| i.to_string().into())).collect();
        check(stored(), &[letters(DataType::Enum(many.into()))], "u16 [1, null, 0, 1]");
        let inner = Value::List([Value::String("b".into()), Value::Null].into());
        let lists = Column::from_scalars(DataType::list(DataType::Enum(few)), [inner, Value::Null]).unwrap();
        check(stored(), &[lists], "list[u8] [[1, null], null]");
    }
}
