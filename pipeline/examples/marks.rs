//! Draws the shapes of stamped words, and measures how often marks of secrecy are seen and other things are not.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    missing_docs,
    reason = "a tool for whoever works on the looks; what goes wrong is shown as it is"
)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use saoy_ocr::{ReaderConfig, Readers, SYSTEM_DIRS};
use saoy_pipeline::classify::{self, Sight, View};
use saoy_pipeline::document::{Affine, Gray, Line, Point, Raster, Rect, Rgb, Word};
use saoy_pipeline::picture::Picture;
use saoy_pipeline::recognize;
use saoy_samples::dice::Dice;
use saoy_samples::encode::{self, Jpeg};
use saoy_samples::face::Family;
use saoy_samples::ink::{Place, Plane};
use saoy_samples::page::{Page, Style};
use saoy_samples::paper::administrative::{self, Kind, Options};
use saoy_samples::press::{Inks, Sheet, press};
use saoy_samples::scan::{self, Warp, Wear};
use saoy_samples::truth;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, other: u64| {
        arguments
            .get(index)
            .and_then(|text| text.parse().ok())
            .unwrap_or(other)
    };
    match arguments.first().map(String::as_str) {
        Some("shapes") => shapes(),
        Some("set") => set(
            number(1, 60),
            number(2, 1),
            arguments.get(3).map_or("", String::as_str),
        ),
        Some("words") => fixtures(),
        Some("pages") => pages(&PathBuf::from(&arguments[1])),
        _ => println!("marks shapes | marks set COUNT SEED [ONLY]"),
    }
}

/// Writes `pipeline/src/classify/look/shapes.bin`.
fn shapes() {
    const SIZE: (usize, usize) = (48, 16);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/classify/look");
    let words = std::fs::read_to_string(folder.join("shapes/words.txt")).unwrap();
    let mut bytes = Vec::new();
    for word in words.lines() {
        for family in families() {
            let mut plane = Plane::new(2600, 400);
            let style = Style {
                size: 160.0,
                bold: true,
                italic: false,
                face: Default::default(),
                tint: Default::default(),
            };
            let place = Place {
                at: (60.0, 260.0),
                turn: 0.0,
                scale: 1.0,
            };
            plane.text(word, style, &family, place);
            let inked = |x: usize, y: usize| plane.cover[y * plane.width + x] > 127;
            let (mut left, mut top, mut right, mut bottom) = (plane.width, plane.height, 0, 0);
            for y in 0..plane.height {
                for x in 0..plane.width {
                    if inked(x, y) {
                        (left, right) = (left.min(x), right.max(x + 1));
                        (top, bottom) = (top.min(y), bottom.max(y + 1));
                    }
                }
            }
            let (w, h) = (right - left, bottom - top);
            println!("{word}: {:.2}", w as f32 / h as f32);
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
                    bytes.push((sum / ((x1 - x0) * (y1 - y0))) as u8);
                }
            }
        }
    }
    std::fs::write(folder.join("shapes.bin"), bytes).unwrap();
}

/// Writes the words that the tests of the program stamp: bilevel pictures at 300 dpi, capitals 4.5 mm high.
fn fixtures() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/secrecy");
    std::fs::create_dir_all(&folder).unwrap();
    let family = Family::open("texgyre").unwrap();
    let style = Style {
        size: 78.0,
        bold: true,
        italic: false,
        face: Default::default(),
        tint: Default::default(),
    };
    for (name, word) in [
        ("mat", "MẬT"),
        ("toi-mat", "TỐI MẬT"),
        ("tuyet-mat", "TUYỆT MẬT"),
        ("khan", "KHẨN"),
        ("giai-mat", "GIẢI MẬT"),
        ("bao-mat", "BẢO MẬT THÔNG TIN"),
    ] {
        let width = family.width(word, style).ceil() as usize + 8;
        let mut plane = Plane::new(width, 104);
        plane.text(
            word,
            style,
            &family,
            Place {
                at: (4.0, 78.0),
                turn: 0.0,
                scale: 1.0,
            },
        );
        let mut bytes = format!("P4\n{width} 104\n").into_bytes();
        for row in plane.cover.chunks_exact(width) {
            for eight in row.chunks(8) {
                bytes.push((0..8).fold(0, |byte, bit| {
                    byte << 1 | u8::from(eight.get(bit).is_some_and(|c| *c > 127))
                }));
            }
        }
        std::fs::write(folder.join(format!("{name}.pbm")), bytes).unwrap();
    }
}

fn families() -> [Family; 2] {
    [
        Family::open("liberation").unwrap(),
        Family::open("/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf").unwrap(),
    ]
}

/// Faces that the shapes were not drawn with, and one that they were.
fn stampers() -> Vec<Family> {
    [
        "texgyre",
        "freeserif",
        "liberation",
        "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyreheros-regular.otf",
        "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyreheroscn-regular.otf",
        "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyrebonum-regular.otf",
    ]
    .iter()
    .map(|name| Family::open(name).unwrap())
    .collect()
}

const MARKS: [&str; 3] = ["MẬT", "TỐI MẬT", "TUYỆT MẬT"];
const OTHERS: [&str; 12] = [
    "",
    "KHẨN",
    "THƯỢNG KHẨN",
    "HỎA TỐC",
    "GIẢI MẬT",
    "ĐÃ GIẢI MẬT",
    "BẢN SAO",
    "SAO Y BẢN CHÍNH",
    "ĐẾN",
    "TIỀN MẶT",
    "ĐÃ KIỂM TRA",
    "BẢO MẬT THÔNG TIN",
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Colour {
    Full,
    Grey,
    Bilevel,
}

/// A page before stamping.
struct Base {
    page: Page,
    sheet: Sheet,
    dpi: f32,
}

fn bases(seed: u64) -> Vec<Base> {
    let families = ["liberation", "freeserif"].map(|name| Family::open(name).unwrap());
    let mut bases = Vec::new();
    for (index, kind) in Kind::ALL.iter().enumerate() {
        let dice = Dice::new(seed).fork(&format!("base {index}"));
        let mut choice = dice.fork("options");
        let options = Options {
            handwritten: choice.chance(0.5),
            incoming: choice.chance(0.4),
            ..Options::new(*kind)
        };
        let family = &families[index % 2];
        let page = administrative::write(&options, family, &dice)
            .pages
            .remove(0);
        let dpi = [200.0, 300.0][choice.int(0, 1) as usize];
        let mut sheet = press(&page, None, dpi, &Inks::default(), family, &dice);
        // The upper half is where marks stand.
        sheet.height = sheet.height * 11 / 20;
        sheet.rgb.truncate(sheet.height * sheet.width * 3);
        bases.push(Base { page, sheet, dpi });
    }
    bases
}

fn set(count: u64, seed: u64, only: &str) {
    let readers = readers();
    let (bases, stampers) = (bases(seed), stampers());
    let (mut caught, mut marks, mut stops, mut others) = (0, 0, 0, 0);
    let mut tally: std::collections::BTreeMap<String, (u32, u32)> =
        std::collections::BTreeMap::new();
    let mut spent = Duration::ZERO;
    for index in 0..count {
        if !only.is_empty() && !only.split(',').any(|one| one == index.to_string()) {
            continue;
        }
        let mut dice = Dice::new(seed).fork(&format!("case {index}"));
        let base = &bases[index as usize % bases.len()];
        let is_mark = dice.chance(0.6);
        let text = if is_mark {
            *dice.pick(&MARKS).unwrap()
        } else {
            *dice.pick(&OTHERS).unwrap()
        };
        let colour = [Colour::Full, Colour::Grey, Colour::Bilevel][dice.int(0, 2) as usize];
        let (sheet, told, plane) = stamped(base, text, &stampers, colour, &mut dice);
        let (raster, warp) = scanned(&sheet, base.dpi, colour, &mut dice);
        let name = format!("{index} {text:?} {colour:?} {} dpi {told}", base.dpi);
        if !only.is_empty() {
            save(&raster, index);
            println!("# {name}");
        }
        let lines = lines(&base.page, &warp, base.dpi, &raster, plane.as_ref());
        let begun = Instant::now();
        let secret = look(&raster, base.dpi, &lines, &readers).secret;
        spent += begun.elapsed();
        if is_mark {
            let kind = told.split(' ').next().unwrap_or_default();
            let row = tally.entry(format!("{colour:?} {kind}")).or_default();
            row.0 += u32::from(secret);
            row.1 += 1;
            marks += 1;
            caught += u32::from(secret);
        } else {
            others += 1;
            stops += u32::from(secret);
        }
        if secret != is_mark {
            println!("{}: {name}", if is_mark { "MISSED" } else { "FALSE STOP" });
        }
    }
    for (kind, (caught, all)) in tally {
        println!("{kind}: {caught} of {all}");
    }
    println!(
        "caught {caught} of {marks}; false stops {stops} of {others}; {:.1} ms each",
        spent.as_secs_f32() * 1000.0 / count.max(1) as f32
    );
}

fn look(raster: &Raster, dpi: f32, lines: &[Line], readers: &Readers) -> Sight {
    let read_line =
        |image: &Gray, dpi: f32| recognize::line_alone(image, dpi, readers).unwrap_or_default();
    let view = View {
        picture: Picture::new(raster, Affine::IDENTITY, raster.size(), dpi),
        lines,
        read_line: &read_line,
    };
    classify::look(&view, &classify::Options::default())
}

fn readers() -> Readers {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/debug/saoy-reader");
    let mut config = ReaderConfig::new(program, SYSTEM_DIRS.iter().map(PathBuf::from).collect());
    config.language = "vie".to_owned();
    Readers::new(config)
}

/// Looks at real pages: `NAME.ppm` with the words read in `NAME.tsv`.
fn pages(folder: &PathBuf) {
    let readers = readers();
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.retain(|name| name.extension().is_some_and(|ending| ending == "ppm"));
    names.sort();
    let mut spent = Duration::ZERO;
    for name in &names {
        let (dpi, lines) = words(&name.with_extension("tsv"));
        let raster = load(name);
        println!("# {}", name.file_stem().unwrap().to_string_lossy());
        let begun = Instant::now();
        let sight = look(&raster, dpi, &lines, &readers);
        spent += begun.elapsed();
        for hand in &sight.handwriting {
            println!("hand {:.2} at {:?}", hand.certainty, hand.bbox);
        }
        for stamp in &sight.stamps {
            println!("{:?} {:?} at {:?}", stamp.kind, stamp.text, stamp.bbox);
        }
        if sight.secret {
            println!("STOP {}", name.display());
        }
    }
    println!(
        "{} pages, {:.1} ms each",
        names.len(),
        spent.as_secs_f32() * 1000.0 / names.len() as f32
    );
}

fn words(path: &std::path::Path) -> (f32, Vec<Line>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = text.lines();
    let dpi = rows.next().unwrap().parse().unwrap();
    let mut lines: std::collections::BTreeMap<u32, Line> = std::collections::BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let px = |index: usize| cells[index].parse::<f32>().unwrap();
        let bbox = Rect {
            x: px(1),
            y: px(2),
            w: px(3) - px(1),
            h: px(4) - px(2),
        };
        let word = Word {
            text: cells[6].to_owned(),
            bbox,
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

fn load(path: &std::path::Path) -> Raster {
    let bytes = std::fs::read(path).unwrap();
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let kind = parts.next().unwrap().to_owned();
    let size = String::from_utf8(parts.next().unwrap().to_vec()).unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
    let pixels = parts.nth(1).unwrap().to_vec();
    assert_eq!(kind, b"P6");
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

/// The sheet with a stamp on it, and what was drawn.
fn stamped(
    base: &Base,
    text: &str,
    families: &[Family],
    colour: Colour,
    dice: &mut Dice,
) -> (Sheet, String, Option<Plane>) {
    let mut sheet = base.sheet.clone();
    if text.is_empty() {
        return (sheet, "nothing".to_owned(), None);
    }
    let mm = base.dpi / 25.4;
    let printed = dice.chance(0.2);
    let family = dice.pick(families).unwrap();
    let size = if printed {
        dice.range(4.6, 5.3)
    } else {
        dice.range(4.6, 8.5)
    };
    let angle = if printed {
        0.0
    } else {
        dice.range(-15.0, 15.0)
    };
    let style = Style {
        size: size * mm,
        bold: true,
        italic: false,
        face: Default::default(),
        tint: Default::default(),
    };
    let (width, height) = (family.width(text, style), size * mm * 0.68);
    // Print is never set over print; a stamp falls on it now and then.
    let crowded = !printed && dice.chance(0.25);
    let mut at = (0.0, 0.0);
    for _ in 0..60 {
        at = (
            dice.range(14.0, 60.0) * mm + width / 2.0,
            dice.range(8.0, 110.0) * mm,
        );
        if crowded || is_free(&base.sheet, at, (width * 0.6, height * 1.2 + width * 0.1)) {
            break;
        }
    }
    let turn = angle.to_radians();
    let (sin, cos) = turn.sin_cos();
    let spot = |x: f32, y: f32| (at.0 + x * cos - y * sin, at.1 + x * sin + y * cos);
    let mut plane = Plane::new(sheet.width, sheet.height);
    plane.text(
        text,
        style,
        family,
        Place {
            at: spot(-width / 2.0, height / 2.0),
            turn,
            scale: 1.0,
        },
    );
    let lines = if printed {
        dice.int(0, 1)
    } else {
        dice.int(0, 2)
    };
    let half = dice.range(0.12, 0.3) * mm;
    for line in 0..lines {
        let away = dice.range(1.6, 2.4) * mm + line as f32 * mm * 1.2 + size * mm * 0.2;
        let (w, h) = (width / 2.0 + away, height / 2.0 + away);
        let corner = |x: f32, y: f32| {
            let (x, y) = spot(x, y);
            (x, y, half)
        };
        plane.stroke(&[
            corner(-w, -h),
            corner(w, -h),
            corner(w, h),
            corner(-w, h),
            corner(-w, -h),
        ]);
    }
    // What a threshold leaves of a dry stamp is nobody's to read.
    let worn = match (printed, colour) {
        (true, _) => 1.0,
        (_, Colour::Bilevel) => dice.range(0.4, 0.8),
        _ => dice.range(0.1, 0.7),
    };
    if !printed {
        plane.wear(dice.range(1.0, 4.0) * mm, worn, dice);
    }
    let ink = if printed && dice.chance(0.6) {
        [25, 25, 28]
    } else if colour == Colour::Full && dice.chance(0.12) {
        [60, 50, dice.int(130, 170) as u8]
    } else {
        [
            dice.int(180, 235) as u8,
            dice.int(25, 80) as u8,
            dice.int(40, 95) as u8,
        ]
    };
    for (pixel, &cover) in sheet.rgb.chunks_exact_mut(3).zip(&plane.cover) {
        for (value, ink) in pixel.iter_mut().zip(ink) {
            let keep = 255 - u32::from(cover) * u32::from(255 - ink) / 255;
            *value = (u32::from(*value) * keep / 255) as u8;
        }
    }
    let told = format!(
        "{} size {size:.1} mm angle {angle:.0} at {:.0},{:.0} lines {lines} worn {worn:.2} ink {ink:?}",
        match (printed, crowded) {
            (true, _) => "printed",
            (_, true) => "crowded",
            _ => "stamped",
        },
        at.0 / mm,
        at.1 / mm
    );
    (sheet, told, Some(plane))
}

/// Whether nothing dark lies within `reach` of `at`.
fn is_free(sheet: &Sheet, at: (f32, f32), reach: (f32, f32)) -> bool {
    let (left, top) = (
        (at.0 - reach.0).max(0.0) as usize,
        (at.1 - reach.1).max(0.0) as usize,
    );
    let right = ((at.0 + reach.0) as usize).min(sheet.width);
    let bottom = ((at.1 + reach.1) as usize).min(sheet.height);
    (top..bottom).step_by(2).all(|y| {
        (left..right)
            .step_by(2)
            .all(|x| sheet.rgb[(y * sheet.width + x) * 3 + 1] > 128)
    })
}

fn scanned(sheet: &Sheet, dpi: f32, colour: Colour, dice: &mut Dice) -> (Raster, Warp) {
    let wear = Wear {
        skew: dice.range(-0.8, 0.8),
        blur: dice.range(0.5, 0.95),
        noise: dice.range(1.5, 6.0),
        veil: dice.range(0.0, 40.0),
        shade: dice.range(0.0, 0.1),
        ..Wear::default()
    };
    let (scan, warp) = scan::scan(sheet, &wear, dice);
    let (width, height) = (scan.width as u32, scan.height as u32);
    let raster = match colour {
        Colour::Full => {
            let options = Jpeg {
                quality: dice.int(60, 88) as u8,
                dpi: dpi as u16,
                orientation: None,
            };
            let bytes = encode::jpeg(&scan, options).unwrap();
            let pixels =
                zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(bytes))
                    .decode()
                    .unwrap();
            Raster::Rgb(Rgb {
                width,
                height,
                pixels,
            })
        }
        Colour::Grey => Raster::Gray(Gray {
            width,
            height,
            pixels: scan::grey(&scan),
        }),
        Colour::Bilevel => {
            let threshold = dice.int(145, 190) as u8;
            let bits = scan::bilevel(&scan::grey(&scan), threshold, 60, dice);
            let pixels = bits
                .iter()
                .map(|black| if *black { 0 } else { 255 })
                .collect();
            Raster::Gray(Gray {
                width,
                height,
                pixels,
            })
        }
    };
    (raster, warp)
}

fn lines(page: &Page, warp: &Warp, dpi: f32, raster: &Raster, stamp: Option<&Plane>) -> Vec<Line> {
    let bottom = raster.size().1 as f32;
    let truth = truth::words(page, warp, dpi, 0.0);
    let lines = truth.lines.iter().map(|line| {
        let words = line.words.iter().map(|word| {
            let [left, top, right, bottom] = word.bounds;
            let bbox = Rect {
                x: left,
                y: top,
                w: right - left,
                h: bottom - top,
            };
            // What lies under a stamp is read badly.
            let confidence = if stamp.is_some_and(|plane| is_inked(plane, bbox)) {
                0.4
            } else {
                0.93
            };
            Word {
                text: word.text.clone(),
                bbox,
                confidence,
                ..Word::default()
            }
        });
        Line {
            words: words.collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }
    });
    lines
        .filter(|line| {
            line.words
                .iter()
                .all(|word| word.bbox.y + word.bbox.h < bottom)
        })
        .collect()
}

/// Leaves the picture for a person to look at.
/// Keeps a case for looking at.
fn save(raster: &Raster, index: u64) {
    let (width, height) = raster.size();
    let (kind, pixels) = match raster {
        Raster::Gray(image) => ("P5", &image.pixels),
        Raster::Rgb(image) => ("P6", &image.pixels),
    };
    let mut bytes = format!("{kind}\n{width} {height}\n255\n").into_bytes();
    bytes.extend(pixels);
    std::fs::write(
        std::env::temp_dir().join(format!("marks-{index}.pnm")),
        bytes,
    )
    .unwrap();
}

fn is_inked(plane: &Plane, bbox: Rect) -> bool {
    let (left, right) = (
        bbox.x.max(0.0) as usize,
        ((bbox.x + bbox.w) as usize).min(plane.width),
    );
    let (top, bottom) = (
        bbox.y.max(0.0) as usize,
        ((bbox.y + bbox.h) as usize).min(plane.height),
    );
    let inked = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let inked = inked
        .filter(|(x, y)| plane.cover[y * plane.width + x] > 60)
        .count();
    inked as f32 > 0.02 * bbox.w * bbox.h
}
