//! Blobs that are hashed and not unpacked: two at a time, for two digests at once take hardly longer
//! than one. A blob that claims to be one of the other side is compared with that meanwhile.

use crate::digest::{Algorithm, Digest, Hasher};
use crate::progress::Progress;
use crate::workers::Idle;

/// What is hashed, or told, at a time.
const CHUNK: usize = 256 << 10;

/// What is compared, then hashed, while the cache fetches what follows.
const PAGE: usize = 4 << 10;

/// A blob on its way into a digest.
pub(super) struct Intake<'a> {
    rest: &'a [u8],
    /// As much of the blob that should be equal, if there is one.
    twin: Option<&'a [u8]>,
    equal: bool,
    hasher: Hasher,
    /// Bytes that are done and not yet told.
    untold: usize,
    progress: &'a dyn Progress,
}

impl<'a> Intake<'a> {
    /// Of `bytes`, and of `twin` which are as many.
    pub(super) fn new(
        algorithm: Algorithm,
        bytes: &'a [u8],
        twin: Option<&'a [u8]>,
        progress: &'a dyn Progress,
    ) -> Self {
        let hasher = Hasher::new(algorithm);
        Self { rest: bytes, twin, equal: true, hasher, untold: 0, progress }
    }

    /// Takes in all of it. Who is `idle` does the comparing.
    pub(super) fn run(&mut self, idle: &Idle) {
        while !self.rest.is_empty() {
            if idle.any_for(self.rest.len()) && self.share(idle) {
                return;
            }
            let chunk = self.next(CHUNK);
            self.hasher.update(chunk);
        }
    }

    /// Takes in all of `one` and of `two`. Who is `idle` does one of them.
    pub(super) fn run_both(one: &mut Self, two: &mut Self, idle: &Idle) {
        while !one.rest.is_empty() && !two.rest.is_empty() {
            let less = one.rest.len().min(two.rest.len());
            if idle.any_for(less) && idle.beside(|| one.run(idle), || two.run(idle)).is_some() {
                return;
            }
            let (chunk, other) = (one.next(PAGE), two.next(PAGE));
            let soon = [one.rest, one.left_of_twin(), two.rest, two.left_of_twin()];
            one.hasher.update_beside(chunk, &mut two.hasher, other, soon);
        }
        one.run(idle);
        two.run(idle);
    }

    /// The digest, unless the twin turned out to differ.
    pub(super) fn finish(self) -> Option<Digest> {
        self.progress.advance(self.untold as u64);
        self.equal.then(|| self.hasher.finish())
    }

    /// The next bytes, at `most` so many; nothing is left where the twin differs.
    fn next(&mut self, most: usize) -> &'a [u8] {
        let chunk;
        (chunk, self.rest) = self.rest.split_at(most.min(self.rest.len()));
        self.untold += chunk.len();
        if self.untold >= CHUNK {
            self.progress.advance(std::mem::take(&mut self.untold) as u64);
        }
        if let Some(twin) = self.twin {
            self.twin = twin.strip_prefix(chunk);
            if self.twin.is_none() {
                (self.equal, self.rest) = (false, &[]);
            }
        }
        chunk
    }

    fn left_of_twin(&self) -> &'a [u8] {
        self.twin.unwrap_or_default()
    }

    /// Hashes the rest while somebody else compares it, if there is somebody. Of what turns out to
    /// differ it is hashed for nothing.
    fn share(&mut self, idle: &Idle) -> bool {
        let Some(twin) = self.twin else { return false };
        let (rest, hasher, progress) = (self.rest, &mut self.hasher, self.progress);
        let hash = || {
            for chunk in rest.chunks(CHUNK) {
                hasher.update(chunk);
                progress.advance(chunk.len() as u64);
            }
        };
        let Some(((), equal)) = idle.beside(hash, || rest == twin) else { return false };
        (self.equal, self.rest) = (equal, &[]);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::progress::Silent;

    const LONG: usize = 5 * CHUNK + 77;

    /// Lengths of two blobs, and where the twin of the first differs.
    const CASES: [(usize, usize, Option<usize>); 8] = [
        (LONG, LONG, None),
        (LONG, LONG, Some(0)),
        (LONG, CHUNK, Some(2 * CHUNK)),
        (LONG, 100, Some(LONG - 1)),
        (100, LONG, Some(99)),
        (100, LONG, None),
        (0, LONG, None),
        (CHUNK, 0, Some(CHUNK - 1)),
    ];

    fn bytes(length: usize) -> Vec<u8> {
        (0..=250).cycle().take(length).collect()
    }

    #[derive(Default)]
    struct Told(AtomicU64);

    impl Progress for Told {
        fn plan(&self, _: u64) {}

        fn advance(&self, bytes: u64) {
            self.0.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    #[test]
    fn all_that_is_taken_in_is_told() {
        let (blob, second) = (bytes(LONG), bytes(2 * CHUNK + 5));
        for idle in 0..4 {
            let (idle, told) = (Idle::new(idle, 0), Told::default());
            let [mut one, mut two] = [&blob, &second]
                .map(|bytes| Intake::new(Algorithm::Sha256, bytes, Some(bytes), &told));
            Intake::run_both(&mut one, &mut two, &idle);
            assert!(one.finish().is_some() && two.finish().is_some());
            assert_eq!(told.0.into_inner(), (blob.len() + second.len()) as u64, "{idle:?}");
        }
    }

    #[test]
    fn any_number_of_idle_workers_learns_the_same() {
        for (length, beside, differs) in CASES {
            for [algorithm, other] in
                [[Algorithm::Sha256, Algorithm::Sha256], [Algorithm::Sha512, Algorithm::Sha256]]
            {
                for idle in 0..4 {
                    let idle = Idle::new(idle, 0);
                    let (blob, second) = (bytes(length), bytes(beside));
                    let mut twin = blob.clone();
                    differs.into_iter().for_each(|at| twin[at] ^= 1);
                    for swapped in [false, true] {
                        let mut one = Intake::new(algorithm, &blob, Some(&twin), &Silent);
                        let equal = swapped.then_some(&*second);
                        let mut two = Intake::new(other, &second, equal, &Silent);
                        if swapped {
                            Intake::run_both(&mut two, &mut one, &idle);
                        } else {
                            Intake::run_both(&mut one, &mut two, &idle);
                        }
                        let expected = differs.is_none().then(|| Digest::of(algorithm, &blob));
                        assert_eq!(one.finish(), expected, "{length} {differs:?} {idle:?}");
                        assert_eq!(two.finish(), Some(Digest::of(other, &second)), "{beside}");
                    }
                }
            }
        }
    }
}
