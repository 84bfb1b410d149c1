//! `log(x, base)`: the logarithm to a base, natural where none is given; `log([8, 0, null], 2) = [3.0, -inf,
//! null]`.

use hypostyle_core::{Column, DataType, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::zip::binary;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{map_floats, to_float};

/// `log(x, base)`
pub(super) const LOG: Function =
    Function::new("log", &[params::column("x"), params::optional("base")], types, run)
        .doc("The logarithm to a base, the natural one where none is given.")
        .example(&["f64 [8.0, 0.5, null]", "2.0"], "f64 [3.0, -1.0, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    Ok(to_float(name, args)?.with(1, DataType::Float64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let Some(base) = inputs.args.get(1) else { return map_floats(inputs, f64::ln) };
    if base.scalar {
        let Some(base) = base.column.get(0).as_f64() else { return inputs.nulls() };
        // The library's own functions are exact at powers of 2 and 10, where a quotient of logarithms is not.
        return match base {
            2.0 => map_floats(inputs, f64::log2),
            10.0 => map_floats(inputs, f64::log10),
            std::f64::consts::E => map_floats(inputs, f64::ln),
            _ => map_floats(inputs, |v| v.ln() / base.ln()),
        };
    }
    let value = cast(inputs.column(0), &DataType::Float64, CastMode::NonStrict)?;
    let base = base.column.expect_primitive::<f64>()?;
    let result = binary(value.expect_primitive::<f64>()?, base, |v: f64, b: f64| v.ln() / b.ln())?;
    cast(&Column::from_primitive(DataType::Float64, result), inputs.output, CastMode::NonStrict)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::check;

    #[test]
    fn logarithms() {
        let a = Column::from_options([Some(8i32), Some(0), Some(-1), None]);
        check(col("a").log(2), std::slice::from_ref(&a), "f64 [3.0, -inf, NaN, null]");
        check(call("log", [col("a")]), &[Column::from_vec(vec![1.0f32])], "f32 [0.0]");
        let bases = Column::from_options([Some(8.0), Some(2.0), Some(2.0), Some(2.0)]);
        check(col("a").log(col("b")), &[a, bases], "f64 [1.0, -inf, NaN, null]");
        check(col("a").log(10), &[Column::from_vec(vec![1000.0, f64::NAN])], "f64 [3.0, NaN]");
    }
}
