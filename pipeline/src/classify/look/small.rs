//! A page made small, parted by ink: red, other colours, and what is dark without colour.

use crate::document::Raster;
use crate::picture::Picture;

/// Resolution of the small copy, dpi: strokes of stamps (0.5 to 1 mm) are 2 to 4 px wide, letters 16 px high.
const DPI: f32 = 100.0;
/// What ink takes from one channel of the paper's colour more than from another, for it to count as coloured, grey
/// levels. JPEG's bleed round black print stays below 20 in a copy this small, tinted paper is taken off first.
const COLOURED: i32 = 24;
/// Share of the paper's brightness that dark ink takes at least: faded stamps on grey scans take a fifth.
const DARK: f32 = 0.17;

/// The inks that are looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ink {
    /// Red, orange, pink.
    Red,
    /// Blue, violet, green.
    Blue,
    /// Black and grey; on scans without colour, everything.
    Dark,
}

/// The small copy.
pub(super) struct Small {
    /// Width, px.
    pub(super) width: usize,
    /// Height, px.
    pub(super) height: usize,
    /// Small px per shown px.
    pub(super) scale: f32,
    /// Small px per mm.
    pub(super) per_mm: f32,
    /// Colour of the paper.
    pub(super) paper: [u8; 3],
    /// Which ink each pixel has, `None` for paper.
    pub(super) inks: Vec<Option<Ink>>,
}

impl Small {
    /// Makes `picture` small.
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let scale = (DPI / picture.dpi.max(1.0)).min(1.0);
        let raster = picture.reduced(scale);
        let (width, height) = raster.size();
        let paper = paper_of(&raster);
        let inks = match &raster {
            Raster::Gray(image) => {
                let least = f32::from(paper[0]) * (1.0 - DARK);
                let ink = |value: &u8| (f32::from(*value) < least).then_some(Ink::Dark);
                image.pixels.iter().map(ink).collect()
            }
            Raster::Rgb(image) => {
                let pixels = image.pixels.as_chunks().0;
                pixels.iter().map(|pixel| ink_of(*pixel, paper)).collect()
            }
        };
        Self {
            width: width as usize,
            height: height as usize,
            scale,
            per_mm: picture.dpi * scale / 25.4,
            paper,
            inks,
        }
    }
}

/// The ink of a pixel on paper of that colour.
pub(super) fn ink_of(pixel: [u8; 3], paper: [u8; 3]) -> Option<Ink> {
    let [red, green, blue] = taken(pixel, paper);
    let (least, most) = (red.min(green).min(blue), red.max(green).max(blue));
    if most - least >= COLOURED && most > 2 * least - most / 2 {
        return Some(if red <= blue && red < green {
            Ink::Red
        } else {
            Ink::Blue
        });
    }
    let light = paper.map(i32::from).iter().sum::<i32>();
    let dark = (red + green + blue) as f32 > DARK * light as f32;
    dark.then_some(Ink::Dark)
}

/// What ink takes from each channel of the paper's light.
pub(super) fn taken(pixel: [u8; 3], paper: [u8; 3]) -> [i32; 3] {
    [0, 1, 2].map(|channel| i32::from(paper[channel]) - i32::from(pixel[channel]))
}

/// The commonest brightness among the brighter half, and the mean colour of pixels near it.
fn paper_of(raster: &Raster) -> [u8; 3] {
    let mut counts = [0_u32; 256];
    let mut sums = [[0_u32; 3]; 256];
    let mut count = |pixel: [u8; 3]| {
        let light = pixel.map(u32::from).iter().sum::<u32>() / 3;
        if let (Some(counts), Some(sums)) =
            (counts.get_mut(light as usize), sums.get_mut(light as usize))
        {
            *counts += 1;
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(value);
            }
        }
    };
    match raster {
        Raster::Gray(image) => image.pixels.iter().step_by(5).for_each(|v| count([*v; 3])),
        Raster::Rgb(image) => {
            let pixels = image.pixels.as_chunks().0;
            pixels.iter().step_by(5).for_each(|pixel| count(*pixel));
        }
    }
    let most = (110..=255_usize)
        .max_by_key(|level| counts[*level])
        .unwrap_or(255);
    match counts[most] {
        0 => [255; 3],
        pixels => sums[most].map(|sum| (sum / pixels) as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_are_told_apart_on_white_and_tinted_paper() {
        for paper in [[252, 251, 250], [245, 238, 215]] {
            let on_paper = |ink: [u8; 3]| {
                [0, 1, 2].map(|c| (u32::from(ink[c]) * u32::from(paper[c]) / 255) as u8)
            };
            for (ink, expected) in [
                ([255, 255, 255], None),
                ([20, 20, 25], Some(Ink::Dark)),
                ([120, 115, 118], Some(Ink::Dark)),
                ([206, 42, 56], Some(Ink::Red)),
                ([240, 190, 195], Some(Ink::Red)),
                ([38, 58, 150], Some(Ink::Blue)),
                ([120, 60, 170], Some(Ink::Blue)),
                ([55, 40, 42], Some(Ink::Dark)),
            ] {
                assert_eq!(
                    ink_of(on_paper(ink), paper),
                    expected,
                    "{ink:?} on {paper:?}"
                );
            }
        }
    }
}
