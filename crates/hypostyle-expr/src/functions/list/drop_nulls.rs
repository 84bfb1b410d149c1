//! `list.drop_nulls(x)`: the values that are not null; `list.drop_nulls([[1, null]]) = [[1]]`.

use hypostyle_core::{Column, Result};

use super::super::{Function, Inputs};
use super::{Lists, to_list};

/// `list.drop_nulls(x)`
pub(super) const DROP_NULLS: Function = Function::new("list.drop_nulls", 1..=1, to_list, run);

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    lists.pick(inputs.output, |row, rows| {
        let (start, end) = lists.bounds(row);
        rows.extend((start..end).filter(|i| !lists.values.is_null(*i)).map(|i| i as u32));
    })
}

#[cfg(test)]
mod tests {
    use crate::dsl::{call, col};
    use crate::testing::{check, lists};

    #[test]
    fn values_that_are_there() {
        let a = lists([Some(&[Some(3), None, Some(1)]), Some(&[None]), None]);
        check(call("list.drop_nulls", [col("a")]), &[a], "list[i64] [[3, 1], [], null]");
    }
}
