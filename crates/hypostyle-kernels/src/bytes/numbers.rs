//! Numbers of fields that lie scattered in a text, sixty-four at a time, four to a vector.
//!
//! The digits of a number become one integer in three steps, each of which joins neighbours: ten times the one plus the
//! other, then a hundred times, then ten thousand times. Bytes before a number become zeros, which are no digits of
//! weight. Multiplying bytes and adding neighbours is one instruction from SSSE3 on; after Lemire and Muła, *Number
//! parsing at a gigabyte per second* (2021), and their `parse_eight_digits`.
//!
//! Fields that are no plain numbers are not answered for, nor are any where one of the sixty-four is missing or so
//! close to the end of the text that its bytes cannot be loaded at once, nor on machines without AVX2.

use super::span::Span;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Isa, isa};

/// How many fields go together.
pub const NUMBERS: usize = 64;

/// Reads fields of one to sixteen digits, perhaps with a minus before them where `signed`. Bit `i` of the answer says
/// that field `i` is one and `values[i]` its value; other values are of no meaning.
///
/// ```
/// use hypostyle_kernels::bytes::{NUMBERS, Span, integers};
///
/// let mut values = [0; NUMBERS];
/// let spans = [Span { start: 1, end: 4 }; NUMBERS];
/// let good = integers(b",-12,  and then some", &spans, true, &mut values);
/// assert!(good == 0 || (good == u64::MAX && values == [-12; NUMBERS]));
/// ```
pub fn integers(text: &[u8], spans: &[Span; NUMBERS], signed: bool, values: &mut [i64; NUMBERS]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if isa() >= Isa::Avx2 && all_start_before(spans, text.len(), 17) {
        // SAFETY: the instruction set was found on this machine, and seventeen bytes follow every start.
        return unsafe {
            match signed {
                true => x86::integers::<true>(text, spans, values),
                false => x86::integers::<false>(text, spans, values),
            }
        };
    }
    let _ = (text, spans, signed, values);
    0
}

/// Reads fields of one to sixteen digits, one `point` among them or none, and perhaps a minus before them, as the
/// floats that they stand for, correctly rounded: integers below 2⁵² are floats without error, so are powers of ten up
/// to 10²², and the quotient of two is rounded once (Clinger, *How to read floating point numbers accurately*, 1990).
/// Bit `i` of the answer says that field `i` is one and `values[i]` its value; other values are of no meaning.
///
/// ```
/// use hypostyle_kernels::bytes::{NUMBERS, Span, plain_floats};
///
/// let mut values = [0.0; NUMBERS];
/// let spans = [Span { start: 1, end: 6 }; NUMBERS];
/// let good = plain_floats(b",-1.25,  and then some", &spans, b'.', &mut values);
/// assert!(good == 0 || (good == u64::MAX && values == [-1.25; NUMBERS]));
/// ```
pub fn plain_floats(text: &[u8], spans: &[Span; NUMBERS], point: u8, values: &mut [f64; NUMBERS]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if isa() >= Isa::Avx2 && all_start_before(spans, text.len(), 17) {
        // SAFETY: the instruction sets were found on this machine, and seventeen bytes follow every start.
        return unsafe { x86::plain_floats(text, spans, point, values) };
    }
    let _ = (text, spans, point, values);
    0
}

/// Whether `width` bytes of the text follow the start of every field.
#[inline(always)]
pub(super) fn all_start_before(spans: &[Span; NUMBERS], len: usize, width: usize) -> bool {
    let last = spans.iter().fold(0, |last, span| span.start.max(last));
    last as usize + width <= len
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8, _mm_setzero_si128,
        _mm256_add_epi64, _mm256_and_si256, _mm256_andnot_si256, _mm256_blendv_epi8, _mm256_castpd_si256,
        _mm256_castsi128_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi64, _mm256_cmpgt_epi64, _mm256_div_pd,
        _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
        _mm256_max_epu8, _mm256_movemask_pd, _mm256_mul_epu32, _mm256_or_pd, _mm256_or_si256,
        _mm256_packus_epi32, _mm256_permute4x64_epi64, _mm256_set_epi64x, _mm256_set_pd, _mm256_set1_epi8,
        _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_slli_epi64, _mm256_sllv_epi64, _mm256_srli_epi64, _mm256_srlv_epi64, _mm256_storeu_pd,
        _mm256_storeu_si256, _mm256_sub_epi8, _mm256_sub_epi64, _mm256_sub_pd, _mm256_subs_epu8,
        _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256,
    };

    use super::{NUMBERS, Span};

    /// Weights of two neighbours, the first the higher: bytes, then sixteen bits each.
    const TENS: i16 = 0x010a;
    const HUNDREDS: i32 = 0x0001_0064;
    const TEN_THOUSANDS: i32 = 0x0001_2710;

    /// # Safety
    ///
    /// Seventeen bytes of the text must follow the start of every span.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn integers<const SIGNED: bool>(
        text: &[u8],
        spans: &[Span; NUMBERS],
        values: &mut [i64; NUMBERS],
    ) -> u64 {
        // SAFETY: the caller says so.
        let (good, longer) = unsafe { short_integers::<SIGNED>(text, spans, values) };
        if longer == 0 {
            return good;
        }
        // SAFETY: the caller says so.
        unsafe { long_integers::<SIGNED>(text, spans, values) }
    }

    /// Fields of up to eight bytes: which are plain integers, and which are longer than that.
    ///
    /// # Safety
    ///
    /// Eight bytes of the text must follow the start of every span.
    #[target_feature(enable = "avx2")]
    unsafe fn short_integers<const SIGNED: bool>(
        text: &[u8],
        spans: &[Span; NUMBERS],
        values: &mut [i64; NUMBERS],
    ) -> (u64, u64) {
        let (low, eight) = (_mm256_set1_epi64x(0xffff_ffff), _mm256_set1_epi64x(8));
        let (mut good, mut longer) = (0u64, 0u64);
        for (i, (four, out)) in spans.as_chunks::<4>().0.iter().zip(values.as_chunks_mut::<4>().0).enumerate()
        {
            // SAFETY: four spans are thirty-two bytes, of which the low half of each eight is the start.
            let bounds = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
            // SAFETY: the caller says so.
            let word =
                |span: Span| unsafe { text.as_ptr().add(span.start as usize).cast::<i64>().read_unaligned() };
            let mut words = _mm256_set_epi64x(word(four[3]), word(four[2]), word(four[1]), word(four[0]));
            let mut len = _mm256_sub_epi64(_mm256_srli_epi64::<32>(bounds), _mm256_and_si256(bounds, low));
            let too_long = _mm256_cmpgt_epi64(len, eight);
            let mut minus = _mm256_setzero_si256();
            if SIGNED {
                let first = _mm256_and_si256(words, _mm256_set1_epi64x(0xff));
                minus = _mm256_cmpeq_epi64(first, _mm256_set1_epi64x(i64::from(b'-')));
                words = _mm256_srlv_epi64(words, _mm256_and_si256(minus, eight));
                len = _mm256_add_epi64(len, minus);
            }
            let too_short = _mm256_cmpgt_epi64(_mm256_set1_epi64x(1), len);
            let (fours, are_digits) = eight_digits(words, len);
            let value = _mm256_add_epi64(
                _mm256_mul_epu32(fours, _mm256_set1_epi64x(10_000)),
                _mm256_srli_epi64::<32>(fours),
            );
            let value = _mm256_sub_epi64(_mm256_xor_si256(value, minus), minus);
            // SAFETY: four values are thirty-two bytes.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), value) };
            let answered = _mm256_andnot_si256(_mm256_or_si256(too_long, too_short), are_digits);
            let bits = |lanes| u64::from(_mm256_movemask_pd(_mm256_castsi256_pd(lanes)).cast_unsigned());
            good |= bits(answered) << (4 * i);
            longer |= bits(too_long);
        }
        (good, longer)
    }

    /// Words of `len` digits each, 0 to 8 (what follows them does not matter): both halves as numbers below ten
    /// thousand, the first half the higher one, and whether all are digits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight_digits(words: __m256i, len: __m256i) -> (__m256i, __m256i) {
        let (zeros, nine) = (_mm256_set1_epi8(0x30), _mm256_set1_epi8(9));
        // Eight times what is missing: bytes behind the field leave at the top, zeros come in below.
        let shift = _mm256_slli_epi64::<3>(_mm256_sub_epi64(_mm256_set1_epi64x(8), len));
        let digits = _mm256_sllv_epi64(_mm256_xor_si256(words, zeros), shift);
        let are_digits = _mm256_cmpeq_epi64(_mm256_max_epu8(digits, nine), nine);
        let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(TENS));
        (_mm256_madd_epi16(pairs, _mm256_set1_epi32(HUNDREDS)), are_digits)
    }

    /// Fields of up to sixteen digits: which are plain integers.
    ///
    /// # Safety
    ///
    /// Seventeen bytes of the text must follow the start of every span.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    unsafe fn long_integers<const SIGNED: bool>(
        text: &[u8],
        spans: &[Span; NUMBERS],
        values: &mut [i64; NUMBERS],
    ) -> u64 {
        let mut good = 0u64;
        for (i, (four, out)) in spans.as_chunks::<4>().0.iter().zip(values.as_chunks_mut::<4>().0).enumerate()
        {
            let (mut first, mut last, mut lens, mut signs) = ([0; 4], [0; 4], [0; 4], [0; 4]);
            let mut fits = 0;
            for (k, span) in four.iter().enumerate() {
                let start = span.start as usize;
                // SAFETY: the caller says so.
                let minus = usize::from(SIGNED && unsafe { *text.as_ptr().add(start) } == b'-');
                let given = (span.end as usize).wrapping_sub(start + minus);
                let len = given.clamp(1, 16);
                fits |= u32::from(given == len) << k;
                // SAFETY: the caller says so: after the minus are sixteen bytes, and both words lie in them.
                unsafe {
                    let digits = text.as_ptr().add(start + minus);
                    first[k] = digits.cast::<i64>().read_unaligned();
                    last[k] = digits.add(len.max(8) - 8).cast::<i64>().read_unaligned();
                }
                lens[k] = len as i64;
                signs[k] = -(minus as i64);
            }
            let vector = |lanes: [i64; 4]| _mm256_set_epi64x(lanes[3], lanes[2], lanes[1], lanes[0]);
            let (len, eight, sign) = (vector(lens), _mm256_set1_epi64x(8), vector(signs));
            let long = _mm256_cmpgt_epi64(len, eight);
            // Of a short field all digits are in the last word, of a long one eight, and the others in the first.
            let in_last = _mm256_blendv_epi8(len, eight, long);
            let (low, low_good) = eight_digits(vector(last), in_last);
            let (high, high_good) = eight_digits(vector(first), _mm256_sub_epi64(len, in_last));
            let join = |fours| {
                _mm256_add_epi64(
                    _mm256_mul_epu32(fours, _mm256_set1_epi64x(10_000)),
                    _mm256_srli_epi64::<32>(fours),
                )
            };
            let value =
                _mm256_add_epi64(_mm256_mul_epu32(join(high), _mm256_set1_epi64x(100_000_000)), join(low));
            let value = _mm256_sub_epi64(_mm256_xor_si256(value, sign), sign);
            // SAFETY: four values are thirty-two bytes.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), value) };
            let answered = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_and_si256(low_good, high_good)));
            good |= u64::from(answered.cast_unsigned() & fits) << (4 * i);
        }
        good
    }

    /// Which byte goes where, so that the digits of a field end at the sixteenth byte and the point is gone: at
    /// `17 * (len - 1) + at` for a field of `len` bytes whose byte `at` is the point, or that has none (`at` = `len`).
    static CLOSINGS: [[u8; 16]; 17 * 16] = {
        let mut closings = [[0x80; 16]; 17 * 16];
        let mut len = 1;
        while len <= 16 {
            let mut at = 0;
            while at <= len {
                let digits = if at < len { len - 1 } else { len };
                let mut digit = 0;
                while digit < digits {
                    let from = if digit < at { digit } else { digit + 1 };
                    closings[17 * (len - 1) + at][16 - digits + digit] = from as u8;
                    digit += 1;
                }
                at += 1;
            }
            len += 1;
        }
        // A point alone is kept, since it is no digit.
        closings[0][15] = 0;
        closings
    };

    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// # Safety
    ///
    /// Seventeen bytes of the text must follow the start of every span.
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    pub(super) unsafe fn plain_floats(
        text: &[u8],
        spans: &[Span; NUMBERS],
        point: u8,
        values: &mut [f64; NUMBERS],
    ) -> u64 {
        let (zeros, nine) = (_mm256_set1_epi8(0x30), _mm256_set1_epi8(9));
        // The bits of 2⁵²: a smaller integer in their lower part is added to it.
        let large = _mm256_set1_epi64x(0x4330_0000_0000_0000);
        let marks = _mm_set1_epi8(point.cast_signed());
        let pair = |low, high| _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
        let mut good = 0u64;
        for (i, (four, out)) in spans.as_chunks::<4>().0.iter().zip(values.as_chunks_mut::<4>().0).enumerate()
        {
            let (mut bytes, mut closing) = ([_mm_setzero_si128(); 4], [_mm_setzero_si128(); 4]);
            let (mut power, mut sign, mut fits) = ([0.0; 4], [0; 4], 0);
            for (k, span) in four.iter().enumerate() {
                let start = span.start as usize;
                // SAFETY: the caller says so.
                let first = unsafe { *text.as_ptr().add(start) };
                let minus = usize::from(first == b'-');
                let given = (span.end as usize).wrapping_sub(start + minus);
                let len = given.clamp(1, 16);
                fits |= u32::from(given == len) << k;
                sign[k] = (minus as i64) << 63;
                // SAFETY: the caller says so; the minus is at most one of the seventeen bytes.
                bytes[k] = unsafe { _mm_loadu_si128(text.as_ptr().add(start + minus).cast()) };
                let points = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes[k], marks)).cast_unsigned();
                // The first point, or the end of the field.
                let at = (points | 1 << len).trailing_zeros() as usize;
                // SAFETY: `at` is at most `len`, which is at most 16; the entry is sixteen bytes.
                closing[k] = unsafe { _mm_loadu_si128(CLOSINGS.as_ptr().add(17 * (len - 1) + at).cast()) };
                power[k] = POWERS[(len - 1).saturating_sub(at) & 15];
            }
            let ab = _mm256_shuffle_epi8(
                _mm256_sub_epi8(pair(bytes[0], bytes[1]), zeros),
                pair(closing[0], closing[1]),
            );
            let cd = _mm256_shuffle_epi8(
                _mm256_sub_epi8(pair(bytes[2], bytes[3]), zeros),
                pair(closing[2], closing[3]),
            );
            let fours = |digits| {
                let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(TENS));
                _mm256_madd_epi16(pairs, _mm256_set1_epi32(HUNDREDS))
            };
            // From here on the order is a, c, b, d.
            let fours = _mm256_packus_epi32(fours(ab), fours(cd));
            let eights = _mm256_madd_epi16(fours, _mm256_set1_epi32(TEN_THOUSANDS));
            let integers = _mm256_add_epi64(
                _mm256_mul_epu32(eights, _mm256_set1_epi64x(100_000_000)),
                _mm256_srli_epi64::<32>(eights),
            );
            let wrong = |digits| _mm256_subs_epu8(digits, nine);
            let (ab, cd) = (wrong(ab), wrong(cd));
            let wrong = _mm256_or_si256(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
            let small = _mm256_cmpeq_epi64(_mm256_srli_epi64::<52>(integers), _mm256_setzero_si256());
            let answered = _mm256_and_si256(_mm256_cmpeq_epi64(wrong, _mm256_setzero_si256()), small);
            let numbers = _mm256_sub_pd(
                _mm256_castsi256_pd(_mm256_or_si256(integers, large)),
                _mm256_castsi256_pd(large),
            );
            let in_order = |lanes| _mm256_permute4x64_epi64::<0b11_01_10_00>(lanes);
            let numbers = _mm256_castsi256_pd(in_order(_mm256_castpd_si256(numbers)));
            let powers = _mm256_set_pd(power[3], power[2], power[1], power[0]);
            let signs = _mm256_castsi256_pd(_mm256_set_epi64x(sign[3], sign[2], sign[1], sign[0]));
            let numbers = _mm256_or_pd(_mm256_div_pd(numbers, powers), signs);
            // SAFETY: four values are thirty-two bytes.
            unsafe { _mm256_storeu_pd(out.as_mut_ptr(), numbers) };
            let answered = _mm256_movemask_pd(_mm256_castsi256_pd(in_order(answered))).cast_unsigned();
            good |= u64::from(answered & fits) << (4 * i);
        }
        good
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, each_isa};

    /// Numbers and what looks like them, with text around, from a linear congruential generator.
    fn fields(seed: u64, alphabet: &[u8], longest: u64) -> (Vec<u8>, [Span; NUMBERS]) {
        let mut state = seed;
        let mut random = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        let mut text = b"9.9".to_vec();
        let spans = std::array::from_fn(|_| {
            let start = text.len() as u32;
            text.extend_from_slice(&b"-"[..usize::from(random(3) == 0)]);
            (0..random(longest)).for_each(|_| {
                // Mostly digits.
                let least = (0..4).map(|_| random(alphabet.len() as u64)).min().unwrap_or(0);
                text.push(alphabet[least as usize]);
            });
            let end = text.len() as u32;
            text.push(b",.-5"[random(4) as usize]);
            Span { start, end }
        });
        text.extend_from_slice(b"1234567890123456789"[..random(20) as usize].as_ref());
        (text, spans)
    }

    #[test]
    fn integers_are_those_of_the_standard_library() {
        for side in each_isa() {
            let mut answered = 0;
            for seed in 0..4000 {
                let (text, spans) = fields(seed, b"0123456789:/.-", [4, 9, 12, 20][seed as usize % 4]);
                for signed in [true, false] {
                    let mut values = [0; NUMBERS];
                    let good = integers(&text, &spans, signed, &mut values);
                    for (i, span) in spans.iter().enumerate() {
                        let field = std::str::from_utf8(span.of(&text)).unwrap();
                        let plain =
                            field.trim_start_matches('-').len() <= 16 && (signed || !field.starts_with('-'));
                        let expected = field.parse::<i64>().ok().filter(|_| plain);
                        if good >> i & 1 == 1 {
                            answered += 1;
                            assert_eq!(Some(values[i]), expected, "{field:?}");
                        } else if good != 0 {
                            assert_eq!(expected, None, "{field:?}");
                        }
                    }
                }
            }
            assert_eq!(answered > 100_000, side >= Isa::Avx2, "{side:?} {answered}");
            assert!(answered == 0 || side >= Isa::Avx2);
        }
    }

    #[test]
    fn floats_are_those_of_the_standard_library() {
        for side in each_isa() {
            let mut answered = 0;
            for seed in 0..3000 {
                let point = b".:"[seed as usize % 2];
                let (text, spans) = fields(
                    seed,
                    &[b"012345678905".as_slice(), &[point], b"e-"].concat(),
                    [5, 11, 20][seed as usize % 3],
                );
                let mut values = [0.0; NUMBERS];
                let good = plain_floats(&text, &spans, point, &mut values);
                for (i, span) in spans.iter().enumerate().filter(|(i, _)| good >> i & 1 == 1) {
                    answered += 1;
                    let field = String::from_utf8_lossy(span.of(&text)).replace(char::from(point), ".");
                    let expected: f64 = field.parse().unwrap_or(f64::NAN);
                    assert_eq!(values[i].to_bits(), expected.to_bits(), "{field:?}");
                }
            }
            assert_eq!(answered > 50_000, side >= Isa::Avx2, "{side:?} {answered}");
            assert!(answered == 0 || side >= Isa::Avx2);
            let mut values = [0.0; NUMBERS];
            for (field, expected) in [
                (".", None),
                ("-", None),
                ("-.", None),
                ("", None),
                ("1..2", None),
                ("4503599627370496", None),
                ("1.", Some(1.0)),
                (".5", Some(0.5)),
                ("-0", Some(-0.0)),
                ("4503599627370495", Some(4503599627370495.0)),
                ("0.00000000000001", Some(1e-14)),
                ("-123456789.12345", Some(-123456789.12345)),
                ("12345678901234567", None),
            ] {
                let text = format!("{field},some more bytes than sixteen");
                let good = plain_floats(
                    text.as_bytes(),
                    &[Span { start: 0, end: field.len() as u32 }; NUMBERS],
                    b'.',
                    &mut values,
                );
                let found: Option<f64> = (good & 1 == 1).then_some(values[0]);
                let expected = expected.filter(|_| side >= Isa::Avx2);
                assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{side:?} {field}");
            }
        }
    }

    #[test]
    fn fields_at_the_end_or_missing_are_not_answered_for() {
        for _ in each_isa() {
            let (mut whole, mut floats) = ([0; NUMBERS], [0.0; NUMBERS]);
            let mut spans = [Span { start: 0, end: 1 }; NUMBERS];
            for text in [&b""[..], b"1", b"1234567"] {
                assert_eq!(integers(text, &spans, true, &mut whole), 0);
                assert_eq!(plain_floats(text, &spans, b'.', &mut floats), 0);
            }
            spans[63] = Span::MISSING;
            assert_eq!(integers(&[b'1'; 100], &spans, true, &mut whole), 0);
            assert_eq!(plain_floats(&[b'1'; 100], &spans, b'.', &mut floats), 0);
        }
    }
}
