//! Accounts and tokens, for administrators: made, switched off, given a password. A token is shown once.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use saoy_archive::people::Appointment;
use saoy_archive::profile::Profile;
use zeroize::Zeroizing;

use super::{ADMINISTRATORS, done, title};
use crate::accounts::Account;
use crate::app::App;
use crate::archive::{there, words};
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/people/account", ADMINISTRATORS, added)
        .post("/people/password", ADMINISTRATORS, password)
        .post("/people/disable", ADMINISTRATORS, disabled)
        .post("/people/token", ADMINISTRATORS, token)
        .post("/people/revoke", ADMINISTRATORS, revoked)
}

/// What the page shows of accounts.
pub(super) struct View {
    pub(super) accounts: Vec<AccountView>,
    pub(super) tokens: Vec<TokenView>,
}

pub(super) struct AccountView {
    pub(super) login: String,
    pub(super) system: bool,
    pub(super) made: String,
    pub(super) disabled: Option<String>,
    /// What it may do today; empty means nothing.
    pub(super) roles: String,
}

pub(super) struct TokenView {
    pub(super) id: i64,
    pub(super) login: String,
    pub(super) label: String,
    pub(super) made: String,
    pub(super) revoked: Option<String>,
}

impl View {
    pub(super) async fn load(
        app: &Arc<App>,
        appointments: &[Appointment],
        today: Date,
        l: Language,
    ) -> Result<Self, Trouble> {
        let (accounts, tokens) = app
            .accounts(|accounts| Ok((accounts.list()?, accounts.tokens()?)))
            .await?;
        let profile = Profile::on(today)?;
        let roles = |login: &str| {
            let own = appointments
                .iter()
                .filter(|one| one.login == login && holds(one, today))
                .map(|one| title(&profile, &one.role, l));
            own.collect::<Vec<_>>().join(", ")
        };
        let moment = |at: &str| local(at, l);
        Ok(Self {
            accounts: accounts
                .into_iter()
                .map(|one| AccountView {
                    roles: roles(&one.login),
                    system: one.system,
                    made: moment(&one.made),
                    disabled: one.disabled.as_deref().map(moment),
                    login: one.login,
                })
                .collect(),
            tokens: tokens
                .into_iter()
                .map(|one| TokenView {
                    id: one.id,
                    made: moment(&one.made),
                    revoked: one.revoked.as_deref().map(moment),
                    login: one.login,
                    label: one.label,
                })
                .collect(),
        })
    }
}

/// A moment of the accounts, which are in UTC, as the clock in Vietnam has it.
fn local(at: &str, l: Language) -> String {
    match at.parse() {
        Ok(at) => {
            let act = saoy_archive::Act {
                by: String::new(),
                at,
            };
            words::moment(&act.time(), l)
        }
        Err(_) => at.to_owned(),
    }
}

fn holds(one: &Appointment, day: Date) -> bool {
    one.first_day <= day && one.last_day.is_none_or(|last| day <= last)
}

/// Refuses what would leave nobody who can log in and administer on the day after `day`. `keeps` says which appointments stay.
pub(super) async fn stays_administered(
    app: &Arc<App>,
    day: Date,
    keeps: impl Fn(&Appointment) -> bool,
) -> Result<(), Trouble> {
    let next = day.tomorrow().unwrap_or(day);
    let all = there(app)?
        .archive(|archive| Ok(archive.appointments()?))
        .await?;
    let accounts = app.accounts(|accounts| accounts.list()).await?;
    let comes_in = |login: &str| {
        let usable = |one: &Account| one.login == login && !one.system && one.disabled.is_none();
        accounts.iter().any(usable)
    };
    let left = all.iter().any(|one| {
        one.role == "administrator" && holds(one, next) && keeps(one) && comes_in(&one.login)
    });
    if left {
        return Ok(());
    }
    Err(Trouble::refused(sentence!(
        "Sau việc này sẽ không còn quản trị nào đăng nhập được; hãy phân công và tạo tài khoản cho người khác trước. Không có gì thay đổi.",
        "After this no administrator could log in any more; appoint somebody else and make an account first. Nothing was changed."
    )))
}

async fn added(State(app): State<Arc<App>>, form: Form) -> Result<Response, Trouble> {
    let login = form.wanted("login", "tên đăng nhập", "login")?.to_owned();
    let system = !form.get("system").is_empty();
    let password = Zeroizing::new(form.get("password").to_owned());
    if !system && password.is_empty() {
        return Err(Trouble::bad(sentence!(
            "Chưa đặt mật khẩu; tài khoản của hệ thống khác thì đánh dấu \"hệ thống\".",
            "There is no password; for another system's account tick \"system\"."
        )));
    }
    app.accounts(move |accounts| {
        let password = (!system).then_some(password.as_str());
        accounts.add(&login, password)
    })
    .await?;
    Ok(done("added"))
}

async fn password(State(app): State<Arc<App>>, form: Form) -> Result<Response, Trouble> {
    let login = form.wanted("login", "tên đăng nhập", "login")?.to_owned();
    let password = Zeroizing::new(form.get("password").to_owned());
    app.accounts(move |accounts| accounts.set_password(&login, &password))
        .await?;
    Ok(done("password"))
}

async fn disabled(
    State(app): State<Arc<App>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let login = form.wanted("login", "tên đăng nhập", "login")?.to_owned();
    let today = app.act(&shell.who.login).day();
    stays_administered(&app, today, |one| one.login != login).await?;
    app.accounts(move |accounts| accounts.disable(&login))
        .await?;
    Ok(done("disabled"))
}

#[derive(Template)]
#[template(path = "people/token.html")]
struct TokenPage {
    shell: Shell,
    login: String,
    label: String,
    token: String,
}

/// Answers in the body of the same request: the token stands in no address and is shown by no other page.
async fn token(State(app): State<Arc<App>>, shell: Shell, form: Form) -> Result<Response, Trouble> {
    let login = form.wanted("login", "tên đăng nhập", "login")?.to_owned();
    let label = form.wanted("label", "dùng cho việc gì", "what it is for")?;
    let label: String = label.chars().take(200).collect();
    let (whose, what) = (login.clone(), label.clone());
    let token = app
        .accounts(move |accounts| accounts.add_token(&whose, &what))
        .await?;
    Ok(page::html(&TokenPage {
        shell,
        login,
        label,
        token,
    }))
}

async fn revoked(State(app): State<Arc<App>>, form: Form) -> Result<Response, Trouble> {
    let id: i64 = form
        .get("token")
        .parse()
        .map_err(|_| Trouble::bad(sentence!("thiếu số mã truy cập", "no token was named")))?;
    app.accounts(move |accounts| accounts.revoke(id)).await?;
    Ok(done("revoked"))
}
