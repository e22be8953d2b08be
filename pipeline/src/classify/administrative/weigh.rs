//! Which type the evidence speaks for: a sum of weighted observations for each, explainable one by one.

use crate::classify::kinds::{KINDS, Kind};

use super::head::Title;
use super::symbol::Symbol;

/// What was observed of a paper.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// The title under the head.
    pub title: Option<&'a Title>,
    /// Number and symbol.
    pub symbol: Option<&'a Symbol>,
    /// `V/v` under the symbol.
    pub about: bool,
    /// `Kính gửi:`.
    pub addressed: bool,
    /// `Thân ái gửi:` and the like: a letter from a person.
    pub personal: bool,
    /// A national title, a Party title or a date line at the head.
    pub headed: bool,
    /// The issuing body, folded.
    pub agency: &'a str,
}

/// Weights in natural logarithms of odds. Set by hand, then checked on papers made with other words and agencies; an
/// exact title alone, or a sound symbol with the rest of a head, is to win against silence by more than a hundred to one.
mod weight {
    /// What any type has against it before anything was seen.
    pub(super) const PRIOR: f32 = -2.2;
    /// An exact title in capitals.
    pub(super) const TITLE: f32 = 6.0;
    /// Another type's exact title.
    pub(super) const OTHER_TITLE: f32 = -2.5;
    /// The operative word in the text, such as `QUYẾT ĐỊNH:`.
    pub(super) const IN_TEXT: f32 = 2.5;
    /// The type's abbreviation in the symbol.
    pub(super) const SYMBOL: f32 = 4.2;
    /// Another type's abbreviation.
    pub(super) const OTHER_SYMBOL: f32 = -1.5;
    /// Anything at all of a head.
    pub(super) const HEAD: f32 = 1.2;
    /// A symbol of a body and a unit, without a type.
    pub(super) const LETTER_SYMBOL: f32 = 3.2;
    /// `V/v` in cell 5b.
    pub(super) const ABOUT: f32 = 3.0;
    /// `Kính gửi` and no title.
    pub(super) const ADDRESSED: f32 = 2.0;
    /// A person's greeting, in a letter without a symbol.
    pub(super) const PERSONAL: f32 = 6.0;
    /// No title anywhere.
    pub(super) const UNTITLED: f32 = 1.0;
    /// The body that alone issues this type.
    pub(super) const ISSUER: f32 = 1.5;
    /// A body that never does.
    pub(super) const NOT_ISSUER: f32 = -2.0;
    /// The year in the symbol, which normative papers have.
    pub(super) const YEAR: f32 = 1.0;
}

/// The weight of each type, best first.
pub fn weighed(signs: &Signs<'_>) -> Vec<(&'static Kind, f32)> {
    let mut all: Vec<(&'static Kind, f32)> =
        KINDS.iter().map(|kind| (kind, of(kind, signs))).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

fn of(kind: &'static Kind, signs: &Signs<'_>) -> f32 {
    let mut sum = weight::PRIOR;
    if signs.headed {
        sum += weight::HEAD;
    }
    if let Some(title) = signs.title {
        let case = if title.capitals >= 0.7 { 1.0 } else { 0.7 };
        let strength = ((title.similarity - 0.6) / 0.4).clamp(0.0, 1.0) * case;
        sum += match (title.kind == kind, title.in_text) {
            (true, false) => weight::TITLE * strength,
            (true, true) => weight::IN_TEXT * strength,
            (false, false) => weight::OTHER_TITLE * strength,
            (false, true) => 0.0,
        };
    }
    if let Some(symbol) = signs.symbol {
        sum += match symbol.kind {
            Some((named, how)) if named == kind => weight::SYMBOL * how,
            Some((_, how)) => weight::OTHER_SYMBOL * how,
            None => 0.0,
        };
        let normative = matches!(kind.code, "L" | "PL" | "NĐ" | "TT" | "TTLT" | "QĐ" | "NQ");
        if symbol.year.is_some() && normative {
            sum += weight::YEAR;
        }
    }
    if kind.code == "CV" {
        sum += letter(signs);
    }
    // A letter of an agency has a symbol; a person's has none, and greets.
    if kind.code == "ThC" && signs.personal && signs.symbol.is_none() && !signs.about {
        sum += weight::PERSONAL;
    }
    sum + issuer(kind, signs.agency)
}

/// A letter names no type: it is known by what it has instead.
fn letter(signs: &Signs<'_>) -> f32 {
    let mut sum = 0.0;
    let untitled = signs.title.is_none_or(|title| title.in_text);
    if let Some(symbol) = signs.symbol.filter(|symbol| symbol.kind.is_none()) {
        let full = symbol.groups.len() >= 2;
        sum += if full && symbol.year.is_none() {
            weight::LETTER_SYMBOL
        } else {
            weight::LETTER_SYMBOL * 0.5
        };
    }
    if signs.about {
        sum += weight::ABOUT;
    }
    if signs.addressed && untitled {
        sum += weight::ADDRESSED;
    }
    if signs.personal && signs.symbol.is_none() {
        sum -= weight::ADDRESSED;
    }
    if untitled && signs.headed {
        sum += weight::UNTITLED;
    }
    sum
}

/// Who may issue a type (law on the promulgation of normative documents; constitution, articles 88 and 100).
fn issuer(kind: &Kind, agency: &str) -> f32 {
    if agency.is_empty() {
        return 0.0;
    }
    let only = |names: &[&str]| {
        if names.contains(&agency) {
            weight::ISSUER
        } else {
            weight::NOT_ISSUER
        }
    };
    match kind.code {
        "NĐ" => only(&["chinhphu"]),
        "L" | "HP" => only(&["quochoi"]),
        "PL" => only(&["uybanthuongvuquochoi"]),
        "LCT" => only(&["chutichnuoc"]),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::kinds::by_code;

    fn title(code: &str, in_text: bool) -> Title {
        Title {
            at: 0,
            kind: by_code(code).unwrap(),
            similarity: 1.0,
            capitals: 1.0,
            words: 2,
            in_text,
        }
    }

    #[test]
    fn a_letter_is_what_names_no_type() {
        let signs = Signs {
            about: true,
            addressed: true,
            headed: true,
            ..Signs::default()
        };
        let weighed = weighed(&signs);
        assert_eq!(weighed[0].0.code, "CV");
        assert!(weighed[0].1 > 4.0);
    }

    #[test]
    fn a_title_beats_the_letters_mark() {
        let title = title("TB", false);
        let signs = Signs {
            title: Some(&title),
            about: true,
            addressed: true,
            headed: true,
            ..Signs::default()
        };
        assert_eq!(weighed(&signs)[0].0.code, "TB");
    }

    #[test]
    fn nothing_speaks_for_nothing() {
        assert!(weighed(&Signs::default())[0].1 < -1.0);
    }
}
