//! What kind of machine and program a user agent, a client-info text or a device's system tells of, so coarse that a new
//! version, or another page of the same program, is no other kind.

use std::collections::BTreeSet;

use super::clients::{ClientClass, class};
use super::normalise;

/// A kind of machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// A telephone or tablet.
    Handheld,
    /// A computer with Windows.
    Windows,
    /// A Mac.
    Mac,
    /// A computer with Linux or Chrome OS.
    Linux,
}

/// The kinds of machines and programs that records tell of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds {
    devices: BTreeSet<Device>,
    programs: BTreeSet<ClientClass>,
}

impl Kinds {
    /// What one text tells: a user agent, a client-info text, or the name of a system.
    pub fn of(text: &str) -> Self {
        let class = class(text);
        let device = device(text).or((class == ClientClass::Mobile).then_some(Device::Handheld));
        let program = Some(class).filter(|class| !matches!(class, ClientClass::Service | ClientClass::Other));
        Self { devices: device.into_iter().collect(), programs: program.into_iter().collect() }
    }

    /// Takes in the others as well.
    pub fn join(&mut self, other: &Self) {
        self.devices.extend(&other.devices);
        self.programs.extend(&other.programs);
    }

    /// Whether these are among the known ones: by the machines, where both tell them, else by the programs. A script names
    /// the system that it runs on, which makes it no program of who works there. `None` where the two tell nothing that
    /// could be compared.
    pub fn are_among(&self, known: &Self) -> Option<bool> {
        let is_scripted = |program: &ClientClass| matches!(program, ClientClass::Script | ClientClass::PowerShell);
        let is_strange = self.programs.iter().any(|program| is_scripted(program) && !known.programs.contains(program));
        if is_strange && *known != Self::default() {
            return Some(false);
        }
        among(&self.devices, &known.devices).or_else(|| among(&self.programs, &known.programs))
    }
}

fn among<T: Ord>(told: &BTreeSet<T>, known: &BTreeSet<T>) -> Option<bool> {
    (!told.is_empty() && !known.is_empty()).then(|| !told.is_disjoint(known))
}

/// What gives a machine away, the more telling first: an iPhone calls itself like a Mac, Android like Linux.
const MARKS: [(&[&str], Device); 4] = [
    (&["iphone", "ipad", "ipod", "android", "windows phone", "outlook-ios", "iosmail"], Device::Handheld),
    (&["windows"], Device::Windows),
    (&["macintosh", "mac os", "macos", "macoutlook"], Device::Mac),
    (&["linux", "; cros", "chromeos", "chrome os"], Device::Linux),
];

fn device(text: &str) -> Option<Device> {
    let text = normalise(text);
    // A system by its name alone: `iOS 18.1`.
    let system = || text.split(|c: char| !c.is_alphabetic()).next() == Some("ios");
    let marked = || MARKS.iter().find(|(marks, _)| marks.iter().any(|mark| text.contains(mark)));
    if system() { Some(Device::Handheld) } else { marked().map(|(_, device)| *device) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(texts: &[&str]) -> Kinds {
        let mut kinds = Kinds::default();
        texts.iter().for_each(|text| kinds.join(&Kinds::of(text)));
        kinds
    }

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36";

    const HEADLESS: &str =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36";
    const POWERSHELL: &str = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682";

    #[test]
    fn a_machine_is_told_by_its_system_and_its_programs() {
        for (text, expected) in [
            (IPHONE, Some(Device::Handheld)),
            ("Ios 18", Some(Device::Handheld)),
            ("Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36", Some(Device::Handheld)),
            (CHROME, Some(Device::Windows)),
            ("Windows10", Some(Device::Windows)),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", Some(Device::Mac)),
            ("axios/1.6.8", None),
            ("Client=OWA;Action=ViaProxy", None),
            ("", None),
        ] {
            assert_eq!(device(text), expected, "{text}");
        }
    }

    #[test]
    fn machines_are_compared_and_else_programs() {
        let telephone = kinds(&["Client=OutlookService;Outlook-iOS/2.0;"]);
        assert_eq!(kinds(&["Ios 18"]).are_among(&telephone), Some(true));
        assert_eq!(kinds(&[IPHONE, "Client=OWA;Action=ViaProxy"]).are_among(&telephone), Some(true));
        assert_eq!(kinds(&["Client=OWA;Action=ViaProxy"]).are_among(&telephone), Some(false));
        assert_eq!(kinds(&[CHROME]).are_among(&telephone), Some(false));
        // A script names its system; who always works with one is known by it.
        for script in [HEADLESS, POWERSHELL] {
            assert_eq!(kinds(&[script]).are_among(&kinds(&[CHROME])), Some(false), "{script}");
            assert_eq!(kinds(&[script]).are_among(&kinds(&[CHROME, script])), Some(true), "{script}");
            assert_eq!(kinds(&[CHROME]).are_among(&kinds(&[script])), Some(true), "{script}");
        }
        // What a service does in somebody's name, and a record without a program.
        assert_eq!(kinds(&["Client=REST;Client=RESTSystem;;", ""]).are_among(&telephone), None);
        assert_eq!(kinds(&[CHROME]).are_among(&kinds(&["Client=OWA;Action=ViaProxy"])), Some(true));
    }
}
