//! Text search and mapping, once per dictionary entry or over whole chunks.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use hypostyle_core::{
    Array, Bitmap, BooleanArray, Column, DictArray, Dictionary, Error, MutableBitmap, Native,
    PrimitiveBuilder, Result, StringBuilder, Utf8Array,
};

use crate::compare::test_dict;
use crate::gather::{NO_ROW, gather_optional};

/// Expressions that a thread remembers: a plan asks for the type of the same one many times, and each morsel for its
/// rows.
const REMEMBERED: usize = 4;

type Recent = VecDeque<(String, Arc<regex::Regex>)>;

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(VecDeque::new()) };
}

/// A compiled regular expression, or a `Compute` error that shows the pattern. The last few that a thread used are
/// there still, with what they learned of texts.
pub fn regex(pattern: &str) -> Result<Arc<regex::Regex>> {
    let known = RECENT.with_borrow_mut(|recent| {
        let place = recent.iter().position(|(known, _)| known == pattern)?;
        let found = recent.remove(place)?;
        recent.push_front(found);
        recent.front().map(|(_, regex)| Arc::clone(regex))
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let regex = regex::Regex::new(pattern)
        .map_err(|e| Error::compute(format!("invalid regular expression {pattern:?}: {e}")))?;
    let regex = Arc::new(regex);
    RECENT.with_borrow_mut(|recent| {
        recent.truncate(REMEMBERED - 1);
        recent.push_front((pattern.to_owned(), Arc::clone(&regex)));
    });
    Ok(regex)
}

/// A test of every row's text; null where the text is.
pub fn test_text(column: &Column, f: impl Fn(&str) -> bool) -> Result<BooleanArray> {
    match column.array() {
        Array::Dict(array) => Ok(test_dict(array, f)),
        Array::Utf8(array) => Ok(BooleanArray::new(
            (0..array.len()).map(|i| f(array.value(i))).collect(),
            array.validity().cloned(),
        )),
        Array::Null(len) => {
            Ok(BooleanArray::new(Bitmap::constant(false, *len), Some(Bitmap::constant(false, *len))))
        }
        _ => Err(Error::internal("text was planned")),
    }
}

/// Rows that contain a literal text: one substring search over the whole chunk.
pub fn contains_literal(column: &Column, needle: &str) -> Result<BooleanArray> {
    let finder = memchr::memmem::Finder::new(needle.as_bytes());
    match column.array() {
        Array::Utf8(array) if !needle.is_empty() => {
            Ok(BooleanArray::new(search_chunk(array, &finder, |_| true), array.validity().cloned()))
        }
        _ => test_text(column, |text| finder.find(text.as_bytes()).is_some()),
    }
}

/// Rows with a line in which these literals follow each other, as the regular expression `a.*b.*c` finds them: one
/// search for the first over the whole chunk, the others in the rows that have it.
pub fn contains_sequence(column: &Column, literals: &[&str]) -> Result<BooleanArray> {
    let Some((first, rest)) = literals.split_first() else {
        return test_text(column, |_| true);
    };
    let first = memchr::memmem::Finder::new(first.as_bytes());
    let rest: Vec<_> = rest.iter().map(|literal| memchr::memmem::Finder::new(literal.as_bytes())).collect();
    let in_line = |line: &[u8]| {
        let mut at = 0;
        std::iter::once(&first).chain(&rest).all(|literal| {
            let found = literal.find(&line[at..]);
            at += found.map_or(0, |start| start + literal.needle().len());
            found.is_some()
        })
    };
    // A dot matches everything but the end of a line.
    let in_text = |text: &[u8]| text.split(|byte| *byte == b'\n').any(in_line);
    match column.array() {
        Array::Utf8(array) if !first.needle().is_empty() => Ok(BooleanArray::new(
            search_chunk(array, &first, |row| in_text(array.value(row).as_bytes())),
            array.validity().cloned(),
        )),
        _ => test_text(column, |text| in_text(text.as_bytes())),
    }
}

/// Rows that have the needle and that `accept` accepts.
fn search_chunk(
    array: &Utf8Array,
    finder: &memchr::memmem::Finder<'_>,
    accept: impl Fn(usize) -> bool,
) -> Bitmap {
    let needle = finder.needle().len();
    let offsets = array.offsets();
    let mut bits = MutableBitmap::constant(false, array.len());
    let end = offsets[array.len()] as usize;
    let haystack = &array.values()[..end];
    let (mut at, mut row) = (offsets[0] as usize, 0);
    while let Some(found) = finder.find(&haystack[at..]) {
        let start = at + found;
        // Matches come in ascending order, so the row only moves forward: gallop, then halve.
        let mut step = 1;
        while row + step < array.len() && offsets[row + step] as usize <= start {
            row += step;
            step *= 2;
        }
        row +=
            offsets[row + 1..(row + step + 1).min(offsets.len())].partition_point(|o| *o as usize <= start);
        let row_end = offsets[row + 1] as usize;
        if start + needle <= row_end {
            if accept(row) {
                bits.set(row, true);
            }
            at = row_end;
        } else {
            // The match spans rows: look again one byte on.
            at = start + 1;
        }
    }
    bits.freeze()
}

/// A text made of every row's text; `None` gives null.
pub fn map_text<'a>(column: &'a Column, f: impl Fn(&'a str) -> Option<Cow<'a, str>>) -> Result<Column> {
    match column.array() {
        Array::Dict(array) if array.dictionary().len() <= array.len() => {
            let entries = array.dictionary().values();
            let mapped: Utf8Array = build(entries.iter(), &f);
            recode(array, mapped)
        }
        Array::Dict(array) => Ok(Column::from_utf8(build(array.iter(), &f))),
        Array::Utf8(array) => Ok(Column::from_utf8(build(array.iter(), &f))),
        Array::Null(len) => Ok(Column::full_null(hypostyle_core::DataType::String, *len)),
        _ => Err(Error::internal("text was planned")),
    }
}

/// A part of every row, which `bounds` finds from its length as a start and a length within it; `None` unless the
/// column holds all of its bytes itself and these are ASCII, so that characters are bytes.
pub fn slice_ascii(column: &Column, bounds: impl Fn(usize) -> (usize, usize)) -> Result<Option<Column>> {
    let Array::Utf8(array) = column.array() else { return Ok(None) };
    let (offsets, bytes) = (array.offsets(), array.values());
    if !bytes[offsets[0] as usize..offsets[array.len()] as usize].is_ascii() {
        return Ok(None);
    }
    let (mut ends, mut parts) = (Vec::with_capacity(offsets.len()), Vec::new());
    ends.push(0i64);
    for pair in offsets.windows(2) {
        let row = &bytes[pair[0] as usize..pair[1] as usize];
        let (start, length) = bounds(row.len());
        parts.extend_from_slice(&row[start..start + length]);
        ends.push(parts.len() as i64);
    }
    let parts = Utf8Array::try_new(ends.into(), parts.into(), array.validity().cloned())?;
    Ok(Some(Column::from_utf8(parts)))
}

fn build<'a>(
    values: impl Iterator<Item = Option<&'a str>>,
    f: &impl Fn(&'a str) -> Option<Cow<'a, str>>,
) -> Utf8Array {
    let mut builder = StringBuilder::with_capacity(values.size_hint().0, 0);
    values.for_each(|text| builder.push_option(text.and_then(f).as_deref()));
    builder.finish_utf8()
}

/// The codes of an array over other entries, some of which may be null.
fn recode(array: &DictArray, entries: Utf8Array) -> Result<Column> {
    if entries.validity().is_some() {
        let codes: Vec<u32> = array.codes().iter().map(|code| code.unwrap_or(NO_ROW)).collect();
        return gather_optional(&Column::from_utf8(entries), &codes);
    }
    let dictionary = Arc::new(Dictionary::try_new(entries)?);
    Ok(Column::from_dict(DictArray::try_new(array.codes().clone(), dictionary)?))
}

/// A number made of every row's text; `None` gives null.
pub fn map_text_to<T: Native>(
    column: &Column,
    dtype: hypostyle_core::DataType,
    f: impl Fn(&str) -> Option<T>,
) -> Result<Column> {
    if let Array::Dict(array) = column.array()
        && array.dictionary().len() < array.len()
    {
        let entries = Column::from_utf8(array.dictionary().values().clone());
        let mapped = map_text_to(&entries, dtype, f)?;
        let codes: Vec<u32> = array.codes().iter().map(|code| code.unwrap_or(NO_ROW)).collect();
        return gather_optional(&mapped, &codes);
    }
    let mut builder = PrimitiveBuilder::<T>::with_capacity(column.len());
    (0..column.len()).for_each(|i| builder.push_option(column.str_at(i).and_then(&f)));
    Ok(builder.finish(dtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunk_search_agrees_with_a_search_per_row() {
        let rows = ["abab", "", "xab", "a", "b", "aab", "ab", "ba", "baab", "aaaa", "b"];
        let column = Column::from_strs(rows);
        for needle in ["ab", "a", "b", "aa", "abab", "ba", "zz", ""] {
            for start in 0..rows.len() {
                let slice = column.slice(start, rows.len() - start);
                let found: Vec<bool> = contains_literal(&slice, needle).unwrap().values().iter().collect();
                let expected: Vec<bool> = rows[start..].iter().map(|r| r.contains(needle)).collect();
                assert_eq!(found, expected, "{needle} from {start}");
            }
        }
    }

    #[test]
    fn expressions_that_are_remembered() {
        for round in 0..3 {
            for i in 0..2 * REMEMBERED {
                let regex = regex(&format!("^{i}{}$", if i == 0 { "" } else { "+" })).unwrap();
                assert!(regex.is_match(&i.to_string()), "{round}");
                assert_eq!(regex.is_match(&format!("{i}{i}")), i > 0);
            }
            assert!(regex("(").is_err());
        }
        assert_eq!(RECENT.with_borrow(VecDeque::len), REMEMBERED);
    }

    #[test]
    fn sequences_agree_with_the_regular_expression() {
        let rows = ["a b", "b a", "ab", "xaxbx", "a\nb", "a\nab", "", "b", "aab b", "a b\n", "ba\nxb", "aba"];
        let column = Column::from_strs(rows);
        for literals in [&["a", "b"][..], &["a", "b", "b"], &["b"], &["ab", "b"], &["a", "a"], &["xa", "x"]] {
            let pattern = regex(&literals.join(".*")).unwrap();
            for start in 0..rows.len() {
                let slice = column.slice(start, rows.len() - start);
                let found: Vec<bool> = contains_sequence(&slice, literals).unwrap().values().iter().collect();
                let expected: Vec<bool> = rows[start..].iter().map(|r| pattern.is_match(r)).collect();
                assert_eq!(found, expected, "{literals:?} from {start}");
            }
        }
    }
}
