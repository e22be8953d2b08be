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

/// A sentence in both languages, as [`format!`] makes it: first the Vietnamese, then the English, then what both
/// are filled with.
macro_rules! said {
    ($vi:literal, $en:literal $(, $filling:expr)* $(,)?) => {
        saoy_pipeline::record::Bilingual {
            vi: std::fmt::format(format_args!($vi $(, $filling)*)),
            en: std::fmt::format(format_args!($en $(, $filling)*)),
        }
    };
}

pub(crate) use said;

/// An error that is said in both languages.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) Bilingual);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Said {}

impl Ui {
    /// An error and its causes in this language, as far as they have words in it.
    pub(crate) fn told(self, error: &anyhow::Error) -> String {
        // A context that is said in both languages is not in the chain as itself.
        let mut parts: Vec<String> = Vec::new();
        if let Some(said) = error.downcast_ref::<Said>() {
            parts.push(self.of(&said.0).to_owned());
        }
        for cause in error.chain() {
            let spoken = spoken(cause);
            let own = cause.to_string();
            let text = spoken.map_or_else(|| own.clone(), |said| self.of(&said).to_owned());
            let repeated = parts.iter().any(|part| part.contains(&text))
                || error
                    .downcast_ref::<Said>()
                    .is_some_and(|said| said.0.en == own);
            if !repeated {
                parts.push(text);
            }
        }
        parts.join(": ")
    }
}

/// What an error of ours says in both languages.
fn spoken(error: &(dyn std::error::Error + 'static)) -> Option<Bilingual> {
    use saoy_pipeline::speech::Spoken;
    if let Some(said) = error.downcast_ref::<Said>() {
        return Some(said.0.clone());
    }
    if let Some(error) = error.downcast_ref::<saoy_pipeline::driver::RunError>() {
        return Some(error.spoken());
    }
    if let Some(error) = error.downcast_ref::<saoy_ocr::OcrError>() {
        return Some(error.spoken());
    }
    if let Some(error) = error.downcast_ref::<saoy_ocr::ModelError>() {
        return Some(error.spoken());
    }
    if let Some(error) = error.downcast_ref::<saoy_archive::ArchiveError>() {
        let said = error.sentence();
        return Some(Bilingual {
            vi: said.vi,
            en: said.en,
        });
    }
    error.downcast_ref::<std::io::Error>().map(Spoken::spoken)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn errors_are_told_in_the_chosen_language() {
        let missing = std::io::Error::from_raw_os_error(2);
        let error = Err::<(), _>(missing)
            .with_context(|| Said(said!("không đọc được hồ sơ", "the profile cannot be read")))
            .unwrap_err();
        assert_eq!(
            Ui::Vi.told(&error),
            "không đọc được hồ sơ: không tìm thấy tệp hoặc thư mục (lỗi hệ thống 2)"
        );
        assert!(
            Ui::En
                .told(&error)
                .starts_with("the profile cannot be read: No such file")
        );
    }
}
