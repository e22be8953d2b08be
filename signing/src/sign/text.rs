//! Times and strings as PDF and people write them.

use super::LocalTime;
use crate::judge::Instant;

/// `D:YYYYMMDDHHmmSS+HH'mm'` (ISO 32000-1, 7.9.4).
pub fn pdf_time(time: LocalTime) -> String {
    let digits: String = wall(time).chars().filter(char::is_ascii_digit).collect();
    let (sign, hours, minutes) = offset(time);
    format!("D:{digits}{sign}{hours:02}'{minutes:02}'")
}

/// `YYYY-MM-DDTHH:MM:SS+HH:MM` (ISO 8601), as annex I of decree 30/2020 asks for.
pub fn iso_time(time: LocalTime) -> String {
    let (sign, hours, minutes) = offset(time);
    format!("{}{sign}{hours:02}:{minutes:02}", wall(time))
}

fn offset(time: LocalTime) -> (char, i32, i32) {
    let sign = if time.offset < 0 { '-' } else { '+' };
    let minutes = time.offset.saturating_abs();
    (sign, minutes / 60, minutes % 60)
}

/// Date and time on the wall, without saying where the wall is.
fn wall(time: LocalTime) -> String {
    let ahead = i64::from(time.offset).saturating_mul(60);
    let text = Instant(time.instant.0.saturating_add(ahead)).to_string();
    text.trim_end_matches('Z').to_owned()
}

/// A text string's bytes: ASCII as it is, all else UTF-16 with its mark (7.9.2.2).
pub(super) fn text_string(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    [0xFE, 0xFF].into_iter().chain(units).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn times_are_those_of_the_wall() {
        let at = |instant, offset| LocalTime {
            instant: Instant(instant),
            offset,
        };
        assert_eq!(iso_time(at(0, 0)), "1970-01-01T00:00:00+00:00");
        assert_eq!(
            iso_time(at(1_709_164_799, 420)),
            "2024-02-29T06:59:59+07:00"
        );
        assert_eq!(pdf_time(at(1_709_251_199, 420)), "D:20240301065959+07'00'");
        assert_eq!(iso_time(at(951_782_400, -210)), "2000-02-28T20:30:00-03:30");
        assert_eq!(iso_time(at(-1, 0)), "1969-12-31T23:59:59+00:00");
    }

    #[test]
    fn strings_survive() {
        assert_eq!(text_string("abc"), b"abc");
        assert_eq!(
            saoy_pdf::text_string(&text_string("Nguyễn Văn Ả")),
            "Nguyễn Văn Ả"
        );
    }
}
