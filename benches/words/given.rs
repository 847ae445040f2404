//! The words after `cargo bench --bench NAME --`.

/// The words, without Cargo's own.
pub(crate) fn given() -> impl Iterator<Item = String> {
    std::env::args().skip(1).filter(|word| word != "--bench")
}
