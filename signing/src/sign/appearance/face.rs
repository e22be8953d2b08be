//! The faces of stamps, and the pen that writes with them: a document gets the letters that it shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use saoy_pdf::{Append, Dict, Object, ObjectId};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::picture::packed;
use super::{name, reals};
use crate::sign::SignError;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// As text is.
    #[default]
    Regular,
    /// Bold.
    Bold,
}

impl Weight {
    /// Liberation Serif; see `fonts/LICENSE-OFL.txt`.
    fn file(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../../fonts/LiberationSerif-Regular.ttf"),
            Self::Bold => include_bytes!("../../../fonts/LiberationSerif-Bold.ttf"),
        }
    }

    /// The face's name in documents, after the tag that says it is a subset.
    fn name(self) -> &'static str {
        match self {
            Self::Regular => "LiberationSerif",
            Self::Bold => "LiberationSerif-Bold",
        }
    }

    /// What operators call it.
    fn key(self) -> &'static str {
        match self {
            Self::Regular => "F",
            Self::Bold => "B",
        }
    }

    /// Width of stems of the weights of Times, thousandths of the size.
    fn stem(self) -> f64 {
        match self {
            Self::Regular => 80.0,
            Self::Bold => 140.0,
        }
    }
}

/// From the top of a line to its baseline, in sizes: the face's ascent.
pub(super) const ASCENT: f64 = 0.891;

pub(super) struct Face {
    font: FontRef<'static>,
    weight: Weight,
}

fn broken(error: impl std::fmt::Display) -> SignError {
    SignError::Face(error.to_string())
}

impl Face {
    pub(super) fn open(weight: Weight) -> Result<Self, SignError> {
        let font = FontRef::new(weight.file()).map_err(broken)?;
        Ok(Self { font, weight })
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

    /// Of `text` in letters of `size` pt, pt.
    pub(super) fn width(&self, text: &str, size: f64) -> Result<f64, SignError> {
        let mut sum = 0.0;
        for letter in text.chars() {
            sum += self.advance(self.glyph(letter)?);
        }
        Ok(sum * size / 1000.0)
    }

    /// Measures of the face in thousandths of the size (ISO 32000-1, 9.8).
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
            ("StemV", self.weight.stem()),
        ] {
            descriptor.set(key, Object::Real(value));
        }
        Ok(descriptor)
    }
}

/// Operators as they are written, and the letters that they show.
#[derive(Default)]
pub(super) struct Pen {
    pub(super) content: String,
    subsets: BTreeMap<Weight, Subset>,
}

impl Pen {
    /// Shows `text` in black from `at`: left end and baseline, pt. Black is colour space `G`.
    pub(super) fn write(
        &mut self,
        text: &str,
        weight: Weight,
        size: f64,
        at: (f64, f64),
    ) -> Result<(), SignError> {
        let face = Face::open(weight)?;
        let subset = self.subsets.entry(weight).or_default();
        let key = weight.key();
        // Writing to a string does not fail.
        let _ = write!(
            self.content,
            "BT /G cs 0 sc /{key} {size} Tf {:.3} {:.3} Td <",
            at.0, at.1
        );
        for letter in text.chars() {
            let glyph = subset.glyph(letter, face.glyph(letter)?);
            let _ = write!(self.content, "{glyph:04X}");
        }
        self.content += "> Tj ET\n";
        Ok(())
    }

    /// Writes the fonts; gives the dictionary of resources that names them.
    pub(super) fn put_fonts(
        &self,
        append: &mut Append,
        lists_glyphs: bool,
    ) -> Result<Dict, SignError> {
        let mut fonts = Dict::new();
        for (weight, subset) in &self.subsets {
            let font = subset.put(append, &Face::open(*weight)?, lists_glyphs)?;
            fonts.set(weight.key(), Object::Ref(font));
        }
        Ok(fonts)
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
        let program = subsetter::subset(face.weight.file(), 0, &self.glyphs).map_err(broken)?;
        let file = put_packed(append, &program, &[("Length1", program.len())])?;
        let to_unicode = put_packed(append, self.to_unicode().as_bytes(), &[])?;
        let tagged = format!("{}+{}", self.tag(), face.weight.name());

        let mut descriptor = face.descriptor(&tagged)?;
        descriptor.set("FontFile2", Object::Ref(file));
        if lists_glyphs {
            let set = Self::all_of(&program)?;
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

    /// A bit for each glyph of `program`: also the parts of accented letters that no text names are in it.
    fn all_of(program: &[u8]) -> Result<Vec<u8>, SignError> {
        let subset = FontRef::new(program).map_err(broken)?;
        let count = usize::from(subset.maxp().map_err(broken)?.num_glyphs());
        Ok((0..count.div_ceil(8))
            .map(|byte| {
                let left = count.saturating_sub(byte * 8).min(8);
                0xFF00_u16
                    .checked_shr(u32::try_from(left).unwrap_or(8))
                    .unwrap_or(0) as u8
            })
            .collect())
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
