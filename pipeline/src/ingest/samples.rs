//! Packed rows of samples, as TIFF and PNG hold them, to grey or sRGB pixels of 8 bits.

use super::error::Fault;
use crate::document::{Gray, Raster, Rgb};
use crate::record::said;

/// What the samples of a pixel mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One sample, 0 = black.
    Gray,
    /// One sample, 0 = white.
    InvertedGray,
    /// Red, green, blue.
    Rgb,
    /// One sample, an index into sRGB triples; indices beyond the end are black.
    Palette(Vec<[u8; 3]>),
    /// Cyan, magenta, yellow, black; 0 = no ink.
    Cmyk,
    /// Luma and the two chroma samples of ITU-R BT.601 in full range.
    YCbCr,
}

/// How transparency is stored after the colour samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alpha {
    /// Colours are as they would be without it.
    Straight,
    /// Colours are multiplied with it already.
    Premultiplied,
}

/// The layout of a packed row.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Bits per sample: 1, 2, 4, 8 or 16 (16 as big-endian).
    pub(super) bits: u8,
    /// Samples per pixel, those without meaning included.
    pub(super) samples: usize,
    pub(super) meaning: Meaning,
    /// When there is one, it is the first sample after the colours.
    pub(super) alpha: Option<Alpha>,
}

impl Meaning {
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Gray | Self::InvertedGray | Self::Palette(_) => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Cmyk => 4,
        }
    }

    fn is_gray(&self) -> bool {
        match self {
            Self::Gray | Self::InvertedGray => true,
            Self::Palette(colors) => colors.iter().all(|[r, g, b]| r == g && g == b),
            Self::Rgb | Self::Cmyk | Self::YCbCr => false,
        }
    }
}

impl Layout {
    /// Bytes of a packed row.
    pub(super) fn row_bytes(&self, width: usize) -> usize {
        (width * self.samples * usize::from(self.bits)).div_ceil(8)
    }

    /// Channels of the pixels that come out: 1 or 3.
    pub(super) fn channels(&self) -> usize {
        if self.meaning.is_gray() { 1 } else { 3 }
    }

    /// Pixels, all black, for rows to be converted into.
    pub(super) fn blank(&self, pixels: usize) -> Vec<u8> {
        vec![0; pixels * self.channels()]
    }

    /// Finished pixels as a raster.
    pub(super) fn raster(&self, width: u32, height: u32, pixels: Vec<u8>) -> Raster {
        if self.channels() == 1 {
            Raster::Gray(Gray {
                width,
                height,
                pixels,
            })
        } else {
            Raster::Rgb(Rgb {
                width,
                height,
                pixels,
            })
        }
    }

    /// Converts one packed row; `out` holds as many whole pixels as wanted from its left end.
    pub(super) fn convert(
        &self,
        packed: &[u8],
        scratch: &mut Vec<u8>,
        out: &mut [u8],
    ) -> Result<(), Fault> {
        let width = out.len() / self.channels();
        if packed.len() < self.row_bytes(width) || self.samples < self.needed_samples() {
            return Err(Fault::damaged(
                None,
                said!("một dòng điểm ảnh quá ngắn", "a row of pixels is too short"),
            ));
        }
        if self.bits == 1 && self.samples == 1 {
            self.convert_bits(packed, out);
            return Ok(());
        }
        match (&self.meaning, self.bits, self.samples) {
            (Meaning::Gray, 8, 1) => copy(packed, out),
            (Meaning::Rgb, 8, 3) => copy(packed, out),
            _ => {
                unpack(
                    packed,
                    self.bits,
                    self.is_index(),
                    width * self.samples,
                    scratch,
                );
                self.color(scratch, out);
            }
        }
        Ok(())
    }

    fn needed_samples(&self) -> usize {
        self.meaning.samples() + usize::from(self.alpha.is_some())
    }

    fn is_index(&self) -> bool {
        matches!(self.meaning, Meaning::Palette(_))
    }

    /// Bilevel rows, eight pixels a step.
    fn convert_bits(&self, packed: &[u8], out: &mut [u8]) {
        let (zero, one) = match &self.meaning {
            Meaning::InvertedGray => ([255; 3], [0; 3]),
            Meaning::Palette(colors) => (entry(colors, 0), entry(colors, 1)),
            _ => ([0; 3], [255; 3]),
        };
        let channels = self.channels();
        if channels == 1 {
            let eights = eights(zero[0], one[0]);
            let (whole, tail) = out.as_chunks_mut::<8>();
            for (byte, pixels) in packed.iter().zip(whole.iter_mut()) {
                *pixels = eights.get(usize::from(*byte)).copied().unwrap_or_default();
            }
            let last = packed.get(whole.len()).copied().unwrap_or_default();
            copy(
                eights
                    .get(usize::from(last))
                    .map_or(&[], |pixels| pixels.as_slice()),
                tail,
            );
            return;
        }
        for (byte, pixels) in packed.iter().zip(out.chunks_mut(8 * channels)) {
            for (bit, pixel) in pixels.chunks_mut(channels).enumerate() {
                let color = if (byte >> (7 - bit)) & 1 == 1 {
                    &one
                } else {
                    &zero
                };
                for (to, from) in pixel.iter_mut().zip(color) {
                    *to = *from;
                }
            }
        }
    }

    /// Colours from samples of 8 bits.
    fn color(&self, samples: &[u8], out: &mut [u8]) {
        let pixels = samples.chunks_exact(self.samples.max(1));
        match &self.meaning {
            Meaning::Gray => each(pixels, out, |s, to: &mut [u8; 1]| to[0] = at(s, 0)),
            Meaning::InvertedGray => {
                each(pixels, out, |s, to: &mut [u8; 1]| to[0] = 255 - at(s, 0));
            }
            Meaning::Rgb => each(pixels, out, |s, to: &mut [u8; 3]| {
                *to = [at(s, 0), at(s, 1), at(s, 2)];
            }),
            Meaning::Palette(colors) if self.channels() == 1 => {
                each(pixels, out, |s, to: &mut [u8; 1]| {
                    to[0] = entry(colors, at(s, 0))[0];
                });
            }
            Meaning::Palette(colors) => each(pixels, out, |s, to: &mut [u8; 3]| {
                *to = entry(colors, at(s, 0));
            }),
            Meaning::Cmyk => {
                each(pixels, out, |s, to: &mut [u8; 3]| {
                    *to = cmyk(at(s, 0), at(s, 1), at(s, 2), at(s, 3));
                });
            }
            Meaning::YCbCr => {
                each(pixels, out, |s, to: &mut [u8; 3]| {
                    *to = ycbcr(at(s, 0), at(s, 1), at(s, 2));
                });
            }
        }
        if let Some(alpha) = self.alpha {
            self.flatten(alpha, samples, out);
        }
    }

    /// On white, as paper is.
    fn flatten(&self, alpha: Alpha, samples: &[u8], out: &mut [u8]) {
        let place = self.meaning.samples();
        let pixels = samples.chunks_exact(self.samples.max(1));
        for (sample, pixel) in pixels.zip(out.chunks_mut(self.channels())) {
            let cover = at(sample, place);
            for value in pixel {
                *value = match alpha {
                    Alpha::Straight => over_white(*value, cover),
                    Alpha::Premultiplied => value.saturating_add(255 - cover),
                };
            }
        }
    }
}

/// The pixels of each byte of bilevel rows.
fn eights(zero: u8, one: u8) -> Vec<[u8; 8]> {
    let pixel = |byte: u8, bit: u8| {
        if (byte >> (7 - bit)) & 1 == 1 {
            one
        } else {
            zero
        }
    };
    (0..=255)
        .map(|byte| [0, 1, 2, 3, 4, 5, 6, 7].map(|bit| pixel(byte, bit)))
        .collect()
}

/// The colour of ink on paper: what each ink lets through, multiplied.
pub(super) fn cmyk(c: u8, m: u8, y: u8, k: u8) -> [u8; 3] {
    let light = 255 - u16::from(k);
    [c, m, y].map(|ink| divide_by_255((255 - u16::from(ink)) * light))
}

/// JFIF 1.02, the conversion from YCbCr.
pub(super) fn ycbcr(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    // 16 fractional bits.
    let y = (i32::from(y) << 16) + (1 << 15);
    let cb = i32::from(cb) - 128;
    let cr = i32::from(cr) - 128;
    let r = y + 91_881 * cr;
    let g = y - 22_554 * cb - 46_802 * cr;
    let b = y + 116_130 * cb;
    [r, g, b].map(|v| u8::try_from((v >> 16).clamp(0, 255)).unwrap_or_default())
}

/// A colour covering white paper by `cover`/255.
pub(super) fn over_white(value: u8, cover: u8) -> u8 {
    let (value, cover) = (u16::from(value), u16::from(cover));
    divide_by_255(value * cover + 255 * (255 - cover))
}

/// Rounded to nearest, exact for all products of two bytes.
fn divide_by_255(product: u16) -> u8 {
    let product = u32::from(product) + 128;
    u8::try_from((product + (product >> 8)) >> 8).unwrap_or(u8::MAX)
}

/// 16 bits to 8, rounded to nearest.
pub(super) fn reduce(value: u16) -> u8 {
    u8::try_from((u32::from(value) * 255 + 32_767) / 65_535).unwrap_or(u8::MAX)
}

/// Samples of any depth as bytes; indices keep their value, all else is stretched to 0-255.
fn unpack(packed: &[u8], bits: u8, index: bool, count: usize, out: &mut Vec<u8>) {
    out.clear();
    match bits {
        16 => out.extend(
            packed
                .as_chunks::<2>()
                .0
                .iter()
                .take(count)
                .map(|pair| reduce(u16::from_be_bytes(*pair))),
        ),
        1 | 2 | 4 => {
            let per_byte = 8 / usize::from(bits);
            let mask = (1_u8 << bits) - 1;
            let stretch = if index { 1 } else { 255 / mask };
            let values = packed.iter().flat_map(|&byte| {
                (0..per_byte)
                    .map(move |i| ((byte >> (8 - usize::from(bits) * (i + 1))) & mask) * stretch)
            });
            out.extend(values.take(count));
        }
        _ => out.extend_from_slice(packed.get(..count).unwrap_or(packed)),
    }
}

fn each<'a, const N: usize>(
    pixels: impl Iterator<Item = &'a [u8]>,
    out: &mut [u8],
    convert: impl Fn(&'a [u8], &mut [u8; N]),
) {
    for (from, to) in pixels.zip(out.as_chunks_mut::<N>().0) {
        convert(from, to);
    }
}

fn at(samples: &[u8], place: usize) -> u8 {
    samples.get(place).copied().unwrap_or_default()
}

fn entry(colors: &[[u8; 3]], index: u8) -> [u8; 3] {
    colors.get(usize::from(index)).copied().unwrap_or_default()
}

fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(layout: &Layout, packed: &[u8], width: usize) -> Vec<u8> {
        let mut out = layout.blank(width);
        layout.convert(packed, &mut Vec::new(), &mut out).unwrap();
        out
    }

    fn layout(bits: u8, samples: usize, meaning: Meaning) -> Layout {
        Layout {
            bits,
            samples,
            meaning,
            alpha: None,
        }
    }

    #[test]
    fn bits_and_nibbles() {
        assert_eq!(
            converted(&layout(1, 1, Meaning::Gray), &[0b1010_0000, 0x80], 9),
            [255, 0, 255, 0, 0, 0, 0, 0, 255]
        );
        assert_eq!(
            converted(&layout(1, 1, Meaning::InvertedGray), &[0b1010_0000], 3),
            [0, 255, 0]
        );
        assert_eq!(
            converted(&layout(2, 1, Meaning::Gray), &[0b0001_1011], 4),
            [0, 85, 170, 255]
        );
        assert_eq!(
            converted(&layout(4, 1, Meaning::InvertedGray), &[0x0F, 0x80], 3),
            [255, 0, 119]
        );
        assert_eq!(
            converted(
                &layout(16, 1, Meaning::Gray),
                &[0xFF, 0xFF, 0x80, 0x00, 0x00, 0x7F],
                3
            ),
            [255, 128, 0]
        );
    }

    #[test]
    fn palettes() {
        let colors = vec![[1, 2, 3], [9, 9, 9]];
        let out = converted(&layout(4, 1, Meaning::Palette(colors)), &[0x10, 0xF0], 3);
        assert_eq!(out, [9, 9, 9, 1, 2, 3, 0, 0, 0]);
        let grays = vec![[255; 3], [0; 3]];
        assert_eq!(
            converted(&layout(1, 1, Meaning::Palette(grays)), &[0x40], 2),
            [255, 0]
        );
    }

    #[test]
    fn ink_and_transparency() {
        assert_eq!(cmyk(0, 0, 0, 0), [255; 3]);
        assert_eq!(cmyk(0, 0, 0, 255), [0; 3]);
        assert_eq!(cmyk(255, 0, 0, 0), [0, 255, 255]);
        let mut rgba = layout(8, 4, Meaning::Rgb);
        rgba.alpha = Some(Alpha::Straight);
        assert_eq!(
            converted(&rgba, &[0, 10, 20, 0, 7, 8, 9, 255], 2),
            [255, 255, 255, 7, 8, 9]
        );
        rgba.alpha = Some(Alpha::Premultiplied);
        assert_eq!(converted(&rgba, &[0, 0, 0, 55], 1), [200, 200, 200]);
    }

    #[test]
    fn division_is_exact() {
        for a in 0..=255_u16 {
            for b in 0..=255_u16 {
                let exact = (f64::from(a * b) / 255.0).round();
                assert_eq!(f64::from(divide_by_255(a * b)), exact);
            }
        }
    }

    #[test]
    fn short_rows_are_refused() {
        let layout = layout(8, 3, Meaning::Rgb);
        assert!(
            layout
                .convert(&[0; 5], &mut Vec::new(), &mut [0; 6])
                .is_err()
        );
    }
}
