//! The enclosing definition of a hunk, by language, beside what the git program prints.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use sentry_correlate::diff::reduce;
use support::{Made, git};

/// A file, and the sections of its hunks when each line that holds `EDIT` changes.
const FILES: [(&str, &str, &[&str]); 8] = [
    (
        "a.py",
        "EDIT\nclass Cart(Base):\n    def total(self):\n        EDIT\n        x\n        EDIT\n\n    async def pay(self):\n        EDIT\n        defer = 1\n        EDIT\n",
        &["", "def total self", "def total self", "async def pay self", "async def pay self"],
    ),
    (
        "a.rb",
        "module Shop\n  EDIT\n  class Cart\n    define :x\n    EDIT\n    def total(x)\n      EDIT\n    end\n  end\nend\n",
        &["module Shop", "class Cart", "def total x"],
    ),
    (
        "A.java",
        "public class A extends B {\n    EDIT\n    private static Map<String, List<A>> all(int x) {\n        return call(x);\n        EDIT\n    }\n    A() { super(); }\n    EDIT\n    public record P(int x) {}\n    EDIT\n}\n",
        &[
            "public class A extends B",
            "private static Map String List A all int x",
            "private static Map String List A all int x",
            "public record P int x",
        ],
    ),
    (
        "a.rs",
        "use x;\nEDIT\npub(crate) async fn pay<T>(x: T) -> u8 {\n    EDIT\n    let function = 1;\n    EDIT\n}\nimpl<T> Cart<T> {\n    EDIT\n    pub fn total(&self) -> u8 {\n        EDIT\n    }\n}\nunsafe extern \"C\" { fn ext(); }\nEDIT\nstruct Unit;\nEDIT\nmacro_rules! m {\n    EDIT\n}\n",
        &[
            "",
            "pub crate async fn pay T x T u8",
            "pub crate async fn pay T x T u8",
            "impl T Cart T",
            "pub fn total self u8",
            "pub fn total self u8",
            "pub fn total self u8",
            "macro_rules m",
        ],
    ),
    (
        "a.go",
        "package shop\nEDIT\ntype Cart struct {\n\tEDIT\n}\ntype ID int\nEDIT\nfunc (c *Cart) Total() int {\n\tEDIT\n}\n",
        &["", "type Cart struct", "type Cart struct", "func c Cart Total int"],
    ),
    (
        "a.php",
        "<?php\nEDIT\nabstract class Cart {\n    EDIT\n    public static function total($x) {\n        EDIT\n    }\n}\ninterface Paid {\n    EDIT\n}\n",
        &["", "abstract class Cart", "public static function total x", "interface Paid"],
    ),
    (
        "a.c",
        "#include <x.h>\nEDIT\nstatic int\ntotal (struct cart *cart)\n{\n    EDIT\nout:\n    EDIT\n    return 0;\n}\nstruct cart {\n    EDIT\n};\n",
        &["", "total struct cart cart", "total struct cart cart", "struct cart"],
    ),
    (
        "notes.txt",
        "Heading\n  text\n  EDIT\n_under\n  EDIT\n$dollar\n  EDIT\n1. item\n  EDIT\n",
        &["Heading", "_under", "dollar", "dollar"],
    ),
];

#[test]
fn sections_are_those_of_git() {
    let made = Made::new();
    let edited: Vec<String> =
        FILES.iter().map(|(_, text, _)| text.replace("EDIT", "DONE")).collect();
    let old: Vec<(&str, &str)> = FILES.iter().map(|(path, text, _)| (*path, *text)).collect();
    let new: Vec<(&str, &str)> =
        FILES.iter().zip(&edited).map(|((path, ..), text)| (*path, text.as_str())).collect();
    let root = made.commit("root", &old, &[]);
    let next = made.commit("next", &new, &[root]);
    let change = made.only_change(root, next);
    for (path, _, expected) in FILES {
        let file = change.files.iter().find(|file| file.path == path).unwrap();
        let seen: Vec<&str> = file.hunks.iter().map(|hunk| hunk.section.as_str()).collect();
        assert_eq!(seen, expected, "{path}");
        if let Some(printed) = as_git_prints(&made, &change.sha, path) {
            assert_eq!(printed, seen, "{path}");
        }
    }
}

/// The sections that the git program prints for a file when it is told the languages.
fn as_git_prints(made: &Made, sha: &str, path: &str) -> Option<Vec<String>> {
    let attributes = made.path().join("languages");
    let languages = "*.py diff=python\n*.rb diff=ruby\n*.java diff=java\n*.rs diff=rust\n\
                     *.go diff=golang\n*.php diff=php\n*.c diff=cpp\n";
    std::fs::write(&attributes, languages).unwrap();
    let setting = format!("core.attributesFile={}", attributes.display());
    let arguments = ["-c", &setting, "show", "-U0", "--format=", sha, "--", path];
    let text = String::from_utf8(git(made.path(), &arguments)?).unwrap();
    let sections = text.lines().filter_map(|line| line.strip_prefix("@@ -")?.split_once(" @@"));
    Some(sections.map(|(_, section)| reduce::line(path, section)).collect())
}
