//! Which parts of a bench its words ask for.

mod given;

pub(crate) use given::given;

/// Which of the parts that a bench has are wanted: all of them if none is named.
#[derive(Clone)]
pub(crate) struct Parts(Vec<String>);

impl Parts {
    /// Stops at a word that names no part: a bench that measures nothing would look like one that is done.
    pub(crate) fn read(words: Vec<String>, known: &[&str]) -> Self {
        if let Some(unknown) = words.iter().find(|word| !known.contains(&word.as_str())) {
            panic!("there is no part {unknown:?}; there are {}", known.join(", "));
        }
        Self(words)
    }

    pub(crate) fn has(&self, part: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| wanted == part)
    }
}
