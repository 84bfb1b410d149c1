//! Nulls and NaN: tests, replacements, negation of booleans.

use hypostyle_core::{Array, BooleanArray, Column, DataType, Error, Native, Result, with_primitive};
use hypostyle_kernels::boolean;
use hypostyle_kernels::select::{coalesce, select};
use hypostyle_kernels::zip::test;

use super::{Arg, Function, Signature, common_type, expect_args};
use crate::bound::Evaluated;
use crate::types::relaxed_supertype;

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &NullTest { name: "is_null", null: true },
    &NullTest { name: "is_not_null", null: false },
    &FloatTest("is_nan", f64::is_nan, false),
    &FloatTest("is_not_nan", |v| !v.is_nan(), true),
    &FloatTest("is_finite", f64::is_finite, true),
    &FloatTest("is_infinite", f64::is_infinite, false),
    &Not,
    &FillNull,
    &FillNan,
    &Coalesce,
];

#[derive(Debug)]
struct NullTest {
    name: &'static str,
    null: bool,
}

impl Function for NullTest {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.name, args, 1..=1)?;
        Ok(Signature::keep(args, DataType::Boolean))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let valid = args[0].column.validity_or_full();
        if !self.null {
            return Ok(Column::from_bitmap(valid));
        }
        let array = BooleanArray { values: valid, validity: None };
        Ok(Column::from_boolean(boolean::not(&array)))
    }
}

/// A test of floats; numbers that are not floats have the answer of any finite number.
#[derive(Debug)]
struct FloatTest(&'static str, fn(f64) -> bool, bool);

impl Function for FloatTest {
    fn name(&self) -> &'static str {
        self.0
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args(self.0, args, 1..=1)?;
        let dtype = args[0].dtype;
        if !dtype.is_numeric() && *dtype != DataType::Null {
            return Err(Error::invalid_operation(format!("`{}` takes a number, not {dtype}", self.0)));
        }
        Ok(Signature::keep(args, DataType::Boolean))
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        let result: BooleanArray = with_primitive!(column.array(), |a: T| {
            if T::IS_FLOAT { test(a, |v| (self.1)(v.to_f64())) } else { test(a, |_| self.2) }
        }, else |_other| BooleanArray {
            values: hypostyle_core::Bitmap::constant(false, column.len()),
            validity: Some(hypostyle_core::Bitmap::constant(false, column.len())),
        });
        Ok(Column::from_boolean(result))
    }
}

#[derive(Debug)]
struct Not;

impl Function for Not {
    fn name(&self) -> &'static str {
        "not"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("not", args, 1..=1)?;
        match args[0].dtype {
            DataType::Boolean | DataType::Null => {
                Ok(Signature { args: vec![DataType::Boolean], output: DataType::Boolean })
            }
            dtype if dtype.is_integer() => Ok(Signature::keep(args, dtype.clone())),
            dtype => {
                Err(Error::invalid_operation(format!("`not` takes a boolean or an integer, not {dtype}")))
            }
        }
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        match args[0].column.array() {
            Array::Boolean(a) => Ok(Column::from_boolean(boolean::not(a))),
            array => with_primitive!(array, |a: T| {
                let flipped = hypostyle_kernels::zip::unary(a, |v| T::from_i128(!v.to_i128()));
                Ok(Column::from_primitive(output.clone(), flipped))
            }, else |_other| Err(Error::internal("not of no boolean"))),
        }
    }
}

/// `fill_null(x, value)`
#[derive(Debug)]
struct FillNull;

impl Function for FillNull {
    fn name(&self) -> &'static str {
        "fill_null"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("fill_null", args, 2..=2)?;
        let dtype = common_type(args, relaxed_supertype).ok_or_else(|| {
            Error::schema(format!("cannot fill nulls of {} with {}", args[0].dtype, args[1].dtype))
        })?;
        Ok(Signature { args: vec![dtype.clone(); 2], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        coalesce(&[args[0].column.clone(), args[1].column.clone()])
    }
}

/// `fill_nan(x, value)`
#[derive(Debug)]
struct FillNan;

impl Function for FillNan {
    fn name(&self) -> &'static str {
        "fill_nan"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        expect_args("fill_nan", args, 2..=2)?;
        let dtype = args[0].dtype;
        if !dtype.is_float() && *dtype != DataType::Null {
            return Ok(Signature::keep(args, dtype.clone()));
        }
        let float = if *dtype == DataType::Float32 { DataType::Float32 } else { DataType::Float64 };
        Ok(Signature { args: vec![float.clone(); 2], output: float })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        let column = &args[0].column;
        if !output.is_float() {
            return Ok(column.clone());
        }
        // Null is no NaN: the mask of a null row is its value's, which counts as kept.
        let mask = with_primitive!(column.array(), |a: T| test(a, |v| !Native::is_nan(v)).values,
            else |_other| return Err(Error::internal("fill_nan of no float")));
        let valid = column.validity_or_full();
        let keep = mask.zip(&valid, |not_nan, valid| not_nan | !valid);
        select(&keep, column, &args[1].column)
    }
}

/// `coalesce(a, b, …)`
#[derive(Debug)]
struct Coalesce;

impl Function for Coalesce {
    fn name(&self) -> &'static str {
        "coalesce"
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = common_type(args, relaxed_supertype)
            .ok_or_else(|| Error::schema("the arguments of `coalesce` have no common type"))?;
        Ok(Signature { args: vec![dtype.clone(); args.len()], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        coalesce(&args.iter().map(|a| a.column.clone()).collect::<Vec<_>>())
    }
}
