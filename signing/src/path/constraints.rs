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

/// True when `name` lies in `base`; `None` when that cannot be told, or when it stands for several that differ in it.
fn covers(base: &GeneralName, name: &GeneralName) -> Option<bool> {
    match (base, name) {
        (GeneralName::Directory(base), GeneralName::Directory(name)) => Some(name.is_within(base)),
        (GeneralName::Email(base), GeneralName::Email(name)) => email(base, name),
        (GeneralName::Dns(base), GeneralName::Dns(name)) => dns(base, name),
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

fn dns(base: &str, name: &str) -> Option<bool> {
    let (wildcard, host) = match name.strip_prefix("*.") {
        Some(host) => (true, host),
        None => (false, name),
    };
    // RFC 5280 4.2.1.10: unlike those of URIs, constraints begin with a label, not with a dot.
    if !is_host(host) || !(base.is_empty() || is_host(base)) {
        return None;
    }
    if is_below(host, base, true) {
        return Some(true);
    }
    // Some hosts that the wildcard stands for may be the base's, others are not.
    (!(wildcard && is_below(base, host, false))).then_some(false)
}

/// True when `text` is labels between dots.
fn is_host(text: &str) -> bool {
    text.split('.')
        .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_graphic()))
        && !text.contains(['*', '@'])
}

fn email(base: &str, name: &str) -> Option<bool> {
    let (local, host) = mailbox(name)?;
    if base.contains('@') {
        let (wanted, at) = mailbox(base)?;
        return Some(wanted == local && at.eq_ignore_ascii_case(host));
    }
    Some(match base.strip_prefix('.') {
        Some(domain) => is_below(host, domain, false),
        None => base.is_empty() || base.eq_ignore_ascii_case(host),
    })
}

/// A mailbox (RFC 5321 4.1.2) as its local part and host; a second `@` stands only between quotes.
fn mailbox(text: &str) -> Option<(&str, &str)> {
    let (local, host) = text.rsplit_once('@')?;
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let is_local = !local.is_empty() && (quoted || !local.contains('@'));
    (is_local && is_host(host)).then_some((local, host))
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
    if !matches!(base.len(), 8 | 32) || !is_mask(mask) || !matches!(name.len(), 4 | 16) {
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

/// True when the bits that are set come first (RFC 4632 3.1).
fn is_mask(mask: &[u8]) -> bool {
    mask.iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .is_sorted_by(|left, right| left >= right)
}

/// How many comparisons one certificate may cost; who lists more names under more constraints means to cost time.
const MAX_COMPARISONS: usize = 250_000;
