//! What went wrong, as a page or as problem details, in both languages.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use saoy_archive::{ArchiveError, Sentence};

use crate::language::Language;
use crate::page;

/// Makes a [`Sentence`]: first the Vietnamese, then the English, then what both are filled with.
macro_rules! sentence {
    ($vi:literal, $en:literal $(, $filling:expr)* $(,)?) => {
        saoy_archive::Sentence {
            vi: std::fmt::format(format_args!($vi $(, $filling)*)),
            en: std::fmt::format(format_args!($en $(, $filling)*)),
        }
    };
}

pub(crate) use sentence;

/// A request that was not done. Nothing was changed by it.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    /// The status of HTTP.
    pub(crate) status: StatusCode,
    /// Whose fault, where, what to do next.
    pub(crate) said: Sentence,
    /// For the log alone.
    pub(crate) cause: Option<String>,
}

impl Trouble {
    /// With a status.
    pub(crate) fn new(status: StatusCode, said: Sentence) -> Self {
        Self {
            status,
            said,
            cause: None,
        }
    }

    /// The request is not as it should be.
    pub(crate) fn bad(said: Sentence) -> Self {
        Self::new(StatusCode::BAD_REQUEST, said)
    }

    /// Forbidden by a rule of law or of the office.
    pub(crate) fn refused(said: Sentence) -> Self {
        Self::new(StatusCode::CONFLICT, said)
    }

    /// There is no such thing.
    pub(crate) fn missing(said: Sentence) -> Self {
        Self::new(StatusCode::NOT_FOUND, said)
    }

    /// The server's own fault; the cause goes to the log and not to the page.
    pub(crate) fn ours(cause: impl std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            said: sentence!(
                "Máy chủ gặp lỗi và chưa làm được việc này; không có gì thay đổi. Hãy thử lại; nếu vẫn lỗi, người quản trị xem nhật ký của máy chủ.",
                "The server met a fault and did not do this; nothing was changed. Try again; if it stays, the administrator finds the cause in the server's log."
            ),
            cause: Some(cause.to_string()),
        }
    }
}

impl From<ArchiveError> for Trouble {
    fn from(error: ArchiveError) -> Self {
        match &error {
            ArchiveError::Refused(said) => Self::refused(said.clone()),
            ArchiveError::Missing(said) => Self::missing(said.clone()),
            other => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                said: other.sentence(),
                cause: Some(other.to_string()),
            },
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::ours(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a trouble the form that the request can show: problem details (RFC 9457) under `/api/`, else a page.
pub(crate) async fn dressed(request: Request, next: Next) -> Response {
    let language = Language::wanted(request.headers());
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    // What the framework itself refuses (no such route, wrong method, unreadable form) has a status and at most a line of text.
    let plain = response.status().is_client_error()
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let trouble = match response.extensions_mut().remove::<Trouble>() {
        Some(trouble) => trouble,
        None if plain => Trouble::new(response.status(), by_status(response.status())),
        None => return response,
    };
    let (kind, body) = if api {
        let problem = serde_json::json!({
            "type": "about:blank",
            "status": trouble.status.as_u16(),
            "title": trouble.status.canonical_reason(),
            "detail": trouble.said.en,
            "detail_vi": trouble.said.vi,
        });
        ("application/problem+json", problem.to_string())
    } else {
        (
            "text/html; charset=utf-8",
            page::trouble(language, &trouble),
        )
    };
    let (mut parts, _) = response.into_parts();
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut response = Response::from_parts(parts, Body::from(body));
    if let Some(cause) = trouble.cause {
        response.extensions_mut().insert(crate::log::Cause(cause));
    }
    response
}

fn by_status(status: StatusCode) -> Sentence {
    match status {
        StatusCode::NOT_FOUND => sentence!(
            "Không có trang này. Hãy kiểm tra địa chỉ, hoặc về trang đầu.",
            "There is no such page. Check the address, or go to the first page."
        ),
        StatusCode::METHOD_NOT_ALLOWED => sentence!(
            "Địa chỉ này không nhận yêu cầu kiểu đó.",
            "This address does not take requests of that method."
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            sentence!("Tệp gửi lên quá lớn.", "What was sent is too large.")
        }
        _ => sentence!(
            "Máy chủ không hiểu yêu cầu này; hãy mở lại trang và thử lại.",
            "The server does not understand this request; open the page again and retry."
        ),
    }
}
