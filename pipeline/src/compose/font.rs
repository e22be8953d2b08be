//! A font without ink: one empty glyph, every character, and a box of the height we ask for.
//!
//! Codes are UTF-16 units, so the text can be read back without a table per document. Readers take the
//! height of a highlight from the font descriptor, measured in font sizes from the baseline; so each
//! [`Face`] is its own font with its own ascent and descent, while all share the code map and the Unicode map, which are
//! written last and for the characters used only. A document of straight pages needs a few faces, a skewed page some more.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::objects::{ObjectWriter, Ref, deflate};

/// Advance of every glyph in thousandths of the font size.
pub(super) const ADVANCE: f32 = 500.0;
/// The code that fills a wide gap and reads as two spaces: a control, which no text here holds.
///
/// Readers that look only at geometry tear a line apart at a wide gap, whatever spaces stand in it; poppler drops
/// single spaces before it looks. A glyph that reads as two is to it a word like any other, and holds the line.
pub(super) const FILLER: u16 = 1;
/// Words whose own box shares less than this with that of their line may have another face.
const UNEVEN: f32 = 0.72;
/// Faces in one document; past it the nearest face serves. 16 heights by 16 depths cover all that OCR boxes
/// show, and the limit keeps a hostile page from filling the file with fonts.
const MAX_FACES: usize = 256;
/// Steps of ascent and descent, in thousandths of the font size.
const STEP: i32 = 25;
/// A face of the document serves for every box whose top and foot it misses by no more steps than this: finer
/// ones would cover boxes no better than OCR draws them, and each costs some 70 bytes (400 in PDF/A-1).
const NEAR: i32 = 3;
/// The same for the font program of a face, which costs 250 bytes.
const NEAR_PROGRAM: i32 = 8;

/// Ascent and descent in steps of [`STEP`] thousandths of the font size; the baseline is always inside
/// (poppler takes a descent's absolute value and ignores 0, and so do others).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Face {
    /// Above the baseline, 1 or more.
    pub(super) up: i32,
    /// Below the baseline, 1 or more.
    pub(super) down: i32,
}

impl Face {
    /// The face whose box reaches `up` and `down` font sizes from the baseline, as nearly as the steps allow.
    pub(super) fn around(up: f32, down: f32) -> Self {
        // Poppler ignores values from 3 font sizes on.
        let steps =
            |value: f32| ((value * 1000.0 / STEP as f32).round() as i32).clamp(1, 2900 / STEP);
        Self {
            up: steps(up),
            down: steps(down),
        }
    }
}

impl Face {
    /// How many steps the further of both sides is off.
    fn distance(self, other: Self) -> i32 {
        (self.up - other.up)
            .abs()
            .max((self.down - other.down).abs())
    }

    /// The common part of two boxes, as a part of both together.
    fn overlap(self, other: Self) -> f32 {
        let common = self.up.min(other.up) + self.down.min(other.down);
        let both = self.up.max(other.up) + self.down.max(other.down);
        common as f32 / both as f32
    }
}

/// The faces of one document and the streams that they share.
pub(super) struct Fonts {
    /// Each with its object, once a page has shown it.
    faces: Vec<(Face, Option<Ref>)>,
    programs: Vec<(Face, Ref)>,
    to_unicode: Ref,
    glyph_map: Ref,
    cid_set: Option<Ref>,
    /// The high bytes of the codes that were used.
    rows: BTreeSet<u8>,
}

impl Fonts {
    /// Promises the shared streams. PDF/A-1 wants a `/CIDSet` for a subset (6.3.5); later parts are better off without.
    pub(super) fn new<W: Write>(out: &mut ObjectWriter<W>, with_cid_set: bool) -> io::Result<Self> {
        let (to_unicode, glyph_map) = (out.promise()?, out.promise()?);
        let cid_set = if with_cid_set {
            let at = out.promise()?;
            out.stream(at, "/Filter/FlateDecode", &deflate(&[0xFF; 0x2000])?)?;
            Some(at)
        } else {
            None
        };
        Ok(Self {
            faces: Vec::new(),
            programs: Vec::new(),
            to_unicode,
            glyph_map,
            cid_set,
            rows: BTreeSet::from([0]),
        })
    }

    /// Takes note of codes that pages show.
    pub(super) fn note(&mut self, units: &[u16]) {
        self.rows
            .extend(units.iter().map(|unit| unit.to_be_bytes()[0]));
    }

    /// Writes the shared streams, as far as the noted codes need them.
    pub(super) fn finish<W: Write>(&self, out: &mut ObjectWriter<W>) -> io::Result<()> {
        let unicode = deflate(&to_unicode(&self.rows))?;
        out.stream(self.to_unicode, "/Filter/FlateDecode", &unicode)?;
        // Every CID shows the empty glyph 1.
        let last = self.rows.last().copied().unwrap_or(0);
        let glyphs = deflate(&[0, 1].repeat((usize::from(last) + 1) << 8))?;
        out.stream(self.glyph_map, "/Filter/FlateDecode", &glyphs)
    }

    /// The index of `face` in this document; its resource name is `F` and the index.
    pub(super) fn index(&mut self, face: Face) -> usize {
        let nearest = self
            .faces
            .iter()
            .enumerate()
            .min_by_key(|(_, (have, _))| have.distance(face));
        if let Some((index, (have, _))) = nearest
            && (have.distance(face) <= NEAR || self.faces.len() >= MAX_FACES)
        {
            return index;
        }
        self.faces.push((face, None));
        self.faces.len() - 1
    }

    /// The face that the document already has for a word whose own box is far from that of its line; lines stay
    /// even otherwise.
    pub(super) fn better(&self, usual: usize, own: Face) -> usize {
        let fit = |index: usize| {
            self.faces
                .get(index)
                .map_or(0.0, |(face, _)| face.overlap(own))
        };
        if fit(usual) >= UNEVEN {
            return usual;
        }
        let best = (0..self.faces.len())
            .max_by(|a, b| fit(*a).total_cmp(&fit(*b)))
            .unwrap_or(usual);
        if fit(best) > fit(usual) + 0.05 {
            best
        } else {
            usual
        }
    }

    /// The object of the face with this index, written when it is first asked for: of the faces that lines would
    /// have, words may have shown none.
    pub(super) fn object<W: Write>(
        &mut self,
        out: &mut ObjectWriter<W>,
        index: usize,
    ) -> io::Result<Option<Ref>> {
        let Some(&(face, at)) = self.faces.get(index) else {
            return Ok(None);
        };
        let at = match at {
            Some(at) => at,
            None => self.write(out, face, index)?,
        };
        if let Some((_, written)) = self.faces.get_mut(index) {
            *written = Some(at);
        }
        Ok(Some(at))
    }

    /// The program for `face`, or one that is near it: only MuPDF's highlights have their height from here.
    fn program<W: Write>(&mut self, out: &mut ObjectWriter<W>, face: Face) -> io::Result<Ref> {
        let near = self
            .programs
            .iter()
            .find(|(have, _)| have.distance(face) <= NEAR_PROGRAM);
        if let Some((_, at)) = near {
            return Ok(*at);
        }
        let at = out.promise()?;
        let data = truetype((face.up * STEP) as i16, (-face.down * STEP) as i16);
        out.stream(
            at,
            &format!("/Filter/FlateDecode/Length1 {}", data.len()),
            &deflate(&data)?,
        )?;
        self.programs.push((face, at));
        Ok(at)
    }

    fn write<W: Write>(
        &mut self,
        out: &mut ObjectWriter<W>,
        face: Face,
        index: usize,
    ) -> io::Result<Ref> {
        let name = format!("{}+GlyphLessFont", subset_tag(index));
        let (font, descendant, descriptor) = (out.promise()?, out.promise()?, out.promise()?);
        let (up, down) = (face.up * STEP, -face.down * STEP);
        let program = self.program(out, face)?;
        let cid_set = self
            .cid_set
            .map(|at| format!("/CIDSet {at}"))
            .unwrap_or_default();
        out.object(
            font,
            &format!(
                "<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H\
                 /DescendantFonts[{descendant}]/ToUnicode {}>>",
                self.to_unicode
            ),
        )?;
        out.object(
            descendant,
            &format!(
                "<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}\
                 /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>\
                 /FontDescriptor {descriptor}/DW {ADVANCE}/CIDToGIDMap {}>>",
                self.glyph_map
            ),
        )?;
        // Flags: fixed pitch (bit 1) and symbolic (bit 3), the latter because no glyph has a standard name.
        out.object(
            descriptor,
            &format!(
                "<</Type/FontDescriptor/FontName/{name}/Flags 5/FontBBox[0 {down} {ADVANCE} {up}]\
                 /ItalicAngle 0/Ascent {up}/Descent {down}/StemV 80\
                 /FontFile2 {program}{cid_set}>>"
            ),
        )?;
        Ok(font)
    }
}

/// Six capitals that differ from face to face (ISO 32000-1, 9.6.4).
fn subset_tag(index: usize) -> String {
    let mut rest = index;
    let mut tag = [b'A'; 6];
    for place in tag.iter_mut().rev() {
        *place += u8::try_from(rest % 26).unwrap_or(0);
        rest /= 26;
    }
    tag.iter().map(|&byte| char::from(byte)).collect()
}

/// The TrueType program: `.notdef` and one empty glyph, both half an em wide, in the six tables that a
/// CIDFont needs (ISO 32000-1, 9.9, table 126).
fn truetype(up: i16, down: i16) -> Vec<u8> {
    let (up, down) = (up as u16, down as u16);
    let tables = [
        (*b"glyf", vec![0]),
        (*b"head", head(up, down)),
        // version, ascender, descender, gap, advance 500, bearings 0, extent 500, caret upright, 2 metrics
        (
            *b"hhea",
            words(&[1, 0, up, down, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 2]),
        ),
        (*b"hmtx", words(&[500, 0, 500, 0])),
        (*b"loca", words(&[0, 0, 0])),
        (
            *b"maxp",
            words(&[1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        ),
    ];
    // 12 bytes of header, 16 for each of 6 tables; the search fields are those of 6.
    let mut out = words(&[1, 0, 6, 64, 2, 32]);
    let mut offset = 12 + 16 * tables.len() as u32;
    let mut head_at = 0;
    for (tag, data) in &tables {
        if tag == b"head" {
            head_at = offset as usize;
        }
        out.extend(tag);
        for field in [checksum(data), offset, data.len() as u32] {
            out.extend(field.to_be_bytes());
        }
        offset += (data.len() as u32).next_multiple_of(4);
    }
    for (_, data) in &tables {
        out.extend(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&out));
    if let Some(slot) = out.get_mut(head_at + 8..head_at + 12) {
        slot.copy_from_slice(&adjustment.to_be_bytes());
    }
    out
}

/// `head`: 1,000 units per em, the box, 16-bit offsets.
fn head(up: u16, down: u16) -> Vec<u8> {
    let start = words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0x0003, 1000]);
    [
        start,
        vec![0; 16],
        words(&[0, down, 500, up, 0, 8, 2, 0, 0]),
    ]
    .concat()
}

fn words(values: &[u16]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

/// The sum of all big-endian 32-bit words, the last one padded with zeros (OpenType, "calculating checksums").
fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0, |sum: u32, chunk| {
        let mut word = [0; 4];
        for (place, byte) in word.iter_mut().zip(chunk) {
            *place = *byte;
        }
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

/// The Unicode map of the codes with these high bytes: every code is the UTF-16 unit it stands for. One range for each
/// high byte, because a range must not carry into it (ISO 32000-1, 9.10.3); surrogates stay out, and so do the two
/// non-characters.
fn to_unicode(rows: &BTreeSet<u8>) -> Vec<u8> {
    let rows: Vec<String> = rows
        .iter()
        .filter(|high| !(0xD8..=0xDF).contains(*high))
        .map(|&high| {
            let (low, top) = match high {
                0x00 => (0x20, 0xFF),
                0xFF => (0x00, 0xFD),
                _ => (0x00, 0xFF),
            };
            format!("<{high:02X}{low:02X}><{high:02X}{top:02X}><{high:02X}{low:02X}>\n")
        })
        .collect();
    let mut out = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n\
         /CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n",
    );
    out.push_str(&format!(
        "1 beginbfchar\n<{FILLER:04X}><00200020>\nendbfchar\n"
    ));
    // A block holds at most 100 ranges (Adobe Technical Note 5014, 5.2).
    for block in rows.chunks(100) {
        out.push_str(&format!(
            "{} beginbfrange\n{}endbfrange\n",
            block.len(),
            block.concat()
        ));
    }
    out.push_str("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    out.into_bytes()
}
