//! What is remembered for a few minutes and never written: reports of verifications.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a report can be opened again.
const LONG: Duration = Duration::from_mins(15);
/// Bytes of all reports together.
const MOST: usize = 128 << 20;

/// One verification.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The name the file had.
    pub(crate) name: String,
    /// The record, as `saoy verify --json` gives it.
    pub(crate) record: serde_json::Value,
    /// SHA-256 of the file.
    pub(crate) sha256: String,
    /// Reports to take away, by their ending.
    pub(crate) files: HashMap<&'static str, Vec<u8>>,
    /// Pages that changed: number, share in percent, and three JPEG pictures (signed, now, difference).
    pub(crate) pages: Vec<ChangedPage>,
    /// Whether pages are still being read to compare the signer.
    pub(crate) reading: bool,
}

/// A page that changed after a signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangedPage {
    pub(crate) number: usize,
    pub(crate) percent: Option<f64>,
    pub(crate) signed: Option<Vec<u8>>,
    pub(crate) last: Option<Vec<u8>>,
    pub(crate) difference: Option<Vec<u8>>,
}

impl Report {
    fn size(&self) -> usize {
        let pictures: usize = self
            .pages
            .iter()
            .flat_map(|page| [&page.signed, &page.last, &page.difference])
            .flatten()
            .map(Vec::len)
            .sum();
        let files: usize = self.files.values().map(Vec::len).sum();
        pictures + files + 64 * 1024
    }
}

/// Reports by their word.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<String, (Instant, Arc<Report>)>>);

impl Kept {
    /// Keeps one, or puts a fuller one in its place.
    pub(crate) fn put(&self, word: &str, report: Report) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| at.elapsed() < LONG);
        let mut size: usize = all.values().map(|(_, report)| report.size()).sum();
        size += report.size();
        while size > MOST {
            let oldest = all
                .iter()
                .min_by_key(|(_, (at, _))| *at)
                .map(|(word, _)| word.clone());
            let Some((_, gone)) = oldest.and_then(|word| all.remove(&word)) else {
                break;
            };
            size -= gone.size();
        }
        all.insert(word.to_owned(), (Instant::now(), Arc::new(report)));
    }

    /// The one of a word.
    pub(crate) fn get(&self, word: &str) -> Option<Arc<Report>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, report) = all.get(word)?;
        (at.elapsed() < LONG).then(|| Arc::clone(report))
    }
}

impl Report {
    /// The same, with nothing more to come.
    pub(crate) fn without_reading(&self) -> Self {
        Self {
            name: self.name.clone(),
            record: self.record.clone(),
            sha256: self.sha256.clone(),
            files: self.files.clone(),
            pages: self.pages.clone(),
            reading: false,
        }
    }
}
