//! The four faces of a serif family: widths for setting lines, outlines for printing them.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, OutlineCurve, Point};

use crate::{
    Error,
    page::{Face, Style},
};

/// Families known by a short name, as Debian installs them: regular, bold, italic, bold italic.
const KNOWN: [(&str, [&str; 4]); 3] = [
    (
        "liberation",
        [
            "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSerif-Bold.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSerif-Italic.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSerif-BoldItalic.ttf",
        ],
    ),
    (
        "texgyre",
        [
            "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyretermes-regular.otf",
            "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyretermes-bold.otf",
            "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyretermes-italic.otf",
            "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyretermes-bolditalic.otf",
        ],
    ),
    (
        "freeserif",
        [
            "/usr/share/fonts/truetype/freefont/FreeSerif.ttf",
            "/usr/share/fonts/truetype/freefont/FreeSerifBold.ttf",
            "/usr/share/fonts/truetype/freefont/FreeSerifItalic.ttf",
            "/usr/share/fonts/truetype/freefont/FreeSerifBoldItalic.ttf",
        ],
    ),
];

/// The letters without serifs, and those of one width, that go with a known family; the first that is installed.
const SANS: [(&str, [&str; 4]); 2] = [
    (
        "liberation",
        [
            "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSans-Italic.ttf",
            "/usr/share/fonts/truetype/liberation2/LiberationSans-BoldItalic.ttf",
        ],
    ),
    (
        "",
        [
            "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed.ttf",
            "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
            "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Oblique.ttf",
            "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-BoldOblique.ttf",
        ],
    ),
];

const MONO: [&str; 4] = [
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Bold.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Italic.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationMono-BoldItalic.ttf",
];

/// A family of four faces, with companions where they are installed.
pub struct Family {
    faces: [FontVec; 4],
    sans: Option<[FontVec; 4]>,
    mono: Option<[FontVec; 4]>,
    /// Width of all letters as a multiple of their own: 1 as drawn.
    pub stretch: f32,
    /// SHA-256 of all files read, one after the other, lower-case hex.
    pub sha256: String,
}

impl Family {
    /// Opens a family by short name (`liberation`, `texgyre`, `freeserif`) or by the path of its regular face,
    /// whose neighbours are then found by the naming habits of these three.
    ///
    /// # Errors
    /// When a file cannot be read, is no font, or lacks Vietnamese letters.
    pub fn open(name: &str) -> Result<Self, Error> {
        let paths = KNOWN.iter().find(|(short, _)| *short == name).map_or_else(
            || siblings(Path::new(name)),
            |(_, files)| files.map(PathBuf::from),
        );
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let faces = load(&paths, &mut digest)?;
        let mut sans = None;
        for (_, files) in SANS.iter().filter(|(of, _)| of.is_empty() || *of == name) {
            if sans.is_none() {
                sans = load(&files.map(PathBuf::from), &mut digest).ok();
            }
        }
        let mono = load(&MONO.map(PathBuf::from), &mut digest).ok();
        let sha256 = digest
            .finish()
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            faces,
            sans,
            mono,
            stretch: 1.0,
            sha256,
        })
    }

    /// The family of the second world: the first of TeX Gyre Termes, FreeSerif, or the usual one set narrower.
    ///
    /// # Errors
    /// When none of them can be read.
    pub fn second() -> Result<Self, Error> {
        Self::open("texgyre")
            .or_else(|_| Self::open("freeserif"))
            .or_else(|_| {
                let mut family = Self::open("liberation")?;
                family.stretch = 0.95;
                Ok(family)
            })
    }

    /// Width of `text` in points.
    #[must_use]
    pub fn width(&self, text: &str, style: Style) -> f32 {
        let face = self.face(style);
        let scale = style.size / em(face);
        text.chars()
            .map(|letter| face.h_advance_unscaled(face.glyph_id(letter)) * scale * self.stretch)
            .sum()
    }

    /// Calls `draw` with the outline of each letter of `text`, in points from the start of its baseline, y downwards.
    pub fn outlines(&self, text: &str, style: Style, mut draw: impl FnMut(&[Segment], f32)) {
        let face = self.face(style);
        let scale = style.size / em(face);
        let mut pen = 0.0;
        for letter in text.chars() {
            let id = face.glyph_id(letter);
            let advance = face.h_advance_unscaled(id) * scale * self.stretch;
            if let Some(outline) = face.outline(id) {
                let segments: Vec<Segment> = outline
                    .curves
                    .iter()
                    .map(|curve| Segment::scaled(curve, (scale * self.stretch, scale), pen))
                    .collect();
                draw(&segments, pen + advance / 2.0);
            }
            pen += advance;
        }
    }

    fn face(&self, style: Style) -> &FontVec {
        let index = usize::from(style.bold) + 2 * usize::from(style.italic);
        let faces = match style.face {
            Face::Text => None,
            Face::Sans => self.sans.as_ref(),
            Face::Mono => self.mono.as_ref(),
        };
        &faces.unwrap_or(&self.faces)[index.min(3)]
    }
}

fn load(paths: &[PathBuf; 4], digest: &mut ring::digest::Context) -> Result<[FontVec; 4], Error> {
    let mut faces = Vec::with_capacity(4);
    for path in paths {
        let bytes = std::fs::read(path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        digest.update(&bytes);
        let face = FontVec::try_from_vec(bytes).map_err(|_| Error::Font { path: path.clone() })?;
        if ['ấ', 'ặ', 'Ữ', 'đ']
            .iter()
            .any(|&letter| face.glyph_id(letter).0 == 0)
        {
            return Err(Error::Letters { path: path.clone() });
        }
        faces.push(face);
    }
    faces.try_into().map_err(|_| Error::Font {
        path: paths.first().cloned().unwrap_or_default(),
    })
}

/// A piece of outline; all points in points, y downwards.
#[derive(Debug, Clone, Copy)]
pub enum Segment {
    /// A straight edge.
    Line([(f32, f32); 2]),
    /// A quadratic Bézier curve (TrueType).
    Quad([(f32, f32); 3]),
    /// A cubic Bézier curve (CFF).
    Cubic([(f32, f32); 4]),
}

impl Segment {
    fn scaled(curve: &OutlineCurve, (wide, high): (f32, f32), pen: f32) -> Self {
        let at = |point: &Point| (pen + point.x * wide, -point.y * high);
        match curve {
            OutlineCurve::Line(a, b) => Self::Line([at(a), at(b)]),
            OutlineCurve::Quad(a, b, c) => Self::Quad([at(a), at(b), at(c)]),
            OutlineCurve::Cubic(a, b, c, d) => Self::Cubic([at(a), at(b), at(c), at(d)]),
        }
    }
}

fn em(face: &FontVec) -> f32 {
    face.units_per_em().unwrap_or(1000.0)
}

/// The other three faces beside a regular one: `X-Regular`, `x-regular` or plain `X`.
fn siblings(regular: &Path) -> [PathBuf; 4] {
    let name = regular
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "ttf"));
    let weights = if let Some(base) = stem.strip_suffix("-Regular") {
        ["Bold", "Italic", "BoldItalic"].map(|weight| format!("{base}-{weight}"))
    } else if let Some(base) = stem.strip_suffix("-regular") {
        ["bold", "italic", "bolditalic"].map(|weight| format!("{base}-{weight}"))
    } else {
        ["Bold", "Italic", "BoldItalic"].map(|weight| format!("{stem}{weight}"))
    };
    let [bold, italic, both] =
        weights.map(|stem| regular.with_file_name(format!("{stem}.{ending}")));
    [regular.to_path_buf(), bold, italic, both]
}
