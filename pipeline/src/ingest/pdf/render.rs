//! What a reader shows of a PDF page, as pixels.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::TransformExt;
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::vello_cpu::{self, Pixmap, RenderContext};
use hayro::{RenderCache, RenderSettings, render_into};
use kurbo::{Affine, Rect};

use crate::document::{Gray, Raster, Rgb, StoredImage};
use crate::ingest::recode::lossy;

/// The renderer counts in 16 bits; a larger region is rendered at a lower resolution.
pub(super) const LONGEST_SIDE: f64 = 16_000.0;

/// Renders the part `region` (page points) of `page` at `scale` px per pt, across and down, on white.
///
/// `None` when the region is empty or has more than [`LONGEST_SIDE`] px on a side.
pub(super) fn render(
    page: &Page<'_>,
    region: Rect,
    scale: (f64, f64),
    settings: &InterpreterSettings,
) -> Option<Raster> {
    let (width, height) = (
        (region.width() * scale.0).round(),
        (region.height() * scale.1).round(),
    );
    if !(1.0..=LONGEST_SIDE).contains(&width) || !(1.0..=LONGEST_SIDE).contains(&height) {
        return None;
    }
    let (width, height) = (width as u16, height as u16);
    let cache = RenderCache::new();
    let transform = Affine::scale_non_uniform(scale.0, scale.1)
        * Affine::translate((-region.x0, -region.y0))
        * page.initial_transform(true).to_kurbo();
    let mut context = RenderContext::new(width, height);
    render_into(
        page,
        &cache,
        settings,
        &RenderSettings::default(),
        &mut context,
        transform,
    );
    context.flush();
    let mut pixmap = Pixmap::new(width, height);
    let white = vello_cpu::color::palette::css::WHITE;
    context.render_with(
        &mut pixmap,
        &mut vello_cpu::Resources::default(),
        vello_cpu::RasterizerSettings {
            target_init: vello_cpu::TargetInit::Clear(white),
            ..Default::default()
        },
    );
    Some(raster_of(&pixmap))
}

fn raster_of(pixmap: &Pixmap) -> Raster {
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let rgba = pixmap.data_as_u8_slice();
    if rgba
        .chunks_exact(4)
        .all(|px| px[0] == px[1] && px[1] == px[2])
    {
        let pixels = rgba.chunks_exact(4).map(|px| px[0]).collect();
        return Raster::Gray(Gray {
            width,
            height,
            pixels,
        });
    }
    let pixels = rgba
        .chunks_exact(4)
        .flat_map(|px| [px[0], px[1], px[2]])
        .collect();
    Raster::Rgb(Rgb {
        width,
        height,
        pixels,
    })
}

/// A rendered page in the coding for the output: without loss when it is black and white, else as a JPEG. The
/// rendering has resampled what it shows, so a JPEG of this quality loses nothing that was in the source.
pub(super) fn coded(raster: &Raster) -> StoredImage {
    /// Errors stay below what the eye and OCR see; a page takes about 1 MB in colour.
    const QUALITY: u8 = 90;
    lossy(raster, QUALITY)
}
