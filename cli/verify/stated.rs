//! Who certified a copy by its statement: the copy's page names others, namely those who made the original.

use std::cell::OnceCell;
use std::fs::File;
use std::path::Path;

use saoy_pdf::Document;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::verify::{Printed, Seen, Source};

/// How a statement of certification begins (annex of Decree 23/2015).
const TITLE: &str = "chứng thực bản sao đúng với bản chính";
/// What stands over the certifying person.
const PERSON: &str = "người thực hiện chứng thực";

/// What stands before the look-up code.
const CODE: &str = "mã tra cứu:";
/// What follows the office's name.
const AFTER_OFFICE: [&str; 3] = ["bản sao gồm", "bản điện tử", PERSON];

/// What stands before the number of pages.
const PAGES: &str = "bản sao gồm";

/// Where `part`, in small letters, begins in `text`, whatever letters that is written in.
fn found(text: &str, part: &str) -> Option<usize> {
    let mut starts = text.char_indices().map(|(at, _)| at);
    starts.find(|&at| {
        let mut rest = text
            .get(at..)
            .unwrap_or_default()
            .chars()
            .flat_map(char::to_lowercase);
        part.chars().all(|letter| rest.next() == Some(letter))
    })
}

/// A group of a look-up code: no Vietnamese word in capitals is so short and without any mark but for a few.
fn is_of_code(word: &str) -> bool {
    word.len() <= 4
        && word
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// A document whose stamps are read when somebody asks, and once.
pub(super) struct Paper {
    pub(super) document: Document,
    /// The last two pages, the last one first: from 0, and the lines of their stamps.
    stamps: OnceCell<Vec<(usize, Vec<String>)>>,
}

impl Paper {
    /// That at `path`; `None` when it cannot be opened.
    pub(super) fn open(path: &Path) -> Option<Self> {
        Some(Self {
            document: Document::open(File::open(path).ok()?).ok()?,
            stamps: OnceCell::new(),
        })
    }

    fn stamps(&self) -> &[(usize, Vec<String>)] {
        self.stamps.get_or_init(|| {
            let count = self.document.page_count().unwrap_or(0);
            let lines = |page| glance::stamped(&self.document, page, &Limits::default());
            (count.saturating_sub(2)..count)
                .rev()
                .filter_map(|page| Some((page, lines(page).ok()?)))
                .collect()
        })
    }

    /// The certifying person and office, when stamps on the last pages state a certification.
    ///
    /// A statement is what its signer pleases to say; so it only tells whom the signature is held against.
    pub(super) fn certifier(&self) -> Option<Printed> {
        self.stamps().iter().find_map(|(page, lines)| {
            let mut printed = stated(lines)?;
            for seen in &mut printed.evidence {
                seen.page = u32::try_from(page + 1).ok();
            }
            Some(printed)
        })
    }

    /// How many pages the statement says that the copy has, when there is a statement that says so.
    pub(super) fn stated_pages(&self) -> Option<usize> {
        let mut stamps = self.stamps().iter();
        stamps.find_map(|(_, lines)| stated_pages(lines))
    }
}

fn stated_pages(lines: &[String]) -> Option<usize> {
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    let text = words.join(" ");
    let text = text.get(found(&text, TITLE)?..)?;
    let after = text.get(found(text, PAGES)? + PAGES.len()..)?;
    after.split_whitespace().next()?.parse().ok()
}

fn stated(lines: &[String]) -> Option<Printed> {
    // On the narrow pages of cards every line may be broken anywhere.
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    let text = words.join(" ");
    let start = found(&text, TITLE)?;
    let text = text.get(start..)?;
    let office = found(text, ", tại ").and_then(|at| {
        let rest = text.get(at + ", tại ".len()..)?;
        let end = AFTER_OFFICE
            .iter()
            .filter_map(|mark| found(rest, mark))
            .min()?;
        rest.get(..end).map(|name| name.trim().to_owned())
    });
    let after = text.get(found(text, PERSON)? + PERSON.len()..)?;
    let after = match found(after, CODE) {
        // The code may stand beside these lines, and then between them.
        Some(at) => format!("{} {}", after.get(..at)?, after.get(at + CODE.len()..)?),
        None => after.to_owned(),
    };
    let mut words = after
        .split_whitespace()
        .filter(|word| !is_of_code(word))
        .peekable();
    let capital = |word: &&str| word.chars().all(|letter| !letter.is_lowercase());
    let mut title = Vec::new();
    while let Some(word) = words.next_if(capital) {
        title.push(word);
    }
    let name: Vec<&str> = words.take_while(|word| !capital(word)).collect();
    let whole = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
    let (title, signer) = (whole(&title), whole(&name));
    let seen = |what: &'static str, text: &Option<String>| {
        text.clone().map(|text| Seen {
            what,
            text,
            page: None,
        })
    };
    Some(Printed {
        evidence: [
            seen("signer", &signer),
            seen("title", &title),
            seen("agency", &office),
        ]
        .into_iter()
        .flatten()
        .collect(),
        signer,
        title,
        agencies: office.into_iter().collect(),
        source: Source::Text,
        unread: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_person_and_office() {
        let lines = [
            "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH",
            "Số chứng thực: 01/2026 Quyển số: 01-SCTĐT/BS",
            "Ngày 25 tháng 11 năm 2026, tại Ủy ban nhân dân phường Thuận Hóa",
            "NGƯỜI THỰC HIỆN CHỨNG THỰC",
            "X854 K1K6 NW9X",
            "CHỦ TỊCH",
            "Nguyễn Văn An",
        ]
        .map(str::to_owned);
        let printed = stated(&lines).unwrap();
        assert_eq!(printed.signer.as_deref(), Some("Nguyễn Văn An"));
        assert_eq!(printed.title.as_deref(), Some("CHỦ TỊCH"));
        assert_eq!(printed.agencies, ["Ủy ban nhân dân phường Thuận Hóa"]);
        // The same on a narrow page, with the code beside the person.
        let narrow = [
            "CHỨNG THỰC BẢN SAO",
            "ĐÚNG VỚI BẢN CHÍNH",
            "Ngày 25 tháng 11 năm 2026, tại",
            "Ủy ban nhân dân phường Thuận",
            "Hóa",
            "Bản sao gồm 1 trang. Bản điện tử",
            "NGƯỜI THỰC HIỆN",
            "CHỨNG THỰC Mã tra cứu:",
            "CHỦ TỊCH 6S34 CJEA",
            "Nguyễn Văn",
            "An",
        ]
        .map(str::to_owned);
        assert_eq!(stated(&narrow).unwrap(), printed);
        assert_eq!(stated_pages(&narrow), Some(1));
        assert_eq!(stated_pages(&lines), None);
        assert_eq!(stated(&["QUYẾT ĐỊNH".to_owned()]), None);
    }
}
