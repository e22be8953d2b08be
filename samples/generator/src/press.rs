//! Printing a page onto paper: text, seals and pens become one colour picture, still flat and clean.

use crate::{
    dice::Dice,
    face::Family,
    hand,
    ink::{Patches, Place, Plane},
    page::{Ground, Mark, Page, Pen, Rule, Word},
    stamp::{self, Legend},
    typeset::piece_width,
};

/// A colour picture, three bytes a pixel.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Red, green, blue, row by row.
    pub rgb: Vec<u8>,
}

/// Colours and strengths of what is on the paper.
#[derive(Debug, Clone)]
pub struct Inks {
    /// Colour of the paper.
    pub paper: [u8; 3],
    /// Colour of the print.
    pub print: [u8; 3],
    /// Colour of seals and stamps.
    pub seal: [u8; 3],
    /// Colour of signatures and handwriting.
    pub pen: [u8; 3],
    /// How strongly the back page shines through, 0 to about 0.15.
    pub bleed: f32,
}

impl Default for Inks {
    fn default() -> Self {
        Self {
            paper: [250, 249, 246],
            print: [30, 29, 32],
            seal: [206, 42, 56],
            pen: [38, 58, 150],
            bleed: 0.0,
        }
    }
}

/// The kinds of ink on one page.
struct Planes {
    print: Plane,
    seal: Plane,
    pen: Plane,
}

/// Prints `page` at `dpi`; `back` is the page on the other side, seen where the paper is thin.
#[must_use]
pub fn press(
    page: &Page,
    back: Option<&Page>,
    dpi: f32,
    inks: &Inks,
    family: &Family,
    dice: &Dice,
) -> Sheet {
    let scale = dpi / 72.0;
    let (width, height) = (
        (page.size.0 * scale).round() as usize,
        (page.size.1 * scale).round() as usize,
    );
    let mut sheet = paper(
        width,
        height,
        page.ground,
        inks,
        scale,
        &mut dice.fork("paper"),
    );
    if let Some(back) = back.filter(|_| inks.bleed > 0.0) {
        let mut plane = Plane::new(width, height);
        print(&mut plane, back, scale, family);
        mirror(&mut plane);
        sheet.shine_through(&plane, inks.bleed);
    }
    let mut planes = Planes {
        print: Plane::new(width, height),
        seal: Plane::new(width, height),
        pen: Plane::new(width, height),
    };
    print(&mut planes.print, page, scale, family);
    handwriting(
        &mut planes.pen,
        page,
        scale,
        family,
        &mut dice.fork("handwriting"),
    );
    marks(&mut planes, page, scale, family, dice);
    planes
        .seal
        .wear(scale * 9.0, 0.12, &mut dice.fork("seal wear"));
    sheet.ink(&planes.print, inks.print);
    sheet.ink(&planes.seal, inks.seal);
    sheet.ink(&planes.pen, inks.pen);
    sheet
}

impl Sheet {
    /// Lays ink over the sheet the way light goes through it: colours multiply.
    fn ink(&mut self, plane: &Plane, colour: [u8; 3]) {
        for (pixel, &cover) in self.rgb.chunks_exact_mut(3).zip(&plane.cover) {
            if cover == 0 {
                continue;
            }
            for (value, ink) in pixel.iter_mut().zip(colour) {
                let keep = 255 - u32::from(cover) * u32::from(255 - ink) / 255;
                *value = (u32::from(*value) * keep / 255) as u8;
            }
        }
    }

    fn shine_through(&mut self, plane: &Plane, strength: f32) {
        let reach = 3_usize;
        for y in 0..self.height {
            for x in 0..self.width {
                // Paper scatters the back side: a sparse average over a few pixels stands for that.
                let mut sum = 0_u32;
                for (dx, dy) in [(0, 0), (reach, 0), (0, reach), (reach, reach), (2, 1)] {
                    let (sx, sy) = ((x + dx).min(self.width - 1), (y + dy).min(self.height - 1));
                    sum += u32::from(plane.cover[sy * self.width + sx]);
                }
                if sum > 0 {
                    let keep = 1.0 - strength * sum as f32 / (5.0 * 255.0);
                    let from = (y * self.width + x) * 3;
                    for value in &mut self.rgb[from..from + 3] {
                        *value = (f32::from(*value) * keep) as u8;
                    }
                }
            }
        }
    }
}

fn paper(
    width: usize,
    height: usize,
    ground: Ground,
    inks: &Inks,
    scale: f32,
    dice: &mut Dice,
) -> Sheet {
    let cloud = Patches::new(width, height, 160.0 * scale, dice);
    let fibre = Patches::new(width, height, 1.2 * scale, dice);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let shade = 1.0 - 0.014 * cloud.at(x, y) - 0.012 * fibre.at(x, y);
            let waves = match ground {
                Ground::Plain => None,
                Ground::Guilloche { tint } => Some((
                    tint,
                    guilloche(
                        x as f32 / scale,
                        y as f32 / scale,
                        width as f32 / scale,
                        height as f32 / scale,
                    ),
                )),
            };
            for channel in 0..3 {
                let mut value = f32::from(inks.paper[channel]) * shade;
                if let Some((tint, strength)) = waves {
                    value *= 1.0 - strength * (1.0 - f32::from(tint[channel]) / 255.0);
                }
                rgb.push(value as u8);
            }
        }
    }
    Sheet { width, height, rgb }
}

/// Strength of the ornamental print at a point (all in points): an even tint, fine waves, and a frame.
fn guilloche(x: f32, y: f32, width: f32, height: f32) -> f32 {
    let inset = x.min(y).min(width - x).min(height - y);
    let wave = libm::sinf((y + 5.0 * libm::sinf(x / 21.0)) * 0.9)
        * libm::sinf((x + 5.0 * libm::sinf(y / 17.0)) * 0.7);
    let lines = if wave.abs() < 0.12 { 0.10 } else { 0.05 };
    if !(22.0..=44.0).contains(&inset) {
        return if inset < 22.0 { 0.0 } else { lines };
    }
    if !(24.0..=42.0).contains(&inset) {
        return 0.85;
    }
    let knots = libm::sinf((x + y) * 0.55) * libm::sinf((x - y) * 0.55);
    if knots.abs() < 0.3 { 0.75 } else { 0.25 }
}

fn print(plane: &mut Plane, page: &Page, scale: f32, family: &Family) {
    for word in page.lines.iter().flat_map(|line| &line.words) {
        let mut x = word.x;
        for piece in &word.pieces {
            if piece.pen == Pen::Print {
                let place = Place {
                    at: (x * scale, word.baseline * scale),
                    turn: 0.0,
                    scale,
                };
                plane.text(&piece.text, piece.style, family, place);
            }
            x += piece_width(piece, family);
        }
    }
    for rule in &page.rules {
        draw_rule(plane, rule, scale);
    }
}

fn draw_rule(plane: &mut Plane, rule: &Rule, scale: f32) {
    let half = rule.thickness * scale / 2.0;
    let ((x0, y0), (x1, y1)) = (
        (rule.from.0 * scale, rule.from.1 * scale),
        (rule.to.0 * scale, rule.to.1 * scale),
    );
    if !rule.dotted {
        plane.rectangle(
            x0.min(x1) - half,
            y0.min(y1) - half,
            x0.max(x1) + half,
            y0.max(y1) + half,
        );
        return;
    }
    let mut x = x0;
    while x < x1 {
        plane.stroke(&[(x, y0, half), (x + 0.01, y0, half)]);
        x += 2.6 * scale;
    }
}

fn handwriting(plane: &mut Plane, page: &Page, scale: f32, family: &Family, dice: &mut Dice) {
    for word in page.lines.iter().flat_map(|line| &line.words) {
        let mut x = word.x;
        for piece in &word.pieces {
            let width = piece_width(piece, family);
            if piece.pen == Pen::Hand {
                let height = piece.style.size * 0.78 * scale;
                hand::number(
                    plane,
                    &piece.text,
                    (x * scale, word.baseline * scale),
                    width * scale,
                    height,
                    dice,
                );
            }
            x += width;
        }
    }
}

fn marks(planes: &mut Planes, page: &Page, scale: f32, family: &Family, dice: &Dice) {
    for (index, mark) in page.marks.iter().enumerate() {
        let mut dice = dice.fork(&format!("mark {index}"));
        let px = |(x, y): (f32, f32)| (x * scale, y * scale);
        match mark {
            Mark::Seal {
                at,
                radius,
                above,
                below,
                middle,
            } => {
                stamp::seal(
                    &mut planes.seal,
                    px(*at),
                    radius * scale,
                    Legend {
                        above,
                        below,
                        middle,
                    },
                    family,
                    &mut dice,
                );
            }
            Mark::Signature { at, reach } => {
                let pressure = dice.range(0.55, 0.95) * scale;
                hand::signature(&mut planes.pen, px(*at), px(*reach), pressure, &mut dice);
            }
            Mark::Initial { at } => hand::initial(&mut planes.pen, px(*at), 9.0 * scale, &mut dice),
            Mark::Incoming {
                at,
                agency,
                number,
                date,
            } => {
                let unit = crate::page::mm(1.0) * scale;
                stamp::incoming(
                    &mut planes.seal,
                    &mut planes.pen,
                    px(*at),
                    unit,
                    (agency, number, date),
                    family,
                    &mut dice,
                );
            }
            Mark::Boxed { at, size, text } => {
                stamp::boxed(
                    &mut planes.seal,
                    px(*at),
                    px(*size),
                    text,
                    family,
                    &mut dice,
                );
            }
        }
    }
}

fn mirror(plane: &mut Plane) {
    for row in plane.cover.chunks_exact_mut(plane.width) {
        row.reverse();
    }
}

/// The box of a printed word in points: left, top, right, bottom.
#[must_use]
pub fn word_box(word: &Word) -> [f32; 4] {
    let size = word.size();
    [
        word.x,
        word.baseline - size * 0.78,
        word.x + word.width,
        word.baseline + size * 0.22,
    ]
}
