//! A list as a stream of its entries.

use std::collections::HashSet;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use sentry_hooks::model::{Event, Issue, Project};

use crate::circle::Circle;
use crate::{Cursor, Error, Page, Result};

type Fetch<'a, T> = Pin<Box<dyn Future<Output = Result<Page<T>>> + Send + 'a>>;

/// The entries of a list, page after page, to the end that Sentry names.
///
/// It is a [`Stream`] of entries; [`next`](Pager::next) does the same without a stream library,
/// and [`next_page`](Pager::next_page) hands over whole pages. One page is held at a time, however
/// long the list. An entry that comes again because the list moved while it was read is left out.
/// A list that turns in a circle, or brings nothing new for a thousand pages, is an error
/// ([unreadable](Error::is_unreadable)). After an error the stream may be polled again: it asks
/// for the same page once more.
#[must_use = "a pager asks for nothing until it is polled"]
pub struct Pager<'a, T> {
    fetch: Box<dyn Fn(Option<Cursor>) -> Fetch<'a, T> + Send + 'a>,
    pending: Option<Fetch<'a, T>>,
    /// Where the page begins whose entries are being handed out.
    here: Option<Cursor>,
    /// Where the next page begins; the outer `None` is the end.
    next: Option<Option<Cursor>>,
    items: VecDeque<T>,
    /// Keys of the entries that came last, and the order in which they came.
    known: HashSet<u64>,
    recent: VecDeque<u64>,
    /// How many pages in a row brought nothing new.
    idle_pages: u32,
    circle: Circle,
}

/// An entry that can be told from the others of its list.
pub trait Entry {
    /// What tells it; `None` where nothing does.
    fn key(&self) -> Option<u64>;
}

impl<'a, T: Entry> Pager<'a, T> {
    /// How many pages in a row may bring nothing new. Sentry drops what it no longer has after
    /// search, so some are empty; a thousand are a fault.
    const MOST_IDLE_PAGES: u32 = 1000;
    /// Lists move by less than two pages while one is read, and by less than two hundred entries
    /// where pages are small.
    const REMEMBERED_PAGES: usize = 2;
    const REMEMBERED_ENTRIES: usize = 200;

    /// A list read by `fetch`, from `start` or from its beginning.
    pub fn new(
        start: Option<Cursor>,
        fetch: impl Fn(Option<Cursor>) -> Fetch<'a, T> + Send + 'a,
    ) -> Self {
        Self {
            fetch: Box::new(fetch),
            pending: None,
            here: start.clone(),
            circle: Circle::new(start.clone()),
            next: Some(start),
            items: VecDeque::new(),
            known: HashSet::new(),
            recent: VecDeque::new(),
            idle_pages: 0,
        }
    }

    /// From where a later pager has to go on so that no entry is lost: the page that is being
    /// handed out, or the next one when that is done. The first entries may come again. `None`:
    /// from the beginning when nothing was read, and nothing is left when
    /// [`is_done`](Pager::is_done).
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        if self.items.is_empty() { self.next.as_ref()?.as_ref() } else { self.here.as_ref() }
    }

    /// Whether the end was reached and everything handed out.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.items.is_empty() && self.next.is_none()
    }

    /// The next entry, `None` at the end.
    ///
    /// # Errors
    ///
    /// Inside: what the call for a page met.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The next whole page, `None` at the end. Empty pages are handed over too.
    ///
    /// # Errors
    ///
    /// Inside: what the call for the page met.
    pub async fn next_page(&mut self) -> Option<Result<Vec<T>>> {
        if self.items.is_empty() && !self.is_done() {
            if let Err(error) = poll_fn(|context| self.poll_page(context)).await {
                return Some(Err(error));
            }
        } else if self.is_done() {
            return None;
        }
        Some(Ok(self.items.drain(..).collect()))
    }

    /// All entries that are left, at most `most` of them.
    ///
    /// # Errors
    ///
    /// What the call for a page met.
    pub async fn collect_up_to(&mut self, most: usize) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while all.len() < most {
            match self.next().await {
                Some(entry) => all.push(entry?),
                None => break,
            }
        }
        Ok(all)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if self.next.is_none() {
                return Poll::Ready(None);
            }
            if let Err(error) = ready!(self.poll_page(context)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(from) = self.next.clone() else { return Poll::Ready(Ok(())) };
        let fetch = &self.fetch;
        let pending = self.pending.get_or_insert_with(|| fetch(from.clone()));
        let page = ready!(pending.as_mut().poll(context));
        self.pending = None;
        Poll::Ready(page.and_then(|page| self.take(from, page)))
    }

    fn take(&mut self, from: Option<Cursor>, page: Page<T>) -> Result<()> {
        let Page { items, next, .. } = page;
        let turns = next
            .as_ref()
            .is_some_and(|next| Some(next) == from.as_ref() || self.circle.closes_at(next));
        if turns || (next.is_some() && self.idle_pages >= Self::MOST_IDLE_PAGES) {
            return Err(Error::unreadable("list", "the list does not come to its end"));
        }
        if let Some(next) = &next {
            self.circle.step(next);
        }
        let remembered = Self::REMEMBERED_ENTRIES.max(Self::REMEMBERED_PAGES * items.len());
        for item in items {
            match item.key() {
                Some(key) if !self.known.insert(key) => continue,
                Some(key) => self.recent.push_back(key),
                None => {}
            }
            self.items.push_back(item);
        }
        while self.recent.len() > remembered {
            if let Some(oldest) = self.recent.pop_front() {
                self.known.remove(&oldest);
            }
        }
        self.idle_pages = if self.items.is_empty() { self.idle_pages + 1 } else { 0 };
        self.here = from;
        self.next = next.map(Some);
        Ok(())
    }
}

impl<T: Entry + Unpin> Stream for Pager<'_, T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Pager<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("here", &self.here)
            .field("next", &self.next)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

fn key(of: impl Hash) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    Some(hasher.finish())
}

impl Entry for Issue<'_> {
    fn key(&self) -> Option<u64> {
        key(&self.id)
    }
}

impl Entry for Event<'_> {
    fn key(&self) -> Option<u64> {
        Some(self.event_id()).filter(|id| !id.is_empty()).and_then(key)
    }
}

impl Entry for Project<'_> {
    fn key(&self) -> Option<u64> {
        self.id.as_ref().and_then(key)
    }
}

macro_rules! entries {
    ($($entry:ty: $field:ident),*) => {$(
        impl Entry for $entry {
            fn key(&self) -> Option<u64> {
                key(&self.$field)
            }
        }
    )*};
}

entries!(crate::Release: version, crate::Commit: id, crate::IssueHash: id, crate::TagValue: value);

impl Entry for crate::Deploy {
    fn key(&self) -> Option<u64> {
        self.id.as_ref().and_then(key)
    }
}

impl Entry for crate::CodeMapping {
    fn key(&self) -> Option<u64> {
        self.id.as_ref().and_then(key)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Number(u64);

    impl Entry for Number {
        fn key(&self) -> Option<u64> {
            Some(self.0)
        }
    }

    fn cursor(page: usize) -> Cursor {
        page.to_string().parse().unwrap()
    }

    fn pages(pages: Vec<Vec<u64>>) -> Pager<'static, Number> {
        Pager::new(None, move |from| {
            let at: usize = from.map_or(0, |cursor| cursor.as_str().parse().unwrap());
            let items = pages[at].iter().copied().map(Number).collect();
            let next = (at + 1 < pages.len()).then(|| cursor(at + 1));
            Box::pin(async move { Ok(Page::new(items, next)) })
        })
    }

    async fn all(pager: &mut Pager<'_, Number>) -> Vec<u64> {
        pager.collect_up_to(usize::MAX).await.unwrap().into_iter().map(|it| it.0).collect()
    }

    #[tokio::test]
    async fn short_and_empty_pages_do_not_end_it() {
        let mut pager = pages(vec![vec![1, 2], vec![], vec![3], vec![], vec![]]);
        assert_eq!(all(&mut pager).await, [1, 2, 3]);
        assert!(pager.is_done() && pager.next().await.is_none());
    }

    #[tokio::test]
    async fn entries_that_moved_come_once() {
        let mut pager = pages(vec![vec![1, 2, 3], vec![3, 4], vec![4, 5, 5]]);
        assert_eq!(all(&mut pager).await, [1, 2, 3, 4, 5]);
    }

    #[tokio::test]
    async fn a_cursor_resumes_without_loss() {
        let lists = vec![vec![1, 2], vec![3, 4], vec![5]];
        let mut pager = pages(lists.clone());
        for _ in 0..3 {
            pager.next().await.unwrap().unwrap();
        }
        let at: usize = pager.cursor().unwrap().as_str().parse().unwrap();
        assert_eq!(at, 1, "4 is not handed out yet, so its page is read again");
        pager.next().await.unwrap().unwrap();
        assert_eq!(pager.cursor().unwrap().as_str(), "2");
    }

    #[tokio::test]
    async fn a_list_that_turns_in_a_circle_is_an_error() {
        let mut pager: Pager<'_, Number> = Pager::new(Some(cursor(7)), |_| {
            Box::pin(async { Ok(Page::new(vec![], Some(cursor(7)))) })
        });
        assert!(pager.next().await.unwrap().unwrap_err().is_unreadable());
    }

    #[tokio::test]
    async fn a_circle_of_several_pages_is_an_error_too() {
        for length in [2, 3, 7, 300] {
            for way in [1, 5] {
                let mut pager: Pager<'_, Number> = Pager::new(None, move |from| {
                    let at: usize = from.map_or(0, |cursor| cursor.as_str().parse().unwrap());
                    let next = if at + 1 < way + length { at + 1 } else { way };
                    let page = Page::new(vec![Number(at as u64)], Some(cursor(next)));
                    Box::pin(async move { Ok(page) })
                });
                let ended = pager.collect_up_to(10_000).await;
                assert!(ended.unwrap_err().is_unreadable(), "{length} after {way}");
            }
        }
    }

    #[tokio::test]
    async fn pages_that_bring_nothing_new_end_some_time() {
        let asked = AtomicU32::new(0);
        let asked = &asked;
        let mut pager: Pager<'_, Number> = Pager::new(None, |_| {
            let page = asked.fetch_add(1, Ordering::Relaxed) as usize + 1;
            Box::pin(async move { Ok(Page::new(vec![Number(1)], Some(cursor(page)))) })
        });
        assert_eq!(pager.next().await.unwrap().unwrap().0, 1);
        assert!(pager.next().await.unwrap().unwrap_err().is_unreadable());
        assert!(asked.load(Ordering::Relaxed) <= 1002);
    }

    #[tokio::test]
    async fn new_entries_repeat_no_old_one_however_small_the_pages() {
        // Three entries come in before the fourth page is read, so it begins with 1, 2 and 3 again.
        let mut pager = pages([1, 2, 3, 1, 2, 3, 4].map(|it| vec![it]).to_vec());
        assert_eq!(all(&mut pager).await, [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn after_an_error_the_same_page_is_asked_for() {
        let asked = AtomicU32::new(0);
        let asked = &asked;
        let mut pager: Pager<'_, Number> = Pager::new(None, |_| {
            Box::pin(async move {
                match asked.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(Error::timeout("list")),
                    _ => Ok(Page::new(vec![Number(1)], None)),
                }
            })
        });
        assert!(pager.next().await.unwrap().is_err());
        assert_eq!(pager.next().await.unwrap().unwrap().0, 1);
        assert!(pager.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_like_any_other() {
        use futures_util::TryStreamExt as _;
        let all: Vec<Number> = pages(vec![vec![1], vec![], vec![2]]).try_collect().await.unwrap();
        assert_eq!(all.len(), 2);
    }

    #[tokio::test]
    async fn whole_pages() {
        let mut pager = pages(vec![vec![1, 2], vec![], vec![3]]);
        let mut lengths = Vec::new();
        while let Some(page) = pager.next_page().await {
            lengths.push(page.unwrap().len());
        }
        assert_eq!(lengths, [2, 0, 1]);
    }
}
