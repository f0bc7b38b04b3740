//! Everything that is not mail or Entra: files (6, 14), Teams (25), alerts (40), hygiene (51).

use super::json::Json;
use super::log::{Head, Log, Moment, Session};
use super::people::Person;
use super::random::{hash, named_guid};
use super::time::zulu;

/// An alert of the compliance center.
pub struct Alert<'a> {
    pub name: &'a str,
    pub severity: &'a str,
    pub category: &'a str,
    /// The record that set it off, if it is known.
    pub cause: Option<&'a str>,
}

impl Log {
    /// A file operation in SharePoint.
    pub fn file(&mut self, moment: &Moment, session: &Session, operation: &str, (site, name): (&str, &str)) {
        let host = self.tenant.domain.replace(".example", "");
        let site_url = format!("https://{host}.sharepoint.example/sites/{site}/");
        let record_type = if operation.starts_with("File") { 6 } else { 14 };
        let head = Head {
            operation,
            record_type,
            result: None,
            user: session.person.upn(),
            user_key: format!("i:0h.f|membership|{}@live.com", session.person.puid().to_lowercase()),
            user_type: 0,
            workload: "SharePoint",
            client_ip: Some(session.address.clone()),
            object: Some(format!("{site_url}Shared Documents/{name}")),
        };
        let extension = name.rsplit('.').next().unwrap_or_default();
        let shared_with = (record_type == 14).then_some("Member");
        let audit = self
            .head(moment, &head)
            .with("CorrelationId", named_guid(&format!("file/{}", moment.id)))
            .with("EventSource", "SharePoint")
            .with("ItemType", "File")
            .with("SiteUrl", site_url)
            .with("UserAgent", session.client.user_agent)
            .with("IsManagedDevice", session.client.is_managed())
            .with("SourceFileExtension", extension)
            .with("SourceFileName", name)
            .with("SourceRelativeUrl", "Shared Documents")
            .maybe("TargetUserOrGroupType", shared_with);
        self.record(moment, &head, audit);
    }

    pub fn teams(&mut self, moment: &Moment, session: &Session, operation: &str) {
        let head = Head {
            operation,
            record_type: 25,
            result: None,
            user: session.person.upn(),
            user_key: session.person.object_id(),
            user_type: 0,
            workload: "MicrosoftTeams",
            client_ip: Some(session.address.clone()),
            object: None,
        };
        let audit = self.head(moment, &head);
        let audit = if operation == "MessageSent" {
            audit
                .with("ChatThreadId", "19:general@thread.tacv2")
                .with("CommunicationType", "Team")
                .with("MessageId", (hash(&moment.id) >> 24) as i64)
                .with("ItemName", "General")
        } else {
            audit.with("DeviceId", session.client.device_id())
        };
        self.record(moment, &head, audit);
    }

    /// `AlertTriggered`, which speaks of `concerned` and was not caused by the user's own client.
    pub fn alert(&mut self, moment: &Moment, concerned: &Person, alert: &Alert) {
        let time = zulu(moment.time);
        let data = Json::object()
            .with("f3u", concerned.upn())
            .with("ts", time.as_str())
            .with("te", time.as_str())
            .with("op", alert.name)
            .with("wl", "Exchange")
            .with("tid", self.tenant.id())
            .with("tdc", "1")
            .maybe("reid", alert.cause)
            .with("rid", named_guid(&format!("alert-row/{}", moment.id)))
            .with("cid", named_guid(&format!("alert-policy/{}", alert.name)))
            .with("ad", "This alert is triggered by a default policy.")
            .with("lon", alert.name)
            .with("an", alert.name)
            .with("sev", alert.severity);
        let alert_id = named_guid(&format!("alert/{}", moment.id));
        let head = service_head("AlertTriggered", 40, "SecurityComplianceAlerts");
        let head = Head { result: Some("Succeeded"), object: Some(alert_id.clone()), ..head };
        let policy = named_guid(&format!("alert-policy/{}", alert.name));
        let audit = self
            .head(moment, &head)
            .with("AlertEntityId", concerned.upn())
            .with("AlertId", alert_id)
            .with("AlertLinks", Vec::<Json>::new())
            .with("AlertType", "System")
            .with("Category", alert.category)
            .with("Comments", "New alert")
            .with("Data", data.compact())
            .with("EntityType", "User")
            .with("Name", alert.name)
            .with("PolicyId", policy)
            .with("Severity", alert.severity)
            .with("Source", "Office 365 Security & Compliance")
            .with("Status", "Active");
        self.record(moment, &head, audit);
    }

    /// The service puts an address on the list of restricted senders, or takes it off.
    pub fn hygiene(&mut self, moment: &Moment, event: &str, concerned: &Person, reason: &str) {
        let head = service_head("HygieneEvent", 51, "OBP2SenderRepService");
        let audit = self
            .head(moment, &head)
            .with("Audit", "OBP2SenderRepService")
            .with("Event", event)
            .with("EventId", (hash(&moment.id) % 9_000_000) as i64)
            .with("EventValue", concerned.upn())
            .with("Reason", reason);
        self.record(moment, &head, audit);
    }
}

fn service_head<'a>(operation: &'a str, record_type: u32, service: &str) -> Head<'a> {
    Head {
        operation,
        record_type,
        result: None,
        user: service.to_owned(),
        user_key: service.to_owned(),
        user_type: 4,
        workload: "SecurityComplianceCenter",
        client_ip: None,
        object: None,
    }
}
