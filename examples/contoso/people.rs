//! Who and what exists in the two tenants: people, places, devices. Nothing happens here.

use super::random::{hash, named_guid, named_token};

pub struct Tenant {
    pub domain: &'static str,
    pub routing: &'static str,
    pub forest: &'static str,
    pub server: &'static str,
    pub office: Place,
}

impl Tenant {
    pub fn id(&self) -> String {
        named_guid(&format!("tenant/{}", self.domain))
    }

    /// The canonical name of something in the Exchange organization.
    pub fn canonical(&self, what: &str) -> String {
        format!("{}.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/{}/{what}", self.forest, self.routing)
    }
}

#[derive(Clone, Copy)]
pub struct Place {
    /// The address, or for mobile carriers the /64 it changes in.
    pub address: &'static str,
    pub city: &'static str,
    pub state: &'static str,
    pub country: &'static str,
    pub latitude: &'static str,
    pub longitude: &'static str,
    /// From the numbers reserved for documentation (RFC 5398).
    pub network: u32,
}

impl Place {
    /// The address in use at some occasion.
    pub fn address_at(&self, occasion: &str) -> String {
        if self.address.ends_with(':') {
            let low = hash(occasion);
            format!(
                "{}{:x}:{:x}:{:x}:{:x}",
                self.address,
                0x1000 | (low >> 48),
                0x1000 | ((low >> 32) & 0xffff),
                0x1000 | ((low >> 16) & 0xffff),
                0x1000 | (low & 0xffff)
            )
        } else {
            self.address.to_owned()
        }
    }
}

/// What somebody signs in with.
#[derive(Clone, Copy)]
pub struct Client {
    /// The device name; empty where the service does not know the device.
    pub device: &'static str,
    pub system: &'static str,
    pub browser: &'static str,
    pub user_agent: &'static str,
    /// `ClientInfoString` of the mailbox records.
    pub info: &'static str,
    pub process: Option<&'static str>,
    pub kind: &'static str,
}

impl Client {
    pub fn is_managed(&self) -> bool {
        !self.device.is_empty()
    }

    pub fn device_id(&self) -> String {
        if self.is_managed() { named_guid(&format!("device/{}", self.device)) } else { String::new() }
    }
}

pub struct Folders {
    pub inbox: &'static str,
    pub drafts: &'static str,
    pub deleted: &'static str,
}

pub const ENGLISH: Folders = Folders { inbox: r"\Inbox", drafts: r"\Drafts", deleted: r"\Deleted Items" };

pub const JAPANESE: Folders =
    Folders { inbox: r"\受信トレイ", drafts: r"\下書き", deleted: r"\削除済みアイテム" };

pub struct Person {
    pub name: &'static str,
    pub alias: &'static str,
    pub tenant: &'static Tenant,
    pub number: u32,
    pub folders: &'static Folders,
    pub laptop: Client,
    pub phone: Client,
    pub home: Place,
    pub carrier: Place,
}

impl Person {
    pub fn upn(&self) -> String {
        format!("{}@{}", self.alias, self.tenant.domain)
    }

    pub fn object_id(&self) -> String {
        self.named("object")
    }

    pub fn mailbox_guid(&self) -> String {
        self.named("mailbox")
    }

    pub fn puid(&self) -> String {
        format!("10032002{:08X}", hash(&self.upn()) >> 32)
    }

    pub fn sid(&self) -> String {
        let domain = hash(self.tenant.domain);
        format!(
            "S-1-5-21-{}-{}-1482476501-{}",
            1_000_000_000 + (domain >> 36),
            1_000_000_000 + (domain & 0x0fff_ffff),
            self.number
        )
    }

    pub fn legacy_dn(&self) -> String {
        format!(
            "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={}-{}",
            self.named("recipient").replace('-', ""),
            self.alias
        )
    }

    pub fn canonical(&self) -> String {
        self.tenant.canonical(self.alias)
    }

    pub fn folder_id(&self, path: &str) -> String {
        let name = format!("folder/{}/{path}", self.alias);
        format!("LgAAAAB{}AAAB", named_token(&name, 28))
    }

    fn named(&self, what: &str) -> String {
        named_guid(&format!("{what}/{}", self.upn()))
    }
}
