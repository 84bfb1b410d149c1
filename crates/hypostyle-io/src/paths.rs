//! Patterns in paths: `*`, `?`, `[..]` within a name, `**` across directories.

use std::path::{Component, Path, PathBuf};

use hypostyle_core::{Error, Result};

use crate::input::{RemoteUrl, StorageOptions, is_url, list_remote, scheme};

/// The files that the paths stand for: those of a pattern in the order of their names, each path in its place.
pub(crate) fn expand(paths: &[PathBuf], glob: bool, storage: &StorageOptions) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if is_url(path) {
            files.extend(expand_url(path, glob, storage)?);
            continue;
        }
        if !glob || !has_pattern(path) || path.exists() {
            files.push(path.clone());
            continue;
        }
        let mut found = vec![PathBuf::new()];
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            found = step(found, part, last)?;
        }
        found.retain(|f| f.is_file());
        found.sort();
        found.dedup();
        if found.is_empty() {
            let none = std::io::Error::new(std::io::ErrorKind::NotFound, "no file matches the pattern");
            return Err(Error::io(path, none));
        }
        files.extend(found);
    }
    Ok(files)
}

/// The files that a URL stands for: those of a pattern, or below one that ends in a slash. Web servers have no lists.
fn expand_url(path: &Path, glob: bool, storage: &StorageOptions) -> Result<Vec<PathBuf>> {
    let has_lists = !matches!(scheme(path), Some("http" | "https"));
    let constant = |c: &Component<'_>| !has_pattern(Path::new(c.as_os_str()));
    let text = path.to_string_lossy();
    if !has_lists || !(glob && has_pattern(path) || is_folder(path)) {
        return Ok(vec![path.to_path_buf()]);
    }
    let (start, names) = text.split_at(text.find("://").map_or(0, |at| at + 3));
    let named: PathBuf = Path::new(names).components().take_while(constant).collect();
    let url = PathBuf::from(format!("{start}{}", named.display()));
    let mut found = list_remote(&RemoteUrl { url, storage: storage.clone() })?;
    let pattern: Vec<&str> = if is_folder(path) { Vec::new() } else { names.split('/').collect() };
    found.retain(|file| {
        let text = file.to_string_lossy();
        let parts: Vec<&str> = text[start.len()..].split('/').collect();
        pattern.is_empty() || fits(&pattern, &parts)
    });
    if found.is_empty() {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "no file matches the pattern");
        return Err(Error::io(path, none));
    }
    Ok(found)
}

/// Whether names fit patterns one by one; `**` is any number of them.
fn fits(patterns: &[&str], names: &[&str]) -> bool {
    match (patterns, names) {
        ([], []) => true,
        // At the end it is every file below.
        (["**"], _) => !names.is_empty(),
        (["**", rest @ ..], _) => (0..=names.len()).any(|n| fits(rest, &names[n..])),
        ([pattern, patterns @ ..], [name, names @ ..]) => {
            let hidden = name.starts_with('.') && !pattern.starts_with('.');
            !hidden && matches(pattern.as_bytes(), name.as_bytes()) && fits(patterns, names)
        }
        _ => false,
    }
}

/// Whether a URL ends in a slash.
fn is_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// A file, and the number of components of its path that were named, not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) named: usize,
    /// Whether a directory was named.
    pub(crate) in_directory: bool,
}

/// The files that the paths stand for, as [`expand`] finds them; those below directories in the order of their names.
pub(crate) fn find(paths: &[PathBuf], glob: bool, storage: &StorageOptions) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        for file in expand(std::slice::from_ref(path), glob, storage)? {
            if is_url(path) && is_folder(path) {
                found.push(Found { path: file, named: path.components().count(), in_directory: true });
                continue;
            }
            if !file.is_dir() {
                let constant = |c: &Component<'_>| !has_pattern(Path::new(c.as_os_str()));
                let named = if file == *path { 0 } else { path.components().take_while(constant).count() };
                found.push(Found { path: file, named, in_directory: false });
                continue;
            }
            let mut files = Vec::new();
            descend(&file, true, &mut files)?;
            // What others leave behind beside their files.
            files.retain(|f| !f.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_')));
            files.sort();
            if files.is_empty() {
                let none = std::io::Error::new(std::io::ErrorKind::NotFound, "the directory has no files");
                return Err(Error::io(path, none));
            }
            let named = file.components().count();
            found.extend(files.into_iter().map(|path| Found { path, named, in_directory: true }));
        }
    }
    Ok(found)
}

fn has_pattern(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().iter().any(|b| matches!(b, b'*' | b'?' | b'['))
}

/// Goes one component further from every directory found so far.
fn step(from: Vec<PathBuf>, part: Component<'_>, last: bool) -> Result<Vec<PathBuf>> {
    let pattern = match part {
        Component::Normal(name) if has_pattern(Path::new(name)) => name.to_string_lossy(),
        other => return Ok(from.into_iter().map(|f| f.join(other)).collect()),
    };
    let mut found = Vec::new();
    for directory in from {
        if pattern == "**" {
            descend(&directory, last, &mut found)?;
            continue;
        }
        for (name, path) in entries(&directory)? {
            let hidden = name.starts_with('.') && !pattern.starts_with('.');
            if !hidden && matches(pattern.as_bytes(), name.as_bytes()) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// The directory and all below it; their files instead if `files`.
fn descend(directory: &Path, files: bool, found: &mut Vec<PathBuf>) -> Result<()> {
    if !files {
        found.push(directory.to_path_buf());
    }
    for (name, path) in entries(directory)? {
        if name.starts_with('.') {
            continue;
        }
        // A link to a directory is not followed, so that there is no end to worry about.
        if path.is_dir() && !path.is_symlink() {
            descend(&path, files, found)?;
        } else if files && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<(String, PathBuf)>> {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    if !here.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(here).map_err(|e| Error::io(here, e))? {
        let name = entry.map_err(|e| Error::io(here, e))?.file_name();
        entries.push((name.to_string_lossy().into_owned(), directory.join(&name)));
    }
    Ok(entries)
}

/// Whether a name fits a pattern. Backtracks to the last star only, so the time is bounded by the product of lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star = None;
    while n < name.len() {
        let matched = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => class(&pattern[p..], name[n]).unwrap_or((name[n] == b'[').then_some(1)),
            Some(byte) => (*byte == name[n]).then_some(1),
            None => None,
        };
        match (matched, star) {
            (Some(width), _) => {
                p += width;
                n += 1;
            }
            (None, Some((at, from))) => {
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// For `[..]` at the start of the pattern: its width if the byte is in it. `None` if the bracket is never closed.
fn class(pattern: &[u8], byte: u8) -> Option<Option<usize>> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = 1 + usize::from(negated);
    let close = first + 1 + pattern.get(first + 1..)?.iter().position(|b| *b == b']')?;
    let set = &pattern[first..close];
    let mut found = false;
    let mut at = 0;
    while at < set.len() {
        if set.get(at + 1) == Some(&b'-') && at + 2 < set.len() {
            found |= (set[at]..=set[at + 2]).contains(&byte);
            at += 3;
        } else {
            found |= set[at] == byte;
            at += 1;
        }
    }
    Some((found != negated).then_some(close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        for (pattern, name) in [
            ("*.csv", "a.csv"),
            ("a*b*c", "axxbyyc"),
            ("?.csv", "x.csv"),
            ("[a-c]1", "b1"),
            ("[!a-c]1", "d1"),
            ("*", ""),
            ("a[", "a["),
            ("**", "x"),
            ("*a*a*a", "aaaa"),
            ("[]]", "]"),
        ] {
            assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in
            [("*.csv", "a.csvx"), ("?", ""), ("[a-c]1", "d1"), ("a", "ab"), ("ab", "a"), ("[!a]", "a")]
        {
            assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }

    #[test]
    fn names_of_several_parts() {
        for (pattern, name) in [
            ("b/*/x.csv", "b/a/x.csv"),
            ("b/**/x.csv", "b/x.csv"),
            ("b/**/x.csv", "b/1/2/x.csv"),
            ("b/**", "b/1/2/x.csv"),
        ] {
            let parts = |text: &'static str| text.split('/').collect::<Vec<_>>();
            assert!(fits(&parts(pattern), &parts(name)), "{pattern} {name}");
        }
        assert!(!fits(&["b", "*.csv"], &["b", "a", "x.csv"]));
        assert!(!fits(&["b", "**"], &["b"]));
    }

    #[test]
    fn files_in_the_order_of_their_names() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.txt", ".hidden.csv", "deep/er/d.csv"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x\n").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let found = expand(&[dir.path().join(pattern)], true, &StorageOptions::default()).unwrap();
            found.iter().map(|f| f.strip_prefix(dir.path()).unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names("*.csv"), ["a.csv", "b.csv"]);
        assert_eq!(names("**/*.csv"), ["a.csv", "b.csv", "deep/er/d.csv"]);
        assert_eq!(names("deep/**"), ["deep/er/d.csv"]);
        assert_eq!(names("d*/er/?.csv"), ["deep/er/d.csv"]);
        let none =
            expand(&[dir.path().join("*.tsv")], true, &StorageOptions::default()).unwrap_err().to_string();
        assert!(none.contains("no file matches"), "{none}");
        assert_eq!(
            expand(&[PathBuf::from("*.csv")], false, &StorageOptions::default()).unwrap(),
            [PathBuf::from("*.csv")]
        );
    }
}
