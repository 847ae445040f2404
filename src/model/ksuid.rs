//! KSUIDs: 20 bytes that sort by the time they were made, and their text of 27 characters.
//!
//! The format is that of <https://github.com/segmentio/ksuid>: 4 bytes of seconds since 2014-05-13T16:53:20Z and 16 random ones,
//! big-endian, written in base 62. Every job passes through both directions several times, so neither allocates more
//! than its result.

/// Unix time of the second that counts as zero.
const EPOCH: i64 = 1_400_000_000;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The length of the text.
const LENGTH: usize = 27;
/// How many digits are written at a time: the most whose value fits into a limb.
const GROUP: usize = 5;
const GROUP_DIGITS: u64 = 62_u64.pow(5);
/// How many are read at a time: the most whose value fits into a word.
const TEN: usize = 10;
const TEN_DIGITS: u128 = 62_u128.pow(10);
/// The low word.
const LOW: u128 = u128::MAX >> 64;
/// What each byte is worth as a digit.
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        #[expect(clippy::cast_possible_truncation, reason = "there are 62")]
        let worth = value as u8;
        values[DIGITS[value] as usize] = worth;
        value += 1;
    }
    values
};
/// More than any digit is worth, also together with one, and so little that ten of them fit into a word.
const NO_DIGIT: u8 = u8::MAX;

/// A KSUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ksuid([u8; 20]);

impl Ksuid {
    /// A KSUID of this Unix time, in seconds, with these random bytes. Times that it cannot hold are cut off at its ends.
    #[must_use]
    pub fn new(unix_seconds: i64, random: [u8; 16]) -> Self {
        let seconds = u32::try_from((unix_seconds - EPOCH).max(0)).unwrap_or(u32::MAX);
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..].copy_from_slice(&random);
        Self(bytes)
    }

    /// Reads its text; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: &[u8; LENGTH] = text.as_bytes().try_into().ok()?;
        let mut seen = 0;
        // As many digits at a time as a word holds.
        let mut word = |digits: &[u8]| {
            let mut sum = 0_u64;
            for digit in digits {
                let value = VALUES[usize::from(*digit)];
                seen |= value;
                sum = sum * 62 + u64::from(value);
            }
            u128::from(sum)
        };
        let (first, rest) = digits.split_at(LENGTH - 2 * TEN);
        let (middle, last) = rest.split_at(TEN);
        let (first, middle, last) = (word(first), word(middle), word(last));
        if seen == NO_DIGIT {
            return None;
        }
        let high = first * TEN_DIGITS + middle;
        let low = (high & LOW) * TEN_DIGITS + last;
        let high = (high >> 64) * TEN_DIGITS + (low >> 64);
        let mut bytes = [0; 20];
        bytes[4..].copy_from_slice(&(high << 64 | low & LOW).to_be_bytes());
        bytes[..4].copy_from_slice(&u32::try_from(high >> 64).ok()?.to_be_bytes());
        Some(Self(bytes))
    }

    /// The Unix time in it, in seconds.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        i64::from(self.limbs()[0]) + EPOCH
    }

    /// Its text.
    pub(super) fn text(self) -> KsuidText {
        let mut text = [0; LENGTH];
        let mut limbs = self.limbs();
        for group in text.rchunks_mut(GROUP) {
            let mut left = 0;
            for limb in &mut limbs {
                let dividend = left << 32 | u64::from(*limb);
                *limb = low(dividend / GROUP_DIGITS);
                left = dividend % GROUP_DIGITS;
            }
            for digit in group.iter_mut().rev() {
                *digit = usize::try_from(left % 62).map_or(b'0', |index| DIGITS[index]);
                left /= 62;
            }
        }
        KsuidText(text)
    }

    fn limbs(self) -> [u32; 5] {
        let mut limbs = [0; 5];
        for (limb, four) in limbs.iter_mut().zip(self.0.as_chunks().0) {
            *limb = u32::from_be_bytes(*four);
        }
        limbs
    }
}

impl std::fmt::Display for Ksuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text().as_str())
    }
}

/// The text of a KSUID.
#[derive(Clone, Copy)]
pub(super) struct KsuidText([u8; LENGTH]);

impl KsuidText {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Makes it that of the KSUID after this one, in the order in which they sort.
    pub(super) fn count_up(&mut self) {
        for digit in self.0.iter_mut().rev() {
            *digit = match *digit {
                b'z' => b'0',
                b'9' => b'A',
                b'Z' => b'a',
                digit => digit + 1,
            };
            if *digit != b'0' {
                break;
            }
        }
    }
}

/// The low half.
fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of the format's description.
    #[test]
    fn published_examples_are_read_and_written() {
        let text = "0ujtsYcgvSTl8PAuAdqWYSMnLOv";
        let ksuid = Ksuid::parse(text).unwrap();
        assert_eq!(ksuid.unix_seconds(), 1_507_608_047);
        assert_eq!(
            ksuid.0[4..],
            [0xb5, 0xa1, 0xcd, 0x34, 0xb5, 0xf9, 0x9d, 0x11, 0x54, 0xfb, 0x68, 0x53, 0x34, 0x5c, 0x97, 0x35]
        );
        assert_eq!(ksuid.to_string(), text);
        let largest = "aWgEPTl1tmebfsQzFP4bxwgy80V";
        assert_eq!(Ksuid::parse(largest), Some(Ksuid([0xff; 20])));
        assert_eq!(Ksuid([0; 20]).to_string(), "0".repeat(27));
    }

    #[test]
    fn what_is_no_ksuid_is_refused() {
        for bad in [
            "",
            "old-job",
            "aWgEPTl1tmebfsQzFP4bxwgy80W",
            "!!!!!!!!!!!!!!!!!!!!!!!!!!!",
            "é0000000000000000000000000",
        ] {
            assert_eq!(Ksuid::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Ksuid::parse(&"z".repeat(27)), None);
    }

    #[test]
    fn counting_up_carries() {
        for (text, next) in [("00", "01"), ("09", "0A"), ("AZ", "Aa"), ("9z", "A0"), ("zz", "100")] {
            let mut text = KsuidText(format!("{text:0>27}").into_bytes().try_into().unwrap());
            text.count_up();
            assert_eq!(text.as_str(), format!("{next:0>27}"));
        }
    }

    proptest! {
        #[test]
        fn text_and_bytes_are_one_and_sort_alike(a: [u8; 20], b: [u8; 20]) {
            let (a, b) = (Ksuid(a), Ksuid(b));
            prop_assert_eq!(Ksuid::parse(&a.to_string()), Some(a));
            let mut next = a.text();
            next.count_up();
            let next = Ksuid::parse(next.as_str()).unwrap();
            prop_assert_eq!(u128::from_be_bytes(a.0[4..].try_into().unwrap()).wrapping_add(1),
                u128::from_be_bytes(next.0[4..].try_into().unwrap()));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
