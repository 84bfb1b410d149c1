//! The `str` namespace. Null gives null. What is done with one text is done once for each entry of a
//! dictionary.

mod affix;
mod case;
mod contains;
pub(super) mod encode;
mod escape_regex;
mod extract;
mod length;
mod many;
mod matches;
mod normalize;
mod pad;
mod replace;
mod reverse;
mod slice;
mod split;
mod split_parts;
mod strip;
mod strip_affix;
mod to_decimal;
mod to_integer;
mod to_temporal;
mod zfill;

use hypostyle_core::{Array, BooleanBuilder, Column, DataType, Error, ListArray, MutableBitmap, Result};
use hypostyle_kernels::text::{regex, test_text};

pub use to_temporal::times_have_offset;

use super::entry::{Run, Types};
use super::{Arg, Function, Inputs, Param, Signature};

pub(super) static FUNCTIONS: &[Function] = &[
    contains::CONTAINS,
    affix::STARTS_WITH,
    affix::ENDS_WITH,
    length::LEN_BYTES,
    length::LEN_CHARS,
    case::TO_LOWERCASE,
    case::TO_UPPERCASE,
    case::TO_TITLECASE,
    reverse::REVERSE,
    slice::SLICE,
    slice::HEAD,
    slice::TAIL,
    strip::STRIP_CHARS,
    strip::STRIP_CHARS_START,
    strip::STRIP_CHARS_END,
    strip_affix::STRIP_PREFIX,
    strip_affix::STRIP_SUFFIX,
    replace::REPLACE,
    replace::REPLACE_ALL,
    pad::PAD_START,
    pad::PAD_END,
    zfill::ZFILL,
    split::SPLIT,
    split_parts::SPLIT_EXACT,
    split_parts::SPLITN,
    extract::EXTRACT,
    extract::EXTRACT_GROUPS,
    extract::EXTRACT_ALL,
    many::CONTAINS_ANY,
    many::EXTRACT_MANY,
    many::FIND_MANY,
    many::REPLACE_MANY,
    encode::ENCODE,
    encode::DECODE,
    escape_regex::ESCAPE_REGEX,
    matches::COUNT_MATCHES,
    matches::FIND,
    normalize::NORMALIZE,
    to_integer::TO_INTEGER,
    to_decimal::TO_DECIMAL,
    to_temporal::TO_DATE,
    to_temporal::TO_DATETIME,
    to_temporal::TO_TIME,
];

/// A function of strings: they are searched or made, which costs more than reading them back.
const fn string_function(name: &'static str, params: &'static [Param], types: Types, run: Run) -> Function {
    Function::new(name, params, types, run).costly()
}

/// Text in the first argument, options as they are.
fn from_text(name: &str, args: &[Arg<'_>], output: DataType) -> Result<Signature> {
    match args[0].dtype {
        dtype if dtype.is_textual() || *dtype == DataType::Null => {
            Ok(Signature::keep(args, output).with(0, DataType::String))
        }
        dtype => Err(Error::schema(format!("`{name}` takes text, not {dtype}; cast to String first"))),
    }
}

/// Text to text.
fn to_text(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::String)
}

/// Text to a count or a position.
fn to_count(name: &str, args: &[Arg<'_>]) -> Result<Signature> {
    from_text(name, args, DataType::UInt32)
}

/// A test of two texts: once for each entry of a dictionary where the second is the same in every row.
fn test_pairs(inputs: &Inputs<'_>, test: fn(&str, &str) -> bool) -> Result<Column> {
    if inputs.is_constant(1) {
        return match inputs.text(1) {
            Some(second) => test_text(inputs.column(0), |text| test(text, second)).map(Column::from_boolean),
            None => inputs.nulls(),
        };
    }
    let mut builder = BooleanBuilder::new();
    for row in 0..inputs.len {
        let pair = inputs.text_at(0, row).zip(inputs.text_at(1, row));
        builder.push_option(pair.map(|(text, second)| test(text, second)));
    }
    Ok(builder.finish())
}

/// Lists of values that stand side by side; `ends` says where the list of each row ends, which is null where it says nothing.
fn list_of_each(inputs: &Inputs<'_>, values: Column, ends: &[Option<usize>]) -> Result<Column> {
    let (mut offsets, mut valid) =
        (Vec::with_capacity(ends.len() + 1), MutableBitmap::with_capacity(ends.len()));
    let mut last = 0;
    offsets.push(0i64);
    for end in ends {
        last = end.unwrap_or(last);
        offsets.push(last as i64);
        valid.push(end.is_some());
    }
    let array = ListArray::try_new(offsets.into(), values, valid.into_validity())?;
    Column::try_new(inputs.output.clone(), Array::List(array))
}

/// The regular expression of a pattern, which may be meant literally.
fn pattern(text: &str, literal: bool) -> Result<std::sync::Arc<regex::Regex>> {
    if literal { regex(&regex::escape(text)) } else { regex(text) }
}

/// Strict parsing fails where a text gave null.
fn check_parsed(inputs: &Inputs<'_>, parsed: Column, strict: bool) -> Result<Column> {
    let column = inputs.column(0);
    if strict
        && parsed.null_count() > column.null_count()
        && let Some(bad) = (0..column.len()).find(|i| parsed.is_null(*i) && !column.is_null(*i))
    {
        return Err(Error::invalid_operation(format!(
            "`{}` cannot parse {:?} (row {bad}, {} of {} values fail); parsing that is not strict gives null for them",
            inputs.name,
            column.str_at(bad).unwrap_or_default(),
            parsed.null_count() - column.null_count(),
            column.len()
        )));
    }
    Ok(parsed)
}
