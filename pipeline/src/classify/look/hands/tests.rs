//! Which gaps a line has, and what is told of the ink in them.

use super::digits::tests::drawn;
use super::*;
use crate::document::{Affine, Gray, Line, Raster, Rect, Word};
use crate::picture::Picture;

fn word(x: f32, w: f32, text: &str) -> Word {
    Word {
        text: text.to_owned(),
        bbox: Rect {
            x,
            y: 50.0,
            w,
            h: 30.0,
        },
        confidence: 0.9,
        ..Word::default()
    }
}

fn line(words: &[(f32, f32, &str)]) -> Line {
    Line {
        words: words
            .iter()
            .map(|(x, w, text)| word(*x, *w, text))
            .collect(),
        baseline: Default::default(),
        block: 0,
    }
}

fn gaps(words: &[(f32, f32, &str)]) -> usize {
    gaps_of(&Letters::of(&line(words), None)).len()
}

#[test]
fn numbers_and_dates_have_gaps_and_sentences_none() {
    assert_eq!(gaps(&[(10.0, 50.0, "Số:"), (100.0, 140.0, "/QĐ-UBND")]), 1);
    assert_eq!(gaps(&[(10.0, 50.0, "Số:"), (80.0, 180.0, "15/QĐ-UBND")]), 1);
    assert_eq!(gaps(&[(10.0, 250.0, "Số:15/2010/TT-BTC")]), 1);
    assert_eq!(
        gaps(&[(80.0, 30.0, "92"), (140.0, 250.0, "/2010/TT-BTC")]),
        1
    );
    assert_eq!(gaps(&[(80.0, 90.0, "Nhà"), (190.0, 150.0, "A/TT-BTC")]), 0);
    let date = [
        (10.0, 80.0, "ngày"),
        (130.0, 90.0, "tháng"),
        (260.0, 60.0, "năm"),
        (330.0, 70.0, "2010"),
    ];
    assert_eq!(gaps(&date), 2);
    assert_eq!(
        gaps(&[
            (10.0, 60.0, "SỞ"),
            (80.0, 180.0, "TƯ"),
            (280.0, 90.0, "PHÁP")
        ]),
        0
    );
    let sentence: Vec<String> =
        "theo Quyết định số 15/QĐ-UBND của Ủy ban nhân dân tỉnh ngày 01 tháng 02 năm 2010"
            .split(' ')
            .map(str::to_owned)
            .collect();
    let sentence: Vec<(f32, f32, &str)> = sentence
        .iter()
        .enumerate()
        .map(|(at, text)| (90.0 * at as f32, 80.0, text.as_str()))
        .collect();
    assert_eq!(gaps(&sentence), 0);
}

/// `Số:`, what `fill` draws from x = 80 to 140 on a line from y = 52 to 76, and a symbol of five capitals; the engine
/// read `read` between them.
fn looked_at(read: &str, fill: impl Fn(&mut dyn FnMut(usize, usize, f32))) -> Vec<f32> {
    let mut image = Gray {
        width: 360,
        height: 130,
        pixels: vec![250; 360 * 130],
    };
    let mut put = |x: usize, y: usize, ink: f32| {
        let pixel = &mut image.pixels[y * 360 + x];
        *pixel = (*pixel).min((250.0 - 230.0 * ink) as u8);
    };
    for capital in 0..5 {
        for y in 52..76 {
            for x in 0..16 {
                // A frame, as of a letter.
                if !(55..=72).contains(&y) || x < 3 {
                    put(170 + capital * 26 + x, y, 1.0);
                }
            }
        }
    }
    fill(&mut put);
    let mut words = vec![
        (10.0, 50.0, "Số:"),
        (84.0, 40.0, read),
        (155.0, 145.0, "/QĐUBN"),
    ];
    words.retain(|(_, _, text)| !text.is_empty());
    let lines = [line(&words)];
    let raster = Raster::Gray(image);
    let view = View {
        picture: Picture::new(&raster, Affine::IDENTITY, (360, 130), 150.0),
        lines: &lines,
        read_line: &|_, _| Vec::new(),
    };
    handwriting(&view)
        .iter()
        .map(|hand| hand.certainty)
        .collect()
}

#[test]
fn print_dots_and_scribbles_are_told_apart() {
    let print = looked_at("25", |put| {
        let mut left = 85;
        for digit in [2, 5] {
            let (wide, ink) = drawn(digit, 24);
            for (at, value) in ink.iter().enumerate() {
                put(left + at % wide, 52 + at / wide, *value);
            }
            left += wide + 4;
        }
    });
    let dots = looked_at("", |put| {
        for dot in 0..8 {
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                put(82 + dot * 7 + x, 74 + y, 1.0);
            }
        }
    });
    let hand = looked_at("", |put| {
        for step in 0..160 {
            // Loops that rise over the line and dive below it.
            let t = step as f32 / 12.0;
            let (x, y) = (88.0 + 3.4 * t + 6.0 * t.sin(), 62.0 + 22.0 * t.cos());
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                put(x as usize + dx, y as usize + dy, 1.0);
            }
        }
    });
    assert!(dots.is_empty(), "{dots:?}");
    assert!(print.is_empty(), "{print:?}");
    assert!(hand.len() == 1 && hand[0] > 0.7, "{hand:?}");
}
