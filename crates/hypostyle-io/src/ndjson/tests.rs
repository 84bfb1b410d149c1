//! Lines of JSON read and written, whatever the blocks.

use hypostyle_core::{Batch, DataFrame, DataType, ErrorKind, Field, Schema};
use hypostyle_plan::{DataSource, ScanRequest};
use proptest::prelude::*;

use super::{NdjsonReadOptions, NdjsonSource};
use crate::json::format::JsonFormat;

fn source(text: &str, options: NdjsonReadOptions) -> NdjsonSource {
    NdjsonSource::from_buffers(vec![text.as_bytes().to_vec().into()], options)
}

fn read(source: &NdjsonSource, request: &ScanRequest) -> hypostyle_core::Result<DataFrame> {
    let scan = source.scan(request)?;
    let mut batches = Vec::new();
    while let Some((place, batch)) = scan.next()? {
        assert_eq!(place, batches.len());
        batches.push(batch);
    }
    let schema = source.schema()?;
    let schema = match &request.projection {
        Some(places) => Schema::try_new(places.iter().map(|p| schema.fields()[*p].clone()).collect())?.into(),
        None => schema,
    };
    DataFrame::from_batches(schema, batches)
}

fn lines(frame: &DataFrame) -> String {
    let format = JsonFormat::try_new(frame.schema()).unwrap();
    let mut text = Vec::new();
    frame.batches().iter().for_each(|batch| format.rows(batch, b'\n', &mut text).unwrap());
    String::from_utf8(text).unwrap()
}

#[track_caller]
fn check(text: &str, options: NdjsonReadOptions, expected: &str) {
    let source = source(text, options);
    assert_eq!(lines(&read(&source, &ScanRequest::default()).unwrap()), expected);
}

#[test]
fn values_and_what_is_missing() {
    check(
        "{\"a\":1,\"b\":[1,2.5,null]}\r\n\n  \n{\"b\":[],\"c\":{\"x\":\"\\u00e9\\n\"}}\n{\"a\":null,\"a\":3,\"d\":[{\"y\":1}]}",
        NdjsonReadOptions::default(),
        "{\"a\":1,\"b\":[1.0,2.5,null],\"c\":null,\"d\":null}\n\
         {\"a\":null,\"b\":[],\"c\":{\"x\":\"é\\n\"},\"d\":null}\n\
         {\"a\":null,\"b\":null,\"c\":null,\"d\":[{\"y\":1}]}\n",
    );
    check(
        "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":[1,{\"b\":true}]}",
        Default::default(),
        "{\"a\":\"1\"}\n{\"a\":\"x\"}\n{\"a\":\"[1, {\\\"b\\\": true}]\"}\n",
    );
    check("{}\n{}", Default::default(), "{}\n{}\n");
}

#[test]
fn misfits_say_where_they_are() {
    let mut text = "{\"n\":{\"a\":[1]}}\n".repeat(1000);
    text.push_str("{\"n\":{\"a\":[1,\"x\"]}}\n");
    let options = NdjsonReadOptions { block_size: 100, ..Default::default() };
    let error = read(&source(&text, options.clone()), &ScanRequest::default()).unwrap_err();
    let ErrorKind::Parse { line: 1001, column, dtype, field, .. } = error.kind() else { panic!("{error}") };
    assert_eq!((column.as_str(), dtype.as_str(), field.as_str()), ("n.a", "i64", "\"x\""));
    let lenient = NdjsonReadOptions { ignore_errors: true, ..options.clone() };
    let frame = read(&source(&text, lenient), &ScanRequest::default()).unwrap();
    assert!(lines(&frame).ends_with("{\"n\":{\"a\":[1,null]}}\n"));
    for (bad, what) in
        [("{\"n\":1", "EOF"), ("[1]", "invalid type"), ("{} {}", "trailing"), ("{\"n\":01}", "number")]
    {
        let text = format!("{}{bad}\n{{}}", "{\"x\":5}\n".repeat(500));
        let error = read(&source(&text, options.clone()), &ScanRequest::default()).unwrap_err().to_string();
        assert!(error.contains("line 501") && error.contains(what), "{error}");
    }
    let error = source("{\"a\":1}\n{\"a\":[1]}", Default::default()).schema().unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("numbers and arrays"), "{error}");
    let text = [b"{\"a\":1}\n{\"a\":".as_slice(), &[0xff], b"}"].concat();
    let source = NdjsonSource::from_buffers(vec![text.into()], Default::default());
    assert!(source.schema().unwrap_err().to_string().contains("UTF-8, line 2"));
}

#[test]
fn types_that_are_given() {
    let field = Field::new;
    let schema = Schema::try_new(vec![
        field("d", DataType::Date),
        field("t", DataType::Datetime(hypostyle_core::TimeUnit::Milliseconds, None)),
        field("m", DataType::Decimal(10, 2)),
        field("i", DataType::Int8),
        field("c", DataType::Categorical),
        field("s", DataType::String),
        field("missing", DataType::Float32),
    ])
    .unwrap();
    let options = NdjsonReadOptions { schema: Some(schema), ..Default::default() };
    check(
        "{\"d\":\"2020-01-02\",\"t\":\"2020-01-02T03:04:05.6\",\"m\":1.5,\"i\":-7,\"c\":\"x\",\"s\":1.50,\"z\":[[]]}",
        options.clone(),
        "{\"d\":\"2020-01-02\",\"t\":\"2020-01-02 03:04:05.600\",\"m\":\"1.50\",\"i\":-7,\"c\":\"x\",\"s\":\"1.5\",\"missing\":null}\n",
    );
    let error = read(&source("{\"i\":300}", options), &ScanRequest::default()).unwrap_err();
    assert!(error.to_string().contains("\"300\" as i8"), "{error}");
}

#[test]
fn limits_and_projections() {
    let text: String = (0..1000).map(|i| format!("{{\"a\":{i},\"b\":\"{i}\"}}\n")).collect();
    let options = NdjsonReadOptions { block_size: 64, n_rows: Some(123), ..Default::default() };
    let with_paths = NdjsonReadOptions { include_file_paths: Some("p".into()), ..options.clone() };
    let request = ScanRequest { projection: Some(vec![1]), limit: Some(7), ..Default::default() };
    let frame = read(&source(&text, options), &request).unwrap();
    assert_eq!(frame.shape(), (7, 1));
    let none = ScanRequest { projection: Some(vec![]), ..Default::default() };
    assert_eq!(
        read(&source(&text, with_paths.clone()), &none)
            .unwrap()
            .batches()
            .iter()
            .map(Batch::len)
            .sum::<usize>(),
        123
    );
    assert_eq!(source(&text, with_paths).schema().unwrap().names().collect::<Vec<_>>(), ["a", "b", "p"]);
}

fn value(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|v| v.to_string()),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| format!("{v:?}")),
        "[a\"\\\\é\u{1}{}\\[\\],:]{0,6}".prop_map(|v| serde_json::Value::from(v).to_string()),
        any::<bool>().prop_map(|v| v.to_string()),
    ];
    leaf.prop_recursive(depth, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(inner, 0..3).prop_map(|items| {
                let members: Vec<_> =
                    items.iter().enumerate().map(|(i, v)| format!("\"m{i}\": {v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..Default::default() })]

    /// What is read does not depend on blocks, and what is written is read back the same.
    #[test]
    fn blocks_do_not_matter(rows in prop::collection::vec((value(2), value(2)), 1..12), block_size in 1usize..200) {
        let text: String = rows.iter().map(|(a, b)| format!("{{\"a\":{a},\"b\":{b}}}\n")).collect();
        let whole = NdjsonReadOptions { infer_schema_length: None, ..Default::default() };
        let blocks = NdjsonReadOptions { block_size, ..whole.clone() };
        let request = ScanRequest::default();
        match read(&source(&text, whole.clone()), &request) {
            Err(error) => {
                let other = read(&source(&text, blocks), &request).unwrap_err();
                prop_assert_eq!(error.to_string(), other.to_string());
            }
            Ok(frame) => {
                let written = lines(&frame);
                prop_assert_eq!(&written, &lines(&read(&source(&text, blocks), &request).unwrap()));
                let schema = Some(Schema::clone(frame.schema()));
                let again = read(&source(&written, NdjsonReadOptions { schema, ..whole }), &request).unwrap();
                prop_assert_eq!(written, lines(&again));
            }
        }
    }
}
