//! One table of requests that every receiver must answer alike, whatever framework it stands on.
//!
//! A test starts a real server with [`verifier`], [`BODY_LIMIT`] and [`BODY_DEADLINE`], whose
//! handler answers what was verified with [`Reply::ACCEPTED`], and calls [`assert_conforms`] with
//! its address. The table speaks HTTP/1.1 over sockets of its own, so that wrong lengths, slow
//! bodies and bodies without an end are as real as they get.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use sentry_hooks::{Reply, Verifier, sign};

/// The limit that the server under test must have.
pub const BODY_LIMIT: usize = 64 * 1024;
/// The deadline that the server under test must have.
pub const BODY_DEADLINE: Duration = Duration::from_millis(400);

const SECRETS: [&str; 2] = ["the-secret-until-june", "the-secret-from-june-on"];
const ISSUE: &str = r#"{"action":"created","installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},"data":{"issue":{"id":"4509877862268928","shortId":"SHOP-1","title":"TimeoutError","level":"error","status":"unresolved","project":{"id":"1","name":"shop","slug":"shop","platform":"python"}}},"actor":{"type":"application","id":"sentry","name":"Sentry"}}"#;

/// The verifier that the server under test must have: two secrets, as in the middle of a rotation.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it does not: neither secret is empty")]
pub fn verifier() -> Verifier {
    Verifier::with_secrets(SECRETS).expect("two secrets that are not empty")
}

/// Sends the whole table to a server and compares each answer's status and body.
///
/// # Panics
///
/// When an answer differs, with the names of all the cases that did.
pub fn assert_conforms(server: SocketAddr, path: &str) {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let got = case.send(server, path);
            let expected = (case.expected.status, case.expected.body.to_owned());
            match got {
                Ok(got) if got == expected => None,
                got => Some(format!("{}: expected {expected:?}, got {got:?}", case.name)),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// One request and the answer that it must get.
#[derive(Debug)]
struct Case {
    name: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Sent,
    expected: Reply,
}

/// How the body is sent.
#[derive(Debug)]
enum Sent {
    /// With its true length.
    Whole(Vec<u8>),
    /// In chunks of this size, without a length.
    Chunked(Vec<u8>, usize),
    /// Announced with this length, and never sent.
    Announced(usize),
    /// The first half, and then nothing more.
    Stalled(Vec<u8>),
}

const UNAUTHORIZED: Reply = Reply { status: 401, body: "unauthorized" };
const BAD_REQUEST: Reply = Reply { status: 400, body: "bad request" };
const TOO_LARGE: Reply = Reply { status: 413, body: "payload too large" };
const ENCODED: Reply = Reply { status: 415, body: "unsupported media type" };
const TIMEOUT: Reply = Reply { status: 408, body: "request timeout" };

fn cases() -> Vec<Case> {
    let mut cases = accepted();
    cases.extend(bad_signatures());
    cases.extend(bad_bodies());
    cases.extend(bad_transfers());
    cases
}

fn accepted() -> Vec<Case> {
    let unknown = r#"{"action":"waxed","data":{"moon":{"phase":3}}}"#;
    vec![
        Case::signed("valid", "issue", ISSUE, Reply::ACCEPTED),
        Case::signed("the same again", "issue", ISSUE, Reply::ACCEPTED),
        Case::new("valid, the other secret", "issue", ISSUE, Reply::ACCEPTED)
            .signature(sign(SECRETS[1], ISSUE.as_bytes()).expect("a secret")),
        Case::signed("valid, in chunks without a length", "issue", ISSUE, Reply::ACCEPTED)
            .sent(Sent::Chunked(ISSUE.into(), 7)),
        Case::signed("a resource that nobody knows", "moon", unknown, Reply::ACCEPTED),
        Case::signed("no resource header", "", ISSUE, Reply::ACCEPTED),
        Case::signed("identity encoding", "issue", ISSUE, Reply::ACCEPTED)
            .header("Content-Encoding", "identity"),
    ]
}

fn bad_signatures() -> Vec<Case> {
    let good = sign(SECRETS[0], ISSUE.as_bytes()).expect("a secret");
    let spaced = ISSUE.replace(',', ", ");
    let new = |name, signature: String| {
        Case::new(name, "issue", ISSUE, UNAUTHORIZED).signature(signature)
    };
    vec![
        Case::new("no signature", "issue", ISSUE, UNAUTHORIZED),
        new("empty signature", String::new()),
        new("signature too short", good[..63].to_owned()),
        new("signature too long", format!("{good}0")),
        new("signature in upper case", good.to_uppercase()),
        new("signature with a prefix", format!("sha256={good}")),
        new("signature that is not hex", "g".repeat(64)),
        new("signature of another secret", sign("guess", ISSUE.as_bytes()).expect("a secret")),
        new("two signatures", good.clone()).signature(good.clone()),
        Case::new("body written anew", "issue", &spaced, UNAUTHORIZED).signature(good.clone()),
        Case::new("broken JSON under a wrong signature", "issue", "{", UNAUTHORIZED)
            .signature(good),
    ]
}

fn bad_bodies() -> Vec<Case> {
    let deep =
        format!(r#"{{"action":"created","data":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    vec![
        Case::signed("broken JSON", "issue", r#"{"action":"created","data":"#, BAD_REQUEST),
        Case::signed("something after the JSON", "issue", &format!("{ISSUE}x"), BAD_REQUEST),
        Case::signed("not an object", "issue", "[]", BAD_REQUEST),
        Case::signed("empty", "issue", "", BAD_REQUEST),
        Case::signed("nested too deeply", "issue", &deep, BAD_REQUEST),
        Case::signed("header and body contradict each other", "comment", ISSUE, BAD_REQUEST),
    ]
}

fn bad_transfers() -> Vec<Case> {
    let large = format!(r#"{{"action":"created","data":{{"pad":"{}"}}}}"#, "x".repeat(BODY_LIMIT));
    vec![
        Case::signed("too large", "issue", &large, TOO_LARGE),
        Case::signed("announced too large", "issue", ISSUE, TOO_LARGE)
            .sent(Sent::Announced(BODY_LIMIT + 1)),
        Case::signed("too large without a length", "issue", &large, TOO_LARGE)
            .sent(Sent::Chunked(large.clone().into_bytes(), 4096)),
        Case::signed("gzip", "issue", ISSUE, ENCODED).header("Content-Encoding", "gzip"),
        Case::signed("slow", "issue", ISSUE, TIMEOUT).sent(Sent::Stalled(ISSUE.into())),
    ]
}

impl Case {
    fn new(name: &'static str, resource: &str, body: &str, expected: Reply) -> Self {
        let mut headers = vec![("Content-Type", "application/json".to_owned())];
        if !resource.is_empty() {
            headers.push(("Sentry-Hook-Resource", resource.to_owned()));
        }
        Self { name, headers, body: Sent::Whole(body.into()), expected }
    }

    fn signed(name: &'static str, resource: &str, body: &str, expected: Reply) -> Self {
        let signature = sign(SECRETS[0], body.as_bytes()).expect("a secret");
        Self::new(name, resource, body, expected).signature(signature)
    }

    fn signature(self, signature: String) -> Self {
        self.header("Sentry-Hook-Signature", signature)
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn sent(mut self, body: Sent) -> Self {
        self.body = body;
        self
    }

    fn send(&self, server: SocketAddr, path: &str) -> io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&match &self.body {
            Sent::Whole(body) | Sent::Stalled(body) => {
                format!("Content-Length: {}\r\n\r\n", body.len())
            }
            Sent::Chunked(..) => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
            Sent::Announced(length) => format!("Content-Length: {length}\r\n\r\n"),
        });
        stream.write_all(head.as_bytes())?;
        // A server that refuses early may close the connection while we are still writing.
        let _ = self.write_body(&mut stream);
        read_answer(stream)
    }

    fn write_body(&self, stream: &mut TcpStream) -> io::Result<()> {
        match &self.body {
            Sent::Whole(body) => stream.write_all(body)?,
            Sent::Chunked(body, size) => {
                for chunk in body.chunks(*size) {
                    write!(stream, "{:x}\r\n", chunk.len())?;
                    stream.write_all(chunk)?;
                    stream.write_all(b"\r\n")?;
                }
                stream.write_all(b"0\r\n\r\n")?;
            }
            Sent::Announced(_) => {}
            Sent::Stalled(body) => stream.write_all(&body[..body.len() / 2])?,
        }
        stream.flush()
    }
}

/// Reads the status and the body, by the body's length.
fn read_answer(mut stream: TcpStream) -> io::Result<(u16, String)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(answer) = parse_answer(&bytes) {
            let _ = stream.shutdown(Shutdown::Both);
            return Ok(answer);
        }
        match stream.read(&mut buffer)? {
            0 => return Err(io::Error::other(format!("cut: {}", String::from_utf8_lossy(&bytes)))),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

fn parse_answer(bytes: &[u8]) -> Option<(u16, String)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })?;
    (body.len() >= length).then(|| (status, body[..length].to_owned()))
}
