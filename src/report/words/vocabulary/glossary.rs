//! Kinds of evidence, with what each can show, and the terms that a reader may not know.

use super::Word;

words! {
    // kinds of evidence
    SourceUal => "Unified audit log", "統合監査ログ";
    ShowsUal =>
        "what was done in mailboxes, directory, files and administration, by whom and from which address",
        "メールボックス、ディレクトリ、ファイル、管理での操作と、その実行者とアドレス";
    HidesUal =>
        "the text of mails; reading before auditing was on; mail rules that existed before; anything older than the retention",
        "メールの本文、監査が有効になる前の閲覧、以前から存在したルール、保持期間より古いもの";
    SourceAdminAudit => "Exchange admin audit log", "Exchange 管理者監査ログ";
    ShowsAdminAudit =>
        "cmdlets run by people: rules, forwarding, permissions, settings",
        "人が実行したコマンドレット: ルール、転送、アクセス許可、設定";
    HidesAdminAudit =>
        "rules made in Outlook itself; sign-ins; what was read or sent",
        "Outlook で直接作成されたルール、サインイン、閲覧や送信の内容";
    SourceMailboxAudit => "Mailbox audit log", "メールボックス監査ログ";
    ShowsMailboxAudit =>
        "deleting, moving and sending in the mailbox, by owner, delegate and administrator",
        "メールボックスでの削除、移動、送信 (所有者、代理人、管理者による)";
    HidesMailboxAudit =>
        "sign-ins, directory changes, and whatever was not set to be audited",
        "サインイン、ディレクトリの変更、監査の対象に設定されていないもの";
    SourceEntraSignin => "Entra sign-in log", "Microsoft Entra サインイン ログ";
    ShowsEntraSignin =>
        "who signed in, when, from where, with which client, and how it ended",
        "誰が、いつ、どこから、どのクライアントでサインインし、どうなったか";
    HidesEntraSignin =>
        "what was done after the sign-in; use of a stolen session without a new sign-in",
        "サインイン後の操作、盗まれたセッションの新たなサインインを伴わない利用";
    SourceEntraAudit => "Entra audit log", "Microsoft Entra 監査ログ";
    ShowsEntraAudit =>
        "password resets, sign-in methods, roles, profile and application changes",
        "パスワードのリセット、認証方法、ロール、プロファイル、アプリケーションの変更";
    HidesEntraAudit => "what happened in the mailbox", "メールボックス内で起きたこと";
    SourceRisk => "Risk report", "リスク レポート";
    ShowsRisk =>
        "which sign-ins and users Microsoft called risky, and why",
        "Microsoft が危険と判定したサインインとユーザー、およびその理由";
    HidesRisk => "attackers that Microsoft did not notice", "Microsoft が気付かなかった攻撃者";
    SourceMessageTrace => "Message trace", "メッセージ追跡";
    ShowsMessageTrace =>
        "which mails left or arrived, and whether they were delivered",
        "送受信されたメールと、配信されたかどうか";
    HidesMessageTrace => "the text of mails; rules; sign-ins", "メールの本文、ルール、サインイン";
    SourceSnapshot => "Configuration snapshot", "構成のスナップショット";
    ShowsSnapshot =>
        "rules, forwarding or permissions as they stood when somebody looked",
        "取得時点でのルール、転送、アクセス許可";
    HidesSnapshot =>
        "who made them, and when; what had been removed before",
        "作成者と作成時刻、それ以前に削除されたもの";
    // glossary
    TermSymptom => "Symptom", "兆候";
    GlossSymptom =>
        "One of the ten signs on Microsoft's page \"Responding to a compromised email account\".",
        "Microsoft のページ「侵害されたメール アカウントへの対応」にある 10 の兆候の 1 つ。";
    TermUal => "Unified audit log", "統合監査ログ";
    GlossUal =>
        "Microsoft 365's record of what users and administrators do; the main evidence for most questions.",
        "ユーザーと管理者の操作を記録する Microsoft 365 のログ。ほとんどの項目の主な証拠となる。";
    TermSignIn => "Sign-in", "サインイン";
    GlossSignIn =>
        "Proving who one is to Microsoft Entra; it yields a token with which the services are used.",
        "Microsoft Entra に本人であることを示すこと。サービスの利用に必要なトークンが得られる。";
    TermSession => "Session", "セッション";
    GlossSession =>
        "Everything that is done with the tokens of one sign-in; its id ties acts in different logs together.",
        "1 回のサインインのトークンで行われるすべての操作。その ID により、別々のログの操作が結び付く。";
    TermToken => "Token", "トークン";
    GlossToken =>
        "The proof of a sign-in that a program carries. A stolen token works without the password until it is revoked.",
        "プログラムが持つサインインの証明。盗まれたトークンは、取り消されるまでパスワードなしで使える。";
    TermRule => "Inbox rule", "受信トレイ ルール";
    GlossRule =>
        "An instruction to the mailbox, such as moving, deleting or forwarding mail with certain words.",
        "特定の語を含むメールを移動、削除、転送するなど、メールボックスへの指示。";
    TermForwarding => "Forwarding", "転送";
    GlossForwarding =>
        "Sending every incoming mail on to another address, with or without a copy kept.",
        "受信したメールをすべて別のアドレスに送ること。控えを残す場合と残さない場合がある。";
    TermDelegate => "Delegate", "代理人";
    GlossDelegate =>
        "Somebody else who may open a mailbox or send in its name.",
        "他人のメールボックスを開くこと、またはその名義で送信することを許可された人。";
    TermMfa => "Multifactor authentication", "多要素認証";
    GlossMfa =>
        "A second proof at sign-in, such as an app or a telephone; an attacker may add one of their own.",
        "アプリや電話など、サインイン時の 2 つ目の証明。攻撃者が自分のものを追加することがある。";
    TermAppPassword => "App password", "アプリ パスワード";
    GlossAppPassword =>
        "A second password for old programs; it skips multifactor authentication and survives a password reset.",
        "古いプログラムのための別のパスワード。多要素認証を通らず、パスワードをリセットしても残る。";
    TermRecoverable => "Recoverable Items", "回復可能なアイテム";
    GlossRecoverable =>
        "Where deleted mail stays for a while after Deleted Items; what is purged from there is gone.",
        "削除済みアイテムの後、削除されたメールがしばらく残る場所。ここから消去されたものは元に戻らない。";
    TermTenant => "Tenant", "テナント";
    GlossTenant => "The organisation's own part of Microsoft 365.", "Microsoft 365 における組織自身の領域。";
    TermUtc => "UTC", "UTC";
    GlossUtc =>
        "Coordinated universal time: the zone in which the services write their logs.",
        "協定世界時。サービスがログに記録する時刻の基準。日本時間より 9 時間遅い。";
    TermHash => "SHA-256", "SHA-256";
    GlossHash =>
        "A fingerprint of bytes; the same fingerprint means the same bytes.",
        "バイト列の指紋。指紋が同じなら、バイト列も同じである。";
    TermAttack => "ATT&CK", "ATT&CK";
    GlossAttack =>
        "MITRE's catalogue of what attackers do; T-numbers name techniques.",
        "攻撃者の手法をまとめた MITRE のカタログ。T で始まる番号が手法を示す。";
    TermDefang => "Defanged", "無害化";
    GlossDefang =>
        "Written so that it cannot be clicked: evil[.]example, hxxps.",
        "クリックできない形での表記: evil[.]example、hxxps。";
}
