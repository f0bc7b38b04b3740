//! What a triage's report says itself, in English and Japanese.

use crate::report::words::{Lang, filled};
use crate::tenant::Level;

macro_rules! says {
    ($($word:ident => $en:literal, $ja:literal;)+) => {
        /// Every fixed word and sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Say { $($word),+ }

        impl Say {
            /// All of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$word),+];

            /// In a language.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$word, Lang::En) => $en, (Self::$word, Lang::Ja) => $ja),+ }
            }
        }
    };
}

says! {
    Title => "Triage of all accounts", "全アカウントのトリアージ";
    Skip => "Skip to the ranking", "順位表へ移動";
    Contents => "Contents", "目次";
    Answer => "Answer", "結論";
    Ranking => "Ranking", "順位表";
    Heat => "Accounts and symptoms", "アカウントと兆候";
    Clusters => "Accounts reached from the same addresses", "同じアドレスから侵入されたアカウント群";
    Common => "Done to the whole organisation", "組織全体に対する操作";
    CommonNone => "Nothing of the kind was found.", "該当する検出はない。";
    Found => "What was found", "検出された内容";
    ToldOf => "Told in the examination of", "記載のある調査対象";
    When => "Time", "時刻";
    Addresses => "Attacker addresses", "攻撃者のアドレス";
    Evidence => "Evidence", "証拠";
    Method => "Method", "方法";
    Window => "Window", "対象期間";
    Case => "Case", "案件";
    Examiner => "Examiner", "調査担当者";
    NotGiven => "not given", "指定なし";
    Tool => "Tool", "ツール";
    Rank => "#", "#";
    Account => "Account", "アカウント";
    Strong => "Strong", "強い";
    Weak => "Weak", "弱い";
    Score => "Highest score", "最高スコア";
    First => "First suspicious", "最初の疑わしい時刻";
    Last => "Last suspicious", "最後の疑わしい時刻";
    Shared => "Shared attacker addresses", "共通する攻撃者アドレス";
    Span => "First and last suspicious", "疑わしい時刻 (最初・最後)";
    Leads => "Strongest findings", "主な検出事項";
    Address => "Address", "アドレス";
    InSetOf => "In the attacker set of", "攻撃者と判定されたアカウント";
    SeenWith => "Events from it also with", "このアドレスのイベントがある他のアカウント";
    Number => "#", "#";
    Accounts => "Accounts", "アカウント";
    LevelLinked => "strong, linked to an attacker", "強い兆候、攻撃者に結び付く";
    LevelStrong => "strong", "強い兆候";
    LevelWeak => "weak", "弱い兆候";
    LevelNothing => "nothing found", "検出なし";
    AnswerLinked => "Strong signs of a takeover that are linked to an attacker: {0} of {1 account|accounts}.", "{1} 件中 {0} 件のアカウントに、攻撃者に結び付く強い侵害の兆候がある。";
    AnswerStrong => "Strong signs without such a link: {0 more account|more accounts}.", "ほかに {0} 件に、結び付きのない強い兆候がある。";
    AnswerWeak => "Weak signs only: {0 account|accounts}.", "{0} 件には弱い兆候だけがある。";
    AnswerNothing => "Of {0 account|accounts} nothing strong or weak was found, as far as the evidence could show it: see {1}.", "{0} 件では、証拠が示し得る範囲で、強い・弱い検出はなかった。その範囲は、{1} が示す。";
    SeePage => "\"cannot tell\" (?) in the table of accounts and symptoms of report.html", "report.html のアカウントと兆候の表の「判定不能」(?)";
    SeeTable => "cannot_tell in triage.csv", "triage.csv の cannot_tell";
    SeeAnd => ", and ", " と、";
    SeeJson => "the verdicts not_assessable in triage.json", "triage.json の判定 not_assessable";
    AnswerUnknown => "Of {0 account|accounts} nothing can be said: none of the ten symptoms could be assessed.", "{0} 件については何も言えない。10 の兆候のいずれも判定できなかった。";
    AnswerUnknownName => "Of {0 account|accounts} nothing can be said: none of the ten symptoms could be assessed (is the name spelt as in the exports, and the window the right one?).", "{0} 件については何も言えない。10 の兆候のいずれも判定できなかった (名前がエクスポートと同じ綴りか、期間が正しいか確認すること)。";
    Missing => "Most symptoms of {0 account|accounts} lack {1}", "{0} 件のアカウントで、多くの兆候の判定に足りないもの: {1}";
    AnswerCommon => "Strong and weak findings about what somebody else did to the whole organisation: {0}. They are told once, below, and flag no account; who did it deserves an examination.", "他の人物が組織全体に対して行った操作についての強い・弱い検出事項: {0} 件。下に 1 回だけ示し、どのアカウントの印にもしていない。操作した人物を個別に調べる必要がある。";
    AnswerForeign => "Names of other organisations and guests in the evidence, not examined: {0}; triage.json has them, and why.", "証拠に現れる他組織・ゲストの名前 {0} 件は調査していない。名前と理由は triage.json に示す。";
    AnswerLost => "Evidence was lost or is doubtful: see the books of the case before relying on what was not found.", "失われた、または疑わしい証拠がある。検出されなかったことに依拠する前に、証拠の台帳を確認すること。";
    NoneFlagged => "No account has a strong or weak finding.", "強い・弱い検出事項のあるアカウントはない。";
    NoClusters => "No attacker address is shared by two accounts.", "複数のアカウントに共通する攻撃者アドレスはない。";
    NoAddresses => "No attacker address is known.", "攻撃者のアドレスは判明していない。";
    More => "{0} more in triage.json and triage.csv", "ほか {0} 件は triage.json と triage.csv にある";
    MoreJson => "{0} more in triage.json", "ほか {0} 件は triage.json にある";
    Cluster => "{0 account|accounts} from {1}", "{0} 件のアカウント、接続元 {1}";
    Books => "{0 file|files}: {1 record|records} = {2 event|events} + {3 state|states} + {4 duplicate|duplicates} + {5} rejected ({6} salvaged)", "ファイル {0} 件: レコード {1} = イベント {2} + 状態行 {3} + 重複 {4} + 読み取り不可 {5} (復元 {6})";
    MethodText => "Every account of the tenant was examined as \"analyze --user\" examines it, with the same evidence and window; accounts.jsonl has each answer whole. Ranked by: level, symptoms with a strong verdict, strong findings linked to an attacker, the highest score of a finding, symptoms with a weak verdict, first suspicious time. A ranking says where to look first. It is no finding against anybody.", "テナントの各アカウントを、同じ証拠と期間で「analyze --user」と同じ方法で調べた。すべての回答は accounts.jsonl にある。順位の基準: 段階、強い判定の兆候の数、攻撃者に結び付く強い検出事項の数、検出事項の最高スコア、弱い判定の兆候の数、最初の疑わしい時刻。順位はどこから調べるかを示すもので、誰かに対する断定ではない。";
    MethodSets => "An address is the attacker's for an account by that account's own records. Where many accounts share one, it may be a proxy or a VPN that others use innocently.", "アドレスが攻撃者のものかどうかは、各アカウント自身の記録から判定している。多くのアカウントに共通するアドレスは、第三者も正当に使うプロキシや VPN の可能性がある。";
    Defanged => "Addresses and links are written so that they cannot be clicked.", "アドレスとリンクはクリックできない形で表記している。";
    NotDefanged => "Addresses and links stand as in the evidence (--no-defang): do not follow them.", "アドレスとリンクは証拠にあるままの表記である (--no-defang)。開かないこと。";
    Numbers => "strong findings: {0}, weak: {1}; highest score: {2}; symptoms that cannot be told: {3} of 10", "強い検出事項 {0} 件、弱い検出事項 {1} 件、最高スコア {2}、判定不能の兆候 10 件中 {3} 件";
    EnteredFrom => "somebody got in from the addresses of another account's attacker: {0}", "別のアカウントの攻撃者のアドレスから侵入されている: {0}";
    Suspicious => "suspicious from {0} to {1}", "疑わしい期間: {0} から {1} まで";
    SuspiciousAt => "suspicious at {0}", "疑わしい時刻: {0}";
    Legend => "■ strong · ▲ weak · ○ explained · ✓ not seen · ? cannot tell; the number counts the strong findings (the weak ones where there are no others), behind + the weak ones beside them; what somebody else did to the whole organisation is in it, though it flags no account", "■ 強い · ▲ 弱い · ○ 説明がつく · ✓ 見られない · ? 判定不能。数字は強い検出事項の数 (なければ弱い検出事項の数)、+ の後は併せてある弱い検出事項の数。第三者が組織全体に対して行ったことも含むが、アカウントへの疑いとはしない";
}

/// The level in words.
pub fn level(lang: Lang, level: Level) -> &'static str {
    let say = match level {
        Level::Linked => Say::LevelLinked,
        Level::Strong => Say::LevelStrong,
        Level::Weak => Say::LevelWeak,
        Level::Nothing => Say::LevelNothing,
    };
    say.text(lang)
}

/// A sentence with its places filled, as [`filled`] does it.
pub fn fill(lang: Lang, say: Say, values: &[String]) -> String {
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    filled(say.text(lang), &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_is_told_in_both_languages() {
        for say in Say::ALL.iter().filter(|say| say.text(Lang::En) != "#") {
            let (english, japanese) = (say.text(Lang::En), say.text(Lang::Ja));
            assert!(
                !english.contains(['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}']),
                "{say:?} has quotes that not every terminal has"
            );
            assert!(!japanese.is_ascii(), "{say:?} is not translated");
            let places = |text: &str| {
                let begins = |place: &usize| ["}", " "].iter().any(|end| text.contains(&format!("{{{place}{end}")));
                (0..9).filter(begins).collect::<Vec<_>>()
            };
            assert_eq!(places(english), places(japanese), "{say:?}");
        }
    }
}
