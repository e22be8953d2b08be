//! People: who may do what, from when, by which paper; and the accounts by which they come in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::Date;
use saoy_archive::people::{Appointment, NewAppointment};
use saoy_archive::profile::Profile;
use serde::Deserialize;

use crate::app::App;
use crate::archive::{READERS, there, words};
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

mod accounts;

/// Who gives roles and accounts.
pub(crate) const ADMINISTRATORS: Access = Access::Roles(&["administrator"]);

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/people", READERS, shown)
        .post("/people/appoint", ADMINISTRATORS, appointed)
        .post("/people/dismiss", ADMINISTRATORS, dismissed);
    accounts::routes(routes)
}

#[derive(Template)]
#[template(path = "people/people.html")]
struct Page {
    shell: Shell,
    said: Option<&'static str>,
    administrator: bool,
    today: String,
    now: Vec<AppointmentView>,
    later: Vec<AppointmentView>,
    past: Vec<AppointmentView>,
    /// Code and title.
    roles: Vec<(String, String)>,
    capacities: Vec<String>,
    accounts: Option<accounts::View>,
}

struct AppointmentView {
    id: i64,
    login: String,
    name: String,
    role: String,
    capacity: String,
    authority: String,
    first: String,
    last: String,
    /// The first and last letters of the certificate's digest.
    certificate: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: String,
}

/// What a change was, in words, after the redirect.
fn said(done: &str, l: Language) -> Option<&'static str> {
    Some(match done {
        "appointed" => l.say("Đã phân công.", "The role was given."),
        "dismissed" => l.say("Đã ghi ngày cuối.", "The last day was set."),
        "added" => l.say("Đã tạo tài khoản.", "The account was made."),
        "password" => l.say(
            "Đã đặt mật khẩu; các phiên đang mở của tài khoản đã kết thúc.",
            "The password was set; the account's open sessions have ended.",
        ),
        "disabled" => l.say("Đã khóa tài khoản.", "The account was switched off."),
        "revoked" => l.say("Đã thu hồi mã truy cập.", "The token was revoked."),
        _ => return None,
    })
}

async fn shown(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let today = app.act(&shell.who.login).day();
    let l = shell.l;
    let profile = Profile::on(today)?;
    let all = there(&app)?
        .archive(|archive| Ok(archive.appointments()?))
        .await?;
    let administrator = shell.who.has(&["administrator"]);
    let accounts = if administrator {
        Some(accounts::View::load(&app, &all, today, l).await?)
    } else {
        None
    };
    let view = |fits: &dyn Fn(&Appointment) -> bool| {
        all.iter()
            .filter(|one| fits(one))
            .map(|one| AppointmentView::new(one, &profile, l))
            .collect()
    };
    let ended = |one: &Appointment| one.last_day.is_some_and(|last| last < today);
    let page = Page {
        said: said(&asked.done, l),
        administrator,
        today: today.to_string(),
        now: view(&|one| one.first_day <= today && !ended(one)),
        later: view(&|one| one.first_day > today && !ended(one)),
        past: view(&ended),
        roles: profile
            .role
            .iter()
            .map(|role| {
                (
                    role.code.clone(),
                    l.say(&role.title.vi, &role.title.en).to_owned(),
                )
            })
            .collect(),
        capacities: profile
            .role
            .iter()
            .flat_map(|role| role.capacities.clone())
            .collect(),
        accounts,
        shell,
    };
    Ok(page::html(&page))
}

/// A role as people call it.
fn title(profile: &Profile, code: &str, l: Language) -> String {
    let role = profile.role.iter().find(|role| role.code == code);
    role.map_or_else(
        || code.to_owned(),
        |role| l.say(&role.title.vi, &role.title.en).to_owned(),
    )
}

impl AppointmentView {
    fn new(one: &Appointment, profile: &Profile, l: Language) -> Self {
        Self {
            id: one.id,
            login: one.login.clone(),
            name: one.name.clone(),
            role: title(profile, &one.role, l),
            capacity: one.capacity.clone().unwrap_or_default(),
            authority: one.authority.clone(),
            first: words::day(&one.first_day.to_string(), l),
            last: one
                .last_day
                .map_or_else(|| "–".to_owned(), |last| words::day(&last.to_string(), l)),
            certificate: one.certificate.as_deref().map(|digest| {
                let start: String = digest.chars().take(8).collect();
                format!("{start}…")
            }),
        }
    }
}

/// A day of a form.
fn day(form: &Form, name: &str) -> Result<Option<Date>, Trouble> {
    match form.get(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            Trouble::bad(sentence!(
                "\"{}\" không phải ngày dạng NĂM-THÁNG-NGÀY",
                "\"{}\" is no day of the form YEAR-MONTH-DAY",
                text
            ))
        }),
    }
}

async fn appointed(
    State(app): State<Arc<App>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let act = app.act(&shell.who.login);
    form.wanted("login", "tên đăng nhập", "login")?;
    form.wanted("name", "họ và tên", "full name")?;
    form.wanted("authority", "văn bản phân công", "the paper it rests on")?;
    let first_day = day(&form, "first_day")?.unwrap_or(act.day());
    let last_day = day(&form, "last_day")?;
    let certificate = form.get("certificate").replace([':', ' '], "");
    let hexadecimal = certificate.len() == 64 && certificate.bytes().all(|b| b.is_ascii_hexdigit());
    if !certificate.is_empty() && !hexadecimal {
        return Err(Trouble::bad(sentence!(
            "mã băm SHA-256 của chứng thư có 64 chữ số thập lục phân",
            "the SHA-256 of a certificate has 64 hexadecimal digits"
        )));
    }
    there(&app)?
        .archive(move |archive| {
            let optional = |name: &str| Some(form.get(name)).filter(|text| !text.is_empty());
            let new = NewAppointment {
                login: form.get("login"),
                name: form.get("name"),
                role: form.get("role"),
                capacity: optional("capacity"),
                authority: form.get("authority"),
                first_day,
                last_day,
                certificate: Some(certificate.as_str()).filter(|digest| !digest.is_empty()),
            };
            archive.appoint(&act, &new)?;
            archive.checkpoint()?;
            Ok(())
        })
        .await?;
    Ok(done("appointed"))
}

async fn dismissed(
    State(app): State<Arc<App>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let act = app.act(&shell.who.login);
    let id: i64 = form
        .get("appointment")
        .parse()
        .map_err(|_| Trouble::bad(sentence!("thiếu số phân công", "no appointment was named")))?;
    let last = day(&form, "last_day")?.unwrap_or(act.day());
    accounts::stays_administered(&app, last.max(act.day()), |one| one.id != id).await?;
    app.archive(move |archive| {
        archive.dismiss(&act, id, last)?;
        archive.checkpoint()?;
        Ok(())
    })
    .await?;
    Ok(done("dismissed"))
}

/// Back to the page, which says what was done.
fn done(what: &str) -> Response {
    Redirect::to(&format!("/people?done={what}")).into_response()
}
