//! Decides what a PDF page is: a scan, a scan with things over it, or a page that was never paper.

use hayro_interpret::InterpreterSettings;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use kurbo::{Affine as PageMap, Rect as PageRect};

use super::survey::{SeenGlyph, SeenImage, Survey, survey};
use super::{image, render, words};
use crate::document::{Affine, Line, Turn};
use crate::ingest::error::Fault;
use crate::ingest::limits::Limits;
use crate::ingest::page::{Kept, Page, PlacedImage, Scan, TextPolicy};
use crate::ingest::recode::recode;
use crate::legacy;
use crate::record::{Bilingual, Flag, ImageOrigin, said};

/// Images that cover less of the page than this are figures on a page, not a scan of one.
const SCAN_COVERS: f64 = 0.5;
/// Level visible text that covers more than this, in more letters than [`FEW_LETTERS`], makes a page with a picture
/// behind it a born-digital page. A signature block covers 1 to 2 % of a page, ten lines of text about 8 %.
const TEXT_COVERS: f64 = 0.05;
/// Stamps and watermarks have fewer letters than this, however large they are set.
const FEW_LETTERS: usize = 300;
/// Hidden text that covers more than this is a text layer.
const LAYER_COVERS: f64 = 0.02;
/// What lies over a scan is set on top as patches until these cover this share of it; then the whole page is rendered.
const PATCHES_COVER: f64 = 0.35;
/// Pages without an image are rendered, when that is asked for, at the resolution usual for OCR.
const USUAL_DPI: f64 = 300.0;
/// Scans finer or coarser than this are rendered at the bound instead: coarser loses nothing, finer gains nothing.
const RENDER_DPI: std::ops::RangeInclusive<f64> = 150.0..=600.0;

/// Takes apart the only page of `bytes`.
pub(super) fn page_of(bytes: Vec<u8>, policy: TextPolicy, limits: &Limits) -> Result<Page, Fault> {
    let unparsed = |_| {
        let said = said!("không phân tích được trang", "the page cannot be parsed");
        Fault::damaged(None, said)
    };
    let pdf = Pdf::new(bytes).map_err(unparsed)?;
    let page = pdf.pages().first().ok_or_else(|| {
        let said = said!("không tìm thấy trang", "the page cannot be found");
        Fault::damaged(None, said)
    })?;
    let settings = InterpreterSettings::default();
    let survey = survey(page, &settings);
    for seen in &survey.images {
        limits.admit(seen.size.0, seen.size.1, 4)?;
    }
    let view = View {
        page,
        settings: &settings,
        survey: &survey,
        policy,
    };
    let hidden = survey.text_coverage(|glyph| !glyph.visible && glyph.text.is_some());
    let printed = |glyph: &SeenGlyph| glyph.visible && glyph.is_level();
    let letters = survey.glyphs.iter().filter(|glyph| printed(glyph)).count();
    let is_print = letters > FEW_LETTERS && survey.text_coverage(printed) >= TEXT_COVERS;
    let is_scan = view.images_cover() >= SCAN_COVERS && !is_print;
    if policy == TextPolicy::Force {
        return view.rendered(None, limits).map(into_scan);
    }
    if !is_scan {
        return Ok(Page::Kept(Box::new(view.kept())));
    }
    let keep_text = policy == TextPolicy::Skip && hidden >= LAYER_COVERS;
    let scan = match view.single_scan() {
        Some(seen) => view.scan(seen, limits)?,
        None => view.rendered(view.finest_dpi(), limits)?,
    };
    Ok(into_scan(if keep_text {
        view.with_own_text(scan)
    } else {
        scan
    }))
}

fn into_scan(scan: Scan) -> Page {
    Page::Scan(Box::new(scan))
}

/// A page and what is known of it.
struct View<'a> {
    page: &'a PdfPage<'a>,
    settings: &'a InterpreterSettings,
    survey: &'a Survey,
    policy: TextPolicy,
}

impl View<'_> {
    fn whole(&self) -> PageRect {
        PageRect::new(0.0, 0.0, self.survey.width, self.survey.height)
    }

    /// Share of the page that images cover, counted once for each image.
    fn images_cover(&self) -> f64 {
        let whole = self.whole();
        let covered: f64 = self
            .survey
            .images
            .iter()
            .map(|seen| area(seen.bounds().intersect(whole)))
            .sum();
        covered / area(whole).max(1.0)
    }

    /// The image that is the page, when there is exactly one large one, standing straight.
    fn single_scan(&self) -> Option<&SeenImage> {
        let whole = self.whole();
        let large =
            |seen: &&SeenImage| area(seen.bounds().intersect(whole)) >= SCAN_COVERS * area(whole);
        let mut candidates = self.survey.images.iter().filter(large);
        let only = candidates.next()?;
        let strips = self
            .survey
            .images
            .iter()
            .filter(|seen| seen.order < only.order)
            .count();
        let straight = turn_of(only.to_page).is_some();
        (candidates.next().is_none() && strips == 0 && only.plain && straight && only.object.0 != 0)
            .then_some(only)
    }

    /// The finest resolution among the images, dpi.
    fn finest_dpi(&self) -> Option<f64> {
        self.survey
            .images
            .iter()
            .map(|seen| dpi_of(seen.to_page))
            .map(|(x, y)| x.max(y))
            .reduce(f64::max)
    }

    /// A page whose scan stays as it is; what lies over it is set on top.
    fn scan(&self, seen: &SeenImage, limits: &Limits) -> Result<Scan, Fault> {
        let over = self.marks_over(seen);
        if over.iter().map(|mark| area(*mark)).sum::<f64>() > PATCHES_COVER * area(self.whole()) {
            return self.rendered(self.finest_dpi(), limits);
        }
        let raster = image::pixels(self.page, seen.order, self.settings).ok_or_else(|| {
            let said = said!(
                "không giải mã được ảnh quét trên trang",
                "the scan on the page cannot be decoded"
            );
            Fault::damaged(None, said)
        })?;
        // Whether the image stands straight was asked before; a crooked one is rendered.
        let Some(turn) = turn_of(seen.to_page) else {
            return self.rendered(self.finest_dpi(), limits);
        };
        let (stored, mut origin) = match image::untouched(self.page, seen, &raster) {
            Some(stored) => (stored, ImageOrigin::Untouched),
            None => (recode(&raster), ImageOrigin::Recoded),
        };
        let frame = Frame::of(self.survey, seen);
        let mut images = vec![PlacedImage {
            image: stored,
            to_shown: frame.unit_square(seen),
        }];
        let mut flags = Vec::new();
        if !over.is_empty() {
            origin = ImageOrigin::Overlaid;
            flags.push(Flag::new("content_over_scan").with_value(over.len() as f32));
            images.extend(over.iter().filter_map(|mark| self.patch(*mark, &frame)));
        }
        let text = self.overlay_text(seen, &frame);
        if !text.is_empty() {
            flags.push(Flag::new("text_over_scan").saying(Bilingual::quoted(shorten(&text))));
        }
        Ok(Scan {
            turn,
            dpi: (frame.stored_dpi.0 as f32, frame.stored_dpi.1 as f32),
            size_px: frame.size_px,
            size_pt: (self.survey.width as f32, self.survey.height as f32),
            to_page: frame.raster_to_page(seen),
            images,
            origin,
            text: None,
            flags,
            raster,
        })
    }

    /// Bounds of what is painted after the scan, neighbours joined, in page points.
    fn marks_over(&self, scan: &SeenImage) -> Vec<PageRect> {
        let after = |order: usize| order > scan.order;
        let images = self
            .survey
            .images
            .iter()
            .filter(|seen| after(seen.order))
            .map(SeenImage::bounds);
        let paths = self
            .survey
            .paths
            .iter()
            .filter(|path| after(path.order))
            .map(|path| path.bounds);
        let glyphs = self
            .survey
            .glyphs
            .iter()
            .filter(|glyph| after(glyph.order) && glyph.visible)
            .map(SeenGlyph::bounds);
        let whole = self.whole();
        let on_page = images
            .chain(paths)
            .chain(glyphs)
            .map(|mark| mark.inflate(1.5, 1.5).intersect(whole));
        joined(on_page.filter(|mark| area(*mark) > 0.0))
    }

    /// A part of the page as a reader shows it, at the scan's resolution, to be set over the scan.
    fn patch(&self, mark: PageRect, frame: &Frame) -> Option<PlacedImage> {
        let (sx, sy) = frame.px_per_pt;
        // Patch edges lie on the scan's pixel grid, so that the patch continues it.
        let x0 = (mark.x0 * sx).floor() / sx;
        let y0 = (mark.y0 * sy).floor() / sy;
        let region = PageRect::new(
            x0,
            y0,
            (mark.x1 * sx).ceil() / sx,
            (mark.y1 * sy).ceil() / sy,
        );
        let raster = render::render(self.page, region, (sx, sy), self.settings)?;
        let m = [
            region.width() * sx,
            0.0,
            0.0,
            region.height() * sy,
            x0 * sx,
            y0 * sy,
        ]
        .map(|value| value as f32);
        Some(PlacedImage {
            image: recode(&raster),
            to_shown: Affine { m },
        })
    }

    /// The page as a reader shows it, as one image.
    fn rendered(&self, dpi: Option<f64>, limits: &Limits) -> Result<Scan, Fault> {
        let (width, height) = (self.survey.width, self.survey.height);
        let longest = width.max(height).max(1.0);
        let dpi = dpi
            .unwrap_or(USUAL_DPI)
            .clamp(*RENDER_DPI.start(), *RENDER_DPI.end());
        let scale = (dpi / 72.0).min(render::LONGEST_SIDE / longest);
        limits.admit((width * scale) as u32, (height * scale) as u32, 16)?;
        let raster = render::render(self.page, self.whole(), (scale, scale), self.settings)
            .ok_or_else(|| {
                Fault::damaged(
                    None,
                    said!(
                        "không vẽ được trang {width} x {height} pt",
                        "a page of {width} x {height} pt cannot be rendered"
                    ),
                )
            })?;
        let size_px = raster.size();
        let dpi = (scale * 72.0) as f32;
        let image = render::coded(&raster);
        let to_shown = Affine {
            m: [size_px.0 as f32, 0.0, 0.0, size_px.1 as f32, 0.0, 0.0],
        };
        Ok(Scan {
            turn: Turn::None,
            dpi: (dpi, dpi),
            size_px,
            size_pt: (width as f32, height as f32),
            to_page: Affine::IDENTITY,
            images: vec![PlacedImage { image, to_shown }],
            origin: ImageOrigin::Rendered,
            text: None,
            flags: vec![Flag::new("rendered").with_value(dpi)],
            raster,
        })
    }

    fn kept(&self) -> Kept {
        let scale = f64::from(Kept::DPI) / 72.0;
        let glyphs = self
            .survey
            .glyphs
            .iter()
            .filter(|glyph| glyph.visible || self.policy == TextPolicy::Skip);
        let mut flags = vec![Flag::new("born_digital")];
        let lines = self.in_unicode(words::lines(glyphs, PageMap::scale(scale)), &mut flags);
        Kept {
            lines,
            size_pt: (self.survey.width as f32, self.survey.height as f32),
            flags,
        }
    }

    /// The scan with the page's hidden text layer as its text.
    fn with_own_text(&self, mut scan: Scan) -> Scan {
        let (sx, sy) = (
            f64::from(scan.size_px.0) / self.survey.width.max(1.0),
            f64::from(scan.size_px.1) / self.survey.height.max(1.0),
        );
        let glyphs = self.survey.glyphs.iter();
        let lines = words::lines(glyphs, PageMap::scale_non_uniform(sx, sy));
        scan.text = Some(self.in_unicode(lines, &mut scan.flags));
        scan.flags.push(Flag::new("text_kept"));
        scan
    }

    /// Text from before Unicode made readable, with a flag that says so.
    fn in_unicode(&self, mut lines: Vec<Line>, flags: &mut Vec<Flag>) -> Vec<Line> {
        let found = legacy::convert(&mut lines, &self.survey.legacy);
        flags.extend(
            found.map(|old| Flag::new("legacy_encoding").saying(Bilingual::quoted(old.code()))),
        );
        lines
    }

    /// Level lines of visible text over the scan: signature blocks, electronic stamps.
    fn overlay_text(&self, scan: &SeenImage, frame: &Frame) -> Vec<Line> {
        let (sx, sy) = frame.px_per_pt;
        let glyphs = self
            .survey
            .glyphs
            .iter()
            .filter(|glyph| glyph.visible && glyph.order > scan.order);
        words::lines(glyphs, PageMap::scale_non_uniform(sx, sy))
    }
}

/// How page points and px of the page as shown belong together, given by the scan on the page.
struct Frame {
    px_per_pt: (f64, f64),
    size_px: (u32, u32),
    /// Resolution of the stored image, across and down, dpi.
    stored_dpi: (f64, f64),
}

impl Frame {
    fn of(survey: &Survey, scan: &SeenImage) -> Self {
        let (x, y) = dpi_of(scan.to_page);
        let shown = if is_sideways(scan.to_page) {
            (y, x)
        } else {
            (x, y)
        };
        let px_per_pt = (shown.0 / 72.0, shown.1 / 72.0);
        let px = |pt: f64, scale: f64| (pt * scale).round().clamp(1.0, 1e6) as u32;
        let size_px = (
            px(survey.width, px_per_pt.0),
            px(survey.height, px_per_pt.1),
        );
        Self {
            px_per_pt,
            size_px,
            stored_dpi: (x, y),
        }
    }

    /// From the image's unit square (y down) to px of the page as shown.
    fn unit_square(&self, seen: &SeenImage) -> Affine {
        let (w, h) = seen.size;
        let to_px = PageMap::scale_non_uniform(self.px_per_pt.0, self.px_per_pt.1);
        let map = to_px * seen.to_page * PageMap::scale_non_uniform(f64::from(w), f64::from(h));
        Affine {
            m: map.as_coeffs().map(|value| value as f32),
        }
    }

    /// From px of the raster, turned to be shown, to px of the page: they differ by the margins only.
    fn raster_to_page(&self, seen: &SeenImage) -> Affine {
        let bounds = seen.bounds();
        let m = [
            1.0,
            0.0,
            0.0,
            1.0,
            bounds.x0 * self.px_per_pt.0,
            bounds.y0 * self.px_per_pt.1,
        ];
        Affine {
            m: m.map(|value| value as f32),
        }
    }
}

fn area(rect: PageRect) -> f64 {
    rect.width().max(0.0) * rect.height().max(0.0)
}

/// Px per inch along an image's own axes.
fn dpi_of(to_page: PageMap) -> (f64, f64) {
    let [a, b, c, d, ..] = to_page.as_coeffs();
    let per_inch = |pt: f64| 72.0 / pt.max(1e-6);
    (per_inch(a.hypot(b)), per_inch(c.hypot(d)))
}

fn is_sideways(to_page: PageMap) -> bool {
    let [a, b, ..] = to_page.as_coeffs();
    b.abs() > a.abs()
}

/// The turn that shows the image as the page does; `None` for one that stands crooked.
fn turn_of(to_page: PageMap) -> Option<Turn> {
    /// Sine of the angle up to which an image counts as straight, a tenth of a degree.
    const STRAIGHT: f64 = 0.0018;
    let [a, b, c, d, ..] = to_page.as_coeffs();
    let (along, across) = (a.hypot(b), c.hypot(d));
    if along <= 0.0 || across <= 0.0 {
        return None;
    }
    let (a, b, c, d) = (a / along, b / along, c / across, d / across);
    if b.abs() < STRAIGHT && c.abs() < STRAIGHT {
        Some(match (a > 0.0, d > 0.0) {
            (true, true) => Turn::None,
            (false, true) => Turn::MirrorX,
            (false, false) => Turn::Half,
            (true, false) => Turn::MirrorY,
        })
    } else if a.abs() < STRAIGHT && d.abs() < STRAIGHT {
        Some(match (b > 0.0, c > 0.0) {
            (true, true) => Turn::Transpose,
            (true, false) => Turn::Right,
            (false, false) => Turn::Transverse,
            (false, true) => Turn::Left,
        })
    } else {
        None
    }
}

/// Rectangles that touch become one.
fn joined(marks: impl Iterator<Item = PageRect>) -> Vec<PageRect> {
    let mut groups: Vec<PageRect> = Vec::new();
    for mark in marks {
        let mut grown = mark;
        // Growing may bring in further groups; each pass removes at least one or ends.
        while let Some(index) = groups.iter().position(|group| group.overlaps(grown)) {
            grown = grown.union(groups.swap_remove(index));
        }
        groups.push(grown);
    }
    groups
}

/// The first words of `lines`, for a report.
fn shorten(lines: &[Line]) -> String {
    let words = lines
        .iter()
        .flat_map(|line| &line.words)
        .map(|word| word.text.as_str());
    let text: Vec<&str> = words.take(12).collect();
    text.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_ways_to_place_an_image_are_told_apart() {
        let cases = [
            ([0.24, 0.0, 0.0, 0.24, 0.0, 0.0], Some(Turn::None)),
            ([-0.24, 0.0, 0.0, -0.24, 595.0, 842.0], Some(Turn::Half)),
            ([0.0, 0.24, -0.24, 0.0, 595.0, 0.0], Some(Turn::Right)),
            ([0.0, -0.24, 0.24, 0.0, 0.0, 842.0], Some(Turn::Left)),
            ([0.24, 0.01, -0.01, 0.24, 0.0, 0.0], None),
            ([0.0; 6], None),
        ];
        for (map, expected) in cases {
            assert_eq!(turn_of(PageMap::new(map)), expected, "{map:?}");
        }
    }

    #[test]
    fn marks_that_touch_are_joined() {
        let marks = [
            PageRect::new(0.0, 0.0, 10.0, 10.0),
            PageRect::new(20.0, 0.0, 30.0, 10.0),
            PageRect::new(100.0, 100.0, 110.0, 110.0),
            PageRect::new(5.0, 5.0, 25.0, 6.0),
        ];
        let groups = joined(marks.into_iter());
        assert_eq!(groups.len(), 2);
        assert!(groups.contains(&PageRect::new(0.0, 0.0, 30.0, 10.0)));
    }
}
