//! Page headers: the one Thrift structure that is read here, because where pages lie and how they are coded decides
//! what is read at all.
//!
//! Compact protocol: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>; structure:
//! <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>.

use super::decode::Encoding;

/// What a page header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) kind: PageKind,
    /// Bytes of the page behind the header.
    pub(super) compressed: usize,
    /// Bytes of the page after decompression.
    pub(super) uncompressed: usize,
    /// Bytes of the header.
    pub(super) len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary {
        values: usize,
        encoding: Encoding,
    },
    Data {
        values: usize,
        encoding: Encoding,
        levels: Encoding,
        repetition: Encoding,
    },
    /// Levels come first, without compression; `compressed` says whether the values behind them are compressed.
    DataV2 {
        values: usize,
        nulls: usize,
        rows: usize,
        encoding: Encoding,
        levels: usize,
        repetition: usize,
        compressed: bool,
    },
    /// Something that holds no values.
    Other,
}

/// Why there is no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// More bytes may make it one.
    TooShort,
    Invalid(&'static str),
}

type Parsed<T> = Result<T, Refused>;

/// Structures deeper than this are refused: no header needs it.
const MAX_DEPTH: usize = 16;

const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const STRUCT: u8 = 12;

impl PageHeader {
    /// Reads the header at the start of the bytes.
    pub(super) fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut input = Input { bytes, at: 0 };
        let (mut kind, mut compressed, mut uncompressed) = (None, None, None);
        let mut page = PageKind::Other;
        let mut field = 0;
        while let Some(tag) = input.field(&mut field)? {
            match (field, tag) {
                (1, 5) => kind = Some(input.i32()?),
                (2, 5) => uncompressed = Some(input.size()?),
                (3, 5) => compressed = Some(input.size()?),
                (5, STRUCT) => page = data_page(&mut input)?,
                (7, STRUCT) => page = dictionary_page(&mut input)?,
                (8, STRUCT) => page = data_page_v2(&mut input)?,
                (_, tag) => input.skip(tag, 0)?,
            }
        }
        let fits = match page {
            PageKind::Data { .. } => kind == Some(0),
            PageKind::Dictionary { .. } => kind == Some(2),
            PageKind::DataV2 { .. } => kind == Some(3),
            PageKind::Other => !matches!(kind, Some(0 | 2 | 3) | None),
        };
        match (compressed, uncompressed) {
            (Some(compressed), Some(uncompressed)) if fits => {
                Ok(Self { kind: page, compressed, uncompressed, len: input.at })
            }
            _ => Err(Refused::Invalid("is no page header")),
        }
    }
}

fn data_page(input: &mut Input<'_>) -> Parsed<PageKind> {
    let (mut values, mut encoding, mut levels, mut repetition) = (None, None, None, None);
    let mut field = 0;
    while let Some(tag) = input.field(&mut field)? {
        match (field, tag) {
            (1, 5) => values = Some(input.size()?),
            (2, 5) => encoding = Some(input.i32()?),
            (3, 5) => levels = Some(input.i32()?),
            (4, 5) => repetition = Some(input.i32()?),
            (_, tag) => input.skip(tag, 0)?,
        }
    }
    match (values, encoding, levels, repetition) {
        (Some(values), Some(encoding), Some(levels), Some(repetition)) => Ok(PageKind::Data {
            values,
            encoding: Encoding(encoding),
            levels: Encoding(levels),
            repetition: Encoding(repetition),
        }),
        _ => Err(Refused::Invalid("lacks fields of its page header")),
    }
}

fn data_page_v2(input: &mut Input<'_>) -> Parsed<PageKind> {
    let (mut values, mut nulls, mut rows, mut encoding) = (None, None, None, None);
    let (mut levels, mut repetition, mut compressed) = (None, None, true);
    let mut field = 0;
    while let Some(tag) = input.field(&mut field)? {
        match (field, tag) {
            (1, 5) => values = Some(input.size()?),
            (2, 5) => nulls = Some(input.size()?),
            (3, 5) => rows = Some(input.size()?),
            (4, 5) => encoding = Some(input.i32()?),
            (5, 5) => levels = Some(input.size()?),
            (6, 5) => repetition = Some(input.size()?),
            (7, TRUE | FALSE) => compressed = tag == TRUE,
            (_, tag) => input.skip(tag, 0)?,
        }
    }
    match (values, nulls, rows, encoding, levels, repetition) {
        (Some(values), Some(nulls), Some(rows), Some(encoding), Some(levels), Some(repetition)) => {
            Ok(PageKind::DataV2 {
                values,
                nulls,
                rows,
                encoding: Encoding(encoding),
                levels,
                repetition,
                compressed,
            })
        }
        _ => Err(Refused::Invalid("lacks fields of its page header")),
    }
}

fn dictionary_page(input: &mut Input<'_>) -> Parsed<PageKind> {
    let (mut values, mut encoding) = (None, None);
    let mut field = 0;
    while let Some(tag) = input.field(&mut field)? {
        match (field, tag) {
            (1, 5) => values = Some(input.size()?),
            (2, 5) => encoding = Some(input.i32()?),
            (_, tag) => input.skip(tag, 0)?,
        }
    }
    match (values, encoding) {
        (Some(values), Some(encoding)) => Ok(PageKind::Dictionary { values, encoding: Encoding(encoding) }),
        _ => Err(Refused::Invalid("lacks fields of its page header")),
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Parsed<u8> {
        let byte = *self.bytes.get(self.at).ok_or(Refused::TooShort)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Parsed<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Refused::Invalid("holds a number that does not end"))
    }

    fn zigzag(&mut self) -> Parsed<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn i32(&mut self) -> Parsed<i32> {
        i32::try_from(self.zigzag()?).map_err(|_| Refused::Invalid("holds a number that is too large"))
    }

    fn size(&mut self) -> Parsed<usize> {
        usize::try_from(self.i32()?).map_err(|_| Refused::Invalid("holds a negative size"))
    }

    /// The type of the next field, its number in `field`; `None` at the end of the structure.
    fn field(&mut self, field: &mut i64) -> Parsed<Option<u8>> {
        let byte = self.byte()?;
        let tag = byte & 0x0f;
        if tag == STOP {
            return Ok(None);
        }
        *field = match byte >> 4 {
            0 => self.zigzag()?,
            delta => field.wrapping_add(i64::from(delta)),
        };
        Ok(Some(tag))
    }

    fn advance(&mut self, bytes: u64) -> Parsed<()> {
        let end = usize::try_from(bytes).ok().and_then(|n| self.at.checked_add(n));
        match end {
            // Strings are no longer than statistics need.
            Some(end) if end <= self.bytes.len() => self.at = end,
            _ => return Err(Refused::TooShort),
        }
        Ok(())
    }

    fn skip(&mut self, tag: u8, depth: usize) -> Parsed<()> {
        if depth > MAX_DEPTH {
            return Err(Refused::Invalid("is nested too deep"));
        }
        match tag {
            TRUE | FALSE => {}
            3 => self.advance(1)?,
            4..=6 => drop(self.varint()?),
            7 => self.advance(8)?,
            8 => {
                let len = self.varint()?;
                self.advance(len)?;
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                for _ in 0..count {
                    self.element(head & 0x0f, depth)?;
                }
            }
            11 => {
                let count = self.varint()?;
                let types = if count > 0 { self.byte()? } else { 0 };
                for _ in 0..count {
                    self.element(types >> 4, depth)?;
                    self.element(types & 0x0f, depth)?;
                }
            }
            STRUCT => {
                let mut field = 0;
                while let Some(tag) = self.field(&mut field)? {
                    self.skip(tag, depth + 1)?;
                }
            }
            13 => self.advance(16)?,
            _ => return Err(Refused::Invalid("holds a field of no known type")),
        }
        Ok(())
    }

    /// An element of a list, where booleans take a byte each.
    fn element(&mut self, tag: u8, depth: usize) -> Parsed<()> {
        match tag {
            TRUE | FALSE => self.advance(1),
            tag => self.skip(tag, depth + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{1: 0, 2: 20, 3: 10, 5: {1: 4, 2: 0, 3: 3, 4: 3, 5: {3: 0}}}`
    const DATA: &[u8] =
        &[0x15, 0, 0x15, 40, 0x15, 20, 0x2c, 0x15, 8, 0x15, 0, 0x15, 6, 0x15, 6, 0x1c, 0x36, 0, 0, 0, 0];

    #[test]
    fn a_data_page() {
        let (encoding, levels) = (Encoding::PLAIN, Encoding::RLE);
        let kind = PageKind::Data { values: 4, encoding, levels, repetition: levels };
        let header = PageHeader { kind, compressed: 10, uncompressed: 20, len: DATA.len() };
        assert_eq!(PageHeader::parse(DATA), Ok(header));
    }

    #[test]
    fn whatever_the_bytes_are_there_is_an_answer() {
        for len in 0..DATA.len() {
            assert_eq!(PageHeader::parse(&DATA[..len]), Err(Refused::TooShort));
        }
        for at in 0..DATA.len() {
            for byte in 0..=255 {
                let mut bytes = DATA.to_vec();
                bytes[at] = byte;
                let _ = PageHeader::parse(&bytes);
            }
        }
        // Lists in lists.
        assert!(PageHeader::parse(&[0x19; 100]).is_err());
        assert!(PageHeader::parse(&[0xff; 100]).is_err());
    }
}
