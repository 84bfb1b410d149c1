//! Columns that grow by JSON values, one builder a type. Values go from the text into the columns directly.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use hypostyle_core::{
    Array, Bitmap, BooleanBuilder, Buffer, Column, DataType, Error, Field, FixedListArray, ListArray, Native,
    PrimitiveBuilder, Result, StringBuilder, StructArray, with_number_type,
};
use hypostyle_kernels::cast::{CastMode, cast};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::csv::values;

/// What goes on while values are read.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// The text that values are parts of.
    pub(crate) text: &'a [u8],
    /// Whether values that do not fit their column become null.
    pub(crate) ignore_errors: bool,
    /// The value that did not fit.
    pub(crate) misfit: Option<Misfit>,
}

/// A value that does not fit its column.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// The text of the value.
    pub(crate) value: String,
    /// The names that lead to it.
    pub(crate) path: Vec<Arc<str>>,
    /// The type of the column.
    pub(crate) dtype: DataType,
}

/// Grows a column.
#[derive(Debug)]
pub(crate) struct Builder {
    dtype: DataType,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Null(usize),
    Boolean(BooleanBuilder),
    Number(Numbers),
    /// As a string or a number.
    Decimal(PrimitiveBuilder<i128>, u8, u8),
    /// Strings, or the text of whatever else there is.
    String(StringBuilder),
    /// Strings that become another type at the end.
    Words(StringBuilder),
    Date(PrimitiveBuilder<i32>),
    Time(PrimitiveBuilder<i64>),
    Datetime(PrimitiveBuilder<i64>, i64),
    List(Box<Lists>),
    /// Lists of this length.
    FixedList(Box<Lists>, usize),
    Struct(Box<Fields>, Validity),
}

/// What text a number has.
trait Number: Native {
    /// A builder for columns of these.
    fn builder() -> Numbers;
    /// The number whose text is `text[start..end]`.
    fn parse(text: &[u8], start: usize, end: usize) -> Option<Self>;
}

macro_rules! define_numbers {
    ([$($(#[$doc:meta])* ($variant:ident, $t:ty, $class:ident, $short:literal))+]) => {
        /// Grows a column of plain numbers.
        #[derive(Debug)]
        enum Numbers {
            $($variant(PrimitiveBuilder<$t>),)+
        }

        impl Numbers {
            fn push_null(&mut self) {
                match self {
                    $(Self::$variant(b) => b.push_null(),)+
                }
            }

            /// Appends the number whose text is `text[start..end]`, if it is one.
            #[inline]
            fn push(&mut self, text: &[u8], start: usize, end: usize) -> bool {
                match self {
                    $(Self::$variant(b) => match <$t as Number>::parse(text, start, end) {
                        Some(value) => {
                            b.push(value);
                            true
                        }
                        None => false,
                    },)+
                }
            }

            fn finish(self, dtype: DataType) -> Column {
                match self {
                    $(Self::$variant(b) => b.finish(dtype),)+
                }
            }
        }

        $(impl Number for $t {
            fn builder() -> Numbers {
                Numbers::$variant(PrimitiveBuilder::new())
            }
            #[inline]
            fn parse(text: &[u8], start: usize, end: usize) -> Option<Self> {
                define_numbers!($class text, start, end)
            }
        })+
    };
    (Float $text:ident, $start:ident, $end:ident) => { values::FloatText::parse($text, $start, $end) };
    // Signed and Unsigned.
    ($class:ident $text:ident, $start:ident, $end:ident) => { values::integer($text, $start, $end) };
}

hypostyle_core::primitive_types!(@define_numbers);

#[derive(Debug)]
struct Lists {
    ends: Vec<i64>,
    validity: Validity,
    items: Builder,
    len: usize,
}

impl Lists {
    fn new(inner: &DataType) -> Result<Self> {
        Ok(Self { ends: vec![0], validity: Validity::default(), items: Builder::new(inner)?, len: 0 })
    }
}

/// Which rows are there, from the first that is not.
#[derive(Debug, Default)]
struct Validity {
    bits: Vec<bool>,
    nulls: bool,
}

impl Validity {
    fn push(&mut self, valid: bool) {
        self.bits.push(valid);
        self.nulls |= !valid;
    }

    fn finish(self) -> Option<Bitmap> {
        self.nulls.then(|| self.bits.into_iter().collect())
    }
}

impl Builder {
    /// A builder for a type.
    pub(crate) fn new(dtype: &DataType) -> Result<Self> {
        let kind = with_number_type!(dtype, |T| Kind::Number(<T as Number>::builder()), match {
            DataType::Null => Kind::Null(0),
            DataType::Boolean => Kind::Boolean(BooleanBuilder::new()),
            DataType::Duration(_) => Kind::Number(i64::builder()),
            DataType::Decimal(precision, scale) => Kind::Decimal(PrimitiveBuilder::new(), *precision, *scale),
            DataType::String => Kind::String(StringBuilder::new()),
            DataType::Categorical | DataType::Enum(_) => Kind::Words(StringBuilder::new()),
            DataType::Date => Kind::Date(PrimitiveBuilder::new()),
            DataType::Time => Kind::Time(PrimitiveBuilder::new()),
            DataType::Datetime(unit, _) => Kind::Datetime(PrimitiveBuilder::new(), unit.per_second()),
            DataType::List(inner) => Kind::List(Box::new(Lists::new(inner)?)),
            DataType::Array(inner, width) => Kind::FixedList(Box::new(Lists::new(inner)?), *width),
            DataType::Struct(fields) => Kind::Struct(Box::new(Fields::new(fields)?), Validity::default()),
            DataType::Binary => {
                return Err(Error::unsupported("JSON has no text for bytes; read the column as a String"));
            }
        });
        Ok(Self { dtype: dtype.clone(), kind })
    }

    /// Appends null.
    pub(crate) fn push_null(&mut self) {
        match &mut self.kind {
            Kind::Null(len) => *len += 1,
            Kind::Boolean(b) => b.push_option(None),
            Kind::Number(b) => b.push_null(),
            Kind::Date(b) => b.push_null(),
            Kind::Time(b) | Kind::Datetime(b, _) => b.push_null(),
            Kind::Decimal(b, ..) => b.push_null(),
            Kind::String(b) | Kind::Words(b) => b.push_null(),
            Kind::List(lists) => {
                lists.len += 1;
                lists.validity.push(false);
                lists.ends.extend(lists.ends.last().copied());
            }
            Kind::FixedList(lists, width) => {
                lists.len += 1;
                lists.validity.push(false);
                (0..*width).for_each(|_| lists.items.push_null());
            }
            Kind::Struct(fields, validity) => {
                fields.push_null();
                validity.push(false);
            }
        }
    }

    /// The column.
    pub(crate) fn finish(self) -> Result<Column> {
        let dtype = self.dtype;
        Ok(match self.kind {
            Kind::Null(len) => Column::full_null(dtype, len),
            Kind::Boolean(b) => b.finish(),
            Kind::Number(b) => b.finish(dtype),
            Kind::Date(b) => b.finish(dtype),
            Kind::Time(b) | Kind::Datetime(b, _) => b.finish(dtype),
            Kind::Decimal(b, ..) => b.finish(dtype),
            Kind::String(b) => b.finish(),
            Kind::Words(b) => cast(&b.finish(), &dtype, CastMode::Strict)?,
            Kind::List(lists) => {
                let Lists { ends, validity, items, .. } = *lists;
                let array = ListArray::try_new(Buffer::from(ends), items.finish()?, validity.finish())?;
                Column::try_new(dtype, Array::List(array))?
            }
            Kind::FixedList(lists, width) => {
                let Lists { validity, items, len, .. } = *lists;
                let array = FixedListArray::try_new(items.finish()?, width, len, validity.finish())?;
                Column::try_new(dtype, Array::FixedList(array))?
            }
            Kind::Struct(fields, validity) => {
                let len = fields.rows;
                let array = StructArray::try_new(fields.finish()?, len, validity.finish())?;
                Column::try_new(dtype, Array::Struct(array))?
            }
        })
    }
}

/// The builders of the members of objects, by name.
#[derive(Debug)]
pub(crate) struct Fields {
    names: Vec<Arc<str>>,
    builders: Vec<Builder>,
    /// One above the row that a builder got its last value for.
    filled: Vec<usize>,
    rows: usize,
}

impl Fields {
    /// Builders for fields.
    pub(crate) fn new(fields: &[Field]) -> Result<Self> {
        Ok(Self {
            names: fields.iter().map(|field| field.name.clone()).collect(),
            builders: fields.iter().map(|field| Builder::new(&field.dtype)).collect::<Result<_>>()?,
            filled: vec![0; fields.len()],
            rows: 0,
        })
    }

    /// Rows so far.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    fn push_null(&mut self) {
        self.builders.iter_mut().for_each(Builder::push_null);
        self.rows += 1;
    }

    /// The columns.
    pub(crate) fn finish(self) -> Result<Vec<Column>> {
        self.builders.into_iter().map(Builder::finish).collect()
    }

    /// Where a member goes that comes after the one at `guess - 1`: objects of one kind have their members in one
    /// order.
    #[inline]
    fn place(&self, name: &str, guess: usize) -> Option<usize> {
        match self.names.get(guess) {
            Some(known) if **known == *name => Some(guess),
            _ => self.names.iter().position(|known| **known == *name),
        }
    }
}

/// Reads one object, and appends its members.
pub(crate) struct ObjectSeed<'b, 'r, 'a> {
    pub(crate) fields: &'b mut Fields,
    pub(crate) reading: &'r mut Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { fields, reading } = self;
        let row = fields.rows + 1;
        let (mut guess, mut found) = (0, 0);
        while let Some(place) = members.next_key_seed(KeySeed { fields, guess })? {
            match place {
                // Of members of one name the first counts.
                Some(place) if fields.filled[place] < row => {
                    let builder = &mut fields.builders[place];
                    if let Err(error) = members.next_value_seed(ValueSeed { builder, reading }) {
                        if let Some(misfit) = &mut reading.misfit {
                            misfit.path.insert(0, fields.names[place].clone());
                        }
                        return Err(error);
                    }
                    fields.filled[place] = row;
                    found += 1;
                    guess = place + 1;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        if found < fields.builders.len() {
            for (builder, filled) in fields.builders.iter_mut().zip(&mut fields.filled) {
                if *filled < row {
                    builder.push_null();
                }
            }
        }
        fields.rows = row;
        Ok(())
    }
}

/// Finds the place of a member by its name.
struct KeySeed<'b> {
    fields: &'b Fields,
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.fields.place(name, self.guess))
    }
}

/// Reads one value, and appends it.
struct ValueSeed<'b, 'r, 'a> {
    builder: &'b mut Builder,
    reading: &'r mut Reading<'a>,
}

impl ValueSeed<'_, '_, '_> {
    /// A value of another type: null, or an error that says which.
    fn misfit<E: serde::de::Error>(self, value: &dyn fmt::Display) -> Result<(), E> {
        if self.reading.ignore_errors {
            self.builder.push_null();
            return Ok(());
        }
        let dtype = self.builder.dtype.clone();
        self.reading.misfit = Some(Misfit { value: value.to_string(), path: Vec::new(), dtype });
        Err(E::custom("a value does not fit its column"))
    }

    /// Appends what a scalar's text says.
    fn scalar<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let value = <&RawValue>::deserialize(deserializer)?.get();
        // The value is a part of the text, so that its place can be told.
        let start = (value.as_ptr() as usize).wrapping_sub(self.reading.text.as_ptr() as usize);
        let (text, start, end) = match start.checked_add(value.len()) {
            Some(end) if end <= self.reading.text.len() => (self.reading.text, start, end),
            _ => (value.as_bytes(), 0, value.len()),
        };
        let first = value.as_bytes().first().copied();
        if first == Some(b'n') {
            self.builder.push_null();
            return Ok(());
        }
        let is_number = matches!(first, Some(b'-' | b'0'..=b'9'));
        let done = match &mut self.builder.kind {
            Kind::Boolean(b) => match value {
                "true" | "false" => {
                    b.push_option(Some(value == "true"));
                    true
                }
                _ => false,
            },
            Kind::Number(b) => is_number && b.push(text, start, end),
            Kind::Null(_)
            | Kind::Decimal(..)
            | Kind::String(_)
            | Kind::Words(_)
            | Kind::Date(_)
            | Kind::Time(_)
            | Kind::Datetime(..)
            | Kind::List(_)
            | Kind::FixedList(..)
            | Kind::Struct(..) => false,
        };
        if done { Ok(()) } else { self.misfit(&value) }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.builder.kind {
            Kind::String(_)
            | Kind::Words(_)
            | Kind::Date(_)
            | Kind::Time(_)
            | Kind::Datetime(..)
            | Kind::Decimal(..)
            | Kind::List(_)
            | Kind::FixedList(..)
            | Kind::Struct(..) => deserializer.deserialize_any(self),
            Kind::Null(_) | Kind::Boolean(_) | Kind::Number(_) => self.scalar(deserializer),
        }
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of type {}", self.builder.dtype)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.builder.push_null();
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        fn put<T: Native>(builder: &mut PrimitiveBuilder<T>, value: Option<T>) -> bool {
            match value {
                Some(value) => builder.push(value),
                None => return false,
            }
            true
        }
        let bytes = value.as_bytes();
        let done = match &mut self.builder.kind {
            Kind::String(b) | Kind::Words(b) => {
                b.push(value);
                true
            }
            Kind::Date(b) => put(b, values::date(bytes)),
            Kind::Time(b) => put(b, values::time(bytes)),
            Kind::Datetime(b, per_second) => put(b, values::datetime(bytes, *per_second)),
            Kind::Decimal(b, precision, scale) => put(b, values::decimal(bytes, *precision, *scale)),
            _ => false,
        };
        if done { Ok(()) } else { self.misfit(&format_args!("{value:?}")) }
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.other(if value { "true".into() } else { "false".into() })
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.other(value.to_string().into())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.other(value.to_string().into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.other(zmij::Buffer::new().format(value).to_owned().into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if let Kind::FixedList(lists, width) = &mut self.builder.kind {
            let (width, mut count) = (*width, 0);
            while count < width {
                let seed = ValueSeed { builder: &mut lists.items, reading: self.reading };
                if items.next_element_seed(seed)?.is_none() {
                    break;
                }
                count += 1;
            }
            (count..width).for_each(|_| lists.items.push_null());
            while items.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            if count != width && !self.reading.ignore_errors {
                return self.misfit(&format_args!("an array of {count} values"));
            }
            lists.len += 1;
            lists.validity.push(count == width);
            return Ok(());
        }
        let Kind::List(lists) = &mut self.builder.kind else {
            let items = Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(items))?;
            return self.nested(&serde_json::Value::Array(items));
        };
        let (builder, mut count) = (&mut lists.items, 0);
        while items.next_element_seed(ValueSeed { builder, reading: self.reading })?.is_some() {
            count += 1;
        }
        let end = lists.ends.last().copied().unwrap_or(0) + count;
        lists.ends.push(end);
        lists.validity.push(true);
        lists.len += 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Kind::Struct(fields, validity) = &mut self.builder.kind else {
            let members = Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(members))?;
            return self.nested(&serde_json::Value::Object(members));
        };
        ObjectSeed { fields, reading: self.reading }.visit_map(members)?;
        validity.push(true);
        Ok(())
    }
}

impl ValueSeed<'_, '_, '_> {
    /// A scalar that is no string, for a column of text, or of decimals.
    fn other<E: serde::de::Error>(self, text: Cow<'static, str>) -> Result<(), E> {
        match &mut self.builder.kind {
            Kind::String(b) => b.push(&text),
            Kind::Decimal(b, precision, scale)
                if text.as_bytes().first().is_some_and(|b| !b.is_ascii_alphabetic()) =>
            {
                match values::decimal(text.as_bytes(), *precision, *scale) {
                    Some(value) => b.push(value),
                    None => return self.misfit(&text),
                }
            }
            _ => return self.misfit(&text),
        }
        Ok(())
    }

    /// An array or object for a column that is neither: its text, if it is a column of text.
    fn nested<E: serde::de::Error>(self, value: &serde_json::Value) -> Result<(), E> {
        let mut text = String::new();
        write_spaced(value, &mut text);
        match &mut self.builder.kind {
            Kind::String(b) => b.push(&text),
            _ => return self.misfit(&text),
        }
        Ok(())
    }
}

/// JSON with a blank after commas and colons.
fn write_spaced(value: &serde_json::Value, out: &mut String) {
    use serde_json::Value;
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_spaced(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (i, (name, item)) in members.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(&Value::String(name.clone()).to_string());
                out.push_str(": ");
                write_spaced(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
