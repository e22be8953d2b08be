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

/// How many bytes a zlib stream inflates to, none of them kept; `None` past `limit`. Checksums are not looked at and
/// a stream without a zlib header is taken for bare deflate data, so that no reader gets more out of it.
pub(super) fn length(data: &[u8], limit: u64) -> Option<u64> {
    /// Bytes inflated at a time: the inflater's window and as much again.
    const AT_A_TIME: usize = 64 << 10;
    let mut rest = match data {
        [method, flags, rest @ ..]
            if method & 0x0F == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0 =>
        {
            rest
        }
        all => all,
    };
    let mut inflater = Decompress::new(false);
    let mut sink = vec![0; AT_A_TIME];
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(rest, &mut sink, FlushDecompress::None);
        if inflater.total_out() > limit {
            return None;
        }
        let taken = usize::try_from(inflater.total_in() - read).unwrap_or(usize::MAX);
        rest = rest.get(taken..).unwrap_or_default();
        let moved = taken > 0 || inflater.total_out() > written;
        if !matches!(status, Ok(Status::Ok | Status::BufError)) || !moved {
            return Some(inflater.total_out());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut sink = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        sink.write_all(data).unwrap();
        sink.finish().unwrap()
    }

    #[test]
    fn lengths_are_those_of_the_data() {
        for size in [0usize, 1, 65_536, 65_537, 3_000_000] {
            let data: Vec<u8> = (0..size).map(|i| (i * i / 7) as u8).collect();
            let coded = zlib(&data);
            assert_eq!(length(&coded, size as u64), Some(size as u64));
            // Neither a wrong checksum nor a lost header hides what is there.
            let mut wrong = coded.clone();
            *wrong.last_mut().unwrap() ^= 1;
            assert_eq!(length(&wrong, size as u64), Some(size as u64));
            assert_eq!(length(&coded[2..], size as u64), Some(size as u64));
            assert_eq!(
                length(&coded, (size as u64).wrapping_sub(1)),
                if size == 0 { Some(0) } else { None }
            );
        }
    }
}
