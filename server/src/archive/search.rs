//! Search: as one types, with facets that can be taken off again.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use saoy_archive::search::{COUNTED, Facet, Found, Hit, Order, Search};
use serde::Deserialize;

use super::words::day;
use super::{READERS, there};
use crate::app::App;
use crate::guard::Who;
use crate::language::Language;
use crate::page::{self, Shell, in_query};
use crate::routes::Routes;
use crate::trouble::Trouble;
use crate::types;

/// Finds on one page.
const SHOWN: usize = 20;

/// Values of a facet that are listed.
const VALUES: usize = 12;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive", READERS, search)
        .get("/archive/found.html", READERS, fragment)
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    from: usize,
    /// Whether it is still being typed.
    typing: String,
    r#type: String,
    agency: String,
    year: String,
    unit: String,
    order: String,
}

impl Asked {
    fn facet(&self, facet: Facet) -> &str {
        match facet {
            Facet::Type => &self.r#type,
            Facet::Agency => &self.agency,
            Facet::Year => &self.year,
            Facet::Unit => &self.unit,
        }
    }

    fn with(&self, facet: Facet, value: &str) -> Self {
        let mut other = self.clone();
        other.from = 0;
        match facet {
            Facet::Type => other.r#type = value.to_owned(),
            Facet::Agency => other.agency = value.to_owned(),
            Facet::Year => other.year = value.to_owned(),
            Facet::Unit => other.unit = value.to_owned(),
        }
        other
    }

    fn order(&self) -> Order {
        match self.order.as_str() {
            "newest" => Order::Newest,
            "date" => Order::Date,
            _ => Order::Best,
        }
    }

    /// Whether nothing is asked for: then only the facets are shown, and nobody's papers.
    fn is_empty(&self) -> bool {
        self.q.is_empty()
            && Facet::ALL
                .into_iter()
                .all(|facet| self.facet(facet).is_empty())
    }

    /// Where the answer to this is.
    fn address(&self) -> String {
        let mut address = format!("/archive?q={}", in_query(&self.q));
        let facets = Facet::ALL.map(|facet| (facet.name(), self.facet(facet)));
        let others = [
            ("order", self.order.as_str()),
            ("typing", self.typing.as_str()),
        ];
        for (name, value) in facets.into_iter().chain(others) {
            if !value.is_empty() {
                address += &format!("&{name}={}", in_query(value));
            }
        }
        if self.from > 0 {
            address += &format!("&from={}", self.from);
        }
        address
    }
}

#[derive(Template)]
#[template(path = "archive/search.html")]
struct Page {
    shell: Shell,
    q: String,
    /// What the form carries along besides the words.
    carried: Vec<(&'static str, String)>,
    found: Shown,
}

#[derive(Template)]
#[template(path = "archive/found.html")]
struct Fragment {
    shell: Shell,
    found: Shown,
}

struct Shown {
    /// How many there are, in words; read out when it changes.
    count: String,
    /// Whether something was asked for.
    asked: bool,
    hits: Vec<HitView>,
    facets: Vec<FacetView>,
    chips: Vec<Chip>,
    orders: Vec<(&'static str, String, bool)>,
    before: Option<String>,
    after: Option<String>,
}

/// A facet that was chosen.
struct Chip {
    name: &'static str,
    value: String,
    /// Where the same is without it.
    without: String,
}

struct HitView {
    id: String,
    heading: String,
    line: String,
    /// Parts of the text around the words, and whether each is one of them.
    snippet: Vec<(String, bool)>,
    personal: bool,
}

struct FacetView {
    name: &'static str,
    /// Value, how many, where they are.
    values: Vec<(String, usize, String)>,
}

async fn search(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let found = found(&app, &shell.who, shell.l, &asked).await?;
    let carried = Facet::ALL
        .map(|facet| (facet.name(), asked.facet(facet).to_owned()))
        .into_iter()
        .chain([("order", asked.order.clone())])
        .filter(|(_, value)| !value.is_empty())
        .collect();
    Ok(page::html(&Page {
        shell,
        q: asked.q,
        carried,
        found,
    }))
}

/// The part of the page that changes while somebody types.
async fn fragment(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let found = found(&app, &shell.who, shell.l, &asked).await?;
    Ok(page::html(&Fragment { shell, found }))
}

async fn found(app: &Arc<App>, who: &Who, l: Language, asked: &Asked) -> Result<Shown, Trouble> {
    let act = app.act(&who.login);
    let wanted = asked.clone();
    let found = there(app)?
        .archive(move |archive| {
            let only: Vec<(Facet, &str)> = Facet::ALL
                .into_iter()
                .map(|facet| (facet, wanted.facet(facet)))
                .filter(|(_, value)| !value.is_empty())
                .collect();
            let search = Search {
                text: wanted.q.trim_start(),
                typing: !wanted.typing.is_empty(),
                limit: if wanted.is_empty() { 0 } else { SHOWN },
                offset: wanted.from,
                facets: true,
                only: &only,
                order: wanted.order(),
            };
            Ok(archive.find(&act, &search)?)
        })
        .await?;
    Ok(Shown::new(found, asked, l))
}

fn name(facet: Facet, l: Language) -> &'static str {
    match facet {
        Facet::Type => l.say("Loại", "Type"),
        Facet::Agency => l.say("Cơ quan", "Agency"),
        Facet::Year => l.say("Năm", "Year"),
        Facet::Unit => l.say("Đơn vị", "Unit"),
    }
}

fn shown_value(facet: Facet, value: &str, l: Language) -> String {
    match facet {
        Facet::Type => types::named(value, l),
        _ => value.to_owned(),
    }
}

impl Shown {
    fn new(found: Found, asked: &Asked, l: Language) -> Self {
        let at = |from: usize| {
            let mut there = asked.clone();
            there.from = from;
            there.address()
        };
        let more = if found.total >= COUNTED { "+" } else { "" };
        let taken = |facet: Facet| asked.facet(facet);
        let values = |facet: Facet| {
            let all = found.facets.get(facet.name());
            let counted = all.into_iter().flatten().take(VALUES);
            counted
                .map(|(value, count)| {
                    let link = asked.with(facet, value).address();
                    (shown_value(facet, value, l), *count, link)
                })
                .collect::<Vec<_>>()
        };
        let order = |code: &str, name: &'static str| {
            let mut other = asked.clone();
            (other.from, other.order) = (0, code.to_owned());
            let current = asked.order() == other.order();
            (name, other.address(), current)
        };
        Self {
            count: format!(
                "{}{more} {}",
                found.total,
                match found.total {
                    1 => l.say("tài liệu", "document"),
                    _ => l.say("tài liệu", "documents"),
                }
            ),
            asked: !asked.is_empty(),
            before: (asked.from > 0).then(|| at(asked.from.saturating_sub(SHOWN))),
            after: (asked.from + found.hits.len() < found.total && !found.hits.is_empty())
                .then(|| at(asked.from + SHOWN)),
            facets: Facet::ALL
                .into_iter()
                .filter(|facet| taken(*facet).is_empty())
                .map(|facet| FacetView {
                    name: name(facet, l),
                    values: values(facet),
                })
                .filter(|facet| !facet.values.is_empty())
                .collect(),
            chips: Facet::ALL
                .into_iter()
                .filter(|facet| !taken(*facet).is_empty())
                .map(|facet| Chip {
                    name: name(facet, l),
                    value: shown_value(facet, taken(facet), l),
                    without: asked.with(facet, "").address(),
                })
                .collect(),
            orders: vec![
                order("", l.say("Hợp nhất", "Best")),
                order("newest", l.say("Mới đưa vào", "Newest here")),
                order("date", l.say("Ngày văn bản", "Date of paper")),
            ],
            hits: found
                .hits
                .into_iter()
                .map(|hit| HitView::new(hit, l))
                .collect(),
        }
    }
}

impl HitView {
    fn new(hit: Hit, l: Language) -> Self {
        let kind = hit.type_code.as_deref();
        let kind = kind.map(|code| types::named(code, l));
        let heading = [kind, hit.number_symbol]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let issued = hit.issued_date.map(|date| day(&date, l));
        let line = [issued, hit.agency, hit.owner]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        let subject = hit.subject.unwrap_or_default();
        let heading = match (heading.is_empty(), subject.is_empty()) {
            (true, true) => l
                .say("(chưa rõ là gì)", "(not known what it is)")
                .to_owned(),
            (true, false) => subject,
            (false, true) => heading,
            (false, false) => format!("{heading}: {subject}"),
        };
        let mut snippet: Vec<(String, bool)> = Vec::new();
        if let Some(given) = hit.snippet {
            for (at, letter) in given.text.chars().enumerate() {
                let marked = given.marks.iter().any(|mark| mark.0 <= at && at < mark.1);
                match snippet.last_mut() {
                    Some((text, same)) if *same == marked => text.push(letter),
                    _ => snippet.push((letter.to_string(), marked)),
                }
            }
        }
        Self {
            id: hit.id,
            heading,
            line,
            snippet,
            personal: hit.personal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_what_was_chosen_and_nothing_else() {
        let asked = Asked {
            q: "giao đất".to_owned(),
            from: 40,
            agency: "UBND \"A&B\"".to_owned(),
            order: "date".to_owned(),
            ..Asked::default()
        };
        assert_eq!(
            asked.address(),
            "/archive?q=giao%20%C4%91%E1%BA%A5t&agency=UBND%20%22A%26B%22&order=date&from=40"
        );
        assert_eq!(
            asked.with(Facet::Agency, "").address(),
            "/archive?q=giao%20%C4%91%E1%BA%A5t&order=date"
        );
        assert!(!asked.is_empty() && Asked::default().is_empty());
    }
}
