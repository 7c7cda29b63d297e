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
    let [before, after] = versions.map(|tag| tag.is_some_and(is_flavoured));
    let other = if before == after { package_fit(name, step, class) } else { flavour_fit(class) };
    other.max(dependency_fit(step, class))
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

/// Whether the tag of an image says that it has less inside, or another libc.
fn is_flavoured(tag: &str) -> bool {
    const FLAVOURS: &[&str] = &[
        "alpine",
        "slim",
        "musl",
        "distroless",
        "chiseled",
        "nanoserver",
        "busybox",
        "minimal",
        "jre",
        "nonroot",
    ];
    parts(tag).iter().any(|part| FLAVOURS.contains(&part.as_str()))
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
        (None, C::NotFound) => 0.5,
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
        let gone = |name, class| fit(name, [None, None], VersionStep::Removed, class);
        assert!(gone("tzdata", C::Locale) > 0.9);
        assert!(gone("certificates", C::TlsFailed) > 0.9);
        assert!(gone("libpq5", C::ImportFailed) >= 0.8);
        assert!(gone("cairo", C::TlsFailed) < 0.5);
    }
}
