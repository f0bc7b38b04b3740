//! Columns back to events: the one place where the schema's accessors meet Polars. The way out is `columns.rs`.

use polars::prelude::{Column as Series, DataFrame, PolarsResult};

use chrono::{DateTime, Utc};

use super::event::Event;
use super::schema::{Access, COLUMNS, Column, names};

/// The rows of a frame as events; columns that are not in the frame stay empty.
pub fn events(frame: &DataFrame) -> PolarsResult<Vec<Event>> {
    let mut events = vec![Event::default(); frame.height()];
    for column in COLUMNS {
        let Ok(series) = frame.column(column.name) else { continue };
        fill(column, series, &mut events)?;
    }
    Ok(events)
}

fn fill(column: &Column, series: &Series, events: &mut [Event]) -> PolarsResult<()> {
    match column.access {
        Access::Text(_, set) | Access::Made(_, set) => {
            for (event, value) in events.iter_mut().zip(series.str()?.iter()) {
                if let Some(value) = value {
                    set(event, value);
                }
            }
        }
        Access::Int(_, set) => {
            for (event, value) in events.iter_mut().zip(series.i64()?.iter()) {
                if let Some(value) = value {
                    set(event, value);
                }
            }
        }
        Access::Float(_, set) => {
            for (event, value) in events.iter_mut().zip(series.f64()?.iter()) {
                if let Some(value) = value {
                    set(event, value);
                }
            }
        }
        Access::Bool(_, set) => {
            for (event, value) in events.iter_mut().zip(series.bool()?.iter()) {
                if let Some(value) = value {
                    set(event, value);
                }
            }
        }
        Access::Time(_, set) => {
            for (event, value) in events.iter_mut().zip(series.datetime()?.physical().iter()) {
                if let Some(value) = value {
                    set(event, value);
                }
            }
        }
    }
    Ok(())
}

/// The event times of a frame.
pub fn times(frame: &DataFrame) -> PolarsResult<Vec<DateTime<Utc>>> {
    let column = frame.column(names::DATETIME)?;
    let micros = column.datetime()?.physical().iter();
    Ok(micros.map(|micros| micros.and_then(DateTime::from_timestamp_micros).unwrap_or_default()).collect())
}
