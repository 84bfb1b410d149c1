//! Operators with two sides: which types they take, and their evaluation.

use hypostyle_core::{BooleanArray, Column, DataType, Error, Result, StringBuilder, TimeUnit};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::boolean;
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::compare::{Comparison, compare, eq_missing};
use hypostyle_kernels::zip::broadcast_len;

use crate::expr::BinaryOp;
use crate::types::{ordered_supertype, supertype};

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

impl BinaryPlan {
    /// Whether no values can make it fail. Decimals overflow.
    pub(crate) fn is_infallible(&self) -> bool {
        match &self.kernel {
            Kernel::Arithmetic(_, stored) => {
                (stored.is_integer() || stored.is_float()) && *stored == self.output
            }
            Kernel::Compare(_) | Kernel::EqMissing { .. } | Kernel::Logical(_) | Kernel::Bitwise(_) => true,
            Kernel::ConcatText => false,
        }
    }
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
        // A null among integers is an integer that nobody typed; a float is refused below.
        (a, b) if [a, b].into_iter().all(|t| t.is_integer() || *t == T::Null) => {
            let common = supertype(a, b).ok_or_else(|| Error::type_mismatch(op.symbol(), a, b))?;
            Ok(BinaryPlan {
                left: common.clone(),
                right: common.clone(),
                kernel: Kernel::Bitwise(op),
                output: common,
            })
        }
        (a, b) => {
            let message = format!(
                "`{}` is not defined for {a} and {b}; it takes two booleans or two integers",
                op.symbol()
            );
            // Polars raises ComputeError for a boolean beside a number, InvalidOperationError for all else.
            let number = |t: &T| t.is_integer() || t.is_float();
            let mixed = *a == T::Boolean && number(b) || *b == T::Boolean && number(a);
            Err(if mixed { Error::compute(message) } else { Error::invalid_operation(message) })
        }
    }
}

fn plan_comparison(op: BinaryOp, a: &DataType, b: &DataType) -> Result<BinaryPlan> {
    let ordered = matches!(op, BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq);
    let common = match if ordered { ordered_supertype(a, b) } else { supertype(a, b) } {
        Some(DataType::Binary) if a != b => None,
        common => common,
    };
    let common = common.ok_or_else(|| {
        let message = format!("cannot compare {a} with {b} by `{}`; cast one of them first", op.symbol());
        let (text, time) = (a.is_textual() || b.is_textual(), a.is_temporal() || b.is_temporal());
        match (text, time) {
            (true, true) => Error::invalid_operation(message),
            (true, false) => Error::compute(message),
            (false, _) => Error::schema(message),
        }
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
        (T::Null, T::Null) => same(if op == Op::Divide { T::Float64 } else { T::Null }),
        (T::Boolean | T::Null, T::Boolean | T::Null) => match op {
            Op::Divide => same(T::Float64),
            Op::Add => same(T::UInt32),
            _ => Err(mismatch()),
        },
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
        (T::Duration(_), T::Datetime(..) | T::Date) if op == Op::Add => {
            let flipped = plan_arithmetic(op, b, a)?;
            Ok(BinaryPlan { left: flipped.right, right: flipped.left, ..flipped })
        }
        (T::Date, T::Duration(unit)) if matches!(op, Op::Add | Op::Subtract) => {
            let at = T::Datetime(*unit, None);
            make(at.clone(), T::Duration(*unit), at, T::Date)
        }
        (T::Duration(_), T::Duration(_)) => match (op, supertype(a, b)) {
            (Op::Add | Op::Subtract, Some(span)) => same(span),
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
        (T::Duration(_), b)
            if (b.is_integer() || b.is_float()) && matches!(op, Op::Multiply | Op::Divide) =>
        {
            if b.is_float() || op == Op::Divide {
                make(T::Float64, T::Float64, T::Float64, a.clone())
            } else {
                make(a.clone(), T::Int64, a.clone(), a.clone())
            }
        }
        (a, T::Duration(_)) if (a.is_integer() || a.is_float()) && op == Op::Multiply => {
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

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::{col, lit, null};
    use crate::testing::{booleans, check, check_error, dates, datetimes, decimals, texts, typed};

    #[test]
    fn kleene() {
        let (t, f, n) = (Some(true), Some(false), None);
        let columns = [booleans([t, t, t, f, f, f, n, n, n]), booleans([t, f, n, t, f, n, t, f, n])];
        let (a, b) = (|| col("a"), || col("b"));
        check(a().and(b()), &columns, "bool [true, false, null, false, false, false, null, false, null]");
        check(a().or(b()), &columns, "bool [true, true, true, true, false, null, true, null, null]");
        check(a().xor(b()), &columns, "bool [false, true, null, true, false, null, null, null, null]");
        check(
            a().and(null()),
            &columns[..1],
            "bool [null, null, null, false, false, false, null, null, null]",
        );
    }

    #[test]
    fn bits() {
        let columns = [Column::from_options([Some(12i8), None]), Column::from_vec(vec![10i64, 1])];
        check(col("a").and(col("b")), &columns, "i64 [8, null]");
        check(col("a").xor(3), &columns, "i8 [15, null]");
        check(col("a").or(null()), &columns, "i8 [null, null]");
        check_error(col("a").or(true), &columns, "Compute");
        check_error(lit(false).and(col("a")), &[Column::from_vec(vec![1.0])], "Compute");
        check_error(col("a").or(1.5), &columns, "InvalidOperation");
        check_error(col("a").and(col("a")), &[texts([None])], "InvalidOperation");
    }

    #[test]
    fn comparisons() {
        let columns = [
            Column::from_options([Some(f64::NAN), Some(1.0), None]),
            Column::from_options([Some(f64::NAN), None, None]),
        ];
        check(col("a").eq(col("b")), &columns, "bool [true, null, null]");
        check(col("a").gt(f64::INFINITY), &columns, "bool [true, false, null]");
        check(col("a").eq_missing(col("b")), &columns, "bool [true, false, true]");
        check(col("a").neq_missing(col("b")), &columns, "bool [false, true, false]");
        check(col("a").eq(-0.0), &[Column::from_vec(vec![0.0])], "bool [true]");
        check(col("a").lt(300), &[Column::from_vec(vec![-1i8])], "bool [true]");
        check(
            col("a").eq(col("b")),
            &[Column::from_vec(vec![u64::MAX]), Column::from_vec(vec![-1i64])],
            "bool [false]",
        );
        check(col("a").eq(1.5), &[decimals(10, 2, [Some("1.5")])], "bool [true]");
        check(col("a").lt(lit("b")), &[texts([Some("a"), Some("c"), None])], "bool [true, false, null]");
        let columns = [dates([Some("2020-01-01")]), datetimes([Some("2020-01-01 00:00:01")])];
        check(col("a").lt(col("b")), &columns, "bool [true]");
        check_error(col("a").eq(1), &[texts([Some("1")])], "Compute");
    }

    #[test]
    fn arithmetic_of_numbers() {
        let columns =
            [Column::from_options([Some(7i32), Some(-7), None]), Column::from_vec(vec![2i32, 2, 2])];
        let (a, b) = (|| col("a"), || col("b"));
        check(a() + b(), &columns, "i32 [9, -5, null]");
        check(a() / b(), &columns, "f64 [3.5, -3.5, null]");
        check(a().floor_div(b()), &columns, "i32 [3, -4, null]");
        check(a() % b(), &columns, "i32 [1, 1, null]");
        check(a() % 0, &columns, "i32 [null, null, null]");
        check(a() / 0, &columns, "f64 [inf, -inf, null]");
        check(a() + 1.5, &columns, "f64 [8.5, -5.5, null]");
        check(a() + 300, &[Column::from_vec(vec![1i8])], "i16 [301]");
        check(a() + 1, &[Column::from_vec(vec![255u8])], "u8 [0]");
        check(a() * 2.5, &[Column::from_vec(vec![2.0f32])], "f32 [5.0]");
        let money = [decimals(10, 2, [Some("1.50")]), decimals(10, 1, [Some("0.5")])];
        check(a() + b(), &money, "decimal[38,2] [2.00]");
        check(a() * b(), &money, "decimal[38,2] [0.75]");
        check(a() + lit("!"), &[texts([Some("x"), None])], "str [\"x!\", null]");
    }

    #[test]
    fn arithmetic_of_times() {
        let columns = [dates([Some("2020-01-03"), None]), dates([Some("2020-01-01"), Some("2020-01-01")])];
        let (a, b) = (|| col("a"), || col("b"));
        check(a() - b(), &columns, "duration[μs] [172800000000, null]");
        let span = typed(DataType::Duration(TimeUnit::Milliseconds), [Some(86_400_000i64)]);
        check(a() + b(), &[dates([Some("2020-01-03")]), span.clone()], "date [2020-01-04]");
        let at = datetimes([Some("2020-01-03 12:00:00")]);
        check(a() - b(), &[at, span.clone()], "datetime[ms] [2020-01-02 12:00:00.000]");
        check(a() / a(), std::slice::from_ref(&span), "f64 [1.0]");
        check(a() * 2, std::slice::from_ref(&span), "duration[ms] [172800000]");
        check_error(a().floor_div(a()), &[span], "InvalidOperation");
    }
}
