//! Row ids: the number of the file, and the row in it. They hold as long as the source, and no longer than the files.

use std::sync::Arc;

use hypostyle_core::{Batch, Error, Result};
use hypostyle_kernels::concat::concat_batches;
use hypostyle_plan::ScanRequest;

use super::chunk::Scratch;
use super::mapping::Origin;
use super::scan::{Claim, Group, ParquetScan};
use super::source::Resolved;

/// Bits of the row.
const ROW_BITS: u32 = 40;
const MOST_ROWS: u64 = 1 << ROW_BITS;
const MOST_FILES: u64 = 1 << (64 - ROW_BITS);

/// The id of the first of so many rows of a file. Those of the others follow.
pub(super) fn first_id(file: usize, row: u64, rows: usize) -> Result<u64> {
    if file as u64 >= MOST_FILES || row.saturating_add(rows as u64) > MOST_ROWS {
        return Err(Error::unsupported(format!(
            "row ids for more than {MOST_FILES} files or {MOST_ROWS} rows of one"
        )));
    }
    Ok((file as u64) << ROW_BITS | row)
}

/// The file and the row.
fn parts(id: u64) -> (usize, u64) {
    ((id >> ROW_BITS) as usize, id & (MOST_ROWS - 1))
}

impl ParquetScan {
    /// The rows with these ids, which ascend: the columns at some positions.
    pub(super) fn rows_by_id(
        resolved: Arc<Resolved>,
        ids: &[u64],
        columns: &[usize],
        check: &dyn Fn() -> Result<()>,
    ) -> Result<Batch> {
        let unknown = || Error::out_of_bounds("there is no row with that id");
        if ids.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::internal("row ids that do not ascend"));
        }
        let request = ScanRequest { projection: Some(columns.to_vec()), ..ScanRequest::default() };
        let scan = Self::new(Arc::clone(&resolved), &request)?;
        let mut scratch = Scratch::default();
        let mut pieces = vec![scan.no_rows()?];
        let is_numbered = columns.iter().any(|column| matches!(resolved.origins[*column], Origin::RowIndex));
        let (mut counted, mut before) = (0, 0);
        for of_file in ids.chunk_by(|one, other| parts(*one).0 == parts(*other).0) {
            let file = parts(of_file[0]).0;
            let open = resolved.open(file)?.ok_or_else(unknown)?;
            // Rows are numbered through all files.
            for earlier in if is_numbered { counted..file } else { 0..0 } {
                before += resolved.open(earlier)?.map_or(0, |open| open.file.rows());
            }
            counted = file;
            let mut rest = of_file;
            let mut first = 0;
            for (number, group) in open.file.metadata.row_groups().iter().enumerate() {
                let rows = usize::try_from(group.num_rows()).unwrap_or_default();
                let end = first + rows as u64;
                let (mut of_group, behind) = rest.split_at(rest.partition_point(|id| parts(*id).1 < end));
                rest = behind;
                if of_group.is_empty() {
                    first = end;
                    continue;
                }
                let group =
                    Arc::new(Group::new(Arc::clone(&open), number, before + first, (file, first), rows));
                while let Some(id) = of_group.first() {
                    check()?;
                    let start = (parts(*id).1 - first) as usize / group.step * group.step;
                    let len = group.step.min(rows - start);
                    let place = |id: &u64| (parts(*id).1 - first) as usize - start;
                    let (mine, others) = of_group.split_at(of_group.partition_point(|id| place(id) < len));
                    of_group = others;
                    let rows = Some(mine.iter().map(|id| place(id) as u32).collect());
                    let claim = Claim { number: 0, group: Arc::clone(&group), start, len, rows };
                    pieces.push(scan.read(&claim, &mut scratch)?);
                }
                first = end;
            }
            if !rest.is_empty() {
                return Err(unknown());
            }
        }
        concat_batches(&pieces)
    }
}

#[cfg(test)]
mod tests {
    use hypostyle_core::{Buffer, Column};
    use hypostyle_plan::DataSource;
    use proptest::prelude::*;

    use super::super::tests::written_columns;
    use super::super::{ParquetReadOptions, ParquetSource};
    use super::*;

    /// Two files of 70,000 rows, which count on.
    fn files() -> Vec<Buffer<u8>> {
        let file = |start: i64| {
            let numbers = Column::from_vec((start..start + 70_000).collect::<Vec<i64>>());
            let texts: Vec<String> = (start..start + 70_000).map(|i| format!("text {i}")).collect();
            let texts = texts.iter().enumerate().map(|(i, text)| (i % 7 != 3).then_some(text.as_str()));
            written_columns(&[numbers, Column::from_utf8(texts.collect())]).into()
        };
        vec![file(0), file(70_000)]
    }

    /// All rows of a source, in order.
    fn all(source: &dyn DataSource) -> Batch {
        let scan = source.scan(&ScanRequest::default()).unwrap();
        let mut batches = Vec::new();
        while let Some((_, batch)) = scan.next().unwrap() {
            batches.push(batch);
        }
        concat_batches(&batches).unwrap()
    }

    #[test]
    fn ids_of_a_scan_find_its_rows() {
        let source = ParquetSource::from_buffers(files(), ParquetReadOptions::default());
        let source = source.with_row_ids("row id").unwrap();
        assert_eq!(source.schema().unwrap().names().last(), Some("row id"));
        let rows = all(&*source);
        let ids = rows.column(2).expect_primitive::<u64>().unwrap().values().to_vec();
        assert_eq!(ids.len(), 140_000);
        proptest!(ProptestConfig::with_cases(20), |(wanted in prop::collection::btree_set(0..140_000usize, 0..40))| {
            let wanted: Vec<usize> = wanted.into_iter().collect();
            let ids: Vec<u64> = wanted.iter().map(|row| ids[*row]).collect();
            let found = source.rows_by_id(&ids, &[1, 0], &|| Ok(())).unwrap();
            prop_assert_eq!(found.len(), ids.len());
            for (place, row) in wanted.iter().enumerate() {
                prop_assert_eq!(found.column(0).value(place), rows.column(1).value(*row));
                prop_assert_eq!(found.column(1).value(place), rows.column(0).value(*row));
            }
        });
        for unknown in [70_000, 2 << ROW_BITS, u64::MAX] {
            assert!(source.rows_by_id(&[unknown], &[0], &|| Ok(())).is_err());
        }
        let stopped = || Err(Error::compute("stopped"));
        assert_eq!(source.rows_by_id(&[5], &[0], &stopped).unwrap_err().to_string(), "stopped");
        assert!(source.rows_by_id(&[5, 5], &[0], &|| Ok(())).is_err());
    }

    #[test]
    fn rows_are_numbered_as_in_a_scan() {
        let options = ParquetReadOptions {
            row_index_name: Some("n".into()),
            row_index_offset: 3,
            ..Default::default()
        };
        let source = ParquetSource::from_buffers(files(), options);
        let source = source.with_row_ids("row id").unwrap();
        let ids = [5, (1 << ROW_BITS) + 69_999];
        let found = source.rows_by_id(&ids, &[0, 1], &|| Ok(())).unwrap();
        assert_eq!(found.column(0).expect_primitive::<u32>().unwrap().values().to_vec(), [8, 140_002]);
        assert_eq!(found.column(1).expect_primitive::<i64>().unwrap().values().to_vec(), [5, 139_999]);
    }

    /// An id is of the version that was scanned, whatever is at the path meanwhile.
    #[test]
    fn files_may_be_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let paths = [0, 1].map(|number| dir.path().join(format!("{number}.parquet")));
        let write = |file: &std::path::Path, numbers: Vec<i64>| {
            let new = dir.path().join("new");
            std::fs::write(&new, written_columns(&[Column::from_vec(numbers)])).unwrap();
            std::fs::rename(new, file).unwrap();
        };
        paths.iter().for_each(|path| write(path, (0..1000).collect()));
        let plain = ParquetSource::from_paths(paths.clone(), ParquetReadOptions::default());
        let source = plain.with_row_ids("row id").unwrap();
        let ids = all(&*source).column(1).expect_primitive::<u64>().unwrap().values().to_vec();
        paths.iter().for_each(|path| write(path, (0..10).collect()));
        // Another query sees that they are others.
        assert_eq!(all(&plain).len(), 20);
        let found = source.rows_by_id(&[ids[7], ids[1999]], &[0], &|| Ok(())).unwrap();
        assert_eq!(found.column(0).expect_primitive::<i64>().unwrap().values().to_vec(), [7, 999]);
    }

    #[test]
    fn more_files_than_stay_open_have_no_ids() {
        let source = |files: usize| {
            let bytes: Buffer<u8> = written_columns(&[Column::from_vec(vec![1i64])]).into();
            ParquetSource::from_buffers(vec![bytes; files], ParquetReadOptions::default())
        };
        assert!(source(256).with_row_ids("row id").is_some());
        assert!(source(257).with_row_ids("row id").is_none());
    }

    #[test]
    fn ids_end_somewhere() {
        assert_eq!(first_id(1, 7, 5).unwrap(), (1 << 40) + 7);
        assert!(first_id(1 << 24, 0, 1).is_err());
        assert!(first_id(0, MOST_ROWS - 1, 2).is_err());
        assert_eq!(parts(first_id((1 << 24) - 1, MOST_ROWS - 1, 1).unwrap()), ((1 << 24) - 1, MOST_ROWS - 1));
    }
}
