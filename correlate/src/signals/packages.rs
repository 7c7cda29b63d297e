//! Where the code of a package runs in a trace, when programs know it by another name than manifests.

use super::Scene;
use crate::rank::words::{is_common, parts};

/// Packages that programs import under another name, or that bring others which run in their stead,
/// run together.
#[rustfmt::skip]
const IMPORTED: &[(&str, &[&str])] = &[
    ("aiobotocore", &["botocore"]),
    ("attrs", &["attr"]),
    ("beautifulsoup4", &["bs4"]),
    ("boto3", &["botocore", "s3transfer"]),
    ("celery", &["kombu", "billiard", "vine", "amqp"]),
    ("djangorestframework", &["restframework"]),
    ("express", &["bodyparser", "rawbody", "pathtoregexp", "qs", "send", "finalhandler"]),
    ("fastapi", &["starlette"]),
    ("flask", &["werkzeug", "jinja2"]),
    ("grpcio", &["grpc"]),
    ("httpx", &["httpcore", "h11"]),
    ("laravel/framework", &["illuminate"]),
    ("mysqlclient", &["mysqldb"]),
    ("opencvpython", &["cv2"]),
    ("opencvpythonheadless", &["cv2"]),
    ("pillow", &["pil"]),
    ("protobuf", &["google"]),
    ("psycopg2binary", &["psycopg2"]),
    ("pycryptodome", &["crypto"]),
    ("pydantic", &["pydanticcore", "pydanticsettings"]),
    ("pyjwt", &["jwt"]),
    ("pythondateutil", &["dateutil"]),
    ("pyyaml", &["yaml"]),
    ("rails", &["actionpack", "activerecord", "activesupport", "railties", "activejob", "actionview"]),
    ("requests", &["urllib3"]),
    ("scikitlearn", &["sklearn"]),
    ("setuptools", &["pkgresources", "distutils"]),
    ("urllib3", &["requests"]),
];

/// The place in the trace of a package that is imported under another name, or that of the crash
/// where the error says that name.
pub(super) fn imported(scene: &Scene<'_>, package: &str) -> Option<usize> {
    let (_, names) = IMPORTED.iter().find(|(name, _)| *name == package)?;
    names.iter().find_map(|name| {
        let runs = scene.query.packages.iter().position(|known| known == name);
        runs.or_else(|| scene.query.said.iter().any(|word| word == name).then_some(0))
    })
}

/// Most frames whose namespaces are read, and most words of them.
const FRAMES: usize = 30;
const WORDS: usize = 200;
/// What namespaces of Java and its kin begin with.
const DOMAINS: &[&str] = &["com", "de", "dev", "io", "jakarta", "javax", "me", "net", "org"];
/// Words of names that many packages share.
const SHARED: &[&str] = &[
    "client",
    "common",
    "core",
    "data",
    "driver",
    "framework",
    "http",
    "java",
    "server",
    "service",
    "spring",
    "starter",
    "system",
    "util",
];

/// The words of the namespaces in which a trace's foreign code runs, `org/hibernate/query`,
/// `Npgsql.Internal`, with the place of their frame.
pub(super) struct Namespaces(Vec<(String, usize)>);

impl Namespaces {
    pub(super) fn of_trace(scene: &Scene<'_>) -> Self {
        let mut found = Vec::new();
        let exceptions = scene.incident.exceptions.iter();
        let frames = exceptions.flat_map(|exception| exception.frames.iter().rev());
        for (at, frame) in frames.take(FRAMES).enumerate().filter(|(_, frame)| !frame.in_app) {
            let Some(name) = frame.module.as_deref().or(frame.filename.as_deref()) else {
                continue;
            };
            let dotted = !name.contains('/') && name.matches('.').count() > 1;
            let first = name.split(['/', '.']).next().unwrap_or_default();
            if dotted || DOMAINS.contains(&first) {
                found.extend(
                    parts(name).into_iter().filter(|word| word.len() > 3).map(|word| (word, at)),
                );
            }
        }
        found.truncate(WORDS);
        Self(found)
    }

    /// The place of the first frame whose namespace has a telling word of a package's name.
    pub(super) fn place(&self, package: &str) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let telling =
            |word: &String| word.len() > 3 && !is_common(word) && !SHARED.contains(&word.as_str());
        parts(package)
            .iter()
            .filter(|word| telling(word))
            .find_map(|word| self.0.iter().find(|(known, _)| known == word).map(|(_, at)| *at))
    }
}
