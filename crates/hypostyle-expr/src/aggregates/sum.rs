//! `sum`, `mean`, `product`.

use std::any::Any;
use std::marker::PhantomData;

use hypostyle_core::{
    Array, Bitmap, Column, DataType, Error, Native, PrimitiveArray, Result, Scalar, with_native_type,
    with_primitive,
};

use super::{Aggregate, Arg, Ids, Signature, State, need, same};

pub(super) static AGGREGATES: &[&dyn Aggregate] = &[&Sum, &Mean, &Product];

/// The type of a sum: narrow integers widen to `Int64`, booleans count, decimals take all digits.
pub(crate) fn sum_type(dtype: &DataType) -> Result<DataType> {
    Ok(match dtype {
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => DataType::Int64,
        DataType::Boolean => DataType::UInt32,
        DataType::Decimal(_, scale) => DataType::Decimal(38, *scale),
        DataType::Null => DataType::Null,
        DataType::Duration(_) => dtype.clone(),
        other if other.is_numeric() => other.clone(),
        other => return Err(Error::invalid_operation(format!("`sum` is not defined for {other}"))),
    })
}

#[derive(Debug)]
struct Sum;

impl Aggregate for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("sum", args, 1)?;
        Ok(Signature::keep(args, sum_type(args[0].dtype)?))
    }

    fn state(&self, _args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(with_native_type!(
            output,
            |T| Box::new(Totals::<T, Adding> { values: Vec::new(), output: output.clone(), op: PhantomData }),
            else Box::new(Totals::<i64, Adding> { values: Vec::new(), output: output.clone(), op: PhantomData })
        ))
    }
}

#[derive(Debug)]
struct Product;

impl Aggregate for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("product", args, 1)?;
        let output = match args[0].dtype {
            DataType::Float32 => DataType::Float32,
            DataType::Float64 => DataType::Float64,
            DataType::UInt64 => DataType::UInt64,
            DataType::Int128 => DataType::Int128,
            d if d.is_integer() || matches!(d, DataType::Boolean | DataType::Null) => DataType::Int64,
            other => return Err(Error::invalid_operation(format!("`product` is not defined for {other}"))),
        };
        Ok(Signature { args: vec![output.clone()], output })
    }

    fn state(&self, _args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(with_native_type!(
            output,
            |T| Box::new(Totals::<T, Multiplying> { values: Vec::new(), output: output.clone(), op: PhantomData }),
            else return Err(Error::internal("product of no number"))
        ))
    }
}

/// How two values become one.
trait Fold: Send + Sync + std::fmt::Debug + 'static {
    const START: i128;
    fn float(a: f64, b: f64) -> f64;
    fn integer(a: i128, b: i128) -> i128;
}

#[derive(Debug)]
struct Adding;

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

#[derive(Debug)]
struct Multiplying;

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
struct Totals<T, F> {
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

impl<T: Native, F: Fold> Totals<T, F> {
    fn add<A: Native>(&mut self, array: &PrimitiveArray<A>, ids: Ids<'_>) {
        let convert = |v: A| if T::IS_FLOAT { T::from_f64(v.to_f64()) } else { T::from_i128(v.to_i128()) };
        match (&array.validity, ids) {
            (None, Ids::Single) => {
                self.values[0] = fold::<T, F>(self.values[0], fold_all::<T, F, A>(&array.values, convert));
            }
            (None, Ids::Each(ids)) => {
                for (value, id) in array.values.iter().zip(ids) {
                    let slot = &mut self.values[*id as usize];
                    *slot = fold::<T, F>(*slot, convert(*value));
                }
            }
            (Some(validity), _) => validity.for_each_set(|i| {
                let slot = &mut self.values[ids.get(i)];
                *slot = fold::<T, F>(*slot, convert(array.values[i]));
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

/// All values into one, in eight lanes: the order depends on the length alone.
fn fold_all<T: Native, F: Fold, A: Native>(values: &[A], convert: impl Fn(A) -> T) -> T {
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

impl<T: Native, F: Fold> State for Totals<T, F> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, T::from_i128(F::START));
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = hypostyle_kernels::select::broadcast(&args[0], len)?;
        with_primitive!(column.array(), |a: A| self.add(a, ids), else |array| match array {
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
        Ok(Column::from_primitive(self.output.clone(), PrimitiveArray::from_vec(values)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Mean;

impl Aggregate for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need("mean", args, 1)?;
        let dtype = args[0].dtype;
        let output = match dtype {
            DataType::Float32 => DataType::Float32,
            DataType::Date => DataType::Datetime(hypostyle_core::TimeUnit::Microseconds, None),
            DataType::Datetime(..) | DataType::Duration(_) | DataType::Time => dtype.clone(),
            DataType::Boolean | DataType::Null => DataType::Float64,
            d if d.is_numeric() => DataType::Float64,
            other => return Err(Error::invalid_operation(format!("`mean` is not defined for {other}"))),
        };
        let input = match dtype {
            DataType::Decimal(..) | DataType::Null | DataType::Boolean => DataType::Float64,
            DataType::Date => output.clone(),
            other => other.clone(),
        };
        Ok(Signature { args: vec![input], output })
    }

    fn state(&self, _args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Means { sums: Vec::new(), counts: Vec::new(), output: output.clone() }))
    }
}

/// Sums as `f64`, and counts.
#[derive(Debug)]
struct Means {
    sums: Vec<f64>,
    counts: Vec<u64>,
    output: DataType,
}

impl State for Means {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0.0);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = hypostyle_kernels::select::broadcast(&args[0], len)?;
        with_primitive!(column.array(), |a: A| match (&a.validity, ids) {
            (None, Ids::Single) => {
                self.sums[0] += fold_all::<f64, Adding, A>(&a.values, Native::to_f64);
                self.counts[0] += a.len() as u64;
            }
            (None, Ids::Each(ids)) => {
                for (value, id) in a.values.iter().zip(ids) {
                    self.sums[*id as usize] += value.to_f64();
                    self.counts[*id as usize] += 1;
                }
            }
            (Some(validity), _) => validity.for_each_set(|i| {
                let id = ids.get(i);
                self.sums[id] += a.values[i].to_f64();
                self.counts[id] += 1;
            }),
        }, else |_array| return Err(Error::internal("a mean of no number")));
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.sums[*to as usize] += other.sums[*from as usize];
            self.counts[*to as usize] += other.counts[*from as usize];
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let means = self.sums.iter().zip(&self.counts).map(|(s, c)| (*c > 0).then(|| s / *c as f64));
        let column = Column::from_options(means);
        let mode = hypostyle_kernels::cast::CastMode::NonStrict;
        hypostyle_kernels::cast::cast(&column, &self.output, mode)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
