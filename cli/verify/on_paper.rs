//! The code of a certified copy that comes back as paper: printed, scanned again or photographed. Paper bears no signature; its
//! code tells which entry of the register it claims to be.

use std::path::Path;

use saoy_archive::payload::Payload;
use saoy_pipeline::classify::codes;
use saoy_pipeline::document::Affine;
use saoy_pipeline::ingest::{File, Limits, Page, Scan, TextPolicy};
use saoy_pipeline::picture::Picture;

/// What a photograph is taken for when its own resolution does not help: a page across some 2,000 px.
const GUESSED_DPI: f32 = 250.0;

/// The first code of ours on the pages that bear statements: the last two, and the first for true copies. A file that is
/// `damaged` as a PDF is no paper, unless it is none.
pub(super) fn code(path: &Path, damaged: bool) -> Option<Payload> {
    let file = File::open(path, &Limits::default()).ok()?;
    if damaged && file.pdf().is_some() {
        return None;
    }
    let count = file.page_count();
    let mut pages: Vec<usize> = (count.saturating_sub(2)..count).rev().collect();
    pages.extend((count > 2).then_some(0));
    pages.into_iter().find_map(|page| {
        let Ok(Page::Scan(scan)) = file.load(page, TextPolicy::Skip) else {
            // A page that was never paper, or cannot be read.
            return None;
        };
        [scan.dpi.0, GUESSED_DPI]
            .into_iter()
            .find_map(|dpi| on_page(&scan, dpi))
    })
}

fn on_page(scan: &Scan, dpi: f32) -> Option<Payload> {
    let size = scan.raster.size();
    let picture = Picture::new(&scan.raster, Affine::IDENTITY, size, dpi);
    codes::find(&picture)
        .iter()
        .find_map(|code| Payload::parse(&code.text))
}
