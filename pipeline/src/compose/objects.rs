//! Numbered objects on their way to a sink, written as PDF syntax (ISO 32000-1, 7.3 and 7.5).

use std::io::{self, Write};

use saoy_pdf::{FileWriter, PdfError};

/// Largest number of indirect objects (ISO 19005-1 by way of PDF 1.4, appendix C; ISO 19005-2, 6.1.13).
const MAX_OBJECTS: u64 = 8_388_607;
/// Offsets in a cross-reference table have ten digits.
const MAX_OFFSET: u64 = 9_999_999_999;

/// The number of an indirect object; generation 0 always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ref(saoy_pdf::Ref);

impl std::fmt::Display for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} 0 R", self.0.get())
    }
}

impl Ref {
    /// The same number for objects that are copied.
    pub(super) fn inner(self) -> saoy_pdf::Ref {
        self.0
    }
}

impl From<saoy_pdf::Ref> for Ref {
    fn from(inner: saoy_pdf::Ref) -> Self {
        Self(inner)
    }
}

/// Writes objects given as text.
pub(super) struct ObjectWriter<W> {
    file: FileWriter<W>,
    promised: u64,
}

impl<W: Write> ObjectWriter<W> {
    /// Starts a file of PDF 1.4 with its header line and the binary mark (ISO 19005-1, 6.1.2).
    pub(super) fn classic(sink: W) -> io::Result<Self> {
        FileWriter::new(sink, "1.4").map(Self::of).map_err(io_error)
    }

    /// Starts a file of PDF 1.7, whose objects are packed into streams.
    pub(super) fn packing(sink: W) -> io::Result<Self> {
        FileWriter::packing(sink, "1.7")
            .map(Self::of)
            .map_err(io_error)
    }

    fn of(file: FileWriter<W>) -> Self {
        Self { file, promised: 0 }
    }

    /// The number for an object that will be written later.
    pub(super) fn promise(&mut self) -> io::Result<Ref> {
        self.promised += 1;
        self.file.alloc().map(Ref).map_err(io_error)
    }

    /// True when the next page could run past what the file format can number.
    pub(super) fn is_full(&self) -> bool {
        // A page needs far fewer than 4,096 objects besides its overlays.
        self.promised > MAX_OBJECTS - 4096 || self.file.position() > MAX_OFFSET - (1 << 31)
    }

    /// The file itself, for objects that are copied from another one.
    pub(super) fn file(&mut self) -> &mut FileWriter<W> {
        &mut self.file
    }

    /// Writes the promised object `at`.
    pub(super) fn object(&mut self, at: Ref, body: &str) -> io::Result<()> {
        self.file.put_raw(at.0, body.as_bytes()).map_err(io_error)
    }

    /// Writes the promised stream `at`; `entries` are those of its dictionary besides `/Length`.
    pub(super) fn stream(&mut self, at: Ref, entries: &str, data: &[u8]) -> io::Result<()> {
        self.file
            .put_raw_stream(at.0, entries.as_bytes(), data)
            .map_err(io_error)
    }

    /// Ends the file: cross-reference table, trailer, end mark.
    pub(super) fn finish(self, root: Ref, info: Ref, id: [u8; 16]) -> io::Result<W> {
        self.file
            .finish(root.0, Some(info.0), [id, id])
            .map_err(io_error)
    }
}

/// What the sink said, with its kind: a full disk must be told from others.
fn io_error(error: PdfError) -> io::Error {
    match error {
        PdfError::Write { kind, .. } => io::Error::new(kind, error),
        other => io::Error::other(other),
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
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
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
    fn an_object_is_written_once() {
        let mut writer = ObjectWriter::packing(Vec::new()).unwrap();
        let first = writer.promise().unwrap();
        writer.object(first, "<<>>").unwrap();
        assert!(writer.object(first, "<<>>").is_err());
    }
}
