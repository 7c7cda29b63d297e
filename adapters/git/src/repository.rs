//! Opening a repository, and how it is read.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gix::bstr::ByteSlice;
use sentry_correlate::release::{Resolution, Tag};
use sentry_correlate::source::{Query, Range, Sink};
use sentry_correlate::{Change, SourceError, SourceRoot};

use crate::answers::Answers;
use crate::cache::Cache;
use crate::web::WebUrl;

/// A git repository on this machine, as a source of changes and releases.
///
/// Cheap to clone; clones share the caches of commits that were read and of lines that were blamed
/// before. Work runs on threads of its own, so no runtime is needed and none is blocked.
///
/// ```no_run
/// use sentry_correlate::source::Query;
/// use sentry_correlate::{Incident, Sources, gather};
/// use sentry_correlate_git::GitRepository;
///
/// # async fn example(incident: Incident) -> Result<(), Box<dyn std::error::Error>> {
/// let shop = GitRepository::open("/srv/shop")?.with_source_roots(["/app=".parse()?]);
/// let sources = Sources::new().changes(&shop).deployments(&shop);
/// let gathered = gather(&sources, &Query::of(&incident), std::future::pending()).await;
/// println!("{} candidates", gathered.window.changes.len());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct GitRepository {
    repo: gix::ThreadSafeRepository,
    name: String,
    directory: PathBuf,
    pub(crate) settings: Arc<Settings>,
    cache: Arc<Mutex<Cache>>,
    answers: Arc<Mutex<Answers>>,
}

/// How a repository is read.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) roots: Vec<SourceRoot>,
    pub(crate) max_commits: usize,
    pub(crate) max_file_bytes: u64,
    pub(crate) blame_budget: Duration,
    pub(crate) cache_bytes: usize,
    /// In place of what the repository names itself.
    pub(crate) ignore_revs_file: Option<String>,
    pub(crate) web: Option<WebUrl>,
    pub(crate) threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            roots: Vec::new(),
            max_commits: 5_000,
            max_file_bytes: 16 << 20,
            blame_budget: Duration::from_secs(2),
            cache_bytes: 256 << 20,
            ignore_revs_file: None,
            web: None,
            threads: threads.min(8),
        }
    }
}

impl fmt::Debug for GitRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitRepository")
            .field("path", &self.repo.path())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl GitRepository {
    /// Opens a work tree (the directory that holds `.git`) or a bare repository. Only the
    /// repository's own configuration is read: no environment, no user's or system's settings.
    ///
    /// # Errors
    /// [`SourceError::NotARepository`] when there is nothing there, something else, or a repository
    /// whose objects are named by SHA-256.
    ///
    /// ```
    /// use sentry_correlate::SourceError;
    /// use sentry_correlate_git::GitRepository;
    ///
    /// let error = GitRepository::open("/no/such/place").unwrap_err();
    /// assert!(matches!(error, SourceError::NotARepository { .. }));
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let path = path.as_ref();
        let refuse = |detail: String| SourceError::NotARepository { path: path.to_owned(), detail };
        if !path.exists() {
            return Err(refuse("no such directory".to_owned()));
        }
        let options = gix::open::Options::isolated();
        let repo = gix::ThreadSafeRepository::open_opts(path, options.clone())
            .or_else(|first| {
                // A bare repository whose directory has a name of its own.
                let as_is = options.open_path_as_is(true);
                gix::ThreadSafeRepository::open_opts(path, as_is).map_err(|_| first)
            })
            .map_err(|error| {
                let detail = if is_sha256(path) {
                    "its objects are named by SHA-256, and only SHA-1 repositories are read here"
                        .to_owned()
                } else {
                    first_line(&error)
                };
                refuse(detail)
            })?;
        let web = WebUrl::of_origin(&repo.to_thread_local());
        Ok(Self {
            repo,
            name: format!("git {}", path.display()),
            directory: path.to_owned(),
            settings: Arc::new(Settings { web, ..Settings::default() }),
            cache: Arc::default(),
            answers: Arc::default(),
        })
    }

    /// The same repository with explicit mappings from stack paths to repository paths.
    #[must_use]
    pub fn with_source_roots(self, roots: impl IntoIterator<Item = SourceRoot>) -> Self {
        self.with(|settings| settings.roots.extend(roots))
    }

    /// The same repository with another limit on the commits of one window (5,000). The newest are
    /// kept.
    #[must_use]
    pub fn with_max_commits(self, max_commits: usize) -> Self {
        self.with(|settings| settings.max_commits = max_commits)
    }

    /// The same repository with another limit on the bytes of a file that is compared line by line, or
    /// whose lines are blamed (16 MiB). A larger one is not read.
    #[must_use]
    pub fn with_max_file_bytes(self, bytes: u64) -> Self {
        self.with(|settings| settings.max_file_bytes = bytes)
    }

    /// The same repository with another budget for blaming the stack's lines (2 s); zero for none.
    #[must_use]
    pub fn with_blame_budget(self, budget: Duration) -> Self {
        self.with(|settings| settings.blame_budget = budget)
    }

    /// The same repository with another bound on the memory for commits that were read before, in
    /// bytes (256 MiB); zero keeps none. Incidents of one release share its commits as long as all
    /// of them fit.
    #[must_use]
    pub fn with_cache_bytes(self, bytes: usize) -> Self {
        self.with(|settings| settings.cache_bytes = bytes)
    }

    /// The same repository with another list of revisions that blame passes over: a path in the tree
    /// of the version that failed; empty for none. Without it, the files are those that git's
    /// `blame.ignoreRevsFile` names in the repository's configuration, or `.git-blame-ignore-revs`.
    #[must_use]
    pub fn with_ignore_revs_file(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.with(|settings| settings.ignore_revs_file = Some(path))
    }

    /// The same repository with the web address from which [`Change::url`] is made. Without it, it
    /// is the one that follows from the remote `origin` at GitHub, GitLab, Bitbucket or Codeberg.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use sentry_correlate_git::GitRepository;
    ///
    /// let shop = GitRepository::open("/srv/shop")?;
    /// let shop = shop.with_web_url("https://github.acme.example/acme/shop".parse()?);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_web_url(self, url: WebUrl) -> Self {
        self.with(|settings| settings.web = Some(url))
    }

    /// The changes of a range, oldest first, on this thread. Merges are left out.
    ///
    /// # Errors
    /// [`SourceError::UnknownRevision`], or [`SourceError::Unreadable`] for a damaged repository.
    pub fn changes_between(&self, range: &Range) -> Result<Vec<Change>, SourceError> {
        let sink = Sink::new();
        let query = Query::default().with_range(range.clone());
        self.gather_changes(&query, &sink)?;
        Ok(sink.take_changes())
    }

    /// The window that a query leads to, and by which rules, without reading its changes.
    ///
    /// # Errors
    /// [`SourceError::UnknownRevision`], [`SourceError::UnknownRelease`],
    /// [`SourceError::NoPredecessor`] or [`SourceError::NoRelease`]; [`SourceError::NotARepository`] or
    /// [`SourceError::Unreadable`] where the repository has gone away since it was opened.
    pub fn resolve(&self, query: &Query) -> Result<Resolution, SourceError> {
        let resolution = crate::releases::resolve(&self.local(), query);
        resolution.map_err(|error| crate::presence::explained(&self.directory, error))
    }

    /// All tags that lead to a commit, oldest first.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] when the references cannot be read.
    pub fn tags(&self) -> Result<Vec<Tag>, SourceError> {
        crate::releases::tags(&self.local()).map_err(|error| unreadable(&error))
    }

    /// The source's name in reports.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A handle for one thread, with a cache for objects that are read repeatedly.
    pub(crate) fn local(&self) -> gix::Repository {
        let mut repo = self.repo.to_thread_local();
        repo.object_cache_size_if_unset(32 << 20);
        repo
    }

    pub(crate) fn with_answers<T>(&self, act: impl FnOnce(&mut Answers) -> T) -> T {
        // Each answer is whole when it enters.
        act(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_cache<T>(&self, act: impl FnOnce(&mut Cache) -> T) -> T {
        // Entries are whole when they enter the cache, so a panic elsewhere leaves it sound.
        act(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        // What was read under other limits may differ.
        self.cache = Arc::default();
        self
    }
}

/// Whether a repository that could not be opened is one of SHA-256, by its configuration's text.
fn is_sha256(path: &Path) -> bool {
    [".git/config", "config"].into_iter().any(|config| {
        let text = std::fs::read(path.join(config)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
        text.lines().filter_map(|line| line.split_once('=')).any(|(key, value)| {
            key.trim() == "objectformat" && value.trim().trim_matches('"') == "sha256"
        })
    })
}

/// An error of the repository's data.
pub(crate) fn unreadable(error: &gix::Error) -> SourceError {
    SourceError::Unreadable { detail: first_line(error) }
}

/// The first line of an error's text; what follows repeats it in more detail.
pub(crate) fn first_line(error: &gix::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

/// The commit that a revision leads to.
pub(crate) fn commit_of(repo: &gix::Repository, revision: &str) -> gix::Result<gix::ObjectId> {
    let object = repo.rev_parse_single(revision.as_bytes().as_bstr())?.object()?;
    Ok(object.peel_to_kind(gix::objs::Kind::Commit)?.id)
}
