//! What a tiled program reads: columns of the batch, each of them once, and whatever else had to be evaluated before.

use hypostyle_core::{Batch, Bitmap, Column, Result};

use crate::bound::BoundExpr;
use crate::evaluate::elementwise;

/// The inputs of a program, in the order of their numbers.
#[derive(Default)]
pub(crate) struct ProgramInputs {
    pub(crate) columns: Vec<Column>,
    /// The place in the batch of those that are columns of it.
    positions: Vec<Option<usize>>,
}

/// What an expression becomes that is no step.
pub(crate) enum Leaf {
    /// An input, by its number.
    Input(usize),
    /// One value for all rows.
    Scalar(Column),
}

impl ProgramInputs {
    /// The input that an expression is, evaluated if it is not there yet.
    pub(crate) fn add(&mut self, expr: &BoundExpr, batch: &Batch) -> Result<Leaf> {
        let position = expr.as_column();
        // A column that is read twice is one input.
        if let Some(known) = self.positions.iter().position(|p| position.is_some() && *p == position) {
            return Ok(Leaf::Input(known));
        }
        let value = elementwise(expr, batch)?;
        if value.scalar {
            return Ok(Leaf::Scalar(value.column));
        }
        self.columns.push(value.column);
        self.positions.push(position);
        Ok(Leaf::Input(self.columns.len() - 1))
    }

    /// Where no input is null; `None` if none is anywhere.
    pub(crate) fn validity(&self) -> Option<Bitmap> {
        self.columns
            .iter()
            .fold(None, |validity, column| Bitmap::and_validity(validity.as_ref(), column.validity()))
    }
}
