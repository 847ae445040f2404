//! Changes bytes at random.

/// Random numbers that can be had again from their seed.
pub struct Dice(u64);

/// What is likely to be a special case of something.
const TOKENS: [&[u8]; 24] = [
    b"/",
    b"//",
    b"_meta",
    b"_changes",
    b"_id",
    b"_rev",
    b"_type",
    b"~1",
    b"%00",
    b"%2F",
    b"%",
    b"null",
    b"{}",
    b"[]",
    b"\"",
    b"\\u0000",
    b"\0",
    b"\xff",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"resources/",
    b"*",
    b"\\ud800",
];

impl Dice {
    pub fn new(seed: u64) -> Self {
        // A seed of 0 would give nothing but 0.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % sides as u64) as usize
    }

    pub fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let at = self.roll(bytes.len() + 1);
        let end = (at + 1 + self.roll(12)).min(bytes.len());
        match self.roll(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.roll(8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = self.roll(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => {
                let piece = bytes[at..end].repeat(1 << self.roll(9));
                bytes.splice(at..end, piece);
            }
            5 => drop(bytes.splice(at..end, TOKENS[self.roll(TOKENS.len())].iter().copied())),
            _ => drop(bytes.splice(at..at, TOKENS[self.roll(TOKENS.len())].iter().copied())),
        }
    }
}
