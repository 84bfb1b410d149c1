//! Groups of forms, checked and timed in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Turns of each form at least, and for how long they go on.
const FEWEST_TURNS: usize = 5;
const SECONDS: f64 = 1.5;

/// One way to do the work. It is told whether to give the answer; while it is timed it need not sum up.
pub(crate) type Run = Box<dyn FnMut(bool) -> u64>;

/// Makes what a form needs when its turn comes.
pub(crate) type Prepare = Box<dyn FnOnce() -> Run>;

/// Forms of one piece of work.
pub(crate) struct Group {
    pub(crate) name: String,
    /// Bytes that one run reads, or reads and writes.
    pub(crate) bytes: u64,
    /// What every form has to answer.
    pub(crate) answer: u64,
    pub(crate) forms: Vec<(&'static str, Prepare)>,
}

impl Group {
    /// Checks and times the forms; whether all answers were right.
    pub(crate) fn run(self) -> bool {
        println!("{} ({:.1} MB a run)", self.name, self.bytes as f64 / 1e6);
        let mut right = true;
        let mut runs = Vec::new();
        for (name, prepare) in self.forms {
            let mut run = prepare();
            let answer = run(true);
            if answer == self.answer {
                runs.push((name, run, Duration::MAX));
            } else {
                println!("  {name:46} WRONG: {answer} instead of {}", self.answer);
                right = false;
            }
        }
        let (begin, mut turns) = (Instant::now(), 0);
        while turns < FEWEST_TURNS || begin.elapsed().as_secs_f64() < SECONDS {
            for (_, run, best) in &mut runs {
                let start = Instant::now();
                black_box(run(false));
                *best = start.elapsed().min(*best);
            }
            turns += 1;
        }
        let first = runs.first().map_or(Duration::MAX, |(_, _, best)| *best);
        for (name, _, best) in &runs {
            let (seconds, ratio) = (best.as_secs_f64(), best.as_secs_f64() / first.as_secs_f64());
            println!("  {name:46} {:7.2} GB/s {ratio:7.2}", self.bytes as f64 / seconds / 1e9);
        }
        right
    }
}
