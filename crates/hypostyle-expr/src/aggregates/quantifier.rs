//! `any(x, ignore_nulls)`, `all(x, ignore_nulls)`: nulls are passed over, or by Kleene's logic where not
//! `ignore_nulls`; false and true of nothing; numbers are true where they are not 0; `all([true, null]) =
//! [true]`.

use std::any::Any;

use hypostyle_core::{BooleanArray, Column, DataType, MutableBitmap, Result, Scalar};
use hypostyle_kernels::select::broadcast;

use super::exported::{bytes_of, read_truths, truths};
use super::{Aggregate, Arg, Ids, Param, Signature, State, Traits, not_defined, same};
use crate::docs::Docs;
use crate::functions::params;

/// `any(x, ignore_nulls)`
pub(crate) const ANY: Quantifier = Quantifier {
    name: "any",
    docs: Docs::new("Whether any value is true; nulls are passed over.")
        .sql(&["bool_or"])
        .example(&["bool [false, null]"], "bool [false]"),
    all: false,
};
/// `all(x, ignore_nulls)`
pub(crate) const ALL: Quantifier = Quantifier {
    name: "all",
    docs: Docs::new("Whether all values are true; nulls are passed over.")
        .sql(&["bool_and"])
        .example(&["bool [true, null]"], "bool [true]"),
    all: true,
};

#[derive(Debug)]
pub(crate) struct Quantifier {
    name: &'static str,
    docs: Docs,
    all: bool,
}

impl Aggregate for Quantifier {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[params::column("x"), params::flag("ignore_nulls", true)];
        PARAMS
    }

    fn traits(&self) -> Traits {
        Traits { ignores_order: true, ignores_repetitions: true, ..Traits::default() }
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if !args[0].dtype.is_numeric() && !matches!(args[0].dtype, DataType::Boolean | DataType::Null) {
            return Err(not_defined(self.name, args[0].dtype));
        }
        Ok(Signature { args: vec![DataType::Boolean; args.len()], output: DataType::Boolean })
    }

    fn state(&self, _: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let ignore_nulls = constants.get(1).and_then(|c| c.as_ref()?.as_bool()).unwrap_or(true);
        Ok(Box::new(Quantified { decided: Vec::new(), unknown: Vec::new(), all: self.all, ignore_nulls }))
    }
}

/// Whether a value was seen that decides the answer, and whether a null was.
#[derive(Debug)]
struct Quantified {
    decided: Vec<bool>,
    unknown: Vec<bool>,
    all: bool,
    ignore_nulls: bool,
}

impl State for Quantified {
    fn resize(&mut self, groups: usize) {
        self.decided.resize(groups, false);
        self.unknown.resize(groups, false);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        for (i, value) in column.expect_boolean()?.iter().enumerate() {
            let id = ids.get(i);
            match value {
                Some(value) => self.decided[id] |= value != self.all,
                None => self.unknown[id] = true,
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            self.decided[*to as usize] |= other.decided[*from as usize];
            self.unknown[*to as usize] |= other.unknown[*from as usize];
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let mut valid = MutableBitmap::with_capacity(self.decided.len());
        for (decided, unknown) in self.decided.iter().zip(&self.unknown) {
            valid.push(*decided || self.ignore_nulls || !unknown);
        }
        let values = self.decided.iter().map(|decided| *decided != self.all).collect();
        Ok(Column::from_boolean(BooleanArray::try_new(values, valid.into_validity())?))
    }

    fn size(&self) -> usize {
        bytes_of(&self.decided) + bytes_of(&self.unknown)
    }

    fn export(&self) -> Result<Vec<Column>> {
        Ok(vec![truths(&self.decided)?, truths(&self.unknown)?])
    }

    fn import(&mut self, columns: &[Column], _groups: usize) -> Result<()> {
        self.decided = read_truths(columns, 0)?;
        self.unknown = read_truths(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Column, DataType};

    use crate::dsl::{aggregate, col, lit};
    use crate::testing::{booleans, check, check_error, check_groups, dates, decimals, texts};

    #[test]
    fn nulls_are_passed_over_or_not() {
        let (t, f, n) = (Some(true), Some(false), None);
        let kleene = |name: &str| aggregate(name, [col("a"), lit(false)]);
        for (values, any, all, kleene_any, kleene_all) in [
            (vec![t, n], "true", "true", "true", "null"),
            (vec![f, n], "false", "false", "null", "false"),
            (vec![n], "false", "true", "null", "null"),
            (vec![], "false", "true", "false", "true"),
        ] {
            let a = [booleans(values)];
            check(col("a").any(), &a, &format!("bool [{any}]"));
            check(col("a").all(), &a, &format!("bool [{all}]"));
            check(kleene("any"), &a, &format!("bool [{kleene_any}]"));
            check(kleene("all"), &a, &format!("bool [{kleene_all}]"));
        }
        check_groups(col("a").all(), &[booleans([t, f, n, t])], &[0, 1, 2, 1], "bool [true, false, true]");
    }

    #[test]
    fn numbers_are_truths() {
        let a = [Column::from_options([Some(0i64), Some(2), None])];
        check(col("a").any(), &a, "bool [true]");
        check(col("a").all(), &a, "bool [false]");
        check(col("a").all(), &[Column::from_vec(vec![f64::NAN, 0.5])], "bool [true]");
        check(col("a").any(), &[decimals(10, 2, [Some("0")])], "bool [false]");
        check(col("a").any(), &[Column::full_null(DataType::Null, 2)], "bool [false]");
        check_error(col("a").any(), &[texts([Some("x")])], "InvalidOperation");
        check_error(col("a").all(), &[dates([None])], "InvalidOperation");
    }
}
