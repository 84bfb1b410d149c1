//! Finding the structure of delimited text: forms that write down where every field ends, forms that only look, and
//! forms that find one column of each row.

use hypostyle_kernels::bytes::{Dialect, RowPattern, StructuralIndex, UniformRows};

use crate::harness::{Group, Prepare};

const DIALECT: Dialect = Dialect { separator: b',', newline: b'\n', quote: Some(b'"') };
const BYTES: usize = 1 << 20;
/// Each run goes over the text so many times.
const PASSES: u64 = 8;

/// A text by its rows, and the column that a projected query wants.
struct Table {
    name: &'static str,
    row: fn(u64) -> String,
    fields: usize,
    wanted: usize,
}

const TABLES: [Table; 2] = [
    Table {
        name: "G1 of H2O",
        row: |i| {
            let [a, b, c] = [i * 7 % 100, i * 31 % 100, i * 7919 % 100_000];
            format!("id{a:03},id{b:03},id{c:010},{b},{a},{c},{},{},{}.{c:06}\n", i % 5, i % 15, i % 100)
        },
        fields: 9,
        wanted: 6,
    },
    Table {
        name: "lineitem of TPC-H",
        row: |i| {
            let [key, line, price] = [i / 4, i % 7, i * 7919 % 10_000_000];
            let day = 10 + i % 19;
            format!(
                "{key},{price},{line},{line},{}.00,{}.{:02},0.0{line},0.0{line},N,O,1996-03-{day},1996-04-{day},\
                 1996-05-{day},DELIVER IN PERSON,TRUCK,{}\n",
                i % 50,
                price / 100,
                price % 100,
                &"egular courts above the ironic, final packages are".replace(',', " ")
                    [..10 + i as usize % 33]
            )
        },
        fields: 16,
        wanted: 5,
    },
];

pub(crate) fn groups() -> Vec<Group> {
    TABLES.iter().flat_map(|table| [positions(table), looking(table), projected(table)]).collect()
}

impl Table {
    fn text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(BYTES + 256);
        (0..)
            .map_while(|i| (text.len() < BYTES).then(|| text.extend_from_slice((self.row)(i).as_bytes())))
            .count();
        text
    }

    fn group(&self, name: &str, answer: u64, forms: Vec<(&'static str, Form)>) -> Group {
        let bytes = PASSES * self.text().len() as u64;
        let table = Table { ..*self };
        let prepare = |run: Form| -> Prepare {
            let mut buffers = Buffers { text: table.text(), ..Buffers::default() };
            let table = Table { ..table };
            Box::new(move || {
                Box::new(move |check| {
                    (1..PASSES).for_each(|_| {
                        std::hint::black_box(run(&table, &mut buffers));
                    });
                    let answer = run(&table, &mut buffers);
                    if check && !buffers.ends.is_empty() { sum(&buffers.ends) } else { answer }
                })
            })
        };
        let forms = forms.into_iter().map(|(name, run)| (name, prepare(run))).collect();
        Group { name: format!("csv {name}: {}", self.name), bytes, answer, forms }
    }
}

/// One way to find structure: how much it found, or where.
type Form = fn(&Table, &mut Buffers) -> u64;

/// What a form works on.
#[derive(Default)]
struct Buffers {
    text: Vec<u8>,
    index: StructuralIndex,
    rows: UniformRows,
    /// What it found; empty where it only counts.
    ends: Vec<u32>,
}

fn sum(ends: &[u32]) -> u64 {
    ends.iter().map(|end| u64::from(*end)).sum()
}

fn is_end(byte: u8) -> bool {
    byte == DIALECT.separator || byte == DIALECT.newline
}

/// Where every field ends. None of the texts has quotes, but all forms look for them.
fn positions(table: &Table) -> Group {
    let ends = table.text().iter().enumerate().filter(|(_, b)| is_end(**b)).map(|(i, _)| i as u64).sum();
    table.group(
        "positions",
        ends,
        vec![
            ("index of uniform rows, all fields wanted", |table, b| {
                index_rows(b, table.fields, 0..table.fields);
                std::mem::swap(&mut b.ends, &mut b.rows.ends);
                b.ends.len() as u64
            }),
            ("structural index", |_, b| {
                b.index.build(&b.text, DIALECT, false);
                std::mem::swap(&mut b.ends, &mut b.index.field_ends);
                b.ends.len() as u64
            }),
            ("a byte after the other", |_, b| {
                b.ends.clear();
                let mut inside = false;
                for (i, byte) in b.text.iter().enumerate() {
                    inside ^= *byte == b'"';
                    if is_end(*byte) && !inside {
                        b.ends.push(i as u32);
                    }
                }
                b.ends.len() as u64
            }),
            ("memchr3", |_, b| {
                b.ends.clear();
                let mut inside = false;
                for i in memchr::memchr3_iter(b',', b'\n', b'"', &b.text) {
                    if b.text[i] == b'"' {
                        inside = !inside;
                    } else if !inside {
                        b.ends.push(i as u32);
                    }
                }
                b.ends.len() as u64
            }),
            ("words of eight bytes, portable", |_, b| {
                b.ends.clear();
                let mut inside = false;
                let (words, rest) = b.text.as_chunks::<8>();
                for (i, word) in words.iter().enumerate() {
                    let word = u64::from_le_bytes(*word);
                    let mut found =
                        zeros(word ^ spread(b',')) | zeros(word ^ spread(b'\n')) | zeros(word ^ spread(b'"'));
                    while found != 0 {
                        let at = 8 * i + found.trailing_zeros() as usize / 8;
                        found &= found - 1;
                        if b.text[at] == b'"' {
                            inside = !inside;
                        } else if !inside {
                            b.ends.push(at as u32);
                        }
                    }
                }
                let at = 8 * words.len();
                b.ends.extend((0..rest.len()).filter(|i| is_end(rest[*i])).map(|i| (at + i) as u32));
                b.ends.len() as u64
            }),
        ],
    )
}

/// How many fields there are: what finding structure costs before anything is written down.
fn looking(table: &Table) -> Group {
    let count = table.text().iter().filter(|byte| is_end(**byte)).count() as u64;
    table.group(
        "looking",
        count,
        vec![
            ("masks of separators, newlines and quotes", |_, b| looked_at(&b.text)),
            ("memchr2, counted", |_, b| memchr::memchr2_iter(b',', b'\n', &b.text).count() as u64),
            ("newlines by memchr, fields not looked for", |table, b| {
                (memchr::memchr_iter(b'\n', &b.text).count() * table.fields) as u64
            }),
        ],
    )
}

/// The bounds of one column in every row.
fn projected(table: &Table) -> Group {
    let text = table.text();
    let mut answer = 0;
    let mut start = 0;
    for row in text.split_inclusive(|byte| *byte == b'\n') {
        let ends: Vec<usize> = (0..row.len()).filter(|i| is_end(row[*i])).collect();
        answer += (2 * start + ends[table.wanted - 1] + ends[table.wanted]) as u64;
        start += row.len();
    }
    table.group(
        "one column",
        answer,
        vec![
            ("index of uniform rows, one field wanted", |table, b| {
                let pattern = index_rows(b, table.fields, [table.wanted]);
                let slot = pattern.and_then(|pattern| pattern.slot(table.wanted)).unwrap_or(1);
                let rows = b.rows.ends.chunks_exact(3);
                rows.map(|row| u64::from(row[slot - 1]) + u64::from(row[slot])).sum()
            }),
            ("index of uniform rows, four fields wanted", |table, b| {
                let pattern = index_rows(b, table.fields, [1, 3, 4, table.wanted]);
                let slot = pattern.as_ref().and_then(|pattern| pattern.slot(table.wanted)).unwrap_or(1);
                let rows = b.rows.ends.chunks_exact(pattern.map_or(1, |pattern| pattern.stride()));
                rows.map(|row| u64::from(row[slot - 1]) + u64::from(row[slot])).sum()
            }),
            ("structural index, then two of each row", |table, b| {
                b.index.build(&b.text, DIALECT, false);
                let rows = b.index.field_ends.chunks_exact(table.fields);
                rows.map(|row| u64::from(row[table.wanted - 1]) + u64::from(row[table.wanted])).sum()
            }),
            ("only the two that matter, by selecting bits", |table, b| selected(&b.text, table.wanted)),
            ("newlines by memchr, separators by memchr", |table, b| {
                let (mut start, mut answer) = (0, 0);
                for newline in memchr::memchr_iter(b'\n', &b.text) {
                    let row = &b.text[start..newline];
                    let mut ends = memchr::memchr_iter(b',', row).skip(table.wanted - 1);
                    let (a, z) = (ends.next().unwrap_or(row.len()), ends.next().unwrap_or(row.len()));
                    answer += (2 * start + a + z) as u64;
                    start = newline + 1;
                }
                answer
            }),
        ],
    )
}

/// The index of rows that have so many fields, of which some are wanted.
fn index_rows(
    buffers: &mut Buffers,
    n_fields: usize,
    wanted: impl IntoIterator<Item = usize>,
) -> Option<RowPattern> {
    let pattern = RowPattern::new(n_fields, wanted)?;
    buffers.rows.build(&buffers.text, DIALECT, false, &pattern);
    buffers.rows.include_first(&buffers.text, DIALECT, &pattern).then_some(pattern)
}

/// How many fields there are, by masks alone.
fn looked_at(text: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if avx2::is_there() {
        // SAFETY: the instruction sets were found on this machine.
        return unsafe { avx2::looked_at(text) };
    }
    text.iter().filter(|byte| is_end(**byte)).count() as u64
}

/// The sum of the two ends that bound a column, by masks and by selecting bits of them.
fn selected(text: &[u8], wanted: usize) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if avx2::is_there() {
        // SAFETY: the instruction sets were found on this machine.
        return unsafe { avx2::selected(text, wanted as u32) };
    }
    let (mut field, mut answer) = (0, 0);
    for (i, byte) in text.iter().enumerate().filter(|(_, byte)| is_end(**byte)) {
        answer += if field == wanted || field + 1 == wanted { i as u64 } else { 0 };
        field = if *byte == b'\n' { 0 } else { field + 1 };
    }
    answer
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8, _pdep_u64,
    };

    use hypostyle_kernels::simd::{Isa, isa};

    pub(super) fn is_there() -> bool {
        isa() >= Isa::Avx2
    }

    /// The ends of fields and the newlines among sixty-four bytes.
    struct Masks {
        ends: u64,
        newlines: u64,
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn looked_at(text: &[u8]) -> u64 {
        let (words, last) = words(text);
        let mut count = 0;
        for word in words.iter().chain([&last]) {
            // SAFETY: AVX2 is there.
            count += u64::from(unsafe { masks(word) }.ends.count_ones());
        }
        count
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn selected(text: &[u8], wanted: u32) -> u64 {
        let (words, last) = words(text);
        let (mut field, mut answer) = (0u32, 0);
        for (i, word) in words.iter().chain([&last]).enumerate() {
            // SAFETY: AVX2 is there.
            let Masks { mut ends, mut newlines } = unsafe { masks(word) };
            loop {
                // The ends of one row in this word.
                let row = ends & (newlines ^ newlines.wrapping_sub(1));
                let count = row.count_ones();
                for wanted in [wanted - 1, wanted] {
                    let place = wanted.wrapping_sub(field);
                    if place < count {
                        answer += 64 * i as u64 + u64::from(_pdep_u64(1 << place, row).trailing_zeros());
                    }
                }
                if newlines == 0 {
                    field += count;
                    break;
                }
                field = 0;
                ends &= !row;
                newlines &= newlines - 1;
            }
        }
        answer
    }

    /// Sixty-four bytes after the other, and what is left, filled up with zeros.
    fn words(text: &[u8]) -> (&[[u8; 64]], [u8; 64]) {
        let (words, rest) = text.as_chunks::<64>();
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        (words, last)
    }

    /// # Safety
    ///
    /// AVX2 must be there.
    #[inline(always)]
    unsafe fn masks(word: &[u8; 64]) -> Masks {
        let equal = |byte: u8| {
            // SAFETY: the caller has AVX2; each half is thirty-two bytes.
            unsafe {
                let wanted = _mm256_set1_epi8(byte.cast_signed());
                let half = |at: usize| {
                    let bytes = _mm256_loadu_si256(word.as_ptr().add(at).cast());
                    u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)).cast_unsigned())
                };
                half(0) | half(32) << 32
            }
        };
        let (separators, newlines, quotes) = (equal(b','), equal(b'\n'), equal(b'"'));
        // The texts have none; a form for the engine would take a slower way here.
        assert!(quotes == 0);
        Masks { ends: separators | newlines, newlines }
    }
}

const fn spread(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// The high bit of every byte that is zero.
fn zeros(word: u64) -> u64 {
    let low = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & low) + low) | word | low)
}
