//! What else the finds of the questions beyond the ten could be, in Japanese. Their pages are in English; this part of them
//! stands beside each finding, and who reads the report must be able to weigh it.

use super::Lang;

/// The points of a question's innocent explanations in the language, as Markdown; `None` where its page tells them.
pub fn innocent(lang: Lang, id: &str) -> Option<&'static str> {
    BEYOND.iter().find(|(known, _)| *known == id).filter(|_| lang == Lang::Ja).map(|(_, points)| *points)
}

const BEYOND: [(&str, &str); 39] = [
    (
        "abused-apps",
        "- 本人が以前から使っているプログラム。
- 勤務先による移行またはバックアップ。",
    ),
    ("account-recovery-mail", "- 同じ時期に本人が行ったパスワードの再設定。"),
    (
        "aitm-sign-in",
        "- 勤務先の VPN またはクラウド デスクトップ。
- デバイスがもともと登録されないアカウント。",
    ),
    ("app-credentials", "- 開発者や管理者の業務。"),
    ("auditing-off", "- 移行ツール、またはログを埋め尽くすバックアップ用アカウント。"),
    ("automation", "- 自動化を使いこなす利用者。"),
    ("campaign", "- 組織のチケット システムまたはアーカイブ。"),
    ("developer-client", "- 開発者や管理者。"),
    (
        "device-code",
        "- 会議室の機器やテレビ。
- 管理者のコマンドライン ツール。",
    ),
    (
        "device-registered",
        "- 新しいノート PC または電話。
- デバイス管理の全社展開。",
    ),
    (
        "ediscovery",
        "- 法務やコンプライアンスの担当者。
- インシデント対応の担当者。",
    ),
    ("evidence-clean-up", "- ヘルプ デスクの対応後に、本人が行った整理。"),
    ("external-sharing", "- 出張中の、顧客との業務。"),
    ("federation-change", "- 計画された移行、合併、組織の新しいドメイン。"),
    (
        "files-taken",
        "- 会議のためにコピーしたプロジェクト。
- 同期を始めた新しいコンピューター。",
    ),
    ("hosted-lure", "- 出張中にリンクで送った見積書。"),
    (
        "impossible-travel",
        "- 途中で接続した VPN: そのアドレスを --known-ip で指定すること。
- 別の都市からインターネットに出る電話網。
- アドレスから求めた場所は推定であり、ログと手元のデータベースはしばしば食い違う。",
    ),
    (
        "legacy-protocol",
        "- SMTP でメールを送る複合機や業務アプリケーション。
- 古いメール ソフト、Exchange ActiveSync による電話の予定表。",
    ),
    (
        "mail-flow-change",
        "- 管理者の業務。
- メール サービスまたは署名製品の導入。",
    ),
    (
        "mail-harvest",
        "- 本人の新しいデバイスまたはプログラム。
- アーカイブとジャーナル。",
    ),
    (
        "mailbox-delegate",
        "- 管理者が手配した秘書、代理人、共有メールボックス。
- 本人による同僚との予定表の共有。
- すべてのメールボックスにアクセスできる、アーカイブ、移行、ジャーナルのアカウント。",
    ),
    ("mailbox-search", "- なし: 攻撃者のセッションによる検索だけを示す。"),
    (
        "mfa-fatigue",
        "- 電波の届かない電話、壊れた認証アプリ: いつもの場所で要求が時間切れになる。
- 期限の切れたセッションで何度も要求するアプリケーション。",
    ),
    (
        "mfa-method-added",
        "- 新しい電話。
- 新しい従業員の最初の登録。
- ヘルプ デスクによる一時アクセス パス。",
    ),
    (
        "mfa-weakened",
        "- 組織のポリシーの変更。
- ヘルプ デスクが削除した紛失した電話。",
    ),
    (
        "new-account",
        "- 管理者や人事の業務。
- 会議またはチームへの招待。",
    ),
    (
        "new-mail-client",
        "- 新しい電話。
- プログラムの名前が変わる更新。",
    ),
    (
        "non-owner-access",
        "- 代理人と共有メールボックス。
- アーカイブ、バックアップ、電子情報開示のサービス。",
    ),
    (
        "oauth-consent",
        "- 勤務先が購入したプログラム。
- 本人の予定表またはメモのツール。",
    ),
    (
        "password-guessing",
        "- いつもの場所での、本人による打ち間違い。
- パスワードの変更後、古いパスワードを何日も使い続ける電話や複合機。
- 成功を伴わない連続した試行: インターネットではよくあり、乗っ取りを示すものではない。",
    ),
    (
        "password-spray",
        "- 同じ日にパスワードの期限が切れた事業所。
- 共有ネットワークにある、古いパスワードを持つデバイス。",
    ),
    (
        "privilege-gain",
        "- 新しい職務。
- 資格のある役割の、承認された有効化。",
    ),
    (
        "script-user-agent",
        "- 管理者や開発者のスクリプト。
- 複合機や業務プログラム。",
    ),
    ("sender-lists", "- 本人によるニュースレターの許可または迷惑メールへの指定。"),
    (
        "session-two-networks",
        "- Wi-Fi から離れた電話。
- VPN の接続または切断。
- 複数の出口を持つ社内ネットワーク。",
    ),
    (
        "suspicious-sign-ins",
        "- 新しい電話、自宅の新しいプロバイダー: 既知のネットワークまたは国での新しいアドレスだけでは 5 点に届かない。
- VPN: そのアドレスを --known-ip で指定すること。指定すれば、そのネットワーク、ホスティング、国は評価に使わない。
- 1 つの IPv6 /64 の中で変わるアドレスは、1 つの場所とみなす。",
    ),
    ("teams-abuse", "- 攻撃者のセッションではなし。"),
    ("thread-hijack", "- 名前の似た 2 つの会社。"),
    (
        "token-replay",
        "- サインインと利用の間にあるプロキシやセキュア Web ゲートウェイ。
- アドレスの変わる回線。",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The points of the part of a page, one a line that begins it.
    fn points(page: &str) -> usize {
        let part = page.split("## Innocent explanations\n").nth(1).unwrap_or_default();
        part.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("- ")).count()
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test reads the pages beside the code")]
    fn every_page_that_is_in_english_only_has_its_innocent_explanations_in_japanese() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/symptoms");
        let mut seen = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "md")
                || folder.join("ja").join(path.file_name().unwrap()).exists()
            {
                continue;
            }
            let id = path.file_stem().unwrap().to_str().unwrap();
            let japanese = innocent(Lang::Ja, id).unwrap_or_default();
            let told = japanese.lines().filter(|line| line.starts_with("- ")).count();
            assert_eq!(told, points(&std::fs::read_to_string(&path).unwrap()), "{id}");
            assert_eq!(innocent(Lang::En, id), None, "the page tells them");
            seen += 1;
        }
        assert_eq!(seen, BEYOND.len());
    }
}
