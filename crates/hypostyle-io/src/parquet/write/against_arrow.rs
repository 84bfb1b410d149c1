//! What is encoded here against what arrow-rs' writer makes of the same rows: read by arrow-rs' reader both have the
//! same values, and their statistics agree.

use std::sync::Arc;

use arrow_array::RecordBatch;
use bytes::Bytes;
use hypostyle_arrow::{from_batch, from_schema};
use hypostyle_core::ffi::StringForm;
use hypostyle_core::{
    Batch, Column, DataType, DictArray, Dictionary, Field, PrimitiveArray, Schema, TimeUnit, Utf8Array, Value,
};
use hypostyle_kernels::simd::each_isa;
use hypostyle_plan::{DataSink, DataSource, ScanRequest};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Encoding;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use proptest::prelude::*;

use super::super::{ParquetReadOptions, ParquetSource};
use super::*;

/// What rows look like.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Constant,
    Few,
    Ascending,
    Random,
    Extreme,
    Runs,
    Null,
}

#[derive(Clone, Debug)]
struct Case {
    /// Rows of the batches of each row group.
    groups: Vec<Vec<usize>>,
    shape: Shape,
    /// Of twenty rows.
    nulls: usize,
    page_bytes: Option<usize>,
    compression: ParquetCompression,
    statistics: bool,
    seed: u64,
}

fn cases() -> impl Strategy<Value = Case> {
    use ParquetCompression as C;
    let shapes = [
        Shape::Constant,
        Shape::Few,
        Shape::Ascending,
        Shape::Random,
        Shape::Extreme,
        Shape::Runs,
        Shape::Null,
    ];
    let rows = prop_oneof![4 => 0usize..300, 1 => 300usize..3_000];
    let groups = prop::collection::vec(prop::collection::vec(rows, 1..4), 1..3);
    let compressions = vec![C::None, C::Snappy, C::Lz4, C::Gzip(None), C::Zstd(None), C::Zstd(Some(3))];
    let pages = prop::option::of(prop_oneof![1usize..50, 50usize..5_000]);
    (
        groups,
        prop::sample::select(shapes.to_vec()),
        prop_oneof![Just(0usize), 0usize..=20],
        pages,
        prop::sample::select(compressions),
        prop::bool::weighted(0.8),
        any::<u64>(),
    )
        .prop_map(|(groups, shape, nulls, page_bytes, compression, statistics, seed)| Case {
            groups,
            shape,
            nulls,
            page_bytes,
            compression,
            statistics,
            seed,
        })
}

fn types() -> Vec<DataType> {
    use DataType as T;
    vec![
        T::Int8,
        T::Int16,
        T::Int32,
        T::Int64,
        T::Int128,
        T::UInt8,
        T::UInt16,
        T::UInt32,
        T::UInt64,
        T::Float32,
        T::Float64,
        T::Boolean,
        T::Date,
        T::Time,
        T::Datetime(TimeUnit::Milliseconds, None),
        T::Datetime(TimeUnit::Nanoseconds, Some("Europe/Berlin".into())),
        T::Duration(TimeUnit::Microseconds),
        T::Decimal(7, 2),
        T::Decimal(15, 2),
        T::Decimal(38, 4),
        T::String,
        T::Binary,
        T::Categorical,
        T::list(T::Int64),
        // As codes.
        T::String,
    ]
}

fn hash(seed: u64, row: usize) -> u64 {
    let mixed = (seed ^ row as u64).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) ^ mixed >> 17
}

/// The ends of the integers of a type.
fn ends(dtype: &DataType) -> (i128, i128) {
    match dtype {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 | DataType::Date => (i32::MIN.into(), i32::MAX.into()),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::UInt64 => (0, u64::MAX.into()),
        DataType::Time => (0, 86_399_999_999_999),
        DataType::Decimal(precision, _) => {
            (1 - 10i128.pow((*precision).into()), 10i128.pow((*precision).into()) - 1)
        }
        DataType::Int128 => (1 - 10i128.pow(38), 10i128.pow(38) - 1),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

fn value(dtype: &DataType, case: &Case, row: usize) -> Value {
    let random = hash(case.seed, row);
    if matches!(case.shape, Shape::Null) || (random >> 40) % 20 < case.nulls as u64 {
        return Value::Null;
    }
    let number = match case.shape {
        Shape::Constant | Shape::Null => 7,
        Shape::Few => random % 5,
        Shape::Ascending => 3 * row as u64 + random % 3,
        Shape::Random | Shape::Extreme => random,
        Shape::Runs => hash(case.seed, row / 70) % 9,
    };
    let extreme = matches!(case.shape, Shape::Extreme);
    match dtype {
        DataType::Boolean => Value::Boolean(number % 2 == 0),
        DataType::Float32 | DataType::Float64 => {
            let odd = [f64::NAN, -0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, 1.5, -1e30];
            match case.shape {
                // Rows of nothing but NaN are there as well.
                Shape::Extreme if case.seed.is_multiple_of(3) => Value::Float(f64::NAN),
                Shape::Extreme => Value::Float(odd[number as usize % odd.len()]),
                _ => Value::Float((number % 100_000) as f64 / 100.0 - 50.0),
            }
        }
        DataType::String | DataType::Categorical => {
            let text = format!("ä{number}");
            let count = if extreme { number as usize % 90 } else { number as usize % 3 };
            let text = if extreme && number % 7 == 0 { "\u{10ffff}".repeat(30) } else { text.repeat(count) };
            Value::String(text.into())
        }
        DataType::Binary => {
            let len = if extreme { number as usize % 90 } else { number as usize % 12 };
            let byte = if number % 3 == 0 { 0xff } else { number as u8 };
            Value::Binary(vec![byte; len].into())
        }
        DataType::List(_) => {
            let items = (0..number % 4).map(|i| Value::Int(i128::from(number % 1000 + i)));
            Value::List(items.collect())
        }
        _ => {
            let (low, high) = ends(dtype);
            let span = high.wrapping_sub(low) as u128;
            let shift = (u128::from(number) << 64 | u128::from(random)) % span.max(1);
            Value::Int(match case.shape {
                Shape::Extreme => [low, high, low.wrapping_add(shift as i128), 0][number as usize % 4],
                Shape::Random => low.wrapping_add(shift as i128),
                _ => (number as i128).min(high),
            })
        }
    }
}

/// A text column as codes into a dictionary with entries twice or not, and more of them than are used.
fn as_codes(column: &Column, twice: bool) -> Column {
    let mut entries: Vec<&str> = vec!["nobody's"];
    let mut codes = Vec::new();
    for row in 0..column.len() {
        codes.push(column.str_at(row).map(|text| {
            let known = entries.iter().position(|entry| *entry == text).filter(|_| !(twice && row % 5 == 0));
            known.unwrap_or_else(|| {
                entries.push(text);
                entries.len() - 1
            }) as u32
        }));
    }
    let codes: PrimitiveArray<u32> = Column::from_options(codes).expect_primitive().unwrap().clone();
    let dictionary = Dictionary::try_new(entries.into_iter().map(Some).collect::<Utf8Array>()).unwrap();
    let dictionary = if twice { dictionary } else { dictionary.assert_unique(false) };
    Column::from_dict(DictArray::try_new(codes, Arc::new(dictionary)).unwrap())
}

fn rows_of(case: &Case, start: usize, rows: usize) -> Vec<Column> {
    let last = types().len() - 1;
    types()
        .iter()
        .enumerate()
        .map(|(number, dtype)| {
            let values = (start..start + rows).map(|row| value(dtype, case, row));
            let column = Column::from_scalars(dtype.clone(), values).unwrap();
            if number == last { as_codes(&column, case.seed.is_multiple_of(2)) } else { column }
        })
        .collect()
}

/// The batches of each row group, cut out of one of the group or made one by one.
fn batches(case: &Case) -> Vec<Vec<Batch>> {
    let mut start = 0;
    let mut made = Vec::new();
    for group in &case.groups {
        let rows: usize = group.iter().sum();
        if case.seed.is_multiple_of(5) {
            let one = |rows: &usize| {
                let batch = Batch::try_new(rows_of(case, start, *rows), *rows).unwrap();
                start += rows;
                batch
            };
            made.push(group.iter().map(one).collect());
        } else {
            let whole = Batch::try_new(rows_of(case, start, rows + 3), rows + 3).unwrap();
            let mut offset = 3;
            let slice = |rows: &usize| {
                offset += rows;
                whole.slice(offset - rows, *rows)
            };
            made.push(group.iter().map(slice).collect());
            start += rows;
        }
    }
    made.retain(|batches: &Vec<Batch>| batches.iter().any(|batch| !batch.is_empty()));
    made
}

fn schema() -> Schema {
    let fields = types().into_iter().enumerate().map(|(i, dtype)| Field::new(format!("c{i}"), dtype));
    Schema::try_new(fields.collect()).unwrap()
}

fn write_here(case: &Case, groups: &[Vec<Batch>]) -> Bytes {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let mut sink = ParquetSink::create(&path, &schema(), &options(case)).unwrap();
    for group in groups {
        let piece = sink.encoder().encode(group).unwrap();
        sink.append(piece).unwrap();
    }
    Box::new(sink).finish().unwrap();
    std::fs::read(path).unwrap().into()
}

fn options(case: &Case) -> ParquetWriteOptions {
    ParquetWriteOptions {
        compression: case.compression,
        statistics: case.statistics,
        data_page_size: case.page_bytes,
        ..Default::default()
    }
}

fn write_there(case: &Case, groups: &[Vec<Batch>]) -> Bytes {
    let foreign = Arc::new(from_schema(&schema(), StringForm::Offsets).unwrap());
    let properties = options(case).properties().unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&foreign), Some(properties)).unwrap();
    for group in groups {
        for batch in group {
            writer.write(&from_batch(batch, &foreign, StringForm::Offsets).unwrap()).unwrap();
        }
        writer.flush().unwrap();
    }
    writer.into_inner().unwrap().into()
}

fn read(bytes: Bytes) -> (Vec<RecordBatch>, Arc<ParquetMetaData>) {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options).unwrap();
    let metadata = Arc::clone(builder.metadata());
    let batches = builder.with_batch_size(1 << 20).build().unwrap().map(Result::unwrap).collect();
    (batches, metadata)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..Default::default() })]

    #[test]
    fn values_and_statistics_are_those_of_arrow(case in cases(), side in 0usize..4) {
        // The best instruction set, or the next one, and so on; the last one if there are fewer.
        let mut sides = each_isa();
        sides.nth(side);
        let groups = batches(&case);
        let ours = write_here(&case, &groups);
        let theirs = write_there(&case, &groups);
        let (our_rows, our_metadata) = read(ours.clone());
        let (their_rows, their_metadata) = read(theirs);
        prop_assert_eq!(our_rows, their_rows);
        prop_assert_eq!(our_metadata.num_row_groups(), their_metadata.num_row_groups());
        for (group, other) in our_metadata.row_groups().iter().zip(their_metadata.row_groups()) {
            prop_assert_eq!(group.num_rows(), other.num_rows());
            for (column, other) in group.columns().iter().zip(other.columns()) {
                prop_assert_eq!(format!("{:?}", column.statistics()), format!("{:?}", other.statistics()), "{}", column.column_path());
                prop_assert_eq!(column.num_values(), other.num_values());
                prop_assert_eq!(column.unencoded_byte_array_data_bytes(), other.unencoded_byte_array_data_bytes());
                prop_assert_eq!(column.definition_level_histogram(), other.definition_level_histogram());
                prop_assert_eq!(column.column_index_offset().is_some(), case.statistics);
                prop_assert!(column.offset_index_offset().is_some());
            }
        }
        // All the same by the reader here, which takes rows by the page index.
        let source = ParquetSource::from_bytes(ours.to_vec(), ParquetReadOptions::default());
        let scan = DataSource::scan(&source, &ScanRequest::default()).unwrap();
        let mut read = Vec::new();
        while let Some((_, batch)) = scan.next().unwrap() {
            read.extend((0..batch.len()).map(|row| batch.columns().iter().map(|c| c.value(row)).collect::<Vec<_>>()));
        }
        let written = groups.iter().flatten().flat_map(|batch| {
            (0..batch.len()).map(|row| batch.columns().iter().map(|c| c.value(row)).collect::<Vec<_>>())
        });
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", written.collect::<Vec<_>>()));
    }

    /// With one page a chunk, the page index is that of arrow-rs.
    #[test]
    fn the_page_index_is_that_of_arrow(case in cases()) {
        // Fewer rows, for arrow-rs begins another page as well where a dictionary grows too large.
        let groups = case.groups.iter().map(|rows| rows.iter().map(|rows| rows % 150).collect()).collect();
        let case = Case { groups, page_bytes: None, statistics: true, ..case };
        let groups = batches(&case);
        let (_, ours) = read(write_here(&case, &groups));
        let (_, theirs) = read(write_there(&case, &groups));
        for group in 0..ours.num_row_groups() {
            let (ours, theirs) = (ours.page_index_for_row_group(group), theirs.page_index_for_row_group(group));
            for column in 0..types().len() {
                prop_assert_eq!(
                    format!("{:?}", ours.column_index(column)),
                    format!("{:?}", theirs.column_index(column)),
                    "column {}", column
                );
            }
        }
    }
}

/// Large enough that encodings are chosen and compression is tried.
#[test]
fn encodings_are_chosen_by_the_values() {
    let rows = 100_000;
    let random = |row: usize| hash(1, row);
    let columns = [
        (
            "few",
            Column::from_vec((0..rows).map(|row| (random(row) % 50) as f64).collect()),
            Encoding::RLE_DICTIONARY,
        ),
        ("ascending", Column::from_vec((0..rows as i64).collect()), Encoding::DELTA_BINARY_PACKED),
        (
            "keys",
            Column::from_vec((0..rows).map(|row| (random(row) % 200_000) as i64).collect()),
            Encoding::DELTA_BINARY_PACKED,
        ),
        ("random", Column::from_vec((0..rows).map(|row| random(row) as i64).collect()), Encoding::PLAIN),
        ("floats", Column::from_vec((0..rows).map(|row| random(row) as f64).collect()), Encoding::PLAIN),
        ("texts", Column::from_strs((0..rows).map(|row| ["a", "b"][row % 2])), Encoding::RLE_DICTIONARY),
    ];
    let fields = columns.iter().map(|(name, column, _)| Field::new(*name, column.dtype().clone()));
    let schema = Schema::try_new(fields.collect()).unwrap();
    let batch = Batch::try_new(columns.iter().map(|(_, column, _)| column.clone()).collect(), rows).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let options =
        ParquetWriteOptions { compression: ParquetCompression::Zstd(Some(1)), ..Default::default() };
    let mut sink = ParquetSink::create(&path, &schema, &options).unwrap();
    let piece = sink.encoder().encode(std::slice::from_ref(&batch)).unwrap();
    sink.append(piece).unwrap();
    Box::new(sink).finish().unwrap();
    let (read, metadata) = read(std::fs::read(path).unwrap().into());
    for (i, (name, column, encoding)) in columns.iter().enumerate() {
        let chunk = metadata.row_group(0).column(i);
        assert!(
            chunk.encodings().any(|found| found == *encoding),
            "{name}: {:?}",
            chunk.encodings().collect::<Vec<_>>()
        );
        assert_eq!(
            chunk.encodings().any(|e| e == Encoding::RLE_DICTIONARY),
            *encoding == Encoding::RLE_DICTIONARY
        );
        assert_eq!(read[0].column(i).len(), column.len());
    }
    // What does not become smaller is not compressed.
    let is_compressed =
        |i: usize| metadata.row_group(0).column(i).compression() != parquet::basic::Compression::UNCOMPRESSED;
    assert!(is_compressed(1) && !is_compressed(2) && !is_compressed(3));
}
