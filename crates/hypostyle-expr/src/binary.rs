//! Operators with two sides: which types they take, and their evaluation.

use hypostyle_core::{BooleanArray, Column, DataType, Error, Result, StringBuilder, TimeUnit};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::boolean;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::compare::{Comparison, compare, eq_missing};
use hypostyle_kernels::zip::broadcast_len;

use crate::expr::BinaryOp;
use crate::types::supertype;

/// What an operator does once its sides have the types it wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kernel {
    /// Arithmetic giving a type that is stored as the sides are, then perhaps cast.
    Arithmetic(Arithmetic, DataType),
    Compare(Comparison),
    EqMissing {
        negate: bool,
    },
    Logical(BinaryOp),
    Bitwise(BinaryOp),
    ConcatText,
}

/// The plan of an operator for two types.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BinaryPlan {
    /// The type the left side is cast to.
    pub(crate) left: DataType,
    /// The type the right side is cast to.
    pub(crate) right: DataType,
    pub(crate) kernel: Kernel,
    /// The type of the result.
    pub(crate) output: DataType,
}

/// Types of an operator's sides and result.
pub(crate) fn plan(op: BinaryOp, a: &DataType, b: &DataType) -> Result<BinaryPlan> {
    match op {
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => plan_logical(op, a, b),
        _ if op.is_comparison() => plan_comparison(op, a, b),
        _ => plan_arithmetic(op, a, b),
    }
}

fn plan_logical(op: BinaryOp, a: &DataType, b: &DataType) -> Result<BinaryPlan> {
    use DataType as T;
    match (a, b) {
        (T::Boolean | T::Null, T::Boolean | T::Null) => Ok(BinaryPlan {
            left: T::Boolean,
            right: T::Boolean,
            kernel: Kernel::Logical(op),
            output: T::Boolean,
        }),
        (a, b) if a.is_integer() && b.is_integer() => {
            let common = supertype(a, b).ok_or_else(|| Error::type_mismatch(op.symbol(), a, b))?;
            Ok(BinaryPlan {
                left: common.clone(),
                right: common.clone(),
                kernel: Kernel::Bitwise(op),
                output: common,
            })
        }
        _ => Err(Error::invalid_operation(format!(
            "`{}` is not defined for {a} and {b}; it takes two booleans or two integers",
            op.symbol()
        ))),
    }
}

fn plan_comparison(op: BinaryOp, a: &DataType, b: &DataType) -> Result<BinaryPlan> {
    let common = match supertype(a, b) {
        Some(DataType::Binary) if a != b => None,
        common => common,
    };
    let common = common.ok_or_else(|| {
        Error::compute(format!("cannot compare {a} with {b} by `{}`; cast one of them first", op.symbol()))
    })?;
    let kernel = match op {
        BinaryOp::Eq => Kernel::Compare(Comparison::Eq),
        BinaryOp::NotEq => Kernel::Compare(Comparison::NotEq),
        BinaryOp::Lt => Kernel::Compare(Comparison::Lt),
        BinaryOp::LtEq => Kernel::Compare(Comparison::LtEq),
        BinaryOp::Gt => Kernel::Compare(Comparison::Gt),
        BinaryOp::GtEq => Kernel::Compare(Comparison::GtEq),
        BinaryOp::EqMissing => Kernel::EqMissing { negate: false },
        _ => Kernel::EqMissing { negate: true },
    };
    Ok(BinaryPlan { left: common.clone(), right: common, kernel, output: DataType::Boolean })
}

fn arithmetic_op(op: BinaryOp) -> Arithmetic {
    match op {
        BinaryOp::Subtract => Arithmetic::Subtract,
        BinaryOp::Multiply => Arithmetic::Multiply,
        BinaryOp::Divide => Arithmetic::Divide,
        BinaryOp::FloorDivide => Arithmetic::FloorDivide,
        BinaryOp::TruncDivide => Arithmetic::TruncDivide,
        BinaryOp::Modulo => Arithmetic::Modulo,
        _ => Arithmetic::Add,
    }
}

fn plan_arithmetic(op: BinaryOp, a: &DataType, b: &DataType) -> Result<BinaryPlan> {
    use BinaryOp as Op;
    use DataType as T;
    let mismatch = || Error::type_mismatch(op.symbol(), a, b);
    let kernel = arithmetic_op(op);
    let make = |left: T, right: T, stored: T, output: T| {
        Ok(BinaryPlan { left, right, kernel: Kernel::Arithmetic(kernel, stored), output })
    };
    let same = |t: T| make(t.clone(), t.clone(), t.clone(), t);
    match (a, b) {
        (T::Boolean, T::Boolean) => same(if op == Op::Divide { T::Float64 } else { T::UInt32 }),
        (T::Null, T::Null) => same(T::Null),
        (a, b)
            if (a.is_numeric() || matches!(a, T::Boolean | T::Null))
                && (b.is_numeric() || matches!(b, T::Boolean | T::Null)) =>
        {
            let common = supertype(a, b).ok_or_else(mismatch)?;
            match (op, &common) {
                (Op::Divide, t) if !t.is_float() && !t.is_decimal() => same(T::Float64),
                (_, T::Decimal(_, scale)) => same(T::Decimal(38, *scale)),
                _ => same(common),
            }
        }
        (
            T::String | T::Categorical | T::Enum(_) | T::Null,
            T::String | T::Categorical | T::Enum(_) | T::Null,
        ) if op == Op::Add => Ok(BinaryPlan {
            left: T::String,
            right: T::String,
            kernel: Kernel::ConcatText,
            output: T::String,
        }),
        (T::Date, T::Date) if op == Op::Subtract => {
            let at = T::Datetime(TimeUnit::Microseconds, None);
            let span = T::Duration(TimeUnit::Microseconds);
            make(at.clone(), at, span.clone(), span)
        }
        (T::Datetime(..) | T::Date, T::Datetime(..) | T::Date) if op == Op::Subtract => {
            let Some(at @ T::Datetime(unit, _)) = supertype(a, b) else { return Err(mismatch()) };
            make(at.clone(), at, T::Duration(unit), T::Duration(unit))
        }
        (T::Time, T::Time) if op == Op::Subtract => {
            make(T::Time, T::Time, T::Duration(TimeUnit::Nanoseconds), T::Duration(TimeUnit::Nanoseconds))
        }
        (T::Datetime(u, zone), T::Duration(v)) if matches!(op, Op::Add | Op::Subtract) => {
            let unit = if u.per_second() < v.per_second() { *u } else { *v };
            let at = T::Datetime(unit, zone.clone());
            make(at.clone(), T::Duration(unit), at.clone(), at)
        }
        (T::Duration(_), T::Datetime(..) | T::Date | T::Time) if op == Op::Add => {
            let flipped = plan_arithmetic(op, b, a)?;
            Ok(BinaryPlan { left: flipped.right, right: flipped.left, ..flipped })
        }
        (T::Date, T::Duration(unit)) if matches!(op, Op::Add | Op::Subtract) => {
            let at = T::Datetime(*unit, None);
            make(at.clone(), T::Duration(*unit), at, T::Date)
        }
        (T::Time, T::Duration(_)) if matches!(op, Op::Add | Op::Subtract) => {
            make(T::Time, T::Duration(TimeUnit::Nanoseconds), T::Time, T::Time)
        }
        (T::Duration(_), T::Duration(_)) => match (op, supertype(a, b)) {
            (Op::Add | Op::Subtract | Op::Modulo, Some(span)) => same(span),
            (Op::Divide, Some(span)) => {
                let T::Duration(unit) = span else { return Err(mismatch()) };
                // Both sides in one unit first: the cast of a duration to a number is its count.
                if *a == *b {
                    make(T::Float64, T::Float64, T::Float64, T::Float64)
                } else {
                    Err(Error::invalid_operation(format!(
                        "cannot divide durations of different units; cast both to {}",
                        T::Duration(unit)
                    )))
                }
            }
            _ => Err(Error::invalid_operation(format!("`{}` is not defined for durations", op.symbol()))),
        },
        (T::Duration(_), b) if b.is_numeric() && matches!(op, Op::Multiply | Op::Divide) => {
            if b.is_float() || op == Op::Divide {
                make(T::Float64, T::Float64, T::Float64, a.clone())
            } else {
                make(a.clone(), T::Int64, a.clone(), a.clone())
            }
        }
        (a, T::Duration(_)) if a.is_numeric() && op == Op::Multiply => {
            let flipped = plan_arithmetic(op, b, a)?;
            Ok(BinaryPlan { left: flipped.right, right: flipped.left, ..flipped })
        }
        _ => Err(mismatch()),
    }
}

/// Runs the kernel on sides that were cast as planned.
pub(crate) fn evaluate(plan: &BinaryPlan, a: &Column, b: &Column) -> Result<Column> {
    match &plan.kernel {
        Kernel::Arithmetic(op, stored) => {
            // A duration times an integer: the result has the duration's storage.
            let result = arithmetic(*op, a, b, stored)?;
            cast(&result, &plan.output, CastMode::NonStrict)
        }
        Kernel::Compare(op) => compare(*op, a, b).map(Column::from_boolean),
        Kernel::EqMissing { negate } => {
            let equal = eq_missing(a, b)?;
            Ok(Column::from_boolean(if *negate { boolean::not(&equal) } else { equal }))
        }
        Kernel::Logical(op) => {
            let (a, b) = (a.expect_boolean()?, b.expect_boolean()?);
            let result: BooleanArray = match op {
                BinaryOp::And => boolean::and(a, b)?,
                BinaryOp::Or => boolean::or(a, b)?,
                _ => boolean::xor(a, b)?,
            };
            Ok(Column::from_boolean(result))
        }
        Kernel::Bitwise(op) => hypostyle_kernels::bitwise::bitwise(
            match op {
                BinaryOp::And => hypostyle_kernels::bitwise::Bitwise::And,
                BinaryOp::Or => hypostyle_kernels::bitwise::Bitwise::Or,
                _ => hypostyle_kernels::bitwise::Bitwise::Xor,
            },
            a,
            b,
        ),
        Kernel::ConcatText => concat_text(a, b),
    }
}

fn concat_text(a: &Column, b: &Column) -> Result<Column> {
    let len = broadcast_len(a.len(), b.len())?;
    let at = |column: &Column, i: usize| if column.len() == 1 { 0 } else { i };
    let mut builder = StringBuilder::with_capacity(len, 0);
    let mut text = String::new();
    for i in 0..len {
        match (a.str_at(at(a, i)), b.str_at(at(b, i))) {
            (Some(x), Some(y)) => {
                text.clear();
                text.push_str(x);
                text.push_str(y);
                builder.push(&text);
            }
            _ => builder.push_null(),
        }
    }
    Ok(builder.finish())
}
