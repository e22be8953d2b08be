//! Who certified a copy by its statement: the copy's page names others, namely those who made the original.

use saoy_pdf::Document;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::verify::{Printed, Seen, Source};

/// How a statement of certification begins (annex of Decree 23/2015).
const TITLE: &str = "chứng thực bản sao đúng với bản chính";
/// What stands over the certifying person.
const PERSON: &str = "người thực hiện chứng thực";

/// The certifying person and office, when stamps on the last pages state a certification.
///
/// A statement is what its signer pleases to say; so it only tells whom the signature is held against.
pub(super) fn certifier(document: &Document) -> Option<Printed> {
    let count = document.page_count().ok()?;
    (count.saturating_sub(2)..count).rev().find_map(|page| {
        let lines = glance::stamped(document, page, &Limits::default()).ok()?;
        let mut printed = stated(&lines)?;
        for seen in &mut printed.evidence {
            seen.page = u32::try_from(page + 1).ok();
        }
        Some(printed)
    })
}

fn stated(lines: &[String]) -> Option<Printed> {
    let lower: Vec<String> = lines.iter().map(|line| line.to_lowercase()).collect();
    let start = lower.iter().position(|line| line.contains(TITLE))?;
    let lines = lines.get(start..)?;
    let lower = lower.get(start..)?;
    let office = lines.iter().zip(lower).find_map(|(line, lower)| {
        let at = lower.find(", tại ").filter(|_| lower.starts_with("ngày"))?;
        line.get(at + ", tại ".len()..)
            .map(|name| name.trim().to_owned())
    });
    let person = lower.iter().position(|line| line.contains(PERSON))?;
    // Capacity and name, or the name alone; the look-up code may stand beside either.
    let after: Vec<String> = lines
        .get(person + 1..)?
        .iter()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty() && !line.chars().any(|letter| letter.is_ascii_digit()))
        .collect();
    let is_title = |line: &&String| line.chars().all(|letter| !letter.is_lowercase());
    let title = after.iter().find(is_title).cloned();
    let signer = after.iter().find(|line| !is_title(line)).cloned();
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
        assert_eq!(stated(&["QUYẾT ĐỊNH".to_owned()]), None);
    }
}
