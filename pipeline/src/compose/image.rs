//! An image in its own coding becomes an image XObject (ISO 32000-1, 8.9.5).

use std::io::{self, Write};
use std::sync::Arc;

use super::Refusal;
use super::icc;
use super::objects::{ObjectWriter, Ref, deflate};
use super::pdfa::Profile;
use crate::document::{Coding, StoredImage};

/// How many shared streams (profiles, JBIG2 globals) are remembered. Files share one or two; the
/// limit keeps memory flat when every page of a long document brings its own.
const MAX_SHARED: usize = 8;
/// Largest width and height of an image: readers hold them in 32-bit signed numbers, and PDF/A-1 has 2^31-1.
const MAX_SIDE: u32 = i32::MAX as u32;

/// Streams that several images may point at.
#[derive(Default)]
pub(super) struct Shared {
    known: Vec<(Kind, Arc<[u8]>, Ref)>,
    cmyk: Option<Ref>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Profile(u8),
    Globals,
}

/// True when PDF/A may hold the image; asked before anything of its page is written.
pub(super) fn check(image: &StoredImage, profile: Profile) -> Result<(), Refusal> {
    if image.width == 0 || image.height == 0 || image.width > MAX_SIDE || image.height > MAX_SIDE {
        return Err(Refusal::Parameters("width or height"));
    }
    match &image.coding {
        Coding::Jpeg { components, .. } if !matches!(components, 1 | 3 | 4) => {
            Err(Refusal::Parameters("components"))
        }
        Coding::Jpx { .. } if profile.is_part_1() => Err(Refusal::JpxInPart1),
        Coding::Jpx { data } => super::jpx::check(data),
        Coding::Flate {
            bits,
            colors,
            palette,
            ..
        } => check_flate(*bits, *colors, palette.as_deref(), profile),
        _ => Ok(()),
    }
}

fn check_flate(
    bits: u8,
    colors: u8,
    palette: Option<&[u8]>,
    profile: Profile,
) -> Result<(), Refusal> {
    if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
        return Err(Refusal::Parameters("bits"));
    }
    if !matches!(colors, 1 | 3) {
        return Err(Refusal::Parameters("components"));
    }
    if let Some(palette) = palette {
        let room = if bits <= 8 { 3 << bits } else { 0 };
        if colors != 1 || palette.is_empty() || palette.len() % 3 != 0 || palette.len() > room {
            return Err(Refusal::Parameters("palette"));
        }
    }
    if bits == 16 && profile.is_part_1() {
        return Err(Refusal::DeepInPart1);
    }
    Ok(())
}

impl Shared {
    /// Writes the image, and what it points at, and returns its object. The image has passed [`check`].
    pub(super) fn write<W: Write>(
        &mut self,
        out: &mut ObjectWriter<W>,
        image: &StoredImage,
        profile: Profile,
    ) -> io::Result<Ref> {
        let size = format!(
            "/Type/XObject/Subtype/Image/Width {}/Height {}",
            image.width, image.height
        );
        let (entries, data) = match &image.coding {
            Coding::Jpeg {
                data,
                components,
                inverted,
                icc,
            } => {
                let space = self.space(out, *components, icc.as_ref(), profile)?;
                let decode = if *components == 4 && *inverted {
                    "/Decode[1 0 1 0 1 0 1 0]"
                } else {
                    ""
                };
                (
                    format!("/BitsPerComponent 8/ColorSpace{space}{decode}/Filter/DCTDecode"),
                    data,
                )
            }
            Coding::Ccitt {
                data,
                k,
                black_is_1,
                byte_align,
                end_of_line,
                end_of_block,
            } => {
                let entries = format!(
                    "/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode\
                     /DecodeParms<</K {k}/Columns {}/Rows {}{}{}{}{}>>",
                    image.width,
                    image.height,
                    if *black_is_1 { "/BlackIs1 true" } else { "" },
                    if *byte_align {
                        "/EncodedByteAlign true"
                    } else {
                        ""
                    },
                    if *end_of_line { "/EndOfLine true" } else { "" },
                    if *end_of_block {
                        ""
                    } else {
                        "/EndOfBlock false"
                    },
                );
                (entries, data)
            }
            Coding::Jbig2 {
                data,
                globals,
                inverted,
            } => {
                let globals = globals
                    .as_ref()
                    .map(|globals| self.stream(out, Kind::Globals, globals));
                let parms = match globals.transpose()? {
                    Some(at) => format!("/DecodeParms<</JBIG2Globals {at}>>"),
                    None => String::new(),
                };
                let decode = if *inverted { "/Decode[1 0]" } else { "" };
                (
                    format!(
                        "/BitsPerComponent 1/ColorSpace/DeviceGray{decode}/Filter/JBIG2Decode{parms}"
                    ),
                    data,
                )
            }
            Coding::Jpx { data } => ("/Filter/JPXDecode".to_owned(), data),
            Coding::Flate {
                data,
                bits,
                colors,
                png_rows,
                palette,
                icc,
            } => {
                let space = match palette {
                    Some(palette) => indexed(palette),
                    None => self.space(out, *colors, icc.as_ref(), profile)?,
                };
                let parms = if *png_rows {
                    format!(
                        "/DecodeParms<</Predictor 15/Colors {colors}/BitsPerComponent {bits}/Columns {}>>",
                        image.width
                    )
                } else {
                    String::new()
                };
                (
                    format!("/BitsPerComponent {bits}/ColorSpace{space}/Filter/FlateDecode{parms}"),
                    data,
                )
            }
        };
        let at = out.promise()?;
        out.stream(at, &format!("{size}{entries}"), data)?;
        Ok(at)
    }

    /// The colour space for so many components: the image's own profile where PDF/A has it, else the device's
    /// (which the output intent defines), and for inks a profile of ours.
    fn space<W: Write>(
        &mut self,
        out: &mut ObjectWriter<W>,
        components: u8,
        own: Option<&Arc<[u8]>>,
        profile: Profile,
    ) -> io::Result<String> {
        let newest = if profile.is_part_1() { 2 } else { 4 };
        let fits = |data: &&Arc<[u8]>| {
            icc::header(data).is_some_and(|h| h.components == components && h.major <= newest)
        };
        if let Some(own) = own.filter(fits) {
            let at = self.stream(out, Kind::Profile(components), own)?;
            return Ok(format!("[/ICCBased {at}]"));
        }
        Ok(match components {
            1 => "/DeviceGray".to_owned(),
            3 => "/DeviceRGB".to_owned(),
            _ => format!("[/ICCBased {}]", self.cmyk(out)?),
        })
    }

    fn cmyk<W: Write>(&mut self, out: &mut ObjectWriter<W>) -> io::Result<Ref> {
        if let Some(at) = self.cmyk {
            return Ok(at);
        }
        let at = write_profile(out, 4, &icc::cmyk())?;
        self.cmyk = Some(at);
        Ok(at)
    }

    /// The object that holds these bytes, written now unless it was lately.
    fn stream<W: Write>(
        &mut self,
        out: &mut ObjectWriter<W>,
        kind: Kind,
        data: &Arc<[u8]>,
    ) -> io::Result<Ref> {
        let same = |have: &Arc<[u8]>| Arc::ptr_eq(have, data) || have == data;
        if let Some((_, _, at)) = self
            .known
            .iter()
            .find(|(k, have, _)| *k == kind && same(have))
        {
            return Ok(*at);
        }
        let at = match kind {
            Kind::Profile(components) => write_profile(out, components, data)?,
            Kind::Globals => {
                let at = out.promise()?;
                out.stream(at, "", data)?;
                at
            }
        };
        if self.known.len() >= MAX_SHARED {
            self.known.remove(0);
        }
        self.known.push((kind, Arc::clone(data), at));
        Ok(at)
    }
}

/// Writes a colour profile with the device space of as many components as its alternate.
pub(super) fn write_profile<W: Write>(
    out: &mut ObjectWriter<W>,
    components: u8,
    data: &[u8],
) -> io::Result<Ref> {
    let at = out.promise()?;
    out.stream(
        at,
        &format!("/N {components}/Filter/FlateDecode"),
        &deflate(data)?,
    )?;
    Ok(at)
}

/// A palette of sRGB triples.
fn indexed(palette: &[u8]) -> String {
    let top = (palette.len() / 3).saturating_sub(1);
    let mut out = format!("[/Indexed/DeviceRGB {top}<");
    for byte in palette {
        out.push_str(&format!("{byte:02X}"));
    }
    out.push_str(">]");
    out
}
