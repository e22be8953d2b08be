//! Profiles: what a scanning station sets once, as TOML files; three come with the program.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ArgMatches;
use clap::parser::ValueSource;
use saoy_pipeline::visible;
use serde::Deserialize;

use crate::engine;
use crate::words::{Said, Ui, said};

/// The profiles that come with the program.
const BUILT_IN: [(&str, &str); 3] = [
    ("archive", include_str!("profiles/archive.toml")),
    ("small", include_str!("profiles/small.toml")),
    ("enhanced", include_str!("profiles/enhanced.toml")),
];

/// A profile as its file has it; what it leaves out is the program's default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Profile {
    /// What it is for.
    #[serde(default)]
    pub(crate) about: About,
    /// Values of options of `saoy digitize`.
    #[serde(default)]
    digitize: Digitize,
    /// What a scanner is asked for.
    #[serde(default)]
    scan: Scan,
    /// What is done to the visible page.
    #[serde(default)]
    page: Page,
    /// Its name, or its path.
    #[serde(skip)]
    name: Option<String>,
}

/// What a profile is for, for people.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// Vietnamese.
    #[serde(default)]
    pub(crate) vi: String,
    /// English.
    #[serde(default)]
    pub(crate) en: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Digitize {
    lang: Option<String>,
    pdfa: Option<String>,
    sidecar: Option<Vec<String>>,
    text: Option<String>,
    page_limit: Option<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    level: bool,
    #[serde(default)]
    clean: bool,
    quality: Option<u8>,
}

/// Values of options of `saoy scan`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scan {
    pub(crate) device: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) mode: Option<String>,
    pub(crate) resolution: Option<u32>,
    pub(crate) paper: Option<String>,
    /// `NAME=VALUE` each, as `--option` has them.
    #[serde(default)]
    pub(crate) option: Vec<String>,
}

impl Profile {
    /// The profile that `--profile` names: a file when it looks like a path, else a file of that name among the
    /// profiles of the data folder, else one that comes with the program. No profile when none is named.
    ///
    /// # Errors
    /// When there is none of that name, or it says what no profile may.
    pub(crate) fn chosen(matches: &ArgMatches) -> anyhow::Result<Self> {
        let Some(name) = matches.get_one::<String>("profile") else {
            return Ok(Self::default());
        };
        let file = if name.ends_with(".toml") || name.contains(std::path::MAIN_SEPARATOR) {
            Some(PathBuf::from(name))
        } else {
            engine::data_folder(matches)
                .map(|folder| folder.join("profiles").join(format!("{name}.toml")))
                .filter(|file| file.is_file())
        };
        match file {
            Some(file) => Self::at(&file, name),
            None => match BUILT_IN.iter().find(|(known, _)| known == name) {
                Some((_, text)) => Self::of(text, name),
                None => {
                    let known = BUILT_IN.map(|(name, _)| name).join(", ");
                    Err(Said(said!(
                        "không có hồ sơ thiết lập “{name}”; có sẵn: {known}",
                        "there is no profile {name:?}; the program has: {known}"
                    ))
                    .into())
                }
            },
        }
    }

    fn at(file: &Path, name: &str) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| {
            Said(said!(
                "không đọc được hồ sơ thiết lập {}",
                "the profile {} cannot be read",
                file.display()
            ))
        })?;
        Self::of(&text, name)
    }

    fn of(text: &str, name: &str) -> anyhow::Result<Self> {
        let wrong = |why: &str| {
            Said(said!(
                "hồ sơ thiết lập {name} không hợp lệ: {why}",
                "the profile {name} is not valid: {why}"
            ))
        };
        let mut profile: Self = toml::from_str(text).map_err(|error| wrong(error.message()))?;
        profile.name = Some(name.to_owned());
        let allowed = |value: &Option<String>, allowed: &[&str]| {
            value
                .as_deref()
                .filter(|value| !allowed.contains(value))
                .map(str::to_owned)
        };
        let digitize = &profile.digitize;
        let unknown = allowed(&digitize.pdfa, &crate::args::PDFA)
            .or_else(|| allowed(&digitize.text, &crate::args::TEXT))
            .or_else(|| {
                let mut named = digitize.sidecar.iter().flatten();
                named
                    .find(|name| !crate::args::SIDECARS.contains(&name.as_str()))
                    .cloned()
            });
        if let Some(value) = unknown {
            return Err(wrong(&format!("{value:?}")).into());
        }
        if profile
            .page
            .quality
            .is_some_and(|quality| !(1..=100).contains(&quality))
        {
            return Err(wrong("quality: 1..=100").into());
        }
        if digitize
            .page_limit
            .is_some_and(|seconds| !(1..=86_400).contains(&seconds))
        {
            return Err(wrong("page-limit: 1..=86400").into());
        }
        let scan = &profile.scan;
        let unknown = allowed(&scan.mode, &crate::scan::MODES)
            .or_else(|| allowed(&scan.paper, &crate::scan::PAPERS));
        if let Some(value) = unknown {
            return Err(wrong(&format!("{value:?}")).into());
        }
        if scan
            .resolution
            .is_some_and(|dpi| !crate::scan::RESOLUTIONS.contains(&dpi))
        {
            return Err(wrong("resolution: 50..=1200").into());
        }
        Ok(profile)
    }

    /// The name under which it was asked for; none when none was.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What a scanner is asked for.
    pub(crate) fn scan(&self) -> &Scan {
        &self.scan
    }

    /// What is done to the visible page.
    pub(crate) fn visible(&self) -> visible::Options {
        visible::Options {
            level: self.page.level,
            clean: self.page.clean,
            quality: self.page.quality,
        }
    }

    /// The settings that hold: flags before the profile before the program's defaults.
    ///
    /// # Errors
    /// When the grammar has lost an option, which is a defect.
    pub(crate) fn settled(&self, matches: &ArgMatches) -> anyhow::Result<Settings> {
        let own = &self.digitize;
        let from = |id: &str, in_profile: bool| match matches.value_source(id) {
            Some(ValueSource::CommandLine) => Origin::Flag,
            _ if in_profile => Origin::Profile,
            _ => Origin::Default,
        };
        let text = |id: &'static str, value: &Option<String>| -> anyhow::Result<Setting<String>> {
            let origin = from(id, value.is_some());
            let value = match (origin, value) {
                (Origin::Profile, Some(value)) => value.clone(),
                _ => crate::args::given::<String>(matches, id)?.clone(),
            };
            Ok(Setting { value, origin })
        };
        let sidecar_origin = from("sidecar", own.sidecar.is_some());
        let sidecars = match (sidecar_origin, &own.sidecar) {
            (Origin::Profile, Some(names)) => names.clone(),
            _ => matches
                .get_many::<String>("sidecar")
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        };
        let limit_origin = from("page-limit", own.page_limit.is_some());
        let page_limit = match (limit_origin, own.page_limit) {
            (Origin::Profile, Some(seconds)) => seconds,
            _ => *crate::args::given::<u32>(matches, "page-limit")?,
        };
        Ok(Settings {
            lang: text("lang", &own.lang)?,
            pdfa: text("pdfa", &own.pdfa)?,
            text: text("text", &own.text)?,
            sidecars: Setting {
                value: sidecars,
                origin: sidecar_origin,
            },
            page_limit: Setting {
                value: page_limit,
                origin: limit_origin,
            },
        })
    }
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag,
    /// The profile.
    Profile,
    /// The program.
    Default,
}

/// A value and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// The settings of a run that a profile may give.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Language models.
    pub(crate) lang: Setting<String>,
    /// PDF/A part and level.
    pub(crate) pdfa: Setting<String>,
    /// What to do with text that is there.
    pub(crate) text: Setting<String>,
    /// Files beside the PDF.
    pub(crate) sidecars: Setting<Vec<String>>,
    /// Seconds for a page.
    pub(crate) page_limit: Setting<u32>,
}

impl Settings {
    /// One line for each setting: its value and where it came from.
    pub(crate) fn lines(&self, profile: &Profile, ui: Ui) -> Vec<String> {
        let from = |origin| match origin {
            Origin::Flag => ui.say("dòng lệnh", "command line"),
            Origin::Profile => ui.say("hồ sơ thiết lập", "profile"),
            Origin::Default => ui.say("mặc định", "default"),
        };
        let line = |name: &str, value: &str, origin| format!("{name} = {value} ({})", from(origin));
        let visible = profile.visible();
        let page_origin = if profile.name().is_some() {
            Origin::Profile
        } else {
            Origin::Default
        };
        let quality = visible
            .quality
            .map_or("-".to_owned(), |quality| quality.to_string());
        let mut lines = vec![
            line("lang", &self.lang.value, self.lang.origin),
            line("pdfa", &self.pdfa.value, self.pdfa.origin),
            line("text", &self.text.value, self.text.origin),
            line(
                "sidecar",
                &self.sidecars.value.join(","),
                self.sidecars.origin,
            ),
            line(
                "page-limit",
                &self.page_limit.value.to_string(),
                self.page_limit.origin,
            ),
            line("page.level", &visible.level.to_string(), page_origin),
            line("page.clean", &visible.clean.to_string(), page_origin),
            line("page.quality", &quality, page_origin),
        ];
        if let Some(name) = profile.name() {
            let about = ui.say(&profile.about.vi, &profile.about.en);
            lines.insert(0, format!("profile = {name}: {about}"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> ArgMatches {
        let all = ["saoy", "digitize", "in", "-o", "out"];
        let matches = crate::args::command(Ui::En)
            .try_get_matches_from(all.iter().chain(arguments))
            .unwrap();
        matches.subcommand().unwrap().1.clone()
    }

    #[test]
    fn the_profiles_that_come_along_are_valid_and_say_what_they_are_for() {
        for (name, text) in BUILT_IN {
            let profile = Profile::of(text, name).unwrap();
            assert!(
                !profile.about.vi.is_empty() && !profile.about.en.is_empty(),
                "{name}"
            );
        }
        // The first is what holds without any.
        let archive = Profile::of(BUILT_IN[0].1, "archive").unwrap();
        assert!(!archive.visible().alter());
        let plain = Profile::default().settled(&parsed(&[])).unwrap();
        let same = archive.settled(&parsed(&[])).unwrap();
        assert_eq!(plain.lang.value, same.lang.value);
        assert_eq!(plain.pdfa.value, same.pdfa.value);
        assert_eq!(plain.text.value, same.text.value);
        assert_eq!(plain.sidecars.value, same.sidecars.value);
        assert_eq!(plain.page_limit.value, same.page_limit.value);
    }

    #[test]
    fn flags_go_before_the_profile_and_the_profile_before_defaults() {
        let text = "[digitize]\nlang = 'vie+eng'\npdfa = '3b'\nsidecar = ['hocr']\n";
        let profile = Profile::of(text, "own").unwrap();
        let settings = profile.settled(&parsed(&["--pdfa", "2u"])).unwrap();
        assert_eq!(
            (settings.lang.value.as_str(), settings.lang.origin),
            ("vie+eng", Origin::Profile)
        );
        assert_eq!(
            (settings.pdfa.value.as_str(), settings.pdfa.origin),
            ("2u", Origin::Flag)
        );
        assert_eq!(
            (settings.text.value.as_str(), settings.text.origin),
            ("skip", Origin::Default)
        );
        assert_eq!(settings.sidecars.value, ["hocr"]);
        let lines = settings.lines(&profile, Ui::En).join("\n");
        assert!(lines.contains("pdfa = 2u (command line)"), "{lines}");
    }

    #[test]
    fn what_no_profile_may_say_is_refused_in_both_languages() {
        for text in [
            "[digitize]\npdfa = '9z'\n",
            "[digitize]\nsidecar = ['doc']\n",
            "[page]\nquality = 0\n",
            "[page]\nrotate = true\n",
            "[digitize]\npage-limit = 0\n",
            "[scan]\nmode = 'blue'\n",
            "[scan]\nresolution = 5000\n",
            "nonsense",
        ] {
            let error = Profile::of(text, "own").unwrap_err();
            let said = &error.downcast_ref::<Said>().unwrap().0;
            assert!(
                said.vi.contains("không hợp lệ") && said.en.contains("not valid"),
                "{text}"
            );
        }
    }
}
