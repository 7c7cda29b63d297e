//! What several tests need.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

pub(crate) mod gate;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use incident_service::shop::{self, repository};
use tempfile::TempDir;

/// A part of the material that is kept beside the project, or nothing, said aloud.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("SENTRY_HOOKS_SHARED").map_or(beside, PathBuf::from);
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} not found", path.display());
    None
}

/// The shop's repository, and the directory that it is in.
pub(crate) fn a_shop() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("shop.git");
    repository::write(&shop::HISTORY, &repo).unwrap();
    (dir, repo)
}

/// Posts an `event_alert` as Sentry does; it is taken.
pub(crate) async fn deliver(url: &http::Uri, secret: &str, body: &'static [u8]) {
    assert_eq!(answer(url, secret, body).await, (200, "accepted".to_owned()));
}

/// Posts an `event_alert` as Sentry does: status and text of the answer.
pub(crate) async fn answer(url: &http::Uri, secret: &str, body: &'static [u8]) -> (u16, String) {
    let request = http::Request::post(url.path())
        .header("Host", "localhost")
        .header("Sentry-Hook-Resource", "event_alert")
        .header("Sentry-Hook-Signature", sentry_hooks::sign(secret, body).unwrap())
        .body(body.into())
        .unwrap();
    let address = url.authority().unwrap().as_str().parse().unwrap();
    let answer = incident_service::loopback::send(address, request).await.unwrap();
    (answer.status.as_u16(), answer.text())
}

/// `incident-service serve` on a free port, configured by these variables alone. Where none names
/// it, its state is kept in a directory of its own.
pub(crate) struct Program {
    child: Child,
    _state: TempDir,
    said: String,
    log: Option<BufReader<std::process::ChildStderr>>,
    rest: Option<(Arc<Mutex<String>>, JoinHandle<()>)>,
}

impl Program {
    pub(crate) fn serve(variables: &[(&str, &str)]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut child = command(variables, &state).env("PORT", "0").spawn().unwrap();
        let log = child.stderr.take().map(BufReader::new);
        Self { child, _state: state, said: String::new(), log, rest: None }
    }

    /// Runs a configuration that cannot be served: the exit code and what was said.
    pub(crate) fn refused(variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let state = tempfile::tempdir().unwrap();
        let output = command(variables, &state).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The rest of the first log line that has these words.
    pub(crate) fn url_after(&mut self, words: &str) -> String {
        let mut log = self.log.take().unwrap();
        let url = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it ended:\n{}", self.said);
            self.said.push_str(&line);
            if let Some((_, url)) = line.split_once(words) {
                break url.trim().to_owned();
            }
        };
        // What follows must be read, or the program waits for it.
        let rest = Arc::new(Mutex::new(String::new()));
        let reader = Arc::clone(&rest);
        let reading = std::thread::spawn(move || {
            for line in log.lines() {
                let line = line.unwrap();
                let mut rest = reader.lock().unwrap();
                rest.push_str(&line);
                rest.push('\n');
            }
        });
        self.rest = Some((rest, reading));
        url
    }

    /// Waits until the program has logged these words.
    pub(crate) async fn logged(&self, words: &str) {
        let (rest, _) = self.rest.as_ref().unwrap();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !rest.lock().unwrap().contains(words) {
            assert!(std::time::Instant::now() < end, "no `{words}`:\n{}", rest.lock().unwrap());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// All that the program logged; it has ended.
    fn all_logged(&mut self) -> String {
        let mut all = std::mem::take(&mut self.said);
        if let Some((rest, reading)) = self.rest.take() {
            reading.join().unwrap();
            all.push_str(&rest.lock().unwrap());
        }
        all
    }

    /// Kills the program, which gets no chance to do anything more: what it wrote to its output.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut output = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        output
    }

    /// Reads a line of the program's output.
    pub(crate) fn line(&mut self) -> String {
        // Nothing beyond that line may be taken out of the pipe.
        let mut output = BufReader::with_capacity(1, self.child.stdout.as_mut().unwrap());
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "it ended:\n{}", self.said);
        line
    }

    /// Goes away as the reader of the program's output.
    pub(crate) fn close_output(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Waits until the program ends by itself: its exit code and its log.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(std::time::Instant::now() < end, "it lives on:\n{}", self.said);
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        (status.code(), self.all_logged())
    }

    /// Asks the program to end: what it wrote to its output and to its log.
    pub(crate) fn end(mut self) -> (String, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut output = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        assert!(self.child.wait().unwrap().success());
        (output, self.all_logged())
    }
}

/// Ends the program when a test fails.
impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already when all went well.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(variables: &[(&str, &str)], state: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incident-service"));
    for name in ["SENTRY_WEBHOOK_SECRET", "REPO", "SENTRY_AUTH_TOKEN", "SENTRY_ORG", "API_TOKENS"] {
        command.env_remove(name);
    }
    command.arg("serve").env("STATE_DIRECTORY", state.path()).envs(variables.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
