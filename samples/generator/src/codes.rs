//! Squares of modules: QR codes as identity cards and receipts carry them.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::page::Mark;

/// A QR code saying `text` (UTF-8) with its corner at `at` and `size` points wide; `None` when the text is too long.
#[must_use]
pub fn qr(text: &str, at: (f32, f32), size: f32) -> Option<Mark> {
    let segments = QrSegment::make_segments(text);
    let code = QrCode::encode_segments_advanced(
        &segments,
        QrCodeEcc::Medium,
        Version::MIN,
        Version::MAX,
        None,
        true,
    )
    .ok()?;
    let modules = (0..code.size())
        .map(|y| (0..code.size()).map(|x| code.get_module(x, y)).collect())
        .collect();
    Some(Mark::Code {
        at,
        size,
        modules,
        text: text.to_owned(),
    })
}
