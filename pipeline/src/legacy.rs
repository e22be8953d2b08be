//! Text from before Unicode: TCVN3 (fonts named `.VnTime`) and VNI (fonts named `VNI-Times`) made readable.
//!
//! Both put Vietnamese letters where Latin-1 has others, so that a PDF of those years says `QuyÕt ®Þnh` where its page
//! shows `Quyết định`. Fonts tell by their names, text by how its words come out. A word that is Vietnamese as it
//! stands is left alone.

use unicode_normalization::UnicodeNormalization;

use crate::document::Line;

mod syllable;

mod tables;

/// A way of writing Vietnamese in eight bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// TCVN 5712:1993, VN3: one byte for each letter; what `ABC` keyboards wrote.
    Tcvn3,
    /// VNI for Windows: a letter, then a byte for its marks.
    Vni,
}

impl Encoding {
    /// Both.
    const ALL: [Self; 2] = [Self::Tcvn3, Self::Vni];

    /// The word in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tcvn3 => "tcvn3",
            Self::Vni => "vni",
        }
    }

    /// The encoding that a font's name tells, subset prefix and all: `.VnTimeH`, `ABCDEF+VNI-Times`.
    pub fn of_font(name: &str) -> Option<Self> {
        let name = name.split_once('+').map_or(name, |(_, name)| name);
        let name = name.to_ascii_lowercase();
        if name.starts_with(".vn") {
            Some(Self::Tcvn3)
        } else if name.starts_with("vni-") || name.starts_with("vni ") {
            Some(Self::Vni)
        } else {
            None
        }
    }

    fn read(self, word: &str) -> String {
        match self {
            Self::Tcvn3 => tables::tcvn3(word),
            Self::Vni => tables::vni(word),
        }
    }
}

/// The letter of a glyph as Latin-1 has it, for pages with fonts of the old encodings: `text` is what the PDF says
/// it is, `code` the byte that stands in the page's content.
///
/// What WinAnsi takes for a hyphen (0xAD) is a letter in both.
pub fn letter(text: Option<String>, code: u32) -> Option<String> {
    let byte = u8::try_from(code).ok().filter(|byte| *byte >= 0xA1);
    match (text.as_deref(), byte) {
        (None | Some("-"), Some(0xAD)) => Some('\u{AD}'.to_string()),
        (None, Some(byte)) => Some(char::from(byte).to_string()),
        _ => text,
    }
}

/// Rewrites `lines` in Unicode when they are of an old encoding, by the fonts of the page or by their words, and says
/// which. Words that are Vietnamese as they stand stay.
pub fn convert(lines: &mut [Line], fonts: &[Encoding]) -> Option<Encoding> {
    let encoding = recognised(lines, fonts)?;
    let named = fonts.contains(&encoding);
    let mut changed = false;
    for word in lines.iter_mut().flat_map(|line| &mut line.words) {
        let read = converted(&word.text, encoding, named);
        changed |= read != word.text;
        word.text = read;
    }
    changed.then_some(encoding)
}

/// Words in which an old encoding shows, below which text alone does not tell.
const FEWEST: usize = 12;

/// The encoding under which the words make most sense, and much more than as they stand.
fn recognised(lines: &[Line], fonts: &[Encoding]) -> Option<Encoding> {
    let words = || {
        let words = lines.iter().flat_map(|line| &line.words);
        words
            .map(|word| word.text.as_str())
            .filter(|word| shows(word))
    };
    // What only Unicode has: a page with more than a few such letters was written in it.
    let modern = lines
        .iter()
        .flat_map(|line| &line.words)
        .filter(|word| word.text.chars().any(is_modern))
        .count();
    let total = words().count();
    let plain = words().filter(|word| makes_sense(word)).count();
    let best = Encoding::ALL
        .into_iter()
        .map(|encoding| {
            let good = words()
                .filter(|word| makes_sense(&encoding.read(word)))
                .count();
            (good, encoding)
        })
        .max_by_key(|(good, _)| *good);
    let (good, encoding) = best?;
    match fonts {
        // Both kinds of fonts on one page are rare; the words decide. One kind is told by its name.
        [only] if total > 0 => {
            Some(*only).filter(|only| good == 0 || *only == encoding || plain < total)
        }
        [_, ..] if good > plain => Some(encoding),
        _ => {
            let clear = total >= FEWEST && modern * 10 <= total;
            (clear && good * 10 >= total * 8 && plain * 10 <= total * 5).then_some(encoding)
        }
    }
}

/// Whether a word has letters that an old encoding may have put there.
fn shows(word: &str) -> bool {
    let latin = |c: char| ('\u{A1}'..='\u{FF}').contains(&c) || matches!(c, '\u{3BC}' | '\u{2219}');
    word.chars().any(latin) && word.chars().any(char::is_alphabetic)
}

/// Whether a letter is one that neither old encoding can show.
fn is_modern(c: char) -> bool {
    matches!(c, '\u{102}'..='\u{1B0}' | '\u{300}'..='\u{323}' | '\u{1EA0}'..='\u{1EF9}')
}

/// Whether the letters of a word, what stands around them left out, are Vietnamese syllables.
fn makes_sense(word: &str) -> bool {
    let mut parts = word
        .split(|c: char| !c.is_alphabetic() && !is_modern(c))
        .filter(|part| !part.is_empty())
        .peekable();
    // Signs of currency, sections and the like make no word.
    let strange = word
        .chars()
        .any(|c| ('\u{A1}'..='\u{BF}').contains(&c) && !"«»°·".contains(c));
    !strange && parts.peek().is_some() && parts.all(syllable::is_one)
}

fn converted(word: &str, encoding: Encoding, named: bool) -> String {
    let hyphened = encoding == Encoding::Tcvn3 && word.contains('-');
    if word.chars().any(is_modern) || !(shows(word) || hyphened) {
        return word.to_owned();
    }
    let read: String = encoding.read(word).nfc().collect();
    if makes_sense(&read) {
        // Vietnamese both ways, such as `có`: in a text of this encoding it is that.
        return read;
    }
    if hyphened {
        // `-` between letters is the byte 0xAD, which some programs take for a hyphen.
        let restored: String = encoding.read(&word.replace('-', "\u{AD}")).nfc().collect();
        if makes_sense(&restored) {
            return restored;
        }
    }
    if named && shows(word) && !makes_sense(word) {
        read
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests;
