//! Plain text: the lines in reading order, an empty line between blocks, a form feed between pages.

use std::io::{self, Write};

use crate::document::Line;

/// Writes pages of plain text as they come; UTF-8, NFC as the lines are.
pub struct Writer<W> {
    out: W,
    begun: bool,
}

impl<W: Write> Writer<W> {
    /// Starts the text.
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn page(&mut self, lines: &[Line]) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            self.out.write_all(b"\x0C")?;
        }
        let mut block = None;
        for line in lines {
            if block.is_some_and(|block| block != line.block) {
                self.out.write_all(b"\n")?;
            }
            block = Some(line.block);
            self.out.write_all(line.text().as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Hands the sink back, flushed.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Rect, Word};

    fn line(text: &str, block: u32) -> Line {
        let word = |text: &str| Word { text: text.to_owned(), bbox: Rect::default(), confidence: 1.0 };
        Line { words: text.split(' ').map(word).collect(), baseline: [Point::default(); 2], block }
    }

    #[test]
    fn blocks_and_pages_are_set_apart() {
        let mut writer = Writer::new(Vec::new());
        writer.page(&[line("BỘ NỘI VỤ", 0), line("Số: 15/QĐ-BNV", 0), line("Điều 1.", 1)]).unwrap();
        writer.page(&[]).unwrap();
        writer.page(&[line("Nơi nhận:", 0)]).unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(text, "BỘ NỘI VỤ\nSố: 15/QĐ-BNV\n\nĐiều 1.\n\x0C\x0CNơi nhận:\n");
    }
}
