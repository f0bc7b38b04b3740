//! What stands in a cell or under a key: times, addresses, lists, parties, and objects to look into.

pub mod addresses;
pub mod class_text;
pub mod command_line;
pub mod fields;
pub mod keys;
pub mod local_time;
pub mod look;
pub mod object;
pub mod parties;
pub mod spelled_time;
pub mod steps;
pub mod times;
pub mod when;
