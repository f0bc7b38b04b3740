//! S03 without an intruder: rules of the account's own, and what the evidence can tell where there is none.

use super::super::case::{Case, EDGES, Export, INNOCENT, OPEN, STRONG};
use super::super::entry::{Way, enter};
use super::super::records::{With as _, cmdlet, outlook_rule, own};
use super::super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, OUTLOOK, at};
use super::new_rule;

pub(super) fn cases(all: &mut Vec<Case>) {
    innocent(all);
    coverage(all);
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S03/N1-resync", "Outlook writes 1204 rules again within seven seconds, ids only");
    let mut keys = Vec::new();
    for number in 0..1204_i64 {
        let id = number.to_string();
        keys.push(case.put(outlook_rule(
            at("02-17T09:01:02") + number * 7 / 1204,
            own(&DANA, &OUTLOOK),
            &[("RuleOperation", "ModifyMailboxRule"), ("RuleId", &id), ("RuleCondition", "{}"), ("RuleActions", "[]")],
        )));
    }
    case.expect(3, INNOCENT, &[]).spare(3, &keys);
    all.push(case);
    for (name, rule_name, parameters) in [
        ("N2-newsletter", "ニュースレター", vec![("From", "news@vendor.example"), ("MoveToFolder", "ニュース")]),
        ("projects", "Projects", vec![("SubjectContainsWords", "project"), ("MoveToFolder", "Projects")]),
        (
            "internal-forward",
            "To Eli",
            vec![("SubjectContainsWords", "minutes"), ("ForwardTo", "eli.novak@fabrikam.example")],
        ),
        ("cyrillic", "Новости", vec![("From", "news@vendor.example"), ("MoveToFolder", "Новости")]),
        ("chinese", "通讯", vec![("From", "news@vendor.example"), ("MoveToFolder", "通讯")]),
        ("flag", "Flag", vec![("From", "it.admin@fabrikam.example"), ("MarkImportance", "High")]),
    ] {
        let mut case = Case::new(&format!("S03/N-{name}"), "an ordinary rule made at home");
        let key = case.put(new_rule(at("02-17T08:20:10"), &HOME, rule_name, &parameters));
        case.expect(3, INNOCENT, &[]).spare(3, &[key]).spare(9, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S03/N3-spam-policy", "a parameter of the spam policy that has RedirectTo in its name");
    let key = case.put(cmdlet(
        at("02-18T09:20:10"),
        (&ADMIN, &ADMIN_DESK),
        "Set-HostedContentFilterPolicy",
        "Default",
        &[("Identity", "Default"), ("IncreaseScoreWithRedirectToOtherPort", "Off")],
    ));
    case.expect(3, INNOCENT, &[]).spare(3, &[key]);
    all.push(case);
    let mut case = Case::new("S03/N-colleague", "the colleague's rule is not hers");
    let key = case.put(cmdlet(
        at("02-17T02:20:10"),
        (&ELI, &LAGOS),
        "New-InboxRule",
        &format!("{}\\.", ELI.canonical()),
        &[("Name", "."), ("DeleteMessage", "True")],
    ));
    case.expect(3, INNOCENT, &[]).spare(3, &[key]);
    all.push(case);
    let mut case =
        Case::new("S03/N4-administrator-removes", "the administrator removes the rule afterwards: the third step");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let made = case.put(new_rule(
        at("02-17T02:20:10"),
        &LAGOS,
        ".",
        &[("SubjectContainsWords", "payment"), ("DeleteMessage", "True")],
    ));
    let gone = case.put(cmdlet(
        at("02-18T09:20:10"),
        (&ADMIN, &ADMIN_DESK),
        "Remove-InboxRule",
        &format!("{}\\.", DANA.canonical()),
        &[("Identity", "dana.weiss\\."), ("Confirm", "False")],
    ));
    case.expect(3, STRONG, &[made]).spare(3, &[gone]).step(3, &["done"], Some(true));
    all.push(case);
    let mut case = Case::new("S03/N-failed", "the rule was refused");
    let key = case
        .put(new_rule(at("02-17T08:20:10"), &HOME, ".", &[("DeleteMessage", "True")]).with("ResultStatus", "False"));
    case.expect(3, &["weak", "explained", "not_seen"], &[]);
    let _ = key;
    all.push(case);
    let mut case = Case::new(
        "S03/own-private-forward",
        "she forwards to her private address from home: listed, a breach of policy",
    );
    let key = case.put(new_rule(
        at("02-17T08:20:10"),
        &HOME,
        "Private",
        &[("From", "club@sports.example"), ("ForwardTo", "dana.weiss@private-mail.example")],
    ));
    case.expect(3, &["weak", "explained"], &[key]).leave(&[9]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S03", name);
        let key = case.put(new_rule(
            at(time),
            &LAGOS,
            ".",
            &[("SubjectContainsWords", "payment"), ("DeleteMessage", "True")],
        ));
        if seen {
            case.expect(3, STRONG, &[key]);
        } else {
            case.leave(&[3]).leave(&[9]);
            if name == "at-the-end" {
                case.silent.clear();
                case.expect(3, INNOCENT, &[]).spare(3, &[key]);
            }
        }
        all.push(case);
    }
}

fn coverage(all: &mut Vec<Case>) {
    let mut case = Case::new("S03/no-snapshot", "nothing recorded, and nobody looked at the rules that stand")
        .without(&[Export::Rules]);
    case.expect(3, OPEN, &[]);
    all.push(case);
    let mut case = Case::new("S03/all-there", "nothing recorded and nothing stands");
    case.expect(3, &["not_seen"], &[]);
    all.push(case);
    let mut case = Case::new("S03/unknown-rule-state", "a rule of unknown content is switched on by her at home");
    let key = case.put(cmdlet(
        at("02-17T08:20:10"),
        (&DANA, &HOME),
        "Enable-InboxRule",
        &format!("{}\\Old", DANA.canonical()),
        &[("Identity", "dana.weiss\\Old")],
    ));
    case.expect(3, INNOCENT, &[]).spare(3, &[key]);
    all.push(case);
}
