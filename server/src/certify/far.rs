//! Signing and sealing with a key that a service holds: it may ask for a PIN, send a code, or wait for its owner's telephone.
//! That takes a while and questions in between, so it goes on behind a page of its own.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{PEOPLE, copy};
use crate::app::{App, SigningKey};
use crate::desk::talk::{Reply, Says};
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};

/// How long it is remembered how one ended that nobody came back to.
const REMEMBERED: Duration = Duration::from_secs(3600);

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/certify/{code}/signing", PEOPLE, shown).post(
        "/certify/{code}/signing",
        PEOPLE,
        answered,
    )
}

/// Signatures by far keys that are under way, by the login of whoever signs and the copy's code.
#[derive(Debug, Default)]
pub(crate) struct Dialogs(Mutex<HashMap<(String, String), Dialog>>);

#[derive(Clone, Debug)]
struct Dialog {
    key: String,
    seal: bool,
    begun: Instant,
    now: Now,
    replies: mpsc::Sender<Reply>,
}

/// How far it is.
#[derive(Clone, Debug)]
enum Now {
    Working,
    /// Somebody has to say something.
    Asks {
        ask: String,
        prompt: String,
    },
    /// Somebody has to approve elsewhere, or the service signs.
    Waits {
        approval: bool,
    },
    Done,
    Failed(Trouble),
}

impl Dialogs {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Dialog>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, login: &str, code: &str) -> Option<Dialog> {
        self.all()
            .get(&(login.to_owned(), code.to_owned()))
            .cloned()
    }

    fn put(&self, login: &str, code: &str, dialog: Dialog) {
        let mut all = self.all();
        all.retain(|_, one| !one.is_over() || one.begun.elapsed() < REMEMBERED);
        all.insert((login.to_owned(), code.to_owned()), dialog);
    }

    fn change(&self, login: &str, code: &str, now: Now) {
        if let Some(dialog) = self.all().get_mut(&(login.to_owned(), code.to_owned())) {
            dialog.now = now;
        }
    }

    fn remove(&self, login: &str, code: &str) {
        self.all().remove(&(login.to_owned(), code.to_owned()));
    }

    /// Whether this person has this copy under way.
    pub(super) fn is_mine(&self, login: &str, code: &str) -> bool {
        self.get(login, code).is_some_and(|one| !one.is_over())
    }

    /// Whether somebody has this copy under way.
    fn is_under_way(&self, code: &str) -> bool {
        let all = self.all();
        all.iter()
            .any(|((_, known), one)| known == code && !one.is_over())
    }
}

impl Dialog {
    fn is_over(&self) -> bool {
        matches!(self.now, Now::Done | Now::Failed(_))
    }
}

/// The child's arguments.
fn arguments(app: &App, code: &str, login: &str, key: &SigningKey, step: &str) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["certify", step, code, "--key", &key.reference]
        .into_iter()
        .chain(["--by", login, "--json", "--dialog"])
        .map(OsString::from)
        .collect();
    arguments.extend(app.settings.level.iter().map(OsString::from));
    if let Some(account) = &key.account {
        arguments.extend(["--account".into(), account.into()]);
    }
    arguments
}

/// Begins a signature or seal with a far key; its page says how it goes on. A PIN that was filled in already answers the first
/// question for one.
pub(super) async fn begun(
    app: &Arc<App>,
    code: &str,
    (l, login): (Language, &str),
    key: SigningKey,
    pin: Zeroizing<String>,
    step: &'static str,
) -> Result<Response, Trouble> {
    let place = Redirect::to(&format!("/certify/{code}/signing"));
    if app.dialogs.is_under_way(code) {
        return match app.dialogs.get(login, code) {
            Some(dialog) if !dialog.is_over() => Ok(place.into_response()),
            _ => Err(Trouble::refused(sentence!(
                "Người khác đang ký bản sao này.",
                "Somebody else is signing this copy."
            ))),
        };
    }
    copy::may(app, code, login, step).await?;
    let (replies, answers) = mpsc::channel(2);
    app.dialogs.put(
        login,
        code,
        Dialog {
            key: key.name.clone(),
            seal: step == "seal",
            begun: Instant::now(),
            now: Now::Working,
            replies: replies.clone(),
        },
    );
    let (app, code, login) = (Arc::clone(app), code.to_owned(), login.to_owned());
    tokio::spawn(async move {
        let first = Mutex::new(Some(pin).filter(|pin| !pin.is_empty()));
        let hear = |says: Says| {
            let now = match says {
                Says::Asks { ask, prompt } => {
                    let given = Some(&first).filter(|_| ask == "pin");
                    let given = given.and_then(|first| {
                        first.lock().unwrap_or_else(PoisonError::into_inner).take()
                    });
                    let given = given.map(|pin| replies.try_send(Reply::Given(pin)));
                    match given {
                        Some(Ok(())) => Now::Working,
                        _ => Now::Asks { ask, prompt },
                    }
                }
                Says::Waits { waiting } => Now::Waits {
                    approval: waiting == "approval",
                },
            };
            app.dialogs.change(&login, &code, now);
        };
        let arguments = arguments(&app, &code, &login, &key, step);
        let outcome = app.desk.talk(l, arguments, hear, answers).await;
        let now = match outcome.and_then(copy::stepped_with) {
            Ok(()) => Now::Done,
            Err(trouble) => Now::Failed(trouble),
        };
        app.dialogs.change(&login, &code, now);
    });
    Ok(place.into_response())
}

/// Signs or seals with what another program gives at once; a question that is not answered by it ends it.
///
/// # Errors
/// As `saoy certify sign` refuses, and when a code is wanted that was not given.
pub(crate) async fn at_once(
    app: &Arc<App>,
    code: &str,
    (l, login): (Language, &str),
    key: &SigningKey,
    given: (Zeroizing<String>, Zeroizing<String>),
    step: &'static str,
) -> Result<(), Trouble> {
    copy::may(app, code, login, step).await?;
    let (replies, answers) = mpsc::channel(2);
    let missing = Mutex::new(None);
    let given = Mutex::new((Some(given.0), Some(given.1)));
    let hear = |says: Says| {
        let Says::Asks { ask, .. } = says else { return };
        let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match ask.as_str() {
            "pin" => given.0.take(),
            "code" => given.1.take(),
            _ => None,
        };
        let reply = match answer.filter(|answer| !answer.is_empty()) {
            Some(answer) => Reply::Given(answer),
            None => {
                *missing.lock().unwrap_or_else(PoisonError::into_inner) = Some(ask);
                Reply::Stop
            }
        };
        // The child waits for one answer at a time: there is room.
        let _ = replies.try_send(reply);
    };
    let arguments = arguments(app, code, login, key, step);
    let outcome = app.desk.talk(l, arguments, hear, answers).await;
    let missing = missing.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(ask) = missing {
        let member = if ask == "code" { "otp" } else { "pin" };
        return Err(Trouble::refused(sentence!(
            "Dịch vụ ký cần thêm \"{}\" (mã một lần có thể vừa được gửi tới chủ khóa). Chưa ký gì cả.",
            "The signing service wants \"{}\" as well (a one-time code may just have been sent to the key's owner). Nothing was signed.",
            member
        )));
    }
    outcome.and_then(copy::stepped_with)
}

#[derive(Template)]
#[template(path = "certify/signing.html")]
struct SigningPage {
    shell: Shell,
    code: String,
    key: String,
    seal: bool,
    asks: Option<(bool, String)>,
    approval: bool,
}

async fn shown(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let code = copy::code_of(&app, code).await?;
    let home = Redirect::to(&format!("/certify/{code}"));
    let Some(dialog) = app.dialogs.get(&shell.who.login, &code) else {
        return Ok(home.into_response());
    };
    let (asks, approval) = match dialog.now {
        Now::Done => {
            app.dialogs.remove(&shell.who.login, &code);
            return Ok(home.into_response());
        }
        // Said until something else is begun: the page may be asked for twice.
        Now::Failed(trouble) => {
            return copy::show(&app, code, shell, Some(trouble)).await;
        }
        Now::Asks { ask, prompt } => (Some((ask == "code", prompt)), false),
        Now::Waits { approval } => (None, approval),
        Now::Working => (None, false),
    };
    Ok(page::html(&SigningPage {
        shell,
        code,
        key: dialog.key,
        seal: dialog.seal,
        asks,
        approval,
    }))
}

/// What was asked for, or that it shall end.
async fn answered(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let code = copy::code_of(&app, code).await?;
    let place = Redirect::to(&format!("/certify/{code}/signing"));
    let Some(dialog) = app.dialogs.get(&shell.who.login, &code) else {
        return Ok(place.into_response());
    };
    let reply = match form.get("do") {
        "stop" => Some(Reply::Stop),
        // Sent twice, it answers one question; empty, it would cost a try.
        _ => Some(form.get("answer"))
            .filter(|answer| !answer.is_empty() && matches!(dialog.now, Now::Asks { .. }))
            .map(|answer| Reply::Given(Zeroizing::new(answer.to_owned()))),
    };
    if let Some(reply) = reply {
        if matches!(reply, Reply::Given(_)) {
            app.dialogs.change(&shell.who.login, &code, Now::Working);
        }
        // One that has ended hears no more, and its page says how it ended.
        let _ = dialog.replies.send(reply).await;
    }
    Ok(place.into_response())
}
