//! What the page says around findings, sign-ins and tables, and how it was made.

use super::Word;

words! {
    // the top of the page
    BannerStrong => "Strong signs of a takeover", "乗っ取りの強い兆候がある";
    BannerOutside =>
        "Strong findings, but none shows somebody in this account",
        "強い検出事項はあるが、このアカウントへの侵入を示すものはない";
    BannerBlank => "This evidence cannot tell", "この証拠では判定できない";
    BannerWeak => "Signs that need a closer look", "詳しい確認が必要な兆候がある";
    BannerGaps =>
        "Nothing found, but the evidence has gaps: no all-clear",
        "検出はないが証拠に不足があり、安全とは言えない";
    BannerExplainedGaps =>
        "Nothing unexplained was found, but the evidence has gaps: no all-clear",
        "説明のつかない検出はないが証拠に不足があり、安全とは言えない";
    BannerNothing =>
        "None of the ten symptoms, in evidence that would show them",
        "10 の兆候は見られない (あれば示せる証拠がある)";
    BannerExplained =>
        "None of the ten symptoms without an innocent explanation",
        "10 の兆候のうち、説明のつかないものはない";
    TileActive => "Attacker active", "攻撃者の活動期間";
    TileRecords => "{0 record|records} in {1 file|files}", "レコード {0} 件、ファイル {1} 件";
    TileLost => "some evidence was lost or is doubtful", "失われた、または疑わしい証拠がある";
    TileWhole => "every record was read", "すべてのレコードを読み取った";
    TileStepsNone => "none called for", "必要なものはない";
    TileSteps => "{0} of {1} done", "{1} 件中 {0} 件が実施済み";
    HeadSteps => "Response steps", "対応手順";
    HeadSure => "What this rests on", "結論の根拠";
    SureFindings =>
        "Findings: {0} strong (recorded, and tied to the attacker, close in time to the attacker, or grave whoever did it), {1} weak (recorded or inferred, and not enough for strong), {2} explained (by an innocent cause in the evidence, or judged under another question).",
        "検出事項: 強い {0} 件 (記録があり、攻撃者に結び付くか、攻撃者と時間的に近いか、誰の操作でも重大)、弱い {1} 件 (記録または推定はあるが、強いとするには足りない)、説明がつく {2} 件 (悪意のない説明が証拠にあるか、別の項目で判定)。";
    SureUnknown => "This evidence cannot tell:", "この証拠では判定できないもの:";
    Comma => "; ", "、";
    MeansStrong =>
        "recorded, and tied to the attacker, close in time to the attacker, or grave whoever did it",
        "記録があり、攻撃者に結び付くか、攻撃者と時間的に近いか、誰の操作でも重大である";
    MeansWeak => "recorded or inferred, and not enough for strong", "記録または推定はあるが、強いとするには足りない";
    MeansExplained =>
        "found, with an innocent explanation in the evidence, or judged under another question",
        "検出されたが、悪意のない説明が証拠にあるか、別の項目で判定している";
    MeansNotSeen => "nothing found, and the evidence would have shown it", "検出がなく、あれば証拠に現れるはずである";
    MeansNotAssessable => "the evidence could not have shown it", "証拠では示せない";
    StepsOpen =>
        "The seven steps of Microsoft's page, in its order. Still open: {0} of {1}. What was done before the attacker's last act has to be done again.",
        "Microsoft のページの 7 つの手順を、その順に示す。未完了は {1} 件中 {0} 件。攻撃者の最後の操作より前に実施したものは、やり直しが必要である。";
    StepsNotCalledFor =>
        "Nothing was found that calls for these steps. Should other evidence call for them: this is what the records say of each.",
        "これらの手順が必要となる検出はない。他の証拠から必要となる場合に備え、記録からわかる各手順の状態を示す。";
    StepToDo => "to do", "未完了";
    StepIsDone => "done", "完了";
    StepInPart => "done in part, something remains", "一部のみ実施、残りがある";
    DurationDays => "{0} d {1} h", "{0} 日 {1} 時間";
    DurationHours => "{0} h {1} min", "{0} 時間 {1} 分";
    DurationMoment => "under a minute", "1 分未満";
    DurationMinutes => "{0} min", "{0} 分";
    // the story
    HeadStory => "What happened, and when", "いつ、何が起きたか";
    HeadNarrative => "The story in short", "経緯の要約";
    NoStory => "Nothing that was found has a place in a story.", "経緯として示せる検出事項はない。";
    StoryStep => "Response: {0}: {1}", "対応: {0} ({1})";
    StoryFirst => "First act of the attacker, as far as known", "判明している攻撃者の最初の操作";
    StoryLast => "Last act of the attacker, as far as known", "判明している攻撃者の最後の操作";
    StoryMore => "{0} more of the same question until {1}", "同じ項目の検出が {1} までにほか {0} 件";
    StoryMoreUntimed => "{0} more of the same question", "同じ項目の検出がほか {0} 件";
    MoreStory =>
        "{0 further line is|further lines are} left out; the findings below have all",
        "ほか {0} 行は省略した。下の検出事項に含まれる";
    StoryTitle => "Findings and response steps over time (UTC)", "検出事項と対応手順の時系列 (UTC)";
    StoryDesc =>
        "One row for each question with findings, one mark for each finding at its time. Quiet hours are cut out of the time axis. The table below holds the same.",
        "検出のある項目ごとに 1 行、検出事項ごとにその時刻に 1 つの印を示す。動きのない時間は時間軸から省いた。下の表に同じ内容を示す。";
    StoryLegend =>
        "shaded: from the attacker's first to the last act; quiet hours are left out",
        "網掛け: 攻撃者の最初の操作から最後の操作まで。動きのない時間は省略";
    TableTwin => "The same as a table", "同じ内容の表";
    // findings
    FindingsIntro =>
        "Question by question; of each the strong findings first, in the order of time. Each finding unfolds to its evidence: how it is known, the terms of its score, and the records by file, number and hash. Explained findings are folded, not hidden.",
        "項目ごとに、強い検出事項から時刻順に示す。各検出事項を開くと、根拠の種類、スコアの内訳、ファイル・番号・ハッシュによる元のレコードを確認できる。説明がつく検出事項は折りたたんであるが、隠してはいない。";
    FindingsLeftOut =>
        "Further findings of this question, not on this page: {0} (strong: {1}, weak: {2}, explained: {3}). All are in findings.csv.",
        "この項目の検出事項で、このページにないもの: {0} 件 (強い {1}、弱い {2}、説明がつく {3})。すべて findings.csv にある。";
    FindingsLeftOutJson =>
        "Further findings of this question, not on this page: {0} (strong: {1}, weak: {2}, explained: {3}). All are in report.json.",
        "この項目の検出事項で、このページにないもの: {0} 件 (強い {1}、弱い {2}、説明がつく {3})。すべて report.json にある。";
    EvidenceElsewhere =>
        "This page has become long: the evidence for this finding is in report.json and findings.csv.",
        "ページが長くなったため、この検出事項の証拠は report.json と findings.csv に示す。";
    EvidenceInJson =>
        "This page has become long: the evidence for this finding is in report.json.",
        "ページが長くなったため、この検出事項の証拠は report.json に示す。";
    MoreFold => "{0 more finding|more findings} of this question", "この項目の検出事項 ほか {0} 件";
    InnocentFold => "Innocent explanations to rule out", "除外すべき、悪意のない場合の説明";
    EvidenceFold => "Evidence (records: {0})", "証拠: レコード {0} 件";
    EvidenceFoldScore => "Evidence (records: {0}, score {1})", "証拠: レコード {0} 件、スコア {1}";
    ChainWith =>
        "weak by itself; strong in a chain with {0} at {1}",
        "単独では弱いが、{1} の「{0}」との連鎖により強い";
    PageInnocent => "Innocent explanations", "悪意のない場合の説明";
    Clipped =>
        " [{0 more character|more characters}; whole in report.json]",
        " [残り {0} 文字。全文は report.json を参照]";
    // sign-ins and attacker
    AttackerHere => "the attacker signed in from here", "攻撃者がここからサインインした";
    AttackerShort => "attacker", "攻撃者";
    BarsDesc =>
        "One bar for each country, longest first: successful, failed and interrupted sign-ins. The table below holds the same numbers.",
        "国ごとに 1 本の棒で、多い順に、成功、失敗、中断したサインインを示す。下の表に同じ数値を示す。";
    AttackerHow => "How the attacker's addresses and sessions were found", "攻撃者のアドレスとセッションを特定した方法";
    SignInsSucceeded => "Sign-ins, succeeded / all", "サインイン (成功 / 全体)";
    WhyAttacker => "Why it is the attacker's", "攻撃者のものとする理由";
    // coverage, evidence, timeline
    NeedsMore => "What would add to this answer", "判定をさらに確かにするもの";
    NoEvidence => "No evidence file was read.", "読み取った証拠ファイルはない。";
    Spans => "What it covers of the window", "対象期間のうち含む範囲";
    CanShow => "What such a log shows", "この種のログが示すもの";
    CannotShow => "What it never shows", "この種のログが示さないもの";
    KindNone => "not a known export", "既知のエクスポートではない";
    SpansWindow => "the whole window", "対象期間の全体";
    StartsLate => "begins after the window's start", "対象期間の開始より後に始まる";
    EndsEarly => "ends before the window's end", "対象期間の終了より前に終わる";
    SpansPart => "only a part of the window", "対象期間の一部のみ";
    SpansBut => "from end to end, but a check below fails: {0}", "期間の端から端まで。ただし下の確認を満たさない: {0}";
    SpansNothing => "nothing of the window", "対象期間を含まない";
    SpansOther => "only another tenant's records", "別のテナントのレコードのみ";
    PerKind => "Kind by kind", "種類別";
    MoreFiles => "+{0} (see the list of the evidence)", "ほか {0} 件 (証拠の一覧を参照)";
    TimelineDigest =>
        "Of each finding the first events are shown, so that none crowds out the others.",
        "特定の検出事項だけで埋まらないよう、検出事項ごとに最初のイベントから示す。";
    MoreEvents => "{0} more in timeline.csv", "ほか {0} 件は timeline.csv を参照";
    MoreEventsUnwritten =>
        "{0} more; --format csv writes all of them to timeline.csv",
        "ほか {0} 件。--format csv ですべてを timeline.csv に出力できる";
    DaysTitle => "Events of the account per day (UTC)", "アカウントの 1 日ごとのイベント数 (UTC)";
    DaysDesc =>
        "One bar for each day; the height grows with the square root of the number. The darker part is what findings cite. The table below holds the numbers.",
        "1 日に 1 本の棒。高さは件数の平方根に比例する。濃い部分は検出事項が引用するもの。下の表に数値を示す。";
    DaysCited => "cited by findings", "検出事項が引用";
    DaysAll => "all events", "すべてのイベント";
    Day => "Day", "日";
    MoreDays => "{0 more day|more days} in timeline.csv", "ほか {0} 日分は timeline.csv を参照";
    MoreDaysUnwritten =>
        "{0 more day|more days}; --format csv writes the whole timeline to timeline.csv",
        "ほか {0} 日分。--format csv でタイムライン全体を timeline.csv に出力できる";
    // method
    HeadGlossary => "Glossary", "用語集";
    HeadData => "Data the report rests on", "レポートの基になるデータ";
    MethodScore =>
        "The attacker score adds points for what ties an act to the attacker (a known session or address, an unusual network, country or client, closeness in time to the attacker's acts) and takes points off for the account's own habits. From 5 points of such terms an act counts as linked. What the act itself does (the content of a rule, say) has terms of its own in the same table; they make it graver and tie it to nobody. Each term is printed with the finding; nobody has to trust the sum.",
        "攻撃者スコアは、操作を攻撃者に結び付けるもの (既知のセッションやアドレス、普段と異なるネットワーク、国、クライアント、攻撃者の操作との時間的な近さ) に加点し、アカウント本来の習慣に減点する。これらの項目が 5 点以上の操作を「結び付く」とする。操作自体の内容 (ルールの内容など) には別の項目があり、同じ表に示す。これは操作を重大にするが、誰にも結び付けない。各項目は検出事項ごとに示すので、合計だけを信じる必要はない。";
    MethodTimes =>
        "All times are UTC unless another zone is named beside them. Times are those of the records; bectrace adds no clock of its own.",
        "時刻は、別のタイム ゾーンを併記しない限りすべて UTC である。時刻はレコードのものであり、bectrace 自身の時計は使用しない。";
    DataBuiltIn =>
        "No GeoIP database was given. Countries are the registration countries of address blocks (regional Internet registries), built into the tool; they are a weak hint.",
        "GeoIP データベースは指定されていない。国は、ツールに内蔵されたアドレス ブロックの登録国 (地域インターネット レジストリ) であり、弱い手掛かりに過ぎない。";
    DataCountries =>
        "None of these databases knows countries: they are the registration countries of address blocks (regional Internet registries), built into the tool, and a weak hint.",
        "これらのデータベースに国の情報はない。国は、ツールに内蔵されたアドレス ブロックの登録国 (地域インターネット レジストリ) であり、弱い手掛かりに過ぎない。";
    DataAttribution =>
        "What the databases named above say of places and networks is as of their build date; their makers' licences and attributions apply.",
        "上記のデータベースによる場所とネットワークは、その作成日時点のものである。作成者のライセンスと帰属表示が適用される。";
    DataMicrosoft =>
        "The ten symptoms and the seven steps follow Microsoft's page \"Responding to a compromised email account\". Technique numbers are those of MITRE ATT&CK.",
        "10 の兆候と 7 つの手順は、Microsoft のページ「侵害されたメール アカウントへの対応」に従う。手法の番号は MITRE ATT&CK のもの。";
    Built => "Built", "作成日";
    FilterTable => "Filter this table:", "表の絞り込み:";
    FilterShown => "rows: {0} of {1}", "{1} 行中 {0} 行";
    SortBy => "Sort by this column", "この列で並べ替え";
}
