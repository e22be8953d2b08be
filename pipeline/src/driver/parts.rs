//! One input as one document or several: the part under way, and those that are complete.

use super::Run;
use super::failures::WriteError;
use super::page::{Finished, codes};
use super::publish::Wipe;
use super::writer::{About, Made, Outputs};
use crate::classify::stack::Begin;
use crate::classify::{Evidence, Sheet};
use crate::ingest::File;
use crate::record::{Flag, PageRecord, PartEntry, PartOf};

/// A document under way.
pub(super) struct Growing {
    outputs: Outputs,
    pub(super) begin: Begin,
    pub(super) pages: Vec<PageRecord>,
    /// The pages' numbers in the input, with the corrections of people.
    in_input: Vec<u32>,
    /// The pages' numbers in the source; pages that a person put in have none.
    source_pages: Vec<u32>,
    pub(super) evidence: Evidence,
    pub(super) flags: Vec<Flag>,
}

/// A document whose files are complete and wait for their names.
pub(super) struct Part {
    /// Its files.
    pub(super) made: Made,
    /// Its entry in the batch record.
    pub(super) entry: PartEntry,
}

impl Growing {
    /// Begins a document in the staging area under `stem`.
    pub(super) fn create(
        run: &Run<'_>,
        stem: &str,
        about: &About,
        begin: Begin,
        wipe: &Wipe,
    ) -> Result<Self, WriteError> {
        Ok(Self {
            outputs: Outputs::create(run, stem, about, wipe)?,
            begin,
            pages: Vec::new(),
            in_input: Vec::new(),
            source_pages: Vec::new(),
            evidence: Evidence::default(),
            flags: Vec::new(),
        })
    }

    /// Whether no page is in it yet.
    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Writes a page of the input as the next page of the document.
    pub(super) fn page(
        &mut self,
        page: &mut Finished,
        place: (usize, usize),
        source: Option<&File>,
    ) -> Result<(), WriteError> {
        let in_input = page.record.number;
        let number = self.in_input.len().saturating_add(1);
        page.renumber(u32::try_from(number).unwrap_or(u32::MAX));
        self.outputs.page(page, place, source)?;
        self.in_input.push(in_input);
        let source = page.record.source_page.unwrap_or(page.record.number);
        self.source_pages.extend((source > 0).then_some(source));
        self.evidence.add(&page.sheet());
        self.flags.append(&mut page.flags);
        Ok(())
    }

    /// The findings about the input as a whole, and those about one of its pages when that is in this document.
    pub(super) fn inherit(&mut self, flags: &[Flag]) {
        for flag in flags {
            let at = |page: u32| self.in_input.iter().position(|number| *number == page);
            match flag.page.map(at) {
                None => self.flags.push(flag.clone()),
                Some(Some(index)) => {
                    let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
                    self.flags.push(flag.clone().on_page(number));
                }
                Some(None) => {}
            }
        }
    }

    /// Those of its pages that are pages of the source.
    pub(super) fn source_pages(&self) -> &[u32] {
        &self.source_pages
    }

    /// Which pages of the input the document is.
    pub(super) fn part_of(&self) -> PartOf {
        let evidence = self.begin.evidence.iter().map(|word| (*word).to_owned());
        PartOf {
            source_pages: self.source_pages.clone(),
            cut_reason: self.begin.reason.code().to_owned(),
            evidence: evidence.collect(),
        }
    }

    /// The entry of a document called `name` with these findings.
    pub(super) fn entry(&self, name: &str, flags: &[Flag]) -> PartEntry {
        PartEntry {
            name: name.to_owned(),
            source_pages: self.source_pages.clone(),
            cut_reason: self.begin.reason.code().to_owned(),
            flags: codes(flags),
        }
    }

    /// The files, to be ended.
    pub(super) fn outputs(self) -> Outputs {
        self.outputs
    }
}

impl Finished {
    /// Makes this the page with that number.
    fn renumber(&mut self, number: u32) {
        let source = self.record.source_page.unwrap_or(self.record.number);
        self.record.source_page = (source != number).then_some(source);
        self.record.number = number;
        for flag in self.flags.iter_mut().chain(&mut self.sight.flags) {
            if flag.page.is_some() {
                flag.page = Some(number);
            }
        }
    }

    /// The page as the classifier takes it in.
    pub(super) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            number: self.record.number,
            size_px: (self.record.width_px, self.record.height_px),
            dpi: self.record.dpi,
            lines: &self.lines,
            sight: &self.sight,
        }
    }
}
