//! Titles of the detections beyond the ten, by id: English, Japanese.

use super::Lang;

/// The title; `None` for an id that is not here.
pub(super) fn title(lang: Lang, id: &str) -> Option<&'static str> {
    TITLES.iter().find(|(known, ..)| *known == id).map(|(_, english, japanese)| match lang {
        Lang::En => *english,
        Lang::Ja => *japanese,
    })
}

const TITLES: &[(&str, &str, &str)] = &[
    ("session-two-networks", "One session on two networks", "二つのネットワークで使われたセッション"),
    ("token-replay", "A token used from another network", "別のネットワークで使われたトークン"),
    ("aitm-sign-in", "Sign-ins through a page in between", "中間者ページ経由のサインイン"),
    ("password-spray", "Passwords tried on many accounts", "多数のアカウントへのパスワード試行"),
    ("mfa-method-added", "A means of sign-in was added", "サインイン手段の追加"),
    ("mfa-weakened", "Second factor taken away or its rules changed", "多要素認証の解除または規則の変更"),
    ("device-code", "Sign-ins by device code", "デバイス コードによるサインイン"),
    ("oauth-consent", "An application was given access", "アプリケーションへの同意"),
    ("abused-apps", "Applications that intruders like", "侵入者がよく使うアプリケーション"),
    ("app-credentials", "Applications given secrets or owners", "アプリケーションの資格情報と所有者"),
    ("device-registered", "A device was registered", "デバイスの登録"),
    ("non-owner-access", "A mailbox used by somebody else", "他人によるメールボックスの使用"),
    ("mail-harvest", "Mail read or taken in bulk", "メールの大量閲覧と取得"),
    ("new-mail-client", "A new mail program reads the mailbox", "新しいメール プログラム"),
    ("mailbox-search", "Searches for money and secrets", "金銭や秘密の検索"),
    ("mail-flow-change", "Mail flow or filters of the organisation changed", "組織のメール フローとフィルターの変更"),
    ("sender-lists", "Safe and blocked senders changed", "差出人リストの変更"),
    ("auditing-off", "Auditing switched off or bypassed", "監査の停止と回避"),
    ("ediscovery", "Content searches and exports", "コンテンツ検索とエクスポート"),
    ("privilege-gain", "Roles gained or given", "ロールの取得と付与"),
    ("new-account", "Accounts made or guests invited", "アカウントの作成とゲストの招待"),
    ("federation-change", "Domains or federation changed", "ドメインとフェデレーションの変更"),
    ("files-taken", "Files read or taken", "ファイルの閲覧と取得"),
    ("external-sharing", "Files shared with outsiders", "ファイルの外部共有"),
    ("hosted-lure", "A lure in the account's own files", "アカウントの保存領域に置かれたおとり"),
    ("teams-abuse", "Teams used to reach people", "Teams の悪用"),
    ("script-user-agent", "Scripts at work on the account", "スクリプトの動作"),
    ("developer-client", "Developers' tools against mail and directory", "開発者ツールによるアクセス"),
    ("campaign", "The same in other mailboxes", "他のメールボックスにもある同じ設定"),
    ("evidence-clean-up", "Traces removed", "痕跡の消去"),
    ("automation", "Flows and automations made", "フローと自動化の作成"),
    ("thread-hijack", "Lures into running conversations", "進行中の会話への割り込み"),
    ("account-recovery-mail", "Resets and codes of other services", "他サービスの再設定と確認コード"),
];
