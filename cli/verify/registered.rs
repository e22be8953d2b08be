//! What registers know of a certified copy: the office's own archive, and lists of annulled copies that others publish.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;
use saoy_archive::Archive;
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Copy, Stage};
use saoy_archive::payload::Payload;
use saoy_archive::register::{AnnulledCopy, Annulment};
use saoy_pipeline::record::Bilingual;
use saoy_signing::verify::{Standing, Verification};
use serde::Serialize;

use super::checklist::Row;
use super::record::{FileRecord, ReasonRecord};
use crate::archive;
use crate::words::{Said, said};

/// What was found out about a copy.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Registered {
    /// `as_registered`, `annulled`, `differs`, `cancelled`, `unknown`, or `elsewhere` for copies of other offices; of paper with
    /// a code `on_paper` in place of the first, `not_issued` when its number is not issued yet.
    pub(crate) result: &'static str,
    /// The copy's look-up code.
    pub(crate) code: String,
    /// Where it is looked up.
    pub(crate) address: String,
    /// Whether the file begins with the bytes that its code stands for; nothing of paper, which has none of them.
    pub(crate) fits_code: Option<bool>,
    /// Register, number and day, where the register was at hand.
    pub(crate) register: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) day: Option<String>,
    pub(crate) said: Bilingual,
}

/// Where copies are looked up.
pub(crate) struct Registers {
    /// The office's own archive, if there is one.
    folder: Option<PathBuf>,
    annulled: Vec<AnnulledCopy>,
}

impl Registers {
    /// By the command line.
    ///
    /// # Errors
    /// When a list of annulled copies cannot be read.
    pub(crate) fn new(matches: &ArgMatches) -> anyhow::Result<Self> {
        let mut annulled = Vec::new();
        for path in matches
            .get_many::<PathBuf>("annulled")
            .into_iter()
            .flatten()
        {
            let wrong = || {
                let shown = path.display();
                Said(said!(
                    "danh sách hủy bỏ {} không đọc được",
                    "the list of annulled copies {} cannot be read",
                    shown
                ))
            };
            let text = std::fs::read_to_string(path).with_context(wrong)?;
            annulled.extend(AnnulledCopy::read_list(&text).with_context(wrong)?);
        }
        Ok(Self {
            annulled,
            ..Self::own(matches)
        })
    }

    /// The office's own alone.
    pub(crate) fn own(matches: &ArgMatches) -> Self {
        let folder = archive::folder(matches).ok();
        Self {
            folder: folder.filter(|folder| Archive::exists(folder)),
            annulled: Vec::new(),
        }
    }

    /// Looks a file up, and lets what is found weigh on its verdict. Files that are no copies cost nothing.
    pub(crate) fn weigh(&self, path: &Path, whole: &Verification, record: &mut FileRecord) {
        let mut reasons = whole
            .people()
            .filter_map(|one| one.field.claims.reason.as_deref());
        let payload = reasons.find_map(|reason| reason.split_whitespace().find_map(Payload::parse));
        let listed = || {
            let file = BlobId::of_reader(&mut File::open(path).ok()?)
                .ok()?
                .to_string();
            self.annulled.iter().find(|one| one.document == file)
        };
        let Some(payload) = payload else {
            if let Some(annulled) = (!self.annulled.is_empty()).then(listed).flatten() {
                record.refuse("annulled", void(&annulled.annulment));
            }
            return;
        };
        let found = self.found(path, &payload);
        match found.result {
            "annulled" | "differs" | "cancelled" | "unknown" => {
                record.refuse(reason_code(found.result), found.said.clone());
            }
            _ if found.fits_code == Some(false) => {
                record.refuse(
                    "code_of_another_file",
                    said!(
                        "mã tra cứu trong chữ ký thuộc về một tệp khác",
                        "the look-up code in the signature belongs to another file"
                    ),
                );
            }
            _ => {}
        }
        answer(&mut record.checklist, &found);
        record.registered = Some(found);
    }

    /// Looks the code up that stands in the pixels of a file without signatures, where there is one of ours. Paper is never
    /// valid by itself; a number that was annulled, cancelled or never given takes even its claim away.
    pub(crate) fn weigh_paper(&self, path: &Path, record: &mut FileRecord) {
        let damaged = record.standing == Some(Standing::Damaged);
        let Some(payload) = super::on_paper::code(path, damaged) else {
            return;
        };
        let found = self.looked_up(&payload, None, |copy| {
            let number = format!("{} {}", copy.line.register, copy.line.display);
            match copy.stage {
                Stage::Sealed | Stage::Delivered => (
                    "on_paper",
                    said!(
                        "giấy hoặc ảnh, không phải tệp đã ký: mã trên giấy là của bản sao số {}, ngày {}, {} trang; hãy đối chiếu với tệp đã cấp",
                        "paper or a picture, not the signed file: its code is that of copy {} of {} (pages: {}); compare it with the file that was issued",
                        number,
                        copy.line.day,
                        copy.pages
                    ),
                ),
                _ => (
                    "not_issued",
                    said!(
                        "mã trên giấy là của số {}, chưa được cấp",
                        "its code is that of number {}, which is not issued",
                        number
                    ),
                ),
            }
        });
        record.is_paper(&found.said);
        if matches!(
            found.result,
            "annulled" | "cancelled" | "unknown" | "not_issued"
        ) {
            record.refuse(reason_code(found.result), found.said.clone());
        }
        record.registered = Some(found);
    }

    fn found(&self, path: &Path, payload: &Payload) -> Registered {
        let fits_code = File::open(path)
            .and_then(|mut file| payload.fits(&mut file))
            .unwrap_or(false);
        self.looked_up(payload, Some(fits_code), |copy| weighed(path, copy))
    }

    /// What lists and the register say of a code; of a copy in force what `weigh` says.
    fn looked_up(
        &self,
        payload: &Payload,
        fits_code: Option<bool>,
        weigh: impl FnOnce(&Copy) -> (&'static str, Bilingual),
    ) -> Registered {
        let mut found = Registered {
            result: "elsewhere",
            code: payload.code.clone(),
            address: payload.base_url.clone(),
            fits_code,
            register: None,
            number: None,
            day: None,
            said: said!(
                "bản sao của cơ quan khác; tra cứu tại {}",
                "a copy of another office; look it up at {}",
                payload.base_url
            ),
        };
        if let Some(annulled) = self.annulled.iter().find(|one| one.code == payload.code) {
            found.result = "annulled";
            found.said = void(&annulled.annulment);
            return found;
        }
        let own = self.folder.as_ref().and_then(|folder| {
            let archive = Archive::open(folder, Box::new(archive::System::default())).ok()?;
            (archive.office().base_url == payload.base_url).then_some(archive)
        });
        let Some(own) = own else { return found };
        let Ok(copy) = own.copy(&payload.code) else {
            found.result = "unknown";
            found.said = said!(
                "mã tra cứu {} không có trong sổ của cơ quan: bản sao giả mạo hoặc từ kho khác",
                "the look-up code {} is not in the office's register: forged, or from another archive",
                payload.code
            );
            return found;
        };
        found.register = Some(copy.line.register.clone());
        found.number = Some(copy.line.display.clone());
        found.day = Some(copy.line.day.to_string());
        let number = format!("{} {}", copy.line.register, copy.line.display);
        (found.result, found.said) = match &copy.line.annulment {
            Some(annulment) => ("annulled", void(annulment)),
            None if copy.stage == Stage::Cancelled => (
                "cancelled",
                said!(
                    "số {} đã bị hủy, chưa từng được cấp",
                    "number {} was cancelled and never issued",
                    number
                ),
            ),
            None => weigh(&copy),
        };
        found
    }
}

/// Rows of the checklist that only a register can answer.
fn answer(rows: &mut [Row], found: &Registered) {
    let (registered, in_force) = match found.result {
        "as_registered" => ("pass", "pass"),
        "annulled" => ("pass", "fail"),
        "elsewhere" => ("not_in_file", "not_in_file"),
        _ => ("fail", "not_in_file"),
    };
    let by_code = if found.fits_code == Some(true) {
        "pass"
    } else {
        "fail"
    };
    for row in rows {
        let result = match row.number {
            8 => registered,
            9 => in_force,
            11 => by_code,
            _ => continue,
        };
        row.result = result;
        row.evidence.clone_from(&found.said.en);
    }
}

/// A file against its row in the register.
fn weighed(path: &Path, copy: &Copy) -> (&'static str, Bilingual) {
    let number = format!("{} {}", copy.line.register, copy.line.display);
    if copy
        .sealed
        .as_deref()
        .is_some_and(|sealed| begins_with(path, sealed).unwrap_or(false))
    {
        let said = said!(
            "đúng tệp đã cấp: số {}, ngày {}",
            "the very file that was issued: number {}, {}",
            number,
            copy.line.day
        );
        return ("as_registered", said);
    }
    let said = said!(
        "số {} có trong sổ, nhưng tệp này không phải tệp đã cấp",
        "number {} is in the register, but this is not the file that was issued",
        number
    );
    ("differs", said)
}

/// Whether a file is the one with this digest, or that one with data added behind it, as long-term evidence is.
fn begins_with(path: &Path, digest: &str) -> std::io::Result<bool> {
    let mut whole = Vec::new();
    let mut file = File::open(path)?;
    if BlobId::of_reader(&mut file)?.to_string() == digest {
        return Ok(true);
    }
    // An update ends with its own end mark: the file that was issued ends at one of them.
    File::open(path)?.read_to_end(&mut whole)?;
    let ends = whole
        .windows(5)
        .enumerate()
        .filter(|(_, bytes)| bytes == b"%%EOF")
        .map(|(at, _)| at + 5);
    for end in ends.collect::<Vec<_>>() {
        for line_end in 0..=2 {
            let part = whole.get(..end + line_end).unwrap_or_default();
            if BlobId::of(part).to_string() == digest {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn void(annulment: &Annulment) -> Bilingual {
    said!(
        "bản sao đã bị hủy bỏ giá trị theo {} ngày {}: {}",
        "the copy was annulled by {} of {}: {}",
        annulment.decision,
        annulment.day,
        annulment.reason
    )
}

fn reason_code(result: &str) -> &'static str {
    match result {
        "annulled" => "annulled",
        "cancelled" => "number_cancelled",
        "unknown" => "not_in_register",
        "not_issued" => "number_not_issued",
        _ => "not_as_registered",
    }
}

impl FileRecord {
    /// Whether it is a document without signatures, or no PDF at all.
    pub(crate) fn has_no_signature(&self) -> bool {
        let bare = matches!(self.standing, Some(Standing::Unsigned | Standing::Damaged));
        bare && self.signatures.is_empty()
    }

    /// Says that it is a picture of paper: not damaged, and without a signature.
    fn is_paper(&mut self, said: &Bilingual) {
        self.standing = Some(Standing::Unsigned);
        self.verdict = Standing::Unsigned.code();
        self.reasons.clear();
        self.summary = Bilingual {
            vi: format!("KHÔNG CÓ CHỮ KÝ SỐ: {}", said.vi),
            en: format!("NO SIGNATURE: {}", said.en),
        };
    }

    /// Takes the file's validity away for a reason that stands in a register, not in the file. What is worse stays.
    fn refuse(&mut self, code: &'static str, said: Bilingual) {
        self.reasons.insert(
            0,
            ReasonRecord {
                code,
                vi: said.vi.clone(),
                en: said.en.clone(),
                signature: None,
                page: None,
                offset: None,
                object: None,
                detail: String::new(),
                hint: None,
            },
        );
        self.summary = Bilingual {
            vi: format!(
                "KHÔNG HỢP LỆ: {} (xét riêng chữ ký: {})",
                said.vi, self.summary.vi
            ),
            en: format!(
                "NOT VALID: {} (the signatures by themselves: {})",
                said.en, self.summary.en
            ),
        };
        if self.standing != Some(Standing::Damaged) {
            self.standing = Some(Standing::Invalid);
            self.verdict = Standing::Invalid.code();
        }
    }
}
