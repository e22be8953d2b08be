//! A copy's page: what it is, what was said of it, its pages beside the paper's, and the step that is next.

use std::ffi::OsString;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::Archive;
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Answer, Copy, Stage};
use saoy_archive::profile::Profile;
use zeroize::Zeroizing;

use super::{PEOPLE, Turn, far, is_two, kind_of, mask, moment, next, staged, tone, wizard};
use crate::app::{App, SigningKey, no_archive};
use crate::desk::{self, Job};
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::pictures::{self, Width};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

/// Pages whose pictures are shown at once; the rest by a link.
const SHOWN: u32 = 6;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/certify/{code}", PEOPLE, shown)
        .get("/certify/{code}/scan/{n}/{width}", PEOPLE, scan)
        .get("/certify/{code}/made/{n}/{width}", PEOPLE, made)
        .get("/certify/{code}/statement", PEOPLE, statement)
        .get("/certify/{code}/preview.pdf", PEOPLE, preview)
        .post("/certify/{code}/sign", Access::Roles(&["certifier"]), sign)
        .post("/certify/{code}/seal", Access::Roles(&["clerk"]), seal)
        .post("/certify/{code}/deliver", PEOPLE, deliver)
        .get("/certify/{code}/file", PEOPLE, file)
        .get("/certify/{code}/print", PEOPLE, print)
        .post("/certify/{code}/cancel", PEOPLE, cancel)
}

#[derive(Template)]
#[template(path = "certify/copy.html")]
struct CopyPage {
    shell: Shell,
    copy: Copy,
    stage: &'static str,
    class: &'static str,
    requester: String,
    owner: String,
    /// Who did what, when.
    steps: Vec<(&'static str, String, String)>,
    answers: Vec<Answered>,
    compared: usize,
    pages: u32,
    more: bool,
    turn: Option<Turn>,
    /// Why the step is not this person's.
    waits: Option<&'static str>,
    keys: Vec<Key>,
    two: bool,
    /// What kind of copy it is.
    kind: String,
    /// Of an extract, the pages.
    excerpt: String,
    /// Whether a key at a service may be chosen.
    far: bool,
    /// Whether whoever looks is signing it with one.
    under_way: bool,
    issued: bool,
    open: bool,
    wrong: Option<String>,
}

struct Answered {
    code: String,
    text: String,
    hint: Option<String>,
    remark: Option<String>,
}

/// A key that may be chosen.
struct Key {
    index: usize,
    name: String,
    /// Whether it is the only one.
    only: bool,
    /// Whether a service holds it.
    far: bool,
}

async fn shown(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    show(&app, code, shell, None).await
}

/// The page; after a step that went wrong with what went wrong.
pub(super) async fn show(
    app: &Arc<App>,
    code: String,
    shell: Shell,
    trouble: Option<Trouble>,
) -> Result<Response, Trouble> {
    let (l, day) = (shell.l, app.act(&shell.who.login).day());
    let (copy, names) = with(app, code, |archive, copy| {
        let names: Vec<(String, String)> = archive
            .appointments()?
            .into_iter()
            .map(|one| (one.login, one.name))
            .collect();
        Ok((copy, names))
    })
    .await?;
    let profile = Profile::on(day)?;
    let name = |login: &str| {
        let found = names.iter().rev().find(|(known, _)| known == login);
        found.map_or_else(|| login.to_owned(), |(_, name)| name.clone())
    };
    let step = |what: &'static str, who: &Option<(String, String)>| {
        who.as_ref().map(|(who, at)| (what, name(who), moment(at)))
    };
    let steps = [
        step(
            l.say("Chuẩn bị", "Prepared"),
            &Some(copy.prepared_by.clone()),
        ),
        step(l.say("Ký chứng thực", "Signed"), &copy.signed_by),
        step(l.say("Đóng dấu cơ quan", "Sealed"), &copy.sealed_by),
        step(l.say("Trả cho", "Handed out to"), &copy.delivered),
    ];
    let turn = next(&copy, &shell.who);
    let issued = matches!(copy.stage, Stage::Sealed | Stage::Delivered);
    let open = matches!(copy.stage, Stage::Prepared | Stage::Signed);
    let keys = &app.settings.keys;
    let page = CopyPage {
        stage: staged(&copy, l),
        class: tone(&copy),
        requester: mask(&copy.requester, &copy.details.requester_id),
        owner: copy
            .details
            .owner_number
            .as_deref()
            .map(saoy_archive::metadata::masked)
            .unwrap_or_default(),
        steps: steps.into_iter().flatten().collect(),
        answers: copy
            .details
            .answers
            .iter()
            .map(|answer| answered(answer, &profile, l))
            .collect(),
        compared: copy
            .details
            .answers
            .first()
            .map_or(0, |answer| answer.pages.len()),
        pages: copy.pages.min(SHOWN),
        more: copy.pages > SHOWN,
        waits: turn
            .is_none()
            .then(|| waits(&copy, &shell.who, l))
            .flatten(),
        turn,
        keys: keys
            .iter()
            .enumerate()
            .map(|(index, key)| Key {
                index,
                name: key.name.clone(),
                only: keys.len() == 1,
                far: key.is_far(),
            })
            .collect(),
        two: is_two(&copy),
        kind: kind_of(&profile, &copy.kind, l),
        excerpt: listed(&copy.details.excerpt),
        far: keys.iter().any(SigningKey::is_far),
        under_way: app.dialogs.is_mine(&shell.who.login, &copy.code),
        issued,
        open,
        wrong: trouble
            .as_ref()
            .map(|trouble| l.of(&trouble.said).to_owned()),
        copy,
        shell,
    };
    let mut response = page::html(&page);
    if let Some(trouble) = trouble {
        *response.status_mut() = trouble.status;
        if let Some(cause) = trouble.cause {
            response.extensions_mut().insert(crate::log::Cause(cause));
        }
    }
    Ok(response)
}

fn listed(pages: &[u32]) -> String {
    let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
    pages.join(", ")
}

/// Why a step is somebody else's.
fn waits(copy: &Copy, who: &Who, l: Language) -> Option<&'static str> {
    let signed_myself = copy
        .signed_by
        .as_ref()
        .is_some_and(|(login, _)| *login == who.login);
    match copy.stage {
        Stage::Prepared if is_two(copy) => Some(l.say(
            "Đang chờ người thực hiện chứng thực ký.",
            "It waits for the certifying person to sign.",
        )),
        Stage::Signed if signed_myself => Some(l.say(
            "Bạn đã ký bản này nên không được đóng dấu: cần văn thư là người khác.",
            "You signed this copy, so you may not seal it: the clerk has to be somebody else.",
        )),
        Stage::Prepared | Stage::Signed => Some(l.say(
            "Đang chờ văn thư đóng dấu cơ quan.",
            "It waits for the records clerk to seal it.",
        )),
        _ => None,
    }
}

fn answered(answer: &Answer, profile: &Profile, l: Language) -> Answered {
    let question = profile.refusal.iter().find(|one| one.code == answer.code);
    Answered {
        code: answer.code.clone(),
        text: question
            .map(|one| l.say(&one.text.vi, &one.text.en).to_owned())
            .unwrap_or_default(),
        hint: answer.hint.clone(),
        remark: answer.remark.clone(),
    }
}

/// The copy of a code, and what else `work` takes from the archive.
async fn with<T, F>(app: &Arc<App>, code: String, work: F) -> Result<T, Trouble>
where
    T: Send + 'static,
    F: FnOnce(&mut Archive, Copy) -> Result<T, Trouble> + Send + 'static,
{
    if !app.has_archive() {
        return Err(no_archive());
    }
    app.archive(move |archive| {
        let copy = archive.copy(&code)?;
        work(archive, copy)
    })
    .await
}

async fn copy_of(app: &Arc<App>, code: String) -> Result<Copy, Trouble> {
    with(app, code, |_, copy| Ok(copy)).await
}

/// The code as the archive has it, of a copy that there is.
pub(super) async fn code_of(app: &Arc<App>, code: String) -> Result<String, Trouble> {
    copy_of(app, code).await.map(|copy| copy.code)
}

/// The paper's page from which a page of the copy was made.
async fn scan(
    State(app): State<Arc<App>>,
    Path((code, page, width)): Path<(String, u32, String)>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let of_extract = usize::try_from(page.saturating_sub(1)).unwrap_or(usize::MAX);
    let page = match copy.details.excerpt.get(of_extract) {
        Some(page) => *page,
        None => page,
    };
    pictures::stored(&app, shell.l, &copy.original, page, Width::parse(&width)).await
}

/// The copy's pages as far as it has come.
async fn made(
    State(app): State<Arc<App>>,
    Path((code, page, width)): Path<(String, u32, String)>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let file = copy.sealed.or(copy.signed).unwrap_or(copy.prepared);
    pictures::stored(&app, shell.l, &file, page, Width::parse(&width)).await
}

async fn statement(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let Some(file) = copy.sealed.as_ref().or(copy.signed.as_ref()) else {
        return wizard::stated(&app, shell.l, &[&copy.code], &shell.who.login).await;
    };
    // On a page of its own behind the others, or on the last of them; of true copies on the first.
    if !is_two(&copy) {
        return pictures::stored(&app, shell.l, file, 1, Width::Page).await;
    }
    match pictures::stored(&app, shell.l, file, copy.pages + 1, Width::Page).await {
        Err(trouble) if trouble.status == StatusCode::BAD_REQUEST => {
            pictures::stored(&app, shell.l, file, copy.pages, Width::Page).await
        }
        shown => shown,
    }
}

async fn preview(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let name = format!("xem-truoc-{}.pdf", file_name(&copy));
    made_by(&app, shell, "preview", &copy.code, &name).await
}

/// The sealed copy with the marks that a copy on paper bears (Decree 137/2024, article 5).
async fn print(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let name = format!("ban-in-{}.pdf", file_name(&copy));
    made_by(&app, shell, "print", &copy.code, &name).await
}

/// A PDF that a command makes of a copy, to take away.
async fn made_by(
    app: &Arc<App>,
    shell: Shell,
    command: &str,
    code: &str,
    name: &str,
) -> Result<Response, Trouble> {
    let folder = crate::incoming::folder(app)?;
    let out = folder.path().join("made.pdf");
    let arguments: [OsString; 7] = [
        "certify".into(),
        command.into(),
        code.into(),
        "-o".into(),
        out.clone().into(),
        "--by".into(),
        shell.who.login.into(),
    ];
    let answer = app.desk.run(Job::Quick, shell.l, arguments, None).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    let bytes = tokio::fs::read(out).await?;
    Ok(page::download("application/pdf", name, bytes))
}

fn file_name(copy: &Copy) -> String {
    format!("{}-{}", copy.kind, copy.line.display.replace('/', "-"))
}

/// The copy that was issued.
async fn file(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<Response, Trouble> {
    let (name, bytes) = with(&app, code, |archive, copy| {
        let id = copy
            .sealed
            .as_deref()
            .and_then(BlobId::parse)
            .ok_or_else(|| {
                Trouble::refused(sentence!(
                    "Bản sao {} chưa được cấp nên chưa có tệp để tải.",
                    "Copy {} is not issued yet; there is no file to take away.",
                    copy.code
                ))
            })?;
        let name = format!("{}-{}.pdf", file_name(&copy), copy.code);
        Ok((name, archive.blobs().read(id)?))
    })
    .await?;
    Ok(page::download("application/pdf", &name, bytes))
}

async fn sign(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    with_key(app, code, shell, form, "sign").await
}

async fn seal(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    with_key(app, code, shell, form, "seal").await
}

/// Signs or seals in a child, which gets the PIN through its standard input and keeps it nowhere.
async fn with_key(
    app: Arc<App>,
    code: String,
    shell: Shell,
    form: Form,
    step: &'static str,
) -> Result<Response, Trouble> {
    let copy = copy_of(&app, code).await?;
    let chosen: Option<usize> = form.get("key").parse().ok();
    let key = chosen
        .and_then(|index| app.settings.keys.get(index))
        .cloned();
    let pin = Zeroizing::new(form.get("pin").to_owned());
    let who = (shell.l, shell.who.login.as_str());
    let done = match key {
        Some(key) if key.is_far() => far::begun(&app, &copy.code, who, key, pin, step).await,
        key => stepped(&app, &copy.code, who, key, pin, step)
            .await
            .map(|()| Redirect::to(&format!("/certify/{}", copy.code)).into_response()),
    };
    match done {
        Ok(response) => Ok(response),
        Err(trouble) => show(&app, copy.code, shell, Some(trouble)).await,
    }
}

/// Whether somebody may take this step now; asked before a key is: a PIN spent in vain is one too many.
///
/// # Errors
/// When not.
pub(super) async fn may(
    app: &Arc<App>,
    code: &str,
    login: &str,
    step: &str,
) -> Result<(), Trouble> {
    let (act, asked, seals) = (app.act(login), code.to_owned(), step == "seal");
    app.archive(move |archive| Ok(archive.may_act_on(&act, &asked, seals)?))
        .await?;
    Ok(())
}

/// Signs (`sign`) or seals (`seal`) a copy with a key for somebody; whole or not at all.
pub(crate) async fn stepped(
    app: &Arc<App>,
    code: &str,
    (l, login): (Language, &str),
    key: Option<SigningKey>,
    pin: Zeroizing<String>,
    step: &str,
) -> Result<(), Trouble> {
    let Some(SigningKey { reference: key, .. }) = key else {
        return Err(Trouble::bad(sentence!(
            "Chưa chọn khóa ký.",
            "No key was chosen."
        )));
    };
    // An empty PIN would cost a token one of its tries.
    if pin.is_empty() && key != "test:" {
        return Err(Trouble::bad(sentence!(
            "Chưa nhập mã PIN hoặc mật khẩu của khóa.",
            "The key's PIN or password was not filled in."
        )));
    }
    may(app, code, login, step).await?;
    let arguments = [
        "certify", step, code, "--key", &key, "--pin-fd", "0", "--by", login, "--json",
    ];
    let level = app.settings.level.iter().map(String::as_str);
    let arguments = arguments.into_iter().chain(level);
    stepped_with(app.desk.run(Job::Long, l, arguments, Some(pin)).await?)
}

/// What a child that was to sign or seal says of how it went.
pub(super) fn stepped_with(answer: desk::Answer) -> Result<(), Trouble> {
    if answer.code == 0 {
        return Ok(());
    }
    let mut trouble = answer.trouble();
    // The page shows by itself that it is an error.
    for said in [&mut trouble.said.vi, &mut trouble.said.en] {
        for prefix in ["lỗi: ", "error: "] {
            if let Some(rest) = said.strip_prefix(prefix) {
                *said = rest.to_owned();
            }
        }
    }
    if answer.code == 4 {
        trouble.status = StatusCode::CONFLICT;
        trouble.said.vi.push_str("\nChưa ký gì cả; bản sao vẫn ở bước cũ. Kiểm tra thẻ đã cắm, chọn đúng khóa và đúng PIN (sai nhiều lần thì thẻ bị khóa), rồi làm lại.");
        trouble.said.en.push_str("\nNothing was signed; the copy is where it was. See that the token is plugged in, the right key chosen and the PIN right (too many wrong ones lock a token), then do it again.");
    }
    Err(trouble)
}

async fn deliver(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let to = form
        .wanted("to", "trả cho ai, bằng cách nào", "to whom, and how")?
        .to_owned();
    let act = app.act(&shell.who.login);
    changed(&app, code, move |archive, code| {
        archive.deliver_copy(&act, code, &to)
    })
    .await
}

async fn cancel(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let reason = form
        .wanted("reason", "lý do hủy", "why it is cancelled")?
        .to_owned();
    let act = app.act(&shell.who.login);
    changed(&app, code, move |archive, code| {
        archive.cancel_copy(&act, code, &reason)
    })
    .await
}

/// Changes a copy and goes back to its page.
async fn changed<F>(app: &Arc<App>, code: String, change: F) -> Result<Response, Trouble>
where
    F: FnOnce(&mut Archive, &str) -> saoy_archive::Result<Copy> + Send + 'static,
{
    let copy = with(app, code, |archive, copy| {
        let copy = change(archive, &copy.code)?;
        // It is done; a checkpoint that could not be written comes with the next change.
        let _ = archive.checkpoint();
        Ok(copy)
    })
    .await?;
    Ok(Redirect::to(&format!("/certify/{}", copy.code)).into_response())
}
