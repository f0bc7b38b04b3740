//! Where an address is, from the investigator's `.mmdb` files or, weaker, from the built-in registration table.
//!
//! The only file that opens `.mmdb` files. What the log itself said of a place always stays.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to GeoIP databases")]

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use maxminddb::{Reader, WithinOptions};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::knowledge::networks::{self, NetClass};
use crate::timeline::Event;
use crate::timeline::event::hex;
use crate::timeline::json;

/// Entries of a database that are looked at before it counts as one of another kind.
const PROBED: usize = 1000;

/// Why the places cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    /// The file or folder cannot be read.
    #[error("cannot read the GeoIP database {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder without databases.
    #[error("no .mmdb file in the folder {}", .0.display())]
    EmptyFolder(PathBuf),
    /// No such format.
    #[error("{} is no MaxMind database (.mmdb): {why}", path.display())]
    NotADatabase {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A database of something else.
    #[error("{} ({kind}) holds neither countries, coordinates nor networks: give City, Country or ASN databases", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
        /// What it calls itself.
        kind: String,
    },
}

/// What a report says of a database that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// File name.
    pub name: String,
    /// What it calls itself (`GeoLite2-City`).
    pub kind: String,
    /// When it was built.
    pub built: Option<DateTime<Utc>>,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Places and networks of addresses.
#[derive(Debug, Default)]
pub struct Geo {
    readers: Vec<Reader<Vec<u8>>>,
    databases: Vec<Database>,
    /// Whether any of the files knows countries.
    knows_countries: bool,
}

/// What a database says of one address.
#[derive(Debug, Clone, PartialEq, Default)]
struct Place {
    country: Option<String>,
    city: Option<String>,
    region: Option<String>,
    point: Option<(f64, f64)>,
    network: Option<i64>,
    organization: Option<String>,
    /// `mmdb` or `rir`; only with a country.
    basis: Option<&'static str>,
}

impl Geo {
    /// Opens the files, and the files of the folders; earlier ones answer first. None at all is the built-in table.
    pub fn open(paths: &[PathBuf]) -> Result<Self, GeoError> {
        let mut geo = Self::default();
        for path in paths {
            for path in files_of(path)? {
                geo.add(&path)?;
            }
        }
        Ok(geo)
    }

    /// The databases in use, in the order in which they answer; empty where the built-in table alone is used.
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// Whether any of them knows countries; where none does, the built-in table tells them.
    pub fn knows_countries(&self) -> bool {
        self.knows_countries
    }

    /// Fills the columns of place and network where the log left them empty.
    pub fn enrich(&self, events: &mut [Event]) {
        let mut known: BTreeMap<IpAddr, Place> = BTreeMap::new();
        for event in events {
            let Some(ip) = public_address(event) else { continue };
            let place = known.entry(ip).or_insert_with(|| self.place(ip));
            fill(event, place);
        }
    }

    fn add(&mut self, path: &Path) -> Result<(), GeoError> {
        let bytes = std::fs::read(path).map_err(|source| GeoError::Unreadable { path: path.to_owned(), source })?;
        let sha256 = hex(&Sha256::digest(&bytes));
        let reader = Reader::from_source(bytes)
            .map_err(|error| GeoError::NotADatabase { path: path.to_owned(), why: error.to_string() })?;
        let metadata = reader.metadata();
        let kind = metadata.database_type.clone();
        let Some(countries) = probe(&reader) else { return Err(GeoError::Foreign { path: path.to_owned(), kind }) };
        self.knows_countries |= countries;
        self.databases.push(Database {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            kind,
            built: DateTime::from_timestamp(metadata.build_epoch.cast_signed(), 0),
            sha256,
        });
        self.readers.push(reader);
        Ok(())
    }

    fn place(&self, ip: IpAddr) -> Place {
        let mut place = Place::default();
        for found in self.readers.iter().filter_map(|reader| look_up(reader, ip)) {
            place.complete(found);
        }
        place.basis = place.country.is_some().then_some("mmdb");
        if !self.knows_countries {
            place.country = iptocc::country_code(ip).map(str::to_owned);
            place.basis = place.country.is_some().then_some("rir");
        }
        place
    }
}

impl Place {
    /// Takes from a further database what is still open; coordinates only of the same country.
    fn complete(&mut self, other: Place) {
        let same = self.country.is_none() || other.country.is_none() || self.country == other.country;
        if same {
            self.country = self.country.take().or(other.country);
            self.city = self.city.take().or(other.city);
            self.region = self.region.take().or(other.region);
            self.point = self.point.or(other.point);
        }
        self.network = self.network.or(other.network);
        self.organization = self.organization.take().or(other.organization);
    }
}

fn look_up(reader: &Reader<Vec<u8>>, ip: IpAddr) -> Option<Place> {
    // A database of IPv4 has nothing to say of IPv6; that is no fault of either.
    if ip.is_ipv6() && reader.metadata().ip_version == 4 {
        return None;
    }
    // An entry that is damaged or of an unknown shape is an address without a place.
    let entry = reader.lookup(ip).ok()?.decode::<Value>().ok()??;
    Some(read(&entry))
}

/// The databases of a path: itself, or every `.mmdb` file of a folder, sorted by name.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, GeoError> {
    let unreadable = |source| GeoError::Unreadable { path: path.to_owned(), source };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.is_file() && file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mmdb")) {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() { Err(GeoError::EmptyFolder(path.to_owned())) } else { Ok(files) }
}

/// Whether the database knows countries; `None` where its first entries hold nothing of use here.
fn probe(reader: &Reader<Vec<u8>>) -> Option<bool> {
    let entries = reader.networks(WithinOptions::default()).ok()?.take(PROBED);
    let places = entries.filter_map(|entry| entry.ok()?.decode::<Value>().ok()?).map(|entry| read(&entry));
    let mut useful = None;
    for place in places {
        if place.country.is_some() {
            return Some(true);
        }
        if place.point.is_some() || place.network.is_some() {
            useful = Some(false);
        }
    }
    useful
}

/// Reads an entry, nested as GeoLite2 has it or flat as others do.
fn read(entry: &Value) -> Place {
    let nothing = Value::Null;
    let nested = |key: &str| json::get(entry, key).unwrap_or(&nothing);
    let first = |keys: &[&str]| keys.iter().find_map(|key| json::text(entry, key));
    let country = json::text(nested("country"), "iso_code").or_else(|| first(&["country_code", "country"]));
    let subdivision = json::list(entry, "subdivisions").first().unwrap_or(&nothing);
    let number = first(&["autonomous_system_number", "asn", "as_number"]);
    let location = nested("location");
    let latitude =
        number_of(location, "latitude").or_else(|| number_of(entry, "latitude")).or_else(|| number_of(entry, "lat"));
    let longitude =
        number_of(location, "longitude").or_else(|| number_of(entry, "longitude")).or_else(|| number_of(entry, "lng"));
    let city = name_of(nested("city")).or_else(|| first(&["city"]));
    let region = name_of(subdivision).or_else(|| first(&["region", "state1", "state"]));
    // Where only the country is known the point is the middle of the country, which is nobody's place.
    let known = city.is_some() || region.is_some();
    Place {
        country: country.filter(|code| is_code(code)).map(|code| code.to_uppercase()),
        point: latitude.zip(longitude).filter(|point| known && is_point(*point)),
        city,
        region,
        network: number.and_then(|number| number.trim_start_matches(['A', 'S', 'a', 's']).trim().parse().ok()),
        organization: first(&["autonomous_system_organization", "as_name", "as_organization"]),
        basis: None,
    }
}

/// A country's code has two letters; some databases write its name into the same key.
fn is_code(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// 0°/0° is how some databases write that they do not know.
fn is_point((latitude, longitude): (f64, f64)) -> bool {
    let zero = latitude == 0.0 && longitude == 0.0;
    !zero && (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)
}

/// The English name under `names`, or else the first.
fn name_of(value: &Value) -> Option<String> {
    let names = json::get(value, "names")?;
    json::text(names, "en").or_else(|| names.as_object()?.values().find_map(json::scalar_text))
}

fn number_of(object: &Value, key: &str) -> Option<f64> {
    match json::get(object, key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The address, where a place can be its client's: not that of Microsoft's service, of a private network, of the machine.
fn public_address(event: &Event) -> Option<IpAddr> {
    let ip: IpAddr = event.source_ip.as_deref()?.parse().ok()?;
    (networks::class(ip) == NetClass::Public).then(|| ip.to_canonical())
}

fn fill(event: &mut Event, place: &Place) {
    if event.geo_country.is_none() && event.geo_basis.is_none() {
        event.geo_country = place.country.as_deref().map(Into::into);
        event.geo_basis = place.basis.map(Into::into);
    }
    // A city or point of another country than the log's would contradict the log.
    let same = match (event.geo_country.as_deref(), place.country.as_deref()) {
        (Some(logged), Some(found)) => logged.eq_ignore_ascii_case(found),
        (None, _) => event.geo_basis.is_none(),
        (Some(_), None) => false,
    };
    if same && event.geo_lat.is_none() && event.geo_lon.is_none() {
        event.geo_lat = place.point.map(|(latitude, _)| latitude);
        event.geo_lon = place.point.map(|(_, longitude)| longitude);
        if event.geo_city.is_none() && event.geo_region.is_none() {
            event.geo_city = place.city.as_deref().map(Into::into);
            event.geo_region = place.region.as_deref().map(Into::into);
        }
    }
    let same_network = event.as_number.is_none() || event.as_number == place.network;
    event.as_number = event.as_number.or(place.network);
    if same_network && event.as_org.is_none() {
        event.as_org = place.organization.as_deref().map(Into::into);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use maxminddb_writer::Database as Writer;
    use maxminddb_writer::metadata::IpVersion;
    use maxminddb_writer::paths::IpAddrWithMask;
    use serde_json::json;

    use super::*;

    fn database(path: &Path, kind: &str, entries: &[(&str, Value)]) {
        let mut writer = Writer::default();
        writer.metadata.ip_version = IpVersion::V6;
        writer.metadata.binary_format_major_version = 2;
        writer.metadata.database_type = kind.to_owned();
        writer.metadata.build_epoch = 1_767_225_600;
        for (network, value) in entries {
            let mut mask: IpAddrWithMask = network.parse().unwrap();
            if let IpAddr::V4(v4) = mask.addr {
                // IPv4 lives in the lowest 32 bits of an IPv6 tree.
                mask = IpAddrWithMask::new(v4.to_ipv6_compatible().into(), mask.mask + 96);
            }
            let data = writer.insert_value(value).unwrap();
            writer.insert_node(mask, data);
        }
        fs::write(path, writer.write_to(Vec::new()).unwrap()).unwrap();
    }

    fn event(ip: &str) -> Event {
        Event { source_ip: Some(ip.into()), ..Event::default() }
    }

    fn enriched(paths: &[PathBuf], mut event: Event) -> Event {
        Geo::open(paths).unwrap().enrich(std::slice::from_mut(&mut event));
        event
    }

    fn lagos() -> Value {
        json!({"country": {"iso_code": "NG"}, "city": {"names": {"en": "Lagos", "de": "Lagos (de)"}},
               "subdivisions": [{"names": {"en": "Lagos State"}}], "location": {"latitude": 6.45, "longitude": 3.39}})
    }

    #[test]
    fn nested_layout_for_both_kinds_of_address() {
        let folder = tempfile::tempdir().unwrap();
        database(
            &folder.path().join("city.mmdb"),
            "GeoLite2-City",
            &[("203.0.113.0/24", lagos()), ("2001:db8:7::/48", lagos())],
        );
        let network = json!({"autonomous_system_number": 64500, "autonomous_system_organization": "Example Telecom"});
        database(&folder.path().join("asn.mmdb"), "GeoLite2-ASN", &[("203.0.113.0/24", network)]);
        let geo = Geo::open(&[folder.path().to_owned()]).unwrap();
        let mut events = [event("203.0.113.7"), event("2001:db8:7::1"), event("198.51.100.1")];
        geo.enrich(&mut events);
        let [v4, v6, unknown] = events;
        assert_eq!(
            (v4.geo_country.as_deref(), v4.geo_city.as_deref(), v4.geo_lat),
            (Some("NG"), Some("Lagos"), Some(6.45))
        );
        assert_eq!((v4.geo_basis.as_deref(), v4.geo_region.as_deref()), (Some("mmdb"), Some("Lagos State")));
        assert_eq!((v4.as_number, v4.as_org.as_deref()), (Some(64500), Some("Example Telecom")));
        assert_eq!((v6.geo_country.as_deref(), v6.as_number), (Some("NG"), None));
        // A database with countries was given: what it does not know stays unknown.
        assert_eq!((unknown.geo_country, unknown.geo_basis), (None, None));
        let names: Vec<&str> = geo.databases().iter().map(|database| database.name.as_str()).collect();
        assert_eq!(names, ["asn.mmdb", "city.mmdb"]);
        let city = &geo.databases()[1];
        assert_eq!((city.kind.as_str(), city.sha256.len()), ("GeoLite2-City", 64));
        assert_eq!(city.built.unwrap().to_rfc3339(), "2026-01-01T00:00:00+00:00");
    }

    #[test]
    fn flat_layouts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flat.mmdb");
        let full = json!({"country_code": "jp", "city": "Tokyo", "state1": "Tokyo", "latitude": 35.7, "longitude": 139.7,
                          "asn": "AS64501", "as_name": "Example Fibre"});
        let named = json!({"country": "Japan", "country_code": "JP", "region": "Tokyo", "lat": "35.7", "lng": "139.7"});
        let short = json!({"country": "JP", "latitude": 36.0, "longitude": 138.0});
        database(&path, "flat", &[("203.0.113.0/26", full), ("203.0.113.64/26", named), ("203.0.113.128/26", short)]);
        let full = enriched(std::slice::from_ref(&path), event("203.0.113.7"));
        assert_eq!((full.geo_country.as_deref(), full.geo_city.as_deref()), (Some("JP"), Some("Tokyo")));
        assert_eq!((full.as_number, full.as_org.as_deref()), (Some(64501), Some("Example Fibre")));
        let named = enriched(std::slice::from_ref(&path), event("203.0.113.70"));
        assert_eq!((named.geo_country.as_deref(), named.geo_lat), (Some("JP"), Some(35.7)));
        let short = enriched(std::slice::from_ref(&path), event("203.0.113.130"));
        assert_eq!((short.geo_country.as_deref(), short.geo_lat), (Some("JP"), None));
    }

    #[test]
    fn what_the_log_said_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("city.mmdb");
        database(&path, "GeoLite2-City", &[("203.0.113.0/24", lagos())]);
        let logged = |country: &str| Event {
            geo_country: Some(country.into()),
            geo_basis: Some("log".into()),
            ..event("203.0.113.7")
        };
        let other = enriched(std::slice::from_ref(&path), logged("NL"));
        assert_eq!((other.geo_country.as_deref(), other.geo_basis.as_deref()), (Some("NL"), Some("log")));
        assert_eq!((other.geo_city, other.geo_lat), (None, None));
        let same = enriched(std::slice::from_ref(&path), logged("NG"));
        assert_eq!((same.geo_basis.as_deref(), same.geo_lat), (Some("log"), Some(6.45)));
    }

    #[test]
    fn service_and_private_addresses_have_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("city.mmdb");
        database(&path, "GeoLite2-City", &[("::/0", lagos())]);
        for ip in ["10.0.0.1", "::1", "40.99.10.10", "fe80::1"] {
            let event = enriched(std::slice::from_ref(&path), event(ip));
            assert_eq!((event.geo_country, event.as_org), (None, None), "{ip}");
        }
    }

    #[test]
    fn without_a_database_the_registration_country_is_marked_as_weak() {
        let event = enriched(&[], event("193.0.6.139"));
        assert_eq!((event.geo_country.as_deref(), event.geo_basis.as_deref()), (Some("NL"), Some("rir")));
        assert_eq!(event.geo_lat, None);
    }

    #[test]
    fn what_is_no_database_of_places_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| Geo::open(&[folder.path().join(name)]).unwrap_err().to_string();
        fs::write(folder.path().join("text.mmdb"), "not a database").unwrap();
        assert!(open("text.mmdb").contains("text.mmdb is no MaxMind database"), "{}", open("text.mmdb"));
        database(
            &folder.path().join("vpn.mmdb"),
            "GeoIP2-Anonymous-IP",
            &[("203.0.113.0/24", json!({"is_anonymous": true}))],
        );
        assert!(open("vpn.mmdb").contains("(GeoIP2-Anonymous-IP) holds neither"), "{}", open("vpn.mmdb"));
        assert!(open("absent.mmdb").starts_with("cannot read the GeoIP database"));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Geo::open(&[empty.path().to_owned()]), Err(GeoError::EmptyFolder(_))));
    }
}
