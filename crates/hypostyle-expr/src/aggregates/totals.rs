//! The state of sums and products: one running value for every group.

use std::any::Any;
use std::marker::PhantomData;
use std::ops::AddAssign;

use hypostyle_core::{
    Array, Bitmap, Column, DataType, Error, Native, NumberClass, PrimitiveArray, Result, with_native_type,
    with_primitive,
};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, numbers, read_numbers};
use super::mean::Summing;
use super::{Ids, State, same};

/// How two values become one.
pub(super) trait Fold: Send + Sync + std::fmt::Debug + 'static {
    const START: i128;
    fn float(a: f64, b: f64) -> f64;
    fn integer(a: i128, b: i128) -> i128;
}

/// Sums; integers wrap.
#[derive(Debug)]
pub(super) struct Adding;

impl Fold for Adding {
    const START: i128 = 0;
    #[inline(always)]
    fn float(a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn integer(a: i128, b: i128) -> i128 {
        a.wrapping_add(b)
    }
}

/// Products; integers wrap.
#[derive(Debug)]
pub(super) struct Multiplying;

impl Fold for Multiplying {
    const START: i128 = 1;
    #[inline(always)]
    fn float(a: f64, b: f64) -> f64 {
        a * b
    }
    #[inline(always)]
    fn integer(a: i128, b: i128) -> i128 {
        a.wrapping_mul(b)
    }
}

/// Running totals of type `T`.
#[derive(Debug)]
pub(super) struct Totals<T, F> {
    values: Vec<T>,
    output: DataType,
    op: PhantomData<F>,
}

#[inline(always)]
fn fold<T: Native, F: Fold>(a: T, b: T) -> T {
    if T::IS_FLOAT {
        T::from_f64(F::float(a.to_f64(), b.to_f64()))
    } else {
        T::from_i128(F::integer(a.to_i128(), b.to_i128()))
    }
}

/// The state of totals of a type: of numbers, or of nothing but nulls.
pub(super) fn totals<F: Fold>(output: &DataType) -> Box<dyn State> {
    // Halves add up in a type with more digits.
    if *output == DataType::Float16 {
        return Box::new(Totals::<f64, F>::new(output));
    }
    with_native_type!(
        output,
        |T| Box::new(Totals::<T, F>::new(output)),
        else Box::new(Totals::<i64, F>::new(output))
    )
}

impl<T: Native, F: Fold> Totals<T, F> {
    pub(super) fn new(output: &DataType) -> Self {
        Self { values: Vec::new(), output: output.clone(), op: PhantomData }
    }

    /// Takes in an array. Where some rows are null, `each` is told the group of every other one.
    fn add<A: Native>(&mut self, array: &PrimitiveArray<A>, ids: Ids<'_>, mut each: impl FnMut(usize)) {
        let convert = |v: A| if T::IS_FLOAT { T::from_f64(v.to_f64()) } else { T::from_i128(v.to_i128()) };
        match (array.validity(), ids) {
            (None, Ids::Single) => {
                self.values[0] = fold::<T, F>(self.values[0], fold_all::<T, F, A>(array.values(), convert));
            }
            (None, Ids::Each(ids)) => {
                fold_groups::<T, F, A>(&mut self.values, array.values(), ids, convert);
            }
            (Some(validity), _) => validity.for_each_set(|i| {
                each(ids.get(i));
                let slot = &mut self.values[ids.get(i)];
                *slot = fold::<T, F>(*slot, convert(array.values()[i]));
            }),
        }
    }

    fn add_bits(&mut self, values: &Bitmap, ids: Ids<'_>) {
        values.for_each_set(|i| {
            let slot = &mut self.values[ids.get(i)];
            *slot = fold::<T, F>(*slot, T::from_i128(1));
        });
    }
}

/// Groups up to which totals are kept in lanes.
const LANED_GROUPS: usize = 128;
/// Totals of each of few groups: additions to the same total wait for each other, those to different lanes do not.
const LANES: usize = 4;

/// Each value into the total of its group. Which lane a value goes to depends on its place alone.
pub(super) fn fold_groups<T: Native, F: Fold, A: Native>(
    totals: &mut [T],
    values: &[A],
    ids: &[u32],
    convert: impl Fn(A) -> T,
) {
    let groups = totals.len();
    if groups > LANED_GROUPS || values.len() < groups * LANES {
        for (value, id) in values.iter().zip(ids) {
            let slot = &mut totals[*id as usize];
            *slot = fold::<T, F>(*slot, convert(*value));
        }
        return;
    }
    let mut lanes = vec![[T::from_i128(F::START); LANES]; groups];
    let mut add = |lane: usize, value: A, id: u32| {
        let slot = &mut lanes[id as usize][lane];
        *slot = fold::<T, F>(*slot, convert(value));
    };
    let (whole_values, whole_ids) = (values.chunks_exact(LANES), ids.chunks_exact(LANES));
    let rest = whole_values.remainder().iter().zip(whole_ids.remainder()).enumerate();
    for (values, ids) in whole_values.zip(whole_ids) {
        for lane in 0..LANES {
            add(lane, values[lane], ids[lane]);
        }
    }
    rest.for_each(|(lane, (value, id))| add(lane, *value, *id));
    for (total, lanes) in totals.iter_mut().zip(&lanes) {
        *total = lanes.iter().fold(*total, |a, b| fold::<T, F>(a, *b));
    }
}

/// Adds the number of rows of each group.
pub fn count_groups<C: AddAssign + From<u32>>(counts: &mut [C], ids: &[u32]) {
    let groups = counts.len();
    if groups > LANED_GROUPS || ids.len() < groups * LANES {
        ids.iter().for_each(|id| counts[*id as usize] += C::from(1));
        return;
    }
    let mut lanes = vec![[0u32; LANES]; groups];
    let whole = ids.chunks_exact(LANES);
    let rest = whole.remainder();
    for ids in whole {
        for lane in 0..LANES {
            lanes[ids[lane] as usize][lane] += 1;
        }
    }
    rest.iter().for_each(|id| lanes[*id as usize][0] += 1);
    for (count, lanes) in counts.iter_mut().zip(&lanes) {
        *count += C::from(lanes.iter().sum::<u32>());
    }
}

/// All values into one, in eight lanes: the order depends on the length alone.
pub(super) fn fold_all<T: Native, F: Fold, A: Native>(values: &[A], convert: impl Fn(A) -> T) -> T {
    let start = T::from_i128(F::START);
    let mut lanes = [start; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = fold::<T, F>(*lane, convert(*value));
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane = fold::<T, F>(*lane, convert(*value));
    }
    lanes.into_iter().fold(start, fold::<T, F>)
}

impl Summing for Totals<f64, Adding> {
    fn add_each(&mut self, column: &Column, ids: Ids<'_>, each: impl FnMut(usize)) -> Result<()> {
        with_primitive!(column.array(), |a: A| self.add(a, ids, each),
            else |_array| return Err(Error::internal("a mean of no number")));
        Ok(())
    }

    fn mean(&self, group: usize, count: u64) -> f64 {
        self.values[group] / count as f64
    }
}

/// Whether values of `A` have totals in `T`: in their own type, integers of 8 and 16 bits in `i64`, halves in `f64`.
const fn adds_up_in<A: Native, T: Native>() -> bool {
    let is_half = A::IS_FLOAT && size_of::<A>() == 2;
    let is_narrow = !A::IS_FLOAT && size_of::<A>() <= 2;
    let wide_total = size_of::<T>() == 8;
    let same = size_of::<A>() == size_of::<T>() && A::CLASS as u8 == T::CLASS as u8;
    same && !is_half
        || is_half && T::IS_FLOAT && wide_total
        || is_narrow && matches!(T::CLASS, NumberClass::Signed) && wide_total
}

impl<T: Native, F: Fold> State for Totals<T, F> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, T::from_i128(F::START));
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        // What the condition leaves out is not compiled: every type adds up in one or two.
        with_primitive!(column.array(), |a: A| if const { adds_up_in::<A, T>() } {
            self.add(a, ids, |_| ());
        } else {
            return Err(Error::internal("a total in a type of its own"));
        }, else |array| match array {
            Array::Boolean(a) => self.add_bits(&a.truthy(), ids),
            Array::Null(_) => {}
            _ => return Err(Error::internal("a total of no number")),
        });
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            let slot = &mut self.values[*to as usize];
            *slot = fold::<T, F>(*slot, other.values[*from as usize]);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let values = std::mem::take(&mut self.values);
        if self.output == DataType::Null {
            return Ok(Column::full_null(DataType::Null, values.len()));
        }
        if self.output == DataType::Float16 {
            // The total has more digits until it is complete.
            return cast(&Column::from_vec(values), &self.output, CastMode::NonStrict);
        }
        Ok(Column::from_primitive(self.output.clone(), PrimitiveArray::from_vec(values)))
    }

    fn size(&self) -> usize {
        bytes_of(&self.values)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(vec![numbers(&self.values)])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.values = read_numbers(columns, 0)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Adding, count_groups, fold_groups};

    #[test]
    fn lanes_agree_with_a_loop() {
        for (groups, rows) in [(1, 0), (1, 9), (3, 11), (3, 1_000), (128, 5_003), (129, 5_003)] {
            let ids: Vec<u32> = (0..rows).map(|i| (i * i % 1_009 % groups) as u32).collect();
            let values: Vec<f64> = (0..rows).map(|i| i as f64 / 4.0).collect();
            let (mut totals, mut counts) = (vec![1.0; groups], vec![1u32; groups]);
            fold_groups::<f64, Adding, f64>(&mut totals, &values, &ids, |v| v);
            count_groups(&mut counts, &ids);
            let (mut expected, mut expected_counts) = (vec![1.0; groups], vec![1; groups]);
            for (value, id) in values.iter().zip(&ids) {
                expected[*id as usize] += value;
                expected_counts[*id as usize] += 1;
            }
            assert_eq!((totals, counts), (expected, expected_counts), "{groups} groups, {rows} rows");
        }
    }
}
