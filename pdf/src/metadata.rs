//! What a document says about itself: `/Info`, XMP, and the PDF/A part it claims.

use crate::{
    document::Document,
    error::PdfError,
    limits,
    object::{Dict, Object},
};

/// The PDF/A part and level that a document's XMP claims (ISO 19005-2, 6.6.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfaClaim {
    /// `pdfaid:part`, 1 to 4.
    pub part: u8,
    /// `pdfaid:conformance`, such as `B`; part 4 may have none.
    pub conformance: Option<String>,
}

/// The namespace of the claim.
const PDFA_ID: &str = "http://www.aiim.org/pdfa/ns/id/";

impl Document {
    /// The information dictionary, when there is one.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn info(&self) -> Result<Option<Dict>, PdfError> {
        Ok(self.get(self.trailer(), "Info")?.as_dict().cloned())
    }

    /// The catalog's XMP packet, decoded, when there is one.
    ///
    /// # Errors
    /// When it is damaged or longer than [`limits::XMP_BYTES`].
    pub fn metadata_xmp(&self) -> Result<Option<Vec<u8>>, PdfError> {
        let catalog = self.catalog()?;
        match self.get(&catalog, "Metadata")?.as_ref() {
            Object::Stream(stream) => self.decoded(stream, limits::XMP_BYTES).map(Some),
            _ => Ok(None),
        }
    }

    /// The PDF/A part that the document claims, when it claims one. A claim is no proof.
    ///
    /// # Errors
    /// As [`Self::metadata_xmp`].
    pub fn pdfa_claim(&self) -> Result<Option<PdfaClaim>, PdfError> {
        let claimed = || Ok(self.metadata_xmp()?.and_then(|xmp| claim(&utf8(&xmp))));
        self.claim().get_or_init(claimed).clone()
    }
}

/// XMP may stand in UTF-8 or, by its mark, in UTF-16 (ISO 16684-1, 7.3.2).
fn utf8(xmp: &[u8]) -> String {
    let units = |pairs: &[u8], join: fn([u8; 2]) -> u16| {
        let units = pairs
            .chunks_exact(2)
            .filter_map(|pair| Some(join(pair.try_into().ok()?)));
        char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match xmp {
        [0xFE, 0xFF, pairs @ ..] => units(pairs, u16::from_be_bytes),
        [0xFF, 0xFE, pairs @ ..] => units(pairs, u16::from_le_bytes),
        _ => String::from_utf8_lossy(xmp).into_owned(),
    }
}

fn claim(xmp: &str) -> Option<PdfaClaim> {
    let prefix = prefix(xmp)?;
    let part = property(xmp, prefix, "part")?
        .trim()
        .parse()
        .ok()
        .filter(|part| (1..=4).contains(part))?;
    let conformance = property(xmp, prefix, "conformance").map(|level| level.trim().to_owned());
    Some(PdfaClaim {
        part,
        conformance: conformance.filter(|level| !level.is_empty()),
    })
}

/// The prefix bound to the claim's namespace.
fn prefix(xmp: &str) -> Option<&str> {
    let at = xmp.find(PDFA_ID)?;
    let before = xmp
        .get(..at)?
        .strip_suffix(['"', '\''])?
        .trim_end()
        .strip_suffix('=')?
        .trim_end();
    let name = before.rsplit(|c: char| c.is_whitespace()).next()?;
    name.strip_prefix("xmlns:")
        .filter(|prefix| !prefix.is_empty())
}

/// A property's text, written as an attribute or as an element.
fn property<'x>(xmp: &'x str, prefix: &str, name: &str) -> Option<&'x str> {
    let qualified = format!("{prefix}:{name}");
    xmp.match_indices(&qualified).find_map(|(at, found)| {
        let is_element = xmp.get(..at)?.ends_with('<');
        let rest = xmp.get(at + found.len()..)?.trim_start();
        if is_element {
            return rest.strip_prefix('>')?.split('<').next();
        }
        let value = rest.strip_prefix('=')?.trim_start();
        let quote = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        value.get(1..)?.split(quote).next()
    })
}
