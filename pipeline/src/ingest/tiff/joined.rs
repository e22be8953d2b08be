//! Strips of JPEG data joined to one JPEG without decoding: a restart marker between strips is all that it takes.
//!
//! Every strip is a JPEG of its own that begins with fresh predictions on a byte boundary, which is what a restart
//! interval does (ITU-T T.81, F.1.1.5.2). So the scan's bytes stay those of the file.

/// One JPEG of `height` rows from the complete JPEGs of strips of `strip_rows` rows each; `None` where the strips do
/// not fit together: other tables, other sampling, rows that end inside a block, restart markers of their own.
pub(super) fn joined(strips: &[Vec<u8>], strip_rows: u32, height: u32) -> Option<Vec<u8>> {
    let parts = strips
        .iter()
        .map(|strip| Part::of(strip))
        .collect::<Option<Vec<_>>>()?;
    let first = parts.first()?;
    let alike = parts.iter().all(|part| {
        part.tables == first.tables
            && part.scan_header == first.scan_header
            && part.frame_without_height() == first.frame_without_height()
    });
    let (block_width, block_height) = first.block()?;
    let width = u32::from(be16(first.frame, 7)?);
    if !alike || !strip_rows.is_multiple_of(block_height) {
        return None;
    }
    let interval = width
        .div_ceil(block_width)
        .checked_mul(strip_rows / block_height)?;
    let interval = u16::try_from(interval).ok()?;
    let height = u16::try_from(height).ok()?;
    let mut whole = vec![0xFF, SOI];
    for table in &first.tables {
        whole.extend_from_slice(table);
    }
    let [high, low] = interval.to_be_bytes();
    whole.extend_from_slice(&[0xFF, DRI, 0, 4, high, low]);
    whole.extend_from_slice(first.frame.get(..5)?);
    whole.extend_from_slice(&height.to_be_bytes());
    whole.extend_from_slice(first.frame.get(7..)?);
    whole.extend_from_slice(first.scan_header);
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            // Restart markers are numbered 0 to 7 in turn.
            let turn = u8::try_from((number - 1) % 8).ok()?;
            whole.extend_from_slice(&[0xFF, RST0 + turn]);
        }
        whole.extend_from_slice(part.scan);
    }
    whole.extend_from_slice(&[0xFF, EOI]);
    Some(whole)
}

/// The segments of one strip, each with its marker.
struct Part<'a> {
    /// Quantisation and Huffman tables, and the Adobe marker, in order.
    tables: Vec<&'a [u8]>,
    frame: &'a [u8],
    scan_header: &'a [u8],
    /// The coded blocks.
    scan: &'a [u8],
}

impl<'a> Part<'a> {
    /// A sequential Huffman-coded JPEG of one scan.
    fn of(data: &'a [u8]) -> Option<Self> {
        let mut at = 2;
        let mut tables = Vec::new();
        let mut frame = None;
        loop {
            let (0xFF, marker) = (*data.get(at)?, *data.get(at + 1)?) else {
                return None;
            };
            let length = usize::from(be16(data, at + 2)?);
            let segment = data.get(at..at + 2 + length)?;
            at += segment.len();
            match marker {
                DQT | DHT | APP14 => tables.push(segment),
                SOF0 | SOF1 if frame.is_none() => frame = Some(segment),
                SOS => {
                    let frame = frame?;
                    // One scan for all components.
                    let whole = segment.get(4) == frame.get(9);
                    let scan = Self::scan(data.get(at..)?)?;
                    return whole.then_some(Self {
                        tables,
                        frame,
                        scan_header: segment,
                        scan,
                    });
                }
                // JFIF and Exif say nothing about the coding.
                0xE0..=0xEF | 0xFE => {}
                _ => return None,
            }
        }
    }

    /// The coded blocks up to the end of the image, when no other marker stands among them.
    fn scan(data: &[u8]) -> Option<&[u8]> {
        let mut at = 0;
        loop {
            at += data.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
            match *data.get(at + 1)? {
                0 => at += 2,
                EOI => return data.get(..at),
                _ => return None,
            }
        }
    }

    fn frame_without_height(&self) -> Option<(&[u8], &[u8])> {
        Some((self.frame.get(..5)?, self.frame.get(7..)?))
    }

    /// Width and height of a unit of blocks of all components, px.
    fn block(&self) -> Option<(u32, u32)> {
        let components = usize::from(*self.frame.get(9)?);
        if components == 1 {
            // A scan of one component has single blocks whatever its sampling (T.81, A.2.2).
            return Some((8, 8));
        }
        let factors = (0..components).map(|number| self.frame.get(11 + 3 * number).copied());
        let factors = factors.collect::<Option<Vec<u8>>>()?;
        let across = factors.iter().map(|both| both >> 4).max()?;
        let down = factors.iter().map(|both| both & 15).max()?;
        (across > 0 && down > 0).then(|| (8 * u32::from(across), 8 * u32::from(down)))
    }
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*bytes))
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const RST0: u8 = 0xD0;
const SOF0: u8 = 0xC0;
const SOF1: u8 = 0xC1;
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
const DQT: u8 = 0xDB;
const DRI: u8 = 0xDD;
const APP14: u8 = 0xEE;
