//! Phrases of the attacker score, of rule contents and of the chain to the attacker's addresses and sessions.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // score terms
    ("actor class is {*}", "実行者の区分は {0}"),
    ("session {}: {*}", "セッション {0}: {1}"),
    ("token {}: {*}", "トークン {0}: {1}"),
    ("address {}: {*}", "アドレス {0}: {1}"),
    ("named by the investigator", "調査担当者が指定"),
    (
        "the service looked at this sign-in's risk and called it safe",
        "このサインインのリスクはサービスまたは管理者が確認し、安全と判定している",
    ),
    (
        "the service looked at the risk of the sign-in behind it and called that safe",
        "この操作のもととなったサインインのリスクはサービスまたは管理者が確認し、安全と判定している",
    ),
    (
        "address {} and its network never seen for this account in the baseline",
        "アドレス {0} とそのネットワークは、基準期間にこのアカウントで一度も見られない",
    ),
    (
        "address {} never seen for this account in the baseline; its network is not known",
        "アドレス {0} は基準期間にこのアカウントで一度も見られない (ネットワークは不明)",
    ),
    (
        "address {} never seen for this account, which had ever new ones in the baseline",
        "アドレス {0} はこのアカウントで一度も見られないが、基準期間にもアドレスは絶えず変わっている",
    ),
    ("hosting network ({}), not in the baseline", "ホスティング事業者のネットワーク ({0}) で、基準期間には見られない"),
    ("country {} not in the baseline", "国 {0} は基準期間には見られない"),
    (
        "no address of its own; {} min after attacker activity at {}",
        "レコード自体にアドレスはないが、{1} の攻撃者の活動から {0} 分後",
    ),
    ("script client never seen in the baseline: {}", "基準期間には見られないスクリプトのクライアント: {0}"),
    (
        "no device id, or an operating system and browser not in the baseline",
        "デバイス ID がない、または基準期間に見られない OS とブラウザー",
    ),
    ("outside the account's own hours ({} UTC)", "アカウントの通常の利用時間外 ({0} UTC)"),
    (
        "same session as a sign-in from a managed device in the baseline",
        "基準期間に管理対象デバイスからサインインしたものと同じセッション",
    ),
    (
        "signed in on a device that the account used in the baseline",
        "基準期間にアカウントが使用したデバイスでのサインイン",
    ),
    (
        "names no session; only a device that the account used in the baseline signed in from there",
        "セッションの記録はないが、その場所からは、基準期間にアカウントが使用したデバイスだけがサインインしている",
    ),
    (
        "signed in from there on a managed device that was new to the account",
        "その場所から、このアカウントでは初めての管理対象デバイスでサインインしている",
    ),
    (
        "same session in the same network on {} days of the baseline",
        "基準期間のうち {0} 日に同じネットワークで使われたセッション",
    ),
    ("address {} used on {} days of the baseline", "アドレス {0} は基準期間のうち {1} 日で使用"),
    ("address {} is on the list of known good addresses", "アドレス {0} は安全とわかっているアドレスの一覧にある"),
    // how somebody got into the attacker set
    ("sign-in at {} from {}, which the investigator named", "{0} の {1} からのサインイン (調査担当者が指定)"),
    (
        "act at {} from {}, which the investigator named ({})",
        "{0} の {1} からの操作 (調査担当者が指定したアドレス): {2}",
    ),
    (
        "sign-in of {} at {} that the service calls risky ({*})",
        "サービスが危険と判定した {0} の {1} のサインイン ({2})",
    ),
    ("sign-in at {} that the service calls risky ({*})", "サービスが危険と判定した {0} のサインイン ({1})"),
    ("sign-in at {} with attacker score {}", "攻撃者スコア {1} の {0} のサインイン"),
    (
        "place of the delegate {}, whom the attacker admitted to the mailbox at {}",
        "攻撃者が {1} にメールボックスへのアクセスを許可した代理人 {0} の利用元",
    ),
    ("made what finding {} shows at {}", "検出事項 {0} が示す {1} の操作を行った"),
    ("used in session {} at {}", "{1} にセッション {0} で使用"),
    ("used with token {} at {}", "{1} にトークン {0} で使用"),
    ("from address {} at {}", "{1} にアドレス {0} から"),
    ("risk detection {}", "リスク検出 {0}"),
    ("risk state atrisk", "リスクの状態 危険"),
    ("risk state confirmedcompromised", "リスクの状態 侵害を確認済み"),
    ("risk state {}", "リスクの状態 {0}"),
    ("risk level high", "リスク レベル 高"),
    ("a risk whose kind is masked (no P2 licence)", "種類が伏せられたリスク (P2 ライセンスなし)"),
    ("the service calls it risky: {*}", "サービスが危険と判定: {0}"),
    ("attacker score {}", "攻撃者スコア {0}"),
    (
        "seeds: addresses the investigator named, sign-ins the service calls risky, sign-ins with a score of at least 5, and the sessions of acts that are malicious on their face; expanded by session, by token and by address of the same account, never through Microsoft's, private or usual addresses",
        "起点: 調査担当者が指定したアドレス、サービスが危険と判定したサインイン、スコア 5 以上のサインイン、それ自体が悪意ある操作のセッション。同じアカウントのセッション、トークン、アドレスをたどって広げる。Microsoft のアドレス、プライベート アドレス、通常使われるアドレスは経由しない",
    ),
    // what a rule does
    ("rule content: {*}", "ルールの内容: {0}"),
    ("moves mail to a folder nobody opens ({})", "誰も開かないフォルダーにメールを移動する ({0})"),
    ("deletes mail", "メールを削除する"),
    ("its name says nothing", "名前に意味がない"),
    ("looks for words of money or warning ({})", "金銭や警告に関する語を探す ({0})"),
    (
        "marks mail as read or stops other rules while it moves or deletes",
        "移動または削除と同時に、既読にするか他のルールを停止する",
    ),
    (
        "has no condition that excludes anything: it takes every mail",
        "何も除外しない条件で、すべてのメールを対象とする",
    ),
    ("aims at {}, to whom the intruder was writing", "侵入者がメールを送っていた {0} を対象とする"),
    ("made again within 24 hours after it was removed", "削除後 24 時間以内に再作成された"),
    ("sends mail on to an address outside the organisation ({})", "組織外のアドレスにメールを送る ({0})"),
    ("the address is free mail", "そのアドレスはフリー メールである"),
    (
        "the address hides behind a contact made within 24 hours before",
        "宛先は、直前 24 時間以内に作成された連絡先の背後に隠れている",
    ),
    ("nobody wrote to that domain before the window", "対象期間の前に、そのドメイン宛てのメールはない"),
    // names and profiles
    (
        "the new name is that of another account in the evidence: {}",
        "新しい名前は証拠にある別のアカウントの名前と同じ: {0}",
    ),
    (
        "the new name is that of an office, an institution or a brand: {}",
        "新しい名前は部署、機関またはブランドの名前: {0}",
    ),
    (
        "the new name holds a mail address that is not the account's",
        "新しい名前に、アカウントのものではないメール アドレスが含まれる",
    ),
    ("the new name holds a link", "新しい名前にリンクが含まれる"),
    (
        "one word of the new name mixes Latin with Cyrillic or Greek letters",
        "新しい名前の 1 語に、ラテン文字とキリル文字またはギリシャ文字が混在する",
    ),
    (
        "{} has the calling code of {}, a country not known for this account",
        "{0} は、このアカウントで知られていない国 {1} の国番号を持つ",
    ),
    (
        "the right to send was granted at {} by an act with attacker score {}",
        "送信の権限は {0} に、攻撃者スコア {1} の操作で付与された",
    ),
    (
        "access to the mailbox was granted at {} by an act with attacker score {}",
        "メールボックスへのアクセス許可は {0} に、攻撃者スコア {1} の操作で付与された",
    ),
    ("+{} {*}", "+{0} {1}"),
    ("-{} {*}", "-{0} {1}"),
];
