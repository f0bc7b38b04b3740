//! Columns from other tables: country, city and network of an address. Adds what the log left open, never more.

pub mod geoip;

pub use geoip::{Database, Geo, GeoError};
