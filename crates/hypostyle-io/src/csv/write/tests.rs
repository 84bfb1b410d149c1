//! What is written, byte for byte: the expected texts were observed on Polars 2.1.0.

use std::path::Path;

use hypostyle_core::{Array, Batch, Column, DataType, ErrorKind, Field, Schema, TimeUnit};

use super::{CsvFormat, CsvSink, CsvWriteOptions, QuoteStyle};
use crate::output::TextCompression;

fn options() -> CsvWriteOptions {
    CsvWriteOptions { include_header: false, ..Default::default() }
}

fn try_write(column: Column, options: CsvWriteOptions) -> hypostyle_core::Result<String> {
    let len = column.len();
    let mut text = Vec::new();
    CsvFormat::try_new(options)?.batch(&Batch::try_new(vec![column], len)?, &mut text)?;
    Ok(String::from_utf8(text).unwrap())
}

#[track_caller]
fn check(column: Column, options: CsvWriteOptions, expected: &str) {
    assert_eq!(try_write(column, options).unwrap(), expected);
}

fn strs(values: &[Option<&str>]) -> Column {
    Column::from_utf8(values.iter().copied().collect())
}

fn typed<T: hypostyle_core::Native>(dtype: DataType, values: &[Option<T>]) -> Column {
    Column::from_options(values.iter().copied()).with_dtype(dtype).unwrap()
}

const FLOATS: [f64; 26] = [
    1.0,
    0.1,
    -0.0,
    1e15,
    1e16,
    123456789012345680.0,
    1e20,
    1e-3,
    1e-4,
    1e-5,
    1e-6,
    1.5e-7,
    1.2345e-5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1.7976931348623157e308,
    5e-324,
    123.456,
    100.0,
    1e10,
    12345678.9,
    1.0 / 3.0,
    9007199254740993.0,
    1.234e16,
    1.2345678901234567e19,
];

#[test]
fn floats() {
    let column = || Column::from_vec(FLOATS.to_vec());
    check(
        column(),
        options(),
        "1.0\n0.1\n-0.0\n1000000000000000.0\n1e+16\n1.2345678901234568e+17\n1e+20\n0.001\n0.0001\n0.00001\n1e-6\n1.5e-7\n\
         0.000012345\nNaN\ninf\n-inf\n1.7976931348623157e+308\n5e-324\n123.456\n100.0\n10000000000.0\n12345678.9\n\
         0.3333333333333333\n9007199254740992.0\n1.234e+16\n1.2345678901234567e+19\n",
    );
    check(
        column(),
        CsvWriteOptions { float_scientific: Some(true), ..options() },
        "1e0\n1e-1\n-0e0\n1e15\n1e16\n1.2345678901234568e17\n1e20\n1e-3\n1e-4\n1e-5\n1e-6\n1.5e-7\n1.2345e-5\nNaN\ninf\n\
         -inf\n1.7976931348623157e308\n5e-324\n1.23456e2\n1e2\n1e10\n1.23456789e7\n3.333333333333333e-1\n\
         9.007199254740992e15\n1.234e16\n1.2345678901234567e19\n",
    );
    let some = || Column::from_vec(vec![1.0, 0.1, -0.0, 1e15, f64::NAN, 123.456, 1e-3, 12345678.9]);
    let precise = |n| CsvWriteOptions { float_precision: Some(n), ..options() };
    check(some(), precise(2), "1.00\n0.10\n-0.00\n1000000000000000.00\nNaN\n123.46\n0.00\n12345678.90\n");
    check(some(), precise(0), "1\n0\n-0\n1000000000000000\nNaN\n123\n0\n12345679\n");
    let both = CsvWriteOptions { float_scientific: Some(true), ..precise(3) };
    check(some(), both, "1.000e0\n1.000e-1\n-0.000e0\n1.000e15\nNaN\n1.235e2\n1.000e-3\n1.235e7\n");
    let plain = CsvWriteOptions { float_scientific: Some(false), ..options() };
    check(Column::from_vec(vec![1.0, -0.0, 1e21, 1e-7]), plain, "1\n-0\n1000000000000000000000\n0.0000001\n");
    check(Column::from_vec(vec![1.005, 2.675, 0.5, 1.5, 2.5]), precise(2), "1.00\n2.67\n0.50\n1.50\n2.50\n");
    let single = [1.0f32, 0.1, 1e15, 1e-6, 1e-7, 1e10, 12345679.0, 1e12, 1e13];
    let text = "1.0\n0.1\n1e+15\n0.000001\n1e-7\n10000000000.0\n12345679.0\n1000000000000.0\n1e+13\n";
    check(Column::from_vec(single.to_vec()), options(), text);
    let comma = || CsvWriteOptions { decimal_comma: true, ..options() };
    let nullable = || typed(DataType::Float64, &[Some(1.5), Some(1e16), None]);
    check(nullable(), comma(), "\"1,5\"\n\"1e+16\"\n\"\"\n");
    check(nullable(), CsvWriteOptions { separator: b';', ..comma() }, "1,5\n1e+16\n\n");
    check(
        nullable(),
        CsvWriteOptions { quote_style: QuoteStyle::NonNumeric, ..comma() },
        "\"1,5\"\n\"1e+16\"\n\"\"\n",
    );
    check(nullable(), CsvWriteOptions { quote_style: QuoteStyle::Never, ..comma() }, "1,5\n1e+16\n\n");
}

#[test]
fn other_numbers() {
    check(typed(DataType::Int8, &[Some(1i8), Some(-1), None]), options(), "1\n-1\n\n");
    check(Column::from_vec(vec![1i128 << 100]), options(), "1267650600228229401496703205376\n");
    check(Column::from_vec(vec![u64::MAX]), options(), "18446744073709551615\n");
    let decimal = || typed(DataType::Decimal(10, 2), &[Some(150i128), Some(-5), None]);
    check(decimal(), options(), "1.50\n-0.05\n\n");
    check(decimal(), CsvWriteOptions { decimal_comma: true, ..options() }, "\"1,50\"\n\"-0,05\"\n\"\"\n");
    check(typed(DataType::Decimal(10, 0), &[Some(-7i128)]), options(), "-7\n");
    check(Column::full_null(DataType::Null, 1), options(), "\n");
}

#[test]
fn strings_and_quotes() {
    let texts = || strs(&["a", "", "x,y", "q\"u", "n\nl", "r\rx", " s ", "é", "'"].map(Some));
    check(texts(), options(), "a\n\"\"\n\"x,y\"\n\"q\"\"u\"\n\"n\nl\"\n\"r\rx\"\n s \né\n'\n");
    check(
        strs(&[Some("a;b"), Some("c,d")]),
        CsvWriteOptions { separator: b';', ..options() },
        "\"a;b\"\nc,d\n",
    );
    check(
        strs(&[Some("a'b"), Some("c,d")]),
        CsvWriteOptions { quote_char: b'\'', ..options() },
        "'a''b'\n'c,d'\n",
    );
    let crlf = CsvWriteOptions { line_terminator: "\r\n".into(), ..options() };
    check(strs(&[Some("a\r\nb"), Some("c")]), crlf, "\"a\r\nb\"\r\nc\r\n");
    let style = |quote_style| CsvWriteOptions { quote_style, ..options() };
    let texts = || strs(&[Some("a"), Some(""), Some("x,y"), Some("q\"u"), None, Some("1")]);
    check(texts(), style(QuoteStyle::Necessary), "a\n\"\"\n\"x,y\"\n\"q\"\"u\"\n\n1\n");
    check(texts(), style(QuoteStyle::Always), "\"a\"\n\"\"\n\"x,y\"\n\"q\"\"u\"\n\"\"\n\"1\"\n");
    check(texts(), style(QuoteStyle::NonNumeric), "\"a\"\n\"\"\n\"x,y\"\n\"q\"\"u\"\n\n\"1\"\n");
    check(texts(), style(QuoteStyle::Never), "a\n\nx,y\nq\"u\n\n1\n");
    for (quote_style, number, truth, null) in [
        (QuoteStyle::Necessary, "1\nx,y\n", "true\n", "NA\nNA\n"),
        (QuoteStyle::Always, "\"1\"\n\"x,y\"\n", "\"true\"\n", "\"NA\"\n\"NA\"\n"),
        (QuoteStyle::NonNumeric, "1\nx,y\n", "\"true\"\n", "\"NA\"\nNA\n"),
        (QuoteStyle::Never, "1\nx,y\n", "true\n", "NA\nNA\n"),
    ] {
        let null_is = |null: &str| CsvWriteOptions { null_value: null.into(), ..style(quote_style) };
        check(typed(DataType::Int64, &[Some(1i64), None]), null_is("x,y"), number);
        check(Column::from_bitmap([true].into_iter().collect()), style(quote_style), truth);
        check(strs(&[Some("NA"), None]), null_is("NA"), null);
    }
    // Polars writes these so that they cannot be read back.
    check(Column::from_vec(vec![-1i64]), CsvWriteOptions { separator: b'-', ..options() }, "\"-1\"\n");
    check(strs(&[Some("a|b")]), CsvWriteOptions { line_terminator: "|".into(), ..options() }, "\"a|b\"|");
}

#[test]
fn headers() {
    let schema = |names: &[&str]| {
        Schema::try_new(names.iter().map(|n| Field::new(*n, DataType::Int64)).collect()).unwrap()
    };
    let header = |names: &[&str], options: CsvWriteOptions| {
        let mut text = Vec::new();
        CsvFormat::try_new(CsvWriteOptions { include_header: true, ..options })
            .unwrap()
            .header(&schema(names), &mut text);
        String::from_utf8(text).unwrap()
    };
    let names = ["a,b", "c", "", "q\""];
    let style = |quote_style| CsvWriteOptions { quote_style, ..options() };
    assert_eq!(header(&names, options()), "\"a,b\",c,\"\",\"q\"\"\"\n");
    assert_eq!(header(&names, style(QuoteStyle::Always)), "\"a,b\",\"c\",\"\",\"q\"\"\"\n");
    assert_eq!(header(&names, style(QuoteStyle::NonNumeric)), "\"a,b\",\"c\",\"\",\"q\"\"\"\n");
    assert_eq!(header(&names, style(QuoteStyle::Never)), "a,b,c,,q\"\n");
    assert_eq!(header(&["a"], CsvWriteOptions { include_bom: true, ..options() }), "\u{feff}a\n");
    assert_eq!(header(&[], options()), "\n");
}

#[test]
fn dates_and_times() {
    let date = |days: &[i32]| typed(DataType::Date, &days.iter().map(|d| Some(*d)).collect::<Vec<_>>());
    check(date(&[18263, -719162, 2932896]), options(), "2020-01-02\n0001-01-01\n9999-12-31\n");
    check(date(&[-800000, 5000000, -719529]), options(), "-0221-09-04\n+15659-07-15\n-0001-12-31\n");
    let format = |f: &str| CsvWriteOptions {
        date_format: Some(f.into()),
        time_format: Some(f.into()),
        datetime_format: Some(f.into()),
        ..options()
    };
    check(date(&[18263]), format("%d.%m.%Y"), "02.01.2020\n");
    for bad in ["%H", "%Q", "%s"] {
        let error = try_write(date(&[18263]), format(bad)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Compute { .. }), "{error}");
    }
    let moments = |unit, zone: Option<&str>, values: &[i64]| {
        let dtype = DataType::Datetime(unit, zone.map(Into::into));
        typed(dtype, &values.iter().map(|v| Some(*v)).collect::<Vec<_>>())
    };
    let millis = [1577934245000, 1577934245123, -315521755000];
    let text = "2020-01-02T03:04:05.000\n2020-01-02T03:04:05.123\n1960-01-02T03:04:05.000\n";
    check(moments(TimeUnit::Milliseconds, None, &millis), options(), text);
    let micros = [1577934245123456, -315521754999999];
    let text = "2020-01-02T03:04:05.123456\n1960-01-02T03:04:05.000001\n";
    check(moments(TimeUnit::Microseconds, None, &micros), options(), text);
    let text = "2020-01-02T03:04:05.123456+0000\n1960-01-02T03:04:05.000001+0000\n";
    check(moments(TimeUnit::Microseconds, Some("UTC"), &micros), options(), text);
    let berlin = || moments(TimeUnit::Nanoseconds, Some("Europe/Berlin"), &[1577934245120000000]);
    check(berlin(), options(), "2020-01-02T04:04:05.120000000+0100\n");
    check(berlin(), format("%F %T %z %Z"), "2020-01-02 04:04:05 +0100 CET\n");
    check(moments(TimeUnit::Microseconds, None, &micros), format("%s"), "1577934245\n-315521755\n");
    let text = "2020/01/02 03:04:05.123456\n1960/01/02 03:04:05.000001\n";
    check(moments(TimeUnit::Microseconds, None, &micros), format("%Y/%m/%d %H:%M:%S%.f"), text);
    let times = || typed(DataType::Time, &[Some(3723000000000i64), Some(3723000004000), None]);
    check(times(), options(), "01:02:03.000000000\n01:02:03.000004000\n\n");
    check(times(), format("%H-%M"), "01-02\n01-02\n\n");
    // Polars leaves the comma without quotes.
    check(date(&[18263]), format("%d,%m"), "\"02,01\"\n");
}

#[test]
fn types_without_text() {
    let duration = typed(DataType::Duration(TimeUnit::Microseconds), &[Some(1i64)]);
    assert!(try_write(duration, options()).unwrap_err().to_string().contains("duration[μs]"));
    let binary = Column::full_null(DataType::Binary, 1);
    assert!(matches!(binary.array(), Array::Binary(_)));
    assert!(matches!(try_write(binary, options()).unwrap_err().kind(), ErrorKind::Compute { .. }));
    let list = Column::full_null(DataType::list(DataType::Int64), 1);
    assert!(try_write(list, options()).unwrap_err().to_string().contains("nested"));
}

fn sample() -> (Schema, Batch) {
    let schema = Schema::try_new(vec![Field::new("a", DataType::Int64)]).unwrap();
    (schema, Batch::try_new(vec![Column::from_vec(vec![1i64, 2])], 2).unwrap())
}

fn write_file(path: &Path, options: CsvWriteOptions) -> hypostyle_core::Result<()> {
    let (schema, batch) = sample();
    let mut sink = CsvSink::create(path, &schema, options)?;
    sink.write_batch(&batch)?;
    sink.finish()
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    write_file(&path, CsvWriteOptions::default()).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\n1\n2\n");
    let (schema, batch) = sample();
    let mut sink = CsvSink::create(&path, &schema, options()).unwrap();
    sink.write_batch(&batch).unwrap();
    assert_eq!(names_in(dir.path()).len(), 2);
    drop(sink);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\n1\n2\n", "what was there stays");
    assert_eq!(names_in(dir.path()), ["x.csv"]);
    let missing = write_file(&dir.path().join("no/x.csv"), options()).unwrap_err();
    assert!(missing.to_string().contains("no/x.csv"), "{missing}");
    let directory = write_file(dir.path(), options()).unwrap_err();
    assert!(directory.to_string().contains("is a directory"), "{directory}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let error = write_file(Path::new("/dev/full"), options()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io { path: Some(_), .. }), "{error}");
    assert!(error.to_string().contains("/dev/full"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_still_points_to_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("file.csv"), dir.path().join("link.csv"));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    write_file(&link, options()).unwrap();
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "1\n2\n");
}

#[test]
fn types_without_text_are_told_before_a_row_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let schema = Schema::try_new(vec![Field::new("l", DataType::list(DataType::Int64))]).unwrap();
    let error = CsvSink::create(dir.path().join("x.csv"), &schema, options()).unwrap_err();
    assert!(error.to_string().contains("nested"), "{error}");
    assert!(names_in(dir.path()).is_empty());
}

#[test]
fn compressed_files_are_read_back() {
    let dir = tempfile::tempdir().unwrap();
    for (name, compression) in
        [("x.csv.gz", TextCompression::Gzip(None)), ("x.csv.zst", TextCompression::Zstd(Some(3)))]
    {
        let path = dir.path().join(name);
        write_file(&path, CsvWriteOptions { compression, ..Default::default() }).unwrap();
        let frame = super::super::CsvSource::from_paths([&path], Default::default()).read().unwrap();
        assert_eq!(frame.shape(), (2, 1));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..Default::default()
    })]

    /// What is written is read back, by any quote style that keeps it readable.
    #[test]
    fn written_text_is_read_back(
        strings in proptest::collection::vec(proptest::option::of("[a\"',;\r\n #é-]{0,6}"), 1..20),
        floats in proptest::collection::vec(proptest::option::of(proptest::num::f64::ANY), 20),
        separator in proptest::sample::select(b",;-\t|".to_vec()),
        quote_char in proptest::sample::select(b"\"'".to_vec()),
        quote_style in proptest::sample::select(vec![QuoteStyle::Necessary, QuoteStyle::NonNumeric]),
        crlf: bool,
        decimal_comma: bool,
    ) {
        let len = strings.len();
        let columns = vec![
            Column::from_utf8(strings.iter().map(Option::as_deref).collect()),
            Column::from_options(floats[..len].iter().copied()),
            Column::from_options((0..len).map(|i| (i % 3 > 0).then_some(i as i64 * -7_000_000_007))),
        ];
        let fields = ["text", "float", "integer"];
        let fields = fields.iter().zip(&columns).map(|(name, c)| Field::new(*name, c.dtype().clone())).collect();
        let schema = Schema::try_new(fields).unwrap();
        let batch = Batch::try_new(columns, len).unwrap();
        let line_terminator = if crlf { "\r\n" } else { "\n" }.to_owned();
        let options =
            CsvWriteOptions { separator, quote_char, quote_style, line_terminator, decimal_comma, ..Default::default() };
        let format = CsvFormat::try_new(options).unwrap();
        let mut text = Vec::new();
        format.header(&schema, &mut text);
        format.batch(&batch, &mut text).unwrap();
        let options = super::super::CsvReadOptions {
            separator,
            quote_char: Some(quote_char),
            decimal_comma,
            schema: Some(schema),
            block_size: 64,
            ..Default::default()
        };
        let frame = super::super::CsvSource::from_bytes(text.clone(), options).read();
        let frame = frame.unwrap_or_else(|e| panic!("{e}: {:?}", String::from_utf8_lossy(&text)));
        proptest::prop_assert_eq!(frame.height(), len);
        let mut row = 0;
        for found in frame.batches() {
            for i in 0..found.len() {
                for c in 0..3 {
                    let (found, expected) = (found.column(c).get(i), batch.column(c).get(row));
                    let nan = |s: &hypostyle_core::Scalar| s.as_f64().is_some_and(f64::is_nan);
                    let same = found.value == expected.value || (nan(&found) && nan(&expected));
                    proptest::prop_assert!(same, "{:?} was {:?} in {:?}", found, expected, String::from_utf8_lossy(&text));
                }
                row += 1;
            }
        }
    }
}
