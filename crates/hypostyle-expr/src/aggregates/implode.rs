//! `implode(x)`: all values of the group as a list, null and NaN among them, in order of the rows;
//! `implode([1, null]) = [[1, null]]`.

use hypostyle_core::{Column, DataType, Result, Scalar};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, Param, Signature, State};
use crate::docs::Docs;
use crate::functions::params;
use crate::grouped::segments_to_lists;
use crate::tasks::Tasks;

/// `implode(x)`
#[derive(Debug)]
pub(crate) struct Implode;

impl Aggregate for Implode {
    fn name(&self) -> &'static str {
        "implode"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("All values as one list.")
            .sql(&["list", "array_agg"])
            .example(&["i64 [1, null, 3]"], "list[i64] [[1, null, 3]]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        params::UNARY
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        Ok(Signature::keep(args, DataType::list(args[0].dtype.clone())))
    }

    fn state(&self, args: &[DataType], _: &DataType, _: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        Ok(Box::new(Collected::new(args.to_vec(), AsLists)))
    }
}

#[derive(Debug)]
struct AsLists;

impl Finish for AsLists {
    fn finish(&self, columns: &[Column], offsets: &[u32], _: &dyn Tasks) -> Result<Column> {
        segments_to_lists(columns[0].clone(), offsets)
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::col;
    use crate::testing::{check, check_groups, texts};

    #[test]
    fn lists() {
        check(col("a").implode(), &[Column::from_options([Some(1i64), None])], "list[i64] [[1, null]]");
        check(col("a").implode(), &[texts([])], "list[str] [[]]");
        let a = [Column::from_vec(vec![1i64, 2, 3, 4])];
        check_groups(col("a").implode(), &a, &[1, 0, 1, 2], "list[i64] [[2], [1, 3], [4]]");
    }
}
