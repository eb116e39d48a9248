//! Properties that hold for any bytes, and agreement with the `tar` crate.

use std::io::Read as _;

use proptest::collection::vec;
use proptest::prelude::*;

use super::build::*;
use super::{Seen, Walked, walk, walk_chunks};
use crate::limits::Limits;
use crate::tar::block::BLOCK;

/// One member in one of the ways a writer may put it.
#[derive(Clone, Debug)]
struct Written {
    name: String,
    link: String,
    type_flag: u8,
    owner: u32,
    mtime: u32,
    content: Vec<u8>,
    style: Style,
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Ustar,
    Gnu,
    LongNames,
    Pax,
}

fn written() -> impl Strategy<Value = Written> {
    let style =
        prop_oneof![Just(Style::Ustar), Just(Style::Gnu), Just(Style::LongNames), Just(Style::Pax)];
    let type_flag = prop::sample::select(&b"00001256"[..]);
    let content = vec(any::<u8>(), 0..1500);
    let texts = ("[a-z/.]{0,20}[a-z]", "[a-z/]{0,30}[a-z]");
    (texts, type_flag, 0..0o777_7777_u32, any::<u32>(), content, style).prop_map(
        |((name, link), type_flag, owner, mtime, content, style)| {
            let has_link = matches!(type_flag, b'1' | b'2');
            Written {
                name,
                link: if has_link { link } else { String::new() },
                type_flag,
                owner,
                mtime,
                content: if type_flag == b'0' { content } else { Vec::new() },
                style,
            }
        },
    )
}

impl Written {
    fn head(&self) -> Head {
        Head::new(self.type_flag, self.name.as_bytes())
            .size(self.content.len() as u64)
            .put(UID, format!("{:07o}\0", self.owner).as_bytes())
            .put(MTIME, format!("{:011o}\0", self.mtime).as_bytes())
            .put(LINK, self.link.as_bytes())
    }

    fn add_to(&self, tar: Tar) -> Tar {
        let head = self.head();
        let tar = match self.style {
            Style::Ustar => tar.head(head.put(PREFIX, b"prefix")),
            Style::Gnu => tar.head(head.put(MAGIC, GNU)),
            Style::LongNames => tar
                .extension(b'L', &[self.long().as_bytes(), b"\0"].concat())
                .head(head.put(MAGIC, GNU)),
            Style::Pax => {
                let size = self.content.len().to_string();
                tar.pax(&[
                    ("path", self.long().as_bytes()),
                    ("size", size.as_bytes()),
                    ("mtime", b"12.5"),
                    ("SCHILY.xattr.user.a", self.name.as_bytes()),
                ])
                .head(head.size(if self.type_flag == b'0' { 7 } else { 0 }))
            }
        };
        tar.body(&self.content)
    }

    fn long(&self) -> String {
        format!("{}/{}", "long".repeat(60), self.name)
    }
}

fn archive() -> impl Strategy<Value = Vec<u8>> {
    vec(written(), 0..6)
        .prop_map(|members| members.iter().fold(Tar::new(), |tar, member| member.add_to(tar)).end())
}

/// Sparse files of all formats, which only some properties want.
fn with_sparse() -> impl Strategy<Value = Vec<u8>> {
    (archive(), 0..4_usize, any::<bool>()).prop_map(|(archive, format, first)| {
        let list: [(&str, &[u8]); 2] = [("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,3")];
        let pairs: [(&str, &[u8]); 3] = [
            ("GNU.sparse.numblocks", b"1"),
            ("GNU.sparse.offset", b"0"),
            ("GNU.sparse.numbytes", b"3"),
        ];
        let text: [(&str, &[u8]); 3] =
            [("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0"), ("GNU.sparse.size", b"3")];
        let gnu = Head::file("gnu", 3)
            .put(TYPE, b"S")
            .put(MAGIC, GNU)
            .put(386, b"00000000000\x0000000000003\0")
            .put(482, b"\x01")
            .put(483, b"00000000003\0");
        let map = Tar::new().body(b"1\n0\n3\n").raw(b"abc").0;
        let sparse = match format {
            0 => Tar::new().head(gnu).raw(&[0; BLOCK]).body(b"abc"),
            1 => Tar::new().pax(&list).file("list", b"abc"),
            2 => Tar::new().pax(&pairs).file("pairs", b"abc"),
            _ => Tar::new().pax(&text).file("text", &map),
        };
        if first { [sparse.0, archive].concat() } else { sparse.raw(&archive).0 }
    })
}

/// Cuts `bytes` at these places, each counted from the start and modulo the length.
fn cut<'a>(bytes: &'a [u8], places: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

/// Changes bytes, and makes the checksum of the block right again so that it is looked into.
fn damage(bytes: &mut [u8], changes: &[(usize, u8, bool)]) {
    let length = bytes.len();
    for &(place, value, mend) in changes {
        let place = place % length;
        bytes[place] = value;
        let block = place / BLOCK * BLOCK;
        if let Some(block) = bytes[block..].first_chunk_mut::<BLOCK>().filter(|_| mend) {
            seal(block);
        }
    }
}

/// What holds whatever the bytes are.
fn check(bytes: &[u8], walked: &Walked) {
    let ending = &walked.ending;
    assert_eq!(walked.members().len() as u64, ending.entries);
    assert!(ending.end_offset + ending.trailing <= bytes.len() as u64);
    let mut open = None;
    for seen in &walked.seen {
        match seen {
            Seen::Entry(member) => assert_eq!(open.replace((member, 0)), None),
            Seen::Data(data) => open.as_mut().unwrap().1 += data.len() as u64,
            Seen::End => {
                let (member, passed) = open.take().unwrap();
                assert_eq!(member.size, passed);
                assert!(member.data_offset + member.size <= bytes.len() as u64);
            }
            Seen::Odd(offset, _) => assert!(*offset < bytes.len() as u64),
        }
    }
    assert!(open.is_none() || ending.fault.is_some());
    assert!(ending.fault.as_ref().is_none_or(|fault| fault.offset <= bytes.len() as u64));
}

/// Path, link target, owner, content.
type Summary = (Vec<u8>, Vec<u8>, u64, Vec<u8>);

/// What the `tar` crate makes of the archive.
fn by_tar_crate(bytes: &[u8]) -> Vec<Summary> {
    let mut archive = ::tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(Result::unwrap);
    entries
        .map(|mut entry| {
            let path = entry.path_bytes().into_owned();
            let link = entry.link_name_bytes().unwrap_or_default().into_owned();
            let uid = entry.header().uid().unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (path, link, uid, content)
        })
        .collect()
}

fn by_walker(walked: &Walked) -> Vec<Summary> {
    let mut members = Vec::new();
    for seen in &walked.seen {
        match seen {
            Seen::Entry(it) => {
                members.push((it.path.clone(), it.linkname.clone(), it.uid, Vec::new()));
            }
            Seen::Data(data) => members.last_mut().unwrap().3 = data.clone(),
            _ => {}
        }
    }
    members
}

proptest! {
    #[test]
    fn agrees_with_the_tar_crate(bytes in archive()) {
        let walked = walk(&bytes);
        prop_assert_eq!(&walked.ending.fault, &None);
        check(&bytes, &walked);
        prop_assert_eq!(by_walker(&walked), by_tar_crate(&bytes));
    }

    #[test]
    fn chunks_do_not_matter(bytes in with_sparse(), places in vec(any::<usize>(), 0..20)) {
        let whole = walk(&bytes);
        prop_assert_eq!(&whole.ending.fault, &None);
        check(&bytes, &whole);
        prop_assert_eq!(&walk_chunks(&Limits::default(), cut(&bytes, &places)), &whole);
        prop_assert_eq!(&walk_chunks(&Limits::default(), bytes.chunks(1)), &whole);
    }

    #[test]
    fn damage_is_survived_alike_in_any_chunks(
        mut bytes in with_sparse(),
        changes in vec((any::<usize>(), any::<u8>(), any::<bool>()), 1..8),
        places in vec(any::<usize>(), 0..8),
        length in any::<usize>(),
    ) {
        damage(&mut bytes, &changes);
        let kept = if length % 4 == 0 { length % bytes.len() } else { bytes.len() };
        let bytes = &bytes[..kept];
        let whole = walk(bytes);
        check(bytes, &whole);
        prop_assert_eq!(&walk_chunks(&Limits::default(), cut(bytes, &places)), &whole);
        prop_assert_eq!(&walk_chunks(&Limits::default(), bytes.chunks(1)), &whole);
    }

    #[test]
    fn junk_is_survived(bytes in vec(any::<u8>(), 0..3000)) {
        check(&bytes, &walk(&bytes));
    }

    #[test]
    fn junk_in_a_pax_header_is_survived(content in "[0-9]{1,2} [a-zA-Z.]{0,12}=?[0-9a-z,.\n]{0,20}\n?") {
        let bytes = Tar::new().extension(b'x', content.as_bytes()).file("a", b"").end();
        check(&bytes, &walk(&bytes));
    }

    #[test]
    fn records_come_back(value in vec(any::<u8>(), 1..300)) {
        let member = super::only(&Tar::new().pax(&[("SCHILY.xattr.k", &value)]).file("a", b"").end());
        prop_assert_eq!(&member.xattrs[0].1, &value);
    }
}
