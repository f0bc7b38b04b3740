//! Labels of cells and columns, in the page and in the workbook.

use super::Word;

words! {
    // labels
    Account => "Account", "アカウント";
    Window => "Window", "対象期間";
    Case => "Case", "案件";
    Examiner => "Examiner", "調査担当者";
    Symptom => "Symptom", "兆候";
    Verdict => "Verdict", "判定";
    Finding => "Finding", "検出事項";
    Time => "Time (UTC)", "時刻 (UTC)";
    Severity => "Severity", "重大度";
    Fact => "How it is known", "根拠の種類";
    Attribution => "Whose act", "行為者の判断";
    Actor => "Actor", "実行者";
    Target => "Target", "対象";
    Address => "Address", "アドレス";
    Session => "Session", "セッション";
    Details => "Details", "詳細";
    Detail => "Detail", "項目";
    Value => "Value", "値";
    Points => "Points", "点";
    Why => "Why", "理由";
    Sum => "Sum", "合計";
    Attack => "ATT&CK", "ATT&CK";
    Records => "Records", "レコード";
    Record => "Record", "レコード";
    File => "File", "ファイル";
    Line => "Line", "行";
    Offset => "Byte offset", "バイト位置";
    NativeId => "Native id", "レコード ID";
    Hash => "SHA-256", "SHA-256";
    Step => "Step", "手順";
    State => "State", "状態";
    At => "At (UTC)", "実施時刻 (UTC)";
    Note => "Note", "説明";
    Country => "Country", "国";
    Network => "Network", "ネットワーク";
    Total => "Total", "合計";
    Succeeded => "Succeeded", "成功";
    Failed => "Failed", "失敗";
    First => "First (UTC)", "最初 (UTC)";
    Last => "Last (UTC)", "最後 (UTC)";
    Outcome => "Outcome", "結果";
    ErrorCode => "Error code", "エラー コード";
    Addresses => "Addresses", "アドレス";
    Sessions => "Sessions", "セッション";
    Question => "Question", "確認事項";
    Passes => "passes", "満たす";
    Fails => "fails", "満たさない";
    Seen => "What was seen", "確認した内容";
    Format => "Format", "形式";
    Bytes => "Bytes", "バイト数";
    Events => "Events", "イベント";
    States => "States", "状態行";
    Duplicates => "Duplicates", "重複";
    Rejected => "Rejected", "読み取り不可";
    Salvaged => "Salvaged", "復元";
    Status => "Status", "状況";
    Code => "Code", "コード";
    Reason => "Reason", "理由";
    Excerpt => "Excerpt", "抜粋";
    Message => "Message", "内容";
    Source => "Evidence", "証拠の種類";
    Action => "Operation", "操作";
    Kind => "Kind", "種類";
    LearnedFrom => "Learned from", "出典";
    Tool => "Tool", "ツール";
    Needs => "Missing for an answer", "判定に不足しているもの";
    Weekday => "Weekday", "曜日";
    None => "none", "なし";
    Given => "given by the investigator", "調査担当者が指定";
    Monday => "Mon", "月";
    Tuesday => "Tue", "火";
    Wednesday => "Wed", "水";
    Thursday => "Thu", "木";
    Friday => "Fri", "金";
    Saturday => "Sat", "土";
    Sunday => "Sun", "日";
    Counts => "Counts", "件数";
    Custody => "Times and hashes", "時刻とハッシュ";
    Gates => "Coverage checks", "証拠の充足確認";
    FileNotes => "Remarks on files", "ファイルに関する注記";
    CaseNone => "not given", "指定なし";
    InternalDomains => "Internal domains", "内部ドメイン";
    NotFired => "Beyond the ten, nothing to show", "10 の兆候以外で検出のないもの";
    Nobody => "No address or session could be linked to an attacker.", "攻撃者に結び付くアドレスやセッションはない。";
    NoRejects => "Every record was read.", "すべてのレコードを読み取った。";
    NoRejectsButFiles =>
        "No single record was refused, but some files were not read, or not whole: they stand in the list of the evidence.",
        "読み取れなかった個別のレコードはないが、読み取れていない、または一部しか読み取れていないファイルがある。証拠の一覧を参照。";
    NoCited => "No event is cited by a finding.", "検出事項が引用するイベントはない。";
    NoSignIns =>
        "This evidence holds no sign-in of the account in the window.",
        "この証拠には、対象期間のこのアカウントのサインインがない。";
    // the workbook
    Headline => "What was found", "見つかったこと";
    AllRecords => "All records (file, number, SHA-256)", "すべてのレコード (ファイル、番号、SHA-256)";
    InAttackerSet => "In the attacker set", "攻撃者の集合に含まれる";
    AsNumber => "AS number", "AS 番号";
    Encoding => "Encoding", "文字コード";
    WindowStart => "Start of the window (UTC)", "期間の始まり (UTC)";
    WindowEnd => "End of the window, not included (UTC)", "期間の終わり (含まない、UTC)";
    ExposedSubject => "Subject or operations", "件名または操作";
    ExposedFolder => "Folder", "フォルダー";
    ExposedMailbox => "Mailbox", "メールボックス";
    ExposedHow => "How", "接触の種類";
    ExposedCount => "Count", "件数";
    ExposedMail => "Mail", "メール";
    ExposedFile => "Exposed file", "ファイル (露出)";
    ExposedThrottled => "Day read beyond record", "記録を超えて読まれた日";
    ExposedRecipient => "Recipient", "宛先";
    ExposedAccount => "Other account", "他のアカウント";
    SheetSplit =>
        "{0} has {1 row|rows}, more than one sheet may hold, and goes on over {2 sheet|sheets}.",
        "{0} は {1} 行あり、1 枚のシートに収まらないため {2} 枚に分かれている。";
    CellsCut =>
        "{0}: {1 cell holds|cells hold} more text than a cell may have ({2 character|characters}); each says so at its end, and the whole text is in {3}.",
        "{0}: {1} 個のセルの文字列が、セルの上限 {2} 文字を超えている。該当するセルの末尾にその旨を記し、全文は {3} にある。";
    CellCut =>
        "[cut here: {0 character|characters} in all, the whole text is in {1}]",
        "[ここで省略: 全 {0} 文字、全文は {1}]";
    WorkbookGuide =>
        "Times are dates in UTC. The timeline has {0 event|events}; its columns are those of docs/schema.md that people filter by, and timeline.csv and timeline.parquet (--format csv,parquet) have all of them. Text from the evidence is always text, never a formula or a link; characters that cannot be seen are shown as markers. Sign-ins has a row for each record: one that two logs tell of is counted once here.",
        "時刻は UTC の日付である。タイムラインは {0} 件で、列は docs/schema.md のうち絞り込みに使うものである。すべての列は timeline.csv と timeline.parquet (--format csv,parquet) にある。証拠の文字列は常に文字列で、数式やリンクにはならない。見えない文字は記号で示す。Sign-ins は記録ごとに 1 行で、2 つのログにあるサインインもここでは 1 回と数える。";
    // names of sheets
    SheetSummary => "Summary", "概要";
    SheetFindings => "Findings", "検出事項";
    SheetTimeline => "Timeline", "タイムライン";
    SheetSignIns => "Sign-ins", "サインイン";
    SheetAddresses => "Addresses", "アドレス";
    SheetExposure => "Exposure", "漏えいの範囲";
    SheetResponse => "Response", "対応手順";
    SheetEvidence => "Evidence", "証拠";
    SheetCoverage => "Coverage", "証拠の充足";
    ExposedThrottledByAttacker => "throttled, attacker", "調整 (スロットル)、攻撃者による";
    External => "other organisation", "組織外";
}
