//! Row orders. Keys of fixed width, and short texts, pack into one integer whose order is the rows' order; others begin
//! with such an integer, and rows are compared column by column where it is the same.

use std::cmp::Ordering;

use hypostyle_core::{Array, Column, DataType, Native, NumberClass, PrimitiveArray, with_primitive};

use crate::compare::compare_rows;
use crate::keys::integer_range;
use crate::text_digits::TextDigits;

/// How one key sorts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SortOrder {
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values, in both directions; otherwise before all values.
    pub nulls_last: bool,
}

/// Keys ready to be sorted.
#[derive(Debug)]
pub enum SortKeys {
    /// One integer a row, and the row.
    Packed64(Vec<(u64, u32)>),
    /// One wide integer a row, and the row.
    Packed128(Vec<(u128, u32)>),
    /// The same of the first digits of the keys. Runs of rows that have the same are to be [settled](settle).
    Prefixed(Vec<(u128, u32)>, RowComparator),
    /// Rows are compared by the columns.
    Compared(RowComparator),
}

/// Puts sorted rows whose first digits are the same in order.
pub fn settle(run: &mut [(u128, u32)], comparator: &RowComparator) {
    let order = |a: &(u128, u32), b: &(u128, u32)| comparator.compare_stably(a.1, b.1);
    // Most often they are equal, and in order already.
    if !run.is_sorted_by(|a, b| order(a, b).is_le()) {
        run.sort_unstable_by(order);
    }
}

/// Compares rows of columns.
#[derive(Clone, Debug)]
pub struct RowComparator {
    keys: Vec<(Column, SortOrder)>,
}

impl RowComparator {
    /// A comparator by these keys, the first first.
    pub fn new(keys: Vec<(Column, SortOrder)>) -> Self {
        // Enum sorts by definition: by code.
        let keys = keys
            .into_iter()
            .map(|(column, order)| match (column.dtype(), column.array()) {
                (DataType::Enum(_), Array::Dict(a)) => {
                    (Column::from_primitive(DataType::UInt32, a.codes().clone()), order)
                }
                _ => (column, order),
            })
            .collect();
        Self { keys }
    }

    /// As [`Self::compare`]; rows with equal keys are in order of the rows.
    pub fn compare_stably(&self, i: u32, j: u32) -> Ordering {
        self.compare(i, j).then(i.cmp(&j))
    }

    /// The order of two rows.
    pub fn compare(&self, i: u32, j: u32) -> Ordering {
        let (i, j) = (i as usize, j as usize);
        for (column, order) in &self.keys {
            let ordering = match (column.is_null(i), column.is_null(j)) {
                (true, true) => Ordering::Equal,
                (true, false) => {
                    if order.nulls_last {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
                }
                (false, true) => {
                    if order.nulls_last {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
                (false, false) => {
                    let ordering = compare_rows(column, i, column, j);
                    if order.descending { ordering.reverse() } else { ordering }
                }
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }
}

/// The ranks of a column's texts, if they are entries of a dictionary that is no larger than the column.
fn ranks(column: &Column) -> Option<Column> {
    let Array::Dict(array) = column.array() else { return None };
    let dictionary = array.dictionary();
    if matches!(column.dtype(), DataType::Enum(_)) || dictionary.is_sorted() || dictionary.len() > array.len()
    {
        return None;
    }
    let entries = dictionary.values();
    let mut order: Vec<u32> = (0..entries.len() as u32).collect();
    order.sort_unstable_by_key(|entry| entries.value(*entry as usize));
    let mut ranks = vec![0u32; entries.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(entries.value(pair[0] as usize) != entries.value(pair[1] as usize));
        ranks[pair[1] as usize] = rank;
    }
    // What stands under nulls may be no code.
    let codes = array.codes();
    let ranked: Vec<u32> =
        codes.values().iter().map(|code| ranks.get(*code as usize).copied().unwrap_or(0)).collect();
    let ranked = PrimitiveArray::try_new(ranked.into(), codes.validity().cloned()).ok()?;
    Some(Column::from_primitive(DataType::UInt32, ranked))
}

/// Prepares keys of `len` rows (below 2³²).
pub fn sort_keys(keys: &[(Column, SortOrder)], len: usize) -> SortKeys {
    let keys: Vec<(Column, SortOrder)> = keys
        .iter()
        .map(|(column, order)| (ranks(column).unwrap_or_else(|| column.clone()), *order))
        .collect();
    let keys = &keys[..];
    let mut forms: Option<Vec<Form>> = keys.iter().map(|(column, _)| Form::of(column)).collect();
    let width = |forms: &[Form]| forms.iter().map(|form| form.bits + form.null_bits).sum::<u32>();
    if let Some(forms) = forms.as_mut().filter(|forms| width(forms) > 64) {
        // Too wide by type; perhaps not by value.
        forms.iter_mut().zip(keys).for_each(|(form, (column, _))| form.narrow(column));
    }
    match forms {
        Some(forms) if width(&forms) <= 64 => SortKeys::Packed64(pack::<u64>(keys, &forms, len)),
        Some(forms) if width(&forms) <= 128 => SortKeys::Packed128(pack::<u128>(keys, &forms, len)),
        _ => with_texts(keys, len),
    }
}

/// Keys of which not all have a fixed width: as many digits of the first ones as there is room for.
fn with_texts(keys: &[(Column, SortOrder)], len: usize) -> SortKeys {
    let (mut forms, mut room, mut complete) = (Vec::with_capacity(keys.len()), u128::BITS, true);
    for (column, _) in keys {
        let null_bits = u32::from(column.null_count() > 0);
        let form = match Form::of(column) {
            Some(mut form) => {
                if form.bits + null_bits > room {
                    form.narrow(column);
                }
                Some(form)
            }
            None => TextDigits::of(column, room.saturating_sub(null_bits)).map(|text| {
                complete &= text.is_exact();
                Form { bits: text.bits(), null_bits, low: None, text: Some(text) }
            }),
        };
        let Some(form) = form.filter(|form| form.bits + form.null_bits <= room) else {
            complete = false;
            break;
        };
        room -= form.bits + form.null_bits;
        forms.push(form);
        if !complete {
            break;
        }
    }
    let first_keys = &keys[..forms.len()];
    match (complete, room) {
        (true, 64..) => SortKeys::Packed64(pack::<u64>(first_keys, &forms, len)),
        (true, _) => SortKeys::Packed128(pack::<u128>(first_keys, &forms, len)),
        (false, 0..u128::BITS) => {
            SortKeys::Prefixed(pack::<u128>(first_keys, &forms, len), RowComparator::new(keys.to_vec()))
        }
        (false, _) => SortKeys::Compared(RowComparator::new(keys.to_vec())),
    }
}

/// How a column's values become digits of a packed key.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// Bits of a value.
    bits: u32,
    /// One more where there are nulls.
    null_bits: u32,
    /// The low end of the range of integers, whose distances from it are packed; `None` packs their own bits.
    low: Option<i128>,
    /// The digits of texts.
    text: Option<TextDigits>,
}

impl Form {
    /// By type; `None` if values have no fixed width.
    fn of(column: &Column) -> Option<Self> {
        let bits = match column.array() {
            Array::Null(_) => return Some(Self { bits: 0, null_bits: 0, low: None, text: None }),
            Array::Boolean(_) => 1,
            Array::Dict(a) if matches!(column.dtype(), DataType::Enum(_)) || a.dictionary().is_sorted() => 32,
            array => with_primitive!(array, |_a: T| size_of::<T>() as u32 * 8, else |_other| return None),
        };
        Some(Self { bits, null_bits: u32::from(column.null_count() > 0), low: None, text: None })
    }

    /// By value, for integers.
    fn narrow(&mut self, column: &Column) {
        if let Some((low, high)) = integer_range(column)
            && let Some(span) = high.checked_sub(low)
        {
            *self = Self { bits: 128 - span.leading_zeros(), low: Some(low), ..*self };
        }
    }
}

/// The rows in order; rows with equal keys keep theirs.
pub fn sort_indices(keys: &[(Column, SortOrder)], len: usize) -> Vec<u32> {
    first_indices(keys, len, len)
}

/// The first `limit` rows in order, as [`sort_indices`] has them, in time that grows with the rows rather than with
/// their sorting.
pub fn first_indices(keys: &[(Column, SortOrder)], len: usize, limit: usize) -> Vec<u32> {
    match sort_keys(keys, len) {
        SortKeys::Packed64(rows) => first_rows(rows, limit),
        SortKeys::Packed128(rows) => first_rows(rows, limit),
        SortKeys::Prefixed(mut rows, comparator) => {
            if limit < len {
                // All that have the digits of the last one wanted stay until they are settled.
                rows.select_nth_unstable(limit);
                let last = rows[limit].0;
                rows.retain(|(digits, _)| *digits <= last);
            }
            rows.sort_unstable();
            rows.chunk_by_mut(|a, b| a.0 == b.0).for_each(|run| settle(run, &comparator));
            rows.truncate(limit);
            rows.into_iter().map(|(_, row)| row).collect()
        }
        SortKeys::Compared(comparator) => {
            let mut rows: Vec<u32> = (0..len as u32).collect();
            let order = |a: &u32, b: &u32| comparator.compare_stably(*a, *b);
            if limit < len {
                rows.select_nth_unstable_by(limit, order);
                rows.truncate(limit);
            }
            rows.sort_unstable_by(order);
            rows
        }
    }
}

fn first_rows<K: Ord>(mut rows: Vec<(K, u32)>, limit: usize) -> Vec<u32> {
    if limit < rows.len() {
        rows.select_nth_unstable(limit);
        rows.truncate(limit);
    }
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Integers that keys are shifted into.
trait Packed: Copy + Ord + Default {
    fn append(self, value: u128, bits: u32) -> Self;
}

impl Packed for u64 {
    #[inline(always)]
    fn append(self, value: u128, bits: u32) -> Self {
        self.unbounded_shl(bits) | value as u64
    }
}

impl Packed for u128 {
    #[inline(always)]
    fn append(self, value: u128, bits: u32) -> Self {
        self.unbounded_shl(bits) | value
    }
}

fn pack<K: Packed>(keys: &[(Column, SortOrder)], forms: &[Form], len: usize) -> Vec<(K, u32)> {
    let mut rows: Vec<(K, u32)> = (0..len as u32).map(|row| (K::default(), row)).collect();
    for ((column, order), form) in keys.iter().zip(forms) {
        let flip = |value: u128, bits: u32| {
            let mask = u128::MAX.unbounded_shr(128 - bits);
            if order.descending { !value & mask } else { value & mask }
        };
        let nullable = column.null_count() > 0;
        let mut put = |i: usize, value: Option<u128>, bits: u32| {
            let key = &mut rows[i].0;
            match value {
                Some(value) => {
                    if nullable {
                        *key = key.append(u128::from(!order.nulls_last), 1);
                    }
                    *key = key.append(flip(value, bits), bits);
                }
                None => *key = key.append(u128::from(order.nulls_last), 1).append(0, bits),
            }
        };
        if let Some(text) = form.text {
            text.for_each(column, |i, digits| put(i, digits, form.bits));
            continue;
        }
        match column.array() {
            Array::Null(_) => {}
            Array::Boolean(a) => (0..len).for_each(|i| put(i, a.get(i).map(u128::from), 1)),
            Array::Dict(a) => {
                (0..len).for_each(|i| put(i, a.codes().get(i).map(u128::from), 32));
            }
            array => with_primitive!(array, |a: T| match form.low {
                None => (0..len).for_each(|i| put(i, a.get(i).map(ordered_bits::<T>), form.bits)),
                Some(low) => {
                    // What is not null lies in the range.
                    let distance = |value: T| value.to_i128().wrapping_sub(low) as u128;
                    (0..len).for_each(|i| put(i, a.get(i).map(distance), form.bits));
                }
            }, else |_other| debug_assert!(false, "a column that has a form")),
        }
    }
    rows
}

/// The bits of a number as an unsigned integer of the same order: the sign bit flips; negative floats flip whole.
#[inline(always)]
fn ordered_bits<T: Native>(value: T) -> u128 {
    let bits = size_of::<T>() as u32 * 8;
    let mask = u128::MAX >> (128 - bits);
    let sign = 1u128 << (bits - 1);
    let raw = value.wide_key() & mask;
    match T::CLASS {
        NumberClass::Unsigned => raw,
        NumberClass::Signed => raw ^ sign,
        NumberClass::Float if raw & sign == 0 => raw | sign,
        NumberClass::Float => !raw & mask,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hypostyle_core::{DictArray, Dictionary};

    use super::*;

    fn order(descending: bool, nulls_last: bool) -> SortOrder {
        SortOrder { descending, nulls_last }
    }

    #[test]
    fn ranks_of_entries_order_as_texts_do() {
        let entries = ["pear", "apple", "pear", "", "zebra", "ß", "app"];
        let texts: Vec<Option<&str>> =
            (0..300usize).map(|i| (i % 11 != 3).then(|| entries[i * i % entries.len()])).collect();
        let codes = texts.iter().map(|t| t.map(|t| entries.iter().rposition(|e| *e == t).unwrap() as u32));
        let codes = Column::from_options(codes);
        let Array::UInt32(codes) = codes.array() else { unreachable!() };
        let dictionary = Dictionary::try_new(entries.into_iter().map(Some).collect()).unwrap();
        let coded = Column::from_dict(DictArray::try_new(codes.clone(), Arc::new(dictionary)).unwrap());
        let plain = Column::from_utf8(texts.into_iter().collect());
        for descending in [false, true] {
            for nulls_last in [false, true] {
                let options = order(descending, nulls_last);
                let keys = [(coded.clone(), options)];
                assert!(!matches!(sort_keys(&keys, 300), SortKeys::Compared(_)));
                assert_eq!(sort_indices(&keys, 300), sort_indices(&[(plain.clone(), options)], 300));
            }
        }
    }

    /// Sorts as a comparison of all rows does, whatever the form of the keys.
    fn check_texts(keys: &[(Column, SortOrder)], len: usize) {
        let comparator = RowComparator::new(keys.to_vec());
        let mut expected: Vec<u32> = (0..len as u32).collect();
        expected.sort_by(|a, b| comparator.compare(*a, *b));
        for limit in [0, 1, 9, len / 2, len, len + 3] {
            assert_eq!(first_indices(keys, len, limit), expected[..limit.min(len)], "{limit} of {keys:?}");
        }
    }

    #[test]
    fn texts_are_sorted_by_their_first_digits() {
        let n = 400usize;
        let texts = |text: &dyn Fn(usize) -> String| {
            let texts: Vec<String> = (0..n).map(text).collect();
            let texts = texts.iter().enumerate().map(|(i, text)| (i % 9 != 4).then_some(text.as_str()));
            Column::from_utf8(texts.collect())
        };
        let short = texts(&|i| format!("id{}", i * 37 % 50));
        let common = texts(&|i| format!("customers-of-the-north-{}", i * 31 % 70));
        let long = texts(&|i| format!("{}{}", "a".repeat(i % 40), i * 7 % 3));
        let zeros = texts(&|i| "\0".repeat(i * 13 % 5));
        let nothing = Column::from_utf8((0..n).map(|_| None).collect());
        let ints = Column::from_vec((0..n as i64).map(|i| i * 11 % 5).collect());
        let pairs = Column::from_vec((0..n as i128).map(|i| (i * 11 % 5) << 100).collect());
        let kind = |keys: &[(Column, SortOrder)]| match sort_keys(keys, n) {
            SortKeys::Packed64(_) | SortKeys::Packed128(_) => "packed",
            SortKeys::Prefixed(..) => "prefixed",
            SortKeys::Compared(_) => "compared",
        };
        for (descending, nulls_last) in [(false, false), (false, true), (true, false), (true, true)] {
            let (order, other) = (order(descending, nulls_last), order(!descending, nulls_last));
            for (expected, columns) in [
                ("packed", vec![&short]),
                ("packed", vec![&common]),
                ("packed", vec![&zeros, &short]),
                ("packed", vec![&nothing, &common]),
                ("prefixed", vec![&long]),
                ("prefixed", vec![&ints, &long, &short]),
                ("prefixed", vec![&short, &common, &common, &common, &long]),
                ("prefixed", vec![&pairs, &short]),
                ("prefixed", vec![&pairs, &pairs, &long]),
            ] {
                let orders = [order, other].into_iter().cycle();
                let keys: Vec<_> = columns.into_iter().cloned().zip(orders).collect();
                assert_eq!(kind(&keys), expected, "{keys:?}");
                check_texts(&keys, n);
            }
        }
        assert_eq!(kind(&[(Column::from_strs(["a"]), order(false, false))]), "packed");
    }

    #[test]
    fn packed_and_compared_agree() {
        let n = 500usize;
        let ints = Column::from_options((0..n as i64).map(|i| (i % 11 != 0).then_some(i * 37 % 101 - 50)));
        let floats = Column::from_options((0..n).map(|i| match i % 13 {
            0 => None,
            1 => Some(f64::NAN),
            2 => Some(-0.0),
            3 => Some(0.0),
            4 => Some(f64::NEG_INFINITY),
            _ => Some((i % 7) as f64 - 3.5),
        }));
        let bytes = Column::from_vec((0..n).map(|i| (i * 31 % 256) as u8).collect());
        let flags = Column::from_bitmap((0..n).map(|i| i % 3 == 0).collect());
        // Too wide to be packed by type: a narrow range far from zero, and no range at all.
        let wide = Column::from_options(
            (0..n).map(|i| (i % 7 != 2).then_some(i128::MAX - 40 + (i * 13 % 40) as i128)),
        );
        let extremes = Column::from_vec((0..n).map(|i| [i64::MIN, -1, i64::MAX][i % 3]).collect::<Vec<_>>());
        for descending in [false, true] {
            for nulls_last in [false, true] {
                let options = order(descending, nulls_last);
                for keys in [
                    vec![(ints.clone(), options)],
                    vec![(floats.clone(), options)],
                    vec![(bytes.clone(), options), (flags.clone(), order(!descending, false))],
                    vec![(flags.clone(), options), (floats.clone(), order(false, nulls_last))],
                    vec![
                        (ints.clone(), options),
                        (wide.clone(), order(false, nulls_last)),
                        (bytes.clone(), options),
                    ],
                    vec![(wide.clone(), options), (extremes.clone(), options), (flags.clone(), options)],
                ] {
                    assert!(!matches!(sort_keys(&keys, n), SortKeys::Compared(_)));
                    let comparator = RowComparator::new(keys.clone());
                    let mut expected: Vec<u32> = (0..n as u32).collect();
                    expected.sort_by(|a, b| comparator.compare(*a, *b));
                    assert_eq!(sort_indices(&keys, n), expected);
                    for limit in [0, 1, 7, n - 1, n, n + 5] {
                        assert_eq!(first_indices(&keys, n, limit), expected[..limit.min(n)]);
                    }
                    let texts = keys.iter().map(|(column, order)| {
                        let texts: Vec<String> = (0..n).map(|i| format!("{:?}", column.value(i))).collect();
                        let texts = texts.iter().enumerate();
                        let texts = texts.map(|(i, text)| (!column.is_null(i)).then_some(text.as_str()));
                        (Column::from_utf8(texts.collect()), *order)
                    });
                    check_texts(&texts.collect::<Vec<_>>(), n);
                }
            }
        }
    }
}
