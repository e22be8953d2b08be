//! The general-purpose codings of TIFF strips and tiles, and differences to samples.

use crate::record::said;
use std::io::Read;

use weezl::BitOrder;

use super::super::error::Fault;
use super::super::guard;
use super::geometry::Compression;

/// Exactly `expected` bytes, or a fault.
pub(super) fn decompress(
    compression: Compression,
    data: &[u8],
    expected: usize,
) -> Result<Vec<u8>, Fault> {
    let bytes = match compression {
        Compression::Lzw => lzw(data, expected)?,
        Compression::Deflate => inflate(data, expected)?,
        Compression::PackBits => unpack_bits(data, expected),
        _ => data.get(..expected).unwrap_or(data).to_vec(),
    };
    if bytes.len() < expected {
        return Err(Fault::damaged(
            None,
            said!(
                "dải hoặc ô ảnh có {} trên {expected} byte",
                "a strip or tile has {} of {expected} bytes",
                bytes.len()
            ),
        ));
    }
    Ok(bytes)
}

fn inflate(data: &[u8], expected: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(expected);
    flate2::read::ZlibDecoder::new(data)
        .take(expected as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::decoder(None, &error))?;
    Ok(bytes)
}

fn lzw(data: &[u8], expected: usize) -> Result<Vec<u8>, Fault> {
    guard::decode(|| {
        // Before TIFF 6.0 codes ran from the lowest bit and switched their length later; such data
        // begin with the clear code 256 as these two bytes.
        let old = matches!(data, [0x00, second, ..] if second & 1 == 1);
        let mut decoder = if old {
            weezl::decode::Decoder::new(BitOrder::Lsb, 8)
        } else {
            weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
        };
        let mut bytes = vec![0; expected];
        let (mut read, mut written) = (0, 0);
        while written < expected {
            let (Some(from), Some(to)) = (data.get(read..), bytes.get_mut(written..)) else {
                break;
            };
            let step = decoder.decode_bytes(from, to);
            read += step.consumed_in;
            written += step.consumed_out;
            match step.status {
                Ok(weezl::LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
                Ok(_) => break,
                Err(_) => {
                    return Err(Fault::damaged(
                        read as u64,
                        said!(
                            "dữ liệu LZW có mã không thể có",
                            "LZW data hold an impossible code"
                        ),
                    ));
                }
            }
        }
        bytes.truncate(written);
        Ok(bytes)
    })
}

/// TIFF 6.0, section 9.
fn unpack_bits(data: &[u8], expected: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(expected);
    let mut rest = data;
    while let Some((&code, after)) = rest.split_first() {
        if out.len() >= expected {
            break;
        }
        let run = usize::from(code);
        match code {
            0..=127 => {
                let taken = after.get(..=run).unwrap_or(after);
                out.extend_from_slice(taken);
                rest = after.get(taken.len()..).unwrap_or_default();
            }
            128 => rest = after,
            129..=255 => {
                let Some((&value, after)) = after.split_first() else {
                    break;
                };
                out.resize(out.len() + 257 - run, value);
                rest = after;
            }
        }
    }
    out.truncate(expected);
    out
}

/// Differences to samples.
pub(super) fn add_up(row: &mut [u8], samples: usize, bits: u8) {
    if bits == 16 {
        for place in samples..row.len() / 2 {
            let left = wide(row, place - samples);
            let sum = left.wrapping_add(wide(row, place)).to_be_bytes();
            if let Some(to) = row.get_mut(place * 2..place * 2 + 2) {
                to.copy_from_slice(&sum);
            }
        }
        return;
    }
    for place in samples..row.len() {
        let left = row.get(place - samples).copied().unwrap_or_default();
        if let Some(value) = row.get_mut(place) {
            *value = value.wrapping_add(left);
        }
    }
}

fn wide(row: &[u8], place: usize) -> u16 {
    row.get(place * 2..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |pair| u16::from_be_bytes(*pair))
}
