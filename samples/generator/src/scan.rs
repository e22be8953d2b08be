//! What a scanner makes of a sheet: it lies askew, light is uneven, edges are dark, the sensor is noisy.

use crate::{dice::Dice, ink::Patches, press::Sheet};

/// How a sheet is scanned.
#[derive(Debug, Clone)]
pub struct Wear {
    /// Turning in degrees, clockwise.
    pub skew: f32,
    /// Depth of a slow bend of the lines, in pixels.
    pub bend: f32,
    /// Standard deviation of the blur, in pixels.
    pub blur: f32,
    /// Standard deviation of the sensor noise, in grey levels.
    pub noise: f32,
    /// Darkest value print can take: lifts the blacks, 0 to about 90.
    pub veil: f32,
    /// Loss of light towards one side, 0 to about 0.25.
    pub shade: f32,
    /// Grey of what shows where the sheet does not cover the glass.
    pub backing: u8,
    /// Width of a dark band along two sides, in pixels.
    pub edge: f32,
    /// Two holes of a hole punch at the left side.
    pub holes: bool,
    /// Number of dust specks.
    pub dust: u32,
}

impl Default for Wear {
    fn default() -> Self {
        Self {
            skew: 0.0,
            bend: 0.0,
            blur: 0.55,
            noise: 2.0,
            veil: 0.0,
            shade: 0.0,
            backing: 244,
            edge: 0.0,
            holes: false,
            dust: 0,
        }
    }
}

/// Where points of the sheet come to lie on the scan.
#[derive(Debug, Clone, Copy)]
pub struct Warp {
    centre: (f32, f32),
    sin: f32,
    cos: f32,
    bend: f32,
    phase: f32,
    width: f32,
}

impl Warp {
    fn new(sheet: &Sheet, wear: &Wear, dice: &mut Dice) -> Self {
        let angle = wear.skew.to_radians();
        Self {
            centre: (sheet.width as f32 / 2.0, sheet.height as f32 / 2.0),
            sin: libm::sinf(angle),
            cos: libm::cosf(angle),
            bend: wear.bend,
            phase: dice.range(0.0, std::f32::consts::TAU),
            width: sheet.width as f32,
        }
    }

    /// From the sheet to the scan, in pixels.
    #[must_use]
    pub fn forward(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (dx, dy) = (x - self.centre.0, y - self.lift(x) - self.centre.1);
        (
            self.centre.0 + dx * self.cos - dy * self.sin,
            self.centre.1 + dx * self.sin + dy * self.cos,
        )
    }

    /// From the scan to the sheet, in pixels.
    fn back(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let x = self.centre.0 + dx * self.cos + dy * self.sin;
        let y = self.centre.1 - dx * self.sin + dy * self.cos;
        (x, y + self.lift(x))
    }

    fn lift(&self, x: f32) -> f32 {
        if self.bend == 0.0 {
            return 0.0;
        }
        self.bend * libm::sinf(x / self.width * 4.2 + self.phase)
    }
}

/// Scans a sheet: the picture, and where its points went.
#[must_use]
pub fn scan(sheet: &Sheet, wear: &Wear, dice: &Dice) -> (Sheet, Warp) {
    let warp = Warp::new(sheet, wear, &mut dice.fork("warp"));
    let mut scan = lay(sheet, &warp, wear.backing);
    punch(&mut scan, wear, &warp, &mut dice.fork("holes"));
    blur(&mut scan, wear.blur);
    light(&mut scan, wear, &mut dice.fork("light"));
    sprinkle(&mut scan, wear.dust, &mut dice.fork("dust"));
    noise(&mut scan, wear.noise, &mut dice.fork("noise"));
    (scan, warp)
}

/// Luminance, one byte a pixel (ITU-R BT.601 weights).
#[must_use]
pub fn grey(sheet: &Sheet) -> Vec<u8> {
    sheet
        .rgb
        .chunks_exact(3)
        .map(|pixel| {
            let [r, g, b] =
                [0, 1, 2].map(|channel| pixel.get(channel).copied().map_or(0, u32::from));
            ((r * 299 + g * 587 + b * 114 + 500) / 1000) as u8
        })
        .collect()
}

/// Black (true) and white, as an office scanner decides it, with some specks of salt and pepper per million pixels.
#[must_use]
pub fn bilevel(grey: &[u8], threshold: u8, specks: u32, dice: &mut Dice) -> Vec<bool> {
    let mut bits: Vec<bool> = grey.iter().map(|&value| value < threshold).collect();
    let count = bits.len() as u64 * u64::from(specks) / 1_000_000;
    for _ in 0..count {
        let at = (dice.bits() % bits.len().max(1) as u64) as usize;
        if let Some(bit) = bits.get_mut(at) {
            *bit = !*bit;
        }
    }
    bits
}

fn lay(sheet: &Sheet, warp: &Warp, backing: u8) -> Sheet {
    let mut rgb = Vec::with_capacity(sheet.rgb.len());
    let (width, height) = (sheet.width, sheet.height);
    for y in 0..height {
        for x in 0..width {
            let (sx, sy) = warp.back((x as f32 + 0.5, y as f32 + 0.5));
            let (sx, sy) = (sx - 0.5, sy - 0.5);
            if sx < 0.0 || sy < 0.0 || sx >= (width - 1) as f32 || sy >= (height - 1) as f32 {
                rgb.extend([backing; 3]);
                continue;
            }
            let (ix, iy) = (sx as usize, sy as usize);
            let (tx, ty) = ((sx - ix as f32) * 256.0, (sy - iy as f32) * 256.0);
            let (tx, ty) = (tx as u32, ty as u32);
            let from = (iy * width + ix) * 3;
            let below = from + width * 3;
            for channel in 0..3 {
                let value = |at: usize| u32::from(sheet.rgb[at + channel]);
                let upper = value(from) * (256 - tx) + value(from + 3) * tx;
                let lower = value(below) * (256 - tx) + value(below + 3) * tx;
                rgb.push(((upper * (256 - ty) + lower * ty + 32768) >> 16) as u8);
            }
        }
    }
    Sheet { width, height, rgb }
}

fn punch(scan: &mut Sheet, wear: &Wear, warp: &Warp, dice: &mut Dice) {
    if !wear.holes {
        return;
    }
    // ISO 838: two holes of 6 mm, 80 mm apart, 12 mm from the edge; the page is 210 mm wide.
    let unit = scan.width as f32 / 210.0;
    let drift = dice.range(-6.0, 6.0) * unit;
    for offset in [-40.0, 40.0] {
        let centre = warp.forward((
            12.0 * unit,
            scan.height as f32 / 2.0 + offset * unit + drift,
        ));
        let radius = 3.0 * unit;
        let reach = radius.ceil() as isize + 1;
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = (centre.0 as isize + dx, centre.1 as isize + dy);
                let inside = ((dx * dx + dy * dy) as f32).sqrt() < radius;
                if inside
                    && x >= 0
                    && y >= 0
                    && (x as usize) < scan.width
                    && (y as usize) < scan.height
                {
                    let at = (y as usize * scan.width + x as usize) * 3;
                    // The far rim is lit, the near rim throws a shadow.
                    let value = if dx + dy < -(reach / 2) {
                        70
                    } else {
                        wear.backing.min(215)
                    };
                    scan.rgb[at..at + 3].fill(value);
                }
            }
        }
    }
}

fn blur(scan: &mut Sheet, sigma: f32) {
    if sigma < 0.2 {
        return;
    }
    let weight = |offset: f32| libm::expf(-offset * offset / (2.0 * sigma * sigma));
    let (w0, w1, w2) = (weight(0.0), weight(1.0), weight(2.0));
    let sum = w0 + 2.0 * w1 + 2.0 * w2;
    let kernel = [w2, w1, w0, w1, w2].map(|w| (w / sum * 1024.0 + 0.5) as u32);
    pass(scan, kernel, 3);
    let stride = scan.width * 3;
    pass(scan, kernel, stride);
}

/// One direction of a separable blur; `stride` is the distance of neighbours in bytes.
fn pass(scan: &mut Sheet, kernel: [u32; 5], stride: usize) {
    let source = scan.rgb.clone();
    let last = source.len();
    for at in 2 * stride..last.saturating_sub(2 * stride) {
        let mut sum = 512;
        for (tap, weight) in kernel.iter().enumerate() {
            sum += u32::from(source[at + tap * stride - 2 * stride]) * weight;
        }
        scan.rgb[at] = (sum >> 10).min(255) as u8;
    }
}

fn light(scan: &mut Sheet, wear: &Wear, dice: &mut Dice) {
    let angle = dice.range(0.0, std::f32::consts::TAU);
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let cloud = Patches::new(scan.width, scan.height, scan.width as f32 / 3.0, dice);
    let ragged: Vec<f32> = (0..scan.height.max(scan.width))
        .map(|_| dice.range(0.0, 1.0))
        .collect();
    let veil = wear.veil / 255.0;
    for y in 0..scan.height {
        for x in 0..scan.width {
            let (fx, fy) = (
                x as f32 / scan.width as f32 - 0.5,
                y as f32 / scan.height as f32 - 0.5,
            );
            let mut gain = 1.0
                - wear.shade * (0.5 + fx * cos + fy * sin).clamp(0.0, 1.0)
                - wear.shade * 0.3 * cloud.at(x, y);
            if wear.edge > 0.0 {
                let inner = (scan.width - 1 - x) as f32 - ragged[y] * 3.0;
                let top = y as f32 - ragged[x] * 3.0;
                gain *= dark_band(inner, wear.edge) * dark_band(top, wear.edge * 0.4);
            }
            let at = (y * scan.width + x) * 3;
            for value in &mut scan.rgb[at..at + 3] {
                let level = f32::from(*value) / 255.0;
                *value = (((veil + level * (1.0 - veil)) * gain) * 255.0).clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Gain near a dark edge: 0.1 at the rim, 1 a little beyond its width.
fn dark_band(distance: f32, width: f32) -> f32 {
    if distance > width * 1.5 {
        return 1.0;
    }
    if distance < width {
        0.1
    } else {
        0.1 + 0.9 * (distance - width) / (width * 0.5)
    }
}

fn sprinkle(scan: &mut Sheet, dust: u32, dice: &mut Dice) {
    for _ in 0..dust {
        let x = dice.int(0, scan.width as u32 - 1) as usize;
        let y = dice.int(0, scan.height as u32 - 1) as usize;
        let radius = dice.int(0, 2) as usize;
        let value = dice.int(40, 190) as u8;
        for sy in y..(y + radius + 1).min(scan.height) {
            for sx in x..(x + radius + dice.int(0, 1) as usize + 1).min(scan.width) {
                let at = (sy * scan.width + sx) * 3;
                scan.rgb[at..at + 3].fill(value);
            }
        }
    }
}

fn noise(scan: &mut Sheet, sigma: f32, dice: &mut Dice) {
    if sigma <= 0.0 {
        return;
    }
    // Four bytes summed have a deviation of 147.8; chroma gets a third of the luma noise.
    let luma = (sigma / 147.8 * 65536.0) as i32;
    let chroma = (sigma / 3.0 / 104.5 * 65536.0) as i32;
    for pixel in scan.rgb.chunks_exact_mut(3) {
        let bits = dice.bits().to_le_bytes().map(i32::from);
        let [a, b, c, d, e, f, g, h] = bits;
        let base = (a + b + c + d - 510) * luma;
        let tints = [(e + f - 255) * chroma, 0, (g + h - 255) * chroma];
        for (value, tint) in pixel.iter_mut().zip(tints) {
            *value = (i32::from(*value) + ((base + tint) >> 16)).clamp(0, 255) as u8;
        }
    }
}
