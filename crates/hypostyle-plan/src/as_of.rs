//! As-of joins: their options, and what comes out of them.

use std::sync::Arc;

use hypostyle_core::{DataType, Error, Result, Scalar, Schema, TimeUnit, Value};
use hypostyle_expr::{Expr, bind};
use hypostyle_kernels::interval::Interval;

use crate::build::{JoinColumn, join_keys, key_position, schema_of, side_by_side};
use crate::plan::Plan;

/// On which side of a left key the key of its right row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOfStrategy {
    /// The last that is not larger.
    Backward,
    /// The first that is not smaller.
    Forward,
    /// The nearest, of two equally near the larger.
    Nearest,
}

/// The options of an as-of join.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AsOfOptions {
    /// Which right row is taken.
    pub strategy: AsOfStrategy,
    /// How far keys may be apart: a number in units of the keys, or a text such as `1h30m` for keys that are times.
    pub tolerance: Option<Scalar>,
    /// Whether equal keys match.
    pub allow_exact_matches: bool,
    /// Put after names of the right side that the left has too.
    pub suffix: Arc<str>,
    /// Whether a right key of the left key's name is left out.
    pub coalesce: bool,
    /// Whether keys out of order are an error; they are never looked for where rows have to agree in other keys.
    pub check_sortedness: bool,
}

impl Default for AsOfOptions {
    fn default() -> Self {
        Self {
            strategy: AsOfStrategy::Backward,
            tolerance: None,
            allow_exact_matches: true,
            suffix: "_right".into(),
            coalesce: true,
            check_sortedness: true,
        }
    }
}

/// How far keys may be apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// As far as they are.
    Any,
    /// So many units of whole numbers and times.
    Whole(i128),
    /// So much.
    Float(f64),
}

impl AsOfOptions {
    /// The tolerance between keys of a type.
    ///
    /// # Errors
    /// If it is no distance between such keys.
    pub fn tolerance_of(&self, dtype: &DataType) -> Result<Tolerance> {
        let Some(given) = self.tolerance.as_ref().filter(|given| !given.is_null()) else {
            return Ok(Tolerance::Any);
        };
        if let Value::String(text) = &given.value {
            return Ok(Tolerance::Whole(in_units(text, dtype)?));
        }
        match (dtype.is_float(), given.as_i128(), given.as_f64()) {
            (true, _, Some(value)) => Ok(Tolerance::Float(value.max(0.0))),
            (false, Some(value), _) => Ok(Tolerance::Whole(value.max(0))),
            (false, None, Some(value)) => Ok(Tolerance::Whole(value.max(0.0).floor() as i128)),
            _ => Err(Error::invalid_operation(format!(
                "`tolerance` is a number or a duration, not {}",
                given.dtype
            ))),
        }
    }
}

/// A duration in units of times.
fn in_units(text: &str, dtype: &DataType) -> Result<i128> {
    const DAY: i128 = 86_400_000_000_000;
    let interval = Interval::parse(text)?;
    if interval.months != 0 {
        return Err(Error::compute(format!(
            "`tolerance` is {text:?}, and months differ in length; give it in weeks, days or less"
        )));
    }
    let nanos = i128::from(interval.weeks * 7 + interval.days) * DAY + i128::from(interval.nanos);
    let unit = match dtype {
        DataType::Date => DAY,
        DataType::Time => 1,
        DataType::Datetime(unit, _) | DataType::Duration(unit) => match unit {
            TimeUnit::Nanoseconds => 1,
            TimeUnit::Microseconds => 1_000,
            TimeUnit::Milliseconds => 1_000_000,
        },
        other => {
            return Err(Error::invalid_operation(format!(
                "`tolerance` is the duration {text:?}, and keys are {other}; give it as a number"
            )));
        }
    };
    Ok(nanos.max(0) / unit)
}

/// The columns of an as-of join: those of the left side, and those of the right one but for keys that say the same.
pub fn as_of_columns(
    left: &Schema,
    right: &Schema,
    left_on: &[Expr],
    right_on: &[Expr],
    options: &AsOfOptions,
) -> Result<Vec<JoinColumn>> {
    let mut dropped = Vec::new();
    for (i, (l, r)) in left_on.iter().zip(right_on).enumerate() {
        let (l, r) = (key_position(left, l), key_position(right, r));
        let name = |schema: &Schema, key: Option<usize>| key.map(|key| schema.fields()[key].name.clone());
        let is_last = i + 1 == left_on.len();
        // The nearest key is another value, and is left out only where its name is taken.
        if !is_last || options.coalesce && name(left, l) == name(right, r) {
            dropped.extend(r);
        }
    }
    side_by_side(left, right, &[], &dropped, &options.suffix)
}

impl Plan {
    /// Puts the right row whose last key is nearest beside every left row.
    pub fn as_of_join(
        left: Arc<Plan>,
        right: Arc<Plan>,
        left_on: Vec<Expr>,
        right_on: Vec<Expr>,
        options: AsOfOptions,
    ) -> Result<Plan> {
        let (mut left_on, mut right_on) = join_keys("an as-of join", &left, &right, &left_on, &right_on)?;
        for (keys, side) in [(&mut left_on, &left), (&mut right_on, &right)] {
            let Some(key) = keys.pop() else { return Err(Error::internal("an as-of join has a key")) };
            let dtype = bind(&key, side.schema())?.dtype().clone();
            check_key(&dtype, &options)?;
            // False is less than true, and one away from it.
            keys.push(if dtype == DataType::Boolean { key.cast(DataType::UInt8) } else { key });
        }
        let columns = as_of_columns(left.schema(), right.schema(), &left_on, &right_on, &options)?;
        let schema = schema_of(&columns, &left, &right)?;
        Ok(Plan::AsOfJoin { left, right, left_on, right_on, options, schema })
    }
}

/// Whether keys of a type can be near each other.
fn check_key(dtype: &DataType, options: &AsOfOptions) -> Result<()> {
    let is_text = matches!(dtype, DataType::String | DataType::Binary);
    if !is_text && !dtype.is_numeric() && !dtype.is_temporal() && *dtype != DataType::Boolean {
        return Err(Error::invalid_operation(format!("an as-of join has no keys of {dtype}")));
    }
    if is_text && (options.strategy == AsOfStrategy::Nearest || options.tolerance.is_some()) {
        return Err(Error::invalid_operation(format!(
            "{dtype} keys have an order and no distance; an as-of join of them is backward or forward, without tolerance"
        )));
    }
    options.tolerance_of(dtype).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances() {
        let of = |given: Scalar, dtype: DataType| {
            AsOfOptions { tolerance: Some(given), ..AsOfOptions::default() }.tolerance_of(&dtype)
        };
        assert_eq!(of(2i64.into(), DataType::Int8).unwrap(), Tolerance::Whole(2));
        assert_eq!(of(1.5.into(), DataType::Int8).unwrap(), Tolerance::Whole(1));
        assert_eq!(of(1.5.into(), DataType::Float32).unwrap(), Tolerance::Float(1.5));
        assert_eq!(of("1d12h".into(), DataType::Date).unwrap(), Tolerance::Whole(1));
        let micros = DataType::Datetime(TimeUnit::Microseconds, None);
        assert_eq!(of("1ms".into(), micros.clone()).unwrap(), Tolerance::Whole(1_000));
        assert!(of("1mo".into(), micros).unwrap_err().to_string().contains("months"));
        assert!(of("1d".into(), DataType::Int64).unwrap_err().to_string().contains("as a number"));
        assert!(of(true.into(), DataType::Int64).is_err());
    }
}
