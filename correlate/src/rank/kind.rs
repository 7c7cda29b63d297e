//! What files and commits are by their names, shape and author alone.

use crate::signals::mechanical;
use crate::{Change, FileChange, Lines};

/// What a file is by its path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileKind {
    /// It only documents.
    docs: bool,
    /// It is only run by tests or by those who build.
    test: bool,
}

impl FileKind {
    pub(crate) fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        Self { docs: is_docs(&lower), test: is_test(path, &lower) }
    }

    /// Whether the program runs without it.
    pub(crate) fn is_side(self) -> bool {
        self.docs || self.test
    }
}

/// What a commit is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CommitKind {
    pub(crate) docs_only: bool,
    pub(crate) tests_only: bool,
    pub(crate) form_only: bool,
    pub(crate) merge: bool,
    pub(crate) bot: bool,
    /// Its message announces a change of form.
    pub(crate) mechanical: bool,
}

impl CommitKind {
    /// `files` are the kinds of the change's files.
    pub(crate) fn of(change: &Change, files: &[FileKind]) -> Self {
        let all = |test: fn(&FileKind) -> bool| !files.is_empty() && files.iter().all(test);
        Self {
            docs_only: all(|file| file.docs),
            tests_only: all(|file| file.is_side()) && files.iter().any(|file| file.test),
            form_only: !change.files.is_empty() && change.files.iter().all(is_form_only),
            merge: change.parents > 1,
            bot: is_bot(change),
            mechanical: mechanical::announced(&change.message).is_some(),
        }
    }
}

/// Whether a file only documents.
fn is_docs(lower: &str) -> bool {
    let name = lower.rsplit('/').next().unwrap_or(lower);
    let stem = name.split('.').next().unwrap_or(name);
    [".md", ".rst", ".adoc", ".po", ".pot", ".1", ".5", ".8", ".man"]
        .iter()
        .any(|s| name.ends_with(s))
        || (name.ends_with(".txt")
            && !name.starts_with("requirements")
            && !lower.split('/').any(|part| part == "requirements")
            && name != "cmakelists.txt")
        || (matches!(name.rsplit('.').next(), Some("txt" | "md" | "html" | "in") | None)
            || name == stem)
            && matches!(
                stem,
                "readme"
                    | "changes"
                    | "changelog"
                    | "news"
                    | "authors"
                    | "license"
                    | "licence"
                    | "copying"
                    | "contributing"
                    | "todo"
                    | "contributors"
                    | "codeowners"
                    | "notice"
                    | "maintainers"
                    | "thanks"
            )
        || matches!(name, ".gitignore" | ".mailmap" | ".gitattributes" | ".editorconfig")
        || lower
            .split('/')
            .any(|part| matches!(part, "docs" | "doc" | "man" | "changelog" | "changelogs"))
            && ![".py", ".rb", ".js", ".ts", ".c", ".go", ".rs", ".java"]
                .iter()
                .any(|s| name.ends_with(s))
}

/// Whether a file is only run by tests or by those who build.
fn is_test(path: &str, lower: &str) -> bool {
    let name = lower.rsplit('/').next().unwrap_or(lower);
    lower.rsplit('/').skip(1).any(|part| {
        matches!(
            part,
            "test"
                | "tests"
                | "spec"
                | "specs"
                | "testing"
                | "__tests__"
                | "fixtures"
                | "testdata"
                | "examples"
                | "example"
                | "benchmarks"
                | ".github"
                | ".gitlab"
                | ".circleci"
                | "ci"
        )
    }) || name.starts_with("test_")
        || name.starts_with("test-")
        || name.starts_with("tests.")
        || [".test.js", ".spec.js", ".test.ts", ".spec.ts", ".test.tsx", ".spec.tsx"]
            .iter()
            .any(|s| name.ends_with(s))
        || [
            "_test.go",
            "_test.py",
            "_spec.rb",
            "_test.rb",
            "_test.rs",
            "_test.c",
        ]
        .iter()
        .any(|s| name.ends_with(s))
        // `CartTest.java`, and not `Latest.java`.
        || ["Test.java", "Tests.java", "Tests.cs", "Test.php"].iter().any(|s| path.ends_with(s))
        || matches!(
            name,
            "tox.ini"
                | ".travis.yml"
                | ".gitlab-ci.yml"
                | "azure-pipelines.yml"
                | "bitbucket-pipelines.yml"
                | "cloudbuild.yaml"
                | "buildspec.yml"
                | ".drone.yml"
                | "appveyor.yml"
                | "jenkinsfile"
                | "noxfile.py"
                | "conftest.py"
                | "pytest.ini"
                | ".pre-commit-config.yaml"
                | ".coveragerc"
                | "jest.config.js"
                | ".eslintrc.json"
                | ".prettierrc"
                | ".flake8"
                | "ruff.toml"
                | "codecov.yml"
                | "mypy.ini"
                | ".editorconfig"
                | ".eslintrc"
                | ".rubocop.yml"
                | "renovate.json"
                | "dependabot.yml"
        )
}

/// Whether the lines differ in nothing but white space. Reduced lines have lost the signs that tell
/// `<` from `<=`, so only lines kept for display can show it.
fn is_form_only(file: &FileChange) -> bool {
    !file.hunks.is_empty()
        && file.hunks.iter().all(|hunk| {
            hunk.display.as_ref().is_some_and(|lines| inked(&lines.removed).eq(inked(&lines.added)))
        })
}

/// What is to be seen of lines.
fn inked(lines: &Lines) -> impl Iterator<Item = char> + '_ {
    lines.iter().flat_map(str::chars).filter(|c| !c.is_whitespace())
}

fn is_bot(change: &Change) -> bool {
    let author = change.author.to_ascii_lowercase();
    let email = change.author_email.as_deref().unwrap_or_default().to_ascii_lowercase();
    author.ends_with("[bot]")
        || email.contains("[bot]@")
        || ["dependabot", "renovate", "greenkeeper", "snyk-bot", "github-actions", "pre-commit-ci"]
            .iter()
            .any(|bot| author.starts_with(bot))
}
