//! What became of each file, for people and as JSON (`docs/schemas/signing-1.schema.json`).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use saoy_pdf::Fault;
use saoy_pipeline::record::Bilingual;
use saoy_pipeline::speech::Spoken;
use saoy_signing::sign::SignError;
use saoy_signing::sign::admission::RefusalKind;
use saoy_signing::sign::evidence::Missing;
use saoy_signing::sign::field::FieldTrouble;
use saoy_signing::sign::key::KeyError;
use serde::{Deserialize, Serialize};

use super::queue::{Queue, Queued, Time};
use super::speech;
use crate::terminal;
use crate::words::{Said, Ui, said};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Signed,
    Skipped,
    Refused,
    Failed,
    /// Not begun, since the key was gone by then: the same command goes on with it.
    Pending,
}

/// One input.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) output: String,
    pub(super) status: Status,
    /// The level that was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<&'static str>,
    /// The level that it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<&'static str>,
    /// Until when that can be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signer: Option<String>,
    /// The claimed time, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Trouble>,
    /// What people should know of the stamp.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) warnings: Vec<Warning>,
    pub(super) test_key: bool,
}

/// Something that was done and may not be what was meant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Warning {
    pub(super) code: Cow<'static, str>,
    pub(super) vi: String,
    pub(super) en: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<usize>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl Warning {
    fn new(code: &'static str, said: Bilingual, page: Option<usize>, text: Option<&str>) -> Self {
        let Bilingual { vi, en, .. } = said;
        let text = text.map(str::to_owned);
        Self {
            code: code.into(),
            vi,
            en,
            page,
            text,
        }
    }

    /// The stamp lies over `text` of page `page`, counted from 1.
    pub(super) fn covers(page: usize, text: &str) -> Self {
        let said = said!(
            "dấu che chữ ở trang {}: “{}”",
            "the stamp covers text of page {}: “{}”",
            page,
            text
        );
        Self::new("stamp_covers_text", said, Some(page), Some(text))
    }

    /// It lies over an earlier signature's.
    pub(super) fn covers_signature(page: usize) -> Self {
        let said = said!(
            "dấu che chữ ký trước ở trang {}",
            "the stamp covers an earlier signature's on page {}",
            page
        );
        Self::new("stamp_covers_signature", said, Some(page), None)
    }

    /// It stands over a name that is not the signer's.
    pub(super) fn other_name(signer: &str, printed: &str) -> Self {
        let said = said!(
            "tên in trên văn bản là {}, người ký là {}",
            "the document names {}, the signer is {}",
            printed,
            signer
        );
        Self::new("stamp_other_name", said, None, Some(printed))
    }

    /// It stands on a page of its own, `page` from 1.
    pub(super) fn page_added(page: usize) -> Self {
        let said = said!(
            "trang cuối không còn chỗ cho lời chứng; đã thêm trang {}",
            "the last page has no room for the statement; page {} was added",
            page
        );
        Self::new("stamp_page_added", said, Some(page), None)
    }

    /// Fonts that the file does not bring along.
    pub(super) fn fonts(names: &BTreeSet<String>) -> Option<Self> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let names = names.join(", ");
        let said = said!(
            "phông chữ không được nhúng, máy khác có thể hiển thị khác: {}",
            "fonts that are not embedded, other machines may show others: {}",
            names
        );
        (!names.is_empty()).then(|| Self::new("fonts_not_embedded", said, None, Some(&names)))
    }

    /// What is half transparent in its picture is not on the page.
    pub(super) fn flattened() -> Self {
        let said = said!(
            "ảnh có phần trong suốt một nửa; PDF/A của tệp này không cho phép, nên phần đó được đặt trên nền trắng",
            "the picture is half transparent in parts; the PDF/A of this file allows none of that, so they are shown as on white paper"
        );
        Self::new("stamp_flattened", said, None, None)
    }

    /// A seal is larger than the field that was made for it.
    pub(super) fn shrunk() -> Self {
        let said = said!(
            "con dấu lớn hơn chỗ đã dành sẵn nên bị thu nhỏ",
            "the seal is larger than the field that was made for it, and is shown smaller than it is"
        );
        Self::new("stamp_shrunk", said, None, None)
    }

    /// Its level comes later.
    fn later(queued: &Queued, queue: &Queue) -> Self {
        let folder = queue.outputs().display();
        let Bilingual {
            vi: until_vi,
            en: until_en,
        } = match queued.until {
            Some(until) => {
                let until = until.iso();
                said!(", phải nâng trước {}", ", which must be before {}", until)
            }
            None => said!("", ""),
        };
        let (wanted, why) = (&queued.wanted, &queued.error);
        let said = Bilingual {
            vi: format!(
                "chưa đạt {wanted}: {}; nâng sau bằng: saoy sign queue run {folder}{until_vi}",
                why.vi
            ),
            en: format!(
                "not yet {wanted}: {}; raised later by: saoy sign queue run {folder}{until_en}",
                why.en
            ),
        };
        Self::new("level_later", said, None, None)
    }

    /// No name was found to stand over.
    pub(super) fn guessed() -> Self {
        let said = said!(
            "không tìm thấy tên người ký trên trang; dấu đặt ở chỗ thường dùng (chọn chỗ khác: --box)",
            "the signer's name is not found on the page; the stamp stands where they usually do (elsewhere: --box)"
        );
        Self::new("stamp_place_guessed", said, None, None)
    }
}

/// A timestamp server that gave nothing.
#[derive(Debug)]
pub(super) struct NoAnswer(pub(super) Bilingual);

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for NoAnswer {}

/// Why not.
#[derive(Debug, Serialize)]
pub(super) struct Trouble {
    pub(super) code: &'static str,
    pub(super) vi: String,
    pub(super) en: String,
    #[serde(skip)]
    exit: u8,
}

impl Entry {
    pub(super) fn new(path: &Path, output: &Path) -> Self {
        Self {
            path: path.display().to_string(),
            output: output.display().to_string(),
            status: Status::Signed,
            level: None,
            wanted: None,
            until: None,
            field: None,
            signer: None,
            time: None,
            error: None,
            warnings: Vec::new(),
            test_key: false,
        }
    }

    /// It waits in `queue` for its level.
    pub(super) fn wait(&mut self, queued: &Queued, queue: &Queue) {
        let Some((level, wanted)) = queued.levels() else {
            return;
        };
        self.level = Some(level.name());
        self.wanted = Some(wanted.name());
        self.until = queued.until;
        self.warnings.push(Warning::later(queued, queue));
    }

    pub(super) fn fail(&mut self, trouble: Trouble) {
        self.status = if trouble.exit == 5 {
            Status::Refused
        } else {
            Status::Failed
        };
        self.level = None;
        self.wanted = None;
        self.until = None;
        self.warnings.clear();
        self.error = Some(trouble);
    }

    /// Whether the key is lost to all files that follow.
    pub(super) fn lost_key(&self) -> bool {
        self.error
            .as_ref()
            .is_some_and(|trouble| LOST.contains(&trouble.code))
    }

    pub(super) fn exit_code(&self) -> Option<u8> {
        self.error.as_ref().map(|trouble| trouble.exit)
    }
}

impl Trouble {
    pub(super) fn refused(code: &'static str, said: Bilingual) -> Self {
        Self::new(code, said, 5)
    }

    fn new(code: &'static str, said: Bilingual, exit: u8) -> Self {
        let Bilingual { vi, en, .. } = said;
        Self { code, vi, en, exit }
    }

    /// What an error is to be called, and whose fault it is.
    pub(super) fn of(error: &anyhow::Error) -> Self {
        if let Some(missing) = error.downcast_ref::<Missing>() {
            return Self::missing(missing);
        }
        if let Some(fault) = error.downcast_ref::<super::csc::Fault>() {
            return Self::new(fault.code, fault.said.clone(), 4);
        }
        if let Some(error) = error.downcast_ref::<KeyError>() {
            let (code, said) = speech::key(error);
            return Self::new(code, said, 4);
        }
        if let Some(NoAnswer(why)) = error.downcast_ref() {
            let said = joined(
                (
                    "máy chủ dấu thời gian không trả lời, không ghi gì",
                    "no timestamp from the server, nothing was written",
                ),
                why.clone(),
            );
            return Self::new("timestamp_server", said, 4);
        }
        match error.downcast_ref::<SignError>() {
            Some(error) => Self::signing(error),
            None => {
                let vi = Ui::Vi.told(error);
                Self::new(
                    "failed",
                    Bilingual {
                        vi,
                        en: Ui::En.told(error),
                    },
                    if error.is::<Said>() { 2 } else { 4 },
                )
            }
        }
    }

    fn missing(missing: &Missing) -> Self {
        match missing {
            Missing::Revoked(..) => Self::refused(
                "certificate_revoked",
                joined(
                    ("chứng thư đã bị thu hồi", "a certificate is revoked"),
                    speech::missing(missing),
                ),
            ),
            _ => Self::new(
                "no_evidence",
                joined(
                    (
                        "không đủ dữ liệu để đạt mức LT, không ghi gì",
                        "not enough data for level LT, nothing was written",
                    ),
                    speech::missing(missing),
                ),
                4,
            ),
        }
    }

    fn signing(error: &SignError) -> Self {
        match error {
            SignError::Refused(refusal) if matches!(refusal.kind, RefusalKind::Damaged) => {
                Self::new(
                    "damaged",
                    joined(
                        ("tệp hỏng", "the file is damaged"),
                        speech::refusal(refusal),
                    ),
                    3,
                )
            }
            SignError::Refused(refusal) => Self::refused(
                refusal.kind.code(),
                joined(
                    ("không được ký tệp này", "this file must not be signed"),
                    speech::refusal(refusal),
                ),
            ),
            SignError::Certificate(unfit) => Self::refused(
                unfit.code(),
                joined(
                    (
                        "không được dùng chứng thư này",
                        "this certificate must not be used",
                    ),
                    speech::unfit(unfit),
                ),
            ),
            SignError::KeyMismatch => Self::refused(
                "key_mismatch",
                said!(
                    "khóa không khớp với chứng thư",
                    "the key does not fit the certificate"
                ),
            ),
            SignError::Field(_, why) => {
                let (code, exit) = match why {
                    FieldTrouble::Demands => ("field_demands", 5),
                    FieldTrouble::NoLock => ("field_without_lock", 2),
                    _ => ("field", 2),
                };
                Self::new(code, speech::signing(error), exit)
            }
            SignError::SignedFields => Self::refused("reserved_too_late", speech::signing(error)),
            SignError::Code(_) => Self::new(
                "qr_too_long",
                said!(
                    "nội dung mã QR quá dài",
                    "this is more than a QR code holds"
                ),
                2,
            ),
            SignError::Letter(letter) => Self::new(
                "stamp_letter",
                said!(
                    "phông chữ của dấu không có ký tự “{}”",
                    "the face of stamps has no letter “{}”",
                    letter
                ),
                2,
            ),
            SignError::Timestamp(why) => Self::new(
                "timestamp",
                joined(
                    (
                        "dấu thời gian không dùng được, không ghi gì",
                        "the timestamp is of no use, nothing was written",
                    ),
                    speech::unusable(why),
                ),
                4,
            ),
            SignError::Key(error) => {
                let (code, said) = speech::key(error);
                Self::new(code, said, 4)
            }
            SignError::Pdf(pdf) => {
                let exit = if pdf.fault() == Fault::Environment {
                    4
                } else {
                    3
                };
                Self::new(
                    "unreadable",
                    joined(
                        ("không đọc được tệp", "the file cannot be read"),
                        pdf.spoken(),
                    ),
                    exit,
                )
            }
            other => Self::new(
                "failed",
                joined(("không ký được", "not signed"), speech::signing(other)),
                4,
            ),
        }
    }
}

/// A sentence and its reason.
fn joined((vi, en): (&str, &str), why: Bilingual) -> Bilingual {
    Bilingual {
        vi: format!("{vi}: {}", why.vi),
        en: format!("{en}: {}", why.en),
    }
}

/// Codes of errors after which the key signs nothing more.
const LOST: [&str; 3] = ["wrong_pin", "token_locked", "token_gone"];

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    files: &'a [Entry],
}

/// Says what became of all.
pub(super) fn report(entries: &[Entry], json: bool, ui: Ui) -> anyhow::Result<()> {
    if json {
        let report = Report {
            schema: "saoy.signing/1",
            files: entries,
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    }
    for entry in entries {
        match &entry.error {
            Some(trouble) => {
                let said = ui.say(&trouble.vi, &trouble.en);
                terminal::complain(ui, &anyhow::anyhow!("{}: {said}", entry.path));
            }
            None if !json => {
                let done = match entry.status {
                    Status::Pending => ui.say("chưa ký", "not yet signed"),
                    Status::Skipped => ui.say("đã ký từ trước", "was signed before"),
                    _ => ui.say("đã ký", "signed"),
                };
                let level = entry
                    .level
                    .map(|level| format!(", {level}"))
                    .unwrap_or_default();
                writeln!(io::stderr(), "{}: {done}{level}", entry.output)?;
                if entry.test_key {
                    writeln!(io::stderr(), "  {}", super::keys::NOT_VALID)?;
                }
            }
            None => {}
        }
        for warning in &entry.warnings {
            let said = ui.say(&warning.vi, &warning.en);
            writeln!(io::stderr(), "{}: {said}", entry.output)?;
        }
    }
    Ok(())
}
