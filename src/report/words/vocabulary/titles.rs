//! Headings, and what the questions and the steps are called.

use super::Word;

words! {
    // headings
    HeadAnswer => "The answer", "結論";
    HeadSymptoms => "The ten symptoms", "10 の兆候";
    HeadResponse => "What to do now", "今すべきこと";
    HeadFindings => "Findings", "検出事項";
    HeadBeyond => "Beyond the ten", "10 の兆候以外の検出";
    HeadSignIns => "Sign-ins", "サインイン";
    HeadRisky => "Risky sign-ins", "危険なサインイン";
    HeadByAddress => "By address", "アドレス別";
    HeadByCountry => "By country", "国別";
    HeadByHour => "By weekday and hour ({0})", "曜日と時刻別 ({0})";
    HeadAttacker => "The attacker", "攻撃者";
    HeadCoverage => "What the evidence can and cannot show", "証拠が示せること、示せないこと";
    HeadEvidence => "Evidence", "証拠";
    HeadRejects => "Records that could not be read", "読み取れなかったレコード";
    HeadTimeline => "Timeline", "タイムライン";
    HeadMethod => "Method", "方法";
    HeadPages => "How each question is decided", "判定の方法";
    HeadStrongest => "Strongest findings", "最も強い検出事項";
    HeadNotRead => "Files that were not read", "読み取れなかったファイル";
    HeadIdentities => "Names of the account", "アカウントの名前";
    HeadCautions => "Cautions", "注意事項";
    // the ten
    MissingMail => "Missing or deleted mail", "メールの紛失または削除";
    NoSentCopy => "Mail sent without a copy in Sent Items", "送信済みアイテムに控えのない送信";
    InboxRules => "Inbox rules nobody intended", "身に覚えのない受信トレイ ルール";
    DisplayName => "Display name changed in the Global Address List", "グローバル アドレス一覧での表示名の変更";
    BlockedFromSending => "Mailbox blocked from sending", "メールボックスの送信ブロック";
    HackedMessages =>
        "Hacked-account messages in Sent or Deleted Items",
        "送信済み・削除済みアイテムにある乗っ取り特有のメッセージ";
    ProfileChange => "Unusual profile changes", "不審なプロファイルの変更";
    CredentialChange => "Unusual credential changes", "不審な資格情報の変更";
    Forwarding => "Mail forwarding recently added", "最近追加されたメール転送";
    Signature => "Unusual signature recently added", "最近追加された不審な署名";
    // the ten in plain words
    PlainMissingMail => "mail was deleted or disappeared", "メールが削除された、または見当たらない";
    PlainNoSentCopy =>
        "mail went out that left no copy in Sent Items",
        "送信済みアイテムに控えの残らないメールが送信された";
    PlainInboxRules =>
        "inbox rules were made that hide, delete or send on mail",
        "メールを隠す、削除する、または外部に送る受信トレイ ルールが作成された";
    PlainDisplayName => "the name that others see was changed", "他の人に見える表示名が変更された";
    PlainBlockedFromSending =>
        "Microsoft stopped the mailbox from sending",
        "Microsoft によりメールボックスからの送信が止められた";
    PlainHackedMessages =>
        "messages typical of a hacked account were sent or hidden",
        "乗っ取りに特有のメッセージが送信された、または隠された";
    PlainProfileChange => "contact data in the profile was changed", "プロファイルの連絡先情報が変更された";
    PlainCredentialChange =>
        "the password or the means of sign-in were changed",
        "パスワードまたはサインインの方法が変更された";
    PlainForwarding =>
        "mail is or was forwarded to somebody else",
        "メールが他者に転送されている、または転送されていた";
    PlainSignature => "the signature was changed", "署名が変更された";
    // beyond the ten
    SuspiciousSignIns => "Suspicious sign-ins", "疑わしいサインイン";
    PasswordGuessing => "Password guessing", "パスワードの推測";
    MfaFatigue => "Repeated multifactor prompts", "多要素認証の繰り返し要求";
    ImpossibleTravel => "Impossible travel", "あり得ない移動";
    LegacyProtocol => "Legacy protocol sign-ins", "レガシ プロトコルによるサインイン";
    MailboxDelegate => "Mailbox delegation", "メールボックスの委任";
    // the seven
    ResetPassword => "Reset the user's password", "ユーザーのパスワードをリセットする";
    RemoveForwarding => "Remove suspicious forwarding addresses", "不審なメール転送アドレスを削除する";
    DisableInboxRules => "Disable suspicious inbox rules", "不審な受信トレイ ルールを無効にする";
    UnblockSending => "Unblock the user from sending mail", "ユーザーのメール送信のブロックを解除する";
    BlockSignIn => "Optional: block the account from signing in", "省略可能: アカウントのサインインをブロックする";
    RemoveAdminRoles =>
        "Optional: remove the account from all administrative role groups",
        "省略可能: アカウントをすべての管理者役割グループから削除する";
    OtherPrecautions => "Optional: further precautions", "省略可能: その他の予防措置を講じる";
}
