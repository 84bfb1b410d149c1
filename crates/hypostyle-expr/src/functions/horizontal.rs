//! Functions across columns, row by row.

use hypostyle_core::{Array, Column, DataType, Error, Field, Result, StringBuilder, StructArray};
use hypostyle_kernels::arithmetic::{Arithmetic, arithmetic};
use hypostyle_kernels::boolean;
use hypostyle_kernels::compare::{Comparison, compare};
use hypostyle_kernels::select::{broadcast, coalesce, select};

use super::{Arg, Function, Signature, common_type, flag, row, text};
use crate::bound::Evaluated;
use crate::types::supertype;

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &Extreme { name: "min_horizontal", keep_first: Comparison::LtEq },
    &Extreme { name: "max_horizontal", keep_first: Comparison::GtEq },
    &SumHorizontal,
    &MeanHorizontal,
    &Logic { name: "all_horizontal", all: true },
    &Logic { name: "any_horizontal", all: false },
    &ConcatText,
    &AsStruct,
];

fn common(name: &str, args: &[Arg<'_>]) -> Result<DataType> {
    common_type(args, supertype)
        .ok_or_else(|| Error::schema(format!("the arguments of `{name}` have no common type")))
}

/// The smallest or largest value of the row; null and NaN are passed over.
#[derive(Debug)]
struct Extreme {
    name: &'static str,
    keep_first: Comparison,
}

impl Function for Extreme {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = common(self.name, args)?;
        Ok(Signature { args: vec![dtype.clone(); args.len()], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let mut columns = args.iter().map(|a| broadcast(&a.column, len));
        let Some(first) = columns.next() else { return Err(Error::no_data("no arguments")) };
        let mut result = first?;
        for column in columns {
            let column = column?;
            let mut keep = compare(self.keep_first, &result, &column)?;
            if column.dtype().is_float() {
                // NaN is larger than all; as an extreme it yields to any number.
                let (a, b) = (is_nan(&result), is_nan(&column));
                let values = keep.values.zip(&b, |k, b| k | b).zip(&a, |k, a| k & !a);
                let both = a.zip(&b, |a, b| a & b);
                keep.values = values.zip(&both, |k, both| k | both);
            }
            // Where one is null the other stands.
            let chosen = select(&keep.truthy(), &result, &column)?;
            let both_valid = result.validity_or_full().zip(&column.validity_or_full(), |a, b| a & b);
            let other = coalesce(&[result, column])?;
            result = select(&both_valid, &chosen, &other)?;
        }
        Ok(result)
    }
}

fn is_nan(column: &Column) -> hypostyle_core::Bitmap {
    match (column.as_primitive::<f64>(), column.as_primitive::<f32>()) {
        (Some(a), _) => hypostyle_kernels::zip::test(a, f64::is_nan).values,
        (_, Some(a)) => hypostyle_kernels::zip::test(a, f32::is_nan).values,
        _ => hypostyle_core::Bitmap::constant(false, column.len()),
    }
}

/// The sum of the row; null counts as zero unless `ignore_nulls` (a trailing boolean literal) is false.
#[derive(Debug)]
struct SumHorizontal;

impl Function for SumHorizontal {
    fn name(&self) -> &'static str {
        "sum_horizontal"
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = match common("sum_horizontal", args)? {
            DataType::Boolean => DataType::UInt32,
            other => other,
        };
        Ok(Signature { args: vec![dtype.clone(); args.len()], output: dtype })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let zero = Column::from_scalar(&zero_of(output), 1);
        let mut total = broadcast(&zero, len)?;
        for arg in args {
            let filled = coalesce(&[arg.column.clone(), zero.clone()])?;
            total = arithmetic(Arithmetic::Add, &total, &filled, output)?;
        }
        Ok(total)
    }
}

fn zero_of(dtype: &DataType) -> hypostyle_core::Scalar {
    use hypostyle_core::{Scalar, Value};
    match dtype {
        DataType::Null => Scalar::null(DataType::Null),
        d if d.is_float() => Scalar::new(d.clone(), Value::Float(0.0)),
        d => Scalar::new(d.clone(), Value::Int(0)),
    }
}

/// The mean of the row's values that are not null.
#[derive(Debug)]
struct MeanHorizontal;

impl Function for MeanHorizontal {
    fn name(&self) -> &'static str {
        "mean_horizontal"
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let single = common("mean_horizontal", args)? == DataType::Float32;
        let output = if single { DataType::Float32 } else { DataType::Float64 };
        Ok(Signature { args: vec![DataType::Float64; args.len()], output })
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let mut builder = hypostyle_core::PrimitiveBuilder::<f64>::with_capacity(len);
        let columns = args.iter().map(|a| a.column.expect_primitive::<f64>()).collect::<Result<Vec<_>>>()?;
        for i in 0..len {
            let (mut sum, mut count) = (0.0, 0u32);
            for column in &columns {
                if let Some(v) = column.get(if column.len() == 1 { 0 } else { i }) {
                    sum += v;
                    count += 1;
                }
            }
            builder.push_option((count > 0).then(|| sum / f64::from(count)));
        }
        let mean = builder.finish(DataType::Float64);
        hypostyle_kernels::cast::cast(&mean, output, hypostyle_kernels::cast::CastMode::Strict)
    }
}

/// Kleene and/or of the row.
#[derive(Debug)]
struct Logic {
    name: &'static str,
    all: bool,
}

impl Function for Logic {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if let Some(arg) = args.iter().find(|a| !matches!(a.dtype, DataType::Boolean | DataType::Null)) {
            return Err(Error::invalid_operation(format!(
                "`{}` takes booleans, not {}",
                self.name, arg.dtype
            )));
        }
        Ok(Signature { args: vec![DataType::Boolean; args.len()], output: DataType::Boolean })
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let start = Column::from_scalar(&self.all.into(), len);
        let mut result = start.expect_boolean()?.clone();
        for arg in args {
            let next = arg.column.expect_boolean()?;
            result = if self.all { boolean::and(&result, next)? } else { boolean::or(&result, next)? };
        }
        Ok(Column::from_boolean(result))
    }
}

/// `concat_str(separator, ignore_nulls, a, b, …)`: text of the row, joined.
#[derive(Debug)]
struct ConcatText;

impl Function for ConcatText {
    fn name(&self) -> &'static str {
        "concat_str"
    }

    fn is_variadic(&self) -> bool {
        true
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let mut types = vec![DataType::String; args.len()];
        if let Some(dtype) = types.get_mut(args.len().saturating_sub(1)) {
            *dtype = DataType::Boolean;
        }
        Ok(Signature { args: types, output: DataType::String })
    }

    /// The last two arguments are the separator and whether nulls are left out.
    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let Some(count) = args.len().checked_sub(2) else {
            return Err(Error::internal("concat_str needs its options"));
        };
        let separator = text(args, count).unwrap_or_default();
        let ignore_nulls = flag(args, count + 1, false);
        let mut builder = StringBuilder::with_capacity(len, len * 8);
        let mut joined = String::new();
        for i in 0..len {
            joined.clear();
            let (mut first, mut null) = (true, false);
            for arg in &args[..count] {
                match arg.column.str_at(row(&arg.column, i)) {
                    Some(part) => {
                        if !first {
                            joined.push_str(&separator);
                        }
                        joined.push_str(part);
                        first = false;
                    }
                    None => null = true,
                }
            }
            if null && !ignore_nulls {
                builder.push_null();
            } else {
                builder.push(&joined);
            }
        }
        Ok(builder.finish())
    }
}

/// `as_struct(a, "a", b, "b", …)`: columns and their names by turns.
#[derive(Debug)]
struct AsStruct;

impl Function for AsStruct {
    fn name(&self) -> &'static str {
        "as_struct"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let fields = args
            .chunks(2)
            .map(|pair| {
                let name = pair.get(1).and_then(|a| a.literal).and_then(|l| l.as_str());
                name.map(|n| Field::new(n, pair[0].dtype.clone()))
                    .ok_or_else(|| Error::internal("as_struct needs a name for each column"))
            })
            .collect::<Result<Vec<_>>>()?;
        hypostyle_core::Schema::try_new(fields.clone())?;
        Ok(Signature::keep(args, DataType::Struct(fields)))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let columns =
            args.chunks(2).map(|pair| broadcast(&pair[0].column, len)).collect::<Result<Vec<_>>>()?;
        let array = StructArray::try_new(columns, len, None)?;
        Column::try_new(output.clone(), Array::Struct(array))
    }
}
