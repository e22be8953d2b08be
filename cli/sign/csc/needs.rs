//! What a credential asks for before it signs: nothing, a PIN, a code, or a choice of them.

use serde_json::Value;

/// One thing that the owner must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Thing {
    /// Its name to the service: `PIN`, `OTP`, or another (CSC 2.0).
    pub(super) id: String,
    /// What it is called to people.
    pub(super) label: String,
    /// Good for one authorisation only.
    pub(super) is_once: bool,
    pub(super) sent: Sent,
}

/// What must happen before it can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Nothing,
    /// The service sends a code when it is asked to (`credentials/sendOTP`).
    Code,
    /// The service asks a question (`credentials/getChallenge`).
    Challenge,
}

/// How a credential is authorised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// With these, none if it is done on a phone or not at all.
    Things(Vec<Thing>),
    /// In a browser.
    Browser,
    /// In a way that is not known here.
    Unknown(String),
}

impl Needs {
    /// As `credentials/info` of version 1 says (CSC 1.0.4, 11.5).
    pub(super) fn of_version_1(info: &Value) -> Self {
        match info.get("authMode").and_then(Value::as_str) {
            Some("oauth2code") => return Self::Browser,
            None | Some("implicit") => return Self::Things(Vec::new()),
            Some("explicit") => {}
            Some(other) => return Self::Unknown(other.to_owned()),
        }
        let thing = |id: &str| {
            let object = info.get(id)?;
            // Services write truth as text and as itself.
            let presence = object.get("presence")?;
            let is_there = presence.as_bool() == Some(true) || presence.as_str() == Some("true");
            let is_online = object.get("type").and_then(Value::as_str) == Some("online");
            is_there.then(|| Thing {
                id: id.to_owned(),
                label: label(object, id),
                is_once: id == "OTP",
                sent: if id == "OTP" && is_online {
                    Sent::Code
                } else {
                    Sent::Nothing
                },
            })
        };
        Self::Things(["PIN", "OTP"].into_iter().filter_map(thing).collect())
    }

    /// As `credentials/info` of version 2 says (CSC 2.0, 11.5); `sends` is whether the service sends codes.
    pub(super) fn of_version_2(info: &Value, sends: bool) -> Self {
        let auth = info.get("auth").unwrap_or(&Value::Null);
        match auth.get("mode").and_then(Value::as_str) {
            Some("explicit") => {}
            Some("oauth2code" | "oauth2token") => return Self::Browser,
            None | Some("implicit") => return Self::Things(Vec::new()),
            Some(other) => return Self::Unknown(other.to_owned()),
        }
        let objects = auth.get("objects").and_then(Value::as_array);
        let things: Vec<Thing> = objects
            .into_iter()
            .flatten()
            .filter_map(|object| {
                let text = |name: &str| object.get(name).and_then(Value::as_str);
                let id = text("id")?;
                let is_challenge = text("type") == Some("ChallengeResponse");
                let is_generated = matches!(text("generator"), Some("totp" | "hotp"));
                let is_once = is_challenge || text("generator").is_some() || id.contains("OTP");
                Some(Thing {
                    id: id.to_owned(),
                    label: label(object, id),
                    is_once,
                    sent: match () {
                        () if is_challenge => Sent::Challenge,
                        () if is_once && sends && !is_generated => Sent::Code,
                        () => Sent::Nothing,
                    },
                })
            })
            .collect();
        let expression = auth.get("expression").and_then(Value::as_str);
        match expression {
            None => Self::Things(things),
            Some(expression) => match fewest(expression, &things) {
                Some(things) => Self::Things(things),
                None => Self::Unknown(expression.to_owned()),
            },
        }
    }
}

fn label(object: &Value, id: &str) -> String {
    let told = object.get("label").and_then(Value::as_str).unwrap_or(id);
    told.chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect()
}

/// Most objects whose combinations are tried.
const MOST: usize = 8;

/// The fewest things that satisfy `expression`, the first named of equals; `None` when it is none, or they cannot.
fn fewest(expression: &str, things: &[Thing]) -> Option<Vec<Thing>> {
    if things.len() > MOST {
        return None;
    }
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let chosen = |set: u32| {
        things
            .iter()
            .enumerate()
            .filter(move |(at, _)| set >> at & 1 == 1)
    };
    let mut sets: Vec<u32> = (0..1_u32 << things.len()).collect();
    // Among sets of one size the one with the first things has the smallest number.
    sets.sort_by_key(|set| (set.count_ones(), *set));
    sets.into_iter()
        .find(|set| {
            let holds = |id: &str| chosen(*set).any(|(_, thing)| thing.id == id);
            let mut rest = words.as_slice();
            either(&mut rest, &holds, 0) == Some(true) && rest.is_empty()
        })
        .map(|set| chosen(set).map(|(_, thing)| thing.clone()).collect())
}

/// Deepest nesting of an expression.
const DEEPEST: usize = 16;

/// `both (OR|XOR both)*`.
fn either(words: &mut &[&str], holds: &dyn Fn(&str) -> bool, depth: usize) -> Option<bool> {
    let mut value = both(words, holds, depth)?;
    while let Some((word @ ("OR" | "XOR"), rest)) =
        words.split_first().map(|(word, rest)| (*word, rest))
    {
        *words = rest;
        let right = both(words, holds, depth)?;
        value = if word == "OR" {
            value | right
        } else {
            value ^ right
        };
    }
    Some(value)
}

/// `one (AND one)*`.
fn both(words: &mut &[&str], holds: &dyn Fn(&str) -> bool, depth: usize) -> Option<bool> {
    let mut value = one(words, holds, depth)?;
    while let Some((&"AND", rest)) = words.split_first() {
        *words = rest;
        value &= one(words, holds, depth)?;
    }
    Some(value)
}

fn one(words: &mut &[&str], holds: &dyn Fn(&str) -> bool, depth: usize) -> Option<bool> {
    let (word, rest) = words.split_first()?;
    *words = rest;
    match *word {
        "(" if depth < DEEPEST => {
            let value = either(words, holds, depth + 1)?;
            let (close, rest) = words.split_first()?;
            *words = rest;
            (*close == ")").then_some(value)
        }
        "(" | ")" | "AND" | "OR" | "XOR" => None,
        id => Some(holds(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(needs: &Needs) -> Vec<&str> {
        match needs {
            Needs::Things(things) => things.iter().map(|thing| thing.id.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn version_2_combines_by_expression_and_takes_the_fewest() {
        let objects = json!([
            {"type": "Password", "id": "PIN"},
            {"type": "Password", "id": "OTP", "generator": "totp"},
            {"type": "ChallengeResponse", "id": "SMS"},
        ]);
        for (expression, expected) in [
            ("PIN AND OTP", Some(vec!["PIN", "OTP"])),
            ("OTP OR PIN", Some(vec!["PIN"])),
            ("PIN AND (OTP XOR SMS)", Some(vec!["PIN", "OTP"])),
            ("SMS", Some(vec!["SMS"])),
            ("(PIN", None),
            ("PIN OTP", None),
            ("AND", None),
            ("FACE", None),
        ] {
            let info =
                json!({"auth": {"mode": "explicit", "expression": expression, "objects": objects}});
            let needs = Needs::of_version_2(&info, true);
            match expected {
                Some(expected) => assert_eq!(ids(&needs), expected, "{expression}"),
                None => assert!(matches!(needs, Needs::Unknown(_)), "{expression}"),
            }
        }
        let nested = format!("{}PIN{}", "(".repeat(10_000), ")".repeat(10_000));
        let info = json!({"auth": {"mode": "explicit", "expression": nested, "objects": objects}});
        assert!(matches!(
            Needs::of_version_2(&info, true),
            Needs::Unknown(_)
        ));
    }

    #[test]
    fn version_1_says_presence_in_words_or_not() {
        let info = json!({"authMode": "explicit", "PIN": {"presence": "true", "label": "Mã PIN"},
            "OTP": {"presence": true, "type": "online"}});
        let Needs::Things(things) = Needs::of_version_1(&info) else {
            panic!()
        };
        assert_eq!(
            (things[0].label.as_str(), things[0].is_once),
            ("Mã PIN", false)
        );
        assert_eq!((things[1].sent, things[1].is_once), (Sent::Code, true));
        let info = json!({"authMode": "explicit", "PIN": {"presence": "false"}});
        assert!(ids(&Needs::of_version_1(&info)).is_empty());
        assert_eq!(
            Needs::of_version_1(&json!({"authMode": "oauth2code"})),
            Needs::Browser
        );
        assert!(ids(&Needs::of_version_1(&json!({"authMode": "implicit"}))).is_empty());
    }
}
