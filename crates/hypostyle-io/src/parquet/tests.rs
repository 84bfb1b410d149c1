//! Files of arrow-rs' writer with pages of all shapes: the values read are those written, whole, in part, and for a
//! filter.

use std::sync::Arc;

use hypostyle_arrow::{from_batch, from_schema};
use hypostyle_core::ffi::StringForm;
use hypostyle_core::{Batch, Column, DataType, Field, Schema, TimeUnit, Value};
use hypostyle_expr::dsl::{col, lit};
use hypostyle_expr::{BinaryOp, Expr};
use hypostyle_plan::{DataSource, ScanRequest};
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use proptest::prelude::*;

use super::*;

/// How a file is written.
#[derive(Clone, Debug)]
struct Layout {
    rows: usize,
    group: usize,
    page: usize,
    version: WriterVersion,
    dictionary: bool,
    dictionary_bytes: usize,
    compression: Compression,
    /// For types that have others than the plain one.
    encoded: bool,
    distinct: usize,
    nulls: usize,
}

fn layouts() -> impl Strategy<Value = Layout> {
    let brotli = Compression::BROTLI(BrotliLevel::try_new(1).unwrap());
    let compressions = vec![Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW, brotli];
    let shape = (0usize..400, 1usize..300, 1usize..200, any::<bool>(), any::<bool>());
    let values = (8usize..400, prop::sample::select(compressions), any::<bool>(), 1usize..60, 0usize..5);
    (shape, values).prop_map(|((rows, group, page, second, dictionary), values)| {
        let (dictionary_bytes, compression, encoded, distinct, nulls) = values;
        let version = if second { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
        Layout {
            rows,
            group,
            page,
            version,
            dictionary,
            dictionary_bytes,
            compression,
            encoded,
            distinct,
            nulls,
        }
    })
}

/// Names, types, and the encoding besides the plain one.
fn fields() -> Vec<(DataType, Encoding)> {
    use Encoding as E;
    vec![
        (DataType::Int64, E::DELTA_BINARY_PACKED),
        (DataType::Int8, E::DELTA_BINARY_PACKED),
        (DataType::UInt32, E::DELTA_BINARY_PACKED),
        (DataType::UInt64, E::BYTE_STREAM_SPLIT),
        (DataType::Float32, E::BYTE_STREAM_SPLIT),
        (DataType::Float64, E::BYTE_STREAM_SPLIT),
        (DataType::Date, E::PLAIN),
        (DataType::Time, E::PLAIN),
        (DataType::Datetime(TimeUnit::Milliseconds, None), E::DELTA_BINARY_PACKED),
        (DataType::Decimal(5, 1), E::DELTA_BINARY_PACKED),
        (DataType::Decimal(38, 1), E::DELTA_BYTE_ARRAY),
        (DataType::Boolean, E::RLE),
        (DataType::String, E::DELTA_BYTE_ARRAY),
        (DataType::Binary, E::DELTA_LENGTH_BYTE_ARRAY),
        (DataType::list(DataType::Int64), E::PLAIN),
    ]
}

fn value(dtype: &DataType, row: usize, layout: &Layout) -> Value {
    if layout.nulls > 0 && (row * 2_654_435_761) % 5 < layout.nulls {
        return Value::Null;
    }
    let n = (row * 7_919) % layout.distinct;
    match dtype {
        DataType::Boolean => Value::Boolean(n.is_multiple_of(2)),
        DataType::Float32 | DataType::Float64 => Value::Float(n as f64 / 4.0),
        DataType::String => Value::String("x".repeat(n % 7).as_str().to_owned().into()),
        DataType::Binary => Value::Binary(vec![n as u8; n % 9].as_slice().into()),
        DataType::List(_) => Value::List((0..n % 4).map(|i| Value::Int(i as i128)).collect()),
        _ => Value::Int(n as i128),
    }
}

fn written(layout: &Layout) -> (Batch, Vec<u8>) {
    written_with(layout, &fields())
}

fn written_with(layout: &Layout, fields: &[(DataType, Encoding)]) -> (Batch, Vec<u8>) {
    let mut columns = vec![Column::from_vec((0..layout.rows as i64).collect())];
    let mut schema = vec![Field::new("row", DataType::Int64)];
    let mut properties = WriterProperties::builder()
        .set_writer_version(layout.version)
        .set_compression(layout.compression)
        .set_dictionary_enabled(layout.dictionary)
        .set_dictionary_page_size_limit(layout.dictionary_bytes)
        .set_data_page_row_count_limit(layout.page)
        .set_write_batch_size(1 + layout.page / 3)
        .set_max_row_group_row_count(Some(layout.group));
    for (i, (dtype, encoding)) in fields.iter().cloned().enumerate() {
        let values = (0..layout.rows).map(|row| value(&dtype, row, layout));
        columns.push(Column::from_scalars(dtype.clone(), values).unwrap());
        if layout.encoded {
            properties = properties.set_column_encoding(ColumnPath::from(format!("c{i}")), encoding);
        }
        schema.push(Field::new(format!("c{i}"), dtype));
    }
    let schema = Schema::try_new(schema).unwrap();
    let batch = Batch::try_new(columns, layout.rows).unwrap();
    let foreign = Arc::new(from_schema(&schema, StringForm::Offsets).unwrap());
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, foreign.clone(), Some(properties.build())).unwrap();
    writer.write(&from_batch(&batch, &foreign, StringForm::Offsets).unwrap()).unwrap();
    writer.close().unwrap();
    (batch, bytes)
}

/// A file of these columns, as the writer lays it out if it is not told anything.
pub(super) fn written_columns(columns: &[Column]) -> Vec<u8> {
    let field = |(i, column): (usize, &Column)| Field::new(format!("c{i}"), column.dtype().clone());
    let schema = Schema::try_new(columns.iter().enumerate().map(field).collect()).unwrap();
    let batch = Batch::try_new(columns.to_vec(), columns.first().map_or(0, Column::len)).unwrap();
    let foreign = Arc::new(from_schema(&schema, StringForm::Offsets).unwrap());
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, foreign.clone(), None).unwrap();
    writer.write(&from_batch(&batch, &foreign, StringForm::Offsets).unwrap()).unwrap();
    writer.close().unwrap();
    bytes
}

fn assert_rows(batches: &[Batch], expected: &Batch, rows: &[usize], columns: &[usize]) {
    let mut wanted = rows.iter();
    for batch in batches {
        for row in 0..batch.len() {
            let from = *wanted.next().expect("no more rows than expected");
            for (place, column) in columns.iter().enumerate() {
                let (found, wanted) = (batch.column(place).value(row), expected.column(*column).value(from));
                assert_eq!(found, wanted, "row {from}, column {column}");
            }
        }
    }
    assert!(wanted.next().is_none(), "fewer rows than expected");
}

fn read(source: &ParquetSource, request: &ScanRequest) -> Vec<Batch> {
    let scan = DataSource::scan(source, request).unwrap();
    let mut batches = Vec::new();
    while let Some((number, batch)) = scan.next().unwrap() {
        assert_eq!(number, batches.len());
        batches.push(batch);
    }
    batches
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn what_was_written_is_read(layout in layouts(), every in 1usize..40, from in 0usize..300, limit in 0usize..400) {
        let (expected, bytes) = written(&layout);
        let source = ParquetSource::from_bytes(bytes, ParquetReadOptions::default());
        let all: Vec<usize> = (0..expected.columns().len()).collect();
        let rows: Vec<usize> = (0..layout.rows).collect();
        assert_rows(&read(&source, &ScanRequest::default()), &expected, &rows, &all);

        let request = ScanRequest { limit: Some(limit), ..ScanRequest::default() };
        assert_rows(&read(&source, &request), &expected, &rows[..limit.min(layout.rows)], &all);

        let modulo = Expr::Binary {
            left: col("row").into(),
            op: BinaryOp::Modulo,
            right: lit(every as i64).into(),
        };
        let predicate = modulo.eq(lit(0i64)).and(col("row").gt_eq(lit(from as i64)));
        let projection = vec![13, 1, 6, 15, 12];
        let request = ScanRequest {
            projection: Some(projection.clone()),
            predicate: Some(predicate),
            ..ScanRequest::default()
        };
        let kept: Vec<usize> = rows.iter().copied().filter(|row| row % every == 0 && *row >= from).collect();
        assert_rows(&read(&source, &request), &expected, &kept, &projection);
        for output in [vec![15, 6, 1], vec![]] {
            let request = ScanRequest { output: Some(output.clone()), ..request.clone() };
            assert_rows(&read(&source, &request), &expected, &kept, &output);
        }
    }
}

/// Morsels of a row group end within pages, and are read by several threads at once.
#[test]
fn any_number_of_threads_reads_the_same() {
    let layout = Layout {
        rows: 150_000,
        group: 150_000,
        page: 60_000,
        version: WriterVersion::PARQUET_1_0,
        dictionary: true,
        dictionary_bytes: 1 << 20,
        compression: Compression::SNAPPY,
        encoded: false,
        distinct: 50,
        nulls: 2,
    };
    let (expected, bytes) = written(&layout);
    let source = ParquetSource::from_bytes(bytes, ParquetReadOptions::default());
    for threads in [1, 2, 8] {
        let scan = DataSource::scan(&source, &ScanRequest::default()).unwrap();
        let work = || {
            let mut mine = Vec::new();
            while let Some(batch) = scan.next().unwrap() {
                mine.push(batch);
            }
            mine
        };
        let mut batches: Vec<(usize, Batch)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        batches.sort_by_key(|(number, _)| *number);
        assert_eq!(batches.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [0, 1, 2]);
        let batches: Vec<Batch> = batches.into_iter().map(|(_, batch)| batch).collect();
        let columns: Vec<usize> = (0..expected.columns().len()).collect();
        let rows: Vec<usize> = (0..layout.rows).collect();
        assert_rows(&batches, &expected, &rows, &columns);
    }
}

/// Each byte of a small file changed in four ways: it is read, or refused, and nothing else.
#[test]
fn every_byte_changed() {
    let layout = Layout {
        rows: 9,
        group: 6,
        page: 4,
        version: WriterVersion::PARQUET_1_0,
        dictionary: true,
        dictionary_bytes: 1 << 10,
        compression: Compression::SNAPPY,
        encoded: false,
        distinct: 5,
        nulls: 1,
    };
    let fields = fields();
    let some = |places: &[usize]| -> Vec<_> { places.iter().map(|place| fields[*place].clone()).collect() };
    let plain = Layout { dictionary: false, compression: Compression::LZ4_RAW, ..layout.clone() };
    let brotli = Layout { compression: Compression::BROTLI(BrotliLevel::default()), ..layout.clone() };
    let second = WriterVersion::PARQUET_2_0;
    let encoded =
        Layout { encoded: true, version: second, compression: Compression::UNCOMPRESSED, ..plain.clone() };
    let files = [
        written_with(&layout, &some(&[0, 12])),
        written_with(&plain, &some(&[5, 11, 13])),
        written_with(&encoded, &some(&[0, 4, 12])),
        written_with(&layout, &some(&[14])),
        written_with(&brotli, &some(&[12, 14])),
    ];
    let (mut read, mut refused) = (0, 0);
    for (_, bytes) in files {
        for place in 0..bytes.len() {
            for mask in [0x01, 0x10, 0x80, 0xff] {
                let mut broken = bytes.clone();
                broken[place] ^= mask;
                let source = ParquetSource::from_bytes(broken, ParquetReadOptions::default());
                let outcome = DataSource::scan(&source, &ScanRequest::default()).and_then(|scan| {
                    while scan.next()?.is_some() {}
                    Ok(())
                });
                *if outcome.is_ok() { &mut read } else { &mut refused } += 1;
            }
        }
    }
    assert!(read > 0 && refused > read / 10, "{read} read, {refused} refused");
}
