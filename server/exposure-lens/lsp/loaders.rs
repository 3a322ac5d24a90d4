//! The threads that load projects.
//!
//! A few that live as long as the session. A manifest is many megabytes of text while it is
//! read: few at once bound what a workspace of many projects takes while they load, and
//! leave threads for the questions that are asked meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::oneshot;

/// So many projects are loaded at once.
const N_LOADERS: usize = 4;

type Work = Box<dyn FnOnce() + Send>;

/// The threads that load projects; they end with this.
#[derive(Debug)]
pub(super) struct Loaders {
    waiting: mpsc::Sender<Work>,
}

impl Loaders {
    pub(super) fn start() -> Loaders {
        let (waiting, work) = mpsc::channel();
        let work = Arc::new(Mutex::new(work));
        for _ in 0..N_LOADERS {
            let work = Arc::clone(&work);
            let thread = std::thread::Builder::new().name("load".to_owned());
            if let Err(error) = thread.spawn(move || run_all(&work)) {
                tracing::error!(%error, "cannot start a thread");
            }
        }
        Loaders { waiting }
    }

    /// Does some work on one of the threads; nothing comes of it when it panics.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Option<R> {
        let (done, result) = oneshot::channel();
        let work = move || {
            if let Ok(it) = catch_unwind(AssertUnwindSafe(work)) {
                // Whoever asked may have gone.
                let _ = done.send(it);
            }
        };
        self.waiting.send(Box::new(work)).ok()?;
        result.await.ok()
    }
}

fn run_all(work: &Mutex<mpsc::Receiver<Work>>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_loses_one_result_and_no_thread() {
        let loaders = Loaders::start();
        for _ in 0..=N_LOADERS {
            let panicked = loaders.run(|| -> u8 { panic!("asked for by a test") });
            assert_eq!(panicked.await, None);
        }
        assert_eq!(loaders.run(|| 7).await, Some(7));
    }
}
