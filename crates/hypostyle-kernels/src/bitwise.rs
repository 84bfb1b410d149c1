//! Bitwise operators on integers.

use hypostyle_core::{Column, Error, Native, PrimitiveArray, Result, with_primitive};

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
    let refused = || Error::type_mismatch("bitwise operator", a.dtype(), b.dtype());
    with_primitive!(a.array(), |x: T| {
        let result = <T as Bits>::bitwise(op, x, b.expect_primitive::<T>()?)?.ok_or_else(refused)?;
        Ok(Column::from_primitive(a.dtype().clone(), result))
    }, else |_other| Err(refused()))
}

/// What a number can do bit by bit: by its class.
trait Bits: Native {
    /// `None` for floats.
    fn bitwise(
        op: Bitwise,
        a: &PrimitiveArray<Self>,
        b: &PrimitiveArray<Self>,
    ) -> Result<Option<PrimitiveArray<Self>>>;
}

macro_rules! implement_bits {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {$(
        impl Bits for $t {
            fn bitwise(
                op: Bitwise,
                a: &PrimitiveArray<Self>,
                b: &PrimitiveArray<Self>,
            ) -> Result<Option<PrimitiveArray<Self>>> {
                implement_bits!($class op a b)
            }
        }
    )+};
    (Float $op:ident $a:ident $b:ident) => {{
        let _ = ($op, $a, $b);
        Ok(None)
    }};
    // Signed and Unsigned.
    ($class:ident $op:ident $a:ident $b:ident) => {
        match $op {
            Bitwise::And => binary($a, $b, |x, y| x & y),
            Bitwise::Or => binary($a, $b, |x, y| x | y),
            Bitwise::Xor => binary($a, $b, |x, y| x ^ y),
        }
        .map(Some)
    };
}

hypostyle_core::primitive_types!(@implement_bits);
