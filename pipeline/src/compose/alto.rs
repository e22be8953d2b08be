//! ALTO 4: the words with their boxes as the libraries' XML, in px of the page as shown.

use std::io::{self, Write};

use super::xml::escaped;
use super::{PageSpec, line_box, union};
use crate::document::{Line, Rect};

/// Writes ALTO page by page.
pub struct Writer<W> {
    out: W,
    page: usize,
}

impl<W: Write> Writer<W> {
    /// Starts the file; `source` is the image file that the pages come from.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn new(mut out: W, source: &str) -> io::Result<Self> {
        write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# \
             http://www.loc.gov/standards/alto/v4/alto-4-2.xsd\">\n\
             <Description>\n<MeasurementUnit>pixel</MeasurementUnit>\n\
             <sourceImageInformation><fileName>{}</fileName></sourceImageInformation>\n\
             <Processing ID=\"ocr\"><processingSoftware><softwareName>Saoy</softwareName>\
             <softwareVersion>{}</softwareVersion></processingSoftware></Processing>\n\
             </Description>\n<Layout>\n",
            escaped(source),
            env!("CARGO_PKG_VERSION"),
        )?;
        Ok(Self { out, page: 0 })
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn page(&mut self, page: &PageSpec<'_>) -> io::Result<()> {
        self.page += 1;
        let number = self.page;
        let (width, height) = (page.width_px, page.height_px);
        writeln!(
            self.out,
            "<Page ID=\"p{number}\" PHYSICAL_IMG_NR=\"{number}\" WIDTH=\"{width}\" HEIGHT=\"{height}\">\n\
             <PrintSpace HPOS=\"0\" VPOS=\"0\" WIDTH=\"{width}\" HEIGHT=\"{height}\">"
        )?;
        let mut rest = page.lines;
        let (mut block, mut line) = (0, 0);
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|other| other.block == first.block).count();
            let (lines, after) = rest.split_at(length);
            block += 1;
            self.block(lines, block, &mut line)?;
            rest = after;
        }
        self.out.write_all(b"</PrintSpace>\n</Page>\n")
    }

    /// Ends the file and hands the sink back, flushed.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"</Layout>\n</alto>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, lines: &[Line], block: usize, count: &mut usize) -> io::Result<()> {
        let Some(bounds) = union(lines.iter().filter_map(line_box)) else { return Ok(()) };
        writeln!(self.out, "<TextBlock ID=\"p{}b{block}\" {}>", self.page, place(bounds))?;
        for line in lines {
            *count += 1;
            self.line(line, *count)?;
        }
        self.out.write_all(b"</TextBlock>\n")
    }

    fn line(&mut self, line: &Line, number: usize) -> io::Result<()> {
        let Some(bounds) = line_box(line) else { return Ok(()) };
        let [a, b] = line.baseline;
        // From 4.0 on a baseline may be a list of points (ALTO 4, PointsType).
        let baseline = format!("{:.0},{:.0} {:.0},{:.0}", a.x.max(0.0), a.y.max(0.0), b.x.max(0.0), b.y.max(0.0));
        writeln!(self.out, "<TextLine ID=\"p{}l{number}\" {} BASELINE=\"{baseline}\">", self.page, place(bounds))?;
        let mut previous: Option<Rect> = None;
        for word in &line.words {
            if let Some(left) = previous {
                let at = left.x + left.w;
                let gap = (word.bbox.x - at).max(0.0);
                write!(self.out, "<SP WIDTH=\"{gap:.0}\" VPOS=\"{:.0}\" HPOS=\"{:.0}\"/>", left.y.max(0.0), at.max(0.0))?;
            }
            write!(
                self.out,
                "<String CONTENT=\"{}\" {} WC=\"{:.2}\"/>",
                escaped(&word.text),
                place(word.bbox),
                word.confidence
            )?;
            previous = Some(word.bbox);
        }
        self.out.write_all(b"</TextLine>\n")
    }
}

fn place(b: Rect) -> String {
    format!(
        "HPOS=\"{:.0}\" VPOS=\"{:.0}\" WIDTH=\"{:.0}\" HEIGHT=\"{:.0}\"",
        b.x.max(0.0),
        b.y.max(0.0),
        b.w.max(0.0),
        b.h.max(0.0)
    )
}
