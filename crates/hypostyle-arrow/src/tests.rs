//! Every data type there and back, whole and sliced.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{DictionaryArray, StringViewArray};
use arrow_schema::DataType as ForeignType;
use hypostyle_core::{DataType as T, TimeUnit, Value};

use super::*;

fn text(s: &str) -> Value {
    Value::String(s.into())
}

/// Columns of all types, the same number of rows each.
fn columns() -> Vec<(T, Vec<Value>)> {
    let ints = || vec![Value::Int(1), Value::Null, Value::Int(100), Value::Int(3), Value::Int(0)];
    let floats =
        vec![Value::Float(1.5), Value::Float(-0.0), Value::Null, Value::Float(1e300), Value::Float(2.0)];
    let texts = || vec![text("a"), Value::Null, text(""), text("größer als zwölf Bytes"), text("a")];
    let mut columns: Vec<(T, Vec<Value>)> = [
        T::Int8,
        T::Int16,
        T::Int32,
        T::Int64,
        T::Int128,
        T::UInt8,
        T::UInt16,
        T::UInt32,
        T::UInt64,
        T::Date,
        T::Time,
        T::Decimal(10, 2),
        T::Decimal(38, 0),
        T::Duration(TimeUnit::Milliseconds),
        T::Datetime(TimeUnit::Microseconds, None),
        T::Datetime(TimeUnit::Nanoseconds, Some("Europe/Berlin".into())),
    ]
    .into_iter()
    .map(|dtype| (dtype, ints()))
    .collect();
    columns.push((T::Float64, floats.clone()));
    let halves =
        [Value::Float(1.5), Value::Float(-0.0), Value::Null, Value::Float(65504.0), Value::Float(2.0)];
    columns.push((T::Float16, halves.to_vec()));
    let huge = || {
        let most = Value::UInt128(u128::MAX);
        vec![most.clone(), Value::Null, Value::Int(0), Value::Int(i128::MAX), most]
    };
    columns.push((T::UInt128, huge()));
    columns.push((T::Null, vec![Value::Null; 5]));
    let bools = [true, false, true, true, false].map(Value::Boolean);
    columns.push((T::Boolean, bools.to_vec()));
    columns.push((T::String, texts()));
    columns.push((T::Categorical, texts()));
    let categories = ["größer als zwölf Bytes", "a", "", "unused"].map(Arc::from);
    columns.push((T::Enum(categories.into()), texts()));
    let bytes = [&b"\0"[..], b"", b"\xff\xfe", b"x", b"y"].map(|b| Value::Binary(b.into()));
    columns.push((T::Binary, bytes.to_vec()));
    let list = |items: &[i128]| Value::List(items.iter().map(|i| Value::Int(*i)).collect());
    let lists = vec![list(&[1, 2]), Value::Null, list(&[]), list(&[3]), list(&[4, 5, 6])];
    columns.push((T::list(T::Int64), lists.clone()));
    // Markers of types survive within lists, too.
    let nested =
        |items: Vec<Value>| items.into_iter().map(|item| Value::List([item].into())).collect::<Vec<_>>();
    columns.push((T::list(T::UInt128), nested(huge())));
    columns.push((T::array(T::Int128, 1), nested(ints())));
    let pair = |a, b| Value::List([Value::Int(a), b].into());
    let pairs = || {
        vec![
            pair(1, Value::Int(2)),
            Value::Null,
            pair(3, Value::Null),
            pair(4, Value::Int(5)),
            pair(6, Value::Int(7)),
        ]
    };
    columns.push((T::array(T::Int16, 2), pairs()));
    columns.push((T::array(T::array(T::Int16, 2), 1), nested(pairs())));
    columns.push((T::array(T::String, 0), vec![Value::List([].into()); 5]));
    let fields = vec![Field::new("x", T::list(T::Int64)), Field::new("y", T::String)];
    let rows = lists.iter().zip(texts()).map(|(a, b)| Value::List([a.clone(), b].into_iter().collect()));
    columns.push((T::Struct(fields), rows.collect()));
    columns
}

fn values(column: &Column) -> Vec<Value> {
    (0..column.len()).map(|i| column.value(i)).collect()
}

#[test]
fn all_types_there_and_back() {
    for (dtype, rows) in columns() {
        let column = Column::from_scalars(dtype.clone(), rows.clone()).unwrap();
        let field = Field::new("name", dtype.clone());
        for form in [StringForm::Offsets, StringForm::Dictionary] {
            let foreign_field = from_field(&field, form).unwrap();
            for (start, len) in [(0, 5), (1, 3), (4, 1), (2, 0)] {
                let array = from_column(&column.slice(start, len), form).unwrap();
                assert_eq!(array.data_type(), foreign_field.data_type(), "{dtype}");
                let back = to_column(&array, &foreign_field).unwrap();
                assert_eq!(values(&back), rows[start..start + len], "{dtype}");
                // Arrow's dictionaries are categories; our own form of text is not told apart from them.
                if form == StringForm::Offsets {
                    assert_eq!(back.dtype(), &dtype);
                    assert_eq!(to_field(&foreign_field).unwrap(), field);
                }
            }
        }
    }
}

#[test]
fn batches_and_schemas() {
    let (fields, made): (Vec<_>, Vec<_>) = columns()
        .into_iter()
        .enumerate()
        .map(|(i, (dtype, rows))| {
            (Field::new(format!("c{i}"), dtype.clone()), Column::from_scalars(dtype, rows).unwrap())
        })
        .unzip();
    let schema = Schema::try_new(fields).unwrap();
    let batch = Batch::try_new(made, 5).unwrap();
    let foreign = from_schema(&schema, StringForm::Offsets).unwrap();
    let there = from_batch(&batch, &foreign, StringForm::Offsets).unwrap();
    assert_eq!(to_schema(&foreign).unwrap(), schema);
    let back = to_batch(&there).unwrap();
    for (a, b) in back.columns().iter().zip(batch.columns()) {
        assert_eq!(values(a), values(b));
    }
    let none = Batch::try_new(Vec::new(), 7).unwrap();
    let there = from_batch(&none, &ForeignSchema::empty(), StringForm::Offsets).unwrap();
    assert_eq!(to_batch(&there).unwrap().len(), 7);
    let rows =
        struct_to_batch(&StructArray::from(from_batch(&batch, &foreign, StringForm::Offsets).unwrap()));
    assert_eq!(rows.unwrap().len(), 5);
}

#[test]
fn forms_that_we_do_not_have() {
    let views = StringViewArray::from(vec![Some("short"), None, Some("longer than twelve bytes")]);
    let field = ForeignField::new("v", ForeignType::Utf8View, true);
    let column = to_column(&views, &field).unwrap();
    assert_eq!(column.dtype(), &T::String);
    assert_eq!(values(&column), [text("short"), Value::Null, text("longer than twelve bytes")]);

    let codes: DictionaryArray<Int8Type> = vec![Some("a"), None, Some("b"), Some("a")].into_iter().collect();
    let field = ForeignField::new("d", codes.data_type().clone(), true);
    assert_eq!(to_column(&codes, &field).unwrap().dtype(), &T::Categorical);

    let field = ForeignField::new("i", ForeignType::Interval(arrow_schema::IntervalUnit::DayTime), true);
    assert!(to_field(&field).unwrap_err().to_string().contains("no data type here"));
}
