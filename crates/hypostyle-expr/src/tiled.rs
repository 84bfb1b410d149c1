//! Which expressions run as tiled programs: arithmetic, comparisons, logic and choices of several steps on 32- and
//! 64-bit numbers.
//!
//! Anything else in such an expression is evaluated for all rows at once and becomes an input of the program. So does
//! logic beside nulls, which is three-valued there and not here.

use hypostyle_core::{Array, Batch, Bitmap, BooleanArray, Column, DataType, PrimitiveArray, Result};
use hypostyle_kernels::tiles::{Constant, Input, Lane, Logical, Operand, Operation, Output, Program, Step};

use crate::binary::Kernel;
use crate::bound::{BoundExpr, Extent, Node};
use crate::expr::BinaryOp;
use crate::program_inputs::{Leaf, ProgramInputs};

/// Fewer rows are evaluated a step at a time: they stay in the cache anyway.
const LEAST_ROWS: usize = 2_048;

/// Expressions of fewer steps are as fast one after the other: what tiles save is then what they cost (see
/// `docs/decisions/0009-expressions-and-groups.md`).
const LEAST_STEPS: usize = 3;

/// The result for a batch, or `None` if the expression, or what it reads, is nothing that tiles can do.
pub(crate) fn evaluate(expr: &BoundExpr, batch: &Batch) -> Result<Option<Column>> {
    if batch.len() < LEAST_ROWS
        || expr.extent != Extent::Row
        || !expr.elementwise
        || steps(expr, LEAST_STEPS) < LEAST_STEPS
    {
        return Ok(None);
    }
    if !is_strict(expr) {
        // Asked before anything is evaluated, since the answer is no where columns have nulls.
        let mut columns = Vec::new();
        expr.input_columns(&mut columns);
        if columns.into_iter().any(|position| batch.column(position).null_count() > 0) {
            return Ok(None);
        }
    }
    let mut inputs = Inputs::default();
    if inputs.add(expr, batch)?.is_none() {
        return Ok(None);
    }
    let len = batch.len();
    let read: Option<Vec<_>> = inputs.read.columns.iter().map(input).collect();
    let Some(read) = read else { return Ok(None) };
    let validity = inputs.read.validity();
    if validity.is_some() && !inputs.program.is_strict() {
        return Ok(None);
    }
    let column = match inputs.program.run(&read, len) {
        Some(Output::Int32(values)) => numbers(expr, values, validity)?,
        Some(Output::Int64(values)) => numbers(expr, values, validity)?,
        Some(Output::Float32(values)) => numbers(expr, values, validity)?,
        Some(Output::Float64(values)) => numbers(expr, values, validity)?,
        Some(Output::Mask(values)) => Column::from_boolean(BooleanArray::try_new(values, validity)?),
        None => return Ok(None),
    };
    Ok(Some(column))
}

fn numbers<T: hypostyle_core::Native>(
    expr: &BoundExpr,
    values: Vec<T>,
    validity: Option<Bitmap>,
) -> Result<Column> {
    Ok(Column::from_primitive(expr.dtype.clone(), PrimitiveArray::try_new(values.into(), validity)?))
}

/// A column as an input.
fn input(column: &Column) -> Option<Input<'_>> {
    Some(match column.array() {
        Array::Int32(array) => Input::Int32(array.values()),
        Array::Int64(array) => Input::Int64(array.values()),
        Array::Float32(array) => Input::Float32(array.values()),
        Array::Float64(array) => Input::Float64(array.values()),
        Array::Boolean(array) => Input::Mask(array.values()),
        _ => return None,
    })
}

/// The lane that values of a type are stored in.
fn lane_of(dtype: &DataType) -> Option<Lane> {
    Some(match dtype {
        DataType::Boolean => Lane::Mask,
        DataType::Int32 | DataType::Date => Lane::Int32,
        DataType::Int64 | DataType::Datetime(..) | DataType::Duration(_) | DataType::Time => Lane::Int64,
        DataType::Float32 => Lane::Float32,
        DataType::Float64 => Lane::Float64,
        _ => return None,
    })
}

/// An operation on expressions.
enum Work<'a> {
    Binary(&'a BoundExpr, &'a BoundExpr, &'a Kernel),
    Unary(&'a BoundExpr, fn(Operand) -> Operation),
    Choose(&'a BoundExpr, &'a BoundExpr, &'a BoundExpr),
    Widen(&'a BoundExpr),
}

impl<'a> Work<'a> {
    /// The operation of a node, if tiles can do it.
    fn of(expr: &'a BoundExpr) -> Option<(Self, Lane)> {
        if expr.extent != Extent::Row {
            return None;
        }
        let lane = lane_of(&expr.dtype)?;
        let work = match &expr.node {
            Node::Binary { left, right, plan } => {
                let sides = lane_of(&left.dtype)?;
                let fits = match &plan.kernel {
                    // Of numbers alone: times have units, which plain kernels know.
                    Kernel::Arithmetic(op, stored) => {
                        let plain = matches!(stored, DataType::Int32 | DataType::Int64) || stored.is_float();
                        plain
                            && [&left.dtype, &right.dtype, &plan.output].into_iter().all(|t| t == stored)
                            && Program::has(*op, sides)
                    }
                    Kernel::Compare(_) => sides != Lane::Mask && left.dtype == right.dtype,
                    Kernel::Logical(_) => true,
                    _ => false,
                };
                if !fits {
                    return None;
                }
                Self::Binary(left, right, &plan.kernel)
            }
            Node::Function { function, args } => match (function.tile(), &args[..]) {
                (Some(operation), [input]) if input.dtype == DataType::Boolean => {
                    Self::Unary(input, operation)
                }
                _ => return None,
            },
            Node::When { predicate, then, otherwise } => Self::Choose(predicate, then, otherwise),
            // No value fails, whatever the mode.
            Node::Cast { input, .. } if !expr.dtype.is_temporal() && !input.dtype.is_temporal() => {
                if !Program::widens(lane_of(&input.dtype)?, lane) {
                    return None;
                }
                Self::Widen(input)
            }
            _ => return None,
        };
        Some((work, lane))
    }

    fn sides(&self) -> Vec<&'a BoundExpr> {
        match self {
            Self::Binary(left, right, ..) => vec![left, right],
            Self::Unary(input, _) | Self::Widen(input) => vec![input],
            Self::Choose(predicate, then, otherwise) => vec![predicate, then, otherwise],
        }
    }
}

fn operation(kernel: &Kernel, left: Operand, right: Operand) -> Option<Operation> {
    Some(match kernel {
        Kernel::Arithmetic(op, _) => Operation::Arithmetic(*op, left, right),
        Kernel::Compare(op) => Operation::Compare(*op, left, right),
        Kernel::Logical(BinaryOp::And) => Operation::Logical(Logical::And, left, right),
        Kernel::Logical(BinaryOp::Or) => Operation::Logical(Logical::Or, left, right),
        Kernel::Logical(_) => Operation::Logical(Logical::Xor, left, right),
        _ => return None,
    })
}

/// The steps on numbers, counted up to `most`: logic alone is as fast on bits, and a choice is worth three others.
#[recursive::recursive]
fn steps(expr: &BoundExpr, most: usize) -> usize {
    let Some((work, _)) = Work::of(expr) else { return 0 };
    let own = match &work {
        Work::Binary(_, _, Kernel::Logical(_)) | Work::Unary(..) => 0,
        Work::Choose(..) => 3,
        _ => 1,
    };
    // Chains grow to the left: the right sides are found sooner.
    work.sides()
        .into_iter()
        .rev()
        .fold(own, |found, side| if found >= most { found } else { found + steps(side, most - found) })
}

/// Whether the steps are null where an input is, and nowhere else.
#[recursive::recursive]
fn is_strict(expr: &BoundExpr) -> bool {
    Work::of(expr).is_none_or(|(work, _)| {
        let own = !matches!(work, Work::Choose(..) | Work::Binary(_, _, Kernel::Logical(_)));
        own && work.sides().into_iter().all(is_strict)
    })
}

#[derive(Default)]
struct Inputs {
    program: Program,
    read: ProgramInputs,
}

impl Inputs {
    /// Where the value of an expression is found; `None` if it is a constant that is null.
    #[recursive::recursive]
    fn add(&mut self, expr: &BoundExpr, batch: &Batch) -> Result<Option<Operand>> {
        if let Some((work, lane)) = Work::of(expr) {
            let mut sides = Vec::with_capacity(3);
            for side in work.sides() {
                let Some(operand) = self.add(side, batch)? else { return Ok(None) };
                sides.push(operand);
            }
            let operation = match (work, &sides[..]) {
                (Work::Binary(_, _, kernel), [left, right]) => operation(kernel, *left, *right),
                (Work::Unary(_, operation), [input]) => Some(operation(*input)),
                (Work::Choose(..), [mask, then, otherwise]) => {
                    Some(Operation::Choose(*mask, *then, *otherwise))
                }
                (Work::Widen(_), [input]) => Some(Operation::Widen(*input)),
                _ => None,
            };
            let Some(operation) = operation else { return Ok(None) };
            self.program.steps.push(Step { operation, lane });
            return Ok(Some(Operand::Step(self.program.steps.len() - 1)));
        }
        Ok(match self.read.add(expr, batch)? {
            Leaf::Input(number) => Some(Operand::Input(number)),
            Leaf::Scalar(column) => constant(&column).map(Operand::Constant),
        })
    }
}

/// The one value of a column.
fn constant(column: &Column) -> Option<Constant> {
    if column.is_null(0) {
        return None;
    }
    Some(match column.array() {
        Array::Int32(array) => Constant::Int32(array.values()[0]),
        Array::Int64(array) => Constant::Int64(array.values()[0]),
        Array::Float32(array) => Constant::Float32(array.values()[0]),
        Array::Float64(array) => Constant::Float64(array.values()[0]),
        Array::Boolean(array) => Constant::Mask(array.values().get(0)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, Native};

    use super::LEAST_ROWS;
    use crate::Expr;
    use crate::dsl::{col, lit, when};
    use crate::testing::{evaluate, shown};

    /// As many rows as tiles need, over and over the same four.
    fn repeated<T: Native>(values: &[Option<T>; 4]) -> Column {
        Column::from_options((0..LEAST_ROWS + 4).map(|i| values[i % 4]))
    }

    /// The values of an expression on the first four rows, of which all others are repetitions.
    fn rows(expr: &Expr, columns: &[Column]) -> String {
        let many = evaluate(expr, columns).unwrap();
        let first: Vec<Column> = columns.iter().map(|c| c.slice(0, 4)).collect();
        let few = shown(&evaluate(expr, &first).unwrap());
        for start in (0..many.len() - 4).step_by(4) {
            assert_eq!(shown(&many.slice(start, 4)), few, "rows from {start} of {expr}");
        }
        few
    }

    #[test]
    fn nulls_scalars_and_other_types_beside_tiles() {
        let a = repeated(&[Some(1.5), None, Some(f64::NAN), Some(-2.0)]);
        let b = repeated(&[Some(2i64), Some(3), None, Some(4)]);
        let check = |expr: Expr| rows(&expr, &[a.clone(), b.clone()]);
        assert_eq!(check(col("a") * (lit(1) - col("a")) + 0.5), "f64 [-0.25, null, NaN, -5.5]");
        assert_eq!(check((col("a") + col("b")) * lit(2.0)), "f64 [7.0, null, null, 4.0]");
        assert_eq!(check((col("a") + col("a").max()) / lit(2)), "f64 [1.5, null, NaN, -0.25]");
        let null = lit(1.0).cast(DataType::Float64) * crate::dsl::null();
        assert_eq!(check((col("a") + null) * lit(2.0)), "f64 [null, null, null, null]");
        assert_eq!(check((col("a") + 1).gt(col("b"))), "bool [true, null, null, false]");
        // Logic beside nulls has three values.
        let either = (col("a") + 1).gt(2).or((col("b") + 1).gt(4));
        assert_eq!(check(either), "bool [true, null, true, true]");
    }

    #[test]
    fn choices_and_logic() {
        let a = repeated(&[Some(1i32), Some(-2), Some(i32::MAX), Some(0)]);
        let b = repeated(&[Some(0.5), Some(f64::NAN), Some(-0.0), Some(1e300)]);
        let check = |expr: Expr| rows(&expr, &[a.clone(), b.clone()]);
        assert_eq!(check(col("a") + 1 + col("a") - 1), "i32 [2, -4, -2, 0]");
        let positive = || col("a").gt(0);
        assert_eq!(check(when(positive()).then(col("a") * 2).otherwise(col("a"))), "i32 [2, -2, -2, 0]");
        let mixed = when(positive()).then(col("a")).otherwise(col("b"));
        assert_eq!(check(mixed), "f64 [1.0, NaN, 2147483647.0, 1e300]");
        let logic = positive().and(col("b").lt(1)).xor(col("a").eq(0));
        assert_eq!(check(logic), "bool [true, false, true, true]");
        assert_eq!(check(!(col("a") + 1).lt(col("b"))), "bool [true, false, false, false]");
    }
}
