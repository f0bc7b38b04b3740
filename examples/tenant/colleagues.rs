//! The colleagues of a large tenant and their working days, in slices of a few people.

use crate::contoso::cast::{ALICE, BOB, CHIKA, CONTOSO};
use crate::contoso::log::Log;
use crate::contoso::ordinary::{Shape, phone};
use crate::contoso::people::Person;
use crate::contoso::time::{HOUR, MINUTE};

const GIVEN: [&str; 20] = [
    "aiko", "ben", "carla", "daniel", "elena", "farid", "gita", "hugo", "ines", "jonas", "kaori", "liam", "mina",
    "noah", "olga", "pavel", "quinn", "rosa", "stefan", "tomo",
];
const FAMILY: [&str; 20] = [
    "abe", "brandt", "costa", "diaz", "endo", "fischer", "gupta", "huber", "ito", "jansen", "kato", "larsen", "maeda",
    "novak", "okada", "peters", "quist", "rossi", "suzuki", "tanaka",
];
/// People of one slice.
const SLICE: usize = 25;

/// As many as asked for.
pub struct Colleagues {
    people: Vec<&'static Person>,
}

impl Colleagues {
    /// They live as long as the program.
    pub fn new(count: usize) -> Self {
        let people = (0..count).map(colleague).collect();
        Self { people }
    }

    /// A slice of the people works; the first slices of a day are first shifts, later ones work longer.
    pub fn work(&self, log: &mut Log, today: i64, slice: usize) {
        for at in 0..SLICE {
            let Some(person) = self.people.get((slice * SLICE + at) % self.people.len()).copied() else { continue };
            let start = today + log.random.between(0, 14 * HOUR);
            let actions = log.random.between(8, 30);
            log.workday(person, person.tenant.office, Shape { start, hours: 8, actions, slips: true });
            if log.random.chance(30) {
                let telephone = phone(person, "first", today);
                let time = today + log.random.between(0, 23 * HOUR);
                log.phone_glance(&telephone, time);
            }
            if log.random.chance(10) {
                let minute = log.random.between(0, 24 * 60 - 1);
                log.maintain(today + minute * MINUTE, person);
            }
        }
    }
}

fn colleague(number: usize) -> &'static Person {
    let (given, family) = (GIVEN[number % 20], FAMILY[number / 20 % 20]);
    let alias = format!("{given}.{family}{}", number / 400);
    let kind = match number % 3 {
        0 => &ALICE,
        1 => &BOB,
        _ => &CHIKA,
    };
    Box::leak(Box::new(Person {
        name: kept(format!("{given} {family}")),
        alias: kept(alias),
        tenant: &CONTOSO,
        number: 40_000_000 + number as u32,
        folders: kind.folders,
        laptop: crate::contoso::people::Client { device: kept(format!("CTS-LT-{}", 5000 + number)), ..kind.laptop },
        phone: kind.phone,
        home: kind.home,
        carrier: kind.carrier,
    }))
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
