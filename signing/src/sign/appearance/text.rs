//! Lines of text in a Times-metric face, of which a document gets the letters that it shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use saoy_pdf::{Append, Dict, Object, ObjectId};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use super::picture::packed;
use super::{name, one, reals};
use crate::sign::SignError;

/// Liberation Serif; see `fonts/LICENSE-OFL.txt`.
const FACE: &[u8] = include_bytes!("../../../fonts/LiberationSerif-Regular.ttf");
/// Its name in documents, after the tag that says it is a subset.
const NAME: &str = "LiberationSerif";
/// Size of letters, pt (decree 30/2020, annex I, part I, II.8 and part II.I).
pub const SIZE: f64 = 10.0;
/// From line to line, pt.
const LEADING: f64 = 12.0;
/// From the top of the block to the first baseline: the face's ascent, pt.
const ASCENT: f64 = 0.891 * SIZE;

/// Text, broken into lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<String>,
}

impl Lines {
    /// Breaks `paragraphs` between words into lines of at most `width` pt; a word that is longer has a line of its own.
    /// The text becomes NFC.
    ///
    /// # Errors
    /// When the face lacks a character.
    pub fn new<S: AsRef<str>>(paragraphs: &[S], width: f64) -> Result<Self, SignError> {
        let face = Face::open()?;
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let paragraph: String = paragraph.as_ref().nfc().collect();
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() {
                    word.to_owned()
                } else {
                    format!("{line} {word}")
                };
                if line.is_empty() || face.width(&longer)? <= width {
                    line = longer;
                } else {
                    face.width(word)?;
                    lines.push(std::mem::replace(&mut line, word.to_owned()));
                }
            }
            if !line.is_empty() {
                face.width(&line)?;
                lines.push(line);
            }
        }
        Ok(Self { lines })
    }

    /// Width of the longest line, pt.
    pub fn width(&self) -> f64 {
        let Ok(face) = Face::open() else { return 0.0 };
        self.lines
            .iter()
            .filter_map(|line| face.width(line).ok())
            .fold(0.0, f64::max)
    }

    /// Height of all lines, pt.
    pub fn height(&self) -> f64 {
        self.lines.iter().map(|_| LEADING).sum()
    }

    /// The lines.
    pub fn as_slice(&self) -> &[String] {
        &self.lines
    }

    /// Writes the font; gives it and the operators that show the text below `top` pt, in font `F` and colour space `G`.
    pub(super) fn put(
        &self,
        append: &mut Append,
        top: f64,
        lists_glyphs: bool,
    ) -> Result<(ObjectId, String), SignError> {
        let face = Face::open()?;
        let mut subset = Subset::default();
        let mut content = format!(
            "BT /G cs 0 sc /F {SIZE} Tf {LEADING} TL 0 {:.3} Td\n",
            top - ASCENT
        );
        for line in &self.lines {
            content.push('<');
            for letter in line.chars() {
                let glyph = subset.glyph(letter, face.glyph(letter)?);
                // Writing to a string does not fail.
                let _ = write!(content, "{glyph:04X}");
            }
            content += "> Tj T*\n";
        }
        content += "ET\n";
        let font = subset.put(append, &face, lists_glyphs)?;
        Ok((font, content))
    }
}

/// Black without regard to the document's output intent (ISO 32000-1, 8.6.5.2).
pub(super) fn black() -> Object {
    Object::Array(vec![
        name("CalGray"),
        one("WhitePoint", reals(&[0.9505, 1.0, 1.089])),
    ])
}

struct Face {
    font: FontRef<'static>,
}

fn broken(error: impl std::fmt::Display) -> SignError {
    SignError::Face(error.to_string())
}

impl Face {
    fn open() -> Result<Self, SignError> {
        let font = FontRef::new(FACE).map_err(broken)?;
        Ok(Self { font })
    }

    fn glyph(&self, letter: char) -> Result<GlyphId, SignError> {
        self.font
            .charmap()
            .map(letter)
            .ok_or(SignError::Letter(letter))
    }

    /// In thousandths of the size.
    fn advance(&self, glyph: GlyphId) -> f64 {
        let per_em = self.font.head().map_or(2048, |head| head.units_per_em());
        let metrics = self
            .font
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = metrics.advance_width(glyph).unwrap_or(0.0);
        f64::from(units) * 1000.0 / f64::from(per_em.max(1))
    }

    /// Pt.
    fn width(&self, text: &str) -> Result<f64, SignError> {
        let mut sum = 0.0;
        for letter in text.chars() {
            sum += self.advance(self.glyph(letter)?);
        }
        Ok(sum * SIZE / 1000.0)
    }
}

/// The glyphs that are used, numbered anew.
#[derive(Default)]
struct Subset {
    glyphs: subsetter::GlyphRemapper,
    /// New number: the letter and the glyph in the whole face.
    letters: BTreeMap<u16, (char, GlyphId)>,
}

impl Subset {
    fn glyph(&mut self, letter: char, glyph: GlyphId) -> u16 {
        let old = u16::try_from(glyph.to_u32()).unwrap_or(0);
        let new = self.glyphs.remap(old);
        self.letters.entry(new).or_insert((letter, glyph));
        new
    }

    /// A composite font (ISO 32000-1, 9.7) with the glyphs' new numbers as codes.
    fn put(
        &self,
        append: &mut Append,
        face: &Face,
        lists_glyphs: bool,
    ) -> Result<ObjectId, SignError> {
        let program = subsetter::subset(FACE, 0, &self.glyphs).map_err(broken)?;
        let file = put_packed(append, &program, &[("Length1", program.len())])?;
        let to_unicode = put_packed(append, self.to_unicode().as_bytes(), &[])?;
        let tagged = format!("{}+{NAME}", self.tag());

        let mut descriptor = face.descriptor(&tagged)?;
        descriptor.set("FontFile2", Object::Ref(file));
        if lists_glyphs {
            // Also the parts of accented letters that no text names are in the program.
            let subset = FontRef::new(&program).map_err(broken)?;
            let count = usize::from(subset.maxp().map_err(broken)?.num_glyphs());
            let set: Vec<u8> = (0..count.div_ceil(8))
                .map(|byte| {
                    let left = count.saturating_sub(byte * 8).min(8);
                    0xFF00_u16
                        .checked_shr(u32::try_from(left).unwrap_or(8))
                        .unwrap_or(0) as u8
                })
                .collect();
            descriptor.set("CIDSet", Object::Ref(put_packed(append, &set, &[])?));
        }
        let descriptor_id = append.alloc()?;
        append.put(descriptor_id, &Object::Dict(descriptor))?;

        let mut widths = Vec::new();
        for (new, (_, old)) in &self.letters {
            widths.push(Object::Integer(i64::from(*new)));
            widths.push(reals(&[face.advance(*old)]));
        }
        let mut system = Dict::new();
        system.set("Registry", Object::String(b"Adobe".to_vec()));
        system.set("Ordering", Object::String(b"Identity".to_vec()));
        system.set("Supplement", Object::Integer(0));
        let mut descendant = Dict::new();
        descendant.set("Type", name("Font"));
        descendant.set("Subtype", name("CIDFontType2"));
        descendant.set("BaseFont", name(&tagged));
        descendant.set("CIDSystemInfo", Object::Dict(system));
        descendant.set("FontDescriptor", Object::Ref(descriptor_id));
        descendant.set("W", Object::Array(widths));
        descendant.set("CIDToGIDMap", name("Identity"));
        let descendant_id = append.alloc()?;
        append.put(descendant_id, &Object::Dict(descendant))?;

        let mut font = Dict::new();
        font.set("Type", name("Font"));
        font.set("Subtype", name("Type0"));
        font.set("BaseFont", name(&tagged));
        font.set("Encoding", name("Identity-H"));
        font.set(
            "DescendantFonts",
            Object::Array(vec![Object::Ref(descendant_id)]),
        );
        font.set("ToUnicode", Object::Ref(to_unicode));
        let id = append.alloc()?;
        append.put(id, &Object::Dict(font))?;
        Ok(id)
    }

    /// Six capitals that depend on which letters there are (9.6.4).
    fn tag(&self) -> String {
        let mut sum = self.letters.values().fold(7_u32, |sum, (letter, _)| {
            sum.wrapping_mul(31).wrapping_add(u32::from(*letter))
        });
        let mut tag = String::new();
        for _ in 0..6 {
            tag.push(char::from(b'A' + (sum % 26) as u8));
            sum /= 26;
        }
        tag
    }

    /// What each code means (9.10.3).
    fn to_unicode(&self) -> String {
        let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            .to_owned();
        let letters: Vec<_> = self.letters.iter().collect();
        // At most a hundred in one go.
        for some in letters.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", some.len());
            for (new, (letter, _)) in some {
                let _ = write!(map, "<{new:04X}> <");
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(map, "{unit:04X}");
                }
                map += ">\n";
            }
            map += "endbfchar\n";
        }
        map += "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
        map
    }
}

impl Face {
    /// Measures of the face in thousandths of the size (9.8).
    fn descriptor(&self, tagged: &str) -> Result<Dict, SignError> {
        let head = self.font.head().map_err(broken)?;
        let hhea = self.font.hhea().map_err(broken)?;
        let os2 = self.font.os2().map_err(broken)?;
        let per_em = f64::from(head.units_per_em().max(1));
        let scaled = |units: i16| (f64::from(units) * 1000.0 / per_em).round();
        let bounds = [head.x_min(), head.y_min(), head.x_max(), head.y_max()].map(scaled);
        let capital = os2.s_cap_height().unwrap_or(hhea.ascender().to_i16());
        let mut descriptor = Dict::new();
        descriptor.set("Type", name("FontDescriptor"));
        descriptor.set("FontName", name(tagged));
        // Serifs (bit 2); symbolic (bit 3), since the codes are glyph numbers.
        descriptor.set("Flags", Object::Integer(6));
        descriptor.set("FontBBox", reals(&bounds));
        descriptor.set("ItalicAngle", Object::Integer(0));
        for (key, value) in [
            ("Ascent", scaled(hhea.ascender().to_i16())),
            ("Descent", scaled(hhea.descender().to_i16())),
            ("CapHeight", scaled(capital)),
            // Of the regular weights of Times.
            ("StemV", 80.0),
        ] {
            descriptor.set(key, Object::Real(value));
        }
        Ok(descriptor)
    }
}

fn put_packed(
    append: &mut Append,
    bytes: &[u8],
    entries: &[(&str, usize)],
) -> Result<ObjectId, SignError> {
    let id = append.alloc()?;
    let mut dict = Dict::new();
    dict.set("Filter", name("FlateDecode"));
    for (key, value) in entries {
        dict.set(key, Object::Integer(i64::try_from(*value).unwrap_or(0)));
    }
    append.put_stream(id, &dict, &packed(bytes)?)?;
    Ok(id)
}
