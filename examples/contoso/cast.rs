//! The people of the two tenants, their places and machines, and the attacker's.

use super::people::{Client, ENGLISH, JAPANESE, Person, Place, Tenant};

pub const CONTOSO: Tenant = Tenant {
    domain: "contoso.example",
    routing: "contosoexample.onmicrosoft.com",
    forest: "APCPR01A002",
    server: "TYCPR01MB8123 (15.20.9587.010)",
    office: tokyo("192.0.2.10", 64496),
};

pub const FABRIKAM: Tenant = Tenant {
    domain: "fabrikam.example",
    routing: "fabrikamexample.onmicrosoft.com",
    forest: "EURPR04A009",
    server: "AM9PR04MB7456 (15.20.9478.004)",
    office: berlin("192.0.2.10", 64496),
};

/// Where the attacker comes from; the numbers are the last part of the address.
pub const LAGOS_7: Place = Place {
    address: "203.0.113.7",
    city: "Lagos",
    state: "Lagos",
    country: "NG",
    latitude: "6.4541",
    longitude: "3.3947",
    network: 64500,
};
pub const AMSTERDAM_44: Place = Place {
    address: "203.0.113.44",
    city: "Amsterdam",
    state: "Noord-Holland",
    country: "NL",
    latitude: "52.3740",
    longitude: "4.8897",
    network: 64500,
};
pub const AMSTERDAM_66: Place = Place { address: "203.0.113.66", ..AMSTERDAM_44 };

/// Where Bob is on his business trip.
pub const MUNICH_HOTEL: Place = Place {
    address: "198.51.100.201",
    city: "Muenchen",
    state: "Bayern",
    country: "DE",
    latitude: "48.1374",
    longitude: "11.5755",
    network: 64503,
};

pub const SCRIPT: Client = Client {
    device: "",
    system: "",
    browser: "",
    user_agent: "python-requests/2.32.3",
    info: "Client=REST;;",
    process: None,
    kind: "Other clients",
};
pub const PROXY_KIT: Client = Client { user_agent: "axios/1.7.9", kind: "Browser", ..SCRIPT };
pub const ATTACKER_BROWSER: Client = Client {
    device: "",
    system: "Linux",
    browser: "Firefox 128.0",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    info: "Client=OWA;Action=ViaProxy",
    process: None,
    kind: "Browser",
};

pub const ALICE: Person = contoso("Alice Mori", "alice.mori", 31_104_411, 21);
pub const BOB: Person = contoso("Bob Lindt", "bob.lindt", 31_104_412, 22);
pub const CHIKA: Person = Person {
    folders: &JAPANESE,
    laptop: windows("CTS-LT-2031", true),
    ..contoso("田中 千佳", "chika.tanaka", 31_104_413, 31)
};
pub const ADMIN: Person = contoso("Admin Hale", "admin.hale", 31_104_414, 24);
pub const DARIO: Person = contoso("Dario Ruiz", "dario.ruiz", 31_104_415, 25);
pub const EMI: Person = contoso("Emi Sato", "emi.sato", 31_104_416, 26);
pub const FRANK: Person = contoso("Frank Oduya", "frank.oduya", 31_104_417, 27);
pub const GRACE: Person = contoso("Grace Kim", "grace.kim", 31_104_418, 28);
pub const NEWSLETTER: Person =
    Person { laptop: windows("CTS-NEWS-01", true), ..contoso("Contoso Newsletter", "newsletter", 31_104_419, 29) };

pub const CONTOSO_PEOPLE: [&Person; 9] = [&ALICE, &BOB, &CHIKA, &ADMIN, &DARIO, &EMI, &FRANK, &GRACE, &NEWSLETTER];

pub const DANA: Person = fabrikam("Dana Weiss", "dana.weiss", 52_880_101);
pub const ELI: Person = fabrikam("Eli Novak", "eli.novak", 52_880_102);
pub const FABRIKAM_ADMIN: Person = fabrikam("IT Admin", "it.admin", 52_880_103);

const fn contoso(name: &'static str, alias: &'static str, number: u32, home: u8) -> Person {
    let (device, phone, house, carrier) = match home {
        21 => ("CTS-LT-2021", "Alice's iPhone", "198.51.100.21", 1),
        22 => ("CTS-LT-2022", "Bob's iPhone", "198.51.100.22", 2),
        24 => ("CTS-LT-2024", "Hale's iPhone", "198.51.100.24", 4),
        25 => ("CTS-LT-2025", "Dario's iPhone", "198.51.100.25", 5),
        26 => ("CTS-LT-2026", "Emi's iPhone", "198.51.100.26", 6),
        27 => ("CTS-LT-2027", "Frank's iPhone", "198.51.100.27", 7),
        28 => ("CTS-LT-2028", "Grace's iPhone", "198.51.100.28", 8),
        29 => ("CTS-LT-2029", "Spare iPhone", "198.51.100.29", 9),
        _ => ("CTS-LT-2031", "Chika's iPhone", "198.51.100.31", 3),
    };
    Person {
        name,
        alias,
        tenant: &CONTOSO,
        number,
        folders: &ENGLISH,
        laptop: windows(device, false),
        phone: iphone(phone),
        home: tokyo(house, 64497),
        carrier: tokyo(carrier_prefix(carrier), 64498),
    }
}

const fn fabrikam(name: &'static str, alias: &'static str, number: u32) -> Person {
    let (device, house) = match number {
        52_880_101 => ("FAB-LT-101", "198.51.100.23"),
        52_880_102 => ("FAB-LT-102", "198.51.100.42"),
        _ => ("FAB-LT-103", "198.51.100.43"),
    };
    Person {
        name,
        alias,
        tenant: &FABRIKAM,
        number,
        folders: &ENGLISH,
        laptop: windows(device, false),
        phone: iphone("iPhone"),
        home: berlin(house, 64497),
        carrier: berlin("2001:db8:a1:10:", 64498),
    }
}

const fn carrier_prefix(number: u8) -> &'static str {
    match number {
        1 => "2001:db8:c1:21:",
        2 => "2001:db8:c1:22:",
        3 => "2001:db8:c1:31:",
        4 => "2001:db8:c1:24:",
        5 => "2001:db8:c1:25:",
        6 => "2001:db8:c1:26:",
        7 => "2001:db8:c1:27:",
        8 => "2001:db8:c1:28:",
        _ => "2001:db8:c1:29:",
    }
}

const fn windows(device: &'static str, desktop_outlook: bool) -> Client {
    Client {
        device,
        system: "Windows10",
        browser: "Edge 144.0.0",
        user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
        info: if desktop_outlook { "Client=MSExchangeRPC" } else { "Client=OWA;Action=ViaProxy" },
        process: if desktop_outlook { Some("OUTLOOK.EXE") } else { None },
        kind: "Browser",
    }
}

const fn iphone(device: &'static str) -> Client {
    Client {
        device,
        system: "Ios 18.3",
        browser: "Mobile Safari",
        user_agent: "Outlook-iOS/736.2605.0.prod.iphone (4.2605.0)",
        info: "Client=OutlookService;Outlook-iOS/2.0;",
        process: None,
        kind: "Mobile Apps and Desktop clients",
    }
}

const fn tokyo(address: &'static str, network: u32) -> Place {
    Place {
        address,
        city: "Chiyoda-ku",
        state: "Tokyo",
        country: "JP",
        latitude: "35.6895",
        longitude: "139.6917",
        network,
    }
}

const fn berlin(address: &'static str, network: u32) -> Place {
    Place {
        address,
        city: "Berlin",
        state: "Berlin",
        country: "DE",
        latitude: "52.5244",
        longitude: "13.4105",
        network,
    }
}
