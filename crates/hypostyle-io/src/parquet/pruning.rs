//! Which row groups and pages may have rows that are wanted: by statistics, and by Bloom filters.
//!
//! Statistics are hints of other programs. What could be misread is not read: deprecated statistics of types whose
//! order was not that of their values, ranges with NaN or with ends in the wrong order. Ranges of floats leave out NaN,
//! which is greater than all numbers, so their upper end is infinite unless it is known that there is none.

use hypostyle_core::{DataType, Result, Scalar, ZoneRange};
use hypostyle_expr::{Condition, bind};
use hypostyle_kernels::compare::Comparison;
use hypostyle_plan::{Facts, Pruning, ScanRequest};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::page_index::RowGroupPageIndex;
use parquet::file::page_index::column_index::{ColumnIndexMetaData, PrimitiveColumnIndex};
use parquet::file::statistics::Statistics;

use super::decode::{Leaf, Physical, big_endian};
use super::file::{Reader, guarded};
use super::mapping::{Origin, Place};
use super::source::{OpenFile, Resolved};
use super::text_ranges::TextTests;
use crate::hive::DirectoryTests;

/// What is asked of rows before they are read.
#[derive(Debug)]
pub(super) struct RowPruning {
    tests: Pruning,
    /// Columns whose values must be one of some constants.
    equal: Vec<(usize, Vec<Scalar>)>,
    texts: TextTests,
    directories: DirectoryTests,
}

/// Row groups of fewer rows are read sooner than their Bloom filters.
const FEWEST_ROWS_FOR_BLOOM: usize = 4_096;

impl RowPruning {
    /// The parts of a request that can rule rows out; `None` if there are none.
    pub(super) fn of_request(request: &ScanRequest, resolved: &Resolved) -> Result<Option<Self>> {
        let schema = &resolved.schema;
        let tests = Pruning::of_request(request, schema)?;
        let mut texts = TextTests::default();
        let mut equal = Vec::new();
        for conjunct in request.predicate.iter().flat_map(|predicate| predicate.conjuncts()) {
            let Some((column, conditions)) = bind(conjunct, schema)?.conditions() else { continue };
            for condition in conditions {
                texts.add(column, &condition);
                match condition {
                    Condition::Compare(Comparison::Eq, constant) => equal.push((column, vec![constant])),
                    Condition::OneOf(constants) => equal.push((column, constants)),
                    _ => {}
                }
            }
        }
        let directories = directory_tests(request, resolved)?;
        if tests.is_none() && directories.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { tests: tests.unwrap_or_default(), equal, texts, directories }))
    }

    /// Whether a file may have rows that are wanted, by what its directories say.
    pub(super) fn may_hold_file(&self, resolved: &Resolved, file: usize) -> bool {
        self.directories.may_hold(resolved.hive_values(file))
    }

    /// Whether a row group may have rows that are wanted.
    pub(super) fn may_hold_group(&self, open: &OpenFile, group: usize) -> bool {
        let metadata = open.file.metadata.row_group(group);
        let rows = metadata.num_rows() as usize;
        let facts = |column: usize| {
            let (leaf, place) = stored(open, column)?;
            let statistics = metadata.column(place).statistics()?;
            let nulls = statistics.null_count_opt().and_then(|nulls| usize::try_from(nulls).ok());
            let range = if nulls == Some(rows) { ZoneRange::Nothing } else { range_of(statistics, leaf) };
            Some(Facts { range, nulls, rows })
        };
        self.tests.may_hold_by_facts(facts)
            && self.texts.may_hold_group(open, group)
            && (rows < FEWEST_ROWS_FOR_BLOOM || self.blooms_allow(open, group))
    }

    fn blooms_allow(&self, open: &OpenFile, group: usize) -> bool {
        self.equal.iter().all(|(column, constants)| {
            let Some((leaf, place)) = stored(open, *column) else { return true };
            let chunk = open.file.metadata.row_group(group).column(place);
            if chunk.bloom_filter_offset().is_none() {
                return true;
            }
            // A filter that cannot be read rules nothing out.
            let reader = Reader(open.file.bytes.clone());
            let Ok(Some(filter)) = guarded(|| Sbbf::read_from_column_chunk(chunk, &reader)) else {
                return true;
            };
            constants
                .iter()
                .any(|constant| guarded(|| Ok(may_contain(&filter, leaf, constant))).unwrap_or(true))
        })
    }

    /// The rows `start .. start + len` of a row group that may be wanted, counted from `start`: `None` if all may.
    pub(super) fn rows_by_pages(
        &self,
        open: &OpenFile,
        group: usize,
        start: usize,
        len: usize,
    ) -> Option<Vec<u32>> {
        let index = open.file.metadata.page_index_for_row_group(group);
        let rows = usize::try_from(open.file.metadata.row_group(group).num_rows()).ok()?;
        let mut columns: Vec<(usize, Vec<PageFacts>)> = Vec::new();
        for column in self.tests.columns() {
            if let Some((leaf, place)) = stored(open, column)
                && let Some(mut pages) = pages_of(&index, leaf, place, rows)
            {
                for (number, page) in pages.iter_mut().enumerate() {
                    page.may_hold_texts = self.texts.may_hold_page(column, open, place, &index, number);
                }
                columns.push((column, pages));
            }
        }
        if columns.is_empty() {
            return None;
        }
        let end = start + len;
        let mut cuts: Vec<usize> =
            columns.iter().flat_map(|(_, pages)| pages.iter().map(|p| p.first)).collect();
        cuts.extend([start, end]);
        cuts.retain(|cut| (start..=end).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        let mut kept = Vec::new();
        for pair in cuts.windows(2) {
            let page_at = |pages: &[PageFacts]| {
                pages.partition_point(|page| page.first <= pair[0]).checked_sub(1).map(|page| pages[page])
            };
            let facts = |column: usize| {
                let (_, pages) = columns.iter().find(|(known, _)| *known == column)?;
                page_at(pages).map(|page| page.facts)
            };
            let texts_allow =
                columns.iter().all(|(_, pages)| page_at(pages).is_none_or(|page| page.may_hold_texts));
            if texts_allow && self.tests.may_hold_by_facts(facts) {
                kept.extend((pair[0] - start) as u32..(pair[1] - start) as u32);
            }
        }
        (kept.len() < len).then_some(kept)
    }
}

/// What is asked of directories. Where rows are numbered, files cannot be left out unseen.
fn directory_tests(request: &ScanRequest, resolved: &Resolved) -> Result<DirectoryTests> {
    if resolved.options.row_index_name.is_some() || resolved.options.n_rows.is_some() {
        return Ok(DirectoryTests::default());
    }
    DirectoryTests::of_request(request, &resolved.schema, |column| match resolved.origins[column] {
        Origin::Hive(place) => Some(place),
        _ => None,
    })
}

/// Where a column of the scan is stored, if it is as it is wanted.
pub(super) fn stored(open: &OpenFile, column: usize) -> Option<(&Leaf, usize)> {
    match open.mapping.place(column)? {
        Place::Column { column, cast: None } => {
            let column = &open.file.columns[*column];
            Some((column.flat.as_ref()?, column.leaf))
        }
        _ => None,
    }
}

/// Whether a filter may have seen a constant.
fn may_contain(filter: &Sbbf, leaf: &Leaf, constant: &Scalar) -> bool {
    let integer = constant.as_i128();
    match (leaf.physical, &leaf.dtype) {
        (Physical::Bytes, DataType::String) => constant.as_str().is_none_or(|text| filter.check(text)),
        (Physical::Int32, dtype) if dtype.is_integer() || *dtype == DataType::Date => {
            integer.is_none_or(|v| {
                i32::try_from(v).is_ok_and(|v| filter.check(&v))
                    || u32::try_from(v).is_ok_and(|v| filter.check(&(v as i32)))
            })
        }
        (Physical::Int64, dtype) if dtype.is_integer() => integer.is_none_or(|v| {
            i64::try_from(v).is_ok_and(|v| filter.check(&v))
                || u64::try_from(v).is_ok_and(|v| filter.check(&(v as i64)))
        }),
        // Floats are compared with zeros of both signs, and times may be scaled.
        _ => true,
    }
}

/// What is known of the rows of a page.
#[derive(Clone, Copy)]
struct PageFacts {
    first: usize,
    facts: Facts,
    /// Whether the ends of its texts leave it a chance.
    may_hold_texts: bool,
}

fn pages_of(index: &RowGroupPageIndex, leaf: &Leaf, column: usize, rows: usize) -> Option<Vec<PageFacts>> {
    let columns = index.column_index(column)?;
    let locations = index.page_locations(column)?;
    if columns.num_pages() != locations.len() as u64 || locations.first()?.first_row_index != 0 {
        return None;
    }
    let mut pages = Vec::with_capacity(locations.len());
    for (page, location) in locations.iter().enumerate() {
        let first = usize::try_from(location.first_row_index).ok()?;
        let end = match locations.get(page + 1) {
            Some(next) => usize::try_from(next.first_row_index).ok()?,
            None => rows,
        };
        let rows = end.checked_sub(first)?;
        let nulls = columns.null_count(page).and_then(|nulls| usize::try_from(nulls).ok());
        let range = if columns.is_null_page(page) || nulls == Some(rows) {
            ZoneRange::Nothing
        } else {
            range_of_page(columns, page, leaf)
        };
        pages.push(PageFacts { first, facts: Facts { range, nulls, rows }, may_hold_texts: true });
    }
    Some(pages)
}

fn range_of_page(index: &ColumnIndexMetaData, page: usize, leaf: &Leaf) -> ZoneRange {
    fn ends<T>(index: &PrimitiveColumnIndex<T>, page: usize) -> Option<(&T, &T)> {
        Some((index.min_value(page)?, index.max_value(page)?))
    }
    let no_nan = index.nan_count(page) == Some(0);
    match index {
        ColumnIndexMetaData::INT32(index) => ends(index, page)
            .map_or(ZoneRange::Unknown, |(low, high)| integers((*low).into(), (*high).into(), leaf)),
        ColumnIndexMetaData::INT64(index) => {
            ends(index, page).map_or(ZoneRange::Unknown, |(low, high)| integers(*low, *high, leaf))
        }
        ColumnIndexMetaData::FLOAT(index) => ends(index, page)
            .map_or(ZoneRange::Unknown, |(low, high)| floats((*low).into(), (*high).into(), no_nan)),
        ColumnIndexMetaData::DOUBLE(index) => {
            ends(index, page).map_or(ZoneRange::Unknown, |(low, high)| floats(*low, *high, no_nan))
        }
        _ => ZoneRange::Unknown,
    }
}

/// The ends of the values that are not null, as they are stored here.
fn range_of(statistics: &Statistics, leaf: &Leaf) -> ZoneRange {
    // The order of what was deprecated was that of signed numbers.
    let signed = !leaf.dtype.is_unsigned_integer();
    if statistics.is_min_max_deprecated()
        && !(signed && matches!(leaf.physical, Physical::Int32 | Physical::Int64))
    {
        return ZoneRange::Unknown;
    }
    let no_nan = statistics.nan_count_opt() == Some(0);
    match statistics {
        Statistics::Int32(s) => match (s.min_opt(), s.max_opt()) {
            (Some(low), Some(high)) => integers(i64::from(*low), i64::from(*high), leaf),
            _ => ZoneRange::Unknown,
        },
        Statistics::Int64(s) => match (s.min_opt(), s.max_opt()) {
            (Some(low), Some(high)) => integers(*low, *high, leaf),
            _ => ZoneRange::Unknown,
        },
        Statistics::Float(s) => match (s.min_opt(), s.max_opt()) {
            (Some(low), Some(high)) => floats(f64::from(*low), f64::from(*high), no_nan),
            _ => ZoneRange::Unknown,
        },
        Statistics::Double(s) => match (s.min_opt(), s.max_opt()) {
            (Some(low), Some(high)) => floats(*low, *high, no_nan),
            _ => ZoneRange::Unknown,
        },
        Statistics::FixedLenByteArray(_) if leaf.dtype.is_decimal() => {
            match (statistics.min_bytes_opt(), statistics.max_bytes_opt()) {
                (Some(low), Some(high)) if (1..=16).contains(&low.len()) && low.len() == high.len() => {
                    ordered(big_endian(low), big_endian(high))
                }
                _ => ZoneRange::Unknown,
            }
        }
        _ => ZoneRange::Unknown,
    }
}

/// A range of stored integers in the type of the column.
fn integers(low: i64, high: i64, leaf: &Leaf) -> ZoneRange {
    let value = |v: i64| match (leaf.physical, &leaf.dtype) {
        // As they are decoded: cut to their width.
        (_, DataType::UInt8) => i128::from(v as u8),
        (_, DataType::UInt16) => i128::from(v as u16),
        (_, DataType::UInt32) => i128::from(v as u32),
        (_, DataType::UInt64) => i128::from(v as u64),
        (_, DataType::Int8) => i128::from(v as i8),
        (_, DataType::Int16) => i128::from(v as i16),
        _ => i128::from(v) * i128::from(leaf.factor),
    };
    ordered(value(low), value(high))
}

fn ordered(low: i128, high: i128) -> ZoneRange {
    if low <= high { ZoneRange::Integers { low, high } } else { ZoneRange::Unknown }
}

fn floats(low: f64, high: f64, no_nan: bool) -> ZoneRange {
    if low.is_nan() || high.is_nan() || low > high || low == f64::INFINITY && !no_nan {
        return ZoneRange::Unknown;
    }
    ZoneRange::Floats { low, high: if no_nan { high } else { f64::INFINITY } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(physical: Physical, dtype: DataType, factor: i64) -> Leaf {
        Leaf { physical, dtype, factor, optional: true }
    }

    #[test]
    fn ranges_in_the_type_of_the_column() {
        let unsigned = leaf(Physical::Int32, DataType::UInt32, 1);
        assert_eq!(integers(1, -1, &unsigned), ZoneRange::Integers { low: 1, high: u32::MAX.into() });
        assert_eq!(integers(-1, 1, &unsigned), ZoneRange::Unknown);
        let time = leaf(Physical::Int32, DataType::Time, 1_000_000);
        assert_eq!(integers(2, 3, &time), ZoneRange::Integers { low: 2_000_000, high: 3_000_000 });
        assert_eq!(floats(f64::NAN, 1.0, true), ZoneRange::Unknown);
        assert_eq!(floats(-0.0, 1.0, false), ZoneRange::Floats { low: 0.0, high: f64::INFINITY });
        assert_eq!(floats(0.0, 1.0, true), ZoneRange::Floats { low: 0.0, high: 1.0 });
        assert_eq!(big_endian(&[0xff, 0xfe]), -2);
        assert_eq!(big_endian(&[1, 0]), 256);
    }
}
