//! Sets of papers of every type for measuring what says what a paper is and what stands in it.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use crate::{
    Error,
    dice::Dice,
    encode::{self, Bits, Jpeg},
    evaluate::{Level, json, save, wear},
    face::Family,
    grammar::World,
    page::{Page, mm},
    paper::{
        Paper, citizen,
        office::{
            self,
            kind::{KINDS, Kind},
        },
        trap::Trap,
    },
    press::{Inks, Sheet, press},
    scan::{self, Warp, Wear},
    truth,
};

/// What a set holds.
#[derive(Debug, Clone)]
pub struct Set {
    /// Types, by what the command line calls them.
    pub types: Vec<Type>,
    /// Papers of each type.
    pub per: u32,
    /// Seed of content and wear.
    pub seed: u64,
    /// Wear.
    pub level: Level,
    /// Resolution.
    pub dpi: u16,
    /// Black and white, G4.
    pub bilevel: bool,
    /// World the words come from.
    pub world: World,
    /// Difficulties that may be drawn.
    pub traps: Vec<Trap>,
    /// How often a paper has one or two of them.
    pub rate: f32,
    /// Most pages a paper's text may take.
    pub pages: usize,
}

/// A type of paper the mill makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// A paper of an office.
    Office(Kind),
    /// A paper a citizen holds.
    Citizen(citizen::Holding),
}

impl Type {
    /// All types.
    pub fn all() -> Vec<Self> {
        let offices = KINDS.iter().map(|kind| Self::Office(*kind));
        let citizens = citizen::HOLDINGS.iter().map(|kind| Self::Citizen(*kind));
        offices.chain(citizens).collect()
    }

    /// What the command line calls it.
    #[must_use]
    pub fn id(self) -> String {
        match self {
            Self::Office(kind) => kind.id(),
            Self::Citizen(kind) => kind.code.to_owned(),
        }
    }

    /// The types of a list such as `QĐ,CV,cccd`; `all`, `state`, `normative`, `party` and `citizen` name groups.
    ///
    /// # Errors
    /// When a name is unknown.
    pub fn list(names: &str) -> Result<Vec<Self>, Error> {
        let mut found = Vec::new();
        for name in names.split(',').map(str::trim) {
            let before = found.len();
            found.extend(Self::all().into_iter().filter(|kind| {
                kind.id() == name
                    || name == "all"
                    || match kind {
                        Self::Office(kind) => format!("{:?}", kind.order).to_lowercase() == name,
                        Self::Citizen(_) => name == "citizen",
                    }
            }));
            if found.len() == before {
                return Err(Error::Usage(format!("unknown type `{name}`")));
            }
        }
        Ok(found)
    }
}

/// Writes a set into `folder`: scans, `NAME.txt`, `NAME.fields.json`, `NAME.words.json`, and `labels.tsv`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(set: &Set, family: &Family, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_path_buf(),
        source,
    })?;
    let mut labels = String::from("path\ttype\tnumber_symbol\tdate\tagency\tsubject\ttags\n");
    for kind in &set.types {
        for index in 0..set.per {
            let dice = Dice::new(set.seed).fork(&format!("{} {index}", kind.id()));
            let paper = paper(set, *kind, family, &dice);
            let stem = format!("{}-{index:02}", file_name(&kind.id()));
            let scans = Scans::take(set, &paper.pages, family, &dice);
            let name = format!("{stem}.{}", scans.ending());
            save(&folder.join(&name), &scans.encode()?)?;
            save(
                &folder.join(format!("{stem}.txt")),
                truth::text(&paper.pages).as_bytes(),
            )?;
            save(
                &folder.join(format!("{stem}.words.json")),
                &json(&scans.words(&paper.pages))?,
            )?;
            save(
                &folder.join(format!("{stem}.fields.json")),
                &json(&paper.fields)?,
            )?;
            labels.push_str(&label(&name, &paper));
        }
    }
    save(&folder.join("labels.tsv"), labels.as_bytes())
}

/// One row of the table of labels.
#[must_use]
pub fn label(name: &str, paper: &Paper) -> String {
    let fields = &paper.fields;
    let tags: Vec<&str> = fields.tags.iter().copied().collect();
    let mut row = String::new();
    let _ = writeln!(
        row,
        "{name}\t{}\t{}\t{}\t{}\t{}\t{}",
        fields.kind,
        fields.get("number_symbol"),
        fields.get("issued_date"),
        fields.get("agency"),
        fields.get("subject"),
        tags.join(",")
    );
    row
}

/// One paper of a type, with the difficulties its dice draw.
#[must_use]
pub fn paper(set: &Set, kind: Type, family: &Family, dice: &Dice) -> Paper {
    let mut choice = dice.fork("options");
    let traps = draw_traps(set, kind, &mut choice);
    let inked = set.level != Level::Clean || !traps.is_empty();
    match kind {
        Type::Office(kind) => {
            let mut options = office::Options {
                kind,
                world: set.world,
                size: choice.range(12.6, 13.6),
                leading: choice.range(1.12, 1.24),
                pages: if choice.chance(0.75) { 1 } else { set.pages },
                signed: inked,
                traps,
            };
            loop {
                let paper = office::write(&options, family, dice);
                let extra = options.traps.contains(&Trap::Annex)
                    || options.traps.contains(&Trap::Enclosure);
                if paper.pages.len() <= options.pages || extra || options.size < 11.6 {
                    return paper;
                }
                options.size -= 0.3;
                options.leading = 1.12;
            }
        }
        Type::Citizen(kind) => citizen::write(
            kind,
            &citizen::Options {
                world: set.world,
                traps,
            },
            family,
            dice,
        ),
    }
}

fn draw_traps(set: &Set, kind: Type, dice: &mut Dice) -> BTreeSet<Trap> {
    let may: Vec<Trap> = set
        .traps
        .iter()
        .copied()
        .filter(|trap| matches!(kind, Type::Office(_)) || trap.suits_citizens())
        .collect();
    let mut traps = BTreeSet::new();
    if !may.is_empty() && dice.chance(set.rate) {
        for _ in 0..dice.int(1, 2) {
            let drawn = dice.pick(&may).copied();
            // One arrival stamp, one word about secrecy, one state of the number.
            traps.retain(|known: &Trap| drawn.is_none_or(|trap| trap.group() != known.group()));
            traps.extend(drawn);
        }
    }
    traps
}

/// `Đ:NQ` and `QyĐ` as parts of file names that every system takes.
fn file_name(id: &str) -> String {
    id.replace(':', "-").replace('Đ', "DD").replace('đ', "dd")
}

/// The scans of a document.
pub struct Scans {
    sheets: Vec<(Sheet, Warp)>,
    sizes: Vec<(f32, f32)>,
    skew: f32,
    quality: u8,
    dpi: u16,
    bilevel: bool,
    salt: Dice,
}

impl Scans {
    /// Prints and scans pages, all in one state of wear. Small papers are scanned finer than sheets.
    #[must_use]
    pub fn take(set: &Set, pages: &[Page], family: &Family, dice: &Dice) -> Self {
        let small = pages.iter().all(|page| page.size.0 < mm(130.0));
        let dpi = if small { set.dpi.max(300) } else { set.dpi };
        Self::at(set, dpi, pages, family, dice)
    }

    /// Nothing scanned yet.
    #[must_use]
    pub fn empty(set: &Set, dice: &Dice) -> Self {
        let (_, wear, quality) = wear(set.level, &mut dice.fork("wear"));
        Self {
            sheets: Vec::new(),
            sizes: Vec::new(),
            skew: wear.skew,
            quality,
            dpi: set.dpi,
            bilevel: set.bilevel,
            salt: dice.fork("salt"),
        }
    }

    /// Prints and scans pages at a resolution.
    #[must_use]
    pub fn at(set: &Set, dpi: u16, pages: &[Page], family: &Family, dice: &Dice) -> Self {
        let (inks, wear, _) = wear(set.level, &mut dice.fork("wear"));
        let mut scans = Self {
            dpi,
            ..Self::empty(set, dice)
        };
        for (index, page) in pages.iter().enumerate() {
            scans.add(
                page,
                &inks,
                &wear,
                family,
                &dice.fork(&format!("sheet {index}")),
            );
        }
        scans
    }

    fn add(&mut self, page: &Page, inks: &Inks, wear: &Wear, family: &Family, dice: &Dice) {
        let sheet = press(page, None, f32::from(self.dpi), inks, family, dice);
        // Dust falls by area.
        let share = page.size.0 * page.size.1 / (mm(210.0) * mm(297.0));
        let wear = Wear {
            dust: (wear.dust as f32 * share).ceil() as u32,
            ..wear.clone()
        };
        self.sheets.push(scan::scan(&sheet, &wear, dice));
        self.sizes.push(page.size);
    }

    /// Appends what another scan took.
    pub fn append(&mut self, other: Self) {
        self.sheets.extend(other.sheets);
        self.sizes.extend(other.sizes);
    }

    /// Appends a picture that was not printed here, worn like the rest.
    pub fn append_sheet(&mut self, sheet: &Sheet, size: (f32, f32), level: Level, dice: &Dice) {
        let (_, wear, _) = wear(level, &mut dice.fork("wear"));
        self.sheets.push(scan::scan(sheet, &wear, dice));
        self.sizes.push(size);
    }

    /// Number of pages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sheets.len()
    }

    /// No pages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// Ending of the file it makes.
    #[must_use]
    pub fn ending(&self) -> &'static str {
        if self.bilevel {
            "tif"
        } else if self.sheets.len() == 1 {
            "jpg"
        } else {
            "pdf"
        }
    }

    /// The file: a G4 TIFF, a JPEG, or a PDF of JPEGs.
    ///
    /// # Errors
    /// When a picture cannot be encoded.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        match self.sheets.as_slice() {
            [(sheet, _)] if !self.bilevel => encode::jpeg(sheet, self.jpeg()),
            _ => self.encode_all(),
        }
    }

    fn jpeg(&self) -> Jpeg {
        Jpeg {
            quality: self.quality,
            dpi: self.dpi,
            orientation: None,
        }
    }

    /// A G4 TIFF or a PDF of JPEGs, also for one page.
    ///
    /// # Errors
    /// When a picture cannot be encoded.
    pub fn encode_all(&self) -> Result<Vec<u8>, Error> {
        if self.bilevel {
            let mut salt = self.salt.clone();
            let bits: Vec<Bits> = self
                .sheets
                .iter()
                .map(|(sheet, _)| Bits {
                    width: sheet.width,
                    height: sheet.height,
                    black: scan::bilevel(&scan::grey(sheet), 150, 80, &mut salt),
                })
                .collect();
            return encode::tiff(&bits, self.dpi);
        }
        let mut pictures = Vec::with_capacity(self.sheets.len());
        for ((sheet, _), size) in self.sheets.iter().zip(&self.sizes) {
            pictures.push(encode::Picture {
                jpeg: encode::jpeg(sheet, self.jpeg())?,
                pixels: (sheet.width, sheet.height),
                page: *size,
            });
        }
        Ok(encode::pdf_of(&pictures, true))
    }

    /// The words and marks of each page, with their places on its scan.
    #[must_use]
    pub fn words(&self, pages: &[Page]) -> Vec<truth::PageTruth> {
        pages
            .iter()
            .zip(&self.sheets)
            .map(|(page, (_, warp))| truth::words(page, warp, f32::from(self.dpi), self.skew))
            .collect()
    }
}

#[cfg(test)]
mod tests;
