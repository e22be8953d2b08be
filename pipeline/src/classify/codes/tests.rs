//! Codes drawn onto pages as scanners see them, and looked for.

use qrcodegen::{QrCode, QrCodeEcc};

use super::*;
use crate::document::{Gray, Raster, Turn};

/// A page being drawn: paper of 235, ink of 35.
struct Page {
    image: Gray,
    dpi: f32,
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// From -1 to 1.
    fn roll(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

impl Page {
    /// A sheet of so many inches at `dpi`.
    fn of(inches: (f32, f32), dpi: f32) -> Self {
        let (width, height) = ((inches.0 * dpi) as u32, (inches.1 * dpi) as u32);
        Self {
            image: Gray {
                width,
                height,
                pixels: vec![235; (width * height) as usize],
            },
            dpi,
        }
    }

    /// Draws what `dark` says in inches from the middle of a mark at `at`, turned by `degrees`.
    fn draw(&mut self, at: (f32, f32), reach: f32, degrees: f32, dark: impl Fn(f32, f32) -> bool) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let px = |inches: f32| (inches * self.dpi).max(0.0) as u32;
        for y in px(at.1 - reach)..px(at.1 + reach).min(self.image.height) {
            for x in px(at.0 - reach)..px(at.0 + reach).min(self.image.width) {
                // Four points by four in every px.
                let mut ink = 0_u32;
                for part in 0..16_u32 {
                    let sub = |n: u32| (n as f32 + 0.5) / 4.0;
                    let u = (x as f32 + sub(part % 4)) / self.dpi - at.0;
                    let v = (y as f32 + sub(part / 4)) / self.dpi - at.1;
                    ink += u32::from(dark(u * cos + v * sin, v * cos - u * sin));
                }
                let index = (y * self.image.width + x) as usize;
                let value = 235 - ink * 200 / 16;
                self.image.pixels[index] = self.image.pixels[index].min(value as u8);
            }
        }
    }

    fn qr(&mut self, text: &str, at: (f32, f32), module_mm: f32, degrees: f32) {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let count = code.size();
        let module = module_mm / 25.4;
        let half = count as f32 * module / 2.0;
        self.draw(at, half * 1.5, degrees, |u, v| {
            let (column, row) = (((u + half) / module).floor(), ((v + half) / module).floor());
            // Outside of the code all is light.
            code.get_module(column as i32, row as i32)
        });
    }

    fn bars(&mut self, text: &str, at: (f32, f32), module_mm: f32, degrees: f32) {
        let widths = bars::written(text).unwrap();
        let modules: u32 = widths.iter().map(|width| u32::from(*width)).sum();
        let module = module_mm / 25.4;
        let half = modules as f32 * module / 2.0;
        let edges: Vec<f32> = widths
            .iter()
            .scan(-half, |at, width| {
                *at += f32::from(*width) * module;
                Some(*at)
            })
            .collect();
        self.draw(at, half * 1.1, degrees, |u, v| {
            let index = edges.partition_point(|edge| *edge <= u);
            v.abs() < 0.3 && u >= -half && index < edges.len() && index % 2 == 0
        });
    }

    fn patch(&mut self, at: (f32, f32), degrees: f32, edges: [f32; 8]) {
        self.draw(at, 2.0, degrees, |u, v| {
            let index = edges.partition_point(|edge| *edge <= v + 0.4);
            u.abs() < 1.8 && index % 2 == 1
        });
    }

    /// Rows of marks as dense as print, which hold no code.
    fn print(&mut self, dice: &mut Dice) {
        for line in 0..(self.image.height as f32 / self.dpi / 0.2) as u32 {
            let y = line as f32 * 0.2 + 0.1;
            let mut x = 0.5;
            while x < self.image.width as f32 / self.dpi - 0.5 {
                let width = 0.012 + 0.008 * dice.roll().abs();
                let height = 0.03 + 0.03 * dice.roll().abs();
                self.draw((x, y), 0.07, 0.0, |u, v| {
                    u.abs() < width / 2.0 && v.abs() < height
                        || v.abs() < 0.006 && u > 0.0 && u < 0.03
                });
                x += 0.03 + 0.04 * dice.roll().abs();
            }
        }
    }

    /// Blurred as optics do, with noise; black and white by a fixed threshold when asked.
    fn scanned(mut self, blur: u32, noise: f32, bilevel: bool, dice: &mut Dice) -> Raster {
        let (width, height) = (self.image.width as usize, self.image.height as usize);
        for _ in 0..blur {
            // A mean over three px in each direction.
            for (step, count, stride, along) in
                [(1, height, width, width), (width, width, 1, height)]
            {
                for line in 0..count {
                    let start = line * stride;
                    let old: Vec<u32> = (0..along)
                        .map(|at| u32::from(self.image.pixels[start + at * step]))
                        .collect();
                    for at in 1..along - 1 {
                        let mean = (old[at - 1] + 2 * old[at] + old[at + 1]) / 4;
                        self.image.pixels[start + at * step] = mean as u8;
                    }
                }
            }
        }
        for pixel in &mut self.image.pixels {
            let value = f32::from(*pixel) + noise * dice.roll();
            *pixel = if bilevel {
                if value < 140.0 { 0 } else { 255 }
            } else {
                value as u8
            };
        }
        Raster::Gray(self.image)
    }
}

fn found(raster: &Raster, dpi: f32) -> Vec<Code> {
    find(&Picture::new(raster, Affine::IDENTITY, raster.size(), dpi))
}

const CARD: &str = "079085012345|024567890|Nguyễn Thị Phương Thảo|12041985|Nữ|Số 12/5 Đường Lê Văn Sỹ, Phường 13, Quận 3, Thành phố Hồ Chí Minh|25042021";
/// Edges of the bars of patch T, inches from the first: narrow, wide, narrow, wide.
const PATCH_T: [f32; 8] = [0.0, 0.08, 0.16, 0.36, 0.44, 0.52, 0.6, 0.8];

#[test]
fn codes_of_identity_cards_are_read_as_scanned() {
    let mut dice = Dice(7);
    let (mut read, mut all) = (0, 0);
    for dpi in [200.0, 300.0] {
        // Modules of 0.33 mm, as on the cards: 2.6 px at 200 dpi.
        for degrees in [0.0, 1.5, -4.0, 90.0, 183.0, 270.0] {
            for (blur, noise, bilevel) in [(0, 10.0, false), (1, 20.0, false), (1, 20.0, true)] {
                let mut page = Page::of((3.0, 2.2), dpi);
                page.qr(CARD, (2.0, 1.1), 0.33, degrees);
                let raster = page.scanned(blur, noise, bilevel, &mut dice);
                let codes = found(&raster, dpi);
                all += 1;
                assert!(codes.len() <= 1, "{codes:?}");
                for code in codes {
                    assert_eq!((code.symbology, code.text.as_str()), (Symbology::Qr, CARD));
                    let middle = (
                        code.bbox.x + code.bbox.w / 2.0,
                        code.bbox.y + code.bbox.h / 2.0,
                    );
                    assert!(
                        (middle.0 / dpi - 2.0).abs() < 0.05 && (middle.1 / dpi - 1.1).abs() < 0.05
                    );
                    read += 1;
                }
            }
        }
    }
    // Of the worst, black and white at 200 dpi, one or two are too worn for their share of spare words.
    assert!(read + 2 >= all, "{read} of {all}");
}

#[test]
fn bars_are_read_upright_turned_and_slanting() {
    let mut dice = Dice(11);
    let text = "SAOY1:SEP;box=17;c=1D0F";
    for dpi in [150.0, 240.0] {
        for degrees in [0.0, -3.0, 90.0, 181.0] {
            for bilevel in [false, true] {
                let mut page = Page::of((6.4, 6.4), dpi);
                page.bars(text, (3.2, 3.2), 0.43, degrees);
                let raster = page.scanned(1, 15.0, bilevel, &mut dice);
                let codes = found(&raster, dpi);
                let read: Vec<_> = codes
                    .iter()
                    .map(|code| (code.symbology, code.text.as_str()))
                    .collect();
                assert_eq!(
                    read,
                    [(Symbology::Code128, text)],
                    "{dpi} dpi, {degrees} degrees, {bilevel}"
                );
            }
        }
    }
}

#[test]
fn patch_t_is_known_either_way_and_nothing_else_is_taken_for_it() {
    let mut dice = Dice(13);
    for degrees in [0.0, -2.0, 90.0, 180.0] {
        for dpi in [100.0, 200.0] {
            let mut page = Page::of((5.0, 5.0), dpi);
            page.patch((2.5, 2.5), degrees, PATCH_T);
            let codes = found(&page.scanned(1, 15.0, dpi == 200.0, &mut dice), dpi);
            let read: Vec<_> = codes.iter().map(|code| code.symbology).collect();
            assert_eq!(read, [Symbology::PatchT], "{degrees} {dpi}");
        }
    }
    // Patch 2 (wide, narrow, narrow, wide), and bars that are too thin.
    let patch_2 = [0.0, 0.2, 0.28, 0.36, 0.44, 0.52, 0.6, 0.8];
    for edges in [patch_2, PATCH_T.map(|edge| edge / 2.0)] {
        let mut page = Page::of((5.0, 5.0), 200.0);
        page.patch((2.5, 2.5), 0.0, edges);
        assert_eq!(found(&page.scanned(1, 15.0, false, &mut dice), 200.0), []);
    }
}

#[test]
fn print_holds_no_codes_and_hides_none() {
    let mut dice = Dice(17);
    let mut page = Page::of((8.0, 8.0), 200.0);
    page.print(&mut dice);
    assert_eq!(found(&page.scanned(1, 15.0, false, &mut dice), 200.0), []);
    let mut page = Page::of((8.0, 8.0), 200.0);
    page.print(&mut dice);
    for px in 0..page.image.pixels.len() {
        let (x, y) = (px % 1600, px / 1600);
        if (400..900).contains(&x) && (300..700).contains(&y) {
            page.image.pixels[px] = 235;
        }
    }
    page.qr(CARD, (3.2, 2.5), 0.4, 2.0);
    let codes = found(&page.scanned(1, 15.0, false, &mut dice), 200.0);
    assert_eq!(codes.len(), 1, "{codes:?}");
}

#[test]
fn boxes_are_those_of_the_page_as_shown() {
    let mut dice = Dice(19);
    let mut page = Page::of((6.0, 4.0), 200.0);
    page.qr("https://example.vn/1", (1.5, 1.0), 0.6, 0.0);
    let raster = page.scanned(0, 5.0, false, &mut dice);
    // Stored lying on its left side: the page as shown is 4 by 6 inches.
    let to_raster = Turn::Left.map(800.0, 1200.0);
    let codes = find(&Picture::new(&raster, to_raster, (800, 1200), 200.0));
    assert_eq!(codes.len(), 1);
    let code = &codes[0];
    let middle = Turn::Right
        .map(1200.0, 800.0)
        .apply(crate::document::Point { x: 300.0, y: 200.0 });
    let seen = (
        code.bbox.x + code.bbox.w / 2.0,
        code.bbox.y + code.bbox.h / 2.0,
    );
    assert!(
        (seen.0 - middle.x).abs() < 6.0 && (seen.1 - middle.y).abs() < 6.0,
        "{seen:?} {middle:?}"
    );
    assert!(
        (code.bbox.w - 25.0 * 0.6 / 25.4 * 200.0).abs() < 8.0,
        "{:?}",
        code.bbox
    );
}

#[test]
fn odd_rasters_are_no_trouble() {
    for (width, height) in [(0, 0), (1, 1), (5, 3000), (3000, 5)] {
        for value in [0, 255] {
            let image = Gray {
                width,
                height,
                pixels: vec![value; (width * height) as usize],
            };
            assert_eq!(found(&Raster::Gray(image), 200.0), []);
        }
    }
}

/// Dots of black for grey: spread errors (Floyd and Steinberg 1976), or thresholds in a square (Bayer 1973), as programs and
/// printers make them.
fn dithered(image: &Gray, ordered: bool) -> Gray {
    const SQUARE: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let (w, h) = (image.width as usize, image.height as usize);
    let mut left: Vec<i32> = image.pixels.iter().map(|value| i32::from(*value)).collect();
    let mut pixels = vec![0_u8; w * h];
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            if ordered {
                pixels[at] = if left[at] > SQUARE[y % 4][x % 4] * 16 + 8 {
                    255
                } else {
                    0
                };
                continue;
            }
            pixels[at] = if left[at] > 127 { 255 } else { 0 };
            let error = left[at] - i32::from(pixels[at]);
            let mut give = |there: bool, to: usize, share: i32| {
                if there && to < left.len() {
                    left[to] += error * share / 16;
                }
            };
            give(x + 1 < w, at + 1, 7);
            give(x > 0, at + w - 1, 3);
            give(true, at + w, 5);
            give(x + 1 < w, at + w + 1, 1);
        }
    }
    Gray { pixels, ..*image }
}

#[test]
fn qr_codes_in_dots_are_read() {
    const SAID: &str = "https://saoy.example/1/3HHC3A8FG0S9YFWKBFEY/123456/abcdefghijklmnopqrstuv";
    for dpi in [200.0, 300.0] {
        for (degrees, ordered) in [(0.0, false), (0.0, true), (1.3, false), (-0.8, true)] {
            let mut page = Page::of((3.0, 2.6), dpi);
            let at = (1.5, 1.3);
            page.qr(SAID, at, 0.55, degrees);
            let raster = Raster::Gray(dithered(&page.image, ordered));
            let found = soft::find(&raster, dpi);
            let said: Vec<&str> = found.iter().map(|code| code.text.as_str()).collect();
            assert_eq!(
                said,
                [SAID],
                "{dpi} dpi, {degrees} degrees, ordered {ordered}"
            );
        }
    }
}
