//! The wire between a pool and its readers: what is said, in which order, and how long it may be.
//!
//! A reader starts by writing [`MAGIC`] and a frame with [`Hello`]. Then, for every [`Request`] frame
//! followed by the raw pixels of its images, it writes one frame with an [`Answer`]. A frame is a length in
//! four bytes, least significant first, and that many bytes of JSON. The end of its input ends a reader.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::image::{MAX_PIXELS, can_be_read};
use crate::reading::{Layout, Orientation, Reading};

/// The first bytes a reader writes; the last one is the version of this protocol.
pub const MAGIC: [u8; 8] = *b"saoyrdr\x01";

/// The engine's variable that makes it keep, beside each letter, what it chose from; readers then answer with
/// [`Word::nearly`](crate::Word::nearly).
pub const CHOICE_MODE: &str = "lstm_choice_mode";

/// Longest answer in bytes. A word takes about 200 bytes: room for 100,000, where a dense A4 page has 1,500 and
/// an A0 sheet 16 times its area.
pub const MAX_ANSWER: usize = 20 << 20;

/// Longest request header in bytes: [`MAX_BATCH`] images at 40 bytes, paths and variables.
pub const MAX_REQUEST: usize = 1 << 18;

/// Most images in one request; more are sent in several. An A4 page holds about 70 lines of 10 pt.
pub const MAX_BATCH: usize = 256;

/// What a reader is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Version of Tesseract, such as `5.3.0`.
    pub engine: String,
}

/// What a reader is to do; the pixels of `images` follow in order, a byte each, without padding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Folder of the model files.
    pub models: String,
    /// Language or languages, as in `vie` or `vie+eng`.
    pub language: String,
    /// Variables of the engine and their values.
    pub variables: Vec<(String, String)>,
    /// What to find out about each image.
    pub task: Task,
    /// The images that follow.
    pub images: Vec<Shape>,
}

/// What to find out about an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Its words.
    Read(Layout),
    /// Which way up it stands.
    Orient,
}

/// The shape of an image on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// Dots per inch, 0 when unknown.
    pub dpi: u32,
}

/// What a reader found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// One finding for each image, or why there is none.
    pub outcome: Outcome,
    /// What the reader has used since it started.
    pub usage: Usage,
}

/// The findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// To [`Task::Read`].
    Read(Vec<Reading>),
    /// To [`Task::Orient`]; `None` where there is too little text to tell.
    Oriented(Vec<Option<Orientation>>),
    /// The engine could not do it; the reader is well.
    Refused(String),
}

/// What a process has used since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Processor time of all threads, microseconds.
    pub cpu_us: u64,
    /// Most memory held at once, bytes; 0 when unknown.
    pub peak_rss: u64,
}

impl Request {
    /// Whether the images are few and small enough to be sent.
    pub fn is_within_limits(&self) -> bool {
        let area: u64 = self
            .images
            .iter()
            .map(|shape| u64::from(shape.width) * u64::from(shape.height))
            .sum();
        self.images.len() <= MAX_BATCH
            && area <= MAX_PIXELS
            && self
                .images
                .iter()
                .all(|shape| can_be_read(shape.width, shape.height))
    }

    /// Whether `outcome` belongs to this question.
    pub fn is_answered_by(&self, outcome: &Outcome) -> bool {
        match (self.task, outcome) {
            (_, Outcome::Refused(_)) => true,
            (Task::Read(_), Outcome::Read(found)) => found.len() == self.images.len(),
            (Task::Orient, Outcome::Oriented(found)) => found.len() == self.images.len(),
            _ => false,
        }
    }
}

/// Packs a message into a frame.
///
/// # Errors
/// When it cannot be written as JSON or is longer than four bytes can tell.
pub fn frame(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; LENGTH];
    serde_json::to_writer(&mut bytes, message)?;
    let len = u32::try_from(bytes.len() - LENGTH).map_err(io::Error::other)?;
    bytes[..LENGTH].copy_from_slice(&len.to_le_bytes());
    Ok(bytes)
}

/// Writes a frame and sends it off.
///
/// # Errors
/// As [`frame`], and those of `to`.
pub fn send(mut to: impl Write, message: &impl Serialize) -> io::Result<()> {
    to.write_all(&frame(message)?)?;
    to.flush()
}

/// Waits for a frame of at most `limit` bytes; `None` when `from` ended before it.
///
/// # Errors
/// Those of `from`; `InvalidData` for a frame that is too long or holds something else.
pub fn receive<T: DeserializeOwned>(mut from: impl Read, limit: usize) -> io::Result<Option<T>> {
    let mut len = [0; LENGTH];
    let mut filled = 0;
    while let Some(rest) = len.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let len = u32::from_le_bytes(len) as usize;
    if len > limit {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a frame of {len} bytes"),
        ));
    }
    let mut bytes = vec![0; len];
    from.read_exact(&mut bytes)?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Bytes of a frame's length.
pub(crate) const LENGTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back() {
        let hello = Hello {
            engine: "5.3.0".into(),
        };
        let bytes = frame(&hello).unwrap();
        assert_eq!(receive::<Hello>(&bytes[..], 100).unwrap(), Some(hello));
        assert_eq!(receive::<Hello>(&bytes[..0], 100).unwrap(), None);
        for cut in 1..bytes.len() {
            let error = receive::<Hello>(&bytes[..cut], 100).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{cut}");
        }
        assert_eq!(
            receive::<Hello>(&bytes[..], 3).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        assert_eq!(
            receive::<Hello>(&[255; 9][..], 100).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }

    #[test]
    fn requests_are_bounded() {
        let shape = |width, height| Shape {
            width,
            height,
            dpi: 300,
        };
        let request = |images| Request {
            models: String::new(),
            language: "vie".into(),
            variables: Vec::new(),
            task: Task::Read(Layout::Line),
            images,
        };
        assert!(request(vec![shape(2480, 3508); 2]).is_within_limits());
        assert!(!request(vec![shape(16_384, 16_384); 2]).is_within_limits());
        assert!(!request(vec![shape(1, 1); MAX_BATCH + 1]).is_within_limits());
        assert!(!request(vec![shape(0, 1)]).is_within_limits());
    }
}
