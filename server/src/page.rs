//! What all pages have in common: the frame around them, and how they are sent.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::assets;
use crate::guard::Who;
use crate::language::Language;
use crate::trouble::Trouble;

/// The frame around a page: its language, who looks at it, where it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shell {
    /// The language.
    pub(crate) l: Language,
    /// Who looks at it.
    pub(crate) who: Who,
    /// Its path and query.
    pub(crate) here: String,
}

impl Shell {
    /// Whether the page, or one below it, is at this path.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let here = self.here.split('?').next().unwrap_or_default();
        here == path
            || here
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether the page itself is at this path.
    pub(crate) fn is_here(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// Where the same page is in the other language.
    pub(crate) fn in_other_language(&self) -> String {
        format!(
            "/language?to={}&back={}",
            self.l.other(),
            in_query(&self.here)
        )
    }

    /// The address of a file of the pages' looks.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shell {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self {
            l: Language::wanted(&parts.headers),
            who: parts.extensions.get::<Who>().cloned().unwrap_or_default(),
            here: parts
                .uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
        })
    }
}

/// Sends a page.
pub(crate) fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => Trouble::ours(error).into_response(),
    }
}

/// Sends a file to be kept by the browser under a name.
pub(crate) fn download(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", in_query(name));
    (
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

/// A text inside a query or a header's extended value: everything but letters, digits and `-._~/` is percent-encoded
/// (RFC 3986, 2.3; RFC 8187, 3.2.1).
pub(crate) fn in_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A place on this server that somebody may be sent back to: a path of ours, never another site.
pub(crate) fn back_to(path: &str) -> &str {
    let ours =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r']);
    if ours { path } else { "/" }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    shell: Shell,
    status: StatusCode,
    said: &'a str,
}

/// The page of a trouble.
pub(crate) fn trouble(language: Language, trouble: &Trouble) -> String {
    let page = TroublePage {
        shell: Shell {
            l: language,
            ..Shell::default()
        },
        status: trouble.status,
        said: language.of(&trouble.said),
    };
    page.render()
        .unwrap_or_else(|_| language.of(&trouble.said).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(back_to("/archive?q=a"), "/archive?q=a");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(back_to(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn a_page_knows_where_it_is() {
        let shell = Shell {
            here: "/archive/document/1?x=2".to_owned(),
            ..Shell::default()
        };
        assert!(shell.is_at("/archive"));
        assert!(!shell.is_at("/arch"));
        assert_eq!(in_query("/a b?ộ"), "/a%20b%3F%E1%BB%99");
    }
}
