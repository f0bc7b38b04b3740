//! The words in Japanese; Microsoft's own terms where it has them (受信トレイ ルール, 統合監査ログ, サインイン, 転送, 署名).
#![allow(clippy::too_many_lines, clippy::match_same_arms, reason = "a word list; two words may read the same")]

use super::Word;

/// The word; `{0}`, `{1}`, … stand for what [`super::fill`] puts in.
pub(super) fn word(word: Word) -> &'static str {
    match word {
        Word::HeadAnswer => "結論",
        Word::HeadSymptoms => "10 の兆候",
        Word::HeadResponse => "今すべきこと",
        Word::HeadFindings => "検出事項",
        Word::HeadBeyond => "10 の兆候以外の検出",
        Word::HeadSignIns => "サインイン",
        Word::HeadRisky => "危険なサインイン",
        Word::HeadByAddress => "アドレス別",
        Word::HeadByCountry => "国別",
        Word::HeadByHour => "曜日と時刻別 ({0})",
        Word::HeadAttacker => "攻撃者",
        Word::HeadCoverage => "証拠が示せること、示せないこと",
        Word::HeadEvidence => "証拠",
        Word::HeadRejects => "読み取れなかったレコード",
        Word::HeadTimeline => "タイムライン",
        Word::HeadMethod => "方法",
        Word::HeadPages => "判定の方法",
        Word::HeadStrongest => "最も強い検出事項",
        Word::HeadNotRead => "読み取れなかったファイル",
        Word::HeadIdentities => "アカウントの名前",
        Word::HeadCautions => "注意事項",
        Word::MissingMail => "メールの紛失または削除",
        Word::NoSentCopy => "送信済みアイテムに控えのない送信",
        Word::InboxRules => "身に覚えのない受信トレイ ルール",
        Word::DisplayName => "グローバル アドレス一覧での表示名の変更",
        Word::BlockedFromSending => "メールボックスの送信ブロック",
        Word::HackedMessages => "送信済み・削除済みアイテムにある乗っ取り特有のメッセージ",
        Word::ProfileChange => "不審なプロファイルの変更",
        Word::CredentialChange => "不審な資格情報の変更",
        Word::Forwarding => "最近追加されたメール転送",
        Word::Signature => "最近追加された不審な署名",
        Word::SuspiciousSignIns => "疑わしいサインイン",
        Word::PasswordGuessing => "パスワードの推測",
        Word::MfaFatigue => "多要素認証の繰り返し要求",
        Word::ImpossibleTravel => "あり得ない移動",
        Word::LegacyProtocol => "レガシ プロトコルによるサインイン",
        Word::MailboxDelegate => "メールボックスの委任",
        Word::ResetPassword => "ユーザーのパスワードをリセットする",
        Word::RemoveForwarding => "不審なメール転送アドレスを削除する",
        Word::DisableInboxRules => "不審な受信トレイ ルールを無効にする",
        Word::UnblockSending => "ユーザーのメール送信のブロックを解除する",
        Word::BlockSignIn => "省略可能: アカウントのサインインをブロックする",
        Word::RemoveAdminRoles => "省略可能: アカウントをすべての管理者役割グループから削除する",
        Word::OtherPrecautions => "省略可能: その他の予防措置を講じる",
        Word::VerdictStrong => "強い兆候",
        Word::VerdictWeak => "弱い兆候",
        Word::VerdictExplained => "説明がつく",
        Word::VerdictNotSeen => "見られない",
        Word::VerdictNotAssessable => "判定不能",
        Word::StepDone => "実施済み",
        Word::StepUndone => "実施後に元に戻された",
        Word::StepPartial => "一部のみ",
        Word::StepNotSeen => "痕跡なし",
        Word::StepNotAssessable => "判定不能",
        Word::StepByAttacker => "攻撃者による操作",
        Word::StepBefore => "攻撃者の最後の操作より前: やり直しが必要",
        Word::StepAfter => "攻撃者の最後の操作より後",
        Word::SeverityInfo => "情報",
        Word::SeverityLow => "低",
        Word::SeverityMedium => "中",
        Word::SeverityHigh => "高",
        Word::SeverityCritical => "重大",
        Word::FactRecorded => "記録あり: 操作が記録されている",
        Word::FactInferred => "推定: 影響だけが記録されている",
        Word::FactSnapshot => "スナップショット: 取得時にその状態だった",
        Word::AttributionLinked => "攻撃者に結び付く",
        Word::AttributionUnexplained => "説明がつかない",
        Word::AttributionExplained => "通常の利用で説明がつく",
        Word::AttributionUnknown => "不明: レコードの情報が足りない",
        Word::FileRead => "読み取り済み",
        Word::FilePartlyRead => "一部のみ読み取り",
        Word::FileUnreadable => "読み取り不能",
        Word::FileUnknownFormat => "不明な形式",
        Word::OutcomeSuccess => "成功",
        Word::OutcomeFailure => "失敗",
        Word::OutcomeInterrupted => "中断",
        Word::OutcomeUnknown => "不明",
        Word::KindUpn => "ユーザー プリンシパル名 (UPN)",
        Word::KindSmtp => "メール アドレス",
        Word::KindObjectId => "オブジェクト ID",
        Word::KindPuid => "PUID",
        Word::KindMailboxGuid => "メールボックス GUID",
        Word::KindSid => "SID",
        Word::KindLegacyDn => "レガシ DN",
        Word::KindAlias => "エイリアス",
        Word::Account => "アカウント",
        Word::Window => "対象期間",
        Word::Case => "案件",
        Word::Examiner => "調査担当者",
        Word::Symptom => "兆候",
        Word::Verdict => "判定",
        Word::Finding => "検出事項",
        Word::Time => "時刻 (UTC)",
        Word::Severity => "重大度",
        Word::Fact => "根拠の種類",
        Word::Attribution => "行為者の判断",
        Word::Actor => "実行者",
        Word::Target => "対象",
        Word::Address => "アドレス",
        Word::Session => "セッション",
        Word::Details => "詳細",
        Word::Detail => "項目",
        Word::Value => "値",
        Word::Points => "点",
        Word::Why => "理由",
        Word::Sum => "合計",
        Word::Attack => "ATT&CK",
        Word::Records => "レコード",
        Word::Record => "レコード",
        Word::File => "ファイル",
        Word::Line => "行",
        Word::Offset => "バイト位置",
        Word::NativeId => "レコード ID",
        Word::Hash => "SHA-256",
        Word::Step => "手順",
        Word::State => "状態",
        Word::At => "実施時刻 (UTC)",
        Word::Note => "説明",
        Word::Country => "国",
        Word::Network => "ネットワーク",
        Word::Total => "合計",
        Word::Succeeded => "成功",
        Word::Failed => "失敗",
        Word::First => "最初 (UTC)",
        Word::Last => "最後 (UTC)",
        Word::Outcome => "結果",
        Word::ErrorCode => "エラー コード",
        Word::Addresses => "アドレス",
        Word::Sessions => "セッション",
        Word::Question => "確認事項",
        Word::Passes => "満たす",
        Word::Fails => "満たさない",
        Word::Seen => "確認した内容",
        Word::Format => "形式",
        Word::Bytes => "バイト数",
        Word::Events => "イベント",
        Word::States => "状態行",
        Word::Duplicates => "重複",
        Word::Rejected => "読み取り不可",
        Word::Salvaged => "復元",
        Word::Status => "状況",
        Word::Code => "コード",
        Word::Reason => "理由",
        Word::Excerpt => "抜粋",
        Word::Message => "内容",
        Word::Source => "証拠の種類",
        Word::Action => "操作",
        Word::Kind => "種類",
        Word::LearnedFrom => "出典",
        Word::Tool => "ツール",
        Word::Needs => "判定に不足しているもの",
        Word::Weekday => "曜日",
        Word::None => "なし",
        Word::Given => "調査担当者が指定",
        Word::Monday => "月",
        Word::Tuesday => "火",
        Word::Wednesday => "水",
        Word::Thursday => "木",
        Word::Friday => "金",
        Word::Saturday => "土",
        Word::Sunday => "日",
        Word::Counts => "件数",
        Word::Custody => "時刻とハッシュ",
        Word::Gates => "証拠の充足確認",
        Word::FileNotes => "ファイルに関する注記",
        Word::CaseNone => "指定なし",
        Word::InternalDomains => "内部ドメイン",
        Word::NotFired => "10 の兆候以外で検出のないもの",
        Word::Nobody => "攻撃者に結び付くアドレスやセッションはない。",
        Word::NoRejects => "すべてのレコードを読み取った。",
        Word::NoRejectsButFiles => {
            "読み取れなかった個別のレコードはないが、読み取れていない、または一部しか読み取れていないファイルがある。証拠の一覧を参照。"
        }
        Word::NoCited => "検出事項が引用するイベントはない。",
        Word::NoSignIns => "対象期間にこのアカウントのサインインはない。",
        Word::Headline => "見つかったこと",
        Word::AllRecords => "すべてのレコード (ファイル、番号、SHA-256)",
        Word::InAttackerSet => "攻撃者の集合に含まれる",
        Word::AsNumber => "AS 番号",
        Word::Encoding => "文字コード",
        Word::WindowEnd => "期間の終わり (含まない、UTC)",
        Word::ExposedSubject => "件名または操作",
        Word::ExposedFolder => "フォルダー",
        Word::ExposedMailbox => "メールボックス",
        Word::ExposedHow => "接触の種類",
        Word::ExposedCount => "件数",
        Word::ExposedMail => "メール",
        Word::ExposedFile => "ファイル (露出)",
        Word::ExposedThrottled => "記録を超えて読まれた日",
        Word::ExposedRecipient => "宛先",
        Word::ExposedAccount => "他のアカウント",
        Word::SheetSplit => "{0} は {1} 行あり、1 枚のシートに収まらないため {2} 枚に分かれています。",
        Word::CellsCut => {
            "{0}: {1} 個のセルの文字列が、セルの上限 {2} 文字を超えています。該当するセルの末尾にその旨を記し、全文は {3} にあります。"
        }
        Word::CellCut => "[ここで省略: 全 {0} 文字、全文は {1}]",
        Word::WorkbookGuide => {
            "時刻は UTC の日付です。タイムラインは {0} 件で、列は docs/schema.md のうち絞り込みに使うものです。すべての列は timeline.csv と timeline.parquet (--format csv,parquet) にあります。証拠の文字列は常に文字列で、数式やリンクにはなりません。見えない文字は記号で示します。Sign-ins は記録ごとに 1 行で、2 つのログにあるサインインもここでは 1 回と数えます。"
        }
        Word::ReportTitle => "メールボックス侵害調査レポート",
        Word::AnswerStrong => "証拠には、このアカウントが乗っ取られたことを示す強い兆候がある。",
        Word::AnswerOutside => "証拠には強い検出事項があるが、このアカウントに誰かが侵入したことを示すものはない。",
        Word::AnswerTried => {
            "サインインが試みられ、阻止された。パスワードが正しかった試行があれば、パスワードは知られている。"
        }
        Word::AnswerElsewhere => "他の人物が組織全体の設定を変更した。",
        Word::AnswerUnwatched => "他の人物がこのアカウントの監査の対象を縮小した。",
        Word::AnswerUnnamed => {
            "この証拠には、アカウントを示すレコードがない。綴りを確認し、別の名前も指定すること (--alias)。このアカウントについては何も言えない。"
        }
        Word::AnswerBeside => {
            "アカウントを示すレコードはあるが、この対象期間とその前の日にはない。--from と --to を確認すること。このアカウントについては何も言えない。"
        }
        Word::AnswerNoRecords => "この証拠から読み取れたレコードはない。このアカウントについては何も言えない。",
        Word::AnswerBlank => "この証拠では、Microsoft の 10 の兆候のいずれも判定できない。兆候については何も言えない。",
        Word::AnswerWeak => "証拠には、詳しい確認が必要な兆候がある。ただし決定的なものはない。",
        Word::AnswerNothingButGaps => {
            "Microsoft の 10 の兆候はいずれも見られないが、そのうち {0} 件はこの証拠では判定できない。したがって、安全とは言えない。"
        }
        Word::AnswerNothing => "Microsoft の 10 の兆候はいずれも見られない。証拠は、兆候があれば示せるだけ揃っている。",
        Word::AnswerAttacker => {
            "判明している攻撃者の活動は {0} から {1} まで続く (判明しているアドレス: {2}、セッション: {3})。"
        }
        Word::AnswerAttackerMinute => {
            "判明している攻撃者の活動は {0} の 1 分間にある (判明しているアドレス: {2}、セッション: {3})。"
        }
        Word::AnswerFound => "{0}。",
        Word::AnswerFoundMore => "{0} ／ ほか {1} 件。",
        Word::AnswerSure => "{0}。",
        Word::AnswerSureStrong => "Microsoft の 10 の兆候のうち強い兆候が {0} 件",
        Word::AnswerSureWeak => "弱い兆候のみが {0} 件",
        Word::AnswerSureGaps => "この証拠では判定できないものが {0} 件",
        Word::AnswerSureBeyond => "そのほかの確認項目での検出が {0} 件",
        Word::AnswerAnd => "、",
        Word::AnswerNext => "{0} (未実施の省略可能な手順: {1} 件)。",
        Word::AnswerNextOptional => {
            "検出事項に対して必要な主な対応手順に、未実施のものはない。未実施の省略可能な手順は {0} 件。"
        }
        Word::AnswerNextNone => "検出の範囲では、このアカウントに対応手順は必要ない。",
        Word::AnswerNextWho => "変更した人物と、意図した変更かどうかを確認し、変更を行ったアカウントを調べる。",
        Word::AnswerNextName => {
            "エクスポートの綴りのとおりの名前で再度実行する。名前が正しければ、このアカウントを含むエクスポートを入手する。"
        }
        Word::AnswerNextWindow => {
            "アカウントのレコードがある期間で再度実行する。または、この期間のエクスポートを入手する。"
        }
        Word::AnswerNextLook => {
            "検出事項を確認し、併記された悪意のない場合の説明に当てはまらなければ、対応手順を実施する。"
        }
        Word::AnswerNextEvidence => "以下に示す、不足している証拠を入手する。",
        Word::AnswerNextNothing => "対応手順が必要となる検出はない。",
        Word::AnswerLost => "失われた、または疑わしい証拠がある。証拠の一覧を参照。",
        Word::CountFindings => "強 {0}、弱 {1}、説明がつく {2}",
        Word::CountShort => "{0}/{1}/{2}",
        Word::CountShortHead => "強/ 弱/ 説明",
        Word::EvidenceLine => {
            "ファイル {0} 件、レコード {1} 件: イベント {2}、状態行 {3}、重複 {4}、読み取り不可 {5} (復元 {6})"
        }
        Word::SignInLine => "合計 {0} 件: 成功 {1}、失敗 {2}、中断 {3}。失敗のうちパスワードが正しかったもの {4} 件",
        Word::SignInsUnknown => "うち {0} 件は結果がレコードにないか、失われている (成功にも失敗にも数えない)",
        Word::SpanLine => "{0} から {1} まで",
        Word::NoWindow => "なし (時刻のあるレコードがなく、期間の指定もない)",
        Word::TimeUnknown => "時刻不明 (スナップショット)",
        Word::RecordWord => "レコード {0}",
        Word::MoreFindings => "ほか {0} 件は findings.csv を参照",
        Word::MoreRows => "ほか {0} 件は report.json を参照",
        Word::MoreRejects => "ほか {0} 件は rejects.jsonl を参照",
        Word::MoreTimelineUnwritten => {
            "検出事項が引用するイベント {1} 件のうち {0} 件を表示。タイムライン全体 {2} 件は --format csv で timeline.csv に出力できる"
        }
        Word::MoreTimeline => {
            "検出事項が引用するイベント {1} 件のうち {0} 件を表示。タイムライン全体 {2} 件は timeline.csv を参照"
        }
        Word::ExplainedFold => "説明がつく検出事項: {0} 件",
        Word::NoFindings => "検出なし。証拠は、あれば示せるだけ揃っている。",
        Word::PageLink => "判定の方法と、悪意のない場合の説明",
        Word::PageCommand => "判定の方法と、悪意のない場合の説明: bectrace explain {0}",
        Word::GateTally => "証拠の充足確認 {1} 項目中 {0} 項目を満たす",
        Word::BalanceHolds => "記録数は一致している: レコード = イベント + 状態行 + 重複 + 読み取り不可",
        Word::BalanceLine => "レコード {0} = イベント {1} + 状態行 {2} + 重複 {3} + 読み取り不可 {4} (復元 {5})",
        Word::BalanceBroken => "記録数が一致しない: ツールの不具合である。",
        Word::HeatTitle => "曜日・時刻別のサインイン数 ({0})",
        Word::HeatDesc => "月曜から日曜までの 7 行、時刻の 24 列。濃いほどサインインが多い。下の表に同じ数値を示す。",
        Word::SkipLink => "検出事項へ移動",
        Word::Contents => "目次",
        Word::MethodText => {
            "このレポートは、エクスポートされたログだけから、オフラインで作成した。テナントには接続していない。すべての検出事項は、ファイル、レコード番号、バイト位置、SHA-256 で元のレコードを示し、再確認できる。判定では「起きたかどうか」と「攻撃者の行為かどうか」を分けて評価する。「判定不能」は証拠では確認できないことを意味し、「見られない」は、あれば証拠に現れるはずのものがないことを意味する。"
        }
        Word::MethodDefang => {
            "組織外のアドレスとリンクは、開けない形 (evil[.]example、hxxps) で表記する。目に見えない文字は記号で示す。証拠にあるままの値は report.json と (出力した場合は) timeline.parquet にある。"
        }
        Word::MethodTeeth => {
            "アドレスとリンクは証拠にあるまま表記している (--no-defang)。誤って開くと、相手に知られるおそれがある。目に見えない文字は記号で示す。"
        }
        Word::LegendScore => "スコア: 攻撃者を示す項目と、操作自体の内容の項目",
        Word::HeadSteps => "対応手順",
        Word::HeadStory => "いつ、何が起きたか",
        Word::HeadNarrative => "経緯の要約",
        Word::HeadGlossary => "用語集",
        Word::HeadData => "レポートの基になるデータ",
        Word::PlainMissingMail => "メールが削除された、または見当たらない",
        Word::PlainNoSentCopy => "送信済みアイテムに控えの残らないメールが送信された",
        Word::PlainInboxRules => "メールを隠す、削除する、または外部に送る受信トレイ ルールが作成された",
        Word::PlainDisplayName => "他の人に見える表示名が変更された",
        Word::PlainBlockedFromSending => "Microsoft によりメールボックスからの送信が止められた",
        Word::PlainHackedMessages => "乗っ取りに特有のメッセージが送信された、または隠された",
        Word::PlainProfileChange => "プロファイルの連絡先情報が変更された",
        Word::PlainCredentialChange => "パスワードまたはサインインの方法が変更された",
        Word::PlainForwarding => "メールが他者に転送されている、または転送されていた",
        Word::PlainSignature => "署名が変更された",
        Word::BannerStrong => "乗っ取りの強い兆候がある",
        Word::BannerOutside => "強い検出事項はあるが、このアカウントへの侵入を示すものはない",
        Word::BannerBlank => "この証拠では判定できない",
        Word::BannerWeak => "詳しい確認が必要な兆候がある",
        Word::BannerGaps => "検出はないが証拠に不足があり、安全とは言えない",
        Word::BannerNothing => "乗っ取りの兆候は見られない (あれば示せる証拠がある)",
        Word::TileActive => "攻撃者の活動期間",
        Word::TileRecords => "レコード {0} 件、ファイル {1} 件",
        Word::TileLost => "失われた、または疑わしい証拠がある",
        Word::TileWhole => "すべてのレコードを読み取った",
        Word::TileSteps => "{1} 件中 {0} 件が実施済み",
        Word::HeadSure => "結論の根拠",
        Word::SureFindings => {
            "検出事項: 強い {0} 件 (記録があり、攻撃者に結び付くか、攻撃者と時間的に近いか、誰の操作でも重大)、弱い {1} 件 (記録または推定はあるが、強いとするには足りない)、説明がつく {2} 件。"
        }
        Word::SureUnknown => "この証拠では判定できないもの:",
        Word::Comma => "、",
        Word::MeansStrong => "記録があり、攻撃者に結び付くか、攻撃者と時間的に近いか、誰の操作でも重大である",
        Word::MeansWeak => "記録または推定はあるが、強いとするには足りない",
        Word::MeansExplained => "検出されたが、悪意のない説明が証拠にある",
        Word::MeansNotSeen => "検出がなく、あれば証拠に現れるはずである",
        Word::MeansNotAssessable => "証拠では示せない",
        Word::StepsOpen => {
            "Microsoft のページの 7 つの手順を、その順に示す。未完了は {1} 件中 {0} 件。攻撃者の最後の操作より前に実施したものは、やり直しが必要である。"
        }
        Word::StepToDo => "未完了",
        Word::StepIsDone => "完了",
        Word::DurationDays => "{0} 日 {1} 時間",
        Word::DurationHours => "{0} 時間 {1} 分",
        Word::DurationMoment => "1 分未満",
        Word::DurationMinutes => "{0} 分",
        Word::NoStory => "経緯として示せる検出事項はない。",
        Word::StoryStep => "対応: {0} ({1})",
        Word::StoryFirst => "判明している攻撃者の最初の操作",
        Word::StoryLast => "判明している攻撃者の最後の操作",
        Word::StoryMoreUntimed => "同じ項目の検出がほか {0} 件",
        Word::StoryMore => "同じ項目の検出が {1} までにほか {0} 件",
        Word::MoreStory => "ほか {0} 行は省略した。下の検出事項に含まれる",
        Word::StoryTitle => "検出事項と対応手順の時系列 (UTC)",
        Word::StoryDesc => {
            "検出のある項目ごとに 1 行、検出事項ごとにその時刻に 1 つの印を示す。動きのない時間は時間軸から省いた。下の表に同じ内容を示す。"
        }
        Word::StoryLegend => "網掛け: 攻撃者の最初の操作から最後の操作まで。動きのない時間は省略",
        Word::TableTwin => "同じ内容の表",
        Word::FindingsIntro => {
            "項目ごとに、強い検出事項から時刻順に示す。各検出事項を開くと、根拠の種類、スコアの内訳、ファイル・番号・ハッシュによる元のレコードを確認できる。説明がつく検出事項は折りたたんであるが、隠してはいない。"
        }
        Word::MoreFold => "この項目の検出事項 ほか {0} 件",
        Word::InnocentFold => "除外すべき、悪意のない場合の説明",
        Word::EvidenceFold => "証拠: レコード {0} 件",
        Word::EvidenceFoldScore => "証拠: レコード {0} 件、スコア {1}",
        Word::PageInnocent => "悪意のない場合の説明",
        Word::Clipped => " [残り {0} 文字。全文は report.json を参照]",
        Word::AttackerHere => "攻撃者がここからサインインした",
        Word::AttackerShort => "攻撃者",
        Word::BarsDesc => {
            "国ごとに 1 本の棒で、多い順に、成功、失敗、中断したサインインを示す。下の表に同じ数値を示す。"
        }
        Word::AttackerHow => "攻撃者のアドレスとセッションを特定した方法",
        Word::SignInsSucceeded => "サインイン (成功 / 全体)",
        Word::WhyAttacker => "攻撃者のものとする理由",
        Word::NeedsMore => "判定をさらに確かにするもの",
        Word::NoEvidence => "読み取った証拠ファイルはない。",
        Word::Spans => "対象期間のうち含む範囲",
        Word::CanShow => "この種のログが示すもの",
        Word::CannotShow => "この種のログが示さないもの",
        Word::PerKind => "種類別",
        Word::MoreFiles => "ほか {0} 件 (証拠の一覧を参照)",
        Word::TimelineDigest => "特定の検出事項だけで埋まらないよう、検出事項ごとに最初のイベントから示す。",
        Word::MoreEventsUnwritten => "ほか {0} 件。--format csv ですべてを timeline.csv に出力できる",
        Word::MoreEvents => "ほか {0} 件は timeline.csv を参照",
        Word::FindingsLeftOutJson => {
            "この項目の検出事項で、このページにないもの: {0} 件 (強い {1}、弱い {2}、説明がつく {3})。すべて report.json にある。"
        }
        Word::FindingsLeftOut => {
            "この項目の検出事項で、このページにないもの: {0} 件 (強い {1}、弱い {2}、説明がつく {3})。すべて findings.csv にある。"
        }
        Word::EvidenceInJson => "ページが長くなったため、この検出事項の証拠は report.json に示す。",
        Word::EvidenceElsewhere => "ページが長くなったため、この検出事項の証拠は report.json と findings.csv に示す。",
        Word::KindNone => "既知のエクスポートではない",
        Word::SpansWindow => "対象期間の全体",
        Word::StartsLate => "対象期間の開始より後に始まる",
        Word::EndsEarly => "対象期間の終了より前に終わる",
        Word::SpansNothing => "対象期間を含まない",
        Word::SpansOther => "別のテナントのレコードのみ",
        Word::SpansPart => "対象期間の一部のみ",
        Word::DaysTitle => "アカウントの 1 日ごとのイベント数 (UTC)",
        Word::DaysDesc => {
            "1 日に 1 本の棒。高さは件数の平方根に比例する。濃い部分は検出事項が引用するもの。下の表に数値を示す。"
        }
        Word::DaysCited => "検出事項が引用",
        Word::DaysAll => "すべてのイベント",
        Word::Day => "日",
        Word::MoreDaysUnwritten => "ほか {0} 日分。--format csv でタイムライン全体を timeline.csv に出力できる",
        Word::MoreDays => "ほか {0} 日分は timeline.csv を参照",
        Word::MethodScore => {
            "攻撃者スコアは、操作を攻撃者に結び付けるもの (既知のセッションやアドレス、普段と異なるネットワーク、国、クライアント、攻撃者の操作との時間的な近さ) に加点し、アカウント本来の習慣に減点する。これらの項目が 5 点以上の操作を「結び付く」とする。操作自体の内容 (ルールの内容など) には別の項目があり、同じ表に示す。これは操作を重大にするが、誰にも結び付けない。各項目は検出事項ごとに示すので、合計だけを信じる必要はない。"
        }
        Word::MethodTimes => {
            "時刻は、別のタイム ゾーンを併記しない限りすべて UTC である。時刻はレコードのものであり、bectrace 自身の時計は使用しない。"
        }
        Word::DataBuiltIn => {
            "GeoIP データベースは指定されていない。国は、ツールに内蔵されたアドレス ブロックの登録国 (地域インターネット レジストリ) であり、弱い手掛かりに過ぎない。"
        }
        Word::DataCountries => {
            "これらのデータベースに国の情報はない。国は、ツールに内蔵されたアドレス ブロックの登録国 (地域インターネット レジストリ) であり、弱い手掛かりに過ぎない。"
        }
        Word::DataAttribution => {
            "上記のデータベースによる場所とネットワークは、その作成日時点のものである。作成者のライセンスと帰属表示が適用される。"
        }
        Word::DataMicrosoft => {
            "10 の兆候と 7 つの手順は、Microsoft のページ「侵害されたメール アカウントへの対応」に従う。手法の番号は MITRE ATT&CK のもの。"
        }
        Word::Built => "作成日",
        Word::FilterTable => "表の絞り込み:",
        Word::FilterShown => "{1} 行中 {0} 行",
        Word::SortBy => "この列で並べ替え",
        Word::SourceUal => "統合監査ログ",
        Word::ShowsUal => "メールボックス、ディレクトリ、ファイル、管理での操作と、その実行者とアドレス",
        Word::HidesUal => "メールの本文、監査が有効になる前の閲覧、以前から存在したルール、保持期間より古いもの",
        Word::SourceAdminAudit => "Exchange 管理者監査ログ",
        Word::ShowsAdminAudit => "人が実行したコマンドレット: ルール、転送、アクセス許可、設定",
        Word::HidesAdminAudit => "Outlook で直接作成されたルール、サインイン、閲覧や送信の内容",
        Word::SourceMailboxAudit => "メールボックス監査ログ",
        Word::ShowsMailboxAudit => "メールボックスでの削除、移動、送信 (所有者、代理人、管理者による)",
        Word::HidesMailboxAudit => "サインイン、ディレクトリの変更、監査の対象に設定されていないもの",
        Word::SourceEntraSignin => "Microsoft Entra サインイン ログ",
        Word::ShowsEntraSignin => "誰が、いつ、どこから、どのクライアントでサインインし、どうなったか",
        Word::HidesEntraSignin => "サインイン後の操作、盗まれたセッションの新たなサインインを伴わない利用",
        Word::SourceEntraAudit => "Microsoft Entra 監査ログ",
        Word::ShowsEntraAudit => "パスワードのリセット、認証方法、ロール、プロファイル、アプリケーションの変更",
        Word::HidesEntraAudit => "メールボックス内で起きたこと",
        Word::SourceRisk => "リスク レポート",
        Word::ShowsRisk => "Microsoft が危険と判定したサインインとユーザー、およびその理由",
        Word::HidesRisk => "Microsoft が気付かなかった攻撃者",
        Word::SourceMessageTrace => "メッセージ追跡",
        Word::ShowsMessageTrace => "送受信されたメールと、配信されたかどうか",
        Word::HidesMessageTrace => "メールの本文、ルール、サインイン",
        Word::SourceSnapshot => "構成のスナップショット",
        Word::ShowsSnapshot => "取得時点でのルール、転送、アクセス許可",
        Word::HidesSnapshot => "作成者と作成時刻、それ以前に削除されたもの",
        Word::TermSymptom => "兆候",
        Word::GlossSymptom => "Microsoft のページ「侵害されたメール アカウントへの対応」にある 10 の兆候の 1 つ。",
        Word::TermUal => "統合監査ログ",
        Word::GlossUal => "ユーザーと管理者の操作を記録する Microsoft 365 のログ。ほとんどの項目の主な証拠となる。",
        Word::TermSignIn => "サインイン",
        Word::GlossSignIn => "Microsoft Entra に本人であることを示すこと。サービスの利用に必要なトークンが得られる。",
        Word::TermSession => "セッション",
        Word::GlossSession => {
            "1 回のサインインのトークンで行われるすべての操作。その ID により、別々のログの操作が結び付く。"
        }
        Word::TermToken => "トークン",
        Word::GlossToken => {
            "プログラムが持つサインインの証明。盗まれたトークンは、取り消されるまでパスワードなしで使える。"
        }
        Word::TermRule => "受信トレイ ルール",
        Word::GlossRule => "特定の語を含むメールを移動、削除、転送するなど、メールボックスへの指示。",
        Word::TermForwarding => "転送",
        Word::GlossForwarding => "受信したメールをすべて別のアドレスに送ること。控えを残す場合と残さない場合がある。",
        Word::TermDelegate => "代理人",
        Word::GlossDelegate => "他人のメールボックスを開くこと、またはその名義で送信することを許可された人。",
        Word::TermMfa => "多要素認証",
        Word::GlossMfa => "アプリや電話など、サインイン時の 2 つ目の証明。攻撃者が自分のものを追加することがある。",
        Word::TermAppPassword => "アプリ パスワード",
        Word::GlossAppPassword => {
            "古いプログラムのための別のパスワード。多要素認証を通らず、パスワードをリセットしても残る。"
        }
        Word::TermRecoverable => "回復可能なアイテム",
        Word::GlossRecoverable => {
            "削除済みアイテムの後、削除されたメールがしばらく残る場所。ここから消去されたものは元に戻らない。"
        }
        Word::TermTenant => "テナント",
        Word::GlossTenant => "Microsoft 365 における組織自身の領域。",
        Word::TermUtc => "UTC",
        Word::GlossUtc => "協定世界時。サービスがログに記録する時刻の基準。日本時間より 9 時間遅い。",
        Word::TermHash => "SHA-256",
        Word::GlossHash => "バイト列の指紋。指紋が同じなら、バイト列も同じである。",
        Word::TermAttack => "ATT&CK",
        Word::GlossAttack => "攻撃者の手法をまとめた MITRE のカタログ。T で始まる番号が手法を示す。",
        Word::TermDefang => "無害化",
        Word::GlossDefang => "クリックできない形での表記: evil[.]example、hxxps。",
        Word::ExplainTen => "Microsoft のページ「侵害されたメール アカウントへの対応」の 10 の兆候:",
        Word::ExplainBeyond => "10 の兆候以外:",
        Word::ExplainHint => "bectrace explain inbox-rules --lang ja で各項目のページを表示",
        Word::ReportAt => "レポート: {0}",
        Word::HeadBlastRadius => "攻撃者が到達した、または試みた他のアカウント",
        Word::NoAttackerNoRadius => "攻撃者のアドレスもセッションも判明していないため、他のアカウントは調べられない。",
        Word::NoBlastRadius => {
            "この証拠の範囲では、攻撃者のアドレスまたはセッションに組織の他のアカウントは見られない。"
        }
        Word::BlastRadiusIntro => {
            "攻撃者のアドレスまたはセッションに見られたもの。いずれのアカウントも、個別に調査する必要がある。"
        }
        Word::HowFar => "到達の程度",
        Word::OtherActs => "その他の操作",
        Word::ReachTried => "試みたが拒否",
        Word::ReachPasswordKnown => "パスワードは正しいが、その先で停止",
        Word::ReachOpened => "メールボックスを開いた",
        Word::ReachEntered => "侵入",
        Word::HeadExposure => "閲覧・取得されたメールとファイル",
        Word::ExposureLine => {
            "記録の範囲では、攻撃者のセッションはメール {0} 通、メール フォルダー {1} 個、ファイル {2} 個に触れた。"
        }
        Word::NoAttackerNoExposure => "攻撃者のアドレスもセッションも判明していないため、触れられたものを示せない。",
        Word::ExposureUnseen => {
            "攻撃者のセッションが触れたメール、メール フォルダー、ファイルを示せるレコードは、この証拠にない。"
        }
        Word::ExposureMailsUnseen => {
            "閲覧されたメールを示せるレコードは、この証拠にない。記録の範囲では、攻撃者のセッションはファイル {2} 個に触れた。"
        }
        Word::ExposureFilesUnseen => {
            "記録の範囲では、攻撃者のセッションはメール {0} 通、メール フォルダー {1} 個に触れた。開かれたファイルを示せるレコードは、この証拠にない。"
        }
        Word::ThrottledLine => {
            "次の日には、サービスが閲覧の記録を停止した。メールボックス内のすべてが閲覧されたものとみなす必要がある: {0}"
        }
        Word::ExposedMails => "メール",
        Word::ExposedFolders => "メール フォルダー",
        Word::ExposedFiles => "ファイル",
        Word::Mail => "メール (件名、フォルダー、メッセージ ID)",
        Word::Name => "名前",
        Word::HowTouched => "方法",
        Word::ContactBind => "開いた",
        Word::ContactSync => "フォルダーごと取得 (同期)",
        Word::ContactViewed => "表示",
        Word::ContactDownloaded => "ダウンロード",
        Word::ContactChanged => "変更または共有",
        Word::ContactDeleted => "削除または移動",
        Word::NoSubject => "(件名の記録なし)",
        Word::NotRecorded => "(記録なし)",
        Word::HeadRecipients => "攻撃者がメールを送った相手",
        Word::NoRecipients => "攻撃者によるメールの記録はない。",
        Word::NoAttackerNoRecipients => {
            "攻撃者のアドレスもセッションも判明していないため、メールを送ったかどうかも相手も示せない。"
        }
        Word::RecipientsUnseen => {
            "攻撃者がメールを送った相手を示せるレコードは、この証拠にない。メールボックスの送信の記録も、対象期間全体のメッセージ追跡もない。"
        }
        Word::RecipientsLine => {
            "メール {0} 通、宛先 {1} 件。記録に名前のあるアドレスは {2} 件で、{3} 通はすべての宛先を示していない。支払う可能性のある人を優先し、メール以外の手段で警告すること。"
        }
        Word::RecipientsUncounted => {
            "メール {0} 通。宛先とその数は記録されていない。支払う可能性のある人を優先し、メール以外の手段で警告すること。"
        }
        Word::Recipient => "宛先",
        Word::Mails => "メール数",
        Word::Subjects => "件名",
        Word::Delivery => "配信結果",
        Word::Internal => "組織内",
        Word::SaidBy => "：{0}",
        Word::SaidOf => "、対象「{0}」",
        Word::SaidFrom => "、{0} から",
        Word::SaidRisk => "、リスク {0}",
        Word::SaidOutcome => "：{0}",
        Word::RiskNone => "なし",
        Word::RiskLow => "低",
        Word::RiskMedium => "中",
        Word::RiskHigh => "高",
        Word::RiskHidden => "非表示 (ライセンスなし)",
        Word::RiskSafe => "安全と確認済み",
        Word::RiskRemediated => "修復済み",
        Word::RiskDismissed => "無視",
        Word::RiskAtRisk => "危険",
        Word::RiskCompromised => "侵害を確認済み",
        Word::RiskUnknown => "不明",
        Word::SheetSummary => "概要",
        Word::SheetFindings => "検出事項",
        Word::SheetTimeline => "タイムライン",
        Word::SheetSignIns => "サインイン",
        Word::SheetAddresses => "アドレス",
        Word::SheetExposure => "漏えいの範囲",
        Word::SheetResponse => "対応手順",
        Word::SheetEvidence => "証拠",
        Word::SheetCoverage => "証拠の充足",
        Word::ExposedThrottledByAttacker => "調整 (スロットル)、攻撃者による",
        Word::External => "組織外",
        Word::StepInPart => "一部のみ実施、残りがある",
        Word::SealLine => "SHA256SUMS の SHA-256 (控えておくこと。verify --expect で照合): {0}",
        Word::PagesOnPaper => {
            "印刷では、検出のある項目のページだけを示す。すべてのページは bectrace explain で表示できる。"
        }
        Word::LabelFound => "見つかったこと",
        Word::LabelSure => "確かさ",
        Word::LabelNext => "次にすべきこと",
        Word::OnlyInEnglish => "このページは英語版のみ。",
        Word::StepsNotCalledFor => {
            "これらの手順が必要となる検出はない。他の証拠から必要となる場合に備え、記録からわかる各手順の状態を示す。"
        }
    }
}
