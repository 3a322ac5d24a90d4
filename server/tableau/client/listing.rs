//! All pages of a REST collection, each item once.
//!
//! The order of items is not stable while the collection changes: an item may come
//! twice and another never. So ids decide, and a list that came out short is read again.

use std::collections::HashSet;

use serde_json::Value;

use super::Client;
use crate::loose;
use crate::site_error::SiteError;

/// The most that Tableau allows.
const PAGE_SIZE: u64 = 1000;

/// No site has as many items; only a server that never ends does.
const MAX_PAGES: u64 = 2000;

/// All items of one REST collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The items, each once, in the order that the site gave.
    pub items: Vec<Value>,
    /// How many more the site says it has; 0 unless the collection changed while it was read.
    pub n_missing: u64,
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    items: Vec<Value>,
    ids: HashSet<String>,
    total: Option<u64>,
}

impl Client {
    /// Gets all pages of a collection, such as `workbooks` with its items `workbook`.
    ///
    /// A `pageSize` in the query is used; else pages are as large as Tableau allows.
    pub async fn rest_pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        collection: &str,
        item: &str,
    ) -> Result<Listed, SiteError> {
        let mut reading = Reading::default();
        self.read_pages(path, query, (collection, item), &mut reading)
            .await?;
        if reading.n_missing() > 0 {
            self.read_pages(path, query, (collection, item), &mut reading)
                .await?;
        }
        Ok(Listed {
            n_missing: reading.n_missing(),
            items: reading.items,
        })
    }

    async fn read_pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        (collection, item): (&str, &str),
        reading: &mut Reading,
    ) -> Result<(), SiteError> {
        let asked = query.iter().find(|(name, _)| *name == "pageSize");
        let size = asked.and_then(|(_, it)| it.parse().ok());
        let size = size.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE);
        let size_text = size.to_string();
        for number in 1..=MAX_PAGES {
            let number_text = number.to_string();
            let others = query.iter().filter(|(name, _)| *name != "pageSize");
            let mut query: Vec<(&str, &str)> = others.copied().collect();
            query.extend([("pageSize", &*size_text), ("pageNumber", &number_text)]);
            let mut page = self.rest(path, &query).await?;
            let pagination = loose::take(&mut page, "pagination");
            let listed = loose::take(&mut page, collection);
            reading.total = loose::number(&pagination["totalAvailable"]).or(reading.total);
            if listed.is_null() && reading.total.is_none() {
                // Taken for an empty list, it would look as if all had been removed.
                return Err(self.without_list().await?);
            }
            let items = loose::items(listed, item);
            let n_items = items.len() as u64;
            reading.add(items);
            // A server may give smaller pages than asked for, and says so.
            let size = loose::number(&pagination["pageSize"]).unwrap_or(size);
            let is_last = match reading.total {
                Some(total) => number.saturating_mul(size) >= total,
                None => n_items < size,
            };
            if n_items == 0 || is_last {
                break;
            }
        }
        Ok(())
    }

    async fn without_list(&self) -> Result<SiteError, SiteError> {
        Ok(SiteError::BadAnswer {
            host: self.place().await?.host().to_owned(),
            doing: "read content",
            reason: "without the list",
        })
    }
}

impl Reading {
    fn add(&mut self, items: Vec<Value>) {
        for item in items {
            let is_new = match loose::text(&item["id"]) {
                Some(id) => self.ids.insert(id),
                None => true,
            };
            if is_new {
                self.items.push(item);
            }
        }
    }

    fn n_missing(&self) -> u64 {
        let n_items = self.items.len() as u64;
        self.total.unwrap_or(0).saturating_sub(n_items)
    }
}
