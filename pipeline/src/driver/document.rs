//! One document of a batch: opened and named, its pages joined in order, published when the last is in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use self::source::{FileFacts, Lies, Source, identify, open_files, options_with, split_of};
use self::target::{
    OUTPUTS, is_intact, name_for, nothing_left, refuse_foreign, refuse_foreign_names, skipped,
};
use super::aside::set_aside;
use super::failures::{WriteError, of_ingest, of_write};
use super::journal::{Entry, Key, Output, Span};
use super::names::part_name;
use super::page::{self, Finished, Place, codes, millis};
use super::parts::{Growing, Part};
use super::publish::{self, Wipe, sync_folder};
use super::state::PageStore;
use super::writer::{About, Made, Original};
use super::{Event, PRODUCER, Run};
use crate::classify::stack::{self, Begin, Cutter, Split, Verdict};
use crate::correct::{self, PageName, PageOp};
use crate::failure::Reason;
use crate::ingest::{Document, File};
use crate::record::{
    BatchEntry, DOCUMENT_SCHEMA, DocumentRecord, DroppedPage, Failure, Flag, OutputRecord,
    PartEntry, SourceRecord, Status, said,
};

mod source;
mod target;

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
    /// Hash of the run's options, and of what people said of the pages.
    options: String,
    facts: Vec<FileFacts>,
    files: Vec<File>,
    /// For each page of the document, where it lies.
    places: Vec<Lies>,
    /// Where people said that a document begins, or does not.
    cuts: BTreeMap<PageName, bool>,
    store: PageStore,
    /// Pages that hold no permit any more, or never took one.
    closed: AtomicBool,
    left: AtomicUsize,
    assembly: Mutex<Assembly>,
}

/// The pages that are in, and the outputs as far as they are written.
struct Assembly {
    /// What is under way; none once the input failed or all of it is published.
    growing: Option<Growing>,
    /// Documents of the same input that are complete.
    parts: Vec<Part>,
    /// Pages that are in no document.
    dropped: Vec<DroppedPage>,
    cutter: Cutter,
    /// Findings about the input as a whole.
    flags: Vec<Flag>,
    waiting: BTreeMap<usize, Finished>,
    next: usize,
    all_kept: bool,
    wipe: Wipe,
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
        let past = run.workplace.journal.past(&key).filter(|_| !run.plan.force);
        let said = run.workplace.journal.page_corrections(&key);
        let options = options_with(&run.options, said);
        if let Some(past) =
            past.filter(|past| past.options == options && is_intact(&run.plan.out, past))
        {
            let name = name_for(run, document, &key, 1);
            return Ok(Opening::Settled(Box::new(skipped(document, &name, past))));
        }
        let opened = open_files(run, document, said);
        let is_empty = opened.as_ref().is_ok_and(|opened| opened.places.is_empty());
        if is_empty && !said.is_empty() {
            let entry = nothing_left(run, document, &key, options)?;
            return Ok(Opening::Settled(Box::new(entry)));
        }
        let split = opened
            .as_ref()
            .map_or(Split::None, |opened| split_of(run, opened));
        let most = opened.as_ref().map_or(1, |opened| opened.places.len());
        // A person may cut what the options would not.
        let is_cut = opened
            .as_ref()
            .is_ok_and(|opened| opened.cuts.values().any(|begins| *begins));
        let whole = split.is_none() && !is_cut;
        let most = if whole { 1 } else { most };
        let name = name_for(run, document, &key, most);
        let named = |failure| (Some((key.clone(), name.clone())), failure);
        let Source {
            files,
            places,
            cuts,
        } = opened.map_err(named)?;
        if places.is_empty() {
            let why = said!("không có trang nào", "no pages");
            return Err(named(Reason::Damaged.about(&document.path, None, &why)));
        }
        // What a document that is cut will be called is known at its end only.
        if whole {
            refuse_foreign_names(run, document, &name).map_err(named)?;
        }
        let wipe = Wipe::default();
        let about = about(run, document, &key, 0);
        let growing = Growing::create(run, &name, &about, Begin::default(), &wipe)
            .map_err(|error| named(of_write(&error, &document.path, &run.plan.out, 0)))?;
        let assembly = Assembly {
            growing: Some(growing),
            parts: Vec::new(),
            dropped: Vec::new(),
            cutter: Cutter::new(split),
            flags: files.iter().flat_map(File::flags).collect(),
            waiting: BTreeMap::new(),
            next: 0,
            all_kept: true,
            wipe,
        };
        Ok(Opening::Work(Arc::new(Self {
            run,
            index,
            document,
            store: run.workplace.page_store(&key, &options),
            options,
            name,
            key,
            facts,
            files,
            left: AtomicUsize::new(places.len()),
            places,
            cuts,
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
        let lies = self.places.get(page).copied().unwrap_or_default();
        let Some(source) = self.files.get(lies.file) else {
            return Err(Reason::Defect.about(
                &self.document.path,
                None,
                &said!("một trang không có tệp", "a page without a file"),
            ));
        };
        let loaded = source
            .load(lies.page, self.run.plan.options.text)
            .map_err(|error| of_ingest(&error))?;
        let place = Place {
            file: source.path(),
            name: &self.name,
            index: page,
            source_page: lies.source,
            scan: lies.scan,
            turn: lies.turn,
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
        // An input that failed meanwhile has no outputs any more.
        if assembly.growing.is_none() {
            return Ok(());
        }
        let begun = Instant::now();
        let (verdict, flags) = assembly
            .cutter
            .next(&finished.sheet(), finished.record.blank);
        self.say_of(&mut finished, assembly, flags);
        match self.as_people_said(verdict, page, assembly) {
            Verdict::Keep => {}
            Verdict::Begin(begin) => self.turn_over(assembly, begin, page)?,
            Verdict::Drop(kind) => {
                let page = finished.record.number;
                assembly.dropped.push(DroppedPage { page, kind });
                return Ok(());
            }
        }
        let Some(growing) = assembly.growing.as_mut() else {
            return Ok(());
        };
        let lies = self.places.get(page).copied().unwrap_or_default();
        growing
            .page(
                &mut finished,
                (lies.file, lies.page),
                self.files.get(lies.file),
            )
            .map_err(|error| self.not_written(&error, page))?;
        assembly.all_kept &= finished.kept;
        finished.record.ms.compose = millis(begun);
        growing.pages.push(finished.record);
        Ok(())
    }

    /// What becomes of a page when a person said whether a document begins with it. Separator sheets stay what they are.
    fn as_people_said(&self, verdict: Verdict, page: usize, assembly: &Assembly) -> Verdict {
        let name = self.places.get(page).map(Lies::name);
        let said = name.and_then(|name| match (self.cuts.get(&name), name) {
            (Some(said), _) => Some(*said),
            // What a person put into a document is of that document, whatever it looks like.
            (None, PageName::Scan(_)) => Some(false),
            (None, PageName::Source(_)) => None,
        });
        let begun = assembly
            .growing
            .as_ref()
            .is_some_and(|growing| !growing.is_empty());
        match (said, verdict) {
            (Some(true), Verdict::Keep) => Verdict::Begin(Begin {
                reason: stack::Reason::Person,
                ..Begin::default()
            }),
            (Some(false), Verdict::Begin(_)) if begun => Verdict::Keep,
            (_, verdict) => verdict,
        }
    }

    /// Findings of the cutter: about this page, or about an earlier one that is in no document.
    fn say_of(&self, finished: &mut Finished, assembly: &mut Assembly, flags: Vec<Flag>) {
        for flag in flags {
            if flag.page.is_some() {
                assembly.flags.push(flag);
            } else {
                if !finished.record.flags.contains(&flag.code) {
                    finished.record.flags.push(flag.code.clone());
                }
                finished.flags.push(flag.on_page(finished.record.number));
            }
        }
    }

    /// Ends the document under way, when it has pages, and begins the next one.
    fn turn_over(&self, assembly: &mut Assembly, begin: Begin, page: usize) -> Result<(), Failure> {
        if let Some(growing) = assembly.growing.as_mut().filter(|one| one.is_empty()) {
            growing.begin = begin;
            return Ok(());
        }
        // Two documents at least: both have numbers.
        let ended = assembly.parts.len().saturating_add(1);
        let about = about(self.run, self.document, &self.key, ended);
        let stem = part_name(&self.name, ended.saturating_add(1));
        let next = Growing::create(self.run, &stem, &about, begin, &assembly.wipe)
            .map_err(|error| self.not_written(&error, page))?;
        if let Some(growing) = assembly.growing.replace(next) {
            let name = part_name(&self.name, ended);
            let part = self.close(growing, &name, assembly, None, page)?;
            assembly.parts.push(part);
        }
        Ok(())
    }

    /// Ends the files of a document that will be called `name`; with `original` its PDF is a copy of that. Pages from `next` on
    /// are of other documents.
    fn close(
        &self,
        mut growing: Growing,
        name: &str,
        assembly: &Assembly,
        original: Option<Original<'_>>,
        next: usize,
    ) -> Result<Part, Failure> {
        growing.inherit(&assembly.flags);
        let record = self.record(&mut growing, assembly, next);
        let entry = growing.entry(name, &record.flags);
        let last = entry.source_pages.last().map_or(0, |page| page - 1);
        let mut outputs = growing.outputs();
        if name != self.name {
            let number = name.strip_prefix(&self.name).unwrap_or_default();
            outputs.retitle(format!("{}{number}", self.document.name));
        }
        let mut made = outputs
            .finish(name, original.as_ref())
            .map_err(|error| self.not_written(&error, last as usize))?;
        if self.run.plan.options.sidecars.json {
            let record = DocumentRecord {
                output: made.output.clone(),
                ..record
            };
            made.add_record(name, &record)
                .map_err(|error| self.write_failed(error))?;
        }
        Ok(Part { made, entry })
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
        let Some(growing) = assembly.growing.take() else {
            return Ok(());
        };
        self.refuse_changed()?;
        assembly.flags.extend(assembly.cutter.end());
        // A separator sheet at the very end is followed by no document.
        if !growing.is_empty() {
            let name = match assembly.parts.len() {
                0 => self.name.clone(),
                ended => part_name(&self.name, ended.saturating_add(1)),
            };
            let original = self.original(assembly);
            let part = self.close(growing, &name, assembly, original, self.page_count())?;
            assembly.parts.push(part);
        }
        let parts = std::mem::take(&mut assembly.parts);
        let (made, entries): (Vec<Made>, Vec<PartEntry>) = parts
            .into_iter()
            .map(|part| (part.made, part.entry))
            .unzip();
        let entry = self.done(&entries, assembly);
        let outputs = self.put_in_place(made, &entry)?;
        let (key, name) = (self.key.clone(), self.name.clone());
        let done = Entry::Done {
            key,
            name,
            options: self.options.clone(),
            pages: entry.pages,
            flags: entry.flags.clone(),
            outputs,
            parts: entry.parts.clone(),
            separators: entry.separators.clone(),
        };
        let journal = &self.run.workplace.journal;
        journal
            .append(&done)
            .map_err(|error| self.write_failed(error))?;
        self.store.clear();
        self.closed.store(true, Ordering::Relaxed);
        self.run.record(self.index, entry, self.document.bytes);
        Ok(())
    }

    /// Gives the files of all documents of the input their names, in one transaction of the journal.
    fn put_in_place(&self, made: Vec<Made>, entry: &BatchEntry) -> Result<Vec<Output>, Failure> {
        let files: Vec<String> = made.iter().flat_map(Made::names).collect();
        if !entry.parts.is_empty() {
            for file in &files {
                refuse_foreign(self.run, self.document, file)?;
            }
        }
        let publishing = Entry::Publishing {
            key: self.key.clone(),
            name: self.name.clone(),
            files,
            parts: entry.parts.iter().map(|part| part.name.clone()).collect(),
        };
        let in_place = || -> io::Result<Vec<Output>> {
            self.run.workplace.journal.append(&publishing)?;
            let mut outputs = Vec::new();
            for made in made {
                outputs.extend(made.publish(&self.run.plan.out)?);
            }
            self.remove_stale(&outputs);
            sync_folder(&self.run.plan.out)?;
            Ok(outputs)
        };
        in_place().map_err(|error| self.write_failed(error))
    }

    /// The batch record's entry of an input that became these documents.
    fn done(&self, parts: &[PartEntry], assembly: &Assembly) -> BatchEntry {
        let mut flags: Vec<String> = parts.iter().flat_map(|part| part.flags.clone()).collect();
        flags.extend(codes(&assembly.flags));
        let mut seen = BTreeSet::new();
        flags.retain(|flag| seen.insert(flag.clone()));
        let whole = parts.len() == 1 && assembly.dropped.is_empty();
        BatchEntry {
            parts: if whole { Vec::new() } else { parts.to_vec() },
            separators: assembly.dropped.clone(),
            ..self.entry(Status::Done, flags, None)
        }
    }

    fn write_failed(&self, error: io::Error) -> Failure {
        Reason::of_write(&error).about(&self.run.plan.out, None, &error)
    }

    /// The source file, when the output is to be its copy: signed, or nothing in it was ever paper.
    fn original(&self, assembly: &Assembly) -> Option<Original<'_>> {
        if !assembly.parts.is_empty() || !assembly.dropped.is_empty() {
            return None;
        }
        let [file] = self.files.as_slice() else {
            return None;
        };
        let pdf = file.pdf()?;
        let signed = pdf.is_signed();
        // Pages that a person had changed are no longer the source's.
        let as_scanned = self.options == self.run.options;
        (signed || (assembly.all_kept && as_scanned)).then(|| Original {
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
        // Cut otherwise than before: other names.
        for file in self.run.workplace.journal.files_of(&self.key) {
            if !outputs.iter().any(|output| output.file == *file) {
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

    /// The record of a document, but for what was made of it.
    fn record(&self, growing: &mut Growing, assembly: &Assembly, next: usize) -> DocumentRecord {
        let pages = std::mem::take(&mut growing.pages);
        let classified = growing.evidence.conclude(&self.run.plan.options.classify);
        let mut flags = std::mem::take(&mut growing.flags);
        flags.extend(classified.flags);
        let many = self.facts.len() > 1;
        let files = self
            .facts
            .iter()
            .filter(|_| many)
            .map(|facts| facts.path.display().to_string())
            .collect();
        let whole = pages.len() == self.page_count() && assembly.dropped.is_empty();
        let mut record = DocumentRecord {
            schema: DOCUMENT_SCHEMA.to_owned(),
            producer: PRODUCER.to_owned(),
            source: SourceRecord {
                path: self.document.path.display().to_string(),
                sha256: self.key.sha256.clone(),
                bytes: self.facts.iter().map(|facts| facts.bytes).sum(),
                pages: u32::try_from(self.page_count()).unwrap_or(u32::MAX),
                files,
            },
            output: OutputRecord::default(),
            language: self.run.plan.options.language.clone(),
            profile: self.run.plan.profile.clone(),
            kind: classified.kind,
            fields: classified.fields,
            alternatives: classified.alternatives,
            flags,
            corrections: Vec::new(),
            part_of: (!whole).then(|| growing.part_of()),
            separator: growing.begin.separator.take(),
            pages,
        };
        let before = assembly.parts.iter();
        let before = before.flat_map(|part| part.entry.source_pages.iter().copied());
        let later = self.places.iter().skip(next).map(|lies| lies.source);
        let span = Span {
            first: assembly.parts.is_empty(),
            pages: growing.source_pages().iter().copied().collect(),
            elsewhere: before.chain(later).collect::<BTreeSet<u32>>(),
        };
        let said = self.run.workplace.journal.said_of(&self.key, &span);
        correct::apply(&mut record, &said);
        record
    }

    /// Sets the document aside, once; pages that come later are dropped.
    fn fail(&self, failure: &Failure) {
        if self.closed.swap(true, Ordering::Relaxed) {
            return;
        }
        let secret = Reason::SecretMark.is_of(failure);
        let mut assembly = self.assembly.lock().unwrap_or_else(PoisonError::into_inner);
        if secret {
            assembly.wipe.order();
        }
        assembly.growing = None;
        assembly.parts.clear();
        self.run.permits.give_back(assembly.waiting.len());
        assembly.waiting.clear();
        drop(assembly);
        let mut key = self.key.clone();
        if secret {
            self.erase();
            // Not even what would know the content again.
            key.sha256.clear();
        }
        let named = Some((key, self.name.clone()));
        let entry = set_aside(self.run, &self.document.path, named, failure);
        self.run.record(self.index, entry, self.document.bytes);
    }

    /// Wipes everything that this run and earlier ones kept of the document or made of it.
    fn erase(&self) {
        self.store.erase();
        self.run.workplace.erase_quarantine(&self.name);
        for ending in OUTPUTS.into_iter().chain(["copy.pdf"]) {
            let file = format!("{}.{ending}", self.name);
            if self.run.workplace.journal.is_ours(&file) {
                // What an earlier run did not make is not there.
                let _ = publish::wipe(&self.run.plan.out.join(file));
            }
        }
        for correction in self.run.workplace.journal.page_corrections(&self.key) {
            if let Some((_, PageOp::Replace { scan } | PageOp::InsertAfter { scan })) =
                correction.change.of_page()
            {
                let _ = publish::wipe(&self.run.workplace.kept_scans().join(&scan.file));
            }
        }
        for file in self.run.workplace.journal.files_of(&self.key) {
            let _ = publish::wipe(&self.run.plan.out.join(file));
        }
    }

    fn entry(&self, status: Status, flags: Vec<String>, error: Option<Failure>) -> BatchEntry {
        BatchEntry {
            path: self.document.path.display().to_string(),
            name: self.name.clone(),
            status,
            pages: u32::try_from(self.page_count()).unwrap_or(u32::MAX),
            flags,
            parts: Vec::new(),
            separators: Vec::new(),
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

/// What the files of part number `part`, from 0, say about their document.
fn about(run: &Run<'_>, document: &Document, key: &Key, part: usize) -> About {
    About {
        title: document.name.clone(),
        created: run.started,
        sha256: key.sha256.clone(),
        source: document.path.clone(),
        part: u32::try_from(part).unwrap_or(u32::MAX),
    }
}
