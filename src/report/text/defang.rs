//! Takes the teeth out of what people could follow by accident: addresses, links, mail addresses and host names.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Evidence, html};
use crate::knowledge::domains;

/// Whether addresses and links keep their teeth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Teeth {
    /// `evil[.]example`: nothing can be followed by accident.
    #[default]
    Drawn,
    /// As in the evidence, for copying into other tools.
    Kept,
}

/// [`html`] of the [`defang_except`]ed text, unless it keeps its teeth: for everything that may hold an address, a link
/// or a mail address.
pub fn html_defanged<T: Evidence + ?Sized>(text: &T, teeth: Teeth, own_domains: &[&str]) -> String {
    match teeth {
        Teeth::Drawn => html(&defang_except(text.text(), own_domains)),
        Teeth::Kept => html(text),
    }
}

/// Takes the teeth out of addresses, links and mail addresses: `evil[.]example`, `hxxps`, `203[.]0[.]113[.]7`.
pub fn defang(text: &str) -> String {
    defang_except(text, &[])
}

/// [`defang`], but mail addresses and hosts of the organization's own domains stay as they are.
pub fn defang_except(text: &str, own_domains: &[&str]) -> String {
    let part_of_token = |c: char| c.is_ascii_graphic() && !",;<>()\"'|[]{}".contains(c);
    let mut out = String::with_capacity(text.len() + 16);
    let mut token = String::new();
    for c in text.chars() {
        if part_of_token(c) {
            token.push(c);
            continue;
        }
        push_defanged(&mut out, &token, own_domains);
        token.clear();
        out.push(c);
    }
    push_defanged(&mut out, &token, own_domains);
    out
}

fn push_defanged(out: &mut String, token: &str, own_domains: &[&str]) {
    let core = token.trim_end_matches(['.', ':', '!', '?']);
    let end = token.strip_prefix(core).unwrap_or_default();
    if let Some((before, rest)) = core.split_once("://") {
        let (host, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let scheme = before.to_ascii_lowercase().replace("http", "hxxp").replace("ftp", "fxp");
        let separator = if scheme == before.to_ascii_lowercase() { "[://]" } else { "://" };
        let _ = write!(out, "{scheme}{separator}{}{path}", bracket(&host.replace('@', "[@]"), '.'));
    } else if let Some((local, domain)) = core.rsplit_once('@') {
        if own(domain, own_domains) || !domain.contains('.') {
            out.push_str(core);
        } else {
            let _ = write!(out, "{local}[@]{}", bracket(domain, '.'));
        }
    } else if is_v4(core) {
        out.push_str(&bracket(core, '.'));
    } else if is_v6(core) {
        out.push_str(&bracket(core, ':'));
    } else if is_host(core) && !own(core, own_domains) {
        out.push_str(&bracket(core, '.'));
    } else {
        out.push_str(core);
    }
    out.push_str(end);
}

fn bracket(text: &str, tooth: char) -> String {
    text.replace(tooth, &format!("[{tooth}]"))
}

fn is_v4(token: &str) -> bool {
    let address = token.split(['/', ':']).next().unwrap_or_default();
    address.parse::<Ipv4Addr>().is_ok()
}

fn is_v6(token: &str) -> bool {
    let address = token.split(['/', '%']).next().unwrap_or_default();
    address.parse::<Ipv6Addr>().is_ok()
}

/// Whether a bare word looks like a host name: labels with dots, the last one a top-level domain that nobody would take
/// for a file ending. The name of an account (`alice.mori`) is none.
fn is_host(token: &str) -> bool {
    const FILE_ENDINGS: [&str; 17] = [
        "csv", "json", "jsonl", "ndjson", "pdf", "doc", "docx", "xls", "xlsx", "xml", "txt", "htm", "html", "eml",
        "msg", "log", "exe",
    ];
    let Some((front, last)) = token.rsplit_once('.') else { return false };
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    front.split('.').all(label)
        && (domains::is_top_level(last) || last.to_ascii_lowercase().starts_with("xn--"))
        && !is_camel_case(last)
        && !FILE_ENDINGS.contains(&last.to_ascii_lowercase().as_str())
}

/// `PhoneNumber`: the name of a property, not of a domain.
fn is_camel_case(label: &str) -> bool {
    label.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

fn own(domain: &str, own_domains: &[&str]) -> bool {
    let domain = domain.to_ascii_lowercase();
    own_domains.iter().any(|own| {
        let own = own.to_ascii_lowercase();
        domain == own || domain.strip_suffix(&own).is_some_and(|front| front.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_properties_are_no_hosts() {
        assert_eq!(
            defang("StrongAuthenticationUserDetails.PhoneNumber"),
            "StrongAuthenticationUserDetails.PhoneNumber"
        );
        assert_eq!(defang("Evil.EXAMPLE Evil.Example"), "Evil[.]EXAMPLE Evil[.]Example");
    }

    #[test]
    fn names_of_accounts_are_no_hosts() {
        for name in ["alice.mori", "accounts.payable", "j.doe", "CONTOSO\\alice.mori", "v1.2.3", "e.g.", "Invoice.pdf"]
        {
            assert_eq!(defang(name), name);
        }
        for (host, drawn) in [
            ("evil.co.uk", "evil[.]co[.]uk"),
            ("login.local", "login[.]local"),
            ("xn--e1awd7f.xn--p1ai", "xn--e1awd7f[.]xn--p1ai"),
            ("MAIL.EVIL.COM.", "MAIL[.]EVIL[.]COM."),
        ] {
            assert_eq!(defang(host), drawn);
        }
    }

    #[test]
    fn defang_takes_the_teeth_out() {
        assert_eq!(defang("203.0.113.7"), "203[.]0[.]113[.]7");
        assert_eq!(defang("from 203.0.113.7:443, 2001:db8::1."), "from 203[.]0[.]113[.]7:443, 2001[:]db8[:][:]1.");
        assert_eq!(defang("https://evil.example/a.b?c=d.e"), "hxxps://evil[.]example/a.b?c=d.e");
        assert_eq!(defang("HTTP://u@evil.example"), "hxxp://u[@]evil[.]example");
        assert_eq!(defang("ws://evil.example"), "ws[://]evil[.]example");
        assert_eq!(defang("smtp:Mallory@evil.example"), "smtp:Mallory[@]evil[.]example");
        assert_eq!(defang("evil.exampleへ転送、203.0.113.0/24から"), "evil[.]exampleへ転送、203[.]0[.]113[.]0/24から");
        assert_eq!(defang("Update user. v1.2 invoice.pdf 00:23:03"), "Update user. v1.2 invoice.pdf 00:23:03");
    }

    #[test]
    fn defang_leaves_the_organization_readable() {
        let own = ["contoso.example"];
        assert_eq!(defang_except("alice@contoso.example", &own), "alice@contoso.example");
        assert_eq!(defang_except("a@mail.CONTOSO.example", &own), "a@mail.CONTOSO.example");
        assert_eq!(defang_except("a@evilcontoso.example", &own), "a[@]evilcontoso[.]example");
        assert_eq!(defang_except("https://contoso.example/x", &own), "hxxps://contoso[.]example/x");
    }
}
