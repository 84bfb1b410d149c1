//! The `str` namespace.

use std::borrow::Cow;

use hypostyle_core::{
    Array, Column, DataType, Error, ListArray, MutableBitmap, Result, StringBuilder, TimeUnit,
};
use hypostyle_kernels::cast::{CastMode, cast};
use hypostyle_kernels::text::{contains_literal, contains_sequence, map_text, map_text_to, regex, test_text};

use super::sequence::slice_bounds;
use super::{Arg, Function, Signature, expect_args, flag, integer, row, text};
use crate::bound::Evaluated;

pub(super) static FUNCTIONS: &[&dyn Function] = &[
    &Contains,
    &Affix { name: "str.starts_with", test: |text, affix| text.starts_with(affix) },
    &Affix { name: "str.ends_with", test: |text, affix| text.ends_with(affix) },
    &Length { name: "str.len_bytes", length: |text| text.len() as u32 },
    &Length { name: "str.len_chars", length: |text| text.chars().count() as u32 },
    &Map { name: "str.to_lowercase", map: |text| text.to_lowercase() },
    &Map { name: "str.to_uppercase", map: |text| text.to_uppercase() },
    &Map { name: "str.to_titlecase", map: titlecase },
    &Map { name: "str.reverse", map: |text| text.chars().rev().collect() },
    &Slice,
    &Strip { name: "str.strip_chars", start: true, end: true },
    &Strip { name: "str.strip_chars_start", start: true, end: false },
    &Strip { name: "str.strip_chars_end", start: false, end: true },
    &StripAffix { name: "str.strip_prefix", strip: |text, affix| text.strip_prefix(affix) },
    &StripAffix { name: "str.strip_suffix", strip: |text, affix| text.strip_suffix(affix) },
    &Replace { name: "str.replace", all: false },
    &Replace { name: "str.replace_all", all: true },
    &Pad { name: "str.pad_start", start: true },
    &Pad { name: "str.pad_end", start: false },
    &ZeroFill,
    &Split,
    &Extract,
    &CountMatches,
    &Find,
    &ToInteger,
    &ToDecimal,
    &ToTemporal { name: "str.to_date", kind: Temporal::Date },
    &ToTemporal { name: "str.to_datetime", kind: Temporal::Datetime },
    &ToTemporal { name: "str.to_time", kind: Temporal::Time },
];

/// Text in the first argument, options as they are.
fn text_signature(
    name: &str,
    args: &[Arg<'_>],
    range: std::ops::RangeInclusive<usize>,
    output: DataType,
) -> Result<Signature> {
    expect_args(name, args, range)?;
    match args[0].dtype {
        DataType::String | DataType::Null | DataType::Categorical | DataType::Enum(_) => {}
        dtype => {
            return Err(Error::schema(format!("`{name}` takes text, not {dtype}; cast to String first")));
        }
    }
    let mut signature = Signature::keep(args, output);
    signature.args[0] = DataType::String;
    Ok(signature)
}

fn is_constant(arg: &Evaluated) -> bool {
    arg.scalar || arg.column.len() == 1
}

/// `str.contains(x, pattern, literal, strict)`
#[derive(Debug)]
struct Contains;

impl Function for Contains {
    fn name(&self) -> &'static str {
        "str.contains"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let signature = text_signature("str.contains", args, 2..=4, DataType::Boolean)?;
        let literal = args.get(2).and_then(|a| a.literal).and_then(|l| l.as_bool()).unwrap_or(false);
        let strict = args.get(3).and_then(|a| a.literal).and_then(|l| l.as_bool()).unwrap_or(true);
        if let (false, true, Some(pattern)) = (literal, strict, args[1].literal.and_then(|l| l.as_str())) {
            regex(pattern)?;
        }
        Ok(signature)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let column = &args[0].column;
        let (literal, strict) = (flag(args, 2, false), flag(args, 3, true));
        if is_constant(&args[1]) {
            let Some(pattern) = args[1].column.str_at(0) else {
                return Ok(Column::full_null(DataType::Boolean, column.len()));
            };
            let plain = |text: &str| !text.chars().any(|c| r"\.+*?()|[]{}^$#&-~".contains(c));
            if literal || plain(pattern) {
                return contains_literal(column, pattern).map(Column::from_boolean);
            }
            // `a.*b`, which is what most patterns come to: literals that follow each other.
            let literals: Vec<&str> = pattern.split(".*").filter(|part| !part.is_empty()).collect();
            if !literals.is_empty() && literals.iter().all(|part| plain(part)) {
                return contains_sequence(column, &literals).map(Column::from_boolean);
            }
            return match regex(pattern) {
                Ok(regex) => test_text(column, |text| regex.is_match(text)).map(Column::from_boolean),
                Err(_) if !strict => Ok(Column::full_null(DataType::Boolean, column.len())),
                Err(error) => Err(error),
            };
        }
        let mut builder = hypostyle_core::BooleanBuilder::new();
        for i in 0..len {
            let found = match (column.str_at(row(column, i)), args[1].column.str_at(i)) {
                (Some(text), Some(pattern)) if literal => Some(text.contains(pattern)),
                (Some(text), Some(pattern)) => match regex(pattern) {
                    Ok(regex) => Some(regex.is_match(text)),
                    Err(_) if !strict => None,
                    Err(error) => return Err(error),
                },
                _ => None,
            };
            builder.push_option(found);
        }
        Ok(builder.finish())
    }
}

/// `starts_with`, `ends_with`
#[derive(Debug)]
struct Affix {
    name: &'static str,
    test: fn(&str, &str) -> bool,
}

impl Function for Affix {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 2..=2, DataType::Boolean)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let (column, affix) = (&args[0].column, &args[1].column);
        if is_constant(&args[1]) {
            return match affix.str_at(0) {
                Some(affix) => test_text(column, |text| (self.test)(text, affix)).map(Column::from_boolean),
                None => Ok(Column::full_null(DataType::Boolean, column.len())),
            };
        }
        let mut builder = hypostyle_core::BooleanBuilder::new();
        for i in 0..len {
            let pair = column.str_at(row(column, i)).zip(affix.str_at(i));
            builder.push_option(pair.map(|(text, affix)| (self.test)(text, affix)));
        }
        Ok(builder.finish())
    }
}

/// Length in bytes or characters.
#[derive(Debug)]
struct Length {
    name: &'static str,
    length: fn(&str) -> u32,
}

impl Function for Length {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 1..=1, DataType::UInt32)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        map_text_to(&args[0].column, DataType::UInt32, |text| Some((self.length)(text)))
    }
}

/// A text for a text.
#[derive(Debug)]
struct Map {
    name: &'static str,
    map: fn(&str) -> String,
}

impl Function for Map {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 1..=1, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        map_text(&args[0].column, |text| Some(Cow::Owned((self.map)(text))))
    }
}

fn titlecase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphanumeric();
    }
    out
}

/// `str.slice(x, offset, length)` in characters; negative offsets count from the end.
#[derive(Debug)]
struct Slice;

impl Function for Slice {
    fn name(&self) -> &'static str {
        "str.slice"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let mut signature = text_signature("str.slice", args, 3..=3, DataType::String)?;
        signature.args[1] = DataType::Int64;
        signature.args[2] = DataType::Int64;
        Ok(signature)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let column = &args[0].column;
        if is_constant(&args[1]) && is_constant(&args[2]) {
            let Some(offset) = integer(args, 1) else {
                return Ok(Column::full_null(DataType::String, column.len()));
            };
            let length = integer(args, 2).map(|l| l.max(0) as usize);
            return map_text(column, |text| Some(Cow::Borrowed(substring(text, offset as i64, length))));
        }
        let mut builder = StringBuilder::with_capacity(len, 0);
        for i in 0..len {
            let offset = args[1].column.get(row(&args[1].column, i)).as_i128();
            let length = args[2].column.get(row(&args[2].column, i)).as_i128();
            builder.push_option(
                column
                    .str_at(row(column, i))
                    .zip(offset)
                    .map(|(text, offset)| substring(text, offset as i64, length.map(|l| l.max(0) as usize))),
            );
        }
        Ok(builder.finish())
    }
}

fn substring(text: &str, offset: i64, length: Option<usize>) -> &str {
    if text.is_ascii() {
        let (start, take) = slice_bounds(text.len(), offset, length);
        return &text[start..start + take];
    }
    let (start, take) = slice_bounds(text.chars().count(), offset, length);
    let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    &text[byte(start)..byte(start + take)]
}

/// `strip_chars(x, characters)`; white space where none are given.
#[derive(Debug)]
struct Strip {
    name: &'static str,
    start: bool,
    end: bool,
}

impl Function for Strip {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 1..=2, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let characters = text(args, 1);
        let strips = |c: char| match &characters {
            Some(set) => set.contains(c),
            None => c.is_whitespace(),
        };
        map_text(&args[0].column, |text| {
            let text = if self.start { text.trim_start_matches(strips) } else { text };
            Some(Cow::Borrowed(if self.end { text.trim_end_matches(strips) } else { text }))
        })
    }
}

/// `strip_prefix(x, prefix)`, `strip_suffix(x, suffix)`
#[derive(Debug)]
struct StripAffix {
    name: &'static str,
    strip: for<'a> fn(&'a str, &str) -> Option<&'a str>,
}

impl Function for StripAffix {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 2..=2, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let Some(affix) = text(args, 1) else {
            return Ok(Column::full_null(DataType::String, args[0].column.len()));
        };
        map_text(&args[0].column, |text| Some(Cow::Borrowed((self.strip)(text, &affix).unwrap_or(text))))
    }
}

/// `replace(x, pattern, value, literal, n)`
#[derive(Debug)]
struct Replace {
    name: &'static str,
    all: bool,
}

impl Function for Replace {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 3..=5, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, len: usize) -> Result<Column> {
        let literal = flag(args, 3, false);
        let count = if self.all { 0 } else { integer(args, 4).unwrap_or(1).max(0) as usize };
        let column = &args[0].column;
        if !is_constant(&args[1]) {
            return Err(Error::unsupported(format!("`{}` with a pattern of its own in each row", self.name)));
        }
        let Some(pattern) = text(args, 1) else {
            return Ok(Column::full_null(DataType::String, column.len()));
        };
        let compiled = if literal { regex(&escape(&pattern))? } else { regex(&pattern)? };
        let replace = |text: &str, value: &str| -> String {
            if literal {
                compiled.replacen(text, count, regex::NoExpand(value)).into_owned()
            } else {
                compiled.replacen(text, count, value).into_owned()
            }
        };
        if is_constant(&args[2]) {
            let Some(value) = text(args, 2) else {
                return Ok(Column::full_null(DataType::String, column.len()));
            };
            return map_text(column, |text| Some(Cow::Owned(replace(text, &value))));
        }
        let mut builder = StringBuilder::with_capacity(len, 0);
        for i in 0..len {
            let pair = column.str_at(row(column, i)).zip(args[2].column.str_at(i));
            builder.push_option(pair.map(|(text, value)| replace(text, value)).as_deref());
        }
        Ok(builder.finish())
    }
}

fn escape(pattern: &str) -> String {
    regex::escape(pattern)
}

/// `pad_start(x, length, character)`
#[derive(Debug)]
struct Pad {
    name: &'static str,
    start: bool,
}

impl Function for Pad {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature(self.name, args, 2..=3, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let width = integer(args, 1).unwrap_or(0).max(0) as usize;
        let fill = text(args, 2).unwrap_or_else(|| " ".to_owned());
        map_text(&args[0].column, |text| {
            let missing = width.saturating_sub(text.chars().count());
            if missing == 0 {
                return Some(Cow::Borrowed(text));
            }
            let padding = fill.repeat(missing);
            Some(Cow::Owned(if self.start { padding + text } else { text.to_owned() + &padding }))
        })
    }
}

/// `zfill(x, length)`: zeros after the sign.
#[derive(Debug)]
struct ZeroFill;

impl Function for ZeroFill {
    fn name(&self) -> &'static str {
        "str.zfill"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.zfill", args, 2..=2, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let width = integer(args, 1).unwrap_or(0).max(0) as usize;
        map_text(&args[0].column, |text| {
            let zeros = "0".repeat(width.saturating_sub(text.len()));
            let (sign, digits) = match text.as_bytes().first() {
                Some(b'+' | b'-') => text.split_at(1),
                _ => ("", text),
            };
            Some(Cow::Owned(format!("{sign}{zeros}{digits}")))
        })
    }
}

/// `split(x, by, inclusive)`
#[derive(Debug)]
struct Split;

impl Function for Split {
    fn name(&self) -> &'static str {
        "str.split"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.split", args, 2..=3, DataType::list(DataType::String))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let (column, by) = (&args[0].column, &args[1].column);
        let inclusive = flag(args, 2, false);
        let mut parts = StringBuilder::new();
        let (mut offsets, mut valid) = (vec![0i64], MutableBitmap::new());
        for i in 0..len {
            match (column.str_at(row(column, i)), by.str_at(row(by, i))) {
                (Some(text), Some("")) => text.chars().for_each(|c| parts.push(c.encode_utf8(&mut [0; 4]))),
                (Some(""), Some(_)) if !inclusive => parts.push(""),
                (Some(text), Some(by)) if inclusive => text.split_inclusive(by).for_each(|p| parts.push(p)),
                (Some(text), Some(by)) => text.split(by).for_each(|p| parts.push(p)),
                _ => {
                    valid.push(false);
                    offsets.push(parts.len() as i64);
                    continue;
                }
            }
            valid.push(true);
            offsets.push(parts.len() as i64);
        }
        let array = ListArray::try_new(offsets.into(), parts.finish(), valid.into_validity())?;
        Column::try_new(output.clone(), Array::List(array))
    }
}

/// `extract(x, pattern, group)`
#[derive(Debug)]
struct Extract;

impl Function for Extract {
    fn name(&self) -> &'static str {
        "str.extract"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.extract", args, 2..=3, DataType::String)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let compiled = regex(&text(args, 1).unwrap_or_default())?;
        let group = integer(args, 2).unwrap_or(1).max(0) as usize;
        map_text(&args[0].column, |text| {
            compiled.captures(text).and_then(|c| c.get(group)).map(|m| Cow::Borrowed(m.as_str()))
        })
    }
}

/// `count_matches(x, pattern, literal)`
#[derive(Debug)]
struct CountMatches;

impl Function for CountMatches {
    fn name(&self) -> &'static str {
        "str.count_matches"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.count_matches", args, 2..=3, DataType::UInt32)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let pattern = text(args, 1).unwrap_or_default();
        let compiled = regex(&if flag(args, 2, false) { escape(&pattern) } else { pattern })?;
        map_text_to(&args[0].column, DataType::UInt32, |text| Some(compiled.find_iter(text).count() as u32))
    }
}

/// `find(x, pattern, literal)`: the byte where the first match starts.
#[derive(Debug)]
struct Find;

impl Function for Find {
    fn name(&self) -> &'static str {
        "str.find"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.find", args, 2..=3, DataType::UInt32)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let pattern = text(args, 1).unwrap_or_default();
        let compiled = regex(&if flag(args, 2, false) { escape(&pattern) } else { pattern })?;
        map_text_to(&args[0].column, DataType::UInt32, |text| compiled.find(text).map(|m| m.start() as u32))
    }
}

/// `to_integer(x, base, strict)`
#[derive(Debug)]
struct ToInteger;

impl Function for ToInteger {
    fn name(&self) -> &'static str {
        "str.to_integer"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        text_signature("str.to_integer", args, 1..=3, DataType::Int64)
    }

    fn evaluate(&self, args: &[Evaluated], _output: &DataType, _len: usize) -> Result<Column> {
        let base = integer(args, 1).unwrap_or(10);
        if !(2..=36).contains(&base) {
            return Err(Error::compute(format!("the base of `str.to_integer` is 2 to 36, not {base}")));
        }
        let column = &args[0].column;
        let parsed =
            map_text_to(column, DataType::Int64, |text| i64::from_str_radix(text, base as u32).ok())?;
        check_parsed(column, parsed, flag(args, 2, true), "str.to_integer")
    }
}

/// Strict parsing fails where a text gave null.
fn check_parsed(column: &Column, parsed: Column, strict: bool, name: &str) -> Result<Column> {
    if strict
        && parsed.null_count() > column.null_count()
        && let Some(bad) = (0..column.len()).find(|i| parsed.is_null(*i) && !column.is_null(*i))
    {
        return Err(Error::invalid_operation(format!(
            "`{name}` cannot parse {:?} (row {bad}, {} of {} values fail); use strict=False to get null for them",
            column.str_at(bad).unwrap_or_default(),
            parsed.null_count() - column.null_count(),
            column.len()
        )));
    }
    Ok(parsed)
}

/// `to_decimal(x, scale)`
#[derive(Debug)]
struct ToDecimal;

impl Function for ToDecimal {
    fn name(&self) -> &'static str {
        "str.to_decimal"
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let scale = args.get(1).and_then(|a| a.literal).and_then(|l| l.as_i128()).unwrap_or(0);
        let scale = u8::try_from(scale).ok().filter(|s| *s <= 38).ok_or_else(|| {
            Error::invalid_operation(format!("the scale of a decimal is 0 to 38, not {scale}"))
        })?;
        text_signature("str.to_decimal", args, 1..=2, DataType::Decimal(38, scale))
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        cast(&args[0].column, output, CastMode::NonStrict)
    }
}

#[derive(Clone, Copy, Debug)]
enum Temporal {
    Date,
    Datetime,
    Time,
}

/// `to_date(x, format, strict)`, `to_datetime(x, format, strict, unit, zone)`, `to_time(x, format, strict)`
#[derive(Debug)]
struct ToTemporal {
    name: &'static str,
    kind: Temporal,
}

impl Function for ToTemporal {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        let option = |i: usize| args.get(i).and_then(|a| a.literal).and_then(|l| l.as_str());
        let output = match self.kind {
            Temporal::Date => DataType::Date,
            Temporal::Time => DataType::Time,
            Temporal::Datetime => {
                let unit = match option(3).unwrap_or("us") {
                    "ms" => TimeUnit::Milliseconds,
                    "us" => TimeUnit::Microseconds,
                    "ns" => TimeUnit::Nanoseconds,
                    other => {
                        return Err(Error::invalid_operation(format!(
                            "a time unit is ms, us or ns, not {other:?}"
                        )));
                    }
                };
                let aware =
                    option(1).is_some_and(|f| f.contains("%z") || f.contains("%:z") || f.contains("%#z"));
                let zone = option(4).map(Into::into).or_else(|| aware.then(|| "UTC".into()));
                DataType::Datetime(unit, zone)
            }
        };
        text_signature(self.name, args, 1..=5, output)
    }

    fn evaluate(&self, args: &[Evaluated], output: &DataType, _len: usize) -> Result<Column> {
        use hypostyle_kernels::temporal as t;
        let column = &args[0].column;
        let format = text(args, 1);
        let parsed = match (self.kind, output) {
            (Temporal::Date, _) => {
                let parse = t::date_parser(format.as_deref(), first_text(column))?;
                map_text_to(column, DataType::Date, |text| parse(text))?
            }
            (Temporal::Time, _) => {
                let format = format.unwrap_or_else(|| "%H:%M:%S%.f".to_owned());
                map_text_to(column, DataType::Time, |text| t::parse_time(text, &format))?
            }
            (Temporal::Datetime, DataType::Datetime(unit, _)) => {
                let parse = t::datetime_parser(format.as_deref(), first_text(column), *unit)?;
                map_text_to(column, output.clone(), |text| parse(text))?
            }
            _ => return Err(Error::internal("to_datetime gives datetimes")),
        };
        check_parsed(column, parsed, flag(args, 2, true), self.name)
    }
}

fn first_text(column: &Column) -> Option<&str> {
    (0..column.len()).find_map(|i| column.str_at(i))
}
