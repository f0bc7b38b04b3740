//! The door: words in, exit code out.
fn main() {}
