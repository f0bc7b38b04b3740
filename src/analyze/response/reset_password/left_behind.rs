//! Means of sign-in that a password reset does not take away: application passwords, and what the attacker registered.

use chrono::{DateTime, Utc};

use crate::analyze::exam::Row;
use crate::analyze::response::{Note, Scene};
use crate::analyze::settings::credentials::{self, Act, Kind, MethodChange, ONE_ACT, is_entra, reason};

/// Something that the attacker set.
struct Means {
    /// What records call it: two sources may each have a word.
    names: Vec<String>,
    /// The same as people read it.
    told: String,
    kind: Option<Kind>,
    set: DateTime<Utc>,
    in_entra: bool,
    /// Nothing but the minutes between says that it was the attacker.
    by_time: bool,
}

/// What is left of the means of sign-in, record by record.
#[derive(Default)]
struct Left {
    app_passwords: usize,
    means: Vec<Means>,
    /// Something was removed of which no record says what it was.
    unsure: bool,
}

/// Tells what is left; whether anything is.
pub(super) fn tell(scene: &Scene<'_, '_>, note: &mut Note) -> bool {
    let mut left = Left::default();
    for row in scene.exam.window_rows() {
        match credentials::act(row) {
            Some(Act::AppPasswordCreated) => left.app_passwords += 1,
            // A deletion before it took another one away.
            Some(Act::AppPasswordDeleted) => left.app_passwords = left.app_passwords.saturating_sub(1),
            Some(Act::Methods(methods)) if scene.by_attacker(row) => left.add(scene, row, &methods),
            Some(Act::Methods(methods)) => left.take_away(row, &methods),
            _ => {}
        }
    }
    left.tell(note)
}

impl Left {
    fn add(&mut self, scene: &Scene<'_, '_>, row: &Row<'_>, methods: &MethodChange) {
        let reason = reason(row);
        for name in methods.added.iter().chain(&methods.changed) {
            let told = if reason.is_empty() { name.clone() } else { format!("{name} ({reason})") };
            if self.means.iter().any(|means| means.told == told) {
                continue;
            }
            let kind = Kind::in_record(row, name);
            let (set, in_entra) = (row.event.datetime, is_entra(row));
            let twin = |means: &&mut Means| {
                let near = (set - means.set).abs() <= ONE_ACT;
                kind.is_some() && means.kind == kind && means.in_entra != in_entra && near
            };
            if let Some(twin) = self.means.iter_mut().find(twin) {
                twin.names.push(name.clone());
                continue;
            }
            let by_time = scene.by_time_alone(row);
            self.means.push(Means { names: vec![name.clone()], told, kind, set, in_entra, by_time });
        }
    }

    /// What somebody else removed, or set back to what it was.
    fn take_away(&mut self, row: &Row<'_>, methods: &MethodChange) {
        if is_entra(row) {
            for name in &methods.removed {
                self.take_kind(Kind::in_record(row, name));
            }
            return;
        }
        let is_over = |name: &String| {
            methods.changed.iter().any(|change| is_set_back(name, change))
                || methods.removed.iter().any(|gone| is_removed(name, gone))
        };
        self.means.retain(|means| !means.names.iter().any(is_over));
    }

    /// Takes away all of the kind. Where one side does not say which kind it is, that need not be the one.
    fn take_kind(&mut self, gone: Option<Kind>) {
        let before = self.means.len();
        let same = |means: &Means| means.kind == gone && gone.is_some();
        let named = self.means.iter().any(same);
        self.means.retain(|means| !same(means));
        if !named {
            self.means.retain(|means| means.kind.is_some() && gone.is_some());
            self.unsure |= self.means.len() < before;
        }
    }

    fn tell(self, note: &mut Note) -> bool {
        if self.app_passwords > 0 {
            note.say(
                format!("App passwords stay valid after a reset; still to be deleted: {}.", self.app_passwords),
                format!("アプリ パスワードはリセット後も有効である。{} 件を削除すること。", self.app_passwords),
            );
        }
        let (nobodys, theirs): (Vec<&Means>, Vec<&Means>) = self.means.iter().partition(|means| means.by_time);
        let list = |means: &[&Means]| means.iter().map(|means| means.told.clone()).collect::<Vec<_>>().join("; ");
        let list_ja = |means: &[&Means]| {
            means.iter().map(|means| credentials::in_japanese(&means.told)).collect::<Vec<_>>().join("; ")
        };
        if !theirs.is_empty() {
            note.say(
                format!("Means of sign-in that the attacker set are not removed: {}.", list(&theirs)),
                format!("攻撃者が設定したサインイン方法が削除されていない: {}。", list_ja(&theirs)),
            );
        }
        if !nobodys.is_empty() {
            note.say(
                format!(
                    "Means of sign-in were set within minutes of the attacker; who did it is not recorded: {}. Make sure that they are the owner's, or remove them.",
                    list(&nobodys)
                ),
                format!(
                    "攻撃者の活動から数分以内にサインイン方法が設定されている (設定者の記録なし): {}。本人のものか確認し、そうでなければ削除すること。",
                    list_ja(&nobodys)
                ),
            );
        }
        if self.unsure {
            note.say(
                "A means of sign-in was removed, and which one is not recorded: make sure that it was what the attacker set.",
                "削除されたサインイン方法の種類が記録されていない。攻撃者が設定したものか確認すること。",
            );
        }
        self.app_passwords > 0 || !self.means.is_empty()
    }
}

/// Whether what was removed is what the attacker set, which may have taken another value's place.
fn is_removed(theirs: &str, gone: &str) -> bool {
    let part = |text: &str| text.split_once(' ').map(|(what, _)| what.to_owned());
    let now = theirs.split_once(" → ").map(|(_, now)| now);
    let value = gone.split_once(' ').map(|(_, value)| value);
    theirs == gone || now.is_some() && now == value && part(theirs) == part(gone)
}

/// Whether the change gives back what another had taken: told as the attacker's was, but for the values. Of several
/// authenticators it is the one that is named.
fn is_set_back(theirs: &str, change: &str) -> bool {
    let (what, values) = change.split_once(' ').unwrap_or((change, ""));
    let old = values.split(" → ").next().unwrap_or_default();
    theirs.starts_with(what) && (what != "authenticator" || theirs.ends_with(old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_back_is_the_one_that_was_changed() {
        assert!(is_set_back("PhoneNumber +49 30 1 → +234 80 1", "PhoneNumber +234 80 1 → +49 30 1"));
        assert!(is_set_back("authenticator Phone → SM-A", "authenticator SM-A → Phone"));
        assert!(!is_set_back("authenticator SM-B", "authenticator SM-A → Phone"));
        assert!(is_removed("PhoneNumber +49 30 1 → +234 80 1", "PhoneNumber +234 80 1"));
        assert!(is_removed("authenticator SM-B", "authenticator SM-B"));
        assert!(!is_removed("PhoneNumber +49 30 1 → +234 80 1", "PhoneNumber +49 30 1"));
        assert!(!is_removed("authenticator Phone → SM-A", "PhoneNumber SM-A"));
        assert!(!is_set_back("OtherMail evil@mailbox.example", "PhoneNumber a → b"));
    }
}
