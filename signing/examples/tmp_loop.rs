//! t
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::sync::Arc::new(std::fs::read(&path).unwrap());
        let t = std::time::Instant::now();
        for _ in 0..400 {
            let r = saoy_pdf::Revisions::read(bytes.clone()).unwrap();
            std::hint::black_box(saoy_signing::structure::examine(&r));
        }
        println!("{path} {:?}", t.elapsed() / 400);
    }
}
