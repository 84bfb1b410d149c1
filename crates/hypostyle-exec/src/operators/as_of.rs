//! As-of join: beside every left row the right row whose key is nearest in a direction. The right side is collected,
//! in ascending order of the key within rows that agree in other keys; left rows stream past it. Each left key is
//! looked for from where the one before it was found, in steps that double (Bentley and Yao, "An almost optimal
//! algorithm for unbounded searching", 1976): the cost grows with the rows of both sides where both are in order.

use std::collections::BTreeMap;
use std::sync::Mutex;

use hypostyle_core::lock::lock;
use hypostyle_core::{Batch, Column, Error, Native, Result, with_primitive};
use hypostyle_expr::BoundExpr;
use hypostyle_kernels::compare::compare_rows;
use hypostyle_kernels::filter::{filter, filter_batch};
use hypostyle_kernels::gather::{NO_ROW, gather_optional};
use hypostyle_kernels::search::first_not;
use hypostyle_plan::{AsOfOptions, AsOfStrategy, Tolerance};

use super::join::{Output, assemble};
use crate::context::Context;
use crate::join_index::JoinIndex;
use crate::pipeline::Transform;

/// Puts the nearest right row beside every left row.
#[derive(Debug)]
pub(crate) struct AsOf {
    right: Batch,
    /// The right keys, none null.
    key: Column,
    /// Right rows by the other keys, where there are any.
    index: Option<JoinIndex>,
    /// The keys of left rows, the nearest last.
    left_on: Vec<BoundExpr>,
    options: AsOfOptions,
    tolerance: Tolerance,
    /// `Output::Probe` is the left side.
    output: Vec<Output>,
    /// The first and the last key of every morsel so far, where their order is looked at.
    ends: Option<Mutex<BTreeMap<usize, (Column, Column)>>>,
}

fn out_of_order(side: &str) -> Error {
    Error::invalid_operation(format!(
        "the keys of the {side} side of an as-of join are not in ascending order, nulls first; sort that side by its key"
    ))
}

/// Whether a column is in ascending order, nulls first.
fn is_ascending(column: &Column) -> bool {
    let ordered = |row: usize| compare_rows(column, row - 1, column, row).is_le();
    let nulls = column.null_count();
    if (0..nulls).any(|row| !column.is_null(row)) {
        return false;
    }
    with_primitive!(column.array(), |a: T| {
        a.values()[nulls..].windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_le())
    }, else |_other| (nulls + 1..column.len()).all(ordered))
}

impl AsOf {
    /// Looks for right rows. Keys are those of each side, the nearest last.
    pub(crate) fn try_new(
        right: Batch,
        right_on: &[BoundExpr],
        left_on: Vec<BoundExpr>,
        options: AsOfOptions,
        output: Vec<Output>,
        context: &Context,
    ) -> Result<Self> {
        let mut right = right;
        let keys = right_on.iter().map(|key| key.evaluate(&right)?.into_rows(right.len()));
        let mut by = keys.collect::<Result<Vec<Column>>>()?;
        let mut key = by.pop().ok_or_else(|| Error::internal("an as-of join has a key"))?;
        let checked = options.check_sortedness && by.is_empty();
        if checked && !is_ascending(&key) {
            return Err(out_of_order("right"));
        }
        if let Some(valid) = key.validity().filter(|valid| valid.count_unset() > 0).cloned() {
            right = filter_batch(&right, &valid)?;
            by = by.iter().map(|column| filter(column, &valid)).collect::<Result<_>>()?;
            key = filter(&key, &valid)?;
        }
        let index = match by.is_empty() {
            true => None,
            false => Some(JoinIndex::build(&by, right.len(), false, false, context)?.0),
        };
        let tolerance = options.tolerance_of(key.dtype())?;
        let ends = checked.then(Mutex::default);
        Ok(Self { right, key, index, left_on, options, tolerance, output, ends })
    }

    /// Compares the keys of a piece of a morsel with one another and with their neighbours.
    fn check_order(&self, index: usize, key: &Column) -> Result<()> {
        let Some(ends) = self.ends.as_ref().filter(|_| !key.is_empty()) else { return Ok(()) };
        let (first, last) = (key.slice(0, 1), key.slice(key.len() - 1, 1));
        let in_order = |a: &Column, b: &Column| match (a.is_null(0), b.is_null(0)) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => compare_rows(a, 0, b, 0).is_le(),
        };
        let mut ends = lock(ends);
        // Of pieces of one morsel, the one before came before.
        let before = ends.range(..=index).next_back().map(|(_, (_, last))| last.clone());
        let after = ends.range(index + 1..).next().map(|(_, (first, _))| first.clone());
        let fits = before.is_none_or(|before| in_order(&before, &first))
            && after.is_none_or(|after| in_order(&last, &after));
        let entry = ends.entry(index).or_insert_with(|| (first, last.clone()));
        entry.1 = last;
        drop(ends);
        if fits && is_ascending(key) { Ok(()) } else { Err(out_of_order("left")) }
    }

    /// The right row of every left key, [`NO_ROW`] where there is none.
    fn rows(&self, key: &Column, found: Option<&[u32]>) -> Result<Vec<u32>> {
        let exact = self.options.allow_exact_matches;
        with_primitive!(key.array(), |left: T| {
            let right = self.key.expect_primitive::<T>()?.values();
            let near = |a: T, b: T| match self.tolerance {
                Tolerance::Any => true,
                Tolerance::Whole(most) => whole_distance(a, b) <= most.unsigned_abs(),
                Tolerance::Float(most) => (a.to_f64() - b.to_f64()).abs() <= most,
            };
            Ok(self.each(key, found, |row, rows, from| {
                let wanted = left.values()[row];
                let at = |place: usize| right[rows.row(place)];
                let smaller = |place: usize| at(place).total_cmp(&wanted).is_lt();
                let not_larger = |place: usize| at(place).total_cmp(&wanted).is_le();
                let place = match self.options.strategy {
                    AsOfStrategy::Backward if exact => rows.before(*from, not_larger, from),
                    AsOfStrategy::Backward => rows.before(*from, smaller, from),
                    AsOfStrategy::Forward if exact => rows.after(*from, smaller, from),
                    AsOfStrategy::Forward => rows.after(*from, not_larger, from),
                    AsOfStrategy::Nearest => {
                        let before = match exact {
                            true => rows.before(*from, not_larger, from),
                            false => rows.before(*from, smaller, from),
                        };
                        let after = rows.after(*from, not_larger, from);
                        match (before, after) {
                            (Some(before), _) if exact && at(before).total_eq(&wanted) => Some(before),
                            (Some(before), Some(after)) if is_nearer(at(before), wanted, at(after)) => Some(before),
                            (before, None) => before,
                            // The last of those that are equally near.
                            (_, Some(after)) => {
                                let same = |place: usize| at(place).total_cmp(&at(after)).is_le();
                                rows.before(after, same, &mut after.clone())
                            }
                        }
                    }
                };
                place.filter(|place| near(at(*place), wanted)).map(|place| rows.row(place))
            }))
        }, else |_other| {
            Ok(self.each(key, found, |row, rows, from| {
                let order = |place: usize| compare_rows(&self.key, rows.row(place), key, row);
                let smaller = |place: usize| order(place).is_lt();
                let not_larger = |place: usize| order(place).is_le();
                let place = match self.options.strategy {
                    AsOfStrategy::Forward if exact => rows.after(*from, smaller, from),
                    AsOfStrategy::Forward => rows.after(*from, not_larger, from),
                    // Texts have no distance, so that none is the nearest.
                    AsOfStrategy::Backward | AsOfStrategy::Nearest if exact => rows.before(*from, not_larger, from),
                    AsOfStrategy::Backward | AsOfStrategy::Nearest => rows.before(*from, smaller, from),
                };
                place.map(|place| rows.row(place))
            }))
        })
    }

    /// Asks for the right row of each left row that has a key, with the right rows that come into question and the
    /// place where the one before was found.
    fn each(
        &self,
        key: &Column,
        found: Option<&[u32]>,
        mut find: impl FnMut(usize, Rows<'_>, &mut usize) -> Option<usize>,
    ) -> Vec<u32> {
        let all = Rows::All(self.right.len());
        let mut from = 0;
        let row_of = |row: usize| {
            if key.is_null(row) {
                return NO_ROW;
            }
            let mut first = 0;
            let right = match (found, &self.index) {
                (Some(found), Some(_)) if found[row] == NO_ROW => None,
                (Some(found), Some(index)) => match index.partners(found[row]) {
                    Some(rows) => find(row, Rows::Some(rows), &mut first),
                    None => find(row, Rows::Some(&found[row..=row]), &mut first),
                },
                _ => find(row, all, &mut from),
            };
            right.map_or(NO_ROW, |right| right as u32)
        };
        (0..key.len()).map(row_of).collect()
    }
}

fn whole_distance<T: Native>(a: T, b: T) -> u128 {
    match (a.fits_i128(), b.fits_i128()) {
        // Both are above the largest number with a sign, or one is: the bits are those of numbers without one.
        (false, _) | (_, false) => (a.to_i128() as u128).abs_diff(b.to_i128() as u128),
        (true, true) => a.to_i128().abs_diff(b.to_i128()),
    }
}

/// Whether the key before is nearer than the one after.
fn is_nearer<T: Native>(before: T, wanted: T, after: T) -> bool {
    match T::IS_FLOAT {
        true => wanted.to_f64() - before.to_f64() < after.to_f64() - wanted.to_f64(),
        false => whole_distance(before, wanted) < whole_distance(wanted, after),
    }
}

/// Right rows in ascending order of their keys.
#[derive(Clone, Copy)]
enum Rows<'a> {
    All(usize),
    Some(&'a [u32]),
}

impl Rows<'_> {
    fn row(self, place: usize) -> usize {
        match self {
            Self::All(_) => place,
            Self::Some(rows) => rows[place] as usize,
        }
    }

    fn len(self) -> usize {
        match self {
            Self::All(len) => len,
            Self::Some(rows) => rows.len(),
        }
    }

    /// The first place for which a test fails, which holds for all before it; looked for from a place on, and kept
    /// there.
    fn first_not(self, from: usize, test: impl Fn(usize) -> bool, keep: &mut usize) -> usize {
        *keep = first_not(0..self.len(), from, test);
        *keep
    }

    /// The last place for which a test holds.
    fn before(self, from: usize, test: impl Fn(usize) -> bool, keep: &mut usize) -> Option<usize> {
        self.first_not(from, test, keep).checked_sub(1)
    }

    /// The first place for which it fails.
    fn after(self, from: usize, test: impl Fn(usize) -> bool, keep: &mut usize) -> Option<usize> {
        Some(self.first_not(from, test, keep)).filter(|place| *place < self.len())
    }
}

impl Transform for AsOf {
    fn apply(&self, index: usize, batch: Batch) -> Result<Batch> {
        let len = batch.len();
        let mut keys = self
            .left_on
            .iter()
            .map(|key| key.evaluate(&batch)?.into_rows(len))
            .collect::<Result<Vec<_>>>()?;
        let key = keys.pop().ok_or_else(|| Error::internal("an as-of join has a key"))?;
        self.check_order(index, &key)?;
        let found = self.index.as_ref().map(|by| by.find(&keys, len)).transpose()?;
        let rows = self.rows(&key, found.as_deref())?;
        assemble(
            &self.output,
            len,
            |i| Ok(batch.column(i).clone()),
            |i| gather_optional(self.right.column(i), &rows),
        )
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_expr::bind;
    use hypostyle_expr::dsl::col;

    use super::*;
    use crate::operators::testing::{batch, check_transform, schema_of};

    fn as_of(right: Batch, keys: &[&str], options: AsOfOptions) -> Result<AsOf> {
        let bound = |batch: &Batch| {
            keys.iter().map(|key| bind(&col(key), &schema_of(batch)).unwrap()).collect::<Vec<_>>()
        };
        let (of_right, of_left) = (bound(&right), bound(&right));
        let output = vec![Output::Probe(0), Output::Build(right.columns().len() - 1)];
        AsOf::try_new(right, &of_right, of_left, options, output, &Context::new(1))
    }

    fn nearest(strategy: AsOfStrategy, exact: bool) -> AsOfOptions {
        AsOfOptions { strategy, allow_exact_matches: exact, ..AsOfOptions::default() }
    }

    fn keys(values: &[Option<i64>]) -> Batch {
        batch(vec![Column::from_options(values.to_vec())])
    }

    #[test]
    fn the_nearest_in_each_direction() {
        let right = batch(vec![
            Column::from_options([None, Some(4i64), Some(4), Some(6), Some(6)]),
            Column::from_strs(["n", "a", "b", "c", "d"]),
        ]);
        let left = keys(&[None, Some(3), Some(4), Some(5), Some(7)]);
        let check = |strategy: AsOfStrategy, exact: bool, expected: [&str; 5]| {
            let rows = ["null", "3", "4", "5", "7"]
                .into_iter()
                .zip(expected)
                .map(|(k, v)| [k, v])
                .collect::<Vec<_>>();
            let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
            let transform = as_of(right.clone(), &["a"], nearest(strategy, exact)).unwrap();
            assert_eq!(crate::operators::testing::rows(&[transform.apply(0, left.clone()).unwrap()]), rows);
        };
        check(AsOfStrategy::Backward, true, ["null", "null", "b", "b", "d"]);
        check(AsOfStrategy::Backward, false, ["null", "null", "null", "b", "d"]);
        check(AsOfStrategy::Forward, true, ["null", "a", "a", "c", "null"]);
        check(AsOfStrategy::Forward, false, ["null", "a", "c", "c", "null"]);
        check(AsOfStrategy::Nearest, true, ["null", "b", "b", "d", "d"]);
        check(AsOfStrategy::Nearest, false, ["null", "b", "d", "d", "d"]);
    }

    #[test]
    fn other_keys_agree() {
        let right = batch(vec![
            Column::from_strs(["x", "y", "x"]),
            Column::from_vec(vec![1i64, 2, 4]),
            Column::from_strs(["p", "q", "r"]),
        ]);
        let left =
            batch(vec![Column::from_strs(["x", "x", "y", "z"]), Column::from_vec(vec![1i64, 5, 1, 9])]);
        let transform = as_of(right, &["a", "b"], AsOfOptions::default()).unwrap();
        check_transform(&transform, &left, &[&["x", "p"], &["x", "r"], &["y", "null"], &["z", "null"]]);
    }

    #[test]
    fn keys_out_of_order_are_an_error() {
        let right = || keys(&[Some(1), Some(2)]);
        assert!(as_of(keys(&[Some(2), Some(1)]), &["a"], AsOfOptions::default()).is_err());
        assert!(as_of(keys(&[Some(2), None]), &["a"], AsOfOptions::default()).is_err());
        let transform = || as_of(right(), &["a"], AsOfOptions::default()).unwrap();
        assert!(transform().apply(0, keys(&[Some(3), Some(1)])).is_err());
        let across = transform();
        across.apply(2, keys(&[Some(5), Some(6)])).unwrap();
        across.apply(0, keys(&[None, Some(5)])).unwrap();
        across.apply(1, keys(&[])).unwrap();
        assert!(across.apply(3, keys(&[Some(5)])).is_err());
        assert!(across.apply(1, keys(&[Some(4)])).is_err());
        let unchecked = AsOfOptions { check_sortedness: false, ..AsOfOptions::default() };
        as_of(right(), &["a"], unchecked).unwrap().apply(0, keys(&[Some(3), Some(1)])).unwrap();
    }
}
