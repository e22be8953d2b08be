//! From colour to grey so that seals and signatures fade and black print stays; where the coloured ink lies.

use super::tinted;
use crate::document::{Gray, Rect, Rgb};

/// Side of a grid cell in px; at 300 dpi a cell is 1.35 mm, a tenth of the smallest seal's radius.
pub(super) const CELL: u32 = 16;

/// Pixels handled at once: colours are split into planes of this length, which the compiler vectorises.
const CHUNK: usize = 64;

/// How far the strongest channel stands above the other two in coloured ink. Tinted paper stays below 35,
/// JPEG bleed on black print below 25 (95th percentile), seal ink starts at 45.
const INKED: u8 = 40;

/// Chroma (strongest minus weakest channel) that is left alone: bleed around black print reaches 21 at the
/// 95th percentile.
const CHROMA_FLOOR: u8 = 36;

/// Strongest channel below which a pixel is black print, whatever its chroma: black under a seal comes out
/// of JPEG's half-resolution chroma as dark red up to about 104.
const DARK: u8 = 96;

/// Counts of red and blue pixels on a coarse grid over the stored image.
#[derive(Clone, Debug, Default)]
pub(super) struct InkGrid {
    /// Cells per row.
    pub(super) columns: usize,
    /// Red pixels of each cell.
    pub(super) red: Vec<u16>,
    /// Blue pixels of each cell.
    pub(super) blue: Vec<u16>,
    /// Dark pixels of each cell, whatever their colour.
    dark: Vec<u16>,
    /// Pixels of each cell that fading makes much lighter, whatever their colour.
    pub(super) tinted: Vec<u16>,
}

impl InkGrid {
    /// Whether colour is the page's own rather than ink set on print: text in colour, coloured fringes
    /// around all letters, coloured shadows. Fading would take the text along.
    fn is_of_the_page(&self) -> bool {
        let (mut marked, mut inked, mut mixed) = (0usize, 0usize, 0usize);
        for ((&red, &blue), &dark) in self.red.iter().zip(&self.blue).zip(&self.dark) {
            let (is_red, is_blue) = (red >= CELL_SHARE, blue >= CELL_SHARE);
            marked += usize::from(is_red || is_blue || dark >= CELL_SHARE);
            inked += usize::from(is_red || is_blue);
            // Fringes are red on one side of a stroke and blue on the other.
            mixed += usize::from(is_red && is_blue);
        }
        // A seal, a signature and an incoming stamp cover 40 square centimetres, 6 % of A4.
        let everywhere = inked * 2 > marked && inked * 10 > self.red.len();
        let fringes = mixed * 4 > marked && mixed * 2 > inked;
        everywhere || fringes
    }
}

/// The grey copy that OCR reads: the strongest channel, lifted towards white where colour is strong; plain
/// luma and no ink where colour is all over the page, and dark where print in colour stands. `dpi` is that of `image`.
pub(super) fn faded(image: &Rgb, dpi: f32) -> (Gray, InkGrid) {
    let width = image.width as usize;
    let columns = width.div_ceil(CELL as usize);
    let rows = (image.height as usize).div_ceil(CELL as usize);
    let mut grid = InkGrid {
        columns,
        red: vec![0; columns * rows],
        blue: vec![0; columns * rows],
        dark: vec![0; columns * rows],
        tinted: vec![0; columns * rows],
    };
    let mut pixels = vec![0u8; width * image.height as usize];
    let mut planes = Planes {
        paper: paper(image),
        ..Planes::default()
    };
    for (y, (out, row)) in pixels
        .chunks_exact_mut(width)
        .zip(image.pixels.chunks_exact(width * 3))
        .enumerate()
    {
        let cells = (y / CELL as usize) * columns;
        let red = &mut grid.red[cells..cells + columns];
        let blue = &mut grid.blue[cells..cells + columns];
        let dark = &mut grid.dark[cells..cells + columns];
        let tinted = &mut grid.tinted[cells..cells + columns];
        let per_chunk = CHUNK / CELL as usize;
        for (i, (out, chunk)) in out.chunks_mut(CHUNK).zip(row.chunks(CHUNK * 3)).enumerate() {
            planes.split(chunk);
            let faded = planes.fade(out);
            let cells = i * per_chunk..((i + 1) * per_chunk).min(columns);
            planes.count(
                &mut red[cells.clone()],
                &mut blue[cells.clone()],
                &mut dark[cells.clone()],
            );
            planes.count_tinted(&faded, &mut tinted[cells]);
        }
    }
    let mut gray = Gray {
        width: image.width,
        height: image.height,
        pixels,
    };
    if grid.is_of_the_page() {
        return (luma(image), InkGrid::default());
    }
    clear_rims(&mut gray, &grid, planes.paper);
    let print = tinted::print(image, dpi, &grid, planes.paper);
    tinted::restore(&mut gray, image, &print, planes.paper);
    (gray, grid)
}

/// Paints over what is left of ink in the cells where there was some: soft edges of strokes, whose chroma
/// is too weak to be lifted. A pixel stays when something as dark as print is within two pixels.
fn clear_rims(gray: &mut Gray, grid: &InkGrid, paper: u8) {
    let w = gray.width as usize;
    // Not all that is red or blue: the shadow on a photographed page is bluish, and has print in it.
    let inked = grid.tinted.iter().map(|tinted| *tinted >= CELL_SHARE);
    let mut rims = Vec::new();
    for (cell, _) in inked.enumerate().filter(|&(_, inked)| inked) {
        let side = CELL as usize;
        find_rims(
            gray,
            cell % grid.columns * side,
            cell / grid.columns * side,
            paper,
            &mut rims,
        );
    }
    rims.into_iter()
        .for_each(|(x, y)| gray.pixels[y * w + x] = paper);
}

/// Adds the pixels of the cell at (`left`, `top`) that are darker than paper and far from print.
fn find_rims(gray: &Gray, left: usize, top: usize, paper: u8, rims: &mut Vec<(usize, usize)>) {
    let (w, h) = (gray.width as usize, gray.height as usize);
    let print = (u16::from(paper) * 45 / 100) as u8;
    let side = CELL as usize;
    let (right, bottom) = ((left + side).min(w), (top + side).min(h));
    let (from, to) = (left.saturating_sub(2), (right + 2).min(w));
    for y in top..bottom {
        // The darkest of five rows, column by column.
        let mut darkest = [255u8; CELL as usize + 4];
        for row in y.saturating_sub(2)..(y + 3).min(h) {
            let row = &gray.pixels[row * w + from..row * w + to];
            darkest
                .iter_mut()
                .zip(row)
                .for_each(|(dark, &v)| *dark = v.min(*dark));
        }
        for x in left..right {
            let around = x.saturating_sub(2) - from..(x + 3).min(w) - from;
            if gray.pixels[y * w + x] < paper && darkest[around].iter().all(|&v| v > print) {
                rims.push((x, y));
            }
        }
    }
}

/// Plain luma (ITU-R BT.601 weights, as JPEG has them), nothing faded.
pub(super) fn luma(image: &Rgb) -> Gray {
    let pixels = image.pixels.as_chunks::<3>().0;
    let pixels = pixels.iter().map(|pixel| luma_of(*pixel)).collect();
    Gray {
        width: image.width,
        height: image.height,
        pixels,
    }
}

/// The luma of one pixel.
#[inline]
pub(super) fn luma_of([r, g, b]: [u8; 3]) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8
}

/// The commonest strongest channel among the brighter half of a sample of the pixels.
fn paper(image: &Rgb) -> u8 {
    let mut counts = [0u32; 256];
    for p in image.pixels.chunks_exact(3).step_by(97) {
        counts[usize::from(p[0].max(p[1]).max(p[2]))] += 1;
    }
    (128..=255u8)
        .max_by_key(|&level| counts[usize::from(level)])
        .unwrap_or(255)
}

/// [`CHUNK`] pixels, channel by channel.
struct Planes {
    r: [u8; CHUNK],
    g: [u8; CHUNK],
    b: [u8; CHUNK],
    /// The paper's strongest channel: ink is lifted up to it and not beyond.
    paper: u8,
}

impl Default for Planes {
    fn default() -> Self {
        Self {
            r: [0; CHUNK],
            g: [0; CHUNK],
            b: [0; CHUNK],
            paper: 255,
        }
    }
}

impl Planes {
    fn split(&mut self, chunk: &[u8]) {
        if chunk.len() < CHUNK * 3 {
            // The last chunk of a row: what it does not reach must not count as ink.
            *self = Self {
                paper: self.paper,
                ..Self::default()
            };
        }
        for (((r, g), b), p) in self
            .r
            .iter_mut()
            .zip(&mut self.g)
            .zip(&mut self.b)
            .zip(chunk.chunks_exact(3))
        {
            (*r, *g, *b) = (p[0], p[1], p[2]);
        }
    }

    fn fade(&self, out: &mut [u8]) -> [u8; CHUNK] {
        let mut faded = [0u8; CHUNK];
        for (((out, &r), &g), &b) in faded.iter_mut().zip(&self.r).zip(&self.g).zip(&self.b) {
            *out = fade(r, g, b, self.paper);
        }
        let n = out.len().min(CHUNK);
        out[..n].copy_from_slice(&faded[..n]);
        faded
    }

    /// Counts the pixels that came out of fading much lighter than they are to the eye.
    fn count_tinted(&self, faded: &[u8; CHUNK], tinted: &mut [u16]) {
        let mut lost = [0u8; CHUNK];
        let channels = self.r.iter().zip(&self.g).zip(&self.b);
        for ((lost, faded), ((&r, &g), &b)) in lost.iter_mut().zip(faded).zip(channels) {
            *lost = u8::from(faded.saturating_sub(luma_of([r, g, b])) > tinted::LOST);
        }
        for (count, lost) in tinted.iter_mut().zip(lost.chunks_exact(CELL as usize)) {
            *count += u16::from(lost.iter().sum::<u8>());
        }
    }

    fn count(&self, red: &mut [u16], blue: &mut [u16], dark: &mut [u16]) {
        let cells = self
            .r
            .chunks_exact(CELL as usize)
            .zip(self.g.chunks_exact(CELL as usize));
        let cells = cells.zip(self.b.chunks_exact(CELL as usize));
        let counts = red.iter_mut().zip(blue).zip(dark);
        for (((r, g), b), ((red, blue), dark)) in cells.zip(counts) {
            let (mut reds, mut blues, mut darks) = (0u8, 0u8, 0u8);
            for ((&r, &g), &b) in r.iter().zip(g).zip(b) {
                reds += u8::from(r.saturating_sub(g.max(b)) > INKED);
                blues += u8::from(b.saturating_sub(r) > INKED && b >= g);
                darks += u8::from(r.max(g).max(b) < 128);
            }
            *dark += u16::from(darks);
            *red += u16::from(reds);
            *blue += u16::from(blues);
        }
    }
}

/// The strongest channel plus twice the chroma beyond [`CHROMA_FLOOR`], the latter only as far as the pixel
/// is brighter than [`DARK`].
#[inline]
pub(super) fn fade(r: u8, g: u8, b: u8, paper: u8) -> u8 {
    let strongest = r.max(g).max(b);
    let chroma = strongest - r.min(g).min(b);
    let lift = chroma.saturating_sub(CHROMA_FLOOR).saturating_mul(2);
    let open = strongest.saturating_sub(DARK).saturating_mul(4);
    let lift = (u16::from(lift) * u16::from(open)) >> 8;
    strongest.max(strongest.saturating_add(lift as u8).min(paper))
}

/// Colour of ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InkColor {
    /// Seals, incoming stamps, urgency marks.
    Red,
    /// Signatures and some incoming stamps.
    Blue,
}

/// A patch of coloured ink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InkRegion {
    /// Its colour.
    pub color: InkColor,
    /// Its box in shown px.
    pub bbox: Rect,
}

/// Connected patches of cells of one colour, as boxes in stored px.
pub(super) fn regions(grid: &InkGrid, dpi: f32) -> Vec<InkRegion> {
    let mut found = Vec::new();
    for (color, counts) in [(InkColor::Red, &grid.red), (InkColor::Blue, &grid.blue)] {
        found.extend(
            patches(counts, grid.columns)
                .into_iter()
                .filter_map(|patch| region(&patch, color, dpi)),
        );
    }
    found
}

/// Cells of a connected patch: its box (cells, inclusive) and how many are inked.
struct Patch {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    cells: usize,
}

/// Share of a cell that must be inked for the cell to belong to a patch; JPEG specks stay below it.
const CELL_SHARE: u16 = (CELL * CELL / 24) as u16;

fn patches(counts: &[u16], columns: usize) -> Vec<Patch> {
    let mut open: Vec<bool> = counts.iter().map(|&n| n >= CELL_SHARE).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    let rows = counts.len().checked_div(columns).unwrap_or(0);
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let (x, y) = (start % columns, start / columns);
        let mut patch = Patch {
            left: x,
            top: y,
            right: x,
            bottom: y,
            cells: 0,
        };
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % columns, at / columns);
            patch.left = patch.left.min(x);
            patch.right = patch.right.max(x);
            patch.top = patch.top.min(y);
            patch.bottom = patch.bottom.max(y);
            patch.cells += 1;
            // Two cells of reach: letters on a seal's rim stand apart from each other.
            for ny in y.saturating_sub(2)..(y + 3).min(rows) {
                for nx in x.saturating_sub(2)..(x + 3).min(columns) {
                    let next = ny * columns + nx;
                    if std::mem::take(&mut open[next]) {
                        stack.push(next);
                    }
                }
            }
        }
        found.push(patch);
    }
    found
}

/// Patches smaller than this are specks of colour, mm.
const SMALLEST_MM: f32 = 4.0;

fn region(patch: &Patch, color: InkColor, dpi: f32) -> Option<InkRegion> {
    let cell_mm = CELL as f32 * 25.4 / dpi;
    let (w, h) = (patch.right + 1 - patch.left, patch.bottom + 1 - patch.top);
    let (w_mm, h_mm) = (w as f32 * cell_mm, h as f32 * cell_mm);
    if w_mm.max(h_mm) < SMALLEST_MM {
        return None;
    }
    let side = CELL as f32;
    let bbox = Rect {
        x: patch.left as f32 * side,
        y: patch.top as f32 * side,
        w: w as f32 * side,
        h: h as f32 * side,
    };
    Some(InkRegion { color, bbox })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_stays_and_seal_red_goes() {
        assert!(fade(12, 10, 20, 255) <= 20, "black");
        assert!(
            fade(104, 10, 0, 255) <= 125,
            "black under a seal, as JPEG leaves it"
        );
        assert!(fade(170, 30, 45, 255) >= 245, "dark seal");
        assert!(fade(245, 15, 30, 255) >= 245, "fresh seal");
        assert!(fade(40, 50, 140, 255) >= 200, "blue pen");
        assert!(
            fade(120, 110, 100, 255) <= 125,
            "edge of a letter on yellow paper"
        );
    }

    #[test]
    fn a_red_ring_and_a_red_line_are_patches_of_their_own() {
        let mut image = Rgb {
            width: 1500,
            height: 1500,
            pixels: vec![255; 1500 * 1500 * 3],
        };
        for y in 0..1500i32 {
            for x in 0..1500i32 {
                let r2 = (x - 400) * (x - 400) + (y - 400) * (y - 400);
                let ring =
                    (190 * 190..210 * 210).contains(&r2) || (80 * 80..140 * 140).contains(&r2);
                let line = (850..860).contains(&y);
                if ring || line {
                    let at = (y as usize * 1500 + x as usize) * 3;
                    image.pixels[at..at + 3].copy_from_slice(&[220, 40, 50]);
                }
            }
        }
        let (gray, grid) = faded(&image, 300.0);
        assert!(gray.pixels.iter().all(|&v| v > 240));
        let found = regions(&grid, 300.0);
        assert_eq!(found.len(), 2);
        let ring = found.iter().find(|r| r.bbox.w < 800.0).unwrap().bbox;
        assert!((ring.x - 190.0).abs() <= 16.0 && (ring.w - 420.0).abs() <= 32.0);
    }

    #[test]
    fn soft_rims_of_ink_go_and_print_beside_it_stays() {
        let mut image = Rgb {
            width: 64,
            height: 64,
            pixels: vec![255; 64 * 64 * 3],
        };
        for y in 8..56 {
            let mut put = |x: usize, color: [u8; 3]| {
                image.pixels[(y * 64 + x) * 3..(y * 64 + x) * 3 + 3].copy_from_slice(&color);
            };
            (20..26).for_each(|x| put(x, [200, 40, 60]));
            put(26, [170, 150, 152]);
            (40..44).for_each(|x| put(x, [15, 15, 15]));
            put(44, [150, 150, 150]);
        }
        let row = &faded(&image, 300.0).0.pixels[30 * 64..31 * 64];
        assert_eq!(row[26], 255);
        assert_eq!((row[41], row[44]), (15, 150));
    }

    #[test]
    fn text_in_colour_and_coloured_fringes_are_read_as_they_are() {
        for (left, right) in [
            ([30u8, 40, 150], [30u8, 40, 150]),
            ([210, 120, 60], [60, 120, 210]),
        ] {
            let mut image = Rgb {
                width: 320,
                height: 320,
                pixels: vec![255; 320 * 320 * 3],
            };
            for (i, pixel) in image.pixels.chunks_exact_mut(3).enumerate() {
                match (i % 320 % 12, i / 320 % 24) {
                    (0..=1, 0..=9) => pixel.copy_from_slice(&left),
                    (2..=3, 0..=9) => pixel.copy_from_slice(&right),
                    _ => {}
                }
            }
            let (gray, grid) = faded(&image, 300.0);
            assert_eq!(gray, luma(&image));
            assert!(regions(&grid, 300.0).is_empty());
        }
    }

    #[test]
    fn rows_shorter_than_a_chunk_are_whole() {
        let image = Rgb {
            width: 5,
            height: 3,
            pixels: vec![77; 45],
        };
        let (gray, _) = faded(&image, 300.0);
        assert_eq!(gray.pixels, vec![77; 15]);
        assert_eq!(luma(&image).pixels, vec![77; 15]);
    }
}
