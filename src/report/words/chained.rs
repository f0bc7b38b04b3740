//! The value of a detail that quotes another finding: in the report's language it is that finding's own sentence.

use std::borrow::Cow;

use super::{Lang, Word, fact_value, fill, told};
use crate::report::model::Report;

/// What stands before the link that a finding hangs on, in the words of the examination.
const CHAIN: &str = "weak by itself; strong in a chain with ";

/// The value of a detail, as [`fact_value`] tells it, with what is quoted of another finding in the language too.
pub fn detail_value<'t>(lang: Lang, report: &Report<'_>, name: &str, value: &'t str) -> Cow<'t, str> {
    let chained = (lang != Lang::En && name == "chain").then(|| chained(lang, report, value)).flatten();
    chained.map_or_else(|| fact_value(lang, name, value), Cow::Owned)
}

fn chained(lang: Lang, report: &Report<'_>, value: &str) -> Option<String> {
    let (link, time) = value.strip_prefix(CHAIN)?.rsplit_once(" at ")?;
    let mut headlines =
        crate::report::assessments(report).flat_map(|assessment| &assessment.findings).map(|finding| &finding.headline);
    let quoted = headlines.find(|headline| headline.en.as_evidence() == link);
    let link = quoted.map_or_else(|| told(lang, link), |headline| Cow::Borrowed(lang.headline(headline).as_evidence()));
    Some(fill(lang, Word::ChainWith, &[&link, time]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    #[test]
    fn what_a_finding_hangs_on_is_told_in_the_language() {
        let sample = Sample::hostile();
        let report = sample.report();
        let headline = &sample.examination.symptoms[2].findings[0].headline;
        let value = |link: &str| format!("{CHAIN}{link} at 2026-03-10T00:23:03Z");
        let ja = |value: &str| detail_value(Lang::Ja, &report, "chain", value).into_owned();
        let told = ja(&value(headline.en.as_evidence()));
        assert!(told.contains(headline.ja.as_evidence()) && told.contains("2026-03-10T00:23:03Z"), "{told}");
        assert!(!told.contains("weak by itself") && !told.contains(headline.en.as_evidence()), "{told}");
        let own = ja(&value("the attacker's sign-in"));
        assert!(own.contains("攻撃者のサインイン") && !own.contains("sign-in"), "{own}");
        let english = value("the attacker's sign-in");
        assert_eq!(detail_value(Lang::En, &report, "chain", &english), english);
        assert_eq!(fill(Lang::En, Word::ChainWith, &["a", "b"]), format!("{CHAIN}a at b"));
    }
}
