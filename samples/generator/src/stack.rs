//! Stacks: several papers scanned one after the other into one file, with the truth of where each begins.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    Error,
    dice::Dice,
    evaluate::{json, save, wear},
    face::Family,
    page::{Page, mm},
    paper::{Fields, Paper},
    papers::{Scans, Set, paper},
    press::{Sheet, press},
    truth,
};

/// How stacks are made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Number of stacks.
    pub count: u32,
    /// Fewest and most papers in one.
    pub papers: (u32, u32),
    /// Pictures of separator sheets, put between papers in turn; none, none.
    pub separators: Vec<PathBuf>,
    /// Scanned on both sides: single leaves have an empty back.
    pub blank_backs: bool,
    /// How often two papers of one type follow each other, 0 to 1.
    pub alike: f32,
}

/// A paper in a stack.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its pages in the stack, counted from 1; empty backs belong to it.
    pub pages: Vec<usize>,
    /// What it says.
    pub fields: Fields,
}

/// The truth of a stack.
#[derive(Debug, Serialize)]
pub struct StackTruth {
    /// Number of pages, separator sheets counted.
    pub page_count: usize,
    /// The papers in order.
    pub documents: Vec<Part>,
    /// Separator sheets, counted from 1.
    pub separators: Vec<usize>,
    /// Empty backs, counted from 1: of papers and of separator sheets.
    pub blanks: Vec<usize>,
}

/// Writes stacks into `folder`: `stack-NN.pdf` or `.tif`, `.txt`, `.stack.json`.
///
/// # Errors
/// When a separator sheet cannot be read or a file not written.
pub fn write(set: &Set, options: &Options, family: &Family, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_path_buf(),
        source,
    })?;
    let sheets = options
        .separators
        .iter()
        .map(|path| separator(path, set.dpi))
        .collect::<Result<Vec<_>, _>>()?;
    for index in 0..options.count {
        let dice = Dice::new(set.seed).fork(&format!("stack {index}"));
        let stem = folder.join(format!("stack-{index:02}"));
        one(set, options, &sheets, family, &dice, &stem)?;
    }
    Ok(())
}

fn one(
    set: &Set,
    options: &Options,
    sheets: &[Sheet],
    family: &Family,
    dice: &Dice,
    stem: &Path,
) -> Result<(), Error> {
    let mut pile = Pile::new(set, family, dice);
    let mut choice = dice.fork("choice");
    let count = choice.int(options.papers.0, options.papers.1);
    let mut kind = choice.pick(&set.types).copied();
    for index in 0..count {
        if !choice.chance(options.alike) {
            kind = choice.pick(&set.types).copied();
        }
        let Some(kind) = kind else { break };
        if let Some(sheet) = sheets.get(index as usize % sheets.len().max(1)) {
            pile.separate(sheet, options.blank_backs);
        }
        let paper = paper(set, kind, family, &dice.fork(&format!("paper {index}")));
        pile.add(paper, options.blank_backs);
    }
    let ending = if set.bilevel { "tif" } else { "pdf" };
    save(&stem.with_extension(ending), &pile.scans.encode_all()?)?;
    save(
        &stem.with_extension("txt"),
        truth::text(&pile.pages).as_bytes(),
    )?;
    pile.truth.page_count = pile.scans.len();
    save(&stem.with_extension("stack.json"), &json(&pile.truth)?)
}

/// What has been scanned so far.
struct Pile<'a> {
    set: &'a Set,
    family: &'a Family,
    dice: &'a Dice,
    scans: Scans,
    pages: Vec<Page>,
    truth: StackTruth,
}

impl<'a> Pile<'a> {
    fn new(set: &'a Set, family: &'a Family, dice: &'a Dice) -> Self {
        Self {
            set,
            family,
            dice,
            scans: Scans::empty(set, dice),
            pages: Vec::new(),
            truth: StackTruth {
                page_count: 0,
                documents: Vec::new(),
                separators: Vec::new(),
                blanks: Vec::new(),
            },
        }
    }

    fn add(&mut self, paper: Paper, backs: bool) {
        let first = self.scans.len();
        let dice = self.dice.fork(&format!("scan {first}"));
        let taken = Scans::at(self.set, self.set.dpi, &paper.pages, self.family, &dice);
        self.scans.append(taken);
        if backs && paper.pages.len() % 2 == 1 {
            let behind = paper.pages.last().cloned();
            self.blank(behind.as_ref());
        }
        self.truth.documents.push(Part {
            pages: (first + 1..=self.scans.len()).collect(),
            fields: paper.fields,
        });
        self.pages.extend(paper.pages);
    }

    fn separate(&mut self, sheet: &Sheet, backs: bool) {
        let at = self.scans.len() + 1;
        let dice = self.dice.fork(&format!("separator {at}"));
        let size = (mm(210.0), mm(297.0));
        self.scans.append_sheet(sheet, size, self.set.level, &dice);
        self.truth.separators.push(at);
        if backs {
            self.blank(None);
        }
    }

    /// An empty back; what is on the front shows through a little.
    fn blank(&mut self, front: Option<&Page>) {
        let at = self.scans.len() + 1;
        let dice = self.dice.fork(&format!("blank {at}"));
        let (mut inks, _, _) = wear(self.set.level, &mut dice.fork("wear"));
        inks.bleed = 0.03;
        let page = front.map_or_else(Page::a4, |page| Page::sized(page.size.0, page.size.1));
        let sheet = press(
            &page,
            front,
            f32::from(self.set.dpi),
            &inks,
            self.family,
            &dice,
        );
        self.scans
            .append_sheet(&sheet, page.size, self.set.level, &dice);
        self.truth.blanks.push(at);
    }
}

/// A separator sheet as it comes out of a printer: a PNG of a whole A4 page, brought to `dpi`.
fn separator(path: &Path, dpi: u16) -> Result<Sheet, Error> {
    let unread = |source: std::io::Error| Error::Read {
        path: path.to_path_buf(),
        source,
    };
    let file = std::fs::File::open(path).map_err(unread)?;
    let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let broken = |_| unread(std::io::Error::from(std::io::ErrorKind::InvalidData));
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().unwrap_or(0);
    let mut data = vec![0; size];
    let info = reader.next_frame(&mut data).map_err(broken)?;
    let samples = info.color_type.samples();
    let (from_width, from_height) = (info.width as usize, info.height as usize);
    let scale = f32::from(dpi) / 72.0;
    let (width, height) = (
        (mm(210.0) * scale).round() as usize,
        (mm(297.0) * scale).round() as usize,
    );
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let at = ((y * from_height / height) * from_width + x * from_width / width) * samples;
            let value = |channel: usize| data.get(at + channel).copied().unwrap_or(255);
            let pixel = if samples < 3 {
                [value(0); 3]
            } else {
                [value(0), value(1), value(2)]
            };
            rgb.extend(pixel);
        }
    }
    Ok(Sheet { width, height, rgb })
}
