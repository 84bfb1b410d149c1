//! `top_k(x, k)`, `bottom_k(x, k)`: the k largest or smallest values as a list, best first, nulls last; NaN
//! is the largest; `top_k([1, 3, 2], 2) = [[3, 2]]`.

use hypostyle_core::{Column, DataType, Error, Result, Scalar};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::collected::{Collected, Finish};
use super::{Aggregate, Arg, Signature, State, need};
use crate::grouped::{segment_ids, segments_to_lists};

/// `top_k(x, k)`
pub(super) const TOP_K: TopK = TopK { name: "top_k", largest: true };
/// `bottom_k(x, k)`
pub(super) const BOTTOM_K: TopK = TopK { name: "bottom_k", largest: false };

#[derive(Debug)]
pub(super) struct TopK {
    name: &'static str,
    largest: bool,
}

impl Aggregate for TopK {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        need(self.name, args, 2)?;
        let dtype = args[0].dtype.clone();
        Ok(Signature { args: vec![dtype.clone(), DataType::Int64], output: DataType::list(dtype) })
    }

    fn state(&self, args: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let k =
            constants.get(1).and_then(|c| c.as_ref()?.as_i128()).filter(|k| *k >= 0).ok_or_else(|| {
                Error::invalid_operation(format!(
                    "the k of `{}` is a literal that is not negative",
                    self.name
                ))
            })?;
        let finish = Largest { k: k as usize, largest: self.largest };
        Ok(Box::new(Collected::new(vec![args[0].clone()], finish)))
    }
}

#[derive(Debug)]
struct Largest {
    k: usize,
    largest: bool,
}

impl Finish for Largest {
    fn finish(&self, columns: &[Column], offsets: &[u32]) -> Result<Column> {
        let column = &columns[0];
        // By group first: one sort for all groups, which stay where they are.
        let groups = Column::from_vec(segment_ids(offsets));
        let by_group = (groups, SortOrder { descending: false, nulls_last: false });
        let best_first = (column.clone(), SortOrder { descending: self.largest, nulls_last: true });
        let sorted = sort_indices(&[by_group, best_first], column.len());
        let mut rows: Vec<u32> = Vec::new();
        let mut ends = vec![0u32];
        for bounds in offsets.windows(2) {
            rows.extend(sorted[bounds[0] as usize..bounds[1] as usize].iter().take(self.k));
            ends.push(rows.len() as u32);
        }
        segments_to_lists(gather(column, &rows)?, &ends)
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::Column;

    use crate::dsl::{col, lit};
    use crate::testing::{check, check_error, check_groups, texts};

    #[test]
    fn best_first() {
        let a = [Column::from_options([Some(1.0), None, Some(3.0), Some(f64::NAN)])];
        check(col("a").top_k(2), &a, "list[f64] [[NaN, 3.0]]");
        check(col("a").bottom_k(9), &a, "list[f64] [[1.0, 3.0, NaN, null]]");
        check_groups(col("a").top_k(1), &a, &[0, 1, 0, 1], "list[f64] [[3.0], [NaN]]");
        check(col("a").bottom_k(1), &[texts([Some("b"), Some("a")])], "list[str] [[\"a\"]]");
        check_error(crate::dsl::aggregate("top_k", [col("a"), lit(-1)]), &a, "InvalidOperation");
    }
}
