//! `sort_by(x, descending, nulls_last, by…)`: values in the order of others, stably; the flags are lists of
//! booleans, one for each key, the last of which stands for all that follow; `sort_by(["a", "b"], [false],
//! [false], [2, 1]) = ["b", "a"]`.

use hypostyle_core::{Column, Result};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::sort::SortOrder;

use super::super::{Function, Inputs, OptionType, params, same_type};
use super::sorted_rows;

/// `sort_by(x, descending, nulls_last, by…)`
pub(super) const SORT_BY: Function = Function::by_segment(
    "sort_by",
    &[
        params::column("x"),
        params::option("descending", OptionType::Booleans, params::Default::Required),
        params::option("nulls_last", OptionType::Booleans, params::Default::Required),
        params::columns("by"),
    ],
    same_type,
    run,
)
.doc("The values in the order of others.")
.example(&[r#"str ["a", "b", "c"]"#, "[false]", "[true]", "i64 [2, null, 1]"], r#"str ["c", "a", "b"]"#);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let flag = |i: usize, key: usize| -> bool {
        inputs.column(i).as_list().and_then(|l| l.get(0)).is_some_and(|items| {
            !items.is_empty() && items.get(key.min(items.len() - 1)).as_bool() == Some(true)
        })
    };
    let keys = inputs.args[3..]
        .iter()
        .enumerate()
        .map(|(k, by)| {
            let order = SortOrder { descending: flag(1, k), nulls_last: flag(2, k) };
            Ok((by.clone().into_rows(inputs.len)?, order))
        })
        .collect::<Result<Vec<_>>>()?;
    gather(&inputs.args[0].clone().into_rows(inputs.len)?, &sorted_rows(inputs, keys)?)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list};
    use crate::testing::{check, texts};

    #[test]
    fn in_the_order_of_others() {
        let columns = [
            texts([Some("a"), Some("b"), Some("c"), Some("d")]),
            Column::from_options([Some(1i64), Some(2), None, Some(1)]),
            Column::from_vec(vec![1i64, 2, 3, 4]),
        ];
        let by_b = |descending| call("sort_by", [col("a"), list([descending]), list([false]), col("b")]);
        check(by_b(false), &columns, "str [\"c\", \"a\", \"d\", \"b\"]");
        check(by_b(true), &columns, "str [\"c\", \"b\", \"a\", \"d\"]");
        let two = call("sort_by", [col("a"), list([false, true]), list([true]), col("b"), col("c")]);
        check(two, &columns, "str [\"d\", \"a\", \"b\", \"c\"]");
        check(by_b(true).over([col("c") % 2]), &columns, "str [\"c\", \"b\", \"a\", \"d\"]");
    }
}
