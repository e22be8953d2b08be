//! The image of a scanned PDF page: its pixels, and its bytes in the coding they have in the file.

use std::sync::Arc;

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use kurbo::{BezPath, Rect};

use super::survey::SeenImage;
use crate::document::{Coding, Gray, Raster, Rgb, StoredImage};

/// The pixels of the image that is painted as number `order` of the page, as a reader decodes them.
pub(super) fn pixels<'a>(
    page: &'a Page<'a>,
    order: usize,
    settings: &InterpreterSettings,
) -> Option<Raster> {
    let (width, height) = page.render_dimensions();
    let target = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let cache = InterpreterCache::new();
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, target, &cache, page.xref(), settings.clone());
    let mut picker = Picker {
        order,
        at: 0,
        found: None,
    };
    interpret_page(page, &mut context, &mut picker);
    picker.found
}

/// Decodes one image of a page and passes over everything else; counts like the survey.
struct Picker {
    order: usize,
    at: usize,
    found: Option<Raster>,
}

impl<'a> Device<'a> for Picker {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.at += 1;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        self.at += 1;
    }

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.at += 1;
        if self.at != self.order {
            return;
        }
        match image {
            Image::Raster(raster) => raster.with_rgba(|data, _| self.found = raster_of(data), None),
            Image::Stencil(stencil) => stencil.with_stencil(
                // 255 is painted, and the paint is black.
                |luma, _| {
                    let pixels = luma.data.iter().map(|painted| 255 - painted).collect();
                    self.found = whole_gray(luma.width, luma.height, pixels);
                },
                None,
            ),
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

fn raster_of(data: ImageData) -> Option<Raster> {
    match data {
        ImageData::Luma(luma) => whole_gray(luma.width, luma.height, luma.data),
        ImageData::Rgb(rgb) => {
            let length = (rgb.width as usize)
                .checked_mul(rgb.height as usize)?
                .checked_mul(3)?;
            (rgb.data.len() == length && length > 0).then_some(Raster::Rgb(Rgb {
                width: rgb.width,
                height: rgb.height,
                pixels: rgb.data,
            }))
        }
    }
}

fn whole_gray(width: u32, height: u32, pixels: Vec<u8>) -> Option<Raster> {
    let length = (width as usize).checked_mul(height as usize)?;
    (pixels.len() == length && length > 0).then_some(Raster::Gray(Gray {
        width,
        height,
        pixels,
    }))
}

/// The image's bytes as the file has them, when the output can hold them as they are.
///
/// `None` where that is not so (several filters, unusual colour spaces, declared sizes that lie): the caller
/// then stores the pixels without loss instead.
pub(super) fn untouched(page: &Page<'_>, seen: &SeenImage, raster: &Raster) -> Option<StoredImage> {
    if raster.size() != seen.size {
        return None;
    }
    let (number, generation) = seen.object;
    let stream: Stream<'_> = page.xref().get(ObjectIdentifier::new(number, generation))?;
    let dict = stream.dict();
    let filters = stream.filters();
    let [filter] = filters.as_slice() else {
        return None;
    };
    let parameters = filter_parameters(dict);
    let facts = Facts::of(dict)?;
    let data: Arc<[u8]> = stream.raw_data().as_ref().into();
    let coding = match filter {
        Filter::DctDecode => jpeg(data, &facts)?,
        Filter::CcittFaxDecode => ccitt(data, parameters.as_ref(), &facts, seen.size)?,
        Filter::Jbig2Decode => jbig2(data, parameters.as_ref(), &facts)?,
        Filter::JpxDecode => jpx(data, &facts)?,
        _ => return None,
    };
    Some(StoredImage {
        width: seen.size.0,
        height: seen.size.1,
        coding,
        untouched: true,
    })
}

/// What the image dictionary says beside the filter.
struct Facts {
    bits: u8,
    stencil: bool,
    /// `/Decode` turns samples upside down; other than straight or inverted `/Decode` arrays give no facts.
    inverted: bool,
    space: Space,
}

enum Space {
    Gray,
    Rgb,
    Cmyk,
    Icc {
        components: u8,
        profile: Arc<[u8]>,
    },
    /// Left to the coded data itself (JPEG 2000).
    Unstated,
    Other,
}

impl Facts {
    fn of(dict: &Dict<'_>) -> Option<Self> {
        let stencil = dict.get::<bool>(b"ImageMask").unwrap_or(false);
        let bits = dict
            .get::<u8>(b"BitsPerComponent")
            .unwrap_or(if stencil { 1 } else { 8 });
        let space = match dict.get::<Object<'_>>(b"ColorSpace") {
            None if stencil => Space::Gray,
            None => Space::Unstated,
            Some(object) => Space::of(object),
        };
        let inverted = match dict.get::<Array<'_>>(b"Decode") {
            None => false,
            Some(decode) => {
                let values: Vec<f32> = decode.iter::<f32>().collect();
                let pairs = |pair: [f32; 2]| {
                    !values.is_empty() && values.chunks(2).all(|chunk| chunk == pair)
                };
                match (pairs([0.0, 1.0]), pairs([1.0, 0.0])) {
                    (true, _) => false,
                    (_, true) => true,
                    _ => return None,
                }
            }
        };
        Some(Self {
            bits,
            stencil,
            inverted,
            space,
        })
    }

    fn is_bilevel(&self) -> bool {
        self.bits == 1 && matches!(self.space, Space::Gray)
    }
}

impl Space {
    fn of(object: Object<'_>) -> Self {
        match object {
            Object::Name(name) => match name.as_str() {
                "DeviceGray" | "G" | "CalGray" => Self::Gray,
                "DeviceRGB" | "RGB" => Self::Rgb,
                "DeviceCMYK" | "CMYK" => Self::Cmyk,
                _ => Self::Other,
            },
            Object::Array(array) => Self::of_array(&array),
            _ => Self::Other,
        }
    }

    fn of_array(array: &Array<'_>) -> Self {
        let mut items = array.flex_iter();
        let name: Option<Name<'_>> = items.next();
        match name.as_ref().map(Name::as_str) {
            Some("DeviceGray" | "CalGray") => Self::Gray,
            Some("DeviceRGB") => Self::Rgb,
            Some("ICCBased") => {
                let Some(stream) = items.next::<Stream<'_>>() else {
                    return Self::Other;
                };
                let components = stream.dict().get::<u8>(b"N").unwrap_or(0);
                match stream.decoded_data() {
                    Ok(profile) => Self::Icc {
                        components,
                        profile: profile.as_ref().into(),
                    },
                    Err(_) => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }
}

fn filter_parameters<'a>(dict: &Dict<'a>) -> Option<Dict<'a>> {
    match dict.get::<Object<'_>>(b"DecodeParms")? {
        Object::Dict(parameters) => Some(parameters),
        Object::Array(array) => array.iter::<Dict<'_>>().next(),
        _ => None,
    }
}

fn jpeg(data: Arc<[u8]>, facts: &Facts) -> Option<Coding> {
    let (components, icc) = match &facts.space {
        Space::Gray => (1, None),
        Space::Rgb => (3, None),
        Space::Cmyk => (4, None),
        Space::Icc {
            components,
            profile,
        } => (*components, Some(profile.clone())),
        Space::Unstated | Space::Other => return None,
    };
    // An inverting /Decode belongs to Adobe's CMYK; elsewhere it is a negative, which is stored as seen.
    let allowed = facts.bits == 8 && (!facts.inverted || components == 4);
    allowed.then_some(Coding::Jpeg {
        data,
        components,
        inverted: facts.inverted,
        icc,
    })
}

fn ccitt(
    data: Arc<[u8]>,
    parameters: Option<&Dict<'_>>,
    facts: &Facts,
    (width, height): (u32, u32),
) -> Option<Coding> {
    if !facts.is_bilevel() {
        return None;
    }
    let flag = |key: &[u8], default: bool| {
        parameters
            .and_then(|p| p.get::<bool>(key))
            .unwrap_or(default)
    };
    let number = |key: &[u8], default: i32| {
        parameters
            .and_then(|p| p.get::<i32>(key))
            .unwrap_or(default)
    };
    // 1728 is the default of ISO 32000-1, table 11; the coder's width must be the image's.
    let same_width = i64::from(number(b"Columns", 1728)) == i64::from(width);
    let rows = number(b"Rows", 0);
    let same_height = rows == 0 || i64::from(rows) == i64::from(height);
    (same_width && same_height).then(|| Coding::Ccitt {
        data,
        k: number(b"K", 0),
        black_is_1: flag(b"BlackIs1", false) != facts.inverted,
        byte_align: flag(b"EncodedByteAlign", false),
        end_of_line: flag(b"EndOfLine", false),
        end_of_block: flag(b"EndOfBlock", true),
    })
}

fn jbig2(data: Arc<[u8]>, parameters: Option<&Dict<'_>>, facts: &Facts) -> Option<Coding> {
    if !facts.is_bilevel() {
        return None;
    }
    let globals = match parameters.and_then(|p| p.get::<Stream<'_>>(b"JBIG2Globals")) {
        Some(stream) => Some(stream.decoded_data().ok()?.as_ref().into()),
        None => None,
    };
    Some(Coding::Jbig2 {
        data,
        globals,
        inverted: facts.inverted,
    })
}

fn jpx(data: Arc<[u8]>, facts: &Facts) -> Option<Coding> {
    let plain = !facts.stencil
        && !facts.inverted
        && matches!(facts.space, Space::Unstated | Space::Gray | Space::Rgb);
    plain.then_some(Coding::Jpx { data })
}
