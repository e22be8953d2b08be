//! Times as ASN.1 writes them.

use super::tag;
use crate::judge::Instant;

/// Reads a time of type `tag`: `YYMMDDhhmm[ss]` or `YYYYMMDDhh[mm[ss]][.f]`, then `Z` or an offset; none counts as UTC.
pub(super) fn read(tag: u8, body: &[u8]) -> Option<Instant> {
    let (digits, rest) =
        body.split_at(body.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let (year, rest_digits) = match tag {
        tag::UTC_TIME => {
            let (year, rest) = number(digits, 2)?;
            // RFC 5280 4.1.2.5.1: 50 and above are of the 20th century.
            (if year >= 50 { 1900 + year } else { 2000 + year }, rest)
        }
        tag::GENERALIZED_TIME => number(digits, 4)?,
        _ => return None,
    };
    let (month, rest_digits) = number(rest_digits, 2)?;
    let (day, rest_digits) = number(rest_digits, 2)?;
    let (hour, rest_digits) = number(rest_digits, 2)?;
    let (minute, rest_digits) = if rest_digits.is_empty() {
        (0, rest_digits)
    } else {
        number(rest_digits, 2)?
    };
    let (second, rest_digits) = if rest_digits.is_empty() {
        (0, rest_digits)
    } else {
        number(rest_digits, 2)?
    };
    if !rest_digits.is_empty() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(year, month, day)?;
    let offset = offset(fraction(rest)?)?;
    Some(Instant(
        days * 86_400 + hour * 3_600 + minute * 60 + second - offset,
    ))
}

/// The first `count` digits as a number, and the others.
fn number(digits: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (now, rest) = digits.split_at_checked(count)?;
    Some((
        now.iter()
            .fold(0, |n, digit| n * 10 + i64::from(digit - b'0')),
        rest,
    ))
}

/// What follows a fraction of a second, if there is one.
fn fraction(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [b'.' | b',', digits @ ..] => {
            let count = digits
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            (count > 0).then(|| digits.get(count..).unwrap_or_default())
        }
        _ => Some(rest),
    }
}

/// Seconds that the zone is ahead of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        [] | [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), digits @ ..]
            if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) =>
        {
            let (hours, rest) = number(digits, 2)?;
            let (minutes, _) = number(rest, 2)?;
            let seconds = hours * 3_600 + minutes * 60;
            Some(if *sign == b'+' { seconds } else { -seconds })
        }
        _ => None,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Years are counted from March, so that the odd day is a year's last.
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leaps = shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400);
    Some(365 * shifted + leaps + of_year - 719_468)
}
