//! The reader as a whole: what it answers (expected values observed on Polars 2.1.0 where the two agree), that the fast
//! path and the reference agree on any text however it is cut, and what it says when it cannot read.

use hypostyle_core::{DataFrame, DataType, ErrorKind, Field, Result, Schema, TimeUnit, Value};
use hypostyle_kernels::simd::each_isa;
use proptest::prelude::*;

use super::{CsvEncoding, CsvReadOptions, CsvSource, NullValues, SchemaOverrides};

fn options() -> CsvReadOptions {
    CsvReadOptions::default()
}

fn read(text: &[u8], options: CsvReadOptions) -> Result<DataFrame> {
    CsvSource::from_bytes(text.to_vec(), options).read()
}

/// `name:type` of each column, and the values row by row.
fn show(frame: &DataFrame) -> (String, Vec<String>) {
    let schema: Vec<_> = frame.schema().fields().iter().map(|f| format!("{}:{}", f.name, f.dtype)).collect();
    let mut rows = Vec::new();
    for batch in frame.batches() {
        for row in 0..batch.len() {
            let values: Vec<_> = batch
                .columns()
                .iter()
                .map(|c| match c.get(row) {
                    scalar if scalar.is_null() => "null".to_owned(),
                    scalar => match (scalar.as_str(), scalar.as_bool(), scalar.as_i128(), scalar.as_f64()) {
                        (Some(s), ..) => format!("{s:?}"),
                        (_, Some(b), ..) => b.to_string(),
                        (_, _, Some(i), _) => i.to_string(),
                        (.., f) => format!("{:?}", f.unwrap_or_default()),
                    },
                })
                .collect();
            rows.push(values.join(" "));
        }
    }
    (schema.join(" "), rows)
}

#[track_caller]
fn check(text: &str, options: CsvReadOptions, schema: &str, rows: &[&str]) {
    let frame = read(text.as_bytes(), options).unwrap_or_else(|e| panic!("{text:?}: {e}"));
    let (found_schema, found_rows) = show(&frame);
    assert_eq!(
        (found_schema.as_str(), found_rows),
        (schema, rows.iter().map(|r| r.to_string()).collect()),
        "{text:?}"
    );
}

#[track_caller]
fn check_error(text: &[u8], options: CsvReadOptions, parts: &[&str]) -> ErrorKind {
    let error = read(text, options).expect_err(&String::from_utf8_lossy(text));
    for part in parts {
        assert!(error.to_string().contains(part), "{part:?} is not in {:?}", error.to_string());
    }
    error.into_kind()
}

#[test]
fn rows_of_every_shape() {
    check("a,b\n1,2\n\n3,4\n", options(), "a:i64 b:i64", &["1 2", "null null", "3 4"]);
    check("a\n1\n\n3\n", options(), "a:i64", &["1", "null", "3"]);
    check("a\n\n\n", options(), "a:str", &["null", "null"]);
    check("a,b\n", options(), "a:str b:str", &[]);
    check("a,b", options(), "a:str b:str", &[]);
    check("\na,b\n1,2\n", options(), "a:i64 b:i64", &["1 2"]);
    check("a,b\n1\n2,3\n", options(), "a:i64 b:i64", &["1 null", "2 3"]);
    check("a,b\r\n1,x\r\n3,y", options(), "a:i64 b:str", &["1 \"x\"", "3 \"y\""]);
    check("\u{feff}\"a\",b\n1,2\n", options(), "a:i64 b:i64", &["1 2"]);
    check("a,b\n1,", options(), "a:i64 b:str", &["1 null"]);
    check("a,b\n\"1\n2\",3\n", options(), "a:str b:i64", &["\"1\\n2\" 3"]);
    check("a,b\n\"x\"\"y\",3\n", options(), "a:str b:i64", &["\"x\\\"y\" 3"]);
    check("a,b\nx\"y\"z,3\n", options(), "a:str b:i64", &["\"x\\\"y\\\"z\" 3"]);
    check("a,b\n \"x\",3\n", options(), "a:str b:i64", &["\" \\\"x\\\"\" 3"]);
    check("a,b\r\n\r\n1,2\r\n", options(), "a:i64 b:i64", &["null null", "1 2"]);
    check("a,b\n1,x\ry\n", options(), "a:i64 b:str", &["1 \"x\\ry\""]);
    check("a,b\n1,2\n3,4\n,\n", options(), "a:i64 b:i64", &["1 2", "3 4", "null null"]);
    check("a\n\"\"\n\"x\"\n", options(), "a:str", &["\"\"", "\"x\""]);
    check("a,b\nx,\"\"\n", options(), "a:str b:str", &["\"x\" \"\""]);
    // Polars loses track of a lone quote inside a field; to RFC 4180 readers it is text.
    check("a,b\nx\"y,3\nz,4\n", options(), "a:str b:i64", &["\"x\\\"y\" 3", "\"z\" 4"]);
}

#[test]
fn types_that_are_inferred() {
    let zoned = "a:datetime[μs, UTC] b:time";
    check("a\n1\n1.5\n", options(), "a:f64", &["1.0", "1.5"]);
    check(
        "a,b\n99999999999999999999,true\n1,FALSE\n",
        options(),
        "a:i128 b:bool",
        &["99999999999999999999 true", "1 false"],
    );
    check("a,b\n\"1\",\"\"\n", options(), "a:i64 b:str", &["1 \"\""]);
    let dates = || CsvReadOptions { try_parse_dates: true, ..options() };
    check("a,b\n2020-01-01,01/02/2020\n", dates(), "a:date b:date", &["18262 18293"]);
    check("a\n2020-01-01T00:00:00.5\n", dates(), "a:datetime[μs]", &["1577836800500000"]);
    check("a,b\n2020-01-01 02:00:00+02:00,1:02\n", dates(), zoned, &["1577836800000000 3720000000000"]);
    check("a\n2020-01-01\n", options(), "a:str", &["\"2020-01-01\""]);
    let first = || CsvReadOptions { infer_schema_length: Some(1), ..options() };
    check("a,b\n,1\n5,2\n", first(), "a:str b:i64", &["null 1", "\"5\" 2"]);
    check("a\n1\nx\n", CsvReadOptions { ignore_errors: true, ..first() }, "a:i64", &["1", "null"]);
    check("a\n1\n", CsvReadOptions { infer_schema: false, ..options() }, "a:str", &["\"1\""]);
    check("a\n1\n", CsvReadOptions { infer_schema_length: Some(0), ..options() }, "a:str", &["\"1\""]);
    let long = format!("a\n{}x\n", "1\n".repeat(5000));
    let frame = read(long.as_bytes(), CsvReadOptions { infer_schema_length: None, ..options() }).unwrap();
    assert_eq!(frame.schema().fields()[0].dtype, DataType::String);
}

#[test]
fn schemas_overrides_and_names() {
    let field = |n: &str, t: DataType| Field::new(n, t);
    let schema =
        |fields: Vec<Field>| CsvReadOptions { schema: Some(Schema::try_new(fields).unwrap()), ..options() };
    let swapped = || schema(vec![field("b", DataType::Float64), field("a", DataType::String)]);
    check("a,b\n3,4\n", swapped(), "b:f64 a:str", &["4.0 \"3\""]);
    check("3,4\n", CsvReadOptions { has_header: false, ..swapped() }, "b:f64 a:str", &["3.0 \"4\""]);
    let one = || schema(vec![field("a", DataType::Int64)]);
    check_error(b"a,b\n1,2\n", one(), &["1 columns that `schema` does not name", "\"b\""]);
    check("a,b\n1,2\n", CsvReadOptions { ignore_extra_columns: true, ..one() }, "a:i64", &["1"]);
    let two = || schema(vec![field("a", DataType::Int64), field("z", DataType::Date)]);
    check_error(b"a\n1\n", two(), &["\"z\""]);
    check("a\n1\n", CsvReadOptions { insert_missing_columns: true, ..two() }, "a:i64 z:date", &["1 null"]);
    check_error(b"a\n1\n", schema(vec![field("a", DataType::Binary)]), &["cannot be read as binary"]);

    let names = |names: &[&str]| Some(names.iter().map(|n| n.to_string()).collect());
    check(
        "a,b\n1,2\n",
        CsvReadOptions { new_columns: names(&["x", "y"]), ..options() },
        "x:i64 y:i64",
        &["1 2"],
    );
    check_error(
        b"a,b\n",
        CsvReadOptions { new_columns: names(&["x"]), ..options() },
        &["1 columns", "has 2"],
    );
    let over = |o| CsvReadOptions { schema_overrides: Some(o), ..options() };
    let by_name = SchemaOverrides::ByName(vec![("b".into(), DataType::Int8), ("zz".into(), DataType::Date)]);
    check("a,b\n1,2\n", over(by_name), "a:i64 b:i8", &["1 2"]);
    let by_place = SchemaOverrides::ByPosition(vec![DataType::Float32]);
    check("a\n1\n", over(by_place.clone()), "a:f32", &["1.0"]);
    check_error(b"a,b\n1,2\n", over(by_place), &["gives 1 types"]);

    check(
        "1,2\n3\n",
        CsvReadOptions { has_header: false, ..options() },
        "column_0:i64 column_1:i64",
        &["1 2", "3 null"],
    );
    check(
        "1\n4,5\n",
        CsvReadOptions { has_header: false, ..options() },
        "column_0:i64 column_1:i64",
        &["1 null", "4 5"],
    );
    check("\n", CsvReadOptions { has_header: false, ..options() }, "column_0:str", &["null"]);
    let index = CsvReadOptions { row_index_name: Some("i".into()), row_index_offset: 5, ..options() };
    check("a\n1\n3\n", index.clone(), "i:u32 a:i64", &["5 1", "6 3"]);
    check_error(b"i\n1\n", index, &["\"i\" is duplicate"]);
    let paths = CsvReadOptions { include_file_paths: Some("p".into()), ..options() };
    check("a\n1\n", paths, "a:i64 p:str", &["1 \"in-mem\""]);
}

#[test]
fn every_type_by_name() {
    let datetime = DataType::Datetime(TimeUnit::Milliseconds, None);
    let zoned = DataType::Datetime(TimeUnit::Nanoseconds, Some("Europe/Berlin".into()));
    let names: std::sync::Arc<[std::sync::Arc<str>]> = ["x".into(), "y".into()].into();
    for (dtype, good, value, bad) in [
        (DataType::Int8, "+1", "1", "128"),
        (DataType::Int16, " 7", "7", "7 "),
        (DataType::Int32, "-0", "0", "2147483648"),
        (DataType::UInt8, "255", "255", "-0"),
        (DataType::UInt64, "18446744073709551615", "18446744073709551615", "-1"),
        (DataType::Int128, "\"-5\"", "-5", "1.0"),
        (DataType::Float32, "0.1", "0.1", "1e"),
        (DataType::Float64, "1.e5", "100000.0", "0x10"),
        (DataType::Boolean, "tRUE", "true", "1"),
        (DataType::Date, "1.2.2020", "18293", "2020-02-30"),
        (DataType::Time, "1:2:3", "3723000000000", "24:00:00"),
        (datetime, "2020-01-01T00:00:00.1239", "1577836800123", "1"),
        (zoned, "1970-01-01T00:00:01", "1000000000", "1500-01-01T00:00:00"),
        (DataType::Decimal(10, 2), "1.565", "156", "999999999"),
        (DataType::Categorical, "x", "\"x\"", "\"x"),
        (DataType::Enum(names), "y", "\"y\"", "z"),
    ] {
        let given = |ignore_errors| CsvReadOptions {
            schema_overrides: Some(SchemaOverrides::ByName(vec![("a".into(), dtype.clone())])),
            ignore_errors,
            ..options()
        };
        let schema = format!("a:{dtype} b:str");
        let frame = read(format!("a,b\n{good},x\n,y\n{good},z\n").as_bytes(), given(false)).unwrap();
        let found = show(&frame);
        let decimal = matches!(dtype, DataType::Decimal(..));
        if !decimal && dtype != DataType::Float32 {
            let rows = [format!("{value} \"x\""), "null \"y\"".to_owned(), format!("{value} \"z\"")];
            assert_eq!(found, (schema.clone(), rows.to_vec()));
        }
        let kind =
            check_error(format!("a,b\n{good},x\n{bad},y").as_bytes(), given(false), &["line 3", "\"a\""]);
        assert!(matches!(kind, ErrorKind::Parse { line: 3, .. }), "{dtype}: {kind:?}");
        if dtype != DataType::Categorical {
            let frame = read(format!("a,b\n{bad},y\n").as_bytes(), given(true)).unwrap();
            assert_eq!(show(&frame), (schema, vec!["null \"y\"".to_owned()]));
        }
    }
}

#[test]
fn nulls() {
    let all = |texts: &[&str]| CsvReadOptions {
        null_values: Some(NullValues::AllColumns(texts.iter().map(|t| t.to_string()).collect())),
        ..options()
    };
    let rows = ["null \"x\"", "null null", "1 null"];
    check("a,b\nNA,x\n\"NA\",NA\n1,\"NA\"\n", all(&["NA"]), "a:i64 b:str", &rows);
    check("a,b\n0,x\n1,y\n", all(&["0"]), "a:i64 b:str", &["null \"x\"", "1 \"y\""]);
    check(
        "a,b\nNA,0.5\n-,-1\n5,NA\n",
        all(&["NA", "-", "-1"]),
        "a:i64 b:f64",
        &["null 0.5", "null null", "5 null"],
    );
    check("a\n\"\"\n1\n", all(&[""]), "a:i64", &["null", "1"]);
    check("a\n\"N\"\"A\"\nx\n", all(&["N\"\"A"]), "a:str", &["null", "\"x\""]);
    let one = |column: &str| CsvReadOptions {
        null_values: Some(NullValues::ByName(vec![(column.into(), "NA".into())])),
        ..options()
    };
    check("a,b\nNA,NA\n1,y\n", one("a"), "a:i64 b:str", &["null \"NA\"", "1 \"y\""]);
    check_error(b"a,b\n", one("zz"), &["no column \"zz\""]);
    let kept = || CsvReadOptions { empty_string_is_null: false, ..options() };
    check(
        "a,b\n,x\n\n1,\ny\n",
        kept(),
        "a:str b:str",
        &["\"\" \"x\"", "\"\" \"\"", "\"1\" \"\"", "\"y\" \"\""],
    );
    check("a,b\n,x\n\n1,\n", kept(), "a:i64 b:str", &["null \"x\"", "null \"\"", "1 \"\""]);
}

#[test]
fn dialects_and_limits() {
    check(
        "a;b\n1,5;,5\n",
        CsvReadOptions { separator: b';', decimal_comma: true, ..options() },
        "a:f64 b:f64",
        &["1.5 0.5"],
    );
    check(
        "a,b\n'x,y',2\n",
        CsvReadOptions { quote_char: Some(b'\''), ..options() },
        "a:str b:i64",
        &["\"x,y\" 2"],
    );
    check("a,b\n\"x,2\n", CsvReadOptions { quote_char: None, ..options() }, "a:str b:i64", &["\"\\\"x\" 2"]);
    check(
        "a,b;1,2\n;3,4\r;",
        CsvReadOptions { eol_char: b';', ..options() },
        "a:i64 b:str",
        &["1 \"2\\n\"", "3 \"4\""],
    );
    check("a,b\r1,2\r3,4", CsvReadOptions { eol_char: b'\r', ..options() }, "a:i64 b:i64", &["1 2", "3 4"]);
    let comments = || CsvReadOptions { comment_prefix: Some("#".into()), ..options() };
    check("#c\na,b\n#d\n1,2\n#e\"f\n3,4\n#g", comments(), "a:i64 b:i64", &["1 2", "3 4"]);
    check("a,b\n\"x\n#d\",2\n1,2\n", comments(), "a:str b:i64", &["\"x\\n#d\" 2", "\"1\" 2"]);
    let limit = |n| CsvReadOptions { n_rows: Some(n), ..options() };
    check("a\n1\n3\nx\n", limit(2), "a:str", &["\"1\"", "\"3\""]);
    check("a\n1\n3\n", limit(0), "a:i64", &[]);
    check("a\n1\n3,4\n", limit(1), "a:i64", &["1"]);
    let ragged = || CsvReadOptions { truncate_ragged_lines: true, ..options() };
    check("a,b\n1,2,\"x\ny\"\n4\n5,6\n", ragged(), "a:i64 b:i64", &["1 2", "4 null", "5 6"]);
    check_error(
        b"a,b\n1,2\n1,2,3\n",
        options(),
        &["line 3", "3 fields", "2 columns", "truncate_ragged_lines"],
    );
    let clash = CsvReadOptions { separator: b'"', ..options() };
    check_error(b"a\n", clash, &["must differ"]);
}

#[test]
fn several_inputs_are_one() {
    let read = |texts: &[&str], options: CsvReadOptions| {
        let buffers = texts.iter().map(|t| t.as_bytes().to_vec().into()).collect();
        CsvSource::from_buffers(buffers, options).read()
    };
    let index = CsvReadOptions { row_index_name: Some("i".into()), ..options() };
    let frame = read(&["a,b\n1,2\n", "a,b\n3,x\n", "a,b\n", "a,b\n4,y"], index).unwrap();
    assert_eq!(
        show(&frame),
        ("i:u32 a:i64 b:str".into(), vec!["0 1 \"2\"".into(), "1 3 \"x\"".into(), "2 4 \"y\"".into()])
    );
    let limit = CsvReadOptions { n_rows: Some(2), ..options() };
    assert_eq!(read(&["a\n1\n", "a\n2\n", "a\n3\n"], limit).unwrap().height(), 2);
    let error = read(&["a,b\n1,2\n", "b,a\n3,4\n"], options()).unwrap_err().to_string();
    assert!(error.contains("same header"), "{error}");
}

#[test]
fn what_cannot_be_read() {
    assert!(matches!(check_error(b"", options(), &["is empty"]), ErrorKind::NoData { .. }));
    assert!(matches!(check_error(b"\n\n", options(), &["no header"]), ErrorKind::NoData { .. }));
    let lenient = || CsvReadOptions { raise_if_empty: false, ..options() };
    assert_eq!(read(b"", lenient()).unwrap().shape(), (0, 0));
    let schema = Schema::try_new(vec![Field::new("a", DataType::Date)]).unwrap();
    assert_eq!(read(b"", CsvReadOptions { schema: Some(schema), ..lenient() }).unwrap().shape(), (0, 1));
    let first = CsvReadOptions { infer_schema_length: Some(1), ..options() };
    let hints = ["\"x\" as i64", "column \"b\"", "line 4", "infer_schema_length", "ignore_errors"];
    check_error(b"a,b\n\"1\n1\",2\n3,x\n", first, &hints);
    let first_of_two = CsvReadOptions { infer_schema_length: Some(1), ..options() };
    check_error(b"a,b\n1,2\n3,oops\nno,4\n", first_of_two, &["\"oops\"", "line 3"]);
    check_error(b"a,b\n1,\"x\n2,y\n", options(), &["line 2", "column \"b\"", "quote is not closed"]);
    check_error(b"a,b\n\"x\"y,3\n", options(), &["line 2", "column \"a\"", "quote"]);
    check_error(b"a,b\n1,\xc3\xa9\n1,\xff\n", options(), &["line 3", "column \"b\"", "UTF-8"]);
    let lossy = CsvReadOptions { encoding: CsvEncoding::Utf8Lossy, ..options() };
    let frame = read(b"a,b\n1,\xff\n2,\n", lossy).unwrap();
    assert_eq!(show(&frame).1, ["1 \"\u{fffd}\"", "2 null"]);
    // A character cut in two by a separator is two invalid fields, though the bytes join up again.
    check_error(b"a,b\nx,y\n\xc3,z\n\xa9,w\n", options(), &["line 3", "UTF-8"]);
    // Only projected columns are looked at.
    let source = CsvSource::from_bytes(b"a,b\n1,1\n\xff,2\n".to_vec(), options());
    let batches = source.scan(Some(&[1]), None).unwrap().collect(1).unwrap();
    assert_eq!(batches[0].column(0).len(), 2);
}

#[test]
fn files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    std::fs::write(&path, "a,b\n1,x\n2,1,2\n").unwrap();
    let error = CsvSource::from_paths([&path], options()).read().unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("x.csv"), "{error}");
    let limited = CsvReadOptions { n_rows: Some(1), ..options() };
    let source = CsvSource::from_paths([&path], limited);
    assert_eq!(source.read().unwrap().shape(), (1, 2));
    assert!(source.row_estimate().is_some());
    let missing = CsvSource::from_paths([dir.path().join("no.csv")], options()).schema().unwrap_err();
    assert!(missing.to_string().contains("no.csv"), "{missing}");
    assert!(matches!(missing.kind(), ErrorKind::Io { path: Some(_), .. }));
}

#[test]
fn repetitive_strings_share_one_dictionary() {
    let modes = ["MAIL", "SHIP", "\"TRUCK\"", ""];
    let text: String = (0..20_000).map(|i| format!("{i},{}\n", modes[i % 4])).collect();
    let options = CsvReadOptions { has_header: false, block_size: 1 << 14, ..options() };
    let frame = read(text.as_bytes(), options).unwrap();
    let dictionaries: Vec<_> =
        frame.batches().iter().map(|b| b.column(1).as_dict().unwrap().dictionary().clone()).collect();
    assert!(dictionaries.len() > 5);
    assert!(dictionaries.iter().all(|d| std::sync::Arc::ptr_eq(d, &dictionaries[0])));
    let rows = show(&frame).1;
    assert_eq!(rows[..4], ["0 \"MAIL\"", "1 \"SHIP\"", "2 \"TRUCK\"", "3 null"]);
    assert_eq!(rows[19_998], "19998 \"TRUCK\"");
}

#[test]
fn numbers_read_together_are_those_read_one_by_one() {
    // Blocks of a few rows have no sixty-four fields to read together.
    let options = |block_size| CsvReadOptions { block_size, ..options() };
    let mut text = "a,b,c\n".to_owned();
    for i in 0..500i64 {
        let a = match i % 97 {
            13 => String::new(),
            50 => format!("\"{i}\""),
            70 => format!("+{i}"),
            90 => "-1234567890123456789".to_owned(),
            _ => (i * i * i - 7 * i).to_string(),
        };
        let b = match i % 89 {
            5 => String::new(),
            40 => format!("{i}e-3"),
            60 => "0.1234567890123456789".to_owned(),
            _ => format!("{}", (i - 250) as f64 / 8.0),
        };
        text.push_str(&format!("{a},{b},{}\n", i % 7));
    }
    let together = show(&read(text.as_bytes(), options(1 << 20)).unwrap());
    assert_eq!(together, show(&read(text.as_bytes(), options(64)).unwrap()));
    assert_eq!(together.1.len(), 500);
    let bad = text.replacen("\n-", "\n?", 1) + "x,y,z\n";
    let error = |block_size| {
        let schema = Schema::try_new(vec![
            Field::new("a", DataType::Int64),
            Field::new("b", DataType::Float64),
            Field::new("c", DataType::Int8),
        ]);
        let options = CsvReadOptions { schema: Some(schema.unwrap()), ..options(block_size) };
        read(bad.as_bytes(), options).unwrap_err().to_string()
    };
    assert_eq!(error(1 << 20), error(64));
}

#[test]
fn compressed_text_is_read_in_blocks() {
    use std::io::Write;
    let text: String = (0..200_000u32)
        .map(|i| if i % 1000 == 7 { format!("{i},\"x\n{i}\"\n") } else { format!("{i},y{}\n", i % 7) })
        .collect();
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let zstd = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
    let options = || CsvReadOptions { has_header: false, row_index_name: Some("i".into()), ..options() };
    let expected = show(&read(text.as_bytes(), options()).unwrap());
    for bytes in [gzip.finish().unwrap(), zstd] {
        for (block_size, n_threads) in [(1 << 20, 1), (10_000, 2), (100_000, 8)] {
            let options = CsvReadOptions { block_size, n_threads: Some(n_threads), ..options() };
            let source = CsvSource::from_bytes(bytes.clone(), options);
            assert_eq!(show(&source.read().unwrap()), expected, "{block_size} {n_threads}");
            assert_eq!(source.read().unwrap().height(), 200_000, "a second scan starts anew");
        }
        let cut = bytes[..bytes.len() / 2].to_vec();
        let error = CsvSource::from_bytes(cut, options()).read().unwrap_err().to_string();
        assert!(error.contains("damaged or truncated"), "{error}");
    }
}

/// How stage 1 is done.
#[derive(Clone, Copy, Debug)]
enum Way {
    Usual,
    /// By the index of uniform rows wherever it can.
    Pattern,
    Reference,
}

/// The rows by the given way, or why there are none to be had.
fn outcome(source: &CsvSource, threads: usize, way: Way) -> Result<(String, Vec<String>), String> {
    let read = || {
        let scan = source.scan(None, None)?;
        let scan = match way {
            Way::Usual => scan,
            Way::Pattern => scan.by_pattern(),
            Way::Reference => scan.by_reference(),
        };
        let batches = scan.collect(threads)?;
        Ok::<_, hypostyle_core::Error>(show(&DataFrame::from_batches(source.schema()?, batches)?))
    };
    read().map_err(|e| e.to_string())
}

/// Text that is mostly CSV: fields of all kinds, regular and not, and separators and newlines in all places.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => Just(","), 6 => Just("\n"), 2 => Just("\r\n"), 3 => Just("\""), 2 => Just("\"\""), 1 => Just("#"),
        4 => Just("1"), 2 => Just("x"), 2 => Just("-2.5"), 1 => Just("é"), 1 => Just("\r"),
        3 => Just("\"a,b\""), 2 => Just("\"p\nq\""), 1 => Just("\"d\"\"q\""), 1 => Just("true"),
        1 => Just("a long field that fills more than one vector register, and then some more of it"),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// What is drawn beside the text: options, and how it is read.
type Reading = ((bool, bool, bool), (usize, usize, usize));

fn reading() -> impl Strategy<Value = Reading> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (flags, (prop_oneof![Just(2usize), Just(8)], 1usize..40, 0usize..4))
}

/// The fast path and the reference give the same answer for every text, cut at every offset, on any number of threads.
fn every_way_gives_the_same(text: &str, has_header: bool, reading: Reading) -> Result<(), TestCaseError> {
    let ((comments, truncate_ragged_lines, ignore_errors), (threads, threaded_block, side)) = reading;
    // The best instruction set, or the next one, and so on; the last one if there are fewer.
    let mut sides = each_isa();
    sides.nth(side);
    let options = |block_size| CsvReadOptions {
        has_header,
        truncate_ragged_lines,
        ignore_errors,
        comment_prefix: comments.then(|| "#".to_owned()),
        row_index_name: Some("row".into()),
        block_size,
        ..CsvReadOptions::default()
    };
    let bytes: hypostyle_core::Buffer<u8> = text.as_bytes().to_vec().into();
    let expected = outcome(&CsvSource::from_bytes(bytes.clone(), options(1 << 20)), 1, Way::Reference);
    let source = |block_size| CsvSource::from_bytes(bytes.clone(), options(block_size));
    for way in [Way::Usual, Way::Pattern] {
        prop_assert_eq!(&outcome(&source(1 << 20), 1, way), &expected, "{:?}", way);
    }
    // Which of several errors is met first depends on the blocks, not on the threads.
    let expected = expected.map_err(|_| ());
    // A prime step visits all block sizes over the cases, and all of a short text at once.
    let step = 1 + text.len() / 8;
    for block_size in (1 + threaded_block % step..=text.len()).step_by(step) {
        for way in [Way::Usual, Way::Pattern] {
            let found = outcome(&source(block_size), 1, way).map_err(|_| ());
            prop_assert_eq!(&found, &expected, "{:?}, block size {}", way, block_size);
        }
    }
    let alone = outcome(&source(threaded_block), 1, Way::Usual);
    let together = outcome(&source(threaded_block), threads, Way::Pattern);
    prop_assert_eq!(&together, &alone, "{} threads", threads);
    prop_assert_eq!(&together.map_err(|_| ()), &expected, "{} threads", threads);
    Ok(())
}

// Two tests, so that two threads run them.
proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_to_read_gives_the_same(text in text(), reading in reading()) {
        every_way_gives_the_same(&text, false, reading)?;
    }

    #[test]
    fn every_way_to_read_below_a_header_gives_the_same(text in text(), reading in reading()) {
        every_way_gives_the_same(&text, true, reading)?;
    }
}

#[test]
fn a_predicate_spares_the_other_columns_of_dropped_rows() {
    use hypostyle_expr::dsl::{col, lit};
    let text = b"a,b,c\n1,2,x\n2,oops,y\n3,4,z\n4,5,\xff\n5,6,w\n".to_vec();
    let options = CsvReadOptions {
        row_index_name: Some("row".into()),
        schema_overrides: Some(SchemaOverrides::ByName(vec![("b".into(), DataType::Int64)])),
        ..options()
    };
    let source = CsvSource::from_bytes(text, options);
    let rows = |projection: &[usize], predicate| {
        let scan = source.scan(Some(projection), None)?.with_predicate(&predicate)?;
        let batches = scan.collect(1)?;
        let schema = std::sync::Arc::new(source.schema()?.project(projection));
        Ok::<_, hypostyle_core::Error>(show(&DataFrame::from_batches(schema, batches)?).1)
    };
    assert_eq!(rows(&[0, 1, 2, 3], col("a").eq(lit(3i64))).unwrap(), ["2 3 4 \"z\""]);
    assert_eq!(rows(&[3], col("a").lt(lit(2i64))).unwrap(), ["\"x\""]);
    assert_eq!(rows(&[2], col("a").gt(lit(9i64))).unwrap(), Vec::<String>::new());
    let request = hypostyle_plan::ScanRequest {
        projection: Some(vec![0, 1, 3]),
        predicate: Some(col("a").eq(lit(3i64)).and(col("row").gt(lit(0i64)))),
        output: Some(vec![3]),
        ..Default::default()
    };
    let scan = hypostyle_plan::DataSource::scan(&source, &request).unwrap();
    let (_, batch) = scan.next().unwrap().unwrap();
    assert_eq!((scan.is_filtered(), batch.columns().len(), batch.len()), (true, 1, 1));
    assert_eq!(batch.column(0).value(0), Value::String("z".into()));
    assert!(rows(&[2], col("a").gt(lit(1i64))).is_err());
    assert!(rows(&[2], col("zz").gt(lit(1i64))).is_err());
    assert!(rows(&[2], col("a")).is_err());
}

/// Counts how many threads look at values at once.
#[derive(Debug, Default)]
struct Crowd {
    inside: std::sync::atomic::AtomicUsize,
    most: std::sync::atomic::AtomicUsize,
}

impl hypostyle_plan::ValueTest for Crowd {
    fn mask(&self, column: &hypostyle_core::Column) -> hypostyle_core::Bitmap {
        use std::sync::atomic::Ordering::SeqCst;
        self.most.fetch_max(self.inside.fetch_add(1, SeqCst) + 1, SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(2));
        self.inside.fetch_sub(1, SeqCst);
        hypostyle_core::MutableBitmap::constant(true, column.len()).freeze()
    }
}

#[test]
fn no_more_threads_read_than_the_option_says() {
    let text: String = (0..4000).map(|i| format!("{i},x{}\n", i % 7)).collect();
    let rows = |n_threads, workers| {
        let options = CsvReadOptions { has_header: false, block_size: 1 << 10, n_threads, ..options() };
        let source = CsvSource::from_bytes(text.clone().into_bytes(), options);
        let crowd = std::sync::Arc::new(Crowd::default());
        let test = hypostyle_plan::ColumnTest { column: 0, test: crowd.clone() };
        let batches = source.scan(None, None).unwrap().with_test(test).unwrap().collect(workers).unwrap();
        let frame = DataFrame::from_batches(source.schema().unwrap(), batches).unwrap();
        (show(&frame), crowd.most.load(std::sync::atomic::Ordering::SeqCst))
    };
    let (expected, _) = rows(None, 1);
    for (n_threads, workers) in [(1, 1), (1, 8), (2, 8), (3, 8), (8, 2)] {
        let (found, most) = rows(Some(n_threads), workers);
        assert_eq!(found, expected, "{n_threads} of {workers}");
        assert!(most <= n_threads.min(workers), "{most} read at once, {n_threads} of {workers} may");
    }
    assert!(rows(None, 8).1 > 1, "without the option all may");
}

#[test]
fn a_few_columns_of_many_are_those_of_all() {
    let row = |i: u32| {
        let text = ["", "x", "\"a,b\"", "\"p\nq\"", "\"d\"\"q\""][i as usize % 5];
        format!("{i},{},{text},{}.5,x{},y,{},{},z,{text}\n", i % 3, i % 11, i % 4, i * i % 97, i % 2)
    };
    let regular: String = (0..3000).map(row).collect();
    let ragged = regular.clone() + "1,2\n" + &row(7);
    let open = regular.trim_end_matches('\n').to_owned();
    for text in [regular, ragged, open] {
        let source = |block_size| {
            let options = CsvReadOptions { has_header: false, block_size, ..options() };
            CsvSource::from_bytes(text.clone().into_bytes(), options)
        };
        let all = source(1 << 20).read().unwrap();
        for places in [&[0][..], &[9], &[2, 6], &[6, 0, 3], &[]] {
            for block_size in [1 << 20, 1000, 70] {
                let source = source(block_size);
                let batches = source.scan(Some(places), None).unwrap().collect(2).unwrap();
                let schema = std::sync::Arc::new(source.schema().unwrap().project(places));
                let found = DataFrame::from_batches(schema, batches).unwrap();
                assert_eq!(show(&found), show(&all.project(places)), "{places:?} {block_size}");
            }
        }
    }
}
