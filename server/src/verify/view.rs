//! A record of `saoy verify` as the page shows it, in one language.

use base64::Engine as _;
use serde::Deserialize;

use super::asks;
use crate::kept::Report;
use crate::language::Language;

/// Text in both languages.
#[derive(Clone, Debug, Default, Deserialize)]
struct Both {
    vi: String,
    en: String,
}

impl Both {
    fn of(self, language: Language) -> String {
        match language {
            Language::Vi => self.vi,
            Language::En => self.en,
        }
    }
}

#[derive(Deserialize)]
struct Record {
    judged_at: String,
    files: Vec<FileRecord>,
}

#[derive(Deserialize)]
struct FileRecord {
    verdict: String,
    summary: Both,
    reasons: Vec<ReasonRecord>,
    warnings: Vec<ReasonRecord>,
    bytes: u64,
    signer_compared: Compared,
    signatures: Vec<SignatureRecord>,
    checklist: Vec<RowRecord>,
    registered: Option<Registered>,
}

#[derive(Deserialize)]
struct ReasonRecord {
    code: String,
    vi: String,
    en: String,
    signature: Option<usize>,
    page: Option<usize>,
    detail: String,
    hint: Option<Both>,
}

#[derive(Deserialize)]
struct Compared {
    result: String,
    read: Vec<Read>,
}

#[derive(Deserialize)]
struct Read {
    what: String,
    text: String,
    page: Option<u32>,
}

#[derive(Deserialize)]
struct SignatureRecord {
    field: String,
    kind: String,
    revision: usize,
    revisions: usize,
    indication: String,
    sub_indication: Option<String>,
    digest: Option<String>,
    algorithm: Option<String>,
    key_bits: Option<usize>,
    signer: Option<Signer>,
    issuer: Option<String>,
    claimed_time: Option<String>,
    proven_time: Option<String>,
    timestamp: Option<Timestamp>,
    level: String,
    certification: Option<u8>,
    checks: Vec<Check>,
    changes_after: String,
    certificates: Vec<Certificate>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Signer {
    name: String,
    organization: Option<String>,
    serial: String,
    title: Option<String>,
    distinguished_name: String,
}

#[derive(Deserialize)]
struct Timestamp {
    time: String,
    authority: String,
    valid: bool,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    label: Both,
    result: String,
    detail: String,
}

#[derive(Deserialize)]
struct Certificate {
    subject: String,
    not_before: String,
    not_after: String,
    sha256: String,
    anchor: bool,
}

#[derive(Deserialize)]
struct RowRecord {
    number: u8,
    result: String,
    vi: String,
    en: String,
    evidence: String,
}

#[derive(Deserialize)]
struct Registered {
    code: String,
    said: Both,
}

/// A colour that never stands alone: each has a sign and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Open,
    None,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
            Self::None => "none",
        }
    }

    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Good => "✔",
            Self::Bad => "✖",
            Self::Open => "?",
            Self::None => "○",
        }
    }
}

/// The page's content.
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) tone: Tone,
    pub(crate) verdict: &'static str,
    pub(crate) summary: String,
    pub(crate) judged_at: String,
    pub(crate) sha256: String,
    pub(crate) kilobytes: u64,
    pub(crate) reasons: Vec<ReasonView>,
    pub(crate) warnings: Vec<ReasonView>,
    pub(crate) signatures: Vec<SignatureView>,
    pub(crate) compared: Option<ComparedView>,
    pub(crate) registered: Option<(String, String)>,
    pub(crate) pages: Vec<PageView>,
    pub(crate) checklist: Vec<RowView>,
    pub(crate) reading: bool,
    pub(crate) endings: Vec<&'static str>,
}

pub(crate) struct ReasonView {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) place: String,
    pub(crate) detail: String,
    /// What to do, for whoever reads the page.
    pub(crate) hint: Option<String>,
    /// What somebody at the server's terminal can do.
    pub(crate) command: Option<String>,
}

pub(crate) struct ComparedView {
    pub(crate) tone: Tone,
    pub(crate) text: &'static str,
    pub(crate) read: Vec<String>,
}

pub(crate) struct SignatureView {
    pub(crate) number: usize,
    pub(crate) title: &'static str,
    pub(crate) tone: Tone,
    pub(crate) standing: &'static str,
    pub(crate) indication: String,
    pub(crate) who: String,
    pub(crate) organization: Option<String>,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) checks: Vec<RowView>,
    pub(crate) certificates: Vec<String>,
    pub(crate) passed: usize,
}

pub(crate) struct RowView {
    pub(crate) tone: Tone,
    pub(crate) name: String,
    pub(crate) detail: String,
}

pub(crate) struct PageView {
    pub(crate) number: usize,
    pub(crate) percent: String,
    /// Captions, and pictures as data URIs.
    pub(crate) pictures: Vec<(&'static str, Option<String>)>,
}

impl View {
    /// What a report looks like in a language; nothing when its record has no file.
    pub(crate) fn new(report: &Report, l: Language) -> Option<Self> {
        let record: Record = serde_json::from_value(report.record.clone()).ok()?;
        let file = record.files.into_iter().next()?;
        let differs = matches!(
            file.signer_compared.result.as_str(),
            "differs" | "publisher"
        );
        let (tone, verdict) = match file.verdict.as_str() {
            "valid" if differs => (
                Tone::Open,
                l.say(
                    "Hợp lệ, nhưng xem người ký",
                    "Valid, but look at who signed",
                ),
            ),
            "valid" => (Tone::Good, l.say("Hợp lệ", "Valid")),
            "invalid" => (Tone::Bad, l.say("Không hợp lệ", "Not valid")),
            "damaged" if file.reasons.iter().any(|one| one.code == "encrypted") => (
                Tone::Open,
                l.say(
                    "Tệp được mã hóa: không thể xét",
                    "Encrypted file: it cannot be judged",
                ),
            ),
            "damaged" => (Tone::Bad, l.say("Tệp hỏng", "Damaged file")),
            "unsigned" => (Tone::None, l.say("Không có chữ ký", "Not signed")),
            _ => (Tone::Open, l.say("Chưa kết luận được", "Cannot tell")),
        };
        let of = |one: Vec<ReasonRecord>| -> Vec<ReasonView> {
            one.into_iter().map(|one| ReasonView::new(one, l)).collect()
        };
        let (reasons, warnings) = (of(file.reasons), of(file.warnings));
        // The sentence ends with what to do; a command is no use to whoever reads it here.
        let commands = reasons.iter().chain(&warnings);
        let summary = commands
            .filter_map(|one| one.command.as_deref())
            .filter(|command| !command.is_empty())
            .fold(file.summary.of(l), |summary, command| {
                summary.replace(
                    command,
                    l.say("xem phải làm gì bên dưới", "see below what to do"),
                )
            });
        let mut endings: Vec<&'static str> = report.files.keys().copied().collect();
        endings.sort_unstable();
        Some(Self {
            name: report.name.clone(),
            tone,
            verdict,
            summary,
            judged_at: record.judged_at,
            sha256: report.sha256.clone(),
            kilobytes: file.bytes.div_ceil(1000),
            reasons,
            warnings,
            compared: compared(file.signer_compared, l),
            registered: file.registered.map(|one| (one.code, one.said.of(l))),
            signatures: file
                .signatures
                .into_iter()
                .enumerate()
                .map(|(index, one)| SignatureView::new(index + 1, one, l))
                .collect(),
            pages: report
                .pages
                .iter()
                .map(|page| PageView {
                    number: page.number,
                    percent: page
                        .percent
                        .map_or_else(String::new, |percent| format!("{percent:.2} %")),
                    pictures: vec![
                        (l.say("Khi ký", "As signed"), uri(page.signed.as_deref())),
                        (l.say("Bây giờ", "As it is now"), uri(page.last.as_deref())),
                        (
                            l.say("Chỗ khác nhau", "Where they differ"),
                            uri(page.difference.as_deref()),
                        ),
                    ],
                })
                .collect(),
            checklist: file
                .checklist
                .into_iter()
                .map(|row| RowView {
                    tone: tone_of(&row.result),
                    name: format!("{}. {}", row.number, l.say(&row.vi, &row.en)),
                    detail: row.evidence,
                })
                .collect(),
            reading: report.reading,
            endings,
        })
    }
}

fn uri(picture: Option<&[u8]>) -> Option<String> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(picture?);
    Some(format!("data:image/jpeg;base64,{encoded}"))
}

fn tone_of(result: &str) -> Tone {
    match result {
        "pass" => Tone::Good,
        "fail" => Tone::Bad,
        "not_in_file" => Tone::None,
        _ => Tone::Open,
    }
}

fn compared(compared: Compared, l: Language) -> Option<ComparedView> {
    let (tone, text) = match compared.result.as_str() {
        "matches" | "match" => (Tone::Good, l.say(
            "Người ký đúng là người mà văn bản ghi.",
            "The signer is the one whom the document names.",
        )),
        "differs" => (Tone::Open, l.say(
            "Người ký KHÁC với người mà văn bản ghi.",
            "The signer is NOT the one whom the document names.",
        )),
        "publisher" => (Tone::Open, l.say(
            "Người ký là cơ quan đăng tải (công báo, cổng thông tin), không phải người ban hành.",
            "The signer published the document (gazette, portal); whoever issued it did not sign.",
        )),
        _ => return None,
    };
    let read = compared
        .read
        .into_iter()
        .map(|one| {
            let what = match one.what.as_str() {
                "signer" => l.say("Người ký", "Signer"),
                "title" => l.say("Chức vụ", "Title"),
                _ => l.say("Cơ quan", "Agency"),
            };
            let page = one.page.map_or_else(String::new, |page| {
                format!(" ({} {page})", l.say("trang", "page"))
            });
            format!("{what}: {}{page}", one.text.replace('\n', " "))
        })
        .collect();
    Some(ComparedView { tone, text, read })
}

impl ReasonView {
    fn new(record: ReasonRecord, l: Language) -> Self {
        let mut place = Vec::new();
        if let Some(number) = record.signature {
            place.push(format!("{} {number}", l.say("chữ ký", "signature")));
        }
        if let Some(page) = record.page {
            place.push(format!("{} {page}", l.say("trang", "page")));
        }
        let asked = asks::whom(&record.code, l);
        let said = record.hint.map(|hint| hint.of(l));
        let (hint, command) = match asked {
            Some(asked) => (Some(asked.to_owned()), said),
            None => (said, None),
        };
        Self {
            text: l.say(&record.vi, &record.en).to_owned(),
            code: record.code,
            place: place.join(", "),
            detail: record.detail,
            hint,
            command,
        }
    }
}

impl SignatureView {
    fn new(number: usize, one: SignatureRecord, l: Language) -> Self {
        let (tone, standing) = match one.indication.as_str() {
            "TOTAL-PASSED" => (Tone::Good, l.say("hợp lệ", "valid")),
            "TOTAL-FAILED" => (Tone::Bad, l.say("không hợp lệ", "not valid")),
            _ => (Tone::Open, l.say("chưa kết luận được", "cannot tell")),
        };
        let title = match one.kind.as_str() {
            "document_timestamp" => l.say("Dấu thời gian tài liệu", "Document timestamp"),
            _ => l.say("Chữ ký", "Signature"),
        };
        let mut facts: Vec<(&'static str, String)> = Vec::new();
        let mut fact = |name: &'static str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                facts.push((name, value));
            }
        };
        let signer = one.signer.as_ref();
        fact(
            l.say("Chức vụ trong chứng thư", "Title in the certificate"),
            signer.and_then(|one| one.title.clone()),
        );
        fact(
            l.say("Ký lúc (máy người ký)", "Signed at (signer's clock)"),
            one.claimed_time.clone(),
        );
        fact(
            l.say("Dấu thời gian", "Timestamp"),
            one.timestamp.as_ref().map(|stamp| {
                let standing = if stamp.valid {
                    l.say("hợp lệ", "valid")
                } else {
                    l.say("không xác nhận được", "not confirmed")
                };
                format!("{} · {} · {standing}", stamp.time, stamp.authority)
            }),
        );
        fact(
            l.say("Có chắc chắn từ", "Proven to exist since"),
            one.proven_time.clone(),
        );
        fact(
            l.say("Sau khi ký", "After signing"),
            Some(
                match one.changes_after.as_str() {
                    "none" => l.say("không thay đổi gì", "nothing was changed"),
                    "lta_update" => l.say(
                        "chỉ thêm bằng chứng lưu trữ lâu dài",
                        "evidence for long-term keeping was added, nothing else",
                    ),
                    "later_signature" => {
                        l.say("có chữ ký tiếp theo", "a later signature was added")
                    }
                    "form_fill" => l.say("có điền biểu mẫu", "form fields were filled in"),
                    "annotation" => l.say("có thêm ghi chú", "annotations were added"),
                    _ => l.say("nội dung bị thay đổi", "the content was changed"),
                }
                .to_owned(),
            ),
        );
        fact(l.say("Nơi cấp chứng thư", "Issued by"), one.issuer.clone());
        fact(
            l.say("Số chứng thư", "Certificate's number"),
            signer.map(|one| one.serial.clone()),
        );
        fact(
            l.say("Tên đầy đủ trong chứng thư", "Distinguished name"),
            signer.map(|one| one.distinguished_name.clone()),
        );
        fact(l.say("Mức PAdES", "PAdES level"), Some(one.level.clone()));
        let algorithm = [
            one.algorithm.clone(),
            one.digest.clone(),
            one.key_bits.map(|bits| format!("{bits} bit")),
        ];
        fact(
            l.say("Thuật toán", "Algorithm"),
            Some(
                algorithm
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
        );
        fact(
            l.say("Chứng nhận (DocMDP)", "Certification (DocMDP)"),
            one.certification.map(|level| format!("P={level}")),
        );
        fact(l.say("Lý do ký", "Reason given"), one.reason.clone());
        fact(
            l.say("Trường", "Field"),
            Some(format!(
                "{} · {} {}/{}",
                one.field,
                l.say("bản sửa", "revision"),
                one.revision,
                one.revisions
            )),
        );
        let checks: Vec<RowView> = one
            .checks
            .into_iter()
            .map(|check| RowView {
                tone: tone_of(&check.result),
                name: match check.label.clone().of(l) {
                    label if label.is_empty() => check.name,
                    label => label,
                },
                detail: check.detail,
            })
            .collect();
        Self {
            number,
            title,
            tone,
            standing,
            indication: match one.sub_indication {
                Some(sub) => format!("{} / {sub}", one.indication),
                None => one.indication,
            },
            who: one.signer.as_ref().map_or_else(
                || l.say("không rõ người ký", "signer not known").to_owned(),
                |signer| signer.name.clone(),
            ),
            organization: one.signer.and_then(|signer| signer.organization),
            facts,
            passed: checks
                .iter()
                .filter(|check| check.tone == Tone::Good)
                .count(),
            checks,
            certificates: one
                .certificates
                .into_iter()
                .map(|link| {
                    let anchor = if link.anchor { " ⚓" } else { "" };
                    format!(
                        "{}{anchor} · {} – {} · SHA-256 {}",
                        link.subject, link.not_before, link.not_after, link.sha256
                    )
                })
                .collect(),
        }
    }
}
