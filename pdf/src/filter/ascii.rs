//! `ASCIIHexDecode` and `ASCII85Decode` (ISO 32000-1, 7.4.2 and 7.4.3).

use super::Step;
use crate::lexer::{hex_digit, is_space};

/// Two digits a byte, up to `>`; `None` past `limit` bytes.
pub(super) fn hex(data: &[u8], limit: usize) -> Option<Step> {
    let mut bytes = Vec::new();
    let mut high = None;
    let mut damaged = false;
    for &byte in data.iter().filter(|byte| !is_space(**byte)) {
        match (hex_digit(byte), high) {
            (None, _) => {
                damaged = byte != b'>';
                break;
            }
            (Some(digit), None) => high = Some(digit),
            (Some(digit), Some(first)) => {
                bytes.push(first << 4 | digit);
                high = None;
            }
        }
        if bytes.len() > limit {
            return None;
        }
    }
    bytes.extend(high.map(|digit: u8| digit << 4));
    Some(Step { bytes, damaged })
}

/// Five characters for four bytes, up to `~>`; `None` past `limit` bytes.
pub(super) fn base85(data: &[u8], limit: usize) -> Option<Step> {
    let mut bytes = Vec::new();
    let mut group = 0_u32;
    let mut count = 0;
    let mut damaged = false;
    for &byte in data.iter().filter(|byte| !is_space(**byte)) {
        match byte {
            b'z' if count == 0 => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                let Some(next) = group
                    .checked_mul(85)
                    .and_then(|value| value.checked_add(u32::from(byte - b'!')))
                else {
                    damaged = true;
                    break;
                };
                group = next;
                count += 1;
                if count == 5 {
                    bytes.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            other => {
                damaged = other != b'~';
                break;
            }
        }
        if bytes.len() > limit {
            return None;
        }
    }
    damaged |= count == 1;
    if count > 1 {
        for _ in count..5 {
            group = group.saturating_mul(85).saturating_add(84);
        }
        bytes.extend(group.to_be_bytes().into_iter().take(count - 1));
    }
    Some(Step { bytes, damaged })
}
