//! What of all links is drawn, within bounds, and what is left out.

use std::collections::{HashMap, HashSet, VecDeque};

use lineage::{NodeIx, WorkbookIx};

use super::links::Links;
use super::{Neighbour, Neighbourhood, Vertex, words};
use crate::tree::ids::Ids;

/// How many steps upstream are drawn.
const MAX_LEVELS: usize = 3;
/// How many upstream nodes.
const MAX_UPSTREAM: usize = 40;
/// How many things all together.
const MAX_DRAWN: usize = 150;
/// How many that one thing reads; how many of dbt's that read it, and how many of Tableau's.
const MAX_NEIGHBOURS: usize = 12;
/// How many dashboards of a workbook.
const MAX_DASHBOARDS: usize = 6;
/// How many workbooks are looked at; the ways to them can be long.
const MAX_WORKBOOKS: usize = 500;
/// How many neighbours of one thing whose neighbours are asked for.
const MAX_EXPANDED: usize = 200;
/// How many things with those that are asked for.
const MAX_ALL: usize = 600;
/// How many things may be asked for.
const MAX_ASKED: usize = 100;

/// A graph that is being drawn.
pub(super) struct Drawing<'a> {
    links: &'a Links<'a>,
    center: NodeIx,
    vertices: Vec<Vertex>,
    ids: Vec<String>,
    taken: Ids,
    place_of: HashMap<Vertex, usize>,
    /// How many were drawn below a thing, of dbt's and of Tableau's: many workbooks keep no
    /// model from being drawn that leads to others.
    n_below: HashMap<(Vertex, bool), usize>,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(links: &'a Links<'a>, center: NodeIx) -> Drawing<'a> {
        let mut drawing = Drawing {
            links,
            center,
            vertices: Vec::new(),
            ids: Vec::new(),
            taken: Ids::default(),
            place_of: HashMap::new(),
            n_below: HashMap::new(),
        };
        drawing.add(Vertex::Node(center));
        drawing
    }

    fn has(&self, vertex: &Vertex) -> bool {
        self.place_of.contains_key(vertex)
    }

    /// Whether it was not there.
    fn add(&mut self, vertex: Vertex) -> bool {
        if self.has(&vertex) {
            return false;
        }
        let id = words::id(self.links.lineage(), vertex);
        self.ids.push(self.taken.take(id));
        self.place_of.insert(vertex, self.vertices.len());
        self.vertices.push(vertex);
        true
    }

    /// What the node is built from, nearest first.
    pub(super) fn draw_upstream(&mut self) {
        let mut level = vec![Vertex::Node(self.center)];
        for _ in 0..MAX_LEVELS {
            let mut next = Vec::new();
            for it in level {
                let read = self.links.upstream(it).into_iter().take(MAX_NEIGHBOURS);
                for it in read {
                    if self.vertices.len() <= MAX_UPSTREAM && self.add(it) {
                        next.push(it);
                    }
                }
            }
            level = next;
        }
    }

    /// The workbooks that use the node, the most viewed first, each with the nearest way to
    /// it and its dashboards.
    pub(super) fn draw_ways_to_workbooks(&mut self) {
        let links = self.links;
        for usage in links.usages.iter().take(MAX_WORKBOOKS) {
            if self.vertices.len() >= MAX_DRAWN {
                return;
            }
            let way = usage.via.iter().map(|&it| Vertex::Node(it));
            let way: Vec<Vertex> = way.collect();
            let Some(&read) = usage.via.last() else {
                continue;
            };
            for rest in self.links.ways(read, usage.workbook) {
                let whole: Vec<Vertex> = way.iter().copied().chain(rest).collect();
                self.draw_way(&whole);
            }
            self.draw_dashboards(usage.workbook);
        }
    }

    /// The whole way or nothing of it.
    fn draw_way(&mut self, way: &[Vertex]) {
        let is_new = |it: &&[Vertex]| !self.has(&it[1]);
        let steps: Vec<&[Vertex]> = way.windows(2).filter(is_new).collect();
        let is_full = |it: &&[Vertex]| self.is_full(it[0], it[1]);
        if steps.iter().any(is_full) || self.vertices.len() + steps.len() > MAX_DRAWN {
            return;
        }
        for step in steps {
            self.draw_below(step[0], step[1]);
        }
    }

    /// Whether there is no room for `it` below `above`.
    fn is_full(&self, above: Vertex, it: Vertex) -> bool {
        let n = self.n_below.get(&(above, is_node(it)));
        n.is_some_and(|&n| n >= MAX_NEIGHBOURS)
    }

    fn draw_below(&mut self, above: Vertex, it: Vertex) {
        if self.add(it) {
            *self.n_below.entry((above, is_node(it))).or_default() += 1;
        }
    }

    fn draw_dashboards(&mut self, workbook: WorkbookIx) {
        let workbook = Vertex::Workbook(workbook);
        if !self.has(&workbook) {
            return;
        }
        let shown = self.links.downstream(workbook).into_iter();
        for it in shown.take(MAX_DASHBOARDS) {
            if self.vertices.len() < MAX_DRAWN {
                self.draw_below(workbook, it);
            }
        }
    }

    /// What else lies between the node and Tableau, nearest first: ways that are not the
    /// nearest ones, and published datasources that no workbook uses.
    pub(super) fn draw_other_ways(&mut self) {
        let mut seen = HashSet::new();
        let mut open = VecDeque::from([Vertex::Node(self.center)]);
        while let Some(above) = open.pop_front() {
            if !seen.insert(above) || matches!(above, Vertex::Workbook(_)) {
                continue;
            }
            let below = self.links.downstream(above).into_iter();
            for it in below.filter(|it| self.links.leads(*it)) {
                if !self.is_full(above, it) && self.vertices.len() < MAX_DRAWN {
                    self.draw_below(above, it);
                }
                if let Vertex::Workbook(workbook) = it {
                    self.draw_dashboards(workbook);
                }
                if self.has(&it) {
                    open.push_back(it);
                }
            }
        }
    }

    /// All neighbours of what has one of these ids. One may be there because of another.
    pub(super) fn draw_expanded(&mut self, asked: &[String]) {
        let mut asked: Vec<&String> = asked.iter().take(MAX_ASKED).collect();
        loop {
            let place_of = |id: &String| self.ids.iter().position(|it| it == id);
            let found = asked
                .iter()
                .enumerate()
                .find_map(|(n, id)| Some((n, place_of(id)?)));
            let Some((n, place)) = found else { return };
            asked.remove(n);
            let it = self.vertices[place];
            let (up, down) = (self.links.upstream(it), self.links.downstream(it));
            self.draw_all(up, MAX_EXPANDED / 2);
            self.draw_all(down, MAX_EXPANDED);
        }
    }

    /// Those that are not there yet, but `max`.
    fn draw_all(&mut self, all: Vec<Vertex>, max: usize) {
        let new = all.into_iter().filter(|it| !self.has(it));
        let new: Vec<Vertex> = new.take(max).collect();
        for it in new {
            if self.vertices.len() < MAX_ALL {
                self.add(it);
            }
        }
    }

    pub(super) fn finish(self) -> Neighbourhood {
        let mut graph = Neighbourhood::default();
        for (place, (&vertex, id)) in self.vertices.iter().zip(&self.ids).enumerate() {
            let place_of = |it: &Vertex| self.place_of.get(it).copied();
            let down = self.links.downstream(vertex);
            let readers: Vec<usize> = down.iter().filter_map(place_of).collect();
            let up = self.links.upstream(vertex);
            let n_read = up.iter().filter(|it| self.has(it)).count();
            graph.edges.extend(readers.iter().map(|&it| (place, it)));
            graph.neighbours.push(Neighbour {
                id: id.clone(),
                kind: words::kind(self.links.lineage(), vertex),
                label: words::label(self.links.lineage(), vertex),
                detail: words::detail(self.links, vertex),
                is_probable: self.is_probable(vertex),
                url: words::url(self.links.analysis, vertex),
                more_upstream: up.len() - n_read,
                more_downstream: down.len() - readers.len(),
            });
        }
        graph
    }

    fn is_probable(&self, vertex: Vertex) -> bool {
        match vertex {
            Vertex::Node(_) => false,
            Vertex::Dashboard(workbook, _) => self.is_probable(Vertex::Workbook(workbook)),
            Vertex::Published(ix) => {
                let is_unused = self.links.unused.contains(&ix);
                let is_guess = || !words::is_sure_to_read(self.links.lineage(), ix);
                self.links.is_probable(vertex, |it| self.has(it)) || (is_unused && is_guess())
            }
            Vertex::Workbook(ix) => match self.links.usage(ix) {
                Some(usage) => usage.kind.is_probable(),
                None => self.links.is_probable(vertex, |it| self.has(it)),
            },
        }
    }
}

fn is_node(vertex: Vertex) -> bool {
    matches!(vertex, Vertex::Node(_))
}
