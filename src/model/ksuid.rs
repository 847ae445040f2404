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
/// How many digits are moved at a time: the most whose value fits into a limb.
const GROUP: usize = 5;

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
        let mut limbs = [0_u32; 5];
        for group in digits.chunks(GROUP) {
            let mut factor = 1;
            let mut carry = 0;
            for digit in group {
                factor *= 62;
                carry = carry * 62 + value(*digit)?;
            }
            for limb in limbs.iter_mut().rev() {
                let sum = u64::from(*limb) * factor + carry;
                *limb = low(sum);
                carry = sum >> 32;
            }
            if carry > 0 {
                return None;
            }
        }
        let mut bytes = [0; 20];
        for (four, limb) in bytes.chunks_exact_mut(4).zip(limbs) {
            four.copy_from_slice(&limb.to_be_bytes());
        }
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
            let factor = 62_u64.pow(u32::try_from(group.len()).unwrap_or(0));
            let mut left = 0;
            for limb in limbs.iter_mut().skip_while(|limb| **limb == 0) {
                let dividend = left << 32 | u64::from(*limb);
                *limb = low(dividend / factor);
                left = dividend % factor;
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
        for (limb, four) in limbs.iter_mut().zip(self.0.chunks_exact(4)) {
            *limb = four.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
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

fn value(digit: u8) -> Option<u64> {
    let value = match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        _ => return None,
    };
    Some(u64::from(value))
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
