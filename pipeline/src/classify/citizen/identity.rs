//! Numbers of identity papers and the code on identity cards, and what they tell of their holder.

use super::dates::Date;

/// Whether a text is a personal number of twelve digits whose parts can be: a province's code that was given
/// out (001 to 096), then sex and century.
pub(super) fn plausible(number: &str) -> bool {
    number.len() == 12
        && number.bytes().all(|b| b.is_ascii_digit())
        && number
            .get(..3)
            .and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| (1..=96).contains(&code))
        && sex(number).is_some()
}

/// The century of birth that the fourth digit tells: 19 or 20; 21 for those not born yet is not read.
pub(super) fn century(number: &str) -> Option<u32> {
    match number.as_bytes().get(3)? {
        b'0' | b'1' => Some(19),
        b'2' | b'3' => Some(20),
        _ => None,
    }
}

/// The sex that the fourth digit tells.
pub(super) fn sex(number: &str) -> Option<&'static str> {
    match number.as_bytes().get(3)? {
        b'0' | b'2' => Some("Nam"),
        b'1' | b'3' => Some("Nữ"),
        _ => None,
    }
}

/// The year of birth that digits four to six tell.
pub(super) fn birth_year(number: &str) -> Option<u16> {
    let year = number.get(4..6)?.parse::<u32>().ok()?;
    u16::try_from(century(number)? * 100 + year).ok()
}

/// What the QR code of an identity card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CardCode {
    /// Personal number, twelve digits.
    pub(super) number: String,
    /// The old number of nine digits, where there was one.
    pub(super) old_number: Option<String>,
    /// Name with its marks.
    pub(super) name: String,
    /// Day of birth.
    pub(super) birth: Option<Date>,
    /// `Nam` or `Nữ`.
    pub(super) sex: Option<&'static str>,
    /// Place of residence.
    pub(super) residence: String,
    /// Day of issue.
    pub(super) issued: Option<Date>,
}

impl CardCode {
    /// Reads seven fields parted by `|`; newer cards have more behind them, which are passed over.
    pub(super) fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('|').map(str::trim).collect();
        let [number, old, name, birth, sex, residence, issued, ..] = parts.as_slice() else {
            return None;
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if number.len() != 12 || !digits(number) || name.is_empty() {
            return None;
        }
        Some(Self {
            number: (*number).to_owned(),
            old_number: digits(old).then(|| (*old).to_owned()),
            name: (*name).to_owned(),
            birth: Date::of_digits(birth),
            sex: match *sex {
                "Nam" => Some("Nam"),
                "Nữ" => Some("Nữ"),
                _ => None,
            },
            residence: (*residence).to_owned(),
            issued: Date::of_digits(issued),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_sex_and_year() {
        assert_eq!(
            (sex("001090012345"), birth_year("001090012345")),
            (Some("Nam"), Some(1990))
        );
        assert_eq!(
            (sex("079305000001"), birth_year("079305000001")),
            (Some("Nữ"), Some(2005))
        );
        assert!(plausible("001090012345"));
        assert!(!plausible("000090012345"));
        assert!(!plausible("00109001234"));
        assert!(!plausible("001990012345"));
    }

    #[test]
    fn seven_fields_are_read_and_more_passed_over() {
        let text = "001090012345|012345678|Nguyễn Văn An|15061990|Nam|Số 1, Hà Nội|25042021|||";
        let code = CardCode::read(text).unwrap();
        assert_eq!(code.name, "Nguyễn Văn An");
        assert_eq!(code.old_number.as_deref(), Some("012345678"));
        assert_eq!(code.birth.map(Date::iso).as_deref(), Some("1990-06-15"));
        assert_eq!(code.issued.map(Date::iso).as_deref(), Some("2021-04-25"));
        let without =
            CardCode::read("001090012345||Nguyễn Văn An|15061990|Nam|Số 1|25042021").unwrap();
        assert_eq!(without.old_number, None);
        assert_eq!(CardCode::read("https://example.vn|a|b|c|d|e|f"), None);
    }
}
