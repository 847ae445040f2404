//! Reading amounts of bytes as people write them.

/// Reads a number of bytes, with a unit or without: `4096`, `64k`, `10M`, `2G`, each unit being 1024 of the one before.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let wrong =
        || format!("{text:?} is not a size: write bytes, or a number with its unit, such as 64k, 10M or 2G");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let shift = match unit.trim_end_matches('B').trim_end_matches('i') {
        "" if unit.is_empty() || unit == "B" => 0,
        "k" | "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return Err(wrong()),
    };
    digits.parse::<u64>().ok().and_then(|count| count.checked_mul(1 << shift)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_1024() {
        let sizes = ["0", "10B", "64k", "1KiB", "10M", "2GiB"].map(|text| size(text).unwrap());
        assert_eq!(sizes, [0, 10, 64 << 10, 1 << 10, 10 << 20, 2 << 30]);
        for wrong in ["", "k", "-1", "1.5M", "1T", "i", "99999999999999999999", "17179869184G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
