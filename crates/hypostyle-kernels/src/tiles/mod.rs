//! Expressions of several steps, a tile at a time: what one step gives the next is still in the first-level cache.
//!
//! Evaluated column by column, every step writes a whole morsel and the next reads it back. Here a flat program of
//! typed steps runs over tiles of rows with registers that are used again for every tile (vectorized execution in the
//! sense of Boncz, Zukowski, Nes, "MonetDB/X100: hyper-pipelining query execution", CIDR 2005).
//!
//! Programs know no nulls. Where every step is null if an input is (arithmetic, comparisons, conversions), the caller
//! joins the inputs' validity once; [`Program::is_strict`] says whether that is so.

mod run;
#[cfg(test)]
mod tests;

use hypostyle_core::Bitmap;

use crate::arithmetic::Arithmetic;
use crate::compare::Comparison;

pub(crate) use run::{Side, TILE, each};

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// `i32`
    Int32,
    /// `i64`
    Int64,
    /// `f32`
    Float32,
    /// `f64`
    Float64,
    /// A truth value.
    Mask,
}

/// The same value for every row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// `i32`
    Int32(i32),
    /// `i64`
    Int64(i64),
    /// `f32`
    Float32(f32),
    /// `f64`
    Float64(f64),
    /// A truth value.
    Mask(bool),
}

/// A column that a program reads, without its validity.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// `i32`
    Int32(&'a [i32]),
    /// `i64`
    Int64(&'a [i64]),
    /// `f32`
    Float32(&'a [f32]),
    /// `f64`
    Float64(&'a [f64]),
    /// Truth values.
    Mask(&'a Bitmap),
}

/// The values of a program's last step.
#[derive(Clone, Debug)]
pub enum Output {
    /// `i32`
    Int32(Vec<i32>),
    /// `i64`
    Int64(Vec<i64>),
    /// `f32`
    Float32(Vec<f32>),
    /// `f64`
    Float64(Vec<f64>),
    /// Truth values.
    Mask(Bitmap),
}

impl Constant {
    fn lane(self) -> Lane {
        match self {
            Self::Int32(_) => Lane::Int32,
            Self::Int64(_) => Lane::Int64,
            Self::Float32(_) => Lane::Float32,
            Self::Float64(_) => Lane::Float64,
            Self::Mask(_) => Lane::Mask,
        }
    }
}

impl Input<'_> {
    fn lane(&self) -> Lane {
        match self {
            Self::Int32(_) => Lane::Int32,
            Self::Int64(_) => Lane::Int64,
            Self::Float32(_) => Lane::Float32,
            Self::Float64(_) => Lane::Float64,
            Self::Mask(_) => Lane::Mask,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Float32(values) => values.len(),
            Self::Float64(values) => values.len(),
            Self::Mask(bits) => bits.len(),
        }
    }
}

/// What a step reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A column, by its place among the inputs.
    Input(usize),
    /// The same value for every row.
    Constant(Constant),
    /// What an earlier step gave.
    Step(usize),
}

/// Truth values of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logical {
    /// Both.
    And,
    /// At least one.
    Or,
    /// Exactly one.
    Xor,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// `+`, `-`, `*` of numbers, `/` of floats; integers wrap.
    Arithmetic(Arithmetic, Operand, Operand),
    /// A comparison of numbers; NaN equals NaN and is the largest.
    Compare(Comparison, Operand, Operand),
    /// Truth values of two.
    Logical(Logical, Operand, Operand),
    /// The other truth value.
    Not(Operand),
    /// The second where the first is true, the third elsewhere.
    Choose(Operand, Operand, Operand),
    /// The same number in a wider lane.
    Widen(Operand),
}

/// One operation, and the lane of what it gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What it does.
    pub operation: Operation,
    /// What it gives.
    pub lane: Lane,
}

/// Steps in order; the last one's result is the program's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The steps. Each reads inputs, constants and steps before it.
    pub steps: Vec<Step>,
}

impl Program {
    /// Whether a step can do this operation on numbers of a lane.
    pub fn has(op: Arithmetic, lane: Lane) -> bool {
        match op {
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply => lane != Lane::Mask,
            Arithmetic::Divide => matches!(lane, Lane::Float32 | Lane::Float64),
            Arithmetic::FloorDivide | Arithmetic::TruncDivide | Arithmetic::Modulo => false,
        }
    }

    /// Whether a step can bring numbers of one lane to another: every number of the first, as the nearest of the
    /// second.
    pub fn widens(from: Lane, to: Lane) -> bool {
        matches!(
            (from, to),
            (Lane::Int32, Lane::Int64 | Lane::Float64)
                | (Lane::Int64, Lane::Float64)
                | (Lane::Float32, Lane::Float64)
        )
    }

    /// Whether a row's result is null where one of its inputs is, and nowhere else: no logic and no choice.
    pub fn is_strict(&self) -> bool {
        self.steps
            .iter()
            .all(|step| !matches!(step.operation, Operation::Logical(..) | Operation::Choose(..)))
    }

    /// The result for `len` rows of the inputs; `None` if an input is shorter, or a step reads what is not there, or is
    /// of no lane that its operation has.
    pub fn run(&self, inputs: &[Input<'_>], len: usize) -> Option<Output> {
        let fits = inputs.iter().all(|input| input.len() >= len);
        if !fits || self.steps.is_empty() || !(0..self.steps.len()).all(|i| self.is_valid(i, inputs)) {
            return None;
        }
        Some(run::run(self, inputs, len))
    }

    fn is_valid(&self, number: usize, inputs: &[Input<'_>]) -> bool {
        let lane_of = |operand: Operand| match operand {
            Operand::Input(i) => inputs.get(i).map(Input::lane),
            Operand::Constant(constant) => Some(constant.lane()),
            Operand::Step(earlier) if earlier < number => Some(self.steps[earlier].lane),
            Operand::Step(_) => None,
        };
        let Step { operation, lane } = self.steps[number];
        match operation {
            Operation::Arithmetic(op, a, b) => {
                Self::has(op, lane) && lane_of(a) == Some(lane) && lane_of(b) == Some(lane)
            }
            Operation::Compare(_, a, b) => {
                let side = lane_of(a);
                lane == Lane::Mask && side.is_some_and(|side| side != Lane::Mask) && lane_of(b) == side
            }
            Operation::Logical(_, a, b) => {
                lane == Lane::Mask && lane_of(a) == Some(Lane::Mask) && lane_of(b) == Some(Lane::Mask)
            }
            Operation::Not(a) => lane == Lane::Mask && lane_of(a) == Some(Lane::Mask),
            Operation::Choose(mask, a, b) => {
                lane_of(mask) == Some(Lane::Mask) && lane_of(a) == Some(lane) && lane_of(b) == Some(lane)
            }
            Operation::Widen(a) => lane_of(a).is_some_and(|from| Self::widens(from, lane)),
        }
    }
}
