//! Letters made of strokes, as plotters draw them: enough for the words on a separator sheet, in Vietnamese.
//!
//! Small letters are small capitals. Measures are shares of the height of capitals; y goes up from the baseline.

use unicode_normalization::UnicodeNormalization;

/// A stroke from one point to another.
pub(super) type Stroke = ((f32, f32), (f32, f32));

/// Units of the table below in the height of capitals.
const UNITS: f32 = 12.0;
/// Light between letters, units.
const GAP: f32 = 4.0;
/// Width of a space, units.
const SPACE: f32 = 8.0;
/// Height of small letters as a share of that of capitals.
const SMALL: f32 = 0.76;

/// Letter, width in units, lines of points: x and y as hexadecimal digits.
const LETTERS: &[(char, u8, &str)] = &[
    ('A', 8, "004c80 1474"),
    ('B', 8, "000c5c7a785606 5684825000"),
    ('C', 8, "8a6c2c0a02206082"),
    ('D', 8, "000c4c89834000"),
    ('E', 7, "7c0c0070 0666"),
    ('F', 7, "7c0c00 0666"),
    ('G', 8, "8a6c2c0a022060828656"),
    ('H', 8, "000c 808c 0686"),
    ('I', 2, "101c"),
    ('J', 6, "6c62402002"),
    ('K', 8, "000c 8c04 3780"),
    ('L', 7, "0c0070"),
    ('M', 8, "000c468c80"),
    ('N', 8, "000c808c"),
    ('O', 8, "2c0a022060828a6c2c"),
    ('P', 8, "000c6c8a886606"),
    ('Q', 8, "2c0a022060828a6c2c 5480"),
    ('R', 8, "000c6c8a886606 4680"),
    ('S', 8, "8a6c2c0a0826668482602002"),
    ('T', 8, "0c8c 4c40"),
    ('U', 8, "0c022060828c"),
    ('V', 8, "0c408c"),
    ('W', 10, "0c205980ac"),
    ('X', 8, "008c 0c80"),
    ('Y', 8, "0c468c 4640"),
    ('Z', 8, "0c8c0080"),
    ('Đ', 8, "000c4c89834000"),
    ('0', 7, "2c0a022050727a5c2c"),
    ('1', 5, "1a3c30 1050"),
    ('2', 7, "0a2c5c7a780070"),
    ('3', 7, "0a2c5c7a785626 567472502002"),
    ('4', 8, "505c0484"),
    ('5', 7, "7c0c07577572502002"),
    ('6', 7, "6c3c0702205072755705"),
    ('7', 7, "0c7c20"),
    ('8', 7, "2c0a082656787a5c2c 260402205072 727456"),
    ('9', 7, "1040757a5c2c0a08265677"),
    ('.', 2, "1011"),
    (',', 2, "1200"),
    (':', 2, "1011 1617"),
    (';', 2, "1200 1617"),
    ('-', 5, "0656"),
    ('–', 8, "0686"),
    ('/', 6, "006c"),
    ('(', 3, "3c191330"),
    (')', 3, "0c292300"),
    ('=', 6, "0464 0868"),
    ('_', 8, "0080"),
    ('+', 6, "0666 3933"),
    ('#', 8, "202c 606c 0484 0888"),
    ('%', 8, "008c 0a0c2c2a0a 6062828060"),
    ('?', 7, "0a2c5c7a784644 4041"),
    ('!', 2, "1c14 1011"),
    ('\'', 2, "1c1a"),
    ('"', 5, "1c1a 4c4a"),
    ('*', 6, "3935 1757 1555"),
    ('&', 8, "8029 294c6a024060 6083"),
];

/// What a letter that is not in the table looks like: a box.
const UNKNOWN: (u8, &str) = (8, "000c8c8000");

/// The width of `text`, light after the last letter left out.
pub(super) fn width(text: &str) -> f32 {
    let (_, end) = placed(text);
    (end - GAP).max(0.0) / UNITS
}

/// From the beginning of `text` to that of the letter after it.
pub(super) fn advance(text: &str) -> f32 {
    placed(text).1 / UNITS
}

/// The strokes of a word that begins at 0.
pub(super) fn strokes(word: &str) -> Vec<Stroke> {
    placed(word).0
}

/// The strokes, and where the next letter would begin, units.
fn placed(text: &str) -> (Vec<Stroke>, f32) {
    let mut strokes: Vec<Stroke> = Vec::new();
    let mut x = 0.0;
    // The letter that marks go on: where it stands, its width and size, the height of its marks so far.
    let mut base = (0.0, 8.0, 1.0, false);
    for c in text.nfd() {
        if c == ' ' {
            x += SPACE;
            continue;
        }
        if let Some(mark) = mark(c, base.3) {
            let (left, width, size, _) = base;
            base.3 |= matches!(c, '\u{302}' | '\u{306}');
            let middle = left + width * size / 2.0;
            let place = |(px, py): (f32, f32)| ((middle + px * size) / UNITS, py * size / UNITS);
            strokes.extend(mark.windows(2).map(|pair| (place(pair[0]), place(pair[1]))));
            continue;
        }
        let capital = c.to_uppercase().next().unwrap_or(c);
        let size = if capital == c { 1.0 } else { SMALL };
        let known = LETTERS.iter().find(|letter| letter.0 == capital);
        let (wide, lines) = known.map_or(UNKNOWN, |letter| (letter.1, letter.2));
        let place = |(px, py): (f32, f32)| ((x + px * size) / UNITS, py * size / UNITS);
        for line in lines.split(' ') {
            let points = points(line);
            strokes.extend(
                points
                    .windows(2)
                    .map(|pair| (place(pair[0]), place(pair[1]))),
            );
        }
        if capital == 'Đ' {
            strokes.push((place((-1.5, 6.0)), place((3.5, 6.0))));
        }
        base = (x, f32::from(wide), size, false);
        x += f32::from(wide) * size + GAP;
    }
    (strokes, x)
}

fn points(line: &str) -> Vec<(f32, f32)> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as f32;
    let pairs = line.as_bytes().chunks_exact(2);
    pairs.map(|pair| (digit(pair[0]), digit(pair[1]))).collect()
}

/// A mark's line of points from the middle of its letter, units; `None` for what is no mark. A tone goes on top
/// of a circumflex or breve.
fn mark(c: char, topped: bool) -> Option<Vec<(f32, f32)>> {
    let up = if topped { 3.5 } else { 0.0 };
    let raised = |points: &[(f32, f32)]| points.iter().map(|(x, y)| (*x, y + up)).collect();
    Some(match c {
        '\u{302}' => vec![(-3.0, 13.2), (0.0, 15.6), (3.0, 13.2)],
        '\u{306}' => vec![(-3.0, 15.6), (-1.5, 13.8), (1.5, 13.8), (3.0, 15.6)],
        '\u{31B}' => vec![(3.8, 10.5), (5.6, 11.6), (5.8, 13.6)],
        '\u{300}' => raised(&[(-2.2, 16.4), (0.8, 13.8)]),
        '\u{301}' => raised(&[(-0.8, 13.8), (2.2, 16.4)]),
        '\u{309}' => raised(&[
            (-1.2, 16.6),
            (0.6, 17.0),
            (1.0, 15.6),
            (-0.2, 14.8),
            (-0.2, 13.8),
        ]),
        '\u{303}' => raised(&[(-3.2, 14.0), (-1.4, 15.6), (1.0, 14.2), (3.0, 15.8)]),
        '\u{323}' => vec![(0.0, -2.6), (0.0, -2.9)],
        _ => return None,
    })
}
