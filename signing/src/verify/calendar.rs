//! Times as people read them: Vietnam's, which is seven hours ahead of UTC the whole year.

use crate::judge::Instant;

/// Seconds that Vietnam is ahead of UTC.
const AHEAD: i64 = 7 * 3600;
const DAY: i64 = 86_400;

/// A day and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Year, month from 1, day from 1.
    pub date: (i64, i64, i64),
    /// Hour, minute, second.
    pub time: (i64, i64, i64),
}

impl Moment {
    /// What clocks in Vietnam show at `instant`.
    pub fn in_vietnam(instant: Instant) -> Self {
        let seconds = instant.0.saturating_add(AHEAD);
        let of_day = seconds.rem_euclid(DAY);
        Self {
            date: civil(seconds.div_euclid(DAY)),
            time: (of_day / 3600, of_day / 60 % 60, of_day % 60),
        }
    }
}

/// ISO 8601 with Vietnam's offset: `2025-01-24T14:23:43+07:00`.
pub fn iso(instant: Instant) -> String {
    let Moment {
        date: (year, month, day),
        time: (hour, minute, second),
    } = Moment::in_vietnam(instant);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+07:00")
}

/// As Vietnamese write it: `14:23:43 ngày 24/01/2025 (+07:00)`.
pub fn vietnamese(instant: Instant) -> String {
    let Moment {
        date: (year, month, day),
        time: (hour, minute, second),
    } = Moment::in_vietnam(instant);
    format!("{hour:02}:{minute:02}:{second:02} ngày {day:02}/{month:02}/{year} (+07:00)")
}

/// For English sentences: `2025-01-24 14:23:43 +07:00`.
pub fn english(instant: Instant) -> String {
    iso(instant).replace('T', " ").replace('+', " +")
}

/// ISO 8601 in UTC: `2025-01-24T07:23:43Z`.
pub fn utc(instant: Instant) -> String {
    iso(Instant(instant.0.saturating_sub(AHEAD))).replace("+07:00", "Z")
}

/// A PDF date (ISO 32000-1, 7.9.4): `D:20250124142343+07'00'`, trailing parts may lack. `None` when it is none.
pub fn of_pdf(text: &str) -> Option<Instant> {
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count().min(14);
    if digits < 4 || digits % 2 != 0 {
        return None;
    }
    let part = |from: usize, to: usize, default: i64| match text.get(from..to) {
        Some(part) if to <= digits => part.parse::<i64>().ok(),
        _ => Some(default),
    };
    let (year, month, day) = (part(0, 4, 0)?, part(4, 6, 1)?, part(6, 8, 1)?);
    let (hour, minute, second) = (part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?);
    let sane = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    let offset = offset(text.get(digits..)?)?;
    sane.then(|| {
        Instant(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset)
    })
}

/// `Z`, `+07'00'`, `+07:00`, `+07`, or nothing, in seconds.
fn offset(text: &str) -> Option<i64> {
    let sign = match text.bytes().next() {
        None | Some(b'Z') => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).map_or(Some(0), |part| part.parse().ok())?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar carried both ways.
///
/// Years are counted from March, so that the leap day is the last of its year and months have a regular pattern of
/// 153 days in five.
fn civil(days: i64) -> (i64, i64, i64) {
    // Days from 0000-03-01 to 1970-01-01; days in 400 years.
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_vietnam_and_in_utc() {
        let moment = Instant(1_737_703_423);
        assert_eq!(iso(moment), "2025-01-24T14:23:43+07:00");
        assert_eq!(utc(moment), "2025-01-24T07:23:43Z");
        assert_eq!(vietnamese(moment), "14:23:43 ngày 24/01/2025 (+07:00)");
        assert_eq!(english(moment), "2025-01-24 14:23:43 +07:00");
        assert_eq!(utc(Instant(951_782_400)), "2000-02-29T00:00:00Z");
        assert_eq!(utc(Instant(-1)), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn dates_of_pdf_are_read_with_their_offsets() {
        let moment = Some(Instant(1_737_703_423));
        for text in [
            "D:20250124142343+07'00'",
            "D:20250124142343+07'00",
            "20250124142343+07",
            "D:20250124072343Z",
            "D:20250124072343",
        ] {
            assert_eq!(of_pdf(text), moment, "{text}");
        }
        assert_eq!(
            of_pdf("D:2025").map(utc),
            Some("2025-01-01T00:00:00Z".to_owned())
        );
        for wrong in [
            "",
            "D:",
            "D:20251",
            "D:20251332000000Z",
            "hôm qua",
            "D:20250124142343?",
        ] {
            assert_eq!(of_pdf(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        for extreme in [i64::MIN, i64::MAX] {
            let _ = utc(Instant(extreme));
        }
    }
}
