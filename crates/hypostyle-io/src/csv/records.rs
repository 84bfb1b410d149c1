//! Rows one after the other, by `csv-core`: the reference, and the way through text that the fast path declines.
//!
//! It knows what `csv-core` leaves open: a blank line is a row of one empty field, lines that start with the comment
//! prefix are not rows, a carriage return before the end of a row belongs to it, and a quoted field may hold nothing
//! after its closing quote (that is for the reader of the field to refuse).

use hypostyle_kernels::bytes::{Dialect, Span};

/// What there is at a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A row that starts and ends there; the next one starts at `next`.
    Row { start: usize, next: usize },
    /// The row, or the comment before it, ends after the text.
    Incomplete,
    /// No further row.
    End,
}

/// Reads rows.
pub(super) struct RecordReader {
    core: csv_core::Reader,
    /// `csv-core` unescapes as it goes; only the bounds are of use here.
    unescaped: Box<[u8]>,
    dialect: Dialect,
    comment: Box<[u8]>,
}

impl RecordReader {
    pub(super) fn new(dialect: Dialect, comment: Option<&str>) -> Self {
        let comment = comment.unwrap_or_default().as_bytes().into();
        Self { core: Self::fresh(dialect), unescaped: vec![0; 4096].into(), dialect, comment }
    }

    fn fresh(dialect: Dialect) -> csv_core::Reader {
        let mut core = csv_core::ReaderBuilder::new()
            .delimiter(dialect.separator)
            .terminator(csv_core::Terminator::Any(dialect.newline))
            .quote(dialect.quote.unwrap_or(b'"'))
            .quoting(dialect.quote.is_some())
            .build();
        // A reader takes a byte order mark off the first thing it sees. This text may start in the middle of a file.
        let _ = core.read_field(&[dialect.separator, dialect.newline], &mut [0; 8]);
        let _ = core.read_field(&[dialect.newline], &mut [0; 8]);
        core
    }

    /// The row at `at`, which is the start of a row or of comments before one. Its fields replace `fields`.
    pub(super) fn read(&mut self, text: &[u8], mut at: usize, at_eof: bool, fields: &mut Vec<Span>) -> Step {
        while !self.comment.is_empty() {
            let rest = &text[at..];
            if rest.len() < self.comment.len() && !at_eof && self.comment.starts_with(rest) {
                return Step::Incomplete;
            }
            if !rest.starts_with(&self.comment) {
                break;
            }
            match memchr::memchr(self.dialect.newline, rest) {
                Some(length) => at += length + 1,
                None if at_eof => return Step::End,
                None => return Step::Incomplete,
            }
        }
        fields.clear();
        let start = at;
        match text.get(at) {
            None if at_eof => return Step::End,
            None => return Step::Incomplete,
            Some(&byte) if byte == self.dialect.newline => {
                fields.push(Span { start: at as u32, end: at as u32 });
                return Step::Row { start, next: at + 1 };
            }
            Some(_) => {}
        }
        let mut field_start = at;
        loop {
            if at == text.len() && !at_eof {
                // `csv-core` would take an empty input for the end of the file.
                self.core = Self::fresh(self.dialect);
                return Step::Incomplete;
            }
            let (result, taken, _) = self.core.read_field(&text[at..], &mut self.unescaped);
            at += taken;
            match result {
                csv_core::ReadFieldResult::OutputFull => {}
                csv_core::ReadFieldResult::Field { record_end } => {
                    // The byte that ended the field was taken too, except at the end of the file.
                    let ended_by = text.get(at.wrapping_sub(1)).copied().filter(|_| taken > 0);
                    let end = if ended_by.is_some() { at - 1 } else { at };
                    fields.push(Span { start: field_start as u32, end: end as u32 });
                    field_start = at;
                    if record_end {
                        self.trim_return(text, fields);
                        return Step::Row { start, next: at };
                    }
                }
                // Nothing is left; at the end of the file the next call is told so by its empty input.
                csv_core::ReadFieldResult::InputEmpty => debug_assert_eq!(at, text.len()),
                csv_core::ReadFieldResult::End => {
                    self.core = Self::fresh(self.dialect);
                    return Step::End;
                }
            }
        }
    }

    fn trim_return(&self, text: &[u8], fields: &mut [Span]) {
        if let Some(last) = fields.last_mut() {
            *last = without_return(text, *last, self.dialect);
        }
    }
}

/// The last field of a row without the carriage return of a CRLF.
#[inline(always)]
pub(super) fn without_return(text: &[u8], field: Span, dialect: Dialect) -> Span {
    let ends_so =
        dialect.newline != b'\r' && field.end > field.start && text[field.end as usize - 1] == b'\r';
    Span { end: field.end - u32::from(ends_so), ..field }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };

    fn rows(text: &str, comment: Option<&str>) -> Vec<Vec<String>> {
        let mut reader = RecordReader::new(COMMA, comment);
        let (mut rows, mut at, mut fields) = (vec![], 0, vec![]);
        while let Step::Row { next, .. } = reader.read(text.as_bytes(), at, true, &mut fields) {
            rows.push(
                fields.iter().map(|f| String::from_utf8_lossy(f.of(text.as_bytes())).into_owned()).collect(),
            );
            at = next;
        }
        rows
    }

    #[test]
    fn what_rows_there_are() {
        assert_eq!(rows("a,b\n1,2\n", None), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows("a,b\r\n1,2", None), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows("a\n\n\r\nb\n", None), [["a"], [""], [""], ["b"]]);
        assert_eq!(rows("\"x\ny\",\"\"\"\"\n", None), [["\"x\ny\"", "\"\"\"\""]]);
        assert_eq!(rows("a\"b,c\n", None), [["a\"b", "c"]]);
        assert_eq!(rows("1,", None), [["1", ""]]);
        assert_eq!(rows(",", None), [["", ""]]);
        assert_eq!(rows("1,\"x", None), [["1", "\"x"]]);
        assert_eq!(rows("1,\"x\n", None), [["1", "\"x\n"]]);
        assert_eq!(rows("\u{feff}a\n", None), [["\u{feff}a"]]);
        assert_eq!(rows("\r", None), [[""]]);
        assert!(rows("", None).is_empty());
    }

    #[test]
    fn comments_are_no_rows() {
        assert_eq!(rows("#x\n1\n#\"y\n2\n#", Some("#")), [["1"], ["2"]]);
        assert_eq!(rows("//x\n1\n/2\n//", Some("//")), [["1"], ["/2"]]);
        assert_eq!(rows("\"#a\n#b\"\n", Some("#")), [["\"#a\n#b\""]]);
    }

    #[test]
    fn long_fields_and_rows_that_go_on() {
        let long = "x".repeat(10_000);
        assert_eq!(rows(&format!("{long},{long}\n"), None), [[long.as_str(), long.as_str()]]);
        let mut reader = RecordReader::new(COMMA, Some("##"));
        let mut fields = vec![];
        for (text, step) in [
            ("a,b", Step::Incomplete),
            ("a,", Step::Incomplete),
            ("\"a\n", Step::Incomplete),
            ("", Step::Incomplete),
            ("#", Step::Incomplete),
            ("##", Step::Incomplete),
            ("##\n", Step::Incomplete),
            ("a,b\n", Step::Row { start: 0, next: 4 }),
        ] {
            assert_eq!(reader.read(text.as_bytes(), 0, false, &mut fields), step, "{text}");
        }
    }
}
