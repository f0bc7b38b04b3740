//! Says what kind of program a user agent, client-info text or client-app name stands for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{lines, normalise};

pub(super) const SCRIPT_AGENTS: &str = include_str!("data/script_agents.txt");
pub(super) const TOOL_BUILDS: &str = include_str!("data/tool_device_builds.txt");
pub(super) const SERVICE_ACTORS: &str = include_str!("data/service_actors.txt");
pub(super) const LEGACY_PROTOCOLS: &str = include_str!("data/legacy_protocols.txt");

/// What kind of program was at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientClass {
    /// A web browser, or Outlook on the web in one.
    Browser,
    /// Outlook on a desktop.
    Outlook,
    /// A mail program on a phone or tablet, or ActiveSync.
    Mobile,
    /// A script library, test tool or headless browser; see [`is_script`].
    Script,
    /// PowerShell.
    PowerShell,
    /// A protocol or client that signs in with the password alone (IMAP, POP, SMTP, ROPC).
    Legacy,
    /// A service acting for somebody: REST and Graph front ends, assistants, transport.
    Service,
    /// Anything else, and nothing at all.
    Other,
}

impl ClientClass {
    /// The class's short name, as reports print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Outlook => "outlook",
            Self::Mobile => "mobile",
            Self::Script => "script",
            Self::PowerShell => "powershell",
            Self::Legacy => "legacy",
            Self::Service => "service",
            Self::Other => "other",
        }
    }
}

/// The class of a user agent (`Mozilla/5.0 …`), a `ClientInfoString` (`Client=OWA;Action=ViaProxy`) or a sign-in's
/// client app (`IMAP4`).
pub fn class(user_agent_or_client_info: &str) -> ClientClass {
    if is_legacy_protocol(user_agent_or_client_info) {
        return match normalise(user_agent_or_client_info).as_str() {
            "exchange activesync" => ClientClass::Mobile,
            "exchange online powershell" => ClientClass::PowerShell,
            _ => ClientClass::Legacy,
        };
    }
    if is_script(user_agent_or_client_info) {
        return ClientClass::Script;
    }
    let text = normalise(user_agent_or_client_info);
    MARKS
        .iter()
        .find(|(marks, _)| marks.iter().any(|mark| text.contains(mark)))
        .map_or(ClientClass::Other, |(_, class)| *class)
}

/// Whether the text names a script library, a test tool or a headless browser. Source: `data/script_agents.txt`.
pub fn is_script(text: &str) -> bool {
    let text = normalise(text);
    lines(SCRIPT_AGENTS).any(|agent| match agent.strip_prefix('=') {
        Some(whole) => text == whole,
        None => text.contains(agent),
    })
}

/// Whether a sign-in's client app is a legacy protocol. Source: `data/legacy_protocols.txt`.
pub fn is_legacy_protocol(client_app: &str) -> bool {
    LEGACY.contains(&normalise(client_app))
}

/// Whether a `ClientInfoString` is that of an assistant that Exchange runs over mailboxes by the clock, such as the one
/// that applies retention (`Client=TBA;Service=MSExchangeMailboxAssistants;Action=ELCAssistant;`). The server writes the
/// first part itself: what a program says of itself stands behind it.
pub fn is_assistant(client_info: &str) -> bool {
    client_info.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("client=tba;"))
}

/// Whether a device's Windows build is one that tools for stolen tokens claim. Source: `data/tool_device_builds.txt`.
pub fn is_tool_build(build: &str) -> bool {
    lines(TOOL_BUILDS).any(|known| known == build)
}

/// Whether an actor, in lower case, is the service itself. Source: `data/service_actors.txt`.
pub fn is_service_actor(actor: &str) -> bool {
    lines(SERVICE_ACTORS).any(|known| actor.starts_with(known))
}

static LEGACY: LazyLock<BTreeSet<String>> = LazyLock::new(|| lines(LEGACY_PROTOCOLS).map(normalise).collect());

/// What gives a client away, the more telling first: PowerShell calls itself Mozilla too, and Outlook names Windows.
const MARKS: [(&[&str], ClientClass); 8] = [
    (&["powershell", "exchangeonlinemanagement", "exo v3"], ClientClass::PowerShell),
    (
        &[
            "bav2ropc",
            "cbainprod",
            "cbaintar",
            "client=pop3",
            "client=imap4",
            "client=smtp",
            "protocol=imap4",
            "protocol=pop3",
        ],
        ClientClass::Legacy,
    ),
    (
        &[
            "outlook-ios",
            "outlook-android",
            "outlookmobile",
            "client=activesync",
            "client=outlookservice",
            "apple-iphone",
            "apple-ipad",
            "iosmail",
            "airsync",
        ],
        ClientClass::Mobile,
    ),
    (&["client=owa", "client=outlookweb", "client=ecp"], ClientClass::Browser),
    (
        &[
            "client=msexchangerpc",
            "client=mapi",
            "microsoft outlook",
            "outlook.exe",
            "microsoft office/",
            "macoutlook",
            "client=outlook",
        ],
        ClientClass::Outlook,
    ),
    (
        &[
            "client=rest",
            "client=webservices",
            "client=tba",
            "client=eba",
            "client=elc",
            "client=ti;",
            "client=hub transport",
            "client=management",
            "client=monitoring",
            "client=exchangeoutlookservice",
            "microsoft.exchange",
            "exchangeservicesclient",
        ],
        ClientClass::Service,
    ),
    (&["mozilla/", "opera/"], ClientClass::Browser),
    (&["edge ", "edg/", "chrome ", "firefox ", "safari ", "browser"], ClientClass::Browser),
];

#[cfg(test)]
mod tests {
    use super::{ClientClass, class, is_legacy_protocol, is_script};

    #[test]
    fn classes() {
        for (text, expected) in [
            ("Client=OWA;Action=ViaProxy", ClientClass::Browser),
            ("Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64);", ClientClass::Browser),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", ClientClass::Browser),
            ("Browser", ClientClass::Browser),
            ("Client=MSExchangeRPC", ClientClass::Outlook),
            ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.5197; Pro)", ClientClass::Outlook),
            ("Client=OutlookService;Outlook-iOS/2.0;", ClientClass::Mobile),
            ("Client=ActiveSync;UserAgent=Apple-iPhone12C1/1905.258;", ClientClass::Mobile),
            ("Exchange ActiveSync", ClientClass::Mobile),
            ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1", ClientClass::PowerShell),
            ("Exchange Online Powershell", ClientClass::PowerShell),
            ("python-requests/2.31.0", ClientClass::Script),
            ("axios/1.7.2", ClientClass::Script),
            ("node", ClientClass::Script),
            ("BAV2ROPC", ClientClass::Legacy),
            ("Authenticated SMTP", ClientClass::Legacy),
            ("IMAP4", ClientClass::Legacy),
            ("Client=POP3/IMAP4;Protocol=IMAP4", ClientClass::Legacy),
            ("Client=REST;Client=RESTSystem;;", ClientClass::Service),
            ("Client=REST;;", ClientClass::Service),
            ("Mobile Apps and Desktop clients", ClientClass::Other),
            ("", ClientClass::Other),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_and_their_innocent_twins() {
        assert!(is_script("Go-http-client/1.1"));
        assert!(is_script("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0"));
        assert!(is_script("Client=WebServices;python-requests/2.28;"));
        assert!(!is_script("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36"));
        assert!(!is_script("nodeBB mobile"));
        assert!(!is_script(""));
    }

    #[test]
    fn legacy_in_any_case() {
        for name in ["Authenticated SMTP", "imap4", "Exchange Online Powershell", "Other clients", "AutoDiscover"] {
            assert!(is_legacy_protocol(name), "{name}");
        }
        for name in ["Browser", "Mobile Apps and Desktop clients", ""] {
            assert!(!is_legacy_protocol(name), "{name}");
        }
    }
}
