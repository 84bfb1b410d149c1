//! What one field says: null, or a text, without its quotes.

use std::borrow::Cow;

use hypostyle_kernels::bytes::Span;

/// What it takes to read the fields of one column in one block.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldRules<'a> {
    /// The quote, if fields of the block may have one.
    pub(super) quote: Option<u8>,
    /// Whether a quoted field may hold a quote.
    pub(super) doubled: bool,
    /// Texts that mean null.
    pub(super) null_values: &'a [Box<[u8]>],
    /// Whether empty means null also for strings.
    pub(super) empty_is_null: bool,
    /// Whether what cannot be read is null.
    pub(super) ignore_errors: bool,
    /// The decimal mark.
    pub(super) point: u8,
}

/// A field that cannot be read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadField {
    pub(super) row: usize,
    pub(super) span: Span,
}

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Null,
    /// The text; `escaped` if it holds doubled quotes.
    Text {
        bytes: &'a [u8],
        quoted: bool,
        escaped: bool,
    },
    /// A quoted field that goes on after its closing quote, or has none.
    Malformed,
}

impl FieldRules<'_> {
    /// The content of a field. Whether an empty text without quotes is null is left to the type.
    #[inline]
    pub(super) fn content<'t>(&self, text: &'t [u8], span: Span) -> Content<'t> {
        if span.is_missing() {
            return Content::Text { bytes: &[], quoted: false, escaped: false };
        }
        let field = span.of(text);
        let (bytes, quoted) = match (self.quote, field) {
            (Some(quote), [first, rest @ ..]) if *first == quote => match rest {
                [inner @ .., last] if *last == quote => (inner, true),
                _ => return Content::Malformed,
            },
            _ => (field, false),
        };
        if self.null_values.iter().any(|null| **null == *bytes) {
            return Content::Null;
        }
        let mut escaped = false;
        if let (true, Some(quote)) = (quoted && self.doubled, self.quote) {
            // Inside, quotes come in pairs.
            let mut at = 0;
            while let Some(found) = memchr::memchr(quote, &bytes[at..]) {
                if bytes.get(at + found + 1) != Some(&quote) {
                    return Content::Malformed;
                }
                escaped = true;
                at += found + 2;
            }
        }
        Content::Text { bytes, quoted, escaped }
    }

    /// The text with doubled quotes made single.
    pub(super) fn unescape<'t>(&self, bytes: &'t [u8], escaped: bool) -> Cow<'t, [u8]> {
        match self.quote {
            Some(quote) if escaped => Cow::Owned(unescape(bytes, quote)),
            _ => Cow::Borrowed(bytes),
        }
    }
}

/// The inside of a quoted field with doubled quotes made single.
fn unescape(bytes: &[u8], quote: u8) -> Vec<u8> {
    let mut single = Vec::with_capacity(bytes.len());
    let mut skip = false;
    for &byte in bytes {
        skip = byte == quote && !skip;
        if !skip {
            single.push(byte);
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Content<'_> {
        let null_values = [Box::from(&b"NA"[..])];
        let rules = FieldRules {
            quote: Some(b'"'),
            doubled: true,
            null_values: &null_values,
            empty_is_null: true,
            ignore_errors: false,
            point: b'.',
        };
        rules.content(text.as_bytes(), Span { start: 0, end: text.len() as u32 })
    }

    #[test]
    fn quotes_nulls_and_what_is_malformed() {
        let text =
            |bytes: &'static str, quoted, escaped| Content::Text { bytes: bytes.as_bytes(), quoted, escaped };
        assert_eq!(content("a"), text("a", false, false));
        assert_eq!(content("\"a\""), text("a", true, false));
        assert_eq!(content("\"\""), text("", true, false));
        assert_eq!(content("\"a\"\"b\""), text("a\"\"b", true, true));
        assert_eq!(content("a\"b"), text("a\"b", false, false));
        assert_eq!(content("NA"), Content::Null);
        assert_eq!(content("\"NA\""), Content::Null);
        for malformed in ["\"", "\"a", "\"a\"b", "\"a\" ", "\"a\"b\"", "\"\"\""] {
            assert_eq!(content(malformed), Content::Malformed, "{malformed}");
        }
        assert_eq!(unescape(b"a\"\"b\"\"\"\"", b'"'), b"a\"b\"\"");
    }
}
