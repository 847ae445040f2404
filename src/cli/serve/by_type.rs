//! Flags that count for all types, or for one.

use std::str::FromStr;

/// What a flag says, for all types or for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForType<T> {
    pub(super) job_type: Option<String>,
    pub(super) value: T,
}

/// What counts for a type: the last that names it, else the last that names none.
pub(super) fn pick<'a, T>(given: &'a [ForType<T>], job_type: &str) -> Option<&'a T> {
    let of_type = given.iter().rfind(|one| one.job_type.as_deref() == Some(job_type));
    let of_all = || given.iter().rfind(|one| one.job_type.is_none());
    of_type.or_else(of_all).map(|one| &one.value)
}

/// All that count for a type: those for all types, then its own.
pub(super) fn every<'a, T>(given: &'a [ForType<T>], job_type: &str) -> impl Iterator<Item = &'a T> {
    let of_all = given.iter().filter(|one| one.job_type.is_none());
    let own = given.iter().filter(move |one| one.job_type.as_deref() == Some(job_type));
    of_all.chain(own).map(|one| &one.value)
}

/// Reads `[TYPE=]VALUE`.
pub(super) fn assigned<T>(
    read: impl Fn(&str) -> Result<T, String> + Clone + Send + Sync,
) -> impl Fn(&str) -> Result<ForType<T>, String> + Clone + Send + Sync {
    move |text| match text.rsplit_once('=') {
        None => Ok(ForType { job_type: None, value: read(text)? }),
        Some((job_type, text)) => Ok(ForType { job_type: Some(job_type.to_owned()), value: read(text)? }),
    }
}

/// Reads `[TYPE:]VALUE`, where the value holds a `=` of its own.
pub(super) fn prefixed<T>(
    read: impl Fn(&str) -> Result<T, String> + Clone + Send + Sync,
) -> impl Fn(&str) -> Result<ForType<T>, String> + Clone + Send + Sync {
    move |text| {
        let name = text.split('=').next().unwrap_or_default();
        match name.rfind(':') {
            None => Ok(ForType { job_type: None, value: read(text)? }),
            Some(colon) => {
                let job_type = Some(text[..colon].to_owned());
                Ok(ForType { job_type, value: read(&text[colon + 1..])? })
            }
        }
    }
}

/// What a switch says that was given without a type.
pub(super) const ALL_TYPES: &str = "*";

/// Reads the type of a switch.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
pub(super) fn switch(text: &str) -> Result<ForType<()>, std::convert::Infallible> {
    Ok(ForType { job_type: (text != ALL_TYPES).then(|| text.to_owned()), value: () })
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
    fn what_names_a_type_goes_before_what_names_none() {
        let read = assigned(number::<u32>);
        let given: Vec<_> = ["a=5", "1", "2"].iter().map(|text| read(text).unwrap()).collect();
        assert_eq!((pick(&given, "a"), pick(&given, "b")), (Some(&5), Some(&2)));
        assert_eq!(every(&given, "a").copied().collect::<Vec<_>>(), [1, 2, 5]);
    }
}
