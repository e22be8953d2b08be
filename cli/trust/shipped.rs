//! The certificates that come with the program: proposed, never trusted until somebody accepts one by fingerprint.

use saoy_signing::certificate::Certificate;

/// A certificate that comes with the program.
pub(crate) struct Shipped {
    /// Its file among the sources.
    pub(crate) name: &'static str,
    /// The profile it belongs to.
    pub(crate) pki: &'static str,
    /// Where its authority publishes it.
    pub(crate) origin: &'static str,
    /// The certificate.
    pub(crate) der: &'static [u8],
}

/// Hosts at which the authorities of both PKIs publish revocation lists.
pub(crate) const HOSTS: &[&str] = &["ca.gov.vn", "ca.dcs.vn", "rootca.gov.vn"];

macro_rules! shipped {
    ($name:literal, $pki:literal, $origin:literal) => {
        Shipped {
            name: $name,
            pki: $pki,
            origin: $origin,
            der: include_bytes!(concat!("../../signing/trust/", $name)),
        }
    };
}

/// All of them.
pub(crate) const ALL: &[Shipped] = &[
    shipped!("vgca_rootca_g2_2018.der", "public-duty", "ca.gov.vn"),
    shipped!("vgca_rootca_g1_2010.der", "public-duty", "ca.gov.vn"),
    shipped!("vgca_cpca_g2_2018.der", "public-duty", "ca.gov.vn"),
    shipped!("vgca_dcsca_g2_2018.der", "public-duty", "ca.gov.vn"),
    shipped!("vgca_cp_g1_2010.der", "public-duty", "ca.gov.vn"),
    shipped!("national_vnrca_2014.der", "public", "rootca.gov.vn"),
    shipped!("vnpt-ca-sha2_2024.der", "public", "rootca.gov.vn"),
    shipped!("viettel-ca_2015.der", "public", "rootca.gov.vn"),
];

/// All of them, read.
pub(crate) fn certificates() -> Vec<Certificate> {
    let read = ALL
        .iter()
        .filter_map(|file| Certificate::read(file.der).ok());
    read.collect()
}

/// The profile of a certificate that comes with the program; none of any other.
pub(crate) fn pki_of(certificate: &Certificate) -> Option<&'static str> {
    let known = ALL.iter().find(|file| file.der == &*certificate.der);
    known.map(|file| file.pki)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::record::hex;

    #[test]
    fn every_shipped_certificate_is_an_authority_of_known_fingerprint() {
        assert_eq!(certificates().len(), ALL.len());
        let of = |name: &str| {
            let file = ALL.iter().find(|file| file.name.starts_with(name)).unwrap();
            let certificate = Certificate::read(file.der).unwrap();
            assert!(certificate.is_authority(), "{name}");
            hex(&certificate.fingerprint)
        };
        // As their authorities publish them.
        assert!(of("vgca_rootca_g2").starts_with("f04ba4b4"));
        assert!(of("national_vnrca").starts_with("bac8bf60"));
    }
}
