//! Answers: a field is right, or says something else. Taken once each, whatever is sent twice or late.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{no_field, on_to, words};
use crate::app::App;
use crate::desk::Job;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{Shell, in_query};
use crate::stations::Document;
use crate::stations::record::TYPE;
use crate::trouble::{Trouble, sentence};

/// How long somebody who works in the same folder is waited for, seconds.
const WAIT: u64 = 6;

/// Takes one answer.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    shell: Shell,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Trouble> {
    let script = headers
        .get(header::ACCEPT)
        .and_then(|kinds| kinds.to_str().ok())
        .is_some_and(|kinds| kinds.contains("application/json"));
    let id = form.wanted("document", "văn bản", "document")?;
    let field = form.wanted("field", "tên trường", "field")?;
    let key = format!("{id}/{field}");
    if form.get("do") == "skip" {
        return Ok(on_to(&format!("/review?after={}", in_query(&key))));
    }
    let said = Said {
        field: field.to_owned(),
        value: form.get("value").to_owned(),
        was: form.get("was").to_owned(),
    };
    say(&app, shell.l, &shell.who.login, id, &[said]).await?;
    if script {
        // As the record has it: a day that was typed otherwise is ISO 8601 there.
        let value = normal(form.get("field"), form.get("value"))?.unwrap_or_default();
        return Ok(Json(json!({ "saved": key, "value": value })).into_response());
    }
    Ok(on_to(&format!(
        "/review?saved=true&after={}",
        in_query(&key)
    )))
}

/// What somebody says of a field, and what it said when he looked; empty for nothing.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) was: String,
}

/// Puts what was said of a document's fields into its record; returns when that is on disk.
///
/// # Errors
/// When a field says something else by now, or `saoy correct` refuses; then nothing is changed.
pub(crate) async fn say(
    app: &Arc<App>,
    l: Language,
    login: &str,
    id: &str,
    said: &[Said],
) -> Result<(), Trouble> {
    let station = app.document(id, false).await?.station;
    let _turn = turn(app, station).await?;
    // Others may have answered while this one waited for its turn.
    let document = app.document(id, true).await?;
    let mut changes = Vec::new();
    for one in said {
        changes.extend(change(&document, one)?);
    }
    if changes.is_empty() {
        return Ok(());
    }
    correct(app, l, login, &document, changes).await?;
    app.documents(true).await?;
    Ok(())
}

/// Waits for the turn to change a station's documents, but not for ever: pages may be being read.
pub(crate) async fn turn(
    app: &App,
    station: usize,
) -> Result<Option<tokio::sync::MutexGuard<'_, ()>>, Trouble> {
    tokio::time::timeout(Duration::from_secs(WAIT), app.stations.writing(station))
        .await
        .map_err(|_| {
            Trouble::new(StatusCode::SERVICE_UNAVAILABLE, sentence!(
                "Trạm đang tạo lại các trang của một văn bản; hãy gửi lại sau ít phút. Chưa có gì thay đổi.",
                "The station is making the pages of a document anew; send it again in a few minutes. Nothing was changed yet."
            ))
        })
}

/// The change that an answer asks for; none when it was taken before.
fn change(document: &Document, said: &Said) -> Result<Option<Value>, Trouble> {
    let record = &document.record;
    if said.field != TYPE && !record.fields.contains_key(&said.field) {
        return Err(no_field());
    }
    let value = normal(&said.field, &said.value)?;
    let stands = record.value(&said.field).map(str::trim);
    if record.said(&said.field).is_some() && stands == value.as_deref() {
        return Ok(None);
    }
    if stands.unwrap_or_default() != said.was {
        return Err(Trouble::refused(sentence!(
            "Trường này vừa được người khác sửa thành \"{}\"; hãy xem lại. Chưa lưu giá trị của bạn.",
            "Somebody else has just changed this field to \"{}\"; look at it again. Your value was not saved.",
            stands.unwrap_or("–")
        )));
    }
    let same = stands.map(one_line) == value;
    Ok(Some(match (same, said.field.as_str(), value) {
        (true, name, _) => {
            json!({ "confirmed": { "name": name, "value": record.value(name) } })
        }
        (false, TYPE, Some(code)) => json!({ "type": { "code": code } }),
        (false, TYPE, None) => {
            return Err(Trouble::bad(sentence!(
                "Chưa chọn loại văn bản.",
                "No type was chosen."
            )));
        }
        (false, name, value) => json!({ "field": { "name": name, "value": value } }),
    }))
}

/// A value as records have it: one line; days as people write them become ISO 8601.
fn normal(field: &str, value: &str) -> Result<Option<String>, Trouble> {
    let value = one_line(value);
    if value.is_empty() {
        return Ok(None);
    }
    if !field.ends_with("_date") {
        return Ok(Some(value));
    }
    day(&value).map(Some).ok_or_else(|| {
        Trouble::bad(sentence!(
            "{}: \"{}\" không phải ngày; viết như 22/7/2026, hoặc 7/2026, hoặc 2026. Chưa lưu.",
            "{}: \"{}\" is no day; write 22/7/2026, or 7/2026, or 2026. Not saved.",
            words::field(Language::Vi, field),
            value
        ))
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A day, month or year, from `22/7/2026`, `22-7-2026`, `7/2026`, `2026` or ISO 8601.
fn day(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let number = |part: &str, most: u16| -> Option<u16> {
        let fine = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse()
            .ok()
            .filter(|number| fine && (1..=most).contains(number))
    };
    let year = |part: &str| number(part, 9999).filter(|_| part.len() == 4);
    match parts.as_slice() {
        [one] => year(one).map(|year| format!("{year:04}")),
        [first, second] => {
            let (year, month) = match year(first) {
                Some(year) => (year, number(second, 12)?),
                None => (year(second)?, number(first, 12)?),
            };
            Some(format!("{year:04}-{month:02}"))
        }
        [first, month, last] => {
            let (year, day) = match year(first) {
                Some(year) => (year, number(last, 31)?),
                None => (year(last)?, number(first, 31)?),
            };
            let month = number(month, 12)?;
            let date = jiff::civil::Date::new(
                i16::try_from(year).ok()?,
                i8::try_from(month).ok()?,
                i8::try_from(day).ok()?,
            );
            date.ok().map(|date| date.to_string())
        }
        _ => None,
    }
}

/// Runs `saoy correct`. What is said reaches it through its standard input: arguments of programs can be seen by others.
pub(crate) async fn correct(
    app: &App,
    l: Language,
    login: &str,
    document: &Document,
    changes: Vec<Value>,
) -> Result<(), Trouble> {
    let arguments: [std::ffi::OsString; 8] = [
        "correct".into(),
        document.path.clone().into(),
        "--changes".into(),
        "-".into(),
        format!("--by={login}").into(),
        "--wait".into(),
        WAIT.to_string().into(),
        "--json".into(),
    ];
    let text = Zeroizing::new(Value::Array(changes).to_string());
    let answer = app.desk.run(Job::Quick, l, arguments, Some(text)).await?;
    if answer.code == 0 {
        return Ok(());
    }
    #[derive(serde::Deserialize)]
    struct Told {
        schema: String,
    }
    let busy = answer
        .json::<Told>()
        .is_ok_and(|told| told.schema == "saoy.busy/1");
    if busy {
        return Err(waits(&app.stations.name(document.station)));
    }
    Err(answer.trouble())
}

/// What is waited for while a batch is being read.
fn waits(station: &str) -> Trouble {
    Trouble::new(
        StatusCode::SERVICE_UNAVAILABLE,
        sentence!(
            "Trạm {} đang đọc một lô bản quét (saoy digitize hoặc watch) và giữ thư mục kết quả cho đến khi xong; câu trả lời chưa lưu, trang này giữ và tự gửi lại",
            "Station {} is reading a batch of scans (saoy digitize or watch) and holds its results until that is done; the answer is not saved yet, this page holds it and sends it again",
            station
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_taken_as_people_write_them() {
        for (typed, iso) in [
            ("22/7/2026", Some("2026-07-22")),
            ("02-09-1945", Some("1945-09-02")),
            ("2026-07-22", Some("2026-07-22")),
            ("7/2026", Some("2026-07")),
            ("1957", Some("1957")),
            ("31/2/2026", None),
            ("22/13/2026", None),
            ("hôm nay", None),
            ("1/2/3/4", None),
            ("22/7/26", None),
        ] {
            assert_eq!(day(typed).as_deref(), iso, "{typed}");
        }
        assert_eq!(normal("subject", " a \n b ").unwrap(), Some("a b".into()));
        assert_eq!(normal("issued_date", "").unwrap(), None);
        assert!(normal("issued_date", "mai").is_err());
    }
}
