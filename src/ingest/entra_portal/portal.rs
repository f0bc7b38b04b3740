//! The columns of the Entra portal's sign-in download by their English names, whatever language the portal spoke.
//!
//! French and Spanish headers are known by name. Any other language is known by the shape of the table only: its
//! columns are taken by position where the table is as wide as the form known and the cells are of the right kind.

use crate::ingest::entra_portal::portal_cells::{is_address, is_name, is_time, share};
use crate::ingest::entra_portal::status_words;
use crate::ingest::sniff::CsvHead;
use crate::knowledge::names::is_guid;
use crate::ledger::Note;

/// The 57 columns of the portal's current form, as headers are compared.
const FORM: [&str; 57] = [
    "date (utc)",
    "request id",
    "user agent",
    "correlation id",
    "user id",
    "user",
    "username",
    "user type",
    "cross tenant access type",
    "incoming token type",
    "authentication protocol",
    "unique token identifier",
    "original transfer method",
    "client credential type",
    "token protection - sign in session",
    "token protection - sign in session statuscode",
    "application",
    "application id",
    "app owner tenant id",
    "resource",
    "resource id",
    "resource tenant id",
    "resource owner tenant id",
    "home tenant id",
    "home tenant name",
    "ip address",
    "location",
    "status",
    "sign-in error code",
    "failure reason",
    "client app",
    "device id",
    "browser",
    "operating system",
    "compliant",
    "managed",
    "join type",
    "multifactor authentication result",
    "multifactor authentication auth method",
    "multifactor authentication auth detail",
    "authentication requirement",
    "sign-in identifier",
    "session id",
    "ip address (seen by resource)",
    "through global secure access",
    "global secure access ip address",
    "autonomous system number",
    "flagged for review",
    "token issuer type",
    "incoming token type",
    "token issuer name",
    "latency",
    "conditional access",
    "managed identity type",
    "associated resource id",
    "federated token id",
    "federated token issuer",
];

/// French and Spanish headers, as seen in exports or as the portal translates the others, with the English ones.
const TRANSLATED: &[(&str, &str)] = &[
    ("date (utc)", "date (utc)"),
    ("fecha (utc)", "date (utc)"),
    ("id de la demande", "request id"),
    ("id de demande", "request id"),
    ("id. de solicitud", "request id"),
    ("agent utilisateur", "user agent"),
    ("agente de usuario", "user agent"),
    ("id de corrélation", "correlation id"),
    ("id. de correlación", "correlation id"),
    ("id d'utilisateur", "user id"),
    ("id. de usuario", "user id"),
    ("utilisateur", "user"),
    ("usuario", "user"),
    ("nom d'utilisateur", "username"),
    ("nombre de usuario", "username"),
    ("type d'utilisateur", "user type"),
    ("tipo de usuario", "user type"),
    ("protocole d'authentification", "authentication protocol"),
    ("protocolo de autenticación", "authentication protocol"),
    ("identificateur de jeton unique", "unique token identifier"),
    ("identificador de token único", "unique token identifier"),
    ("application", "application"),
    ("aplicación", "application"),
    ("id d'application", "application id"),
    ("id. de aplicación", "application id"),
    ("ressource", "resource"),
    ("recurso", "resource"),
    ("id de ressource", "resource id"),
    ("id de la ressource", "resource id"),
    ("id. de recurso", "resource id"),
    ("adresse ip", "ip address"),
    ("dirección ip", "ip address"),
    ("emplacement", "location"),
    ("ubicación", "location"),
    ("statut", "status"),
    ("estado", "status"),
    ("code d'erreur de connexion", "sign-in error code"),
    ("código de error de inicio de sesión", "sign-in error code"),
    ("raison de l'échec", "failure reason"),
    ("motivo del error", "failure reason"),
    ("application cliente", "client app"),
    ("aplicación cliente", "client app"),
    ("id de l'appareil", "device id"),
    ("id. de dispositivo", "device id"),
    ("navigateur", "browser"),
    ("explorador", "browser"),
    ("système d'exploitation", "operating system"),
    ("sistema operativo", "operating system"),
    ("conforme", "compliant"),
    ("compatible", "compliant"),
    ("géré", "managed"),
    ("administrado", "managed"),
    ("type de jointure", "join type"),
    ("tipo de combinación", "join type"),
    ("exigence d'authentification", "authentication requirement"),
    ("requisito de autenticación", "authentication requirement"),
    ("id de session", "session id"),
    ("id. de sesión", "session id"),
    ("numéro de système autonome", "autonomous system number"),
    ("número de sistema autónomo", "autonomous system number"),
    ("accès conditionnel", "conditional access"),
    ("acceso condicional", "conditional access"),
];

/// What is said of a sign-in download that cannot be read with certainty.
pub const UNKNOWN: &str = "header in a language not known, and its columns cannot be told with certainty: download as \
     JSON, or switch the portal's language to English; nothing was read from this file";

/// What every form has.
pub const WANTS: [&str; 5] = ["date (utc)", "request id", "correlation id", "ip address", "status"];

/// The columns of one file.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// English names, place by place; empty for columns whose meaning is not known.
    pub names: Vec<String>,
    /// The header is not in English, and neither are words in the cells.
    pub localised: bool,
    /// Columns that were taken by their position.
    by_position: usize,
}

impl Columns {
    /// Columns whose names are English already.
    pub fn english(names: Vec<String>) -> Self {
        Self { names, localised: false, by_position: 0 }
    }

    /// The place of a column given by its English name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }

    /// What a reader has to know of how the columns were found.
    pub fn note(&self) -> Option<Note> {
        let unread = self.names.iter().filter(|name| name.is_empty()).count();
        let count = self.by_position;
        let text = match unread {
            2.. if self.localised => format!(
                "header in another language: {unread} of {} columns were not read, for their names are not known, so \
                 ids, devices and methods may be missing; download as JSON, or in English",
                self.names.len()
            ),
            _ => format!(
                "header in a language not known: {count} columns were taken by their position, after a look at their \
                 cells"
            ),
        };
        (self.localised && unread > 1 || count > 0).then(|| Note::new("C-211", text))
    }
}

/// The columns of a sign-in download; `None` where the table is none, or its columns cannot be told with certainty.
pub fn columns(csv: &CsvHead) -> Option<Columns> {
    if csv.has(&WANTS) {
        return Some(Columns::english(csv.columns.clone()));
    }
    let known =
        |column: &String| TRANSLATED.iter().find(|(local, _)| local == column).map(|(_, name)| (*name).to_owned());
    let mut columns = Columns {
        names: csv.columns.iter().map(|column| known(column).unwrap_or_default()).collect(),
        localised: true,
        by_position: 0,
    };
    let by_name = ["date (utc)", "username", "ip address", "status"].iter().all(|name| columns.place(name).is_some());
    if csv.columns.len() == FORM.len() && columns.agree_with_the_form() && of_the_form(csv) {
        for (name, known) in columns.names.iter_mut().zip(FORM).filter(|(name, _)| name.is_empty()) {
            known.clone_into(name);
            columns.by_position += 1;
        }
        return Some(columns);
    }
    if !by_name {
        return None;
    }
    // In every form the request id is the second column, and the error code follows the status.
    columns.take(csv, 1, "request id", is_guid);
    let behind = columns.place("status").map_or(usize::MAX, |status| status.saturating_add(1));
    columns.take(csv, behind, "sign-in error code", is_number);
    let status = columns.place("status").unwrap_or(usize::MAX);
    // Without a code the word is all there is: a table that does not tell how its sign-ins ended is not read.
    let told =
        columns.place("sign-in error code").is_some() || all(csv, status, |word| status_words::read(word).is_some());
    told.then_some(columns)
}

impl Columns {
    /// Takes a column without a known name for the one wanted, where that is missing and the cells are of its kind.
    fn take(&mut self, csv: &CsvHead, at: usize, wanted: &str, test: fn(&str) -> bool) {
        if self.place(wanted).is_some() || !all(csv, at, test) {
            return;
        }
        if let Some(name) = self.names.get_mut(at).filter(|name| name.is_empty()) {
            wanted.clone_into(name);
            self.by_position += 1;
        }
    }

    /// The names that are known stand where the form has them.
    fn agree_with_the_form(&self) -> bool {
        self.names.iter().zip(FORM).all(|(name, known)| name.is_empty() || name == known)
    }
}

/// Whether an unread table is a sign-in download in some language: wide, with dates, ids and addresses.
pub fn looks_like_sign_ins(csv: &CsvHead) -> bool {
    const LEAST: usize = 22;
    csv.columns.len() >= LEAST
        && all(csv, 0, is_time)
        && all(csv, 1, is_guid)
        && (0..csv.columns.len()).any(|column| all(csv, column, is_address))
}

/// Whether the cells are what the form has in their columns.
fn of_the_form(csv: &CsvHead) -> bool {
    type Test = fn(&str) -> bool;
    const MUST: [(&str, Test); 4] =
        [("date (utc)", is_time), ("request id", is_guid), ("username", is_name), ("ip address", is_address)];
    const MAY: [(&str, Test); 9] = [
        ("correlation id", is_guid),
        ("user id", is_guid),
        ("application id", is_guid),
        ("resource id", is_guid),
        ("home tenant id", is_guid),
        ("sign-in error code", is_number),
        ("session id", is_id),
        ("ip address (seen by resource)", is_address),
        ("autonomous system number", is_number),
    ];
    let column = |name: &str| FORM.iter().position(|known| *known == name).unwrap_or(usize::MAX);
    MUST.iter().all(|(name, test)| all(csv, column(name), *test))
        && MAY.iter().all(|(name, test)| share(csv, column(name), *test) != Some(false))
}

fn all(csv: &CsvHead, column: usize, test: fn(&str) -> bool) -> bool {
    share(csv, column, test) == Some(true)
}

fn is_number(cell: &str) -> bool {
    cell.parse::<u64>().is_ok()
}

fn is_id(cell: &str) -> bool {
    cell.len() >= 16 && cell.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What a download does not say of itself.
pub fn filters() -> Note {
    Note::new("C-212", "filters set in the portal leave no trace in the file: it may not hold all records")
}
