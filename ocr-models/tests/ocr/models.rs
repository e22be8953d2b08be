//! Models: found in the right folder, recognized to the last bit, never mixed up with paths.

use std::fs;
use std::path::{Path, PathBuf};

use saoy_ocr::{ModelError, ORIENTATION, SYSTEM_DIRS, Verdict, locate, manifest, verify};

#[test]
fn the_manifest_is_complete() {
    assert!(
        manifest()
            .iter()
            .any(|model| model.language == "vie" && model.default)
    );
    assert!(
        manifest()
            .iter()
            .any(|model| model.language == ORIENTATION && model.default)
    );
    for model in manifest() {
        assert!(
            model.sha256.len() == 64
                && model
                    .sha256
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        );
        assert_eq!(model.file, format!("{}.traineddata", model.language));
        assert_eq!(model.licence, "Apache-2.0");
        assert!(matches!(model.package.registry.as_str(), "apt" | "npm"));
        assert!(model.bytes > 0);
    }
}

#[test]
fn the_first_folder_with_all_parts_is_taken() {
    let root = tempfile::tempdir().unwrap();
    let folders = ["a", "b", "c"].map(|name| root.path().join(name));
    for (folder, file) in [(1, "vie"), (2, "vie"), (2, "eng")] {
        fs::create_dir_all(&folders[folder]).unwrap();
        fs::write(folders[folder].join(format!("{file}.traineddata")), "x").unwrap();
    }
    assert_eq!(locate("vie", &folders).unwrap().folder, folders[1]);
    let both = locate("vie+eng", &folders).unwrap();
    assert_eq!(both.folder, folders[2]);
    assert_eq!(both.files.len(), 2);
    let error = locate("lao", &folders).unwrap_err();
    assert!(
        matches!(&error, ModelError::Missing { language, searched } if language == "lao" && *searched == folders)
    );
    assert!(
        error
            .to_string()
            .contains(&folders[0].display().to_string())
    );
}

#[test]
fn a_language_is_no_path() {
    for name in [
        "",
        "+",
        "vie+",
        "../vie",
        "/etc/passwd",
        "vie.traineddata",
        "vie\0",
        "việt",
        "a b",
    ] {
        let error = locate::<PathBuf>(name, &[]).unwrap_err();
        assert!(matches!(error, ModelError::Language { .. }), "{name:?}");
    }
}

#[test]
fn installed_models_are_recognized_and_damage_is_seen() {
    let installed = locate("vie", &SYSTEM_DIRS).unwrap().files.remove(0);
    let Verdict::Verified(model) = verify(&installed).unwrap() else {
        panic!("{}", installed.display())
    };
    assert_eq!(model.language, "vie");

    let root = tempfile::tempdir().unwrap();
    let mut bytes = fs::read(&installed).unwrap();
    assert_eq!(bytes.len() as u64, model.bytes);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let copy = root.path().join("vie.traineddata");
    fs::write(&copy, &bytes).unwrap();
    let Verdict::Mismatch { expected, .. } = verify(&copy).unwrap() else {
        panic!("damage not seen")
    };
    assert!(expected.contains(&model));

    let other = root.path().join("lao.traineddata");
    fs::write(&other, "abc").unwrap();
    // FIPS 180-2, example of appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        verify(&other).unwrap(),
        Verdict::Unknown { sha256: abc.into() }
    );
    assert!(matches!(
        verify(Path::new("/nowhere")),
        Err(ModelError::Unreadable { .. })
    ));
}
