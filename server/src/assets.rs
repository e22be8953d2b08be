//! Styles, scripts and signs of the pages: inside the program, under addresses that change with their content.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use ring::digest;

/// Name, kind, content.
const ALL: &[(&str, &str, &[u8])] = &[
    (
        "saoy.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/saoy.css"),
    ),
    (
        "verify.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/verify.js"),
    ),
    (
        "archive.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/archive.css"),
    ),
    (
        "archive.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/archive.js"),
    ),
    (
        "certify.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/certify.css"),
    ),
    (
        "certify.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/certify.js"),
    ),
    (
        "review.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/review.css"),
    ),
    (
        "review.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/review.js"),
    ),
    (
        "document.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/document.js"),
    ),
    (
        "station.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/station.js"),
    ),
    (
        "sign.svg",
        "image/svg+xml",
        include_bytes!("../assets/sign.svg"),
    ),
];

/// Where one is.
pub(crate) fn address(name: &str) -> String {
    let version = ALL
        .iter()
        .find(|(known, _, _)| *known == name)
        .map_or_else(String::new, |(_, _, bytes)| version(bytes));
    format!("/assets/{version}/{name}")
}

/// Sends one; whatever its version, since an old page may still ask.
pub(crate) async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    match ALL.iter().find(|(known, _, _)| *known == name) {
        Some((_, kind, bytes)) => (
            [
                (header::CONTENT_TYPE, *kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            *bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The sign under the name by which browsers ask for it where no page tells them another, as beside a JSON answer.
pub(crate) async fn icon() -> Response {
    asset(Path((String::new(), "sign.svg".to_owned()))).await
}

fn version(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
