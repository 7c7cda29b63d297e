//! Versions in lock files: what was really installed, and what an update moved that no manifest
//! names. Most lock files are reduced to their words, `version 1.0 203`; those in JSON and YAML are
//! kept as they are.

use crate::Lines;

/// Whether a file locks the versions of dependencies.
pub(crate) fn is_lock(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with(".lock")
        || name.ends_with(".lockfile")
        || name.contains("-lock.")
        || matches!(name, "go.sum" | "npm-shrinkwrap.json" | "packages.lock.json")
}

/// A package and the version that it is locked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Locked {
    fn new(name: impl Into<String>, version: impl Into<String>) -> Option<Self> {
        let (name, version) = (name.into(), version.into());
        let is_version = version.starts_with(|c: char| c.is_ascii_digit());
        let is_name = name.chars().any(char::is_alphabetic) && name.len() <= 80;
        (is_name && is_version).then_some(Self { name, version })
    }
}

/// The packages that one side of a hunk locks. Formats that name a package only where nothing
/// changed, and not in the section, tell nothing: `composer.lock` and `Pipfile.lock` of updates.
pub(crate) fn read(path: &str, section: &str, lines: &Lines) -> Vec<Locked> {
    match file_name(path) {
        "package-lock.json" | "npm-shrinkwrap.json" => npm(lines),
        "pnpm-lock.yaml" => lines.iter().filter_map(pnpm).collect(),
        "yarn.lock" => yarn(section, lines),
        "bun.lock" => lines.iter().filter_map(bun).collect(),
        "gradle.lockfile" => lines.iter().filter_map(gradle).collect(),
        "composer.lock" => named(section, lines, composer),
        "Cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" => {
            named(section, lines, |words| words.join("-"))
        }
        _ => Vec::new(),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `"node_modules/jsonwebtoken": {`, `"version": "9.0.2",` and `"resolved":
/// "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz",`. Of an update only the last
/// two change.
fn npm(lines: &Lines) -> Vec<Locked> {
    let mut found: Vec<Locked> = Vec::new();
    let mut name: Option<&str> = None;
    let mut version = None;
    for line in lines {
        let Some((key, rest)) = line.trim().strip_prefix('"').and_then(|l| l.split_once("\":"))
        else {
            continue;
        };
        let rest = rest.trim_start();
        let value = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
        match (key, value) {
            ("version", Some(value)) => {
                found.extend(name.and_then(|name| Locked::new(name, value)));
                version = Some(value);
            }
            ("resolved", Some(url)) => {
                if let (Some((name, file)), None) = (of_registry(url), name) {
                    let bare = name.rsplit('/').next().unwrap_or(name);
                    let of_file = file.strip_prefix(bare).and_then(|rest| rest.strip_prefix('-'));
                    let of_file = of_file.map(|rest| rest.trim_end_matches(".tgz"));
                    found.extend(version.or(of_file).and_then(|v| Locked::new(name, v)));
                }
            }
            _ if rest.starts_with('{') && !GROUPS.contains(&key) => {
                let package = key.rsplit("node_modules/").next().unwrap_or(key);
                let inline =
                    rest.split_once("\"version\": \"").and_then(|(_, v)| v.split('"').next());
                found.extend(inline.and_then(|version| Locked::new(package, version)));
                (name, version) = (inline.is_none().then_some(package), None);
            }
            _ => {}
        }
    }
    found
}

/// Groups of a package's entry, which are no packages.
const GROUPS: &[&str] = &[
    "bin",
    "dependencies",
    "devDependencies",
    "engines",
    "funding",
    "optionalDependencies",
    "packages",
    "peerDependencies",
    "peerDependenciesMeta",
    "requires",
];

/// `https://registry.npmjs.org/@nestjs/core/-/core-10.0.0.tgz` → `@nestjs/core`, `core-10.0.0.tgz`.
fn of_registry(url: &str) -> Option<(&str, &str)> {
    let (_, path) = url.split_once("://")?.1.split_once('/')?;
    let (package, file) = path.split_once("/-/")?;
    // A registry may lie in a folder; a scope begins with its sign.
    let scoped = package.rfind('@').map(|at| &package[at..]);
    Some((scoped.or_else(|| package.rsplit('/').next())?, file))
}

/// `jsonwebtoken@9.0.2:`, `'@nestjs/core@10.0.0(rxjs@7.8.1)':`, `/jsonwebtoken/8.5.1:`.
fn pnpm(line: &str) -> Option<Locked> {
    let key = line.trim().strip_suffix(':')?.trim_matches('\'').trim_start_matches('/');
    let key = key.split('(').next()?;
    let at = key[1.min(key.len())..].find('@').map(|at| at + 1).or_else(|| key.rfind('/'))?;
    let version = key.get(at + 1..)?.split('_').next()?;
    Locked::new(&key[..at], version)
}

/// `jsonwebtoken 8.5 1`, the ranges that are asked for, and behind it `version 8.5 1`. Where the
/// ranges stay, they are the section; packages of a scope are never one, so what was found must fit.
fn yarn(section: &str, lines: &Lines) -> Vec<Locked> {
    let mut found = Vec::new();
    let mut above = None;
    let mut lines = lines.iter().peekable();
    while let Some(line) = lines.next() {
        if let Some(version) = line.strip_prefix("version ").and_then(version_of) {
            let resolved = lines.peek().and_then(|next| next.strip_prefix("resolution "));
            let major = |text: &str| text.split(['.', ' ']).next().map(str::to_owned);
            let asked = || {
                let (_, range) = asked(section)?;
                (major(range) == major(&version)).then_some(section)
            };
            let entry = resolved.or(above).or_else(asked).and_then(asked_for);
            found.extend(entry.and_then(|name| Locked::new(name, version)));
        }
        above = Some(line);
    }
    found
}

/// The name and the first range of a line such as `lodash 4.17 15 lodash 4.17 21`.
fn asked(line: &str) -> Option<(&str, &str)> {
    let at = line.split(' ').take_while(|word| !is_number(word)).map(|word| word.len() + 1).sum();
    let range = line.get(at..).filter(|range| !range.is_empty())?;
    Some((line[..at].trim_end().trim_end_matches(" npm"), range))
}

fn asked_for(line: &str) -> Option<String> {
    asked(line).map(|(name, _)| name.replace(' ', "-"))
}

/// `jsonwebtoken jsonwebtoken 9.0 2 dependencies jws 3.2 2`: the name, and what is installed for it.
fn bun(line: &str) -> Option<Locked> {
    let (names, rest) = asked(line)?;
    let names: Vec<&str> = names.split(' ').collect();
    let (name, installed) = names.split_at(names.len() / 2);
    (name == installed).then(|| Locked::new(name.join("-"), version_of(rest)?))?
}

/// `com squareup okhttp3 okhttp 4.12 0 runtimeClasspath`. The last words name it best.
fn gradle(line: &str) -> Option<Locked> {
    let (names, rest) = asked(line)?;
    let last = names.rmatch_indices(' ').nth(1).map_or(names, |(at, _)| &names[at + 1..]);
    Locked::new(last.replace(' ', "-"), version_of(rest)?)
}

/// `name serde`, in the section or above, and `version 1.0 203`; or both on one line.
fn named(section: &str, lines: &Lines, join: fn(&[&str]) -> String) -> Vec<Locked> {
    let mut found = Vec::new();
    let name_of = |text: &str| {
        let words: Vec<&str> = text.strip_prefix("name ")?.split(' ').collect();
        Some(join(&words))
    };
    let mut name = name_of(section);
    for line in lines {
        let (named, version) = match line.split_once(" version ") {
            Some((named, version)) => (named, Some(version)),
            None => (line, line.strip_prefix("version ")),
        };
        name = name_of(named).or(name);
        if let (Some(name), Some(version)) = (&name, version.and_then(version_of)) {
            found.extend(Locked::new(name.as_str(), version));
        }
    }
    found
}

/// `nesbot carbon` → `nesbot/carbon`: who makes it stands first.
fn composer(words: &[&str]) -> String {
    match words {
        [maker, rest @ ..] if !rest.is_empty() => format!("{maker}/{}", rest.join("-")),
        words => words.join("-"),
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// `v11 20.0` → `11.20.0`: reducing cuts versions into numbers.
fn version_of(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers: Vec<&str> = text.split(' ').take_while(|word| is_number(word)).collect();
    (!numbers.is_empty()).then(|| numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(path: &str, section: &str, lines: &[&str]) -> Vec<(String, String)> {
        let lines: Lines = lines.iter().copied().collect();
        read(path, section, &lines).into_iter().map(|it| (it.name, it.version)).collect()
    }

    fn one(name: &str, version: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), version.to_owned())]
    }

    #[test]
    fn npm_names_what_it_installs_where_it_comes_from() {
        let update = [
            r#""version": "9.0.2","#,
            r#""resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz","#,
            r#""integrity": "sha512-abc==","#,
        ];
        assert_eq!(locked("package-lock.json", "", &update), one("jsonwebtoken", "9.0.2"));
        let scoped =
            [r#""resolved": "https://npm.example.com/all/@nestjs/core/-/core-10.0.0.tgz","#];
        assert_eq!(locked("web/package-lock.json", "", &scoped), one("@nestjs/core", "10.0.0"));
        let new = [
            r#""node_modules/a/node_modules/jws": {"#,
            r#""version": "3.2.2","#,
            r#""resolved": "https://registry.npmjs.org/jws/-/jws-3.2.2.tgz","#,
            r#""dependencies": {"#,
            r#""jwa": "^1.4.1","#,
        ];
        assert_eq!(locked("package-lock.json", "", &new), one("jws", "3.2.2"));
        let inline = [r#""node_modules/axios": {"version": "1.7.4"},"#];
        assert_eq!(locked("package-lock.json", "", &inline), one("axios", "1.7.4"));
    }

    #[test]
    fn pnpm_names_it_in_keys() {
        for (line, name, version) in [
            ("jsonwebtoken@9.0.2:", "jsonwebtoken", "9.0.2"),
            ("'@nestjs/core@10.0.0(rxjs@7.8.1)':", "@nestjs/core", "10.0.0"),
            ("/jsonwebtoken/8.5.1:", "jsonwebtoken", "8.5.1"),
            ("/@nestjs/core/9.0.0_rxjs:", "@nestjs/core", "9.0.0"),
        ] {
            assert_eq!(locked("pnpm-lock.yaml", "", &[line]), one(name, version), "{line}");
        }
        let others = ["resolution: {integrity: sha512-abc}", "lodash: 4.17.21", "packages:", "@:"];
        assert!(locked("pnpm-lock.yaml", "", &others).is_empty());
    }

    #[test]
    fn yarn_names_what_is_asked_for() {
        let update = ["jsonwebtoken 9.0 2", "version 9.0 2", "resolved"];
        assert_eq!(locked("yarn.lock", "jose 4.1 2", &update), one("jsonwebtoken", "9.0.2"));
        let within = ["version 8.5 2"];
        assert_eq!(
            locked("yarn.lock", "jsonwebtoken 8.5 0", &within),
            one("jsonwebtoken", "8.5.2")
        );
        assert!(locked("yarn.lock", "jose 4.1 2", &within).is_empty());
        let berry =
            ["jsonwebtoken npm 9.0 2", "version 9.0 2", "resolution jsonwebtoken npm 9.0 2"];
        assert_eq!(locked("yarn.lock", "", &berry), one("jsonwebtoken", "9.0.2"));
    }

    #[test]
    fn sections_name_what_is_locked_below() {
        assert_eq!(
            locked("Cargo.lock", "name serde", &["version 1.0 203"]),
            one("serde", "1.0.203")
        );
        let new = ["name python dateutil", "version 2.9 0 post0", "description"];
        assert_eq!(locked("poetry.lock", "name bcrypt", &new), one("python-dateutil", "2.9.0"));
        assert!(locked("Cargo.lock", "source registry", &["version 1.0 203"]).is_empty());
        let composer = ["name laravel framework version v11 21.0"];
        assert_eq!(locked("composer.lock", "", &composer), one("laravel/framework", "11.21.0"));
    }

    #[test]
    fn bun_and_gradle() {
        let bun = ["jsonwebtoken jsonwebtoken 9.0 2 dependencies jws 3.2 2"];
        assert_eq!(locked("bun.lock", "", &bun), one("jsonwebtoken", "9.0.2"));
        let gradle = ["com squareup okhttp3 okhttp 4.12 0 runtimeClasspath"];
        assert_eq!(locked("gradle.lockfile", "", &gradle), one("okhttp3-okhttp", "4.12.0"));
    }
}
