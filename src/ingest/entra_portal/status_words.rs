//! How the Entra portal says in its languages that something succeeded, failed or was interrupted.
//!
//! Sources: the portal's own tables in the languages of `docs/formats.md`; words that were not met are not guessed.

use crate::timeline::Outcome;

const SUCCESS: [&str; 19] = [
    "success",
    "correcto",
    "correcta",
    "éxito",
    "opération réussie",
    "réussite",
    "succès",
    "erfolg",
    "erfolgreich",
    "operazione riuscita",
    "esito positivo",
    "êxito",
    "com êxito",
    "sucesso",
    "geslaagd",
    "成功",
    "réussi",
    "riuscito",
    "성공",
];
const FAILURE: [&str; 20] = [
    "failure",
    "error",
    "fallo",
    "incorrecto",
    "échec",
    "fehler",
    "fehlgeschlagen",
    "errore",
    "operazione non riuscita",
    "falha",
    "erro",
    "fout",
    "mislukt",
    "失敗",
    "エラー",
    "con errores",
    "échoué",
    "失败",
    "esito negativo",
    "실패",
];
const INTERRUPTED: [&str; 8] =
    ["interrupted", "interrumpido", "interrompu", "unterbrochen", "interrotto", "interrompido", "onderbroken", "中断"];

/// What a status word means; `None` for a word that is not known.
pub fn read(word: &str) -> Option<Outcome> {
    let word = word.trim().to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    match () {
        () if is(&SUCCESS) => Some(Outcome::Success),
        () if is(&FAILURE) => Some(Outcome::Failure),
        () if is(&INTERRUPTED) => Some(Outcome::Interrupted),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_known_says_nothing() {
        assert_eq!(read("Réussite "), Some(Outcome::Success));
        assert_eq!(read("ÉCHEC"), Some(Outcome::Failure));
        assert_eq!(read("Interrumpido"), Some(Outcome::Interrupted));
        assert_eq!((read(""), read("Ok?")), (None, None));
        assert_eq!((read("Huts egin du"), read(" Erfolg ")), (None, Some(Outcome::Success)));
    }
}
