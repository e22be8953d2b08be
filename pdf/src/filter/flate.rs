//! `FlateDecode` (ISO 32000-1, 7.4.4).

use flate2::{Decompress, FlushDecompress, Status};

use super::Step;

/// A zlib stream; `None` past `limit` bytes. What precedes damage is kept.
pub(super) fn decode(data: &[u8], limit: usize) -> Option<Step> {
    let step = inflate(data, true, limit)?;
    if step.damaged && step.bytes.is_empty() && data.len() > 2 {
        // Without a proper zlib header there may still be deflate data.
        let raw = inflate(data, false, limit)?;
        return Some(Step {
            damaged: true,
            ..raw
        });
    }
    Some(step)
}

fn inflate(data: &[u8], zlib: bool, limit: usize) -> Option<Step> {
    let mut inflater = Decompress::new(zlib);
    let mut bytes = Vec::with_capacity(data.len().saturating_mul(3).min(limit).saturating_add(64));
    loop {
        if bytes.len() > limit {
            return None;
        }
        if bytes.len() == bytes.capacity() {
            let more = bytes
                .capacity()
                .min(limit.saturating_sub(bytes.len()).saturating_add(1));
            bytes.reserve_exact(more);
        }
        let (before_in, before_out) = (inflater.total_in(), bytes.len());
        let rest = usize::try_from(before_in)
            .ok()
            .and_then(|at| data.get(at..))
            .unwrap_or_default();
        let status = inflater.decompress_vec(rest, &mut bytes, FlushDecompress::None);
        let moved = inflater.total_in() != before_in || bytes.len() != before_out;
        match status {
            Ok(Status::StreamEnd) => {
                return (bytes.len() <= limit).then_some(Step {
                    bytes,
                    damaged: false,
                });
            }
            Ok(_) if moved => {}
            // No progress: the data ends before the stream does.
            Ok(_) | Err(_) => {
                return (bytes.len() <= limit).then_some(Step {
                    bytes,
                    damaged: true,
                });
            }
        }
    }
}
