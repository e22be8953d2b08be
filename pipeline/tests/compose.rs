//! What other people's readers make of the composed files: words in order, boxes in place, nothing visible.
//!
//! Needs `pdftotext`, `pdftoppm` (poppler-utils) and `qpdf`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests may fail as tests do"
)]

#[path = "compose/layout.rs"]
mod layout;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use saoy_pipeline::compose::alto::AltoWriter;
use saoy_pipeline::compose::hocr::HocrWriter;
use saoy_pipeline::compose::pdfa::{Options, PdfaWriter, Profile};
use saoy_pipeline::compose::{DocumentText, Error, PageSpec, PageText, Placement, Refusal};
use saoy_pipeline::document::{Coding, Line, Point, Rect, StoredImage, Turn, Word};

const JPEG: &[u8] = &[
    0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01,
    0x00, 0x01, 0x00, 0x00, 0xFF, 0xDB, 0x00, 0x43, 0x00, 0x10, 0x0B, 0x0C, 0x0E, 0x0C, 0x0A, 0x10,
    0x0E, 0x0D, 0x0E, 0x12, 0x11, 0x10, 0x13, 0x18, 0x28, 0x1A, 0x18, 0x16, 0x16, 0x18, 0x31, 0x23,
    0x25, 0x1D, 0x28, 0x3A, 0x33, 0x3D, 0x3C, 0x39, 0x33, 0x38, 0x37, 0x40, 0x48, 0x5C, 0x4E, 0x40,
    0x44, 0x57, 0x45, 0x37, 0x38, 0x50, 0x6D, 0x51, 0x57, 0x5F, 0x62, 0x67, 0x68, 0x67, 0x3E, 0x4D,
    0x71, 0x79, 0x70, 0x64, 0x78, 0x5C, 0x65, 0x67, 0x63, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x08,
    0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xC4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06, 0xFF, 0xC4, 0x00, 0x14,
    0x10, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00, 0x48, 0xFF, 0xD9,
];

/// Points per px of the layout's pages.
const SCALE: f32 = 72.0 / 300.0;

#[test]
fn phrases_are_found_straight_and_skewed() {
    for (skew, least) in [
        (0.0, 0.995),
        (0.3, 0.975),
        (0.7, 0.975),
        (1.3, 0.95),
        (2.0, 0.95),
        (-1.0, 0.95),
        (-2.0, 0.95),
    ] {
        let sheet = layout::decision(skew);
        let folder = tempfile::tempdir().unwrap();
        let text = run(
            "pdftotext",
            &[
                path(&written(&folder, Profile::A2b, &blank(), &sheet.lines)),
                "-",
            ],
        );
        let found = format!(" {} ", words_of(&text).join(" "));
        let words: Vec<&str> = sheet
            .lines
            .iter()
            .flat_map(|l| &l.words)
            .map(|w| w.text.as_str())
            .collect();
        let phrases: Vec<String> = words
            .windows(3)
            .map(|three| format!(" {} ", three.join(" ")))
            .collect();
        let hits = phrases
            .iter()
            .filter(|phrase| found.contains(phrase.as_str()))
            .count();
        let share = hits as f32 / phrases.len() as f32;
        assert!(
            share >= least,
            "at {skew} degrees {hits} of {} phrases",
            phrases.len()
        );
    }
}

#[test]
fn lines_come_whole_and_columns_one_after_the_other() {
    for skew in [0.0, 0.5, -0.5] {
        let sheet = layout::decision(skew);
        let expected: Vec<String> = sheet.lines.iter().map(words_joined).collect();
        assert_eq!(lines_found(&sheet.lines), expected, "at {skew} degrees");
    }
}

#[test]
fn two_columns_of_two_blocks_are_no_table() {
    // Centred one under the other and level with each other: what poppler takes for a table of two rows.
    for gutter in [30.0, 120.0, 300.0] {
        let mut sheet = layout::Sheet::new(0.0);
        let right = 1000.0 + gutter;
        for (text, from, to, base) in [
            ("BỘ TÀI CHÍNH VÀ CÁC CƠ QUAN", 250.0, 1000.0, 300.0),
            ("Số: 12/QĐ-BTC", 250.0, 1000.0, 520.0),
            (
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                right,
                right + 1150.0,
                300.0,
            ),
            (
                "Hà Nội, ngày 05 tháng 01 năm 2024",
                right,
                right + 1150.0,
                520.0,
            ),
        ] {
            sheet.line(text, 46.0, from, to, base, layout::Set::Centred);
            sheet.next_block();
        }
        let body = "Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025 và các văn bản sửa đổi, bổ sung có \
                    liên quan; theo đề nghị của Vụ trưởng Vụ Ngân sách nhà nước tại Tờ trình số 5/TTr-NSNN;";
        sheet.paragraph(body, 54.0, (250.0, 2300.0), 680.0, 78.0);
        let expected: Vec<String> = sheet.lines.iter().map(words_joined).collect();
        assert_eq!(lines_found(&sheet.lines), expected, "gutter {gutter}");
    }
}

#[test]
fn cells_are_read_left_to_right_though_the_right_one_stands_higher() {
    let wide = "Danh sách các doanh nghiệp được tặng Giải thưởng Chất lượng Quốc gia năm 2009";
    let mut sheet = layout::Sheet::new(0.0);
    for (text, from, base) in [
        (wide, 300.0, 540.0),
        ("Công ty Cổ phần", 300.0, 630.0),
        ("Khu công nghiệp Sa Đéc", 1300.0, 614.0),
        (wide, 300.0, 700.0),
    ] {
        sheet.line(text, 50.0, from, 2300.0, base, layout::Set::Left);
    }
    let found = lines_found(&sheet.lines).join(" ");
    let expected = format!("{wide} Công ty Cổ phần Khu công nghiệp Sa Đéc {wide}");
    assert_eq!(found, expected);
}

#[test]
fn a_line_on_the_edge_of_the_page_is_found() {
    let mut sheet = layout::Sheet::new(0.0);
    let (foot, head) = (layout::HEIGHT as f32, 36.0);
    sheet.line("đầu trang", 50.0, 300.0, 2000.0, head, layout::Set::Left);
    sheet.next_block();
    sheet.line("cuối trang", 50.0, 300.0, 2000.0, foot, layout::Set::Left);
    assert_eq!(lines_found(&sheet.lines), ["đầu trang", "cuối trang"]);
}

#[test]
fn a_hyphen_at_the_end_of_a_line_is_no_division_of_a_word() {
    let mut sheet = layout::Sheet::new(0.0);
    for (text, base) in [
        ("Nghị định số 45/2014/NĐ-", 600.0),
        ("CP ngày 15 tháng 5", 680.0),
    ] {
        sheet.line(text, 54.0, 300.0, 2000.0, base, layout::Set::Left);
    }
    assert_eq!(
        lines_found(&sheet.lines),
        ["Nghị định số 45/2014/NĐ-", "CP ngày 15 tháng 5"]
    );
}

/// The lines that plain `pdftotext` finds, without empty ones.
fn lines_found(lines: &[Line]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, Profile::A2b, &blank(), lines);
    run("pdftotext", &[path(&file), "-"])
        .lines()
        .map(|line| words_of(line).join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

fn words_joined(line: &Line) -> String {
    let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

#[test]
fn a_highlight_covers_its_word() {
    for skew in [0.0, 0.7, -2.0] {
        let sheet = layout::decision(skew);
        let folder = tempfile::tempdir().unwrap();
        let html = run(
            "pdftotext",
            &[
                "-bbox",
                path(&written(&folder, Profile::A2b, &blank(), &sheet.lines)),
                "-",
            ],
        );
        let boxes = parsed_boxes(&html);
        let words: Vec<&Word> = sheet.lines.iter().flat_map(|line| &line.words).collect();
        let overlap = |word: &&Word| {
            let same = boxes.iter().filter(|(text, _)| *text == word.text);
            same.map(|(_, found)| common_share(scaled(word.bbox), *found))
                .fold(0.0, f32::max)
        };
        let mean = words.iter().map(overlap).sum::<f32>() / words.len() as f32;
        assert!(mean >= 0.8, "at {skew} degrees {mean}");
    }
}

#[test]
fn text_changes_no_pixel() {
    let sheet = layout::decision(1.0);
    let folder = tempfile::tempdir().unwrap();
    let shown = |name: &str, lines: &[Line]| {
        let file = save(
            &folder,
            name,
            &composed(Profile::A2b, &stripes(), lines).unwrap(),
        );
        run_bytes("pdftoppm", &["-r", "40", path(&file)])
    };
    let (without, with) = (shown("without.pdf", &[]), shown("with.pdf", &sheet.lines));
    assert!(without.len() > 10_000 && without.iter().any(|byte| *byte < 100));
    assert!(without == with);
}

#[test]
fn every_coding_in_every_profile_makes_a_sound_file() {
    let sheet = layout::decision(0.0);
    let folder = tempfile::tempdir().unwrap();
    for profile in [Profile::A1b, Profile::A2b, Profile::A2u, Profile::A3b] {
        for (name, image) in codings() {
            let name = format!("{name}-{profile:?}.pdf");
            let file = save(
                &folder,
                &name,
                &composed(profile, &image, &sheet.lines).unwrap(),
            );
            run("qpdf", &["--check", path(&file)]);
            let told = run("pdfinfo", &[path(&file)]);
            assert!(told.contains("Đề án & <thử>"), "{told}");
        }
    }
}

#[test]
fn what_a_part_forbids_is_refused_and_the_file_goes_on() {
    let deep = StoredImage {
        coding: flate(&[0; 128], 16, 1, None),
        ..blank()
    };
    let jpx = StoredImage {
        coding: Coding::Jpx {
            data: Arc::from(&[0_u8; 40][..]),
        },
        ..blank()
    };
    let torn = StoredImage {
        coding: flate(&[0; 8], 8, 1, Some(&[1, 2, 3, 4])),
        ..blank()
    };
    let flat = StoredImage {
        width: 0,
        ..blank()
    };
    let why = |profile, image: &StoredImage| match composed(profile, image, &[]) {
        Err(Error::Refused {
            page: 1,
            image: 1,
            why,
        }) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(Profile::A1b, &deep), Refusal::DeepInPart1);
    assert_eq!(why(Profile::A1b, &jpx), Refusal::JpxInPart1);
    assert!(matches!(why(Profile::A2b, &jpx), Refusal::Jpx(_)));
    assert!(matches!(why(Profile::A2b, &torn), Refusal::Parameters(_)));
    assert!(matches!(why(Profile::A2b, &flat), Refusal::Parameters(_)));

    let folder = tempfile::tempdir().unwrap();
    let mut writer = PdfaWriter::new(Vec::new(), options(Profile::A1b)).unwrap();
    for image in [&deep, &blank()] {
        let placed = [whole(image)];
        let _ = writer.page(&page(&placed, &[]));
    }
    let file = save(&folder, "on.pdf", &writer.finish().unwrap());
    assert_eq!(run("qpdf", &["--show-npages", path(&file)]).trim(), "1");
}

#[test]
fn hostile_words_make_a_sound_file() {
    let word = |text: &str, x: f32, y: f32, w: f32, h: f32| Word {
        text: text.to_owned(),
        bbox: Rect { x, y, w, h },
        confidence: 0.5,
        ..Word::default()
    };
    let line = |words: Vec<Word>, at: f32| Line {
        words,
        baseline: [Point { x: 0.0, y: at }, Point { x: at, y: at }],
        block: 0,
    };
    let lines = vec![
        line(vec![], 0.0),
        line(vec![word("", 1.0, 1.0, 1.0, 1.0)], 10.0),
        line(
            vec![
                word("NaN", f32::NAN, 0.0, 1.0, 1.0),
                word("đúng", 100.0, 100.0, 200.0, 40.0),
            ],
            f32::NAN,
        ),
        line(vec![word("xa", 1e30, -1e30, 1e30, 1e30)], f32::INFINITY),
        line(
            vec![
                word("lùi", 500.0, 300.0, -80.0, -20.0),
                word("lùi", 100.0, 300.0, 0.0, 0.0),
            ],
            300.0,
        ),
        line(
            vec![word(
                "𝒳\u{0}\u{7}\r(\\)\u{FEFF}ho\u{302}\u{300}",
                100.0,
                500.0,
                300.0,
                50.0,
            )],
            545.0,
        ),
        line(
            vec![
                word(&"m".repeat(5000), 100.0, 700.0, 3.0, 40.0),
                word("sau", 90.0, 700.0, 60.0, 40.0),
            ],
            740.0,
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, Profile::A2u, &blank(), &lines);
    run("qpdf", &["--check", path(&file)]);
    let text = run("pdftotext", &[path(&file), "-"]);
    assert!(text.contains("đúng"), "{text}");
    assert!(text.contains("\u{FFFD}(\\)hồ"), "{text}");
}

#[test]
fn pages_leave_as_they_come_and_twice_the_same() {
    let sheet = layout::decision(0.0);
    let (image, mut sizes) = (stripes(), Vec::new());
    let placed = [whole(&image)];
    let mut first = Vec::new();
    let mut writer = PdfaWriter::new(
        Counting {
            sink: &mut first,
            sizes: &mut sizes,
        },
        options(Profile::A2b),
    )
    .unwrap();
    for _ in 0..5 {
        writer.page(&page(&placed, &sheet.lines)).unwrap();
    }
    drop(writer);
    // The images and the text of all five pages are out before the end is asked for.
    let written = String::from_utf8_lossy(&first);
    assert_eq!(written.matches("/Subtype/Image").count(), 5);
    assert!(first.len() > 5 * 3000, "{}", first.len());
    assert_eq!(
        composed(Profile::A2b, &image, &sheet.lines).unwrap(),
        composed(Profile::A2b, &image, &sheet.lines).unwrap()
    );
}

#[test]
fn a_page_of_text_costs_little() {
    // Pages alone in their file, which then bear fonts, profile and metadata, and pages of a longer one.
    for (skew, pages, most) in [
        (0.0, 1, 10_000),
        (2.0, 1, 13_000),
        (0.0, 10, 5_000),
        (1.0, 10, 5_500),
    ] {
        let sheet = layout::decision(skew);
        let mut writer = PdfaWriter::new(Vec::new(), options(Profile::A2b)).unwrap();
        for _ in 0..pages {
            writer.page(&page(&[], &sheet.lines)).unwrap();
        }
        let size = writer.finish().unwrap().len() / pages;
        println!("{size} bytes a page at {skew} degrees, {pages} pages");
        assert!(size < most, "{size} bytes a page at {skew} degrees");
    }
}

#[test]
fn hocr_and_alto_nest_and_number() {
    let sheet = layout::decision(2.0);
    let document = DocumentText {
        title: "Đề án & <thử>",
        language: "vi-VN",
        creator: "Saoy",
    };
    let mut hocr = HocrWriter::new(Vec::new(), &document).unwrap();
    let mut alto = AltoWriter::new(Vec::new(), &document, "a&b.tif").unwrap();
    for number in 1..=2 {
        let page = PageText {
            number,
            image: "a\"b.jpg",
            width_px: layout::WIDTH,
            height_px: layout::HEIGHT,
            dpi: 300.0,
            lines: &sheet.lines,
        };
        hocr.page(&page).unwrap();
        alto.page(&page).unwrap();
    }
    let words = sheet
        .lines
        .iter()
        .map(|line| line.words.len())
        .sum::<usize>()
        * 2;
    for (text, word) in [
        (hocr.finish().unwrap(), "class=\"ocrx_word\""),
        (alto.finish().unwrap(), "<String "),
    ] {
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.matches(word).count(), words);
        assert_nested(&text);
    }
}

/// Every element is closed in order, every attribute quoted, every `id` its own.
fn assert_nested(xml: &str) {
    let (mut open, mut ids) = (Vec::new(), HashSet::new());
    for tag in xml
        .split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
    {
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in </{name}>");
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "in <{tag}>");
        let id = tag
            .split(" id=\"")
            .nth(1)
            .or_else(|| tag.split(" ID=\"").nth(1));
        if let Some(id) = id.and_then(|rest| rest.split('"').next()) {
            assert!(ids.insert(id), "{id} twice");
        }
        if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

struct Counting<'a> {
    sink: &'a mut Vec<u8>,
    sizes: &'a mut Vec<usize>,
}

impl Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.sizes.push(bytes.len());
        self.sink.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn codings() -> Vec<(&'static str, StoredImage)> {
    let fax = Coding::Ccitt {
        // Eight rows of white and the end mark (ITU-T T.6).
        data: Arc::from(&[0xFF_u8, 0x00, 0x10, 0x01][..]),
        k: -1,
        black_is_1: false,
        byte_align: false,
        end_of_line: false,
        end_of_block: true,
    };
    let jpeg = Coding::Jpeg {
        data: Arc::from(JPEG),
        components: 1,
        inverted: false,
        icc: None,
    };
    let small = |coding| StoredImage {
        width: 8,
        height: 8,
        coding,
        untouched: true,
    };
    vec![
        ("jpeg", small(jpeg)),
        ("fax", small(fax)),
        ("rgb", small(flate(&[200; 192], 8, 3, None))),
        (
            "palette",
            small(flate(&[0x01; 32], 4, 1, Some(&[0, 0, 0, 255, 255, 255]))),
        ),
        ("bilevel", blank()),
    ]
}

fn flate(raw: &[u8], bits: u8, colors: u8, palette: Option<&[u8]>) -> Coding {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(raw).unwrap();
    let data = Arc::from(encoder.finish().unwrap());
    Coding::Flate {
        data,
        bits,
        colors,
        png_rows: false,
        palette: palette.map(Arc::from),
        icc: None,
    }
}

fn blank() -> StoredImage {
    StoredImage {
        width: 8,
        height: 8,
        coding: flate(&[0xFF; 8], 1, 1, None),
        untouched: false,
    }
}

fn stripes() -> StoredImage {
    StoredImage {
        width: 8,
        height: 8,
        coding: flate(&[0xF0, 0x0F, 0xAA, 0x55, 0, 0xFF, 1, 2], 1, 1, None),
        untouched: false,
    }
}

fn whole(image: &StoredImage) -> Placement<'_> {
    let area = Rect {
        x: 0.0,
        y: 0.0,
        w: layout::WIDTH as f32,
        h: layout::HEIGHT as f32,
    };
    Placement::filling(image, Turn::None, area)
}

fn page<'a>(images: &'a [Placement<'a>], lines: &'a [Line]) -> PageSpec<'a> {
    let (width, height) = (layout::WIDTH, layout::HEIGHT);
    PageSpec {
        width_px: width,
        height_px: height,
        width_pt: width as f32 * SCALE,
        height_pt: height as f32 * SCALE,
        images,
        lines,
    }
}

fn options(profile: Profile) -> Options {
    Options {
        profile,
        title: "Đề án & <thử>".to_owned(),
        id: [7; 16],
        ..Options::default()
    }
}

fn composed(profile: Profile, image: &StoredImage, lines: &[Line]) -> Result<Vec<u8>, Error> {
    let mut writer = PdfaWriter::new(Vec::new(), options(profile))?;
    let placed = [whole(image)];
    writer.page(&page(&placed, lines))?;
    writer.finish()
}

fn written(
    folder: &tempfile::TempDir,
    profile: Profile,
    image: &StoredImage,
    lines: &[Line],
) -> PathBuf {
    save(
        folder,
        "page.pdf",
        &composed(profile, image, lines).unwrap(),
    )
}

fn save(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> String {
    String::from_utf8(run_bytes(program, arguments)).unwrap()
}

fn run_bytes(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| {
            panic!("{program}: {error}; it is in the Debian packages poppler-utils and qpdf")
        });
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaint.is_empty(),
        "{program} {arguments:?}: {complaint}"
    );
    output.stdout
}

fn words_of(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The words of `pdftotext -bbox`, in points from the top left.
fn parsed_boxes(html: &str) -> Vec<(String, Rect)> {
    html.lines()
        .filter_map(|line| {
            let (head, rest) = line.trim().strip_prefix("<word ")?.split_once('>')?;
            let side = |name: &str| {
                head.split(&format!("{name}=\""))
                    .nth(1)?
                    .split('"')
                    .next()?
                    .parse::<f32>()
                    .ok()
            };
            let (x, y) = (side("xMin")?, side("yMin")?);
            let found = Rect {
                x,
                y,
                w: side("xMax")? - x,
                h: side("yMax")? - y,
            };
            Some((rest.strip_suffix("</word>")?.replace("&amp;", "&"), found))
        })
        .collect()
}

fn scaled(r: Rect) -> Rect {
    Rect {
        x: r.x * SCALE,
        y: r.y * SCALE,
        w: r.w * SCALE,
        h: r.h * SCALE,
    }
}

/// The common area of two rectangles, as a part of what they cover together.
fn common_share(a: Rect, b: Rect) -> f32 {
    let wide = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    let high = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    let common = wide.max(0.0) * high.max(0.0);
    common / (a.w * a.h + b.w * b.h - common)
}
