//! A query that has not run yet.

use std::sync::Arc;

use hypostyle_core::{DataFrame, DataType, Error, Result, Schema, SchemaRef};
use hypostyle_exec::{Context, Profile};
use hypostyle_expr::{Expr, Rename, Selector, dsl};
use hypostyle_plan::{
    AsOfOptions, DataSource, FrameFunction, JoinKind, JoinOptions, Keep, Plan, SortKey, TimeGroupOptions,
    UnpivotOptions, explain, optimizer,
};

use crate::group_by::LazyGroupBy;

/// Which rows a join gives.
pub type JoinType = JoinKind;
/// The options of a join.
pub type JoinArgs = JoinOptions;
/// Which of several equal rows is kept.
pub type UniqueKeep = Keep;

/// How rows are sorted. One value for all keys, or one for each.
#[derive(Clone, Debug, Default)]
pub struct SortOptions {
    /// Largest first.
    pub descending: Vec<bool>,
    /// Nulls after all values.
    pub nulls_last: Vec<bool>,
    /// Rows of equal keys keep their order, which may be that of a sort before this one. Without this promise such a
    /// sort is left out.
    pub maintain_order: bool,
}

impl SortOptions {
    /// Largest first, for all keys.
    pub fn descending() -> Self {
        Self { descending: vec![true], ..Self::default() }
    }

    /// Directions for each key.
    pub fn with_descending(mut self, descending: impl IntoIterator<Item = bool>) -> Self {
        self.descending = descending.into_iter().collect();
        self
    }

    /// Whether nulls come last, for each key.
    pub fn with_nulls_last(mut self, nulls_last: impl IntoIterator<Item = bool>) -> Self {
        self.nulls_last = nulls_last.into_iter().collect();
        self
    }
}

/// The option for a key: its own, or the one for all.
fn option_of(options: &[bool], key: usize, keys: usize) -> Result<bool> {
    match options {
        [] => Ok(false),
        [one] => Ok(*one),
        many if many.len() == keys => Ok(many[key]),
        many => Err(Error::invalid_operation(format!("{} sort options for {keys} keys", many.len()))),
    }
}

/// A query. Errors in its making are kept and returned by [`LazyFrame::collect`] and its kin.
#[derive(Clone, Debug)]
#[must_use]
pub struct LazyFrame {
    plan: Result<Arc<Plan>>,
}

impl LazyFrame {
    /// A query that reads a source.
    pub fn scan(source: impl DataSource + 'static) -> Self {
        Self { plan: Plan::scan(Arc::new(source)).map(Arc::new) }
    }

    /// A query of a plan.
    pub fn from_plan(plan: Arc<Plan>) -> Self {
        Self { plan: Ok(plan) }
    }

    /// The logical plan, not optimized.
    pub fn plan(&self) -> Result<Arc<Plan>> {
        self.plan.clone()
    }

    /// The query after another node.
    pub fn and_then(self, node: impl FnOnce(Arc<Plan>) -> Result<Plan>) -> Self {
        Self { plan: self.plan.and_then(node).map(Arc::new) }
    }

    /// Names and types of the result.
    pub fn collect_schema(&self) -> Result<SchemaRef> {
        self.plan.as_ref().map(|plan| plan.schema().clone()).map_err(Error::clone)
    }

    /// Keeps the rows for which the predicate is true; null is not.
    pub fn filter(self, predicate: Expr) -> Self {
        self.and_then(|input| Plan::filter(input, predicate))
    }

    /// Drops the rows for which the predicate is true.
    pub fn remove(self, predicate: Expr) -> Self {
        self.filter(dsl::call("fill_null", [!predicate, dsl::lit(true)]))
    }

    /// Computes columns.
    pub fn select(self, exprs: impl IntoIterator<Item = Expr>) -> Self {
        let exprs = exprs.into_iter().collect();
        self.and_then(|input| Plan::select(input, exprs))
    }

    /// Adds columns, or replaces those of the same names.
    pub fn with_columns(self, exprs: impl IntoIterator<Item = Expr>) -> Self {
        let exprs = exprs.into_iter().collect();
        self.and_then(|input| Plan::with_columns(input, exprs))
    }

    /// Adds or replaces one column.
    pub fn with_column(self, expr: Expr) -> Self {
        self.with_columns([expr])
    }

    /// Groups rows by keys; the order of groups is unspecified.
    pub fn group_by(self, keys: impl IntoIterator<Item = Expr>) -> LazyGroupBy {
        LazyGroupBy { input: self, keys: keys.into_iter().collect(), maintain_order: false }
    }

    /// Groups rows by keys; groups come in the order of their first rows.
    pub fn group_by_stable(self, keys: impl IntoIterator<Item = Expr>) -> LazyGroupBy {
        LazyGroupBy { input: self, keys: keys.into_iter().collect(), maintain_order: true }
    }

    /// One row for each window over a column in ascending order: the keys, the window, and what is computed for it.
    ///
    /// ```
    /// use hypostyle::prelude::*; let rows = DataFrame::new([("i", Column::from_vec(vec![0i64, 1, 5])), ("v",
    /// Column::from_vec(vec![1i64, 2, 3]))])?; let options = TimeGroupOptions { index: "i".into(), period:
    /// "2i".into(), offset: None, closed: "right".into(), distances: None, }; let sums = rows.lazy().time_groups([],
    /// [col("v").sum()], options).collect()?; assert_eq!(sums.column("v")?.get(1)?.as_i128(), Some(3));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn time_groups(
        self,
        keys: impl IntoIterator<Item = Expr>,
        aggs: impl IntoIterator<Item = Expr>,
        options: TimeGroupOptions,
    ) -> Self {
        let (keys, aggs) = (keys.into_iter().collect(), aggs.into_iter().collect());
        self.and_then(|input| Plan::time_groups(input, keys, aggs, options))
    }

    /// Pairs rows whose keys are equal.
    pub fn join(
        self,
        other: LazyFrame,
        left_on: impl IntoIterator<Item = Expr>,
        right_on: impl IntoIterator<Item = Expr>,
        args: JoinArgs,
    ) -> Self {
        let (left_on, right_on) = (left_on.into_iter().collect(), right_on.into_iter().collect());
        self.and_then(|left| Plan::join(left, other.plan?, left_on, right_on, args))
    }

    /// The pairs whose keys are equal.
    pub fn inner_join(self, other: LazyFrame, left_on: Expr, right_on: Expr) -> Self {
        self.join(other, [left_on], [right_on], JoinArgs::new(JoinType::Inner))
    }

    /// The pairs, and left rows without a partner.
    pub fn left_join(self, other: LazyFrame, left_on: Expr, right_on: Expr) -> Self {
        self.join(other, [left_on], [right_on], JoinArgs::new(JoinType::Left))
    }

    /// The left rows that have a partner.
    pub fn semi_join(self, other: LazyFrame, left_on: Expr, right_on: Expr) -> Self {
        self.join(other, [left_on], [right_on], JoinArgs::new(JoinType::Semi))
    }

    /// The left rows that have none.
    pub fn anti_join(self, other: LazyFrame, left_on: Expr, right_on: Expr) -> Self {
        self.join(other, [left_on], [right_on], JoinArgs::new(JoinType::Anti))
    }

    /// All pairs.
    pub fn cross_join(self, other: LazyFrame) -> Self {
        self.join(other, [], [], JoinArgs::new(JoinType::Cross))
    }

    /// The pairs of rows for which predicates hold, which may compare columns of both sides; those of the right side that
    /// the left one has too end in a suffix. `kind` is inner, left, right or full: rows of those sides that have no
    /// partner come too, with nulls beside them. Rows come in any order.
    ///
    /// ```
    /// use hypostyle::prelude::*;
    /// let rows = |name: &str, values: Vec<i64>| DataFrame::new([(name, Column::from_vec(values))]).map(DataFrame::lazy);
    /// let starts = rows("start", vec![1, 5])?.with_columns([(col("start") + 3).alias("end")]);
    /// let inside = [col("at").gt_eq(col("start")), col("at").lt(col("end"))];
    /// let joined = rows("at", vec![2, 4, 7])?.join_where(starts, inside, JoinType::Inner, "_right").collect()?;
    /// assert_eq!(joined.height(), 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn join_where(
        self,
        other: LazyFrame,
        predicates: impl IntoIterator<Item = Expr>,
        kind: JoinType,
        suffix: &str,
    ) -> Self {
        // Rows without a partner are found by their numbers.
        const NUMBERS: [&str; 2] = ["__left_row", "__right_row"];
        let keeps = match kind {
            JoinKind::Inner => [false, false],
            JoinKind::Left => [true, false],
            JoinKind::Right => [false, true],
            JoinKind::Full => [true, true],
            JoinKind::Semi | JoinKind::Anti | JoinKind::Cross => {
                let kind = format!("{kind:?}").to_lowercase();
                return self.and_then(|_| {
                    Err(Error::invalid_operation(format!("a {kind} join takes keys, not predicates")))
                });
            }
        };
        let numbered = |side: LazyFrame, i: usize| match keeps[i] {
            true => side.with_row_index(NUMBERS[i], 0),
            false => side,
        };
        let sides = [numbered(self, 0), numbered(other, 1)];
        let predicates: Vec<Expr> = predicates.into_iter().collect();
        let args = JoinOptions { suffix: suffix.into(), ..JoinArgs::new(JoinType::Cross) };
        let pairs = sides[0].clone().join(sides[1].clone(), [], [], args).and_then(|pairs| {
            let all = predicates.iter().cloned().reduce(Expr::and);
            let all =
                all.ok_or_else(|| Error::invalid_operation("`join_where` takes at least one predicate"))?;
            for predicate in hypostyle_expr::expand(&all, pairs.schema())? {
                let dtype = hypostyle_expr::bind(&predicate, pairs.schema())?.dtype().clone();
                if dtype != DataType::Boolean && dtype != DataType::Null {
                    return Err(Error::compute(format!(
                        "the predicates of `join_where` are boolean, not {dtype}"
                    )));
                }
            }
            Plan::filter(pairs, all)
        });
        let mut parts = vec![pairs.clone()];
        for (i, name) in NUMBERS.into_iter().enumerate().filter(|(i, _)| keeps[*i]) {
            let key = || [dsl::col(name)];
            let alone = sides[i].clone().join(pairs.clone(), key(), key(), JoinArgs::new(JoinType::Anti));
            let other = sides[1 - i].clone();
            // Beside the rows of nobody: all columns, none of the other side's rows.
            let beside = match i {
                0 => alone.join(
                    other.slice(0, Some(0)),
                    [dsl::lit(true)],
                    [dsl::lit(false)],
                    JoinOptions { suffix: suffix.into(), ..JoinArgs::new(JoinType::Left) },
                ),
                _ => other.slice(0, Some(0)).join(
                    alone,
                    [dsl::lit(false)],
                    [dsl::lit(true)],
                    JoinOptions { suffix: suffix.into(), ..JoinArgs::new(JoinType::Right) },
                ),
            };
            parts.push(beside);
        }
        let all = match parts.len() {
            1 => parts.remove(0),
            _ => crate::concat::concat(parts, false).unwrap_or_else(|error| Self { plan: Err(error) }),
        };
        all.drop(NUMBERS.into_iter().zip(keeps).filter(|(_, keep)| *keep).map(|(name, _)| name), true)
    }

    /// Puts beside every row the row of another query whose last key is nearest to its own, among those that agree in
    /// the other keys. Both are in ascending order of the last key.
    ///
    /// ```
    /// use hypostyle::prelude::*;
    /// let keys = |k: Vec<i64>| DataFrame::new([("k", Column::from_vec(k))]).map(DataFrame::lazy);
    /// let prices = keys(vec![1, 4])?.with_columns([(col("k") * 10).alias("price")]);
    /// let joined = keys(vec![2, 5])?.join_as_of(prices, [col("k")], [col("k")], AsOfOptions::default()).collect()?;
    /// assert_eq!(joined.column("price")?.get(1)?.as_i128(), Some(40));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn join_as_of(
        self,
        other: LazyFrame,
        left_on: impl IntoIterator<Item = Expr>,
        right_on: impl IntoIterator<Item = Expr>,
        options: AsOfOptions,
    ) -> Self {
        let (left_on, right_on) = (left_on.into_iter().collect(), right_on.into_iter().collect());
        self.and_then(|left| Plan::as_of_join(left, other.plan?, left_on, right_on, options))
    }

    /// Sorts by columns.
    pub fn sort<'a>(self, by: impl IntoIterator<Item = &'a str>, options: SortOptions) -> Self {
        self.sort_by_exprs(by.into_iter().map(dsl::col), options)
    }

    /// Sorts by expressions.
    pub fn sort_by_exprs(self, by: impl IntoIterator<Item = Expr>, options: SortOptions) -> Self {
        let by: Vec<Expr> = by.into_iter().collect();
        self.and_then(|input| {
            let keys = by
                .iter()
                .enumerate()
                .map(|(i, expr)| {
                    Ok(SortKey {
                        expr: expr.clone(),
                        descending: option_of(&options.descending, i, by.len())?,
                        nulls_last: option_of(&options.nulls_last, i, by.len())?,
                    })
                })
                .collect::<Result<_>>()?;
            Plan::sort(input, keys, options.maintain_order)
        })
    }

    /// The `k` largest rows by keys, largest first.
    pub fn top_k(self, k: usize, by: impl IntoIterator<Item = Expr>) -> Self {
        let options = SortOptions { descending: vec![true], nulls_last: vec![true], maintain_order: false };
        self.sort_by_exprs(by, options).limit(k)
    }

    /// The `k` smallest rows by keys, smallest first.
    pub fn bottom_k(self, k: usize, by: impl IntoIterator<Item = Expr>) -> Self {
        let options = SortOptions { nulls_last: vec![true], ..SortOptions::default() };
        self.sort_by_exprs(by, options).limit(k)
    }

    /// The rows of this query and another of the same columns, which are both in ascending order of some columns with
    /// nulls first, in that order.
    ///
    /// ```
    /// use hypostyle::prelude::*;
    /// let keys = |k: Vec<i64>| DataFrame::new([("k", Column::from_vec(k))]).map(DataFrame::lazy);
    /// let merged = keys(vec![1, 3])?.merge_sorted(keys(vec![2, 3])?, ["k"]).collect()?;
    /// assert_eq!(merged.slice(1, 2).to_string(), keys(vec![2, 3])?.collect()?.to_string());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn merge_sorted<'a>(self, other: LazyFrame, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = keys.into_iter().map(Into::into).collect();
        self.and_then(|left| Plan::merge_sorted(left, other.plan?, keys))
    }

    /// Rows from `offset` on, at most `length`; a negative offset counts from the end.
    pub fn slice(self, offset: i64, length: Option<usize>) -> Self {
        self.and_then(|input| Ok(Plan::slice(input, offset, length)))
    }

    /// The first `n` rows.
    pub fn limit(self, n: usize) -> Self {
        self.slice(0, Some(n))
    }

    /// The last `n` rows.
    pub fn tail(self, n: usize) -> Self {
        let offset = i64::try_from(n).map_or(i64::MIN, |n| -n);
        self.slice(offset, Some(n))
    }

    /// Rows from last to first.
    pub fn reverse(self) -> Self {
        self.select([dsl::all().reverse()])
    }

    /// One row of those that agree in some columns (all if `None`).
    pub fn unique(self, subset: Option<Vec<Expr>>, keep: UniqueKeep) -> Self {
        self.and_then(|input| Plan::distinct(input, subset, keep, false))
    }

    /// As [`LazyFrame::unique`], in the order of the rows.
    pub fn unique_stable(self, subset: Option<Vec<Expr>>, keep: UniqueKeep) -> Self {
        self.and_then(|input| Plan::distinct(input, subset, keep, true))
    }

    /// Drops rows that are null in one of some columns (all if `None`).
    pub fn drop_nulls(self, subset: Option<Vec<Expr>>) -> Self {
        self.drop_rows("is_not_null", subset)
    }

    /// Drops rows that are NaN in one of some columns (all float columns if `None`).
    pub fn drop_nans(self, subset: Option<Vec<Expr>>) -> Self {
        let floats = Selector::Class(hypostyle_expr::DtypeClass::Float);
        self.drop_rows("is_not_nan", Some(subset.unwrap_or_else(|| vec![Expr::Selector(floats)])))
    }

    fn drop_rows(self, test: &str, subset: Option<Vec<Expr>>) -> Self {
        let subset = subset.unwrap_or_else(|| vec![dsl::all()]);
        self.and_then(|input| {
            let mut tests = Vec::new();
            for expr in &subset {
                for column in hypostyle_expr::expand(expr, input.schema())? {
                    let test = dsl::call(test, [column]);
                    // Null is no NaN.
                    tests.push(dsl::call("fill_null", [test, dsl::lit(true)]));
                }
            }
            match tests.into_iter().reduce(Expr::and) {
                Some(test) => Plan::filter(input, test),
                None => Ok(Plan::slice(input, 0, None)),
            }
        })
    }

    /// Drops columns. With `strict`, a missing one is an error.
    pub fn drop<'a>(self, names: impl IntoIterator<Item = &'a str>, strict: bool) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        let dropped = Selector::ByName { names, strict };
        self.select([Expr::Selector(Selector::Minus(Arc::new(Selector::All), Arc::new(dropped)))])
    }

    /// Renames columns.
    pub fn rename<'a>(self, names: impl IntoIterator<Item = (&'a str, &'a str)>, strict: bool) -> Self {
        let names: Vec<(&str, &str)> = names.into_iter().collect();
        self.and_then(|input| {
            if strict {
                names.iter().try_for_each(|(old, _)| input.schema().index_of(old).map(|_| ()))?;
            }
            let exprs = input
                .schema()
                .names()
                .map(|name| match names.iter().find(|(old, _)| *old == name) {
                    Some((_, new)) => Expr::Column(name.into()).alias(new),
                    None => Expr::Column(name.into()),
                })
                .collect();
            Plan::select(input, exprs)
        })
    }

    /// Adds a first column that counts rows.
    pub fn with_row_index(self, name: &str, offset: u32) -> Self {
        let name = name.into();
        self.and_then(|input| Plan::row_index(input, name, offset))
    }

    /// One row for each value of lists.
    pub fn explode(self, columns: impl IntoIterator<Item = Expr>) -> Self {
        let columns = columns.into_iter().collect();
        self.and_then(|input| Plan::explode(input, columns))
    }

    /// Columns become rows of a name and a value. `on`: all but the index if `None`.
    pub fn unpivot(
        self,
        on: Option<Vec<Expr>>,
        index: Vec<Expr>,
        variable_name: Option<&str>,
        value_name: Option<&str>,
    ) -> Self {
        self.and_then(|input| {
            let names = |exprs: &[Expr]| -> Result<Vec<Arc<str>>> {
                let mut names = Vec::new();
                for expr in exprs {
                    for column in hypostyle_expr::expand(expr, input.schema())? {
                        names.push(hypostyle_expr::output_name(&column)?);
                    }
                }
                Ok(names)
            };
            let index = names(&index)?;
            let on = match on {
                Some(on) => names(&on)?,
                None => {
                    let all = input.schema().fields().iter().map(|f| f.name.clone());
                    all.filter(|n| !index.contains(n)).collect()
                }
            };
            let options = UnpivotOptions {
                on,
                index,
                variable_name: variable_name.unwrap_or("variable").into(),
                value_name: value_name.unwrap_or("value").into(),
            };
            Plan::unpivot(Arc::clone(&input), options)
        })
    }

    /// Casts columns to types.
    pub fn cast<'a>(self, dtypes: impl IntoIterator<Item = (&'a str, DataType)>, strict: bool) -> Self {
        self.with_columns(dtypes.into_iter().map(|(name, dtype)| {
            if strict { dsl::col(name).cast(dtype) } else { dsl::col(name).cast_nonstrict(dtype) }
        }))
    }

    /// Every column under a name made from its own.
    pub fn rename_all(self, rename: Rename) -> Self {
        self.select([dsl::all().rename(rename)])
    }

    /// The number of values that are not null, of every column.
    pub fn count(self) -> Self {
        self.select([dsl::all().count()])
    }

    /// The number of nulls of every column.
    pub fn null_count(self) -> Self {
        self.select([dsl::all().null_count()])
    }

    /// An aggregate of the catalog of every column; null where it is not defined.
    pub fn aggregate_all(self, name: &str, options: impl IntoIterator<Item = Expr>) -> Self {
        let options: Vec<Expr> = options.into_iter().collect();
        self.and_then(|input| {
            let exprs = input
                .schema()
                .fields()
                .iter()
                .map(|field| {
                    let column = Expr::Column(field.name.clone());
                    let args = std::iter::once(column).chain(options.iter().cloned());
                    let expr = dsl::aggregate(name, args);
                    match hypostyle_expr::bind(&expr, input.schema()) {
                        Ok(_) => expr,
                        Err(_) => dsl::null().cast(field.dtype.clone()).alias(&field.name),
                    }
                })
                .collect();
            Plan::select(input, exprs)
        })
    }

    /// Runs a function of the whole frame as part of the query. It must give the schema it promises.
    pub fn map(
        self,
        name: &str,
        schema: Option<Schema>,
        function: impl Fn(DataFrame) -> Result<DataFrame> + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        self.and_then(|input| {
            let schema = schema.map_or_else(|| input.schema().clone(), Arc::new);
            Ok(Plan::map_frame(input, FrameFunction { name, call: Arc::new(function) }, schema))
        })
    }

    /// The optimized plan, without the rules switched off by name.
    pub fn optimized(&self, off: &[&str]) -> Result<Arc<Plan>> {
        optimizer::optimize(self.plan()?, off)
    }

    /// The plan as a tree.
    pub fn explain(&self, optimized: bool) -> Result<String> {
        Ok(explain(&if optimized { self.optimized(&[])? } else { self.plan()? }))
    }

    /// The plan as a tree, after each rule that changed it.
    pub fn explain_all(&self) -> Result<String> {
        let plan = self.plan()?;
        let mut out = format!("logical plan\n{}", explain(&plan));
        for step in optimizer::optimize_steps(plan, &[])?.1 {
            if let Some(changed) = step.changed {
                out.push_str(&format!("\nafter {}\n{}", step.rule, explain(&changed)));
            }
        }
        Ok(out)
    }

    /// The pipelines that the optimized plan becomes: each from its source to its sink, with the pipelines that must
    /// be finished before it starts. Nothing is run.
    ///
    /// ```
    /// use hypostyle::prelude::*;
    ///
    /// let frame = DataFrame::new([("a", Column::from_vec(vec![1i64, 2, 3]))])?;
    /// let query = frame.lazy().group_by([col("a")]).agg([len()]).sort(["a"], SortOptions::default());
    /// let text = query.explain_physical(&Context::default())?;
    /// assert!(text.contains("PIPELINE 2 after 1"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn explain_physical(&self, context: &Context) -> Result<String> {
        hypostyle_exec::explain_physical(&self.optimized(&[])?, context)
    }

    /// Runs the query and gives its plan as a tree, with the rows and milliseconds of every operator: time in an
    /// operator, added up over all threads.
    ///
    /// ```
    /// use hypostyle::prelude::*;
    ///
    /// let frame = DataFrame::new([("a", Column::from_vec(vec![1i64, 2, 3]))])?;
    /// let text = frame.lazy().filter(col("a").gt(lit(1))).explain_analyze(&Context::default())?;
    /// assert!(text.contains("operator"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn explain_analyze(&self, context: &Context) -> Result<String> {
        let plan = self.optimized(&[])?;
        let (_, profile) = hypostyle_exec::collect(&plan, &context.clone().with_profile())?;
        Ok(format!("{}\n{profile}", explain(&plan)))
    }

    /// Runs the query.
    ///
    /// # Errors
    /// Whatever was wrong with the plan (unknown columns, types that do not fit), and what the data bring up.
    pub fn collect(&self) -> Result<DataFrame> {
        self.collect_with(&Context::default())
    }

    /// Runs the query on a context of one's own: threads, cancellation.
    pub fn collect_with(&self, context: &Context) -> Result<DataFrame> {
        Ok(hypostyle_exec::collect(&self.optimized(&[])?, context)?.0)
    }

    /// Runs the query without some rules of the optimizer, given by their names in [`Self::explain_all`].
    pub fn collect_without(&self, rules: &[&str], context: &Context) -> Result<DataFrame> {
        Ok(hypostyle_exec::collect(&self.optimized(rules)?, context)?.0)
    }

    /// Runs the query as it was written, without the optimizer and without the filters that joins send to scans.
    pub fn collect_unoptimized(&self, context: &Context) -> Result<DataFrame> {
        let context = context.clone().without_runtime_filters();
        Ok(hypostyle_exec::collect(&self.plan()?, &context)?.0)
    }

    /// Runs the query, and tells what each operator did.
    pub fn profile(&self, context: &Context) -> Result<(DataFrame, Profile)> {
        hypostyle_exec::collect(&self.optimized(&[])?, &context.clone().with_profile())
    }
}

impl From<DataFrame> for LazyFrame {
    fn from(frame: DataFrame) -> Self {
        Self::scan(hypostyle_plan::FrameSource::new(frame))
    }
}
