//! The house rules that a machine can check. Each test is one rule; its failure lists every place that breaks it.

#![allow(clippy::expect_used, reason = "helpers of tests, outside any #[test]")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Who may use whom inside the workspace. A new edge is a decision: make it here, and write down why.
const EDGES: &[(&str, &[&str])] = &[
    ("hypostyle-core", &[]),
    ("hypostyle-kernels", &[CORE]),
    ("hypostyle-expr", &[CORE, KERNELS]),
    ("hypostyle-plan", &[CORE, KERNELS, EXPR]),
    ("hypostyle-arrow", &[CORE]),
    ("hypostyle-io", &[CORE, ARROW, KERNELS, EXPR, PLAN]),
    ("hypostyle-exec", &[CORE, KERNELS, EXPR, PLAN]),
    ("hypostyle", &[CORE, KERNELS, EXPR, PLAN, IO, EXEC]),
    ("hypostyle-alloc", &[]),
    ("xtask", &[]),
];
const CORE: &str = "hypostyle-core";
const ARROW: &str = "hypostyle-arrow";
const KERNELS: &str = "hypostyle-kernels";
const EXPR: &str = "hypostyle-expr";
const PLAN: &str = "hypostyle-plan";
const IO: &str = "hypostyle-io";
const EXEC: &str = "hypostyle-exec";

/// External crates that stay behind one wall.
const WALLS: &[(&str, &str)] = &[("arrow2", CORE), ("rayon", EXEC)];

/// Crates with `unsafe` code: kernels for SIMD, core and the bridge to arrow-rs for the Arrow C Data Interface, the
/// allocator for its very subject, the bindings for what PyO3's macros expand to, the microbenchmarks for forms that
/// the engine does not take. Every other crate forbids it.
const UNSAFE_CRATES: &[&str] = &[
    "crates/hypostyle-core",
    "crates/hypostyle-kernels",
    "crates/hypostyle-arrow",
    "crates/hypostyle-alloc",
    "py-bindings",
    "benches/micro",
];

const LONGEST_FILE: usize = 800;
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc"];

#[test]
fn crate_graph_has_one_direction() {
    let graph = dependencies();
    let members: BTreeSet<&str> = graph.keys().map(String::as_str).collect();
    let mut offences = Vec::new();
    for (package, uses) in &graph {
        let inside = uses.iter().filter(|used| members.contains(used.as_str()));
        // Whatever is not in the table (bindings, benches) stands at the end of the graph and may use all of it.
        match EDGES.iter().find(|(name, _)| name == package) {
            Some((_, allowed)) => offences.extend(
                inside
                    .filter(|used| !allowed.contains(&used.as_str()))
                    .map(|used| format!("{package} uses {used}")),
            ),
            None => offences.extend(
                inside
                    .filter(|used| !EDGES.iter().any(|(name, _)| name == used) || *used == "xtask")
                    .map(|used| format!("{package} uses {used}")),
            ),
        }
    }
    report("edges that are not in the graph", &offences);
}

#[test]
fn walled_crates_are_named_in_one_place() {
    let graph = dependencies();
    let mut offences = Vec::new();
    for (external, home) in WALLS {
        let users = graph.iter().filter(|(package, uses)| uses.contains(*external) && package != home);
        offences.extend(users.map(|(package, _)| format!("{package} depends on {external}")));

        let path = format!("{external}::");
        for (file, source) in rust_sources() {
            if !file.starts_with(Path::new("crates").join(home)) && !file.ends_with("house_rules.rs") {
                let lines = code_lines(&source).filter(|(_, line)| line.contains(&path));
                offences
                    .extend(lines.map(|(number, _)| format!("{}:{number} names {external}", file.display())));
            }
        }
    }
    report("external crates named outside their wall", &offences);
}

#[test]
fn files_begin_with_their_subject() {
    let offences: Vec<String> = rust_sources()
        .into_iter()
        .filter(|(_, source)| !source.starts_with("//!"))
        .map(|(file, _)| file.display().to_string())
        .collect();
    report("files without a `//!` header", &offences);
}

#[test]
fn files_have_one_subject() {
    let mut offences = Vec::new();
    for (file, source) in rust_sources().into_iter().chain(python_sources()) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder =
            file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) || EMPTY_NAMES.contains(&folder.as_str()) {
            offences.push(format!("{}: a name that says nothing", file.display()));
        }
        let length = lines_of_code(&source);
        if !is_test(&file) && length > LONGEST_FILE {
            offences.push(format!("{}: {length} lines", file.display()));
        }
    }
    report("files that are too long or named after nothing", &offences);
}

#[test]
fn no_prelude_inside_the_workspace() {
    let mut offences = Vec::new();
    for (file, source) in rust_sources() {
        let user = ["benches", "crates/hypostyle/examples", "crates/hypostyle/tests"];
        let user = user.iter().any(|folder| file.starts_with(folder));
        if user || file.ends_with("house_rules.rs") {
            continue;
        }
        for (number, line) in code_lines(&source) {
            if line.contains("prelude::*") && !line.contains("proptest::prelude::*") {
                offences.push(format!("{}:{number}", file.display()));
            }
        }
    }
    report("imports of a prelude", &offences);
}

#[test]
fn unsafe_code_stays_at_home() {
    let mut offences = Vec::new();
    for (file, source) in rust_sources() {
        let is_root = file.ends_with("src/lib.rs") || file.ends_with("src/main.rs");
        let exempt = UNSAFE_CRATES.iter().any(|home| file.starts_with(home));
        let has_code = code_lines(&source).next().is_some();
        if is_root && has_code && !exempt && !source.contains("#![forbid(unsafe_code)]") {
            offences.push(file.display().to_string());
        }
    }
    report("crates without `#![forbid(unsafe_code)]`", &offences);
}

#[test]
fn unsafe_code_says_why_it_is_sound() {
    let mut offences = Vec::new();
    for (file, source) in rust_sources() {
        if file.ends_with("house_rules.rs") {
            continue;
        }
        let lines: Vec<&str> = source.lines().collect();
        for (number, line) in code_lines(&source) {
            // Every use argues why it is sound, and what is promised to other modules says what it needs. A
            // private `unsafe fn` needs no contract in writing: the comments at its calls are its contract.
            let block = line.contains("unsafe {") || line.contains("unsafe impl");
            let code = line.trim_start();
            let function =
                code.starts_with("pub") && (code.contains("unsafe fn") || code.contains("unsafe trait"));
            if (block || function) && !has_safety_comment(&lines, number - 1) {
                offences.push(format!("{}:{number}", file.display()));
            }
        }
    }
    report("`unsafe` without a SAFETY comment", &offences);
}

#[test]
fn nothing_is_left_for_later() {
    let markers = ["todo!", "unimplemented!", "#[ignore"];
    let mut offences = Vec::new();
    for (file, source) in rust_sources() {
        if file.ends_with("house_rules.rs") {
            continue;
        }
        for (number, line) in code_lines(&source) {
            if markers.iter().any(|marker| line.contains(marker)) {
                offences.push(format!("{}:{number}: {}", file.display(), line.trim()));
            }
        }
    }
    report("unfinished code and ignored tests", &offences);
}

/// Names of functions are the catalog's: whoever else needs to know something about a function asks its entry. Files
/// of functions and aggregates may name themselves, and the methods of expressions call functions by name.
#[test]
fn function_names_stay_in_the_catalog() {
    let catalog = |file: &Path| {
        ["functions", "aggregates"]
            .iter()
            .any(|folder| file.starts_with(Path::new("crates/hypostyle-expr/src").join(folder)))
    };
    let mut names = BTreeSet::new();
    for (_, source) in rust_sources().into_iter().filter(|(file, _)| catalog(file)) {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for declaration in [
            "Function::new(",
            "Function::by_segment(",
            "Function::ragged(",
            "string_function(",
            "make(",
            "name: ",
        ] {
            for (start, _) in code.match_indices(declaration) {
                let rest = code[start + declaration.len()..].trim_start();
                if let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    assert!(names.len() > 150, "the declarations of functions have another form: {names:?}");
    let askers = ["hypostyle-expr/src", "hypostyle-plan/src", "hypostyle-exec/src", "hypostyle-io/src"];
    let callers =
        ["hypostyle-expr/src/dsl", "hypostyle-expr/src/compositions.rs", "hypostyle-expr/src/compositions"];
    let mut offences = Vec::new();
    for (file, source) in rust_sources() {
        let below = |folder: &str| file.starts_with(Path::new("crates").join(folder));
        if !askers.iter().any(|folder| below(folder)) || callers.iter().any(|folder| below(folder)) {
            continue;
        }
        if catalog(&file) || is_test(&file) || file.ends_with("testing.rs") || file.ends_with("oracle.rs") {
            continue;
        }
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code_lines(code) {
            // A text that is compared with, or handed over as, the name of a function.
            let texts = line.split('"').skip(1).step_by(2);
            let compared = ["name", "call(", "aggregate(", "find("].iter().any(|word| line.contains(word));
            if compared && texts.into_iter().any(|text| names.contains(text)) {
                offences.push(format!("{}:{number}: {}", file.display(), line.trim()));
            }
        }
    }
    report("names of functions outside the catalog", &offences);
}

/// Whether the line, or the comment or declaration right above it, says why it is sound. Three lines of code may
/// stand between the comment and the keyword (attributes, the beginning of a long statement).
fn has_safety_comment(lines: &[&str], index: usize) -> bool {
    let says_it = |line: &str| line.contains("SAFETY:") || line.contains("# Safety");
    if says_it(lines[index]) {
        return true;
    }
    let mut code_between = 0;
    for line in lines[..index].iter().rev() {
        let line = line.trim_start();
        if says_it(line) {
            return true;
        }
        if !line.starts_with("//") && !line.starts_with("#[") {
            code_between += 1;
            if code_between == 3 {
                return false;
            }
        }
    }
    false
}

/// Lines before the tests; the text of Python's docstrings, which a class cannot put elsewhere, does not count.
fn lines_of_code(source: &str) -> usize {
    let mut inside = false;
    let mut count = 0;
    for line in source.lines().take_while(|line| *line != "#[cfg(test)]") {
        count += usize::from(!inside);
        inside ^= line.matches("\"\"\"").count() % 2 == 1;
    }
    count
}

/// Lines with their numbers, those that are comments left out.
fn code_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = source.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
}

fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

/// Every package of the workspace with the packages that it names, for whatever purpose.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let name = |value: &serde_json::Value| value["name"].as_str().expect("packages have names").to_owned();
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    packages
        .iter()
        .map(|package| {
            let uses = package["dependencies"].as_array().expect("a list, if empty");
            (name(package), uses.iter().map(&name).collect())
        })
        .collect()
}

fn rust_sources() -> Vec<(PathBuf, String)> {
    sources("rs")
}

fn python_sources() -> Vec<(PathBuf, String)> {
    sources("py")
}

/// The files of the workspace with this extension: paths from the root, and contents.
fn sources(extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["crates", "py-bindings", "benches", "data"].map(|name| root().join(name)).into();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !hidden && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the crate stands two levels below the root").to_owned()
}

fn report(what: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{what}:\n  {}", offences.join("\n  "));
}
