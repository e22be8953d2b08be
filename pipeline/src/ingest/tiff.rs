//! TIFF files: an index of their pages, and pages decoded strip by strip (TIFF 6.0, BigTIFF).

use crate::record::said;
use std::collections::HashSet;

use super::bytes::ReadAt;
use super::error::Fault;
use super::limits::Limits;
use super::recode::{flate, is_bilevel_image, recode};
use super::samples::Meaning;
use super::{LoadedPage, Note};
use crate::document::{Coding, Raster, StoredImage};
use directory::{Directory, Header};
use geometry::Geometry;

pub(super) mod directory;

mod geometry;

mod chunk;

mod unpack;

mod fax;

mod keep;

mod joined;

/// Where the pages of a file are.
#[derive(Debug)]
pub(super) struct Index {
    header: Header,
    /// Offsets of the directories of pages.
    pages: Vec<u64>,
    skipped: usize,
}

impl Index {
    /// Walks the chain of directories without touching any pixels. An error names the page, from 0.
    pub(super) fn read(
        source: &mut impl ReadAt,
        limits: &Limits,
    ) -> Result<Self, (Option<usize>, Fault)> {
        let header = Header::read(source).map_err(|fault| (None, fault))?;
        let mut seen = HashSet::new();
        let mut pages = Vec::new();
        let mut others = Vec::new();
        let mut next = header.first;
        while next != 0 {
            let here = Some(pages.len());
            if !seen.insert(next) {
                return Err((
                    here,
                    Fault::damaged(
                        next,
                        said!(
                            "chuỗi trang nối thành vòng",
                            "the chain of pages runs in a circle"
                        ),
                    ),
                ));
            }
            if seen.len() > limits.max_pages {
                let what = said!(
                    "tệp có hơn {} trang",
                    "a file of more than {} pages",
                    limits.max_pages
                );
                return Err((
                    None,
                    Fault::TooLarge {
                        what,
                        limit: said!("{}", "{}", limits.max_pages),
                    },
                ));
            }
            let directory =
                Directory::read(source, &header, next).map_err(|fault| (here, fault))?;
            let is_page = is_page(&directory, source, &header).map_err(|fault| (here, fault))?;
            if is_page {
                pages.push(next);
            } else {
                others.push(next);
            }
            next = directory.next;
        }
        // A file of nothing but "reduced" images means them.
        if pages.is_empty() {
            std::mem::swap(&mut pages, &mut others);
        }
        if pages.is_empty() {
            return Err((
                None,
                Fault::damaged(4, said!("tệp không có trang nào", "the file has no pages")),
            ));
        }
        Ok(Self {
            header,
            pages,
            skipped: others.len(),
        })
    }

    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Thumbnails and masks among the directories.
    pub(super) fn skipped(&self) -> usize {
        self.skipped
    }
}

/// Tag 254: bit 0 a reduced copy, bit 2 a mask; its forerunner 255: 2 a reduced copy.
fn is_page(
    directory: &Directory,
    source: &mut impl ReadAt,
    header: &Header,
) -> Result<bool, Fault> {
    let new = directory.value(source, header, directory::NEW_SUBFILE_TYPE)?;
    let old = directory.value(source, header, directory::SUBFILE_TYPE)?;
    Ok(match (new, old) {
        (Some(bits), _) => bits & 0b101 == 0,
        (None, Some(kind)) => kind != 2,
        (None, None) => true,
    })
}

/// Loads one page.
pub(super) fn load(
    source: &mut impl ReadAt,
    index: &Index,
    page: usize,
    limits: &Limits,
) -> Result<LoadedPage, Fault> {
    let header = &index.header;
    let offset = index.pages.get(page).copied().ok_or(Fault::NoSuchPage {
        pages: index.pages(),
    })?;
    let directory = Directory::read(source, header, offset)?;
    let geometry = Geometry::read(source, header, &directory, limits)?;
    let mut pixels = chunk::Canvas::new(&geometry, limits)?;
    let kept = match keep::whole_page(source, &geometry, limits)? {
        Some(candidate) => match pixels.paint_all(&geometry, &candidate.data, limits) {
            Ok(()) => candidate.stored(&geometry),
            // Strip by strip they may be read in spite of it; if not, the damaged one is named.
            Err(_) if candidate.joined => {
                pixels.read_all(source, &geometry, limits)?;
                None
            }
            Err(fault) => return Err(fault),
        },
        None => {
            pixels.read_all(source, &geometry, limits)?;
            None
        }
    };
    let (raster, deep) = pixels.finish(&geometry);
    let (width, height) = (geometry.width, geometry.height);
    // Bilevel pages are smaller as G4 by far.
    let bilevel = matches!(&raster, Raster::Gray(gray) if is_bilevel_image(gray));
    let kept = kept.filter(|kept| !(bilevel && matches!(kept.coding, Coding::Flate { .. })));
    let mut stored = match (kept, deep) {
        (Some(kept), _) => kept,
        (None, Some(samples)) => flate(
            width,
            height,
            16,
            if geometry.is_gray() { 1 } else { 3 },
            &samples,
        ),
        (None, None) => recode(&raster),
    };
    attach_profile(&mut stored, &geometry);
    let mut notes = Vec::new();
    if geometry.layout.bits == 16 {
        notes.push(Note::DepthReduced);
    }
    if geometry.layout.alpha.is_some() {
        notes.push(Note::TransparencyFlattened);
    }
    if geometry.layout.meaning == Meaning::Cmyk {
        notes.push(Note::InksConverted);
    }
    let turn = directory.turn(source, header);
    let stated = directory.resolution(source, header);
    Ok(LoadedPage::assemble(raster, stored, turn, &[stated], notes))
}

/// The profile of tag 34675 goes with pixels that are as they were.
fn attach_profile(stored: &mut StoredImage, geometry: &Geometry) {
    let Some(profile) = &geometry.icc else { return };
    if geometry.layout.meaning == Meaning::Cmyk {
        return;
    }
    let fits = |colors| super::jpeg::profile_fits(profile, colors);
    match &mut stored.coding {
        Coding::Flate { colors, icc, .. } if fits(*colors) => *icc = Some(profile.clone()),
        Coding::Jpeg {
            components, icc, ..
        } if fits(*components) => *icc = Some(profile.clone()),
        _ => {}
    }
}
