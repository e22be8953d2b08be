//! `LZWDecode` (ISO 32000-1, 7.4.4).

use super::Step;

const CLEAR: usize = 256;
const END: usize = 257;
/// Codes have at most twelve bits.
const CODES: usize = 4096;

/// Codes of 9 to 12 bits; `early` when they grow one code before they must. `None` past `limit` bytes.
pub(super) fn decode(data: &[u8], early: bool, limit: usize) -> Option<Step> {
    let mut table = Codes::new();
    let mut bits = Bits {
        data,
        pos: 0,
        held: 0,
        count: 0,
    };
    let mut bytes = Vec::new();
    let mut previous: Option<(usize, usize)> = None;
    while let Some(code) = bits.take(table.width(early)) {
        if code == END {
            return Some(Step {
                bytes,
                damaged: false,
            });
        }
        if code == CLEAR {
            table.next = END + 1;
            previous = None;
            continue;
        }
        let start = bytes.len();
        if !table.expand(code, previous, &mut bytes) {
            return Some(Step {
                bytes,
                damaged: true,
            });
        }
        if let Some((at, length)) = previous {
            table.add(at, length + 1);
        }
        previous = Some((start, bytes.len() - start));
        if bytes.len() > limit {
            return None;
        }
    }
    // Many writers leave out the end code.
    Some(Step {
        bytes,
        damaged: false,
    })
}

/// Each code above 257 is a stretch of what was decoded already: its start and length.
struct Codes {
    stretches: Vec<(usize, usize)>,
    next: usize,
}

impl Codes {
    fn new() -> Self {
        Self {
            stretches: vec![(0, 0); CODES],
            next: END + 1,
        }
    }

    fn width(&self, early: bool) -> u32 {
        match self.next + usize::from(early) {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        }
    }

    fn add(&mut self, at: usize, length: usize) {
        if let Some(stretch) = self.stretches.get_mut(self.next) {
            *stretch = (at, length);
            self.next += 1;
        }
    }

    /// Appends what `code` stands for; false when it stands for nothing yet.
    fn expand(&self, code: usize, previous: Option<(usize, usize)>, bytes: &mut Vec<u8>) -> bool {
        if let Ok(literal) = u8::try_from(code) {
            bytes.push(literal);
            return true;
        }
        // The code being defined by this very step is the previous stretch and its own first byte.
        let (at, length) = match previous {
            Some((at, length)) if code == self.next => (at, length + 1),
            Some(_) if code < self.next => self.stretches.get(code).copied().unwrap_or_default(),
            _ => return false,
        };
        for index in at..at + length {
            let Some(&byte) = bytes.get(index) else {
                return false;
            };
            bytes.push(byte);
        }
        true
    }
}

/// Bits from the most significant one on.
struct Bits<'a> {
    data: &'a [u8],
    pos: usize,
    held: u32,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, width: u32) -> Option<usize> {
        while self.count < width {
            let byte = *self.data.get(self.pos)?;
            self.pos += 1;
            self.held = (self.held & 0xFF_FFFF) << 8 | u32::from(byte);
            self.count += 8;
        }
        self.count -= width;
        let code = self.held >> self.count & ((1 << width) - 1);
        usize::try_from(code).ok()
    }
}
