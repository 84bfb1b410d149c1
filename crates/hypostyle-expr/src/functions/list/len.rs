//! `list.len(x)`: the number of values, nulls among them; `list.len([[1, null], null]) = [2, null]`.

use hypostyle_core::{Column, Result};

use super::super::{Arg, Function, Inputs, Signature, params, to_index};
use super::{Lists, inner_type};

/// `list.len(x)`
pub(super) const LEN: Function = Function::new("list.len", params::UNARY, types, run)
    .doc("The number of values.")
    .sql(&["array_length", "len"])
    .example(&["list[i64] [[3, 1, null], null, []]"], "u32 [3, null, 0]");

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    inner_type(name, args)?;
    to_index(name, args)
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let lists = Lists::of(inputs)?;
    let lengths: Vec<u32> = lists.starts.windows(2).map(|bounds| bounds[1] - bounds[0]).collect();
    Ok(lists.one_each(Column::from_vec(lengths)))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_error, lists};

    #[test]
    fn lengths() {
        let a = lists([Some(&[Some(1), None]), Some(&[]), None, Some(&[Some(2)])]);
        check(col("a").list().len(), std::slice::from_ref(&a), "u32 [2, 0, null, 1]");
        check(col("a").list().len(), &[a.slice(1, 3)], "u32 [0, null, 1]");
        check_error(col("a").list().len(), &[Column::from_vec(vec![1i64])], "InvalidOperation");
    }
}
