//! The desk of a station: looks at the folders, hands scans to the digitiser, and puts them away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use saoy_ocr::Readers;
use saoy_pipeline::driver::{self, Plan};
use saoy_pipeline::failure::Reason;
use saoy_pipeline::record::{BatchEntry, Bilingual, Failure, FailureClass};
use saoy_pipeline::speech::Spoken;
use serde_json::json;

use super::digitiser::{self, Job, Told};
use super::intake::{self, Copy, NotTaken};
use super::ledger::Ledger;
use super::shelf::{self, Put};
use super::status::{Status, Waiting};
use super::walk::{self, Facts, Met};
use super::{Settings, make_folder, real, state_trouble};
use crate::terminal::Style;
use crate::words::{Said, Ui, said};

/// A file in a hot folder, as far as it is known.
struct Seen {
    hot: usize,
    facts: Facts,
    /// When it was last found changed.
    since: Instant,
    /// When to look into it again.
    again: Instant,
    state: State,
}

enum State {
    Settling,
    TemporaryName,
    /// Somebody has it open for writing.
    BeingWritten(Bilingual),
    NotWhole(Bilingual),
    /// With the digitiser; the key of its job.
    Queued(String),
}

/// A file with the digitiser, or back from it.
struct InWork {
    source: PathBuf,
    hot: usize,
    facts: Facts,
    sha256: String,
    known_as: PathBuf,
    spool: PathBuf,
    bytes: u64,
    /// What came of it, once that is known; it stays until it could be put away.
    outcome: Option<Outcome>,
    again: Instant,
    complained: bool,
}

#[derive(Clone)]
enum Outcome {
    Made { name: String, pages: u32 },
    Failed(Failure),
}

/// The state of a watcher.
pub(super) struct Desk<'a> {
    settings: &'a Settings,
    /// Folders that are not entered.
    ours: BTreeSet<PathBuf>,
    ledger: Ledger,
    status: Status,
    seen: BTreeMap<PathBuf, Seen>,
    /// By the path that the document is known by.
    work: BTreeMap<String, InWork>,
    spooled: u64,
    held: Option<Bilingual>,
    troubles: BTreeMap<PathBuf, Bilingual>,
    /// Held while the watcher lives.
    _lock: File,
}

impl<'a> Desk<'a> {
    /// Prepares the state folder, sweeping away what a watcher that was killed left in the spool.
    pub(super) fn open(settings: &'a Settings, ui: Ui, style: Style) -> anyhow::Result<Self> {
        let state = &settings.state;
        make_folder(state)?;
        let lock = File::create(state.join("lock")).with_context(state_trouble(state))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Said(said!(
                    "một lệnh saoy watch khác đang dùng {0}; dừng lệnh đó hoặc chọn -o khác",
                    "another saoy watch is using {0}; stop it or choose another -o",
                    state.display()
                ))
                .into());
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(state_trouble(state));
            }
        }
        let spool = state.join("intake");
        if spool.exists() {
            driver::wipe_folder(&spool).with_context(state_trouble(state))?;
        }
        make_folder(&spool)?;
        let hot = settings.hot.iter();
        let mut ours: BTreeSet<PathBuf> = hot
            .flat_map(|one| [real(&one.accepted), real(&one.failed)])
            .collect();
        ours.extend([real(&settings.out), real(state)]);
        Ok(Self {
            settings,
            ours,
            ledger: Ledger::open(&state.join("ledger.jsonl")).with_context(state_trouble(state))?,
            status: Status::new(state.join("status.json"), ui, style),
            seen: BTreeMap::new(),
            work: BTreeMap::new(),
            spooled: 0,
            held: None,
            troubles: BTreeMap::new(),
            _lock: lock,
        })
    }

    /// Watches until `stop`, or with `--once` until nothing waits. Gives the exit code.
    pub(super) fn work(
        &mut self,
        plan: &Plan,
        readers: &Readers,
        stop: &AtomicBool,
    ) -> anyhow::Result<u8> {
        let (jobs, to_do) = channel();
        let (tell, told) = channel();
        let code = std::thread::scope(|scope| {
            let digitiser =
                scope.spawn(move || digitiser::work(&to_do, &tell, plan, readers, stop));
            let code = self.watch(&jobs, &told, stop);
            // A desk that cannot go on must not leave the digitiser waiting for it.
            drop(jobs);
            if code.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            while !digitiser.is_finished() {
                self.hear(&told, LISTEN);
            }
            self.hear(&told, Duration::ZERO);
            code
        })?;
        self.put_away(true);
        self.show(Some("stopped"), true);
        let waiting = !self.seen.is_empty() || !self.work.is_empty();
        Ok(match code {
            Some(code) => code,
            None if waiting => FailureClass::Interrupted.exit_code(),
            None => 0,
        })
    }

    /// Looks again and again; gives the exit code of an end that nobody asked for by a signal.
    fn watch(
        &mut self,
        jobs: &Sender<Job>,
        told: &Receiver<Told>,
        stop: &AtomicBool,
    ) -> anyhow::Result<Option<u8>> {
        while !stop.load(Ordering::Relaxed) {
            self.look();
            self.take_in(jobs, stop)?;
            self.put_away(false);
            self.show(None, false);
            if self.settings.once && self.seen.is_empty() && self.work.is_empty() {
                return Ok(Some(u8::from(self.status.counts.failed > 0)));
            }
            let begun = Instant::now();
            while begun.elapsed() < self.settings.every && !stop.load(Ordering::Relaxed) {
                self.hear(told, LISTEN.min(self.settings.every));
            }
        }
        Ok(None)
    }

    /// Compares the folders with what is known of them.
    fn look(&mut self) {
        let walk = walk::walk(&self.settings.hot, &self.ours);
        let now = Instant::now();
        let mut there = BTreeSet::new();
        for Met { path, hot, facts } in walk.met {
            there.insert(path.clone());
            let state = if walk::is_temporary(&path) {
                State::TemporaryName
            } else {
                State::Settling
            };
            let fresh = Seen {
                hot,
                facts,
                since: now,
                again: now + self.settings.settle,
                state,
            };
            match self.seen.get_mut(&path) {
                // What becomes of a file that changes in work is settled when it is put away.
                Some(known) if matches!(known.state, State::Queued(_)) => {}
                Some(known) if known.facts == facts => {}
                Some(known) => *known = fresh,
                None => {
                    self.seen.insert(path, fresh);
                }
            }
        }
        // A folder that could not be listed says nothing about its files.
        let blind = |path: &PathBuf| {
            walk.troubles
                .iter()
                .any(|(folder, _)| path.starts_with(folder))
        };
        self.seen.retain(|path, known| {
            there.contains(path) || matches!(known.state, State::Queued(_)) || blind(path)
        });
        let troubles = walk.troubles.into_iter().map(|(folder, error)| {
            let said = error.spoken();
            let sentence = Bilingual {
                vi: format!(
                    "không đọc được thư mục {}: {}; sẽ thử lại",
                    folder.display(),
                    said.vi
                ),
                en: format!(
                    "the folder {} cannot be read: {}; it is tried again",
                    folder.display(),
                    said.en
                ),
            };
            (folder, sentence)
        });
        let troubles: BTreeMap<PathBuf, Bilingual> = troubles.collect();
        for (folder, sentence) in &troubles {
            if !self.troubles.contains_key(folder) {
                let event =
                    json!({"event": "folder_unreadable", "path": folder, "message": sentence});
                self.status.tell(&event, sentence, true);
            }
        }
        self.troubles = troubles;
    }

    /// Takes what has rested long enough, as far as there is room in the spool.
    fn take_in(&mut self, jobs: &Sender<Job>, stop: &AtomicBool) -> anyhow::Result<()> {
        let now = Instant::now();
        let due = |known: &Seen| known.again <= now && !matches!(known.state, State::Queued(_));
        let ready: Vec<PathBuf> = self
            .seen
            .iter()
            .filter(|(_, known)| due(known))
            .map(|(path, _)| path.clone())
            .collect();
        for source in ready {
            let Some(known) = self.seen.get(&source) else {
                continue;
            };
            let (facts, hot) = (known.facts, known.hot);
            let rested = known.since.elapsed() >= self.settings.patience;
            if matches!(known.state, State::TemporaryName) {
                if rested {
                    let why = said!("tên tệp vẫn là tên tạm", "it still has a temporary name");
                    self.give_up(&source, hot, facts, &why);
                }
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            if self.work.len() >= AHEAD
                || self.spooled.saturating_add(facts.bytes) > SPOOL && self.spooled > 0
            {
                continue;
            }
            let spool = self.spool();
            match intake::take(&source, facts, &spool, rested) {
                Ok(copy) => self.hand_over(jobs, &source, copy, spool)?,
                Err(refusal) => {
                    // Nothing of it is kept, whatever it was.
                    let _ = driver::wipe_folder(&spool);
                    self.leave(&source, refusal, rested)?;
                }
            }
        }
        Ok(())
    }

    /// A folder in the spool that nobody uses.
    fn spool(&self) -> PathBuf {
        let spool = self.settings.state.join("intake");
        let used = |path: &PathBuf| self.work.values().any(|work| work.spool == *path);
        (0..=self.work.len())
            .map(|number| spool.join(number.to_string()))
            .find(|path| !used(path))
            .unwrap_or(spool)
    }

    /// Notes why a file stays where it is; one that has been as it is for too long is set aside.
    fn leave(&mut self, source: &Path, refusal: NotTaken, rested: bool) -> anyhow::Result<()> {
        let pause = self.settings.settle.max(self.settings.patience / 10);
        let Some(known) = self.seen.get_mut(source) else {
            return Ok(());
        };
        known.again = Instant::now() + pause;
        match refusal {
            NotTaken::Moving => {
                self.seen.remove(source);
            }
            NotTaken::BeingWritten(why) => known.state = State::BeingWritten(why),
            NotTaken::NotYet(why) if rested => {
                let (hot, facts) = (known.hot, known.facts);
                self.give_up(source, hot, facts, &why);
            }
            NotTaken::NotYet(why) => known.state = State::NotWhole(why),
            NotTaken::Spool(error) => {
                let failure = Reason::of_write(&error).about(&self.settings.state, None, &error);
                let sentence = failure.message;
                if self.held.as_ref() != Some(&sentence) {
                    let event = json!({"event": "held", "message": sentence});
                    self.status.tell(&event, &sentence, true);
                }
                self.held = Some(sentence);
            }
        }
        if let Some(known) = self.seen.get_mut(source) {
            // Looked into exactly when its time is over, and not a pause later.
            known.again = known
                .again
                .min(known.since + self.settings.patience)
                .max(Instant::now());
        }
        Ok(())
    }

    /// Sets a file aside that never became whole.
    fn give_up(&mut self, source: &Path, hot: usize, facts: Facts, why: &Bilingual) {
        let (path, seconds) = (source.display(), self.settings.patience.as_secs());
        let failure = Failure {
            code: "incomplete".to_owned(),
            class: FailureClass::Input,
            message: Bilingual {
                vi: format!(
                    "{path}: tệp chưa trọn vẹn và đã {seconds} giây không thay đổi ({})",
                    why.vi
                ),
                en: format!(
                    "{path}: the file is not whole and has not changed for {seconds} s ({})",
                    why.en
                ),
            },
            hint: said!(
                "quét hoặc chép lại tệp vào thư mục nhận; nếu máy quét hay mạng ghi chậm, tăng --incomplete-after",
                "scan or copy it into the folder again; where scanner or network write slowly, raise --incomplete-after"
            ),
            page: None,
        };
        let failed = self.place(hot, source, false);
        match shelf::set_aside(source, &failed, facts, &failure) {
            Ok(Put::At(place)) => self.tell_failed(source, &place, &failure),
            Ok(Put::Changed | Put::Gone) => {}
            Err(error) => {
                if let Some(known) = self.seen.get_mut(source) {
                    known.again = Instant::now() + RETRY;
                    known.state = State::NotWhole(cannot_move(&error));
                }
                return;
            }
        }
        self.seen.remove(source);
    }

    /// Where a file of a hot folder goes: the same sub-folder of `accepted/` or `failed/`.
    fn place(&self, hot: usize, source: &Path, accepted: bool) -> PathBuf {
        let Some(hot) = self.settings.hot.get(hot) else {
            return source.to_owned();
        };
        let inside = source.strip_prefix(&hot.folder).unwrap_or(source);
        let shelf = if accepted { &hot.accepted } else { &hot.failed };
        shelf.join(inside)
    }

    /// Gives a copy to the digitiser, once the ledger has it.
    fn hand_over(
        &mut self,
        jobs: &Sender<Job>,
        source: &Path,
        copy: Copy,
        spool: PathBuf,
    ) -> anyhow::Result<()> {
        let Some(known) = self.seen.get(source) else {
            return Ok(());
        };
        let (hot, facts) = (known.hot, known.facts);
        let known_as = self.known_as(hot, source, facts, &copy.sha256);
        let state = &self.settings.state;
        let tries = self
            .ledger
            .give(source, &copy.sha256, &known_as)
            .with_context(state_trouble(state))?;
        let key = known_as.display().to_string();
        let stem = source.file_stem().unwrap_or_default();
        let job = Job {
            copy: copy.path,
            known_as: known_as.clone(),
            name: stem.to_string_lossy().into_owned(),
            bytes: facts.bytes,
            alone: tries > SUSPECT,
        };
        let work = InWork {
            source: source.to_owned(),
            hot,
            facts,
            sha256: copy.sha256,
            known_as,
            spool,
            bytes: facts.bytes,
            outcome: (tries > DEADLY).then(|| Outcome::Failed(deadly(source, tries - 1))),
            again: Instant::now(),
            complained: false,
        };
        self.spooled = self.spooled.saturating_add(work.bytes);
        let event = json!({"event": "taken", "path": source});
        let path = source.display();
        self.status
            .tell(&event, &said!("nhận {path}", "taken {path}"), false);
        if work.outcome.is_none() {
            // The digitiser ends only after the desk, or with the whole program.
            let _ = jobs.send(job);
        }
        if let Some(known) = self.seen.get_mut(source) {
            known.state = State::Queued(key.clone());
        }
        self.work.insert(key, work);
        Ok(())
    }

    /// The path by which the document is known: where its scan will stay. What the ledger says holds, so that a run after
    /// a kill finds what was made; the very same scan delivered again is known as the first.
    fn known_as(&self, hot: usize, source: &Path, facts: Facts, sha256: &str) -> PathBuf {
        let in_use = |path: &Path| self.work.contains_key(&path.display().to_string());
        let known = self.ledger.known(source, sha256);
        if let Some(known) =
            known.filter(|known| !known.accepted.exists() && !in_use(&known.accepted))
        {
            return known.accepted.clone();
        }
        let wished = self.place(hot, source, true);
        let fits = |path: &PathBuf| {
            !in_use(path)
                && match fs::metadata(path) {
                    Err(_) => true,
                    Ok(there) => {
                        there.len() == facts.bytes
                            && intake::sha256_of(path).is_ok_and(|hash| hash == sha256)
                    }
                }
        };
        (1..=u32::MAX)
            .map(|number| shelf::numbered(&wished, number))
            .find(fits)
            .unwrap_or(wished)
    }

    /// Listens to the digitiser for a while.
    fn hear(&mut self, told: &Receiver<Told>, patience: Duration) {
        let mut next = told.recv_timeout(patience).ok();
        let mut news = false;
        while let Some(one) = next {
            match one {
                Told::Page { path, page, pages } => {
                    self.status.page();
                    // The driver names the place where the scan will be; it is not there yet.
                    let source = self
                        .work
                        .get(&path)
                        .map(|work| work.source.display().to_string());
                    let path = source.unwrap_or(path);
                    let event =
                        json!({"event": "page", "path": path, "page": page, "pages": pages});
                    let sentence = said!(
                        "{path}: trang {page}/{pages}",
                        "{path}: page {page}/{pages}"
                    );
                    self.status.tell(&event, &sentence, false);
                }
                Told::Document(entry) => {
                    self.note_outcome(*entry);
                    news = true;
                }
                Told::Held(why) => {
                    if self.held.as_ref() != Some(&why) {
                        let event = json!({"event": "held", "message": why});
                        self.status.tell(&event, &why, true);
                    }
                    self.held = Some(why);
                }
            }
            next = told.try_recv().ok();
        }
        if news {
            self.held = None;
            self.put_away(false);
            self.show(None, false);
        }
    }

    fn note_outcome(&mut self, entry: BatchEntry) {
        let Some(work) = self.work.get_mut(&entry.path) else {
            return;
        };
        work.outcome = Some(match entry.error {
            None => Outcome::Made {
                name: entry.name,
                pages: entry.pages,
            },
            Some(failure) => {
                // The driver speaks of the copy that it read, and left its reason beside the outputs.
                let _ = fs::remove_file(self.settings.out.join(format!("{}.why.txt", entry.name)));
                let (copy, source) = (
                    work.spool.join(work.source.file_name().unwrap_or_default()),
                    work.source.display().to_string(),
                );
                let copy = copy.display().to_string();
                let known = work.known_as.display().to_string();
                let of_source = |text: &str| text.replace(&copy, &source).replace(&known, &source);
                Outcome::Failed(Failure {
                    message: Bilingual {
                        vi: of_source(&failure.message.vi),
                        en: of_source(&failure.message.en),
                    },
                    ..failure
                })
            }
        });
    }

    /// Puts away what something came of; `last` tries once more what could not be moved a moment ago.
    fn put_away(&mut self, last: bool) {
        let now = Instant::now();
        let ready: Vec<String> = self
            .work
            .iter()
            .filter(|(_, work)| work.outcome.is_some() && (last || work.again <= now))
            .map(|(key, _)| key.clone())
            .collect();
        for key in ready {
            let Some(mut work) = self.work.remove(&key) else {
                continue;
            };
            match self.try_to_put(&work) {
                Ok(()) => {
                    self.spooled = self.spooled.saturating_sub(work.bytes);
                    self.ledger.settle(&work.source, &work.sha256);
                    self.seen.remove(&work.source);
                    // It may have been refused for what it says.
                    let _ = driver::wipe_folder(&work.spool);
                }
                Err(error) => {
                    let why = cannot_move(&error);
                    if !work.complained {
                        let path = work.source.display();
                        let sentence = Bilingual {
                            vi: format!("{path}: {}", why.vi),
                            en: format!("{path}: {}", why.en),
                        };
                        let event =
                            json!({"event": "cannot_move", "path": work.source, "message": why});
                        self.status.tell(&event, &sentence, true);
                    }
                    work.complained = true;
                    work.again = now + RETRY;
                    self.work.insert(key, work);
                }
            }
        }
    }

    fn try_to_put(&mut self, work: &InWork) -> std::io::Result<()> {
        let source = &work.source;
        match &work.outcome {
            None => Ok(()),
            Some(Outcome::Made { name, pages }) => {
                let put = shelf::put(source, &work.known_as, work.facts, Some(&work.sha256))?;
                match &put {
                    Put::At(place) => {
                        self.status.counts.accepted = self.status.counts.accepted.saturating_add(1);
                        shelf::forget_reason(&self.place(work.hot, source, false));
                        let event = json!({
                            "event": "accepted", "path": source, "to": place, "name": name, "pages": pages
                        });
                        let (path, pages) = (source.display(), *pages);
                        let sentence = said!(
                            "xong {}: {}.pdf, {} trang",
                            "done {}: {}.pdf, {} pages",
                            path,
                            name,
                            pages
                        );
                        self.status.tell(&event, &sentence, false);
                    }
                    Put::Changed | Put::Gone => self.tell_left(source, &put),
                }
                Ok(())
            }
            Some(Outcome::Failed(failure)) => {
                let mut place = self.place(work.hot, source, false);
                if Reason::SecretMark.is_of(failure) {
                    let hot = self.settings.hot.get(work.hot);
                    if let Some(hot) = hot {
                        let folder = hot.failed.join("secret");
                        shelf::make_private(&folder)?;
                        place = folder.join(source.file_name().unwrap_or_default());
                    }
                }
                match shelf::set_aside(source, &place, work.facts, failure)? {
                    Put::At(place) => self.tell_failed(source, &place, failure),
                    put => self.tell_left(source, &put),
                }
                Ok(())
            }
        }
    }

    fn tell_failed(&mut self, source: &Path, place: &Path, failure: &Failure) {
        self.status.failed(&failure.code);
        let event = json!({
            "event": "failed", "path": source, "to": place, "code": failure.code,
            "message": failure.message, "hint": failure.hint
        });
        let sentence = Bilingual {
            vi: format!(
                "để riêng: {}\n  gợi ý: {}",
                failure.message.vi, failure.hint.vi
            ),
            en: format!(
                "set aside: {}\n  hint: {}",
                failure.message.en, failure.hint.en
            ),
        };
        self.status.tell(&event, &sentence, true);
    }

    fn tell_left(&self, source: &Path, put: &Put) {
        let path = source.display();
        let (code, sentence) = match put {
            Put::Gone => (
                "gone",
                said!(
                    "{path}: đã bị lấy khỏi thư mục trong lúc số hóa; kết quả vẫn được giữ",
                    "{path}: was taken out of the folder while it was digitised; what was made of it is kept"
                ),
            ),
            _ => (
                "changed",
                said!(
                    "{path}: đã bị ghi lại trong lúc số hóa; sẽ được nhận lại",
                    "{path}: was written again while it was digitised; it is taken anew"
                ),
            ),
        };
        let event = json!({"event": code, "path": source});
        self.status.tell(&event, &sentence, true);
    }

    fn show(&mut self, state: Option<&str>, now: bool) {
        let waiting: Vec<Waiting> = self
            .seen
            .iter()
            .map(|(path, known)| self.waiting(path, known))
            .collect();
        let state = state.unwrap_or(match () {
            () if self.held.is_some() => "held",
            () if self.work.is_empty() => "idle",
            () => "working",
        });
        let folders: Vec<&Path> = self
            .settings
            .hot
            .iter()
            .map(|hot| hot.folder.as_path())
            .collect();
        let troubles = self.troubles.values().chain(&self.held).cloned().collect();
        let out = &self.settings.out;
        // The screen shows an old state then; the work goes on.
        let _ = self
            .status
            .write(state, (&folders, out), waiting, troubles, now);
    }

    fn waiting(&self, path: &Path, known: &Seen) -> Waiting {
        let (state, why) = match &known.state {
            State::Settling => ("settling", None),
            State::TemporaryName => ("temporary_name", None),
            State::BeingWritten(why) => ("being_written", Some(why.clone())),
            State::NotWhole(why) => ("not_whole", Some(why.clone())),
            State::Queued(key) => {
                let back = self
                    .work
                    .get(key)
                    .is_some_and(|work| work.outcome.is_some());
                (if back { "putting_away" } else { "queued" }, None)
            }
        };
        Waiting {
            path: path.display().to_string(),
            state,
            why,
            seconds: known.since.elapsed().as_secs(),
        }
    }
}

fn cannot_move(error: &std::io::Error) -> Bilingual {
    let said = error.spoken();
    Bilingual {
        vi: format!(
            "không chuyển được khỏi thư mục nhận: {}; sẽ thử lại",
            said.vi
        ),
        en: format!(
            "cannot be moved out of the hot folder: {}; it is tried again",
            said.en
        ),
    }
}

/// Why a file is set aside that the program did not survive.
fn deadly(source: &Path, times: u32) -> Failure {
    let path = source.display();
    Failure {
        code: "program_ended".to_owned(),
        class: FailureClass::Environment,
        message: said!(
            "{path}: chương trình đã {times} lần dừng đột ngột trong khi đang đọc tệp này",
            "{path}: the program ended {times} times while it was reading this file"
        ),
        hint: said!(
            "xem nhật ký hệ thống (thiếu bộ nhớ, mất điện); nếu không phải vậy, báo lỗi kèm tệp này; muốn thử lại thì chuyển tệp về thư mục nhận",
            "look into the system's log (no memory, power cuts); if it is neither, report it with this file; to try again, move it back into the hot folder"
        ),
        page: None,
    }
}

/// How often the desk listens to the digitiser and for signals.
const LISTEN: Duration = Duration::from_millis(50);
/// How long to wait before a file that could not be moved is tried again.
const RETRY: Duration = Duration::from_secs(2);
/// Files in the spool at most.
const AHEAD: usize = 64;
/// Bytes in the spool at most, unless a single file is larger.
const SPOOL: u64 = 1 << 30;
/// After so many runs that ended with a file in work, it is read by itself, so that none else is suspected.
const SUSPECT: u32 = 3;
/// After so many it is set aside.
const DEADLY: u32 = 8;
