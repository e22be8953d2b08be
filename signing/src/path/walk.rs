//! Walks from issuer to issuer.

use std::sync::Arc;

use super::{LONGEST, PATHS, Path, Validator};
use crate::certificate::Certificate;
use crate::crypto::PublicKey;

impl Validator<'_> {
    /// Paths from `certificate` to anchors, likely ones first. A certificate that is an anchor is a path of its own.
    pub fn paths(&self, certificate: &Arc<Certificate>) -> Vec<Path> {
        let mut found = Vec::new();
        self.walk(&mut vec![certificate.clone()], &mut found);
        found
    }

    fn walk(&self, path: &mut Path, found: &mut Vec<Path>) {
        let Some(last) = path.last().cloned() else {
            return;
        };
        if self.trust.anchor(&last).is_some() {
            found.push(path.clone());
            return;
        }
        if path.len() >= LONGEST {
            return;
        }
        for issuer in self.issuers(&last) {
            // The same name with the same key again leads nowhere new.
            if found.len() >= PATHS
                || path.iter().any(|known| {
                    known.subject == issuer.subject && known.key_info == issuer.key_info
                })
            {
                continue;
            }
            if !self.may_have_signed(&issuer, &last) {
                continue;
            }
            path.push(issuer);
            self.walk(path, found);
            path.pop();
        }
    }

    /// As far as a path goes without an anchor at its end.
    pub(super) fn dead_end(&self, certificate: &Arc<Certificate>) -> Path {
        let mut path = vec![certificate.clone()];
        while let Some(last) = path.last().filter(|_| path.len() < LONGEST) {
            let mut issuers = self.issuers(last).into_iter();
            match issuers
                .find(|issuer| !path.contains(issuer) && self.may_have_signed(issuer, last))
            {
                Some(issuer) => path.push(issuer),
                None => break,
            }
        }
        path
    }

    /// Certificates that bear the issuer's name: anchors first, then those whose key identifier fits, then others.
    fn issuers(&self, certificate: &Certificate) -> Vec<Arc<Certificate>> {
        let mut issuers: Vec<Arc<Certificate>> = Vec::new();
        let anchors = self
            .trust
            .anchors
            .iter()
            .map(|anchor| &anchor.certificate)
            .filter(|anchor| may_issue(anchor));
        let others = self
            .trust
            .intermediates
            .iter()
            .chain(&self.material.certificates);
        for candidate in anchors.chain(others) {
            if candidate.subject == certificate.issuer && !issuers.contains(candidate) {
                issuers.push(candidate.clone());
            }
        }
        if issuers.is_empty() {
            issuers.extend(self.fetch_issuer(certificate));
        }
        let wanted = &certificate.extensions.authority_key;
        issuers.sort_by_key(|issuer| {
            let identifier = &issuer.extensions.subject_key;
            (
                wanted.is_some() && identifier.is_some() && wanted != identifier,
                self.trust.anchor(issuer).is_none(),
            )
        });
        issuers
    }

    fn fetch_issuer(&self, certificate: &Certificate) -> Option<Arc<Certificate>> {
        let fetch = self.fetch?;
        let issuers = certificate
            .extensions
            .issuers
            .iter()
            .filter_map(|url| fetch.issuer(url));
        let mut read = issuers
            .filter_map(|bytes| Certificate::read_any(&bytes).ok())
            .flatten();
        read.find(|issuer| issuer.subject == certificate.issuer)
            .map(Arc::new)
    }

    /// False when `issuer`'s key did not sign `certificate`. A DSA key without parameters is judged later, on the whole path.
    fn may_have_signed(&self, issuer: &Certificate, certificate: &Certificate) -> bool {
        if matches!(
            issuer.key,
            PublicKey::Dsa {
                parameters: None,
                ..
            }
        ) {
            return true;
        }
        self.spend() && certificate.signed_by(&issuer.key).is_ok()
    }
}

/// An anchor that is no authority's is trusted for itself and issues nothing. Roots older than extensions are authorities.
fn may_issue(anchor: &Certificate) -> bool {
    anchor.is_authority() || (anchor.version < 3 && anchor.is_self_issued())
}
