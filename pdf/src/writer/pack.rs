//! Objects that wait to be written together as one object stream (ISO 32000-1, 7.5.7).

use std::io::{self, Write};

use flate2::{Compression, write::ZlibEncoder};

/// Objects in one stream: an index takes one byte in the cross-reference stream, and a reader that wants one object
/// inflates them all.
const OBJECTS: usize = 200;
/// Bytes in one stream before it is closed.
const BYTES: usize = 64 << 10;

/// The objects of one stream, as they come.
pub(super) struct Pack {
    /// Number of the object that the stream will be.
    pub(super) number: u32,
    /// Pairs of object number and offset in the body.
    head: String,
    body: Vec<u8>,
    count: u8,
}

impl Pack {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            head: String::new(),
            body: Vec::new(),
            count: 0,
        }
    }

    /// Where the next object will be.
    pub(super) fn next(&self) -> Location {
        Location::packed(self.number, self.count)
    }

    /// Takes the next object's bytes.
    pub(super) fn add(&mut self, number: u32, body: &[u8]) {
        self.head
            .push_str(&format!("{number} {} ", self.body.len()));
        self.body.extend(body);
        self.body.push(b'\n');
        self.count = self.count.saturating_add(1);
    }

    /// True when it should be written before more is added.
    pub(super) fn is_full(&self) -> bool {
        usize::from(self.count) >= OBJECTS || self.body.len() >= BYTES
    }

    /// The entries of the stream's dictionary besides `/Length`, and its data.
    ///
    /// # Errors
    /// Those of the encoder.
    pub(super) fn closed(self) -> io::Result<(String, Vec<u8>)> {
        let entries = format!(
            "/Type/ObjStm/N {}/First {}/Filter/FlateDecode",
            self.count,
            self.head.len()
        );
        Ok((
            entries,
            deflate(&[self.head.as_bytes(), &self.body].concat())?,
        ))
    }
}

/// Where an object is, in eight bytes: 0 for one not written, else its offset or, marked, its stream and index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Location(u64);

const PACKED: u64 = 1 << 63;

impl Location {
    /// At this byte of the file.
    pub(super) fn at(offset: u64) -> Self {
        Self(offset)
    }

    /// In this place of this stream.
    pub(super) fn packed(stream: u32, index: u8) -> Self {
        Self(PACKED | u64::from(stream) << 8 | u64::from(index))
    }

    pub(super) fn is_free(self) -> bool {
        self.0 == 0
    }

    /// The byte of the file; 0 for what is free or packed.
    pub(super) fn offset(self) -> u64 {
        if self.0 & PACKED == 0 { self.0 } else { 0 }
    }

    /// The three fields of its entry in a cross-reference stream (7.5.8.3, table 18).
    fn fields(self) -> (u8, u64, u8) {
        if self.0 & PACKED != 0 {
            let [.., index] = self.0.to_be_bytes();
            (2, (self.0 & !PACKED) >> 8, index)
        } else {
            // A free entry of generation 255 that leads nowhere; readers take it for null.
            (
                u8::from(!self.is_free()),
                self.0,
                if self.is_free() { 255 } else { 0 },
            )
        }
    }
}

/// The entries of a cross-reference stream's dictionary that describe its data, and the data: object 0 and `locations`.
///
/// # Errors
/// Those of the encoder.
pub(super) fn table(locations: &[Location]) -> io::Result<(String, Vec<u8>)> {
    let greatest = locations.iter().map(|l| l.fields().1).max().unwrap_or(0);
    let width = (8 - greatest.leading_zeros() as usize / 8).max(1);
    let columns = width + 2;
    let mut rows = Vec::with_capacity((locations.len() + 1) * (columns + 1));
    let mut above = vec![0; columns];
    let all = std::iter::once(&Location(0)).chain(locations);
    for (kind, value, last) in all.map(|location| location.fields()) {
        let bytes = value.to_be_bytes();
        let mut row = vec![kind];
        row.extend(bytes.get(8 - width..).unwrap_or(&bytes));
        row.push(last);
        // The predictor "up" (PNG, 6.4) turns what counts on into what repeats.
        rows.push(2);
        rows.extend(
            row.iter()
                .zip(&above)
                .map(|(now, then): (&u8, &u8)| now.wrapping_sub(*then)),
        );
        above = row;
    }
    let entries = format!(
        "/W[1 {width} 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns {columns}>>"
    );
    Ok((entries, deflate(&rows)?))
}

fn deflate(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data)?;
    encoder.finish()
}
