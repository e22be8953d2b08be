//! What came after a signature, by the role of what changed.

use super::{
    build::{Build, Edit, page, plain, sign_second, signature_field, signed, text_field},
    found,
};
use crate::{
    finding::Reason,
    structure::{After, Changed, Structure},
};

fn first(found: &Structure) -> &After {
    &found.signatures.first().expect("a signature").after
}

/// What the signature says after one more revision.
fn after(change: impl FnOnce(&mut Build)) -> (Changed, Structure) {
    let mut build = signed();
    change(&mut build);
    let found = found(&build.bytes);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    (first(&found).gravest, found)
}

#[test]
fn an_empty_or_repeated_update_is_nothing() {
    assert_eq!(
        after(|build| {
            build.end();
        })
        .0,
        Changed::Nothing
    );
    let (kind, _) = after(|build| {
        // Other order, other spacing, same meaning.
        build
            .object(2, "<< /Count 1 /Kids [ 3 0 R ] /Type /Pages >>")
            .end();
    });
    assert_eq!(kind, Changed::Nothing);
}

#[test]
fn a_further_signature_explains_what_it_brings() {
    let (kind, found) = after(sign_second);
    assert_eq!(kind, Changed::LaterSignature);
    assert!(
        first(&found)
            .changes
            .iter()
            .all(|change| change.explained_by.as_deref() == Some("Second"))
    );
    assert_eq!(found.signatures[1].after.gravest, Changed::Nothing);
    assert!(found.signatures[1].covers_whole_file);
}

#[test]
fn a_field_of_its_own_may_come_with_a_signature() {
    let (kind, found) = after(|build| {
        build
            .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
            .object(5, "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>")
            .object(
                30,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(Third)/V 31 0 R/P 3 0 R/Rect[300 300 400 400]/AP<</N 32 0 R>>>>",
            )
            .stream(32, "/Type/XObject/Subtype/Form/BBox[0 0 100 100]", "0 0 100 100 re f")
            .object(11, "<</Producer(two)/Title(other)>>")
            .signature(31, "")
            .seal();
    });
    assert_eq!(kind, Changed::LaterSignature);
    // It covers what was signed: said, with page and place.
    let warning = found
        .warnings
        .iter()
        .find(|warning| warning.reason == Reason::AppearanceOverPage)
        .expect("told");
    assert_eq!(warning.page, Some(1));
    assert!(
        warning.detail.contains("300.0 300.0 400.0 400.0"),
        "{}",
        warning.detail
    );
    assert_eq!(found.signatures[1].place.map(|(page, _)| page), Some(1));
}

/// Number, date and seal are stamped into the page by whoever signs next.
#[test]
fn stamps_belong_to_the_signature_that_follows() {
    let stamp = |build: &mut Build| {
        build
            .object(
                3,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[30 0 R 4 0 R 31 0 R]\
                 /Resources<</Font<</F1 9 0 R>>/XObject<</S 32 0 R>>>>/Annots[6 0 R 7 0 R 8 0 R]>>",
            )
            .stream(30, "", "q")
            .stream(31, "", "Q q 1 0 0 1 400 700 cm /S Do Q")
            .stream(
                32,
                "/Type/XObject/Subtype/Form/BBox[0 0 100 20]",
                "0 0 100 20 re S",
            );
    };
    let (kind, found) = after(|build| {
        stamp(build);
        sign_second(build);
    });
    assert_eq!(kind, Changed::LaterSignature);
    let stamped: Vec<_> = first(&found)
        .changes
        .iter()
        .filter(|change| change.stamped)
        .collect();
    assert!(!stamped.is_empty());
    assert!(stamped.iter().all(|change| change.page == Some(1)));
    // The same without a signature is no stamp but tampering.
    let (kind, found) = after(|build| {
        stamp(build);
        build.end();
    });
    assert_eq!(kind, Changed::Other);
    assert!(
        first(&found)
            .changes
            .iter()
            .any(|change| change.page == Some(1))
    );
}

#[test]
fn a_signature_does_not_excuse_what_it_replaces() {
    let cases: [(&str, Edit); 9] = [
        ("content replaced", |build| {
            build.stream(4, "", "BT /F1 12 Tf 72 700 Td (All is owed) Tj ET");
        }),
        ("content left out", |build| {
            build.object(3, &page("", "[]", "[6 0 R 7 0 R 8 0 R]"));
        }),
        ("font replaced", |build| {
            build.object(9, "<</Type/Font/Subtype/Type3/BaseFont/Helvetica>>");
        }),
        ("page turned", |build| {
            build.object(3, &page("/Rotate 180", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]"));
        }),
        ("page cropped", |build| {
            build.object(
                3,
                &page("/CropBox[0 0 100 100]", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]"),
            );
        }),
        ("rotation inherited", |build| {
            build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 90>>");
        }),
        ("page added", |build| {
            build
                .object(2, "<</Type/Pages/Kids[3 0 R 40 0 R]/Count 2>>")
                .object(40, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
        }),
        ("page exchanged", |build| {
            build
                .object(2, "<</Type/Pages/Kids[40 0 R]/Count 1>>")
                .object(40, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
        }),
        ("action on opening", |build| {
            build.object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/OpenAction<</S/JavaScript/JS(x)>>>>",
            );
        }),
    ];
    for (what, change) in cases {
        let (kind, _) = after(|build| {
            change(build);
            sign_second(build);
        });
        assert_eq!(kind, Changed::Other, "{what}");
    }
}

#[test]
fn forms_and_annotations_have_their_kinds() {
    let (kind, found) = after(|build| {
        build
            .object(6, &text_field("after"))
            .stream(
                10,
                "/Type/XObject/Subtype/Form/BBox[0 0 100 20]",
                "(after!) Tj",
            )
            .end();
    });
    assert_eq!(kind, Changed::FormFill);
    let filled = &first(&found).changes[0];
    assert_eq!(filled.field.as_deref(), Some("Amount"));
    assert_eq!(filled.page, Some(1));
    let (kind, found) = after(|build| {
        build
            .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
            .object(
                30,
                "<</Type/Annot/Subtype/FreeText/Rect[0 0 600 800]/Contents(hides all)>>",
            )
            .end();
    });
    assert_eq!(kind, Changed::Annotation);
    assert_eq!(first(&found).changes[0].page, Some(1));
    // A new field that is no signature is no filling.
    let (kind, _) = after(|build| {
        build
            .object(
                5,
                "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
            )
            .object(
                30,
                "<</FT/Tx/T(New)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>",
            )
            .end();
    });
    assert_eq!(kind, Changed::Other);
    // A field that moves is none either.
    let (kind, _) = after(|build| {
        build
            .object(
                6,
                &text_field("before").replace("100 100 200 120", "0 0 600 800"),
            )
            .end();
    });
    assert_eq!(kind, Changed::Other);
}

/// An appearance that pages use as well cannot be changed as a form is filled ("sneaky" updates of the pyHanko suite).
#[test]
fn an_appearance_in_use_elsewhere_is_not_filled() {
    let mut build = plain();
    build
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R]/Annots[6 0 R 7 0 R 8 0 R]\
             /Resources<</XObject<</X 10 0 R>>/Font<</F1 9 0 R>>>>>>",
        )
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal()
        .object(6, &text_field("after"))
        .stream(10, "/Type/XObject/Subtype/Form/BBox[0 0 100 20]", "(after!) Tj")
        .end();
    assert_eq!(first(&found(&build.bytes)).gravest, Changed::Other);
}

#[test]
fn long_term_data_is_harmless_alone() {
    let (kind, found) = after(|build| {
        build
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/DSS<</Certs[30 0 R]/CRLs[31 0 R]>>\
                 /Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>>>",
            )
            .stream(30, "", "certificate")
            .stream(31, "", "list")
            .object(11, "<</Producer(two)/Title(paper)>>")
            .end();
    });
    assert_eq!(kind, Changed::LongTermData);
    assert_eq!(found.store.certificates, [b"certificate".to_vec()]);
    assert_eq!(found.store.crls, [b"list".to_vec()]);
    let (kind, _) = after(|build| {
        build
            .object(11, "<</Producer(two)/Title(another paper)>>")
            .end();
    });
    assert_eq!(kind, Changed::Other);
}

#[test]
fn a_document_timestamp_is_long_term_data() {
    let stamp = |kind: &str| {
        after(|build| {
            build
                .object(
                    5,
                    "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
                )
                .object(30, &signature_field("Time", "/V 31 0 R"))
                .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
                .signature(31, "")
                .replace("/ETSI.CAdES.detached", kind)
                .seal();
        })
        .0
    };
    assert_eq!(stamp("/ETSI.RFC3161       "), Changed::LongTermData);
    assert_eq!(stamp("/adbe.pkcs7.detached"), Changed::LaterSignature);
}

#[test]
fn a_signature_taken_away_is_still_told() {
    let (kind, found) = after(|build| {
        build.object(7, &signature_field("First", "")).end();
    });
    assert_eq!(kind, Changed::Other);
    assert_eq!(found.signatures.len(), 1);
    assert_eq!(found.signatures[0].name, "First");
    let (kind, found) = after(|build| {
        build
            .object(
                5,
                "<</Fields[6 0 R 8 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
            )
            .object(3, &page("", "[4 0 R]", "[6 0 R 8 0 R]"))
            .end();
    });
    assert_eq!(kind, Changed::Other);
    assert_eq!(found.signatures.len(), 1);
}

#[test]
fn the_looks_of_an_earlier_signature_stay() {
    let (kind, _) = after(|build| {
        build
            .object(
                7,
                &signature_field("First", "/V 20 0 R/AP<</N 30 0 R>>")
                    .replace("0 0 0 0", "0 0 600 800"),
            )
            .stream(
                30,
                "/Type/XObject/Subtype/Form/BBox[0 0 100 100]",
                "0 0 100 100 re f",
            );
        sign_second(build);
    });
    assert_eq!(kind, Changed::Other);
}

/// What the earlier page refers to in vain comes to life.
#[test]
fn a_dangling_reference_filled_is_a_change() {
    let mut build = plain();
    build
        .object(3, &page("", "[4 0 R 60 0 R]", "[6 0 R 7 0 R 8 0 R]"))
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal()
        .stream(60, "", "0 0 600 800 re f");
    let unsigned = {
        let mut build = build.clone();
        build.end();
        found(&build.bytes)
    };
    assert_eq!(first(&unsigned).gravest, Changed::Other);
    sign_second(&mut build);
    assert_eq!(first(&found(&build.bytes)).gravest, Changed::Other);
}

/// "Sneaky signature" (S&P 2021): a field without a signature, with an appearance over the page.
#[test]
fn an_unsigned_field_that_shows_something_is_an_annotation() {
    let with = |appearance: &str| {
        after(|build| {
            build
                .object(
                    5,
                    "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
                )
                .object(
                    30,
                    &signature_field("Third", appearance).replace("0 0 0 0", "0 0 600 800"),
                )
                .stream(
                    32,
                    "/Type/XObject/Subtype/Form/BBox[0 0 100 100]",
                    "0 0 100 100 re f",
                );
            sign_second(build);
        })
        .0
    };
    assert_eq!(with("/AP<</N 32 0 R>>"), Changed::Annotation);
    assert_eq!(with(""), Changed::LaterSignature);
}

#[test]
fn metadata_may_change_but_for_its_title() {
    let xmp = |title: &str, tool: &str| {
        format!("<x:xmpmeta><dc:title>{title}</dc:title><tool>{tool}</tool></x:xmpmeta>")
    };
    let with = |title: &str| {
        let mut build = plain();
        build
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Metadata 50 0 R>>",
            )
            .stream(50, "/Type/Metadata/Subtype/XML", &xmp("paper", "one"))
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .seal()
            .stream(50, "/Type/Metadata/Subtype/XML", &xmp(title, "two"))
            .end();
        first(&found(&build.bytes)).gravest
    };
    assert_eq!(with("paper"), Changed::LongTermData);
    assert_eq!(with("other"), Changed::Other);
}

/// Tagged files gain an element for the widget of a new signature; nothing of the tree may go.
#[test]
fn a_structure_tree_may_grow_with_a_signature() {
    let with = |kids: &str, sign: bool| {
        let mut build = plain();
        build
            .object(
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/StructTreeRoot 50 0 R>>",
            )
            .object(50, "<</Type/StructTreeRoot/K 51 0 R/ParentTreeNextKey 1>>")
            .object(51, "<</S/P/P 50 0 R/Pg 3 0 R/K 0>>")
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .seal()
            .object(
                50,
                &format!("<</Type/StructTreeRoot/K {kids}/ParentTreeNextKey 2>>"),
            )
            .object(
                52,
                "<</S/Form/P 50 0 R/K<</Type/OBJR/Obj 8 0 R/Pg 3 0 R>>>>",
            );
        if sign {
            sign_second(&mut build);
        } else {
            build.end();
        }
        first(&found(&build.bytes)).gravest
    };
    assert_eq!(with("[51 0 R 52 0 R]", true), Changed::LaterSignature);
    assert_eq!(with("[51 0 R 52 0 R]", false), Changed::Other);
    assert_eq!(with("[52 0 R]", true), Changed::Other);
}

/// What leads to a page does not change because the page gained a widget.
#[test]
fn places_to_go_to_are_no_change() {
    let mut build = plain();
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/OpenAction[3 0 R/XYZ null null 0]/Outlines 50 0 R>>",
        )
        .object(50, "<</First 51 0 R/Last 51 0 R/Count 1>>")
        .object(51, "<</Title(a)/Parent 50 0 R/Dest[3 0 R/Fit]>>")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal()
        .object(5, "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>")
        .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
        .object(30, &signature_field("Third", "/V 31 0 R"))
        .signature(31, "")
        .seal();
    assert_eq!(first(&found(&build.bytes)).gravest, Changed::LaterSignature);
}

/// Names may be added to resources; what has a name stays, in all its entries.
#[test]
fn resources_are_added_not_extended() {
    let with = |font: &'static str, resources: &'static str| {
        after(|build| {
            build.object(9, font).object(
                3,
                &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]")
                    .replace("<</Font<</F1 9 0 R>>>>", resources),
            );
            sign_second(build);
        })
        .0
    };
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let more = "<</Font<</F1 9 0 R/F2 10 0 R>>/XObject<</X 10 0 R>>>>";
    assert_eq!(with(font, more), Changed::LaterSignature);
    let encoded =
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[48/nine]>>>>";
    assert_eq!(with(encoded, "<</Font<</F1 9 0 R>>>>"), Changed::Other);
    assert_eq!(with(font, "<</Font<</F2 9 0 R>>>>"), Changed::Other);
}

/// A structure element that is named twice does not vouch for itself.
#[test]
fn a_tampered_element_is_not_excused_by_its_double() {
    let mut build = plain();
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/StructTreeRoot 50 0 R>>",
        )
        .object(50, "<</Type/StructTreeRoot/K[51 0 R]>>")
        .object(51, "<</S/P/ActualText(one)/K 0>>")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal()
        .object(50, "<</Type/StructTreeRoot/K[51 0 R 51 0 R]>>")
        .object(51, "<</S/P/ActualText(two)/K 0>>");
    sign_second(&mut build);
    assert_eq!(first(&found(&build.bytes)).gravest, Changed::Other);
}

/// An image that calls itself a cross-reference stream is still an image, and its mask is looked at.
#[test]
fn a_false_type_hides_no_change() {
    let mut build = plain();
    build
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R]/Annots[6 0 R 7 0 R 8 0 R]\
             /Resources<</XObject<</X 40 0 R>>/Font<</F1 9 0 R>>>>>>",
        )
        .stream(40, "/Type/XRef/Subtype/Image/Width 1/Height 1/SMask 41 0 R", "x")
        .stream(41, "/Type/ObjStm/Subtype/Image/Width 1/Height 1", "y")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal()
        .stream(41, "/Type/ObjStm/Subtype/Image/Width 1/Height 1", "z");
    sign_second(&mut build);
    assert_eq!(first(&found(&build.bytes)).gravest, Changed::Other);
}

/// A seal set as an annotation belongs to whoever signs in the same revision; one that acts does not.
#[test]
fn marks_come_with_a_signature() {
    let with = |annotation: &'static str, sign: bool| {
        after(|build| {
            build
                .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
                .object(30, annotation);
            if sign {
                sign_second(build);
            } else {
                build.end();
            }
        })
    };
    let seal = "<</Type/Annot/Subtype/Stamp/Rect[300 300 400 400]/AP<</N 10 0 R>>>>";
    let (kind, found) = with(seal, true);
    assert_eq!(kind, Changed::LaterSignature);
    assert!(first(&found).changes.iter().any(|change| change.annotates));
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.reason == Reason::AppearanceOverPage)
    );
    assert_eq!(with(seal, false).0, Changed::Annotation);
    let acting = "<</Type/Annot/Subtype/Stamp/Rect[300 300 400 400]/A<</S/Launch>>>>";
    assert_eq!(with(acting, true).0, Changed::Annotation);
    let link = "<</Type/Annot/Subtype/Link/Rect[300 300 400 400]>>";
    assert_eq!(with(link, true).0, Changed::Annotation);
}

/// A field saved empty, then signed: one with the signature, as long as it is the signature field itself.
#[test]
fn a_field_may_be_saved_before_it_is_signed() {
    let with = |sign: bool| {
        after(|build| {
            build
                .object(
                    5,
                    "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 1/DR<</Font<</F1 9 0 R>>>>>>",
                )
                .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
                .object(30, &signature_field("Third", ""))
                .end();
            if sign {
                build
                    .object(30, &signature_field("Third", "/V 31 0 R"))
                    .signature(31, "")
                    .seal();
            }
        })
        .0
    };
    assert_eq!(with(true), Changed::LaterSignature);
    assert_eq!(with(false), Changed::FormFill);
    // A text field filled before it is signed stays a text field that was filled.
    let (kind, _) = after(|build| {
        build.object(6, &text_field("after")).end();
        sign_second(build);
    });
    assert_eq!(kind, Changed::FormFill);
}

/// Whoever can write bytes can write a field that calls itself a timestamp: it excuses nothing that shows.
#[test]
fn a_timestamp_brings_nothing_to_see() {
    let stamped = |change: Edit| {
        after(|build| {
            change(build);
            build
                .object(
                    5,
                    "<</Fields[6 0 R 7 0 R 8 0 R 30 0 R]/SigFlags 3/DR<</Font<</F1 9 0 R>>>>>>",
                )
                .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
                .signature(31, "")
                .replace("/ETSI.CAdES.detached", "/ETSI.RFC3161       ")
                .seal();
        })
        .0
    };
    let plain: Edit = |build| {
        build.object(30, &signature_field("Time", "/V 31 0 R"));
    };
    assert_eq!(stamped(plain), Changed::LongTermData);
    let visible: Edit = |build| {
        let field = signature_field("Time", "/V 31 0 R/AP<</N 10 0 R>>");
        build.object(30, &field.replace("0 0 0 0", "0 0 600 800"));
    };
    assert_eq!(stamped(visible), Changed::Annotation);
    let titled: Edit = |build| {
        build
            .object(30, &signature_field("Time", "/V 31 0 R"))
            .object(11, "<</Producer(one)/Title(another paper)>>");
    };
    assert_eq!(stamped(titled), Changed::Other);
}
