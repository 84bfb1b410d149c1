//! Dates of fields that lie scattered in a text, sixty-four at a time, eight to a vector.
//!
//! Digits become numbers by pairs, and a year, a month and a day become days by arithmetic alone: years begin in March,
//! so that a leap day is the last of its year (Hinnant, *chrono-compatible low-level date algorithms*, 2013).
//!
//! As for [`numbers`](super::numbers), what is not plain is not answered for.

use super::numbers::{NUMBERS, all_start_before};
use super::span::Span;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Isa, isa};

/// Reads fields `YYYY-MM-DD` of the years 1 to 9999 as days since 1970-01-01 in the proleptic Gregorian calendar. Bit
/// `i` of the answer says that field `i` is one and `days[i]` its value; other values are of no meaning.
///
/// ```
/// use hypostyle_kernels::bytes::{NUMBERS, Span, dates};
///
/// let mut days = [0; NUMBERS];
/// let spans = [Span { start: 1, end: 11 }; NUMBERS];
/// let good = dates(b",2000-02-29, and then some", &spans, &mut days);
/// assert!(good == 0 || (good == u64::MAX && days == [11_016; NUMBERS]));
/// ```
pub fn dates(text: &[u8], spans: &[Span; NUMBERS], days: &mut [i32; NUMBERS]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if isa() >= Isa::Avx2 && all_start_before(spans, text.len(), 16) {
        // SAFETY: the instruction set was found on this machine, and sixteen bytes follow every start.
        return unsafe { x86::dates(text, spans, days) };
    }
    let _ = (text, spans, days);
    0
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi32, _mm256_and_si256, _mm256_blendv_epi8,
        _mm256_castps_si256, _mm256_castsi128_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32,
        _mm256_cmpeq_epi64, _mm256_cmpgt_epi32, _mm256_inserti128_si256, _mm256_loadu_si256,
        _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_max_epu8, _mm256_movemask_ps, _mm256_mullo_epi32,
        _mm256_permute4x64_epi64, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x,
        _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_shuffle_ps, _mm256_srai_epi32,
        _mm256_srli_epi32, _mm256_storeu_si256, _mm256_sub_epi32, _mm256_unpackhi_epi64,
        _mm256_unpacklo_epi64, _mm256_xor_si256,
    };

    use super::{NUMBERS, Span};

    /// The low halves of the eight-byte lanes of both, those of each 16 bytes of `a` first; or the high halves.
    macro_rules! halves {
        ($a:expr, $b:expr, low) => {
            halves!($a, $b, 0b10_00_10_00)
        };
        ($a:expr, $b:expr, high) => {
            halves!($a, $b, 0b11_01_11_01)
        };
        ($a:expr, $b:expr, $lanes:literal) => {
            _mm256_castps_si256(_mm256_shuffle_ps::<$lanes>(_mm256_castsi256_ps($a), _mm256_castsi256_ps($b)))
        };
    }

    /// # Safety
    ///
    /// Sixteen bytes of the text must follow the start of every span.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn dates(text: &[u8], spans: &[Span; NUMBERS], days: &mut [i32; NUMBERS]) -> u64 {
        let mut good = 0u64;
        for (i, (eight, out)) in spans.as_chunks::<8>().0.iter().zip(days.as_chunks_mut::<8>().0).enumerate()
        {
            // SAFETY: eight spans are sixty-four bytes.
            let bounds = unsafe {
                let start = eight.as_ptr().cast::<__m256i>();
                [_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))]
            };
            let (starts, ends) = (halves!(bounds[0], bounds[1], low), halves!(bounds[0], bounds[1], high));
            let len = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_sub_epi32(ends, starts));
            let fits = _mm256_cmpeq_epi32(len, _mm256_set1_epi32(10));
            // SAFETY: the caller says so.
            let load = |span: Span| unsafe { _mm_loadu_si128(text.as_ptr().add(span.start as usize).cast()) };
            let texts = eight.map(load);
            let (first, first_good) = four([texts[0], texts[1], texts[4], texts[5]]);
            let (second, second_good) = four([texts[2], texts[3], texts[6], texts[7]]);
            let are_digits = halves!(first_good, second_good, low);
            // The two pairs of a year; a month and a day. Sixteen bits each.
            let (years, rest) = (halves!(first, second, low), halves!(first, second, high));
            let (value, there_is) = days_since_1970(years, rest);
            // SAFETY: eight values are thirty-two bytes.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), value) };
            let answered = _mm256_and_si256(_mm256_and_si256(fits, are_digits), there_is);
            let bits = _mm256_movemask_ps(_mm256_castsi256_ps(answered)).cast_unsigned();
            good |= u64::from(bits) << (8 * i);
        }
        good
    }

    /// Four texts, of which the first two and the last two stay neighbours: their four pairs of digits, sixteen bits
    /// each, and whether all are digits and the marks minuses.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn four(texts: [__m128i; 4]) -> (__m256i, __m256i) {
        #[rustfmt::skip]
        let places = _mm256_setr_epi8(
            0, 1, 2, 3, 5, 6, 8, 9, 4, 7, -1, -1, -1, -1, -1, -1,
            0, 1, 2, 3, 5, 6, 8, 9, 4, 7, -1, -1, -1, -1, -1, -1,
        );
        let pair = |low, high| {
            let both = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
            _mm256_shuffle_epi8(both, places)
        };
        let (even, odd) = (pair(texts[0], texts[2]), pair(texts[1], texts[3]));
        let (digits, marks) = (_mm256_unpacklo_epi64(even, odd), _mm256_unpackhi_epi64(even, odd));
        let (zeros, nine) = (_mm256_set1_epi8(0x30), _mm256_set1_epi8(9));
        let digits = _mm256_xor_si256(digits, zeros);
        let are_digits = _mm256_cmpeq_epi64(_mm256_max_epu8(digits, nine), nine);
        let are_marks = _mm256_cmpeq_epi64(marks, _mm256_set1_epi64x(0x2d2d));
        // Ten times the one and the other.
        let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010a));
        (pairs, _mm256_and_si256(are_digits, are_marks))
    }

    /// Of years (hundreds, then the rest) and months with days: the days, and whether there is such a date.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn days_since_1970(years: __m256i, rest: __m256i) -> (__m256i, __m256i) {
        let number = |n| _mm256_set1_epi32(n);
        let low = |lanes| _mm256_and_si256(lanes, number(0xffff));
        let year = _mm256_madd_epi16(years, number(0x0001_0064));
        let (month, day) = (low(rest), _mm256_srli_epi32::<16>(rest));
        // All ones in January and February, which belong to the year before.
        let early = _mm256_cmpgt_epi32(number(3), month);
        let from_march = _mm256_add_epi32(year, early);
        let shifted = _mm256_add_epi32(month, _mm256_and_si256(early, number(12)));
        // Days before the month, which is 3 to 14: 30.6 each, rounded.
        let before = _mm256_sub_epi32(_mm256_mullo_epi32(shifted, number(979)), number(2919));
        let before = _mm256_srai_epi32::<5>(before);
        // A hundredth of numbers below ten thousand.
        let century = _mm256_srli_epi32::<19>(_mm256_mullo_epi32(from_march, number(5243)));
        let leap_days = _mm256_sub_epi32(_mm256_srli_epi32::<2>(century), century);
        let to_year = _mm256_srli_epi32::<2>(_mm256_mullo_epi32(from_march, number(1461)));
        let days = _mm256_add_epi32(_mm256_add_epi32(to_year, leap_days), _mm256_add_epi32(before, day));
        let days = _mm256_sub_epi32(days, number(719_469));

        let is_century = _mm256_cmpeq_epi32(_mm256_srli_epi32::<16>(years), _mm256_setzero_si256());
        // A century is divisible by 400 if it is by 16.
        let divisor = _mm256_blendv_epi8(number(3), number(15), is_century);
        let leap = _mm256_cmpeq_epi32(_mm256_and_si256(year, divisor), _mm256_setzero_si256());
        let odd = _mm256_and_si256(_mm256_xor_si256(month, _mm256_srli_epi32::<3>(month)), number(1));
        let length = _mm256_blendv_epi8(
            _mm256_add_epi32(number(30), odd),
            _mm256_sub_epi32(number(28), leap),
            _mm256_cmpeq_epi32(month, number(2)),
        );
        let from = |lanes, least: i32| _mm256_cmpgt_epi32(lanes, number(least - 1));
        let after_end = _mm256_cmpgt_epi32(day, length);
        let good = _mm256_and_si256(from(year, 1), _mm256_and_si256(from(month, 1), from(day, 1)));
        let good = _mm256_and_si256(good, _mm256_cmpgt_epi32(number(13), month));
        (days, _mm256_and_si256(good, _mm256_cmpeq_epi32(after_end, _mm256_setzero_si256())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, each_isa};

    /// Days since 1970-01-01 by counting them, for every date of the years from 0 on that are wanted.
    fn calendar(wanted: impl Fn(i32) -> bool) -> Vec<(String, i32)> {
        let leap = |year: i32| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let mut dates = Vec::new();
        // 0000-01-01, as Python's `date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()` less the leap year 0.
        let mut days = -719_162 - 366;
        for year in 0..10_000 {
            let wanted = wanted(year);
            for (month, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
                for day in 1..=length + i32::from(month == 1 && leap(year)) {
                    if wanted {
                        dates.push((format!("{year:04}-{:02}-{day:02}", month + 1), days));
                    }
                    days += 1;
                }
            }
        }
        dates
    }

    fn read(texts: &[&str]) -> Vec<Option<i32>> {
        let mut text = String::new();
        let mut spans = Vec::new();
        for field in texts {
            text.push(',');
            let start = text.len() as u32;
            text.push_str(field);
            spans.push(Span { start, end: text.len() as u32 });
        }
        text.push_str(&" ".repeat(16));
        spans.resize(spans.len().next_multiple_of(NUMBERS), Span { start: 0, end: 0 });
        let mut read = Vec::new();
        for spans in spans.as_chunks::<NUMBERS>().0 {
            let mut days = [0; NUMBERS];
            let good = dates(text.as_bytes(), spans, &mut days);
            read.extend((0..NUMBERS).map(|i| (good >> i & 1 == 1).then_some(days[i])));
        }
        read.truncate(texts.len());
        read
    }

    #[test]
    fn every_date_there_is_and_no_other() {
        // Those around centuries, and those that most dates are of.
        let calendar = calendar(|year| matches!(year % 100, 0 | 1 | 99) || (1960..2040).contains(&year));
        let texts: Vec<&str> = calendar.iter().map(|(text, _)| text.as_str()).collect();
        for side in each_isa() {
            for ((text, days), read) in calendar.iter().zip(read(&texts)) {
                let is_read = side >= Isa::Avx2 && !text.starts_with("0000");
                assert_eq!(read, is_read.then_some(*days), "{side:?} {text}");
            }
        }
        let known: std::collections::HashMap<_, _> = calendar.iter().cloned().collect();
        // Every month and day of two digits.
        let years = ["1900", "2000", "2023", "2024", "9999"];
        let texts: Vec<String> = years
            .iter()
            .flat_map(|year| (0..10_000).map(move |n| format!("{year}-{:02}-{:02}", n / 100, n % 100)))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for side in each_isa() {
            for (text, read) in texts.iter().zip(read(&texts)) {
                let expected = known.get(*text).copied().filter(|_| side >= Isa::Avx2);
                assert_eq!(read, expected, "{side:?} {text}");
            }
        }
    }

    #[test]
    fn what_is_no_plain_date_is_not_answered_for() {
        let good = "2024-02-29";
        let mut texts: Vec<String> =
            ["", "2024-02-2", "2024-02-290", "2024-2-29", "\"2024-02-29\"", "20240229"]
                .map(String::from)
                .into();
        for place in 0..good.len() {
            for byte in (0..=127u8).filter(|byte| *byte != good.as_bytes()[place]) {
                let mut text = good.as_bytes().to_vec();
                text[place] = byte;
                texts.push(String::from_utf8_lossy(&text).into_owned());
            }
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let known: std::collections::HashMap<_, _> =
            calendar(|year| year % 1000 < 100 || year % 100 == 24).into_iter().collect();
        for _ in each_isa() {
            for (text, read) in texts.iter().zip(read(&texts)) {
                assert!(read.is_none_or(|days| known.get(*text) == Some(&days)), "{text:?} {read:?}");
            }
            // Too close to the end of the text, and missing.
            let mut days = [0; NUMBERS];
            let spans = [Span { start: 0, end: 10 }; NUMBERS];
            assert_eq!(dates(b"2024-02-29\n", &spans, &mut days), 0);
            assert_eq!(dates(&[b' '; 32], &[Span::MISSING; NUMBERS], &mut days), 0);
        }
    }
}
