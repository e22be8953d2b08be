//! The words as ALTO 4, the form in which libraries and archives keep recognised text.

use std::io::{self, Write};

use super::xml::escaped;
use super::{DocumentText, PageText, PixelBox, blocks, nfc};
use crate::document::{Line, Word};

/// Writes a document page by page.
pub struct AltoWriter<W> {
    sink: W,
    language: String,
}

impl<W: Write> AltoWriter<W> {
    /// Writes the description; `source` is the name of the file that the pages came from.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn new(mut sink: W, document: &DocumentText<'_>, source: &str) -> io::Result<Self> {
        let (source, creator) = (escaped(&nfc(source)), escaped(&nfc(document.creator)));
        write!(
            sink,
            r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>{source}</fileName></sourceImageInformation>
<Processing ID="ocr"><processingSoftware><softwareName>{creator}</softwareName></processingSoftware></Processing>
</Description>
<Layout>
"#
        )?;
        Ok(Self {
            sink,
            language: escaped(document.language),
        })
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn page(&mut self, page: &PageText<'_>) -> io::Result<()> {
        let PageText {
            number,
            width_px,
            height_px,
            ..
        } = *page;
        writeln!(
            self.sink,
            r#"<Page ID="page_{number}" PHYSICAL_IMG_NR="{number}" WIDTH="{width_px}" HEIGHT="{height_px}">"#
        )?;
        writeln!(
            self.sink,
            r#"<PrintSpace HPOS="0" VPOS="0" WIDTH="{width_px}" HEIGHT="{height_px}">"#
        )?;
        let (mut lines, mut words) = (0, 0);
        for (index, block) in blocks(page.lines).enumerate() {
            writeln!(
                self.sink,
                r#"<TextBlock ID="block_{number}_{}" {} LANG="{}">"#,
                index + 1,
                place(PixelBox::around(block)),
                self.language
            )?;
            // A TextLine without a String is not valid.
            for line in block.iter().filter(|line| !line.words.is_empty()) {
                lines += 1;
                self.line(line, number, lines, &mut words)?;
            }
            writeln!(self.sink, "</TextBlock>")?;
        }
        writeln!(self.sink, "</PrintSpace>\n</Page>")
    }

    /// Writes the end and hands the sink back, flushed.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self) -> io::Result<W> {
        writeln!(self.sink, "</Layout>\n</alto>")?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn line(&mut self, line: &Line, page: u32, number: u32, words: &mut u32) -> io::Result<()> {
        let around = place(PixelBox::around(std::slice::from_ref(line)));
        let baseline = baseline(line);
        writeln!(
            self.sink,
            r#"<TextLine ID="line_{page}_{number}" {around}{baseline}>"#
        )?;
        let mut left: Option<PixelBox> = None;
        for word in &line.words {
            *words += 1;
            let here = PixelBox::of(word.bbox);
            if let Some(left) = left {
                let width = (here.left - left.right).max(0);
                writeln!(
                    self.sink,
                    r#"<SP HPOS="{}" VPOS="{}" WIDTH="{width}"/>"#,
                    left.right, left.top
                )?;
            }
            left = Some(here);
            writeln!(
                self.sink,
                "{}",
                string(word, &format!("word_{page}_{words}"))
            )?;
        }
        writeln!(self.sink, "</TextLine>")
    }
}

fn string(word: &Word, id: &str) -> String {
    let confidence = word.confidence.clamp(0.0, 1.0);
    let (place, text) = (place(PixelBox::of(word.bbox)), escaped(&nfc(&word.text)));
    format!(r#"<String ID="{id}" {place} WC="{confidence:.2}" CONTENT="{text}"/>"#)
}

fn place(at: PixelBox) -> String {
    format!(
        r#"HPOS="{}" VPOS="{}" WIDTH="{}" HEIGHT="{}""#,
        at.left,
        at.top,
        at.right.saturating_sub(at.left),
        at.bottom.saturating_sub(at.top)
    )
}

/// The two ends of the baseline as ALTO 4 writes points.
fn baseline(line: &Line) -> String {
    let [start, end] = line.baseline;
    if [start.x, start.y, end.x, end.y]
        .iter()
        .all(|value| value.is_finite())
    {
        format!(
            r#" BASELINE="{:.0},{:.0} {:.0},{:.0}""#,
            start.x, start.y, end.x, end.y
        )
    } else {
        String::new()
    }
}
