//! `cut(x, breaks, labels, left_closed, include_breaks)`: the interval between breaks in which each number lies, as an
//! enum of labels, made of the breaks where they are not given; an interval has its right break, or its left one with
//! `left_closed`. With `include_breaks` a struct of the right break and the label; `cut([1, 5], [2]) = ["(-inf, 2]",
//! "(2, inf]"]`. NaN lies nowhere: null.

use std::sync::Arc;

use hypostyle_core::{
    Array, Column, DataType, Error, Field, PrimitiveArray, Result, Scalar, StructArray, Value,
};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};

use super::super::params::{Default, OptionType};
use super::super::{Arg, Function, Inputs, Signature, not_defined, params};

/// `cut(x, breaks, labels, left_closed, include_breaks)`
pub(super) const CUT: Function = Function::new(
    "cut",
    &[
        params::column("x"),
        params::option("breaks", OptionType::Any, Default::Required),
        params::option("labels", OptionType::Any, Default::Null),
        params::flag("left_closed", false),
        params::flag("include_breaks", false),
    ],
    types,
    run,
)
.doc("The interval between breaks in which the number lies.")
.example(&["i64 [1, null, 5]", "[2]"], r#"enum ["(-inf, 2]", null, "(2, inf]"]"#);

/// The numbers of an option.
pub(in crate::functions) fn numbers(name: &str, param: &str, given: Option<&Scalar>) -> Result<Vec<f64>> {
    let wrong = || Error::invalid_operation(format!("`{param}` of `{name}` takes a list of numbers"));
    let Some(Value::List(items)) = given.map(|given| &given.value) else { return Err(wrong()) };
    let numbers = items.iter().map(|item| match item {
        Value::Int(value) => Ok(*value as f64),
        Value::Float(value) => Ok(*value),
        _ => Err(wrong()),
    });
    numbers.collect()
}

/// The strings of an option; none where it is not given.
pub(in crate::functions) fn strings(name: &str, given: Option<&Scalar>) -> Result<Option<Vec<Arc<str>>>> {
    let wrong = || Error::invalid_operation(format!("`labels` of `{name}` takes a list of strings"));
    match given.map(|given| &given.value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::List(items)) => {
            let texts = items.iter().map(|item| match item {
                Value::String(text) => Ok(Arc::clone(text)),
                _ => Err(wrong()),
            });
            texts.collect::<Result<Vec<_>>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// The labels of the intervals between breaks.
pub(in crate::functions) fn labels(
    name: &str,
    breaks: &[f64],
    given: Option<Vec<Arc<str>>>,
    left_closed: bool,
) -> Result<Vec<Arc<str>>> {
    if let Some(given) = given {
        if given.len() != breaks.len() + 1 {
            return Err(Error::shape(format!(
                "`{name}` makes {} intervals of {} breaks, and has {} labels",
                breaks.len() + 1,
                breaks.len(),
                given.len()
            )));
        }
        return Ok(given);
    }
    let ends = [f64::NEG_INFINITY].iter().chain(breaks).chain(&[f64::INFINITY]).collect::<Vec<&f64>>();
    let label = |pair: &[&f64]| match left_closed {
        true => format!("[{}, {})", pair[0], pair[1]).into(),
        false => format!("({}, {}]", pair[0], pair[1]).into(),
    };
    Ok(ends.windows(2).map(label).collect())
}

/// The interval of a value between ascending breaks.
pub(in crate::functions) fn interval(breaks: &[f64], value: f64, left_closed: bool) -> usize {
    breaks.partition_point(|edge| if left_closed { *edge <= value } else { *edge < value })
}

/// Labels, beside right breaks where those are wanted, by the interval of each row; [`NO_ROW`] for none.
pub(in crate::functions) fn intervals(
    output: &DataType,
    breaks: &[f64],
    labels: &Column,
    intervals: &[u32],
) -> Result<Column> {
    let labels = gather_optional(labels, intervals)?;
    if !matches!(output, DataType::Struct(_)) {
        return Ok(labels);
    }
    let ends = Column::from_vec(breaks.to_vec());
    let fields = vec![gather_optional(&ends, intervals)?, labels];
    Column::try_new(output.clone(), Array::Struct(StructArray::try_new(fields, intervals.len(), None)?))
}

/// The type of labels, or of a struct of the right break and the label.
pub(in crate::functions) fn interval_type(label: DataType, include_breaks: bool) -> DataType {
    match include_breaks {
        true => {
            DataType::Struct(vec![Field::new("breakpoint", DataType::Float64), Field::new("category", label)])
        }
        false => label,
    }
}

/// Breaks in order.
fn sorted(name: &str, given: Option<&Scalar>) -> Result<Vec<f64>> {
    let mut breaks = numbers(name, "breaks", given)?;
    if breaks.iter().any(|edge| edge.is_nan()) {
        return Err(Error::compute(format!("`breaks` of `{name}` cannot have NaN")));
    }
    breaks.sort_unstable_by(f64::total_cmp);
    if breaks.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::duplicate_value(format!("`breaks` of `{name}` has the same number twice")));
    }
    Ok(breaks)
}

fn types(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    let literal = |i: usize| args.get(i).and_then(|arg| arg.literal);
    let flag = |i: usize| literal(i).and_then(|flag| flag.as_bool()) == Some(true);
    if !args[0].dtype.is_numeric() && *args[0].dtype != DataType::Null {
        return Err(not_defined(name, "numbers", args[0].dtype));
    }
    let breaks = sorted(name, literal(1))?;
    let labels = labels(name, &breaks, strings(name, literal(2))?, flag(3))?;
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = labels.iter().find(|label| !seen.insert(Arc::clone(label))) {
        return Err(Error::compute(format!("`labels` of `{name}` has {twice:?} twice")));
    }
    let output = interval_type(DataType::Enum(labels.into()), flag(4));
    Ok(Signature::keep(args, output).with(0, DataType::Float64))
}

fn run(inputs: &Inputs<'_>) -> Result<Column> {
    let constant = |i: usize| inputs.args.get(i).map(|arg| arg.column.get(0));
    let mut breaks = sorted(inputs.name, constant(1).as_ref())?;
    let left_closed = inputs.flag(3);
    let values: &PrimitiveArray<f64> = inputs.column(0).expect_primitive()?;
    let found = values.iter().map(|value| match value {
        Some(value) if !value.is_nan() => interval(&breaks, value, left_closed) as u32,
        _ => NO_ROW,
    });
    let found: Vec<u32> = found.collect();
    let label = match inputs.output {
        DataType::Struct(fields) => &fields[1].dtype,
        other => other,
    };
    let DataType::Enum(texts) = label else { return Err(inputs.unplanned()) };
    let texts = texts.iter().map(|text| Value::String(Arc::clone(text)));
    let labels = Column::from_scalars(label.clone(), texts)?;
    breaks.push(f64::INFINITY);
    intervals(inputs.output, &breaks, &labels, &found)
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{call, col, list, lit, null};
    use crate::expr::Expr;
    use crate::testing::{check, check_error, texts};

    fn cut(breaks: &[f64], labels: Expr, left_closed: bool, include_breaks: bool) -> Expr {
        call("cut", [col("a"), list(breaks.iter().copied()), labels, lit(left_closed), lit(include_breaks)])
    }

    #[test]
    fn intervals() {
        let a = [Column::from_options([Some(-1.0), Some(0.0), Some(1.5), None, Some(f64::NAN)])];
        let right = r#"enum ["(-inf, 0]", "(-inf, 0]", "(1, inf]", null, null]"#;
        check(cut(&[1.0, 0.0], null(), false, false), &a, right);
        let left = r#"enum ["[-inf, 0)", "[0, 1.5)", "[1.5, inf)", null, null]"#;
        check(cut(&[0.0, 1.5], null(), true, false), &a, left);
        check(
            cut(&[0.0], list(["low", "high"]), false, false),
            &a,
            r#"enum ["low", "low", "high", null, null]"#,
        );
        let both = r#"struct[2] [{0.0, "(-inf, 0]"}, {0.0, "(-inf, 0]"}, {inf, "(0, inf]"}, {null, null}, {null, null}]"#;
        check(cut(&[0.0], null(), false, true), &a, both);
        check(cut(&[], null(), false, false), &[Column::from_vec(vec![3i8])], r#"enum ["(-inf, inf]"]"#);
    }

    #[test]
    fn wrong_breaks_and_labels() {
        let a = [Column::from_vec(vec![1i64])];
        check_error(cut(&[1.0, 1.0], null(), false, false), &a, "DuplicateValue");
        check_error(cut(&[f64::NAN], null(), false, false), &a, "Compute");
        check_error(cut(&[1.0], list(["x"]), false, false), &a, "ShapeMismatch");
        check_error(cut(&[1.0], list(["x", "x"]), false, false), &a, "Compute");
        check_error(cut(&[1.0], lit("x"), false, false), &a, "InvalidOperation");
        check_error(cut(&[1.0], null(), false, false), &[texts([None])], "InvalidOperation");
    }
}
