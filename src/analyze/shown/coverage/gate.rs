//! The gates: their names and what each asks.

/// The gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each gate is described by its title below")]
pub enum GateId {
    G0,
    G1,
    G2,
    G2Any,
    G2Other,
    G3,
    G4,
    G4Send,
    G4Copy,
    G4Deletes,
    G5,
    G6,
    G6Entra,
    G7,
    G7n,
    G7Places,
    G7Others,
    G7Protocol,
    G8,
    G9,
    G9Sent,
    G9Received,
    G10,
    G10Forwarding,
    G11,
    G12,
    G13,
    G14,
    G14Others,
    G15,
    G16,
    G17,
}

impl GateId {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::G0 => "G0",
            Self::G1 => "G1",
            Self::G2 => "G2",
            Self::G2Any => "G2a",
            Self::G2Other => "G2o",
            Self::G3 => "G3",
            Self::G4 => "G4",
            Self::G4Send => "G4s",
            Self::G4Copy => "G4c",
            Self::G4Deletes => "G4d",
            Self::G5 => "G5",
            Self::G6 => "G6",
            Self::G6Entra => "G6e",
            Self::G7 => "G7",
            Self::G7n => "G7n",
            Self::G7Places => "G7p",
            Self::G7Others => "G7o",
            Self::G7Protocol => "G7m",
            Self::G8 => "G8",
            Self::G9 => "G9",
            Self::G9Sent => "G9s",
            Self::G9Received => "G9r",
            Self::G10 => "G10",
            Self::G10Forwarding => "G10f",
            Self::G11 => "G11",
            Self::G12 => "G12",
            Self::G13 => "G13",
            Self::G14 => "G14",
            Self::G14Others => "G14o",
            Self::G15 => "G15",
            Self::G16 => "G16",
            Self::G17 => "G17",
        }
    }

    /// What it asks.
    pub fn title(self) -> &'static str {
        match self {
            Self::G0 => "the account is in the evidence",
            Self::G1 => "unified audit log over the whole window, not cut",
            Self::G2 => "unified audit log not filtered by activity",
            Self::G2Any => "unified audit log not filtered by activity, by anybody's records",
            Self::G2Other => "unified audit log not searched for Exchange alone",
            Self::G3 => "unified audit log with other actors than the account",
            Self::G4 => "mailbox audit records of the mailbox",
            Self::G4Send => "Send records of the mailbox",
            Self::G4Copy => "Send records that say whether a copy was kept (SaveToSentItems)",
            Self::G4Deletes => "deletions are audited (records of anybody's)",
            Self::G5 => "Exchange admin records (audit log RecordType 1, or an admin audit log export)",
            Self::G6 => "directory audit (audit log RecordType 8, or an Entra audit export)",
            Self::G6Entra => "Entra directory audit export (self-service resets, security info, addresses)",
            Self::G7 => "interactive sign-ins over the whole window",
            Self::G7n => "non-interactive sign-ins over the whole window",
            Self::G7Places => "sign-ins with coordinates (of the log, or of a City database)",
            Self::G7Others => "sign-ins of other accounts in the window",
            Self::G7Protocol => "sign-ins that tell their protocol (authenticationProtocol, originalTransferMethod)",
            Self::G8 => "risk detections, or sign-ins with risk levels",
            Self::G9 => "message trace over the whole window",
            Self::G9Sent => "message trace of what the account sent, over the whole window",
            Self::G9Received => "message trace of what came to the account, over the whole window",
            Self::G10 => "snapshot of the mailbox's rules",
            Self::G10Forwarding => "snapshot of the mailbox's forwarding",
            Self::G11 => "security alerts or hygiene events (audit log RecordTypes 40 and 51)",
            Self::G12 => "MailItemsAccessed records of the mailbox, none throttled",
            Self::G13 => "SharePoint or OneDrive records of the account",
            Self::G14 => "auditing not switched off",
            Self::G14Others => "auditing not bypassed for others, in whose hand the mailbox may be",
            Self::G15 => "window not older than the service keeps its logs",
            Self::G16 => "searches in the mailbox are audited (they are not by default)",
            Self::G17 => "Teams activity is collected (audit log RecordType 25)",
        }
    }

    /// Whether nothing but the audit log can open it.
    pub(super) fn is_of_audit_log(self) -> bool {
        let whose = matches!(self, Self::G1 | Self::G2 | Self::G2Any | Self::G2Other | Self::G3 | Self::G5 | Self::G6);
        whose || self.is_of_mailbox_audit() || matches!(self, Self::G11 | Self::G13 | Self::G16 | Self::G17)
    }

    /// Whether it asks for what mailboxes record.
    pub(super) fn is_of_mailbox_audit(self) -> bool {
        matches!(self, Self::G4 | Self::G4Send | Self::G4Copy | Self::G4Deletes | Self::G12 | Self::G16)
    }
}
