//! Examples of the published rules, in rising order.

use proptest::prelude::*;

use super::*;

/// Versions of one line separated by blanks are in rising order, `=` sets two equal.
fn rising(manager: Manager, lines: &[&str]) {
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            if let [left, right] = pair {
                rise(manager, left, right);
            }
        }
    }
}

fn rise(manager: Manager, left: &str, right: &str) {
    for (left, right) in left.split('=').flat_map(|l| right.split('=').map(move |r| (l, r))) {
        assert_eq!(compare(manager, left, right), Ordering::Less, "{left} < {right}");
        assert_eq!(compare(manager, right, left), Ordering::Greater, "{right} > {left}");
    }
    for group in [left, right] {
        for (one, two) in group.split('=').flat_map(|l| group.split('=').map(move |r| (l, r))) {
            assert_eq!(compare(manager, one, two), Ordering::Equal, "{one} = {two}");
        }
    }
}

#[test]
fn debian() {
    rising(
        Manager::Apt,
        &[
            // Policy 5.6.12.1.
            "~~ ~~a ~ 0 a",
            "1.0~beta1~svn1245 1.0~beta1 1.0 1.0-1",
            "1.0 1.0a 1.0+b1 1.0.1",
            "9.9-9 1:0.1-1 2:0-0",
            "1.2.3-1 1.2.3-1+b1 1.2.3-1+deb12u1 1.2.3-2 1.2.3-10",
            "1=0:1=1-0=1-00=01 1-0.1",
            "2.36-9+deb12u4 2.36-9+deb12u10",
            "1-1 1-a 2",
        ],
    );
}

#[test]
fn rpm() {
    rising(
        Manager::Rpm,
        &[
            // rpm-version(7), and pairs that its test suite orders.
            "1.0~rc1 1.0~rc1^git1 1.0~rc2 1.0 1.0^ 1.0^git1~pre 1.0^git1 1.0^git2 1.0.1 1.01.1",
            "1.01 1.01^git1 1.01.1",
            "5.5p1 5.5p2 5.5p10",
            "10a1 10b2",
            "10xyz 10.1xyz",
            "xyz10 xyz10.1",
            "xyz.4 8",
            "6.0 6.0.rc1",
            "2.0=2_0=2.00 2.0.1 2.0.1a",
            "1.fc4 1.fc40 1.1",
            "9:1-1 10:0-1",
            "1-1 1-1.el9 1-2.el9",
        ],
    );
}

#[test]
fn pacman() {
    rising(
        Manager::Pacman,
        &[
            // vercmp(8).
            "1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1",
            "1 1.0 1.1 1.1.1 1.2 2.0 3.0.0",
            "2.0-1 1:1.0-1",
            "1.0-1 1.0-2 1.0-10",
        ],
    );
    assert_eq!(compare(Manager::Pacman, "1.5", "1.5-1"), Ordering::Equal);
}

#[test]
fn apk() {
    rising(
        Manager::Apk,
        &[
            "1.0_alpha 1.0_alpha1 1.0_beta 1.0_pre 1.0_rc1 1.0 1.0_cvs 1.0_svn 1.0_git 1.0_hg 1.0_p1 1.0a 1.0.1 1.1",
            "1.01 1.1 1.2 1.10",
            "1.2.4-r0 1.2.4-r2 1.2.4-r10 1.2.4a-r0 1.2.5-r0",
            "1.0_alpha-r1 1.0_alpha_p1 1.0-r0",
            "6.1_p20180906-r1 6.2_p20200523-r0 6.10",
            "1.0 1.0-r0 1.0~abcd",
        ],
    );
}

#[test]
fn python() {
    rising(
        Manager::Pip,
        &[
            // PEP 440, "Summary of permitted suffixes and relative ordering".
            "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 \
             1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 \
             1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1",
            "1.0=1=1.0.0=v1.0 1.0.1 1!0.1",
            "1.0alpha1=1.0a1=1.0-A.1 1.0beta1=1.0b1 1.0c1=1.0rc1=1.0pre1=1.0-preview_1",
            "1.0 1.0-1=1.0.post1=1.0-r1=1.0.rev1 1.0.post2",
        ],
    );
}

#[test]
fn semantic() {
    for manager in [Manager::Npm, Manager::Cargo] {
        rising(
            manager,
            &[
                // Semantic Versioning 2.0.0, section 11.
                "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 \
                 1.0.0-rc.1 1.0.0=1.0.0+build=v1.0.0 2.0.0 2.1.0 2.1.1 2.10.0",
            ],
        );
    }
}

#[test]
fn go() {
    rising(
        Manager::Go,
        &[
            "v0.0.0-20190101000000-abcdef v0.0.0-20200101000000-000000 v0.1.0 v1.0.0 v2.0.0+incompatible",
            "1.9.7 1.18beta1 1.18rc1 1.18=1.18.0 1.18.1 1.18.10 1.21rc2 1.21.0",
        ],
    );
}

#[test]
fn gem() {
    rising(
        Manager::Gem,
        &[
            // The documentation of Gem::Version.
            "1.0.a.2 1.0.b1 1.0.b2 1.0 1.0.1 1.1.a 1.1 1.10",
            "1=1.0=1.0.0 1.0.1.rc1 1.0.1",
            "1.0-2 1.0",
            "1.0.a=1.a 1.0",
        ],
    );
}

proptest! {
    /// Any two strings have an order, and it turns with them.
    #[test]
    fn the_order_turns_with_its_sides(left in "[0-9a-c.~^_+!:rpv-]{0,12}", right in "[0-9a-c.~^_+!:rpv-]{0,12}") {
        for manager in Manager::all() {
            prop_assert_eq!(compare(manager, &left, &right), compare(manager, &right, &left).reverse(), "{}", manager);
        }
    }

    #[test]
    fn nothing_is_too_strange(left in ".{0,20}", right in ".{0,20}") {
        for manager in Manager::all() {
            let _ = compare(manager, &left, &right);
            prop_assert_eq!(compare(manager, &left, &left), Ordering::Equal);
        }
    }
}
