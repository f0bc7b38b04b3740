//! Says what a sign-in error code means and what it proves about the password, the session and the account.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::lines;

pub(super) const NEAR_PROOF: &str = include_str!("data/risk_near_proof.txt");
pub(super) const TABLE: &str = include_str!("data/sign_in_errors.tsv");

/// The kind of outcome an AADSTS code stands for. Source: `data/sign_in_errors.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignInClass {
    /// A token was issued.
    Success,
    /// A step of a sign-in that may still succeed under the same correlation id.
    Interrupted,
    /// User name, password or account did not match; also lock-out and blocked addresses.
    WrongSecret,
    /// The account itself forbids the sign-in (disabled, outside its hours).
    AccountState,
    /// A second factor was missing, denied or too old.
    Mfa,
    /// Blocked by Conditional Access or risk.
    ConditionalAccess,
    /// A session or token is over, by age or by revocation.
    SessionEnded,
    /// Consent to an application is missing or was refused.
    Consent,
    /// Any other code, and every code the table does not know.
    Other,
}

impl SignInClass {
    /// The class's short name, as reports print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Interrupted => "interrupted",
            Self::WrongSecret => "wrong_secret",
            Self::AccountState => "account_state",
            Self::Mfa => "mfa",
            Self::ConditionalAccess => "conditional_access",
            Self::SessionEnded => "session_ended",
            Self::Consent => "consent",
            Self::Other => "other",
        }
    }
}

/// The class of an AADSTS code; 50140 (keep-me-signed-in) is an interruption and a success only by its operation.
pub fn class(code: u32) -> SignInClass {
    CODES.get(&code).map_or(SignInClass::Other, |row| row.class)
}

/// Whether the code stands for a step of a flow and not for a failure: success may follow under the same correlation id.
pub fn interrupted(code: u32) -> bool {
    class(code) == SignInClass::Interrupted || has_mark(code, 'I')
}

/// Whether the sign-in stopped only after the first factor was accepted. On a non-interactive row this says "password
/// or an existing token". 50053 and 50057 prove nothing about the password.
pub fn password_was_right(code: u32) -> bool {
    has_mark(code, 'P')
}

/// A short English meaning of the code, or `None` for a code the table does not know.
pub fn meaning(code: u32) -> Option<&'static str> {
    CODES.get(&code).map(|row| row.meaning)
}

/// Whether the user was told to change the password or to set up security info.
pub fn change_demanded(code: u32) -> bool {
    has_mark(code, 'C')
}

/// Whether the code says that a session was revoked or ended by a password change, so that somebody changed
/// something between the last good token and this sign-in. Plain expiry does not count.
pub fn session_revoked(code: u32) -> bool {
    has_mark(code, 'R')
}

/// The code of an error that the audit log's logon records name (`LogonError`), where they have no number.
/// Source: learn.microsoft.com, Microsoft Entra authentication and authorization error codes, read 2026-08.
pub fn code_of_name(name: &str) -> Option<u32> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())).map(|(_, code)| *code)
}

const NAMES: [(&str, u32); 52] = [
    ("SelectUserAccount", 16000),
    ("SsoUserAccountNotFoundInResourceTenant", 16003),
    ("InvalidReplyTo", 50011),
    ("UserAccountNotFound", 50034),
    ("IdsLocked", 50053),
    ("InvalidPasswordExpiredPassword", 50055),
    ("InvalidOrNullPassword", 50056),
    ("UserDisabled", 50057),
    ("UserInformationNotProvided", 50058),
    ("MissingTenantRealmAndNoUserInformationProvided", 50059),
    ("CredentialAuthenticationError", 50064),
    ("UserStrongAuthEnrollmentRequiredInterrupt", 50072),
    ("UserStrongAuthClientAuthNRequiredInterrupt", 50074),
    ("UserStrongAuthClientAuthNRequired", 50076),
    ("UserStrongAuthExpired", 50078),
    ("UserStrongAuthEnrollmentRequired", 50079),
    ("FlowTokenExpired", 50089),
    ("DeviceAuthenticationRequired", 50097),
    ("EntitlementGrantsNotFound", 50105),
    ("PasswordResetRegistrationRequiredInterrupt", 50125),
    ("InvalidUserNameOrPassword", 50126),
    ("BrokerAppNotInstalled", 50127),
    ("DeviceIsNotWorkplaceJoined", 50129),
    ("ConditionalAccessFailed", 50131),
    ("SsoArtifactInvalidOrExpired", 50132),
    ("SsoArtifactRevoked", 50133),
    ("PasswordChangeCompromisedPassword", 50135),
    ("KmsiInterrupt", 50140),
    ("PasswordChangeRequiredConditionalAccess", 50142),
    ("SessionMismatch", 50143),
    ("InvalidPasswordExpiredOnPremPassword", 50144),
    ("ExternalSecurityChallenge", 50158),
    ("FreshTokenNeeded", 50173),
    ("LoopDetected", 50196),
    ("CmsiInterrupt", 50199),
    ("UserAccountNotInDirectory", 51004),
    ("WindowsIntegratedAuthMissing", 51006),
    ("DelegationDoesNotExistForLinkedIn", 52004),
    ("DeviceNotCompliant", 53000),
    ("DeviceNotDomainJoined", 53001),
    ("ApplicationUsedIsNotAnApprovedApp", 53002),
    ("BlockedByConditionalAccess", 53003),
    ("ProofUpBlockedDueToRisk", 53004),
    ("UserBlockedDueToRiskOnHomeTenant", 53011),
    ("DelegationDoesNotExist", 65001),
    ("UserDeclinedConsent", 65004),
    ("ExpiredOrRevokedGrant", 70008),
    ("BadTokenDueToSignInFrequency", 70043),
    ("DesktopSsoAuthTokenInvalid", 81010),
    ("AdminConsentRequired", 90094),
    ("UnauthorizedClient_DoesNotMatchRequest", 700_016),
    ("ExpiredOrRevokedGrantInactiveToken", 700_082),
];

struct Row {
    class: SignInClass,
    marks: &'static str,
    meaning: &'static str,
}

static CODES: LazyLock<BTreeMap<u32, Row>> = LazyLock::new(|| lines(TABLE).filter_map(parse).collect());

fn has_mark(code: u32, mark: char) -> bool {
    CODES.get(&code).is_some_and(|row| row.marks.contains(mark))
}

/// Whether a line is a row of the table.
pub(super) fn is_row(line: &str) -> bool {
    let mut columns = line.split('\t');
    let code = columns.next().and_then(|code| code.parse::<u32>().ok());
    code.is_some() && columns.next().and_then(parse_class).is_some() && columns.count() >= 2
}

fn parse(line: &'static str) -> Option<(u32, Row)> {
    let mut columns = line.split('\t');
    let code = columns.next()?.parse().ok()?;
    let class = parse_class(columns.next()?)?;
    let marks = columns.next()?;
    let meaning = columns.next()?;
    Some((code, Row { class, marks, meaning }))
}

fn parse_class(text: &str) -> Option<SignInClass> {
    const ALL: [SignInClass; 9] = [
        SignInClass::Success,
        SignInClass::Interrupted,
        SignInClass::WrongSecret,
        SignInClass::AccountState,
        SignInClass::Mfa,
        SignInClass::ConditionalAccess,
        SignInClass::SessionEnded,
        SignInClass::Consent,
        SignInClass::Other,
    ];
    ALL.into_iter().find(|class| class.as_str() == text)
}

/// Whether a risk detection (`riskEventType`, lower case) is near proof. Source: `data/risk_near_proof.txt`.
pub fn risk_is_near_proof(kind: &str) -> bool {
    lines(NEAR_PROOF).any(|known| known == kind)
}

/// Risk detections (`riskEventType`, lower case) that look at place and client only, and the names that hide a kind.
/// Source: learn.microsoft.com, Microsoft Graph riskDetection resource type, read 2026-08.
const OF_PLACE: [&str; 9] = [
    "unfamiliarfeatures",
    "unlikelytravel",
    "mcasimpossibletravel",
    "newcountry",
    "anonymizedipaddress",
    "riskyipaddress",
    "suspiciousbrowser",
    "generic",
    "hidden",
];

/// Those that look at what is known of an address, or of attacks. Source as above.
const OF_ATTACKS: [&str; 4] =
    ["maliciousipaddress", "malwareinfectedipaddress", "suspiciousipaddress", "investigationsthreatintelligence"];

/// Whether a risk detection (any case) is about a sign-in.
pub fn risk_is_of_sign_in(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    risk_is_near_proof(&kind) || risk_is_of_place(&kind) || OF_ATTACKS.contains(&&*kind)
}

/// Whether a risk detection rests on the place or the client alone, as far as its kind tells.
pub fn risk_is_of_place(kind: &str) -> bool {
    OF_PLACE.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::{
        CODES, NAMES, SignInClass, TABLE, change_demanded, class, code_of_name, lines, meaning, password_was_right,
        session_revoked,
    };

    #[test]
    fn every_row_is_read_once() {
        assert_eq!(CODES.len(), lines(TABLE).count());
    }

    #[test]
    fn classes() {
        for (code, expected) in [
            (0, SignInClass::Success),
            (50140, SignInClass::Interrupted),
            (50126, SignInClass::WrongSecret),
            (50053, SignInClass::WrongSecret),
            (50057, SignInClass::AccountState),
            (50074, SignInClass::Mfa),
            (500_121, SignInClass::Mfa),
            (53003, SignInClass::ConditionalAccess),
            (50173, SignInClass::SessionEnded),
            (700_082, SignInClass::SessionEnded),
            (65001, SignInClass::Consent),
            (4_242_424, SignInClass::Other),
        ] {
            assert_eq!(class(code), expected, "{code}");
        }
    }

    #[test]
    fn every_named_error_is_in_the_table() {
        assert_eq!(code_of_name(" invalidUserNameOrPassword"), Some(50126));
        assert_eq!((code_of_name("None"), code_of_name("")), (None, None));
        let unknown: Vec<u32> = NAMES.iter().map(|(_, code)| *code).filter(|code| meaning(*code).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn codes_that_prove_the_first_factor() {
        let listed = [
            50055, 50072, 50074, 50076, 50079, 50105, 50131, 50142, 50144, 50158, 53000, 53001, 53002, 53003, 53004,
            53011, 65001, 500_121, 530_034,
        ];
        let marked: Vec<u32> = CODES.keys().copied().filter(|code| password_was_right(*code)).collect();
        assert_eq!(marked, listed);
        assert!(!password_was_right(50057) && !password_was_right(50053) && !password_was_right(0));
    }

    #[test]
    fn demanded_and_revoked() {
        assert!(change_demanded(50055) && change_demanded(50142) && change_demanded(50072));
        assert!(!change_demanded(50126) && !change_demanded(50056));
        assert!(session_revoked(50132) && session_revoked(50133) && session_revoked(50173));
        assert!(!session_revoked(700_082) && !session_revoked(70043));
        assert_eq!(meaning(50126), Some("user name or password is wrong"));
        assert_eq!(meaning(4_242_424), None);
    }
}
