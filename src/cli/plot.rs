//! Small plots of text: pure functions of numbers and of what the terminal can show.

/// What a plot may be drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// As the locale says, in the order of setlocale(3). A terminal that calls itself dumb gets letters.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let locale = locale.to_lowercase();
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        if !is_dumb && (locale.contains("utf-8") || locale.contains("utf8")) {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    fn levels(self) -> &'static [char] {
        match self {
            Self::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
            Self::Ascii => &['_', '.', ':', '-', '=', '+', '*', '#'],
        }
    }
}

/// A column for each value: the lowest for nothing, the highest for the greatest.
pub(super) fn columns(values: &[u64], glyphs: Glyphs) -> String {
    let levels = glyphs.levels();
    let most = values.iter().copied().max().unwrap_or_default();
    let top = levels.len() - 1;
    values
        .iter()
        .map(|value| match (u128::from(*value) * top as u128).checked_div(u128::from(most)) {
            // Whatever is there is to be seen.
            Some(level) if *value > 0 => levels[usize::try_from(level).unwrap_or(top).clamp(1, top)],
            _ => levels[0],
        })
        .collect()
}

/// A bar as long as the value is in comparison with the greatest, at most `width`.
pub(super) fn bar(value: f64, most: f64, width: usize, glyphs: Glyphs) -> String {
    let mark = if glyphs == Glyphs::Unicode { "█" } else { "#" };
    if value <= 0.0 || most <= 0.0 {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a length between 0 and the width of a terminal"
    )]
    let length = ((value / most).min(1.0) * width as f64).round() as usize;
    mark.repeat(length.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_bars_are_in_proportion() {
        assert_eq!(columns(&[0, 1, 500, 1000], Glyphs::Unicode), "▁▂▄█");
        assert_eq!(columns(&[0, 1, 500, 1000], Glyphs::Ascii), "_.-#");
        assert_eq!(columns(&[0, 0], Glyphs::Ascii), "__");
        assert_eq!(columns(&[u64::MAX, 1], Glyphs::Ascii), "#.");
        assert_eq!(bar(1.0, 2.0, 10, Glyphs::Ascii), "#####");
        assert_eq!(bar(0.001, 2.0, 10, Glyphs::Unicode), "█");
        assert_eq!(bar(0.0, 0.0, 10, Glyphs::Unicode), "");
        assert_eq!(bar(9.0, 2.0, 3, Glyphs::Ascii), "###");
    }

    #[test]
    fn the_locale_decides_about_glyphs() {
        let of = |set: &[(&str, &str)]| {
            Glyphs::of(|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[]), Glyphs::Ascii);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Glyphs::Unicode);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")]), Glyphs::Ascii);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")]), Glyphs::Unicode);
        assert_eq!(of(&[("LANG", "C.UTF-8"), ("TERM", "dumb")]), Glyphs::Ascii);
    }
}
