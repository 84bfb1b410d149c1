//! `str.join(x, delimiter, ignore_nulls)`: the texts of all rows as one, in their order; nulls are left out, or make it null
//! where not `ignore_nulls`; empty of nothing. What is no text is written as a cast writes it;
//! `str.join(["a", null, "b"], "-") = ["a-b"]`.

use hypostyle_core::{Column, DataType, Result, Scalar, StringBuilder};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, Param, Signature, State, Traits, not_defined};
use crate::docs::Docs;
use crate::functions::params::{self, Default, OptionType};
use crate::tasks::Tasks;

/// `str.join(x, delimiter, ignore_nulls)`
#[derive(Debug)]
pub(super) struct Join;

impl Aggregate for Join {
    fn name(&self) -> &'static str {
        "str.join"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("The strings of all rows as one.")
            .sql(&["string_agg", "group_concat", "listagg"])
            .example(&[r#"str ["a", null, "b"]"#, r#""-""#], r#"str ["a-b"]"#);
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            params::column("x"),
            params::option("delimiter", OptionType::String, Default::String("")),
            params::flag("ignore_nulls", true),
        ];
        PARAMS
    }

    fn traits(&self) -> Traits {
        Traits::default()
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        if args[0].dtype.is_nested() || *args[0].dtype == DataType::Binary {
            return Err(not_defined(self.name(), args[0].dtype));
        }
        Ok(Signature::keep(args, DataType::String).with(0, DataType::String))
    }

    fn state(&self, args: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let constant = |i: usize| constants.get(i).and_then(Option::as_ref);
        let delimiter = constant(1).and_then(Scalar::as_str).unwrap_or_default().to_owned();
        let ignore_nulls = constant(2).and_then(Scalar::as_bool).unwrap_or(true);
        Ok(Box::new(Collected::new(args.to_vec(), Joined { delimiter, ignore_nulls })))
    }
}

#[derive(Debug)]
struct Joined {
    delimiter: String,
    ignore_nulls: bool,
}

impl Finish for Joined {
    fn finish(&self, columns: &[Column], offsets: &[u32], _: &dyn Tasks) -> Result<Column> {
        let texts = &columns[0];
        let mut out = StringBuilder::with_capacity(offsets.len(), 0);
        let mut joined = String::new();
        for bounds in offsets.windows(2) {
            let rows = bounds[0] as usize..bounds[1] as usize;
            if !self.ignore_nulls && rows.clone().any(|row| texts.is_null(row)) {
                out.push_null();
                continue;
            }
            joined.clear();
            for (i, text) in rows.filter_map(|row| texts.str_at(row)).enumerate() {
                if i > 0 {
                    joined.push_str(&self.delimiter);
                }
                joined.push_str(text);
            }
            out.push(&joined);
        }
        Ok(out.finish())
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{aggregate, col, lit};
    use crate::testing::{check, check_error, check_groups, lists, texts};

    #[test]
    fn texts_of_all_rows() {
        let join = |ignore_nulls: bool| aggregate("str.join", [col("a"), lit("-"), lit(ignore_nulls)]);
        let a = [texts([Some("b"), None, Some("a"), Some("")])];
        check(join(true), &a, "str [\"b-a-\"]");
        check(join(false), &a, "str [null]");
        check(join(false), &[a[0].slice(0, 0)], "str [\"\"]");
        check_groups(join(true), &a, &[0, 1, 0, 2], "str [\"b-a\", \"\", \"\"]");
        check_groups(join(false), &a, &[0, 1, 0, 2], "str [\"b-a\", null, \"\"]");
        check(join(true), &[Column::from_vec(vec![1i64, 2])], "str [\"1-2\"]");
        check_error(join(true), &[lists([None])], "InvalidOperation");
    }
}
