//! Expressions of several steps on a morsel: in tiles, and a step at a time for all rows. Sums by group: each value
//! into its total, and into lanes.

use std::rc::Rc;

use hypostyle_core::{Column, DataType};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::boolean;
use hypostyle_kernels::compare::{Comparison, compare};
use hypostyle_kernels::select::select;
use hypostyle_kernels::tiles::{Constant, Input, Lane, Logical, Operand, Operation, Output, Program, Step};

use crate::harness::{Group, Prepare, Run};

const ROWS: usize = 1 << 16;
/// Morsels of one run, so that a run is long beside the clock.
const MORSELS: u64 = 64;

pub(crate) fn groups() -> Vec<Group> {
    let float =
        |k: usize| Rc::new((0..ROWS).map(|i| ((i * 7_919 + k) % 1_009) as f64 / 8.0).collect::<Vec<f64>>());
    let whole =
        |k: usize| Rc::new((0..ROWS).map(|i| ((i * 104_729 + k) % 2_003) as i64).collect::<Vec<i64>>());
    let floats = [float(1), float(500)];
    let wholes = [whole(3), whole(1_000)];
    let mut groups = vec![
        numbers(
            "a * b + a, of f64",
            &floats,
            |[a, b]| a * b + a,
            arithmetic_steps(Lane::Float64),
            |a, b| {
                let product = arithmetic(Arithmetic::Multiply, a, b, &DataType::Float64);
                product.and_then(|product| arithmetic(Arithmetic::Add, &product, a, &DataType::Float64))
            },
        ),
        numbers(
            "a * b + a, of i64",
            &wholes,
            |[a, b]| a * b + a,
            arithmetic_steps(Lane::Int64),
            |a, b| {
                let product = arithmetic(Arithmetic::Multiply, a, b, &DataType::Int64);
                product.and_then(|product| arithmetic(Arithmetic::Add, &product, a, &DataType::Int64))
            },
        ),
        numbers(
            "a if a > b else b, plus one, of i64",
            &wholes,
            |[a, b]| a.max(b) + 1,
            choice_steps(),
            |a, b| {
                let larger = compare(Comparison::Gt, a, b)?;
                let chosen = select(larger.values(), a, b)?;
                arithmetic(Arithmetic::Add, &chosen, &Column::from_vec(vec![1i64]), &DataType::Int64)
            },
        ),
        numbers(
            "a + b > 100 and a < b, of f64",
            &floats,
            |[a, b]| u8::from(a + b > 100.0 && a < b),
            logic_steps(),
            |a, b| {
                let sum = arithmetic(Arithmetic::Add, a, b, &DataType::Float64)?;
                let large = compare(Comparison::Gt, &sum, &Column::from_vec(vec![100.0]))?;
                boolean::and(&large, &compare(Comparison::Lt, a, b)?).map(Column::from_boolean)
            },
        ),
    ];
    groups.extend([4, 100, 1_000].map(sums));
    groups
}

fn step(operation: Operation, lane: Lane) -> Step {
    Step { operation, lane }
}

const A: Operand = Operand::Input(0);
const B: Operand = Operand::Input(1);

fn arithmetic_steps(lane: Lane) -> Vec<Step> {
    vec![
        step(Operation::Arithmetic(Arithmetic::Multiply, A, B), lane),
        step(Operation::Arithmetic(Arithmetic::Add, Operand::Step(0), A), lane),
    ]
}

fn choice_steps() -> Vec<Step> {
    let one = Operand::Constant(Constant::Int64(1));
    vec![
        step(Operation::Compare(Comparison::Gt, A, B), Lane::Mask),
        step(Operation::Choose(Operand::Step(0), A, B), Lane::Int64),
        step(Operation::Arithmetic(Arithmetic::Add, Operand::Step(1), one), Lane::Int64),
    ]
}

fn logic_steps() -> Vec<Step> {
    let hundred = Operand::Constant(Constant::Float64(100.0));
    vec![
        step(Operation::Arithmetic(Arithmetic::Add, A, B), Lane::Float64),
        step(Operation::Compare(Comparison::Gt, Operand::Step(0), hundred), Lane::Mask),
        step(Operation::Compare(Comparison::Lt, A, B), Lane::Mask),
        step(Operation::Logical(Logical::And, Operand::Step(1), Operand::Step(2)), Lane::Mask),
    ]
}

/// Values that programs read.
trait Value: Copy + 'static {
    fn input(values: &[Self]) -> Input<'_>;
    fn column(values: &[Self]) -> Column;
}

impl Value for f64 {
    fn input(values: &[Self]) -> Input<'_> {
        Input::Float64(values)
    }
    fn column(values: &[Self]) -> Column {
        Column::from_vec(values.to_vec())
    }
}

impl Value for i64 {
    fn input(values: &[Self]) -> Input<'_> {
        Input::Int64(values)
    }
    fn column(values: &[Self]) -> Column {
        Column::from_vec(values.to_vec())
    }
}

/// A result as a number: the sum of its values, of floats in parts of 128, so that fractions count.
trait Answer {
    fn scaled(self) -> u64;
}

impl Answer for f64 {
    fn scaled(self) -> u64 {
        (self * 128.0) as u64
    }
}

impl Answer for i64 {
    fn scaled(self) -> u64 {
        self as u64
    }
}

impl Answer for u8 {
    fn scaled(self) -> u64 {
        u64::from(self)
    }
}

fn of_column(column: &Column) -> u64 {
    match (column.as_primitive::<f64>(), column.as_primitive::<i64>(), column.as_boolean()) {
        (Some(a), ..) => a.values().iter().map(|v| v.scaled()).sum(),
        (_, Some(a), _) => a.values().iter().map(|v| v.scaled()).sum(),
        (_, _, Some(a)) => a.values().count_set() as u64,
        _ => 0,
    }
}

fn of_output(output: Option<Output>) -> u64 {
    match output {
        Some(Output::Float64(values)) => values.into_iter().map(Answer::scaled).sum(),
        Some(Output::Int64(values)) => values.into_iter().map(Answer::scaled).sum(),
        Some(Output::Mask(bits)) => bits.count_set() as u64,
        _ => 0,
    }
}

/// An expression over two columns in both forms, beside a loop that says what is right.
fn numbers<T: Value, R: Answer>(
    name: &str,
    inputs: &[Rc<Vec<T>>; 2],
    right: fn([T; 2]) -> R,
    steps: Vec<Step>,
    plain: fn(&Column, &Column) -> hypostyle_core::Result<Column>,
) -> Group {
    let [a, b] = inputs.clone();
    let answer = a.iter().zip(b.iter()).map(|(a, b)| right([*a, *b]).scaled()).sum();
    let program = Program { steps };
    let (x, y) = (T::column(&a), T::column(&b));
    let tiled: Prepare = Box::new(move || {
        Box::new(move |check| {
            let run = || program.run(&[T::input(&a), T::input(&b)], ROWS);
            if check {
                return of_output(run());
            }
            (0..MORSELS).map(|_| u64::from(std::hint::black_box(run()).is_some())).sum()
        }) as Run
    });
    let stepwise: Prepare = Box::new(move || {
        Box::new(move |check| {
            let run = || plain(&x, &y);
            if check {
                return run().map_or(0, |column| of_column(&column));
            }
            (0..MORSELS).map(|_| u64::from(std::hint::black_box(run()).is_ok())).sum()
        }) as Run
    });
    Group {
        name: format!("expressions: {name}"),
        bytes: 2 * 8 * ROWS as u64 * MORSELS,
        answer,
        forms: vec![("in tiles", tiled), ("a step at a time", stepwise)],
    }
}

/// Sums of `f64` by groups whose numbers are known.
fn sums(groups: usize) -> Group {
    let values: Rc<Vec<f64>> = Rc::new((0..ROWS).map(|i| (i % 64) as f64).collect());
    let ids: Rc<Vec<u32>> = Rc::new((0..ROWS).map(|i| (i * 7_919 % 65_537 % groups) as u32).collect());
    let answer = (values.iter().sum::<f64>()) as u64;
    let (v, g) = (values.clone(), ids.clone());
    let scattered: Prepare = Box::new(move || {
        Box::new(move |check| {
            let mut totals = vec![0.0; groups];
            for _ in 0..if check { 1 } else { MORSELS } {
                v.iter().zip(g.iter()).for_each(|(value, id)| totals[*id as usize] += value);
            }
            totals.iter().sum::<f64>() as u64
        }) as Run
    });
    let laned: Prepare = Box::new(move || {
        Box::new(move |check| {
            let mut lanes = vec![[0.0; 4]; groups];
            for _ in 0..if check { 1 } else { MORSELS } {
                for (values, ids) in values.chunks_exact(4).zip(ids.chunks_exact(4)) {
                    for lane in 0..4 {
                        lanes[ids[lane] as usize][lane] += values[lane];
                    }
                }
            }
            lanes.iter().flatten().sum::<f64>() as u64
        }) as Run
    });
    Group {
        name: format!("sums of {groups} groups"),
        bytes: 12 * ROWS as u64 * MORSELS,
        answer,
        forms: vec![("four lanes a group", laned), ("one total a group", scattered)],
    }
}
