//! Makes heads of papers whose numbers and days a clerk filled in, and measures how they are told from print.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    missing_docs,
    reason = "a tool for whoever works on the looks; what goes wrong is shown as it is"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use saoy_ocr::{ReaderConfig, Readers, SYSTEM_DIRS};
use saoy_pipeline::classify::{self, Evidence, Sheet as Leaf, View};
use saoy_pipeline::document::{Affine, Gray, Line, Point, Raster, Rect, Rgb, Word};
use saoy_pipeline::picture::Picture;
use saoy_pipeline::recognize;
use saoy_samples::dice::Dice;
use saoy_samples::encode::{self, Jpeg};
use saoy_samples::face::Family;
use saoy_samples::ink::{Place, Plane};
use saoy_samples::page::{Page, Pen, Style};
use saoy_samples::paper::administrative::{self, Kind, Options};
use saoy_samples::press::{Inks, Sheet, press};
use saoy_samples::scan::{self, Wear};
use saoy_samples::typeset::piece_width;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["shapes"] => shapes(),
        ["make", count, seed, folder] => make(
            count.parse().unwrap(),
            seed.parse().unwrap(),
            Path::new(folder),
        ),
        ["measure", folder] => measure(Path::new(folder)),
        _ => println!("hands shapes | hands make COUNT SEED FOLDER | hands measure FOLDER"),
    }
}

/// What print has between `Số:` and the symbol, and in dates.
const SIGNS: &str = "0123456789/";
const SIZE: (usize, usize) = (10, 14);

/// Writes `pipeline/src/classify/look/hands/digits.bin`: each sign of [`SIGNS`] in each face, width by height in
/// hundredths, then one byte a cell.
fn shapes() {
    let serif = Family::open("liberation").unwrap();
    let sans =
        Family::open("/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf").unwrap();
    let faces = [
        (&serif, false, false),
        (&serif, false, true),
        (&serif, true, false),
        (&serif, true, true),
        (&sans, false, false),
    ];
    let mut bytes = Vec::new();
    for (family, bold, italic) in faces {
        for sign in SIGNS.chars() {
            let mut plane = Plane::new(400, 400);
            let style = Style {
                size: 240.0,
                bold,
                italic,
                face: Default::default(),
                tint: Default::default(),
            };
            let place = Place {
                at: (120.0, 280.0),
                turn: 0.0,
                scale: 1.0,
            };
            plane.text(&sign.to_string(), style, family, place);
            bytes.extend(cells(&plane));
        }
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/classify/look/hands");
    std::fs::write(folder.join("digits.bin"), bytes).unwrap();
}

fn cells(plane: &Plane) -> Vec<u8> {
    let inked = |x: usize, y: usize| plane.cover[y * plane.width + x] > 127;
    let (mut left, mut top, mut right, mut bottom) = (plane.width, plane.height, 0, 0);
    for y in 0..plane.height {
        for x in (0..plane.width).filter(|x| inked(*x, y)) {
            (left, right) = (left.min(x), right.max(x + 1));
            (top, bottom) = (top.min(y), bottom.max(y + 1));
        }
    }
    let (w, h) = (right - left, bottom - top);
    let mut bytes = vec![(100 * w / h.max(1)) as u8];
    for row in 0..SIZE.1 {
        for column in 0..SIZE.0 {
            let (x0, x1) = (left + column * w / SIZE.0, left + (column + 1) * w / SIZE.0);
            let (y0, y1) = (top + row * h / SIZE.1, top + (row + 1) * h / SIZE.1);
            let mut sum = 0;
            for y in y0..y1 {
                for x in x0..x1 {
                    sum += usize::from(plane.cover[y * plane.width + x]);
                }
            }
            bytes.push((sum / ((x1 - x0) * (y1 - y0)).max(1)) as u8);
        }
    }
    bytes
}

/// How a case's gaps are filled.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Filled {
    Printed,
    /// By the generator's own hand.
    Penned,
    /// By one of this tool's hands.
    Written,
    /// By a machine, later: bolder, larger, higher or in another face than the rest.
    Inserted,
    Blank,
}

/// Writes `NAME.ppm`, `NAME.tsv` (the words as read) and `NAME.truth`.
fn make(count: u64, seed: u64, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let readers = readers();
    let families: Vec<Family> = [
        "liberation",
        "freeserif",
        "texgyre",
        "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyreheros-regular.otf",
    ]
    .iter()
    .map(|name| Family::open(name).unwrap())
    .collect();
    for index in 0..count {
        let mut dice = Dice::new(seed).fork(&format!("head {index}"));
        let filled = match dice.int(0, 9) {
            0..=2 => Filled::Printed,
            3 | 4 => Filled::Inserted,
            5 => Filled::Penned,
            6..=8 => Filled::Written,
            _ => Filled::Blank,
        };
        let family = &families[[0, 1, 2, 2, 1, 0, 3][dice.int(0, 6) as usize]];
        let dpi = [100.0, 150.0, 200.0, 200.0, 300.0, 300.0][dice.int(0, 5) as usize];
        let options = Options {
            handwritten: filled != Filled::Printed,
            incoming: dice.chance(0.2),
            ..Options::new(Kind::ALL[dice.int(0, Kind::ALL.len() as u32 - 1) as usize])
        };
        let paper = administrative::write(&options, family, &dice);
        let mut page = paper.pages[0].clone();
        let gaps = emptied(&mut page, filled, family, &mut dice);
        let inks = Inks {
            pen: *dice
                .pick(&[
                    [30, 50, 140],
                    [20, 20, 30],
                    [60, 40, 120],
                    [25, 30, 70],
                    [40, 90, 170],
                ])
                .unwrap(),
            ..Inks::default()
        };
        let mut sheet = press(&page, None, dpi, &inks, family, &dice);
        sheet.height /= 4;
        sheet.rgb.truncate(sheet.height * sheet.width * 3);
        if filled == Filled::Inserted {
            let mut plane = Plane::new(sheet.width, sheet.height);
            let other = dice.pick(&families).unwrap();
            let face = if dice.chance(0.6) { family } else { other };
            let (bold, grown) = (dice.chance(0.4), dice.range(0.85, 1.15));
            let raised = dice.range(-0.15, 0.15);
            for gap in &gaps {
                let style = Style {
                    size: gap.size * grown,
                    bold,
                    italic: gap.italic,
                    ..gap.style
                };
                let place = Place {
                    at: (
                        (gap.x + dice.range(0.0, 0.2) * gap.size) * dpi / 72.0,
                        (gap.baseline + raised * gap.size) * dpi / 72.0,
                    ),
                    turn: 0.0,
                    scale: dpi / 72.0,
                };
                plane.text(&gap.text, style, face, place);
            }
            inked(&mut sheet, &plane, inks.print);
        }
        if filled == Filled::Written {
            let mut plane = Plane::new(sheet.width, sheet.height);
            let hand = Hand::any(&mut dice);
            for gap in &gaps {
                hand.write(&mut plane, gap, dpi / 72.0, &mut dice);
            }
            inked(&mut sheet, &plane, inks.pen);
        }
        let raster = scanned(&sheet, dpi, &mut dice);
        let lines = read(&raster, dpi, &readers);
        let name = folder.join(format!("{seed}-{index:04}"));
        save(&raster, &name.with_extension("ppm"));
        let mut table = format!("{dpi}\n");
        for (at, line) in lines.iter().enumerate() {
            for word in &line.words {
                let b = word.bbox;
                table.push_str(&format!(
                    "{at}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                    b.x,
                    b.y,
                    b.x + b.w,
                    b.y + b.h,
                    word.confidence * 100.0,
                    word.text
                ));
            }
        }
        std::fs::write(name.with_extension("tsv"), table).unwrap();
        let value = |name: &str| paper.fields.get(name).to_owned();
        let truth = format!(
            "{filled:?}\t{}\t{}\n",
            value("number_symbol"),
            value("issued_date")
        );
        std::fs::write(name.with_extension("truth"), truth).unwrap();
    }
}

/// A place that a clerk fills, points.
struct Gap {
    text: String,
    x: f32,
    baseline: f32,
    width: f32,
    size: f32,
    italic: bool,
    style: Style,
}

/// Takes the generator's pen off the page where something else is to stand: `o` is as broad as a digit, and no hand
/// of the generator can write it.
fn emptied(page: &mut Page, filled: Filled, family: &Family, dice: &mut Dice) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !matches!(filled, Filled::Written | Filled::Inserted | Filled::Blank) {
        return gaps;
    }
    let dots = filled != Filled::Inserted && dice.chance(0.4);
    let room = dice.int(0, 2) as usize;
    for word in page.lines.iter_mut().flat_map(|line| &mut line.words) {
        let mut x = word.x;
        for piece in &mut word.pieces {
            if piece.pen == Pen::Hand {
                let text = piece.text.clone();
                let room = text.chars().count() + room;
                if dots {
                    piece.pen = Pen::Print;
                    piece.text = ".".repeat(2 * room);
                } else {
                    piece.text = "o".repeat(room);
                }
                gaps.push(Gap {
                    text,
                    x,
                    baseline: word.baseline,
                    width: piece_width(piece, family),
                    size: piece.style.size,
                    italic: piece.style.italic,
                    style: piece.style,
                });
            }
            x += piece_width(piece, family);
        }
    }
    gaps
}

/// How somebody writes digits.
struct Hand {
    slant: f32,
    height: f32,
    narrow: f32,
    pressure: f32,
    drift: f32,
    jitter: f32,
    shift: f32,
    sevens_crossed: bool,
    ones_flagged: bool,
    fours_closed: bool,
}

impl Hand {
    fn any(dice: &mut Dice) -> Self {
        Self {
            slant: dice.range(-0.12, 0.45),
            height: dice.range(0.62, 1.15),
            narrow: dice.range(0.5, 0.85),
            pressure: dice.range(0.022, 0.075),
            drift: dice.range(-0.12, 0.12),
            jitter: dice.range(0.02, 0.07),
            shift: dice.range(-0.12, 0.12),
            sevens_crossed: dice.chance(0.5),
            ones_flagged: dice.chance(0.5),
            fours_closed: dice.chance(0.3),
        }
    }

    fn write(&self, plane: &mut Plane, gap: &Gap, scale: f32, dice: &mut Dice) {
        let height = gap.size * self.height * scale;
        let count = gap.text.chars().count() as f32;
        let step = (gap.width * scale / count).min(height * 0.75);
        let mut left = gap.x * scale + dice.range(-0.05, 0.2) * height;
        for (place, digit) in gap.text.chars().enumerate() {
            let foot = (gap.baseline + gap.size * (self.shift - self.drift * place as f32 / count))
                * scale
                + dice.range(-0.04, 0.04) * height;
            let (tall, wide) = (
                height * dice.range(0.88, 1.1),
                step * self.narrow * dice.range(0.9, 1.1),
            );
            for stroke in self.strokes(digit) {
                let points: Vec<(f32, f32)> = smooth(stroke)
                    .into_iter()
                    .map(|(x, y)| {
                        (
                            left + x * wide + (1.0 - y) * self.slant * tall,
                            foot - (1.0 - y) * tall,
                        )
                    })
                    .collect();
                let wobble = (dice.range(0.0, 6.0), dice.range(0.0, 6.0));
                let half = height * self.pressure;
                let points: Vec<(f32, f32, f32)> = points
                    .iter()
                    .enumerate()
                    .map(|(at, (x, y))| {
                        let turn = at as f32 * 0.35;
                        (
                            x + (turn + wobble.0).sin() * self.jitter * tall * 0.5,
                            y + (turn + wobble.1).cos() * self.jitter * tall * 0.5,
                            half * (1.0 + 0.3 * (turn * 0.7 + wobble.1).sin()),
                        )
                    })
                    .collect();
                plane.stroke(&points);
            }
            left += step;
        }
    }

    /// Strokes through a unit box, y downwards.
    fn strokes(&self, digit: char) -> Vec<&'static [(f32, f32)]> {
        match digit {
            '0' => vec![&[
                (0.6, 0.05),
                (0.2, 0.1),
                (0.05, 0.5),
                (0.2, 0.93),
                (0.6, 0.97),
                (0.9, 0.5),
                (0.75, 0.1),
                (0.45, 0.0),
            ]],
            '1' if self.ones_flagged => vec![&[(0.1, 0.4), (0.5, 0.0), (0.5, 1.0)]],
            '1' => vec![&[(0.5, 0.0), (0.48, 1.0)]],
            '2' => vec![&[
                (0.1, 0.2),
                (0.4, 0.0),
                (0.8, 0.15),
                (0.75, 0.45),
                (0.3, 0.85),
                (0.05, 1.0),
                (0.5, 0.92),
                (1.0, 1.0),
            ]],
            '3' => vec![&[
                (0.1, 0.05),
                (0.8, 0.02),
                (0.4, 0.4),
                (0.85, 0.6),
                (0.8, 0.9),
                (0.3, 1.0),
                (0.0, 0.85),
            ]],
            '4' if self.fours_closed => vec![&[(0.7, 1.0), (0.7, 0.0), (0.0, 0.7), (1.0, 0.68)]],
            '4' => vec![
                &[(0.2, 0.0), (0.05, 0.55), (0.9, 0.5)],
                &[(0.7, 0.15), (0.62, 1.05)],
            ],
            '5' => vec![
                &[
                    (0.2, 0.05),
                    (0.15, 0.45),
                    (0.6, 0.4),
                    (0.9, 0.7),
                    (0.5, 1.0),
                    (0.0, 0.92),
                ],
                &[(0.2, 0.05), (0.9, 0.0)],
            ],
            '6' => vec![&[
                (0.7, 0.0),
                (0.2, 0.4),
                (0.05, 0.8),
                (0.45, 1.0),
                (0.85, 0.75),
                (0.5, 0.5),
                (0.1, 0.75),
            ]],
            '7' if self.sevens_crossed => vec![
                &[(0.0, 0.05), (0.9, 0.0), (0.35, 1.05)],
                &[(0.25, 0.5), (0.85, 0.48)],
            ],
            '7' => vec![&[(0.05, 0.1), (0.1, 0.0), (0.9, 0.02), (0.3, 1.1)]],
            '8' => vec![&[
                (0.85, 0.15),
                (0.4, 0.0),
                (0.1, 0.25),
                (0.8, 0.7),
                (0.5, 1.0),
                (0.1, 0.8),
                (0.7, 0.35),
                (0.85, 0.1),
            ]],
            '9' => vec![&[
                (0.85, 0.2),
                (0.4, 0.0),
                (0.1, 0.3),
                (0.45, 0.5),
                (0.85, 0.2),
                (0.75, 0.7),
                (0.35, 1.1),
            ]],
            _ => vec![&[(0.9, -0.1), (0.1, 1.1)]],
        }
    }
}

/// A curve through the points (Catmull and Rom 1974).
fn smooth(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let last = points.len() - 1;
    let mut curve = Vec::new();
    for at in 0..last {
        let [a, b, c, d] =
            [at.saturating_sub(1), at, at + 1, (at + 2).min(last)].map(|i| points[i]);
        for part in 0..8 {
            let t = part as f32 / 8.0;
            let along = |a: f32, b: f32, c: f32, d: f32| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            curve.push((along(a.0, b.0, c.0, d.0), along(a.1, b.1, c.1, d.1)));
        }
    }
    curve.push(points[last]);
    curve
}

fn inked(sheet: &mut Sheet, plane: &Plane, ink: [u8; 3]) {
    for (pixel, &cover) in sheet.rgb.chunks_exact_mut(3).zip(&plane.cover) {
        for (value, ink) in pixel.iter_mut().zip(ink) {
            let keep = 255 - u32::from(cover) * u32::from(255 - ink) / 255;
            *value = (u32::from(*value) * keep / 255) as u8;
        }
    }
}

fn scanned(sheet: &Sheet, dpi: f32, dice: &mut Dice) -> Raster {
    let wear = Wear {
        skew: dice.range(-0.8, 0.8),
        blur: dice.range(0.4, 0.95),
        noise: dice.range(1.5, 7.0),
        veil: dice.range(0.0, 40.0),
        shade: dice.range(0.0, 0.1),
        ..Wear::default()
    };
    let (scan, _) = scan::scan(sheet, &wear, dice);
    let (width, height) = (scan.width as u32, scan.height as u32);
    let kind = if dpi < 150.0 {
        dice.int(0, 1)
    } else {
        dice.int(0, 2)
    };
    match kind {
        0 => {
            let options = Jpeg {
                quality: dice.int(55, 88) as u8,
                dpi: dpi as u16,
                orientation: None,
            };
            let bytes = encode::jpeg(&scan, options).unwrap();
            let cursor = zune_jpeg::zune_core::bytestream::ZCursor::new(bytes);
            let pixels = zune_jpeg::JpegDecoder::new(cursor).decode().unwrap();
            Raster::Rgb(Rgb {
                width,
                height,
                pixels,
            })
        }
        1 => Raster::Gray(Gray {
            width,
            height,
            pixels: scan::grey(&scan),
        }),
        _ => {
            let threshold = dice.int(145, 190) as u8;
            let bits = scan::bilevel(&scan::grey(&scan), threshold, 60, dice);
            let pixels = bits.iter().map(|black| if *black { 0 } else { 255 });
            Raster::Gray(Gray {
                width,
                height,
                pixels: pixels.collect(),
            })
        }
    }
}

/// Reads as the program does, at the resolution that the engine likes.
fn read(raster: &Raster, dpi: f32, readers: &Readers) -> Vec<Line> {
    let size = raster.size();
    let picture = Picture::new(raster, Affine::IDENTITY, size, dpi);
    let scale = if dpi < 200.0 { 2.0 } else { 1.0 };
    let image = picture.grey(picture.whole(), scale);
    let to_page = Affine {
        m: [1.0 / scale, 0.0, 0.0, 1.0 / scale, 0.0, 0.0],
    };
    let options = recognize::Options::default();
    let found = recognize::recognize(
        &image,
        dpi * scale,
        &to_page,
        &|area| crop(&image, area),
        readers,
        &options,
    );
    found.unwrap().lines
}

fn crop(image: &Gray, area: Rect) -> Gray {
    let (left, top) = (area.x.max(0.0) as usize, area.y.max(0.0) as usize);
    let right = ((area.x + area.w) as usize).min(image.width as usize);
    let bottom = ((area.y + area.h) as usize).min(image.height as usize);
    let rows = (top..bottom.max(top))
        .flat_map(|y| &image.pixels[y * image.width as usize..][left..right.max(left)]);
    Gray {
        width: right.saturating_sub(left) as u32,
        height: bottom.saturating_sub(top) as u32,
        pixels: rows.copied().collect(),
    }
}

fn readers() -> Readers {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/debug/saoy-reader");
    let mut config = ReaderConfig::new(program, SYSTEM_DIRS.iter().map(PathBuf::from).collect());
    config.language = "vie".to_owned();
    Readers::new(config)
}

fn save(raster: &Raster, path: &Path) {
    let (width, height) = raster.size();
    let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
    match raster {
        Raster::Gray(image) => bytes.extend(image.pixels.iter().flat_map(|value| [*value; 3])),
        Raster::Rgb(image) => bytes.extend(&image.pixels),
    }
    std::fs::write(path, bytes).unwrap();
}

/// Looks at heads in a folder and says what is told of their numbers and dates.
fn measure(folder: &Path) {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ppm"))
        .collect();
    names.sort();
    let mut tally: BTreeMap<String, BTreeMap<&str, u32>> = BTreeMap::new();
    let mut spent = Duration::ZERO;
    for name in &names {
        let (dpi, lines) = words(&name.with_extension("tsv"));
        let raster = load(name);
        let truth = std::fs::read_to_string(name.with_extension("truth")).unwrap_or_default();
        let truth: Vec<&str> = truth.trim_end().split('\t').collect();
        let [filled, number, date] = truth[..] else {
            continue;
        };
        println!(
            "# {} {filled} {number} {date}",
            name.file_stem().unwrap().to_string_lossy()
        );
        let size = raster.size();
        let view = View {
            picture: Picture::new(&raster, Affine::IDENTITY, size, dpi),
            lines: &lines,
            read_line: &|_, _| Vec::new(),
        };
        let begun = Instant::now();
        let sight = classify::look(&view, &classify::Options::default());
        spent += begun.elapsed();
        let mut evidence = Evidence::default();
        evidence.add(&Leaf {
            number: 1,
            // The head of a sheet is a quarter of it.
            size_px: (size.0, size.0 * 297 / 210),
            dpi,
            lines: &lines,
            sight: &sight,
        });
        let classified = evidence.conclude(&classify::Options::default());
        for (field, by_hand, blank, wanted) in [
            (
                "number_symbol",
                "handwritten_number",
                "blank_number",
                number,
            ),
            ("issued_date", "handwritten_date", "blank_date", date),
        ] {
            let has = |code: &str| classified.flags.iter().any(|flag| flag.code == code);
            let found = classified.fields.get(field);
            let value = found.and_then(|field| field.value.as_deref());
            let sure = found.map_or(0.0, |field| field.confidence);
            let counts = tally.entry(format!("{filled} {field}")).or_default();
            let mut count = |what: &'static str, is: bool| {
                if is {
                    *counts.entry(what).or_default() += 1;
                }
            };
            count("all", true);
            count("by hand", has(by_hand));
            count("blank", has(blank));
            count("right", value == Some(wanted));
            count("sure", sure >= 0.9);
            let low = has(&format!("low_confidence_{field}"));
            let unflagged = !(has(by_hand) || has(blank) || low);
            count(
                "wrong unflagged",
                value.is_some_and(|value| value != wanted) && unflagged,
            );
            println!(
                "{field} {} {} {value:?} {sure:.2}",
                if has(by_hand) { "HAND" } else { "print" },
                if has(blank) { "BLANK" } else { "" }
            );
        }
    }
    for (what, counts) in tally {
        println!("{what}: {counts:?}");
    }
    println!(
        "{} heads, {:.1} ms each",
        names.len(),
        spent.as_secs_f32() * 1000.0 / names.len() as f32
    );
}

fn words(path: &Path) -> (f32, Vec<Line>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = text.lines();
    let dpi = rows.next().unwrap().parse().unwrap();
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let px = |index: usize| cells[index].parse::<f32>().unwrap();
        let word = Word {
            text: cells[6].to_owned(),
            bbox: Rect {
                x: px(1),
                y: px(2),
                w: px(3) - px(1),
                h: px(4) - px(2),
            },
            confidence: px(5) / 100.0,
            ..Word::default()
        };
        let line = lines
            .entry(cells[0].parse().unwrap())
            .or_insert_with(|| Line {
                words: Vec::new(),
                baseline: [Point::default(); 2],
                block: 0,
            });
        line.words.push(word);
    }
    (dpi, lines.into_values().collect())
}

fn load(path: &Path) -> Raster {
    let bytes = std::fs::read(path).unwrap();
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let (_, size) = (parts.next(), parts.next().unwrap());
    let size = String::from_utf8(size.to_vec()).unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
    let pixels = parts.nth(1).unwrap().to_vec();
    if pixels
        .as_chunks::<3>()
        .0
        .iter()
        .all(|[r, g, b]| r == g && g == b)
    {
        let pixels = pixels.iter().step_by(3).copied().collect();
        return Raster::Gray(Gray {
            width,
            height,
            pixels,
        });
    }
    Raster::Rgb(Rgb {
        width,
        height,
        pixels,
    })
}
