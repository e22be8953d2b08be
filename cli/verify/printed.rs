//! Who a document says signed it: what its pages show as text, else what an engine reads in their pixels.

use std::cell::OnceCell;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use saoy_ocr::Readers;
use saoy_pdf::Document;
use saoy_pipeline::classify::Classified;
use saoy_pipeline::driver::skim::{Skimmed, skim};
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::verify::{Printed, Said, Seen, Source, Standing, Verification, Whose};

use super::stated::Paper;
use crate::digitize;
use crate::words::Ui;

/// Pages larger than this, bytes on average, are not looked at: each is held whole while its text is read, and a page
/// with text is smaller (a colour scan of A4 at 600 dpi has some 5 MB).
const LARGEST_PAGE: u64 = 8 << 20;
/// Pages of one file that are read: the first for the agency, the last, and those that bear signatures.
const MOST_PAGES: usize = 6;
/// How long one page may take the engine; a page of A4 takes about 1 s.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

/// Who reads pages without text; nothing is started until the first such page.
pub(crate) struct Reading<'a> {
    matches: &'a ArgMatches,
    /// How long the pages of one file may take.
    limit: Duration,
    readers: OnceLock<Result<Readers, Said>>,
}

impl<'a> Reading<'a> {
    /// By the command line; `None` when it says not to read.
    pub(crate) fn new(matches: &'a ArgMatches) -> Option<Self> {
        let seconds = matches.get_one::<u16>("ocr-limit").copied().unwrap_or(60);
        (!matches.get_flag("no-ocr")).then(|| Self {
            matches,
            limit: Duration::from_secs(u64::from(seconds)),
            readers: OnceLock::new(),
        })
    }

    fn readers(&self) -> Result<&Readers, Said> {
        let made = || {
            let made = digitize::readers(self.matches, "vie", PAGE_LIMIT);
            made.map_err(|trouble| missing(&trouble))
        };
        self.readers
            .get_or_init(made)
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// Holds what `paper`, where it could be opened, says of its signer against the certificates of `whole`.
///
/// Pixels are read only where the text that the pages show names nobody, and only while the signatures may still turn out
/// to be valid: of a file that is not, it does not matter whose it would be.
pub(super) fn compare(
    paper: Option<&Paper>,
    whole: &mut Verification,
    reading: Option<&Reading<'_>>,
) {
    if whole.people().next().is_none() {
        return;
    }
    let Some(paper) = paper.filter(|paper| is_readable(&paper.document)) else {
        whole.compare(None);
        return;
    };
    compare_pages(&paper.document, whole, reading);
    // The pages of a copy name those who made the original; its statement names those who certified.
    if !matches!(whole.whose, Whose::Matches { .. })
        && let Some(stated) = paper.certifier()
    {
        whole.compare(Some(&stated));
    }
}

fn compare_pages(document: &Document, whole: &mut Verification, reading: Option<&Reading<'_>>) {
    let limits = Limits::default();
    let shown = glance::classified_as_seen(document, &limits)
        .map(|classified| names(&classified, Source::Text))
        .filter(Printed::names_somebody);
    if let Some(shown) = shown {
        whole.compare(Some(&shown));
        return;
    }
    let lost = matches!(whole.standing, Standing::Invalid | Standing::Damaged);
    let read = match reading {
        Some(reading) if !lost => read(document, &pages(whole, document), reading),
        Some(_) => Err(Said::new(
            "không đọc hình ảnh trang của tệp đã hỏng hoặc không hợp lệ",
            "pages of a file that is not valid are not read by OCR",
        )),
        None => Err(Said::new(
            "các trang không có chữ và chưa được đọc bằng OCR",
            "the pages have no text and were not read by OCR",
        )),
    };
    let printed = match read {
        Ok(skimmed) => from_pixels(&skimmed),
        Err(unread) => Printed {
            unread: Some(unread),
            ..glance::classified(document, &limits)
                .map(|classified| names(&classified, Source::HiddenText))
                .unwrap_or_default()
        },
    };
    whole.compare(Some(&printed));
}

/// Whether its pages are small enough to be looked at.
fn is_readable(document: &Document) -> bool {
    let pages = document.page_count().ok();
    let pages = pages.and_then(|pages| u64::try_from(pages).ok());
    pages.is_some_and(|pages| document.file_len() / pages.max(1) <= LARGEST_PAGE)
}

/// Pages that may name the signer, from 0: those that bear signatures, the last, and the first, where the agency stands.
fn pages(whole: &Verification, document: &Document) -> Vec<usize> {
    let count = document.page_count().unwrap_or(0);
    let signed = whole.people().filter_map(|one| one.field.place);
    let signed = signed.map(|(page, _)| page.saturating_sub(1));
    let mut pages: Vec<usize> = Vec::new();
    for page in [0, count.saturating_sub(1)].into_iter().chain(signed) {
        if page < count && !pages.contains(&page) && pages.len() < MOST_PAGES {
            pages.push(page);
        }
    }
    pages
}

fn read(document: &Document, pages: &[usize], reading: &Reading<'_>) -> Result<Skimmed, Said> {
    let readers = reading.readers()?;
    let until = OnceCell::new();
    let time_left = || {
        let until = until.get_or_init(|| Instant::now().checked_add(reading.limit));
        until.is_none_or(|until| Instant::now() < until)
    };
    skim(document, pages, readers, &Limits::default(), &time_left)
        .map_err(|error| missing(&error.into()))
}

/// What is missing, with the command that names what mends it.
fn missing(trouble: &anyhow::Error) -> Said {
    Said::new(
        format!(
            "trang không có chữ, và không đọc được bằng OCR: {}; chạy `saoy doctor`",
            Ui::Vi.told(trouble)
        ),
        format!(
            "the pages have no text, and cannot be read by OCR: {}; run `saoy doctor`",
            Ui::En.told(trouble)
        ),
    )
}

fn from_pixels(skimmed: &Skimmed) -> Printed {
    let mut printed = names(&skimmed.classified, Source::Engine);
    let list = |pages: Vec<String>| pages.join(", ");
    let read = list(skimmed.pages.iter().map(ToString::to_string).collect());
    printed.unread = Some(if skimmed.cut_short {
        Said::new(
            format!("hết thời gian đọc trang bằng OCR (--ocr-limit); đã đọc trang {read}"),
            format!("time for OCR ran out (--ocr-limit); pages read: {read}"),
        )
    } else if let Some((page, why)) = skimmed.failed.first() {
        Said::new(
            format!("không đọc được trang {page}: {why}"),
            format!("page {page} could not be read: {why}"),
        )
    } else {
        Said::new(
            format!("đã đọc trang {read} bằng OCR, không thấy ghi rõ người ký hoặc cơ quan"),
            format!("OCR of page {read} found no signer or agency that is plain"),
        )
    });
    printed
}

fn names(classified: &Classified, source: Source) -> Printed {
    let value = |name: &str| classified.fields.get(name)?.value.clone();
    let seen = [
        ("signer", "signer_name"),
        ("title", "signer_title"),
        ("agency", "agency"),
        ("agency", "parent_agency"),
    ];
    let evidence = seen.iter().filter_map(|(what, name)| {
        let field = classified.fields.get(*name)?;
        let text = field.text.clone().or_else(|| field.value.clone())?;
        field.value.as_ref()?;
        Some(Seen {
            what,
            text,
            page: field.page,
        })
    });
    let agencies = ["agency", "parent_agency"].into_iter().filter_map(value);
    Printed {
        signer: value("signer_name"),
        title: value("signer_title"),
        // Bodies that issue together are joined by semicolons.
        agencies: agencies
            .flat_map(|names| {
                names
                    .split(';')
                    .map(|name| name.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .filter(|name| !name.is_empty())
            .collect(),
        source,
        evidence: evidence.collect(),
        unread: None,
    }
}
