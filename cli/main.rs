//! The program `saoy`.
fn main() {}
