//! What the attacker still did after the password was reset: in an old session, in a new one, or at a closed door.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use foldhash::fast::RandomState;

use crate::analyze::exam::Row;
use crate::analyze::response::{Note, Scene, when};
use crate::analyze::sign_ins::logins;
use crate::finding::counted;
use crate::knowledge::{clients, errors};
use crate::timeline::{Event, details, json};

/// What the attacker did after the reset, each act in one of these.
#[derive(Default)]
struct After<'r, 'a> {
    /// Sign-ins at which the password, or another secret, was given anew.
    signed_in: Vec<&'r Row<'a>>,
    /// Acts in a session from before the reset, or with a token from before.
    outlived: usize,
    /// How many of these name the time of the token.
    old_tokens: usize,
    /// Other acts: how the attacker came to be inside is not told.
    inside: usize,
    /// Sign-ins that the service refused because the session was ended.
    refused: usize,
    /// The first sign-in that stopped only behind the password.
    stopped: Option<&'r Row<'a>>,
}

/// Tells what the attacker still did after the reset and how the service answered; whether the attacker has what opens
/// the account now.
pub(super) fn tell(scene: &Scene<'_, '_>, reset: &Row<'_>, note: &mut Note) -> bool {
    let after = After::of(scene, reset);
    after.tell_signed_in(note);
    after.tell_inside(note);
    if after.refused > 0 {
        note.say(
            format!(
                "The attacker's old sessions were refused afterwards ({}): it works.",
                counted(after.refused, "time", "times")
            ),
            format!("その後、攻撃者の古いセッションは {} 回拒否されている。", after.refused),
        );
    }
    if let Some(first) = after.stopped.filter(|_| after.signed_in.is_empty()) {
        let code = first.event.status_code.as_deref().unwrap_or_default();
        note.say(
            format!("At {} the attacker was stopped only behind the password ({code}): the new one is known, reset it again.", when(first)),
            format!("{} に攻撃者のサインインがパスワードの認証後に停止している ({code})。新しいパスワードも知られている。もう一度リセットすること。", when(first)),
        );
    }
    !after.signed_in.is_empty() || after.stopped.is_some()
}

impl<'r, 'a> After<'r, 'a> {
    fn of(scene: &Scene<'r, 'a>, reset: &Row<'_>) -> Self {
        let (exam, at) = (scene.exam, reset.event.datetime);
        let earlier = exam.rows.iter().filter(|row| row.event.datetime <= at);
        let sessions: HashSet<&str, RandomState> = earlier.flat_map(sessions).collect();
        let mut after = Self::default();
        // What applications did is told by itself: neither a session nor a password is behind it.
        let acts = exam.window_rows().filter(|row| row.event.datetime > at && exam.is_attacker_act(row));
        let acts = acts.filter(|row| !scene.programs.did(row));
        for row in acts {
            if row.is_sign_in() && logins::code(row.event).is_some_and(errors::session_revoked) {
                after.refused += 1;
            } else if is_stopped(row) {
                after.stopped = after.stopped.or(Some(row));
            } else if !row.failed() && !row.interrupted() {
                let old_token = issued(row).is_some_and(|issued| issued < at);
                let goes_on = old_token || self::sessions(row).any(|session| sessions.contains(session));
                after.take(row, goes_on);
                after.old_tokens += usize::from(old_token);
            }
        }
        after
    }

    /// Takes an act in that succeeded; `goes_on` from before the reset.
    fn take(&mut self, row: &'r Row<'a>, goes_on: bool) {
        if goes_on {
            self.outlived += 1;
        } else if is_given_anew(row) {
            self.signed_in.push(row);
        } else {
            self.inside += 1;
        }
    }

    fn tell_signed_in(&self, note: &mut Note) {
        let Some(first) = self.signed_in.first() else { return };
        let (at, times) = (when(first), counted(self.signed_in.len(), "time", "times"));
        let (what, what_ja) = match legacy_client(first) {
            Some(client) => (
                format!("by {client}: the new password is known, or an application password is in use. Reset it again, and delete application passwords."),
                format!("({client})。新しいパスワードが知られているか、アプリ パスワードが使用されている。もう一度リセットし、アプリ パスワードを削除すること。"),
            ),
            None => (
                "anew: the new password, or another means of sign-in, is known. Reset it again, revoke all sessions, and look at the means of sign-in.".to_owned(),
                "。新しいパスワードまたは別のサインイン方法が知られている。もう一度リセットしてすべてのセッションを取り消し、サインイン方法を確認すること。".to_owned(),
            ),
        };
        note.say(
            format!("At {at} the attacker signed in again ({times} since the reset), {what}"),
            format!("{at} に攻撃者が再びサインインしている (リセット後 {} 回) {what_ja}", self.signed_in.len()),
        );
    }

    fn tell_inside(&self, note: &mut Note) {
        if self.outlived > 0 {
            note.say(
                format!("{} of the attacker recorded after it: a session or token outlived the reset; revoke all sessions.", counted(self.outlived, "act", "acts")),
                format!("その後も攻撃者の操作が {} 件ある。セッションまたはトークンが残っている。すべてのセッションを取り消すること。", self.outlived),
            );
        }
        if self.old_tokens > 0 {
            note.say(
                format!("{} of them used a token issued before the reset.", self.old_tokens),
                format!("そのうち {} 件はリセット前に発行されたトークンによるものである。", self.old_tokens),
            );
        }
        if self.inside == 0 {
            return;
        }
        let (acts, count) = (counted(self.inside, "act", "acts"), self.inside);
        match self.signed_in.is_empty() {
            true => note.say(
                format!("{acts} of the attacker recorded after it in no session from before: a token outlived the reset, or the attacker signed in again; revoke all sessions, and look at the means of sign-in."),
                format!("その後も、リセット前のセッションによらない攻撃者の操作が {count} 件ある。トークンが残っているか、再びサインインされている。すべてのセッションを取り消し、サインイン方法を確認すること。"),
            ),
            false => note.say(
                format!("Beside them {acts} of the attacker recorded after the reset: revoke all sessions."),
                format!("このほかリセット後に攻撃者の操作が {count} 件ある。すべてのセッションを取り消すること。"),
            ),
        }
    }
}

/// The sessions that a record and its twins name.
fn sessions<'r>(row: &'r Row<'_>) -> impl Iterator<Item = &'r str> {
    row.events().filter_map(Event::session)
}

/// The protocol without modern sign-in, where the client is one: it has the password or an application password.
fn legacy_client<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    row.event.client_app.as_deref().filter(|app| clients::is_legacy_protocol(app))
}

/// Whether the sign-in succeeded with a password, or another secret, that was given then and there.
fn is_given_anew(row: &Row<'_>) -> bool {
    logins::is_own(row) && logins::got_in(row) && (is_typed(row) || legacy_client(row).is_some())
}

/// Whether a sign-in stopped only behind the password, which was typed.
fn is_stopped(row: &Row<'_>) -> bool {
    logins::is_own(row) && !logins::got_in(row) && logins::proves_password(row) && is_typed(row)
}

/// Whether a password was typed: by a person, and without a token, which would have opened the same door. Where the
/// export does not tell which it was, the codes do that only a person at a prompt can meet.
fn is_typed(row: &Row<'_>) -> bool {
    const PROMPTS: [u32; 3] = [50055, 50074, 500_121];
    let object = details::members(row.event, &["incomingTokenType"]);
    let token = json::text(&object, "incomingTokenType").unwrap_or_default();
    let without_token = token.is_empty() || token.eq_ignore_ascii_case("none");
    match row.event.sign_in_kind.as_deref() {
        Some("interactive") => without_token,
        Some("unknown") | None => without_token && logins::code(row.event).is_some_and(|code| PROMPTS.contains(&code)),
        Some(_) => false,
    }
}

/// When the token that a record was made with was issued; the year 1601 is how the service says that it does not know.
fn issued(row: &Row<'_>) -> Option<DateTime<Utc>> {
    let text = row.event.token_issued.as_deref()?.trim_end_matches('Z');
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .ok()
        .map(|time| time.and_utc())
        .filter(|time| time.timestamp() > 0)
}
