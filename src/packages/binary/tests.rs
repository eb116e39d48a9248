//! Binaries that Go and Cargo linked, emptied of all but their headers and what they say.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::super::tests::{Damage, corpus, names, paths};
use super::super::{Files, Installed, Package};
use super::*;

fn installed(content: Vec<u8>) -> Installed {
    super::super::read(&Files::from([(b"usr/bin/x".as_slice().into(), content)]))
}

#[test]
fn a_go_binary_tells_its_modules() {
    let found = installed(corpus("go/esbuild-0.25.0-go1.23.gz"));
    let expected = [
        "go github.com/evanw/esbuild (devel)",
        "go golang.org/x/sys v0.0.0-20220715151400-c0bba94af5f8",
        "go stdlib 1.23.5",
    ];
    assert_eq!(names(&found), expected);
    assert_eq!(found.problems, Vec::<String>::new());
    assert!(found.packages.iter().all(|it| paths(&it.files) == ["usr/bin/x"]));
}

#[test]
fn before_go_1_18_the_strings_are_found_by_their_address() {
    let found = installed(corpus("go/esbuild-0.12.0-go1.16.gz"));
    let expected = [
        "go github.com/evanw/esbuild (devel)",
        "go golang.org/x/sys v0.0.0-20200501145240-bc7a7d42d5c3",
        "go stdlib 1.16.3",
    ];
    assert_eq!(names(&found), expected);
}

#[test]
fn every_format_of_binary_is_read() {
    for system in ["linux", "windows", "darwin"] {
        let content = corpus(&format!("go/hello-{system}.gz"));
        assert!(may_be_built_of_packages(&content[..4]));
        let expected =
            ["go example.org/dep v1.2.3", "go example.org/hello (devel)", "go stdlib 1.19.8"];
        assert_eq!(names(&installed(content)), expected, "{system}");
    }
}

#[test]
fn the_main_module_is_told_apart_by_how_it_was_built() {
    let good = corpus("go/esbuild-0.25.0-go1.23.gz");
    let at = good.windows(7).position(|it| it == b"e9174d6").unwrap();
    let mut other = good.clone();
    other[at] = b'0';
    let differ = |left: &Package, right: &Package| left.fingerprint != right.fingerprint;
    let (left, right) = (installed(good).packages, installed(other).packages);
    let differing: Vec<bool> = left.iter().zip(&right).map(|(l, r)| differ(l, r)).collect();
    assert_eq!(differing, [true, false, false]);
}

#[test]
fn a_rust_binary_tells_its_crates() {
    let found = installed(corpus("cargo/hello.gz"));
    assert_eq!(names(&found), ["cargo hello 0.1.0", "cargo itoa 1.0.18"]);
}

#[test]
fn other_files_tell_nothing() {
    for content in [&b""[..], b"#!/bin/sh\n", b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe rubbish"] {
        assert_eq!(installed(content.to_vec()), Installed::default());
    }
}

#[test]
fn a_list_that_is_no_stream_is_a_problem() {
    let mut content = corpus("cargo/hello.gz");
    let at = content.windows(3).position(|it| it == b"\x78\xda\x9d" || it == b"\x78\x9c\x9d");
    let at =
        at.or_else(|| content.windows(2).position(|it| it == b"\x78\xda" || it == b"\x78\x9c"));
    content[at.unwrap()] = 0;
    let expected = ["usr/bin/x: the list of crates is no zlib stream"];
    assert_eq!(installed(content).problems, expected);
}

#[test]
fn no_damage_is_too_strange() {
    for file in ["go/hello-linux.gz", "go/hello-windows.gz", "go/hello-darwin.gz", "cargo/hello.gz"]
    {
        let good = corpus(file);
        // What was emptied is of no interest: headers, and what follows the magic.
        let magic = good.windows(14).position(|it| it == b"\xff Go buildinf:").unwrap_or(0);
        for at in (0..1500).chain(magic..magic + 800).filter(|at| *at < good.len()) {
            for value in [0, 0xff, good[at] ^ 0x80] {
                let mut damaged = good.clone();
                damaged[at] = value;
                assert!(installed(damaged).packages.len() <= 3);
            }
        }
        for damaged in Damage::of(&good, good.len() / 50) {
            installed(damaged);
        }
    }
}
