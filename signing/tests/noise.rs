//! Broken bytes: no panic, no hang, and nothing that was signed passes changed.

use saoy_signing::certificate::Certificate;
use saoy_signing::judge::Indication;
use saoy_signing::revocation::{Crl, Ocsp, request};
use saoy_signing::timestamp::Token;
use saoy_signing::trust::unwrap_pem;

use crate::pki::{Case, Issue, Pki, RSA, indefinite, signature_value, with_token};

/// Numbers that look random and are the same each time (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// Each byte changed, each end cut, and random damage.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let mut dice = Dice(0x5a0f_5a0f_1234_5678);
    let flips = (0..bytes.len()).map(|at| {
        let mut copy = bytes.to_vec();
        copy[at] ^= 1 << (at % 8);
        copy
    });
    let cuts = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    let storms = (0..400).map(move |_| {
        let mut copy = bytes.to_vec();
        for _ in 0..=dice.below(6) {
            let at = dice.below(copy.len());
            copy[at] = u8::try_from(dice.below(256)).unwrap();
        }
        copy
    });
    // A byte may be rolled that stood there before.
    flips
        .chain(cuts)
        .chain(storms)
        .filter(move |copy| copy != bytes)
}

#[test]
fn damaged_signatures_never_panic_and_signed_bytes_never_pass_changed() {
    let pki = Pki::new();
    std::fs::write(pki.path("tsa.serial"), "01\n").unwrap();
    pki.issue(
        "leaf",
        &Issue {
            key: RSA,
            ..Issue::default()
        },
    );
    pki.issue(
        "stamp",
        &Issue {
            profile: "stamp",
            ..Issue::default()
        },
    );
    let cms = pki.sign("leaf", b"x", &["-cades"]);
    let stamped = with_token(
        &cms,
        &pki.token("stamp", &signature_value(&cms), &["-sha256"]),
    );
    let trust = pki.trust_with_lists();
    let mut passed = 0;
    for broken in damaged(&stamped) {
        passed += usize::from(
            Case::new(&broken, b"x", trust.clone()).judge().indication == Indication::TotalPassed,
        );
    }
    // Damage outside what is signed (the token, the version) may leave the signature good, but not everywhere.
    assert!(passed < stamped.len(), "{passed}");
    let ber = indefinite(&cms, 8);
    for broken in damaged(&ber) {
        let other = Case::new(&broken, b"y", trust.clone()).judge();
        assert_ne!(other.indication, Indication::TotalPassed);
    }
}

#[test]
fn damaged_certificates_lists_answers_and_tokens_never_panic() {
    let pki = Pki::new();
    std::fs::write(pki.path("tsa.serial"), "01\n").unwrap();
    pki.issue("leaf", &Issue::default());
    pki.issue(
        "stamp",
        &Issue {
            profile: "stamp",
            ..Issue::default()
        },
    );
    let [leaf, sub] = ["leaf", "sub"].map(|name| {
        unwrap_pem(&pki.bytes(&format!("{name}.crt")))
            .unwrap()
            .remove(0)
    });
    let key = Certificate::read(&sub).unwrap().key;
    for broken in damaged(&leaf) {
        if let Ok(certificate) = Certificate::read(&broken) {
            assert!(certificate.signed_by(&key).is_err());
        }
    }
    pki.revoke("sub", "leaf", "keyCompromise");
    let crl = unwrap_pem(&pki.crl("sub", "20200102000000Z", "20901201000000Z"))
        .unwrap()
        .remove(0);
    let certificate = Certificate::read(&leaf).unwrap();
    assert!(Crl::read(&crl).unwrap().entry(&certificate).is_some());
    for broken in damaged(&crl) {
        if let Ok(crl) = Crl::read(&broken) {
            let _whatever_it_says = crl.entry(&certificate);
            assert!(crl.signed_by(&key).is_err());
        }
    }
    let answer = pki.ocsp(
        "sub",
        &request(&certificate, &Certificate::read(&sub).unwrap()),
    );
    for broken in damaged(&answer) {
        let _whatever_it_says = Ocsp::read(&broken);
    }
    let token = pki.token("stamp", b"x", &["-sha256"]);
    for broken in damaged(&token) {
        let _whatever_it_says = Token::read(&broken);
    }
}
