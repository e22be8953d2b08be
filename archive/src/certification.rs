//! Copies on their way from paper to the citizen: prepared, signed by a person, sealed by the office, delivered.
//!
//! Each step is one transaction over a file that is already stored whole; a step cut off anywhere is simply done again.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::blob::{BlobId, Blobs};
use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::people::{Appointment, holds, holds_one};
use crate::profile::Profile;
use crate::register;
use crate::store::{Act, Archive, Writer};

mod copy;
use copy::select;
pub use copy::{Answer, Copy, Details, Stage, words};
pub(crate) use copy::{by_code, by_row};

/// Letters of look-up codes: Crockford's, without those that are mistaken for others.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many letters a look-up code has: 100 bits, so that nobody finds one by trying.
const CODE_LENGTH: usize = 20;

/// Who prepares, hands out and gives up copies. Delegated intake scans; it neither certifies nor prepares.
pub(crate) const PREPARERS: [&str; 3] = ["officer", "certifier", "clerk"];

/// What a copy is made of.
#[derive(Clone, Debug)]
pub struct NewCopy<'a> {
    /// Its kind, such as `chung-thuc`.
    pub kind: &'a str,
    /// The visit or order it belongs to; with the original's digest it tells whether a copy was prepared before.
    pub visit: &'a str,
    /// The original's title, as the register shows it.
    pub title: &'a str,
    /// The requester's name.
    pub requester: &'a str,
    /// Pages of the copy.
    pub pages: u32,
    /// What else is known.
    pub details: Details,
    /// The scan as it came.
    pub original: BlobId,
    /// The PDF/A made of it.
    pub prepared: BlobId,
}

impl Archive {
    /// Takes a copy in: gives it a look-up code and reserves its number. The same original in the same visit gives the
    /// copy that is there already: one number for each original, however often it is asked for.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not prepare copies, when an answer speaks against it, or when a question is
    /// open; [`ArchiveError::Missing`] when a file is not there any more: store both again then.
    pub fn prepare_copy(&mut self, act: &Act, new: &NewCopy<'_>) -> Result<Copy> {
        let profile = Profile::on(act.day())?;
        let kind = profile.copy(new.kind)?.clone();
        self.may_prepare(act, new)?;
        let mut bytes = [0; CODE_LENGTH];
        self.random(&mut bytes)?;
        let code: String = bytes
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect();
        let holder = holder(new.kind, new.visit, new.original);
        let blobs = self.blobs().clone();
        self.change(act, |writer| {
            holds_one(writer, &PREPARERS)?;
            let mut columns = BTreeMap::from([
                ("requester".to_owned(), requester(new)),
                ("title".to_owned(), new.title.to_owned()),
            ]);
            if kind.signers.len() > 1 {
                columns.insert("copies".to_owned(), new.details.copies.to_string());
                columns.insert("fee".to_owned(), new.details.fee.to_string());
            } else if !new.requester.is_empty() {
                // Books of an office's own copies name who gets them.
                columns.insert("recipient".to_owned(), new.requester.to_owned());
            }
            let entry = register::take(writer, &kind.register, &holder, &columns)?;
            if let Some(known) = select(writer.db(), "WHERE entry = ?1", params![entry]).map_err(writer.error())?.pop() {
                return Ok(known);
            }
            there(&blobs, &[new.original, new.prepared])?;
            let mut details = new.details.clone();
            details.profile.clone_from(&profile.version);
            let id = writer.insert(
                "certification",
                &[
                    ("code", &code),
                    ("kind", &new.kind),
                    ("visit", &new.visit),
                    ("state", &"prepared"),
                    ("entry", &entry),
                    ("title", &new.title),
                    ("requester", &new.requester),
                    ("pages", &new.pages),
                    ("details", &details.json()?),
                    ("original", &new.original.to_string()),
                    ("prepared", &new.prepared.to_string()),
                    ("prepared_by", &act.by),
                    ("prepared_at", &act.time()),
                ],
            )?;
            let copy = one(writer, id)?;
            // A person who went on where the machine warned is in the log for it.
            let overridden: Vec<&str> = details
                .answers
                .iter()
                .filter(|answer| answer.hint.is_some())
                .map(|answer| answer.code.as_str())
                .collect();
            writer.log(
                "copy.prepare",
                &named(&copy),
                &serde_json::json!({ "kind": new.kind, "hints_overridden": overridden, "profile": profile.version }),
            )?;
            Ok(copy)
        })
    }

    /// The copy that was prepared of this original in this visit, if one was: what is known need not be read again.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn copy_for(&self, kind: &str, visit: &str, original: BlobId) -> Result<Option<Copy>> {
        select(
            self.db(),
            "WHERE entry = (SELECT id FROM entry WHERE holder = ?1)",
            params![holder(kind, visit, original)],
        )
        .map(|mut found| found.pop())
        .map_err(self.database_error())
    }

    /// Whether [`prepare_copy`](Self::prepare_copy) would refuse; asked before files are stored, so that a refused paper
    /// leaves nothing behind.
    ///
    /// # Errors
    /// As that one.
    pub fn may_prepare(&self, act: &Act, new: &NewCopy<'_>) -> Result<()> {
        self.is_preparer(act)?;
        answered(&Profile::on(act.day())?, new)
    }

    /// Whether the actor is somebody who prepares copies today; asked before anything of a paper is read.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when not.
    pub fn is_preparer(&self, act: &Act) -> Result<()> {
        let roles = PREPARERS.map(|role| self.may(&act.by, role, act.day()));
        if roles.iter().all(Result::is_err)
            && let Some(refusal) = roles.into_iter().find_map(Result::err)
        {
            return Err(refusal);
        }
        Ok(())
    }

    /// Keeps the file with the person's signature.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not certify today, signs with a certificate other than the one laid
    /// down, or when the copy is not waiting for it.
    pub fn sign_copy(
        &mut self,
        act: &Act,
        code: &str,
        signed: BlobId,
        certificate: &str,
    ) -> Result<Copy> {
        let blobs = self.blobs().clone();
        self.change(act, |writer| {
            there(&blobs, &[signed])?;
            let copy = waiting(writer, code, Stage::Prepared)?;
            let profile = Profile::on(writer.act().day())?;
            let [role, ..] = profile.copy(&copy.kind)?.signers.as_slice() else {
                return Err(ArchiveError::Fault(format!("{} has no signers", copy.kind)));
            };
            let appointment = holds(writer, role)?;
            fits(&appointment, certificate)?;
            writer.update(
                "certification",
                copy.id,
                &[
                    ("state", &"signed"),
                    ("signed", &signed.to_string()),
                    ("signed_by", &writer.act().by.clone()),
                    ("signed_at", &writer.act().time()),
                ],
            )?;
            writer.log(
                "copy.sign",
                &named(&copy),
                &serde_json::json!({ "appointment": appointment.id, "certificate": certificate, "file": signed.to_string() }),
            )?;
            one(writer, copy.id)
        })
    }

    /// Keeps the finished file and issues its number.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not use the office's key, is the person who signed, or when the copy is
    /// not waiting for it.
    pub fn seal_copy(
        &mut self,
        act: &Act,
        code: &str,
        sealed: BlobId,
        certificate: &str,
    ) -> Result<Copy> {
        let blobs = self.blobs().clone();
        self.change(act, |writer| {
            there(&blobs, &[sealed])?;
            let (copy, appointment) = sealable(writer, code)?;
            fits(&appointment, certificate)?;
            let mut more = BTreeMap::new();
            let signer = match &copy.signed_by {
                Some((login, _)) => signer_named(writer, login)?,
                None => appointment.name.clone(),
            };
            more.insert("signer".to_owned(), signer);
            register::issue(writer, copy.line.id, sealed, &more)?;
            writer.update(
                "certification",
                copy.id,
                &[
                    ("state", &"sealed"),
                    ("sealed", &sealed.to_string()),
                    ("sealed_by", &writer.act().by.clone()),
                    ("sealed_at", &writer.act().time()),
                ],
            )?;
            writer.log(
                "copy.seal",
                &named(&copy),
                &serde_json::json!({ "appointment": appointment.id, "certificate": certificate, "file": sealed.to_string() }),
            )?;
            one(writer, copy.id)
        })
    }

    /// Whether this actor could sign (or seal) this copy now; asked before a key is touched.
    ///
    /// # Errors
    /// As [`sign_copy`](Self::sign_copy) and [`seal_copy`](Self::seal_copy), but for the certificate.
    pub fn may_act_on(&mut self, act: &Act, code: &str, seal: bool) -> Result<(Copy, Appointment)> {
        let copy = self.copy(code)?;
        let profile = Profile::on(act.day())?;
        let kind = profile.copy(&copy.kind)?;
        let role = if seal {
            kind.signers.last()
        } else {
            kind.signers.first()
        };
        let role =
            role.ok_or_else(|| ArchiveError::Fault(format!("{} has no signers", copy.kind)))?;
        let appointment = self.may(&act.by, role, act.day())?;
        if seal {
            ready_for_seal(&copy, kind.signers.len(), &act.by)?;
        } else {
            if kind.signers.len() < 2 {
                return Err(ArchiveError::Refused(sentence!(
                    "bản {} chỉ cần chữ ký của cơ quan: saoy certify seal {}",
                    "a copy of kind {} needs the office's signature only: saoy certify seal {}",
                    copy.kind,
                    copy.code
                )));
            }
            at_stage(&copy, Stage::Prepared)?;
        }
        Ok((copy, appointment))
    }

    /// Notes that a copy was handed out.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when it is not sealed.
    pub fn deliver_copy(&mut self, act: &Act, code: &str, to: &str) -> Result<Copy> {
        self.change(act, |writer| {
            holds_one(writer, &PREPARERS)?;
            let copy = by_code(writer.db(), code)
                .map_err(writer.error())?
                .ok_or_else(|| no_copy(code))?;
            if copy.stage == Stage::Delivered {
                return Ok(copy);
            }
            at_stage(&copy, Stage::Sealed)?;
            writer.update(
                "certification",
                copy.id,
                &[
                    ("state", &"delivered"),
                    ("delivered_to", &to),
                    ("delivered_at", &writer.act().time()),
                ],
            )?;
            writer.log("copy.deliver", &named(&copy), &serde_json::json!({}))?;
            one(writer, copy.id)
        })
    }

    /// Gives a copy up before it is sealed; its number stays in the register, cancelled, with the reason.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when it is sealed already: then it is annulled instead.
    pub fn cancel_copy(&mut self, act: &Act, code: &str, reason: &str) -> Result<Copy> {
        self.change(act, |writer| {
            holds_one(writer, &PREPARERS)?;
            let copy = by_code(writer.db(), code).map_err(writer.error())?.ok_or_else(|| no_copy(code))?;
            match copy.stage {
                Stage::Cancelled => return Ok(copy),
                Stage::Sealed | Stage::Delivered => {
                    return Err(ArchiveError::Refused(sentence!(
                        "bản sao số {} đã cấp; nếu sai, hãy hủy bỏ giá trị bằng quyết định: saoy archive annul",
                        "copy {} is issued; if it is wrong, annul it by a decision: saoy archive annul",
                        copy.line.display
                    )));
                }
                Stage::Prepared | Stage::Signed => {}
            }
            register::cancel(writer, copy.line.id, reason)?;
            writer.update("certification", copy.id, &[("state", &"cancelled"), ("reason", &reason)])?;
            writer.log("copy.cancel", &named(&copy), &serde_json::json!({}))?;
            one(writer, copy.id)
        })
    }

    /// A copy by its look-up code, as people type it.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn copy(&self, code: &str) -> Result<Copy> {
        by_code(self.db(), code)
            .map_err(self.database_error())?
            .ok_or_else(|| no_copy(code))
    }

    /// Copies, newest last; those at one stage only, when asked.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn copies(&self, stage: Option<Stage>) -> Result<Vec<Copy>> {
        let found = match stage {
            Some(stage) => select(
                self.db(),
                "WHERE state = ?1 ORDER BY id",
                params![stage.name()],
            ),
            None => select(self.db(), "ORDER BY id", params![]),
        };
        found.map_err(self.database_error())
    }

    /// The copy whose finished file has this digest.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn copy_of(&self, file: BlobId) -> Result<Option<Copy>> {
        select(self.db(), "WHERE sealed = ?1", params![file.to_string()])
            .map(|mut found| found.pop())
            .map_err(self.database_error())
    }
}

/// A look-up code as people type it: in any case, with spaces and hyphens, `O` for `0`, `I` and `L` for `1`.
#[must_use]
pub fn plain_code(typed: &str) -> String {
    typed
        .to_uppercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// The files must be there when a row names them: a disposal of the same paper may have taken them since they were stored. It
/// holds the lock of a change while it takes files away, so what is seen here stays.
fn there(blobs: &Blobs, files: &[BlobId]) -> Result<()> {
    for file in files {
        if !blobs.has(*file)? {
            return Err(ArchiveError::Missing(sentence!(
                "tệp {} vừa bị một đợt hủy tài liệu lấy đi; chưa có gì được ghi, hãy chạy lại lệnh này",
                "the file {} was taken away by a disposal just now; nothing was entered, run this command again",
                file
            )));
        }
    }
    Ok(())
}

/// What a number is taken for: one original in one visit.
fn holder(kind: &str, visit: &str, original: BlobId) -> String {
    format!("{kind} {visit} {original}")
}

fn answered(profile: &Profile, new: &NewCopy<'_>) -> Result<()> {
    if profile.copy(new.kind)?.signers.len() < 2 {
        return Ok(());
    }
    for question in &profile.refusal {
        let said = &question.text;
        let Some(answer) = new
            .details
            .answers
            .iter()
            .find(|answer| answer.code == question.code)
        else {
            return Err(ArchiveError::Refused(Sentence {
                vi: format!(
                    "chưa trả lời câu {0} ({1}): thêm --clear {0} sau khi đã xem bản chính",
                    question.code, said.vi
                ),
                en: format!(
                    "question {0} is open ({1}): add --clear {0} once the original was looked at",
                    question.code, said.en
                ),
            }));
        };
        if !answer.clear {
            return Err(ArchiveError::Refused(Sentence {
                vi: format!("từ chối chứng thực, {}: {}", question.code, said.vi),
                en: format!("certifying is refused, {}: {}", question.code, said.en),
            }));
        }
        let silent = answer
            .remark
            .as_deref()
            .is_none_or(|remark| remark.trim().is_empty());
        if let (Some(hint), true) = (&answer.hint, silent) {
            return Err(ArchiveError::Refused(sentence!(
                "máy thấy dấu hiệu của {0} ({1}): cần ghi rõ vì sao vẫn chứng thực: --clear \"{0}=lý do\"",
                "the machine sees a sign of {0} ({1}): say why it is certified all the same: --clear \"{0}=reason\"",
                question.code,
                hint
            )));
        }
        let missing = (1..=new.pages).find(|page| !answer.pages.contains(page));
        if let Some(page) = missing {
            return Err(ArchiveError::Refused(sentence!(
                "trang {} chưa được đối chiếu với bản chính",
                "page {} was not compared with the original",
                page
            )));
        }
    }
    Ok(())
}

fn requester(new: &NewCopy<'_>) -> String {
    match new.details.requester_id.as_str() {
        "" => new.requester.to_owned(),
        id => format!("{}, {id}", new.requester),
    }
}

fn signer_named(writer: &Writer<'_>, login: &str) -> Result<String> {
    writer
        .db()
        .query_row(
            "SELECT name, coalesce((SELECT capacity FROM appointment WHERE person = person.id AND role = 'certifier' ORDER BY id DESC LIMIT 1), '')
             FROM person WHERE login = ?",
            [login],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .map(|(name, capacity)| if capacity.is_empty() { name } else { format!("{name}, {capacity}") })
        .map_err(writer.error())
}

fn sealable(writer: &Writer<'_>, code: &str) -> Result<(Copy, Appointment)> {
    let copy = by_code(writer.db(), code)
        .map_err(writer.error())?
        .ok_or_else(|| no_copy(code))?;
    let profile = Profile::on(writer.act().day())?;
    let signers = &profile.copy(&copy.kind)?.signers;
    let role = signers
        .last()
        .ok_or_else(|| ArchiveError::Fault(format!("{} has no signers", copy.kind)))?;
    let appointment = holds(writer, role)?;
    ready_for_seal(&copy, signers.len(), &writer.act().by)?;
    Ok((copy, appointment))
}

fn ready_for_seal(copy: &Copy, signers: usize, login: &str) -> Result<()> {
    at_stage(
        copy,
        if signers > 1 {
            Stage::Signed
        } else {
            Stage::Prepared
        },
    )?;
    if copy
        .signed_by
        .as_ref()
        .is_some_and(|(signer, _)| signer == login)
    {
        return Err(ArchiveError::Refused(sentence!(
            "người đã ký chứng thực không được tự đóng dấu: cần người thứ hai",
            "who signed a copy may not seal it too: a second person is needed"
        )));
    }
    Ok(())
}

fn waiting(writer: &Writer<'_>, code: &str, stage: Stage) -> Result<Copy> {
    let copy = by_code(writer.db(), code)
        .map_err(writer.error())?
        .ok_or_else(|| no_copy(code))?;
    at_stage(&copy, stage)?;
    Ok(copy)
}

fn at_stage(copy: &Copy, stage: Stage) -> Result<()> {
    if copy.stage == stage {
        return Ok(());
    }
    let (is_vi, is_en) = words(copy.stage);
    let (be_vi, be_en) = words(stage);
    Err(ArchiveError::Refused(Sentence {
        vi: format!(
            "bản sao {} đang ở bước \"{is_vi}\", cần ở bước \"{be_vi}\"",
            copy.code
        ),
        en: format!("copy {} is {is_en}; it would have to be {be_en}", copy.code),
    }))
}

/// The certificate must be the one laid down for this appointment, where one is.
fn fits(appointment: &Appointment, certificate: &str) -> Result<()> {
    match &appointment.certificate {
        Some(known) if !known.eq_ignore_ascii_case(certificate) => {
            Err(ArchiveError::Refused(sentence!(
                "chứng thư dùng để ký không phải chứng thư đã đăng ký cho {}",
                "the certificate is not the one registered for {}",
                appointment.login
            )))
        }
        _ => Ok(()),
    }
}

fn no_copy(code: &str) -> ArchiveError {
    ArchiveError::Missing(sentence!(
        "không có bản sao với mã {}",
        "there is no copy with the code {}",
        code
    ))
}

/// A copy in the log: by register and number, which are no personal data.
fn named(copy: &Copy) -> String {
    format!("{} {}", copy.line.register, copy.line.display)
}

fn one(writer: &Writer<'_>, id: i64) -> Result<Copy> {
    select(writer.db(), "WHERE id = ?1", params![id])
        .map_err(writer.error())?
        .pop()
        .ok_or_else(|| ArchiveError::Fault(format!("no copy {id}")))
}

#[cfg(test)]
pub(crate) mod tests;
