//! How far the damage goes: other accounts, mails and files that were touched, people who were written to.

use super::Word;

words! {
    // how far the damage goes
    HeadBlastRadius =>
        "Other accounts that the attacker reached or tried",
        "攻撃者が到達した、または試みた他のアカウント";
    NoAttackerNoRadius =>
        "No address or session of an attacker is known, so other accounts could not be looked for.",
        "攻撃者のアドレスもセッションも判明していないため、他のアカウントは調べられない。";
    NoBlastRadius =>
        "No other account of the organisation was seen from the attacker's addresses or in the attacker's sessions, as far as this evidence goes.",
        "この証拠の範囲では、攻撃者のアドレスまたはセッションに組織の他のアカウントは見られない。";
    BlastRadiusIntro =>
        "Seen from the attacker's addresses or in the attacker's sessions. Each of these accounts deserves an examination of its own.",
        "攻撃者のアドレスまたはセッションに見られたもの。いずれのアカウントも、個別に調査する必要がある。";
    HowFar => "How far", "到達の程度";
    OtherActs => "What else was done", "その他の操作";
    ReachTried => "tried, refused", "試みたが拒否";
    ReachPasswordKnown => "password right, stopped behind it", "パスワードは正しいが、その先で停止";
    ReachOpened => "mailbox opened", "メールボックスを開いた";
    ReachEntered => "entered", "侵入";
    HeadExposure => "Exposed mail and files", "閲覧・取得されたメールとファイル";
    ExposureLine =>
        "The attacker's sessions touched {0 mail|mails}, {1 mail folder|mail folders} and {2 file|files}, as far as the records say.",
        "記録の範囲では、攻撃者のセッションはメール {0} 通、メール フォルダー {1} 個、ファイル {2} 個に触れた。";
    NoAttackerNoExposure =>
        "No address or session of an attacker is known: what was touched cannot be listed.",
        "攻撃者のアドレスもセッションも判明していないため、触れられたものを示せない。";
    ExposureUnseen =>
        "No record of this evidence could tell which mails, mail folders or files the attacker's sessions touched.",
        "攻撃者のセッションが触れたメール、メール フォルダー、ファイルを示せるレコードは、この証拠にない。";
    ExposureMailsUnseen =>
        "No record of this evidence could tell which mails were read. The attacker's sessions touched {2 file|files}, as far as the records say.",
        "閲覧されたメールを示せるレコードは、この証拠にない。記録の範囲では、攻撃者のセッションはファイル {2} 個に触れた。";
    ExposureFilesUnseen =>
        "The attacker's sessions touched {0 mail|mails} and {1 mail folder|mail folders}, as far as the records say. No record of this evidence could tell which files were opened.",
        "記録の範囲では、攻撃者のセッションはメール {0} 通、メール フォルダー {1} 個に触れた。開かれたファイルを示せるレコードは、この証拠にない。";
    ThrottledLine =>
        "On these days the service stopped recording reads; everything in the mailbox has to be taken as read: {0}",
        "次の日には、サービスが閲覧の記録を停止した。メールボックス内のすべてが閲覧されたものとみなす必要がある: {0}";
    ExposedMails => "Mails", "メール";
    ExposedFolders => "Mail folders", "メール フォルダー";
    ExposedFiles => "Files", "ファイル";
    Mail => "Mail (subject, folder, message id)", "メール (件名、フォルダー、メッセージ ID)";
    Name => "Name", "名前";
    HowTouched => "How", "方法";
    ContactBind => "opened", "開いた";
    ContactSync => "taken whole (synchronised)", "フォルダーごと取得 (同期)";
    ContactViewed => "viewed", "表示";
    ContactDownloaded => "downloaded", "ダウンロード";
    ContactChanged => "changed or shared", "変更または共有";
    ContactDeleted => "deleted or moved", "削除または移動";
    NoSubject => "(subject not recorded)", "(件名の記録なし)";
    NotRecorded => "(not recorded)", "(記録なし)";
    HeadRecipients => "To whom the attacker wrote", "攻撃者がメールを送った相手";
    NoRecipients => "No mail of the attacker is recorded.", "攻撃者によるメールの記録はない。";
    NoAttackerNoRecipients =>
        "No address or session of an attacker is known: whether and to whom they wrote cannot be told.",
        "攻撃者のアドレスもセッションも判明していないため、メールを送ったかどうかも相手も示せない。";
    RecipientsUnseen =>
        "No record of this evidence could tell to whom the attacker wrote: it holds neither Send records of the mailbox nor a message trace of the whole window.",
        "攻撃者がメールを送った相手を示せるレコードは、この証拠にない。メールボックスの送信の記録も、対象期間全体のメッセージ追跡もない。";
    RecipientsLine =>
        "{0 mail|mails} to {1 recipient|recipients}. Addresses that the records name: {2}; mails that do not list all theirs: {3}. These people should be warned by another way than mail, those who may pay first.",
        "メール {0} 通、宛先 {1} 件。記録に名前のあるアドレスは {2} 件で、{3} 通はすべての宛先を示していない。支払う可能性のある人を優先し、メール以外の手段で警告すること。";
    RecipientsUncounted =>
        "{0 mail|mails}; the records do not tell to whom, nor to how many. These people should be warned by another way than mail, those who may pay first.",
        "メール {0} 通。宛先とその数は記録されていない。支払う可能性のある人を優先し、メール以外の手段で警告すること。";
    Recipient => "Recipient", "宛先";
    Mails => "Mails", "メール数";
    Subjects => "Subjects", "件名";
    Delivery => "Delivery", "配信結果";
    Internal => "own organisation", "組織内";
}
