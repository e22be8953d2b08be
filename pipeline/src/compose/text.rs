//! The words as plain text: a line is a line, blocks are parted by an empty line, pages by a form feed.

use std::io::{self, Write};

use super::{blocks, nfc};
use crate::document::Line;

/// Writes UTF-8 in NFC, page after page.
pub struct TextWriter<W> {
    sink: W,
    begun: bool,
}

impl<W: Write> TextWriter<W> {
    /// Starts an empty text.
    pub fn new(sink: W) -> Self {
        Self { sink, begun: false }
    }

    /// Writes the lines of the next page; a page without lines is an empty page.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn page(&mut self, lines: &[Line]) -> io::Result<()> {
        if self.begun {
            self.sink.write_all(b"\x0C")?;
        }
        self.begun = true;
        for (index, block) in blocks(lines).enumerate() {
            if index > 0 {
                self.sink.write_all(b"\n")?;
            }
            for line in block {
                let words: Vec<String> = line.words.iter().map(|word| plain(&word.text)).collect();
                writeln!(self.sink, "{}", words.join(" "))?;
            }
        }
        Ok(())
    }

    /// Ends the text with a line end, whatever the last page held, and hands the sink back, flushed.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self) -> io::Result<W> {
        self.sink.flush()?;
        Ok(self.sink)
    }
}

/// NFC, with controls (a line end above all) as nothing: one line of the page stays one line.
fn plain(text: &str) -> String {
    nfc(text).chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Rect, Word};

    fn line(block: u32, words: &[&str]) -> Line {
        let word = |text: &&str| Word {
            text: (*text).to_owned(),
            bbox: Rect::default(),
            confidence: 1.0,
            ..Word::default()
        };
        Line {
            words: words.iter().map(word).collect(),
            baseline: [Point::default(); 2],
            block,
        }
    }

    #[test]
    fn blocks_and_pages_are_parted() {
        let mut text = TextWriter::new(Vec::new());
        text.page(&[
            line(1, &["Số:", "1"]),
            line(1, &["ho\u{302}\u{300}"]),
            line(2, &["c\nd"]),
        ])
        .unwrap();
        text.page(&[]).unwrap();
        text.page(&[line(1, &["cuối"])]).unwrap();
        let out = String::from_utf8(text.finish().unwrap()).unwrap();
        assert_eq!(out, "Số: 1\nhồ\n\ncd\n\u{c}\u{c}cuối\n");
    }
}
