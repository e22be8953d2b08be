//! Who may do what, in time, for other programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use saoy_archive::people::NewAppointment;
use serde::Deserialize;

use crate::app::App;
use crate::archive::{READERS, there};
use crate::guard::Who;
use crate::people::ADMINISTRATORS;
use crate::routes::Routes;
use crate::trouble::Trouble;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/v1/appointments", READERS, list)
        .post("/api/v1/appointments", ADMINISTRATORS, appoint)
        .delete("/api/v1/appointments/{id}", ADMINISTRATORS, dismiss)
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<serde_json::Value>, Trouble> {
    let all = there(&app)?
        .archive(|archive| Ok(archive.appointments()?))
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.appointments/1", "appointments": all }),
    ))
}

#[derive(Deserialize)]
struct New {
    login: String,
    name: String,
    role: String,
    capacity: Option<String>,
    authority: String,
    first_day: Option<Date>,
    last_day: Option<Date>,
    certificate: Option<String>,
}

async fn appoint(
    State(app): State<Arc<App>>,
    who: Who,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<serde_json::Value>), Trouble> {
    let act = app.act(&who.login);
    let id = there(&app)?
        .archive(move |archive| {
            let id = archive.appoint(
                &act,
                &NewAppointment {
                    login: &new.login,
                    name: &new.name,
                    role: &new.role,
                    capacity: new.capacity.as_deref(),
                    authority: &new.authority,
                    first_day: new.first_day.unwrap_or(act.day()),
                    last_day: new.last_day,
                    certificate: new.certificate.as_deref(),
                },
            )?;
            // It is done; a checkpoint that could not be written comes with the next change.
            let _ = archive.checkpoint();
            Ok(id)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(serde_json::json!({ "id": id }))))
}

#[derive(Deserialize)]
struct Last {
    last_day: Option<Date>,
}

async fn dismiss(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<i64>,
    Query(last): Query<Last>,
) -> Result<StatusCode, Trouble> {
    let act = app.act(&who.login);
    there(&app)?
        .archive(move |archive| {
            archive.dismiss(&act, id, last.last_day.unwrap_or(act.day()))?;
            let _ = archive.checkpoint();
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
