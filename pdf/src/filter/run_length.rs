//! `RunLengthDecode` (ISO 32000-1, 7.4.5).

use super::Step;

/// Literal and repeated runs up to the end code 128; `None` past `limit` bytes.
pub(super) fn decode(data: &[u8], limit: usize) -> Option<Step> {
    let mut bytes = Vec::new();
    let mut rest = data;
    let mut damaged = false;
    while let Some((&length, tail)) = rest.split_first() {
        let count = usize::from(length);
        match length {
            0..=127 => {
                let run = tail.get(..=count).unwrap_or(tail);
                damaged = run.len() <= count;
                bytes.extend_from_slice(run);
                rest = tail.get(run.len()..).unwrap_or_default();
            }
            128 => break,
            129..=255 => {
                let Some((&byte, after)) = tail.split_first() else {
                    damaged = true;
                    break;
                };
                bytes.resize(bytes.len() + 257 - count, byte);
                rest = after;
            }
        }
        if bytes.len() > limit {
            return None;
        }
    }
    Some(Step { bytes, damaged })
}
