//! `search_sorted(x, element, side, descending)`: where each of the elements would stand among sorted values: before equal
//! ones with `left`, after them with `right`, at any of them with `any`, which is the first; `search_sorted([1, 3],
//! [2, 3]) = [1, 1]`. Null stands where the nulls of `x` are, before all values if it has none.

use hypostyle_core::{Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::search::first_not;

use super::super::{Arg, Function, Inputs, Ragged, Signature, common_type, params};
use super::check_rows;
use crate::types::supertype;

/// `search_sorted(x, element, side, descending)`
pub(super) const SEARCH_SORTED: Function = Function::ragged(
    "search_sorted",
    &[
        params::column("x"),
        params::values("element"),
        params::choice("side", &["any", "left", "right"]),
        params::flag("descending", false),
    ],
    types,
    run,
)
.doc("The row number at which an element would stand among sorted values.")
.example(&["i64 [null, 1, 2, 2]", "i64 [2, null, 9, 0]", "\"right\""], "u32 [4, 1, 4, 1]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let common = common_type(&args[..2], supertype).ok_or_else(|| {
        let (own, element) = (args[0].dtype, args[1].dtype);
        Error::invalid_operation(format!("`{name}` does not find {element} among {own}; cast one of them"))
    })?;
    Ok(Signature::keep(args, DataType::UInt32).with(0, common.clone()).with(1, common))
}

fn run(inputs: &Inputs<'_>) -> Result<Ragged> {
    let (column, elements) = (inputs.column(0), inputs.column(1));
    check_rows(column.len())?;
    let (right, descending) = (inputs.text(2) == Some("right"), inputs.flag(3));
    let side = |order: std::cmp::Ordering| match right {
        true => order.is_le(),
        false => order.is_lt(),
    };
    let before = |order: std::cmp::Ordering| side(if descending { order.reverse() } else { order });
    with_primitive!(column.array(), |a: T| {
        let wanted = elements.expect_primitive::<T>()?;
        find(inputs, |row, element| before(a.values()[row].total_cmp(&wanted.values()[element])))
    }, else |_other| {
        find(inputs, |row, element| before(compare_rows(column, row, elements, element)))
    })
}

/// The places of the elements. `before` tells of a value and an element, neither null, whether the value stands before
/// it.
fn find(inputs: &Inputs<'_>, before: impl Fn(usize, usize) -> bool) -> Result<Ragged> {
    let (column, elements) = (inputs.column(0), inputs.column(1));
    let right = inputs.text(2) == Some("right");
    let (mut places, mut starts) = (Vec::with_capacity(elements.len()), vec![0u32]);
    for (segment, range) in inputs.segments().enumerate() {
        let nulls_last =
            range.end > range.start && !column.is_null(range.start) && column.is_null(range.end - 1);
        let partition = |test: &dyn Fn(usize) -> bool| first_not(range.clone(), range.start, test);
        // Where the values that are not null start and end.
        let (first, end) = match nulls_last {
            true => (range.start, partition(&|row| !column.is_null(row))),
            false => (partition(&|row| column.is_null(row)), range.end),
        };
        // Elements are often in order, too: the next is looked for behind the last.
        let mut last = first;
        for element in inputs.own_values(1, segment) {
            let place = match elements.is_null(element) {
                true if nulls_last => {
                    if right {
                        range.end
                    } else {
                        end
                    }
                }
                true => {
                    if right {
                        first
                    } else {
                        range.start
                    }
                }
                false => {
                    last = first_not(first..end, last, |row| before(row, element));
                    last
                }
            };
            places.push((place - range.start) as u32);
        }
        starts.push(places.len() as u32);
    }
    Ok(Ragged { values: Column::from_vec(places), starts })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, texts};

    #[test]
    fn places() {
        let columns = [
            Column::from_options([None, Some(1i64), Some(2), Some(2)]),
            Column::from_options([Some(2.5), Some(2.0), None, Some(-1.0)]),
        ];
        let search = |side: &str| call("search_sorted", [col("a"), col("b"), lit(side)]);
        check(search("any"), &columns, "u32 [4, 2, 0, 1]");
        check(search("left"), &columns, "u32 [4, 2, 0, 1]");
        check(search("right"), &columns, "u32 [4, 4, 1, 1]");
        let a = [Column::from_options([Some(3i64), Some(2), Some(1), None])];
        let descending = |v: i64| call("search_sorted", [col("a"), lit(v), lit("left"), lit(true)]);
        check(descending(2), &a, "u32 [1]");
        check(descending(0), &a, "u32 [3]");
        let texts_of = [texts([Some("a"), Some("c")])];
        check(call("search_sorted", [col("a"), lit("b")]), &texts_of, "u32 [1]");
        check(call("search_sorted", [col("a"), lit(1)]), &[a[0].slice(0, 0)], "u32 [0]");
        check_error(call("search_sorted", [col("a"), lit("b")]), &a, "InvalidOperation");
    }
}
