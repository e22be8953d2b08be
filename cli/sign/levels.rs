//! One file from input to its level: signed, timestamped, proven; published only when all of it is there.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use clap::ArgMatches;
use saoy_pdf::{Document, PdfError};
use saoy_signing::certificate::Certificate;
use saoy_signing::crypto::Digest;
use saoy_signing::sign::admission::{self, Allow, RefusalKind};
use saoy_signing::sign::field::{EmptyField, empty_fields};
use saoy_signing::sign::key::Signer;
use saoy_signing::sign::{
    Digested, LocalTime, Lock, Options, Prepared, Purpose, SignError, Signed, Unfit,
    check_certificate, check_earlier, check_revocation, iso_time,
};
use saoy_signing::structure;

use super::keys::{NOT_VALID, Opened};
use super::publish::Draft;
use super::queue::{self, Queue, Queued, Reason, Recipe};
use super::reach::{self, Level};
use super::record::{Entry, Warning};
use super::reserve::{self, Reserve};
use super::servers::{Servers, TOKEN, now, random};
use super::stamp::{By, Kind, Stamp};
use crate::words::{Said, said};

/// Minutes that Viet Nam is ahead of UTC.
pub(super) const VIETNAM: i32 = 420;

/// What is the same for all files of a run.
pub(super) struct Job<'a> {
    opened: Option<&'a Opened>,
    level: Level,
    /// A level that the servers deny may come later.
    later: Option<Recipe>,
    servers: Servers,
    allow: Allow,
    is_agency: bool,
    allow_alone: bool,
    lock: Lock,
    field: Option<String>,
    name: Option<String>,
    reason: Option<String>,
    location: Option<String>,
    stamp: Option<Stamp>,
    reserve: Vec<Reserve>,
    pub(super) force: bool,
    /// A digest of all that the command says about what is signed and how it shows.
    pub(super) wish: String,
    /// What the lists at hand say of the run's key.
    revoked: OnceLock<Result<(), Unfit>>,
}

/// A document that lacks only its signature.
pub(super) struct Ready {
    pub(super) digested: Digested,
    pub(super) field: String,
    pub(super) time: LocalTime,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Job<'a> {
    pub(super) fn new(matches: &ArgMatches, opened: Option<&'a Opened>) -> anyhow::Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let level = text("upgrade")
            .or_else(|| text("level"))
            .unwrap_or_default();
        let level = Level::named(&level);
        let mut servers = Servers::of(matches)?;
        if level >= Level::T && servers.tsa().is_none() {
            let why = said!("mức này cần --tsa URL", "this level needs --tsa URL");
            return Err(Said(why).into());
        }
        if level >= Level::Lt && servers.trust.anchors.is_empty() {
            let why = said!(
                "mức này cần chứng thư gốc được tin cậy: saoy trust accept, hoặc --trust",
                "this level needs a trusted root: saoy trust accept, or --trust"
            );
            return Err(Said(why).into());
        }
        let later = match matches.get_flag("later") {
            true => Some(Recipe::of(matches, level)?),
            false => None,
        };
        servers.is_brief = later.is_some();
        let is_test = opened.is_some_and(|opened| opened.is_test);
        let stamp = Stamp::of(matches)?;
        let is_agency = text("role").as_deref() == Some("agency")
            || stamp
                .as_ref()
                .is_some_and(|stamp| stamp.kind == Kind::Agency);
        Ok(Self {
            opened,
            level,
            later,
            servers,
            allow: Allow {
                fonts: matches.get_flag("allow-fonts"),
                unused: matches.get_flag("allow-unused"),
            },
            is_agency,
            allow_alone: matches.get_flag("allow-alone"),
            lock: if matches.get_flag("final") {
                Lock::Final
            } else {
                Lock::Signatures
            },
            field: text("field"),
            name: text("name"),
            reason: match text("reason") {
                Some(reason) if is_test => Some(format!("{NOT_VALID}: {reason}")),
                None if is_test => Some(NOT_VALID.to_owned()),
                reason => reason,
            },
            location: text("location"),
            stamp,
            reserve: Reserve::of(matches)?,
            force: matches.get_flag("force"),
            wish: wish(matches),
            revoked: OnceLock::new(),
        })
    }

    /// How many files may be signed at once.
    pub(super) fn parallel(&self) -> usize {
        let key = self.opened.and_then(|opened| opened.key.here());
        key.map_or(usize::MAX, Signer::parallel)
    }

    /// Signs `input`, or raises its level, into `out`.
    pub(super) fn run(&self, input: &Path, out: &Path, entry: &mut Entry) -> anyhow::Result<()> {
        let document = Document::open(File::open(input)?).map_err(SignError::from)?;
        let mut draft = Draft::new(out)?;
        let reached = match self.opened {
            Some(opened) => {
                // Keys far away go another way.
                let key = opened.key.here().ok_or(SignError::KeyMismatch)?;
                self.sign(input, &document, opened, key, &mut draft, entry)?
            }
            None => {
                if !document.signatures().map_err(SignError::from)?.any() {
                    let why = said!(
                        "tệp chưa có chữ ký để nâng mức",
                        "there is no signature whose level to raise"
                    );
                    return Err(Said(why).into());
                }
                document.pour(0..document.file_len(), |piece| {
                    draft.write(piece).map_err(SignError::from)
                })?;
                Reached::at(self.base(&draft)?)
            }
        };
        self.finish(draft, reached, entry)
    }

    /// From where a signed file is to be raised. What has no proven time gets that first: long-term data alone prove nothing.
    fn base(&self, draft: &Draft) -> anyhow::Result<Level> {
        // What is broken has no level, whatever is added.
        check_earlier(draft.reader()?, &self.servers.policy, now())?;
        let revisions = saoy_pdf::Revisions::read(draft.reader()?).map_err(SignError::from)?;
        let is_timed = reach::is_timed(&structure::examine(&revisions))?;
        Ok(if is_timed && self.level > Level::T {
            Level::T
        } else {
            Level::B
        })
    }

    /// Signs with a key that is at hand.
    fn sign(
        &self,
        input: &Path,
        document: &Document,
        opened: &Opened,
        key: &dyn Signer,
        draft: &mut Draft,
        entry: &mut Entry,
    ) -> anyhow::Result<Reached> {
        let digest = Digested::algorithm_for(key.scheme());
        let ready = self.prepare(input, document, key.chain(), digest, draft)?;
        let reached = self.complete(ready.digested.sign(key)?, draft)?;
        entry.field = Some(ready.field);
        entry.signer = key.chain().first().map(|own| own.party().name);
        entry.time = Some(iso_time(ready.time));
        entry.test_key = opened.is_test;
        entry.warnings = ready.warnings;
        Ok(reached)
    }

    /// Whether the first certificate of `chain` may sign now, by what it says of itself and by the revocation data that are
    /// at hand; nobody is asked.
    ///
    /// # Errors
    /// Why it may not.
    pub(super) fn check_key(&self, chain: &[Arc<Certificate>]) -> Result<(), SignError> {
        let own = chain.first().ok_or(SignError::KeyMismatch)?;
        check_certificate(own, now())?;
        // The lists were read when the run began, and its key is one: what they say need not be asked for each file.
        let revoked = self.revoked.get_or_init(|| {
            check_revocation(chain, &self.servers.trust, &self.servers.policy, now())
        });
        Ok(revoked.clone()?)
    }

    /// Writes all of the file but its signature, by a key whose certificate comes first in `chain`.
    ///
    /// # Errors
    /// When the document or the certificate must not be used, or nothing can be written.
    pub(super) fn prepare(
        &self,
        input: &Path,
        document: &Document,
        chain: &[Arc<Certificate>],
        digest: Digest,
        draft: &mut Draft,
    ) -> anyhow::Result<Ready> {
        let now = now();
        let own = chain.first().ok_or(SignError::KeyMismatch)?;
        self.check_key(chain)?;
        if self.later.is_some() {
            // Asked before the key is.
            queue::name_of(draft.out())?;
        }
        let before = admission::signatures_before(document).map_err(SignError::from)?;
        let signers = if before > 0 {
            check_earlier(File::open(input)?, &self.servers.policy, now)?
        } else {
            Vec::new()
        };
        let mut allow = self.allow;
        allow.fonts |= !signers.is_empty();
        let admitted = admission::check(document, allow)?;
        // A person's: one by another certificate than the agency's own.
        let has_person = signers.iter().any(|signer| *signer != own.fingerprint);
        if self.is_agency && !has_person && !self.allow_alone {
            return Err(SignError::Refused(RefusalKind::NoPerson.refusal()).into());
        }
        let time = LocalTime {
            instant: now,
            offset: VIETNAM,
        };
        let certificates: usize = chain.iter().map(|one| one.der.len()).sum();
        let token = if self.level >= Level::T { TOKEN } else { 0 };
        let mut options = Options::new(Purpose::Signature, certificates + token + 2_048, random()?);
        let field = self.field_of(document).map_err(SignError::from)?;
        options.field = match &field {
            Some(field) => Some(field.name.clone()),
            None => self.field.clone(),
        };
        options.name = self.name.clone().or_else(|| Some(own.party().name));
        options.reason.clone_from(&self.reason);
        options.location.clone_from(&self.location);
        options.time = Some(time);
        options.lock = self.lock;
        let is_test = self.opened.is_some_and(|opened| opened.is_test);
        let by = By {
            name: options.name.as_deref().unwrap_or_default(),
            time,
            caveat: is_test.then_some(NOT_VALID),
        };
        let stamped = self
            .stamp
            .as_ref()
            .map(|stamp| stamp.on(document, &by, field.as_ref()));
        let (drawn, warnings) = stamped.transpose()?.unzip();
        for reserve in &self.reserve {
            options.reserved.push(reserve.on(document, drawn.as_ref())?);
        }
        let mut warnings = warnings.unwrap_or_default();
        warnings.extend(Warning::fonts(&admitted.fonts));
        let prepared = Prepared::new(document, &options, drawn.as_ref())?;
        let digested = prepared.write(document, digest, |piece| draft.write(piece))?;
        Ok(Ready {
            digested,
            field: prepared.field,
            time,
            warnings,
        })
    }

    /// The empty field that is to be signed: the one that was named; else, for an agency, the one that was made for it, unless
    /// its seal is wanted elsewhere.
    fn field_of(&self, document: &Document) -> Result<Option<EmptyField>, PdfError> {
        let is_placed = self.stamp.as_ref().is_some_and(Stamp::has_place);
        if self.field.is_none() && (!self.is_agency || is_placed) {
            return Ok(None);
        }
        let mut fields = empty_fields(document)?.into_iter();
        Ok(fields.find(|field| match &self.field {
            Some(name) => field.name == *name,
            None => reserve::is_for_agency(field),
        }))
    }

    /// Puts the signature in, with its timestamp where the level asks for one.
    ///
    /// # Errors
    /// When there is no timestamp, or no room.
    pub(super) fn complete(
        &self,
        mut signed: Signed,
        draft: &mut Draft,
    ) -> anyhow::Result<Reached> {
        let mut reached = Reached::at(Level::B);
        if self.level >= Level::T {
            let imprint = Digest::Sha256.of(signed.signature()).unwrap_or_default();
            match self.servers.ask(imprint) {
                Ok(token) => {
                    signed = signed.with_timestamp(token);
                    reached.level = Level::T;
                }
                Err(error) => reached.short = Some(self.put_off(error)?),
            }
        }
        let sealed = signed.seal()?;
        draft.write_at(&sealed.digits, sealed.at)?;
        Ok(reached)
    }

    /// The reason to put a level off, when it is one of those that pass.
    fn put_off(&self, error: anyhow::Error) -> anyhow::Result<Reason> {
        if self.later.is_some() && Reason::may_pass(&error) {
            return Ok(Reason::of(&error));
        }
        Err(error)
    }

    /// Adds what the level asks for behind the signature, and gives the file its name. What may come later is noted before, so
    /// that no stop leaves a file that nobody raises.
    ///
    /// # Errors
    /// When the level is not to be had and may not come later, or the file is not to be written.
    pub(super) fn finish(
        &self,
        mut draft: Draft,
        mut reached: Reached,
        entry: &mut Entry,
    ) -> anyhow::Result<()> {
        if reached.short.is_none() {
            let (level, short) = self.servers.lift(&mut draft, reached.level, self.level)?;
            reached.level = level;
            reached.short = short.map(|error| self.put_off(error)).transpose()?;
        }
        entry.level = Some(reached.level.name());
        let queue = Queue::beside(draft.out());
        let (Some(why), Some(recipe)) = (reached.short, &self.later) else {
            let hold = queue.hold_if_there()?;
            let name = queue::name_of(draft.out());
            draft.publish(self.force)?;
            if let (Some(hold), Ok(name)) = (hold, name) {
                hold.settle(&name, reached.level, self.opened.is_some());
            }
            return Ok(());
        };
        let field = entry.field.clone().unwrap_or_default();
        let queued = Queued::new(&draft, &field, (reached.level, self.level), why, recipe)?;
        let hold = queue.hold()?;
        let before = queue.read(&queued.file)?;
        hold.put(&queued)?;
        if let Err(error) = draft.publish(self.force) {
            match before {
                Some(before) => hold.put(&before)?,
                None => {
                    hold.remove(&queued.file)?;
                }
            }
            hold.close();
            return Err(error.into());
        }
        entry.wait(&queued, &queue);
        Ok(())
    }
}

/// How far a file came.
pub(super) struct Reached {
    level: Level,
    /// What kept it from going on, where that may come later.
    short: Option<Reason>,
}

impl Reached {
    fn at(level: Level) -> Self {
        Self { level, short: None }
    }
}

/// Arguments that change nothing of what is signed.
const ASIDE: [&str; 20] = [
    "inputs",
    "out",
    "key",
    "account",
    "pin-file",
    "pin-fd",
    "otp-file",
    "otp-fd",
    "dialog",
    "tls-roots",
    "tsa",
    "retry",
    "timeout",
    "trust",
    "allow-host",
    "allow-private",
    "later",
    "jobs",
    "force",
    "json",
];

/// A digest of the others, as typed.
fn wish(matches: &ArgMatches) -> String {
    let mut text = Vec::new();
    for id in matches.ids().map(clap::Id::as_str) {
        let is_aside = ASIDE.contains(&id) || ["ui", "data", "reader"].contains(&id);
        // Groups have no values of their own.
        let Some(values) = matches.try_get_raw(id).ok().flatten().filter(|_| !is_aside) else {
            continue;
        };
        text.extend_from_slice(id.as_bytes());
        for value in values {
            text.push(0);
            text.extend_from_slice(value.as_encoded_bytes());
        }
        text.push(b'\n');
    }
    let value = Digest::Sha256.of(&text).unwrap_or_default();
    value.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `out` begins with all of `input` and goes on: an earlier run signed it.
pub(super) fn continues(input: &Path, out: &Path) -> std::io::Result<bool> {
    let (mut input, mut out) = (File::open(input)?, File::open(out)?);
    if out.metadata()?.len() <= input.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let count = input.read(&mut a)?;
        if count == 0 {
            return Ok(true);
        }
        let (Some(a), Some(b)) = (a.get(..count), b.get_mut(..count)) else {
            return Ok(false);
        };
        out.read_exact(b)?;
        if a != b {
            return Ok(false);
        }
    }
}
