//! Programs against the kernels that run one step for all rows.

use hypostyle_core::{Bitmap, BooleanArray, Column, DataType};
use proptest::prelude::*;

use super::*;
use crate::arithmetic::arithmetic;
use crate::boolean;
use crate::cast::{CastMode, cast};
use crate::compare::compare;
use crate::select::select;
use crate::simd::each_isa;

const LANES: [Lane; 5] = [Lane::Int32, Lane::Int64, Lane::Float32, Lane::Float64, Lane::Mask];

fn dtype(lane: Lane) -> DataType {
    match lane {
        Lane::Int32 => DataType::Int32,
        Lane::Int64 => DataType::Int64,
        Lane::Float32 => DataType::Float32,
        Lane::Float64 => DataType::Float64,
        Lane::Mask => DataType::Boolean,
    }
}

/// A number that is often special.
fn special(seed: u32) -> f64 {
    match seed % 13 {
        0 => f64::NAN,
        1 => 0.0,
        2 => -0.0,
        3 => f64::INFINITY,
        4 => f64::from(i32::MIN),
        5 => 9.3e18,
        _ => f64::from(seed) / 1_000.0 - 2e6,
    }
}

fn column(lane: Lane, len: usize, seed: u32) -> Column {
    let value = |i: usize| special((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed));
    match lane {
        Lane::Int32 => Column::from_vec((0..len).map(|i| value(i) as i32).collect::<Vec<_>>()),
        Lane::Int64 => Column::from_vec((0..len).map(|i| value(i) as i64).collect::<Vec<_>>()),
        Lane::Float32 => Column::from_vec((0..len).map(|i| value(i) as f32).collect::<Vec<_>>()),
        Lane::Float64 => Column::from_vec((0..len).map(value).collect::<Vec<_>>()),
        Lane::Mask => Column::from_bitmap((0..len).map(|i| value(i) > 0.0).collect()),
    }
}

fn constant(lane: Lane, seed: u32) -> (Constant, Column) {
    let one = column(lane, 1, seed);
    let constant = match one.array() {
        hypostyle_core::Array::Int32(a) => Constant::Int32(a.values()[0]),
        hypostyle_core::Array::Int64(a) => Constant::Int64(a.values()[0]),
        hypostyle_core::Array::Float32(a) => Constant::Float32(a.values()[0]),
        hypostyle_core::Array::Float64(a) => Constant::Float64(a.values()[0]),
        _ => Constant::Mask(one.as_boolean().unwrap().values().get(0)),
    };
    (constant, one)
}

fn input(column: &Column) -> Input<'_> {
    match column.array() {
        hypostyle_core::Array::Int32(a) => Input::Int32(a.values()),
        hypostyle_core::Array::Int64(a) => Input::Int64(a.values()),
        hypostyle_core::Array::Float32(a) => Input::Float32(a.values()),
        hypostyle_core::Array::Float64(a) => Input::Float64(a.values()),
        _ => Input::Mask(column.as_boolean().unwrap().values()),
    }
}

/// The bits of every row, all NaN alike.
fn bits(column: &Column) -> Vec<u64> {
    let float = |v: f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
    match column.array() {
        hypostyle_core::Array::Int32(a) => a.values().iter().map(|v| *v as u64).collect(),
        hypostyle_core::Array::Int64(a) => a.values().iter().map(|v| *v as u64).collect(),
        hypostyle_core::Array::Float32(a) => a.values().iter().map(|v| float(f64::from(*v))).collect(),
        hypostyle_core::Array::Float64(a) => a.values().iter().map(|v| float(*v)).collect(),
        _ => column.as_boolean().unwrap().values().iter().map(u64::from).collect(),
    }
}

fn output(found: Output) -> Column {
    match found {
        Output::Int32(values) => Column::from_vec(values),
        Output::Int64(values) => Column::from_vec(values),
        Output::Float32(values) => Column::from_vec(values),
        Output::Float64(values) => Column::from_vec(values),
        Output::Mask(bits) => Column::from_bitmap(bits),
    }
}

/// A program under construction beside what it should give: a column for each step.
struct Both {
    program: Program,
    inputs: Vec<Column>,
    columns: Vec<Column>,
    len: usize,
}

impl Both {
    /// An operand of a lane: an input, a constant, or a step if there is one.
    fn operand(&self, lane: Lane, pick: u32) -> (Operand, Column) {
        let steps: Vec<usize> =
            (0..self.columns.len()).filter(|i| self.program.steps[*i].lane == lane).collect();
        match pick % 4 {
            0 => {
                let (constant, column) = constant(lane, pick / 4);
                (Operand::Constant(constant), column)
            }
            1 | 2 if !steps.is_empty() => {
                let step = steps[pick as usize / 4 % steps.len()];
                (Operand::Step(step), self.columns[step].clone())
            }
            _ => {
                let own = LANES.iter().position(|l| *l == lane).unwrap();
                (Operand::Input(own), self.inputs[own].clone())
            }
        }
    }

    fn full(&self, column: Column) -> Column {
        crate::select::broadcast(&column, self.len).unwrap()
    }

    fn push(&mut self, kind: u32, lane: Lane, picks: [u32; 3]) {
        let boolean = |c: &Column| c.as_boolean().unwrap().clone();
        let (operation, lane, column) = match kind % 6 {
            0 | 1 if lane != Lane::Mask => {
                let op = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide]
                    [picks[2] as usize % if Program::has(Arithmetic::Divide, lane) { 4 } else { 3 }];
                let ((a, x), (b, y)) = (self.operand(lane, picks[0]), self.operand(lane, picks[1]));
                let column = arithmetic(op, &x, &y, &dtype(lane)).unwrap();
                (Operation::Arithmetic(op, a, b), lane, column)
            }
            2 if lane != Lane::Mask => {
                use Comparison::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
                let op = [Eq, NotEq, Lt, LtEq, Gt, GtEq][picks[2] as usize % 6];
                let ((a, x), (b, y)) = (self.operand(lane, picks[0]), self.operand(lane, picks[1]));
                let column = Column::from_boolean(compare(op, &x, &y).unwrap());
                (Operation::Compare(op, a, b), Lane::Mask, column)
            }
            3 => {
                let (mask, m) = self.operand(Lane::Mask, picks[0]);
                let ((a, x), (b, y)) = (self.operand(lane, picks[1]), self.operand(lane, picks[2]));
                let chosen = boolean(&self.full(m)).truthy();
                let column = select(&chosen, &x, &y).unwrap();
                (Operation::Choose(mask, a, b), lane, column)
            }
            4 if Program::widens(lane, Lane::Float64) => {
                let (a, x) = self.operand(lane, picks[0]);
                let column = cast(&x, &DataType::Float64, CastMode::Strict).unwrap();
                (Operation::Widen(a), Lane::Float64, column)
            }
            _ => {
                let ((a, x), (b, y)) =
                    (self.operand(Lane::Mask, picks[0]), self.operand(Lane::Mask, picks[1]));
                let (x, y) = (boolean(&x), boolean(&y));
                let (operation, array): (_, BooleanArray) = match picks[2] % 4 {
                    0 => (Operation::Logical(Logical::And, a, b), boolean::and(&x, &y).unwrap()),
                    1 => (Operation::Logical(Logical::Or, a, b), boolean::or(&x, &y).unwrap()),
                    2 => (Operation::Logical(Logical::Xor, a, b), boolean::xor(&x, &y).unwrap()),
                    _ => (Operation::Not(a), boolean::not(&x)),
                };
                (operation, Lane::Mask, Column::from_boolean(array))
            }
        };
        self.program.steps.push(Step { operation, lane });
        self.columns.push(self.full(column));
    }
}

proptest! {
    #[test]
    fn tiles_agree_with_whole_columns(
        steps in prop::collection::vec((any::<u32>(), 0usize..5, any::<[u32; 3]>()), 1..9),
        len in prop::sample::select(vec![0, 1, 7, 63, 64, 65, 1_023, 1_024, 1_025, 5_000]),
        seed in any::<u32>(),
    ) {
        let inputs: Vec<Column> = LANES.iter().map(|lane| column(*lane, len + 3, seed).slice(3, len)).collect();
        let mut both = Both { program: Program::default(), inputs: inputs.clone(), columns: Vec::new(), len };
        for (kind, lane, picks) in steps {
            both.push(kind, LANES[lane], picks);
        }
        let inputs: Vec<Input<'_>> = inputs.iter().map(input).collect();
        for _ in each_isa() {
            let found = output(both.program.run(&inputs, len).unwrap());
            prop_assert_eq!(bits(&found), bits(&both.columns[both.columns.len() - 1]), "{:?}", both.program);
        }
    }
}

#[test]
fn what_cannot_run_is_refused() {
    let values = [1.0, 2.0];
    let bits: Bitmap = [true, false].into_iter().collect();
    let add = |a, b, lane| Step { operation: Operation::Arithmetic(Arithmetic::Add, a, b), lane };
    let run = |steps: Vec<Step>| Program { steps }.run(&[Input::Float64(&values), Input::Mask(&bits)], 2);
    let one = Operand::Constant(Constant::Float64(1.0));
    let sum = run(vec![add(Operand::Input(0), one, Lane::Float64)]);
    assert!(matches!(sum, Some(Output::Float64(values)) if values == [2.0, 3.0]));
    assert!(run(vec![]).is_none());
    assert!(run(vec![add(Operand::Input(2), one, Lane::Float64)]).is_none());
    assert!(run(vec![add(Operand::Step(0), one, Lane::Float64)]).is_none());
    assert!(run(vec![add(Operand::Input(0), one, Lane::Int64)]).is_none());
    assert!(run(vec![add(Operand::Input(1), Operand::Input(1), Lane::Mask)]).is_none());
    let operation = Operation::Arithmetic(Arithmetic::Modulo, Operand::Input(0), one);
    assert!(run(vec![Step { operation, lane: Lane::Float64 }]).is_none());
    let operation = Operation::Compare(Comparison::Lt, Operand::Input(0), Operand::Input(1));
    assert!(run(vec![Step { operation, lane: Lane::Mask }]).is_none());
    let operation = Operation::Widen(Operand::Input(0));
    assert!(run(vec![Step { operation, lane: Lane::Int64 }]).is_none());
    let short = Program { steps: vec![add(Operand::Input(0), one, Lane::Float64)] };
    assert!(short.run(&[Input::Float64(&values)], 3).is_none());
}
