//! Papers that were handed in and have no number yet: what the officer has said so far lies beside the scan in a folder of the
//! server's own, encrypted where the archive's files are, so that work goes on after a closed browser or a restart. Half a day
//! later it is taken away.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use saoy_archive::{Archive, ArchiveError, Sentence};
use serde::{Deserialize, Serialize};

use super::{CERTIFIED, EXTRACT};
use crate::app::App;
use crate::desk::Job;
use crate::language::Language;
use crate::trouble::{Trouble, sentence};

/// How long a paper waits for its officer, hours; what was read of it is kept as long.
const LONG: i64 = 12;
/// The folder of all of them.
const FOLDER: &str = "drafts";
/// The file with what is known.
const FILE: &str = "draft.json";

/// A paper on its way to its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// Its word in addresses.
    pub(crate) word: String,
    /// Whose it is.
    pub(crate) login: String,
    /// The kind of copy that is made of it.
    #[serde(default = "certified")]
    pub(crate) kind: String,
    /// Of an extract, the pages; and how many the scan has.
    #[serde(default)]
    pub(crate) excerpt: BTreeSet<u32>,
    #[serde(default)]
    pub(crate) scanned: u32,
    /// What the file was called.
    pub(crate) name: String,
    /// The file beside this one.
    pub(crate) scan: String,
    /// What the officer filled in.
    pub(crate) requester: String,
    pub(crate) requester_id: String,
    pub(crate) title: String,
    pub(crate) copies: u32,
    /// The visit, so that done twice is done once.
    pub(crate) visit: String,
    pub(crate) made: Timestamp,
    /// What was read.
    pub(crate) looked: Option<Looked>,
    /// Why it could not be read, and whether trying again may help.
    pub(crate) failed: Option<(Both, bool)>,
    /// Why it is certified although it is held.
    pub(crate) despite_held: String,
    /// Pages compared with the original.
    pub(crate) compared: BTreeSet<u32>,
    /// Answers by their codes: free of it, and what was remarked.
    pub(crate) answers: BTreeMap<String, (bool, String)>,
}

/// What papers are whose kind nobody wrote down.
fn certified() -> String {
    CERTIFIED.to_owned()
}

/// A text in both languages, as it is read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Both {
    pub(crate) vi: String,
    pub(crate) en: String,
}

impl Both {
    pub(crate) fn of(&self, language: Language) -> &str {
        language.say(&self.vi, &self.en)
    }
}

impl From<Sentence> for Both {
    fn from(said: Sentence) -> Self {
        Self {
            vi: said.vi,
            en: said.en,
        }
    }
}

/// What `saoy certify look --json` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Looked {
    /// SHA-256 of the scan.
    pub(crate) scan: String,
    pub(crate) pages: u32,
    pub(crate) title: String,
    pub(crate) type_name: Option<String>,
    pub(crate) number_symbol: Option<String>,
    pub(crate) owner_number: Option<String>,
    pub(crate) signed_original: bool,
    #[serde(default)]
    pub(crate) true_copy: bool,
    pub(crate) held: Vec<String>,
    pub(crate) questions: Vec<Question>,
}

/// A question of the checklist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) code: String,
    pub(crate) text: Both,
    pub(crate) hint: Option<Both>,
}

/// What the officer does next with a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// It is being read, or could not be.
    Reading,
    /// It is held already: use that, or say why not.
    Held,
    /// Which pages are extracted.
    Excerpt,
    /// Page by page.
    Pages,
    /// The reasons to refuse.
    Checks,
    /// The statement, and the number.
    Preview,
}

impl Step {
    /// Its part of an address.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Reading => "",
            Self::Held => "/held",
            Self::Excerpt => "/excerpt",
            Self::Pages => "/pages",
            Self::Checks => "/checks",
            Self::Preview => "/preview",
        }
    }
}

/// The steps that a paper goes for a kind of copy.
pub(crate) fn steps(kind: &str) -> &'static [Step] {
    match kind {
        CERTIFIED => &[
            Step::Reading,
            Step::Held,
            Step::Pages,
            Step::Checks,
            Step::Preview,
        ],
        EXTRACT => &[Step::Reading, Step::Excerpt, Step::Preview],
        _ => &[Step::Reading, Step::Preview],
    }
}

impl Draft {
    /// The first step that is not done.
    pub(crate) fn step(&self) -> Step {
        let Some(looked) = &self.looked else {
            return Step::Reading;
        };
        if !self.is_certified() {
            return if self.kind == EXTRACT && self.excerpt.is_empty() {
                Step::Excerpt
            } else {
                Step::Preview
            };
        }
        if looked.signed_original {
            Step::Reading
        } else if !looked.held.is_empty() && self.despite_held.is_empty() {
            Step::Held
        } else if self.next_page().is_some() {
            Step::Pages
        } else if looked.questions.iter().any(|one| !self.is_answered(one)) {
            Step::Checks
        } else {
            Step::Preview
        }
    }

    /// Whether a person certifies the copy, and answers for it; an office's true copies are sealed only.
    pub(crate) fn is_certified(&self) -> bool {
        self.kind == CERTIFIED
    }

    /// The steps that a paper of its kind goes.
    pub(crate) fn steps(&self) -> &'static [Step] {
        steps(&self.kind)
    }

    /// The pages of an extract, as `saoy certify` takes them; empty for all.
    pub(crate) fn pages(&self) -> String {
        let pages: Vec<String> = self.excerpt.iter().map(u32::to_string).collect();
        pages.join(",")
    }

    /// Where it is.
    pub(crate) fn address(&self, step: Step) -> String {
        format!("/certify/draft/{}{}", self.word, step.path())
    }

    /// The first page that was not compared.
    pub(crate) fn next_page(&self) -> Option<u32> {
        let pages = self.looked.as_ref().map_or(0, |looked| looked.pages);
        (1..=pages).find(|page| !self.compared.contains(page))
    }

    /// Whether the paper was found free of a reason to refuse, with a remark where the machine saw something.
    pub(crate) fn is_answered(&self, question: &Question) -> bool {
        self.answers
            .get(&question.code)
            .is_some_and(|(clear, remark)| {
                *clear && (question.hint.is_none() || !remark.is_empty())
            })
    }

    /// The title as the officer has it, else as read.
    pub(crate) fn titled(&self) -> &str {
        match (&self.looked, self.title.as_str()) {
            (Some(looked), "") => &looked.title,
            (_, title) => title,
        }
    }
}

/// Which papers are being read by this server now.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    reading: Mutex<HashSet<String>>,
    /// Changes of one are made one after the other.
    changing: Mutex<()>,
}

/// The folder of all.
fn all(app: &App) -> PathBuf {
    app.settings.own().join(FOLDER)
}

/// The folder of one. Its word comes from an address, so it must be one of ours.
fn folder(app: &App, word: &str) -> Option<PathBuf> {
    let ours = (16..=64).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    ours.then(|| all(app).join(word))
}

fn load(archive: &Archive, folder: &Path) -> Option<Draft> {
    serde_json::from_slice(&archive.blobs().read_beside(&folder.join(FILE)).ok()?).ok()
}

fn save(archive: &Archive, folder: &Path, draft: &Draft) -> Result<(), Trouble> {
    let text = serde_json::to_vec(draft).map_err(Trouble::ours)?;
    Ok(archive
        .blobs()
        .write_beside(&folder.join(FILE), &mut text.as_slice())?)
}

/// Encrypts what papers in progress left in plain from before the archive's files were encrypted.
///
/// # Errors
/// When a file cannot be read or written.
pub fn seal_drafts(data: &Path, archive: &Archive) -> std::io::Result<()> {
    let Ok(folders) = std::fs::read_dir(data.join("server").join(FOLDER)) else {
        return Ok(());
    };
    for file in folders
        .flatten()
        .filter_map(|folder| std::fs::read_dir(folder.path()).ok())
        .flat_map(Iterator::flatten)
    {
        let path = file.path();
        if let Err(ArchiveError::Damaged(_)) = archive.blobs().read_beside(&path) {
            let mut plain = std::fs::File::open(&path)?;
            archive
                .blobs()
                .write_beside(&path, &mut plain)
                .map_err(std::io::Error::other)?;
        }
    }
    Ok(())
}

/// Work on files, on a thread that may wait.
async fn blocking<T, F>(app: &Arc<App>, work: F) -> Result<T, Trouble>
where
    T: Send + 'static,
    F: FnOnce(&App) -> Result<T, Trouble> + Send + 'static,
{
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(&app))
        .await
        .map_err(Trouble::ours)?
}

/// Takes a paper in, with the scan that came.
pub(crate) async fn put(app: &Arc<App>, draft: Draft, scan: PathBuf) -> Result<(), Trouble> {
    blocking(app, move |app| {
        let folder = folder(app, &draft.word).ok_or_else(gone)?;
        app.with_archive(|archive| {
            std::fs::create_dir_all(&folder)?;
            let mut plain = std::fs::File::open(scan)?;
            let place = folder.join(&draft.scan);
            archive.blobs().write_beside(&place, &mut plain)?;
            save(archive, &folder, &draft)
        })
    })
    .await
}

/// The paper of a word, when it is this person's.
pub(crate) async fn get(app: &Arc<App>, login: &str, word: &str) -> Result<Draft, Trouble> {
    let (login, word) = (login.to_owned(), word.to_owned());
    blocking(app, move |app| {
        let folder = folder(app, &word).ok_or_else(gone)?;
        let draft = app.with_archive(|archive| Ok(load(archive, &folder)))?;
        draft.filter(|draft| draft.login == login).ok_or_else(gone)
    })
    .await
}

/// Changes one.
pub(crate) async fn change<F>(
    app: &Arc<App>,
    login: &str,
    word: &str,
    change: F,
) -> Result<Draft, Trouble>
where
    F: FnOnce(&mut Draft) + Send + 'static,
{
    let (login, word) = (login.to_owned(), word.to_owned());
    blocking(app, move |app| {
        let _one = app
            .drafts
            .changing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let folder = folder(app, &word).ok_or_else(gone)?;
        app.with_archive(|archive| {
            let mut draft = load(archive, &folder)
                .filter(|draft| draft.login == login)
                .ok_or_else(gone)?;
            change(&mut draft);
            save(archive, &folder, &draft)?;
            Ok(draft)
        })
    })
    .await
}

/// Takes one away, with its scan and the pictures of it.
pub(crate) async fn remove(app: &Arc<App>, draft: &Draft) -> Result<(), Trouble> {
    let word = draft.word.clone();
    if let Some(looked) = &draft.looked {
        app.pictures.forget(&looked.scan);
        app.pictures.forget(&made(draft, looked));
    }
    blocking(app, move |app| {
        let folder = folder(app, &word).ok_or_else(gone)?;
        Ok(std::fs::remove_dir_all(folder)?)
    })
    .await
}

/// Under what the pictures of the PDF made of a scan, or of pages of it, are remembered.
pub(crate) fn made(draft: &Draft, looked: &Looked) -> String {
    format!("made of {} {}", looked.scan, draft.pages())
}

/// Those of a person, oldest first. What became too old is taken away on the way, whoever's it is.
pub(crate) async fn of(app: &Arc<App>, login: &str) -> Result<Vec<Draft>, Trouble> {
    let login = login.to_owned();
    let now = (app.world.now)();
    blocking(app, move |app| {
        let mut own = Vec::new();
        let Ok(entries) = std::fs::read_dir(all(app)) else {
            return Ok(own);
        };
        for entry in entries.flatten() {
            let Some(draft) = app.with_archive(|archive| Ok(load(archive, &entry.path())))? else {
                continue;
            };
            if now.as_second() - draft.made.as_second() > LONG * 3600 {
                // Another request may be taking it away as well.
                let _ = std::fs::remove_dir_all(entry.path());
            } else if draft.login == login {
                own.push(draft);
            }
        }
        own.sort_by_key(|draft| draft.made);
        Ok(own)
    })
    .await
}

/// Where the scan of one is.
pub(crate) fn scan(app: &App, draft: &Draft) -> Result<PathBuf, Trouble> {
    folder(app, &draft.word)
        .map(|folder| folder.join(&draft.scan))
        .ok_or_else(gone)
}

/// Has the paper read behind the pages, unless that is going on or done.
pub(crate) fn read(app: &Arc<App>, language: Language, draft: &Draft) {
    let fresh = app
        .drafts
        .reading
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(draft.word.clone());
    if !fresh || draft.looked.is_some() || draft.failed.is_some() {
        if fresh {
            done(app, &draft.word);
        }
        return;
    }
    let (app, draft) = (Arc::clone(app), draft.clone());
    tokio::spawn(async move {
        let outcome = looked(&app, language, &draft).await;
        let kept = change(
            &app,
            &draft.login,
            &draft.word,
            move |draft| match outcome {
                Ok(looked) => draft.looked = Some(looked),
                Err((said, again)) => draft.failed = Some((said.into(), again)),
            },
        )
        .await;
        // Of a paper that must not be copied, or that nobody can read, the scan goes at once.
        if let Ok(draft) = kept
            && draft.failed.as_ref().is_some_and(|(_, again)| !again)
            && let Ok(scan) = scan(&app, &draft)
        {
            let _ = tokio::fs::remove_file(scan).await;
        }
        done(&app, &draft.word);
    });
}

fn done(app: &App, word: &str) {
    app.drafts
        .reading
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(word);
}

/// What the child says; else why not, and whether trying again may help.
async fn looked(
    app: &Arc<App>,
    language: Language,
    draft: &Draft,
) -> Result<Looked, (Sentence, bool)> {
    let ours = |trouble: Trouble| (trouble.said, true);
    let scan = scan(app, draft).map_err(ours)?;
    let path = scan.display().to_string();
    let mut arguments: Vec<std::ffi::OsString> = vec![
        "certify".into(),
        "look".into(),
        scan.into(),
        "--sealed".into(),
        "--json".into(),
    ];
    arguments.extend(["--by".into(), draft.login.clone().into()]);
    arguments.extend(["--kind".into(), draft.kind.clone().into()]);
    if !draft.excerpt.is_empty() {
        arguments.extend(["--pages".into(), draft.pages().into()]);
    }
    if let Some(reader) = &app.settings.reader {
        arguments.extend(["--reader".into(), reader.into()]);
    }
    let answer = app
        .desk
        .run(Job::Long, language, arguments, None)
        .await
        .map_err(ours)?;
    // 3: damaged; 5: refused, as for a mark of secrecy. Everything else may be put right and tried again.
    let again = !matches!(answer.code, 3 | 5);
    answer.done().map_err(|trouble| {
        // People know the file by the name that it had.
        let said = Sentence {
            vi: trouble.said.vi.replace(&path, &draft.name),
            en: trouble.said.en.replace(&path, &draft.name),
        };
        (said, again)
    })
}

pub(crate) fn gone() -> Trouble {
    Trouble::missing(sentence!(
        "Không có hồ sơ đang làm này: đã lấy số, đã bỏ, của người khác, hoặc đã quá {} giờ. Xem danh sách ở trang Chứng thực.",
        "There is no such paper in progress: it has its number, was given up, is somebody else's, or is older than {} hours. See the list on the page Certify.",
        LONG
    ))
}
