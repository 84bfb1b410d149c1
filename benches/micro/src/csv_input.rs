//! How the text of a file gets to the scanner: read into a buffer that is used again, by blocks of several sizes, or
//! mapped into memory. Every form counts newlines, which is less than any scanner does.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::harness::{Group, Prepare};

const BYTES: usize = 256 << 20;
const LINE: &[u8] = b"id016,id016,id0000042202,15,24,5971,5,11,37.211254\n";

pub(crate) fn groups() -> Vec<Group> {
    let path = std::env::temp_dir().join(format!("hypostyle-micro-{}.csv", std::process::id()));
    let Ok(file) = write(&path) else {
        println!("csv input: {} cannot be written", path.display());
        return Vec::new();
    };
    let (file, path) = (Arc::new(file), Arc::new(Removed(path)));
    let answer = (BYTES / LINE.len()) as u64;
    let form = |name, run: fn(&File, &mut Vec<u8>) -> u64| {
        let (file, path) = (file.clone(), path.clone());
        let prepare: Prepare = Box::new(move || {
            let mut buffer = Vec::new();
            Box::new(move |_| {
                let _ = &path;
                run(&file, &mut buffer)
            })
        });
        (name, prepare)
    };
    vec![Group {
        name: "csv input: from the page cache, newlines counted".to_owned(),
        bytes: (answer as usize * LINE.len()) as u64,
        answer,
        forms: vec![
            form("read, blocks of 1 MiB", |file, buffer| read(file, buffer, 1 << 20)),
            form("read, blocks of 64 KiB", |file, buffer| read(file, buffer, 64 << 10)),
            form("read, blocks of 256 KiB", |file, buffer| read(file, buffer, 256 << 10)),
            form("read, blocks of 4 MiB", |file, buffer| read(file, buffer, 4 << 20)),
            form("mapped", |file, _| mapped(file, 0)),
            form("mapped, pages made at once", |file, _| mapped(file, libc::MAP_POPULATE)),
        ],
    }]
}

/// A file that goes when nobody reads it any more.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // Nothing to be done about a temporary file that stays.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn write(path: &PathBuf) -> std::io::Result<File> {
    let text = LINE.repeat(BYTES / LINE.len());
    File::create(path)?.write_all(&text)?;
    File::open(path)
}

fn read(file: &File, buffer: &mut Vec<u8>, block: usize) -> u64 {
    buffer.resize(block, 0);
    let (mut at, mut lines) = (0, 0);
    loop {
        match file.read_at(buffer, at) {
            Ok(count) if count > 0 => {
                lines += newlines(&buffer[..count]);
                at += count as u64;
            }
            _ => return lines,
        }
    }
}

fn mapped(file: &File, flags: libc::c_int) -> u64 {
    let len = BYTES / LINE.len() * LINE.len();
    // SAFETY: a new mapping of a file that nobody else knows, so it keeps its length; only read, and unmapped below.
    unsafe {
        let start = libc::mmap(
            std::ptr::null_mut(),
            len,
            libc::PROT_READ,
            libc::MAP_PRIVATE | flags,
            file.as_raw_fd(),
            0,
        );
        if start == libc::MAP_FAILED {
            return 0;
        }
        let lines = newlines(std::slice::from_raw_parts(start.cast::<u8>(), len));
        libc::munmap(start, len);
        lines
    }
}

fn newlines(text: &[u8]) -> u64 {
    // Counts of a chunk fit a byte, so that the compiler adds bytes.
    text.chunks(255)
        .map(|chunk| u64::from(chunk.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>()))
        .sum()
}
