//! Where a repository's commits are shown to people.

use std::fmt;
use std::str::FromStr;

use gix::ObjectId;
use sentry_correlate::report::SafeUrl;

/// The web address of a repository, from which those of its commits are made.
///
/// `…/commit/SHA`, as on GitHub, GitHub Enterprise, Gitea and Forgejo; `…/-/commit/SHA` on GitLab, told
/// by a host with `gitlab` in its name or by an address that ends in `/-`; `…/commits/SHA` on
/// bitbucket.org. It holds no user, password, query or fragment.
///
/// ```
/// use sentry_correlate_git::WebUrl;
///
/// let shop: WebUrl = "https://github.com/acme/shop".parse()?;
/// assert_eq!(shop.to_string(), "https://github.com/acme/shop");
/// let own: WebUrl = "https://git.acme.example/acme/shop/-".parse()?; // GitLab under a name of its own
/// assert!("https://token@github.com/acme/shop".parse::<WebUrl>().is_err());
/// # Ok::<(), sentry_correlate_git::InvalidWebUrl>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl {
    repository: SafeUrl,
    /// What stands between the repository's address and the commit's name.
    to_commit: &'static str,
}

/// An address that cannot be that of a repository on the web. It holds nothing of the address, which
/// may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidWebUrl;

impl fmt::Display for InvalidWebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not the web address of a repository: expected https://HOST/PATH without user, \
             password, query and fragment",
        )
    }
}

impl std::error::Error for InvalidWebUrl {}

impl FromStr for WebUrl {
    type Err = InvalidWebUrl;

    fn from_str(text: &str) -> Result<Self, InvalidWebUrl> {
        let text = text.trim().trim_end_matches('/');
        let (text, is_gitlab) = text.strip_suffix("/-").map_or((text, false), |it| (it, true));
        let text = text.strip_suffix(".git").unwrap_or(text);
        let (_, rest) = text.split_once("://").ok_or(InvalidWebUrl)?;
        let (host, path) = rest.split_once('/').ok_or(InvalidWebUrl)?;
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) || path.contains(['?', '#'])
        {
            return Err(InvalidWebUrl);
        }
        let host = host.to_ascii_lowercase();
        let to_commit = match host.as_str() {
            _ if is_gitlab || host.contains("gitlab") => "/-/commit/",
            "bitbucket.org" => "/commits/",
            _ => "/commit/",
        };
        // The rules of what may be shown as a link at all: no user, no blanks, no brackets.
        let repository = SafeUrl::parse(text).ok_or(InvalidWebUrl)?;
        Ok(Self { repository, to_commit })
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repository.fmt(f)
    }
}

impl WebUrl {
    /// Hosts whose web address follows from the one that git fetches from. Elsewhere it may be
    /// another one, or there may be none.
    const KNOWN: [&'static str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

    /// The page of a commit.
    pub(crate) fn commit(&self, id: &ObjectId) -> String {
        format!("{}{}{id}", self.repository, self.to_commit)
    }

    /// The one that follows from the remote `origin`, whose user, password and port are left out.
    pub(crate) fn of_origin(repo: &gix::Repository) -> Option<Self> {
        let url = repo.config_snapshot().string("remote.origin.url")?;
        Self::of_remote(std::str::from_utf8(&url).ok()?)
    }

    /// `https://user:token@host/path.git`, `ssh://git@host:22/path` or `git@host:path`.
    fn of_remote(url: &str) -> Option<Self> {
        let (authority, path) = match url.split_once("://") {
            Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
            Some(_) => return None,
            None => url.split_once(':')?,
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.split_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase();
        let path = path.trim_start_matches('/');
        Self::KNOWN
            .contains(&host.as_str())
            .then(|| format!("https://{host}/{path}").parse().ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(url: &str) -> Option<String> {
        let id = ObjectId::from_hex(&[b'a'; 40]).unwrap();
        Some(url.parse::<WebUrl>().ok()?.commit(&id))
    }

    #[test]
    fn each_host_has_its_form() {
        let sha = "a".repeat(40);
        for (url, page) in [
            ("https://github.com/acme/shop", "https://github.com/acme/shop/commit/"),
            ("https://github.com/acme/shop.git/", "https://github.com/acme/shop/commit/"),
            ("http://ghe.acme.example:8443/a/b", "http://ghe.acme.example:8443/a/b/commit/"),
            ("https://gitlab.com/a/b/c", "https://gitlab.com/a/b/c/-/commit/"),
            ("https://GitLab.acme.example/a/b", "https://GitLab.acme.example/a/b/-/commit/"),
            ("https://git.acme.example/a/b/-/", "https://git.acme.example/a/b/-/commit/"),
            ("https://bitbucket.org/a/b", "https://bitbucket.org/a/b/commits/"),
        ] {
            assert_eq!(commit(url), Some(format!("{page}{sha}")), "{url}");
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for bad in [
            "",
            "github.com/acme/shop",
            "https://github.com",
            "https://github.com/",
            "https:///acme/shop",
            "https://user@github.com/acme/shop",
            "https://user:canary@github.com/acme/shop",
            "https://github.com/acme/shop?token=canary",
            "https://github.com/acme/shop#canary",
            "https://github.com/acme/../shop",
            "https://github.com/acme/sh op",
            "https://github.com/acme/shop)<b>",
            "javascript://github.com/acme/shop",
            "ssh://git@github.com/acme/shop",
            "file:///srv/shop",
        ] {
            let error = bad.parse::<WebUrl>();
            assert_eq!(error, Err(InvalidWebUrl), "{bad}");
        }
        assert!(!InvalidWebUrl.to_string().contains("canary"));
    }

    #[test]
    fn a_remote_loses_its_credentials() {
        let shop = Some("https://github.com/acme/shop".to_owned());
        for remote in [
            "https://github.com/acme/shop.git",
            "https://user:canary@github.com/acme/shop.git",
            "https://canary@GitHub.com/acme/shop",
            "http://x:can@ary@github.com:8080/acme/shop/",
            "git@github.com:acme/shop.git",
            "ssh://git@github.com:22/acme/shop.git",
            "git://github.com/acme/shop",
        ] {
            assert_eq!(WebUrl::of_remote(remote).map(|url| url.to_string()), shop, "{remote}");
        }
        for none in [
            "/srv/git/shop.git",
            "../shop",
            "file:///srv/shop.git",
            "C:\\shop",
            "git@git.acme.example:acme/shop.git",
            "work:acme/shop.git",
            "https://github.com.evil.example/acme/shop",
            "https://github.com/acme/shop?token=canary",
            "ext::sh -c github.com",
            "",
        ] {
            assert_eq!(WebUrl::of_remote(none), None, "{none}");
        }
    }
}
