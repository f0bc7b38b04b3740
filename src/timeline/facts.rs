//! Facts across accounts, asked of a case's narrow columns alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::build;
use super::schema::names;
use super::store::{Case, Part, PartPages, StoreError};

/// Address → who was seen there.
pub type Users = BTreeMap<String, BTreeSet<String>>;
/// File → the tenants that its records name.
pub type Tenants = BTreeMap<String, BTreeSet<String>>;

const NARROW: [&str; 3] = [names::DATETIME, names::SOURCE_IP, names::USER_UPN];

impl Case {
    /// For each of these addresses: everybody who has an event from it with `from <= datetime < to`.
    pub fn users_of(
        &self,
        addresses: &BTreeSet<String>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Users, StoreError> {
        if addresses.is_empty() {
            return Ok(Users::new());
        }
        let parts = self.parts()?;
        let inside = parts.par_iter().filter(|(date, _)| *date >= from.date_naive() && *date <= to.date_naive());
        let found = inside.map(|(_, path)| users_of_part(path, addresses, from, to)).collect::<Result<Vec<_>, _>>()?;
        let mut users = Users::new();
        for (address, more) in found.into_iter().flatten() {
            users.entry(address).or_default().extend(more);
        }
        Ok(users)
    }
}

/// Which tenants the records of each file name.
const NAMED: [&str; 2] = [names::SOURCE_FILE, names::TENANT_ID];

impl Case {
    /// File, as the ledger calls it → the tenants that its records name. Of a single file, and of a single tenant, it tells nothing: there is nothing
    /// to tell apart.
    pub fn tenants(&self) -> Result<Tenants, StoreError> {
        let mut tenants = Tenants::new();
        if self.ledger.sources.iter().filter(|source| source.counts.events > 0).count() < 2 {
            return Ok(tenants);
        }
        let parts = self.parts()?;
        // Each part has every tenant's name once, in front of its rows: those tell of nearly every case that it is one.
        let named = parts.par_iter().map_init(|| None, |used, (_, path)| named_in_part(path, used));
        let named: BTreeSet<String> = named.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        if named.len() < 2 {
            return Ok(tenants);
        }
        let found = parts.par_iter().map(|(_, path)| tenants_of_part(path)).collect::<Result<Vec<_>, _>>()?;
        for ((_, path), found) in parts.iter().zip(found) {
            // Two folders may each have a file of this path: the ledger, and every event, tell them apart.
            let named = found.into_iter().filter_map(|(file, more)| Some((self.name_here(path, file)?, more)));
            for (file, more) in named {
                tenants.entry(file).or_default().extend(more);
            }
        }
        Ok(tenants)
    }
}

/// The tenants that a part names, without a look at its rows.
fn named_in_part(path: &std::path::Path, used: &mut Option<PartPages>) -> Result<BTreeSet<String>, StoreError> {
    let part = Part::open(path)?;
    let pages = part.pages(used)?;
    let mut named = BTreeSet::new();
    for number in 0..part.row_groups().len() {
        let Some(chunk) = part.chunk(number, names::TENANT_ID) else { continue };
        let mut note = |tenant: &str| {
            if !tenant.is_empty() && !named.contains(tenant) {
                named.insert(tenant.to_owned());
            }
        };
        pages.ask(chunk, &mut note).map_err(|error| part.error(error))?;
    }
    Ok(named)
}

fn tenants_of_part(path: &std::path::Path) -> Result<Tenants, StoreError> {
    let part = Part::open(path)?;
    let mut tenants = Tenants::new();
    let mut start = 0;
    for length in part.row_groups() {
        let frame = part.read(start, length, Some(&NAMED))?;
        start += length;
        let text = |name: &str| frame.column(name).and_then(|column| column.str().cloned());
        let [file, tenant] = NAMED;
        let (files, named) =
            text(file).and_then(|files| Ok((files, text(tenant)?))).map_err(|error| part.error(error))?;
        // Records of one file mostly stand together.
        let mut last = None;
        for (file, tenant) in files.iter().zip(named.iter()) {
            let (Some(file), Some(tenant)) = (file, tenant.filter(|tenant| !tenant.is_empty())) else { continue };
            if last.replace((file, tenant)) != Some((file, tenant)) {
                tenants.entry(file.to_owned()).or_default().insert(tenant.to_owned());
            }
        }
    }
    Ok(tenants)
}

fn users_of_part(
    path: &std::path::Path,
    addresses: &BTreeSet<String>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Users, StoreError> {
    let part = Part::open(path)?;
    let mut users = Users::new();
    let mut start = 0;
    for length in part.row_groups() {
        let frame = part.read(start, length, Some(&NARROW))?;
        start += length;
        let text = |name: &str| frame.column(name).and_then(|column| column.str().cloned());
        let columns = text(names::SOURCE_IP).and_then(|ips| Ok((build::times(&frame)?, ips, text(names::USER_UPN)?)));
        let (times, ips, upns) = columns.map_err(|error| part.error(error))?;
        for (time, (ip, upn)) in times.into_iter().zip(ips.iter().zip(upns.iter())) {
            let (Some(ip), Some(upn)) = (ip, upn) else { continue };
            if from <= time && time < to && addresses.contains(ip) {
                users.entry(ip.to_owned()).or_default().insert(upn.to_owned());
            }
        }
    }
    Ok(users)
}
