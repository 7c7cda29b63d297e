//! Which dependency explains which class of error: how far it moved, what it is there for.

use super::{ErrorClass, VersionStep};
use crate::rank::words::parts;

use ErrorClass as C;

/// How well a package whose version moved, from one to another, explains a class of error.
pub(super) fn fit(
    name: &str,
    versions: [Option<&str>; 2],
    step: VersionStep,
    class: ErrorClass,
) -> f64 {
    let of_package = if versions == [None, None] { package_fit(name, step, class) } else { 0.0 };
    let of_inside = match versions {
        [Some(before), Some(after)] => image_fit(before, after, class),
        _ => 0.0,
    };
    let of_runtime = runtime_fit(name, step, class);
    of_package.max(of_inside).max(of_runtime).max(dependency_fit(step, class))
}

fn dependency_fit(step: VersionStep, class: ErrorClass) -> f64 {
    let size = match step {
        VersionStep::Major => 1.0,
        VersionStep::Removed => 0.8,
        VersionStep::Unknown => 0.5,
        VersionStep::Minor => 0.45,
        VersionStep::Patch => 0.2,
        VersionStep::Added => 0.15,
    };
    let api = match class {
        C::ImportFailed | C::BadArgument => 1.0,
        C::MissingAttribute => 0.9,
        C::TypeMismatch | C::InvalidValue | C::NullValue => 0.45,
        C::Decoding | C::TlsFailed | C::Locale => 0.4,
        C::MissingKey | C::SchemaMismatch | C::Unauthenticated => 0.25,
        C::PermissionDenied | C::LimitExceeded | C::ConstraintViolated | C::NotFound => 0.2,
        C::Assertion | C::Crash | C::OutOfRange => 0.2,
        C::PoolExhausted | C::Timeout | C::ConnectionFailed | C::RemoteFailed | C::Locked => 0.15,
        _ => 0.05,
    };
    size * api
}

/// Words of images that have less inside, or another libc.
#[rustfmt::skip]
const FLAVOURS: &[&str] = &[
    "alpine", "busybox", "chiseled", "distroless", "jre", "minimal", "musl", "nanoserver", "nonroot", "scratch", "slim",
    "static", "ubi",
];
/// Releases of the systems that images are built on: each has its own OpenSSL, libc and libraries.
#[rustfmt::skip]
const RELEASES: &[&str] = &[
    "stretch", "buster", "bullseye", "bookworm", "trixie", "bionic", "focal", "jammy", "noble", "centos7", "el7", "el8",
    "el9", "debian10", "debian11", "debian12", "debian13",
];

/// What another tag of an image, or another image, explains by what it has inside.
fn image_fit(before: &str, after: &str, class: ErrorClass) -> f64 {
    let (before, after) = (parts(before), parts(after));
    let news = |known: &[&str], here: &[String], there: &[String]| {
        here.iter().any(|part| known.contains(&part.as_str()) && !there.contains(part))
    };
    if news(FLAVOURS, &after, &before) {
        flavour_fit(class)
    } else if news(RELEASES, &after, &before) {
        release_fit(class)
    } else if news(FLAVOURS, &before, &after) {
        0.5 * flavour_fit(class)
    } else {
        0.0
    }
}

/// Another release of the system below: its libraries are newer, and stricter.
fn release_fit(class: ErrorClass) -> f64 {
    match class {
        C::ImportFailed | C::TlsFailed => 0.8,
        C::NotFound | C::Locale | C::Crash => 0.5,
        C::Decoding | C::InvalidValue | C::PermissionDenied | C::MissingAttribute => 0.3,
        _ => 0.05,
    }
}

/// Runtimes as images and files of versions name them.
#[rustfmt::skip]
const RUNTIMES: &[&str] = &[
    "aspnet", "bun", "corretto", "deno", "dotnet", "elixir", "erlang", "go", "golang", "java", "jdk", "jre", "node",
    "nodejs", "openjdk", "perl", "php", "python", "ruby", "runtime", "sdk", "temurin", "zulu",
];

/// What another version of a runtime explains: what it no longer has, allows or trusts.
fn runtime_fit(name: &str, step: VersionStep, class: ErrorClass) -> f64 {
    let name = name.to_ascii_lowercase();
    if !RUNTIMES.contains(&name.as_str()) {
        return 0.0;
    }
    let size = match step {
        VersionStep::Major => 1.0,
        VersionStep::Minor => 0.3,
        VersionStep::Patch => 0.1,
        _ => 0.0,
    };
    let taken = match class {
        C::ImportFailed | C::MissingAttribute | C::BadArgument => 1.0,
        C::TlsFailed | C::TypeMismatch | C::SchemaMismatch => 0.8,
        C::Decoding | C::Locale | C::InvalidValue | C::Crash | C::Assertion => 0.6,
        C::NullValue | C::LimitExceeded | C::PermissionDenied | C::OutOfMemory => 0.3,
        C::MissingKey | C::OutOfRange | C::Unauthenticated => 0.25,
        _ => 0.1,
    };
    size * taken
}

/// Another flavour of the same image: libraries, fonts, certificates, locales are missing.
fn flavour_fit(class: ErrorClass) -> f64 {
    match class {
        C::ImportFailed => 1.0,
        C::Locale => 0.9,
        C::NotFound | C::TlsFailed => 0.7,
        C::Decoding | C::Crash => 0.5,
        C::ConnectionFailed | C::InvalidValue | C::PermissionDenied | C::MissingAttribute => 0.3,
        C::Timeout | C::OutOfMemory | C::RemoteFailed | C::NullValue => 0.15,
        _ => 0.05,
    }
}

/// What system packages are there for.
const PACKAGES: &[(&[&str], &[ErrorClass])] = &[
    (&["tzdata"], &[C::Locale, C::NotFound]),
    (&["certificate", "ca", "openssl", "gnupg"], &[C::TlsFailed]),
    (&["locale", "icu", "glibc", "gcompat", "libc6"], &[C::Locale, C::Decoding, C::ImportFailed]),
    (
        &["font", "fontconfig", "ttf", "dejavu", "noto", "liberation"],
        &[C::NotFound, C::ImportFailed],
    ),
];

/// A system package that is gone: its files, programs and libraries are not found.
fn package_fit(name: &str, step: VersionStep, class: ErrorClass) -> f64 {
    if step != VersionStep::Removed {
        return 0.0;
    }
    let words = parts(name);
    let purpose = PACKAGES.iter().find(|(names, _)| {
        words.iter().any(|word| {
            names.iter().any(|name| word == name || name.len() > 3 && word.starts_with(name))
        })
    });
    match (purpose, class) {
        (Some((_, classes)), class) if classes.contains(&class) => 1.0,
        (None, C::ImportFailed) => 0.8,
        (None, C::NotFound) => 0.8,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_image_has_inside_matters() {
        let alpine =
            |class| fit("node", [Some("20"), Some("20 alpine")], VersionStep::Unknown, class);
        assert!(alpine(C::ImportFailed) > 0.9 && alpine(C::PoolExhausted) < 0.1);
        let tag =
            |from, to, class| fit("node", [Some(from), Some(to)], VersionStep::Unknown, class);
        assert!(tag("20 bookworm slim", "20 alpine", C::ImportFailed) > 0.9);
        assert!(tag("20 bookworm", "20 bookworm slim", C::NotFound) > 0.6);
        assert!(tag("20 bullseye", "20 bookworm", C::TlsFailed) > 0.7);
        assert!(tag("debian12", "scratch", C::TlsFailed) > 0.6);
        let python =
            |from, to, step| fit("python", [Some(from), Some(to)], step, C::MissingAttribute);
        assert!(python("3.9", "3.12", VersionStep::Major) > 0.8);
        assert!(python("3.12.1", "3.12.4", VersionStep::Patch) < 0.3);
        let gone = |name, class| fit(name, [None, None], VersionStep::Removed, class);
        assert!(gone("tzdata", C::Locale) > 0.9);
        assert!(gone("certificates", C::TlsFailed) > 0.9);
        assert!(gone("libpq5", C::ImportFailed) >= 0.8);
        assert!(gone("cairo", C::TlsFailed) < 0.5);
    }
}
