//! One entry of a layer tar.

use crate::header::{BLOCK, Dialect, Fields, number, octal_fits, pad, pax_record, seal, special};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
}

impl Time {
    /// As a PAX value: decimal seconds, with a fraction only if there is one.
    fn pax(self) -> String {
        if self.nanos == 0 {
            return self.seconds.to_string();
        }
        let total = i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos);
        let (sign, abs) = if total < 0 { ("-", -total) } else { ("", total) };
        let text = format!("{sign}{}.{:09}", abs / 1_000_000_000, abs % 1_000_000_000);
        text.trim_end_matches('0').to_owned()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sparse {
    regions: Vec<(u64, u64)>,
    real_size: u64,
}

/// One entry of a layer: what it is, and how it is written down.
///
/// Defaults: mode 0644 (directories 0755, symbolic links 0777), owner 0:0 without names, time
/// 1 700 000 000, dialect [`Dialect::Ustar`] with a PAX header only when something does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(crate) path: Vec<u8>,
    verbatim_path: bool,
    pub(crate) flag: u8,
    pub(crate) content: Vec<u8>,
    link: Vec<u8>,
    pub(crate) mode: u32,
    uid: u64,
    gid: u64,
    uname: Vec<u8>,
    gname: Vec<u8>,
    pub(crate) mtime: Time,
    atime: Option<Time>,
    ctime: Option<Time>,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pax: Vec<(Vec<u8>, Vec<u8>)>,
    dialect: Dialect,
    device: Option<(u64, u64)>,
    sparse: Option<Sparse>,
    header_path: Option<Vec<u8>>,
    lie_size: Option<u64>,
    lie_checksum: Option<u32>,
}

impl Entry {
    /// An entry of any type flag, with content; nothing is checked.
    pub fn raw_type(path: impl Into<Vec<u8>>, flag: u8, content: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            verbatim_path: false,
            flag,
            content: content.into(),
            link: Vec::new(),
            mode: 0o644,
            uid: 0,
            gid: 0,
            uname: Vec::new(),
            gname: Vec::new(),
            mtime: Time { seconds: 1_700_000_000, nanos: 0 },
            atime: None,
            ctime: None,
            xattrs: Vec::new(),
            pax: Vec::new(),
            dialect: Dialect::Ustar,
            device: None,
            sparse: None,
            header_path: None,
            lie_size: None,
            lie_checksum: None,
        }
    }

    /// A regular file (flag `0`).
    pub fn file(path: impl Into<Vec<u8>>, content: impl Into<Vec<u8>>) -> Self {
        Self::raw_type(path, b'0', content)
    }

    /// A directory (flag `5`); a `/` is put at the end of its path if it lacks one.
    pub fn dir(path: impl Into<Vec<u8>>) -> Self {
        Self::raw_type(path, b'5', "").mode(0o755)
    }

    /// A symbolic link (flag `2`).
    pub fn symlink(path: impl Into<Vec<u8>>, target: impl Into<Vec<u8>>) -> Self {
        Self { link: target.into(), ..Self::raw_type(path, b'2', "").mode(0o777) }
    }

    /// A hard link (flag `1`).
    pub fn hardlink(path: impl Into<Vec<u8>>, target: impl Into<Vec<u8>>) -> Self {
        Self { link: target.into(), ..Self::raw_type(path, b'1', "") }
    }

    /// A character device (flag `3`).
    pub fn chardev(path: impl Into<Vec<u8>>, major: u64, minor: u64) -> Self {
        Self { device: Some((major, minor)), ..Self::raw_type(path, b'3', "") }
    }

    /// A block device (flag `4`).
    pub fn blockdev(path: impl Into<Vec<u8>>, major: u64, minor: u64) -> Self {
        Self { device: Some((major, minor)), ..Self::raw_type(path, b'4', "") }
    }

    /// A named pipe (flag `6`).
    pub fn fifo(path: impl Into<Vec<u8>>) -> Self {
        Self::raw_type(path, b'6', "")
    }

    /// The whiteout that deletes `path`: an empty file `.wh.NAME` beside it.
    pub fn whiteout(path: impl Into<Vec<u8>>) -> Self {
        let path: Vec<u8> = path.into();
        let path = path.strip_suffix(b"/").unwrap_or(&path);
        let at = path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
        Self::file([&path[..at], b".wh.", &path[at..]].concat(), "")
    }

    /// The opaque marker of `dir`: an empty file `.wh..wh..opq` in it (`""` is the root).
    pub fn opaque(dir: impl Into<Vec<u8>>) -> Self {
        let mut path: Vec<u8> = dir.into();
        if !path.is_empty() && !path.ends_with(b"/") {
            path.push(b'/');
        }
        path.extend_from_slice(b".wh..wh..opq");
        Self::file(path, "")
    }

    /// A sparse file of the old GNU form (flag `S`): `regions` are (offset, length) pairs, `data`
    /// their bytes one after the other. Nothing checks that these agree. As GNU tar writes it, a
    /// hole at the end is told by a last region `(real_size, 0)`.
    pub fn sparse_gnu(
        path: impl Into<Vec<u8>>,
        regions: &[(u64, u64)],
        real_size: u64,
        data: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            sparse: Some(Sparse { regions: regions.to_vec(), real_size }),
            ..Self::raw_type(path, b'S', data).dialect(Dialect::Gnu)
        }
    }

    /// A sparse file of the PAX forms: version `"0.0"`, `"0.1"` or `"1.0"`. Regions and data as in
    /// [`Entry::sparse_gnu`].
    ///
    /// # Panics
    ///
    /// Panics if the version is none of these three.
    pub fn sparse_pax(
        version: &str,
        path: impl Into<Vec<u8>>,
        regions: &[(u64, u64)],
        real_size: u64,
        data: impl Into<Vec<u8>>,
    ) -> Self {
        let path: Vec<u8> = path.into();
        let data: Vec<u8> = data.into();
        let count = regions.len().to_string();
        let size = real_size.to_string();
        let mut entry = Self::file(path.clone(), "");
        match version {
            "0.0" => {
                entry = entry.pax("GNU.sparse.size", size).pax("GNU.sparse.numblocks", count);
                for (offset, length) in regions {
                    entry = entry
                        .pax("GNU.sparse.offset", offset.to_string())
                        .pax("GNU.sparse.numbytes", length.to_string());
                }
                entry.content = data;
                return entry;
            }
            "0.1" => {
                let map: Vec<String> = regions.iter().map(|(o, n)| format!("{o},{n}")).collect();
                entry = entry
                    .pax("GNU.sparse.size", size)
                    .pax("GNU.sparse.numblocks", count)
                    .pax("GNU.sparse.name", path.clone())
                    .pax("GNU.sparse.map", map.join(","));
                entry.content = data;
            }
            "1.0" => {
                entry = entry
                    .pax("GNU.sparse.major", "1")
                    .pax("GNU.sparse.minor", "0")
                    .pax("GNU.sparse.name", path.clone())
                    .pax("GNU.sparse.realsize", size);
                let mut content = format!("{count}\n").into_bytes();
                for (offset, length) in regions {
                    content.extend_from_slice(format!("{offset}\n{length}\n").as_bytes());
                }
                pad(&mut content, 0, BLOCK);
                content.extend_from_slice(&data);
                entry.content = content;
            }
            other => panic!("no sparse version {other:?}"),
        }
        let at = path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
        entry.header_path = Some([&path[..at], b"GNUSparseFile.0/", &path[at..]].concat());
        entry
    }

    /// Permission bits (may hold more: nothing is masked).
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Numeric owner.
    #[must_use]
    pub fn uid(mut self, uid: u64) -> Self {
        self.uid = uid;
        self
    }

    /// Numeric group.
    #[must_use]
    pub fn gid(mut self, gid: u64) -> Self {
        self.gid = gid;
        self
    }

    /// Owner name.
    #[must_use]
    pub fn uname(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.uname = name.into();
        self
    }

    /// Group name.
    #[must_use]
    pub fn gname(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.gname = name.into();
        self
    }

    /// Modification time in seconds since 1970, maybe negative.
    #[must_use]
    pub fn mtime(self, seconds: i64) -> Self {
        self.mtime_nanos(seconds, 0)
    }

    /// Modification time with nanoseconds (counted forward from `seconds`); needs a PAX header.
    #[must_use]
    pub fn mtime_nanos(mut self, seconds: i64, nanos: u32) -> Self {
        self.mtime = Time { seconds, nanos };
        self
    }

    /// Access time (PAX record, or the GNU header field).
    #[must_use]
    pub fn atime(mut self, seconds: i64) -> Self {
        self.atime = Some(Time { seconds, nanos: 0 });
        self
    }

    /// Status change time (PAX record, or the GNU header field).
    #[must_use]
    pub fn ctime(mut self, seconds: i64) -> Self {
        self.ctime = Some(Time { seconds, nanos: 0 });
        self
    }

    /// An extended attribute, as the PAX record `SCHILY.xattr.NAME`.
    #[must_use]
    pub fn xattr(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.xattrs.push((name.into(), value.into()));
        self
    }

    /// Any PAX record, verbatim; after the automatic ones, in the order of the calls.
    #[must_use]
    pub fn pax(mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.pax.push((key.into(), value.into()));
        self
    }

    /// Which flavour of header to write.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Another path, to be written exactly so: no `/` for directories, never split into prefix
    /// and name.
    #[must_use]
    pub fn raw_path(mut self, path: impl Into<Vec<u8>>) -> Self {
        self.path = path.into();
        self.verbatim_path = true;
        self
    }

    /// Another link target, for any type.
    #[must_use]
    pub fn link(mut self, target: impl Into<Vec<u8>>) -> Self {
        self.link = target.into();
        self
    }

    /// Another content, for any type.
    #[must_use]
    pub fn content(mut self, content: impl Into<Vec<u8>>) -> Self {
        self.content = content.into();
        self
    }

    /// A wrong size in the header; the content is written as it is.
    #[must_use]
    pub fn lie_size(mut self, size: u64) -> Self {
        self.lie_size = Some(size);
        self
    }

    /// A wrong checksum in the header.
    #[must_use]
    pub fn lie_checksum(mut self, sum: u32) -> Self {
        self.lie_checksum = Some(sum);
        self
    }

    /// The path as it was given.
    pub fn get_path(&self) -> &[u8] {
        &self.path
    }

    /// The stored content (of a sparse file: the stored form).
    pub fn get_content(&self) -> &[u8] {
        &self.content
    }

    /// The link target.
    pub fn get_link(&self) -> &[u8] {
        &self.link
    }

    /// The path as the headers carry it.
    fn written_path(&self) -> Vec<u8> {
        let mut path = self.header_path.as_ref().unwrap_or(&self.path).clone();
        if self.flag == b'5' && !self.verbatim_path && !path.ends_with(b"/") {
            path.push(b'/');
        }
        path
    }

    /// The PAX records, for a header that shows `path_fits`, `link_fits`.
    fn records(&self, path: &[u8], path_fits: bool, link_fits: bool) -> Vec<u8> {
        let all = self.dialect == Dialect::Pax;
        let gnu = self.dialect == Dialect::Gnu;
        let mut out = Vec::new();
        let mut put = |key: &[u8], value: &[u8]| out.extend(pax_record(key, value));
        let too_big = |value: i128, width| !gnu && !octal_fits(value, width);
        if (all && self.header_path.is_none()) || !path_fits {
            put(b"path", path);
        }
        if (all && !self.link.is_empty()) || !link_fits {
            put(b"linkpath", &self.link);
        }
        let size = self.lie_size.unwrap_or(self.content.len() as u64);
        if all || too_big(i128::from(size), 12) {
            put(b"size", size.to_string().as_bytes());
        }
        for (key, id) in [("uid", self.uid), ("gid", self.gid)] {
            if all || too_big(i128::from(id), 8) {
                put(key.as_bytes(), id.to_string().as_bytes());
            }
        }
        for (key, name) in [("uname", &self.uname), ("gname", &self.gname)] {
            if (all && !name.is_empty()) || name.len() > 32 {
                put(key.as_bytes(), name);
            }
        }
        if all || self.mtime.nanos != 0 || too_big(i128::from(self.mtime.seconds), 12) {
            put(b"mtime", self.mtime.pax().as_bytes());
        }
        for (key, time) in [("atime", self.atime), ("ctime", self.ctime)] {
            if let Some(time) = time.filter(|_| !gnu) {
                put(key.as_bytes(), time.pax().as_bytes());
            }
        }
        for (name, value) in &self.xattrs {
            put(&[b"SCHILY.xattr.", name.as_slice()].concat(), value);
        }
        for (key, value) in &self.pax {
            put(key, value);
        }
        out
    }

    /// Appends the entry to a tar: its special entries, header, content. The content is padded to
    /// a whole block only if `padded`.
    ///
    /// # Panics
    ///
    /// Panics if a V7 entry has a path or a link target of more than 100 bytes.
    pub fn write(&self, out: &mut Vec<u8>, padded: bool) {
        let path = self.written_path();
        let gnu = self.dialect == Dialect::Gnu;
        let split = if gnu || self.dialect == Dialect::V7 || self.verbatim_path {
            (path.len() <= 100).then_some(path.len())
        } else {
            split(&path)
        };
        let link_fits = self.link.len() <= 100;
        if self.dialect == Dialect::V7 {
            assert!(split.is_some() && link_fits, "a V7 header holds 100 bytes of path or link");
        }
        if gnu && !link_fits {
            let target = [self.link.as_slice(), b"\0"].concat();
            out.extend(special(Dialect::Gnu, b"././@LongLink", b'K', &target));
        }
        if gnu && split.is_none() {
            let name = [path.as_slice(), b"\0"].concat();
            out.extend(special(Dialect::Gnu, b"././@LongLink", b'L', &name));
        }
        let records = self.records(&path, gnu || split.is_some(), gnu || link_fits);
        if !records.is_empty() {
            let base = path.strip_suffix(b"/").unwrap_or(&path);
            let at = base.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
            let base = &base[at..base.len().min(at + 80)];
            let name = [b"PaxHeaders.0/", base].concat();
            out.extend(special(Dialect::Ustar, &name, b'x', &records));
        }
        let (prefix, name) = match split {
            Some(at) if at == path.len() => (&b""[..], &path[..]),
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&b""[..], &path[..100]),
        };
        let mut block = Fields {
            dialect: self.dialect,
            name,
            prefix,
            link: &self.link,
            flag: self.flag,
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            size: self.lie_size.unwrap_or(self.content.len() as u64),
            mtime: self.mtime.seconds,
            uname: &self.uname,
            gname: &self.gname,
            device: self.device,
        }
        .block();
        if gnu {
            for (time, field) in [(self.atime, 345..357), (self.ctime, 357..369)] {
                if let Some(time) = time {
                    number(&mut block[field], i128::from(time.seconds), true);
                }
            }
        }
        let mut maps = Vec::new();
        if let Some(sparse) = &self.sparse {
            sparse.write(&mut block, &mut maps);
        }
        seal(&mut block, self.lie_checksum);
        out.extend_from_slice(&block);
        out.extend_from_slice(&maps);
        let start = out.len();
        out.extend_from_slice(&self.content);
        if padded {
            pad(out, start, BLOCK);
        }
    }
}

impl Sparse {
    /// Puts four regions into the header, the rest into extension blocks of 21.
    fn write(&self, block: &mut [u8; BLOCK], maps: &mut Vec<u8>) {
        let region = |field: &mut [u8], (offset, length): (u64, u64)| {
            number(&mut field[..12], i128::from(offset), true);
            number(&mut field[12..24], i128::from(length), true);
        };
        let (first, rest) = self.regions.split_at(self.regions.len().min(4));
        for (i, &r) in first.iter().enumerate() {
            region(&mut block[386 + 24 * i..], r);
        }
        block[482] = u8::from(!rest.is_empty());
        number(&mut block[483..495], i128::from(self.real_size), true);
        let mut chunks = rest.chunks(21).peekable();
        while let Some(chunk) = chunks.next() {
            let mut map = [0; BLOCK];
            for (i, &r) in chunk.iter().enumerate() {
                region(&mut map[24 * i..], r);
            }
            map[504] = u8::from(chunks.peek().is_some());
            maps.extend_from_slice(&map);
        }
    }
}

/// Where to split a path into prefix and name; its length if no split is needed.
fn split(path: &[u8]) -> Option<usize> {
    if path.len() <= 100 {
        return Some(path.len());
    }
    (1..=155.min(path.len() - 1))
        .rev()
        .find(|&i| path[i] == b'/' && (1..=100).contains(&(path.len() - i - 1)))
}
