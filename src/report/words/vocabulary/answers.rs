//! The answer in sentences, with what it rests on, and what the commands print.

use super::Word;

words! {
    // sentences
    ReportTitle => "Compromised mailbox report", "メールボックス侵害調査レポート";
    AnswerStrong =>
        "The evidence shows strong signs that this account was taken over.",
        "証拠には、このアカウントが乗っ取られたことを示す強い兆候がある。";
    AnswerOutside =>
        "The evidence has strong findings, but none of them shows somebody in this account.",
        "証拠には強い検出事項があるが、このアカウントに誰かが侵入したことを示すものはない。";
    AnswerTried =>
        "Somebody tried to sign in and was stopped; where the password was right, it is known to them.",
        "サインインが試みられ、阻止された。パスワードが正しかった試行があれば、パスワードは知られている。";
    AnswerElsewhere =>
        "Somebody else changed settings of the whole organisation.",
        "他の人物が組織全体の設定を変更した。";
    AnswerUnwatched =>
        "Somebody else cut down what is audited of this account.",
        "他の人物がこのアカウントの監査の対象を縮小した。";
    AnswerUnnamed =>
        "No record of this evidence names the account: check the spelling, and give its other names (--alias). Nothing can be said of it.",
        "この証拠には、アカウントを示すレコードがない。綴りを確認し、別の名前も指定すること (--alias)。このアカウントについては何も言えない。";
    AnswerBeside =>
        "No record of this window, nor of the days before it, names the account, though others do: check --from and --to. Nothing can be said of it.",
        "アカウントを示すレコードはあるが、この対象期間とその前の日にはない。--from と --to を確認すること。このアカウントについては何も言えない。";
    AnswerNoRecords =>
        "No record could be read from this evidence: nothing can be said of the account.",
        "この証拠から読み取れたレコードはない。このアカウントについては何も言えない。";
    AnswerBlank =>
        "None of Microsoft's ten symptoms could be assessed with this evidence: nothing can be said of them.",
        "この証拠では、Microsoft の 10 の兆候のいずれも判定できない。兆候については何も言えない。";
    AnswerWeak =>
        "The evidence shows signs that need a closer look; none of them is conclusive.",
        "証拠には、詳しい確認が必要な兆候がある。ただし決定的なものはない。";
    AnswerNothingButGaps =>
        "None of Microsoft's ten symptoms was seen, but {0} of the ten could not be assessed with this evidence: this is no all-clear.",
        "Microsoft の 10 の兆候はいずれも見られないが、そのうち {0} 件はこの証拠では判定できない。したがって、安全とは言えない。";
    AnswerNothing =>
        "None of Microsoft's ten symptoms was seen, in evidence that would have shown them.",
        "Microsoft の 10 の兆候はいずれも見られない。証拠は、兆候があれば示せるだけ揃っている。";
    AnswerExplained =>
        "What was found for {0} of Microsoft's ten symptoms has an innocent explanation in the evidence; of the others nothing was seen, in evidence that would have shown it.",
        "Microsoft の 10 の兆候のうち {0} 件には検出があるが、悪意のない説明が証拠にある。残りは見られない。証拠は、兆候があれば示せるだけ揃っている。";
    AnswerExplainedButGaps =>
        "What was found for {0} of Microsoft's ten symptoms has an innocent explanation in the evidence, but {1} of the ten could not be assessed with this evidence: this is no all-clear.",
        "Microsoft の 10 の兆候のうち {0} 件には検出があるが、悪意のない説明が証拠にある。{1} 件はこの証拠では判定できない。したがって、安全とは言えない。";
    AnswerBeyondGaps =>
        "Checks beyond the ten that this evidence cannot answer: {0}.",
        "10 の兆候以外の確認項目のうち、この証拠では判定できないもの: {0} 件。";
    AnswerAttacker =>
        "The attacker's activity, as far as known, runs from {0} to {1} (known addresses: {2}, sessions: {3}).",
        "判明している攻撃者の活動は {0} から {1} まで続く (判明しているアドレス: {2}、セッション: {3})。";
    AnswerAttackerMinute =>
        "The attacker's activity, as far as known, falls in the minute of {0} (known addresses: {2}, sessions: {3}).",
        "判明している攻撃者の活動は {0} の 1 分間にある (判明しているアドレス: {2}、セッション: {3})。";
    AnswerFound => "{0}.", "{0}。";
    AnswerFoundMore => "{0}; and {1} more.", "{0} ／ ほか {1} 件。";
    AnswerSure => "{0}.", "{0}。";
    AnswerSureStrong =>
        "strong signs of {0} of Microsoft's ten symptoms",
        "Microsoft の 10 の兆候のうち強い兆候が {0} 件";
    AnswerSureWeak => "weak signs only of {0} of the ten", "弱い兆候のみが {0} 件";
    AnswerSureGaps => "no answer from this evidence for {0} of the ten", "この証拠では判定できないものが {0} 件";
    AnswerSureBeyond => "other checks that found something: {0}", "そのほかの確認項目での検出が {0} 件";
    AnswerAnd => "; ", "、";
    AnswerNext => "{0} (optional steps still open: {1}).", "{0} (未実施の省略可能な手順: {1} 件)。";
    AnswerNextOptional =>
        "No main response step that these findings call for is open; optional steps still open: {0}.",
        "検出事項に対して必要な主な対応手順に、未実施のものはない。未実施の省略可能な手順は {0} 件。";
    AnswerNextNone =>
        "Nothing that was found calls for a response step on this account.",
        "検出の範囲では、このアカウントに対応手順は必要ない。";
    AnswerNextKept =>
        "A new password does not end what these checks found: {0}. Make sure that it is undone.",
        "次の確認項目で見つかったものは、パスワードを変えても残る: {0}。元に戻されていることを確認する。";
    AnswerNextWho =>
        "Ask who made these changes and whether they were meant; examine the account that made them.",
        "変更した人物と、意図した変更かどうかを確認し、変更を行ったアカウントを調べる。";
    AnswerNextName =>
        "Ask again with the name as the exports spell it; if it is right, get exports that hold the account.",
        "エクスポートの綴りのとおりの名前で再度実行する。名前が正しければ、このアカウントを含むエクスポートを入手する。";
    AnswerNextWindow =>
        "Ask again with a window in which the evidence has records of the account, or get exports of this window.",
        "アカウントのレコードがある期間で再度実行する。または、この期間のエクスポートを入手する。";
    AnswerNextLook =>
        "Look at these findings, rule out the innocent explanations named with them, and take the response steps where none fits.",
        "検出事項を確認し、併記された悪意のない場合の説明に当てはまらなければ、対応手順を実施する。";
    AnswerNextEvidence => "Get the missing evidence, which is named below.", "以下に示す、不足している証拠を入手する。";
    AnswerNextNothing => "Nothing here calls for the response steps.", "対応手順が必要となる検出はない。";
    AnswerLost =>
        "Some evidence was lost or is doubtful: see the evidence list.",
        "失われた、または疑わしい証拠がある。証拠の一覧を参照。";
    CountFindings => "{0} strong, {1} weak, {2} explained", "強 {0}、弱 {1}、説明がつく {2}";
    CountShort => "{0}/{1}/{2}", "{0}/{1}/{2}";
    CountShortHead => "Strong/ weak/ expl.", "強/ 弱/ 説明";
    EvidenceLine =>
        "{0 file|files}, {1 record|records}: {2 event|events}, {3 state|states}, {4 duplicate|duplicates}, {5} rejected ({6} salvaged)",
        "ファイル {0} 件、レコード {1} 件: イベント {2}、状態行 {3}、重複 {4}、読み取り不可 {5} (復元 {6})";
    SignInLine =>
        "{0} in all: {1} succeeded, {2} failed, {3} interrupted; failed although the password was right: {4}",
        "合計 {0} 件: 成功 {1}、失敗 {2}、中断 {3}。失敗のうちパスワードが正しかったもの {4} 件";
    SignInsUnknown =>
        "{0} of them do not tell how they ended, or no longer do: neither succeeded nor failed",
        "うち {0} 件は結果がレコードにないか、失われている (成功にも失敗にも数えない)";
    SpanLine => "from {0} to {1}", "{0} から {1} まで";
    NoWindow =>
        "none: no record has a time, and no window was given",
        "なし (時刻のあるレコードがなく、期間の指定もない)";
    RecordWord => "record {0}", "レコード {0}";
    TimeUnknown => "time not known (snapshot)", "時刻不明 (スナップショット)";
    MoreFindings => "{0} more in findings.csv", "ほか {0} 件は findings.csv を参照";
    MoreRows => "{0} more in report.json", "ほか {0} 件は report.json を参照";
    MoreRejects => "{0} more in rejects.jsonl", "ほか {0} 件は rejects.jsonl を参照";
    MoreTimeline =>
        "Events that findings cite: {1}, shown here: {0}. All events of the timeline ({2}) are in timeline.csv.",
        "検出事項が引用するイベント {1} 件のうち {0} 件を表示。タイムライン全体 {2} 件は timeline.csv を参照";
    MoreTimelineUnwritten =>
        "Events that findings cite: {1}, shown here: {0}. The timeline has {2 event|events}; --format csv writes all of them to timeline.csv.",
        "検出事項が引用するイベント {1} 件のうち {0} 件を表示。タイムライン全体 {2} 件は --format csv で timeline.csv に出力できる";
    ExplainedFold => "Explained findings: {0}", "説明がつく検出事項: {0} 件";
    NoFindings =>
        "Nothing was found, and the evidence would have shown it.",
        "検出なし。証拠は、あれば示せるだけ揃っている。";
    PageLink => "How this is decided, and innocent explanations", "判定の方法と、悪意のない場合の説明";
    PageCommand =>
        "How this is decided, and innocent explanations: bectrace explain {0}",
        "判定の方法と、悪意のない場合の説明: bectrace explain {0}";
    GateTally => "Coverage checks that pass: {0} of {1}.", "証拠の充足確認 {1} 項目中 {0} 項目を満たす";
    BalanceHolds =>
        "The books balance: records = events + states + duplicates + rejected.",
        "記録数は一致している: レコード = イベント + 状態行 + 重複 + 読み取り不可";
    BalanceLine =>
        "{0 record|records} = {1 event|events} + {2 state|states} + {3 duplicate|duplicates} + {4} rejected ({5} salvaged)",
        "レコード {0} = イベント {1} + 状態行 {2} + 重複 {3} + 読み取り不可 {4} (復元 {5})";
    BalanceBroken =>
        "The books do not balance: this is a defect of the tool.",
        "記録数が一致しない: ツールの不具合である。";
    HeatTitle => "Sign-ins by weekday and hour, {0}", "曜日・時刻別のサインイン数 ({0})";
    HeatDesc =>
        "Seven rows for Monday to Sunday, 24 columns for the hours; the darker, the more sign-ins. The table below holds the same numbers.",
        "月曜から日曜までの 7 行、時刻の 24 列。濃いほどサインインが多い。下の表に同じ数値を示す。";
    SkipLink => "Skip to the findings", "検出事項へ移動";
    Contents => "Contents", "目次";
    MethodText =>
        "This report was made offline from exported logs; no tenant was contacted. Every finding names its records by file, record number, byte offset and SHA-256, and can be checked again (bectrace verify). The SHA-256 is that of the record's own text in UTF-8: of an audit record the JSON in AuditData, without the quotation marks that a table doubles; of other exports the row, object or element that begins at the byte offset. A verdict weighs two things apart: whether it happened, and whether it was the attacker. \"Cannot tell\" means that the evidence could not have shown it; only \"not seen\" means that it would have.",
        "このレポートは、エクスポートされたログだけから、オフラインで作成した。テナントには接続していない。すべての検出事項は、ファイル、レコード番号、バイト位置、SHA-256 で元のレコードを示し、再確認できる (bectrace verify)。SHA-256 はレコード自体のテキスト (UTF-8) から求める。監査レコードでは AuditData の JSON (表で二重になった引用符は 1 つに戻す)、ほかのエクスポートではバイト位置から始まる行、オブジェクトまたは要素である。判定では「起きたかどうか」と「攻撃者の行為かどうか」を分けて評価する。「判定不能」は証拠では確認できないことを意味し、「見られない」は、あれば証拠に現れるはずのものがないことを意味する。";
    MethodDefang =>
        "Addresses and links from outside the organisation are written so that they cannot be followed (evil[.]example, hxxps). Characters that cannot be seen are shown as markers. Values as they stand in the evidence are in report.json and, where it was asked for, in timeline.parquet.",
        "組織外のアドレスとリンクは、開けない形 (evil[.]example、hxxps) で表記する。目に見えない文字は記号で示す。証拠にあるままの値は report.json と (出力した場合は) timeline.parquet にある。";
    MethodTeeth =>
        "Addresses and links stand here as in the evidence (--no-defang): whoever follows them by accident may be seen. Characters that cannot be seen are shown as markers.",
        "アドレスとリンクは証拠にあるまま表記している (--no-defang)。誤って開くと、相手に知られるおそれがある。目に見えない文字は記号で示す。";
    LegendScore =>
        "score: what speaks for the attacker, and what the act itself does",
        "スコア: 攻撃者を示す項目と、操作自体の内容の項目";
    // explain
    SealLine =>
        "SHA-256 of SHA256SUMS (note it; verify --expect compares it): {0}",
        "SHA256SUMS の SHA-256 (控えておくこと。verify --expect で照合): {0}";
    OnlyInEnglish => "This page is in English only.", "このページは英語版のみ。";
    PagesOnPaper =>
        "On paper only the pages of questions with findings are printed; bectrace explain shows all of them.",
        "印刷では、検出のある項目のページだけを示す。すべてのページは bectrace explain で表示できる。";
    LabelFound => "What was found", "見つかったこと";
    LabelSure => "How sure this is", "確かさ";
    LabelNext => "What to do next", "次にすべきこと";
    ExplainTen =>
        "The ten symptoms of Microsoft's page \"Responding to a compromised email account\":",
        "Microsoft のページ「侵害されたメール アカウントへの対応」の 10 の兆候:";
    ExplainBeyond => "Beyond the ten:", "10 の兆候以外:";
    ExplainHint =>
        "bectrace explain inbox-rules prints the page of one of them",
        "bectrace explain inbox-rules --lang ja で各項目のページを表示";
    ReportAt => "report: {0}", "レポート: {0}";
}
