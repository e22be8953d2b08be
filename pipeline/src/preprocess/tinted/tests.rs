//! Print in colour stays, stamps and pens go.

use super::*;
use crate::preprocess::ink::faded;

const BLACK: [u8; 3] = [20, 20, 24];
const BLUE: [u8; 3] = [40, 70, 180];
const RED: [u8; 3] = [210, 40, 50];

fn blank(width: u32, height: u32) -> Rgb {
    Rgb {
        width,
        height,
        pixels: vec![250; (width * height * 3) as usize],
    }
}

fn fill(image: &mut Rgb, (x, y): (usize, usize), (w, h): (usize, usize), color: [u8; 3]) {
    for row in y..(y + h).min(image.height as usize) {
        for column in x..(x + w).min(image.width as usize) {
            let at = (row * image.width as usize + column) * 3;
            image.pixels[at..at + 3].copy_from_slice(&color);
        }
    }
}

/// Letters 30 px high in a row from (x, y): a stem and a foot each, every third with a tail below.
fn letters(image: &mut Rgb, (x, y): (usize, usize), count: usize, color: [u8; 3]) {
    for number in 0..count {
        let left = x + number * 26;
        fill(image, (left, y), (5, 30), color);
        fill(image, (left, y + 26), (16, 4), color);
        if number % 3 == 2 {
            fill(image, (left + 10, y + 26), (5, 13), color);
        }
    }
}

fn ring(image: &mut Rgb, (x, y): (i32, i32), inner: i32, outer: i32, color: [u8; 3]) {
    for dy in -outer..=outer {
        for dx in -outer..=outer {
            let r2 = dx * dx + dy * dy;
            if (inner * inner..outer * outer).contains(&r2) {
                fill(image, ((x + dx) as usize, (y + dy) as usize), (1, 1), color);
            }
        }
    }
}

/// The darkest of the copy that OCR reads, in a part of it.
fn darkest(image: &Rgb, (x, y): (usize, usize), (w, h): (usize, usize)) -> u8 {
    let (gray, _) = faded(image, 300.0);
    let rows = gray.pixels.chunks(image.width as usize).skip(y).take(h);
    rows.flat_map(|row| &row[x..x + w]).copied().min().unwrap()
}

/// Black lines, so that colour is not all over the page.
fn page() -> Rgb {
    let mut image = blank(1200, 1400);
    for line in 0..12 {
        letters(&mut image, (80, 80 + 60 * line), 40, BLACK);
    }
    image
}

#[test]
fn a_line_in_colour_stays_dark_whichever_way_it_runs() {
    for color in [BLUE, RED, [20, 120, 60], [230, 110, 30], [120, 40, 150]] {
        let mut image = page();
        letters(&mut image, (80, 1000), 20, color);
        assert!(darkest(&image, (80, 1000), (500, 30)) < 90, "{color:?}");
        // The same page lying on a side.
        let (w, h) = (image.width as usize, image.height as usize);
        let mut turned = blank(image.height, image.width);
        for y in 0..h {
            for x in 0..w {
                let at = (y * w + x) * 3;
                let pixel = [image.pixels[at], image.pixels[at + 1], image.pixels[at + 2]];
                fill(&mut turned, (h - 1 - y, x), (1, 1), pixel);
            }
        }
        let left = h - 1000 - 30;
        assert!(
            darkest(&turned, (left, 80), (30, 500)) < 90,
            "{color:?} turned"
        );
    }
}

#[test]
fn a_seal_fades_with_the_line_in_its_middle() {
    let mut image = page();
    ring(&mut image, (600, 1150), 190, 205, RED);
    ring(&mut image, (600, 1150), 150, 156, RED);
    letters(&mut image, (520, 1135), 6, RED);
    assert!(darkest(&image, (380, 930), (440, 440)) > 200);
}

#[test]
fn a_framed_stamp_fades_and_a_line_in_the_other_colour_through_it_does_not() {
    let mut image = page();
    let (x, y, w, h) = (100, 900, 600, 320);
    fill(&mut image, (x, y), (w, 5), RED);
    fill(&mut image, (x, y + h), (w, 5), RED);
    fill(&mut image, (x, y), (5, h), RED);
    fill(&mut image, (x + w, y), (5, h), RED);
    letters(&mut image, (140, 960), 18, RED);
    letters(&mut image, (140, 1020), 18, RED);
    assert!(darkest(&image, (x, y), (w, h)) > 200);
    letters(&mut image, (300, 1100), 30, BLUE);
    assert!(darkest(&image, (300, 1100), (760, 30)) < 90);
    assert!(darkest(&image, (140, 960), (500, 90)) > 200);
}

#[test]
fn a_pen_fades() {
    let mut image = page();
    for step in 0..5000 {
        let at = f64::from(step) / 10.0;
        let y = 1100.0 + 90.0 * (at / 23.0).sin() + 40.0 * (at / 9.0).cos();
        fill(
            &mut image,
            ((300.0 + at) as usize, y as usize),
            (5, 5),
            BLUE,
        );
    }
    assert!(darkest(&image, (280, 900), (600, 400)) > 200);
}

#[test]
fn letters_over_black_print_fade() {
    let mut image = page();
    // Through the black lines, a little lower: as a name stamped over print.
    letters(&mut image, (90, 92), 20, RED);
    assert!(darkest(&image, (600, 126), (20, 10)) > 200);
    let before = darkest(&page(), (90, 108), (500, 12));
    assert_eq!(darkest(&image, (90, 108), (500, 12)), before);
}
