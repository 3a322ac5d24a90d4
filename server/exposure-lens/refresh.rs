//! Background work: one at a time for each resource, what comes meanwhile as one more.
//!
//! A value, no threads and no channels: whoever owns an [`OpQueue`] starts the
//! work and says when it is done. Every request has a cause, for the log, and a
//! generation, so that an answer can tell which requests it already includes.

use std::collections::BTreeMap;

/// Requests for the same work, made one.
pub trait Coalesce {
    /// Adds what `other` asks for.
    fn join(&mut self, other: Self);
}

impl Coalesce for () {
    fn join(&mut self, (): ()) {}
}

impl<K: Ord, V> Coalesce for BTreeMap<K, V> {
    fn join(&mut self, other: BTreeMap<K, V>) {
        self.extend(other);
    }
}

/// Work to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op<Args> {
    /// Why, for the log: the causes of all requests in it.
    pub cause: String,
    /// What.
    pub args: Args,
    /// Requests up to this one are answered by it.
    pub generation: u64,
}

/// The work on one resource: at most one is running, at most one waiting.
#[derive(Debug)]
pub struct OpQueue<Args> {
    waiting: Option<Op<Args>>,
    running: bool,
    requested: u64,
    done: u64,
}

impl<Args> Default for OpQueue<Args> {
    fn default() -> OpQueue<Args> {
        OpQueue {
            waiting: None,
            running: false,
            requested: 0,
            done: 0,
        }
    }
}

impl<Args: Coalesce> OpQueue<Args> {
    /// Asks for work and returns the request's generation.
    pub fn request(&mut self, cause: &str, args: Args) -> u64 {
        self.requested += 1;
        match &mut self.waiting {
            Some(op) => {
                op.args.join(args);
                op.generation = self.requested;
                if !op.cause.split(", ").any(|known| known == cause) {
                    op.cause = format!("{}, {cause}", op.cause);
                }
            }
            None => {
                let cause = cause.to_owned();
                self.waiting = Some(Op {
                    cause,
                    args,
                    generation: self.requested,
                });
            }
        }
        self.requested
    }

    /// The work to do now; none while some is running.
    pub fn start(&mut self) -> Option<Op<Args>> {
        if self.running {
            return None;
        }
        let op = self.waiting.take()?;
        self.running = true;
        Some(op)
    }

    /// The running work is done, well or not; it was started as `generation`.
    pub fn finish(&mut self, generation: u64) {
        self.running = false;
        self.done = self.done.max(generation);
    }

    /// Whether requests up to `generation` are answered.
    pub fn is_done(&self, generation: u64) -> bool {
        self.done >= generation
    }

    /// The generation of the last request; 0 when there was none.
    pub fn last_requested(&self) -> u64 {
        self.requested
    }

    /// What is waiting to be started.
    pub fn waiting(&self) -> Option<&Args> {
        self.waiting.as_ref().map(|op| &op.args)
    }

    /// Whether nothing is running or waiting.
    pub fn is_idle(&self) -> bool {
        !self.running && self.waiting.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> BTreeMap<String, ()> {
        names.iter().map(|it| ((*it).to_owned(), ())).collect()
    }

    #[test]
    fn runs_one_at_a_time_and_makes_one_of_what_comes_meanwhile() {
        let mut queue = OpQueue::default();
        assert_eq!(queue.request("opened", paths(&["a"])), 1);
        let first = queue.start().expect("nothing runs yet");
        assert_eq!((first.cause.as_str(), first.generation), ("opened", 1));
        queue.request("changed", paths(&["b"]));
        queue.request("changed", paths(&["c"]));
        queue.request("saved", paths(&["b"]));
        assert_eq!(queue.start(), None);
        queue.finish(first.generation);
        let second = queue.start().expect("the first is done");
        let expected = Op {
            cause: "changed, saved".to_owned(),
            args: paths(&["b", "c"]),
            generation: 4,
        };
        assert_eq!(second, expected);
        queue.finish(second.generation);
        assert_eq!(queue.start(), None);
        assert!(queue.is_idle());
    }

    #[test]
    fn a_generation_tells_what_an_answer_includes() {
        let mut queue = OpQueue::default();
        queue.request("opened", ());
        let op = queue.start().expect("nothing runs yet");
        let later = queue.request("changed", ());
        queue.finish(op.generation);
        assert!(queue.is_done(op.generation));
        assert!(!queue.is_done(later));
        assert!(!queue.is_idle());
        assert_eq!(queue.last_requested(), later);
    }
}
