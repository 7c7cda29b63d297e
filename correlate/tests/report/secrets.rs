//! A secret that a change adds or an event tells must not be read in any report: neither where it
//! stands nor in the words of the evidence, the title or a commit's first line.

use sentry_correlate::diff::patch;
use sentry_correlate::rank::Ranker;
use sentry_correlate::report::{Report, Style, render};
use sentry_correlate::{Change, Exception, Frame, Incident, Window};
use time::macros::datetime;

use crate::support;

/// Everything that comes out of a report, one renderer after the other.
fn out(report: &Report) -> [String; 4] {
    [
        render::text(report, Style::plain().width(200)),
        render::markdown(report),
        render::title(report),
        render::json(report),
    ]
}

fn assert_hidden(report: &Report, case: &str) {
    for said in out(report) {
        assert!(!said.to_ascii_lowercase().contains("canary"), "{case}:\n{said}");
    }
}

/// A change that replaces lines of one file.
fn change(digit: char, path: &str, message: &str, removed: &str, added: &str) -> Change {
    let side = |sign, text: &str| text.lines().map(|l| format!("{sign}{l}\n")).collect::<String>();
    let count = |text: &str| text.lines().count();
    let patch = format!(
        "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -10,{} +10,{} @@\n{}{}",
        count(removed),
        count(added),
        side('-', removed),
        side('+', added),
    );
    let files = patch::files(&patch);
    assert_eq!(files[0].hunks.len(), 1, "{patch}");
    support::commit(support::sha(digit), datetime!(2026-05-04 08:00 UTC), message, files)
}

/// An error in that file whose frame shows these lines, with that text.
fn incident(path: &str, value: &str, source: &str) -> Incident {
    let mut lines = source.lines().map(str::to_owned);
    let context_line = lines.next();
    let frames = vec![Frame {
        filename: Some(path.into()),
        function: Some("connect".into()),
        line: Some(10),
        in_app: true,
        context_line,
        post_context: lines.collect(),
        ..Frame::default()
    }];
    Incident {
        title: format!("AuthError: {value}"),
        message: value.to_owned(),
        exceptions: vec![Exception {
            ty: Some("AuthError".into()),
            value: Some(value.to_owned()),
            frames,
            ..Exception::default()
        }],
        ..Incident::default()
    }
}

fn report(incident: &Incident, changes: [Change; 2]) -> Report {
    let window = Window::of_history(changes);
    Report::new(incident, &window, &Ranker::default().rank(incident, &window))
}

fn other() -> Change {
    change('b', "shop/cart.py", "Round totals", "total = 1", "total = 2")
}

#[test]
fn what_the_diff_adds_stays_hidden_in_the_evidence() {
    let added = "API_TOKEN = \"zq81kCANARYwx77\"\nDB_PASSWORD = \"hunterCANARY2\"\nSIZE = 5";
    let path = "shop/settings.py";
    for value in [
        "refused",
        "refused zq81kCANARYwx77",
        "could not log in with 'hunterCANARY2'",
        "key starts with zq81kCANARY",
        "hunterCANARY2@db: zq81kCANARYwx77/x",
    ] {
        for message in ["Add settings", "Use hunterCANARY2 now", "API_TOKEN=zq81kCANARYwx77"] {
            let incident = incident(path, value, added);
            let report = report(&incident, [change('a', path, message, "", added), other()]);
            assert_hidden(&report, value);
            let [_, _, _, json] = out(&report);
            // The names are what a person needs to see what changed.
            assert!(json.contains("`API_TOKEN`") && json.contains("`DB_PASSWORD`"), "{json}");
        }
    }
}

/// Each way to write down a secret of which the masks know.
const WAYS: &[(&str, &str)] = &[
    ("a.yml", "password: |\n  hunterCANARY2\nsize: 5"),
    ("a.yml", "password:\n  hunterCANARY2\nsize: 5"),
    ("a.json", "{\"password\":\n \"hunterCANARY2\"}"),
    ("a.xml", "<password>hunterCANARY2</password>"),
    ("a.xml", "<password>\n  hunterCANARY2\n</password>"),
    ("secret.yml", "stringData:\n  pass: hunterCANARY2"),
    ("a.rb", "ENV['API_TOKEN'] = 'hunterCANARY2'"),
    ("a.php", "define('DB_PASSWORD','hunterCANARY2');"),
    ("a.py", "password = os.getenv(\"PASSWORD\",\"hunterCANARY2\")"),
    ("a.php", "'password' => env('X','hunterCANARY2'),"),
    ("a.py", "client.set_password(\"hunterCANARY2\")"),
    ("a.go", "var token string = \"hunterCANARY2\""),
    ("a.tf", "variable \"db_password\" { default = \"hunterCANARY2\" }"),
    ("a.tf", "variable \"db_password\" {\n  default = \"hunterCANARY2\"\n}"),
    (".netrc", "machine db login shop password hunterCANARY2"),
    (".netrc", "machine db\nlogin shop\npassword hunterCANARY2"),
    ("a.env", "DATABASE_URL=postgres://shop:hunterCANARY2@db/shop"),
    ("a.sh", "curl -u shop:hunterCANARY2 https://db.example/"),
    ("a.sh", "mysql -u shop -phunterCANARY2 shop"),
    ("a.py", "x = \"ghp_CANARY0123456789\""),
    ("a.py", "x = \"AKIACANARY0123456789\""),
    ("a.py", "post(\"https://hooks.slack.com/services/T0/B0/CANARY123\")"),
    ("a.py", "get(\"https://x.example/f?sig=CANARY123abc\")"),
    ("a.py", "x = 'sk_live_CANARY0123'"),
    ("a.env", "X=sntrys_CANARY0123456"),
    ("a.py", "password = \"hunter\" + \"CANARY2\""),
    ("a.py", "get(url, auth=(\"ana\", \"hunterCANARY2\"))"),
    ("a.cs", "new NetworkCredential(\"ana\", \"hunterCANARY2\")"),
    ("a.js", "headers: { Authorization: `Bearer hunterCANARY2` }"),
    ("a.js", "x.header(\"Authorization\", \"Bearer hunterCANARY2\")"),
    ("a.ts", "const token: string = 'hunterCANARY2';"),
    ("a.rs", "let token: &str = \"hunterCANARY2\";"),
    ("a.py", "DSN = \"postgres://shop:hunterCANARY2@db/shop\""),
    ("a.go", "db.Open(\"shop:hunterCANARY2@tcp(db:3306)/shop\")"),
    ("a.java", "@Value(\"${db.password:hunterCANARY2}\")"),
    ("a.yml", "- name: DB_PASSWORD\n  value: hunterCANARY2"),
    ("a.yml", "DbPassword:\n  Default: hunterCANARY2"),
    ("a.ini", "db.password = hunterCANARY2 ; old"),
    ("Dockerfile", "ENV API_TOKEN hunterCANARY2"),
    ("Dockerfile", "ARG TOKEN=hunterCANARY2"),
    ("a.sql", "ALTER ROLE shop PASSWORD 'hunterCANARY2';"),
    ("a.sh", "export PGPASSWORD=hunterCANARY2; psql"),
    ("a.sh", "serve --api-token hunterCANARY2"),
    ("a.yml", "args:\n  - --api-token\n  - hunterCANARY2"),
    ("a.yml", "url: redis://:hunterCANARY2@cache:6379/0"),
    ("a.toml", "dsn = \"Host=db;Password=hunterCANARY2;Pool=5\""),
    (".npmrc", "//registry.example/:_authToken=hunterCANARY2"),
    ("a.ex", "config :shop, secret_key_base: \"hunterCANARY2\""),
    ("a.py", "# the token hunterCANARY2 is for staging"),
    ("a.pem", "-----BEGIN PRIVATE KEY-----\nCANARYxMIIE\n-----END PRIVATE KEY-----"),
];

#[test]
fn every_way_to_write_a_secret_is_known_in_all_of_the_report() {
    for (path, added) in WAYS {
        let secret = added
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .find(|word| word.contains("CANARY"))
            .expect("each has one");
        let secret =
            secret.strip_prefix("phunter").map_or(secret.to_owned(), |s| format!("hunter{s}"));
        for value in ["refused".to_owned(), format!("refused {secret} for `{secret}`")] {
            let incident = incident(path, &value, added);
            let message = format!("Try {secret}");
            let removed = added.replace("CANARY", "CANARY9");
            for removed in ["", &removed] {
                let change = change('a', path, &message, removed, added);
                assert_hidden(&report(&incident, [change, other()]), added);
            }
            let change = change('a', path, &message, added, "");
            assert_hidden(&report(&incident, [change, other()]), added);
        }
    }
}

#[test]
fn a_secret_of_letters_alone_is_known_in_all_of_the_report() {
    for (path, added) in WAYS.iter().filter(|(_, added)| added.contains("hunterCANARY2")) {
        // A comment tells such a word by its looks alone.
        if added.starts_with('#') {
            continue;
        }
        let added = added.replace("hunterCANARY2", "huntercanary");
        let incident = incident(path, "refused huntercanary for `huntercanary`", &added);
        let change = change('a', path, "Try huntercanary", "", &added);
        assert_hidden(&report(&incident, [change, other()]), &added);
    }
}

#[test]
fn what_the_event_tells_is_hidden() {
    for value in [
        "connection to postgres://shop:canaryDSN@db failed",
        "GET https://x.example/a?token=canary1&b=2 failed",
        "parameters: {'password': 'canary'}",
        "host=db password=canary",
        "Authorization: Bearer canary",
        "glpat-canary0123456 was refused",
    ] {
        let source = "connect(url)";
        let incident = incident("shop/db.py", value, source);
        let change = change('a', "shop/db.py", value, "connect(a)", "connect(url)");
        assert_hidden(&report(&incident, [change, other()]), value);
    }
}

#[test]
fn a_secret_of_the_event_is_known_in_the_diff() {
    let incident = incident("shop/db.py", "login with password=canary7wx failed", "login(user)");
    let change = change('a', "shop/db.py", "Log in", "login(user)", "login(user, 'canary7wx')");
    assert_hidden(&report(&incident, [change, other()]), "event");
}

#[test]
fn ordinary_words_stay_though_a_secret_is_one() {
    let added =
        "PASSWORD: postgres\nTOKEN: string\nSECRET: 5432\nHOST: primary\nOLD_TOKEN: primary";
    let value = "postgres at primary:5432 wants a string";
    let incident = incident("a.yml", value, "connect()");
    let report = report(&incident, [change('a', "a.yml", "Use postgres", "", added), other()]);
    assert_eq!(report.subject.title, format!("AuthError: {value}"));
    assert_eq!(
        report.suspects.iter().find(|s| s.sha.starts_with('a')).unwrap().summary,
        "Use postgres"
    );
}

#[test]
fn thousands_of_secrets_are_soon_known() {
    let word = |mut n: usize| -> String {
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("a letter"));
        let mut word = "canary".to_owned();
        while n > 0 {
            word.push(letter(n));
            n /= 26;
        }
        word
    };
    let added: String = (1..399).map(|n| format!("A{n}_PASSWORD: {}\n", word(n))).collect();
    let incident = incident("a.yml", &format!("refused {}", word(77)), &added);
    let changes = (0..12).map(|n| {
        let digit = char::from_digit(n, 16).expect("a digit");
        change(digit, "a.yml", &format!("Use {}", word(5)), "", &added)
    });
    let window = Window::of_history(changes);
    let ranking = Ranker::default().rank(&incident, &window);
    let started = std::time::Instant::now();
    let report = Report::new(&incident, &window, &ranking);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert_hidden(&report, "many");
}
