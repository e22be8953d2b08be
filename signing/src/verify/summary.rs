//! The one sentence that a clerk reads: what the verdict is, who signed, when, what came after, what is missing.

use super::calendar;
use super::words::{self, Said};
use super::{Proven, Standing, Verification, Verified, Whose};
use crate::finding::{Finding, Reason};
use crate::judge::Indication;
use crate::structure::Changed;

/// Signatures that the sentence tells one by one; the rest are counted.
const TOLD: usize = 5;

/// The summary of a file in both languages.
pub fn summary(whole: &Verification) -> Said {
    let is_encrypted = |finding: &Finding| finding.reason == Reason::Encrypted;
    let (vi, en) = whole
        .standing
        .label_of(whole.findings.iter().any(is_encrypted));
    let mut said = Said::new(vi, en);
    let rest = match whole.standing {
        Standing::Unsigned => unsigned(whole),
        Standing::Damaged => reason_of_file(whole),
        Standing::Invalid => invalid(whole),
        Standing::Indeterminate => indeterminate(whole),
        Standing::Valid => valid(whole),
    };
    said.push(&Said::new(": ", ": "));
    said.push(&rest);
    said.push(&Said::new(".", "."));
    said
}

fn unsigned(whole: &Verification) -> Said {
    let stamp = whole.signatures.iter().find_map(|one| one.proven.as_ref());
    match stamp {
        Some(stamp) => Said::new(
            format!(
                "tệp chỉ có dấu thời gian lúc {} của {}, không có chữ ký của ai",
                calendar::vietnamese(stamp.time),
                stamp.authority
            ),
            format!(
                "the file has only a timestamp of {} by {}, and nobody's signature",
                calendar::english(stamp.time),
                stamp.authority
            ),
        ),
        None if !whole.unsigned.is_empty() => Said::new(
            format!("tệp có {} ô ký nhưng chưa ai ký", whole.unsigned.len()),
            format!(
                "the file has {} for signatures, and nobody has signed",
                counted(whole.unsigned.len(), "field")
            ),
        ),
        None => Said::new(
            "không tìm thấy chữ ký số nào trong tệp",
            "no digital signature was found in the file",
        ),
    }
}

fn reason_of_file(whole: &Verification) -> Said {
    let finding = whole.findings.first();
    finding.map_or_else(
        || Said::new("không rõ nguyên nhân", "for an unknown reason"),
        clause,
    )
}

/// The gravest reason first, then whose signatures they are.
fn invalid(whole: &Verification) -> Said {
    let failed = whole
        .signatures
        .iter()
        .enumerate()
        .find(|(_, one)| one.indication == Indication::TotalFailed);
    let finding = whole
        .findings
        .first()
        .or_else(|| failed.and_then(|(_, one)| one.findings.first()));
    let mut said = finding.map_or_else(Said::default, clause);
    if let Some((index, one)) = failed
        && whole.findings.is_empty()
        && whole.signatures.len() > 1
    {
        let (number, count) = (index + 1, whole.signatures.len());
        said.push(&Said::new(
            format!(" (chữ ký {number} trên {count}, {})", who(one).vi),
            format!(" (signature {number} of {count}, {})", who(one).en),
        ));
    } else if let Some((_, one)) = failed {
        said.push(&Said::new(
            format!(" (chữ ký {})", who(one).vi),
            format!(" (signature {})", who(one).en),
        ));
    }
    if let Some((vi, en)) = finding.and_then(|finding| words::hint(finding.reason)) {
        said.push(&Said::new(format!("; {vi}"), format!("; {en}")));
    }
    said
}

fn valid(whole: &Verification) -> Said {
    let mut said = chain(whole);
    said.push(&ending(whole));
    said.push(&owner(whole));
    said.push(&warned(whole));
    said
}

/// What is sure is said first, then what is missing and the command that supplies it.
fn indeterminate(whole: &Verification) -> Said {
    let intact = whole.people().all(Verified::intact);
    let mut said = if intact {
        Said::new("chữ ký nguyên vẹn: ", "intact: ")
    } else {
        Said::default()
    };
    said.push(&chain(whole));
    said.push(&ending(whole));
    let mut told: Vec<Reason> = Vec::new();
    let open = whole
        .people()
        .filter(|one| one.indication == Indication::Indeterminate);
    for finding in open.flat_map(|one| &one.findings) {
        if told.contains(&finding.reason) {
            continue;
        }
        told.push(finding.reason);
        let (vi, en) = words::of(finding.reason);
        said.push(&Said::new(format!("; {vi}"), format!("; {en}")));
        if let Some((vi, en)) = words::hint(finding.reason) {
            said.push(&Said::new(format!(": {vi}"), format!(": {en}")));
        }
    }
    said.push(&owner(whole));
    said.push(&warned(whole));
    said
}

/// Who signed and when, one after the other, and what each further signature did.
fn chain(whole: &Verification) -> Said {
    let people: Vec<&Verified> = whole.people().collect();
    let count = people.len();
    let mut said = if count == 1 {
        Said::new("1 chữ ký ", "1 signature ")
    } else {
        Said::new(
            format!("{count} chữ ký: (1) "),
            format!("{count} signatures: (1) "),
        )
    };
    for (index, one) in people.iter().take(TOLD).enumerate() {
        if index > 0 {
            let number = index + 1;
            said.push(&Said::new(
                format!("; sau đó ({number}) "),
                format!("; then ({number}) "),
            ));
        }
        said.push(&who(one));
        if index > 0 {
            said.push(&deed(whole, one));
        }
        said.push(&Said::new(", ", ", "));
        said.push(&when(one));
    }
    if count > TOLD {
        let more = count - TOLD;
        said.push(&Said::new(
            format!("; và {more} chữ ký nữa"),
            format!("; and {more} more"),
        ));
    }
    said
}

/// What a further signature put on pages besides signing: its own appearance, and what it explains of their contents.
fn deed(whole: &Verification, later: &Verified) -> Said {
    let name = Some(later.field.name.as_str());
    let explained = whole
        .signatures
        .iter()
        .flat_map(|one| &one.field.after.changes)
        .filter(|change| {
            change.kind == Changed::LaterSignature && change.explained_by.as_deref() == name
        });
    // A widget that shows nothing belongs to its page all the same; it is no stamp.
    let mut pages: Vec<usize> = explained
        .filter(|change| change.stamped)
        .filter_map(|change| change.page)
        .chain(later.field.place.map(|(page, _)| page))
        .collect();
    pages.sort_unstable();
    pages.dedup();
    if pages.is_empty() {
        return Said::default();
    }
    let list: Vec<String> = pages.iter().take(6).map(ToString::to_string).collect();
    let more = if pages.len() > 6 { ", ..." } else { "" };
    let list = list.join(", ") + more;
    Said::new(
        format!(", đóng dấu hoặc ghi thêm (số, ngày) vào trang {list}"),
        format!(
            ", who stamped (number, date or seal) {} {list}",
            if pages.len() == 1 { "page" } else { "pages" }
        ),
    )
}

/// `của NAME (ORGANISATION)`.
fn who(one: &Verified) -> Said {
    let Some(party) = &one.judgement.signer else {
        return Said::new("không rõ của ai", "by nobody that is known");
    };
    let organization = party
        .organization
        .as_ref()
        .filter(|organization| **organization != party.name);
    let name = match organization {
        Some(organization) => format!("{} ({organization})", party.name),
        None => party.name.clone(),
    };
    let of_machine = one.stamp.is_some();
    Said::new(
        format!(
            "{}{name}",
            if of_machine {
                "dấu thời gian của "
            } else {
                "của "
            }
        ),
        format!("{}{name}", if of_machine { "timestamp by " } else { "by " }),
    )
}

/// A proven time, or a claimed one that says so.
fn when(one: &Verified) -> Said {
    if let Some(Proven {
        time, authority, ..
    }) = &one.proven
    {
        return Said::new(
            format!(
                "có dấu thời gian {} của {authority}",
                calendar::vietnamese(*time)
            ),
            format!("timestamped {} by {authority}", calendar::english(*time)),
        );
    }
    // A token that is whole, but whose authority cannot be confirmed, is more than a claim and less than a proof.
    if let Some(stamp) = &one.judgement.timestamp
        && stamp.judgement.is_intact()
    {
        return Said::new(
            format!(
                "có dấu thời gian {} của {}, nguyên vẹn nhưng chưa xác nhận được",
                calendar::vietnamese(stamp.time),
                stamp.authority
            ),
            format!(
                "timestamped {} by {}, intact but not confirmed",
                calendar::english(stamp.time),
                stamp.authority
            ),
        );
    }
    let claimed = one.field.claimed_time.as_deref().and_then(calendar::of_pdf);
    match claimed.or(one.judgement.signing_time) {
        Some(time) => Said::new(
            format!(
                "tự khai ký lúc {}, không có gì chứng minh",
                calendar::vietnamese(time)
            ),
            format!("claiming {}, which nothing proves", calendar::english(time)),
        ),
        None => Said::new("không rõ thời điểm", "at an unknown time"),
    }
}

/// What came after the last signature.
fn ending(whole: &Verification) -> Said {
    let Some(last) = whole.people().last() else {
        return Said::default();
    };
    match last.changed {
        Changed::Nothing => Said::new(
            "; từ đó tệp không thay đổi",
            "; the file has not changed since",
        ),
        Changed::LongTermData => Said::new(
            "; từ đó chỉ thêm dữ liệu xác thực lâu dài",
            "; only long-term validation data was added since",
        ),
        other => {
            let (vi, en) = words::of_change(other);
            Said::new(format!("; từ đó {vi}"), format!("; since then {en}"))
        }
    }
}

/// Whether the document names who signed.
fn owner(whole: &Verification) -> Said {
    match &whole.whose {
        Whose::NotAsked => Said::default(),
        Whose::NotCompared { why } => {
            let mut said = Said::new(
                "; chưa đối chiếu được người ký với văn bản",
                "; the signer could not be compared with what the document says",
            );
            if let Some(why) = why {
                said.push(&Said::new(
                    format!(" ({})", why.vi),
                    format!(" ({})", why.en),
                ));
            }
            said
        }
        Whose::Matches { document, .. } => Said::new(
            format!("; văn bản ghi đúng \"{document}\""),
            format!("; the document names \"{document}\" too"),
        ),
        Whose::Publisher {
            certificate,
            signer,
            agency,
            official,
        } => {
            let (vi, en) = named(signer, agency);
            let mut said = Said::new(
                format!("; {certificate} ký với tư cách nơi đăng, văn bản ghi {vi}"),
                format!(
                    "; {certificate} signed as the place of publication; the document names {en}"
                ),
            );
            if !official {
                said.push(&Said::new(
                    ", và chứng thư chưa dẫn đến hệ thống công vụ",
                    ", and its certificate does not lead to the public-duty PKI",
                ));
            }
            said
        }
        Whose::Differs {
            certificates,
            signer,
            agency,
        } => {
            let names = certificates.join(", ");
            let (vi, en) = named(signer, agency);
            Said::new(
                format!("; CHÚ Ý: người ký là {names}, nhưng văn bản ghi {vi}"),
                format!("; ATTENTION: signed by {names}; the document names {en}"),
            )
        }
    }
}

/// Signer and agency of a document, `A of B`.
fn named(signer: &Option<String>, agency: &Option<String>) -> (String, String) {
    match (signer, agency) {
        (Some(signer), Some(agency)) => (
            format!("{signer} của {agency}"),
            format!("{signer} of {agency}"),
        ),
        (Some(one), None) | (None, Some(one)) => (one.clone(), one.clone()),
        (None, None) => ("?".to_owned(), "?".to_owned()),
    }
}

/// Warnings about algorithms that a reader must not miss.
fn warned(whole: &Verification) -> Said {
    let mut all = whole.people().flat_map(|one| &one.warnings);
    if all.any(|warning| warning.reason == Reason::WeakDigest) {
        return Said::new(
            "; chú ý: dùng thuật toán băm yếu SHA-1",
            "; note: the weak digest SHA-1 is used",
        );
    }
    Said::default()
}

/// A finding in words, with its page.
pub fn clause(finding: &Finding) -> Said {
    let (vi, en) = words::of(finding.reason);
    match finding.page {
        Some(page) => Said::new(
            format!("{vi} (trang {page})"),
            format!("{en} (page {page})"),
        ),
        None => Said::new(vi, en),
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
