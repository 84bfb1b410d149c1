//! Round trips, hostile input, and what `arrow2` gets wrong here.

use std::ffi::{CString, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::array::{Array, BooleanArray, DictArray, Dictionary, ListArray, PrimitiveArray, StructArray};
use crate::{
    Batch, Bitmap, Column, DataFrame, DataType, Error, ErrorKind, Field, Result, Schema, Series, TimeUnit,
    Value, f16,
};

fn values(column: &Column) -> Vec<Value> {
    (0..column.len()).map(|i| column.value(i)).collect()
}

/// Out and in again: same type, same values.
fn check_round_trip(column: &Column) -> Column {
    let field = Field::new("x", column.dtype().clone());
    let schema = export_field(&field, StringForm::Offsets).unwrap();
    let array = export_column(column, StringForm::Offsets);
    assert_eq!((array.offset, array.length as usize), (0, column.len()));
    // SAFETY: both were just exported.
    let (back_field, back) = unsafe { import_column(array, &schema).unwrap() };
    assert_eq!(back_field, field);
    assert_eq!(values(&back), values(column), "{}", column.dtype());
    back
}

fn text() -> Column {
    Column::from_utf8([Some("a"), None, Some("été"), Some(""), Some("longer text")].into_iter().collect())
}

fn samples() -> Vec<Column> {
    let numbers = Column::from_options([Some(1i64), None, Some(-3), Some(4), Some(i64::MAX)]);
    let retyped = |dtype| numbers.clone().with_dtype(dtype).unwrap();
    let wide = Column::from_options([Some(i128::MAX), None, Some(-3), Some(4), Some(0)]);
    let categories: Arc<[Arc<str>]> = ["a", "b;1", ""].map(Arc::from).into();
    let strings =
        |names: [Option<&str>; 5]| names.map(|n| n.map_or(Value::Null, |n| Value::String(n.into())));
    let list = ListArray::try_new(
        vec![0, 2, 2, 3, 3, 5].into(),
        text(),
        Some([true, false, true, true, true].into_iter().collect()),
    );
    let fields = vec![Field::new("n", DataType::Int64), Field::new("t", DataType::String)];
    let structs = StructArray::try_new(
        vec![numbers.clone(), text()],
        5,
        Some([true, true, false, true, true].into_iter().collect()),
    );
    vec![
        Column::full_null(DataType::Null, 5),
        Column::from_boolean(BooleanArray::new(
            [true, false, true, true, false].into_iter().collect(),
            Some([true, true, false, true, true].into_iter().collect()),
        )),
        Column::from_vec(vec![1i8, 2, 3, -4, 5]),
        Column::from_vec(vec![1u16, 2, 3, 4, 5]),
        Column::from_options([Some(u128::MAX), None, Some(0), Some(1 << 127), Some(7)]),
        Column::from_vec([1.5, -0.0, 65504.0, 6e-8, f32::INFINITY].map(f16::from_f32).to_vec()),
        Column::from_scalars(
            DataType::array(DataType::array(DataType::Int8, 2), 1),
            [Some(1), None, Some(3), Some(4), Some(5)].map(|first| match first {
                None => Value::Null,
                Some(first) => {
                    let pair = Value::List([Value::Int(first), Value::Null].into());
                    Value::List([pair].into())
                }
            }),
        )
        .unwrap(),
        Column::from_vec(vec![1.5f32, f32::NAN, -0.0, 4.0, 5.0]),
        Column::from_vec(vec![1.5f64, f64::INFINITY, -0.0, 4.0, 5.0]),
        Column::from_vec(vec![1i32, -2, 3, 4, 5]).with_dtype(DataType::Date).unwrap(),
        retyped(DataType::Time),
        retyped(DataType::Datetime(TimeUnit::Nanoseconds, None)),
        retyped(DataType::Datetime(TimeUnit::Microseconds, Some("Europe/Vienna".into()))),
        retyped(DataType::Duration(TimeUnit::Milliseconds)),
        wide.clone().with_dtype(DataType::Decimal(38, 2)).unwrap(),
        wide,
        numbers,
        text(),
        Column::from_scalars(
            DataType::Binary,
            [&b"\xff"[..], b"", b"x", b"y", b"z"].map(|b| Value::Binary(b.into())),
        )
        .unwrap(),
        Column::from_scalars(
            DataType::Categorical,
            strings([Some("b"), Some("a"), None, Some("b"), Some("b")]),
        )
        .unwrap(),
        Column::from_scalars(
            DataType::Enum(categories),
            strings([Some("b;1"), Some("a"), None, Some(""), Some("b;1")]),
        )
        .unwrap(),
        Column::from_array(DataType::list(DataType::String), Array::List(list.unwrap())),
        Column::from_array(DataType::Struct(fields), Array::Struct(structs.unwrap())),
    ]
}

#[test]
fn every_type_survives_a_round_trip_at_every_slice() {
    for column in samples() {
        for (offset, len) in [(0, 5), (1, 4), (1, 2), (3, 0), (4, 1)] {
            check_round_trip(&column.slice(offset, len));
        }
    }
}

/// arrow2 exports the values of a sliced text array from the start of the allocation.
#[test]
fn slices_of_text_and_lists_of_them() {
    let sliced = text().slice(2, 3);
    let array = export_column(&sliced, StringForm::Offsets);
    // SAFETY: three buffers: validity, offsets, values.
    let offsets = unsafe { std::slice::from_raw_parts((*array.buffers.add(1)).cast::<i64>(), 4) };
    assert_eq!(offsets, [0, 5, 5, 16]);
    check_round_trip(&sliced);
}

/// arrow2 writes one offset for a struct and its children, which may start elsewhere.
#[test]
fn structs_whose_fields_were_sliced_apart() {
    let a = Column::from_vec((0..100i32).collect()).slice(37, 10);
    let b = Column::from_bitmap((0..64).map(|i| i % 3 == 0).collect()).slice(5, 10);
    let fields = vec![Field::new("a", DataType::Int32), Field::new("b", DataType::Boolean)];
    let array = Array::Struct(StructArray::try_new(vec![a, b], 10, None).unwrap());
    check_round_trip(&Column::from_array(DataType::Struct(fields), array).slice(3, 6));
}

#[test]
fn numbers_are_shared_both_ways() {
    let column = Column::from_vec((0..1000i64).collect()).slice(10, 900);
    let back = check_round_trip(&column);
    let pointer = |c: &Column| c.as_primitive::<i64>().unwrap().values().as_ptr();
    assert_eq!(pointer(&back), pointer(&column));
}

#[test]
fn text_leaves_as_a_dictionary_on_request() {
    let entries = Dictionary::try_new([Some("x"), Some("y")].into_iter().collect()).unwrap();
    let codes = PrimitiveArray::new(vec![1u32, 9, 0].into(), Some([true, false, true].into_iter().collect()));
    let dict = Column::from_dict(DictArray::try_new(codes, Arc::new(entries)).unwrap());
    check_round_trip(&dict);
    for column in [dict, text()] {
        let field = Field::new("", DataType::String);
        let schema = export_field(&field, StringForm::Dictionary).unwrap();
        let array = export_column(&column, StringForm::Dictionary);
        // SAFETY: both were just exported.
        let (field, back) = unsafe { import_column(array, &schema).unwrap() };
        assert_eq!(field.dtype, DataType::Categorical);
        assert_eq!(values(&back), values(&column));
    }
}

/// An array as a foreign producer would make it, counting its releases.
pub(super) struct Foreign {
    pub(super) array: ArrowArray,
    pub(super) schema: ArrowSchema,
    pub(super) released: Arc<AtomicUsize>,
}

struct Kept {
    _memory: Vec<Vec<u128>>,
    buffers: Vec<*const c_void>,
    released: Arc<AtomicUsize>,
}

unsafe extern "C" fn count_release(array: *mut ArrowArray) {
    // SAFETY: `foreign` put the box there.
    unsafe {
        let kept = Box::from_raw((*array).private_data.cast::<Kept>());
        kept.released.fetch_add(1, Ordering::Relaxed);
        (*array).release = None;
    }
}

unsafe extern "C" fn release_format(schema: *mut ArrowSchema) {
    // SAFETY: `foreign` put the string there.
    unsafe {
        drop(CString::from_raw((*schema).private_data.cast()));
        (*schema).release = None;
    }
}

/// Bytes, put `shift` bytes past a 16-byte boundary; `None` is a null pointer.
pub(super) fn foreign(
    format: &str,
    length: i64,
    null_count: i64,
    shift: usize,
    buffers: &[Option<&[u8]>],
) -> Foreign {
    let mut memory = Vec::new();
    let mut pointers = Vec::new();
    for bytes in buffers {
        let Some(bytes) = bytes else {
            pointers.push(ptr::null());
            continue;
        };
        let mut block = vec![0u128; (bytes.len() + shift) / 16 + 1];
        // SAFETY: the block is long enough.
        unsafe {
            let target = block.as_mut_ptr().cast::<u8>().add(shift);
            ptr::copy_nonoverlapping(bytes.as_ptr(), target, bytes.len());
            pointers.push(target.cast_const().cast());
        }
        memory.push(block);
    }
    let released = Arc::new(AtomicUsize::new(0));
    let mut kept = Box::new(Kept { _memory: memory, buffers: pointers, released: released.clone() });
    let mut array = ArrowArray::empty();
    (array.length, array.null_count, array.n_buffers) = (length, null_count, buffers.len() as i64);
    array.buffers = kept.buffers.as_mut_ptr();
    array.private_data = Box::into_raw(kept).cast();
    array.release = Some(count_release);
    let mut schema = ArrowSchema::empty();
    schema.format = CString::new(format).unwrap().into_raw();
    schema.private_data = schema.format.cast_mut().cast();
    schema.release = Some(release_format);
    Foreign { array, schema, released }
}

fn bytes_of<T: Copy>(values: &[T]) -> &[u8] {
    // SAFETY: any initialised numbers are bytes.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), std::mem::size_of_val(values)) }
}

/// Imports, and checks that whatever happens the producer's memory is released once.
fn import(foreign: Foreign) -> Result<Column> {
    let Foreign { array, schema, released } = foreign;
    // SAFETY: the tests' producers keep what the lengths promise, or give what must be noticed first.
    let result = unsafe { import_column(array, &schema) };
    match result {
        Ok((_, column)) => {
            let copy = Column::from_scalars(column.dtype().clone(), values(&column)).unwrap();
            drop(column);
            assert_eq!(released.load(Ordering::Relaxed), 1);
            Ok(copy)
        }
        Err(error) => {
            assert_eq!(released.load(Ordering::Relaxed), 1);
            Err(error)
        }
    }
}

fn ints(column: &Column) -> Vec<Option<i128>> {
    (0..column.len()).map(|i| column.get(i).as_i128()).collect()
}

/// arrow2 takes a null count of −1 ("not counted") for a number.
#[test]
fn an_uncounted_null_count() {
    let data = [1i32, 2, 3];
    let column = import(foreign("i", 3, -1, 0, &[Some(&[0b101]), Some(bytes_of(&data))])).unwrap();
    assert_eq!((column.null_count(), ints(&column)), (1, vec![Some(1), None, Some(3)]));
    let column = import(foreign("i", 3, -1, 0, &[None, Some(bytes_of(&data))])).unwrap();
    assert_eq!(column.null_count(), 0);
}

/// arrow2 refuses, or reads, misaligned buffers; here they are copied.
#[test]
fn misaligned_buffers_are_copied() {
    for shift in [1, 4, 8, 15] {
        let wide = [1i128, -2, 3];
        let column = import(foreign("d:38,3", 3, 0, shift, &[None, Some(bytes_of(&wide))])).unwrap();
        assert_eq!(ints(&column), [Some(1), Some(-2), Some(3)]);
        let offsets = [0i32, 1, 3];
        let column =
            import(foreign("u", 2, 0, shift, &[None, Some(bytes_of(&offsets)), Some("aé".as_bytes())]))
                .unwrap();
        assert_eq!(column.str_at(1), Some("é"));
    }
}

#[test]
fn null_pointers_where_nothing_is_read() {
    assert_eq!(import(foreign("u", 0, 0, 0, &[None, None, None])).unwrap().len(), 0);
    assert_eq!(import(foreign("l", 0, -1, 0, &[None, None])).unwrap().len(), 0);
    let offsets = [0i64, 0];
    let column = import(foreign("Z", 1, 0, 0, &[None, Some(bytes_of(&offsets)), None])).unwrap();
    assert_eq!(column.len(), 1);
}

fn refused(foreign: Foreign) -> ErrorKind {
    import(foreign).expect_err("must be refused").into_kind()
}

/// arrow2 trusts offsets and text from outside.
#[test]
fn bad_offsets_and_text_are_refused() {
    let check = |offsets: &[i32], bytes: &[u8]| {
        refused(foreign("u", offsets.len() as i64 - 1, 0, 0, &[None, Some(bytes_of(offsets)), Some(bytes)]))
    };
    assert!(matches!(check(&[0, 2], b"\xff\xfe"), ErrorKind::Compute { .. }));
    assert!(matches!(check(&[0, 1, 2], "é".as_bytes()), ErrorKind::Compute { .. }));
    assert!(matches!(check(&[2, 1, 2], b"ab"), ErrorKind::OutOfBounds { .. }));
    assert!(matches!(check(&[0, 2, 1], b"ab"), ErrorKind::OutOfBounds { .. }));
    assert!(matches!(check(&[-1, 1], b"ab"), ErrorKind::OutOfBounds { .. }));
    assert!(matches!(check(&[0, -5], b"ab"), ErrorKind::OutOfBounds { .. }));
}

#[test]
fn bytes_below_nulls_may_be_anything() {
    let offsets = [0i64, 1, 3];
    let buffers: [Option<&[u8]>; 3] = [Some(&[0b01]), Some(bytes_of(&offsets)), Some(b"a\xff\xff")];
    let column = import(foreign("U", 2, 1, 0, &buffers)).unwrap();
    assert_eq!((column.str_at(0), column.str_at(1)), (Some("a"), None));
}

#[test]
fn impossible_lengths_and_counts_are_refused() {
    let data = [1i32, 2, 3];
    let make = |length, null_count| foreign("i", length, null_count, 0, &[None, Some(bytes_of(&data))]);
    for bad in [make(-1, 0), make(i64::MAX, 0), make(3, 4), make(3, 2), make(3, -7)] {
        assert!(matches!(refused(bad), ErrorKind::SchemaMismatch { .. }));
    }
    let mut bad = make(3, 0);
    bad.array.offset = -1;
    assert!(matches!(refused(bad), ErrorKind::SchemaMismatch { .. }));
    let mut bad = make(3, 0);
    bad.array.offset = i64::MAX;
    assert!(matches!(refused(bad), ErrorKind::SchemaMismatch { .. }));
    assert!(matches!(refused(foreign("i", 3, 0, 0, &[None])), ErrorKind::SchemaMismatch { .. }));
    assert!(matches!(refused(foreign("i", 3, 0, 0, &[None, None])), ErrorKind::SchemaMismatch { .. }));
    assert!(matches!(refused(foreign("+s", 3, 0, 0, &[])), ErrorKind::SchemaMismatch { .. }));
    assert!(matches!(refused(foreign("+l", 3, 0, 0, &[None, None])), ErrorKind::SchemaMismatch { .. }));
    assert!(matches!(refused(foreign("tiM", 3, 0, 0, &[None, None])), ErrorKind::Unsupported { .. }));
    let mut bad = make(3, 0);
    bad.array.n_children = 2;
    assert!(matches!(refused(bad), ErrorKind::SchemaMismatch { .. }));
}

#[test]
fn offsets_into_numbers_and_bits() {
    let data: Vec<i16> = (0..40).collect();
    let bits = [0xffu8, 0b0000_0101, 0xff, 0xff, 0xff];
    let mut array = foreign("s", 20, -1, 0, &[Some(&bits), Some(bytes_of(&data))]);
    array.array.offset = 5;
    let column = import(array).unwrap();
    let expected: Vec<_> = (5..25).map(|i| (!matches!(i, 9 | 11..=15)).then_some(i)).collect();
    assert_eq!(ints(&column), expected);
}

#[test]
fn layouts_that_are_converted() {
    let small = [1i32, -1];
    let check = |format: &str, expected: DataType, numbers: [i128; 2]| {
        let column = import(foreign(format, 2, 0, 0, &[None, Some(bytes_of(&small))])).unwrap();
        assert_eq!((column.dtype(), ints(&column)), (&expected, numbers.map(Some).to_vec()), "{format}");
    };
    check("tts", DataType::Time, [1_000_000_000, -1_000_000_000]);
    check("ttm", DataType::Time, [1_000_000, -1_000_000]);
    check("d:5,2,32", DataType::Decimal(5, 2), [1, -1]);
    let long = [7i64, -1];
    let check = |format: &str, expected: DataType, numbers: [i128; 2]| {
        let column = import(foreign(format, 2, 0, 0, &[None, Some(bytes_of(&long))])).unwrap();
        assert_eq!((column.dtype(), ints(&column)), (&expected, numbers.map(Some).to_vec()), "{format}");
    };
    check("tdm", DataType::Datetime(TimeUnit::Milliseconds, None), [7, -1]);
    check("ttu", DataType::Time, [7_000, -1_000]);
    check("tDs", DataType::Duration(TimeUnit::Milliseconds), [7_000, -1_000]);
    check("tss:UTC", DataType::Datetime(TimeUnit::Milliseconds, Some("UTC".into())), [7_000, -1_000]);
    let quarters = [[5u64, 0, 0, 0], [u64::MAX; 4]];
    let column = import(foreign("d:40,1,256", 2, 0, 0, &[None, Some(bytes_of(&quarters))])).unwrap();
    assert_eq!((column.dtype(), ints(&column)), (&DataType::Decimal(38, 1), vec![Some(5), Some(-1)]));
    let large = [[0u64, 0, 1, 0]];
    let error = refused(foreign("d:40,1,256", 1, 0, 0, &[None, Some(bytes_of(&large))]));
    assert!(matches!(error, ErrorKind::Overflow { .. }));
    let huge = [i64::MAX];
    let error = refused(foreign("tDs", 1, 0, 0, &[None, Some(bytes_of(&huge))]));
    assert!(matches!(error, ErrorKind::Overflow { .. }));
    let column = import(foreign("w:2", 2, 0, 0, &[None, Some(b"abcd")])).unwrap();
    assert_eq!(column.as_binary().unwrap().value(1), b"cd");
    let halves = [0x3c00u16, 0xc000];
    let column = import(foreign("e", 2, 0, 0, &[None, Some(bytes_of(&halves))])).unwrap();
    assert_eq!(values(&column), [Value::Float(1.0), Value::Float(-2.0)]);
}

#[test]
fn views_in_place_and_in_buffers() {
    let long = b"a text of more than twelve bytes";
    let mut views = [[0u8; 16]; 3];
    views[0][..6].copy_from_slice(b"\x02\0\0\0ab");
    views[1][0] = 30;
    views[1][4..8].copy_from_slice(b"text");
    views[1][12] = 2;
    let make = |views: &[[u8; 16]; 3]| {
        let sizes = [long.len() as i64];
        let buffers = [None, Some(bytes_of(views)), Some(&long[..]), Some(bytes_of(&sizes))];
        foreign("vu", 3, 0, 0, &buffers)
    };
    let column = import(make(&views)).unwrap();
    assert_eq!([0, 1, 2].map(|i| column.str_at(i).unwrap()), ["ab", "text of more than twelve bytes", ""]);
    views[1][12] = 3;
    assert!(matches!(refused(make(&views)), ErrorKind::OutOfBounds { .. }));
    views[1][8] = 1;
    assert!(matches!(refused(make(&views)), ErrorKind::OutOfBounds { .. }));
}

fn frame() -> DataFrame {
    let batch = |from: usize, len: usize| {
        let columns: Vec<Column> = samples().iter().map(|c| c.slice(from, len)).collect();
        Batch::try_new(columns, len).unwrap()
    };
    let fields =
        samples().into_iter().enumerate().map(|(i, c)| Field::new(format!("c{i}"), c.dtype().clone()));
    let schema = Arc::new(Schema::try_new(fields.collect()).unwrap());
    DataFrame::from_batches(schema, vec![batch(0, 2), batch(1, 4), batch(4, 1)]).unwrap()
}

#[test]
fn frames_and_series_as_streams() {
    let frame = frame();
    // SAFETY: our own streams follow the specification.
    let back = unsafe { StreamReader::try_new(export_frame(&frame, StringForm::Offsets)) };
    let back = back.unwrap().read_frame().unwrap();
    assert_eq!(back.schema(), frame.schema());
    for (a, b) in back.batches().iter().zip(frame.batches()) {
        for (a, b) in a.columns().iter().zip(b.columns()) {
            assert_eq!(values(a), values(b));
        }
    }
    let series = Series::new("s", text());
    // SAFETY: as above.
    let back = unsafe { StreamReader::try_new(export_series(&series, StringForm::Offsets)) };
    let back = back.unwrap().read_series().unwrap();
    assert_eq!((back.field(), back.len()), (series.field(), 5));
}

/// A producer that fails or panics gives the consumer an error code with a message: arrow2 lets panics out of
/// `extern "C"` functions.
#[test]
fn errors_and_panics_stop_at_the_border() {
    let schema = Arc::new(Schema::try_new(vec![Field::new("a", DataType::Int64)]).unwrap());
    let failing = std::iter::once_with(|| Err(Error::compute("no more disk")));
    // SAFETY: our own streams follow the specification.
    let reader =
        unsafe { StreamReader::try_new(export_stream(schema.clone(), failing, StringForm::Offsets)) };
    let error = reader.unwrap().read_frame().unwrap_err().to_string();
    assert!(error.contains("no more disk"), "{error}");
    let panicking = std::iter::once_with(|| -> Result<Batch> { panic!("a bug") });
    // SAFETY: as above.
    let reader = unsafe { StreamReader::try_new(export_stream(schema, panicking, StringForm::Offsets)) };
    let error = reader.unwrap().read_frame().unwrap_err().to_string();
    assert!(error.contains("internal error"), "{error}");
}

#[test]
fn released_structs_are_refused() {
    let mut stream = export_frame(&frame(), StringForm::Offsets);
    // SAFETY: a live stream of ours.
    let taken = unsafe { ArrowArrayStream::take(&mut stream) };
    assert!(stream.is_released() && !taken.is_released());
    // SAFETY: a released stream is noticed.
    assert!(unsafe { StreamReader::try_new(stream) }.is_err());
    // SAFETY: a released schema is noticed.
    assert!(unsafe { import_field(&ArrowSchema::empty()) }.is_err());
    let schema = export_field(&Field::new("", DataType::Int64), StringForm::Offsets).unwrap();
    // SAFETY: a released array is noticed.
    assert!(unsafe { import_column(ArrowArray::empty(), &schema) }.is_err());
}

/// Children that a consumer moved out live on by themselves.
#[test]
fn children_can_be_moved_out() {
    let batch = Batch::try_new(vec![text(), Column::from_vec(vec![1i64, 2, 3, 4, 5])], 5).unwrap();
    let parent = export_batch(&batch, StringForm::Offsets);
    // SAFETY: the parent has two children.
    let child = unsafe { ArrowArray::take(*parent.children.add(1)) };
    drop(parent);
    drop(batch);
    let schema = export_field(&Field::new("", DataType::Int64), StringForm::Offsets).unwrap();
    // SAFETY: the child is an array of its own now.
    let (_, column) = unsafe { import_column(child, &schema).unwrap() };
    assert_eq!(ints(&column), [1, 2, 3, 4, 5].map(Some));
}

/// arrow2 accepts keys equal to the dictionary's length, also from outside.
#[test]
fn foreign_dictionaries_are_checked() {
    let make = |code: u32| {
        let entries = Column::from_strs(["a", "b", "a"]);
        let codes = Column::from_vec(vec![0u32, 2, code]);
        let mut array = export_column(&codes, StringForm::Offsets);
        array.dictionary = Box::into_raw(Box::new(export_column(&entries, StringForm::Offsets)));
        let schema = export_field(&Field::new("", DataType::Categorical), StringForm::Offsets).unwrap();
        // SAFETY: a dictionary array; its dictionary leaks unless it is taken back below.
        unsafe {
            let dictionary = array.dictionary;
            let result = import_column(array, &schema);
            drop(Box::from_raw(dictionary));
            result
        }
    };
    assert!(make(3).is_err() && make(u32::MAX).is_err());
}

#[test]
fn a_null_struct_makes_its_rows_null() {
    let structs = samples().into_iter().next_back().unwrap();
    let schema = export_field(&Field::new("", structs.dtype().clone()), StringForm::Offsets).unwrap();
    // SAFETY: both were just exported.
    let (_, batch) = unsafe { import_batch(export_column(&structs, StringForm::Offsets), &schema).unwrap() };
    assert!(batch.columns().iter().all(|c| c.is_null(2)));
    let _: &Bitmap = batch.column(0).validity().unwrap();
}
