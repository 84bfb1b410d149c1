//! `clip(x, low, high)`: values beyond a bound become the bound; `clip([-1, 2, null], 0, 1) = [0, 1, null]`.
//! A null bound does not bind, NaN stays, and bounds are cast to the type of the values.

use hypostyle_core::{Column, PrimitiveBuilder, Result, with_primitive};

use super::super::{Arg, Function, Inputs, Signature, common_type, not_defined, params};
use crate::types::supertype;

/// `clip(x, low, high)`
pub(super) const CLIP: Function = Function::new(
    "clip",
    &[params::column("x"), params::column("lower_bound"), params::column("upper_bound")],
    types,
    run,
)
.doc("The value, or the bound that it lies beyond.")
.example(&["i64 [0, 5, null]", "1", "3"], "i64 [1, 3, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let own = args[0].dtype;
    if !own.is_numeric() && !own.is_temporal() {
        return Err(not_defined(name, "numbers and times", own));
    }
    let common = if args[0].dynamic { common_type(args, supertype) } else { None };
    Ok(Signature::all(args, common.unwrap_or_else(|| own.clone())))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let value = inputs.column(0);
    with_primitive!(value.array(), |a: T| {
        let low = inputs.column(1).expect_primitive::<T>()?;
        let high = inputs.column(2).expect_primitive::<T>()?;
        let mut builder = PrimitiveBuilder::<T>::with_capacity(inputs.len);
        let row = |n: usize, i: usize| if n == 1 { 0 } else { i };
        for i in 0..inputs.len {
            builder.push_option(a.get(row(a.len(), i)).map(|v| {
                let v = match low.get(row(low.len(), i)) {
                    Some(low) if v < low => low,
                    _ => v,
                };
                match high.get(row(high.len(), i)) {
                    Some(high) if v > high => high,
                    _ => v,
                }
            }));
        }
        Ok(builder.finish(inputs.output.clone()))
    }, else |_other| Err(inputs.unplanned()))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, date, null};
    use crate::testing::{check, check_error, dates, decimals, texts};

    #[test]
    fn bounds() {
        let a = Column::from_options([Some(-3i32), Some(0), Some(5), None]);
        check(col("a").clip(0, 3), std::slice::from_ref(&a), "i32 [0, 0, 3, null]");
        check(col("a").clip(null(), 1), std::slice::from_ref(&a), "i32 [-3, 0, 1, null]");
        let low = Column::from_options([Some(-1i32), None, Some(9), Some(1)]);
        check(col("a").clip(col("b"), null()), &[a, low], "i32 [-1, 0, 9, null]");
        check(col("a").clip(0, 1.5), &[Column::from_vec(vec![f64::NAN, 2.0])], "f64 [NaN, 1.5]");
        let a = [decimals(10, 2, [Some("-2.55"), Some("1.25")])];
        check(col("a").clip(0, 3), &a, "decimal[10,2] [0.00, 1.25]");
        let a = [dates([Some("2020-01-05"), Some("2021-01-01")])];
        check(col("a").clip(null(), date(2020, 12, 31)), &a, "date [2020-01-05, 2020-12-31]");
        check_error(col("a").clip(0, 1), &[texts([Some("x")])], "InvalidOperation");
    }
}
