//! The servers that a level needs, for timestamps and for revocation: asked, and held against what is trusted.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use ring::rand::{SecureRandom, SystemRandom};
use saoy_pdf::Document;
use saoy_pipeline::record::Bilingual;
use saoy_signing::certificate::Certificate;
use saoy_signing::cms::SignedData;
use saoy_signing::crypto::Digest;
use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::sign::evidence::{self, Sources};
use saoy_signing::sign::timestamp::{Ask, Basis, Checked};
use saoy_signing::sign::{Options, Prepared, Purpose, SignError};
use saoy_signing::structure::{self, SecurityStore};
use saoy_signing::trust::Store;

use super::publish::Draft;
use super::reach::Level;
use super::record::NoAnswer;
use crate::trust::fetch::{self, Bounds, fetch};
use crate::verify::anchors;
use crate::verify::online::Online;

/// Room for a token with its certificates, bytes; those of the public-duty authority have 4 to 6 kB.
pub(super) const TOKEN: usize = 12_000;
/// Longest answer, bytes.
const LONGEST: u64 = 1 << 20;
/// How long a timestamp server that gave nothing is left alone where the level may come later.
const RESPITE: Duration = Duration::from_mins(1);

/// Who is asked, how patiently, and by what the answers are judged.
pub(super) struct Servers {
    tsa: Option<String>,
    retry: u32,
    /// Authorities were measured to take up to 131 s for one timestamp.
    patience: Duration,
    pub(super) trust: Store,
    online: Online,
    pub(super) policy: Policy,
    roots: Option<PathBuf>,
    /// A server that is down holds up one document and not each: the level may come later.
    pub(super) is_brief: bool,
    /// When it last gave nothing, and why.
    silent: Mutex<Option<(std::time::Instant, Bilingual)>>,
}

impl Servers {
    /// Those that the arguments name.
    ///
    /// # Errors
    /// When what is to be trusted cannot be read.
    pub(super) fn of(matches: &ArgMatches) -> anyhow::Result<Self> {
        let patience = matches.get_one::<u64>("timeout").copied().unwrap_or(180);
        let patience = Duration::from_secs(patience);
        let retry = matches.try_get_one::<u32>("retry").ok().flatten();
        Ok(Self {
            tsa: matches.get_one::<String>("tsa").cloned(),
            retry: retry.copied().unwrap_or(0),
            patience,
            trust: anchors::with_folder(matches)?,
            online: Online::for_signing(matches, patience),
            policy: Policy::default(),
            roots: matches.get_one::<PathBuf>("tls-roots").cloned(),
            is_brief: false,
            silent: Mutex::default(),
        })
    }

    /// The timestamp server's address, as it was given.
    pub(super) fn tsa(&self) -> Option<&str> {
        self.tsa.as_deref()
    }

    /// Raises a draft step by step from `level` to `wanted`; gives how far it came, and what kept it from going on.
    ///
    /// # Errors
    /// When the draft is not what it was before the step that failed.
    pub(super) fn lift(
        &self,
        draft: &mut Draft,
        mut level: Level,
        wanted: Level,
    ) -> anyhow::Result<(Level, Option<anyhow::Error>)> {
        while let Some(next) = level.next().filter(|next| *next <= wanted) {
            let length = draft.len()?;
            let step = match next {
                Level::Lt => self.prove(draft),
                _ => self.document_timestamp(draft),
            };
            if let Err(error) = step {
                draft.cut(length)?;
                return Ok((level, Some(error)));
            }
            level = next;
        }
        Ok((level, None))
    }

    /// Why the timestamp server need not be asked now: it gave nothing a moment ago.
    pub(super) fn is_silent(&self) -> Option<NoAnswer> {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, why) = silent.as_ref()?;
        (self.is_brief && since.elapsed() < RESPITE).then(|| NoAnswer(why.clone()))
    }

    /// A timestamp over `imprint`. Servers that fail are asked again, later each time; answers that are wrong are not.
    ///
    /// # Errors
    /// When there is none that holds.
    pub(super) fn ask(&self, imprint: Vec<u8>) -> anyhow::Result<Checked> {
        if let Some(silent) = self.is_silent() {
            return Err(silent.into());
        }
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
                    let said = Bilingual {
                        vi: format!("{address}: {}", said.vi),
                        en: format!("{address}: {}", said.en),
                    };
                    let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
                    *silent = Some((std::time::Instant::now(), said.clone()));
                    return Err(NoAnswer(said).into());
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

/// The present time.
pub(super) fn now() -> Instant {
    Instant(jiff::Timestamp::now().as_second())
}

/// Fills `bytes` with what nobody can foresee.
///
/// # Errors
/// When the system has none.
pub(super) fn fill(bytes: &mut [u8]) -> anyhow::Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| anyhow::anyhow!("no random numbers"))
}

/// Sixteen such bytes.
///
/// # Errors
/// As [`fill`].
pub(super) fn random() -> anyhow::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(bytes)
}
