//! Whose signature it is, against whom the document names: a genuine certificate of somebody else forges as well.
//!
//! Names are compared as Vietnamese are written: tones may stand on either vowel, case and composition do not count,
//! abbreviations of bodies are spelled out. Marks do count, since `Hùng` and `Hưng` are two people, unless a
//! certificate has none at all.

use unicode_normalization::UnicodeNormalization;

use super::Verified;
use crate::judge::Party;

/// What the document says of its signer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The signer's name.
    pub signer: Option<String>,
    /// The signer's title.
    pub title: Option<String>,
    /// The issuing body or bodies, and those over them.
    pub agencies: Vec<String>,
    /// True when the words were read by an engine from pixels: marks are then not relied on.
    pub by_engine: bool,
}

/// How signers and document go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// The document names nobody that could be read.
    NotCompared,
    /// A signer is one whom the document names.
    Matches {
        /// The name in the certificate.
        certificate: String,
        /// The name in the document.
        document: String,
    },
    /// The document names others.
    Differs {
        /// Names in the certificates.
        certificates: Vec<String>,
        /// The signer in the document.
        signer: Option<String>,
        /// The agency in the document.
        agency: Option<String>,
    },
}

impl Whose {
    /// The stable name, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NotCompared => "not_compared",
            Self::Matches { .. } => "matches",
            Self::Differs { .. } => "differs",
        }
    }

    /// What was compared; English, technical.
    pub fn evidence(&self) -> String {
        match self {
            Self::NotAsked => "not asked for".to_owned(),
            Self::NotCompared => {
                "the document names no signer or agency that could be read".to_owned()
            }
            Self::Matches {
                certificate,
                document,
            } => format!("certificate \"{certificate}\", document \"{document}\""),
            Self::Differs {
                certificates,
                signer,
                agency,
            } => format!(
                "certificates \"{}\", document \"{}\" of \"{}\"",
                certificates.join("\", \""),
                signer.as_deref().unwrap_or("?"),
                agency.as_deref().unwrap_or("?")
            ),
        }
    }
}

/// Compares all signers with what the document names.
pub(super) fn compare<'a>(
    signatures: impl Iterator<Item = &'a Verified>,
    printed: Option<&Printed>,
) -> Whose {
    let parties: Vec<&Party> = signatures
        .filter_map(|one| one.judgement.signer.as_ref())
        .collect();
    let Some(printed) = printed.filter(|printed| printed.names_somebody()) else {
        return Whose::NotCompared;
    };
    if parties.is_empty() {
        return Whose::NotCompared;
    }
    named(&parties, printed).unwrap_or_else(|| Whose::Differs {
        certificates: parties.iter().map(|party| party.name.clone()).collect(),
        signer: printed.signer.clone(),
        agency: printed.agencies.first().cloned(),
    })
}

impl Printed {
    /// True when there is anything to compare.
    fn names_somebody(&self) -> bool {
        self.signer.is_some() || !self.agencies.is_empty()
    }
}

/// The first signer whom the document names: the person by name, the agency by its own certificate, else a
/// certificate that names nobody by a person's name and belongs to the agency.
fn named(parties: &[&Party], printed: &Printed) -> Option<Whose> {
    let matches = |party: &Party, document: &str| Whose::Matches {
        certificate: party.name.clone(),
        document: document.to_owned(),
    };
    let person = printed.signer.as_ref().and_then(|signer| {
        let same = |party: &&&Party| same_person(&party.name, signer, printed.by_engine);
        parties
            .iter()
            .find(same)
            .map(|party| matches(party, signer))
    });
    let agency = || {
        printed.agencies.iter().find_map(|agency| {
            let itself = parties
                .iter()
                .find(|party| same_body(&party.name, agency, party));
            itself.map(|party| matches(party, agency))
        })
    };
    let within = || {
        printed.agencies.iter().find_map(|agency| {
            let belongs = |party: &&&Party| {
                let above = party.organization.iter().chain(&party.units);
                let mut above = above.filter(|name| same_body(name, agency, party));
                (printed.signer.is_none() || !is_person(party)) && above.next().is_some()
            };
            parties
                .iter()
                .find(belongs)
                .map(|party| matches(party, agency))
        })
    };
    person.or_else(agency).or_else(within)
}

/// Whether a certificate's and a document's name are one person's: one is the other, or contains it whole.
fn same_person(certificate: &str, document: &str, by_engine: bool) -> bool {
    let marked = |text: &str| !text.is_ascii();
    let plain = by_engine || !marked(certificate) || !marked(document);
    let read = |text: &str| {
        let mut words = if plain {
            plain_words(text)
        } else {
            words(text)
        };
        words.retain(|word| !HONORIFICS.contains(&word.as_str()));
        words
    };
    let (a, b) = (read(certificate), read(document));
    let (short, long) = if a.len() <= b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    short.len() >= 2 && contains(long, short)
}

/// Titles before a name, without marks.
const HONORIFICS: &[&str] = &[
    "ong", "ba", "ts", "ths", "gs", "pgs", "bs", "cn", "ks", "lg",
];

/// Whether `name`, one of a certificate's, is the body `agency` or an office of it.
///
/// An area that the certificate has in another place than the name counts too: `CN=Sở Tư pháp, O=Tỉnh Tuyên Quang`.
fn same_body(name: &str, agency: &str, party: &Party) -> bool {
    let name = spelled(name);
    let agency = without_office_of_a_person(spelled(agency));
    if name.is_empty() || agency.is_empty() {
        return false;
    }
    // "Văn phòng Chính phủ" is an office of "Chính phủ": it ends with the body's name.
    if name.ends_with(&agency) {
        return true;
    }
    let Some(area) = agency
        .iter()
        .skip(1)
        .position(|word| AREAS.contains(&word.as_str()))
    else {
        return false;
    };
    let (body, area) = agency.split_at(area + 1);
    let whole = spelled(&party.distinguished);
    let elsewhere = area.len() >= 2
        && (contains(&whole, area) || area.get(1..).is_some_and(|bare| contains(&whole, bare)));
    name == body && elsewhere
}

/// `Thủ tướng Chính phủ` and `Chủ tịch Ủy ban nhân dân ..` issue as heads of the body behind the title.
fn without_office_of_a_person(words: Vec<String>) -> Vec<String> {
    for title in [
        ["thu", "tuong"],
        ["chu", "tich"],
        ["bo", "truong"],
        ["giam", "doc"],
    ] {
        if words.len() > 3 && words.iter().zip(title).all(|(word, title)| word == title) {
            return words.into_iter().skip(2).collect();
        }
    }
    words
}

/// Words that begin the name of an area.
const AREAS: &[&str] = &["tinh", "thanh", "huyen", "quan", "xa", "phuong", "thi"];

/// Words that only names of bodies begin with, without marks.
const BODIES: &[&[&str]] = &[
    &["uy", "ban"],
    &["hoi", "dong"],
    &["so"],
    &["bo"],
    &["cuc"],
    &["chi", "cuc"],
    &["tong", "cuc"],
    &["vu"],
    &["vien"],
    &["phong"],
    &["van", "phong"],
    &["trung", "tam"],
    &["cong", "thong"],
    &["cong", "ty"],
    &["tong", "cong"],
    &["ban"],
    &["truong"],
    &["benh", "vien"],
    &["toa", "an"],
    &["thanh", "tra"],
    &["kho", "bac"],
    &["ngan", "hang"],
    &["bao", "hiem"],
    &["chinh", "phu"],
    &["quoc", "hoi"],
    &["tinh"],
    &["thanh", "pho"],
];

/// Whether a certificate names a person: two to six words that no body's name begins with.
fn is_person(party: &Party) -> bool {
    let words = spelled(&party.name);
    let of_a_body = BODIES.iter().any(|body| {
        words.len() > body.len() && words.iter().zip(*body).all(|(word, body)| word == body)
    });
    (2..=6).contains(&words.len()) && !of_a_body
}

/// Abbreviations in names of bodies, spelled out; without marks.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("ubnd", "uy ban nhan dan"),
    ("hdnd", "hoi dong nhan dan"),
    ("ubmttq", "uy ban mat tran to quoc"),
    ("tand", "toa an nhan dan"),
    ("vksnd", "vien kiem sat nhan dan"),
    ("vpcp", "van phong chinh phu"),
    ("vp", "van phong"),
    ("tp", "thanh pho"),
    ("tx", "thi xa"),
    ("tw", "trung uong"),
    ("gddt", "giao duc va dao tao"),
    ("khdt", "ke hoach va dau tu"),
    ("tnmt", "tai nguyen va moi truong"),
    ("ldtbxh", "lao dong thuong binh va xa hoi"),
    ("nnptnt", "nong nghiep va phat trien nong thon"),
    ("khcn", "khoa hoc va cong nghe"),
    ("tttt", "thong tin va truyen thong"),
    ("vhttdl", "van hoa the thao va du lich"),
];

/// Words of a body's name without marks, abbreviations spelled out, `và` left out.
///
/// Bodies differ in whole words, so marks may go; certificates often have none.
fn spelled(text: &str) -> Vec<String> {
    // `GD&ĐT` is one abbreviation.
    let joined = text.replace('&', "");
    let mut words = Vec::new();
    for word in plain_words(&joined) {
        match ABBREVIATIONS.iter().find(|(short, _)| *short == word) {
            Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
            None => words.push(word),
        }
    }
    words.retain(|word| word != "va");
    words
}

/// Words in lower case with the tone moved to the end of each: `hoà` and `hòa` become the same.
fn words(text: &str) -> Vec<String> {
    let canonical = |word: &str| {
        let (tones, letters): (Vec<char>, Vec<char>) =
            word.nfd().partition(|letter| TONES.contains(letter));
        letters.into_iter().chain(tones).collect::<String>()
    };
    split(text).map(|word| canonical(&word)).collect()
}

/// Grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Words in lower case without any mark.
fn plain_words(text: &str) -> Vec<String> {
    let plain = |word: String| {
        word.nfd()
            .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
            .map(|letter| if letter == 'đ' { 'd' } else { letter })
            .collect::<String>()
    };
    split(text).map(plain).collect()
}

fn split(text: &str) -> impl Iterator<Item = String> + use<> {
    // Old certificates have Ð (eth) where Đ (d with stroke) is meant.
    let lower: String = text
        .nfc()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'ð' { 'đ' } else { letter })
        .collect();
    let words: Vec<String> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

fn contains(long: &[String], short: &[String]) -> bool {
    !short.is_empty() && long.windows(short.len()).any(|window| window == short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, organization: &str, units: &[&str]) -> Party {
        Party {
            name: name.to_owned(),
            organization: (!organization.is_empty()).then(|| organization.to_owned()),
            units: units.iter().map(|unit| (*unit).to_owned()).collect(),
            distinguished: format!("CN={name},OU={},O={organization}", units.join(",OU=")),
            ..Party::default()
        }
    }

    fn printed(signer: &str, agency: &str) -> Printed {
        Printed {
            signer: (!signer.is_empty()).then(|| signer.to_owned()),
            agencies: (!agency.is_empty())
                .then(|| agency.to_owned())
                .into_iter()
                .collect(),
            ..Printed::default()
        }
    }

    fn agrees(party: &Party, printed: &Printed) -> bool {
        named(&[party], printed).is_some()
    }

    #[test]
    fn names_of_people_agree_however_they_are_written() {
        for (certificate, document, same) in [
            ("Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA", true),
            ("NGUYEN VAN HOA", "Nguyễn Văn Hòa", true),
            ("Nguye\u{302}\u{303}n Văn An", "Nguyễn Văn An", true),
            ("TS. Nguyễn Văn An", "Nguyễn Văn An", true),
            ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", false),
            ("Trần Văn An", "Nguyễn Văn An", false),
            ("An", "Nguyễn Văn An", false),
        ] {
            let found = agrees(
                &party(certificate, "", &[]),
                &printed(document, "Bộ Tư pháp"),
            );
            assert_eq!(found, same, "{certificate} / {document}");
        }
    }

    #[test]
    fn names_of_bodies_agree_through_abbreviations_areas_and_offices() {
        let people = "Ủy ban nhân dân tỉnh Quảng Ngãi";
        for (name, organization, units, agency, same) in [
            (people, "Tỉnh Quảng Ngãi", vec![], people, true),
            ("UBND tỉnh Quảng Ngãi", "", vec![], people, true),
            ("ỦY BAN NHÂN DÂN", "Tỉnh Quảng Ngãi", vec![], people, true),
            (people, "", vec![], "Ủy ban nhân dân tỉnh Quảng Nam", false),
            ("Sở Y tế", "Tỉnh Quảng Ngãi", vec![], people, false),
            (
                "CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ",
                "VĂN PHÒNG CHÍNH PHỦ",
                vec![],
                "Thủ tướng Chính phủ",
                true,
            ),
            (
                "TRUNG TÂM CÔNG BÁO VÀ TIN HỌC",
                "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI",
                vec!["VĂN PHÒNG"],
                people,
                true,
            ),
            (
                "Công ty TNHH Lừa Đảo",
                "Công ty TNHH Lừa Đảo",
                vec![],
                people,
                false,
            ),
            (
                "Sở GD&ĐT",
                "Tỉnh Lào Cai",
                vec![],
                "Sở Giáo dục và Đào tạo tỉnh Lào Cai",
                true,
            ),
        ] {
            let found = agrees(&party(name, organization, &units), &printed("", agency));
            assert_eq!(found, same, "{name} / {agency}");
        }
    }

    #[test]
    fn another_person_of_the_same_agency_is_another_person() {
        let other = party("Trần Thị Bình", "Bộ Tư pháp", &["Văn phòng Bộ"]);
        let document = printed("Nguyễn Quốc Hoàn", "Bộ Tư pháp");
        assert!(!agrees(&other, &document));
        assert!(agrees(&other, &printed("", "Bộ Tư pháp")));
        let right = party("Nguyễn Quốc Hoàn", "Bộ Tư pháp", &["Văn phòng Bộ"]);
        assert!(named(&[&other, &right], &document).is_some());
    }

    #[test]
    fn a_document_that_names_nobody_is_not_compared() {
        assert_eq!(
            compare(std::iter::empty(), Some(&Printed::default())),
            Whose::NotCompared
        );
        assert_eq!(compare(std::iter::empty(), None), Whose::NotCompared);
    }
}
