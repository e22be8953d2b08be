//! One document of a batch: opened and named, its pages joined in order, published when the last is in.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use ring::digest::{Context, SHA256};

use super::failures::{WriteError, of_ingest, of_write, reason_of};
use super::journal::{Entry, Key, Output, Past};
use super::page::{self, Finished, Place, codes, millis};
use super::publish::{self, hash_file, hex, sync_folder};
use super::state::PageStore;
use super::writer::{About, Original, Outputs};
use super::{Event, PRODUCER, Run};
use crate::classify::{Evidence, Sheet};
use crate::failure::Reason;
use crate::ingest::inputs;
use crate::ingest::{Document, File, SetAside};
use crate::record::{
    BatchEntry, DOCUMENT_SCHEMA, DocumentRecord, Failure, Flag, OutputRecord, PageRecord,
    SourceRecord, Status, said,
};

/// What came of opening a document.
pub(super) enum Opening<'a> {
    /// Nothing to do: done before, or it cannot be opened.
    Settled(Box<BatchEntry>),
    /// Pages to be worked on.
    Work(Arc<Opened<'a>>),
}

/// A document whose pages are under way.
pub(super) struct Opened<'a> {
    run: &'a Run<'a>,
    index: usize,
    document: &'a Document,
    name: String,
    key: Key,
    facts: Vec<FileFacts>,
    files: Vec<File>,
    /// For each page of the document, the file it is in and its page there.
    places: Vec<(usize, usize)>,
    store: PageStore,
    /// Pages that hold no permit any more, or never took one.
    closed: AtomicBool,
    left: AtomicUsize,
    assembly: Mutex<Assembly>,
}

/// What a file was when it was hashed; another size or time later means that it changed meanwhile.
struct FileFacts {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

/// The pages that are in, and the outputs as far as they are written.
struct Assembly {
    outputs: Option<Outputs>,
    waiting: BTreeMap<usize, Finished>,
    next: usize,
    pages: Vec<PageRecord>,
    evidence: Evidence,
    flags: Vec<Flag>,
    all_kept: bool,
}

impl<'a> Opened<'a> {
    /// Hashes, names and opens a document.
    pub(super) fn open(run: &'a Run<'a>, index: usize, document: &'a Document) -> Opening<'a> {
        match Self::try_open(run, index, document) {
            Ok(opening) => opening,
            Err((name, failure)) => {
                Opening::Settled(Box::new(set_aside(run, &document.path, name, &failure)))
            }
        }
    }

    fn try_open(
        run: &'a Run<'a>,
        index: usize,
        document: &'a Document,
    ) -> Result<Opening<'a>, (Option<(Key, String)>, Failure)> {
        let (facts, key) = identify(document).map_err(|failure| (None, failure))?;
        let name = name_for(run, document, &key);
        let named = |failure| (Some((key.clone(), name.clone())), failure);
        let past = run.workplace.journal.past(&key).filter(|_| !run.plan.force);
        if let Some(past) =
            past.filter(|past| past.options == run.options && is_intact(&run.plan.out, past))
        {
            return Ok(Opening::Settled(Box::new(skipped(document, &name, past))));
        }
        let (files, places) = open_files(run, document).map_err(named)?;
        refuse_foreign_names(run, document, &name).map_err(named)?;
        let about = About {
            title: document.name.clone(),
            created: run.started,
            sha256: key.sha256.clone(),
            source: document.path.clone(),
        };
        let outputs = Outputs::create(run, &name, &about)
            .map_err(|error| named(of_write(&error, &document.path, &run.plan.out, 0)))?;
        let assembly = Assembly {
            outputs: Some(outputs),
            waiting: BTreeMap::new(),
            next: 0,
            pages: Vec::new(),
            evidence: Evidence::default(),
            flags: files.iter().flat_map(File::flags).collect(),
            all_kept: true,
        };
        Ok(Opening::Work(Arc::new(Self {
            run,
            index,
            document,
            store: run.workplace.page_store(&key, &run.options),
            name,
            key,
            facts,
            files,
            left: AtomicUsize::new(places.len()),
            places,
            closed: AtomicBool::new(false),
            assembly: Mutex::new(assembly),
        })))
    }

    /// How many pages there are.
    pub(super) fn page_count(&self) -> usize {
        self.places.len()
    }

    /// Whether the document is done with, so that further pages need not be worked on.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Works on one page and joins it to the document; gives the page's permit back.
    pub(super) fn work_on(&self, page: usize) {
        if self.is_closed() || self.run.stopping() {
            self.run.permits.give_back(1);
            return;
        }
        match self.load_and_work(page) {
            Ok(finished) => self.join(page, finished),
            Err(failure) => {
                self.run.permits.give_back(1);
                self.fail(&failure);
            }
        }
    }

    fn load_and_work(&self, page: usize) -> Result<Finished, Failure> {
        let begun = Instant::now();
        let (file, index) = self.places.get(page).copied().unwrap_or_default();
        let Some(source) = self.files.get(file) else {
            return Err(Reason::Defect.about(
                &self.document.path,
                None,
                &said!("một trang không có tệp", "a page without a file"),
            ));
        };
        let loaded = source
            .load(index, self.run.plan.options.text)
            .map_err(|error| of_ingest(&error))?;
        let place = Place {
            file: source.path(),
            name: &self.name,
            index: page,
        };
        page::work(self.run, &place, loaded, millis(begun), &self.store)
    }

    /// Adds a page, and writes all pages whose turn has come.
    fn join(&self, page: usize, finished: Finished) {
        let mut assembly = self.assembly.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked under the lock: whoever closes the document takes the lock after, and gives back what waits.
        if self.is_closed() {
            self.run.permits.give_back(1);
            return;
        }
        assembly.waiting.insert(page, finished);
        let outcome = self.write_ready(&mut assembly);
        drop(assembly);
        if let Err(failure) = outcome {
            self.fail(&failure);
        }
    }

    fn write_ready(&self, assembly: &mut Assembly) -> Result<(), Failure> {
        loop {
            let next = assembly.next;
            let Some(finished) = assembly.waiting.remove(&next) else {
                return Ok(());
            };
            let written = self.write_page(assembly, next, finished);
            assembly.next += 1;
            self.run.permits.give_back(1);
            written?;
            self.told_of(next);
            if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
                self.publish(assembly)?;
            }
        }
    }

    fn write_page(
        &self,
        assembly: &mut Assembly,
        page: usize,
        mut finished: Finished,
    ) -> Result<(), Failure> {
        // A document that failed meanwhile has no outputs any more.
        let Some(outputs) = assembly.outputs.as_mut() else {
            return Ok(());
        };
        let begun = Instant::now();
        let (file, index) = self.places.get(page).copied().unwrap_or_default();
        outputs
            .page(&finished, (file, index), self.files.get(file))
            .map_err(|error| self.not_written(&error, page))?;
        finished.record.ms.compose = millis(begun);
        assembly.all_kept &= finished.kept;
        assembly.evidence.add(&Sheet {
            number: finished.record.number,
            size_px: (finished.record.width_px, finished.record.height_px),
            dpi: finished.record.dpi,
            lines: &finished.lines,
            sight: &finished.sight,
        });
        assembly.flags.extend(finished.flags);
        assembly.pages.push(finished.record);
        Ok(())
    }

    fn told_of(&self, page: usize) {
        let count = self.page_count().max(1);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.run.world.watch.event(&Event::Page {
            path: &self.document.path.to_string_lossy(),
            page: number(page.saturating_add(1)),
            pages: number(count),
            bytes: self.document.bytes / count as u64,
        });
    }

    /// Everything is written: sync, tell the journal, give the files their names.
    fn publish(&self, assembly: &mut Assembly) -> Result<(), Failure> {
        let Some(outputs) = assembly.outputs.take() else {
            return Ok(());
        };
        self.refuse_changed()?;
        let write_failed =
            |error: io::Error| Reason::of_write(&error).about(&self.run.plan.out, None, &error);
        let original = self.original(assembly);
        let last = self.page_count().saturating_sub(1);
        let mut made = outputs
            .finish(original.as_ref())
            .map_err(|error| self.not_written(&error, last))?;
        let record = self.record(assembly, made.output.clone());
        if self.run.plan.options.sidecars.json {
            made.add_record(&self.name, &record).map_err(write_failed)?;
        }
        let journal = &self.run.workplace.journal;
        let (key, name) = (self.key.clone(), self.name.clone());
        let files = made.names();
        journal
            .append(&Entry::Publishing { key, name, files })
            .map_err(write_failed)?;
        let outputs = made.publish(&self.run.plan.out).map_err(write_failed)?;
        self.remove_stale(&outputs);
        sync_folder(&self.run.plan.out).map_err(write_failed)?;
        let entry = self.entry(Status::Done, codes(&record.flags), None);
        journal
            .append(&Entry::Done {
                key: self.key.clone(),
                name: self.name.clone(),
                options: self.run.options.clone(),
                pages: entry.pages,
                flags: entry.flags.clone(),
                outputs,
            })
            .map_err(write_failed)?;
        self.store.clear();
        self.closed.store(true, Ordering::Relaxed);
        self.run.record(self.index, entry, self.document.bytes);
        Ok(())
    }

    /// The source file, when the output is to be its copy: signed, or nothing in it was ever paper.
    fn original(&self, assembly: &Assembly) -> Option<Original<'_>> {
        let [file] = self.files.as_slice() else {
            return None;
        };
        let pdf = file.pdf()?;
        let signed = pdf.is_signed();
        (signed || assembly.all_kept).then(|| Original {
            path: pdf.path(),
            claim: pdf.pdfa_claim(),
            signed,
            with_copy: signed && self.run.plan.force,
        })
    }

    fn not_written(&self, error: &WriteError, page: usize) -> Failure {
        of_write(error, &self.document.path, &self.run.plan.out, page)
    }

    /// Files of an earlier, failed or differently asked run that this one does not replace.
    fn remove_stale(&self, outputs: &[Output]) {
        for ending in ["why.txt", "txt", "json", "hocr", "alto.xml", "copy.pdf"] {
            let file = format!("{}.{ending}", self.name);
            let current = outputs.iter().any(|output| output.file == file);
            if !current && (ending == "why.txt" || self.run.workplace.journal.is_ours(&file)) {
                let _ = fs::remove_file(self.run.plan.out.join(file));
            }
        }
    }

    fn refuse_changed(&self) -> Result<(), Failure> {
        for facts in &self.facts {
            let same = fs::metadata(&facts.path)
                .is_ok_and(|now| now.len() == facts.bytes && now.modified().ok() == facts.modified);
            if !same {
                return Err(Reason::Changed.about(
                    &facts.path,
                    None,
                    &said!(
                        "kích thước hoặc thời gian khác lúc bắt đầu",
                        "size or time differ from those at the start"
                    ),
                ));
            }
        }
        Ok(())
    }

    fn record(&self, assembly: &mut Assembly, output: OutputRecord) -> DocumentRecord {
        let pages = std::mem::take(&mut assembly.pages);
        let classified = assembly.evidence.conclude(&self.run.plan.options.classify);
        let mut flags = std::mem::take(&mut assembly.flags);
        flags.extend(classified.flags);
        let many = self.facts.len() > 1;
        let files = self
            .facts
            .iter()
            .filter(|_| many)
            .map(|facts| facts.path.display().to_string())
            .collect();
        DocumentRecord {
            schema: DOCUMENT_SCHEMA.to_owned(),
            producer: PRODUCER.to_owned(),
            source: SourceRecord {
                path: self.document.path.display().to_string(),
                sha256: self.key.sha256.clone(),
                bytes: self.facts.iter().map(|facts| facts.bytes).sum(),
                pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
                files,
            },
            output,
            language: self.run.plan.options.language.clone(),
            profile: self.run.plan.profile.clone(),
            kind: classified.kind,
            fields: classified.fields,
            alternatives: classified.alternatives,
            flags,
            corrections: Vec::new(),
            pages,
        }
    }

    /// Sets the document aside, once; pages that come later are dropped.
    fn fail(&self, failure: &Failure) {
        if self.closed.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut assembly = self.assembly.lock().unwrap_or_else(PoisonError::into_inner);
        assembly.outputs = None;
        self.run.permits.give_back(assembly.waiting.len());
        assembly.waiting.clear();
        drop(assembly);
        let named = Some((self.key.clone(), self.name.clone()));
        let entry = set_aside(self.run, &self.document.path, named, failure);
        self.run.record(self.index, entry, self.document.bytes);
    }

    fn entry(&self, status: Status, flags: Vec<String>, error: Option<Failure>) -> BatchEntry {
        BatchEntry {
            path: self.document.path.display().to_string(),
            name: self.name.clone(),
            status,
            pages: u32::try_from(self.page_count()).unwrap_or(u32::MAX),
            flags,
            error,
        }
    }
}

impl Drop for Opened<'_> {
    /// A run that is stopped drops documents whose pages are not all in; their permits go back.
    fn drop(&mut self) {
        let waiting = self
            .assembly
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .waiting
            .len();
        self.run.permits.give_back(waiting);
    }
}

/// The hash of a document and what its files were at that time.
fn identify(document: &Document) -> Result<(Vec<FileFacts>, Key), Failure> {
    let mut hash = Context::new(&SHA256);
    let mut facts = Vec::new();
    for path in &document.files {
        let unreadable = |error: io::Error| Reason::Unreadable.about(path, None, &error);
        let modified = fs::metadata(path).map_err(unreadable)?.modified().ok();
        let bytes = hash_file(path, &mut hash).map_err(unreadable)?;
        facts.push(FileFacts {
            path: path.clone(),
            bytes,
            modified,
        });
    }
    let path = std::path::absolute(&document.path).unwrap_or_else(|_| document.path.clone());
    let key = Key {
        path: path.display().to_string(),
        sha256: hex(hash.finish().as_ref()),
    };
    Ok((facts, key))
}

/// The name that the document had before, else a new one.
fn name_for(run: &Run<'_>, document: &Document, key: &Key) -> String {
    if let Some(name) = run.workplace.journal.name_of(key) {
        return name.to_owned();
    }
    run.names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(&document.name)
}

/// Whether every output of an earlier run still is what it was.
fn is_intact(out: &Path, past: &Past) -> bool {
    past.outputs.iter().all(|output| {
        let mut hash = Context::new(&SHA256);
        let path = out.join(&output.file);
        let same_size = fs::metadata(&path).is_ok_and(|found| found.len() == output.bytes);
        same_size
            && hash_file(&path, &mut hash).is_ok()
            && hex(hash.finish().as_ref()) == output.sha256
    })
}

fn skipped(document: &Document, name: &str, past: &Past) -> BatchEntry {
    BatchEntry {
        path: document.path.display().to_string(),
        name: name.to_owned(),
        status: Status::Skipped,
        pages: past.pages,
        flags: past.flags.clone(),
        error: None,
    }
}

type Places = Vec<(usize, usize)>;

fn open_files(run: &Run<'_>, document: &Document) -> Result<(Vec<File>, Places), Failure> {
    let mut files = Vec::new();
    let mut places = Vec::new();
    for (number, path) in document.files.iter().enumerate() {
        let file = File::open(path, &run.plan.limits).map_err(|error| of_ingest(&error))?;
        places.extend((0..file.page_count()).map(|page| (number, page)));
        files.push(file);
    }
    if places.is_empty() {
        return Err(Reason::Damaged.about(
            &document.path,
            None,
            &said!("không có trang nào", "no pages"),
        ));
    }
    Ok((files, places))
}

/// Never replaces a file that no run of ours made, and never an input, whatever was asked.
fn refuse_foreign_names(run: &Run<'_>, document: &Document, name: &str) -> Result<(), Failure> {
    // A copy of a signed file is made only by force.
    let copy = run.plan.force.then_some("copy.pdf");
    for ending in ["pdf", "txt", "json", "hocr", "alto.xml"]
        .into_iter()
        .chain(copy)
    {
        let file = format!("{name}.{ending}");
        let path = run.plan.out.join(&file);
        let Ok(found) = fs::canonicalize(&path) else {
            continue;
        };
        let foreign = !run.workplace.journal.is_ours(&file) && !run.plan.force;
        if foreign || run.is_input(&found) {
            return Err(Reason::NameTaken.about(&document.path, None, &path.display()));
        }
    }
    Ok(())
}

/// Remembers a failure in the journal and beside the outputs.
fn set_aside(
    run: &Run<'_>,
    path: &Path,
    named: Option<(Key, String)>,
    failure: &Failure,
) -> BatchEntry {
    let name = match named {
        Some((key, name)) => {
            let entry = Entry::Failed {
                key,
                name: name.clone(),
                failure: failure.clone(),
            };
            // A journal that cannot be written shows in the run's own record; the failure is in it too.
            let _ = run.workplace.journal.append(&entry);
            name
        }
        None => {
            let stem = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            run.names
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(&stem)
        }
    };
    let text = why(failure);
    let file = format!("{name}.why.txt");
    let _ = publish::write_whole(
        &run.workplace.staging,
        &run.plan.out,
        &file,
        text.as_bytes(),
    );
    BatchEntry {
        path: path.display().to_string(),
        name,
        status: Status::Failed,
        pages: 0,
        flags: Vec::new(),
        error: Some(failure.clone()),
    }
}

/// The text of `NAME.why.txt`.
fn why(failure: &Failure) -> String {
    let Failure {
        code,
        message,
        hint,
        ..
    } = failure;
    format!(
        "{}\nGợi ý: {}\n\n{}\nHint: {}\n\n{code}\n",
        message.vi, hint.vi, message.en, hint.en
    )
}

/// The entry of an input that is no document at all.
pub(super) fn entry_of_trouble(run: &Run<'_>, trouble: &SetAside) -> BatchEntry {
    let reason = match &trouble.reason {
        inputs::Reason::Fault(fault) => reason_of(fault),
        _ => Reason::Unreadable,
    };
    set_aside(
        run,
        &trouble.path,
        None,
        &reason.about(&trouble.path, None, &trouble.reason),
    )
}
