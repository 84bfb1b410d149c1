//! Arithmetic of several steps on `f64`, a tile at a time: what one step gives the next is still in the first-level cache.
//!
//! Evaluated column by column, every step writes a whole morsel and the next reads it back. Here a flat program runs over
//! tiles of rows with buffers that are used again for every tile (vectorized execution in the sense of Boncz, Zukowski,
//! Nes, "MonetDB/X100: hyper-pipelining query execution", CIDR 2005).

use crate::arithmetic::Arithmetic;
use crate::simd;

/// Rows of a tile: with a handful of buffers, below the size of a first-level cache.
const TILE: usize = 1_024;

/// What a step reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A column, by its place among the inputs.
    Input(usize),
    /// The same number for every row.
    Constant(f64),
    /// What an earlier step gave.
    Step(usize),
}

/// One operation: `+`, `-`, `*` or `/`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The operator.
    pub op: Arithmetic,
    /// Its left side.
    pub left: Operand,
    /// Its right side.
    pub right: Operand,
}

/// Steps in order; the last one's result is the program's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The steps. Each reads inputs, constants and steps before it.
    pub steps: Vec<Step>,
}

impl Program {
    /// Whether a step can do this operation.
    pub fn has(op: Arithmetic) -> bool {
        match op {
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply | Arithmetic::Divide => true,
            Arithmetic::FloorDivide | Arithmetic::TruncDivide | Arithmetic::Modulo => false,
        }
    }

    /// The result for `len` rows of the inputs; `None` if an input is shorter, or a step reads what is not there or has
    /// an operator that it cannot do.
    pub fn run(&self, inputs: &[&[f64]], len: usize) -> Option<Vec<f64>> {
        let fits = |operand: Operand, step: usize| match operand {
            Operand::Input(i) => inputs.get(i).is_some_and(|input| input.len() >= len),
            Operand::Constant(_) => true,
            Operand::Step(earlier) => earlier < step,
        };
        let valid =
            |(i, step): (usize, &Step)| fits(step.left, i) && fits(step.right, i) && Self::has(step.op);
        if self.steps.is_empty() || !self.steps.iter().enumerate().all(valid) {
            return None;
        }
        Some(simd::dispatch(
            #[inline(always)]
            || self.run_tiles(inputs, len),
        ))
    }

    #[inline(always)]
    fn run_tiles(&self, inputs: &[&[f64]], len: usize) -> Vec<f64> {
        let mut buffers = vec![[0.0; TILE]; self.steps.len()];
        let mut out = Vec::with_capacity(len);
        for start in (0..len).step_by(TILE) {
            let rows = TILE.min(len - start);
            for (i, step) in self.steps.iter().enumerate() {
                let (earlier, rest) = buffers.split_at_mut(i);
                let side = |operand: Operand| match operand {
                    Operand::Input(input) => Side::Rows(&inputs[input][start..start + rows]),
                    Operand::Constant(value) => Side::Constant(value),
                    Operand::Step(step) => Side::Rows(&earlier[step][..rows]),
                };
                apply(step.op, side(step.left), side(step.right), &mut rest[0][..rows]);
            }
            out.extend_from_slice(&buffers[self.steps.len() - 1][..rows]);
        }
        out
    }
}

enum Side<'a> {
    Rows(&'a [f64]),
    Constant(f64),
}

#[inline(always)]
fn apply(op: Arithmetic, left: Side<'_>, right: Side<'_>, out: &mut [f64]) {
    match op {
        Arithmetic::Add => each(left, right, out, |a, b| a + b),
        Arithmetic::Subtract => each(left, right, out, |a, b| a - b),
        Arithmetic::Multiply => each(left, right, out, |a, b| a * b),
        // The program was checked: it has no others.
        _ => each(left, right, out, |a, b| a / b),
    }
}

#[inline(always)]
fn each(left: Side<'_>, right: Side<'_>, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match (left, right) {
        (Side::Rows(a), Side::Rows(b)) => {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = f(*a, *b));
        }
        (Side::Rows(a), Side::Constant(b)) => out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a, b)),
        (Side::Constant(a), Side::Rows(b)) => out.iter_mut().zip(b).for_each(|(out, b)| *out = f(a, *b)),
        (Side::Constant(a), Side::Constant(b)) => out.fill(f(a, b)),
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};
    use proptest::prelude::*;

    use super::*;
    use crate::arithmetic::arithmetic;

    const OPS: [Arithmetic; 4] =
        [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide];

    proptest! {
        #[test]
        fn tiles_agree_with_whole_columns(
            steps in prop::collection::vec((0usize..4, 0usize..8, 0usize..8, any::<f64>()), 1..6),
            len in prop::sample::select(vec![0, 1, 7, 1_023, 1_024, 1_025, 5_000]),
            seed in any::<u32>(),
        ) {
            let value = |i: usize, k: usize| {
                let x = (i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed).rotate_left(k as u32 * 7);
                if x % 97 == 0 { f64::NAN } else { f64::from(x) / 1_000.0 - 2e6 }
            };
            let inputs: Vec<Vec<f64>> = (0..3).map(|k| (0..len).map(|i| value(i, k)).collect()).collect();
            let mut program = Program::default();
            let mut columns: Vec<Column> = Vec::new();
            for (i, (op, left, right, constant)) in steps.into_iter().enumerate() {
                let operand = |pick: usize| match pick {
                    0..=2 => Operand::Input(pick),
                    3 => Operand::Constant(constant),
                    _ if i > 0 => Operand::Step(pick % i),
                    _ => Operand::Input(0),
                };
                let column = |operand| match operand {
                    Operand::Input(k) => Column::from_vec(inputs[k].clone()),
                    Operand::Constant(value) => Column::from_vec(vec![value; len]),
                    Operand::Step(step) => columns[step].clone(),
                };
                let (left, right) = (operand(left), operand(right));
                let plain = arithmetic(OPS[op], &column(left), &column(right), &DataType::Float64).unwrap();
                program.steps.push(Step { op: OPS[op], left, right });
                columns.push(plain);
            }
            let slices: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
            let found = program.run(&slices, len).unwrap();
            let expected = columns[columns.len() - 1].expect_primitive::<f64>().unwrap();
            let bits = |v: &f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
            prop_assert!(found.iter().map(bits).eq(expected.values.iter().map(bits)));
        }
    }

    #[test]
    fn what_cannot_run_is_refused() {
        let step = |left, right| Step { op: Arithmetic::Add, left, right };
        let run = |steps| Program { steps }.run(&[&[1.0, 2.0]], 2);
        assert_eq!(run(vec![step(Operand::Input(0), Operand::Constant(1.0))]), Some(vec![2.0, 3.0]));
        assert_eq!(run(vec![]), None);
        assert_eq!(run(vec![step(Operand::Input(1), Operand::Constant(1.0))]), None);
        assert_eq!(run(vec![step(Operand::Step(0), Operand::Constant(1.0))]), None);
        let modulo = Step { op: Arithmetic::Modulo, ..step(Operand::Input(0), Operand::Input(0)) };
        assert_eq!(run(vec![modulo]), None);
    }
}
