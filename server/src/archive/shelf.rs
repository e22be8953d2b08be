//! What the archive's pages remember for a while and never write: for what somebody opened a personal document, files that
//! are being handed out, and how the last check of the archive went.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a stated purpose opens a document.
const OPEN: Duration = Duration::from_mins(30);
/// How long a file that was handed out can be taken again.
const HANDED: Duration = Duration::from_mins(15);
/// Purposes that are remembered at most; beyond, the oldest go.
const MOST: usize = 10_000;
/// Bytes of all files together.
const BYTES: usize = 128 << 20;

/// A file that is handed out.
#[derive(Debug)]
pub(crate) struct Handed {
    /// The document's id.
    pub(crate) id: String,
    /// To whom: the login that asked.
    pub(crate) login: String,
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// Where its verification is.
    pub(crate) report: String,
}

/// How the last check went.
#[derive(Clone, Debug, Default)]
pub(crate) enum Check {
    /// None since the server started.
    #[default]
    None,
    /// Going on.
    Running {
        /// Since when, ISO 8601.
        since: String,
    },
    /// Done: the record of `saoy archive check --json`, or why there is none.
    Done {
        /// When it ended, ISO 8601.
        at: String,
        /// What it found.
        outcome: Result<Arc<serde_json::Value>, saoy_archive::Sentence>,
    },
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// By session and document.
    opened: Mutex<HashMap<(String, String), (Instant, String)>>,
    handed: Mutex<HashMap<String, (Instant, Arc<Handed>)>>,
    check: Mutex<Check>,
}

impl Shelf {
    /// Remembers for what a session opens a document.
    pub(crate) fn open(&self, session: &str, id: &str, purpose: &str) {
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| at.elapsed() < OPEN);
        if all.len() >= MOST
            && let Some(oldest) = all
                .iter()
                .min_by_key(|(_, (at, _))| *at)
                .map(|(key, _)| key.clone())
        {
            all.remove(&oldest);
        }
        all.insert(
            (session.to_owned(), id.to_owned()),
            (Instant::now(), purpose.to_owned()),
        );
    }

    /// For what a session opened a document.
    pub(crate) fn purpose(&self, session: &str, id: &str) -> Option<String> {
        let all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, purpose) = all.get(&(session.to_owned(), id.to_owned()))?;
        (at.elapsed() < OPEN).then(|| purpose.clone())
    }

    /// Keeps a file that is handed out, under a word.
    pub(crate) fn hand(&self, word: &str, file: Handed) {
        let mut all = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| at.elapsed() < HANDED);
        let mut size: usize = all.values().map(|(_, one)| one.bytes.len()).sum();
        size += file.bytes.len();
        while size > BYTES {
            let oldest = all
                .iter()
                .min_by_key(|(_, (at, _))| *at)
                .map(|(word, _)| word.clone());
            let Some((_, gone)) = oldest.and_then(|word| all.remove(&word)) else {
                break;
            };
            size -= gone.bytes.len();
        }
        all.insert(word.to_owned(), (Instant::now(), Arc::new(file)));
    }

    /// The file of a word, for the login that asked for it.
    pub(crate) fn handed(&self, word: &str, login: &str) -> Option<Arc<Handed>> {
        let all = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, file) = all.get(word)?;
        (at.elapsed() < HANDED && file.login == login).then(|| Arc::clone(file))
    }

    /// How the last check went.
    pub(crate) fn check(&self) -> Check {
        self.check
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes that a check begins; `false` when one is going on.
    pub(crate) fn begin_check(&self, since: String) -> bool {
        let mut check = self.check.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*check, Check::Running { .. }) {
            return false;
        }
        *check = Check::Running { since };
        true
    }

    /// Notes how a check ended.
    pub(crate) fn end_check(
        &self,
        at: String,
        outcome: Result<serde_json::Value, saoy_archive::Sentence>,
    ) {
        *self.check.lock().unwrap_or_else(PoisonError::into_inner) = Check::Done {
            at,
            outcome: outcome.map(Arc::new),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_opens_one_document_for_one_session() {
        let shelf = Shelf::default();
        shelf.open("a", "1", "trích lục");
        assert_eq!(shelf.purpose("a", "1").as_deref(), Some("trích lục"));
        assert_eq!(shelf.purpose("a", "2"), None);
        assert_eq!(shelf.purpose("b", "1"), None);
    }

    #[test]
    fn files_are_for_who_asked_and_make_room() {
        let shelf = Shelf::default();
        let file = |bytes: usize| Handed {
            id: "1".to_owned(),
            login: "an".to_owned(),
            bytes: vec![0; bytes],
            report: "r".to_owned(),
        };
        shelf.hand("x", file(10));
        assert!(shelf.handed("x", "an").is_some());
        assert!(shelf.handed("x", "binh").is_none());
        shelf.hand("y", file(BYTES));
        assert!(shelf.handed("x", "an").is_none());
        assert!(shelf.handed("y", "an").is_some());
    }

    #[test]
    fn one_check_at_a_time() {
        let shelf = Shelf::default();
        assert!(shelf.begin_check(String::new()));
        assert!(!shelf.begin_check(String::new()));
        shelf.end_check(String::new(), Ok(serde_json::json!({})));
        assert!(shelf.begin_check(String::new()));
    }
}
