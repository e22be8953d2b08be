//! What a pen writes: digits, initials and signatures, as strokes.

use crate::{
    dice::Dice,
    ink::{Plane, bezier},
};

/// One stroke through a unit box: x to the right, y downwards, baseline at 1.
type Stroke = &'static [(f32, f32)];

/// Writes digits and `/` with the left end of the baseline at `(x, baseline)`, letters `height` pixels high, within `width` pixels.
pub fn number(
    plane: &mut Plane,
    text: &str,
    (x, baseline): (f32, f32),
    width: f32,
    height: f32,
    dice: &mut Dice,
) {
    let step = width / text.chars().count().max(1) as f32;
    let slant = dice.range(0.05, 0.28);
    let pressure = height * dice.range(0.034, 0.046);
    for (place, letter) in text.chars().enumerate() {
        let left = x + step * (place as f32 + 0.12) + dice.range(-0.05, 0.05) * step;
        let tall = height * dice.range(0.92, 1.15);
        let wide = (step * 0.74).min(tall * 0.62);
        let foot = baseline + dice.range(-0.06, 0.05) * height;
        for stroke in strokes(letter) {
            let points: Vec<(f32, f32)> = stroke
                .iter()
                .map(|&(sx, sy)| {
                    let (jx, jy) = (dice.range(-0.05, 0.05), dice.range(-0.05, 0.05));
                    (
                        left + (sx + jx) * wide + (1.0 - sy) * slant * tall,
                        foot - (1.0 - sy - jy) * tall,
                    )
                })
                .collect();
            plane.stroke(&through(&points, pressure, dice));
        }
    }
}

/// A signature: a big first letter, a run of small loops, and a long last stroke.
pub fn signature(
    plane: &mut Plane,
    at: (f32, f32),
    reach: (f32, f32),
    pressure: f32,
    dice: &mut Dice,
) {
    let (wide, tall) = reach;
    let lean = dice.range(-0.25, 0.1);
    let spot = |x: f32, y: f32| (at.0 + x * wide, at.1 + y * tall + lean * x * tall);
    let mut first = vec![spot(-0.95, dice.range(0.0, 0.5))];
    let loops = dice.int(0, 2);
    let flat = dice.range(0.35, 1.3);
    for turn in 0..=loops {
        let shift = turn as f32 * 0.18;
        first.push(spot(-0.7 + shift, dice.range(-1.1, -0.7)));
        first.push(spot(-0.45 + shift, dice.range(-0.5, 0.0)));
        first.push(spot(-0.72 + shift, dice.range(0.5, 1.0)));
    }
    let mut x = -0.45 + loops as f32 * 0.15;
    while x < 0.55 {
        let high = dice.range(0.1, 0.6) * flat * (0.9 - 0.6 * x.max(0.0));
        first.push(spot(x, -high));
        first.push(spot(x + dice.range(0.02, 0.09), dice.range(0.1, 0.45)));
        x += dice.range(0.07, 0.3);
    }
    first.push(spot(dice.range(0.8, 1.15), dice.range(-0.9, -0.2)));
    plane.stroke(&through(&first, pressure, dice));
    let under = if dice.chance(0.6) {
        [
            spot(0.9, 0.1),
            spot(0.1, dice.range(0.5, 0.8)),
            spot(-0.8, dice.range(0.4, 0.9)),
            spot(0.6, dice.range(0.6, 1.2)),
        ]
    } else {
        [
            spot(0.2, -1.0),
            spot(0.3, -0.2),
            spot(0.2, 0.6),
            spot(-0.1, dice.range(1.0, 1.6)),
        ]
    };
    plane.stroke(&through(&under, pressure * 0.85, dice));
}

/// A drafter's initial: one small loop with a tail.
pub fn initial(plane: &mut Plane, (x, y): (f32, f32), height: f32, dice: &mut Dice) {
    let points = [
        (x, y),
        (x + 0.35 * height, y - dice.range(0.8, 1.1) * height),
        (x + 0.1 * height, y - 0.2 * height),
        (x + 0.45 * height, y + 0.3 * height),
        (
            x + dice.range(0.7, 1.3) * height,
            y + dice.range(-0.5, 0.1) * height,
        ),
    ];
    plane.stroke(&through(&points, height * 0.05, dice));
}

/// A smooth stroke through `points` (Catmull-Rom as Bézier pieces); thinner where the pen moves fast.
fn through(points: &[(f32, f32)], half: f32, dice: &mut Dice) -> Vec<(f32, f32, f32)> {
    const PARTS: u8 = 12;
    let mut path = Vec::with_capacity(points.len() * usize::from(PARTS));
    let last = points.len().saturating_sub(1);
    let at = |index: usize| points.get(index.min(last)).copied().unwrap_or_default();
    for index in 0..last {
        let (before, from, to, after) = (
            at(index.saturating_sub(1)),
            at(index),
            at(index + 1),
            at(index + 2),
        );
        let lead = (
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
        );
        let trail = (
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
        );
        let weight = half * dice.range(0.8, 1.2);
        for part in 0..PARTS {
            let (x, y) = bezier([from, lead, trail, to], f32::from(part) / f32::from(PARTS));
            path.push((x, y, weight));
        }
    }
    path.push({
        let (x, y) = at(last);
        (x, y, half * 0.4)
    });
    // Pressure changes slowly, not by steps.
    let weights: Vec<f32> = path.iter().map(|point| point.2).collect();
    for (index, point) in path.iter_mut().enumerate() {
        let window = weights
            .get(index.saturating_sub(6)..(index + 7).min(weights.len()))
            .unwrap_or_default();
        point.2 = window.iter().sum::<f32>() / window.len().max(1) as f32;
    }
    path
}

fn strokes(letter: char) -> &'static [Stroke] {
    match letter {
        '0' => &[&[
            (0.55, 0.0),
            (0.1, 0.3),
            (0.08, 0.75),
            (0.45, 1.0),
            (0.85, 0.7),
            (0.85, 0.25),
            (0.5, 0.02),
        ]],
        '1' => &[&[(0.25, 0.25), (0.55, 0.0), (0.52, 0.5), (0.5, 1.0)]],
        '2' => &[&[
            (0.15, 0.25),
            (0.45, 0.0),
            (0.8, 0.2),
            (0.6, 0.6),
            (0.1, 0.97),
            (0.5, 0.93),
            (0.95, 0.97),
        ]],
        '3' => &[&[
            (0.15, 0.12),
            (0.5, 0.0),
            (0.78, 0.2),
            (0.45, 0.45),
            (0.85, 0.65),
            (0.6, 0.98),
            (0.1, 0.88),
        ]],
        '4' => &[
            &[
                (0.5, 0.0),
                (0.3, 0.35),
                (0.08, 0.65),
                (0.5, 0.63),
                (0.95, 0.6),
            ],
            &[(0.72, 0.3), (0.7, 0.65), (0.66, 1.0)],
        ],
        '5' => &[
            &[
                (0.3, 0.03),
                (0.25, 0.4),
                (0.55, 0.36),
                (0.88, 0.6),
                (0.65, 0.95),
                (0.1, 0.92),
            ],
            &[(0.28, 0.04), (0.85, 0.0)],
        ],
        '6' => &[&[
            (0.75, 0.02),
            (0.3, 0.35),
            (0.12, 0.75),
            (0.45, 1.0),
            (0.8, 0.8),
            (0.6, 0.52),
            (0.18, 0.68),
        ]],
        '7' => &[
            &[
                (0.12, 0.06),
                (0.5, 0.05),
                (0.9, 0.02),
                (0.6, 0.45),
                (0.4, 1.0),
            ],
            &[(0.25, 0.52), (0.8, 0.48)],
        ],
        '8' => &[&[
            (0.75, 0.15),
            (0.45, 0.0),
            (0.22, 0.22),
            (0.55, 0.48),
            (0.85, 0.78),
            (0.5, 1.0),
            (0.15, 0.78),
            (0.45, 0.5),
            (0.78, 0.18),
        ]],
        '9' => &[&[
            (0.82, 0.25),
            (0.5, 0.02),
            (0.18, 0.28),
            (0.45, 0.52),
            (0.82, 0.25),
            (0.75, 0.65),
            (0.45, 1.0),
        ]],
        '/' => &[&[(0.9, -0.1), (0.5, 0.5), (0.1, 1.1)]],
        _ => &[],
    }
}
