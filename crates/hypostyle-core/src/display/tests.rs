//! Tables line by line, as Polars 2.1 shows them; the Python tests compare many more with the original.

use super::TableOptions;
use crate::{Column, DataFrame, DataType, Scalar, Series, TimeUnit, Value};

fn check(frame: &DataFrame, expected: &str) {
    assert_eq!(frame.to_string(), expected.trim());
}

#[test]
fn a_small_frame() {
    let text = Column::from_utf8([Some("x"), None, Some("z")].into_iter().collect());
    let frame = DataFrame::new([("a", Column::from_vec(vec![1i64, 2, 3])), ("b", text)]).unwrap();
    check(
        &frame,
        "
shape: (3, 2)
┌─────┬──────┐
│ a   ┆ b    │
│ --- ┆ ---  │
│ i64 ┆ str  │
╞═════╪══════╡
│ 1   ┆ x    │
│ 2   ┆ null │
│ 3   ┆ z    │
└─────┴──────┘",
    );
}

#[test]
fn no_columns() {
    check(&DataFrame::default(), "shape: (0, 0)\n┌┐\n╞╡\n└┘");
}

#[test]
fn rows_and_columns_in_the_middle_are_left_out() {
    let columns = (0..4).map(|i| (format!("c{i}"), Column::from_vec((0..4_000i64).collect())));
    let frame = DataFrame::new(columns).unwrap();
    let options = TableOptions { rows: Some(3), cols: Some(2), ..TableOptions::default() };
    let expected = "
shape: (4_000, 4)
┌──────┬───┬──────┐
│ c0   ┆ … ┆ c3   │
│ ---  ┆   ┆ ---  │
│ i64  ┆   ┆ i64  │
╞══════╪═══╪══════╡
│ 0    ┆ … ┆ 0    │
│ 1    ┆ … ┆ 1    │
│ …    ┆ … ┆ …    │
│ 3999 ┆ … ┆ 3999 │
└──────┴───┴──────┘";
    assert_eq!(frame.render(&options), expected.trim());
}

#[test]
fn long_lines_are_broken() {
    let words = || Column::from_strs(["abc def ghi jkl mno pqr"]);
    let frame = DataFrame::new([("a", words()), ("bb", words())]).unwrap();
    let options = TableOptions { width: Some(30), ..TableOptions::default() };
    let expected = "
shape: (1, 2)
┌──────────────┬─────────────┐
│ a            ┆ bb          │
│ ---          ┆ ---         │
│ str          ┆ str         │
╞══════════════╪═════════════╡
│ abc def ghi  ┆ abc def ghi │
│ jkl mno pqr  ┆ jkl mno pqr │
└──────────────┴─────────────┘";
    assert_eq!(frame.render(&options), expected.trim());
}

#[test]
fn values() {
    let show = |dtype: DataType, value: Value| Scalar::new(dtype, value).to_string();
    let float = |v: f64| show(DataType::Float64, Value::Float(v));
    let shown = [0.0, 1e6, 123456789.123, 1e-10, 0.1 + 0.2, f64::NAN, 1234567.0].map(float);
    assert_eq!(shown, ["0.0", "1e6", "1.2346e8", "1.0000e-10", "0.3", "NaN", "1.234567e6"]);
    assert_eq!(show(DataType::Decimal(10, 2), Value::Int(-5)), "-0.05");
    assert_eq!(show(DataType::Date, Value::Int(18263)), "2020-01-02");
    assert_eq!(show(DataType::Time, Value::Int(3_723_400_000_000)), "01:02:03.400");
    let utc = DataType::Datetime(TimeUnit::Milliseconds, Some("Europe/Vienna".into()));
    assert_eq!(show(utc, Value::Int(1)), "1970-01-01 01:00:00.001 CET");
    let micro = DataType::Duration(TimeUnit::Microseconds);
    assert_eq!(show(micro.clone(), Value::Int(1_500_005)), "1s 500005µs");
    assert_eq!(show(micro.clone(), Value::Int(-93_784_000_000)), "-1d -2h -3m -4s");
    assert_eq!(show(micro, Value::Int(0)), "0µs");
    assert_eq!(show(DataType::Date, Value::Int(i128::from(i32::MAX))), "<out of range>");
    let list = Value::List([1, 2, 3, 4].map(Value::Int).into());
    assert_eq!(show(DataType::list(DataType::Int64), list), "[1, 2, … 4]");
}

#[test]
fn series() {
    let text = Column::from_utf8([Some("a"), None, Some("b".repeat(40).as_str())].into_iter().collect());
    let expected = format!("shape: (3,)\nSeries: 's' [str]\n[\n\t\"a\"\n\tnull\n\t\"{}…\n]", "b".repeat(30));
    assert_eq!(Series::new("s", text).to_string(), expected);
}

/// Columns of broken texts are as wide as the bytes of their longest line.
#[test]
fn an_ellipsis_takes_three_bytes() {
    for (text, widths) in [
        ("aaa bbb 0000000000000000000000000000", [27, 35, 34]),
        ("000000000000000 1111111111111111111111111", [19, 35, 35]),
        ("0000000000000000000000 111111111111111111", [24, 36, 36]),
    ] {
        let frame = DataFrame::new(["a", "b", "c"].map(|name| (name, Column::from_strs([text])))).unwrap();
        let shown = frame.render(&TableOptions { width: Some(100), ..TableOptions::default() });
        let line = shown.lines().nth(1).unwrap().trim_matches(['┌', '┐']);
        let found: Vec<usize> = line.split('┬').map(|part| part.chars().count()).collect();
        assert_eq!(found, widths, "{text}");
    }
}
