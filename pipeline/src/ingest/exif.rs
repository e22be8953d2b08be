//! Exif metadata (a small TIFF file inside another format): orientation and resolution.

use super::tiff::directory::{Directory, Header};
use crate::document::Turn;

/// What Exif says about showing the image; anything unreadable is as if absent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Exif {
    pub(super) turn: Turn,
    /// Dots per inch across and down.
    pub(super) dpi: Option<(f32, f32)>,
}

impl Exif {
    /// Reads the block that starts with the TIFF header, after any "Exif\0\0".
    pub(super) fn read(block: &[u8]) -> Self {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let mut bytes = block;
        let Ok(header) = Header::read(&mut bytes) else {
            return Self::default();
        };
        let Ok(directory) = Directory::read(&mut bytes, &header, header.first) else {
            return Self::default();
        };
        Self {
            turn: directory.turn(&mut bytes, &header),
            dpi: directory.resolution(&mut bytes, &header),
        }
    }
}
