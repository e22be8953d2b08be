//! What a PDF page is made of: which images, which text, which strokes, in which order, and where.
//!
//! The page is interpreted as a reader would, but nothing is painted: what would be painted is noted, in
//! *page points*: pt of the page as shown, origin top left, y down.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{Dict, Name};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask, TransformExt, interpret_page,
};
use kurbo::{Affine, BezPath, Rect, Shape};

use crate::legacy::{self, Encoding};

/// More glyphs than this on one page are not text but an attack or a drawing; the rest is not noted.
/// A newspaper page has about 30,000.
const MOST_GLYPHS: usize = 200_000;
/// The same for fonts that a page names.
const MOST_FONTS: usize = 500;
/// The same for images and paths.
const MOST_MARKS: usize = 50_000;
/// So many of the largest things that may cover text are looked at; covering a page takes one.
const MOST_COVERS: usize = 256;
/// Letters lower than this are not read on paper, pt; footnotes have 8, the print on bank notes 1.
const SMALLEST_TEXT: f64 = 3.0;

/// Everything that a page would paint, in painting order.
#[derive(Default)]
pub(super) struct Survey {
    /// Width of the page as shown, pt.
    pub(super) width: f64,
    /// Height of the page as shown, pt.
    pub(super) height: f64,
    /// Images.
    pub(super) images: Vec<SeenImage>,
    /// Glyphs, visible and invisible.
    pub(super) glyphs: Vec<SeenGlyph>,
    /// Bounds of visible paths.
    pub(super) paths: Vec<SeenMark>,
    /// Encodings from before Unicode that names of the page's fonts tell.
    pub(super) legacy: Vec<Encoding>,
    order: usize,
    /// Open transparency groups: whether each changes what is painted in it.
    groups: Vec<bool>,
    /// Open clips: what each lets through, in page points.
    clips: Vec<Rect>,
}

/// An image on the page.
pub(super) struct SeenImage {
    /// Place in the painting order.
    pub(super) order: usize,
    /// Its object, as number and generation.
    pub(super) object: (u32, i32),
    /// Width and height in px, as declared.
    pub(super) size: (u32, u32),
    /// From image px (origin top left, y down) to page points.
    pub(super) to_page: Affine,
    /// Painted as it is: no mask, no blending, not a stencil in a colour.
    pub(super) plain: bool,
}

impl SeenImage {
    /// Where it stands.
    pub(super) fn bounds(&self) -> Rect {
        let (w, h) = self.size;
        self.to_page
            .transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(w), f64::from(h)))
    }
}

/// A glyph on the page.
pub(super) struct SeenGlyph {
    /// Place in the painting order.
    pub(super) order: usize,
    /// What it means, when the font says so.
    pub(super) text: Option<String>,
    /// From glyph space (1/1000 em, y up) to page points.
    pub(super) to_page: Affine,
    /// Advance in 1/1000 em.
    pub(super) advance: f64,
    /// Painted, not only there to be found.
    pub(super) visible: bool,
    /// Painted so that an eye can read it: in ink that stands out from paper, not tiny, on the page, not clipped off.
    /// What is painted over it later is another question: [`Survey::seen_glyphs`].
    pub(super) legible: bool,
}

impl SeenGlyph {
    /// Whether it stands on a level line, as print does and most watermarks do not (within about 10 degrees).
    pub(super) fn is_level(&self) -> bool {
        let [a, b, ..] = self.to_page.as_coeffs();
        a > 0.0 && b.abs() <= 0.17 * a
    }

    /// Its box: the advance wide, from a descender below to an ascender above the baseline.
    pub(super) fn bounds(&self) -> Rect {
        self.to_page
            .transform_rect_bbox(Rect::new(0.0, -200.0, self.advance, 700.0))
    }
}

/// Something painted.
pub(super) struct SeenMark {
    /// Place in the painting order.
    pub(super) order: usize,
    /// Where.
    pub(super) bounds: Rect,
    /// Fills all of its bounds: nothing painted there before shows any more.
    pub(super) solid: bool,
}

/// Notes what `page` would paint.
pub(super) fn survey<'a>(page: &'a Page<'a>, settings: &InterpreterSettings) -> Survey {
    survey_among(page, settings, &InterpreterCache::new())
}

/// The same with what was read for other pages of the file, such as their fonts.
pub(super) fn survey_among<'a>(
    page: &'a Page<'a>,
    settings: &InterpreterSettings,
    cache: &InterpreterCache<'a>,
) -> Survey {
    let (width, height) = page.render_dimensions();
    let mut survey = Survey {
        width: f64::from(width),
        height: f64::from(height),
        legacy: legacy_fonts(page),
        ..Survey::default()
    };
    let target = Rect::new(0.0, 0.0, survey.width, survey.height);
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, target, cache, page.xref(), settings.clone());
    interpret_page(page, &mut context, &mut survey);
    survey
}

/// The old encodings among the fonts that the page itself names.
fn legacy_fonts(page: &Page<'_>) -> Vec<Encoding> {
    let fonts = &page.resources().fonts;
    let mut found = Vec::new();
    for key in fonts.keys().take(MOST_FONTS) {
        let name = fonts
            .get::<Dict<'_>>(&*key)
            .and_then(|font| font.get::<Name<'_>>(b"BaseFont"));
        let encoding =
            name.and_then(|name| Encoding::of_font(&String::from_utf8_lossy(name.as_ref())));
        found.extend(encoding.filter(|encoding| !found.contains(encoding)));
    }
    found
}

impl Survey {
    /// Whether no clip cuts off more than a point of what `bounds` has on the page.
    fn lets_through(&self, bounds: Rect) -> bool {
        let on_page = bounds.intersect(Rect::new(0.0, 0.0, self.width, self.height));
        self.clips
            .iter()
            .all(|clip| clip.inflate(1.0, 1.0).contains_rect(on_page))
    }

    /// The glyphs that an eye can read on the page as it is in the end.
    ///
    /// Covers are opaque images and filled rectangles; what shapes of other kinds hide is taken for seen.
    pub(super) fn seen_glyphs(&self) -> impl Iterator<Item = &SeenGlyph> {
        let images = self.images.iter().filter(|image| image.plain);
        let images = images.map(|image| (image.order, image.bounds()));
        let paths = self.paths.iter().filter(|path| path.solid);
        let mut covers: Vec<(usize, Rect)> = images
            .chain(paths.map(|path| (path.order, path.bounds)))
            .collect();
        covers.sort_by(|(_, a), (_, b)| b.area().total_cmp(&a.area()));
        covers.truncate(MOST_COVERS);
        self.glyphs.iter().filter(move |glyph| {
            let center = glyph.bounds().center();
            let covered =
                |(order, bounds): &(usize, Rect)| *order > glyph.order && bounds.contains(center);
            glyph.legible && !covers.iter().any(covered)
        })
    }

    /// Whether a glyph of these bounds and this height, pt, can be read when it is painted so.
    fn is_legible(&self, bounds: Rect, height: f64, paint: &Paint<'_>) -> bool {
        let center = bounds.center();
        let on_page = Rect::new(0.0, 0.0, self.width, self.height).contains(center);
        on_page
            && height >= SMALLEST_TEXT
            && !is_pale(paint)
            && self.clips.iter().all(|clip| clip.contains(center))
    }

    fn next(&mut self) -> usize {
        self.order += 1;
        self.order
    }

    /// Share of the page, 0 to 1, on which glyphs that `wanted` picks stand.
    pub(super) fn text_coverage(&self, wanted: impl Fn(&SeenGlyph) -> bool) -> f64 {
        /// Cells of the grid on a side; a cell of A4 is 5 by 7 pt, smaller than a letter.
        const CELLS: usize = 120;
        let mut cells = vec![false; CELLS * CELLS];
        for glyph in self.glyphs.iter().filter(|glyph| wanted(glyph)) {
            let bounds = glyph
                .bounds()
                .intersect(Rect::new(0.0, 0.0, self.width, self.height));
            if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
                continue;
            }
            let across = span(bounds.x0, bounds.x1, self.width, CELLS);
            for row in span(bounds.y0, bounds.y1, self.height, CELLS) {
                for column in across.clone() {
                    if let Some(cell) = cells.get_mut(row * CELLS + column) {
                        *cell = true;
                    }
                }
            }
        }
        cells.iter().filter(|cell| **cell).count() as f64 / (CELLS * CELLS) as f64
    }
}

/// The cells from `low` to `high` of an extent divided into `cells`.
fn span(low: f64, high: f64, extent: f64, cells: usize) -> std::ops::Range<usize> {
    let cell = |at: f64| (at / extent.max(1.0) * cells as f64).max(0.0) as usize;
    cell(low).min(cells)..(cell(high) + 1).min(cells)
}

impl<'a> Device<'a> for Survey {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, draw_mode: &DrawMode) {
        let order = self.next();
        let invisible = matches!(draw_mode, DrawMode::Invisible)
            || matches!(&props.paint, Paint::Color(colour) if colour.to_rgba().to_rgba8()[3] == 0);
        if invisible || self.paths.len() >= MOST_MARKS {
            return;
        }
        let own = path.bounding_box();
        let bounds = props.transform.transform_rect_bbox(own);
        let filled = matches!(draw_mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..))
            && props.soft_mask.is_none()
            && props.blend_mode == BlendMode::Normal
            && !self.groups.contains(&true);
        let opaque =
            matches!(&props.paint, Paint::Color(colour) if colour.to_rgba().to_rgba8()[3] == 255);
        let [_, b, c, _, ..] = props.transform.as_coeffs();
        self.paths.push(SeenMark {
            order,
            bounds,
            solid: filled
                && opaque
                && (b == 0.0 && c == 0.0)
                && path.area().abs() >= 0.99 * own.area(),
        });
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box());
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.groups
            .push(opacity < 1.0 || mask.is_some() || blend != BlendMode::Normal);
    }

    fn draw_glyph_run(
        &mut self,
        run: &GlyphRun<'_, 'a>,
        props: DrawProps<'a>,
        draw_mode: &DrawMode,
    ) {
        let order = self.next();
        let visible = !matches!(draw_mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MOST_GLYPHS {
                return;
            }
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let mut text = glyph.as_unicode().map(|text| match text {
                BfString::Char(c) => c.to_string(),
                BfString::String(text) => text,
            });
            if !self.legacy.is_empty() {
                text = legacy::letter(text, glyph.char_code());
            }
            let mut seen = SeenGlyph {
                order,
                text,
                to_page: props.transform * glyph.transform(),
                advance: f64::from(advance.unwrap_or(500.0)),
                visible,
                legible: false,
            };
            let [_, _, c, d, ..] = seen.to_page.as_coeffs();
            seen.legible =
                visible && self.is_legible(seen.bounds(), 1000.0 * c.hypot(d), &props.paint);
            self.glyphs.push(seen);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let order = self.next();
        if self.images.len() >= MOST_MARKS {
            return;
        }
        let unmasked = props.soft_mask.is_none()
            && props.blend_mode == BlendMode::Normal
            && !self.groups.contains(&true);
        let (stream, black_or_raster) = match &image {
            Image::Raster(raster) => (raster.stream(), true),
            Image::Stencil(stencil) => {
                // Only black stencils are scans; the colour is the paint of the first decoding call.
                let mut black = false;
                stencil.with_stencil(|_, paint| black = is_black(paint), Some((1, 1)));
                (stencil.stream(), black)
            }
        };
        let id = stream.obj_id();
        let own_mask = stream.dict().contains_key(b"SMask") || stream.dict().contains_key(b"Mask");
        let mut seen = SeenImage {
            order,
            object: (id.obj_number, id.gen_number),
            size: (image.width(), image.height()),
            to_page: props.transform,
            plain: false,
        };
        seen.plain = unmasked && black_or_raster && !own_mask && self.lets_through(seen.bounds());
        self.images.push(seen);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}

fn is_black(paint: &Paint<'_>) -> bool {
    matches!(paint, Paint::Color(colour) if colour.to_rgba().to_rgba8() == [0, 0, 0, 255])
}

/// Hardly or not at all to be told from white paper.
fn is_pale(paint: &Paint<'_>) -> bool {
    /// Print of this grey and darker is read without effort; watermarks are paler.
    const PALEST: u16 = 225;
    let Paint::Color(colour) = paint else {
        return false;
    };
    let [red, green, blue, alpha] = colour.to_rgba().to_rgba8().map(u16::from);
    // Laid over white.
    let over = |channel: u16| 255 - (255 - channel) * alpha / 255;
    [red, green, blue]
        .iter()
        .all(|channel| over(*channel) > PALEST)
}
