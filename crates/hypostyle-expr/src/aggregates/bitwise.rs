//! `bitwise_and(x)`, `bitwise_or(x)`, `bitwise_xor(x)`: the values of integers or booleans combined bit by bit. Null is
//! passed over, null of nothing; `bitwise_and([6, null, 3]) = [2]`.

use std::any::Any;
use std::fmt::Debug;
use std::marker::PhantomData;

use hypostyle_core::{BooleanArray, Column, DataType, Native, Result, Scalar, with_native_type};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, numbers, of_seen, read_numbers, read_truths, truths};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;
use crate::functions::params;

/// `bitwise_and(x)`
pub(super) const BITWISE_AND: Bitwise = Bitwise {
    name: "bitwise_and",
    docs: Docs::new("The bits that all values have.")
        .sql(&["bit_and"])
        .example(&["i64 [6, null, 3]"], "i64 [2]"),
    state: combined::<And>,
    repeats: true,
};
/// `bitwise_or(x)`
pub(super) const BITWISE_OR: Bitwise = Bitwise {
    name: "bitwise_or",
    docs: Docs::new("The bits that any value has.")
        .sql(&["bit_or"])
        .example(&["i64 [6, null, 3]"], "i64 [7]"),
    state: combined::<Or>,
    repeats: true,
};
/// `bitwise_xor(x)`
pub(super) const BITWISE_XOR: Bitwise = Bitwise {
    name: "bitwise_xor",
    docs: Docs::new("The bits that an odd number of values has.")
        .sql(&["bit_xor"])
        .example(&["i64 [6, null, 3]"], "i64 [5]"),
    state: combined::<Xor>,
    repeats: false,
};

#[derive(Debug)]
pub(super) struct Bitwise {
    name: &'static str,
    docs: Docs,
    state: fn(&DataType, &DataType) -> Box<dyn State>,
    /// Whether a value may come twice.
    repeats: bool,
}

impl Aggregate for Bitwise {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        Traits {
            ignores_nulls: true,
            ignores_order: true,
            ignores_repetitions: self.repeats,
            of_nulls: OfNulls::Null,
            infallible: true,
            ..Traits::default()
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = args[0].dtype;
        match dtype {
            DataType::Boolean => Ok(Signature { args: vec![DataType::UInt8], output: DataType::Boolean }),
            dtype if dtype.is_integer() => Ok(Signature::keep(args, dtype.clone())),
            dtype => Err(not_defined(self.name, dtype)),
        }
    }

    fn state(&self, args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok((self.state)(&args[0], output))
    }
}

/// An operation on the bits of two values, which are those of an integer of 128 bits for every type.
trait Operation: Debug + Send + Sync + 'static {
    /// What changes no value.
    const NEUTRAL: i128;

    fn of(a: i128, b: i128) -> i128;
}

#[derive(Debug)]
struct And;

impl Operation for And {
    const NEUTRAL: i128 = -1;

    fn of(a: i128, b: i128) -> i128 {
        a & b
    }
}

#[derive(Debug)]
struct Or;

impl Operation for Or {
    const NEUTRAL: i128 = 0;

    fn of(a: i128, b: i128) -> i128 {
        a | b
    }
}

#[derive(Debug)]
struct Xor;

impl Operation for Xor {
    const NEUTRAL: i128 = 0;

    fn of(a: i128, b: i128) -> i128 {
        a ^ b
    }
}

fn combined<O: Operation>(stored: &DataType, output: &DataType) -> Box<dyn State> {
    fn of<T: Native, O: Operation>(output: &DataType) -> Box<dyn State> {
        let output = output.clone();
        Box::new(Combined::<T, O> { values: Vec::new(), seen: Vec::new(), output, operation: PhantomData })
    }
    // The signature lets integers through alone.
    with_native_type!(stored, |T| of::<T, O>(output), else of::<u8, O>(output))
}

#[derive(Debug)]
struct Combined<T, O> {
    values: Vec<T>,
    seen: Vec<bool>,
    output: DataType,
    operation: PhantomData<O>,
}

#[inline(always)]
fn apply<T: Native, O: Operation>(a: T, b: T) -> T {
    T::from_i128(O::of(a.to_i128(), b.to_i128()))
}

impl<T: Native, O: Operation> Combined<T, O> {
    #[inline(always)]
    fn add(&mut self, group: usize, value: T) {
        self.values[group] = apply::<T, O>(self.values[group], value);
        self.seen[group] = true;
    }
}

impl<T: Native, O: Operation> State for Combined<T, O> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, T::from_i128(O::NEUTRAL));
        self.seen.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let array = column.expect_primitive::<T>()?;
        match (array.validity(), ids) {
            (None, Ids::Single) if len > 0 => {
                let all = array.values().iter().fold(T::from_i128(O::NEUTRAL), |a, b| apply::<T, O>(a, *b));
                self.add(0, all);
            }
            (None, _) => array.values().iter().enumerate().for_each(|(i, v)| self.add(ids.get(i), *v)),
            (Some(validity), _) => validity.for_each_set(|i| self.add(ids.get(i), array.values()[i])),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            if other.seen[*from as usize] {
                self.add(*to as usize, other.values[*from as usize]);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let array = of_seen(std::mem::take(&mut self.values), &self.seen)?;
        if self.output == DataType::Boolean {
            let (values, validity) = array.into_parts();
            let truths = values.iter().map(|value| value.to_i128() & 1 == 1).collect();
            return Ok(Column::from_boolean(BooleanArray::try_new(truths, validity)?));
        }
        Ok(Column::from_primitive(self.output.clone(), array))
    }

    fn size(&self) -> usize {
        bytes_of(&self.values) + bytes_of(&self.seen)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(vec![numbers(&self.values), truths(&self.seen)?])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.values = read_numbers(columns, 0)?;
        self.seen = read_truths(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{aggregate, col};
    use crate::expr::Expr;
    use crate::testing::{booleans, check, check_error, check_groups, dates};

    fn bits(name: &str) -> Expr {
        aggregate(name, [col("a")])
    }

    #[test]
    fn integers() {
        let a = [Column::from_options([Some(6i64), None, Some(3), Some(-4)])];
        check(bits("bitwise_and"), &a, "i64 [0]");
        check(bits("bitwise_or"), &a, "i64 [-1]");
        check(bits("bitwise_xor"), &a, "i64 [-7]");
        check_groups(bits("bitwise_and"), &a, &[0, 1, 0, 2], "i64 [2, null, -4]");
        check_groups(bits("bitwise_or"), &a, &[0, 1, 0, 2], "i64 [7, null, -4]");
        check_groups(bits("bitwise_xor"), &a, &[0, 1, 0, 0], "i64 [-7, null]");
        check(
            bits("bitwise_and"),
            &[Column::from_vec(vec![u128::MAX, 1 << 127])],
            &format!("u128 [{}]", 1u128 << 127),
        );
        check(bits("bitwise_xor"), &[Column::from_vec(vec![i8::MIN, -1])], "i8 [127]");
        check(bits("bitwise_and"), &[Column::empty(DataType::UInt16)], "u16 [null]");
    }

    #[test]
    fn booleans_and_no_others() {
        let a = [booleans([Some(true), None, Some(false), Some(true)])];
        check(bits("bitwise_and"), &a, "bool [false]");
        check(bits("bitwise_or"), &a, "bool [true]");
        check(bits("bitwise_xor"), &a, "bool [false]");
        check_groups(bits("bitwise_and"), &a, &[0, 1, 2, 0], "bool [true, null, false]");
        check_error(bits("bitwise_or"), &[Column::from_vec(vec![1.0])], "InvalidOperation");
        check_error(bits("bitwise_or"), &[dates([None])], "InvalidOperation");
    }
}
