//! What errors say, word for word: `tests/snapshots/messages.txt`. After a change that is meant, run with
//! `HYPOSTYLE_UPDATE_SNAPSHOTS=1` and look at the difference.

use hypostyle::prelude::*;

use crate::sales;

/// Queries that are wrong, and what is wrong with them.
fn mistakes() -> Vec<(&'static str, LazyFrame)> {
    let numbers = || DataFrame::new([("n", Column::from_vec(vec![1i64, 300]))]).unwrap().lazy();
    let options = SortOptions::default;
    vec![
        ("unknown column", sales().select([col("amuont")])),
        ("unknown column to sort by", sales().sort(["nope"], options())),
        ("unknown function", sales().select([call("frobnicate", [col("year")])])),
        ("number of arguments", sales().select([call("str.slice", [col("city")])])),
        ("comparison of text and number", sales().filter(col("city").gt(lit(1)))),
        ("arithmetic of text and number", sales().select([col("city") * lit(2)])),
        ("predicate that is no boolean", sales().filter(col("year"))),
        ("text function of a number", sales().select([col("year").str().to_uppercase()])),
        ("sum of text", sales().select([col("city").sum()])),
        ("duplicate names", sales().select([col("year"), col("amount").alias("year")])),
        ("breaks that are equal", sales().select([col("amount").cut(&[1.0, 1.0], None, false, false)])),
        ("types of join keys", sales().inner_join(sales(), col("year"), col("amount"))),
        ("number of join keys", sales().join(sales(), [col("year")], [], JoinArgs::new(JoinType::Left))),
        ("explode of a number", sales().explode([col("year")])),
        ("strict cast of text", sales().select([col("city").cast(DataType::Int64)])),
        ("strict cast to fewer bits", numbers().select([col("n").cast(DataType::Int8)])),
        ("invalid duration", sales().select([col("city").str().to_date(None).dt().truncate("1x")])),
        ("invalid date", sales().select([date(2024, 13, 45)])),
        ("hour without minutes", sales().select([col("city").str().to_date(Some("%Y-%m-%d %H"))])),
        ("text that is no date", sales().select([col("city").str().to_date(Some("%Y-%m-%d"))])),
        ("regular expression", sales().select([col("city").str().contains("(")])),
        ("concatenation of other names", concat([sales(), numbers()], false).unwrap_or_else(wrong)),
        ("slice of other height", sales().select([col("year").head(1), col("amount").head(2)])),
        ("missing file", scan_csv("no-such-file.csv", CsvReadOptions::default())),
        ("malformed CSV", scan_csv_bytes(b"a\n1\n\"x".to_vec(), CsvReadOptions::default())),
        ("no CSV", scan_csv_bytes(Vec::<u8>::new(), CsvReadOptions::default())),
        ("no Parquet", scan_parquet_bytes(b"PAR1".to_vec(), ParquetReadOptions::default())),
        ("unknown field", pairs().select([col("pair").field("towm")])),
        ("list without a value there", sales().select([col("city").str().split("s").list().get(lit(9))])),
        ("position past the end", sales().select([col("year").gather(lit(99))])),
        ("sum of too many digits", digits().select([col("d").sum()])),
        ("choice of an option", sales().select([col("year").quantile(0.5, "best")])),
        (
            "duplicate column",
            DataFrame::new([("a", year()), ("a", year())]).map_or_else(wrong, DataFrame::lazy),
        ),
        (
            "columns of other lengths",
            DataFrame::new([("a", year()), ("b", year().slice(0, 1))]).map_or_else(wrong, DataFrame::lazy),
        ),
        // Those that no query of a test can bring about.
        ("memory limit", wrong(Error::new(ErrorKind::MemoryLimit { requested: 1 << 30, limit: 1 << 20 }))),
        ("stopped query", wrong(Error::new(ErrorKind::Cancelled))),
        ("broken invariant", wrong(Error::internal("two states of one group"))),
    ]
}

fn year() -> Column {
    Column::from_vec(vec![2020i64, 2021])
}

/// A struct in each row.
fn pairs() -> LazyFrame {
    sales().select([as_struct([("town", col("city")), ("year", col("year"))]).alias("pair")])
}

/// Two numbers whose sum has 39 digits.
fn digits() -> LazyFrame {
    let nines = "9".repeat(38);
    let texts = Column::from_utf8([Some(&*nines), Some(&*nines)].into_iter().collect());
    DataFrame::new([("d", texts)]).unwrap().lazy().select([col("d").cast(DataType::Decimal(38, 0))])
}

/// The kinds of errors: each has a message here, but for `External`, which says what its source says.
const KINDS: [&str; 18] = [
    "ColumnNotFound",
    "StructFieldNotFound",
    "Duplicate",
    "SchemaMismatch",
    "TypeMismatch",
    "ShapeMismatch",
    "DuplicateValue",
    "OutOfBounds",
    "Parse",
    "Io",
    "Overflow",
    "MemoryLimit",
    "Cancelled",
    "NoData",
    "InvalidOperation",
    "Compute",
    "Unsupported",
    "Internal",
];

/// A query that is nothing but an error.
fn wrong(error: Error) -> LazyFrame {
    sales().and_then(|_| Err(error))
}

#[test]
fn messages() {
    let said: String = mistakes()
        .into_iter()
        .map(|(name, query)| match query.collect() {
            Ok(_) => format!("{name}\n    no error\n"),
            Err(error) => {
                let kind = format!("{:?}", error.kind());
                let kind = kind.split([' ', '(']).next().unwrap_or_default().to_owned();
                format!("{name}\n    {kind}: {error}\n")
            }
        })
        .collect();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/messages.txt");
    if std::env::var_os("HYPOSTYLE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(said, known, "{} says otherwise", path.display());
    assert!(!said.contains("no error"), "{said}");
    let silent: Vec<_> =
        KINDS.into_iter().filter(|kind| !said.contains(&format!("\n    {kind}: "))).collect();
    assert!(silent.is_empty(), "no message of {silent:?}");
}
