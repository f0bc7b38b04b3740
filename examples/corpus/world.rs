//! The people, places and clients of the corpus. Nothing happens here.

use chrono::{DateTime, NaiveDateTime};

pub const TENANT: &str = "cc7f6798-20b2-416c-a975-f850b391ef61";
pub const DOMAIN: &str = "fabrikam.example";
pub const ROUTING: &str = "fabrikamexample.onmicrosoft.com";

/// Somebody with an account.
pub struct Who {
    pub name: &'static str,
    pub upn: &'static str,
    pub object_id: &'static str,
    pub puid: &'static str,
    pub mailbox: &'static str,
    pub sid: &'static str,
}

impl Who {
    pub fn alias(&self) -> &'static str {
        self.upn.split('@').next().unwrap_or_default()
    }

    /// The canonical name that cmdlets print as `ObjectId`.
    pub fn canonical(&self) -> String {
        format!("EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/{ROUTING}/{}", self.alias())
    }
}

pub const DANA: Who = Who {
    name: "Dana Weiss",
    upn: "dana.weiss@fabrikam.example",
    object_id: "686aeb62-f474-41c6-92f1-200067889bed",
    puid: "10032002F002EB72",
    mailbox: "f20dd504-0ea0-4382-a219-89c732fdaa8b",
    sid: "S-1-5-21-1013994485-1030854614-1482476501-52880101",
};
pub const ELI: Who = Who {
    name: "Eli Novak",
    upn: "eli.novak@fabrikam.example",
    object_id: "39b42e87-7821-4fe8-9a12-cb1ee11c39fd",
    puid: "10032002550A0408",
    mailbox: "0c3ae18e-6a63-4c0c-8c4c-1f0ad8dd6a10",
    sid: "S-1-5-21-1013994485-1030854614-1482476501-52880102",
};
pub const ADMIN: Who = Who {
    name: "IT Admin",
    upn: "it.admin@fabrikam.example",
    object_id: "10731425-813d-47f0-b706-749840f3c017",
    puid: "100320024B07783A",
    mailbox: "b7f04b0a-6e53-47ea-b1a4-9a2f5c6b8a55",
    sid: "S-1-5-21-1013994485-1030854614-1482476501-52880103",
};

/// Where somebody sits and with what.
#[derive(Clone, Copy)]
pub struct Seat {
    pub ip: &'static str,
    pub asn: u32,
    pub city: &'static str,
    pub country: &'static str,
    pub at: (&'static str, &'static str),
    /// Empty: the record carries no session.
    pub session: &'static str,
    pub info: &'static str,
    pub agent: &'static str,
    pub os: &'static str,
    pub browser: &'static str,
    pub managed: bool,
}

const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

pub const HOME: Seat = Seat {
    ip: "198.51.100.23",
    asn: 64497,
    city: "Berlin",
    country: "DE",
    at: ("52.5244", "13.4105"),
    session: "0a000000-0000-4000-8000-00000000c001",
    info: "Client=OWA;Action=ViaProxy",
    agent: EDGE,
    os: "Windows10",
    browser: "Edge 144.0.0",
    managed: true,
};
pub const OFFICE: Seat = Seat { ip: "192.0.2.10", asn: 64496, session: "0a000000-0000-4000-8000-00000000c002", ..HOME };
/// Desktop Outlook at home.
pub const OUTLOOK: Seat = Seat { info: "Client=MSExchangeRPC", session: "", ..HOME };
pub const PHONE: Seat = Seat {
    ip: "2001:db8:a1:10:1a2b:3c4d:5e6f:7a8b",
    asn: 64498,
    session: "0a000000-0000-4000-8000-00000000c003",
    info: "Client=OutlookService;Outlook-iOS/2.0;",
    agent: "Outlook-iOS/736.2605.0.prod.iphone (4.2605.0)",
    os: "Ios 18.3",
    browser: "Mobile Safari",
    ..HOME
};
pub const ADMIN_DESK: Seat = Seat { ip: "198.51.100.43", session: "0a000000-0000-4000-8000-00000000c004", ..HOME };
/// The intruder's browser.
pub const LAGOS: Seat = Seat {
    ip: "203.0.113.7",
    asn: 64500,
    city: "Lagos",
    country: "NG",
    at: ("6.4541", "3.3947"),
    session: "940e35e2-4428-445a-afaf-752e43f4818c",
    info: "Client=OWA;Action=ViaProxy",
    agent: FIREFOX,
    os: "Linux",
    browser: "Firefox 128.0",
    managed: false,
};
/// The intruder's second place.
pub const AMSTERDAM: Seat = Seat {
    ip: "203.0.113.44",
    asn: 64501,
    city: "Amsterdam",
    country: "NL",
    at: ("52.3740", "4.8897"),
    session: "940e35e2-4428-445a-afaf-752e43f4818d",
    ..LAGOS
};
/// The intruder's program.
pub const SCRIPT: Seat =
    Seat { info: "Client=WebServices;python-requests/2.32.3", agent: "python-requests/2.32.3", ..LAGOS };
/// No address, no session, no client: nothing to attribute with.
pub const NOWHERE: Seat = Seat { ip: "", session: "", info: "", agent: "", ..HOME };

/// Seconds since 1970 of `02-17T02:14:05`, in 2026 and UTC.
pub fn at(text: &str) -> i64 {
    NaiveDateTime::parse_from_str(&format!("2026-{text}"), "%Y-%m-%dT%H:%M:%S")
        .expect("times of the corpus are well formed")
        .and_utc()
        .timestamp()
}

pub fn print(time: i64, format: &str) -> String {
    DateTime::from_timestamp(time, 0).expect("times of the corpus are in range").format(format).to_string()
}

/// `2026-02-17T02:14:05`.
pub fn bare(time: i64) -> String {
    print(time, "%Y-%m-%dT%H:%M:%S")
}

/// `2026-02-17T02:14:05Z`.
pub fn zulu(time: i64) -> String {
    print(time, "%Y-%m-%dT%H:%M:%SZ")
}

/// A GUID that follows from a name.
pub fn guid(name: &str) -> String {
    let (mut low, mut high) = (0xcbf2_9ce4_8422_2325_u64, 0x9e37_79b9_7f4a_7c15_u64);
    for byte in name.bytes() {
        low = (low ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        high = (high ^ low).rotate_left(23).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    let (low, high) = (low ^ (high >> 29), high ^ (low >> 31));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
