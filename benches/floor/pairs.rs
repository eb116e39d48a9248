//! The pairs: generated ones, kept below the target directory, and big ones where there are any.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use imagekit::{Compression, Image, docker_legacy, generate, oci_archive};

/// What is held to be good enough, beside the floor.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) ratio: f64,
    /// Memory whatever the number of entries, in MiB.
    pub(crate) mebibytes: u64,
}

pub(crate) const BYTES_PER_ENTRY: u64 = 300;
pub(crate) const VERIFY: f64 = 1.1;
pub(crate) const TWO_THREADS: f64 = 1.9;
/// Images of fewer layers are not held to it.
pub(crate) const LAYERS_FOR_TWO_THREADS: usize = 4;

const DIFFERENT: Target = Target { ratio: 1.15, mebibytes: 64 };
const SHARED: Target = Target { ratio: 1.25, mebibytes: 32 };
const MANY: Target = Target { ratio: 1.4, mebibytes: 0 };
const PLAIN: Target = Target { ratio: 1.1, mebibytes: 64 };

/// Two images in files.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) left: PathBuf,
    pub(crate) right: PathBuf,
    pub(crate) target: Target,
}

impl Pair {
    /// Arguments that compare both and print nothing, and `more`.
    pub(crate) fn compare<'a>(&'a self, more: &[&'static str]) -> Vec<&'a OsStr> {
        let mut args = vec![self.left.as_os_str(), self.right.as_os_str(), OsStr::new("--quiet")];
        args.extend(more.iter().copied().map(OsStr::new));
        args
    }
}

/// How an image is written.
#[derive(Clone, Copy)]
enum Form {
    Oci(fn() -> Compression),
    Docker,
}

/// What a generated pair looks like.
struct Recipe {
    name: &'static str,
    form: Form,
    layers: u64,
    /// Layers from the top that differ.
    differ: u64,
    files: usize,
    bytes: usize,
    target: Target,
}

const GZIP: Form = Form::Oci(Compression::gzip);
const ZSTD: Form = Form::Oci(Compression::zstd);

#[rustfmt::skip]
const RECIPES: [Recipe; 6] = [
    Recipe { name: "gen-differ-gzip", form: GZIP, layers: 4, differ: 4, files: 2_000, bytes: 32 << 10, target: DIFFERENT },
    Recipe { name: "gen-differ-zstd", form: ZSTD, layers: 4, differ: 4, files: 2_000, bytes: 32 << 10, target: DIFFERENT },
    Recipe { name: "gen-differ-docker", form: Form::Docker, layers: 4, differ: 4, files: 2_000, bytes: 32 << 10, target: PLAIN },
    Recipe { name: "gen-shared-gzip", form: GZIP, layers: 8, differ: 1, files: 1_000, bytes: 32 << 10, target: SHARED },
    Recipe { name: "gen-one-gzip", form: GZIP, layers: 1, differ: 1, files: 4_000, bytes: 32 << 10, target: DIFFERENT },
    Recipe { name: "gen-many-gzip", form: GZIP, layers: 5, differ: 5, files: 37_600, bytes: 300, target: MANY },
];

/// All there are.
pub(crate) fn all() -> Vec<Pair> {
    let mut pairs: Vec<Pair> = RECIPES.iter().map(Recipe::pair).collect();
    if let Some(root) = std::env::var_os("OCIDIFF_BIG") {
        pairs.extend(big(Path::new(&root)));
    }
    pairs
}

/// Two real images of some 20 KB.
pub(crate) fn tiny() -> Pair {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny/buildkit-oci-gzip");
    let [left, right] = ["left.tar", "right.tar"].map(|name| root.join(name));
    Pair { name: "tiny".to_owned(), left, right, target: Target { ratio: 0.0, mebibytes: 8 } }
}

/// A pair of `layers` plain or packed layers of `files` small files each, of which one in 200
/// differs.
pub(crate) fn scaled(layers: usize, files: usize) -> Pair {
    use imagekit::{Entry, Layer};
    let layer = |number: usize, build: i64| -> Layer {
        let one = |file: usize| {
            let path = format!("usr/share/{number:03}/{:04}/file-{file:07}", file / 100);
            let later = if file.is_multiple_of(200) { build } else { 0 };
            Entry::file(path, format!("{number} {file}\n")).mtime(1_700_000_000 + later)
        };
        (0..files).map(one).collect()
    };
    let image = |build| (0..layers).fold(Image::new(), |it, at| it.layer(layer(at, build)));
    let name = format!("scale-{layers}-{files}");
    written(&name, PLAIN, |build| docker_legacy([image(build)]).to_tar())
}

impl Recipe {
    fn pair(&self) -> Pair {
        written(self.name, self.target, |build| {
            let image = self.image(build > 0);
            match self.form {
                Form::Oci(compression) => oci_archive(image.compression(compression())),
                Form::Docker => docker_legacy([image]).to_tar(),
            }
        })
    }

    fn image(&self, again: bool) -> Image {
        let one = |number| {
            let image = generate::image(number, 1, self.files, self.bytes);
            let differs = again && number >= self.layers - self.differ;
            if differs { generate::mutate(&image, number) } else { image }
        };
        let layers = (0..self.layers).flat_map(|number| one(number).layers().to_vec());
        layers.fold(Image::new(), Image::layer)
    }
}

/// A pair that is made once; a file that is there is whole, for it is renamed when it is.
fn written(name: &str, target: Target, archive: impl Fn(i64) -> Vec<u8>) -> Pair {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("floor");
    fs::create_dir_all(&root).expect("a place for pairs");
    let write = |side: &str, build| {
        let path = root.join(format!("{name}-{side}.tar"));
        if !path.exists() {
            let part = path.with_extension("part");
            fs::write(&part, archive(build)).expect("room for the archive");
            fs::rename(&part, &path).expect("a name for the archive");
        }
        path
    };
    Pair { name: name.to_owned(), left: write("left", 0), right: write("right", 1), target }
}

/// The pairs below `root`: directories with `left-FORM.tar` and `right-FORM.tar`.
fn big(root: &Path) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for entry in walkdir::WalkDir::new(root).max_depth(2).sort_by_file_name() {
        let left = entry.expect("a readable directory").into_path();
        let name = left.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(form) = name.strip_prefix("left-").and_then(|it| it.strip_suffix(".tar")) else {
            continue;
        };
        let right = left.with_file_name(format!("right-{form}.tar"));
        let directory = left.parent().and_then(Path::file_name).unwrap_or_default();
        let directory = directory.to_string_lossy();
        if right.exists() {
            let name = format!("{directory}-{form}");
            pairs.push(Pair { name, target: target(&directory, form), left, right });
        }
    }
    pairs
}

fn target(directory: &str, form: &str) -> Target {
    match directory {
        "shared" => SHARED,
        "manyfiles" => MANY,
        _ if form == "docker" => PLAIN,
        _ => DIFFERENT,
    }
}
