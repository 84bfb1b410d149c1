//! Where the bytes come from: a file read at offsets, or memory.
//!
//! Files are not mapped into memory: a file that shrinks while it is mapped kills the process. Compressed files are
//! recognised by their first bytes and decompressed into memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use hypostyle_core::{Buffer, Error, Result};

/// One file or its like.
#[derive(Debug)]
pub(super) struct Input {
    path: Option<PathBuf>,
    data: Data,
    len: u64,
}

#[derive(Debug)]
enum Data {
    File(File),
    Memory(Buffer<u8>),
}

impl Input {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let failed = |e| Error::io(path, e);
        let mut file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            let hint = "is a directory; name a file, or several with a pattern such as `*.csv`";
            return Err(failed(std::io::Error::new(std::io::ErrorKind::IsADirectory, hint)));
        }
        let path = Some(path.to_path_buf());
        if !metadata.is_file() {
            // A pipe or a device has no length and no offsets.
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(|e| with_path(&path, e))?;
            return Self::memory(path, bytes.into());
        }
        let mut head = [0; 4];
        let head_len = read_at(&file, &mut head, 0).map_err(|e| with_path(&path, e))?;
        if Compression::of(&head[..head_len]).is_some() {
            let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
            file.read_to_end(&mut bytes).map_err(|e| with_path(&path, e))?;
            return Self::memory(path, bytes.into());
        }
        Ok(Self { path, data: Data::File(file), len: metadata.len() })
    }

    /// Takes bytes, which may be compressed.
    pub(super) fn from_bytes(bytes: Buffer<u8>) -> Result<Self> {
        Self::memory(None, bytes)
    }

    fn memory(path: Option<PathBuf>, bytes: Buffer<u8>) -> Result<Self> {
        let bytes = match Compression::of(&bytes) {
            None => bytes,
            Some(compression) => compression.decompress(&bytes).map_err(|e| with_path(&path, e))?.into(),
        };
        let len = bytes.len() as u64;
        Ok(Self { path, data: Data::Memory(bytes), len })
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Bytes of (decompressed) text.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The bytes of `start..end`, as far as there are any; `scratch` holds them if they are not in memory. It only
    /// ever grows, and what it holds beyond them is of no meaning.
    pub(super) fn read<'a>(&'a self, start: u64, end: u64, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        let end = end.min(self.len);
        let start = start.min(end);
        let too_large = |_| Error::unsupported("a CSV row or block larger than this machine can address");
        match &self.data {
            Data::Memory(bytes) => {
                let range =
                    usize::try_from(start).map_err(too_large)?..usize::try_from(end).map_err(too_large)?;
                Ok(&bytes.as_slice()[range])
            }
            Data::File(file) => {
                let len = usize::try_from(end - start).map_err(too_large)?;
                if scratch.len() < len {
                    scratch.resize(len, 0);
                }
                let read = read_at(file, &mut scratch[..len], start).map_err(|e| with_path(&self.path, e))?;
                if read < len {
                    let changed = "the file became shorter while it was read";
                    return Err(with_path(
                        &self.path,
                        std::io::Error::new(std::io::ErrorKind::UnexpectedEof, changed),
                    ));
                }
                Ok(&scratch[..len])
            }
        }
    }

    /// How many times `byte` occurs before `end`. For messages: it reads the file again.
    pub(super) fn count_before(&self, end: u64, byte: u8) -> Result<u64> {
        let mut scratch = Vec::new();
        let mut count = 0;
        let mut at = 0;
        while at < end {
            let next = (at + (1 << 20)).min(end);
            count += memchr::memchr_iter(byte, self.read(at, next, &mut scratch)?).count() as u64;
            at = next;
        }
        Ok(count)
    }
}

fn with_path(path: &Option<PathBuf>, error: std::io::Error) -> Error {
    match path {
        Some(path) => Error::io(path, error),
        None => Error::from(error),
    }
}

/// Reads until `buffer` is full or the file ends.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        let at = offset + filled as u64;
        #[cfg(unix)]
        let result = std::os::unix::fs::FileExt::read_at(file, &mut buffer[filled..], at);
        #[cfg(windows)]
        let result = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[filled..], at);
        match result {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// The formats that a file may be compressed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn decompress(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut text = Vec::with_capacity(bytes.len().saturating_mul(4));
        let result = match self {
            Self::Gzip => flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text),
            Self::Zstd => zstd::stream::read::Decoder::new(bytes).and_then(|mut d| d.read_to_end(&mut text)),
        };
        match result {
            Ok(_) => Ok(text),
            Err(e) => {
                let name = if self == Self::Gzip { "gzip" } else { "zstd" };
                let message =
                    format!("damaged or truncated {name} data after {} bytes of text: {e}", text.len());
                Err(std::io::Error::new(e.kind(), message))
            }
        }
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

    #[test]
    fn compressed_bytes_are_recognised() {
        let read = |bytes: Vec<u8>| {
            let input = Input::from_bytes(bytes.into())?;
            Ok::<_, Error>(input.read(0, input.len(), &mut vec![])?.to_vec())
        };
        assert_eq!(read(b"a,b\n".to_vec()).unwrap(), b"a,b\n");
        assert_eq!(read(gzip(b"a,b\n")).unwrap(), b"a,b\n");
        // Two members one after the other are one file.
        assert_eq!(read([gzip(b"a,b\n"), gzip(b"1,2\n")].concat()).unwrap(), b"a,b\n1,2\n");
        assert_eq!(read(zstd::stream::encode_all(&b"a,b\n"[..], 1).unwrap()).unwrap(), b"a,b\n");
        let long: Vec<u8> = (0..10_000u32).flat_map(|i| i.to_string().into_bytes()).collect();
        let cut = gzip(&long)[..1000].to_vec();
        assert!(read(cut).unwrap_err().to_string().contains("truncated gzip"));
    }

    #[test]
    fn files_that_cannot_be_read_say_which() {
        let missing = Input::open(Path::new("/no/such/file.csv")).unwrap_err().to_string();
        assert!(missing.contains("/no/such/file.csv"), "{missing}");
        let directory = Input::open(&std::env::temp_dir()).unwrap_err().to_string();
        assert!(directory.contains("is a directory"), "{directory}");
    }
}
