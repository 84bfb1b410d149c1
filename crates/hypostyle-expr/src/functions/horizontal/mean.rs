//! `mean_horizontal(a, b, …)`: the mean of the row's values that are not null, null where all are; NaN
//! spreads; `mean_horizontal([1, null], [2, 4]) = [1.5, 4.0]`.

use hypostyle_core::{Column, DataType, PrimitiveBuilder, Result};
use hypostyle_kernels::cast::{CastMode, cast};

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::common;

/// `mean_horizontal(a, b, …)`
pub(super) const MEAN_HORIZONTAL: Function =
    Function::new("mean_horizontal", &[params::columns("exprs")], types, run)
        .doc("The mean of each row.")
        .example(&["i64 [1, null]", "i64 [2, 3]"], "f64 [1.5, 3.0]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let number =
        |a: &&Arg<'_>| !a.dtype.is_numeric() && !matches!(a.dtype, DataType::Boolean | DataType::Null);
    if let Some(other) = args.iter().find(number) {
        return Err(not_defined(name, "numbers", other.dtype));
    }
    let common = common(name, args)?;
    let output = if common.is_float() { common } else { DataType::Float64 };
    Ok(Signature { args: vec![DataType::Float64; args.len()], output })
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let columns =
        inputs.args.iter().map(|a| a.column.expect_primitive::<f64>()).collect::<Result<Vec<_>>>()?;
    let mut builder = PrimitiveBuilder::<f64>::with_capacity(inputs.len);
    for i in 0..inputs.len {
        let (mut sum, mut count) = (0.0, 0u32);
        for column in &columns {
            if let Some(v) = column.get(if column.len() == 1 { 0 } else { i }) {
                sum += v;
                count += 1;
            }
        }
        builder.push_option((count > 0).then(|| sum / f64::from(count)));
    }
    cast(&builder.finish(DataType::Float64), inputs.output, CastMode::Strict)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col};
    use crate::testing::{booleans, check, check_error, texts};

    #[test]
    fn means() {
        let both = || call("mean_horizontal", [col("a"), col("b")]);
        let a = Column::from_options([Some(1i8), None, None]);
        check(both(), &[a, Column::from_options([Some(2.5), Some(4.0), None])], "f64 [1.75, 4.0, null]");
        check(both(), &[Column::from_vec(vec![100i8]), Column::from_vec(vec![100i8])], "f64 [100.0]");
        check(both(), &[booleans([Some(true)]), booleans([Some(false)])], "f64 [0.5]");
        check(both(), &[Column::from_vec(vec![f32::NAN]), Column::from_vec(vec![1.0f32])], "f32 [NaN]");
        check_error(both(), &[texts([None]), texts([None])], "InvalidOperation");
    }
}
