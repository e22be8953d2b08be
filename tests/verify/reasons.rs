//! Every reason that a verdict can give, end to end: a file for each, told by its code.

use std::collections::BTreeMap;

use saoy_signing::asn1::{Element, oid, tag, wrap};
use saoy_signing::cms::SignedData;
use saoy_signing::finding::Reason;
use serde_json::Value;

use super::made::{Form, Office, Signed, find, text};
use super::verify;
use super::whose::{decision, names};
use crate::outputs::records::is_valid;
use crate::program::run;

/// What a case is made from.
struct Desk {
    office: Office,
    /// Signed by `an`, and nothing wrong with it.
    good: Signed,
}

impl Desk {
    /// An office with certificates of every trouble.
    fn new() -> Self {
        let office = Office::new();
        let of = |name: &str| format!("/C=VN/O=Sở Tư pháp tỉnh Lào Cai/CN={name}");
        office.issue("gone", &of("Nguyễn Văn Đi"), "leaf");
        office.revoke("gone");
        office.list();
        office.issue_for(
            "late",
            &of("Nguyễn Văn Cũ"),
            "20200101000000Z",
            "20210101000000Z",
        );
        office.issue_for(
            "early",
            &of("Nguyễn Văn Mới"),
            "20800101000000Z",
            "20810101000000Z",
        );
        office.authority("silent", "/C=VN/CN=Gốc không có danh sách");
        office.key("unlisted");
        office.issue_by(
            "unlisted",
            &of("Nguyễn Văn Lặng"),
            "leaf",
            "silent",
            &["-CAcreateserial"],
        );
        office.key("below");
        office.issue_by(
            "below",
            &of("Nguyễn Văn Dưới"),
            "leaf",
            "an",
            &["-CAcreateserial"],
        );
        office.key_of(
            "short",
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out",
        );
        office.issue_by(
            "short",
            &of("Nguyễn Văn Ngắn"),
            "leaf",
            "root",
            &["-CAcreateserial"],
        );
        office.key_of(
            "odd",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out",
        );
        office.issue_by(
            "odd",
            &of("Nguyễn Văn Lẻ"),
            "leaf",
            "root",
            &["-CAcreateserial"],
        );
        office.key("one");
        std::fs::copy(office.path("one.key"), office.path("two.key")).expect("a copy");
        for name in ["one", "two"] {
            office.issue_by(
                name,
                &of("Nguyễn Văn Đôi"),
                "leaf",
                "root",
                &["-set_serial", "7001"],
            );
        }
        office.issue(
            "portal",
            "/C=VN/O=Tỉnh Lào Cai/CN=Cổng thông tin điện tử tỉnh Lào Cai",
            "leaf",
        );
        office.issue("stamp", "/C=VN/CN=Máy chủ dấu thời gian", "stamp");
        let good = office.sign(&office.paper("pay 10"), "an");
        Self { office, good }
    }

    fn by(&self, signer: &str, more: &[&str]) -> Signed {
        let arguments = [&["-md", "sha256", "-cades"], more].concat();
        self.office
            .sign_with(&self.office.paper("x"), signer, &arguments)
    }

    fn formed(&self, form: &Form<'_>) -> Signed {
        let make = |data: &[u8]| self.office.cms(data, "an", &["-md", "sha256", "-cades"]);
        self.office.sign_as(&self.office.paper("x"), form, make)
    }

    fn patched(&self, change: impl FnOnce(&mut Signed)) -> Signed {
        let mut file = self.good.clone();
        change(&mut file);
        file
    }

    /// A paper with `objects` in a further revision, then signed.
    fn with(&self, objects: &[(usize, String)]) -> Signed {
        self.office
            .sign(&self.office.paper("x").updated(objects), "an")
    }
}

/// A stream object.
fn stream(entries: &str, data: &str) -> String {
    format!(
        "<< {entries} /Length {} >>\nstream\n{data}\nendstream",
        data.len()
    )
}

type Make = fn(&Desk) -> Signed;

/// For each reason the verdict and the file. Reasons that are worth a warning only leave a file as good as it was.
const CASES: &[(Reason, &str, Make)] = &[
    (Reason::Damaged, "damaged", |desk| {
        desk.patched(|file| file.bytes.truncate(400))
    }),
    (Reason::UnaccountedBytes, "invalid", |desk| {
        desk.patched(|file| file.raw("no PDF at all"))
    }),
    (Reason::DuplicateObject, "invalid", |desk| {
        desk.with(&[(40, "(one)".to_owned()), (40, "(two)".to_owned())])
    }),
    (Reason::DuplicateKey, "invalid", |desk| {
        desk.with(&[(
            2,
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /Kids [] >>".to_owned(),
        )])
    }),
    (Reason::Encrypted, "invalid", encrypted),
    (Reason::HybridViewsDiffer, "invalid", hybrid),
    (Reason::SignatureInObjectStream, "invalid", packed),
    (Reason::ByteRangeMalformed, "invalid", |desk| {
        desk.patched(|file| file.patch("/ByteRange [0 ", "/ByteRange [1 "))
    }),
    (Reason::ByteRangeGap, "invalid", |desk| {
        desk.patched(|file| file.shift([1, 0, 0]))
    }),
    (Reason::ByteRangeNotAtRevisionEnd, "invalid", |desk| {
        desk.patched(|file| file.shift([0, 0, -10]))
    }),
    (Reason::ByteRangePastEnd, "invalid", |desk| {
        desk.patched(|file| file.shift([0, 0, 1]))
    }),
    (Reason::SignaturesOverlap, "invalid", |desk| {
        let mut both = desk.office.sign(&desk.good, "agency");
        both.patch(&both.range(), &desk.good.range());
        both
    }),
    (Reason::ContentsMalformed, "invalid", |desk| {
        desk.patched(|file| {
            let gap = file.gap();
            file.bytes[gap.start] = b'(';
            file.bytes[gap.end - 1] = b')';
        })
    }),
    (Reason::CmsMalformed, "invalid", |desk| {
        desk.patched(|file| {
            let gap = file.gap();
            file.bytes[gap.start + 1..gap.end - 1].fill(b'A');
        })
    }),
    (Reason::SignerInfoCount, "invalid", |desk| {
        desk.by("an", &["-signer", "agency.pem", "-inkey", "agency.key"])
    }),
    (Reason::ContentsTrailing, "invalid", |desk| {
        desk.patched(|file| {
            let end = file.gap().end;
            file.bytes[end - 3] = b'1';
        })
    }),
    (Reason::SubfilterUnknown, "invalid", |desk| {
        desk.formed(&Form {
            subfilter: "Other.signature",
            ..Form::default()
        })
    }),
    (Reason::DigestMismatch, "invalid", |desk| {
        desk.patched(|file| file.patch("pay 10", "pay 90"))
    }),
    (Reason::SignatureWrong, "invalid", |desk| {
        desk.patched(|file| {
            let gap = file.gap();
            let digits = file.bytes[gap.clone()].iter();
            let last = digits
                .clone()
                .rposition(|byte| !b"0>".contains(byte))
                .expect("digits");
            let digit = &mut file.bytes[gap.start + last - 6];
            *digit = if *digit == b'1' { b'2' } else { b'1' };
        })
    }),
    (Reason::SignerCertificateMissing, "indeterminate", |desk| {
        desk.by("an", &["-nocerts"])
    }),
    (
        Reason::SigningCertificateMismatch,
        "indeterminate",
        |desk| desk.by("one", &["-nocerts", "-certfile", "two.pem"]),
    ),
    (Reason::WeakDigest, "indeterminate", |desk| {
        desk.office
            .sign_with(&desk.office.paper("x"), "an", &["-md", "sha1", "-cades"])
    }),
    (Reason::WeakKey, "indeterminate", |desk| {
        desk.by("short", &[])
    }),
    (Reason::AlgorithmUnknown, "indeterminate", |desk| {
        desk.by("odd", &[])
    }),
    (Reason::NoChain, "indeterminate", |desk| {
        desk.by("stranger", &[])
    }),
    (Reason::ChainInvalid, "indeterminate", |desk| {
        desk.by("below", &["-certfile", "an.pem"])
    }),
    (Reason::Expired, "indeterminate", |desk| {
        desk.by("late", &[])
    }),
    (Reason::NotYetValid, "indeterminate", |desk| {
        desk.by("early", &[])
    }),
    (Reason::Revoked, "indeterminate", |desk| {
        desk.by("gone", &[])
    }),
    (Reason::RevocationUnknown, "indeterminate", |desk| {
        desk.by("unlisted", &[])
    }),
    (Reason::KeyUsage, "indeterminate", |desk| {
        desk.by("wrong-use", &[])
    }),
    (Reason::TimestampInvalid, "valid", stamped_wrongly),
    (Reason::CertificationViolated, "invalid", |desk| {
        let certifies = "/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P 1 /V /1.2 >> >>]";
        let first = desk.formed(&Form {
            dictionary: certifies,
            ..Form::default()
        });
        desk.office.sign(&first, "agency")
    }),
    (Reason::LockViolated, "invalid", |desk| {
        let locks = "/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << /Action /All /V /1.2 >> >>]";
        let first = desk.formed(&Form {
            dictionary: locks,
            ..Form::default()
        });
        // Its own field, shown elsewhere.
        let field = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /V 7 0 R /P 3 0 R /F 132 /Rect [0 0 9 9] >>";
        first.updated(&[(6, field.to_owned())])
    }),
    (Reason::ChangedAfterSigning, "invalid", |desk| {
        desk.good.rewritten("pay 99")
    }),
    (Reason::ShadowPreparation, "valid", |desk| {
        desk.with(&[(
            40,
            stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", "0 g"),
        )])
    }),
    (Reason::SignatureUnreachable, "invalid", |desk| {
        desk.formed(&Form {
            reached: false,
            ..Form::default()
        })
    }),
    (Reason::AppearanceOverPage, "valid", |desk| {
        let form = Form {
            place: "50 650 400 750",
            field: "/AP << /N << /Type /XObject /Subtype /Form >> >>",
            ..Form::default()
        };
        let make = |data: &[u8]| {
            desk.office
                .cms(data, "agency", &["-md", "sha256", "-cades"])
        };
        desk.office.sign_as(&desk.good, &form, make)
    }),
    (Reason::IrregularSyntax, "valid", |desk| {
        desk.with(&[(40, "<< /Length 99 >>\nstream\n0 g\nendstream".to_owned())])
    }),
    (Reason::LimitReached, "damaged", |desk| {
        let wrong = |number| {
            (
                number,
                "<< /Length 99 >>\nstream\n0 g\nendstream".to_owned(),
            )
        };
        desk.with(&(40..1100).map(wrong).collect::<Vec<_>>())
    }),
    (Reason::SignerMismatch, "indeterminate", |desk| {
        desk.office.sign(&decision(&desk.office, &names()), "an")
    }),
    (Reason::SignerPublishes, "indeterminate", |desk| {
        desk.office
            .sign(&decision(&desk.office, &names()), "portal")
    }),
    (Reason::SignerNotCompared, "valid", |desk| desk.good.clone()),
];

fn encrypted(desk: &Desk) -> Signed {
    let mut file = desk.office.paper("x");
    file.trailer = "/Encrypt 50 0 R".to_owned();
    desk.office.sign(
        &file.updated(&[(50, "<< /Filter /Standard /V 1 /R 2 >>".to_owned())]),
        "an",
    )
}

/// A table that leads to the new font, and beside it a stream that leads to the old one.
fn hybrid(desk: &Desk) -> Signed {
    let mut file = desk.office.paper("x");
    let old = find(&file.bytes, b"5 0 obj", 0);
    let at = file.bytes.len();
    let row = format!("01{old:08x}00>");
    let entries = format!(
        "/Type /XRef /Size 200 /W [1 4 1] /Index [5 1] /Root 1 0 R /Filter /ASCIIHexDecode /Length {}",
        row.len()
    );
    file.raw(&format!(
        "60 0 obj\n<< {entries} >>\nstream\n{row}\nendstream\nendobj\n"
    ));
    file.trailer = format!("/XRefStm {at}");
    let mut file = file.updated(&[(5, "<< /Font << >> >>".to_owned())]);
    file.trailer.clear();
    desk.office.sign(&file, "an")
}

/// A signature dictionary that is packed: no bytes of the file are its own.
fn packed(desk: &Desk) -> Signed {
    let mut file = desk.good.clone();
    file.bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut at = BTreeMap::new();
    let inside =
        "20 0 << /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 10 20 30] /Contents <3082> >>";
    for (number, object) in [
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 >> >>".to_owned()),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
        (3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [7 0 R] >>".to_owned()),
        (7, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (A) /V 20 0 R /P 3 0 R /Rect [0 0 0 0] >>".to_owned()),
        (30, stream("/Type /ObjStm /N 1 /First 5", inside)),
    ] {
        at.insert(number, file.bytes.len());
        file.raw(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.bytes.len();
    let rows: String = at.values().map(|at| format!("01{at:08x}00")).collect();
    let rows = format!("{rows}020000001e0001{table:08x}00>");
    let entries = "/Type /XRef /Size 32 /Root 1 0 R /W [1 4 1] /Index [1 3 7 1 30 1 20 1 31 1] /Filter /ASCIIHexDecode";
    file.raw(&format!(
        "31 0 obj\n{}\nendobj\nstartxref\n{table}\n%%EOF\n",
        stream(entries, &rows)
    ));
    file
}

/// A timestamp of something else in the place of the signature's own.
fn stamped_wrongly(desk: &Desk) -> Signed {
    let token = desk.office.token(b"something else", "stamp");
    let make = |data: &[u8]| {
        with_token(
            &desk.office.cms(data, "an", &["-md", "sha256", "-cades"]),
            &token,
        )
    };
    desk.office
        .sign_as(&desk.office.paper("x"), &Form::default(), make)
}

/// `cms` with `token` as an unsigned attribute of its signer (RFC 3161, appendix A).
pub fn with_token(cms: &[u8], token: &[u8]) -> Vec<u8> {
    assert!(SignedData::read(cms).is_ok());
    let kind = wrap(tag::OID, oid::SIGNATURE_TIMESTAMP);
    let attribute = wrap(tag::SEQUENCE, &[kind, wrap(tag::SET, token)].concat());
    let members = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let inside = Element::only(bytes)
            .expect("an element")
            .inside()
            .all()
            .expect("members");
        inside.iter().map(|element| element.raw.to_vec()).collect()
    };
    let outer = members(cms);
    let mut signed = members(Element::only(&outer[1]).expect("content").body);
    let signers = signed.pop().expect("signers");
    let mut signer = members(Element::only(&signers).expect("a set").body);
    signer.push(wrap(0xa1, &attribute));
    signed.push(wrap(tag::SET, &wrap(tag::SEQUENCE, &signer.concat())));
    let signed = wrap(0xa0, &wrap(tag::SEQUENCE, &signed.concat()));
    wrap(tag::SEQUENCE, &[outer[0].clone(), signed].concat())
}

#[test]
fn every_reason_is_given_for_a_file_that_has_it() {
    for reason in Reason::ALL {
        assert!(
            CASES.iter().any(|(case, ..)| case == reason),
            "{reason:?} has no case"
        );
    }
    let desk = Desk::new();
    for (reason, _, make) in CASES {
        desk.office
            .put(&format!("in/{}.pdf", reason.code()), &make(&desk).bytes);
    }
    let mut command = verify(&desk.office);
    command
        .arg(desk.office.path("in"))
        .args(["--json", "--no-ocr"]);
    for trusted in ["root.pem", "silent.pem", "list.crl"] {
        command.args(["--trust", &text(&desk.office.path(trusted))]);
    }
    let (_, printed, said) = run(&mut command);
    let report: Value =
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {said}"));
    is_valid(&report, "verification-1.schema.json");
    let mut wrong = Vec::new();
    for (reason, verdict, _) in CASES {
        let files = report["files"].as_array().expect("files").iter();
        let name = format!("/{}.pdf", reason.code());
        let mut own = files.filter(|file| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.ends_with(&name))
        });
        let file = own.next().expect("a record");
        let codes: Vec<&str> = ["reasons", "warnings"]
            .iter()
            .flat_map(|list| file[list].as_array().expect("a list"))
            .filter_map(|told| told["code"].as_str())
            .collect();
        if !codes.contains(&reason.code()) || file["verdict"] != *verdict {
            wrong.push(format!("{}: {} {codes:?}", reason.code(), file["verdict"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
