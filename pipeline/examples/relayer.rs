//! Sets the text layer anew from hOCR, without images: `relayer OUTDIR IN.hocr...`; for comparing what readers make of it.

use std::error::Error;
use std::path::Path;

use saoy_pipeline::compose::PageSpec;
use saoy_pipeline::compose::pdfa::{Options, PdfaWriter};
use saoy_pipeline::document::{Line, Point, Rect, Word};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, sources @ ..] = arguments.as_slice() else {
        return Err("usage: relayer OUTDIR IN.hocr...".into());
    };
    std::fs::create_dir_all(folder)?;
    for source in sources {
        let text = std::fs::read_to_string(source)?;
        let stem = Path::new(source).file_stem().unwrap_or_default();
        let target = Path::new(folder).join(stem).with_extension("pdf");
        std::fs::write(target, layered(&text, &stem.to_string_lossy())?)?;
    }
    Ok(())
}

fn layered(hocr: &str, title: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let options = Options {
        title: title.to_owned(),
        ..Options::default()
    };
    let mut writer = PdfaWriter::new(Vec::new(), options)?;
    for page in hocr.split("class=\"ocr_page\"").skip(1) {
        let [_, _, width, height] = numbers::<4>(page, "bbox ").ok_or("a page without a size")?;
        let [dpi] = numbers::<1>(page, "scan_res ").ok_or("a page without a resolution")?;
        let lines = lines(page);
        writer.page(&PageSpec {
            width_px: width as u32,
            height_px: height as u32,
            width_pt: width * 72.0 / dpi,
            height_pt: height * 72.0 / dpi,
            images: &[],
            lines: &lines,
        })?;
    }
    Ok(writer.finish()?)
}

fn lines(page: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (block, area) in (0..).zip(page.split("class=\"ocr_carea\"").skip(1)) {
        for line in area.split("class=\"ocr_line\"").skip(1) {
            let words: Vec<Word> = line
                .split("class=\"ocrx_word\"")
                .skip(1)
                .filter_map(word)
                .collect();
            let around = numbers::<4>(line, "bbox ").unwrap_or_default();
            let [slope, offset] = numbers::<2>(line, "baseline ").unwrap_or_default();
            let at = |x: f32| Point {
                x,
                y: around[3] + offset + (x - around[0]) * slope,
            };
            lines.push(Line {
                words,
                baseline: [at(around[0]), at(around[2])],
                block,
            });
        }
    }
    lines
}

fn word(span: &str) -> Option<Word> {
    let [left, top, right, foot] = numbers::<4>(span, "bbox ")?;
    let text = span.split_once('>')?.1.split_once("</span>")?.0;
    let text = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(Word {
        text,
        bbox: Rect {
            x: left,
            y: top,
            w: right - left,
            h: foot - top,
        },
        confidence: 1.0,
        ..Word::default()
    })
}

/// The numbers that follow the first `key`.
fn numbers<const N: usize>(text: &str, key: &str) -> Option<[f32; N]> {
    let rest = text.split_once(key)?.1;
    let mut found = rest
        .split([' ', ';', '"'])
        .map_while(|field| field.parse().ok());
    let mut out = [0.0; N];
    for slot in &mut out {
        *slot = found.next()?;
    }
    Some(out)
}
