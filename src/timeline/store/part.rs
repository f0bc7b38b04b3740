//! Opens one Parquet part of a case and reads its rows, or its columns page by page.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, PolarsError, SerReader as _};
use polars_io::parquet::read::ParquetReader;

use super::{StoreError, io_error};
use crate::timeline::footer;
use crate::timeline::pages::{Chunk, Pages};
use crate::timeline::whose::Whose;

/// The pages of a part.
pub type PartPages = Pages<File>;

/// One Parquet part, opened.
pub struct Part {
    path: PathBuf,
    metadata: std::sync::Arc<polars_parquet::parquet::metadata::FileMetadata>,
    whose: Option<Whose>,
}

impl Part {
    /// Reads the part's footer.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut file = File::open(path).map_err(io_error(path))?;
        let metadata =
            footer::read(&mut file).map_err(|error| StoreError::Parquet { path: path.to_path_buf(), error })?;
        let whose = Whose::of(&metadata);
        Ok(Self { path: path.to_path_buf(), metadata: metadata.into(), whose })
    }

    /// Says which part an error is about.
    pub fn error(&self, error: PolarsError) -> StoreError {
        StoreError::Parquet { path: self.path.clone(), error }
    }

    /// Its pages, to be read column by column; with the buffers of `used`, where another part was read before.
    pub fn pages<'u>(&self, used: &'u mut Option<PartPages>) -> Result<&'u mut PartPages, StoreError> {
        let file = File::open(&self.path).map_err(io_error(&self.path))?;
        match used.take() {
            None => Ok(used.insert(Pages::new(file).map_err(|error| self.error(error))?)),
            Some(mut pages) => {
                pages.turn_to(file);
                Ok(used.insert(pages))
            }
        }
    }

    /// Where a column of a row group lies; `None` where the part has no such column.
    pub fn chunk(&self, group: usize, name: &str) -> Option<Chunk> {
        Chunk::of(self.metadata.row_groups.get(group)?, name)
    }

    /// Whether one of these names may take part in a row of a row group.
    pub fn may_hold<'n>(&self, group: usize, names: impl Iterator<Item = &'n str>) -> bool {
        self.whose.as_ref().is_none_or(|whose| whose.may_hold(group, names))
    }

    /// The rows of each row group.
    pub fn row_groups(&self) -> Vec<usize> {
        self.metadata.row_groups.iter().map(polars_parquet::parquet::metadata::RowGroupMetadata::num_rows).collect()
    }

    /// Rows `start..start + length`, all columns or the named ones.
    pub fn read(&self, start: usize, length: usize, columns: Option<&[&str]>) -> Result<DataFrame, StoreError> {
        let mut reader = ParquetReader::new(File::open(&self.path).map_err(io_error(&self.path))?);
        reader.set_metadata(self.metadata.clone());
        reader
            .with_columns(columns.map(|columns| columns.iter().map(|name| (*name).to_owned()).collect()))
            .with_slice(Some((start, length)))
            .read_parallel(polars_io::parquet::read::ParallelStrategy::None)
            .finish()
            .map_err(|error| StoreError::Parquet { path: self.path.clone(), error })
    }
}
