//! A glance at a PDF: what its own text says it is, and what a page looks like; nothing is read by an engine.

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::{InterpreterCache, InterpreterSettings};
use kurbo::{Affine as PageMap, Rect as PageRect};
use saoy_pdf::{Annotations, Document, Images, StreamBounds, pages_pdf};

use super::survey::{Survey, survey_among};
use super::{render, words};
use crate::classify::{Classified, Evidence, Options, Sheet, Sight};
use crate::document::{Line, Raster};
use crate::ingest::error::Fault;
use crate::ingest::guard;
use crate::ingest::limits::Limits;
use crate::ingest::page::Kept;
use crate::legacy;
use crate::record::said;

/// Pages looked at from the front, for the header, and from the back, for the signature.
const ENDS: usize = 3;

/// What the text of `document` says it is: number, agency, signer and so on, as [`Evidence::conclude`] tells them.
///
/// Only the first and last pages are looked at. Text in annotations does not count: a signature's own appearance says
/// what the signer pleases. `None` when these pages have no text of their own.
pub fn classified(document: &Document, limits: &Limits) -> Option<Classified> {
    classified_by(document, Layer::Whole, limits)
}

/// The same by such text alone as an eye can read on the page: hidden text may say what the page does not.
pub fn classified_as_seen(document: &Document, limits: &Limits) -> Option<Classified> {
    classified_by(document, Layer::Seen, limits)
}

/// Which text of a page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    /// Hidden text too, as OCR puts it under or over scans.
    Whole,
    /// What can be read on the page.
    Seen,
}

fn classified_by(document: &Document, layer: Layer, limits: &Limits) -> Option<Classified> {
    let count = document.page_count().ok()?.min(limits.max_pages);
    let mut evidence = Evidence::default();
    let mut found = false;
    let ends = (0..count).filter(|&page| page < ENDS || page + ENDS >= count);
    let pages: Vec<usize> = ends.collect();
    // Pages of one file share fonts, which are large. A page that cannot be read says nothing; the others may.
    let alone = |page: &usize| texts_of(document, &[*page], layer, limits).ok()?.pop();
    let texts = match texts_of(document, &pages, layer, limits) {
        Ok(texts) => texts.into_iter().map(Some).collect(),
        Err(_) => pages.iter().map(alone).collect::<Vec<_>>(),
    };
    for (page, text) in pages.into_iter().zip(texts) {
        let Some((lines, size_px)) = text else {
            continue;
        };
        found |= !lines.is_empty();
        evidence.add(&Sheet {
            number: u32::try_from(page + 1).unwrap_or(u32::MAX),
            size_px,
            dpi: Kept::DPI,
            lines: &lines,
            sight: &Sight::default(),
        });
    }
    found.then(|| evidence.conclude(&Options::default()))
}

/// The text of a page, and where it stands: pt from the top left corner of the page as readers show it.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Level lines, top to bottom; lines of columns side by side are one.
    pub lines: Vec<Line>,
    /// Width and height of the page.
    pub size_pt: (f64, f64),
}

/// The text of page `page`, counted from 0, without its annotations.
///
/// # Errors
/// When there is no such page, or it is damaged or beyond the limits.
pub fn text(document: &Document, page: usize, limits: &Limits) -> Result<Text, Fault> {
    let seen = surveyed(document, page, Annotations::Drop, limits)?;
    let mut lines = words::lines(seen.glyphs.iter(), PageMap::IDENTITY);
    legacy::convert(&mut lines, &seen.legacy);
    Ok(Text {
        lines,
        size_pt: (seen.width, seen.height),
    })
}

/// The lines that annotations lay over page `page`, counted from 0, top to bottom: what stamps and signatures show.
///
/// # Errors
/// As [`text`].
pub fn stamped(document: &Document, page: usize, limits: &Limits) -> Result<Vec<String>, Fault> {
    let bears = document.page(page)?.dict.contains("Annots");
    if !bears {
        return Ok(Vec::new());
    }
    let seen = surveyed(document, page, Annotations::Only, limits)?;
    let lines = words::lines(seen.seen_glyphs(), PageMap::IDENTITY);
    Ok(lines.iter().map(Line::text).collect())
}

/// What a page is made of, as far as a receiving office asks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Made {
    /// Whether it has text of its own, visible or hidden; what lies over it does not count.
    pub text: bool,
    /// The largest image on it: how many of its pixels stand on an inch, and how much of the page it takes, 0 to 1.
    pub image: Option<(f64, f64)>,
}

/// What page `page`, counted from 0, is made of, without its annotations.
///
/// # Errors
/// As [`text`].
pub fn made(document: &Document, page: usize, limits: &Limits) -> Result<Made, Fault> {
    let seen = surveyed(document, page, Annotations::Drop, limits)?;
    let whole = PageRect::new(0.0, 0.0, seen.width, seen.height);
    let image = seen
        .images
        .iter()
        .map(|image| (image, image.bounds().intersect(whole).area()))
        .filter(|(_, area)| *area > 0.0)
        .max_by(|left, right| left.1.total_cmp(&right.1))
        .map(|(image, area)| {
            let [a, b, ..] = image.to_page.as_coeffs();
            // A pixel's width on the page, pt, however the image is turned.
            (
                72.0 / a.hypot(b).max(f64::MIN_POSITIVE),
                area / whole.area(),
            )
        });
    Ok(Made {
        text: !seen.glyphs.is_empty(),
        image,
    })
}

/// Lines in px at [`Kept::DPI`], and the size of their page.
type Lines = (Vec<Line>, (u32, u32));

/// The lines of `pages`, counted from 0.
fn texts_of(
    document: &Document,
    pages: &[usize],
    layer: Layer,
    limits: &Limits,
) -> Result<Vec<Lines>, Fault> {
    let asked = Asked::of(Annotations::Drop, Images::Hollow);
    with_pages(document, pages, asked, limits, |page, settings, cache| {
        let seen = survey_among(page, settings, cache);
        let scale = PageMap::scale(f64::from(Kept::DPI) / 72.0);
        let mut lines = match layer {
            Layer::Whole => words::lines(seen.glyphs.iter(), scale),
            Layer::Seen => words::lines(seen.seen_glyphs(), scale),
        };
        legacy::convert(&mut lines, &seen.legacy);
        let kept = Kept {
            lines,
            size_pt: (seen.width as f32, seen.height as f32),
            flags: Vec::new(),
        };
        let size_px = kept.size_px();
        Ok((kept.lines, size_px))
    })
}

/// What page `page`, counted from 0, or what lies over it, would paint.
fn surveyed(
    document: &Document,
    page: usize,
    annotations: Annotations,
    limits: &Limits,
) -> Result<Survey, Fault> {
    let asked = Asked::of(annotations, Images::Hollow);
    with_page(document, page, asked, limits, |page, settings, cache| {
        Ok(survey_among(page, settings, cache))
    })
}

/// Page `page`, counted from 0, as a reader shows it at `dpi`, annotations included.
///
/// # Errors
/// When there is no such page, or it is damaged or beyond the limits.
pub fn picture(
    document: &Document,
    page: usize,
    dpi: f64,
    limits: &Limits,
) -> Result<Raster, Fault> {
    rendered(document, page, Annotations::Keep, dpi, limits)
}

/// The same without annotations: the page itself, not what was laid over it.
///
/// # Errors
/// As [`picture`].
pub fn bare_picture(
    document: &Document,
    page: usize,
    dpi: f64,
    limits: &Limits,
) -> Result<Raster, Fault> {
    rendered(document, page, Annotations::Drop, dpi, limits)
}

fn rendered(
    document: &Document,
    page: usize,
    annotations: Annotations,
    dpi: f64,
    limits: &Limits,
) -> Result<Raster, Fault> {
    let asked = Asked::of(annotations, Images::Whole);
    with_page(document, page, asked, limits, |page, settings, _| {
        let (width, height) = page.render_dimensions();
        let whole = PageRect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let scale = dpi / 72.0;
        // A page may call itself larger than anything that was ever printed.
        limits.admit(
            (f64::from(width) * scale).ceil() as u32,
            (f64::from(height) * scale).ceil() as u32,
            4,
        )?;
        render::render(page, whole, (scale, scale), settings).ok_or_else(|| {
            Fault::damaged(
                None,
                said!("trang không có kích thước", "a page without a size"),
            )
        })
    })
}

/// Which parts of a page come out of its file.
#[derive(Clone, Copy)]
struct Asked {
    annotations: Annotations,
    images: Images,
}

impl Asked {
    fn of(annotations: Annotations, images: Images) -> Self {
        Self {
            annotations,
            images,
        }
    }
}

/// Takes one page out of its file and interprets it behind the wall around decoders.
fn with_page<T>(
    document: &Document,
    page: usize,
    asked: Asked,
    limits: &Limits,
    work: impl for<'a> Fn(
        &'a PdfPage<'a>,
        &InterpreterSettings,
        &InterpreterCache<'a>,
    ) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut done = with_pages(document, &[page], asked, limits, work)?;
    done.pop().ok_or_else(unparsed)
}

/// The same with several pages, counted from 0, all of which must be sound.
fn with_pages<T>(
    document: &Document,
    pages: &[usize],
    asked: Asked,
    limits: &Limits,
    work: impl for<'a> Fn(
        &'a PdfPage<'a>,
        &InterpreterSettings,
        &InterpreterCache<'a>,
    ) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let taken = pages.iter().map(|&page| document.page(page));
    let bytes = pages_pdf(
        document,
        &taken.collect::<Result<Vec<_>, _>>()?,
        asked.annotations,
        asked.images,
        StreamBounds {
            image: limits.max_page_bytes,
            pixels: limits.max_pixels,
            others: limits.max_page_stream_bytes,
        },
    )?;
    guard::decode(move || {
        let pdf = Pdf::new(bytes).map_err(|_| unparsed())?;
        let (settings, cache) = (InterpreterSettings::default(), InterpreterCache::new());
        if pdf.pages().len() != pages.len() {
            return Err(unparsed());
        }
        let mut done = Vec::new();
        for page in pdf.pages().iter() {
            done.push(work(page, &settings, &cache)?);
        }
        Ok(done)
    })
}

fn unparsed() -> Fault {
    let said = said!("không phân tích được trang", "the page cannot be parsed");
    Fault::damaged(None, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One page of 200 x 100 pt: `contents` on it, `annotation` over it.
    fn paper(contents: &str, appearance: &str) -> Document {
        let form = "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /Font << /F 4 0 R >> >>";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Annots [6 0 R] /Resources << /Font << /F 4 0 R >> >> >>".to_owned(),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{contents}\nendstream", contents.len()),
            "<< /Type /Annot /Subtype /Stamp /F 4 /Rect [0 0 200 100] /AP << /N 7 0 R >> >>".to_owned(),
            format!("<< {form} /Length {} >>\nstream\n{appearance}\nendstream", appearance.len()),
        ];
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = "xref\n0 8\n0000000000 65535 f \n".to_owned();
        for (index, object) in objects.iter().enumerate() {
            table += &format!("{:010} 00000 n \n", file.len());
            file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
        }
        let at = file.len();
        file.extend(
            format!("{table}trailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n").bytes(),
        );
        Document::open(file).unwrap()
    }

    fn text_of(document: &Document, layer: Layer) -> Lines {
        let mut texts = texts_of(document, &[0], layer, &Limits::default()).unwrap();
        texts.pop().unwrap()
    }

    #[test]
    fn what_lies_over_a_page_is_not_of_the_page() {
        let show = |text: &str| format!("BT /F 12 Tf 10 50 Td ({text}) Tj ET");
        let over = |contents: &str, appearance: &str| {
            stamped(&paper(contents, appearance), 0, &Limits::default()).unwrap()
        };
        assert_eq!(over(&show("Nguyen Van An"), ""), [""; 0]);
        // The same words on the page and over it are over it all the same.
        let [own, other] = [show("Nguyen Van An"), show("Somebody Else")];
        assert_eq!(over(&own, &own), ["Nguyen Van An"]);
        assert_eq!(over(&own, &other), ["Somebody Else"]);
        let hidden = format!("{other} 1 g 0 0 200 100 re f");
        assert_eq!(over(&own, &hidden), [""; 0]);
    }

    #[test]
    fn text_is_that_of_the_page_and_not_of_what_lies_over_it() {
        let show = |text: &str| format!("BT /F 12 Tf 10 50 Td ({text}) Tj ET");
        let document = paper(&show("Nguyen Van An"), &show("Somebody Else"));
        let (lines, size) = text_of(&document, Layer::Whole);
        let texts: Vec<String> = lines.iter().map(Line::text).collect();
        assert_eq!(texts, ["Nguyen Van An"]);
        assert_eq!(size, (833, 417));
        let placed = text(&document, 0, &Limits::default()).unwrap();
        let first = placed.lines[0].words[0].bbox;
        assert_eq!(placed.size_pt, (200.0, 100.0));
        assert!((first.x - 10.0).abs() < 0.1 && first.y < 50.0 && first.y + first.h > 50.0);
    }

    #[test]
    fn text_that_no_eye_can_read_is_not_seen() {
        let show = |text: &str| format!("BT /F 12 Tf 10 50 Td ({text}) Tj ET");
        for (contents, seen) in [
            (show("Nguyen"), true),
            // Paper first, print over it.
            (format!("1 g 0 0 200 100 re f 0 g {}", show("Nguyen")), true),
            (format!("3 Tr {}", show("Nguyen")), false),
            (format!("1 g {}", show("Nguyen")), false),
            (format!("0.95 g {}", show("Nguyen")), false),
            (show("Nguyen").replace("12 Tf", "1 Tf"), false),
            (show("Nguyen").replace("10 50", "300 50"), false),
            (format!("0 0 5 5 re W n {}", show("Nguyen")), false),
            (format!("{} 1 g 0 0 200 100 re f", show("Nguyen")), false),
        ] {
            let document = paper(&contents, "");
            let of = |layer| text_of(&document, layer).0;
            assert_eq!(!of(Layer::Seen).is_empty(), seen, "{contents}");
            assert!(!of(Layer::Whole).is_empty(), "{contents}");
        }
    }

    #[test]
    fn what_a_page_is_made_of_is_its_own() {
        let made =
            |contents: &str| made(&paper(contents, "0 0 100 100 re f"), 0, &Limits::default());
        assert_eq!(made("").unwrap(), Made::default());
        assert!(
            made("BT /F 12 Tf 3 Tr 10 50 Td (Hidden) Tj ET")
                .unwrap()
                .text
        );
        // 100 x 50 px over the lower half of a page of 200 x 100 pt: 2 pt a pixel across.
        let image = "q 200 0 0 50 0 0 cm BI /W 100 /H 25 /BPC 8 /CS /G /F /AHx ID ".to_owned()
            + &"80".repeat(2500)
            + "> EI Q";
        let (dpi, share) = made(&image).unwrap().image.unwrap();
        assert!(
            (dpi - 36.0).abs() < 0.1 && (share - 0.5).abs() < 0.01,
            "{dpi} {share}"
        );
    }

    #[test]
    fn a_bare_picture_has_no_annotations() {
        let document = paper("", "0 0 100 100 re f");
        let raster = bare_picture(&document, 0, 72.0, &Limits::default()).unwrap();
        match raster {
            Raster::Gray(gray) => assert!(gray.pixels.iter().all(|px| *px > 250)),
            Raster::Rgb(_) => panic!("no colour"),
        }
    }

    #[test]
    fn a_picture_shows_what_lies_over_the_page() {
        let dark = |document: &Document| {
            let raster = picture(document, 0, 72.0, &Limits::default()).unwrap();
            assert_eq!(raster.size(), (200, 100));
            match raster {
                Raster::Gray(gray) => gray.pixels.iter().filter(|px| **px < 128).count(),
                Raster::Rgb(_) => panic!("no colour"),
            }
        };
        assert_eq!(dark(&paper("", "")), 0);
        assert!(dark(&paper("", "0 0 100 100 re f")) > 9000);
        assert!(picture(&paper("", ""), 1, 72.0, &Limits::default()).is_err());
    }

    #[test]
    fn a_file_without_text_says_nothing() {
        assert!(classified(&paper("0 0 10 10 re f", ""), &Limits::default()).is_none());
    }
}
