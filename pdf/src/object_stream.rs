//! Object streams (ISO 32000-1, 7.5.7), decoded once and kept while there is room.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use crate::{
    error::PdfError,
    filter,
    input::Input,
    lexer::{Lexer, Stop, Token},
    limits,
    object::{Located, Object, ObjectId, Stream},
    parser::Parser,
};

/// The decoded objects of one stream.
#[derive(Debug)]
pub(crate) struct ObjectStream {
    id: ObjectId,
    at: u64,
    data: Vec<u8>,
    /// Each object's number and where it begins in `data`.
    index: Vec<(u32, usize)>,
    /// Each number and its place in `index`, sorted.
    by_number: Vec<(u32, usize)>,
}

impl ObjectStream {
    /// Decodes the stream object `id`.
    pub(crate) fn decode(input: &Input, id: ObjectId, stream: &Stream) -> Result<Self, PdfError> {
        let at = stream.data.start;
        let wrong = PdfError::WrongType {
            at,
            expected: "an object stream",
        };
        if !stream.dict.is("Type", "ObjStm") {
            return Err(wrong);
        }
        let number = |key: &str| {
            stream
                .dict
                .get(key)?
                .as_integer()
                .and_then(|value| usize::try_from(value).ok())
        };
        let (Some(count), Some(first)) = (number("N"), number("First")) else {
            return Err(wrong);
        };
        let (data, damage) = filter::decode_direct(input, stream, limits::OBJECT_STREAM_BYTES)?;
        if let Some(filter) = damage {
            input.note(crate::repair::Repair::StreamDamaged {
                at,
                filter,
                kept: data.len(),
            });
        }
        let mut index = Vec::new();
        let mut lexer = Lexer::new(
            data.get(..first.min(data.len())).unwrap_or_default(),
            0,
            true,
        );
        while index.len() < count
            && let (Ok(Token::Integer(number)), Ok(Token::Integer(offset))) =
                (lexer.token(), lexer.token())
        {
            let place = usize::try_from(offset)
                .ok()
                .and_then(|offset| first.checked_add(offset));
            index.push((
                u32::try_from(number).unwrap_or(u32::MAX),
                place.unwrap_or(usize::MAX),
            ));
        }
        let mut by_number: Vec<(u32, usize)> = index
            .iter()
            .enumerate()
            .map(|(place, (number, _))| (*number, place))
            .collect();
        by_number.sort_unstable();
        Ok(Self {
            id,
            at,
            data,
            index,
            by_number,
        })
    }

    /// True when `number` stands at `index` and nowhere else.
    pub(crate) fn agrees(&self, number: u32, index: u32) -> bool {
        let mut places = self.places(number);
        let first = places.next();
        first == usize::try_from(index).ok() && first.is_some() && places.next().is_none()
    }

    /// The places of `number` in the index, in order.
    fn places(&self, number: u32) -> impl Iterator<Item = usize> + '_ {
        let from = self.by_number.partition_point(|(own, _)| *own < number);
        let rest = self.by_number.get(from..).unwrap_or_default();
        rest.iter()
            .take_while(move |(own, _)| *own == number)
            .map(|(_, place)| *place)
    }

    /// The numbers of the objects in it, in order.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        self.index.iter().map(|(number, _)| *number).collect()
    }

    /// Object `number`, expected at `index` in the stream.
    pub(crate) fn object(
        &self,
        input: &Input,
        number: u32,
        index: u32,
    ) -> Result<Located<Object>, PdfError> {
        let expected = usize::try_from(index)
            .ok()
            .and_then(|index| self.index.get(index));
        let place = expected
            .filter(|(own, _)| *own == number)
            .or_else(|| self.index.get(self.places(number).next()?))
            .map(|(_, place)| *place);
        let Some(rest) = place.and_then(|place| self.data.get(place..)) else {
            return Err(PdfError::MissingObject {
                id: ObjectId::new(number, 0),
            });
        };
        let start = (self.data.len() - rest.len()) as u64;
        let mut parser = Parser::new(Lexer::new(rest, start, true), true);
        match parser.object() {
            Ok(value) => {
                let end = parser.lexer.offset();
                if !parser.lexer.repairs.is_empty() {
                    let what = "malformed syntax inside an object stream";
                    input.note(crate::repair::Repair::Syntax { at: self.at, what });
                }
                Ok(Located {
                    value,
                    range: start..end,
                    container: Some(self.id),
                })
            }
            Err(Stop::Fail(PdfError::Limit { what, limit, .. })) => Err(PdfError::Limit {
                at: self.at,
                what,
                limit,
            }),
            Err(_) => Err(PdfError::Syntax {
                at: self.at,
                what: "no object in the object stream",
            }),
        }
    }

    fn size(&self) -> usize {
        self.data.len() + 2 * self.index.len() * size_of::<(u32, usize)>()
    }
}

/// The streams used last.
#[derive(Default)]
pub(crate) struct Cache {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    recent: VecDeque<(u64, Arc<ObjectStream>)>,
    size: usize,
    decoded: u64,
}

impl Cache {
    /// The object stream at byte `start`, made by `decode` when it is not at hand.
    pub(crate) fn get(
        &self,
        start: u64,
        decode: impl FnOnce() -> Result<ObjectStream, PdfError>,
    ) -> Result<Arc<ObjectStream>, PdfError> {
        if let Some(found) = self.recent(start) {
            return Ok(found);
        }
        // Decoded outside the lock: two threads may do it twice, none waits for another's inflating.
        let stream = Arc::new(decode()?);
        self.keep(start, &stream)?;
        Ok(stream)
    }

    fn recent(&self, start: u64) -> Option<Arc<ObjectStream>> {
        let mut state = self.state.lock().ok()?;
        let index = state.recent.iter().position(|(own, _)| *own == start)?;
        let (_, stream) = state.recent.remove(index)?;
        state.recent.push_front((start, stream.clone()));
        Some(stream)
    }

    fn keep(&self, start: u64, stream: &Arc<ObjectStream>) -> Result<(), PdfError> {
        let Ok(mut state) = self.state.lock() else {
            return Ok(());
        };
        state.decoded = state.decoded.saturating_add(stream.size() as u64);
        if state.decoded > limits::OBJECT_STREAM_TOTAL {
            let limit = limits::OBJECT_STREAM_TOTAL;
            return Err(PdfError::Limit {
                at: stream.at,
                what: "decoded bytes of object streams",
                limit,
            });
        }
        state.size += stream.size();
        state.recent.push_front((start, stream.clone()));
        while state.size > limits::OBJECT_STREAM_CACHE && state.recent.len() > 1 {
            let dropped = state
                .recent
                .pop_back()
                .map_or(0, |(_, oldest)| oldest.size());
            state.size = state.size.saturating_sub(dropped);
        }
        Ok(())
    }
}
