//! The command line: samples, measuring sets, scores.

#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use saoy_samples::{
    Error, catalogue,
    evaluate::{self, Level, Set},
    face::Family,
    grammar::World,
    paper::trap::Trap,
    papers,
    score::{self, Score},
    stack,
};

const USAGE: &str = "usage:
  saoy-samples make --out DIR [--check] [--font NAME|PATH]
  saoy-samples eval --out DIR --count N --seed S [--font NAME|PATH[,..]] [--level clean|mid|hard] [--dpi N] [--bilevel]
  saoy-samples papers --out DIR [--types all|state|normative|party|citizen|CODE,..] [--per N] [--seed S] [--world a|b] [--pages N]
                      [--level clean|mid|hard] [--font NAME|PATH] [--dpi N] [--bilevel] [--traps none|all|NAME,..] [--rate 0..1]
  saoy-samples stack --out DIR [--count N] [--papers LOW:HIGH] [--separators FILE.png,..] [--blank-backs] [--alike 0..1]
                      and the options of papers but --per
  saoy-samples score --truth DIR --pred DIR [--body]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                text = format!("{text}: {source}");
            }
            let _ = writeln!(std::io::stderr(), "error: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let flags = Flags::parse(words)?;
    match command.as_str() {
        "make" => make_samples(&flags),
        "eval" => make_set(&flags),
        "papers" => make_papers(&flags),
        "stack" => make_stacks(&flags),
        "score" => print_scores(&flags),
        _ => Err(Error::Usage(USAGE.to_owned())),
    }
}

/// `--name value` and `--name` alone.
struct Flags(BTreeMap<String, String>);

impl Flags {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self, Error> {
        let mut flags = BTreeMap::new();
        let mut name: Option<String> = None;
        for word in words {
            if let Some(next) = word.strip_prefix("--") {
                flags.insert(next.to_owned(), String::new());
                name = Some(next.to_owned());
            } else if let Some(name) = name.take() {
                flags.insert(name, word);
            } else {
                return Err(Error::Usage(format!(
                    "`{word}` belongs to no option\n{USAGE}"
                )));
            }
        }
        Ok(Self(flags))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        self.text(name)
            .map(PathBuf::from)
            .ok_or_else(|| Error::Usage(format!("--{name} is missing\n{USAGE}")))
    }

    fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, Error> {
        self.text(name).map_or(Ok(default), |value| {
            value
                .parse()
                .map_err(|_| Error::Usage(format!("--{name} wants a number, not `{value}`")))
        })
    }
}

fn make_samples(flags: &Flags) -> Result<(), Error> {
    let family = Family::open(flags.text("font").unwrap_or("liberation"))?;
    let out = flags.path("out")?;
    if !flags.0.contains_key("check") {
        return catalogue::write(&family, &out);
    }
    let mut report = std::io::stdout().lock();
    if family.sha256 != catalogue::MADE_WITH {
        let _ = writeln!(
            report,
            "not checked: the samples were made with another version of the font"
        );
        return Ok(());
    }
    let differing = catalogue::differing(&family, &out)?;
    if differing.is_empty() {
        let _ = writeln!(report, "all samples are as the generator makes them");
        return Ok(());
    }
    Err(Error::Usage(format!(
        "not as the generator makes them: {}",
        differing.join(", ")
    )))
}

fn level(flags: &Flags) -> Result<Level, Error> {
    match flags.text("level").unwrap_or("mid") {
        "clean" => Ok(Level::Clean),
        "mid" => Ok(Level::Mid),
        "hard" => Ok(Level::Hard),
        other => Err(Error::Usage(format!("unknown level `{other}`"))),
    }
}

/// The set of papers the flags describe, and the family it is set in.
fn paper_set(flags: &Flags) -> Result<(papers::Set, Family), Error> {
    let world = match flags.text("world").unwrap_or("a") {
        "a" => World::A,
        "b" => World::B,
        other => return Err(Error::Usage(format!("unknown world `{other}`"))),
    };
    let traps = match flags.text("traps").unwrap_or("none") {
        "none" => Vec::new(),
        "all" => Trap::NAMES.iter().map(|(_, trap)| *trap).collect(),
        names => names
            .split(',')
            .map(|name| {
                Trap::named(name).ok_or_else(|| Error::Usage(format!("unknown trap `{name}`")))
            })
            .collect::<Result<_, _>>()?,
    };
    let family = match (flags.text("font"), world) {
        (Some(font), _) => Family::open(font)?,
        (None, World::A) => Family::open("liberation")?,
        (None, World::B) => Family::second()?,
    };
    let set = papers::Set {
        types: papers::Type::list(flags.text("types").unwrap_or("all"))?,
        per: flags.number("per", 3)?,
        seed: flags.number("seed", 1)?,
        level: level(flags)?,
        dpi: flags.number("dpi", 200)?,
        bilevel: flags.0.contains_key("bilevel"),
        world,
        traps,
        rate: flags.number("rate", 0.6)?,
        pages: flags.number("pages", 2)?,
    };
    Ok((set, family))
}

fn make_papers(flags: &Flags) -> Result<(), Error> {
    let (set, family) = paper_set(flags)?;
    papers::write(&set, &family, &flags.path("out")?)
}

fn make_stacks(flags: &Flags) -> Result<(), Error> {
    let (set, family) = paper_set(flags)?;
    let range = flags.text("papers").unwrap_or("3:6");
    let (low, high) = range.split_once(':').unwrap_or((range, range));
    let bound = |text: &str| {
        text.parse()
            .map_err(|_| Error::Usage(format!("--papers wants LOW:HIGH, not `{range}`")))
    };
    let options = stack::Options {
        count: flags.number("count", 5)?,
        papers: (bound(low)?, bound(high)?),
        separators: flags
            .text("separators")
            .map(|names| names.split(',').map(PathBuf::from).collect())
            .unwrap_or_default(),
        blank_backs: flags.0.contains_key("blank-backs"),
        alike: flags.number("alike", 0.25)?,
    };
    stack::write(&set, &options, &family, &flags.path("out")?)
}

fn make_set(flags: &Flags) -> Result<(), Error> {
    let level = level(flags)?;
    let set = Set {
        count: flags.number("count", 20)?,
        seed: flags.number("seed", 1)?,
        level,
        dpi: flags.number("dpi", 300)?,
        bilevel: flags.0.contains_key("bilevel"),
    };
    let out = flags.path("out")?;
    let fonts: Vec<&str> = flags
        .text("font")
        .unwrap_or("liberation")
        .split(',')
        .collect();
    for font in &fonts {
        let folder = if fonts.len() > 1 {
            out.join(font_name(font))
        } else {
            out.clone()
        };
        evaluate::write(&set, &Family::open(font)?, &folder)?;
    }
    Ok(())
}

fn font_name(font: &str) -> String {
    Path::new(font).file_stem().map_or_else(
        || font.to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

fn print_scores(flags: &Flags) -> Result<(), Error> {
    let mut total = Score::default();
    let mut out = std::io::stdout().lock();
    for (name, score) in score::folders(
        &flags.path("truth")?,
        &flags.path("pred")?,
        flags.0.contains_key("body"),
    )? {
        let row = score.map_or_else(|| "no reading".to_owned(), |score| score.row());
        let _ = writeln!(out, "{name:24} {row}");
        if let Some(score) = score {
            total.add(&score);
        }
    }
    let _ = writeln!(out, "{:24} {}", "total", total.row());
    Ok(())
}
