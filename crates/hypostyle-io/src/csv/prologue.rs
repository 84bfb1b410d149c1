//! The start of a file: what comes before the rows, and a sample of them.

use std::borrow::Cow;
use std::collections::HashSet;

use hypostyle_core::{Error, Result};
use hypostyle_kernels::bytes::{Dialect, Span};

use super::field::{Content, FieldRules};
use super::input::{Input, Piece};
use super::options::CsvReadOptions;
use super::records::{RecordReader, Step};

/// How much is read at first; most headers and samples fit.
const FIRST_READ: u64 = 256 << 10;

/// What comes before the rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prologue {
    /// The names of the header, made unique; `None` if there is no header.
    pub(super) names: Option<Vec<String>>,
    /// Where the first row starts.
    pub(super) data_start: u64,
}

impl CsvReadOptions {
    pub(super) fn dialect(&self) -> Dialect {
        Dialect { separator: self.separator, newline: self.eol_char, quote: self.quote_char }
    }

    pub(super) fn records(&self) -> RecordReader {
        RecordReader::new(self.dialect(), self.comment_prefix.as_deref())
    }

    fn plain_rules(&self) -> FieldRules<'static> {
        FieldRules {
            quote: self.quote_char,
            doubled: true,
            null_values: &[],
            empty_is_null: false,
            ignore_errors: false,
            point: self.decimal_mark(),
        }
    }
}

/// Reads what comes before the rows. `None` if the file ends before that does.
pub(super) fn read_prologue(input: &Input, options: &CsvReadOptions) -> Result<Option<Prologue>> {
    let mut scratch = Vec::new();
    let mut size = FIRST_READ;
    loop {
        let Piece { text, at_eof } = input.read(0, size, &mut scratch)?;
        match parse(text, at_eof, options)? {
            Some(prologue) => return Ok(Some(prologue)),
            None if at_eof => return Ok(None),
            None => size = size.saturating_mul(4),
        }
    }
}

/// `None` if there is no complete prologue in the text.
fn parse(text: &[u8], at_eof: bool, options: &CsvReadOptions) -> Result<Option<Prologue>> {
    let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for _ in 0..options.skip_lines {
        match memchr::memchr(options.eol_char, &text[at..]) {
            Some(length) => at += length + 1,
            None => return Ok(None),
        }
    }
    let mut reader = options.records();
    let mut fields = Vec::new();
    // `Ok(None)` where there is no further row.
    let mut row = |at: &mut usize, fields: &mut Vec<Span>| match reader.read(text, *at, at_eof, fields) {
        Step::Row { next, .. } => {
            *at = next;
            true
        }
        Step::Incomplete | Step::End => false,
    };
    if options.has_header {
        at = skip_blank_lines(text, at, options.eol_char);
    }
    for _ in 0..options.skip_rows {
        if !row(&mut at, &mut fields) {
            return Ok(None);
        }
    }
    let mut names = None;
    if options.has_header {
        if !row(&mut at, &mut fields) {
            return Ok(None);
        }
        names = Some(unique(header_names(text, &fields, options))?);
    }
    for _ in 0..options.skip_rows_after_header {
        if !row(&mut at, &mut fields) {
            if !at_eof {
                return Ok(None);
            }
            at = text.len();
        }
    }
    Ok(Some(Prologue { names, data_start: at as u64 }))
}

fn skip_blank_lines(text: &[u8], mut at: usize, newline: u8) -> usize {
    loop {
        match text[at..] {
            [first, ..] if first == newline => at += 1,
            [b'\r', second, ..] if second == newline => at += 2,
            _ => return at,
        }
    }
}

fn header_names(text: &[u8], fields: &[Span], options: &CsvReadOptions) -> Vec<String> {
    let rules = options.plain_rules();
    let name = |field: &Span| {
        let bytes = match rules.content(text, *field) {
            Content::Text { bytes, escaped, .. } => rules.unescape(bytes, escaped),
            Content::Null | Content::Malformed => Cow::Borrowed(field.of(text)),
        };
        String::from_utf8_lossy(&bytes).into_owned()
    };
    fields.iter().map(name).collect()
}

/// The second `a` becomes `a_duplicated_0`, the third `a_duplicated_1`.
fn unique(names: Vec<String>) -> Result<Vec<String>> {
    let mut seen: std::collections::HashMap<String, usize> = Default::default();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        match seen.get_mut(&name) {
            None => {
                seen.insert(name.clone(), 0);
                unique.push(name);
            }
            Some(count) => {
                unique.push(format!("{name}_duplicated_{count}"));
                *count += 1;
            }
        }
    }
    let mut taken = HashSet::new();
    match unique.iter().find(|name| !taken.insert(name.as_str())) {
        Some(name) => Err(Error::duplicate(name.clone())),
        None => Ok(unique),
    }
}

/// Calls `each` with the first rows from `start` on, up to `length` of them, or all if `None`: the text they are in,
/// and the bounds of their fields, as many to a row as it has. The file is read a piece at a time.
pub(super) fn each_row(
    input: &Input,
    start: u64,
    length: Option<usize>,
    options: &CsvReadOptions,
    mut each: impl FnMut(&[u8], &[Span]),
) -> Result<()> {
    let mut left = length.unwrap_or(usize::MAX);
    let mut size = FIRST_READ;
    let mut scratch = Vec::new();
    let mut reader = options.records();
    let mut fields = Vec::new();
    let mut start = start;
    while left > 0 {
        let Piece { text, at_eof } = input.read(start, start.saturating_add(size), &mut scratch)?;
        let mut at = 0;
        while left > 0 {
            match reader.read(text, at, at_eof, &mut fields) {
                Step::Row { next, .. } => at = next,
                Step::End => return Ok(()),
                Step::Incomplete => break,
            }
            each(text, &fields);
            left -= 1;
        }
        start += at as u64;
        input.release(start);
        if at == 0 {
            // Not even one row.
            size = size.saturating_mul(4);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::input::Location;
    use super::*;

    fn open(text: impl Into<Vec<u8>>) -> Input {
        Location::Bytes(text.into().into()).open().unwrap()
    }

    fn prologue(text: &str, options: &CsvReadOptions) -> Option<(Vec<String>, String)> {
        let input = open(text);
        let prologue = read_prologue(&input, options).unwrap()?;
        Some((prologue.names.unwrap_or_default(), text[prologue.data_start as usize..].to_owned()))
    }

    fn check(text: &str, options: CsvReadOptions, names: &[&str], rest: &str) {
        let expected = (names.iter().map(|n| n.to_string()).collect(), rest.to_owned());
        assert_eq!(prologue(text, &options), Some(expected), "{text:?}");
    }

    #[test]
    fn headers() {
        let default = CsvReadOptions::default;
        check("a,b\n1\n", default(), &["a", "b"], "1\n");
        check("\u{feff}\"a\",b\r\n1", default(), &["a", "b"], "1");
        check("\n\r\na\n", default(), &["a"], "");
        check("\"a\nb\",\"c\"\"d\"\n", default(), &["a\nb", "c\"d"], "");
        check("a,,a,,a\n", default(), &["a", "", "a_duplicated_0", "_duplicated_0", "a_duplicated_1"], "");
        check("x\n\n1\n", CsvReadOptions { skip_rows: 1, ..default() }, &[""], "1\n");
        check("\n1\n", CsvReadOptions { has_header: false, ..default() }, &[], "\n1\n");
        let input = open("a,a,a_duplicated_0\n");
        assert!(read_prologue(&input, &default()).unwrap_err().to_string().contains("a_duplicated_0"));
    }

    #[test]
    fn skipping() {
        let rows = |skip_rows| CsvReadOptions { skip_rows, ..Default::default() };
        let lines = |skip_lines| CsvReadOptions { skip_lines, ..Default::default() };
        let after = |n| CsvReadOptions { skip_rows_after_header: n, ..Default::default() };
        check("x\ny\na\n1\n", rows(2), &["a"], "1\n");
        check("\"x\ny\"\na\n1\n", rows(1), &["a"], "1\n");
        check("\"x\ny\"\na\n1\n", lines(2), &["a"], "1\n");
        check("\n\na\n1\n", lines(1), &["a"], "1\n");
        check("a\n\"x\n\"\n1\n", after(1), &["a"], "1\n");
        check("a\n1\n", after(5), &["a"], "");
        assert_eq!(prologue("a\n1\n", &rows(2)), None);
        assert_eq!(prologue("a\n1\n", &lines(5)), None);
        assert_eq!(prologue("\n\n", &rows(0)), None);
        assert_eq!(prologue("", &rows(0)), None);
        let comments =
            CsvReadOptions { comment_prefix: Some("#".into()), skip_rows: 1, ..Default::default() };
        check("#z\nx\n#\"\na\n1\n", comments, &["a"], "1\n");
    }

    #[test]
    fn rows_across_reads() {
        let text: String = (0..200_000).map(|i| format!("{i},x\n")).collect();
        let input = open(text);
        let first = |length| {
            let (mut rows, mut last) = (0, String::new());
            let each = |text: &[u8], fields: &[Span]| {
                rows += 1;
                last = String::from_utf8_lossy(fields[0].of(text)).into_owned();
            };
            each_row(&input, 0, length, &CsvReadOptions::default(), each).unwrap();
            (rows, last)
        };
        assert_eq!(first(None), (200_000, "199999".to_owned()));
        assert_eq!(first(Some(150_000)), (150_000, "149999".to_owned()));
        assert_eq!(first(Some(0)), (0, String::new()));
    }

    #[test]
    fn a_header_longer_than_the_first_read() {
        let name = "x".repeat(FIRST_READ as usize * 5);
        check(&format!("{name}\n1\n"), CsvReadOptions::default(), &[&name], "1\n");
    }
}
