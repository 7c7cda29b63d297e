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
                | "Gemfile.lock"
                | "Podfile.lock"
                | "mix.lock"
                | ".tool-versions"
                | "libs.versions.toml"
                | "deps.edn"
                | "project.clj"
        )
        || [".csproj", ".gemspec", ".cabal", "packages.config"].iter().any(|s| name.ends_with(s))
        || is_image_file(name)
        || name.ends_with(".txt") && path.split('/').any(|part| part == "requirements")
        || RUNTIMES.iter().any(|(_, file)| *file == name)
}

/// Files that hold the version of a runtime alone, and the runtime.
const RUNTIMES: &[(&str, &str)] = &[
    ("node", ".nvmrc"),
    ("node", ".node-version"),
    ("python", ".python-version"),
    ("python", "runtime.txt"),
    ("ruby", ".ruby-version"),
    ("java", ".java-version"),
    ("go", ".go-version"),
];

/// Whether a file builds an image.
pub(crate) fn is_image_file(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("Dockerfile")
        || name.starts_with("Containerfile")
        || name.ends_with(".dockerfile")
        || name.ends_with(".Dockerfile")
}

/// An image and its tag in reduced form: `python 3.12 slim`, `mcr microsoft com dotnet aspnet 8.0`.
fn image(rest: &str) -> Option<(&str, &str)> {
    let end = [" as ", " AS "].iter().find_map(|word| rest.find(word)).unwrap_or(rest.len());
    let rest = rest[..end].split_once("platform ").map_or(&rest[..end], |(_, rest)| rest);
    let rest = rest.trim();
    let numbered = |at: &usize| rest[*at..].starts_with(|c: char| c.is_ascii_digit());
    if let Some(at) = rest.match_indices(' ').map(|(at, _)| at + 1).find(numbered) {
        let name = rest[..at].trim().rsplit(' ').next()?;
        return (!name.is_empty()).then(|| (name, rest[at..].trim()));
    }
    // Where it comes from stands first: `gcr io distroless static`.
    let mut rest = rest;
    while let Some((_, behind)) = rest.split_once(' ').filter(|(word, _)| REGISTRIES.contains(word))
    {
        rest = behind;
    }
    let (name, tag) = rest.split_once(' ').unwrap_or((rest, ""));
    (!name.is_empty() && (!tag.is_empty() || name == "scratch")).then_some((name, tag))
}

/// Words of the addresses from which images are pulled.
#[rustfmt::skip]
const REGISTRIES: &[&str] = &[
    "amazonaws", "aws", "azurecr", "com", "dev", "dkr", "docker", "ecr", "gcr", "ghcr", "io", "library", "mcr",
    "microsoft", "pkg", "public", "quay", "registry",
];

/// An image as orchestrators name it, `registry/team/redis:7.2`: its name and tag.
pub(crate) fn tagged(value: &str) -> Option<(&str, &str)> {
    let (name, tag) = value.rsplit_once(':')?;
    let name = name.rsplit('/').next()?;
    (!tag.contains('/') && !tag.is_empty() && !name.is_empty()).then_some((name, tag))
}

/// Packages that a line of an image file installs, in reduced form, name by name.
pub(crate) fn installed(line: &str) -> Vec<&str> {
    let words: Vec<&str> = line.split(' ').collect();
    let instruction =
        words.first().is_some_and(|word| word.bytes().all(|b| b.is_ascii_uppercase()));
    let installs = words.iter().any(|word| matches!(*word, "install" | "add" | "apt" | "apk"));
    if !installs && (instruction || words.iter().any(|word| word.contains('_'))) {
        return Vec::new();
    }
    let package = |word: &&str| {
        word.len() >= 2
            && (instruction || !word.contains('_'))
            && word.starts_with(|c: char| c.is_ascii_lowercase())
            && !TOOLS.contains(word)
    };
    words.into_iter().filter(package).collect()
}

/// Words of the commands that install, not of what they install.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "apt", "get", "apk", "yum", "dnf", "microdnf", "add", "install", "no", "cache", "recommends", "configure", "docker", "enable", "ext", "pecl", "php", "update", "upgrade", "rm", "rf", "var", "lib", "lists", "clean", "virtual",
    "build", "deps", "del", "set", "ex", "eux", "pip", "npm", "dir", "usr", "bin", "sh", "echo", "dist", "autoremove", "assume", "yes", "ci", "prefix", "user", "to", "from",
];

/// The package and version that a manifest's line names.
pub(crate) fn read<'a>(path: &str, line: &'a str) -> Option<(&'a str, &'a str)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let line = line.trim();
    if line.starts_with(['#', '/']) {
        return None;
    }
    if is_image_file(name) {
        return image(line.strip_prefix("FROM ")?);
    }
    if let Some((runtime, _)) = RUNTIMES.iter().find(|(_, file)| *file == name) {
        return versioned(runtime, line.trim_start_matches(|c: char| !c.is_ascii_digit()));
    }
    if matches!(name, "Gemfile.lock" | "Podfile.lock" | "mix.lock" | ".tool-versions") {
        let at = line.find(|c: char| c.is_ascii_digit()).filter(|&at| line[..at].ends_with(' '))?;
        return versioned(line.split(' ').next()?, &line[at..]);
    }
    if name == "go.mod" {
        let line = line.strip_prefix("require ").unwrap_or(line);
        let (package, version) = line.split_once(' ')?;
        return versioned(package, version.trim_start_matches('v').split(' ').next()?);
    }
    if matches!(name, "Gemfile") || name.ends_with(".gemspec") {
        let rest =
            line.strip_prefix("gem ").or_else(|| line.strip_prefix("spec add_dependency "))?;
        let Some((package, version)) = rest.split_once(' ') else { return Some((rest, "")) };
        return versioned(package, version).or(Some((package, "")));
    }
    if name.ends_with(".csproj") || name == "pom.xml" || name.starts_with("build.gradle") {
        return reduced(line);
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.ends_with(".txt") && !line.is_empty() && line.chars().all(bare) {
        return Some((line, ""));
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

/// `PackageReference Include Npgsql Version 8.0`, `implementation com squareup okhttp3 okhttp 4.12`,
/// `artifactId jackson core artifactId`, `jackson version 2.15 0 jackson version`. The version may
/// stand elsewhere.
fn reduced(line: &str) -> Option<(&str, &str)> {
    const SCOPES: &[&str] = &[
        "implementation",
        "api",
        "compileOnly",
        "runtimeOnly",
        "compile",
        "kapt",
        "ksp",
        "annotationProcessor",
        "classpath",
        "PackageReference",
        "PackageVersion",
        "artifactId",
        "id",
    ];
    let (scope, rest) = line.split_once(' ')?;
    let at = line.find(|c: char| c.is_ascii_digit()).filter(|&at| line[..at].ends_with(' '));
    // A whole dependency on one line.
    if let (false, Some((_, rest))) = (scope == "artifactId", line.split_once(" artifactId ")) {
        let (artifact, rest) = rest.split_once(" artifactId")?;
        let version = rest.trim_start().strip_prefix("version ").unwrap_or_default();
        return versioned(artifact, version).or(Some((artifact, "")));
    }
    if !SCOPES.contains(&scope) {
        let head = line[..at?].trim_end().strip_suffix(" version")?;
        return versioned(head, &line[at?..]);
    }
    let end = at.map_or(rest.len(), |at| at - scope.len() - 1);
    let head = rest[..end].trim_end();
    let head = [" Version", " version", " artifactId"]
        .iter()
        .find_map(|word| head.strip_suffix(word))
        .unwrap_or(head);
    let head = head.strip_prefix("Include ").or(head.strip_prefix("Update ")).unwrap_or(head);
    // Of a group and its artifact the last words name it best.
    let head = match head.rmatch_indices(' ').nth(2) {
        Some((cut, _)) if scope != "PackageReference" => &head[cut + 1..],
        _ => head,
    };
    match at {
        Some(at) => versioned(head, &line[at..]),
        None => (!head.is_empty()).then_some((head, "")),
    }
}

fn versioned<'a>(name: &'a str, version: &'a str) -> Option<(&'a str, &'a str)> {
    let version = version
        .trim()
        .trim_start_matches(['=', '<', '>', '~', '!', '^', ' ', 'v', '@', '"', '\''])
        .split([',', ';'])
        .next()?;
    // Reducing cuts `6.8.1` into `6.8 1`.
    let numbers = version
        .split(' ')
        .enumerate()
        .take_while(|(n, word)| *n == 0 || word.bytes().all(|b| b.is_ascii_digit()))
        .map(|(_, word)| word.len() + 1)
        .sum::<usize>();
    let version = version[..numbers.saturating_sub(1).min(version.len())].trim_matches(['"', '\'']);
    let name = name.trim();
    (!name.is_empty()
        && name.len() <= 80
        && name.chars().any(char::is_alphabetic)
        && version.starts_with(|c: char| c.is_ascii_digit()))
    .then_some((name, version))
}

/// How far the version of a package moved. Some runtimes and servers take away with their second
/// number what they had deprecated.
pub(crate) fn step_of(name: &str, from: Option<&str>, to: Option<&str>) -> VersionStep {
    match step(from, to) {
        VersionStep::Minor if MOVING.contains(&name) => VersionStep::Major,
        step => step,
    }
}

/// Those runtimes and servers.
const MOVING: &[&str] = &["elixir", "mariadb", "mysql", "php", "python", "rabbitmq", "ruby"];

/// How far a version moved.
pub(crate) fn step(from: Option<&str>, to: Option<&str>) -> VersionStep {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+', ' ']).map_while(|part| part.parse().ok()).collect()
    };
    let (from, to) = match (from, to) {
        (None, _) => return VersionStep::Added,
        (_, None) => return VersionStep::Removed,
        (Some(from), Some(to)) => (numbers(from), numbers(to)),
    };
    // `3.12` → `3.12-slim`: the same version of something else.
    if from == to {
        return VersionStep::Unknown;
    }
    // `20` → `20.11`: what had been meant is only said more exactly.
    if from.starts_with(&to) || to.starts_with(&from) {
        return if from.is_empty() || to.is_empty() {
            VersionStep::Unknown
        } else {
            VersionStep::Patch
        };
    }
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
            ("requirements/base.txt", "x y", "", ""),
            ("requirements.txt", "psycopg2", "psycopg2", ""),
            ("package.json", "\"node-fetch\": \"^2.7.0\",", "node-fetch", "2.7.0"),
            (
                "Cargo.toml",
                "serde = { version = \"1.0\", features = [\"derive\"] }",
                "serde",
                "1.0",
            ),
            ("pyproject.toml", "\"yt-dlp-ejs==0.3.1\",", "yt-dlp-ejs", "0.3.1"),
            ("go.mod", "github.com/lib/pq v1.10.9 // indirect", "github.com/lib/pq", "1.10.9"),
            ("Gemfile", "gem rails 7.0 4", "rails", "7.0 4"),
            ("Gemfile", "gem pg", "pg", ""),
            ("Dockerfile", "FROM python 3.12 slim", "python", "3.12 slim"),
            ("Dockerfile", "FROM mcr com dotnet aspnet 8.0 alpine AS run", "aspnet", "8.0 alpine"),
            ("Dockerfile", "FROM debian bookworm slim", "debian", "bookworm slim"),
            (
                "Dockerfile",
                "FROM gcr io distroless static debian12",
                "distroless",
                "static debian12",
            ),
            ("web.Dockerfile", "FROM scratch", "scratch", ""),
            ("Pipfile", "pandas = \"==1.5.3\"", "pandas", "1.5.3"),
            (
                "build.gradle",
                "id org springframework boot version 3.2 0",
                "org springframework boot",
                "3.2 0",
            ),
            (".nvmrc", "v20.11", "node", "20.11"),
            ("Gemfile.lock", "rack 3.0 8", "rack", "3.0 8"),
            (
                "a/b.csproj",
                "PackageReference Include Npgsql Json Version 8.0 1",
                "Npgsql Json",
                "8.0 1",
            ),
            (
                "build.gradle",
                "implementation com squareup okhttp 4.12 0",
                "com squareup okhttp",
                "4.12 0",
            ),
            (
                "build.gradle.kts",
                "implementation com fasterxml jackson datatype jackson datatype jsr310",
                "jackson datatype jsr310",
                "",
            ),
            ("pom.xml", "artifactId commons text artifactId", "commons text", ""),
            (
                "pom.xml",
                "dependency groupId org postgresql groupId artifactId postgresql artifactId version 42.7 1 version dependency",
                "postgresql",
                "42.7 1",
            ),
            ("pom.xml", "jackson version 2.15 2 jackson version", "jackson", "2.15 2"),
            ("a.csproj", "Npgsql 6 needs UTC", "", ""),
        ] {
            let expected = (!name.is_empty()).then_some((name, version));
            assert_eq!(read(path, line), expected, "{line}");
        }
        assert_eq!(read("package.json", "\"version\": \"2.0.0\","), None);
        assert!(is_manifest("web/package.json") && !is_manifest("tsconfig.json"));
    }

    #[test]
    fn images_and_what_they_install() {
        assert_eq!(tagged("registry:5000/team/redis:7.2-alpine"), Some(("redis", "7.2-alpine")));
        assert_eq!(tagged("registry:5000/team/app"), None);
        assert_eq!(
            installed("RUN apt get install y no install recommends tzdata ca certificates"),
            ["tzdata", "ca", "certificates"]
        );
        assert_eq!(installed("ENV PATH usr local bin"), Vec::<&str>::new());
        assert_eq!(step(Some("3.12"), Some("3.12 slim")), VersionStep::Unknown);
    }

    #[test]
    fn steps() {
        assert_eq!(step(Some("1.26.18"), Some("2.2.3")), VersionStep::Major);
        assert_eq!(step(Some("0.3.1"), Some("0.4.0")), VersionStep::Major);
        assert_eq!(step(Some("4.1.0"), Some("4.2.0")), VersionStep::Minor);
        assert_eq!(step(Some("4.1.0"), Some("4.1.2")), VersionStep::Patch);
        assert_eq!(step(None, Some("1")), VersionStep::Added);
        assert_eq!(step_of("python", Some("3.11"), Some("3.12 slim")), VersionStep::Major);
        assert_eq!(step_of("node", Some("20.1"), Some("20.9")), VersionStep::Minor);
    }
}
