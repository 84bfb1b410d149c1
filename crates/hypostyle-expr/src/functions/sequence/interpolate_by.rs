//! `interpolate_by(x, by)`: values on the straight line between neighbours in the order of `by`, in place of null;
//! `interpolate_by([1, null, 5], [0, 1, 4]) = [1.0, 2.0, 5.0]`. Nulls before the first and after the last value stay.

use hypostyle_core::{Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::sort::SortOrder;

use super::super::{Arg, Function, Inputs, Signature, not_defined, params};
use super::sorted_rows;

/// `interpolate_by(x, by)`
pub(super) const INTERPOLATE_BY: Function =
    Function::by_segment("interpolate_by", &[params::column("x"), params::column("by")], types, run)
        .doc("Values between their neighbours in the order of another expression, in place of null.")
        .example(&["f64 [1.0, null, 5.0]", "i64 [0, 1, 4]"], "f64 [1.0, 2.0, 5.0]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let output = match args[0].dtype {
        float if float.is_float() => float.clone(),
        number if number.is_numeric() => DataType::Float64,
        DataType::Null => DataType::Float64,
        other => return Err(not_defined(name, "numbers", other)),
    };
    let by = args[1].dtype;
    if !by.is_numeric() && !by.is_temporal() {
        return Err(not_defined(name, "`by` as numbers or times", by));
    }
    Ok(Signature::keep(args, output).with(0, DataType::Float64).with(1, DataType::Float64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let values = inputs.column(0).expect_primitive::<f64>()?;
    if inputs.column(1).null_count() > 0 {
        return Err(Error::invalid_operation(
            "`interpolate_by` takes no null in `by`; drop or fill it first",
        ));
    }
    let by = inputs.column(1).expect_primitive::<f64>()?;
    let place = |row: usize| by.values()[if by.len() == 1 { 0 } else { row }];
    let order = SortOrder { descending: false, nulls_last: false };
    let rows: Vec<u32> = match by.values().is_sorted() {
        true => (0..inputs.len as u32).collect(),
        false => sorted_rows(inputs, vec![(inputs.column(1).clone(), order)])?,
    };
    let mut found: Vec<Option<f64>> = values.iter().collect();
    for range in inputs.segments() {
        let mut known: Option<usize> = None;
        for at in range.clone() {
            let row = rows[at] as usize;
            let Some(value) = values.get(row) else { continue };
            if let Some(last) = known.filter(|last| last + 1 < at) {
                let from = rows[last] as usize;
                let start = values.values()[from];
                let slope = (value - start) / (place(row) - place(from));
                for between in &rows[last + 1..at] {
                    let distance = place(*between as usize) - place(from);
                    found[*between as usize] =
                        Some(if distance == 0.0 { start } else { start + slope * distance });
                }
            }
            known = Some(at);
        }
    }
    cast(&Column::from_options(found), inputs.output, CastMode::NonStrict)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn on_the_line() {
        let a = Column::from_options([Some(1i64), None, None, Some(9), None]);
        let by = |values: [i64; 5]| [a.clone(), Column::from_vec(values.to_vec())];
        let call = || call("interpolate_by", [col("a"), col("b")]);
        check(call(), &by([1, 2, 4, 5, 6]), "f64 [1.0, 3.0, 7.0, 9.0, null]");
        check(call(), &by([5, 4, 2, 1, 6]), "f64 [1.0, 3.0, 7.0, 9.0, null]");
        check(call(), &by([1, 1, 5, 5, 5]), "f64 [1.0, 1.0, 9.0, 9.0, null]");
        check_error(
            call(),
            &[a.clone(), Column::from_options([None, Some(1i64), None, None, None])],
            "InvalidOperation",
        );
        check_error(call(), &[texts([None]), Column::from_vec(vec![1i64])], "InvalidOperation");
    }

    #[test]
    fn one_value_for_all_rows() {
        let a = [Column::from_vec(vec![1i64, 2])];
        check(call("interpolate_by", [lit(5.0), col("a")]), &a, "f64 [5.0, 5.0]");
    }
}
