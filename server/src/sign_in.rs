//! Logging in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::accounts::is_password;
use crate::app::App;
use crate::guard::COOKIE;
use crate::guard::limits::Kind;
use crate::incoming::Form;
use crate::language::cookie;
use crate::log::Client;
use crate::page::{self, Shell, back_to};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

/// Passwords are weighed two at a time: each takes 19 MiB and a core for a while.
static WEIGHING: Semaphore = Semaphore::const_new(2);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/login", Access::Public, form)
        .post("/login", Access::Public, log_in)
        .post("/logout", Access::SignedIn, log_out)
}

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    shell: Shell,
    next: String,
    login: String,
    wrong: bool,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn form(Query(next): Query<Next>, shell: Shell) -> Response {
    page::html(&Page {
        shell,
        next: back_to(&next.next).to_owned(),
        login: String::new(),
        wrong: false,
    })
}

async fn log_in(
    State(app): State<Arc<App>>,
    client: Option<axum::Extension<Client>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let login = form.get("login").to_owned();
    let password = Zeroizing::new(form.get("password").to_owned());
    let next = back_to(form.get("next")).to_owned();
    // By address, so that one machine cannot try many accounts, and by account, so that many cannot try one.
    let by_name = app.limits.take(Kind::Password, &format!("login {login}"));
    let by_address = client.map_or(Ok(()), |client| {
        app.limits.take_for(Kind::Password, client.0.0)
    });
    if let Err(wait) = by_name.and(by_address) {
        return Err(Trouble::new(
            StatusCode::TOO_MANY_REQUESTS,
            sentence!(
                "Thử mật khẩu quá nhiều lần; hãy đợi {} giây rồi thử lại.",
                "Too many passwords were tried; wait {} seconds and try again.",
                wait.as_secs() + 1
            ),
        ));
    }
    let asked = login.clone();
    let stored = app
        .accounts(move |accounts| accounts.password_of(&asked))
        .await?;
    let right = {
        let _place = WEIGHING.acquire().await.map_err(Trouble::ours)?;
        tokio::task::spawn_blocking(move || is_password(&password, stored.as_deref()))
            .await
            .map_err(Trouble::ours)?
    };
    if !right {
        let page = Page {
            shell,
            next,
            login,
            wrong: true,
        };
        return Ok((StatusCode::UNAUTHORIZED, page::html(&page)).into_response());
    }
    let word = app
        .accounts(move |accounts| accounts.open_session(&login))
        .await?;
    let secure = if app.settings.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={word}; Path=/; HttpOnly; SameSite=Lax{secure}");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    _checked: Form,
) -> Result<Response, Trouble> {
    if let Some(word) = cookie(&headers, COOKIE) {
        app.accounts(move |accounts| accounts.close_session(&word))
            .await?;
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/")).into_response())
}
