//! What CRLs and OCSP answers say of a certificate, and whether their signers may say it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::walk::ADDRESSES;
use super::{PathOptions, Validator, check};
use crate::asn1::oid;
use crate::certificate::{Certificate, usage};
use crate::crypto::PublicKey;
use crate::judge::Instant;
use crate::revocation::{
    Crl, Moment, ON_HOLD, Ocsp, REMOVED, Scope, SingleStatus, Status, request,
};
use crate::trust::unwrap_pem;

/// What the data so far say.
#[derive(Default)]
struct Tally {
    /// Revoked for good, the earliest.
    revoked: Option<Revocation>,
    /// On hold, by the newest data that says so.
    held: Option<Revocation>,
    /// When the newest data was made that knows the certificate and does not say that it is revoked.
    clear: Option<Instant>,
    good: Option<String>,
    why: Vec<String>,
}

/// A revocation that some data tells.
struct Revocation {
    /// At the latest when the data was made, whatever later date it names.
    since: Instant,
    reason: u32,
    source: String,
    /// When that data was made.
    told: Instant,
    /// Whether it is of the time asked about.
    covers: bool,
}

impl Tally {
    /// Takes a revocation. One for good never goes away, however old the data is that tells it.
    fn revoked(&mut self, new: Revocation) {
        let (place, is_better) = if new.reason == ON_HOLD {
            let newer = self.held.as_ref().is_none_or(|old| new.told > old.told);
            (&mut self.held, newer)
        } else {
            let earlier = self
                .revoked
                .as_ref()
                .is_none_or(|old| new.since < old.since);
            (&mut self.revoked, earlier)
        };
        if is_better {
            *place = Some(new);
        }
    }

    /// Takes data made at `told` that knows the certificate and tells no revocation.
    fn cleared(&mut self, told: Instant) {
        self.clear = self.clear.max(Some(told));
    }

    /// Whether servers need not be asked.
    fn is_settled(&self) -> bool {
        let on_hold = self.held.as_ref().is_some_and(|held| held.covers);
        self.good.is_some() || self.revoked.is_some() || on_hold
    }

    /// Revocations that count at `time`. A hold ends, alone of all reasons (RFC 5280 5.3.1): newer data that does not tell
    /// it any more says that it was over by then. When in between nobody knows, so that it counts until then.
    fn revocations(&mut self, time: Instant) -> impl Iterator<Item = Revocation> + use<> {
        let clear = self.clear;
        let lasts =
            move |held: &Revocation| clear.is_none_or(|clear| clear <= held.told || clear > time);
        let held = self.held.take().filter(lasts);
        self.revoked.take().into_iter().chain(held)
    }
}

impl Validator<'_> {
    /// What is known at `time` of the first certificate of `path`, which goes on to an anchor.
    pub fn status(&self, path: &[Arc<Certificate>], time: Instant) -> Status {
        self.status_at(path, time, time, 0)
    }

    /// The same by data that covers `covering` or was made after it.
    pub(super) fn status_by(
        &self,
        path: &[Arc<Certificate>],
        time: Instant,
        covering: Instant,
    ) -> Status {
        self.status_at(path, time, covering, 0)
    }

    fn status_at(
        &self,
        path: &[Arc<Certificate>],
        time: Instant,
        covering: Instant,
        depth: u8,
    ) -> Status {
        let [certificate, issuer, ..] = path else {
            return Status::Good {
                source: "an anchor".to_owned(),
            };
        };
        let moment = Moment {
            time,
            covering,
            now: self.now,
            rule: self.policy.revocation,
        };
        let mut tally = Tally::default();
        for ocsp in self.material.ocsps.iter().chain(&self.trust.ocsps) {
            self.by_ocsp(ocsp, path, &moment, depth, &mut tally);
        }
        let crls: Vec<Arc<Crl>> = self
            .material
            .crls
            .iter()
            .chain(&self.trust.crls)
            .cloned()
            .collect();
        self.by_crls(&crls, path, &moment, depth, &mut tally);
        if !tally.is_settled() && depth == 0 {
            self.fetched(certificate, issuer, path, &moment, &mut tally);
        }
        let mut later = None;
        for told in tally.revocations(time) {
            if told.since <= time {
                return Status::Revoked {
                    since: told.since,
                    reason: told.reason,
                    source: told.source,
                };
            }
            later.get_or_insert(told.source);
        }
        match (later, tally.good) {
            // What was revoked later than the time asked about was good then.
            (Some(source), good) => Status::Good {
                source: good.unwrap_or(source),
            },
            (None, Some(source)) => Status::Good { source },
            (None, None) => Status::Unknown {
                why: if tally.why.is_empty() {
                    "no revocation data".to_owned()
                } else {
                    tally.why.join("; ")
                },
            },
        }
    }

    fn fetched(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        path: &[Arc<Certificate>],
        moment: &Moment,
        tally: &mut Tally,
    ) {
        let Some(fetch) = self.fetch else {
            return;
        };
        for url in certificate.extensions.ocsp.iter().take(ADDRESSES) {
            let answer = fetch.ocsp(url, &request(certificate, issuer));
            match answer.map(|bytes| Ocsp::read(&bytes)) {
                Some(Ok(ocsp)) => self.by_ocsp(&ocsp, path, moment, 0, tally),
                _ => tally.why.push(format!("no answer from {url}")),
            }
            if tally.is_settled() {
                return;
            }
        }
        let urls = certificate
            .extensions
            .distribution_points
            .iter()
            .flat_map(crate::certificate::DistributionPoint::addresses);
        let mut crls = Vec::new();
        for url in urls.filter(|url| url.starts_with("http")).take(ADDRESSES) {
            // RFC 5280 4.2.1.13 has DER there; some serve PEM.
            let answer = fetch.crl(&url).and_then(|bytes| unwrap_pem(&bytes).ok());
            let read = answer
                .iter()
                .flatten()
                .filter_map(|der| Crl::read(der).ok());
            let before = crls.len();
            crls.extend(read.map(Arc::new));
            if crls.len() == before {
                tally.why.push(format!("no list from {url}"));
            }
        }
        self.by_crls(&crls, path, moment, 0, tally);
    }

    fn by_ocsp(
        &self,
        ocsp: &Ocsp,
        path: &[Arc<Certificate>],
        moment: &Moment,
        depth: u8,
        tally: &mut Tally,
    ) {
        let [certificate, issuer, ..] = path else {
            return;
        };
        for single in ocsp
            .singles
            .iter()
            .filter(|single| single.id.is_of(certificate, issuer) && !single.refused)
        {
            if !self.is_responder(ocsp, path, depth) {
                tally
                    .why
                    .push("an OCSP answer by someone whom the issuer did not authorise".to_owned());
                return;
            }
            let source = format!("OCSP of {}", ocsp.produced_at);
            let told = single.this_update;
            let covers = moment.is_covered(told, single.next_update);
            if single.status == SingleStatus::Good
                && moment.is_past(told)
                && Moment::remembers(certificate, told, single.kept_since)
            {
                tally.cleared(told);
            }
            match single.status {
                SingleStatus::Revoked(since, reason) if moment.is_past(told) => {
                    tally.revoked(Revocation {
                        since: since.min(told),
                        reason,
                        source,
                        told,
                        covers,
                    });
                }
                SingleStatus::Good if !covers => {
                    tally
                        .why
                        .push(format!("{source} is not of the time asked about"));
                }
                SingleStatus::Good
                    if !Moment::remembers(certificate, single.this_update, single.kept_since) =>
                {
                    tally
                        .why
                        .push(format!("{source} was made after the certificate expired"));
                }
                SingleStatus::Good => tally.good = Some(source),
                _ => tally
                    .why
                    .push(format!("{source} does not know the certificate")),
            }
        }
    }

    /// RFC 6960 4.2.2.2: the issuer itself, or whom it gave a certificate for that purpose.
    fn is_responder(&self, ocsp: &Ocsp, path: &[Arc<Certificate>], depth: u8) -> bool {
        let Some((issuer, above)) = path.get(1..).and_then(|rest| rest.split_first()) else {
            return false;
        };
        if ocsp.is_by(issuer) && self.spend() && ocsp.signed_by(&issuer.key).is_ok() {
            return true;
        }
        let carried = ocsp.certificates.iter().cloned().map(Arc::new);
        let known = self
            .material
            .certificates
            .iter()
            .chain(&self.trust.intermediates)
            .cloned();
        carried
            .chain(known)
            .filter(|candidate| ocsp.is_by(candidate) && candidate.issuer == issuer.subject)
            .any(|candidate| {
                let purposes = candidate.extensions.purposes.as_ref();
                let full: Vec<_> = [&candidate, issuer]
                    .into_iter()
                    .chain(above)
                    .cloned()
                    .collect();
                purposes.is_some_and(|(list, _)| {
                    list.iter()
                        .any(|purpose| *purpose == oid::PURPOSE_OCSP_SIGNING)
                }) && self.spend()
                    && ocsp.signed_by(&candidate.key).is_ok()
                    && self.spend()
                    && candidate.signed_by(&issuer.key).is_ok()
                    && check(&full, &PathOptions::at(ocsp.produced_at)).is_ok()
                    && (candidate.extensions.no_check
                        || depth > 0
                        || !self.is_known_revoked(&full, ocsp.produced_at, depth))
            })
    }

    /// A delegate whose certificate is revoked says nothing; one of whom nothing is known may speak, since most name no
    /// place to ask (RFC 6960 4.2.2.2.1 leaves it to the authority).
    fn is_known_revoked(&self, path: &[Arc<Certificate>], time: Instant, depth: u8) -> bool {
        matches!(
            self.status_at(path, time, time, depth.saturating_add(1)),
            Status::Revoked { .. }
        )
    }

    /// RFC 5280 6.3.3: complete lists with their deltas, until every reason is told of.
    fn by_crls(
        &self,
        crls: &[Arc<Crl>],
        path: &[Arc<Certificate>],
        moment: &Moment,
        depth: u8,
        tally: &mut Tally,
    ) {
        let Some(certificate) = path.first() else {
            return;
        };
        let mut told = Scope::NONE;
        let mut sources = Vec::new();
        for crl in crls.iter().filter(|crl| crl.base.is_none()) {
            let scope = crl.scope(certificate);
            if scope.is_empty() {
                continue;
            }
            let source = format!("CRL of {}", crl.this_update);
            if !self.is_crl_signer(crl, path, depth) {
                tally.why.push(format!(
                    "{source} is not signed by the issuer or whom it authorised"
                ));
                continue;
            }
            let delta = self.delta(crls, crl, path, moment, depth);
            let newest = delta.map_or(crl, |delta| delta);
            let entry = delta
                .and_then(|delta| Some((delta, delta.entry(certificate)?)))
                .or_else(|| Some((crl, crl.entry(certificate)?)));
            let entry = entry.filter(|(_, entry)| entry.reason != REMOVED);
            let covers = moment.is_covered(newest.this_update, newest.next_update);
            if entry.is_none()
                && scope.is_complete()
                && moment.is_past(newest.this_update)
                && Moment::remembers(certificate, newest.this_update, newest.kept_since)
            {
                tally.cleared(newest.this_update);
            }
            match entry {
                Some((_, entry)) if entry.refused => tally
                    .why
                    .push(format!("{source} has an entry that is not understood")),
                Some((list, entry)) if moment.is_past(crl.this_update) => {
                    tally.revoked(Revocation {
                        since: entry.since.min(list.this_update),
                        reason: entry.reason,
                        source,
                        told: newest.this_update,
                        covers,
                    });
                }
                _ if !covers => {
                    tally
                        .why
                        .push(format!("{source} is not of the time asked about"));
                }
                _ if !Moment::remembers(certificate, newest.this_update, newest.kept_since) => {
                    tally
                        .why
                        .push(format!("{source} was made after the certificate expired"));
                }
                _ => {
                    told = told.or(scope);
                    sources.push(source);
                }
            }
        }
        if told.is_complete() && tally.good.is_none() {
            tally.good = sources.pop();
        } else if !sources.is_empty() && !told.is_complete() {
            tally
                .why
                .push("the CRLs tell of some reasons only".to_owned());
        }
    }

    /// The newest delta that goes with `complete` (RFC 5280 5.2.4, 6.3.3 (c)).
    fn delta<'b>(
        &self,
        crls: &'b [Arc<Crl>],
        complete: &Crl,
        path: &[Arc<Certificate>],
        moment: &Moment,
        depth: u8,
    ) -> Option<&'b Arc<Crl>> {
        let number = complete.number.as_deref()?;
        let fits = |delta: &&Arc<Crl>| {
            let (Some(base), Some(own)) = (&delta.base, &delta.number) else {
                return false;
            };
            delta.issuer == complete.issuer
                && delta.point == complete.point
                && delta.authority_key == complete.authority_key
                && !delta.refused
                && compare(base, number) != Ordering::Greater
                && compare(own, number) != Ordering::Less
                && moment.is_covered(delta.this_update, delta.next_update)
        };
        let mut deltas: Vec<_> = crls.iter().filter(fits).collect();
        deltas.sort_by_key(|delta| delta.this_update);
        deltas
            .into_iter()
            .rev()
            .find(|delta| self.is_crl_signer(delta, path, depth))
    }

    /// RFC 5280 6.3.3 (f), (g): the issuer, or another key of the CRL issuer's name below the same anchor.
    fn is_crl_signer(&self, crl: &Crl, path: &[Arc<Certificate>], depth: u8) -> bool {
        let may = |certificate: &Certificate| {
            certificate
                .extensions
                .key_usage
                .is_none_or(|bits| bits & usage::CRL_SIGN != 0)
        };
        let signed = |certificate: &Certificate, key: &PublicKey| {
            may(certificate) && self.spend() && crl.signed_by(key).is_ok()
        };
        let (Some(issuer), Some(anchor)) = (path.get(1), path.last()) else {
            return false;
        };
        let key = inherited_key(path.get(1..).unwrap_or_default());
        if issuer.subject == crl.issuer && signed(issuer, &key) {
            return true;
        }
        if depth > 1 {
            return false;
        }
        let named: Vec<_> = self
            .trust
            .certificates()
            .chain(&self.material.certificates)
            .filter(|candidate| candidate.subject == crl.issuer && *candidate != issuer)
            .cloned()
            .collect();
        named
            .iter()
            .filter(|candidate| signed(candidate, &candidate.key))
            .any(|candidate| {
                let options = PathOptions::at(crl.this_update);
                self.paths(candidate).iter().any(|full| {
                    full.last() == Some(anchor)
                        && check(full, &options).is_ok()
                        && !self.is_known_revoked(full, crl.this_update, depth)
                })
            })
    }
}

/// The key of the first certificate of `path`, with the DSA parameters of those above it where it has none.
fn inherited_key(path: &[Arc<Certificate>]) -> PublicKey {
    let above = PublicKey::Unknown(String::new());
    path.iter().rev().fold(above, |above, certificate| {
        certificate.key.inheriting(&above)
    })
}

/// Compares big-endian numbers without leading zeros.
fn compare(left: &[u8], right: &[u8]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}
