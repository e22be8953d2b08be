//! Who asks, and whether they may: sessions and tokens, roles, forged requests, too many tries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::accounts::form_word;
use crate::app::App;
use crate::language::cookie;
use crate::routes::Access;
use crate::trouble::{Trouble, sentence};

pub(crate) mod limits;

/// The cookie of a session.
pub(crate) const COOKIE: &str = "saoy";

/// Who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    /// The login; empty for nobody.
    pub(crate) login: String,
    /// The name by the latest appointment, else the login.
    pub(crate) name: String,
    /// The roles that hold today.
    pub(crate) roles: Vec<String>,
    /// What this session's forms bring along; empty for tokens and for nobody.
    pub(crate) form: String,
}

impl Who {
    /// Whether anybody is logged in.
    pub(crate) fn is_somebody(&self) -> bool {
        !self.login.is_empty()
    }

    /// Whether one of these roles holds.
    pub(crate) fn has(&self, roles: &[&str]) -> bool {
        self.roles.iter().any(|role| roles.contains(&role.as_str()))
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Who {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Lets through what may pass one endpoint.
pub(crate) async fn guarded(
    State((app, access)): State<(Arc<App>, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let who = match who(
        &app,
        request.headers().clone(),
        request.uri().path().starts_with("/api/"),
    )
    .await
    {
        Ok(who) => who,
        Err(trouble) => return trouble.into_response(),
    };
    let api = request.uri().path().starts_with("/api/");
    if let Some(refusal) = refusal(access, &who, api, &request) {
        return refusal;
    }
    request.extensions_mut().insert(who.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(who);
    response
}

fn refusal(access: Access, who: &Who, api: bool, request: &Request) -> Option<Response> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !api && is_foreign(request.headers()) {
        return Some(
            Trouble::new(
                StatusCode::FORBIDDEN,
                sentence!(
                    "Yêu cầu này đến từ một trang khác nên bị từ chối; không có gì thay đổi.",
                    "This request came from another site and was refused; nothing was changed."
                ),
            )
            .into_response(),
        );
    }
    let allowed = match access {
        Access::Public => true,
        Access::SignedIn => who.is_somebody(),
        Access::Roles(roles) => who.has(roles),
    };
    if allowed {
        return None;
    }
    if who.is_somebody() {
        let Access::Roles(roles) = access else {
            return None;
        };
        let roles = roles.join(", ");
        return Some(Trouble::new(StatusCode::FORBIDDEN, sentence!(
            "Tài khoản {} không có vai trò được làm việc này hôm nay (cần một trong: {}). Người quản trị giao vai trò bằng: saoy archive appoint",
            "Account {} holds no role for this today (one of: {}). The administrator gives roles with: saoy archive appoint",
            who.login,
            roles
        )).into_response());
    }
    if api {
        let trouble = Trouble::new(
            StatusCode::UNAUTHORIZED,
            sentence!(
                "Cần mã truy cập: tiêu đề Authorization: Bearer ...; tạo bằng: saoy account token",
                "A token is wanted: header Authorization: Bearer ...; made with: saoy account token"
            ),
        );
        return Some(([(header::WWW_AUTHENTICATE, "Bearer")], trouble).into_response());
    }
    if changes {
        return Some(
            Trouble::new(
                StatusCode::UNAUTHORIZED,
                sentence!(
                    "Phiên làm việc đã hết; hãy đăng nhập lại. Không có gì thay đổi.",
                    "The session has ended; log in again. Nothing was changed."
                ),
            )
            .into_response(),
        );
    }
    let back = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    Some(Redirect::to(&format!("/login?next={}", crate::page::in_query(back))).into_response())
}

/// Who asks: by a token under `/api/`, by a session elsewhere.
async fn who(app: &Arc<App>, headers: HeaderMap, api: bool) -> Result<Who, Trouble> {
    if api {
        let Some(token) = bearer(&headers) else {
            return Ok(Who::default());
        };
        let login = app.accounts(move |accounts| accounts.token(&token)).await?;
        return match login {
            Some(login) => known(app, login, String::new()).await,
            None => Err(Trouble::new(
                StatusCode::UNAUTHORIZED,
                sentence!(
                    "Mã truy cập này không có, đã bị thu hồi, hoặc tài khoản đã khóa.",
                    "There is no such token, or it was revoked, or its account is switched off."
                ),
            )),
        };
    }
    let Some(word) = cookie(&headers, COOKIE) else {
        return Ok(Who::default());
    };
    let form = form_word(&word);
    match app
        .accounts(move |accounts| accounts.session(&word))
        .await?
    {
        Some(login) => known(app, login, form).await,
        None => Ok(Who::default()),
    }
}

async fn known(app: &Arc<App>, login: String, form: String) -> Result<Who, Trouble> {
    if !app.has_archive() {
        return Ok(Who {
            name: login.clone(),
            login,
            roles: Vec::new(),
            form,
        });
    }
    let today = app.act(&login).day();
    app.archive(move |archive| {
        let mut who = Who {
            name: login.clone(),
            login,
            roles: Vec::new(),
            form,
        };
        for one in archive.appointments()? {
            if one.login != who.login {
                continue;
            }
            who.name = one.name;
            if one.first_day <= today && one.last_day.is_none_or(|last| today <= last) {
                who.roles.push(one.role);
            }
        }
        Ok(who)
    })
    .await
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// Whether a browser says that another site made it send this. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`;
/// programs that are no browser send neither and carry nobody's cookie.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    origin
        .split_once("://")
        .is_none_or(|(_, from)| from != host)
}
