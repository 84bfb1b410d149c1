//! Every way to evaluate gives what a loop over the segments gives.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Field, Result, Schema, Series, Value};
use hypostyle_kernels::concat::concat;

use super::{Frame, Segments, in_cuts};
use crate::bind;
use crate::bound::BoundExpr;
use crate::dsl::{self, call, col, lit};
use crate::expr::{Expr, OrderKey, WindowMapping};
use crate::grouped::{group_order, segments_to_lists};
use crate::map::UserFunction;
use crate::tasks::{Inline, Tasks};
use crate::testing::{check, check_error, check_groups, evaluate, lists, shown, texts};

/// Threads that do one piece after the other, last first.
struct Backwards;

impl Tasks for Backwards {
    fn each(&self, count: usize, task: &(dyn Fn(usize) -> Result<()> + Sync)) -> Result<()> {
        (0..count).rev().try_for_each(task)
    }

    fn threads(&self) -> usize {
        4
    }
}

fn columns(rows: i64) -> Vec<Column> {
    vec![
        Column::from_options((0..rows).map(|i| (i % 11 != 3).then_some(i * 7919 % 83 - 40))),
        Column::from_vec((0..rows).map(|i| i * i % 37).collect::<Vec<i64>>()),
        Column::from_vec((0..rows).map(|i| i * 31 % rows.max(1)).collect::<Vec<i64>>()),
        texts((0..rows).map(|i| ["x", "yy", "", "zzz"].get((i * i % 5) as usize).copied())),
    ]
}

fn batch(columns: &[Column]) -> (Batch, Schema) {
    let fields =
        columns.iter().zip('a'..='z').map(|(c, name)| Field::new(name.to_string(), c.dtype().clone()));
    let batch = Batch::try_new(columns.to_vec(), columns[0].len()).unwrap();
    (batch, Schema::try_new(fields.collect()).unwrap())
}

/// The values of each segment, by evaluating the rows of each alone.
fn by_loop(expr: &BoundExpr, batch: &Batch, ranges: &[(u32, u32)]) -> Vec<Column> {
    let segment = |(start, len): &(u32, u32)| {
        let part = batch.slice(*start as usize, *len as usize);
        let value = Frame::whole(&part, &Inline).select(expr).unwrap();
        value.column
    };
    ranges.iter().map(segment).collect()
}

/// Columns as one list each.
fn as_lists(columns: &[Column], dtype: &DataType) -> Column {
    let mut starts = vec![0u32];
    for column in columns {
        starts.push(starts[starts.len() - 1] + column.len() as u32);
    }
    let values = if columns.is_empty() { Column::empty(dtype.clone()) } else { concat(columns).unwrap() };
    segments_to_lists(values, &starts).unwrap()
}

fn expressions() -> Vec<Expr> {
    let a = || col("a");
    let list = |flag: bool| dsl::list([flag]);
    vec![
        a(),
        a() * 2,
        a().shift(2),
        call("shift", [a(), lit(-1), lit(7)]),
        call("shift", [a(), dsl::len() - 2]),
        a().cum_sum(false),
        a().cum_sum(true),
        call("cum_max", [a()]),
        call("cum_count", [a()]),
        call("diff", [a()]),
        call("rank", [a(), lit("dense"), lit(true)]),
        call("rank", [a()]),
        a().reverse(),
        a().sort(true, true),
        call("arg_sort", [a()]),
        call("sort_by", [a(), list(true), list(false), col("c")]),
        call("forward_fill", [a()]),
        call("backward_fill", [a(), lit(1)]),
        a().is_duplicated(),
        call("is_last_distinct", [a()]),
        a() - a().mean(),
        a() * 2 + col("c").max() - dsl::len(),
        dsl::when(a().gt(a().first())).then(a().shift(1)).otherwise(lit(0)),
        (a() - a().shift(1)).cum_sum(false).fill_null(a().min()),
        a().sum() + a().first(),
        lit(5),
        lit(5).cum_sum(false),
        a().head(2),
        a().tail(3).sum(),
        a().unique(),
        a().drop_nulls().first(),
        a().drop_nulls().shift(1),
        a().filter(col("c").gt(a())).sum(),
        a().filter(a().gt(0)) + 1,
        a().unique().sort(false, false).head(3).cum_sum(false),
        call("slice", [a(), dsl::len() - 1, lit(1)]),
        call("gather", [a(), call("arg_sort", [col("c")])]),
        call("gather", [a(), lit(0)]),
        call("int_range", [lit(0), dsl::len()]) + a(),
        call("int_range", [lit(0), lit(3)]),
        (a() - a().max().over([col("d")])).min(),
        a().cum_sum(false).over([col("d")]),
        col("d").str().len_bytes().sum(),
        a().max().sum() + a().min().count(),
        dsl::len(),
    ]
}

/// Segments side by side, in one go and in cuts on several threads; and ranges that overlap.
#[test]
fn segments_agree_with_a_loop() {
    let (batch, schema) = batch(&columns(200));
    let starts: Vec<u32> = vec![0, 1, 1, 30, 31, 99, 200];
    let adjacent: Vec<(u32, u32)> = starts.windows(2).map(|b| (b[0], b[1] - b[0])).collect();
    let ranges: Vec<(u32, u32)> = vec![(3, 5), (0, 9), (4, 0), (4, 1), (2, 100), (100, 100)];
    for expr in expressions() {
        let bound = bind(&expr, &schema).unwrap();
        // No row of an empty segment can be gathered.
        let skips_empty = expr.to_string().contains("gather(0)");
        let check = |parts: &[(u32, u32)], frame: Frame<'_>| {
            if skips_empty {
                return;
            }
            let expected = by_loop(&bound, &batch, parts);
            let expected = match bound.extent() {
                crate::Extent::Scalar => concat(&expected).unwrap(),
                _ => as_lists(&expected, bound.dtype()),
            };
            let found = frame.one_for_each(&bound).unwrap_or_else(|error| panic!("{expr}: {error}"));
            assert_eq!(shown(&found), shown(&expected), "{expr}");
        };
        check(&adjacent, Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: &Inline });
        let (from, lengths): (Vec<u32>, Vec<u32>) = ranges.iter().copied().unzip();
        let segments = Segments::Ranges { starts: &from, lengths: &lengths };
        check(&ranges, Frame { batch: &batch, segments, tasks: &Inline });
    }
}

/// The value of every row, group by group.
fn window_by_loop(input: &BoundExpr, batch: &Batch, ids: &[u32], rows: &[u32]) -> Vec<String> {
    let groups = ids.iter().max().map_or(0, |id| *id as usize + 1);
    let mut out = vec![String::new(); ids.len()];
    for group in 0..groups as u32 {
        let own: Vec<u32> = rows.iter().copied().filter(|row| ids[*row as usize] == group).collect();
        let part = hypostyle_kernels::gather::gather_batch(batch, &own).unwrap();
        let value = Frame::whole(&part, &Inline).select(input).unwrap();
        let column = value.into_rows(own.len()).unwrap();
        for (i, row) in own.iter().enumerate() {
            out[*row as usize] = shown(&column.slice(i, 1));
        }
    }
    out
}

#[test]
fn windows_agree_with_a_loop() {
    let (batch, schema) = batch(&columns(200));
    let keys = hypostyle_kernels::group::group_rows(&[batch.column(1).clone()], 200).unwrap();
    let order = |descending: bool| OrderKey { expr: col("c"), descending, nulls_last: false };
    let by_d = OrderKey { expr: col("d"), descending: false, nulls_last: true };
    for expr in expressions() {
        let input = bind(&expr, &schema).unwrap();
        let keeps =
            [crate::Extent::Scalar, crate::Extent::Row, crate::Extent::Whole].contains(&input.extent());
        if !keeps || expr.columns().is_empty() {
            continue;
        }
        for order_by in [vec![], vec![order(true)], vec![by_d.clone(), order(false)]] {
            let sort: Vec<(Column, hypostyle_kernels::sort::SortOrder)> = order_by
                .iter()
                .map(|key| {
                    let position = schema.index_of(&key.expr.columns()[0]).unwrap();
                    let order = hypostyle_kernels::sort::SortOrder {
                        descending: key.descending,
                        nulls_last: key.nulls_last,
                    };
                    (batch.column(position).clone(), order)
                })
                .collect();
            let rows = match sort.is_empty() {
                true => (0..200).collect(),
                false => hypostyle_kernels::sort::sort_indices(&sort, 200),
            };
            let over = Expr::Over {
                input: Arc::new(expr.clone()),
                partition_by: vec![col("b")],
                order_by,
                mapping: WindowMapping::GroupToRows,
            };
            let bound = bind(&over, &schema).unwrap();
            let found = bound.evaluate_with(&batch, &Backwards).unwrap().column;
            let found: Vec<String> = (0..200).map(|row| shown(&found.slice(row, 1))).collect();
            assert_eq!(found, window_by_loop(&input, &batch, &keys.ids, &rows), "{over}");
        }
    }
}

/// Partitions, pieces and cuts change no value.
#[test]
fn many_rows_agree_with_one_thread() {
    let rows = 300_000i64;
    let columns = [
        Column::from_options((0..rows).map(|i| (i % 11 != 3).then_some(i * 7919 % 8_300 - 4_000))),
        Column::from_vec((0..rows).map(|i| i * i % 70_001).collect::<Vec<i64>>()),
        Column::from_vec((0..rows).map(|i| i * 31 % rows).collect::<Vec<i64>>()),
    ];
    let (batch, schema) = batch(&columns);
    let a = || col("a");
    for expr in [
        a() - a().mean().over([col("b")]),
        a().cum_sum(false).over([col("b")]),
        (a() - a().mean()).abs().max().over([col("b")]),
        a().shift(1).over([col("b") % 3]),
        a() * 2 - a().sum() + col("c"),
        a().filter(a().gt(0)).sum(),
    ] {
        let bound = bind(&expr, &schema).unwrap();
        let one = bound.evaluate(&batch).unwrap().into_rows(batch.len()).unwrap();
        let many = bound.evaluate_with(&batch, &Backwards).unwrap().into_rows(batch.len()).unwrap();
        assert_eq!(shown(&one), shown(&many), "{expr}");
    }
    let group = group_order(&(0..rows).map(|i| (i / 1_000) as u32).collect::<Vec<_>>(), 300);
    for expr in [a().head(3), a().unique().len(), a() - a().mean(), a().sum(), lit(1)] {
        let bound = bind(&expr, &schema).unwrap();
        let one = Frame { batch: &batch, segments: Segments::Adjacent(&group.offsets), tasks: &Inline };
        let one = one.evaluate(&bound).unwrap();
        let many = in_cuts(&bound, &batch, &group.offsets, &Backwards).unwrap();
        assert_eq!(one.cardinality, many.cardinality, "{expr}");
        assert_eq!(shown(&one.column), shown(&many.column), "{expr}");
    }
    // Against a loop, for some of the groups.
    let bound = bind(&a().cum_sum(false).over([col("b")]), &schema).unwrap();
    let found = bound.evaluate_with(&batch, &Backwards).unwrap().column;
    for key in [0, 1, 69_999, 16] {
        let own: Vec<u32> = (0..rows).filter(|i| i * i % 70_001 == key).map(|i| i as u32).collect();
        let mut total = 0;
        for row in own {
            let expected = (i64::from(row) % 11 != 3).then_some(i64::from(row) * 7919 % 8_300 - 4_000);
            total += expected.unwrap_or(0);
            assert_eq!(found.get(row as usize).as_i128(), expected.map(|_| i128::from(total)), "row {row}");
        }
    }
}

#[test]
fn mappings() {
    let columns = [Column::from_vec(vec![3i64, 1, 2]), Column::from_vec(vec![1i64, 2, 1])];
    let over = |input: Expr, mapping: WindowMapping| Expr::Over {
        input: Arc::new(input),
        partition_by: vec![col("b")],
        order_by: Vec::new(),
        mapping,
    };
    let shift = col("a").shift(1);
    check(over(shift.clone(), WindowMapping::Join), &columns, "list[i64] [[null, 3], [null], [null, 3]]");
    check(over(col("a").head(1), WindowMapping::Join), &columns, "list[i64] [[3], [1], [3]]");
    check(over(shift, WindowMapping::Explode), &columns, "i64 [null, 3, null]");
    check(over(col("a").head(1), WindowMapping::Explode), &columns, "i64 [3, 1]");
    check(over(col("a").sum(), WindowMapping::Explode), &columns, "i64 [5, 1]");
    let short = evaluate(&col("a").head(1).over([col("b")]), &columns);
    assert!(short.unwrap_err().to_string().contains("gives 1 values for a group of 2 rows"));
}

/// A user's function that takes all of its series together, a row of each after the other.
fn weave(elementwise: bool, returns_scalar: bool) -> UserFunction {
    let call = move |inputs: &[Series], output: &DataType| {
        assert_eq!(inputs.iter().map(Series::name).collect::<Vec<_>>(), ["a", "b"]);
        let columns: Vec<&Column> = inputs.iter().flat_map(Series::chunks).collect();
        let sum = |i: usize| columns.iter().try_fold(0, |sum, c| Some(sum + c.get(i).as_i128()?));
        let sums: Vec<_> = (0..columns[0].len()).map(sum).collect();
        let values = if returns_scalar { vec![sums.iter().flatten().max().copied()] } else { sums };
        Column::from_scalars(output.clone(), values.into_iter().map(|v| v.map_or(Value::Null, Value::Int)))
    };
    UserFunction {
        name: "weave".into(),
        call: Arc::new(call),
        output: Arc::new(|types| Ok(types[0].clone())),
        elementwise,
        returns_scalar,
    }
}

#[test]
fn functions_of_users() {
    let columns = [
        Column::from_options([Some(3i64), Some(1), None, Some(5)]),
        Column::from_vec(vec![10i64, 20, 30, 40]),
    ];
    let of = |elementwise, scalar| col("a").map(weave(elementwise, scalar), [col("b")]);
    let each = "i64 [13, 21, null, 45]";
    check(of(true, false), &columns, each);
    check(of(false, false), &columns, each);
    check(of(false, true), &columns, "i64 [45]");
    check(of(true, false).max(), &columns, "i64 [45]");
    check_groups(of(true, false), &columns, &[0, 1, 0, 1], "list[i64] [[13, null], [21, 45]]");
    check_groups(of(false, false), &columns, &[0, 1, 0, 1], "list[i64] [[13, null], [21, 45]]");
    check_groups(of(false, true), &columns, &[0, 1, 0, 1], "i64 [13, 45]");
    check_groups(of(true, false).sum(), &columns, &[0, 1, 0, 1], "i64 [13, 66]");
    check(of(false, true).over([col("b").gt(lit(20))]), &columns, "i64 [21, 21, 45, 45]");
}

#[test]
fn functions_of_users_must_keep_their_word() {
    let columns = [Column::from_vec(vec![1i64, 2])];
    let wrong = |elementwise, result: Column| {
        let call = move |_: &[Series], _: &DataType| Ok(result.clone());
        let output = |types: &[DataType]| Ok(types[0].clone());
        let (call, output) = (Arc::new(call), Arc::new(output));
        let name = "wrong".into();
        col("a").map(UserFunction { name, call, output, elementwise, returns_scalar: false }, [])
    };
    check_error(wrong(true, Column::from_vec(vec![1.0, 2.0])), &columns, "SchemaMismatch");
    check_error(wrong(true, Column::from_vec(vec![1i64])), &columns, "ShapeMismatch");
    check(wrong(false, Column::from_vec(vec![7i64])), &columns, "i64 [7]");
}

#[test]
fn windows_by_hand() {
    let columns = [Column::from_vec(vec![3i64, 1, 2, 5]), texts([Some("x"), Some("y"), Some("x"), None])];
    check(col("a").filter(col("a").gt(2)).sum().over([col("b")]), &columns, "i64 [3, 0, 3, 5]");
    let nested = (col("a") - col("a").max().over([col("b")])).min().over([col("b")]);
    check(nested, &columns, "i64 [-1, 0, -1, 0]");
}

#[test]
fn expressions_over_lists() {
    let a = [lists([Some(&[Some(3), Some(1), None]), Some(&[]), None, Some(&[Some(2)])])];
    let over = |body: Expr, as_lists: bool| Expr::Lists {
        input: Arc::new(col("a")),
        body: Arc::new(body),
        as_lists,
    };
    check(over(col("") * 2, true), &a, "list[i64] [[6, 2, null], [], null, [4]]");
    check(over(col("").cum_sum(false), true), &a, "list[i64] [[3, 4, null], [], null, [2]]");
    check(over(col("").drop_nulls(), true), &a, "list[i64] [[3, 1], [], null, [2]]");
    check(over(col("") - col("").max(), true), &a, "list[i64] [[0, -2, null], [], null, [0]]");
    check(over(col("").sum(), false), &a, "i64 [4, 0, null, 2]");
    check(over(col("").drop_nulls(), false), &a, "list[i64] [[3, 1], [], null, [2]]");
}

/// Values that do not stand beside each other are an error, whatever the segments.
#[test]
fn lengths_must_agree() {
    let (batch, schema) = batch(&columns(20));
    let one = bind(&(col("c") - col("c").head(1)), &schema).unwrap();
    let starts = [0, 5, 20];
    let frame = Frame { batch: &batch, segments: Segments::Adjacent(&starts), tasks: &Inline };
    let by_group = frame.one_for_each(&one).unwrap();
    let first = by_group.as_list().and_then(|lists| lists.get(1)).unwrap();
    // A single row stands for all of its segment: 31 * 5 % 20 is 15.
    assert_eq!(first.get(0).as_i128(), Some(0));
    assert_eq!(first.get(1).as_i128(), Some(31 * 6 % 20 - 15));
    let expr = bind(&(col("a").head(2) + col("a")), &schema).unwrap();
    assert!(expr.evaluate(&batch).unwrap_err().to_string().contains("20 values where another has 2;"));
    assert!(frame.one_for_each(&expr).is_err());
}
