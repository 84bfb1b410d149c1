//! Stage 2: the fields of one column become a typed column.
//!
//! One loop per physical type. The fast parser of a type sees every field first, unless null values or a type without
//! one forbid it; what it declines (empty, quoted, signed, long) takes the slow way, which decides.

use std::sync::Arc;

use hypostyle_core::{
    Array, BooleanArray, Buffer, Column, DataType, DictArray, Dictionary, Error, MutableBitmap, Native,
    PrimitiveArray, Result, Utf8Array, with_number_type,
};
use hypostyle_kernels::bytes::Span;

use super::dictionary::DictionaryEncoder;
use super::field::{BadField, Content, FieldRules};
use super::parse::decimal::Decimal;
use super::parse::float::Float;
use super::parse::integer::Integer;
use super::parse::temporal::{Date, Datetime, Time};
use super::parse::{AT_ONCE, Parse, boolean};

/// Why a column could not be read.
#[derive(Debug)]
pub(super) enum Failure {
    /// One of its fields says something else.
    Field(BadField),
    /// A field is not UTF-8.
    Utf8(BadField),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<BadField> for Failure {
    fn from(bad: BadField) -> Self {
        Self::Field(bad)
    }
}

/// Whether a column of the type can be read from CSV.
pub(super) fn check_supported(dtype: &DataType) -> Result<()> {
    with_number_type!(dtype, |T| Ok(()), match {
        DataType::Null
        | DataType::Binary
        | DataType::Duration(_)
        | DataType::List(_)
        | DataType::Array(..)
        | DataType::Struct(_) => Err(Error::compute(format!(
            "CSV cannot be read as {dtype}; read the column as String and convert it afterwards"
        ))),
        DataType::Boolean
        | DataType::Decimal(..)
        | DataType::String
        | DataType::Date
        | DataType::Time
        | DataType::Datetime(..)
        | DataType::Categorical
        | DataType::Enum(_) => Ok(()),
    })
}

/// Reads the fields as a column of the type. `encoder` is there for a `String` column that should be a dictionary.
pub(super) fn decode(
    dtype: &DataType,
    text: &[u8],
    spans: &[Span],
    rules: &FieldRules<'_>,
    lossy: bool,
    encoder: Option<&DictionaryEncoder>,
) -> Result<Column, Failure> {
    macro_rules! typed {
        ($parser:expr) => {
            Column::from_primitive(dtype.clone(), primitives(text, spans, rules, &$parser)?)
        };
    }
    let point = rules.point;
    Ok(with_number_type!(dtype, |T| typed!(<T as Number>::parser(point)), match {
        DataType::Decimal(precision, scale) => {
            typed!(Decimal { precision: *precision, scale: *scale, point })
        }
        DataType::Date => typed!(Date),
        DataType::Time => typed!(Time),
        DataType::Datetime(unit, _) => typed!(Datetime { per_second: unit.per_second() }),
        DataType::Boolean => booleans(text, spans, rules)?,
        DataType::String => match encoder.and_then(|e| e.encode(text, spans, rules)) {
            Some(array) => Column::from_dict(array),
            None => Column::from_utf8(strings(text, spans, rules, lossy)?),
        },
        DataType::Categorical => categories(dtype, &strings(text, spans, rules, lossy)?, None)?,
        DataType::Enum(names) => {
            let strings = strings(text, spans, rules, lossy)?;
            match categories(dtype, &strings, Some(names)) {
                Ok(column) => column,
                Err(row) if rules.ignore_errors => {
                    let _ = row;
                    let known = strings.iter().map(|s| s.filter(|s| names.iter().any(|n| **n == **s)));
                    categories(dtype, &known.collect(), Some(names))?
                }
                Err(Failure::Field(bad)) => {
                    return Err(
                        BadField { span: spans.get(bad.row).copied().unwrap_or(bad.span), ..bad }.into()
                    );
                }
                Err(other) => return Err(other),
            }
        }
        DataType::Null
        | DataType::Binary
        | DataType::Duration(_)
        | DataType::List(_)
        | DataType::Array(..)
        | DataType::Struct(_) => {
            check_supported(dtype)?;
            return Err(Error::internal(format!("no CSV parser for {dtype}")).into());
        }
    }))
}

/// How the text of a number is read.
trait Number: Native {
    type Parser: Parse<Value = Self>;
    fn parser(point: u8) -> Self::Parser;
}

macro_rules! implement_numbers {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        $(implement_numbers!($class $t);)+
    };
    (Signed $t:ty) => {
        implement_numbers!($t, Integer<$t, true>, |_point| Integer::default());
    };
    (Unsigned $t:ty) => {
        implement_numbers!($t, Integer<$t, false>, |_point| Integer::default());
    };
    (Float $t:ty) => {
        implement_numbers!($t, Float<$t>, |point| Float::with_point(point));
    };
    ($t:ty, $parser:ty, |$point:ident| $make:expr) => {
        impl Number for $t {
            type Parser = $parser;

            fn parser($point: u8) -> Self::Parser {
                $make
            }
        }
    };
}

hypostyle_core::primitive_types!(@implement_numbers);

/// Null bits that exist only once there is a null.
struct Validity {
    bits: Option<MutableBitmap>,
    rows: usize,
}

impl Validity {
    fn new(rows: usize) -> Self {
        Self { bits: None, rows }
    }

    fn set_null(&mut self, row: usize) {
        self.bits.get_or_insert_with(|| MutableBitmap::constant(true, self.rows)).set(row, false);
    }

    fn finish(self) -> Option<hypostyle_core::Bitmap> {
        self.bits.map(MutableBitmap::freeze)
    }
}

/// A function of its own for each type, so that the registers are its loop's.
#[inline(never)]
fn primitives<P: Parse<Value: Native>>(
    text: &[u8],
    spans: &[Span],
    rules: &FieldRules<'_>,
    parser: &P,
) -> Result<PrimitiveArray<P::Value>, BadField> {
    // Filled by copying, since memory that is first cleared passes through the caches twice.
    let mut values: Vec<P::Value> = Vec::with_capacity(spans.len());
    let mut validity = Validity::new(spans.len());
    let try_fast = rules.null_values.is_empty() || declines_nulls(rules, parser);
    let mut many = try_fast;
    let mut one = |row: usize, span: Span| {
        if try_fast && let Some(parsed) = parser.fast(text, span.start as usize, span.end as usize) {
            return Ok(parsed);
        }
        match slow(text, span, rules, |field| parser.full(field)) {
            Ok(Some(parsed)) => Ok(parsed),
            Ok(None) => {
                validity.set_null(row);
                // What stands under a null is always the same.
                Ok(P::Value::default())
            }
            Err(()) => Err(BadField { row, span }),
        }
    };
    let (chunks, rest) = spans.as_chunks::<AT_ONCE>();
    for (chunk, spans) in chunks.iter().enumerate() {
        let mut parsed = [P::Value::default(); AT_ONCE];
        let mut done = 0u64;
        if many {
            done = parser.fast_many(text, spans, &mut parsed);
            // Where none is plain, the others are not worth the trouble either.
            many = done != 0;
        }
        if done != u64::MAX {
            for (i, (value, span)) in parsed.iter_mut().zip(spans).enumerate() {
                if done >> i & 1 == 0 {
                    *value = one(chunk * AT_ONCE + i, *span)?;
                }
            }
        }
        values.extend_from_slice(&parsed);
    }
    for (i, span) in rest.iter().enumerate() {
        values.push(one(chunks.len() * AT_ONCE + i, *span)?);
    }
    Ok(PrimitiveArray::new(values.into(), validity.finish()))
}

/// Whether the fast parser takes none of the texts that mean null.
#[cold]
fn declines_nulls<P: Parse>(rules: &FieldRules<'_>, parser: &P) -> bool {
    rules.null_values.iter().all(|null| {
        let mut text = null.to_vec();
        text.resize(null.len() + 16, 0);
        parser.fast(&text, 0, null.len()).is_none()
    })
}

/// One field of a type that is not text.
#[inline(never)]
fn slow<T>(
    text: &[u8],
    span: Span,
    rules: &FieldRules<'_>,
    full: impl Fn(&[u8]) -> Option<T>,
) -> Result<Option<T>, ()> {
    match rules.content(text, span) {
        Content::Null => Ok(None),
        Content::Text { bytes: [], .. } => Ok(None),
        Content::Text { bytes, .. } => match full(bytes) {
            Some(value) => Ok(Some(value)),
            None if rules.ignore_errors => Ok(None),
            None => Err(()),
        },
        Content::Malformed if rules.ignore_errors => Ok(None),
        Content::Malformed => Err(()),
    }
}

fn booleans(text: &[u8], spans: &[Span], rules: &FieldRules<'_>) -> Result<Column, BadField> {
    let mut values = MutableBitmap::with_capacity(spans.len());
    let mut validity = Validity::new(spans.len());
    for (row, span) in spans.iter().enumerate() {
        let value = slow(text, *span, rules, boolean::full).map_err(|()| BadField { row, span: *span })?;
        if value.is_none() {
            validity.set_null(row);
        }
        values.push(value.unwrap_or(false));
    }
    Ok(Column::from_boolean(BooleanArray::new(values.freeze(), validity.finish())))
}

/// Short texts are copied with a few wide moves instead of a call, the shortest with one.
const COPIED_AT_ONCE: usize = 64;
const COPIED_BY_ONE: usize = 16;

fn strings(text: &[u8], spans: &[Span], rules: &FieldRules<'_>, lossy: bool) -> Result<Utf8Array, Failure> {
    let room: usize = spans.iter().map(|s| s.end.wrapping_sub(s.start) as usize).sum();
    let mut bytes: Vec<u8> = Vec::with_capacity(room + COPIED_AT_ONCE);
    let mut offsets = Vec::with_capacity(spans.len() + 1);
    let mut validity = Validity::new(spans.len());
    let try_fast = rules.null_values.is_empty();
    offsets.push(0i64);
    for (row, span) in spans.iter().enumerate() {
        let field = span.of(text);
        let plain = match field {
            _ if !try_fast => None,
            [first, ..] if Some(*first) != rules.quote => Some((0, field.len())),
            [first, inner @ .., last] if !rules.doubled && first == last => Some((1, inner.len())),
            _ => None,
        };
        if let Some((skipped, len)) = plain {
            append(&mut bytes, text, span.start as usize + skipped, len);
        } else {
            match rules.content(text, *span) {
                Content::Text { bytes: [], quoted: false, .. } if rules.empty_is_null => {
                    validity.set_null(row)
                }
                Content::Text { bytes: inner, escaped, .. } => {
                    bytes.extend_from_slice(&rules.unescape(inner, escaped))
                }
                Content::Null => validity.set_null(row),
                Content::Malformed if rules.ignore_errors => validity.set_null(row),
                Content::Malformed => return Err(BadField { row, span: *span }.into()),
            }
        }
        offsets.push(bytes.len() as i64);
    }
    let (validity, offsets, bytes) = (validity.finish(), Buffer::from(offsets), Buffer::from(bytes));
    if let Ok(array) = Utf8Array::try_new(offsets.clone(), bytes.clone(), validity.clone()) {
        return Ok(array);
    }
    // Something is not UTF-8.
    let fields = offsets.windows(2).map(|w| &bytes[w[0] as usize..w[1] as usize]);
    let is_null = |row: usize| validity.as_ref().is_some_and(|v| !v.get(row));
    if lossy {
        let fields: Vec<_> = fields.map(String::from_utf8_lossy).collect();
        return Ok(fields.iter().enumerate().map(|(row, f)| (!is_null(row)).then_some(&**f)).collect());
    }
    // Null and bad alike: with `ignore_errors` a field that is not text is null.
    let fields: Vec<_> = fields.map(|f| simdutf8::basic::from_utf8(f).ok()).collect();
    match fields.iter().position(Option::is_none) {
        Some(row) if !rules.ignore_errors => Err(Failure::Utf8(BadField { row, span: spans[row] })),
        _ => Ok(fields.into_iter().enumerate().map(|(row, f)| f.filter(|_| !is_null(row))).collect()),
    }
}

/// Appends `len` bytes of the text from `start` on.
#[inline(always)]
fn append(bytes: &mut Vec<u8>, text: &[u8], start: usize, len: usize) {
    let end = bytes.len() + len;
    match text[start..].first_chunk::<COPIED_AT_ONCE>() {
        Some(chunk) if len <= COPIED_BY_ONE => {
            bytes.extend_from_slice(&chunk[..COPIED_BY_ONE]);
            bytes.truncate(end);
        }
        Some(chunk) if len <= COPIED_AT_ONCE => {
            bytes.extend_from_slice(chunk);
            bytes.truncate(end);
        }
        _ => bytes.extend_from_slice(&text[start..start + len]),
    }
}

/// Codes and names, in the order of first appearance or that of the enumeration.
fn categories(
    dtype: &DataType,
    strings: &Utf8Array,
    names: Option<&Arc<[Arc<str>]>>,
) -> Result<Column, Failure> {
    let mut codes = std::collections::HashMap::new();
    let mut entries: Vec<&str> = Vec::new();
    for name in names.into_iter().flat_map(|n| n.iter()) {
        codes.insert(&**name, entries.len() as u32);
        entries.push(name);
    }
    let mut values = vec![0u32; strings.len()];
    let mut validity = Validity::new(strings.len());
    for (row, string) in strings.iter().enumerate() {
        let Some(string) = string else {
            validity.set_null(row);
            continue;
        };
        values[row] = match codes.get(string) {
            Some(code) => *code,
            None if names.is_some() => return Err(BadField { row, span: Span::MISSING }.into()),
            None => {
                let code = entries.len() as u32;
                codes.insert(string, code);
                entries.push(string);
                code
            }
        };
    }
    let dictionary = Dictionary::try_new(entries.iter().map(|e| Some(*e)).collect())?.assert_unique(false);
    let codes = PrimitiveArray::new(values.into(), validity.finish());
    let array = DictArray::try_new(codes, Arc::new(dictionary))?;
    Ok(Column::try_new(dtype.clone(), Array::Dict(array))?)
}
