//! `min(x)`, `max(x)`, `nan_min(x)`, `nan_max(x)`: null is passed over, null of nothing. NaN is passed over
//! unless all values are, or wins in the `nan_` forms; `max([1.0, NaN]) = [1.0]`. Text and other layouts pick
//! a row ([`super::picks`]).

use std::any::Any;

use hypostyle_core::{Column, DataType, Native, Result, Scalar, with_native_type};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, numbers, of_seen, read_numbers, read_truths, truths};
use super::picks::{Choice, Picks};
use super::{Aggregate, Arg, Ids, OfNulls, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;
use crate::functions::params;

/// `min(x)`
pub(crate) const MIN: Extreme = Extreme {
    name: "min",
    docs: Docs::new("The smallest value; NaN is passed over where there is a number.")
        .sql(&["min"])
        .example(&["i64 [3, null, 1]"], "i64 [1]"),
    largest: false,
    nan_wins: false,
};
/// `max(x)`
pub(crate) const MAX: Extreme = Extreme {
    name: "max",
    docs: Docs::new("The largest value; NaN is passed over where there is a number.")
        .sql(&["max"])
        .example(&["i64 [3, null, 1]"], "i64 [3]"),
    largest: true,
    nan_wins: false,
};
/// `nan_min(x)`
pub(super) const NAN_MIN: Extreme = Extreme {
    name: "nan_min",
    docs: Docs::new("The smallest value, NaN if there is one.")
        .example(&["f64 [1.5, NaN, null]"], "f64 [NaN]"),
    largest: false,
    nan_wins: true,
};
/// `nan_max(x)`
pub(super) const NAN_MAX: Extreme = Extreme {
    name: "nan_max",
    docs: Docs::new("The largest value, NaN if there is one.")
        .example(&["f64 [1.5, NaN, null]"], "f64 [NaN]"),
    largest: true,
    nan_wins: true,
};

#[derive(Debug)]
pub(crate) struct Extreme {
    name: &'static str,
    docs: Docs,
    largest: bool,
    nan_wins: bool,
}

impl Aggregate for Extreme {
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
        let ignores_order = !self.nan_wins;
        Traits {
            ignores_nulls: ignores_order,
            ignores_order,
            ignores_repetitions: ignores_order,
            of_nulls: if ignores_order { OfNulls::Null } else { OfNulls::Unknown },
            infallible: ignores_order,
            ..Traits::default()
        }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if args[0].dtype.is_nested() {
            return Err(not_defined(self.name, args[0].dtype));
        }
        Ok(Signature::keep(args, args[0].dtype.clone()))
    }

    fn state(&self, args: &[DataType], output: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let choice = if self.largest { Choice::Largest } else { Choice::Smallest };
        if output.is_categorical() {
            return Ok(Box::new(Picks::new(choice, args.to_vec())));
        }
        Ok(with_native_type!(
            output,
            |T| if self.largest {
                Box::new(Extremes::<T, true> { values: Vec::new(), seen: Vec::new(), nan_wins: self.nan_wins, output: output.clone() })
            } else {
                Box::new(Extremes::<T, false> { values: Vec::new(), seen: Vec::new(), nan_wins: self.nan_wins, output: output.clone() })
            },
            else Box::new(Picks::new(choice, args.to_vec()))
        ))
    }
}

#[derive(Debug)]
struct Extremes<T, const LARGEST: bool> {
    values: Vec<T>,
    seen: Vec<bool>,
    nan_wins: bool,
    output: DataType,
}

impl<T: Native, const LARGEST: bool> Extremes<T, LARGEST> {
    /// Whether `new` takes the place of `old`.
    #[inline(always)]
    fn wins(&self, new: T, old: T) -> bool {
        if T::IS_FLOAT && (new.is_nan() || old.is_nan()) {
            return if self.nan_wins { new.is_nan() } else { old.is_nan() };
        }
        if LARGEST { new > old } else { new < old }
    }

    #[inline(always)]
    fn offer(&mut self, id: usize, value: T) {
        if !self.seen[id] || self.wins(value, self.values[id]) {
            self.values[id] = value;
            self.seen[id] = true;
        }
    }
}

impl<T: Native, const LARGEST: bool> State for Extremes<T, LARGEST> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups, T::default());
        self.seen.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let array = column.expect_primitive::<T>()?;
        match array.validity() {
            None => array.values().iter().enumerate().for_each(|(i, v)| self.offer(ids.get(i), *v)),
            Some(validity) => validity.for_each_set(|i| self.offer(ids.get(i), array.values()[i])),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            if other.seen[*from as usize] {
                self.offer(*to as usize, other.values[*from as usize]);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let array = of_seen(std::mem::take(&mut self.values), &self.seen)?;
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
    use crate::testing::{booleans, check, check_error, check_groups, dates, decimals, lists, texts};

    #[test]
    fn nan_yields_or_wins() {
        let a = [Column::from_options([None, Some(f64::NAN), Some(1.0), Some(-2.0)])];
        check(col("a").min(), &a, "f64 [-2.0]");
        check(col("a").max(), &a, "f64 [1.0]");
        check(aggregate("nan_min", [col("a")]), &a, "f64 [NaN]");
        check(aggregate("nan_max", [col("a")]), &a, "f64 [NaN]");
        check(col("a").max(), &[a[0].slice(0, 2)], "f64 [NaN]");
        check(col("a").max(), &[a[0].slice(0, 1)], "f64 [null]");
        check_groups(col("a").max(), &a, &[0, 1, 1, 0], "f64 [-2.0, 1.0]");
        check_groups(aggregate("nan_max", [col("a")]), &a, &[0, 1, 1, 0], "f64 [-2.0, NaN]");
    }

    #[test]
    fn all_that_has_an_order() {
        check(col("a").max(), &[Column::from_vec(vec![200u8, 3])], "u8 [200]");
        check(col("a").min(), &[Column::from_vec(vec![i128::MIN, 3])], &format!("i128 [{}]", i128::MIN));
        check(col("a").min(), &[booleans([Some(true), None, Some(false)])], "bool [false]");
        check(col("a").max(), &[decimals(10, 2, [Some("1.5"), Some("2.25")])], "decimal[10,2] [2.25]");
        check(col("a").max(), &[dates([Some("2020-01-01"), None, Some("2020-01-04")])], "date [2020-01-04]");
        let a = [texts([Some("x"), Some("a"), None])];
        check(col("a").min(), &a, "str [\"a\"]");
        check_groups(col("a").max(), &a, &[0, 0, 1], "str [\"x\", null]");
        check(col("a").max(), &[Column::full_null(DataType::Null, 2)], "null [null]");
        check_error(col("a").max(), &[lists([None])], "InvalidOperation");
    }
}
