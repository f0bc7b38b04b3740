//! Phrases of the coverage checks, of what an answer needs, and of cautions.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // needs: a check by its id, its question and what was seen; joined where one of several would do
    ("would add: {*}", "あれば確度が上がるもの: {0}"),
    ("{*}, or {*}", "{0}、または {1}"),
    ("G{}: {*} ({*})", "G{0}: {1} ({2})"),
    ("no creation recorded; existing rules unknown", "作成の記録はない。既存のルールについては不明"),
    (
        "with roaming signatures, which are usual today, an edit leaves no record, and desktop signatures are files on the computer: compare mails sent before and after",
        "現在一般的なローミング署名では編集の記録が残らず、デスクトップ版の署名は PC 上のファイルである。前後に送信されたメールを比較すること",
    ),
    // the questions of the checks
    ("the account is in the evidence", "アカウントが証拠に現れる"),
    ("unified audit log over the whole window, not cut", "対象期間全体の統合監査ログ (途中で切れていないもの)"),
    ("unified audit log not filtered by activity", "アクティビティで絞り込まれていない統合監査ログ"),
    (
        "unified audit log not filtered by activity, by anybody's records",
        "アクティビティで絞り込まれていない統合監査ログ (全員のレコードによる)",
    ),
    ("unified audit log not searched for Exchange alone", "Exchange だけに絞り込まれていない統合監査ログ"),
    ("unified audit log with other actors than the account", "本人以外の操作も含む統合監査ログ"),
    ("mailbox audit records of the mailbox", "メールボックスのメールボックス監査レコード"),
    ("Send records of the mailbox", "メールボックスの送信 (Send) レコード"),
    (
        "Send records that say whether a copy was kept (SaveToSentItems)",
        "控えを保存したかどうか (SaveToSentItems) を記す送信 (Send) レコード",
    ),
    (
        "Exchange admin records (audit log RecordType 1, or an admin audit log export)",
        "Exchange 管理レコード (監査ログの RecordType 1、または管理者監査ログのエクスポート)",
    ),
    (
        "directory audit (audit log RecordType 8, or an Entra audit export)",
        "ディレクトリ監査 (監査ログの RecordType 8、または Microsoft Entra 監査ログのエクスポート)",
    ),
    (
        "Entra directory audit export (self-service resets, security info, addresses)",
        "Microsoft Entra 監査ログのエクスポート (セルフサービス リセット、セキュリティ情報、アドレス)",
    ),
    ("interactive sign-ins over the whole window", "対象期間全体の対話型サインイン"),
    ("non-interactive sign-ins over the whole window", "対象期間全体の非対話型サインイン"),
    (
        "sign-ins with coordinates (of the log, or of a City database)",
        "座標の付いたサインイン (ログ自体、または City データベースによる)",
    ),
    (
        "sign-ins that tell their protocol (authenticationProtocol, originalTransferMethod)",
        "認証プロトコルの記載があるサインイン (authenticationProtocol、originalTransferMethod)",
    ),
    ("risk detections, or sign-ins with risk levels", "リスク検出、またはリスク レベル付きのサインイン"),
    ("sign-ins of other accounts in the window", "対象期間内の他のアカウントのサインイン"),
    ("message trace over the whole window", "対象期間全体のメッセージ追跡"),
    (
        "message trace of what the account sent, over the whole window",
        "アカウントが送信したメールの、対象期間全体のメッセージ追跡",
    ),
    (
        "message trace of what came to the account, over the whole window",
        "アカウントに届いたメールの、対象期間全体のメッセージ追跡",
    ),
    ("snapshot of the mailbox's rules", "メールボックスの受信トレイ ルールのスナップショット"),
    (
        "security alerts or hygiene events (audit log RecordTypes 40 and 51)",
        "セキュリティ アラートまたは保護イベント (監査ログの RecordType 40 と 51)",
    ),
    (
        "MailItemsAccessed records of the mailbox, none throttled",
        "メールボックスの MailItemsAccessed レコード (調整されたものがない)",
    ),
    ("SharePoint or OneDrive records of the account", "アカウントの SharePoint または OneDrive のレコード"),
    ("deletions are audited (records of anybody's)", "削除が監査されている (いずれかの利用者のレコード)"),
    ("snapshot of the mailbox's forwarding", "メールボックスの転送設定のスナップショット"),
    ("auditing not switched off", "監査が無効にされていない"),
    (
        "auditing not bypassed for others, in whose hand the mailbox may be",
        "メールボックスを操作し得る他者について、監査がバイパスされていない",
    ),
    ("window not older than the service keeps its logs", "対象期間がサービスのログ保持期間より古くない"),
    (
        "searches in the mailbox are audited (they are not by default)",
        "メールボックス内の検索が監査されている (既定では無効)",
    ),
    (
        "Teams activity is collected (audit log RecordType 25)",
        "Teams の操作が収集されている (監査ログの RecordType 25)",
    ),
    // what was seen
    (
        "no record names the account: is it spelt as in the exports? (--alias adds names)",
        "アカウントを示すレコードがない。エクスポートと同じ綴りか確認すること (--alias で名前を追加できる)",
    ),
    (
        "records name the account, but none of the window or the days before it; the evidence runs from {} to {}: are --from and --to right?",
        "アカウントを示すレコードはあるが、対象期間とその前の日にはない。証拠は {0} から {1} まで。--from と --to を確認すること",
    ),
    (
        "reads of the mailbox before the window, to tell a new program",
        "新しいプログラムを見分けるための、対象期間より前のメールボックスの読み取り",
    ),
    (
        "whose hand it was that left such records ({}): sign-ins over the window, or a time before it to compare with",
        "該当するレコード ({0} 件) が誰の操作か。対象期間全体のサインイン、または比較できる対象期間より前の記録",
    ),
    (
        "records that could not be read whole, and may have shown it: {} ({})",
        "全体を読み取れず、この兆候を示していた可能性があるレコード {0} 件 ({1})",
    ),
    ("records that name the account: {}", "アカウントを示すレコード {0} 件"),
    (
        "by or on the account: operations {}, record types {}",
        "アカウントによる、またはアカウントに対する操作 {0} 種類、レコードの種類 {1} 種類",
    ),
    ("by anybody: operations {}, record types {}", "全員の操作 {0} 種類、レコードの種類 {1} 種類"),
    ("records of other actors are there", "他の実行者のレコードがある"),
    (
        "only records the account itself made: a search by user does not return what others did",
        "本人の操作のレコードしかない。ユーザーを指定した検索では、他者の操作は得られない",
    ),
    ("no Exchange admin record that was not Microsoft's own", "Microsoft 自身のもの以外の Exchange 管理レコードがない"),
    (
        "the admin audit log export is of another time than the window",
        "管理者監査ログのエクスポートは対象期間とは別の時期のもの",
    ),
    (
        "records of {} people alone, and none of the service: a search by user does not return what others did",
        "{0} 人だけのレコードで、サービスのレコードがない。ユーザーを指定した検索では、他者の操作は得られない",
    ),
    (
        "each file of the log holds some activities only: those that nobody searched for are not known",
        "ログの各ファイルにはわずかな種類の操作しかない。検索されなかった操作については不明",
    ),
    ("other accounts with sign-ins: {} or more", "サインインのある他のアカウント {0} 個以上"),
    ("other accounts with sign-ins: {}", "サインインのある他のアカウント {0} 個"),
    ("sign-ins in everybody's audit log", "全員の監査ログにサインインがある"),
    (
        "no sign-in of this account succeeded, though it worked on {} days: only failures were exported",
        "このアカウントは {0} 日に操作しているが、成功したサインインがない。失敗だけがエクスポートされている",
    ),
    (
        "Exchange admin records that were not Microsoft's own: {}",
        "Microsoft 自身のもの以外の Exchange 管理レコード {0} 件",
    ),
    (
        "Exchange's records that name the mailbox by the alias {} alone were not used",
        "エイリアス {0} だけでメールボックスを示す Exchange のレコードは使用しなかった",
    ),
    (
        "records of other actors only from {} to {}: the rest is a search by user",
        "他の実行者のレコードは {0} から {1} までのみ。残りはユーザーを指定した検索",
    ),
    (
        "C-210: neither the sign-ins of this account nor the names of their files say of which kind they are",
        "C-210: このアカウントのサインインもファイル名も、対話型かどうかを示していない",
    ),
    ("no such sign-in of this account", "このアカウントの該当するサインインがない"),
    (
        "{} of {} successful sign-ins have a city and coordinates",
        "成功したサインイン {1} 件のうち {0} 件に都市と座標がある",
    ),
    (
        "{} of {} files with sign-ins of this account tell it",
        "このアカウントのサインインがあるファイル {1} 件のうち {0} 件に記載がある",
    ),
    (
        "the risk report hides how high the risk is (no P2 licence)",
        "リスク レポートにリスクの高さが示されていない (P2 ライセンスなし)",
    ),
    (
        "the risk report neither names the account nor reaches into the window",
        "リスク レポートはアカウントを示さず、対象期間にも及んでいない",
    ),
    ("risk report present", "リスク レポートがある"),
    ("sign-ins with a risk level that is not hidden: {}", "リスク レベルが表示されているサインイン {0} 件"),
    ("no sign-ins with a risk level that is not hidden", "リスク レベルが表示されているサインインがない"),
    (
        "no snapshot: rules that were made before the log began stay unknown",
        "スナップショットがない。ログの開始前に作成されたルールは不明のまま",
    ),
    (
        "the table of rules has no columns for some of what a rule may do",
        "ルールの表には、ルールが行いうる操作の一部の列がない",
    ),
    ("the snapshot does not say whose rules it shows", "スナップショットはどのメールボックスのルールかを示していない"),
    ("the snapshot shows another mailbox's rules only", "スナップショットは別のメールボックスのルールだけを示す"),
    (
        "the snapshot has rules of {} other mailboxes: this one may not have been asked for",
        "スナップショットには他の {0} 個のメールボックスのルールがある。このメールボックスは対象外だった可能性がある",
    ),
    (
        "snapshot of several mailboxes; it has no rule of this one",
        "複数のメールボックスのスナップショットがあり、このメールボックスのルールはない",
    ),
    ("snapshot of this mailbox's forwarding", "このメールボックスの転送設定のスナップショット"),
    (
        "no snapshot of mailboxes (Get-Mailbox): forwarding that was set before the log began stays unknown",
        "メールボックス (Get-Mailbox) のスナップショットがない。ログの開始前に設定された転送は不明のまま",
    ),
    (
        "the snapshot does not say whose forwarding it shows",
        "スナップショットはどのメールボックスの転送設定かを示していない",
    ),
    (
        "the snapshot shows another mailbox's forwarding only",
        "スナップショットは別のメールボックスの転送設定だけを示す",
    ),
    (
        "the snapshot shows the forwarding of other mailboxes: this one may not have been asked for",
        "スナップショットは他のメールボックスの転送設定を示す。このメールボックスは対象外だった可能性がある",
    ),
    (
        "snapshot of several mailboxes; this one is not among them",
        "複数のメールボックスのスナップショットがあり、このメールボックスは含まれない",
    ),
    (
        "the snapshot was taken at {}, but the log begins at {} only",
        "スナップショットは {0} に取得されたが、ログは {1} に始まる",
    ),
    ("snapshot of this mailbox; it has no rules", "このメールボックスのスナップショットがあり、ルールはない"),
    ("snapshot with rules of this mailbox: {}", "このメールボックスのルール {0} 件を含むスナップショット"),
    ("no MailItemsAccessed record of this mailbox", "このメールボックスの MailItemsAccessed レコードがない"),
    ("present, not throttled", "あり。調整されていない"),
    (
        "throttled records: {}; the extent of reading is unknown",
        "{0} 件のレコードが調整 (スロットル) されている。閲覧の範囲は不明",
    ),
    (
        "mails of the message trace without message ids, none of them with a Send record at its time: {} (is the trace in UTC?)",
        "メッセージ ID のないメッセージ追跡のメール {0} 件のうち、その時刻に送信 (Send) レコードのあるものがない (時刻は UTC か)",
    ),
    (
        "records of the message trace without a message id and a subject: {}",
        "メッセージ ID も件名もないメッセージ追跡のレコード: {0} 件",
    ),
    ("records of the message trace without a message id: {}", "メッセージ ID のないメッセージ追跡のレコード: {0} 件"),
    (
        "C-221: a snapshot shows auditing of this mailbox switched off or bypassed",
        "C-221: スナップショットによると、このメールボックスの監査は無効またはバイパスされている",
    ),
    (
        "C-221: a snapshot shows that not all is audited that the owner does",
        "C-221: スナップショットによると、所有者の操作のすべてが監査されてはいない",
    ),
    (
        "a record that could not be read whole may have switched it off ({})",
        "全体を読み取れなかったレコードが無効にした可能性がある ({0})",
    ),
    ("auditing was switched off or bypassed at {} ({*})", "{0} に監査が無効化またはバイパスされた ({1})"),
    ("no record of auditing being switched off", "監査が無効にされた記録はない"),
    ("what {} does in mailboxes is not recorded since {}", "{0} がメールボックスで行う操作は {1} から記録されていない"),
    ("no record of another account's doings being left out", "他のアカウントの操作が監査から外された記録はない"),
    ("no unified audit log in the evidence", "証拠に統合監査ログがない"),
    ("days from the window's start to the last record: {}", "対象期間の開始は最後のレコードの {0} 日前"),
    // Longer ones stand before those that would take their beginning and leave the rest in English.
    (
        "no MailItemsAccessed records of this mailbox: which mails were read is unknown",
        "このメールボックスの MailItemsAccessed レコードがない。どのメールが閲覧されたかは不明",
    ),
    (
        "no SharePoint or OneDrive records of this account: which files were opened is unknown",
        "このアカウントの SharePoint または OneDrive のレコードがない。どのファイルが開かれたかは不明",
    ),
    ("no {*} in the evidence", "証拠に{0}がない"),
    ("the {*} begins at {}, after the window's start", "{0}は対象期間の開始より後の {1} に始まる"),
    ("the {*} ends at {}, before the window's end", "{0}は対象期間の終了より前の {1} に終わる"),
    ("the {*} has no record on {}, between busy days", "{0}には、記録の多い日に挟まれた {1} のレコードがない"),
    (
        "the {*} has no record from {} to {}, and no file spans these days",
        "{0}には {1} から {2} までのレコードがなく、この期間にまたがるファイルもない",
    ),
    (
        "the {*} has no record on {}, on which the account sent mail",
        "{0}には、アカウントがメールを送信している {1} のレコードがない",
    ),
    (
        "the unified audit log goes from {} to {}, and the account signed in at {}",
        "統合監査ログは {0} から {1} までだが、アカウントは {2} にサインインしている",
    ),
    (
        "the unified audit log has nothing of the account from one sign-in at {} to another at {}, neither of which it has",
        "統合監査ログには、{0} のサインインから {1} のサインインまで (どちらも含めて) アカウントのレコードがない",
    ),
    (
        "the unified audit log has no record on {}, on which other logs have several",
        "他のログには複数のレコードがある {0} に、統合監査ログのレコードがない",
    ),
    (
        "{*} of the account: none from {} to {}, on which it worked, and on all other days some",
        "アカウントの{0}が、操作のあった {1} から {2} までだけにない (他の日にはある)",
    ),
    ("mailbox audit records", "メールボックス監査レコード"),
    ("MailItemsAccessed records", "MailItemsAccessed レコード"),
    ("records of Exchange", "Exchange のレコード"),
    ("directory records and sign-ins", "ディレクトリのレコードとサインイン"),
    (
        "the {*} has no record from {} to {}, though it is of everybody",
        "{0}は全員のものだが、{1} から {2} までのレコードがない",
    ),
    ("{} of {} records of {} could not be read", "{2} のレコード {1} 件のうち {0} 件を読み取れなかった"),
    ("the {*} holds no record of this account", "{0}にこのアカウントのレコードがない"),
    (
        "the {*} holds a few activities or one category only: it was searched for them",
        "{0}には一部のアクティビティまたは一つのカテゴリしかない。それだけを検索したものである",
    ),
    (
        "the message trace has mail to the account and none from it, as one searched by recipient",
        "メッセージ追跡にはアカウント宛のメールだけがあり、アカウントからのものがない (受信者で検索したもの)",
    ),
    (
        "of the account's mail in this direction, the message trace has only what was not delivered: it was searched by status",
        "この方向のアカウントのメールは、配信されなかったものだけがメッセージ追跡にある。状態で検索したものである",
    ),
    (
        "the message trace has mail from the account and none to it, as one searched by sender",
        "メッセージ追跡にはアカウントからのメールだけがあり、アカウント宛のものがない (送信者で検索したもの)",
    ),
    ("{} was probably cut when it was made", "{0} は作成時に途中で切れた可能性が高い"),
    ("{}Z to {}Z", "{0}Z から {1}Z まで"),
    ("no {*}", "{0}がない"),
    ("mailbox audit records of this mailbox: {}", "このメールボックスのメールボックス監査レコード {0} 件"),
    ("no deletion records of anybody", "どの利用者の削除レコードもない"),
    ("deletion records of anybody: {}", "いずれかの利用者の削除レコード {0} 件"),
    ("Send records of this mailbox: {}", "このメールボックスの送信 (Send) レコード {0} 件"),
    (
        "Send records of this mailbox with the field SaveToSentItems: {}",
        "SaveToSentItems フィールドを持つこのメールボックスの送信 (Send) レコード {0} 件",
    ),
    ("alert or hygiene records: {}", "アラートまたは保護イベントのレコード {0} 件"),
    (
        "SharePoint or OneDrive records of this account: {}",
        "このアカウントの SharePoint または OneDrive のレコード {0} 件",
    ),
    ("search records of this mailbox: {}", "このメールボックスの検索レコード {0} 件"),
    ("records of another workload than Exchange: {}", "Exchange 以外のワークロードのレコード {0} 件"),
    ("Teams records of anybody: {}", "いずれかの利用者の Teams レコード {0} 件"),
    ("search records of this mailbox", "このメールボックスの検索レコード"),
    ("records of another workload than Exchange", "Exchange 以外のワークロードのレコード"),
    ("Teams records of anybody", "いずれかの利用者の Teams レコード"),
    ("directory records: {}", "ディレクトリのレコード {0} 件"),
    // names of logs
    ("unified audit log", "統合監査ログ"),
    ("Entra directory audit", "Microsoft Entra 監査ログ"),
    ("message trace", "メッセージ追跡"),
    ("sign-in log", "サインイン ログ"),
    ("mailbox audit records of this mailbox", "このメールボックスのメールボックス監査レコード"),
    ("Send records of this mailbox", "このメールボックスの送信 (Send) レコード"),
    (
        "Send records of this mailbox with the field SaveToSentItems",
        "SaveToSentItems フィールドを持つこのメールボックスの送信 (Send) レコード",
    ),
    ("alert or hygiene records", "アラートまたは保護イベントのレコード"),
    ("SharePoint or OneDrive records of this account", "このアカウントの SharePoint または OneDrive のレコード"),
    ("directory records", "ディレクトリのレコード"),
    // what the lists of touched mails and files cannot show
    (
        "no attacker address or session is known, so nothing can be listed",
        "攻撃者のアドレスもセッションも判明していないため、一覧は作成できない",
    ),
    (
        "a folder was synchronised that its record does not name: any may have been read whole",
        "同期されたフォルダーの名前がレコードにない。どのフォルダーもすべて閲覧された可能性がある",
    ),
    (
        "a folder that was synchronised has to be taken as read whole",
        "同期されたフォルダーは、すべて閲覧されたものとみなす必要がある",
    ),
    (
        "the service sums up reads within two minutes and leaves out repeats within an hour: counts are no number of reads",
        "サービスは 2 分以内の閲覧をまとめ、1 時間以内の繰り返しを省く。件数は閲覧の回数ではない",
    ),
    (
        "reads were throttled: for 24 hours after each such record everything has to be taken as read",
        "閲覧の記録が調整 (スロットル) された。該当する各レコードから 24 時間は、すべて閲覧されたものとみなす必要がある",
    ),
    // cautions
    (
        "address {} is not taken for the attacker's: {} other accounts used it on {} or more days before the window, so it is a shared network",
        "アドレス {0} は攻撃者のものとは見なさない: 他の {1} 個のアカウントが対象期間より前に {2} 日以上使用しているため、共有のネットワークである",
    ),
    (
        "address {} is not taken for the attacker's: {} other accounts signed in from it on managed devices in the window, so it is a shared network",
        "アドレス {0} は攻撃者のものとは見なさない: 対象期間に他の {1} 個のアカウントが管理対象デバイスからここを通ってサインインしており、共有のネットワークである",
    ),
    (
        "address {} is named as the attacker's and as known good: it is taken for the attacker's",
        "アドレス {0} は攻撃者のものとしても安全なものとしても指定されているため、攻撃者のものとした",
    ),
    (
        "{} is named as the attacker's and is private or Microsoft's: it counts where a record has it, and leads to nothing else",
        "攻撃者のものとして指定された {0} はプライベートまたは Microsoft のアドレスのため、それを持つレコードにだけ加算し、それをたどって広げることはしない",
    ),
    (
        "address {} is taken for the attacker's, but {} other accounts used it on {} or more days before the window: it may be a shared network",
        "アドレス {0} を攻撃者のものとしたが、他の {1} 件のアカウントが対象期間の前に {2} 日以上使用している。共有ネットワークの可能性がある",
    ),
    (
        "the evidence holds records of several tenants, and no record of the account says which is its own: what the evidence can show may be another tenant's",
        "証拠に複数のテナントのレコードがあり、このアカウントのテナントがどれかを示すレコードがない。証拠から分かることは、別のテナントのものかもしれない",
    ),
    (
        "the evidence holds another tenant's records: files left out of coverage, the tenant's domains and what is usual: {}",
        "証拠に別のテナントのレコードがある。カバレッジ、テナントのドメイン、平常の判断から除いたファイルの数: {0}",
    ),
    (
        "C-220: only the name given was searched; the evidence ties no other name to it",
        "C-220: 指定された名前だけを検索した。証拠には、これに結び付く別の名前がない",
    ),
    (
        "places are the registration country of the address (built-in table), which is weak: give a City or Country database (--geoip)",
        "場所はアドレスの登録国 (内蔵の表) であり、根拠として弱い。City または Country のデータベースを指定すること (--geoip)",
    ),
    (
        "no baseline of at least {} days before the window (records: {}, days: {}): \"never seen before\" adds nothing to any score",
        "対象期間の前に {0} 日以上の基準期間がない (レコード {1} 件、{2} 日分)。「初めて見られた」ことはスコアに加算されない",
    ),
    (
        "what was usual is learned from the account's own records before the window (records: {}, days: {}, the first on {})",
        "普段の利用は、対象期間より前のアカウント自身のレコードから把握した (レコード {0} 件、{1} 日分、最初は {2})",
    ),
    (
        "the alias {} may also mean another account; it was not used",
        "エイリアス {0} は別のアカウントを指す可能性もあるため、使用しなかった",
    ),
    (
        "{} was taken for the only account of that name before its @, {}",
        "{0} は、@ の前がその名前である唯一のアカウント {1} とみなした",
    ),
    (
        "{} may be any of these accounts, of which none was taken: {}",
        "{0} は次のどのアカウントでもありうるため、いずれも採用していない: {1}",
    ),
    ("{} {} is also used for {}", "{0} の {1} は {2} にも使われている"),
    (
        "{} {} of {} is another account with an id of its own",
        "{2} の {0} である {1} は、固有の ID を持つ別のアカウントである",
    ),
    (
        "two object ids bore the name {}, one of them also {}: acts of two people may be told as one's",
        "{0} という名前には 2 つのオブジェクト ID があり、その 1 つは {1} でもある。2 人の操作を 1 人のものとしている可能性がある",
    ),
    (
        "two object ids bore the name {}, one of them also {}: records of {} are the other one's; what names no id may be of either",
        "{0} という名前には 2 つのオブジェクト ID があり、その 1 つは {1} でもある。{2} の記録は別人のものとして除いた。ID のない記録はどちらのものか不明である",
    ),
    ("named by the investigator as known good: {}", "調査担当者が既知の正当なアドレスとして指定したもの: {0}"),
    ("named by the investigator as the attacker's: {}", "調査担当者が攻撃者のものとして指定したアドレス: {0}"),
    ("named by the investigator as the organisation's own: {}", "調査担当者が組織のものとして指定したドメイン: {0}"),
    (
        "{} counts as the organisation's own, because the investigator gave a name of the account there",
        "調査担当者がこのアカウントの名前を指定したため、{0} は組織のドメインとみなす",
    ),
    ("lists of the investigator's own: {}", "調査担当者が指定した一覧: {0}"),
    (
        "knowledge files were replaced by the investigator's own: {}",
        "内蔵の知識ファイルの代わりに、調査担当者のものを使用した: {0}",
    ),
];
