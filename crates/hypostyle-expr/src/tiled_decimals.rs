//! Which expressions of decimals run as programs of 64 bits: sums, differences, products and casts.
//!
//! Anything else in such an expression is evaluated for all rows at once and becomes an input of the program.

use hypostyle_core::{Array, Batch, Column, DataType, PrimitiveArray, Result};
use hypostyle_kernels::arithmetic::Arithmetic;
use hypostyle_kernels::decimal_tiles::{
    DecimalInput, DecimalOperand, DecimalOperation, DecimalProgram, DecimalStep,
};

use crate::binary::Kernel;
use crate::bound::{BoundExpr, Extent, Node};
use crate::program_inputs::{Leaf, ProgramInputs};

/// Fewer rows are not worth a program.
const LEAST_ROWS: usize = 256;

/// The result for a batch, or `None` if the expression, or what it reads, is nothing that 64 bits can do.
pub(crate) fn evaluate(expr: &BoundExpr, batch: &Batch) -> Result<Option<Column>> {
    if batch.len() < LEAST_ROWS || Work::of(expr).is_none() {
        return Ok(None);
    }
    let mut inputs = Inputs::default();
    if inputs.add(expr, batch)?.is_none() {
        return Ok(None);
    }
    let read: Option<Vec<_>> = inputs.read.columns.iter().map(input).collect();
    let Some(read) = read else { return Ok(None) };
    let Some(values) = inputs.program.run(&read, batch.len()) else { return Ok(None) };
    let array = PrimitiveArray::try_new(values.into(), inputs.read.validity())?;
    Ok(Some(Column::from_primitive(expr.dtype.clone(), array)))
}

/// A column as an input.
fn input(column: &Column) -> Option<DecimalInput<'_>> {
    Some(match (column.array(), column.dtype()) {
        (Array::Int32(array), DataType::Int32) => DecimalInput::Int32(array.values()),
        (Array::Int64(array), DataType::Int64) => DecimalInput::Int64(array.values()),
        (Array::Int128(array), DataType::Decimal(_, scale)) => DecimalInput::Decimal(array.values(), *scale),
        _ => return None,
    })
}

/// An operation on expressions.
enum Work<'a> {
    Binary(Arithmetic, &'a BoundExpr, &'a BoundExpr),
    Cast(&'a BoundExpr),
}

impl<'a> Work<'a> {
    /// The operation of a node, and the digits of its type, if programs can do it.
    fn of(expr: &'a BoundExpr) -> Option<(Self, u8, u8)> {
        let DataType::Decimal(precision, scale) = expr.dtype else { return None };
        if expr.extent != Extent::Row {
            return None;
        }
        let decimal_or_integer =
            |t: &DataType| matches!(t, DataType::Int32 | DataType::Int64 | DataType::Decimal(..));
        let work = match &expr.node {
            Node::Binary { left, right, plan } => match plan.kernel {
                Kernel::Arithmetic(
                    op @ (Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply),
                    _,
                ) if [left, right].into_iter().all(|side| side.dtype.is_decimal()) => {
                    Self::Binary(op, left, right)
                }
                _ => return None,
            },
            // A program that does not fail has no number that a cast would lose, whatever the mode.
            Node::Cast { input, .. } if decimal_or_integer(&input.dtype) => Self::Cast(input),
            _ => return None,
        };
        Some((work, precision, scale))
    }
}

#[derive(Default)]
struct Inputs {
    program: DecimalProgram,
    read: ProgramInputs,
}

impl Inputs {
    /// Where the value of an expression is found; `None` if it is a constant that is null.
    #[recursive::recursive]
    fn add(&mut self, expr: &BoundExpr, batch: &Batch) -> Result<Option<DecimalOperand>> {
        if let Some((work, precision, scale)) = Work::of(expr) {
            let operation = match work {
                Work::Cast(input) => self.add(input, batch)?.map(DecimalOperation::Cast),
                Work::Binary(op, left, right) => {
                    let (left, right) = (self.add(left, batch)?, self.add(right, batch)?);
                    left.zip(right).map(|(left, right)| match op {
                        Arithmetic::Add => DecimalOperation::Add(left, right),
                        Arithmetic::Subtract => DecimalOperation::Subtract(left, right),
                        _ => DecimalOperation::Multiply(left, right),
                    })
                }
            };
            let Some(operation) = operation else { return Ok(None) };
            self.program.steps.push(DecimalStep { operation, precision, scale });
            return Ok(Some(DecimalOperand::Step(self.program.steps.len() - 1)));
        }
        Ok(match self.read.add(expr, batch)? {
            Leaf::Input(number) => Some(DecimalOperand::Input(number)),
            Leaf::Scalar(column) => constant(&column),
        })
    }
}

/// The one value of a column.
fn constant(column: &Column) -> Option<DecimalOperand> {
    if column.is_null(0) {
        return None;
    }
    let (value, scale) = match input(column)? {
        DecimalInput::Int32(values) => (i128::from(values[0]), 0),
        DecimalInput::Int64(values) => (i128::from(values[0]), 0),
        DecimalInput::Decimal(values, scale) => (values[0], scale),
    };
    Some(DecimalOperand::constant(value, scale))
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, PrimitiveArray};
    use proptest::prelude::*;

    use super::LEAST_ROWS;
    use crate::dsl::{col, lit};
    use crate::testing::{evaluate, shown};

    fn money(values: &[Option<i128>], scale: u8) -> Column {
        let column = Column::from_options(values.iter().copied());
        let values: &PrimitiveArray<i128> = column.as_primitive().unwrap();
        Column::from_primitive(DataType::Decimal(20, scale), values.clone())
    }

    proptest! {
        /// Many rows, which programs compute, against the same rows a few at a time, which they leave alone.
        #[test]
        fn many_rows_agree_with_few(
            prices in prop::collection::vec(prop::option::of(-10_000_000i128..10_000_000), 6),
            rates in prop::collection::vec(prop::option::of(-99i128..100), 5),
            wide in prop::option::of(prop::sample::select(vec![i128::from(i64::MAX), 10i128.pow(19), 10i128.pow(19) * -9])),
        ) {
            let repeated = |values: &[Option<i128>]| -> Vec<Option<i128>> {
                (0..LEAST_ROWS + 2_000).map(|i| values[i % values.len()]).collect()
            };
            let mut prices = repeated(&prices);
            prices.extend(wide.map(Some));
            let mut rates = repeated(&rates);
            rates.resize(prices.len(), Some(7));
            let counts = Column::from_vec((0..prices.len()).map(|i| i as i64 % 50).collect::<Vec<_>>());
            let columns = [money(&prices, 2), money(&rates, 2), counts];
            let (price, rate, count) = (|| col("a"), || col("b"), || col("c"));
            for expr in [
                price() * (lit(1) - rate()),
                price().cast(DataType::Decimal(19, 6)) * (lit(1) - rate()) * (lit(1) + rate()),
                price() * count() - rate(),
                price() + rate().cast(DataType::Decimal(10, 1)),
                count().cast(DataType::Decimal(9, 3)) * rate(),
                price().sum() + rate() * lit(2),
            ] {
                let Ok(many) = evaluate(&expr, &columns) else {
                    // Only where the plain way fails as well.
                    prop_assert!(wide.is_some());
                    continue;
                };
                let step = LEAST_ROWS - 1;
                let aggregates = expr.to_string().contains("sum");
                for start in (0..many.len()).step_by(step).filter(|_| !aggregates) {
                    let rows = step.min(many.len() - start);
                    let few: Vec<Column> = columns.iter().map(|c| c.slice(start, rows)).collect();
                    prop_assert_eq!(shown(&many.slice(start, rows)), shown(&evaluate(&expr, &few).unwrap()));
                }
            }
        }
    }
}
