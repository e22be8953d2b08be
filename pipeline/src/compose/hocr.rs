//! The words as hOCR 1.2: XHTML with boxes, baselines and confidences in the titles of its elements.

use std::io::{self, Write};

use super::xml::escaped;
use super::{DocumentText, PageText, PixelBox, blocks, nfc};
use crate::document::{Line, Word};

/// Writes a document page by page.
pub struct HocrWriter<W> {
    sink: W,
}

impl<W: Write> HocrWriter<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn new(mut sink: W, document: &DocumentText<'_>) -> io::Result<Self> {
        let (title, creator) = (escaped(&nfc(document.title)), escaped(document.creator));
        let language = escaped(document.language);
        write!(
            sink,
            r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">
<head>
<title>{title}</title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="{creator}"/>
<meta name="ocr-langs" content="{language}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"/>
</head>
<body>
"#
        )?;
        Ok(Self { sink })
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn page(&mut self, page: &PageText<'_>) -> io::Result<()> {
        let number = page.number;
        // Inside the title the name stands in double quotes, and a backslash would escape.
        let image = page.image.replace(['"', '\\'], "_");
        let dpi = page.dpi.round();
        writeln!(
            self.sink,
            r#"<div class="ocr_page" id="page_{number}" title="image &quot;{}&quot;; bbox 0 0 {} {}; ppageno {}; scan_res {dpi} {dpi}">"#,
            escaped(&image),
            page.width_px,
            page.height_px,
            number.saturating_sub(1)
        )?;
        let (mut lines, mut words) = (0, 0);
        for (index, block) in blocks(page.lines).enumerate() {
            let (id, place) = (
                format!("{number}_{}", index + 1),
                bbox(PixelBox::around(block)),
            );
            writeln!(
                self.sink,
                r#"<div class="ocr_carea" id="block_{id}" title="{place}">"#
            )?;
            writeln!(
                self.sink,
                r#"<p class="ocr_par" id="par_{id}" title="{place}">"#
            )?;
            for line in block {
                lines += 1;
                self.line(line, &format!("{number}_{lines}"), &mut words)?;
            }
            writeln!(self.sink, "</p>\n</div>")?;
        }
        writeln!(self.sink, "</div>")
    }

    /// Writes the end and hands the sink back, flushed.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self) -> io::Result<W> {
        writeln!(self.sink, "</body>\n</html>")?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn line(&mut self, line: &Line, id: &str, words: &mut u32) -> io::Result<()> {
        let around = PixelBox::around(std::slice::from_ref(line));
        let baseline = baseline(line, around);
        write!(
            self.sink,
            r#"<span class="ocr_line" id="line_{id}" title="{}{baseline}">"#,
            bbox(around)
        )?;
        let page = id.split('_').next().unwrap_or_default();
        for (index, word) in line.words.iter().enumerate() {
            *words += 1;
            let space = if index > 0 { " " } else { "" };
            write!(
                self.sink,
                "{space}{}",
                span(word, &format!("word_{page}_{words}"))
            )?;
        }
        writeln!(self.sink, "</span>")
    }
}

fn span(word: &Word, id: &str) -> String {
    let confidence = (word.confidence.clamp(0.0, 1.0) * 100.0).round() as u8;
    let (place, text) = (bbox(PixelBox::of(word.bbox)), escaped(&nfc(&word.text)));
    let engine = word.engine.as_deref().map(engine).unwrap_or_default();
    format!(
        r#"<span class="ocrx_word" id="{id}" title="{place}; x_wconf {confidence}"{engine}>{text}</span>"#
    )
}

/// What the engine read where the word says something else, as an attribute of our own: readers of hOCR take only the
/// properties they know in a title.
fn engine(read: &str) -> String {
    format!(r#" data-engine="{}""#, escaped(&nfc(read)))
}

fn bbox(place: PixelBox) -> String {
    format!(
        "bbox {} {} {} {}",
        place.left, place.top, place.right, place.bottom
    )
}

/// Slope, and the offset where the baseline crosses the left edge, from the box's lower left corner (hOCR 1.2, 4.2).
fn baseline(line: &Line, around: PixelBox) -> String {
    let [start, end] = line.baseline;
    let slope = (end.y - start.y) / (end.x - start.x);
    let offset = start.y + (around.left as f32 - start.x) * slope - around.bottom as f32;
    if slope.is_finite() && offset.is_finite() {
        format!("; baseline {slope:.4} {offset:.1}")
    } else {
        String::new()
    }
}
