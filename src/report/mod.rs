//! One plain [`model::Report`], many renderings; each renderer is a pure function of it.

pub mod model;
