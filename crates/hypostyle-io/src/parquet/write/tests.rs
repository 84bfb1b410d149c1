//! What is written is read back.

use std::sync::Arc;

use hypostyle_core::{Batch, Column, DataType, Field, Schema, TimeUnit, Value};
use hypostyle_plan::{DataSink, DataSource, ScanRequest};

use super::super::{ParquetReadOptions, ParquetSource};
use super::*;

fn write(schema: &Schema, pieces: &[Batch], options: &ParquetWriteOptions) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let mut sink = ParquetSink::create(&path, schema, options).unwrap();
    for piece in pieces {
        let encoded = sink.encoder().encode(std::slice::from_ref(piece)).unwrap();
        sink.append(encoded).unwrap();
    }
    Box::new(sink).finish().unwrap();
    std::fs::read(path).unwrap()
}

fn read(bytes: Vec<u8>) -> (Arc<Schema>, Vec<Batch>) {
    let source = ParquetSource::from_bytes(bytes, ParquetReadOptions::default());
    let scan = DataSource::scan(&source, &ScanRequest::default()).unwrap();
    let mut batches = Vec::new();
    while let Some((number, batch)) = scan.next().unwrap() {
        assert_eq!(number, batches.len());
        batches.push(batch);
    }
    (DataSource::schema(&source).unwrap(), batches)
}

fn columns() -> Vec<(DataType, Vec<Value>)> {
    let text = |s: &str| Value::String(s.into());
    let ints = vec![Value::Int(1), Value::Null, Value::Int(100), Value::Int(3)];
    let texts = || vec![text("a"), Value::Null, text(""), text("größer als zwölf Bytes")];
    let mut columns: Vec<(DataType, Vec<Value>)> = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::Int128,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Date,
        DataType::Time,
        DataType::Decimal(9, 2),
        DataType::Decimal(18, 2),
        DataType::Decimal(38, 10),
        DataType::Duration(TimeUnit::Microseconds),
        DataType::Datetime(TimeUnit::Milliseconds, None),
        DataType::Datetime(TimeUnit::Microseconds, None),
        DataType::Datetime(TimeUnit::Nanoseconds, Some("Europe/Berlin".into())),
    ]
    .into_iter()
    .map(|dtype| (dtype, ints.clone()))
    .collect();
    let list = |items: &[i128]| Value::List(items.iter().map(|i| Value::Int(*i)).collect());
    let lists = vec![list(&[1, 2]), Value::Null, list(&[]), list(&[3])];
    let rows = lists.iter().zip(texts()).map(|(a, b)| Value::List([a.clone(), b].into_iter().collect()));
    let fields = vec![Field::new("x", DataType::list(DataType::Int64)), Field::new("y", DataType::String)];
    columns.extend([
        (DataType::Float32, vec![Value::Float(1.5), Value::Null, Value::Float(-0.0), Value::Float(0.5)]),
        (DataType::Float64, vec![Value::Float(1e300), Value::Null, Value::Float(-0.0), Value::Float(0.5)]),
        (
            DataType::Boolean,
            vec![Value::Boolean(true), Value::Null, Value::Boolean(false), Value::Boolean(true)],
        ),
        (DataType::Null, vec![Value::Null; 4]),
        (DataType::String, texts()),
        (DataType::Categorical, texts()),
        (DataType::Enum(["größer als zwölf Bytes", "", "a", "z"].map(Arc::from).into()), texts()),
        (DataType::Binary, [&b"\xff"[..], b"", b"a", b"bc"].map(|b| Value::Binary(b.into())).to_vec()),
        (DataType::Struct(fields), rows.collect()),
        (DataType::list(DataType::Int64), lists),
    ]);
    columns
}

#[test]
fn all_types_in_all_compressions() {
    let (fields, made): (Vec<_>, Vec<_>) = columns()
        .into_iter()
        .enumerate()
        .map(|(i, (dtype, rows))| {
            (Field::new(format!("c{i}"), dtype.clone()), Column::from_scalars(dtype, rows).unwrap())
        })
        .unzip();
    let schema = Schema::try_new(fields).unwrap();
    let batch = Batch::try_new(made, 4).unwrap();
    for compression in [
        ParquetCompression::None,
        ParquetCompression::Snappy,
        ParquetCompression::Lz4,
        ParquetCompression::Gzip(Some(1)),
        ParquetCompression::Zstd(Some(3)),
    ] {
        let options = ParquetWriteOptions { compression, ..Default::default() };
        let (read_schema, batches) = read(write(&schema, &[batch.clone(), batch.slice(1, 2)], &options));
        assert_eq!(*read_schema, schema);
        assert_eq!(batches.iter().map(Batch::len).collect::<Vec<_>>(), [4, 2]);
        for (i, column) in batch.columns().iter().enumerate() {
            for row in 0..4 {
                assert_eq!(batches[0].column(i).value(row), column.value(row), "{}", column.dtype());
            }
            assert_eq!(batches[1].column(i).value(1), column.value(2), "{}", column.dtype());
        }
    }
}

#[test]
fn nothing_is_written_and_read() {
    let schema = Schema::try_new(vec![Field::new("a", DataType::Int64)]).unwrap();
    let (read_schema, batches) = read(write(&schema, &[], &ParquetWriteOptions::default()));
    assert_eq!((*read_schema).clone(), schema);
    assert!(batches.is_empty());
    let none = DataType::Struct(Vec::new());
    let schema = Schema::try_new(vec![Field::new("s", none)]).unwrap();
    let error = ParquetSink::create("/nowhere/x", &schema, &ParquetWriteOptions::default()).unwrap_err();
    assert!(error.to_string().contains("\"s\""), "{error}");
}
