//! `top_k(x, k)`, `bottom_k(x, k)`: the k largest or smallest values as a list, best first, nulls last; NaN
//! is the largest; `top_k([1, 3, 2], 2) = [[3, 2]]`. Of equal values the first come first. With `true` for a third
//! argument nulls go before all others: then `bottom_k` is the beginning of `sort`, and [`first_of_sorted`] makes it so.
//!
//! Few numbers a group are kept while rows pass by ([`Best`]); many, and values of other layouts, are collected.

use std::any::Any;

use hypostyle_core::{Column, DataType, Error, Native, Result, Scalar, Schema, with_native_type};
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::select::broadcast;
use hypostyle_kernels::sort::{SortOrder, sort_indices};

use super::collected::{Collected, Finish};
use super::exported::{bytes_of, numbers, read_lists, read_numbers};
use super::{Aggregate, Arg, Ids, Param, Signature, State, same};
use crate::bind::{bind, literal_scalar};
use crate::docs::Docs;
use crate::dsl::lit;
use crate::expr::Expr;
use crate::functions::{self, OptionType, params};
use crate::grouped::{segment_ids, segments_to_lists};
use crate::tasks::Tasks;

/// `top_k(x, k)`
pub(super) const TOP_K: TopK = TopK {
    name: "top_k",
    docs: Docs::new("The k largest values as a list, the largest first.")
        .example(&["i64 [3, null, 1, 2]", "2"], "list[i64] [[3, 2]]"),
    largest: true,
};
/// `bottom_k(x, k)`
pub(super) const BOTTOM_K: TopK = TopK {
    name: "bottom_k",
    docs: Docs::new("The k smallest values as a list, the smallest first.")
        .example(&["i64 [3, null, 1, 2]", "2"], "list[i64] [[1, 2]]"),
    largest: false,
};

#[derive(Debug)]
pub(super) struct TopK {
    name: &'static str,
    docs: Docs,
    largest: bool,
}

impl Aggregate for TopK {
    fn name(&self) -> &'static str {
        self.name
    }

    fn docs(&self) -> &Docs {
        &self.docs
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            params::column("x"),
            params::option("k", OptionType::Integer, params::Default::Required),
            params::flag("nulls_first", false),
        ];
        PARAMS
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let dtype = args[0].dtype.clone();
        let mut types = vec![dtype.clone(), DataType::Int64, DataType::Boolean];
        types.truncate(args.len());
        Ok(Signature { args: types, output: DataType::list(dtype) })
    }

    fn state(&self, args: &[DataType], _: &DataType, constants: &[Option<Scalar>]) -> Result<Box<dyn State>> {
        let k =
            constants.get(1).and_then(|c| c.as_ref()?.as_i128()).filter(|k| *k >= 0).ok_or_else(|| {
                Error::invalid_operation(format!(
                    "the k of `{}` is a literal that is not negative",
                    self.name
                ))
            })?;
        let k = usize::try_from(k).unwrap_or(usize::MAX);
        let nulls_last = !constants.get(2).and_then(|c| c.as_ref()?.as_bool()).unwrap_or(false);
        let finish = Largest { k, largest: self.largest, nulls_last };
        let collected = || Collected::new(vec![args[0].clone()], finish);
        if !keeps(&args[0], k) {
            return Ok(Box::new(collected()));
        }
        Ok(with_native_type!(
            &args[0],
            |T| if self.largest {
                Box::new(Best::<T, true>::new(k, &args[0], nulls_last))
            } else {
                Box::new(Best::<T, false>::new(k, &args[0], nulls_last))
            },
            else Box::new(collected())
        ))
    }
}

/// Values a group up to which each new one is put in its place at once.
const MOST_KEPT: usize = 16;

/// Whether so many values of a type are kept as they come.
fn keeps(dtype: &DataType, k: usize) -> bool {
    (1..=MOST_KEPT).contains(&k) && !dtype.is_categorical() && with_native_type!(dtype, |_T| true, else false)
}

/// The aggregate whose list is the beginning of sorted rows, if the expression asks for a few of numbers. It keeps
/// what it was asked for, where the sort would collect all rows.
pub(crate) fn first_of_sorted(expr: &Expr, schema: &Schema) -> Result<Option<Expr>> {
    let Expr::Function { name: slice, args: sliced } = expr.without_alias() else { return Ok(None) };
    let [Expr::Function { name: sort, args: sorted }, from, k] = &sliced[..] else { return Ok(None) };
    let [values, descending, nulls_last] = &sorted[..] else { return Ok(None) };
    if **slice != *functions::SLICE.name() || **sort != *functions::SORT.name() {
        return Ok(None);
    }
    let integer = |expr| literal(expr)?.as_i128();
    let boolean = |expr| literal(expr)?.as_bool();
    let (Some(0), Some(k)) = (integer(from), integer(k).and_then(|k| usize::try_from(k).ok())) else {
        return Ok(None);
    };
    let (Some(descending), Some(nulls_last)) = (boolean(descending), boolean(nulls_last)) else {
        return Ok(None);
    };
    if !values.is_row_separable() || values.columns().is_empty() || !keeps(bind(values, schema)?.dtype(), k) {
        return Ok(None);
    }
    let of = if descending { &TOP_K } else { &BOTTOM_K };
    let args = vec![values.clone(), lit(k as i64), lit(!nulls_last)];
    Ok(Some(Expr::Aggregate { name: of.name.into(), args }))
}

fn literal(expr: &Expr) -> Option<Scalar> {
    match expr {
        Expr::Literal(literal) => Some(literal_scalar(literal, None)),
        _ => None,
    }
}

/// The best `k` values of every group so far.
#[derive(Debug)]
struct Best<T, const LARGEST: bool> {
    k: usize,
    nulls_last: bool,
    /// `k` places a group, the best first; of these the first `kept` are taken.
    values: Vec<T>,
    kept: Vec<u8>,
    /// Nulls, of which no more than `k` are counted.
    nulls: Vec<u8>,
    dtype: DataType,
}

impl<T: Native, const LARGEST: bool> Best<T, LARGEST> {
    fn new(k: usize, dtype: &DataType, nulls_last: bool) -> Self {
        let (values, kept, nulls) = (Vec::new(), Vec::new(), Vec::new());
        Self { k, nulls_last, values, kept, nulls, dtype: dtype.clone() }
    }

    /// Whether a later value goes before an earlier one.
    #[inline(always)]
    fn wins(new: T, old: T) -> bool {
        if LARGEST {
            new > old || new.is_nan() & !old.is_nan()
        } else {
            new < old || !new.is_nan() & old.is_nan()
        }
    }

    #[inline(always)]
    fn offer(&mut self, group: usize, value: T) {
        let places = &mut self.values[group * self.k..(group + 1) * self.k];
        let kept = &mut self.kept[group];
        let mut place = usize::from(*kept);
        if place == places.len() {
            if !Self::wins(value, places[place - 1]) {
                return;
            }
            place -= 1;
        } else {
            *kept += 1;
        }
        while place > 0 && Self::wins(value, places[place - 1]) {
            places[place] = places[place - 1];
            place -= 1;
        }
        places[place] = value;
    }

    fn add_nulls(&mut self, group: usize, nulls: u8) {
        // Both are at most `MOST_KEPT`.
        self.nulls[group] = (self.nulls[group] + nulls).min(self.k as u8);
    }
}

impl<T: Native, const LARGEST: bool> State for Best<T, LARGEST> {
    fn resize(&mut self, groups: usize) {
        self.values.resize(groups * self.k, T::default());
        self.kept.resize(groups, 0);
        self.nulls.resize(groups, 0);
    }

    fn update(&mut self, args: &[Column], ids: Ids<'_>, len: usize) -> Result<()> {
        let column = broadcast(&args[0], len)?;
        let array = column.expect_primitive::<T>()?;
        match array.validity() {
            None => array.values().iter().enumerate().for_each(|(i, v)| self.offer(ids.get(i), *v)),
            Some(validity) => validity.iter().enumerate().for_each(|(i, valid)| match valid {
                true => self.offer(ids.get(i), array.values()[i]),
                false => self.add_nulls(ids.get(i), 1),
            }),
        }
        Ok(())
    }

    fn merge(&mut self, other: &dyn State, from: &[u32], to: &[u32]) -> Result<()> {
        let other: &Self = same(other)?;
        for (from, to) in from.iter().zip(to) {
            let (from, to) = (*from as usize, *to as usize);
            let first = from * other.k;
            for value in &other.values[first..first + usize::from(other.kept[from])] {
                self.offer(to, *value);
            }
            self.add_nulls(to, other.nulls[from]);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Column> {
        let mut ends = Vec::with_capacity(self.kept.len() + 1);
        ends.push(0u32);
        let mut values: Vec<Option<T>> = Vec::with_capacity(self.values.len());
        for (places, (kept, nulls)) in self.values.chunks(self.k).zip(self.kept.iter().zip(&self.nulls)) {
            let (mut kept, mut nulls) = (usize::from(*kept), usize::from(*nulls));
            let before = if self.nulls_last {
                nulls = nulls.min(self.k - kept);
                0
            } else {
                kept = kept.min(self.k - nulls);
                std::mem::take(&mut nulls)
            };
            values.resize(values.len() + before, None);
            values.extend(places[..kept].iter().map(|value| Some(*value)));
            values.resize(values.len() + nulls, None);
            ends.push(values.len() as u32);
        }
        let array = Column::from_options(values);
        let values = Column::from_primitive(self.dtype.clone(), array.expect_primitive::<T>()?.clone());
        segments_to_lists(values, &ends)
    }

    fn size(&self) -> usize {
        bytes_of(&self.values) + bytes_of(&self.kept) + bytes_of(&self.nulls)
    }

    fn export(&self) -> Result<Vec<Column>> {
        let (mut values, mut ends) = (Vec::new(), vec![0]);
        for (places, kept) in self.values.chunks(self.k).zip(&self.kept) {
            values.extend_from_slice(&places[..usize::from(*kept)]);
            ends.push(values.len() as u32);
        }
        Ok(vec![segments_to_lists(Column::from_vec(values), &ends)?, numbers(&self.nulls)])
    }

    fn import(&mut self, columns: &[Column], groups: usize) -> Result<()> {
        self.resize(groups);
        let (values, ids) = read_lists(columns, 0)?;
        // Best first, as they were.
        for (value, group) in values.expect_primitive::<T>()?.values().iter().zip(ids) {
            self.offer(group as usize, *value);
        }
        self.nulls = read_numbers(columns, 1)?;
        Ok(())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Clone, Copy, Debug)]
struct Largest {
    k: usize,
    largest: bool,
    nulls_last: bool,
}

impl Finish for Largest {
    fn finish(&self, columns: &[Column], offsets: &[u32], _: &dyn Tasks) -> Result<Column> {
        let column = &columns[0];
        // By group first: one sort for all groups, which stay where they are.
        let groups = Column::from_vec(segment_ids(offsets));
        let by_group = (groups, SortOrder { descending: false, nulls_last: false });
        let best_first =
            (column.clone(), SortOrder { descending: self.largest, nulls_last: self.nulls_last });
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
    use hypostyle_core::{Column, DataType, Field, Schema};
    use proptest::prelude::*;

    use super::{Best, Collected, Largest, first_of_sorted};
    use crate::aggregates::{Ids, State};
    use crate::dsl::{col, lit};
    use crate::testing::{check, check_error, check_groups, dates, shown, texts};

    #[test]
    fn best_first() {
        let a = [Column::from_options([Some(1.0), None, Some(3.0), Some(f64::NAN)])];
        check(col("a").top_k(2), &a, "list[f64] [[NaN, 3.0]]");
        check(col("a").bottom_k(9), &a, "list[f64] [[1.0, 3.0, NaN, null]]");
        check_groups(col("a").top_k(1), &a, &[0, 1, 0, 1], "list[f64] [[3.0], [NaN]]");
        check(col("a").bottom_k(1), &[texts([Some("b"), Some("a")])], "list[str] [[\"a\"]]");
        check_error(crate::dsl::aggregate("top_k", [col("a"), lit(-1)]), &a, "InvalidOperation");
    }

    #[test]
    fn other_types_keep_theirs() {
        let a = [dates([Some("2020-01-01"), None, Some("2021-01-01")])];
        check(col("a").top_k(2), &a, "list[date] [[2021-01-01, 2020-01-01]]");
        check(col("a").top_k(0), &a, "list[date] [[]]");
        check(col("a").bottom_k(40), &[Column::from_vec(vec![3u8, 1])], "list[u8] [[1, 3]]");
        check(col("a").top_k(2), &[Column::from_vec(vec![-0.0, 0.0, -0.0])], "list[f64] [[-0.0, 0.0]]");
    }

    #[test]
    fn the_beginning_of_a_sort() {
        let a = [Column::from_options([Some(2.0), None, Some(f64::NAN), Some(-1.0), None, Some(0.0)])];
        let ids = [0, 0, 0, 0, 1, 1];
        let sorted = |descending, nulls_last, k| col("a").sort(descending, nulls_last).head(k);
        let schema = Schema::try_new(vec![Field::new("a", DataType::Float64)]).unwrap();
        for (expr, expected) in [
            (sorted(false, false, 3), "list[f64] [[null, -1.0, 2.0], [null, 0.0]]"),
            (sorted(false, true, 3), "list[f64] [[-1.0, 2.0, NaN], [0.0, null]]"),
            (sorted(true, false, 2), "list[f64] [[null, NaN], [null, 0.0]]"),
            (sorted(true, true, 1).alias("b"), "list[f64] [[NaN], [0.0]]"),
        ] {
            assert!(first_of_sorted(&expr, &schema).unwrap().is_some(), "{expr}");
            check_groups(expr, &a, &ids, expected);
        }
        for left_alone in [
            sorted(false, false, 40),
            col("a").sort(false, false).tail(2),
            col("a").cum_sum(false).sort(false, false).head(2),
            sorted(false, false, 2).reverse(),
        ] {
            assert!(first_of_sorted(&left_alone, &schema).unwrap().is_none(), "{left_alone}");
        }
        check_groups(sorted(false, false, 40).head(1), &a, &ids, "list[f64] [[null], [null]]");
        check_groups(
            col("a").sort(false, false).head(1),
            &[texts([Some("b"), Some("a")])],
            &[0, 0],
            "list[str] [[\"a\"]]",
        );
    }

    /// Both states, fed in two halves that are merged.
    fn both<const LARGEST: bool>(
        values: &[Option<f64>],
        ids: &[u32],
        k: usize,
        nulls_last: bool,
    ) -> [String; 2] {
        let feed = |make: &dyn Fn() -> Box<dyn State>| {
            let half = values.len() / 2;
            let part = |rows: std::ops::Range<usize>| {
                let mut state = make();
                state.resize(4);
                let column = Column::from_options(values[rows.clone()].iter().copied());
                state.update(&[column], Ids::Each(&ids[rows.clone()]), rows.len()).unwrap();
                state
            };
            let mut first = part(0..half);
            first.merge(part(half..values.len()).as_ref(), &[0, 1, 2, 3], &[0, 1, 2, 3]).unwrap();
            shown(&first.finish().unwrap())
        };
        [
            feed(&|| Box::new(Best::<f64, LARGEST>::new(k, &DataType::Float64, nulls_last))),
            feed(&|| {
                let finish = Largest { k, largest: LARGEST, nulls_last };
                Box::new(Collected::new(vec![DataType::Float64], finish))
            }),
        ]
    }

    proptest! {
        #[test]
        fn kept_values_are_those_of_a_sort(
            rows in prop::collection::vec((prop::option::of(-3i8..4), 0u32..4), 0..60),
            k in 1usize..6,
            nulls_last: bool,
        ) {
            // 3 stands for NaN, and zeros have either sign.
            let value = |(i, v): (usize, i8)| match v {
                3 => f64::NAN,
                0 if i % 2 == 0 => -0.0,
                v => f64::from(v),
            };
            let values: Vec<Option<f64>> =
                rows.iter().enumerate().map(|(i, (v, _))| v.map(|v| value((i, v)))).collect();
            let ids: Vec<u32> = rows.iter().map(|(_, id)| *id).collect();
            let [kept, sorted] = both::<true>(&values, &ids, k, nulls_last);
            prop_assert_eq!(kept, sorted);
            let [kept, sorted] = both::<false>(&values, &ids, k, nulls_last);
            prop_assert_eq!(kept, sorted);
        }
    }
}
