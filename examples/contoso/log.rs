//! What has been recorded so far: audit records, sign-ins, cmdlets, and what was planted on purpose.

use super::json::Json;
use super::people::{Client, Person, Place, Tenant};
use super::random::{Random, named_guid};
use super::time::{at, bare};

/// When something happens, and the id of the record it leaves.
pub struct Moment {
    pub time: i64,
    pub id: String,
}

/// Somebody signed in from somewhere with something.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub person: &'static Person,
    pub place: Place,
    pub address: String,
    pub client: Client,
    pub since: i64,
}

impl Session {
    pub fn new(name: &str, person: &'static Person, place: Place, client: Client) -> Self {
        Self {
            id: named_guid(&format!("session/{name}")),
            person,
            place,
            address: place.address_at(name),
            client,
            since: 0,
        }
    }

    /// The same session, with tokens issued at `time`.
    pub fn since(mut self, time: i64) -> Self {
        self.since = time;
        self
    }
}

/// One record of the unified audit log.
pub struct Row {
    pub time: i64,
    pub id: String,
    pub record_type: u32,
    pub operation: String,
    pub user: String,
    pub audit: Json,
}

/// One row of the sign-in log.
pub struct SignInRow {
    pub time: i64,
    pub id: String,
    pub object: Json,
}

/// One cmdlet as the Exchange admin audit log keeps it.
pub struct CmdletRow {
    pub time: i64,
    pub id: String,
    pub caller: String,
    pub name: String,
    pub object: String,
    pub parameters: Vec<(String, String)>,
    pub by_service: bool,
}

/// Why a record was put there.
pub struct Planted {
    pub native_id: String,
    pub kind: &'static str,
    pub label: &'static str,
}

pub struct Log {
    pub tenant: &'static Tenant,
    pub random: Random,
    pub rows: Vec<Row>,
    pub sign_ins: Vec<SignInRow>,
    pub cmdlets: Vec<CmdletRow>,
    pub planted: Vec<Planted>,
}

impl Log {
    pub fn new(tenant: &'static Tenant, seed: u64) -> Self {
        Self {
            tenant,
            random: Random::new(seed),
            rows: Vec::new(),
            sign_ins: Vec::new(),
            cmdlets: Vec::new(),
            planted: Vec::new(),
        }
    }

    /// An unremarkable moment.
    pub fn moment(&mut self, time: i64) -> Moment {
        Moment { time, id: self.random.guid() }
    }

    /// A moment of the story: its record id comes from its name.
    pub fn story(&self, time: &str, name: &str) -> Moment {
        Moment { time: at(time), id: named_guid(&format!("{}/{name}", self.tenant.domain)) }
    }

    pub fn symptom(&mut self, moment: &Moment, label: &'static str) {
        self.plant(moment, "symptom", label);
    }

    pub fn detection(&mut self, moment: &Moment, label: &'static str) {
        self.plant(moment, "detection", label);
    }

    pub fn response(&mut self, moment: &Moment, label: &'static str) {
        self.plant(moment, "response", label);
    }

    /// Something that looks like a symptom or detection and is not.
    pub fn innocent(&mut self, moment: &Moment, label: &'static str) {
        self.plant(moment, "innocent", label);
    }

    /// The keys every audit record has, in the service's order.
    pub fn head(&self, moment: &Moment, head: &Head) -> Json {
        Json::object()
            .with("CreationTime", bare(moment.time))
            .with("Id", moment.id.as_str())
            .with("Operation", head.operation)
            .with("OrganizationId", self.tenant.id())
            .with("RecordType", head.record_type)
            .maybe("ResultStatus", head.result)
            .with("UserKey", head.user_key.as_str())
            .with("UserType", head.user_type)
            .with("Version", 1_u32)
            .with("Workload", head.workload)
            .maybe("ClientIP", head.client_ip.clone())
            .maybe("ObjectId", head.object.clone())
            .with("UserId", head.user.as_str())
    }

    pub fn record(&mut self, moment: &Moment, head: &Head, audit: Json) {
        self.rows.push(Row {
            time: moment.time,
            id: moment.id.clone(),
            record_type: head.record_type,
            operation: head.operation.to_owned(),
            user: head.user.clone(),
            audit,
        });
    }

    fn plant(&mut self, moment: &Moment, kind: &'static str, label: &'static str) {
        self.planted.push(Planted { native_id: moment.id.clone(), kind, label });
    }
}

/// The part of an audit record that all workloads share.
pub struct Head<'a> {
    pub operation: &'a str,
    pub record_type: u32,
    pub result: Option<&'a str>,
    pub user: String,
    pub user_key: String,
    pub user_type: u32,
    pub workload: &'a str,
    pub client_ip: Option<String>,
    pub object: Option<String>,
}
