//! `sum(x)`: null is passed over and NaN spreads; 0 of nothing; `sum([1, null]) = [1]`. Integers of 8 and 16
//! bits add up to `Int64`, wider ones wrap; booleans count; decimals that do not fit 38 digits are an error.

use hypostyle_core::{DataType, Result, Scalar};

use super::decimal_sum::DecimalSums;
use super::totals::{Adding, totals};
use super::{Aggregate, Arg, OfNulls, Param, Signature, State, Traits, not_defined};
use crate::docs::Docs;
use crate::functions::params;

/// The type of a sum: narrow integers widen to `Int64`, booleans count, decimals take all digits.
pub(crate) fn sum_type(dtype: &DataType) -> Result<DataType> {
    Ok(match dtype {
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => DataType::Int64,
        DataType::Boolean => DataType::UInt32,
        DataType::Decimal(_, scale) => DataType::Decimal(38, *scale),
        DataType::Null => DataType::Null,
        DataType::Duration(_) => dtype.clone(),
        other if other.is_numeric() => other.clone(),
        other => return Err(not_defined("sum", other)),
    })
}

/// `sum(x)`
#[derive(Debug)]
pub(crate) struct Sum;

impl Aggregate for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs =
            Docs::new("The sum; 0 of nothing.").sql(&["sum"]).example(&["i64 [1, null, 3]"], "i64 [4]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn traits(&self) -> Traits {
        Traits {
            ignores_nulls: true,
            ignores_order: true,
            of_nulls: OfNulls::Zero,
            infallible: true,
            ..Traits::default()
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        Ok(Signature::keep(args, sum_type(args[0].dtype)?))
    }

    fn state(&self, _args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        if let DataType::Decimal(_, scale) = output {
            return Ok(Box::new(DecimalSums::new(*scale)));
        }
        Ok(totals::<Adding>(output))
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType, TimeUnit};

    use crate::dsl::col;
    use crate::testing::{booleans, check, check_error, check_groups, dates, decimals, typed};

    #[test]
    fn sums() {
        let a = [Column::from_options([Some(100i8), None, Some(100)])];
        check(col("a").sum(), &a, "i64 [200]");
        check_groups(col("a").sum(), &a, &[0, 1, 0], "i64 [200, 0]");
        check(col("a").sum(), &[Column::from_vec(vec![i32::MAX, 1])], "i32 [-2147483648]");
        check(col("a").sum(), &[Column::from_vec(vec![0.5f32, f32::NAN])], "f32 [NaN]");
        check(col("a").sum(), &[Column::empty(DataType::Float64)], "f64 [0.0]");
        check(col("a").sum(), &[booleans([Some(true), Some(true), None])], "u32 [2]");
        check(col("a").sum(), &[decimals(10, 2, [Some("1.5"), Some("2.25")])], "decimal[38,2] [3.75]");
        let span = typed(DataType::Duration(TimeUnit::Milliseconds), [Some(1i64), Some(5)]);
        check(col("a").sum(), &[span], "duration[ms] [6]");
        check_error(col("a").sum(), &[dates([None])], "InvalidOperation");
    }
}
