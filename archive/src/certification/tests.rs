//! The way of a copy, and who may take it how far.

use jiff::civil::date;

use super::*;
use crate::retention::Of;
use crate::store::tests::{act, act_on, office, two_archivists};

pub(crate) fn details() -> Details {
    let profile = Profile::on(date(2026, 11, 25)).unwrap();
    Details {
        requester_id: "079090000001".to_owned(),
        converter: "Lê Thị B".to_owned(),
        converted: "2026-11-25T08:00:00+07:00".to_owned(),
        copies: 2,
        answers: profile
            .refusal
            .iter()
            .map(|question| Answer {
                code: question.code.clone(),
                hint: None,
                clear: true,
                remark: None,
                pages: vec![1, 2],
            })
            .collect(),
        ..Details::default()
    }
}

pub(crate) fn stored(archive: &Archive, bytes: &[u8]) -> BlobId {
    archive.blobs().put(&mut &*bytes).unwrap()
}

pub(crate) fn copy<'a>(
    archive: &Archive,
    kind: &'a str,
    title: &'a str,
    details: Details,
) -> NewCopy<'a> {
    NewCopy {
        kind,
        visit: "2026-11-25/1",
        title,
        requester: "Trần Văn C",
        pages: 2,
        details,
        original: stored(archive, title.as_bytes()),
        prepared: stored(archive, b"pdf"),
    }
}

#[test]
fn two_identity_cards_and_a_household_book_in_one_visit_are_three_numbers() {
    let (_folder, mut archive) = office();
    let act = act_on("officer", date(2026, 11, 25));
    let titles = [
        "Căn cước công dân của ông A",
        "Căn cước công dân của bà B",
        "Sổ hộ khẩu",
    ];
    for (index, title) in titles.iter().enumerate() {
        let made = archive
            .prepare_copy(&act, &copy(&archive, "chung-thuc", title, details()))
            .unwrap();
        assert_eq!(made.line.number, i64::try_from(index).unwrap() + 1);
        // Copies of one original share its number, also when the step is done again.
        let again = archive
            .prepare_copy(&act, &copy(&archive, "chung-thuc", title, details()))
            .unwrap();
        assert_eq!(again, made);
    }
    assert_eq!(archive.copies(Some(Stage::Prepared)).unwrap().len(), 3);
    assert_eq!(archive.gaps().unwrap(), vec![]);
}

#[test]
fn two_people_two_steps_and_the_number_is_issued() {
    let (_folder, mut archive) = office();
    let today = date(2026, 11, 25);
    let made = archive
        .prepare_copy(
            &act_on("officer", today),
            &copy(&archive, "chung-thuc", "Bằng tốt nghiệp", details()),
        )
        .unwrap();
    let signed = stored(&archive, b"signed");
    let sealed = stored(&archive, b"sealed");
    // The office cannot come first, and not everybody may sign.
    assert!(
        archive
            .seal_copy(&act_on("clerk", today), &made.code, sealed, "bb")
            .is_err()
    );
    assert!(
        archive
            .sign_copy(&act_on("officer", today), &made.code, signed, "aa")
            .is_err()
    );
    archive
        .sign_copy(&act_on("chair", today), &made.code, signed, "aa")
        .unwrap();
    // Whoever signed cannot seal, even when holding both roles.
    let both = archive.seal_copy(&act_on("chair", today), &made.code, sealed, "bb");
    assert!(both.unwrap_err().sentence().en.contains("second person"));
    let done = archive
        .seal_copy(&act_on("clerk", today), &made.code, sealed, "bb")
        .unwrap();
    assert_eq!(done.stage, Stage::Sealed);
    assert_eq!(done.line.state, register::State::Issued);
    assert_eq!(
        done.line.document.as_deref(),
        Some(sealed.to_string().as_str())
    );
    assert_eq!(done.line.columns["signer"], "Nguyễn Văn A, CHỦ TỊCH");
    assert!(
        archive
            .cancel_copy(&act_on("officer", today), &made.code, "sai")
            .is_err()
    );
    let typed = made.code.to_lowercase().replace('0', "o");
    assert_eq!(archive.copy(&typed).unwrap().code, made.code);
    let handed = archive
        .deliver_copy(&act_on("officer", today), &made.code, "email")
        .unwrap();
    assert_eq!(handed.stage, Stage::Delivered);
    assert_eq!(
        archive.copy_of(sealed).unwrap().map(|copy| copy.code),
        Some(made.code)
    );

    let annulment = register::Annulment {
        decision: "9/QĐ-UBND".to_owned(),
        day: today,
        reason: "bản chính giả".to_owned(),
        url: None,
    };
    archive
        .annul(&act_on("chair", today), "SCTĐT/BS", 2026, 1, &annulment)
        .unwrap();
    assert_eq!(
        archive.lines_of(sealed).unwrap()[0].annulment,
        Some(annulment.clone())
    );
    assert!(
        archive
            .annul(&act_on("chair", today), "SCTĐT/BS", 2026, 1, &annulment)
            .is_err()
    );
}

#[test]
fn a_cancelled_number_stays_and_is_not_given_again() {
    let (_folder, mut archive) = office();
    let act = act_on("officer", date(2026, 11, 25));
    let first = archive
        .prepare_copy(&act, &copy(&archive, "chung-thuc", "A", details()))
        .unwrap();
    archive
        .cancel_copy(&act, &first.code, "khách đổi ý")
        .unwrap();
    // The same paper, asked for again, has a number of its own.
    let again = archive
        .prepare_copy(&act, &copy(&archive, "chung-thuc", "A", details()))
        .unwrap();
    assert_eq!(again.line.number, 2);
    archive
        .cancel_copy(&act, &again.code, "khách lại đổi ý")
        .unwrap();
    let line = archive.line("SCTĐT/BS", 2026, 1).unwrap();
    assert_eq!(
        (line.state, line.reason.as_deref()),
        (register::State::Cancelled, Some("khách đổi ý"))
    );
    assert_eq!(
        archive
            .prepare_copy(&act, &copy(&archive, "chung-thuc", "B", details()))
            .unwrap()
            .line
            .number,
        3
    );
}

#[test]
fn open_questions_hints_and_uncompared_pages_stand_in_the_way() {
    let (_folder, mut archive) = office();
    let act = act_on("officer", date(2026, 11, 25));
    let mut open = details();
    open.answers.pop();
    let mut hinted = details();
    hinted.answers[5].hint = Some("không thấy dấu".to_owned());
    let mut refused = details();
    refused.answers[0].clear = false;
    let mut unseen = details();
    unseen.answers[1].pages = vec![1];
    for bad in [open, hinted.clone(), refused, unseen] {
        assert!(
            archive
                .prepare_copy(&act, &copy(&archive, "chung-thuc", "A", bad))
                .is_err()
        );
    }
    hinted.answers[5].remark = Some("dấu nổi".to_owned());
    archive
        .prepare_copy(&act, &copy(&archive, "chung-thuc", "A", hinted))
        .unwrap();
    // Nothing was numbered for those refused.
    assert_eq!(
        archive.line("SCTĐT/BS", 2026, 1).unwrap().columns["title"],
        "A"
    );
    // Intake scans and goes no further.
    let intake = archive.prepare_copy(
        &act_on("intake", date(2026, 11, 25)),
        &copy(&archive, "chung-thuc", "B", details()),
    );
    assert!(intake.is_err());
}

#[test]
fn a_true_copy_needs_the_office_alone() {
    let (_folder, mut archive) = office();
    let today = date(2026, 11, 25);
    let made = archive
        .prepare_copy(
            &act_on("clerk", today),
            &copy(&archive, "sao-y", "QĐ 5/QĐ-UBND", Details::default()),
        )
        .unwrap();
    assert_eq!(made.line.display, "01/SY");
    assert!(
        archive
            .may_act_on(&act_on("chair", today), &made.code, false)
            .is_err()
    );
    archive
        .may_act_on(&act_on("clerk", today), &made.code, true)
        .unwrap();
    let done = archive
        .seal_copy(
            &act_on("clerk", today),
            &made.code,
            stored(&archive, b"s"),
            "bb",
        )
        .unwrap();
    assert_eq!(done.stage, Stage::Sealed);
}

/// The files of a paper that comes again while its older copy is disposed of: stored, then taken away, then named.
#[test]
fn a_disposal_between_storing_and_numbering_takes_no_number_and_loses_no_file() {
    let (_folder, mut archive) = two_archivists();
    let day = date(2026, 11, 25);
    let first = archive
        .prepare_copy(
            &act("officer"),
            &copy(&archive, "chung-thuc", "A", details()),
        )
        .unwrap();
    archive
        .cancel_copy(&act("officer"), &first.code, "khách đổi ý")
        .unwrap();
    let later = day.checked_add(jiff::Span::new().days(40)).unwrap();
    archive
        .list_disposal(&act_on("keeper", later), "hết hạn")
        .unwrap();
    archive
        .approve_disposal(&act_on("second", later), 1, Some("QĐ 2"))
        .unwrap();
    let again = NewCopy {
        visit: "2",
        ..copy(&archive, "chung-thuc", "A", details())
    };
    let gone = archive.carry_out(&act_on("second", later), 1).unwrap();
    assert_eq!(
        (gone.items[0].of, gone.items[0].outcome.as_str()),
        (Of::Copy, "gone")
    );
    let refused = archive.prepare_copy(&act_on("officer", later), &again);
    assert!(
        matches!(refused, Err(ArchiveError::Missing(_))),
        "{refused:?}"
    );
    assert!(archive.line("SCTĐT/BS", 2027, 1).is_err());
    // Stored once more, as the command does, it has its number and its files.
    let again = NewCopy {
        visit: "2",
        ..copy(&archive, "chung-thuc", "A", details())
    };
    let made = archive
        .prepare_copy(&act_on("officer", later), &again)
        .unwrap();
    assert_eq!(made.line.number, 1);
    let kept = BlobId::parse(&made.original).unwrap();
    assert_eq!(archive.blobs().read(kept).unwrap(), b"A");
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}

/// A file that is gone again is not signed into the register either.
#[test]
fn signing_and_sealing_name_no_file_that_is_not_there() {
    let (_folder, mut archive) = office();
    let made = archive
        .prepare_copy(
            &act("officer"),
            &copy(&archive, "chung-thuc", "A", details()),
        )
        .unwrap();
    let nowhere = BlobId::of(b"never stored");
    assert!(
        archive
            .sign_copy(&act("chair"), &made.code, nowhere, "aa")
            .is_err()
    );
    let signed = stored(&archive, b"signed");
    archive
        .sign_copy(&act("chair"), &made.code, signed, "aa")
        .unwrap();
    assert!(
        archive
            .seal_copy(&act("clerk"), &made.code, nowhere, "bb")
            .is_err()
    );
    assert_eq!(archive.copy(&made.code).unwrap().stage, Stage::Signed);
}
