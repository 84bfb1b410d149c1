//! Hostile arrays: the seeds in `tests/corpus/ffi/`, and changes of them, come in as a column or as an error, and their
//! memory is released once.
//!
//! A seed is a format, a line of length, null count, offset and the distance from an aligned address, and a line for each
//! buffer: bytes in hexadecimal, or `-` for a null pointer. What no importer can see is kept as the specification has
//! it: buffers are as long as length, offset and offsets into values say.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::tests::{Foreign, foreign};
use super::*;

/// No buffer that is read has more rows in front, or of its own.
const MOST_ROWS: i64 = 64;
/// No row takes more bytes: those of a decimal of 256 bits.
const ROW_BYTES: usize = 32;
/// As long as the values of texts may be.
const VALUES: usize = 1 << 12;

#[derive(Clone, Debug)]
struct Seed {
    format: String,
    /// Length, null count, offset, distance from an aligned address.
    numbers: [i64; 4],
    buffers: Vec<Option<Vec<u8>>>,
}

impl Seed {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let format = lines.next().unwrap().to_owned();
        let numbers: Vec<i64> = lines.next().unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let buffer = |line: &str| (line != "-").then(|| line.as_bytes().chunks(2).map(byte).collect());
        Self { format, numbers: numbers.try_into().unwrap(), buffers: lines.map(buffer).collect() }
    }

    /// Whether it says nothing of its buffers that an importer would have to believe.
    fn keeps_promises(&self) -> bool {
        let [length, _, offset, shift] = self.numbers;
        if !(0..16).contains(&shift) {
            return false;
        }
        let refused = length < 0 || offset < 0 || length == i64::MAX || offset == i64::MAX;
        if refused || length > MOST_ROWS || offset > MOST_ROWS {
            return refused;
        }
        let row = self.format.strip_prefix("w:").and_then(|width| width.parse::<usize>().ok());
        if row.is_some_and(|row| row > ROW_BYTES) {
            return false;
        }
        let end = (length + offset) as usize;
        let at = |width: usize| {
            let offsets = self.padded(1)?;
            let mut bytes = [0; 8];
            bytes[..width].copy_from_slice(&offsets[end * width..][..width]);
            Some(if width == 4 {
                i64::from(i32::from_le_bytes(bytes[..4].try_into().ok()?))
            } else {
                i64::from_le_bytes(bytes)
            })
        };
        match self.format.as_str() {
            "u" | "z" => at(4).is_none_or(|last| last <= VALUES as i64),
            "U" | "Z" => at(8).is_none_or(|last| last <= VALUES as i64),
            // The last buffer says how long those of the values are.
            "vu" | "vz" => {
                self.buffers.len() < 4 || {
                    let sizes = self.padded(self.buffers.len() - 1);
                    let count = self.buffers.len() - 3;
                    sizes.is_none_or(|sizes| {
                        let mut sizes = sizes.chunks_exact(8).take(count);
                        sizes.all(|size| i64::from_le_bytes(size.try_into().unwrap()) <= VALUES as i64)
                    })
                }
            }
            _ => true,
        }
    }

    /// The bytes of a buffer, as many as anybody may read.
    fn padded(&self, i: usize) -> Option<Vec<u8>> {
        let mut bytes = self.buffers.get(i)?.clone()?;
        bytes.resize(bytes.len().max(VALUES).max((2 * MOST_ROWS as usize + 1) * ROW_BYTES), 0);
        Some(bytes)
    }

    fn import(&self) {
        let buffers: Vec<Option<Vec<u8>>> = (0..self.buffers.len()).map(|i| self.padded(i)).collect();
        let buffers: Vec<Option<&[u8]>> = buffers.iter().map(Option::as_deref).collect();
        let [length, null_count, offset, shift] = self.numbers;
        let Foreign { mut array, schema, released } =
            foreign(&self.format, length, null_count, shift as usize, &buffers);
        array.offset = offset;
        // SAFETY: `keeps_promises`; the rest an importer has to check.
        if let Ok((field, column)) = unsafe { import_column(array, &schema) } {
            assert_eq!((column.len() as i64, column.dtype()), (length, &field.dtype), "{self:?}");
            assert!((0..column.len()).all(|i| column.value(i).is_null() == column.is_null(i)), "{self:?}");
        }
        assert_eq!(released.load(Ordering::Relaxed), 1, "{self:?}");
    }

    /// With some changes.
    fn mutated(&self, random: &mut Random) -> Self {
        let mut seed = self.clone();
        for _ in 0..=random.below(3) {
            match random.below(8) {
                0 => {
                    seed.numbers[random.below(4)] = *random.of(&[0, 1, -1, 2, 7, 63, 64, i64::MAX, i64::MIN])
                }
                1 => seed.format = (*random.of(&FORMATS)).to_owned(),
                2 => {
                    let i = random.below(seed.buffers.len() + 1);
                    if random.below(2) == 0 && i < seed.buffers.len() {
                        seed.buffers[i] = None;
                    } else {
                        seed.buffers.insert(i, Some(vec![random.next() as u8; random.below(40)]));
                    }
                }
                3 => drop(seed.buffers.pop()),
                _ => {
                    let i = random.below(seed.buffers.len());
                    if let Some(Some(bytes)) = seed.buffers.get_mut(i)
                        && !bytes.is_empty()
                    {
                        let at = random.below(bytes.len());
                        bytes[at] = *random.of(&[0, 1, 2, 0x0c, 0x0d, 0x7f, 0x80, 0xff]);
                    }
                }
            }
        }
        seed
    }
}

const FORMATS: [&str; 22] = [
    "n",
    "b",
    "c",
    "C",
    "s",
    "I",
    "l",
    "L",
    "e",
    "f",
    "g",
    "u",
    "U",
    "z",
    "Z",
    "vu",
    "vz",
    "d:38,2",
    "tdm",
    "tsn:nowhere",
    "w:0",
    "+w:2",
];

/// Numbers that look random, always the same (Marsaglia, "Xorshift RNGs").
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// For a second, or as many as `HYPOSTYLE_FUZZ_SECONDS` says.
#[test]
fn hostile_arrays_come_in_as_a_column_or_an_error() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/ffi");
    let mut seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(!seeds.is_empty());
    let seeds: Vec<Seed> =
        seeds.iter().map(|path| Seed::parse(&std::fs::read_to_string(path).unwrap())).collect();
    seeds.iter().for_each(Seed::import);
    let seconds =
        std::env::var("HYPOSTYLE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let (start, time) = (Instant::now(), Duration::from_secs(seconds));
    for number in 1u64.. {
        if start.elapsed() > time {
            break;
        }
        let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let seed = random.of(&seeds).mutated(&mut random);
        if seed.keeps_promises() {
            seed.import();
        }
    }
}
