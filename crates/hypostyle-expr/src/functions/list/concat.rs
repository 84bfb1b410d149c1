//! `concat_list(exprs...)`: lists of each row one after the other, in one list; what is no list is a list of one value. A null
//! list makes the result null; `concat_list([[1]], [[2, 3]], [4]) = [[1, 2, 3, 4]]`.

use hypostyle_core::{Bitmap, Column, DataType, Error, Result};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::select::broadcast;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{Lists, list_column};
use crate::types::supertype;

/// `concat_list(exprs...)`
pub(super) const CONCAT_LIST: Function =
    Function::new("concat_list", &[params::columns("exprs")], types, run)
        .doc("Lists and values of each row as one list.")
        .example(
            &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
            "list[i64] [[3, 1, null, 1, 5], null, [2]]",
        );

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let value = |arg: &Arg<'_>| match arg.dtype {
        DataType::List(inner) => (**inner).clone(),
        other => other.clone(),
    };
    let mut common = DataType::Null;
    for arg in args {
        let own = value(arg);
        common = supertype(&common, &own)
            .ok_or_else(|| Error::schema(format!("`{name}` cannot put {common} and {own} in one list")))?;
    }
    let wanted = |arg: &Arg<'_>| match arg.dtype {
        DataType::List(_) => DataType::list(common.clone()),
        _ => common.clone(),
    };
    Ok(Signature { args: args.iter().map(wanted).collect(), output: DataType::list(common.clone()) })
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let part = |i: usize| match inputs.column(i).as_list() {
        // The type of the result says whether a list is one of values or a value.
        Some(_) if inputs.column(i).dtype() == inputs.output => Lists::of_argument(inputs, i),
        _ => Ok(Lists {
            values: broadcast(inputs.column(i), inputs.len)?,
            starts: (0..=inputs.len as u32).collect(),
            validity: None,
        }),
    };
    let parts = (0..inputs.args.len()).map(part).collect::<Result<Vec<Lists>>>()?;
    let mut first = Vec::with_capacity(parts.len());
    let mut total = 0;
    for part in &parts {
        first.push(total as u32);
        total += part.values.len();
    }
    super::super::sequence::check_rows(total)?;
    let (mut chosen, mut ends) = (Vec::with_capacity(total), Vec::with_capacity(inputs.len + 1));
    ends.push(0i64);
    for row in 0..inputs.len {
        for (part, first) in parts.iter().zip(&first) {
            let (start, end) = part.bounds(row);
            chosen.extend(first + start as u32..first + end as u32);
        }
        ends.push(chosen.len() as i64);
    }
    let validity = parts
        .iter()
        .fold(None, |all: Option<Bitmap>, part| Bitmap::and_validity(all.as_ref(), part.validity.as_ref()));
    let values: Vec<Column> = parts.into_iter().map(|part| part.values).collect();
    list_column(inputs.output, ends, gather(&concat(&values)?, &chosen)?, validity)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, lit};
    use crate::testing::{check, check_error, lists, texts};

    #[test]
    fn lists_and_values() {
        let a = [
            lists([Some(&[Some(1), None]), Some(&[]), None]),
            Column::from_options([Some(7i8), None, Some(9)]),
        ];
        check(
            call("concat_list", [col("a"), col("a"), col("b")]),
            &a,
            "list[i64] [[1, null, 1, null, 7], [null], null]",
        );
        check(call("concat_list", [col("b"), lit(2)]), &a, "list[i32] [[7, 2], [null, 2], [9, 2]]");
        check(call("concat_list", [col("a")]), &[a[0].slice(1, 2)], "list[i64] [[], null]");
        let words = [texts([Some("x")]), lists([None])];
        check_error(call("concat_list", [col("a"), col("b")]), &words, "SchemaMismatch");
    }
}
