//! Vietnamese and English, side by side where they are used.

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use saoy_archive::Sentence;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// Vietnamese: the default.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The cookie that holds a person's choice.
    pub(crate) const COOKIE: &'static str = "lang";

    /// The one of two texts that is in this language.
    pub(crate) fn say<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// A sentence in this language.
    pub(crate) fn of(self, sentence: &Sentence) -> &str {
        self.say(&sentence.vi, &sentence.en)
    }

    /// Its code, as in `lang="vi"`.
    pub(crate) fn code(self) -> &'static str {
        self.say("vi", "en")
    }

    /// The other one's code.
    pub(crate) fn other(self) -> &'static str {
        self.say("en", "vi")
    }

    /// By its code.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        match code {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// As the request asks: the cookie first, then the browser's list.
    pub(crate) fn wanted(headers: &axum::http::HeaderMap) -> Self {
        if let Some(chosen) = cookie(headers, Self::COOKIE).and_then(|code| Self::parse(&code)) {
            return chosen;
        }
        headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .into_iter()
            .flat_map(|list| list.split(','))
            .filter_map(|one| one.trim().get(..2).and_then(Self::parse))
            .next()
            .unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::wanted(&parts.headers))
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &axum::http::HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use unicode_normalization::is_nfc;

    /// What may stand in a template in no language: names, units, signs.
    const NEUTRAL: [&str; 8] = ["Saoy", "SHA", "HTTP", "kB", "MB", "PDF", "CSV", "JSON"];

    fn templates(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("the templates") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                templates(&path, found);
            } else {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).expect("a template"),
                ));
            }
        }
    }

    fn all() -> Vec<(String, String)> {
        let mut found = Vec::new();
        templates(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
            &mut found,
        );
        assert!(found.len() > 5);
        found
    }

    /// Takes `{{ }}`, `{% %}`, `{# #}` out of a template.
    fn without_code(template: &str) -> String {
        let mut text = template.to_owned();
        for (open, close) in [("{{", "}}"), ("{%", "%}"), ("{#", "#}")] {
            while let Some(from) = text.find(open) {
                let to = text[from..].find(close).expect("code that ends") + from + 2;
                text.replace_range(from..to, " ");
            }
        }
        text
    }

    fn is_neutral(text: &str) -> bool {
        let mut text = text.replace("&nbsp;", " ").replace("&amp;", " ");
        for word in NEUTRAL {
            text = text.replace(word, " ");
        }
        // Single letters, as of placeholders and keys, and figures.
        text.split(|letter: char| !letter.is_alphabetic())
            .all(|word| word.chars().count() < 2 || word.chars().all(|letter| letter == 'X'))
    }

    #[test]
    fn no_page_has_words_in_one_language_only() {
        for (path, template) in all() {
            let text = without_code(&template);
            for (index, piece) in text.split('<').enumerate() {
                let (tag, between) = if index == 0 {
                    ("", piece)
                } else {
                    piece.split_once('>').unwrap_or(("", piece))
                };
                if !tag.starts_with("script") && !tag.starts_with("style") {
                    assert!(
                        is_neutral(between),
                        "{path}: {between:?} is in one language only"
                    );
                }
                for name in ["aria-label", "placeholder", "alt", "title", "summary"] {
                    if let Some((_, value)) = tag.split_once(&format!(" {name}=\"")) {
                        let value = value.split('"').next().unwrap_or_default();
                        assert!(
                            is_neutral(value),
                            "{path}: {name}={value:?} is in one language only"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_saying_has_both_languages() {
        for (path, template) in all() {
            for saying in template.split(".say(\"").skip(1) {
                let (vi, rest) = saying
                    .split_once("\", \"")
                    .unwrap_or_else(|| panic!("{path}: {saying:.60}"));
                let (en, _) = rest
                    .split_once("\")")
                    .unwrap_or_else(|| panic!("{path}: {saying:.60}"));
                assert!(
                    !vi.trim().is_empty() && !en.trim().is_empty(),
                    "{path}: {vi:?} {en:?}"
                );
                assert!(is_nfc(vi), "{path}: {vi:?}");
                // The other language's name stands on its switch.
                let vietnamese = en.chars().any(|letter| {
                    "ăâđêôơưạảấầẩậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ".contains(letter)
                });
                assert!(!vietnamese || en == "Tiếng Việt", "{path}: {en:?}");
            }
        }
    }
}
