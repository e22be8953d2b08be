//! Fax codings (ITU-T T.4 and T.6) to black and white pixels.

use crate::record::said;
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::super::error::Fault;
use super::super::guard;
use super::geometry::Compression;

/// Decodes `rows` rows of `width` px into bytes, `white` and `black` as given.
pub(super) fn decode(
    data: &[u8],
    compression: Compression,
    width: u32,
    rows: u32,
    (white, black): (u8, u8),
) -> Result<Vec<u8>, Fault> {
    let row_pixels = usize::try_from(width).unwrap_or_default();
    let all = row_pixels * usize::try_from(rows).unwrap_or_default();
    let mut sink = Rows {
        pixels: vec![white; all],
        row_pixels,
        black,
        filled: 0,
    };
    let encoding = match compression {
        Compression::FaxRows
        | Compression::Fax3 {
            two_dimensional: false,
        } => EncodingMode::Group3_1D,
        Compression::Fax3 {
            two_dimensional: true,
        } => EncodingMode::Group3_2D,
        _ => EncodingMode::Group4,
    };
    let settings = DecodeSettings {
        columns: width,
        rows,
        end_of_block: compression != Compression::FaxRows,
        end_of_line: matches!(compression, Compression::Fax3 { .. }),
        rows_are_byte_aligned: compression == Compression::FaxRows,
        encoding,
        strict: true,
    };
    let outcome = guard::decode(|| {
        Ok(
            hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings))
                .map_err(|error| error.to_string()),
        )
    })?;
    let wanted = usize::try_from(rows).unwrap_or_default();
    if sink.filled >= wanted {
        return Ok(sink.pixels);
    }
    let why = outcome
        .err()
        .unwrap_or_else(|| "the coded data end".to_owned());
    Err(Fault::damaged(
        None,
        said!(
            "mã fax hỏng ở dòng {} trên {rows} (“{why}”)",
            "fax coding breaks in row {} of {rows}: {why}",
            sink.filled + 1
        ),
    ))
}

/// Takes rows as positions of colour changes.
struct Rows {
    pixels: Vec<u8>,
    row_pixels: usize,
    black: u8,
    filled: usize,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let start = self.filled * self.row_pixels;
        self.filled += 1;
        let Some(row) = self.pixels.get_mut(start..start + self.row_pixels) else {
            return;
        };
        for pair in changes.chunks(2) {
            let at = |change: Option<&u32>| {
                change
                    .and_then(|at| usize::try_from(*at).ok())
                    .unwrap_or(row.len())
            };
            let (from, to) = (at(pair.first()), at(pair.get(1)));
            if let Some(run) = row.get_mut(from..to.min(self.row_pixels)) {
                run.fill(self.black);
            }
        }
    }
}
