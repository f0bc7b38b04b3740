//! The functions that every record passes: cutting, cells, AuditData, addresses, times.
//!
//! `cargo bench --manifest-path benches/hot/Cargo.toml`
#![allow(missing_docs, reason = "a bench")]

use std::hint::black_box;

use bectrace::ingest::values::addresses;
use bectrace::ingest::records::auditdata;
use bectrace::ingest::text::cells::CellReader;
use bectrace::ingest::text::cut::{JsonLayout, Layout};
use bectrace::ingest::values::times;
use bectrace::timeline::Draft;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PORTAL: &str = include_str!("../../../testdata/cases/contoso/evidence/AuditLog_2026-02-09_2026-03-09.csv");

fn cutting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cut");
    let lines: String = audits().join("\n");
    let array = format!("[{}]", audits().join(","));
    let json = |lines| Layout::Json(JsonLayout { lines, ..JsonLayout::default() });
    for (name, layout, text) in
        [("csv", Layout::Csv(b','), PORTAL), ("ndjson", json(true), &*lines), ("array", json(false), &*array)]
    {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut spans = Vec::new();
                layout.cutter().feed(black_box(text.as_bytes()), 0, &mut spans);
                spans.len()
            });
        });
    }
    group.finish();
}

/// The AuditData texts of the committed case.
fn audits() -> Vec<String> {
    let mut spans = Vec::new();
    Layout::Csv(b',').cutter().feed(PORTAL.as_bytes(), 0, &mut spans);
    let mut cells = CellReader::new(b',');
    let rows = spans.iter().skip(1).filter_map(|span| PORTAL.get(span.start..span.end));
    rows.map(|row| cells.read(row).get(5).to_owned()).collect()
}

fn records(criterion: &mut Criterion) {
    let audits = audits();
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(audits.len() as u64));
    group.bench_function("cells", |bencher| {
        let mut cells = CellReader::new(b',');
        bencher.iter(|| PORTAL.split_inclusive("\r\n").map(|row| cells.read(black_box(row)).len()).sum::<usize>());
    });
    group.bench_function("auditdata", |bencher| {
        bencher.iter(|| audits.iter().filter(|audit| auditdata::fill(audit, &mut Draft::default()).is_ok()).count());
    });
    group.finish();
}

fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("value");
    group.bench_function("address", |bencher| bencher.iter(|| addresses::address(black_box("[2001:db8:c1:21::1]:52903"))));
    group.bench_function("iso_time", |bencher| bencher.iter(|| times::iso_time(black_box("2026-03-02T01:10:12.1234567Z"))));
    group.finish();
}

criterion_group!(benches, cutting, records, values);
criterion_main!(benches);
