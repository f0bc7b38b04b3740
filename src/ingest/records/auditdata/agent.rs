//! The program's own name in what Exchange notes of a client: `Client=OWA;Mozilla/5.0 (…);`.

use std::borrow::Cow;

use memchr::memchr3_iter;

use crate::ingest::values::fields::text;
use crate::timeline::event::Text;

/// The user agent in a `ClientInfoString` or an `ActorInfoString`: what is said with `UserAgent=`, or stands there without
/// a name of its own and with a version. The service's own words for its front ends are none.
#[inline]
pub fn agent_of(info: Cow<'_, str>) -> Text<'_> {
    match info {
        Cow::Borrowed(info) => text(agent(info)?),
        Cow::Owned(info) => agent(&info).and_then(|agent| text(agent.to_owned())),
    }
}

fn agent(info: &str) -> Option<&str> {
    let mut rest = info.trim_start();
    while let Some((name, value)) = setting(rest) {
        if name.eq_ignore_ascii_case("UserAgent") {
            return until_end(value);
        }
        rest = behind(value)?;
    }
    until_end(rest).filter(|agent| agent.contains('/'))
}

/// `Name=value`: a program's own name has a slash or a blank before it has an equals sign.
fn setting(rest: &str) -> Option<(&str, &str)> {
    let end = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric())?;
    rest.get(end..)?.strip_prefix('=').map(|value| (rest.get(..end).unwrap_or_default(), value))
}

/// What stands behind the next semicolons and blanks.
fn behind(value: &str) -> Option<&str> {
    let end = memchr::memchr(b';', value.as_bytes())?;
    value.get(end..).map(|rest| rest.trim_start_matches([';', ' ']))
}

/// A name up to its end: a semicolon that does not stand in brackets, or the application that the service put behind it.
fn until_end(name: &str) -> Option<&str> {
    let mut depth = 0_u32;
    let end = memchr3_iter(b';', b'(', b')', name.as_bytes()).find(|at| match name.as_bytes().get(*at) {
        Some(b'(') => {
            depth += 1;
            false
        }
        Some(b')') => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    let name = end.and_then(|end| name.get(..end)).unwrap_or(name);
    let name = name.find("[AppId=").and_then(|end| name.get(..end)).unwrap_or(name).trim_end_matches([';', ' ']);
    // `[NoUserAgent]`, a path, nothing.
    name.starts_with(|first: char| first.is_alphanumeric()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_say_their_name() {
        for (info, name) in [
            (
                "Client=OWA;Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0;",
                Some("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0",
                Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0"),
            ),
            (
                "Client=REST;Client=RESTSystem;UserAgent=python-requests/2.31.0 [AppId=00000003-0000-0000-c000-000000000000]",
                Some("python-requests/2.31.0"),
            ),
            ("Client=WebServices;python-requests/2.25.1[AppId=1234];", Some("python-requests/2.25.1")),
            (
                "Client=WebServices;ExchangeServicesClient/15.00.0913.015;",
                Some("ExchangeServicesClient/15.00.0913.015"),
            ),
            (
                "Client=WebServices;Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro);",
                Some("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)"),
            ),
            (
                "Client=WebServices;MacOutlook/16.54 (Intelx64 Mac OS X Version 10.15.7 (Build 19H1519));",
                Some("MacOutlook/16.54 (Intelx64 Mac OS X Version 10.15.7 (Build 19H1519))"),
            ),
            (
                "Client=ActiveSync;UserAgent=Apple-iPhone12C1/2106.60;Action=/Microsoft-Server-ActiveSync/Proxy/default.eas?User=a&DeviceId=b",
                Some("Apple-iPhone12C1/2106.60"),
            ),
            ("Client=OutlookService;Outlook-iOS/2.0;", Some("Outlook-iOS/2.0")),
            ("Client=REST;Client=RESTSystem;UserAgent=axios;", Some("axios")),
            // The end of it is missing.
            ("Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64;", Some("Mozilla/5.0 (Windows NT 10.0; Win64")),
        ] {
            assert_eq!(agent(info), name, "{info}");
        }
    }

    #[test]
    fn the_services_own_words_are_no_program() {
        for info in [
            "Client=OWA;Action=ViaProxy",
            "Client=OWA;Action=/owa/service.svc?a=b/1",
            "Client=REST;;",
            "Client=REST;Client=RESTSystem;;",
            "Client=REST;Client=RESTSystem;UserAgent=[NoUserAgent][AppId=9d6d4c70-b22a-34c7-ea72-d73d00000000];",
            "Client=REST;Client=RESTSystem;UserAgent=;",
            "Client=MSExchangeRPC",
            "Client=Microsoft.Exchange.Mapi; Microsoft.Exchange.RpcClientAccess",
            "Client=WebServices;ExchangeWebServices",
            "Client=WebServices;",
            "Client=POP3/IMAP4;Protocol=IMAP4",
            "Client=TBA;Service=MSExchangeMailboxAssistants;Action=ELCAssistant;",
            "Client=Hub Transport",
            "Client=Management",
            "Client=Monitoring;/path/of/a/probe",
            "",
        ] {
            assert_eq!(agent(info), None, "{info}");
        }
    }
}
