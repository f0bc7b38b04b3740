//! How things stand and what kind they are of: verdicts, steps, files, names, risks, and how the timeline says it.

use super::Word;

words! {
    // verdicts
    VerdictStrong => "strong", "強い兆候";
    VerdictWeak => "weak", "弱い兆候";
    VerdictExplained => "explained", "説明がつく";
    VerdictNotSeen => "not seen", "見られない";
    VerdictNotAssessable => "cannot tell", "判定不能";
    // step states
    StepDone => "done", "実施済み";
    StepUndone => "done, then undone", "実施後に元に戻された";
    StepPartial => "only in part", "一部のみ";
    StepNotSeen => "no trace", "痕跡なし";
    StepNotAssessable => "cannot tell", "判定不能";
    StepByAttacker => "done by the attacker", "攻撃者による操作";
    StepBefore => "before the last attacker action: do it again", "攻撃者の最後の操作より前: やり直しが必要";
    StepAfter => "after the last attacker action", "攻撃者の最後の操作より後";
    // severity
    SeverityInfo => "info", "情報";
    SeverityLow => "low", "低";
    SeverityMedium => "medium", "中";
    SeverityHigh => "high", "高";
    SeverityCritical => "critical", "重大";
    // fact
    FactRecorded => "recorded: a record says that it was done", "記録あり: 操作が記録されている";
    FactInferred => "inferred: a side effect is recorded, the act is not", "推定: 影響だけが記録されている";
    FactSnapshot => "snapshot: it was so when somebody looked", "スナップショット: 取得時にその状態だった";
    // attribution
    AttributionLinked => "linked to the attacker", "攻撃者に結び付く";
    AttributionUnexplained =>
        "tied neither to the attacker nor to usual use",
        "攻撃者にも通常の利用にも結び付かない";
    AttributionExplained => "explained by usual use", "通常の利用で説明がつく";
    AttributionUnknown => "unknown: the record says too little", "不明: レコードの情報が足りない";
    // files
    FileRead => "read", "読み取り済み";
    FilePartlyRead => "partly read", "一部のみ読み取り";
    FileUnreadable => "unreadable", "読み取り不能";
    FileUnknownFormat => "unknown format", "不明な形式";
    // outcomes
    OutcomeSuccess => "success", "成功";
    OutcomeFailure => "failure", "失敗";
    OutcomeInterrupted => "interrupted", "中断";
    OutcomeUnknown => "unknown", "不明";
    // identity kinds
    KindUpn => "user principal name", "ユーザー プリンシパル名 (UPN)";
    KindSmtp => "mail address", "メール アドレス";
    KindObjectId => "object id", "オブジェクト ID";
    KindPuid => "PUID", "PUID";
    KindMailboxGuid => "mailbox GUID", "メールボックス GUID";
    KindSid => "SID", "SID";
    KindLegacyDn => "legacy DN", "レガシ DN";
    KindAlias => "alias", "エイリアス";
    // the timeline's sentences
    SaidBy => ": {0}", "：{0}";
    SaidOf => " on {0}", "、対象「{0}」";
    SaidFrom => " from {0}", "、{0} から";
    SaidRisk => ": risk {0}", "、リスク {0}";
    SaidOutcome => ": {0}", "：{0}";
    RiskNone => "none", "なし";
    RiskLow => "low", "低";
    RiskMedium => "medium", "中";
    RiskHigh => "high", "高";
    RiskHidden => "hidden (no licence)", "非表示 (ライセンスなし)";
    RiskSafe => "confirmed safe", "安全と確認済み";
    RiskRemediated => "remediated", "修復済み";
    RiskDismissed => "dismissed", "無視";
    RiskAtRisk => "at risk", "危険";
    RiskCompromised => "confirmed compromised", "侵害を確認済み";
    RiskUnknown => "unknown", "不明";
}
