//! `interpolate(x, method)`: values between neighbours in place of nulls: on the straight line, or the nearer neighbour,
//! of two equally near the later. Nulls before the first and after the last value stay;
//! `interpolate([1, null, null, 4]) = [1.0, 2.0, 3.0, 4.0]`. Times and decimals keep their type, whole numbers become
//! floats on a line.

use hypostyle_core::{
    Column, DataType, Error, MutableBitmap, Native, PrimitiveArray, Result, with_primitive,
};

use super::super::{Arg, Function, Inputs, Signature, literal_text, not_defined, params};

const NEAREST: &str = "nearest";

/// `interpolate(x, method)`
pub(super) const INTERPOLATE: Function = Function::by_segment(
    "interpolate",
    &[params::column("x"), params::choice("method", &["linear", NEAREST])],
    types,
    run,
)
.doc("Values between their neighbours in place of null.")
.example(&["f64 [1.0, null, 3.0, null]"], "f64 [1.0, 2.0, 3.0, null]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let dtype = match args[0].dtype {
        own if own.is_float() || own.is_decimal() || own.is_temporal() || *own == DataType::Null => {
            own.clone()
        }
        own if own.is_integer() => match literal_text(args, 1) {
            Some(NEAREST) => own.clone(),
            _ => DataType::Float64,
        },
        other => return Err(not_defined(name, "numbers and times", other)),
    };
    Ok(Signature::keep(args, dtype.clone()).with(0, dtype))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let column = inputs.column(0);
    if column.null_count() == 0 || *column.dtype() == DataType::Null {
        return Ok(column.clone());
    }
    let nearest = inputs.text(1) == Some(NEAREST);
    with_primitive!(column.array(), |a: T| {
        let between = match nearest {
            true => nearer::<T>,
            false => on_line::<T>,
        };
        Ok(Column::from_primitive(inputs.output.clone(), fill(inputs, a, between)?))
    }, else |_other| Err(inputs.unplanned()))
}

/// The value at `step` of `steps` from one value to another.
fn on_line<T: Native>(from: T, to: T, step: usize, steps: usize) -> T {
    if T::IS_FLOAT {
        let (from, to) = (from.to_f64(), to.to_f64());
        return T::from_f64(from + (to - from) / steps as f64 * step as f64);
    }
    let (from, to) = (from.to_i128(), to.to_i128());
    T::from_i128(from + (to - from) * step as i128 / steps as i128)
}

fn nearer<T: Native>(from: T, to: T, step: usize, steps: usize) -> T {
    if 2 * step < steps { from } else { to }
}

fn fill<T: Native>(
    inputs: &Inputs<'_>,
    array: &PrimitiveArray<T>,
    between: fn(T, T, usize, usize) -> T,
) -> Result<PrimitiveArray<T>> {
    let mut values = array.values().to_vec();
    let mut valid = MutableBitmap::with_capacity(values.len());
    for range in inputs.segments() {
        let mut last: Option<usize> = None;
        let mut row = range.start;
        while row < range.end {
            if array.get(row).is_some() {
                last = Some(row);
                valid.push(true);
                row += 1;
                continue;
            }
            let next = (row..range.end).find(|i| array.get(*i).is_some());
            let end = next.unwrap_or(range.end);
            let known = last.zip(next);
            if let Some((from, to)) = known {
                for (value, step) in values[row..end].iter_mut().zip(row - from..) {
                    *value = between(array.values()[from], array.values()[to], step, to - from);
                }
            }
            (row..end).for_each(|_| valid.push(known.is_some()));
            row = end;
        }
    }
    PrimitiveArray::try_new(values.into(), valid.into_validity())
        .map_err(|_| Error::internal("an interpolated column has as many values as rows"))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, dates, decimals, texts};

    #[test]
    fn between_neighbours() {
        let a = [Column::from_options([None, Some(1i64), None, None, Some(4), None])];
        check(call("interpolate", [col("a")]), &a, "f64 [null, 1.0, 2.0, 3.0, 4.0, null]");
        let nearest = call("interpolate", [col("a"), lit("nearest")]);
        check(nearest.clone(), &a, "i64 [null, 1, 1, 4, 4, null]");
        check(nearest, &[Column::from_options([Some(1i8), None, Some(4)])], "i8 [1, 4, 4]");
        let a = [dates([Some("2020-01-01"), None, Some("2020-01-04")])];
        check(call("interpolate", [col("a")]), &a, "date [2020-01-01, 2020-01-02, 2020-01-04]");
        let a = [decimals(10, 2, [Some("1"), None, Some("4")])];
        check(call("interpolate", [col("a")]), &a, "decimal[10,2] [1.00, 2.50, 4.00]");
        let a = [Column::from_options([Some(1.0f32), None, Some(f32::NAN)])];
        check(call("interpolate", [col("a")]), &a, "f32 [1.0, NaN, NaN]");
        check(call("interpolate", [col("a")]), &[Column::empty(DataType::Int64)], "f64 []");
        check_error(call("interpolate", [col("a")]), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn in_windows() {
        let columns = [
            Column::from_options([Some(1.0), Some(10.0), None, None, Some(3.0), None]),
            Column::from_vec(vec![1i8, 2, 1, 2, 1, 2]),
        ];
        let over = call("interpolate", [col("a")]).over([col("b")]);
        check(over, &columns, "f64 [1.0, 10.0, 2.0, null, 3.0, null]");
    }
}
