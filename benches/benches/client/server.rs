//! A server that answers one issue and one long list, from memory, over HTTP/1.1.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

static LENGTH: AtomicU64 = AtomicU64::new(0);

/// How many issues the list holds.
pub(crate) fn list_length(issues: u64) {
    LENGTH.store(issues, Ordering::SeqCst);
}

/// Starts it on a thread of its own.
pub(crate) fn start() -> String {
    let (ready, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be had").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port can be had");
            let address = listener.local_addr().expect("it is bound");
            ready.send(format!("http://{address}")).expect("somebody waits");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
    });
    address.recv().expect("the server starts")
}

async fn serve(mut stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let (mut request, mut response) = (Vec::new(), String::new());
    loop {
        request.clear();
        while !request.ends_with(b"\r\n\r\n") {
            let mut part = [0; 4096];
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(length) => request.extend_from_slice(&part[..length]),
            }
        }
        let head = String::from_utf8_lossy(&request);
        let path = head.split(' ').nth(1).unwrap_or_default();
        answer(path, &mut response);
        if stream.write_all(response.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn answer(path: &str, response: &mut String) {
    let (body, link) = if path.contains("/issues/1/") {
        (issue(1), String::new())
    } else {
        let from = path.split("cursor=0%3A").nth(1).and_then(|rest| rest.split("%3A").next());
        let from: u64 = from.and_then(|text| text.parse().ok()).unwrap_or(0);
        let length = LENGTH.load(Ordering::SeqCst);
        let to = (from + 100).min(length);
        let issues: Vec<String> = (from..to).map(issue).collect();
        let more = to < length;
        let link = format!(
            "link: <http://x/>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\", \
             <http://x/>; rel=\"next\"; results=\"{more}\"; cursor=\"0:{to}:0\"\r\n"
        );
        (format!("[{}]", issues.join(",")), link)
    };
    response.clear();
    let _ = write!(
        response,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{link}content-length: {}\r\n\r\n{body}",
        body.len()
    );
}

fn issue(id: u64) -> String {
    format!(
        r#"{{"id":"{id}","shortId":"SHOP-{id}","title":"TimeoutError: QueuePool limit of size 5 overflow 10 reached","culprit":"checkout in shop.views","permalink":"https://acme.sentry.io/issues/{id}/","logger":null,"level":"error","status":"unresolved","statusDetails":{{}},"substatus":"ongoing","isPublic":false,"platform":"python","project":{{"id":"17","name":"shop","slug":"shop","platform":"python"}},"type":"error","metadata":{{"type":"TimeoutError","value":"QueuePool limit of size 5 overflow 10 reached","filename":"shop/db.py","function":"connect"}},"numComments":0,"assignedTo":null,"isBookmarked":false,"isSubscribed":false,"annotations":[],"issueType":"error","issueCategory":"error","priority":"high","isUnhandled":true,"count":"1234","userCount":56,"firstSeen":"2026-02-03T10:11:12.000000Z","lastSeen":"2026-03-04T10:11:12.000000Z","stats":{{"24h":[[1772355600,1],[1772359200,2],[1772362800,3]]}}}}"#
    )
}
