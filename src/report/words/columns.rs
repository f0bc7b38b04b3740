//! Names of the timeline's columns in Japanese, for the heads of the workbook, and the timeline's sentences.

use std::borrow::Cow;

use super::{Lang, Word, fill, outcome};
use crate::timeline::Event;

/// The head of a column: its name in `docs/schema.md`, and before it what it is, where the language is another.
pub fn column(lang: Lang, name: &'static str) -> Cow<'static, str> {
    let known = COLUMNS.iter().find(|(known, _)| *known == name).filter(|_| lang == Lang::Ja);
    known.map_or(Cow::Borrowed(name), |(_, japanese)| format!("{japanese} ({name})").into())
}

/// What the time of an event is; the timeline's own words are plaso's.
pub fn time_meaning(lang: Lang, meaning: &str) -> Cow<'_, str> {
    let known = MEANINGS.iter().find(|(known, _)| *known == meaning).filter(|_| lang == Lang::Ja);
    known.map_or(Cow::Borrowed(meaning), |(_, japanese)| Cow::Borrowed(*japanese))
}

const MEANINGS: &[(&str, &str)] = &[
    ("Content Deletion Time", "内容の削除時刻"),
    ("Content Modification Time", "内容の変更時刻"),
    ("Last Login Attempt Time", "サインイン試行時刻"),
    ("Last Login Time", "サインイン時刻"),
    ("Last Password Reset Time", "パスワードのリセット時刻"),
    ("Last Password Set Time", "パスワードの設定時刻"),
    ("Last Update Time", "更新時刻"),
    ("Not a time", "時刻ではない"),
    ("Received Time", "受信時刻"),
    ("Recorded Time", "記録時刻"),
    ("Sent Time", "送信時刻"),
];

/// The sentence of an event. The evidence keeps the English one; another language makes its own of the same fields.
pub fn event_sentence(lang: Lang, event: &Event) -> Option<Cow<'_, str>> {
    let message = event.message.as_deref()?;
    if lang == Lang::En {
        return Some(message.into());
    }
    let mut sentence = event.action().to_owned();
    let user = event.user_raw.as_deref().or(event.user_upn.as_deref());
    let about = event.email_subject.as_deref().or(event.mailbox_upn.as_deref()).or(event.target_raw.as_deref());
    let about = about.filter(|about| user.is_none_or(|user| !about.eq_ignore_ascii_case(user)));
    let from = event.source_ip.as_deref().or(event.source_ip_text.as_deref());
    for (word, value) in [(Word::SaidBy, user), (Word::SaidOf, about), (Word::SaidFrom, from)] {
        sentence.extend(value.map(|value| fill(lang, word, &[value])));
    }
    for risk in [&event.risk_level, &event.risk_state].into_iter().flatten() {
        sentence.push_str(&fill(lang, Word::SaidRisk, &[risk_of(lang, risk)]));
    }
    if event.outcome.as_str() != "unknown" {
        sentence.push_str(&fill(lang, Word::SaidOutcome, &[outcome(lang, event.outcome.as_str())]));
    }
    if let Some(code) = event.status_code.as_deref().filter(|code| *code != "0") {
        sentence.push_str(&format!(" ({code})"));
    }
    Some(sentence.into())
}

/// Levels and states of risk, as the service writes them (Microsoft Graph: riskLevel, riskState).
const RISKS: &[(&str, Word)] = &[
    ("none", Word::RiskNone),
    ("low", Word::RiskLow),
    ("medium", Word::RiskMedium),
    ("high", Word::RiskHigh),
    ("hidden", Word::RiskHidden),
    ("confirmedSafe", Word::RiskSafe),
    ("remediated", Word::RiskRemediated),
    ("dismissed", Word::RiskDismissed),
    ("atRisk", Word::RiskAtRisk),
    ("confirmedCompromised", Word::RiskCompromised),
    ("unknownFutureValue", Word::RiskUnknown),
];

/// A level or state of risk in the language; what the service does not know stays as it stands.
pub fn risk_of(lang: Lang, risk: &str) -> &str {
    let known = RISKS.iter().find(|(known, _)| known.eq_ignore_ascii_case(risk));
    known.map_or(risk, |(_, word)| word.text(lang))
}

/// What kind of sign-in it was; a word of the timeline.
pub fn sign_in_kind(lang: Lang, kind: &str) -> &str {
    let known = KINDS.iter().find(|(known, _)| *known == kind).filter(|_| lang == Lang::Ja);
    known.map_or(kind, |(_, japanese)| japanese)
}

const KINDS: &[(&str, &str)] = &[
    ("interactive", "対話型"),
    ("noninteractive", "非対話型"),
    ("service_principal", "サービス プリンシパル"),
    ("managed_identity", "マネージド ID"),
    ("unknown", "不明"),
];

/// The columns that the workbook shows.
const COLUMNS: &[(&str, &str)] = &[
    ("datetime", "日時"),
    ("timestamp_desc", "時刻の意味"),
    ("message", "内容"),
    ("symptom", "兆候"),
    ("finding_ids", "検出事項"),
    ("evidence_source", "証拠の種類"),
    ("action", "操作"),
    ("outcome", "結果"),
    ("status_code", "状態コード"),
    ("status_reason", "状態の理由"),
    ("user_upn", "ユーザー"),
    ("user_raw", "ユーザー (記録のまま)"),
    ("mailbox_upn", "メールボックス"),
    ("target_raw", "対象"),
    ("source_ip", "送信元 IP アドレス"),
    ("geo_country", "国"),
    ("geo_region", "地域"),
    ("geo_city", "都市"),
    ("as_number", "AS 番号"),
    ("as_org", "ネットワーク"),
    ("user_agent", "ユーザー エージェント"),
    ("client_info", "クライアント情報"),
    ("app_name", "アプリケーション"),
    ("session_id", "セッション ID"),
    ("email_subject", "件名"),
    ("email_to", "宛先"),
    ("email_to_count", "宛先数"),
    ("email_message_id", "メッセージ ID"),
    ("folder_path", "フォルダー"),
    ("dest_folder_path", "移動先フォルダー"),
    ("item_count", "アイテム数"),
    ("op_params", "パラメーター"),
    ("changes", "変更"),
    ("parse_status", "読み取りの状態"),
    ("duplicate_count", "重複数"),
    ("event_id", "イベント ID"),
    ("source_file", "ファイル"),
    ("source_row", "レコード番号"),
    ("source_format", "形式"),
    ("raw_sha256", "レコードの SHA-256"),
    ("sign_in_kind", "サインインの種類"),
    ("client_app", "クライアント アプリ"),
    ("resource_name", "リソース"),
    ("device_name", "デバイス名"),
    ("device_os", "OS"),
    ("browser", "ブラウザー"),
    ("device_managed", "管理対象デバイス"),
    ("device_compliant", "準拠デバイス"),
    ("auth_requirement", "認証の要件"),
    ("mfa_result", "多要素認証の結果"),
    ("ca_status", "条件付きアクセス"),
    ("risk_level", "リスク レベル"),
    ("risk_state", "リスクの状態"),
    ("risk_events", "リスク イベント"),
    ("correlation_id", "相関 ID"),
];
