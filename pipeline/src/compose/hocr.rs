//! hOCR 1.2: the words with their boxes as XHTML, in px of the page as shown.

use std::io::{self, Write};

use super::xml::escaped;
use super::{PageSpec, line_box, union};
use crate::document::{Line, Rect};

/// Writes hOCR page by page.
pub struct Writer<W> {
    out: W,
    source: String,
    page: usize,
}

impl<W: Write> Writer<W> {
    /// Starts the file; `source` is the image file that the pages refer to.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn new(mut out: W, title: &str, source: &str) -> io::Result<Self> {
        write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
             \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<title>{}</title>\n\
             <meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n\
             <meta name=\"ocr-system\" content=\"{}\"/>\n\
             <meta name=\"ocr-capabilities\" content=\"ocr_page ocr_carea ocr_par ocr_line ocrx_word\"/>\n\
             </head>\n<body>\n",
            escaped(title),
            concat!("Saoy ", env!("CARGO_PKG_VERSION")),
        )?;
        Ok(Self { out, source: source.to_owned(), page: 0 })
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn page(&mut self, page: &PageSpec<'_>) -> io::Result<()> {
        let number = self.page + 1;
        writeln!(
            self.out,
            "<div class=\"ocr_page\" id=\"page_{number}\" title=\"image &quot;{}&quot;; bbox 0 0 {} {}; ppageno {}\">",
            escaped(&self.source.replace('"', "'")),
            page.width_px,
            page.height_px,
            self.page
        )?;
        let mut rest = page.lines;
        let mut counts = Counts { page: number, area: 0, line: 0, word: 0 };
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|line| line.block == first.block).count();
            let (block, after) = rest.split_at(length);
            self.block(block, &mut counts)?;
            rest = after;
        }
        self.page = number;
        self.out.write_all(b"</div>\n")
    }

    /// Ends the file and hands the sink back, flushed.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"</body>\n</html>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, lines: &[Line], counts: &mut Counts) -> io::Result<()> {
        let Some(bounds) = union(lines.iter().filter_map(line_box)) else { return Ok(()) };
        counts.area += 1;
        let (page, area) = (counts.page, counts.area);
        writeln!(
            self.out,
            "<div class=\"ocr_carea\" id=\"block_{page}_{area}\" title=\"{b}\">\n\
             <p class=\"ocr_par\" id=\"par_{page}_{area}\" title=\"{b}\">",
            b = bbox(bounds)
        )?;
        for line in lines {
            self.line(line, counts)?;
        }
        self.out.write_all(b"</p>\n</div>\n")
    }

    fn line(&mut self, line: &Line, counts: &mut Counts) -> io::Result<()> {
        let Some(bounds) = line_box(line) else { return Ok(()) };
        counts.line += 1;
        let (slope, offset) = baseline(line, bounds);
        write!(
            self.out,
            "<span class=\"ocr_line\" id=\"line_{}_{}\" title=\"{}; baseline {slope:.4} {offset:.1}\">",
            counts.page,
            counts.line,
            bbox(bounds)
        )?;
        for (index, word) in line.words.iter().enumerate() {
            counts.word += 1;
            let space = if index == 0 { "" } else { " " };
            write!(
                self.out,
                "{space}<span class=\"ocrx_word\" id=\"word_{}_{}\" title=\"{}; x_wconf {:.0}\">{}</span>",
                counts.page,
                counts.word,
                bbox(word.bbox),
                word.confidence * 100.0,
                escaped(&word.text)
            )?;
        }
        self.out.write_all(b"</span>\n")
    }
}

struct Counts {
    page: usize,
    area: usize,
    line: usize,
    word: usize,
}

/// The `bbox` property: left, top, right, bottom in whole px.
fn bbox(b: Rect) -> String {
    format!("bbox {:.0} {:.0} {:.0} {:.0}", b.x.max(0.0), b.y.max(0.0), (b.x + b.w).max(0.0), (b.y + b.h).max(0.0))
}

/// Slope, and offset from the bottom left corner of the line's box (hOCR 1.2, 5.4.3).
fn baseline(line: &Line, bounds: Rect) -> (f32, f32) {
    let [a, b] = line.baseline;
    let run = b.x - a.x;
    let slope = if run.abs() < 1.0 { 0.0 } else { (b.y - a.y) / run };
    (slope, a.y + slope * (bounds.x - a.x) - (bounds.y + bounds.h))
}
