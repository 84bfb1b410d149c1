//! Mistakes are found when the plan is made, and named.

use hypostyle::prelude::*;

use crate::sales;

#[track_caller]
fn check(query: LazyFrame, kind: &str, words: &[&str]) {
    let error = query.collect_schema().unwrap_err();
    assert!(format!("{:?}", error.kind()).starts_with(kind), "{:?}", error.kind());
    let text = error.to_string();
    assert!(words.iter().all(|w| text.contains(w)), "{text}");
}

#[test]
fn unknown_columns_name_the_nearest() {
    check(sales().select([col("amuont")]), "ColumnNotFound", &["amuont", "did you mean", "amount"]);
    check(sales().filter(col("nope").gt(lit(1))), "ColumnNotFound", &["nope", "city"]);
}

#[test]
fn types_that_do_not_fit() {
    check(sales().filter(col("city").gt(lit(1))), "Compute", &["str", "cast"]);
    check(sales().filter(col("year")), "InvalidOperation", &["boolean"]);
    check(sales().select([col("year").str().to_uppercase()]), "SchemaMismatch", &["str.to_uppercase", "i64"]);
    check(sales().select([col("city").sum()]), "InvalidOperation", &["sum", "str"]);
    check(sales().inner_join(sales(), col("year"), col("amount")), "SchemaMismatch", &["join keys"]);
}

#[test]
fn duplicate_names() {
    check(sales().select([col("year"), col("amount").alias("year")]), "Duplicate", &["year"]);
}

#[test]
fn a_strict_cast_shows_what_failed() {
    let error = sales().select([col("city").cast(DataType::Int64)]).collect().unwrap_err();
    assert!(error.to_string().contains("Oslo"), "{error}");
    let lenient =
        sales().select([col("city").cast_nonstrict(DataType::Int64).null_count()]).collect().unwrap();
    assert_eq!(lenient.column("city").unwrap().get(0).unwrap(), Scalar::from(5u32));
}

#[test]
fn files_that_are_not_there() {
    let error = scan_csv("/no/such/file.csv", CsvReadOptions::default()).collect().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("/no/such/file.csv"), "{error}");
}

#[test]
fn a_broken_field_names_line_column_and_text() {
    let mut text = b"a,b\n".to_vec();
    (0..200).for_each(|i| text.extend_from_slice(format!("{i},x\n").as_bytes()));
    text.extend_from_slice(b"oops,x\n");
    let error = scan_csv_bytes(text, CsvReadOptions::default()).collect().unwrap_err();
    let ErrorKind::Parse { line, column, field, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!((*line, column.as_str(), field.as_str()), (202, "a", "oops"));
}

#[test]
fn a_user_function_that_gives_other_columns_is_told_the_types() {
    let schema =
        Schema::try_new(vec![Field::new("a", DataType::Int64), Field::new("b", DataType::String)]).unwrap();
    let query = sales().map("mine", Some(schema), |_| {
        DataFrame::new([("a", Column::from_vec(vec![1i64])), ("b", Column::from_vec(vec![1i32]))])
    });
    let error = query.collect().unwrap_err().to_string();
    assert!(error.contains("[a: i64, b: str] and gave [a: i64, b: i32]"), "{error}");
}

#[test]
fn dates_that_no_calendar_has() {
    check(sales().select([date(2024, 13, 45)]), "Compute", &["month 13", "day 45"]);
    check(sales().select([datetime(2024, 1, 1, 4_000_000_000, 0, 0)]), "Compute", &["hour 4000000000"]);
}

#[test]
fn the_engine_speaks_no_python() {
    let error = sales().select([col("city").cast(DataType::Int64)]).collect().unwrap_err().to_string();
    assert!(!error.contains("False") && error.contains("not strict"), "{error}");
}
