//! The two languages of the program: every sentence for people is given in both, side by side.

use saoy_pipeline::record::Bilingual;

/// The language in which the program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ui {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Ui {
    /// The one of two sentences that is in this language.
    pub(crate) fn say<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// The sentence in this language.
    pub(crate) fn of(self, text: &Bilingual) -> &str {
        self.say(&text.vi, &text.en)
    }

    /// What `--ui` on the command line says, else what the locale says; English where neither does.
    ///
    /// Needed before the arguments are parsed, since the help is in both languages too.
    pub(crate) fn detect(arguments: &[std::ffi::OsString]) -> Self {
        let flag = arguments.iter().enumerate().find_map(|(index, argument)| {
            let argument = argument.to_str()?;
            match argument.strip_prefix("--ui") {
                Some("") => arguments.get(index + 1)?.to_str().map(str::to_owned),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            }
        });
        // POSIX gives LC_ALL precedence over LC_MESSAGES over LANG.
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        match flag.or(locale) {
            Some(name) if name.starts_with("vi") => Self::Vi,
            _ => Self::En,
        }
    }
}
