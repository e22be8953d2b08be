//! Scanners as SANE knows them, and how a wish is put in a scanner's own words.
//!
//! Options are not standardised beyond a few names (SANE standard 1.06, 4.5); the values of `--source` and `--mode` are each
//! driver's own. So they are asked for, and the one that says what is wished is taken.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use clap::ArgMatches;
use clap::parser::ValueSource;
use saoy_pipeline::record::Bilingual;
use serde::Serialize;

use super::fault::Fault;
use crate::args::given;
use crate::profile::Scan;
use crate::words::said;

/// A scanner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Scanner {
    /// The name by which it is chosen.
    pub(super) device: String,
    pub(super) vendor: String,
    pub(super) model: String,
    pub(super) kind: String,
}

/// The scanners that SANE finds.
pub(super) fn list(program: &Path) -> Result<Vec<Scanner>, Fault> {
    // Names of devices hold colons and spaces, but no tabs.
    let answer = ask(program, &["-f", "%d\t%v\t%m\t%t%n"])?;
    if !answer.status.success() {
        return Err(fault_of(&answer));
    }
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    Ok(text.lines().filter_map(scanner_of).collect())
}

fn scanner_of(line: &str) -> Option<Scanner> {
    let mut parts = line.split('\t').map(|part| part.trim().to_owned());
    Some(Scanner {
        device: parts.next().filter(|name| !name.is_empty())?,
        vendor: parts.next()?,
        model: parts.next()?,
        kind: parts.next()?,
    })
}

/// The scanner that is named, else the only one.
pub(super) fn chosen(program: &Path, named: Option<&String>) -> Result<String, Fault> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    let devices: Vec<String> = list(program)?.into_iter().map(|one| one.device).collect();
    match devices.as_slice() {
        [] => Err(Fault::NoScanner),
        [only] => Ok(only.clone()),
        _ => Err(Fault::Several(devices)),
    }
}

/// What a scanner can be asked for.
#[derive(Debug, Default)]
pub(super) struct Abilities {
    /// Each option with its values, as `scanimage -A` has it.
    pub(super) options: Vec<String>,
}

/// Asks a scanner for its options.
pub(super) fn abilities(program: &Path, device: &str) -> Result<Abilities, Fault> {
    let answer = ask(program, &["-d", device, "-A"])?;
    if !answer.status.success() {
        return Err(fault_of(&answer));
    }
    Ok(Abilities::read(&String::from_utf8_lossy(&answer.stdout)))
}

fn fault_of(answer: &Output) -> Fault {
    Fault::of(
        answer.status.code(),
        &String::from_utf8_lossy(&answer.stderr),
    )
}

fn ask(program: &Path, arguments: &[&str]) -> Result<Output, Fault> {
    // Its words are looked at: they must not be in the user's language.
    let answer = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .output();
    answer.map_err(|error| cannot_run(program, error))
}

/// Why a program did not start.
pub(super) fn cannot_run(program: &Path, error: io::Error) -> Fault {
    if error.kind() == io::ErrorKind::NotFound {
        Fault::NoProgram(program.to_owned())
    } else {
        Fault::Program(error)
    }
}

impl Abilities {
    fn read(text: &str) -> Self {
        let is_option = |line: &&str| {
            line.starts_with("--")
                || ["-l ", "-t ", "-x ", "-y "]
                    .iter()
                    .any(|name| line.starts_with(name))
        };
        let options = text
            .lines()
            .map(str::trim)
            .filter(is_option)
            .map(str::to_owned);
        Self {
            options: options.collect(),
        }
    }

    /// What follows the name of an option, without its present value.
    fn constraint(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|line| {
            let rest = line.strip_prefix(name)?;
            let rest = rest.strip_prefix([' ', '[', '='])?;
            Some(
                rest.rsplit_once(" [")
                    .map_or(rest, |(values, _)| values)
                    .trim(),
            )
        })
    }

    /// The values of an option that is a choice of words.
    fn values(&self, name: &str) -> Vec<&str> {
        let constraint = self.constraint(name).unwrap_or_default();
        constraint
            .split('|')
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The largest value of a length in mm, as `0..215.9mm (in steps of 0.1)`.
    fn largest(&self, name: &str) -> Option<f64> {
        let (_, rest) = self.constraint(name)?.split_once("..")?;
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        rest.get(..digits)?.parse().ok()
    }
}

/// What the user wishes.
pub(super) struct Wish {
    source: Option<String>,
    mode: String,
    resolution: u32,
    paper: Option<String>,
    own: Vec<String>,
}

impl Wish {
    /// The command line before the profile before the program's defaults.
    pub(super) fn of(matches: &ArgMatches, profile: &Scan) -> anyhow::Result<Self> {
        let typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let mode = profile.mode.clone().filter(|_| !typed("mode"));
        let resolution = profile.resolution.filter(|_| !typed("resolution"));
        let text = |id: &str| matches.get_one::<String>(id).cloned();
        let own = matches.get_many::<String>("option").into_iter().flatten();
        Ok(Self {
            source: text("source").or_else(|| profile.source.clone()),
            mode: mode.map_or_else(|| given::<String>(matches, "mode").cloned(), Ok)?,
            resolution: resolution
                .map_or_else(|| given::<u32>(matches, "resolution").copied(), Ok)?,
            paper: text("paper").or_else(|| profile.paper.clone()),
            own: profile.option.iter().chain(own).cloned().collect(),
        })
    }
}

/// A wish in the scanner's own words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Setup {
    pub(super) arguments: Vec<String>,
    /// Paper comes from a feeder: pages come until it is empty.
    pub(super) fed: bool,
    /// What is not exactly as wished.
    pub(super) notes: Vec<Bilingual>,
}

/// Puts a wish in the scanner's words.
pub(super) fn setup(wish: &Wish, abilities: &Abilities) -> Result<Setup, Fault> {
    let mut setup = Setup::default();
    setup.source(wish, abilities)?;
    setup.mode(wish, abilities)?;
    setup.resolution(wish, abilities)?;
    setup.paper(wish, abilities);
    for option in &wish.own {
        // Options of one letter are geometry, and take their value apart from them.
        match option.split_once('=') {
            Some((name, value)) if name.len() == 1 => {
                setup
                    .arguments
                    .extend([format!("-{name}"), value.to_owned()]);
            }
            _ => setup.arguments.push(format!("--{option}")),
        }
    }
    Ok(setup)
}

impl Setup {
    fn set(&mut self, name: &str, value: &str) {
        self.arguments.push(format!("--{name}={value}"));
    }

    fn source(&mut self, wish: &Wish, abilities: &Abilities) -> Result<(), Fault> {
        let values = abilities.values("--source");
        let Some(wished) = &wish.source else {
            // The present value, which the driver chose: a scanner with a feeder only says so by it.
            let line = abilities
                .options
                .iter()
                .find(|line| line.starts_with("--source "));
            let present = line
                .and_then(|line| line.rsplit_once('['))
                .map(|(_, value)| value.trim_end_matches(']'));
            self.fed = present.is_some_and(is_feeder);
            return Ok(());
        };
        let duplex_switch = || {
            let both = |name: &'static str| {
                let values = abilities.values(name);
                let value = values
                    .iter()
                    .find(|value| is_duplex(value) || **value == "(yes")?;
                Some((
                    name,
                    if is_duplex(value) {
                        (*value).to_owned()
                    } else {
                        "yes".to_owned()
                    },
                ))
            };
            both("--adf-mode").or_else(|| both("--duplex"))
        };
        let feeder = || {
            values
                .iter()
                .find(|value| is_feeder(value) && !is_duplex(value) && !is_back(value))
        };
        let found = match wished.as_str() {
            "flatbed" => values.iter().find(|value| is_flatbed(value)).copied(),
            "adf" => feeder().copied(),
            "duplex" => values.iter().find(|value| is_duplex(value)).copied(),
            own => values.iter().find(|value| **value == own).copied(),
        };
        match found {
            Some(value) => {
                self.fed = is_feeder(value) || is_duplex(value);
                self.set("source", value);
            }
            None if wished == "duplex" && duplex_switch().is_some() => {
                if let Some(value) = feeder() {
                    self.set("source", value);
                }
                if let Some((name, value)) = duplex_switch() {
                    self.set(name.trim_start_matches('-'), &value);
                }
                self.fed = true;
            }
            // A scanner that has no choice of sources is a flatbed.
            None if wished == "flatbed" && values.is_empty() => {}
            None => return Err(cannot(&format!("--source {wished}"), &values)),
        }
        Ok(())
    }

    fn mode(&mut self, wish: &Wish, abilities: &Abilities) -> Result<(), Fault> {
        let values = abilities.values("--mode");
        if values.is_empty() {
            return Ok(());
        }
        let names: &[&str] = match wish.mode.as_str() {
            "gray" => &[
                "gray",
                "grey",
                "true gray",
                "grayscale",
                "24bit gray",
                "8-bit gray",
            ],
            "lineart" => &[
                "lineart",
                "binary",
                "black & white",
                "monochrome",
                "black and white",
                "bw",
            ],
            _ => &[
                "color",
                "colour",
                "24bit color",
                "24-bit color",
                "true color",
                "rgb",
            ],
        };
        let exactly = values
            .iter()
            .find(|value| names.contains(&value.to_lowercase().as_str()));
        let about = || {
            let first = names.first().copied().unwrap_or_default();
            values
                .iter()
                .find(|value| value.to_lowercase().contains(first))
        };
        match exactly.or_else(about) {
            Some(value) => self.set("mode", value),
            None => return Err(cannot(&format!("--mode {}", wish.mode), &values)),
        }
        Ok(())
    }

    fn resolution(&mut self, wish: &Wish, abilities: &Abilities) -> Result<(), Fault> {
        let Some(constraint) = abilities.constraint("--resolution") else {
            return Ok(());
        };
        let numbers = constraint
            .split_once("dpi")
            .map_or(constraint, |(numbers, _)| numbers);
        let wished = f64::from(wish.resolution);
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let value = match numbers.split_once("..") {
            Some((least, most)) => {
                let inside = number(least).is_none_or(|least| wished >= least)
                    && number(most).is_none_or(|most| wished <= most);
                inside.then_some(wished)
            }
            None => {
                let listed: Vec<f64> = numbers.split('|').filter_map(number).collect();
                let enough = listed.iter().copied().filter(|value| *value >= wished);
                if listed.is_empty() {
                    Some(wished)
                } else {
                    enough.reduce(f64::min)
                }
            }
        };
        let Some(value) = value else {
            return Err(cannot(
                &format!("--resolution {}", wish.resolution),
                &[numbers],
            ));
        };
        if value > wished {
            let asked = wish.resolution;
            self.notes.push(said!(
                "máy không quét được {asked} dpi; quét {value} dpi",
                "the scanner has no {asked} dpi; it scans at {value} dpi"
            ));
        }
        self.set("resolution", &value.to_string());
        Ok(())
    }

    fn paper(&mut self, wish: &Wish, abilities: &Abilities) {
        // ISO 216; ANSI/ASME Y14.1.
        let (width, height) = match wish.paper.as_deref() {
            Some("a3") => (297.0, 420.0),
            Some("a4") => (210.0, 297.0),
            Some("a5") => (148.0, 210.0),
            Some("letter") => (215.9, 279.4),
            _ => return,
        };
        for (name, side) in [("-x", width), ("-y", height)] {
            let Some(most) = abilities.largest(name) else {
                continue;
            };
            if most + 1.0 < side {
                self.notes.push(said!(
                    "máy chỉ quét được {most} mm; giấy {side} mm bị cắt bớt",
                    "the scanner reaches {most} mm only; paper of {side} mm is cut off"
                ));
            }
            self.arguments
                .extend([name.to_owned(), side.min(most).to_string()]);
        }
    }
}

fn cannot(asked: &str, values: &[&str]) -> Fault {
    let has = if values.is_empty() {
        "-".to_owned()
    } else {
        values.join(", ")
    };
    Fault::CannotDo {
        asked: asked.to_owned(),
        has,
    }
}

fn is_feeder(value: &str) -> bool {
    let value = value.to_lowercase();
    value.contains("adf") || value.contains("feeder")
}

fn is_duplex(value: &str) -> bool {
    let value = value.to_lowercase();
    value.contains("duplex") || value.contains("both")
}

fn is_back(value: &str) -> bool {
    value.to_lowercase().contains("back")
}

fn is_flatbed(value: &str) -> bool {
    let value = value.to_lowercase();
    value.contains("flatbed") || value.contains("platen") || value == "fb" || value == "normal"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(source: &str, mode: &str, resolution: u32) -> Wish {
        Wish {
            source: Some(source.to_owned()),
            mode: mode.to_owned(),
            resolution,
            paper: Some("a4".to_owned()),
            own: vec!["test-picture=Grid".to_owned(), "t=5".to_owned()],
        }
    }

    /// Options of real drivers, as their programs print them.
    const FUJITSU: &str = "  Scan Mode:\n    --source ADF Front|ADF Back|ADF Duplex [ADF Front]\n        Selects the scan source.\n    --mode Lineart|Halftone|Gray|Color [Lineart]\n    --resolution 50..600dpi (in steps of 1) [600]\n  Geometry:\n    -x 0..215.872mm (in steps of 0.0211639) [215.872]\n    -y 0..279.364mm (in steps of 0.0211639) [279.364]\n";
    const EPSON: &str = "    --mode Binary|Gray|Color [Binary]\n    --resolution 75|100|200|400dpi [75]\n    --source Flatbed|Automatic Document Feeder [Flatbed]\n    --adf-mode Simplex|Duplex [inactive]\n    -x 0..215.9mm [215.9]\n";
    const AIRSCAN: &str = "    --resolution 75|300|600dpi [300]\n    --mode Color|Gray [Color]\n    --source Flatbed|ADF|ADF Duplex [Flatbed]\n";

    #[test]
    fn wishes_are_put_in_each_drivers_words() {
        let told = |options: &str, wish: &Wish| setup(wish, &Abilities::read(options)).unwrap();
        let duplex = told(FUJITSU, &wish("duplex", "gray", 300));
        assert!(duplex.fed);
        assert_eq!(
            duplex.arguments,
            [
                "--source=ADF Duplex",
                "--mode=Gray",
                "--resolution=300",
                "-x",
                "210",
                "-y",
                "279.364",
                "--test-picture=Grid",
                "-t",
                "5"
            ]
        );
        assert_eq!(
            duplex.notes.len(),
            1,
            "A4 is longer than the bed: {:?}",
            duplex.notes
        );
        let adf = told(FUJITSU, &wish("adf", "lineart", 300));
        assert_eq!(
            &adf.arguments[..2],
            ["--source=ADF Front", "--mode=Lineart"]
        );
        let epson = told(EPSON, &wish("duplex", "lineart", 300));
        assert_eq!(
            &epson.arguments[..4],
            [
                "--source=Automatic Document Feeder",
                "--adf-mode=Duplex",
                "--mode=Binary",
                "--resolution=400"
            ]
        );
        assert_eq!(epson.notes.len(), 1, "{:?}", epson.notes);
        let bed = told(AIRSCAN, &wish("flatbed", "color", 300));
        assert!(!bed.fed);
        assert_eq!(bed.arguments[0], "--source=Flatbed");
        let own = told(AIRSCAN, &wish("ADF Duplex", "color", 300));
        assert!(own.fed);
    }

    #[test]
    fn what_a_scanner_cannot_do_is_said_with_what_it_can() {
        let abilities = Abilities::read(AIRSCAN);
        for (wish, asked, has) in [
            (wish("adf", "lineart", 300), "--mode lineart", "Color, Gray"),
            (
                wish("adf", "color", 1200),
                "--resolution 1200",
                "75|300|600",
            ),
            (
                wish("tray", "color", 300),
                "--source tray",
                "Flatbed, ADF, ADF Duplex",
            ),
        ] {
            match setup(&wish, &abilities) {
                Err(Fault::CannotDo {
                    asked: told,
                    has: values,
                }) => {
                    assert_eq!((told.as_str(), values.as_str()), (asked, has));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_driver_s_own_choice_tells_whether_paper_is_fed() {
        let plain = Wish {
            source: None,
            mode: "gray".to_owned(),
            resolution: 300,
            paper: None,
            own: Vec::new(),
        };
        for (options, fed) in [(FUJITSU, true), (EPSON, false)] {
            assert_eq!(setup(&plain, &Abilities::read(options)).unwrap().fed, fed);
        }
    }
}
