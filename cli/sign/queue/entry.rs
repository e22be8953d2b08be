//! What is known of a document that waits.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use anyhow::Context;
use clap::ArgMatches;
use saoy_signing::crypto::Digest;
use saoy_signing::judge::Instant;
use saoy_signing::sign::{LocalTime, SignError, iso_time};
use saoy_signing::structure;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::levels::VIETNAM;
use super::super::publish::Draft;
use super::super::reach::{self, Level};
use super::super::servers::now;
use super::{Pace, Reason, name_of};
use crate::trust::fetch;
use crate::verify::record::hex;
use crate::words::{Said, said};

/// The schema of entries.
pub(super) const SCHEMA: &str = "saoy.queue/1";

/// What is to be raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Queued {
    pub(super) schema: String,
    /// The document's name in the output folder.
    pub(in super::super) file: String,
    /// As it was written.
    #[serde(flatten)]
    pub(in super::super) bytes: Bytes,
    pub(in super::super) wanted: String,
    /// The signature's field.
    pub(in super::super) field: String,
    pub(in super::super) servers: Recipe,
    /// When it was signed and put here.
    pub(in super::super) queued: Time,
    /// Until when it can be raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) until: Option<Time>,
    /// Tries since it has its level.
    pub(in super::super) attempts: u32,
    /// When it is tried again.
    pub(in super::super) next: Time,
    pub(in super::super) state: State,
    /// What kept it from its level.
    pub(in super::super) error: Reason,
    /// What replaces it just now; only a run that was stopped leaves that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) raised: Option<Bytes>,
}

/// A document at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Bytes {
    #[serde(rename = "bytes")]
    pub(in super::super) count: u64,
    pub(in super::super) sha256: String,
    pub(in super::super) level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum State {
    Waiting,
    /// Nothing but a person helps.
    Failed,
}

/// Whom to ask and whom to trust, as the signing run was told. No secret is among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Recipe {
    tsa: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trust: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    private: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls_roots: Option<String>,
    timeout: u64,
}

/// A point in time, in JSON as ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Time(pub(in super::super) i64);

impl Time {
    pub(in super::super) fn now() -> Self {
        Self(now().0)
    }

    /// `YYYY-MM-DDTHH:MM:SS+07:00`.
    pub(in super::super) fn iso(self) -> String {
        iso_time(LocalTime {
            instant: Instant(self.0),
            offset: VIETNAM,
        })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(time.as_second()))
    }
}

impl Queued {
    /// An entry about what is written in `draft`, which came from the first level to be raised to the second.
    ///
    /// # Errors
    /// When the draft cannot be read.
    pub(in super::super) fn new(
        draft: &Draft,
        field: &str,
        (level, wanted): (Level, Level),
        error: Reason,
        servers: &Recipe,
    ) -> anyhow::Result<Self> {
        let now = Time::now();
        Ok(Self {
            schema: SCHEMA.to_owned(),
            file: name_of(draft.out())?,
            bytes: Bytes::of(draft.reader()?, level)?,
            wanted: wanted.name().to_owned(),
            field: field.to_owned(),
            servers: servers.clone(),
            queued: now,
            until: until(draft, field, wanted)?,
            attempts: 0,
            next: Pace::default().next(now, 1, u32::MAX),
            state: State::Waiting,
            error,
            raised: None,
        })
    }

    /// The level that is reached, and the one that is wanted.
    pub(in super::super) fn levels(&self) -> Option<(Level, Level)> {
        Some((Level::read(&self.bytes.level)?, Level::read(&self.wanted)?))
    }

    /// Whether it is to be tried at `now`. A time further off than any pause is one by a clock that was wrong.
    pub(in super::super) fn is_due(&self, now: Time, pace: Pace) -> bool {
        let furthest = now.0.saturating_add(pace.longest());
        self.state == State::Waiting && (self.next <= now || self.next.0 > furthest)
    }

    /// Whether the time in which it can be raised comes to its end.
    pub(in super::super) fn is_urgent(&self, now: Time) -> bool {
        let soon = now.0.saturating_add(URGENT);
        self.until.is_some_and(|until| until.0 < soon)
    }
}

/// Seconds before the end at which people are told: thirty days.
const URGENT: i64 = 30 * 86_400;

/// Until when the signature in `field` of a draft can be raised.
///
/// # Errors
/// When it cannot be read.
pub(in super::super) fn until(
    draft: &Draft,
    field: &str,
    wanted: Level,
) -> anyhow::Result<Option<Time>> {
    let revisions = saoy_pdf::Revisions::read(draft.reader()?).map_err(SignError::from)?;
    let until = reach::until(&structure::examine(&revisions), field, wanted)?;
    Ok(until.map(|at| Time(at.0)))
}

impl Bytes {
    /// Those of `file`, which has that level.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(in super::super) fn of(mut file: File, level: Level) -> io::Result<Self> {
        let count = file.metadata()?.len();
        Ok(Self {
            count,
            sha256: digest(&mut file, count)?.unwrap_or_default(),
            level: level.name().to_owned(),
        })
    }

    /// Whether `file` begins with them; then also whether it goes on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(in super::super) fn begin(&self, mut file: File) -> io::Result<Option<bool>> {
        let same = digest(&mut file, self.count)?.is_some_and(|digest| digest == self.sha256);
        let length = file.metadata()?.len();
        Ok(same.then_some(length > self.count))
    }
}

/// SHA-256 of the first `count` bytes, hexadecimal; `None` when there are fewer.
fn digest(file: &mut File, count: u64) -> io::Result<Option<String>> {
    let Some(mut hasher) = Digest::Sha256.hasher() else {
        return Ok(None);
    };
    let mut file = file.take(count);
    let (mut left, mut buffer) = (count, vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((left == 0).then(|| hex(&hasher.finish())));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        left = left.saturating_sub(read as u64);
    }
}

impl Recipe {
    /// What the arguments of `saoy sign` say.
    ///
    /// # Errors
    /// When nothing can come later of it.
    pub(in super::super) fn of(matches: &ArgMatches, level: Level) -> anyhow::Result<Self> {
        if level == Level::B {
            let why = said!(
                "--later cần --level t, lt hoặc lta",
                "--later needs --level t, lt or lta"
            );
            return Err(Said(why).into());
        }
        let tsa = matches
            .get_one::<String>("tsa")
            .cloned()
            .unwrap_or_default();
        if fetch::host_of(&tsa).is_none() {
            let why = said!(
                "--tsa: “{}” không phải địa chỉ http:// hay https://",
                "--tsa: “{}” is no http:// or https:// address",
                tsa
            );
            return Err(Said(why).into());
        }
        let path = |path: &PathBuf| -> anyhow::Result<String> {
            let path = std::path::absolute(path).with_context(|| path.display().to_string())?;
            path.to_str().map(str::to_owned).ok_or_else(|| {
                let why = said!(
                    "{}: tên tệp phải là UTF-8 để có thể nâng mức sau",
                    "{}: the name must be UTF-8 for the level to come later",
                    path.display()
                );
                Said(why).into()
            })
        };
        let trust = matches.get_many::<PathBuf>("trust").into_iter().flatten();
        let hosts = matches
            .get_many::<String>("allow-host")
            .into_iter()
            .flatten();
        Ok(Self {
            tsa,
            trust: trust.map(path).collect::<anyhow::Result<_>>()?,
            hosts: hosts.cloned().collect(),
            private: matches.get_flag("allow-private"),
            tls_roots: matches
                .get_one::<PathBuf>("tls-roots")
                .map(path)
                .transpose()?,
            timeout: matches.get_one::<u64>("timeout").copied().unwrap_or(180),
        })
    }

    /// The same as arguments, but for those that `typed` names: what is typed goes before.
    pub(in super::super) fn arguments(&self, typed: impl Fn(&str) -> bool) -> Vec<OsString> {
        let mut all: Vec<OsString> = Vec::new();
        let mut add = |name: &str, value: &str| all.push(format!("--{name}={value}").into());
        if !typed("tsa") {
            add("tsa", &self.tsa);
        }
        if !typed("timeout") {
            add("timeout", &self.timeout.to_string());
        }
        for path in &self.trust {
            add("trust", path);
        }
        for host in &self.hosts {
            add("allow-host", host);
        }
        if let Some(roots) = self.tls_roots.as_deref().filter(|_| !typed("tls-roots")) {
            add("tls-roots", roots);
        }
        if self.private && !typed("allow-private") {
            all.push("--allow-private".into());
        }
        all
    }
}
