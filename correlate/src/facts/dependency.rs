//! Dependencies in manifests: their names and versions.

use super::VersionStep;
use super::value::unquote;

/// Whether a file is a manifest of dependencies.
pub(crate) fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    (name.starts_with("requirements") && name.ends_with(".txt"))
        || matches!(
            name,
            "package.json"
                | "Cargo.toml"
                | "pyproject.toml"
                | "go.mod"
                | "Gemfile"
                | "Pipfile"
                | "composer.json"
                | "setup.py"
                | "setup.cfg"
                | "build.gradle"
                | "build.gradle.kts"
                | "pom.xml"
                | "mix.exs"
                | "pubspec.yaml"
                | "environment.yml"
                | "constraints.txt"
                | "Dockerfile"
                | "libs.versions.toml"
                | "deps.edn"
                | "project.clj"
        )
        || [".csproj", ".gemspec", ".cabal", "packages.config"].iter().any(|s| name.ends_with(s))
        || name.starts_with("Dockerfile")
}

/// The package and version that a manifest's line names.
pub(crate) fn read<'a>(path: &str, line: &'a str) -> Option<(&'a str, &'a str)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let line = line.trim();
    if line.starts_with(['#', '/']) {
        return None;
    }
    if name.starts_with("Dockerfile") {
        let rest = line.strip_prefix("FROM ")?;
        let (image, version) = rest.split_once([':', ' '])?;
        return versioned(image, version.split(" as ").next()?.split(" AS ").next()?);
    }
    if name == "go.mod" {
        let line = line.strip_prefix("require ").unwrap_or(line);
        let (package, version) = line.split_once(' ')?;
        return versioned(package, version.trim_start_matches('v').split(' ').next()?);
    }
    if matches!(name, "Gemfile") || name.ends_with(".gemspec") {
        let rest =
            line.strip_prefix("gem ").or_else(|| line.strip_prefix("spec add_dependency "))?;
        let (package, version) = rest.split_once(' ')?;
        return versioned(package, version);
    }
    if name.ends_with(".csproj") || name == "pom.xml" || name.starts_with("build.gradle") {
        return reduced(line);
    }
    // `"name": "^1.2"`, `name = "1.2"`, `name = { version = "1.2" }`
    if let super::line::Line::Pair(key, value) = super::line::read(line)
        && !line.contains("==")
        && !line.starts_with(['\'', '"']) | name.ends_with(".json")
    {
        let value = value
            .split_once("version = ")
            .map_or(value, |(_, rest)| rest.split([',', '}']).next().unwrap_or(rest).trim());
        if matches!(
            key,
            "version"
                | "edition"
                | "rust-version"
                | "node"
                | "python_requires"
                | "name"
                | "requires-python"
                | "engines"
                | "go"
                | "lockfileVersion"
        ) {
            return None;
        }
        return versioned(key, unquote(value));
    }
    // `name==1.2`, `"name>=1.2",`
    let line = unquote(line.trim_end_matches(','));
    let end = line.find(['=', '<', '>', '~', '!', ' ', '^', '@'])?;
    versioned(line[..end].split('[').next()?, &line[end..])
}

/// `PackageReference Include Npgsql Version 8.0`, `implementation com squareup okhttp3 okhttp 4.12`:
/// the last word before the version names it best.
fn reduced(line: &str) -> Option<(&str, &str)> {
    let at = line.find(|c: char| c.is_ascii_digit()).filter(|&at| line[..at].ends_with(' '))?;
    let head = line[..at].trim_end();
    let head = head.strip_suffix(" Version").unwrap_or(head);
    let head = match head.find("Include ") {
        Some(at) => &head[at + "Include ".len()..],
        None => head.rsplit(' ').next()?,
    };
    versioned(head, &line[at..])
}

fn versioned<'a>(name: &'a str, version: &'a str) -> Option<(&'a str, &'a str)> {
    let version = version
        .trim()
        .trim_start_matches(['=', '<', '>', '~', '!', '^', ' ', 'v', '@'])
        .split([',', ';', ' '])
        .next()?
        .trim_matches(['"', '\'']);
    let name = name.trim();
    (!name.is_empty()
        && name.len() <= 80
        && name.chars().any(char::is_alphabetic)
        && version.starts_with(|c: char| c.is_ascii_digit()))
    .then_some((name, version))
}

/// How far a version moved.
pub(crate) fn step(from: Option<&str>, to: Option<&str>) -> VersionStep {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    let (from, to) = match (from, to) {
        (None, _) => return VersionStep::Added,
        (_, None) => return VersionStep::Removed,
        (Some(from), Some(to)) => (numbers(from), numbers(to)),
    };
    let at = |numbers: &[u64], n: usize| numbers.get(n).copied().unwrap_or(0);
    if from.is_empty() || to.is_empty() {
        VersionStep::Unknown
    } else if at(&from, 0) != at(&to, 0) || (at(&to, 0) == 0 && at(&from, 1) != at(&to, 1)) {
        VersionStep::Major
    } else if at(&from, 1) != at(&to, 1) {
        VersionStep::Minor
    } else {
        VersionStep::Patch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_of_many_ecosystems() {
        for (path, line, name, version) in [
            ("requirements.txt", "urllib3==1.26.18", "urllib3", "1.26.18"),
            ("requirements/base.txt", "x", "", ""),
            ("package.json", "\"node-fetch\": \"^2.7.0\",", "node-fetch", "2.7.0"),
            (
                "Cargo.toml",
                "serde = { version = \"1.0\", features = [\"derive\"] }",
                "serde",
                "1.0",
            ),
            ("pyproject.toml", "\"yt-dlp-ejs==0.3.1\",", "yt-dlp-ejs", "0.3.1"),
            ("go.mod", "github.com/lib/pq v1.10.9 // indirect", "github.com/lib/pq", "1.10.9"),
            ("Gemfile", "gem rails 7.0 4", "rails", "7.0"),
            ("Dockerfile", "FROM python 3.12 slim", "python", "3.12"),
            (
                "a/b.csproj",
                "PackageReference Include Npgsql Json Version 8.0 1",
                "Npgsql Json",
                "8.0",
            ),
            ("build.gradle", "implementation com squareup okhttp 4.12 0", "okhttp", "4.12"),
        ] {
            let expected = (!name.is_empty()).then_some((name, version));
            assert_eq!(read(path, line), expected, "{line}");
        }
        assert_eq!(read("package.json", "\"version\": \"2.0.0\","), None);
        assert!(is_manifest("web/package.json") && !is_manifest("tsconfig.json"));
    }

    #[test]
    fn steps() {
        assert_eq!(step(Some("1.26.18"), Some("2.2.3")), VersionStep::Major);
        assert_eq!(step(Some("0.3.1"), Some("0.4.0")), VersionStep::Major);
        assert_eq!(step(Some("4.1.0"), Some("4.2.0")), VersionStep::Minor);
        assert_eq!(step(Some("4.1.0"), Some("4.1.2")), VersionStep::Patch);
        assert_eq!(step(None, Some("1")), VersionStep::Added);
    }
}
