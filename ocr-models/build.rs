//! Links leptonica, whose images the engine uses, under the name this system has for it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = pkg_config::Config::new().probe("lept") {
        println!(
            "cargo:warning=leptonica is missing; Debian: apt-get install libleptonica-dev ({error})"
        );
    }
}
