//! Whose signature it is, against whom the document names: a genuine certificate of somebody else forges as well.
//!
//! Names are compared as Vietnamese are written: tones may stand on either vowel, case and composition do not count,
//! abbreviations of bodies are spelled out. Marks do count, since `Hùng` and `Hưng` are two people, unless a
//! certificate has none at all.

use unicode_normalization::UnicodeNormalization;

use super::Verified;
use super::words::Said;
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
    /// Where the words come from.
    pub source: Source,
    /// What was read, as it stands on the page.
    pub evidence: Vec<Seen>,
    /// What kept the document from being read, when that is so; said where nothing could be compared.
    pub unread: Option<Said>,
}

/// Where the words of a document come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Text of the file that a reader sees on its pages.
    #[default]
    Text,
    /// Text of the file that no reader sees, as it lies behind scans: the page may say something else.
    HiddenText,
    /// Pixels, read by an engine: single letters and marks may be wrong.
    Engine,
}

impl Source {
    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::HiddenText => "hidden_text",
            Self::Engine => "ocr",
        }
    }
}

/// Something that the document says of its signer, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `signer`, `title` or `agency`.
    pub what: &'static str,
    /// As read.
    pub text: String,
    /// The page, from 1.
    pub page: Option<u32>,
}

/// How signers and document go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// The document names nobody that could be read.
    NotCompared {
        /// What kept it from being read; `None` when it was read and names nobody.
        why: Option<Said>,
    },
    /// A signer is one whom the document names.
    Matches {
        /// The name in the certificate.
        certificate: String,
        /// The name in the document.
        document: String,
        /// Where the document's words come from.
        source: Source,
    },
    /// The signer is a gazette or a portal that publishes papers of others, and says so by its name.
    Publisher {
        /// The name in the certificate.
        certificate: String,
        /// The signer in the document.
        signer: Option<String>,
        /// The agency in the document.
        agency: Option<String>,
        /// Its certificate leads to an anchor of the State's own PKI, which gives such names to State bodies alone.
        official: bool,
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
            Self::NotCompared { .. } => "not_compared",
            Self::Matches { .. } => "matches",
            Self::Publisher { .. } => "publisher",
            Self::Differs { .. } => "differs",
        }
    }

    /// What was compared; English, technical.
    pub fn evidence(&self) -> String {
        let printed = |signer: &Option<String>, agency: &Option<String>| {
            format!(
                "document \"{}\" of \"{}\"",
                signer.as_deref().unwrap_or("?"),
                agency.as_deref().unwrap_or("?")
            )
        };
        match self {
            Self::NotAsked => "not asked for".to_owned(),
            Self::NotCompared { why: None } => {
                "the document names no signer or agency that could be read".to_owned()
            }
            Self::NotCompared { why: Some(why) } => why.en.clone(),
            Self::Matches {
                certificate,
                document,
                source,
            } => format!(
                "certificate \"{certificate}\", document \"{document}\"{}",
                if *source == Source::Engine {
                    " read by OCR"
                } else {
                    ""
                }
            ),
            Self::Publisher {
                certificate,
                signer,
                agency,
                official,
            } => format!(
                "certificate \"{certificate}\" of a place of publication{}, {}",
                if *official { "" } else { " by its name alone" },
                printed(signer, agency)
            ),
            Self::Differs {
                certificates,
                signer,
                agency,
            } => format!(
                "certificates \"{}\", {}",
                certificates.join("\", \""),
                printed(signer, agency)
            ),
        }
    }
}

/// Compares all signers with what the document names.
pub(super) fn compare<'a>(
    signatures: impl Iterator<Item = &'a Verified>,
    printed: Option<&Printed>,
) -> Whose {
    let signatures: Vec<(&Party, &Verified)> = signatures
        .filter_map(|one| Some((one.judgement.signer.as_ref()?, one)))
        .collect();
    let parties: Vec<&Party> = signatures.iter().map(|(party, _)| *party).collect();
    let Some(printed) = printed.filter(|printed| printed.names_somebody() && !parties.is_empty())
    else {
        return Whose::NotCompared {
            why: printed.and_then(|printed| printed.unread.clone()),
        };
    };
    match named(&parties, printed, Care::Exact) {
        // Hidden text is whatever its maker pleased: it can accuse, but it proves nothing of what the pages show.
        Some(_) if printed.source == Source::HiddenText => {
            return Whose::NotCompared {
                why: Some(only_hidden(printed)),
            };
        }
        Some(matches) => return matches,
        // One letter lies between many people's names: what an engine may have misread neither clears nor accuses.
        None if printed.source != Source::Text => {
            if let Some(nearly) = named(&parties, printed, Care::Nearly) {
                return Whose::NotCompared {
                    why: Some(nearly_read(&nearly)),
                };
            }
        }
        None => {}
    }
    let (signer, agency) = (printed.signer.clone(), printed.agencies.first().cloned());
    let publisher = signatures.iter().find(|(party, _)| publishes(party));
    match publisher {
        Some((party, one)) => Whose::Publisher {
            certificate: party.name.clone(),
            signer,
            agency,
            official: one.judgement.pki.as_deref() == Some(STATE_PKI),
        },
        None => Whose::Differs {
            certificates: parties.iter().map(|party| party.name.clone()).collect(),
            signer,
            agency,
        },
    }
}

/// Why text that the pages do not show settles nothing.
fn only_hidden(printed: &Printed) -> Said {
    let mut why = Said::new(
        "tên người ký chỉ có trong lớp chữ ẩn, trang không hiện chữ đó",
        "only hidden text names the signer, which the pages do not show",
    );
    if let Some(unread) = &printed.unread {
        why.push(&Said::new("; ", "; "));
        why.push(unread);
    }
    why
}

/// How names are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// As they are written.
    Exact,
    /// Forgiving what an engine misreads: marks, and single letters of long names.
    Nearly,
}

/// Why a name that an engine may have misread settles nothing.
fn nearly_read(nearly: &Whose) -> Said {
    let (certificate, document) = match nearly {
        Whose::Matches {
            certificate,
            document,
            ..
        } => (certificate.as_str(), document.as_str()),
        _ => ("?", "?"),
    };
    Said::new(
        format!("OCR đọc là \"{document}\", gần giống \"{certificate}\" của chứng thư"),
        format!("OCR read \"{document}\", which is nearly the certificate's \"{certificate}\""),
    )
}

/// The profile of anchors below which only State bodies and their officers have certificates (decree 68/2024/ND-CP).
const STATE_PKI: &str = "public-duty";

/// What State bodies are called that publish papers of others: gazettes and portals (decree 78/2016/ND-CP, articles 88
/// and after; decree 42/2022/ND-CP), without marks.
const PUBLISHERS: &[&[&str]] = &[
    &["cong", "bao"],
    &["cong", "thong", "tin", "dien", "tu"],
    &["cong", "ttdt"],
    &["trang", "thong", "tin", "dien", "tu"],
];

/// Whether a certificate is that of a gazette or a portal: its own name says so, and is no company's or person's
/// (`Nguyễn Công Bảo`).
fn publishes(party: &Party) -> bool {
    let name = plain_words(&party.name).collect::<Vec<_>>();
    if is_person(party)
        && name
            .first()
            .is_none_or(|first| first != "cong" && first != "trang")
    {
        return false;
    }
    let company = [&["cong", "ty"][..], &["doanh", "nghiep"], &["tap", "doan"]];
    let says = |words: &[&str]| {
        let same = |window: &[String]| window.iter().zip(words).all(|(word, own)| word == own);
        name.windows(words.len()).any(same)
    };
    PUBLISHERS.iter().any(|words| says(words)) && !company.iter().any(|words| says(words))
}

impl Printed {
    /// True when there is anything to compare.
    pub fn names_somebody(&self) -> bool {
        self.signer.is_some() || !self.agencies.is_empty()
    }
}

/// The first signer whom the document names: the person by name, the agency by its own certificate, else a
/// certificate that names nobody by a person's name and belongs to the agency.
fn named(parties: &[&Party], printed: &Printed, care: Care) -> Option<Whose> {
    let source = printed.source;
    let matches = |party: &Party, document: &str| Whose::Matches {
        certificate: party.name.clone(),
        document: document.to_owned(),
        source,
    };
    let person = printed.signer.as_ref().and_then(|signer| {
        let same = |party: &&&Party| same_person(&party.name, signer, care);
        parties
            .iter()
            .find(same)
            .map(|party| matches(party, signer))
    });
    let agency = || {
        printed.agencies.iter().find_map(|agency| {
            let itself = parties
                .iter()
                .find(|party| same_body(&party.name, agency, party, care));
            itself.map(|party| matches(party, agency))
        })
    };
    let within = || {
        printed.agencies.iter().find_map(|agency| {
            let belongs = |party: &&&Party| {
                let above = party.organization.iter().chain(&party.units);
                let mut above = above.filter(|name| same_body(name, agency, party, care));
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
fn same_person(certificate: &str, document: &str, care: Care) -> bool {
    let marked = |text: &str| !text.is_ascii();
    let nearly = care == Care::Nearly;
    let plain = nearly || !marked(certificate) || !marked(document);
    let read = |text: &str| {
        let words: Vec<String> = if plain {
            plain_words(text).collect()
        } else {
            words(text).collect()
        };
        without_honorifics(words)
    };
    let (a, b) = (read(certificate), read(document));
    let (short, long) = if a.len() <= b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    short.len() >= 2 && (contains(long, short) || nearly && nearly_contains(long, short))
}

/// A name without the titles that stand before it, in either writing.
fn without_honorifics(mut words: Vec<String>) -> Vec<String> {
    let plain: Vec<String> = words.iter().flat_map(|word| plain_words(word)).collect();
    // Titles come in rows: `GS.TS. Bác sĩ ..`.
    let mut behind = 0;
    while let Some(titles) = HONORIFICS.iter().find(|titles| {
        plain.get(behind..).is_some_and(|rest| {
            rest.len() > titles.len()
                && rest.iter().zip(**titles).all(|(word, title)| word == title)
        })
    }) {
        behind += titles.len();
    }
    words.drain(..behind.min(words.len()));
    words
}

/// Titles before a name, without marks, the longer first.
const HONORIFICS: &[&[&str]] = &[
    &["pho", "giao", "su"],
    &["kien", "truc", "su"],
    &["luat", "su"],
    &["giao", "su"],
    &["tien", "si"],
    &["tien", "sy"],
    &["thac", "si"],
    &["thac", "sy"],
    &["bac", "si"],
    &["bac", "sy"],
    &["duoc", "si"],
    &["duoc", "sy"],
    &["cu", "nhan"],
    &["ky", "su"],
    &["trung", "ta"],
    &["thuong", "ta"],
    &["dai", "ta"],
    &["thieu", "tuong"],
    &["ong"],
    &["ba"],
    &["gs"],
    &["pgs"],
    &["gsts"],
    &["pgsts"],
    &["ts"],
    &["tskh"],
    &["ths"],
    &["bs"],
    &["bsck1"],
    &["bsck2"],
    &["bsckii"],
    &["ds"],
    &["cn"],
    &["ks"],
    &["kts"],
    &["ls"],
    &["lg"],
    &["ckii"],
    &["cki"],
    &["ck1"],
    &["ck2"],
];

/// Whether `name`, one of a certificate's, is the body `agency` or an office of it.
///
/// An area that the certificate has in another place than the name counts too: `CN=Sở Tư pháp, O=Tỉnh Tuyên Quang`.
fn same_body(name: &str, agency: &str, party: &Party, care: Care) -> bool {
    let name = spelled(name);
    let agency = without_office_of_a_person(spelled(agency));
    if name.is_empty() || agency.is_empty() {
        return false;
    }
    // "Văn phòng Chính phủ" is an office of "Chính phủ": it ends with the body's name.
    if name.ends_with(&agency) {
        return true;
    }
    if care == Care::Nearly && agency.len() >= 3 {
        let tail = name.len().checked_sub(agency.len());
        if tail
            .and_then(|tail| name.get(tail..))
            .is_some_and(|tail| nearly_same(tail, &agency))
        {
            return true;
        }
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
    // An office of the body there, too: `OU=Văn phòng Ủy ban nhân dân, O=Tỉnh Quảng Ngãi`.
    name.ends_with(body) && elsewhere
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
fn words(text: &str) -> impl Iterator<Item = String> + use<> {
    let canonical = |word: &str| {
        let (tones, letters): (Vec<char>, Vec<char>) =
            word.nfd().partition(|letter| TONES.contains(letter));
        letters.into_iter().chain(tones).collect::<String>()
    };
    split(text).map(move |word| canonical(&word))
}

/// Grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Words in lower case without any mark.
fn plain_words(text: &str) -> impl Iterator<Item = String> + use<> {
    let plain = |word: String| {
        word.nfd()
            .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
            .map(|letter| if letter == 'đ' { 'd' } else { letter })
            .collect::<String>()
    };
    split(text).map(plain)
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

/// One letter of a name may have been misread, added or lost, when it has so many: of shorter ones too little is left.
const LETTERS_FOR_A_SLIP: usize = 8;

/// Whether two rows of words are the same but for what an engine misreads.
fn nearly_same(a: &[String], b: &[String]) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.iter().flat_map(|word| word.chars()).collect(),
        b.iter().flat_map(|word| word.chars()).collect(),
    );
    let allowed = usize::from(a.len().min(b.len()) >= LETTERS_FOR_A_SLIP);
    a.len().abs_diff(b.len()) <= allowed && distance(&a, &b) <= allowed
}

fn nearly_contains(long: &[String], short: &[String]) -> bool {
    long.windows(short.len())
        .any(|window| nearly_same(window, short))
}

/// How many letters must be changed, added or taken away (Levenshtein); names are short.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, letter) in a.iter().enumerate() {
        let mut corner = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (other, above) in b.iter().zip(row.iter().skip(1)) {
            let changed = corner + usize::from(letter != other);
            left = changed.min(left + 1).min(above + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
