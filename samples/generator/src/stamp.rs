//! Rubber stamps: the round seal with text along its ring, boxed words, and the stamp put on arriving papers.

use crate::{
    dice::Dice,
    face::{Family, Segment},
    hand,
    ink::{Place, Plane},
    page::{Edge, Face, Style, Tint},
};

/// Text of a seal: along the ring, and in the middle.
#[derive(Debug, Clone, Copy)]
pub struct Legend<'a> {
    /// Upper arc.
    pub above: &'a str,
    /// Lower arc.
    pub below: &'a str,
    /// Lines in the middle; a star when empty.
    pub middle: &'a [String],
}

/// A round seal: two rings, text between them, and a plain star or the agency's name in the middle.
pub fn seal(
    plane: &mut Plane,
    at: (f32, f32),
    radius: f32,
    legend: Legend<'_>,
    family: &Family,
    dice: &mut Dice,
) {
    let turn = dice.range(-0.16, 0.16);
    plane.ring(at, radius, radius * 0.02);
    plane.ring(at, radius * 0.95, radius * 0.008);
    plane.ring(at, radius * 0.66, radius * 0.012);
    let size = radius * 0.185;
    arc(
        plane,
        at,
        radius * 0.735,
        turn,
        legend.above,
        size,
        true,
        family,
    );
    arc(
        plane,
        at,
        radius * 0.735 + size * 0.66,
        turn,
        legend.below,
        size,
        false,
        family,
    );
    if legend.middle.is_empty() {
        star(plane, at, radius * 0.4, turn);
        plane.ring(at, radius * 0.47, radius * 0.008);
        return;
    }
    let widest = legend
        .middle
        .iter()
        .map(|line| family.width(line, bold(1.0)))
        .fold(0.1, f32::max);
    let size = (radius * 1.12 / widest).min(radius * 0.3);
    let rows = legend.middle.len() as f32;
    for (row, line) in legend.middle.iter().enumerate() {
        let x = -family.width(line, bold(size)) / 2.0;
        let y = (row as f32 - (rows - 1.0) / 2.0) * size * 1.15 + size * 0.34;
        let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
        let place = Place {
            at: (at.0 + x * cos - y * sin, at.1 + x * sin + y * cos),
            turn,
            scale: 1.0,
        };
        plane.text(line, bold(size), family, place);
    }
}

/// A word in a box, slightly turned; all in pixels.
pub fn boxed(
    plane: &mut Plane,
    at: (f32, f32),
    extent: (f32, f32),
    text: &str,
    family: &Family,
    dice: &mut Dice,
) {
    let turn = dice.range(-0.05, 0.05);
    let (wide, high) = (extent.0 / 2.0, extent.1 / 2.0);
    frame(plane, at, (wide, high), turn, high * 0.06);
    let size = high * 1.25;
    let width = family.width(text, bold(size));
    let fit = (wide * 1.8 / width).min(1.0);
    let (x, y) = (-width * fit / 2.0, size * fit * 0.34);
    let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
    let place = Place {
        at: (at.0 + x * cos - y * sin, at.1 + x * sin + y * cos),
        turn,
        scale: 1.0,
    };
    plane.text(text, bold(size * fit), family, place);
}

/// Labels of the arrival stamp (decree 30/2020, appendix IV).
pub const INCOMING: [&str; 5] = ["ĐẾN", "Số:", "Ngày:", "Chuyển:", "Số và ký hiệu HS:"];

/// The stamp on arriving papers, 50 by 35 mm, `unit` pixels to the millimetre; the pen writes on its own plane.
pub fn incoming(
    stamp: &mut Plane,
    pen: &mut Plane,
    at: (f32, f32),
    unit: f32,
    (agency, number, date): (&str, &str, &str),
    family: &Family,
    dice: &mut Dice,
) {
    let turn = dice.range(-0.03, 0.03);
    let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
    let spot = |x: f32, y: f32| {
        (
            at.0 + (x * cos - y * sin) * unit,
            at.1 + (x * sin + y * cos) * unit,
        )
    };
    let line = |plane: &mut Plane, from: (f32, f32), to: (f32, f32)| {
        let (a, b) = (spot(from.0, from.1), spot(to.0, to.1));
        plane.stroke(&[(a.0, a.1, 0.14 * unit), (b.0, b.1, 0.14 * unit)]);
    };
    for (from, to) in [
        ((0.0, 0.0), (50.0, 0.0)),
        ((50.0, 0.0), (50.0, 35.0)),
        ((50.0, 35.0), (0.0, 35.0)),
        ((0.0, 35.0), (0.0, 0.0)),
        ((0.0, 8.0), (50.0, 8.0)),
        ((17.0, 8.0), (17.0, 22.0)),
        ((0.0, 22.0), (50.0, 22.0)),
    ] {
        line(stamp, from, to);
    }
    let mut print = |text: &str, x: f32, y: f32, size: f32, heavy: bool| {
        let style = Style {
            size: size * unit,
            bold: heavy,
            italic: false,
            face: Face::Text,
            tint: Tint::Black,
        };
        stamp.text(
            text,
            style,
            family,
            Place {
                at: spot(x, y),
                turn,
                scale: 1.0,
            },
        );
    };
    let size = (46.0 / family.width(agency, bold(1.0))).min(4.0);
    print(
        agency,
        25.0 - family.width(agency, bold(size)) / 2.0,
        5.6,
        size,
        true,
    );
    let [head, labels @ ..] = INCOMING;
    print(head, 3.2, 16.8, 5.2, true);
    for (label, (x, y)) in labels
        .iter()
        .zip([(18.5, 13.6), (18.5, 19.8), (2.0, 27.5), (2.0, 33.0)])
    {
        print(label, x, y, 3.6, false);
    }
    hand::number(
        pen,
        number,
        spot(26.0, 13.4),
        4.2 * number.len() as f32 * unit,
        4.4 * unit,
        dice,
    );
    hand::number(
        pen,
        date,
        spot(28.5, 19.8),
        2.3 * date.len() as f32 * unit,
        3.8 * unit,
        dice,
    );
}

/// A stamp of several lines round `at`, `scale` pixels to the point, turned by `turn` degrees.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Lines: text, with what a pen filled in between `~`, and size in points.
    pub lines: &'a [(String, f32)],
    /// Bold letters.
    pub heavy: bool,
    /// Turning in degrees, clockwise.
    pub turn: f32,
    /// Its edge.
    pub edge: Edge,
}

/// Sets a stamp of several lines down; the pen writes on its own plane.
pub fn block(
    stamp: &mut Plane,
    pen: &mut Plane,
    at: (f32, f32),
    scale: f32,
    block: Block<'_>,
    family: &Family,
    dice: &mut Dice,
) {
    let angle = block.turn.to_radians();
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let spot = |x: f32, y: f32| {
        (
            at.0 + (x * cos - y * sin) * scale,
            at.1 + (x * sin + y * cos) * scale,
        )
    };
    let style = |size: f32| Style {
        bold: block.heavy,
        ..bold(size)
    };
    let wide = |text: &str, size: f32| -> f32 {
        text.split('~')
            .enumerate()
            .map(|(index, part)| family.width(part, style(size)) * pen_room(index))
            .sum()
    };
    let high: f32 = block.lines.iter().map(|line| line.1 * 1.28).sum();
    let widest = block
        .lines
        .iter()
        .map(|(text, size)| wide(text, *size))
        .fold(1.0, f32::max);
    let mut y = -high / 2.0;
    for (text, size) in block.lines {
        let mut x = -wide(text, *size) / 2.0;
        y += size * 1.28;
        for (index, part) in text.split('~').enumerate() {
            let width = family.width(part, style(*size)) * pen_room(index);
            let foot = spot(x, y - size * 0.32);
            if index % 2 == 1 {
                hand::number(pen, part, foot, width * scale, size * 0.85 * scale, dice);
            } else {
                let place = Place {
                    at: foot,
                    turn: angle,
                    scale,
                };
                stamp.text(part, style(*size), family, place);
            }
            x += width;
        }
    }
    let first = block.lines.first().map_or(10.0, |line| line.1);
    let (w, h) = (widest / 2.0 + first * 0.45, high / 2.0 + first * 0.12);
    let edges: &[f32] = match block.edge {
        Edge::Bare => &[],
        Edge::Single => &[0.0],
        Edge::Double => &[0.0, 2.2],
    };
    for out in edges {
        let reach = ((w + out) * scale, (h + out) * scale);
        frame(stamp, at, reach, angle, (0.035 * first).max(0.5) * scale);
    }
}

/// What a pen fills in takes more room than print.
fn pen_room(index: usize) -> f32 {
    if index % 2 == 1 { 1.35 } else { 1.0 }
}

fn bold(size: f32) -> Style {
    Style {
        size,
        bold: true,
        italic: false,
        face: Face::Text,
        tint: Tint::Black,
    }
}

/// Text along an arc, over the top with feet inwards or round the bottom with heads inwards.
#[expect(
    clippy::too_many_arguments,
    reason = "an arc has this many independent measures"
)]
fn arc(
    plane: &mut Plane,
    at: (f32, f32),
    radius: f32,
    turn: f32,
    text: &str,
    size: f32,
    over: bool,
    family: &Family,
) {
    let natural = family.width(text, bold(size));
    // At most 250 degrees above and 120 below; letters get narrower rather than meet.
    let room = radius * if over { 4.2 } else { 2.0 };
    let size = size * (room / natural.max(1.0)).min(1.0);
    let spread = 1.08;
    let width = family.width(text, bold(size)) * spread;
    let mut walked = 0.0;
    for letter in text.chars() {
        let glyph = letter.to_string();
        let advance = family.width(&glyph, bold(size)) * spread;
        let along = (walked + advance / 2.0 - width / 2.0) / radius;
        let (angle, tilt) = if over {
            (along - std::f32::consts::FRAC_PI_2, along)
        } else {
            (std::f32::consts::FRAC_PI_2 - along, -along)
        };
        let (sin, cos) = (libm::sinf(angle + turn), libm::cosf(angle + turn));
        let back = advance / spread / 2.0;
        let (tsin, tcos) = (libm::sinf(tilt + turn), libm::cosf(tilt + turn));
        let start = (
            at.0 + radius * cos - back * tcos,
            at.1 + radius * sin - back * tsin,
        );
        plane.text(
            &glyph,
            bold(size),
            family,
            Place {
                at: start,
                turn: tilt + turn,
                scale: 1.0,
            },
        );
        walked += advance;
    }
}

/// A plain five-pointed star, in pixels.
pub fn star(plane: &mut Plane, at: (f32, f32), radius: f32, turn: f32) {
    let corner = |index: u8| {
        let r = if index.is_multiple_of(2) {
            radius
        } else {
            radius * 0.4
        };
        let angle =
            turn - std::f32::consts::FRAC_PI_2 + f32::from(index) * std::f32::consts::PI / 5.0;
        (r * libm::cosf(angle), r * libm::sinf(angle))
    };
    let edges: Vec<Segment> = (0..10)
        .map(|index| Segment::Line([corner(index), corner((index + 1) % 10)]))
        .collect();
    plane.outline(
        &edges,
        Place {
            at,
            turn: 0.0,
            scale: 1.0,
        },
    );
}

fn frame(plane: &mut Plane, at: (f32, f32), (wide, high): (f32, f32), turn: f32, half: f32) {
    let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
    let spot = |x: f32, y: f32| (at.0 + x * cos - y * sin, at.1 + x * sin + y * cos, half);
    let corners = [
        spot(-wide, -high),
        spot(wide, -high),
        spot(wide, high),
        spot(-wide, high),
        spot(-wide, -high),
    ];
    plane.stroke(&corners);
}
