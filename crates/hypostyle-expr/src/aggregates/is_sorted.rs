//! `is_sorted(x, descending, nulls_last)`: whether the values of a group are in order, equal ones beside each other; true
//! of nothing. Null comes first unless `nulls_last`, NaN is the largest; `is_sorted([1, 1, 2]) = [true]`.

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::sort::{RowComparator, SortOrder};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, Param, Signature, State};
use crate::docs::Docs;
use crate::functions::params;
use crate::tasks::Tasks;

/// `is_sorted(x, descending, nulls_last)`
#[derive(Debug)]
pub(super) struct IsSorted;

impl Aggregate for IsSorted {
    fn name(&self) -> &'static str {
        "is_sorted"
    }

    fn docs(&self) -> &Docs {
        const DOCS: Docs = Docs::new("Whether the values are in order, equal ones beside each other.")
            .example(&["i64 [1, 2, 2]"], "bool [true]");
        &DOCS
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] =
            &[params::column("x"), params::flag("descending", false), params::flag("nulls_last", false)];
        PARAMS
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        Ok(Signature::keep(args, DataType::Boolean))
    }

    fn state(&self, args: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let flag = |i: usize| constants.get(i).and_then(|c| c.as_ref()?.as_bool()).unwrap_or(false);
        let order = InOrder(SortOrder { descending: flag(1), nulls_last: flag(2) });
        Ok(Box::new(Collected::new(vec![args[0].clone()], order)))
    }
}

#[derive(Debug)]
struct InOrder(SortOrder);

impl Finish for InOrder {
    fn finish(&self, columns: &[Column], offsets: &[u32], _: &dyn Tasks) -> Result<Column> {
        let comparator = RowComparator::new(vec![(columns[0].clone(), self.0)]);
        let sorted = offsets.windows(2).map(|bounds| {
            // Of each row but the last of the group and the one after it.
            (bounds[0]..bounds[1].max(1) - 1).all(|row| comparator.compare(row, row + 1).is_le())
        });
        Ok(Column::from_bitmap(sorted.collect()))
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{aggregate, col, lit};
    use crate::testing::{check, check_groups, texts};

    #[test]
    fn orders() {
        let sorted = |descending: bool, nulls_last: bool| {
            aggregate("is_sorted", [col("a"), lit(descending), lit(nulls_last)])
        };
        let a = [Column::from_options([None, Some(1.0), Some(1.0), Some(f64::NAN)])];
        check(sorted(false, false), &a, "bool [true]");
        check(sorted(false, true), &a, "bool [false]");
        check(sorted(true, false), &a, "bool [false]");
        check(sorted(false, false), &[a[0].slice(0, 0)], "bool [true]");
        check(sorted(true, true), &[texts([Some("b"), Some("a"), None])], "bool [true]");
        let a = [Column::from_vec(vec![3i64, 1, 2, 2, 5])];
        check_groups(sorted(false, false), &a, &[0, 1, 0, 1, 2], "bool [false, true, true]");
    }
}
