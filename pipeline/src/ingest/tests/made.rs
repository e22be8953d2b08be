//! Inputs made in code: TIFF directories by hand, the other formats by encoders.

use super::*;

/// A TIFF file of directories, each with strips or tiles.
pub(super) struct Tiff {
    pub(super) big_endian: bool,
    pub(super) pages: Vec<Page>,
}

/// Tags with their values, and the coded chunks.
pub(super) struct Page {
    /// Tag, kind (3 short, 4 long, 5 rational), values; a rational takes two.
    pub(super) tags: Vec<(u16, u16, Vec<u32>)>,
    pub(super) chunks: Vec<Vec<u8>>,
    pub(super) tiled: bool,
}

impl Page {
    /// An uncompressed page of one strip.
    pub(super) fn plain(
        width: u32,
        height: u32,
        bits: u32,
        samples: u32,
        photometric: u32,
        data: Vec<u8>,
    ) -> Self {
        let bits = vec![bits; usize::try_from(samples).unwrap()];
        let tags = vec![
            (256, 4, vec![width]),
            (257, 4, vec![height]),
            (258, 3, bits),
            (259, 3, vec![1]),
            (262, 3, vec![photometric]),
            (277, 3, vec![samples]),
            (282, 5, vec![300, 1]),
            (283, 5, vec![300, 1]),
        ];
        Self {
            tags,
            chunks: vec![data],
            tiled: false,
        }
    }

    pub(super) fn with(mut self, tag: u16, kind: u16, values: &[u32]) -> Self {
        self.tags.retain(|(other, ..)| *other != tag);
        self.tags.push((tag, kind, values.to_vec()));
        self
    }

    pub(super) fn file(self) -> Vec<u8> {
        Tiff {
            big_endian: false,
            pages: vec![self],
        }
        .bytes()
    }
}

impl Tiff {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = if self.big_endian {
            b"MM\0\x2A".to_vec()
        } else {
            b"II\x2A\0".to_vec()
        };
        let mut link = out.len();
        out.extend_from_slice(&[0; 4]);
        for page in &self.pages {
            link = self.page(&mut out, page, link);
        }
        out
    }

    /// Appends a page, points `link` to it, returns the place of its own link.
    fn page(&self, out: &mut Vec<u8>, page: &Page, link: usize) -> usize {
        let mut tags = page.tags.clone();
        let (offsets, lengths) = if page.tiled { (324, 325) } else { (273, 279) };
        let mut places = Vec::new();
        for chunk in &page.chunks {
            places.push(u32::try_from(out.len()).unwrap());
            out.extend_from_slice(chunk);
        }
        tags.push((offsets, 4, places));
        tags.push((
            lengths,
            4,
            page.chunks
                .iter()
                .map(|chunk| u32::try_from(chunk.len()).unwrap())
                .collect(),
        ));
        tags.sort();
        let entries: Vec<_> = tags.iter().map(|tag| self.entry(out, tag)).collect();
        out.resize(out.len().next_multiple_of(2), 0);
        let here = self.long(u32::try_from(out.len()).unwrap());
        out[link..link + 4].copy_from_slice(&here);
        out.extend_from_slice(&self.short(u16::try_from(entries.len()).unwrap()));
        out.extend(entries.concat());
        out.extend_from_slice(&[0; 4]);
        out.len() - 4
    }

    fn entry(&self, out: &mut Vec<u8>, (tag, kind, values): &(u16, u16, Vec<u32>)) -> Vec<u8> {
        let count = u32::try_from(values.len()).unwrap() / if *kind == 5 { 2 } else { 1 };
        let mut bytes: Vec<u8> = match kind {
            3 => values
                .iter()
                .flat_map(|v| self.short(u16::try_from(*v).unwrap()))
                .collect(),
            1 | 7 => values.iter().map(|v| low(*v)).collect(),
            _ => values.iter().flat_map(|v| self.long(*v)).collect(),
        };
        if bytes.len() > 4 {
            let place = self.long(u32::try_from(out.len()).unwrap());
            out.extend_from_slice(&bytes);
            bytes = place.to_vec();
        }
        bytes.resize(4, 0);
        let mut entry = self.short(*tag).to_vec();
        entry.extend_from_slice(&self.short(*kind));
        entry.extend_from_slice(&self.long(count));
        entry.extend_from_slice(&bytes);
        entry
    }

    fn short(&self, value: u16) -> [u8; 2] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
}

/// A PNG file of packed rows.
pub(super) fn png(
    color: ::png::ColorType,
    depth: ::png::BitDepth,
    data: &[u8],
    palette: Option<&[u8]>,
    trns: Option<&[u8]>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut out, WIDTH, HEIGHT);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    if let Some(trns) = trns {
        encoder.set_trns(trns);
    }
    let dims = ::png::PixelDimensions {
        xppu: 11_811,
        yppu: 11_811,
        unit: ::png::Unit::Meter,
    };
    encoder.set_pixel_dims(Some(dims));
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    out
}

pub(super) fn rgb_png() -> Vec<u8> {
    png(
        ::png::ColorType::Rgb,
        ::png::BitDepth::Eight,
        bytes_of(&rgb()),
        None,
        None,
    )
}

/// A baseline JPEG file at 300 dpi.
pub(super) fn jpeg(raster: &Raster) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 98);
    encoder.set_density(jpeg_encoder::PixelDensity::dpi(300));
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
    let (width, height) = raster.size();
    let side = |px: u32| u16::try_from(px).unwrap();
    let color = match raster {
        Raster::Gray(_) => jpeg_encoder::ColorType::Luma,
        Raster::Rgb(_) => jpeg_encoder::ColorType::Rgb,
    };
    encoder
        .encode(bytes_of(raster), side(width), side(height), color)
        .unwrap();
    out
}

/// A JPEG or other file with an Exif block of one orientation, as an APP1 segment after the first two bytes.
pub(super) fn with_exif(jpeg: &[u8], orientation: u32) -> Vec<u8> {
    let block = exif(orientation);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xFF, 0xE1]);
    out.extend_from_slice(&u16::try_from(block.len() + 8).unwrap().to_be_bytes());
    out.extend_from_slice(b"Exif\0\0");
    out.extend_from_slice(&block);
    out.extend_from_slice(&jpeg[2..]);
    out
}

pub(super) fn exif(orientation: u32) -> Vec<u8> {
    let page = Page {
        tags: vec![(274, 3, vec![orientation])],
        chunks: Vec::new(),
        tiled: false,
    };
    Tiff {
        big_endian: true,
        pages: vec![page],
    }
    .bytes()
}

/// One bit a pixel, 1 = white.
pub(super) fn packed_bilevel() -> Vec<u8> {
    let wide = usize::try_from(WIDTH).unwrap();
    let row = |row: &[u8]| -> Vec<u8> {
        row.chunks(8)
            .map(|eight| {
                eight
                    .iter()
                    .enumerate()
                    .fold(0, |byte, (i, p)| byte | (p & 1) << (7 - i))
            })
            .collect()
    };
    bytes_of(&bilevel()).chunks(wide).flat_map(row).collect()
}
