//! Remarks on single records, which begin with the number of the record.

use super::Phrase;

/// A remark's frame, and the commonest that stand in it.
pub(super) const PHRASES: &[Phrase] = &[
    ("record {}: {*}", "レコード {0}: {1}"),
    ("and {} more records with this remark", "同じ注記のレコードがほかに {0} 件"),
    (
        "native id {} stands also in {} record {} with other bytes; both are kept",
        "固有 ID {0} は、{1} のレコード {2} にも別の内容で存在する。両方を残した",
    ),
    ("{} bytes are zero: what stood here is lost", "{0} バイトがゼロで、ここにあった内容は失われている"),
    (
        "a flattened record: its parameters were read from keys of their own, other parts may be lost; give the export it was made from",
        "展開されたレコード: パラメーターはそれぞれのキーから読み取った。他の部分は失われている可能性がある。元のエクスポートが必要",
    ),
    (
        "AuditData was replaced by a type name when the export was made",
        "エクスポート時に AuditData が型名に置き換えられた",
    ),
    (
        "{} is {} or {}, and nothing in the file decides; pass --date-order",
        "{0} は {1} とも {2} とも読め、ファイルからは決まらない。--date-order を指定すること",
    ),
    (
        "{} can only be {}, but nothing says that all dates of the file are; pass --date-order",
        "{0} は {1} としか読めないが、ファイルのすべての日付がそうであるとは限らない。--date-order を指定すること",
    ),
    ("{} is no readable time: it cannot enter the timeline", "{0} は時刻として読めない: タイムラインに入れられない"),
    (
        "AuditData has no readable CreationTime; its time is not told elsewhere either",
        "AuditData に読み取れる CreationTime がなく、時刻は他の場所にもない",
    ),
    (
        "AuditData has no readable CreationTime; its time stands around it, and nothing in the file decides which number is the day; pass --date-order",
        "AuditData に読み取れる CreationTime がない。時刻は周りの値にあるが、どの数字が日なのかファイルからは決まらない。--date-order を指定すること",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}); its time stands around it, and nothing in the file decides which number is the day; pass --date-order",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1})。時刻は周りの値にあるが、どの数字が日なのかファイルからは決まらない。--date-order を指定すること",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}); its time is not told elsewhere either",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1})。時刻は他の場所にもない",
    ),
    (
        "AuditData is empty: its time stands around it, and nothing in the file decides which number is the day; pass --date-order",
        "AuditData が空: 時刻は周りの値にあるが、どの数字が日なのかファイルからは決まらない。--date-order を指定すること",
    ),
    ("rows carry no time: they cannot enter the timeline", "行に時刻がない: タイムラインに入れられない"),
    (
        "the times of this table are shown in the zone {}, not in UTC: export it again with UTC",
        "この表の時刻は UTC ではなくタイム ゾーン {0} で表示されている。UTC でエクスポートし直すこと",
    ),
    ("saved API error {}: the service returned no data", "保存された API エラー {0}: サービスはデータを返していない"),
    (
        "AuditData has no readable CreationTime; salvaged what is whole",
        "AuditData に読み取れる CreationTime がない。完全な部分を復元した",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}); not usable",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1})。使用できない",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}: Excel cut the cell); salvaged what is whole",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1}: Excel がセルを切った)。完全な部分を復元した",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}: the service cut records there in {}); salvaged what is whole",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1}: {2} 年にはサービスがそこでレコードを切っていた)。完全な部分を復元した",
    ),
    (
        "AuditData is not valid JSON at character {} (record length {}); salvaged what is whole",
        "AuditData の {0} 文字目が正しい JSON ではない (長さ {1})。完全な部分を復元した",
    ),
    (
        "not valid JSON at character {}; salvaged what is whole",
        "{0} 文字目が正しい JSON ではない。完全な部分を復元した",
    ),
    ("an object of no known export: {}", "既知のエクスポートのものではないオブジェクト: {0}"),
    ("an object with none of the keys of an audit record", "監査レコードのキーを持たないオブジェクト"),
    ("an object with none of the columns of this table", "この表の列を持たないオブジェクト"),
    (
        "a line with nothing of a row but its first cell: a remark under the table, or a row that was cut",
        "先頭のセルしかない行: 表の下の注記か、途中で切れた行",
    ),
    (
        "AuditData is empty: the event is taken from what stands around it",
        "AuditData が空: イベントはその周りの値から取った",
    ),
    (
        "neither AuditData nor a record in _raw: the record is not in this row",
        "AuditData も _raw のレコードもない: この行にレコードはない",
    ),
    ("the column of the record is empty: the record is not in this row", "レコードの列が空: この行にレコードはない"),
    (
        "objects of the record were printed as text when the export was made: what they say of names and values was read, the rest is lost",
        "レコードのオブジェクトがエクスポート時に文字列として出力された: 名前と値は読み取り、残りは失われている",
    ),
    ("values replaced by type names when the export was made: {}", "エクスポート時に値が型名に置き換えられた: {0}"),
    ("a quote of this row is missing: it ran into the row behind it", "この行の引用符が欠け、次の行とつながっている"),
    ("the line end of this row is missing: another stands behind it", "この行の改行が欠け、後ろに別の行が続いている"),
    (
        "the line end in front of this row is missing: what stands first in it may be the end of the row before",
        "この行の前の改行が欠けている: 最初の値には前の行の終わりが混じっている可能性がある",
    ),
    (
        "row was cut: it has {} of {} cells, AuditData is not among them",
        "行が途中で切れている: {1} 列のうち {0} 列だけで、AuditData はその中にない",
    ),
    (
        "keys that differ in their case only: both are kept in the record's text",
        "大文字と小文字だけが異なるキーがある: 両方ともレコードの本文に残した",
    ),
    ("record longer than {} MiB: not held in memory, not read", "レコードが {0} MiB を超える: 読み取っていない"),
    ("the record names no operation", "レコードに操作名がない"),
    (
        "TimeGenerated is missing: the time is when the service took the record in",
        "TimeGenerated がない: 時刻はサービスがレコードを取り込んだ時のもの",
    ),
    (
        "no time of its own: the time is when the service took the record in",
        "固有の時刻がない: 時刻はサービスがレコードを取り込んだ時のもの",
    ),
    ("{} is no IP address: kept as text", "{0} は IP アドレスではない: 文字列のまま残した"),
    (
        "its time {} cannot be: the services are younger, or it has not come yet",
        "時刻 {0} はあり得ない: サービスの開始前、または未来である",
    ),
    (
        "Excel rounded the UserKey: the account cannot be known by it",
        "Excel が UserKey を丸めた: それからアカウントは特定できない",
    ),
    (
        "operation, id and whatever else the wrapper took out of the record are taken from there",
        "操作名、ID など、ラッパーがレコードから移したものをラッパーから取った",
    ),
    (
        "a list or object of the record has a form that is not known, or was cut: what could not be read of it is in `raw` alone",
        "レコードの一覧またはオブジェクトの形が不明か、途中で切れている: 読み取れなかった部分は `raw` にだけある",
    ),
    (
        "{} in a cell: Excel took its value for a formula, and it is lost",
        "セルに {0} がある: Excel が値を数式とみなし、値は失われている",
    ),
    (
        "parameter values were lost when the file was made: somebody ran the cmdlet, with what is not known",
        "ファイルの作成時にパラメーターの値が失われた: コマンドレットが実行されたが、値は不明",
    ),
    (
        "the cmdlet's parameters are not in the record, or not whole: what it set is lost",
        "コマンドレットのパラメーターがレコードにないか、欠けている: 何を設定したかは失われている",
    ),
    (
        "the record names no RecordType: it was told from what was done",
        "レコードに RecordType がない: 操作の内容から判断した",
    ),
    (
        "parameters without their values: the file was made with too little depth",
        "パラメーターに値がない: ファイル作成時の深さ (Depth) が足りない",
    ),
    ("values lost when the file was made (depth): {}", "ファイルの作成時に失われた値 (深さ): {0}"),
    (
        "all slots for {} are filled: there may have been more",
        "{0} の欄がすべて埋まっている: ほかにもあった可能性がある",
    ),
    (
        "time {} is outside the query's own window ({} to {}): were its dates read in the wrong order?",
        "時刻 {0} は検索自体の期間 ({1} ～ {2}) の外にある: 日付の順序を読み違えていないか",
    ),
    (
        "neither the record nor the file's name says whose mailbox this is: no account is asked about it",
        "どのメールボックスのものかが、レコードにもファイル名にもない: どのアカウントの調査にも使わない",
    ),
];
