//! `concat_list(exprs...)`: lists of each row one after the other, in one list; what is no list is a list of one value. A null
//! list makes the result null; `concat_list([[1]], [[2, 3]], [4]) = [[1, 2, 3, 4]]`. `concat_arr(exprs...)` the same of
//! arrays and values of one type, as an array.

use hypostyle_core::{Bitmap, Column, DataType, Error, Result};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::concat::concat;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::select::broadcast;

use super::super::{Arg, Function, Inputs, Signature, params};
use super::{Lists, list_column};
use crate::types::supertype;

/// `concat_list(exprs...)`
pub(super) const CONCAT_LIST: Function =
    Function::new("concat_list", &[params::columns("exprs")], types, |inputs| joined(inputs, inputs.output))
        .doc("Lists and values of each row as one list.")
        .example(
            &["list[i64] [[3, 1, null], null, []]", "list[i64] [[1, 5], [1], [2]]"],
            "list[i64] [[3, 1, null, 1, 5], null, [2]]",
        );

/// `concat_arr(exprs...)`
pub(super) const CONCAT_ARR: Function =
    Function::new("concat_arr", &[params::columns("exprs")], array_types, |inputs| {
        let DataType::Array(inner, _) = inputs.output else { return Err(inputs.unplanned()) };
        cast(&joined(inputs, &DataType::list((**inner).clone()))?, inputs.output, CastMode::Strict)
    })
    .doc("Arrays and values of each row as one array.")
    .example(
        &["array[i64, 2] [[3, 1], [null, 2], null]", "i64 [5, null, 7]"],
        "array[i64, 3] [[3, 1, 5], [null, 2, null], null]",
    );

/// All have the type of the first, or arrays of it.
fn array_types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let split = |arg: &Arg<'_>| match arg.dtype {
        DataType::Array(inner, width) => ((**inner).clone(), *width),
        other => (other.clone(), 1),
    };
    let Some((inner, _)) = args.first().map(split) else {
        return Err(Error::invalid_operation(format!("`{name}` takes at least one array or value")));
    };
    let mut total = 0;
    for arg in args {
        let (own, width) = split(arg);
        if own != inner && !(arg.dynamic && supertype(&own, &inner).as_ref() == Some(&inner)) {
            return Err(Error::schema(format!(
                "`{name}` puts values of one type in an array: {inner} and {} differ",
                arg.dtype
            )));
        }
        total += width;
    }
    let wanted = |arg: &Arg<'_>| match arg.dtype {
        DataType::Array(..) => DataType::list(inner.clone()),
        _ => inner.clone(),
    };
    Ok(Signature { args: args.iter().map(wanted).collect(), output: DataType::array(inner.clone(), total) })
}

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

/// The lists of each row one after the other, as lists of a type.
fn joined(inputs: &Inputs<'_>, output: &DataType) -> Result<Column> {
    let part = |i: usize| match inputs.column(i).as_list() {
        // The type of the result says whether a list is one of values or a value.
        Some(_) if inputs.column(i).dtype() == output => Lists::of_argument(inputs, i),
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
    list_column(output, ends, gather(&concat(&values)?, &chosen)?, validity)
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
        let pairs = call("concat_arr", [lit(4i8).cast(hypostyle_core::DataType::Int8), col("b")]);
        check(pairs, &a, "array[i8, 2] [[4, 7], [4, null], [4, 9]]");
        check_error(call("concat_arr", [col("b"), lit(2.5)]), &a, "SchemaMismatch");
        check_error(call("concat_list", [col("a"), col("b")]), &words, "SchemaMismatch");
    }
}
