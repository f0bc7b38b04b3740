//! Remarks on files and records. What is not here is shown with the meaning of its code; see `words::codes`.

use super::Phrase;

/// The commonest.
pub(super) const PHRASES: &[Phrase] = &[
    (
        "byte-identical copies of other records: {}; each event is counted once",
        "{0} 件のレコードはバイト単位で同一の複製。各イベントは 1 回だけ数えた",
    ),
    (
        "an empty list; an empty export is not proof that nothing happened",
        "空の一覧。空のエクスポートは、何も起きなかった証拠ではない",
    ),
    (
        "an empty list {}; an empty export is not proof that nothing happened",
        "空の一覧 {0}。空のエクスポートは、何も起きなかった証拠ではない",
    ),
    ("export has no rows; check the search window and filters used", "行がない。検索の期間とフィルターを確認すること"),
    (
        "file ends inside a record or an unclosed list: it was cut, or its collector stopped",
        "レコードまたは一覧の途中でファイルが終わっている: 切れているか、収集が中断した",
    ),
    (
        "header in another language: the columns were taken by their position, after a look at their cells",
        "ヘッダーが別の言語: セルの内容を確認したうえで、列を位置で読み取った",
    ),
    (
        "header in another language: {} of {} columns were not read, for their names are not known, so ids, devices and \
         methods may be missing; download as JSON, or in English",
        "ヘッダーが別の言語: {1} 列のうち {0} 列は列名が不明のため読んでいない。ID、デバイス、認証方法が欠けている可能性がある。\
         JSON で、または英語でダウンロードすること",
    ),
    (
        "order of day and month ({}) inferred from the direction of {} dates: {} could also be {}",
        "月と日の順序 ({0}) は {1} 件の日付の並びから推定した。{2} は {3} の可能性もある",
    ),
    (
        "dates that prove no order of day and month were read as {}, as --date-order says",
        "日付から月と日の順序が決まらないため、--date-order に従い {0} として読んだ",
    ),
    (
        "no date has seconds: Excel saved the table again, which also cuts long cells and rounds numbers; give the file as \
         downloaded",
        "どの日付にも秒がない: Excel で保存し直されている。長いセルが切れ、数値が丸められる。\
         ダウンロードしたままのファイルが必要",
    ),
    (
        "the records stand as JSON texts in a list: somebody collected AuditData only, and what stood around it is not in \
         the file",
        "レコードが JSON 文字列の一覧になっている: AuditData だけが収集され、その外側の列はファイルにない",
    ),
    (
        "filters set in the portal leave no trace in the file: it may not hold all records",
        "ポータルで設定されたフィルターはファイルに残らない: すべてのレコードを含まない可能性がある",
    ),
    (
        "its last page names a next page: unless that is in another file, the collection is not complete",
        "最後のページに続きのページがある: 別のファイルになければ、収集が完了していない",
    ),
    (
        "exactly {} records, which is where this export stops: it was probably cut",
        "ちょうど {0} 件で、このエクスポートの上限と同じ: 途中で切れた可能性が高い",
    ),
    (
        "a result set of exactly {} rows, which is where a search stops: it was probably cut",
        "検索結果がちょうど {0} 行で、検索の上限と同じ: 途中で切れた可能性が高い",
    ),
    (
        "exactly {} rows, as many as an Excel sheet has below its header: the rest is lost",
        "ちょうど {0} 行で、Excel シートの上限と同じ: 残りは失われている",
    ),
    (
        "no record on {} ({} holes), though the days around are busy",
        "{0} にレコードがない (欠落 {1} か所)。前後の日には多数ある",
    ),
    ("decoded as {} by assumption; pass --encoding to confirm", "{0} と仮定して読み取った。--encoding で確認すること"),
    (
        "this is a web page (perhaps a sign-in page saved by the browser), not an export",
        "エクスポートではなく Web ページ (ブラウザーで保存されたサインイン画面など)",
    ),
    (
        "neither the record nor the file's name says whether the sign-in was interactive",
        "サインインが対話型かどうかが、レコードにもファイル名にもない",
    ),
    (
        "type names instead of values: {} cannot be known from this file",
        "値の代わりに型名: {0} はこのファイルからは不明",
    ),
    (
        "no columns for what decides: {} cannot be known from this file",
        "判断に必要な列がない: {0} はこのファイルからは不明",
    ),
    (
        "the row's {} is '{}', the record's is '{}'; the file may have been edited",
        "行の {0} は「{1}」、レコードでは「{2}」。ファイルが編集された可能性がある",
    ),
    (
        "names of the header are damaged ({}): these columns were read as those that stand in their places in the export",
        "ヘッダーの列名が損傷している ({0}): エクスポートでその位置にある列として読んだ",
    ),
    (
        "the header has a quote too many or too few: its names were read without any, and the rows as they stand below \
         its line",
        "ヘッダーの引用符が足りないか余分: 列名は引用符を除いて、行はヘッダーの行の下にあるまま読み取った",
    ),
    (
        "lines above the header are no records of the export and were not read: {}",
        "ヘッダーの上の行はエクスポートのレコードではないため、読み取っていない: {0}",
    ),
    (
        "the header line goes on with a row of data: its line end is lost; put one in (in a copy), nothing was read",
        "ヘッダーの行にデータの行が続いている: 改行が失われている。複製に改行を入れること。何も読み取っていない",
    ),
    ("cells of this row: {}, of the header: {}", "行は {0} 列、ヘッダーは {1} 列"),
    ("not valid JSON at character {}; not usable", "{0} 文字目が正しい JSON ではない。使用できない"),
    (
        "cut or not valid JSON at character {}; not usable",
        "{0} 文字目で切れているか、正しい JSON ではない。使用できない",
    ),
    (
        "cut or not valid JSON at character {}; salvaged what is whole",
        "{0} 文字目で切れているか、正しい JSON ではない。完全な部分を復元した",
    ),
    ("record carries no time: it cannot enter the timeline", "レコードに時刻がない: タイムラインに入れられない"),
    (
        "letters that are no ASCII were replaced by '?' when the file was made (Windows PowerShell's default): names, \
         folders and subjects cannot be restored (places: {})",
        "ファイルの作成時に ASCII 以外の文字が「?」に置き換えられた (Windows PowerShell の既定): 名前、フォルダー、件名は\
         元に戻せない ({0} か所)",
    ),
    ("not an audit record", "監査レコードではない"),
];
