//! Sets of one-page scans for measuring a reader, at three levels of wear.

use std::path::Path;

use crate::{
    Error,
    dice::Dice,
    encode::{self, Bits, Jpeg},
    face::Family,
    paper::{
        Paper,
        administrative::{self, Kind, Options},
    },
    press::{Inks, press},
    scan::{self, Wear},
    truth,
};

/// How worn the scans are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Straight, sharp, no ink over the print.
    Clean,
    /// An office scanner on an ordinary day: ink over the signer, slight skew and noise.
    Mid,
    /// A bad scan: two degrees askew, dark edges, weak contrast, noise.
    Hard,
}

/// A measuring set.
#[derive(Debug, Clone, Copy)]
pub struct Set {
    /// Number of pages.
    pub count: u32,
    /// Seed of content and wear.
    pub seed: u64,
    /// Wear.
    pub level: Level,
    /// Resolution.
    pub dpi: u16,
    /// Black and white, G4, instead of colour JPEG.
    pub bilevel: bool,
}

/// Writes a set into `folder`: `NAME.jpg` or `NAME.tif`, `NAME.txt`, `NAME.words.json`, `NAME.fields.json`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(set: &Set, family: &Family, folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_path_buf(),
        source,
    })?;
    for index in 0..set.count {
        page(set, index, family, folder)?;
    }
    Ok(())
}

fn page(set: &Set, index: u32, family: &Family, folder: &Path) -> Result<(), Error> {
    let dice = Dice::new(set.seed).fork(&format!("page {index}"));
    let mut choice = dice.fork("options");
    let kind = Kind::ALL
        .get(index as usize % Kind::ALL.len())
        .copied()
        .unwrap_or(Kind::Letter);
    let options = Options {
        size: choice.range(12.8, 13.4),
        leading: choice.range(1.13, 1.2),
        handwritten: set.level != Level::Clean && choice.chance(0.3),
        incoming: set.level != Level::Clean && choice.chance(0.3),
        signed: set.level != Level::Clean,
        ..Options::new(kind)
    };
    let paper = one_page(options, family, &dice);
    let Some(page) = paper.pages.first() else {
        return Ok(());
    };
    let (inks, wear, quality) = wear(set.level, &mut choice);
    let sheet = press(page, None, f32::from(set.dpi), &inks, family, &dice);
    let (scan, warp) = scan::scan(&sheet, &wear, &dice);
    let stem = format!("p{index:02}");
    if set.bilevel {
        let black = scan::bilevel(&scan::grey(&scan), 150, 120, &mut choice);
        let bits = Bits {
            width: scan.width,
            height: scan.height,
            black,
        };
        save(
            &folder.join(format!("{stem}.tif")),
            &encode::tiff(&[bits], set.dpi)?,
        )?;
    } else {
        let bytes = encode::jpeg(
            &scan,
            Jpeg {
                quality,
                dpi: set.dpi,
                orientation: None,
            },
        )?;
        save(&folder.join(format!("{stem}.jpg")), &bytes)?;
    }
    save(
        &folder.join(format!("{stem}.txt")),
        truth::text(std::slice::from_ref(page)).as_bytes(),
    )?;
    let words = truth::words(page, &warp, f32::from(set.dpi), wear.skew);
    save(&folder.join(format!("{stem}.words.json")), &json(&words)?)?;
    save(
        &folder.join(format!("{stem}.fields.json")),
        &json(&paper.fields)?,
    )
}

/// Papers whose fixed parts are long are set tighter until the signature is on the first page.
pub(crate) fn one_page(mut options: Options, family: &Family, dice: &Dice) -> Paper {
    loop {
        let paper = administrative::write(&options, family, dice);
        if paper.pages.len() == 1 || options.size < 11.5 {
            return paper;
        }
        options.size -= 0.25;
        options.leading = 1.12;
    }
}

/// Any value as indented JSON with a line end.
///
/// # Errors
/// When the value has no JSON form.
pub fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    let mut text =
        serde_json::to_vec_pretty(value).map_err(|_| Error::Encode { format: "JSON" })?;
    text.push(b'\n');
    Ok(text)
}

/// Writes a file.
///
/// # Errors
/// When it cannot be written.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(path, bytes).map_err(|source| Error::Write {
        path: path.to_path_buf(),
        source,
    })
}

/// Inks, wear and JPEG quality of a level.
pub(crate) fn wear(level: Level, dice: &mut Dice) -> (Inks, Wear, u8) {
    let white = dice.int(243, 252) as u8;
    let warm = dice.int(0, 5) as u8;
    let inks = Inks {
        paper: [white, white - warm / 2, white - warm],
        seal: [
            dice.int(188, 222) as u8,
            dice.int(30, 62) as u8,
            dice.int(44, 76) as u8,
        ],
        pen: [
            dice.int(22, 60) as u8,
            dice.int(38, 80) as u8,
            dice.int(130, 178) as u8,
        ],
        ..Inks::default()
    };
    match level {
        Level::Clean => (
            inks,
            Wear {
                blur: 0.4,
                noise: 1.2,
                ..Wear::default()
            },
            88,
        ),
        Level::Mid => {
            let wear = Wear {
                skew: dice.range(-0.5, 0.5),
                blur: dice.range(0.6, 0.85),
                noise: dice.range(2.5, 4.5),
                veil: dice.range(8.0, 24.0),
                shade: dice.range(0.0, 0.06),
                dust: dice.int(5, 40),
                ..Wear::default()
            };
            (inks, wear, 75)
        }
        Level::Hard => {
            let wear = Wear {
                skew: if dice.chance(0.5) { 2.0 } else { -2.0 },
                bend: dice.range(0.0, 5.0),
                blur: dice.range(0.85, 1.1),
                noise: dice.range(8.0, 11.0),
                veil: dice.range(50.0, 80.0),
                shade: dice.range(0.08, 0.2),
                backing: dice.int(18, 50) as u8,
                edge: dice.range(10.0, 45.0),
                holes: dice.chance(0.5),
                dust: dice.int(80, 250),
            };
            (
                Inks {
                    print: [46, 45, 48],
                    ..inks
                },
                wear,
                68,
            )
        }
    }
}
