//! Nothing: the benchmarks are in `benches/hot.rs`.
