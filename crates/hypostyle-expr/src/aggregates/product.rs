//! `product(x)`: null is passed over and NaN spreads; 1 of nothing; `product([2, null, 3]) = [6]`. Integers
//! give `Int64` and wrap; decimals are rounded to their scale at each step.

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result, Scalar, with_native_type};
use hypostyle_kernels::arithmetic::{divide_half_even, power_of_ten};
use hypostyle_kernels::select::broadcast;

use super::totals::{Multiplying, Totals};
use super::{Aggregate, Arg, Ids, Signature, State, need, not_defined, same};

/// `product(x)`
#[derive(Debug)]
pub(super) struct Product;

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
            DataType::Decimal(_, scale) => DataType::Decimal(38, *scale),
            d if d.is_integer() || *d == DataType::Boolean => DataType::Int64,
            other => return Err(not_defined("product", other)),
        };
        Ok(Signature { args: vec![output.clone()], output })
    }

    fn state(&self, _args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        if let DataType::Decimal(_, scale) = output {
            return Ok(Box::new(Decimals { values: Vec::new(), scale: *scale }));
        }
        Ok(with_native_type!(
            output,
            |T| Box::new(Totals::<T, Multiplying>::new(output)),
            else return Err(Error::internal("product of no number"))
        ))
    }
}

/// Products of decimals; none where one did not fit.
#[derive(Debug)]
struct Decimals {
    values: Vec<Option<i128>>,
    scale: u8,
}

impl Decimals {
    fn multiply(&mut self, group: usize, by: Option<i128>) {
        let product = self.values[group].zip(by).and_then(|(a, b)| a.checked_mul(b));
        self.values[group] = product.map(|p| divide_half_even(p, power_of_ten(self.scale)));
    }
}

impl State for Decimals {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, Some(power_of_ten(self.scale)));
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        for (i, value) in column.expect_primitive::<i128>()?.iter().enumerate() {
            if value.is_some() {
                self.multiply(ids.get(i), value);
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.multiply(*to as usize, other.values[*from as usize]);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let values: Option<Vec<i128>> = std::mem::take(&mut self.values).into_iter().collect();
        let values = values.ok_or_else(|| Error::overflow("a product does not fit 38 digits"))?;
        Ok(Column::from_primitive(DataType::Decimal(38, self.scale), PrimitiveArray::from_vec(values)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, decimals, texts};

    #[test]
    fn products() {
        let a = [Column::from_options([Some(2i8), None, Some(100), Some(3)])];
        check(col("a").product(), &a, "i64 [600]");
        check_groups(col("a").product(), &a, &[0, 1, 0, 2], "i64 [200, 1, 3]");
        check(col("a").product(), &[Column::from_vec(vec![1.5f32, 2.0])], "f32 [3.0]");
        check(col("a").product(), &[booleans([Some(true), Some(false)])], "i64 [0]");
        let d = [decimals(10, 2, [Some("1.5"), Some("2.25"), None])];
        check(col("a").product(), &d, "decimal[38,2] [3.38]");
        check_groups(col("a").product(), &d, &[1, 0, 2], "decimal[38,2] [2.25, 1.50, 1.00]");
        let large = decimals(38, 0, [Some("99999999999999999999999999999999999999"), Some("10")]);
        check_error(col("a").product(), &[large], "Overflow");
        check_error(col("a").product(), &[texts([None])], "InvalidOperation");
    }
}
