//! One column out of several.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hypostyle_core::{
    Array, Batch, BinaryArray, Bitmap, BooleanArray, Column, DataType, DictArray, Dictionary, Error,
    FixedListArray, ListArray, MutableBitmap, Native, PrimitiveArray, Result, StringBuilder, StructArray,
    Utf8Array, with_primitive,
};

use crate::late_text::flatten;

/// The rows of all columns, one after the other. All must have the same type.
pub fn concat(columns: &[Column]) -> Result<Column> {
    let Some(first) = columns.first() else {
        return Err(Error::no_data("cannot concatenate no columns"));
    };
    if let Some(other) = columns.iter().find(|c| c.dtype() != first.dtype()) {
        return Err(Error::schema(format!(
            "cannot concatenate columns of {} and {}",
            first.dtype(),
            other.dtype()
        )));
    }
    if columns.len() == 1 {
        return Ok(first.clone());
    }
    let dtype = first.dtype().clone();
    if columns.iter().any(|c| matches!(c.array(), Array::Dict(_))) {
        return concat_text(dtype, columns);
    }
    let len = columns.iter().map(Column::len).sum();
    let validity = concat_validity(columns, len);
    let array = with_primitive!(first.array(), |_a: T| {
        let mut values: Vec<T> = Vec::with_capacity(len);
        for column in columns {
            values.extend_from_slice(column.expect_primitive::<T>()?.values());
        }
        <T as Native>::wrap(PrimitiveArray::try_new(values.into(), validity)?)
    }, match {
        Array::Null(_) => Array::Null(len),
        // Texts of which one is a dictionary were joined above.
        Array::Dict(_) => return concat_text(dtype, columns),
        Array::Boolean(_) => {
            let mut values = MutableBitmap::with_capacity(len);
            for column in columns {
                values.extend_from_bitmap(column.expect_boolean()?.values());
            }
            Array::Boolean(BooleanArray::try_new(values.freeze(), validity)?)
        }
        Array::Utf8(_) => {
            let arrays: Vec<&BinaryArray> =
                columns.iter().filter_map(|c| c.as_utf8().map(Utf8Array::as_binary)).collect();
            // SAFETY: rows of text arrays.
            Array::Utf8(unsafe { Utf8Array::from_binary_unchecked(concat_bytes(&arrays, validity)?) })
        }
        Array::Binary(_) => {
            let arrays: Vec<&BinaryArray> = columns.iter().filter_map(Column::as_binary).collect();
            Array::Binary(concat_bytes(&arrays, validity)?)
        }
        Array::List(_) => {
            let (mut offsets, mut values) = (vec![0i64], Vec::with_capacity(columns.len()));
            for list in columns.iter().filter_map(Column::as_list) {
                let (start, end) = (list.offsets()[0], list.offsets()[list.len()]);
                let base = offsets[offsets.len() - 1] - start;
                offsets.extend(list.offsets()[1..].iter().map(|o| o + base));
                values.push(list.values().slice(start as usize, (end - start) as usize));
            }
            Array::List(ListArray::try_new(offsets.into(), concat(&values)?, validity)?)
        }
        Array::FixedList(a) => {
            let values: Vec<Column> =
                columns.iter().filter_map(Column::as_fixed_list).map(|list| list.values().clone()).collect();
            Array::FixedList(FixedListArray::try_new(concat(&values)?, a.width(), len, validity)?)
        }
        Array::Struct(a) => {
            let fields = (0..a.fields().len())
                .map(|i| {
                    let parts: Vec<Column> =
                        columns.iter().filter_map(Column::as_struct).map(|s| s.fields()[i].clone()).collect();
                    concat(&parts)
                })
                .collect::<Result<_>>()?;
            Array::Struct(StructArray::try_new(fields, len, validity)?)
        }
    });
    Ok(Column::from_array(dtype, array))
}

/// A part of a concatenation that is to be copied.
pub type CopyPart<'a> = Box<dyn FnOnce() + Send + 'a>;

/// [`concat`] in so many parts at most, which `run` must run, on as many threads as it likes. Columns that are not of
/// numbers are done at once.
///
/// # Errors
///
/// As [`concat`]; that of `run`; an internal error if it leaves out a part.
pub fn concat_in_parts(
    columns: &[Column],
    parts: usize,
    run: impl FnOnce(Vec<CopyPart<'_>>) -> Result<()>,
) -> Result<Column> {
    let len: usize = columns.iter().map(Column::len).sum();
    let Some(first) = columns.first().filter(|_| parts > 1 && columns.len() > 1) else {
        return concat(columns);
    };
    with_primitive!(first.array(), |_a: T| {
        let mut slices = Vec::with_capacity(columns.len());
        for column in columns.iter().filter(|column| column.dtype() == first.dtype()) {
            slices.push(&column.expect_primitive::<T>()?.values()[..]);
        }
        if slices.len() < columns.len() {
            return concat(columns);
        }
        let values = copy_in_parts(&slices, len, parts, run)?;
        let array = PrimitiveArray::try_new(values.into(), concat_validity(columns, len))?;
        Ok(Column::from_array(first.dtype().clone(), <T as Native>::wrap(array)))
    }, else |_other| concat(columns))
}

/// Slices of `len` values in all as one.
fn copy_in_parts<T: Copy + Send + Sync>(
    slices: &[&[T]],
    len: usize,
    parts: usize,
    run: impl FnOnce(Vec<CopyPart<'_>>) -> Result<()>,
) -> Result<Vec<T>> {
    let mut values: Vec<T> = Vec::with_capacity(len);
    let copied = AtomicUsize::new(0);
    let (mut room, mut work) = (&mut values.spare_capacity_mut()[..len], Vec::<CopyPart<'_>>::new());
    let share = len.div_ceil(parts).max(1);
    let mut slices = slices.iter().copied().filter(|slice| !slice.is_empty()).peekable();
    while slices.peek().is_some() {
        let (mut own, mut rows) = (Vec::new(), 0);
        while let Some(slice) = slices.next_if(|_| rows < share) {
            rows += slice.len();
            own.push(slice);
        }
        let (mut places, others) = std::mem::take(&mut room).split_at_mut(rows);
        room = others;
        let copied = &copied;
        work.push(Box::new(move || {
            for slice in own {
                let (now, later) = std::mem::take(&mut places).split_at_mut(slice.len());
                now.iter_mut().zip(slice).for_each(|(place, value)| *place = MaybeUninit::new(*value));
                places = later;
            }
            copied.fetch_add(rows, Ordering::Release);
        }));
    }
    run(work)?;
    if copied.load(Ordering::Acquire) != len {
        return Err(Error::internal("a part of a concatenation was not copied"));
    }
    // SAFETY: the vector has room for `len` values. A part can run only once, adds its rows after it has written them
    // all, and no two write the same: so rows that add up to `len` are all rows.
    unsafe { values.set_len(len) };
    Ok(values)
}

/// The rows of all batches of one schema in one.
pub fn concat_batches(batches: &[Batch]) -> Result<Batch> {
    match batches {
        [] => Ok(Batch::default()),
        [batch] => Ok(batch.clone()),
        [first, ..] => {
            let columns = (0..first.columns().len())
                .map(|i| concat(&batches.iter().map(|b| b.column(i).clone()).collect::<Vec<_>>()))
                .collect::<Result<_>>()?;
            Batch::try_new(columns, batches.iter().map(Batch::len).sum())
        }
    }
}

fn concat_validity(columns: &[Column], len: usize) -> Option<Bitmap> {
    if columns.iter().all(|c| c.validity().is_none()) {
        return None;
    }
    let mut bits = MutableBitmap::with_capacity(len);
    for column in columns {
        match column.validity() {
            Some(validity) => bits.extend_from_bitmap(validity),
            None => bits.extend_constant(true, column.len()),
        }
    }
    bits.into_validity()
}

fn concat_bytes(arrays: &[&BinaryArray], validity: Option<Bitmap>) -> Result<BinaryArray> {
    let rows: usize = arrays.iter().map(|a| a.len()).sum();
    let span = |a: &BinaryArray| (a.offsets()[0] as usize, a.offsets()[a.len()] as usize);
    let bytes: usize = arrays.iter().map(|a| span(a).1 - span(a).0).sum();
    let (mut offsets, mut values) = (Vec::with_capacity(rows + 1), Vec::with_capacity(bytes));
    offsets.push(0i64);
    for array in arrays {
        let (start, end) = span(array);
        let base = values.len() as i64 - start as i64;
        offsets.extend(array.offsets()[1..].iter().map(|o| o + base));
        values.extend_from_slice(&array.values()[start..end]);
    }
    BinaryArray::try_new(offsets.into(), values.into(), validity)
}

/// Entries of dictionaries that are merged whatever the number of rows.
const FEW_ENTRIES: usize = 1 << 10;

/// Text of which at least one part is a dictionary: the result is one too, if every part is; otherwise offsets.
fn concat_text(dtype: DataType, columns: &[Column]) -> Result<Column> {
    let dicts: Vec<&DictArray> = columns.iter().filter_map(Column::as_dict).collect();
    if dicts.len() < columns.len() {
        let plain = |column: &Column| match column.as_dict() {
            Some(dict) => flatten(&[dict], column.validity().cloned()).map(Column::from_utf8),
            None => Ok(column.clone()),
        };
        return concat(&columns.iter().map(plain).collect::<Result<Vec<_>>>()?);
    }
    let len = columns.iter().map(Column::len).sum();
    let validity = concat_validity(columns, len);
    let entries: HashMap<*const Dictionary, usize> =
        dicts.iter().map(|d| (Arc::as_ptr(d.dictionary()), d.dictionary().len())).collect();
    // To find equal entries among as many as there are rows would cost more than to copy the rows.
    let entries_in_all: usize = entries.values().sum();
    if dtype == DataType::String && entries.len() > 1 && entries_in_all > (len / 2).max(FEW_ENTRIES) {
        return Ok(Column::from_utf8(flatten(&dicts, validity)?));
    }
    let mut codes: Vec<u32> = Vec::with_capacity(len);
    let shared = Arc::clone(dicts[0].dictionary());
    let dictionary = if dicts.iter().all(|d| Arc::ptr_eq(d.dictionary(), &shared)) {
        dicts.iter().for_each(|d| codes.extend_from_slice(d.codes().values()));
        shared
    } else {
        let mut merger = DictionaryMerger::default();
        for dict in &dicts {
            let map = merger.add(dict.dictionary());
            let values = dict.codes().values();
            match dict.codes().validity() {
                None => codes.extend(values.iter().map(|c| map[*c as usize])),
                Some(_) => codes.extend(values.iter().map(|c| map.get(*c as usize).copied().unwrap_or(0))),
            }
        }
        Arc::new(merger.finish()?)
    };
    let array = DictArray::try_new(PrimitiveArray::try_new(codes.into(), validity)?, dictionary)?;
    Column::try_new(dtype, Array::Dict(array))
}

/// One dictionary out of several, with unique entries in order of first appearance.
#[derive(Debug, Default)]
pub struct DictionaryMerger {
    positions: hashbrown::HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    entries: StringBuilder,
    known: Vec<(Arc<Dictionary>, Arc<[u32]>)>,
}

impl DictionaryMerger {
    /// Adds entries; gives for each of them its code in the merged dictionary.
    pub fn add(&mut self, dictionary: &Arc<Dictionary>) -> Arc<[u32]> {
        if let Some((_, map)) = self.known.iter().find(|(d, _)| Arc::ptr_eq(d, dictionary)) {
            return Arc::clone(map);
        }
        let map: Arc<[u32]> =
            (0..dictionary.len()).map(|i| self.add_entry(dictionary.values().value(i))).collect();
        self.known.push((Arc::clone(dictionary), Arc::clone(&map)));
        map
    }

    /// Adds one entry; gives its code.
    pub fn add_entry(&mut self, entry: &str) -> u32 {
        if let Some(code) = self.positions.get(entry) {
            return *code;
        }
        let code = self.entries.len() as u32;
        self.entries.push(entry);
        self.positions.insert(entry.into(), code);
        code
    }

    /// The merged dictionary.
    pub fn finish(self) -> Result<Dictionary> {
        Ok(Dictionary::try_new(self.entries.finish_utf8())?.assert_unique(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hypostyle_core::{Scalar, Value};
    use proptest::prelude::*;

    #[test]
    fn dictionaries_are_merged() {
        let a = Column::from_scalar(&Scalar::from("x"), 2);
        let b = Column::from_scalar(&Scalar::from("y"), 2);
        let c = concat(&[a.clone(), b, a]).unwrap();
        let rows: Vec<_> = (0..6).map(|i| c.str_at(i).unwrap()).collect();
        assert_eq!(rows, ["x", "x", "y", "y", "x", "x"]);
        assert_eq!(c.as_dict().unwrap().dictionary().len(), 2);
    }

    proptest! {
        #[test]
        fn in_parts_it_is_the_same(
            pieces in prop::collection::vec(prop::collection::vec(any::<Option<i32>>(), 0..40), 1..12),
            nulls: bool,
            parts in 0usize..9,
        ) {
            let column = |piece: &Vec<Option<i32>>| match nulls {
                true => Column::from_options(piece.iter().copied()),
                false => Column::from_vec(piece.iter().map(|value| value.unwrap_or(7)).collect::<Vec<i32>>()),
            };
            let columns: Vec<Column> = pieces.iter().map(column).collect();
            let run = |parts: Vec<CopyPart<'_>>| {
                parts.into_iter().rev().for_each(|copy| copy());
                Ok(())
            };
            let one = concat_in_parts(&columns, parts, run).unwrap();
            let plain = concat(&columns).unwrap();
            prop_assert_eq!(one.len(), plain.len());
            prop_assert!((0..one.len()).all(|row| one.value(row) == plain.value(row)));
        }
    }

    #[test]
    fn parts_that_are_not_copied_are_no_column() {
        let columns = [Column::from_vec(vec![1i64, 2]), Column::from_vec(vec![3i64])];
        let run = |mut parts: Vec<CopyPart<'_>>| {
            parts.pop();
            parts.into_iter().for_each(|copy| copy());
            Ok(())
        };
        assert!(concat_in_parts(&columns, 2, run).is_err());
    }

    #[test]
    fn lists_and_slices() {
        let list = |values: &[i128]| Value::List(values.iter().map(|v| Value::Int(*v)).collect());
        let rows = vec![list(&[1, 2]), Value::Null, list(&[]), list(&[3])];
        let column = Column::from_scalars(DataType::list(DataType::Int64), rows.clone()).unwrap();
        let both = concat(&[column.slice(1, 3), column.slice(0, 1)]).unwrap();
        let found: Vec<_> = (0..4).map(|i| both.value(i)).collect();
        assert_eq!(found, [rows[1].clone(), rows[2].clone(), rows[3].clone(), rows[0].clone()]);
    }
}
