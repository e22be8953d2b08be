//! Numbers from 01, volumes, years, and the alarm of doubles.

use super::*;
use crate::store::tests::{act_on, office};

fn columns(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn incoming(symbol: &str, author: &str) -> BTreeMap<String, String> {
    columns(&[
        ("symbol", symbol),
        ("author", author),
        ("title", "Về việc số hóa"),
    ])
}

#[test]
fn numbers_start_at_one_each_year_and_go_on_over_volumes() {
    let (_folder, mut archive) = office();
    let day = date(2026, 3, 1);
    let first = archive
        .enter(
            &act_on("clerk", day),
            "DEN",
            &incoming("1/QĐ-UBND", "UBND tỉnh"),
            None,
            false,
        )
        .unwrap();
    assert_eq!(
        (first.display.as_str(), first.volume.as_str()),
        ("01", "01")
    );
    archive
        .open_volume(&act_on("clerk", day), "DEN", "02")
        .unwrap();
    let second = archive
        .enter(
            &act_on("clerk", day),
            "DEN",
            &incoming("2/QĐ-UBND", "UBND tỉnh"),
            None,
            false,
        )
        .unwrap();
    assert_eq!((second.number, second.volume.as_str()), (2, "02"));
    let next = archive
        .enter(
            &act_on("clerk", date(2027, 1, 4)),
            "DEN",
            &incoming("3/QĐ-UBND", "UBND tỉnh"),
            None,
            false,
        )
        .unwrap();
    assert_eq!((next.number, next.year), (1, 2027));
    // A clock that fell back a year gets no number of the year that is over.
    let back = archive.enter(
        &act_on("clerk", day),
        "DEN",
        &incoming("4/QĐ-UBND", "UBND tỉnh"),
        None,
        false,
    );
    assert!(back.unwrap_err().sentence().en.contains("clock"));
    assert_eq!(archive.gaps().unwrap(), vec![]);
}

#[test]
fn the_same_document_raises_the_alarm() {
    let (_folder, mut archive) = office();
    let day = date(2026, 3, 1);
    archive
        .enter(
            &act_on("clerk", day),
            "DEN",
            &incoming("12/QĐ-UBND", "UBND phường Thuận Hóa"),
            None,
            false,
        )
        .unwrap();
    let again = incoming("12/qđ-ubnd", "UBND  phường Thuận Hoá");
    let alarm = archive.enter(&act_on("clerk", day), "DEN", &again, None, false);
    assert!(
        alarm
            .unwrap_err()
            .sentence()
            .vi
            .contains("có thể đã được đăng ký")
    );
    assert_eq!(
        archive
            .enter(&act_on("clerk", day), "DEN", &again, None, true)
            .unwrap()
            .number,
        2
    );
    // Another office's number twelve is another document.
    let other = incoming("12/QĐ-UBND", "UBND phường An Cựu");
    assert_eq!(
        archive
            .enter(&act_on("clerk", day), "DEN", &other, None, false)
            .unwrap()
            .number,
        3
    );
    assert!(
        archive
            .enter(
                &act_on("officer", day),
                "DEN",
                &incoming("5/CV", "A"),
                None,
                false
            )
            .is_err()
    );
}

#[test]
fn a_year_closes_at_its_end_with_its_totals() {
    let (_folder, mut archive) = office();
    archive
        .enter(
            &act_on("clerk", date(2026, 3, 1)),
            "DI",
            &incoming("1/CV", "A"),
            None,
            false,
        )
        .unwrap();
    assert!(
        archive
            .close(&act_on("clerk", date(2026, 12, 30)), "DI", 2026)
            .is_err()
    );
    let closing = archive
        .close(&act_on("clerk", date(2026, 12, 31)), "DI", 2026)
        .unwrap();
    assert_eq!(
        closing,
        Closing {
            given: 1,
            issued: 1,
            cancelled: 0
        }
    );
    assert!(
        archive
            .close(&act_on("clerk", date(2026, 12, 31)), "DI", 2026)
            .is_err()
    );
    let late = archive.enter(
        &act_on("clerk", date(2026, 12, 31)),
        "DI",
        &incoming("2/CV", "A"),
        None,
        false,
    );
    assert!(late.unwrap_err().sentence().en.contains("closed"));
}
