//! What counts for all types, or for one: by flags, and by the configuration file.

use std::str::FromStr;

/// What a flag says for all types or for one, or the file for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForType<T> {
    pub(super) job_type: Option<String>,
    pub(super) value: T,
    /// The file counts for less than any flag.
    is_of_file: bool,
}

impl<T> ForType<T> {
    pub(super) fn flag(job_type: Option<&str>, value: T) -> Self {
        Self { job_type: job_type.map(str::to_owned), value, is_of_file: false }
    }

    pub(super) fn of_file(job_type: &str, value: T) -> Self {
        Self { job_type: Some(job_type.to_owned()), value, is_of_file: true }
    }

    /// The type that a flag names.
    pub(super) fn named_by_flag(&self) -> Option<&str> {
        self.job_type.as_deref().filter(|_| !self.is_of_file)
    }

    fn counts(&self, job_type: &str) -> Option<Rank> {
        match (self.job_type.as_deref(), self.is_of_file) {
            (None, _) => Some(Rank::All),
            (Some(named), _) if named != job_type => None,
            (Some(_), true) => Some(Rank::File),
            (Some(_), false) => Some(Rank::Own),
        }
    }
}

/// How much it counts, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The file says it of the type.
    File,
    /// A flag says it of all types.
    All,
    /// A flag says it of the type.
    Own,
}

/// What counts for a type: the last flag that names it, else the last that names none, else the file.
pub(super) fn pick<'a, T>(given: &'a [ForType<T>], job_type: &str) -> Option<&'a T> {
    every(given, job_type).last()
}

/// What counts for a type alone: the last flag that names it, else the file.
pub(super) fn pick_own<'a, T>(given: &'a [ForType<T>], job_type: &str) -> Option<&'a T> {
    let of = |rank| given.iter().rfind(|one| one.counts(job_type) == Some(rank));
    of(Rank::Own).or_else(|| of(Rank::File)).map(|one| &one.value)
}

/// What counts for no type in particular: the last flag that names none.
pub(super) fn pick_all<T>(given: &[ForType<T>]) -> Option<&T> {
    given.iter().rfind(|one| one.job_type.is_none()).map(|one| &one.value)
}

/// All that count for a type, the least first: the file, the flags for all types, then its own.
pub(super) fn every<'a, T>(given: &'a [ForType<T>], job_type: &str) -> impl Iterator<Item = &'a T> {
    let ranked = move |rank| given.iter().filter(move |one| one.counts(job_type) == Some(rank));
    [Rank::File, Rank::All, Rank::Own].into_iter().flat_map(ranked).map(|one| &one.value)
}

/// Reads `[TYPE=]VALUE`: what stands before the first `=` is the type. A text that begins with `/` or `.` is a value as a
/// whole, as a folder is whose name holds a `=`.
pub(super) fn assigned<T>(
    read: impl Fn(&str) -> Result<T, String> + Clone + Send + Sync,
) -> impl Fn(&str) -> Result<ForType<T>, String> + Clone + Send + Sync {
    move |text| match text.split_once('=').filter(|_| !text.starts_with(['/', '.'])) {
        None => Ok(ForType::flag(None, read(text)?)),
        Some((job_type, text)) => Ok(ForType::flag(Some(job_type), read(text)?)),
    }
}

/// Reads `[TYPE:]VALUE`, where the value holds a `=` of its own.
pub(super) fn prefixed<T>(
    read: impl Fn(&str) -> Result<T, String> + Clone + Send + Sync,
) -> impl Fn(&str) -> Result<ForType<T>, String> + Clone + Send + Sync {
    move |text| {
        let name = text.split('=').next().unwrap_or_default();
        match name.rfind(':') {
            None => Ok(ForType::flag(None, read(text)?)),
            Some(colon) => Ok(ForType::flag(Some(&text[..colon]), read(&text[colon + 1..])?)),
        }
    }
}

/// What a switch says that was given without a type.
pub(super) const ALL_TYPES: &str = "*";

/// Reads the type of a switch.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
pub(super) fn switch(text: &str) -> Result<ForType<()>, std::convert::Infallible> {
    Ok(ForType::flag((text != ALL_TYPES).then_some(text), ()))
}

/// Reads a number.
pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number, or not one that fits"))
}

/// Reads one of a few words.
pub(super) fn word<T: Copy + Send + Sync>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |text| {
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("{text:?} is none of {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_an_equals_sign_have_their_type_before_a_colon() {
        let read = prefixed(|text| Ok(text.to_owned()));
        for (text, job_type, value) in [
            ("A=1", None, "A=1"),
            ("email:A=b:c", Some("email"), "A=b:c"),
            ("a:b:A=1", Some("a:b"), "A=1"),
            ("URL=http://x", None, "URL=http://x"),
        ] {
            let read = read(text).unwrap();
            assert_eq!((read.job_type.as_deref(), read.value.as_str()), (job_type, value));
        }
    }

    #[test]
    fn the_type_stands_before_the_first_equals_sign_and_folders_have_none() {
        let read = assigned(|text| Ok(text.to_owned()));
        for (text, job_type, value) in [
            ("email=5s", Some("email"), "5s"),
            ("5s", None, "5s"),
            ("email=/srv/a=b", Some("email"), "/srv/a=b"),
            ("email=a=b", Some("email"), "a=b"),
            ("/srv/a=b", None, "/srv/a=b"),
            ("./a=b", None, "./a=b"),
            ("../a=b", None, "../a=b"),
        ] {
            let read = read(text).unwrap();
            assert_eq!((read.job_type.as_deref(), read.value.as_str()), (job_type, value), "{text}");
        }
    }

    #[test]
    fn the_file_counts_for_less_than_any_flag() {
        let given = [ForType::flag(None, 1), ForType::of_file("a", 2), ForType::of_file("b", 3)];
        assert_eq!(
            (pick(&given, "a"), pick(&given[1..], "a"), pick(&given[1..], "c")),
            (Some(&1), Some(&2), None)
        );
        assert_eq!(every(&given, "b").copied().collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn what_names_a_type_goes_before_what_names_none() {
        let read = assigned(number::<u32>);
        let given: Vec<_> = ["a=5", "1", "2"].iter().map(|text| read(text).unwrap()).collect();
        assert_eq!((pick(&given, "a"), pick(&given, "b")), (Some(&5), Some(&2)));
        assert_eq!(every(&given, "a").copied().collect::<Vec<_>>(), [1, 2, 5]);
    }
}
