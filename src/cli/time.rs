//! Reading durations and moments as people write them, and showing moments.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, Zoned};

/// Reads a duration with its unit: `30s`, `5m`, `1h30m`, `2d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a duration: write a number with its unit, such as 30s, 5m or 2h");
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    duration.try_into().map_err(|_| format!("{text:?} is a negative duration"))
}

/// Reads a duration, or `none` for no limit.
pub(super) fn limit(text: &str) -> Result<Option<Duration>, String> {
    if text == "none" { Ok(None) } else { duration(text).map(Some) }
}

/// Reads a moment: RFC 3339, a day, `now`, `today`, `yesterday`, or how long ago it was.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    let midnight = |zoned: Zoned| {
        zoned.start_of_day().map(|zoned| zoned.timestamp()).map_err(|_| format!("{text:?} is out of range"))
    };
    let today = now.to_zoned(zone.clone());
    match text {
        "now" => return Ok(now),
        "today" => return midnight(today),
        "yesterday" => return midnight(today.yesterday().map_err(|error| error.to_string())?),
        _ => {}
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>()
        && let Ok(zoned) = day.to_zoned(zone.clone())
        && !text.contains([':', 'T', ' '])
    {
        return Ok(zoned.timestamp());
    }
    let ago = duration(text.strip_suffix("ago").unwrap_or(text)).map_err(|_| {
        format!("{text:?} is not a time: write one such as 2026-01-31T12:00:00Z, 2026-01-31, yesterday or 2h")
    })?;
    let ago = SignedDuration::try_from(ago).map_err(|_| format!("{text:?} is out of range"))?;
    now.checked_sub(ago).map_err(|_| format!("{text:?} is out of range"))
}

/// How moments are shown on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum TimeStyle {
    /// As `5m ago`.
    Relative,
    /// As RFC 3339, in the zone of `--tz`.
    Iso,
    /// As seconds since 1970.
    Unix,
}

impl TimeStyle {
    /// A moment as it is shown.
    pub(super) fn show(self, time: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
        match self {
            Self::Relative => relative(time, now),
            Self::Iso if *zone == TimeZone::UTC => format!("{time:.0}"),
            Self::Iso => time.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            Self::Unix => time.as_second().to_string(),
        }
    }
}

fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(time).as_secs();
    let text = short(seconds.unsigned_abs());
    if seconds < 0 { format!("in {text}") } else { format!("{text} ago") }
}

/// A number of seconds in its largest unit.
fn short(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A duration as it is shown: to milliseconds below ten seconds.
pub(super) fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 10 {
        let text = format!("{:.3}", duration.as_secs_f64());
        return format!("{}s", text.trim_end_matches('0').trim_end_matches('.'));
    }
    let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        for (text, millis) in
            [("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("250ms", 250)]
        {
            assert_eq!(duration(text).unwrap(), Duration::from_millis(millis), "{text}");
        }
        for bad in ["30", "", "soon", "-5m"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(limit("none").unwrap(), None);
    }

    #[test]
    fn moments_are_read_in_many_ways() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let read = |text| moment(text, &TimeZone::UTC, now).unwrap().to_string();
        assert_eq!(read("2h"), "2026-03-02T08:00:00Z");
        assert_eq!(read("2h ago"), "2026-03-02T08:00:00Z");
        assert_eq!(read("yesterday"), "2026-03-01T00:00:00Z");
        assert_eq!(read("2026-01-31"), "2026-01-31T00:00:00Z");
        assert_eq!(read("2026-01-31T12:00:00+01:00"), "2026-01-31T11:00:00Z");
        assert!(moment("whenever", &TimeZone::UTC, now).unwrap_err().contains("not a time"));
    }

    #[test]
    fn moments_and_durations_are_shown_short() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let shown = |text: &str| TimeStyle::Relative.show(text.parse().unwrap(), &TimeZone::UTC, now);
        assert_eq!(shown("2026-03-02T09:55:00Z"), "5m ago");
        assert_eq!(shown("2026-03-02T10:00:05Z"), "in 5s");
        assert_eq!(shown("2026-02-20T10:00:00Z"), "10d ago");
        assert_eq!(TimeStyle::Iso.show(now, &TimeZone::UTC, now), "2026-03-02T10:00:00Z");
        assert_eq!(show_duration(Duration::from_millis(1_250)), "1.25s");
        assert_eq!(show_duration(Duration::from_secs(3_725)), "1h2m5s");
    }
}
