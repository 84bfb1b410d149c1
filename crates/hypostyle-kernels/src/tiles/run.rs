//! Registers, and the loops that fill them. The program was checked: operands are there and of the right lanes.

use hypostyle_core::{Bitmap, Native};

use super::{Constant, Input, Lane, Logical, Operand, Operation, Output, Program, Step};
use crate::arithmetic::Arithmetic;
use crate::compare::{Comparison, equal, less, less_or_equal};
use crate::simd;
use crate::zip::pack_bytes;

/// Rows of a tile: with a handful of registers, below the size of a first-level cache. A multiple of 64.
pub(crate) const TILE: usize = 1_024;

/// One register for each step, in the bank of its lane; those in other banks are empty.
#[derive(Default)]
struct Registers {
    int32: Vec<Vec<i32>>,
    int64: Vec<Vec<i64>>,
    float32: Vec<Vec<f32>>,
    float64: Vec<Vec<f64>>,
    /// A byte a row, 0 or 1: masks are as wide as they are handy for loops over numbers.
    mask: Vec<Vec<u8>>,
    /// The truth values among the inputs, as bytes; the others are empty.
    mask_inputs: Vec<Vec<u8>>,
}

/// What stands in registers.
trait Value: Copy + Default + 'static {
    fn bank(registers: &Registers) -> &[Vec<Self>];
    fn bank_mut(registers: &mut Registers) -> &mut [Vec<Self>];
    /// The rows of an input from `start` on; nothing if it is of another lane.
    fn input<'a>(registers: &'a Registers, inputs: &[Input<'a>], number: usize, start: usize) -> &'a [Self];
    fn constant(constant: Constant) -> Self;
}

/// Numbers that steps compute with.
trait Number: Value + Native {
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    /// Of floats; integers are never divided.
    fn divide(self, other: Self) -> Self;
}

macro_rules! numbers {
    ($($t:ty, $lane:ident, $bank:ident, $add:expr, $subtract:expr, $multiply:expr, $divide:expr;)+) => {$(
        impl Value for $t {
            #[inline(always)]
            fn bank(registers: &Registers) -> &[Vec<Self>] {
                &registers.$bank
            }
            #[inline(always)]
            fn bank_mut(registers: &mut Registers) -> &mut [Vec<Self>] {
                &mut registers.$bank
            }
            #[inline(always)]
            fn input<'a>(_: &'a Registers, inputs: &[Input<'a>], number: usize, start: usize) -> &'a [Self] {
                match inputs[number] {
                    Input::$lane(values) => &values[start..],
                    _ => &[],
                }
            }
            #[inline(always)]
            fn constant(constant: Constant) -> Self {
                match constant {
                    Constant::$lane(value) => value,
                    _ => Self::default(),
                }
            }
        }

        impl Number for $t {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                $add(self, other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                $subtract(self, other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                $multiply(self, other)
            }
            #[inline(always)]
            fn divide(self, other: Self) -> Self {
                $divide(self, other)
            }
        }
    )+};
}

numbers! {
    i32, Int32, int32, i32::wrapping_add, i32::wrapping_sub, i32::wrapping_mul, |a, _| a;
    i64, Int64, int64, i64::wrapping_add, i64::wrapping_sub, i64::wrapping_mul, |a, _| a;
    f32, Float32, float32, |a, b| a + b, |a, b| a - b, |a, b| a * b, |a, b| a / b;
    f64, Float64, float64, |a, b| a + b, |a, b| a - b, |a, b| a * b, |a, b| a / b;
}

impl Value for u8 {
    #[inline(always)]
    fn bank(registers: &Registers) -> &[Vec<Self>] {
        &registers.mask
    }
    #[inline(always)]
    fn bank_mut(registers: &mut Registers) -> &mut [Vec<Self>] {
        &mut registers.mask
    }
    #[inline(always)]
    fn input<'a>(registers: &'a Registers, _: &[Input<'a>], number: usize, _: usize) -> &'a [Self] {
        &registers.mask_inputs[number]
    }
    #[inline(always)]
    fn constant(constant: Constant) -> Self {
        u8::from(constant == Constant::Mask(true))
    }
}

/// One side of an operation.
#[derive(Clone, Copy)]
pub(crate) enum Side<'a, T> {
    Rows(&'a [T]),
    Constant(T),
}

/// Where a program is.
struct Machine<'a> {
    program: &'a Program,
    inputs: &'a [Input<'a>],
    registers: Registers,
    start: usize,
    rows: usize,
}

/// The result for `len` rows of the inputs.
pub(super) fn run(program: &Program, inputs: &[Input<'_>], len: usize) -> Output {
    let mut machine = Machine { program, inputs, registers: Registers::default(), start: 0, rows: 0 };
    machine.registers.prepare(program, inputs, len);
    let last = program.steps.len() - 1;
    macro_rules! collect {
        ($lane:ident, $t:ty) => {{
            let mut out: Vec<$t> = Vec::with_capacity(len);
            machine.each_tile(len, |registers, rows| {
                out.extend_from_slice(&<$t>::bank(registers)[last][..rows]);
            });
            Output::$lane(out)
        }};
    }
    match program.steps[last].lane {
        Lane::Int32 => collect!(Int32, i32),
        Lane::Int64 => collect!(Int64, i64),
        Lane::Float32 => collect!(Float32, f32),
        Lane::Float64 => collect!(Float64, f64),
        Lane::Mask => {
            let mut words: Vec<u64> = Vec::with_capacity(len.div_ceil(64));
            machine.each_tile(len, |registers, rows| pack(&registers.mask[last][..rows], &mut words));
            Output::Mask(Bitmap::new(words.into(), 0, len))
        }
    }
}

/// Bytes of 0 or 1 as bits. All tiles but the last are multiples of 64.
fn pack(mask: &[u8], words: &mut Vec<u64>) {
    words.extend(mask.chunks(64).map(|chunk| {
        let mut bytes = [0u8; 64];
        bytes[..chunk.len()].copy_from_slice(chunk);
        pack_bytes(&bytes)
    }));
}

impl Registers {
    fn prepare(&mut self, program: &Program, inputs: &[Input<'_>], len: usize) {
        let rows = TILE.min(len);
        let steps = program.steps.len();
        self.int32 = vec![Vec::new(); steps];
        self.int64 = vec![Vec::new(); steps];
        self.float32 = vec![Vec::new(); steps];
        self.float64 = vec![Vec::new(); steps];
        self.mask = vec![Vec::new(); steps];
        for (i, step) in program.steps.iter().enumerate() {
            match step.lane {
                Lane::Int32 => self.int32[i] = vec![0; rows],
                Lane::Int64 => self.int64[i] = vec![0; rows],
                Lane::Float32 => self.float32[i] = vec![0.0; rows],
                Lane::Float64 => self.float64[i] = vec![0.0; rows],
                Lane::Mask => self.mask[i] = vec![0; rows],
            }
        }
        let masks = inputs.iter().map(|input| match input {
            Input::Mask(_) => vec![0; rows],
            _ => Vec::new(),
        });
        self.mask_inputs = masks.collect();
    }
}

impl Machine<'_> {
    fn each_tile(&mut self, len: usize, mut done: impl FnMut(&Registers, usize)) {
        let program = self.program;
        for start in (0..len).step_by(TILE) {
            self.start = start;
            self.rows = TILE.min(len - start);
            for (input, bytes) in self.inputs.iter().zip(&mut self.registers.mask_inputs) {
                if let Input::Mask(bits) = input {
                    unpack(bits, start, &mut bytes[..self.rows]);
                }
            }
            simd::dispatch(
                #[inline(always)]
                || {
                    for (number, step) in program.steps.iter().enumerate() {
                        self.step(number, *step);
                    }
                },
            );
            done(&self.registers, self.rows);
        }
    }

    #[inline(always)]
    fn side<T: Value>(&self, operand: Operand) -> Side<'_, T> {
        match operand {
            Operand::Input(i) => {
                Side::Rows(&T::input(&self.registers, self.inputs, i, self.start)[..self.rows])
            }
            Operand::Constant(constant) => Side::Constant(T::constant(constant)),
            Operand::Step(step) => Side::Rows(&T::bank(&self.registers)[step][..self.rows]),
        }
    }

    /// The lane of an operand.
    #[inline(always)]
    fn lane(&self, operand: Operand) -> Lane {
        match operand {
            Operand::Input(i) => self.inputs[i].lane(),
            Operand::Constant(constant) => constant.lane(),
            Operand::Step(step) => self.program.steps[step].lane,
        }
    }

    #[inline(always)]
    fn step(&mut self, number: usize, step: Step) {
        match step.operation {
            Operation::Arithmetic(op, a, b) => match step.lane {
                Lane::Int32 => self.fill::<i32>(number, |m, out| calculate(op, m.side(a), m.side(b), out)),
                Lane::Int64 => self.fill::<i64>(number, |m, out| calculate(op, m.side(a), m.side(b), out)),
                Lane::Float32 => self.fill::<f32>(number, |m, out| calculate(op, m.side(a), m.side(b), out)),
                Lane::Float64 => self.fill::<f64>(number, |m, out| calculate(op, m.side(a), m.side(b), out)),
                Lane::Mask => {}
            },
            Operation::Compare(op, a, b) => self.fill::<u8>(number, |m, out| match m.lane(a) {
                Lane::Int32 => compare::<i32>(op, m.side(a), m.side(b), out),
                Lane::Int64 => compare::<i64>(op, m.side(a), m.side(b), out),
                Lane::Float32 => compare::<f32>(op, m.side(a), m.side(b), out),
                Lane::Float64 => compare::<f64>(op, m.side(a), m.side(b), out),
                Lane::Mask => {}
            }),
            Operation::Logical(op, a, b) => self.fill::<u8>(number, |m, out| match op {
                Logical::And => each(m.side(a), m.side(b), out, |a: u8, b: u8| a & b),
                Logical::Or => each(m.side(a), m.side(b), out, |a: u8, b: u8| a | b),
                Logical::Xor => each(m.side(a), m.side(b), out, |a: u8, b: u8| a ^ b),
            }),
            Operation::Not(a) => {
                self.fill::<u8>(number, |m, out| {
                    each(m.side(a), Side::Constant(1), out, |a: u8, b: u8| a ^ b)
                });
            }
            Operation::Choose(mask, a, b) => match step.lane {
                Lane::Int32 => self.choose::<i32>(number, mask, a, b),
                Lane::Int64 => self.choose::<i64>(number, mask, a, b),
                Lane::Float32 => self.choose::<f32>(number, mask, a, b),
                Lane::Float64 => self.choose::<f64>(number, mask, a, b),
                Lane::Mask => self.choose::<u8>(number, mask, a, b),
            },
            Operation::Widen(a) => match (self.lane(a), step.lane) {
                (Lane::Int32, Lane::Int64) => {
                    self.fill(number, |m, out| widen::<i32, i64>(m.side(a), out, i64::from))
                }
                (Lane::Int32, Lane::Float64) => {
                    self.fill(number, |m, out| widen::<i32, f64>(m.side(a), out, f64::from))
                }
                (Lane::Int64, Lane::Float64) => {
                    self.fill(number, |m, out| widen::<i64, f64>(m.side(a), out, |v| v as f64))
                }
                (Lane::Float32, Lane::Float64) => {
                    self.fill(number, |m, out| widen::<f32, f64>(m.side(a), out, f64::from));
                }
                _ => {}
            },
        }
    }

    /// Takes a step's register out while `f` fills it from the others.
    #[inline(always)]
    fn fill<T: Value>(&mut self, number: usize, f: impl FnOnce(&Self, &mut [T])) {
        let mut out = std::mem::take(&mut T::bank_mut(&mut self.registers)[number]);
        f(self, &mut out[..self.rows]);
        T::bank_mut(&mut self.registers)[number] = out;
    }

    #[inline(always)]
    fn choose<T: Value>(&mut self, number: usize, mask: Operand, a: Operand, b: Operand) {
        self.fill::<T>(number, |m, out| {
            let mask = match m.side::<u8>(mask) {
                Side::Rows(mask) => mask,
                Side::Constant(chosen) => {
                    let side = m.side(if chosen == 1 { a } else { b });
                    return each(side, Side::Constant(T::default()), out, |a, _| a);
                }
            };
            // A mask of one bit: the compiler makes blends of it.
            let pick = |chosen: u8, a: T, b: T| if chosen != 0 { a } else { b };
            let rows = out.iter_mut().zip(mask);
            match (m.side::<T>(a), m.side::<T>(b)) {
                (Side::Rows(a), Side::Rows(b)) => {
                    rows.zip(a.iter().zip(b)).for_each(|((out, c), (a, b))| *out = pick(*c, *a, *b));
                }
                (Side::Rows(a), Side::Constant(b)) => {
                    rows.zip(a).for_each(|((out, c), a)| *out = pick(*c, *a, b));
                }
                (Side::Constant(a), Side::Rows(b)) => {
                    rows.zip(b).for_each(|((out, c), b)| *out = pick(*c, a, *b));
                }
                (Side::Constant(a), Side::Constant(b)) => rows.for_each(|(out, c)| *out = pick(*c, a, b)),
            }
        });
    }
}

/// Bits of a tile as bytes.
fn unpack(bits: &Bitmap, start: usize, bytes: &mut [u8]) {
    let tile = bits.slice(start, bytes.len());
    for (chunk, word) in bytes.chunks_mut(64).zip(tile.words()) {
        chunk.iter_mut().enumerate().for_each(|(bit, byte)| *byte = (word >> bit & 1) as u8);
    }
}

#[inline(always)]
fn calculate<T: Number>(op: Arithmetic, a: Side<'_, T>, b: Side<'_, T>, out: &mut [T]) {
    match op {
        Arithmetic::Add => each(a, b, out, T::add),
        Arithmetic::Subtract => each(a, b, out, T::subtract),
        Arithmetic::Multiply => each(a, b, out, T::multiply),
        // The program was checked: it has no others.
        _ => each(a, b, out, T::divide),
    }
}

#[inline(always)]
fn compare<T: Number>(op: Comparison, a: Side<'_, T>, b: Side<'_, T>, out: &mut [u8]) {
    match op {
        Comparison::Eq => each(a, b, out, |a, b| u8::from(equal(a, b))),
        Comparison::NotEq => each(a, b, out, |a, b| u8::from(!equal(a, b))),
        Comparison::Lt => each(a, b, out, |a, b| u8::from(less(a, b))),
        Comparison::LtEq => each(a, b, out, |a, b| u8::from(less_or_equal(a, b))),
        Comparison::Gt => each(a, b, out, |a, b| u8::from(less(b, a))),
        Comparison::GtEq => each(a, b, out, |a, b| u8::from(less_or_equal(b, a))),
    }
}

#[inline(always)]
fn widen<A: Value, B: Value>(a: Side<'_, A>, out: &mut [B], f: impl Fn(A) -> B) {
    match a {
        Side::Rows(a) => out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a)),
        Side::Constant(a) => out.fill(f(a)),
    }
}

#[inline(always)]
pub(crate) fn each<A: Copy, R>(a: Side<'_, A>, b: Side<'_, A>, out: &mut [R], f: impl Fn(A, A) -> R)
where
    R: Copy,
{
    match (a, b) {
        (Side::Rows(a), Side::Rows(b)) => {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = f(*a, *b));
        }
        (Side::Rows(a), Side::Constant(b)) => out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a, b)),
        (Side::Constant(a), Side::Rows(b)) => out.iter_mut().zip(b).for_each(|(out, b)| *out = f(a, *b)),
        (Side::Constant(a), Side::Constant(b)) => out.fill(f(a, b)),
    }
}
