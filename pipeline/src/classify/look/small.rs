//! A page made small, parted by ink: red, other colours, and what is dark without colour.

use crate::document::Raster;
use crate::picture::Picture;

/// Resolution of the small copy, dpi: strokes of stamps (0.5 to 1 mm) are 2 to 4 px wide, letters 16 px high.
const DPI: f32 = 100.0;
/// What ink takes from one channel of the paper's colour more than from another, for it to count as coloured, grey
/// levels. JPEG's bleed round black print stays below 20 in a copy this small, tinted paper is taken off first.
pub(super) const COLOURED: i32 = 24;
/// Share of the paper's brightness that dark ink takes at least: faded stamps on grey scans take a fifth.
const DARK: f32 = 0.17;

/// The inks that are looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ink {
    /// Red, orange, pink.
    Red,
    /// Blue, violet, green.
    Blue,
    /// On grey scans, what is lighter than print: how they show red and worn stamps.
    Pale,
    /// Black and grey; on scans without colour, everything.
    Dark,
}

impl Ink {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Red, Self::Blue, Self::Pale, Self::Dark];

    /// Its bit in [`Small::inks`].
    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }
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
    /// Which inks each pixel has, a bit each: none for paper, two where print runs through a stamp.
    pub(super) inks: Vec<u8>,
}

impl Small {
    /// Makes `picture` small.
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let scale = (DPI / picture.dpi.max(1.0)).min(1.0);
        let raster = picture.reduced(scale);
        let (width, height) = raster.size();
        let paper = paper_of(&raster);
        let (width, height) = (width as usize, height as usize);
        let mut inks: Vec<u8> = match &raster {
            Raster::Gray(image) => grey_inks(&image.pixels, paper[0], width),
            Raster::Rgb(image) => {
                let pixels = image.pixels.as_chunks().0;
                let bits = |pixel: &[u8; 3]| {
                    if is_paper(*pixel, paper) {
                        return 0;
                    }
                    ink_of(*pixel, paper).map_or(0, Ink::bit)
                };
                pixels.iter().map(bits).collect()
            }
        };
        for ink in [Ink::Red, Ink::Blue, Ink::Pale] {
            bridge(&mut inks, width, ink);
        }
        Self {
            width,
            height,
            scale,
            per_mm: picture.dpi * scale / 25.4,
            paper,
            inks,
        }
    }
}

impl Small {
    /// The inks that are on the page at all.
    pub(super) fn present(&self) -> impl Iterator<Item = Ink> + use<> {
        let all = self.inks.iter().fold(0, |all, inks| all | inks);
        Ink::ALL.into_iter().filter(move |ink| all & ink.bit() != 0)
    }

    /// Whether the page was scanned in colour and something on it has one: more than the rims of letters and noise.
    pub(super) fn is_coloured(&self) -> bool {
        let coloured = Ink::Red.bit() | Ink::Blue.bit();
        let count = self.inks.iter().filter(|inks| **inks & coloured != 0);
        count.count() > self.inks.len() / COLOURED_SHARE
    }
}

/// One px in so many has colour where a page has coloured ink: a seal covers ten times as much.
const COLOURED_SHARE: usize = 2000;

/// Darkness, as a share of the paper's light, from which on grey is print and no stamp's.
pub(super) const PRINT: f32 = 0.62;

/// Dark is everything on grey scans; pale as well what has no print beside it, whose rims are pale, too.
fn grey_inks(pixels: &[u8], paper: u8, width: usize) -> Vec<u8> {
    let level = |share: f32| f32::from(paper) * (1.0 - share);
    let (light, print) = (level(DARK), level(PRINT));
    let is_print = |at: usize| {
        pixels
            .get(at)
            .is_some_and(|value| f32::from(*value) < print)
    };
    // Scans in black and white have no pale ink, only dots that look so from afar.
    let prints = pixels
        .iter()
        .step_by(3)
        .filter(|value| f32::from(**value) < print)
        .count();
    let inked = pixels
        .iter()
        .step_by(3)
        .filter(|value| f32::from(**value) < light)
        .count();
    let graded = prints * 8 < inked * 7;
    let bits = pixels.iter().enumerate().map(|(at, value)| {
        if f32::from(*value) >= light {
            return 0;
        }
        let beside = [
            at.wrapping_sub(width),
            at.wrapping_sub(1),
            at,
            at + 1,
            at + width,
        ];
        if graded && !beside.into_iter().any(is_print) {
            Ink::Dark.bit() | Ink::Pale.bit()
        } else {
            Ink::Dark.bit()
        }
    });
    bits.collect()
}

/// Where print runs through a stamp, its pixels count as stamped, too: letters stay whole.
fn bridge(inks: &mut [u8], width: usize, ink: Ink) {
    /// So many stamped pixels among the 24 around make one.
    const AROUND: usize = 7;
    let before: Vec<bool> = inks.iter().map(|inks| inks & ink.bit() != 0).collect();
    if !before.contains(&true) {
        return;
    }
    for at in 2 * width + 2..inks.len().saturating_sub(2 * width + 2) {
        if inks[at] & Ink::Dark.bit() == 0 || before[at] {
            continue;
        }
        let rows = [at - 2 * width, at - width, at, at + width, at + 2 * width];
        let stamped = |row: usize| before[row - 2..row + 3].iter().filter(|is| **is).count();
        if rows.into_iter().map(stamped).sum::<usize>() >= AROUND {
            inks[at] |= ink.bit();
        }
    }
}

/// Whether a pixel is as light as the paper, as most are: no colour is looked for in it.
fn is_paper([r, g, b]: [u8; 3], [pr, pg, pb]: [u8; 3]) -> bool {
    const NEAR: u8 = (COLOURED / 2) as u8;
    r.abs_diff(pr) < NEAR && g.abs_diff(pg) < NEAR && b.abs_diff(pb) < NEAR
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
