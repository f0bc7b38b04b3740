//! Takes the text, the links and the pictures out of HTML, without a browser: enough to judge a signature.

use crate::knowledge::domains;

/// The visible text: tags out, blocks parted by new lines, entities decoded.
pub fn plain_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        // A lone "<" is text.
        let Some((tag, after)) =
            tag.split_once('>').filter(|(tag, _)| tag.starts_with(|c: char| c.is_alphabetic() || "/!".contains(c)))
        else {
            text.push('<');
            rest = tag;
            continue;
        };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "br" | "p" | "div" | "tr" | "li" | "table" | "td" | "hr") {
            text.push('\n');
        }
        rest = match name.as_str() {
            "style" | "script" if !tag.starts_with('/') => after_end_of(after, &name),
            _ => after,
        };
    }
    text.push_str(rest);
    decode(&text)
}

/// What follows the closing tag; nothing where it never closes.
fn after_end_of<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, tail)) = rest.split_once("</") {
        let head: String = tail.chars().take(name.len()).collect();
        if head.eq_ignore_ascii_case(name) {
            return tail.split_once('>').map_or("", |(_, after)| after);
        }
        rest = tail;
    }
    ""
}

/// Decodes the entities that signatures have.
pub fn decode(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = tail
            .split_once(';')
            .filter(|(name, _)| name.chars().count() <= 8)
            .and_then(|(name, after)| Some((entity(name)?, after)));
        match entity {
            Some((c, after)) => {
                plain.push(c);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = tail;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "shy" => '\u{AD}',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        _ => return None,
    })
}

/// The hosts of the web addresses in HTML or text, lower-cased, in order, each once: behind `//`, of words that begin
/// with `www.`, and of links that leave out what stands in front of the host.
pub fn hosts(html: &str) -> Vec<String> {
    let text = decode(html).to_lowercase();
    let behind = text.split("//").skip(1).filter_map(authority);
    let words = text.split(is_end).filter(|word| word.starts_with("www.") && word.matches('.').count() >= 2);
    let links = links(&text).filter(|link| !link.contains([':', '@'])).filter(|link| ends_as_a_host(link));
    let mut found: Vec<String> = Vec::new();
    for host in behind.chain(words.chain(links).filter_map(authority)) {
        if !found.contains(&host) {
            found.push(host);
        }
    }
    found
}

/// The host at the beginning of a web address.
fn authority(address: &str) -> Option<String> {
    let authority = address.split(is_end).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    host.contains('.').then(|| host.to_owned())
}

/// Where a host is at its end.
fn is_end(c: char) -> bool {
    c.is_whitespace() || "/?#\"'<>()[]{},;|\\".contains(c)
}

/// Whether what a link without a scheme begins with is a host, and no page or file beside this one.
fn ends_as_a_host(link: &str) -> bool {
    let host = link.split(is_end).next().unwrap_or_default();
    host.rsplit_once('.').is_some_and(|(name, last)| !name.is_empty() && domains::is_top_level(last))
}

/// Where the links of HTML lead, as written.
fn links(html: &str) -> impl Iterator<Item = &str> {
    html.split("href").skip(1).filter_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = value.trim_start_matches(['"', '\'']);
        value.split(|c: char| quote.map_or(c.is_whitespace() || c == '>', |quote| c == quote)).next()
    })
}

/// The mail addresses to which the links of HTML write.
pub fn mail_links(html: &str) -> Vec<String> {
    let text = decode(html).to_lowercase();
    let targets = links(&text).filter_map(|link| link.trim().strip_prefix("mailto:"));
    targets.flat_map(|to| domains::addresses_in(&to.replace("%40", "@"))).collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, hosts, mail_links, plain_text};

    #[test]
    fn text_without_its_tags() {
        let html = "<style>p{a:b}</style><div>Dana&nbsp;Weiss<br><b>IB</b>AN: DE89 3704&#32;0044</div>1 < 2 &amp; 3";
        assert_eq!(
            plain_text(html).split_whitespace().collect::<Vec<_>>().join(" "),
            "Dana Weiss IBAN: DE89 3704 0044 1 < 2 & 3"
        );
    }

    #[test]
    fn entities() {
        assert_eq!(decode("R&amp;D &#xE4; &uuml; AT&T &unknown; &"), "R&D ä ü AT&T &unknown; &");
    }

    #[test]
    fn hosts_of_links_and_pictures() {
        let html = r#"<a href="https://Pay.Example:8443/x?y">pay</a><img src='http://u:p@img.example.org/a.png'> https://pay.example/2"#;
        assert_eq!(hosts(html), ["pay.example", "img.example.org"]);
        assert!(hosts("mailto:a@b.example // comment").is_empty());
        assert_eq!(hosts("Pay: www.pay.example/invoice. WWW.pay.example"), ["www.pay.example"]);
        assert_eq!(hosts("<a href=pay.example/x>p</a><a href='Bank.Example'>b</a>"), ["pay.example", "bank.example"]);
        assert!(hosts("Booking.com <a href=\"logo.png\">l</a><a href='#top'>t</a><a href=\"tel:+1\">c</a>").is_empty());
    }

    #[test]
    fn mail_links_lead_where_they_say() {
        let html =
            r#"<a href="mailto:Pay%40evil.example?subject=x@y.example">dana@fabrikam.example</a><a href=x.example>"#;
        assert_eq!(mail_links(html)[0], "pay@evil.example");
        assert!(mail_links("mailto:a@b.example").is_empty());
    }
}
