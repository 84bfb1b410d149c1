//! Bitwise operators on integers.

use hypostyle_core::{Array, Column, Error, Result};

use crate::zip::binary;

/// The bitwise operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bitwise {
    And,
    Or,
    Xor,
}

/// `a op b` on integers of one type.
pub fn bitwise(op: Bitwise, a: &Column, b: &Column) -> Result<Column> {
    macro_rules! run {
        ($t:ty, $x:expr) => {{
            let y = b.expect_primitive::<$t>()?;
            let result = match op {
                Bitwise::And => binary($x, y, |x, y| x & y)?,
                Bitwise::Or => binary($x, y, |x, y| x | y)?,
                Bitwise::Xor => binary($x, y, |x, y| x ^ y)?,
            };
            Ok(Column::from_primitive(a.dtype().clone(), result))
        }};
    }
    match a.array() {
        Array::Int8(x) => run!(i8, x),
        Array::Int16(x) => run!(i16, x),
        Array::Int32(x) => run!(i32, x),
        Array::Int64(x) => run!(i64, x),
        Array::Int128(x) => run!(i128, x),
        Array::UInt8(x) => run!(u8, x),
        Array::UInt16(x) => run!(u16, x),
        Array::UInt32(x) => run!(u32, x),
        Array::UInt64(x) => run!(u64, x),
        _ => Err(Error::type_mismatch("bitwise operator", a.dtype(), b.dtype())),
    }
}
