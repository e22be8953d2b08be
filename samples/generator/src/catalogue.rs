//! The committed samples: which papers, how worn, in which format.

use std::{collections::BTreeSet, path::Path};

use crate::{
    Error,
    dice::Dice,
    encode::{self, Bits, Jpeg},
    evaluate::{json, one_page, save},
    face::Family,
    grammar::World,
    page::{Mark, mm},
    paper::{
        Paper,
        administrative::{self, Kind, Options},
        citizen, civil,
        trap::Trap,
    },
    press::{Inks, Sheet, press},
    scan::{self, Wear},
    truth,
};

/// SHA-256 of the faces of Liberation 2.1.5 (Serif, Sans, Mono) the samples were made with.
pub const MADE_WITH: &str = "3e7b24ef88844028d373e1ef02d4605d8afeee845bdcbad0bbef90e10adbfc60";

/// One sample.
pub struct Sample {
    /// File name without ending.
    pub name: &'static str,
    seed: u64,
    paper: fn(&Family, &Dice) -> Paper,
    form: Form,
    dpi: u16,
    inks: Inks,
    wear: Wear,
}

/// The kind of file a sample is.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// Colour JPEG of this quality.
    Colour(u8),
    /// Colour JPEG stored a quarter turn to the left, with EXIF orientation 6.
    Turned(u8),
    /// Grey PNG.
    GreyPng,
    /// G4 TIFF of all pages, black below this grey.
    G4(u8),
    /// PDF of one grey JPEG.
    Pdf(u8),
}

impl Form {
    fn ending(self) -> &'static str {
        match self {
            Self::Colour(_) | Self::Turned(_) => "jpg",
            Self::GreyPng => "png",
            Self::G4(_) => "tif",
            Self::Pdf(_) => "pdf",
        }
    }
}

/// All samples.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let office = |skew: f32| Wear {
        skew,
        blur: 0.6,
        noise: 1.8,
        veil: 14.0,
        shade: 0.03,
        dust: 15,
        ..Wear::default()
    };
    let sample = |name, seed, paper, form, dpi, wear| Sample {
        name,
        seed,
        paper,
        form,
        dpi,
        inks: Inks::default(),
        wear,
    };
    vec![
        sample(
            "quyet-dinh",
            101,
            decision,
            Form::Colour(78),
            300,
            office(0.35),
        ),
        sample(
            "cong-van",
            102,
            letter,
            Form::GreyPng,
            200,
            Wear {
                noise: 0.5,
                blur: 0.5,
                ..office(-0.4)
            },
        ),
        sample("thong-bao", 103, notice, Form::Colour(75), 200, office(0.6)),
        sample(
            "ke-hoach",
            104,
            plan,
            Form::G4(150),
            300,
            Wear {
                noise: 3.0,
                ..office(-0.3)
            },
        ),
        sample("bao-cao", 105, report, Form::Pdf(72), 200, office(0.8)),
        sample(
            "to-trinh",
            106,
            submission,
            Form::Turned(74),
            200,
            office(-0.7),
        ),
        sample(
            "giay-khai-sinh",
            107,
            civil::birth,
            Form::Colour(74),
            300,
            office(0.4),
        ),
        sample(
            "giay-chung-nhan-ket-hon",
            108,
            civil::marriage,
            Form::Colour(75),
            200,
            office(-0.5),
        ),
        sample(
            "bang-tot-nghiep",
            109,
            civil::diploma,
            Form::Colour(75),
            200,
            office(0.3),
        ),
        sample(
            "gcn-quyen-su-dung-dat",
            110,
            civil::land,
            Form::Colour(75),
            200,
            office(0.9),
        ),
        sample(
            "don-de-nghi",
            111,
            civil::application,
            Form::G4(150),
            300,
            Wear {
                noise: 4.0,
                dust: 60,
                ..office(0.7)
            },
        ),
        sample(
            "cong-van-nhieu-dau",
            112,
            stamped,
            Form::Colour(76),
            300,
            office(-0.6),
        ),
        sample(
            "quyet-dinh-den-trang",
            113,
            handwritten,
            Form::G4(158),
            200,
            Wear {
                noise: 7.0,
                blur: 0.9,
                dust: 120,
                ..office(1.1)
            },
        ),
        sample(
            "can-cuoc-cong-dan",
            115,
            card,
            Form::Colour(80),
            300,
            Wear {
                dust: 2,
                ..office(0.6)
            },
        ),
        sample(
            "bang-chung-thuc",
            116,
            certified,
            Form::Colour(66),
            150,
            office(-0.4),
        ),
        Sample {
            inks: Inks {
                paper: [232, 228, 214],
                print: [52, 50, 52],
                bleed: 0.13,
                ..Inks::default()
            },
            ..sample("thong-bao-cu", 114, worn, Form::Colour(66), 200, old())
        },
    ]
}

fn old() -> Wear {
    Wear {
        skew: -1.9,
        bend: 4.0,
        blur: 0.9,
        noise: 5.0,
        veil: 45.0,
        shade: 0.16,
        backing: 30,
        edge: 16.0,
        holes: true,
        dust: 160,
    }
}

fn decision(family: &Family, dice: &Dice) -> Paper {
    one_page(Options::new(Kind::Decision), family, dice)
}

fn letter(family: &Family, dice: &Dice) -> Paper {
    one_page(
        Options {
            size: 13.5,
            ..Options::new(Kind::Letter)
        },
        family,
        dice,
    )
}

fn notice(family: &Family, dice: &Dice) -> Paper {
    one_page(
        Options {
            handwritten: true,
            incoming: true,
            ..Options::new(Kind::Notice)
        },
        family,
        dice,
    )
}

fn plan(family: &Family, dice: &Dice) -> Paper {
    administrative::write(
        &Options {
            pages: 3,
            size: 14.0,
            leading: 1.25,
            ..Options::new(Kind::Plan)
        },
        family,
        dice,
    )
}

fn report(family: &Family, dice: &Dice) -> Paper {
    one_page(Options::new(Kind::Report), family, dice)
}

fn submission(family: &Family, dice: &Dice) -> Paper {
    one_page(
        Options {
            handwritten: true,
            ..Options::new(Kind::Submission)
        },
        family,
        dice,
    )
}

fn handwritten(family: &Family, dice: &Dice) -> Paper {
    one_page(
        Options {
            handwritten: true,
            incoming: true,
            ..Options::new(Kind::Decision)
        },
        family,
        dice,
    )
}

fn worn(family: &Family, dice: &Dice) -> Paper {
    one_page(
        Options {
            handwritten: true,
            ..Options::new(Kind::Notice)
        },
        family,
        dice,
    )
}

/// The front of an identity card with its QR code: the first that the dice give.
fn card(family: &Family, dice: &Dice) -> Paper {
    let mut try_again = 0;
    loop {
        let dice = dice.fork(&format!("card {try_again}"));
        let paper = holding("cccd", BTreeSet::new(), family, &dice);
        let small = paper.pages.len() == 1 && paper.fields.tags.is_empty();
        if small && paper.fields.flags.contains("has_qr") || try_again > 99 {
            return paper;
        }
        try_again += 1;
    }
}

/// A diploma copied and certified: its type stays, the stamp's number is not its own.
fn certified(family: &Family, dice: &Dice) -> Paper {
    holding("van_bang", BTreeSet::from([Trap::Certified]), family, dice)
}

fn holding(code: &str, traps: BTreeSet<Trap>, family: &Family, dice: &Dice) -> Paper {
    let options = citizen::Options {
        world: World::A,
        traps,
    };
    let kind = citizen::HOLDINGS
        .iter()
        .find(|kind| kind.code == code)
        .copied()
        .unwrap_or(citizen::HOLDINGS[0]);
    citizen::write(kind, &options, family, dice)
}

/// A letter with arrival stamp, urgency mark, seal, and the square stamps of a second office.
fn stamped(family: &Family, dice: &Dice) -> Paper {
    let options = Options {
        handwritten: true,
        incoming: true,
        urgency: Some("HỎA TỐC"),
        ..Options::new(Kind::Letter)
    };
    let mut paper = one_page(options, family, dice);
    if let Some(page) = paper.pages.first_mut() {
        page.marks.push(Mark::Boxed {
            at: (mm(172.0), mm(58.0)),
            size: (mm(38.0), mm(9.0)),
            text: "BẢN GỐC".to_owned(),
        });
        page.marks.push(Mark::Boxed {
            at: (mm(60.0), mm(268.0)),
            size: (mm(46.0), mm(9.0)),
            text: "ĐÃ CẬP NHẬT".to_owned(),
        });
        page.marks.push(Mark::Seal {
            at: (mm(204.0), mm(150.0)),
            radius: mm(17.0),
            above: "ỦY BAN NHÂN DÂN".to_owned(),
            below: "PHÒNG LƯU TRỮ".to_owned(),
            middle: Vec::new(),
        });
    }
    paper
}

/// Writes all samples into `folder`.
///
/// # Errors
/// When a file cannot be made or written.
pub fn write(family: &Family, folder: &Path) -> Result<(), Error> {
    for sample in samples() {
        for (name, bytes) in sample.files(family)? {
            save(&folder.join(name), &bytes)?;
        }
    }
    Ok(())
}

/// Names of the files in `folder` that are not, byte for byte, what the generator makes.
///
/// # Errors
/// When a sample cannot be made.
pub fn differing(family: &Family, folder: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for sample in samples() {
        for (name, bytes) in sample.files(family)? {
            if std::fs::read(folder.join(&name)).ok().as_ref() != Some(&bytes) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

impl Sample {
    /// The sample's files: scan, text, fields; by name.
    ///
    /// # Errors
    /// When the scan cannot be encoded.
    pub fn files(&self, family: &Family) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let dice = Dice::new(self.seed).fork(self.name);
        let paper = (self.paper)(family, &dice);
        let scans: Vec<Sheet> = paper
            .pages
            .iter()
            .enumerate()
            .map(|(index, _)| self.scan(&paper, index, family, &dice))
            .collect();
        let scan = self.encode(&scans, &paper, &dice)?;
        Ok(vec![
            (format!("{}.{}", self.name, self.form.ending()), scan),
            (
                format!("{}.txt", self.name),
                truth::text(&paper.pages).into_bytes(),
            ),
            (format!("{}.fields.json", self.name), json(&paper.fields)?),
        ])
    }

    fn scan(&self, paper: &Paper, index: usize, family: &Family, dice: &Dice) -> Sheet {
        let dice = dice.fork(&format!("sheet {index}"));
        let Some(page) = paper.pages.get(index) else {
            return Sheet {
                width: 0,
                height: 0,
                rgb: Vec::new(),
            };
        };
        let back = paper.pages.get(index + 1).or(Some(page));
        let sheet = press(page, back, f32::from(self.dpi), &self.inks, family, &dice);
        let wear = Wear {
            skew: self.wear.skew * if index.is_multiple_of(2) { 1.0 } else { -0.6 },
            ..self.wear.clone()
        };
        scan::scan(&sheet, &wear, &dice).0
    }

    fn encode(&self, scans: &[Sheet], paper: &Paper, dice: &Dice) -> Result<Vec<u8>, Error> {
        let Some(first) = scans.first() else {
            return Ok(Vec::new());
        };
        let size = (first.width, first.height);
        let jpeg = |quality| Jpeg {
            quality,
            dpi: self.dpi,
            orientation: None,
        };
        match self.form {
            Form::Colour(quality) => encode::jpeg(first, jpeg(quality)),
            Form::Turned(quality) => encode::jpeg(
                &turned(first),
                Jpeg {
                    orientation: Some(6),
                    ..jpeg(quality)
                },
            ),
            Form::GreyPng => encode::png(&scan::grey(first), size, self.dpi),
            Form::G4(threshold) => {
                let mut salt = dice.fork("salt");
                let bits: Vec<Bits> = scans
                    .iter()
                    .map(|scan| Bits {
                        width: scan.width,
                        height: scan.height,
                        black: scan::bilevel(&scan::grey(scan), threshold, 60, &mut salt),
                    })
                    .collect();
                encode::tiff(&bits, self.dpi)
            }
            Form::Pdf(quality) => {
                let picture = encode::grey_jpeg(&scan::grey(first), size, jpeg(quality))?;
                let page = paper.pages.first().map_or((595.0, 842.0), |page| page.size);
                Ok(encode::pdf(&picture, size, page, false))
            }
        }
    }
}

/// A quarter turn to the left: shown upright by EXIF orientation 6.
fn turned(sheet: &Sheet) -> Sheet {
    let (width, height) = (sheet.height, sheet.width);
    let mut rgb = Vec::with_capacity(sheet.rgb.len());
    for y in 0..height {
        for x in 0..width {
            let from = (x * sheet.width + (sheet.width - 1 - y)) * 3;
            rgb.extend_from_slice(&sheet.rgb[from..from + 3]);
        }
    }
    Sheet { width, height, rgb }
}
