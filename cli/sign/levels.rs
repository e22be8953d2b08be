//! One file from input to its level: signed, timestamped, proven; published only when all of it is there.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::ArgMatches;
use ring::rand::{SecureRandom, SystemRandom};
use saoy_pdf::{Document, PdfError};
use saoy_pipeline::record::Bilingual;
use saoy_signing::certificate::Certificate;
use saoy_signing::cms::SignedData;
use saoy_signing::crypto::Digest;
use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::sign::admission::{self, Allow, RefusalKind};
use saoy_signing::sign::evidence::{self, Sources};
use saoy_signing::sign::field::{EmptyField, empty_fields};
use saoy_signing::sign::key::Signer;
use saoy_signing::sign::timestamp::{Ask, Basis, Checked};
use saoy_signing::sign::{
    Digested, LocalTime, Lock, Options, Prepared, Purpose, SignError, Signed, Unfit,
    check_certificate, check_earlier, check_revocation, iso_time,
};
use saoy_signing::structure::{self, SecurityStore};
use saoy_signing::trust::Store;

use super::keys::{NOT_VALID, Opened};
use super::publish::Draft;
use super::record::{Entry, NoAnswer, Warning};
use super::reserve::{self, Reserve};
use super::stamp::{By, Kind, Stamp};
use crate::trust::fetch::{self, Bounds, fetch};
use crate::verify::anchors;
use crate::verify::online::Online;
use crate::words::{Said, said};

/// Minutes that Viet Nam is ahead of UTC.
const VIETNAM: i32 = 420;
/// Room for a token with its certificates, bytes; those of the public-duty authority have 4 to 6 kB.
const TOKEN: usize = 12_000;
/// Longest answer, bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    B,
    T,
    Lt,
    Lta,
}

impl Level {
    fn named(name: &str) -> Self {
        match name {
            "t" => Self::T,
            "lt" => Self::Lt,
            "lta" => Self::Lta,
            _ => Self::B,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }
}

/// What is the same for all files of a run.
pub(super) struct Job<'a> {
    opened: Option<&'a Opened>,
    level: Level,
    tsa: Option<String>,
    retry: u32,
    /// Authorities were measured to take up to 131 s for one timestamp.
    patience: Duration,
    trust: Store,
    online: Online,
    policy: Policy,
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
    roots: Option<PathBuf>,
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
        let tsa = text("tsa");
        let trust = anchors::with_folder(matches)?;
        if level >= Level::T && tsa.is_none() {
            let why = said!("mức này cần --tsa URL", "this level needs --tsa URL");
            return Err(Said(why).into());
        }
        if level >= Level::Lt && trust.anchors.is_empty() {
            let why = said!(
                "mức này cần chứng thư gốc được tin cậy: saoy trust accept, hoặc --trust",
                "this level needs a trusted root: saoy trust accept, or --trust"
            );
            return Err(Said(why).into());
        }
        let patience = matches.get_one::<u64>("timeout").copied().unwrap_or(180);
        let patience = Duration::from_secs(patience);
        let is_test = opened.is_some_and(|opened| opened.is_test);
        let stamp = Stamp::of(matches)?;
        let is_agency = text("role").as_deref() == Some("agency")
            || stamp
                .as_ref()
                .is_some_and(|stamp| stamp.kind == Kind::Agency);
        Ok(Self {
            opened,
            level,
            tsa,
            retry: matches.get_one::<u32>("retry").copied().unwrap_or(0),
            trust,
            online: Online::for_signing(matches, patience),
            patience,
            policy: Policy::default(),
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
            roots: matches.get_one::<PathBuf>("tls-roots").cloned(),
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
        match self.opened {
            Some(opened) => {
                // Keys far away go another way.
                let key = opened.key.here().ok_or(SignError::KeyMismatch)?;
                self.sign(input, &document, opened, key, &mut draft, entry)?;
            }
            None => {
                if document.signatures().map_err(SignError::from)?.any() {
                    document.pour(0..document.file_len(), |piece| {
                        draft.write(piece).map_err(SignError::from)
                    })?;
                } else {
                    let why = said!(
                        "tệp chưa có chữ ký để nâng mức",
                        "there is no signature whose level to raise"
                    );
                    return Err(Said(why).into());
                }
                if self.level == Level::T {
                    self.document_timestamp(&mut draft)?;
                }
            }
        }
        self.raise(&mut draft, entry)?;
        draft.publish(self.force)?;
        Ok(())
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
    ) -> anyhow::Result<()> {
        let digest = Digested::algorithm_for(key.scheme());
        let ready = self.prepare(input, document, key.chain(), digest, draft)?;
        self.complete(ready.digested.sign(key)?, draft)?;
        entry.field = Some(ready.field);
        entry.signer = key.chain().first().map(|own| own.party().name);
        entry.time = Some(iso_time(ready.time));
        entry.test_key = opened.is_test;
        entry.warnings = ready.warnings;
        Ok(())
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
        let revoked = self
            .revoked
            .get_or_init(|| check_revocation(chain, &self.trust, &self.policy, now()));
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
        let before = admission::signatures_before(document).map_err(SignError::from)?;
        let signers = if before > 0 {
            check_earlier(File::open(input)?, &self.policy, now)?
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
    pub(super) fn complete(&self, mut signed: Signed, draft: &mut Draft) -> anyhow::Result<()> {
        if self.level >= Level::T {
            let token = self.ask(Digest::Sha256.of(signed.signature()).unwrap_or_default())?;
            signed = signed.with_timestamp(token);
        }
        let sealed = signed.seal()?;
        draft.write_at(&sealed.digits, sealed.at)?;
        Ok(())
    }

    /// Adds what the level asks for behind the signature.
    ///
    /// # Errors
    /// When it is not to be had.
    pub(super) fn raise(&self, draft: &mut Draft, entry: &mut Entry) -> anyhow::Result<()> {
        if self.level >= Level::Lt {
            self.prove(draft)?;
        }
        if self.level >= Level::Lta {
            self.document_timestamp(draft)?;
        }
        entry.level = Some(self.level.name());
        Ok(())
    }

    /// A timestamp over `imprint`. Servers that fail are asked again, later each time; answers that are wrong are not.
    fn ask(&self, imprint: Vec<u8>) -> anyhow::Result<Checked> {
        let address = self.tsa.as_deref().unwrap_or_default();
        // Whoever starts the program says which server, inside or not; where that one sends us on, only itself counts.
        let bounds = Bounds {
            hosts: fetch::host_of(address).into_iter().collect(),
            inside: true,
            bytes: LONGEST,
            time: self.patience,
            roots: self.roots.clone(),
        };
        let mut wait = Duration::from_millis(500);
        let mut round = 0;
        loop {
            let mut nonce = [0; 8];
            fill(&mut nonce)?;
            let ask = Ask {
                digest: Digest::Sha256,
                imprint: imprint.clone(),
                nonce,
            };
            let request = ask.request();
            let question = fetch::Question::Post {
                kind: "application/timestamp-query",
                body: &request,
            };
            match fetch(address, question, &bounds) {
                Ok(answer) => {
                    let basis = Basis {
                        trust: Some(&self.trust).filter(|trust| !trust.anchors.is_empty()),
                        policy: &self.policy,
                        now: now(),
                    };
                    return Ok(ask.check(&answer, basis).map_err(SignError::from)?);
                }
                Err(why) if round >= self.retry => {
                    let said = why.spoken();
                    return Err(NoAnswer(Bilingual {
                        vi: format!("{address}: {}", said.vi),
                        en: format!("{address}: {}", said.en),
                    })
                    .into());
                }
                Err(_) => {
                    std::thread::sleep(wait);
                    wait = wait.saturating_mul(2);
                    round += 1;
                }
            }
        }
    }

    /// Adds the evidence of every signature and timestamp in the draft.
    fn prove(&self, draft: &mut Draft) -> anyhow::Result<()> {
        let sources = Sources {
            trust: &self.trust,
            policy: &self.policy,
            now: now(),
            fetch: Some(&self.online),
        };
        let revisions = saoy_pdf::Revisions::read(draft.reader()?).map_err(SignError::from)?;
        let structure = structure::examine(&revisions);
        let (mut all, mut contents) = (SecurityStore::default(), Vec::new());
        for field in &structure.signatures {
            let cms = SignedData::read(&field.contents)?;
            contents.push(field.contents.clone());
            let mut tokens: Vec<SignedData> = Vec::new();
            for token in cms.signer.timestamps() {
                tokens.push(SignedData::read(token)?);
            }
            for cms in std::iter::once(&cms).chain(&tokens) {
                let others: Vec<Arc<Certificate>> =
                    cms.certificates.iter().cloned().map(Arc::new).collect();
                let own = cms.signer_certificate(std::iter::empty());
                let own = own.cloned().map(Arc::new).ok_or(SignError::KeyMismatch)?;
                let more = evidence::collect(&own, &others, sources)?;
                all.certificates.extend(more.certificates);
                all.crls.extend(more.crls);
                all.ocsps.extend(more.ocsps);
            }
        }
        let document = Document::open(draft.reader()?).map_err(SignError::from)?;
        let update =
            evidence::update(&document, &all, &contents, random()?).map_err(SignError::from)?;
        draft.write(&update.bytes)?;
        Ok(())
    }

    fn document_timestamp(&self, draft: &mut Draft) -> anyhow::Result<()> {
        let document = Document::open(draft.reader()?).map_err(SignError::from)?;
        let options = Options::new(Purpose::Timestamp, TOKEN, random()?);
        let prepared = Prepared::new(&document, &options, None)?;
        let digested = prepared.write(&document, Digest::Sha256, |_| Ok(()))?;
        let token = self.ask(digested.value.clone())?;
        let sealed = digested.seal_token(token.der())?;
        draft.write(&prepared.update.bytes)?;
        draft.write_at(&sealed.digits, sealed.at)?;
        Ok(())
    }
}

/// Arguments that change nothing of what is signed.
const ASIDE: [&str; 19] = [
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

fn now() -> Instant {
    Instant(jiff::Timestamp::now().as_second())
}

fn fill(bytes: &mut [u8]) -> anyhow::Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| anyhow::anyhow!("no random numbers"))
}

fn random() -> anyhow::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(bytes)
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
