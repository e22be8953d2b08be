//! The output folders of `saoy digitize`, `scan` and `watch` whose documents are reviewed here.
//!
//! A document is known by a number made of its folder and name, never by what a request says. Records are read once and
//! again when their file changed; writing is left to `saoy correct`, one at a time for each folder.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ring::digest;

use crate::app::App;
use crate::trouble::{Trouble, sentence};

pub(crate) mod record;

pub(crate) mod text;

use record::Record;

/// How long a listing is good for those who look; whoever has just changed something asks for a fresh one.
const FRESH: Duration = Duration::from_secs(2);
/// Longest record that is read, bytes: a book of thousands of pages has a few MB.
const LONGEST: u64 = 32 << 20;

/// A document of a station.
#[derive(Debug)]
pub(crate) struct Document {
    /// By which pages name it: 16 hexadecimal digits.
    pub(crate) id: String,
    /// Which station it is of, from 0.
    pub(crate) station: usize,
    /// The name of its outputs.
    pub(crate) name: String,
    /// Its record.
    pub(crate) path: PathBuf,
    /// What the record says.
    pub(crate) record: Record,
    stamp: Stamp,
}

/// By which a changed file is known: all records are written anew and renamed into place.
type Stamp = (u64, Option<SystemTime>);

impl Document {
    /// The PDF beside the record.
    pub(crate) fn pdf(&self) -> PathBuf {
        self.path.with_file_name(format!("{}.pdf", self.name))
    }
}

/// All documents at a time.
pub(crate) type Listing = Arc<Vec<Arc<Document>>>;

/// What is being done with a document's pages, or how that ended.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Pages are being made anew.
    Running,
    /// It did not work out.
    Failed(Trouble),
    /// It was cut or joined: the document with this number stands in its place.
    Became(String),
}

/// The stations.
pub(crate) struct Stations {
    folders: Vec<PathBuf>,
    known: Mutex<(Option<Instant>, Listing)>,
    /// One change at a time for each folder: `saoy correct` locks it anyway.
    writing: Vec<tokio::sync::Mutex<()>>,
    work: Mutex<HashMap<String, Work>>,
}

impl Stations {
    pub(crate) fn new(folders: &[PathBuf]) -> Self {
        Self {
            folders: folders.to_vec(),
            known: Mutex::default(),
            writing: folders
                .iter()
                .map(|_| tokio::sync::Mutex::default())
                .collect(),
            work: Mutex::default(),
        }
    }

    /// Their folders.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The name of a station: that of its folder.
    pub(crate) fn name(&self, station: usize) -> String {
        self.folders
            .get(station)
            .and_then(|folder| folder.file_name())
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Waits until nobody else changes a station's documents.
    pub(crate) async fn writing(&self, station: usize) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match self.writing.get(station) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }

    /// What is being done with a document's pages.
    pub(crate) fn work(&self, id: &str) -> Option<Work> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work.get(id).cloned()
    }

    /// Begins work on a document's pages, unless it is under way already.
    pub(crate) fn begin(&self, id: &str) -> bool {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(work.get(id), Some(Work::Running)) {
            return false;
        }
        work.insert(id.to_owned(), Work::Running);
        true
    }

    /// Says how the work ended; a trouble is told once it is looked at.
    pub(crate) fn ended(&self, id: &str, trouble: Option<Trouble>) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            Some(trouble) => work.insert(id.to_owned(), Work::Failed(trouble)),
            None => work.remove(id),
        };
    }

    /// Says which document stands in the place of one that was cut or joined.
    pub(crate) fn became(&self, id: &str, heir: &str) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        // The heir may have been cut away before, and be there again.
        work.remove(heir);
        work.insert(id.to_owned(), Work::Became(heir.to_owned()));
    }

    /// All documents, by station and name; read from disk again when `fresh` or when a while has gone by. Takes as long as
    /// the folder has files: for threads that may wait.
    fn look(&self, fresh: bool) -> Listing {
        let (at, before) = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            (known.0, Arc::clone(&known.1))
        };
        if !fresh && at.is_some_and(|at| at.elapsed() < FRESH) {
            return before;
        }
        let begun = Instant::now();
        let old: HashMap<&Path, &Arc<Document>> =
            before.iter().map(|one| (one.path.as_path(), one)).collect();
        let mut found = Vec::with_capacity(before.len());
        for (station, folder) in self.folders.iter().enumerate() {
            // A folder that is not there yet has no documents.
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let Some(name) = name_of(&path) else { continue };
                let Ok(facts) = entry.metadata() else {
                    continue;
                };
                if !facts.is_file() || facts.len() > LONGEST {
                    continue;
                }
                let stamp = (facts.len(), facts.modified().ok());
                match old.get(path.as_path()) {
                    Some(one) if one.stamp == stamp => found.push(Arc::clone(one)),
                    _ => found.extend(read(station, folder, name, &path, stamp).map(Arc::new)),
                }
            }
        }
        found.sort_by(|one, other| {
            (one.station, natural(&one.name)).cmp(&(other.station, natural(&other.name)))
        });
        let listing = Arc::new(found);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have looked meanwhile, and later.
        if known.0.is_none_or(|at| at < begun) {
            *known = (Some(begun), Arc::clone(&listing));
        }
        listing
    }
}

/// The document that a file is the record of.
fn name_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    (name != "batch" && !name.starts_with('.')).then(|| name.to_owned())
}

/// Numbers in names by their value: page 10 of a box comes after page 9.
fn natural(name: &str) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|letter: char| letter.is_ascii_digit());
        let (text, tail) = rest.split_at(words.unwrap_or(rest.len()));
        let end = tail.find(|letter: char| !letter.is_ascii_digit());
        let (digits, tail) = tail.split_at(end.unwrap_or(tail.len()));
        parts.push((0, text.to_owned()));
        parts.push((digits.parse().unwrap_or(u64::MAX), digits.to_owned()));
        rest = tail;
    }
    parts
}

fn read(
    station: usize,
    folder: &Path,
    name: String,
    path: &Path,
    stamp: Stamp,
) -> Option<Document> {
    let record: Record = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    if record.schema != "saoy.document/1" {
        return None;
    }
    Some(Document {
        id: number(folder, &name),
        station,
        name,
        path: path.to_owned(),
        record,
        stamp,
    })
}

fn number(folder: &Path, name: &str) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(folder.as_os_str().as_encoded_bytes());
    hash.update(&[0]);
    hash.update(name.as_bytes());
    let whole = hash.finish();
    whole
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl App {
    /// All documents of the stations.
    pub(crate) async fn documents(self: &Arc<Self>, fresh: bool) -> Result<Listing, Trouble> {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || app.stations.look(fresh))
            .await
            .map_err(Trouble::ours)
    }

    /// The document of that number.
    ///
    /// # Errors
    /// When there is none, or none any more.
    pub(crate) async fn document(
        self: &Arc<Self>,
        id: &str,
        fresh: bool,
    ) -> Result<Arc<Document>, Trouble> {
        let listing = self.documents(fresh).await?;
        let found = listing.iter().find(|one| one.id == id);
        found.cloned().ok_or_else(|| {
            Trouble::missing(sentence!(
                "Không có văn bản này ở trạm nào; có thể đã được cắt, gộp hoặc chuyển vào kho.",
                "No station has this document; it may have been cut, merged, or moved to the archive."
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_count() {
        let mut names = ["box-10", "box-9", "a", "box-9-2", "box"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["a", "box", "box-9", "box-9-2", "box-10"]);
    }

    #[test]
    fn only_records_are_documents_and_a_changed_one_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, value: &str| {
            let text = serde_json::json!({
                "schema": "saoy.document/1", "source": {"path": "a.tif"},
                "output": {"pdf": format!("{name}.pdf"), "sha256": "00"}, "type": null,
                "fields": {"place": {"value": value, "confidence": 0.5}},
                "alternatives": [], "flags": [], "corrections": [], "pages": []
            });
            fs::write(folder.path().join(format!("{name}.json")), text.to_string()).unwrap();
        };
        write("a\"'<b>", "Huế");
        fs::write(folder.path().join("batch.json"), "{}").unwrap();
        fs::write(folder.path().join("other.json"), "[1]").unwrap();
        fs::write(folder.path().join("b.txt"), "").unwrap();
        let stations = Stations::new(&[folder.path().to_owned()]);
        let seen = stations.look(true);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].id.len(), 16);
        assert_eq!(seen[0].record.fields["place"].value.as_deref(), Some("Huế"));
        write("a\"'<b>", "Thừa Thiên");
        let again = stations.look(true);
        assert_eq!(again[0].id, seen[0].id);
        assert_eq!(
            again[0].record.fields["place"].value.as_deref(),
            Some("Thừa Thiên")
        );
    }
}
