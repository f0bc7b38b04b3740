//! Details that are lists: what a rule does, which method was added, what a code means. The parts of such a list that
//! are evidence stay as they are; each detail has words of its own, so that no other detail's evidence is translated.

use super::{Phrase, coverage, details, errors};

/// Details, and the books their parts are looked up in. The parts are joined by `; ` or `, `.
pub(super) const LISTS: [(&[&str], &[&[Phrase]]); 11] = [
    (&["rule actions"], &[ACTIONS]),
    (&["kind"], &[KINDS]),
    (&["added", "changed", "removed"], &[MEANS]),
    (&["marks"], &[MARKS]),
    (&["codes", "error codes", "outcomes"], &[CODES, errors::PHRASES]),
    (&["risk"], &[RISKS]),
    (&["mailing", "what"], &[MEANS, details::PHRASES, coverage::PHRASES]),
    (&["changed between", "stood until", "time between"], &[TIMES, details::PHRASES]),
    (&["folders taken whole", "speed"], &[COUNTS]),
    (&["what is the same"], &[SAME]),
    (&["more severe because"], &[RAISED]),
];

/// `Action::as_str` of the rules. The Japanese is that of their headlines.
const ACTIONS: &[Phrase] = &[
    ("forward to {}", "{0} に転送"),
    ("forward as attachment to {}", "{0} に添付ファイルとして転送"),
    ("redirect to {}", "{0} にリダイレクト"),
    ("move to {}", "フォルダー {0} に移動"),
    ("copy to {}", "フォルダー {0} にコピー"),
    ("text message to {}", "{0} に SMS を送信"),
    ("forward to", "転送"),
    ("forward as attachment to", "添付ファイルとして転送"),
    ("redirect to", "リダイレクト"),
    ("move to", "フォルダーに移動"),
    ("copy to", "フォルダーにコピー"),
    ("text message to", "SMS を送信"),
    ("delete", "削除"),
    ("mark as read", "開封済みにする"),
    ("stop processing more rules", "仕分けルールの処理を中止"),
    ("reply", "返信"),
    ("flag or categorise", "フラグまたは分類"),
];

/// Why a finding is more severe than others of its kind.
const RAISED: &[Phrase] = &[
    ("the account holds the role {}", "アカウントが役割 {0} を持つ"),
    ("the account acts as an administrator", "アカウントが管理者として操作している"),
    ("others were hit by the same", "他のアカウントも同じ被害を受けている"),
];

/// `Kind::as_str` of the profile's properties.
const KINDS: &[Phrase] = &[
    ("contact data for recovery", "回復に使われる連絡先"),
    ("identity", "ID"),
    ("name", "名前"),
    ("address or office", "住所または事業所"),
    ("work", "職務"),
    ("language or time zone", "言語またはタイム ゾーン"),
    ("picture", "写真"),
];

/// Means of sign-in.
const MEANS: &[Phrase] = &[
    ("{}: (lost in the export)", "{0}: (エクスポートで失われた値)"),
    ("application password", "アプリ パスワード"),
    ("authenticator {}", "認証アプリ {0}"),
    ("sign-in method of type {}", "種類 {0} のサインイン方法"),
    ("security key", "セキュリティ キー"),
    ("Windows Hello key", "Windows Hello のキー"),
    ("device key {}", "デバイス キー {0}"),
    ("multifactor requirement", "多要素認証の要求"),
    ("multifactor authentication switched off", "多要素認証の無効化"),
    ("removed: {}", "削除: {0}"),
];

/// Marks of a page in between.
const MARKS: &[Phrase] = &[
    (
        "portal or mail from a hosting network without a device id",
        "ホスティング ネットワークからのポータルまたはメール (デバイス ID なし)",
    ),
    ("the service says: attacker in the middle", "サービスの判定: 中間者攻撃"),
    (
        "the service said: attacker in the middle, and the risk was dismissed since",
        "サービスの判定は中間者攻撃だったが、そのリスクは後に無視 (却下) された",
    ),
    ("OfficeHome opened by a script", "スクリプトが OfficeHome を開いた"),
    ("two sign-ins from two networks within 30 seconds", "30 秒以内に 2 つのネットワークからのサインイン"),
    ("one sign-in flow led to two sessions", "1 回のサインインの流れから 2 つのセッション"),
];

const CODES: &[Phrase] = &[("{} ×{} ({*})", "{0} ×{1} ({2})"), ("{} {*}", "{0} {1}")];

const RISKS: &[Phrase] = &[
    ("risk detection {}", "リスク検出 {0}"),
    ("risk state atrisk", "リスクの状態 危険"),
    ("risk state confirmedcompromised", "リスクの状態 侵害を確認済み"),
    ("risk state {}", "リスクの状態 {0}"),
    ("risk level high", "リスク レベル 高"),
    ("a risk whose kind is masked (no P2 licence)", "種類が伏せられたリスク (P2 ライセンスなし)"),
];

const TIMES: &[Phrase] = &[
    ("perhaps {} (a removal names a number only)", "{0} の可能性あり (削除の記録は番号のみ)"),
    ("{} and {}", "{0} から {1} までの間"),
    ("{} (by {}), {} min", "{0} ({1} による)、{2} 分"),
    ("{} (by {})", "{0} ({1} による)"),
    ("{} ({} min)", "{0} ({1} 分)"),
    ("{} h {} min", "{0} 時間 {1} 分"),
    ("{} min", "{0} 分"),
    ("{} h", "{0} 時間"),
    ("{} s", "{0} 秒"),
];

const COUNTS: &[Phrase] =
    &[("1 record", "レコード 1 件"), ("{} records", "レコード {0} 件"), ("over {} km/h", "{0} km/h 超")];

/// What other mailboxes have too.
const SAME: &[Phrase] = &[
    ("destination {}", "転送先 {0}"),
    ("telephone {}", "電話番号 {0}"),
    ("rule named '{}'", "ルール名「{0}」"),
    ("authenticator on the device {}", "デバイス {0} の認証アプリ"),
    ("rule '{}' ({}) for {}", "語「{2}」を条件とするルール「{0}」({1})"),
    ("signature '{}'", "署名「{0}」"),
];
