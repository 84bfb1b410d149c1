//! Sums, differences and products of decimals, a tile at a time, in 64 bits.
//!
//! Decimals are stored in 128 bits, but the numbers of most tables, and most of what is computed of them, fit into
//! half. A program takes every tile to `i64` first and keeps two things beside each register: a bound of its numbers,
//! so that one comparison for a tile proves that nothing overflows, and the digits after the point that the numbers
//! really have, which may be fewer than their type says. More digits cost nothing then, until the last step gives them,
//! and a product is rounded only where the factors' own digits are more than the type has: it is exact otherwise.
//!
//! What does not fit makes the whole program give nothing, and the caller takes the way of 128 bits. Tiles are those of
//! [`crate::tiles`]; programs know no nulls, as there.

use crate::arithmetic::power_of_ten;
use crate::simd;
use crate::tiles::{Side, TILE, each};

/// Digits that a decimal has at most.
const DIGITS: u8 = 38;

/// A column that a program reads, without its validity.
#[derive(Clone, Copy, Debug)]
pub enum DecimalInput<'a> {
    /// Integers.
    Int32(&'a [i32]),
    /// Integers.
    Int64(&'a [i64]),
    /// Decimals of this many digits after the point.
    Decimal(&'a [i128], u8),
}

/// What a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalOperand {
    /// A column, by its place among the inputs.
    Input(usize),
    /// The same number for every row, and its digits after the point.
    Constant(i128, u8),
    /// What an earlier step gave.
    Step(usize),
}

impl DecimalOperand {
    /// A constant with as few digits after the point as it has: the fewer they are the more fits into 64 bits.
    pub fn constant(mut value: i128, mut scale: u8) -> Self {
        while scale > 0 && value % 10 == 0 {
            (value, scale) = (value / 10, scale - 1);
        }
        Self::Constant(value, scale)
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalOperation {
    /// The sum.
    Add(DecimalOperand, DecimalOperand),
    /// The difference.
    Subtract(DecimalOperand, DecimalOperand),
    /// The product.
    Multiply(DecimalOperand, DecimalOperand),
    /// The same number as another type.
    Cast(DecimalOperand),
}

/// One operation and the type of what it gives: results are rounded half to even to its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecimalStep {
    /// What it does.
    pub operation: DecimalOperation,
    /// Digits.
    pub precision: u8,
    /// Digits after the point.
    pub scale: u8,
}

/// Steps in order; the last one's result is the program's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecimalProgram {
    /// The steps. Each reads inputs, constants and steps before it.
    pub steps: Vec<DecimalStep>,
}

/// Numbers of a tile: `numbers[row] / 10^scale`, none of them larger than `bound`.
#[derive(Clone, Copy)]
struct Numbers<'a> {
    rows: Side<'a, i64>,
    shape: Shape,
}

#[derive(Clone, Copy, Default)]
struct Shape {
    scale: u8,
    bound: u64,
}

#[derive(Default)]
struct Register {
    numbers: Vec<i64>,
    shape: Shape,
    /// Where the numbers are, if not here.
    same: Option<DecimalOperand>,
}

impl DecimalProgram {
    /// The result for `len` rows of the inputs; `None` if a number on the way does not fit into 64 bits or into its
    /// type, an input is shorter, or a step reads what is not there.
    pub fn run(&self, inputs: &[DecimalInput<'_>], len: usize) -> Option<Vec<i128>> {
        let last = self.steps.last()?;
        if inputs.iter().any(|input| input.len() < len) || self.steps.iter().any(|s| s.scale > DIGITS) {
            return None;
        }
        let register = || Register { numbers: vec![0; TILE.min(len)], ..Register::default() };
        let mut read: Vec<Register> = inputs.iter().map(|_| register()).collect();
        let mut made: Vec<Register> = self.steps.iter().map(|_| register()).collect();
        let mut out: Vec<i128> = Vec::with_capacity(len);
        for start in (0..len).step_by(TILE) {
            let rows = TILE.min(len - start);
            simd::dispatch(
                #[inline(always)]
                || {
                    for (input, register) in inputs.iter().zip(&mut read) {
                        register.shape = input.narrow(start, &mut register.numbers[..rows])?;
                    }
                    for (number, step) in self.steps.iter().enumerate() {
                        let (before, here) = made.split_at_mut(number);
                        step.run(&read, before, here.first_mut()?, rows)?;
                    }
                    let result = get(&read, &made, DecimalOperand::Step(self.steps.len() - 1), rows)?;
                    widen(result, rows, last, &mut out)
                },
            )?;
        }
        Some(out)
    }
}

impl DecimalInput<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Decimal(values, _) => values.len(),
        }
    }

    /// A tile as numbers of 64 bits.
    #[inline(always)]
    fn narrow(&self, start: usize, out: &mut [i64]) -> Option<Shape> {
        let rows = start..start + out.len();
        let mut bits = 0u64;
        let mut high = 0u64;
        let mut put = |out: &mut i64, value: i64| {
            // Of a negative number the one below its magnitude: all its bits are there, and it never overflows.
            bits |= (value ^ (value >> 63)) as u64;
            *out = value;
        };
        match self {
            Self::Int32(values) => {
                out.iter_mut().zip(&values[rows]).for_each(|(out, v)| put(out, i64::from(*v)));
            }
            Self::Int64(values) => out.iter_mut().zip(&values[rows]).for_each(|(out, v)| put(out, *v)),
            Self::Decimal(values, _) => {
                for (out, value) in out.iter_mut().zip(&values[rows]) {
                    let low = *value as i64;
                    high |= (*value >> 64) as u64 ^ (low >> 63) as u64;
                    put(out, low);
                }
            }
        }
        let scale = match self {
            Self::Decimal(_, scale) => *scale,
            _ => 0,
        };
        // The next power of two: at least one more than the largest magnitude less one.
        let bound = (u64::MAX >> bits.leading_zeros().min(63)).checked_add(1)?;
        (high == 0 && bound <= i64::MAX as u64).then_some(Shape { scale, bound })
    }
}

fn constant(value: i128, scale: u8) -> Option<Numbers<'static>> {
    let value = i64::try_from(value).ok()?;
    Some(Numbers { rows: Side::Constant(value), shape: Shape { scale, bound: value.unsigned_abs() } })
}

/// `10^digits` if 64 bits hold it.
fn factor(digits: u8) -> Option<i64> {
    i64::try_from(power_of_ten(digits)).ok()
}

/// A bound, if 64 bits hold the numbers and their negatives.
fn fit(bound: u128) -> Option<u64> {
    u64::try_from(bound).ok().filter(|bound| *bound <= i64::MAX as u64)
}

impl DecimalStep {
    #[inline(always)]
    fn run(&self, read: &[Register], before: &[Register], out: &mut Register, rows: usize) -> Option<()> {
        let get = |operand: DecimalOperand| get(read, before, operand, rows);
        let numbers = &mut out.numbers[..rows];
        out.same = None;
        let mut shape = match self.operation {
            DecimalOperation::Cast(a) => {
                let from = get(a)?;
                match from.rows {
                    _ if from.shape.scale <= self.scale => out.same = Some(a),
                    Side::Rows(values) => numbers.copy_from_slice(values),
                    Side::Constant(value) => numbers.fill(value),
                }
                from.shape
            }
            DecimalOperation::Multiply(a, b) => {
                let (a, b) = (get(a)?, get(b)?);
                each(a.rows, b.rows, numbers, i64::wrapping_mul);
                let bound = fit(u128::from(a.shape.bound) * u128::from(b.shape.bound))?;
                Shape { scale: a.shape.scale + b.shape.scale, bound }
            }
            DecimalOperation::Add(a, b) => add(get(a)?, get(b)?, numbers, i64::wrapping_add)?,
            DecimalOperation::Subtract(a, b) => add(get(a)?, get(b)?, numbers, i64::wrapping_sub)?,
        };
        if let Some(digits @ 1..) = shape.scale.checked_sub(self.scale) {
            round(numbers, digits)?;
            shape = Shape { scale: self.scale, bound: shape.bound / factor(digits)? as u64 + 1 };
        }
        // The number that the type's 128 bits would hold.
        let stored = u128::from(shape.bound).checked_mul(power_of_ten(self.scale - shape.scale) as u128)?;
        out.shape = shape;
        (stored < power_of_ten(self.precision) as u128).then_some(())
    }
}

/// What an operand stands for in a tile.
#[inline(always)]
fn get<'a>(
    read: &'a [Register],
    made: &'a [Register],
    mut operand: DecimalOperand,
    rows: usize,
) -> Option<Numbers<'a>> {
    loop {
        let register = match operand {
            DecimalOperand::Input(i) => read.get(i)?,
            DecimalOperand::Step(i) => made.get(i)?,
            DecimalOperand::Constant(value, scale) => return constant(value, scale),
        };
        match register.same {
            // A step before this one.
            Some(earlier) => operand = earlier,
            None => {
                return Some(Numbers { rows: Side::Rows(&register.numbers[..rows]), shape: register.shape });
            }
        }
    }
}

/// Numbers of different scales take the larger one.
#[inline(always)]
fn add(a: Numbers<'_>, b: Numbers<'_>, out: &mut [i64], op: impl Fn(i64, i64) -> i64) -> Option<Shape> {
    let scale = a.shape.scale.max(b.shape.scale);
    let (by_a, by_b) = (factor(scale - a.shape.scale)?, factor(scale - b.shape.scale)?);
    let scaled = |shape: Shape, by: i64| u128::from(shape.bound) * by as u128;
    let bound = fit(scaled(a.shape, by_a) + scaled(b.shape, by_b))?;
    match (by_a, by_b) {
        (1, 1) => each(a.rows, b.rows, out, op),
        (1, _) => each(a.rows, b.rows, out, |x, y| op(x, y * by_b)),
        _ => each(a.rows, b.rows, out, |x, y| op(x * by_a, y)),
    }
    Some(Shape { scale, bound })
}

/// Takes digits off. The divisor is known to the compiler, which multiplies instead.
#[inline(always)]
fn round(numbers: &mut [i64], digits: u8) -> Option<()> {
    macro_rules! by {
        ($($digits:literal),+) => {
            match digits {
                $($digits => numbers.iter_mut().for_each(|v| *v = divide::<{ 10i64.pow($digits) }>(*v)),)+
                _ => return None,
            }
        };
    }
    by!(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
    Some(())
}

/// `a / D`, rounded half to even; `D` is even.
#[inline(always)]
fn divide<const D: i64>(a: i64) -> i64 {
    let quotient = a / D;
    let rest = (a - quotient * D).abs();
    let up = rest > D / 2 || rest == D / 2 && quotient & 1 == 1;
    quotient + if up { a.signum() } else { 0 }
}

/// The numbers with all digits of the type.
#[inline(always)]
fn widen(numbers: Numbers<'_>, rows: usize, step: &DecimalStep, out: &mut Vec<i128>) -> Option<()> {
    let digits = step.scale.checked_sub(numbers.shape.scale)?;
    let values = match numbers.rows {
        Side::Rows(values) => values,
        Side::Constant(value) => {
            out.extend(std::iter::repeat_n(i128::from(value).checked_mul(power_of_ten(digits))?, rows));
            return Some(());
        }
    };
    match factor(digits).filter(|by| fit(u128::from(numbers.shape.bound) * *by as u128).is_some()) {
        Some(1) => out.extend(values.iter().map(|v| i128::from(*v))),
        Some(by) => out.extend(values.iter().map(|v| i128::from(v * by))),
        // The step saw that its type holds them.
        None => {
            let by = power_of_ten(digits);
            out.extend(values.iter().map(|v| i128::from(*v) * by));
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Array, Column, DataType, PrimitiveArray};
    use proptest::prelude::*;

    use super::*;
    use crate::arithmetic::{Arithmetic, arithmetic};
    use crate::cast::{CastMode, cast};
    use crate::select::broadcast;
    use crate::simd::each_isa;

    /// A program under construction beside what 128 bits give for each step, while they give something.
    struct Both {
        program: DecimalProgram,
        inputs: Vec<Column>,
        columns: Vec<Column>,
        len: usize,
    }

    impl Both {
        fn operand(&self, pick: u32) -> (DecimalOperand, Column) {
            let number = pick as usize / 4;
            match pick % 4 {
                0 => {
                    let (value, scale) =
                        [(1, 0), (100, 2), (-7, 2), (0, 3), (1_000_000, 6), (i128::MAX / 10, 4)][number % 6];
                    let column = PrimitiveArray::from_vec(vec![value]);
                    (
                        DecimalOperand::constant(value, scale),
                        Column::from_primitive(DataType::Decimal(38, scale), column),
                    )
                }
                1 | 2 if !self.columns.is_empty() => {
                    let step = number % self.columns.len();
                    (DecimalOperand::Step(step), self.columns[step].clone())
                }
                _ => {
                    let input = number % self.inputs.len();
                    (DecimalOperand::Input(input), self.inputs[input].clone())
                }
            }
        }

        /// The next step; whether 128 bits have a result.
        fn push(&mut self, kind: u32, scale: u8, precision: u8, picks: [u32; 2]) -> bool {
            let ((a, x), (b, y)) = (self.operand(picks[0]), self.operand(picks[1]));
            let (operation, precision, column) = if kind.is_multiple_of(4) {
                let precision = precision.max(scale);
                let whole = cast(&x, &DataType::Decimal(precision, scale), CastMode::NonStrict).ok();
                let lost = |c: &Column| c.null_count() > 0;
                (DecimalOperation::Cast(a), precision, whole.filter(|c| !lost(c)))
            } else {
                let dtype = DataType::Decimal(38, scale);
                let op = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply][kind as usize % 3];
                // Sides are of the result's scale, as `bind` makes them.
                let (sides, columns): (Vec<_>, Vec<_>) = [(a, &x), (b, &y)]
                    .into_iter()
                    .map(|(side, column)| {
                        let wide =
                            cast(column, &dtype, CastMode::NonStrict).ok().filter(|c| c.null_count() == 0);
                        self.program.steps.push(DecimalStep {
                            operation: DecimalOperation::Cast(side),
                            precision: 38,
                            scale,
                        });
                        self.columns.push(wide.clone().unwrap_or_else(|| column.clone()));
                        (DecimalOperand::Step(self.columns.len() - 1), wide)
                    })
                    .unzip();
                let column = match &columns[..] {
                    [Some(x), Some(y)] => arithmetic(op, x, y, &dtype).ok(),
                    _ => None,
                };
                let operation = match op {
                    Arithmetic::Add => DecimalOperation::Add(sides[0], sides[1]),
                    Arithmetic::Subtract => DecimalOperation::Subtract(sides[0], sides[1]),
                    _ => DecimalOperation::Multiply(sides[0], sides[1]),
                };
                (operation, 38, column)
            };
            self.program.steps.push(DecimalStep { operation, precision, scale });
            let Some(column) = column else { return false };
            self.columns.push(broadcast(&column, self.len).unwrap());
            true
        }
    }

    fn value() -> impl Strategy<Value = i128> {
        prop_oneof![
            -10i128..10,
            -100_000i128..100_000,
            -20_000_000_000i128..20_000_000_000,
            prop::num::i64::ANY.prop_map(i128::from),
            prop::sample::select(vec![i64::MAX.into(), i64::MIN.into(), 10i128.pow(37), 5, -15, 25, 0]),
        ]
    }

    fn input(column: &Column) -> DecimalInput<'_> {
        match (column.array(), column.dtype()) {
            (Array::Int32(array), _) => DecimalInput::Int32(array.values()),
            (Array::Int64(array), _) => DecimalInput::Int64(array.values()),
            (Array::Int128(array), DataType::Decimal(_, scale)) => {
                DecimalInput::Decimal(array.values(), *scale)
            }
            _ => unreachable!(),
        }
    }

    proptest! {
        #[test]
        fn tiles_agree_with_whole_columns(
            values in prop::collection::vec(value(), 1..40),
            small in 0u32..3,
            scales in [0u8..5, 0u8..9],
            steps in prop::collection::vec((any::<u32>(), 0u8..9, 1u8..=38, any::<[u32; 2]>()), 1..5),
            len in prop::sample::select(vec![0usize, 1, 5, 1_023, 1_024, 1_025, 2_500]),
        ) {
            let bound = [1_000i128, 1_000_000_000, i128::MAX][small as usize];
            let at = |i: usize, by: usize| values[(i * by + by) % values.len()] % bound;
            let mut inputs: Vec<Column> = scales.iter().enumerate().map(|(number, scale)| {
                let column = PrimitiveArray::from_vec((0..len).map(|i| at(i, number + 1)).collect());
                Column::from_primitive(DataType::Decimal(38, *scale), column)
            }).collect();
            inputs.push(Column::from_vec((0..len).map(|i| at(i, 7) as i32).collect::<Vec<_>>()));
            inputs.push(Column::from_vec((0..len).map(|i| at(i, 5) as i64).collect::<Vec<_>>()));
            let mut both = Both { program: DecimalProgram::default(), inputs: inputs.clone(), columns: Vec::new(), len };
            let fits = steps.into_iter().all(|(kind, scale, precision, picks)| both.push(kind, scale, precision, picks));
            let inputs: Vec<DecimalInput<'_>> = inputs.iter().map(input).collect();
            for _ in each_isa() {
                let found = both.program.run(&inputs, len);
                if len > 0 && !fits {
                    prop_assert_eq!(found, None);
                } else if let (Some(found), true) = (found, fits) {
                    let expected = both.columns.last().unwrap();
                    let expected = &expected.as_primitive::<i128>().unwrap().values()[..];
                    prop_assert_eq!(&found[..], expected, "{:?}", both.program);
                }
            }
        }
    }

    /// Prices times discounts times taxes: what the property may not be allowed to refuse.
    #[test]
    fn prices_fit() {
        let (price, rate) = (vec![10_494_950i128, 90_100, -5], vec![10i128, 0, 4]);
        let cast =
            |operand, scale| DecimalStep { operation: DecimalOperation::Cast(operand), precision: 38, scale };
        let steps = vec![
            cast(DecimalOperand::Input(0), 6),
            DecimalStep {
                operation: DecimalOperation::Subtract(
                    DecimalOperand::constant(100, 2),
                    DecimalOperand::Input(1),
                ),
                precision: 38,
                scale: 2,
            },
            DecimalStep {
                operation: DecimalOperation::Multiply(DecimalOperand::Step(0), DecimalOperand::Step(1)),
                precision: 38,
                scale: 6,
            },
        ];
        let inputs = [DecimalInput::Decimal(&price, 2), DecimalInput::Decimal(&rate, 2)];
        let mut program = DecimalProgram { steps };
        assert_eq!(program.run(&inputs, 3).unwrap(), [94_454_550_000, 901_000_000, -48_000]);
        program.steps[2].scale = 2;
        program.steps[0].scale = 2;
        // -0.048 is rounded to -0.05.
        assert_eq!(program.run(&inputs, 3).unwrap(), [9_445_455, 90_100, -5]);
        assert_eq!(program.run(&inputs, 4), None);
        let wide = [i128::from(i64::MAX) + 1, 0, 0];
        assert_eq!(program.run(&[DecimalInput::Decimal(&wide, 2), inputs[1]], 3), None);
    }
}
