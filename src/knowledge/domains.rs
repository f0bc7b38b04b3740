//! Finds mail addresses inside a value, and says what their domains are: free mail, or a look-alike of another.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::lines;
use super::normalise::visible;

pub(super) const SECURITY_DESKS: &str = include_str!("data/security_desks.txt");
pub(super) const FREEMAIL: &str = include_str!("data/freemail.txt");
pub(super) const TOP_LEVEL: &str = include_str!("data/top_level_domains.txt");

/// Whether a host name may end in this label (ASCII, any case). Source: `data/top_level_domains.txt`.
pub fn is_top_level(label: &str) -> bool {
    TOP.contains(label.to_ascii_lowercase().as_str())
}

pub(super) const AUTOMATIC_SENDERS: &str = include_str!("data/automatic_senders.txt");

/// Whether a program writes from this address (`news@…`, `no-reply@…`). Source: `data/automatic_senders.txt`.
pub fn is_automatic_sender(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let joined: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut words = local.split(|c: char| !c.is_alphanumeric());
    address.contains('@')
        && (AUTOMATIC.contains(joined.as_str())
            || words.any(|word| AUTOMATIC.contains(word))
            || joined.contains("noreply"))
}

/// Whether anybody may open an account under this domain. Source: `data/freemail.txt`.
pub fn is_freemail(domain: &str) -> bool {
    let domain = domain.trim().trim_end_matches('.').to_lowercase();
    FREE.contains(domain.as_str())
}

/// Whether a domain is this one of the organisation's own, lies below it, or is the routing domain that Exchange keeps
/// beside it in a hybrid organisation (`x.mail.onmicrosoft.com` beside `x.onmicrosoft.com`).
pub fn is_of(domain: &str, own: &str) -> bool {
    let below = domain.strip_suffix(own).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    let routing = |initial: &&str| {
        let tenant = own.strip_suffix(*initial).and_then(|head| head.strip_suffix('.'));
        let routed = domain.strip_suffix(*initial).and_then(|head| head.strip_suffix(".mail."));
        tenant.is_some() && tenant == routed
    };
    below || INITIAL.iter().any(routing)
}

/// Below which domains every organisation gets its first one: in Microsoft's cloud for all, and in those of the United
/// States' government, of China and, formerly, of Germany.
const INITIAL: [&str; 4] = ["onmicrosoft.com", "onmicrosoft.us", "partner.onmschina.cn", "onmicrosoft.de"];

/// Whether a domain is the one that an organisation got from Microsoft with its directory.
pub fn is_initial(domain: &str) -> bool {
    let domain = domain.trim().trim_end_matches('.').to_lowercase();
    let below =
        |initial: &&str| domain.strip_suffix(*initial).is_some_and(|head| head.len() > 1 && head.ends_with('.'));
    INITIAL.iter().any(below)
}

/// The domain, lower-cased, of the first address in a value: plain, `smtp:x@y`, `"Name" [SMTP:x@y]`, `<x@y>`. For a
/// guest (`user_contoso.com#EXT#@tenant.onmicrosoft.com`) it is the guest's home domain.
pub fn domain_of(address: &str) -> Option<String> {
    let first = addresses_in(address).into_iter().next()?;
    first.rsplit_once('@').map(|(_, domain)| domain.to_owned())
}

/// Every mail address in a value, lower-cased, in text order, each once; guests as their home address. An Exchange
/// distinguished name (`[EX:/o=…]`) holds none.
pub fn addresses_in(text: &str) -> Vec<String> {
    let chars: Vec<char> = visible(text).to_lowercase().chars().collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for at in (0..chars.len()).filter(|i| chars.get(*i) == Some(&'@')) {
        let local = chars.iter().take(at).rev().take_while(|c| in_local(**c));
        let local: String = local.collect::<Vec<_>>().into_iter().rev().collect();
        let domain: String = chars.iter().skip(at + 1).take_while(|c| in_domain(**c)).collect();
        if let Some(address) = address(local.trim_matches(['.', '\'']), &domain)
            && seen.insert(address.clone())
        {
            found.push(address);
        }
    }
    found
}

/// Whether two domains differ by one or two characters (inserted, dropped, changed or swapped neighbours), so that
/// one may pass for the other. Equal domains, two free-mail domains, hosts of one parent domain and first labels under
/// four characters do not count: `ibm.com` and `abm.com` are simply two companies.
pub fn looks_like(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|domain| visible(domain).to_lowercase());
    let [a, b] = [&a, &b].map(|domain| domain.trim_end_matches('.'));
    if [a, b].into_iter().any(|domain| domain.len() > LONGEST_DOMAIN) {
        return false;
    }
    let [first_a, first_b] = [a, b].map(|domain| domain.split_once('.').unwrap_or((domain, "")));
    let too_short = [first_a, first_b].into_iter().any(|(label, _)| label.chars().count() < 4);
    if too_short || (is_freemail(a) && is_freemail(b)) || is_own_domain(first_a.1, first_b.1) {
        return false;
    }
    // One name in two countries is a sister company's as a rule, and `.fr` is not read as `.de`.
    let countries = [first_a.1, first_b.1].into_iter().all(|suffix| suffix.len() == 2);
    if first_a.0 == first_b.0 && countries && distance(first_a.1, first_b.1) == 2 {
        return false;
    }
    (1..=2).contains(&distance(a, b)) && !are_numbered(a, b)
}

/// Whether two names differ in their numbers alone (`branch12`, `branch47`): whoever numbers names has many, and a number
/// is read as one. A digit in a letter's place is another matter.
fn are_numbered(a: &str, b: &str) -> bool {
    let without = |name: &str| {
        name.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let has_number = |name: &str| name.contains(|c: char| c.is_ascii_digit());
    has_number(a) && has_number(b) && without(a) == without(b)
}

/// Whether two domains are one name under two public suffixes (`contoso.com`, `contoso.co`).
pub fn is_other_suffix(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|domain| visible(domain).to_lowercase());
    let [a, b] = [&a, &b].map(|domain| domain.trim_end_matches('.').split_once('.'));
    a.zip(b).is_some_and(|(a, b)| a.0 == b.0 && a.1 != b.1)
}

/// Longer text is no domain (RFC 1035), and comparing it would cost memory by its square; in bytes.
const LONGEST_DOMAIN: usize = 255;

/// Whether two hosts share a parent that somebody owns (`contoso.com`), not only a public suffix (`co.uk`, `ne.jp`).
fn is_own_domain(parent_a: &str, parent_b: &str) -> bool {
    let owned = parent_a.split_once('.').is_some_and(|(label, _)| label.chars().count() > 3);
    parent_a == parent_b && owned
}

static AUTOMATIC: LazyLock<BTreeSet<&str>> = LazyLock::new(|| lines(AUTOMATIC_SENDERS).collect());
static TOP: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| lines(TOP_LEVEL).flat_map(|line| line.split(' ')).collect());
static FREE: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| lines(FREEMAIL).collect());

fn in_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn in_domain(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '.'
}

/// The address of a local part and a domain as cut from the text, or `None` where they make none.
fn address(local: &str, domain: &str) -> Option<String> {
    let domain = domain.trim_matches(['.', '-']);
    let labels_are_whole = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    if local.is_empty() || !labels_are_whole {
        return None;
    }
    let (local, domain) = guest_home(local).unwrap_or((local, domain));
    Some(format!("{local}@{domain}"))
}

/// Who a guest is at home, by the name a tenant gave him (`user_contoso.com#EXT#@tenant.onmicrosoft.com`), whatever its
/// case: newer sign-in logs have it in lower case.
pub fn guest_home(name: &str) -> Option<(&str, &str)> {
    const MARK: &str = "#EXT#";
    let is_mark = |at: &usize| name.get(*at..*at + MARK.len()).is_some_and(|mark| mark.eq_ignore_ascii_case(MARK));
    let at = name.match_indices('#').map(|(at, _)| at).find(is_mark)?;
    let (user, domain) = name.get(..at)?.rsplit_once('_')?;
    (!user.is_empty() && domain.contains('.')).then_some((user, domain))
}

/// The edit distance with swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > 2 {
        return a.len().abs_diff(b.len());
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// Whether an address, in lower case, is a desk to which suspicious mail is forwarded; its name alone says nothing
/// about whose it is. `Some(true)` is Microsoft's own. Source: `data/security_desks.txt`.
pub fn security_desk(address: &str) -> Option<bool> {
    if lines(SECURITY_DESKS).any(|desk| desk == address) {
        return Some(true);
    }
    let (local, _) = address.split_once('@')?;
    let is = |part: &str| {
        lines(SECURITY_DESKS).any(|desk| match desk.strip_suffix('*') {
            Some(start) => part.starts_with(start),
            None => part == desk,
        })
    };
    local.split(['-', '_', '.']).any(is).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::{addresses_in, domain_of, guest_home, is_automatic_sender, is_freemail, is_other_suffix, looks_like};

    #[test]
    fn spellings_of_an_address() {
        for (text, expected) in [
            ("smtp:Ex@Example.NET", "ex@example.net"),
            ("\"Mallory\" [SMTP:m@example.net]", "m@example.net"),
            ("Mallory <m.o'brien@example.net>", "m.o'brien@example.net"),
            ("plain@example.net", "plain@example.net"),
            ("user_contoso.com#EXT#@tenant.onmicrosoft.com", "user@contoso.com"),
            ("first_last_contoso.com#EXT#@tenant.onmicrosoft.com", "first_last@contoso.com"),
            ("'quoted@example.net'", "quoted@example.net"),
            ("mailto:x@example.net.", "x@example.net"),
            ("ｘ＠ｅｘａｍｐｌｅ．ｎｅｔ", "x@example.net"),
            ("請求@例え.example", "請求@例え.example"),
        ] {
            assert_eq!(addresses_in(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_guest_is_known_at_home_in_any_case() {
        for name in
            ["Bob_Fabrikam.example#EXT#@t.onmicrosoft.com", "Bob_Fabrikam.example#ext#", "Bob_Fabrikam.example#Ext#@t"]
        {
            assert_eq!(guest_home(name), Some(("Bob", "Fabrikam.example")), "{name}");
        }
        for name in [
            "bob_fabrikam.example@t.example",
            "bob#EXT#@t",
            "bob_fabrikam#EXT#@t",
            "_x.example#EXT#@t",
            "a#é#b_x.y#EXT",
            "",
        ] {
            assert_eq!(guest_home(name), None, "{name}");
        }
    }

    #[test]
    fn lists_and_things_that_are_no_address() {
        assert_eq!(
            addresses_in("a@example.net;\"B\" [SMTP:b@example.org], A@EXAMPLE.NET"),
            ["a@example.net", "b@example.org"]
        );
        for text in ["", "@", "a@", "@b.example", "a@localhost", "\"Name\" [EX:/o=ExchangeLabs/cn=abc]", "Alice"] {
            assert!(addresses_in(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn domains() {
        assert_eq!(domain_of("SMTP:a@Sub.Example.org").as_deref(), Some("sub.example.org"));
        assert_eq!(domain_of("a_contoso.com#EXT#@t.onmicrosoft.com").as_deref(), Some("contoso.com"));
        assert_eq!(domain_of("nobody"), None);
        for sender in ["news@vendor.example", "no-reply@vendor.example", "shop.newsletter@x.example"] {
            assert!(is_automatic_sender(sender), "{sender}");
        }
        assert!(!is_automatic_sender("cfo@partner.example") && !is_automatic_sender("newsome@partner.example"));
        assert!(is_freemail("GMAIL.com") && is_freemail("yahoo.co.jp"));
        assert!(!is_freemail("contoso.example") && !is_freemail("notgmail.com"));
    }

    #[test]
    fn look_alikes() {
        assert!(looks_like("contoso.example", "cont0so.example"));
        assert!(looks_like("contoso.example", "contsoo.example"));
        assert!(looks_like("contoso.com", "contoso.co"));
        assert!(looks_like("contoso.com", "contosso.com"));
        assert!(!looks_like("contoso.com", "CONTOSO.com"));
        assert!(!looks_like("contoso.com", "fabrikam.com"));
        assert!(!looks_like("ibm.com", "abm.com"));
        assert!(!looks_like("gmail.com", "ymail.com"));
        assert!(!looks_like(&"a".repeat(100_000), &"a".repeat(100_001)));
        assert!(!looks_like("mail1.contoso.com", "mail2.contoso.com"));
        assert!(looks_like("contoso.co.uk", "contos0.co.uk"));
        // A sister company in another country, and what is read as the same country.
        assert!(!looks_like("contoso.de", "contoso.fr"));
        assert!(looks_like("contoso.ch", "contoso.cn"));
        // Two of many that are numbered; a digit in a letter's place, or behind a name that had none.
        assert!(!looks_like("branch126.example", "branch100.example"));
        assert!(looks_like("c0ntoso.example", "contoso.example") && looks_like("contoso1.example", "contoso.example"));
        assert!(is_other_suffix("contoso.com", "Contoso.co") && !is_other_suffix("contoso.com", "cont0so.com"));
    }
}
