//! Signed files of each form, held against the verifying half.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::sync::Arc;

use ring::rand::SystemRandom;
use saoy_pdf::{Document, FileWriter, Revisions};

use super::admission::{Allow, RefusalKind, check};
use super::key::{Preference, SoftKey};
use super::*;
use crate::certificate::Certificate;
use crate::crypto::Digest;
use crate::judge::Instant;
use crate::policy::Policy;
use crate::structure::{Changed, examine};

/// 2026-01-01T00:00:00Z.
const NOW: Instant = Instant(1_767_225_600);

/// A file of one page, `more` in its catalog; `packed` with a cross-reference stream.
fn file(packed: bool, more: &str) -> Vec<u8> {
    let mut writer = if packed {
        FileWriter::packing(Vec::new(), "1.7").unwrap()
    } else {
        FileWriter::new(Vec::new(), "1.4").unwrap()
    };
    let [root, pages, page] = [(); 3].map(|()| writer.alloc().unwrap());
    let (at_pages, at_page) = (pages.get(), page.get());
    let bodies = [
        (
            root,
            format!("<</Type/Catalog/Pages {at_pages} 0 R{more}>>"),
        ),
        (
            pages,
            format!("<</Type/Pages/Kids[{at_page} 0 R]/Count 1>>"),
        ),
        (
            page,
            format!("<</Type/Page/Parent {at_pages} 0 R/MediaBox[0 0 9 9]>>"),
        ),
    ];
    for (id, body) in bodies {
        writer.put_raw(id, body.as_bytes()).unwrap();
    }
    writer.finish(root, None, [[1; 16], [2; 16]]).unwrap()
}

fn key(name: &str) -> SoftKey {
    let pair = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let certificate = parameters.self_signed(&pair).unwrap();
    let chain = vec![Arc::new(Certificate::read(certificate.der()).unwrap())];
    SoftKey::from_pkcs8(
        &pair.serialize_der(),
        chain,
        Preference::default(),
        SystemRandom::new(),
    )
    .unwrap()
}

fn sign(bytes: &[u8], key: &SoftKey, lock: Lock) -> Result<Vec<u8>, SignError> {
    let document = Document::open(bytes.to_vec())?;
    let mut options = Options::new(Purpose::Signature, 3000, [7; 16]);
    options.lock = lock;
    options.reason = Some("Thử".to_owned());
    let prepared = Prepared::new(&document, &options, None)?;
    let mut out = Vec::new();
    let digested = prepared.write(&document, Digest::Sha256, |piece| {
        out.extend_from_slice(piece);
        Ok(())
    })?;
    // Put aside and taken up, as with a key that takes a day.
    let digested = Digested::from_text(&digested.to_text())?;
    let sealed = digested.sign(key)?.seal()?;
    let at = usize::try_from(sealed.at).unwrap();
    out[at..at + sealed.digits.len()].copy_from_slice(&sealed.digits);
    Ok(out)
}

#[test]
fn one_after_the_other_in_every_form() {
    let (person, agency) = (key("A"), key("B"));
    for packed in [false, true] {
        for ends_line in [true, false] {
            let mut bytes = file(packed, "");
            if !ends_line {
                bytes.pop();
            }
            let once = sign(&bytes, &person, Lock::Signatures).unwrap();
            assert!(once.starts_with(&bytes));
            let twice = sign(&once, &agency, Lock::Final).unwrap();
            assert!(twice.starts_with(&once));

            let signers = check_earlier(twice.clone(), &Policy::default(), NOW).unwrap();
            let own = |key: &SoftKey| key::Signer::chain(key).first().unwrap().fingerprint;
            assert_eq!(signers, [own(&person), own(&agency)]);
            let structure = examine(&Revisions::read(twice.clone()).unwrap());
            assert!(structure.findings.is_empty(), "{:?}", structure.findings);
            let [first, second] = structure.signatures.as_slice() else {
                panic!("{} signatures", structure.signatures.len());
            };
            assert_eq!(first.certification, Some(2));
            assert_eq!(first.after.gravest, Changed::LaterSignature);
            assert!(second.covers_whole_file);
            assert_ne!(first.name, second.name);
            assert!(first.findings.is_empty() && second.findings.is_empty());

            let third = sign(&twice, &person, Lock::Open);
            let Err(SignError::Refused(refusal)) = third else {
                panic!("signed behind the last signature");
            };
            assert_eq!(refusal.kind, RefusalKind::Locked);
        }
    }
}

#[test]
fn a_final_signature_that_stands_alone_certifies_for_good() {
    let bytes = sign(&file(false, ""), &key("A"), Lock::Final).unwrap();
    let again = sign(&bytes, &key("B"), Lock::Open);
    let Err(SignError::Refused(refusal)) = again else {
        panic!("signed after the end");
    };
    assert_eq!(refusal.kind, RefusalKind::Certified);
}

#[test]
fn a_flipped_bit_before_is_noticed() {
    let mut bytes = sign(&file(false, ""), &key("A"), Lock::Open).unwrap();
    let at = bytes.windows(3).position(|three| three == b"9 9").unwrap();
    bytes[at] = b'8';
    assert!(check_earlier(bytes, &Policy::default(), NOW).is_err());
}

#[test]
fn what_could_change_its_face_is_refused() {
    let cases = [
        (
            "/OpenAction<</S/JavaScript/JS(1)>>",
            RefusalKind::JavaScript,
        ),
        ("/Names<</JavaScript<</Names[]>>>>", RefusalKind::JavaScript),
        ("/OpenAction<</S/Launch/F(a)>>", RefusalKind::Action),
        ("/AA<</WC<</S/SubmitForm/F(a)>>>>", RefusalKind::Action),
        ("/AcroForm<</Fields[]/XFA[]>>", RefusalKind::Xfa),
        ("/X<</Type/OCG>>", RefusalKind::OptionalContent),
        (
            "/X<</Type/Font/Subtype/TrueType/BaseFont/.VnTime>>",
            RefusalKind::FontNotEmbedded,
        ),
    ];
    for (more, kind) in cases {
        let document = Document::open(file(false, more)).unwrap();
        match check(&document, Allow::default()) {
            Err(SignError::Refused(refusal)) => assert_eq!(refusal.kind, kind, "{more}"),
            other => panic!("{more}: {other:?}"),
        }
    }
    let document = Document::open(file(true, "/OpenAction[null/Fit]")).unwrap();
    assert!(check(&document, Allow::default()).is_ok());
}

#[test]
fn fonts_of_the_machine_are_told_where_they_are_let_pass() {
    let times = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>";
    let arial = "<</Type/Font/Subtype/TrueType/BaseFont/ArialMT>>";
    let named = |more: &str, fonts| {
        let document = Document::open(file(false, more)).unwrap();
        let allow = Allow {
            fonts,
            ..Allow::default()
        };
        check(&document, allow).map(|admitted| admitted.fonts.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(
        named(&format!("/X{times}"), false).unwrap(),
        ["Times-Roman"]
    );
    assert!(named(&format!("/X{arial}"), false).is_err());
    assert_eq!(named(&format!("/X{arial}"), true).unwrap(), ["ArialMT"]);
    // Defaults of a form show nothing until a field is filled in with them.
    let form = |fields: &str| format!("/AcroForm<</Fields[{fields}]/DR<</Font<</F {arial}>>>>>>");
    let none: [&str; 0] = [];
    assert_eq!(named(&form("<</FT/Sig/T(a)>>"), false).unwrap(), none);
    assert!(named(&form("<</FT/Tx/T(a)>>"), false).is_err());
    // What a page uses as well counts.
    let both = format!("{}/X{arial}", form(""));
    assert!(named(&both, false).is_err());
}

/// A statement on a page of its own, behind `bytes`.
fn on_new_page(bytes: &[u8]) -> Result<Vec<u8>, SignError> {
    use super::appearance::{Align, Drawn, Paragraph, Shown, Statement, Weight};
    let document = Document::open(bytes.to_vec())?;
    let line = Paragraph {
        text: "Chứng thực".to_owned(),
        weight: Weight::Bold,
        align: Align::Centre,
        size: 14.0,
    };
    let (statement, place) = Statement::alone(&[line], None, (300.0, 400.0))?;
    let drawn = Drawn::on_new_page(&document, place, Shown::Statement(statement))?;
    let options = Options::new(Purpose::Signature, 3000, [7; 16]);
    let prepared = Prepared::new(&document, &options, Some(&drawn))?;
    let mut out = Vec::new();
    let digested = prepared.write(&document, Digest::Sha256, |piece| {
        out.extend_from_slice(piece);
        Ok(())
    })?;
    let sealed = digested.sign(&key("A"))?.seal()?;
    let at = usize::try_from(sealed.at).unwrap();
    out[at..at + sealed.digits.len()].copy_from_slice(&sealed.digits);
    Ok(out)
}

#[test]
fn a_page_is_added_before_the_first_signature_only() {
    for packed in [false, true] {
        let signed = on_new_page(&file(packed, "")).unwrap();
        let document = Document::open(signed.clone()).unwrap();
        assert_eq!(document.page_count().unwrap(), 2);
        assert!(document.repairs().is_empty(), "{:?}", document.repairs());
        let page = document.page(1).unwrap();
        // As large as the statement needs: the page before has 9 x 9 pt.
        assert!(page.media_box.width() > 100.0 && page.rotate == 0);
        let annotations = document.get(&page.dict, "Annots").unwrap().into_owned();
        assert_eq!(annotations.as_array().unwrap().len(), 1);
        assert_eq!(
            check_earlier(signed.clone(), &Policy::default(), NOW)
                .unwrap()
                .len(),
            1
        );
        assert!(matches!(on_new_page(&signed), Err(SignError::SignedPages)));
    }
}

#[test]
fn an_added_page_of_a_tagged_document_is_tagged() {
    let root = |more: &str| {
        format!(
            "/MarkInfo<</Marked true>>/StructTreeRoot 7 0 R>>\nendobj\n7 0 obj\n<</Type/StructTreeRoot{more}"
        )
    };
    let kids = "/Kids[<</Limits[0 3]/Nums[0 null 3 null]>>]";
    for (more, expected) in [
        ("", 0),
        ("/K[]/ParentTree<</Nums[0 null 4 null]>>", 5),
        ("/K null/ParentTree<</Nums[]>>/ParentTreeNextKey 9", 9),
        (&format!("/ParentTree<<{kids}>>/ParentTreeNextKey 1"), 4),
    ] {
        let text = format!(
            "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R{}>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
             3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>\nendobj\n",
            root(more)
        );
        let signed = on_new_page(&with_table(&text)).unwrap();
        let document = Document::open(signed).unwrap();
        let catalog = document.catalog().unwrap();
        let tree = document
            .get(&catalog, "StructTreeRoot")
            .unwrap()
            .into_owned();
        let tree = tree.as_dict().unwrap();
        let next = tree
            .get("ParentTreeNextKey")
            .and_then(|next| next.as_integer());
        assert_eq!(next, Some(expected + 1), "{more}");
        let page = document.page(1).unwrap();
        let widgets = document.get(&page.dict, "Annots").unwrap().into_owned();
        let widget = document.resolve(&widgets.as_array().unwrap()[0]).unwrap();
        let widget = widget.as_dict().unwrap();
        assert_eq!(
            widget.get("StructParent").and_then(|key| key.as_integer()),
            Some(expected)
        );
        let elements = document.get(tree, "K").unwrap().into_owned();
        let element = document
            .resolve(elements.as_array().unwrap().last().unwrap())
            .unwrap();
        let element = element.as_dict().unwrap();
        assert!(element.is("S", "Form"), "{more}");
        let said = element.get("Alt").and_then(|alt| alt.as_string()).unwrap();
        assert_eq!(saoy_pdf::text_string(said), "Chứng thực");
        let mut node = document.get(tree, "ParentTree").unwrap().into_owned();
        if let Some(kids) = node.as_dict().and_then(|node| node.get("Kids")) {
            let last = kids.as_array().unwrap().last().unwrap();
            node = document.resolve(last).unwrap().into_owned();
        }
        let pairs = document.get(node.as_dict().unwrap(), "Nums").unwrap();
        let pairs = pairs.as_array().unwrap();
        let [key, own] = &pairs[pairs.len() - 2..] else {
            panic!("{pairs:?}");
        };
        assert_eq!(key.as_integer(), Some(expected), "{more}");
        assert_eq!(
            own.as_ref_id(),
            elements.as_array().unwrap().last().unwrap().as_ref_id()
        );
    }
}

/// `text` with a table of its objects, which stand in rising order but for the last ones.
fn with_table(text: &str) -> Vec<u8> {
    let mut places = std::collections::BTreeMap::new();
    for number in 1..10 {
        if let Some(at) = text.find(&format!("\n{number} 0 obj\n")) {
            places.insert(number, at + 1);
        }
    }
    let mut file = format!("{text}xref\n0 1\n0000000000 65535 f \n");
    for (number, at) in &places {
        file += &format!("{number} 1\n{at:010} 00000 n \n");
    }
    file += &format!(
        "trailer\n<</Size 8/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
        text.len()
    );
    file.into_bytes()
}

#[test]
fn another_key_and_a_small_gap_are_noticed() {
    let document = Document::open(file(false, "")).unwrap();
    let small = Options::new(Purpose::Signature, 100, [7; 16]);
    let prepared = Prepared::new(&document, &small, None).unwrap();
    let digested = prepared
        .write(&document, Digest::Sha256, |_| Ok(()))
        .unwrap();
    let (one, other) = (key("A"), key("B"));
    let signed = digested.clone().sign(&one).unwrap();
    assert!(matches!(signed.seal(), Err(SignError::Room { .. })));
    use key::Signer as _;
    let foreign = other
        .sign(&digested.message(one.chain().first().unwrap()))
        .unwrap();
    let taken = digested.signed(one.chain(), one.scheme(), foreign);
    assert!(matches!(taken, Err(SignError::KeyMismatch)));
}

#[test]
fn certificates_are_looked_at_first() {
    let one = key("A");
    let own = key::Signer::chain(&one).first().unwrap().clone();
    assert_eq!(check_certificate(&own, NOW), Ok(()));
    let late = Instant(own.not_after.0 + 1);
    assert_eq!(
        check_certificate(&own, late),
        Err(Unfit::Expired(own.not_after))
    );
    let early = Instant(own.not_before.0 - 1);
    assert_eq!(
        check_certificate(&own, early),
        Err(Unfit::NotYetValid(own.not_before))
    );
    let mut other = Certificate::clone(&own);
    other.extensions.key_usage = Some(crate::certificate::usage::CRL_SIGN);
    assert_eq!(check_certificate(&other, NOW), Err(Unfit::KeyUsage));
}
