//! Name constraints (RFC 5280 4.2.1.10).

use crate::asn1::oid;
use crate::certificate::{Certificate, GeneralName, NameConstraints};

/// The constraints of all authorities so far. A name must be permitted by each of them that speaks of its kind.
#[derive(Default)]
pub(super) struct Subtrees<'a>(Vec<&'a NameConstraints>);

impl<'a> Subtrees<'a> {
    pub(super) fn add(&mut self, constraints: &'a NameConstraints) {
        self.0.push(constraints);
    }

    /// True when every name of `certificate` is permitted and none is excluded.
    pub(super) fn permit(&self, certificate: &Certificate) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let mut names = certificate.extensions.alternative_names.clone();
        if !names
            .iter()
            .any(|name| matches!(name, GeneralName::Email(_)))
        {
            names.extend(
                certificate
                    .subject
                    .all(oid::EMAIL)
                    .map(|email| GeneralName::Email(email.to_owned())),
            );
        }
        if !certificate.subject.is_empty() {
            names.push(GeneralName::Directory(certificate.subject.clone()));
        }
        let bases: usize = self
            .0
            .iter()
            .map(|constraints| constraints.permitted.len() + constraints.excluded.len())
            .sum();
        if names.len().saturating_mul(bases) > MAX_COMPARISONS {
            return false;
        }
        names
            .iter()
            .all(|name| self.0.iter().all(|constraints| permits(constraints, name)))
    }
}

fn permits(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let mut of_kind = constraints
        .permitted
        .iter()
        .filter(|base| is_same_kind(base, name))
        .peekable();
    let permitted =
        of_kind.peek().is_none() || of_kind.any(|base| covers(base, name) == Some(true));
    // A name whose kind nothing here can compare is not known to be outside what is excluded.
    let excluded = constraints
        .excluded
        .iter()
        .any(|base| is_same_kind(base, name) && covers(base, name) != Some(false));
    permitted && !excluded
}

fn is_same_kind(base: &GeneralName, name: &GeneralName) -> bool {
    match (base, name) {
        (GeneralName::Other(left, _), GeneralName::Other(right, _)) => left == right,
        _ => std::mem::discriminant(base) == std::mem::discriminant(name),
    }
}

/// True when `name` lies in `base`; `None` when that cannot be told.
fn covers(base: &GeneralName, name: &GeneralName) -> Option<bool> {
    match (base, name) {
        (GeneralName::Directory(base), GeneralName::Directory(name)) => Some(name.is_within(base)),
        (GeneralName::Email(base), GeneralName::Email(name)) => email(base, name),
        (GeneralName::Dns(base), GeneralName::Dns(name)) => {
            Some(is_below(name, base.strip_prefix('.').unwrap_or(base), true))
        }
        (GeneralName::Uri(base), GeneralName::Uri(name)) => uri(base, name),
        (GeneralName::Ip(base), GeneralName::Ip(name)) => ip(base, name),
        _ => None,
    }
}

/// True when `host` is `base` itself, where `itself` says so, or lies below it. An empty base is everything.
fn is_below(host: &str, base: &str, itself: bool) -> bool {
    let (host, base) = (host.to_ascii_lowercase(), base.to_ascii_lowercase());
    if base.is_empty() {
        return true;
    }
    match host.strip_suffix(&base) {
        Some("") => itself,
        Some(rest) => rest.ends_with('.'),
        None => false,
    }
}

fn email(base: &str, name: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    Some(match base.rsplit_once('@') {
        Some((wanted, at)) => wanted == local && at.eq_ignore_ascii_case(host),
        None => match base.strip_prefix('.') {
            Some(domain) => is_below(host, domain, false),
            None => base.is_empty() || base.eq_ignore_ascii_case(host),
        },
    })
}

fn uri(base: &str, name: &str) -> Option<bool> {
    let (_, rest) = name.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    // A literal address has no place in a tree of names.
    if host.is_empty() || host.starts_with('[') {
        return None;
    }
    let host = host.split(':').next()?;
    if host.split('.').all(|part| part.parse::<u8>().is_ok()) {
        return None;
    }
    Some(match base.strip_prefix('.') {
        Some(domain) => is_below(host, domain, false),
        None => base.is_empty() || base.eq_ignore_ascii_case(host),
    })
}

fn ip(base: &[u8], name: &[u8]) -> Option<bool> {
    let (address, mask) = base.split_at_checked(base.len() / 2)?;
    if address.len() != mask.len() || !matches!(name.len(), 4 | 16) {
        return None;
    }
    if address.len() != name.len() {
        return Some(false);
    }
    Some(
        address
            .iter()
            .zip(mask)
            .zip(name)
            .all(|((address, mask), name)| address & mask == name & mask),
    )
}

/// How many comparisons one certificate may cost; who lists more names under more constraints means to cost time.
const MAX_COMPARISONS: usize = 250_000;
