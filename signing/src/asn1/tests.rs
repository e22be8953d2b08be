//! What is read, what is refused.

use super::*;

#[test]
fn lengths_of_both_kinds_lead_to_the_same_values() {
    let definite = [0x30, 0x06, 0x02, 0x01, 0x05, 0x04, 0x01, 0xaa];
    let indefinite = [
        0x30, 0x80, 0x02, 0x01, 0x05, 0x24, 0x80, 0x04, 0x01, 0xaa, 0, 0, 0, 0,
    ];
    for bytes in [&definite[..], &indefinite[..]] {
        let whole = Element::only(bytes).unwrap();
        let mut inside = whole.inside();
        assert_eq!(inside.expect(tag::INTEGER).unwrap().small(), Ok(5));
        assert_eq!(*inside.next().unwrap().octets().unwrap(), [0xaa]);
        inside.end().unwrap();
        assert_eq!(whole.to_der().unwrap(), definite);
    }
}

#[test]
fn places_of_errors_count_from_the_start() {
    let bytes = [0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x05];
    let inner = Element::only(&bytes).unwrap().inside().sequence().unwrap();
    assert_eq!(inner.error("x").at, 4);
    let indefinite = [0x30, 0x80, 0x02, 0x01, 0x05, 0, 0];
    assert_eq!(
        Element::only(&indefinite).unwrap().inside().error("x").at,
        2
    );
}

#[test]
fn what_runs_over_nests_or_lacks_its_end_is_refused() {
    let deep: Vec<u8> = [0x30, 0x80].repeat(200);
    for bytes in [
        &[0x30, 0x02, 0x01][..],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x04, 0x80, 0, 0],
        &[0x1f, 0x81, 0x01, 0],
        &[0x30],
        &[],
        &deep,
    ] {
        assert!(Element::only(bytes).is_err(), "{bytes:02x?}");
    }
}

#[test]
fn times_are_utc() {
    let read = |tag, text: &str| {
        Element::only(&wrap(tag, text.as_bytes()))
            .unwrap()
            .instant()
            .ok()
            .map(|i| i.0)
    };
    assert_eq!(read(tag::UTC_TIME, "700101000000Z"), Some(0));
    assert_eq!(read(tag::UTC_TIME, "491231235959Z"), Some(2_524_607_999));
    assert_eq!(
        read(tag::GENERALIZED_TIME, "20240229120000.25Z"),
        Some(1_709_208_000)
    );
    assert_eq!(
        read(tag::GENERALIZED_TIME, "20240229190000+0700"),
        Some(1_709_208_000)
    );
    for bad in [
        "20230229120000Z",
        "20231301120000Z",
        "2023010112000",
        "20230101250000Z",
        "20230101120000Q",
    ] {
        assert_eq!(read(tag::GENERALIZED_TIME, bad), None, "{bad}");
    }
}

#[test]
fn identifiers_read_as_people_write_them() {
    assert_eq!(
        Oid::from_der(oid::SHA256).to_string(),
        "2.16.840.1.101.3.4.2.1"
    );
    assert_eq!(
        Oid::from_der(oid::ARCHIVE_TIMESTAMP_V3).to_string(),
        "0.4.0.1733.2.4"
    );
    assert_eq!(
        Oid::from_der(oid::DOMAIN_COMPONENT).to_string(),
        "0.9.2342.19200300.100.1.25"
    );
}
