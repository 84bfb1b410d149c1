//! Python values to columns and back.

use hypostyle_core::{
    Array, BooleanBuilder, Column, DataType, Field, Native, PrimitiveBuilder, StringBuilder, TimeUnit, Value,
    with_native_type, with_primitive,
};
use hypostyle_kernels::cast::{CastMode, cast};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyAnyMethods, PyBool, PyBytes, PyDict, PyDictMethods, PyFloat, PyInt, PyList, PyListMethods, PyString,
    PyStringMethods, PyTuple, PyTypeMethods,
};
use pyo3::{Bound, IntoPyObjectExt, Py, PyAny, PyResult, Python, intern};

use crate::errors::{OrRaise, to_py};
use crate::series::PySeries;

/// The classes of the standard library that values have.
struct Classes {
    date: Py<PyAny>,
    datetime: Py<PyAny>,
    time: Py<PyAny>,
    timedelta: Py<PyAny>,
    decimal: Py<PyAny>,
    epoch: Py<PyAny>,
    epoch_utc: Py<PyAny>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

impl Classes {
    fn get(py: Python<'_>) -> PyResult<&Self> {
        CLASSES.get_or_try_init(py, || {
            let module = py.import("datetime")?;
            let class = |name: &str| module.getattr(name).map(Bound::unbind);
            let datetime = module.getattr("datetime")?;
            let utc = module.getattr("timezone")?.getattr("utc")?;
            Ok(Self {
                date: class("date")?,
                time: class("time")?,
                timedelta: class("timedelta")?,
                decimal: py.import("decimal")?.getattr("Decimal")?.unbind(),
                epoch: datetime.call1((1970, 1, 1))?.unbind(),
                epoch_utc: datetime.call1((1970, 1, 1, 0, 0, 0, 0, utc))?.unbind(),
                datetime: datetime.unbind(),
            })
        })
    }
}

/// What a Python value is. The value itself is read when its type is known.
enum Kind<'py> {
    Null,
    Boolean,
    Int,
    Float,
    String,
    Bytes,
    Date,
    Datetime,
    Time,
    Duration,
    Decimal,
    List(Vec<Bound<'py, PyAny>>),
    Dict(Bound<'py, PyDict>),
    Series(Bound<'py, PySeries>),
    /// A NumPy scalar: its type, and the plain value.
    Numpy(DataType, Bound<'py, PyAny>),
}

fn kind<'py>(value: &Bound<'py, PyAny>) -> PyResult<Kind<'py>> {
    if value.is_none() {
        return Ok(Kind::Null);
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(Kind::Boolean);
    }
    if value.is_exact_instance_of::<PyInt>() {
        return Ok(Kind::Int);
    }
    if value.is_exact_instance_of::<PyFloat>() {
        return Ok(Kind::Float);
    }
    if value.is_exact_instance_of::<PyString>() {
        return Ok(Kind::String);
    }
    let py = value.py();
    let classes = Classes::get(py)?;
    if value.is_instance(classes.datetime.bind(py))? {
        return Ok(Kind::Datetime);
    }
    if value.is_instance(classes.date.bind(py))? {
        return Ok(Kind::Date);
    }
    if value.is_instance(classes.time.bind(py))? {
        return Ok(Kind::Time);
    }
    if value.is_instance(classes.timedelta.bind(py))? {
        return Ok(Kind::Duration);
    }
    if value.is_instance(classes.decimal.bind(py))? {
        return Ok(Kind::Decimal);
    }
    let class = value.get_type();
    let module = class.module()?;
    if module == "numpy" {
        let item = value.call_method0(intern!(py, "item"))?;
        let name: String = value.getattr(intern!(py, "dtype"))?.getattr(intern!(py, "name"))?.extract()?;
        let dtype = match name.as_str() {
            "int8" => DataType::Int8,
            "int16" => DataType::Int16,
            "int32" => DataType::Int32,
            "int64" => DataType::Int64,
            "uint8" => DataType::UInt8,
            "uint16" => DataType::UInt16,
            "uint32" => DataType::UInt32,
            "uint64" => DataType::UInt64,
            "float16" => DataType::Float16,
            "float32" => DataType::Float32,
            "float64" => DataType::Float64,
            "bool" => DataType::Boolean,
            _ => return kind(&item),
        };
        return Ok(Kind::Numpy(dtype, item));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Kind::Int);
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(Kind::Float);
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Kind::String);
    }
    if value.is_instance_of::<PyBytes>() || class.name()? == "bytearray" {
        return Ok(Kind::Bytes);
    }
    if let Ok(items) = value.cast::<PyList>() {
        return Ok(Kind::List(items.iter().collect()));
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return Ok(Kind::List(items.try_iter()?.collect::<PyResult<_>>()?));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return Ok(Kind::Dict(dict.clone()));
    }
    if let Some(series) = as_series(value) {
        return Ok(Kind::Series(series));
    }
    if module == "numpy.ndarray" || class.name()? == "ndarray" {
        let items = value.call_method0(intern!(py, "tolist"))?;
        return kind(&items);
    }
    Err(PyTypeError::new_err(format!(
        "values of {} have no data type here",
        class.fully_qualified_name().map_or_else(|_| "this class".to_owned(), |n| n.to_string())
    )))
}

/// The Rust half of a Python `Series`.
pub(crate) fn as_series<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PySeries>> {
    if let Ok(series) = value.cast::<PySeries>() {
        return Some(series.clone());
    }
    let inner = value.getattr_opt(intern!(value.py(), "_s")).ok()??;
    inner.cast_into::<PySeries>().ok()
}

/// The data type of a value by itself; `None` for null.
fn infer_one(value: &Bound<'_, PyAny>, strict: bool) -> PyResult<Option<DataType>> {
    Ok(Some(match kind(value)? {
        Kind::Null => return Ok(None),
        Kind::Boolean => DataType::Boolean,
        Kind::Int => match value.extract::<i64>() {
            Ok(_) => DataType::Int64,
            Err(_) if value.extract::<u64>().is_ok() => DataType::UInt64,
            Err(_) if value.extract::<i128>().is_err() && value.extract::<u128>().is_ok() => {
                DataType::UInt128
            }
            Err(_) => DataType::Int128,
        },
        Kind::Float => DataType::Float64,
        Kind::String => DataType::String,
        Kind::Bytes => DataType::Binary,
        Kind::Date => DataType::Date,
        Kind::Datetime => DataType::Datetime(TimeUnit::Microseconds, zone_of(value)?.map(Into::into)),
        Kind::Time => DataType::Time,
        Kind::Duration => DataType::Duration(TimeUnit::Microseconds),
        Kind::Decimal => DataType::Decimal(38, decimal_parts(value)?.1),
        Kind::List(items) => DataType::list(infer(&items, strict)?),
        Kind::Series(series) => DataType::list(series.borrow().series.dtype().clone()),
        Kind::Numpy(dtype, _) => dtype,
        Kind::Dict(dict) => {
            let mut fields = Vec::new();
            for (name, item) in dict.iter() {
                let dtype = infer_one(&item, strict)?.unwrap_or(DataType::Null);
                fields.push(Field::new(name.extract::<String>()?, dtype));
            }
            DataType::Struct(fields)
        }
    }))
}

/// The name of a datetime's zone; `None` if it is naive.
fn zone_of(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let py = value.py();
    let zone = value.getattr(intern!(py, "tzinfo"))?;
    if zone.is_none() {
        return Ok(None);
    }
    match zone.getattr_opt(intern!(py, "key"))? {
        Some(key) if !key.is_none() => Ok(Some(key.extract()?)),
        // Fixed offsets have no name that a zone database knows: such values are kept in UTC.
        _ => Ok(Some("UTC".to_owned())),
    }
}

/// The data type of all values together. `strict`: that of the first that is not null, integers and decimals
/// widened as needed; otherwise the type that holds all.
pub(crate) fn infer(values: &[Bound<'_, PyAny>], strict: bool) -> PyResult<DataType> {
    let mut found: Option<DataType> = None;
    for value in values {
        let exact_int = value.is_exact_instance_of::<PyInt>();
        // The most common cases need no look at the value.
        match &found {
            Some(DataType::Float64) if value.is_exact_instance_of::<PyFloat>() => continue,
            Some(DataType::String) if value.is_exact_instance_of::<PyString>() => continue,
            Some(DataType::Int64) if exact_int && value.extract::<i64>().is_ok() => continue,
            _ => {}
        }
        let Some(dtype) = infer_one(value, strict)? else { continue };
        found = Some(match found {
            None => dtype,
            Some(before) if before == dtype => before,
            Some(before) => {
                join(&before, &dtype, strict).ok_or_else(|| unexpected(&before, &dtype, value))?
            }
        });
    }
    Ok(found.unwrap_or(DataType::Null))
}

fn unexpected(wanted: &DataType, found: &DataType, value: &Bound<'_, PyAny>) -> pyo3::PyErr {
    let shown = value.repr().map(|r| r.to_string()).unwrap_or_default();
    let shown: String = shown.chars().take(60).collect();
    PyTypeError::new_err(format!(
        "unexpected value while building a Series of type {wanted}: {shown} is of type {found}; pass `strict=False` \
         to convert values to a common type, or give the data type"
    ))
}

/// The type of a column that has held `before` and meets `next`.
fn join(before: &DataType, next: &DataType, strict: bool) -> Option<DataType> {
    use DataType as T;
    Some(match (before, next) {
        (T::Null, other) | (other, T::Null) => other.clone(),
        // The first type stays, as far as it can.
        (T::UInt128, T::Int64 | T::UInt64 | T::Int128) if strict => T::UInt128,
        (T::Int64 | T::UInt64 | T::Int128, T::UInt128) if strict => return None,
        (T::Int64 | T::UInt64 | T::Int128 | T::UInt128, T::Int64 | T::UInt64 | T::Int128 | T::UInt128) => {
            T::Int128
        }
        (T::Float64, T::Int64 | T::UInt64 | T::Int128 | T::UInt128 | T::Boolean) => T::Float64,
        (T::Int64 | T::UInt64 | T::Int128 | T::UInt128, T::Boolean) => before.clone(),
        (T::Decimal(_, a), T::Decimal(_, b)) => T::Decimal(38, *a.max(b)),
        (T::List(a), T::List(b)) => T::list(if a == b { (**a).clone() } else { join(a, b, strict)? }),
        (T::Struct(a), T::Struct(b)) => {
            let mut fields = a.clone();
            for field in b {
                match fields.iter_mut().find(|f| f.name == field.name) {
                    Some(known) if known.dtype == field.dtype => {}
                    Some(known) => known.dtype = join(&known.dtype, &field.dtype, strict)?,
                    None => fields.push(field.clone()),
                }
            }
            T::Struct(fields)
        }
        (T::Datetime(..), T::Datetime(u, Some(_))) => T::Datetime(*u, Some("UTC".into())),
        _ if strict => return None,
        (T::Boolean, n) | (n, T::Boolean) if n.is_numeric() => n.clone(),
        (T::Float64, n) | (n, T::Float64) if n.is_numeric() => T::Float64,
        (T::Decimal(..), n) | (n, T::Decimal(..)) if n.is_integer() => {
            if before.is_decimal() {
                before.clone()
            } else {
                next.clone()
            }
        }
        (a, b) if a.is_integer() && b.is_integer() => T::Int64,
        (T::Date, T::Datetime(..)) => next.clone(),
        (T::Datetime(..), T::Date) => before.clone(),
        (T::Binary, T::String) | (T::String, T::Binary) => T::Binary,
        (T::String, other) | (other, T::String) if !other.is_nested() => T::String,
        (T::Int64, T::Date) | (T::Date, T::Int64) => T::Int64,
        _ => return None,
    })
}

/// A column of the given type.
pub(crate) fn build(values: &[Bound<'_, PyAny>], dtype: &DataType, strict: bool) -> PyResult<Column> {
    match dtype {
        DataType::Int64 => {
            let mut builder = PrimitiveBuilder::<i64>::with_capacity(values.len());
            for value in values {
                if value.is_exact_instance_of::<PyInt>()
                    && let Ok(v) = value.extract::<i64>()
                {
                    builder.push(v);
                } else {
                    builder.push_option(match one(value, dtype, strict)? {
                        Value::Int(v) => Some(v as i64),
                        _ => None,
                    });
                }
            }
            Ok(builder.finish(DataType::Int64))
        }
        DataType::Float64 => {
            let mut builder = PrimitiveBuilder::<f64>::with_capacity(values.len());
            for value in values {
                if value.is_exact_instance_of::<PyFloat>() {
                    builder.push(value.extract()?);
                } else {
                    builder.push_option(match one(value, dtype, strict)? {
                        Value::Float(v) => Some(v),
                        _ => None,
                    });
                }
            }
            Ok(builder.finish(DataType::Float64))
        }
        DataType::String => {
            let mut builder = StringBuilder::with_capacity(values.len(), 0);
            for value in values {
                match value.cast_exact::<PyString>() {
                    Ok(text) => builder.push(&text.to_cow()?),
                    Err(_) => builder.push_option(match &one(value, dtype, strict)? {
                        Value::String(v) => Some(v),
                        _ => None,
                    }),
                }
            }
            Ok(builder.finish())
        }
        DataType::Boolean => {
            let mut builder = BooleanBuilder::new();
            for value in values {
                builder.push_option(match one(value, dtype, strict)? {
                    Value::Boolean(v) => Some(v),
                    _ => None,
                });
            }
            Ok(builder.finish())
        }
        DataType::Enum(_) => {
            let text = build(values, &DataType::String, strict)?;
            let mode = if strict { CastMode::Strict } else { CastMode::NonStrict };
            cast(&text, dtype, mode).or_raise()
        }
        _ => {
            let values = values.iter().map(|v| one(v, dtype, strict)).collect::<PyResult<Vec<_>>>()?;
            Column::from_scalars(dtype.clone(), values).or_raise()
        }
    }
}

/// One value as the type; what does not fit is a `TypeError` if `strict`, else converted or null.
pub(crate) fn one(value: &Bound<'_, PyAny>, dtype: &DataType, strict: bool) -> PyResult<Value> {
    let refused = |found: &DataType| {
        if strict { Err(unexpected(dtype, found, value)) } else { Ok(Value::Null) }
    };
    let py = value.py();
    Ok(match (kind(value)?, dtype) {
        (Kind::Null, _) | (_, DataType::Null) => Value::Null,
        (Kind::Numpy(_, item), _) => return one(&item, dtype, strict),
        (Kind::Boolean, DataType::Boolean) => Value::Boolean(value.extract()?),
        (Kind::Boolean, d) if d.is_integer() => Value::Int(i128::from(value.extract::<bool>()?)),
        (Kind::Boolean, d) if d.is_float() => Value::Float(if value.extract()? { 1.0 } else { 0.0 }),
        (Kind::Int, d) if d.is_integer() => match value.extract::<i128>() {
            Ok(v) if fits(v, d) => Value::Int(v),
            Ok(_) => return refused(&DataType::Int64),
            Err(_) if *d == DataType::UInt128 && value.extract::<u128>().is_ok() => {
                value.extract::<u128>()?.to_value()
            }
            Err(_) if strict => {
                return Err(PyOverflowError::new_err(format!(
                    "{} does not fit into 128 bits",
                    value.repr()?
                )));
            }
            Err(_) => Value::Null,
        },
        (Kind::Int | Kind::Float, d) if d.is_float() => Value::Float(narrowed(value.extract()?, d)),
        (Kind::Int, DataType::Decimal(precision, scale)) => {
            let unscaled = value.extract::<i128>().ok().and_then(|v| v.checked_mul(power(*scale)));
            return decimal(unscaled, *precision, dtype, strict, value);
        }
        // Temporal types take the number that they are stored as.
        (Kind::Int, d) if d.is_temporal() => Value::Int(value.extract::<i64>()?.into()),
        (Kind::String, DataType::String | DataType::Categorical | DataType::Enum(_)) => {
            Value::String(value.extract::<String>()?.into())
        }
        (Kind::Bytes, DataType::Binary) => Value::Binary(bytes(value)?.into()),
        (Kind::Date, DataType::Date) => Value::Int(days(value)?.into()),
        (Kind::Date, DataType::Datetime(unit, zone)) if zone.is_none() || !strict => {
            Value::Int(i128::from(days(value)?) * 86_400 * i128::from(unit.per_second()))
        }
        (Kind::Datetime, DataType::Datetime(unit, _)) => {
            let classes = Classes::get(py)?;
            let naive = value.getattr(intern!(py, "tzinfo"))?.is_none();
            let epoch = if naive { &classes.epoch } else { &classes.epoch_utc };
            Value::Int(
                microseconds(&value.sub(epoch.bind(py))?)?
                    .saturating_mul(i128::from(unit.per_second()))
                    .div_euclid(1_000_000),
            )
        }
        (Kind::Time, DataType::Time) => {
            let part = |name: &str| value.getattr(name)?.extract::<i128>();
            let seconds = (part("hour")? * 60 + part("minute")?) * 60 + part("second")?;
            Value::Int(seconds * 1_000_000_000 + part("microsecond")? * 1_000)
        }
        (Kind::Duration, DataType::Duration(unit)) => {
            let count = microseconds(value)? * i128::from(unit.per_second());
            // Polars drops what the unit cannot hold, towards zero.
            Value::Int(count / 1_000_000)
        }
        (Kind::Decimal, DataType::Decimal(precision, scale)) => {
            let (unscaled, found) = decimal_parts(value)?;
            let unscaled = if found <= *scale {
                unscaled.checked_mul(power(scale - found))
            } else {
                Some(rounded(unscaled, power(found - scale)))
            };
            return decimal(unscaled, *precision, dtype, strict, value);
        }
        (Kind::Decimal, d) if d.is_float() => Value::Float(narrowed(value.extract()?, d)),
        (Kind::Float, DataType::Decimal(precision, scale)) => {
            let scaled = value.extract::<f64>()? * 10f64.powi(i32::from(*scale));
            let unscaled = scaled.is_finite().then(|| scaled.round_ties_even() as i128);
            return decimal(unscaled, *precision, dtype, strict, value);
        }
        (Kind::List(items), DataType::Array(_, width)) if items.len() != *width => {
            return Err(other_width(items.len(), *width));
        }
        (Kind::Series(series), DataType::Array(_, width)) if series.borrow().series.len() != *width => {
            return Err(other_width(series.borrow().series.len(), *width));
        }
        (Kind::List(items), DataType::List(inner) | DataType::Array(inner, _)) => {
            Value::List(items.iter().map(|v| one(v, inner, strict)).collect::<PyResult<Vec<_>>>()?.into())
        }
        (Kind::Series(series), DataType::List(inner) | DataType::Array(inner, _)) => {
            let series = series.borrow();
            let mut items = Vec::with_capacity(series.series.len());
            for chunk in series.series.chunks() {
                let chunk = cast(chunk, inner, CastMode::Strict).or_raise()?;
                items.extend((0..chunk.len()).map(|i| chunk.value(i)));
            }
            Value::List(items.into())
        }
        (Kind::List(items), DataType::Struct(fields)) if items.len() == fields.len() => Value::List(
            items
                .iter()
                .zip(fields)
                .map(|(v, f)| one(v, &f.dtype, strict))
                .collect::<PyResult<Vec<_>>>()?
                .into(),
        ),
        (Kind::Dict(dict), DataType::Struct(fields)) => Value::List(
            fields
                .iter()
                .map(|field| match dict.get_item(&*field.name)? {
                    Some(item) => one(&item, &field.dtype, strict),
                    None => Ok(Value::Null),
                })
                .collect::<PyResult<Vec<_>>>()?
                .into(),
        ),
        // Anything else goes through a cast of the value by itself.
        (_, dtype) => {
            let found = infer_one(value, strict)?.unwrap_or(DataType::Null);
            let parsed = matches!((&found, dtype), (DataType::String, DataType::Decimal(..)));
            if strict && !parsed || found == *dtype || found.is_nested() {
                return refused(&found);
            }
            let column = build(std::slice::from_ref(value), &found, strict)?;
            match cast(&column, dtype, CastMode::NonStrict) {
                Ok(column) => column.value(0),
                Err(_) => Value::Null,
            }
        }
    })
}

fn other_width(found: usize, width: usize) -> pyo3::PyErr {
    let error = hypostyle_core::Error::compute(format!(
        "not all elements have the specified width {width}: one has {found}"
    ));
    to_py(error)
}

fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => bytes.extract(),
        Err(_) => value.py().import("builtins")?.getattr("bytes")?.call1((value,))?.extract(),
    }
}

fn fits(value: i128, dtype: &DataType) -> bool {
    with_native_type!(dtype, |T| <T as Native>::checked_from_i128(value).is_some(), else true)
}

fn narrowed(value: f64, dtype: &DataType) -> f64 {
    with_native_type!(dtype, |T| <T as Native>::from_f64(value).to_f64(), else value)
}

fn power(scale: u8) -> i128 {
    10i128.saturating_pow(u32::from(scale))
}

/// Half away from zero, as Polars rounds decimals on the way in.
fn rounded(value: i128, by: i128) -> i128 {
    let (quotient, rest) = (value / by, value % by);
    if rest.abs() * 2 >= by { quotient + value.signum() } else { quotient }
}

fn decimal(
    unscaled: Option<i128>,
    precision: u8,
    dtype: &DataType,
    strict: bool,
    value: &Bound<'_, PyAny>,
) -> PyResult<Value> {
    match unscaled.filter(|v| v.unsigned_abs() < power(precision).unsigned_abs()) {
        Some(v) => Ok(Value::Int(v)),
        None if strict => Err(unexpected(dtype, &DataType::Decimal(38, 0), value)),
        None => Ok(Value::Null),
    }
}

/// The digits of a `decimal.Decimal` as a number, and how many stand after the point.
fn decimal_parts(value: &Bound<'_, PyAny>) -> PyResult<(i128, u8)> {
    let py = value.py();
    let parts = value.call_method0(intern!(py, "as_tuple"))?;
    let (sign, digits, exponent): (u8, Vec<u8>, Bound<'_, PyAny>) = parts.extract()?;
    let Ok(exponent) = exponent.extract::<i32>() else {
        return Err(PyTypeError::new_err("NaN and infinity have no Decimal"));
    };
    let too_long = || PyOverflowError::new_err("a Decimal has at most 38 digits");
    let mut unscaled = 0i128;
    for digit in digits.into_iter().chain(std::iter::repeat_n(0, exponent.max(0) as usize)) {
        unscaled =
            unscaled.checked_mul(10).and_then(|v| v.checked_add(i128::from(digit))).ok_or_else(too_long)?;
    }
    let scale = u8::try_from((-exponent).max(0)).ok().filter(|s| *s <= 38).ok_or_else(too_long)?;
    Ok((if sign == 1 { -unscaled } else { unscaled }, scale))
}

fn days(value: &Bound<'_, PyAny>) -> PyResult<i32> {
    const EPOCH: i32 = 719_163;
    let ordinal: i32 = value.call_method0(intern!(value.py(), "toordinal"))?.extract()?;
    Ok(ordinal - EPOCH)
}

fn microseconds(delta: &Bound<'_, PyAny>) -> PyResult<i128> {
    let py = delta.py();
    let days: i128 = delta.getattr(intern!(py, "days"))?.extract()?;
    let seconds: i128 = delta.getattr(intern!(py, "seconds"))?.extract()?;
    let rest: i128 = delta.getattr(intern!(py, "microseconds"))?.extract()?;
    Ok((days * 86_400 + seconds) * 1_000_000 + rest)
}

/// Turns values of one column into Python objects; what a column needs is looked up once.
pub(crate) struct Reader<'py> {
    py: Python<'py>,
    classes: &'py Classes,
    zone: Option<Bound<'py, PyAny>>,
}

impl<'py> Reader<'py> {
    /// A reader for columns of the type.
    pub(crate) fn new(py: Python<'py>, dtype: &DataType) -> PyResult<Self> {
        let zone = match dtype {
            DataType::Datetime(_, Some(zone)) => {
                let class = py.import("zoneinfo")?.getattr("ZoneInfo")?;
                Some(class.call1((&**zone,))?)
            }
            _ => None,
        };
        Ok(Self { py, classes: Classes::get(py)?, zone })
    }

    /// Row `i` of a column.
    pub(crate) fn get(&self, column: &Column, i: usize) -> PyResult<Py<PyAny>> {
        let py = self.py;
        if column.is_null(i) {
            return Ok(py.None());
        }
        // What most columns hold needs no detour.
        match (column.dtype(), column.array()) {
            (DataType::Int64, Array::Int64(a)) => return a.values()[i].into_py_any(py),
            (DataType::Float64, Array::Float64(a)) => return a.values()[i].into_py_any(py),
            _ => {}
        }
        with_primitive!(column.array(), |_a: T| self.value(column.dtype(), &column.value(i)), match {
            Array::Null(_) => Ok(py.None()),
            Array::Boolean(a) => a.values().get(i).into_py_any(py),
            Array::Utf8(_) | Array::Dict(_) => column.str_at(i).into_py_any(py),
            Array::Binary(a) => PyBytes::new(py, a.value(i)).into_py_any(py),
            Array::List(a) => items(py, a.get(i)),
            Array::FixedList(a) => items(py, a.get(i)),
            Array::Struct(a) => {
                let DataType::Struct(fields) = column.dtype() else {
                    return Err(PyTypeError::new_err("a struct column of another type"));
                };
                let dict = PyDict::new(py);
                for (field, values) in fields.iter().zip(a.fields()) {
                    dict.set_item(&*field.name, Self::new(py, &field.dtype)?.get(values, i)?)?;
                }
                dict.into_py_any(py)
            }
        })
    }

    /// A value of a type that is stored as a number.
    fn value(&self, dtype: &DataType, value: &Value) -> PyResult<Py<PyAny>> {
        let py = self.py;
        let bound = |object: &Py<PyAny>| object.bind(py).clone();
        match (value, dtype) {
            (Value::Null, _) => Ok(py.None()),
            (Value::Boolean(v), _) => v.into_py_any(py),
            (Value::Float(v), _) => v.into_py_any(py),
            (Value::Int(v), DataType::Date) => {
                let date = bound(&self.classes.date);
                Ok(date.call_method1(intern!(py, "fromordinal"), (*v as i64 + 719_163,))?.unbind())
            }
            (Value::Int(v), DataType::Time) => {
                let v = *v as i64;
                let (seconds, micros) = (v / 1_000_000_000, v % 1_000_000_000 / 1_000);
                let parts = (seconds / 3_600, seconds / 60 % 60, seconds % 60, micros);
                Ok(bound(&self.classes.time).call1(parts)?.unbind())
            }
            (Value::Int(v), DataType::Duration(unit)) => Ok(self.delta(*v, *unit)?.unbind()),
            (Value::Int(v), DataType::Datetime(unit, _)) => {
                let delta = self.delta(*v, *unit)?;
                match &self.zone {
                    None => Ok(bound(&self.classes.epoch).add(delta)?.unbind()),
                    Some(zone) => {
                        let utc = bound(&self.classes.epoch_utc).add(delta)?;
                        Ok(utc.call_method1(intern!(py, "astimezone"), (zone,))?.unbind())
                    }
                }
            }
            (Value::Int(_), DataType::Decimal(..)) => {
                let text = hypostyle_core::Scalar::new(dtype.clone(), value.clone()).to_string();
                Ok(bound(&self.classes.decimal).call1((text,))?.unbind())
            }
            (Value::Int(v), _) => v.into_py_any(py),
            (Value::UInt128(v), _) => v.into_py_any(py),
            _ => Ok(py.None()),
        }
    }

    fn delta(&self, value: i128, unit: TimeUnit) -> PyResult<Bound<'py, PyAny>> {
        let micros = (value * 1_000_000).div_euclid(i128::from(unit.per_second()));
        self.classes.timedelta.bind(self.py).call1((0, 0, micros as i64))
    }
}

/// The values of one list.
fn items(py: Python<'_>, values: Option<Column>) -> PyResult<Py<PyAny>> {
    match values {
        Some(values) => Ok(list(py, std::slice::from_ref(&values))?.into_any().unbind()),
        None => Ok(py.None()),
    }
}

/// All rows as a Python list.
pub(crate) fn list<'py>(py: Python<'py>, chunks: &[Column]) -> PyResult<Bound<'py, PyList>> {
    let Some(first) = chunks.first() else { return Ok(PyList::empty(py)) };
    let reader = Reader::new(py, first.dtype())?;
    let mut items = Vec::with_capacity(chunks.iter().map(Column::len).sum());
    for chunk in chunks {
        for i in 0..chunk.len() {
            items.push(reader.get(chunk, i)?);
        }
    }
    PyList::new(py, items)
}
