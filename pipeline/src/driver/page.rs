//! One page through the stages: load, prepare, recognise.

use std::time::Instant;

use saoy_ocr::OcrError;
use serde::{Deserialize, Serialize};

use super::Run;
use super::state::PageStore;
use super::upright::{Ready, prepare, turned_over};
use crate::classify::{self, Sight, View};
use crate::compose;
use crate::document::{Affine, Coding, Gray, Line, Raster, StoredImage, Turn, Word};
use crate::failure::Reason;
use crate::ingest::{self, Kept, Page, PlacedImage, Scan};
use crate::picture::Picture;
use crate::preprocess::{self, Look, Prepared};
use crate::recognize;
use crate::record::{
    Bilingual, Failure, Flag, ImageOrigin, PageRecord, Rewritten, TextOrigin, Timings,
    mean_confidence, said,
};
use crate::speech::Spoken;
use crate::visible;

/// Where a page is, for messages and stores.
pub(super) struct Place<'a> {
    /// The file.
    pub(super) file: &'a std::path::Path,
    /// Name of the document's outputs.
    pub(super) name: &'a str,
    /// Page of the document, from 0.
    pub(super) index: usize,
    /// Page of the source, from 1; 0 for a page that a person put in.
    pub(super) source_page: u32,
    /// Which of the scans that people put in it is, from 1.
    pub(super) scan: Option<u32>,
    /// Degrees clockwise from the image as stored to upright, when a person said so.
    pub(super) turn: Option<u16>,
}

impl Place<'_> {
    /// The page's number in the document, from 1.
    pub(super) fn number(&self) -> u32 {
        u32::try_from(self.index).map_or(u32::MAX, |index| index.saturating_add(1))
    }

    pub(super) fn failure(&self, reason: Reason, detail: &dyn Spoken) -> Failure {
        reason.about(self.file, Some(self.number()), detail)
    }
}

/// A page ready to be written.
pub(super) struct Finished {
    /// What the output page shows; empty for a page that is kept as it is.
    pub(super) images: Vec<PlacedImage>,
    /// Width and height of the page as shown, pt.
    pub(super) size_pt: (f32, f32),
    /// The words.
    pub(super) lines: Vec<Line>,
    /// What the page shows besides.
    pub(super) sight: Sight,
    /// The page's part of the record.
    pub(super) record: PageRecord,
    /// Findings with their figures.
    pub(super) flags: Vec<Flag>,
    /// The page stays as it is in the source.
    pub(super) kept: bool,
}

/// What is worth keeping of a page when the run is stopped: all that took long to find out.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Reading {
    lines: Vec<Line>,
    /// Turn of the page beyond the stored one.
    turn: Turn,
    skew_deg: f32,
    blank: bool,
    flags: Vec<Flag>,
    text_from: TextOrigin,
    sight: Sight,
    preprocess_ms: u32,
    recognize_ms: u32,
}

/// Takes one loaded page through the stages.
pub(super) fn work(
    run: &Run<'_>,
    place: &Place<'_>,
    page: Page,
    decode_ms: u32,
    store: &PageStore,
) -> Result<Finished, Failure> {
    match page {
        Page::Kept(kept) => refuse_secret(place, finished_kept(run, place, *kept, decode_ms)),
        Page::Scan(scan) => {
            let mut scan = altered(run, place, scan)?;
            recode_refused(run, &mut scan);
            let reading = match store.load(place.index) {
                Some(reading) => reading,
                None => {
                    let reading = read(run, place, &scan, store)?;
                    store.keep(place.index, &reading);
                    reading
                }
            };
            refuse_secret(place, finished_scan(place, *scan, reading, decode_ms))
        }
    }
}

/// A page with a mark of secrecy goes no further; nothing of it is told but that.
fn refuse_secret(place: &Place<'_>, page: Finished) -> Result<Finished, Failure> {
    if page.sight.secret {
        Err(secret(place))
    } else {
        Ok(page)
    }
}

fn secret(place: &Place<'_>) -> Failure {
    Reason::SecretMark.without_detail(place.file)
}

/// The scan as people are to see it. It is altered before it is read, so that words, boxes and findings fit what
/// is shown.
fn altered(run: &Run<'_>, place: &Place<'_>, mut scan: Box<Scan>) -> Result<Box<Scan>, Failure> {
    let options = &run.plan.options.visible;
    if !options.alter() {
        return Ok(scan);
    }
    let (width, height) = turned_size(scan.raster.size(), scan.turn);
    let [.., left, top] = scan.to_page.m;
    let whole = (width, height) == scan.size_px && left.abs().max(top.abs()) < 0.5;
    let [placed] = scan.images.as_slice() else {
        // What lies over a scan belongs where it is, and would be lost.
        scan.flags.push(Flag::new("not_altered").saying(said!(
            "có nội dung đè lên ảnh quét",
            "content over the scan"
        )));
        return Ok(scan);
    };
    if !whole {
        scan.flags.push(Flag::new("not_altered").saying(said!(
            "ảnh quét chỉ là một phần của trang",
            "the scan is a part of the page"
        )));
        return Ok(scan);
    }
    if options.reshape() {
        let Ready { prepared, .. } = prepare(run, place, &scan)?;
        let [a, b, ..] = prepared.to_shown.m;
        let stand = visible::Stand {
            turn: scan.turn.then(prepared.turn_applied),
            slope: if a > 0.0 { b / a } else { 0.0 },
            dpi: scan.dpi.0,
        };
        if let Some(altered) = visible::altered(&scan.raster, &stand, options) {
            let code = |raster: &Raster| match options.quality {
                Some(quality) => ingest::lossy(raster, quality),
                None => ingest::recode(raster),
            };
            let mut image = code(&altered.raster);
            image.keep_profile(&placed.image);
            return Ok(Box::new(reshaped(*scan, &stand, altered, image)));
        }
    }
    let smaller = options
        .quality
        .map(|quality| ingest::lossy(&scan.raster, quality))
        .filter(|image| image.bytes() < placed.image.bytes());
    if let (Some(mut image), Some(first)) = (smaller, scan.images.first_mut()) {
        image.keep_profile(&first.image);
        scan.origin = match image.coding {
            Coding::Jpeg { .. } => ImageOrigin::Compressed,
            _ => ImageOrigin::Recoded,
        };
        let ratio = image.bytes() as f32 / first.image.bytes().max(1) as f32;
        scan.flags
            .push(Flag::new("page_compressed").with_value(ratio));
        first.image = image;
    }
    Ok(scan)
}

/// The scan with an upright picture in the place of its own.
fn reshaped(
    scan: Scan,
    stand: &visible::Stand,
    altered: visible::Altered,
    image: StoredImage,
) -> Scan {
    let (width, height) = altered.raster.size();
    // The map from px of the page as it was shown to px of the page as it is shown now.
    let upright = turned(scan.size_px, scan.turn.undone().then(stand.turn));
    let to_new = upright.then(&altered.from_upright);
    let dpi = if stand.turn.swaps_sides() {
        (scan.dpi.1, scan.dpi.0)
    } else {
        scan.dpi
    };
    let mut said = Vec::new();
    if stand.turn != Turn::None {
        said.push(said!(
            "xoay {} độ",
            "turned by {} degrees",
            stand.turn.degrees()
        ));
    }
    if altered.levelled_deg != 0.0 {
        said.push(said!(
            "chỉnh nghiêng {:.2} độ",
            "levelled by {:.2} degrees",
            altered.levelled_deg
        ));
    }
    if altered.cleaned {
        said.push(said!("làm đều nền giấy", "paper made even"));
    }
    let mut flags = scan.flags;
    flags.push(
        Flag::new("page_enhanced")
            .with_value(altered.levelled_deg)
            .saying(Bilingual::joined(&said, ", ")),
    );
    Scan {
        turn: Turn::None,
        dpi,
        size_px: (width, height),
        size_pt: (width as f32 * 72.0 / dpi.0, height as f32 * 72.0 / dpi.1),
        to_page: Affine::IDENTITY,
        images: vec![PlacedImage {
            image,
            to_shown: Affine {
                m: [width as f32, 0.0, 0.0, height as f32, 0.0, 0.0],
            },
        }],
        origin: ImageOrigin::Enhanced,
        text: scan
            .text
            .map(|lines| lines.into_iter().map(|line| line.mapped(&to_new)).collect()),
        flags,
        raster: altered.raster,
    }
}

/// Images that the chosen PDF/A part cannot hold are stored without loss in a coding that it can.
fn recode_refused(run: &Run<'_>, scan: &mut Scan) {
    let Some(first) = scan.images.first_mut() else {
        return;
    };
    if let Some(refusal) = compose::refusal(&first.image, run.plan.options.pdfa) {
        first.image = ingest::recode(&scan.raster);
        scan.flags
            .push(Flag::new("recoded_for_pdfa").saying(refusal.spoken()));
        if scan.origin == ImageOrigin::Untouched {
            scan.origin = ImageOrigin::Recoded;
        }
    }
}

fn read(
    run: &Run<'_>,
    place: &Place<'_>,
    scan: &Scan,
    store: &PageStore,
) -> Result<Reading, Failure> {
    let begun = Instant::now();
    let Ready {
        mut prepared,
        hung,
        doubtful,
    } = prepare(run, place, scan)?;
    let preprocess_ms = millis(begun);
    let mut flags = scan.flags.clone();
    flags.extend(findings(&prepared));
    let mut reading = Reading {
        lines: Vec::new(),
        turn: prepared.turn_applied,
        skew_deg: prepared.quality.skew_deg,
        blank: prepared.quality.blank,
        flags,
        text_from: TextOrigin::None,
        sight: Sight::default(),
        preprocess_ms,
        recognize_ms: 0,
    };
    if let Some(lines) = &scan.text {
        let map = turned(scan.size_px, reading.turn);
        reading.lines = recognize::ordered(lines.clone())
            .into_iter()
            .map(|line| line.mapped(&map))
            .collect();
        reading.text_from = TextOrigin::Source;
    }
    if reading.text_from == TextOrigin::Source || reading.blank {
        // A sheet with nothing but a stamp may pass for blank.
        reading.sight = seen(run, scan, &reading);
        return unless_secret(place, reading);
    }
    let begun = Instant::now();
    let mut unread = None;
    let mut found = hung.map_or_else(|| recognized(run, scan, &prepared), Err);
    if let (true, Ok(first)) = (doubtful, &found)
        && let Some((over, better)) = turned_over(run, place, scan, &prepared, &first.lines)
    {
        reading.turn = over.turn_applied;
        reading.skew_deg = over.quality.skew_deg;
        (prepared, found) = (over, Ok(better));
    }
    match found {
        Ok(found) => {
            reading.lines = found.lines;
            reading.flags.extend(found.flags);
            reading.text_from = TextOrigin::Ocr;
        }
        Err(error) if is_environment(&error) => {
            return Err(place.failure(Reason::EngineMissing, &error));
        }
        Err(error) => {
            reading
                .flags
                .push(Flag::new("ocr_failed").saying(error.spoken()));
            unread = Some(explained(&error));
        }
    }
    reading.recognize_ms = millis(begun);
    reading.sight = seen(run, scan, &reading);
    let reading = unless_secret(place, reading)?;
    if let Some(why) = unread {
        let workplace = run.workplace;
        store.unless_erased(|| {
            workplace.quarantine(place.name, place.number(), &why, &prepared.image);
        });
    }
    Ok(reading)
}

/// What was read of a page with a mark of secrecy is not even kept for a run that is stopped.
fn unless_secret(place: &Place<'_>, reading: Reading) -> Result<Reading, Failure> {
    if reading.sight.secret {
        Err(secret(place))
    } else {
        Ok(reading)
    }
}

/// What the page shows besides its words, looked at in the pixels of the scan.
fn seen(run: &Run<'_>, scan: &Scan, reading: &Reading) -> Sight {
    let to_raster = turned(scan.size_px, reading.turn)
        .inverse()
        .zip(scan.to_page.inverse())
        .zip(turned(scan.raster.size(), scan.turn).inverse())
        .map(|((unturned, to_part), to_stored)| unturned.then(&to_part).then(&to_stored));
    // A page whose parts have no extent shows nothing.
    let Some(to_raster) = to_raster else {
        return Sight::default();
    };
    let size = turned_size(scan.size_px, reading.turn);
    let dpi = if scan.turn.swaps_sides() != reading.turn.swaps_sides() {
        scan.dpi.1
    } else {
        scan.dpi.0
    };
    let read_line = |image: &Gray, dpi: f32| -> Vec<Word> {
        recognize::line_alone(image, dpi, run.world.readers).unwrap_or_default()
    };
    let view = View {
        picture: Picture::new(&scan.raster, to_raster, size, dpi),
        lines: &reading.lines,
        read_line: &read_line,
    };
    classify::look(&view, &run.plan.options.classify)
}

pub(super) fn recognized(
    run: &Run<'_>,
    scan: &Scan,
    prepared: &Prepared,
) -> Result<recognize::Recognized, OcrError> {
    // The raster may be a part of a page with margins; both turn together.
    let turn = prepared.turn_applied;
    let raster_size = turned_size(turned_size(scan.raster.size(), scan.turn), turn);
    let to_page = prepared
        .to_shown
        .then(&turned(raster_size, turn.undone()))
        .then(&scan.to_page)
        .then(&turned(scan.size_px, turn));
    let black_only =
        |area| preprocess::look(&scan.raster, &prepared.to_stored, area, Look::BlackOnly);
    let options = &run.plan.options.recognize;
    recognize::recognize(
        &prepared.image,
        prepared.dpi,
        &to_page,
        &black_only,
        run.world.readers,
        options,
    )
}

/// A missing program or model is nothing that the next page could do without.
pub(super) fn is_environment(error: &OcrError) -> bool {
    matches!(
        error,
        OcrError::Missing { .. }
            | OcrError::Model(_)
            | OcrError::Version { .. }
            | OcrError::Start { .. }
    )
}

fn explained(error: &OcrError) -> String {
    let mut text = format!("{error}\n");
    if let Some(stderr) = error.stderr().filter(|stderr| !stderr.trim().is_empty()) {
        text.push_str("\nstderr:\n");
        text.push_str(stderr);
        text.push('\n');
    }
    text
}

/// From px of the page before `turn` to px after it.
fn turned((width, height): (u32, u32), turn: Turn) -> Affine {
    turn.map(width as f32, height as f32)
}

fn turned_size((width, height): (u32, u32), turn: Turn) -> (u32, u32) {
    if turn.swaps_sides() {
        (height, width)
    } else {
        (width, height)
    }
}

fn finished_scan(place: &Place<'_>, scan: Scan, reading: Reading, decode_ms: u32) -> Finished {
    let map = turned(scan.size_px, reading.turn);
    let images = scan
        .images
        .into_iter()
        .map(|placed| PlacedImage {
            to_shown: placed.to_shown.then(&map),
            image: placed.image,
        })
        .collect();
    let (width_pt, height_pt) = scan.size_pt;
    let size_pt = if reading.turn.swaps_sides() {
        (height_pt, width_pt)
    } else {
        (width_pt, height_pt)
    };
    let scale = page_scale(size_pt);
    let size_pt = (size_pt.0 * scale, size_pt.1 * scale);
    let ms = Timings {
        decode: decode_ms,
        preprocess: reading.preprocess_ms,
        recognize: reading.recognize_ms,
        compose: 0,
    };
    let rotation = (scan.turn.degrees() + reading.turn.degrees()) % 360;
    let dpi = if scan.turn.swaps_sides() {
        scan.dpi.1
    } else {
        scan.dpi.0
    };
    let seen = Seen {
        size_px: turned_size(scan.size_px, reading.turn),
        dpi,
        rotation,
        skew_deg: reading.skew_deg,
        blank: reading.blank,
        text_from: reading.text_from,
        image: scan.origin,
        ms,
    };
    let scaled = (scale != 1.0).then(|| Flag::new("page_scaled").with_value(scale));
    let flags: Vec<Flag> = reading
        .flags
        .into_iter()
        .chain(scaled)
        .map(|flag| flag.on_page(place.number()))
        .collect();
    let record = seen.record(place, &reading.lines, &flags);
    Finished {
        images,
        size_pt,
        lines: reading.lines,
        sight: reading.sight,
        record,
        flags,
        kept: false,
    }
}

/// What a page's sides must be multiplied by so that a PDF page can have them: a strip of a few px is shown
/// larger, a scan that claims too low a resolution smaller. The pixels stay as they are.
fn page_scale((width, height): (f32, f32)) -> f32 {
    let (short, long) = (width.min(height), width.max(height));
    if short > 0.0 && short < SHORTEST_SIDE {
        SHORTEST_SIDE / short
    } else if long > LONGEST_SIDE {
        LONGEST_SIDE / long
    } else {
        1.0
    }
}

/// Sides of a PDF page, pt: 3 to 14,400 (ISO 32000-1, C.2; ISO 19005-2, 6.1.13), less what rounding may cost.
const SHORTEST_SIDE: f32 = 3.01;
const LONGEST_SIDE: f32 = 14_399.0;

fn finished_kept(run: &Run<'_>, place: &Place<'_>, kept: Kept, decode_ms: u32) -> Finished {
    let lines = recognize::ordered(kept.lines.clone());
    let flags: Vec<Flag> = kept
        .flags
        .iter()
        .cloned()
        .map(|flag| flag.on_page(place.number()))
        .collect();
    let seen = Seen {
        size_px: kept.size_px(),
        dpi: Kept::DPI,
        rotation: 0,
        skew_deg: 0.0,
        blank: lines.is_empty(),
        text_from: if lines.is_empty() {
            TextOrigin::None
        } else {
            TextOrigin::Source
        },
        image: ImageOrigin::Kept,
        ms: Timings {
            decode: decode_ms,
            ..Timings::default()
        },
    };
    let record = seen.record(place, &lines, &flags);
    let sight = classify::look_at_words(&lines, seen.size_px, &run.plan.options.classify);
    Finished {
        images: Vec::new(),
        size_pt: kept.size_pt,
        lines,
        sight,
        record,
        flags,
        kept: true,
    }
}

/// The facts of a page's record that are not counted from its lines.
struct Seen {
    size_px: (u32, u32),
    dpi: f32,
    rotation: u16,
    skew_deg: f32,
    blank: bool,
    text_from: TextOrigin,
    image: ImageOrigin,
    ms: Timings,
}

impl Seen {
    fn record(&self, place: &Place<'_>, lines: &[Line], flags: &[Flag]) -> PageRecord {
        let words: usize = lines.iter().map(|line| line.words.len()).sum();
        PageRecord {
            number: place.number(),
            source_page: (place.source_page != place.number()).then_some(place.source_page),
            scan: place.scan,
            width_px: self.size_px.0,
            height_px: self.size_px.1,
            dpi: (self.dpi * 10.0).round() / 10.0,
            rotation: self.rotation,
            skew_deg: (self.skew_deg * 100.0).round() / 100.0,
            blank: self.blank,
            mean_confidence: mean_confidence(lines),
            words: u32::try_from(words).unwrap_or(u32::MAX),
            text_from: self.text_from,
            image: self.image,
            rewritten: Rewritten::all(lines),
            flags: codes(flags),
            ms: self.ms,
        }
    }
}

/// The codes of `flags`, each once, in order of appearance.
pub(super) fn codes(flags: &[Flag]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for flag in flags {
        if !codes.contains(&flag.code) {
            codes.push(flag.code.clone());
        }
    }
    codes
}

/// What the quality of the page gives to report, with the figures behind it.
fn findings(prepared: &Prepared) -> Vec<Flag> {
    let quality = &prepared.quality;
    let cut: Vec<Bilingual> = quality.cut.iter().map(Spoken::spoken).collect();
    let found = [
        quality.blank.then(|| Flag::new("blank_page")),
        quality
            .low_resolution()
            .then(|| Flag::new("low_resolution").with_value(quality.dpi.0.max(quality.dpi.1))),
        (quality.skew_deg.abs() >= NOTABLE_SKEW)
            .then(|| Flag::new("skewed").with_value(quality.skew_deg)),
        quality
            .blurred()
            .then(|| Flag::new("blurred").with_value(quality.sharpness.unwrap_or_default())),
        (!quality.blank && quality.contrast < FAINT)
            .then(|| Flag::new("low_contrast").with_value(f32::from(quality.contrast))),
        (quality.specks_per_cm2 > SPECKLED)
            .then(|| Flag::new("noisy").with_value(quality.specks_per_cm2)),
        (!cut.is_empty()).then(|| Flag::new("cut_edge").saying(Bilingual::joined(&cut, ", "))),
        quality.dark_margin.then(|| Flag::new("dark_margin")),
    ];
    let seals = prepared
        .seals
        .iter()
        .map(|seal| Flag::new("seal_present").at(*seal));
    found.into_iter().flatten().chain(seals).collect()
}

/// Lines that slant more than this are worth a look at the feeder, degrees.
const NOTABLE_SKEW: f32 = 1.0;
/// Grey levels between paper and print below which print is faint; fresh laser print has 180 to 230.
const FAINT: u8 = 80;
/// Isolated dots per square centimetre above which a scanner's threshold is set badly; ordinary scans have below 1.
const SPECKLED: f32 = 8.0;

pub(super) fn whole_dpi(dpi: f32) -> u32 {
    dpi.round().clamp(1.0, 10_000.0) as u32
}

/// Milliseconds since `begun`.
pub(super) fn millis(begun: Instant) -> u32 {
    u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX)
}
