//! CSV as a source of query plans.

use std::fmt::Write;

use hypostyle_core::{Batch, Result, SchemaRef};
use hypostyle_plan::{DataSource, SAMPLE, Scan, ScanRequest, estimate_distinct};

use super::scan::{CsvScan, CsvSource};

impl DataSource for CsvSource {
    fn schema(&self) -> Result<SchemaRef> {
        Self::schema(self)
    }

    fn row_estimate(&self) -> Option<usize> {
        Self::row_estimate(self)
    }

    fn is_text(&self) -> bool {
        true
    }

    fn sample(&self, projection: Option<&[usize]>, rows: usize) -> Option<Batch> {
        let resolved = self.resolve().ok()?;
        let all: Vec<usize> = (0..resolved.layout.columns.len()).collect();
        resolved.sample(projection.unwrap_or(&all), rows)
    }

    fn distinct_estimate(&self, column: usize) -> Option<f64> {
        let sample = self.resolve().ok()?.sample(&[column], SAMPLE)?;
        estimate_distinct(sample.columns().first()?, Self::row_estimate(self)?)
    }

    fn is_unique(&self, column: usize) -> bool {
        self.resolve().is_ok_and(|resolved| resolved.is_unique(column))
    }

    fn scan(&self, request: &ScanRequest) -> Result<Box<dyn Scan>> {
        let scan = Self::scan(self, request.projection.as_deref(), request.limit)?;
        let scan = match &request.predicate {
            Some(predicate) => scan.with_predicate(predicate)?,
            None => scan,
        };
        let scan = request.tests.iter().cloned().try_fold(scan, CsvScan::with_test)?;
        // What single columns drop need not be asked of several.
        let scan = request.row_tests.iter().cloned().try_fold(scan, CsvScan::with_row_test)?;
        Ok(Box::new(match &request.output {
            Some(output) if scan.is_filtered() => scan.with_output(output)?,
            _ => scan,
        }))
    }

    fn describe(&self) -> String {
        match self.paths() {
            [] => "Csv SCAN [bytes]".to_owned(),
            [path] => format!("Csv SCAN [{}]", path.display()),
            [path, others @ ..] => format!("Csv SCAN [{}, … {} others]", path.display(), others.len()),
        }
    }

    fn identity(&self) -> String {
        let mut identity = format!("csv {:?}", self.options());
        for path in self.paths() {
            // Writing to a string does not fail.
            let _ = write!(identity, " {}", path.display());
        }
        for bytes in self.buffers() {
            // Bytes at the same place are the same bytes.
            let _ = write!(identity, " {:p}+{}", bytes.as_ptr(), bytes.len());
        }
        identity
    }
}

impl Scan for CsvScan {
    fn next(&self) -> Result<Option<(usize, Batch)>> {
        Self::next(self)
    }

    fn is_filtered(&self) -> bool {
        Self::is_filtered(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::CsvReadOptions;
    use super::*;

    #[test]
    fn sources_are_told_apart_by_what_they_read() {
        let bytes: hypostyle_core::Buffer<u8> = b"a\n1\n".to_vec().into();
        let source = |options| CsvSource::from_bytes(bytes.clone(), options);
        let other = CsvSource::from_bytes(b"a\n1\n".to_vec(), CsvReadOptions::default());
        let limited = CsvReadOptions { n_rows: Some(1), ..Default::default() };
        let identity = |s: &CsvSource| DataSource::identity(s);
        assert_eq!(identity(&source(Default::default())), identity(&source(Default::default())));
        assert_ne!(identity(&source(Default::default())), identity(&source(limited)));
        assert_ne!(identity(&source(Default::default())), identity(&other));
        let files = CsvSource::from_paths(["x.csv", "y.csv"], CsvReadOptions::default());
        assert_eq!(files.describe(), "Csv SCAN [x.csv, … 1 others]");
        let scan =
            DataSource::scan(&other, &ScanRequest { projection: Some(vec![0]), ..ScanRequest::default() })
                .unwrap();
        assert_eq!(scan.next().unwrap().map(|(place, batch)| (place, batch.len())), Some((0, 1)));
        assert!(scan.next().unwrap().is_none());
    }
}
