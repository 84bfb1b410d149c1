//! What memory gives: reading, writing, copying, on one thread and on two, and touching it for the first time. These
//! are the roofs that every operator stands under.

use std::rc::Rc;

use crate::harness::{Group, Prepare, Run};

/// Words of the array, which no cache holds.
const WORDS: usize = 32 << 20;
const BYTES: u64 = 8 * WORDS as u64;

pub(crate) fn groups() -> Vec<Group> {
    let words: Rc<Vec<u64>> = Rc::new((0..WORDS as u64).map(|i| i ^ (i >> 7)).collect());
    let answer = sum(&words);
    let group = |name: &str, bytes, forms| Group { name: format!("memory: {name}"), bytes, answer, forms };
    vec![
        group(
            "reading",
            BYTES,
            forms(&words, |words, threads| {
                let words = words.clone();
                Box::new(move |_| on_threads(threads, &words, &mut [], |part, _| sum(part)))
            }),
        ),
        group(
            "copying, read and written bytes counted",
            2 * BYTES,
            forms(&words, |words, threads| {
                let (words, mut copy) = (words.clone(), vec![0u64; WORDS]);
                Box::new(move |check| {
                    on_threads(threads, &words, &mut copy, |part, copy| {
                        copy.copy_from_slice(part);
                        0
                    });
                    if check { sum(&copy) } else { copy[WORDS / 2] }
                })
            }),
        ),
        group(
            "writing",
            BYTES,
            forms(&words, |words, threads| {
                let (answer, mut filled) = (sum(words), vec![0u64; WORDS]);
                Box::new(move |check| {
                    on_threads(threads, &[], &mut filled, |_, part| {
                        part.fill(7);
                        0
                    });
                    if check && sum(&filled) == 7 * WORDS as u64 { answer } else { filled[WORDS / 2] }
                })
            }),
        ),
        group(
            "touching memory for the first time",
            BYTES,
            forms(&words, |words, threads| {
                let answer = sum(words);
                Box::new(move |check| {
                    let mut fresh = vec![0u64; WORDS];
                    on_threads(threads, &[], &mut fresh, |_, part| {
                        // One word of each page of 4 KiB.
                        part.iter_mut().step_by(512).for_each(|word| *word = 7);
                        0
                    });
                    if check && sum(&fresh) == 7 * (WORDS / 512) as u64 { answer } else { fresh[WORDS / 2] }
                })
            }),
        ),
    ]
}

type Forms = Vec<(&'static str, Prepare)>;

/// The same on one thread and on two.
fn forms(words: &Rc<Vec<u64>>, make: impl Fn(&Rc<Vec<u64>>, usize) -> Run + Copy + 'static) -> Forms {
    let form = |threads: usize| -> Prepare {
        let words = words.clone();
        Box::new(move || make(&words, threads))
    };
    vec![("one thread", form(1)), ("two threads", form(2))]
}

/// Gives every thread its part of both arrays, either of which may be empty, and adds what they answer.
fn on_threads(
    threads: usize,
    read: &[u64],
    written: &mut [u64],
    work: impl Fn(&[u64], &mut [u64]) -> u64 + Sync,
) -> u64 {
    let part = WORDS.div_ceil(threads);
    std::thread::scope(|scope| {
        let mut read = read.chunks(part);
        let mut written = written.chunks_mut(part);
        let work = &work;
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (read, written) = (read.next().unwrap_or(&[]), written.next().unwrap_or(&mut []));
                scope.spawn(move || work(read, written))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0)).fold(0, u64::wrapping_add)
    })
}

/// Eight sums side by side, so that additions do not wait for one another.
fn sum(words: &[u64]) -> u64 {
    let (chunks, rest) = words.as_chunks::<32>();
    let mut sums = [0u64; 32];
    for chunk in chunks {
        for (sum, word) in sums.iter_mut().zip(chunk) {
            *sum = sum.wrapping_add(*word);
        }
    }
    sums.iter().chain(rest).fold(0, |sum, word| sum.wrapping_add(*word))
}
