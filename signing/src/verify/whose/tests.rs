//! Names as certificates and documents write them.

use super::*;

fn party(name: &str, organization: &str, units: &[&str]) -> Party {
    Party {
        name: name.to_owned(),
        organization: (!organization.is_empty()).then(|| organization.to_owned()),
        units: units.iter().map(|unit| (*unit).to_owned()).collect(),
        distinguished: format!("CN={name},OU={},O={organization}", units.join(",OU=")),
        ..Party::default()
    }
}

fn printed(signer: &str, agency: &str) -> Printed {
    Printed {
        signer: (!signer.is_empty()).then(|| signer.to_owned()),
        agencies: (!agency.is_empty())
            .then(|| agency.to_owned())
            .into_iter()
            .collect(),
        ..Printed::default()
    }
}

fn agrees(party: &Party, printed: &Printed) -> bool {
    named(&[party], printed, Care::Exact).is_some()
}

#[test]
fn names_of_people_agree_however_they_are_written() {
    for (certificate, document, same) in [
        ("Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA", true),
        ("NGUYEN VAN HOA", "Nguyễn Văn Hòa", true),
        ("Nguye\u{302}\u{303}n Văn An", "Nguyễn Văn An", true),
        ("TS. Nguyễn Văn An", "Nguyễn Văn An", true),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", false),
        ("Trần Văn An", "Nguyễn Văn An", false),
        ("An", "Nguyễn Văn An", false),
    ] {
        let found = agrees(
            &party(certificate, "", &[]),
            &printed(document, "Bộ Tư pháp"),
        );
        assert_eq!(found, same, "{certificate} / {document}");
    }
}

#[test]
fn names_of_bodies_agree_through_abbreviations_areas_and_offices() {
    let people = "Ủy ban nhân dân tỉnh Quảng Ngãi";
    for (name, organization, units, agency, same) in [
        (people, "Tỉnh Quảng Ngãi", vec![], people, true),
        ("UBND tỉnh Quảng Ngãi", "", vec![], people, true),
        ("ỦY BAN NHÂN DÂN", "Tỉnh Quảng Ngãi", vec![], people, true),
        (people, "", vec![], "Ủy ban nhân dân tỉnh Quảng Nam", false),
        ("Sở Y tế", "Tỉnh Quảng Ngãi", vec![], people, false),
        (
            "CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ",
            "VĂN PHÒNG CHÍNH PHỦ",
            vec![],
            "Thủ tướng Chính phủ",
            true,
        ),
        (
            "TRUNG TÂM CÔNG BÁO VÀ TIN HỌC",
            "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI",
            vec!["VĂN PHÒNG"],
            people,
            true,
        ),
        (
            "Trung tâm Công báo và Tin học",
            "Tỉnh Quảng Ngãi",
            vec!["Văn phòng Ủy ban Nhân dân"],
            people,
            true,
        ),
        (
            "Trung tâm Công báo và Tin học",
            "Tỉnh Quảng Nam",
            vec!["Văn phòng Ủy ban Nhân dân"],
            people,
            false,
        ),
        (
            "Công ty TNHH Lừa Đảo",
            "Công ty TNHH Lừa Đảo",
            vec![],
            people,
            false,
        ),
        (
            "Sở GD&ĐT",
            "Tỉnh Lào Cai",
            vec![],
            "Sở Giáo dục và Đào tạo tỉnh Lào Cai",
            true,
        ),
    ] {
        let found = agrees(&party(name, organization, &units), &printed("", agency));
        assert_eq!(found, same, "{name} / {agency}");
    }
}

#[test]
fn another_person_of_the_same_agency_is_another_person() {
    let other = party("Trần Thị Bình", "Bộ Tư pháp", &["Văn phòng Bộ"]);
    let document = printed("Nguyễn Quốc Hoàn", "Bộ Tư pháp");
    assert!(!agrees(&other, &document));
    assert!(agrees(&other, &printed("", "Bộ Tư pháp")));
    let right = party("Nguyễn Quốc Hoàn", "Bộ Tư pháp", &["Văn phòng Bộ"]);
    assert!(named(&[&other, &right], &document, Care::Exact).is_some());
}

#[test]
fn a_document_that_names_nobody_is_not_compared() {
    assert_eq!(
        compare(std::iter::empty(), Some(&Printed::default())),
        Whose::NotCompared { why: None }
    );
    let unread = Printed {
        unread: Some(Said::new("thiếu dữ liệu", "no model")),
        ..Printed::default()
    };
    let compared = compare(std::iter::empty(), Some(&unread));
    assert_eq!(
        (compared.code(), compared.evidence().as_str()),
        ("not_compared", "no model")
    );
}

#[test]
fn titles_before_names_do_not_count_and_names_made_of_them_do() {
    for (certificate, document) in [
        ("Thạc sĩ Nguyễn Văn An", "Nguyễn Văn An"),
        ("Nguyễn Văn An", "PGS.TS. Bác sĩ Nguyễn Văn An"),
        ("ThS.BS Nguyễn Văn An", "TS Nguyễn Văn An"),
        ("NGUYEN VAN AN", "Đại tá NGUYỄN VĂN AN"),
    ] {
        let party = party(certificate, "", &[]);
        assert!(
            agrees(&party, &printed(document, "")),
            "{certificate} / {document}"
        );
    }
    // Someone of that name all the same.
    assert!(!agrees(&party("Bà Sĩ", "", &[]), &printed("Thạc Sĩ", "")));
}

#[test]
fn what_an_engine_may_have_misread_neither_clears_nor_accuses() {
    let person = |certificate: &str, document: &str| {
        let (party, document) = (party(certificate, "", &[]), printed(document, "Bộ Tư pháp"));
        [Care::Exact, Care::Nearly].map(|care| named(&[&party], &document, care).is_some())
    };
    for (certificate, document, same) in [
        ("Nguyễn Văn Hùng", "NGUYỄN VĂN HÙNG", [true, true]),
        ("NGUYEN VAN HUNG", "Nguyễn Văn Hùng", [true, true]),
        ("Nguyễn Văn Hùng", "NGUYÊN VÃN HUNQ", [false, true]),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", [false, true]),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Dũng", [false, true]),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Bình", [false, false]),
        ("Lê An", "Lê Am", [false, false]),
        ("Trần Thị Lạ", "Nguyễn Văn An", [false, false]),
    ] {
        assert_eq!(
            person(certificate, document),
            same,
            "{certificate} / {document}"
        );
    }
    let body = party("Ủy ban nhân dân tỉnh Quảng Ngãi", "", &[]);
    let read = |agency: &str, care| named(&[&body], &printed("", agency), care).is_some();
    // Bodies differ in whole words, so that marks do not count.
    assert!(read("ỦY BAN NHÂN DẨN TĨNH QUẢNG NGÃI", Care::Exact));
    assert!(!read("ỦY BAN NHAM DÂN TỈNH QUẢNG NGÃI", Care::Exact));
    assert!(read("ỦY BAN NHAM DÂN TỈNH QUẢNG NGÃI", Care::Nearly));
    assert!(!read("Ủy ban nhân dân tỉnh Quảng Nam", Care::Nearly));
    let Some(nearly) = named(
        &[&body],
        &printed("", "ỦY BAN NHAM DÂN TỈNH QUẢNG NGÃI"),
        Care::Nearly,
    ) else {
        panic!("nearly the same");
    };
    assert!(nearly_read(&nearly).vi.contains("NHAM"));
}

#[test]
fn gazettes_and_portals_publish_and_companies_do_not() {
    for (name, is) in [
        ("CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ", true),
        ("Trung tâm Công báo và Tin học", true),
        ("CONG THONG TIN DIEN TU TINH PHU THO", true),
        ("Công ty Cổng thông tin điện tử Việt", false),
        ("Nguyễn Công Bảo", true),
        ("Nguyễn Văn An", false),
        ("Sở Thông tin và Truyền thông", false),
    ] {
        // A person may be called like a gazette without marks.
        let expected = is && name != "Nguyễn Công Bảo";
        assert_eq!(publishes(&party(name, "", &[])), expected, "{name}");
    }
}
