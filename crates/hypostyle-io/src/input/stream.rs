//! Compressed text, decompressed as far as it is wanted; a window of it is kept.

use std::io::{BufReader, Read};

use super::Bytes;

/// The formats that text may be compressed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// By the first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    fn decoder(self, bytes: Bytes) -> std::io::Result<Decoder> {
        let bytes = BufReader::with_capacity(1 << 17, Position { bytes, at: 0 });
        Ok(match self {
            Self::Gzip => Decoder::Gzip(Box::new(flate2::bufread::MultiGzDecoder::new(bytes))),
            Self::Zstd => Decoder::Zstd(zstd::stream::read::Decoder::with_buffer(bytes)?),
        })
    }
}

/// Reads on from where it is.
#[derive(Debug)]
struct Position {
    bytes: Bytes,
    at: u64,
}

impl Read for Position {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

enum Decoder {
    Gzip(Box<flate2::bufread::MultiGzDecoder<BufReader<Position>>>),
    Zstd(zstd::stream::read::Decoder<'static, BufReader<Position>>),
}

impl Decoder {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// How much is decompressed at a time.
const STEP: usize = 1 << 18;

/// A compressed input and the window of its text that is held.
pub(super) struct Stream {
    bytes: Bytes,
    compression: Compression,
    decoder: Decoder,
    /// The text from `start` on.
    window: Vec<u8>,
    start: u64,
    /// What is before this is not needed any more.
    released: u64,
    ended: bool,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("compression", &self.compression)
            .field("start", &self.start)
            .field("held", &self.window.len())
            .finish_non_exhaustive()
    }
}

impl Stream {
    pub(super) fn new(bytes: Bytes, compression: Compression) -> std::io::Result<Self> {
        let decoder = compression.decoder(bytes.clone())?;
        Ok(Self { bytes, compression, decoder, window: Vec::new(), start: 0, released: 0, ended: false })
    }

    fn end(&self) -> u64 {
        self.start + self.window.len() as u64
    }

    /// Copies the text of `start..end` to the beginning of `out`: how much there is, and whether it is the last.
    pub(super) fn read(&mut self, start: u64, end: u64, out: &mut Vec<u8>) -> std::io::Result<(usize, bool)> {
        if start < self.start {
            // Once more from the beginning.
            *self = Self::new(self.bytes.clone(), self.compression)?;
        }
        // One byte further, to know whether the text ends here.
        while self.end() <= end && !self.ended {
            self.advance(start)?;
        }
        let end = end.min(self.end());
        let start = start.min(end);
        // The window starts at or before `start`: what was dropped is released or before it.
        let text = &self.window[(start - self.start) as usize..(end - self.start) as usize];
        if out.len() < text.len() {
            out.resize(text.len(), 0);
        }
        out[..text.len()].copy_from_slice(text);
        Ok((text.len(), self.ended && end == self.end()))
    }

    /// Whether there is text from `start` on.
    pub(super) fn reaches(&mut self, start: u64) -> std::io::Result<bool> {
        while self.end() <= start && !self.ended {
            self.advance(self.released)?;
        }
        Ok(start < self.end())
    }

    pub(super) fn release(&mut self, offset: u64) {
        self.released = self.released.max(offset);
    }

    /// Decompresses one step further, and drops what is released and before `needed`.
    fn advance(&mut self, needed: u64) -> std::io::Result<()> {
        let droppable = self.released.min(needed).min(self.end()).saturating_sub(self.start) as usize;
        // Moving the rest costs as much as it is long, so it waits until that is little.
        if droppable > self.window.len() / 2 {
            self.window.drain(..droppable);
            self.start += droppable as u64;
        }
        let held = self.window.len();
        self.window.resize(held + STEP, 0);
        let mut filled = held;
        let mut result = Ok(());
        while filled < self.window.len() {
            match self.decoder.read(&mut self.window[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let (name, text) = (self.compression.name(), self.start + filled as u64);
                    let message = format!("damaged or truncated {name} data after {text} bytes of text: {e}");
                    result = Err(std::io::Error::new(e.kind(), message));
                    break;
                }
            }
        }
        self.window.truncate(filled);
        result
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn stream(bytes: Vec<u8>) -> Stream {
        let compression = Compression::of(&bytes).unwrap();
        Stream::new(Bytes::Memory(bytes.into()), compression).unwrap()
    }

    fn text() -> Vec<u8> {
        (0..300_000u32)
            .flat_map(|i| (i.wrapping_mul(2_654_435_761) % 100_000).to_string().into_bytes())
            .collect()
    }

    #[test]
    fn any_piece_in_any_order() {
        let text = text();
        let zstd = zstd::stream::encode_all(&text[..], 1).unwrap();
        // Two members one after the other are one file.
        let half = text.len() / 2;
        for bytes in [gzip(&text), [gzip(&text[..half]), gzip(&text[half..])].concat(), zstd] {
            let mut stream = stream(bytes);
            let mut out = Vec::new();
            for (start, end) in
                [(0, 10), (500_000, 900_000), (5, 700_000), (0, u64::MAX), (u64::MAX, u64::MAX)]
            {
                let (len, last) = stream.read(start, end, &mut out).unwrap();
                let end = (end as usize).min(text.len());
                assert_eq!(&out[..len], &text[(start as usize).min(end)..end]);
                assert_eq!(last, end == text.len());
                stream.release(start);
            }
            assert!(stream.reaches(text.len() as u64 - 1).unwrap());
            assert!(!stream.reaches(text.len() as u64).unwrap());
        }
    }

    #[test]
    fn only_a_window_is_held() {
        let text = vec![b'x'; 20 << 20];
        let mut stream = stream(gzip(&text));
        let mut out = Vec::new();
        for start in (0..text.len() as u64).step_by(1 << 20) {
            assert_eq!(stream.read(start, start + (1 << 20), &mut out).unwrap().0, 1 << 20);
            stream.release(start + (1 << 20));
            assert!(stream.window.capacity() < 8 << 20);
        }
    }

    #[test]
    fn truncated_data_is_an_error() {
        for mut bytes in [gzip(&text()), zstd::stream::encode_all(&text()[..], 1).unwrap()] {
            bytes.truncate(bytes.len() / 2);
            let error = stream(bytes).read(0, u64::MAX, &mut Vec::new()).unwrap_err().to_string();
            assert!(error.contains("damaged or truncated"), "{error}");
        }
    }
}
