//! The joining of structure and judgement, with judgements made up.

use super::*;
use crate::judge::Party;
use crate::structure::{After, Change, Claims, SecurityStore};
use saoy_pdf::ObjectId;

/// Gives every field what the test says, and keeps the proofs that it was handed.
struct Oracle {
    answers: Vec<(&'static str, Indication)>,
    asked: Vec<(String, Option<Instant>)>,
}

impl Judge for Oracle {
    fn signature(&mut self, field: &SignedField, existed: Option<Instant>) -> Judgement {
        self.asked.push((field.name.clone(), existed));
        let known = self.answers.iter().find(|(name, _)| *name == field.name);
        let indication = known.map_or(Indication::TotalPassed, |(_, indication)| *indication);
        let passed = |name| Check {
            name,
            result: Outcome::Pass,
            detail: "made up".to_owned(),
        };
        let reason = match indication {
            Indication::TotalPassed => None,
            Indication::Indeterminate => Some(Reason::RevocationUnknown),
            Indication::TotalFailed => Some(Reason::DigestMismatch),
        };
        Judgement {
            indication,
            sub_indication: None,
            checks: vec![passed("digest"), passed("signature")],
            findings: reason
                .map(|reason| Finding::new(reason, "made up"))
                .into_iter()
                .collect(),
            warnings: Vec::new(),
            signer: Some(Party {
                name: "Nguyễn Văn An".to_owned(),
                organization: Some("Bộ Tư pháp".to_owned()),
                ..Party::default()
            }),
            chain: Vec::new(),
            digest: Some("SHA-256"),
            algorithm: Some("RSASSA-PKCS1-v1_5"),
            key_bits: Some(2048),
            signing_time: None,
            timestamp: None,
            judged_at: Instant(0),
            pki: None,
        }
    }

    fn timestamp(&mut self, field: &SignedField, existed: Option<Instant>) -> Timestamp {
        let judgement = self.signature(field, existed);
        Timestamp {
            // A field's number is its time, so that tests can tell them apart.
            time: Instant(1000 * i64::from(field.dictionary.number)),
            authority: "TSA".to_owned(),
            accuracy: None,
            imprint: None,
            valid: judgement.indication == Indication::TotalPassed,
            judgement,
        }
    }
}

fn field(name: &str, revision: usize, kind: Kind) -> SignedField {
    SignedField {
        name: name.to_owned(),
        dictionary: ObjectId {
            number: u32::try_from(revision).unwrap(),
            generation: 0,
        },
        kind,
        subfilter: "ETSI.CAdES.detached".to_owned(),
        contents: Vec::new(),
        signed: [0..10, 20..30],
        revision,
        covers_whole_file: false,
        claimed_time: Some("D:20250124142343+07'00'".to_owned()),
        claims: Claims::default(),
        place: None,
        certification: None,
        findings: Vec::new(),
        after: After::default(),
    }
}

fn changed(mut field: SignedField, kind: Changed, by: Option<&str>) -> SignedField {
    field.after = After {
        gravest: kind,
        changes: vec![Change {
            revision: field.revision + 1,
            kind,
            object: None,
            page: Some(2),
            explained_by: by.map(str::to_owned),
            field: None,
            fills: false,
            stamped: by.is_some(),
            annotates: false,
            detail: "page 2: contents".to_owned(),
        }],
    };
    field
}

fn joined(
    signatures: Vec<SignedField>,
    answers: &[(&'static str, Indication)],
) -> (Verification, Vec<(String, Option<Instant>)>) {
    let structure = Structure {
        signatures,
        ..Structure::default()
    };
    let mut oracle = Oracle {
        answers: answers.to_vec(),
        asked: Vec::new(),
    };
    let whole = join(structure, 30, Instant(9_000_000), &mut oracle);
    (whole, oracle.asked)
}

#[test]
fn the_gravest_outcome_decides() {
    use Indication::{Indeterminate, TotalFailed, TotalPassed};
    for (first, second, standing) in [
        (TotalPassed, TotalPassed, Standing::Valid),
        (TotalPassed, Indeterminate, Standing::Indeterminate),
        (Indeterminate, TotalFailed, Standing::Invalid),
        (TotalFailed, TotalPassed, Standing::Invalid),
    ] {
        let fields = vec![
            field("a", 1, Kind::Signature),
            field("b", 2, Kind::Signature),
        ];
        let (whole, _) = joined(fields, &[("a", first), ("b", second)]);
        assert_eq!(whole.standing, standing, "{first:?} {second:?}");
    }
    assert_eq!(joined(vec![], &[]).0.standing, Standing::Unsigned);
}

#[test]
fn a_change_is_harmless_only_when_a_signature_that_holds_explains_it() {
    let fields = |by| {
        vec![
            changed(field("a", 1, Kind::Signature), Changed::LaterSignature, by),
            field("b", 2, Kind::Signature),
        ]
    };
    assert_eq!(joined(fields(Some("b")), &[]).0.standing, Standing::Valid);
    let (whole, _) = joined(fields(Some("b")), &[("b", Indication::TotalFailed)]);
    assert_eq!(
        whole.signatures[0].findings[0].reason,
        Reason::ChangedAfterSigning
    );
    assert_eq!(whole.signatures[0].findings[0].page, Some(2));
    assert_eq!(whole.signatures[0].changed, Changed::Other);
    for nobody in [None, Some("c")] {
        assert_eq!(joined(fields(nobody), &[]).0.standing, Standing::Invalid);
    }
}

#[test]
fn other_changes_are_never_valid() {
    for (kind, standing) in [
        (Changed::LongTermData, Standing::Valid),
        (Changed::FormFill, Standing::Invalid),
        (Changed::Annotation, Standing::Invalid),
        (Changed::Other, Standing::Invalid),
    ] {
        let mut listed = changed(field("a", 1, Kind::Signature), kind, None);
        let (whole, _) = joined(vec![listed.clone()], &[]);
        assert_eq!(whole.standing, standing, "{kind:?}");
        listed.after.changes.clear();
        let (whole, _) = joined(vec![listed], &[]);
        assert_eq!(whole.standing, standing, "{kind:?} without a list");
    }
}

#[test]
fn document_timestamps_prove_what_they_cover_and_only_when_they_hold() {
    let fields = || {
        vec![
            field("early", 1, Kind::DocumentTimestamp),
            field("a", 2, Kind::Signature),
            field("b", 3, Kind::DocumentTimestamp),
            field("c", 4, Kind::DocumentTimestamp),
        ]
    };
    let (whole, asked) = joined(fields(), &[]);
    let of = |name: &str| asked.iter().find(|(one, _)| one == name).unwrap().1;
    assert_eq!(of("c"), None);
    assert_eq!(of("b"), Some(Instant(4000)));
    assert_eq!(of("a"), Some(Instant(3000)));
    assert_eq!(
        whole.signatures[1].proven.as_ref().unwrap().time,
        Instant(3000)
    );

    let (_, asked) = joined(fields(), &[("b", Indication::Indeterminate)]);
    let of = |name: &str| asked.iter().find(|(one, _)| one == name).unwrap().1;
    assert_eq!(of("a"), Some(Instant(4000)));
}

#[test]
fn a_timestamp_that_cannot_be_trusted_takes_nothing_from_a_signature_that_can() {
    let fields = || {
        vec![
            field("a", 1, Kind::Signature),
            field("t", 2, Kind::DocumentTimestamp),
        ]
    };
    let of = |indication| joined(fields(), &[("t", indication)]).0.standing;
    assert_eq!(of(Indication::Indeterminate), Standing::Valid);
    assert_eq!(of(Indication::TotalFailed), Standing::Invalid);
    let (whole, _) = joined(vec![field("t", 1, Kind::DocumentTimestamp)], &[]);
    assert_eq!(whole.standing, Standing::Unsigned);
    assert!(summary(&whole).en.contains("only a timestamp"));
}

#[test]
fn structure_forbids_whatever_cryptography_says() {
    let mut broken = field("a", 1, Kind::Signature);
    broken
        .findings
        .push(Finding::new(Reason::ByteRangeGap, "gap"));
    let (whole, _) = joined(vec![broken], &[]);
    assert_eq!(whole.standing, Standing::Invalid);
    assert_eq!(
        whole.signatures[0].sub_indication,
        Some(SubIndication::FormatFailure)
    );
    assert!(!whole.signatures[0].intact());
    assert!(
        summary(&whole)
            .vi
            .starts_with("KHÔNG HỢP LỆ: khoảng không được ký")
    );
}

#[test]
fn findings_of_the_file_decide_by_what_they_are() {
    let standing = |reason, signed: bool| {
        let structure = Structure {
            signatures: if signed {
                vec![field("a", 1, Kind::Signature)]
            } else {
                Vec::new()
            },
            findings: vec![Finding::new(reason, "made up")],
            ..Structure::default()
        };
        let mut oracle = Oracle {
            answers: Vec::new(),
            asked: Vec::new(),
        };
        join(structure, 30, Instant(0), &mut oracle).standing
    };
    assert_eq!(standing(Reason::Damaged, true), Standing::Damaged);
    assert_eq!(standing(Reason::UnaccountedBytes, true), Standing::Invalid);
    assert_eq!(
        standing(Reason::UnaccountedBytes, false),
        Standing::Unsigned
    );
    assert_eq!(
        standing(Reason::ContentsMalformed, false),
        Standing::Invalid
    );
    assert_eq!(standing(Reason::Encrypted, false), Standing::Damaged);
    assert_eq!(standing(Reason::Encrypted, true), Standing::Invalid);
    // Nobody is told that a file is damaged which only cannot be looked into.
    assert!(Standing::Damaged.label_of(true).1.starts_with("ENCRYPTED"));
    assert_eq!(
        Standing::Invalid.label_of(true),
        Standing::Invalid.label_of(false)
    );
}

#[test]
fn levels_rest_on_what_holds() {
    let store = SecurityStore {
        crls: vec![vec![0x30, 0]],
        ..SecurityStore::default()
    };
    let level = |answers: &[(&'static str, Indication)], store: &SecurityStore| {
        let structure = Structure {
            signatures: vec![
                field("a", 1, Kind::Signature),
                field("t", 2, Kind::DocumentTimestamp),
            ],
            store: store.clone(),
            ..Structure::default()
        };
        let mut oracle = Oracle {
            answers: answers.to_vec(),
            asked: Vec::new(),
        };
        join(structure, 30, Instant(0), &mut oracle).signatures[0].level
    };
    assert_eq!(level(&[], &store), Level::Lta);
    assert_eq!(level(&[], &SecurityStore::default()), Level::T);
    assert_eq!(level(&[("t", Indication::Indeterminate)], &store), Level::B);
}

#[test]
fn a_timestamp_before_the_long_term_data_archives_nothing() {
    let level = |stamped: usize| {
        let mut signed = changed(field("a", 1, Kind::Signature), Changed::LongTermData, None);
        for change in &mut signed.after.changes {
            change.revision = 3;
        }
        let structure = Structure {
            signatures: vec![signed, field("t", stamped, Kind::DocumentTimestamp)],
            store: SecurityStore {
                crls: vec![vec![0x30, 0]],
                ..SecurityStore::default()
            },
            ..Structure::default()
        };
        let mut oracle = Oracle {
            answers: Vec::new(),
            asked: Vec::new(),
        };
        join(structure, 30, Instant(0), &mut oracle).signatures[0].level
    };
    assert_eq!([2, 3, 4].map(level), [Level::Lt, Level::Lta, Level::Lta]);
}

#[test]
fn a_signature_of_somebody_else_is_never_plainly_valid() {
    let (mut whole, _) = joined(vec![field("a", 1, Kind::Signature)], &[]);
    whole.compare(Some(&Printed {
        signer: Some("Trần Thị Bình".to_owned()),
        agencies: vec!["Sở Y tế tỉnh Lào Cai".to_owned()],
        ..Printed::default()
    }));
    assert_eq!(whole.standing, Standing::Indeterminate);
    assert_eq!(whole.signatures[0].indication, Indication::TotalPassed);
    assert!(
        whole
            .warnings
            .iter()
            .any(|one| one.reason == Reason::SignerMismatch)
    );
    let said = summary(&whole);
    assert!(
        said.en
            .contains("signed by Nguyễn Văn An; the document names Trần Thị Bình of Sở Y tế"),
        "{}",
        said.en
    );
    assert!(
        said.vi
            .contains("nhưng văn bản ghi Trần Thị Bình của Sở Y tế"),
        "{}",
        said.vi
    );

    let (mut whole, _) = joined(vec![field("a", 1, Kind::Signature)], &[]);
    whole.compare(None);
    assert_eq!(whole.standing, Standing::Valid);
    assert!(summary(&whole).en.contains("could not be compared"));
}

#[test]
fn the_sentence_says_who_when_and_what_came_after() {
    let fields = vec![
        changed(
            field("a", 1, Kind::Signature),
            Changed::LaterSignature,
            Some("b"),
        ),
        field("b", 2, Kind::Signature),
    ];
    let (whole, _) = joined(fields, &[("b", Indication::Indeterminate)]);
    let said = summary(&whole);
    assert!(said.vi.starts_with("CHƯA ĐỦ CƠ SỞ KẾT LUẬN: chữ ký nguyên vẹn: 2 chữ ký: (1) của Nguyễn Văn An (Bộ Tư pháp), tự khai ký lúc 14:23:43 ngày 24/01/2025 (+07:00), không có gì chứng minh; sau đó (2) của Nguyễn Văn An (Bộ Tư pháp), đóng dấu hoặc ghi thêm (số, ngày) vào trang 2"), "{}", said.vi);
    assert!(said.en.contains("saoy trust fetch-crl"), "{}", said.en);
    assert!(
        said.en.contains(
            "then (2) by Nguyễn Văn An (Bộ Tư pháp), who stamped (number, date or seal) page 2"
        ),
        "{}",
        said.en
    );
}
