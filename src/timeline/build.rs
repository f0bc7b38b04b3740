//! Events to columns and back: the one place where the schema's accessors meet Polars.

use polars::prelude::{Column as Series, DataFrame, DataType, NamedFrom, PolarsResult, TimeUnit, TimeZone};
use polars::series::Series as Values;

use chrono::{DateTime, Utc};

use super::event::Event;
use super::schema::{Access, COLUMNS, Column, names};

/// The columns of `events`, in the order of the schema.
pub fn frame<E: std::borrow::Borrow<Event>>(events: &[E]) -> PolarsResult<DataFrame> {
    let columns = COLUMNS.iter().map(|column| values(column, events)).collect::<PolarsResult<Vec<Series>>>()?;
    DataFrame::new(events.len(), columns)
}

fn values<E: std::borrow::Borrow<Event>>(column: &Column, events: &[E]) -> PolarsResult<Series> {
    let name = column.name.into();
    let events = events.iter().map(std::borrow::Borrow::borrow);
    Ok(match column.access {
        Access::Text(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>()),
        Access::Made(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>()),
        Access::Int(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>()),
        Access::Float(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>()),
        Access::Bool(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>()),
        Access::Time(get, _) => Values::new(name, events.map(get).collect::<Vec<_>>())
            .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))?,
    }
    .into())
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_survives_the_way_out_and_back() {
        let mut event = Event::default();
        for column in COLUMNS {
            match column.access {
                Access::Text(_, set) => set(&mut event, "x"),
                Access::Int(_, set) => set(&mut event, 7),
                Access::Float(_, set) => set(&mut event, 1.5),
                Access::Bool(_, set) => set(&mut event, true),
                Access::Time(_, set) => set(&mut event, 1_772_413_933_123_456),
                Access::Made(..) => {}
            }
        }
        event.raw_sha256 = [0xab; 32];
        event.outcome = super::super::Outcome::Interrupted;
        let frame = frame(&[event.clone()]).unwrap();
        assert_eq!(frame.width(), COLUMNS.len());
        let back = events(&frame).unwrap().remove(0);
        assert_eq!(format!("{event:?}"), format!("{back:?}"));
    }
}
