//! Data types as `ArrowSchema`s, and back.

use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use super::abi::{ArrowSchema, FLAG_DICTIONARY_ORDERED, FLAG_NULLABLE};
use super::export::StringForm;
use super::layout::Layout;
use crate::dtype::{DataType, TimeUnit};
use crate::error::{Error, Result};
use crate::schema::{Field, Schema};

/// Nesting deeper than this is refused: no data needs it, and recursion on foreign input needs an end.
const MAX_DEPTH: usize = 64;

/// The key under which Polars keeps an enum's categories: `length;text` one after the other.
const ENUM_KEY: &str = "_PL_ENUM_VALUES2";
const ENUM_KEY_OLD: &str = "_PL_ENUM_VALUES";
/// Marks decimals of scale 0 that are really 128-bit integers, for which Arrow has no format.
const INT128_KEY: &str = "hypostyle.int128";
/// Marks sixteen bytes that are really an unsigned integer, the least significant byte first: no Arrow type for numbers
/// holds all of them.
const UINT128_KEY: &str = "hypostyle.uint128";

struct PrivateSchema {
    _strings: [CString; 2],
    _metadata: Option<Box<[u8]>>,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

impl Drop for PrivateSchema {
    fn drop(&mut self) {
        for child in self.children.drain(..).chain((!self.dictionary.is_null()).then_some(self.dictionary)) {
            // SAFETY: made by `Box::into_raw` in `build` and freed only here; dropping it releases it unless a
            // consumer has moved its content out.
            drop(unsafe { Box::from_raw(child) });
        }
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: consumers pass the struct that the callback came in.
        let schema = unsafe { &mut *schema };
        schema.release = None;
        let private = std::mem::replace(&mut schema.private_data, ptr::null_mut());
        // SAFETY: `build` put the box there; it is taken out once.
        drop(unsafe { Box::from_raw(private.cast::<PrivateSchema>()) });
    }));
}

/// A field as a schema. Text is `LargeUtf8` or a dictionary of it.
pub fn export_field(field: &Field, strings: StringForm) -> Result<ArrowSchema> {
    let (format, metadata, children) = describe(&field.dtype, strings)?;
    let coded = field.dtype == DataType::String && strings == StringForm::Dictionary;
    let dictionary = if coded || field.dtype.is_categorical() {
        Some(export_field(&Field::new("", DataType::String), StringForm::Offsets)?)
    } else {
        None
    };
    let ordered = if matches!(field.dtype, DataType::Enum(_)) { FLAG_DICTIONARY_ORDERED } else { 0 };
    build(&format, &field.name, FLAG_NULLABLE | ordered, &metadata, children, dictionary)
}

/// A frame's schema as a struct.
pub fn export_schema(schema: &Schema, strings: StringForm) -> Result<ArrowSchema> {
    let children = schema.fields().iter().map(|f| export_field(f, strings)).collect::<Result<Vec<_>>>()?;
    build("+s", "", 0, &[], children, None)
}

type Metadata = (&'static str, String);

fn describe(dtype: &DataType, strings: StringForm) -> Result<(String, Vec<Metadata>, Vec<ArrowSchema>)> {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Milliseconds => 'm',
        TimeUnit::Microseconds => 'u',
        TimeUnit::Nanoseconds => 'n',
    };
    let (mut metadata, mut children) = (Vec::new(), Vec::new());
    let format = match dtype {
        DataType::Null => "n",
        DataType::Boolean => "b",
        DataType::Int8 => "c",
        DataType::Int16 => "s",
        DataType::Int32 => "i",
        DataType::Int64 => "l",
        DataType::Int128 => {
            metadata.push((INT128_KEY, String::new()));
            "d:38,0"
        }
        DataType::UInt8 => "C",
        DataType::UInt16 => "S",
        DataType::UInt32 => "I",
        DataType::UInt64 => "L",
        DataType::UInt128 => {
            metadata.push((UINT128_KEY, String::new()));
            "w:16"
        }
        DataType::Float16 => "e",
        DataType::Float32 => "f",
        DataType::Float64 => "g",
        DataType::Decimal(precision, scale) => &format!("d:{precision},{scale}"),
        DataType::String if strings == StringForm::Dictionary => "I",
        DataType::String => "U",
        DataType::Binary => "Z",
        DataType::Date => "tdD",
        DataType::Time => "ttn",
        DataType::Datetime(u, zone) => &format!("ts{}:{}", unit(u), zone.as_deref().unwrap_or_default()),
        DataType::Duration(u) => &format!("tD{}", unit(u)),
        DataType::Categorical => "I",
        DataType::Enum(categories) => {
            metadata.push((ENUM_KEY, categories.iter().map(|c| format!("{};{c}", c.len())).collect()));
            "I"
        }
        DataType::List(inner) => {
            children.push(export_field(&Field::new("item", (**inner).clone()), strings)?);
            "+L"
        }
        DataType::Array(inner, width) => {
            children.push(export_field(&Field::new("item", (**inner).clone()), strings)?);
            &format!("+w:{width}")
        }
        DataType::Struct(fields) => {
            for field in fields {
                children.push(export_field(field, strings)?);
            }
            "+s"
        }
    };
    Ok((format.to_owned(), metadata, children))
}

fn build(
    format: &str,
    name: &str,
    flags: i64,
    metadata: &[Metadata],
    children: Vec<ArrowSchema>,
    dictionary: Option<ArrowSchema>,
) -> Result<ArrowSchema> {
    let c_string = |text: &str| {
        CString::new(text)
            .map_err(|_| Error::schema(format!("{text:?} holds a zero byte, which Arrow names cannot")))
    };
    let strings = [c_string(format)?, c_string(name)?];
    let mut private = Box::new(PrivateSchema {
        _metadata: (!metadata.is_empty()).then(|| encode_metadata(metadata)),
        children: children.into_iter().map(|c| Box::into_raw(Box::new(c))).collect(),
        dictionary: dictionary.map_or(ptr::null_mut(), |d| Box::into_raw(Box::new(d))),
        _strings: strings,
    });
    Ok(ArrowSchema {
        format: private._strings[0].as_ptr(),
        name: private._strings[1].as_ptr(),
        metadata: private._metadata.as_ref().map_or(ptr::null(), |m| m.as_ptr().cast::<c_char>()),
        flags,
        n_children: private.children.len() as i64,
        children: private.children.as_mut_ptr(),
        dictionary: private.dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(private).cast::<c_void>(),
    })
}

/// Pairs as the specification packs them: native 32-bit lengths before each text.
fn encode_metadata(pairs: &[Metadata]) -> Box<[u8]> {
    let mut bytes = (pairs.len() as i32).to_ne_bytes().to_vec();
    for (key, value) in pairs {
        for text in [*key, value.as_str()] {
            bytes.extend((text.len() as i32).to_ne_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    bytes.into()
}

/// The value of a key in packed metadata.
///
/// # Safety
/// `metadata` must be null or follow the specification.
unsafe fn metadata_value(metadata: *const c_char, wanted: &str) -> Option<String> {
    if metadata.is_null() {
        return None;
    }
    // SAFETY: the number of pairs comes first.
    let pairs = unsafe { metadata.cast::<i32>().read_unaligned() };
    // SAFETY: four bytes hold the number.
    let mut at = unsafe { metadata.cast::<u8>().add(4) };
    for _ in 0..pairs {
        let mut text = || -> Option<&[u8]> {
            // SAFETY: a length and as many bytes.
            unsafe {
                let n = usize::try_from(at.cast::<i32>().read_unaligned()).ok()?;
                let slice = std::slice::from_raw_parts(at.add(4), n);
                at = at.add(4 + n);
                Some(slice)
            }
        };
        let (key, value) = (text()?, text()?);
        if key == wanted.as_bytes() {
            return Some(String::from_utf8_lossy(value).into_owned());
        }
    }
    None
}

/// What a schema says, copied out of foreign memory and checked.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub(super) name: String,
    pub(super) layout: Layout,
    pub(super) dtype: DataType,
    pub(super) children: Vec<Foreign>,
    pub(super) dictionary: Option<Box<Foreign>>,
}

impl Foreign {
    /// Reads a schema and everything below it.
    ///
    /// # Safety
    /// The schema must follow the specification.
    pub(super) unsafe fn read(schema: &ArrowSchema) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::read_at(schema, 0) }
    }

    unsafe fn read_at(schema: &ArrowSchema, depth: usize) -> Result<Self> {
        if schema.is_released() {
            return Err(Error::schema("an Arrow schema was used after its release"));
        }
        if depth > MAX_DEPTH {
            return Err(Error::unsupported(format!("Arrow types nested more than {MAX_DEPTH} deep")));
        }
        // SAFETY: strings of a schema that is not released are null or end with zero.
        let format =
            unsafe { text(schema.format)? }.ok_or_else(|| Error::schema("Arrow schema without a format"))?;
        // SAFETY: as above.
        let name = unsafe { text(schema.name)? }.unwrap_or_default();
        let layout = Layout::parse(&format)?;
        let mut children = Vec::new();
        for i in 0..count(schema.n_children, schema.children.is_null(), "children of a schema")? {
            // SAFETY: there are `n_children` pointers.
            let child = unsafe { (*schema.children.add(i)).as_ref() };
            let child = child.ok_or_else(|| Error::schema("Arrow schema with a null child"))?;
            // SAFETY: children follow the specification as their parent does.
            children.push(unsafe { Self::read_at(child, depth + 1)? });
        }
        // SAFETY: null or a valid schema.
        let dictionary = match unsafe { schema.dictionary.as_ref() } {
            // SAFETY: as for children.
            Some(values) => Some(Box::new(unsafe { Self::read_at(values, depth + 1)? })),
            None => None,
        };
        let wanted_children = match &layout {
            Layout::List { .. } | Layout::FixedList(_) => Some(1),
            Layout::Struct => None,
            Layout::Null
            | Layout::Boolean
            | Layout::Primitive(_)
            | Layout::Time32 { .. }
            | Layout::Scaled { .. }
            | Layout::NarrowDecimal { .. }
            | Layout::Bytes { .. }
            | Layout::Views { .. }
            | Layout::FixedBytes(_) => Some(0),
        };
        if wanted_children.is_some_and(|n| n != children.len()) {
            return Err(Error::schema(format!("Arrow format {format:?} with {} children", children.len())));
        }
        let dtype = match (&layout, &dictionary) {
            (layout, Some(_)) if !layout.is_key() => {
                return Err(Error::schema(format!("Arrow dictionary with keys of format {format:?}")));
            }
            (_, Some(values)) => match &values.dtype {
                // SAFETY: the metadata follows the specification.
                DataType::String => match unsafe { enum_categories(schema.metadata) } {
                    Some(categories) => DataType::Enum(categories.into()),
                    None => DataType::Categorical,
                },
                other => other.clone(),
            },
            (Layout::Null, None) => DataType::Null,
            (Layout::Boolean, None) => DataType::Boolean,
            (Layout::Primitive(DataType::Decimal(38, 0)), None)
                // SAFETY: as above.
                if unsafe { metadata_value(schema.metadata, INT128_KEY) }.is_some() =>
            {
                DataType::Int128
            }
            (Layout::Time32 { .. }, None) => DataType::Time,
            (
                Layout::Primitive(dtype) | Layout::Scaled { dtype, .. } | Layout::NarrowDecimal { dtype, .. },
                None,
            ) => dtype.clone(),
            (Layout::Bytes { text, .. } | Layout::Views { text }, None) => {
                if *text { DataType::String } else { DataType::Binary }
            }
            // SAFETY: as above.
            (Layout::FixedBytes(16), None) if unsafe { metadata_value(schema.metadata, UINT128_KEY) }.is_some() => {
                DataType::UInt128
            }
            (Layout::FixedBytes(_), None) => DataType::Binary,
            (Layout::List { .. }, None) => DataType::list(children[0].dtype.clone()),
            (Layout::FixedList(width), None) => DataType::array(children[0].dtype.clone(), *width),
            (Layout::Struct, None) => DataType::Struct(children.iter().map(Self::field).collect()),
        };
        Ok(Self { name, layout, dtype, children, dictionary })
    }

    pub(super) fn field(&self) -> Field {
        Field::new(self.name.as_str(), self.dtype.clone())
    }
}

unsafe fn text(pointer: *const c_char) -> Result<Option<String>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller says that it ends with zero.
    let bytes = unsafe { CStr::from_ptr(pointer) };
    let text =
        bytes.to_str().map_err(|_| Error::schema("a name or format that is not UTF-8 in an Arrow schema"))?;
    Ok(Some(text.to_owned()))
}

/// A count that C gave as a signed number, with its pointer.
pub(super) fn count(n: i64, missing: bool, what: &str) -> Result<usize> {
    let n = usize::try_from(n).map_err(|_| Error::schema(format!("Arrow data with {n} {what}")))?;
    if n > 0 && missing {
        return Err(Error::schema(format!("Arrow data with {n} {what} behind a null pointer")));
    }
    Ok(n)
}

unsafe fn enum_categories(metadata: *const c_char) -> Option<Vec<Arc<str>>> {
    // SAFETY: the caller's promise.
    let packed =
        unsafe { metadata_value(metadata, ENUM_KEY).or_else(|| metadata_value(metadata, ENUM_KEY_OLD)) }?;
    let mut categories = Vec::new();
    let mut rest = packed.as_str();
    while !rest.is_empty() {
        let (length, tail) = rest.split_once(';')?;
        let length: usize = length.parse().ok()?;
        categories.push(tail.get(..length)?.into());
        rest = &tail[length..];
    }
    Some(categories)
}

/// The field that a schema describes.
///
/// # Safety
/// The schema must follow the specification.
pub unsafe fn import_field(schema: &ArrowSchema) -> Result<Field> {
    // SAFETY: the caller's promise.
    Ok(unsafe { Foreign::read(schema)? }.field())
}

/// The columns that a struct's schema describes.
///
/// # Safety
/// The schema must follow the specification.
pub unsafe fn import_schema(schema: &ArrowSchema) -> Result<Schema> {
    // SAFETY: the caller's promise.
    let foreign = unsafe { Foreign::read(schema)? };
    match foreign.dtype {
        DataType::Struct(fields) => Schema::try_new(fields),
        other => Err(Error::schema(format!("a table needs an Arrow struct, not {other}"))),
    }
}
