//! What real readers read: exact Vietnamese, sound geometry, the same answer every time.

use std::thread;

use saoy_ocr::{Layout, ModelError, OcrError, Readers};
use unicode_normalization::is_nfc;

use crate::fixture::{Image, config, lines, readers, text, timeless};

#[test]
fn a_line_is_read_exactly() {
    let image = Image::load("motto");
    let reading = readers().read(&image.view(), Layout::Line).unwrap();
    assert_eq!(lines(&reading), text("motto"));
    assert!(is_nfc(&lines(&reading)));
    assert!(reading.confidence().unwrap() > 0.85, "{reading:?}");
    assert!(!reading.spent.cpu.is_zero() && !reading.spent.wall.is_zero());

    let line = &reading.lines[0];
    let [left, right] = line.baseline.unwrap();
    let [ink_left, ink_top, ink_right, ink_bottom] = image.ink();
    // Dots below and the tail of p reach under the baseline, accents far above it.
    let (top, bottom) = (
        i32::try_from(ink_top).unwrap(),
        i32::try_from(ink_bottom).unwrap(),
    );
    assert!(
        left.x < right.x && (left.y - right.y).abs() <= 2,
        "{line:?}"
    );
    assert!(
        left.y > (top + bottom) / 2 && left.y < bottom - 5,
        "{line:?} {top} {bottom}"
    );
    for pair in line.words.windows(2) {
        assert!(
            pair[0].bbox.x + pair[0].bbox.w <= pair[1].bbox.x,
            "{pair:?}"
        );
    }
    let (first, last) = (line.words[0].bbox, line.words.last().unwrap().bbox);
    assert!(
        first.x.abs_diff(ink_left) <= 3 && (last.x + last.w).abs_diff(ink_right + 1) <= 3,
        "{line:?}"
    );
}

#[test]
fn a_page_is_read_in_order() {
    let mut page = Image::blank(2480, 1754);
    page.paste(&Image::load("number"), 200, 200);
    page.paste(&Image::load("place"), 1400, 320);
    page.paste(&Image::load("paragraph"), 600, 800);
    let reading = readers().read(&page.view(), Layout::Page).unwrap();
    let expected = ["number", "place", "paragraph"].map(text).join("\n");
    assert_eq!(lines(&reading), expected);
    let number = &reading.lines[0];
    let [left, top, ..] = Image::load("number").ink();
    let at = number.bbox;
    assert!(
        at.x.abs_diff(200 + left) <= 3 && at.y.abs_diff(200 + top) <= 3,
        "{number:?}"
    );
    let paragraph = &reading.lines[2..];
    assert!(
        paragraph
            .iter()
            .all(|line| line.block == paragraph[0].block),
        "{paragraph:?}"
    );
    assert_ne!(number.block, paragraph[0].block);
    let numeric: Vec<&str> = reading.lines[1]
        .words
        .iter()
        .filter(|word| word.numeric)
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(numeric, ["22", "01", "2021"]);
    assert!(reading.lines[1].words.iter().any(|word| word.in_dictionary));
}

#[test]
fn light_letters_on_a_dark_field_are_read() {
    let mut page = Image::blank(2480, 1754);
    page.paste(&Image::load("place").inverse(), 200, 300);
    page.paste(&Image::load("paragraph"), 600, 800);
    let reading = readers().read(&page.view(), Layout::Page).unwrap();
    let read = lines(&reading);
    for line in ["place", "paragraph"].map(text) {
        assert!(read.contains(&line), "{line:?} in {read:?}");
    }
}

#[test]
fn lines_in_one_request_read_as_one_by_one() {
    let names = ["motto", "place", "number"];
    let images = names.map(Image::load);
    let readers = readers();
    let batch = readers
        .read_lines(&images.each_ref().map(Image::view))
        .unwrap();
    assert_eq!(batch.iter().map(lines).collect::<Vec<_>>(), names.map(text));
    for (image, together) in images.iter().zip(batch) {
        let alone = readers.read(&image.view(), Layout::Line).unwrap();
        assert_eq!(timeless(alone), timeless(together));
    }
    assert!(readers.read_lines(&[]).unwrap().is_empty());
    assert_eq!(readers.tally().started, 1);
}

#[test]
fn more_lines_than_fit_in_a_request_come_back_in_order() {
    let (blank, motto) = (Image::blank(50, 50), Image::load("motto"));
    let written = [0, 1, 99, 254, 255, 256, 257, 511, 512, 599];
    let views: Vec<_> = (0..600)
        .map(|at| {
            if written.contains(&at) {
                motto.view()
            } else {
                blank.view()
            }
        })
        .collect();
    let readings = readers().read_lines(&views).unwrap();
    assert_eq!(readings.len(), 600);
    for (at, reading) in readings.iter().enumerate() {
        let expected = if written.contains(&at) {
            text("motto")
        } else {
            String::new()
        };
        assert_eq!(lines(reading), expected, "{at}");
    }
}

#[test]
fn a_part_of_a_page_reads_as_the_line_itself() {
    let line = Image::load("place");
    let mut page = Image::blank(2480, 600);
    page.paste(&Image::load("motto"), 100, 50);
    page.paste(&line, 700, 300);
    let page = page.view();
    let part = page.part(700, 300, line.width, line.height).unwrap();
    let readers = readers();
    let read = |view| timeless(readers.read(view, Layout::Line).unwrap());
    assert_eq!(read(&part), read(&line.view()));
}

#[test]
fn threads_and_order_change_nothing() {
    let names = ["motto", "place", "number", "paragraph", "place", "motto"];
    let images = names.map(Image::load);
    let read = |readers: &Readers, image: &Image| {
        timeless(readers.read(&image.view(), Layout::Block).unwrap())
    };

    let alone = readers();
    let one: Vec<_> = images.iter().map(|image| read(&alone, image)).collect();
    let backwards: Vec<_> = images
        .iter()
        .rev()
        .map(|image| read(&alone, image))
        .collect();
    let shared = readers();
    let many: Vec<_> = thread::scope(|scope| {
        let tasks: Vec<_> = images
            .iter()
            .map(|image| scope.spawn(|| read(&shared, image)))
            .collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });

    assert_eq!(one.iter().map(lines).collect::<Vec<_>>(), names.map(text));
    assert!(one.iter().eq(backwards.iter().rev()));
    assert_eq!(one, many);
    assert_eq!(alone.tally().started, 1);
    assert_eq!(shared.tally().images, 6);
}

#[test]
fn orientation_is_told_for_each_quarter() {
    let mut image = Image::blank(1400, 1400);
    image.paste(&Image::load("paragraph"), 80, 100);
    image.paste(&Image::load("paragraph"), 80, 700);
    let readers = readers();
    for turned in [0, 90, 180, 270] {
        let found = readers.orientation(&image.view()).unwrap().unwrap();
        assert_eq!(
            (found.turned, found.script.as_str()),
            (turned, "Latin"),
            "{found:?}"
        );
        assert!(found.confidence > 1.0, "{found:?}");
        image = image.turned();
    }
    // The same reader still reads.
    assert_eq!(
        lines(
            &readers
                .read(&Image::load("motto").view(), Layout::Line)
                .unwrap()
        ),
        text("motto")
    );
    assert_eq!(readers.tally().started, 1);
}

#[test]
fn nothing_is_read_where_nothing_is() {
    let readers = readers();
    for (width, height) in [(2480, 3508), (300, 40), (1, 1), (1, 3000), (3000, 1)] {
        let image = Image::blank(width, height);
        for layout in [
            Layout::Page,
            Layout::Column,
            Layout::Block,
            Layout::Line,
            Layout::Sparse,
        ] {
            let reading = readers.read(&image.view(), layout).unwrap();
            assert!(
                reading.lines.is_empty() && reading.confidence().is_none(),
                "{width} x {height}: {reading:?}"
            );
        }
        assert_eq!(
            readers.orientation(&image.view()).unwrap(),
            None,
            "{width} x {height}"
        );
    }
    assert_eq!(readers.tally().started, 1);
}

#[test]
fn a_wish_the_engine_cannot_grant_is_refused_and_harms_nobody() {
    let image = Image::load("motto");
    let mut config = config();
    config.variables = vec![("no_such_variable".into(), "1".into())];
    let readers = Readers::new(config);
    for _ in 0..2 {
        let error = readers.read(&image.view(), Layout::Line).unwrap_err();
        assert!(
            matches!(&error, OcrError::Refused { reason } if reason.contains("no_such_variable")),
            "{error}"
        );
        assert!(!error.is_retryable());
    }
    assert_eq!((readers.tally().started, readers.tally().failed), (1, 0));
}

#[test]
fn a_missing_or_damaged_model_is_named() {
    let image = Image::load("motto");
    let root = tempfile::tempdir().unwrap();
    let mut config = config();
    config.models = vec![root.path().into()];
    let readers = Readers::new(config);
    let error = readers.read(&image.view(), Layout::Line).unwrap_err();
    assert!(
        matches!(&error, OcrError::Model(ModelError::Missing { language, .. }) if language == "vie"),
        "{error}"
    );
    let error = readers.orientation(&image.view()).unwrap_err();
    assert!(
        matches!(&error, OcrError::Model(ModelError::Missing { language, .. }) if language == "osd"),
        "{error}"
    );
    assert_eq!(readers.tally().started, 0);

    for bytes in [&b""[..], &[0; 5000], &[255; 5000]] {
        std::fs::write(root.path().join("vie.traineddata"), bytes).unwrap();
        let error = readers.read(&image.view(), Layout::Line).unwrap_err();
        let known = matches!(
            error,
            OcrError::Refused { .. }
                | OcrError::Crashed { .. }
                | OcrError::OutOfMemory { .. }
                | OcrError::Exited { .. }
        );
        assert!(known, "{error:?}");
    }
}

#[test]
fn what_was_nearly_read_is_told_when_asked_for_and_changes_nothing_else() {
    let read = |rounds| {
        let mut config = config();
        config.choice_rounds = rounds;
        let image = Image::load("paragraph");
        Readers::new(config)
            .read(&image.view(), Layout::Block)
            .unwrap()
    };
    let (plain, mut told) = (timeless(read(0)), timeless(read(2)));
    let words = || plain.lines.iter().flat_map(|line| &line.words);
    assert!(words().all(|word| word.nearly.is_empty()));
    let mut count = 0;
    for word in told.lines.iter_mut().flat_map(|line| &mut line.words) {
        let letters: Vec<char> = word.text.chars().collect();
        for nearly in word.nearly.drain(..) {
            count += 1;
            assert_ne!(letters.get(usize::from(nearly.at)), Some(&nearly.letter));
            assert!(nearly.behind > -20.0 && nearly.behind < 20.0, "{nearly:?}");
        }
    }
    assert!(count > 0, "{count}");
    assert_eq!(told, plain);
}
