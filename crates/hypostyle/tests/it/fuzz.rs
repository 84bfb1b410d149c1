//! Hostile input: files and expressions that somebody made, and mutations of them, give an answer or an error.
//!
//! Every seed in `tests/corpus/` is replayed, then mutated for some seconds, or as many as `HYPOSTYLE_FUZZ_SECONDS` says.
//! Mutations are numbered: a failure names the seed and the number, and its bytes belong into the corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use hypostyle::prelude::*;

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
}

/// Bytes that mean something to one of the formats.
const TOKENS: [&[u8]; 16] = [
    b"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x80",
    b"-1",
    b"1e999",
    b"null",
    b"{",
    b"]",
    b"\x7f\xff\xff\xff",
    b"PAR1",
    b"ARROW1",
    b"99999999999999999999",
];

/// A seed with some changes.
fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.next() as u8,
            2 => bytes.truncate(at),
            3 => {
                let end = (at + 1 + random.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            _ => {
                let token = TOKENS[random.below(TOKENS.len())];
                let end = (at + random.below(2) * token.len()).min(bytes.len());
                bytes.splice(at..end, token.iter().copied());
            }
        }
    }
    bytes
}

/// Gives each seed of a folder, and mutations of them, to a reader, which must not panic.
fn replay_and_mutate(folder: &str, read: impl Fn(&[u8], u64)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let mut seeds: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    let seeds: Vec<(String, Vec<u8>)> =
        seeds.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect();
    let try_it = |name: &str, number: u64, bytes: &[u8]| {
        let outcome = catch_unwind(AssertUnwindSafe(|| read(bytes, number)));
        assert!(outcome.is_ok(), "mutation {number} of {name}: {}", bytes.escape_ascii());
    };
    for (name, seed) in &seeds {
        (0..8).for_each(|number| try_it(name, number, seed));
    }
    let seconds =
        std::env::var("HYPOSTYLE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let (start, time) = (Instant::now(), Duration::from_secs(seconds));
    for number in 1u64.. {
        if start.elapsed() > time {
            break;
        }
        let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (name, seed) = &seeds[random.below(seeds.len())];
        try_it(name, number, &mutated(seed, &mut random));
    }
}

/// Names and types, then all rows; an error is an answer.
fn ask(query: &LazyFrame) {
    if query.collect_schema().is_ok()
        && let Ok(frame) = query.collect_with(&Context::new(1))
    {
        assert_eq!(frame.width(), frame.schema().len());
        let _ = frame.to_string();
    }
}

#[test]
fn csv() {
    replay_and_mutate("csv", |bytes, number| {
        let options = CsvReadOptions {
            has_header: number % 2 == 0,
            separator: if number % 3 == 0 { b';' } else { b',' },
            ignore_errors: number % 5 == 0,
            try_parse_dates: number % 7 == 0,
            ..CsvReadOptions::default()
        };
        ask(&scan_csv_bytes(bytes.to_vec(), options));
    });
}

#[test]
fn ndjson() {
    replay_and_mutate("ndjson", |bytes, _| ask(&scan_ndjson_bytes(bytes.to_vec(), Default::default())));
}

#[test]
fn parquet() {
    replay_and_mutate("parquet", |bytes, _| ask(&scan_parquet_bytes(bytes.to_vec(), Default::default())));
}

#[test]
fn ipc() {
    replay_and_mutate("ipc", |bytes, _| ask(&scan_ipc_bytes(bytes.to_vec(), Default::default())));
}

#[test]
fn expressions() {
    let fields = [("a", DataType::Int64), ("s", DataType::String), ("t", DataType::Date)];
    let schema = Schema::try_new(fields.map(|(name, dtype)| Field::new(name, dtype)).to_vec()).unwrap();
    replay_and_mutate("expr", |bytes, _| {
        if let Ok(expr) = serde_json::from_slice::<Expr>(bytes) {
            let _ = hypostyle::expr::bind(&expr, &schema);
            let again = serde_json::to_vec(&expr).unwrap();
            assert_eq!(serde_json::from_slice::<Expr>(&again).unwrap(), expr);
        }
    });
}
