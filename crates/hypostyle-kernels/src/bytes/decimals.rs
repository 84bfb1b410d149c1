//! Sixty-four short decimals at once.
//!
//! A field of at most sixteen bytes is two words, aligned to its end. All steps from there to its digits as one integer
//! are arithmetic on words without branches: the compiler makes vectors of them, where the instruction set has shifts by
//! a different count in each lane. Where it has not, nothing is gained, and no field is answered for. There are so many
//! of them because a vector cannot be loaded before the words in it, which are written one by one, have left the
//! store buffer.

/// How many fields go together.
pub const DECIMALS: usize = 64;

/// Fields as words.
#[derive(Clone, Copy, Debug)]
pub struct DecimalFields {
    /// The eight bytes before those of `tail`, first byte lowest.
    pub head: [u64; DECIMALS],
    /// The last eight bytes.
    pub tail: [u64; DECIMALS],
    /// How many of the sixteen bytes belong to the field: those at the end.
    pub len: [u64; DECIMALS],
}

/// Their digits without the point, and how many stand behind it.
#[derive(Clone, Copy, Debug)]
pub struct Decimals {
    /// The number that all digits make.
    pub digits: [u64; DECIMALS],
    /// How many digits stand behind the point, seven at most.
    pub behind: [u64; DECIMALS],
    /// Bit `i` is set where field `i` has 1 to 16 bytes, all of them digits but for one point at most.
    pub good: u64,
}

impl DecimalFields {
    /// No fields; none is good.
    pub const EMPTY: Self = Self { head: [0; DECIMALS], tail: [0; DECIMALS], len: [0; DECIMALS] };

    /// Reads the fields. A field that is not good may be a number all the same.
    ///
    /// ```
    /// use hypostyle_kernels::bytes::DecimalFields;
    ///
    /// let mut fields = DecimalFields::EMPTY;
    /// fields.tail[0] = u64::from_le_bytes(*b",,,12.50");
    /// fields.len[0] = 5;
    /// let decimals = fields.read(Some(b'.'));
    /// assert!(decimals.good == 0 || (decimals.digits[0], decimals.behind[0]) == (1250, 2));
    /// ```
    pub fn read(&self, point: Option<u8>) -> Decimals {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512cd")
            {
                // SAFETY: the instruction set was found on this machine.
                return unsafe { read_avx512(self, point) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the instruction set was found on this machine.
                return unsafe { read_avx2(self, point) };
            }
        }
        let _ = point;
        Decimals { digits: [0; DECIMALS], behind: [0; DECIMALS], good: 0 }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512cd")]
fn read_avx512(fields: &DecimalFields, point: Option<u8>) -> Decimals {
    match point {
        Some(point) => read_lanes::<true>(fields, point),
        None => read_lanes::<false>(fields, 0),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn read_avx2(fields: &DecimalFields, point: Option<u8>) -> Decimals {
    match point {
        Some(point) => read_lanes::<true>(fields, point),
        None => read_lanes::<false>(fields, 0),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x80 * ONES;
const ZEROS: u64 = 0x30 * ONES;

#[inline(always)]
fn read_lanes<const POINT: bool>(fields: &DecimalFields, point: u8) -> Decimals {
    let mut answer = Decimals { digits: [0; DECIMALS], behind: [0; DECIMALS], good: 0 };
    let mut wrong = [0u64; DECIMALS];
    for (i, wrong) in wrong.iter_mut().enumerate() {
        let len = fields.len[i];
        // What is before the field reads as zeros.
        let keep_tail = !0 << (64 - 8 * len.clamp(1, 8));
        let keep_head = if len > 8 { !0 << (64 - 8 * len.clamp(9, 16).wrapping_sub(8)) } else { 0 };
        let mut tail = (fields.tail[i] & keep_tail) | (ZEROS & !keep_tail);
        let mut head = (fields.head[i] & keep_head) | (ZEROS & !keep_head);
        let mut bad = u64::from(len.wrapping_sub(1) >= 16);
        if POINT {
            let differs = tail ^ (u64::from(point) * ONES);
            // The high bit of the first byte that is the point, if there is one.
            let points = differs.wrapping_sub(ONES) & !differs & HIGH_BITS;
            let at = (points & points.wrapping_neg()) >> 7;
            let before = at.wrapping_sub(1);
            let behind = !before & !(at * 0xff);
            // What is before the point moves up by one byte and closes the gap.
            let closed = ((tail & before) << 8) | (head >> 56) | (tail & behind);
            let found = points != 0;
            tail = if found { closed } else { tail };
            head = if found { (head << 8) | 0x30 } else { head };
            // With the point in byte k there are 63 - 8 k zeros above, and 7 - k bytes.
            answer.behind[i] = if found { u64::from(at.leading_zeros()) / 8 } else { 0 };
            bad |= u64::from(found & (len == 1));
        }
        let (tail, head) = (tail ^ ZEROS, head ^ ZEROS);
        bad |= not_digits(tail) | not_digits(head);
        answer.digits[i] = join(head).wrapping_mul(100_000_000).wrapping_add(join(tail));
        *wrong = bad;
    }
    for (i, bad) in wrong.iter().enumerate() {
        answer.good |= u64::from(*bad == 0) << i;
    }
    answer
}

/// Not zero if a byte is above nine.
#[inline(always)]
fn not_digits(values: u64) -> u64 {
    (values | values.wrapping_add(0x76 * ONES)) & HIGH_BITS
}

/// The number whose eight digits are the bytes, the first most significant.
#[inline(always)]
fn join(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits and how many are behind the point, one byte at a time.
    fn naive(field: &[u8], point: Option<u8>) -> Option<(u64, u64)> {
        let at = field.iter().position(|byte| Some(*byte) == point);
        let behind = at.map_or(0, |at| field.len() - at - 1);
        let digits: Vec<u8> =
            field.iter().enumerate().filter(|(i, _)| Some(*i) != at).map(|(_, byte)| *byte).collect();
        let fits = (1..=16).contains(&field.len()) && !digits.is_empty() && behind < 8;
        (fits && digits.iter().all(u8::is_ascii_digit))
            .then(|| (digits.iter().fold(0, |n, d| n * 10 + u64::from(d - b'0')), behind as u64))
    }

    #[test]
    fn vectors_agree_with_a_plain_loop() {
        let mut state = 11u64;
        let mut random = |n: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        let alphabet = b"0123456789012345678901234567890123456789.,-/:a\xff";
        for round in 0..5_000 {
            let point = [Some(b'.'), Some(b','), None][round % 3];
            let mut fields = DecimalFields::EMPTY;
            let mut texts = Vec::new();
            for i in 0..DECIMALS {
                let mut bytes: Vec<u8> = (0..16).map(|_| alphabet[random(alphabet.len())]).collect();
                let len = random(18);
                if random(2) == 0 {
                    bytes.iter_mut().for_each(|byte| *byte = b'0' + random(10) as u8);
                    bytes[15 - random(16)] = b'.';
                }
                fields.head[i] = u64::from_le_bytes(*bytes.first_chunk().unwrap());
                fields.tail[i] = u64::from_le_bytes(*bytes.last_chunk().unwrap());
                fields.len[i] = len as u64;
                texts.push(if len > 16 { vec![b'0'; 17] } else { bytes[16 - len..].to_vec() });
            }
            let decimals = fields.read(point);
            let portable = match point {
                Some(point) => read_lanes::<true>(&fields, point),
                None => read_lanes::<false>(&fields, 0),
            };
            for (i, text) in texts.iter().enumerate() {
                for decimals in [&portable, &decimals] {
                    let answer =
                        (decimals.good >> i & 1 == 1).then(|| (decimals.digits[i], decimals.behind[i]));
                    if std::ptr::eq(decimals, &portable) || answer.is_some() {
                        assert_eq!(answer, naive(text, point), "{:?}", String::from_utf8_lossy(text));
                    }
                }
            }
        }
    }
}
