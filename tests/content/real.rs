//! Files that nobody here wrote, each as it is and damaged: something is always said, and the image
//! is never called damaged for it.

use std::path::{Path, PathBuf};

use imagekit::{Compression, Entry};
use serde_json::Value;

use crate::support::{Pair, compare, whole};

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_none_or(|it| it != "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn damage_in_a_file_is_told_and_is_no_damage_of_the_image() {
    let formats = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/formats");
    let files = files_below(&formats);
    assert!(files.len() > 20, "{files:?}");
    let all = |damage: fn(&mut Vec<u8>)| -> Vec<Entry> {
        let file = |(at, path): (usize, &PathBuf)| {
            let mut content = std::fs::read(path).expect("a file");
            damage(&mut content);
            Entry::file(format!("{at}/{}", name(path)), content)
        };
        files.iter().enumerate().map(file).collect()
    };
    let damages: [fn(&mut Vec<u8>); 4] = [
        |content| content.truncate(content.len() / 2),
        |content| content.truncate(content.len() - 1),
        |content| {
            let middle = content.len() / 2;
            content[middle] ^= 0x55;
        },
        |content| content.push(b'x'),
    ];
    for damage in damages {
        let pair = Pair::of(all(|_| {}), all(damage), &Compression::gzip());
        let (code, report) = compare(&pair.left, &pair.right, &[]);
        assert_eq!(code, 1);
        for (at, path) in files.iter().enumerate() {
            let found = whole(&report, &format!("/{at}/{}", name(path)));
            let says = ["note", "unified"].iter().any(|key| !found[key].is_null());
            let has_parts = report["findings"].as_array().expect("findings").iter().any(|it| {
                it["at"]["path"] == found["at"]["path"] && it["at"].get("within").is_some()
            });
            assert!(says || has_parts, "{}: {found:#}", path.display());
            assert_eq!(found["status"], Value::from("counted"), "{}", path.display());
        }
    }
}
