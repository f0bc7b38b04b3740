//! Columns from other tables: country, city and network of an address.
