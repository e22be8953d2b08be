//! Stream filters (ISO 32000-1, 7.4): the generic ones are undone here, those of images are handed back.

mod ascii;

mod flate;

mod lzw;

mod predictor;

mod run_length;

use std::borrow::Cow;

use self::predictor::Predictor;
use crate::{
    error::PdfError,
    input::Input,
    limits,
    object::{Dict, Object, Stream},
};

/// The filters that turn coded images into pixels; decoding them is the image stages' task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFilter {
    /// `CCITTFaxDecode`.
    Ccitt,
    /// `DCTDecode`.
    Dct,
    /// `JBIG2Decode`.
    Jbig2,
    /// `JPXDecode`.
    Jpx,
}

/// Data after its generic filters have been undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The data, still coded by `image` if that is given.
    pub bytes: Vec<u8>,
    /// The image filter that remains, with its `/DecodeParms`.
    pub image: Option<(ImageFilter, Dict)>,
    /// The filter that found damage; `bytes` ends there.
    pub damage: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Ascii85,
    AsciiHex,
    Flate,
    Image(ImageFilter),
    Lzw,
    RunLength,
}

impl Filter {
    /// The filter of a name, or of the abbreviation that inline images use (8.9.7, table 94).
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ASCII85Decode" | b"A85" => Self::Ascii85,
            b"ASCIIHexDecode" | b"AHx" => Self::AsciiHex,
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"LZWDecode" | b"LZW" => Self::Lzw,
            b"RunLengthDecode" | b"RL" => Self::RunLength,
            b"CCITTFaxDecode" | b"CCF" => Self::Image(ImageFilter::Ccitt),
            b"DCTDecode" | b"DCT" => Self::Image(ImageFilter::Dct),
            b"JBIG2Decode" => Self::Image(ImageFilter::Jbig2),
            b"JPXDecode" => Self::Image(ImageFilter::Jpx),
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ascii85 => "ASCII85Decode",
            Self::AsciiHex => "ASCIIHexDecode",
            Self::Flate => "FlateDecode",
            Self::Image(ImageFilter::Ccitt) => "CCITTFaxDecode",
            Self::Image(ImageFilter::Dct) => "DCTDecode",
            Self::Image(ImageFilter::Jbig2) => "JBIG2Decode",
            Self::Image(ImageFilter::Jpx) => "JPXDecode",
            Self::Lzw => "LZWDecode",
            Self::RunLength => "RunLengthDecode",
        }
    }
}

/// What one filter made: bytes, and whether it met damage after them.
struct Step {
    bytes: Vec<u8>,
    damaged: bool,
}

/// A stream's filters with their parameters, references resolved.
pub(crate) struct Chain {
    steps: Vec<(Filter, Dict)>,
    at: u64,
}

impl Chain {
    /// The filters of the dictionary of the stream whose data begins at `at`.
    pub(crate) fn of(
        dict: &Dict,
        at: u64,
        resolve: &dyn Fn(&Object) -> Result<Object, PdfError>,
    ) -> Result<Self, PdfError> {
        let lookup = |long: &str, short: &str| match dict.get(long).or_else(|| dict.get(short)) {
            Some(value) => resolve(value),
            None => Ok(Object::Null),
        };
        if dict.contains("F") && dict.contains("Length") {
            // In a stream /F names a file to read the data from; in an inline image it abbreviates /Filter.
            return Err(PdfError::UnsupportedFilter {
                at,
                name: "of an external file".into(),
            });
        }
        let names = listed(lookup("Filter", "F")?);
        let parms = listed(lookup("DecodeParms", "DP")?);
        if names.len() > limits::FILTERS {
            return Err(PdfError::Limit {
                at,
                what: "filters on a stream",
                limit: limits::FILTERS as u64,
            });
        }
        let mut steps = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let name = resolve(name)?;
            let own = parms.get(index).map_or(Ok(Object::Null), resolve)?;
            let own = own.as_dict().cloned().unwrap_or_default();
            let Some(name) = name.as_name() else {
                return Err(PdfError::WrongType {
                    at,
                    expected: "the name of a filter",
                });
            };
            // The identity crypt filter changes nothing (7.4.10).
            if name.as_bytes() == b"Crypt"
                && own.get("Name").is_none_or(|name| name.is_name("Identity"))
            {
                continue;
            }
            let Some(filter) = Filter::named(name.as_bytes()) else {
                return Err(PdfError::UnsupportedFilter {
                    at,
                    name: name.to_string(),
                });
            };
            steps.push((filter, resolved(&own, resolve)?));
        }
        Ok(Self { steps, at })
    }

    /// Undoes the filters of `raw` up to the first image filter; `limit` bounds every step, in bytes.
    pub(crate) fn run(&self, raw: Vec<u8>, limit: usize) -> Result<Decoded, PdfError> {
        let mut bytes = raw;
        let mut damage = None;
        for (index, (filter, parms)) in self.steps.iter().enumerate() {
            if let Filter::Image(image) = filter {
                if let Some((after, _)) = self.steps.get(index + 1) {
                    let name = format!("{} after {}", after.name(), filter.name());
                    return Err(PdfError::UnsupportedFilter { at: self.at, name });
                }
                return Ok(Decoded {
                    bytes,
                    image: Some((*image, parms.clone())),
                    damage,
                });
            }
            let step = self.step(*filter, parms, &bytes, limit)?;
            if step.damaged {
                damage.get_or_insert(filter.name());
                if step.bytes.is_empty() && !bytes.is_empty() {
                    return Err(PdfError::Filter {
                        at: self.at,
                        filter: filter.name(),
                    });
                }
            }
            bytes = step.bytes;
        }
        if bytes.len() > limit {
            return Err(too_long(self.at, limit));
        }
        Ok(Decoded {
            bytes,
            image: None,
            damage,
        })
    }

    /// How many bytes undoing the generic filters of `raw` makes, after the step that makes the most; `None` when the
    /// last makes more than `limit`, or one before it more than `between`. Data between two filters is held, what
    /// comes out of the last is only counted; damage ends the count, as it ends reading.
    pub(crate) fn length(
        &self,
        raw: &[u8],
        between: usize,
        limit: u64,
    ) -> Result<Option<u64>, PdfError> {
        let generic = |(filter, _): &&(Filter, Dict)| !matches!(filter, Filter::Image(_));
        let steps: Vec<_> = self.steps.iter().take_while(generic).collect();
        let mut bytes = Cow::Borrowed(raw);
        let mut most = 0;
        for (index, (filter, parms)) in steps.iter().enumerate() {
            let last = index + 1 == steps.len();
            if last && *filter == Filter::Flate {
                return Ok(flate::length(&bytes, limit).map(|length| length.max(most)));
            }
            let room = if last {
                usize::try_from(limit).unwrap_or(usize::MAX)
            } else {
                between
            };
            bytes = match self.step(*filter, parms, &bytes, room) {
                Ok(step) => Cow::Owned(step.bytes),
                Err(PdfError::Limit { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            most = most.max(bytes.len() as u64);
        }
        Ok((bytes.len() as u64 <= limit).then_some(most))
    }

    /// The image filter that ends the chain.
    pub(crate) fn image_filter(&self) -> Option<ImageFilter> {
        match self.steps.last() {
            Some((Filter::Image(filter), _)) => Some(*filter),
            _ => None,
        }
    }

    /// Whether there is nothing to undo.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether one filter without parameters is all: what comes out of it is what it makes.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.steps.as_slice(), [(_, parameters)] if parameters.is_empty())
    }

    /// The most bytes that undoing the generic filters of `raw` bytes could make.
    pub(crate) fn at_most(&self, raw: u64) -> u64 {
        self.steps.iter().fold(raw, |bytes, (filter, _)| {
            bytes.saturating_mul(match filter {
                Filter::AsciiHex | Filter::Image(_) => 1,
                // `z` stands for four bytes.
                Filter::Ascii85 => 4,
                // Two bytes stand for up to 128.
                Filter::RunLength => 64,
                // A code of 9 bits or more stands for at most 4096 bytes.
                Filter::Lzw => 4096,
                // Two bits stand for up to 258 bytes (RFC 1951, 3.2.5).
                Filter::Flate => 1032,
            })
        })
    }

    fn step(
        &self,
        filter: Filter,
        parms: &Dict,
        bytes: &[u8],
        limit: usize,
    ) -> Result<Step, PdfError> {
        let wrong = || PdfError::WrongType {
            at: self.at,
            expected: "a predictor that PDF defines",
        };
        let predictor = match filter {
            Filter::Flate | Filter::Lzw => Predictor::of(parms).ok_or_else(wrong)?,
            _ => Predictor::None,
        };
        // Rows with PNG tags are at most twice as long as without.
        let room = if predictor == Predictor::None {
            limit
        } else {
            limit.saturating_mul(2)
        };
        let step = match filter {
            Filter::Ascii85 => ascii::base85(bytes, room),
            Filter::AsciiHex => ascii::hex(bytes, room),
            Filter::Flate => flate::decode(bytes, room),
            Filter::Lzw => lzw::decode(bytes, early_change(parms), room),
            Filter::RunLength => run_length::decode(bytes, room),
            Filter::Image(_) => None,
        };
        let step = step.ok_or_else(|| too_long(self.at, limit))?;
        Ok(predictor.undo(step))
    }
}

fn too_long(at: u64, limit: usize) -> PdfError {
    PdfError::Limit {
        at,
        what: "bytes in a decoded stream",
        limit: limit as u64,
    }
}

/// `/EarlyChange`, 1 unless it says 0 (table 8).
fn early_change(parms: &Dict) -> bool {
    parms.get("EarlyChange").and_then(Object::as_integer) != Some(0)
}

fn listed(value: Object) -> Vec<Object> {
    match value {
        Object::Null => Vec::new(),
        Object::Array(values) => values,
        single => vec![single],
    }
}

/// `dict` with its values resolved, but for streams (`/JBIG2Globals`), which stay references.
fn resolved(
    dict: &Dict,
    resolve: &dyn Fn(&Object) -> Result<Object, PdfError>,
) -> Result<Dict, PdfError> {
    let mut out = Dict::new();
    for entry in dict {
        let value = match resolve(&entry.value)? {
            Object::Stream(_) => entry.value.clone(),
            value => value,
        };
        out.set(entry.key.as_bytes(), value);
    }
    Ok(out)
}

/// The raw bytes that decoding to `limit` can make use of: ASCII codes and white space take a few for one.
pub(crate) fn raw_limit(limit: usize) -> usize {
    limit.saturating_mul(4).saturating_add(64 << 10)
}

/// Decodes a stream whose dictionary needs no other objects, as those of the cross-reference do.
pub(crate) fn decode_direct(
    input: &Input,
    stream: &Stream,
    limit: usize,
) -> Result<(Vec<u8>, Option<&'static str>), PdfError> {
    let at = stream.data.start;
    let chain = Chain::of(&stream.dict, at, &|value| Ok(value.clone()))?;
    let decoded = chain.run(raw(input, stream, raw_limit(limit))?, limit)?;
    Ok((decoded.bytes, decoded.damage))
}

/// A stream's data as it stands in the file.
pub(crate) fn raw(input: &Input, stream: &Stream, limit: usize) -> Result<Vec<u8>, PdfError> {
    let at = stream.data.start;
    let length = stream.data.end.saturating_sub(at);
    let Some(length) = usize::try_from(length)
        .ok()
        .filter(|length| *length <= limit)
    else {
        return Err(PdfError::Limit {
            at,
            what: "bytes in a stream",
            limit: limit as u64,
        });
    };
    let bytes = input.bytes(at, length)?;
    if bytes.len() < length {
        return Err(PdfError::Truncated {
            at: input.len(),
            what: "end of a stream",
        });
    }
    Ok(bytes)
}
