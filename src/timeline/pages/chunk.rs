//! Where one column of a row group lies, and what it holds.

use polars_parquet::parquet::compression::Compression;
use polars_parquet::parquet::metadata::RowGroupMetadata;
use polars_parquet::parquet::schema::types::PhysicalType;

/// Where one column of a row group lies, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Chunk {
    /// The first byte.
    pub start: u64,
    /// Behind the last byte.
    pub end: u64,
    /// Rows of the row group.
    pub rows: usize,
    /// Whether its pages are compressed.
    pub packed: bool,
    /// What its values are.
    pub kind: Kind,
}

impl Chunk {
    /// The column with this name; `None` where there is none.
    pub fn of(group: &RowGroupMetadata, name: &str) -> Option<Self> {
        let column = group.columns_under_root_iter(name)?.next()?;
        let kind = match column.physical_type() {
            PhysicalType::ByteArray => Kind::Text,
            PhysicalType::Int64 => Kind::Int,
            PhysicalType::Double => Kind::Float,
            PhysicalType::Boolean => Kind::Bool,
            _ => return None,
        };
        let packed = column.compression() != Compression::Uncompressed;
        let range = column.byte_range();
        Some(Self { start: range.start, end: range.end, rows: group.num_rows(), packed, kind })
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the types")]
pub enum Kind {
    Text,
    Int,
    Float,
    Bool,
}
