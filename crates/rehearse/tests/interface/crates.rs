//! The crates: docs/design.md draws them as they are, and none is too large.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::docs::{shipped, sources};
use crate::page::{read, root, section};

/// The most lines of a crate, without its tests.
const LARGEST: usize = 8_000;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// What `cargo metadata` says of the workspace.
pub fn metadata() -> Value {
    let manifest = root().join("Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .args(["--manifest-path", manifest.to_str().unwrap()])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// For each crate, the crates of this workspace that it depends on, without those for its tests.
fn dependencies() -> Arrows {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let normal = all.filter(|dependency| dependency["kind"].is_null());
        let named = normal.map(|dependency| text(&dependency["name"]));
        named.filter(|name| names.contains(name)).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), of(package))).collect()
}

/// All crates that `name` depends on, directly or not.
fn below(arrows: &Arrows, name: &str) -> BTreeSet<String> {
    let direct = &arrows[name];
    direct.iter().flat_map(|next| below(arrows, next)).chain(direct.iter().cloned()).collect()
}

/// The arrows that do not follow from others.
fn reduced(arrows: &Arrows) -> Arrows {
    let follows = |all: &BTreeSet<String>, name: &String| {
        all.iter().any(|other| other != name && below(arrows, other).contains(name))
    };
    let keep = |all: &BTreeSet<String>| -> BTreeSet<String> {
        all.iter().filter(|name| !follows(all, name)).cloned().collect()
    };
    arrows.iter().map(|(name, all)| (name.clone(), keep(all))).collect()
}

/// The crates and arrows of the picture: lines such as `a --> b & c`, or a name alone.
fn drawn() -> Arrows {
    let section = section(&read("docs/design.md"), "## The crates");
    let (_, picture) = section.split_once("```mermaid\n").unwrap();
    let (picture, _) = picture.split_once("```").unwrap();
    let names = |text: &str| text.split('&').map(|name| name.trim().to_owned()).collect();
    let mut arrows = Arrows::new();
    for line in picture.lines().map(str::trim) {
        match line.split_once(" --> ") {
            Some((from, to)) => {
                arrows.entry(from.to_owned()).or_default().extend::<BTreeSet<_>>(names(to));
            }
            None if !line.contains(' ') && line != "end" && !line.is_empty() => {
                arrows.entry(line.to_owned()).or_default();
            }
            None => {}
        }
    }
    arrows
}

#[test]
fn the_picture_shows_the_crates_and_their_arrows() {
    assert_eq!(drawn(), reduced(&dependencies()));
}

#[test]
fn no_crate_is_too_large() {
    for package in metadata()["packages"].as_array().unwrap() {
        let manifest = text(&package["manifest_path"]);
        let source = Path::new(&manifest).with_file_name("src");
        let is_test = |path: &Path| {
            path.components()
                .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "testing")))
                || path.file_stem().is_some_and(|stem| stem == "tests" || stem == "testing")
        };
        let files = sources(&source).into_iter();
        let files = files.filter(|path| !is_test(path.strip_prefix(&source).unwrap()));
        let lines: usize = files.map(|path| shipped(&path).lines().count()).sum();
        assert!(lines <= LARGEST, "{} has {lines} lines without tests", package["name"]);
    }
}
