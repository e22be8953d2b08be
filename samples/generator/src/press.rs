//! Printing a page onto paper: text, seals and pens become one colour picture, still flat and clean.

use crate::{
    dice::Dice,
    face::Family,
    hand,
    ink::{Patches, Place, Plane},
    page::{Fill, Ground, Mark, Page, Pen, Rule, Tint, Word},
    stamp::{self, Block, Legend},
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
    /// Colours of print that is red, blue or green.
    pub tints: [[u8; 3]; 3],
    /// Colours of stamps that are not red: black, blue, green.
    pub pads: [[u8; 3]; 3],
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
            tints: [[198, 38, 48], [34, 62, 132], [24, 104, 72]],
            pads: [[48, 46, 52], [52, 62, 158], [30, 110, 80]],
            bleed: 0.0,
        }
    }
}

/// The kinds of ink on one page.
struct Planes {
    print: Plane,
    seal: Plane,
    pen: Plane,
    /// Red, blue and green print; black, blue and green stamps: made when something is on them.
    tints: [Option<Plane>; 3],
    pads: [Option<Plane>; 3],
}

impl Planes {
    fn new(width: usize, height: usize) -> Self {
        Self {
            print: Plane::new(width, height),
            seal: Plane::new(width, height),
            pen: Plane::new(width, height),
            tints: [None, None, None],
            pads: [None, None, None],
        }
    }

    fn tint(&mut self, tint: Tint) -> &mut Plane {
        let (width, height) = (self.print.width, self.print.height);
        let [red, blue, green] = &mut self.tints;
        let slot = match tint {
            Tint::Black => return &mut self.print,
            Tint::Red => red,
            Tint::Blue => blue,
            Tint::Green => green,
        };
        slot.get_or_insert_with(|| Plane::new(width, height))
    }

    /// The plane of a stamping ink, and that of the pen.
    fn pad(&mut self, ink: Tint) -> (&mut Plane, &mut Plane) {
        let (width, height) = (self.print.width, self.print.height);
        let [black, blue, green] = &mut self.pads;
        let slot = match ink {
            Tint::Red => return (&mut self.seal, &mut self.pen),
            Tint::Black => black,
            Tint::Blue => blue,
            Tint::Green => green,
        };
        (
            slot.get_or_insert_with(|| Plane::new(width, height)),
            &mut self.pen,
        )
    }
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
    for fill in &page.fills {
        sheet.fill(fill, scale);
    }
    if let Some(back) = back.filter(|_| inks.bleed > 0.0) {
        let mut behind = Planes::new(width, height);
        print(&mut behind, back, scale, family);
        mirror(&mut behind.print);
        sheet.shine_through(&behind.print, inks.bleed);
    }
    for mark in &page.marks {
        if let Mark::Portrait { at, size } = mark {
            sheet.portrait(*at, *size, scale, &mut dice.fork("portrait"));
        }
    }
    let copied = page.copied.unwrap_or(0).min(page.marks.len());
    let (first, later) = page.marks.split_at(copied);
    let mut planes = Planes::new(width, height);
    print(&mut planes, page, scale, family);
    if page.copied.is_some() {
        marks(&mut planes, first, scale, family, &dice.fork("copied"));
        sheet.take(&mut planes, inks, scale, dice);
        sheet.lose_colour();
        planes = Planes::new(width, height);
    }
    handwriting(
        &mut planes.pen,
        page,
        scale,
        family,
        &mut dice.fork("handwriting"),
    );
    marks(&mut planes, later, scale, family, dice);
    sheet.take(&mut planes, inks, scale, dice);
    sheet
}

impl Sheet {
    /// Takes the ink of all planes.
    fn take(&mut self, planes: &mut Planes, inks: &Inks, scale: f32, dice: &Dice) {
        planes
            .seal
            .wear(scale * 9.0, 0.12, &mut dice.fork("seal wear"));
        self.ink(&planes.print, inks.print);
        for (plane, colour) in planes.tints.iter().zip(inks.tints) {
            if let Some(plane) = plane {
                self.ink(plane, colour);
            }
        }
        for (index, (plane, colour)) in planes.pads.iter_mut().zip(inks.pads).enumerate() {
            if let Some(plane) = plane {
                plane.wear(
                    scale * 9.0,
                    0.12,
                    &mut dice.fork(&format!("pad wear {index}")),
                );
                self.ink(plane, colour);
            }
        }
        self.ink(&planes.seal, inks.seal);
        self.ink(&planes.pen, inks.pen);
    }

    /// What a copier makes of colours: grey, with a little more contrast.
    fn lose_colour(&mut self) {
        for pixel in self.rgb.chunks_exact_mut(3) {
            let [r, g, b] =
                [0, 1, 2].map(|channel| pixel.get(channel).copied().map_or(0.0, f32::from));
            let grey = r * 0.299 + g * 0.587 + b * 0.114;
            let value = ((grey - 128.0) * 1.15 + 134.0).clamp(0.0, 255.0) as u8;
            pixel.fill(value);
        }
    }

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

    /// A coloured area, with fine waves over it.
    fn fill(&mut self, fill: &Fill, scale: f32) {
        let side = |value: f32, most: usize| ((value * scale).max(0.0) as usize).min(most);
        for y in side(fill.from.1, self.height)..side(fill.to.1, self.height) {
            for x in side(fill.from.0, self.width)..side(fill.to.0, self.width) {
                let (px, py) = (x as f32 / scale, y as f32 / scale);
                let wave = if fill.waves > 0.0 {
                    libm::sinf((py + 3.0 * libm::sinf(px / 9.0)) * 1.3)
                        * libm::sinf((px + 3.0 * libm::sinf(py / 7.0)) * 1.1)
                } else {
                    1.0
                };
                let keep = if wave.abs() < 0.16 {
                    1.0 - fill.waves
                } else {
                    1.0
                };
                let at = (y * self.width + x) * 3;
                for (value, colour) in self.rgb[at..at + 3].iter_mut().zip(fill.colour) {
                    *value = (f32::from(*value) * f32::from(colour) / 255.0 * keep) as u8;
                }
            }
        }
    }

    /// Head and shoulders of nobody: a pale ground, hair, a face without features, a shirt.
    fn portrait(&mut self, at: (f32, f32), (wide, high): (f32, f32), scale: f32, dice: &mut Dice) {
        let shirt = if dice.chance(0.5) {
            [225, 228, 235]
        } else {
            [70, 80, 110]
        };
        let ground = if dice.chance(0.5) {
            [172, 200, 228]
        } else {
            [236, 238, 240]
        };
        let long = dice.chance(0.5);
        let side = |value: f32, most: usize| ((value * scale).max(0.0) as usize).min(most);
        for y in side(at.1, self.height)..side(at.1 + high, self.height) {
            for x in side(at.0, self.width)..side(at.0 + wide, self.width) {
                let u = (x as f32 / scale - at.0) / wide - 0.5;
                let v = (y as f32 / scale - at.1) / high;
                let inside = |cx: f32, cy: f32, rx: f32, ry: f32| {
                    let (du, dv) = ((u - cx) / rx, (v - cy) / ry);
                    du * du + dv * dv < 1.0
                };
                let face = inside(0.0, 0.42, 0.2, 0.2);
                let hair = inside(0.0, 0.36, 0.25, 0.22)
                    || (long && u.abs() < 0.25 && (0.36..0.66).contains(&v));
                let colour = if face && v > 0.3 {
                    [214, 176, 148]
                } else if hair {
                    [42, 36, 36]
                } else if u.abs() < 0.09 && (0.5..0.7).contains(&v) {
                    [204, 164, 136]
                } else if inside(0.0, 1.02, 0.46, 0.36) {
                    shirt
                } else {
                    ground
                };
                let from = (y * self.width + x) * 3;
                self.rgb[from..from + 3].copy_from_slice(&colour);
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

fn print(planes: &mut Planes, page: &Page, scale: f32, family: &Family) {
    for word in page.lines.iter().flat_map(|line| &line.words) {
        let mut x = word.x;
        for piece in &word.pieces {
            if piece.pen == Pen::Print {
                let place = Place {
                    at: (x * scale, word.baseline * scale),
                    turn: 0.0,
                    scale,
                };
                let plane = planes.tint(piece.style.tint);
                plane.text(&piece.text, piece.style, family, place);
            }
            x += piece_width(piece, family);
        }
    }
    for rule in &page.rules {
        draw_rule(&mut planes.print, rule, scale);
    }
}

fn draw_rule(plane: &mut Plane, rule: &Rule, scale: f32) {
    let half = rule.thickness * scale / 2.0;
    let ((x0, y0), (x1, y1)) = (
        (rule.from.0 * scale, rule.from.1 * scale),
        (rule.to.0 * scale, rule.to.1 * scale),
    );
    if !rule.dotted && x0 != x1 && y0 != y1 {
        plane.stroke(&[(x0, y0, half), (x1, y1, half)]);
        return;
    }
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

fn marks(planes: &mut Planes, marks: &[Mark], scale: f32, family: &Family, dice: &Dice) {
    for (index, mark) in marks.iter().enumerate() {
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
            Mark::Block {
                at,
                lines,
                heavy,
                turn,
                edge,
                ink,
                ..
            } => {
                let block = Block {
                    lines,
                    heavy: *heavy,
                    turn: *turn,
                    edge: *edge,
                };
                let (stamp, pen) = planes.pad(*ink);
                stamp::block(stamp, pen, px(*at), scale, block, family, &mut dice);
            }
            Mark::Code {
                at, size, modules, ..
            } => code(&mut planes.print, px(*at), size * scale, modules),
            Mark::Portrait { .. } => {}
            Mark::Star { at, radius, tint } => {
                let plane = planes.tint(*tint);
                stamp::star(plane, px(*at), radius * 0.72 * scale, 0.0);
                plane.ring(px(*at), radius * scale, 0.05 * radius * scale);
            }
            Mark::Circle { at, radius } => {
                planes.print.ring(px(*at), radius * scale, 0.4 * scale);
            }
        }
    }
}

/// A square of modules with its upper left corner at `at`, in pixels.
fn code(plane: &mut Plane, at: (f32, f32), size: f32, modules: &[Vec<bool>]) {
    let step = size / modules.len().max(1) as f32;
    for (row, cells) in modules.iter().enumerate() {
        for (column, _) in cells.iter().enumerate().filter(|(_, dark)| **dark) {
            let (x, y) = (at.0 + column as f32 * step, at.1 + row as f32 * step);
            // Neighbours overlap a little, or a light seam would part them.
            plane.rectangle(x, y, x + step + 0.3, y + step + 0.3);
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
