//! Writing scans in the formats scanners write: JPEG, grey PNG, G4 TIFF of many pages, a PDF of one JPEG.

use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

use crate::{Error, press::Sheet};

/// How a JPEG is written.
#[derive(Debug, Clone, Copy)]
pub struct Jpeg {
    /// Quality, 1 to 100.
    pub quality: u8,
    /// Resolution noted in the file.
    pub dpi: u16,
    /// EXIF orientation, 1 to 8, when noted.
    pub orientation: Option<u8>,
}

/// A colour JPEG with 4:2:0 chroma.
///
/// # Errors
/// When the picture is larger than JPEG allows.
pub fn jpeg(sheet: &Sheet, options: Jpeg) -> Result<Vec<u8>, Error> {
    jpeg_of(
        &sheet.rgb,
        (sheet.width, sheet.height),
        ColorType::Rgb,
        options,
    )
}

/// A grey JPEG.
///
/// # Errors
/// When the picture is larger than JPEG allows.
pub fn grey_jpeg(grey: &[u8], size: (usize, usize), options: Jpeg) -> Result<Vec<u8>, Error> {
    jpeg_of(grey, size, ColorType::Luma, options)
}

fn jpeg_of(
    data: &[u8],
    size: (usize, usize),
    colours: ColorType,
    options: Jpeg,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, options.quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_density(PixelDensity::dpi(options.dpi));
    if let Some(orientation) = options.orientation {
        encoder
            .add_app_segment(1, exif(orientation))
            .map_err(|_| Error::Encode { format: "JPEG" })?;
    }
    encoder
        .encode(data, side(size.0)?, side(size.1)?, colours)
        .map_err(|_| Error::Encode { format: "JPEG" })?;
    Ok(out)
}

/// The smallest EXIF segment: one tag, 0x0112 Orientation (Exif 2.32, 4.6.4).
fn exif(orientation: u8) -> Vec<u8> {
    let mut segment = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    segment.extend([orientation, 0, 0, 0, 0, 0, 0]);
    segment
}

fn side(pixels: usize) -> Result<u16, Error> {
    u16::try_from(pixels).map_err(|_| Error::Encode { format: "JPEG" })
}

/// A grey PNG with its resolution noted.
///
/// # Errors
/// When the picture cannot be written.
pub fn png(grey: &[u8], size: (usize, usize), dpi: u16) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Encode { format: "PNG" };
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size.0 as u32, size.1 as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let metre = (f32::from(dpi) / 0.0254 + 0.5) as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: metre,
        yppu: metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(grey).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

/// A black-and-white page; `true` is black.
#[derive(Debug, Clone)]
pub struct Bits {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Row by row.
    pub black: Vec<bool>,
}

/// A TIFF of G4 pages (TIFF 6.0, section 11), one strip each.
///
/// # Errors
/// When a page is larger than the format allows.
pub fn tiff(pages: &[Bits], dpi: u16) -> Result<Vec<u8>, Error> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (index, page) in pages.iter().enumerate() {
        let strip = g4(page)?;
        let strip_at = out.len();
        out.extend(&strip);
        if out.len() % 2 == 1 {
            out.push(0);
        }
        let resolution_at = out.len();
        out.extend(u32::from(dpi).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        let directory = out.len();
        out[link..link + 4].copy_from_slice(&word(directory)?.to_le_bytes());
        // Tag, type (3 short, 4 long, 5 rational), count, value; ascending by tag.
        let entries = [
            (254, 4, 1, 2),
            (256, 4, 1, word(page.width)?),
            (257, 4, 1, word(page.height)?),
            (258, 3, 1, 1),
            (259, 3, 1, 4),
            (262, 3, 1, 0),
            (273, 4, 1, word(strip_at)?),
            (277, 3, 1, 1),
            (278, 4, 1, word(page.height)?),
            (279, 4, 1, word(strip.len())?),
            (282, 5, 1, word(resolution_at)?),
            (283, 5, 1, word(resolution_at)?),
            (296, 3, 1, 2),
            (297, 3, 2, index as u32 | (pages.len() as u32) << 16),
        ];
        out.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            out.extend(u16::to_le_bytes(tag));
            out.extend(u16::to_le_bytes(kind));
            out.extend(u32::to_le_bytes(count));
            out.extend(u32::to_le_bytes(value));
        }
        link = out.len();
        out.extend([0; 4]);
    }
    Ok(out)
}

fn word(value: usize) -> Result<u32, Error> {
    u32::try_from(value).map_err(|_| Error::Encode { format: "TIFF" })
}

fn g4(page: &Bits) -> Result<Vec<u8>, Error> {
    let failed = || Error::Encode { format: "CCITT G4" };
    let width = u32::try_from(page.width).map_err(|_| failed())?;
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in page.black.chunks_exact(page.width) {
        let colours = row.iter().map(|&black| {
            if black {
                fax::Color::Black
            } else {
                fax::Color::White
            }
        });
        encoder.encode_line(colours, width).map_err(|_| failed())?;
    }
    Ok(encoder.finish().map_err(|_| failed())?.finish())
}

/// A page of a PDF that is nothing but a picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// Its width and height in pixels.
    pub pixels: (usize, usize),
    /// Width and height of the page in points.
    pub page: (f32, f32),
}

/// A PDF of pages that are nothing but pictures, all coloured or all grey.
#[must_use]
pub fn pdf_of(pictures: &[Picture], coloured: bool) -> Vec<u8> {
    let side = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let mut next = 3;
    let mut fresh = || {
        next += 1;
        Ref::new(next)
    };
    let [catalog, tree] = [1, 2].map(Ref::new);
    let leaves: Vec<[Ref; 3]> = pictures
        .iter()
        .map(|_| [fresh(), fresh(), fresh()])
        .collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree)
        .kids(leaves.iter().map(|[leaf, ..]| *leaf))
        .count(side(leaves.len()));
    for (picture, [leaf, image_at, content_at]) in pictures.iter().zip(&leaves) {
        let mut node = pdf.page(*leaf);
        node.parent(tree)
            .media_box(Rect::new(0.0, 0.0, picture.page.0, picture.page.1))
            .contents(*content_at);
        node.resources().x_objects().pair(Name(b"Im0"), *image_at);
        node.finish();
        let mut image = pdf.image_xobject(*image_at, &picture.jpeg);
        image
            .width(side(picture.pixels.0))
            .height(side(picture.pixels.1))
            .bits_per_component(8);
        image.filter(Filter::DctDecode);
        if coloured {
            image.color_space().device_rgb();
        } else {
            image.color_space().device_gray();
        }
        image.finish();
        let mut drawing = Content::new();
        drawing
            .save_state()
            .transform([picture.page.0, 0.0, 0.0, picture.page.1, 0.0, 0.0])
            .x_object(Name(b"Im0"))
            .restore_state();
        pdf.stream(*content_at, &drawing.finish());
    }
    pdf.finish()
}

/// A PDF of one page that is nothing but a JPEG; `size` in pixels, `page` in points.
#[must_use]
pub fn pdf(jpeg: &[u8], size: (usize, usize), page: (f32, f32), coloured: bool) -> Vec<u8> {
    let side = (
        i32::try_from(size.0).unwrap_or(i32::MAX),
        i32::try_from(size.1).unwrap_or(i32::MAX),
    );
    let [catalog, tree, leaf, picture, content] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([leaf]).count(1);
    let mut node = pdf.page(leaf);
    node.parent(tree)
        .media_box(Rect::new(0.0, 0.0, page.0, page.1))
        .contents(content);
    node.resources().x_objects().pair(Name(b"Im0"), picture);
    node.finish();
    let mut image = pdf.image_xobject(picture, jpeg);
    image.width(side.0).height(side.1).bits_per_component(8);
    image.filter(Filter::DctDecode);
    if coloured {
        image.color_space().device_rgb();
    } else {
        image.color_space().device_gray();
    }
    image.finish();
    let mut drawing = Content::new();
    drawing
        .save_state()
        .transform([page.0, 0.0, 0.0, page.1, 0.0, 0.0])
        .x_object(Name(b"Im0"))
        .restore_state();
    pdf.stream(content, &drawing.finish());
    pdf.finish()
}
