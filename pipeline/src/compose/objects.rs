//! Numbered objects on their way to a sink, and the table that finds them again (ISO 32000-1, 7.5).

use std::io::{self, Write};

/// Largest number of indirect objects (ISO 19005-1 by way of PDF 1.4, appendix C; ISO 19005-2, 6.1.13).
const MAX_OBJECTS: usize = 8_388_607;
/// Offsets in a cross-reference table have ten digits.
const MAX_OFFSET: u64 = 9_999_999_999;

/// The number of an indirect object; generation 0 always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ref(u32);

impl std::fmt::Display for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} 0 R", self.0)
    }
}

/// Writes objects as they come and remembers only where each began.
pub(super) struct ObjectWriter<W> {
    sink: W,
    position: u64,
    /// Offset of object `index + 1`; `None` while it is promised but not written.
    offsets: Vec<Option<u64>>,
}

impl<W: Write> ObjectWriter<W> {
    /// Starts the file with its header line and the binary mark (ISO 19005-1, 6.1.2).
    pub(super) fn new(sink: W, version: &str) -> io::Result<Self> {
        let mut writer = Self {
            sink,
            position: 0,
            offsets: Vec::new(),
        };
        writer.put(format!("%PDF-{version}\n").as_bytes())?;
        writer.put(b"%\xE2\xE3\xCF\xD3\n")?;
        Ok(writer)
    }

    /// The number for an object that will be written later.
    pub(super) fn promise(&mut self) -> Ref {
        self.offsets.push(None);
        Ref(u32::try_from(self.offsets.len()).unwrap_or(u32::MAX))
    }

    /// True when the next page could run past what the file format can number.
    pub(super) fn is_full(&self) -> bool {
        // A page needs far fewer than 4,096 objects besides its overlays.
        self.offsets.len() > MAX_OBJECTS - 4096 || self.position > MAX_OFFSET - (1 << 31)
    }

    /// Writes the promised object `at`.
    pub(super) fn object(&mut self, at: Ref, body: &str) -> io::Result<()> {
        self.begin(at)?;
        self.put(body.as_bytes())?;
        self.put(b"\nendobj\n")
    }

    /// Writes the promised stream `at`; `entries` are those of its dictionary besides `/Length`.
    pub(super) fn stream(&mut self, at: Ref, entries: &str, data: &[u8]) -> io::Result<()> {
        self.begin(at)?;
        self.put(format!("<<{entries}/Length {}>>\nstream\n", data.len()).as_bytes())?;
        self.put(data)?;
        self.put(b"\nendstream\nendobj\n")
    }

    /// Ends the file: cross-reference table, trailer, end mark.
    pub(super) fn finish(mut self, trailer: &str) -> io::Result<W> {
        let start = self.position;
        let size = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in std::mem::take(&mut self.offsets) {
            match offset {
                Some(offset) => table.push_str(&format!("{offset:010} 00000 n \n")),
                None => return Err(io::Error::other("an object was promised and never written")),
            }
        }
        self.put(table.as_bytes())?;
        let end = format!("trailer\n<</Size {size}{trailer}>>\nstartxref\n{start}\n%%EOF\n");
        self.put(end.as_bytes())?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn begin(&mut self, at: Ref) -> io::Result<()> {
        let slot = (at.0 as usize)
            .checked_sub(1)
            .and_then(|index| self.offsets.get_mut(index));
        match slot {
            Some(slot @ None) => *slot = Some(self.position),
            _ => {
                return Err(io::Error::other(
                    "an object was written twice or never promised",
                ));
            }
        }
        self.put(format!("{} 0 obj\n", at.0).as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

/// A number as PDF writes it: at most four decimals, no exponent, no trailing zeros.
pub(super) fn number(value: f32) -> String {
    rounded(value, 4)
}

/// `value` with at most `decimals` decimals, without trailing zeros or a leading one.
pub(super) fn rounded(value: f32, decimals: usize) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let mut text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if let Some(rest) = text.strip_prefix("0.") {
        return format!(".{rest}");
    }
    if let Some(rest) = text.strip_prefix("-0.") {
        return format!("-.{rest}");
    }
    if text == "-0" { "0".to_owned() } else { text }
}

/// A text string in UTF-16BE with its mark, in hexadecimal (ISO 32000-1, 7.9.2.2).
pub(super) fn text_string(text: &str) -> String {
    let mut out = String::from("<FEFF");
    for unit in text.encode_utf16() {
        out.push_str(&format!("{unit:04X}"));
    }
    out.push('>');
    out
}

/// `data` as a zlib stream.
pub(super) fn deflate(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(8));
    encoder.write_all(data)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(12.0), "12");
        assert_eq!(number(0.5), ".5");
        assert_eq!(number(-0.25), "-.25");
        assert_eq!(number(-0.000_01), "0");
        assert_eq!(number(1200.0), "1200");
        assert_eq!(number(f32::NAN), "0");
    }

    #[test]
    fn a_promise_must_be_kept() {
        let mut writer = ObjectWriter::new(Vec::new(), "1.7").unwrap();
        let first = writer.promise();
        let _second = writer.promise();
        writer.object(first, "<<>>").unwrap();
        assert!(writer.object(first, "<<>>").is_err());
        assert!(writer.finish("").is_err());
    }
}
