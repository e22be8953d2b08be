//! Cross-reference streams (ISO 32000-1, 7.5.8).

use super::{Entry, Section, Sections};
use crate::{
    error::PdfError,
    filter, indirect, limits,
    object::{Dict, Object, Stream},
    repair::Repair,
};

impl Sections<'_> {
    /// Reads the cross-reference stream at `at`, whose dictionary is a trailer too.
    pub(super) fn stream(&mut self, at: u64) -> Result<Section, PdfError> {
        let from = self.rows.len();
        let object = indirect::read(self.input, at, None)?;
        let length = object.direct_length();
        let (Object::Dict(dict), Some(data)) = (object.value, object.data) else {
            return Err(PdfError::WrongType {
                at,
                expected: "a cross-reference stream",
            });
        };
        if !dict.is("Type", "XRef") {
            return Err(PdfError::WrongType {
                at,
                expected: "a cross-reference stream",
            });
        }
        let (data, end) = if self.strict {
            indirect::declared_end(self.input, data, length)?.ok_or(PdfError::Syntax {
                at,
                what: "a cross-reference stream whose length does not hold",
            })?
        } else {
            indirect::stream_end(self.input, data, length)?
        };
        let stream = Stream { dict, data };
        self.decode(&stream, at)?;
        Ok(Section {
            at,
            bytes: object.start..end,
            trailer: stream.dict,
            rows: from..self.rows.len(),
            hybrid: None,
        })
    }

    fn decode(&mut self, stream: &Stream, at: u64) -> Result<(), PdfError> {
        let widths = widths(&stream.dict).ok_or(PdfError::WrongType {
            at,
            expected: "three widths in /W",
        })?;
        let row: usize = widths.iter().sum();
        let room = limits::XREF_ENTRIES.saturating_sub(self.rows.len());
        let subsections = subsections(&stream.dict);
        let declared: u64 = subsections
            .iter()
            .fold(0, |sum, (_, count)| sum.saturating_add(*count));
        // One row more than there is room for, so that excess is noticed below.
        let rows = usize::try_from(declared)
            .unwrap_or(usize::MAX)
            .min(room + 1);
        let limit = rows.saturating_add(1).saturating_mul(row);
        let (decoded, damage) = filter::decode_direct(self.input, stream, limit)?;
        if damage.is_some() {
            self.repairs.push(Repair::Xref {
                at,
                what: "a cross-reference stream with damaged data",
            });
        }
        let mut rows = decoded.chunks_exact(row);
        for (start, count) in subsections {
            for index in 0..count {
                let Some(fields) = rows.next() else {
                    self.note(at, "a cross-reference stream shorter than it says");
                    return Ok(());
                };
                if let Some(entry) = self.entry(fields, widths) {
                    self.push(start.saturating_add(index), entry, at)?;
                }
            }
        }
        Ok(())
    }

    /// The entry of one row; types other than 0 to 2 count as references to null (table 18).
    fn entry(&self, row: &[u8], [first, second, third]: [usize; 3]) -> Option<Entry> {
        let (kind, rest) = row.split_at_checked(first)?;
        let (second, rest) = rest.split_at_checked(second)?;
        let third = rest.get(..third)?;
        let kind = if first == 0 { 1 } else { number(kind) };
        Some(match kind {
            1 => self.in_file(number(second), number(third)),
            2 => match (u32::try_from(number(second)), u32::try_from(number(third))) {
                (Ok(container), Ok(index)) => Entry::InStream { container, index },
                _ => Entry::Free,
            },
            _ => Entry::Free,
        })
    }
}

/// Field widths in bytes; at least one byte in all, at most 8 each.
fn widths(dict: &Dict) -> Option<[usize; 3]> {
    let values = dict.get("W")?.as_array()?;
    let width = |index: usize| {
        let value = usize::try_from(values.get(index)?.as_integer()?).ok()?;
        (value <= 8).then_some(value)
    };
    let widths = [width(0)?, width(1)?, width(2).unwrap_or(0)];
    (widths.iter().sum::<usize>() > 0).then_some(widths)
}

/// Pairs of first object number and count.
fn subsections(dict: &Dict) -> Vec<(u64, u64)> {
    let number = |value: &Object| {
        value
            .as_integer()
            .and_then(|value| u64::try_from(value).ok())
    };
    match dict.get("Index").and_then(Object::as_array) {
        Some(values) => values
            .chunks_exact(2)
            .filter_map(|pair| Some((number(pair.first()?)?, number(pair.get(1)?)?)))
            .collect(),
        None => vec![(0, dict.get("Size").and_then(number).unwrap_or(0))],
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}
