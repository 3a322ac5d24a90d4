//! Reading a whole list, page by page.
//!
//! Pages grow while the site keeps up, halve where it gives up, and grow back. One
//! node on which it still gives up is passed over; who reads the list asks for it by
//! its id, or says that it is missing.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::reader::{Reader, is_heavy};
use crate::metadata::{Page, Query, Trouble};
use crate::site_error::SiteError;

/// How many nodes to ask for at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageSize {
    size: usize,
    most: usize,
    n_good: u32,
    /// So many good pages come before the next growth.
    patience: u32,
}

impl PageSize {
    pub(super) fn new(size: usize, most: usize) -> PageSize {
        PageSize {
            size,
            most,
            n_good: 0,
            patience: 1,
        }
    }

    /// Makes pages smaller; `false` where they are as small as can be.
    fn shrink(&mut self) -> bool {
        let can = self.size > 1;
        self.size = (self.size / 2).max(1);
        self.n_good = 0;
        self.patience = (self.patience * 2).min(16);
        can
    }

    /// A page came whole.
    fn grow(&mut self) {
        self.n_good += 1;
        if self.n_good >= self.patience {
            self.size = (self.size * 2).min(self.most);
            self.n_good = 0;
        }
    }
}

/// What a list holds.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Its nodes, each once.
    pub(super) nodes: Vec<Value>,
    /// Why it is not whole, where it is not.
    pub(super) cut: Option<String>,
    /// Whether the site refuses to list it at all.
    pub(super) wants_filter: bool,
}

/// Reads all of a list.
pub(super) async fn all(
    reader: &Reader<'_>,
    query: Query,
    size: PageSize,
    filter: Option<Value>,
) -> Result<Listing, SiteError> {
    let mut paging = Paging {
        query,
        size,
        filter,
        after: None,
        seen: HashSet::new(),
        total: None,
        n_null: 0,
        listing: Listing::default(),
    };
    for _ in 0..n_passes(query) {
        while let Step::Next = paging.step(reader).await? {
            reader.report(query.things(), paging.listing.nodes.len(), paging.total);
        }
        if paging.listing.cut.is_some() || paging.n_missing() == 0 {
            break;
        }
        // Rows that come twice push others out of the pages.
        paging.after = None;
    }
    Ok(paging.finish())
}

/// How often a list that came out short is read. For other things than these, what is
/// missing is asked for by id.
fn n_passes(query: Query) -> usize {
    match query {
        Query::CustomSql | Query::FlowTables => 3,
        _ => 1,
    }
}

enum Step {
    Next,
    End,
}

struct Paging {
    query: Query,
    size: PageSize,
    filter: Option<Value>,
    after: Option<String>,
    seen: HashSet<String>,
    total: Option<u64>,
    /// Nodes that came as `null`.
    n_null: u64,
    listing: Listing,
}

impl Paging {
    async fn step(&mut self, reader: &Reader<'_>) -> Result<Step, SiteError> {
        let page = match reader.ask(self.query, &self.variables(), true).await {
            Ok(page) => page,
            Err(error) if is_heavy(&error) => return Ok(self.give_way(error.to_string())),
            Err(error) => return Err(error),
        };
        if let Some(Trouble::FilterRequired(said)) = page.troubles.iter().find(is_filter) {
            self.listing.wants_filter = true;
            return Ok(self.end(said.clone()));
        }
        if let Some(Trouble::Limit(said)) = page.troubles.iter().find(is_limit) {
            let said = said.clone();
            if self.size.shrink() {
                return Ok(Step::Next);
            }
            return Ok(self.pass_over(page, said));
        }
        if !page.is_there {
            return Ok(self.end_without(&page));
        }
        self.size.grow();
        Ok(self.take(page))
    }

    fn variables(&self) -> Value {
        let mut variables = Map::new();
        variables.insert("n".to_owned(), json!(self.size.size));
        if let Some(after) = &self.after {
            variables.insert("after".to_owned(), json!(after));
        }
        if let Some(filter) = &self.filter {
            variables.insert("filter".to_owned(), filter.clone());
        }
        Value::Object(variables)
    }

    /// Tries less at once; ends where that is no longer possible.
    fn give_way(&mut self, why: String) -> Step {
        match self.size.shrink() {
            true => Step::Next,
            false => self.end(why),
        }
    }

    /// Goes on behind one node on which the site gives up.
    fn pass_over(&mut self, page: Page, why: String) -> Step {
        let can_go_on = page.is_there && page.has_next && page.next.is_some();
        self.listing.cut = Some(why.clone());
        match can_go_on {
            true => self.turn(page.has_next, page.next),
            false => self.end(why),
        }
    }

    /// No page came. An older server without such things has none of them.
    fn end_without(&mut self, page: &Page) -> Step {
        match page.troubles.is_empty() && self.query.is_newer() {
            true => Step::End,
            false => self.end("the site did not list them".to_owned()),
        }
    }

    fn end(&mut self, why: String) -> Step {
        self.listing.cut = Some(why);
        Step::End
    }

    fn take(&mut self, page: Page) -> Step {
        self.total = page.total.or(self.total);
        self.n_null += page.n_null as u64;
        for node in page.nodes {
            let id = node["id"].as_str().unwrap_or_default().to_owned();
            if self.seen.insert(id) {
                self.listing.nodes.push(node);
            }
        }
        self.turn(page.has_next, page.next)
    }

    /// Turns the page. A site that gives the same mark again would never end.
    fn turn(&mut self, has_next: bool, next: Option<String>) -> Step {
        if !has_next {
            return Step::End;
        }
        if next.is_none() || next == self.after {
            return self.end("the site does not say where the next page begins".to_owned());
        }
        self.after = next;
        Step::Next
    }

    /// How many the site says there are beyond those that came; where it says nothing
    /// of that, those that it left out.
    fn n_missing(&self) -> u64 {
        let n = self.listing.nodes.len() as u64;
        self.total
            .map_or(self.n_null, |total| total.saturating_sub(n))
    }

    fn finish(mut self) -> Listing {
        let n_missing = self.n_missing();
        if self.listing.cut.is_none() && n_missing > 0 {
            self.listing.cut = Some(format!("{n_missing} of them did not come"));
        }
        self.listing
    }
}

fn is_filter(it: &&Trouble) -> bool {
    matches!(it, Trouble::FilterRequired(_))
}

fn is_limit(it: &&Trouble) -> bool {
    matches!(it, Trouble::Limit(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of pages while `faults` (`x`) and good pages (`.`) come.
    #[track_caller]
    fn check(outcomes: &str, sizes: &[usize]) {
        let mut size = PageSize::new(50, 500);
        let mut seen = Vec::new();
        for outcome in outcomes.chars() {
            seen.push(size.size);
            match outcome {
                '.' => size.grow(),
                _ => {
                    size.shrink();
                }
            }
        }
        assert_eq!(seen, sizes);
    }

    #[test]
    fn pages_double_up_to_the_most() {
        check("......", &[50, 100, 200, 400, 500, 500]);
    }

    #[test]
    fn pages_halve_and_grow_back_with_patience() {
        check("..x......", &[50, 100, 200, 100, 100, 200, 200, 400, 400]);
        check("xxxxxxxx", &[50, 25, 12, 6, 3, 1, 1, 1]);
    }
}
