//! Codes and levels in runs: of one value often repeated, or of values packed side by side.
//!
//! Specification: <https://github.com/apache/parquet-format/blob/master/Encodings.md>.

use hypostyle_core::{Bitmap, Result};
use hypostyle_kernels::pack::pack;

/// Values that are repeated as often or more are a run of their own.
const REPEATED: usize = 32;
/// Values that end at a byte, whatever their width.
const GROUP: usize = 8;
/// Groups of rows of which all or none is there, as many or more, are a run of their own.
const REPEATED_GROUPS: usize = 16;

pub(super) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends codes of `width` bits.
pub(super) fn codes(codes: &[u32], width: u32, out: &mut Vec<u8>) -> Result<()> {
    // Codes from here on are not written yet.
    let mut pending = 0;
    let mut at = 0;
    while at < codes.len() {
        let rest = &codes[at..];
        // A look at every 32nd code misses no run that is twice as long, and most others cost but that look.
        let probe = rest.get(REPEATED - 1);
        if probe != rest.first() {
            at += 1;
            let stop = (at + REPEATED).min(codes.len());
            let next = codes[at..stop].windows(2).rposition(|pair| pair[0] != pair[1]);
            at = next.map_or(at, |place| at + place + 1);
            continue;
        }
        let run = rest.iter().position(|code| *code != rest[0]).unwrap_or(rest.len());
        let taken = (at - pending).next_multiple_of(GROUP) - (at - pending);
        if run >= REPEATED && run - taken >= REPEATED / 2 {
            packed(&codes[pending..at + taken], width, out)?;
            varint(((run - taken) as u64) << 1, out);
            let bytes = rest[0].to_le_bytes();
            out.extend_from_slice(&bytes[..width.div_ceil(8) as usize]);
            pending = at + run;
        }
        at += run;
    }
    packed(&codes[pending..], width, out)
}

fn packed(codes: &[u32], width: u32, out: &mut Vec<u8>) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let groups = codes.len().div_ceil(GROUP);
    varint((groups as u64) << 1 | 1, out);
    let end = out.len() + groups * width as usize;
    pack(codes, width, out)?;
    // The last group is whole.
    out.resize(end, 0);
    Ok(())
}

/// Appends levels of a bit each, behind their length in bytes: 1 for rows that are there.
pub(super) fn levels(rows: usize, validity: Option<&Bitmap>, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    match validity {
        Some(validity) if validity.count_unset() > 0 => {
            let bytes: Vec<u8> = validity.words().flat_map(u64::to_le_bytes).collect();
            // What is behind the last row in its byte does not count.
            level_runs(&bytes[..rows.div_ceil(GROUP)], rows, out);
        }
        _ => {
            varint((rows as u64) << 1, out);
            out.push(1);
        }
    }
    let len = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
}

fn level_runs(bytes: &[u8], rows: usize, out: &mut Vec<u8>) {
    let whole = rows / GROUP;
    let mut pending = 0;
    let mut at = 0;
    let flush = |from: usize, to: usize, out: &mut Vec<u8>| {
        if from < to {
            varint(((to - from) as u64) << 1 | 1, out);
            out.extend_from_slice(&bytes[from..to]);
        }
    };
    while at < whole {
        let byte = bytes[at];
        let run = bytes[at..whole].iter().position(|other| *other != byte).unwrap_or(whole - at);
        if run >= REPEATED_GROUPS && (byte == 0 || byte == 0xff) {
            flush(pending, at, out);
            varint(((run * GROUP) as u64) << 1, out);
            out.push(byte & 1);
            pending = at + run;
        }
        at += run;
    }
    flush(pending, bytes.len(), out);
}

#[cfg(test)]
mod tests {
    use hypostyle_core::MutableBitmap;
    use hypostyle_kernels::pack::width_of;
    use hypostyle_kernels::simd::each_isa;
    use proptest::prelude::*;

    use super::super::super::decode::Hybrid;
    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(
            runs in prop::collection::vec((0u32..=300, prop_oneof![1usize..4, 1usize..200]), 0..40),
            more in 0u32..20,
        ) {
            let values: Vec<u32> = runs.iter().flat_map(|(v, n)| std::iter::repeat_n(*v, *n)).collect();
            let width = width_of(values.iter().max().copied().unwrap_or_default().into()) + more;
            for _ in each_isa() {
                let mut bytes = Vec::new();
                codes(&values, width, &mut bytes).unwrap();
                let mut back = Vec::new();
                Hybrid::new(&bytes, width).unwrap().read(values.len(), &mut back).unwrap();
                prop_assert_eq!(&back, &values);
            }

            let bits: Vec<bool> = runs.iter().flat_map(|(v, n)| std::iter::repeat_n(v % 3 == 0, n * 4)).collect();
            let validity: Bitmap = bits.iter().copied().collect();
            let mut bytes = Vec::new();
            levels(bits.len(), Some(&validity), &mut bytes);
            prop_assert_eq!(u32::from_le_bytes(*bytes.first_chunk().unwrap()) as usize, bytes.len() - 4);
            let mut back = MutableBitmap::new();
            Hybrid::new(&bytes[4..], 1).unwrap().read_bits(bits.len(), &mut back).unwrap();
            prop_assert_eq!(back.freeze().iter().collect::<Vec<_>>(), bits);
        }
    }
}
