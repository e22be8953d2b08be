//! How much the streams of a page may inflate to, asked before anybody inflates them into memory.

mod coded;

use std::borrow::Cow;

use memchr::memmem;

use crate::{
    content::operations,
    document::Document,
    error::PdfError,
    filter::{Chain, ImageFilter},
    lexer::is_space,
    limits,
    object::{Dict, Object, Stream},
};

/// Bounds on what the streams of a page inflate to, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamBounds {
    /// One image; never more than its size and colours ask for.
    pub image: u64,
    /// Pixels of one image, by its dictionary; and by its coded data, where each component counts.
    pub pixels: u64,
    /// Contents, forms, fonts, profiles and all other streams together.
    pub others: u64,
}

impl Default for StreamBounds {
    /// What one page may take on a machine with 4 GB.
    fn default() -> Self {
        Self {
            image: 1 << 30,
            pixels: 300_000_000,
            others: 64 << 20,
        }
    }
}

/// What is left of the bounds.
pub(super) struct Budget {
    bounds: StreamBounds,
    others_left: u64,
}

impl Budget {
    pub(super) fn of(bounds: StreamBounds) -> Self {
        Self {
            bounds,
            others_left: bounds.others,
        }
    }

    /// Spends what `stream` inflates to, which is counted and not kept.
    pub(super) fn admit(&mut self, document: &Document, stream: &Stream) -> Result<(), PdfError> {
        let at = stream.data.start;
        let raw = stream.data.end.saturating_sub(at);
        let resolve = |value: &Object| document.resolve(value).map(Cow::into_owned);
        let chain = match Chain::of(&stream.dict, at, &resolve) {
            Ok(chain) => chain,
            Err(error @ PdfError::Limit { .. }) => return Err(error),
            // Nobody undoes filters that nobody knows.
            Err(_) => return Ok(()),
        };
        let image = image_bytes(document, &stream.dict);
        if image.is_some() {
            self.admit_pixels(document, stream, &chain)?;
        }
        let decoded = match image {
            None => self.admit_inline_images(document, stream)?,
            Some(_) => None,
        };
        if chain.at_most(raw) <= limits::UNMEASURED {
            return Ok(());
        }
        let limit = image.map_or(self.others_left, |declared| declared.min(self.bounds.image));
        let length = match decoded.filter(|_| chain.is_plain()) {
            Some(length) => (length <= limit).then_some(length),
            None => {
                let length = usize::try_from(raw).unwrap_or(usize::MAX);
                let bytes = document.stream_bytes(stream, length)?;
                chain.length(&bytes, limits::BETWEEN_FILTERS.max(bytes.len()), limit)?
            }
        };
        let Some(length) = length else {
            return Err(PdfError::Limit {
                at,
                what: if image.is_some() {
                    "bytes in a decoded image"
                } else {
                    "bytes in the decoded streams of a page"
                },
                limit: if image.is_some() {
                    limit
                } else {
                    self.bounds.others
                },
            });
        };
        if image.is_none() {
            self.others_left = self.others_left.saturating_sub(length);
        }
        Ok(())
    }

    /// Refuses an image, or a mask of one, of more pixels than allowed, whoever says so.
    fn admit_pixels(
        &self,
        document: &Document,
        stream: &Stream,
        chain: &Chain,
    ) -> Result<(), PdfError> {
        let at = stream.data.start;
        let side = |key: &str| {
            let value = document.get(&stream.dict, key).ok();
            value
                .and_then(|value| value.as_integer())
                .and_then(|side| u64::try_from(side).ok())
                .unwrap_or(0)
        };
        let declared = side("Width").saturating_mul(side("Height"));
        let mut pixels = declared;
        if let Some(filter) = chain.image_filter() {
            let length = usize::try_from(stream.data.end.saturating_sub(at)).unwrap_or(usize::MAX);
            let raw = document.stream_bytes(stream, length)?;
            let coded = chain.run(raw, limits::BETWEEN_FILTERS.max(length))?;
            // Decoders of JPEG 2000 hold each sample in four bytes, those of JPEG in one.
            let components = if filter == ImageFilter::Dct { 4 } else { 1 };
            let most = self.bounds.pixels.saturating_mul(components);
            let claimed = coded::pixels(filter, &coded.bytes);
            pixels = pixels.max(if claimed > most { claimed } else { 0 });
        }
        if pixels > self.bounds.pixels {
            return Err(PdfError::Limit {
                at,
                what: "pixels in an image",
                limit: self.bounds.pixels,
            });
        }
        Ok(())
    }

    /// Spends what the inline images in a stream inflate to, if it is content; gives what the stream itself inflates to,
    /// where that could be told.
    fn admit_inline_images(
        &mut self,
        document: &Document,
        stream: &Stream,
    ) -> Result<Option<u64>, PdfError> {
        let at = stream.data.start;
        let limit = usize::try_from(self.bounds.others).unwrap_or(usize::MAX);
        // What cannot be decoded, or is too long, is judged by what comes after.
        let decoded = document.decoded(stream, limit).ok();
        let length = decoded.as_ref().map(|content| content.len() as u64);
        let content = decoded.unwrap_or_default();
        let resolve = |value: &Object| document.resolve(value).map(Cow::into_owned);
        for (dict, start) in inline_images(&content) {
            let data = content.get(start..).unwrap_or_default();
            let Ok(chain) = Chain::of(&dict, at, &resolve) else {
                continue;
            };
            let left = usize::try_from(self.others_left).unwrap_or(usize::MAX);
            let used = if chain.is_empty() {
                0
            } else {
                chain
                    .length(data, left, self.others_left)?
                    .ok_or(PdfError::Limit {
                        at,
                        what: "bytes in the inline images of a page",
                        limit: self.bounds.others,
                    })?
            };
            self.others_left = self.others_left.saturating_sub(used);
        }
        Ok(length)
    }
}

/// The dictionaries of the inline images in `content`, and where the data of each begins.
fn inline_images(content: &[u8]) -> impl Iterator<Item = (Dict, usize)> + '_ {
    /// Dictionaries of inline images have a few short entries; palettes make them longer.
    const LONGEST: usize = 4096;
    let is_word = |at: usize, length: usize| {
        let blank = |byte: Option<&u8>| byte.is_none_or(|byte| is_space(*byte));
        let before = at.checked_sub(1).and_then(|at| content.get(at));
        blank(before)
            && content
                .get(at + length)
                .is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let begins = memmem::find_iter(content, b"BI").filter(move |at| is_word(*at, 2));
    begins.filter_map(move |begin| {
        let window = content.get(begin..content.len().min(begin + LONGEST))?;
        let id = memmem::find_iter(window, b"ID").find(|at| is_word(begin + at, 2))?;
        let mut whole = window.get(..id + 2)?.to_vec();
        whole.extend_from_slice(b" EI");
        let image = operations(&whole).next()?.ok()?.image?;
        Some((image.dict, begin + id + 3))
    })
}

/// The most bytes that the samples of an image may have; `None` for streams that are no images.
fn image_bytes(document: &Document, dict: &Dict) -> Option<u64> {
    /// Tags of PNG rows, padding, what writers leave behind.
    const SLACK: u64 = 1 << 20;
    let get = |key: &str| document.get(dict, key).map(Cow::into_owned);
    if !dict.is("Subtype", "Image") {
        return None;
    }
    let number = |key: &str| {
        let value = get(key).ok().and_then(|value| value.as_integer());
        value.and_then(|value| u64::try_from(value).ok())
    };
    let (width, height) = (number("Width").unwrap_or(0), number("Height").unwrap_or(0));
    let bits = number("BitsPerComponent").unwrap_or(8).clamp(1, 16);
    let plain = |value: &Object| {
        ["DeviceGray", "CalGray", "Indexed", "G", "I"]
            .iter()
            .any(|one| value.is_name(one))
    };
    let one_component = matches!(get("ImageMask"), Ok(Object::Bool(true)))
        || get("ColorSpace").is_ok_and(|space| match &space {
            Object::Array(parts) => parts.first().is_some_and(plain),
            name => plain(name),
        });
    let components = if one_component { 1 } else { 4 };
    let row = width
        .saturating_mul(components * bits)
        .div_ceil(8)
        .saturating_add(1);
    Some(row.saturating_mul(height).saturating_add(SLACK))
}
