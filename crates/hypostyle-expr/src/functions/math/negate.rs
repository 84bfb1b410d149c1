//! `neg(x)`: the number or duration with the other sign; `neg([1, null]) = [-1, null]`. The smallest integer
//! of a type stays; unsigned integers have no negatives and are an error.

use hypostyle_core::{DataType, Result};

use super::super::{Arg, Function, Signature, not_defined, params, same_type};

/// `neg(x)`, written `-x`
pub(super) const NEG: Function =
    Function::new("neg", params::UNARY, types, |i| hypostyle_kernels::arithmetic::negate(i.column(0)))
        .doc("The value with its sign changed.")
        .example(&["i64 [-3, null, 2]"], "i64 [3, null, -2]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = args[0].dtype;
    let signed = dtype.is_signed_integer() || dtype.is_float() || dtype.is_decimal();
    if !signed && !matches!(dtype, DataType::Duration(_)) {
        return Err(not_defined(name, "a number with a sign", dtype));
    }
    same_type(name, args)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_error};

    #[test]
    fn negatives() {
        check(
            -col("a"),
            &[Column::from_options([Some(1i32), None, Some(i32::MIN)])],
            "i32 [-1, null, -2147483648]",
        );
        check(-col("a"), &[Column::from_vec(vec![0.0, f64::NAN])], "f64 [-0.0, NaN]");
        check_error(-col("a"), &[Column::from_vec(vec![1u8])], "InvalidOperation");
    }
}
