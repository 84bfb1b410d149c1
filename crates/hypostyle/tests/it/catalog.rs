//! Every entry of the catalog, in a select, by group, in a window and over the values of lists, against a loop that
//! evaluates each group alone; on 1, 2 and 8 threads. The calls are made from the parameters of the entries, so that a
//! new function is tested as soon as it is in the catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use hypostyle::expr::functions::{OptionType, Param, ParamDefault, ParamKind};
use hypostyle::expr::{Expr, WindowMapping, aggregates, functions};
use hypostyle::prelude::*;

use super::frame_rows;

const THREADS: [usize; 3] = [1, 2, 8];

/// Arguments behind the first for which columns are tried.
const MOST_COLUMNS: usize = 2;

/// Columns of many types, in `groups` groups by the column `g`.
fn table(rows: i64, groups: i64) -> DataFrame {
    let every = |n: i64, i: i64| i % n != n - 1;
    let texts = |values: &[&str]| -> Column {
        let text = |i: i64| every(7, i).then(|| values[(i * i) as usize % values.len()]);
        Column::from_utf8((0..rows).map(text).collect())
    };
    let number = |i: i64| (i * 7919 % 23 - 9) as f64 / 4.0;
    let base = DataFrame::new([
        ("g", Column::from_vec((0..rows).map(|i| i * i % groups).collect::<Vec<i64>>())),
        ("i", Column::from_options((0..rows).map(|i| every(5, i).then_some(i * 37 % 11 - 4)))),
        ("u", Column::from_vec((0..rows).map(|i| (i * 13 % 9) as u8).collect::<Vec<u8>>())),
        ("s", Column::from_vec((0..rows).map(|i| (i % 100) as i16 - 50).collect::<Vec<i16>>())),
        (
            "f",
            Column::from_options(
                (0..rows).map(|i| every(6, i).then(|| if i % 17 == 4 { f64::NAN } else { number(i) })),
            ),
        ),
        ("h", Column::from_options((0..rows).map(|i| every(4, i).then_some(number(i) as f32)))),
        ("t", texts(&["a", "", "b c", "1", "-2", "a,b", "ab", "zz"])),
        ("day", texts(&["2024-02-29", "2023-12-31", "1969-07-20"])),
    ]);
    let zoned = DataType::Datetime(TimeUnit::Microseconds, Some("Europe/Paris".into()));
    let naive = DataType::Datetime(TimeUnit::Microseconds, None);
    let span = DataType::Duration(TimeUnit::Milliseconds);
    base.unwrap()
        .lazy()
        .with_columns([
            col("i").gt(lit(0)).alias("b"),
            col("day").str().to_date(None).alias("d"),
            call("dt.cast_time_unit", [call("str.to_datetime", [col("day"), lit("%Y-%m-%d")]), lit("ns")])
                .alias("m"),
            (col("i") * lit(86_400_000_000i64)).cast(zoned).alias("z"),
            (col("i") * lit(90_061)).cast(DataType::Int64).cast(span).alias("p"),
            col("i").cast(DataType::Decimal(12, 2)).alias("c"),
            col("t").cast(DataType::Categorical).alias("k"),
            col("t").str().split(",").alias("tl"),
            call("as_struct", [col("i"), lit("i"), col("t"), lit("t")]).alias("st"),
            call("int_ranges", [lit(0), col("u"), lit(1)]).alias("nl"),
            col("t").cast(DataType::Binary).alias("y"),
            call("dt.time", [(col("i") * lit(3_600_000_000i64)).cast(naive)]).alias("tm"),
        ])
        .collect()
        .unwrap()
}

/// Calls of an entry that the planner accepts, one for each type of the first argument.
fn calls(
    frame: &DataFrame,
    name: &str,
    params: &[Param],
    by_row: bool,
    make: impl Fn(&str, Vec<Expr>) -> Expr,
) -> Vec<Expr> {
    // What takes names in pairs with columns, or one for each field; what takes arrays, or two types that are not alike.
    match name {
        "as_struct" => return vec![make(name, vec![col("i"), lit("i"), col("t"), lit("s")])],
        "arr.to_list" => return vec![make(name, vec![pairs()])],
        "arr.of_width" => return vec![make(name, vec![concat_list([col("u"), col("i")]), pairs()])],
        "struct.rename_fields" => return vec![make(name, vec![col("st"), lit("x"), lit("y")])],
        "struct.with_fields" | "struct.eval" => {
            return vec![make(name, vec![col("st"), col("f"), lit("i"), col("u"), lit("u")])];
        }
        "struct.drop" => return vec![make(name, vec![col("st"), lit("i"), lit(true)])],
        "bin.reinterpret" => {
            let byte = lit(Scalar::null(DataType::UInt8));
            return vec![make(name, vec![col("y"), byte, lit("little")])];
        }
        "dt.is_business_day" => return vec![make(name, vec![col("z"), week(), null()])],
        "dt.add_business_days" => {
            return vec![make(name, vec![col("d"), col("i"), week(), null(), lit("forward")])];
        }
        "business_day_count" => return vec![make(name, vec![col("d"), col("d"), week(), null()])],
        "dt.combine" => return vec![make(name, vec![col("z"), col("tm"), lit("ms")])],
        _ => {}
    }
    let columns: Vec<&str> = frame.schema().names().filter(|column| *column != "g").collect();
    let constants = || vec![lit(1), lit(0.5), lit("a"), lit("1h"), list([1i64, 2]), list(["a"])];
    let strings = || ["a", "1h", "UTC", "%Y-%m-%d", "ms", "i", "2i", "u64"].map(lit).to_vec();
    let mut found: Vec<Expr> = Vec::new();
    for column in &columns {
        let mut choices: Vec<Vec<Expr>> = Vec::new();
        let mut first = true;
        for param in params {
            choices.push(match param.kind {
                ParamKind::Column | ParamKind::Columns | ParamKind::OptionalColumn(_) | ParamKind::Values
                    if first =>
                {
                    vec![col(column)]
                }
                ParamKind::OptionalColumn(ParamDefault::Integer(value)) => vec![lit(value)],
                ParamKind::OptionalColumn(ParamDefault::String(value)) => vec![lit(value)],
                // Of many that may be left out, the last are.
                ParamKind::OptionalColumn(_) if choices.len() > MOST_COLUMNS => vec![null()],
                ParamKind::Column | ParamKind::Columns | ParamKind::OptionalColumn(_) => {
                    [vec![col(column), col("t"), col("i"), col("f")], constants()].concat()
                }
                // What works row by row takes constant lists; row numbers are computed.
                ParamKind::Values if by_row => {
                    vec![list([1i64]), list(["a"]), list([0.5]), list([true]), null_list()]
                }
                ParamKind::Values => vec![list_of_rows()],
                ParamKind::Scalar => vec![lit(1), col("d").max(), col("tm").max()],
                ParamKind::Option(accepts, default) => match (accepts, default) {
                    (OptionType::Boolean, _) => vec![lit(false)],
                    (OptionType::Integer, _) => vec![lit(2)],
                    (OptionType::Float, _) => vec![lit(0.5)],
                    (OptionType::Choice(choices), _) => vec![lit(choices[0])],
                    (OptionType::String, ParamDefault::String(value)) => vec![lit(value)],
                    (OptionType::String, _) => strings(),
                    (OptionType::Booleans, _) => vec![list([false])],
                    (OptionType::Any, _) => vec![null(), list([0.5]), list([-1i64])],
                },
            });
            first &= matches!(param.kind, ParamKind::Scalar | ParamKind::Option(..));
        }
        let mut taken = vec![0usize; choices.len()];
        let planned = |args: &[Expr]| {
            let expr = make(name, args.to_vec());
            frame.clone().lazy().select([expr.clone()]).collect_schema().is_ok().then_some(expr)
        };
        // Arguments like an odometer; the first that the planner accepts.
        'search: loop {
            let args: Vec<Expr> = taken.iter().zip(&choices).map(|(i, of)| of[*i].clone()).collect();
            if let Some(expr) = planned(&args) {
                found.push(expr);
                break;
            }
            for place in (0..taken.len()).rev() {
                taken[place] += 1;
                if taken[place] < choices[place].len() {
                    continue 'search;
                }
                taken[place] = 0;
            }
            break;
        }
        if choices.iter().all(|of| !of.iter().any(|e| *e == col(column))) {
            // No argument is a column: once is enough.
            break;
        }
    }
    found
}

/// Business days from Wednesday to Monday.
fn week() -> Expr {
    list([true, false, true, true, true, true, true])
}

/// Arrays of two values.
fn pairs() -> Expr {
    call("list.to_array", [concat_list([col("i"), col("u")]), lit(2)])
}

/// A list of a null without a type.
fn null_list() -> Expr {
    lit(Scalar::new(DataType::list(DataType::Null), Value::List([Value::Null].into())))
}

/// Numbers of rows that every group has.
fn list_of_rows() -> Expr {
    call("int_range", [lit(0), lit(1)])
}

fn all_calls(frame: &DataFrame) -> Vec<(String, Vec<Expr>)> {
    let functions = functions::names().into_iter().map(|name| {
        let function = functions::find(name).unwrap();
        let by_row = function.extent() == hypostyle::expr::Extent::Row;
        (name.to_owned(), calls(frame, name, function.params(), by_row, call))
    });
    let aggregates = aggregates::names().into_iter().map(|name| {
        let params = aggregates::find(name).unwrap().params();
        (format!("{name} (aggregate)"), calls(frame, name, params, false, aggregate))
    });
    functions.chain(aggregates).collect()
}

/// The rows, or what kind of error there was.
fn outcome(result: Result<DataFrame>) -> std::result::Result<Vec<String>, String> {
    result.map(|frame| frame_rows(&frame)).map_err(|error| {
        let kind = format!("{:?}", error.kind());
        kind.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    })
}

/// The same on every number of threads.
#[track_caller]
fn on_all_threads(query: &LazyFrame) -> std::result::Result<Vec<String>, String> {
    let [one, two, eight] = THREADS.map(|n| outcome(query.collect_with(&Context::new(n))));
    assert_eq!(one, two, "1 and 2 threads: {:?}", query.explain(false));
    assert_eq!(one, eight, "1 and 8 threads: {:?}", query.explain(false));
    one
}

/// The values of each group, evaluated alone, in order of the groups' first rows.
fn by_loop(
    parts: &[(String, DataFrame)],
    expr: &Expr,
) -> std::result::Result<Vec<(String, Vec<String>)>, String> {
    let one = Context::new(1);
    parts
        .iter()
        .map(|(key, part)| {
            let values = outcome(part.clone().lazy().select([expr.clone().alias("v")]).collect_with(&one))?;
            Ok((key.clone(), values))
        })
        .collect()
}

fn groups_of(frame: &DataFrame) -> Vec<(String, DataFrame)> {
    let keys = frame.clone().lazy().select([col("g").unique()]).collect().unwrap();
    frame_rows(&keys)
        .into_iter()
        .map(|key| {
            let own = col("g").eq(lit(key.parse::<i64>().unwrap()));
            (key, frame.clone().lazy().filter(own).collect().unwrap())
        })
        .collect()
}

fn check(frame: &DataFrame, parts: &[(String, DataFrame)], expr: &Expr) {
    let scalar = |frame: &DataFrame| {
        let bound = hypostyle::expr::bind(expr, frame.schema()).unwrap();
        bound.extent() == hypostyle::expr::Extent::Scalar
    };
    let (is_scalar, expected) = (scalar(frame), by_loop(parts, expr));

    let select = frame.clone().lazy().select([expr.clone().alias("v")]);
    let selected = on_all_threads(&select);

    let by_group = frame.clone().lazy().group_by_stable([col("g")]).agg([expr.clone().alias("v")]);
    let found = on_all_threads(&by_group);
    match &expected {
        Ok(groups) => {
            let lines: Vec<String> = groups
                .iter()
                .map(|(key, values)| match is_scalar {
                    true => format!("{key}|{}", values[0]),
                    false => format!("{key}|[{}]", values.join(",")),
                })
                .collect();
            assert_eq!(found.as_ref(), Ok(&lines), "by group: {expr}");
        }
        // What fails for one group fails.
        Err(_) => assert!(found.is_err(), "by group: {expr} gave {found:?}, the loop {expected:?}"),
    }

    let Ok(groups) = expected else { return };
    let over = |mapping| Expr::Over {
        input: Arc::new(expr.clone()),
        partition_by: vec![col("g")],
        order_by: Vec::new(),
        mapping,
    };
    // Every group of the table has rows, so a value for each of them is a value for each row.
    let keys: Vec<String> = frame_rows(&frame.clone().lazy().select([col("g")]).collect().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(key).or_default() += 1);
    let per_row = groups.iter().all(|(key, values)| is_scalar || values.len() == counts[key.as_str()]);
    let window = frame.clone().lazy().select([over(WindowMapping::GroupToRows).alias("v")]);
    let found = on_all_threads(&window);
    if per_row {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let of: BTreeMap<&str, &Vec<String>> = groups.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let expected: Vec<String> = keys
            .iter()
            .map(|key| {
                let place = seen.entry(key).or_default();
                *place += 1;
                let values = of[key.as_str()];
                values[if is_scalar { 0 } else { *place - 1 }].clone()
            })
            .collect();
        assert_eq!(found, Ok(expected), "over: {expr}");
        if let Ok(selected) = selected
            && !is_scalar
        {
            assert_eq!(selected.len(), keys.len(), "select: {expr}");
        }
    } else {
        assert_eq!(found, Err("ShapeMismatch".to_owned()), "over: {expr}");
    }
    let explode = frame.clone().lazy().select([over(WindowMapping::Explode).alias("v")]);
    let exploded: Vec<String> = groups
        .iter()
        .flat_map(|(_, values)| if is_scalar { vec![values[0].clone()] } else { values.clone() })
        .collect();
    assert_eq!(on_all_threads(&explode), Ok(exploded), "over, exploded: {expr}");
}

/// The same over the values of lists, for calls that read one column.
fn check_lists(frame: &DataFrame, parts: &[(String, DataFrame)], expr: &Expr) {
    let [name] = &expr.columns()[..] else { return };
    let lists = frame.clone().lazy().group_by_stable([col("g")]).agg([col(name).alias("l")]);
    let lists = lists.collect().unwrap();
    let body = expr.transform_up(&mut |e| match e {
        Expr::Column(_) => Expr::Column("".into()),
        other => other,
    });
    let over = Expr::Lists { input: Arc::new(col("l")), body: Arc::new(body), as_lists: true };
    let found = on_all_threads(&lists.lazy().select([col("g"), over.alias("v")]));
    let Ok(groups) = by_loop(parts, expr) else { return };
    let expected: Vec<String> =
        groups.iter().map(|(key, values)| format!("{key}|[{}]", values.join(","))).collect();
    assert_eq!(found, Ok(expected), "over lists: {expr}");
}

#[test]
fn every_entry_of_the_catalog() {
    let frame = table(60, 7);
    let parts = groups_of(&frame);
    let mut never = Vec::new();
    for (name, calls) in all_calls(&frame) {
        if calls.is_empty() {
            never.push(name);
        }
        for expr in calls {
            check(&frame, &parts, &expr);
            check_lists(&frame, &parts, &expr);
        }
    }
    assert!(never.is_empty(), "no arguments were found for {never:?}");
}

/// What an aggregate says of the order of rows holds: those that are said to ignore it give the same for rows that
/// come in another order, but for the last bits of floats.
#[test]
fn aggregates_that_ignore_order() {
    let frame = table(60, 7);
    let other = frame.clone().lazy().sort(["u", "g"], SortOptions::descending()).collect().unwrap();
    let mut tested = 0;
    for name in aggregates::names() {
        let entry = aggregates::find(name).unwrap();
        for expr in calls(&frame, name, entry.params(), false, aggregate) {
            if !entry.traits().ignores_order {
                continue;
            }
            let value = |frame: &DataFrame| {
                let select = frame.clone().lazy().select([expr.clone().alias("v")]);
                outcome(select.collect_with(&Context::new(1))).map(|rows| rows[0].clone())
            };
            let (found, expected) = (value(&other), value(&frame));
            let number =
                |value: &std::result::Result<String, String>| value.as_ref().ok()?.parse::<f64>().ok();
            let near = number(&found)
                .zip(number(&expected))
                .is_some_and(|(found, expected)| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0));
            assert!(near || found == expected, "{expr}: {found:?}, expected {expected:?}");
            tested += 1;
        }
    }
    assert!(tested > 100, "{tested} calls");
}

/// Rows and groups enough for partitions, pieces and cuts: one call of each entry.
#[test]
fn many_rows_and_groups() {
    let frame = table(140_000, 997);
    let few = table(60, 7);
    // The groups that are looked at; all of them are computed.
    let some: Vec<i64> = vec![0, 1, 4, 9, 996];
    let one = Context::new(1);
    for (_, calls) in all_calls(&few) {
        let Some(expr) = calls.into_iter().next() else { continue };
        let bound = hypostyle::expr::bind(&expr, few.schema()).unwrap();
        if bound.extent() == hypostyle::expr::Extent::Row {
            // What works row by row knows nothing of groups.
            continue;
        }
        let over = expr.clone().over([col("g")]).alias("v");
        let by_group = frame.clone().lazy().group_by_stable([col("g")]).agg([expr.clone().alias("v")]);
        let found = [1, 8].map(|n| by_group.collect_with(&Context::new(n)));
        let [Ok(first), Ok(second)] = found else { continue };
        assert_eq!(frame_rows(&first), frame_rows(&second), "{expr}");
        let windows = [1, 8].map(|n| {
            let window = frame.clone().lazy().select([col("g"), over.clone()]);
            window.collect_with(&Context::new(n))
        });
        // Which of several groups fails first is not the same.
        let rows = windows.map(|frame| frame.map(|frame| frame_rows(&frame)).map_err(|_| ()));
        assert_eq!(rows[0], rows[1], "{expr}");
        for key in &some {
            let own = frame.clone().lazy().filter(col("g").eq(lit(*key)));
            let loop_rows = own.select([expr.clone().alias("v")]).collect_with(&one);
            let Ok(expected) = loop_rows.map(|frame| frame_rows(&frame)) else { continue };
            let of_key = |frame: &DataFrame| {
                let prefix = format!("{key}|");
                frame_rows(frame).into_iter().find_map(|row| row.strip_prefix(&prefix).map(str::to_owned))
            };
            let found = of_key(&first);
            let listed = format!("[{}]", expected.join(","));
            assert!(
                found.as_ref() == expected.first() || found == Some(listed),
                "{expr} of group {key}: {found:?}, expected {expected:?}"
            );
        }
    }
}
