//! Machine-readable zones of identity cards (TD1) and passports (TD3), after ICAO Doc 9303.

/// The check digit of a field: weights 7, 3, 1; letters count from 10, fillers 0 (Doc 9303-3, 4.9).
#[must_use]
pub fn check_digit(field: &str) -> u32 {
    field
        .bytes()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(letter, weight)| {
            let value = match letter {
                b'0'..=b'9' => u32::from(letter - b'0'),
                b'A'..=b'Z' => u32::from(letter - b'A') + 10,
                _ => 0,
            };
            value * weight
        })
        .sum::<u32>()
        % 10
}

/// A holder as the zone names one: dates are day, month, year.
#[derive(Debug, Clone)]
pub struct Holder<'a> {
    /// Full name, surname first.
    pub name: &'a str,
    /// Born.
    pub birth: (u32, u32, u32),
    /// Expires.
    pub expiry: (u32, u32, u32),
    /// A woman.
    pub woman: bool,
}

/// The three lines of a Vietnamese identity card: the document number is the last nine of the twelve digits, which stand
/// whole behind it with a check digit of their own.
#[must_use]
pub fn card(holder: &Holder<'_>, number: &str) -> [String; 3] {
    let short = number
        .get(number.len().saturating_sub(9)..)
        .unwrap_or(number);
    let first = format!(
        "IDVNM{short}{}{number}<<{}",
        check_digit(short),
        check_digit(number)
    );
    let (birth, expiry) = (compact(holder.birth), compact(holder.expiry));
    let sex = if holder.woman { 'F' } else { 'M' };
    let (bd, ed) = (check_digit(&birth), check_digit(&expiry));
    let middle = format!("{birth}{bd}{sex}{expiry}{ed}VNM<<<<<<<<<<<");
    // Line 1 from position 6, then dates with their digits, then the optional data of line 2 (Doc 9303-5, 4.2.2).
    let composite = format!(
        "{}{birth}{bd}{expiry}{ed}<<<<<<<<<<<",
        first.get(5..).unwrap_or_default()
    );
    [
        first,
        format!("{middle}{}", check_digit(&composite)),
        filled(&names(holder.name), 30),
    ]
}

/// The two lines of a Vietnamese passport; the identity number is the optional data.
#[must_use]
pub fn passport(holder: &Holder<'_>, number: &str, identity: &str) -> [String; 2] {
    let (birth, expiry) = (compact(holder.birth), compact(holder.expiry));
    let sex = if holder.woman { 'F' } else { 'M' };
    let document = filled(number, 9);
    let optional = filled(identity, 14);
    let (nd, bd, ed, od) = (
        check_digit(&document),
        check_digit(&birth),
        check_digit(&expiry),
        check_digit(&optional),
    );
    let composite = format!("{document}{nd}{birth}{bd}{expiry}{ed}{optional}{od}");
    [
        filled(&format!("P<VNM{}", names(holder.name)), 44),
        format!(
            "{document}{nd}VNM{birth}{bd}{sex}{expiry}{ed}{optional}{od}{}",
            check_digit(&composite)
        ),
    ]
}

fn compact((day, month, year): (u32, u32, u32)) -> String {
    format!("{:02}{month:02}{day:02}", year % 100)
}

fn filled(text: &str, width: usize) -> String {
    let mut out: String = text.chars().take(width).collect();
    while out.len() < width {
        out.push('<');
    }
    out
}

/// `NGUYEN<<VAN<AN`: without marks, surname parted by two fillers.
fn names(name: &str) -> String {
    let plain = plain(name);
    let (surname, rest) = plain.split_once(' ').unwrap_or((&plain, ""));
    format!("{surname}<<{}", rest.replace(' ', "<"))
}

/// Capitals without marks.
#[must_use]
pub fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.to_uppercase()
        .replace('Đ', "D")
        .nfd()
        .filter(char::is_ascii)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specimen of Doc 9303-4, appendix A to part 4: ERIKSSON.
    #[test]
    fn digits_of_the_specimen() {
        assert_eq!(check_digit("L898902C3"), 6);
        assert_eq!(check_digit("740812"), 2);
        assert_eq!(check_digit("120415"), 9);
        assert_eq!(check_digit("ZE184226B<<<<<"), 1);
        assert_eq!(
            check_digit(
                "L898902C36740812212041 59ZE184226B<<<<<1"
                    .replace(' ', "")
                    .as_str()
            ),
            0
        );
    }

    #[test]
    fn lines_have_their_lengths_and_digits() {
        let holder = Holder {
            name: "Đặng Thị Ánh Nguyệt",
            birth: (5, 2, 1988),
            expiry: (5, 2, 2028),
            woman: true,
        };
        let [first, second, third] = card(&holder, "001188012345");
        assert_eq!([first.len(), second.len(), third.len()], [30, 30, 30]);
        assert!(third.starts_with("DANG<<THI<ANH<NGUYET<"));
        assert_eq!(&first[5..14], "188012345");
        let [upper, lower] = passport(&holder, "C1234567", "001188012345");
        assert_eq!([upper.len(), lower.len()], [44, 44]);
        assert!(upper.starts_with("P<VNMDANG<<THI<ANH"));
    }
}
