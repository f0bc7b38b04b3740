//! What machines do all day: Exchange maintenance and directory synchronization.

use super::directory::{Principal, correlation, included, listed};
use super::log::Log;
use super::people::Person;
use super::random::named_guid;
use super::time::{DAY, zulu};

impl Log {
    /// Maintenance by the Exchange service host, `count` times spread over the day.
    pub fn maintenance(&mut self, day: i64, count: i64, people: &[&Person]) {
        for _ in 0..count {
            let time = day + self.random.between(1, DAY - 2);
            let person = self.random.pick(people);
            self.maintain(time, person);
        }
    }

    /// One cmdlet of the service host.
    pub fn maintain(&mut self, time: i64, person: &Person) {
        let moment = self.moment(time);
        let identity = person.canonical();
        match self.random.between(1, 10) {
            1..=6 => {
                let parameters = [("Identity", identity.as_str()), ("QuarantineOrgShard", "True")];
                self.service_cmdlet(&moment, "Set-Mailbox", &identity, &parameters);
            }
            7..=8 => {
                let parameters = [("Identity", identity.as_str()), ("SyncMailboxLocationGuids", "True")];
                self.service_cmdlet(&moment, "Set-User", &identity, &parameters);
            }
            9 => {
                let organization = self.tenant.routing;
                let object = format!(r"{organization}\Admin Audit Log Settings");
                let parameters =
                    [("IgnoreDehydratedFlag", "True"), ("Identity", organization), ("AdminAuditLogEnabled", "True")];
                self.service_cmdlet(&moment, "Set-AdminAuditLogConfig", &object, &parameters);
            }
            _ => {
                let box_name = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}";
                let object = self.tenant.canonical(box_name);
                let user = self.tenant.canonical("Discovery Management");
                let parameters =
                    [("Identity", object.as_str()), ("User", user.as_str()), ("AccessRights", "FullAccess")];
                self.service_cmdlet(&moment, "Add-MailboxPermission", &object, &parameters);
            }
        }
    }

    /// The synchronization account touches a user without changing anything a person would notice.
    pub fn synchronize(&mut self, time: i64, person: &Person) {
        let upn = format!("Sync_DC01_abc@{}", self.tenant.routing);
        let actor = Principal { puid: "10032002A0C0FFEE".to_owned(), object_id: named_guid(&upn), upn };
        let moment = self.moment(time);
        let changes = [
            ("LastDirSyncTime", listed(&zulu(time - DAY)), listed(&zulu(time))),
            included("LastDirSyncTime"),
            ("Action Client Name", String::new(), "DirectorySync".to_owned()),
        ];
        let correlation_id = correlation(&moment.id);
        self.directory(&moment, (&actor, person), "Update user.", &changes, &correlation_id);
    }
}
