//! What `deny.toml` says of licences, sources and bans, held by every `cargo xtask check`.
//!
//! `cargo deny` itself takes minutes to build and a network to ask; it is for whoever has it (docs/decisions/0021). Only
//! its advisories are not asked for here.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "for tests alone")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages() -> Vec<Value> {
    metadata()["packages"].as_array_mut().unwrap().drain(..).collect()
}

/// The lines of `deny.toml` from one that starts with a text up to the bracket that closes it.
fn list(rules: &str, start: &str) -> Vec<String> {
    let lines = rules.lines().skip_while(|line| !line.starts_with(start)).skip(1);
    lines.take_while(|line| !line.starts_with(']')).map(|line| line.trim().to_owned()).collect()
}

fn rules() -> String {
    std::fs::read_to_string(root().join("deny.toml")).unwrap()
}

/// The texts in quotes.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

/// Whether an expression of licences has a choice that is allowed.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    expression.split(" AND ").all(|part| {
        let part = part.trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").flat_map(|one| one.split('/')).any(|one| allowed.iter().any(|a| a == one.trim()))
    })
}

#[test]
fn licences_are_allowed() {
    let rules = rules();
    let allowed: Vec<String> =
        list(&rules, "allow = [").iter().flat_map(|line| quoted(line)).map(str::to_owned).collect();
    assert!(allowed.iter().any(|licence| licence == "MIT"), "{allowed:?}");
    assert!(is_allowed("(MIT OR GPL-3.0) AND Zlib", &allowed) && !is_allowed("MIT AND GPL-3.0", &allowed));
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_allowed(licence, &allowed), "{} has the licence {licence}", package["name"]);
    }
}

#[test]
fn sources_are_the_registry() {
    for package in packages() {
        let source = package["source"].as_str().unwrap_or("path");
        let known = source == "path" || source.contains("github.com/rust-lang/crates.io-index");
        assert!(known, "{} comes from {source}", package["name"]);
        let own = package["source"].is_null();
        for dependency in package["dependencies"].as_array().unwrap().iter().filter(|_| own) {
            let any = dependency["req"] == "*" && dependency["path"].is_null();
            assert!(!any, "{} takes any version of {}", package["name"], dependency["name"]);
        }
    }
}

#[test]
fn banned_crates_have_their_wrappers_alone() {
    let rules = rules();
    let bans = list(&rules, "deny = [");
    assert!(!bans.is_empty());
    let packages = packages();
    for ban in &bans {
        let names = quoted(ban);
        let [banned, wrappers @ ..] = &names[..] else { continue };
        for package in packages.iter().filter(|package| package["source"].is_null()) {
            let uses = package["dependencies"].as_array().unwrap().iter().any(|d| d["name"] == **banned);
            let name = package["name"].as_str().unwrap();
            assert!(!uses || wrappers.contains(&name), "{name} uses {banned}, which is for {wrappers:?}");
        }
    }
}

/// An exception says which advisory it is of, since when it stands, why, and when to look again; and the reason of the
/// one there is holds: arrow2 is compiled without the features that the advisory is about.
#[test]
fn exceptions_are_dated_and_their_reasons_hold() {
    let is_date = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq([4, 2, 2])
            && parts.iter().all(|part| part.parse::<u32>().is_ok())
    };
    for exception in list(&rules(), "ignore = [") {
        let texts = quoted(&exception);
        let [id, reason] = texts[..] else { panic!("{exception} has an id and a reason") };
        assert!(id.starts_with("RUSTSEC-"), "{id}");
        let until = reason.split_once("Look again by ").map(|(_, rest)| &rest[..10]);
        assert!(is_date(&reason[..10]) && until.is_some_and(is_date), "{id} is not dated: {reason}");
    }
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let is_arrow2 = |node: &&Value| node["id"].as_str().unwrap().contains("#arrow2@");
    let arrow2: Vec<&Value> = nodes.iter().filter(is_arrow2).collect();
    assert_eq!(arrow2.len(), 1, "versions of arrow2");
    for feature in arrow2[0]["features"].as_array().unwrap() {
        assert!(!feature.as_str().unwrap().starts_with("compute"), "arrow2 is compiled with {feature}");
    }
}
