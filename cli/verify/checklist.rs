//! The receiving officer's checklist, each row as far as one file can answer it, with its evidence.

use saoy_signing::finding::Reason;
use saoy_signing::judge::{Indication, Outcome};
use saoy_signing::structure::Changed;
use saoy_signing::verify::{Verification, Verified, Whose};
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// Its number in the list.
    pub(crate) number: u8,
    /// `pass`, `fail`, `warn`, or `not_in_file` where only a register can tell.
    pub(crate) result: &'static str,
    pub(crate) vi: &'static str,
    pub(crate) en: &'static str,
    /// English, technical.
    pub(crate) evidence: String,
}

/// How a row went.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Went {
    Pass,
    Fail,
    Warn,
    /// Only a register, a code's own page or a person can tell.
    Elsewhere,
}

impl Went {
    fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Elsewhere => "not_in_file",
        }
    }
}

impl Row {
    /// Takes an answer that came later.
    pub(super) fn answer(&mut self, (went, evidence): Answer) {
        self.result = went.code();
        self.evidence = evidence;
    }
}

/// All fourteen rows; none for a file without signatures.
pub(crate) fn rows(whole: &Verification) -> Vec<Row> {
    if whole.people().next().is_none() {
        return Vec::new();
    }
    let elsewhere = || (Went::Elsewhere, "not told by the file".to_owned());
    let answers = [
        covered(whole),
        cryptography(whole),
        by_check(whole, &["chain"]),
        by_check(whole, &["revocation", "time"]),
        algorithms(whole),
        signer(whole),
        organisation(whole),
        elsewhere(),
        elsewhere(),
        times(whole),
        elsewhere(),
        elsewhere(),
        elsewhere(),
        hidden(whole),
    ];
    let numbers = 1_u8..;
    let rows = numbers.zip(WORDS).zip(answers);
    rows.map(|((number, (vi, en)), (went, evidence))| Row {
        number,
        result: went.code(),
        vi,
        en,
        evidence,
    })
    .collect()
}

/// What each row asks.
const WORDS: [(&str, &str); 14] = [
    (
        "Chữ ký cuối bao phủ toàn bộ tệp",
        "The last signature covers the whole file",
    ),
    (
        "Chữ ký của người và của cơ quan đúng về mật mã",
        "The signatures of person and agency are cryptographically right",
    ),
    (
        "Chuỗi chứng thư dẫn đến tổ chức đã chấp nhận",
        "The path leads to an accepted authority",
    ),
    (
        "Chứng thư có hiệu lực tại thời điểm ký",
        "The certificates were valid at the time of signing",
    ),
    (
        "Mục đích khóa, thuật toán, độ dài khóa",
        "Key usage, algorithm, key size",
    ),
    (
        "Người ký trùng với văn bản",
        "The signer is the one whom the document names",
    ),
    (
        "Cơ quan ký trùng với văn bản",
        "The agency is the one that the document names",
    ),
    (
        "Số chứng thực có trong sổ, mã băm khớp",
        "The register has the number, and the same digest",
    ),
    ("Không bị hủy bỏ giá trị pháp lý", "It was not annulled"),
    (
        "Thời điểm chuyển đổi khớp thời điểm ký",
        "The times that the file tells agree",
    ),
    (
        "Mã QR và trang tra cứu khớp với tệp",
        "QR code and look-up page agree with the file",
    ),
    (
        "PDF/A hai lớp, màu, từ 200 dpi, tỷ lệ 1:1",
        "PDF/A with a text layer, colour, 200 dpi, 1:1",
    ),
    (
        "Số trang trong lời chứng đúng số trang của tệp",
        "The number of pages is the one in the statement",
    ),
    (
        "Không có nội dung ẩn hoặc lớp che",
        "No hidden content, nothing that covers a page",
    ),
];

/// How a row went, and its evidence.
pub(super) type Answer = (Went, String);

fn covered(whole: &Verification) -> Answer {
    let Some(last) = whole.people().last() else {
        return (Went::Fail, String::new());
    };
    let evidence = format!("changes after the last signature: {:?}", last.changed);
    let went = match last.changed {
        _ if !whole.findings.is_empty() => Went::Fail,
        Changed::Nothing | Changed::LongTermData => Went::Pass,
        _ => Went::Fail,
    };
    (went, evidence)
}

fn cryptography(whole: &Verification) -> Answer {
    let intact = whole.people().filter(|one| one.intact()).count();
    let count = whole.people().count();
    let evidence = format!("{intact} of {count} intact");
    (
        if intact == count {
            Went::Pass
        } else {
            Went::Fail
        },
        evidence,
    )
}

/// The worst outcome of the named checks over all signatures.
fn by_check(whole: &Verification, names: &[&str]) -> Answer {
    let mut went = Went::Pass;
    let mut evidence = Vec::new();
    let checks = whole.people().flat_map(|one| &one.checks);
    for check in checks.filter(|check| names.contains(&check.name)) {
        match check.result {
            Outcome::Pass => {}
            Outcome::Unknown if went == Went::Pass => went = Went::Warn,
            Outcome::Unknown => {}
            Outcome::Fail => went = Went::Fail,
        }
        evidence.push(format!("{}: {}", check.name, check.detail));
    }
    if evidence.is_empty() {
        return (Went::Warn, "not checked".to_owned());
    }
    evidence.dedup();
    (went, evidence.join("; "))
}

fn algorithms(whole: &Verification) -> Answer {
    let told = |one: &Verified| {
        let judgement = &one.judgement;
        format!(
            "{} {} {} bit",
            judgement.digest.unwrap_or("?"),
            judgement.algorithm.unwrap_or("?"),
            judgement.key_bits.unwrap_or(0)
        )
    };
    let mut evidence: Vec<String> = whole.people().map(told).collect();
    evidence.dedup();
    let has = |findings: fn(&Verified) -> &[saoy_signing::finding::Finding]| {
        whole.people().flat_map(findings).any(|finding| {
            matches!(
                finding.reason,
                Reason::WeakDigest | Reason::WeakKey | Reason::AlgorithmUnknown | Reason::KeyUsage
            )
        })
    };
    let went = if has(|one| &one.findings) {
        Went::Fail
    } else if has(|one| &one.warnings) {
        Went::Warn
    } else {
        Went::Pass
    };
    (went, evidence.join("; "))
}

fn signer(whole: &Verification) -> Answer {
    let went = match &whole.whose {
        Whose::Matches { .. } => Went::Pass,
        Whose::Differs { .. } => Went::Fail,
        Whose::NotAsked | Whose::NotCompared { .. } | Whose::Publisher { .. } => Went::Warn,
    };
    (went, whole.whose.evidence())
}

fn organisation(whole: &Verification) -> Answer {
    let (went, _) = signer(whole);
    let names: Vec<&str> = whole
        .people()
        .filter_map(|one| one.judgement.signer.as_ref())
        .filter_map(|party| party.organization.as_deref())
        .collect();
    (
        went,
        format!("certificates name \"{}\"", names.join("\", \"")),
    )
}

/// How far claimed and proven times of a signature may lie apart, seconds: what real signatures of State bodies show,
/// whose timestamps come up to a day late.
const SKEW: i64 = 86_400;

fn times(whole: &Verification) -> Answer {
    let apart = whole.people().filter_map(|one| {
        let claimed = saoy_signing::verify::calendar::of_pdf(one.field.claimed_time.as_deref()?)?;
        let proven = one.proven.as_ref()?;
        Some(proven.time.0.saturating_sub(claimed.0))
    });
    let apart: Vec<i64> = apart.collect();
    if apart.is_empty() {
        return (Went::Warn, "no proven time to compare with".to_owned());
    }
    let list: Vec<String> = apart.iter().map(|apart| format!("{apart} s")).collect();
    let agree = apart.iter().all(|apart| apart.abs() <= SKEW);
    let evidence = format!("proven less claimed time: {}", list.join(", "));
    (if agree { Went::Pass } else { Went::Warn }, evidence)
}

fn hidden(whole: &Verification) -> Answer {
    let all = whole.warnings.iter().chain(&whole.findings);
    let all = all.chain(whole.signatures.iter().flat_map(|one| &one.warnings));
    let found: Vec<&str> = all
        .filter(|finding| finding.reason == Reason::ShadowPreparation)
        .map(|finding| finding.detail.as_str())
        .collect();
    let failed = whole.people().any(|one| {
        one.indication == Indication::TotalFailed && one.changed > Changed::LaterSignature
    });
    if failed {
        return (Went::Fail, "pages changed after signing".to_owned());
    }
    if found.is_empty() {
        return (
            Went::Pass,
            "nothing found that waits to be shown".to_owned(),
        );
    }
    (Went::Warn, found.join("; "))
}
