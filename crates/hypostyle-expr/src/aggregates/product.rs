//! `product(x)`: null is passed over and NaN spreads; 1 of nothing; `product([2, null, 3]) = [6]`. Integers
//! give `Int64` and wrap; decimals are rounded to their scale at each step.

use hypostyle_core::{Column, DataType, Error, PrimitiveArray, Result, Scalar};
use hypostyle_kernels::arithmetic::{divide_half_even, power_of_ten};

use super::collected::{Collected, Finish};
use super::totals::{Multiplying, totals};
use super::{Aggregate, Arg, Param, Signature, State, Traits, not_defined};
use crate::docs::Docs;
use crate::functions::params;
use crate::tasks::Tasks;

/// `product(x)`
#[derive(Debug)]
pub(super) struct Product;

impl Aggregate for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("The product; 1 of nothing.")
            .sql(&["product"])
            .example(&["i64 [2, null, 3]"], "i64 [6]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        Traits { ignores_nulls: true, ..Traits::default() }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let output = match args[0].dtype {
            DataType::Float16 => DataType::Float16,
            DataType::Float32 => DataType::Float32,
            DataType::Float64 => DataType::Float64,
            DataType::UInt64 => DataType::UInt64,
            DataType::Int128 => DataType::Int128,
            DataType::UInt128 => DataType::UInt128,
            DataType::Decimal(_, scale) => DataType::Decimal(38, *scale),
            d if d.is_integer() || *d == DataType::Boolean => DataType::Int64,
            other => return Err(not_defined("product", other)),
        };
        Ok(Signature { args: vec![output.clone()], output })
    }

    fn state(&self, args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        if let DataType::Decimal(_, scale) = output {
            return Ok(Box::new(Collected::new(args.to_vec(), Decimals { scale: *scale })));
        }
        Ok(totals::<Multiplying>(output))
    }
}

/// Products of decimals, rounded factor by factor: the order of the rows counts.
#[derive(Debug)]
struct Decimals {
    scale: u8,
}

impl Finish for Decimals {
    fn finish(&self, columns: &[Column], offsets: &[u32], _: &dyn Tasks) -> Result<Column> {
        let array = columns[0].expect_primitive::<i128>()?;
        let one = power_of_ten(self.scale);
        let product = |bounds: &[u32]| {
            let mut factors = (bounds[0] as usize..bounds[1] as usize).filter_map(|row| array.get(row));
            let Some(first) = factors.next() else { return Some(one) };
            factors.try_fold(first, |product, factor| {
                let product = divide_half_even(product.checked_mul(factor)?, one);
                (product.unsigned_abs() < power_of_ten(38).unsigned_abs()).then_some(product)
            })
        };
        let products: Option<Vec<i128>> = offsets.windows(2).map(product).collect();
        let products = products.ok_or_else(|| Error::overflow("a product does not fit 38 digits"))?;
        Ok(Column::from_primitive(DataType::Decimal(38, self.scale), PrimitiveArray::from_vec(products)))
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
        let one = [decimals(38, 20, [Some("1"), Some("0.5")])];
        check_groups(
            col("a").product(),
            &one,
            &[0, 1],
            "decimal[38,20] [1.00000000000000000000, 0.50000000000000000000]",
        );
        let large = decimals(38, 0, [Some("99999999999999999999999999999999999999"), Some("10")]);
        check_error(col("a").product(), &[large], "Overflow");
        // A digit more than 38, which 128 bits hold.
        let sixes = format!("6{}", "0".repeat(37));
        check_error(col("a").product(), &[decimals(38, 0, [Some(sixes.as_str()), Some("2")])], "Overflow");
        check_error(col("a").product(), &[texts([None])], "InvalidOperation");
    }
}
