//! A report on hostile evidence opened in a real browser: no script of the evidence runs, no element comes of it, and no
//! request leaves. The same texts in a page without protection do all three, so the test would see it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::harness::{bectrace, skipped, testdata};

/// What each script does where it runs.
const MARK: &str = "document.documentElement.setAttribute('data-ran','1')";

/// Texts that would run, load or lead elsewhere if they became more than text.
fn attacks() -> Vec<String> {
    [
        "<script>MARK</script>",
        "</script><script>MARK</script>",
        "</title></style></textarea><script>MARK</script>",
        "\"><img src=http://img.evil.example/x.png onerror=\"MARK\">",
        "'><svg onload=\"MARK\"></svg>",
        "<iframe src=\"http://frame.evil.example/\" srcdoc=\"<script>parent.MARK</script>\"></iframe>",
        "<link rel=stylesheet href=http://link.evil.example/s.css>",
        "<style>@import url(http://style.evil.example/s.css);</style>",
        "<object data=http://object.evil.example/o></object>",
        "<a href=\"javascript:MARK\" autofocus onfocus=\"MARK\" tabindex=1>invoice</a>",
        "<details open ontoggle=\"MARK\">x</details>",
        "<!--><script>MARK</script>-->",
        "&lt;script&gt;MARK&lt;/script&gt;",
        "\u{1b}]8;;http://terminal.evil.example/\u{7}link\u{1b}]8;;\u{7}",
    ]
    .map(|attack| attack.replace("MARK", MARK))
    .to_vec()
}

/// Mails whose every free text is an attack.
fn evidence() -> String {
    let background = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let mail = background.lines().find(|line| line.contains("\"Operation\":\"Send\"") && line.contains("dana.weiss"));
    let mail: Value = serde_json::from_str(mail.unwrap()).unwrap();
    let mut lines = String::new();
    for (number, attack) in attacks().into_iter().enumerate() {
        let mut mail = mail.clone();
        mail["CreationTime"] = format!("2026-01-05T10:{number:02}:00").into();
        mail["Id"] = format!("00000000-0000-4000-8000-{number:012}").into();
        mail["ClientIP"] = "198.51.100.23".into();
        for pointer in ["/Item/Subject", "/Item/InternetMessageId", "/Item/ParentFolder/Path", "/ClientInfoString"] {
            if let Some(place) = mail.pointer_mut(pointer) {
                *place = attack.clone().into();
            }
        }
        lines += &format!("{mail}\n");
    }
    lines
}

/// A proxy that answers nothing and remembers who was asked for.
fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            to.lock().unwrap().push(first_line(stream));
        }
    });
    (port, asked)
}

fn first_line(mut stream: TcpStream) -> String {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let mut bytes = vec![0; 2048];
    let read = stream.read(&mut bytes).unwrap_or(0);
    let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    String::from_utf8_lossy(&bytes[..read]).lines().next().unwrap_or_default().to_owned()
}

/// The page as it stands when its scripts have run, and the hosts of the evidence that were asked for.
fn opened(program: &str, page: &Path) -> (String, Vec<String>) {
    let profile = tempfile::tempdir().unwrap();
    let (port, asked) = proxy();
    let output = Command::new(program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"])
        .args(["--disable-component-update", "--disable-sync", "--virtual-time-budget=3000", "--dump-dom"])
        .args(["--proxy-bypass-list=<-loopback>", &format!("--proxy-server=http://127.0.0.1:{port}")])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let hosts = asked.lock().unwrap().iter().filter(|line| line.contains("evil.example")).cloned().collect();
    (String::from_utf8_lossy(&output.stdout).into_owned(), hosts)
}

/// The elements of a page: names, with the names of their attributes.
fn elements(page: &str) -> Vec<(String, Vec<String>)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    html5gum::Tokenizer::new(page)
        .filter_map(|token| match token {
            Ok(html5gum::Token::StartTag(tag)) => {
                Some((text(&tag.name), tag.attributes.keys().map(|name| text(name)).collect()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_hostile_report_in_a_browser_runs_nothing_and_asks_nobody() {
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let works =
        |program: &&&str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let Some(program) = known.iter().find(works) else {
        skipped("no Chromium here: the report is not opened in a browser");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let bare = dir.path().join("bare.html");
    fs::write(&bare, format!("<!DOCTYPE html><html><body>{}</body></html>", attacks().concat())).unwrap();
    let (page, asked) = opened(program, &bare);
    if page.is_empty() {
        skipped("Chromium does not start here: the report is not opened in a browser");
        return;
    }
    assert!(page.contains("data-ran=\"1\""), "the attacks work where nothing protects from them");
    assert!(asked.iter().any(|line| line.contains("img.evil.example")), "{asked:?}");

    // The file's own name attacks as well, and so do the words of the command line.
    let evidence_file = dir.path().join("<img src=x onerror=alert(1)>.ndjson");
    fs::write(&evidence_file, evidence()).unwrap();
    let out = dir.path().join("out");
    let (evidence_file, out_words) = (evidence_file.display().to_string(), out.display().to_string());
    let mark = format!("<script>{MARK}</script>");
    let outcome = bectrace(&[
        "investigate",
        &evidence_file,
        "--user",
        "dana.weiss@fabrikam.example",
        "--attacker-ip",
        "198.51.100.23",
        "--case-id",
        &mark,
        "--examiner",
        &mark,
        "--out",
        &out_words,
    ]);
    assert_eq!(outcome.exit, 0, "{}", outcome.err);
    let acting = |text: &str| text.contains(|letter: char| letter.is_control() && letter != '\n');
    assert!(
        !acting(&outcome.out) && !acting(&outcome.err),
        "the terminal is sent nothing that acts: {:?}",
        outcome.out
    );

    let report = out.join("report.html");
    let (page, asked) = opened(program, &report);
    let written = fs::read_to_string(&report).unwrap();
    assert!(page.contains("autofocus onfocus"), "the texts are shown");
    assert!(!page.contains("data-ran=\"1\""), "a script of the evidence ran");
    assert_eq!(asked, Vec::<String>::new());
    let (before, after) = (elements(&written), elements(&page));
    let count = |page: &[(String, Vec<String>)], name: &str| page.iter().filter(|(found, _)| found == name).count();
    assert_eq!((count(&before, "script"), count(&after, "script")), (1, 1), "our own script alone");
    for (name, attributes) in &after {
        let loads = ["img", "iframe", "object", "embed", "link", "base", "form", "video", "audio", "foreignobject"];
        assert!(!loads.contains(&name.as_str()), "<{name}>");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("on")), "<{name} {attributes:?}>");
    }
}
