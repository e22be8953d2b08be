//! The record of a verification: what every report is made of, and what `--json` prints.
//!
//! The members are a contract with other programs; `docs/schemas/verification-1.schema.json` holds it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use saoy_pipeline::record::Bilingual;
use saoy_signing::finding::{Finding, Reason};
use saoy_signing::judge::{Check, Indication, Instant, Link, Outcome, Party};
use saoy_signing::structure::{Changed, Kind};
use saoy_signing::verify::{
    Said, Standing, Verification, Verified, calendar, change_code, summary, words,
};
use serde::Serialize;

use super::checklist::{self, Row};
use super::pictures::{self, Pair};
use super::registered::Registered;
use crate::words::Ui;

/// Name and version of the record.
pub(crate) const SCHEMA: &str = "saoy.verification/1";

/// One run.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) schema: &'static str,
    /// The program that made it.
    pub(crate) producer: String,
    /// The time at which was judged what nothing proves to be older.
    pub(crate) judged_at: String,
    /// The policy by which was judged.
    pub(crate) policy: Vec<PolicyRow>,
    pub(crate) files: Vec<FileRecord>,
}

/// One rule of the policy in words.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PolicyRow {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// One file.
#[derive(Serialize)]
pub(crate) struct FileRecord {
    pub(crate) path: String,
    pub(crate) verdict: &'static str,
    pub(crate) summary: Bilingual,
    /// Why it is not valid: of the file and of all its signatures.
    pub(crate) reasons: Vec<ReasonRecord>,
    pub(crate) warnings: Vec<ReasonRecord>,
    pub(crate) bytes: u64,
    pub(crate) signer_compared: Compared,
    pub(crate) signatures: Vec<SignatureRecord>,
    /// Names of signature fields that nobody has signed.
    pub(crate) unsigned_fields: Vec<String>,
    pub(crate) checklist: Vec<Row>,
    /// What registers know of it, when it is a certified copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registered: Option<Registered>,
    #[serde(skip)]
    pub(crate) standing: Option<Standing>,
    #[serde(skip)]
    pub(crate) file: PathBuf,
    /// Where each revision ends.
    #[serde(skip)]
    pub(crate) revisions: Vec<u64>,
    /// Pictures of changed pages, drawn when the first report wants them.
    #[serde(skip)]
    pairs: OnceLock<Vec<(usize, Pair)>>,
}

/// Whether the document names who signed.
#[derive(Serialize)]
pub(crate) struct Compared {
    pub(crate) result: &'static str,
    pub(crate) detail: String,
    /// Where the document's words come from: `text`, `hidden_text`, `ocr`; null when it names nobody.
    pub(crate) source: Option<&'static str>,
    /// What the document says of its signer.
    pub(crate) read: Vec<ReadRecord>,
}

/// Something that a document says of its signer.
#[derive(Serialize)]
pub(crate) struct ReadRecord {
    /// `signer`, `title` or `agency`.
    pub(crate) what: &'static str,
    /// As it stands on the page.
    pub(crate) text: String,
    /// From 1.
    pub(crate) page: Option<u32>,
}

impl Compared {
    fn new(whole: &Verification) -> Self {
        let printed = whole.printed.as_ref();
        let named = printed.filter(|printed| printed.names_somebody());
        Self {
            result: whole.whose.code(),
            detail: whole.whose.evidence(),
            source: named.map(|printed| printed.source.code()),
            read: printed
                .into_iter()
                .flat_map(|printed| &printed.evidence)
                .map(|seen| ReadRecord {
                    what: seen.what,
                    text: seen.text.clone(),
                    page: seen.page,
                })
                .collect(),
        }
    }

    /// What was read and where, for people; `None` when nothing was.
    pub(crate) fn told(&self, ui: Ui) -> Option<String> {
        let from = match self.source? {
            "ocr" => ui.say("đọc bằng OCR", "read by OCR"),
            "hidden_text" => ui.say("lớp chữ ẩn", "hidden text"),
            _ => ui.say("lớp chữ", "text layer"),
        };
        let parts = self.read.iter().map(|read| {
            let what = match read.what {
                "signer" => ui.say("người ký", "signer"),
                "title" => ui.say("chức vụ", "title"),
                _ => ui.say("cơ quan", "agency"),
            };
            let page = read.page.map_or_else(String::new, |page| {
                format!(" ({} {page})", ui.say("trang", "page"))
            });
            format!("{what} \"{}\"{page}", read.text.replace('\n', " "))
        });
        Some(format!("{}; {from}", parts.collect::<Vec<_>>().join(", ")))
    }
}

/// A reason in words, with its place.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReasonRecord {
    pub(crate) code: &'static str,
    pub(crate) vi: String,
    pub(crate) en: String,
    /// The signature it is about, from 1; null for the file.
    pub(crate) signature: Option<usize>,
    pub(crate) page: Option<usize>,
    pub(crate) offset: Option<u64>,
    pub(crate) object: Option<String>,
    pub(crate) detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<Bilingual>,
}

/// One signature or document timestamp.
#[derive(Serialize)]
pub(crate) struct SignatureRecord {
    pub(crate) field: String,
    pub(crate) kind: &'static str,
    pub(crate) revision: usize,
    pub(crate) revisions: usize,
    pub(crate) covers_whole_file: bool,
    pub(crate) subfilter: String,
    pub(crate) indication: &'static str,
    pub(crate) sub_indication: Option<&'static str>,
    /// Signed bytes, signature and what came after are as they should be, whoever signed.
    pub(crate) intact: bool,
    pub(crate) digest: Option<&'static str>,
    pub(crate) algorithm: Option<&'static str>,
    pub(crate) key_bits: Option<usize>,
    pub(crate) signer: Option<SignerRecord>,
    pub(crate) issuer: Option<String>,
    pub(crate) certificates: Vec<CertificateRecord>,
    pub(crate) claimed_time: Option<String>,
    pub(crate) proven_time: Option<String>,
    pub(crate) judged_at: String,
    pub(crate) timestamp: Option<TimestampRecord>,
    pub(crate) level: &'static str,
    /// `/P` of a certifying signature.
    pub(crate) certification: Option<u8>,
    pub(crate) checks: Vec<CheckRecord>,
    pub(crate) changes_after: &'static str,
    pub(crate) changes: Vec<ChangeRecord>,
    pub(crate) warnings: Vec<&'static str>,
    pub(crate) page: Option<usize>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct SignerRecord {
    pub(crate) name: String,
    pub(crate) organization: Option<String>,
    pub(crate) serial: String,
    pub(crate) units: Vec<String>,
    pub(crate) title: Option<String>,
    pub(crate) distinguished_name: String,
}

#[derive(Serialize)]
pub(crate) struct CertificateRecord {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) sha256: String,
    pub(crate) anchor: bool,
}

#[derive(Serialize)]
pub(crate) struct TimestampRecord {
    pub(crate) time: String,
    pub(crate) authority: String,
    pub(crate) valid: bool,
    pub(crate) indication: &'static str,
    pub(crate) sub_indication: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct CheckRecord {
    pub(crate) name: &'static str,
    /// The name in words.
    pub(crate) label: Bilingual,
    pub(crate) result: &'static str,
    pub(crate) detail: String,
}

#[derive(Serialize)]
pub(crate) struct ChangeRecord {
    pub(crate) kind: &'static str,
    pub(crate) revision: usize,
    pub(crate) page: Option<usize>,
    pub(crate) object: Option<String>,
    pub(crate) explained_by: Option<String>,
    pub(crate) detail: String,
}

/// Changes of one signature that are listed; an update of a thousand objects is no easier to read for being whole.
const MOST_CHANGES: usize = 200;

impl FileRecord {
    /// Whether it could not be looked into for being encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.reasons.iter().any(|reason| reason.code == "encrypted")
    }

    /// The record of `whole`, the file at `path`.
    pub(crate) fn new(path: &Path, whole: &Verification) -> Self {
        let mut reasons: Vec<ReasonRecord> = whole
            .findings
            .iter()
            .map(|finding| ReasonRecord::new(finding, None))
            .collect();
        let mut warnings: Vec<ReasonRecord> = whole
            .warnings
            .iter()
            .map(|finding| ReasonRecord::new(finding, None))
            .collect();
        for (index, one) in whole.signatures.iter().enumerate() {
            let number = Some(index + 1);
            let of = |finding| ReasonRecord::new(finding, number);
            // A document timestamp that is not trusted takes nothing from the signatures; it is worth a warning.
            let grave = one.is_signature() || one.indication == Indication::TotalFailed;
            let list = if grave { &mut reasons } else { &mut warnings };
            list.extend(one.findings.iter().map(of));
            warnings.extend(one.warnings.iter().map(of));
        }
        let revisions = whole.revisions.len();
        Self {
            path: path.to_string_lossy().into_owned(),
            verdict: whole.standing.code(),
            summary: bilingual(summary(whole)),
            reasons,
            warnings,
            bytes: whole.bytes,
            signer_compared: Compared::new(whole),
            signatures: whole
                .signatures
                .iter()
                .map(|one| SignatureRecord::new(one, revisions))
                .collect(),
            unsigned_fields: whole.unsigned.clone(),
            checklist: checklist::rows(whole),
            registered: None,
            standing: Some(whole.standing),
            file: path.to_owned(),
            revisions: whole.revisions.clone(),
            pairs: OnceLock::new(),
        }
    }

    /// Pictures of the first changed pages by their numbers, drawn once however many reports show them.
    pub(crate) fn pairs(&self) -> &[(usize, Pair)] {
        self.pairs.get_or_init(|| {
            let pages = self.changed_pages().into_iter().take(pictures::MOST_PAGES);
            pages
                .filter_map(|(page, revision)| {
                    let end = self.revisions.get(revision.checked_sub(1)?)?;
                    Some((page, pictures::pair(&self.file, *end, page).ok()?))
                })
                .collect()
        })
    }

    /// Pages that changed after some signature, from 1, in order; and after which revision they were first signed.
    pub(crate) fn changed_pages(&self) -> Vec<(usize, usize)> {
        let mut pages: Vec<(usize, usize)> = Vec::new();
        for one in &self.signatures {
            for page in one.changes.iter().filter_map(|change| change.page) {
                if pages.iter().all(|(known, _)| *known != page) {
                    pages.push((page, one.revision));
                }
            }
        }
        pages.sort_unstable();
        pages
    }
}

impl ReasonRecord {
    fn new(finding: &Finding, signature: Option<usize>) -> Self {
        let (vi, en) = words::of(finding.reason);
        Self {
            code: finding.reason.code(),
            vi: vi.to_owned(),
            en: en.to_owned(),
            signature,
            page: finding.page,
            offset: finding.at,
            object: finding.object.map(object),
            detail: finding.detail.clone(),
            hint: words::hint(finding.reason).map(|(vi, en)| Bilingual {
                vi: vi.to_owned(),
                en: en.to_owned(),
            }),
        }
    }
}

/// The hint of the reason at `index`, unless the same reason stands before it: once is enough to read.
pub(crate) fn first_hint(list: &[ReasonRecord], index: usize) -> Option<&Bilingual> {
    let (before, rest) = list.split_at_checked(index)?;
    let reason = rest.first()?;
    let told = before.iter().any(|earlier| earlier.code == reason.code);
    reason.hint.as_ref().filter(|_| !told)
}

impl SignatureRecord {
    fn new(one: &Verified, revisions: usize) -> Self {
        let (field, judgement) = (&one.field, &one.judgement);
        let claimed = field.claimed_time.as_deref().and_then(calendar::of_pdf);
        let stamp = one.stamp.as_ref().or(judgement.timestamp.as_deref());
        Self {
            field: field.name.clone(),
            kind: match field.kind {
                Kind::Signature => "signature",
                Kind::DocumentTimestamp => "document_timestamp",
            },
            revision: field.revision,
            revisions,
            covers_whole_file: field.covers_whole_file,
            subfilter: field.subfilter.clone(),
            indication: indication(one.indication),
            sub_indication: one
                .sub_indication
                .map(saoy_signing::judge::SubIndication::code),
            intact: one.intact(),
            digest: judgement.digest,
            algorithm: judgement.algorithm,
            key_bits: judgement.key_bits.filter(|bits| *bits > 0),
            signer: judgement.signer.as_ref().map(signer),
            issuer: judgement.chain.first().map(|link| link.issuer.clone()),
            certificates: judgement.chain.iter().map(certificate).collect(),
            claimed_time: claimed.or(judgement.signing_time).map(calendar::iso),
            proven_time: one.proven.as_ref().map(|proven| calendar::iso(proven.time)),
            judged_at: calendar::iso(judgement.judged_at),
            timestamp: stamp.map(|stamp| TimestampRecord {
                time: calendar::iso(stamp.time),
                authority: stamp.authority.clone(),
                valid: stamp.valid,
                indication: indication(stamp.judgement.indication),
                sub_indication: stamp
                    .judgement
                    .sub_indication
                    .map(saoy_signing::judge::SubIndication::code),
            }),
            level: one.level.code(),
            certification: field.certification,
            checks: one.checks.iter().map(check).collect(),
            changes_after: change_code(one.changed),
            changes: changes(one),
            warnings: warnings(one),
            page: field.place.map(|(page, _)| page),
            reason: field.claims.reason.clone(),
            location: field.claims.location.clone(),
        }
    }
}

fn changes(one: &Verified) -> Vec<ChangeRecord> {
    let told = one.field.after.changes.iter();
    let told = told.filter(|change| change.kind != Changed::Nothing);
    told.take(MOST_CHANGES)
        .map(|change| ChangeRecord {
            kind: change_code(change.kind),
            revision: change.revision,
            page: change.page,
            object: change.object.map(object),
            explained_by: change.explained_by.clone(),
            detail: change.detail.clone(),
        })
        .collect()
}

/// Codes of warnings, each once; a weak digest says which.
fn warnings(one: &Verified) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for warning in &one.warnings {
        let code = match (warning.reason, one.judgement.digest) {
            (Reason::WeakDigest, Some("SHA-1")) => "weak_digest_sha1",
            (Reason::WeakDigest, Some("MD5")) => "weak_digest_md5",
            (reason, _) => reason.code(),
        };
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn signer(party: &Party) -> SignerRecord {
    SignerRecord {
        name: party.name.clone(),
        organization: party.organization.clone(),
        serial: party.serial.clone(),
        units: party.units.clone(),
        title: party.title.clone(),
        distinguished_name: party.distinguished.clone(),
    }
}

fn certificate(link: &Link) -> CertificateRecord {
    CertificateRecord {
        subject: link.subject.distinguished.clone(),
        issuer: link.issuer.clone(),
        serial: link.subject.serial.clone(),
        not_before: calendar::iso(link.not_before),
        not_after: calendar::iso(link.not_after),
        sha256: hex(&link.fingerprint),
        anchor: link.anchor,
    }
}

fn check(check: &Check) -> CheckRecord {
    let (vi, en) = super::terminal::check_name(check.name);
    CheckRecord {
        name: check.name,
        label: Bilingual {
            vi: vi.to_owned(),
            en: en.to_owned(),
        },
        result: match check.result {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Unknown => "unknown",
        },
        detail: check.detail.clone(),
    }
}

/// The outcome as EN 319 102-1 writes it.
pub(crate) fn indication(indication: Indication) -> &'static str {
    match indication {
        Indication::TotalPassed => "TOTAL-PASSED",
        Indication::Indeterminate => "INDETERMINATE",
        Indication::TotalFailed => "TOTAL-FAILED",
    }
}

fn object(id: saoy_pdf::ObjectId) -> String {
    format!("{} {}", id.number, id.generation)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sentence of the signing library as one of the program's.
pub(crate) fn bilingual(said: Said) -> Bilingual {
    Bilingual {
        vi: said.vi,
        en: said.en,
    }
}

impl Report {
    /// A report of `files`, judged at `at`.
    pub(crate) fn new(files: Vec<FileRecord>, at: Instant, policy: Vec<PolicyRow>) -> Self {
        Self {
            schema: SCHEMA,
            producer: concat!("saoy ", env!("CARGO_PKG_VERSION")).to_owned(),
            judged_at: calendar::iso(at),
            policy,
            files,
        }
    }

    /// The exit code: of several files the gravest class, in the order of the program's table.
    pub(crate) fn exit_code(&self) -> u8 {
        let standings = self.files.iter().filter_map(|file| file.standing);
        standings.max().map_or(12, |standing| match standing {
            Standing::Valid => 0,
            Standing::Unsigned => 12,
            Standing::Indeterminate => 11,
            Standing::Damaged => 3,
            Standing::Invalid => 10,
        })
    }
}
