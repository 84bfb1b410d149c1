//! Keys made integers: short texts, and several integers as one.

use std::borrow::Cow;

use hypostyle_core::{Array, Column, DataType, Error, Result};
use hypostyle_kernels::composite::Composite;
use hypostyle_kernels::short_texts;

/// How the build side's keys were made integers; probe rows must go the same way.
#[derive(Debug)]
pub(super) struct Packing {
    texts: Vec<TextForm>,
    /// What makes them one.
    composite: Option<Composite>,
}

/// What a key of text is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextForm {
    /// Itself: it is too long, or no text.
    Same,
    /// `UInt64`
    Word,
    /// `Int128`
    Number,
}

impl TextForm {
    /// Texts that the build side has no longer ones of become a number that none of its texts has.
    fn pack(self, key: &Column) -> Option<Column> {
        match self {
            Self::Same => Some(key.clone()),
            Self::Word => short_texts::pack_known_words(key),
            Self::Number => short_texts::pack_known(key),
        }
    }
}

impl Packing {
    /// Looks at the build side's keys; gives them packed, one column or several.
    pub(super) fn build(keys: &[Column], len: usize, nulls_equal: bool) -> Result<(Self, Vec<Column>)> {
        let (texts, integers): (Vec<TextForm>, Vec<Column>) = keys
            .iter()
            .map(|key| match (short_texts::pack_words(key), key.array()) {
                (Some(words), _) => (TextForm::Word, words),
                (None, Array::Utf8(_) | Array::Dict(_)) => match short_texts::pack(key) {
                    Some(numbers) => (TextForm::Number, numbers),
                    None => (TextForm::Same, key.clone()),
                },
                _ => (TextForm::Same, key.clone()),
            })
            .unzip();
        let helps = match &integers[..] {
            [key] => {
                // What is an integer of 64 bits without nulls that count is one already.
                *key.dtype() == DataType::Boolean
                    || key.dtype().byte_width() == Some(16)
                    || (nulls_equal && key.null_count() > 0)
            }
            _ => true,
        };
        let composite = if helps { Composite::of(&integers, nulls_equal) } else { None };
        let packing = Self { texts, composite };
        let packed = match &packing.composite {
            Some(composite) => vec![composite.encode(&integers, len).ok_or_else(types_differ)?],
            None => integers,
        };
        Ok((packing, packed))
    }

    /// One key that stays as it is.
    pub(super) fn none() -> Self {
        Self { texts: vec![TextForm::Same], composite: None }
    }

    /// Whether keys stay as they are.
    pub(super) fn is_trivial(&self) -> bool {
        self.composite.is_none() && self.texts.iter().all(|form| *form == TextForm::Same)
    }

    /// Whether keys became numbers, without nulls.
    pub(super) fn has_numbers(&self) -> bool {
        self.composite.is_some()
    }

    /// Keys of probe rows without dictionaries, as far as texts are packed.
    pub(super) fn pack_dictionaries<'a>(&self, keys: &'a [Column]) -> Result<Cow<'a, [Column]>> {
        if !keys.iter().any(|key| matches!(key.array(), Array::Dict(_))) {
            return Ok(Cow::Borrowed(keys));
        }
        let pack = |(form, key): (&TextForm, &Column)| match key.array() {
            Array::Dict(_) => form.pack(key).ok_or_else(types_differ),
            _ => Ok(key.clone()),
        };
        self.texts.iter().zip(keys).map(pack).collect::<Result<Vec<_>>>().map(Cow::Owned)
    }

    /// Keys of probe rows, packed; dictionaries may be packed already.
    pub(super) fn pack<'a>(&self, keys: &'a [Column], len: usize) -> Result<Cow<'a, [Column]>> {
        let mut keys = Cow::Borrowed(keys);
        if self.texts.iter().any(|form| *form != TextForm::Same) {
            let pack = |(form, key): (&TextForm, &Column)| match key.array() {
                Array::Utf8(_) | Array::Dict(_) => form.pack(key).ok_or_else(types_differ),
                _ => Ok(key.clone()),
            };
            keys = Cow::Owned(self.texts.iter().zip(keys.iter()).map(pack).collect::<Result<Vec<_>>>()?);
        }
        match &self.composite {
            None => Ok(keys),
            Some(composite) => {
                composite.encode(&keys, len).map(|key| Cow::Owned(vec![key])).ok_or_else(types_differ)
            }
        }
    }
}

fn types_differ() -> Error {
    Error::internal("both sides of a join have keys of the same types")
}
