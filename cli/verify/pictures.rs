//! Pages as they were signed and as they are now, side by side: pictures inform, they never decide.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use saoy_pdf::{Document, ReadAt};
use saoy_pipeline::document::{Coding, Raster, Rgb};
use saoy_pipeline::ingest::{Limits, glance, lossy};

use super::record::FileRecord;

/// Enough to read a heading and see a stamp.
const DPI: f64 = 80.0;
/// JPEG quality: fine strokes stay clean, a page takes about 60 kB.
const QUALITY: u8 = 80;
/// Differences of a colour channel below this come from smoothing, not from content.
const NOTICED: u8 = 40;

/// One page before and after.
pub(crate) struct Pair {
    /// As signed, JPEG; `None` when the signed revision has no such page or it cannot be shown.
    pub(crate) signed: Option<Vec<u8>>,
    /// As it is now, JPEG.
    pub(crate) last: Option<Vec<u8>>,
    /// Where they differ: the present page pale, differences red; JPEG.
    pub(crate) difference: Option<Vec<u8>>,
    /// Share of pixels that differ, in percent.
    pub(crate) percent: Option<f64>,
}

/// Page `page`, from 1, of the file at `path`: of its first `end` bytes, and of all of it.
pub(crate) fn pair(path: &Path, end: u64, page: usize) -> io::Result<Pair> {
    let index = page.saturating_sub(1);
    let signed = show(Prefix(File::open(path)?, end), index);
    let last = show(File::open(path)?, index);
    let compared = signed.as_ref().zip(last.as_ref());
    let difference = compared.and_then(|(signed, last)| differ(signed, last));
    let percent = difference.as_ref().map(|(_, percent)| *percent);
    Ok(Pair {
        signed: signed.and_then(jpeg),
        last: last.and_then(jpeg),
        difference: difference.and_then(|(picture, _)| jpeg(picture)),
        percent,
    })
}

/// Pages of one file that are written at most; each takes some 200 kB.
pub(super) const MOST_PAGES: usize = 12;

/// Writes the changed pages of files into `folder`: `pages.json` lists them, `PAGE-signed.jpg`, `PAGE-last.jpg` and
/// `PAGE-difference.jpg` show them; for several files, in a folder for each, counted from 1.
///
/// # Errors
/// When the folder cannot be written to.
pub(crate) fn write(files: &[FileRecord], folder: &Path) -> anyhow::Result<()> {
    for (index, file) in files.iter().enumerate() {
        let folder = match files.len() {
            1 => folder.to_owned(),
            _ => folder.join((index + 1).to_string()),
        };
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let mut listed = Vec::new();
        for (page, pair) in file.pairs() {
            for (name, picture) in [
                ("signed", &pair.signed),
                ("last", &pair.last),
                ("difference", &pair.difference),
            ] {
                if let Some(picture) = picture {
                    std::fs::write(folder.join(format!("{page}-{name}.jpg")), picture)?;
                }
            }
            listed.push(serde_json::json!({ "page": page, "percent": pair.percent }));
        }
        std::fs::write(folder.join("pages.json"), serde_json::to_vec(&listed)?)?;
    }
    Ok(())
}

/// The beginning of a file, as it was before anything was appended.
struct Prefix(File, u64);

impl ReadAt for Prefix {
    fn len(&self) -> u64 {
        self.1.min(ReadAt::len(&self.0))
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = buf.len().min(left);
        match buf.get_mut(..count) {
            Some(buf) if count > 0 => ReadAt::read_at(&self.0, offset, buf),
            _ => Ok(0),
        }
    }
}

fn show(source: impl ReadAt + 'static, page: usize) -> Option<Rgb> {
    let document = Document::open(source).ok()?;
    match glance::picture(&document, page, DPI, &Limits::default()).ok()? {
        Raster::Rgb(picture) => Some(picture),
        Raster::Gray(gray) => Some(Rgb {
            width: gray.width,
            height: gray.height,
            pixels: gray.pixels.iter().flat_map(|px| [*px; 3]).collect(),
        }),
    }
}

/// The differences over a pale copy of `last`; `None` when the sizes differ, which needs no picture.
fn differ(signed: &Rgb, last: &Rgb) -> Option<(Rgb, f64)> {
    if (signed.width, signed.height) != (last.width, last.height) {
        return None;
    }
    let mut changed = 0_u32;
    let mut pixels = Vec::with_capacity(last.pixels.len());
    for (before, after) in signed
        .pixels
        .chunks_exact(3)
        .zip(last.pixels.chunks_exact(3))
    {
        let differs = before
            .iter()
            .zip(after)
            .any(|(before, after)| before.abs_diff(*after) > NOTICED);
        if differs {
            changed += 1;
            pixels.extend([200, 0, 0]);
        } else {
            pixels.extend(after.iter().map(|px| 192 + px / 4));
        }
    }
    let all = f64::from(last.width) * f64::from(last.height);
    let picture = Rgb { pixels, ..*last };
    Some((picture, f64::from(changed) * 100.0 / all.max(1.0)))
}

fn jpeg(picture: Rgb) -> Option<Vec<u8>> {
    match lossy(&Raster::Rgb(picture), QUALITY).coding {
        Coding::Jpeg { data, .. } => Some(data.to_vec()),
        _ => None,
    }
}

/// Base64 (RFC 4648, 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place) & 63) as usize;
            let letter = LETTERS.get(index).copied().unwrap_or(b'=');
            text.push(if place > chunk.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn differences_are_counted_and_painted() {
        let white = Rgb {
            width: 10,
            height: 10,
            pixels: vec![255; 300],
        };
        let mut marked = white.clone();
        marked.pixels[..15].fill(0);
        let (picture, percent) = differ(&white, &marked).unwrap();
        assert!((percent - 5.0).abs() < 1e-9);
        assert_eq!(picture.pixels[..3], [200, 0, 0]);
        assert_eq!(picture.pixels[297..], [255, 255, 255]);
        let other = Rgb {
            width: 5,
            height: 20,
            pixels: vec![255; 300],
        };
        assert!(differ(&white, &other).is_none());
    }
}
