//! Asking about revocation over the network while verifying, where that was allowed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use saoy_signing::revocation::Fetch;

use crate::engine;
use crate::trust::fetch::{Bounds, Question, fetch};
use crate::trust::folder::Folder;
use crate::trust::shipped;

/// Answers of this run by address and question: a folder of files by one authority asks once.
type Answers = HashMap<(String, Vec<u8>), Option<Vec<u8>>>;

/// The network as the judge may use it.
pub(crate) struct Online {
    bounds: Bounds,
    answers: Mutex<Answers>,
}

impl Online {
    /// Allowed hosts are those of the shipped authorities, of the trust folder's `hosts`, and of `--allow-host`.
    pub(crate) fn new(matches: &ArgMatches) -> Self {
        let folder = engine::data_folder(matches).map(|data| Folder::new(&data));
        let mut hosts: Vec<String> = shipped::HOSTS
            .iter()
            .map(|host| (*host).to_owned())
            .collect();
        hosts.extend(folder.iter().flat_map(Folder::hosts));
        hosts.extend(
            matches
                .get_many::<String>("allow-host")
                .into_iter()
                .flatten()
                .cloned(),
        );
        Self {
            bounds: Bounds {
                hosts,
                inside: matches.get_flag("allow-private"),
                ..Bounds::default()
            },
            answers: Mutex::default(),
        }
    }

    /// The same for who signs: lists of large authorities are waited for, since without them there is no level LT.
    pub(crate) fn for_signing(matches: &ArgMatches, patience: Duration) -> Self {
        let mut online = Self::new(matches);
        online.bounds.bytes = 32 << 20;
        online.bounds.time = patience.min(Duration::from_secs(30));
        online
    }

    fn ask(&self, address: &str, question: Question<'_>) -> Option<Vec<u8>> {
        let body = match question {
            Question::Get => Vec::new(),
            Question::Post { body, .. } | Question::Call { body, .. } => body.to_vec(),
        };
        let key = (address.to_owned(), body);
        let lock = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let answer = fetch(address, question, &self.bounds).ok();
        lock().insert(key, answer.clone());
        answer
    }
}

impl Fetch for Online {
    fn ocsp(&self, url: &str, request: &[u8]) -> Option<Vec<u8>> {
        let question = Question::Post {
            kind: "application/ocsp-request",
            body: request,
        };
        self.ask(url, question)
    }

    fn crl(&self, url: &str) -> Option<Vec<u8>> {
        self.ask(url, Question::Get)
    }

    fn issuer(&self, url: &str) -> Option<Vec<u8>> {
        self.ask(url, Question::Get)
    }
}
